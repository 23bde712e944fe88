//! Drafts of an operation.

use std::sync::Arc;

use proptest::option;
use proptest::prelude::*;
use proptest::strategy::SBoxedStrategy;
use serde_json::{Value, json};

use super::blueprint::{Blueprint, BodyKind};
use super::change::{Change, kebab};
use super::draft::{Draft, DraftBody, Sent};
use super::options::Options;
use super::root::Root;
use super::roots;
use super::sample::Amount;
use super::scope::{Cannot, pointer};
use super::spot::Spot;
use crate::contract::Contract;
use crate::contract::model::{Location, Operation};

/// A draft that tries one thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Variation {
    /// What is tried: `maximum-limit`, `missing-query`. Unique among the variations of an operation
    /// of one kind, and the same for the same contract, options and base.
    pub name: String,
    /// Where.
    pub spot: Spot,
    /// What is tried, in a sentence.
    pub says: String,
    /// The draft.
    pub draft: Draft,
}

/// Makes drafts of one operation. What schemas need is worked out once, when it is made.
#[derive(Debug)]
pub struct Generator<'c> {
    contract: &'c Contract,
    operation: &'c Operation,
    blueprint: Arc<Blueprint>,
    /// One for each parameter of the blueprint.
    parameters: Vec<Parameter<'c>>,
    body: Option<Root<'c>>,
    body_required: bool,
}

/// A parameter of an operation.
#[derive(Debug)]
pub struct Parameter<'c> {
    /// Where it is sent.
    pub location: Location,
    /// Its name.
    pub name: String,
    /// Whether it must be sent.
    pub required: bool,
    /// Whether the caller fills it.
    pub fixed: bool,
    /// Its value.
    pub root: Root<'c>,
}

impl<'c> Generator<'c> {
    /// For the operation of this number.
    ///
    /// # Errors
    ///
    /// There is no such operation, or a schema of the options does not compile.
    pub fn new(
        contract: &'c Contract,
        operation: usize,
        options: &'c Options,
    ) -> Result<Self, Cannot> {
        let number = operation;
        let Some(operation) = contract.operations.get(number) else {
            let why = format!("there is no operation of number {number}");
            return Err(Cannot { at: String::new(), why });
        };
        let parameters = operation.parameters.iter();
        let parameters: Result<Vec<Parameter<'c>>, Cannot> =
            parameters.map(|parameter| roots::parameter(contract, parameter, options)).collect();
        let parameters = parameters?;
        let (body, kind) = roots::body(contract, operation, options)?.unzip();
        let names = parameters.iter().map(|p| (p.location, p.name.clone())).collect();
        let kind = kind.unwrap_or(BodyKind::None);
        let blueprint = Blueprint { operation: number, parameters: names, body: kind };
        let body_required = operation.request_body.as_ref().is_some_and(|body| body.required);
        Ok(Self {
            contract,
            operation,
            blueprint: Arc::new(blueprint),
            parameters,
            body,
            body_required,
        })
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &'c Operation {
        self.operation
    }

    /// The plainest draft: only what is required, of what documents show where that fits.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn minimal(&self) -> Result<Draft, Cannot> {
        self.plain(Amount::Least)
    }

    /// The draft with everything that is declared, places that the caller fills included.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn full(&self) -> Result<Draft, Cannot> {
        self.plain(Amount::Most)
    }

    fn plain(&self, amount: Amount) -> Result<Draft, Cannot> {
        let value = |parameter: &Parameter<'c>| match amount {
            Amount::Least if !parameter.required => Ok(None),
            _ => match parameter.root.sample(amount) {
                Ok(value) => Ok(Some(value)),
                Err(cannot) if parameter.required => Err(named(cannot, &parameter.name)),
                Err(_) => Ok(None),
            },
        };
        let values: Result<Vec<Option<Value>>, Cannot> =
            self.parameters.iter().map(value).collect();
        let body = match &self.body {
            None => None,
            Some(root) => match root.sample(amount) {
                // Documents forget to say that a body is required. One in which something is
                // required tells that too.
                Ok(value)
                    if !self.body_required && amount == Amount::Least && is_nothing(&value) =>
                {
                    None
                }
                Ok(value) => Some(value),
                Err(cannot) if self.body_required => return Err(cannot),
                Err(_) => None,
            },
        };
        Ok(self.blueprint.draft(values?, body))
    }

    /// The documented requests: each example of the body with the plainest parameters, and each
    /// example of a parameter in the plainest draft; with their names. Those that break their schema
    /// are left out: they are defects of the document.
    #[must_use]
    pub fn examples(&self) -> Vec<(String, Draft)> {
        let mut found: Vec<(String, Draft)> = Vec::new();
        let Ok(minimal) = self.minimal() else { return found };
        for (name, body) in
            roots::body_examples(self.contract, self.operation, &self.blueprint.body)
        {
            let value = self.blueprint.body.value_of(&body);
            let right = match (&self.body, &value) {
                (Some(root), Some(value)) => root.verdict.accepts(value),
                _ => true,
            };
            if right {
                found.push((name, Draft { body, ..minimal.clone() }));
            }
        }
        for (parameter, documented) in self.parameters.iter().zip(&self.operation.parameters) {
            for (name, value) in roots::parameter_examples(self.contract, documented) {
                if parameter.fixed || !parameter.root.verdict.accepts(value) {
                    continue;
                }
                let mut draft = minimal.clone();
                draft.set(&Spot::parameter(parameter.location, &parameter.name), value.clone());
                found.push((name, draft));
            }
        }
        // Of two examples with one name, the second is told by its number.
        let mut names: Vec<String> = Vec::new();
        for (name, _) in &mut found {
            let plain = kebab(name);
            let plain = if plain.is_empty() { "example".to_owned() } else { plain };
            let mut own = plain.clone();
            let mut number = 2;
            while names.contains(&own) {
                own = format!("{plain}-{number}");
                number += 1;
            }
            names.push(own.clone());
            *name = own;
        }
        found
    }

    /// Valid drafts at the edges of what the schemas allow, each different from a valid base in one
    /// place. In the order of the document; no two are the same.
    #[must_use]
    pub fn boundaries(&self, base: &Draft) -> Vec<Variation> {
        let mut found = Vec::new();
        for parameter in self.parameters.iter().filter(|parameter| !parameter.fixed) {
            let spot = Spot::parameter(parameter.location, &parameter.name);
            let present = base.get(&spot).cloned();
            if present.is_some() && !parameter.required {
                let mut draft = base.clone();
                draft.remove(&spot);
                let says = format!("`{}` is left out, as it may be.", parameter.name);
                add(
                    &mut found,
                    &format!("without-{}", kebab(&parameter.name)),
                    &spot,
                    &says,
                    draft,
                );
            }
            let value = present.clone().map_or_else(|| parameter.root.sample(Amount::Least), Ok);
            let Ok(value) = value else { continue };
            if present.is_none() {
                let mut draft = base.clone();
                draft.set(&spot, value.clone());
                let says = format!("`{}` is there, though it may be left out.", parameter.name);
                add(&mut found, &format!("with-{}", kebab(&parameter.name)), &spot, &says, draft);
            }
            let changes = parameter.root.boundaries(&value);
            Self::in_parameter(base, parameter, changes, &mut found);
        }
        if let Some(root) = &self.body {
            let present = self.blueprint.body.value_of(&base.body);
            if present.is_some() && !self.body_required {
                let draft = Draft { body: DraftBody::None, ..base.clone() };
                let says = "the body is left out, as it may be.";
                add(&mut found, "without-body", &Spot::body(""), says, draft);
            }
            self.in_body(base, root, present, &Root::boundaries, &mut found);
        }
        found
    }

    /// Drafts with one fault each, which the server has to refuse: each different from a valid base in
    /// one place. In the order of the document; no two are the same.
    #[must_use]
    pub fn breaches(&self, base: &Draft) -> Vec<Variation> {
        let mut found = Vec::new();
        for parameter in self.parameters.iter().filter(|parameter| !parameter.fixed) {
            let spot = Spot::parameter(parameter.location, &parameter.name);
            let present = base.get(&spot).cloned();
            if present.is_some() && parameter.required && parameter.location != Location::Path {
                let mut draft = base.clone();
                draft.remove(&spot);
                let says = format!("`{}` is missing, and required.", parameter.name);
                add(
                    &mut found,
                    &format!("missing-{}", kebab(&parameter.name)),
                    &spot,
                    &says,
                    draft,
                );
            }
            let value = present.map_or_else(|| parameter.root.sample(Amount::Least), Ok);
            let Ok(value) = value else { continue };
            Self::in_parameter(base, parameter, parameter.root.breaches(&value), &mut found);
        }
        if let Some(root) = &self.body {
            let present = self.blueprint.body.value_of(&base.body);
            self.in_body(base, root, present, &Root::breaches, &mut found);
            self.wire(base, root, &mut found);
        }
        found
    }

    fn in_parameter(
        base: &Draft,
        parameter: &Parameter<'c>,
        changes: Vec<Change>,
        found: &mut Vec<Variation>,
    ) {
        let whole = Spot::parameter(parameter.location, &parameter.name);
        for change in changes {
            let mut draft = base.clone();
            draft.set(&whole, change.value);
            let (location, name) = (parameter.location, parameter.name.clone());
            let spot = Spot::Parameter { location, name, pointer: pointer(&change.path) };
            add(found, &change.name, &spot, &change.says, draft);
        }
    }

    fn in_body(
        &self,
        base: &Draft,
        root: &Root<'c>,
        present: Option<Value>,
        changes: &dyn Fn(&Root<'c>, &Value) -> Vec<Change>,
        found: &mut Vec<Variation>,
    ) {
        let Ok(value) = present.map_or_else(|| root.sample(Amount::Least), Ok) else { return };
        for change in changes(root, &value) {
            let body = self.blueprint.body.changed(&base.body, &value, change.value);
            let draft = Draft { body, ..base.clone() };
            add(found, &change.name, &Spot::Body(pointer(&change.path)), &change.says, draft);
        }
    }

    /// Faults of a body on the wire.
    fn wire(&self, base: &Draft, root: &Root<'c>, found: &mut Vec<Variation>) {
        let spot = Spot::body("");
        if base.body == DraftBody::None {
            return;
        }
        let mut sent = |name: &str, says: &str, sent: Sent| {
            let draft = Draft { sent, ..base.clone() };
            add(found, name, &spot, says, draft);
        };
        match &base.body {
            DraftBody::Json(Value::Array(_) | Value::Object(_)) => {
                sent("malformed-json", "the body breaks off in the middle of its JSON.", Sent::Cut);
            }
            DraftBody::Form(parts) if !parts.is_empty() => {
                sent("malformed-form", "the body breaks off in the middle of the form.", Sent::Cut);
            }
            _ => {}
        }
        sent("no-content-type", "the body comes without `Content-Type`.", Sent::Untyped);
        let documented = self.operation.request_body.iter().flat_map(|body| &body.content);
        let plain = |name: &str| matches!(name, "text/plain" | "text/*" | "*/*");
        if !documented.clone().any(|media_type| plain(&media_type.name)) {
            let says = "the body comes as text/plain, which is not what it is.";
            sent("wrong-content-type", says, Sent::Mislabelled("text/plain".to_owned()));
        }
        if self.body_required {
            sent("empty-body", "the body is empty, and required.", Sent::Empty);
        }
        if let DraftBody::Json(Value::Object(_)) = &base.body
            && !root.verdict.accepts(&json!([]))
        {
            let draft = Draft { body: DraftBody::Json(json!([])), ..base.clone() };
            let says = "the body is a list where an object is expected.";
            add(found, "json-not-an-object", &spot, says, draft);
        }
    }

    /// Valid drafts by chance, parameters and body together. They shrink to what is required, and to
    /// small values.
    ///
    /// # Errors
    ///
    /// Why there are none: a value that is required cannot be made.
    pub fn strategy(&self) -> Result<SBoxedStrategy<Draft>, Cannot> {
        let mut values = Vec::new();
        for parameter in &self.parameters {
            values.push(match (parameter.required, parameter.fixed) {
                (true, true) => {
                    let sample = parameter.root.sample(Amount::Least);
                    Just(Some(sample.map_err(|cannot| named(cannot, &parameter.name))?)).sboxed()
                }
                (false, true) => Just(None).sboxed(),
                (true, false) => {
                    let strategy = parameter.root.strategy();
                    strategy.map_err(|c| named(c, &parameter.name))?.prop_map(Some).sboxed()
                }
                (false, false) => match parameter.root.strategy() {
                    Ok(strategy) => option::weighted(0.4, strategy).sboxed(),
                    Err(_) => Just(None).sboxed(),
                },
            });
        }
        let body = match &self.body {
            None => Just(None).sboxed(),
            Some(root) => match root.strategy() {
                Ok(strategy) if self.body_required => strategy.prop_map(Some).sboxed(),
                Ok(strategy) => option::weighted(0.9, strategy).sboxed(),
                Err(cannot) if self.body_required => return Err(cannot),
                Err(_) => Just(None).sboxed(),
            },
        };
        let blueprint = Arc::clone(&self.blueprint);
        Ok((values, body).prop_map(move |(values, body)| blueprint.draft(values, body)).sboxed())
    }
}

/// Adds a variation; a name that is taken gets the location of the parameter, then a number.
fn add(found: &mut Vec<Variation>, name: &str, spot: &Spot, says: &str, draft: Draft) {
    let mut own = name.to_owned();
    if let Spot::Parameter { location, .. } = spot
        && found.iter().any(|known| known.name == own)
    {
        own = format!("{name}-in-{}", location.word());
    }
    let mut number = 2;
    while found.iter().any(|known| known.name == own) {
        own = format!("{name}-{number}");
        number += 1;
    }
    let says = sentence(says);
    found.push(Variation { name: own, spot: spot.clone(), says, draft });
}

/// A sentence begins with a capital, unless it begins with a name.
fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn named(cannot: Cannot, parameter: &str) -> Cannot {
    Cannot { why: format!("parameter {parameter}: {}", cannot.why), ..cannot }
}
