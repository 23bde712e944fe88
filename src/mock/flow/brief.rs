//! How a run stands, for those who join it.

use serde_json::{Map, Value, json};

use super::head::micro;
use super::nodes::repeated;
use crate::mock::state::{Frame, NodeRun, Run, RunStatus, whole};

/// The events that tell how a run stands at a time, in seconds since 1970. A chatflow has said `answer`
/// so far.
pub fn snapshot(run: &Run, time: f64, answer: &str) -> Vec<Frame> {
    let head = &run.head;
    let inputs: Map<String, Value> = serde_json::from_str(&run.kept).unwrap_or_default();
    let mut frames = vec![head.started(&inputs, run.created_at, "initial")];
    frames.extend(head.message_replace(answer));
    let phase = run.at(time);
    let mut paused = Vec::new();
    for node in run.nodes.iter().filter(|node| node.from <= time) {
        frames.push(head.event("node_started", started(node)));
        if let Some(to) = node.to.filter(|to| *to <= time) {
            frames.push(head.event("node_finished", finished(node, to)));
        }
        let form = run.form.as_ref().filter(|_| node.kind == "human-input");
        if let (RunStatus::Paused, Some(form)) = (phase.status, form) {
            paused.push(head.asks(form, node));
            paused.push(head.paused(phase, form, node, run.created_at));
        }
    }
    frames.append(&mut paused);
    frames
}

fn started(node: &NodeRun) -> Value {
    let (iteration, cycle) = repeated(node);
    json!({
        "id": node.id,
        "node_id": node.node,
        "node_type": node.kind,
        "title": node.title,
        "index": 1,
        "predecessor_node_id": null,
        "inputs": null,
        "created_at": whole(node.from),
        "extras": {},
        "iteration_id": iteration,
        "loop_id": cycle,
    })
}

fn finished(node: &NodeRun, to: f64) -> Value {
    let (iteration, cycle) = repeated(node);
    json!({
        "id": node.id,
        "node_id": node.node,
        "node_type": node.kind,
        "title": node.title,
        "index": 1,
        "predecessor_node_id": null,
        "inputs": null,
        "process_data": null,
        "outputs": null,
        "status": node.status,
        "error": null,
        "elapsed_time": micro(to - node.from),
        "execution_metadata": null,
        "created_at": whole(node.from),
        "finished_at": whole(to),
        "files": [],
        "iteration_id": iteration,
        "loop_id": cycle,
    })
}
