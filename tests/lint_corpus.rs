//! The defects of a real document that were counted by hand, found by the rules.
//!
//! The documents are in the corpus that `DIFY_CONTRACT_CORPUS` names; without it these tests say that
//! they skip.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may fail, and says why")]

use std::collections::{BTreeMap, BTreeSet};

use dify_contract::contract::lint::{self, Defect};
use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::finding::Severity;

fn defects(spec: &str, overlaid: bool) -> Option<Vec<Defect>> {
    let Ok(corpus) = std::env::var("DIFY_CONTRACT_CORPUS") else {
        eprintln!("skipped: DIFY_CONTRACT_CORPUS is not set");
        return None;
    };
    let overlay = || Overlay::read("specs/dify.overlay.yaml").unwrap();
    let overlays = if overlaid { vec![overlay()] } else { Vec::new() };
    let specs = vec![format!("{corpus}/specs/{spec}")];
    let contract = Contract::load(Sources { specs, overlays, ..Sources::default() }).unwrap();
    Some(lint::run(&contract))
}

fn counts(defects: &[Defect]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for defect in defects {
        *counts.entry(defect.rule).or_default() += 1;
    }
    counts
}

/// What the document says itself, whether an overlay is applied or not.
const KNOWN: &[(&str, usize)] = &[
    // In 6 examples; what several items of a list have in common counts once.
    ("example-breaks-schema", 10),
    ("one-of-never-exclusive", 2),
    ("event-example-not-sse", 10),
    ("unreachable-component", 71),
    ("discriminator-without-one-of", 3),
    ("error-without-schema", 176),
    // Three stand beside a reference, and one changes nothing.
    ("nullable-ineffective", 5),
    ("nullable-enum-without-null", 4),
    ("ref-siblings", 8),
    ("duplicate-component", 7),
    ("delete-with-body", 2),
    // One with common methods, three without.
    ("overlapping-templates", 4),
    ("error-example-without-envelope", 1),
    ("stream-as-string", 7),
    ("undocumented-4xx", 9),
    // 63 in operations, and one that four operations share.
    ("success-accepts-anything", 64),
    // All `url`. The other format that looks odd, `decimal`, is in OpenAPI's registry.
    ("unknown-format", 8),
];

fn known() -> BTreeMap<&'static str, usize> {
    KNOWN.iter().copied().collect()
}

#[test]
fn known_defects_are_found() {
    let Some(defects) = defects("dify-docs-1.16.en.json", false) else { return };
    assert_eq!(counts(&defects), known());
    let of = |rule: &'static str| defects.iter().filter(move |defect| defect.rule == rule);

    let example = |defect: &Defect| defect.pointer.split("/value").next().unwrap().to_owned();
    let examples: BTreeSet<String> = of("example-breaks-schema").map(example).collect();
    assert_eq!(examples.len(), 6, "{examples:?}");

    let grave = |rule| of(rule).filter(|defect| defect.severity > Severity::Note).count();
    assert_eq!(grave("ref-siblings"), 3);
    assert_eq!(grave("nullable-ineffective"), 4);
    assert_eq!(grave("overlapping-templates"), 1);

    let unused =
        of("unreachable-component").filter(|d| d.message == "nothing refers to it").count();
    assert_eq!(unused, 1);
}

#[test]
fn an_overlay_adds_the_events_and_nothing_else() {
    let Some(defects) = defects("dify-docs-1.16.en.json", true) else { return };
    let mut expected = known();
    expected.insert("event-example-breaks-schema", 45);
    assert_eq!(counts(&defects), expected);
    let events = defects.iter().filter(|defect| defect.rule == "event-example-breaks-schema");
    assert!(events.into_iter().all(|defect| defect.message.ends_with("promises string (uuid)")));
}

#[test]
fn a_translation_has_the_same_defects() {
    let Some(english) = defects("dify-docs-1.16.en.json", false) else { return };
    let Some(chinese) = defects("dify-docs-1.16.zh.json", false) else { return };
    assert_eq!(counts(&english), counts(&chinese));
}
