//! A run worked out: which node does what when, and what is told of it.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::graph::{Node, Work};
use super::nodes::{Made, assigned, finished, started};
use crate::mock::model::{self, Answer, Fault};
use crate::mock::state::{FIELD, Form, Frame, Ids, NodeRun, Phase, Run, RunStatus};

/// A form can be filled in for so long, in seconds.
const OPEN: f64 = 3.0 * 24.0 * 3600.0;

/// Frames with the delay of each after the one before it.
pub type Frames = Vec<(Duration, Frame)>;

/// Somebody at work on a run.
pub struct Player<'w> {
    /// The run's first phase is there; the others are put behind it.
    pub run: &'w mut Run,
    pub ids: &'w mut Ids,
    pub graph: &'static [Node],
    /// How long a model takes for a piece, and any other node for its work.
    pub delay: Duration,
    /// How long a form waits that is to time out.
    pub patience: Duration,
    /// When the run was started or resumed, in seconds since 1970.
    pub began: f64,
    /// How long ago that is.
    pub at: Duration,
    /// When the last frame was told.
    pub told: Duration,
    pub frames: Frames,
    pub steps: usize,
    pub tokens: usize,
    /// What the model said.
    pub answer: Option<Answer>,
}

impl Player<'_> {
    /// Plays the graph from its start.
    pub fn play(&mut self) {
        self.tell(Frame::Ping);
        let started = self.run.head.started(&self.run.inputs, self.began, "initial");
        let started = self.with_system(started);
        self.tell(started);
        self.nodes(0);
    }

    /// Plays the nodes from one on, until the end, a failure or a pause.
    pub fn nodes(&mut self, from: usize) {
        for node in &self.graph[from..] {
            if !self.run.query.contains(node.when) {
                continue;
            }
            match node.work {
                Work::Start => self.plain(node, |player| {
                    let inputs = json!(player.run.inputs);
                    Made { inputs: inputs.clone(), outputs: inputs, ..Made::default() }
                }),
                Work::Assign => self.plain(node, |player| assigned(node, &player.run.query)),
                Work::Template => self.plain(node, |_| Made::default()),
                Work::Iterate | Work::Loop => self.repeat(node),
                Work::Model => {
                    if let Err(fault) = self.ask(node) {
                        return self.end(RunStatus::Failed, Map::new(), Some(fault.message));
                    }
                }
                Work::Person => return self.wait(node),
                Work::End(outputs) => {
                    let outputs = outputs.iter().map(|(name, from)| (*name, self.variable(*from)));
                    let outputs: Map<String, Value> =
                        outputs.map(|(name, value)| (name.to_owned(), value)).collect();
                    let made = json!(outputs);
                    self.plain(node, |_| Made {
                        inputs: made.clone(),
                        outputs: made,
                        ..Made::default()
                    });
                    return self.end(RunStatus::Succeeded, outputs, None);
                }
                Work::Answer => {
                    let text = self.answer.as_ref().map(Answer::text).unwrap_or_default();
                    let outputs = json!({ "answer": text, "files": [] });
                    let made = outputs.clone();
                    self.plain(node, |_| Made {
                        inputs: json!({}),
                        outputs: made,
                        ..Made::default()
                    });
                    let usage = self.answer.as_ref().map(|answer| answer.usage(true));
                    let metadata = json!({
                        "annotation_reply": null,
                        "retriever_resources": [],
                        "usage": usage,
                    });
                    if let Some(frame) = self.run.head.message_end(metadata) {
                        self.tell(frame);
                    }
                    let outputs = outputs.as_object().cloned().unwrap_or_default();
                    return self.end(RunStatus::Succeeded, outputs, None);
                }
            }
        }
    }

    /// The value of a variable: a node's id, and the variable's name.
    fn variable(&self, from: [&str; 2]) -> Value {
        match from {
            ["llm", _] => json!(self.answer.as_ref().map(Answer::text)),
            ["human", name] => self.run.filled.get(name).cloned().unwrap_or_default(),
            [_, name] => self.run.inputs.get(name).cloned().unwrap_or_default(),
        }
    }

    /// A node that needs nothing but a moment.
    pub fn plain(&mut self, node: &Node, work: impl FnOnce(&Self) -> Made) {
        self.within(node, None, work);
    }

    pub fn within(
        &mut self,
        node: &Node,
        within: Option<(&'static str, bool)>,
        work: impl FnOnce(&Self) -> Made,
    ) {
        let number = self.open(node, within);
        self.at += self.delay;
        let made = work(self);
        self.close(number, &made);
    }

    /// Asks the model.
    fn ask(&mut self, node: &Node) -> Result<(), Fault> {
        let number = self.open(node, None);
        let chat = self.run.head.turn.is_some();
        let inputs = json!({ "model_provider": model::PROVIDER, "model_name": model::MODEL });
        self.at += self.delay;
        if self.run.query.contains("#retry") {
            let again = Made {
                inputs: inputs.clone(),
                error: Some("The model did not answer.".to_owned()),
                ..Made::default()
            };
            self.retry(number, &again);
        }
        let answer = match model::ask(&self.run.query, if chat { 3 } else { 0 }, self.delay) {
            Ok(answer) => answer,
            Err(fault) => {
                let error = Some(fault.message.clone());
                let made = Made { inputs, error, process: json!({}), ..Made::default() };
                self.close(number, &made);
                return Err(fault);
            }
        };
        for piece in &answer.pieces {
            self.at += answer.pace;
            self.tell(self.run.head.piece(piece, [node.id, "text"]));
        }
        for _ in 0..2 {
            self.tell(self.run.head.piece("", [node.id, "text"]));
        }
        let usage = answer.usage(true);
        let text = answer.text();
        self.tokens += answer.total_tokens();
        self.run.nodes[number].tokens = answer.total_tokens();
        let metadata = json!({
            "total_tokens": answer.total_tokens(),
            "total_price": answer.total_price(),
            "currency": "USD",
        });
        self.answer = Some(answer);
        self.rest(node.id);
        let mut prompts = vec![json!({ "role": "user", "text": self.run.query, "files": [] })];
        if chat {
            let system = json!({ "role": "system", "text": "You know gardens.", "files": [] });
            prompts.insert(0, system);
        }
        let process = json!({
            "model_mode": "chat",
            "prompts": prompts,
            "usage": usage.clone(),
            "finish_reason": "stop",
            "model_provider": model::PROVIDER,
            "model_name": model::MODEL,
        });
        let outputs = json!({
            "text": text,
            "reasoning_content": "",
            "usage": usage,
            "finish_reason": "stop",
        });
        self.close(number, &Made { inputs, process, outputs, metadata, error: None });
        Ok(())
    }

    /// Tells what the end gives out beside the first variable, once the last node that the end waits for
    /// is ready.
    pub fn rest(&mut self, ready: &str) {
        let Some(Node { id, work: Work::End(outputs), .. }) = self.graph.last() else { return };
        for (number, (_, from)) in outputs.iter().enumerate() {
            if number > 0 {
                self.tell(self.run.head.piece("\n", [id, "answer"]));
            }
            if from[0] != ready || number > 0 {
                let value = self.variable(*from);
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.tell(self.run.head.piece(&text, *from));
            }
        }
    }

    /// Pauses the run at a node, for a person.
    fn wait(&mut self, node: &Node) {
        let number = self.open(node, None);
        self.at += self.delay;
        let now = self.now();
        let soon = self.run.query.contains("#timeout");
        let expires = now + if soon { self.patience.as_secs_f64() } else { OPEN };
        let form = Form {
            id: self.ids.uuid(),
            token: self.ids.token(22),
            content: format!("May this go on? {}\n\n{{{{#$output.{FIELD}#}}}}", self.run.query),
            expires,
            submitted: false,
        };
        let phase = Phase {
            from: now,
            status: RunStatus::Paused,
            outputs: Map::new(),
            error: None,
            tokens: self.tokens,
            steps: self.steps,
            elapsed: self.at.as_secs_f64(),
        };
        let head = &self.run.head;
        let asks = head.asks(&form, &self.run.nodes[number]);
        let paused = head.paused(&phase, &form, &self.run.nodes[number], self.began);
        self.tell(asks);
        self.tell(paused);
        let at = &mut self.run.nodes[number];
        (at.to, at.status) = (Some(now), "paused");
        self.run.pause = Some(self.frames.len());
        self.run.form = Some(form);
        self.run.phases.push(phase);
    }

    /// Ends the run.
    fn end(&mut self, status: RunStatus, outputs: Map<String, Value>, error: Option<String>) {
        let phase = Phase {
            from: self.now(),
            status,
            outputs,
            error,
            tokens: self.tokens,
            steps: self.steps,
            elapsed: self.at.as_secs_f64(),
        };
        self.tell(self.run.head.finished(&phase, self.began));
        self.run.phases.push(phase);
    }

    /// The time, in seconds since 1970.
    pub fn now(&self) -> f64 {
        self.began + self.at.as_secs_f64()
    }

    /// Tells a frame, now.
    pub fn tell(&mut self, frame: Frame) {
        self.frames.push((self.at.saturating_sub(self.told), frame));
        self.told = self.at;
    }

    /// The inputs of an event with what the system adds.
    pub fn with_system(&self, frame: Frame) -> Frame {
        let Frame::Event(mut event) = frame else { return frame };
        if let Some(inputs) = event.pointer_mut("/data/inputs").and_then(Value::as_object_mut) {
            for (name, value) in &self.run.system {
                inputs.insert(name.clone(), value.clone());
            }
        }
        Frame::Event(event)
    }

    /// A node starts. Gives its number among the nodes of the run.
    pub fn open(&mut self, node: &Node, within: Option<(&'static str, bool)>) -> usize {
        self.steps += 1;
        let at = NodeRun {
            id: self.ids.uuid(),
            node: node.id,
            kind: node.kind,
            title: node.title,
            within,
            from: self.now(),
            to: None,
            status: "succeeded",
            tokens: 0,
        };
        if !matches!(node.work, Work::Iterate | Work::Loop) {
            self.tell(started(&self.run.head, &at));
        }
        self.run.nodes.push(at);
        self.run.nodes.len() - 1
    }

    /// A node fails, and will be tried again.
    fn retry(&mut self, number: usize, made: &Made) {
        let mut at = self.run.nodes[number].clone();
        (at.to, at.status) = (Some(self.now()), "retry");
        let mut data = finished(&at, made);
        data["retry_index"] = json!(1);
        self.tell(self.run.head.event("node_retry", data));
    }

    /// A node ends.
    pub fn close(&mut self, number: usize, made: &Made) {
        let now = self.now();
        let at = &mut self.run.nodes[number];
        at.to = Some(now);
        at.status = if made.error.is_some() { "failed" } else { "succeeded" };
        let data = finished(at, made);
        self.tell(self.run.head.event("node_finished", data));
    }
}
