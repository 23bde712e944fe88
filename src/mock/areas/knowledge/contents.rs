//! Documents made of texts and files, and made anew.

use serde_json::{Map, Value};

use super::saving::{Plan, Upload, save};
use super::{models, rules, take};
use crate::mock::call::{Call, FormPart};
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::Outcome;
use crate::mock::routes::{Access, Route};
use crate::mock::state::{Dataset, DocumentForm, Technique, UPLOAD_LIMITS, World};

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

/// Whether a file is larger than documents may be.
fn is_too_large(file: &Upload) -> bool {
    let [.., megabytes] = UPLOAD_LIMITS;
    file.content.len() as u64 > megabytes << 20
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
        rule: rules::process_rule(fields)?,
        replaces: fields.uuid("original_document_id").optional()?,
        duplicate: fields.boolean("duplicate").or(true)?,
        retrieval: models::retrieval(fields)?,
        embedding: models::embedding(fields)?,
        file: None,
    };
    models::check_reranking(plan.retrieval.as_ref())?;
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
    if is_too_large(&file) {
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
    super::bases::summary(&fields)?;
    fields.boolean("is_multimodal").or(false)?;
    let mut plan = plan(&fields, base.chunk_structure.unwrap_or(DocumentForm::Text.word()))?;
    plan.file = upload(&parts)?;
    if let Some(file) = &plan.file {
        if !KINDS.contains(&extension(&file.name).as_str()) {
            let message = "Files of this kind cannot be read.";
            return Err(Refusal::new(415, "unsupported_file_type", message));
        }
        if is_too_large(file) {
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
