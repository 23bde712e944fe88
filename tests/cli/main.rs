//! The program as its users meet it: what it prints, and its exit codes.

#![expect(clippy::unwrap_used, reason = "in a test, a failure is a panic")]

mod attempt;
mod choice;
mod cleaning;
mod commands;
mod doctor;
mod live;
mod mocking;
mod parts;
mod reports;
mod runs;
mod server;
mod traces;
mod wrong_use;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What a run of the program came to.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// The program, to be run in the folder `tests/cli/data`.
fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dify-contract"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/data"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

impl Run {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// Runs the program with the given arguments.
fn run(arguments: &[&str]) -> Run {
    Run::of(&program().args(arguments).output().unwrap())
}

/// An empty folder for the files of one test.
fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
