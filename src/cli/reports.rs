//! The reports written.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::output::Output;
use super::stop::Stop;
use crate::error::{Problem, reason};
use crate::exit::Exit;
use crate::finding::Severity;
use crate::report::{CONSOLE, FORMATS, ReportOptions, Target, Verdict};
use crate::run::{RunInfo, RunResult};

/// Writes a result in every way that was asked for, and to the console.
///
/// A report that cannot be written keeps none of the others from being written.
pub fn write(
    result: &RunResult,
    options: &ReportOptions,
    targets: &[Target],
    output: &Output,
) -> Result<(), Stop> {
    write_beside(result, options, targets, output, false)
}

/// The same, where something else may have standard output already.
pub fn write_beside(
    result: &RunResult,
    options: &ReportOptions,
    targets: &[Target],
    output: &Output,
    on_stderr: bool,
) -> Result<(), Stop> {
    let mut problems = Vec::new();
    let mut lost = |stop: Stop| match stop {
        Stop::Problems(more) => problems.extend(more),
        // Nobody reads on; that is no problem.
        Stop::BrokenPipe => {}
    };
    let (to_stdout, to_files): (Vec<_>, Vec<_>) = targets.iter().partition(|t| t.is_stdout());
    for target in to_files {
        if let Err(problem) = to_file(result, &options.for_file(), target) {
            lost(problem.into());
        }
    }
    // The console is shown anyway, and once.
    let taken = to_stdout.iter().find(|target| target.format.name != CONSOLE.name);
    if let Some(target) = taken
        && let Err(error) = to_stdout_alone(result, &options.for_file(), target, output)
    {
        lost(error.into());
    }
    if let Err(error) = to_console(result, options, on_stderr || taken.is_some(), output) {
        lost(error.into());
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// The exit code of a result.
pub fn exit(result: &RunResult, fail_on: Severity) -> Exit {
    // What was not tried, or not removed again, is no success.
    let left = |run: &RunInfo| !run.leftovers.is_empty();
    match Verdict::of(result, fail_on) {
        Verdict::Findings => Exit::Findings,
        _ if result.run.as_ref().is_some_and(left) => Exit::CouldNotRun,
        Verdict::Conforms => Exit::Conforms,
        Verdict::Incomplete | Verdict::BrokenOff => Exit::CouldNotRun,
        Verdict::NothingJudged => Exit::NothingRan,
    }
}

/// The help of `--report`, with the list of formats: those of all commands, and others of one.
pub fn long_help(others: &[(&str, &str)]) -> String {
    let ours = FORMATS.iter().map(|format| (format.name, format.description));
    let formats = ours.chain(others.iter().copied());
    let formats: String =
        formats.map(|(name, meaning)| format!("\n  {name:<8} {meaning}")).collect();
    format!(
        "A report to write, beside the one on the console; may be repeated. Missing folders are \
         made; the path `-` is standard output, and the console is standard error then.\n\
         \nFormats:{formats}"
    )
}

/// Looks for what keeps reports from being written, before there is anything to write: at most one can have
/// standard output, each needs a file of its own, and that has to be one that can be written.
pub fn check(targets: &[Target], recording: Option<&Path>) -> Result<(), Stop> {
    let mut on_stdout = targets.iter().filter(|target| target.is_stdout());
    if let (Some(one), Some(other)) = (on_stdout.next(), on_stdout.next()) {
        let (one, other) = (one.format, other.format);
        let help = format!(
            "write one of them to a file: `--report {}=run.{}`",
            other.name, other.extension
        );
        return Err(Problem::new(format!(
            "two reports cannot both go to standard output: {} and {}",
            one.name, other.name
        ))
        .help(help)
        .into());
    }
    let files: Vec<(&str, &Path)> = targets
        .iter()
        .filter(|target| !target.is_stdout())
        .map(|target| (target.format.name, Path::new(&target.path)))
        .chain(recording.map(|path| ("har", path)))
        .collect();
    let mut problems = Vec::new();
    let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for (number, (name, path)) in files.iter().enumerate() {
        let mut before = files.iter().take(number);
        if let Some((earlier, _)) = before.find(|(_, other)| whole(other) == whole(path)) {
            let path = path.display();
            problems.push(
                Problem::new(format!("two reports cannot both be {path}: {earlier} and {name}"))
                    .help("give each report a path of its own"),
            );
        } else if let Err(error) = try_to_write(path) {
            problems.push(cannot_write(name, path, &error));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

fn cannot_write(name: &str, path: &Path, error: &io::Error) -> Problem {
    let what = if name == "har" { "recording" } else { "report" };
    Problem::new(format!("cannot write the {name} {what} to {}: {}", path.display(), reason(error)))
        .help("name a file in a folder that can be written to")
}

/// Opens a file as if to write, and leaves everything as it was.
fn try_to_write(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(known) if known.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
        Ok(known) if known.is_file() => return File::options().append(true).open(path).map(drop),
        // A pipe would take that for the whole report.
        Ok(_) => return Ok(()),
        Err(_) => {}
    }
    let folders = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
    let missing: Vec<&Path> = folders.take_while(|folder| !folder.exists()).collect();
    let tried = match missing.first() {
        Some(folder) => fs::create_dir_all(folder),
        None => Ok(()),
    };
    let tried = tried.and_then(|()| {
        File::options().append(true).create(true).open(path)?;
        fs::remove_file(path)
    });
    for folder in missing {
        // What was not made is not there.
        let _ = fs::remove_dir(folder);
    }
    tried
}

fn to_file(result: &RunResult, options: &ReportOptions, target: &Target) -> Result<(), Problem> {
    let path = Path::new(&target.path);
    let name = target.format.name;
    let problem = |error: io::Error| cannot_write(name, path, &error);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(problem)?;
    }
    let mut file = BufWriter::new(File::create(path).map_err(problem)?);
    (target.format.write)(result, options, &mut file).and_then(|()| file.flush()).map_err(problem)
}

fn to_stdout_alone(
    result: &RunResult,
    options: &ReportOptions,
    target: &Target,
    output: &Output,
) -> io::Result<()> {
    let mut stdout = output.stdout();
    (target.format.write)(result, options, &mut stdout)?;
    stdout.flush()
}

/// The console is standard output, or standard error where a report has taken that.
fn to_console(
    result: &RunResult,
    options: &ReportOptions,
    on_stderr: bool,
    output: &Output,
) -> io::Result<()> {
    let mut options = options.clone();
    if on_stderr {
        options.color = output.stderr_has_color();
        options.width = output.stderr_width().unwrap_or(options.width);
        let mut stderr = output.stderr();
        (CONSOLE.write)(result, &options, &mut stderr)?;
        stderr.flush()
    } else {
        options.color = output.stdout_has_color();
        options.width = output.stdout_width().unwrap_or(options.width);
        let mut stdout = output.stdout();
        (CONSOLE.write)(result, &options, &mut stdout)?;
        stdout.flush()
    }
}
