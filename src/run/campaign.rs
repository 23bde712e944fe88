//! A whole run: the target asked, cases planned, tried, everything removed again, and the result.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use libtest_mimic::Arguments;
use serde_json::Value;

use super::cleanup::{self, Leftover};
use super::execute::{Executor, Verdict};
use super::orphans;
use super::result::{INTERRUPTED, RunInfo, RunResult, Skipped};
use super::serve::FileServer;
use super::session::{Recording, Session};
use super::summary;
use super::trials::{CaseOutcome, Trials};
use crate::contract::Contract;
use crate::error::Problem;
use crate::exchange::Client;
use crate::finding::Redactor;
use crate::plan::{Case, Form, Guide, Ledger, Plan, PlanOptions, Shard, Subject, plan};
use crate::target::Target;
use crate::target::probe::report::ProbeReport;
use crate::target::probe::{self};

/// How long the target is waited for before anything is tried.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// How to run.
pub struct RunOptions {
    /// What to try.
    pub plan: PlanOptions,
    /// How many calls of models are allowed.
    pub model_calls: u32,
    /// Where exchanges are recorded.
    pub recording: Option<Recording>,
    /// Where what was made is written down.
    pub ledger: Option<PathBuf>,
    /// Where files are served to the server; where nowhere, nothing is sent that makes it fetch one.
    pub files: Option<FileServer>,
    /// A word that marks everything this run makes.
    pub mark: String,
    /// The command that repeats a case, without the case's name.
    pub command: String,
    /// The arguments that choose cases by their names.
    pub choice: String,
}

/// A run whose target was asked and whose cases are known.
pub struct Campaign {
    /// What the target said.
    pub report: ProbeReport,
    /// What is to be tried.
    pub plan: Plan,
    contract: &'static Contract,
    pub(super) executor: Executor,
    seed: u64,
    shard: Option<Shard>,
    command: String,
    choice: String,
}

impl Campaign {
    /// Asks the target what it can do, and plans.
    ///
    /// # Errors
    /// A target that cannot be used at all: nothing answers, no key opens anything.
    pub async fn prepare(
        contract: &'static Contract,
        target: Target,
        options: RunOptions,
    ) -> Result<Self, Vec<Problem>> {
        let redactor = redactor(contract).map_err(one)?;
        let client = probe::client(&target, redactor.clone(), None).map_err(one)?;
        let ledger = Ledger::new(options.ledger, target.base_url.as_str());
        let mut session = Session::new(contract, target, client.clone(), ledger).map_err(one)?;
        let report =
            probe::probe(contract, &session.vocabulary, &session.target, redactor, PATIENCE)
                .await
                .map_err(one)?;
        if let Some(problems) = useless(&report) {
            return Err(problems);
        }
        session.forms = forms(contract, &session.guide, &client, &session.target, &report).await;
        session.keys.clone_from(&report.keys);
        session.mark = options.mark;
        session.files = options.files.map(Arc::new);
        let vocabulary = &session.vocabulary;
        let subject = Subject { report: &report, forms: &session.forms, vocabulary };
        let plan = plan(contract, &session.guide, &session.resources, subject, &options.plan);
        let session = session.with(options.model_calls, options.recording);
        Ok(Self {
            report,
            plan,
            contract,
            executor: Executor::new(session),
            seed: options.plan.seed,
            shard: options.plan.shard,
            command: options.command,
            choice: options.choice,
        })
    }

    /// What is wrong with the target or with a key, where something is.
    #[must_use]
    pub fn troubles(&self) -> Option<Vec<Problem>> {
        (!self.report.troubles.is_empty()).then(|| told(&self.report))
    }

    /// Tries all cases that the arguments choose, and removes what was made.
    ///
    /// It has to be called on a thread that may be blocked, outside the runtime's own.
    ///
    /// # Errors
    /// Where what is made cannot be written down: then nothing is.
    pub fn run(
        mut self,
        arguments: &Arguments,
        runtime: &tokio::runtime::Handle,
        stop: Arc<AtomicBool>,
        done: Arc<AtomicUsize>,
    ) -> Result<Finished, Problem> {
        self.executor.session.stop = Arc::clone(&stop);
        let cases = Arc::new(self.plan.cases);
        let executor = Arc::new(self.executor);
        let trials = Trials {
            executor: Arc::clone(&executor),
            cases: Arc::clone(&cases),
            stop,
            command: self.command.clone(),
            done,
        };
        executor.session.ledger.open()?;
        runtime.block_on(orphans::note_what_is_there(&executor.session));
        runtime.block_on(executor.pool.look_up(&executor.session));
        let (_, outcomes) = trials.run(arguments);
        let leftovers = cleanup::all_on_threads(&executor.session, runtime);
        executor.session.ledger.close();
        let (judge, problems) = executor.session.end();
        let mut result = summary::result(self.contract, judge, Vec::new(), &|_| true);
        result.notes.extend(problems);
        let mut skips: BTreeMap<String, (usize, BTreeSet<String>)> = BTreeMap::new();
        let count = |wanted: fn(&Verdict) -> bool| {
            outcomes.iter().filter(|outcome| wanted(&outcome.verdict)).count()
        };
        for outcome in &outcomes {
            let reason = match &outcome.verdict {
                Verdict::Skipped(reason) | Verdict::Unfinished(reason) => reason.as_str(),
                Verdict::Interrupted => INTERRUPTED,
                Verdict::Passed | Verdict::Failed(..) => continue,
            };
            let (count, operations) = skips.entry(reason.to_owned()).or_default();
            *count += 1;
            let case = cases.get(outcome.number);
            let numbers = case.map(Case::operations).unwrap_or_default();
            let known = numbers.iter().filter_map(|number| self.contract.operations.get(*number));
            operations.extend(known.map(|operation| operation.id.clone()));
        }
        result.run = Some(RunInfo {
            target: self.report.target,
            base_url: self.report.base_url,
            version: self.report.server.version,
            seed: self.seed,
            allow: self.report.allow.word().to_owned(),
            cases: outcomes.len(),
            passed: count(|verdict| *verdict == Verdict::Passed),
            failed: count(|verdict| matches!(verdict, Verdict::Failed(..))),
            skipped: skips
                .into_iter()
                .map(|(reason, (cases, operations))| Skipped {
                    reason,
                    cases,
                    operations: operations.into_iter().collect(),
                })
                .collect(),
            model_calls: executor.session.budget.spent(),
            leftovers: leftovers.iter().map(ToString::to_string).collect(),
            shards: self.shard.into_iter().collect(),
            command: self.command,
            choice: self.choice,
        });
        Ok(Finished { result, outcomes, leftovers })
    }
}

/// Removes what an earlier run has written down, and what was on its way when it was killed; tells how much
/// was removed, and what could not be. The ledger's file goes if nothing is left.
///
/// # Errors
/// Where the contract's words cannot be read, or no connection can be made ready.
pub async fn clean(
    contract: &'static Contract,
    target: Target,
    ledger: Ledger,
) -> Result<(usize, Vec<Leftover>), Problem> {
    let client = probe::client(&target, redactor(contract)?, None)?;
    let session = Session::new(contract, target, client, ledger)?;
    let mut leftovers = orphans::find(&session).await;
    let all = session.ledger.left().len();
    leftovers.extend(cleanup::all(&session).await);
    session.ledger.close();
    Ok((all - session.ledger.left().len(), leftovers))
}

/// What masks the secrets that a contract knows of.
pub(super) fn redactor(contract: &Contract) -> Result<Redactor, Problem> {
    Redactor::new(contract.secrets.names.clone(), &contract.secrets.patterns)
        .map_err(|error| Problem::new(error.to_string()))
}

/// What came of a run.
pub struct Finished {
    /// What reports tell.
    pub result: RunResult,
    /// What came of each case.
    pub outcomes: Vec<CaseOutcome>,
    /// What could not be removed.
    pub leftovers: Vec<Leftover>,
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

/// Why a target cannot be used at all.
fn useless(report: &ProbeReport) -> Option<Vec<Problem>> {
    if report.fitness() != probe::report::Fitness::Useless {
        return None;
    }
    let problems = told(report);
    if problems.is_empty() {
        let problem = Problem::new("no operation can be tried with these keys and this permission")
            .help("`dify-contract doctor` tells what is missing");
        return Some(vec![problem]);
    }
    Some(problems)
}

/// What is wrong, in words for people.
fn told(report: &ProbeReport) -> Vec<Problem> {
    probe::report::advised(&report.troubles)
        .map(|(trouble, help)| {
            // Some say by themselves what they are about.
            let problem = if trouble.message.contains(&trouble.about) {
                Problem::new(&trouble.message)
            } else {
                Problem::new(format!("{}: {}", trouble.about, trouble.message))
            };
            match help {
                Some(help) => problem.help(help),
                None => problem,
            }
        })
        .collect()
}

/// What the app of each key takes.
async fn forms(
    contract: &Contract,
    guide: &Guide,
    client: &Client,
    target: &Target,
    report: &ProbeReport,
) -> Vec<Form> {
    let mut forms = Vec::new();
    for (key, known) in target.keys.iter().zip(&report.keys) {
        let mut form = None;
        if let Some(rule) = guide.form()
            && let Some(operation) = report.operation(&rule.operation)
            && operation.keys.contains(&known.name)
            && let Some(number) = contract.operations.iter().position(|o| o.id == rule.operation)
        {
            let draft = crate::generate::Draft {
                operation: number,
                parameters: Vec::new(),
                body: crate::generate::DraftBody::None,
                sent: crate::generate::Sent::AsIs,
            };
            let request = draft.request(contract, target.base_url.as_str());
            let exchange = client.send(&request, Some(&key.secret)).await;
            let body = exchange.response.and_then(|r| r.body.bytes().map(<[u8]>::to_vec));
            let json = body.and_then(|body| serde_json::from_slice::<Value>(&body).ok());
            form = json.map(|json| rule.schema(&json));
        }
        forms.push(form);
    }
    forms
}
