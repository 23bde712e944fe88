//! One case for each workflow and key that fits.

use std::sync::Arc;

use super::inputs::{Given, Input};
use super::suite::{Journey, Suite, Workflow};
use crate::contract::Contract;
use crate::generate::Spot;
use crate::plan::case::{Attempt, Case, Hold, Need, Phase};
use crate::plan::planner::{PlanOptions, Subject};
use crate::target::Permission;
use crate::target::probe::report::{AbilityReport, KeyReport, ObstacleKind};

/// The cases of all suites, in their order. Where an operation is asked for, those of journeys that call it.
pub fn cases(contract: &Contract, subject: Subject<'_>, options: &PlanOptions) -> Vec<Case> {
    if !options.phases.contains(&Phase::Journey) {
        return Vec::new();
    }
    let mut cases = Vec::new();
    for suite in &options.suites {
        for (number, workflow) in suite.workflows.iter().enumerate() {
            // What another one runs is a part of that one.
            if workflow.called {
                continue;
            }
            let journey = Arc::new(Journey::of(suite, number));
            let called = |only: &String| {
                let mut ids = journey.operations.iter().filter_map(|n| contract.operations.get(*n));
                ids.any(|operation| operation.id.contains(only.as_str()))
            };
            if options.operation.as_ref().is_none_or(called) {
                // Of equal names, each tells where it stands.
                let same = |other: &Arc<Suite>| {
                    !Arc::ptr_eq(other, suite)
                        && other.workflows.iter().any(|w| w.id == workflow.id)
                };
                let name = if options.suites.iter().any(same) {
                    format!("{}::{}", suite.path, workflow.id)
                } else {
                    workflow.id.clone()
                };
                let journey = &journey;
                let planner = Planner { contract, subject, journey, workflow, name };
                cases.extend(planner.cases());
            }
        }
    }
    cases
}

struct Planner<'p> {
    contract: &'p Contract,
    subject: Subject<'p>,
    journey: &'p Arc<Journey>,
    workflow: &'p Workflow,
    /// What it is called in names of cases.
    name: String,
}

impl Planner<'_> {
    fn cases(&self) -> Vec<Case> {
        // A key of which nobody can tell what it opens is none that a suite asks for in so many words.
        let fits = |key: &&(usize, &KeyReport)| {
            let key = key.1;
            let kind = self.workflow.key.is_none() || self.workflow.key == key.kind;
            let modes = &self.workflow.modes;
            kind && (modes.is_empty() || key.modes.iter().any(|mode| modes.contains(mode)))
        };
        let keys: Vec<(usize, &KeyReport)> = self.subject.report.keys.iter().enumerate().collect();
        let fitting: Vec<&(usize, &KeyReport)> = keys.iter().filter(fits).collect();
        let unusable = fitting.first().copied();
        let usable = fitting.into_iter().filter(|key| key.1.state.is_usable());
        let (special, plain): (Vec<_>, Vec<_>) = usable.partition(|key| self.is_special(key.1));
        let usable: Vec<&(usize, &KeyReport)> = if plain.is_empty() { special } else { plain };
        if !self.journey.strangers.is_empty() {
            let list = self.journey.strangers.join(", ");
            return vec![self.case(None, Some(format!("the documents do not have {list}")))];
        }
        if usable.is_empty() && !(keys.is_empty() && self.workflow.key.is_none()) {
            let why = match unusable {
                Some((_, key)) => {
                    format!("no usable key: {} is {}", key.from, key.state.words())
                }
                None => self.why_no_key(),
            };
            return vec![self.case(None, Some(why))];
        }
        if usable.is_empty() {
            return vec![self.case(None, self.obstacle(None))];
        }
        // A key that lacks something is only told of where no key has it.
        let tried: Vec<Case> = usable
            .iter()
            .map(|(number, key)| {
                self.case(Some((*number, key)), self.obstacle(Some((*number, key))))
            })
            .collect();
        // Where the suite names the modes, each of them is meant.
        if !self.workflow.modes.is_empty() {
            return tried;
        }
        let (tried, skipped): (Vec<Case>, Vec<Case>) =
            tried.into_iter().partition(|case| case.skip.is_none());
        if tried.is_empty() { skipped.into_iter().take(1).collect() } else { tried }
    }

    /// Whether a key was given for the sake of an ability that the journey does not need: others will do
    /// better.
    fn is_special(&self, key: &KeyReport) -> bool {
        let rules = &self.subject.vocabulary.abilities;
        let mut given = rules.iter().filter(|rule| rule.keys.contains(&key.name));
        given.any(|rule| !self.workflow.needs.contains(&rule.name))
    }

    /// Why no key fits, as the operations of the journey have it.
    fn why_no_key(&self) -> String {
        let obstacle = self.operations().find_map(|id| {
            let report = self.subject.report.operation(id)?;
            report.lacks_key().then(|| report.obstacle.as_ref().map(|o| o.reason.clone()))?
        });
        obstacle.unwrap_or_else(|| {
            let kind = self.workflow.key.as_deref().unwrap_or("any kind");
            match self.workflow.modes.as_slice() {
                [] => format!("no key of the kind {kind}"),
                modes => format!("no key of the kind {kind} and the mode {}", modes.join(" or ")),
            }
        })
    }

    fn operations(&self) -> impl Iterator<Item = &str> {
        let numbers = self.journey.operations.iter();
        numbers.filter_map(|n| self.contract.operations.get(*n)).map(|o| o.id.as_str())
    }

    /// What stands in the way with a key.
    fn obstacle(&self, key: Option<(usize, &KeyReport)>) -> Option<String> {
        let form = key.and_then(|(number, _)| self.subject.forms.get(number));
        let asks = self.workflow.inputs.iter().any(|input| input.given == Given::Form);
        if let Some(Some(Err(kind))) = form.filter(|_| asks) {
            return Some(format!("the app requires a field of a kind we cannot fill: {kind}"));
        }
        let key = key.map(|(_, key)| key);
        for number in &self.journey.operations {
            let Some(operation) = self.contract.operations.get(*number) else { continue };
            let Some(report) = self.subject.report.operation(&operation.id) else { continue };
            let needed = if self.workflow.free {
                Permission::needed_if_free(operation)
            } else {
                Permission::needed(operation)
            };
            if let Some(obstacle) = &report.obstacle {
                let paid = obstacle.kind == ObstacleKind::NotAllowed
                    && needed <= self.subject.report.allow;
                if paid {
                    continue;
                }
                return Some(format!("{}: {}", operation.id, obstacle.reason));
            }
            if let Some(key) = key.filter(|key| !report.keys.contains(&key.name)) {
                return Some(format!("the key `{}` does not open {}", key.name, operation.id));
            }
            if needed > self.subject.report.allow {
                return Some(format!(
                    "{}: not allowed: needs `--allow {}`",
                    operation.id,
                    needed.word()
                ));
            }
        }
        let lacks = |list: &[AbilityReport], name: &String| {
            list.iter()
                .find(|ability| ability.name == *name)
                .filter(|ability| ability.there == Some(false))
                .map(|ability| match self.subject.vocabulary.ability(&ability.name) {
                    Some(rule) => rule.absent.clone(),
                    None => format!("there is no {}", ability.title),
                })
        };
        self.workflow.needs.iter().find_map(|name| {
            let own = key.map(|key| key.abilities.as_slice()).unwrap_or_default();
            lacks(own, name).or_else(|| lacks(&self.subject.report.abilities, name))
        })
    }

    fn case(&self, key: Option<(usize, &KeyReport)>, skip: Option<String>) -> Case {
        let group = match (key, &self.workflow.key) {
            (Some((_, key)), _) => &key.name,
            (None, Some(kind)) => kind,
            (None, None) => "open",
        };
        let costs = |number: &usize| {
            // What follows from the request alone is paid for when it is sent.
            let operation = self.contract.operations.get(*number);
            let traits = operation.map(|operation| &operation.traits);
            traits.is_some_and(|traits| {
                !matches!(traits.cost.as_deref(), Some("free") | None) && traits.free_when.is_none()
            })
        };
        let calls = self.journey.calls.iter().filter(|number| costs(number)).count();
        let calls = if self.workflow.free { 0 } else { calls };
        let need = |input: &Input| match &input.given {
            // It goes where the suite says.
            Given::Resource(resource) => {
                Some(Need { resource: resource.clone(), spot: Spot::body(""), lenient: false })
            }
            _ => None,
        };
        Case {
            number: 0,
            name: format!("{group}::journey::{}", self.name),
            phase: Phase::Journey,
            operation: self.journey.operations.first().copied().unwrap_or(usize::MAX),
            key: key.map(|(number, _)| number),
            skip,
            needs: self.workflow.inputs.iter().filter_map(need).collect(),
            hold: Hold::Alone,
            model_calls: u32::try_from(calls).unwrap_or(u32::MAX),
            attempt: Attempt::Journey(Arc::clone(self.journey)),
        }
    }
}
