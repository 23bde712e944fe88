//! Ids, the same for every run with the same seed.

use fastrand::Rng;

/// A source of ids.
#[derive(Debug, Clone)]
pub struct Ids {
    random: Rng,
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

impl Ids {
    /// A source that begins at a seed.
    pub fn new(seed: u64) -> Self {
        Self { random: Rng::with_seed(seed) }
    }

    /// A random UUID (version 4 of RFC 9562).
    pub fn uuid(&mut self) -> String {
        uuid::Builder::from_random_bytes(self.random.u128(..).to_be_bytes()).into_uuid().to_string()
    }

    /// So many letters and digits.
    pub fn token(&mut self, length: usize) -> String {
        let letter = |_| char::from(LETTERS[self.random.usize(..LETTERS.len())]);
        (0..length).map(letter).collect()
    }

    /// So many digits.
    pub fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| self.random.digit(10)).collect()
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.random.usize(..limit.max(1))
    }
}
