//! The curl line, run by a real shell in which `curl` writes down what it was given.

#![expect(clippy::expect_used, reason = "it fails by panicking, and says so")]
#![cfg(unix)]

use std::process::{Command, Stdio};

use dify_contract::exchange::{Body, Header, Headers, Request, curl};
use proptest::prelude::*;

/// A `curl` that writes its arguments, each with a NUL behind it, and then its input if it is to
/// read it. A function of the shell, so that the real one can never be run by mistake.
const CURL: &str = r#"
curl() {
    printf '%s\0' "$@"
    case "$*" in *"--data-binary @-") cat ;; esac
}
"#;

/// The arguments that curl gets for this request, and its input.
fn run(request: &Request) -> (Vec<String>, Vec<u8>) {
    let line = curl::curl_request(request);
    let output = Command::new("sh")
        .args(["-c", &format!("{CURL}{line}")])
        .env("API_KEY", "the $key")
        .env("SECRET", "s")
        .stdin(Stdio::null())
        .output()
        .expect("sh can be run");
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let mut pieces: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
    // Input is behind the last argument, and may have NULs of its own.
    let end = pieces.iter().position(|piece| *piece == b"@-");
    let input = pieces.split_off(end.map_or(pieces.len() - 1, |at| at + 1)).join(&0);
    (pieces.iter().map(|piece| String::from_utf8_lossy(piece).into_owned()).collect(), input)
}

/// Texts without NUL, with much that means something to a shell.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[^\0]{0,30}",
        "['\"$`\\\\!#&|;<>()*?~ \n\r\t%{}a]{1,20}",
        "[\u{4e00}-\u{4eff}\u{5d0}-\u{5ea}\u{1f600}-\u{1f64f}']{1,10}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_shell_hands_over_what_was_sent(
        method in "[A-Z]{3,6}",
        path in text(),
        value in text(),
        content in text(),
    ) {
        let url = format!("http://h/{path}");
        // The mask is another test's.
        let value = value.replace("***", "");
        let headers = vec![Header { name: "X-Note".to_owned(), value: value.clone() }];
        let body = Body::from_bytes(content.clone().into_bytes());
        let request = Request { method: method.clone(), url: url.clone(), headers: Headers(headers), body };
        let (arguments, _) = run(&request);
        let has = |first: &str, second: &str| {
            arguments.windows(2).any(|pair| pair[0] == first && pair[1] == second)
        };
        prop_assert!(arguments.contains(&url), "{:?}", arguments);
        let header = if value.is_empty() { "X-Note;".to_owned() } else { format!("X-Note: {value}") };
        prop_assert!(has("-H", &header), "{:?}", arguments);
        prop_assert_eq!(has("--data-raw", &content), !content.is_empty());
        let implied = match method.as_str() {
            "GET" | "HEAD" => content.is_empty(),
            "POST" => !content.is_empty(),
            _ => false,
        };
        prop_assert_eq!(has("-X", &method), !implied);
    }

    #[test]
    fn bytes_arrive_as_they_were(bytes in prop::collection::vec(any::<u8>(), 1..300)) {
        let mut bytes = bytes;
        bytes.push(0xFF);
        let request = Request {
            method: "PUT".to_owned(),
            url: "http://h/".to_owned(),
            headers: Headers::default(),
            body: Body::from_bytes(bytes.clone()),
        };
        let (arguments, input) = run(&request);
        prop_assert_eq!(arguments, ["-X", "PUT", "http://h/", "-H", "Content-Type:", "--data-binary", "@-"]);
        prop_assert_eq!(input, bytes);
    }

    #[test]
    fn a_masked_header_takes_its_value_from_the_environment(before in text(), after in text()) {
        let (before, after) = (before.replace('*', ""), after.replace('*', ""));
        let header = |name: &str, value: String| Header { name: name.to_owned(), value };
        let request = Request {
            method: "GET".to_owned(),
            url: "http://h/".to_owned(),
            headers: Headers(vec![
                header("Authorization", "Bearer ***".to_owned()),
                header("X-Note", format!("{before}***{after}")),
            ]),
            body: Body::Empty,
        };
        let (arguments, _) = run(&request);
        let note = format!("X-Note: {before}s{after}");
        prop_assert_eq!(arguments, ["http://h/", "-H", "Authorization: Bearer the $key", "-H", &note]);
    }
}
