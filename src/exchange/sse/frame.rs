//! One block of lines of an event stream.

/// The name of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldName {
    /// `event`
    Event,
    /// `data`
    Data,
    /// `id`
    Id,
    /// `retry`
    Retry,
    /// A line that begins with a colon.
    Comment,
    /// Any other name, which the standard ignores.
    Other(String),
}

/// One line of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name, before the colon; a line without a colon is all name.
    pub name: FieldName,
    /// The value, without the one space that may stand before it; U+FFFD where it is no UTF-8.
    pub value: String,
    /// Whether name or value held bytes that are no UTF-8.
    pub invalid_utf8: bool,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// Line feed.
    Lf,
    /// Carriage return and line feed.
    CrLf,
    /// Carriage return.
    Cr,
    /// More than one of these in one frame.
    Mixed,
}

/// Why a frame is not as its sender meant it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The stream ended before the blank line.
    EndOfStream,
    /// The frame is larger than the limit; its fields were not kept.
    TooLarge,
}

/// A block of lines that ends with a blank line or with the stream. Blank lines alone make none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Where it begins in the stream, in bytes from 0.
    pub offset: u64,
    /// How many bytes it has, with the blank line: the bytes as they were on the wire.
    pub length: u64,
    /// Its first line, from 1. The field at index `i` stands in line `line + i`.
    pub line: u64,
    /// Its lines, in order.
    pub fields: Vec<Field>,
    /// How its lines end, the blank line counted; `None` if the stream ended in its first line.
    pub line_end: Option<LineEnd>,
    /// Whether it was cut; `None` if a blank line ended it.
    pub cut: Option<Cut>,
    /// Whether the stream began with a byte order mark; set in the first frame alone.
    pub byte_order_mark: bool,
}

impl Frame {
    /// The values of the `data` lines, joined by line feeds; `None` without such a line.
    #[must_use]
    pub fn data(&self) -> Option<String> {
        let lines: Vec<&str> = self.values(&FieldName::Data).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// The value of the last `event` line; `None` without one. The standard takes the empty value
    /// and none alike as `message`.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.values(&FieldName::Event).last()
    }

    /// The value of the last `id` line that counts: one with U+0000 in it is ignored.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.values(&FieldName::Id).filter(|value| !value.contains('\0')).last()
    }

    /// The last `retry` line's milliseconds that count: one that is not all digits is ignored.
    #[must_use]
    pub fn retry(&self) -> Option<u64> {
        self.values(&FieldName::Retry)
            .filter(|value| value.bytes().all(|byte| byte.is_ascii_digit()))
            .filter_map(|value| value.parse().ok())
            .last()
    }

    /// Whether a client that follows the standard would see an event: there is a `data` line, be
    /// it empty, and the blank line came.
    #[must_use]
    pub fn dispatched(&self) -> bool {
        self.cut.is_none() && self.values(&FieldName::Data).next().is_some()
    }

    /// Whether it has comments alone, as a sign of life.
    #[must_use]
    pub fn is_comment(&self) -> bool {
        !self.fields.is_empty() && self.fields.iter().all(|field| field.name == FieldName::Comment)
    }

    /// Whether it holds bytes that are no UTF-8.
    #[must_use]
    pub fn invalid_utf8(&self) -> bool {
        self.fields.iter().any(|field| field.invalid_utf8)
    }

    /// The values of all lines of this name, in order.
    pub fn values<'a>(&'a self, name: &'a FieldName) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |field| field.name == *name).map(|f| f.value.as_str())
    }
}

impl Field {
    /// Reads a line that is not empty, without its end.
    pub(super) fn read(line: &[u8]) -> Self {
        let invalid_utf8 = std::str::from_utf8(line).is_err();
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        let name = match name {
            "event" => FieldName::Event,
            "data" => FieldName::Data,
            "id" => FieldName::Id,
            "retry" => FieldName::Retry,
            "" => FieldName::Comment,
            other => FieldName::Other(other.to_owned()),
        };
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        Self { name, value, invalid_utf8 }
    }
}
