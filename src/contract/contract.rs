//! Documents and overlays made a contract.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use serde_json::Value;

use super::model::{At, ErrorEnvelope, Operation, Response};
use super::overlay::Overlay;
use super::read::{Reader, members, statuses};
use super::route::{Route, Router};
use super::schema::{self, Dialect, Schemas};
use super::traits::texts;
use super::{Kinds, base, dialect, infer};
use crate::document::{Bundle, Pointer};
use crate::error::Problem;
use crate::finding::{Fingerprint, Source};

/// Documents are nested many levels deep.
const STACK: usize = 64 << 20;

/// What a contract is made of.
#[derive(Debug, Default)]
pub struct Sources {
    /// Paths of OpenAPI documents.
    pub specs: Vec<String>,
    /// Overlays, applied in this order to every document.
    pub overlays: Vec<Overlay>,
    /// Overlays that are applied only if at least half of their actions hit something.
    pub optional_overlays: Vec<Overlay>,
    /// The base URL of the deployment, where it is known.
    pub base_url: Option<String>,
}

/// One of a contract's documents.
#[derive(Debug)]
pub struct Document {
    /// The document after rewriting and overlays, and where its parts come from.
    pub bundle: Bundle,
    /// Its title.
    pub title: String,
    /// The version of the API it describes.
    pub version: String,
    /// The version of its format: `OpenAPI 3.0.1`.
    pub format: String,
    /// The dialect of its schemas.
    pub dialect: Dialect,
    /// The error envelope.
    pub error: Option<ErrorEnvelope>,
    /// Answers that any operation may give.
    pub any_responses: Vec<Response>,
    digest: OnceLock<Fingerprint>,
}

impl Document {
    /// The fingerprint of the whole document: equal documents have equal ones.
    pub fn digest(&self) -> Fingerprint {
        // JSON keeps the order of members, so equal documents have equal texts.
        *self.digest.get_or_init(|| Fingerprint::of(&[&self.bundle.value.to_string()]))
    }
}

/// What the documents promise.
#[derive(Debug)]
pub struct Contract {
    /// The documents.
    pub documents: Vec<Document>,
    /// All operations; several documents may describe the same one, each in its own way.
    pub operations: Vec<Operation>,
    /// The schemas.
    pub schemas: Schemas,
    /// Parts that could not be read, and overlays that hit nothing. Everything else is used.
    pub notes: Vec<Problem>,
    /// Names and patterns of secrets.
    pub secrets: Secrets,
    /// Kinds of things, and what operations do to them; those of the first document that has any.
    pub kinds: Kinds,
    router: Router,
    /// What names the user in whose name a call is made.
    user: Option<String>,
    bases: Vec<String>,
    /// Scheme and host of the deployment, where they are known.
    origin: Option<String>,
}

/// What is masked (`x-contract-secrets`).
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// Names of headers, query parameters and properties.
    pub names: Vec<String>,
    /// Regular expressions of values.
    pub patterns: Vec<String>,
}

/// What a request means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hit {
    /// One operation, by the numbers of its variants, each with the path's parameters.
    Operation(Vec<(usize, Vec<(String, String)>)>),
    /// A documented path, another method.
    Method {
        /// The path's template.
        path: String,
        /// The methods that are documented.
        documented: Vec<String>,
    },
    /// A path below the API's base path that is not documented.
    Path(String),
    /// Not a request to this API.
    Outside,
}

impl Contract {
    /// Reads documents and applies overlays.
    ///
    /// # Errors
    ///
    /// Documents and overlays that cannot be used at all. What is wrong with a part of a document
    /// is noted in [`Contract::notes`], and the rest is used.
    pub fn load(sources: Sources) -> Result<Self, Vec<Problem>> {
        let mut builder = Builder::default();
        let mut problems = Vec::new();
        for path in &sources.specs {
            match Bundle::read(path) {
                Ok(mut bundle) => {
                    builder.notes.append(&mut bundle.broken);
                    builder.bundles.push(bundle);
                }
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        builder.rewrite()?;
        builder.overlay(sources.overlays, sources.optional_overlays)?;
        Ok(builder.build(sources.base_url.as_deref()))
    }

    /// The same contract for a deployment at this base URL: what is sent elsewhere is outside of it.
    #[must_use]
    pub fn at(mut self, base_url: &str) -> Self {
        self.bases = vec![base::path_of(base_url)];
        self.origin = Some(base::split(base_url).0.to_owned());
        self
    }

    /// The first absolute URL of a server that the documents name.
    #[must_use]
    pub fn server(&self) -> Option<String> {
        self.documents.iter().find_map(|document| base::absolute(&document.bundle.value))
    }

    /// The operation that a request means.
    #[must_use]
    pub fn find(&self, method: &str, url: &str) -> Hit {
        let Some(path) = self.path_of(url) else { return Hit::Outside };
        let mut best = Hit::Outside;
        // Documents may begin at different base paths, one of which begins like another.
        for rest in self.bases.iter().filter_map(|base| below(path, base)) {
            best = better(best, self.hit(method, rest));
        }
        if best != Hit::Outside || self.origin.is_some() {
            return best;
        }
        // A proxy may have put a prefix before the base path.
        for base in self.bases.iter().filter(|base| !base.is_empty()) {
            for (at, _) in path.match_indices(base.as_str()) {
                if let Some(rest) = path.get(at..).and_then(|path| below(path, base))
                    && let hit @ Hit::Operation(_) = self.hit(method, rest)
                {
                    return hit;
                }
            }
        }
        Hit::Outside
    }

    /// The path of a URL, unless it is known to be one of another host.
    fn path_of<'u>(&self, url: &'u str) -> Option<&'u str> {
        let (origin, path) = base::split(url);
        match &self.origin {
            Some(known) if !origin.is_empty() && !base::is_same(known, origin) => None,
            _ => Some(path),
        }
    }

    fn hit(&self, method: &str, path: &str) -> Hit {
        let path = if path.is_empty() { "/" } else { path };
        match self.router.find(method, path) {
            Route::Operations(found) => Hit::Operation(found),
            Route::OtherMethods { operation, documented } => {
                let template = self.operations.get(operation).map(|o| o.path.clone());
                Hit::Method { path: template.unwrap_or_else(|| path.to_owned()), documented }
            }
            Route::Unknown => Hit::Path(path.to_owned()),
        }
    }

    /// The name of the parameter, field or member that names the user in whose name a call is made
    /// (`user` in `x-contract-plan`).
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The raw value at a place.
    #[must_use]
    pub fn raw(&self, at: &At) -> Option<&Value> {
        Pointer::find(&self.documents.get(at.document)?.bundle.value, &at.pointer)
    }

    /// The answer that any operation of a document may give with this status.
    #[must_use]
    pub fn any_response(&self, document: usize, status: u16) -> Option<&Response> {
        let responses = &self.documents.get(document)?.any_responses;
        responses.iter().filter(|r| r.statuses.contains(status)).min_by_key(|r| r.statuses)
    }

    /// The file, line and column of a place in a document.
    #[must_use]
    pub fn source(&self, document: usize, pointer: &str) -> Option<Source> {
        let bundle = &self.documents.get(document)?.bundle;
        let (file, pointer) = bundle.origin(nearest(&bundle.value, pointer));
        let position = file.position(&pointer);
        let file = file.path.clone();
        Some(Source { file, line: position.line, column: position.column, pointer })
    }

    /// The operations by their stable names, each with its variants, in the documents' order.
    #[must_use]
    pub fn by_id(&self) -> Vec<(&str, Vec<&Operation>)> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut grouped: Vec<(&str, Vec<&Operation>)> = Vec::new();
        for operation in &self.operations {
            let place = *places.entry(&operation.id).or_insert_with(|| {
                grouped.push((&operation.id, Vec::new()));
                grouped.len() - 1
            });
            grouped[place].1.push(operation);
        }
        grouped
    }
}

/// The hit that says more; the first, if both say as much.
fn better(one: Hit, other: Hit) -> Hit {
    let rank = |hit: &Hit| match hit {
        Hit::Operation(_) => 3,
        Hit::Method { .. } => 2,
        Hit::Path(_) => 1,
        Hit::Outside => 0,
    };
    if rank(&other) > rank(&one) { other } else { one }
}

/// The pointer itself, or to the nearest thing above that is there: rewritten schemas have parts
/// that the document does not have.
fn nearest<'p>(value: &Value, mut pointer: &'p str) -> &'p str {
    while Pointer::find(value, pointer).is_none()
        && let Some((parent, _)) = pointer.rsplit_once('/')
    {
        pointer = parent;
    }
    pointer
}

/// What is left of a path behind a base path.
fn below<'p>(path: &'p str, base: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(base)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

#[derive(Default)]
struct Builder {
    bundles: Vec<Bundle>,
    dialects: Vec<Dialect>,
    formats: Vec<String>,
    notes: Vec<Problem>,
}

impl Builder {
    fn rewrite(&mut self) -> Result<(), Vec<Problem>> {
        let mut problems = Vec::new();
        for bundle in &mut self.bundles {
            let version = |name: &str| bundle.value.get(name).and_then(Value::as_str);
            self.formats.push(match (version("openapi"), version("swagger")) {
                (Some(version), _) => format!("OpenAPI {version}"),
                (None, version) => format!("Swagger {}", version.unwrap_or_default()),
            });
            match dialect::rewrite(bundle) {
                Ok(dialect) => self.dialects.push(dialect),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn overlay(&mut self, given: Vec<Overlay>, optional: Vec<Overlay>) -> Result<(), Vec<Problem>> {
        let optional = optional.into_iter().map(|overlay| (overlay, true));
        for (mut overlay, optional) in given.into_iter().map(|o| (o, false)).chain(optional) {
            let documents: Vec<&Value> = self.bundles.iter().map(|b| &b.value).collect();
            if optional && !overlay.fits(&documents) {
                continue;
            }
            let mut broken = Vec::new();
            for bundle in &mut self.bundles {
                if overlay.apply_to(bundle).map_err(|problem| vec![problem])?.unsettles {
                    bundle.take_broken_references();
                }
                broken.append(&mut bundle.broken);
            }
            self.notes.extend(overlay.misses());
            self.notes.append(&mut broken);
        }
        Ok(())
    }

    fn build(mut self, base_url: Option<&str>) -> Contract {
        let mut schemas = Schemas::default();
        let (mut documents, mut operations) = (Vec::new(), Vec::new());
        let mut normals = Vec::new();
        let (mut bases, mut secrets) = (Vec::new(), Secrets::default());
        let mut kinds = Kinds::default();
        let parts = self.bundles.into_iter().zip(self.dialects).zip(self.formats);
        for (number, ((bundle, dialect), format)) in parts.enumerate() {
            let value = &bundle.value;
            let (normal, read) =
                both(|| schema::normal(value, dialect), || read(number, value, &mut schemas));
            normals.push(normal);
            operations.extend(read.operations);
            for (pointer, problem) in read.problems {
                let mut placed = bundle.problem(pointer.as_str(), problem.message);
                placed.help = problem.help;
                self.notes.push(placed);
            }
            if kinds.iter().next().is_none() {
                let (read, problems) = Kinds::read(number, value);
                kinds = read;
                let placed = |(at, what): (String, String)| {
                    bundle
                        .problem(at.as_str(), what)
                        .help("specs/README.md says what may stand there")
                };
                self.notes.extend(problems.into_iter().map(placed));
            }
            bases.extend(base::paths(value));
            let listed = |name: &str| value.pointer(&format!("/x-contract-secrets/{name}"));
            secrets.names.extend(texts(listed("names")));
            secrets.patterns.extend(texts(listed("patterns")));
            let text = |pointer: &str| {
                value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
            };
            let (title, version) = (text("/info/title"), text("/info/version"));
            documents.push(Document {
                bundle,
                title,
                version,
                format,
                dialect,
                error: read.error,
                any_responses: read.any_responses,
                digest: OnceLock::new(),
            });
        }
        for (document, at, message) in schemas.finish(normals) {
            let document: &Document = &documents[document];
            self.notes.push(document.bundle.problem(at.as_str(), message));
        }
        infer::fill(&mut operations, &schemas);
        let mut router = Router::default();
        for (number, operation) in operations.iter().enumerate() {
            router.add(&operation.method, &operation.path, number);
        }
        bases.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
        bases.dedup();
        let user = user(&documents);
        let contract = Contract {
            documents,
            operations,
            schemas,
            notes: self.notes,
            secrets,
            kinds,
            router,
            user,
            bases,
            origin: None,
        };
        match base_url {
            Some(base_url) => contract.at(base_url),
            None => contract,
        }
    }
}

/// What names the user, in the first document that says how calls are made.
fn user(documents: &[Document]) -> Option<String> {
    let plan =
        documents.iter().find_map(|document| document.bundle.value.get("x-contract-plan"))?;
    Some(plan.get("user")?.as_str()?.to_owned())
}

/// What was read of a document.
struct Read {
    error: Option<ErrorEnvelope>,
    operations: Vec<Operation>,
    any_responses: Vec<Response>,
    problems: Vec<(Pointer, Problem)>,
}

fn read(document: usize, value: &Value, schemas: &mut Schemas) -> Read {
    let error = envelope(document, value, schemas);
    let code = error.as_ref().map(|error| error.code.clone());
    let mut reader = Reader { document, value, code, schemas, problems: Vec::new() };
    let operations = reader.operations();
    let any_responses = any_responses(value, &mut reader);
    Read { error, operations, any_responses, problems: reader.problems }
}

/// Does two things at the same time, if a thread can be had for the first one.
fn both<A: Send, B>(aside: impl Fn() -> A + Sync, here: impl FnOnce() -> B) -> (A, B) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &aside);
        let here = here();
        let aside = match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            _ => aside(),
        };
        (aside, here)
    })
}

fn envelope(document: usize, value: &Value, schemas: &mut Schemas) -> Option<ErrorEnvelope> {
    let at = Pointer::new("/x-contract-error");
    let raw = at.resolve(value)?;
    let text = |name: &str| raw.get(name).and_then(Value::as_str).map(str::to_owned);
    raw.get("schema")?;
    Some(ErrorEnvelope {
        media_type: text("media-type").unwrap_or_else(|| "application/json".to_owned()),
        schema: schemas.add(document, value, &at.child("schema")),
        code: text("code")?,
        status: text("status"),
        message: text("message"),
        validation_codes: texts(raw.get("validation-codes")),
        at: At { document, pointer: at.into_string() },
    })
}

fn any_responses(value: &Value, reader: &mut Reader<'_>) -> Vec<Response> {
    let at = Pointer::new("/x-contract-any-response");
    let mut responses = BTreeMap::new();
    for (name, _) in members(at.resolve(value)) {
        if let Some(statuses) = statuses(name)
            && let Some(response) = reader.lone_response(statuses, &at.child(name))
        {
            responses.insert(statuses, response);
        }
    }
    responses.into_values().collect()
}
