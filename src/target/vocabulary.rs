//! What the documents say of deployments: `x-contract-target`, as `specs/README.md` describes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::contract::Contract;
use crate::error::Problem;

/// Where the extension stands in a document.
const PLACE: &str = "/x-contract-target";

/// The variable of the key of an API that does not name its own.
const ENV: &str = "CONTRACT_API_KEY";

/// How the deployments of an API are addressed, opened and asked what they can do.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Vocabulary {
    /// The base URL.
    #[serde(default)]
    pub base_url: BaseUrlRule,
    /// How a key is sent.
    #[serde(default)]
    pub header: HeaderRule,
    /// The keys that there may be.
    #[serde(default)]
    pub keys: Vec<KeyRule>,
    /// How to find out what a key opens.
    #[serde(default)]
    pub identify: Vec<IdentifyRule>,
    /// What answers say that refuse a key.
    #[serde(default)]
    pub refused: Vec<RefusalRule>,
    /// What one deployment or app can do and another cannot.
    #[serde(default)]
    pub abilities: Vec<AbilityRule>,
}

/// The base URL: where it comes from, and what it looks like.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BaseUrlRule {
    /// The environment variable that may hold it.
    pub env: Option<String>,
    /// The URL where nothing names another.
    pub default: Option<String>,
    /// How its path usually ends.
    pub suffix: Option<String>,
}

/// How a key is sent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct HeaderRule {
    /// The header's name.
    pub name: String,
    /// What stands before the key in the header's value.
    #[serde(default)]
    pub prefix: String,
}

/// A key that there may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct KeyRule {
    /// Its name, by which configuration files call it.
    pub name: String,
    /// Which kind of key it is (`x-contract-key`); absent: any, which is found out by asking.
    pub kind: Option<String>,
    /// The modes it may have (`x-contract-modes`); empty: any.
    #[serde(default)]
    pub modes: Vec<String>,
    /// The environment variable that may hold it.
    pub env: Option<String>,
    /// What it opens and where one gets it, for people.
    pub note: Option<String>,
}

/// A cheap read that only keys of one kind may make.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct IdentifyRule {
    /// The kind of key.
    pub kind: Option<String>,
    /// The request.
    #[serde(flatten)]
    pub ask: Ask,
    /// JSON Pointer to the mode in the answer.
    pub mode: Option<String>,
    /// JSON Pointer to the name of what the key opens.
    pub title: Option<String>,
}

/// A request without a body.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Ask {
    /// The operation: `GET /info`.
    pub operation: String,
    /// Values of its parameters; those that the path does not take go to the query.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
}

/// An answer that refuses a key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RefusalRule {
    /// The status.
    pub status: u16,
    /// The error code; absent: any.
    pub code: Option<String>,
    /// The kind of key that it is an answer to; absent: any.
    pub kind: Option<String>,
    /// What the answer means.
    pub means: Refusal,
    /// What to do about it, for people.
    pub help: Option<String>,
}

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// This is no key, or none of this kind.
    WrongKey,
    /// The key is right, but what it opens is switched off.
    SwitchedOff,
    /// The key is right, but what it opens is not ready for use.
    NotReady,
}

/// What one deployment or app can do and another cannot.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AbilityRule {
    /// Its name, as in `x-contract-needs`.
    pub name: String,
    /// What it is called, for people.
    pub title: String,
    /// Why it is missing where it is missing, for people: "speech to text is off in the app".
    pub absent: String,
    /// Whose ability it is.
    #[serde(default)]
    pub scope: Scope,
    /// How to find out; absent: nothing tells.
    pub ask: Option<AbilityAsk>,
    /// The names of keys that are given because they have it; others are taken not to.
    #[serde(default)]
    pub keys: Vec<String>,
}

/// How to find out whether there is an ability.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AbilityAsk {
    /// The kind of key that may ask; absent: any.
    pub kind: Option<String>,
    /// The request.
    #[serde(flatten)]
    pub ask: Ask,
    /// JSON Pointer to what tells, with `-` for any item of a list.
    pub pointer: String,
    /// The value that it has to have; absent: any but null, `false`, 0 and what is empty.
    pub equals: Option<Value>,
}

/// Whose ability it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// That of what the key opens.
    #[default]
    Key,
    /// That of the whole deployment.
    Target,
}

impl Default for HeaderRule {
    fn default() -> Self {
        Self { name: "Authorization".to_owned(), prefix: "Bearer ".to_owned() }
    }
}

impl Ask {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.operation.split_once(' ').map_or("GET", |(method, _)| method)
    }

    /// Path and query, to be put behind a base URL.
    #[must_use]
    pub fn path(&self) -> String {
        use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
        let template = self.operation.split_once(' ').map_or(&*self.operation, |(_, path)| path);
        let mut path = template.to_owned();
        let mut query = Vec::new();
        for (name, value) in &self.with {
            let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
            let place = format!("{{{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, &value);
            } else {
                query.push(format!("{}={value}", utf8_percent_encode(name, NON_ALPHANUMERIC)));
            }
        }
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

impl Vocabulary {
    /// What the documents of a contract say; where they say nothing of deployments, what follows from
    /// their `securitySchemes`.
    ///
    /// # Errors
    ///
    /// An extension that is not as it is described, with its place.
    pub fn of(contract: &Contract) -> Result<Self, Problem> {
        let mut documents = contract.documents.iter();
        if let Some(document) = documents.find(|d| d.bundle.value.pointer(PLACE).is_some()) {
            let value = &document.bundle.value;
            return Self::read(value).map_err(|reason| document.bundle.problem(PLACE, reason));
        }
        let mut vocabulary =
            Self::without(contract.documents.iter().map(|document| &document.bundle.value));
        vocabulary.base_url.default = contract.server();
        Ok(vocabulary)
    }

    /// What one document says.
    ///
    /// # Errors
    ///
    /// See [`Vocabulary::of`].
    pub fn of_document(document: &Value) -> Result<Self, Problem> {
        match document.pointer(PLACE) {
            Some(_) => Self::read(document).map_err(Problem::new),
            None => Ok(Self::without(std::iter::once(document))),
        }
    }

    fn read(document: &Value) -> Result<Self, String> {
        let value = document.pointer(PLACE).unwrap_or(&Value::Null);
        Self::deserialize(value)
            .map_err(|error| format!("`x-contract-target` is not valid: {error}"))
    }

    /// One key, sent as the security schemes say.
    fn without<'d>(documents: impl Iterator<Item = &'d Value> + Clone) -> Self {
        let schemes = documents.flat_map(|document| {
            let places = ["/components/securitySchemes", "/securityDefinitions"];
            let schemes = places.map(|place| document.pointer(place).and_then(Value::as_object));
            schemes.into_iter().flatten().flat_map(|schemes| schemes.values())
        });
        let header = schemes.clone().find_map(header).unwrap_or_default();
        let key = KeyRule {
            name: "api".to_owned(),
            kind: None,
            modes: Vec::new(),
            env: Some(ENV.to_owned()),
            note: None,
        };
        Self {
            base_url: BaseUrlRule::default(),
            header,
            keys: vec![key],
            identify: Vec::new(),
            refused: Vec::new(),
            abilities: Vec::new(),
        }
    }

    /// What an answer with this status and error code says of a key of this kind; the first rule that fits
    /// counts.
    #[must_use]
    pub fn refusal(
        &self,
        status: u16,
        code: Option<&str>,
        kind: Option<&str>,
    ) -> Option<&RefusalRule> {
        let fits = |rule: &&RefusalRule| {
            rule.status == status
                && rule.code.as_deref().is_none_or(|own| Some(own) == code)
                && rule.kind.as_deref().is_none_or(|own| Some(own) == kind)
        };
        self.refused.iter().find(fits)
    }

    /// The ability of this name.
    #[must_use]
    pub fn ability(&self, name: &str) -> Option<&AbilityRule> {
        self.abilities.iter().find(|ability| ability.name == name)
    }
}

/// The header of a security scheme, if it is a key in a header.
fn header(scheme: &Value) -> Option<HeaderRule> {
    let text = |name: &str| scheme.get(name).and_then(Value::as_str);
    match (text("type")?, text("scheme"), text("in")) {
        ("http", Some(scheme), _) if scheme.eq_ignore_ascii_case("bearer") => {
            Some(HeaderRule::default())
        }
        ("oauth2" | "openIdConnect", _, _) => Some(HeaderRule::default()),
        ("apiKey", _, Some("header")) => {
            let name = text("name")?.to_owned();
            // Swagger 2.0 has no other way to say that a token is sent.
            let bearer = name.eq_ignore_ascii_case("Authorization");
            Some(HeaderRule { prefix: if bearer { "Bearer " } else { "" }.to_owned(), name })
        }
        _ => None,
    }
}
