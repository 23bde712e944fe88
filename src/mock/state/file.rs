//! Uploaded files.

use bytes::Bytes;

use super::Store;

/// An uploaded file.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// The id.
    pub id: String,
    /// The number of the app it was uploaded to; `None` where it is one of the workspace's knowledge.
    pub app: Option<usize>,
    /// The id of the end user who uploaded it; the workspace's owner's where there is none.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its content.
    pub content: Bytes,
    /// When it was uploaded, in seconds since 1970.
    pub created_at: i64,
    /// Whether a message of its app has used it.
    pub used: bool,
}

impl StoredFile {
    /// The ending of its name, in lower case and without the dot.
    pub fn extension(&self) -> String {
        match self.name.rsplit_once('.') {
            Some((_, extension)) => extension.to_ascii_lowercase(),
            None => String::new(),
        }
    }
}

/// All uploaded files.
pub type Files = Store<StoredFile>;
