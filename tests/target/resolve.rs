//! Arguments, environment and file made one target: which of them counts, and what is wrong with keys.

use std::ffi::OsString;
use std::fmt::Write as _;

use dify_contract::error::Problem;
use dify_contract::target::{Config, Overrides, Permission, Target, Vocabulary, resolve};

use super::{told, vocabulary};

/// A case: arguments (`--target`, `--base-url`), environment, configuration file.
struct Case {
    name: &'static str,
    arguments: &'static [(&'static str, &'static str)],
    environment: &'static [(&'static str, &'static str)],
    file: &'static str,
}

const FILE: &str = r#"
default-target = "staging"
[targets.staging]
base-url = "https://staging.example/v1"
allow = "write"
keys.chat = { env = "STAGING_CHAT" }
keys.knowledge = { env = "STAGING_KNOWLEDGE" }
[targets.bare]
user = "me"
"#;

const CASES: &[Case] = &[
    Case { name: "nothing", arguments: &[], environment: &[("HOME", "/")], file: "" },
    Case {
        name: "a key alone",
        arguments: &[],
        environment: &[("DIFY_CHAT_KEY", "secret1")],
        file: "",
    },
    Case {
        name: "environment",
        arguments: &[],
        environment: &[
            ("DIFY_BASE_URL", "http://localhost:5001/v1/"),
            ("DIFY_API_KEY", " secret1\n"),
            ("DIFY_CHAT_KEY", "secret1"),
        ],
        file: "",
    },
    Case {
        name: "an argument before the environment",
        arguments: &[("--base-url", "https://a.example")],
        environment: &[("DIFY_BASE_URL", "http://b.example"), ("DIFY_CHAT_KEY", "secret1")],
        file: "",
    },
    Case {
        name: "the default target of the file, with its own keys alone",
        arguments: &[],
        environment: &[("STAGING_CHAT", "secret1"), ("DIFY_WORKFLOW_KEY", "secret2")],
        file: FILE,
    },
    Case {
        name: "another address in the environment: the file's keys do not go there",
        arguments: &[],
        environment: &[
            ("DIFY_BASE_URL", "http://b.example"),
            ("STAGING_CHAT", "secret1"),
            ("DIFY_WORKFLOW_KEY", "secret2"),
        ],
        file: FILE,
    },
    Case {
        name: "the same address in the environment",
        arguments: &[],
        environment: &[
            ("DIFY_BASE_URL", "https://staging.example/v1"),
            ("STAGING_CHAT", "secret1"),
        ],
        file: FILE,
    },
    Case {
        name: "a named target keeps its address",
        arguments: &[("--target", "staging")],
        environment: &[("DIFY_BASE_URL", "http://b.example"), ("STAGING_CHAT", "secret1")],
        file: FILE,
    },
    Case {
        name: "a named target at another address",
        arguments: &[
            ("--target", "staging"),
            ("--base-url", "http://b.example"),
            ("--allow", "spend"),
        ],
        environment: &[("STAGING_CHAT", "secret1")],
        file: FILE,
    },
    Case {
        name: "a target that names neither address nor keys",
        arguments: &[("--target", "bare")],
        environment: &[("DIFY_BASE_URL", "http://b.example"), ("DIFY_CHAT_KEY", "secret1")],
        file: FILE,
    },
    Case {
        name: "a target without an address, and none in the environment",
        arguments: &[("--target", "bare")],
        environment: &[],
        file: FILE,
    },
];

fn run(
    vocabulary: &Vocabulary,
    arguments: &[(&str, &str)],
    environment: &[(&str, &str)],
    file: &str,
) -> Result<Option<Target>, Vec<Problem>> {
    let argument = |name: &str| {
        arguments.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned())
    };
    let overrides = Overrides {
        target: argument("--target"),
        base_url: argument("--base-url"),
        allow: argument("--allow").map(|word| Permission::parse(&word).unwrap()),
        ..Overrides::default()
    };
    let config = Config::parse("dify-contract.toml", file)?;
    let configured = config.target(overrides.target.as_deref()).map_err(|problem| vec![problem])?;
    let get = |name: &str| {
        environment.iter().find(|(own, _)| *own == name).map(|(_, value)| OsString::from(value))
    };
    resolve(vocabulary, &overrides, configured, &get)
}

#[test]
fn which_of_them_counts() {
    let mut texts = String::new();
    for case in CASES {
        writeln!(texts, "{}", case.name).unwrap();
        match run(&vocabulary(), case.arguments, case.environment, case.file) {
            Ok(Some(target)) => {
                let Target { name, base_url, base_url_from, allow, user, .. } = &target;
                let allow = allow.word();
                writeln!(texts, "  {name}: {base_url} ({base_url_from}), {allow}, {user:?}")
                    .unwrap();
                for key in &target.keys {
                    writeln!(texts, "  {} {:?} {:?} ({})", key.name, key.kind, key.modes, key.from)
                        .unwrap();
                }
                for key in &target.missing {
                    writeln!(texts, "  {} is missing: {}", key.name, key.variable).unwrap();
                }
                for note in &target.notes {
                    writeln!(texts, "  note: {note}").unwrap();
                }
                assert!(!format!("{target:?}").contains("secret1"), "{target:?}");
            }
            Ok(None) => writeln!(texts, "  no target").unwrap(),
            Err(problems) => texts.push_str(&told(&problems)),
        }
        texts.push('\n');
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn what_cannot_be_a_key_is_told_and_not_repeated() {
    let mut texts = String::new();
    for value in [
        "",
        " \n",
        "\"hunter2\"",
        "Bearer hunter2",
        "bearer",
        "<hunter2>",
        "$HUNTER2hunter2",
        "hunter2\nhunter2",
        "hunter2 hunter2",
        "hunter2\u{fc}",
        "hunter2\u{0}",
    ] {
        let problems = run(&vocabulary(), &[], &[("DIFY_CHAT_KEY", value)], "").unwrap_err();
        let told = told(&problems);
        assert!(!told.contains("hunter2"), "{told}");
        write!(texts, "{:?}\n{told}\n", value.replace("hunter2", "…")).unwrap();
    }
    insta::assert_snapshot!(texts);
}

#[test]
fn what_is_wrong_beyond_the_file_is_told() {
    let target =
        |keys: &str| format!("[targets.a]\nbase-url = \"http://a\"\n[targets.a.keys]\n{keys}");
    let mut texts = String::new();
    for (arguments, environment, file) in [
        (vec![("--base-url", "localhost")], vec![], String::new()),
        (vec![], vec![("DIFY_BASE_URL", "")], String::new()),
        (vec![("--target", "b")], vec![], target("")),
        (vec![], vec![], target("chta = { env = \"A\" }\nzzz = { env = \"B\" }")),
        (vec![], vec![("A", "")], target("chat = { env = \"A\" }")),
        (vec![], vec![], target("chat = { file = \"missing.txt\" }")),
        (vec![], vec![], target("chat = { file = \"src/lib.rs\" }")),
    ] {
        let problems = run(&vocabulary(), &arguments, &environment, &file).unwrap_err();
        write!(texts, "{arguments:?} {environment:?}\n{}\n", told(&problems)).unwrap();
    }
    insta::assert_snapshot!(texts);
}

/// An API whose documents say nothing of deployments has one key, sent as the security schemes say.
#[test]
fn other_apis_have_a_key_as_well() {
    let schemes = [
        serde_json::json!({}),
        serde_json::json!({"type": "http", "scheme": "bearer"}),
        serde_json::json!({"type": "http", "scheme": "basic"}),
        serde_json::json!({"type": "apiKey", "in": "header", "name": "X-Api-Key"}),
        serde_json::json!({"type": "apiKey", "in": "query", "name": "key"}),
    ];
    let mut texts = String::new();
    for scheme in schemes {
        let document = serde_json::json!({"components": {"securitySchemes": {"one": scheme}}});
        let vocabulary = Vocabulary::of_document(&document).unwrap();
        let environment = [("CONTRACT_API_KEY", "secret1")];
        let target = run(&vocabulary, &[("--base-url", "http://a")], &environment, "");
        let target = target.unwrap().unwrap();
        writeln!(texts, "{scheme}\n  {:?}, {}", vocabulary.header, target.keys.len()).unwrap();
    }
    let problems = run(
        &Vocabulary::of_document(&serde_json::json!({})).unwrap(),
        &[],
        &[("CONTRACT_API_KEY", "secret1")],
        "",
    )
    .unwrap_err();
    texts.push_str(&told(&problems));
    insta::assert_snapshot!(texts);
}
