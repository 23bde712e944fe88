//! What was seen where a step failed.

use roas_arazzo_executor::{
    CriterionError, ExecutionError, ExpressionError, SelectError, StepRecord,
};
use serde_json::{Map, Value};

use crate::document::Pointer;
use crate::exchange::Exchange;
use crate::plan::journeys::expressions_in;

/// At most so much of a value is shown, in characters.
const EXCERPT: usize = 120;

/// What expressions can name when a step has failed.
pub struct Scene<'s> {
    /// The exchange of the step.
    pub exchange: &'s Exchange,
    /// Its body, as expressions see it.
    pub body: Option<&'s Value>,
    /// The inputs of the journey.
    pub inputs: &'s Map<String, Value>,
    /// What was done so far.
    pub records: &'s [StepRecord],
}

impl Scene<'_> {
    /// What a criterion is about, in words.
    pub fn of_criterion(&self, criterion: &Value) -> String {
        let text = |name: &str| criterion.get(name).and_then(Value::as_str);
        let names: Vec<&str> = match (text("context"), text("condition")) {
            (Some(context), condition) => {
                std::iter::once(context).chain(embedded(condition.unwrap_or_default())).collect()
            }
            (None, Some(condition)) => expressions_in(condition).unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        let (mut shown, mut absent): (Vec<String>, _) = (Vec::new(), false);
        for name in names {
            let value = self.value(name);
            absent |= value.is_none();
            let value = match value {
                Some(value) => format!("`{name}` is {}", excerpt(&value)),
                None => format!("`{name}` is not there"),
            };
            if !shown.contains(&value) {
                shown.push(value);
            }
        }
        // Why it is not there: the answer is a refusal.
        let refused = self.exchange.response.as_ref().is_some_and(|answer| answer.status >= 400);
        if shown.is_empty() || absent && refused {
            shown.push(self.status());
        }
        shown.join(", ")
    }

    /// The status, in words.
    pub fn status(&self) -> String {
        let status = self.exchange.response.as_ref().map_or(0, |response| response.status);
        format!("status {status}")
    }

    fn value(&self, expression: &str) -> Option<Value> {
        let (name, pointer) = expression.split_once('#').unwrap_or((expression, ""));
        let response = self.exchange.response.as_ref();
        let value = if name == "$statusCode" {
            response?.status.into()
        } else if name == "$response.body" {
            self.body?.clone()
        } else if name == "$method" {
            self.exchange.request.method.clone().into()
        } else if name == "$url" {
            self.exchange.request.url.clone().into()
        } else if let Some(header) = name.strip_prefix("$response.header.") {
            response?.headers.get(header)?.into()
        } else if let Some(input) = name.strip_prefix("$inputs.") {
            dotted(self.inputs.get(input.split('.').next()?)?, input)?
        } else if let Some(rest) = name.strip_prefix("$steps.") {
            let (step, rest) = rest.split_once(".outputs.")?;
            let record = self.records.iter().rev().find(|r| r.step_id == step && r.passed)?;
            dotted(record.outputs.get(rest.split('.').next()?)?, rest)?
        } else {
            return None;
        };
        Pointer::find(&value, pointer).cloned()
    }
}

/// The expressions that are put into a text: `{$steps.make.outputs.id}`.
fn embedded(text: &str) -> impl Iterator<Item = &str> {
    text.split('{')
        .skip(1)
        .filter(|rest| rest.starts_with('$'))
        .filter_map(|rest| rest.split('}').next())
}

/// What the names behind the first one lead to.
fn dotted(value: &Value, names: &str) -> Option<Value> {
    let mut value = value;
    for name in names.split('.').skip(1) {
        value = value.get(name)?;
    }
    Some(value.clone())
}

fn excerpt(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= EXCERPT {
        return text;
    }
    let head: String = text.chars().take(EXCERPT).collect();
    format!("{head}…")
}

/// The expression that named something that an answer did not have; `None` where something else went
/// wrong, which is no fault of the server.
pub fn absent(error: &ExecutionError) -> Option<&str> {
    let expression = match error {
        ExecutionError::Expression(error)
        | ExecutionError::Select(SelectError::Expression(error))
        | ExecutionError::Criterion(
            CriterionError::Expression(error)
            | CriterionError::Select(SelectError::Expression(error)),
        ) => Some(error),
        _ => None,
    }?;
    match expression {
        ExpressionError::Missing { expression, .. } => Some(expression.as_str()),
        _ => None,
    }
}

/// Where an expression stands in a part of a suite: the text, and the pointer to it.
pub fn place<'v>(value: &'v Value, at: &Pointer, expression: &str) -> Option<(&'v str, Pointer)> {
    match value {
        Value::String(text) => text.contains(expression).then(|| (text.as_str(), at.clone())),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| place(item, &at.child(&index.to_string()), expression)),
        Value::Object(members) => {
            members.iter().find_map(|(name, member)| place(member, &at.child(name), expression))
        }
        _ => None,
    }
}
