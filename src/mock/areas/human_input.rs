//! Forms at which runs wait for a person.

use serde_json::{Map, Value, json};

use crate::mock::call::Call;
use crate::mock::flow;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{BUTTONS, FIELD, Form, Run, World, now};

/// The operations.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/form/human_input/{form_token}",
        access: Access::App(UserIn::Nowhere),
        handle: show,
    },
    Route {
        method: "POST",
        path: "/form/human_input/{form_token}",
        access: Access::App(UserIn::JsonRequired),
        handle: submit,
    },
];

/// The form of this app that a token opens, and the run that waits for it.
fn find<'w>(world: &'w World, call: &Call<'_>) -> Result<(&'w Run, &'w Form), Refusal> {
    let run = world.apps[call.app].runs.of_form(call.param("form_token"));
    let form = run.and_then(|run| Some((run, run.form.as_ref()?)));
    form.ok_or_else(|| Refusal::not_found("form"))
}

/// Refuses a form that can no longer be filled in.
fn open(form: &Form) -> Result<(), Refusal> {
    let refuse = |code, message| Err(Refusal::new(412, code, message));
    if form.submitted {
        return refuse("human_input_form_submitted", "The form has been filled in already.");
    }
    if form.expires <= now() {
        return refuse("human_input_form_expired", "The form could only be filled in before.");
    }
    Ok(())
}

fn show(world: &mut World, call: &Call<'_>) -> Outcome {
    let (_, form) = find(world, call)?;
    open(form)?;
    Ok(Reply::json(json!({
        "form_content": form.content,
        "inputs": Form::inputs(),
        "resolved_default_values": {},
        "user_actions": Form::actions(),
        "expiration_time": form.expiration_time(),
    })))
}

fn submit(world: &mut World, call: &Call<'_>) -> Outcome {
    let fields = call.fields()?;
    let inputs = fields.object("inputs").required()?;
    let action = fields.text("action").required()?;
    let (run, form) = find(world, call)?;
    open(form)?;
    check(&inputs, &action)?;
    let run = run.head.run.clone();
    flow::submit(world, call.app, &run, inputs, &action);
    Ok(Reply::json(json!({})))
}

/// Refuses what the form does not take.
fn check(inputs: &Map<String, Value>, action: &str) -> Result<(), Refusal> {
    let refuse = |message: String| Err(Refusal::new(400, "invalid_form_data", message));
    if !BUTTONS.iter().any(|(id, _, _)| *id == action) {
        return refuse("The form has no such action.".to_owned());
    }
    match inputs.get(FIELD) {
        Some(Value::String(_)) => Ok(()),
        Some(_) => refuse(format!("`{FIELD}` of the form has to be a text.")),
        None => refuse(format!("The form needs `{FIELD}`.")),
    }
}
