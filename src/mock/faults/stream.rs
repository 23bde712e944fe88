//! Faults of event streams.

use std::fmt::Debug;

use bytes::Bytes;
use serde_json::{Value, json};

use super::Injection;
use crate::mock::state::Frame;

/// What is on the wire of a stream.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// A frame.
    Frame(Frame),
    /// Bytes that are no proper frame.
    Raw(Bytes),
    /// Nothing any more, yet the connection stays open.
    Silence,
    /// The connection ends.
    Cut,
}

/// Changes the frames of a stream as they pass.
pub trait Filter: Debug + Send {
    /// What becomes of a frame.
    fn frame(&mut self, frame: Frame) -> Vec<Piece>;

    /// What comes after the last frame.
    fn end(&mut self) -> Vec<Piece> {
        Vec::new()
    }
}

/// The event's name.
fn name(frame: &Frame) -> &str {
    match frame {
        Frame::Ping => "ping",
        Frame::Event(value) => value["event"].as_str().unwrap_or_default(),
    }
}

/// Whether a stream of its kind may end with this event.
fn ends(frame: &Frame) -> bool {
    matches!(
        name(frame),
        "message_end" | "workflow_finished" | "workflow_paused" | "error" | "datasource_completed"
    )
}

/// Acts on frames one by one; `nth` counts the events, from 1.
struct Each<F>(u64, F);

impl<F> Debug for Each<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Each")
    }
}

impl<F: FnMut(u64, Frame) -> Vec<Piece> + Send> Filter for Each<F> {
    fn frame(&mut self, frame: Frame) -> Vec<Piece> {
        if frame != Frame::Ping {
            self.0 += 1;
        }
        (self.1)(self.0, frame)
    }
}

fn each(act: impl FnMut(u64, Frame) -> Vec<Piece> + Send + 'static) -> Box<dyn Filter> {
    Box::new(Each(0, act))
}

/// After the first event comes one that nobody documented.
pub fn unknown_event(injection: &Injection) -> Box<dyn Filter> {
    let unknown = injection.value.clone().unwrap_or_else(|| "applause".to_owned());
    each(move |nth, frame| {
        let mut pieces = vec![Piece::Frame(frame.clone())];
        if let (1, Frame::Event(mut value)) = (nth, frame) {
            value["event"] = json!(unknown);
            pieces.push(Piece::Frame(Frame::Event(value)));
        }
        pieces
    })
}

/// The event that may end the stream comes first as well.
pub fn wrong_order(_: &Injection) -> Box<dyn Filter> {
    Box::new(Early { held: Vec::new() })
}

/// Holds all events, to send the last one first.
#[derive(Debug)]
struct Early {
    held: Vec<Frame>,
}

impl Filter for Early {
    fn frame(&mut self, frame: Frame) -> Vec<Piece> {
        if frame == Frame::Ping {
            return vec![Piece::Frame(frame)];
        }
        let last = ends(&frame);
        self.held.push(frame);
        if !last {
            return Vec::new();
        }
        let mut frames = std::mem::take(&mut self.held);
        frames.rotate_right(1);
        frames.into_iter().map(Piece::Frame).collect()
    }

    fn end(&mut self) -> Vec<Piece> {
        std::mem::take(&mut self.held).into_iter().map(Piece::Frame).collect()
    }
}

/// The stream ends without the event that should end it.
pub fn no_end(_: &Injection) -> Box<dyn Filter> {
    each(|_, frame| if ends(&frame) { Vec::new() } else { vec![Piece::Frame(frame)] })
}

/// An id is another one from the second event on.
pub fn changing_id(injection: &Injection) -> Box<dyn Filter> {
    let member = injection.pointer.clone().unwrap_or_else(|| "/task_id".to_owned());
    each(move |nth, mut frame| {
        if let (2.., Frame::Event(value)) = (nth, &mut frame)
            && let Some(id @ Value::String(_)) = value.pointer_mut(&member)
        {
            *id = json!("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f");
        }
        vec![Piece::Frame(frame)]
    })
}

/// An event is not separated from the next one.
pub fn bad_framing(_: &Injection) -> Box<dyn Filter> {
    each(|_, frame| match frame {
        Frame::Event(value) => vec![Piece::Raw(format!("data: {value}\n").into())],
        Frame::Ping => vec![Piece::Frame(frame)],
    })
}

/// The data of an event is no JSON.
pub fn bad_data(_: &Injection) -> Box<dyn Filter> {
    each(|nth, frame| match frame {
        Frame::Event(value) if nth == 1 => {
            let text = value.to_string();
            vec![Piece::Raw(format!("data: {}\n\n", text.trim_end_matches('}')).into())]
        }
        frame => vec![Piece::Frame(frame)],
    })
}

/// After the first event nothing comes, and the connection stays open.
pub fn silence(_: &Injection) -> Box<dyn Filter> {
    each(|nth, frame| match nth {
        0 | 1 => vec![Piece::Frame(frame)],
        _ => vec![Piece::Silence],
    })
}

/// The connection breaks after the first event.
pub fn cut_short(_: &Injection) -> Box<dyn Filter> {
    cut()
}

/// As [`cut_short`].
pub fn cut() -> Box<dyn Filter> {
    each(|nth, frame| match nth {
        0 | 1 => vec![Piece::Frame(frame)],
        _ => vec![Piece::Cut],
    })
}

/// No sign of life.
pub fn no_ping(_: &Injection) -> Box<dyn Filter> {
    each(|_, frame| if frame == Frame::Ping { Vec::new() } else { vec![Piece::Frame(frame)] })
}

/// What was opened is not closed.
pub fn unpaired(_: &Injection) -> Box<dyn Filter> {
    let closes = |frame: &Frame| {
        matches!(name(frame), "node_finished" | "iteration_completed" | "loop_completed")
    };
    each(move |_, frame| if closes(&frame) { Vec::new() } else { vec![Piece::Frame(frame)] })
}

/// Words of the answer are lost on the way, so that the stream says less than what is stored.
pub fn lost_words(_: &Injection) -> Box<dyn Filter> {
    let mut spared = false;
    each(move |_, frame| {
        let words = matches!(name(&frame), "message" | "agent_message" | "text_chunk");
        if words && std::mem::replace(&mut spared, true) {
            return Vec::new();
        }
        vec![Piece::Frame(frame)]
    })
}

/// The event that ends the stream comes twice.
pub fn twice(_: &Injection) -> Box<dyn Filter> {
    each(|_, frame| match frame {
        Frame::Event(_) if ends(&frame) => {
            vec![Piece::Frame(frame.clone()), Piece::Frame(frame)]
        }
        frame => vec![Piece::Frame(frame)],
    })
}

/// Events have the fields `event` and `id`, which nobody documented.
pub fn named_events(_: &Injection) -> Box<dyn Filter> {
    each(|_, frame| match frame {
        Frame::Event(value) => {
            vec![Piece::Raw(format!("event: message\nid: \0\ndata: {value}\n\n").into())]
        }
        Frame::Ping => vec![Piece::Frame(frame)],
    })
}
