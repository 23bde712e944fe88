//! Cases that change what others would notice, such as a setting of an app, tried one after the other.
//!
//! Each of them is right alone; at the same time, one would see what another has set.

use tokio::sync::{Mutex, MutexGuard};

use super::crew::aside;
use super::session::Session;
use crate::plan::Case;
use crate::target::Permission;

/// Whose turn it is, for each key.
pub struct Turns(Vec<Mutex<()>>);

impl Turns {
    /// Nobody's turn yet, for so many keys.
    pub fn new(keys: usize) -> Self {
        Self((0..keys).map(|_| Mutex::default()).collect())
    }

    /// Waits until it is a case's turn, if it needs one; it is until what is given back is gone.
    pub async fn take(&self, session: &Session, case: &Case) -> Option<MutexGuard<'_, ()>> {
        let turn = self.0.get(case.key?)?;
        if !disrupts(session, case) {
            return None;
        }
        Some(aside(turn.lock()).await)
    }
}

/// Whether a case may change what others would notice, by itself or for what it needs.
pub fn disrupts(session: &Session, case: &Case) -> bool {
    let resources = case.needs.iter().map(|need| need.resource.as_str());
    let makers = resources.flat_map(|resource| session.resources.providers(resource));
    let mut operations = case.operations().iter().copied().chain(makers.map(|p| p.operation));
    operations.any(|number| {
        let operation = session.contract.operations.get(number);
        let safety = operation.and_then(|operation| operation.traits.safety.as_deref());
        safety == Some(Permission::Disrupt.word())
    })
}
