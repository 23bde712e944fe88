//! What a run does not wait for: operations that never answer, and anything that only reads once the user
//! has asked to end.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::exchange::{End, Exchange, FailureKind};

/// After so many requests in a row that were waited for in vain, the others of an operation are not sent.
const ENOUGH: u32 = 3;

/// Who was waited for in vain.
#[derive(Debug, Default)]
pub struct Patience {
    /// How many requests in a row, by the number of their operation.
    late: Mutex<HashMap<usize, u32>>,
    /// The numbers of cases that were given up.
    left: Mutex<HashSet<usize>>,
    /// Whether there is anything in these: all threads ask all the time, and nearly always there is not.
    any: AtomicBool,
}

impl Patience {
    /// Takes note of how an exchange of an operation ended.
    pub fn note(&self, operation: usize, exchange: &Exchange) {
        if is_late(exchange) {
            *lock(&self.late).entry(operation).or_default() += 1;
            self.any.store(true, Ordering::Release);
        } else if self.is_tried() {
            lock(&self.late).remove(&operation);
        }
    }

    /// How often an operation was waited for in vain, if that is enough.
    pub fn is_over(&self, operation: usize) -> Option<u32> {
        let times = self.is_tried().then(|| lock(&self.late).get(&operation).copied())??;
        (times >= ENOUGH).then_some(times)
    }

    /// A case is given up in the middle.
    pub fn leave(&self, case: usize) {
        lock(&self.left).insert(case);
        self.any.store(true, Ordering::Release);
    }

    /// Whether a case was given up.
    pub fn has_left(&self, case: usize) -> bool {
        self.is_tried() && lock(&self.left).contains(&case)
    }

    fn is_tried(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }
}

/// Whether the whole time was waited for.
fn is_late(exchange: &Exchange) -> bool {
    let failed = exchange.failure.as_ref();
    let end = exchange.response.as_ref().and_then(|response| response.end.as_ref());
    failed.is_some_and(|failure| failure.kind == FailureKind::TimedOut)
        || matches!(end, Some(End::Silent { .. } | End::TimedOut { .. }))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
