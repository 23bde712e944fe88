//! TOML tables read member by member: what is wrong is noted with its place, and reading goes on.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::hidden::{hidden, without_keys};
use crate::document::TextFile;
use crate::error::{Problem, Spot};
use crate::suggest;

/// The text of a configuration file, and what is wrong with it so far.
#[derive(Debug)]
pub struct Page {
    file: TextFile,
    problems: RefCell<Vec<Problem>>,
}

impl Page {
    /// The page of a text; what it shows of the text has nothing in it that may be a key.
    pub fn new(path: &str, text: &str) -> Self {
        Self { file: TextFile::known(path, hidden(text)), problems: RefCell::default() }
    }

    /// Reads the text as TOML and hands the table to `read`.
    ///
    /// # Errors
    ///
    /// All that is wrong with the text and with what `read` takes from it.
    pub fn parse<T>(
        path: &str,
        text: &str,
        read: impl FnOnce(Table<'_>) -> T,
    ) -> Result<T, Vec<Problem>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let page = Self::new(path, text);
        let parsed = DeTable::parse(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            // Of the parser's words only the first: the rest may repeat the text.
            let what = error.message().lines().next().unwrap_or("not valid").to_owned();
            vec![
                Problem::new(format!("not valid TOML: {}", without_keys(&what)))
                    .at(page.file.spot_at(offset))
                    .help("`dify-contract init` writes a file to begin with; TOML is described at https://toml.io"),
            ]
        })?;
        let result =
            read(Table { name: String::new(), content: parsed.get_ref(), start: 0, page: &page });
        let mut problems = page.problems.into_inner();
        problems.sort_by_key(|p| p.spot.as_ref().map(|spot| (spot.line, spot.column)));
        if problems.is_empty() { Ok(result) } else { Err(problems) }
    }

    fn note(&self, offset: usize, message: &str, help: &str) {
        let problem = Problem::new(without_keys(message)).at(self.file.spot_at(offset));
        let problem = problem.help(without_keys(help));
        self.problems.borrow_mut().push(problem);
    }
}

/// A table.
#[derive(Clone)]
pub struct Table<'t> {
    /// Its name in full, `targets.cloud`; empty for the whole file.
    pub name: String,
    content: &'t DeTable<'t>,
    start: usize,
    page: &'t Page,
}

/// A member of a table.
#[derive(Clone)]
pub struct Member<'t> {
    /// Its name.
    pub name: String,
    /// The name in full: `targets.cloud.base-url`.
    pub path: String,
    start: usize,
    value: &'t Spanned<DeValue<'t>>,
    page: &'t Page,
}

impl<'t> Table<'t> {
    /// All members, in the order of the file.
    pub fn members(&self) -> Vec<Member<'t>> {
        let members = self.content.iter().map(|(name, value)| self.member(name, value));
        let mut members: Vec<_> = members.collect();
        members.sort_by_key(|member| member.start);
        members
    }

    fn member(
        &self,
        name: &Spanned<std::borrow::Cow<'t, str>>,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Member<'t> {
        let start = name.span().start;
        let name = name.get_ref().clone().into_owned();
        let path =
            if self.name.is_empty() { name.clone() } else { format!("{}.{name}", self.name) };
        Member { name, path, start, value, page: self.page }
    }

    /// The members of the known names, in their order, each if it is there; others are noted.
    pub fn known<const N: usize>(&self, names: [&str; N]) -> [Option<Member<'t>>; N] {
        let mut known = [const { None }; N];
        for member in self.members() {
            match names.iter().position(|name| *name == member.name) {
                Some(place) => known[place] = Some(member),
                None => self.unknown(&member, &names),
            }
        }
        known
    }

    fn unknown(&self, member: &Member<'t>, names: &[&str]) {
        let message = if self.name.is_empty() {
            format!("there is no setting `{}`", member.name)
        } else {
            format!("`{}` has no setting `{}`", self.name, member.name)
        };
        let dashed = member.name.replace('_', "-");
        let near = match names.iter().find(|name| **name == dashed) {
            Some(name) => vec![*name],
            None => suggest::like(&member.name, names.iter().copied()),
        };
        let help = suggest::did_you_mean(&near).unwrap_or_else(|| {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("there are {}", names.join(", "))
        });
        self.page.note(member.start, &message, &help);
    }

    /// Notes that something is wrong with the table as a whole.
    pub fn wrong(&self, message: impl Into<String>, help: impl Into<String>) {
        self.page.note(self.start, &message.into(), &help.into());
    }
}

impl<'t> Member<'t> {
    /// Notes that something is wrong with it, and is nothing.
    pub fn wrong<T>(&self, message: impl Into<String>, help: impl Into<String>) -> Option<T> {
        self.page.note(self.value.span().start, &message.into(), &help.into());
        None
    }

    fn not<T>(&self, expected: &str) -> Option<T> {
        let kind = match self.value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "a truth value",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.wrong(format!("`{}` is {kind}", self.path), format!("it has to be {expected}"))
    }

    /// The place of its value.
    pub fn spot(&self) -> Spot {
        self.page.file.spot_at(self.value.span().start)
    }

    /// Whether it is a text.
    pub fn is_text(&self) -> bool {
        self.value.get_ref().is_str()
    }

    /// A text that is not empty.
    pub fn text(&self, expected: &str) -> Option<String> {
        match self.value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => self.wrong(
                format!("`{}` is empty", self.path),
                format!("it has to be {expected}, or not there"),
            ),
            DeValue::String(text) => Some(text.clone().into_owned()),
            _ => self.not(expected),
        }
    }

    /// A text, or a list of texts.
    pub fn texts(&self, expected: &str) -> Option<Vec<String>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            return self.text(expected).map(|text| vec![text]);
        };
        let item = |(number, value)| {
            let path = format!("{}[{number}]", self.path);
            Member { path, value, ..self.clone() }.text(expected)
        };
        items.iter().enumerate().map(item).collect()
    }

    /// A number.
    pub fn number(&self, expected: &str) -> Option<f64> {
        match self.value.get_ref() {
            DeValue::Float(number) => number.as_str().parse().ok(),
            DeValue::Integer(_) => {
                // Exact up to 2^53, far beyond any setting.
                self.integer().and_then(|number| number.to_string().parse().ok())
            }
            _ => self.not(expected),
        }
    }

    /// A whole number, 0 or more.
    pub fn whole(&self, expected: &str) -> Option<u32> {
        match self.integer().map(u32::try_from) {
            Some(Ok(number)) => Some(number),
            Some(Err(_)) => self.wrong(
                format!("`{}` is out of bounds", self.path),
                format!("it has to be {expected}"),
            ),
            None => self.not(expected),
        }
    }

    fn integer(&self) -> Option<i64> {
        let number = self.value.get_ref().as_integer()?;
        i64::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// A number or a text, each as `from_number` and `from_text` read it.
    pub fn number_or_text<T>(
        &self,
        expected: &str,
        from_number: impl Fn(f64) -> Result<T, String>,
        from_text: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let read = if self.is_text() {
            from_text(&self.text(expected)?)
        } else {
            from_number(self.number(expected)?)
        };
        read.map_or_else(|help| self.wrong(format!("`{}` cannot be that", self.path), help), Some)
    }

    /// A table.
    pub fn table(&self, expected: &str) -> Option<Table<'t>> {
        match self.value.get_ref() {
            DeValue::Table(table) => Some(Table {
                name: self.path.clone(),
                content: table,
                start: self.start,
                page: self.page,
            }),
            _ => self.not(expected),
        }
    }
}
