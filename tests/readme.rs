//! The README is the front door: what it shows is what happens.

use std::process::Command;

const README: &str = include_str!("../README.md");

/// The commands of the README's consoles, each with what it prints.
fn consoles() -> Vec<(String, String)> {
    let blocks = README.split("```console\n").skip(1);
    let bodies = blocks.filter_map(|block| block.split("\n```").next());
    bodies
        .map(|body| {
            let (command, output) = body.split_once('\n').unwrap_or((body, ""));
            (command.trim_start_matches("$ ").to_owned(), output.to_owned())
        })
        .collect()
}

#[test]
fn commands_print_what_the_readme_shows() {
    let consoles = consoles();
    assert!(consoles.len() >= 2, "the README lost its consoles");
    // The port of the mock is another one each time.
    let port = regex::Regex::new(r"127\.0\.0\.1:\d+").expect("a sound expression");
    for (command, expected) in consoles {
        let arguments = command.strip_prefix("cargo run --release -- ").expect("a known command");
        let mut program = Command::new(env!("CARGO_BIN_EXE_dify-contract"));
        // A target in the environment would be tried instead of the mock.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("DIFY_") {
                program.env_remove(name);
            }
        }
        let output = program
            .args(arguments.split_whitespace())
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("COLUMNS")
            .output()
            .expect("the program starts");
        let printed = String::from_utf8_lossy(&output.stdout);
        let stable = |text: &str| port.replace_all(text.trim_end(), "127.0.0.1:PORT").into_owned();
        assert_eq!(stable(&printed), stable(&expected), "{command}");
    }
}

#[test]
fn the_test_command_is_the_one_that_ci_runs() {
    assert!(README.contains("```sh\ncargo test\n```"));
    let ci = include_str!("../.ci/run");
    assert!(ci.lines().any(|line| line.trim() == "cargo test --locked"), "{ci}");
}

#[test]
fn links_lead_to_files() {
    for link in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        if !link.contains("://") {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
            assert!(path.exists(), "the README links to {link}, which is not there");
        }
    }
}
