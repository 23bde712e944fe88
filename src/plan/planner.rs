//! All cases of a target, in their order.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use serde_json::Value;

use super::case::{Attempt, Case, Hold, Need, Phase, Twist};
use super::guide::{self, Form, Guide};
use super::journeys::{self, Suite};
use super::known::{generator_options, has_member};
use super::phases;
use super::resources::{self, Provider, Resources};
use super::sequence::Builder;
use super::shard::Shard;
use super::share::{Work, share};
use crate::contract::{Contract, Operation, StreamRules};
use crate::generate::{Cannot, Draft, Generator, Spot};
use crate::target::probe::report::{OperationReport, ProbeReport};
use crate::target::{Permission, Vocabulary};

/// What to try.
#[derive(Debug, Clone)]
pub struct PlanOptions {
    /// Where chance begins.
    pub seed: u64,
    /// The phases.
    pub phases: Vec<Phase>,
    /// Only operations whose stable name contains this.
    pub operation: Option<String>,
    /// How many requests by chance there are for each operation.
    pub chances: u32,
    /// The suites that journeys come from.
    pub suites: Vec<Arc<Suite>>,
    /// Only the cases of this part.
    pub shard: Option<Shard>,
}

/// Who is asked: the target, and what was found out about it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s> {
    /// What the target said.
    pub report: &'s ProbeReport,
    /// For each key, in the target's order: what its app takes.
    pub forms: &'s [Form],
    /// What the documents say of deployments.
    pub vocabulary: &'s Vocabulary,
}

/// What is to be tried.
#[derive(Debug, Default)]
pub struct Plan {
    /// The cases, in their order.
    pub cases: Vec<Case>,
}

/// What is known of an operation with a key, to make cases of it.
pub struct Source<'s> {
    pub contract: &'s Contract,
    pub operation: &'s Operation,
    pub number: usize,
    pub resources: &'s Resources,
    pub generator: &'s Generator<'s>,
    pub options: &'s PlanOptions,
    /// The number and name of the key.
    pub key: Option<(usize, &'s str)>,
    /// The key of another kind.
    pub other_kind: Option<usize>,
    /// The key of another kind of app.
    pub other_mode: Option<usize>,
    pub needs: Vec<Need>,
    fixed: &'s [Spot],
    subject: Subject<'s>,
    guide: &'s Guide,
}

/// Plans what to try on a target.
///
/// The order is that of the documents, and within an operation that of the phases; the same contract,
/// seed and target give the same cases.
#[must_use]
pub fn plan(
    contract: &Contract,
    guide: &Guide,
    resources: &Resources,
    subject: Subject<'_>,
    options: &PlanOptions,
) -> Plan {
    // Journeys are not of one operation.
    let all = options.phases != [Phase::Journey];
    let wanted = |known: &&OperationReport| {
        all && options.operation.as_ref().is_none_or(|only| known.id.contains(only))
    };
    let mut works: Vec<Work<'_, Vec<Case>>> = Vec::new();
    for known in subject.report.operations.iter().filter(wanted) {
        works.push(Box::new(|| of_operation(contract, guide, resources, subject, options, known)));
    }
    if options.phases.contains(&Phase::Stateful) {
        works.push(Box::new(|| {
            let costs = guide.costs();
            let builder = Builder { contract, guide, resources, costs, subject, key: 0 };
            phases::stateful::cases(&builder, options)
        }));
    }
    works.push(Box::new(|| journeys::cases(contract, subject, options)));
    let mut plan = Plan { cases: share(&works).into_iter().flatten().collect() };
    for (number, case) in plan.cases.iter_mut().enumerate() {
        case.number = number;
    }
    plan.cases.retain(|case| options.shard.is_none_or(|shard| shard.holds(&case.name)));
    plan
}

/// The cases of one operation.
fn of_operation(
    contract: &Contract,
    guide: &Guide,
    resources: &Resources,
    subject: Subject<'_>,
    options: &PlanOptions,
    known: &OperationReport,
) -> Vec<Case> {
    let Some(number) = contract.operations.iter().position(|o| o.id == known.id) else {
        return Vec::new();
    };
    let Some(operation) = contract.operations.get(number) else { return Vec::new() };
    if let Some(obstacle) = &known.obstacle {
        return vec![skipped(operation, number, obstacle.reason.clone())];
    }
    // The first key tries everything, the others what the documents show.
    let mut keys: Vec<Option<usize>> =
        known.keys.iter().map(|name| position(subject.report, name)).collect();
    if keys.is_empty() {
        keys.push(None);
    }
    let best = guide::best(contract, operation);
    keys.sort_by_key(|key| {
        let modes = key.and_then(|key| subject.report.keys.get(key)).map(|key| &key.modes);
        !modes.is_some_and(|modes| modes.iter().any(|mode| best.contains(&mode.as_str())))
    });
    let mut plan = Plan::default();
    for (at, key) in keys.into_iter().enumerate() {
        let phases = options
            .phases
            .iter()
            .filter(|phase| at == 0 || matches!(phase, Phase::Examples | Phase::Stream));
        of_key(contract, guide, resources, subject, options, number, key, phases, &mut plan);
    }
    plan.cases
}

fn position(report: &ProbeReport, name: &str) -> Option<usize> {
    report.keys.iter().position(|key| key.name == name)
}

fn skipped(operation: &Operation, number: usize, reason: String) -> Case {
    let group = operation.traits.key.as_deref().unwrap_or("any");
    Case {
        name: format!("{group}::{}::examples::plain", operation.id),
        number: 0,
        phase: Phase::Examples,
        operation: number,
        key: None,
        skip: Some(reason),
        needs: Vec::new(),
        hold: Hold::Shared,
        model_calls: 0,
        attempt: Attempt::One {
            draft: Box::new(Draft {
                operation: number,
                parameters: Vec::new(),
                body: crate::generate::DraftBody::None,
                sent: crate::generate::Sent::AsIs,
            }),
            expects: None,
            twist: Twist::None,
        },
    }
}

#[expect(clippy::too_many_arguments, reason = "what a case is made of comes from many places")]
fn of_key<'p>(
    contract: &Contract,
    guide: &Guide,
    resources: &Resources,
    subject: Subject<'_>,
    options: &PlanOptions,
    number: usize,
    key: Option<usize>,
    phases: impl Iterator<Item = &'p Phase>,
    plan: &mut Plan,
) {
    let Some(operation) = contract.operations.get(number) else { return };
    let needs = resources::needs(operation);
    let how = generator_options(contract, guide, operation, &needs, subject, key);
    let Ok(generator) = Generator::new(contract, number, &how) else { return };
    let report = subject.report;
    let known = key.and_then(|key| report.keys.get(key));
    let usable = |n: &&usize| report.keys.get(**n).is_some_and(|key| key.state.is_usable());
    let numbers: Vec<usize> = (0..report.keys.len()).collect();
    let kind = |n: usize| report.keys.get(n).and_then(|key| key.kind.clone());
    let other_kind = numbers
        .iter()
        .filter(usable)
        .find(|n| kind(**n).is_some() && known.is_some_and(|key| kind(**n) != key.kind));
    let other_mode = numbers.iter().filter(usable).find(|n| {
        let modes = report.keys.get(**n).map(|key| key.modes.as_slice()).unwrap_or_default();
        known.is_some_and(|key| kind(**n) == key.kind)
            && !modes.is_empty()
            && !operation.traits.modes.is_empty()
            && modes.iter().all(|mode| !operation.traits.modes.contains(mode))
    });
    let source = Source {
        contract,
        operation,
        number,
        resources,
        generator: &generator,
        options,
        key: key.zip(known.map(|known| known.name.as_str())),
        other_kind: other_kind.copied(),
        other_mode: other_mode.copied(),
        needs,
        fixed: &how.fixed,
        subject,
        guide,
    };
    if let Some(reason) = source.cannot_fill() {
        plan.cases.push(source.skipped(Phase::Examples, "plain", reason));
        return;
    }
    for phase in phases {
        let cases = phases::cases(*phase, &source);
        plan.cases.extend(cases.into_iter().map(|case| source.priced(case)));
    }
}

impl Source<'_> {
    /// Why an app's form cannot be filled.
    fn cannot_fill(&self) -> Option<String> {
        let form = self.guide.form()?;
        let (key, _) = self.key?;
        match self.subject.forms.get(key)? {
            Some(Err(kind)) if has_member(self.contract, self.operation, &form.into) => {
                Some(format!("the app requires a field of a kind we cannot fill: {kind}"))
            }
            _ => None,
        }
    }

    /// The plainest draft, with what the overlay says has to be in it.
    pub fn plain(&self) -> Result<Draft, Cannot> {
        let mut draft = self.generator.minimal()?;
        if let Some(Value::Object(members)) = guide::make(self.contract, self.operation) {
            for (name, value) in members {
                draft.set(&Spot::body(&format!("/{name}")), value.clone());
            }
        }
        Ok(draft)
    }

    /// What is promised of the stream of a successful answer, if there is one.
    pub fn streams(&self) -> Option<&StreamRules> {
        let success = |r: &&crate::contract::model::Response| r.statuses.contains(200);
        let responses = self.operation.responses.iter().filter(success);
        responses.flat_map(|response| &response.content).find_map(|c| c.stream.as_ref())
    }

    /// Whether the app of the key answers nothing but streams.
    pub fn streams_only(&self) -> bool {
        let only = guide::streams_only(self.contract, self.operation);
        let known = self.key.and_then(|(key, _)| self.subject.report.keys.get(key));
        known.is_some_and(|key| key.modes.iter().any(|mode| only.contains(&mode.as_str())))
    }

    /// The draft that asks for a stream.
    pub fn streaming(&self, mut draft: Draft) -> Draft {
        if let Some((pointer, value)) = self.streams().and_then(|rules| rules.when.as_ref()) {
            draft.set(&Spot::body(pointer), value.clone());
        }
        draft
    }

    /// The draft with names that are new; they hold a mark that the run replaces by its own.
    pub fn named(&self, mut draft: Draft) -> Draft {
        if self.streams_only() {
            draft = self.streaming(draft);
        }
        for pointer in &self.operation.traits.names {
            let spot = Spot::body(pointer);
            if draft.get(&spot).is_some() {
                draft.set(&spot, Value::String(super::case_name_mark().to_owned()));
            }
        }
        draft
    }

    /// Whether a place is filled by us and not varied.
    pub fn is_fixed(&self, spot: &Spot) -> bool {
        self.fixed.contains(spot)
    }

    /// A case of one request.
    pub fn one(&self, phase: Phase, detail: &str, draft: Draft) -> Case {
        let mut case = self.blank(phase, detail);
        case.attempt = Attempt::One { draft: Box::new(draft), expects: None, twist: Twist::None };
        case
    }

    /// A case that cannot be tried.
    pub fn skipped(&self, phase: Phase, detail: &str, why: impl std::fmt::Display) -> Case {
        let mut case = self.blank(phase, detail);
        case.skip = Some(why.to_string());
        case
    }

    /// A case whose attempt is not known yet.
    pub fn blank(&self, phase: Phase, detail: &str) -> Case {
        let mut case = skipped(self.operation, self.number, String::new());
        let group = self.key.map_or("open", |(_, name)| name);
        case.name = format!("{group}::{}::{phase}::{detail}", self.operation.id);
        case.phase = phase;
        case.skip = None;
        case.key = self.key.map(|(number, _)| number);
        case.needs.clone_from(&self.needs);
        let traits = &self.operation.traits;
        // To make something changes what it is part of.
        let reads = match traits.safety.as_deref() {
            Some(safety) => safety == "read",
            None => self.operation.method == "GET",
        };
        case.hold = if reads { Hold::Shared } else { Hold::Alone };
        case.model_calls = u32::from(!matches!(traits.cost.as_deref(), Some("free") | None));
        case
    }

    /// The case with what it really costs, where that follows from its requests; it is not tried where
    /// that is not allowed.
    fn priced(&self, mut case: Case) -> Case {
        if self.operation.traits.free_when.is_none() || case.skip.is_some() {
            return case;
        }
        let calls = |draft: &Draft| self.guide.costs().calls(self.contract, draft);
        match &case.attempt {
            Attempt::One { draft, .. } => case.model_calls = case.model_calls.min(calls(draft)),
            Attempt::Twice { blocking, streaming } => {
                case.model_calls = calls(blocking) + calls(streaming);
            }
            // Nobody knows yet what chance will bring.
            Attempt::Chance { .. }
            | Attempt::Stop { .. }
            | Attempt::Walk { .. }
            | Attempt::Script { .. }
            | Attempt::Sequence { .. }
            | Attempt::Journey(_) => {}
        }
        let costs = match &case.attempt {
            Attempt::One { draft, .. } => calls(draft) > 0,
            _ => case.model_calls > 0,
        };
        if costs && self.allowed() < Permission::Spend {
            let needed = Permission::Spend.word();
            case.skip = Some(format!("may call a model: needs `--allow {needed}`"));
        }
        case
    }

    /// Where the chance of a case begins.
    pub fn seed(&self, name: &str) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.options.seed, name).hash(&mut hasher);
        hasher.finish()
    }

    /// What may be done on the target.
    pub fn allowed(&self) -> Permission {
        self.subject.report.allow
    }

    /// A method that is not documented for the path.
    pub fn other_method(&self, methods: &[&str]) -> Option<String> {
        let path = &self.operation.path;
        let documented = |method: &str| {
            self.contract.operations.iter().any(|o| o.path == *path && o.method == method)
        };
        let sent = ["PUT", "PATCH", "DELETE", "POST", "GET"];
        let known = |method: &&&str| methods.iter().any(|m| m.eq_ignore_ascii_case(method));
        let free = sent.iter().filter(known).find(|method| !documented(method))?;
        Some((*free).to_owned())
    }

    /// Whether what it shows belongs to a user.
    pub fn is_private(&self) -> bool {
        self.guide.user().is_some_and(|user| {
            let spots = [Spot::query(user), Spot::body(&format!("/{user}"))];
            let named = self.operation.parameters.iter().any(|p| p.name == user)
                || has_member(self.contract, self.operation, &format!("/{user}"));
            named && spots.iter().any(|spot| self.is_fixed(spot))
        }) && self.operation.traits.safety.as_deref() == Some("read")
            && !self.needs.is_empty()
    }

    /// Whether the key opens an operation.
    pub fn opens(&self, operation: usize) -> bool {
        let Some((_, key)) = self.key else { return true };
        let id = self.contract.operations.get(operation).map(|o| o.id.as_str());
        let report = id.and_then(|id| self.subject.report.operation(id));
        report.is_some_and(|r| r.obstacle.is_none() && r.keys.iter().any(|name| name == key))
    }

    /// The draft by which a provider starts a stream, what it needs, and how many models it calls.
    pub fn start(&self, provider: &Provider) -> Option<(Draft, Vec<Need>, u32)> {
        let operation = self.contract.operations.get(provider.operation)?;
        let needs = resources::needs(operation);
        let (key, _) = self.key?;
        let how = generator_options(
            self.contract,
            self.guide,
            operation,
            &needs,
            self.subject,
            Some(key),
        );
        let generator = Generator::new(self.contract, provider.operation, &how).ok()?;
        let mut draft = generator.minimal().ok()?;
        if let Some(Value::Object(members)) = guide::make(self.contract, operation) {
            for (name, value) in members {
                draft.set(&Spot::body(&format!("/{name}")), value.clone());
            }
        }
        let success = |r: &&crate::contract::model::Response| r.statuses.contains(200);
        let contents = operation.responses.iter().filter(success).flat_map(|r| &r.content);
        let rules = { contents }.find_map(|content| content.stream.as_ref())?;
        if let Some((pointer, value)) = &rules.when {
            draft.set(&Spot::body(pointer), value.clone());
        }
        let calls = u32::from(!matches!(operation.traits.cost.as_deref(), Some("free") | None));
        Some((draft, needs, calls))
    }
}
