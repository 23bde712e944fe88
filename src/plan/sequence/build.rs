//! The model of a key, from the contract.

use serde_json::{Value, json};

use super::model::{Ask, Change, Maker, Model, Sort};
use crate::contract::schema::Side;
use crate::contract::{Contract, Does, Kind, Operation, Use};
use crate::generate::{Draft, DraftBody, Generator, Sent, Spot, Variation};
use crate::plan::case::Need;
use crate::plan::case_name_mark;
use crate::plan::cost::Costs;
use crate::plan::guide::{self, Guide};
use crate::plan::known::generator_options;
use crate::plan::planner::Subject;
use crate::plan::resources::{self, Resources};

/// At most this many values of a member are tried.
const VALUES: usize = 4;

/// At most this many faults of a request are tried.
const BREACHES: usize = 12;

/// What a model is made of.
pub struct Builder<'b> {
    /// What is promised.
    pub contract: &'b Contract,
    /// How operations are called.
    pub guide: &'b Guide,
    /// Which operation makes which id.
    pub resources: &'b Resources,
    /// What requests cost.
    pub costs: &'b Costs,
    /// Who is asked.
    pub subject: Subject<'b>,
    /// The number of the key.
    pub key: usize,
}

/// What can be done with a key: all kinds of which one can be made and seen, and their parents.
#[must_use]
pub fn model(builder: &Builder<'_>) -> Model {
    let mut model = Model::default();
    // Parents come before their parts, wherever the document has them.
    for _ in 0..builder.contract.kinds.iter().count() {
        let before = model.sorts.len();
        for kind in builder.contract.kinds.iter() {
            if model.sort(&kind.name).is_none()
                && let Some(sort) = builder.sort(kind, &model)
            {
                model.sorts.push(sort);
            }
        }
        if model.sorts.len() == before {
            break;
        }
    }
    model
}

impl Builder<'_> {
    fn sort(&self, kind: &Kind, model: &Model) -> Option<Sort> {
        // Some things are made together with what they are a part of.
        let with = kind.parent.as_ref().filter(|parent| self.makes_with(kind, parent));
        let parent = match &kind.parent {
            Some(parent) if with.is_none() => Some(model.sort(parent)?),
            _ => None,
        };
        let mut chain = vec![kind.name.clone()];
        chain.extend(with.cloned());
        let mut next = parent;
        while let Some(sort) = next.and_then(|at| model.sorts.get(at)) {
            chain.push(sort.name.clone());
            next = sort.parent;
        }
        let uses = |does: Does| kind.uses.iter().filter(move |usage| usage.does == does);
        let ask = |usage: &Use| {
            let shows = usage.thing.as_ref().map(|thing| format!("{thing}{}", kind.id));
            Some(Ask { shows, ..self.ask(&usage.operation, &chain)? })
        };
        let whole = with.and_then(|with| self.contract.kinds.get(with));
        let wholes = whole.iter().flat_map(|kind| &kind.uses).filter(|u| u.does == Does::Delete);
        let maker = |usage: &Use| self.maker(usage, &chain);
        let creator = |usage: &Use| {
            let mut maker = maker(usage)?;
            maker.joins = self.joins(kind, usage);
            let (_, operation) = self.operation(&usage.operation)?;
            let names = &operation.traits.names;
            let apart = parent.is_some() || !maker.joins.is_empty();
            maker.telling = usage.keeps.iter().any(|keep| names.contains(&keep.sent) || apart);
            Some(maker)
        };
        let counts =
            |whole: &Kind| whole.counters.iter().any(|c| c.of.as_ref() == Some(&kind.name));
        let counted = kind.parent.as_ref().and_then(|name| self.contract.kinds.get(name));
        let mut sort = Sort {
            name: kind.name.clone(),
            parent,
            counted: counted.is_some_and(counts),
            makes: uses(Does::Create).filter_map(creator).collect(),
            reads: uses(Does::Read).filter_map(ask).collect(),
            lists: uses(Does::List).filter(|usage| !usage.part).filter_map(ask).collect(),
            updates: uses(Does::Update).filter_map(maker).collect(),
            deletes: uses(Does::Delete).chain(wholes).filter_map(ask).collect(),
        };
        if sort.makes.is_empty() {
            // It comes with what it is a part of.
            let told =
                self.resources.providers(&kind.name).filter(|p| !p.makes && p.filter.is_none());
            let told = told.filter_map(|p| self.contract.operations.get(p.operation));
            let mut asks = told.filter_map(|operation| self.ask(&operation.id, &chain[1..]));
            let ask = asks.next().filter(|_| parent.is_some())?;
            sort.makes.push(Maker {
                ask,
                changes: Vec::new(),
                breaches: Vec::new(),
                joins: Vec::new(),
                telling: false,
                repeatable: false,
            });
        }
        let seen = !sort.reads.is_empty() || !sort.lists.is_empty();
        (seen && !sort.makes.is_empty()).then_some(sort)
    }

    /// Whether things of a kind are made by requests that do not name what they are a part of, and whose
    /// answers tell it.
    fn makes_with(&self, kind: &Kind, parent: &str) -> bool {
        let mut makes = kind.uses.iter().filter(|usage| usage.does == Does::Create);
        makes.next().and_then(|usage| self.operation(&usage.operation)).is_some_and(
            |(number, operation)| {
                resources::needs(operation).iter().all(|need| need.resource != parent)
                    && self.resources.revealed(number).any(|p| p.resource == parent)
            },
        )
    }

    /// The plainest request, if the key opens the operation, it needs nothing but these kinds, and may be
    /// called.
    fn ask(&self, id: &str, chain: &[String]) -> Option<Ask> {
        let (number, operation) = self.operation(id)?;
        let needs = resources::needs(operation);
        if !needs.iter().all(|need| chain.contains(&need.resource)) {
            return None;
        }
        let report = self.subject.report.operation(id)?;
        let key = &self.subject.report.keys.get(self.key)?.name;
        if report.obstacle.is_some() || !report.keys.contains(key) {
            return None;
        }
        let allow = self.subject.report.allow;
        let how = generator_options(
            self.contract,
            self.guide,
            operation,
            &needs,
            self.subject,
            Some(self.key),
        );
        let generator = Generator::new(self.contract, number, &how).ok()?;
        let mut draft = generator.minimal().ok()?;
        if let Some(Value::Object(members)) = guide::make(self.contract, operation) {
            for (name, value) in members {
                draft.set(&Spot::body(&format!("/{name}")), value.clone());
            }
        }
        self.finish(operation, &mut draft);
        if self.costs.needed(self.contract, &draft) > allow {
            return None;
        }
        let calls = self.costs.calls(self.contract, &draft);
        Some(Ask { operation: number, needs, draft, calls, shows: None })
    }

    fn operation(&self, id: &str) -> Option<(usize, &Operation)> {
        self.contract.operations.iter().enumerate().find(|(_, operation)| operation.id == id)
    }

    /// Names are new, and an app that only streams is asked for a stream.
    fn finish(&self, operation: &Operation, draft: &mut Draft) {
        for pointer in &operation.traits.names {
            let spot = Spot::body(pointer);
            if draft.get(&spot).is_some() {
                draft.set(&spot, Value::String(case_name_mark().to_owned()));
            }
        }
        let only = guide::streams_only(self.contract, operation);
        let modes = self.subject.report.keys.get(self.key).map(|key| key.modes.as_slice());
        if modes.unwrap_or_default().iter().any(|mode| only.contains(&mode.as_str())) {
            let contents = operation.responses.iter().flat_map(|response| &response.content);
            let rules = { contents }.find_map(|content| content.stream.as_ref());
            if let Some((pointer, value)) = rules.and_then(|rules| rules.when.as_ref()) {
                draft.set(&Spot::body(pointer), value.clone());
            }
        }
    }

    fn maker(&self, usage: &Use, chain: &[String]) -> Option<Maker> {
        let mut ask = self.ask(&usage.operation, chain)?;
        let (number, operation) = self.operation(&usage.operation)?;
        if let Some(when) = &usage.when {
            if let Some(path) = &when.path {
                ask.draft.set(&Spot::path(path), when.equals.clone());
            }
            if let Some(pointer) = &when.pointer {
                ask.draft.set(&Spot::body(pointer), when.equals.clone());
            }
        }
        let how = generator_options(
            self.contract,
            self.guide,
            operation,
            &ask.needs,
            self.subject,
            Some(self.key),
        );
        let generator = Generator::new(self.contract, number, &how).ok()?;
        let full = generator.full().ok();
        let names = &operation.traits.names;
        let mut changes = Vec::new();
        for keep in &usage.keeps {
            let pointer = keep.sent.replacen("/-", "/0", 1);
            let spot = Spot::body(&pointer);
            let given = guide::make(self.contract, operation)
                .is_some_and(|make| usage.does == Does::Create && make.pointer(&pointer).is_some());
            // What the overlay makes things of is known to work; files are as they are.
            let form = !matches!(ask.draft.body, DraftBody::Json(_) | DraftBody::None);
            if form || given || how.fixed.contains(&spot) {
                continue;
            }
            let values = if names.contains(&pointer) {
                vec![Value::String(case_name_mark().to_owned())]
            } else {
                let sample = full.as_ref().and_then(|full| full.get(&spot)).cloned();
                self.values(operation, &ask.draft, &spot, sample)
            };
            // What is done otherwise by another use of the operation is not said here.
            let other = |value: &Value| {
                usage.unless.as_ref().is_some_and(|unless| {
                    unless.pointer.as_ref() == Some(&pointer) && unless.equals == *value
                })
            };
            let values: Vec<Value> =
                values.into_iter().filter(|value| !value.is_null() && !other(value)).collect();
            if !values.is_empty() {
                changes.push(Change { spot, values });
            }
        }
        let mut maker = Maker {
            ask,
            changes,
            breaches: Vec::new(),
            joins: Vec::new(),
            telling: false,
            repeatable: usage.repeatable,
        };
        let most: Vec<Option<usize>> =
            maker.changes.iter().map(|change| Some(change.values.len() - 1)).collect();
        let mut base = maker.draft(&most);
        if usage.does == Does::Create {
            self.mark(usage, operation, &mut base);
        }
        // Those that say most beside what is wrong come first: they show best what is done all the same.
        let fits = |need: &Need, spot: &Spot| need.spot == *spot;
        let said = |draft: &Draft| {
            let same = |change: &&Change| draft.get(&change.spot) == base.get(&change.spot);
            maker.changes.iter().filter(same).count()
        };
        // What can be left out may be passed over by a server that should not.
        let spare = |variation: &Variation| {
            let Spot::Body(pointer) = &variation.spot else { return false };
            let member = pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
            let mut without = variation.draft.clone();
            without.remove(&Spot::body(&format!("/{member}")))
                && self.adds_no_fault(operation, &base, &without)
        };
        let mut breaches = generator.breaches(&base);
        breaches.sort_by_cached_key(|variation| {
            std::cmp::Reverse((spare(variation), said(&variation.draft)))
        });
        maker.breaches = breaches
            .into_iter()
            .filter(|variation| {
                matches!(variation.spot, Spot::Body(_))
                    && variation.draft.sent == Sent::AsIs
                    && matches!(variation.draft.body, DraftBody::Json(Value::Object(_)))
                    && !maker.ask.needs.iter().any(|need| fits(need, &variation.spot))
            })
            .map(|variation| variation.draft)
            .take(BREACHES)
            .collect();
        Some(maker)
    }

    /// What is asked of something that is made in vain is said of nothing else.
    fn mark(&self, usage: &Use, operation: &Operation, draft: &mut Draft) {
        let names = &operation.traits.names;
        for keep in &usage.keeps {
            let pointer = keep.sent.replacen("/-", "/0", 1);
            let spot = Spot::body(&pointer);
            if names.contains(&pointer) || !draft.get(&spot).is_some_and(Value::is_string) {
                continue;
            }
            let mut marked = draft.clone();
            marked.set(&spot, json!("What was refused."));
            if self.adds_no_fault(operation, draft, &marked) {
                *draft = marked;
            }
        }
    }

    /// The ids with which what is made is a part of what is there, as the list of its kind says.
    fn joins(&self, kind: &Kind, usage: &Use) -> Vec<Need> {
        let lists = kind.uses.iter().filter(|list| list.does == Does::List);
        let rules = lists.filter_map(|list| self.operation(&list.operation)?.1.laws.page.as_ref());
        let mut makes = rules.filter_map(|rules| rules.make.as_ref());
        let make = makes.find(|make| make.operation == usage.operation);
        let members = make.and_then(|make| make.with.as_object()).into_iter().flatten();
        let need = |(name, value): (&String, &Value)| {
            let resource = value.get("$resource")?.as_str()?.to_owned();
            Some(Need { resource, spot: Spot::body(&format!("/{name}")), lenient: false })
        };
        members.filter_map(need).collect()
    }

    /// Valid values of a member that cost no more than the plainest request.
    fn values(
        &self,
        operation: &Operation,
        base: &Draft,
        spot: &Spot,
        sample: Option<Value>,
    ) -> Vec<Value> {
        let plain = [
            json!("Ferns like shade."),
            json!("Moss likes water."),
            json!(true),
            json!(false),
            json!(["fern"]),
            json!(["moss", "water"]),
            json!(1),
        ];
        let listed = listed(self.contract, operation, spot);
        let some = if listed.is_empty() { plain.to_vec() } else { listed };
        let calls = self.costs.calls(self.contract, base);
        let mut found: Vec<Value> = Vec::new();
        for value in some.into_iter().chain(sample) {
            let mut draft = base.clone();
            if found.len() < VALUES
                && !found.contains(&value)
                && draft.set(spot, value.clone())
                && self.adds_no_fault(operation, base, &draft)
                && self.costs.calls(self.contract, &draft) <= calls
            {
                found.push(value);
            }
        }
        found
    }

    fn adds_no_fault(&self, operation: &Operation, base: &Draft, draft: &Draft) -> bool {
        let body = operation.request_body.iter().flat_map(|body| &body.content);
        let Some(schema) = { body }.find_map(|content| content.schema) else { return false };
        let faults = |draft: &Draft| match &draft.body {
            DraftBody::Json(value) => self
                .contract
                .schemas
                .compare(schema, value, Side::Request)
                .ok()
                .map(|found| found.len()),
            DraftBody::None => Some(usize::MAX),
            _ => None,
        };
        matches!((faults(base), faults(draft)), (Some(before), Some(after)) if after <= before)
    }
}

/// The values that are listed for a member of the body.
fn listed(contract: &Contract, operation: &Operation, spot: &Spot) -> Vec<Value> {
    let Spot::Body(pointer) = spot else { return Vec::new() };
    match pointer.strip_prefix('/') {
        Some(name) if !name.contains('/') => guide::values_of(contract, operation, name),
        _ => Vec::new(),
    }
}
