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
    /// Whether a message of its app has used it; see [`Files::mark_used`].
    pub used: bool,
}

impl StoredFile {
    /// The ending of its name, in lower case and without the dot. Dots at the front begin no ending.
    pub fn extension(&self) -> String {
        match self.name.trim_start_matches('.').rsplit_once('.') {
            Some((_, extension)) => extension.to_lowercase(),
            None => String::new(),
        }
    }
}

/// So many files are kept.
const MOST: usize = 10_000;

/// So many bytes of files are kept, beside the newest one.
const MOST_BYTES: usize = 256 << 20;

/// All uploaded files; the oldest go where there is no room.
#[derive(Debug, Clone, Default)]
pub struct Files {
    files: Store<StoredFile>,
    bytes: usize,
}

impl Files {
    /// Keeps a file.
    pub fn insert(&mut self, id: impl Into<String>, file: StoredFile) {
        let id = id.into();
        self.remove(&id);
        self.bytes += file.content.len();
        self.files.insert(id, file);
        while self.files.len() > MOST || (self.bytes > MOST_BYTES && self.files.len() > 1) {
            let Some(oldest) = self.files.iter().next().map(|file| file.id.clone()) else { return };
            self.remove(&oldest);
        }
    }

    /// The file with this id.
    pub fn get(&self, id: &str) -> Option<&StoredFile> {
        self.files.get(id)
    }

    /// Notes that a message has used a file: from then on it can be had back.
    pub fn mark_used(&mut self, id: &str) {
        if let Some(file) = self.files.get_mut(id) {
            file.used = true;
        }
    }

    /// Takes out the file with this id.
    pub fn remove(&mut self, id: &str) -> Option<StoredFile> {
        let file = self.files.remove(id)?;
        self.bytes -= file.content.len();
        Some(file)
    }
}

#[cfg(test)]
mod tests {
    use super::{Files, StoredFile};

    fn file(id: &str, name: &str, size: usize) -> StoredFile {
        StoredFile {
            id: id.to_owned(),
            app: None,
            owner: String::new(),
            name: name.to_owned(),
            media_type: "image/png".to_owned(),
            content: vec![0; size].into(),
            created_at: 0,
            used: false,
        }
    }

    #[test]
    fn names_end_after_their_last_dot() {
        let ending = |name| file("", name, 0).extension();
        assert_eq!(
            ["a.tar.GZ", ".profile", "..a.b", "a.", "a"].map(ending),
            ["gz", "", "b", "", ""]
        );
    }

    #[test]
    fn old_files_make_room_for_large_ones() {
        let mut files = Files::default();
        for id in ["a", "b", "c", "b"] {
            files.insert(id, file(id, "x", 100 << 20));
        }
        files.mark_used("b");
        let kept = ["a", "b", "c"].map(|id| files.get(id).map(|file| file.used));
        assert_eq!(kept, [None, Some(true), Some(false)]);
        files.insert("d", file("d", "x", 300 << 20));
        assert!(files.get("b").is_none() && files.get("d").is_some());
    }
}
