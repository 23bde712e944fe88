//! The replayer is a judge, so it is judged first: it must find what is there and nothing else.

use serde_json::{Value, json};

use super::compare::{Aspect, compare};
use super::differences::Listed;
use super::echo::Echo;
use super::ids::Ids;
use super::recording::{Answer, Recorded, parse};
use super::replay::{Outcome, replay, stale};
use super::report::{Count, tables};
use super::shape::Stream;
use super::wire;

const BOOK: &str = "0b8f4c2e-7d61-4a58-8f0e-3c5d2b1a9e77";
const OTHER: &str = "9d1f0c35-2b1e-4c6a-a1de-5b0c9f3e2d10";

/// An entry of a recording; exchange `index` begins `index` seconds after the first.
fn entry(index: u64, call: &str, body: &str, status: u16, answer: &Value) -> Recorded {
    let (method, target) = call.split_once(' ').unwrap();
    let body_length = body.len().to_string();
    parse(
        index,
        &json!({
            "startedDateTime": format!("2026-03-14T09:26:{:02}.000Z", index),
            "time": 900,
            "request": {
                "method": method,
                "url": format!("https://shop.example/v1{target}"),
                "headers": [
                    { "name": "Authorization", "value": "Bearer shop-EXAMPLE" },
                    { "name": "Content-Length", "value": body_length },
                ],
                "postData": { "mimeType": "application/json", "text": body },
            },
            "response": {
                "status": status,
                "headers": [
                    { "name": "Content-Type", "value": "application/json" },
                    { "name": "Content-Length", "value": answer.to_string().len().to_string() },
                    { "name": "X-Version", "value": "1.14.2" },
                ],
                "content": { "text": answer.to_string() },
            },
        }),
    )
}

/// A shop in which a book is made, read, and read again after it is gone.
fn shop() -> Vec<Recorded> {
    let book = json!({ "id": BOOK, "title": "Emma", "price": 9.5, "pages": [1, 2], "note": null });
    let gone = json!({ "code": "not_found", "message": "There is no such book.", "status": 404 });
    vec![
        entry(0, "POST /books", r#"{"title": "Emma"}"#, 201, &book),
        entry(1, &format!("GET /books/{BOOK}"), "", 200, &book),
        entry(
            2,
            "PATCH /books",
            &format!(r#"{{"id": "{BOOK}"}}"#),
            200,
            &json!({ "data": [book] }),
        ),
        entry(3, &format!("GET /books/{BOOK}?again=1"), "", 404, &gone),
    ]
}

fn none() -> Listed {
    Listed::default()
}

/// Changes an answer, each time in another way; tells whether there was something to change.
pub fn change(answer: &mut Answer, way: u64) -> bool {
    let before = answer.clone();
    match (way % 4, answer.json()) {
        (0, Some(Value::Object(mut members))) => {
            let first = members.keys().next().cloned();
            first.and_then(|first| members.remove(&first));
            set_body(answer, &members.into());
        }
        (1, Some(Value::Object(mut members))) => {
            if let Some(last) = members.values_mut().last() {
                *last = json!({ "odd": true });
            }
            set_body(answer, &members.into());
        }
        (2, _) => answer.headers.retain(|(name, _)| name != "X-Env"),
        (_, None) if answer.essence() == "text/event-stream" => {
            let text = String::from_utf8_lossy(&answer.body);
            answer.body = text.replacen("\"event\":", "\"event\":\"odd\",\"was\":", 1).into_bytes();
        }
        (_, None) => answer.status = 418,
        _ => {}
    }
    let json =
        |answer: &Answer| (answer.json().is_none().then(|| answer.body.clone()), answer.json());
    before.status != answer.status
        || before.headers != answer.headers
        || json(&before) != json(answer)
}

/// Replays the shop against answers that were changed.
fn with(listed: &Listed, change: impl FnOnce(&mut Vec<Answer>)) -> Vec<Outcome> {
    let recording = shop();
    let mut answers = recording.iter().map(|recorded| recorded.answer.clone()).collect();
    change(&mut answers);
    let echo = Echo::start(answers);
    let outcomes = replay(&recording, &echo.server.clone(), listed);
    echo.requests();
    outcomes
}

/// What is open, as one line each.
fn open(outcomes: &[Outcome]) -> Vec<String> {
    let line = |index, found: &super::compare::Difference| {
        let super::compare::Difference { aspect, place, recorded, seen } = found;
        format!("#{index} {aspect:?} {place}: {recorded} / {seen}")
    };
    outcomes.iter().flat_map(|o| o.open.iter().map(move |found| line(o.index, found))).collect()
}

fn set_body(answer: &mut Answer, body: &Value) {
    answer.body = body.to_string().into_bytes();
}

#[test]
fn what_is_as_recorded_is_equal() {
    let outcomes = with(&none(), |_| {});
    assert_eq!(open(&outcomes), Vec::<String>::new());
    let count = Count::of(&outcomes);
    assert_eq!(count, Count { exchanges: 4, equal: 4, ..Count::default() });
    assert_eq!(tables(&outcomes), "");
}

#[test]
fn each_change_is_found_where_it_is_and_nothing_else() {
    let outcomes = with(&none(), |answers| {
        answers[0].headers.retain(|(name, _)| name != "X-Version");
        set_body(
            &mut answers[0],
            &json!({ "id": BOOK, "title": 7, "price": 9, "pages": [1], "new": 1 }),
        );
        answers[1].headers[0].1 = "text/html; charset=utf-8".to_owned();
        set_body(&mut answers[2], &json!({ "data": [] }));
        set_body(
            &mut answers[3],
            &json!({ "code": "gone", "message": "It is gone.", "status": 404 }),
        );
    });
    let expected = [
        "#0 Header x-version: 1.14.2 / absent",
        "#0 Shape /new: absent / integer",
        "#0 Shape /note: null / absent",
        "#0 Shape /price: number / integer",
        "#0 Shape /title: string / integer",
        "#1 Header content-type: application/json / text/html; charset=utf-8",
        "#1 MediaType : application/json / text/html",
        "#3 Code : not_found / gone",
    ];
    assert_eq!(open(&outcomes), expected);
    assert_eq!(outcomes[2].unseen, ["/data/[]"], "an empty array is told, and is no difference");
    let count = Count { exchanges: 4, equal: 1, failures: 3, ..Count::default() };
    assert_eq!(Count::of(&outcomes), count);
    assert!(tables(&outcomes).contains("#3 GET /v1/books/"), "{}", tables(&outcomes));
}

#[test]
fn another_status_is_told_with_the_code_and_the_rest_is_not() {
    let outcomes = with(&none(), |answers| {
        answers[1].status = 500;
        set_body(&mut answers[1], &json!({ "code": "unknown", "trace": [] }));
    });
    assert_eq!(open(&outcomes), ["#1 Status : 200 / 500", "#1 Code : none / unknown"]);
}

#[test]
fn a_server_that_does_not_answer_is_a_failure() {
    let recording = shop();
    let answers = recording[..3].iter().map(|recorded| recorded.answer.clone()).collect();
    let echo = Echo::start(answers);
    let outcomes = replay(&recording, &echo.server, &none());
    assert!(outcomes[3].broken.is_some() && outcomes[3].is_failure());
}

#[test]
fn ids_of_the_server_are_sent_in_place_of_the_recorded_ones() {
    let recording = shop();
    let echo = Echo::start(
        recording
            .iter()
            .map(|recorded| {
                let mut answer = recorded.answer.clone();
                let text = String::from_utf8(answer.body).unwrap().replace(BOOK, OTHER);
                answer.body = text.into_bytes();
                answer
            })
            .collect(),
    );
    let mut server = echo.server.clone();
    server.keys.insert("shop-EXAMPLE".to_owned(), "shop-REAL".to_owned());
    let outcomes = replay(&recording, &server, &none());
    assert_eq!(open(&outcomes), Vec::<String>::new());
    let requests = echo.requests();
    assert!(requests[1].starts_with(&format!("GET /v1/books/{OTHER} HTTP/1.1\r\n")));
    assert!(requests[2].ends_with(&format!("\r\n\r\n{{\"id\": \"{OTHER}\"}}")), "{}", requests[2]);
    assert!(requests[3].starts_with(&format!("GET /v1/books/{OTHER}?again=1 ")));
    assert!(requests.iter().all(|request| request.contains("Authorization: Bearer shop-REAL\r\n")));
}

#[test]
fn only_ids_are_mapped_and_the_first_mapping_stays() {
    let mut ids = Ids::default();
    ids.learn(
        &json!({ "id": BOOK, "name": "a title that is long", "batch": "20261123122353700062" }),
        &json!({ "id": OTHER, "name": "another title, as long", "batch": "20270101000000000001" }),
    );
    ids.learn(&json!({ "id": BOOK }), &json!({ "id": "c0ffee00-2b1e-4c6a-a1de-5b0c9f3e2d10" }));
    assert_eq!(ids.len(), 2);
    let sent = ids.apply(format!("\u{e9} {BOOK} {BOOK} 20261123122353700062").as_bytes());
    assert_eq!(String::from_utf8(sent).unwrap(), format!("é {OTHER} {OTHER} 20270101000000000001"));
}

#[test]
fn elements_of_a_list_are_matched_by_the_ids_that_are_known() {
    let (first, second) =
        ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222");
    let mut ids = Ids::default();
    ids.learn(&json!({ "id": BOOK }), &json!({ "id": first }));
    let element = |id: &str, author: &str| json!({ "id": id, "author": author });
    ids.learn(
        &json!([element(OTHER, "author-recorded-2"), element(BOOK, "author-recorded-1")]),
        &json!([element(first, "author-of-mock-1"), element(second, "author-of-mock-2")]),
    );
    assert_eq!(ids.apply_to_text("author-recorded-1"), "author-of-mock-1");
    assert_eq!(ids.apply_to_text(OTHER), second);
}

fn stream(events: &str) -> Answer {
    let headers = vec![("Content-Type".to_owned(), "text/event-stream; charset=utf-8".to_owned())];
    Answer { status: 200, headers, body: events.as_bytes().to_vec() }
}

#[test]
fn streams_are_compared_by_order_and_by_the_shape_of_each_event() {
    let recorded = stream(
        "event: ping\n\ndata: {\"event\":\"word\",\"text\":\"a\"}\n\ndata: {\"event\":\"word\",\"text\":\"b\"}\n\n\
         event: ping\n\ndata: {\"event\":\"end\",\"n\":1}\n\n",
    );
    assert_eq!(Stream::read(&recorded.body).order(), ["ping", "word", "end"]);
    let same = stream(
        "event: ping\n\ndata: {\"event\":\"word\",\"text\":\"c\"}\n\ndata: {\"event\":\"end\",\"n\":2}\n\n",
    );
    assert_eq!(compare(&recorded, &same).differences, []);
    let other = stream(
        "data: {\"event\":\"word\",\"text\":null}\n\ndata: {\"event\":\"end\",\"n\":1.5}\n\n\
         data: {\"event\":\"more\"}\n\n",
    );
    let found = compare(&recorded, &other).differences;
    let found: Vec<_> = found.iter().map(|found| (found.aspect, found.place.as_str())).collect();
    let expected = [(Aspect::Events, ""), (Aspect::Shape, "end /n"), (Aspect::Shape, "word /text")];
    assert_eq!(found, expected);
}

#[test]
fn listed_differences_are_no_failures_and_unused_entries_are_told() {
    let listed = Listed::parse(
        "lost-bodies: { 77: '{}' }\n\
         not-repeatable: [{ exchanges: [3], reason: it takes a whole day }]\n\
         differences:\n\
         - { operation: 'GET /books/{id}', status: 200, aspects: [shape], place: /pri*, reason: prices are whole here }\n\
         - { exchanges: [2], aspects: [status, code], reason: nothing is like this any more }\n",
    );
    let listed = listed.unwrap();
    let book = json!({ "id": BOOK, "title": "Emma", "price": 9, "pages": [1, 2], "note": null });
    let outcomes = {
        let recording = shop();
        let mut answers: Vec<_> = recording[..3].iter().map(|r| r.answer.clone()).collect();
        set_body(&mut answers[1], &book);
        let echo = Echo::start(answers);
        let outcomes = replay(&recording, &echo.server.clone(), &listed);
        echo.requests();
        outcomes
    };
    assert_eq!(open(&outcomes), Vec::<String>::new());
    let count = Count { exchanges: 4, equal: 2, deliberate: 1, skipped: 1, failures: 0 };
    assert_eq!(Count::of(&outcomes), count);
    let stale = stale(&outcomes, &listed);
    assert_eq!(stale.len(), 2, "{stale:?}");
    assert!(stale[0].contains("nothing is like this any more"));
    assert_eq!(stale[1], "there is no exchange 77");
}

#[test]
fn a_list_that_says_nothing_clear_is_refused() {
    let reasonless = "differences: [{ exchanges: [1], aspects: [shape], reason: because }]";
    assert_eq!(Listed::parse(reasonless).unwrap_err(), "\"because\" is no reason");
    let nowhere = "differences: [{ aspects: [shape], reason: it is said nowhere }]";
    assert!(Listed::parse(nowhere).unwrap_err().starts_with("name exchanges or an operation"));
    let unknown = "differences: [{ exchanges: [1], aspects: [smell], reason: it has a smell }]";
    assert!(Listed::parse(unknown).is_err());
}

#[test]
#[should_panic(expected = "exchange 1 began before the one before had ended")]
fn exchanges_that_overlap_are_refused() {
    let mut recording = shop();
    recording[1].started -= 500;
    let echo = Echo::of(&recording);
    replay(&recording, &echo.server, &none());
}

#[test]
fn answers_in_chunks_are_put_together_and_cut_ones_are_none() {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let whole =
        wire::answer(format!("{head}3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").as_bytes(), false);
    assert_eq!(whole.unwrap().body, b"abcde");
    assert!(wire::answer(format!("{head}3\r\nabc\r\n").as_bytes(), false).is_none());
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc";
    assert!(wire::answer(short.as_bytes(), false).is_none());
    assert!(wire::answer(short.as_bytes(), true).is_some_and(|answer| answer.body.is_empty()));
}

#[test]
fn strings_that_readers_take_apart_keep_their_form() {
    let body = |id: &str, price: &str, made: &str| {
        let mut answer = shop()[0].answer.clone();
        set_body(&mut answer, &json!({ "id": id, "price": price, "made": made }));
        answer
    };
    let recorded = body(BOOK, "0.001", "2026-11-23T12:23:17");
    assert_eq!(compare(&recorded, &body(OTHER, "12", "2027-01-01T00:00:00.5")).differences, []);
    let found = compare(&recorded, &body("book-1", "1,5", "yesterday")).differences;
    let places: Vec<_> = found.iter().map(|found| found.place.as_str()).collect();
    assert_eq!(places, ["/id", "/made", "/price"]);
}
