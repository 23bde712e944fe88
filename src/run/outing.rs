//! Cases of a campaign tried one by one at other targets.

use std::sync::atomic::AtomicBool;

use super::campaign::Campaign;
use super::execute::{Executor, Verdict};
use super::result::RunResult;
use super::summary;
use crate::plan::{Case, Ledger};
use crate::target::Target;

/// Cases tried one by one against another target than the one that was asked, and planned for.
pub struct Outing {
    executor: Executor,
}

impl Campaign {
    /// The same campaign at another target that is like its own: another instance of the same server, with
    /// keys of the same kinds. Nothing is asked or planned again.
    #[must_use]
    pub fn at(&self, target: Target) -> Outing {
        let ledger = Ledger::new(None, target.base_url.as_str());
        let session = self.executor.session.at(target, ledger);
        Outing { executor: Executor::new(session) }
    }
}

impl Outing {
    /// Tries a case of the campaign.
    pub async fn try_case(&self, case: &Case) -> Verdict {
        self.executor.run(case, &AtomicBool::new(false)).await
    }

    /// Looks up what cannot be made, before the first case.
    pub async fn look_up(&self) {
        self.executor.pool.look_up(&self.executor.session).await;
    }

    /// Whether one of these checks has found something so far.
    #[must_use]
    pub fn has_found(&self, checks: &[&str]) -> bool {
        self.executor.session.has_found(checks)
    }

    /// What came of the cases; nothing is removed at the target.
    #[must_use]
    pub fn end(self) -> RunResult {
        let session = self.executor.session;
        let (judge, problems) = session.end();
        let mut result = summary::result(session.contract, judge, Vec::new(), &|_| true);
        result.notes.extend(problems);
        result
    }
}
