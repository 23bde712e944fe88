//! Cases tried at the same time, on as many threads as there are processors.
//!
//! A case waits most of its time, and a thread for each would be woken for every answer. Here a thread
//! has many cases, and the connections on which their requests go out.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Scope, available_parallelism};

use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::task::{LocalSet, spawn_local};

use super::execute::Verdict;
use super::result::UNFINISHED;

/// Schemas that contain each other many levels deep are compiled on the stack of a case.
const STACK: usize = 64 << 20;

/// A case that is to be tried.
pub struct Job {
    /// Its number.
    pub number: usize,
    /// Where its verdict is told. Nothing is told where no thread could be started.
    pub tell: oneshot::Sender<Verdict>,
}

/// Those who try cases.
pub struct Crew<T> {
    queue: Mutex<std::vec::IntoIter<Job>>,
    tries: T,
    done: Arc<AtomicUsize>,
}

impl<T, F> Crew<T>
where
    T: Fn(usize) -> F + Send + Sync + 'static,
    F: Future<Output = Verdict> + 'static,
{
    /// A crew that is to try these cases, in this order and by this function, and to count those that are
    /// done.
    pub fn new(queue: Vec<Job>, tries: T, done: Arc<AtomicUsize>) -> Arc<Self> {
        Arc::new(Self { queue: Mutex::new(queue.into_iter()), tries, done })
    }

    /// Begins to try the cases, so many at the same time. All are done when the scope ends.
    pub fn start<'scope>(self: Arc<Self>, scope: &'scope Scope<'scope, '_>, jobs: usize) {
        let threads = available_parallelism().map_or(1, usize::from).min(jobs);
        for thread in 0..threads {
            // The first threads have what is left over.
            let jobs = jobs / threads + usize::from(thread < jobs % threads);
            let crew = Arc::clone(&self);
            let builder = std::thread::Builder::new().stack_size(STACK);
            // With fewer threads it takes longer; without any, nobody is told anything.
            if builder.spawn_scoped(scope, move || crew.work(jobs)).is_err() {
                break;
            }
        }
    }

    /// Tries cases until there are no more, so many at the same time.
    fn work(self: Arc<Self>, jobs: usize) {
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else { return };
        let all = LocalSet::new();
        for _ in 0..jobs {
            all.spawn_local(Arc::clone(&self).job());
        }
        runtime.block_on(all);
    }

    /// Tries one case after the other until there are no more.
    async fn job(self: Arc<Self>) {
        while let Some(Job { number, tell }) = self.next() {
            // A task of its own, since a panic in it is one case's only.
            let tried = spawn_local((self.tries)(number)).await;
            let verdict = tried.unwrap_or_else(|_| {
                Verdict::Unfinished(format!("{UNFINISHED}a fault of this program"))
            });
            self.done.fetch_add(1, Ordering::Relaxed);
            // Whoever wants to know waits for it.
            let _ = tell.send(verdict);
        }
    }

    fn next(&self) -> Option<Job> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}
