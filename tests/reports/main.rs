//! Every format writes every result; what is written is what is in `snapshots/`.

#![expect(clippy::unwrap_used, reason = "in a test, a failure is a panic")]

mod results;

use std::io;

use dify_contract::finding::{Basis, Severity};
use dify_contract::report::{FORMATS, ReportOptions, Verdict, text};
use dify_contract::run::RunResult;
use serde_json::Value;

fn written(format: &str, result: &RunResult, options: &ReportOptions) -> String {
    let format = FORMATS.iter().find(|known| known.name == format).unwrap();
    let mut bytes = Vec::new();
    (format.write)(result, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// A snapshot would show our version, which changes with every release.
fn without_version(text: &str) -> String {
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn every_format_writes_every_result() {
    for (name, result) in results::all() {
        for format in FORMATS {
            let text = written(format.name, &result, &results::options());
            insta::assert_snapshot!(format!("{}-{name}", format.name), without_version(&text));
        }
    }
}

#[test]
fn the_console_can_show_everything_and_in_colours() {
    let verbose = ReportOptions { verbose: true, ..results::options() };
    insta::assert_snapshot!("console-verbose", written("console", &results::rich(), &verbose));
    let color = ReportOptions { color: true, ..results::options() };
    let text = written("console", &results::rich(), &color);
    insta::assert_snapshot!("console-color", text.replace('\u{1b}', "ESC"));
}

#[test]
fn the_console_is_never_too_wide() {
    for (name, result) in results::all() {
        for width in [40, 41, 57, 80, 119] {
            for color in [false, true] {
                let options = ReportOptions { width, color, ..results::options() };
                for line in written("console", &result, &options).lines() {
                    let line = anstream::adapter::strip_str(line).to_string();
                    assert!(text::width(&line) <= width, "{name} at {width}: {line}");
                }
            }
        }
    }
}

#[test]
fn nothing_written_acts_on_a_terminal() {
    let verbose = ReportOptions { verbose: true, ..results::options() };
    // JSON is for programs, and has its own rules on what to escape.
    for format in FORMATS.iter().filter(|format| format.name != "json") {
        let text = written(format.name, &results::hostile(), &verbose);
        let acting = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(acting, None, "{}", format.name);
    }
}

#[test]
fn equal_results_give_equal_bytes() {
    for format in FORMATS {
        let once = written(format.name, &results::rich(), &results::options());
        assert_eq!(once, written(format.name, &results::rich(), &results::options()));
    }
}

#[test]
fn junit_is_well_formed_and_counts_right() {
    for (name, result) in results::all() {
        let xml = written("junit", &result, &results::options());
        let mut reader = quick_xml::Reader::from_str(&xml);
        let mut failures = 0;
        let mut declared = 0;
        loop {
            use quick_xml::events::Event;
            match reader.read_event().unwrap() {
                Event::Start(tag) if tag.name().as_ref() == b"failure" => failures += 1,
                Event::Start(tag) if tag.name().as_ref() == b"testsuites" => {
                    let count = tag.try_get_attribute("failures").unwrap().unwrap();
                    declared = String::from_utf8(count.value.to_vec()).unwrap().parse().unwrap();
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(failures, declared, "{name}");
        // XML 1.0 has no escape for what it cannot hold.
        let legal = |c: char| matches!(c, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
        assert_eq!(xml.chars().find(|c| !legal(*c)), None, "{name}");
    }
}

#[test]
fn json_obeys_its_schema_and_the_schema_is_strict() {
    let schema: Value =
        serde_json::from_str(include_str!("../../reports/schema/run.schema.json")).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, result) in results::all() {
        let report: Value =
            serde_json::from_str(&written("json", &result, &results::options())).unwrap();
        let errors: Vec<_> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{name}");
        let mut checked = 0;
        breaches(&report, &mut String::new(), &mut |pointer, change| {
            let mut changed = report.clone();
            change(changed.pointer_mut(pointer).unwrap());
            assert!(!validator.is_valid(&changed), "{name}: a change at `{pointer}` passes");
            checked += 1;
        });
        assert!(checked > 20, "{name}");
    }
}

type Visit<'v> = dyn FnMut(&str, &dyn Fn(&mut Value)) + 'v;

/// Calls back for every object of a report with changes that no schema should let pass: a member
/// less, a member more, a value of another type.
fn breaches(value: &Value, at: &mut String, visit: &mut Visit<'_>) {
    visit(at, &|value| *value = Value::from(0.5));
    let len = at.len();
    match value {
        Value::Object(members) => {
            // Maps whose keys are data may lack any of them, and have others.
            let ends = |names: &[&str]| names.iter().any(|name| at.ends_with(name));
            let shape = at.contains("/shape/");
            let maps = ["/statuses", "/bodies", "/events", "/members", "/types"];
            let free = ends(&["/checks", "/outside", "/others"]) || (shape && ends(&maps));
            if !free {
                visit(at, &|value| value["surplus"] = Value::Null);
                // Of shapes, what is empty is left out.
                for name in members.keys().filter(|_| !shape) {
                    visit(at, &|value| {
                        value.as_object_mut().unwrap().remove(name);
                    });
                }
            }
            for (name, member) in members {
                at.push('/');
                at.push_str(&name.replace('~', "~0").replace('/', "~1"));
                breaches(member, at, visit);
                at.truncate(len);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                at.push('/');
                at.push_str(&index.to_string());
                breaches(item, at, visit);
                at.truncate(len);
            }
        }
        _ => {}
    }
}

/// The schema lists the words of enums that may grow.
#[test]
fn json_has_a_word_for_every_basis_and_severity() {
    let schema: Value =
        serde_json::from_str(include_str!("../../reports/schema/run.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for basis in [
        Basis::Traffic,
        Basis::Silence,
        Basis::Prose,
        Basis::Example,
        Basis::Schema,
        Basis::Standard,
    ] {
        // A basis that is new must be added to the list above, and to the schema.
        match basis {
            Basis::Traffic
            | Basis::Silence
            | Basis::Prose
            | Basis::Example
            | Basis::Schema
            | Basis::Standard => {}
        }
        for severity in [Severity::Note, Severity::Warning, Severity::Error] {
            let mut result = results::rich();
            (result.findings[0].basis, result.findings[0].severity) = (basis, severity);
            let report = written("json", &result, &results::options());
            assert!(validator.is_valid(&serde_json::from_str(&report).unwrap()), "{basis}");
        }
    }
}

#[test]
fn the_verdict_follows_from_findings_problems_and_exchanges() {
    for fail_on in [Severity::Note, Severity::Warning, Severity::Error] {
        for worst in [None, Some(Severity::Note), Some(Severity::Warning), Some(Severity::Error)] {
            for (problems, judged) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let mut result = results::rich();
                result.findings.retain(|finding| Some(finding.severity) <= worst);
                result.inputs[0].problem_count = problems;
                (result.exchanges.judged, result.exchanges.undocumented) = (judged, 0);
                let expected = match (worst >= Some(fail_on), problems, judged) {
                    (true, _, _) => Verdict::Findings,
                    (false, 1, _) => Verdict::Incomplete,
                    (false, 0, 0) => Verdict::NothingJudged,
                    _ => Verdict::Conforms,
                };
                assert_eq!(Verdict::of(&result, fail_on), expected);
            }
        }
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for format in FORMATS {
        let error = (format.write)(&results::rich(), &results::options(), &mut Full).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{}", format.name);
    }
}
