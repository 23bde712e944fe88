//! Results to write: a rich one, an empty one, one with hostile text.

use std::collections::BTreeMap;

use dify_contract::check::Meta;
use dify_contract::finding::{Basis, Finding, Fingerprint, Part, Place, Sample, Severity, Source};
use dify_contract::observe::{BodyShape, OperationShape, StatusShape, ValueShape};
use dify_contract::report::ReportOptions;
use dify_contract::run::{
    Coverage, DocumentInfo, ExchangeCounts, Hosts, InputInfo, OperationResult, Ratio, RunInfo,
    RunResult, Skipped, StatusResult, Unjudged, Withheld,
};
use serde_json::json;

static NULL: Meta = Meta {
    id: "undeclared-null",
    severity: Severity::Error,
    title: "null where the documents promise none",
    what: "",
    why: "",
    example: "",
    remedy: "",
};

/// Options with the documentation of a check.
pub fn options() -> ReportOptions {
    ReportOptions { checks: vec![&NULL], ..ReportOptions::default() }
}

/// All results, by name.
pub fn all() -> Vec<(&'static str, RunResult)> {
    vec![("rich", rich()), ("empty", empty()), ("hostile", hostile()), ("run", run())]
}

/// Nothing was recorded.
pub fn empty() -> RunResult {
    RunResult {
        documents: Vec::new(),
        inputs: Vec::new(),
        exchanges: ExchangeCounts::default(),
        disagreements: 0,
        findings: Vec::new(),
        operations: Vec::new(),
        coverage: Coverage::default(),
        notes: Vec::new(),
        hosts: Hosts::default(),
        run: None,
    }
}

struct Short<'a> {
    check: &'static str,
    severity: Severity,
    basis: Basis,
    operation: &'a str,
    part: Part,
    pointer: &'a str,
    promised: &'a str,
    seen: &'a str,
}

fn finding(short: Short<'_>) -> Finding {
    let Short { check, severity, basis, operation, part, pointer, promised, seen } = short;
    let place = Place { part, pointer: pointer.to_owned() };
    Finding {
        fingerprint: Fingerprint::of(&[operation, check, &place.to_string(), ""]),
        check,
        severity,
        basis,
        operation: operation.to_owned(),
        place,
        kind: String::new(),
        promised: promised.to_owned(),
        seen: seen.to_owned(),
        source: Some(Source {
            file: "specs/openapi.json".to_owned(),
            line: 1234,
            column: 15,
            pointer: "/paths/~1datasets/get".to_owned(),
        }),
        count: 1,
        exchanges: 1,
        samples: vec![sample(17, seen)],
        curl: Some("curl -sS 'https://api.example/v1/datasets' -H 'Authorization: ***'".into()),
    }
}

fn answer(status: u16) -> Part {
    Part::Response { status, media_type: Some("application/json".to_owned()) }
}

fn operation(id: &str, exchanges: u64, checks: &[(&'static str, u64)]) -> OperationResult {
    OperationResult {
        id: id.to_owned(),
        tags: vec!["Datasets".to_owned()],
        exchanges,
        checks: checks.iter().copied().collect(),
        statuses: vec![
            StatusResult { status: "200".to_owned(), documented: true, seen: exchanges },
            StatusResult { status: "4XX".to_owned(), documented: true, seen: 0 },
        ],
        unseen: (exchanges > 0).then(|| "response 4XX".to_owned()).into_iter().collect(),
        unjudged: Vec::new(),
        shape: shape(exchanges),
    }
}

fn sample(number: u64, seen: &str) -> Sample {
    Sample { order: (0, number), exchange: format!("a.har#{number}"), seen: seen.to_owned() }
}

/// Of as many answers, the last of which was a stream.
fn shape(exchanges: u64) -> OperationShape {
    let mut shape = OperationShape { exchanges, ..OperationShape::default() };
    let Some(json) = exchanges.checked_sub(1) else { return shape };
    let mut value = ValueShape::default();
    (0..json)
        .for_each(|n| value.add(&json!({ "id": n, "name": "x".repeat(99), "tags": ["a", null] })));
    let mut event = ValueShape::default();
    (0..300).for_each(|n| event.add(&json!({ n.to_string(): n })));
    let stream = BodyShape {
        count: 1,
        events: BTreeMap::from([("ping".to_owned(), event)]),
        ..BodyShape::default()
    };
    let answers = BodyShape { count: json, value, ..BodyShape::default() };
    let bodies = [("application/json", answers), ("text/event-stream", stream)];
    let bodies = bodies.map(|(name, body)| (name.to_owned(), body)).into();
    shape.statuses.insert(200, StatusShape { count: exchanges, bodies });
    shape
}

/// Something of everything.
pub fn rich() -> RunResult {
    let mut result = empty();
    result.documents.push(DocumentInfo {
        path: "specs/openapi.json".to_owned(),
        title: "Example API".to_owned(),
        version: "1.0.0".to_owned(),
        format: "OpenAPI 3.0.1".to_owned(),
        operations: 4,
        digest: Fingerprint::of(&["specs/openapi.json"]),
    });
    result.inputs.push(InputInfo {
        path: "a.har".to_owned(),
        exchanges: 1260,
        problems: vec!["entry 12: the base64 body is cut off\n  --> a.har:99:3".to_owned()],
        problem_count: 7,
    });
    result.exchanges = ExchangeCounts {
        total: 1260,
        judged: 1240,
        undocumented: 3,
        outside: BTreeMap::from([("cdn.example".to_owned(), 10), ("other.example".to_owned(), 2)]),
        unanswered: 5,
    };
    result.disagreements = 93;
    result.operations = operations();
    result.findings = findings();
    result.coverage = Coverage {
        operations: Ratio { seen: 3, documented: 4 },
        statuses: Ratio { seen: 3, documented: 8 },
        properties: Ratio { seen: 199, documented: 200 },
        events: Ratio { seen: 0, documented: 0 },
    };
    result.hosts = Hosts {
        api: vec!["api.example".to_owned()],
        others: BTreeMap::from([(
            "cdn.example".to_owned(),
            Withheld { undocumented: 10, disagreements: 12, findings: findings().split_off(4) },
        )]),
    };
    result.notes.push("the overlay's action on `$.paths` hits nothing".to_owned());
    result
}

fn operations() -> Vec<OperationResult> {
    let mut list = operation("GET /datasets", 40, &[("undeclared-null", 38), ("server-error", 40)]);
    list.unjudged.push(Unjudged {
        what: "response 200 application/json: the body was not recorded".to_owned(),
        exchanges: 2,
        first: "a.har#3".to_owned(),
        order: (0, 3),
    });
    vec![
        list,
        operation("POST /chat-messages", 1190, &[("event-order", 1100), ("server-error", 1190)]),
        operation("GET /info", 10, &[("unseen-property", 10)]),
        operation("DELETE /datasets/{dataset_id}", 0, &[]),
    ]
}

fn findings() -> Vec<Finding> {
    let mut null = finding(Short {
        check: "undeclared-null",
        severity: Severity::Error,
        basis: Basis::Schema,
        operation: "GET /datasets",
        part: answer(200),
        pointer: "/data[]/retrieval_model_dict/reranking_model/reranking_provider_name",
        promised: "string",
        seen: "null",
    });
    (null.count, null.exchanges) = (72, 12);
    null.samples.push(sample(18, "null"));
    let mut field = finding(Short {
        check: "undeclared-property",
        severity: Severity::Warning,
        basis: Basis::Silence,
        operation: "GET /datasets",
        part: answer(200),
        pointer: "/data[]/is_published",
        promised: "the object declares no `is_published`",
        seen: "true",
    });
    field.source = None;
    let mut unseen: Vec<_> = ["/author_name", "/mode"]
        .map(|pointer| {
            let mut unseen = finding(Short {
                check: "unseen-property",
                severity: Severity::Note,
                basis: Basis::Traffic,
                operation: "GET /info",
                part: answer(200),
                pointer,
                promised: "string",
                seen: "never seen",
            });
            (unseen.count, unseen.exchanges) = (10, 10);
            (unseen.samples, unseen.curl) = (Vec::new(), None);
            unseen
        })
        .into();
    let order = finding(Short {
        check: "event-order",
        severity: Severity::Error,
        basis: Basis::Example,
        operation: "POST /chat-messages",
        part: Part::Stream { status: 200 },
        pointer: "",
        promised: "message_end or one of the other events that may come here, of which there are \
                   several: message, message_file, message_replace, tts_message, tts_message_end, \
                   agent_thought, agent_message, agent_log, node_started, node_finished",
        seen: "the end of the stream",
    });
    let path = finding(Short {
        check: "undocumented-path",
        severity: Severity::Warning,
        basis: Basis::Silence,
        operation: "GET /nowhere",
        part: Part::Operation,
        pointer: "",
        promised: "no such path",
        seen: "200",
    });
    let mut all = vec![null, field];
    all.append(&mut unseen);
    all.extend([path, order]);
    all
}

/// Requests were sent.
pub fn run() -> RunResult {
    let mut result = rich();
    result.inputs.clear();
    for finding in &mut result.findings {
        let case = format!("knowledge::{}::negative::wrong-type-it's-limit", finding.operation);
        for sample in &mut finding.samples {
            sample.exchange.clone_from(&case);
        }
    }
    let skipped = |reason: &str, cases, operations: &[&str]| Skipped {
        reason: reason.to_owned(),
        cases,
        operations: operations.iter().map(|&id| id.to_owned()).collect(),
    };
    result.run = Some(RunInfo {
        target: "staging".to_owned(),
        base_url: "https://api.example/v1".to_owned(),
        version: Some("1.14.2".to_owned()),
        seed: 7,
        allow: "write".to_owned(),
        cases: 1300,
        passed: 1200,
        failed: 2,
        skipped: vec![
            skipped("needs `spend`", 18, &["DELETE /datasets/{dataset_id}"]),
            skipped("no key of a chatbot", 80, &["POST /chat-messages"]),
        ],
        model_calls: 3,
        shards: vec!["2/3".parse().unwrap()],
        leftovers: vec!["dataset 5 at DELETE /datasets/{dataset_id}: answered 500".to_owned()],
        command: "dify-contract run --seed 7".to_owned(),
        choice: String::new(),
    });
    result
}

/// Text that wants to break a format.
pub fn hostile() -> RunResult {
    let evil =
        "\u{1b}[2J\u{1b}]0;title ]]> <a href=\"x\">&amp;'\n\r\t\0\u{202e}知识库\u{fffe}\u{9b}";
    let long = "长".repeat(2000) + &"x".repeat(4000);
    let mut result = empty();
    result.exchanges = ExchangeCounts {
        total: 3,
        judged: 2,
        outside: BTreeMap::from([(evil.to_owned(), 1)]),
        ..ExchangeCounts::default()
    };
    result.disagreements = 2;
    let id = format!("GET /{evil}");
    let mut one = operation(&id, 2, &[("undeclared-null", 2)]);
    one.tags = vec![evil.to_owned()];
    one.unjudged.push(Unjudged {
        what: evil.to_owned(),
        exchanges: 1,
        first: evil.to_owned(),
        order: (0, 1),
    });
    result.operations.push(one);
    for (seen, pointer) in [(evil, "/a\u{1b}b"), (long.as_str(), "/知识")] {
        let mut found = finding(Short {
            check: "undeclared-null",
            severity: Severity::Error,
            basis: Basis::Schema,
            operation: &id,
            part: Part::Event { status: 200, name: evil.to_owned() },
            pointer,
            promised: evil,
            seen,
        });
        found.curl = Some(format!("curl 'https://api.example/{seen}'").into());
        result.findings.push(found);
    }
    result.inputs.push(InputInfo {
        path: evil.to_owned(),
        exchanges: 3,
        problems: vec![evil.to_owned()],
        problem_count: 1,
    });
    result.notes.push(evil.to_owned());
    result
}
