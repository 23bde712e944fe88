//! The commands, and the way from arguments to the exit code.

use std::ffi::OsString;
use std::io::Write;

use clap::{Parser, Subcommand};

use super::output::{ColorWhen, Output, harmless};
use super::run::Run;
use super::stop::Stop;
use super::{
    attempt, check, cleanup, completions, doctor, explain, init, lint, list, mock, report as merge,
    show,
};
use crate::error::Problem;
use crate::exit::Exit;
use crate::report::text;

/// Does a server keep the promises of its published API?
#[derive(Debug, Parser)]
#[command(name = "dify-contract", version, about, max_term_width = 100)]
#[command(after_help = "\
Exit codes:
  0  everything that was judged conforms
  1  there are findings at or above --fail-on
  2  something could not be read, written or done
  3  there was nothing to judge")]
pub struct App {
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: ColorWhen,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Doctor(doctor::Doctor),
    Run(Box<Run>),
    Try(Box<attempt::Try>),
    Cleanup(cleanup::Cleanup),
    Check(check::Check),
    /// What to do with reports.
    #[command(subcommand)]
    Report(merge::Report),
    Mock(mock::MockCommand),
    /// What the documents say, and what is wrong with them.
    #[command(subcommand)]
    Spec(Spec),
    #[command(subcommand)]
    List(list::List),
    Explain(explain::Explain),
    Completions(completions::Completions),
}

#[derive(Debug, Subcommand)]
enum Spec {
    Lint(lint::Lint),
    Show(show::Show),
}

/// Runs the program with the given arguments, the first of which is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let app = match App::try_parse_from(arguments) {
        Ok(app) => app,
        Err(error) => {
            // Help and version are errors here, too. If nobody reads them there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { Exit::CouldNotRun } else { Exit::Conforms };
        }
    };
    let output = Output::new(app.color);
    match app.command.run(&output) {
        Ok(exit) => exit,
        Err(Stop::BrokenPipe) => Exit::Conforms,
        Err(Stop::Problems(problems)) => {
            report(&output, &problems);
            Exit::CouldNotRun
        }
    }
}

impl Command {
    fn run(self, output: &Output) -> Result<Exit, Stop> {
        match self {
            Self::Init(init) => init.run(output),
            Self::Doctor(doctor) => doctor.run(output),
            Self::Run(run) => run.run(output),
            Self::Try(attempt) => attempt.run(output),
            Self::Cleanup(cleanup) => cleanup.run(output),
            Self::Check(check) => check.run(output),
            Self::Report(report) => report.run(output),
            Self::Mock(mock) => mock.run(output),
            Self::Spec(Spec::Lint(lint)) => lint.run(output),
            Self::Spec(Spec::Show(show)) => show.run(output),
            Self::List(list) => list.run(output),
            Self::Explain(explain) => explain.run(output),
            Self::Completions(completions) => completions.run(output),
        }
    }
}

/// At most this many problems are shown: a document of the wrong kind may have hundreds.
const MOST: usize = 20;

/// Prints problems to standard error.
pub fn report(output: &Output, problems: &[Problem]) {
    let mut stderr = output.stderr();
    for problem in problems.iter().take(MOST) {
        // Where standard error cannot be written to, there is nobody left to tell.
        let _ = writeln!(stderr, "{}: {}", output.error_word(), harmless(problem));
    }
    if let Some(more) = problems.len().checked_sub(MOST).filter(|&more| more > 0) {
        let _ = writeln!(stderr, "and {}", text::count(more as u64, "more error"));
    }
    let _ = stderr.flush();
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_make_sense() {
        super::App::command().debug_assert();
    }
}
