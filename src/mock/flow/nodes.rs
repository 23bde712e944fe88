//! What is told of nodes.

use serde_json::{Value, json};

use super::graph::Node;
use super::head::micro;
use crate::mock::state::{Frame, Head, NodeRun, whole};

/// What a node made of what.
#[derive(Default)]
pub struct Made {
    pub inputs: Value,
    pub process: Value,
    pub outputs: Value,
    pub metadata: Value,
    pub error: Option<String>,
}

/// A node starts.
pub fn started(head: &Head, at: &NodeRun) -> Frame {
    let (iteration, cycle) = repeated(at);
    let data = json!({
        "id": at.id,
        "node_id": at.node,
        "node_type": at.kind,
        "title": at.title,
        "index": 1,
        "predecessor_node_id": null,
        "inputs": null,
        "inputs_truncated": false,
        "created_at": whole(at.from),
        "extras": {},
        "iteration_id": iteration,
        "loop_id": cycle,
        "agent_strategy": null,
    });
    head.event("node_started", data)
}

/// The iteration and the loop that a node runs in.
pub fn repeated(at: &NodeRun) -> (Option<&str>, Option<&str>) {
    match at.within {
        Some((id, true)) => (Some(id), None),
        Some((id, false)) => (None, Some(id)),
        None => (None, None),
    }
}

/// What is told of a node that has ended.
pub fn finished(at: &NodeRun, made: &Made) -> Value {
    let (iteration, cycle) = repeated(at);
    let to = at.to.unwrap_or(at.from);
    let or_empty = |value: &Value| if value.is_null() { json!({}) } else { value.clone() };
    json!({
        "id": at.id,
        "node_id": at.node,
        "node_type": at.kind,
        "title": at.title,
        "index": 1,
        "predecessor_node_id": null,
        "inputs": made.inputs,
        "inputs_truncated": false,
        "process_data": or_empty(&made.process),
        "process_data_truncated": false,
        "outputs": or_empty(&made.outputs),
        "outputs_truncated": false,
        "status": at.status,
        "error": made.error,
        "elapsed_time": micro(to - at.from),
        "execution_metadata": made.metadata,
        "created_at": whole(at.from),
        "finished_at": whole(to),
        "files": [],
        "iteration_id": iteration,
        "loop_id": cycle,
    })
}

/// What the node does that notes the query down.
pub fn assigned(node: &Node, query: &str) -> Made {
    const VARIABLE: &str = "last_query";
    let inputs = json!({
        "type": node.kind,
        "title": node.title,
        "desc": "",
        "version": "2",
        "error_strategy": null,
        "default_value": null,
        "retry_config": { "max_retries": 0, "retry_interval": 0, "retry_enabled": false },
        "items": [{
            "variable_selector": ["conversation", VARIABLE],
            "input_type": "variable",
            "operation": "over-write",
            "value": ["sys", "query"],
        }],
        "selected": false,
    });
    let process = json!({
        VARIABLE: query,
        "__updated_variables": [{
            "name": VARIABLE,
            "selector": ["conversation", VARIABLE],
            "value_type": "string",
            "new_value": query,
        }],
    });
    Made { inputs, process, ..Made::default() }
}
