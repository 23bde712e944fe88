//! Knowledge bases and what is in them.

use super::Ids;

/// The knowledge of the workspace.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// The key that opens it.
    pub key: String,
    /// The id of the workspace's owner, who made everything that no end user made.
    pub owner: String,
}

impl Knowledge {
    /// The knowledge of a new world.
    pub fn seeded(ids: &mut Ids) -> Self {
        Self { key: format!("dataset-{}", ids.token(24)), owner: ids.uuid() }
    }

    /// Whether there is a knowledge base with this id.
    pub fn has(&self, dataset: &str) -> bool {
        let _ = dataset;
        false
    }
}
