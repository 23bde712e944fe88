//! OpenAPI Overlays: what no published document says.

use enumset::EnumSet;
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
    actions: Vec<Action>,
    /// For every action, whether it hit something in any document so far.
    hits: Vec<bool>,
}

/// What an overlay does to what its target selects.
#[derive(Debug)]
struct Action {
    target: String,
    path: JsonPath,
    change: Change,
}

#[derive(Debug)]
enum Change {
    Remove,
    Update(Value),
}

/// What came of an overlay.
#[derive(Debug, Clone, Copy, Default)]
pub struct Applied {
    /// How many actions hit something.
    pub hits: usize,
    /// Whether references may lead nowhere now that led somewhere before, or there may be new ones.
    pub unsettles: bool,
}

/// Is told of every place that an action changes: the place in the document, and in the overlay.
type Told<'t> = dyn FnMut(Pointer, Pointer) + 't;

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
        let paths = check(file, value)?;
        let overlay = Overlay10::deserialize(value).map_err(|error| {
            Problem::new(format!("not a valid overlay: {error}")).at(file.spot_of(""))
        })?;
        overlay.validate(EnumSet::empty()).map_err(|error| match error.errors.first() {
            Some(first) => Problem::new(format!("not a valid overlay: {}", first.message))
                .at(file.spot_of(&locator(&first.path))),
            None => Problem::new("not a valid overlay"),
        })?;
        let actions: Vec<Action> = overlay
            .actions
            .into_iter()
            .zip(paths)
            .map(|(action, path)| Action {
                change: match action.update {
                    Some(update) if !action.is_remove() => Change::Update(update),
                    _ => Change::Remove,
                },
                target: action.target,
                path,
            })
            .collect();
        let hits = vec![false; actions.len()];
        Ok(Self { path, text: file.text().to_owned(), actions, hits })
    }

    /// Applies all actions to a document, and returns how many of them hit something.
    ///
    /// The document is changed in place: a copy of it would cost more than everything else here.
    ///
    /// # Errors
    ///
    /// An action that cannot be applied, such as one whose target is a string; those before it were.
    pub fn apply(&mut self, document: &mut Value) -> Result<usize, Problem> {
        Ok(self.act(document, &mut |_, _| {})?.hits)
    }

    /// Applies all actions to a bundle, and tells it which of its parts come from this overlay.
    ///
    /// # Errors
    ///
    /// See [`Overlay::apply`].
    pub fn apply_to(&mut self, bundle: &mut Bundle) -> Result<Applied, Problem> {
        let file = bundle.add_file(self.file());
        let mut document = std::mem::take(&mut bundle.value);
        let applied = self.act(&mut document, &mut |at, source| {
            bundle.add_origin(at.into_string(), Origin { file, pointer: source.into_string() });
        });
        bundle.value = document;
        applied
    }

    /// Whether at least half of the actions hit something in any of the documents as they are, and all
    /// of those can be applied.
    #[must_use]
    pub fn fits(&self, documents: &[&Value]) -> bool {
        let mut hits = 0;
        for action in &self.actions {
            let targets = documents.iter().flat_map(|document| action.path.query(document));
            let mut hit = false;
            for target in targets {
                if !is_container(target) {
                    return false;
                }
                hit = true;
            }
            hits += usize::from(hit);
        }
        hits * 2 >= self.len()
    }

    fn act(&mut self, document: &mut Value, told: &mut Told<'_>) -> Result<Applied, Problem> {
        let mut applied = Applied::default();
        for (index, action) in self.actions.iter().enumerate() {
            let targets = action.path.query_located(document);
            if targets.iter().any(|target| !is_container(target.node())) {
                let message =
                    "cannot apply the overlay: its target is neither an object nor a list";
                return Err(Problem::new(message)
                    .at(self.file().spot_of(&format!("/actions/{index}/target"))));
            }
            let targets: Vec<Pointer> = targets
                .into_iter()
                .map(|target| Pointer::new(target.location().to_json_pointer()))
                .collect();
            let hit = match &action.change {
                Change::Update(update) => {
                    let source =
                        Pointer::default().join(&["actions", &index.to_string(), "update"]);
                    for at in &targets {
                        applied.unsettles |= merge(document, update, at, &source, told);
                    }
                    applied.unsettles |= refers(update);
                    !targets.is_empty()
                }
                // The last ones first, so that those before them stay where they are.
                Change::Remove => {
                    let removed = targets.iter().rev().filter(|at| remove(document, at)).count();
                    applied.unsettles |= removed > 0;
                    removed > 0
                }
            };
            applied.hits += usize::from(hit);
            if let Some(known) = self.hits.get_mut(index) {
                *known |= hit;
            }
        }
        Ok(applied)
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
                let target = self.actions.get(index).map_or("", |a| a.target.as_str());
                Problem::new(format!("the overlay's action on `{target}` hits nothing"))
                    .at(file.spot_of(&format!("/actions/{index}/target")))
            })
            .collect()
    }

    fn file(&self) -> TextFile {
        TextFile::known(&self.path, self.text.clone())
    }
}

/// Looks for what is wrong most often, to tell its place; gives the targets of the actions.
fn check(file: &TextFile, value: &Value) -> Result<Vec<JsonPath>, Problem> {
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
    let mut paths = Vec::with_capacity(actions.len());
    for (index, action) in actions.iter().enumerate() {
        let at = format!("/actions/{index}");
        let Some(target) = action.get("target").and_then(Value::as_str) else {
            return wrong(&at, "not a valid overlay: the action has no `target`".to_owned());
        };
        match JsonPath::parse(target) {
            Ok(path) => paths.push(path),
            Err(error) => {
                let place = error.position() + 1;
                let message = format!("`{target}` is no JSONPath: wrong from character {place} on");
                return wrong(&format!("{at}/target"), message);
            }
        }
    }
    Ok(paths)
}

/// Only objects and lists can be the target of an action.
fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// Merges an update into the target of an action (Overlay 1.0, sections 3.3 and 3.4): to a list it is
/// appended as one item; objects are merged member by member, lists within them joined, and everything
/// else is replaced.
fn merge(
    document: &mut Value,
    update: &Value,
    at: &Pointer,
    source: &Pointer,
    told: &mut Told<'_>,
) -> bool {
    match document.pointer_mut(at.as_str()) {
        // The list keeps its own place.
        Some(Value::Array(items)) => {
            items.push(update.clone());
            false
        }
        Some(target) => merge_into(target, update, at, source, told),
        None => false,
    }
}

fn merge_into(
    target: &mut Value,
    update: &Value,
    at: &Pointer,
    source: &Pointer,
    told: &mut Told<'_>,
) -> bool {
    match (target, update) {
        (Value::Object(members), Value::Object(updates)) => {
            let mut replaced = false;
            for (name, update) in updates {
                let (at, source) = (at.child(name), source.child(name));
                if let Some(member) = members.get_mut(name) {
                    replaced |= merge_into(member, update, &at, &source, told);
                } else {
                    members.insert(name.clone(), update.clone());
                    told(at, source);
                }
            }
            replaced
        }
        (Value::Array(items), Value::Array(more)) => {
            items.extend(more.iter().cloned());
            false
        }
        (target, update) => {
            let replaced = is_container(target);
            target.clone_from(update);
            told(at.clone(), source.clone());
            replaced
        }
    }
}

/// Whether there is a reference, or what looks like one, in a value.
fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| {
            matches!(&**name, "$ref" | "$dynamicRef" | "mapping") || refers(member)
        }),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

/// Removes what is at a pointer; tells whether there was anything. The document itself stays.
fn remove(document: &mut Value, at: &Pointer) -> bool {
    let Some((parent, token)) = Pointer::split_last(at.as_str()) else { return false };
    match document.pointer_mut(parent) {
        Some(Value::Object(members)) => members.shift_remove(&*token).is_some(),
        Some(Value::Array(items)) => match token.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The pointer for a validation error's locator, such as `#.actions[3].target`.
fn locator(path: &str) -> String {
    path.trim_start_matches('#').replace('[', "/").replace(']', "").replace('.', "/")
}
