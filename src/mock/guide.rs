//! Command lines to try on a running mock.

use std::fmt::Write;

use super::Mock;

/// For each key that a guide has: what its line shows, and the line.
const LINES: &[(&str, &str, &str)] = &[
    ("chat", "a conversation, word by word", "CHAT"),
    ("agent", "an agent that looks things up first", "CHAT"),
    ("chatflow", "a chatflow, node by node", "CHAT"),
    ("completion", "a text from a template", "COMPLETION"),
    ("workflow", "a workflow, node by node", "WORKFLOW"),
    ("human-input", "a workflow that waits for a person", "WORKFLOW"),
    ("knowledge", "all knowledge bases", "DATASETS"),
];

/// A line to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuideLine {
    /// The name of its key.
    pub key: &'static str,
    /// What it shows.
    pub shows: &'static str,
    /// The command.
    pub command: String,
}

impl Mock {
    /// The variables by which a target is given, with the values that lead here: the base URL and all keys.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let key = |key: &super::MockKey| {
            let name = key.name.to_uppercase().replace('-', "_");
            (format!("DIFY_{name}_KEY"), key.key.clone())
        };
        let address = ("DIFY_BASE_URL".to_owned(), self.base_url());
        std::iter::once(address).chain(self.keys().iter().map(key)).collect()
    }

    /// One line for each key, ready to be pasted into a shell.
    #[must_use]
    pub fn guide(&self) -> Vec<GuideLine> {
        let base = self.base_url();
        let line = |(key, shows, kind): &(&'static str, &'static str, &str)| {
            let (path, data) = match *kind {
                "CHAT" => ("/chat-messages", r#"{"query":"hello","inputs":{}"#),
                "COMPLETION" => ("/completion-messages", r#"{"inputs":{"query":"ferns"}"#),
                "WORKFLOW" => ("/workflows/run", r#"{"inputs":{"query":"hello"}"#),
                _ => ("/datasets", ""),
            };
            let mut command =
                format!("curl -N {base}{path} -H 'Authorization: Bearer {}'", self.key(key));
            if !data.is_empty() {
                let _ = write!(
                    command,
                    " -H 'Content-Type: application/json' -d '{data},\"user\":\"alice\",\"response_mode\":\"streaming\"}}'"
                );
            }
            GuideLine { key, shows, command }
        };
        LINES.iter().map(line).collect()
    }
}
