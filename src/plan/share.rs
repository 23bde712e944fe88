//! Work shared among threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// Schemas that contain each other many levels deep are compiled on the stack.
const STACK: usize = 64 << 20;

/// Some work, and what comes of it.
pub type Work<'w, T> = Box<dyn Fn() -> T + Sync + 'w>;

/// Does all works, on as many threads as there are processors; gives what came of each, in their order.
/// The last are begun first.
pub fn share<T: Send>(works: &[Work<'_, T>]) -> Vec<T> {
    let left = AtomicUsize::new(works.len());
    let done = Mutex::new(Vec::with_capacity(works.len()));
    let work = || {
        let next = || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1));
        while let Ok(number) = next()
            && let Some(work) = works.get(number - 1)
        {
            let came = work();
            done.lock().unwrap_or_else(PoisonError::into_inner).push((number, came));
        }
    };
    scope(|scope| {
        for _ in 1..available_parallelism().map_or(1, usize::from).min(works.len()) {
            // Without a thread there are fewer, and this one does what is left.
            drop(Builder::new().stack_size(STACK).spawn_scoped(scope, work));
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, came)| came).collect()
}

#[cfg(test)]
mod tests {
    use super::{Work, share};

    #[test]
    fn what_came_of_works_is_in_their_order() {
        let works: Vec<Work<'_, usize>> =
            (0..100_usize).map(|number| Box::new(move || number * 2) as Work<'_, usize>).collect();
        assert_eq!(share(&works), (0..100_usize).map(|number| number * 2).collect::<Vec<_>>());
        assert!(share::<usize>(&[]).is_empty());
    }
}
