//! Tests of masking.

use std::borrow::Cow;

use proptest::prelude::*;

use super::suspect::Suspect;
use super::{MASK, Redactor, json};

fn redactor() -> Redactor {
    let names = ["api_key", "Token", "schlüssel"].map(str::to_owned);
    Redactor::new(names, &["sk-[a-z0-9]{4,}".to_owned()]).unwrap()
}

fn body(media_type: &str, text: &str) -> String {
    String::from_utf8(redactor().body(Some(media_type), text.as_bytes()).into_owned()).unwrap()
}

#[test]
fn headers_keep_their_scheme() {
    for (name, value, expected) in [
        ("authorization", "Bearer app-1", "Bearer ***"),
        ("Authorization", "bearer  app-1", "bearer ***"),
        ("Authorization", "Bearer app-1 and more", "Bearer ***"),
        ("Authorization", "Bearer", "Bearer"),
        ("Authorization", "Bearer ", "Bearer "),
        ("Authorization", "", ""),
        ("Authorization", "app-1", "***"),
        ("Authorization", "app 1", "***"),
        ("Authorization", "***", "***"),
        ("Proxy-Authorization", "Basic eA==", "Basic ***"),
        ("Cookie", "a=b", "***"),
        ("Cookie", "Bearer b", "***"),
        ("TOKEN", "x", "***"),
        ("X-Other", "see sk-abcd!", "see ***!"),
        ("Location", "/next?api_key=1&page=2", "/next?api_key=***&page=2"),
        ("Accept", "*/*", "*/*"),
    ] {
        assert_eq!(redactor().header(name, value), expected, "{name}: {value}");
    }
}

#[test]
fn urls() {
    for (url, expected) in [
        ("http://h/p?a=1&API_key=x&b", "http://h/p?a=1&API_key=***&b"),
        ("http://h/p?api%5Fkey=x#token=y", "http://h/p?api%5Fkey=***#token=***"),
        ("http://u:p@h/p@q", "http://***@h/p@q"),
        ("http://h/sk-12345/x", "http://h/***/x"),
        ("?token=", "?token="),
        ("//@h", "//@h"),
        ("http://h/p?q=a@b", "http://h/p?q=a@b"),
        ("", ""),
    ] {
        assert_eq!(redactor().url(url), expected);
        assert_eq!(redactor().url(expected), expected);
    }
}

#[test]
fn json_keeps_its_types() {
    for (json, expected) in [
        (r#"{"api_key":"x","a":"y"}"#, r#"{"api_key":"***","a":"y"}"#),
        (r#"{"API_KEY" : "a\"b" , "token":-1.5e+3}"#, r#"{"API_KEY" : "***" , "token":0}"#),
        (r#"{"token":null,"a":[1]}"#, r#"{"token":null,"a":[1]}"#),
        (
            r#"{"token":{"a":"x","b":[1,"y",true]},"c":"z"}"#,
            r#"{"token":{"a":"***","b":[0,"***",true]},"c":"z"}"#,
        ),
        (r#"{"a\u0070i_key":"x"}"#, r#"{"a\u0070i_key":"***"}"#),
        (r#"{"Schl\u00fcssel":"x"}"#, r#"{"Schl\u00fcssel":"***"}"#),
        (r#"{"a":"{\"token\":\"x\"}"}"#, r#"{"a":"{\"token\":\"***\"}"}"#),
        (r#"{"a":"token","b":"c"}"#, r#"{"a":"token","b":"c"}"#),
        (r#"{"token":"cut off"#, r#"{"token":"***"#),
        (r#"{"token":""}"#, r#"{"token":""}"#),
        ("{\"a\": \"stray\n, \"token\": \"x\"}", "{\"a\": \"stray\n, \"token\": \"***\"}"),
        (r#"["sk-12345"]"#, r#"["***"]"#),
    ] {
        assert_eq!(body("application/json", json), expected);
        assert_eq!(body("application/json", expected), expected);
    }
}

#[test]
fn forms_and_streams() {
    assert_eq!(
        body("application/x-www-form-urlencoded; charset=utf-8", "a=1&t%6Fken=x&token"),
        "a=1&t%6Fken=***&token"
    );
    assert_eq!(
        body("text/event-stream", "data: {\"token\":\"x\"}\n\ndata: y\n\n"),
        "data: {\"token\":\"***\"}\n\ndata: y\n\n"
    );
    let form = |secret: &str, other: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"Token\"\r\n\r\n{secret}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n{{\"token\":\"{other}\"}}\
             \r\n--b--\r\n"
        )
    };
    assert_eq!(
        body("multipart/form-data; boundary=b", &form("x\r\ny--b z", "z")),
        form(MASK, MASK)
    );
}

#[test]
fn names_of_ascii_letters_are_found_in_any_case() {
    let redactor = Redactor::new(["api_key".to_owned()], &[]).unwrap();
    for name in ["api_key", "API_KEY", "api_\u{212a}ey", r"api_\u212aey", r"api_\u004bey"] {
        let text = format!(r#"{{"{name}":"x"}}"#);
        let masked = redactor.body(Some("application/json"), text.as_bytes()).into_owned();
        assert!(String::from_utf8(masked).unwrap().contains(MASK), "{name}");
    }
}

#[test]
fn the_shortest_text_of_a_pattern_is_masked() {
    assert_eq!(redactor().text("sk-abcd"), MASK);
    assert_eq!(redactor().text("sk-abc"), "sk-abc");
    let short = Redactor::new([], &["é|sk-[a-z]{9}".to_owned()]).unwrap();
    assert_eq!(short.text("é"), MASK);
}

#[test]
fn nothing_is_copied_without_need() {
    let text = br#"{"a":"b","tok":"c"}"#;
    assert!(matches!(redactor().body(Some("application/json"), text), Cow::Borrowed(_)));
    assert!(matches!(redactor().url("http://h/p?a=b"), Cow::Borrowed(_)));
    assert!(matches!(Redactor::default().bytes(b"sk-12345"), Cow::Borrowed(_)));
}

#[test]
fn bytes_that_are_no_text_are_masked_too() {
    assert_eq!(redactor().bytes(b"\xff\x00sk-12345\xfe").as_ref(), b"\xff\x00***\xfe");
}

#[test]
fn unusable_patterns_are_refused() {
    let refused = |pattern: &str| Redactor::new([], &[pattern.to_owned()]).unwrap_err().to_string();
    assert_eq!(
        refused("a*"),
        "the pattern \"a*\" matches the empty text and would mask everywhere; \
         write one that needs at least one character"
    );
    assert!(refused("(").starts_with("the pattern \"(\" is no regular expression: "));
}

proptest! {
    /// Looking for names may find too many, and never too few.
    #[test]
    fn what_is_masked_in_json_was_suspected(
        name in "api_key|API_Key|api_\\\\u006bey|api_\\u{212a}ey|api_\\\\u212aey|toKen|keys?",
        between in "[ \\n\\t\"]{0,2}",
        value in "[\"x{\\[0]{1,3}",
        around in "[a-z\"\\\\{,: ]{0,8}",
        nesting in 0..4_usize,
    ) {
        let names = ["api_key".to_owned(), "token".to_owned()];
        let suspect = Suspect::of(&names).unwrap().unwrap();
        let is_secret = |own: &str| names.contains(&own.to_lowercase());
        let mut text = format!("{around}{{\"{name}\"{between}:{value}\"}}{around}");
        for _ in 0..nesting {
            text = format!("{{\"a\":{}}}", serde_json::Value::String(text));
        }
        if json::masked(text.as_bytes(), &is_secret).is_some() {
            prop_assert!(suspect.in_json(text.as_bytes()), "{}", text);
            prop_assert!(suspect.anywhere(text.as_bytes()), "{}", text);
        }
    }
}
