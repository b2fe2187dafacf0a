//! A set of 64-bit keys that is emptied in constant time.

/// Odd multiplier of Fibonacci hashing: 2^64 divided by the golden ratio.
const FIBONACCI: u64 = 0x9e37_79b9_7f4a_7c15;

/// Open-addressing set whose entries belong to an epoch: [`clear`](Self::clear) starts a new epoch and touches no
/// memory, so the cost of a run follows what it inserts.
#[derive(Debug)]
pub struct Seen {
    /// (key, epoch) pairs; a slot of another epoch is free.
    slots: Vec<(u64, u32)>,
    epoch: u32,
    len: usize,
}

impl Default for Seen {
    fn default() -> Self {
        Self { slots: vec![(0, 0); 1024], epoch: 1, len: 0 }
    }
}

impl Seen {
    /// Inserts `key`; says whether it is new.
    pub fn insert(&mut self, key: u64) -> bool {
        if self.len * 2 >= self.slots.len() {
            self.grow();
        }
        let idx = self.find(key);
        let is_new = self.slots[idx].1 != self.epoch;
        if is_new {
            self.slots[idx] = (key, self.epoch);
            self.len += 1;
        }
        is_new
    }

    /// Whether `key` is in the set.
    pub fn contains(&self, key: u64) -> bool {
        self.slots[self.find(key)].1 == self.epoch
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
            // After 2^32 epochs old stamps could be taken for new ones.
            self.slots.fill((0, 0));
            self.epoch = 1;
        }
    }

    /// The slot that holds `key`, or the free slot where it belongs.
    fn find(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut idx = (key.wrapping_mul(FIBONACCI) >> (64 - self.slots.len().trailing_zeros())) as usize;
        while self.slots[idx].1 == self.epoch && self.slots[idx].0 != key {
            idx = (idx + 1) & mask;
        }
        idx
    }

    fn grow(&mut self) {
        let larger = vec![(0, 0); self.slots.len() * 2];
        let old = std::mem::replace(&mut self.slots, larger);
        for (key, epoch) in old {
            if epoch == self.epoch {
                let idx = self.find(key);
                self.slots[idx] = (key, epoch);
            }
        }
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
        let mut seen = Seen { epoch: u32::MAX, ..Seen::default() };
        seen.insert(7);
        seen.clear();
        assert_eq!((seen.epoch, seen.contains(7)), (1, false));
    }
}
