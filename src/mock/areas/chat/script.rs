//! What chats, agents and completions answer, piece by piece.

use std::time::Duration;

use serde_json::{Value, json};

use super::asked::Noted;
use super::events::{Envelope, metadata};
use crate::mock::model::{self, Answer, Fault};
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply};
use crate::mock::state::{Annotation, Frame, Ids, Message, Mode, Thought, World, naive, whole};

/// An agent's tool.
const TOOL: &str = "current_time";

/// What somebody wrote is given out as that letter by letter, each after so long at the most.
const LETTER: Duration = Duration::from_millis(10);

/// An answer, and the way to it.
struct Script {
    /// What is told, each after its delay.
    steps: Vec<(Duration, Step)>,
    /// What it took.
    usage: Value,
    /// Who wrote it, if a person did.
    annotation: Value,
    prompt_tokens: usize,
    /// How it fails.
    fault: Option<Fault>,
}

/// Something that is told.
enum Step {
    /// A piece of the answer.
    Piece(String),
    /// A piece of an agent's answer.
    AgentPiece(String),
    /// A step of an agent, as far as it is known.
    Thought(Thought),
}

/// Answers a message of an app, as a stream or at once.
pub fn answer(world: &mut World, app: usize, noted: &Noted, streaming: bool) -> Outcome {
    if let Some(answered) = annotated(world, app, noted, streaming) {
        return answered;
    }
    let (at, ids) = (&mut world.apps[app], &mut world.ids);
    let Some(message) = at.chats.message_mut(&noted.message) else {
        return Err(Refusal::unknown());
    };
    let script = Script::of(at.mode, message, noted.number, world.chunk_delay, ids);
    perform(world, app, noted, script, streaming)
}

/// Answers a message of an app with what somebody has written for it; `None` if nobody has.
pub fn annotated(world: &mut World, app: usize, noted: &Noted, streaming: bool) -> Option<Outcome> {
    let at = &mut world.apps[app];
    if at.mode == Mode::Completion {
        return None;
    }
    let query = &at.chats.message_mut(&noted.message)?.query;
    let annotation = at.annotations.find_reply(query)?;
    let author = &world.knowledge.owner;
    let script = Script::written(at.mode, annotation, author, world.chunk_delay.min(LETTER));
    Some(perform(world, app, noted, script, streaming))
}

fn perform(
    world: &mut World,
    app: usize,
    noted: &Noted,
    script: Script,
    streaming: bool,
) -> Outcome {
    let at = &mut world.apps[app];
    let Some(message) = at.chats.message_mut(&noted.message) else {
        return Err(Refusal::unknown());
    };
    let envelope = Envelope::new(at.mode, message);
    script.keep(message);
    let metadata = metadata(&script.annotation, &message.resources, &script.usage);
    if streaming {
        let files = message.files_at_end();
        world.feeds.start(&envelope.task, script.frames(&envelope, &metadata, &files), false);
        return Ok(Reply::feed(envelope.task));
    }
    let took = script.took();
    match script.fault {
        Some(fault) => Err(fault.refusal()),
        None => Ok(Reply::run(envelope.blocking(&script.text(), &metadata)).after(took)),
    }
}

impl Script {
    /// What the model has to say.
    fn of(mode: Mode, message: &Message, number: usize, delay: Duration, ids: &mut Ids) -> Self {
        let query = match mode {
            // A completion has no question but what its form was given.
            Mode::Completion => message.inputs.get("query").and_then(Value::as_str).unwrap_or(""),
            _ => &message.query,
        };
        // Earlier turns are told to the model again, though not without end.
        let prompt = 7 + 18 * (number.min(11) - 1);
        let (answer, fault) = match model::ask(query, prompt, delay) {
            Ok(answer) => (answer, None),
            // Whoever is slow fails half-way.
            Err(fault) if query.contains("#slow") => match model::ask("#slow", prompt, delay) {
                Ok(mut answer) => {
                    answer.pieces.truncate(answer.pieces.len() / 2);
                    (answer, Some(fault))
                }
                Err(fault) => return Self::failed(fault),
            },
            Err(fault) => return Self::failed(fault),
        };
        let mut script = Self {
            usage: answer.usage(false),
            prompt_tokens: answer.prompt_tokens,
            steps: Vec::new(),
            annotation: Value::Null,
            fault,
        };
        match mode {
            Mode::AgentChat => script.act(&answer, message.created_at, delay, ids),
            _ => script.say(&answer, Step::Piece),
        }
        script
    }

    /// Nothing but an error.
    fn failed(fault: Fault) -> Self {
        Self {
            steps: Vec::new(),
            usage: Value::Null,
            annotation: Value::Null,
            prompt_tokens: 0,
            fault: Some(fault),
        }
    }

    /// What somebody wrote. Drawn apps give it out as a whole.
    fn written(mode: Mode, annotation: &Annotation, author: &str, pace: Duration) -> Self {
        let piece = |text: String| (pace, Step::Piece(text));
        let steps: Vec<_> = if mode.is_drawn() {
            vec![piece(annotation.answer.clone())]
        } else {
            annotation.answer.chars().map(|letter| piece(letter.to_string())).collect()
        };
        let latency = steps.iter().map(|(delay, _)| *delay).sum::<Duration>().as_secs_f64();
        Self {
            steps,
            usage: json!({
                "prompt_tokens": 0,
                "prompt_unit_price": "0.0",
                "prompt_price_unit": "0.0",
                "prompt_price": "0.0",
                "completion_tokens": 0,
                "completion_unit_price": "0.0",
                "completion_price_unit": "0.0",
                "completion_price": "0.0",
                "total_tokens": 0,
                "total_price": "0.0",
                "currency": "USD",
                "latency": latency,
                "time_to_first_token": null,
                "time_to_generate": null,
            }),
            annotation: json!({
                "id": annotation.id,
                "account": { "id": author, "name": "Hazel" },
            }),
            prompt_tokens: 0,
            fault: None,
        }
    }

    /// Adds an answer, and the empty piece that ends it.
    fn say(&mut self, answer: &Answer, piece: fn(String) -> Step) {
        let pieces = answer.pieces.iter().map(|text| (answer.pace, piece(text.clone())));
        self.steps.extend(pieces);
        if self.fault.is_none() {
            self.steps.push((Duration::ZERO, piece(String::new())));
        }
    }

    /// Adds what an agent does: it looks at the clock, and answers then.
    fn act(&mut self, answer: &Answer, began: f64, delay: Duration, ids: &mut Ids) {
        let mut first = Thought {
            id: ids.uuid(),
            position: 1,
            labels: json!({}),
            created_at: began + delay.as_secs_f64(),
            ..Thought::default()
        };
        self.steps.push((delay, Step::Thought(first.clone())));
        for _ in 0..2 {
            self.steps.push((Duration::ZERO, Step::AgentPiece(String::new())));
        }
        TOOL.clone_into(&mut first.tool);
        first.labels = json!({ TOOL: {
            "zh_Hans": "\u{949f}", "en_US": "Clock", "pt_BR": "Rel\u{f3}gio", "ja_JP": "\u{6642}\u{8a08}",
        }});
        first.input = format!("{{\"{TOOL}\": {{}}}}");
        self.steps.push((delay, Step::Thought(first.clone())));
        let time = naive(whole(began)).replace('T', " ");
        first.observation = format!("{{\"{TOOL}\": \"{time}\"}}");
        self.steps.push((delay, Step::Thought(first)));
        let mut second = Thought {
            id: ids.uuid(),
            position: 2,
            labels: json!({}),
            created_at: began + 4.0 * delay.as_secs_f64(),
            ..Thought::default()
        };
        self.steps.push((delay, Step::Thought(second.clone())));
        self.say(answer, Step::AgentPiece);
        if self.fault.is_none() {
            second.text = answer.text();
            self.steps.push((Duration::ZERO, Step::Thought(second)));
        }
    }

    /// The whole answer.
    fn text(&self) -> String {
        let piece = |(_, step): &(Duration, Step)| match step {
            Step::Piece(text) | Step::AgentPiece(text) => Some(text.clone()),
            Step::Thought(_) => None,
        };
        self.steps.iter().filter_map(piece).collect()
    }

    /// How long it takes.
    fn took(&self) -> Duration {
        self.steps.iter().map(|(delay, _)| *delay).sum()
    }

    /// Notes down what the message will have become.
    fn keep(&self, message: &mut Message) {
        message.ends_at = message.created_at + self.took().as_secs_f64();
        message.prompt_tokens = self.prompt_tokens;
        match &self.fault {
            // What was said until then is not kept.
            Some(fault) => message.error = Some(fault.message.clone()),
            None => self.text().trim().clone_into(&mut message.answer),
        }
        for (_, step) in &self.steps {
            let Step::Thought(thought) = step else { continue };
            // Each is told several times, and what was told last counts.
            message.thoughts.retain(|known| known.id != thought.id);
            message.thoughts.push(thought.clone());
        }
    }

    /// All events.
    fn frames(
        &self,
        envelope: &Envelope,
        metadata: &Value,
        files: &Value,
    ) -> Vec<(Duration, Frame)> {
        let frame = |(delay, step): &(Duration, Step)| {
            let frame = match step {
                Step::Piece(text) => envelope.piece(text),
                Step::AgentPiece(text) => envelope.agent_piece(text),
                Step::Thought(thought) => envelope.thought(thought),
            };
            (*delay, frame)
        };
        let ping = envelope.mode.is_drawn().then_some((Duration::ZERO, Frame::Ping));
        let mut frames: Vec<_> = ping.into_iter().chain(self.steps.iter().map(frame)).collect();
        let end = match &self.fault {
            Some(fault) => envelope.error(fault),
            None => envelope.end(metadata, files),
        };
        frames.push((Duration::ZERO, end));
        frames
    }
}
