//! How runs start, and what blocking calls get of them.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::graph;
use super::head::{micro, reasons};
use super::play::Player;
use super::resume::{Cause, resume};
use crate::mock::model::Answer;
use crate::mock::refusal::Refusal;
use crate::mock::reply::Reply;
use crate::mock::state::{
    App, Frame, Head, Phase, Run, RunStatus, Turn, Version, World, now, whole,
};

/// What a run starts with.
#[derive(Debug)]
pub struct Start {
    /// The version to run; see [`published`].
    pub version: Version,
    /// The values of the form's fields.
    pub inputs: Map<String, Value>,
    /// Files for the whole run.
    pub files: Vec<Value>,
    /// What is asked of the model.
    pub query: String,
    /// In a chatflow, the message to answer and the number of the turn, from 1.
    pub turn: Option<(Turn, usize)>,
    /// Whether somebody listens.
    pub streaming: bool,
}

/// A run that has started.
#[derive(Debug)]
pub struct Started {
    /// The id of the run.
    pub run: String,
    /// The id of its task, which is the name of its feed.
    pub task: String,
    /// How long it takes until it ends or pauses.
    pub took: Duration,
    /// What the model says.
    pub answer: Option<Answer>,
}

/// The version of an app's workflow that has this id; without an id, the one that is published.
///
/// # Errors
/// 400 `bad_request` where the id is none, or that of a draft; 404 where there is no such version.
pub fn published(app: &App, id: Option<&str>) -> Result<Version, Refusal> {
    let runs = &app.runs;
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(runs.published.clone()) };
    let Ok(uuid) = uuid::Uuid::try_parse(id) else {
        return Err(Refusal::bad_request("The id of a workflow has to be a UUID."));
    };
    let id = uuid.to_string();
    if id == runs.draft {
        return Err(Refusal::bad_request("A draft is not run; name a published version."));
    }
    let version = [&runs.published, &runs.earlier].into_iter().find(|version| version.id == id);
    version.cloned().ok_or_else(|| Refusal::not_found("workflow"))
}

/// Starts a run of an app for an end user. Where it is listened to, its feed is started as well; the
/// stream of the call that started it ends where the run pauses.
pub fn start(world: &mut World, app: usize, user: &str, start: Start) -> Started {
    let began = now();
    let (ids, app) = (&mut world.ids, &mut world.apps[app]);
    let session = world.users.get(user).map(|user| user.session.clone()).unwrap_or_default();
    let head = Head {
        run: ids.uuid(),
        task: ids.uuid(),
        workflow: start.version.id,
        user: user.to_owned(),
        session,
        turn: start.turn.as_ref().map(|(turn, _)| turn.clone()),
    };
    let dialogue = start.turn.map(|(_, number)| (start.query.as_str(), number));
    let system = system(&head, &app.id, &start.files, dialogue);
    let kept = kept(&start.inputs, &system, whole(began));
    let mut run = Run {
        version: start.version.name,
        log: ids.uuid(),
        inputs: start.inputs,
        system,
        filled: Map::new(),
        kept,
        query: start.query,
        created_at: began,
        phases: vec![Phase {
            from: began,
            status: RunStatus::Running,
            outputs: Map::new(),
            error: None,
            tokens: 0,
            steps: 0,
            elapsed: 0.0,
        }],
        nodes: Vec::new(),
        form: None,
        pause: None,
        head,
    };
    let graph = graph::of(app);
    let mut player = Player {
        run: &mut run,
        ids,
        graph,
        delay: world.chunk_delay,
        patience: world.index_time,
        began,
        at: Duration::ZERO,
        told: Duration::ZERO,
        frames: Vec::new(),
        steps: 0,
        tokens: 0,
        answer: None,
    };
    player.play();
    let (took, mut frames, answer) = (player.at, player.frames, player.answer);
    let mut waits = run.last().status == RunStatus::Paused;
    if waits && run.query.contains("#timeout") {
        let expires = run.form.as_ref().map_or(began, |form| form.expires);
        let after = expires - run.last().from;
        let mut more = resume(&mut run, graph, ids, (expires, world.chunk_delay), Cause::TimedOut);
        if let Some((delay, _)) = more.first_mut() {
            *delay += Duration::try_from_secs_f64(after).unwrap_or_default();
        }
        frames.append(&mut more);
        waits = false;
    }
    let started = Started { run: run.head.run.clone(), task: run.head.task.clone(), took, answer };
    if start.streaming {
        world.feeds.start(&started.task, frames, waits);
    }
    app.runs.insert(run);
    started
}

/// What the system adds to the inputs. A chatflow knows the query and the number of the turn as well.
fn system(
    head: &Head,
    app: &str,
    files: &[Value],
    dialogue: Option<(&str, usize)>,
) -> Map<String, Value> {
    let mut system = Map::new();
    let mut put = |name: &str, value: Value| system.insert(format!("sys.{name}"), value);
    if let Some((query, _)) = dialogue {
        put("query", json!(query));
    }
    put("files", json!(files));
    put("user_id", json!(head.session));
    if let Some((_, number)) = dialogue {
        put("dialogue_count", json!(number));
    }
    put("app_id", json!(app));
    put("workflow_id", json!(head.workflow));
    put("workflow_run_id", json!(head.run));
    system
}

/// The inputs as a run keeps them: what the system adds, with the time, spelled as the server does.
fn kept(inputs: &Map<String, Value>, system: &Map<String, Value>, time: i64) -> String {
    let mut kept = inputs.clone();
    for (name, value) in system {
        if name == "sys.workflow_id" {
            kept.insert("sys.timestamp".to_owned(), json!(time));
        }
        kept.insert(name.clone(), value.clone());
    }
    spaced(&Value::Object(kept))
}

/// JSON with a space behind each comma and colon.
fn spaced(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| format!("{}: {}", json!(name), spaced(value));
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(spaced).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// What a blocking call for a run of a workflow gets.
pub fn blocking(run: &Run) -> Value {
    let phase = match run.pause {
        // Whatever comes after a pause, the call has been answered.
        Some(_) => &run.phases[1],
        None => run.last(),
    };
    let mut data = json!({
        "id": run.head.run,
        "workflow_id": run.head.workflow,
        "status": phase.status.word(),
        "outputs": phase.outputs,
        "error": phase.error,
        "elapsed_time": micro(phase.elapsed),
        "total_tokens": phase.tokens,
        "total_steps": phase.steps,
        "created_at": whole(run.created_at),
        "finished_at": phase.status.is_end().then(|| whole(phase.from)),
    });
    let node = run.nodes.iter().find(|node| node.kind == "human-input");
    if let (RunStatus::Paused, Some(form), Some(node)) = (phase.status, &run.form, node) {
        data["paused_nodes"] = json!([node.node]);
        data["reasons"] = reasons(form, node);
    }
    json!({ "task_id": run.head.task, "workflow_run_id": run.head.run, "data": data })
}

/// What a streaming call gets that cannot start a run: the server looks at the inputs when the stream
/// is open already.
pub fn refused(world: &mut World, refusal: &Refusal) -> Reply {
    let name = world.ids.uuid();
    let error = json!({ "event": "error", "message": refusal.message, "status": 500 });
    let frames = [Frame::Ping, Frame::Event(error)];
    world.feeds.start(&name, frames.map(|frame| (Duration::ZERO, frame)), false);
    Reply::feed(name)
}
