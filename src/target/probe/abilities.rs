//! What a deployment, or what a key opens, can do.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::Prober;
use super::answer::Answer;
use super::report::{AbilityReport, KeyReport, KeyState, Trouble};
use crate::document::Pointer;
use crate::target::{AbilityAsk, AbilityRule, Ask, Refusal, Scope, TargetKey};

/// Asks what a key's app can do, and what the deployment can do. Notes what is told by the way: that
/// an app is not ready.
pub async fn ask(
    prober: &Prober<'_>,
    keys: &[TargetKey],
    reports: &mut [KeyReport],
    troubles: &mut Vec<Trouble>,
) -> Vec<AbilityReport> {
    let (own, common): (Vec<_>, Vec<_>) =
        prober.vocabulary.abilities.iter().partition(|rule| rule.scope == Scope::Key);
    let mut whole: Vec<AbilityReport> = common.iter().map(|rule| unknown(rule)).collect();
    for (key, report) in keys.iter().zip(reports) {
        if !report.state.is_usable() {
            continue;
        }
        let mut answers = BTreeMap::new();
        for rule in &own {
            if !rule.keys.is_empty() {
                let there = Some(rule.keys.contains(&report.name));
                report.abilities.push(AbilityReport { there, ..unknown(rule) });
                continue;
            }
            let Some(ask) = suitable(rule, report) else { continue };
            let told = value(prober, key, ask, &mut answers).await;
            if let Told::NotReady { trouble } = told {
                report.state = KeyState::NotReady;
                report.abilities.clear();
                troubles.push(trouble);
                break;
            }
            report.abilities.push(AbilityReport { there: told.there(ask), ..unknown(rule) });
        }
        for (rule, whole) in common.iter().zip(&mut whole) {
            // One key that may ask is enough.
            if whole.there.is_none()
                && let Some(ask) = suitable(rule, report)
            {
                whole.there = value(prober, key, ask, &mut answers).await.there(ask);
            }
        }
    }
    whole
}

fn unknown(rule: &AbilityRule) -> AbilityReport {
    AbilityReport { name: rule.name.clone(), title: rule.title.clone(), there: None }
}

/// How to ask for an ability with a key, if the key may ask.
fn suitable<'r>(rule: &'r AbilityRule, key: &KeyReport) -> Option<&'r AbilityAsk> {
    let ask = rule.ask.as_ref()?;
    (ask.kind.is_none() || key.kind.is_none() || ask.kind == key.kind).then_some(ask)
}

/// What an answer tells of abilities.
#[derive(Debug, Clone)]
enum Told {
    /// The body of a success.
    Body(Value),
    /// The app is not ready for use.
    NotReady { trouble: Trouble },
    /// Nothing.
    Nothing,
}

impl Told {
    fn there(&self, ask: &AbilityAsk) -> Option<bool> {
        match self {
            Self::Body(body) => Some(is_there(body, ask)),
            Self::NotReady { .. } | Self::Nothing => None,
        }
    }
}

/// The answer to a question, which is asked once for all abilities that it tells of.
async fn value(
    prober: &Prober<'_>,
    key: &TargetKey,
    ask: &AbilityAsk,
    answers: &mut BTreeMap<Ask, Told>,
) -> Told {
    if let Some(told) = answers.get(&ask.ask) {
        return told.clone();
    }
    let exchange = prober.send(&ask.ask, Some(&key.secret)).await;
    let told = match Answer::of(&exchange, &prober.code) {
        Some(answer) if answer.is_success() => answer.value.map_or(Told::Nothing, Told::Body),
        Some(answer) => {
            let (status, code) = (answer.status(), answer.code.as_deref());
            let refusal = prober.vocabulary.refusal(status, code, ask.kind.as_deref());
            match refusal.filter(|refusal| refusal.means == Refusal::NotReady) {
                Some(refusal) => {
                    let words = KeyState::NotReady.words();
                    let message =
                        format!("what {} opens is {words} ({})", key.from, answer.briefly());
                    Told::NotReady {
                        trouble: Trouble::about(&key.from, message, refusal.help.clone()),
                    }
                }
                None => Told::Nothing,
            }
        }
        None => Told::Nothing,
    };
    answers.insert(ask.ask.clone(), told.clone());
    told
}

/// Whether a body tells that the ability is there.
pub fn is_there(body: &Value, ask: &AbilityAsk) -> bool {
    let tokens: Vec<String> = Pointer::tokens(&ask.pointer).map(Cow::into_owned).collect();
    any(body, &tokens, &|value| match &ask.equals {
        Some(wanted) => value == wanted,
        None => !is_nothing(value),
    })
}

/// Whether any value that the tokens lead to is as wanted; `-` leads to all items of a list.
fn any(value: &Value, tokens: &[String], wanted: &dyn Fn(&Value) -> bool) -> bool {
    let Some((token, rest)) = tokens.split_first() else { return wanted(value) };
    match value {
        Value::Array(items) if token == "-" => items.iter().any(|item| any(item, rest, wanted)),
        Value::Array(items) => {
            let item = token.parse::<usize>().ok().and_then(|index| items.get(index));
            item.is_some_and(|item| any(item, rest, wanted))
        }
        Value::Object(members) => {
            members.get(token).is_some_and(|member| any(member, rest, wanted))
        }
        _ => false,
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
    }
}
