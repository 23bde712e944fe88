//! Chunks of documents, and the smaller chunks below them.

use super::Form;
use crate::mock::state::Ids;
use crate::mock::text::{self, Piece};

/// A chunk.
#[derive(Debug, Clone)]
pub struct Segment {
    /// The id.
    pub id: String,
    /// Its place in the document, from 1.
    pub position: i64,
    /// Its text; in documents of questions and answers the question.
    pub content: String,
    /// The answer.
    pub answer: Option<String>,
    /// Its length in characters, with the answer.
    pub word_count: i64,
    /// What the embedding model counts.
    pub tokens: i64,
    /// Its keywords; none where nobody looked.
    pub keywords: Option<Vec<String>>,
    /// The id of its place in the index.
    pub index_node_id: String,
    /// A fingerprint of its text.
    pub index_node_hash: String,
    /// How often an app found it.
    pub hit_count: i64,
    /// Whether it can be found.
    pub enabled: bool,
    /// When it was disabled, in seconds since 1970.
    pub disabled_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
    /// Whether the owner of the workspace changed it.
    pub updated: bool,
    /// When its indexing began.
    pub indexing_at: i64,
    /// When its indexing was done.
    pub completed_at: i64,
    /// What sums it up.
    pub summary: Option<String>,
    /// The smaller chunks below it, in order.
    pub children: Vec<ChildChunk>,
}

impl Segment {
    /// The chunk that becomes of a piece. `measured` says whether an embedding model counts it; its
    /// indexing began and was done at these times.
    pub fn of(
        piece: &Piece,
        position: i64,
        measured: bool,
        form: Form,
        (began, done): (i64, i64),
        ids: &mut Ids,
    ) -> Self {
        let keywords = !measured && form != Form::Hierarchical;
        let mut segment = Self {
            id: ids.uuid(),
            position,
            content: piece.content.clone(),
            answer: piece.answer.clone(),
            word_count: 0,
            tokens: 0,
            keywords: keywords.then(|| text::keywords(&piece.content)),
            index_node_id: ids.uuid(),
            index_node_hash: text::fingerprint(&piece.content),
            hit_count: 0,
            enabled: true,
            disabled_at: None,
            created_at: began,
            updated_at: began,
            updated: false,
            indexing_at: began,
            completed_at: done,
            summary: None,
            children: Vec::new(),
        };
        segment.place(&piece.children, began, ids);
        segment.measure(measured);
        segment
    }

    /// Puts chunks below it, instead of those that are there.
    pub fn place(&mut self, contents: &[String], now: i64, ids: &mut Ids) {
        let child = |(position, content): (i64, &String)| ChildChunk {
            id: ids.uuid(),
            position,
            content: content.clone(),
            customized: false,
            created_at: now,
            updated_at: now,
        };
        self.children = (1..).zip(contents).map(child).collect();
    }

    /// Counts its characters, and what an embedding model would count.
    pub fn measure(&mut self, measured: bool) {
        let answer = self.answer.as_deref().unwrap_or_default();
        let length = self.content.chars().count() + answer.chars().count();
        self.word_count = i64::try_from(length).unwrap_or(i64::MAX);
        let tokens = || text::tokens(&self.content) + text::tokens(answer);
        self.tokens = if measured { tokens() } else { 0 };
    }

    /// The place of the next child.
    pub fn next_position(&self) -> i64 {
        self.children.iter().map(|child| child.position).max().unwrap_or(0) + 1
    }
}

/// A chunk below a chunk.
#[derive(Debug, Clone)]
pub struct ChildChunk {
    /// The id.
    pub id: String,
    /// Its place in the chunk, from 1.
    pub position: i64,
    /// Its text.
    pub content: String,
    /// Whether somebody wrote it, rather than the server cut it.
    pub customized: bool,
    /// When it was made, in seconds since 1970.
    pub created_at: i64,
    /// When it was changed.
    pub updated_at: i64,
}
