//! `explain`: a check, a rule or a fault in full.

use std::io::Write;

use clap::Args;

use super::output::Output;
use super::stop::Stop;
use super::suggest;
use crate::check;
use crate::contract::lint;
use crate::error::Problem;
use crate::exit::Exit;
use crate::mock::{FAULTS, Fault};
use crate::report::text;

/// Explain a check, a rule or a fault of the mock: what it looks at, why, and what to do.
#[derive(Debug, Args)]
pub struct Explain {
    /// Its id, as reports and `list checks` show it.
    id: String,
}

/// The width of the text where there is no terminal.
const WIDTH: usize = 80;

impl Explain {
    /// Runs the command.
    pub fn run(&self, output: &Output) -> Result<Exit, Stop> {
        let id = self.id.as_str();
        if let Some(check) = check::all().find(|check| check.id.eq_ignore_ascii_case(id)) {
            let head = format!("{} ({})", check.id, check.severity);
            let parts = [
                ("", check.title),
                ("What it looks at", check.what),
                ("Why it matters", check.why),
                ("For example", check.example),
                ("What to do", check.remedy),
            ];
            return write(output, &head, &parts);
        }
        if let Some(rule) = lint::rules().find(|rule| rule.id.eq_ignore_ascii_case(id)) {
            let head = format!("{} ({}, rule of `spec lint`)", rule.id, rule.severity);
            let parts = [
                ("", rule.title),
                ("What it looks at", rule.what),
                ("Why it matters", rule.why),
                ("For example", rule.example),
                ("What to do", rule.remedy),
            ];
            return write(output, &head, &parts);
        }
        if let Some(fault) = FAULTS.iter().find(|fault| fault.id.eq_ignore_ascii_case(id)) {
            return explain_fault(output, fault);
        }
        let known = check::all().map(|check| check.id).chain(lint::rules().map(|rule| rule.id));
        let known = known.chain(FAULTS.iter().map(|fault| fault.id));
        let all = "`dify-contract list checks`, `list rules` and `list faults` show them all";
        let help = match suggest::did_you_mean(&suggest::like(id, known)) {
            Some(question) => format!("{question} {all}"),
            None => all.to_owned(),
        };
        Err(Problem::new(format!("there is no check, rule or fault `{id}`")).help(help).into())
    }
}

fn explain_fault(output: &Output, fault: &Fault) -> Result<Exit, Stop> {
    let head = format!("{} (fault of the mock)", fault.id);
    let known = |id: &&&str| check::all().any(|check| check.id == **id);
    let known: Vec<&str> = fault.provokes.iter().filter(known).copied().collect();
    let reported = match known.as_slice() {
        [] => "no check yet: it shows only where several calls are held together".to_owned(),
        known => known.join(", "),
    };
    let place = "[:OPERATION[#POINTER]][=VALUE]";
    let usage = format!("dify-contract mock --fault '{}{place}'\n{}", fault.id, fault.takes);
    let parts = [("", fault.title), ("Reported by", &reported), ("How to have it", &usage)];
    write(output, &head, &parts)
}

/// Writes the parts, each below its heading; parts without text are left out.
fn write(output: &Output, head: &str, parts: &[(&str, &str)]) -> Result<Exit, Stop> {
    let width = output.stdout_width().unwrap_or(WIDTH);
    let mut stdout = output.stdout();
    writeln!(stdout, "{}", output.heading(head))?;
    for (heading, body) in parts.iter().filter(|(_, body)| !body.is_empty()) {
        if !heading.is_empty() {
            writeln!(stdout, "\n{}", output.heading(heading))?;
        }
        for line in body.lines().flat_map(|line| text::wrap(line, width - 2)) {
            writeln!(stdout, "{}", format!("  {line}").trim_end())?;
        }
    }
    stdout.flush()?;
    Ok(Exit::Conforms)
}
