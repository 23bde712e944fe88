//! How documents are cut into chunks.

use serde_json::{Value, json};

/// Whose rules they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleMode {
    /// The server's.
    Automatic,
    /// The caller's.
    Custom,
    /// The caller's, with smaller chunks below the chunks.
    Hierarchical,
}

impl RuleMode {
    /// The server's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Custom => "custom",
            Self::Hierarchical => "hierarchical",
        }
    }
}

/// What the chunks are below which smaller ones lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParentMode {
    /// The whole document.
    FullDoc,
    /// Its paragraphs.
    Paragraph,
}

impl ParentMode {
    /// The server's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::FullDoc => "full-doc",
            Self::Paragraph => "paragraph",
        }
    }
}

/// Where to cut, and how long the pieces may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segmentation {
    /// What stands between pieces.
    pub separator: String,
    /// The most that a piece may have, in characters, whatever its name says.
    pub max_tokens: i64,
    /// How many characters a piece has in common with the one before it.
    pub chunk_overlap: i64,
}

impl Segmentation {
    fn told(&self, separator: &str) -> Value {
        json!({
            separator: self.separator,
            "max_tokens": self.max_tokens,
            "chunk_overlap": self.chunk_overlap,
        })
    }
}

/// Rules for cutting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// What is done to the text before: names of rules, and whether they are on.
    pub cleaning: Option<Vec<(String, bool)>>,
    /// How it is cut.
    pub segmentation: Option<Segmentation>,
    /// What the upper chunks are.
    pub parent_mode: Option<ParentMode>,
    /// How the upper chunks are cut.
    pub below: Option<Segmentation>,
}

/// A rule that documents were cut by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessRule {
    /// The id.
    pub id: String,
    /// Whose rules they are.
    pub mode: RuleMode,
    /// The rules.
    pub rules: Rules,
}

impl ProcessRule {
    /// The server's own rule.
    pub fn automatic(id: String) -> Self {
        Self { id, mode: RuleMode::Automatic, rules: Rules::own(500) }
    }

    /// The rules as answers tell them. The server calls the separator differently where it is its own.
    pub fn told(&self) -> Value {
        if self.mode == RuleMode::Automatic {
            return self.rules.told_as_own();
        }
        let rules = &self.rules;
        let segmentation = |cut: &Option<Segmentation>| cut.as_ref().map(|c| c.told("separator"));
        json!({
            "pre_processing_rules": rules.cleaning.as_deref().map(cleaning),
            "segmentation": segmentation(&rules.segmentation),
            "parent_mode": rules.parent_mode.map(ParentMode::word),
            "subchunk_segmentation": segmentation(&rules.below),
        })
    }
}

impl Rules {
    /// The server's own rules, for pieces of so many characters.
    pub fn own(max_tokens: i64) -> Self {
        let cleaning = vec![
            ("remove_extra_spaces".to_owned(), true),
            ("remove_urls_emails".to_owned(), false),
        ];
        let segmentation =
            Segmentation { separator: "\n".to_owned(), max_tokens, chunk_overlap: 50 };
        Self { cleaning: Some(cleaning), segmentation: Some(segmentation), ..Self::default() }
    }

    /// The server's own rules as answers tell them.
    pub fn told_as_own(&self) -> Value {
        json!({
            "pre_processing_rules": self.cleaning.as_deref().map(cleaning),
            "segmentation": self.segmentation.as_ref().map(|cut| cut.told("delimiter")),
        })
    }
}

fn cleaning(rules: &[(String, bool)]) -> Value {
    rules.iter().map(|(id, enabled)| json!({ "id": id, "enabled": enabled })).collect()
}
