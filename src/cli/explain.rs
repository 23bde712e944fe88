//! `explain`: a check or a rule in full.

use std::io::Write;

use clap::Args;

use super::output::Output;
use super::stop::Stop;
use super::suggest;
use crate::check;
use crate::contract::lint;
use crate::error::Problem;
use crate::exit::Exit;
use crate::report::text;

/// Explain a check or a rule: what it looks at, why, and what to do.
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
        let known = check::all().map(|check| check.id).chain(lint::rules().map(|rule| rule.id));
        let all = "`dify-contract list checks` and `list rules` show them all";
        let help = match suggest::did_you_mean(&suggest::like(id, known)) {
            Some(question) => format!("{question} {all}"),
            None => all.to_owned(),
        };
        Err(Problem::new(format!("there is no check and no rule `{id}`")).help(help).into())
    }
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
