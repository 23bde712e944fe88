//! Cases as trials of `libtest-mimic`, which lists, filters and runs them.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};
use tokio::runtime::Handle;

use super::execute::{Executor, Verdict};
use crate::plan::Case;

/// Schemas that contain each other many levels deep are compiled on the stack of a case.
const STACK: usize = 64 << 20;

/// What came of a case.
#[derive(Debug, Clone)]
pub struct CaseOutcome {
    /// The number of the case.
    pub number: usize,
    /// What came of it.
    pub verdict: Verdict,
}

/// Everything that trials share.
pub struct Trials {
    /// Who tries the cases.
    pub executor: Arc<Executor>,
    /// The cases.
    pub cases: Arc<Vec<Case>>,
    /// Where the network is waited for.
    pub runtime: Handle,
    /// Whether to leave out what was not begun.
    pub stop: Arc<AtomicBool>,
    /// How a case is run alone: the command without the case's name.
    pub command: String,
    /// How many cases are done.
    pub done: Arc<AtomicUsize>,
}

impl Trials {
    /// Lists, filters and runs, as the arguments say. What came of each case that was run is given in
    /// the order of the cases.
    pub fn run(self, arguments: &Arguments) -> (Conclusion, Vec<CaseOutcome>) {
        let (sender, receiver) = channel();
        let shared = Arc::new(self);
        let numbers = 0..shared.cases.len();
        let trials = numbers.map(|number| trial(&shared, number, sender.clone())).collect();
        drop(sender);
        let conclusion = libtest_mimic::run(arguments, trials);
        let mut outcomes: Vec<CaseOutcome> = receiver.try_iter().collect();
        outcomes.sort_by_key(|outcome| outcome.number);
        (conclusion, outcomes)
    }
}

fn trial(shared: &Arc<Trials>, number: usize, sender: Sender<CaseOutcome>) -> Trial {
    let shared = Arc::clone(shared);
    let name = shared.cases.get(number).map(|case| case.name.clone()).unwrap_or_default();
    let sender = Mutex::new(sender);
    Trial::ignorable_test(name, move || {
        let verdict = shared.verdict(number);
        let completion = told(&verdict, &shared.command, shared.cases.get(number));
        let outcome = CaseOutcome { number, verdict };
        // The receiver is there until all trials are over.
        let _ = sender.lock().unwrap_or_else(PoisonError::into_inner).send(outcome);
        completion
    })
}

impl Trials {
    fn verdict(&self, number: usize) -> Verdict {
        if self.stop.load(Ordering::Relaxed) {
            return Verdict::Interrupted;
        }
        let Some(case) = self.cases.get(number) else { return Verdict::Skipped(String::new()) };
        let verdict = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK);
            let run = || self.runtime.block_on(self.executor.run(case, &self.stop));
            match thread.spawn_scoped(scope, run) {
                Ok(thread) => thread.join().unwrap_or_else(|_| {
                    Verdict::Skipped("it could not be finished: a fault of this program".to_owned())
                }),
                Err(error) => Verdict::Skipped(format!("no thread could be started: {error}")),
            }
        });
        self.done.fetch_add(1, Ordering::Relaxed);
        verdict
    }
}

/// The outcome in the words of the test harness.
fn told(verdict: &Verdict, command: &str, case: Option<&Case>) -> Result<Completion, Failed> {
    match verdict {
        Verdict::Passed => Ok(Completion::Completed),
        Verdict::Interrupted => Ok(Completion::ignored_with("interrupted")),
        Verdict::Skipped(reason) => Ok(Completion::ignored_with(reason)),
        Verdict::Failed(said, how) => {
            let mut text: Vec<String> = said.iter().map(|said| said.text.clone()).collect();
            text.extend(how.as_ref().map(|how| format!("smallest request: {how}")));
            let name = case.map(|case| case.name.as_str()).unwrap_or_default();
            text.push(format!("alone: {command} --exact '{}'", name.replace('\'', r"'\''")));
            Err(Failed::from(text.join("\n")))
        }
    }
}
