//! `cleanup`: what keeps it from removing is told once.

use std::fmt::Write as _;

use serde_json::json;

use super::Run;
use super::live::{Live, again};

#[test]
fn the_key_that_is_needed_is_named() {
    let live = Live::start(&[]);
    let command = live.program("cleaning");
    let ledger = command.get_current_dir().unwrap().join("a.ledger");
    let mut lines = format!("{{\"target\":\"{}\"}}\n", live.mock.base_url());
    for number in 0..5 {
        let id = format!("00000000-0000-4000-8000-00000000000{number}");
        let made = json!({"made": {
            "resource": "dataset", "undo": "DELETE /datasets/{dataset_id}", "ids": {"dataset": id},
            "key": "knowledge", "user": "",
        }});
        writeln!(lines, "{made}").unwrap();
    }
    std::fs::write(&ledger, lines).unwrap();
    let clean = |change: &dyn Fn(&mut std::process::Command)| {
        let mut command = again(&command);
        change(command.args(["cleanup", "a.ledger"]));
        Run::of(&command.output().unwrap())
    };
    let without = clean(&|command| {
        command.env_remove("DIFY_KNOWLEDGE_KEY");
    });
    assert_eq!((without.code, without.stdout.as_str()), (Some(2), ""));
    let told = "error: the key `knowledge` is not given, and 5 things were made with it\n  help: set DIFY_KNOWLEDGE_KEY\n";
    assert_eq!(without.stderr, told);
    let wrong = clean(&|command| {
        command.env("DIFY_KNOWLEDGE_KEY", "dataset-unknown");
    });
    assert_eq!(wrong.code, Some(2), "{}", wrong.stderr);
    let lines: Vec<&str> = wrong.stdout.lines().collect();
    assert!(
        lines[0].starts_with("left: dataset 00000000-0000-4000-8000-000000000004, "),
        "{lines:?}"
    );
    assert!(lines[0].contains(" and 2 more: "), "{lines:?}");
    assert_eq!(lines[1..], ["removed 0 things, left 5"]);
    // With the right key they are found to be gone.
    assert_eq!(clean(&|_| ()).stdout, "removed 5 things, left 0\n");
}
