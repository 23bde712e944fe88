//! Runs of a workflow.
//!
//! A run is worked out when it starts: its phases tell what it will be when. Stopping it, or answering
//! what it waits for, changes the phases that have not begun.

use serde_json::{Map, Value};

use super::{Form, Ids, Store};

/// So many runs are kept for each app.
const KEPT: usize = 10_000;

/// The workflow of an app and what became of it.
#[derive(Debug, Clone)]
pub struct Runs {
    /// The version that is published.
    pub published: Version,
    /// A version that was published before.
    pub earlier: Version,
    /// The id of what is being drawn and was never published.
    pub draft: String,
    all: Store<Run>,
    /// Ids of runs by those of their tasks.
    tasks: Store<String>,
    /// Ids of runs by the tokens of their forms.
    forms: Store<String>,
}

/// A published version of a workflow.
#[derive(Debug, Clone)]
pub struct Version {
    /// The id.
    pub id: String,
    /// When it was published, which is its name.
    pub name: &'static str,
}

/// A run.
#[derive(Debug, Clone)]
pub struct Run {
    /// Who and what it is.
    pub head: Head,
    /// The name of the version that ran.
    pub version: &'static str,
    /// The id of the log of it.
    pub log: String,
    /// The values of the form's fields.
    pub inputs: Map<String, Value>,
    /// What the system adds to them as `sys.…`.
    pub system: Map<String, Value>,
    /// What a person filled in.
    pub filled: Map<String, Value>,
    /// The inputs as they are kept, with what the system adds, as JSON in text.
    pub kept: String,
    /// What is asked of the model.
    pub query: String,
    /// When it started, in seconds since 1970.
    pub created_at: f64,
    /// What it is from when on. The first is there from the start.
    pub phases: Vec<Phase>,
    /// Its nodes, in the order in which they start.
    pub nodes: Vec<NodeRun>,
    /// What it asks a person.
    pub form: Option<Form>,
    /// The number of the frame of its feed with which a pause ends streams.
    pub pause: Option<usize>,
}

/// Who and what a run is: what all of its events say.
#[derive(Debug, Clone)]
pub struct Head {
    /// The id of the run.
    pub run: String,
    /// The id of the task, by which it is stopped; its feed has that name.
    pub task: String,
    /// The id of the version that runs.
    pub workflow: String,
    /// The id of the end user who started it.
    pub user: String,
    /// Whom the app calls that user.
    pub session: String,
    /// The message that it answers, in a chatflow.
    pub turn: Option<Turn>,
}

/// The message that a run of a chatflow answers.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The id of the conversation.
    pub conversation: String,
    /// The id of the message.
    pub message: String,
    /// When it was made, in whole seconds since 1970.
    pub created_at: i64,
}

/// What a run is for some time.
#[derive(Debug, Clone)]
pub struct Phase {
    /// When it begins, in seconds since 1970.
    pub from: f64,
    /// The status.
    pub status: RunStatus,
    /// What came out.
    pub outputs: Map<String, Value>,
    /// What went wrong.
    pub error: Option<String>,
    /// The tokens that models have taken.
    pub tokens: usize,
    /// The nodes that have run.
    pub steps: usize,
    /// How long it took, in seconds.
    pub elapsed: f64,
}

/// The status of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunStatus {
    /// It goes on.
    Running,
    /// It waits for a person.
    Paused,
    /// It reached its end.
    Succeeded,
    /// A node failed.
    Failed,
    /// Somebody stopped it.
    Stopped,
}

impl RunStatus {
    /// The server's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// Whether nothing comes after it.
    pub fn is_end(self) -> bool {
        !matches!(self, Self::Running | Self::Paused)
    }
}

/// A node at work.
#[derive(Debug, Clone)]
pub struct NodeRun {
    /// The id of this piece of work.
    pub id: String,
    /// The id of the node.
    pub node: &'static str,
    /// The kind of the node.
    pub kind: &'static str,
    /// The node's title.
    pub title: &'static str,
    /// The node that repeats it, and whether that is an iteration; otherwise a loop.
    pub within: Option<(&'static str, bool)>,
    /// When it starts, in seconds since 1970.
    pub from: f64,
    /// When it ends.
    pub to: Option<f64>,
    /// What it is then.
    pub status: &'static str,
    /// The tokens that it takes.
    pub tokens: usize,
}

impl Runs {
    /// No runs, of a workflow with new ids.
    pub fn seeded(ids: &mut Ids) -> Self {
        Self {
            published: Version { id: ids.uuid(), name: "2026-03-02 09:15:00.250000" },
            earlier: Version { id: ids.uuid(), name: "2026-02-11 17:40:30.500000" },
            draft: ids.uuid(),
            all: Store::new(KEPT),
            tasks: Store::new(KEPT),
            forms: Store::new(KEPT),
        }
    }

    /// Keeps a run.
    pub fn insert(&mut self, run: Run) {
        let id = run.head.run.clone();
        self.tasks.insert(&run.head.task, id.clone());
        if let Some(form) = &run.form {
            self.forms.insert(&form.token, id.clone());
        }
        self.all.insert(id, run);
    }

    /// The run with this id, however the UUID is written.
    pub fn get(&self, id: &str) -> Option<&Run> {
        self.all.get(&uuid::Uuid::try_parse(id).ok()?.to_string())
    }

    /// The run with this id, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Run> {
        self.all.get_mut(id)
    }

    /// The run of a task.
    pub fn of_task(&self, task: &str) -> Option<&Run> {
        self.all.get(self.tasks.get(task)?)
    }

    /// The run that the form with this token belongs to.
    pub fn of_form(&self, token: &str) -> Option<&Run> {
        self.all.get(self.forms.get(token)?)
    }

    /// All runs, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }
}

impl Run {
    /// What it is at a time, in seconds since 1970.
    pub fn at(&self, time: f64) -> &Phase {
        let begun = self.phases.partition_point(|phase| phase.from <= time);
        &self.phases[begun.saturating_sub(1)]
    }

    /// What it is at last, as far as is known now.
    pub fn last(&self) -> &Phase {
        &self.phases[self.phases.len() - 1]
    }

    /// Takes back the phases that have not begun.
    pub fn forget_from(&mut self, time: f64) {
        let begun = self.phases.partition_point(|phase| phase.from <= time);
        self.phases.truncate(begun.max(1));
    }

    /// Ends it at a time, as if somebody had stopped it, and gives what it ended as; `None` where it is
    /// not under way.
    pub fn stop(&mut self, time: f64, why: &str) -> Option<&Phase> {
        if self.at(time).status != RunStatus::Running {
            return None;
        }
        self.nodes.retain(|node| node.from <= time);
        for node in &mut self.nodes {
            if node.to.is_some_and(|to| to > time) {
                (node.to, node.status, node.tokens) = (Some(time), "stopped", 0);
            }
        }
        self.forget_from(time);
        let since = self.last().from;
        self.phases.push(Phase {
            from: time,
            status: RunStatus::Stopped,
            outputs: Map::new(),
            error: Some(why.to_owned()),
            tokens: self.nodes.iter().map(|node| node.tokens).sum(),
            steps: self.nodes.len(),
            elapsed: time - since,
        });
        Some(self.last())
    }
}
