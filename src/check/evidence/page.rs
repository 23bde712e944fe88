//! A page of a list: what was asked for, and what came.

use serde_json::Value;

use super::{Answer, Evidence, Target};
use crate::check::Meta;
use crate::contract::Operation;
use crate::contract::laws::{Filter, Key, Ordering, PageRules};
use crate::document::Pointer;
use crate::exchange::query;
use crate::finding::{Basis, Disagreement, Part, Place, push_member};

/// A page of a list, and what is promised of it.
pub struct Page<'e> {
    evidence: &'e Evidence<'e>,
    operation: &'e Operation,
    /// What is promised.
    pub rules: &'e PageRules,
    /// The whole answer.
    pub answer: &'e Value,
    /// The items.
    pub items: &'e [Value],
    /// The query of the request.
    query: Vec<query::Pair>,
}

/// What a request says of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked<T> {
    /// Nothing, so that the default counts.
    Default(T),
    /// This.
    For(T),
    /// Something that has no meaning by the documents.
    Unclear,
}

impl<T> Asked<T> {
    /// The value that counts, whether sent or not.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Default(value) | Self::For(value) => Some(value),
            Self::Unclear => None,
        }
    }
}

impl<'e> Page<'e> {
    /// The page that an exchange shows, if it is one of a list of which something is promised.
    #[must_use]
    pub fn of(evidence: &'e Evidence<'e>) -> Option<Self> {
        let Target::Operation(operation) = evidence.target else { return None };
        let rules = operation.laws.page.as_ref()?;
        let Answer::Json(answer) = evidence.answer else { return None };
        let items =
            Pointer::find(answer, &rules.items)?.as_array().filter(|_| evidence.accepted())?;
        let text = query::split(&evidence.exchange.request.url).query.unwrap_or_default();
        let query = query::pairs(text.as_bytes());
        Some(Self { evidence, operation, rules, answer, items, query })
    }

    /// The values that were sent for a parameter, each once it is clear what they mean: they keep the
    /// documents, and nobody hid them.
    fn sent(&self, name: &str) -> Option<Vec<&str>> {
        let broken = self.evidence.request.breaches.iter().any(|breach| match &breach.place.part {
            Part::Parameter { location: "query", name: broken } => broken == name,
            _ => false,
        });
        let own =
            |pair: &&query::Pair| pair.name == name || pair.name.strip_suffix("[]") == Some(name);
        let pairs: Vec<&query::Pair> = self.query.iter().filter(own).collect();
        let clear = |pair: &&query::Pair| {
            !pair.invalid_utf8
                && pair.name == name
                && !super::request::HIDDEN.contains(&pair.value.as_str())
        };
        (!broken && pairs.iter().all(clear))
            .then(|| pairs.iter().map(|pair| pair.value.as_str()).collect())
    }

    /// The text that was sent for a parameter; an empty one counts as none.
    fn text(&self, name: &str) -> Asked<&str> {
        match self.sent(name).as_deref() {
            Some([]) => Asked::Default(""),
            Some([text]) => Asked::For(text),
            _ => Asked::Unclear,
        }
    }

    /// A number that was asked for. Nobody can say what numbers below `least` mean.
    fn number(&self, name: &str, default: u64, least: u64) -> Asked<u64> {
        match self.text(name) {
            Asked::Default(_) => Asked::Default(default),
            Asked::For(text) => match text.parse() {
                Ok(number) if number >= least => Asked::For(number),
                _ => Asked::Unclear,
            },
            Asked::Unclear => Asked::Unclear,
        }
    }

    /// How many items were asked for.
    #[must_use]
    pub fn limit(&self) -> Option<Asked<u64>> {
        self.rules.limit.as_ref().map(|limit| self.number(&limit.parameter, limit.default, 1))
    }

    /// How many items the page may have: what was asked for, but no more than any page.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        let most = self.rules.limit.as_ref()?.most.unwrap_or(u64::MAX);
        self.limit()?.value().map(|asked| asked.min(most))
    }

    /// The number of the page that was asked for.
    #[must_use]
    pub fn page(&self) -> Option<Asked<u64>> {
        self.rules.page.as_ref().map(|page| self.number(&page.parameter, page.first, page.first))
    }

    /// How many items come before the page; none where that cannot be said.
    #[must_use]
    pub fn before(&self) -> Option<u64> {
        let first = self.rules.page.as_ref()?.first;
        let cursor = self.rules.cursor.as_ref().map(|cursor| self.text(&cursor.parameter));
        if cursor.is_some_and(|cursor| !matches!(cursor, Asked::Default(_) | Asked::For(""))) {
            return None;
        }
        self.page()?.value()?.checked_sub(first)?.checked_mul(self.size()?)
    }

    /// Whether the answer repeats anything that was asked for.
    #[must_use]
    pub fn repeats(&self) -> bool {
        let limit = self.rules.limit.as_ref().and_then(|limit| limit.echo.as_ref());
        limit.or(self.rules.page.as_ref().and_then(|page| page.echo.as_ref())).is_some()
    }

    /// How many items came.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.items.len() as u64
    }

    /// The number at a place of the answer.
    #[must_use]
    pub fn told(&self, pointer: Option<&String>) -> Option<u64> {
        self.answer.pointer(pointer?)?.as_u64()
    }

    /// What the items are sorted by, and the words for it.
    #[must_use]
    pub fn order(&self) -> Option<&'e Key> {
        match self.rules.order.as_ref()? {
            Ordering::Fixed(key) => Some(key),
            Ordering::Chosen(choice) => match self.text(&choice.parameter) {
                Asked::Default(_) => choice.by.get(&choice.default),
                Asked::For(value) => choice.by.get(value),
                Asked::Unclear => None,
            },
        }
    }

    /// The filters that were asked for, each with its values, of which one has to fit.
    #[must_use]
    pub fn filters(&self) -> Vec<(&'e Filter, Vec<&str>)> {
        let filters = self.rules.filters.iter();
        let asked = filters.filter_map(|filter| Some((filter, self.sent(&filter.parameter)?)));
        let heard = |filter: &Filter, value: &str| {
            !value.is_empty()
                && (filter.values.is_empty() || filter.values.iter().any(|known| known == value))
        };
        asked
            .filter(|(filter, values)| {
                !values.is_empty() && values.iter().all(|value| heard(filter, value))
            })
            .collect()
    }

    /// The pointer of a place in any item.
    #[must_use]
    pub fn in_items(&self, pointer: &str) -> String {
        format!("{}[]{pointer}", self.rules.items)
    }

    /// A disagreement at a place of the answer, about a member of `x-contract-page`.
    #[must_use]
    pub fn disagreement(&self, meta: &Meta, pointer: &str, member: &str) -> Disagreement {
        let place = Place { part: self.evidence.part(), pointer: pointer.to_owned() };
        let mut found = self.evidence.disagreement(meta, place, Basis::Schema);
        let mut at = self.operation.laws.at.page.clone();
        push_member(&mut at, member);
        found.promise = Some((self.operation.at.document, at));
        found
    }
}
