//! The knowledge of a workspace.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::dataset::{Dataset, Pipeline, Tag, Technique};
use super::document::{Document, Form, Job, NewDocument};
use super::retrieval::{RerankingModel, Retrieval, SearchMethod};
use super::segment::Segment;
use crate::mock::state::{Ids, Store, now, unix};
use crate::mock::text;

/// How many knowledge bases there may be; beyond that, the oldest goes.
const DATASETS: usize = 10_000;

/// The name of the workspace's owner.
pub const OWNER_NAME: &str = "Hazel";

/// How many tags there may be; beyond that, the oldest goes.
const TAGS: usize = 10_000;

/// The knowledge of the workspace.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// The key that opens it.
    pub key: String,
    /// The id of the workspace's owner, who made everything that no end user made.
    pub owner: String,
    /// The knowledge bases, in the order in which they were made.
    pub datasets: Store<Dataset>,
    /// The tags of knowledge bases.
    pub tags: Store<Tag>,
    /// The knowledge bases by their names.
    names: HashMap<String, String>,
    /// Indexings under way, the first to be done first: knowledge base and document.
    queue: VecDeque<(f64, String, String)>,
}

impl Knowledge {
    /// The knowledge of a new world: one base, which a pipeline fills.
    pub fn seeded(ids: &mut Ids) -> Self {
        let key = format!("dataset-{}", ids.token(24));
        let tags = Store::new(TAGS);
        let mut knowledge = Self { key, owner: ids.uuid(), tags, ..Self::default() };
        let mut dataset = Dataset::new(ids.uuid(), "Field notes".to_owned(), unix());
        dataset.technique = Some(Technique::Economy);
        dataset.pipeline = Some(Pipeline { id: ids.uuid(), published: true });
        dataset.chunk_structure = Some(Form::Text.word());
        dataset.updated = false;
        dataset.retrieval = Some(Retrieval {
            search_method: SearchMethod::Keyword,
            reranking_enable: true,
            reranking_mode: Some("reranking_model".to_owned()),
            reranking_model: RerankingModel::default(),
            top_k: 3,
            score_threshold: Some(0.5),
            ..Retrieval::default()
        });
        knowledge.add(dataset);
        knowledge
    }

    /// Whether there is a knowledge base with this id.
    pub fn has(&self, dataset: &str) -> bool {
        self.datasets.get(dataset).is_some()
    }

    /// Whether there is a knowledge base of this name, beside the one with this id.
    pub fn has_name(&self, name: &str, beside: &str) -> bool {
        self.names.get(name).is_some_and(|id| id != beside)
    }

    /// Adds a knowledge base. What a pipeline fills never goes to make room.
    pub fn add(&mut self, dataset: Dataset) {
        self.names.insert(dataset.name.clone(), dataset.id.clone());
        self.datasets.insert(dataset.id.clone(), dataset);
        if self.datasets.len() > DATASETS {
            let oldest = self.datasets.iter().find(|dataset| dataset.pipeline.is_none());
            if let Some(id) = oldest.map(|dataset| dataset.id.clone()) {
                self.remove(&id);
            }
        }
    }

    /// Gives a knowledge base another name.
    pub fn rename(&mut self, id: &str, name: String) {
        let Some(dataset) = self.datasets.get_mut(id) else { return };
        self.names.remove(&dataset.name);
        self.names.insert(name.clone(), id.to_owned());
        dataset.name = name;
    }

    /// Removes a knowledge base with all that is in it.
    pub fn remove(&mut self, id: &str) -> Option<Dataset> {
        let dataset = self.datasets.remove(id)?;
        self.names.remove(&dataset.name);
        Some(dataset)
    }

    /// How many knowledge bases have a tag.
    pub fn bound(&self, tag: &str) -> usize {
        self.datasets.iter().filter(|dataset| dataset.tags.iter().any(|own| own == tag)).count()
    }

    /// Makes a document, whose indexing begins at once and takes so long. Gives its id, or nothing
    /// where there is no such knowledge base.
    pub fn add_document(
        &mut self,
        ids: &mut Ids,
        dataset: &str,
        new: NewDocument,
        takes: Duration,
    ) -> Option<String> {
        let base = self.datasets.get_mut(dataset)?;
        let (id, now) = (ids.uuid(), now());
        // What a pipeline reads is not said of the whole.
        if new.source.file().is_some() {
            base.data_source_type.get_or_insert(new.source.word());
        }
        if new.rule.is_some() {
            base.rule.clone_from(&new.rule);
        }
        let document = Document {
            id: id.clone(),
            position: base.next_position(),
            source: new.source,
            rule: new.rule,
            batch: new.batch,
            name: new.name,
            created_from: new.created_from,
            created_at: now,
            updated_at: now,
            form: new.form,
            language: new.language,
            word_count: None,
            tokens: None,
            latency: None,
            job: Job { started: now, takes: 0.0, pieces: None },
            error: None,
            enabled: true,
            disabled_at: None,
            archived: false,
            metadata: None,
            fields: Vec::new(),
            need_summary: base.summary.enable == Some(true),
            segments: Store::default(),
        };
        base.documents.insert(id.clone(), document);
        self.index(dataset, &id, &new.text, takes);
        Some(id)
    }

    /// Begins to index a document anew by its rule, from this text. Its chunks go.
    pub fn index(&mut self, dataset: &str, document: &str, text: &str, takes: Duration) {
        let base = self.datasets.get_mut(dataset);
        let Some(own) = base.and_then(|base| base.documents.get_mut(document)) else { return };
        let pieces = text::pieces(text, own.form, own.rule.as_deref());
        let (started, takes) = (now(), takes.as_secs_f64());
        own.segments = Store::default();
        own.error = None;
        own.updated_at = started;
        own.job = Job { started, takes, pieces: Some(pieces) };
        let due = started + takes;
        let place = self.queue.partition_point(|(other, _, _)| *other <= due);
        self.queue.insert(place, (due, dataset.to_owned(), document.to_owned()));
    }

    /// Completes the indexings that are due. Whoever looks at documents calls it first.
    pub fn settle(&mut self, ids: &mut Ids) {
        let now = now();
        while self.queue.front().is_some_and(|(due, _, _)| *due <= now) {
            let Some((due, dataset, document)) = self.queue.pop_front() else { return };
            let Some(base) = self.datasets.get_mut(&dataset) else { continue };
            let measured = base.is_high_quality();
            let Some(own) = base.documents.get_mut(&document) else { continue };
            // It may have been begun anew since.
            if own.job.started + own.job.takes <= due {
                complete(own, measured, ids);
            }
        }
    }

    /// The tags of a knowledge base.
    pub fn tags_of<'k>(&'k self, dataset: &'k Dataset) -> impl Iterator<Item = &'k Tag> {
        dataset.tags.iter().filter_map(|id| self.tags.get(id))
    }
}

/// Turns the pieces of a document into its chunks.
fn complete(document: &mut Document, measured: bool, ids: &mut Ids) {
    let Some(pieces) = document.job.pieces.take() else { return };
    let pieces = match pieces {
        Ok(pieces) => pieces,
        Err(error) => {
            document.error = Some(error);
            return;
        }
    };
    #[expect(clippy::cast_possible_truncation, reason = "it is far from the limit")]
    let (began, done) = {
        let (started, takes) = (document.job.started, document.job.takes);
        ((started + 0.6 * takes) as i64, (started + takes) as i64)
    };
    let mut total = 0;
    for (index, piece) in pieces.iter().enumerate() {
        total += piece.length();
        let position = i64::try_from(index).unwrap_or_default() + 1;
        let segment = Segment::of(piece, position, measured, document.form, (began, done), ids);
        document.segments.insert(segment.id.clone(), segment);
    }
    document.word_count = Some(total);
    // Pipelines do not count.
    if document.rule.is_some() {
        document.tokens = Some(document.segments.iter().map(|segment| segment.tokens).sum());
    }
    document.latency = Some(0.4 * document.job.takes);
}
