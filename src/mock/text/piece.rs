//! Pieces of a text that become chunks.

use super::{Cutter, clean};
use crate::mock::state::{DocumentForm, ParentMode, ProcessRule, RuleMode, Rules, Segmentation};

/// What becomes a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub content: String,
    /// The answer, where the text is a question.
    pub answer: Option<String>,
    /// What becomes chunks below it.
    pub children: Vec<String>,
}

impl Piece {
    /// Its length in characters.
    pub fn length(&self) -> i64 {
        let length = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        length(&self.content) + self.answer.as_deref().map_or(0, length)
    }
}

/// The pieces of a document of this form, cut by a rule.
///
/// # Errors
/// Where the rule cannot be followed: in words for people.
pub fn pieces(
    text: &str,
    form: DocumentForm,
    rule: Option<&ProcessRule>,
) -> Result<Vec<Piece>, String> {
    let own = Rules::own(500);
    let (mode, rules) = rule.map_or((RuleMode::Automatic, &own), |rule| (rule.mode, &rule.rules));
    let text = clean(text, rules.cleaning.as_deref().unwrap_or_default());
    if form == DocumentForm::Hierarchical {
        return hierarchical(&text, mode, rules);
    }
    let piece = |content: String| {
        let content = without_symbols(&content).trim();
        let answer = (form == DocumentForm::Qa).then(|| content.to_owned());
        let content = match form {
            DocumentForm::Qa => format!("What is said of {}?", subject(content)),
            _ => content.to_owned(),
        };
        (!content.is_empty()).then_some(Piece { content, answer, children: Vec::new() })
    };
    let cut = cutter(mode, rules.segmentation.as_ref())?.cut(&text);
    Ok(cut.into_iter().filter(|piece| !piece.trim().is_empty()).filter_map(piece).collect())
}

fn hierarchical(text: &str, mode: RuleMode, rules: &Rules) -> Result<Vec<Piece>, String> {
    let Some(below) = rules.below.as_ref() else {
        return Err("The rule does not say how chunks are cut below.".to_owned());
    };
    let below = cutter(mode, Some(below))?;
    let parents = match rules.parent_mode {
        Some(ParentMode::FullDoc) => vec![text.to_owned()],
        _ => cutter(mode, rules.segmentation.as_ref())?.cut(text),
    };
    let piece = |content: String| {
        let content = without_stop(&content).to_owned();
        let children = below.cut(&content).into_iter();
        let children = children.map(|child| without_stop(&child).to_owned());
        let children = children.filter(|child| !child.trim().is_empty()).collect();
        (!content.trim().is_empty()).then_some(Piece { content, answer: None, children })
    };
    Ok(parents.into_iter().filter_map(piece).collect())
}

fn cutter(mode: RuleMode, cut: Option<&Segmentation>) -> Result<Cutter, String> {
    match (mode, cut) {
        (RuleMode::Automatic, _) => Ok(Cutter::automatic()),
        (_, Some(cut)) => Cutter::custom(&cut.separator, cut.max_tokens, cut.chunk_overlap),
        (_, None) => Err("The rule does not say how to cut.".to_owned()),
    }
}

/// A text without the full stop that cutting left at its beginning.
fn without_stop(text: &str) -> &str {
    text.strip_prefix(['.', '。']).map_or(text, str::trim)
}

/// A text without the marks that cutting left at its beginning. Links of Markdown stay.
fn without_symbols(text: &str) -> &str {
    text.trim_start_matches(|c| match c {
        '\u{2026}' | '\u{3010}' | '\u{3011}' => false,
        '\u{2000}'..='\u{206f}' | '\u{2e00}'..='\u{2e7f}' | '\u{3000}'..='\u{303f}' => true,
        c => "\"#$%&'()*+,./:;<=>?@^_`~".contains(c),
    })
}

/// What a text is about, near enough: its first words.
fn subject(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(6).collect();
    words.join(" ").trim_end_matches(['.', '!', '?', ',']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::pieces;
    use crate::mock::state::{
        DocumentForm, ParentMode, ProcessRule, RuleMode, Rules, Segmentation,
    };

    fn cut(separator: &str, max_tokens: i64) -> Segmentation {
        Segmentation { separator: separator.to_owned(), max_tokens, chunk_overlap: 0 }
    }

    fn rule(mode: RuleMode, parent_mode: Option<ParentMode>) -> ProcessRule {
        let (segmentation, below) = (Some(cut("\n\n", 500)), Some(cut(". ", 100)));
        let rules = Rules { cleaning: None, segmentation, parent_mode, below };
        ProcessRule { id: String::new(), mode, rules }
    }

    const TEXT: &str = "One is first. Two is next.\n\n. Three is last. Four is none.";

    #[test]
    fn paragraphs_have_sentences_below() {
        let rule = rule(RuleMode::Hierarchical, Some(ParentMode::Paragraph));
        let pieces = pieces(TEXT, DocumentForm::Hierarchical, Some(&rule)).unwrap();
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[1].content, "Three is last. Four is none.");
        assert_eq!(pieces[0].children, ["One is first", "Two is next."]);
    }

    #[test]
    fn a_whole_document_is_one_chunk() {
        let rule = rule(RuleMode::Hierarchical, Some(ParentMode::FullDoc));
        let pieces = pieces(TEXT, DocumentForm::Hierarchical, Some(&rule)).unwrap();
        assert_eq!((pieces.len(), pieces[0].children.len()), (1, 4));
    }

    #[test]
    fn marks_at_the_beginning_go_and_rules_that_cannot_be_followed_say_so() {
        let plain = pieces(TEXT, DocumentForm::Text, Some(&rule(RuleMode::Custom, None))).unwrap();
        assert_eq!(plain[1].content, "Three is last. Four is none.");
        assert_eq!(pieces(TEXT, DocumentForm::Text, None).unwrap().len(), 1);
        let mut short = rule(RuleMode::Custom, None);
        short.rules.segmentation = Some(cut("\n", 10));
        assert!(pieces(TEXT, DocumentForm::Text, Some(&short)).is_err());
        let answer = &pieces(TEXT, DocumentForm::Qa, None).unwrap()[0].answer;
        assert!(answer.as_ref().unwrap().starts_with("One is first"));
    }
}
