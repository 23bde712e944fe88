//! `filter-leaves-out`: an item that fits what was looked for, and is not found.

use serde_json::Value;

use super::episode::{Act, Chronicle, Episode, Outcome};
use super::filter_not_kept::surely_fits;
use super::{LawCheck, Meta};
use crate::check::evidence::is_hidden;
use crate::contract::laws::{Filter, PageRules};
use crate::contract::schema::excerpt;
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity, push_member};

/// The check.
pub static CHECK: LawCheck = LawCheck {
    meta: Meta {
        id: "filter-leaves-out",
        severity: Severity::Error,
        title: "an item that fits what was looked for, and is not found",
        what: "Looks at lists that a case has read with query parameters that filter them (`filters` in \
               `x-contract-page`), in one page that has room for more. Reports items that other answers for \
               the same list have shown before and afterwards, that fit all that was asked for both times, \
               and that this page does not have, where the case has written nothing meanwhile.",
        why: "Users look for what is there, and are told that it is not.",
        example: "response 200 application/json /data: promised \"0b8f…\", which fits the `status` that was \
                  asked for; seen none of 2 items",
        remedy: "Let the server look for it where the documents say, and in everything that there is.",
    },
    judge,
};

/// One page of a list, as an act read it.
struct Sheet<'e> {
    number: usize,
    act: &'e Act<'e>,
    rules: &'e PageRules,
    items: &'e [Value],
    /// The user in whose name it was read.
    user: Option<String>,
}

impl<'e> Sheet<'e> {
    fn of(episode: &'e Episode<'e>, number: usize) -> Option<Self> {
        let act = episode.acts.get(number)?;
        let rules = act.operation.laws.page.as_ref()?;
        let plain = act.is_plain() && act.outcome == Outcome::Accepted;
        let items = Pointer::find(act.answer?, &rules.items)?.as_array().filter(|_| plain)?;
        let user = episode.user(number).map(str::to_owned);
        Some(Self { number, act, rules, items, user })
    }

    fn item(&self, id: &Value) -> Option<&'e Value> {
        let own = self.rules.id.as_ref()?;
        self.items.iter().find(|item| Pointer::find(item, own) == Some(id))
    }

    /// Whether it is a first page with room for more.
    fn is_whole(&self) -> bool {
        let sent = |name: &str| self.act.query(name);
        let first = self.rules.page.as_ref().is_none_or(|page| {
            sent(&page.parameter).is_none_or(|number| number.parse() == Ok(page.first))
        });
        let cursor = self.rules.cursor.as_ref().and_then(|cursor| sent(&cursor.parameter));
        let room = self.rules.limit.as_ref().is_none_or(|limit| {
            let asked = sent(&limit.parameter).map_or(Some(limit.default), |n| n.parse().ok());
            let most = limit.most.unwrap_or(u64::MAX);
            asked.is_some_and(|asked| (self.items.len() as u64) < asked.min(most))
        });
        first && cursor.is_none_or(str::is_empty) && room
    }

    /// The filters that were asked for with their values, where it is plain what all of the query means.
    fn asked(&self, user: Option<&str>) -> Option<Vec<(&'e Filter, Vec<&'e str>)>> {
        let mut asked: Vec<(&Filter, Vec<&str>)> = Vec::new();
        for (name, value) in &self.act.query {
            let consumed = |entry: &std::collections::BTreeMap<String, String>| {
                entry.get("name").is_some_and(|own| own == name)
            };
            if self.rules.places(name)
                || user == Some(name)
                || self.act.operation.traits.consumes.iter().any(consumed)
            {
                continue;
            }
            let filter = self.rules.filters.iter().find(|filter| filter.parameter == *name)?;
            let known = filter.values.is_empty() || filter.values.contains(value);
            if !known || value.is_empty() || is_hidden(value) || filter.places.is_empty() {
                return None;
            }
            match asked.iter_mut().find(|(own, _)| std::ptr::eq(*own, filter)) {
                Some((_, values)) => values.push(value),
                None => asked.push((filter, vec![value])),
            }
        }
        (!asked.is_empty()).then_some(asked)
    }
}

fn judge(chronicle: &Chronicle<'_, '_>, out: &mut Vec<(usize, Disagreement)>) {
    let episode = chronicle.episode;
    let user = episode.contract.user();
    let sheets: Vec<Sheet<'_>> =
        (0..episode.acts.len()).filter_map(|number| Sheet::of(episode, number)).collect();
    for sheet in sheets.iter().filter(|sheet| sheet.is_whole()) {
        let Some(asked) = sheet.asked(user) else { continue };
        let same = |other: &&Sheet<'_>| {
            other.act.operation.id == sheet.act.operation.id
                && other.act.path == sheet.act.path
                && other.user == sheet.user
        };
        let fits = |item: &Value| asked.iter().all(|(f, values)| surely_fits(f, values, item));
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for other in sheets.iter().filter(same) {
            if episode.before(other.number, sheet.number) {
                before.push(other);
            } else if episode.before(sheet.number, other.number) {
                after.push(other);
            }
        }
        let missing = before.iter().rev().find_map(|first| {
            let id = first.rules.id.as_ref()?;
            let kept = |item: &&Value| {
                let Some(id) = Pointer::find(item, id).filter(|_| fits(item)) else { return false };
                let later = |last: &&Sheet<'_>| {
                    last.item(id).is_some_and(fits) && still(episode, first.number, last.number)
                };
                sheet.item(id).is_none() && after.iter().copied().any(|last| later(&last))
            };
            first.items.iter().find(kept)?.pointer(id)
        });
        if let Some(id) = missing {
            out.push((sheet.number, told(episode, sheet, &asked, id)));
        }
    }
}

/// Whether the case wrote nothing between two acts.
fn still(episode: &Episode<'_>, first: usize, last: usize) -> bool {
    let writes = |(number, act): (usize, &Act<'_>)| {
        !act.reads() && !episode.before(number, first) && !episode.before(last, number)
    };
    !episode.acts.iter().enumerate().any(writes)
}

fn told(
    episode: &Episode<'_>,
    sheet: &Sheet<'_>,
    asked: &[(&Filter, Vec<&str>)],
    id: &Value,
) -> Disagreement {
    let pointer = sheet.rules.items.clone();
    let mut found = episode.disagreement(sheet.number, &CHECK.meta, pointer, None);
    let names: Vec<String> = asked.iter().map(|(f, _)| format!("`{}`", f.parameter)).collect();
    found.kind = asked.first().map(|(filter, _)| filter.parameter.clone()).unwrap_or_default();
    found.promised =
        format!("{}, which fits the {} that was asked for", excerpt(id), names.join(" and "));
    found.seen = format!("none of {} items", sheet.items.len());
    let mut at = sheet.act.operation.laws.at.page.clone();
    push_member(&mut at, "filters");
    found.promise = Some((sheet.act.operation.at.document, at));
    found
}
