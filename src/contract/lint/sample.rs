//! Values that a schema means, to see which other schemas take them too.
//!
//! They need not be right: whoever uses one holds it against the schema first.

use serde_json::{Map, Value, json};

use crate::contract::schema::{SchemaId, Schemas};

/// Schemas below this depth are not entered: they may contain themselves.
const MAX_DEPTH: usize = 8;

/// At most this many values are made of one schema.
const MAX_VALUES: usize = 24;

/// Values of many kinds that a schema means: with all members and with the required ones only, at
/// the bounds, each of the listed.
pub fn samples(schemas: &Schemas, id: SchemaId) -> Vec<Value> {
    let (document, _) = schemas.place(id);
    let sampler = Sampler { document: schemas.document(document) };
    let mut values = sampler.values(schemas.normal(id), 0);
    values.truncate(MAX_VALUES);
    values
}

struct Sampler<'d> {
    /// The document, its schemas rewritten.
    document: &'d Value,
}

impl Sampler<'_> {
    fn values(&self, schema: &Value, depth: usize) -> Vec<Value> {
        let Value::Object(members) = schema else { return vec![json!("text")] };
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        if let Some(target) = members.get("$ref").and_then(Value::as_str) {
            let target = self.document.pointer(target.trim_start_matches('#'));
            return target.map(|target| self.values(target, depth + 1)).unwrap_or_default();
        }
        if let Some(value) = members.get("const") {
            return vec![value.clone()];
        }
        if let Some(Value::Array(values)) = members.get("enum") {
            return values.iter().filter(|value| !value.is_null()).cloned().collect();
        }
        let mut values: Vec<Value> =
            ["example", "default"].iter().filter_map(|name| members.get(*name)).cloned().collect();
        for keyword in ["oneOf", "anyOf"] {
            for branch in list(members.get(keyword)) {
                values.extend(self.values(branch, depth + 1));
            }
        }
        let composed = !values.is_empty() && members.get("properties").is_none();
        match type_of(members) {
            Some("object") => values.extend(self.objects(members, depth)),
            Some("array") => values.extend(self.arrays(members, depth)),
            Some("string") => values.extend(strings(members)),
            Some("integer" | "number") => values.extend(numbers(members)),
            Some("boolean") => values.extend([json!(true), json!(false)]),
            _ if members.contains_key("properties") || members.contains_key("allOf") => {
                values.extend(self.objects(members, depth));
            }
            // Anything goes, which a handful of values stands for.
            _ if !composed => values.extend([json!("text"), json!(1), json!({}), json!([])]),
            _ => {}
        }
        values
    }

    fn objects(&self, members: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let (mut properties, mut required) = (Vec::new(), Vec::new());
        self.declared(members, depth, &mut properties, &mut required);
        let mut all = Map::new();
        let mut others = Vec::new();
        for (name, schema) in properties {
            let mut values = self.values(schema, depth + 1).into_iter();
            if let Some(first) = values.next() {
                all.insert(name.clone(), first);
            }
            others.extend(values.map(|value| (name.clone(), value)));
        }
        let least = all.iter().filter(|(name, _)| required.contains(&name.as_str()));
        let least: Map<String, Value> = least.map(|(n, v)| (n.clone(), v.clone())).collect();
        let mut objects = vec![Value::Object(all.clone()), Value::Object(least)];
        for (name, value) in others.into_iter().take(MAX_VALUES) {
            let mut other = all.clone();
            other.insert(name, value);
            objects.push(Value::Object(other));
        }
        objects
    }

    /// The members that a schema and its parts declare and require.
    fn declared<'s>(
        &'s self,
        members: &'s Map<String, Value>,
        depth: usize,
        properties: &mut Vec<(&'s String, &'s Value)>,
        required: &mut Vec<&'s str>,
    ) {
        properties
            .extend(members.get("properties").and_then(Value::as_object).into_iter().flatten());
        required.extend(list(members.get("required")).filter_map(Value::as_str));
        let target = members.get("$ref").and_then(Value::as_str);
        let target =
            target.and_then(|target| self.document.pointer(target.trim_start_matches('#')));
        for part in list(members.get("allOf")).chain(target) {
            if let Value::Object(part) = part
                && depth < MAX_DEPTH
            {
                self.declared(part, depth + 1, properties, required);
            }
        }
    }

    fn arrays(&self, members: &Map<String, Value>, depth: usize) -> Vec<Value> {
        let items = members.get("items").map(|items| self.values(items, depth + 1));
        let items = items.unwrap_or_else(|| vec![json!("text"), json!(1)]);
        let mut arrays = vec![json!([])];
        arrays.extend(items.iter().map(|item| json!([item])));
        if let Some(first) = items.first() {
            arrays.push(json!([first, first, first]));
        }
        arrays
    }
}

fn strings(members: &Map<String, Value>) -> Vec<Value> {
    let text = match members.get("format").and_then(Value::as_str) {
        Some("uuid") => "0f6e2c1a-3b4d-4e5f-8a9b-0c1d2e3f4a5b",
        Some("date-time") => "2024-01-02T03:04:05Z",
        Some("date") => "2024-01-02",
        Some("time") => "03:04:05Z",
        Some("email" | "idn-email") => "somebody@example.org",
        Some("uri" | "url" | "iri" | "uri-reference") => "https://example.org/a",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("hostname" | "idn-hostname") => "example.org",
        Some("decimal") => "1.5",
        Some("byte") => "dGV4dA==",
        Some("duration") => "P1D",
        _ => "",
    };
    if !text.is_empty() {
        return vec![json!(text)];
    }
    let bound = |name: &str| members.get(name).and_then(Value::as_u64);
    let bound = |name: &str, other: u64| bound(name).unwrap_or(other).min(1_000);
    let least = usize::try_from(bound("minLength", 0)).unwrap_or(0);
    let most = usize::try_from(bound("maxLength", 100)).unwrap_or(100);
    let mut lengths = vec!["text".len().clamp(least, most.max(least)), least, most];
    lengths.dedup();
    let repeated = |length: usize| "text".chars().cycle().take(length).collect::<String>();
    let mut values: Vec<Value> =
        lengths.into_iter().map(|length| json!(repeated(length))).collect();
    // Texts that mean something elsewhere: a number, a date, an id.
    values.extend([json!("1"), json!("2024-01-02"), json!("https://example.org/a"), json!("a b")]);
    values
}

fn numbers(members: &Map<String, Value>) -> Vec<Value> {
    let mut values = vec![json!(1), json!(0), json!(-1), json!(1_000_000)];
    values.extend(["minimum", "maximum"].iter().filter_map(|name| members.get(*name)).cloned());
    if members.get("type").is_some_and(|name| name == "number") {
        values.push(json!(0.5));
    }
    values
}

/// The type that is not null.
fn type_of(members: &Map<String, Value>) -> Option<&str> {
    match members.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).find(|name| *name != "null"),
        _ => None,
    }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use crate::contract::schema::{Dialect, normal};
    use crate::document::Pointer;

    use super::*;

    #[test]
    fn samples_are_what_the_schema_means() {
        let document = json!({ "components": { "schemas": { "A": {
            "allOf": [
                { "$ref": "#/components/schemas/B" },
                { "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } },
            ],
        }, "B": { "type": "object", "properties": { "s": { "enum": ["x", "y"] } } } } } });
        let mut schemas = Schemas::default();
        let id = schemas.add(0, &document, &Pointer::new("/components/schemas/A"));
        schemas.finish(vec![normal(&document, Dialect::OpenApi30)]);
        let values = samples(&schemas, id);
        assert!(values.contains(&json!({ "n": 1 })));
        assert!(values.contains(&json!({ "s": "y", "n": 1 })));
        let validator = schemas.get(id).validator.as_ref().unwrap();
        assert!(values.iter().all(|value| validator.is_valid(value)));
    }
}
