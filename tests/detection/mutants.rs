//! Every fault at every operation and place where it makes sense.

use std::collections::BTreeSet;

use dify_contract::contract::Contract;
use dify_contract::contract::model::{Location, Operation};
use dify_contract::contract::schema::SchemaId;
use dify_contract::mock::{FAULTS, Fault};
use dify_contract::plan::Case;
use dify_contract::run::RunResult;
use serde_json::Value;

use crate::places::{self, Place, Places};
use crate::reasons::Slack;

/// A fault at a place.
#[derive(Clone)]
pub struct Mutant {
    pub fault: &'static Fault,
    /// The operation that it is about.
    pub operation: String,
    /// As `--fault` names it; more than one where it takes several operations.
    pub texts: Vec<String>,
    /// What the documents leave open at its place.
    pub slack: Slack,
}

/// What is known of an operation.
struct Site<'s> {
    contract: &'s Contract,
    operation: &'s Operation,
    places: Places<'s>,
    /// The names of its own cases, without key and operation: `negative::missing-name`.
    cases: Vec<&'s str>,
    refuses: bool,
    statuses: Vec<u16>,
    streams: bool,
}

/// All mutants, by fault in the order of the catalogue.
pub fn all(contract: &Contract, clean: &RunResult, cases: &[Case]) -> Vec<Mutant> {
    let sites: Vec<Site<'_>> = contract
        .operations
        .iter()
        .enumerate()
        .filter_map(|(number, operation)| site(contract, clean, cases, number, operation))
        .collect();
    let mut mutants = Vec::new();
    for fault in FAULTS {
        for site in &sites {
            for (place, value) in site.places_of(fault) {
                let slack = place.as_deref().map(|at| site.slack(at)).unwrap_or_default();
                let place = place.map(|pointer| format!("#{pointer}")).unwrap_or_default();
                let value = value.map(|value| format!("={value}")).unwrap_or_default();
                let operations = match fault.id {
                    "deleted-still-listed" => listed(site.operation, contract),
                    _ => vec![site.operation.id.clone()],
                };
                let text = |id: &String| format!("{}:{id}{place}{value}", fault.id);
                mutants.push(Mutant {
                    fault,
                    operation: site.operation.id.clone(),
                    texts: operations.iter().map(text).collect(),
                    slack,
                });
            }
        }
    }
    mutants
}

fn site<'s>(
    contract: &'s Contract,
    clean: &RunResult,
    cases: &'s [Case],
    number: usize,
    operation: &'s Operation,
) -> Option<Site<'s>> {
    let seen = clean.operations.iter().find(|seen| seen.id == operation.id)?;
    let own = cases.iter().filter(|case| case.operation == number && case.skip.is_none());
    let names = own.filter_map(|case| case.name.splitn(3, "::").nth(2)).collect();
    let statuses: Vec<u16> = seen.shape.statuses.keys().copied().collect();
    let bodies = seen.shape.statuses.values().flat_map(|status| &status.bodies);
    Some(Site {
        contract,
        operation,
        places: places::of(contract, operation, &seen.shape),
        cases: names,
        refuses: statuses.iter().any(|status| *status >= 400),
        streams: { bodies }.any(|(_, body)| !body.events.is_empty()),
        statuses,
    })
}

/// A place and a value, where the fault takes them.
type Spot = (Option<String>, Option<String>);

impl Site<'_> {
    #[expect(
        clippy::too_many_lines,
        clippy::match_same_arms,
        reason = "a table: what belongs together stands together, a row for each kind of fault"
    )]
    fn places_of(&self, fault: &Fault) -> Vec<Spot> {
        let safety = self.operation.traits.safety.as_deref().unwrap_or_default();
        let json = self.places.contains_key("");
        let once = |so: bool| if so { vec![(None, None)] } else { Vec::new() };
        let tried = |name: &str| self.cases.iter().any(|case| case.contains(name));
        match fault.id {
            "drop-property" => self.members(|_| true),
            "rename-property" => self.members(|_| true),
            "null-property" => self.members(|place| place.forbids("null")),
            "retype-property" => self.members(retyped),
            "strange-value" => self.members(|place| place.saw("string") && place.lists_values()),
            "broken-format" => self.members(|place| place.saw("string") && place.has_form()),
            "exaggerated-value" => self.members(bounded),
            "add-property" => self.at(|pointer, place| {
                place.saw("object") && place.is_closed() && !pointer.ends_with('}')
            }),
            "milliseconds" => self.at(|pointer, place| {
                place.saw("integer") && pointer.ends_with("_at") && !place.declared.is_empty()
            }),
            "changed-before-made" => self.at(|pointer, place| {
                let made =
                    pointer.strip_suffix("updated_at").map(|head| format!("{head}created_at"));
                place.saw("integer") && made.is_some_and(|made| self.places.contains_key(&made))
            }),
            "other-id" => {
                self.at(|pointer, place| place.saw("string") && self.is_asked_id(pointer))
            }
            "other-value" => self.at(|pointer, _| self.is_asked_value(pointer)),
            "has-more-lies" => once(self.places.contains_key("/has_more")),
            "miscount" => self.at(|pointer, place| {
                let name = pointer.rsplit('/').next().unwrap_or_default();
                let counts = name == "total" || name.ends_with("_count");
                place.saw("integer") && counts
            }),
            "reversed-list" | "lost-item" | "repeated-item" => {
                let lists = self.operation.method == "GET";
                self.at(|pointer, place| {
                    lists && place.saw("array") && matches!(pointer, "" | "/data" | "/doc_metadata")
                })
            }
            "other-status"
            | "server-error"
            | "redirect"
            | "reset"
            | "hang"
            | "api-off"
            | "server-error-sometimes" => once(true),
            "slow" => vec![(None, Some("6000".to_owned()))],
            "other-media-type" | "truncated-body" | "endless-body" => once(
                self.statuses.iter().any(|status| (200..300).contains(status) && *status != 204),
            ),
            "malformed-json" | "mislabelled-json" => once(json),
            "empty-body" => once(json || self.streams),
            "other-error-status" | "other-code" | "other-envelope" | "status-mismatch"
            | "html-error" => once(self.refuses),
            "lost-header" => self.headers(),
            "body-instead-of-none" => once(self.statuses.contains(&204)),
            "stream-instead" => once(json && self.statuses.contains(&200)),
            "changing-id" => self.constants(),
            "mislabelled-stream" | "unknown-event" | "event-order" | "no-terminal-event"
            | "bad-framing" | "bad-event-data" | "named-events" | "silent-stream"
            | "cut-stream" | "no-ping" | "double-end" => once(self.streams),
            "unpaired-event" => once(self.rules().any(|rules| !rules.pairs.is_empty())),
            "lost-words" => once(self.streams),
            "auth-not-enforced" | "wrong-key-accepted" => once(true),
            "any-method" => once(tried("other-method")),
            "any-media-type" => once(tried("content-type")),
            "strange-id-fails" => {
                let uuids =
                    self.operation.parameters.iter().filter(|p| p.location == Location::Path);
                once({ uuids }.any(|p| self.says(p.schema, "format").is_some_and(|f| f == "uuid")))
            }
            "update-not-kept" => once(safety == "update"),
            "created-lost" => once(safety == "create" && self.makes().is_some()),
            "deleted-still-there" => once(safety == "delete"),
            "deleted-still-listed" => once(listed(self.operation, self.contract).len() > 1),
            "created-not-listed" => {
                let pointer = self.makes().filter(|pointer| !pointer.contains("/-"));
                let pointer = pointer.filter(|_| safety == "create" && self.is_listed());
                pointer.map(|pointer| vec![(Some(pointer), None)]).unwrap_or_default()
            }
            "refused-but-changed" => {
                once(matches!(safety, "create" | "update" | "delete") && tried("negative::"))
            }
            "update-resets" => {
                let strings = |(name, schema): &(String, Value)| {
                    (safety == "update" && schema["type"] == "string" && !self.requires(name))
                        .then(|| (None, Some(name.clone())))
                };
                self.fields().iter().filter_map(strings).collect()
            }
            "parameter-ignored" => {
                let query = self.query().into_iter().map(|(name, _)| name);
                let body = self.fields().into_iter().map(|(name, _)| name);
                let names: BTreeSet<String> = query.chain(body).filter(|n| n != "user").collect();
                names.into_iter().map(|name| (None, Some(name))).collect()
            }
            "other-default" => {
                let all = self.query().into_iter().chain(self.fields());
                let other = |(name, schema): (String, Value)| {
                    let other = another(&schema)?;
                    Some((None, Some(format!("{name}={other}"))))
                };
                all.filter_map(other).collect()
            }
            "undocumented-demand" => once(!self.query().is_empty() || !self.fields().is_empty()),
            "bounds-not-enforced"
            | "enum-not-enforced"
            | "required-not-enforced"
            | "type-not-enforced" => once(tried("negative::")),
            "other-users-data" => once(tried("another-user")),
            "never-ready" => {
                let states = ["/job_status", "/data[]/indexing_status", "/status"];
                once(
                    safety == "read" && states.iter().any(|state| self.places.contains_key(*state)),
                )
            }
            "pages-overlap" | "pages-skip" => {
                let query = self.query();
                let pages = ["page", "last_id", "first_id"];
                once(query.iter().any(|(name, _)| pages.contains(&name.as_str())))
            }
            _ => once(true),
        }
    }

    /// What the documents leave open of a member.
    fn slack(&self, pointer: &str) -> Slack {
        let Some((parent, name)) = pointer.rsplit_once('/') else { return Slack::default() };
        let name = name.replace("~1", "/").replace("~0", "~");
        let around = self.places.get(parent).map(|place| place.declared.as_slice());
        let around = around.unwrap_or_default();
        Slack {
            optional: around.iter().any(|said| !said.node.required.contains(&name)),
            open: around.iter().any(|said| said.node.open || said.node.additional.is_some()),
        }
    }

    fn at(&self, wanted: impl Fn(&str, &Place<'_>) -> bool) -> Vec<Spot> {
        let places = self.places.iter().filter(|(pointer, place)| wanted(pointer, place));
        places.map(|(pointer, _)| (Some(pointer.clone()), None)).collect()
    }

    /// Members that are declared.
    fn members(&self, wanted: impl Fn(&Place<'_>) -> bool) -> Vec<Spot> {
        self.at(|pointer, place| {
            let member = pointer.contains('/') && !pointer.ends_with("[]");
            member && !place.declared.is_empty() && wanted(place)
        })
    }

    /// Whether a place in the answer is an id that the request has.
    fn is_asked_id(&self, pointer: &str) -> bool {
        if pointer.contains("[]") {
            return false;
        }
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let ids = |p: &&dify_contract::contract::model::Parameter| p.location == Location::Path;
        let path: Vec<&str> =
            self.operation.parameters.iter().filter(ids).map(|p| p.name.as_str()).collect();
        let last = self.operation.path.ends_with('}');
        path.contains(&name) || (name == "id" && last && pointer.matches('/').count() <= 2)
    }

    /// Whether a place in the answer is a value that the request sets.
    fn is_asked_value(&self, pointer: &str) -> bool {
        let safety = self.operation.traits.safety.as_deref();
        let name = pointer.rsplit('/').next().unwrap_or_default();
        let writes = matches!(safety, Some("create" | "update"));
        let top = !pointer.contains("[]") && pointer.matches('/').count() <= 2;
        writes
            && top
            && self.fields().iter().any(|(field, schema)| {
                let simple = ["string", "integer", "number", "boolean"];
                field == name && simple.iter().any(|known| schema["type"] == *known)
            })
    }

    fn headers(&self) -> Vec<Spot> {
        let all = self.operation.responses.iter().flat_map(|response| &response.headers);
        let names: BTreeSet<&str> = all.filter(|h| h.required).map(|h| h.name.as_str()).collect();
        names.into_iter().map(|name| (None, Some(name.to_owned()))).collect()
    }

    fn rules(&self) -> impl Iterator<Item = &dify_contract::contract::StreamRules> {
        let contents = self.operation.responses.iter().flat_map(|response| &response.content);
        contents.filter_map(|content| content.stream.as_ref()).filter(|_| self.streams)
    }

    fn constants(&self) -> Vec<Spot> {
        let all = self.rules().flat_map(|rules| &rules.constant);
        let pointers: BTreeSet<String> = all.map(|constant| constant.pointer.clone()).collect();
        pointers.into_iter().map(|pointer| (Some(pointer), None)).collect()
    }

    /// The pointer to the id of what it makes.
    fn makes(&self) -> Option<String> {
        let all = &self.operation.traits.produces;
        let made = all.iter().find(|made| made.get("in").is_none_or(|place| place == "body"))?;
        made.get("pointer").cloned()
    }

    /// Whether what it makes is in a list that can be read.
    fn is_listed(&self) -> bool {
        let made = self.operation.traits.produces.iter().find_map(|made| made.get("resource"));
        let lists = |operation: &Operation| {
            operation.traits.safety.as_deref() == Some("read")
                && operation.traits.produces.iter().any(|other| {
                    other.get("resource") == made
                        && other.get("pointer").is_some_and(|pointer| pointer.contains("/-"))
                })
        };
        self.contract.operations.iter().any(lists)
    }

    fn says(&self, schema: Option<SchemaId>, word: &str) -> Option<Value> {
        self.contract.schemas.normal(schema?).get(word).cloned()
    }

    /// The parameters of the query, with their schemas.
    fn query(&self) -> Vec<(String, Value)> {
        let query = self.operation.parameters.iter().filter(|p| p.location == Location::Query);
        let schema = |schema: SchemaId| self.resolved(schema, self.contract.schemas.normal(schema));
        query.filter_map(|p| Some((p.name.clone(), schema(p.schema?)))).collect()
    }

    /// The members of the body, with their schemas.
    fn fields(&self) -> Vec<(String, Value)> {
        let content = self.operation.request_body.iter().flat_map(|body| &body.content);
        let mut fields = Vec::new();
        for schema in content.filter(|c| c.name.contains("json")).filter_map(|c| c.schema) {
            let normal = self.resolved(schema, self.contract.schemas.normal(schema));
            for (name, member) in normal["properties"].as_object().into_iter().flatten() {
                fields.push((name.clone(), self.resolved(schema, member)));
            }
        }
        fields
    }

    fn requires(&self, name: &str) -> bool {
        let content = self.operation.request_body.iter().flat_map(|body| &body.content);
        let mut schemas = content.filter_map(|content| content.schema);
        schemas.any(|schema| {
            let normal = self.resolved(schema, self.contract.schemas.normal(schema));
            normal["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
        })
    }

    /// A schema without references at its top.
    fn resolved(&self, schema: SchemaId, value: &Value) -> Value {
        let document = self.contract.schemas.document(self.contract.schemas.place(schema).0);
        let mut value = value;
        while let Some(target) = value.get("$ref").and_then(Value::as_str) {
            match document.pointer(target.trim_start_matches('#')) {
                Some(next) => value = next,
                None => break,
            }
        }
        value.clone()
    }
}

/// Whether the other type that the fault makes of it is one that no schema allows.
fn retyped(place: &Place<'_>) -> bool {
    let others = [
        ("string", "object"),
        ("integer", "string"),
        ("number", "string"),
        ("boolean", "string"),
        ("array", "object"),
        ("object", "integer"),
    ];
    others.iter().any(|(seen, other)| place.saw(seen) && place.forbids(other))
}

/// Whether there are bounds that the fault breaks.
fn bounded(place: &Place<'_>) -> bool {
    let words = [
        ("integer", "minimum"),
        ("number", "minimum"),
        ("string", "maxLength"),
        ("array", "maxItems"),
    ];
    words.iter().any(|(seen, word)| place.saw(seen) && place.says(&[word]))
}

/// Another value than the documented default.
fn another(schema: &Value) -> Option<String> {
    let default = schema.get("default")?;
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let other = values.iter().find(|value| *value != default)?;
        return Some(other.as_str().map_or_else(|| other.to_string(), str::to_owned));
    }
    match default {
        Value::Bool(flag) => Some((!flag).to_string()),
        Value::Number(number) => {
            Some(if number.as_i64() == Some(1) { "2" } else { "1" }.to_owned())
        }
        _ => None,
    }
}

/// The operation that deletes, and the one that lists what is left.
fn listed(delete: &Operation, contract: &Contract) -> Vec<String> {
    let mut ids = vec![delete.id.clone()];
    if delete.method != "DELETE" {
        return ids;
    }
    let path = match delete.path.rsplit_once('/') {
        Some((head, last)) if last.starts_with('{') => head,
        _ => delete.path.as_str(),
    };
    let list = contract.operations.iter().find(|o| o.method == "GET" && o.path == path);
    ids.extend(list.map(|list| list.id.clone()));
    ids
}

/// Whether a case takes part in what an operation does.
pub fn touches(contract: &Contract, case: &Case, operation: &str) -> bool {
    let mut own = case.operations().iter().filter_map(|number| contract.operations.get(*number));
    own.any(|own| own.id == operation)
}
