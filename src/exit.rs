//! The exit codes of the program.

use std::process::ExitCode;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: everything that was judged conforms, or a command without judgement did its work.
    Conforms,
    /// 1: there are findings at or above `--fail-on`.
    Findings,
    /// 2: the program could not do what it was asked to.
    CouldNotRun,
    /// 3: there was nothing to judge.
    NothingRan,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Conforms => 0,
            Exit::Findings => 1,
            Exit::CouldNotRun => 2,
            Exit::NothingRan => 3,
        })
    }
}
