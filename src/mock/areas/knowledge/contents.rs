//! Documents made of texts and files, and made anew.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::documents::told;
use super::take;
use crate::mock::call::{Call, FormPart};
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route};
use crate::mock::state::{
    Dataset, DocumentForm, NewDocument, ProcessRule, Retrieval, Source, StoredFile, Technique,
    World, now,
};

const fn post(path: &'static str, handle: fn(&mut World, &Call<'_>) -> Outcome) -> Route {
    Route { method: "POST", path, access: Access::Knowledge, handle }
}

/// The operations. Names with underscores are from before they were written with hyphens.
pub const ROUTES: &[Route] = &[
    post("/datasets/{dataset_id:uuid}/document/create-by-text", create_by_text),
    post("/datasets/{dataset_id:uuid}/document/create_by_text", create_by_text),
    post("/datasets/{dataset_id:uuid}/document/create-by-file", create_by_file),
    post("/datasets/{dataset_id:uuid}/document/create_by_file", create_by_file),
    post("/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/update-by-text", update_by_text),
    post("/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/update_by_text", update_by_text),
    post("/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/update-by-file", update_by_file),
    post("/datasets/{dataset_id:uuid}/documents/{document_id:uuid}/update_by_file", update_by_file),
    Route {
        method: "PATCH",
        path: "/datasets/{dataset_id:uuid}/documents/{document_id:uuid}",
        access: Access::Knowledge,
        handle: update_by_file,
    },
];

/// Kinds of files that documents can be made of.
const KINDS: &[&str] = &[
    "txt",
    "markdown",
    "md",
    "mdx",
    "pdf",
    "html",
    "htm",
    "xlsx",
    "xls",
    "vtt",
    "properties",
    "doc",
    "docx",
    "csv",
];

/// Kinds among them that are no text.
const BINARY: &[&str] = &["pdf", "xlsx", "xls", "doc", "docx"];

/// The most that a file may have, in bytes.
const SIZE: usize = 15 << 20;

/// What is to become of a document.
struct Plan {
    name: Option<String>,
    form: DocumentForm,
    language: String,
    technique: Option<Technique>,
    embedding: Option<crate::mock::state::Embedding>,
    retrieval: Option<Retrieval>,
    rule: Option<ProcessRule>,
    replaces: Option<String>,
    /// Whether it takes the place of a document of the same name.
    duplicate: bool,
    file: Option<Upload>,
}

/// What was sent.
struct Upload {
    name: String,
    media_type: String,
    content: Bytes,
    text: bool,
}

fn form(fields: &Fields<'_>, default: &str) -> Result<DocumentForm, Refusal> {
    let word = fields.text("doc_form").one_of(&DocumentForm::WORDS).or(default.to_owned())?;
    Ok(DocumentForm::from_word(&word).unwrap_or(DocumentForm::Text))
}

fn plan(fields: &Fields<'_>, default: &str) -> Result<Plan, Refusal> {
    let technique = fields.text("indexing_technique").one_of(&["high_quality", "economy"]);
    let plan = Plan {
        name: take::storable("name", fields.text("name").optional()?)?,
        form: form(fields, default)?,
        language: fields.text("doc_language").or("English".to_owned())?,
        technique: technique.optional()?.as_deref().and_then(Technique::from_word),
        rule: take::process_rule(fields)?,
        replaces: fields.uuid("original_document_id").optional()?,
        duplicate: fields.boolean("duplicate").or(true)?,
        retrieval: take::retrieval(fields)?,
        embedding: take::embedding(fields)?,
        file: None,
    };
    take::check_reranking(plan.retrieval.as_ref())?;
    Ok(plan)
}

fn create_by_text(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let name = fields.text("name").required()?;
    let text = fields.text("text").required()?;
    let mut plan = plan(&fields, DocumentForm::Text.word())?;
    if plan.technique.is_none() {
        let message = "`indexing_technique` is required.";
        return Err(Refusal::field(Breach::Missing, message));
    }
    plan.file = Some(text_file(&name, text));
    // The name is that of the file.
    plan.name = None;
    save(world, call, plan)
}

fn text_file(name: &str, text: String) -> Upload {
    let name = name.chars().take(200).collect();
    let media_type = "text/plain".to_owned();
    Upload { name, media_type, content: text.into(), text: true }
}

fn update_by_text(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = take::body(call)?;
    let text = fields.text("text").optional()?;
    let mut plan = plan(&fields, DocumentForm::Text.word())?;
    if text.is_some() && plan.name.is_none() {
        let message = "`name` is required together with `text`.";
        return Err(Refusal::field(Breach::Missing, message));
    }
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        plan.file = Some(text_file(plan.name.as_deref().unwrap_or_default(), text));
    }
    plan.replaces = Some(call.param("document_id").to_owned());
    save(world, call, plan)
}

fn create_by_file(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    let (parts, data) = sent(base, call)?;
    let fields = Fields::of_object(&data);
    let mut plan = plan(&fields, base.chunk_structure.unwrap_or(DocumentForm::Text.word()))?;
    if plan.technique.or(base.technique).is_none() {
        let message = "`indexing_technique` is required.";
        return Err(Refusal::field(Breach::Missing, message));
    }
    if fields.has("embedding_model_provider") && !fields.has("embedding_model") {
        let message = "`embedding_model` is required beside its provider.";
        return Err(Refusal::field(Breach::Missing, message));
    }
    let Some(file) = upload(&parts)? else {
        return Err(Refusal::new(
            400,
            "no_file_uploaded",
            "The form has no part `file` with a file.",
        ));
    };
    if !KINDS.contains(&extension(&file.name).as_str()) {
        return Err(Refusal::invalid_param("Files of this kind cannot be read."));
    }
    if file.content.len() > SIZE {
        return Err(Refusal::invalid_param("The file is too large."));
    }
    if plan.replaces.is_none() && plan.rule.is_none() && base.rule.is_none() {
        let message = "`process_rule` is required for the first document.";
        return Err(Refusal::field(Breach::Missing, message));
    }
    plan.file = Some(file);
    if plan.replaces.is_none() {
        plan.name = None;
    }
    save(world, call, plan)
}

fn update_by_file(world: &mut World, call: &Call<'_>) -> Outcome {
    let base = take::base(world, call)?;
    let (parts, data) = sent(base, call)?;
    let fields = Fields::of_object(&data);
    let mut plan = plan(&fields, base.chunk_structure.unwrap_or(DocumentForm::Text.word()))?;
    plan.file = upload(&parts)?;
    if let Some(file) = &plan.file {
        if !KINDS.contains(&extension(&file.name).as_str()) {
            let message = "Files of this kind cannot be read.";
            return Err(Refusal::new(415, "unsupported_file_type", message));
        }
        if file.content.len() > SIZE {
            return Err(Refusal::new(413, "file_too_large", "The file is too large."));
        }
    }
    plan.replaces = Some(call.param("document_id").to_owned());
    save(world, call, plan)
}

/// The parts of a form, and what its part `data` says.
fn sent(base: &Dataset, call: &Call<'_>) -> Result<(Vec<FormPart>, Map<String, Value>), Refusal> {
    if base.provider == "external" {
        return Err(Refusal::invalid_param("This knowledge is kept elsewhere."));
    }
    let parts = call.form();
    let data = parts.iter().find(|part| part.name == "data" && part.filename.is_none());
    let data = match data.map(|part| serde_json::from_slice(&part.content)) {
        None => Map::new(),
        Some(Ok(Value::Object(data))) => data,
        Some(_) => {
            let message = "`data` has to be a JSON object.";
            return Err(Refusal::field(Breach::Type, message));
        }
    };
    Ok((parts, data))
}

/// The file of a form.
fn upload(parts: &[FormPart]) -> Result<Option<Upload>, Refusal> {
    let mut files = parts.iter().filter(|part| part.filename.is_some());
    let Some(part) = files.clone().find(|part| part.name == "file") else { return Ok(None) };
    let names: std::collections::HashSet<&str> = files.by_ref().map(|p| p.name.as_str()).collect();
    if names.len() > 1 {
        return Err(Refusal::new(400, "too_many_files", "One file at a time."));
    }
    let name = part.filename.clone().unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::new(400, "filename_not_exists_error", "The file has no name."));
    }
    if name.contains(['/', '\\', '\0']) {
        return Err(Refusal::invalid_param("The name of the file must not be a path."));
    }
    let media_type =
        part.media_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
    Ok(Some(Upload { name, media_type, content: part.content.clone(), text: false }))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_ascii_lowercase())
}

/// Makes what was planned, or makes it anew in the place of what was there.
fn save(world: &mut World, call: &Call<'_>, mut plan: Plan) -> Outcome {
    if plan.file.as_ref().is_some_and(|file| file.name.contains('\0')) {
        return Err(Refusal::field(Breach::Format, "`name` must not contain U+0000."));
    }
    let base = take::base(world, call)?;
    if plan.file.is_none() && plan.rule.is_none() {
        let message = "There is neither something new to read nor a `process_rule` to cut by.";
        return Err(Refusal::field(Breach::Missing, message));
    }
    if base.form().is_some_and(|form| form != plan.form.word()) {
        let message = "`doc_form` has to be that of the knowledge base.";
        return Err(Refusal::invalid_param(message));
    }
    let now = now();
    // The row of what is to be replaced is looked at before anything is changed.
    if let Some(id) = &plan.replaces {
        if base.technique.is_none() {
            return Err(Refusal::invalid_param("The knowledge base has no `indexing_technique`."));
        }
        let own = base.documents.get(id).ok_or_else(|| Refusal::not_found("document"))?;
        if !own.is_available(now) {
            return Err(Refusal::invalid_param("The document is not available now."));
        }
    }
    settle_technique(base, &mut plan);
    let rule = plan.rule.take().map(|rule| Arc::new(ProcessRule { id: world.ids.uuid(), ..rule }));
    let source = plan.file.take().map(|file| keep(world, file, now));
    let base = take::base(world, call)?;
    if rule.is_some() {
        base.rule.clone_from(&rule);
    }
    let id = match (plan.replaces.take(), source) {
        (Some(id), source) => {
            replace(world, call, &id, source, rule, &plan);
            id
        }
        (None, Some(source)) => make(world, call, source, rule, &plan),
        (None, None) => return Err(Refusal::unknown()),
    };
    let told = told(world, call)?;
    let own = told.base.documents.get(&id).ok_or_else(Refusal::unknown)?;
    Ok(Reply::json(json!({ "document": told.brief(own), "batch": own.batch })))
}

/// The first document decides how a base is indexed, where nobody did before.
fn settle_technique(base: &mut Dataset, plan: &mut Plan) {
    if base.technique.is_some() {
        return;
    }
    base.technique = plan.technique;
    if base.is_high_quality() {
        base.embedding = plan.embedding.take().or_else(|| Some(take::default_embedding()));
        if base.retrieval.is_none() {
            let given = plan.retrieval.take();
            base.retrieval = given.or_else(|| Some(Retrieval { top_k: 4, ..Retrieval::default() }));
        }
    }
}

/// Puts a file among those of the workspace. Gives its name and what a document says of it.
fn keep(world: &mut World, file: Upload, now: f64) -> (String, Source) {
    let id = world.ids.uuid();
    let stored = StoredFile {
        id: id.clone(),
        app: None,
        owner: world.knowledge.owner.clone(),
        name: file.name.clone(),
        media_type: file.media_type,
        content: file.content,
        created_at: crate::mock::state::unix(),
        used: true,
    };
    world.files.insert(id.clone(), stored);
    (file.name, Source::Upload { file: id, at: now, text: file.text })
}

/// The text of a file. What is no text is stood in for: nothing here reads it.
pub fn text_of(file: &StoredFile) -> Cow<'_, str> {
    if BINARY.contains(&file.extension().as_str()) && std::str::from_utf8(&file.content).is_err() {
        let (name, size) = (&file.name, file.content.len());
        return format!("What stands in {name}, a file of {size} bytes.").into();
    }
    String::from_utf8_lossy(&file.content)
}

fn source_text(world: &World, source: &Source) -> String {
    let file = source.file().and_then(|file| world.files.get(file));
    file.map(|file| text_of(file).into_owned()).unwrap_or_default()
}

/// A new document, or one of the same name that is indexed anew. Gives its id.
fn make(
    world: &mut World,
    call: &Call<'_>,
    (name, source): (String, Source),
    rule: Option<Arc<ProcessRule>>,
    plan: &Plan,
) -> String {
    let batch = batch(world);
    let text = source_text(world, &source);
    let dataset = call.param("dataset_id");
    let Some(base) = world.knowledge.datasets.get_mut(dataset) else { return String::new() };
    let rule = rule.or_else(|| base.rule.clone());
    let rule = rule.unwrap_or_else(|| Arc::new(ProcessRule::automatic(world.ids.uuid())));
    let same = base.documents.iter_mut().find(|own| {
        plan.duplicate && own.enabled && own.name == name && own.source.file().is_some()
    });
    let Some(own) = same else {
        let new = NewDocument {
            name,
            source,
            rule: Some(rule),
            batch,
            created_from: "api",
            form: plan.form,
            language: plan.language.clone(),
            text,
        };
        let (ids, takes) = (&mut world.ids, world.index_time);
        return world.knowledge.add_document(ids, dataset, new, takes).unwrap_or_default();
    };
    let id = own.id.clone();
    (own.source, own.rule, own.batch) = (source, Some(rule), batch);
    (own.form, own.created_from) = (plan.form, "api");
    own.language.clone_from(&plan.language);
    world.knowledge.index(dataset, &id, &text, world.index_time);
    id
}

/// A document that gets another text, is cut anew, or both.
fn replace(
    world: &mut World,
    call: &Call<'_>,
    id: &str,
    source: Option<(String, Source)>,
    rule: Option<Arc<ProcessRule>>,
    plan: &Plan,
) {
    let dataset = call.param("dataset_id");
    let Some(base) = world.knowledge.datasets.get_mut(dataset) else { return };
    let Some(own) = base.documents.get_mut(id) else { return };
    if let Some((name, source)) = source {
        if let Some(file) = own.source.file() {
            world.files.remove(file);
        }
        (own.name, own.source) = (name, source);
    }
    if let Some(name) = plan.name.as_ref().filter(|name| !name.is_empty()) {
        own.name.clone_from(name);
    }
    if rule.is_some() {
        own.rule = rule;
    }
    (own.form, own.created_from) = (plan.form, "web");
    let source = own.source.clone();
    let text = match &source {
        Source::Upload { .. } => source_text(world, &source),
        // What a pipeline read is not read again.
        Source::Pipeline(..) => Vec::from_iter(texts(world, dataset, id)).join("\n\n"),
    };
    world.knowledge.index(dataset, id, &text, world.index_time);
}

fn texts<'w>(world: &'w World, dataset: &str, id: &str) -> impl Iterator<Item = &'w str> {
    let base = world.knowledge.datasets.get(dataset);
    let own = base.and_then(|base| base.documents.get(id));
    own.into_iter().flat_map(|own| own.segments.iter().map(|segment| segment.content.as_str()))
}

/// What the indexing of a new document is asked for with: the time, and something random.
pub fn batch(world: &mut World) -> String {
    let time = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S").to_string();
    format!("{time}{}", 100_000 + world.ids.below(900_000))
}
