//! A configuration file to begin with.

use std::fmt::Write as _;

use super::base_url::BaseUrl;
use super::limits::Limits;
use super::permission::Permission;
use super::vocabulary::{KeyRule, Vocabulary};

/// Values stand in one column, comments in another.
const COLUMN: usize = 32;

/// The text of a configuration file with one target, and every setting explained. `base_url` is its
/// address; without it, the documents' own stands there, commented out if there is none.
#[must_use]
pub fn starter(vocabulary: &Vocabulary, name: &str, base_url: Option<&BaseUrl>) -> String {
    let mut text = String::new();
    let mut write = |part: std::fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = text.write_fmt(part);
    };
    let table = if is_bare(name) { name.to_owned() } else { quoted(name) };
    write(format_args!(
        "# Which servers dify-contract calls, and where their keys come from.\n\
         # Keys never stand here: this file may be committed.\n\n\
         # The target that is meant without `--target`.\n\
         default-target = {}\n\n\
         [targets.{table}]\n",
        quoted(name)
    ));
    let variable = vocabulary.base_url.env.as_ref();
    let variable = variable.map(|name| format!(" {name} comes before it."));
    write(format_args!(
        "# The address that the paths of the documents follow.{}\n",
        variable.unwrap_or_default()
    ));
    match base_url.map(BaseUrl::as_str).or(vocabulary.base_url.default.as_deref()) {
        Some(url) => write(format_args!("base-url = {}\n", quoted(url))),
        None => write(format_args!("# base-url = \"https://host/path\"\n")),
    }
    write(format_args!(
        "\n# What may be done there; each level allows what those before it allow.\n"
    ));
    for level in Permission::ALL {
        write(format_args!("#   {:<8} {}\n", level.word(), level.meaning()));
    }
    write(format_args!("allow = \"read\"\n\n# As it is without them:\n"));
    let limits = Limits::default();
    for (setting, comment) in [
        (format!("max-model-calls = {}", limits.max_model_calls), "with `allow = \"spend\"`"),
        (format!("timeout = {}", limits.timeout.as_secs()), "seconds for a whole answer"),
        (format!("silence = {}", limits.silence.as_secs()), "seconds that a stream may be silent"),
    ] {
        write(format_args!("# {setting:<COLUMN$}# {comment}\n"));
    }
    write(format_args!("\n# Only if you need them; paths are relative to this file:\n"));
    for (setting, comment) in [
        ("rate = 5", "requests a second at most"),
        ("jobs = 4", "requests at the same time at most"),
        ("user = \"contract-test\"", "the user in whose name calls are made"),
        ("ca-file = \"ca.pem\"", "a certificate authority of your own"),
        ("proxy = \"http://proxy:3128\"", "otherwise HTTPS_PROXY and HTTP_PROXY count"),
        ("spec = \"openapi.json\"", "a document, or a list of documents"),
        ("overlay = \"overlay.yaml\"", "an overlay, or a list of overlays"),
    ] {
        write(format_args!("# {setting:<COLUMN$}# {comment}\n"));
    }
    write(format_args!(
        "\n# Each key from an environment variable, {{ env = \"…\" }}, or from a file that holds nothing else,\n\
         # {{ file = \"…\" }}. What needs a key that is not there is skipped.\n\
         [targets.{table}.keys]\n"
    ));
    let setting = |key: &KeyRule| {
        let variable = key.env.clone().unwrap_or_else(|| key.name.to_uppercase().replace('-', "_"));
        format!("{} = {{ env = {} }}", key.name, quoted(&variable))
    };
    let width = vocabulary.keys.iter().map(|key| setting(key).len()).max().unwrap_or(0) + 1;
    for key in &vocabulary.keys {
        let setting = setting(key);
        let comment = key.note.as_ref().map(|note| format!("# {note}")).unwrap_or_default();
        write(format_args!("{}\n", format!("{setting:<width$}{comment}").trim_end()));
    }
    text
}

/// Whether TOML takes the name without quotes.
fn is_bare(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// A basic string of TOML: escaped as JSON escapes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
