//! Runtime expressions: `$response.body#/id`, and where they stand in texts.

/// A runtime expression, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression<'t> {
    /// As it is written.
    pub text: &'t str,
    /// What it begins with: `$steps`.
    pub root: &'t str,
    /// The names behind that, which dots separate.
    pub names: Vec<&'t str>,
    /// The JSON Pointer behind `#`.
    pub pointer: Option<&'t str>,
}

impl<'t> Expression<'t> {
    /// Takes a text that begins with `$` apart.
    pub fn of(text: &'t str) -> Self {
        let (name, pointer) = match text.split_once('#') {
            Some((name, pointer)) => (name, Some(pointer)),
            None => (text, None),
        };
        let mut names = name.split('.');
        let root = names.next().unwrap_or_default();
        Self { text, root, names: names.collect(), pointer }
    }

    /// The names behind the first few.
    pub fn after(&self, count: usize) -> &[&'t str] {
        self.names.get(count..).unwrap_or_default()
    }
}

/// What is wrong with the braces of a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Unclosed<'t>(pub &'t str);

/// The expressions that a value's text stands for: the whole of it, if it begins with `$`, and else
/// what stands in `{$…}`.
///
/// # Errors
/// A `{$` without its `}`, which would be sent as it is.
pub fn of_value(text: &str) -> Result<Vec<&str>, Unclosed<'_>> {
    if text.starts_with('$') { Ok(vec![text]) } else { of_braces(text) }
}

/// The expressions that stand in `{$…}`.
///
/// # Errors
/// A `{$` without its `}`.
pub fn of_braces(text: &str) -> Result<Vec<&str>, Unclosed<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once("{$") {
        // The `$` belongs to the expression.
        let start = rest.len() - behind.len() - 1;
        let Some(tail) = rest.get(start..) else { break };
        let Some((inside, after)) = tail.split_once('}') else { return Err(Unclosed(tail)) };
        found.push(inside);
        rest = after;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Expression, Unclosed, of_value};

    #[test]
    fn an_expression_has_a_root_names_and_a_pointer() {
        let expression = Expression::of("$steps.ask.outputs.id#/a.b/0");
        assert_eq!((expression.root, expression.pointer), ("$steps", Some("/a.b/0")));
        assert_eq!(expression.names, ["ask", "outputs", "id"]);
        assert_eq!(expression.after(2), ["id"]);
        assert!(expression.after(7).is_empty());
    }

    #[test]
    fn expressions_in_texts_stand_in_braces() {
        assert_eq!(of_value("$inputs.a").unwrap(), ["$inputs.a"]);
        assert_eq!(of_value("é{$inputs.a}-{$inputs.b}").unwrap(), ["$inputs.a", "$inputs.b"]);
        assert_eq!(of_value("costs 5$ {a}").unwrap(), [""; 0]);
        assert_eq!(of_value("x {$inputs.a").unwrap_err(), Unclosed("$inputs.a"));
    }
}
