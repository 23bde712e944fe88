//! What was made by requests whose answers never came: found again by what was sent.
//!
//! A run that is killed knows of everything it has made but of what was on its way. So before anything is
//! made, the ledger has what is there already, and before each request that makes something, what it
//! sends. What is new afterwards, and says what was sent, was made by it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::cleanup::Leftover;
use super::result::BEFORE;
use super::reveal::select;
use super::session::{Session, Step};
use crate::document::Pointer;
use crate::plan::{Begun, Entry, Provider, Reveals, There, Twist};
use crate::target::Permission;

/// Writes down what is there of all kinds that the run may make and that are part of nothing else.
pub async fn note_what_is_there(session: &Session) {
    if !session.ledger.lasts() {
        return;
    }
    let may = |operation: usize| {
        let operation = session.contract.operations.get(operation);
        operation.is_some_and(|operation| Permission::needed(operation) <= session.target.allow)
    };
    for maker in session.resources.makers().filter(|maker| may(maker.operation)) {
        for (number, key) in session.target.keys.iter().enumerate() {
            if session.ledger.was_there(&maker.resource, &key.name).is_some() {
                continue;
            }
            let user = session.user();
            if let Ok(list) = list(session, &maker.resource, number, &user).await {
                let ids = list.into_iter().map(|(id, _)| id).collect();
                let (resource, key) = (maker.resource.clone(), key.name.clone());
                if let Err(problem) = session.ledger.there(There { resource, key, ids }) {
                    session.problem(problem.to_string());
                }
            }
        }
    }
}

/// Finds what was made by requests of which nothing was heard, and writes it down; tells what could not be
/// looked for.
pub async fn find(session: &Session) -> Vec<Leftover> {
    let mut lost = Vec::new();
    for (number, begun) in session.ledger.unheard() {
        match found(session, &begun).await {
            Ok(entries) => {
                for entry in entries {
                    // It is removed from what is remembered, whether or not it could be written.
                    let _ = session.ledger.made(entry);
                }
                let _ = session.ledger.end(number);
            }
            Err((entry, why)) => lost.push(Leftover { entry: *entry, why }),
        }
    }
    lost
}

async fn found(session: &Session, begun: &Begun) -> Result<Vec<Entry>, (Box<Entry>, String)> {
    let makers = session.resources.makers();
    let mut makers = makers.filter(|maker| {
        let operation = session.contract.operations.get(maker.operation);
        operation.is_some_and(|operation| operation.id == begun.operation)
    });
    let Some(maker) = makers.next() else { return Ok(Vec::new()) };
    let entry = |id: &str| Entry {
        resource: maker.resource.clone(),
        undo: maker.undo.clone().unwrap_or_default(),
        ids: [(maker.resource.clone(), id.to_owned())].into(),
        key: begun.key.clone(),
        user: begun.user.clone(),
    };
    let failed = |why: String| (Box::new(entry("")), why);
    let Some(before) = session.ledger.was_there(&maker.resource, &begun.key) else {
        return Err(failed(
            "what was there before is not known; look whether one was made".to_owned(),
        ));
    };
    let key = session.target.keys.iter().position(|key| key.name == begun.key);
    let key = key.ok_or_else(|| failed(format!("there is no key `{}`", begun.key)))?;
    let listed = list(session, &maker.resource, key, &begun.user).await.map_err(failed)?;
    let new = listed.into_iter().filter(|(id, _)| !before.contains(id));
    let ours = new.filter(|(_, item)| begun.own_user || says(item, &begun.sent));
    Ok(ours.map(|(id, _)| entry(&id)).collect())
}

/// Whether an item of a list says what was sent: the texts that both have are the same, and there are some.
fn says(item: &Value, sent: &Value) -> bool {
    let (Some(item), Some(sent)) = (item.as_object(), sent.as_object()) else { return false };
    let texts =
        sent.iter().filter(|(_, value)| value.as_str().is_some_and(|text| !text.is_empty()));
    let both: Vec<(&Value, &Value)> =
        texts.filter_map(|(name, value)| Some((value, item.get(name)?))).collect();
    let alike = |(sent, kept): &(&Value, &Value)| {
        let trimmed = |value: &Value| value.as_str().map(|text| text.trim().to_owned());
        trimmed(sent) == trimmed(kept)
    };
    !both.is_empty() && both.iter().all(alike)
}

/// The newest things of a kind, as a list shows them, with their ids.
async fn list(
    session: &Session,
    resource: &str,
    key: usize,
    user: &str,
) -> Result<Vec<(String, Value)>, String> {
    let teller = session.resources.tellers(resource).find(|p| p.needs.is_empty());
    let Some(Provider { reveals: Reveals::Body(pointer), .. }) = teller else {
        return Err(format!("nothing lists what there is of {resource}"));
    };
    let Some(teller) = teller else { return Err(String::new()) };
    let Some(operation) = session.contract.operations.get(teller.operation) else {
        return Err(String::new());
    };
    let draft = session.drafts.making(session, teller, Some(key))?;
    let mut draft = Arc::unwrap_or_clone(draft);
    session.sign_as(&mut draft, user);
    let step = Step {
        case: BEFORE,
        order: (usize::MAX, 0),
        together: false,
        key: Some(key),
        draft: &draft,
        needs: &[],
        ids: &std::collections::BTreeMap::new(),
        expects: None,
        twist: &Twist::Signed,
    };
    let answered = session.call(step).await;
    let Some(json) = answered.json().filter(|_| answered.succeeded()) else {
        return Err(format!("{} was refused: {}", operation.id, answered.why_not()));
    };
    let (items, id) = pointer.rsplit_once("/-").unwrap_or((pointer, ""));
    let items = Pointer::find(json, items).and_then(Value::as_array);
    let with_id = |item: &Value| {
        let mut ids = BTreeSet::new();
        select(item, id, None, &mut ids);
        Some((ids.pop_first()?, item.clone()))
    };
    Ok(items.into_iter().flatten().filter_map(with_id).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::says;

    #[test]
    fn a_thing_is_known_by_the_texts_that_were_sent() {
        let item = json!({"id": "1", "name": "dc-1 ", "description": "", "by": "ann"});
        assert!(says(&item, &json!({"name": "dc-1", "description": "", "count": 3})));
        assert!(!says(&item, &json!({"name": "dc-2"})));
        assert!(!says(&item, &json!({"name": "dc-1", "by": "bob"})));
        assert!(!says(&item, &json!({"other": "dc-1"})));
    }
}
