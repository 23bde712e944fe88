//! `run`: requests derived from the documents, sent to a target, and judged.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use clap::{Args, ValueEnum};
use libtest_mimic::Arguments;

use super::choice::Choice;
use super::documents::{Documents, FailOn};
use super::output::Output;
#[cfg(unix)]
use super::relay::Relay;
use super::stop::Stop;
use super::suites::Suites;
use super::target::{PaceArgs, TargetArgs};
use super::{number, operation, reports, runtime};
use crate::contract::Contract;
use crate::error::Problem;
use crate::exchange::HarWriter;
use crate::exchange::curl::quoted;
use crate::exit::Exit;
use crate::mock::{Mock, MockOptions};
use crate::plan::{Phase, PlanOptions, Shard};
use crate::report::text;
use crate::report::{ReportOptions, Target as Report};
use crate::run::{Campaign, FileServer, Finished, Recording, RunOptions};
use crate::target::{Target, Vocabulary};

/// Try what the documents promise on a server: derive requests, send them, judge every answer.
///
/// Without any configuration the embedded mock is tried.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "they are called like the arguments")]
pub struct Run {
    #[command(flatten)]
    choice: Choice,
    /// List the cases and send nothing but questions about the target.
    #[arg(long)]
    list: bool,
    /// Tell what would be sent, by operation, and send nothing but questions about the target.
    #[arg(long)]
    dry_run: bool,
    /// Only this phase; may be repeated.
    #[arg(long = "phase", value_name = "PHASE", value_parser = str::parse::<Phase>)]
    phases: Vec<Phase>,
    /// Only these operations: an id such as `GET /datasets`, or a part of one. Journeys, which call
    /// many, are left out, but with `--phase journey` those that call such an operation are tried.
    #[arg(long, value_name = "ID")]
    operation: Option<String>,
    /// Only a part of the cases, as in `1/3` for the first of three: each case belongs to one part,
    /// by its name. `report merge` makes the parts' reports one.
    #[arg(long, value_name = "I/N", value_parser = str::parse::<Shard>)]
    shard: Option<Shard>,
    /// How many requests by chance there are for each operation, and how many sequences in all.
    #[arg(long, value_name = "N", default_value_t = CHANCES, value_parser = number::whole::<u32>)]
    cases: u32,
    /// Where chance begins; told in every report. By default another one each time.
    #[arg(long, value_name = "N", value_parser = number::whole::<u64>)]
    seed: Option<u64>,
    /// Serve small files at this address, for requests that make the server fetch some: without it they are
    /// skipped. It is how the server that is tried reaches this machine.
    #[arg(long, value_name = "HOST:PORT")]
    serve: Option<String>,
    /// Print each case in this form, and the report on standard error.
    #[arg(long, value_name = "FORMAT")]
    format: Option<TrialFormat>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    pace: PaceArgs,
    #[command(flatten)]
    documents: Documents,
    #[command(flatten)]
    suites: Suites,
    /// A report to write, beside the one on the console; may be repeated. `har=PATH` keeps all exchanges.
    #[arg(long = "report", value_name = "FORMAT=PATH")]
    #[arg(long_help = reports::long_help(&[HAR_MEANING]))]
    reports: Vec<String>,
    /// Findings of this severity or above make the exit code 1.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Show everything: notes, further samples, whole commands, operations that were not exercised.
    #[arg(short, long)]
    verbose: bool,
}

/// The recording among the reports.
const HAR: &str = "har";

/// What it is, for the help.
const HAR_MEANING: (&str, &str) =
    (HAR, "all exchanges, as a recording that `check` reads; to a file only");

/// How many requests by chance there are for each operation, unless it is said.
const CHANCES: u32 = 12;

/// How each case is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrialFormat {
    /// A line each.
    Pretty,
    /// A character each.
    Terse,
    /// A JSON object each.
    Json,
}

impl Run {
    /// Runs the command.
    pub fn run(mut self, output: &Output) -> Result<Exit, Stop> {
        let (har, reports) = self.reports()?;
        reports::check(&reports, har.as_deref())?;
        if !self.suites.is_empty() && !self.phases().contains(&Phase::Journey) {
            return Err(Problem::new("`--phase` leaves out what `--suite` names: suites are tried in the phase `journey`")
                .help("add `--phase journey`, or leave `--suite` out")
                .into());
        }
        let seed = self.seed.unwrap_or_else(random);
        let (fail_on, verbose) = (self.fail_on, self.verbose);
        let command = self.command(seed);
        let chosen = std::mem::take(&mut self.target)
            .choose(std::mem::take(&mut self.pace), std::mem::take(&mut self.documents))?;
        if let Some(wanted) = &self.operation {
            operation::known(&chosen.contract, wanted)?;
        }
        let phases = self.phases();
        let suites = if phases.contains(&Phase::Journey) {
            self.suites.load(&chosen.contract, &chosen.vocabulary)?
        } else {
            Vec::new()
        };
        let runtime = runtime::build()?;
        let (mock, target) = if let Some(target) = chosen.target {
            (None, target)
        } else {
            let (mock, target) = runtime.block_on(embedded(&chosen.vocabulary, seed))?;
            (Some(mock), target)
        };
        let live = mock.is_none();
        let contract = match &mock {
            Some(mock) => chosen.contract.at(&mock.base_url()),
            None => chosen.contract,
        };
        // Trials outlive their makers, as the harness wants it; the contract lives as long as we do.
        let contract: &'static Contract = Box::leak(Box::new(contract));
        let jobs = target.jobs();
        let mark = format!("dc-{:08x}", random() & 0xffff_ffff);
        let ledger = live.then(|| PathBuf::from(format!("reports/{mark}.ledger")));
        let options = RunOptions {
            plan: PlanOptions {
                seed,
                phases,
                operation: self.operation.clone(),
                chances: self.cases,
                suites,
                shard: self.shard,
            },
            model_calls: if live { target.limits.max_model_calls } else { u32::MAX },
            files: runtime.block_on(served(self.serve.as_deref(), live))?,
            recording: har.as_deref().map(record).transpose()?,
            ledger: ledger.clone(),
            mark,
            command,
            choice: self.choice.words().join(" "),
        };
        let campaign = runtime.block_on(Campaign::prepare(contract, target, options))?;
        // A key that does not do what it was given for would make a run green that tries little.
        if let Some(problems) = campaign.troubles() {
            return Err(problems.into());
        }
        // A part need not have any of the cases that are meant.
        if self.shard.is_none() {
            self.choice.check(&campaign.plan.cases)?;
        }
        if self.dry_run {
            return self.dry_run(&campaign, contract, output);
        }
        if self.list {
            return self.names(&campaign, output);
        }
        let finished = self.try_all(campaign, &runtime, jobs, ledger)?;
        drop(mock);
        runtime.shutdown_background();
        let Finished { result, outcomes, .. } = finished;
        if outcomes.is_empty() && self.shard.is_none() {
            return Ok(Exit::NothingRan);
        }
        let options = ReportOptions {
            fail_on: fail_on.into(),
            checks: crate::check::all().collect(),
            verbose,
            ..ReportOptions::default()
        };
        let console_elsewhere = self.format.is_some();
        reports::write_beside(&result, &options, &reports, output, console_elsewhere)?;
        // A run may have fewer cases than parts, or its filters may choose none of this part's.
        Ok(if outcomes.is_empty() {
            Exit::Conforms
        } else {
            reports::exit(&result, options.fail_on)
        })
    }

    /// The phases that are tried.
    fn phases(&self) -> Vec<Phase> {
        if !self.phases.is_empty() {
            return self.phases.clone();
        }
        match (self.suites.is_empty(), &self.operation) {
            (true, None) => Phase::ALL.to_vec(),
            (true, Some(_)) => {
                Phase::ALL.into_iter().filter(|phase| *phase != Phase::Journey).collect()
            }
            (false, _) => vec![Phase::Journey],
        }
    }

    /// The path of a recording, and all other reports.
    fn reports(&self) -> Result<(Option<PathBuf>, Vec<Report>), Stop> {
        let (mut har, mut reports) = (None, Vec::new());
        for text in &self.reports {
            match text.split_once('=').unwrap_or((text, "")) {
                (HAR, "" | "-") => {
                    return Err(Problem::new("a recording needs a file")
                        .help("write `--report har=reports/run.har`")
                        .into());
                }
                (HAR, path) => har = Some(PathBuf::from(path)),
                _ => reports.push(Report::parse_or(text, &[HAR]).map_err(Problem::new)?),
            }
        }
        Ok((har, reports))
    }

    /// Lists the cases as the test harness does, but for a reader who may have seen enough.
    fn names(&self, campaign: &Campaign, output: &Output) -> Result<Exit, Stop> {
        let mut stdout = output.stdout();
        for case in &campaign.plan.cases {
            if self.choice.chooses(&case.name) {
                writeln!(stdout, "{}: test", text::clean(&case.name))?;
            }
        }
        stdout.flush()?;
        Ok(Exit::Conforms)
    }

    /// The command that repeats this run.
    fn command(&self, seed: u64) -> String {
        let mut words = vec![format!("dify-contract run --seed {seed}")];
        let mut add = |name: &str, value: &str| {
            words.push(format!("{name} {}", quoted(value)));
        };
        if self.cases != CHANCES {
            add("--cases", &self.cases.to_string());
        }
        for phase in &self.phases {
            add("--phase", phase.word());
        }
        if let Some(operation) = &self.operation {
            add("--operation", operation);
        }
        if let Some(address) = &self.serve {
            add("--serve", address);
        }
        let given = self.target.words().into_iter().chain(self.pace.words());
        for (name, value) in given.chain(self.documents.words()).chain(self.suites.words()) {
            add(name, &value);
        }
        words.extend(self.documents.without_overlay().map(str::to_owned));
        words.join(" ")
    }

    /// Tells what would be sent.
    fn dry_run(
        &self,
        campaign: &Campaign,
        contract: &Contract,
        output: &Output,
    ) -> Result<Exit, Stop> {
        let mut rows = vec![
            ["operation", "cases", "skipped", "writes", "model calls"].map(str::to_owned).to_vec(),
        ];
        let (mut cases, mut writes, mut calls) = (0, 0, 0);
        for (id, tally) in campaign.plan.tally(contract, |case| self.choice.chooses(&case.name)) {
            rows.push(vec![
                id.to_owned(),
                text::number(tally.cases as u64),
                text::number(tally.skipped as u64),
                text::number(tally.writes as u64),
                text::number(u64::from(tally.model_calls)),
            ]);
            cases += tally.cases;
            writes += tally.writes;
            calls += tally.model_calls;
        }
        let mut stdout = output.stdout();
        for line in text::table(&rows, output.stdout_width().unwrap_or(usize::MAX)) {
            writeln!(stdout, "{line}")?;
        }
        if self.verbose {
            self.skips(campaign, output, &mut stdout)?;
        }
        writeln!(
            stdout,
            "\n{cases} cases, {writes} of them write, at most {calls} calls of models"
        )?;
        writeln!(stdout, "nothing was sent but questions about the target")?;
        stdout.flush()?;
        Ok(Exit::Conforms)
    }

    /// Tells why cases would be skipped, what keeps most of them first.
    fn skips(
        &self,
        campaign: &Campaign,
        output: &Output,
        out: &mut impl Write,
    ) -> Result<(), Stop> {
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        let chosen = campaign.plan.cases.iter().filter(|case| self.choice.chooses(&case.name));
        for reason in chosen.filter_map(|case| case.skip.as_deref()) {
            *reasons.entry(reason).or_default() += 1;
        }
        let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, cases)| std::cmp::Reverse(*cases));
        let heads = ["skipped", "because"].map(str::to_owned).to_vec();
        let row = |(reason, cases): &(&str, usize)| {
            vec![text::number(*cases as u64), text::clean(reason).into_owned()]
        };
        let rows: Vec<Vec<String>> =
            std::iter::once(heads).chain(reasons.iter().map(row)).collect();
        if !reasons.is_empty() {
            writeln!(out)?;
            for line in text::table(&rows, output.stdout_width().unwrap_or(usize::MAX)) {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }

    fn arguments(&self, jobs: usize) -> Arguments {
        Arguments {
            filter: self.choice.filter.clone(),
            exact: self.choice.exact,
            skip: self.choice.skip.clone(),
            test_threads: Some(jobs),
            // What nobody reads is kept short.
            format: Some(match self.format {
                Some(TrialFormat::Pretty) => libtest_mimic::FormatSetting::Pretty,
                Some(TrialFormat::Terse) | None => libtest_mimic::FormatSetting::Terse,
                Some(TrialFormat::Json) => libtest_mimic::FormatSetting::Json,
            }),
            // The harness prints to standard output or to a file; the report is ours.
            logfile: self.format.is_none().then(|| NOWHERE.to_owned()),
            ..Arguments::default()
        }
    }

    fn try_all(
        &self,
        campaign: Campaign,
        runtime: &tokio::runtime::Runtime,
        jobs: usize,
        ledger: Option<PathBuf>,
    ) -> Result<Finished, Problem> {
        let mut arguments = self.arguments(jobs);
        let stop = Arc::new(AtomicBool::new(false));
        let done = Arc::new(AtomicUsize::new(0));
        runtime.spawn(heed_signals(Arc::clone(&stop), ledger));
        let total = campaign.plan.cases.iter().filter(|c| self.choice.chooses(&c.name)).count();
        runtime.spawn(progress(Arc::clone(&done), total));
        #[cfg(unix)]
        let relay = self.format.and_then(|_| Relay::start(Arc::clone(&stop)).ok());
        #[cfg(unix)]
        if let Some(relay) = &relay {
            arguments.logfile = Some(relay.path());
            // It does not see the terminal any more.
            arguments.color =
                std::io::stdout().is_terminal().then_some(libtest_mimic::ColorSetting::Always);
        }
        let finished = campaign.run(&arguments, runtime.handle(), stop, done);
        #[cfg(unix)]
        if let Some(relay) = relay {
            relay.end();
        }
        if std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
        finished
    }
}

/// Ends the run when the user asks, and the program when he asks again.
async fn heed_signals(stop: Arc<AtomicBool>, ledger: Option<PathBuf>) {
    runtime::asked_to_end().await;
    stop.store(true, Ordering::Relaxed);
    let _ = writeln!(
        std::io::stderr(),
        "\nending: what is under way is finished, and what was made is removed; ask again to end at once"
    );
    runtime::asked_to_end().await;
    if let Some(ledger) = ledger.filter(|ledger| ledger.exists()) {
        let path = quoted(&ledger.display().to_string());
        let _ = writeln!(
            std::io::stderr(),
            "what was made is not removed; `dify-contract cleanup {path}` removes it"
        );
    }
    runtime::end_now();
}

/// Where nothing that is written can be read.
#[cfg(unix)]
const NOWHERE: &str = "/dev/null";
#[cfg(windows)]
const NOWHERE: &str = "NUL";

/// Tells how far a run is: a line that changes on a terminal, a line now and then elsewhere.
async fn progress(done: Arc<AtomicUsize>, total: usize) {
    let terminal = std::io::stderr().is_terminal();
    let pause = if terminal { Duration::from_millis(200) } else { Duration::from_secs(10) };
    loop {
        tokio::time::sleep(pause).await;
        let now = done.load(Ordering::Relaxed);
        let percent = now * 100 / total.max(1);
        let mut stderr = std::io::stderr();
        // Nobody has to read it.
        let (before, after) = if terminal { ("\r", "\u{1b}[K") } else { ("", "\n") };
        let _ = write!(stderr, "{before}{now} of {total} cases ({percent}%){after}");
        let _ = stderr.flush();
    }
}

/// The mock, and the target that it is.
pub(super) async fn embedded(
    vocabulary: &Vocabulary,
    seed: u64,
) -> Result<(Mock, Target), Problem> {
    let options = MockOptions {
        seed,
        chunk_delay: Duration::from_micros(200),
        index_time: Duration::from_millis(10),
        // A machine that is busy may take that long to answer what a run asks of a person.
        idle_limit: Duration::from_secs(1),
        ..MockOptions::default()
    };
    let mock = Mock::start(options).await?;
    let keys = mock.keys().iter().map(|key| (key.name, key.key.as_str()));
    let target = Target::known("mock", &mock.base_url(), keys, vocabulary)?;
    Ok((mock, target))
}

fn record(path: &Path) -> Result<Recording, Problem> {
    let cannot = |error: std::io::Error| {
        Problem::new(format!("cannot write {}: {error}", path.display()))
            .help("name a file in a folder that can be written to")
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    let file = File::create(path).map_err(cannot)?;
    HarWriter::new(BufWriter::new(file), (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")))
        .map_err(cannot)
}

/// A number that is another one each time.
pub(super) fn random() -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish()
}

/// Where files are served to the server that is tried: to our own mock in any case.
async fn served(address: Option<&str>, live: bool) -> Result<Option<FileServer>, Problem> {
    match address {
        Some(address) => FileServer::start(address).await.map(Some),
        None if live => Ok(None),
        None => FileServer::start("127.0.0.1:0").await.map(Some),
    }
}
