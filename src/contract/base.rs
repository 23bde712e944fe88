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
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| rest.get(at..).unwrap_or_default()),
        None => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::paths;

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
}
