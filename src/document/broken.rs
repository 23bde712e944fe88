//! References that lead nowhere or in a circle: finding them, and doing without them.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::bundle::{Bundle, Origin};
use super::pointer::Pointer;
use super::refs;

/// Where the schemas of a document stand, in OpenAPI 3 and in Swagger 2.0.
const PLACES: [&str; 2] = ["/components/schemas/", "/definitions/"];

impl Bundle {
    /// Takes out every reference that leads nowhere or in a circle, and notes why. That has to be done
    /// again when something was added to the document.
    pub fn take_broken_references(&mut self) {
        let mut references = self.references();
        if self.mend_misplaced(&references) {
            references = self.references();
        }
        let mut broken = Vec::new();
        // A path item that stands elsewhere is there twice: what is wrong in it is said once.
        let mut told: HashSet<(usize, String)> = HashSet::new();
        let mut circles = Circles::default();
        for (at, reference) in references {
            let target = reference.strip_prefix('#').unwrap_or(&reference);
            if circles.is_known_as_sound(target) {
                continue;
            }
            let problem = if Pointer::find(&self.value, target).is_none() {
                Some(self.dangling(&at, target))
            } else {
                match circles.find(&self.value, target) {
                    End::Sound => continue,
                    End::Circle(number) => circles.tell(number).map(|circle| {
                        let first = circle.first().cloned().unwrap_or_default();
                        let ways: Vec<String> =
                            circle.iter().chain([&first]).map(|at| format!("`#{at}`")).collect();
                        let message = format!("`$ref` leads in a circle: {}", ways.join(" → "));
                        self.problem(at.as_str(), message)
                            .help("describe one of them here instead of referring on")
                    }),
                }
            };
            let Origin { file, pointer } = self.trace(at.as_str());
            if told.insert((file, pointer)) {
                self.broken.extend(problem);
            }
            broken.push(at);
        }
        for at in broken {
            let holder = Pointer::split_last(at.as_str())
                .and_then(|(parent, name)| Some((self.value.pointer_mut(parent)?, name)));
            if let Some((Value::Object(members), name)) = holder {
                members.shift_remove(&*name);
            }
        }
    }

    /// All references, each with the pointer to it.
    fn references(&mut self) -> Vec<(Pointer, String)> {
        let mut references = Vec::new();
        refs::visit(&mut self.value, &mut Pointer::default(), &mut |at, reference| {
            references.push((at.clone(), reference.clone()));
        });
        references
    }

    /// Mends references that use the place of another version, with one problem for all of them; tells
    /// whether there were any.
    fn mend_misplaced(&mut self, references: &[(Pointer, String)]) -> bool {
        let mut misplaced = Vec::new();
        for (at, reference) in references {
            if let Some(meant) = self.elsewhere(reference.strip_prefix('#').unwrap_or(reference)) {
                misplaced.push((at, meant));
            }
        }
        let Some((first, meant)) = misplaced.first() else { return false };
        let message = match misplaced.len() {
            1 => format!(
                "`$ref` looks for a schema where another version of OpenAPI has it; it means #{meant}"
            ),
            count => format!(
                "{count} of its `$ref`s look for schemas where another version of OpenAPI has \
                 them; the first means #{meant}"
            ),
        };
        let help = match misplaced.len() {
            1 => "it is read as it is meant; correct the document",
            _ => "they are read as they are meant; correct the document",
        };
        self.broken.push(self.problem(first.as_str(), message).help(help));
        for (at, meant) in misplaced {
            if let Some(Value::String(reference)) = self.value.pointer_mut(at.as_str()) {
                *reference = format!("#{meant}");
            }
        }
        true
    }

    /// Where a schema stands that is looked for under the name another version has for its place.
    fn elsewhere(&self, target: &str) -> Option<String> {
        let [new, old] = PLACES;
        [(new, old), (old, new)].iter().find_map(|(here, there)| {
            let meant = format!("{there}{}", target.strip_prefix(here)?);
            let lost = Pointer::find(&self.value, target).is_none();
            (lost && Pointer::find(&self.value, &meant).is_some()).then_some(meant)
        })
    }

    fn dangling(&self, at: &Pointer, target: &str) -> crate::error::Problem {
        let (file, pointer) = self.origin(target);
        let pointer = if pointer.is_empty() { "content" } else { pointer.as_str() };
        let problem = self
            .problem(at.as_str(), format!("`$ref` leads nowhere: {} has no {pointer}", file.path));
        match self.meant(target) {
            Some(meant) => problem.help(format!("did you mean `{meant}`?")),
            None => problem,
        }
    }

    /// What a pointer that leads nowhere may mean: the same with one name like the one that is not
    /// there. Only that name, if it is the last one.
    fn meant(&self, target: &str) -> Option<String> {
        let mut value = &self.value;
        let mut way = Pointer::default();
        let mut tokens = Pointer::tokens(target);
        while let Some(token) = tokens.next() {
            let members = value.as_object()?;
            if let Some(member) = members.get(&*token) {
                way.push(&token);
                value = member;
                continue;
            }
            let (name, mut member) = closest(&token, members)?;
            way.push(name);
            let mut rest = tokens.peekable();
            if rest.peek().is_none() {
                return Some(name.clone());
            }
            for token in rest {
                way.push(&token);
                member = member.as_object()?.get(&*token)?;
            }
            return Some(format!("#{}", self.trace(way.as_str()).pointer));
        }
        None
    }
}

/// The member whose name is most like the given one, if any is like it at all.
fn closest<'m>(
    name: &str,
    members: &'m serde_json::Map<String, Value>,
) -> Option<(&'m String, &'m Value)> {
    let alike = |other: &str| {
        let few = (name.chars().count() / 4).max(1);
        let likeness = strsim::jaro_winkler(name, other);
        if name.eq_ignore_ascii_case(other) {
            return Some(2.0);
        }
        (likeness > 0.85 || strsim::osa_distance(name, other) <= few).then_some(likeness)
    };
    members
        .iter()
        .filter_map(|(other, member)| Some((alike(other)?, other, member)))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, other, member)| (other, member))
}

/// Where a chain of references ends.
#[derive(Clone, Copy)]
enum End {
    /// At something that is no reference.
    Sound,
    /// In the circle with this number.
    Circle(usize),
}

/// The circles in which references lead. Every place is visited once, however many references lead
/// there and however long the chains are.
#[derive(Default)]
struct Circles {
    ends: HashMap<String, End>,
    found: Vec<Vec<String>>,
    /// How many of the circles were told.
    told: HashSet<usize>,
}

impl Circles {
    /// Whether a chain that begins at a pointer, or passes it, was followed to a sound end.
    fn is_known_as_sound(&self, at: &str) -> bool {
        matches!(self.ends.get(at), Some(End::Sound))
    }

    /// Where the chain that begins at a pointer ends. A reference to a schema that contains itself
    /// further down is no circle.
    fn find(&mut self, value: &Value, start: &str) -> End {
        let mut way: Vec<&str> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut at = start;
        let end = loop {
            if let Some(&end) = self.ends.get(at) {
                break end;
            }
            if let Some(&begin) = places.get(at) {
                let mut circle: Vec<String> =
                    way.iter().skip(begin).map(|&at| at.to_owned()).collect();
                let least = (0..circle.len()).min_by_key(|&place| &circle[place]).unwrap_or(0);
                circle.rotate_left(least);
                self.found.push(circle);
                break End::Circle(self.found.len() - 1);
            }
            places.insert(at, way.len());
            way.push(at);
            let Some(here) = Pointer::find(value, at) else {
                // Who refers to it is told of it.
                way.pop();
                break End::Sound;
            };
            let reference = here.get("$ref").and_then(Value::as_str);
            match reference.and_then(|reference| reference.strip_prefix('#')) {
                Some(next) => at = next,
                None => break End::Sound,
            }
        };
        self.ends.extend(way.into_iter().map(|at| (at.to_owned(), end)));
        end
    }

    /// A circle that was not told yet, from its first pointer in alphabetical order on.
    fn tell(&mut self, number: usize) -> Option<&[String]> {
        if self.told.insert(number) { self.found.get(number).map(Vec::as_slice) } else { None }
    }
}
