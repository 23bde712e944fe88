//! The graphs of the apps, as data.

use crate::mock::state::{App, Mode};

/// A node of a graph. Nodes run one after the other.
#[derive(Debug)]
pub struct Node {
    /// The id.
    pub id: &'static str,
    /// The server's word for its kind.
    pub kind: &'static str,
    /// The title.
    pub title: &'static str,
    /// What it does.
    pub work: Work,
    /// What a query must contain for the node to run; empty if it always does.
    pub when: &'static str,
}

/// What a node does.
#[derive(Debug, Clone, Copy)]
pub enum Work {
    /// Hands the inputs on.
    Start,
    /// Notes the query down in a variable of the conversation.
    Assign,
    /// Asks the model.
    Model,
    /// Puts a text together.
    Template,
    /// Does something for every word of the query.
    Iterate,
    /// Does something three times.
    Loop,
    /// Asks a person.
    Person,
    /// Gives out variables: the name of each and where it comes from.
    End(&'static [(&'static str, [&'static str; 2])]),
    /// Gives out the model's answer.
    Answer,
}

const fn node(id: &'static str, kind: &'static str, title: &'static str, work: Work) -> Node {
    Node { id, kind, title, work, when: "" }
}

const START: Node = node("start", "start", "Start", Work::Start);
const MODEL: Node = node("llm", "llm", "LLM", Work::Model);
const ITERATE: Node =
    Node { when: "#iteration", ..node("each", "iteration", "Each word", Work::Iterate) };
const LOOP: Node = Node { when: "#loop", ..node("again", "loop", "Again", Work::Loop) };

/// What runs within `each` and `again`.
pub const WITHIN: &[Node] = &[node("line", "template-transform", "Line", Work::Template)];

const DIGEST: &[Node] = &[
    START,
    ITERATE,
    LOOP,
    MODEL,
    node(
        "end",
        "end",
        "End",
        Work::End(&[("text", ["llm", "text"]), ("echo", ["start", "query"])]),
    ),
];

const APPROVAL: &[Node] = &[
    START,
    node("human", "human-input", "Approve", Work::Person),
    node("end", "end", "End", Work::End(&[("comment", ["human", "comment"])])),
];

const RECEPTION: &[Node] = &[
    START,
    node("assign", "assigner", "Assign", Work::Assign),
    ITERATE,
    LOOP,
    MODEL,
    node("answer", "answer", "Answer", Work::Answer),
];

/// The graph of an app.
pub fn of(app: &App) -> &'static [Node] {
    match app.mode {
        Mode::AdvancedChat => RECEPTION,
        _ if app.asks_people => APPROVAL,
        _ => DIGEST,
    }
}
