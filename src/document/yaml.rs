//! YAML text to a value and its spans.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::{Options, Spanned};

use super::spans::Span;
use super::yaml_words as words;

/// What is wrong, and where: line and column, from 1.
#[derive(Debug)]
pub struct YamlError {
    /// What is wrong.
    pub message: String,
    /// Line and column, from 1, where they are known.
    pub position: Option<(usize, usize)>,
    /// What to do about it.
    pub help: Option<&'static str>,
}

/// Nesting beyond this is refused, so that no document can exhaust the stack.
const MAX_DEPTH: usize = 256;

/// Enough for [`MAX_DEPTH`] levels; memory that is not used is not taken.
const STACK: usize = 256 << 20;

/// Reads one YAML 1.2 document; `true` and `false` alone are booleans, not `yes` or `off`.
///
/// # Errors
///
/// Text that is not YAML, a duplicate key, a key that is no scalar, more than one document, or
/// nesting beyond 256 levels.
pub fn parse(text: &str) -> Result<(Value, Span), YamlError> {
    // The reader takes many kilobytes of stack for each level of nesting.
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().stack_size(STACK);
        let reader =
            reader.spawn_scoped(scope, || parse_here(text)).map_err(|error| error.to_string());
        let parsed = reader.and_then(|reader| {
            reader.join().map_err(|_| "the YAML reader gave up on this document".to_owned())
        });
        parsed.unwrap_or_else(|message| Err(YamlError { message, position: None, help: None }))
    })
}

fn parse_here(text: &str) -> Result<(Value, Span), YamlError> {
    let Spanned { value: Node { value, children }, .. } =
        serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options()).map_err(|error| {
            let error = error.without_snippet();
            let text = error.to_string();
            let position = error.location().map(|at| {
                (usize::try_from(at.line()).unwrap_or(1), usize::try_from(at.column()).unwrap_or(1))
            });
            let position = position.or_else(|| words::position(&text));
            let (message, help) = words::plain(&text);
            YamlError { message, position, help }
        })?;
    Ok((value, Span { start: 0, children }))
}

fn options() -> Options {
    serde_saphyr::options! {
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        budget: serde_saphyr::budget! {
            // Large documents are legitimate here; the depth alone protects the stack.
            max_events: usize::MAX,
            max_nodes: usize::MAX,
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_buffered_comment_events: usize::MAX,
            max_total_scalar_bytes: usize::MAX,
            // Aliases of aliases multiply.
            max_recorded_anchor_events: 200_000,
        },
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
        while let Some(Spanned { value: name, referenced, .. }) =
            map.next_key::<Spanned<Option<String>>>()?
        {
            let name = name.unwrap_or_else(|| "null".to_owned());
            // The reader tells `200` from `'200'`; JSON does not.
            if members.contains_key(&name) {
                let (line, column) = (referenced.line(), referenced.column());
                return Err(de::Error::custom(words::duplicate(&name, line, column)));
            }
            let member = map.next_value::<Node>()?;
            children.push(Span { start: offset(referenced), children: member.children });
            members.insert(name, member.value);
        }
        Ok(Node { value: Value::Object(members), children })
    }
}

fn offset(location: serde_saphyr::Location) -> usize {
    location.span().byte_offset().and_then(|at| usize::try_from(at).ok()).unwrap_or(0)
}
