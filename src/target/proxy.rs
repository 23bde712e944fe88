//! The address of a proxy.

use crate::error::Problem;

/// Checks the URL of a proxy and gives it back without white space around it.
///
/// # Errors
///
/// A URL without a scheme that proxies have, and one with a password, which is not repeated.
pub fn check(text: &str) -> Result<String, Problem> {
    let url = text.trim();
    if url.contains('@') {
        return Err(Problem::new("the URL of the proxy has an `@` in it, as before a host stand a user and a password")
            .help("a password belongs in the environment: set `HTTPS_PROXY` and `HTTP_PROXY`, and name no proxy here"));
    }
    let scheme = url.split_once("://").map(|(scheme, host)| (scheme.to_ascii_lowercase(), host));
    match scheme {
        Some((scheme, host))
            if matches!(scheme.as_str(), "http" | "https" | "socks5" | "socks5h")
                && !host.is_empty()
                && !host.contains(char::is_whitespace) =>
        {
            Ok(url.to_owned())
        }
        _ => Err(Problem::new(format!("`{url}` is no URL of a proxy"))
            .help("a proxy is written as `http://host:3128` or `socks5://host:1080`")),
    }
}
