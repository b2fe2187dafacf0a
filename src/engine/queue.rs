//! The list of future events: a four-ary heap ordered by (time, sequence), of keys that say where each event lies.

use crate::units::SimTime;

/// Children of a heap node. Four make the heap half as deep as two, and lie in one cache line or two.
const ARITY: usize = 4;

/// What the heap holds of an event: little, so that many of them fit into a cache.
#[derive(Debug, Clone, Copy)]
struct Entry {
    time: SimTime,
    sequence: u32,
    /// Where the event lies.
    slot: u32,
}

impl Entry {
    /// Orders as (time, sequence) does; two words are compared without a branch.
    #[inline]
    fn key(self) -> u128 {
        let time = self.time.as_ms().cast_unsigned() ^ 1 << 63;
        u128::from(time) << 64 | u128::from(self.sequence)
    }
}

/// Future events, earliest first; those of one instant in the order in which they were pushed.
///
/// The event that comes next is fetched as soon as it is known, so that it is at hand when it is asked for: slots lie anywhere in
/// memory, and until then there is something else to do.
///
/// Invariants: every entry's (time, sequence) is greater than its parent's; each slot belongs to one entry or is free, and is occupied if
/// it belongs to one whose event was not fetched.
#[derive(Debug)]
pub struct Queue<E> {
    heap: Vec<Entry>,
    slots: Vec<Option<E>>,
    /// The event of the first entry, if it was fetched.
    next: Option<E>,
    free: Vec<u32>,
    sequence: u32,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: Vec::new(), slots: Vec::new(), next: None, free: Vec::new(), sequence: 0 }
    }
}

impl<E> Queue<E> {
    /// Adds `event` at `time`, behind those already there for the same instant.
    pub fn push(&mut self, time: SimTime, event: E) {
        if self.sequence == u32::MAX {
            self.renumber();
        }
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(event);
            slot
        } else {
            self.slots.push(Some(event));
            self.slots.len() as u32 - 1
        };
        let entry = Entry { time, sequence: self.sequence, slot };
        self.sequence += 1;
        let first = self.heap.first().copied();
        self.heap.push(entry);
        if self.sift_up(self.heap.len() - 1, entry) == 0
            && let (Some(first), Some(event)) = (first, self.next.take())
        {
            self.slots[first.slot as usize] = Some(event);
        }
    }

    /// Takes the earliest event.
    pub fn pop(&mut self) -> Option<E> {
        let last = self.heap.pop()?;
        let first = self.heap.first().copied().unwrap_or(last);
        let event = self.next.take().or_else(|| self.slots[first.slot as usize].take());
        self.free.push(first.slot);
        if !self.heap.is_empty() {
            self.sift_down(last);
            self.next = self.slots[self.heap[0].slot as usize].take();
        }
        event
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
        self.slots.clear();
        self.next = None;
        self.free.clear();
        self.sequence = 0;
    }

    /// Puts `entry`, which belongs at `idx` or above it, where it belongs, which is returned.
    fn sift_up(&mut self, mut idx: usize, entry: Entry) -> usize {
        while idx > 0 {
            let parent = (idx - 1) / ARITY;
            if self.heap[parent].key() < entry.key() {
                break;
            }
            self.heap[idx] = self.heap[parent];
            idx = parent;
        }
        self.heap[idx] = entry;
        idx
    }

    /// Fills the place of the first entry by `entry`: the lesser children move up to the lowest level, from where it rises. It comes from
    /// there, so it seldom rises far, and is compared with fewer than on the way down.
    fn sift_down(&mut self, entry: Entry) {
        let mut idx = 0;
        loop {
            let first_child = idx * ARITY + 1;
            let last_child = (first_child + ARITY).min(self.heap.len());
            let Some(least) = (first_child..last_child).min_by_key(|&child| self.heap[child].key()) else {
                break;
            };
            self.heap[idx] = self.heap[least];
            idx = least;
        }
        self.sift_up(idx, entry);
    }

    /// Numbers the events anew in their order.
    fn renumber(&mut self) {
        // What is in order is a heap.
        self.heap.sort_unstable_by_key(|entry| entry.key());
        for (sequence, entry) in (0..).zip(&mut self.heap) {
            entry.sequence = sequence;
        }
        self.sequence = self.heap.len() as u32;
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
        fn what_is_left_goes_on_in_its_order_when_numbers_run_out(times in prop::collection::vec(0_i64..20, 60..200), popped in 0_usize..40) {
            let mut queue = Queue::default();
            for (pushed, &time) in times.iter().enumerate() {
                // The numbers run out half-way.
                if pushed == 50 {
                    for _ in 0..popped {
                        prop_assert!(queue.pop().is_some());
                    }
                    queue.sequence = u32::MAX;
                }
                queue.push(SimTime::from_ms(time), pushed);
            }
            let mut before: Vec<usize> = (0..50).collect();
            before.sort_by_key(|&pushed| times[pushed]);
            let mut expected: Vec<usize> = before.into_iter().skip(popped).chain(50..times.len()).collect();
            expected.sort_by_key(|&pushed| (times[pushed], pushed));
            let left: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
            prop_assert_eq!(left, expected);
        }

        /// Against a sorted list, whatever is pushed before what comes next.
        #[test]
        fn pushes_and_pops_may_alternate(steps in prop::collection::vec((0_i64..50, 0_u8..3), 0..300)) {
            let (mut queue, mut expected) = (Queue::default(), Vec::new());
            for (pushed, (time, n_pops)) in steps.into_iter().enumerate() {
                queue.push(SimTime::from_ms(time), (time, pushed));
                expected.push((time, pushed));
                expected.sort_unstable_by(|left, right| right.cmp(left));
                for _ in 0..n_pops {
                    prop_assert_eq!(queue.next_time().map(SimTime::as_ms), expected.last().map(|event| event.0));
                    prop_assert_eq!(queue.pop(), expected.pop());
                }
            }
            prop_assert_eq!(queue.len(), expected.len());
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
