//! Faults of state: each answer is by the book, and yet they do not fit together.

use serde_json::{Value, json};

use super::{Handler, Injection, place};
use crate::exchange::query::Pair;
use crate::mock::call::Call;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::reply::{Outcome, Payload, Reply};
use crate::mock::state::World;

fn succeeded(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(|reply| reply.status < 300)
}

/// The world is as it was before, whatever the answer says. Streams that began go on, and what faults
/// know they keep.
pub fn forget(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let before = world.clone();
    let outcome = next(world, call);
    injection.act_if(succeeded(&outcome));
    let after = std::mem::replace(world, before);
    // Ids go on, so that the next thing does not get the same one.
    (world.ids, world.feeds, world.memory) = (after.ids, after.feeds, after.memory);
    outcome
}

/// A refused change is made all the same: what cannot be taken is left out, and the rest is done.
pub fn change_anyway(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let outcome = next(world, call);
    if let Err(refusal) = &outcome
        && refusal.status == 400
    {
        // What comes of it is nobody's to know.
        let changed = mended(refusal, world, call, next);
        injection.act_if(changed.is_some_and(|outcome| succeeded(&outcome)));
    }
    outcome
}

/// What comes of a refused call without the field that was wrong; nothing where the refusal names none.
fn mended(
    refusal: &Refusal,
    world: &mut World,
    call: &Call<'_>,
    next: &mut Handler<'_>,
) -> Option<Outcome> {
    // A message names the field first.
    let wrong = refusal.message.split('`').nth(1)?;
    let mut body = call.json().ok().cloned();
    let fields = body.as_mut().and_then(Value::as_object_mut);
    let found = fields.is_some_and(|fields| fields.shift_remove(wrong).is_some());
    if !found && call.query(wrong).is_none() {
        return None;
    }
    let bytes = body.map_or_else(|| call.body.clone(), |body| body.to_string().into());
    let mut again = call.with_body(&bytes);
    again.query.retain(|pair| pair.name != wrong);
    Some(next(world, &mut again))
}

/// What comes of a refused call with something in place of the field that was missing.
fn filled(
    refusal: &Refusal,
    world: &mut World,
    call: &Call<'_>,
    next: &mut Handler<'_>,
) -> Option<Outcome> {
    let missing = refusal.message.split('`').nth(1)?;
    for value in [json!("something"), json!(1), json!(true), json!(["something"]), json!({})] {
        let mut body = call.json().ok().cloned();
        let fields = body.as_mut().and_then(Value::as_object_mut);
        let in_body =
            fields.map(|fields| fields.insert(missing.to_owned(), value.clone())).is_some();
        let bytes = body.map_or_else(|| call.body.clone(), |body| body.to_string().into());
        let mut again = call.with_body(&bytes);
        if !in_body {
            again.query.push(pair(missing, value.as_str().unwrap_or("1")));
        }
        let outcome = next(world, &mut again);
        if succeeded(&outcome) {
            return Some(outcome);
        }
    }
    None
}

fn pair(name: &str, value: &str) -> Pair {
    Pair { name: name.to_owned(), value: value.to_owned(), invalid_utf8: false }
}

/// What an update does not name is lost.
pub fn reset_rest(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let Ok(Value::Object(mut body)) = call.json().cloned() else { return next(world, call) };
    let name = injection.value.as_deref().unwrap_or("description");
    if body.contains_key(name) {
        return next(world, call);
    }
    body.insert(name.to_owned(), Value::String(String::new()));
    let body = bytes::Bytes::from(Value::Object(body).to_string());
    let outcome = next(world, &mut call.with_body(&body));
    injection.act_if(succeeded(&outcome));
    outcome
}

/// A field of the request is not looked at.
pub fn ignore(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let name = injection.value.clone().unwrap_or_else(|| "limit".to_owned());
    let asked = call.query.len();
    call.query.retain(|pair| pair.name != name);
    injection.act_if(call.query.len() < asked);
    let Ok(Value::Object(mut body)) = call.json().cloned() else { return next(world, call) };
    if body.shift_remove(&name).is_none() {
        return next(world, call);
    }
    injection.act();
    let body = bytes::Bytes::from(Value::Object(body).to_string());
    next(world, &mut call.with_body(&body))
}

/// Where a field is not sent, another value is taken than the documented one. It is put into the JSON
/// body where there is one, and into the query otherwise.
pub fn other_default(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let text = injection.value.as_deref().unwrap_or("limit=1");
    let (name, value) = text.split_once('=').unwrap_or((text, "1"));
    let Ok(Value::Object(mut body)) = call.json().cloned() else {
        if call.query(name).is_none() {
            call.query.push(pair(name, value));
            injection.act();
        }
        return next(world, call);
    };
    if body.contains_key(name) {
        return next(world, call);
    }
    body.insert(name.to_owned(), serde_json::from_str(value).unwrap_or_else(|_| value.into()));
    injection.act();
    let body = bytes::Bytes::from(Value::Object(body).to_string());
    next(world, &mut call.with_body(&body))
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
    injection.act();
    Err(Refusal::field(Breach::Missing, format!("`{name}` is required.")))
}

/// A request that should be refused is done without what is wrong with it; where that is no use, it is
/// answered like the last good one.
pub fn accept(
    breaches: &[Breach],
    injection: &Injection,
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
            let mend = if breaches == [Breach::Missing] { filled } else { mended };
            if let Some(outcome) = mend(refusal, world, call, next)
                && succeeded(&outcome)
            {
                injection.act();
                return outcome;
            }
            if let Some((status, value)) = world.memory.last.get(call.route) {
                injection.act();
                return Ok(Reply::json(value.clone()).status(*status));
            }
        }
        _ => {}
    }
    outcome
}

/// Whoever calls sees what others made, where they have nothing of their own.
pub fn other_user(
    world: &mut World,
    call: &mut Call<'_>,
    injection: &Injection,
    next: &mut Handler<'_>,
) -> Outcome {
    let outcome = next(world, call);
    if call.user.is_empty() || !shows_nothing(&outcome) {
        return outcome;
    }
    let own = call.user.clone();
    for user in world.users.beside(call.app, &own) {
        call.user = user;
        let theirs = next(world, call);
        if succeeded(&theirs) && !shows_nothing(&theirs) {
            call.user = own;
            injection.act();
            return theirs;
        }
    }
    call.user = own;
    outcome
}

/// Whether there is no such thing, or the list is empty.
fn shows_nothing(outcome: &Outcome) -> bool {
    match outcome {
        Err(refusal) => refusal.status == 404,
        Ok(Reply { payload: Payload::Json(value), .. }) => {
            value.get("data").and_then(Value::as_array).is_some_and(Vec::is_empty)
        }
        Ok(_) => false,
    }
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
        injection.act();
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
    let usual = [
        ("/data[]/indexing_status", "indexing"),
        ("/job_status", "processing"),
        ("/status", "running"),
    ];
    let told = injection.pointer.as_deref().map(|pointer| (pointer, "processing"));
    let places = told.as_ref().map_or(usual.as_slice(), std::slice::from_ref);
    let mut outcome = next(world, call);
    if let Ok(Reply { payload: Payload::Json(value), .. }) = &mut outcome {
        for (pointer, state) in places {
            place::values(value, Some(pointer), &mut |value| {
                if value.is_string() {
                    let told = injection.value.as_deref().unwrap_or(state);
                    injection.act_if(value != told);
                    *value = told.into();
                }
            });
        }
    }
    outcome
}
