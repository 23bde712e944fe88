//! Values that a description lists in words: "One of `a`, `b`."
//!
//! Descriptions mention many things in backticks: other fields, examples, defaults. Only forms that
//! surely list all values count, each within one sentence:
//!
//! | form | example |
//! |---|---|
//! | introduced | Available values: `a`, `b` (the short one), and `c`. |
//! | glossed | `a` for the first kind, `b` for the second. |
//! | bare | How it looks: `a`, `b`. |
//! | constant | Always `a`. |
//!
//! A description that hedges ("e.g.", "such as") lists nothing.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Map, Value};

/// Words by which a description says that its list is not complete.
const HEDGES: &[&str] = &[
    "e.g.",
    "for example",
    "for instance",
    "such as",
    "like `",
    "including",
    "among others",
    "etc.",
    "may grow",
    "and more",
    "other values",
    "or another",
    "formatted as",
];

/// What may follow a value that is explained.
const GLOSSES: &[&str] = &[
    "for ", "means ", "if ", "when ", "while ", "on ", "to ", "after ", "uses ", "(", ":", "=",
    "—", "–", "- ", "→",
];

/// The values that a description says a string may have, if it lists them all; `None` if it does
/// not, or if that is not certain.
#[must_use]
pub fn listed_values(description: &str, schema: &Map<String, Value>) -> Option<Vec<String>> {
    let types = schema.get("type")?;
    let string = types == "string"
        || types.as_array().is_some_and(|types| types.iter().any(|name| name == "string"));
    let told_otherwise = ["enum", "const", "format", "pattern"];
    if !string || told_otherwise.iter().any(|keyword| schema.contains_key(*keyword)) {
        return None;
    }
    let lower = description.to_lowercase();
    if !description.contains('`') || HEDGES.iter().any(|hedge| lower.contains(hedge)) {
        return None;
    }
    let mut lists = sentences(description).into_iter().filter_map(list_of);
    let list = lists.next()?;
    // Two lists speak of two things; which of them is meant is not certain.
    if lists.next().is_some() {
        return None;
    }
    let values: Vec<String> = list.into_iter().filter(|value| value != "null").collect();
    let sound = |value: &String| {
        !value.is_empty()
            && value.len() <= 40
            && value.chars().all(|c| c.is_ascii_alphanumeric() || "_-[].:/".contains(c))
    };
    (!values.is_empty() && values.iter().all(sound)).then_some(values)
}

/// The sentences of a text; a period within backticks or parentheses ends none.
fn sentences(text: &str) -> Vec<&str> {
    let (mut sentences, mut start, mut code, mut depth) = (Vec::new(), 0, false, 0_u32);
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '`' => code = !code,
            '(' if !code => depth += 1,
            ')' if !code => depth = depth.saturating_sub(1),
            '.' | '\n' if !code && depth == 0 => {
                let ends = c == '\n' || characters.peek().is_none_or(|(_, c)| c.is_whitespace());
                if ends {
                    sentences.extend(text.get(start..at).map(str::trim).filter(|s| !s.is_empty()));
                    start = at + 1;
                }
            }
            _ => {}
        }
    }
    sentences.extend(text.get(start..).map(str::trim).filter(|s| !s.is_empty()));
    sentences
}

/// The values that a sentence lists.
fn list_of(sentence: &str) -> Option<Vec<String>> {
    static INTRODUCED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:(?:available|possible|allowed|supported|valid|accepted) )?(?:values|options)(?: are)?:\s*(.+)$|^(?:.* )?(?:one of|either)(?: the following)?:?\s+(`.+)$").ok()
    });
    static CONSTANT: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)^(?:[^`]*[,:;] |[^`]* is )?(?:always|fixed (?:as|to|at)) `([^`]+)`$").ok()
    });
    if let Some(found) = CONSTANT.as_ref()?.captures(sentence) {
        return Some(vec![found.get(1)?.as_str().to_owned()]);
    }
    let introduced = INTRODUCED.as_ref()?.captures(sentence);
    let introduced = introduced.and_then(|found| found.get(1).or(found.get(2)));
    let list = match introduced {
        Some(list) => list.as_str(),
        // What stands before a colon and mentions nothing introduces the list.
        None => match sentence.split_once(": ") {
            Some((before, list)) if !before.contains('`') => list,
            _ => sentence,
        },
    };
    let clauses = clauses(list);
    let values: Option<Vec<String>> = clauses.iter().map(|clause| value_of(clause)).collect();
    values.filter(|values| values.len() >= 2 || introduced.is_some())
}

/// The parts of a list, at commas, semicolons, "and" and "or" outside backticks and parentheses.
fn clauses(list: &str) -> Vec<String> {
    let (mut clauses, mut current) = (Vec::new(), String::new());
    let (mut code, mut depth) = (false, 0_u32);
    for c in list.chars() {
        match c {
            '`' => code = !code,
            '(' if !code => depth += 1,
            ')' if !code => depth = depth.saturating_sub(1),
            _ => {}
        }
        if matches!(c, ',' | ';') && !code && depth == 0 {
            clauses.push(std::mem::take(&mut current));
        } else {
            current.push(c);
        }
    }
    clauses.push(current);
    // "`a` or `b`", "and `c`": an item begins where a value follows the word. A comma within an
    // explanation does not: what follows it is joined to the item before.
    let mut items: Vec<String> = Vec::new();
    for clause in clauses {
        for part in at_words(clause.trim()) {
            match items.last_mut() {
                Some(before) if !part.starts_with('`') => {
                    before.push_str(", ");
                    before.push_str(&part);
                }
                _ => items.push(part),
            }
        }
    }
    items
}

/// Splits before "and" and "or" where a value follows.
fn at_words(clause: &str) -> Vec<String> {
    let clause = ["and ", "or ", "either "]
        .iter()
        .find_map(|word| clause.strip_prefix(word))
        .unwrap_or(clause);
    let mut parts = vec![];
    let mut rest = clause;
    while let Some(at) = [" and `", " or `"].iter().filter_map(|word| rest.find(word)).min() {
        let (before, after) = rest.split_at(at);
        parts.push(before.trim().to_owned());
        rest = after.trim_start().split_once(' ').map_or("", |(_, value)| value);
    }
    parts.push(rest.trim().to_owned());
    parts
}

/// The value of an item: it begins with it, and explains it or ends.
fn value_of(item: &str) -> Option<String> {
    let (value, rest) = item.strip_prefix('`')?.split_once('`')?;
    let rest = rest.trim_start();
    let explained = GLOSSES.iter().any(|gloss| rest.starts_with(gloss));
    (rest.is_empty() || explained).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::listed_values;

    fn listed(description: &str) -> Option<String> {
        let schema = json!({ "type": "string" });
        listed_values(description, schema.as_object()?).map(|values| values.join(" "))
    }

    #[test]
    fn lists_are_read() {
        for (description, values) in [
            (
                "Colour of the box. Available values: `red`, `green` (default), and `blue`.",
                "red green blue",
            ),
            ("Who may see it. `me` for the owner alone, `all` for everybody.", "me all"),
            ("Kind of wheel: `front`, `rear`.", "front rear"),
            ("One of `a`, `b` or `c`.", "a b c"),
            ("Either `a` or `b`.", "a b"),
            ("Always `wheel`.", "wheel"),
            ("Type of the thing, always `wheel`.", "wheel"),
            ("`on` if it runs, `off` if it does not, `null` if nobody knows.", "on off"),
            ("State. `new` for what came in, also by mail; `done` for the rest.", "new done"),
        ] {
            assert_eq!(listed(description).as_deref(), Some(values), "{description}");
        }
    }

    #[test]
    fn what_is_not_surely_a_list_is_none() {
        for description in [
            "The name, e.g. `a` or `b`.",
            "Such as `a`, `b`.",
            "Use the `model` field with `kind=a`.",
            "Always `a` for new ones.",
            "`a` for the first.",
            "`a` and `b` are never returned.",
            "When `mode` is `x`, it is absent.",
            "`a` for one, `b` for two. `c` for three, `d` for four.",
            "Formatted as `name/version`, `name`.",
            "`Bearer {key}`, `Basic {key}`.",
            "No values here.",
        ] {
            assert_eq!(listed(description), None, "{description}");
        }
    }
}
