//! What was made and has to be removed, written down before it is used.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Problem, reason};

/// Something that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The kind of resource.
    pub resource: String,
    /// The operation that removes it: `DELETE /datasets/{dataset_id}`.
    pub undo: String,
    /// Its id and those of what it is part of, by kind.
    pub ids: BTreeMap<String, String>,
    /// The name of the key that made it.
    pub key: String,
    /// The user in whose name it was made; empty where there is none.
    pub user: String,
}

/// A request that makes something, on its way: whether it made it is not known before it is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    /// The operation.
    pub operation: String,
    /// The name of the key.
    pub key: String,
    /// The user in whose name it is made.
    pub user: String,
    /// Whether that user is the run's own, so that all that is his is the run's.
    pub own_user: bool,
    /// What is sent, where it is an object.
    pub sent: Value,
}

/// What was there before anything was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct There {
    /// The kind of resource.
    pub resource: String,
    /// The name of the key that shows it.
    pub key: String,
    /// The ids.
    pub ids: BTreeSet<String>,
}

impl Entry {
    /// Its own id.
    #[must_use]
    pub fn own(&self) -> Option<&str> {
        self.ids.get(&self.resource).map(String::as_str)
    }
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    /// The deployment.
    Target(String),
    /// Something was made.
    Made(Entry),
    /// The thing of this kind and id is gone.
    Gone(String, String),
    /// This was there before.
    There(There),
    /// A request of this number is on its way.
    Begun(u64, Begun),
    /// The request of this number was answered, and what it made is written down.
    Ended(u64),
}

/// What was made and is not removed yet. It is a file of JSON lines, so that a later run of the program
/// can clean up after one that was killed.
#[derive(Debug)]
pub struct Ledger {
    path: Option<PathBuf>,
    base_url: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    /// In the order in which they were made, by number.
    entries: BTreeMap<u64, Entry>,
    next: u64,
    /// The numbers of what a thing of this kind and id is, and of what is part of it.
    parts: HashMap<(String, String), BTreeSet<u64>>,
    there: Vec<There>,
    begun: BTreeMap<u64, Begun>,
    /// The folder of the file, if it was made for it.
    folder: Option<PathBuf>,
    /// How many requests were begun.
    count: u64,
}

impl State {
    /// Whether this very entry is there.
    fn holds(&self, entry: &Entry) -> bool {
        // What has an id is found by it.
        let Some(id) = entry.own() else {
            return self.entries.values().any(|known| known == entry);
        };
        let same = self.parts.get(&(entry.resource.clone(), id.to_owned()));
        same.into_iter().flatten().any(|number| self.entries.get(number) == Some(entry))
    }

    fn add(&mut self, entry: Entry) {
        let number = self.next;
        self.next += 1;
        for (resource, id) in &entry.ids {
            self.parts.entry((resource.clone(), id.clone())).or_default().insert(number);
        }
        self.entries.insert(number, entry);
    }

    /// Takes out a thing and what is part of it.
    fn take(&mut self, resource: &str, id: &str) -> Vec<Entry> {
        let key = (resource.to_owned(), id.to_owned());
        let numbers = self.parts.get(&key).cloned().unwrap_or_default();
        numbers.into_iter().filter_map(|number| self.remove(number)).collect()
    }

    /// Takes out a thing, and not what is part of it.
    fn take_alone(&mut self, resource: &str, id: &str) {
        let key = (resource.to_owned(), id.to_owned());
        for number in self.parts.get(&key).cloned().unwrap_or_default() {
            if self.entries.get(&number).is_some_and(|entry| entry.resource == resource) {
                self.remove(number);
            }
        }
    }

    fn remove(&mut self, number: u64) -> Option<Entry> {
        let entry = self.entries.remove(&number)?;
        for (resource, id) in &entry.ids {
            let key = (resource.clone(), id.clone());
            if let Some(others) = self.parts.get_mut(&key) {
                others.remove(&number);
                if others.is_empty() {
                    self.parts.remove(&key);
                }
            }
        }
        Some(entry)
    }
}

impl Ledger {
    /// A ledger of a deployment, to be kept in a file from [`Ledger::open`] on; without a path, in memory
    /// alone.
    #[must_use]
    pub fn new(path: Option<PathBuf>, base_url: &str) -> Self {
        Self { path, base_url: base_url.to_owned(), state: Mutex::default() }
    }

    /// Begins the file. Nothing may be made before.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn open(&self) -> Result<(), Problem> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut made = None;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            made = Some(folder.to_owned()).filter(|folder| !folder.exists());
            std::fs::create_dir_all(folder).map_err(|error| cannot("write", path, &error))?;
        }
        let opened = OpenOptions::new().create(true).append(true).open(path);
        let mut file = opened.map_err(|error| cannot("write", path, &error))?;
        write(&mut file, &Line::Target(self.base_url.clone()))
            .map_err(|error| cannot("write", path, &error))?;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.file, state.folder) = (Some(file), made);
        Ok(())
    }

    /// Reads the ledger that another run has left: the base URL, and what is not removed yet.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no ledger.
    pub fn resume(path: &Path) -> Result<(String, Self), Problem> {
        let file = File::open(path).map_err(|error| cannot("read", path, &error))?;
        let (mut base_url, mut state) = (String::new(), State::default());
        let mut lines = BufReader::new(file);
        let (mut line, mut length, mut ends) = (Vec::new(), 0, true);
        for number in 1_u64.. {
            line.clear();
            let read = lines.read_until(b'\n', &mut line);
            if read.map_err(|error| cannot("read", path, &error))? == 0 {
                break;
            }
            let is_whole = line.ends_with(b"\n");
            let read = serde_json::from_slice(&line);
            // A kill may have come in the middle of the last line. What it was about to say was not done
            // yet, or is said before: that a request was on its way.
            if read.is_err() && !is_whole && !base_url.is_empty() {
                break;
            }
            length += line.len() as u64;
            ends = is_whole;
            if line.trim_ascii().is_empty() {
                continue;
            }
            match read {
                Ok(Line::Target(url)) => base_url = url,
                Ok(Line::Made(entry)) => state.add(entry),
                // What is part of it has a line of its own, if it went, too.
                Ok(Line::Gone(resource, id)) => state.take_alone(&resource, &id),
                Ok(Line::There(there)) => state.there.push(there),
                Ok(Line::Begun(number, begun)) => {
                    state.count = state.count.max(number + 1);
                    state.begun.insert(number, begun);
                }
                Ok(Line::Ended(number)) => drop(state.begun.remove(&number)),
                Err(_) if base_url.is_empty() => return Err(no_ledger(path)),
                Err(_) => {
                    let place = format!("{}:{number}", path.display());
                    let message = format!("{place}: this line of the ledger cannot be read");
                    return Err(Problem::new(message).help(
                        "it was cut off or changed; mend it, or take it out: then what it names is not removed",
                    ));
                }
            }
        }
        if base_url.is_empty() {
            return Err(no_ledger(path));
        }
        let file = OpenOptions::new().append(true).open(path);
        let mut file = file.map_err(|error| cannot("write", path, &error))?;
        file.set_len(length)
            .and_then(|()| if ends { Ok(()) } else { file.write_all(b"\n") })
            .map_err(|error| cannot("write", path, &error))?;
        state.file = Some(file);
        let state = Mutex::new(state);
        let ledger = Self { path: Some(path.to_owned()), base_url: base_url.clone(), state };
        Ok((base_url, ledger))
    }

    /// Writes down what was made. It is on the disk when this returns.
    ///
    /// # Errors
    /// Where it cannot be written; what was made is remembered all the same.
    pub fn made(&self, entry: Entry) -> Result<(), Problem> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.holds(&entry) {
            return Ok(());
        }
        let line = self.path.is_some().then(|| Line::Made(entry.clone()));
        state.add(entry);
        line.map_or(Ok(()), |line| self.note(&mut state, &line))
    }

    /// Notes that something is gone, and with it what is part of it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn gone(&self, resource: &str, id: &str) -> Result<(), Problem> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in state.take(resource, id) {
            let own = entry.own().unwrap_or_default().to_owned();
            self.note(&mut state, &Line::Gone(entry.resource, own))?;
        }
        Ok(())
    }

    /// Whether it is kept in a file, for those who come after a kill.
    #[must_use]
    pub fn lasts(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).file.is_some()
    }

    /// Writes down what was there before.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn there(&self, there: There) -> Result<(), Problem> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.there.push(there.clone());
        self.note(&mut state, &Line::There(there))
    }

    /// What was there of a kind before; `None` where that is not known.
    #[must_use]
    pub fn was_there(&self, resource: &str, key: &str) -> Option<BTreeSet<String>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let known = state.there.iter().find(|t| t.resource == resource && t.key == key)?;
        Some(known.ids.clone())
    }

    /// Writes down that a request goes out which makes something; gives its number.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(&self, begun: Begun) -> Result<u64, Problem> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let number = state.count;
        state.count += 1;
        state.begun.insert(number, begun.clone());
        self.note(&mut state, &Line::Begun(number, begun)).map(|()| number)
    }

    /// Writes down that the request of this number was answered, and nothing of it is unknown any more.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(&self, number: u64) -> Result<(), Problem> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.begun.remove(&number);
        self.note(&mut state, &Line::Ended(number))
    }

    /// The requests of which nothing was heard before the run was killed, with their numbers.
    #[must_use]
    pub fn unheard(&self) -> Vec<(u64, Begun)> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.begun.iter().map(|(number, begun)| (*number, begun.clone())).collect()
    }

    /// What is not removed yet, in the order in which it was made.
    #[must_use]
    pub fn left(&self) -> Vec<Entry> {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .entries
            .values()
            .cloned()
            .collect()
    }

    /// Whether something is not removed yet.
    #[must_use]
    pub fn holds(&self, entry: &Entry) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).holds(entry)
    }

    /// Whether everything is removed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).entries.is_empty()
    }

    /// Ends the ledger: the file goes if nothing is left.
    pub fn close(&self) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = state.entries.is_empty() && state.begun.is_empty();
        if let (true, Some(path)) = (nothing, &self.path) {
            // One that cannot be removed says that nothing is left.
            let _ = std::fs::remove_file(path);
            if let Some(folder) = &state.folder {
                // It goes only if nothing else stands there.
                let _ = std::fs::remove_dir(folder);
            }
        }
    }

    fn note(&self, state: &mut State, line: &Line) -> Result<(), Problem> {
        let (Some(file), Some(path)) = (&mut state.file, &self.path) else { return Ok(()) };
        write(file, line).map_err(|error| cannot("write", path, &error))
    }
}

fn write(file: &mut File, line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    // One call, so that a line is there as a whole or not at all.
    file.write_all(text.as_bytes())
}

fn no_ledger(path: &Path) -> Problem {
    Problem::new(format!("{} is no ledger", path.display())).help(
        "a ledger is what a run on a live server leaves as `reports/NAME.ledger` while there is something to remove",
    )
}

fn cannot(what: &str, path: &Path, error: &io::Error) -> Problem {
    Problem::new(format!("cannot {what} the ledger {}: {}", path.display(), reason(error)))
        .help("what a run makes on a server is written there, so that it can be removed")
}

#[cfg(test)]
mod tests {
    use super::{Begun, Entry, Ledger, There};

    fn entry(resource: &str, ids: &[(&str, &str)]) -> Entry {
        Entry {
            resource: resource.to_owned(),
            undo: format!("DELETE /{resource}"),
            ids: ids.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            key: "shop".to_owned(),
            user: String::new(),
        }
    }

    #[test]
    fn what_is_left_outlives_the_program() {
        let path = std::env::temp_dir().join(format!("ledger-{}.jsonl", std::process::id()));
        let ledger = Ledger::new(Some(path.clone()), "http://shop/v1");
        assert!(!path.exists());
        ledger.open().unwrap();
        let chapter = entry("chapter", &[("book", "1"), ("chapter", "a")]);
        for made in [entry("book", &[("book", "1")]), chapter, entry("book", &[("book", "2")])] {
            ledger.made(made).unwrap();
        }
        drop(ledger);
        let (url, ledger) = Ledger::resume(&path).unwrap();
        assert_eq!((url.as_str(), ledger.left().len()), ("http://shop/v1", 3));
        // What is part of it goes with it.
        ledger.gone("book", "1").unwrap();
        drop(ledger);
        let (_, ledger) = Ledger::resume(&path).unwrap();
        assert_eq!(ledger.left(), [entry("book", &[("book", "2")])]);
        ledger.gone("book", "2").unwrap();
        ledger.close();
        assert!(!path.exists());
    }

    #[test]
    fn a_last_line_that_a_kill_has_cut_is_passed_over() {
        let path = std::env::temp_dir().join(format!("ledger-cut-{}.jsonl", std::process::id()));
        let ledger = Ledger::new(Some(path.clone()), "http://shop/v1");
        ledger.open().unwrap();
        ledger.made(entry("book", &[("book", "1")])).unwrap();
        ledger.made(entry("book", &[("book", "2")])).unwrap();
        drop(ledger);
        let whole = std::fs::read_to_string(&path).unwrap();
        let second = whole.trim_end().rfind('\n').unwrap() + 1;
        for end in second..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let (_, ledger) = Ledger::resume(&path).unwrap();
            // The last line says all that it has to, but for the end of the line.
            let known = if end == whole.len() - 1 { 2 } else { 1 };
            assert_eq!(ledger.left().len(), known, "{end}");
            ledger.made(entry("book", &[("book", "3")])).unwrap();
            drop(ledger);
            let (_, ledger) = Ledger::resume(&path).unwrap();
            assert_eq!(ledger.left().len(), known + 1, "{end}");
        }
        // In the middle, nobody knows what it said.
        let broken = whole.replacen("\"made\"", "\"mad", 1);
        std::fs::write(&path, broken).unwrap();
        assert!(Ledger::resume(&path).is_err());
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn what_was_on_its_way_is_known_after_a_kill() {
        let path = std::env::temp_dir().join(format!("ledger-way-{}.jsonl", std::process::id()));
        let ledger = Ledger::new(Some(path.clone()), "http://shop/v1");
        ledger.open().unwrap();
        let begun = |title: &str| Begun {
            operation: "POST /books".to_owned(),
            key: "shop".to_owned(),
            user: String::new(),
            own_user: false,
            sent: serde_json::json!({"title": title}),
        };
        let there = There {
            resource: "book".to_owned(),
            key: "shop".to_owned(),
            ids: ["1".to_owned()].into(),
        };
        ledger.there(there.clone()).unwrap();
        let first = ledger.begin(begun("a")).unwrap();
        let second = ledger.begin(begun("b")).unwrap();
        ledger.end(first).unwrap();
        drop(ledger);
        let (_, ledger) = Ledger::resume(&path).unwrap();
        assert_eq!(ledger.unheard(), [(second, begun("b"))]);
        assert_eq!(ledger.was_there("book", "shop"), Some(there.ids));
        assert_eq!(ledger.was_there("book", "other"), None);
        ledger.close();
        assert!(path.exists());
        assert_eq!(ledger.begin(begun("c")).unwrap(), 2);
        ledger.end(2).unwrap();
        ledger.end(second).unwrap();
        ledger.close();
        assert!(!path.exists());
    }

    #[test]
    fn another_file_is_no_ledger() {
        let problem = Ledger::resume(std::path::Path::new("Cargo.toml")).unwrap_err();
        assert!(problem.message.starts_with("Cargo.toml is no ledger"), "{problem}");
    }
}
