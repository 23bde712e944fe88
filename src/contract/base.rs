//! Where an API begins: the base path of its servers.

use serde_json::Value;

/// The base paths that a document's `servers` name, without a slash at the end, each once.
///
/// A variable takes its default; it may hold host and path together. Without `servers` the base
/// path is empty, as OpenAPI says.
#[must_use]
pub fn paths(document: &Value) -> Vec<String> {
    let servers = document.get("servers").and_then(Value::as_array).into_iter().flatten();
    let mut paths: Vec<String> = servers.map(|server| path_of(&expand(server))).collect();
    if paths.is_empty() {
        paths.push(String::new());
    }
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The first of a document's `servers` that has a scheme and a host.
#[must_use]
pub fn absolute(document: &Value) -> Option<String> {
    let servers = document.get("servers").and_then(Value::as_array).into_iter().flatten();
    servers.map(expand).find(|url| !split(url).0.is_empty())
}

/// The server's URL with the defaults of its variables.
fn expand(server: &Value) -> String {
    let mut url = server.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten()
    {
        let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    url
}

/// The path of a URL, relative or not, without a slash at the end.
#[must_use]
pub fn path_of(url: &str) -> String {
    let path = match split(url) {
        // A URL that is nothing but a host.
        (origin, "/") if !origin.is_empty() => "",
        (_, path) => path.trim_end_matches('/'),
    };
    if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

/// A URL's scheme and host, empty if it is relative, and its path.
#[must_use]
pub fn split(url: &str) -> (&str, &str) {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    let host = match url.find("://") {
        Some(at) if !url[..at].contains('/') => at + "://".len(),
        _ => return ("", url),
    };
    match url[host..].find('/') {
        Some(slash) => url.split_at(host + slash),
        None => (url, "/"),
    }
}

/// Whether two origins, scheme and host, are the same: case does not matter, nor does a port that is
/// the scheme's own.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    let normal = |origin: &str| {
        let origin = origin.to_ascii_lowercase();
        let own = if origin.starts_with("http:") { ":80" } else { ":443" };
        origin.strip_suffix(own).map_or(origin.clone(), str::to_owned)
    };
    normal(one) == normal(other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{paths, split};

    #[test]
    fn a_variable_may_hold_host_and_path() {
        let document = json!({ "servers": [{
            "url": "https://{base}",
            "variables": { "base": { "default": "api.example/v1" } },
        }] });
        assert_eq!(paths(&document), ["/v1"]);
    }

    #[test]
    fn urls_are_absolute_relative_or_absent() {
        for (servers, expected) in [
            (json!([{ "url": "http://host" }]), ""),
            (json!([{ "url": "http://host/a/b/" }]), "/a/b"),
            (json!([{ "url": "/v2" }]), "/v2"),
            (json!([{ "url": "/" }]), ""),
            (json!([]), ""),
        ] {
            assert_eq!(paths(&json!({ "servers": servers })), [expected]);
        }
    }

    #[test]
    fn a_url_in_the_query_is_no_host() {
        assert_eq!(split("/a/b?next=http://host/c"), ("", "/a/b"));
        assert_eq!(split("http://host:1/a?b=c/d#e"), ("http://host:1", "/a"));
        assert_eq!(split("http://host"), ("http://host", "/"));
        assert_eq!(split("http://host?a=/b"), ("http://host", "/"));
        assert_eq!(split("/proxy/http://host/a"), ("", "/proxy/http://host/a"));
    }
}
