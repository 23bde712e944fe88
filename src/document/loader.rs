//! Reads a document and every file that it refers to.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::bundle::{Bundle, Origin};
use super::file::TextFile;
use super::pointer::Pointer;
use super::refs;
use crate::error::{Problem, Spot};

/// Under this member of the bundle stand the documents that the first one refers to.
const FILES: &str = "x-contract-files";

/// Reads files until no reference leads to one that was not read.
#[derive(Default)]
pub struct Loader {
    files: Vec<TextFile>,
    values: Vec<Value>,
    numbers: HashMap<PathBuf, usize>,
    /// The same by what the file of a number calls them: most references lead to a few files.
    called: HashMap<(usize, String), usize>,
    /// `$id`s and `$anchor`s, with the bundle's pointer to what they name.
    ids: HashMap<String, String>,
    /// Files that cannot be read: one problem each is enough.
    unreadable: HashSet<PathBuf>,
    problems: Vec<Problem>,
}

impl Loader {
    /// Puts a document and the files it refers to together; afterwards every reference begins with
    /// `#/`, or is `#`.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or do not parse, and references to the network.
    pub fn load(file: TextFile, value: Value) -> Result<Bundle, Vec<Problem>> {
        let mut loader = Self::default();
        loader.add(file, value);
        loader.load_all();
        loader.finish()
    }

    /// Whether a pointer in the bundle leads into another file than the first.
    pub fn is_of_other_file(pointer: &str) -> bool {
        let rest = pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(FILES));
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

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
            refs::visit(&mut value, &mut Pointer::default(), &mut |at, reference| {
                let spot = |files: &[TextFile]| files[number].spot_of(at.as_str());
                match self.target(number, reference, &spot) {
                    Ok(Some(target)) => *reference = format!("#{target}"),
                    Ok(None) => {}
                    Err(problem) => self.problems.push(problem),
                }
            });
            self.values[number] = value;
            number += 1;
        }
    }

    /// The bundle's pointer to what a reference in the numbered file leads to; `None` if it leads to
    /// a file that was reported as unreadable before. `spot` tells where the reference stands.
    fn target(
        &mut self,
        number: usize,
        reference: &str,
        spot: &dyn Fn(&[TextFile]) -> Spot,
    ) -> Result<Option<String>, Problem> {
        let (resource, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = percent_decode_str(fragment).decode_utf8_lossy();
        let base = if resource.is_empty() {
            prefix(number)
        } else if let Some(base) = self.ids.get(resource) {
            base.clone()
        } else {
            let called = (number, resource.to_owned());
            let known = match self.called.get(&called) {
                Some(&known) => Some(known),
                None => self.file(number, resource, spot)?,
            };
            let Some(known) = known else { return Ok(None) };
            self.called.insert(called, known);
            prefix(known)
        };
        if fragment.is_empty() || fragment.starts_with('/') {
            return Ok(Some(format!("{base}{fragment}")));
        }
        match self.ids.get(&format!("{}#{fragment}", owner(&base))) {
            Some(pointer) => Ok(Some(pointer.clone())),
            None => Err(Problem::new(format!(
                "`$ref` leads nowhere: there is no `$anchor: {fragment}`"
            ))
            .at(spot(&self.files))
            .help(
                "a reference within a file is `#/` and the way to it: `#/components/schemas/Name`",
            )),
        }
    }

    /// The number of a file that is referred to; `None` if it was reported as unreadable before.
    fn file(
        &mut self,
        number: usize,
        resource: &str,
        spot: &dyn Fn(&[TextFile]) -> Spot,
    ) -> Result<Option<usize>, Problem> {
        if resource.contains("://") {
            return Err(Problem::new(format!("`$ref` leads to the network: {resource}"))
                .at(spot(&self.files))
                .help("references are not fetched; download the document and refer to the file"));
        }
        let name = percent_decode_str(resource).decode_utf8_lossy();
        let folder = Path::new(&self.files[number].path).parent().unwrap_or(Path::new(""));
        let path = folder.join(&*name);
        let key = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if let Some(&known) = self.numbers.get(&key) {
            return Ok(Some(known));
        }
        match TextFile::read(&path.to_string_lossy()) {
            Ok((file, value)) => Ok(Some(self.add(file, value))),
            Err(_) if !self.unreadable.insert(key) => Ok(None),
            Err(problem) => {
                let from = spot(&self.files);
                Err(match problem.spot {
                    // A file that does not parse has a place of its own, which says more.
                    Some(_) => {
                        let from = format!("{}:{}:{}", from.file, from.line, from.column);
                        let advice = problem.help.as_ref().map(|help| format!("{help}; "));
                        let advice = advice.unwrap_or_default();
                        problem.help(format!("{advice}it is referred to at {from}"))
                    }
                    None if problem.help.is_none() && !name.contains('.') => {
                        problem.at(from).help("a reference within a file begins with `#/`")
                    }
                    None => problem.at(from),
                })
            }
        }
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
        Ok(Bundle::assemble(value, self.files, origins))
    }
}

/// The pointer in the bundle to the root of the numbered file.
fn prefix(number: usize) -> String {
    if number == 0 { String::new() } else { format!("/{FILES}/{number}") }
}

/// The number of the file that a pointer in the bundle leads into.
fn owner(pointer: &str) -> &str {
    let rest = pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(FILES));
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    rest.map_or("0", |rest| rest.split('/').next().unwrap_or(rest))
}
