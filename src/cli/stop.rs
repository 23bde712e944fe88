//! Why a command ended before its time.

use std::io;

use crate::error::Problem;

/// Why a command ended before its time.
#[derive(Debug)]
pub enum Stop {
    /// Something is wrong, mostly with what the user gave us.
    Problems(Vec<Problem>),
    /// Nobody reads on, as in `dify-contract list checks | head`.
    BrokenPipe,
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problems(vec![problem])
    }
}

impl From<Vec<Problem>> for Stop {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Problems(problems)
    }
}

/// Commands do no other input or output than writing to the terminal; files have errors of their
/// own.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Problem::new(format!("cannot write to standard output: {error}")).into(),
        }
    }
}
