//! Parameters, bodies and files as they are given on the command line.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use crate::document::TextFile;
use crate::error::Problem;
use crate::generate::{File, files};

/// `NAME=VALUE`, taken apart.
///
/// # Errors
/// A text without a name before `=`.
pub fn pair(text: &str) -> Result<(String, String), String> {
    let halves = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = halves.ok_or("write it as NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// A body: JSON, `@` and a file that holds it, or `@-` for standard input.
///
/// # Errors
/// What cannot be read, or is no JSON, with the place.
pub fn body(text: &str) -> Result<Value, Problem> {
    match text.strip_prefix('@') {
        None => json("-d", text),
        Some("-") => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(|error| {
                Problem::new(format!("cannot read the body from standard input: {error}"))
            })?;
            json("standard input", &text)
        }
        Some(path) => json(path, TextFile::open(path)?.text()),
    }
}

fn json(name: &str, text: &str) -> Result<Value, Problem> {
    serde_json::from_str(text).map_err(|error| {
        let problem = Problem::new("the body is not JSON");
        if text.trim().is_empty() {
            return Problem::new(format!("the body is empty: {name}"));
        }
        // What is wrong stands before the place in the words of the reader.
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let before = { text.split_inclusive('\n') }.take(error.line().saturating_sub(1));
        let offset = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let file = TextFile::known(name, text.to_owned());
        let spot = file.spot_at(offset.min(text.len()));
        let problem = Problem { message: format!("{}: {words}", problem.message), ..problem };
        let help = if name == "-d" && !text.trim_start().starts_with(['{', '[', '"']) {
            "a file that holds the body is written as `-d @FILE`, one member of it as `-p NAME=VALUE`"
        } else {
            "mend it there; strings and names stand in double quotes"
        };
        problem.at(spot).help(help)
    })
}

/// A file of a form, with the path it comes from.
///
/// # Errors
/// A value that names no file, a file that cannot be read.
pub fn file((field, path): &(String, String)) -> Result<(String, File, String), Problem> {
    let path = path.strip_prefix('@').filter(|path| !path.is_empty()).ok_or_else(|| {
        Problem::new(format!("`{field}` names no file")).help("write it as `--file NAME=@FILE`")
    })?;
    let problem = |reason: &str| {
        Problem::new(format!("cannot read {path}: {reason}"))
            .help(format!("it is to go into the field `{field}`"))
    };
    if Path::new(path).is_dir() {
        return Err(problem("it is a folder"));
    }
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => problem("there is no such file"),
        _ => problem(&error.to_string()),
    })?;
    let name = Path::new(path).file_name().map_or(path.into(), |name| name.to_string_lossy());
    let like = files::of_ending(&name).filter(|_| name.contains('.'));
    let kind = like.map_or("application/octet-stream".to_owned(), |like| like.media_type);
    Ok((field.clone(), File::new(&name, &kind, bytes), path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{body, pair};

    #[test]
    fn a_pair_may_hold_more_signs() {
        assert_eq!(pair("a=b=c").unwrap(), ("a".to_owned(), "b=c".to_owned()));
        assert!(pair("=b").is_err() && pair("a").is_err());
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        let problem = body("{\"query\": \"hü\",\n \"inputs\": }").unwrap_err().to_string();
        assert!(problem.contains("--> -d:2:12\n"), "{problem}");
        assert!(body("").unwrap_err().to_string().starts_with("the body is empty"));
        assert_eq!(body("[1]").unwrap(), serde_json::json!([1]));
    }
}
