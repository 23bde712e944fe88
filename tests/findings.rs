//! What adds up must add up in any order: findings, and shapes.

#![expect(clippy::expect_used, reason = "a test may fail, and says why")]

use std::sync::Arc;

use dify_contract::finding::{
    Basis, Disagreement, Finding, Findings, Fingerprint, Part, Place, Severity, Source, Witness,
};
use dify_contract::observe::{BodyShape, OperationShape, StatusShape, ValueShape};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A disagreement, told apart by check, place and kind; what was seen differs each time.
fn disagreements() -> impl Strategy<Value = Disagreement> {
    let checks = prop::sample::select(vec!["wrong-type", "undeclared-null"]);
    let operations = prop::sample::select(vec!["GET /books", "POST /books"]);
    let pointers = prop::sample::select(vec!["", "/a", "/a[]"]);
    let kinds = prop::sample::select(vec!["", "type"]);
    (checks, operations, pointers, kinds, 0..1000_u32).prop_map(
        |(check, operation, pointer, kind, seen)| Disagreement {
            check,
            severity: Severity::Error,
            basis: Basis::Schema,
            operation: operation.to_owned(),
            place: Place {
                part: Part::Response { status: 200, media_type: None },
                pointer: pointer.to_owned(),
            },
            kind: kind.to_owned(),
            promised: format!("something else than {seen}"),
            seen: seen.to_string(),
            promise: Some((0, format!("/at/{seen}"))),
        },
    )
}

/// What was found in each of several exchanges, and the judge that each of them went to.
fn exchanges() -> impl Strategy<Value = Vec<(Vec<Disagreement>, usize)>> {
    prop::collection::vec((prop::collection::vec(disagreements(), 0..4), 0..4_usize), 0..24)
}

fn add(findings: &mut Findings, number: usize, found: &[Disagreement]) {
    let curl = || Arc::from(format!("curl {number}"));
    // Two recordings, so that the order is told by both of its parts.
    let order = (number / 10, number as u64 % 10);
    let name = format!("recording-{}.har#{}", order.0, order.1);
    findings.add(found.to_vec(), &Witness { order, name: &name, curl: &curl });
}

/// The findings of each of four judges, who share the exchanges.
fn shared(exchanges: &[(Vec<Disagreement>, usize)]) -> [Findings; 4] {
    let mut judges = [(); 4].map(|()| Findings::default());
    for (number, (found, judge)) in exchanges.iter().enumerate() {
        add(&mut judges[*judge], number, found);
    }
    judges
}

/// Everything about the findings, and how many disagreements there were.
fn told(findings: Findings) -> (u64, Vec<Value>) {
    let total = findings.total();
    let source = |document: usize, pointer: &str| {
        let (file, pointer) = (document.to_string(), pointer.to_owned());
        Some(Source { file, line: 1, column: 1, pointer })
    };
    let told = |finding: &Finding| serde_json::to_value(finding).expect("a finding is JSON");
    (total, findings.into_findings(source).iter().map(told).collect())
}

/// Random JSON, with few names and values, so that they meet.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3_i64).prop_map(Value::from),
        (0..3_i32).prop_map(|n| json!(f64::from(n) + 0.5)),
        "[a-d]{0,2}".prop_map(Value::from),
        Just(Value::from("long ".repeat(20))),
    ];
    // An object with so many names that they are free.
    let many = (leaf.clone(), 0..300_usize, 0..300_usize).prop_map(|(value, first, count)| {
        let names = first..first + count;
        Value::Object(names.map(|n| (format!("n{n}"), value.clone())).collect())
    });
    prop_oneof![4 => leaf, 1 => many].prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

fn shape(values: &[Value]) -> ValueShape {
    let mut shape = ValueShape::default();
    for value in values {
        shape.add(value);
    }
    shape
}

fn operation(answers: &[(u16, Value)]) -> OperationShape {
    let mut shape = OperationShape::default();
    for (status, value) in answers {
        let mut body = BodyShape { count: 1, ..BodyShape::default() };
        body.value.add(value);
        body.events.entry("event".to_owned()).or_default().add(value);
        let bodies = [("application/json".to_owned(), body)].into();
        let statuses = [(*status, StatusShape { count: 1, bodies })].into();
        shape.merge(OperationShape { exchanges: 1, statuses });
    }
    shape
}

fn answers() -> impl Strategy<Value = Vec<(u16, Value)>> {
    prop::collection::vec((prop::sample::select(vec![200_u16, 404]), values()), 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn however_exchanges_are_shared_the_findings_are_the_same(exchanges in exchanges()) {
        let mut alone = Findings::default();
        for (number, (found, _)) in exchanges.iter().enumerate() {
            add(&mut alone, number, found);
        }
        let alone = told(alone);
        let [a, mut b, c, mut d] = shared(&exchanges);
        // (b + a) + (d + c) …
        b.merge(a);
        d.merge(c);
        b.merge(d);
        prop_assert_eq!(&told(b), &alone);
        // … is c + (a + (b + d)).
        let [mut a, mut b, mut c, d] = shared(&exchanges);
        b.merge(d);
        a.merge(b);
        c.merge(a);
        prop_assert_eq!(&told(c), &alone);
    }

    #[test]
    fn findings_are_sorted_and_have_fingerprints_of_their_own(exchanges in exchanges()) {
        let [mut all, b, c, d] = shared(&exchanges);
        for other in [b, c, d] {
            all.merge(other);
        }
        let findings = all.into_findings(|_, _| None);
        let key = |f: &Finding| {
            (f.operation.clone(), f.check, f.place.to_string(), f.kind.clone())
        };
        prop_assert!(findings.is_sorted_by_key(key));
        let mut fingerprints: Vec<Fingerprint> = findings.iter().map(|f| f.fingerprint).collect();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        prop_assert_eq!(fingerprints.len(), findings.len());
        for finding in &findings {
            let (operation, check, place, kind) = key(finding);
            let again = Fingerprint::of(&[&operation, check, &place, &kind]);
            prop_assert_eq!(finding.fingerprint, again);
            prop_assert!(finding.exchanges <= finding.count);
            prop_assert!(finding.samples.len() as u64 == finding.exchanges.min(3));
            prop_assert_eq!(&finding.samples[0].seen, &finding.seen);
        }
    }

    #[test]
    fn fingerprints_differ_where_any_part_does(
        one in prop::collection::vec("[a-c/ ]{0,3}", 0..4),
        other in prop::collection::vec("[a-c/ ]{0,3}", 0..4),
    ) {
        let of = |parts: &[String]| {
            Fingerprint::of(&parts.iter().map(String::as_str).collect::<Vec<_>>())
        };
        prop_assert_eq!(of(&one) == of(&other), one == other);
        prop_assert_eq!(of(&one).to_string().len(), 16);
    }

    #[test]
    fn shapes_of_values_add_up(
        a in prop::collection::vec(values(), 0..4),
        b in prop::collection::vec(values(), 0..4),
        c in prop::collection::vec(values(), 0..4),
    ) {
        let all = shape(&[a.as_slice(), b.as_slice(), c.as_slice()].concat());
        let (a, b, c) = (shape(&a), shape(&b), shape(&c));
        let sum = |parts: [&ValueShape; 3]| {
            let mut sum = ValueShape::default();
            for part in parts {
                sum.merge(part.clone());
            }
            sum
        };
        let mut grouped = b.clone();
        grouped.merge(c.clone());
        let mut right = a.clone();
        right.merge(grouped);
        prop_assert_eq!(&right, &all);
        prop_assert_eq!(&sum([&c, &a, &b]), &all);
        prop_assert_eq!(&sum([&b, &c, &a]), &all);
    }

    #[test]
    fn shapes_of_operations_add_up(a in answers(), b in answers(), c in answers()) {
        let all = operation(&[a.as_slice(), b.as_slice(), c.as_slice()].concat());
        let (a, mut b, mut c) = (operation(&a), operation(&b), operation(&c));
        // (c + a) + b, and a + (b + c) with its sides exchanged.
        let mut left = c.clone();
        left.merge(a.clone());
        left.merge(b.clone());
        prop_assert_eq!(&left, &all);
        c.merge(b.clone());
        c.merge(a);
        prop_assert_eq!(&c, &all);
        b = OperationShape::default();
        b.merge(all.clone());
        prop_assert_eq!(&b, &all);
    }
}
