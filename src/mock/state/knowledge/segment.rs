//! Chunks of documents, and the smaller chunks below them.

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
    /// The ids of the files that belong to it.
    pub attachments: Vec<String>,
}

impl Segment {
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
