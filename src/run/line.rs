//! The request that a user wishes as a command line for curl. Nothing is sent, and no key is needed.

use super::campaign::redactor;
use super::sign::Signs;
use super::wish::{self, Wish};
use crate::contract::{Contract, Operation};
use crate::error::Problem;
use crate::exchange::curl::{self, FormField, Line};
use crate::exchange::{Client, ClientOptions, Headers, Request, Secret};
use crate::generate::{Draft, DraftBody, PartContent, Spot};
use crate::plan::{self, Attempt, Guide, Phase, PlanOptions, Resources, Subject};
use crate::target::{KeyRule, Permission, Target, Vocabulary, probe};

/// The variable of a key that nothing is known of.
const VARIABLE: &str = "API_KEY";

/// A command line, and what is still to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurlLine {
    /// The command. It takes the key from a variable.
    pub command: String,
    /// Words in it that stand for something, each with what it stands for.
    pub open: Vec<(String, String)>,
}

/// The command line for a wish, as far as it can be known without asking a server.
///
/// `target` is the server it is for; without one, that of the documents. `form_paths` are the paths of the
/// files in the wish, by field.
///
/// # Errors
/// A wish that the operation does not allow, documents that cannot be read.
pub fn curl_line(
    contract: &Contract,
    vocabulary: &Vocabulary,
    target: Option<&Target>,
    wish: &Wish,
    form_paths: &[(String, String)],
) -> Result<CurlLine, Problem> {
    let guide = Guide::of(contract)?;
    let id = wish.operation.as_str();
    let keys = Keys::of(vocabulary, target);
    if let Some(wanted) = &wish.key
        && !keys.0.iter().any(|key| key.name == *wanted)
    {
        let names: Vec<&str> = keys.0.iter().map(|key| key.name.as_str()).collect();
        return Err(wish::no_key(wanted, &names));
    }
    let base_url = match (target, &vocabulary.base_url.default) {
        (Some(target), _) => target.base_url.as_str(),
        (None, Some(url)) => url.as_str(),
        (None, None) => {
            return Err(Problem::new("no base URL is given").help("write `--base-url https://…`"));
        }
    };
    let (number, key, plain) = plainest(contract, vocabulary, &guide, &keys, base_url, wish)?;
    let Some(operation) = contract.operations.get(number) else {
        return Err(Problem::new(format!("{id} is not documented")));
    };
    let mut fitted = wish::fit(contract, operation, plain, guide.user(), wish)?;
    let mut open = Vec::new();
    for need in &fitted.needs {
        let word = placeholder(&need.resource);
        let says = format!("the id of a {}: {}", need.resource, wish::argument(&need.spot));
        fitted.draft.set(&need.spot, serde_json::Value::String(word.clone()));
        if !open.contains(&(word.clone(), says.clone())) {
            open.push((word, says));
        }
    }
    for pointer in &operation.traits.names {
        let spot = Spot::body(pointer);
        let marked = |value: &serde_json::Value| value.as_str() == Some(plan::case_name_mark());
        if fitted.draft.get(&spot).is_some_and(marked) {
            fitted.draft.set(&spot, "A name".into());
        }
    }
    // Nothing is asked here, so nobody knows what the server takes.
    if let (Some(rule), None) = (guide.form(), &wish.body)
        && fitted.draft.get(&Spot::body(&rule.into)) == Some(&serde_json::json!({}))
    {
        let word = format!("the empty `{}`", rule.into.trim_start_matches('/'));
        open.push((word, format!("what the server asks for, as {} tells", rule.operation)));
    }
    if !fitted.signed {
        let user = target.and_then(|target| target.user.clone());
        let user = user.unwrap_or_else(|| env!("CARGO_PKG_NAME").to_owned());
        if let Some(signs) = Signs::of(contract, &guide, operation) {
            signs.put(&mut fitted.draft, &user);
        }
    }
    let request = fitted.draft.request(contract, base_url);
    let redactor = redactor(contract)?;
    let request = masked(&request, key.is_some(), vocabulary, target, redactor)?;
    let (form, more) = form(&fitted.draft, wish, form_paths);
    open.extend(more);
    let line = Line {
        variable: key.map_or(VARIABLE, |key| key.variable.as_str()),
        streams: streams(operation, &fitted.draft),
        form: form.as_deref(),
    };
    Ok(CurlLine { command: curl::line(&request, &line), open })
}

/// A key that there may be, and the variable that holds it.
struct Key {
    name: String,
    variable: String,
    rule: KeyRule,
    /// Whether the user has it.
    there: bool,
}

struct Keys(Vec<Key>);

impl Keys {
    /// The keys of a target before the others that there may be.
    fn of(vocabulary: &Vocabulary, target: Option<&Target>) -> Self {
        let key = |rule: &KeyRule| {
            let own = target.and_then(|target| target.key(&rule.name));
            let own_variable = own.map(|key| key.from.as_str()).filter(|from| is_variable(from));
            let missing = target.into_iter().flat_map(|target| &target.missing);
            let missing = missing.filter(|missing| missing.name == rule.name);
            let missing = missing.map(|missing| missing.variable.as_str()).next();
            let variable = own_variable.or(missing).or(rule.env.as_deref()).unwrap_or(VARIABLE);
            Key {
                name: rule.name.clone(),
                variable: variable.to_owned(),
                rule: rule.clone(),
                there: own.is_some(),
            }
        };
        let mut keys: Vec<Key> = vocabulary.keys.iter().map(key).collect();
        // One that is found out by asking serves only where it is the one that is there.
        keys.retain(|key| key.there || key.rule.kind.is_some());
        keys.sort_by_key(|key| !key.there);
        Self(keys)
    }
}

/// Whether a text can be the name of an environment variable.
pub(super) fn is_variable(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
        && text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

/// The number of the operation, the key to send, and the plainest request with what it needs.
#[expect(clippy::type_complexity, reason = "three things that are taken apart at once")]
fn plainest<'k>(
    contract: &Contract,
    vocabulary: &Vocabulary,
    guide: &Guide,
    keys: &'k Keys,
    base_url: &str,
    wish: &Wish,
) -> Result<(usize, Option<&'k Key>, (Draft, Vec<plan::Need>)), Problem> {
    let id = wish.operation.as_str();
    // No server is asked: every key is taken for what it is called, and everything for allowed.
    let nobody = keys.0.iter().map(|key| (key.name.as_str(), "unknown-key"));
    let mut target = Target::known("none", base_url, nobody, vocabulary)?;
    target.allow = Permission::Disrupt;
    let report = probe::unasked(contract, vocabulary, &target);
    let options = PlanOptions {
        seed: 0,
        phases: vec![Phase::Examples],
        operation: Some(id.to_owned()),
        chances: 0,
        shard: None,
        suites: Vec::new(),
    };
    let resources = Resources::of(contract);
    let subject = Subject { report: &report, forms: &[], vocabulary };
    let plan = plan::plan(contract, guide, &resources, subject, &options);
    let key_of = |case: &plan::Case| case.key.and_then(|key| keys.0.get(key));
    let mut cases: Vec<&plan::Case> = { plan.cases.iter() }
        .filter(|case| contract.operations.get(case.operation).is_some_and(|o| o.id == id))
        .filter(|case| wish.key.is_none() || key_of(case).map(|k| &k.name) == wish.key.as_ref())
        .collect();
    cases.sort_by_key(|case| (case.skip.is_some(), !key_of(case).is_some_and(|key| key.there)));
    let Some(case) = cases.first() else {
        let key = wish.key.as_deref().unwrap_or_default();
        return Err(Problem::new(format!("the key `{key}` does not open {id}")));
    };
    match (&case.skip, &case.attempt) {
        (None, Attempt::One { draft, .. }) => {
            Ok((case.operation, key_of(case), (draft.as_ref().clone(), case.needs.clone())))
        }
        (Some(reason), _) => Err(Problem::new(format!("{id} cannot be tried: {reason}"))),
        _ => Err(Problem::new(format!("{id} has no plain request"))),
    }
}

/// The request as it may be shown: neither the keys of the target nor other secrets are in it.
fn masked(
    request: &Request,
    keyed: bool,
    vocabulary: &Vocabulary,
    target: Option<&Target>,
    redactor: crate::finding::Redactor,
) -> Result<Request, Problem> {
    let client = Client::new(ClientOptions { redactor, ..ClientOptions::default() })?;
    let header = &vocabulary.header;
    let secret = Secret::behind(&header.name, &header.prefix, "unknown-key")?;
    let mut request = client
        .kept(request, keyed.then_some(&secret))
        .map_err(|failure| Problem::new(failure.message))?;
    let sent = request.headers.clone();
    for key in target.into_iter().flat_map(|target| &target.keys) {
        request.headers = Headers::default();
        request = client.kept(&request, Some(&key.secret)).map_err(|f| Problem::new(f.message))?;
    }
    request.headers = sent;
    Ok(request)
}

/// The word that stands for an id that is not known.
fn placeholder(resource: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{}_ID", resource.chars().map(word).collect::<String>())
}

/// The fields of a form, as curl reads files itself.
fn form(
    draft: &Draft,
    wish: &Wish,
    paths: &[(String, String)],
) -> (Option<Vec<FormField>>, Vec<(String, String)>) {
    let DraftBody::Form(parts) = &draft.body else { return (None, Vec::new()) };
    let mut open = Vec::new();
    let field = |part: &crate::generate::FormPart| match &part.content {
        PartContent::Value(serde_json::Value::String(text)) => {
            FormField::Text { name: part.name.clone(), value: text.clone() }
        }
        PartContent::Value(value) => {
            FormField::Text { name: part.name.clone(), value: value.to_string() }
        }
        PartContent::File(file) => {
            let known = wish.files.iter().any(|(name, _)| *name == part.name);
            let path = paths.iter().rfind(|(name, _)| *name == part.name && known);
            let path = path.map_or_else(
                || {
                    let says = format!("the path of a file: --file {}=@FILE", part.name);
                    open.push(("FILE".to_owned(), says));
                    "FILE".to_owned()
                },
                |(_, path)| path.clone(),
            );
            FormField::File { name: part.name.clone(), path, media_type: file.media_type.clone() }
        }
    };
    let fields = parts.iter().map(field).collect();
    (Some(fields), open)
}

/// Whether the answer will be a stream, as far as the request tells.
fn streams(operation: &Operation, draft: &Draft) -> bool {
    let contents = operation.responses.iter().filter(|r| r.statuses.contains(200));
    let contents: Vec<_> = contents.flat_map(|response| &response.content).collect();
    let asked = |rules: &crate::contract::StreamRules| match &rules.when {
        Some((pointer, value)) => draft.get(&Spot::body(pointer)) == Some(value),
        None => contents.len() == 1,
    };
    contents.iter().filter_map(|content| content.stream.as_ref()).any(asked)
}
