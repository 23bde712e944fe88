//! Which operations can be exercised on a target, and why others cannot.

use super::report::{AbilityReport, KeyReport, Obstacle, ObstacleKind, OperationReport};
use crate::contract::{Contract, Operation};
use crate::target::{KeyRule, Scope, Target, Vocabulary};

/// What is known of a target.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// The target.
    pub target: &'k Target,
    /// What the documents say of deployments.
    pub vocabulary: &'k Vocabulary,
    /// Its keys.
    pub keys: &'k [KeyReport],
    /// What the deployment can do.
    pub abilities: &'k [AbilityReport],
}

/// All operations of a contract, in its order, each with the keys that open it or the reason why it
/// cannot be exercised. Of several documents that describe an operation, the first counts.
#[must_use]
pub fn operations(contract: &Contract, known: Known<'_>) -> Vec<OperationReport> {
    let variants = contract.by_id();
    let firsts = variants.iter().filter_map(|(_, variants)| variants.first());
    firsts.map(|operation| known.operation(operation)).collect()
}

impl Known<'_> {
    fn operation(self, operation: &Operation) -> OperationReport {
        let mut report = OperationReport {
            id: operation.id.clone(),
            keys: Vec::new(),
            obstacle: None,
            unsure: Vec::new(),
        };
        let traits = &operation.traits;
        let opens = |key: &&KeyReport| {
            key.state.is_usable()
                && fits(traits.key.as_ref(), &traits.modes, key.kind.as_ref(), &key.modes)
        };
        let opening: Vec<&KeyReport> = self.keys.iter().filter(opens).collect();
        // An API that tells nothing of keys may need none.
        let needless = self.target.keys.is_empty() && traits.key.is_none();
        if opening.is_empty() && !needless {
            let reason = self.why_no_key(operation);
            report.obstacle = Some(Obstacle { kind: ObstacleKind::NoKey, reason });
            return report;
        }
        if let Some(reason) = self.target.allow.refusal(operation) {
            report.obstacle = Some(Obstacle { kind: ObstacleKind::NotAllowed, reason });
            return report;
        }
        let mut able = opening.clone();
        for need in &traits.needs {
            let rule = self.vocabulary.ability(need);
            let scope = rule.map(|rule| rule.scope).unwrap_or_default();
            let of = |list: &[AbilityReport]| list.iter().find(|one| one.name == *need)?.there;
            let there = match scope {
                Scope::Target => of(self.abilities),
                Scope::Key => {
                    able.retain(|key| of(&key.abilities) != Some(false));
                    // With no key left, it is nowhere; a key that has it is enough.
                    if able.is_empty() && !needless {
                        Some(false)
                    } else {
                        able.iter().find_map(|key| of(&key.abilities))
                    }
                }
            };
            match there {
                Some(true) => {}
                Some(false) => {
                    let reason = rule
                        .map_or_else(|| format!("there is no {need}"), |rule| rule.absent.clone());
                    report.obstacle = Some(Obstacle { kind: ObstacleKind::NotAble, reason });
                    return report;
                }
                None => report.unsure.push(need.clone()),
            }
        }
        report.keys = able.iter().map(|key| key.name.clone()).collect();
        report
    }

    /// Why no key opens an operation, in words.
    fn why_no_key(self, operation: &Operation) -> String {
        let traits = &operation.traits;
        let fits = |kind: Option<&String>, modes: &[String]| {
            fits(traits.key.as_ref(), &traits.modes, kind, modes)
        };
        let unusable = self.keys.iter().find(|key| {
            !key.state.is_usable() && key.kind.is_some() && fits(key.kind.as_ref(), &key.modes)
        });
        if let Some(key) = unusable {
            return format!("no usable key: {} is {}", key.from, key.state.words());
        }
        let suitable = self
            .vocabulary
            .keys
            .iter()
            .filter(|rule| rule.kind.is_some() && fits(rule.kind.as_ref(), &rule.modes));
        match self.target.keys_table() {
            None => match one_of(suitable.map(name_of)) {
                None => "no key opens it".to_owned(),
                Some(names) => format!("no key: needs {names}"),
            },
            // What is set in the environment is not read for it.
            Some(table) => {
                let missing = |rule: &&KeyRule| self.target.missing_key(&rule.name);
                let (unset, unnamed): (Vec<_>, Vec<_>) =
                    suitable.partition(|rule| missing(rule).is_some());
                let unset = unset.iter().filter_map(missing).map(|key| key.variable.clone());
                let unnamed = unnamed.iter().map(|rule| format!("`{}`", rule.name));
                let unset = one_of(unset);
                let unnamed = one_of(unnamed).map(|names| format!("{names} in {table}"));
                match (unset, unnamed) {
                    (None, None) => "no key opens it".to_owned(),
                    (Some(names), None) | (None, Some(names)) => format!("no key: needs {names}"),
                    (Some(unset), Some(unnamed)) => format!("no key: needs {unset}, or {unnamed}"),
                }
            }
        }
    }
}

/// What a key that is not there is called: by the variable that would hold it.
fn name_of(rule: &KeyRule) -> String {
    rule.env.clone().unwrap_or_else(|| format!("the key `{}`", rule.name))
}

/// `A, B or C`.
fn one_of(names: impl Iterator<Item = String>) -> Option<String> {
    let names: Vec<String> = names.collect();
    match names.split_last()? {
        (only, []) => Some(only.clone()),
        (last, others) => Some(format!("{} or {last}", others.join(", "))),
    }
}

/// Whether a key of this kind, with one of these modes, may open what is for such a kind and such
/// modes. What is not known does not stand in the way.
fn fits(
    wanted: Option<&String>,
    among: &[String],
    kind: Option<&String>,
    modes: &[String],
) -> bool {
    let kind_fits = wanted.is_none() || kind.is_none() || wanted == kind;
    let mode_fits =
        among.is_empty() || modes.is_empty() || modes.iter().any(|mode| among.contains(mode));
    kind_fits && mode_fits
}
