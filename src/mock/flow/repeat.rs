//! Nodes that repeat what is within them: iterations and loops.

use std::time::Duration;

use serde_json::{Value, json};

use super::graph::{self, Node, Work};
use super::head::micro;
use super::nodes::Made;
use super::play::Player;
use crate::mock::state::whole;

/// So often a loop goes round.
const ROUNDS: usize = 3;

/// So many words an iteration takes at most.
const WORDS: usize = 5;

impl Player<'_> {
    /// Runs what is within a node, once for every word, or three times.
    pub fn repeat(&mut self, node: &Node) {
        let each = matches!(node.work, Work::Iterate);
        let (kind, first) = if each { ("iteration", 0) } else { ("loop", 1) };
        let words = self.run.query.split_whitespace().take(WORDS);
        let items: Vec<String> = if each {
            words.map(str::to_owned).collect()
        } else {
            (1..=ROUNDS).map(|round| round.to_string()).collect()
        };
        let (inputs, metadata) = if each {
            (json!({ "iterator_selector": items }), json!({ "iterator_length": items.len() }))
        } else {
            (json!({ "loop_count": ROUNDS }), json!({ "loop_length": ROUNDS }))
        };
        let number = self.open(node, None);
        let begun = self.at;
        let mut data = self.about(node);
        data["metadata"] = metadata;
        data["inputs"] = inputs.clone();
        data["inputs_truncated"] = json!(false);
        self.tell(self.run.head.event(&format!("{kind}_started"), data));
        let mut lines = Vec::new();
        for (index, item) in items.iter().enumerate() {
            if each {
                self.next(node, kind, index + first);
            }
            let line = format!("{}: {item}", index + 1);
            for inner in graph::WITHIN {
                let made = Made {
                    inputs: json!({ "item": item }),
                    outputs: json!({ "output": line }),
                    metadata: json!({ format!("{kind}_id"): node.id }),
                    ..Made::default()
                };
                self.within(inner, Some((node.id, each)), |_| made);
            }
            lines.push(json!(line));
            if !each {
                self.next(node, kind, index + first);
            }
        }
        let outputs =
            if each { json!({ "output": lines }) } else { json!({ "loop_round": ROUNDS }) };
        self.run.nodes[number].to = Some(self.now());
        let data = self.completed(node, begun, &inputs, &outputs, items.len());
        self.tell(self.run.head.event(&format!("{kind}_completed"), data));
    }

    /// One more time.
    fn next(&mut self, node: &Node, kind: &str, index: usize) {
        let mut data = self.about(node);
        data["index"] = json!(index);
        if kind == "loop" {
            data["pre_loop_output"] = json!({});
        }
        self.tell(self.run.head.event(&format!("{kind}_next"), data));
    }

    fn completed(
        &self,
        node: &Node,
        begun: Duration,
        inputs: &Value,
        outputs: &Value,
        steps: usize,
    ) -> Value {
        let mut data = self.about(node);
        data["outputs"] = outputs.clone();
        data["outputs_truncated"] = json!(false);
        data["inputs"] = inputs.clone();
        data["inputs_truncated"] = json!(false);
        data["status"] = json!("succeeded");
        data["error"] = Value::Null;
        data["elapsed_time"] = json!(micro(self.at.saturating_sub(begun).as_secs_f64()));
        data["total_tokens"] = json!(0);
        data["execution_metadata"] = json!({ "total_tokens": 0 });
        data["finished_at"] = json!(whole(self.now()));
        data["steps"] = json!(steps);
        data
    }

    /// What all events of a node that repeats say.
    fn about(&self, node: &Node) -> Value {
        json!({
            "id": node.id,
            "node_id": node.id,
            "node_type": node.kind,
            "title": node.title,
            "created_at": whole(self.now()),
            "extras": {},
        })
    }
}
