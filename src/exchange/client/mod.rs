//! Sends requests over HTTP: whatever the server does, an exchange comes of it.

mod client;
mod coding;
mod failure;
mod options;
mod read;
mod secret;
mod send;
mod tls;
mod watch;

pub use client::Client;
pub use options::{ClientOptions, Proxy};
pub use secret::Secret;
pub use watch::{Masked, Next, Progress, Watch};
