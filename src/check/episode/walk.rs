//! The pages of lists that an episode read, put together: which belong to one list that nobody changed
//! meanwhile, and which follow each other.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::act::{Act, Outcome};
use super::episode::Episode;
use crate::check::Meta;
use crate::contract::laws::{Cursor, End, Ordering, PageRules};
use crate::document::Pointer;
use crate::finding::{Disagreement, push_member};

/// One page of a list, as an act read it.
pub struct Sheet<'e> {
    /// The number of the act.
    pub act: usize,
    /// The answer.
    pub answer: &'e Value,
    /// How many items it may have.
    pub size: u64,
    /// Whether the size was asked for.
    pub asked: bool,
    /// The items.
    pub items: &'e [Value],
    /// The ids of the items.
    pub ids: Vec<&'e Value>,
    /// The number of the page, where it was asked for; 0 is the first.
    number: Option<u64>,
    /// The id that it begins behind.
    cursor: Option<&'e str>,
}

/// What an episode read of one list while it wrote nothing.
pub struct View<'e> {
    /// What is promised of the list.
    pub rules: &'e PageRules,
    /// Whether nothing was seen but what this case has made.
    own: bool,
    /// Whether anything was seen at all.
    seen: bool,
    /// Whether others may change the list at any time, without being seen in it.
    shared: bool,
    /// The pages, in the order in which they were read.
    pub sheets: Vec<Sheet<'e>>,
    /// Pages that follow each other from the first one on, by their places in `sheets`.
    pub chains: Vec<Vec<usize>>,
}

impl Sheet<'_> {
    /// Whether it has as many items as it may have.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.items.len() as u64 >= self.size
    }

    /// Whether it is the first page.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.number.unwrap_or_default() == 0 && self.cursor.is_none()
    }
}

impl<'e> View<'e> {
    /// Whether only this case can have changed the list.
    #[must_use]
    pub fn own(&self) -> bool {
        self.own && self.seen
    }

    /// Whether others may have changed the list between two pages, and changed it back before it was read
    /// again. Then what shows once shows nothing.
    #[must_use]
    pub fn shared(&self) -> bool {
        self.shared
    }

    /// The ids of all items that were seen.
    #[must_use]
    pub fn ids(&self) -> Vec<&'e Value> {
        let mut all: Vec<&Value> = Vec::new();
        for id in self.sheets.iter().flat_map(|sheet| &sheet.ids) {
            if !all.contains(id) {
                all.push(id);
            }
        }
        all
    }

    /// The sheets of a chain.
    pub fn chain<'v>(&'v self, chain: &'v [usize]) -> impl Iterator<Item = &'v Sheet<'e>> {
        chain.iter().filter_map(|at| self.sheets.get(*at))
    }

    /// Whether a chain comes to the end of the list: its last page is not full.
    #[must_use]
    pub fn ends(&self, chain: &[usize]) -> bool {
        self.chain(chain).last().is_some_and(|last| !last.is_full())
    }

    /// The number of items of the list, where a chain of pages came to its end and missed none, and the
    /// act that began it.
    #[must_use]
    pub fn count(&self) -> Option<(u64, usize)> {
        let all = self.ids().len();
        let whole = |chain: &&Vec<usize>| {
            let told: usize = self.chain(chain).map(|sheet| sheet.ids.len()).sum();
            self.ends(chain) && told == all
        };
        let first = self.chain(self.chains.iter().find(whole)?).next()?;
        Some((all as u64, first.act))
    }

    /// Whether an item was seen before an act: what is listed late was perhaps not there yet.
    #[must_use]
    pub fn knew(&self, id: &Value, act: usize) -> bool {
        self.sheets.iter().filter(|sheet| sheet.act < act).any(|sheet| sheet.ids.contains(&id))
    }

    /// Whether nothing came to the list late, and moved what was there from page to page.
    #[must_use]
    pub fn is_settled(&self, chain: &[usize]) -> bool {
        let Some(first) = self.chain(chain).next() else { return false };
        let own = |id: &Value| self.chain(chain).any(|sheet| sheet.ids.contains(&id));
        self.ids().into_iter().all(|id| self.knew(id, first.act) || own(id))
    }

    /// Whether an item was seen in another state than on this page, so that it may stand elsewhere.
    fn moved(&self, sheet: &Sheet<'_>) -> bool {
        let keys: Vec<&str> = match &self.rules.order {
            Some(Ordering::Fixed(key)) => vec![key.pointer.as_str()],
            Some(Ordering::Chosen(choice)) => {
                choice.by.values().map(|key| key.pointer.as_str()).collect()
            }
            None => return false,
        };
        sheet.ids.iter().zip(sheet.items).any(|(id, item)| {
            let known = self.sheets.iter().flat_map(|sheet| sheet.ids.iter().zip(sheet.items));
            let same = |other: &Value| {
                keys.iter().all(|key| Pointer::find(item, key) == Pointer::find(other, key))
            };
            known.filter(|(own, _)| *own == id).any(|(_, other)| !same(other))
        })
    }

    /// A disagreement in the answer of a sheet, about a member of `x-contract-page`.
    #[must_use]
    pub fn disagreement(
        &self,
        episode: &Episode<'_>,
        sheet: &Sheet<'_>,
        meta: &Meta,
        (pointer, member): (&str, &str),
    ) -> (usize, Disagreement) {
        let mut found = episode.disagreement(sheet.act, meta, pointer.to_owned(), None);
        if let Some(act) = episode.acts.get(sheet.act) {
            let mut at = act.operation.laws.at.page.clone();
            push_member(&mut at, member);
            found.promise = Some((act.operation.at.document, at));
        }
        (sheet.act, found)
    }
}

/// A list, and how it was asked for beside its pages.
type Key<'e> = (&'e str, Vec<(&'e str, &'e str)>, Vec<(&'e str, &'e str)>);

/// All views of an episode.
#[must_use]
pub fn views<'e>(episode: &'e Episode<'e>) -> Vec<View<'e>> {
    // Most episodes read no list.
    if episode.acts.iter().all(|act| act.operation.laws.page.is_none()) {
        return Vec::new();
    }
    let mut done = Vec::new();
    let mut open: BTreeMap<Key<'e>, View<'e>> = BTreeMap::new();
    let mut born: HashSet<&str> = HashSet::new();
    let mut last = None;
    for (number, act) in episode.acts.iter().enumerate() {
        // What overlaps tells nothing of what came first.
        let alone = last.is_none_or(|last| episode.before(last, number));
        last = Some(number);
        if !act.reads() || !alone {
            done.extend(std::mem::take(&mut open).into_values());
            if act.operation.traits.safety.as_deref() == Some("create") {
                act.answer
                    .into_iter()
                    .chain(act.events.iter())
                    .for_each(|told| texts(told, &mut born));
            }
            continue;
        }
        let Some((rules, sheet)) = sheet(number, act) else { continue };
        let view = open.entry(key(act, rules)).or_insert_with(|| View {
            rules,
            own: true,
            seen: false,
            shared: rules.shared && !apart(act, rules),
            sheets: Vec::new(),
            chains: Vec::new(),
        });
        let known = |id: &str| born.contains(id);
        let told = rules.make.as_ref().and_then(|make| make.id.as_ref()).or(rules.id.as_ref());
        let made = |item: &Value| {
            told.and_then(|told| Pointer::find(item, told)?.as_str()).is_some_and(known)
        };
        // What was made here alone is seen by nobody else; and an empty page says nothing of whose it is.
        let parent = act.path.last().is_some_and(|(_, id)| known(id));
        view.own &= (parent || sheet.items.iter().all(made)) && !view.moved(&sheet);
        view.seen |= parent || !sheet.items.is_empty();
        add(view, sheet);
    }
    done.extend(open.into_values());
    done
}

/// Whether an act asks for a part of a list in which a caller sees nothing but its own.
fn apart(act: &Act<'_>, rules: &PageRules) -> bool {
    let asked = rules.apart.as_ref().and_then(|apart| act.query(&apart.parameter));
    asked.is_some_and(|asked| !asked.is_empty())
}

/// All texts in a value.
fn texts<'v>(value: &'v Value, found: &mut HashSet<&'v str>) {
    match value {
        Value::String(text) => drop(found.insert(text)),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}

/// The parameters that choose a page, and not the list.
fn chooses(rules: &PageRules, name: &str) -> bool {
    rules.limit.as_ref().is_some_and(|limit| limit.parameter == name)
        || rules.page.as_ref().is_some_and(|page| page.parameter == name)
        || rules.cursor.as_ref().is_some_and(|cursor| cursor.parameter == name)
}

fn key<'e>(act: &'e Act<'e>, rules: &PageRules) -> Key<'e> {
    let pairs = |pairs: &'e [(String, String)]| {
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    };
    let mut query: Vec<_> = pairs(&act.query).filter(|(name, _)| !chooses(rules, name)).collect();
    query.sort_unstable();
    (&act.operation.id, pairs(&act.path).collect(), query)
}

/// What an act read of a list; nothing, where it is not plain what it asked for.
fn sheet<'e>(number: usize, act: &'e Act<'e>) -> Option<(&'e PageRules, Sheet<'e>)> {
    let rules = act.operation.laws.page.as_ref()?;
    if act.outcome != Outcome::Accepted || !act.is_plain() {
        return None;
    }
    let answer = act.answer?;
    let items = Pointer::find(answer, &rules.items)?.as_array()?;
    let id = rules.id.as_ref()?;
    let ids: Vec<&Value> = items.iter().filter_map(|item| Pointer::find(item, id)).collect();
    let (asked, size) = match &rules.limit {
        Some(limit) => {
            let asked = number_of(act, &limit.parameter)?;
            let most = limit.most.unwrap_or(u64::MAX);
            (asked.is_some(), asked.unwrap_or(limit.default).min(most))
        }
        // It is told as a whole.
        None => (true, u64::MAX),
    };
    let page = match &rules.page {
        Some(page) => match number_of(act, &page.parameter)? {
            Some(number) => Some(number.checked_sub(page.first)?),
            None => None,
        },
        None => None,
    };
    let cursor = rules.cursor.as_ref().and_then(|cursor| act.query(&cursor.parameter));
    let cursor = cursor.filter(|id| !id.is_empty());
    let whole = ids.len() == items.len() && size > 0;
    let sheet = Sheet { act: number, answer, size, asked, items, ids, number: page, cursor };
    whole.then_some((rules, sheet))
}

/// The number that was sent for a parameter, if one was; nothing, where something else was.
#[expect(clippy::option_option, reason = "not sent, sent, and sent in a way that means nothing")]
fn number_of(act: &Act<'_>, name: &str) -> Option<Option<u64>> {
    let mut sent = act.query.iter().filter(|(own, _)| own == name);
    match (sent.next(), sent.next()) {
        (None, _) => Some(None),
        (Some((_, value)), None) => value.parse().ok().map(Some),
        _ => None,
    }
}

/// Adds a sheet to what was seen, and to the chain that it goes on with.
fn add<'e>(view: &mut View<'e>, sheet: Sheet<'e>) {
    let place = view.sheets.len();
    if sheet.is_first() {
        view.chains.push(vec![place]);
    } else {
        let rules = view.rules;
        let sheets = &view.sheets;
        let goes_on = |chain: &&mut Vec<usize>| {
            chain.last().and_then(|last| sheets.get(*last)).is_some_and(|last| {
                last.size == sheet.size && follows(rules.cursor.as_ref(), last, &sheet)
            })
        };
        if let Some(chain) = view.chains.iter_mut().rev().find(goes_on) {
            chain.push(place);
        }
    }
    view.sheets.push(sheet);
}

/// Whether a page is the one after another.
fn follows(cursor: Option<&Cursor>, last: &Sheet<'_>, next: &Sheet<'_>) -> bool {
    match (next.cursor, cursor) {
        (Some(id), Some(cursor)) => {
            let end = match cursor.of {
                End::First => last.ids.first(),
                End::Last => last.ids.last(),
            };
            end.and_then(|end| end.as_str()) == Some(id)
        }
        _ => next.number == Some(last.number.unwrap_or_default() + 1),
    }
}
