//! What came of a replay, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::replay::Outcome;

/// How many exchanges came to what.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    pub exchanges: usize,
    pub equal: usize,
    pub deliberate: usize,
    pub skipped: usize,
    pub failures: usize,
}

impl Count {
    /// Counts outcomes.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut count = Self::default();
        for outcome in outcomes {
            count.exchanges += 1;
            if outcome.skipped.is_some() {
                count.skipped += 1;
            } else if outcome.is_failure() {
                count.failures += 1;
            } else if outcome.is_equal() {
                count.equal += 1;
            } else {
                count.deliberate += 1;
            }
        }
        count
    }
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { exchanges, equal, deliberate, skipped, failures } = self;
        let compared = exchanges - skipped;
        write!(
            f,
            "{exchanges} exchanges, {compared} compared, {equal} equal, {deliberate} with a deliberate \
             difference, {skipped} not repeatable"
        )?;
        if *failures > 0 { write!(f, ", {failures} DIFFERENT") } else { Ok(()) }
    }
}

/// One table for each exchange that differs.
pub fn tables<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> String {
    let mut text = String::new();
    for outcome in outcomes.into_iter().filter(|outcome| outcome.is_failure()) {
        let Outcome { index, call, recorded, .. } = outcome;
        let _ = writeln!(text, "\n#{index} {call} ({recorded})");
        if let Some(broken) = &outcome.broken {
            let _ = writeln!(text, "    no answer: {broken}");
        }
        let head = ("what".to_owned(), "recorded".to_owned(), "mock".to_owned());
        let rows: Vec<_> = std::iter::once(head)
            .chain(outcome.open.iter().map(|found| {
                let what = format!("{:?} {}", found.aspect, found.place);
                (what.trim().to_owned(), found.recorded.clone(), found.seen.clone())
            }))
            .collect();
        let width = |of: fn(&(String, String, String)) -> &String| {
            rows.iter().map(|row| of(row).chars().count()).filter(|w| *w < 60).max().unwrap_or(0)
        };
        let (first, second) = (width(|row| &row.0), width(|row| &row.1));
        for (what, recorded, seen) in rows.iter().skip(usize::from(rows.len() == 1)) {
            let _ = writeln!(text, "    {what:first$}  {recorded:second$}  {seen}");
        }
    }
    text
}

/// The whole, by area, as Markdown.
pub fn markdown(outcomes: &[Outcome]) -> String {
    let mut areas: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        areas.entry(area(&outcome.call)).or_default().push(outcome);
    }
    let mut text = format!("# Fidelity\n\n{}\n\n", Count::of(outcomes));
    for (area, outcomes) in &areas {
        let _ = writeln!(text, "- {area}: {}", Count::of(outcomes.iter().copied()));
    }
    for (area, outcomes) in areas {
        let tables = tables(outcomes);
        if !tables.is_empty() {
            let _ = writeln!(text, "\n## {area}\n```{tables}```");
        }
    }
    let unseen: Vec<_> = outcomes.iter().filter(|outcome| !outcome.unseen.is_empty()).collect();
    let _ = writeln!(text, "\n## Not compared, since an array was empty");
    for outcome in unseen {
        let _ =
            writeln!(text, "- #{} {}: {}", outcome.index, outcome.call, outcome.unseen.join(", "));
    }
    text
}

/// The area of a call: the first segment of its path after the base.
fn area(call: &str) -> &str {
    let path = call.split_once(' ').map_or(call, |(_, target)| target);
    path.split(['/', '?']).nth(2).filter(|segment| !segment.is_empty()).unwrap_or("root")
}
