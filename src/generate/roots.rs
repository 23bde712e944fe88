//! The parameters and the body of an operation, and what is known of them.

use serde_json::Value;

use super::alternatives::alternatives;
use super::blueprint::BodyKind;
use super::draft::{DraftBody, FormPart, PartContent};
use super::facts::Speaker;
use super::files::{self, File};
use super::operation::Parameter;
use super::options::Options;
use super::root::{Root, Verdict};
use super::scope::{Cannot, Carrier, Path, Scope, tokens};
use super::spot::Spot;
use super::text::Alphabet;
use super::values::is_binary;
use crate::contract::Contract;
use crate::contract::model::{self, Location, MediaType, Operation, Style};
use crate::contract::schema::{Judge, SchemaId, Side};

/// A parameter of an operation.
///
/// # Errors
///
/// A schema of the options does not compile.
pub fn parameter<'c>(
    contract: &'c Contract,
    documented: &model::Parameter,
    options: &'c Options,
) -> Result<Parameter<'c>, Cannot> {
    let (location, name) = (documented.location, &documented.name);
    let place = |spot: &Spot| match spot {
        Spot::Parameter { location: own, name: named, pointer } => {
            (*own == location && named == name).then(|| tokens(pointer))
        }
        Spot::Body(_) => None,
    };
    let mut root = Root {
        name: name.clone(),
        speakers: Vec::new(),
        carrier: Carrier::Text(match (location, documented.style) {
            (Location::Path, _) => Alphabet::Path,
            (Location::Header | Location::Cookie, _) => Alphabet::Header,
            (Location::Query, Style::Separated(by)) => Alphabet::Without(by),
            (Location::Query, _) => Alphabet::Any,
        }),
        scope: Scope::default(),
        verdict: Verdict::default(),
        shown: parameter_examples(contract, documented).into_iter().map(|(_, v)| v).collect(),
    };
    root.verdict.needs_items = true;
    if let Style::Separated(by) = documented.style {
        root.verdict.separator = Some(by);
    }
    match documented.schema {
        Some(id) => schema(contract, id, &mut root),
        None => content(contract, documented, &mut root),
    }
    know(options, &place, &mut root)?;
    let fixed = root.scope.is_fixed(&[]);
    Ok(Parameter { location, name: name.clone(), required: documented.required, fixed, root })
}

/// A parameter that is described by a media type is JSON in a text.
fn content<'c>(contract: &'c Contract, documented: &model::Parameter, root: &mut Root<'c>) {
    let document = contract.schemas.document(documented.at.document);
    let raw = document.pointer(&documented.at.pointer);
    let content = raw.and_then(|raw| raw.get("content")).and_then(Value::as_object);
    let media_type = content.and_then(|content| content.values().next());
    if let Some(schema) = media_type.and_then(|media_type| media_type.get("schema")) {
        root.speakers.push(Speaker { document, schema });
        root.carrier = Carrier::Json;
    }
}

/// The body of an operation, of the media type that we write best, and its kind; `None` if it has
/// none, or one that we cannot write.
///
/// # Errors
///
/// A schema of the options does not compile.
pub fn body<'c>(
    contract: &'c Contract,
    operation: &Operation,
    options: &'c Options,
) -> Result<Option<(Root<'c>, BodyKind)>, Cannot> {
    let content = operation.request_body.as_ref().map_or(&[][..], |body| &body.content);
    let Some(media_type) = content.iter().min_by_key(|media_type| rank(&media_type.name)) else {
        return Ok(None);
    };
    let mut root = Root {
        name: "body".to_owned(),
        speakers: Vec::new(),
        carrier: Carrier::Json,
        scope: Scope::default(),
        verdict: Verdict::default(),
        shown: Vec::new(),
    };
    if let Some(id) = media_type.schema {
        schema(contract, id, &mut root);
    }
    let examples = media_type.examples.iter().filter_map(|example| contract.raw(&example.at));
    root.shown = examples.collect();
    let place = |spot: &Spot| match spot {
        Spot::Body(pointer) => Some(tokens(pointer)),
        Spot::Parameter { .. } => None,
    };
    know(options, &place, &mut root)?;
    let kind = match rank(&media_type.name) {
        0 => BodyKind::Json,
        1 => {
            root.carrier = Carrier::Form;
            root.scope.files = form_files(contract, media_type, &root, options);
            BodyKind::Form(root.scope.files.clone())
        }
        2 => {
            root.carrier = Carrier::Form;
            BodyKind::Urlencoded
        }
        _ => {
            root.carrier = Carrier::Field;
            let name = media_type.name.as_str();
            let file = files::of_media_type(name).unwrap_or_else(files::text);
            let file = File { media_type: name.to_owned(), ..file };
            // What no file is named for is a text.
            let given = options.files.iter().find(|(field, _)| field == "-");
            let files = given.map_or_else(|| vec![file], |(_, files)| files.clone());
            root.scope.files.push(("-".to_owned(), files.clone()));
            let sent = if name.contains('*') { "application/octet-stream" } else { name };
            BodyKind::Raw(sent.to_owned(), files)
        }
    };
    Ok(Some((root, kind)))
}

/// How well we write a media type: the lower, the better.
fn rank(name: &str) -> u8 {
    let json = crate::exchange::MediaType::parse(name).is_ok_and(|media_type| media_type.is_json());
    match name {
        _ if json => 0,
        "application/*" | "*/*" => 0,
        "multipart/form-data" | "multipart/*" => 1,
        "application/x-www-form-urlencoded" => 2,
        _ => 3,
    }
}

fn schema<'c>(contract: &'c Contract, id: SchemaId, root: &mut Root<'c>) {
    let (document, _) = contract.schemas.place(id);
    let (document, schema) = (contract.schemas.document(document), contract.schemas.normal(id));
    root.speakers.push(Speaker { document, schema });
    root.verdict.declared = contract.schemas.judge(id, Side::Request).ok();
}

/// Takes in what the caller knows.
fn know<'c>(
    options: &'c Options,
    place: &dyn Fn(&Spot) -> Option<Path>,
    root: &mut Root<'c>,
) -> Result<(), Cannot> {
    root.scope.fixed = options.fixed.iter().filter_map(place).collect();
    for (spot, schema) in &options.overrides {
        let Some(path) = place(spot) else { continue };
        let judge = Judge::of_schema(schema).map_err(|why| {
            let why = format!("the schema given for {spot} does not compile: {why}");
            Cannot { at: String::new(), why }
        })?;
        root.scope.overrides.push((path.clone(), schema));
        root.verdict.parts.push((path, judge));
    }
    Ok(())
}

/// The fields of a form that hold files, and the files that they may hold.
fn form_files(
    contract: &Contract,
    media_type: &MediaType,
    root: &Root<'_>,
    options: &Options,
) -> Vec<(String, Vec<File>)> {
    let mut found: Vec<(String, Vec<File>)> = Vec::new();
    let raw = contract.raw(&media_type.at);
    for facts in root.facts() {
        for member in &facts.members {
            let listed = |facts: &super::facts::Facts<'_>| is_binary(&facts.items);
            let binary =
                is_binary(&member.speakers) || alternatives(&member.speakers).iter().any(listed);
            if !binary || found.iter().any(|(name, _)| name == member.name) {
                continue;
            }
            let given = |field: &str| {
                let own = options.files.iter().find(|(name, _)| name == field);
                own.map(|(_, files)| files.clone()).unwrap_or_default()
            };
            let encoding =
                raw.and_then(|raw| raw.get("encoding")?.get(member.name)?.get("contentType"));
            let names = encoding.and_then(Value::as_str).unwrap_or_default().split(',');
            let documented =
                || names.clone().filter_map(|name| files::of_media_type(name.trim())).collect();
            // What is documented for the field counts for more than what is given for all.
            let ways: [&dyn Fn() -> Vec<File>; 3] =
                [&|| given(member.name), &documented, &|| given("-")];
            let mut files = ways
                .iter()
                .map(|way| way())
                .find(|files| !files.is_empty())
                .unwrap_or_else(|| files::all().to_vec());
            // Files go by their names.
            let mut names: Vec<String> = Vec::new();
            files.retain(|file| {
                let new = !names.contains(&file.name);
                names.push(file.name.clone());
                new
            });
            found.push((member.name.to_owned(), files));
        }
    }
    found
}

/// The documented examples of a body, as bodies of this kind.
pub fn body_examples(
    contract: &Contract,
    operation: &Operation,
    kind: &BodyKind,
) -> Vec<(String, DraftBody)> {
    let content = operation.request_body.as_ref().map_or(&[][..], |body| &body.content);
    let Some(media_type) = content.iter().min_by_key(|media_type| rank(&media_type.name)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for example in &media_type.examples {
        let Some(value) = contract.raw(&example.at) else { continue };
        let body = match (kind, value) {
            (BodyKind::Form(files), Value::Object(fields)) => {
                let part = |(name, value): (&String, &Value)| {
                    let files = files.iter().find(|(field, _)| field == name);
                    let file = files.and_then(|(_, files)| files.first());
                    let content = match (file, value) {
                        // The document shows the content of the file.
                        (Some(file), Value::String(text))
                            if file.media_type.starts_with("text/") =>
                        {
                            let bytes = text.clone().into_bytes();
                            PartContent::File(File { bytes: bytes.into(), ..file.clone() })
                        }
                        (Some(file), _) => PartContent::File(file.clone()),
                        (None, value) => PartContent::Value(value.clone()),
                    };
                    FormPart { name: name.clone(), content }
                };
                DraftBody::Form(fields.iter().map(part).collect())
            }
            (kind, value) => kind.made_of(value.clone()),
        };
        found.push((example.name.clone(), body));
    }
    found
}

/// The documented examples of a parameter.
pub fn parameter_examples<'c>(
    contract: &'c Contract,
    documented: &model::Parameter,
) -> Vec<(String, &'c Value)> {
    let Some(raw) = contract.raw(&documented.at) else { return Vec::new() };
    let mut found: Vec<(String, &Value)> = Vec::new();
    if let Some(example) = raw.get("example") {
        found.push((String::new(), example));
    }
    for (name, example) in raw.get("examples").and_then(Value::as_object).into_iter().flatten() {
        if let Some(value) = example.get("value") {
            found.push((name.clone(), value));
        }
    }
    found
}
