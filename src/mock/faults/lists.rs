//! Faults of lists: what is in them, and how their pages fit together.

use serde_json::{Map, Value};

use super::{Handler, Injection};
use crate::exchange::query::Pair;
use crate::mock::call::Call;
use crate::mock::reply::{Outcome, Payload, Reply};
use crate::mock::state::World;

/// The most that lists give at once.
const LARGEST: &str = "100";

/// What is made is there, but in no list.
pub fn hide(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let outcome = next(world, call);
    if let Ok(Reply { payload: Payload::Json(value), .. }) = &outcome {
        let pointer = injection.pointer.as_deref().unwrap_or("/id");
        if let Some(id) = value.pointer(pointer).and_then(Value::as_str) {
            world.memory.hidden.insert(id.to_owned());
            injection.act();
        }
    }
    outcome
}

/// What is deleted cannot be read any more, but is still listed.
pub fn still_listed(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let mut outcome = next(world, call);
    if call.method == "GET" {
        injection.act_if(still(world, call, &mut outcome));
    } else if call.method == "DELETE" && outcome.is_ok() {
        world.memory.deleted.extend(named(call));
    }
    outcome
}

/// The ids that a call names: the last one of its path, and the texts of its body.
fn named(call: &Call<'_>) -> Vec<String> {
    let path = call.path.last().map(|(_, id)| id.clone());
    let body = call.object().ok().into_iter().flat_map(Map::values);
    path.into_iter().chain(body.filter_map(Value::as_str).map(str::to_owned)).collect()
}

/// A first page begins with what is deleted and was in the list once.
fn still(world: &mut World, call: &Call<'_>, outcome: &mut Outcome) -> bool {
    let later = place(call).is_some();
    let Some((items, limit)) = items(outcome) else { return false };
    let path: Vec<&str> = call.path.iter().map(|(_, value)| value.as_str()).collect();
    let list = format!("{} {}", call.route, path.join(" "));
    let known = world.memory.listed.entry(list).or_default();
    for item in items.iter() {
        if let Some(id) = item["id"].as_str() {
            known.insert(id.to_owned(), item.clone());
        }
    }
    if later {
        return false;
    }
    let gone: Vec<Value> =
        world.memory.deleted.iter().filter_map(|id| known.get(id)).cloned().collect();
    let shown = !gone.is_empty();
    items.splice(0..0, gone);
    items.truncate(limit.unwrap_or(items.len()));
    shown
}

/// The items of a list, and how many it may have at once.
fn items(outcome: &mut Outcome) -> Option<(&mut Vec<Value>, Option<usize>)> {
    let Ok(Reply { payload: Payload::Json(value), status: 200..300, .. }) = outcome else {
        return None;
    };
    let limit = value.get("limit").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    match value {
        Value::Array(items) => Some((items, limit)),
        value => Some((value.get_mut("data")?.as_array_mut()?, limit)),
    }
}

/// Where a page that is not the first one begins: after a page, or at an item.
enum Begins {
    /// The page before it has this number.
    AfterPage(u64),
    /// After the item with this id.
    After(String),
    /// The page ends before the item with this id: it goes backwards.
    Before(String),
}

fn place(call: &Call<'_>) -> Option<Begins> {
    let id = |name| call.query(name).filter(|id| !id.is_empty()).map(str::to_owned);
    let page = call.query("page").and_then(|page| page.parse().ok()).filter(|page| *page > 1);
    page.map(|page: u64| Begins::AfterPage(page - 1))
        .or_else(|| id("last_id").map(Begins::After))
        .or_else(|| id("first_id").map(Begins::Before))
}

/// A page repeats the last item of the one before.
pub fn overlap(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let mut outcome = next(world, call);
    let Some(begins) = place(call) else { return outcome };
    if items(&mut outcome).is_none_or(|(items, _)| items.is_empty()) {
        return outcome;
    }
    let query = call.query.clone();
    let (gone, new): (&[&str], _) = match &begins {
        Begins::AfterPage(page) => (&["page"], ("page", page.to_string())),
        _ => (&["last_id", "first_id", "limit"], ("limit", LARGEST.to_owned())),
    };
    call.query.retain(|pair| !gone.contains(&pair.name.as_str()));
    call.query.push(Pair { name: new.0.to_owned(), value: new.1, invalid_utf8: false });
    let mut before = next(world, call);
    call.query = query;
    let before = items(&mut before).map(|(items, _)| std::mem::take(items)).unwrap_or_default();
    let before = match &begins {
        Begins::AfterPage(_) => before.last(),
        Begins::After(id) | Begins::Before(id) => before.iter().find(|item| item["id"] == **id),
    };
    if let (Some(before), Some((items, _))) = (before.cloned(), items(&mut outcome)) {
        injection.act();
        // The page gets no longer by it.
        if let Begins::Before(_) = begins {
            items.remove(0);
            items.push(before);
        } else {
            items.pop();
            items.insert(0, before);
        }
    }
    outcome
}

/// A page leaves out the item that is next to the page before.
pub fn gap(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let mut outcome = next(world, call);
    match (place(call), items(&mut outcome)) {
        (Some(begins), Some((items, _))) if !items.is_empty() => {
            injection.act();
            let nearest = if let Begins::Before(_) = begins { items.len() - 1 } else { 0 };
            items.remove(nearest);
        }
        _ => {}
    }
    outcome
}
