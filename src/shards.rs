//! A map in many parts, each behind a lock of its own: threads that use different keys do not wait for each
//! other, and do not write to the same memory, which costs as much as a lock that is taken.

use std::array;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

const SHARDS: usize = 64;

/// A map in many parts.
#[derive(Debug)]
pub struct Shards<K, V>([Shard<K, V>; SHARDS]);

/// On a cache line of its own.
#[repr(align(64))]
#[derive(Debug)]
struct Shard<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Shards<K, V> {
    fn default() -> Self {
        Self(array::from_fn(|_| Shard(Mutex::default())))
    }
}

impl<K: Hash, V> Shards<K, V> {
    /// The part in which a key stands, if it is there.
    pub fn of(&self, key: &K) -> MutexGuard<'_, HashMap<K, V>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        // The remainder is less than the number of shards, whatever a pointer can hold.
        let shard = usize::try_from(hasher.finish() % SHARDS as u64).unwrap_or_default();
        self.0[shard].0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Shards;

    #[test]
    fn a_key_stands_where_it_was_put() {
        let shards = Shards::default();
        for key in 0..1000 {
            shards.of(&key).insert(key, key * 2);
        }
        assert!((0..1000).all(|key| shards.of(&key).get(&key) == Some(&(key * 2))));
        assert!(shards.0.iter().all(|shard| !shard.0.lock().unwrap().is_empty()));
    }
}
