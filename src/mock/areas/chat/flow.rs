//! Chatflows: a message is answered by a run of a workflow.

use serde_json::{Value, json};

use super::asked::Asked;
use super::events::{Envelope, metadata};
use super::{script, stop};
use crate::mock::call::Call;
use crate::mock::flow::{self, Start, Started};
use crate::mock::model::Answer;
use crate::mock::refusal::Refusal;
use crate::mock::reply::{Outcome, Reply, View};
use crate::mock::state::{App, RunStatus, Turn, World, now, whole};

/// Asks a chatflow.
pub fn chat(world: &mut World, call: &Call<'_>, asked: &Asked) -> Outcome {
    let app = &world.apps[call.app];
    let version = flow::published(app, asked.workflow.as_deref())?;
    let streaming = asked.streaming;
    // A conversation that is not there is begun: alone among the apps, chatflows do not mind.
    let conversation = asked.known_conversation(app, call).unwrap_or(None);
    let given = match asked.has_query().and_then(|()| asked.check(world, call)) {
        Ok(given) => given,
        Err(refusal) if streaming => return Ok(flow::refused(world, &refusal)),
        Err(refusal) => return Err(refusal),
    };
    let (inputs, files) = (given.inputs.clone(), given.files.clone());
    let noted = asked.note(world, call, conversation, given);
    if let Some(answered) = script::annotated(world, call.app, &noted, streaming) {
        return answered;
    }
    let turn = Turn {
        conversation: noted.conversation.clone(),
        message: noted.message.clone(),
        created_at: whole(noted.created_at),
    };
    let query = asked.query.replace('\0', "");
    let chats = &mut world.apps[call.app].chats;
    if let Some(conversation) = chats.conversation_mut(&noted.conversation, &call.user) {
        conversation.set_variable("last_query", json!(query), noted.created_at);
    }
    let turn = Some((turn, noted.number));
    let start = Start { version, inputs, files, query, turn, streaming };
    let started = flow::start(world, call.app, &call.user, start);
    let app = &mut world.apps[call.app];
    app.chats.assign(&noted.message, &started.task);
    settle(app, &noted.message, &started)?;
    if streaming {
        let to = app.runs.get(&started.run).and_then(|run| run.pause);
        return Ok(Reply::view(View { name: started.task, to, ..View::default() }));
    }
    let Some(message) = app.chats.message_mut(&noted.message) else {
        return Err(Refusal::unknown());
    };
    if let Some(error) = &message.error {
        return Err(Refusal::invalid_param(error.clone()));
    }
    let usage = started.answer.as_ref().map_or(Value::Null, |answer| answer.usage(true));
    let metadata = metadata(&Value::Null, &message.resources, &usage);
    let body = Envelope::new(app.mode, message).blocking(&message.answer, &metadata);
    Ok(Reply::run(body).after(started.took))
}

/// Notes down what the message will have become when its run is over.
fn settle(app: &mut App, message: &str, started: &Started) -> Result<(), Refusal> {
    let run = app.runs.get(&started.run).ok_or_else(Refusal::unknown)?;
    let message = app.chats.message_mut(message).ok_or_else(Refusal::unknown)?;
    let phase = run.last();
    message.ends_at = phase.from;
    if phase.status == RunStatus::Failed {
        let why = phase.error.as_deref().unwrap_or_default();
        message.error = Some(format!("The run failed: {why}"));
    } else {
        let text = started.answer.as_ref().map(Answer::text).unwrap_or_default();
        text.trim().clone_into(&mut message.answer);
    }
    Ok(())
}

/// Stops the run that answers a message. What was said until now becomes the answer.
pub fn stop(world: &mut World, app: usize, task: &str, message: &str) {
    let said: String = world.feeds.seen(task).into_iter().filter_map(stop::piece).collect();
    if flow::stop(world, app, task).is_none() {
        return;
    }
    if let Some(message) = world.apps[app].chats.message_mut(message) {
        message.ends_at = now();
        message.error = None;
        said.trim().clone_into(&mut message.answer);
    }
}
