//! Documents made, and made anew, once it is clear what is wanted.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;

use super::documents::told;
use super::{models, take};
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Reply};
use crate::mock::state::{
    Dataset, DocumentForm, Embedding, NewDocument, ProcessRule, Retrieval, Source, StoredFile,
    Technique, World, now, unix,
};

/// Kinds among them that are no text.
const BINARY: &[&str] = &["pdf", "xlsx", "xls", "doc", "docx"];

/// What is to become of a document.
pub struct Plan {
    /// Its name, beside that of the file.
    pub name: Option<String>,
    /// What its chunks are.
    pub form: DocumentForm,
    /// The language it is in.
    pub language: String,
    /// How the base is indexed, where nobody said so yet.
    pub technique: Option<Technique>,
    /// By which model.
    pub embedding: Option<Embedding>,
    /// How to find in the base, where nobody said so yet.
    pub retrieval: Option<Retrieval>,
    /// How to cut it.
    pub rule: Option<ProcessRule>,
    /// The id of the document that it replaces.
    pub replaces: Option<String>,
    /// Whether it takes the place of a document of the same name.
    pub duplicate: bool,
    /// What was sent.
    pub file: Option<Upload>,
}

/// What was sent.
pub struct Upload {
    /// The name of the file.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content.
    pub content: Bytes,
    /// Whether it was sent as a text.
    pub text: bool,
}

/// Makes what was planned, or makes it anew in the place of what was there.
pub fn save(world: &mut World, call: &Call<'_>, mut plan: Plan) -> Outcome {
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
        base.embedding = plan.embedding.take().or_else(|| Some(models::default_embedding()));
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
        created_at: unix(),
        used: true,
    };
    world.files.insert(id.clone(), stored);
    (file.name, Source::Upload { file: id, at: now, text: file.text })
}

/// The text of a file. What is no text is stood in for: nothing here reads it.
fn text_of(file: &StoredFile) -> Cow<'_, str> {
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
        Source::Pipeline(..) => texts(world, dataset, id).collect::<Vec<_>>().join("\n\n"),
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
