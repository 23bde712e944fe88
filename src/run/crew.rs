//! Cases tried at the same time, on a few threads.
//!
//! A case waits most of its time, and a thread for each would be woken for every answer. Here a thread
//! has many cases, and the connections on which their requests go out. A case has a seat while it is
//! tried, and there are as many seats as cases may be tried at the same time. One that has to wait for a
//! clock, or for work of the server, rests: another has its seat meanwhile.

use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Scope, available_parallelism};
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::{LocalSet, spawn_local};

use super::execute::Verdict;
use super::result::UNFINISHED;

/// Schemas that contain each other many levels deep are compiled on the stack of a case.
pub const STACK: usize = 64 << 20;

/// How many threads there are for each processor: while one waits for its answers, another has some.
const THREADS: usize = 2;

/// How many cases may rest for each that is tried: what they have made is on the server meanwhile.
const RESTING: usize = 4;

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
        let processors = available_parallelism().map_or(1, usize::from);
        let threads = (processors * THREADS).min(jobs);
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
        all.spawn_local(self.seat(Room::of(jobs)));
        runtime.block_on(all);
    }

    /// Begins one case after the other until there are no more, each as soon as there is a seat.
    async fn seat(self: Arc<Self>, room: Arc<Room>) {
        while let Ok(permit) = Arc::clone(&room.seats).acquire_owned().await
            && let Some(job) = self.next()
        {
            let seat = Seat { room: Arc::clone(&room), permit: RefCell::new(Some(permit)) };
            spawn_local(Arc::clone(&self).job(job, seat));
        }
    }

    /// Tries a case, and tells what came of it.
    async fn job(self: Arc<Self>, Job { number, tell }: Job, seat: Seat) {
        // A task of its own, since a panic in it is one case's only.
        let tried = spawn_local(SEAT.scope(seat, (self.tries)(number))).await;
        let verdict = tried.unwrap_or_else(|_| {
            Verdict::Unfinished(format!("{UNFINISHED}a fault of this program"))
        });
        self.done.fetch_add(1, Ordering::Relaxed);
        // Whoever wants to know waits for it.
        let _ = tell.send(verdict);
    }

    fn next(&self) -> Option<Job> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}

/// The seats of a thread.
struct Room {
    seats: Arc<Semaphore>,
    /// How many more may rest.
    resting: Arc<Semaphore>,
}

impl Room {
    fn of(seats: usize) -> Arc<Self> {
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits));
        Arc::new(Self { seats: semaphore(seats), resting: semaphore(seats * RESTING) })
    }
}

tokio::task_local! {
    /// Where the case sits that this task tries.
    static SEAT: Seat;
}

/// The seat of a case.
struct Seat {
    room: Arc<Room>,
    /// Nothing while it rests.
    permit: RefCell<Option<OwnedSemaphorePermit>>,
}

/// Waits so long. A case that is tried by a crew lets others have its seat meanwhile, if not too many rest
/// already, and goes on as soon as there is one again: nobody who sits may wait for it.
pub async fn rest(time: Duration) {
    let resting = SEAT.try_with(|seat| Arc::clone(&seat.room.resting).try_acquire_owned());
    let sleep = tokio::time::sleep(time);
    match resting {
        Ok(Ok(_resting)) => aside(sleep).await,
        _ => sleep.await,
    }
}

/// Waits for something. A case that is tried by a crew lets others have its seat meanwhile: whatever it waits
/// for may need one.
pub async fn aside<T>(wait: impl Future<Output = T>) -> T {
    let stood_up = SEAT.try_with(|seat| seat.permit.take().map(|_| Arc::clone(&seat.room)));
    let came = wait.await;
    if let Ok(Some(room)) = stood_up
        && let Ok(permit) = Arc::clone(&room.seats).acquire_owned().await
    {
        SEAT.with(|seat| seat.permit.replace(Some(permit)));
    }
    came
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What four cases do that are tried one at a time, in order.
    fn order_of(rests: fn(usize) -> bool) -> Vec<String> {
        let told = Arc::<Mutex<Vec<String>>>::default();
        let tell = Arc::clone(&told);
        let tries = move |number| {
            let tell = Arc::clone(&tell);
            let note = move |what: &str| {
                tell.lock().unwrap().push(format!("{what} {number}"));
            };
            async move {
                note("begins");
                if rests(number) {
                    rest(Duration::from_millis(20)).await;
                } else {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                note("ends");
                Verdict::Passed
            }
        };
        let (jobs, verdicts): (Vec<Job>, Vec<_>) = (0..4)
            .map(|number| {
                let (tell, told) = oneshot::channel();
                (Job { number, tell }, told)
            })
            .unzip();
        let done = Arc::<AtomicUsize>::default();
        let crew = Crew::new(jobs, tries, Arc::clone(&done));
        std::thread::scope(|scope| crew.start(scope, 1));
        for verdict in verdicts {
            assert_eq!(verdict.blocking_recv().unwrap(), Verdict::Passed);
        }
        assert_eq!(done.load(Ordering::Relaxed), 4);
        Arc::try_unwrap(told).unwrap().into_inner().unwrap()
    }

    #[test]
    fn cases_have_their_seats_until_they_end() {
        let pairs = (0..4).flat_map(|n| [format!("begins {n}"), format!("ends {n}")]);
        assert_eq!(order_of(|_| false), pairs.collect::<Vec<_>>());
    }

    #[test]
    fn one_that_rests_lets_another_have_its_seat() {
        let order = order_of(|number| number == 0);
        assert_eq!(order[..3], ["begins 0", "begins 1", "ends 1"]);
        assert_eq!(order.len(), 8);
    }
}
