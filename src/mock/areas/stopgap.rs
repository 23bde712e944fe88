//! stopgap
use crate::mock::state::App;
use serde_json::{Value, json};
use std::sync::OnceLock;
impl App {
    pub fn form(&self) -> &[Value] {
        static F: OnceLock<Value> = OnceLock::new();
        static H: OnceLock<Value> = OnceLock::new();
        let w = F.get_or_init(|| json!([
            { "text-input": { "label": "Text", "variable": "query", "type": "text-input", "required": true, "max_length": 256, "options": [] } },
            { "number": { "label": "Sentences", "variable": "count", "type": "number", "required": false, "max_length": 48, "options": [] } },
            { "select": { "label": "Tone", "variable": "tone", "type": "select", "required": false, "max_length": 48, "options": ["formal", "casual"] } },
            { "file": { "label": "Attachment", "variable": "attachment", "type": "file", "required": false, "max_length": 48, "options": [],
                "allowed_file_types": ["image", "document"], "allowed_file_extensions": [], "allowed_file_upload_methods": ["local_file", "remote_url"] } },
        ]));
        let h = H.get_or_init(|| json!([
            { "text-input": { "label": "Text", "variable": "query", "type": "text-input", "required": true, "max_length": 256, "options": [] } }]));
        (if self.asks_people { h } else { w }).as_array().map_or(&[], Vec::as_slice)
    }
    pub fn file_upload(&self) -> &Value {
        &Value::Null
    }
}
