//! The rules for cutting that requests carry.

use serde_json::Value;

use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::state::{ParentMode, ProcessRule, RuleMode, Rules, Segmentation};

/// How to cut, where a request says so. The rule has no id yet.
pub fn process_rule(fields: &Fields<'_>) -> Result<Option<ProcessRule>, Refusal> {
    let Some(object) = fields.object("process_rule").optional()? else { return Ok(None) };
    let own = Fields::of_object(&object);
    let mode = own.text("mode").one_of(&["automatic", "custom", "hierarchical"]).required()?;
    let rules = match own.object("rules").optional()? {
        Some(object) => Some(rules(&Fields::of_object(&object))?),
        None => None,
    };
    let mode = match mode.as_str() {
        "automatic" => return Ok(Some(ProcessRule::automatic(String::new()))),
        "custom" => RuleMode::Custom,
        _ => RuleMode::Hierarchical,
    };
    let missing = |name: &str| {
        let message = format!("`{name}` is required for this mode.");
        Err(Refusal::field(Breach::Missing, message))
    };
    let Some(mut rules) = rules else { return missing("rules") };
    if rules.cleaning.is_none() {
        return missing("pre_processing_rules");
    }
    if mode == RuleMode::Hierarchical {
        rules.parent_mode.get_or_insert(ParentMode::Paragraph);
    }
    let Some(cut) = &rules.segmentation else { return missing("segmentation") };
    if cut.separator.is_empty() {
        return missing("separator");
    }
    let whole = mode == RuleMode::Hierarchical && rules.parent_mode == Some(ParentMode::FullDoc);
    if !whole && cut.max_tokens == 0 {
        return missing("max_tokens");
    }
    Ok(Some(ProcessRule { id: String::new(), mode, rules }))
}

fn rules(fields: &Fields<'_>) -> Result<Rules, Refusal> {
    let parent_mode = fields.text("parent_mode").one_of(&["full-doc", "paragraph"]).optional()?;
    let parent_mode = parent_mode.map(|mode| match mode.as_str() {
        "full-doc" => ParentMode::FullDoc,
        _ => ParentMode::Paragraph,
    });
    let cleaning = match fields.list("pre_processing_rules").optional()? {
        Some(items) => Some(cleaning(&items)?),
        None => None,
    };
    let segmentation = segmentation(fields, "segmentation")?;
    let below = self::segmentation(fields, "subchunk_segmentation")?;
    Ok(Rules { cleaning, segmentation, parent_mode, below })
}

fn cleaning(items: &[Value]) -> Result<Vec<(String, bool)>, Refusal> {
    let mut rules: Vec<(String, bool)> = Vec::new();
    for item in items {
        let Value::Object(item) = item else {
            let message = "`pre_processing_rules` has to be a list of objects.";
            return Err(Refusal::field(Breach::Type, message));
        };
        let own = Fields::of_object(item);
        let known = ["remove_stopwords", "remove_extra_spaces", "remove_urls_emails"];
        let (id, enabled) =
            (own.text("id").one_of(&known).required()?, own.boolean("enabled").required()?);
        // The last word on a rule counts.
        match rules.iter_mut().find(|(own, _)| *own == id) {
            Some(rule) => rule.1 = enabled,
            None => rules.push((id, enabled)),
        }
    }
    Ok(rules)
}

fn segmentation(fields: &Fields<'_>, name: &str) -> Result<Option<Segmentation>, Refusal> {
    let Some(object) = fields.object(name).optional()? else { return Ok(None) };
    let own = Fields::of_object(&object);
    Ok(Some(Segmentation {
        separator: own.text("separator").length(1..=usize::MAX).or("\n".to_owned())?,
        max_tokens: own.integer("max_tokens").required()?,
        chunk_overlap: own.integer("chunk_overlap").or(0)?,
    }))
}
