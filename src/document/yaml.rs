//! YAML text to a value and its spans.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Options, Spanned};

use super::spans::Span;

/// What is wrong, and where: line and column, from 1.
#[derive(Debug)]
pub struct YamlError {
    /// What is wrong.
    pub message: String,
    /// Line and column, from 1, where they are known.
    pub position: Option<(usize, usize)>,
}

/// Reads one YAML 1.2 document; `true` and `false` alone are booleans, not `yes` or `off`.
///
/// # Errors
///
/// Text that is not YAML, a duplicate key, a key that is no scalar, more than one document, or
/// nesting beyond 256 levels.
pub fn parse(text: &str) -> Result<(Value, Span), YamlError> {
    let Spanned { value: Node { value, children }, .. } =
        serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options()).map_err(|error| {
            let error = error.without_snippet();
            let position = error.location().map(|at| {
                (usize::try_from(at.line()).unwrap_or(1), usize::try_from(at.column()).unwrap_or(1))
            });
            YamlError { message: plain(&error.to_string()), position }
        })?;
    Ok((value, Span { start: 0, children }))
}

fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        budget: serde_saphyr::budget! {
            // Large documents are legitimate here; the depth alone protects the stack.
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_depth: 256,
            max_total_scalar_bytes: usize::MAX,
        },
    }
}

/// The message without the place, which we print ourselves.
fn plain(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    let first = first.split(" at line ").next().unwrap_or(first).trim_start_matches("error: ");
    match first.strip_prefix("duplicate mapping key: ").and_then(|rest| rest.split_once(',')) {
        Some((name, _)) => format!("duplicate key `{name}`"),
        None => first.to_owned(),
    }
}

/// A value, and the spans of what it contains.
struct Node {
    value: Value,
    children: Vec<Span>,
}

impl Node {
    fn leaf(value: Value) -> Self {
        Self { value, children: Vec::new() }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value that JSON can express")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::leaf(Value::Null))
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::leaf(Value::Null))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::leaf(Value::Bool(value)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Node, E> {
        Ok(Node::leaf(Value::Number(value.into())))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Node, E> {
        Ok(Node::leaf(Value::Number(value.into())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value)
            .ok_or_else(|| E::custom("`.inf` and `.nan` have no place in an API description"))?;
        Ok(Node::leaf(Value::Number(number)))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Node, E> {
        Ok(Node::leaf(Value::String(value.to_owned())))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Node, E> {
        Ok(Node::leaf(Value::String(value)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let (mut items, mut children) = (Vec::new(), Vec::new());
        while let Some(item) = sequence.next_element::<Spanned<Node>>()? {
            children.push(Span { start: offset(item.referenced), children: item.value.children });
            items.push(item.value.value);
        }
        Ok(Node { value: Value::Array(items), children })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let (mut members, mut children) = (Map::new(), Vec::new());
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            let member = map.next_value::<Node>()?;
            children.push(Span { start: offset(name.referenced), children: member.children });
            members.insert(name.value, member.value);
        }
        Ok(Node { value: Value::Object(members), children })
    }
}

fn offset(location: serde_saphyr::Location) -> usize {
    location.span().byte_offset().and_then(|at| usize::try_from(at).ok()).unwrap_or(0)
}
