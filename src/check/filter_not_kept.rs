//! `filter-not-kept`: an item that does not fit what was looked for.

use serde_json::Value;

use super::evidence::{Evidence, Page, time};
use super::{Check, Meta, words};
use crate::contract::laws::{Filter, How};
use crate::contract::schema::excerpt;
use crate::document::Pointer;
use crate::finding::{Disagreement, Severity};

/// The check.
pub static CHECK: Check = Check {
    meta: Meta {
        id: "filter-not-kept",
        severity: Severity::Error,
        title: "an item that does not fit what was looked for",
        what: "Holds every item of a list against the query parameters that filter it (`filters` in `x-contract-page`).",
        why: "Clients show users what they did not look for.",
        example: "response 200 application/json /data[]/status: promised \"failed\", as the `status` that was asked for; seen \"succeeded\"",
        remedy: "Let the server pass the parameter to the query that finds the items.",
    },
    applies: |evidence| Page::of(evidence).is_some_and(|page| !page.filters().is_empty()),
    judge,
};

fn judge(evidence: &Evidence<'_>, out: &mut Vec<Disagreement>) {
    let Some(page) = Page::of(evidence) else { return };
    for (number, filter) in page.rules.filters.iter().enumerate() {
        let filters = page.filters();
        let Some((_, values)) = filters.iter().find(|(asked, _)| std::ptr::eq(*asked, filter))
        else {
            continue;
        };
        let misses = |item: &&Value| misses(filter, values, item);
        let Some(item) = page.items.iter().find(misses) else { continue };
        let place = filter.places.first().map(String::as_str).unwrap_or_default();
        let member = format!("filters/{number}");
        let mut found = page.disagreement(&CHECK.meta, &page.in_items(place), "filters");
        if let Some((_, at)) = &mut found.promise {
            *at = format!("{}/{member}", at.trim_end_matches("/filters"));
        }
        found.kind.clone_from(&filter.parameter);
        let how = match filter.how {
            How::Equals => "",
            How::Contains | How::Like => "something with ",
            How::AtLeast => "at least ",
            How::AtMost => "at most ",
        };
        let values: Vec<String> = values.iter().map(|v| excerpt(&Value::from(*v))).collect();
        let values = words::either(&values);
        found.promised = format!("{how}{values}, as the `{}` that was asked for", filter.parameter);
        let shown = filter.places.iter().filter_map(|place| Pointer::find(item, place));
        found.seen = shown.map(excerpt).collect::<Vec<_>>().join(" and ");
        if found.seen.is_empty() {
            found.seen = excerpt(item);
        }
        out.push(found);
    }
}

/// Whether an item surely fits none of the values.
fn misses(filter: &Filter, values: &[&str], item: &Value) -> bool {
    if filter.none.as_deref().is_some_and(|none| values == [none]) {
        return true;
    }
    // What an item does not show cannot be judged.
    let shown: Option<Vec<Vec<&Value>>> =
        filter.places.iter().map(|place| select(item, place)).collect();
    let Some(shown) = shown.filter(|shown| !shown.is_empty()) else { return false };
    let shown = shown.concat();
    values
        .iter()
        .all(|wanted| shown.iter().all(|value| fits(filter.how, value, wanted) == Some(false)))
}

/// Whether an item surely fits one of the values: times by more than a second, since of them only whole
/// seconds may be told.
pub(super) fn surely_fits(filter: &Filter, values: &[&str], item: &Value) -> bool {
    let shown = filter.places.iter().filter_map(|place| select(item, place)).flatten();
    let fits = |value: &Value, wanted: &str| match filter.how {
        How::AtLeast => margin(value, wanted).is_some_and(|margin| margin > 1.0),
        How::AtMost => margin(value, wanted).is_some_and(|margin| margin < -1.0),
        how => fits(how, value, wanted) == Some(true),
    };
    { shown }.any(|value| values.iter().any(|wanted| fits(value, wanted)))
}

/// By how many seconds a time is later than another one.
fn margin(value: &Value, wanted: &str) -> Option<f64> {
    Some(time::instant(value)? - time::seconds(wanted)?)
}

/// The values at a pointer in which `-` stands for any item; nothing, where there is no such place.
fn select<'v>(value: &'v Value, pointer: &str) -> Option<Vec<&'v Value>> {
    let Some((list, rest)) = pointer.split_once("/-") else {
        return Some(vec![Pointer::find(value, pointer)?]);
    };
    let items = Pointer::find(value, list)?.as_array()?.iter();
    Some(items.filter_map(|item| select(item, rest)).flatten().collect())
}

/// Whether a value fits what was asked for, if that can be said.
fn fits(how: How, value: &Value, wanted: &str) -> Option<bool> {
    match (how, value) {
        (How::Equals, Value::String(text)) => Some(text == wanted),
        (How::Equals, Value::Number(number)) => Some(number.to_string() == wanted),
        (How::Equals, Value::Bool(flag)) => Some((if *flag { "true" } else { "false" }) == wanted),
        (How::Equals | How::Contains | How::Like, Value::Null) => Some(false),
        (How::Like, _) if wanted.contains(['%', '_', '\\']) => None,
        // How letters beyond ASCII are folded differs from database to database.
        (How::Contains | How::Like, Value::String(text))
            if text.is_ascii() && wanted.is_ascii() =>
        {
            Some(text.to_ascii_lowercase().contains(&wanted.to_ascii_lowercase()))
        }
        // Of a time only whole seconds may be told.
        (How::AtLeast, value) => Some(time::instant(value)? >= time::seconds(wanted)?.floor()),
        (How::AtMost, value) => Some(time::instant(value)?.floor() <= time::seconds(wanted)?),
        _ => None,
    }
}
