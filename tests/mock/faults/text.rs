//! Faults as `--fault` names them.

use std::fmt::Write as _;

use dify_contract::mock::Injection;
use serde_json::Value;

use super::{info, start};

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
