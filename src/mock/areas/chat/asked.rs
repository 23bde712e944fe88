//! What was asked, and the message that it becomes.

use serde_json::{Map, Value};

use crate::mock::call::Call;
use crate::mock::fields::Fields;
use crate::mock::inputs::check_inputs;
use crate::mock::refusal::{Breach, Refusal};
use crate::mock::state::{
    App, Conversation, Message, MessageFile, Mode, Naming, Variable, World, now,
};
use crate::mock::uploads::{Uploads, check_files, upload_id};

/// A conversation is named after so many characters of its first question, until a model names it.
const FIRST_NAME: usize = 20;

/// What was asked.
pub struct Asked {
    /// The values for the app's form, as they were sent.
    pub inputs: Map<String, Value>,
    /// The question.
    pub query: String,
    /// Whether a stream is wanted.
    pub streaming: bool,
    /// The version of the workflow that is wanted.
    pub workflow: Option<String>,
    /// The files that came with it, as they were sent.
    files: Vec<Value>,
    /// The id of the conversation that it goes on with.
    conversation: Option<String>,
    /// Whether a model is to name the conversation, if it is new.
    auto_name: bool,
}

/// Inputs and files, checked, as the app takes them.
pub struct Given {
    /// A value for each field of the app's form.
    pub inputs: Map<String, Value>,
    /// The files that came with the question.
    pub files: Vec<Value>,
}

/// A message that was noted down, and waits for its answer.
pub struct Noted {
    /// The id of the message.
    pub message: String,
    /// The id of its conversation.
    pub conversation: String,
    /// Its number in the conversation, from 1.
    pub number: usize,
    /// When it was asked, in seconds since 1970.
    pub created_at: f64,
}

impl Asked {
    /// Reads what a chat was asked.
    ///
    /// # Errors
    /// 400 where a field is wrong.
    pub fn read_chat(call: &Call<'_>) -> Result<Self, Refusal> {
        let fields = call.fields()?;
        let query = fields.text("query").required()?;
        let mut asked = Self::read(&fields, query)?;
        asked.conversation = conversation(&fields)?;
        asked.auto_name = fields.boolean("auto_generate_name").or(true)?;
        asked.workflow = fields.text("workflow_id").optional()?;
        trace_session(call)?;
        Ok(asked)
    }

    /// Reads what a completion was asked.
    ///
    /// # Errors
    /// 400 where a field is wrong.
    pub fn read_completion(call: &Call<'_>) -> Result<Self, Refusal> {
        let fields = call.fields()?;
        let query = fields.text("query").or(String::new())?;
        let asked = Self::read(&fields, query)?;
        trace_session(call)?;
        Ok(asked)
    }

    fn read(fields: &Fields<'_>, query: String) -> Result<Self, Refusal> {
        let inputs = fields.object("inputs").required()?;
        let files = fields.list("files").optional()?.unwrap_or_default();
        if !files.iter().all(Value::is_object) {
            return Err(Refusal::field(Breach::Type, "`files` has to be a list of objects."));
        }
        let mode = fields.text("response_mode").one_of(&["blocking", "streaming"]).optional()?;
        fields.text("retriever_from").or(String::new())?;
        Ok(Self {
            inputs,
            query,
            streaming: mode.as_deref() == Some("streaming"),
            workflow: None,
            files,
            conversation: None,
            auto_name: false,
        })
    }

    /// Refuses a question that asks nothing.
    pub fn has_query(&self) -> Result<(), Refusal> {
        if self.query.is_empty() {
            return Err(Refusal::field(Breach::Bounds, "`query` must not be empty."));
        }
        Ok(())
    }

    /// The conversation that it goes on with; `None` where it begins one.
    ///
    /// # Errors
    /// 404 where this user has no such conversation.
    pub fn known_conversation(
        &self,
        app: &App,
        call: &Call<'_>,
    ) -> Result<Option<String>, Refusal> {
        let Some(id) = &self.conversation else { return Ok(None) };
        match app.chats.conversation(id, &call.user) {
            Some(conversation) => Ok(Some(conversation.id.clone())),
            None => Err(Refusal::not_found("conversation")),
        }
    }

    /// Holds inputs and files against what the app takes.
    ///
    /// # Errors
    /// 400 `invalid_param` where it does not take them.
    pub fn check(&self, world: &World, call: &Call<'_>) -> Result<Given, Refusal> {
        let app = &world.apps[call.app];
        let uploads = Uploads { files: &world.files, user: &call.user };
        let files = check_files(&self.files, app.file_upload(), &uploads)?;
        let inputs = if app.mode.is_drawn() {
            check_inputs(app.form(), &self.inputs, &uploads)?
        } else {
            check_inputs(&without_defaults(app.form()), &self.inputs, &uploads)?
        };
        Ok(Given { inputs, files })
    }

    /// Notes the question down as a message, in a new conversation where there is none yet.
    pub fn note(
        &self,
        world: &mut World,
        call: &Call<'_>,
        conversation: Option<String>,
        given: Given,
    ) -> Noted {
        let (now, ids, app) = (now(), &mut world.ids, &mut world.apps[call.app]);
        let query = self.query.replace('\0', "");
        let conversation = if let Some(conversation) = conversation {
            app.chats.touch(&conversation, now);
            conversation
        } else {
            let id = ids.uuid();
            let naming = self.auto_name.then(|| Naming {
                at: now + 20.0 * world.chunk_delay.as_secs_f64(),
                name: title(&query),
            });
            let drawn = app.mode == Mode::AdvancedChat;
            app.chats.begin(Conversation {
                id: id.clone(),
                user: call.user.clone(),
                name: first_name(&query),
                naming,
                inputs: given.inputs.clone(),
                introduction: app.opening_statement().to_owned(),
                created_at: now,
                updated_at: now,
                variables: if drawn { Variable::seeded(now) } else { Vec::new() },
                ..Conversation::default()
            });
            id
        };
        let mut file = |file: Value| {
            if let Some(upload) = upload_id(&file) {
                world.files.mark_used(upload);
            }
            MessageFile { id: ids.uuid(), file, belongs_to: "user" }
        };
        let files = given.files.into_iter().map(&mut file).collect();
        let message = Message {
            id: ids.uuid(),
            conversation: conversation.clone(),
            user: call.user.clone(),
            task: ids.uuid(),
            query,
            inputs: given.inputs,
            files,
            created_at: now,
            ends_at: f64::INFINITY,
            ..Message::default()
        };
        let id = message.id.clone();
        app.chats.add(message);
        let known = app.chats.conversation(&conversation, &call.user);
        let number = known.map_or(1, Conversation::len);
        Noted { message: id, conversation, number, created_at: now }
    }
}

/// Holds the name by which calls are grouped against what the server takes: that of the header counts
/// before that of the query, and that before the one in the body.
fn trace_session(call: &Call<'_>) -> Result<(), Refusal> {
    let told = |text: &str| Value::String(text.to_owned());
    let name = call.header("x-trace-session-id").or_else(|| call.query("trace_session_id"));
    let body = || call.object().ok()?.get("trace_session_id").cloned();
    let Some(name) = name.map(told).or_else(body) else { return Ok(()) };
    match name.as_str().map(|name| name.trim().chars().count()) {
        Some(1..=200) => Ok(()),
        _ => Err(Refusal::bad_request("`trace_session_id` has to have 1 to 200 characters.")),
    }
}

/// The conversation that a request names. Whatever is empty names none.
fn conversation(fields: &Fields<'_>) -> Result<Option<String>, Refusal> {
    let refuse = |breach| Err(Refusal::field(breach, "`conversation_id` has to be a UUID."));
    match fields.raw("conversation_id") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => match uuid::Uuid::try_parse(text.trim()) {
            Ok(uuid) => Ok(Some(uuid.to_string())),
            Err(_) => refuse(Breach::Format),
        },
        Some(_) => refuse(Breach::Type),
    }
}

/// A form without its defaults: the server shows them to people, and fills nothing in itself.
fn without_defaults(form: &[Value]) -> Vec<Value> {
    let mut form = form.to_vec();
    for field in form.iter_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut) {
        field["default"] = Value::Null;
    }
    form
}

/// What a conversation is called at first.
fn first_name(query: &str) -> String {
    match query.char_indices().nth(FIRST_NAME) {
        Some((end, _)) => format!("{}…", &query[..end]),
        None if query.is_empty() => "New conversation".to_owned(),
        None => query.to_owned(),
    }
}

/// What a model calls a conversation that begins with a question.
pub fn title(query: &str) -> String {
    let words: Vec<&str> = query.split_whitespace().take(5).collect();
    let words: String = words.join(" ").chars().take(60).collect();
    if words.is_empty() { "About nothing".to_owned() } else { format!("About {words}") }
}
