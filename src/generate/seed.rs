//! Where chance comes from: a seed, and nothing else.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// A runner whose values follow from the seed alone. It keeps no files and runs no tests.
#[must_use]
pub fn runner(seed: u64) -> TestRunner {
    // The count of refused values runs over all draws, of which there may be very many.
    limited(seed, u32::MAX)
}

/// A runner to try whether a strategy makes anything: it gives up when too much is refused.
#[must_use]
pub fn trial(seed: u64) -> TestRunner {
    limited(seed, 2_000)
}

fn limited(seed: u64, max_local_rejects: u32) -> TestRunner {
    let mut bytes = [0; 16];
    fastrand::Rng::with_seed(seed).fill(&mut bytes);
    let config = Config { failure_persistence: None, max_local_rejects, ..Config::default() };
    // Strategies make new sources of chance all the time, and nobody has to be kept from guessing values.
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::XorShift, &bytes))
}

/// The next value; `None` if the strategy refuses all that it makes.
pub fn draw<S: Strategy>(strategy: &S, runner: &mut TestRunner) -> Option<S::Value> {
    strategy.new_tree(runner).ok().map(|tree| tree.current())
}
