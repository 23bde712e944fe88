//! What a key opens.

use super::Prober;
use super::answer::Answer;
use super::report::{KeyReport, KeyState, Trouble};
use crate::target::{IdentifyRule, KeyRule, Refusal, TargetKey};

/// A key for which no answer came.
pub fn unanswered(key: &TargetKey) -> KeyReport {
    KeyReport { state: KeyState::NoAnswer, ..unknown(key) }
}

/// What is known of a key before anything is asked.
pub fn unknown(key: &TargetKey) -> KeyReport {
    KeyReport {
        name: key.name.clone(),
        from: key.from.clone(),
        state: KeyState::NotAsked,
        kind: key.kind.clone(),
        modes: key.modes.clone(),
        title: None,
        abilities: Vec::new(),
    }
}

/// Asks what a key opens.
pub async fn identify(prober: &Prober<'_>, key: &TargetKey) -> (KeyReport, Option<Trouble>) {
    let mut report = unknown(key);
    // Its own kind first; the others tell whether it is in the wrong place.
    let (own, others): (Vec<_>, Vec<_>) = (prober.vocabulary.identify.iter())
        .partition(|rule| key.kind.is_none() || rule.kind == key.kind);
    let mut help = None;
    let mut refused: Vec<&Option<String>> = Vec::new();
    let mut absent = None;
    for rule in own.into_iter().chain(others) {
        if refused.contains(&&rule.kind) {
            continue;
        }
        let exchange = prober.send(&rule.ask, Some(&key.secret)).await;
        let Some(answer) = Answer::of(&exchange, &prober.code) else {
            let failure = exchange.failure.as_ref();
            let why = failure.map_or("no answer came", |failure| failure.message.as_str());
            report.state = KeyState::NoAnswer;
            let message = format!("what {} opens cannot be told: {why}", key.from);
            let help = failure.and_then(|failure| failure.help.clone());
            return (report, Some(Trouble::about(&key.from, message, help)));
        };
        if answer.is_success() {
            return found(prober, key, rule, &answer, report);
        }
        let (status, code) = (answer.status(), answer.code.as_deref());
        let refusal = prober.vocabulary.refusal(status, code, rule.kind.as_deref());
        match refusal {
            Some(refusal) if refusal.means == Refusal::WrongKey => {
                refused.push(&rule.kind);
                help = help.or_else(|| refusal.help.clone());
            }
            Some(refusal) => {
                report.state = refusal.means.into();
                report.kind.clone_from(&rule.kind);
                let state = report.state.words();
                let message = format!("what {} opens is {state} ({})", key.from, answer.briefly());
                return (report, Some(Trouble::about(&key.from, message, refusal.help.clone())));
            }
            // An older server need not have every operation that tells.
            None if answer.status() == 404 => {
                absent.get_or_insert((&rule.ask.operation, answer.briefly()));
            }
            None => return unclear(key, report, &rule.ask.operation, &answer.briefly()),
        }
    }
    match absent {
        Some((operation, answer)) if refused.is_empty() => unclear(key, report, operation, &answer),
        _ if refused.is_empty() => (report, None),
        _ => {
            report.state = KeyState::Refused;
            let message = format!("{} holds no key that this server accepts", key.from);
            (report, Some(Trouble::about(&key.from, message, help)))
        }
    }
}

/// The answer tells nothing of the key.
fn unclear(
    key: &TargetKey,
    mut report: KeyReport,
    operation: &str,
    answer: &str,
) -> (KeyReport, Option<Trouble>) {
    report.state = KeyState::Unclear;
    let message = format!("what {} opens cannot be told: {operation} answers {answer}", key.from);
    let help = "look into the log of the server, and whether the base URL leads to the right API";
    (report, Some(Trouble::about(&key.from, message, Some(help.to_owned()))))
}

/// The key is accepted: is it what it was given as?
fn found(
    prober: &Prober<'_>,
    key: &TargetKey,
    rule: &IdentifyRule,
    answer: &Answer<'_>,
    mut report: KeyReport,
) -> (KeyReport, Option<Trouble>) {
    let mode = answer.text(rule.mode.as_ref());
    if let (Some(pointer), None) = (&rule.mode, &mode) {
        let answer = format!("{} without {pointer}", answer.briefly());
        return unclear(key, report, &rule.ask.operation, &answer);
    }
    report.title = answer.text(rule.title.as_ref());
    let kind_fits = key.kind.is_none() || key.kind == rule.kind;
    let mode_fits =
        key.modes.is_empty() || mode.as_ref().is_none_or(|mode| key.modes.contains(mode));
    report.kind.clone_from(&rule.kind);
    report.modes = match mode {
        Some(mode) => vec![mode],
        None if kind_fits => key.modes.clone(),
        None => Vec::new(),
    };
    if kind_fits && mode_fits {
        report.state = KeyState::Accepted;
        return (report, None);
    }
    report.state = KeyState::Misplaced;
    let rules = &prober.vocabulary.keys;
    let fits = |rule: &&KeyRule| {
        rule.kind == report.kind
            && (rule.modes.is_empty() || report.modes.iter().any(|mode| rule.modes.contains(mode)))
    };
    let right = rules.iter().find(fits);
    let given = rules.iter().find(|rule| rule.name == key.name);
    let title = report.title.as_ref().map(|title| format!(" (`{title}`)")).unwrap_or_default();
    let is =
        right.and_then(|rule| rule.note.clone()).unwrap_or_else(|| match report.modes.as_slice() {
            [mode] => format!("of the mode `{mode}`"),
            _ => format!("of the kind `{}`", report.kind.as_deref().unwrap_or("?")),
        });
    let not = given.and_then(|rule| rule.note.as_ref()).map(|note| format!(", not {note}"));
    let message = format!("{} holds the key {is}{title}{}", key.from, not.unwrap_or_default());
    let help = right.map(|right| match (&right.env, given.and_then(|rule| rule.env.as_ref())) {
        // It came from the variable of that name, not from a place that a file names.
        (Some(variable), Some(own)) if *own == key.from => format!("put it into {variable}"),
        _ => format!("give it as the key `{}` in the configuration file", right.name),
    });
    (report, Some(Trouble::about(&key.from, message, help)))
}
