//! Requests that make the server fetch something: it is fetched from this program, or not at all.

use std::borrow::Cow;

use serde_json::Value;

use super::session::Session;
use crate::generate::{Draft, Spot};
use crate::plan::Fetch;

/// The draft with addresses of files that are served here, in the place of others.
///
/// # Errors
/// Why it cannot be sent: nothing is served, or no file of that kind.
pub fn pointed<'d>(session: &Session, draft: &'d Draft) -> Result<Cow<'d, Draft>, String> {
    let mut draft = Cow::Borrowed(draft);
    for fetch in session.calls.fetches(draft.operation) {
        for (spot, owner) in places(&draft, &fetch.pointer) {
            let is_url = |value: &Value| value.as_str().is_some_and(has_scheme);
            if !draft.get(&spot).is_some_and(is_url) {
                continue;
            }
            let Some(server) = &session.files else {
                return Err(
                    "the server would fetch a file from elsewhere: needs `--serve HOST:PORT`"
                        .to_owned(),
                );
            };
            let ending = ending(fetch, draft.get(&owner))?;
            let url = server.url(ending).ok_or_else(|| format!("no file `.{ending}` is served"))?;
            draft.to_mut().set(&spot, Value::String(url));
        }
    }
    Ok(draft)
}

/// How the name of the file has to end.
fn ending<'f>(fetch: &'f Fetch, owner: Option<&Value>) -> Result<&'f str, String> {
    let Some(member) = &fetch.member else { return Ok("txt") };
    let kind = owner.and_then(|owner| owner.get(member)).and_then(Value::as_str);
    match kind {
        // What is of no known kind is refused for that, whatever the file is.
        None => Ok("txt"),
        Some(kind) => match fetch.endings.get(kind) {
            Some(ending) => Ok(ending),
            None if fetch.unserved.iter().any(|other| other == kind) => {
                Err(format!("no file of the kind `{kind}` can be served"))
            }
            None => Ok("txt"),
        },
    }
}

/// Whether a text is an address: it begins with a scheme (RFC 3986, section 3.1).
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// The places in a body that a pointer means, in which `-` stands for any item; each with the object that
/// it is a member of.
fn places(draft: &Draft, pointer: &str) -> Vec<(Spot, Spot)> {
    let mut open = vec![String::new()];
    let tokens: Vec<&str> = pointer.split('/').skip(1).collect();
    for token in &tokens {
        let mut next = Vec::new();
        for at in open {
            if *token != "-" {
                next.push(format!("{at}/{token}"));
                continue;
            }
            let items = draft.get(&Spot::body(&at)).and_then(Value::as_array).map_or(0, Vec::len);
            next.extend((0..items).map(|number| format!("{at}/{number}")));
        }
        open = next;
    }
    let owner = |at: &String| at.rsplit_once('/').map_or("", |(owner, _)| owner).to_owned();
    open.iter().map(|at| (Spot::body(at), Spot::body(&owner(at)))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{has_scheme, places};
    use crate::generate::{Draft, DraftBody, Sent, Spot};

    #[test]
    fn addresses_are_known_by_their_scheme() {
        for url in ["https://a/b", "HTTP://a", "ftp://a", "urn:a:b"] {
            assert!(has_scheme(url), "{url}");
        }
        for other in ["", "a/b", "not an address: really", "://a", "1:2"] {
            assert!(!has_scheme(other), "{other}");
        }
    }

    #[test]
    fn all_items_of_a_list_are_meant() {
        let draft = Draft {
            operation: 0,
            parameters: Vec::new(),
            body: DraftBody::Json(json!({"files": [{"url": "a"}, {"url": "b"}], "url": "c"})),
            sent: Sent::AsIs,
        };
        let second = (Spot::body("/files/1/url"), Spot::body("/files/1"));
        assert_eq!(places(&draft, "/files/-/url")[1..], [second]);
        assert_eq!(places(&draft, "/url"), [(Spot::body("/url"), Spot::body(""))]);
        assert_eq!(places(&draft, "/others/-/url"), []);
    }
}
