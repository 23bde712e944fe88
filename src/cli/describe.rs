//! One operation in full, for `spec show OPERATION`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::outline;
use super::output::Output;
use crate::contract::model::{At, MediaType, Response};
use crate::contract::schema::SchemaId;
use crate::contract::{Contract, Operation, StreamRules};
use crate::report::text;

/// Levels of a schema that are shown without `--verbose`.
const DEPTH: usize = 2;

/// The width of the text where there is no terminal.
const WIDTH: usize = 100;

/// Writes what every document says of one operation.
pub fn operation(
    contract: &Contract,
    variants: &[&Operation],
    verbose: bool,
    output: &Output,
    out: &mut impl Write,
) -> io::Result<()> {
    let width = output.stdout_width().unwrap_or(WIDTH);
    let depth = if verbose { usize::MAX } else { DEPTH };
    let mut writer = Writer { contract, output, out, width, depth };
    for (number, operation) in variants.iter().enumerate() {
        if number > 0 {
            writeln!(writer.out)?;
        }
        writer.operation(operation)?;
    }
    Ok(())
}

struct Writer<'w, W> {
    contract: &'w Contract,
    output: &'w Output,
    out: &'w mut W,
    width: usize,
    depth: usize,
}

impl<W: Write> Writer<'_, W> {
    fn operation(&mut self, operation: &Operation) -> io::Result<()> {
        self.heading(0, &operation.id)?;
        self.line(2, &self.source(&operation.at))?;
        let mut rows = Vec::new();
        let mut row = |name: &str, value: String| {
            if !value.is_empty() {
                rows.push(vec![name.to_owned(), value]);
            }
        };
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        let traits = &operation.traits;
        row("summary", optional(&operation.summary));
        row("operationId", optional(&operation.operation_id));
        row("tags", operation.tags.join(", "));
        row("deprecated", if operation.deprecated { "yes" } else { "" }.to_owned());
        row("key", optional(&traits.key));
        row("modes", traits.modes.join(", "));
        row("safety", optional(&traits.safety));
        row("cost", optional(&traits.cost));
        row("needs", traits.needs.join(", "));
        traits.consumes.iter().for_each(|id| row("consumes", pairs(id)));
        traits.produces.iter().for_each(|id| row("produces", pairs(id)));
        self.table(2, &rows)?;
        self.parameters(operation)?;
        if let Some(body) = &operation.request_body {
            writeln!(self.out)?;
            let required = if body.required { "required" } else { "optional" };
            self.heading(2, &format!("request body, {required}"))?;
            self.content(&body.content)?;
        }
        for response in &operation.responses {
            self.response(response)?;
        }
        self.any_responses(operation)
    }

    fn parameters(&mut self, operation: &Operation) -> io::Result<()> {
        if operation.parameters.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        self.heading(2, "parameters")?;
        let rows: Vec<Vec<String>> = operation
            .parameters
            .iter()
            .map(|parameter| {
                let schema = parameter.schema.map(|id| outline::words(&self.contract.schemas, id));
                let required = if parameter.required { ", required" } else { "" };
                let words = schema.unwrap_or_default();
                vec![
                    parameter.location.word().to_owned(),
                    parameter.name.clone(),
                    format!("{words}{required}  {}", self.source(&parameter.at)),
                ]
            })
            .collect();
        self.table(4, &rows)
    }

    fn response(&mut self, response: &Response) -> io::Result<()> {
        writeln!(self.out)?;
        self.heading(2, &format!("response {}", response.statuses))?;
        self.line(4, &self.source(&response.at))?;
        let mut rows = Vec::new();
        let headers = response.headers.iter().map(|header| {
            let required = if header.required { " (required)" } else { "" };
            format!("{}{required}", header.name)
        });
        for (name, values) in [
            ("headers", &headers.collect()),
            ("codes", &response.codes),
            ("codes in words", &response.described_codes),
        ] {
            if !values.is_empty() {
                rows.push(vec![name.to_owned(), values.join(", ")]);
            }
        }
        self.table(4, &rows)?;
        self.content(&response.content)
    }

    /// The statuses that no operation needs to document.
    fn any_responses(&mut self, operation: &Operation) -> io::Result<()> {
        let Some(document) = self.contract.documents.get(operation.at.document) else {
            return Ok(());
        };
        if document.any_responses.is_empty() {
            return Ok(());
        }
        writeln!(self.out)?;
        self.heading(2, "responses that any operation may give")?;
        let rows = document.any_responses.iter();
        let rows = rows.map(|response| {
            let codes = match response.codes.as_slice() {
                [] => "any code".to_owned(),
                codes => codes.join(", "),
            };
            vec![response.statuses.to_string(), codes]
        });
        let rows: Vec<_> = rows.collect();
        self.table(4, &rows)
    }

    fn content(&mut self, content: &[MediaType]) -> io::Result<()> {
        if content.is_empty() {
            return self.line(4, "no body");
        }
        for media_type in content {
            let examples = match media_type.examples.len() as u64 {
                0 => String::new(),
                examples => format!(", {}", text::count(examples, "example")),
            };
            let source = self.source(&media_type.at);
            self.line(4, &format!("{}{examples}  {source}", media_type.name))?;
            if let Some(id) = media_type.schema {
                self.schema(6, id)?;
            } else if media_type.stream.is_none() {
                self.line(6, "no schema")?;
            }
            if let Some(stream) = &media_type.stream {
                self.stream(stream)?;
            }
        }
        Ok(())
    }

    fn schema(&mut self, indent: usize, id: SchemaId) -> io::Result<()> {
        let lines = outline::lines(&self.contract.schemas, id, self.depth);
        let rows: Vec<Vec<String>> = lines
            .into_iter()
            .map(|line| {
                if line.place.is_empty() { vec![line.words] } else { vec![line.place, line.words] }
            })
            .collect();
        self.table(indent, &rows)
    }

    fn stream(&mut self, rules: &StreamRules) -> io::Result<()> {
        let mut rows = Vec::new();
        let mut row = |name: &str, value: String| {
            if !value.is_empty() {
                rows.push(vec![name.to_owned(), value]);
            }
        };
        row("event at", rules.event_name.clone());
        row("events", rules.events.keys().cloned().collect::<Vec<_>>().join(", "));
        if let Some((pointer, value)) = &rules.when {
            row("when", format!("{pointer} of the request body is {value}"));
        }
        for (name, order) in &rules.orders {
            row("order", format!("{name}: {}", order.source()));
        }
        row("anywhere", rules.ignore.join(", "));
        row("aborts", rules.abort.join(", "));
        for constant in &rules.constant {
            let except = match constant.except.as_slice() {
                [] => String::new(),
                except => format!(" except in {}", except.join(", ")),
            };
            row("constant", format!("{}{except}", constant.pointer));
        }
        for pair in &rules.pairs {
            row("pair", format!("{} … {} by {}", pair.open, pair.close, pair.key));
        }
        row("keep-alive", rules.keep_alive.map(|s| format!("{s} seconds")).unwrap_or_default());
        let (document, pointer) = &rules.at;
        row("source", self.source(&At { document: *document, pointer: pointer.clone() }));
        self.line(6, "stream")?;
        self.table(8, &rows)
    }

    /// File, line and column.
    fn source(&self, at: &At) -> String {
        match self.contract.source(at.document, &at.pointer) {
            Some(source) => format!("{}:{}:{}", source.file, source.line, source.column),
            None => String::new(),
        }
    }

    fn heading(&mut self, indent: usize, words: &str) -> io::Result<()> {
        let words = self.output.heading(words);
        writeln!(self.out, "{:indent$}{words}", "")
    }

    fn line(&mut self, indent: usize, words: &str) -> io::Result<()> {
        writeln!(self.out, "{:indent$}{}", "", text::clean(words))
    }

    fn table(&mut self, indent: usize, rows: &[Vec<String>]) -> io::Result<()> {
        let clean = |cell: &String| text::clean(cell).into_owned();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(clean).collect()).collect();
        for line in text::table(&rows, self.width.saturating_sub(indent)) {
            writeln!(self.out, "{:indent$}{line}", "")?;
        }
        Ok(())
    }
}

/// A producer or consumer of ids: `dataset, in path, name dataset_id`.
fn pairs(table: &BTreeMap<String, String>) -> String {
    const RESOURCE: &str = "resource";
    let resource = table.get(RESOURCE).cloned();
    let others = table.iter().filter(|(name, _)| name.as_str() != RESOURCE);
    let others = others.map(|(name, value)| format!("{name} {value}"));
    resource.into_iter().chain(others).collect::<Vec<_>>().join(", ")
}
