//! Events of runs, as streams tell them.

use serde_json::{Map, Value, json};

use crate::mock::state::{Form, Frame, Head, NodeRun, Phase, whole};

impl Head {
    /// An event of a run.
    pub fn event(&self, name: &str, data: Value) -> Frame {
        let mut event = self.context(name);
        if self.turn.is_some() {
            event.insert("task_id".to_owned(), json!(self.task));
            event.insert("workflow_run_id".to_owned(), json!(self.run));
        } else {
            event.insert("workflow_run_id".to_owned(), json!(self.run));
            event.insert("task_id".to_owned(), json!(self.task));
        }
        event.insert("data".to_owned(), data);
        Frame::Event(Value::Object(event))
    }

    /// What every event begins with.
    fn context(&self, name: &str) -> Map<String, Value> {
        let mut event = Map::new();
        event.insert("event".to_owned(), json!(name));
        if let Some(turn) = &self.turn {
            event.insert("conversation_id".to_owned(), json!(turn.conversation));
            event.insert("message_id".to_owned(), json!(turn.message));
            event.insert("created_at".to_owned(), json!(turn.created_at));
        }
        event
    }

    /// A piece of what comes out, and the variable it comes from.
    pub fn piece(&self, text: &str, from: [&str; 2]) -> Frame {
        let Some(turn) = &self.turn else {
            let data = json!({ "text": text, "from_variable_selector": from });
            return self.event("text_chunk", data);
        };
        let mut event = self.context("message");
        event.insert("task_id".to_owned(), json!(self.task));
        event.insert("id".to_owned(), json!(turn.message));
        event.insert("answer".to_owned(), json!(text));
        event.insert("from_variable_selector".to_owned(), json!(from));
        Frame::Event(Value::Object(event))
    }

    /// The end of the message that a chatflow answers with.
    pub fn message_end(&self, metadata: Value) -> Option<Frame> {
        let turn = self.turn.as_ref()?;
        let mut event = self.context("message_end");
        event.insert("task_id".to_owned(), json!(self.task));
        event.insert("id".to_owned(), json!(turn.message));
        event.insert("metadata".to_owned(), metadata);
        event.insert("files".to_owned(), json!([]));
        Some(Frame::Event(Value::Object(event)))
    }

    /// What the answer has been so far, to those who join a chatflow.
    pub fn message_replace(&self, answer: &str) -> Option<Frame> {
        self.turn.as_ref()?;
        let mut event = self.context("message_replace");
        event.insert("task_id".to_owned(), json!(self.task));
        event.insert("answer".to_owned(), json!(answer));
        event.insert("reason".to_owned(), json!(""));
        Some(Frame::Event(Value::Object(event)))
    }

    /// The run begins, or goes on after a pause.
    pub fn started(&self, inputs: &Map<String, Value>, at: f64, reason: &str) -> Frame {
        let data = json!({
            "id": self.run,
            "workflow_id": self.workflow,
            "inputs": inputs,
            "created_at": whole(at),
            "reason": reason,
        });
        self.event("workflow_started", data)
    }

    /// The run is over. It `began` when it was started or resumed.
    pub fn finished(&self, phase: &Phase, began: f64) -> Frame {
        self.event("workflow_finished", self.finish(phase, began))
    }

    /// How the run ended, as events tell it.
    pub fn finish(&self, phase: &Phase, began: f64) -> Value {
        json!({
            "id": self.run,
            "workflow_id": self.workflow,
            "status": phase.status.word(),
            "outputs": phase.outputs,
            "error": phase.error,
            "elapsed_time": micro(phase.elapsed),
            "total_tokens": phase.tokens,
            "total_steps": phase.steps,
            "created_by": { "id": self.user, "user": self.session },
            "created_at": whole(began),
            "finished_at": whole(phase.from),
            "exceptions_count": 0,
            "files": [],
        })
    }

    /// The run asks a person.
    pub fn asks(&self, form: &Form, node: &NodeRun) -> Frame {
        let data = json!({
            "form_id": form.id,
            "node_id": node.node,
            "node_title": node.title,
            "form_content": form.content,
            "inputs": Form::inputs(),
            "actions": Form::actions(),
            "display_in_ui": true,
            "form_token": form.token,
            "resolved_default_values": {},
            "expiration_time": form.expiration_time(),
        });
        self.event("human_input_required", data)
    }

    /// The run waits for a person.
    pub fn paused(&self, phase: &Phase, form: &Form, node: &NodeRun, began: f64) -> Frame {
        let data = json!({
            "workflow_run_id": self.run,
            "paused_nodes": [node.node],
            "outputs": {},
            "reasons": reasons(form, node),
            "status": "paused",
            "created_at": whole(began),
            "elapsed_time": micro(phase.elapsed),
            "total_tokens": phase.tokens,
            "total_steps": phase.steps,
        });
        self.event("workflow_paused", data)
    }
}

/// Why a run waits.
pub fn reasons(form: &Form, node: &NodeRun) -> Value {
    json!([{
        "TYPE": "human_input_required",
        "form_id": form.id,
        "form_content": form.content,
        "inputs": Form::inputs(),
        "actions": Form::actions(),
        "node_id": node.node,
        "node_title": node.title,
        "resolved_default_values": {},
        "form_token": form.token,
        "expiration_time": form.expiration_time(),
    }])
}

/// Seconds to the microsecond.
pub fn micro(seconds: f64) -> f64 {
    (seconds.max(0.0) * 1e6).round() / 1e6
}
