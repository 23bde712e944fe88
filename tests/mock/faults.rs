//! Every kind of fault: with it the mock misbehaves as the catalogue says, and without it it does not.

use std::fmt::Write as _;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use dify_contract::exchange::sse;
use dify_contract::mock::{FAULTS, Injection, MockOptions};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::api::{Answer, Api};

/// Whether the mock misbehaves.
type Probe = for<'a> fn(&'a Api) -> Pin<Box<dyn Future<Output = bool> + 'a>>;

/// A fault as `--fault` names it, and how it shows.
type Trial = (&'static str, Probe);

/// What does not come within so long does not come.
const PATIENCE: Duration = Duration::from_secs(1);

/// A probe.
macro_rules! probe {
    (|$api:ident| $body:expr) => {
        |$api| Box::pin(async move { $body })
    };
}

async fn start(faults: Vec<Injection>) -> Api {
    let (chunk_delay, index_time) = (Duration::ZERO, Duration::ZERO);
    Api::with(MockOptions { faults, chunk_delay, index_time, ..MockOptions::default() }).await
}

/// Each fault shows, and what it shows is nowhere without it.
async fn each_shows(trials: &[Trial]) {
    let faults = trials.iter().map(|(text, probe)| async move {
        let injection = Injection::parse(text).unwrap();
        assert_eq!(injection.to_string(), *text);
        let (with, without) = (start(vec![injection]).await, start(Vec::new()).await);
        match tokio::join!(probe(&with), probe(&without)) {
            (true, false) => None,
            (false, _) => Some(format!("{text}: does not show")),
            (true, true) => Some(format!("{text}: shows without it, too")),
        }
    });
    let wrong: Vec<String> = join_all(faults).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

async fn info(api: &Api) -> Answer {
    api.get("chat", "/info").await
}

/// A refusal: nobody sent a key.
async fn refused(api: &Api) -> Answer {
    api.get("", "/info").await
}

async fn make(api: &Api, name: &str) -> String {
    let body = json!({ "name": name, "description": "of old" });
    id(&api.json("knowledge", "POST", "/datasets", &body).await.json())
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_default().to_owned()
}

async fn list(api: &Api, query: &str) -> Value {
    api.get("knowledge", &format!("/datasets{query}")).await.json()
}

/// The names in a list of knowledge bases.
async fn names(api: &Api, query: &str) -> Vec<String> {
    let listed = list(api, query).await;
    let name = |item: &Value| item["name"].as_str().unwrap_or_default().to_owned();
    listed["data"].as_array().unwrap().iter().map(name).collect()
}

async fn patch(api: &Api, id: &str, body: Value) -> Answer {
    api.json("knowledge", "PATCH", &format!("/datasets/{id}"), &body).await
}

async fn read(api: &Api, id: &str) -> Answer {
    api.get("knowledge", &format!("/datasets/{id}")).await
}

async fn delete(api: &Api, id: &str) -> Answer {
    api.send("knowledge", "DELETE", &format!("/datasets/{id}"), &[], Vec::new()).await
}

async fn post(api: &Api, body: Value) -> u16 {
    api.json("knowledge", "POST", "/datasets", &body).await.status
}

fn question(user: &str, mode: &str) -> Value {
    json!({ "query": "hello", "inputs": {}, "user": user, "response_mode": mode })
}

async fn ask(api: &Api, key: &str, user: &str, mode: &str) -> Answer {
    api.json(key, "POST", "/chat-messages", &question(user, mode)).await
}

/// A stream of a chatbot.
async fn stream(api: &Api) -> Answer {
    ask(api, "chat", "alice", "streaming").await
}

/// The names of a stream's events, in order; a ping is `ping`.
async fn events(api: &Api, key: &str) -> Vec<String> {
    let answer = ask(api, key, "alice", "streaming").await;
    let name = |event: &Value| event["event"].as_str().unwrap_or("ping").to_owned();
    answer.events().iter().map(name).collect()
}

/// What came over the wire in answer to a request with the chatbot's key, and whether it ended.
async fn raw(api: &Api, method: &str, path: &str, body: &str) -> (String, bool) {
    let base = api.base_url();
    let (address, _) = base.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{method} /v1{path} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        api.key("chat"),
        body.len(),
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    let reading = async {
        let mut piece = vec![0; 1 << 16];
        // A connection that is reset has ended as well.
        while let Ok(length @ 1..) = stream.read(&mut piece).await {
            got.extend_from_slice(&piece[..length]);
            if got.len() > 4 << 20 {
                return false;
            }
        }
        true
    };
    let ended = tokio::time::timeout(PATIENCE, reading).await.unwrap_or(false);
    (String::from_utf8_lossy(&got).into_owned(), ended)
}

/// What came of `GET /info`, and whether it ended.
async fn raw_info(api: &Api) -> (String, bool) {
    raw(api, "GET", "/info", "").await
}

/// What came of a stream, and whether it ended.
async fn raw_stream(api: &Api) -> (String, bool) {
    let body = question("alice", "streaming").to_string();
    raw(api, "POST", "/chat-messages", &body).await
}

const VALUES: &[Trial] = &[
    ("drop-property:GET /info#/name", probe!(|api| info(api).await.json().get("name").is_none())),
    ("add-property:GET /info=mood", probe!(|api| info(api).await.json().get("mood").is_some())),
    (
        "add-property:GET /datasets#/data[]",
        probe!(|api| list(api, "").await["data"][0].get("surprise").is_some()),
    ),
    (
        "rename-property:GET /info#/name=title",
        probe!(|api| {
            let info = info(api).await.json();
            info.get("name").is_none() && info["title"] == "Garden helper"
        }),
    ),
    ("null-property:GET /info#/name", probe!(|api| info(api).await.json()["name"].is_null())),
    ("retype-property:GET /info#/tags", probe!(|api| info(api).await.json()["tags"].is_object())),
    ("strange-value:GET /info#/mode", probe!(|api| info(api).await.json()["mode"] == "quixotic")),
    (
        "broken-format:GET /datasets#/data[]/id",
        probe!(|api| id(&list(api, "").await["data"][0]).starts_with("!?")),
    ),
    (
        "exaggerated-value:GET /datasets#/limit",
        probe!(|api| list(api, "").await["limit"].as_i64() < Some(0)),
    ),
    (
        "milliseconds:GET /datasets",
        probe!(
            |api| list(api, "").await["data"][0]["created_at"].as_i64() > Some(1_000_000_000_000)
        ),
    ),
    (
        "changed-before-made:GET /datasets",
        probe!(|api| {
            let base = &list(api, "").await["data"][0];
            base["updated_at"].as_i64() < base["created_at"].as_i64()
        }),
    ),
    (
        "other-id:GET /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            id(&read(api, &made).await.json()) != made
        }),
    ),
    (
        "other-value:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            patch(api, &made, json!({ "name": "mosses" })).await.json()["name"] != "mosses"
        }),
    ),
    ("has-more-lies:GET /datasets", probe!(|api| list(api, "").await["has_more"] == true)),
    ("miscount:GET /datasets", probe!(|api| list(api, "").await["total"] != 1)),
    (
        "reversed-list:GET /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            names(api, "").await.last().unwrap() == "ferns"
        }),
    ),
    ("lost-item:GET /datasets", probe!(|api| names(api, "").await.is_empty())),
    ("repeated-item:GET /datasets", probe!(|api| names(api, "").await.len() == 2)),
    // The data of events are values as well.
    (
        "null-property:POST /chat-messages#/task_id",
        probe!(|api| stream(api).await.events().iter().all(|event| event["task_id"].is_null())),
    ),
];

const ANSWERS: &[Trial] = &[
    ("other-status:GET /info", probe!(|api| info(api).await.status == 218)),
    ("other-status:GET /info=202", probe!(|api| info(api).await.status == 202)),
    (
        "other-error-status:GET /info=429",
        probe!(|api| {
            let answer = refused(api).await;
            answer.status == 429 && answer.json()["status"] == 429
        }),
    ),
    ("other-code:GET /info=no", probe!(|api| refused(api).await.refusal() == (401, "no".into()))),
    ("other-envelope:GET /info", probe!(|api| refused(api).await.json().get("code").is_none())),
    (
        "status-mismatch:GET /info",
        probe!(|api| {
            let answer = refused(api).await;
            answer.status == 401 && answer.json()["status"] == 200
        }),
    ),
    ("html-error:GET /info", probe!(|api| is(&refused(api).await, "text/html; charset=utf-8"))),
    ("other-media-type:GET /info=image/png", probe!(|api| is(&info(api).await, "image/png"))),
    ("mislabelled-json:GET /info", probe!(|api| is(&info(api).await, "text/plain; charset=utf-8"))),
    ("lost-header:GET /info=X-Env", probe!(|api| info(api).await.headers.get("x-env").is_none())),
    (
        "malformed-json:GET /info",
        probe!(|api| {
            let answer = info(api).await;
            answer.status == 200 && !answer.bytes.is_empty() && answer.json().is_null()
        }),
    ),
    ("empty-body:GET /info", probe!(|api| info(api).await.bytes.is_empty())),
    (
        "body-instead-of-none:DELETE /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let answer = delete(api, &made).await;
            answer.status == 200 && !answer.bytes.is_empty()
        }),
    ),
    ("server-error:GET /info", probe!(|api| info(api).await.status == 500)),
    ("api-off:GET /info", probe!(|api| info(api).await.refusal() == (403, "forbidden".into()))),
    (
        "redirect:GET /info=/elsewhere",
        probe!(|api| {
            let (text, _) = raw_info(api).await;
            text.starts_with("HTTP/1.1 302") && text.contains("location: /elsewhere\r\n")
        }),
    ),
    (
        "stream-instead:POST /chat-messages",
        probe!(|api| {
            let answer = ask(api, "chat", "alice", "blocking").await;
            is(&answer, "text/event-stream; charset=utf-8") && answer.events().len() == 1
        }),
    ),
    (
        "mislabelled-stream:POST /chat-messages",
        probe!(|api| is(&stream(api).await, "application/json")),
    ),
];

fn is(answer: &Answer, media_type: &str) -> bool {
    answer.headers.get("content-type") == Some(media_type)
}

const CONNECTIONS: &[Trial] = &[
    (
        "truncated-body:GET /info",
        probe!(|api| {
            let (text, ended) = raw_info(api).await;
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            ended && body.len() < length.unwrap().parse().unwrap()
        }),
    ),
    (
        "truncated-body:POST /chat-messages",
        probe!(|api| {
            let (text, ended) = raw_stream(api).await;
            ended && text.contains("data: ") && !text.ends_with("\r\n0\r\n\r\n")
        }),
    ),
    ("reset:GET /info", probe!(|api| raw_info(api).await == (String::new(), true))),
    ("hang:GET /info", probe!(|api| raw_info(api).await == (String::new(), false))),
    ("slow:GET /info=600000", probe!(|api| raw_info(api).await == (String::new(), false))),
    (
        "endless-body:GET /info",
        probe!(|api| {
            let (text, ended) = raw_info(api).await;
            !ended && text.len() > 1 << 20
        }),
    ),
    (
        "silent-stream:POST /chat-messages",
        probe!(|api| {
            let (text, ended) = raw_stream(api).await;
            !ended && text.matches("data: ").count() == 1
        }),
    ),
    (
        "cut-stream:POST /chat-messages",
        probe!(|api| {
            let (text, ended) = raw_stream(api).await;
            ended && text.contains("data: ") && !text.ends_with("\r\n0\r\n\r\n")
        }),
    ),
];

const STREAMS: &[Trial] = &[
    ("unknown-event:POST /chat-messages", probe!(|api| events(api, "chat").await[1] == "applause")),
    (
        "event-order:POST /chat-messages",
        probe!(|api| events(api, "chat").await[0] == "message_end"),
    ),
    (
        "no-terminal-event:POST /chat-messages",
        probe!(|api| events(api, "chat").await.iter().all(|name| name == "message")),
    ),
    (
        "changing-id:POST /chat-messages#/message_id",
        probe!(|api| {
            let events = stream(api).await.events();
            events[0]["message_id"] != events[1]["message_id"]
        }),
    ),
    (
        "bad-framing:POST /chat-messages",
        probe!(|api| sse::frames(&stream(api).await.bytes).len() == 1),
    ),
    (
        "bad-event-data:POST /chat-messages",
        probe!(|api| {
            let bytes = stream(api).await.bytes;
            let data = sse::frames(&bytes)[0].data().unwrap();
            serde_json::from_str::<Value>(&data).is_err()
        }),
    ),
    (
        "named-events:POST /chat-messages",
        probe!(|api| stream(api).await.text().contains("event: message\n")),
    ),
    (
        "no-ping:POST /chat-messages",
        probe!(|api| !events(api, "chatflow").await.iter().any(|name| name == "ping")),
    ),
    (
        "unpaired-event:POST /chat-messages",
        probe!(|api| {
            let names = events(api, "chatflow").await;
            let count = |wanted: &str| names.iter().filter(|name| *name == wanted).count();
            count("node_started") > count("node_finished")
        }),
    ),
    (
        "lost-words:POST /chat-messages",
        probe!(|api| {
            let events = stream(api).await.events();
            let said: String = events.iter().filter_map(|event| event["answer"].as_str()).collect();
            let conversation = events[0]["conversation_id"].as_str().unwrap();
            let path = format!("/messages?user=alice&conversation_id={conversation}");
            api.get("chat", &path).await.json()["data"][0]["answer"] != said
        }),
    ),
    (
        "double-end:POST /chat-messages",
        probe!(|api| {
            let names = events(api, "chat").await;
            names.iter().filter(|name| *name == "message_end").count() == 2
        }),
    ),
];

const DOORS: &[Trial] = &[
    ("auth-not-enforced:GET /info", probe!(|api| refused(api).await.status == 200)),
    // Nobody knows whose app it is: the one that takes the call.
    (
        "auth-not-enforced:POST /completion-messages",
        probe!(|api| {
            let body = json!({ "inputs": { "query": "moss" }, "user": "alice", "response_mode": "blocking" });
            api.json("", "POST", "/completion-messages", &body).await.status == 200
        }),
    ),
    ("auth-not-enforced:GET /datasets", probe!(|api| api.get("", "/datasets").await.status == 200)),
    (
        "wrong-key-accepted:GET /info",
        probe!(|api| api.get("knowledge", "/info").await.status == 200),
    ),
    (
        "wrong-key-accepted:GET /datasets",
        probe!(|api| api.get("chat", "/datasets").await.status == 200),
    ),
    (
        "any-method:POST /datasets",
        probe!(|api| {
            let body = json!({ "name": "ferns" });
            api.json("knowledge", "PUT", "/datasets", &body).await.status == 200
        }),
    ),
    (
        "any-media-type:POST /datasets",
        probe!(|api| {
            let (headers, body) = ([("Content-Type", "text/plain")], json!({ "name": "ferns" }));
            let body = body.to_string().into_bytes();
            api.send("knowledge", "POST", "/datasets", &headers, body).await.status == 200
        }),
    ),
    (
        "strange-id-fails:GET /datasets/{dataset_id}",
        probe!(|api| read(api, "nothing").await.status == 500),
    ),
];

const LAWS: &[Trial] = &[
    (
        "update-not-kept:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let changed = patch(api, &made, json!({ "name": "mosses" })).await;
            assert_eq!(changed.json()["name"], "mosses");
            read(api, &made).await.json()["name"] == "ferns"
        }),
    ),
    (
        "created-lost:POST /datasets",
        probe!(|api| {
            let made = make(api, "ferns").await;
            read(api, &made).await.status == 404
        }),
    ),
    // The answer is there although the message is lost.
    (
        "created-lost:POST /chat-messages",
        probe!(|api| {
            let events = stream(api).await.events();
            assert_eq!(events.last().unwrap()["event"], "message_end");
            let conversation = events[0]["conversation_id"].as_str().unwrap();
            let path = format!("/messages?user=alice&conversation_id={conversation}");
            api.get("chat", &path).await.status == 404
        }),
    ),
    (
        "deleted-still-there:DELETE /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            assert_eq!(delete(api, &made).await.status, 204);
            read(api, &made).await.status == 200
        }),
    ),
    (
        "created-not-listed:POST /datasets",
        probe!(|api| {
            let made = make(api, "ferns").await;
            assert_eq!(read(api, &made).await.status, 200);
            !names(api, "").await.contains(&"ferns".to_owned())
        }),
    ),
    (
        "deleted-still-listed:/datasets",
        probe!(|api| {
            let made = make(api, "ferns").await;
            names(api, "").await;
            delete(api, &made).await;
            assert_eq!(read(api, &made).await.status, 404);
            // The list gets no longer by it than it may be.
            names(api, "?limit=1").await == ["ferns"] && names(api, "?page=2").await.is_empty()
        }),
    ),
    (
        "refused-but-changed:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let answer = patch(api, &made, json!({ "name": "mosses", "permission": "all" })).await;
            assert_eq!(answer.status, 400);
            read(api, &made).await.json()["name"] == "mosses"
        }),
    ),
    (
        "update-resets:PATCH /datasets/{dataset_id}",
        probe!(|api| {
            let made = make(api, "ferns").await;
            patch(api, &made, json!({ "name": "mosses" })).await;
            read(api, &made).await.json()["description"] == ""
        }),
    ),
    (
        "parameter-ignored:GET /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            names(api, "?limit=1").await.len() == 2
        }),
    ),
    (
        "parameter-ignored:POST /datasets=description",
        probe!(|api| {
            let made = make(api, "ferns").await;
            read(api, &made).await.json()["description"] != "of old"
        }),
    ),
    (
        "other-default:GET /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            names(api, "").await.len() == 1
        }),
    ),
    (
        "other-default:POST /datasets=permission=all_team_members",
        probe!(|api| {
            let made = make(api, "ferns").await;
            read(api, &made).await.json()["permission"] == "all_team_members"
        }),
    ),
    (
        "undocumented-demand:GET /info",
        probe!(|api| {
            assert_eq!(api.get("chat", "/info?please=1").await.status, 200);
            info(api).await.refusal() == (400, "invalid_param".into())
        }),
    ),
    (
        "bounds-not-enforced:POST /datasets",
        probe!(|api| post(api, json!({ "name": "ferns", "description": "x".repeat(401) })).await
            == 200),
    ),
    (
        "enum-not-enforced:POST /datasets",
        probe!(|api| post(api, json!({ "name": "ferns", "permission": "all" })).await == 200),
    ),
    ("required-not-enforced:POST /datasets", probe!(|api| post(api, json!({})).await == 200)),
    (
        "type-not-enforced:POST /datasets",
        probe!(|api| post(api, json!({ "name": "ferns", "description": 7 })).await == 200),
    ),
    // A wrong value of what is required: the answer is that of the last good call.
    (
        "type-not-enforced:POST /datasets",
        probe!(|api| {
            make(api, "ferns").await;
            post(api, json!({ "name": 7 })).await == 200
        }),
    ),
    (
        "other-users-data:GET /messages",
        probe!(|api| {
            let asked = ask(api, "chat", "alice", "blocking").await.json();
            let conversation = asked["conversation_id"].as_str().unwrap();
            // Whoever asks first is not taken for the owner.
            let path = format!("/messages?user=bob&conversation_id={conversation}");
            api.get("chat", &path).await.json()["data"][0]["answer"] == asked["answer"]
        }),
    ),
    (
        "other-users-data:GET /conversations",
        probe!(|api| {
            ask(api, "chat", "alice", "blocking").await;
            let listed = api.get("chat", "/conversations?user=bob").await.json();
            listed["data"].as_array().unwrap().len() == 1
        }),
    ),
    (
        "server-error-sometimes:GET /info=2",
        probe!(|api| {
            let first = info(api).await.status;
            (first, info(api).await.status) == (200, 500)
        }),
    ),
    (
        "never-ready:GET /datasets/{dataset_id}/documents/{batch}/indexing-status",
        probe!(|api| {
            let made = make(api, "ferns").await;
            let path = format!("/datasets/{made}/document/create-by-text");
            let rule = json!({ "mode": "automatic" });
            let body = json!({
                "name": "ferns", "text": "Ferns.", "indexing_technique": "economy", "process_rule": rule,
            });
            let batch = api.json("knowledge", "POST", &path, &body).await.json()["batch"].clone();
            let path =
                format!("/datasets/{made}/documents/{}/indexing-status", batch.as_str().unwrap());
            let state =
                api.get("knowledge", &path).await.json()["data"][0]["indexing_status"].clone();
            assert!(state.is_string());
            state == "indexing"
        }),
    ),
];

const PAGES: &[Trial] = &[
    (
        "pages-overlap:GET /datasets",
        probe!(|api| {
            for name in ["a", "b", "c"] {
                make(api, name).await;
            }
            let mut pages = names(api, "?limit=2&page=1").await;
            pages.extend(names(api, "?limit=2&page=2").await);
            pages == ["c", "b", "b", "a"]
        }),
    ),
    (
        "pages-overlap:GET /conversations",
        probe!(|api| pages_of_conversations(api).await == [2, 1, 1]),
    ),
    ("pages-overlap:GET /messages", probe!(|api| pages_of_messages(api).await == [2, 1, 1])),
    (
        "pages-skip:GET /datasets",
        probe!(|api| {
            for name in ["a", "b", "c"] {
                make(api, name).await;
            }
            let first = names(api, "?limit=2&page=1").await;
            (first, names(api, "?limit=2&page=2").await)
                == (vec!["c".into(), "b".into()], vec!["Field notes".into()])
        }),
    ),
    ("pages-skip:GET /conversations", probe!(|api| pages_of_conversations(api).await == [2, 1])),
    ("pages-skip:GET /messages", probe!(|api| pages_of_messages(api).await == [2, 1])),
];

/// The numbers of three conversations, the newest first, on pages of two.
async fn pages_of_conversations(api: &Api) -> Vec<usize> {
    let mut ids = Vec::new();
    for _ in 0..3 {
        let asked = ask(api, "chat", "alice", "blocking").await.json();
        ids.push(asked["conversation_id"].clone());
    }
    let path = "/conversations?user=alice&limit=2&sort_by=-created_at";
    let first = api.get("chat", path).await.json()["data"].clone();
    let last = first.as_array().unwrap().last().unwrap()["id"].as_str().unwrap();
    let second = api.get("chat", &format!("{path}&last_id={last}")).await.json()["data"].clone();
    numbers(&ids, &[first, second])
}

/// The numbers of three messages, the newest first, on pages of two.
async fn pages_of_messages(api: &Api) -> Vec<usize> {
    let (mut ids, mut conversation) = (Vec::new(), json!(""));
    for _ in 0..3 {
        let mut body = question("alice", "blocking");
        body["conversation_id"] = conversation;
        let asked = api.json("chat", "POST", "/chat-messages", &body).await.json();
        ids.push(asked["message_id"].clone());
        conversation = asked["conversation_id"].clone();
    }
    let conversation = conversation.as_str().unwrap();
    let path = format!("/messages?user=alice&limit=2&conversation_id={conversation}");
    let first = api.get("chat", &path).await.json()["data"].clone();
    let oldest = first[0]["id"].as_str().unwrap();
    let second = api.get("chat", &format!("{path}&first_id={oldest}")).await.json()["data"].clone();
    // The oldest is told first.
    let turned = |page: Value| page.as_array().unwrap().iter().rev().cloned().collect();
    numbers(&ids, &[turned(first), turned(second)])
}

/// Where the items of pages are in a list.
fn numbers(ids: &[Value], pages: &[Value]) -> Vec<usize> {
    let items = pages.iter().flat_map(|page| page.as_array().unwrap());
    let number = |item: &Value| ids.iter().position(|id| *id == item["id"]).unwrap();
    items.map(number).collect()
}

#[tokio::test]
async fn faults_of_values_show() {
    each_shows(VALUES).await;
}

#[tokio::test]
async fn faults_of_answers_show() {
    each_shows(ANSWERS).await;
}

#[tokio::test]
async fn faults_of_connections_show() {
    each_shows(CONNECTIONS).await;
}

#[tokio::test]
async fn faults_of_streams_show() {
    each_shows(STREAMS).await;
}

#[tokio::test]
async fn faults_at_the_door_show() {
    each_shows(DOORS).await;
}

#[tokio::test]
async fn faults_of_state_show() {
    each_shows(LAWS).await;
}

#[tokio::test]
async fn faults_of_pages_show() {
    each_shows(PAGES).await;
}

#[test]
fn every_fault_is_tried() {
    let trials = [VALUES, ANSWERS, CONNECTIONS, STREAMS, DOORS, LAWS, PAGES].concat();
    let tried = |id: &str| trials.iter().any(|(text, _)| text.split([':', '=']).next() == Some(id));
    let left: Vec<&str> = FAULTS.iter().map(|fault| fault.id).filter(|id| !tried(id)).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A fault concerns the operations that it names, and no others.
#[tokio::test]
async fn a_whole_name_is_one_operation() {
    let statuses = async |text: &str| {
        let api = start(vec![Injection::parse(text).unwrap()]).await;
        let (chat, knowledge) = (info(&api).await, api.get("knowledge", "/datasets").await);
        let tags = api.get("knowledge", "/datasets/tags").await;
        [chat.status, knowledge.status, tags.status]
    };
    assert_eq!(statuses("server-error").await, [500, 500, 500]);
    assert_eq!(statuses("server-error:datasets").await, [200, 500, 500]);
    assert_eq!(statuses("server-error:GET /datasets").await, [200, 500, 200]);
    assert_eq!(statuses("server-error:get /datasets").await, [200, 500, 200]);
    assert_eq!(statuses("server-error:POST /datasets").await, [200, 200, 200]);
}

#[tokio::test]
async fn faults_add_up() {
    let texts =
        ["drop-property:GET /info#/name", "null-property:GET /info#/mode", "lost-header:GET /info"];
    let api = start(texts.iter().map(|text| Injection::parse(text).unwrap()).collect()).await;
    let answer = info(&api).await;
    assert_eq!((answer.json().get("name"), &answer.json()["mode"]), (None, &Value::Null));
    assert_eq!(answer.headers.get("x-version"), None);
}

#[test]
fn what_is_wrong_with_a_fault_is_said() {
    let texts = [
        "",
        "drop-propertey",
        "zzz:GET /info",
        "#/name",
        "drop-property:GET /datsets",
        "drop-property:GET /nothing/like/it#/name",
        "drop-property:TRACE /info",
        "drop-property:GET /info#name",
        "server-error:GET /info#/name",
        "server-error:GET /info=503",
        "other-status:GET /info=teapot",
        "other-status:GET /info=1000",
        "other-error-status=200",
        "slow=-1",
        "server-error-sometimes=0",
    ];
    let mut told = String::new();
    for text in texts {
        let problem = Injection::parse(text).expect_err(text);
        writeln!(told, "{text:?}\n  {problem}").unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn places_and_values_are_told_apart() {
    for (text, operation, pointer, value) in [
        ("redirect=http://a.example/?b=c#d", "", None, Some("http://a.example/?b=c#d")),
        ("drop-property#/name", "", Some("/name"), None),
        ("add-property:GET /datasets#=mood", "GET /datasets", Some(""), Some("mood")),
        ("other-default:/datasets=limit=5", "/datasets", None, Some("limit=5")),
    ] {
        let injection = Injection::parse(text).unwrap();
        assert_eq!(injection.operation, operation);
        assert_eq!((injection.pointer.as_deref(), injection.value.as_deref()), (pointer, value));
    }
}
