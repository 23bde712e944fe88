//! Running workflows and stopping them.

use serde_json::{Map, Value};

use crate::mock::call::Call;
use crate::mock::flow::{self, Start};
use crate::mock::inputs::check_inputs;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply, View};
use crate::mock::routes::{Access, Route, UserIn};
use crate::mock::state::{App, Mode, World};
use crate::mock::uploads::{Uploads, check_files};

const USER: Access = Access::App(UserIn::JsonRequired);

/// The operations.
pub const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/workflows/run", access: USER, handle: run },
    Route { method: "POST", path: "/workflows/{workflow_id}/run", access: USER, handle: run },
    Route { method: "POST", path: "/workflows/tasks/{task_id}/stop", access: USER, handle: stop },
];

/// Refuses apps that are no workflow.
pub fn only_workflow(app: &App) -> Result<(), Refusal> {
    if app.mode == Mode::Workflow {
        return Ok(());
    }
    Err(Refusal::new(400, "not_workflow_app", "The key is that of an app that is no workflow."))
}

/// Runs the published version, or the one that the path names.
fn run(world: &mut World, call: &Call<'_>) -> Outcome {
    only_workflow(&world.apps[call.app])?;
    let fields = call.fields()?;
    let inputs = fields.object("inputs").required()?;
    let files = files(&fields.list("files").optional()?.unwrap_or_default())?;
    let mode = fields.text("response_mode").one_of(&["blocking", "streaming"]).optional()?;
    trace_session(call)?;
    let version = flow::published(&world.apps[call.app], Some(call.param("workflow_id")))?;
    let streaming = mode.as_deref() == Some("streaming");
    let (inputs, files) = match given(world, call, &inputs, &files) {
        Ok(given) => given,
        Err(refusal) if streaming => return Ok(flow::refused(world, &refusal)),
        Err(refusal) => return Err(refusal),
    };
    let query = inputs.get("query").and_then(Value::as_str).unwrap_or_default().to_owned();
    let start = Start { version, inputs, files, query, turn: None, streaming };
    let started = flow::start(world, call.app, &call.user, start);
    let run = world.apps[call.app].runs.get(&started.run).ok_or_else(Refusal::unknown)?;
    if streaming {
        return Ok(Reply::view(View { name: started.task, to: run.pause, ..View::default() }));
    }
    Ok(Reply::run(flow::blocking(run)).after(started.took))
}

/// The inputs and the files of a call, as the run takes them.
fn given(
    world: &World,
    call: &Call<'_>,
    inputs: &Map<String, Value>,
    files: &[Value],
) -> Result<(Map<String, Value>, Vec<Value>), Refusal> {
    let app = &world.apps[call.app];
    let uploads = Uploads { files: &world.files, user: &call.user };
    let files = check_files(files, app.file_upload(), &uploads)?;
    Ok((check_inputs(app.form(), inputs, &uploads)?, files))
}

/// A list that holds nothing but objects.
fn files(files: &[Value]) -> Result<Vec<Value>, Refusal> {
    if files.iter().all(Value::is_object) {
        return Ok(files.to_vec());
    }
    Err(Refusal::invalid_param("`files` has to be a list of objects."))
}

/// Holds the name by which calls are grouped against what the server takes: that of the header counts
/// before that of the query, and that before the one in the body.
///
/// # Errors
/// 400 `bad_request` where it is no text of 1 to 200 characters.
pub fn trace_session(call: &Call<'_>) -> Result<(), Refusal> {
    let told = |text: &str| Value::String(text.to_owned());
    let name = call.header("x-trace-session-id").or_else(|| call.query("trace_session_id"));
    let body = || call.object().ok()?.get("trace_session_id").cloned();
    let Some(name) = name.map(told).or_else(body) else { return Ok(()) };
    match name.as_str().map(|name| name.trim().chars().count()) {
        Some(1..=200) => Ok(()),
        _ => Err(Refusal::bad_request("`trace_session_id` has to have 1 to 200 characters.")),
    }
}

/// Stops a run. Nobody is told whether there was one.
fn stop(world: &mut World, call: &Call<'_>) -> Outcome {
    only_workflow(&world.apps[call.app])?;
    flow::stop(world, call.app, call.param("task_id"));
    Ok(Reply::success())
}
