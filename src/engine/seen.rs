//! A set of 64-bit keys that is emptied in constant time.

/// Odd multiplier of Fibonacci hashing: 2^64 divided by the golden ratio.
const FIBONACCI: u64 = 0x9e37_79b9_7f4a_7c15;

/// Open-addressing set whose entries belong to an epoch: [`clear`](Self::clear) starts a new epoch and touches no
/// memory, so the cost of a run follows what it inserts.
///
/// Whether a slot is free is told by a byte that stands apart from the key: eight times as many of them fit into a cache, and
/// to insert a key that is new hardly ever means to wait for other keys to come from memory.
#[derive(Debug)]
pub struct Seen {
    keys: Vec<u64>,
    /// Epoch of each slot; one of another epoch is free.
    epochs: Vec<u8>,
    epoch: u8,
    len: usize,
}

impl Default for Seen {
    fn default() -> Self {
        Self::with_slots(1024)
    }
}

impl Seen {
    /// An empty set of `n_slots` slots, a power of two.
    fn with_slots(n_slots: usize) -> Self {
        Self { keys: vec![0; n_slots], epochs: vec![0; n_slots], epoch: 1, len: 0 }
    }

    /// Inserts `key`; says whether it is new.
    pub fn insert(&mut self, key: u64) -> bool {
        if self.len * 2 >= self.keys.len() {
            self.grow();
        }
        let idx = self.find(key);
        let is_new = self.epochs[idx] != self.epoch;
        if is_new {
            self.keys[idx] = key;
            self.epochs[idx] = self.epoch;
            self.len += 1;
        }
        is_new
    }

    /// Whether `key` is in the set.
    pub fn contains(&self, key: u64) -> bool {
        self.epochs[self.find(key)] == self.epoch
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes all keys, keeping the memory.
    pub fn clear(&mut self) {
        self.len = 0;
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            // After 256 epochs old stamps could be taken for new ones.
            self.epochs.fill(0);
            self.epoch = 1;
        }
    }

    /// The slot that holds `key`, or the free slot where it belongs.
    fn find(&self, key: u64) -> usize {
        let mask = self.keys.len() - 1;
        let mut idx = (key.wrapping_mul(FIBONACCI) >> (64 - self.keys.len().trailing_zeros())) as usize;
        while self.epochs[idx] == self.epoch && self.keys[idx] != key {
            idx = (idx + 1) & mask;
        }
        idx
    }

    fn grow(&mut self) {
        let larger = Self::with_slots(self.keys.len() * 2);
        let old = std::mem::replace(self, larger);
        for (key, _) in old.keys.into_iter().zip(old.epochs).filter(|&(_, epoch)| epoch == old.epoch) {
            let idx = self.find(key);
            (self.keys[idx], self.epochs[idx]) = (key, self.epoch);
        }
        self.len = old.len;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn it_behaves_as_a_set_over_several_epochs(epochs in prop::collection::vec(prop::collection::vec(0_u64..5000, 0..2000), 1..4)) {
            let mut seen = Seen::default();
            for keys in epochs {
                seen.clear();
                let mut set = BTreeSet::new();
                for key in keys {
                    prop_assert_eq!(seen.insert(key), set.insert(key));
                    prop_assert!(seen.contains(key));
                }
                prop_assert_eq!(seen.len(), set.len());
                prop_assert!(!seen.contains(9999));
            }
        }
    }

    #[test]
    fn stamps_of_a_former_round_of_epochs_are_not_taken_for_new_ones() {
        let mut seen = Seen { epoch: u8::MAX, ..Seen::default() };
        seen.insert(7);
        seen.clear();
        assert_eq!((seen.epoch, seen.contains(7)), (1, false));
    }
}
