//! Stopping what is being said.

use std::time::Duration;

use serde_json::{Value, json};

use super::events::{Envelope, metadata};
use crate::mock::call::Call;
use crate::mock::flow;
use crate::mock::model::Answer;
use crate::mock::reply::Reply;
use crate::mock::state::{Frame, Mode, World, now};

/// Stops the answer to a message of the user who calls. Nobody is told whether there was one.
pub fn stop(world: &mut World, call: &Call<'_>) -> Reply {
    let task = call.param("task_id");
    let app = &world.apps[call.app];
    let own = app.chats.of_task(task).filter(|message| message.user == call.user);
    if let Some(id) = own.map(|message| message.id.clone()) {
        if app.mode == Mode::AdvancedChat {
            super::flow::stop(world, call.app, task, &id);
        } else {
            cut(world, call.app, task, &id);
        }
    }
    Reply::success()
}

/// Ends a stream here. What was said until now becomes the answer.
fn cut(world: &mut World, app: usize, task: &str, id: &str) {
    let Some(kept) = world.feeds.cut(task) else { return };
    let pieces: Vec<String> = kept.into_iter().filter_map(piece).collect();
    let at = &mut world.apps[app];
    let Some(message) = at.chats.message_mut(id) else { return };
    let now = now();
    message.ends_at = now;
    message.error = None;
    pieces.concat().trim().clone_into(&mut message.answer);
    message.thoughts.retain(|thought| thought.created_at <= now);
    // What the last step was to think had not all been thought.
    if let Some(thought) = message.thoughts.last_mut().filter(|thought| thought.tool.is_empty()) {
        thought.text.clear();
    }
    let said = Answer { pieces, pace: Duration::ZERO, prompt_tokens: message.prompt_tokens };
    let mut usage = said.usage(false);
    usage["latency"] = json!(flow::micro(now - message.created_at));
    let metadata = metadata(&Value::Null, &message.resources, &usage);
    let end = Envelope::new(at.mode, message).end(&metadata, &message.files_at_end());
    world.feeds.extend(task, [(Duration::ZERO, end)], false);
}

/// The text of an event that has a piece of the answer.
pub fn piece(frame: &Frame) -> Option<String> {
    let Frame::Event(event) = frame else { return None };
    let is_piece = event["event"] == "message" || event["event"] == "agent_message";
    let text = event["answer"].as_str().filter(|text| is_piece && !text.is_empty())?;
    Some(text.to_owned())
}
