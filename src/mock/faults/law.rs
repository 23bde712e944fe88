//! Faults of state: each answer is by the book, and yet they do not fit together.

use serde_json::Value;

use super::{Handler, Injection, place};
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Payload, Reply};
use crate::mock::state::World;

fn succeeded(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(|reply| reply.status < 300)
}

/// The world is as it was before, whatever the answer says.
pub fn forget(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let before = world.clone();
    let outcome = next(world, call);
    // Ids go on, so that the next thing does not get the same one.
    let ids = world.ids.clone();
    *world = before;
    world.ids = ids;
    outcome
}

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
        }
    }
    outcome
}

/// A refused change is made all the same: what cannot be taken is left out, and the rest is done.
pub fn change_anyway(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let outcome = next(world, call);
    let Err(refusal) = &outcome else { return outcome };
    let Ok(Value::Object(body)) = call.json().cloned() else { return outcome };
    if refusal.status == 400 {
        // The one member that the message names is the one that was wrong.
        let wrong = refusal.message.split('`').nth(1).unwrap_or_default().to_owned();
        let mut mended = body;
        mended.shift_remove(&wrong);
        let body = bytes::Bytes::from(Value::Object(mended).to_string());
        let mut again = call.with_body(&body);
        // What comes of it is nobody's to know.
        let _ = next(world, &mut again);
    }
    outcome
}

/// What an update does not name is lost.
pub fn reset_rest(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let Ok(Value::Object(mut body)) = call.json().cloned() else { return next(world, call) };
    let name = injection.value.clone().unwrap_or_else(|| "description".to_owned());
    if body.contains_key(&name) {
        return next(world, call);
    }
    body.insert(name, Value::String(String::new()));
    let body = bytes::Bytes::from(Value::Object(body).to_string());
    next(world, &mut call.with_body(&body))
}

/// A field of the request is not looked at.
pub fn ignore(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let name = injection.value.clone().unwrap_or_else(|| "limit".to_owned());
    call.query.retain(|pair| pair.name != name);
    let Ok(Value::Object(mut body)) = call.json().cloned() else { return next(world, call) };
    if body.shift_remove(&name).is_none() {
        return next(world, call);
    }
    let body = bytes::Bytes::from(Value::Object(body).to_string());
    next(world, &mut call.with_body(&body))
}

/// Where `limit` is not sent, another one than the documented is taken.
pub fn other_default(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let text = injection.value.clone().unwrap_or_else(|| "limit=1".to_owned());
    let (name, value) = text.split_once('=').unwrap_or((&text, "1"));
    if call.query(name).is_none() {
        call.query.push(crate::exchange::query::Pair {
            name: name.to_owned(),
            value: value.to_owned(),
            invalid_utf8: false,
        });
    }
    next(world, call)
}

/// A field that nobody documented has to be there.
pub fn demand(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let name = injection.value.clone().unwrap_or_else(|| "please".to_owned());
    let body = call.json().is_ok_and(|body| body.get(&name).is_some());
    if body || call.query(&name).is_some() {
        return next(world, call);
    }
    Err(Refusal::field(Breach::Missing, format!("`{name}` is required.")))
}

/// A request that should be refused is answered like the last good one.
fn accept(
    breaches: &[Breach],
    world: &mut World,
    call: &mut Call<'_>,
    next: &mut Handler<'_>,
) -> Outcome {
    let outcome = next(world, call);
    match &outcome {
        Ok(Reply { status, payload: Payload::Json(value), .. }) if *status < 300 => {
            world.memory.last.insert(call.route.to_owned(), (*status, value.clone()));
        }
        Err(refusal) if refusal.breach.is_some_and(|breach| breaches.contains(&breach)) => {
            if let Some((status, value)) = world.memory.last.get(call.route) {
                return Ok(Reply::json(value.clone()).status(*status));
            }
        }
        _ => {}
    }
    outcome
}

/// Bounds are not looked at.
pub fn no_bounds(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    accept(&[Breach::Bounds], world, call, next)
}

/// Values are taken that nobody knows.
pub fn no_enum(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    accept(&[Breach::Enum], world, call, next)
}

/// Required fields may be left out.
pub fn no_required(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    accept(&[Breach::Missing], world, call, next)
}

/// Values of any type and format are taken.
pub fn no_types(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    accept(&[Breach::Type, Breach::Format], world, call, next)
}

/// Whoever calls sees what the first user made.
pub fn other_user(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let (app, user) = (call.app, call.user.clone());
    let first = world.memory.first_user.entry(app).or_insert_with(|| user.clone()).clone();
    let outcome = next(world, call);
    // An own answer is given as it is; what is refused, or empty, is looked up for the first user.
    let nothing = match &outcome {
        Err(refusal) => refusal.status == 404,
        Ok(Reply { payload: Payload::Json(value), .. }) => {
            value.get("data").and_then(Value::as_array).is_some_and(Vec::is_empty)
        }
        Ok(_) => false,
    };
    if first == user || !nothing {
        return outcome;
    }
    call.user = first;
    let outcome = next(world, call);
    call.user = user;
    outcome
}

/// Every so often the server fails.
pub fn now_and_then(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let every = injection.number().unwrap_or(3).max(1);
    let count = world.memory.counts.entry(call.route.to_owned()).or_default();
    *count += 1;
    if (*count).is_multiple_of(every) {
        return Err(Refusal::new(500, "internal_server_error", "Something broke."));
    }
    next(world, call)
}

/// Jobs go on for ever.
pub fn never_ready(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let mut outcome = next(world, call);
    if let Ok(Reply { payload: Payload::Json(value), .. }) = &mut outcome {
        for (pointer, state) in [
            ("/data[]/indexing_status", "indexing"),
            ("/job_status", "processing"),
            ("/status", "running"),
        ] {
            let pointer = injection.pointer.as_deref().unwrap_or(pointer);
            let state = injection.value.as_deref().unwrap_or(state);
            place::each(value, Some(pointer), &mut |object, name| {
                if let Some(value @ Value::String(_)) = object.get_mut(name) {
                    *value = state.into();
                }
            });
        }
    }
    outcome
}

/// A page begins one item too early, or, told so, too late.
fn shift(call: &mut Call<'_>, outcome: &mut Outcome, overlap: bool, before: Option<Value>) {
    let later = call.query("page").is_some_and(|page| page != "1" && page != "0")
        || call.query("last_id").is_some_and(|id| !id.is_empty())
        || call.query("first_id").is_some_and(|id| !id.is_empty());
    let Ok(Reply { payload: Payload::Json(value), .. }) = outcome else { return };
    let Some(Value::Array(items)) = value.get_mut("data") else { return };
    if !later || items.is_empty() {
        return;
    }
    if overlap {
        if let Some(before) = before {
            items.insert(0, before);
            items.pop();
        }
    } else {
        items.remove(0);
    }
}

/// Pages overlap.
pub fn overlap(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let mut outcome = next(world, call);
    let before = world.memory.last.get(call.route).map(|(_, value)| value.clone());
    shift(call, &mut outcome, true, before);
    if let Ok(Reply { payload: Payload::Json(value), .. }) = &outcome
        && let Some(last) = value["data"].as_array().and_then(|items| items.last())
    {
        world.memory.last.insert(call.route.to_owned(), (200, last.clone()));
    }
    outcome
}

/// Pages leave something out.
pub fn gap(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let mut outcome = next(world, call);
    shift(call, &mut outcome, false, None);
    outcome
}

/// What is deleted cannot be read any more, but is still listed.
pub fn still_listed(
    world: &mut World,
    call: &mut Call<'_>,
    _: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let outcome = next(world, call);
    if call.method == "GET" {
        if let Ok(Reply { payload: Payload::Json(value), .. }) = &outcome
            && value.get("data").is_some_and(Value::is_array)
        {
            return still(world, call, outcome);
        }
        return outcome;
    }
    if succeeded(&outcome)
        && let Some((_, id)) = call.path.last()
    {
        world.memory.deleted.insert(id.clone());
    }
    outcome
}

/// The list as it is, and everything deleted that was in it once.
fn still(world: &mut World, call: &Call<'_>, mut outcome: Outcome) -> Outcome {
    let Ok(Reply { payload: Payload::Json(value), .. }) = &mut outcome else { return outcome };
    let Some(Value::Array(items)) = value.get_mut("data") else { return outcome };
    let known = world.memory.listed.entry(call.route.to_owned()).or_default();
    for item in items.iter() {
        if !known.iter().any(|known| known["id"] == item["id"]) {
            known.push(item.clone());
        }
    }
    let deleted = &world.memory.deleted;
    let gone = |item: &&Value| item["id"].as_str().is_some_and(|id| deleted.contains(id));
    items.extend(known.iter().filter(gone).cloned());
    outcome
}
