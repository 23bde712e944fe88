//! What report goes where: `--report FORMAT=PATH`.

use super::{FORMATS, Format};

/// The path that means standard output.
pub const STDOUT: &str = "-";

/// A report that was asked for.
#[derive(Debug, Clone)]
pub struct Target {
    /// Its format.
    pub format: &'static Format,
    /// Where it is written; [`STDOUT`] for standard output.
    pub path: String,
}

impl Target {
    /// Reads `FORMAT=PATH`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::parse_or(text, &[])
    }

    /// The same for a command that knows more formats, which it has looked for itself.
    ///
    /// # Errors
    ///
    /// What is wrong with it, and what to write instead.
    pub fn parse_or(text: &str, others: &[&str]) -> Result<Self, String> {
        let known: Vec<&str> =
            FORMATS.iter().map(|format| format.name).chain(others.iter().copied()).collect();
        let known = known.join(", ");
        let named = |name: &str| FORMATS.iter().find(|format| format.name == name);
        let (name, path) = match text.split_once('=') {
            Some(both) => both,
            None if named(text).is_some() => (text, ""),
            None => {
                let extension = text.rsplit_once('.').map(|(_, extension)| extension);
                let ours = FORMATS.iter().find(|format| Some(format.extension) == extension);
                let ours = ours.map(|format| format.name);
                let name = ours.or(others.iter().copied().find(|name| Some(*name) == extension));
                return Err(match name {
                    Some(name) => {
                        format!("a report is FORMAT=PATH; did you mean `{name}={text}`?")
                    }
                    None => format!("a report is FORMAT=PATH; the formats are {known}"),
                });
            }
        };
        let Some(format) = named(name) else {
            return Err(format!("there is no format `{name}`; the formats are {known}"));
        };
        if path.is_empty() {
            let extension = format.extension;
            return Err(format!(
                "the path is missing; write `{name}=reports/run.{extension}`, or `{name}=-` for \
                 standard output"
            ));
        }
        Ok(Self { format, path: path.to_owned() })
    }

    /// Whether it goes to standard output.
    #[must_use]
    pub fn is_stdout(&self) -> bool {
        self.path == STDOUT
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn a_target_is_a_format_and_a_path() {
        let target = Target::parse("junit=reports/a=b.xml").unwrap();
        assert_eq!((target.format.name, target.path.as_str()), ("junit", "reports/a=b.xml"));
        assert!(Target::parse("json=-").unwrap().is_stdout());
    }

    #[test]
    fn what_is_wrong_with_a_target_is_said() {
        for (text, message) in [
            ("xml=a.xml", "there is no format `xml`; the formats are console, json, junit"),
            ("a.xml", "a report is FORMAT=PATH; did you mean `junit=a.xml`?"),
            ("nonsense", "a report is FORMAT=PATH; the formats are console, json, junit"),
            (
                "json=",
                "the path is missing; write `json=reports/run.json`, or `json=-` for standard \
                 output",
            ),
        ] {
            assert_eq!(Target::parse(text).unwrap_err(), message);
        }
        assert_eq!(Target::parse("json").unwrap_err(), Target::parse("json=").unwrap_err());
        let of_run = |text| Target::parse_or(text, &["har"]).unwrap_err();
        let known = "the formats are console, json, junit, har";
        assert_eq!(of_run("html=a"), format!("there is no format `html`; {known}"));
        assert_eq!(of_run("a.har"), "a report is FORMAT=PATH; did you mean `har=a.har`?");
    }
}
