//! Cases as trials of `libtest-mimic`, which lists, filters and tells of them.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use libtest_mimic::{Arguments, Completion, Conclusion, Failed, Trial};
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::crew::{Crew, Job};
use super::execute::{Executor, Verdict};
use super::turns;
use crate::plan::{Attempt, Case, Phase};

/// How often it is looked whether a case is over, where nobody waits for it.
const LOOK: Duration = Duration::from_millis(2);

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
        let (mut jobs, mut trials) = (Vec::new(), Vec::new());
        let session = &shared.executor.session;
        let mut order = order(&shared.cases, |case| turns::disrupts(session, case));
        if session.budget.is_limited() {
            let told = |case: &Case| (case.phase, case.operation);
            let ranks = ranks(shared.cases.iter().map(told));
            order.sort_by_key(|number| ranks.get(*number).copied());
        }
        // Where the harness writes to a file, nobody sees in which order cases end.
        let is_seen = arguments.logfile.is_none();
        for number in order {
            let (tell, told) = oneshot::channel();
            let trial = trial(&shared, number, told, sender.clone(), is_seen);
            // What is not run needs nobody who tries it.
            let runs = !arguments.list
                && !arguments.is_filtered_out(&trial)
                && !arguments.is_ignored(&trial);
            jobs.extend(runs.then_some(Job { number, tell }));
            trials.push(trial);
        }
        drop(sender);
        let at_once = arguments.test_threads.unwrap_or_else(|| {
            std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get)
        });
        // The harness has a thread for each case that it waits for. Where nobody sees the order, one is enough.
        let waiting = if is_seen { at_once } else { 1 };
        let arguments = Arguments { test_threads: Some(waiting), ..arguments.clone() };
        let own = Arc::clone(&shared);
        let tries = move |number| {
            let own = Arc::clone(&own);
            async move { own.verdict(number).await }
        };
        let crew = Crew::new(jobs, tries, Arc::clone(&shared.done));
        let conclusion = std::thread::scope(|scope| {
            crew.start(scope, at_once);
            libtest_mimic::run(&arguments, trials)
        });
        let mut outcomes: Vec<CaseOutcome> = receiver.try_iter().collect();
        outcomes.sort_by_key(|outcome| outcome.number);
        (conclusion, outcomes)
    }

    /// Tries a case.
    async fn verdict(&self, number: usize) -> Verdict {
        if self.stop.load(Ordering::Relaxed) {
            return Verdict::Interrupted;
        }
        let Some(case) = self.cases.get(number) else { return Verdict::Skipped(String::new()) };
        self.executor.run(case, &self.stop).await
    }
}

/// The order in which cases are begun. Those that wait for a clock are the first, since the others are
/// tried meanwhile; with those that take several steps with what others would notice, before anybody else
/// changes it. Those that take long are spread among the first half of the others: whoever comes last is
/// waited for by everybody.
fn order(cases: &[Case], disrupts: impl Fn(&Case) -> bool) -> Vec<usize> {
    let is = |number: &usize, what: &dyn Fn(&Case) -> bool| cases.get(*number).is_some_and(what);
    let first = |case: &Case| {
        waits(case) || is_long(case) && case.phase != Phase::Property && disrupts(case)
    };
    let (mut order, others): (Vec<usize>, Vec<usize>) =
        (0..cases.len()).partition(|number| is(number, &first));
    let (long, short): (Vec<usize>, Vec<usize>) =
        others.into_iter().partition(|number| is(number, &is_long));
    order.extend(spread(long, &short));
    order
}

/// Which of these cases, each of a phase and an operation, are to be tried first where not all of them can
/// be paid for: the less, the sooner. Each operation is called once, then streamed once; then come the others
/// that try an operation as it is meant, and then the rest.
fn ranks(cases: impl Iterator<Item = (Phase, usize)>) -> Vec<u8> {
    let mut known = HashSet::new();
    let rank = |(phase, operation)| match phase {
        Phase::Examples | Phase::Stream if !known.insert((phase, operation)) => 2,
        Phase::Examples => 0,
        Phase::Stream => 1,
        _ => 3,
    };
    cases.map(rank).collect()
}

/// Whether a case makes things at different times, as `Walker` does.
fn waits(case: &Case) -> bool {
    matches!(case.attempt, Attempt::Walk { maker: Some(_), .. })
}

/// Whether a case is of many requests, one after the other.
fn is_long(case: &Case) -> bool {
    matches!(case.phase, Phase::Stateful | Phase::Journey | Phase::Property)
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
    told: oneshot::Receiver<Verdict>,
    sender: Sender<CaseOutcome>,
    is_seen: bool,
) -> Trial {
    let shared = Arc::clone(shared);
    let name = shared.cases.get(number).map(|case| case.name.clone()).unwrap_or_default();
    Trial::ignorable_test(name, move || {
        let verdict = if is_seen { told.blocking_recv().ok() } else { looked_for(told) };
        let none = || Verdict::Skipped("no thread could be started".to_owned());
        let verdict = verdict.unwrap_or_else(none);
        let completion = self::told(&verdict, &shared.command, shared.cases.get(number));
        // The receiver is there until all trials are over.
        let _ = sender.send(CaseOutcome { number, verdict });
        completion
    })
}

/// A verdict that nobody waits for: it is looked for from time to time. To be woken for each case costs those
/// who try them more than a look.
fn looked_for(mut told: oneshot::Receiver<Verdict>) -> Option<Verdict> {
    loop {
        match told.try_recv() {
            Ok(verdict) => return Some(verdict),
            Err(TryRecvError::Closed) => return None,
            Err(TryRecvError::Empty) => std::thread::sleep(LOOK),
        }
    }
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
    use super::{Phase, ranks, spread};

    #[test]
    fn where_not_all_can_be_paid_for_each_operation_comes_once() {
        use Phase::{Examples, Negative, Stream};
        let cases = [(Negative, 1), (Examples, 1), (Examples, 1), (Stream, 1), (Examples, 2)];
        assert_eq!(ranks(cases.into_iter()), [3, 0, 2, 1, 0]);
        assert_eq!(ranks([(Stream, 2), (Stream, 2)].into_iter()), [1, 2]);
    }

    #[test]
    fn long_cases_are_begun_among_the_first_half_of_the_others() {
        assert_eq!(spread(vec![8, 9], &[0, 1, 2, 3, 4, 5, 6, 7]), [8, 0, 1, 9, 2, 3, 4, 5, 6, 7]);
        assert_eq!(spread(vec![1, 2, 3], &[0]), [1, 0, 2, 3]);
        assert_eq!(spread(vec![], &[0, 1]), [0, 1]);
        assert_eq!(spread(vec![0], &[]), [0]);
    }
}
