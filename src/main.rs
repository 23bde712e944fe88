//! The program `dify-contract`.

use std::process::ExitCode;
use std::thread::JoinHandle;

/// Much of the work is to make and drop small values, on many threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Schemas and documents may be nested deeply, and everything that reads them goes down with them.
/// Only what is used of a stack is ever taken from memory.
const STACK: usize = 256 << 20;

fn main() -> ExitCode {
    let program = || dify_contract::cli::run(std::env::args_os());
    match std::thread::Builder::new().stack_size(STACK).spawn(program).map(JoinHandle::join) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        // No thread can be had: the ordinary stack does for ordinary documents.
        Err(_) => dify_contract::cli::run(std::env::args_os()).into(),
    }
}
