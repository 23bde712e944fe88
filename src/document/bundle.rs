//! A document and the files it refers to, made one: afterwards every `$ref` is `#/…`.

use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use super::file::TextFile;
use super::loader::Loader;
use super::pointer::Pointer;
use super::refs;
use crate::error::Problem;

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
    /// Reads a document and every file it refers to. A folder stands for the `openapi.yaml`,
    /// `openapi.yml` or `openapi.json` in it.
    ///
    /// # Errors
    ///
    /// Files that cannot be read or do not parse, and references to the network: all of them, not
    /// only the first.
    pub fn read(path: &str) -> Result<Self, Vec<Problem>> {
        let path = document_in(path);
        let (file, value) = TextFile::read(&path).map_err(|problem| vec![problem])?;
        Self::new(file, value)
    }

    /// Bundles a document that was already read.
    ///
    /// # Errors
    ///
    /// See [`Bundle::read`].
    pub fn new(file: TextFile, value: Value) -> Result<Self, Vec<Problem>> {
        let mut bundle = Loader::load(file, value)?;
        bundle.inline_path_items();
        bundle.take_broken_references();
        Ok(bundle)
    }

    /// Puts the documents of several files together; `origins` says what comes from which file, and
    /// has an entry for the whole.
    pub(super) fn assemble(
        value: Value,
        files: Vec<TextFile>,
        origins: BTreeMap<String, Origin>,
    ) -> Self {
        Self { value, files, origins, broken: Vec::new() }
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
        let Origin { file, pointer } = self.trace(pointer);
        (&self.files[file], pointer)
    }

    /// Where a part of the bundle comes from, by the number of its file.
    #[must_use]
    pub fn trace(&self, pointer: &str) -> Origin {
        let mut prefix = pointer;
        loop {
            if let Some(origin) = self.origins.get(prefix) {
                let rest = pointer.get(prefix.len()..).unwrap_or_default();
                return Origin { file: origin.file, pointer: format!("{}{rest}", origin.pointer) };
            }
            // `origins` holds the root, and `files` its file, from the beginning.
            let Some((parent, _)) = prefix.rsplit_once('/') else {
                return Origin { file: 0, pointer: pointer.to_owned() };
            };
            prefix = parent;
        }
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

    /// A path item may stand in a file of its own, and so may, by custom, an operation. Overlays and
    /// we look for them at their path.
    fn inline_path_items(&mut self) {
        self.inline(&["paths"]);
        let paths = self.value.get("paths").and_then(Value::as_object);
        let paths: Vec<String> = paths.into_iter().flat_map(|p| p.keys().cloned()).collect();
        for path in paths {
            self.inline(&["paths", &path]);
        }
    }

    /// Puts in its place what a member of an object only refers to. What stands in another file moves,
    /// and leaves a reference behind: copies of whole files would make everything after this slower.
    fn inline(&mut self, object: &[&str]) {
        let holder = Pointer::default().join(object);
        let Some(Value::Object(members)) = holder.resolve(&self.value) else { return };
        let references = members.iter().filter(|(_, member)| member.get("$ref").is_some());
        let names: Vec<String> = references.map(|(name, _)| name.clone()).collect();
        let (mut moved, mut lost) = (Vec::new(), false);
        for name in names {
            let here = holder.child(&name).into_string();
            let Some(at) = self.followed(&here) else {
                lost = true;
                continue;
            };
            let origin = self.trace(&at);
            let other = Loader::is_of_other_file(&at) && !here.starts_with(&format!("{at}/"));
            let target = self.value.pointer_mut(&at).map(|target| {
                if other {
                    let reference = json!({ "$ref": format!("#{here}") });
                    std::mem::replace(target, reference)
                } else {
                    target.clone()
                }
            });
            if let (Some(target), Some(member)) = (target, self.value.pointer_mut(&here)) {
                *member = target;
            }
            self.origins.insert(here.clone(), origin);
            if other {
                moved.push((at, here));
            }
        }
        self.follow_moved(&moved);
        if lost && !moved.is_empty() {
            // It may have led to a part of what was moved.
            self.inline(object);
        }
    }

    /// What a reference at a pointer leads to in the end; `None` if there is no reference, or it leads
    /// nowhere.
    fn followed(&self, here: &str) -> Option<String> {
        let mut target = Pointer::find(&self.value, here)?;
        let mut at = None;
        let mut seen = HashSet::new();
        while let Some(reference) = target.get("$ref").and_then(Value::as_str)
            && seen.insert(reference)
            && let Some(pointer) = reference.strip_prefix('#')
            && let Some(next) = Pointer::find(&self.value, pointer)
        {
            (target, at) = (next, Some(pointer));
        }
        at.map(str::to_owned)
    }

    /// Corrects references to parts of what was moved.
    fn follow_moved(&mut self, moved: &[(String, String)]) {
        if moved.is_empty() {
            return;
        }
        let moved: HashMap<&str, &str> =
            moved.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        refs::visit(&mut self.value, &mut Pointer::default(), &mut |_, reference| {
            let Some(target) = reference.strip_prefix('#') else { return };
            if !Loader::is_of_other_file(target) {
                return;
            }
            let ends = target.match_indices('/').map(|(end, _)| end);
            let part = ends.skip(1).find_map(|end| {
                let (whole, rest) = target.split_at(end);
                moved.get(whole).map(|to| format!("#{to}{rest}"))
            });
            if let Some(part) = part {
                *reference = part;
            }
        });
    }
}

/// The document that a path names.
fn document_in(path: &str) -> String {
    let folder = Path::new(path);
    let names = ["openapi.yaml", "openapi.yml", "openapi.json"];
    let mut documents = names.iter().map(|name| folder.join(name));
    match documents.find(|document| document.is_file()) {
        Some(document) => document.to_string_lossy().into_owned(),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bundle, TextFile};

    #[test]
    fn an_operation_may_stand_elsewhere() {
        let text = "paths:\n  /a:\n    get: {$ref: '#/x-operations/list'}\n\
                    x-operations:\n  list:\n    summary: All of them.\n";
        let (file, value) = TextFile::parse("api.yaml", text.to_owned()).unwrap();
        let bundle = Bundle::new(file, value).unwrap();
        assert_eq!(bundle.value["paths"]["/a"]["get"]["summary"], "All of them.");
        let (file, pointer) = bundle.origin("/paths/~1a/get/summary");
        assert_eq!(pointer, "/x-operations/list/summary");
        assert_eq!(file.position(&pointer).line, 6);
    }

    #[test]
    fn references_to_parts_of_what_moved_lead_there() {
        let folder = std::env::temp_dir().join(format!("bundle-moved-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let items = "/a:\n  get: {summary: One., responses: {'200': {description: Yes.}}}\n\
                     /b:\n  $ref: '#/~1a'\n\
                     c: {$ref: '#/~1a/get/responses/200'}\n";
        std::fs::write(folder.join("items.yaml"), items).unwrap();
        let text = "paths:\n  /a: {$ref: 'items.yaml#/~1a'}\n  /b: {$ref: 'items.yaml#/~1b'}\n  \
                    /c:\n    get: {$ref: 'items.yaml#/~1a/get'}\n  \
                    /d:\n    get: {responses: {'200': {$ref: 'items.yaml#/c'}}}\n";
        let path = folder.join("api.yaml").to_string_lossy().into_owned();
        let (file, value) = TextFile::parse(&path, text.to_owned()).unwrap();
        let bundle = Bundle::new(file, value).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(bundle.broken.is_empty(), "{:?}", bundle.broken);
        for path in ["a", "b", "c"] {
            let at = format!("/paths/~1{path}/get/summary");
            assert_eq!(bundle.value.pointer(&at).unwrap(), "One.", "{path}");
            let (file, pointer) = bundle.origin(&at);
            assert!(file.path.ends_with("items.yaml"), "{path}");
            assert_eq!(
                (&*pointer, file.position(&pointer).line),
                ("/~1a/get/summary", 2),
                "{path}"
            );
        }
        let reference = &bundle.value["paths"]["/d"]["get"]["responses"]["200"]["$ref"];
        let next =
            bundle.value.pointer(reference.as_str().unwrap().trim_start_matches('#')).unwrap();
        assert_eq!(next["$ref"], "#/paths/~1a/get/responses/200");
    }
}
