//! Texts cut into pieces that are not too long.

/// Where a text is cut if there is nothing better.
const PLACES: &[&str] = &["\n\n", "。", ". ", " ", ""];

/// The least and the most that pieces may have, in characters.
const SIZES: std::ops::RangeInclusive<i64> = 50..=4000;

/// A way to cut.
#[derive(Debug, Clone)]
pub struct Cutter {
    /// Where a text is always cut.
    first: Option<String>,
    /// The most that a piece may have, in characters.
    size: usize,
    /// How many characters pieces may have in common.
    overlap: usize,
}

impl Cutter {
    /// The server's own way, which cuts only where it must.
    pub fn automatic() -> Self {
        Self { first: None, size: 500, overlap: 50 }
    }

    /// Cuts at a separator, and within pieces that are longer than `size` characters.
    ///
    /// # Errors
    /// Where pieces would be too short or too long, or have more in common than they have.
    pub fn custom(separator: &str, size: i64, overlap: i64) -> Result<Self, String> {
        if !SIZES.contains(&size) {
            let (least, most) = (SIZES.start(), SIZES.end());
            return Err(format!("Chunks may have {least} to {most} characters, not {size}."));
        }
        if overlap > size {
            return Err(format!("Chunks of {size} characters cannot share {overlap} of them."));
        }
        // Separators are often written down with the escapes of programs.
        let separator = separator.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t");
        let size = usize::try_from(size).unwrap_or_default();
        let overlap = usize::try_from(overlap).unwrap_or_default();
        Ok(Self { first: Some(separator).filter(|first| !first.is_empty()), size, overlap })
    }

    /// The pieces of a text.
    pub fn cut(&self, text: &str) -> Vec<String> {
        let Some(first) = &self.first else { return self.refine(text, PLACES) };
        let mut pieces = Vec::new();
        for piece in text.split(first.as_str()) {
            if length(piece) > self.size {
                pieces.append(&mut self.refine(piece, PLACES));
            } else {
                pieces.push(piece.to_owned());
            }
        }
        pieces
    }

    /// Cuts at the first of these places that the text has; what is still too long, at the next.
    fn refine(&self, text: &str, places: &[&str]) -> Vec<String> {
        let place = places.iter().position(|place| text.contains(place)).unwrap_or_default();
        let (separator, rest) = (places[place], &places[place + 1..]);
        let splits: Vec<&str> = if separator.is_empty() {
            text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).collect()
        } else {
            text.split(separator).filter(|split| !split.is_empty() && *split != "\n").collect()
        };
        let (mut pieces, mut good) = (Vec::new(), Vec::new());
        for split in splits {
            if length(split) < self.size {
                good.push(split);
                continue;
            }
            self.merge(std::mem::take(&mut good), separator, &mut pieces);
            if rest.is_empty() {
                pieces.push(split.to_owned());
            } else {
                pieces.append(&mut self.refine(split, rest));
            }
        }
        self.merge(good, separator, &mut pieces);
        pieces
    }

    /// Joins what was cut too short. A piece begins with the end of the one before it.
    fn merge(&self, splits: Vec<&str>, separator: &str, pieces: &mut Vec<String>) {
        let between = length(separator);
        let mut current: std::collections::VecDeque<(&str, usize)> =
            std::collections::VecDeque::new();
        let mut total = 0;
        let mut push = |current: &std::collections::VecDeque<(&str, usize)>| {
            let parts: Vec<&str> = current.iter().map(|(part, _)| *part).collect();
            let joined = parts.join(separator);
            let piece = joined.trim();
            if !piece.is_empty() {
                pieces.push(piece.to_owned());
            }
        };
        for split in splits {
            let len = length(split);
            let gap = |current: &std::collections::VecDeque<_>| {
                if current.is_empty() { 0 } else { between }
            };
            if !current.is_empty() && total + len + gap(&current) > self.size {
                push(&current);
                while total > self.overlap || (total > 0 && total + len + gap(&current) > self.size)
                {
                    let Some((_, first)) = current.pop_front() else { break };
                    total -= first + gap(&current);
                }
            }
            total += len + gap(&current);
            current.push_back((split, len));
        }
        push(&current);
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Cutter, length};

    #[test]
    fn a_separator_cuts_and_what_is_too_long_is_cut_again() {
        let cutter = Cutter::custom("\\n\\n", 50, 0).unwrap();
        assert_eq!(cutter.cut("one\n\ntwo"), ["one", "two"]);
        let long = "words ".repeat(20);
        let pieces = cutter.cut(&long);
        assert!(pieces.len() > 1 && pieces.iter().all(|piece| length(piece) <= 50), "{pieces:?}");
        assert_eq!(pieces.join(" "), long.trim());
        assert!(Cutter::custom("\n", 10, 0).is_err() && Cutter::custom("\n", 100, 101).is_err());
    }

    #[test]
    fn pieces_overlap() {
        let cutter = Cutter::custom("###", 50, 20).unwrap();
        let text: Vec<String> = (0..30).map(|n| format!("w{n:02}")).collect();
        let pieces = cutter.cut(&text.join(" "));
        for pair in pieces.windows(2) {
            let first = pair[1].split(' ').next().unwrap();
            assert!(pair[0].contains(first), "{pair:?}");
        }
    }

    proptest! {
        #[test]
        fn no_piece_is_too_long(text in "[a-z .。\n]{0,900}", size in 50_i64..200, overlap in 0_i64..50) {
            for cutter in [Cutter::custom("\n", size, overlap).unwrap(), Cutter::automatic()] {
                for piece in cutter.cut(&text) {
                    prop_assert!(length(&piece) <= cutter.size, "{}: {piece:?}", cutter.size);
                }
            }
        }
    }
}
