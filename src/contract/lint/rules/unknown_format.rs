//! `unknown-format`: a format that nobody has registered.

use crate::contract::lint::{Defect, Linted, Rule};
use crate::contract::schema::is_known_format;
use crate::finding::Severity;

/// The rule.
pub static RULE: Rule = Rule {
    id: "unknown-format",
    severity: Severity::Warning,
    title: "a `format` is not registered",
    what: "Compares every `format` with OpenAPI's format registry (https://spec.openapis.org/registry/format/).",
    why: "A format that a program does not know promises nothing: it is skipped without a word, so a value of any form \
          is right.",
    example: "{type: string, format: url}",
    remedy: "Use the registered format that is meant (`uri` for `url`); where there is none, write a `pattern`.",
    check,
};

/// The formats of the registry, those included that it calls deprecated.
const REGISTERED: &[&str] = &[
    "base64url",
    "binary",
    "byte",
    "char",
    "commonmark",
    "date",
    "date-time",
    "date-time-local",
    "decimal",
    "decimal128",
    "double",
    "double-int",
    "duration",
    "email",
    "float",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "int16",
    "int32",
    "int64",
    "int8",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "media-range",
    "password",
    "regex",
    "relative-json-pointer",
    "sf-binary",
    "sf-boolean",
    "sf-decimal",
    "sf-integer",
    "sf-string",
    "sf-token",
    "time",
    "time-local",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unixtime",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Formats that are often written for a registered one.
const MEANT: &[(&str, &str)] = &[
    ("url", "uri"),
    ("guid", "uuid"),
    ("datetime", "date-time"),
    ("timestamp", "date-time` or `unixtime"),
    ("base64", "byte"),
    ("long", "int64"),
    ("integer", "int32"),
    ("ip", "ipv4"),
];

fn check(linted: &Linted<'_>, defects: &mut Vec<Defect>) {
    for node in &linted.nodes {
        let Some(format) = node.text("format") else { continue };
        if REGISTERED.contains(&format) || node.schema.contains_key("$ref") {
            continue;
        }
        let lower = format.to_ascii_lowercase();
        let meant = MEANT.iter().find(|(name, _)| *name == lower).map(|(_, meant)| *meant);
        let meant = meant.or_else(|| REGISTERED.iter().find(|name| **name == lower).copied());
        let mut message = format!("the format `{format}` is not registered");
        if let Some(meant) = meant {
            message = format!("{message}; `{meant}` is");
        }
        message.push_str(if is_known_format(format) {
            " (this tool checks it all the same)"
        } else {
            ", and nothing is checked"
        });
        defects.push(linted.defect(&RULE, &node.at().child("format"), message));
    }
}
