//! The calls of models that a run may make.

use std::sync::atomic::{AtomicU32, Ordering};

/// How many calls of models are left, and how many were made.
#[derive(Debug)]
pub struct Budget {
    /// `None` where nobody counts.
    left: Option<AtomicU32>,
    spent: AtomicU32,
}

impl Budget {
    /// So many calls; [`u32::MAX`] is as many as there are.
    pub fn of(calls: u32) -> Self {
        let left = (calls != u32::MAX).then(|| AtomicU32::new(calls));
        Self { left, spent: AtomicU32::new(0) }
    }

    /// Whether there may be too few.
    pub fn is_limited(&self) -> bool {
        self.left.is_some()
    }

    /// Takes calls; tells whether there were enough.
    pub fn spend(&self, calls: u32) -> bool {
        // Nobody has to know, and all threads ask.
        if calls == 0 {
            return true;
        }
        let taken = self.left.as_ref().is_none_or(|left| {
            let less = |left: u32| left.checked_sub(calls);
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
        });
        if taken {
            self.spent.fetch_add(calls, Ordering::Relaxed);
        }
        taken
    }

    /// Gives back calls that were taken and not made.
    pub fn give_back(&self, calls: u32) {
        if let Some(left) = &self.left {
            left.fetch_add(calls, Ordering::Relaxed);
        }
        self.spent.fetch_sub(calls, Ordering::Relaxed);
    }

    /// How many calls were made, at most.
    pub fn spent(&self) -> u32 {
        self.spent.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn what_is_spent_is_gone_until_it_is_given_back() {
        let budget = Budget::of(3);
        assert!(budget.is_limited() && budget.spend(2));
        assert!(!budget.spend(2));
        budget.give_back(1);
        assert!(budget.spend(2) && !budget.spend(1));
        assert_eq!(budget.spent(), 3);
        let endless = Budget::of(u32::MAX);
        assert!(!endless.is_limited() && endless.spend(u32::MAX - 1) && endless.spend(1));
        assert!(!Budget::of(0).spend(1));
    }
}
