//! The list of future events: a four-ary heap ordered by (time, sequence).

use crate::units::SimTime;

/// Children of a heap node. Four make the heap half as deep as two, and lie in one cache line or two.
const ARITY: usize = 4;

#[derive(Debug)]
struct Entry<E> {
    time: SimTime,
    sequence: u64,
    event: E,
}

impl<E> Entry<E> {
    /// Orders as (time, sequence) does; two words are compared without a branch.
    #[inline]
    fn key(&self) -> u128 {
        let time = self.time.as_ms().cast_unsigned() ^ 1 << 63;
        u128::from(time) << 64 | u128::from(self.sequence)
    }
}

/// Future events, earliest first; those of one instant in the order in which they were pushed.
///
/// Invariant: every entry's (time, sequence) is greater than its parent's.
#[derive(Debug)]
pub struct Queue<E> {
    heap: Vec<Entry<E>>,
    sequence: u64,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: Vec::new(), sequence: 0 }
    }
}

impl<E> Queue<E> {
    /// Adds `event` at `time`, behind those already there for the same instant.
    pub fn push(&mut self, time: SimTime, event: E) {
        let entry = Entry { time, sequence: self.sequence, event };
        self.sequence += 1;
        self.heap.push(entry);
        self.sift_up(self.heap.len() - 1);
    }

    /// Takes the earliest event.
    pub fn pop(&mut self) -> Option<E> {
        if self.heap.is_empty() {
            return None;
        }
        let first = self.heap.swap_remove(0);
        self.sift_down(0);
        Some(first.event)
    }

    /// When the earliest event happens.
    pub fn next_time(&self) -> Option<SimTime> {
        self.heap.first().map(|entry| entry.time)
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// Removes all events and restarts the sequence, keeping the memory.
    pub fn clear(&mut self) {
        self.heap.clear();
        self.sequence = 0;
    }

    fn sift_up(&mut self, mut idx: usize) {
        while idx > 0 {
            let parent = (idx - 1) / ARITY;
            if self.heap[parent].key() < self.heap[idx].key() {
                return;
            }
            self.heap.swap(parent, idx);
            idx = parent;
        }
    }

    fn sift_down(&mut self, mut idx: usize) {
        loop {
            let first_child = idx * ARITY + 1;
            let last_child = (first_child + ARITY).min(self.heap.len());
            let Some(least) = (first_child..last_child).min_by_key(|&child| self.heap[child].key()) else {
                return;
            };
            if self.heap[idx].key() < self.heap[least].key() {
                return;
            }
            self.heap.swap(idx, least);
            idx = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn events_come_out_by_time_and_then_in_the_order_of_pushing(times in prop::collection::vec(0_i64..20, 0..300)) {
            let mut queue = Queue::default();
            for (pushed, &time) in times.iter().enumerate() {
                queue.push(SimTime::from_ms(time), pushed);
            }
            let mut expected: Vec<usize> = (0..times.len()).collect();
            expected.sort_by_key(|&pushed| times[pushed]);
            let popped: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
            prop_assert_eq!(popped, expected);
        }

        #[test]
        fn interleaved_pushes_and_pops_never_go_back_in_time(steps in prop::collection::vec((0_i64..50, any::<bool>()), 0..300)) {
            let mut queue = Queue::default();
            let mut now = 0;
            for (delay, pop_too) in steps {
                queue.push(SimTime::from_ms(now + delay), now + delay);
                if pop_too && let Some(time) = queue.pop() {
                    prop_assert!(time >= now);
                    now = time;
                }
            }
        }
    }
}
