//! The members of Arazzo 1.0 documents, and their types: so that what is wrong has a place.

use serde_json::Value;

use super::faults::Faults;
use crate::document::Pointer;

/// The type of a value.
enum Shape {
    Any,
    Text,
    /// A number that is not negative.
    Number,
    /// A whole number that is not negative.
    Count,
    /// One of these words.
    Word(&'static [&'static str]),
    Object(&'static Form),
    List(&'static Shape),
    Map(&'static Shape),
    /// An object of the form, or a reference to one among the components.
    Reusable(&'static Form),
}

/// An object.
struct Form {
    /// What it is, with its article.
    what: &'static str,
    members: &'static [Member],
}

struct Member {
    name: &'static str,
    required: bool,
    shape: Shape,
}

const fn must(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, shape }
}

const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, required: false, shape }
}

static ROOT: Form = Form {
    what: "an Arazzo document",
    members: &[
        must("arazzo", Shape::Text),
        must("info", Shape::Object(&INFO)),
        must("sourceDescriptions", Shape::List(&Shape::Object(&SOURCE))),
        must("workflows", Shape::List(&Shape::Object(&WORKFLOW))),
        may("components", Shape::Object(&COMPONENTS)),
    ],
};

static INFO: Form = Form {
    what: "`info`",
    members: &[
        must("title", Shape::Text),
        must("version", Shape::Text),
        may("summary", Shape::Text),
        may("description", Shape::Text),
    ],
};

static SOURCE: Form = Form {
    what: "a source description",
    members: &[
        must("name", Shape::Text),
        must("url", Shape::Text),
        may("type", Shape::Word(&["openapi", "arazzo"])),
    ],
};

static WORKFLOW: Form = Form {
    what: "a workflow",
    members: &[
        must("workflowId", Shape::Text),
        may("summary", Shape::Text),
        may("description", Shape::Text),
        may("inputs", Shape::Any),
        may("dependsOn", Shape::List(&Shape::Text)),
        must("steps", Shape::List(&Shape::Object(&STEP))),
        may("successActions", Shape::List(&Shape::Reusable(&SUCCESS))),
        may("failureActions", Shape::List(&Shape::Reusable(&FAILURE))),
        may("outputs", Shape::Map(&Shape::Text)),
        may("parameters", Shape::List(&Shape::Reusable(&PARAMETER))),
    ],
};

static STEP: Form = Form {
    what: "a step",
    members: &[
        must("stepId", Shape::Text),
        may("description", Shape::Text),
        may("operationId", Shape::Text),
        may("operationPath", Shape::Text),
        may("workflowId", Shape::Text),
        may("parameters", Shape::List(&Shape::Reusable(&PARAMETER))),
        may("requestBody", Shape::Object(&BODY)),
        may("successCriteria", Shape::List(&Shape::Object(&CRITERION))),
        may("onSuccess", Shape::List(&Shape::Reusable(&SUCCESS))),
        may("onFailure", Shape::List(&Shape::Reusable(&FAILURE))),
        may("outputs", Shape::Map(&Shape::Text)),
    ],
};

static PARAMETER: Form = Form {
    what: "a parameter",
    members: &[
        must("name", Shape::Text),
        may("in", Shape::Word(&["path", "query", "header", "cookie"])),
        must("value", Shape::Any),
    ],
};

static REUSABLE: Form = Form {
    what: "a reference",
    members: &[must("reference", Shape::Text), may("value", Shape::Any)],
};

static BODY: Form = Form {
    what: "a request body",
    members: &[
        may("contentType", Shape::Text),
        may("payload", Shape::Any),
        may("replacements", Shape::List(&Shape::Object(&REPLACEMENT))),
    ],
};

static REPLACEMENT: Form = Form {
    what: "a replacement",
    members: &[must("target", Shape::Text), must("value", Shape::Any)],
};

static CRITERION: Form = Form {
    what: "a criterion",
    members: &[
        may("context", Shape::Text),
        must("condition", Shape::Text),
        may("type", Shape::Word(&["simple", "regex", "jsonpath", "xpath"])),
        may("version", Shape::Text),
    ],
};

static SUCCESS: Form = Form {
    what: "a success action",
    members: &[
        must("name", Shape::Text),
        must("type", Shape::Word(&["end", "goto"])),
        may("workflowId", Shape::Text),
        may("stepId", Shape::Text),
        may("criteria", Shape::List(&Shape::Object(&CRITERION))),
    ],
};

static FAILURE: Form = Form {
    what: "a failure action",
    members: &[
        must("name", Shape::Text),
        must("type", Shape::Word(&["end", "goto", "retry"])),
        may("workflowId", Shape::Text),
        may("stepId", Shape::Text),
        may("retryAfter", Shape::Number),
        may("retryLimit", Shape::Count),
        may("criteria", Shape::List(&Shape::Object(&CRITERION))),
    ],
};

static COMPONENTS: Form = Form {
    what: "`components`",
    members: &[
        may("inputs", Shape::Map(&Shape::Any)),
        may("parameters", Shape::Map(&Shape::Object(&PARAMETER))),
        may("successActions", Shape::Map(&Shape::Object(&SUCCESS))),
        may("failureActions", Shape::Map(&Shape::Object(&FAILURE))),
    ],
};

/// Looks for members that there are not, that are missing, or of another type.
pub fn check(value: &Value, faults: &mut Faults<'_>) {
    Shape::Object(&ROOT).check(value, &Pointer::default(), faults);
}

impl Shape {
    /// What a value has to be, in words.
    fn words(&self) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Number => "a number of at least 0".to_owned(),
            Self::Count => "a whole number of at least 0".to_owned(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Object(form) | Self::Reusable(form) => {
                format!("an object: {}", form.what.trim_matches('`'))
            }
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "an object".to_owned(),
        }
    }

    fn check(&self, value: &Value, at: &Pointer, faults: &mut Faults<'_>) {
        match (self, value) {
            (Self::Any, _) | (Self::Text, Value::String(_)) => {}
            (Self::Number, Value::Number(n)) if n.as_f64().is_some_and(|n| n >= 0.0) => {}
            (Self::Count, Value::Number(n)) if n.is_u64() => {}
            (Self::Word(words), Value::String(word)) => {
                if !words.contains(&word.as_str()) {
                    let all = format!("it is {}", self.words());
                    let message = format!("`{word}` is none of the words that may stand here");
                    faults.unknown(at.as_str(), message, word, words.iter().copied(), &all);
                }
            }
            (Self::Object(form), Value::Object(_)) => form.check(value, at, faults),
            (Self::Reusable(form), Value::Object(members)) => {
                let form = if members.contains_key("reference") { &REUSABLE } else { form };
                form.check(value, at, faults);
            }
            (Self::List(shape), Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    shape.check(item, &at.child(&index.to_string()), faults);
                }
            }
            (Self::Map(shape), Value::Object(members)) => {
                for (name, member) in members {
                    shape.check(member, &at.child(name), faults);
                }
            }
            _ => {
                let name = Pointer::split_last(at.as_str()).map(|(_, name)| name.into_owned());
                let what = match name {
                    Some(name) if name.parse::<usize>().is_err() => format!("`{name}`"),
                    _ => "this".to_owned(),
                };
                let help = match (self, value) {
                    (Self::Text, Value::Number(_) | Value::Bool(_)) => "put it between quotes",
                    _ => "",
                };
                faults.add(at.as_str(), format!("{what} has to be {}", self.words()), help);
            }
        }
    }
}

impl Form {
    fn check(&self, value: &Value, at: &Pointer, faults: &mut Faults<'_>) {
        let Value::Object(members) = value else { return };
        for (name, member) in members {
            if let Some(known) = self.members.iter().find(|known| known.name == name) {
                known.shape.check(member, &at.child(name), faults);
            } else if !name.starts_with("x-") {
                let message = format!("{} has no member `{name}`", self.what);
                let known = self.members.iter().map(|known| known.name);
                let all = "what Arazzo does not know begins with `x-`";
                faults.unknown(at.child(name).as_str(), message, name, known, all);
            }
        }
        for needed in self.members.iter().filter(|needed| needed.required) {
            if !members.contains_key(needed.name) {
                let message = format!("{} needs `{}`", self.what, needed.name);
                faults.add(at.as_str(), message, format!("it is {}", needed.shape.words()));
            }
        }
    }
}
