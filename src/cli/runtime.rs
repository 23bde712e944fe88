//! Where commands wait for the network.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};

use crate::error::Problem;

/// Schemas that contain each other many levels deep are compiled on the threads' stacks.
const STACK: usize = 64 << 20;

/// Threads that wait for the network.
///
/// # Errors
/// Where no threads can be had.
pub fn build() -> Result<Runtime, Problem> {
    Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .build()
        .map_err(|error| Problem::new(format!("cannot start threads for the network: {error}")))
}

/// Runs a future to its end.
///
/// # Errors
/// Where no threads can be had.
pub fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Problem> {
    let runtime = build()?;
    let result = runtime.block_on(future);
    // Whatever is left under way has nobody who waits for it.
    runtime.shutdown_background();
    Ok(result)
}

/// Waits until the user or the system asks the program to end (SIGINT, SIGTERM).
pub async fn asked_to_end() {
    #[cfg(unix)]
    if let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        return;
    }
    // Where signals cannot be had, only a kill ends it.
    let _ = tokio::signal::ctrl_c().await;
}

/// Ends the program at once, as a signal would.
#[expect(clippy::exit, reason = "the user has asked twice, and nothing may keep the program")]
pub fn end_now() -> ! {
    std::process::exit(130)
}
