//! A list that is given some items, and read page by page in every way that there is.
//!
//! What is read here is judged by the laws of `check/`: nothing is compared in this file.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::answered::Answered;
use super::crew::rest;
use super::execute::Try;
use super::judge::Said;
use super::pool::{Bundle, For, Wishes};
use crate::contract::laws::{End, Filter, How, Ordering, PageRules};
use crate::document::Pointer;
use crate::generate::{Draft, Spot};
use crate::plan::{Provider, Twist};

/// How many items are made.
const ITEMS: usize = 3;

/// From which one on they are made in a later second than those before. One such step shows an order: a
/// second one would only make every run a second longer.
const LATER: usize = 2;

/// How many pages are read at most, where a list does not end.
const PAGES: usize = 8;

/// Reads a list in all ways.
pub(super) struct Walker<'w> {
    this: &'w Try<'w>,
    rules: Option<&'w PageRules>,
    maker: Option<&'w Provider>,
    list: Draft,
    twist: Twist,
    bundle: Bundle,
    said: Vec<Said>,
}

impl<'w> Walker<'w> {
    /// What reads the list of a draft, with the ids of a bundle; `maker` makes one more item.
    pub fn new(
        this: &'w Try<'w>,
        list: &Draft,
        maker: Option<&'w Provider>,
        bundle: Bundle,
    ) -> Self {
        let contract = this.executor.session.contract;
        let operation = contract.operations.get(list.operation);
        let rules = operation.and_then(|operation| operation.laws.page.as_ref());
        let said = Vec::new();
        Self { this, rules, maker, list: list.clone(), twist: Twist::None, bundle, said }
    }

    /// Makes items, and reads them; tells what was found in single answers.
    ///
    /// # Errors
    /// Why there are no items, in a few words.
    pub async fn walk(mut self) -> Result<Vec<Said>, String> {
        let Some(rules) = self.rules else { return Ok(self.said) };
        self.make(rules).await?;
        let plain = self.read(&self.list.clone()).await;
        if rules.limit.is_none() {
            self.read(&self.list.clone()).await;
            return Ok(self.said);
        }
        let most = rules.limit.as_ref().map_or(100, |limit| limit.most.unwrap_or(100));
        let mut all = self.list.clone();
        self.limit(&mut all, most);
        self.read(&all).await;
        for (parameter, value) in orders(rules) {
            let mut list = self.list.clone();
            if let Some(parameter) = parameter {
                list.set(&Spot::query(parameter), json!(value));
            }
            // What others may have changed meanwhile is read once more.
            let times = if rules.shared && rules.apart.is_none() { 2 } else { 1 };
            for limit in [1, 2] {
                for _ in 0..times {
                    self.pages(&list, limit).await;
                }
            }
        }
        let first = plain.as_ref().and_then(|answer| Pointer::find(answer, &rules.items)?.get(0));
        for filter in &rules.filters {
            for value in self.values(filter, first) {
                let mut list = self.list.clone();
                if list.set(&Spot::query(&filter.parameter), json!(value)) {
                    self.read(&list).await;
                }
            }
        }
        if !rules.filters.is_empty() {
            // What is there still was to be found.
            self.read(&all).await;
        }
        Ok(self.said)
    }

    /// Makes items that nobody else sees where that can be had.
    async fn make(&mut self, rules: &PageRules) -> Result<(), String> {
        let Some(maker) = self.maker else { return Ok(()) };
        let session = &self.this.executor.session;
        let word = format!("{}-walk", session.new_name());
        let mut user = None;
        if let Some(apart) = &rules.apart {
            if apart.with.is_none() {
                user = Some(word.clone());
            }
            self.list.set(&Spot::query(&apart.parameter), json!(word));
        }
        if let Some(user) = &user {
            session.sign_as(&mut self.list, user);
            self.twist = Twist::Signed;
        }
        let case = self.this.case;
        let whose =
            For { case: &case.name, number: self.this.number, key: case.key, shared: false };
        for number in 1..=ITEMS {
            if number == LATER && rules.order.is_some() {
                // Times are told in whole seconds: only what was made in another second is in an order.
                rest(to_the_next_second()).await;
            }
            let with = rules.apart.as_ref().and_then(|apart| apart.with.as_deref());
            let set = with.map(|with| (Spot::body(with), json!(format!("{word}-{number}"))));
            let wishes = Wishes { set: set.into_iter().collect(), user: user.clone(), alone: true };
            let pool = &self.this.executor.pool;
            pool.with(session, whose, maker, &self.bundle, &wishes).await?;
        }
        Ok(())
    }

    /// Reads pages of so many items to the end.
    async fn pages(&mut self, list: &Draft, limit: u64) {
        let Some(rules) = self.rules else { return };
        let mut draft = list.clone();
        self.limit(&mut draft, limit);
        for number in 0..PAGES {
            let Some(answer) = self.read(&draft).await else { return };
            let items = Pointer::find(&answer, &rules.items).and_then(Value::as_array);
            let Some(items) = items else { return };
            let more = rules.more.as_ref().and_then(|more| Pointer::find(&answer, &more.pointer));
            // A full page may be the last, whatever it says.
            if (items.len() as u64) < limit && more != Some(&Value::Bool(true)) {
                return;
            }
            if let Some(page) = &rules.page {
                let next = page.first.saturating_add(number as u64).saturating_add(1);
                draft.set(&Spot::query(&page.parameter), json!(next));
            } else if let (Some(cursor), Some(id)) = (&rules.cursor, &rules.id) {
                let end = match cursor.of {
                    End::First => items.first(),
                    End::Last => items.last(),
                };
                let Some(id) = end.and_then(|item| Pointer::find(item, id)) else { return };
                draft.set(&Spot::query(&cursor.parameter), id.clone());
            } else {
                return;
            }
        }
    }

    /// Sends the request; gives the answer, if it is a success.
    async fn read(&mut self, draft: &Draft) -> Option<Value> {
        let answered: Answered = self.this.send(draft, &self.bundle, None, &self.twist).await;
        let json = answered.json().filter(|_| answered.succeeded()).cloned();
        self.said.extend(answered.said);
        json
    }

    fn limit(&self, draft: &mut Draft, limit: u64) {
        if let Some(rule) = self.rules.and_then(|rules| rules.limit.as_ref()) {
            draft.set(&Spot::query(&rule.parameter), json!(limit));
        }
    }

    /// What is looked for: something that is not there, and what the first item has.
    fn values(&self, filter: &Filter, first: Option<&Value>) -> Vec<String> {
        let mut values = filter.values.clone();
        values.extend(filter.none.clone());
        match filter.how {
            How::Equals => {}
            How::Contains | How::Like if filter.none.is_some() => {}
            How::Contains | How::Like => {
                values.push(format!("{}-nowhere", self.this.executor.session.new_name()));
            }
            How::AtLeast => values.push("2100-01-01T00:00:00Z".to_owned()),
            How::AtMost => values.push("2000-01-01T00:00:00Z".to_owned()),
        }
        let shown = filter.places.iter().filter_map(|place| first?.pointer(place)?.as_str());
        values.extend(shown.filter(|text| !text.is_empty()).map(str::to_owned).next());
        values.sort();
        values.dedup();
        values
    }
}

/// The orders that can be asked for; one without a parameter is what there is anyway.
fn orders(rules: &PageRules) -> Vec<(Option<&str>, &str)> {
    match &rules.order {
        Some(Ordering::Chosen(choice)) => choice
            .by
            .keys()
            .map(|value| (Some(choice.parameter.as_str()), value.as_str()))
            .collect(),
        _ => vec![(None, "")],
    }
}

/// How long it is to the next second of the clock, and a bit.
fn to_the_next_second() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Duration::from_millis(1020)
        .saturating_sub(Duration::from_millis(u64::from(now.subsec_millis())))
}
