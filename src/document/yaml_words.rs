//! What the YAML reader says, in words for who wrote the text.

use std::fmt::Display;

/// What the reader's message begins with or contains, what we say, and what to do about it.
const WORDS: &[(&str, &str, Option<&str>)] = &[
    (
        "multiple YAML documents",
        "a second document begins here",
        Some("a file holds one document; give each a file of its own"),
    ),
    (
        "mapping values are not allowed",
        "a `:` where no name may stand",
        Some("put a text that contains `: ` in quotes; names of one mapping begin in one column"),
    ),
    (
        "while parsing a block mapping, did not find expected key",
        "expected a name and a `:`",
        Some("the names of one mapping begin in one column"),
    ),
    (
        "while parsing a block collection",
        "expected the `-` of an item",
        Some("the items of one list begin in one column"),
    ),
    ("while parsing a flow mapping", "expected `,` or `}`", None),
    ("while parsing a flow sequence", "expected `,` or `]`", None),
    ("unclosed quote", "a quote that is never closed", None),
    ("unknown anchor", "an alias of an anchor that does not stand before it", None),
    ("recursive references", "an alias within its own anchor", None),
    (
        "RecordedAnchor",
        "the aliases repeat more than anybody can read",
        Some("no API description needs that; is this the right file?"),
    ),
    (
        "alias replay",
        "the aliases repeat more than anybody can read",
        Some("no API description needs that; is this the right file?"),
    ),
    (
        "budget breached: Depth",
        "nested deeper than 256 levels",
        Some("no API description needs that; is this the right file?"),
    ),
    (
        "recursion limit",
        "nested deeper than 256 levels",
        Some("no API description needs that; is this the right file?"),
    ),
    ("non-finite float", "a number that JSON cannot express", None),
    ("tab", "a tab where YAML allows spaces only", Some("indent with spaces")),
    ("expected string scalar", "a key that is no text", None),
    ("unexpected character: `", "a character that begins no text", Some("put the text in quotes")),
    (
        "while parsing a quoted scalar",
        "an escape that YAML does not have",
        Some(
            "a backslash within double quotes is written `\\\\`; within single quotes it is an ordinary character",
        ),
    ),
    ("while scanning a quoted scalar", "a quote that is never closed", None),
    (
        "is only valid inside a block",
        "a `-` where no item of a list may stand",
        Some("a list begins on a line of its own, or is written `[a, b]`"),
    ),
    (
        "block sequence entries are not allowed",
        "a `-` where no item of a list may stand",
        Some("a list begins on a line of its own, or is written `[a, b]`"),
    ),
    ("'-' must be followed", "a `-` without a space behind it", None),
    ("':' must be followed", "a `:` without a space behind it", None),
    ("illegal placement of ':'", "a `:` where none may stand", Some("put the text in quotes")),
    (
        "simple key",
        "expected a `:` behind this name",
        Some("a text of several lines is put in quotes, or behind `|` or `>`"),
    ),
    (
        "expected <document start>",
        "this belongs to nothing that stands before it",
        Some("the names of one mapping begin in one column"),
    ),
    (
        "block scalar",
        "a text behind `|` or `>` that does not begin as it has to",
        Some("its lines are indented alike, and more than the name above them"),
    ),
    (
        "indentation",
        "a line that is indented in another way than those it belongs to",
        Some("what belongs together begins in one column"),
    ),
    ("misplaced bracket", "a bracket that closes nothing", None),
    ("mismatched bracket", "a bracket that closes another one", None),
    ("invalid trailing content", "text behind the closing quote", None),
    (
        "comment",
        "a `#` where no remark may stand",
        Some("put a space before it, or the text in quotes"),
    ),
    ("mapping keys are not allowed", "a `?` where no name may stand", None),
    (
        "expected node content",
        "expected a value",
        Some("a text that begins with a sign such as `,`, `]` or `}` is put in quotes"),
    ),
    ("plain scalar", "a text that has to be in quotes", None),
    ("handle wasn't declared", "a tag (`!…`) that is not declared", Some("put the text in quotes")),
    ("while parsing a tag", "a tag (`!…`) that YAML does not have", Some("put the text in quotes")),
    (
        "while scanning a tag",
        "a tag (`!…`) that YAML does not have",
        Some("put the text in quotes"),
    ),
    (
        "directive",
        "a line that begins with `%`, which YAML keeps for itself",
        Some("put the text in quotes"),
    ),
    ("unexpected EOF", "the document is cut off", Some("the file is incomplete; fetch it again")),
    ("unexpected eof", "the document is cut off", Some("the file is incomplete; fetch it again")),
];

/// How the reader's message about a duplicate key begins.
const DUPLICATE: &str = "duplicate mapping key: ";

/// A message like the reader's about a duplicate key. Errors of ours have no place but in their text.
pub fn duplicate(name: &str, line: impl Display, column: impl Display) -> String {
    format!("{DUPLICATE}{name}{PLACE}{line} column {column}")
}

/// How the place begins in a message.
const PLACE: &str = " at line ";

/// The place, line and column, that a message tells.
pub fn position(message: &str) -> Option<(usize, usize)> {
    let (line, rest) = message.rsplit_once(PLACE)?.1.split_once(" column ")?;
    Some((line.parse().ok()?, rest.parse().ok()?))
}

/// The reader's message in our words, without the place, which we print ourselves.
pub fn plain(message: &str) -> (String, Option<&'static str>) {
    let first = message.lines().next().unwrap_or(message);
    let first = first.split(PLACE).next().unwrap_or(first).trim_start_matches("error: ");
    if let Some(rest) = first.strip_prefix(DUPLICATE) {
        let name = rest.split_once(',').map_or(rest, |(name, _)| name);
        let help = "a mapping may have each key once; remove or rename one of them";
        return (format!("duplicate key `{name}`"), Some(help));
    }
    if let Some(bracket) = first.strip_prefix("unclosed bracket ") {
        return (format!("a `{}` that is never closed", bracket.trim_matches('\'')), None);
    }
    match WORDS.iter().find(|(theirs, ..)| first.contains(theirs)) {
        Some((_, ours, help)) => ((*ours).to_owned(), *help),
        None => (first.to_owned(), None),
    }
}
