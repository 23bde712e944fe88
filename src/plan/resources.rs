//! Which operation makes or reveals which id, and which needs it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::case::Need;
use super::guide;
use crate::contract::{Contract, Operation};
use crate::generate::Spot;

/// Where an operation reveals an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reveals {
    /// In the body of the answer, at this JSON Pointer; `-` for any item.
    Body(String),
    /// In an event of the stream, at this JSON Pointer.
    Stream(String),
    /// In the request itself: it makes something of what it is given, at this place of the body.
    Request(String),
}

/// An operation that makes or reveals ids of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// The number of the operation.
    pub operation: usize,
    /// The kind.
    pub resource: String,
    /// Where.
    pub reveals: Reveals,
    /// The operation that removes what was made; `None` where nothing does, or nothing was made.
    pub undo: Option<String>,
    /// Whether it makes something, and not only tells of it.
    pub makes: bool,
    /// Members that the body has beyond what is required; `{"$resource": KIND}` stands for an id.
    pub with: Value,
    /// A member of an item of the list, by its JSON Pointer, and the value it has to have.
    pub filter: Option<(String, Value)>,
    /// Query parameters of the request.
    pub query: Option<serde_json::Map<String, Value>>,
    /// What is made can be used once.
    pub single_use: bool,
    /// The kinds it needs, those in `with` included.
    pub needs: Vec<Need>,
}

/// All providers of a contract.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    providers: BTreeMap<String, Vec<Provider>>,
    /// Those that would need what they provide. They tell ids all the same.
    circular: Vec<Provider>,
}

/// Whether one kind is, or needs, another.
fn leads(edges: &BTreeMap<&str, BTreeSet<&str>>, from: &str, to: &str) -> bool {
    from == to || edges.get(from).is_some_and(|next| next.iter().any(|next| leads(edges, next, to)))
}

impl Resources {
    /// The providers that the overlays name; of several documents, the first that describes an
    /// operation counts.
    #[must_use]
    pub fn of(contract: &Contract) -> Self {
        let mut resources = Self::default();
        let mut seen = BTreeSet::new();
        for (number, operation) in contract.operations.iter().enumerate() {
            if seen.insert(operation.id.clone()) {
                resources.add(contract, number, operation);
            }
        }
        for providers in resources.providers.values_mut() {
            // What was made for the purpose comes first, then what is there already; what is told at
            // once before what has to be waited for.
            providers.sort_by_key(|p| (!p.makes, matches!(p.reveals, Reveals::Stream(_))));
        }
        resources.without_circles()
    }

    /// The same, without providers that would need what they provide: those who wait for each other
    /// would wait for ever. First choices are kept before second ones.
    fn without_circles(self) -> Self {
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut kept = Self::default();
        let most = self.providers.values().map(Vec::len).max().unwrap_or_default();
        for choice in 0..most {
            for (resource, providers) in &self.providers {
                let Some(provider) = providers.get(choice) else { continue };
                let needs = provider.needs.iter().map(|need| need.resource.as_str());
                if needs.clone().any(|need| leads(&edges, need, resource)) {
                    kept.circular.push(provider.clone());
                    continue;
                }
                edges.entry(resource).or_default().extend(needs);
                kept.providers.entry(resource.clone()).or_default().push(provider.clone());
            }
        }
        kept
    }

    fn add(&mut self, contract: &Contract, number: usize, operation: &Operation) {
        let raw = contract.raw(&operation.at).and_then(|raw| raw.get("x-contract-produces"));
        let inferred = || serde_json::to_value(&operation.traits.produces).unwrap_or_default();
        let entries = raw.map_or_else(|| Cow::Owned(inferred()), Cow::Borrowed);
        for entry in entries.as_array().into_iter().flatten() {
            let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
            let (Some(resource), Some(pointer)) = (text("resource"), text("pointer")) else {
                continue;
            };
            let reveals = match text("in").as_deref() {
                Some("stream") => Reveals::Stream(pointer),
                Some("request") => Reveals::Request(pointer),
                _ => Reveals::Body(pointer),
            };
            let with = entry.get("with").cloned().unwrap_or_default();
            let mut needs = needs(operation);
            given(&with, &mut String::new(), &mut needs);
            let provider = Provider {
                operation: number,
                resource: resource.clone(),
                undo: text("undo"),
                makes: operation.traits.safety.as_deref() != Some("read"),
                reveals,
                filter: entry.get("where").and_then(|filter| {
                    let member = filter.get("pointer")?.as_str()?.to_owned();
                    Some((member, filter.get("equals")?.clone()))
                }),
                query: entry.get("query").and_then(Value::as_object).cloned(),
                single_use: entry.get("single-use").and_then(Value::as_bool) == Some(true),
                with,
                needs,
            };
            self.providers.entry(resource).or_default().push(provider);
        }
    }

    /// The providers of a kind, the best first.
    pub fn providers(&self, resource: &str) -> impl Iterator<Item = &Provider> {
        self.providers.get(resource).into_iter().flatten()
    }

    /// Those that make something which is part of nothing else, and which something removes.
    pub fn makers(&self) -> impl Iterator<Item = &Provider> {
        let all = self.providers.values().flatten().chain(&self.circular);
        all.filter(|p| p.makes && p.undo.is_some() && p.needs.is_empty())
    }

    /// Those that list all things of a kind, and make none.
    pub fn tellers(&self, resource: &str) -> impl Iterator<Item = &Provider> {
        let all = self.providers.values().flatten().chain(&self.circular);
        let lists = |p: &&Provider| {
            !p.makes
                && p.filter.is_none()
                && matches!(&p.reveals, Reveals::Body(at) if at.contains("/-"))
        };
        all.filter(move |p| p.resource == resource).filter(lists)
    }

    /// What makes one more item of a list (`make` in `x-contract-page`).
    #[must_use]
    pub fn maker(contract: &Contract, list: usize) -> Option<Provider> {
        let rule = contract.operations.get(list)?.laws.page.as_ref()?.make.as_ref()?;
        let number = contract.operations.iter().position(|o| o.id == rule.operation)?;
        let operation = contract.operations.get(number)?;
        let mut needs = needs(operation);
        given(&rule.with, &mut String::new(), &mut needs);
        Some(Provider {
            operation: number,
            // Nobody asks for what it tells by its kind.
            resource: String::new(),
            reveals: Reveals::Body(String::new()),
            undo: None,
            makes: true,
            with: rule.with.clone(),
            filter: None,
            query: None,
            single_use: false,
            needs,
        })
    }

    /// The kinds that nothing makes, and that are looked for among what is there.
    #[must_use]
    pub fn given(&self) -> Vec<String> {
        let looked_for = |p: &Provider| !p.makes && p.filter.is_some();
        let given = self.providers.iter().filter(|(_, all)| all.iter().all(looked_for));
        given.map(|(resource, _)| resource.clone()).collect()
    }

    /// What an operation reveals, by kind.
    pub fn revealed(&self, operation: usize) -> impl Iterator<Item = &Provider> {
        let all = self.providers.values().flatten().chain(&self.circular);
        all.filter(move |provider| provider.operation == operation)
    }

    /// The kinds of things that an operation of this name removes.
    #[must_use]
    pub fn removed(&self, operation: &str) -> Vec<String> {
        let removes =
            |all: &Vec<Provider>| all.iter().any(|p| p.undo.as_deref() == Some(operation));
        let kinds = self.providers.iter().filter(|(_, all)| removes(all));
        kinds.map(|(kind, _)| kind.clone()).collect()
    }

    /// The kinds that have to be there before one of a kind can be had.
    #[must_use]
    pub fn ancestors(&self, resource: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![resource.to_owned()];
        while let Some(next) = open.pop() {
            let parents = self.providers(&next).next().into_iter().flat_map(|p| &p.needs);
            for need in parents {
                if need.resource != resource && found.insert(need.resource.clone()) {
                    open.push(need.resource.clone());
                }
            }
        }
        found
    }
}

/// What an operation needs (`x-contract-consumes`), as far as the document has the place.
#[must_use]
pub fn needs(operation: &Operation) -> Vec<Need> {
    let entries = operation.traits.consumes.iter();
    let need = |entry: &BTreeMap<String, String>| {
        let spot = Spot::named(entry.get("in")?, entry.get("name")?)?;
        // One overlay serves documents that call a parameter differently.
        if let Spot::Parameter { location, name, .. } = &spot {
            let known =
                |p: &crate::contract::model::Parameter| p.location == *location && p.name == *name;
            operation.parameters.iter().find(|p| known(p))?;
        }
        let lenient = entry.get("lenient").is_some_and(|lenient| lenient == "yes");
        Some(Need { resource: entry.get("resource")?.clone(), spot, lenient })
    };
    entries.filter_map(need).collect()
}

/// The kinds that a template refers to, with their places.
fn given(template: &Value, at: &mut String, needs: &mut Vec<Need>) {
    match template {
        Value::Object(members) => {
            if let Some(resource) = members.get("$resource").and_then(Value::as_str) {
                let spot = Spot::body(at);
                needs.push(Need { resource: resource.to_owned(), spot, lenient: false });
                return;
            }
            for (name, value) in members {
                let length = at.len();
                crate::finding::push_member(at, name);
                given(value, at, needs);
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                let length = at.len();
                crate::finding::push_member(at, &number.to_string());
                given(item, at, needs);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

/// Whether an operation leaves everything as it is.
#[must_use]
pub fn reads(operation: &Operation) -> bool {
    match operation.traits.safety.as_deref() {
        Some(safety) => safety == "read",
        None => operation.method == "GET",
    }
}

/// The body with which something is made: what the overlay names, and what a provider adds.
#[must_use]
pub fn template(contract: &Contract, operation: &Operation, with: &Value) -> Value {
    let mut body = guide::make(contract, operation).cloned().unwrap_or_default();
    if let (Value::Object(more), Value::Object(own)) = (with, &mut body) {
        own.extend(more.clone());
    } else if !with.is_null() {
        body = with.clone();
    }
    body
}
