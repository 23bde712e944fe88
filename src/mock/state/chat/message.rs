//! Messages: what was asked, and what came of it.

use serde_json::{Map, Value, json};

use super::super::whole;

/// The parent of messages that name none.
const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// A question and its answer.
///
/// The answer is worked out when the question comes, and shown when the model would have given it.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// The id.
    pub id: String,
    /// The id of its conversation.
    pub conversation: String,
    /// The id of the end user who asked.
    pub user: String,
    /// The id of the task, by which it is stopped; its feed has that name.
    pub task: String,
    /// The question.
    pub query: String,
    /// The values of the app's form.
    pub inputs: Map<String, Value>,
    /// The files that came with it, or with the answer.
    pub files: Vec<MessageFile>,
    /// When it was asked, in seconds since 1970.
    pub created_at: f64,
    /// When it is answered. Before that readers see neither answer nor error.
    pub ends_at: f64,
    /// The whole answer.
    pub answer: String,
    /// What went wrong.
    pub error: Option<String>,
    /// What an agent thought.
    pub thoughts: Vec<Thought>,
    /// Where the answer comes from.
    pub resources: Vec<Value>,
    /// The tokens that went in.
    pub prompt_tokens: usize,
}

/// A file of a message.
#[derive(Debug, Clone)]
pub struct MessageFile {
    /// The id of its place in the message.
    pub id: String,
    /// The file as runs hand it on.
    pub file: Value,
    /// Who brought it: `user` or `assistant`.
    pub belongs_to: &'static str,
}

/// A step of an agent.
#[derive(Debug, Clone, Default)]
pub struct Thought {
    /// The id.
    pub id: String,
    /// Its number, from 1.
    pub position: usize,
    /// What was thought.
    pub text: String,
    /// The name of the tool that was used; empty if none was.
    pub tool: String,
    /// What the tool is called, in each language.
    pub labels: Value,
    /// What the tool was given, as JSON in text.
    pub input: String,
    /// What the tool gave.
    pub observation: String,
    /// When it began, in seconds since 1970.
    pub created_at: f64,
}

impl Message {
    /// Whether it is answered at a time, in seconds since 1970.
    pub fn is_over(&self, now: f64) -> bool {
        self.ends_at <= now
    }

    /// What is seen of the answer at a time.
    pub fn answer_at(&self, now: f64) -> &str {
        if self.is_over(now) { &self.answer } else { "" }
    }

    /// As lists show it at a time; `feedback` is what its user thinks of it.
    pub fn view(&self, feedback: &Value, now: f64) -> Value {
        let error = self.error.as_ref().filter(|_| self.is_over(now));
        let thoughts = self.thoughts.iter().filter(|thought| thought.created_at <= now);
        json!({
            "id": self.id,
            "conversation_id": self.conversation,
            "parent_message_id": NIL,
            "inputs": self.inputs,
            "query": self.query,
            "answer": self.answer_at(now),
            "feedback": feedback,
            "retriever_resources": if self.is_over(now) { &self.resources[..] } else { &[] },
            "created_at": whole(self.created_at),
            "agent_thoughts": thoughts.map(|thought| thought.view(&self.id)).collect::<Value>(),
            "message_files": self.files.iter().map(MessageFile::view).collect::<Value>(),
            "status": if error.is_some() { "error" } else { "normal" },
            "error": error,
            "extra_contents": [],
        })
    }

    /// Its files as the end of a stream shows them; null if there are none.
    pub fn files_at_end(&self) -> Value {
        if self.files.is_empty() {
            return Value::Null;
        }
        self.files.iter().map(MessageFile::at_end).collect()
    }
}

impl MessageFile {
    /// As lists show it.
    fn view(&self) -> Value {
        json!({
            "id": self.id,
            "filename": self.file["filename"],
            "type": self.file["type"],
            "url": self.file["url"],
            "mime_type": self.file["mime_type"],
            "size": self.file["size"],
            "transfer_method": self.file["transfer_method"],
            "belongs_to": self.belongs_to,
            "upload_file_id": self.file["related_id"],
        })
    }

    /// As the end of a stream shows it.
    fn at_end(&self) -> Value {
        let remote = self.file["transfer_method"] == "remote_url";
        let upload = self.file["related_id"].as_str().unwrap_or(&self.id);
        json!({
            "related_id": self.id,
            "extension": self.file["extension"],
            "filename": self.file["filename"],
            "size": if remote { 0 } else { self.file["size"].as_u64().unwrap_or(0) },
            "mime_type": self.file["mime_type"].as_str().unwrap_or("application/octet-stream"),
            "transfer_method": self.file["transfer_method"],
            "type": self.file["type"],
            "url": self.file["url"],
            "upload_file_id": upload,
            "remote_url": if remote { self.file["url"].clone() } else { "".into() },
        })
    }
}

impl Thought {
    /// As lists show it.
    fn view(&self, message: &str) -> Value {
        json!({
            "id": self.id,
            "chain_id": null,
            "message_id": message,
            "position": self.position,
            "thought": self.text,
            "tool": self.tool,
            "tool_labels": self.labels,
            "tool_input": self.input,
            "created_at": whole(self.created_at),
            "observation": self.observation,
            "files": [],
        })
    }
}
