//! The rules of the house, kept by reading the source as text: who may import whom, which crate is
//! used where, and how a file looks. `docs/design.md` says why.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail, and says why")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// Who may import whom. Files beside the folders count as folders.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("exit", &[]),
    ("finding", &[]),
    ("shards", &[]),
    ("suites", &[]),
    ("builtin", &["suites"]),
    ("document", &["error", "builtin"]),
    ("contract", &["document", "finding", "error"]),
    ("exchange", &["error", "finding", "shards"]),
    ("generate", &["contract", "document", "exchange", "finding"]),
    (
        "plan",
        &[
            "contract", "generate", "exchange", "error", "finding", "target", "document", "suites",
            "suggest",
        ],
    ),
    ("observe", &["contract", "exchange", "finding"]),
    ("check", &["contract", "document", "exchange", "finding", "observe"]),
    ("drift", &["contract", "exchange", "finding", "observe"]),
    ("suggest", &[]),
    ("target", &["contract", "exchange", "finding", "error", "document", "suggest"]),
    (
        "run",
        &[
            "plan", "generate", "target", "exchange", "check", "observe", "drift", "contract",
            "finding", "error", "document", "suggest", "shards",
        ],
    ),
    ("report", &["error", "finding", "run", "check"]),
    ("mock", &["contract", "exchange", "error", "suggest"]),
    ("proxy", &["exchange", "check", "observe"]),
    (
        "cli",
        &[
            "builtin", "error", "exit", "finding", "document", "contract", "exchange", "generate",
            "plan", "observe", "check", "drift", "run", "report", "mock", "proxy", "suggest",
            "target",
        ],
    ),
    ("lib", &[]),
    ("main", &["cli"]),
];

/// Folders that only think: what they know is handed to them.
const WITHOUT_IO: &[&str] = &["finding", "generate", "observe", "check", "drift"];

/// Where each crate may be used. One that is gone from here is gone from `Cargo.toml`.
const OWNERS: &[(&str, &[&str])] = &[
    ("anstream", &["cli/output.rs"]),
    ("anstyle", &["cli", "report/console"]),
    ("axum", &["mock"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli/completions.rs"]),
    ("enumset", &["contract/overlay.rs", "plan/journeys/suite.rs"]),
    ("fastrand", &["generate/seed.rs", "mock/state/ids.rs"]),
    ("flate2", &["exchange/client/coding.rs", "exchange/har/read.rs", "generate/files/tests.rs"]),
    ("futures_util", &["mock", "run/cleanup.rs"]),
    ("hyper", &["exchange/client/failure.rs"]),
    ("indexmap", &["contract", "observe/shape.rs"]),
    ("jiff", &["check/evidence/time.rs", "exchange", "mock", "target"]),
    ("jiter", &["document/json.rs"]),
    ("jsonschema", &["contract/schema"]),
    ("libtest_mimic", &["run", "cli/run.rs"]),
    ("mimalloc", &["main.rs"]),
    ("openapiv3", &["contract/read.rs", "contract/read/parts.rs"]),
    (
        "proptest",
        &[
            "finding/redact/tests.rs",
            "generate",
            "mock/text/cut.rs",
            "plan/case.rs",
            "plan/phases/stateful.rs",
            "plan/sequence",
            "run",
        ],
    ),
    ("proptest_state_machine", &["plan/sequence/moves.rs"]),
    ("quick_junit", &["report/junit.rs"]),
    ("regex_syntax", &["finding/redact.rs", "generate/text.rs"]),
    ("reqwest", &["exchange/client"]),
    ("roas_arazzo", &["plan/journeys"]),
    ("roas_arazzo_executor", &["plan/journeys", "run/journey"]),
    ("roas_overlay", &["contract/overlay.rs"]),
    ("rustls", &["exchange/client"]),
    ("serde_json_path", &["contract/overlay.rs", "plan/journeys/values.rs"]),
    ("serde_path_to_error", &["contract/read/parts.rs", "report/json/read.rs"]),
    ("serde_saphyr", &["document/yaml.rs"]),
    ("strsim", &["suggest.rs", "document/broken.rs"]),
    ("terminal_size", &["cli/output.rs"]),
    ("tokio", &["mock", "exchange", "target", "run", "cli"]),
    ("toml", &["target/config/table.rs"]),
    ("unicode_width", &["report/text.rs"]),
    ("zip", &["mock"]),
];

/// Crates that are as good as the standard library.
const FREE: &[&str] =
    &["base64", "bytes", "memchr", "percent_encoding", "regex", "serde", "serde_json", "uuid"];

/// A file of the source.
struct Source {
    /// Its path below `src/`.
    path: String,
    text: String,
}

impl Source {
    /// The folder it belongs to, or its own name.
    fn folder(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Its lines that are code, with their numbers.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// How deep its module is: 1 for `run/mod.rs` and `error.rs`, 2 for `run/judge.rs`.
    fn depth(&self) -> usize {
        self.path.split('/').filter(|name| *name != "mod.rs").count()
    }
}

/// All files below a folder with this ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![PathBuf::from(folder)]);
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|own| own == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("the source can be read");
        let below = path.strip_prefix("src").expect("it is below src");
        Source { path: below.to_string_lossy().replace('\\', "/"), text }
    };
    files("src", "rs").into_iter().map(source).collect()
}

/// The folders that the lines of a file name, with the number of the line.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let paths = Regex::new(r"\b(crate|dify_contract)::(\{|\w+)|((?:super::)+)(\w+)").unwrap();
    let mut found = Vec::new();
    for (number, line) in source.code() {
        for path in paths.captures_iter(line) {
            let up = path.get(3).map_or(0, |supers| supers.as_str().len() / "super::".len());
            let name = path.get(2).or(path.get(4)).map_or("", |name| name.as_str());
            // Below the root there are names of its own; what leads up to the root is a folder.
            if up == 0 || (up >= source.depth() && is_folder(name)) {
                found.push((number, name.to_owned()));
            }
        }
    }
    found
}

fn is_folder(name: &str) -> bool {
    MAY_IMPORT.iter().any(|(folder, _)| *folder == name)
}

#[test]
fn nobody_imports_whom_they_may_not() {
    let mut faults = Vec::new();
    for source in sources() {
        let own = source.folder();
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(folder, _)| *folder == own) else {
            faults.push(format!("src/{}: nothing says whom `{own}` may import", source.path));
            continue;
        };
        for (line, name) in imports(&source) {
            if name == "{" {
                faults.push(format!("src/{}:{line}: one path for each import", source.path));
            } else if name != own && is_folder(&name) && !allowed.contains(&name.as_str()) {
                faults.push(format!("src/{}:{line}: `{own}` imports `{name}`", source.path));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn who_may_import_whom_is_without_circles() {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let mut left = MAY_IMPORT.to_vec();
    while !left.is_empty() {
        let before = left.len();
        let ready = |allowed: &[&str]| allowed.iter().all(|name| known.contains(name));
        let (now, later): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|(_, allowed)| ready(allowed));
        known.extend(now.iter().map(|(folder, _)| *folder));
        left = later;
        assert!(left.len() < before, "a circle, or an unknown folder: {left:?}");
    }
}

#[test]
fn who_only_thinks_reads_and_writes_nothing() {
    let io =
        Regex::new(r"\b(std::)?(fs|net|process|env)::|\bstd::io\b|\bprintln!|\beprintln!").unwrap();
    for source in sources().iter().filter(|source| WITHOUT_IO.contains(&source.folder())) {
        for (line, text) in source.code() {
            assert!(!io.is_match(text), "src/{}:{line}: {}", source.path, text.trim());
        }
    }
}

#[test]
fn every_crate_has_its_place() {
    let manifest = fs::read_to_string("Cargo.toml").expect("the manifest is there");
    let section = manifest.split("[dependencies]").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| Some(line.split_once('=')?.0.trim()));
    let crates: BTreeSet<String> = names.map(|name| name.replace('-', "_")).collect();
    let owned = OWNERS.iter().map(|(name, _)| *name);
    let known: BTreeSet<String> = owned.chain(FREE.iter().copied()).map(str::to_owned).collect();
    assert_eq!(crates, known, "Cargo.toml on the left, this test on the right");
    let mut faults = Vec::new();
    for (name, owners) in OWNERS {
        let used = Regex::new(&format!(r"(^|[^:\w]){name}(::|;| as )")).unwrap();
        let mut count = 0;
        for source in sources() {
            let path = Path::new(&source.path);
            let at_home = owners.iter().any(|home| path.starts_with(home));
            for (line, text) in source.code().filter(|(_, text)| used.is_match(text)) {
                count += 1;
                if !at_home {
                    faults.push(format!("src/{}:{line}: {}", source.path, text.trim()));
                }
            }
        }
        assert!(count > 0, "`{name}` is not used");
    }
    assert!(faults.is_empty(), "crates away from home:\n{}", faults.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut faults = Vec::new();
    for path in ["src", "tests", "benches"].iter().flat_map(|folder| files(folder, "rs")) {
        let text = fs::read_to_string(&path).expect("the source can be read");
        let (path, lines) = (path.display(), text.lines().count());
        if lines > 500 {
            faults.push(format!("{path} has {lines} lines"));
        }
        if path.to_string().ends_with("mod.rs")
            && path.to_string().starts_with("src")
            && lines > 200
        {
            faults.push(format!("{path} has {lines} lines: it only says what is in the folder"));
        }
        if !text.starts_with("//! ") {
            faults.push(format!("{path} does not say what it is"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_source_knows_no_particular_api() {
    // The program's own name, and the overlay that is built in.
    let own = Regex::new(r"dify[-_]contract|specs/dify\.overlay\.yaml").unwrap();
    let mut faults = Vec::new();
    for source in sources().iter().filter(|source| source.folder() != "mock") {
        for (index, line) in source.text.lines().enumerate() {
            if own.replace_all(line, "").to_lowercase().contains("dify") {
                faults.push(format!("src/{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_rules_find_what_breaks_them() {
    let imports = |path: &str, text: &str| {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        imports(&source).into_iter().map(|(_, name)| name).collect::<Vec<_>>()
    };
    assert_eq!(imports("run/judge.rs", "use crate::check::CHECKS;"), ["check"]);
    assert_eq!(imports("run/judge.rs", "let _ = crate::cli::run();"), ["cli"]);
    assert_eq!(imports("run/judge.rs", "use super::super::cli::App;"), ["cli"]);
    assert_eq!(imports("run/mod.rs", "pub use super::cli;"), ["cli"]);
    assert_eq!(imports("run/judge.rs", "use crate::{check, cli};"), ["{"]);
    assert_eq!(imports("main.rs", "dify_contract::cli::run()"), ["cli"]);
    assert!(imports("run/judge.rs", "use super::result::RunResult;").is_empty());
    assert!(imports("run/judge.rs", "// crate::cli").is_empty());
}
