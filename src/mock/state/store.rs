//! Things by their ids, in the order in which they were made.

use std::collections::{BTreeMap, HashMap};

/// Things by their ids, in the order in which they were made; the oldest go where there is no room.
#[derive(Debug, Clone)]
pub struct Store<T> {
    things: BTreeMap<u64, (String, T)>,
    places: HashMap<String, u64>,
    next: u64,
    most: usize,
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self::new(usize::MAX)
    }
}

impl<T> Store<T> {
    /// An empty store with room for so many.
    pub fn new(most: usize) -> Self {
        Self { things: BTreeMap::new(), places: HashMap::new(), next: 0, most }
    }

    /// Puts a thing at the end, or in the place of the one that has its id.
    pub fn insert(&mut self, id: impl Into<String>, thing: T) {
        let id = id.into();
        let place = *self.places.entry(id.clone()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        self.things.insert(place, (id, thing));
        if self.things.len() > self.most
            && let Some((_, (oldest, _))) = self.things.pop_first()
        {
            self.places.remove(&oldest);
        }
    }

    /// The thing with this id.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.things.get(self.places.get(id)?).map(|(_, thing)| thing)
    }

    /// The thing with this id, to be changed.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.things.get_mut(self.places.get(id)?).map(|(_, thing)| thing)
    }

    /// Takes the thing with this id out.
    pub fn remove(&mut self, id: &str) -> Option<T> {
        let place = self.places.remove(id)?;
        self.things.remove(&place).map(|(_, thing)| thing)
    }

    /// All things, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.things.values().map(|(_, thing)| thing)
    }

    /// All things, the oldest first, to be changed.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        self.things.values_mut().map(|(_, thing)| thing)
    }

    /// Keeps the things that are wanted.
    pub fn retain(&mut self, mut wanted: impl FnMut(&T) -> bool) {
        self.things.retain(|_, (_, thing)| wanted(thing));
        let things = &self.things;
        self.places.retain(|_, place| things.contains_key(place));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.things.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Store;

    #[test]
    fn order_is_kept_and_room_is_made() {
        let mut store = Store::new(3);
        for id in ["a", "b", "c", "a", "d"] {
            store.insert(id, id.to_owned() + "!");
        }
        assert_eq!(store.iter().collect::<Vec<_>>(), ["b!", "c!", "d!"]);
        assert_eq!(store.get("a"), None);
        assert_eq!(store.remove("c").as_deref(), Some("c!"));
        store.retain(|thing| thing != "b!");
        assert_eq!(store.len(), 1);
        assert_eq!(store.get("b"), None);
    }
}
