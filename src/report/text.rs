//! Text for people: made harmless, measured, cut and wrapped.
//!
//! Widths are columns of a terminal, in which an ideograph takes two.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

/// The text without characters that act on a terminal, turn the direction of writing, or are none:
/// they are shown as escapes, `\n` and `\u{1b}`.
#[must_use]
pub fn clean(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => cleaned.extend(c.escape_default()),
            c if acts(c) => cleaned.extend(c.escape_unicode()),
            c => cleaned.push(c),
        }
    }
    Cow::Owned(cleaned)
}

/// Whether a character does something other than being seen.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The width of a text.
#[must_use]
pub fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

fn char_width(c: char) -> usize {
    // The selector that makes an emoji of the character before it may make it a column wider.
    if c == '\u{fe0f}' { 1 } else { c.width().unwrap_or(0) }
}

/// The text, cut to a width with `…` if it is longer.
#[must_use]
pub fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    if width(text) <= limit {
        return Cow::Borrowed(text);
    }
    let end = prefix(text, limit.saturating_sub(1));
    Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default().trim_end()))
}

/// The length in bytes of the longest beginning that is no wider than the limit.
fn prefix(text: &str, limit: usize) -> usize {
    let mut taken = 0;
    for (at, c) in text.char_indices() {
        taken += char_width(c);
        if taken > limit {
            return at;
        }
    }
    text.len()
}

/// The text in lines no wider than the limit, broken at spaces; a word that is too long is broken
/// behind a `/` or a `,`, or else anywhere.
#[must_use]
pub fn wrap(text: &str, limit: usize) -> Vec<String> {
    // An ideograph needs two columns.
    let limit = limit.max(2);
    let mut lines = Vec::new();
    let mut rest = text.trim_end();
    loop {
        let end = prefix(rest, limit);
        if end == rest.len() {
            break;
        }
        let head = rest.get(..end).unwrap_or_default();
        // The space may stand just behind what fits.
        let space = rest.get(..=end).unwrap_or(head).rfind(' ').filter(|&at| at > 0);
        let joint = head.rfind(['/', ',']).map(|at| at + 1).filter(|&at| at * 2 > end);
        let first = rest.chars().next().map_or(1, char::len_utf8);
        // A line of one short word is worse than a break at a joint.
        let space = space.filter(|&at| at * 4 > end || joint.is_none());
        let at = space.or(joint).unwrap_or(end).max(first);
        let (line, tail) = rest.split_at(at);
        lines.push(line.trim_end().to_owned());
        rest = tail.trim_start_matches(' ');
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest.to_owned());
    }
    lines
}

/// The text in at most so many lines; the last one ends in `…` if there is more.
#[must_use]
pub fn wrap_some(text: &str, limit: usize, lines: usize) -> Vec<String> {
    // Cut first: there is no use in wrapping megabytes of which three lines are shown.
    let enough = cut(text, limit.saturating_mul(lines.saturating_add(1)));
    let mut wrapped = wrap(&enough, limit);
    if wrapped.len() > lines {
        let rest = wrapped.split_off(lines.saturating_sub(1)).join(" ");
        wrapped.push(cut(&rest, limit).into_owned());
        if let Some(last) = wrapped.last_mut().filter(|last| !last.ends_with('…')) {
            let shorter = cut(last, limit.saturating_sub(1)).into_owned();
            *last = format!("{shorter}…");
        }
    }
    wrapped
}

/// The text, filled up with spaces to a width.
#[must_use]
pub fn pad(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// The same with the spaces before it, for numbers.
fn pad_left(text: &str, to: usize) -> String {
    format!("{}{text}", " ".repeat(to.saturating_sub(width(text))))
}

/// No column of a table is made narrower than this to fit a terminal.
const NARROW: usize = 16;

/// Rows with aligned columns, two spaces between them; columns of numbers, heads aside, end alike. Where the
/// rows would be wider than the limit, cells of the widest columns wrap.
#[must_use]
pub fn table(rows: &[Vec<String>], limit: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    // The last cell of a shorter row needs no column that others keep to.
    let own = |row: &Vec<String>, column: usize| column + 1 < row.len() || row.len() == columns;
    let cells = |column: usize| {
        rows.iter().filter(move |row| own(row, column)).filter_map(move |row| row.get(column))
    };
    let wide = |column: usize| cells(column).map(|cell| width(cell)).max().unwrap_or(0);
    let mut widths: Vec<usize> = (0..columns).map(wide).collect();
    let between = 2 * columns.saturating_sub(1);
    while widths.iter().sum::<usize>() + between > limit {
        let Some(widest) = widths.iter_mut().max().filter(|width| **width > NARROW) else { break };
        *widest -= 1;
    }
    let is_number =
        |cell: &String| !cell.is_empty() && cell.chars().all(|c| c.is_ascii_digit() || c == ',');
    let numbers: Vec<bool> =
        (0..columns).map(|column| rows.len() > 1 && cells(column).skip(1).all(is_number)).collect();
    let mut lines = Vec::new();
    for row in rows {
        let (mut parts, mut taken) = (Vec::new(), 0);
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let to = if own(row, column) { width } else { limit.saturating_sub(taken).max(NARROW) };
            parts.push((wrap(cell, to), to, numbers.get(column) == Some(&true)));
            taken += to + 2;
        }
        let height = parts.iter().map(|(lines, ..)| lines.len()).max().unwrap_or(0);
        for number in 0..height {
            let cells = parts.iter().map(|(lines, to, is_number)| {
                let text = lines.get(number).map_or("", String::as_str);
                let to = if *to == usize::MAX { 0 } else { *to };
                if *is_number { pad_left(text, to) } else { pad(text, to) }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

/// A number with its digits in groups of three: `12,345`.
#[must_use]
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A number and what it counts: `1 error`, `12 errors`.
#[must_use]
pub fn count(value: u64, singular: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {singular}{ending}", number(value))
}

#[cfg(test)]
mod tests {
    use super::{clean, count, cut, table, width, wrap, wrap_some};

    #[test]
    fn what_acts_on_a_terminal_is_shown_instead() {
        assert_eq!(clean("a\u{1b}[31m\nb\u{202e}"), "a\\u{1b}[31m\\nb\\u{202e}");
    }

    #[test]
    fn ideographs_take_two_columns() {
        assert_eq!(width("知识库"), 6);
        assert_eq!(cut("知识库", 5), "知识…");
        assert_eq!(cut("知识库", 6), "知识库");
        assert_eq!(wrap("知识库", 5), ["知识", "库"]);
    }

    #[test]
    fn text_is_broken_where_it_may_be() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("/first/second/third", 14), ["/first/second/", "third"]);
        assert_eq!(wrap("aaaaaaaa", 3), ["aaa", "aaa", "aa"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("a ü b", 3), ["a ü", "b"]);
        assert_eq!(wrap_some("one two three four", 7, 2), ["one two", "three…"]);
        assert_eq!(wrap_some("one two", 7, 2), ["one two"]);
    }

    #[test]
    fn no_line_is_too_long() {
        let text = "a知识 b".repeat(300) + &"长".repeat(400);
        for limit in 2..60 {
            for line in wrap(&text, limit).iter().chain(&wrap_some(&text, limit, 3)) {
                assert!(width(line) <= limit, "{line} at {limit}");
            }
        }
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["知识".to_owned(), "x".to_owned()], vec!["a".to_owned(), "y".to_owned()]];
        assert_eq!(table(&rows, 80), ["知识  x", "a     y"]);
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows =
            [row(["name", "cases", "about"]), row(["GET /a", "7", "x"]), row(["b", "1,204", "y"])];
        assert_eq!(
            table(&rows, usize::MAX),
            ["name    cases  about", "GET /a      7  x", "b       1,204  y"]
        );
    }

    #[test]
    fn a_table_fits_where_it_can() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [
            row(["operation", "cases", "about"]),
            row([
                "GET /datasets/{dataset_id}/documents/{document_id}",
                "7",
                "one two three four five",
            ]),
        ];
        assert_eq!(
            table(&rows, 50),
            [
                "operation              cases  about",
                "GET /datasets/             7  one two three four",
                "{dataset_id}/                 five",
                "documents/{document_i",
                "d}",
            ]
        );
        for limit in 45..90 {
            for line in table(&rows, limit) {
                assert!(width(&line) <= limit, "{line} at {limit}");
            }
        }
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(count(1, "error"), "1 error");
        assert_eq!(count(1_234_567, "error"), "1,234,567 errors");
    }
}
