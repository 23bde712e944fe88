//! Secrets in URLs: user name and password, and query parameters.

use std::borrow::Cow;

use super::MASK;
use super::form;

/// The URL with its secrets masked. A fragment is treated like a query, since tokens travel there.
pub fn masked(url: &str, is_secret: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let (before, query) = match url.find(['?', '#']) {
        Some(at) => url.split_at(at),
        None => (url, ""),
    };
    let user = userinfo(before);
    let fields = form::text(query, &['?', '#', '&'], &is_secret);
    match (user, fields) {
        (None, None) => Cow::Borrowed(url),
        (user, fields) => {
            let mut masked = String::with_capacity(url.len());
            match user {
                Some((scheme, rest)) => {
                    masked.extend([scheme, MASK, rest]);
                }
                None => masked.push_str(before),
            }
            masked.push_str(fields.as_deref().unwrap_or(query));
            Cow::Owned(masked)
        }
    }
}

/// What stands before and behind the user's name and password, from the `@` on.
fn userinfo(before: &str) -> Option<(&str, &str)> {
    let authority = before.find("//")? + 2;
    let (scheme, rest) = before.split_at_checked(authority)?;
    let end = rest.find('/').unwrap_or(rest.len());
    let at = rest.get(..end)?.rfind('@').filter(|at| *at > 0)?;
    Some((scheme, rest.get(at..)?))
}
