//! `init`: a configuration file to begin with.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use clap::Args;

use super::documents::Documents;
use super::output::{Output, harmless};
use super::stop::Stop;
use crate::error::Problem;
use crate::exit::Exit;
use crate::target::{BaseUrl, FILE_NAME, Vocabulary, starter};

/// Write a configuration file to begin with, `dify-contract.toml`, with every setting explained.
#[derive(Debug, Args)]
pub struct Init {
    /// Where to write it; `-` is standard output.
    #[arg(value_name = "FILE", default_value = FILE_NAME)]
    path: String,
    /// The name of its target.
    #[arg(long, value_name = "NAME", default_value = "main")]
    target: String,
    /// The address of its target.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Overwrite a file that is there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    documents: Documents,
}

impl Init {
    /// Runs the command.
    pub fn run(self, output: &Output) -> Result<Exit, Stop> {
        let base_url = self.base_url.as_deref().map(BaseUrl::parse).transpose()?;
        if self.target.trim().is_empty() {
            return Err(Problem::new("the name of the target is empty")
                .help("give it a name such as `staging`")
                .into());
        }
        let vocabulary = Vocabulary::of(&self.documents.load(None)?)?;
        let text = starter(&vocabulary, &self.target, base_url.as_ref());
        let mut stdout = output.stdout();
        if self.path == "-" {
            stdout.write_all(text.as_bytes())?;
        } else {
            write(&self.path, &text, self.force)?;
            let path = harmless(&self.path);
            writeln!(stdout, "wrote {path}\n\nnext:")?;
            for line in next(&vocabulary, &self.path) {
                writeln!(stdout, "  {}", harmless(&line))?;
            }
        }
        stdout.flush()?;
        Ok(Exit::Conforms)
    }
}

/// Writes the file; one that is there only if that is wanted.
fn write(path: &str, text: &str, force: bool) -> Result<(), Problem> {
    let mut options = OpenOptions::new();
    options.write(true).truncate(true);
    if force {
        options.create(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Problem::new(format!("{path} is there already"))
            .help("`--force` overwrites it; another path writes it elsewhere"),
        ErrorKind::NotFound => {
            Problem::new(format!("cannot write {path}: there is no such folder"))
        }
        _ => Problem::new(format!("cannot write {path}: {error}")),
    })
}

/// What to do with the file.
fn next(vocabulary: &Vocabulary, path: &str) -> Vec<String> {
    let config = if Path::new(path) == Path::new(FILE_NAME) {
        String::new()
    } else {
        format!(" --config {path}")
    };
    let variables: Vec<&str> =
        vocabulary.keys.iter().filter_map(|key| key.env.as_deref()).collect();
    let (shown, more) = variables.split_at(variables.len().min(3));
    let more = if more.is_empty() { "" } else { ", …" };
    vec![
        "1. set `base-url` to the address of your server".to_owned(),
        format!("2. export the keys that you have: {}{more}", shown.join(", ")),
        format!("3. `dify-contract doctor{config}` tells what can be reached with them"),
    ]
}
