//! Keys as they come from variables and files.

use std::ffi::OsStr;

use super::vocabulary::HeaderRule;
use crate::error::Problem;

/// Reads a key; white space around it is left out.
///
/// # Errors
///
/// What cannot be a key. `from` tells where the value comes from; the value is not repeated.
pub fn read(value: &OsStr, from: &str, header: &HeaderRule) -> Result<String, Problem> {
    let problem = |what: &str, help: &str| Err(Problem::new(format!("{from} {what}")).help(help));
    let Some(text) = value.to_str() else {
        return problem("is not UTF-8 text", "a key is plain text: copy it again");
    };
    let key = text.trim();
    let prefix = header.prefix.trim();
    if key.is_empty() {
        return problem("is empty", "give it a key, or unset it");
    }
    if key.starts_with(['"', '\'', '`']) {
        return problem("holds a key in quotes", "leave the quotes out");
    }
    if !prefix.is_empty()
        && key.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        && key
            .get(prefix.len()..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    {
        let what = format!("begins with `{prefix}`");
        return problem(&what, "give the key alone: the rest of the header is added");
    }
    if key.starts_with('$') || key.contains(['<', '>', '{', '}']) {
        return problem("holds a placeholder", "put a real key in its place");
    }
    if key.contains(['\n', '\r']) {
        return problem("holds several lines", "it has to hold one key and nothing else");
    }
    if key.contains(char::is_whitespace) {
        return problem(
            "holds a key with white space in it",
            "it has to hold one key and nothing else",
        );
    }
    if !key.chars().all(|c| c.is_ascii_graphic()) {
        return problem(
            "holds characters that no header can carry",
            "a key consists of plain letters, digits and signs: copy it again",
        );
    }
    Ok(key.to_owned())
}
