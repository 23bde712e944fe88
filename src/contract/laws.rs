//! What is promised of lists, times and counts, beyond what schemas can say: `x-contract-page`,
//! `x-contract-times` and `x-contract-counts` (see `specs/README.md`).

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::document::Pointer;
use crate::error::Problem;

/// What is promised of lists, times and counts in the answers of an operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laws {
    /// The list that it tells page by page.
    pub page: Option<PageRules>,
    /// The times in its answers.
    pub times: Option<Times>,
    /// The counts in its answers.
    pub counts: Vec<Count>,
    /// Where `page`, `times` and `counts` stand: the JSON Pointer of each in the document.
    pub at: Places,
}

/// Where the laws of an operation stand in its document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// `x-contract-page`.
    pub page: String,
    /// `x-contract-times`, of the operation or of the whole document.
    pub times: String,
    /// `x-contract-counts`.
    pub counts: String,
}

/// What is promised of a list (`x-contract-page`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PageRules {
    /// JSON Pointer to the list in the answer; empty: the answer itself is the list.
    pub items: String,
    /// JSON Pointer in an item to what tells it from all others; none: equal items may be listed.
    pub id: Option<String>,
    /// How many items a page has at most.
    pub limit: Option<Limit>,
    /// How a page is chosen by its number.
    pub page: Option<PageNumber>,
    /// How a page is chosen by an item of the page before.
    pub cursor: Option<Cursor>,
    /// Where the answer tells whether there is more.
    pub more: Option<More>,
    /// JSON Pointer to the number of all items.
    pub total: Option<String>,
    /// JSON Pointer to the number of all pages.
    pub pages: Option<String>,
    /// The order in which the items are told.
    pub order: Option<Ordering>,
    /// The parameters that items must fit.
    pub filters: Vec<Filter>,
    /// Whether others may add and remove items at any time.
    pub shared: bool,
    /// A parameter with which a caller sees nothing but what it has made itself.
    pub apart: Option<Apart>,
    /// How one more item is made.
    pub make: Option<Make>,
}

/// A parameter with which a caller sees nothing but what it has made itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    /// The query parameter.
    pub parameter: String,
    /// JSON Pointer in the body of the request that makes an item, to where the same word has to stand;
    /// `None`: it is the user in whose name the item is made.
    pub with: Option<String>,
}

/// How one more item of a list is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Make {
    /// The operation.
    pub operation: String,
    /// Members that its body has beside those of `x-contract-make`; `{"$resource": KIND}` stands for an id.
    #[serde(default)]
    pub with: Value,
    /// JSON Pointer in an item to an id that the operation tells; as that of the item, if it is left out.
    pub id: Option<String>,
}

impl PageRules {
    /// Whether a query parameter says which page is read, or in which order, and not what is listed.
    #[must_use]
    pub fn places(&self, name: &str) -> bool {
        let chosen = match &self.order {
            Some(Ordering::Chosen(choice)) => choice.parameter == name,
            _ => false,
        };
        chosen
            || self.limit.as_ref().is_some_and(|limit| limit.parameter == name)
            || self.page.as_ref().is_some_and(|page| page.parameter == name)
            || self.cursor.as_ref().is_some_and(|cursor| cursor.parameter == name)
    }
}

/// How many items a page has at most.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The query parameter that asks for it.
    pub parameter: String,
    /// What counts where it is not sent.
    pub default: u64,
    /// What no page exceeds, whatever is asked for.
    pub most: Option<u64>,
    /// JSON Pointer to where the answer repeats it.
    pub echo: Option<String>,
}

/// How a page is chosen by its number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageNumber {
    /// The query parameter that asks for it.
    pub parameter: String,
    /// The number of the first page, which counts where none is sent.
    #[serde(default = "one")]
    pub first: u64,
    /// JSON Pointer to where the answer repeats it.
    pub echo: Option<String>,
}

/// How a page is chosen by an item of the page before it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// The query parameter that takes the item's id.
    pub parameter: String,
    /// Which item of the page before that is. Where it is the first, pages go backwards.
    pub of: End,
}

/// An end of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Its first item.
    First,
    /// Its last item.
    Last,
}

/// Where the answer tells whether there is more.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// JSON Pointer to it.
    pub pointer: String,
    /// When it is told.
    #[serde(default)]
    pub when: When,
}

/// When an answer says that there is more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// When items are left after this page. As long as there are, pages are full.
    #[default]
    Left,
    /// When the page is full, be it the last one.
    Full,
}

/// The order in which items are told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Ordering {
    /// Always the same.
    Fixed(Key),
    /// As a query parameter says.
    Chosen(Choice),
}

/// An order that a query parameter chooses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// The parameter.
    pub parameter: String,
    /// The value that counts where none is sent.
    pub default: String,
    /// What each value means.
    pub by: BTreeMap<String, Key>,
}

/// What items are sorted by: `/created_at`, or `-/created_at` for the largest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// JSON Pointer in an item.
    pub pointer: String,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// A query parameter that items must fit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The parameter.
    pub parameter: String,
    /// JSON Pointers in an item, one of which has to fit; `-` for any item of a list in it.
    #[serde(rename = "in")]
    pub places: Vec<String>,
    /// How it has to fit.
    pub how: How,
    /// The values that filter; any other is passed over by the server. Empty: all do.
    #[serde(default)]
    pub values: Vec<String>,
    /// A value that no item has, wherever it is looked for.
    pub none: Option<String>,
}

/// How an item has to fit a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It is the same.
    Equals,
    /// It contains the parameter; case does not matter.
    Contains,
    /// As `contains`, but `%` and `_` stand for other characters, and such parameters are not judged.
    Like,
    /// It is this time or a later one.
    AtLeast,
    /// It is this time or an earlier one.
    AtMost,
}

/// The times in answers (`x-contract-times`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Times {
    /// Names of members that hold seconds since 1970, wherever they stand.
    pub seconds: Vec<String>,
    /// Names of members that hold milliseconds since 1970, wherever they stand.
    pub milliseconds: Vec<String>,
    /// Names of members of one object whose times never go back from one to the next.
    pub order: Vec<Vec<String>>,
    /// Names of members whose content is anybody's, and is not looked into.
    pub free: Vec<String>,
}

/// A count, and what it counts (`x-contract-counts`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Count {
    /// JSON Pointer to the count; `-` for any item.
    pub count: String,
    /// JSON Pointer to the list whose items it counts, or to the text whose characters it does.
    pub of: Option<String>,
    /// JSON Pointer to a number that it does not exceed.
    pub at_most: Option<String>,
    /// What it is.
    pub is: Option<u64>,
    /// A value beside it, without which nothing is said of it.
    pub when: Option<Beside>,
}

/// A count in an event of a stream, and what it is (`counts` in `x-contract-stream`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventCount {
    /// The name of the event.
    pub event: String,
    /// JSON Pointer to the count in its data.
    pub count: String,
    /// What it is.
    pub is: u64,
    /// A value in the event, without which nothing is said of it.
    pub when: Option<Beside>,
}

/// A value at a place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// JSON Pointer to it; `-` for the item that the count is in.
    pub pointer: String,
    /// The value.
    pub equals: Value,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (descending, pointer) = match text.strip_prefix('-') {
            Some(pointer) => (true, pointer),
            None => (false, text.as_str()),
        };
        if !pointer.starts_with('/') {
            let message = format!("`{text}` is no JSON Pointer, with or without `-` before it");
            return Err(serde::de::Error::custom(message));
        }
        Ok(Self { pointer: pointer.to_owned(), descending })
    }
}

fn one() -> u64 {
    1
}

/// Reads what is promised of an operation's lists, times and counts. What cannot be read is noted, and
/// promises nothing.
pub fn read(document: &Value, operation: &Pointer, problems: &mut Vec<(Pointer, Problem)>) -> Laws {
    let mut laws = Laws::default();
    let page = operation.child("x-contract-page");
    laws.page = part(document, &page, problems);
    laws.at.page = page.into_string();
    let counts = operation.child("x-contract-counts");
    laws.counts = part(document, &counts, problems).unwrap_or_default();
    laws.at.counts = counts.into_string();
    // What an operation says of its own times replaces what the document says of all.
    let own = operation.child("x-contract-times");
    let all = Pointer::new("/x-contract-times");
    let times = if own.resolve(document).is_some() { own } else { all };
    laws.times = part(document, &times, problems);
    laws.at.times = times.into_string();
    laws
}

fn part<T: DeserializeOwned>(
    document: &Value,
    at: &Pointer,
    problems: &mut Vec<(Pointer, Problem)>,
) -> Option<T> {
    let raw = at.resolve(document)?;
    match T::deserialize(raw) {
        Ok(part) => Some(part),
        Err(error) => {
            let name = at.as_str().rsplit('/').next().unwrap_or_default();
            let problem = Problem::new(format!("`{name}` cannot be read: {error}; it is left out"))
                .help("specs/README.md tells what may stand there");
            if !problems.iter().any(|(known, _)| known == at) {
                problems.push((at.clone(), problem));
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(operation: &Value) -> (Laws, Vec<String>) {
        let document = json!({ "o": operation, "x-contract-times": { "seconds": ["made"] } });
        let mut problems = Vec::new();
        let laws = read(&document, &Pointer::new("/o"), &mut problems);
        (
            laws,
            problems.into_iter().map(|(at, p)| format!("{}: {}", at.as_str(), p.message)).collect(),
        )
    }

    #[test]
    fn a_list_is_read() {
        let (laws, problems) = of(&json!({ "x-contract-page": {
            "items": "/data", "id": "/id",
            "limit": { "parameter": "limit", "default": 20 },
            "page": { "parameter": "page" },
            "more": { "pointer": "/more" },
            "order": "-/made",
            "filters": [{ "parameter": "word", "in": ["/name"], "how": "contains" }],
        } }));
        assert!(problems.is_empty(), "{problems:?}");
        let page = laws.page.unwrap_or_default();
        assert_eq!(page.page.map(|page| page.first), Some(1));
        assert_eq!(page.more.map(|more| more.when), Some(When::Left));
        let newest_first = Key { pointer: "/made".to_owned(), descending: true };
        assert_eq!(page.order, Some(Ordering::Fixed(newest_first)));
        assert_eq!(laws.times.map(|times| times.seconds), Some(vec!["made".to_owned()]));
    }

    #[test]
    fn what_an_operation_says_of_its_times_replaces_the_rest() {
        let (laws, _) = of(&json!({ "x-contract-times": {} }));
        assert_eq!(laws.times, Some(Times::default()));
        assert_eq!(laws.at.times, "/o/x-contract-times");
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let (laws, problems) = of(&json!({
            "x-contract-page": { "itmes": "/data" },
            "x-contract-counts": [{ "count": 3 }],
            "x-contract-times": { "seconds": "made" },
        }));
        assert_eq!((laws.page, laws.times, laws.counts.len()), (None, None, 0));
        let told: Vec<&str> = problems.iter().map(|p| p.split(" cannot").next().unwrap()).collect();
        assert_eq!(
            told,
            [
                "/o/x-contract-page: `x-contract-page`",
                "/o/x-contract-counts: `x-contract-counts`",
                "/o/x-contract-times: `x-contract-times`",
            ]
        );
    }
}
