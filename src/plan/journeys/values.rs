//! The expressions of a document: whether what they name is there.

use regex::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::condition;
use super::expression::{self, Expression, Unclosed};
use super::faults::Faults;
use super::names::{WorkflowNames, items, text};
use crate::document::Pointer;
use crate::suggest;

/// When an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// While the request is made.
    Before,
    /// Once its answer is there.
    After,
    /// When the workflow is over.
    End,
}

/// What expressions may begin with.
const ROOTS: [&str; 9] = [
    "$url",
    "$method",
    "$statusCode",
    "$request",
    "$response",
    "$inputs",
    "$steps",
    "$workflows",
    "$sourceDescriptions",
];

/// Looks at the expressions of a workflow.
pub struct Values<'v, 'f> {
    /// The document.
    pub root: &'v Value,
    /// The names of all workflows.
    pub all: &'v [WorkflowNames],
    /// Those of the workflow.
    pub own: &'v WorkflowNames,
    /// What is wrong.
    pub faults: &'v mut Faults<'f>,
}

impl Values<'_, '_> {
    /// A value: a text that is an expression, or has some in it; or anything that holds such texts.
    pub fn value(&mut self, value: &Value, at: &Pointer, when: When) {
        match value {
            Value::String(text) => match expression::of_value(text) {
                Ok(found) => found.into_iter().for_each(|one| self.expression(one, at, when)),
                Err(Unclosed(rest)) => self.unclosed(rest, at),
            },
            Value::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    self.value(item, &at.child(&index.to_string()), when);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.value(member, &at.child(name), when);
                }
            }
            _ => {}
        }
    }

    fn unclosed(&mut self, rest: &str, at: &Pointer) {
        self.faults.add(at.as_str(), format!("`{rest}` has no `}}`"), "close the braces");
    }

    /// The outputs of a step or a workflow.
    pub fn outputs(&mut self, value: &Value, at: &Pointer, when: When) {
        for (at, output) in items(value, at, "outputs") {
            let written = output.as_str().unwrap_or_default();
            if !written.is_empty() && !written.contains('$') {
                let message = format!("`{written}` is no expression");
                let help = "an output is one, as in `$response.body#/id`";
                self.faults.add(at.as_str(), message, help);
            }
            self.value(output, &at, when);
        }
    }

    /// A list of criteria.
    pub fn criteria(&mut self, value: &Value, at: &Pointer, name: &str) {
        for (at, criterion) in items(value, at, name) {
            self.criterion(criterion, &at);
        }
    }

    fn criterion(&mut self, criterion: &Value, at: &Pointer) {
        let written = text(criterion, "condition");
        let place = at.child("condition");
        if let Some(context) = criterion.get("context").and_then(Value::as_str) {
            let at = at.child("context");
            if context.starts_with('$') {
                self.expression(context, &at, When::After);
            } else {
                let message = format!("`{context}` is no expression");
                let help = "write what the condition is about, as in `$response.body`";
                self.faults.add(at.as_str(), message, help);
            }
        }
        if written.len() > condition::LONGEST {
            let message = format!("a condition is longer than {} characters", condition::LONGEST);
            self.faults.add(place.as_str(), message, "divide it into several criteria");
            return;
        }
        let why = match text(criterion, "type") {
            "" | "simple" => match condition::expressions(written) {
                Ok(found) => {
                    for one in found {
                        self.expression(one, &place, When::After);
                    }
                    return;
                }
                Err(why) => ("is no condition", why),
            },
            "xpath" => {
                let message = "conditions in XPath are not read";
                let help = "write it as a `simple` condition, or in JSONPath";
                self.faults.add(at.child("type").as_str(), message, help);
                return;
            }
            kind => match expression::of_braces(written) {
                Err(Unclosed(rest)) => return self.unclosed(rest, &place),
                // What is put in first may be anything.
                Ok(found) if !found.is_empty() => {
                    for one in found {
                        self.expression(one, &place, When::After);
                    }
                    return;
                }
                Ok(_) if kind == "regex" => match Regex::new(written) {
                    Ok(_) => return,
                    Err(error) => ("is no regular expression", error.to_string()),
                },
                Ok(_) => match JsonPath::parse(written) {
                    Ok(_) => return,
                    Err(error) => {
                        let from = error.position() + 1;
                        let message =
                            format!("`{written}` is no JSONPath: wrong from character {from} on");
                        let help = "one is written as `$.data[?@.id == 'x']` (RFC 9535)";
                        return self.faults.add(place.as_str(), message, help);
                    }
                },
            },
        };
        let (what, why) = why;
        // Some engines draw a picture of the place; the last line says what is wrong.
        let why = why.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
        self.faults.add(place.as_str(), format!("`{written}` {what}: {why}"), "");
    }

    /// An expression.
    pub fn expression(&mut self, written: &str, at: &Pointer, when: When) {
        let expression = Expression::of(written);
        if let Some(pointer) = expression.pointer.filter(|p| !p.is_empty() && !p.starts_with('/')) {
            let message = format!("`{pointer}` in `{written}` is no JSON Pointer");
            let help = format!("what follows `#` begins with `/`: `#/{pointer}`");
            return self.faults.add(at.as_str(), message, help);
        }
        let now = matches!(
            expression.root,
            "$url" | "$method" | "$statusCode" | "$request" | "$response"
        );
        if now && when != When::After {
            let message = match when {
                When::Before => format!("`{written}` is not known before the request is sent"),
                _ => format!("`{written}` belongs to no step any more"),
            };
            let help = "name it in the `outputs` of a step, and write `$steps.STEP.outputs.NAME`";
            return self.faults.add(at.as_str(), message, help);
        }
        match expression.root {
            "$url" | "$method" | "$statusCode" => {
                self.nothing_behind(&expression, 0, at);
            }
            "$request" => self.part(&expression, 0, &["header", "query", "path", "body"], at),
            "$response" => self.part(&expression, 0, &["header", "body"], at),
            "$inputs" => self.one_of(&expression, 0, "input", &self.own.inputs.clone(), at),
            "$steps" => self.step(&expression, at),
            "$workflows" => self.workflow(&expression, at),
            "$sourceDescriptions" => {
                let sources = items(self.root, &Pointer::default(), "sourceDescriptions");
                let known = sources.iter().map(|(_, source)| text(source, "name").to_owned());
                let known: Vec<String> = known.collect();
                self.one_of(&expression, 0, "source description", &known, at);
            }
            root => {
                let message = format!("`{root}` is nothing that an expression begins with");
                let all = if suggest::like(root, ROOTS).is_empty() {
                    "a text that begins with `$` is read as an expression"
                } else {
                    ""
                };
                self.faults.unknown(at.as_str(), message, root, ROOTS, all);
            }
        }
    }

    fn nothing_behind(&mut self, expression: &Expression<'_>, count: usize, at: &Pointer) {
        if let Some(name) = expression.after(count).first() {
            let head = expression.text.split_once(&format!(".{name}")).map_or("", |(head, _)| head);
            let message = format!("`.{name}` in `{}` leads nowhere", expression.text);
            let help = format!("what is in a value is named by a JSON Pointer: `{head}#/{name}`");
            self.faults.add(at.as_str(), message, help);
        }
    }

    /// A part of a request or an answer, and what is in it.
    fn part(&mut self, expression: &Expression<'_>, from: usize, parts: &[&str], at: &Pointer) {
        let written = expression.text;
        let part = expression.after(from).first().copied().unwrap_or_default();
        if !parts.contains(&part) {
            let message = format!("`{part}` in `{written}` is no part of it");
            let all = format!("the parts: {}", parts.join(", "));
            return self.faults.unknown(at.as_str(), message, part, parts.iter().copied(), &all);
        }
        if part == "body" {
            self.nothing_behind(expression, from + 1, at);
        } else if expression.after(from + 1).iter().all(|name| name.is_empty()) {
            let help = format!("as in `{written}.NAME`");
            self.faults.add(at.as_str(), format!("`{written}` names nothing"), help);
        }
    }

    /// The name at a place of an expression is one of those that there are; tells it.
    fn one_of(
        &mut self,
        expression: &Expression<'_>,
        from: usize,
        what: &str,
        known: &[String],
        at: &Pointer,
    ) {
        let Some(name) = expression.after(from).first() else { return };
        if known.iter().any(|known| known == name) {
            return;
        }
        let message = format!("there is no {what} `{name}` (`{}`)", expression.text);
        let all = match known.len() {
            0 => format!("there is no {what} at all"),
            1 => format!("there is {}", known.join(", ")),
            2..=6 => format!("there are {}", known.join(", ")),
            _ => String::new(),
        };
        let names = known.iter().map(String::as_str);
        self.faults.unknown(at.as_str(), message, name, names, &all);
    }

    fn step(&mut self, expression: &Expression<'_>, at: &Pointer) {
        let steps: Vec<String> = self.own.steps.iter().map(|(id, _)| id.clone()).collect();
        let id = expression.names.first().copied().unwrap_or_default();
        let Some((_, outputs)) = self.own.steps.iter().find(|(own, _)| own == id) else {
            return self.one_of(expression, 0, "step", &steps, at);
        };
        match expression.after(1).first().copied() {
            Some("outputs") if expression.names.len() > 2 => {
                let outputs = outputs.clone();
                self.one_of(expression, 2, &format!("output of step `{id}`:"), &outputs, at);
            }
            Some("request") => self.part(expression, 2, &["header", "query", "path", "body"], at),
            Some("response") => self.part(expression, 2, &["header", "body"], at),
            Some("statusCode" | "url" | "method") => self.nothing_behind(expression, 2, at),
            _ => {
                let message = format!("`{}` names nothing of the step", expression.text);
                let help = format!("as in `$steps.{id}.outputs.NAME`");
                self.faults.add(at.as_str(), message, help);
            }
        }
    }

    fn workflow(&mut self, expression: &Expression<'_>, at: &Pointer) {
        let id = expression.names.first().copied().unwrap_or_default();
        let Some(other) = self.all.iter().find(|other| other.id == id) else {
            let known: Vec<String> = self.all.iter().map(|other| other.id.clone()).collect();
            return self.one_of(expression, 0, "workflow", &known, at);
        };
        match expression.after(1).first().copied() {
            Some("outputs") => self.one_of(expression, 2, "output", &other.outputs.clone(), at),
            Some("inputs") => self.one_of(expression, 2, "input", &other.inputs.clone(), at),
            _ => {
                let message = format!("`{}` names nothing of the workflow", expression.text);
                let help = format!("as in `$workflows.{id}.outputs.NAME`");
                self.faults.add(at.as_str(), message, help);
            }
        }
    }
}
