//! The pages of a list, one after the other.

use serde_json::{Value, json};

use crate::contract::laws::{End, PageRules};
use crate::document::Pointer;
use crate::generate::{Draft, Spot};

/// Where the reading of a list is.
pub struct Pages<'p> {
    rules: &'p PageRules,
    /// The request for the next page.
    pub draft: Draft,
    /// How many pages were read.
    pub count: u64,
    /// How many items a page has, if it is full.
    limit: Option<u64>,
}

impl<'p> Pages<'p> {
    /// From the first page on, each as large as can be.
    pub fn new(rules: &'p PageRules, mut draft: Draft) -> Self {
        let limit = rules.limit.as_ref().map(|limit| limit.most.unwrap_or(limit.default));
        if let (Some(rule), Some(limit)) = (&rules.limit, limit) {
            draft.set(&Spot::query(&rule.parameter), json!(limit));
        }
        Self { rules, draft, count: 0, limit }
    }

    /// Takes a page, and turns to the next one; `false` where there is none.
    pub fn go_on(&mut self, answer: &Value) -> bool {
        self.count += 1;
        let Some(items) = Pointer::find(answer, &self.rules.items).and_then(Value::as_array) else {
            return false;
        };
        if self.limit.is_none_or(|limit| (items.len() as u64) < limit) {
            return false;
        }
        if let Some(page) = &self.rules.page {
            let next = page.first.saturating_add(self.count);
            self.draft.set(&Spot::query(&page.parameter), json!(next));
            return true;
        }
        let (Some(cursor), Some(id)) = (&self.rules.cursor, &self.rules.id) else { return false };
        let end = match cursor.of {
            End::First => items.first(),
            End::Last => items.last(),
        };
        match end.and_then(|item| Pointer::find(item, id)) {
            Some(id) => self.draft.set(&Spot::query(&cursor.parameter), id.clone()),
            None => false,
        }
    }
}
