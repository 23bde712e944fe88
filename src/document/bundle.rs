//! A document and the files it refers to, made one: afterwards every `$ref` is `#/…`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::file::TextFile;
use super::pointer::Pointer;
use super::refs;
use crate::error::Problem;

/// Under this member of the bundle stand the documents that the first one refers to.
const FILES: &str = "x-contract-files";

/// Where a part of the bundle comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Number of the file in the bundle.
    pub file: usize,
    /// JSON Pointer in that file.
    pub pointer: String,
}

/// One document in which every reference leads to a place within it, and which knows the file,
/// line and column that every part of it comes from.
#[derive(Debug)]
pub struct Bundle {
    /// The document.
    pub value: Value,
    /// The files, the first one first.
    files: Vec<TextFile>,
    /// Pointers in the bundle, and where what they lead to comes from.
    origins: BTreeMap<String, Origin>,
    /// References that lead nowhere or in a circle. They were taken out: what they stood for is
    /// undescribed, and the rest of the document can be used.
    pub broken: Vec<Problem>,
}

impl Bundle {
    /// Reads a document and every file it refers to.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or do not parse, and references to the network: all of them, not
    /// only the first.
    pub fn read(path: &str) -> Result<Self, Vec<Problem>> {
        let (file, value) = TextFile::read(path).map_err(|problem| vec![problem])?;
        Self::new(file, value)
    }

    /// Bundles a document that was already read.
    ///
    /// # Errors
    ///
    /// See [`Bundle::read`].
    pub fn new(file: TextFile, value: Value) -> Result<Self, Vec<Problem>> {
        let mut loader = Loader::default();
        loader.add(file, value);
        loader.load_all();
        let mut bundle = loader.finish()?;
        bundle.inline_path_items();
        bundle.take_broken_references();
        Ok(bundle)
    }

    /// Adds a file that parts of the document come from, and tells its number.
    pub fn add_file(&mut self, file: TextFile) -> usize {
        self.files.push(file);
        self.files.len() - 1
    }

    /// Notes that what the pointer leads to comes from elsewhere.
    pub fn add_origin(&mut self, pointer: String, origin: Origin) {
        self.origins.insert(pointer, origin);
    }

    /// The file and the pointer in it that a part of the bundle comes from.
    #[must_use]
    pub fn origin(&self, pointer: &str) -> (&TextFile, String) {
        let mut prefix = pointer;
        loop {
            if let Some(origin) = self.origins.get(prefix) {
                let rest = pointer.get(prefix.len()..).unwrap_or_default();
                if let Some(file) = self.files.get(origin.file) {
                    return (file, format!("{}{rest}", origin.pointer));
                }
            }
            let Some((parent, _)) = prefix.rsplit_once('/') else { break };
            prefix = parent;
        }
        // `origins` holds the root, and `files` its file, from the beginning.
        (&self.files[0], pointer.to_owned())
    }

    /// The first file's path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.files[0].path
    }

    /// A problem at a part of the bundle.
    #[must_use]
    pub fn problem(&self, pointer: &str, message: impl Into<String>) -> Problem {
        let (file, pointer) = self.origin(pointer);
        Problem::new(message).at(file.spot_of(&pointer))
    }

    /// A path item may stand in a file of its own. Overlays and we look for it at its path.
    fn inline_path_items(&mut self) {
        let Some(Value::Object(paths)) = self.value.get("paths") else { return };
        let mut inlined = Vec::new();
        for (path, item) in paths {
            let mut target = item;
            let mut at = None;
            let mut seen = HashSet::new();
            while let Some(reference) = target.get("$ref").and_then(Value::as_str)
                && seen.insert(reference)
                && let Some(pointer) = reference.strip_prefix('#')
                && let Some(next) = self.value.pointer(pointer)
            {
                (target, at) = (next, Some(pointer));
            }
            if let Some(at) = at {
                inlined.push((path.clone(), at.to_owned(), target.clone()));
            }
        }
        for (path, at, target) in inlined {
            let (file, pointer) = self.origin_numbers(&at);
            let here = Pointer::default().join(&["paths", &path]).into_string();
            self.origins.insert(here, Origin { file, pointer });
            if let Some(item) = self.value.get_mut("paths").and_then(|paths| paths.get_mut(&path)) {
                *item = target;
            }
        }
    }

    fn origin_numbers(&self, pointer: &str) -> (usize, String) {
        let (file, at) = self.origin(pointer);
        let number = self.files.iter().position(|other| std::ptr::eq(other, file));
        (number.unwrap_or(0), at)
    }

    fn take_broken_references(&mut self) {
        let mut references = Vec::new();
        let mut value = std::mem::take(&mut self.value);
        refs::visit(&mut value, &mut Pointer::default(), &mut |at, reference| {
            references.push((at.clone(), reference.clone()));
        });
        self.value = value;
        let (mut broken, mut circles) = (Vec::new(), HashSet::new());
        let mut misplaced: Vec<(Pointer, String)> = Vec::new();
        for (at, reference) in references {
            let target = reference.strip_prefix('#').unwrap_or(&reference);
            if let Some(meant) = self.elsewhere(target) {
                misplaced.push((at, meant));
            } else if self.value.pointer(target).is_none() {
                self.broken.push(self.dangling(&at, target));
                broken.push(at);
            } else if let Some(circle) = self.circle(target) {
                let chain = circle.iter().map(|p| format!("#{p}")).collect::<Vec<_>>().join(" → ");
                if circles.insert(circle) {
                    let message = format!("`$ref` leads in a circle: {chain}");
                    let help = "let one of them be a schema of its own";
                    self.broken.push(self.problem(at.as_str(), message).help(help));
                }
                broken.push(at);
            }
        }
        self.lead_to_definitions(misplaced);
        for at in broken {
            let holder = Pointer::split_last(at.as_str())
                .and_then(|(parent, name)| Some((self.value.pointer_mut(parent)?, name)));
            if let Some((Value::Object(members), name)) = holder {
                members.shift_remove(&*name);
            }
        }
    }

    /// Where a schema stands that is looked for under the name another version has for its place.
    fn elsewhere(&self, target: &str) -> Option<String> {
        const PLACES: [&str; 2] = ["/components/schemas/", "/definitions/"];
        let [new, old] = PLACES;
        [(new, old), (old, new)].iter().find_map(|(here, there)| {
            let meant = format!("{there}{}", target.strip_prefix(here)?);
            let lost = self.value.pointer(target).is_none();
            (lost && self.value.pointer(&meant).is_some()).then_some(meant)
        })
    }

    /// Mends references that use the place of another version, with one problem for all of them.
    fn lead_to_definitions(&mut self, misplaced: Vec<(Pointer, String)>) {
        let Some((first, meant)) = misplaced.first() else { return };
        let message = format!(
            "{} of its `$ref`s look for schemas where another version of OpenAPI has them; \
             the first means #{meant}",
            misplaced.len(),
        );
        let help = "they are read as they are meant; correct the document";
        self.broken.push(self.problem(first.as_str(), message).help(help));
        for (at, meant) in misplaced {
            if let Some(Value::String(reference)) = self.value.pointer_mut(at.as_str()) {
                *reference = format!("#{meant}");
            }
        }
    }

    fn dangling(&self, at: &Pointer, target: &str) -> Problem {
        let (file, pointer) = self.origin(target);
        let problem = self
            .problem(at.as_str(), format!("`$ref` leads nowhere: {} has no {pointer}", file.path));
        let neighbours = Pointer::split_last(target)
            .and_then(|(parent, name)| Some((self.value.pointer(parent)?.as_object()?, name)));
        match neighbours.and_then(|(members, name)| closest(&name, members.keys())) {
            Some(name) => problem.help(format!("did you mean `{name}`?")),
            None => problem,
        }
    }

    /// The pointers that lead in a circle from here, from the smallest on; a reference to a schema
    /// that contains itself further down is no circle.
    fn circle(&self, start: &str) -> Option<Vec<String>> {
        let mut seen = vec![start];
        let mut at = start;
        while let Some(reference) =
            self.value.pointer(at).and_then(|v| v.get("$ref")).and_then(Value::as_str)
        {
            at = reference.strip_prefix('#')?;
            if let Some(begin) = seen.iter().position(|&pointer| pointer == at) {
                let mut circle: Vec<_> = seen.split_off(begin);
                let least = (0..circle.len()).min_by_key(|&i| circle[i]).unwrap_or(0);
                circle.rotate_left(least);
                return Some(circle.into_iter().map(str::to_owned).collect());
            }
            seen.push(at);
        }
        None
    }
}

/// The name most like the given one, if any is like it at all.
fn closest<'n>(name: &str, names: impl Iterator<Item = &'n String>) -> Option<&'n String> {
    names
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(likeness, _)| *likeness > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other)| other)
}

/// Reads files until no reference leads to one that was not read.
#[derive(Default)]
struct Loader {
    files: Vec<TextFile>,
    values: Vec<Value>,
    numbers: HashMap<PathBuf, usize>,
    /// `$id`s and `$anchor`s, with the bundle's pointer to what they name.
    ids: HashMap<String, String>,
    problems: Vec<Problem>,
}

impl Loader {
    fn add(&mut self, file: TextFile, mut value: Value) -> usize {
        let number = self.files.len();
        let path = Path::new(&file.path);
        self.numbers.insert(std::fs::canonicalize(path).unwrap_or(path.to_owned()), number);
        let mut ids = Vec::new();
        refs::take_ids(&mut value, &mut Pointer::default(), &mut ids);
        for (id, pointer) in ids {
            let here = format!("{}{pointer}", prefix(number));
            let id = if id.starts_with('#') { format!("{number}{id}") } else { id };
            self.ids.insert(id, here);
        }
        self.files.push(file);
        self.values.push(value);
        number
    }

    fn load_all(&mut self) {
        let mut number = 0;
        while let Some(value) = self.values.get_mut(number) {
            let mut value = std::mem::take(value);
            refs::visit(&mut value, &mut Pointer::default(), &mut |at, reference| match self
                .target(number, reference)
            {
                Ok(target) => *reference = format!("#{target}"),
                Err(problem) => {
                    let spot = self.files[number].spot_of(at.as_str());
                    self.problems.push(problem.at(spot));
                }
            });
            self.values[number] = value;
            number += 1;
        }
    }

    /// The bundle's pointer to what a reference in the numbered file leads to.
    fn target(&mut self, number: usize, reference: &str) -> Result<String, Problem> {
        let (resource, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let base = if let Some(base) = self.ids.get(resource).filter(|_| !resource.is_empty()) {
            base.clone()
        } else {
            prefix(if resource.is_empty() { number } else { self.file(number, resource)? })
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            return Ok(format!("{base}{fragment}"));
        }
        let owner = self.numbers.values().copied().find(|&n| prefix(n) == base).unwrap_or(number);
        self.ids.get(&format!("{owner}#{fragment}")).cloned().ok_or_else(|| {
            Problem::new(format!("`$ref` leads nowhere: there is no `$anchor: {fragment}`")).help(
                "a reference within a file is `#/` and the way to it: `#/components/schemas/Name`",
            )
        })
    }

    fn file(&mut self, number: usize, resource: &str) -> Result<usize, Problem> {
        if resource.contains("://") {
            return Err(Problem::new(format!("`$ref` leads to the network: {resource}"))
                .help("references are not fetched; download the document and refer to the file"));
        }
        let name = percent_decode_str(resource).decode_utf8_lossy();
        let folder = Path::new(&self.files[number].path).parent().unwrap_or(Path::new(""));
        let path = folder.join(&*name);
        if let Ok(canonical) = std::fs::canonicalize(&path)
            && let Some(&known) = self.numbers.get(&canonical)
        {
            return Ok(known);
        }
        let (file, value) = TextFile::read(&path.to_string_lossy()).map_err(|problem| {
            // A file that does not parse has a place of its own, which says more than the reference.
            match problem.spot {
                Some(spot) => {
                    Problem::new(format!("{} (referred to as {resource})\n{spot}", problem.message))
                }
                None => problem,
            }
        })?;
        Ok(self.add(file, value))
    }

    fn finish(self) -> Result<Bundle, Vec<Problem>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let mut values = self.values.into_iter();
        let mut value = values.next().unwrap_or_default();
        let mut origins = BTreeMap::new();
        origins.insert(String::new(), Origin { file: 0, pointer: String::new() });
        let others: Map<String, Value> = values
            .enumerate()
            .map(|(number, other)| {
                let file = number + 1;
                origins.insert(prefix(file), Origin { file, pointer: String::new() });
                (file.to_string(), other)
            })
            .collect();
        if let Some(members) = value.as_object_mut()
            && !others.is_empty()
        {
            members.insert(FILES.to_owned(), Value::Object(others));
        }
        Ok(Bundle { value, files: self.files, origins, broken: Vec::new() })
    }
}

/// The pointer in the bundle to the root of the numbered file.
fn prefix(number: usize) -> String {
    if number == 0 { String::new() } else { format!("/{FILES}/{number}") }
}
