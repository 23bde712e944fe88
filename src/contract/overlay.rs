//! OpenAPI Overlays: what no published document says.

use enumset::EnumSet;
use roas_overlay::apply::{Apply, ApplyReport};
use roas_overlay::v1_0::Overlay as Overlay10;
use roas_overlay::validation::Validate;
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::document::{Bundle, Origin, Pointer, TextFile};
use crate::error::Problem;

/// An overlay, ready to be applied to several documents.
#[derive(Debug)]
pub struct Overlay {
    /// The path of its file, or a name for a built-in one.
    pub path: String,
    text: String,
    parsed: Overlay10,
    /// For every action, whether it hit something in any document so far.
    hits: Vec<bool>,
}

impl Overlay {
    /// Reads an overlay from a file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, does not parse, or is no valid Overlay 1.0 document.
    pub fn read(path: &str) -> Result<Self, Problem> {
        let (file, value) = TextFile::read(path)?;
        Self::new(&file, &value)
    }

    /// Reads an overlay from its text.
    ///
    /// # Errors
    ///
    /// See [`Overlay::read`].
    pub fn parse(path: &str, text: String) -> Result<Self, Problem> {
        let (file, value) = TextFile::parse(path, text)?;
        Self::new(&file, &value)
    }

    fn new(file: &TextFile, value: &Value) -> Result<Self, Problem> {
        let path = file.path.clone();
        let version = value.get("overlay").and_then(Value::as_str);
        if !version.is_some_and(|version| version.starts_with("1.0.")) {
            let problem = match version {
                Some(version) => Problem::new(format!("Overlay {version} is not supported"))
                    .at(file.spot_of("/overlay"))
                    .help("write `overlay: 1.0.0`"),
                None if value.get("overlay").is_some_and(Value::is_number) => {
                    Problem::new(format!("the version of {path} is a number"))
                        .at(file.spot_of("/overlay"))
                        .help("write `overlay: 1.0.0`")
                }
                None => Problem::new(format!("{path} is no overlay: it has no `overlay: 1.0.0`"))
                    .help(
                        "overlays are described at https://spec.openapis.org/overlay/v1.0.0.html",
                    ),
            };
            return Err(problem);
        }
        check(file, value)?;
        let overlay = Overlay10::deserialize(value).map_err(|error| {
            Problem::new(format!("not a valid overlay: {error}")).at(file.spot_of(""))
        })?;
        overlay.validate(EnumSet::empty()).map_err(|error| match error.errors.first() {
            Some(first) => Problem::new(format!("not a valid overlay: {}", first.message))
                .at(file.spot_of(&locator(&first.path))),
            None => Problem::new("not a valid overlay"),
        })?;
        let hits = vec![false; overlay.actions.len()];
        Ok(Self { path, text: file.text().to_owned(), parsed: overlay, hits })
    }

    /// Applies all actions to a document, and returns how many of them hit something.
    ///
    /// # Errors
    ///
    /// An action that cannot be applied, such as one whose target is a string.
    pub fn apply(&mut self, document: &mut Value) -> Result<usize, Problem> {
        let report: ApplyReport =
            self.parsed.apply(document, EnumSet::empty()).map_err(|error| {
                Problem::new(format!("cannot apply the overlay: {}", error.kind))
                    .at(self.file().spot_of(&format!("/actions/{}/target", error.action_index)))
            })?;
        let mut count = 0;
        for action in report.actions.iter().filter(|action| action.matched > 0) {
            count += 1;
            if let Some(hit) = self.hits.get_mut(action.index) {
                *hit = true;
            }
        }
        Ok(count)
    }

    /// The number of actions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    /// Whether there are no actions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// The actions that hit nothing in any document.
    #[must_use]
    pub fn misses(&self) -> Vec<Problem> {
        let missed = self.hits.iter().enumerate().filter(|(_, hit)| !**hit);
        let file = self.file();
        missed
            .map(|(index, _)| {
                let target = self.parsed.actions.get(index).map_or("", |a| a.target.as_str());
                Problem::new(format!("the overlay's action on `{target}` hits nothing"))
                    .at(file.spot_of(&format!("/actions/{index}/target")))
            })
            .collect()
    }

    /// Tells a document which of its parts come from this overlay.
    pub fn add_origins(&self, bundle: &mut Bundle, before: &Value) {
        let file = bundle.add_file(self.file());
        let after = std::mem::take(&mut bundle.value);
        for (index, action) in self.parsed.actions.iter().enumerate() {
            let Some(update) = &action.update else { continue };
            let Ok(path) = JsonPath::parse(&action.target) else { continue };
            for node in path.query_located(&after) {
                let at = Pointer::new(node.location().to_json_pointer());
                let source = Pointer::default().join(&["actions", &index.to_string(), "update"]);
                note(bundle, file, before, update, &at, &source);
            }
        }
        bundle.value = after;
    }

    fn file(&self) -> TextFile {
        TextFile::known(&self.path, self.text.clone())
    }
}

/// Looks for what is wrong most often, to tell its place.
fn check(file: &TextFile, value: &Value) -> Result<(), Problem> {
    let wrong = |at: &str, message: String| Err(Problem::new(message).at(file.spot_of(at)));
    for member in ["title", "version"] {
        if !value.get("info").and_then(|info| info.get(member)).is_some_and(Value::is_string) {
            return wrong("/info", format!("not a valid overlay: `info.{member}` is missing"));
        }
    }
    let actions = match value.get("actions").and_then(Value::as_array) {
        Some(actions) if !actions.is_empty() => actions,
        _ => return wrong("/actions", "not a valid overlay: it has no `actions`".to_owned()),
    };
    for (index, action) in actions.iter().enumerate() {
        let at = format!("/actions/{index}");
        let Some(target) = action.get("target").and_then(Value::as_str) else {
            return wrong(&at, "not a valid overlay: the action has no `target`".to_owned());
        };
        if let Err(error) = JsonPath::parse(target) {
            let place = error.position() + 1;
            let message = format!("`{target}` is no JSONPath: wrong from character {place} on");
            return wrong(&format!("{at}/target"), message);
        }
    }
    Ok(())
}

/// Notes the origin of everything in an update that the document did not have before.
fn note(
    bundle: &mut Bundle,
    file: usize,
    before: &Value,
    update: &Value,
    at: &Pointer,
    source: &Pointer,
) {
    match (at.resolve(before), update) {
        (Some(Value::Object(_)), Value::Object(members)) => {
            for (name, member) in members {
                note(bundle, file, before, member, &at.child(name), &source.child(name));
            }
        }
        // The items of a list are appended: the list keeps its own place.
        (Some(Value::Array(_)), Value::Array(_)) => {}
        _ => {
            let origin = Origin { file, pointer: source.as_str().to_owned() };
            bundle.add_origin(at.as_str().to_owned(), origin);
        }
    }
}

/// The pointer for a validation error's locator, such as `#.actions[3].target`.
fn locator(path: &str) -> String {
    path.trim_start_matches('#').replace('[', "/").replace(']', "").replace('.', "/")
}
