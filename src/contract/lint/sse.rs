//! The text of an event stream in an example, taken apart leniently.

use serde_json::Value;

/// An example of an event stream.
#[derive(Debug, Default, PartialEq)]
pub struct Example {
    /// The data of its events, as far as they are JSON, also of those that a client would not see.
    pub events: Vec<Value>,
    /// Why a client would not see these events.
    pub faults: Vec<String>,
}

/// Reads the text of an event stream.
///
/// An end without a blank line is no fault: editors and YAML trim it.
pub fn read(text: &str) -> Example {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut example = Example::default();
    let (mut data, mut fields) = (Vec::new(), 0);
    let mut stray = None;
    for line in text.trim_start_matches('\u{feff}').split('\n').chain([""]) {
        if line.is_empty() {
            event(&data.join("\n"), data.len(), &mut example);
            data.clear();
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match name {
            "data" => data.push(value.strip_prefix(' ').unwrap_or(value)),
            "" | "event" | "id" | "retry" => {}
            _ => {
                stray.get_or_insert(line);
                continue;
            }
        }
        fields += 1;
    }
    if let Some(line) = stray {
        let line = crate::contract::schema::excerpt(&Value::from(line));
        let of = if fields == 0 {
            "the text has no field of an event at all"
        } else {
            "a line is no field of an event"
        };
        example.faults.push(format!("{of}: {line}"));
    }
    example
}

/// Adds the event, or events, in the data of what a client would take for one.
fn event(data: &str, lines: usize, example: &mut Example) {
    if !data.trim_start().starts_with('{') {
        return;
    }
    if let Ok(value) = serde_json::from_str(data) {
        example.events.push(value);
        return;
    }
    let mut values = Vec::new();
    let mut rest = data;
    let error = loop {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        match stream.next() {
            None => break None,
            Some(Err(error)) => break Some(error),
            Some(Ok(value)) => values.push(value),
        }
        let after = rest.get(stream.byte_offset()..).unwrap_or_default().trim_start();
        rest = after.strip_prefix("data:").unwrap_or(after);
    };
    let count = values.len();
    example.faults.push(match error {
        Some(error) => format!("the data of an event is no JSON: {error}"),
        None if lines > 1 => {
            format!("{count} events have no blank line between them, so a client reads them as one")
        }
        None => format!("{count} events stand on one line, which a client reads as one"),
    });
    example.events.extend(values);
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn events_are_found_however_they_are_written() {
        for (text, events, faults) in [
            ("data: {\"a\": 1}\n\ndata: {\"a\": 2}\n\n", 2, 0),
            ("data: {\"a\": 1}\r\n\r\nevent: ping\r\n\r\ndata:{\"a\":\r\ndata:2}", 2, 0),
            (": comment\n\ndata: [DONE]\n\n", 0, 0),
            ("data: {\"a\": 1} data: {\"a\": \"data: {\"}", 2, 1),
            ("data: {\"a\": 1}\ndata: {\"a\": 2}\n\n", 2, 1),
            ("data: {\"a\": \n\n", 0, 1),
            ("{\"a\": 1}", 0, 1),
            ("", 0, 0),
        ] {
            let example = read(text);
            assert_eq!((example.events.len(), example.faults.len()), (events, faults), "{text}");
        }
    }
}
