//! Laws that hold for every exchange and every stream.

#![expect(clippy::expect_used, clippy::panic, reason = "it fails by panicking, and says so")]

use std::io::Cursor;

use dify_contract::exchange::har::{HarReader, HarWriter, Limits};
use dify_contract::exchange::sse::{SseReader, frames};
use dify_contract::exchange::{
    Body, End, Exchange, Expects, Failure, FailureKind, Header, Headers, Request, Response, Times,
    curl,
};
use dify_contract::finding::{MASK, Redactor};
use proptest::collection::vec;
use proptest::prelude::*;

/// Bytes in which the characters that matter to event streams are frequent.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\r".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\xef\xbb\xbf".to_vec()),
        Just(b":".to_vec()),
        Just(b"data: \xf0\x9f\x98\x80".to_vec()),
        Just(b"event:x".to_vec()),
        vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        Just(Body::Empty),
        any::<String>().prop_map(|text| Body::from_bytes(text.into_bytes())),
        "[\u{0}-\u{ff}]{0,9}".prop_map(|text| Body::from_bytes(text.into_bytes())),
        vec(any::<u8>(), 0..40).prop_map(Body::from_bytes),
        (proptest::option::of(0..1u64 << 50), any::<String>())
            .prop_map(|(size, reason)| Body::Missing { size, reason }),
    ]
}

/// Headers that no redactor masks, with names of every kind.
fn headers() -> impl Strategy<Value = Headers> {
    let name = prop_oneof![
        any::<String>(),
        Just("Content-Type".to_owned()),
        Just("content-length".to_owned()),
        Just("location".to_owned()),
    ];
    // In `location`, what stands before an @ may be a password.
    let value = prop_oneof![
        "[^@]*",
        Just("image/png".to_owned()),
        Just("multipart/form-data; boundary=b".to_owned()),
        Just("3".to_owned()),
    ];
    vec((name, value).prop_map(|(name, value)| Header { name, value }), 0..4).prop_map(Headers)
}

/// Numbers that are written and read without rounding: eighths.
fn time() -> impl Strategy<Value = f64> {
    any::<i32>().prop_map(|eighths| f64::from(eighths) / 8.0)
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::Complete),
        any::<String>().prop_map(|why| End::CutOff { why }),
        time().prop_map(|seconds| End::Silent { seconds }),
        time().prop_map(|seconds| End::TimedOut { seconds }),
        Just(End::TooLarge),
        Just(End::Stopped),
    ]
}

fn failure() -> impl Strategy<Value = Failure> {
    let kind = prop::sample::select(FailureKind::ALL.to_vec());
    (kind, any::<String>(), proptest::option::of(any::<String>()))
        .prop_map(|(kind, message, help)| Failure { kind, message, help })
}

fn times() -> impl Strategy<Value = Times> {
    ("[0-9TZ:+-]{0,9}", time(), proptest::option::of(time()), vec(time(), 0..4)).prop_map(
        |(started, total_ms, first_byte_ms, events_ms)| Times {
            started,
            total_ms,
            first_byte_ms,
            events_ms,
        },
    )
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let request = (any::<String>(), "[^@]*", headers(), body())
        .prop_map(|(method, url, headers, body)| Request { method, url, headers, body });
    let response = (1..=u16::MAX, headers(), body(), proptest::option::of(end()))
        .prop_map(|(status, headers, body, end)| Response { status, headers, body, end });
    let answer = (proptest::option::of(response), proptest::option::of(failure()));
    let expects = proptest::option::of(proptest::sample::select(Expects::ALL.to_vec()));
    let case = proptest::option::of("[^@]*");
    (request, answer, times(), expects, case).prop_map(
        |(request, (response, failure), times, expects, case)| Exchange {
            index: 0,
            request,
            response,
            failure,
            expects,
            unmet: None,
            case: case.map(Into::into),
            variable: None,
            times,
        },
    )
}

fn written(exchanges: &[Exchange]) -> Vec<u8> {
    let mut writer = HarWriter::new(Vec::new(), ("test", "1")).expect("memory can be written");
    for exchange in exchanges {
        writer.write(exchange).expect("memory can be written");
    }
    writer.finish().expect("memory can be written")
}

fn read(har: Vec<u8>, redactor: &Redactor) -> Vec<Exchange> {
    let limits = Limits::default();
    HarReader::new(Cursor::new(har), "r.har", &limits)
        .expect("memory can be read")
        .map(|entry| entry?.parse(redactor, &limits))
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}"))
}

proptest! {
    #[test]
    fn the_pieces_of_a_stream_make_no_difference(
        stream in stream(),
        cuts in vec(any::<prop::sample::Index>(), 0..8),
        limit in prop_oneof![Just(8usize << 20), 1..30usize],
    ) {
        let read = |pieces: &[&[u8]]| {
            let mut reader = SseReader::new(limit);
            let mut all: Vec<_> = pieces.iter().flat_map(|piece| reader.push(piece)).collect();
            all.extend(reader.finish());
            all
        };
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]).collect();
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        let whole = read(&[&stream]);
        prop_assert_eq!(&read(&pieces), &whole);
        prop_assert_eq!(&read(&bytes), &whole);
    }

    #[test]
    fn frames_cover_the_stream_but_for_blank_lines(stream in stream()) {
        let mut end = 0;
        for frame in frames(&stream) {
            let start = usize::try_from(frame.offset).expect("it is small");
            let between = stream[end..start].strip_prefix(b"\xef\xbb\xbf");
            let between = between.unwrap_or(&stream[end..start]);
            prop_assert!(between.iter().all(|byte| matches!(byte, b'\r' | b'\n')));
            end = start + usize::try_from(frame.length).expect("it is small");
            prop_assert!(end <= stream.len());
            prop_assert_eq!(frame.cut.is_some(), frame.cut.is_some() && end == stream.len());
        }
    }

    #[test]
    fn what_is_written_is_read(exchanges in vec(exchange(), 0..4)) {
        let mut expected = exchanges.clone();
        for (index, exchange) in (0..).zip(&mut expected) {
            exchange.index = index;
        }
        prop_assert_eq!(read(written(&exchanges), &Redactor::default()), expected);
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in vec(any::<u8>(), 0..64), text in any::<String>()) {
        use dify_contract::exchange::{multipart, query};
        let limits = Limits::default();
        let har = [br#"{"log":{"entries":["#.as_slice(), &bytes, b"]}}"].concat();
        for har in [bytes.clone(), har] {
            let reader = HarReader::new(Cursor::new(har), "r", &limits).expect("readable");
            for entry in reader.flatten() {
                drop(entry.parse(&Redactor::default(), &limits));
            }
        }
        let _ = multipart::parts("b", &bytes);
        let _ = query::pairs(&bytes);
        let _ = query::split(&text);
        let _ = dify_contract::exchange::MediaType::parse(&text);
    }
}

/// Where a secret may stand in an exchange.
#[derive(Debug, Clone, Copy)]
enum Plant {
    Authorization,
    Cookie,
    Header,
    Query,
    UserInfo,
    Json,
    Number,
    Nested,
    Event,
    Form,
    Multipart,
    Anywhere,
}

const PLANTS: [Plant; 12] = [
    Plant::Authorization,
    Plant::Cookie,
    Plant::Header,
    Plant::Query,
    Plant::UserInfo,
    Plant::Json,
    Plant::Number,
    Plant::Nested,
    Plant::Event,
    Plant::Form,
    Plant::Multipart,
    Plant::Anywhere,
];

fn plant(exchange: &mut Exchange, place: Plant, secret: &str) {
    let request = &mut exchange.request;
    let mut header = |name: &str, value: String| {
        request.headers.0.insert(0, Header { name: name.to_owned(), value });
    };
    let sent = |body: String| Body::from_bytes(body.into_bytes());
    match place {
        Plant::Authorization => header("authorization", format!("Bearer {secret}")),
        Plant::Cookie => header("Cookie", format!("a=b; {secret}=1")),
        Plant::Header => header("PASS", secret.to_owned()),
        Plant::Query => request.url = format!("http://h/p?a=b&p%61ss={secret}#c"),
        Plant::UserInfo => request.url = format!("https://{secret}:{secret}@h/p"),
        Plant::Json => {
            header("Content-Type", "application/json".to_owned());
            request.body = sent(format!(r#"{{"a":[{{"Pa\u0073s" : ["{secret}\"{secret}"]}}]}}"#));
        }
        Plant::Number => request.body = sent(format!(r#"{{"pass":{}}}"#, secret.len() * 7_654_321)),
        Plant::Nested => {
            let inner = format!(r#"{{"pass":"{secret}"}}"#);
            request.body = sent(serde_json::json!({"a": inner}).to_string());
        }
        Plant::Event => {
            let header = Header { name: "content-type".into(), value: "text/event-stream".into() };
            exchange.response = Some(Response {
                status: 200,
                headers: Headers(vec![header]),
                body: sent(format!(": \"\n\ndata: {{\"pass\":\"{secret}\"}}\n\n")),
                end: Some(End::CutOff { why: format!("app-{secret}") }),
            });
        }
        Plant::Form => {
            header("Content-Type", "application/x-www-form-urlencoded".to_owned());
            request.body = sent(format!("a=b&pass={secret}&c"));
        }
        Plant::Multipart => {
            header("Content-Type", "multipart/form-data; boundary=x".to_owned());
            let disposition = "Content-Disposition: form-data; name=\"pass\"";
            request.body = sent(format!("--x\r\n{disposition}\r\n\r\n{secret}\n\r\n--x--\r\n"));
        }
        Plant::Anywhere => {
            let secret = format!("app-{secret}");
            request.url.push_str(&secret);
            request.method.push_str(&secret);
            exchange.times.started.push_str(&secret);
            exchange.failure = Some(Failure::new(FailureKind::Other, secret.clone()).help(&secret));
            request.headers.0.push(Header { name: secret.clone(), value: secret.clone() });
            request.body = Body::from_bytes([b"\xff\0", secret.as_bytes(), b"!"].concat());
        }
    }
}

proptest! {
    #[test]
    fn a_secret_never_gets_into_an_exchange(
        mut exchange in exchange(),
        secret in "[a-zA-Z0-9]{16,24}",
        place in prop::sample::select(PLANTS.to_vec()),
    ) {
        plant(&mut exchange, place, &secret);
        let secret = match place {
            Plant::Number => (secret.len() * 7_654_321).to_string(),
            _ => secret,
        };
        let redactor = Redactor::new(["Pass".to_owned()], &["app-[a-zA-Z0-9]+".to_owned()])
            .expect("the pattern is right");
        let kept = read(written(&[exchange]), &redactor);
        let exchange = &kept[0];
        let mut shown = format!("{exchange:?}{}", curl::curl(exchange));
        let bodies = [Some(&exchange.request.body), exchange.response.as_ref().map(|r| &r.body)];
        for bytes in bodies.into_iter().flatten().filter_map(Body::bytes) {
            shown.push_str(&String::from_utf8_lossy(bytes));
        }
        prop_assert!(!shown.contains(&secret), "{}", shown);
        prop_assert!(shown.contains(MASK) || matches!(place, Plant::Number));
        // Masking again changes nothing.
        prop_assert_eq!(&read(written(&kept), &redactor), &kept);
    }
}
