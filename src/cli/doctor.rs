//! `doctor`: whether a server can be called, and what can be done there.

use std::collections::BTreeMap;
use std::io::{self, Write};

use clap::{Args, ValueEnum};

use super::documents::Documents;
use super::output::Output;
use super::runtime;
use super::stop::Stop;
use super::target::{PaceArgs, TargetArgs};
use crate::error::Problem;
use crate::exit::Exit;
use crate::finding::{Redactor, Severity};
use crate::report::ReportOptions;
use crate::report::console::{BOLD, DIM, GOOD, PLAIN, Page, style_of};
use crate::report::text::{self, count};
use crate::target::Vocabulary;
use crate::target::probe::report::{
    AbilityReport, Fitness, KeyReport, Obstacle, ProbeReport, advised,
};
use crate::target::probe::{PATIENCE, probe};

/// Tell what can be reached: the server and its version, what each key opens and can do, which operations
/// can be exercised, and what stands in the way of the others. Sends only reads that cost nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit codes:
  0  everything that was given works
  1  the server can be used, but something is wrong
  2  the server cannot be used at all")]
pub struct Doctor {
    #[command(flatten)]
    documents: Documents,
    /// How to write what was found.
    #[arg(long, value_name = "FORMAT", default_value = "console")]
    format: Format,
    /// List the operations that cannot be exercised.
    #[arg(short, long)]
    verbose: bool,
    #[command(flatten)]
    target: TargetArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Console,
    /// For programs.
    Json,
}

impl Doctor {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        let patience = self.target.timeout().unwrap_or(PATIENCE);
        let chosen = self.target.choose(PaceArgs::default(), self.documents)?;
        let (contract, vocabulary) = (&chosen.contract, &chosen.vocabulary);
        let secrets = &contract.secrets;
        let redactor = Redactor::new(secrets.names.iter().cloned(), &secrets.patterns)
            .map_err(|error| Problem::new(error.to_string()))?;
        let target = chosen.target()?;
        let report = runtime::block_on(probe(contract, vocabulary, target, redactor, patience))??;
        let mut stdout = output.stdout();
        match self.format {
            Format::Json => json(&report, &mut stdout)?,
            Format::Console => {
                let usual = ReportOptions::default();
                let options = ReportOptions {
                    width: output.stdout_width().unwrap_or(usual.width),
                    color: output.stdout_has_color(),
                    ..usual
                };
                write(&mut Page::new(&options, &mut stdout), &report, vocabulary, self.verbose)?;
            }
        }
        stdout.flush()?;
        Ok(match report.fitness() {
            Fitness::Fine => Exit::Conforms,
            Fitness::Troubled => Exit::Findings,
            Fitness::Useless => Exit::CouldNotRun,
        })
    }
}

fn json(report: &ProbeReport, out: &mut impl Write) -> io::Result<()> {
    let mut value = serde_json::to_value(report)?;
    if let Some(members) = value.as_object_mut() {
        members.shift_insert(0, "schema".to_owned(), 1.into());
        members.shift_insert(1, "fitness".to_owned(), serde_json::to_value(report.fitness())?);
    }
    serde_json::to_writer_pretty(&mut *out, &value)?;
    writeln!(out)
}

/// At most this many lines for one value.
const LINES: usize = 4;

fn write(
    page: &mut Page<'_>,
    report: &ProbeReport,
    vocabulary: &Vocabulary,
    verbose: bool,
) -> io::Result<()> {
    server(page, report)?;
    if report.server.reachable {
        keys(page, report)?;
        operations(page, report, vocabulary, verbose)?;
    }
    let mut together = false;
    for (trouble, help) in advised(&report.troubles) {
        if !together {
            page.blank()?;
        }
        together = help.is_none() && trouble.help.is_some();
        page.text(0, style_of(Severity::Error), &trouble.message)?;
        if let Some(help) = help {
            page.value(2, "help", help, usize::MAX)?;
        }
    }
    page.blank()?;
    verdict(page, report)
}

fn server(page: &mut Page<'_>, report: &ProbeReport) -> io::Result<()> {
    let server = &report.server;
    page.text(0, BOLD, &format!("target {}", report.target))?;
    let address = format!("{} (from {})", report.base_url, report.base_url_from);
    page.value(2, "address", &address, LINES)?;
    if server.reachable {
        page.value(2, "version", server.version.as_deref().unwrap_or("not told"), LINES)?;
        let tls = if server.tls { "yes" } else { "no" };
        page.value(2, "encrypted", tls, LINES)?;
        if let Some(latency) = server.latency_ms {
            page.value(2, "latency", &format!("{latency:.0} ms, the median of three"), LINES)?;
        }
        let clock = match server.clock_ahead_s {
            None => "not told".to_owned(),
            Some(-1..=1) => "as ours".to_owned(),
            Some(seconds) if seconds > 0 => format!("{seconds} s ahead of ours"),
            Some(seconds) => format!("{} s behind ours", seconds.abs()),
        };
        page.value(2, "clock", &clock, LINES)?;
    }
    page.value(
        2,
        "allowed",
        &format!("{}: {}", report.allow.word(), report.allow.meaning()),
        LINES,
    )?;
    for note in &report.notes {
        page.value(2, "note", note, LINES)?;
    }
    Ok(())
}

fn keys(page: &mut Page<'_>, report: &ProbeReport) -> io::Result<()> {
    if !report.keys.is_empty() {
        page.blank()?;
        page.text(0, BOLD, "keys")?;
    }
    for key in &report.keys {
        page.value(2, &key.name, &of_key(key), LINES)?;
        able(page, &key.abilities)?;
    }
    if report.abilities.iter().any(|ability| ability.there.is_some()) {
        page.value(2, "all", "the whole deployment", LINES)?;
        able(page, &report.abilities)?;
    }
    Ok(())
}

fn of_key(key: &KeyReport) -> String {
    let title = key.title.as_ref().map(|title| format!("`{title}`"));
    let mode = (key.modes.len() == 1 && key.state.is_usable()).then(|| key.modes.concat());
    let kind = key.kind.clone();
    let what: Vec<String> = [kind, mode, title].into_iter().flatten().collect();
    let what = if what.is_empty() { String::new() } else { format!(": {}", what.join(", ")) };
    format!("{}, {}{what}", key.from, key.state.words())
}

/// What can be done and what cannot.
fn able(page: &mut Page<'_>, abilities: &[AbilityReport]) -> io::Result<()> {
    let list = |there: bool| {
        let found = abilities.iter().filter(|ability| ability.there == Some(there));
        found.map(|ability| ability.title.as_str()).collect::<Vec<_>>().join(", ")
    };
    for (label, there) in [("  with", true), ("  without", false)] {
        let list = list(there);
        if !list.is_empty() {
            page.value(2, label, &list, LINES)?;
        }
    }
    Ok(())
}

fn operations(
    page: &mut Page<'_>,
    report: &ProbeReport,
    vocabulary: &Vocabulary,
    verbose: bool,
) -> io::Result<()> {
    let mut reasons: BTreeMap<&Obstacle, Vec<&str>> = BTreeMap::new();
    let mut unsure: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in &report.operations {
        match &operation.obstacle {
            Some(obstacle) => reasons.entry(obstacle).or_default().push(&operation.id),
            None => {
                for need in &operation.unsure {
                    unsure.entry(need).or_default().push(&operation.id);
                }
            }
        }
    }
    page.blank()?;
    page.text(0, BOLD, &format!("operations: {}", exercisable(report)))?;
    let unsure = unsure.into_iter().map(|(need, ids)| {
        let title = vocabulary.ability(need).map_or(need, |rule| rule.title.as_str());
        (format!("perhaps: nothing tells whether there is {title}"), ids)
    });
    let reasons = reasons.into_iter().map(|(obstacle, ids)| (obstacle.reason.clone(), ids));
    let mut listed = false;
    for (reason, ids) in reasons.chain(unsure) {
        page.value(2, &ids.len().to_string(), &reason, LINES)?;
        listed = true;
        if verbose {
            for id in ids {
                // Whole, whatever its width, so that it can be copied.
                let id = page.styled(DIM, &text::clean(id));
                page.ready(&format!("    {id}"))?;
            }
        }
    }
    if listed && !verbose {
        page.text(2, PLAIN, "-v lists them")?;
    }
    Ok(())
}

fn exercisable(report: &ProbeReport) -> String {
    let able = report.operations.iter().filter(|operation| operation.obstacle.is_none()).count();
    format!("{able} of {} can be exercised", report.operations.len())
}

fn verdict(page: &mut Page<'_>, report: &ProbeReport) -> io::Result<()> {
    let troubles = count(report.troubles.len() as u64, "trouble");
    match report.fitness() {
        Fitness::Fine => page.text(0, GOOD, &format!("ok: {}", exercisable(report))),
        Fitness::Troubled => {
            let words = format!("TROUBLED: {troubles}; {}", exercisable(report));
            page.text(0, style_of(Severity::Warning), &words)
        }
        Fitness::Useless if !report.server.reachable => {
            page.text(0, style_of(Severity::Error), "UNREACHABLE: nothing can be exercised")
        }
        Fitness::Useless => {
            let words = format!("USELESS: {troubles}; no operation can be exercised");
            page.text(0, style_of(Severity::Error), &words)
        }
    }
}
