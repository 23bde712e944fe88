//! Swagger 2.0 to the shape of OpenAPI 3.0.

use serde_json::{Map, Value, json};

use crate::contract::read::METHODS;
use crate::contract::structure::visit_schemas;
use crate::document::{Bundle, Origin, Pointer, visit_references};

/// Members of a parameter or header that belong to its schema.
const SCHEMA: &[&str] = &[
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
];

/// Rewrites a document in place; parts that move know where they came from.
pub fn rewrite(bundle: &mut Bundle) {
    let source = std::mem::take(&mut bundle.value);
    let Value::Object(mut old) = source.clone() else { return };
    let mut moved = Moved::default();
    let mut paths = old.shift_remove("paths").unwrap_or_default();
    let root = Media {
        consumes: media_types(old.get("consumes"), &["application/json"]),
        produces: media_types(old.get("produces"), &["application/json"]),
    };
    if let Value::Object(items) = &mut paths {
        for (path, item) in items {
            path_item(item, &Pointer::new("/paths").child(path), &source, &root, &mut moved);
        }
    }
    let mut new = Map::new();
    new.insert("openapi".to_owned(), "3.0.3".into());
    new.insert("servers".to_owned(), servers(&old));
    new.insert("paths".to_owned(), paths);
    new.insert("components".to_owned(), components(&mut old, &root, &mut moved));
    for (name, value) in old {
        let replaced = ["swagger", "host", "basePath", "schemes", "consumes", "produces"];
        if !replaced.contains(&name.as_str()) {
            new.insert(name, value);
        }
    }
    let mut value = Value::Object(new);
    references(&mut value);
    visit_schemas(&mut value, &mut schema);
    bundle.value = value;
    let origins: Vec<(String, Origin)> =
        moved.0.into_iter().map(|(to, from)| (to, bundle.trace(&from))).collect();
    for (to, origin) in origins {
        bundle.add_origin(to, origin);
    }
}

/// Parts that stand elsewhere now: pointer after, pointer before.
#[derive(Default)]
struct Moved(Vec<(String, String)>);

impl Moved {
    fn add(&mut self, to: &Pointer, from: &Pointer) {
        self.0.push((to.as_str().to_owned(), from.as_str().to_owned()));
    }
}

struct Media {
    consumes: Vec<String>,
    produces: Vec<String>,
}

/// The media types of a list, each once; an empty list says that nothing is known of them.
fn media_types(value: Option<&Value>, default: &[&str]) -> Vec<String> {
    let Some(names) = value.and_then(Value::as_array) else {
        return default.iter().map(|&name| name.to_owned()).collect();
    };
    let mut listed: Vec<String> = Vec::new();
    for name in names.iter().filter_map(Value::as_str) {
        if !listed.iter().any(|known| known == name) {
            listed.push(name.to_owned());
        }
    }
    if listed.is_empty() { vec!["*/*".to_owned()] } else { listed }
}

fn servers(old: &Map<String, Value>) -> Value {
    let text = |name: &str| old.get(name).and_then(Value::as_str);
    let base = text("basePath").unwrap_or("/");
    let Some(host) = text("host") else { return json!([{ "url": base }]) };
    let schemes = match old.get("schemes").and_then(Value::as_array) {
        Some(schemes) => schemes.iter().filter_map(Value::as_str).collect(),
        None => vec!["https"],
    };
    Value::Array(schemes.iter().map(|s| json!({ "url": format!("{s}://{host}{base}") })).collect())
}

fn components(old: &mut Map<String, Value>, root: &Media, moved: &mut Moved) -> Value {
    let mut components = Map::new();
    let new = Pointer::new("/components");
    if let Some(schemas) = old.shift_remove("definitions") {
        moved.add(&new.child("schemas"), &Pointer::new("/definitions"));
        components.insert("schemas".to_owned(), schemas);
    }
    if let Some(Value::Object(responses)) = old.shift_remove("responses") {
        let (to, from) = (new.child("responses"), Pointer::new("/responses"));
        moved.add(&to, &from);
        let converted = responses.into_iter().map(|(name, mut value)| {
            response(&mut value, &to.child(&name), &from.child(&name), &root.produces, moved);
            (name, value)
        });
        components.insert("responses".to_owned(), Value::Object(converted.collect()));
    }
    // Shared parameters are copied to where they are used, since a body is no parameter any more.
    old.shift_remove("parameters");
    old.shift_remove("securityDefinitions");
    old.shift_remove("security");
    Value::Object(components)
}

fn path_item(item: &mut Value, at: &Pointer, document: &Value, root: &Media, moved: &mut Moved) {
    let Value::Object(members) = item else { return };
    let shared = members.shift_remove("parameters");
    let shared = placed(shared.as_ref(), &at.child("parameters"), document);
    for (name, operation) in members {
        if METHODS.contains(&name.as_str()) {
            convert(operation, &at.child(name), document, root, &shared, moved);
        }
    }
}

/// The parameters of a list, references followed, each with its place.
fn placed(list: Option<&Value>, at: &Pointer, document: &Value) -> Vec<(Value, Pointer)> {
    let items = list.and_then(Value::as_array).into_iter().flatten().enumerate();
    items
        .map(|(index, parameter)| {
            let (parameter, at) = follow(parameter, at.child(&index.to_string()), document);
            (parameter.clone(), at)
        })
        .collect()
}

/// What stands behind references, and where.
fn follow<'d>(mut value: &'d Value, mut at: Pointer, document: &'d Value) -> (&'d Value, Pointer) {
    // The bundle holds no circle.
    while let Some(reference) = value.get("$ref").and_then(Value::as_str)
        && let Some(target) = reference.strip_prefix('#')
        && let Some(next) = document.pointer(target)
    {
        (value, at) = (next, Pointer::new(target));
    }
    (value, at)
}

fn convert(
    operation: &mut Value,
    at: &Pointer,
    document: &Value,
    root: &Media,
    shared: &[(Value, Pointer)],
    moved: &mut Moved,
) {
    let Value::Object(members) = operation else { return };
    let own = members.shift_remove("parameters");
    let mut all = placed(own.as_ref(), &at.child("parameters"), document);
    let same = |a: &Value, b: &Value| a.get("name") == b.get("name") && a.get("in") == b.get("in");
    for (parameter, place) in shared {
        if !all.iter().any(|(own, _)| same(own, parameter)) {
            all.push((parameter.clone(), place.clone()));
        }
    }
    let consumes = members.shift_remove("consumes");
    let produces = members.shift_remove("produces");
    let list = |value: Option<Value>, default: &[String]| match value {
        Some(value) => media_types(Some(&value), &[]),
        None => default.to_vec(),
    };
    let consumes = list(consumes, &root.consumes);
    let produces = list(produces, &root.produces);
    let own_media_types = produces != root.produces;
    members.shift_remove("schemes");
    let mut parameters = Vec::new();
    let mut form = Vec::new();
    for (parameter, from) in all {
        match parameter.get("in").and_then(Value::as_str) {
            Some("body") => {
                let to = at.child("requestBody");
                members.insert(
                    "requestBody".to_owned(),
                    body(&parameter, &to, &from, &consumes, moved),
                );
            }
            Some("formData") => form.push((parameter, from)),
            _ => {
                let to = at.child("parameters").child(&parameters.len().to_string());
                moved.add(&to, &from);
                moved.add(&to.child("schema"), &from);
                parameters.push(simple(parameter));
            }
        }
    }
    if !form.is_empty() {
        let to = at.child("requestBody");
        members.insert("requestBody".to_owned(), form_body(form, &to, &consumes, moved));
    }
    if !parameters.is_empty() {
        members.insert("parameters".to_owned(), Value::Array(parameters));
    }
    if let Some(Value::Object(responses)) = members.get_mut("responses") {
        let at = at.child("responses");
        for (status, value) in responses {
            let to = at.child(status);
            let (shared, from) = follow(value, to.clone(), document);
            if from == to {
                response(value, &to, &from, &produces, moved);
            } else if own_media_types || !from.as_str().starts_with("/responses/") {
                // A shared answer has the media types of the operation that gives it. One that stands
                // elsewhere is of the old shape there.
                *value = shared.clone();
                moved.add(&to, &from);
                response(value, &to, &from, &produces, moved);
            }
        }
    }
}

/// A parameter outside the body: what describes its value goes into a schema.
fn simple(parameter: Value) -> Value {
    let Value::Object(mut members) = parameter else { return parameter };
    let (style, explode) =
        match members.shift_remove("collectionFormat").as_ref().and_then(Value::as_str) {
            Some("multi") => (Some("form"), true),
            Some("ssv" | "tsv") => (Some("spaceDelimited"), false),
            Some("pipes") => (Some("pipeDelimited"), false),
            // Comma-separated values are the default of Swagger 2.0, but not of OpenAPI 3.0.
            _ => (None, members.get("type").is_none_or(|t| t != "array")),
        };
    let schema = schema_members(&mut members);
    members.insert("schema".to_owned(), schema);
    if let Some(style) = style {
        members.insert("style".to_owned(), style.into());
    }
    if !explode {
        members.insert("explode".to_owned(), false.into());
    }
    Value::Object(members)
}

fn schema_members(members: &mut Map<String, Value>) -> Value {
    let mut schema = Map::new();
    for name in SCHEMA {
        if let Some(value) = members.shift_remove(*name) {
            schema.insert((*name).to_owned(), value);
        }
    }
    for name in ["x-nullable", "description"] {
        if let Some(value) = members.get(name) {
            schema.insert(name.to_owned(), value.clone());
        }
    }
    Value::Object(schema)
}

fn body(
    parameter: &Value,
    to: &Pointer,
    from: &Pointer,
    consumes: &[String],
    moved: &mut Moved,
) -> Value {
    moved.add(to, from);
    let schema = parameter.get("schema").cloned().unwrap_or_default();
    let content = consumes.iter().map(|name| {
        moved.add(&to.join(&["content", name]), &from.child("schema"));
        moved.add(&to.join(&["content", name, "schema"]), &from.child("schema"));
        (name.clone(), json!({ "schema": schema }))
    });
    let content: Map<String, Value> = content.collect();
    let required = parameter.get("required").cloned().unwrap_or(Value::Bool(false));
    json!({ "required": required, "content": content })
}

fn form_body(
    form: Vec<(Value, Pointer)>,
    to: &Pointer,
    consumes: &[String],
    moved: &mut Moved,
) -> Value {
    const MULTIPART: &str = "multipart/form-data";
    const ENCODED: &str = "application/x-www-form-urlencoded";
    let has_file = form.iter().any(|(p, _)| p.get("type").is_some_and(|t| t == "file"));
    let takes = |name: &str| consumes.iter().any(|known| known == name);
    let names: &[&str] = match (takes(MULTIPART), takes(ENCODED)) {
        (true, true) if !has_file => &[MULTIPART, ENCODED],
        (true, _) => &[MULTIPART],
        (false, _) if has_file => &[MULTIPART],
        (false, _) => &[ENCODED],
    };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    if let Some((_, from)) = form.first() {
        moved.add(to, from);
    }
    for (parameter, from) in form {
        let Value::Object(mut members) = parameter else { continue };
        let Some(Value::String(field)) = members.shift_remove("name") else { continue };
        if members.get("required") == Some(&Value::Bool(true)) {
            required.push(Value::String(field.clone()));
        }
        for name in names {
            let schema = to.join(&["content", name, "schema"]);
            moved.add(&schema.join(&["properties", &field]), &from);
        }
        properties.insert(field, schema_members(&mut members));
    }
    let mut schema = Map::from_iter([
        ("type".to_owned(), "object".into()),
        ("properties".to_owned(), Value::Object(properties)),
    ]);
    let must = !required.is_empty();
    if must {
        schema.insert("required".to_owned(), Value::Array(required));
    }
    let content = names.iter().map(|name| ((*name).to_owned(), json!({ "schema": schema })));
    json!({ "required": must, "content": content.collect::<Map<_, _>>() })
}

fn response(
    response: &mut Value,
    to: &Pointer,
    from: &Pointer,
    produces: &[String],
    moved: &mut Moved,
) {
    let Value::Object(members) = response else { return };
    let schema = members.shift_remove("schema");
    let examples = members.shift_remove("examples");
    let mut content = Map::new();
    if let Some(schema) = schema {
        let file = schema.get("type").is_some_and(|t| t == "file");
        let octets = ["application/octet-stream".to_owned()];
        let names = if file && produces.iter().all(|p| p == "application/json") {
            &octets[..]
        } else {
            produces
        };
        for name in names {
            moved.add(&to.join(&["content", name]), &from.child("schema"));
            moved.add(&to.join(&["content", name, "schema"]), &from.child("schema"));
            content.insert(name.clone(), json!({ "schema": schema }));
        }
    }
    for (name, example) in examples.as_ref().and_then(Value::as_object).into_iter().flatten() {
        moved.add(&to.join(&["content", name, "example"]), &from.join(&["examples", name]));
        let media_type = content.entry(name.clone()).or_insert_with(|| json!({}));
        media_type["example"] = example.clone();
    }
    if !content.is_empty() {
        members.insert("content".to_owned(), Value::Object(content));
    }
    if let Some(Value::Object(headers)) = members.get_mut("headers") {
        for (_, header) in headers {
            if let Value::Object(header) = header {
                header.shift_remove("collectionFormat");
                let schema = schema_members(header);
                header.insert("schema".to_owned(), schema);
            }
        }
    }
}

/// Leads references to where things stand now.
fn references(value: &mut Value) {
    visit_references(value, &mut Pointer::default(), &mut |_, reference| {
        for (old, new) in [
            ("#/definitions/", "#/components/schemas/"),
            ("#/responses/", "#/components/responses/"),
        ] {
            if let Some(rest) = reference.strip_prefix(old) {
                *reference = format!("{new}{rest}");
            }
        }
    });
}

/// Renames what is only spelled differently in a schema.
fn schema(members: &mut Map<String, Value>) {
    if let Some(nullable) = members.shift_remove("x-nullable") {
        members.insert("nullable".to_owned(), nullable);
    }
    if members.get("type").is_some_and(|name| name == "file") {
        members.insert("type".to_owned(), "string".into());
        members.insert("format".to_owned(), "binary".into());
    }
    if let Some(Value::String(name)) = members.get("discriminator") {
        let discriminator = json!({ "propertyName": name });
        members.insert("discriminator".to_owned(), discriminator);
    }
}
