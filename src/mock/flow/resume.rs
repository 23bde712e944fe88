//! Runs that go on after a pause.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::graph::{self, Work};
use super::nodes::{Made, started};
use super::play::{Frames, Player};
use crate::mock::state::{BUTTONS, Ids, Phase, Run, RunStatus};

/// What ended a pause.
pub enum Cause {
    /// The form was filled in, and a button pressed.
    Filled(Map<String, Value>, String),
    /// Nobody filled the form in, in time.
    TimedOut,
}

/// Works out how a paused run goes on from a time on, in seconds since 1970. Gives the frames; the first
/// is due then.
pub fn resume(
    run: &mut Run,
    graph: &'static [graph::Node],
    ids: &mut Ids,
    (began, delay): (f64, Duration),
    cause: Cause,
) -> Frames {
    let Some(form) = run.form.clone() else { return Vec::new() };
    let position = graph.iter().position(|node| matches!(node.work, Work::Person));
    let number = run.nodes.iter().rposition(|node| node.kind == "human-input");
    let (Some(position), Some(number)) = (position, number) else { return Vec::new() };
    let paused = run.last().clone();
    run.phases.push(Phase { from: began, status: RunStatus::Running, ..paused.clone() });
    let mut player = Player {
        run,
        ids,
        graph,
        delay,
        patience: Duration::ZERO,
        began,
        at: Duration::ZERO,
        told: Duration::ZERO,
        frames: Vec::new(),
        steps: paused.steps + 1,
        tokens: paused.tokens,
        answer: None,
    };
    let again = player.run.head.started(&player.run.inputs, began, "resumption");
    let again = player.with_system(again);
    player.tell(again);
    let mut human = player.run.nodes[number].clone();
    human.from = began;
    player.tell(started(&player.run.head, &human));
    player.at += delay;
    let node = &graph[position];
    let mut made = Made { inputs: json!({}), ..Made::default() };
    match cause {
        Cause::Filled(inputs, action) => {
            let button = BUTTONS.iter().find(|(id, _, _)| *id == action);
            let text = button.map_or("", |(_, title, _)| title);
            let rendered = form.filled(&inputs);
            let data = json!({
                "node_id": node.id,
                "node_title": node.title,
                "rendered_content": rendered,
                "action_id": action,
                "action_text": text,
                "submitted_data": inputs,
            });
            player.tell(player.run.head.event("human_input_form_filled", data));
            let given = inputs.iter().map(|(name, value)| {
                (name.clone(), json!({ "value_type": "string", "value": value }))
            });
            made.inputs = Value::Object(given.collect());
            let mut outputs = inputs.clone();
            outputs.insert("__action_id".to_owned(), json!(action));
            outputs.insert("__rendered_content".to_owned(), json!(rendered));
            outputs.insert("__action_value".to_owned(), json!(text));
            made.outputs = Value::Object(outputs);
            player.run.filled = inputs;
            player.rest("");
        }
        Cause::TimedOut => {
            let data = json!({
                "node_id": node.id,
                "node_title": node.title,
                "expiration_time": form.expiration_time(),
            });
            player.tell(player.run.head.event("human_input_form_timeout", data));
        }
    }
    player.close(number, &made);
    player.nodes(position + 1);
    player.frames
}
