//! The address of an API.

use crate::error::Problem;
use crate::exchange::query::{UrlParts, split};

/// An absolute `http` or `https` URL that the paths of the documents follow: no query, no fragment, no
/// user, no slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a base URL; a slash at its end is left out.
    ///
    /// # Errors
    ///
    /// Anything else than a URL as described above; the problem has no place. A text that holds a
    /// password is not repeated.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let url = text.trim();
        if url.is_empty() {
            return Err(Problem::new("the base URL is empty").help(EXAMPLE));
        }
        // A password may hold any character, so nothing else is looked at before, or shown.
        if url.contains('@') {
            return Err(Problem::new(
                "the base URL has an `@` in it, as before a host stand a user and a password",
            )
            .help("leave out the user and the password: who calls is known by the key"));
        }
        // `localhost:5001` has no scheme, although a colon stands where one would end.
        let Some((scheme, _)) = url.split_once("://") else {
            let guess = if is_local(url) { "http" } else { "https" };
            let problem = format!("the base URL `{url}` does not say `http://` or `https://`");
            let help = format!("write `{guess}://{}`", url.trim_start_matches('/'));
            return Err(Problem::new(problem).help(help));
        };
        let UrlParts { authority, path, query, fragment, .. } = split(url);
        let authority = authority.unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return Err(Problem::new(format!("the base URL `{url}` has the scheme `{scheme}`"))
                .help("an API is called over `http` or `https`"));
        }
        if let Some(odd) = url.chars().find(|c| c.is_whitespace() || c.is_control()) {
            return Err(Problem::new(format!("the base URL `{url}` contains {}", name_of(odd)))
                .help("a URL has no white space; a special character is written as `%20`"));
        }
        if url.contains(['{', '}', '<', '>']) {
            return Err(Problem::new(format!("the base URL `{url}` has a placeholder in it"))
                .help("put the name of your own host in its place"));
        }
        check_authority(url, authority)?;
        let whole = url.split(['?', '#']).next().unwrap_or(url).trim_end_matches('/');
        if query.is_some() || fragment.is_some() {
            let part = if query.is_some() { "a query" } else { "a fragment" };
            return Err(Problem::new(format!("the base URL `{url}` has {part}")).help(format!(
                "the paths of the documents follow it, so it ends before: `{whole}`"
            )));
        }
        let path = path.trim_end_matches('/');
        Ok(Self(format!("{}://{authority}{path}", scheme.to_ascii_lowercase())))
    }

    /// The URL, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is called over TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// Its host and port, as they are written.
    #[must_use]
    pub fn host(&self) -> &str {
        split(&self.0).authority.unwrap_or_default()
    }

    /// Its path, empty or from its `/` on.
    #[must_use]
    pub fn path(&self) -> &str {
        split(&self.0).path
    }

    /// The same host with another path.
    #[must_use]
    pub fn with_path(&self, path: &str) -> Self {
        let scheme = if self.is_tls() { "https" } else { "http" };
        Self(format!("{scheme}://{}{}", self.host(), path.trim_end_matches('/')))
    }

    /// The same address with another scheme; nothing if it has that scheme already.
    #[must_use]
    pub fn with_scheme(&self, scheme: &str) -> Option<Self> {
        let (own, rest) = self.0.split_once("://")?;
        (own != scheme).then(|| Self(format!("{scheme}://{rest}")))
    }

    /// Whether the host is this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        is_local(self.host())
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a base URL looks like.
const EXAMPLE: &str = "a base URL is written as `https://host/path`";

fn is_local(host: &str) -> bool {
    let name = host.trim_start_matches('/').to_ascii_lowercase();
    name.starts_with("localhost") || name.starts_with("127.") || name.starts_with("[::1]")
}

/// Checks host and port.
fn check_authority(url: &str, authority: &str) -> Result<(), Problem> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, rest)) if address.parse::<std::net::Ipv6Addr>().is_ok() => {
                (address, rest.strip_prefix(':'))
            }
            _ => {
                return Err(Problem::new(format!(
                    "the base URL `{url}` has no valid IPv6 address"
                ))
                .help("an IPv6 address stands in brackets: `http://[::1]:8080`"));
            }
        },
        None => match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    if host.is_empty() {
        return Err(Problem::new(format!("the base URL `{url}` has no host")).help(EXAMPLE));
    }
    if host.contains(':') && !authority.starts_with('[') {
        return Err(Problem::new(format!("the base URL `{url}` has no valid host"))
            .help("an IPv6 address stands in brackets: `http://[::1]:8080`"));
    }
    match port.map(str::parse::<u16>) {
        Some(Err(_)) => Err(Problem::new(format!("the base URL `{url}` has no valid port"))
            .help("a port is a number from 1 to 65535")),
        Some(Ok(0)) => Err(Problem::new(format!("the base URL `{url}` has the port 0"))
            .help("a port is a number from 1 to 65535")),
        _ => Ok(()),
    }
}

/// A character that is not seen, by its name.
fn name_of(c: char) -> &'static str {
    match c {
        ' ' => "a space",
        '\n' | '\r' => "a line break",
        '\t' => "a tab",
        _ => "a character that is not seen",
    }
}
