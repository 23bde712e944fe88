//! Exchanges gathered by case until the case is over, and then judged together.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::judge::{Item, Judge, Said};
use crate::check::episode::{Known, Read};
use crate::exchange::{Body, Exchange, MediaType};
use crate::finding::{Order, Severity};

/// Larger bodies than this many bytes are not kept: no law is about them.
const LARGEST: usize = 256 << 10;

/// A case in a recording is over when so many others have followed it. Cases run at the same time, so
/// their exchanges are mixed; but not all of them at the same time.
const WINDOW: u64 = 8192;

/// At most this many exchanges are judged together.
const MOST: usize = 2000;

/// An exchange that is kept until its case is over.
#[derive(Debug)]
pub struct Kept {
    exchange: Arc<Exchange>,
    order: Order,
    name: String,
    known: Known,
}

impl Kept {
    /// Keeps what laws need of an exchange, and of what was said and read of it.
    pub fn new(
        exchange: &Arc<Exchange>,
        order: Order,
        name: &str,
        said: &[Said],
        read: Option<Read>,
    ) -> Self {
        let mut exchange = Arc::clone(exchange);
        let response = exchange.response.as_ref();
        let content_type = response.and_then(|response| response.headers.get("content-type"));
        let answer = response.and_then(|response| slim(&response.body, content_type));
        let request = slim(&exchange.request.body, None);
        if answer.is_some() || request.is_some() {
            let exchange = Arc::make_mut(&mut exchange);
            if let (Some(response), Some(slim)) = (&mut exchange.response, answer) {
                response.body = slim;
            }
            if let Some(slim) = request {
                exchange.request.body = slim;
            }
        }
        let blamed = said.iter().filter(|said| said.severity > Severity::Note);
        let wrong = blamed.filter_map(|said| said.pointer.clone()).collect();
        Self { exchange, order, name: name.to_owned(), known: Known { wrong, read } }
    }

    fn item(&self) -> (Item<'_>, &Known) {
        let item = Item {
            exchange: &self.exchange,
            order: self.order,
            name: &self.name,
            cuts_streams_after: None,
        };
        (item, &self.known)
    }
}

/// What is kept in place of a body that no law is about; `None` where it is kept.
fn slim(body: &Body, content_type: Option<&str>) -> Option<Body> {
    let Body::Bytes(bytes) = body else { return None };
    let media_type = content_type.and_then(|text| MediaType::parse(text).ok());
    let text = media_type.is_none_or(|m| m.is_json() || m.is_text());
    let keeps = text && bytes.len() <= LARGEST;
    let size = Some(bytes.len() as u64);
    (!keeps).then(|| Body::Missing { size, reason: "not kept".to_owned() })
}

/// Judges exchanges of one case together; tells the gravest disagreements first.
pub fn judge(judge: &mut Judge<'_>, kept: &[Kept]) -> Vec<Said> {
    if kept.len() < 2 {
        return Vec::new();
    }
    let items: Vec<_> = kept.iter().map(Kept::item).collect();
    judge.judge_episode(&items)
}

/// The cases of recordings that are not over yet.
///
/// Entries come in batches that are judged in any order; what is gathered together depends on their
/// places in the recording alone.
#[derive(Debug, Default)]
pub struct Gathering {
    open: HashMap<(usize, String), Vec<Kept>>,
    /// The batches that are done, beyond those before `next`, with the place where each ends.
    done: Vec<(u64, Order)>,
    /// The number of the first batch that is not done.
    next: u64,
}

impl Gathering {
    /// Keeps an exchange that is part of a case.
    pub fn add(&mut self, case: &str, kept: Kept) {
        self.open.entry((kept.order.0, case.to_owned())).or_default().push(kept);
    }

    /// Notes that a batch is done, which ends at this place; gives the cases that are over.
    pub fn finished(&mut self, batch: u64, end: Order) -> Vec<Vec<Kept>> {
        self.done.push((batch, end));
        let mut reached = None;
        while let Some(at) = self.done.iter().position(|(number, _)| *number == self.next) {
            reached = Some(self.done.swap_remove(at).1);
            self.next += 1;
        }
        let Some((input, index)) = reached else { return Vec::new() };
        let over = |kept: &Vec<Kept>| {
            let last = kept.iter().map(|kept| kept.order).max();
            // Of another recording nobody knows here whether it is still to come.
            last.is_some_and(|last| last.0 == input && last.1.saturating_add(WINDOW) < index)
        };
        let keys: BTreeSet<_> =
            self.open.iter().filter(|(_, kept)| over(kept)).map(|(key, _)| key.clone()).collect();
        keys.iter().filter_map(|key| self.open.remove(key)).flat_map(split).collect()
    }

    /// The cases that are left, since there is nothing more to come.
    pub fn end(&mut self) -> Vec<Vec<Kept>> {
        let mut left: Vec<_> = std::mem::take(&mut self.open).into_iter().collect();
        left.sort_by(|(one, _), (other, _)| one.cmp(other));
        left.into_iter().flat_map(|(_, kept)| split(kept)).collect()
    }
}

/// The exchanges of a case in order, apart where they are far from each other, or too many.
fn split(mut kept: Vec<Kept>) -> Vec<Vec<Kept>> {
    kept.sort_by_key(|kept| kept.order);
    let mut parts: Vec<Vec<Kept>> = Vec::new();
    for next in kept {
        match parts.last_mut() {
            Some(part)
                if part.len() < MOST
                    && part.last().is_some_and(|last| {
                        last.order.1.saturating_add(WINDOW) >= next.order.1
                    }) =>
            {
                part.push(next);
            }
            _ => parts.push(vec![next]),
        }
    }
    parts
}
