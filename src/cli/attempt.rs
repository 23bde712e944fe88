//! `try`: one request, filled in where nothing is given, its answer as it comes, and the verdict on it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use self::given::{body, file, pair};
use self::screen::Screen;
use super::documents::{Documents, FailOn};
use super::operation::find;
use super::output::Output;
use super::run::{embedded, random};
use super::runtime;
use super::stop::Stop;
use super::target::{Chosen, PaceArgs, TargetArgs};
use crate::contract::Contract;
use crate::error::Problem;
use crate::exit::Exit;
use crate::plan::{Phase, PlanOptions};
use crate::report::{ReportOptions, Verdict, console, text};
use crate::run::{Campaign, GivenUp, Ready, RunOptions, Tried, Wish, curl_line};
use crate::target::Permission;

mod given;
mod screen;

/// Try one operation: send a request, show the answer as it comes, and judge it.
///
/// What is not given is filled in: a key, a body, ids of things that are made for it and removed again.
/// Without any configuration the embedded mock is asked.
#[derive(Debug, Args)]
pub struct Try {
    /// The operation: `METHOD /path`, its operationId, or a part of either that no other has.
    #[arg(value_name = "OPERATION")]
    operation: String,
    /// A parameter, or a member of the body; may be repeated. `/a/b` is a place in the body.
    #[arg(short = 'p', long = "parameter", value_name = "NAME=VALUE", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// The body: JSON, `@` and a file that holds it, or `@-` for standard input.
    #[arg(short, long, value_name = "JSON|@FILE")]
    data: Option<String>,
    /// A file for a field of a form; may be repeated.
    #[arg(long = "file", value_name = "NAME=@FILE", value_parser = pair)]
    files: Vec<(String, String)>,
    /// The key to send, by its name (`chat`, say); by default the first that opens the operation.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Print the command line for curl, and send nothing at all.
    #[arg(long)]
    curl: bool,
    #[command(flatten)]
    target: TargetArgs,
    /// The user in whose name the call is made.
    #[arg(long, value_name = "USER", help_heading = "Target")]
    user: Option<String>,
    #[command(flatten)]
    documents: Documents,
    /// Findings of this severity or above make the exit code 1.
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Show everything that is known of each finding.
    #[arg(short, long)]
    verbose: bool,
}

impl Try {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        let data = self.data.as_deref().map(body).transpose()?;
        let (mut files, mut paths) = (Vec::new(), Vec::new());
        for given in &self.files {
            let (field, file, path) = file(given)?;
            files.push((field.clone(), file));
            paths.push((field, path));
        }
        let allowed = self.target.allow();
        let chosen = self.target.choose(PaceArgs::of_user(self.user.clone()), self.documents)?;
        let meant = find(&chosen.contract, &self.operation)?;
        let wish = Wish {
            operation: meant.first().map(|operation| operation.id.clone()).unwrap_or_default(),
            parameters: self.parameters,
            body: data,
            files,
            key: self.key,
            allowed,
        };
        if self.curl {
            return curl(&chosen, &wish, &paths, output);
        }
        let options = ReportOptions {
            fail_on: self.fail_on.into(),
            checks: crate::check::all().collect(),
            verbose: self.verbose,
            width: output.stdout_width().unwrap_or(ReportOptions::default().width),
            color: output.stdout_has_color(),
        };
        send(chosen, wish, self.user, &options, output)
    }
}

/// Prints the command line, and on standard error what is still to be filled in.
fn curl(
    chosen: &Chosen,
    wish: &Wish,
    paths: &[(String, String)],
    output: &Output,
) -> Result<Exit, Stop> {
    let Chosen { contract, vocabulary, target } = chosen;
    let line = curl_line(contract, vocabulary, target.as_ref(), wish, paths)?;
    let mut stdout = output.stdout();
    writeln!(stdout, "{}", super::output::harmless(&line.command))?;
    stdout.flush()?;
    let mut stderr = output.stderr();
    for (word, means) in &line.open {
        // Who does not read it finds the word in the command.
        let _ = writeln!(stderr, "{word} stands for {means}");
    }
    let _ = stderr.flush();
    Ok(Exit::Conforms)
}

fn send(
    chosen: Chosen,
    mut wish: Wish,
    user: Option<String>,
    options: &ReportOptions,
    output: &Output,
) -> Result<Exit, Stop> {
    let runtime = runtime::build()?;
    let (mock, target) = if let Some(target) = chosen.target {
        (None, target)
    } else {
        let (mock, mut target) = runtime.block_on(embedded(&chosen.vocabulary, 1))?;
        target.user = user;
        // What is named there is nobody's.
        wish.allowed = Some(Permission::Disrupt);
        (Some(mock), target)
    };
    let contract = match &mock {
        Some(mock) => chosen.contract.at(&mock.base_url()),
        None => chosen.contract,
    };
    // It lives as long as we do.
    let contract: &'static Contract = Box::leak(Box::new(contract));
    let mark = format!("dc-{:08x}", random() & 0xffff_ffff);
    let ledger = mock.is_none().then(|| PathBuf::from(format!("reports/{mark}.ledger")));
    let plan = PlanOptions {
        seed: 1,
        phases: vec![Phase::Examples],
        operation: Some(wish.operation.clone()),
        chances: 0,
        shard: None,
        suites: Vec::new(),
    };
    let run = RunOptions {
        choice: String::new(),
        plan,
        model_calls: if mock.is_some() { u32::MAX } else { target.limits.max_model_calls },
        recording: None,
        // What makes a server fetch something is sent where the user says so himself.
        files: None,
        ledger: ledger.clone(),
        mark,
        command: String::new(),
    };
    let prepared = runtime.block_on(async {
        tokio::select! {
            campaign = Campaign::prepare(contract, target, run) => Some(campaign),
            () = runtime::asked_to_end() => None,
        }
    });
    let Some(campaign) = prepared else {
        return Err(Problem::new("ended before anything was sent but questions").into());
    };
    let campaign = campaign?;
    runtime.spawn(end_when_asked(campaign.stopper()));
    let done = runtime.block_on(one(&campaign, &wish, output));
    // Ids may have been made even where the request was not sent.
    let (removed, leftovers) = runtime.block_on(campaign.clear());
    drop(mock);
    runtime.shutdown_background();
    let mut exit = match &done {
        Ok(tried) => verdict(tried, options, output),
        Err(_) => Ok(Exit::CouldNotRun),
    };
    let mut stdout = output.stdout();
    if !removed.is_empty() {
        writeln!(stdout, "removed again: {}", things(&removed))?;
    }
    for leftover in &leftovers {
        writeln!(stdout, "left: {}", text::clean(&leftover.to_string()))?;
        exit = Ok(Exit::CouldNotRun);
    }
    if let (false, Some(ledger)) = (leftovers.is_empty(), ledger) {
        writeln!(stdout, "`dify-contract cleanup {}` tries again", ledger.display())?;
    }
    stdout.flush()?;
    done?;
    exit
}

/// Makes the request ready, and sends it.
async fn one(campaign: &Campaign, wish: &Wish, output: &Output) -> Result<Tried, Stop> {
    let ready = campaign.ready(wish).await?;
    tell(&ready, output)?;
    let mut screen = Screen::new(output);
    let tried = campaign.send(&ready, &mut |progress| screen.show(&progress)).await;
    if let Some(error) = screen.broken.take() {
        return Err(error.into());
    }
    screen.end(&tried.exchange)?;
    Ok(tried)
}

/// Tells what was filled in, and what the request acts on.
fn tell(ready: &Ready, output: &Output) -> Result<(), Stop> {
    let mut stdout = output.stdout();
    if let Some(key) = &ready.key_name {
        writeln!(stdout, "with the key `{}`", text::clean(key))?;
    }
    if !ready.made.is_empty() {
        writeln!(stdout, "made for it: {}", things(&ready.made))?;
    }
    if !ready.touches.is_empty() {
        writeln!(stdout, "acts on what the run did not make: {}", things(&ready.touches))?;
    }
    stdout.flush()?;
    Ok(())
}

/// `dataset 01…, document 02…`
fn things(things: &[(String, String)]) -> String {
    let words: Vec<String> = things
        .iter()
        .map(|(resource, id)| format!("{} {}", text::clean(resource), text::clean(id)))
        .collect();
    words.join(", ")
}

/// Tells what is to be said of the answer.
fn verdict(tried: &Tried, options: &ReportOptions, output: &Output) -> Result<Exit, Stop> {
    let mut stdout = output.stdout();
    let given_up = match tried.given_up {
        Some(GivenUp::Asked) => "you have asked to end: what came until then was judged",
        Some(GivenUp::Quiet) => {
            "the stream sent nothing but signs of life for two minutes: it was not waited for any longer"
        }
        Some(GivenUp::Unread) | None => "",
    };
    if !given_up.is_empty() {
        writeln!(stdout, "{given_up}")?;
    }
    writeln!(stdout)?;
    console::findings(&tried.result, options, &mut stdout)?;
    let verdict = Verdict::of(&tried.result, options.fail_on);
    let exit = match verdict {
        Verdict::Findings => Exit::Findings,
        Verdict::Conforms if tried.given_up.is_none() => Exit::Conforms,
        _ => Exit::CouldNotRun,
    };
    let findings = text::count(tried.result.findings.len() as u64, "finding");
    let words = match (verdict, tried.result.findings.is_empty()) {
        (Verdict::Conforms, true) => "the answer is as documented".to_owned(),
        (Verdict::Conforms | Verdict::Findings, _) => findings,
        _ => "there is nothing to judge".to_owned(),
    };
    writeln!(stdout, "{} · {words}", output.heading(verdict.word()))?;
    stdout.flush()?;
    if let (None, Some(failure)) = (&tried.exchange.response, &tried.exchange.failure)
        && exit != Exit::Findings
    {
        let problem = Problem::new(&failure.message);
        return Err(match &failure.help {
            Some(help) => problem.help(help.clone()),
            None => problem,
        }
        .into());
    }
    Ok(exit)
}

/// Ends the waiting when the user asks for it once, and the program when he asks again.
async fn end_when_asked(stop: Arc<AtomicBool>) {
    runtime::asked_to_end().await;
    stop.store(true, Ordering::Relaxed);
    // Nobody has to read it.
    let _ =
        writeln!(std::io::stderr(), "\nending: what was made is removed; ask again to end at once");
    runtime::asked_to_end().await;
    runtime::end_now();
}
