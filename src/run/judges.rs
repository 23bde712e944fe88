//! Judges, one for each thread that has something to judge.

use std::array;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

use super::judge::Judge;
use crate::contract::Contract;

/// More threads than a machine of common size has for a run.
const SEATS: usize = 64;

/// Judges, each with a seat of its own. What a judge has learned stays near the processor of its thread, and
/// no thread waits for another.
pub struct Judges {
    contract: &'static Contract,
    seats: [Seat; SEATS],
}

/// On a cache line of its own.
#[repr(align(64))]
#[derive(Default)]
struct Seat(Mutex<Option<Box<Judge<'static>>>>);

impl Judges {
    /// Judges of a contract; none has judged anything yet.
    pub fn new(contract: &'static Contract) -> Self {
        Self { contract, seats: array::from_fn(|_| Seat::default()) }
    }

    /// Does something with the judge of this thread.
    pub fn with<T>(&self, work: impl FnOnce(&mut Judge<'static>) -> T) -> T {
        let mine = number() % SEATS;
        let others = (1..SEATS).map(|further| (mine + further) % SEATS);
        // With more threads than seats, another seat may be free.
        let free = std::iter::once(mine).chain(others).find_map(|seat| {
            match self.seats[seat].0.try_lock() {
                Ok(judge) => Some(judge),
                Err(TryLockError::Poisoned(judge)) => Some(judge.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            }
        });
        let mut seat = free
            .unwrap_or_else(|| self.seats[mine].0.lock().unwrap_or_else(PoisonError::into_inner));
        work(seat.get_or_insert_with(|| Box::new(Judge::new(self.contract))))
    }

    /// Asks all judges, each when it has nothing to do.
    pub fn any(&self, asks: impl Fn(&Judge<'static>) -> bool) -> bool {
        self.seats.iter().any(|seat| {
            let judge = seat.0.lock().unwrap_or_else(PoisonError::into_inner);
            judge.as_deref().is_some_and(&asks)
        })
    }

    /// Everything that was judged; all begin anew.
    pub fn take(&self) -> Judge<'static> {
        let mut all = Judge::new(self.contract);
        for seat in &self.seats {
            if let Some(judge) = seat.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
                all.merge(*judge);
            }
        }
        all
    }
}

/// The number of this thread, different from those of the threads that began shortly before and after it.
fn number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    NUMBER.with(|number| *number)
}
