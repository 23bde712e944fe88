//! From a request's path to the operation that it means.

use std::borrow::Cow;
use std::collections::HashMap;

use regex::Regex;

/// The paths of a contract, as a tree of segments.
///
/// Where several templates fit, a literal segment wins over one with a parameter, from left to
/// right, as OpenAPI asks; a template that lacks the method gives way to one that has it.
#[derive(Debug, Default)]
pub struct Router {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<String, Node>,
    /// Segments with a parameter among other text, `{name}.json`.
    mixed: Vec<(Regex, Vec<String>, Node)>,
    parameter: Option<Box<Node>>,
    /// The operations whose template ends here.
    ends: Vec<End>,
}

#[derive(Debug)]
struct End {
    method: String,
    operation: usize,
    /// The names of the parameters, from left to right.
    parameters: Vec<String>,
}

/// What a path and a method mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// These operations (several only if several documents describe one), with the values of the
    /// path's parameters, percent-decoded.
    Operations(Vec<(usize, Vec<(String, String)>)>),
    /// The path is documented, but not with this method.
    OtherMethods {
        /// An operation of the best template.
        operation: usize,
        /// The methods that are documented.
        documented: Vec<String>,
    },
    /// No documented path fits.
    Unknown,
}

impl Router {
    /// Adds an operation.
    pub fn add(&mut self, method: &str, template: &str, operation: usize) {
        let mut parameters = Vec::new();
        let mut node = &mut self.root;
        for segment in template.split('/').skip(1) {
            node = node.child(segment, &mut parameters);
        }
        node.ends.push(End { method: method.to_owned(), operation, parameters });
    }

    /// Finds what a path means, without the base path, percent-encoded as on the wire.
    #[must_use]
    pub fn find(&self, method: &str, path: &str) -> Route {
        let segments: Vec<Cow<'_, str>> = path
            .split('/')
            .skip(1)
            .map(|s| percent_encoding::percent_decode_str(s).decode_utf8_lossy())
            .collect();
        let (mut other, mut documented) = (None, Vec::new());
        let mut found = Vec::new();
        self.root.walk(&segments, &mut Vec::new(), &mut |ends, values| {
            for end in ends.iter().filter(|end| end.method == method) {
                let names = end.parameters.iter().cloned();
                found.push((end.operation, names.zip(values.iter().cloned()).collect()));
            }
            other = other.or(ends.first().map(|end| end.operation));
            documented.extend(ends.iter().map(|end| end.method.clone()));
            !found.is_empty()
        });
        if !found.is_empty() {
            return Route::Operations(found);
        }
        documented.sort_unstable();
        documented.dedup();
        match other {
            Some(operation) => Route::OtherMethods { operation, documented },
            None => Route::Unknown,
        }
    }
}

impl Node {
    fn child(&mut self, segment: &str, parameters: &mut Vec<String>) -> &mut Self {
        if let Some(name) = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'))
            && !name.contains(['{', '}'])
        {
            parameters.push(name.to_owned());
            return self.parameter.get_or_insert_default();
        }
        if let Some((regex, names)) = mixed(segment) {
            parameters.extend(names.iter().cloned());
            let known = self.mixed.iter().position(|(known, ..)| known.as_str() == regex.as_str());
            let index = known.unwrap_or_else(|| {
                self.mixed.push((regex, names, Self::default()));
                self.mixed.len() - 1
            });
            return &mut self.mixed[index].2;
        }
        // Requests are decoded, too, before they are looked up.
        let literal = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
        self.literals.entry(literal.into_owned()).or_default()
    }

    /// Visits the ends that the segments lead to, the best first, until `visit` is satisfied.
    fn walk(
        &self,
        segments: &[Cow<'_, str>],
        values: &mut Vec<String>,
        visit: &mut dyn FnMut(&[End], &[String]) -> bool,
    ) -> bool {
        let Some((segment, rest)) = segments.split_first() else {
            return !self.ends.is_empty() && visit(&self.ends, values);
        };
        if let Some(node) = self.literals.get(&**segment)
            && node.walk(rest, values, visit)
        {
            return true;
        }
        let len = values.len();
        for (regex, _, node) in &self.mixed {
            if let Some(captures) = regex.captures(segment) {
                let captured = captures.iter().skip(1).flatten();
                values.extend(captured.map(|m| m.as_str().to_owned()));
                if node.walk(rest, values, visit) {
                    return true;
                }
                values.truncate(len);
            }
        }
        if let Some(node) = &self.parameter
            && !segment.is_empty()
        {
            values.push(segment.clone().into_owned());
            if node.walk(rest, values, visit) {
                return true;
            }
            values.truncate(len);
        }
        false
    }
}

/// The expression for a segment with parameters among other text, and their names.
fn mixed(segment: &str) -> Option<(Regex, Vec<String>)> {
    if !segment.contains('{') {
        return None;
    }
    let (mut pattern, mut names) = (String::from("^"), Vec::new());
    let mut rest = segment;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        pattern.push_str(&regex::escape(before));
        pattern.push_str("(.+?)");
        names.push(name.to_owned());
        rest = after;
    }
    pattern.push_str(&regex::escape(rest));
    pattern.push('$');
    Some((Regex::new(&pattern).ok()?, names))
}

#[cfg(test)]
mod tests {
    use super::{Route, Router};

    fn router() -> Router {
        let mut router = Router::default();
        for (operation, (method, path)) in [
            ("GET", "/datasets/{dataset_id}"),
            ("GET", "/datasets/tags"),
            ("DELETE", "/datasets/{dataset_id}"),
            ("GET", "/files/{name}.{ending}"),
            ("GET", "/"),
        ]
        .into_iter()
        .enumerate()
        {
            router.add(method, path, operation);
        }
        router
    }

    fn operation(method: &str, path: &str) -> Option<(usize, Vec<(String, String)>)> {
        match router().find(method, path) {
            Route::Operations(mut found) => found.pop(),
            _ => None,
        }
    }

    #[test]
    fn a_literal_segment_wins_where_it_has_the_method() {
        assert_eq!(operation("GET", "/datasets/tags").map(|(o, _)| o), Some(1));
        assert_eq!(operation("GET", "/datasets/1").map(|(o, _)| o), Some(0));
        let (found, values) = operation("DELETE", "/datasets/tags").unwrap();
        assert_eq!((found, values[0].1.as_str()), (2, "tags"));
    }

    #[test]
    fn parameters_are_decoded_and_never_empty() {
        let (_, values) = operation("GET", "/datasets/a%2Fb%20c").unwrap();
        assert_eq!(values, [("dataset_id".to_owned(), "a/b c".to_owned())]);
        assert_eq!(router().find("GET", "/datasets/"), Route::Unknown);
        assert_eq!(operation("GET", "/").map(|(o, _)| o), Some(4));
    }

    #[test]
    fn several_parameters_share_a_segment() {
        let (_, values) = operation("GET", "/files/a.b.png").unwrap();
        assert_eq!(values[0].1, "a");
        assert_eq!(values[1].1, "b.png");
    }

    #[test]
    fn a_known_path_with_another_method_is_told_apart() {
        let documented = vec!["DELETE".to_owned(), "GET".to_owned()];
        let other = Route::OtherMethods { operation: 0, documented };
        assert_eq!(router().find("PATCH", "/datasets/1"), other);
        assert_eq!(router().find("GET", "/nope"), Route::Unknown);
    }
}
