//! Cases as trials of `libtest-mimic`, which lists, filters and runs them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};
use tokio::runtime::Handle;

use super::execute::{Executor, Verdict};
use super::result::UNFINISHED;
use crate::plan::{Case, Phase};

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

/// A case to be tried, and where to tell what came of it.
struct Job {
    number: usize,
    tell: SyncSender<Verdict>,
}

impl Trials {
    /// Lists, filters and runs, as the arguments say. What came of each case that was run is given in
    /// the order of the cases.
    pub fn run(self, arguments: &Arguments) -> (Conclusion, Vec<CaseOutcome>) {
        let (sender, receiver) = channel();
        let (jobs, queue) = channel();
        let shared = Arc::new(self);
        let numbers = order(&shared.cases).into_iter();
        let trials =
            numbers.map(|number| trial(&shared, number, jobs.clone(), sender.clone())).collect();
        drop((jobs, sender));
        // The harness gives its threads a small stack, and a thread for each case would cost as much as
        // the case.
        let queue = Arc::new(Mutex::new(queue));
        let threads = arguments.test_threads.unwrap_or_else(|| {
            std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
        });
        let conclusion = std::thread::scope(|scope| {
            for _ in 0..threads {
                let (shared, queue) = (Arc::clone(&shared), Arc::clone(&queue));
                let thread = std::thread::Builder::new().stack_size(STACK);
                // With fewer threads it takes longer; without any, cases say so.
                if thread.spawn_scoped(scope, move || shared.work(&queue)).is_err() {
                    break;
                }
            }
            drop(queue);
            libtest_mimic::run(arguments, trials)
        });
        let mut outcomes: Vec<CaseOutcome> = receiver.try_iter().collect();
        outcomes.sort_by_key(|outcome| outcome.number);
        (conclusion, outcomes)
    }

    /// Tries cases until there are no more.
    fn work(&self, queue: &Mutex<Receiver<Job>>) {
        loop {
            let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Job { number, tell }) = job else { return };
            let tried = catch_unwind(AssertUnwindSafe(|| self.verdict(number)));
            // Whoever gave the job waits for it.
            let _ = tell.send(tried.unwrap_or_else(|_| {
                Verdict::Unfinished(format!("{UNFINISHED}a fault of this program"))
            }));
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn verdict(&self, number: usize) -> Verdict {
        if self.stop.load(Ordering::Relaxed) {
            return Verdict::Interrupted;
        }
        let Some(case) = self.cases.get(number) else { return Verdict::Skipped(String::new()) };
        self.runtime.block_on(self.executor.run(case, &self.stop))
    }
}

/// The order in which cases are begun. Those that take long, and wait in between, are spread among the
/// first half of the others: whoever comes last is waited for by everybody.
fn order(cases: &[Case]) -> Vec<usize> {
    let long = |number: &usize| {
        let phase = cases.get(*number).map(|case| case.phase);
        matches!(phase, Some(Phase::Stateful | Phase::Journey))
    };
    let (long, short): (Vec<usize>, Vec<usize>) = (0..cases.len()).partition(long);
    spread(long, &short)
}

fn spread(long: Vec<usize>, short: &[usize]) -> Vec<usize> {
    let apart = (short.len() / 2 / long.len().max(1)).max(1);
    let mut long = long.into_iter();
    let mut order = Vec::with_capacity(long.len() + short.len());
    for some in short.chunks(apart) {
        order.extend(long.next());
        order.extend(some);
    }
    order.extend(long);
    order
}

fn trial(
    shared: &Arc<Trials>,
    number: usize,
    jobs: Sender<Job>,
    sender: Sender<CaseOutcome>,
) -> Trial {
    let shared = Arc::clone(shared);
    let name = shared.cases.get(number).map(|case| case.name.clone()).unwrap_or_default();
    Trial::ignorable_test(name, move || {
        let (tell, told) = sync_channel(1);
        let verdict = jobs.send(Job { number, tell }).ok().and_then(|()| told.recv().ok());
        let verdict =
            verdict.unwrap_or_else(|| Verdict::Skipped("no thread could be started".to_owned()));
        let completion = self::told(&verdict, &shared.command, shared.cases.get(number));
        // The receiver is there until all trials are over.
        let _ = sender.send(CaseOutcome { number, verdict });
        completion
    })
}

/// The outcome in the words of the test harness.
fn told(verdict: &Verdict, command: &str, case: Option<&Case>) -> Result<Completion, Failed> {
    match verdict {
        Verdict::Passed => Ok(Completion::Completed),
        Verdict::Interrupted => Ok(Completion::ignored_with("interrupted")),
        Verdict::Skipped(reason) | Verdict::Unfinished(reason) => {
            Ok(Completion::ignored_with(reason))
        }
        Verdict::Failed(said, how) => {
            let mut text: Vec<String> = said.iter().map(|said| said.text.clone()).collect();
            text.extend(how.clone());
            let name = case.map(|case| case.name.as_str()).unwrap_or_default();
            text.push(format!("alone: {command} --exact '{}'", name.replace('\'', r"'\''")));
            Err(Failed::from(text.join("\n")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn long_cases_are_begun_among_the_first_half_of_the_others() {
        assert_eq!(spread(vec![8, 9], &[0, 1, 2, 3, 4, 5, 6, 7]), [8, 0, 1, 9, 2, 3, 4, 5, 6, 7]);
        assert_eq!(spread(vec![1, 2, 3], &[0]), [1, 0, 2, 3]);
        assert_eq!(spread(vec![], &[0, 1]), [0, 1]);
        assert_eq!(spread(vec![0], &[]), [0]);
    }
}
