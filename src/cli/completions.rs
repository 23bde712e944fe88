//! `completions`: the script that completes commands in a shell.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::app::App;
use super::output::Output;
use super::stop::Stop;
use crate::exit::Exit;

/// Print the script that completes commands in a shell.
#[derive(Debug, Args)]
#[command(after_help = "For example:\n  \
    dify-contract completions bash > ~/.local/share/bash-completion/completions/dify-contract")]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    /// Runs the command.
    pub fn run(&self, output: &Output) -> Result<Exit, Stop> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut App::command(), "dify-contract", &mut script);
        let mut stdout = output.stdout();
        stdout.write_all(&script)?;
        stdout.flush()?;
        Ok(Exit::Conforms)
    }
}
