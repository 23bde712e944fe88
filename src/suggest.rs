//! Names like a mistyped one.

/// At most this many are suggested.
const MOST: usize = 3;

/// The names most like the given one, the likest first; those that contain it are like it.
pub fn like<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let name = name.to_lowercase();
    let mut near: Vec<(f64, &str)> = names
        .into_iter()
        .map(|other| {
            let lower = other.to_lowercase();
            let contains = !name.is_empty() && lower.contains(&name);
            let likeness = strsim::jaro_winkler(&name, &lower);
            (if contains { 1.0 + likeness } else { likeness }, other)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    // Stable: equally like ones keep their order.
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(MOST).map(|(_, other)| other).collect()
}

/// `did you mean …?`, or nothing if there is nothing like it.
#[must_use]
pub fn did_you_mean(names: &[&str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last()? {
        (last, []) => Some(format!("did you mean {last}?")),
        (last, others) => Some(format!("did you mean {} or {last}?", others.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, like};

    #[test]
    fn the_likest_names_come_first() {
        let names = ["undeclared-null", "undocumented-status", "event-order"];
        assert_eq!(like("undeclared-nul", names)[0], "undeclared-null");
        assert_eq!(like("status", names), ["undocumented-status"]);
        assert!(like("xyz", names).is_empty());
    }

    #[test]
    fn suggestions_are_a_question() {
        assert_eq!(did_you_mean(&[]), None);
        assert_eq!(did_you_mean(&["a"]).unwrap(), "did you mean `a`?");
        assert_eq!(did_you_mean(&["a", "b", "c"]).unwrap(), "did you mean `a`, `b` or `c`?");
    }
}
