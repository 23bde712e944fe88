//! How the mock is to behave.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::faults::Injection;
use super::witness::{Gate, Witness};

/// How the mock is to behave.
#[derive(Debug, Clone)]
pub struct MockOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Keys and ids follow from it: the same seed and the same calls give the same ids.
    pub seed: u64,
    /// How long every answer takes, beyond what it takes anyway.
    pub latency: Duration,
    /// How long a model takes for each piece of an answer.
    pub chunk_delay: Duration,
    /// How long it takes to index a document, through all states.
    pub index_time: Duration,
    /// How long a listener may wait for something that waits for a person.
    pub idle_limit: Duration,
    /// What it does wrong.
    pub faults: Vec<Injection>,
    /// Sees every exchange.
    pub witness: Option<Arc<dyn Witness>>,
    /// Stands before all handlers, and turns requests away with 400.
    pub gate: Option<Arc<dyn Gate>>,
}

impl Default for MockOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 0,
            latency: Duration::ZERO,
            chunk_delay: Duration::from_millis(2),
            index_time: Duration::from_millis(200),
            idle_limit: Duration::from_mins(5),
            faults: Vec::new(),
            witness: None,
            gate: None,
        }
    }
}
