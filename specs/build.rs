//! Reads the built-in documents while the program is built, so that it need not do so at every start:
//! YAML takes some twenty times as long to read as JSON.
//!
//! Their text is part of the program, too: it tells the lines that findings point at.

#[expect(dead_code, reason = "only the reader is needed here, and not the positions it tells")]
#[path = "../src/document"]
mod document {
    mod pointer;
    mod spans;
    pub mod yaml;
    mod yaml_words;
}

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The lists of the built-in documents, and how the names in them begin.
const LISTS: [(&str, &str); 2] = [("specs/builtin.rs", ""), ("suites/builtin.rs", "suites/")];

fn main() -> Result<(), Box<dyn Error>> {
    let own = ["specs/build.rs", "src/document/yaml.rs", "src/document/yaml_words.rs"];
    for path in own.into_iter().chain(LISTS.map(|(list, _)| list)) {
        println!("cargo::rerun-if-changed={path}");
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?);
    let mut values = String::from("&[\n");
    let mut all = Vec::new();
    for (list, begin) in LISTS {
        all.extend(documents(list, begin, &fs::read_to_string(list)?));
    }
    for (number, (name, path)) in all.into_iter().enumerate() {
        println!("cargo::rerun-if-changed={}", path.display());
        let text = fs::read_to_string(&path)?;
        let (value, _) = document::yaml::parse(&text).map_err(|error| {
            format!("{}: {} at {:?}", path.display(), error.message, error.position)
        })?;
        let file = out.join(format!("builtin-{number}.json"));
        fs::write(&file, serde_json::to_string(&value)?)?;
        let file = file.to_str().ok_or("OUT_DIR is no UTF-8")?;
        writeln!(values, "    ({name:?}, include_str!({file:?})),")?;
    }
    values.push_str("]\n");
    fs::write(out.join("builtin.rs"), values)?;
    Ok(())
}

/// The names of the built-in documents, and the paths of their files: lines such as
/// `("a/b.yaml", include_str!("a/b.yaml")),`.
fn documents(list: &str, begin: &str, text: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(list).parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for line in text.lines().filter(|line| line.contains("include_str!(")) {
        let mut strings = line.split('"').skip(1).step_by(2);
        if let (Some(name), Some(path)) = (strings.next(), strings.next()) {
            found.push((format!("{begin}{name}"), folder.join(path)));
        }
    }
    found
}
