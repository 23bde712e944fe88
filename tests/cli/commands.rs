//! The other commands.

use super::run;

#[test]
fn operations_are_listed_and_shown() {
    for (name, arguments) in [
        ("list", vec!["list", "operations"]),
        ("table", vec!["spec", "show"]),
        ("by-id", vec!["spec", "show", "get /things"]),
        ("by-operation-id", vec!["spec", "show", "getThing"]),
        ("by-part", vec!["spec", "show", "delete"]),
    ] {
        let run = run(&[&arguments[..], &["--spec", "api.json"]].concat());
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{name}");
        insta::assert_snapshot!(name, run.stdout);
    }
}

#[test]
fn lint_lists_defects_by_rule_and_fails_as_told() {
    for fail_on in ["error", "warning", "note"] {
        let run = run(&["spec", "lint", "api.json", "--fail-on", fail_on]);
        let last = run.stdout.lines().last().unwrap();
        assert!(last.starts_with("1 document, 3 operations: "), "{last}");
        let severities = match fail_on {
            "error" => vec!["error"],
            "warning" => vec!["error", "warning"],
            _ => vec!["error", "warning", "note"],
        };
        let none = |severity: &&str| last.contains(&format!(" 0 {severity}s"));
        let expected = i32::from(!severities.iter().all(none));
        assert_eq!(run.code, Some(expected), "{last}");
        assert!(run.stdout.contains("\n  api.json:"), "{}", run.stdout);
    }
}

#[test]
fn all_that_is_listed_is_explained() {
    for list in ["checks", "rules"] {
        let listed = run(&["list", list]);
        assert_eq!(listed.code, Some(0));
        assert!(!listed.stdout.is_empty());
        for id in listed.stdout.lines().filter_map(|line| line.split_whitespace().next()) {
            let explained = run(&["explain", id]);
            assert_eq!((explained.code, explained.stderr.as_str()), (Some(0), ""));
            assert!(explained.stdout.starts_with(id), "{}", explained.stdout);
            assert!(explained.stdout.contains("\nWhat to do\n"), "{}", explained.stdout);
        }
    }
}

#[test]
fn there_are_completions_and_help() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, Some(0));
        assert!(run.stdout.contains("explain"), "{shell}");
    }
    let help = run(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    assert!(help.stdout.contains("Exit codes:"));
    assert!(run(&["check", "--help"]).stdout.contains("junit"));
}
