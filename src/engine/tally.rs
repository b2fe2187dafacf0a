//! Counts by 64-bit key that are emptied in constant time.

/// Odd multiplier of Fibonacci hashing: 2^64 divided by the golden ratio.
const FIBONACCI: u64 = 0x9e37_79b9_7f4a_7c15;

/// Open-addressing table of counts whose entries belong to an epoch: [`clear`](Self::clear) starts a new epoch and touches no memory, so
/// the cost of a run follows what it counts.
#[derive(Debug)]
pub struct Tally {
    slots: Vec<Slot>,
    epoch: u32,
    len: usize,
}

/// A key, its count and the epoch to which both belong; a slot of another epoch is free.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    key: u64,
    epoch: u32,
    count: u32,
}

impl Default for Tally {
    fn default() -> Self {
        Self { slots: vec![Slot::default(); 1024], epoch: 1, len: 0 }
    }
}

impl Tally {
    /// Counts `key` once more; its count with this.
    pub fn add(&mut self, key: u64) -> u32 {
        if self.len * 2 >= self.slots.len() {
            self.grow();
        }
        let idx = self.find(key);
        let slot = &mut self.slots[idx];
        if slot.epoch != self.epoch {
            *slot = Slot { key, epoch: self.epoch, count: 0 };
            self.len += 1;
        }
        slot.count = slot.count.saturating_add(1);
        slot.count
    }

    /// Forgets all counts, keeping the memory.
    pub fn clear(&mut self) {
        self.len = 0;
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            // After 2^32 epochs old stamps could be taken for new ones.
            self.slots.fill(Slot::default());
            self.epoch = 1;
        }
    }

    /// The slot that holds `key`, or the free slot where it belongs.
    fn find(&self, key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut idx = (key.wrapping_mul(FIBONACCI) >> (64 - self.slots.len().trailing_zeros())) as usize;
        while self.slots[idx].epoch == self.epoch && self.slots[idx].key != key {
            idx = (idx + 1) & mask;
        }
        idx
    }

    fn grow(&mut self) {
        let larger = vec![Slot::default(); self.slots.len() * 2];
        for slot in std::mem::replace(&mut self.slots, larger) {
            if slot.epoch == self.epoch {
                let idx = self.find(slot.key);
                self.slots[idx] = slot;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_counts_as_a_map_does_over_several_epochs(epochs in prop::collection::vec(prop::collection::vec(0_u64..3000, 0..2500), 1..4)) {
            let mut tally = Tally::default();
            for keys in epochs {
                tally.clear();
                let mut map = BTreeMap::new();
                for key in keys {
                    let count = map.entry(key).or_insert(0);
                    *count += 1;
                    prop_assert_eq!(tally.add(key), *count);
                }
            }
        }
    }

    #[test]
    fn stamps_of_a_former_round_of_epochs_are_not_taken_for_new_ones() {
        let mut tally = Tally { epoch: u32::MAX, ..Tally::default() };
        tally.add(7);
        tally.clear();
        assert_eq!((tally.epoch, tally.add(7)), (1, 1));
    }
}
