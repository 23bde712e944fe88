//! Events of streams that answer a message, and the blocking answer.

use serde_json::{Map, Value, json};

use crate::mock::model::Fault;
use crate::mock::state::{Frame, Message, Mode, Thought, whole};

/// What all that is said of a message begins with.
pub struct Envelope {
    /// The kind of the app.
    pub mode: Mode,
    /// The id of the message.
    pub message: String,
    /// The id of its conversation.
    pub conversation: String,
    /// The id of its task.
    pub task: String,
    /// When it was asked, in whole seconds since 1970.
    pub created_at: i64,
}

impl Envelope {
    /// The envelope of a message of an app.
    pub fn new(mode: Mode, message: &Message) -> Self {
        Self {
            mode,
            message: message.id.clone(),
            conversation: message.conversation.clone(),
            task: message.task.clone(),
            created_at: whole(message.created_at),
        }
    }

    /// An event with these members behind those that all events have.
    fn event(&self, name: &str, members: Value) -> Frame {
        let mut event = self.head(name);
        event.insert("task_id".to_owned(), json!(self.task));
        if let Value::Object(members) = members {
            event.extend(members);
        }
        Frame::Event(Value::Object(event))
    }

    fn head(&self, name: &str) -> Map<String, Value> {
        let mut event = Map::new();
        event.insert("event".to_owned(), json!(name));
        if self.mode.is_chat() {
            event.insert("conversation_id".to_owned(), json!(self.conversation));
        }
        event.insert("message_id".to_owned(), json!(self.message));
        event.insert("created_at".to_owned(), json!(self.created_at));
        event
    }

    /// A piece of the answer.
    pub fn piece(&self, text: &str) -> Frame {
        let members = json!({ "id": self.message, "answer": text, "from_variable_selector": null });
        self.event("message", members)
    }

    /// A piece of an agent's answer.
    pub fn agent_piece(&self, text: &str) -> Frame {
        self.event("agent_message", json!({ "id": self.message, "answer": text }))
    }

    /// A step of an agent, as far as it is known.
    pub fn thought(&self, thought: &Thought) -> Frame {
        let members = json!({
            "id": thought.id,
            "position": thought.position,
            "thought": thought.text,
            "observation": thought.observation,
            "tool": thought.tool,
            "tool_labels": thought.labels,
            "tool_input": thought.input,
            "message_files": [],
        });
        self.event("agent_thought", members)
    }

    /// The end of the answer.
    pub fn end(&self, metadata: &Value, files: &Value) -> Frame {
        let members = json!({ "id": self.message, "metadata": metadata, "files": files });
        self.event("message_end", members)
    }

    /// The end of a stream that fails. It does not name its task.
    pub fn error(&self, fault: &Fault) -> Frame {
        let refusal = fault.refusal();
        let mut event = self.head("error");
        event.insert("code".to_owned(), json!(refusal.code));
        event.insert("status".to_owned(), json!(refusal.status));
        event.insert("message".to_owned(), json!(refusal.message));
        Frame::Event(Value::Object(event))
    }

    /// The answer to a blocking call.
    pub fn blocking(&self, answer: &str, metadata: &Value) -> Value {
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
        put("event", json!("message"));
        put("task_id", json!(self.task));
        put("id", json!(self.message));
        put("message_id", json!(self.message));
        if self.mode.is_chat() {
            put("conversation_id", json!(self.conversation));
        }
        put("mode", json!(self.mode.word()));
        put("answer", json!(answer));
        put("metadata", metadata.clone());
        put("created_at", json!(self.created_at));
        Value::Object(body)
    }
}

/// What is told of an answer beside its text: who wrote it, if a person did, and what it took.
pub fn metadata(annotation: &Value, resources: &[Value], usage: &Value) -> Value {
    json!({ "annotation_reply": annotation, "retriever_resources": resources, "usage": usage })
}
