//! Configuration files: what is wrong with them is told with its place, and keys are never repeated.

use std::fmt::Write as _;

use dify_contract::target::{Config, starter};
use proptest::prelude::*;

use super::{told, vocabulary};

/// Everything that can be wrong, each in a file of its own.
const FAULTY: &[&str] = &[
    "targets = 1",
    "[targets]\nmain = 1",
    "default-target = \"mian\"\n[targets.main]",
    "default-target = \"other\"",
    "defualt-target = \"main\"\n[targets.main]\nbase_url = \"https://a\"\nproxi = \"http://p\"\nzzz = 1",
    "[targets.main]\nbase-url = \"\"",
    "[targets.main]\nbase-url = 1",
    "[targets.main]\nbase-url = \"api.example/v1\"",
    "[targets.main]\nbase-url = \"localhost:5001/v1\"",
    "[targets.main]\nbase-url = \"ftp://host\"",
    "[targets.main]\nbase-url = \"https://user:hunter2@host/v1\"",
    "[targets.main]\nbase-url = \"https://user:hun/ter2@host/v1\"",
    "[targets.main]\nbase-url = \"https://host/v1?a=b\"",
    "[targets.main]\nbase-url = \"https://host/v1#a\"",
    "[targets.main]\nbase-url = \"https://\"",
    "[targets.main]\nbase-url = \"https://host:70000\"",
    "[targets.main]\nbase-url = \"https://host:0\"",
    "[targets.main]\nbase-url = \"http://::1:80\"",
    "[targets.main]\nbase-url = \"http://[::x]:80\"",
    "[targets.main]\nbase-url = \"https://my host/v1\"",
    "[targets.main]\nbase-url = \"https://<your-host>/v1\"",
    "[targets.main]\nallow = \"reed\"",
    "[targets.main]\nallow = \"everything\"",
    "[targets.main]\nallow = true",
    "[targets.main]\nrate = 0\njobs = 0\nmax-model-calls = -1",
    "[targets.main]\nrate = \"fast\"\njobs = 1.5\nmax-model-calls = []",
    "[targets.main]\ntimeout = 0\nsilence = \"soon\"",
    "[targets.main]\ntimeout = \"2h\"\nsilence = 1e9",
    "[targets.main]\nca-file = 1979-05-27\nproxy = \"proxy:3128\"\nuser = {}",
    "[targets.main]\nproxy = \"http://me:hunter2@proxy:3128\"",
    "[targets.main]\nspec = [\"a.yaml\", 1]\noverlay = []",
    "[targets.main]\nkeys = \"app-hunter2hunter2\"",
    "[targets.main]\nkeys = { chat = \"app-hunter2hunter2\" }",
    "[targets.main]\nkeys.chat = \"app-hunter2hunter2\"",
    "[targets.main.keys]\nchat = \"app-hunter2hunter2\" # and app-hunter2hunter2",
    "[targets.main.keys]\nchat = 'app-hunter2hunter2'",
    "[targets.main.keys]\nchat = app-hunter2hunter2",
    "[targets.main.keys]\nchat = \"app-hunter2hunter2",
    "[targets.main.keys]\nchat = \"\"\"\napp-hunter2hunter2\"\"\"",
    "[targets.main.keys]\nchat = [\"app-hunter2hunter2\"]",
    "[targets.main.keys]\napp-hunter2hunter2 = 1",
    "[targets.main.keys]\nchat = { value = \"app-hunter2hunter2\" }",
    "[targets.main.keys]\nchat = { env = \"app-hunter2hunter2\" }",
    "[targets.main.keys]\nchat = { env = \"sk0hunter2hunter2\" }",
    "[targets.main.keys]\nchat = { file = \"app-hunter2hunter2\" }",
    "[targets.main.keys]\nchat = {}",
    "[targets.main.keys]\nchat = { env = \"A\", file = \"b.txt\" }",
    "[targets.main]\napi-key = \"app-hunter2hunter2\"",
    "[targets.main]\napp-hunter2hunter2 = \"x\"",
    "[targets.main",
    "targets.main.base-url = \"a\"\ntargets.main.base-url = \"b\"",
];

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let mut texts = String::new();
    for text in FAULTY {
        let problems = Config::parse("dify-contract.toml", text).unwrap_err();
        let told = told(&problems);
        assert!(!told.contains("hunter2"), "{told}");
        let text = text.replace("hunter2", "…");
        write!(texts, "{text}\n\n{told}\n----------\n").unwrap();
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn a_file_is_read_in_full() {
    let text = r#"
        default-target = "b"
        [targets.a]
        base-url = "HTTPS://api.example/v1/"
        keys.chat = { env = "CHAT" }
        keys.knowledge = { file = "secrets/knowledge" }
        allow = "spend"
        rate = 0.5
        jobs = 4
        timeout = "1500ms"
        silence = 20
        max-model-calls = 3
        ca-file = "ca.pem"
        proxy = "socks5://proxy:1080"
        user = "me"
        spec = "/documents/api.yaml"
        overlay = ["one.yaml", "two.yaml"]
        [targets.b]
    "#;
    insta::assert_debug_snapshot!(Config::parse("folder/dify-contract.toml", text).unwrap());
}

#[test]
fn the_target_that_is_meant_is_found() {
    let one = Config::parse("c.toml", "[targets.a]").unwrap();
    assert_eq!(one.target(None).unwrap().unwrap().name, "a");
    let two = Config::parse("c.toml", "[targets.staging]\n[targets.production]").unwrap();
    assert_eq!(two.target(Some("staging")).unwrap().unwrap().name, "staging");
    let faults = [two.target(None), two.target(Some("stagign")), two.target(Some("zzz"))];
    insta::assert_snapshot!(told(&faults.map(Result::unwrap_err)));
    assert_eq!(Config::parse("c.toml", "").unwrap().target(None).unwrap(), None);
}

#[test]
fn the_file_to_begin_with_is_a_sound_one() {
    let text = starter(&vocabulary(), "main", None);
    let config = Config::parse("dify-contract.toml", &text).unwrap();
    assert_eq!(config.target(None).unwrap().unwrap().keys.len(), vocabulary().keys.len());
    insta::assert_snapshot!(text);
    // What is commented out is sound, too.
    let all = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(setting) if setting.contains(" = ") && setting.contains("  ") => setting,
        _ => line,
    });
    let all: Vec<&str> = all.collect();
    assert!(all.iter().any(|line| line.starts_with("rate")), "{all:?}");
    Config::parse("dify-contract.toml", &all.join("\n")).unwrap();
}

proptest! {
    #[test]
    fn no_text_is_a_panic(text in r#"(\PC|[\[\]={}"'.\n#]|targets|keys|base-url|app-[a-z0-9]{16}){0,40}"#) {
        if let Err(problems) = Config::parse("c.toml", &text) {
            prop_assert!(!problems.is_empty());
        }
    }

    #[test]
    fn a_name_of_a_target_may_be_anything(name in "\\PC{1,12}") {
        let text = starter(&vocabulary(), &name, None);
        let config = Config::parse("c.toml", &text).unwrap();
        prop_assert_eq!(&config.target(Some(&name)).unwrap().unwrap().name, &name);
    }

    #[test]
    fn a_key_is_never_repeated(
        before in r#"(\[targets\.a(\.keys)?\]\n)?(keys|chat|keys\.chat|api-key) ?=? ?[{\[]?( ?(env|file|value) ?= ?)?["']?"#,
        key in "(app|dataset)-[a-zA-Z]{8}[0-9][a-z]{7}",
        after in r#"["']?[ ,}\]]{0,3}\n?[\[a-z= ]{0,8}"#,
    ) {
        if let Err(problems) = Config::parse("c.toml", &format!("{before}{key}{after}")) {
            prop_assert!(!told(&problems).contains(&key), "{}", told(&problems));
        }
    }
}
