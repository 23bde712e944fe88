//! What requests about knowledge have in common: bodies, pages, texts, and what ids stand for.

use std::ops::Range;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::state::{Dataset, Document, Segment, World};

/// How many items a page holds at most.
const PAGE: i64 = 100;

/// The members of a JSON body. What is empty counts as an empty object here.
pub fn body<'c>(call: &'c Call<'_>) -> Result<Fields<'c>, Refusal> {
    static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    let empty = match call.json()? {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(_) | Value::Object(_) | Value::Bool(true) => false,
    };
    if empty { Ok(Fields::of_object(&EMPTY)) } else { call.fields() }
}

/// The page that is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// As it was asked for.
    pub page: i64,
    /// As it was asked for.
    pub limit: i64,
}

impl Page {
    /// Reads `page` and `limit`.
    pub fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let query = call.query_fields();
        Self { page: query.integer("page").or(1)?, limit: query.integer("limit").or(20)? }.checked()
    }

    /// The same, where both have to be 1 at least.
    pub fn strict(call: &Call<'_>) -> Result<Self, Refusal> {
        let number = |name: &str, default: i64| {
            call.query_fields().integer(name).range(1..=i64::MAX).or(default)
        };
        Self { page: number("page", 1)?, limit: number("limit", 20)? }.checked()
    }

    fn checked(self) -> Result<Self, Refusal> {
        if self.page.checked_mul(PAGE).is_none() {
            let message = "`page` has to be a number that can be counted to.";
            return Err(Refusal::field(Breach::Bounds, message));
        }
        Ok(self)
    }

    /// How many items it holds. The server takes what makes no sense for the default.
    pub fn size(self) -> i64 {
        if self.limit < 1 { 20 } else { self.limit.min(PAGE) }
    }

    /// Which of so many items are on it.
    pub fn range(self, total: usize) -> Range<usize> {
        let from = (self.page.max(1) - 1).saturating_mul(self.size());
        let at = |place: i64| usize::try_from(place).unwrap_or(usize::MAX).min(total);
        at(from)..at(from.saturating_add(self.size()))
    }

    /// What is told of so many items: the page's own are as many as were asked for.
    pub fn has_more(self, found: usize) -> bool {
        i64::try_from(found) == Ok(self.limit)
    }
}

/// A text of the query that something is looked for with; empty counts as none.
pub fn keyword<'c>(call: &'c Call<'_>) -> Result<Option<&'c str>, Refusal> {
    let keyword = call.query("keyword").filter(|keyword| !keyword.is_empty());
    if keyword.is_some_and(|keyword| keyword.contains('\0')) {
        return Err(nul("keyword"));
    }
    Ok(keyword)
}

fn nul(name: &str) -> Refusal {
    Refusal::field(Breach::Format, format!("`{name}` must not contain U+0000."))
}

/// A text without U+0000, which the database does not take.
pub fn storable(name: &str, text: Option<String>) -> Result<Option<String>, Refusal> {
    if text.as_ref().is_some_and(|text| text.contains('\0')) { Err(nul(name)) } else { Ok(text) }
}

/// The knowledge base of the path. Indexings that are due are done first.
pub fn base<'w>(world: &'w mut World, call: &Call<'_>) -> Result<&'w mut Dataset, Refusal> {
    world.knowledge.settle(&mut world.ids);
    let base = world.knowledge.datasets.get_mut(call.param("dataset_id"));
    base.ok_or_else(|| Refusal::not_found("knowledge base"))
}

/// The document of the path.
pub fn document<'b>(base: &'b mut Dataset, call: &Call<'_>) -> Result<&'b mut Document, Refusal> {
    let document = base.documents.get_mut(call.param("document_id"));
    document.ok_or_else(|| Refusal::not_found("document"))
}

/// The chunk of the path.
pub fn segment<'d>(own: &'d mut Document, call: &Call<'_>) -> Result<&'d mut Segment, Refusal> {
    let segment = own.segments.get_mut(call.param("segment_id"));
    segment.ok_or_else(|| Refusal::not_found("chunk"))
}
