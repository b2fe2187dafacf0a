//! The list of future events: a radix heap (Ahuja, Mehlhorn, Orlin & Tarjan 1990, "Faster algorithms for the shortest path problem",
//! Journal of the ACM 37, 213–223).
//!
//! Simulated time never goes back, so an event need only be told from the instant that was reached last: it lies in the bucket of the
//! highest bit in which its time differs from that. To take the next event, the lowest bucket that holds any is divided among those
//! below it. An event moves down at most once for each bit, and mostly a few times; every bucket is filled and emptied in order, so
//! unlike the nodes of a heap what waits for long need not be near.

use crate::units::SimTime;
use std::collections::VecDeque;

/// Future events, earliest first; those of one instant in the order in which they were pushed. An event for a time before that of the
/// event taken last comes next, after those that are due then.
///
/// Invariants: an event of `later[b]` differs from `last` in bit b and in none above it; those of one instant lie in the order in
/// which they were pushed, and in one bucket.
#[derive(Debug)]
pub struct Queue<E> {
    /// Time of the event taken last, as [`rank`].
    last: u64,
    /// Events of that time.
    due: VecDeque<E>,
    /// Events of later times, by the highest bit in which they differ from `last`.
    later: [Vec<(u64, E)>; 64],
    /// Bit b is set if `later[b]` holds any.
    occupied: u64,
    /// The earliest time in each bucket that holds any.
    earliest: [u64; 64],
    len: usize,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self {
            last: 0,
            due: VecDeque::new(),
            later: std::array::from_fn(|_| Vec::new()),
            occupied: 0,
            earliest: [u64::MAX; 64],
            len: 0,
        }
    }
}

impl<E> Queue<E> {
    /// Adds `event` at `time`, behind those already there for the same instant.
    pub fn push(&mut self, time: SimTime, event: E) {
        if self.len == 0 {
            self.last = 0;
        }
        self.len += 1;
        self.place(rank(time).max(self.last), event);
    }

    /// Takes the earliest event.
    pub fn pop(&mut self) -> Option<E> {
        if self.due.is_empty() && self.occupied > 0 {
            self.move_on();
        }
        let event = self.due.pop_front()?;
        self.len -= 1;
        Some(event)
    }

    /// When the earliest event happens.
    pub fn next_time(&self) -> Option<SimTime> {
        if self.len == 0 {
            return None;
        }
        Some(time_of(if self.due.is_empty() { self.earliest[self.lowest()] } else { self.last }))
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Removes all events, keeping the memory.
    pub fn clear(&mut self) {
        self.due.clear();
        while self.occupied > 0 {
            let lowest = self.lowest();
            self.later[lowest].clear();
            self.free(lowest);
        }
        self.len = 0;
    }

    /// The lowest bucket that holds any events; there must be one.
    fn lowest(&self) -> usize {
        self.occupied.trailing_zeros() as usize & 63
    }

    fn free(&mut self, bucket: usize) {
        self.occupied &= !(1 << bucket);
        self.earliest[bucket] = u64::MAX;
    }

    /// Puts an event into its bucket.
    #[inline]
    fn place(&mut self, time: u64, event: E) {
        let differing = time ^ self.last;
        if differing == 0 {
            self.due.push_back(event);
            return;
        }
        let bucket = differing.ilog2() as usize;
        self.occupied |= 1 << bucket;
        self.earliest[bucket] = self.earliest[bucket].min(time);
        self.later[bucket].push((time, event));
    }

    /// Makes the earliest time that of what is due, and divides its bucket among those below.
    fn move_on(&mut self) {
        let lowest = self.lowest();
        self.last = self.earliest[lowest];
        self.free(lowest);
        let mut bucket = std::mem::take(&mut self.later[lowest]);
        for (time, event) in bucket.drain(..) {
            self.place(time, event);
        }
        // Its memory is kept for later events.
        self.later[lowest] = bucket;
    }
}

/// Times as numbers without a sign, in the same order.
fn rank(time: SimTime) -> u64 {
    time.as_ms().cast_unsigned() ^ 1 << 63
}

fn time_of(rank: u64) -> SimTime {
    SimTime::from_ms((rank ^ 1 << 63).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn events_come_out_by_time_and_then_in_the_order_of_pushing(times in prop::collection::vec(-10_i64..10, 0..300)) {
            let mut queue = Queue::default();
            for (pushed, &time) in times.iter().enumerate() {
                queue.push(SimTime::from_ms(time), pushed);
            }
            let mut expected: Vec<usize> = (0..times.len()).collect();
            expected.sort_by_key(|&pushed| times[pushed]);
            let popped: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
            prop_assert_eq!(popped, expected);
        }

        /// Against a sorted list; what is pushed for a time that is over comes behind what is due now. Spans of all orders of
        /// magnitude, so that all buckets are used.
        #[test]
        fn pushes_and_pops_may_alternate(steps in prop::collection::vec((-50_i64..200, 0_u32..40, 0_u8..3), 0..300)) {
            let (mut queue, mut expected, mut now) = (Queue::default(), Vec::new(), i64::MIN);
            for (pushed, (span, scale, n_pops)) in steps.into_iter().enumerate() {
                if expected.is_empty() {
                    now = i64::MIN;
                }
                let time = (now.max(0) + (span << scale)).max(now);
                queue.push(SimTime::from_ms(time), (time, pushed));
                expected.push((time, pushed));
                expected.sort_unstable_by(|left, right| right.cmp(left));
                for _ in 0..n_pops {
                    let next = expected.pop();
                    prop_assert_eq!(queue.next_time().map(SimTime::as_ms), next.map(|event| event.0));
                    prop_assert_eq!(queue.pop(), next);
                    now = next.map_or(now, |event| event.0);
                }
                prop_assert_eq!(queue.len(), expected.len());
            }
        }

        #[test]
        fn a_cleared_queue_is_as_good_as_new(times in prop::collection::vec(0_i64..1 << 40, 0..100), popped in 0_usize..100) {
            let (mut used, mut new) = (Queue::default(), Queue::default());
            times.iter().for_each(|&time| used.push(SimTime::from_ms(time), time));
            for _ in 0..popped.min(times.len()) {
                prop_assert!(used.pop().is_some());
            }
            used.clear();
            prop_assert_eq!((used.len(), used.next_time(), used.pop()), (0, None, None));
            for &time in times.iter().rev() {
                used.push(SimTime::from_ms(time), time);
                new.push(SimTime::from_ms(time), time);
            }
            while let Some(event) = new.pop() {
                prop_assert_eq!(used.pop(), Some(event));
            }
            prop_assert!(used.is_empty());
        }
    }

    #[test]
    fn the_least_and_the_greatest_time_are_times_as_others() {
        let mut queue = Queue::default();
        let times = [i64::MAX, 0, i64::MIN, -1, 1];
        times.into_iter().for_each(|time| queue.push(SimTime::from_ms(time), time));
        let popped: Vec<i64> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(popped, [i64::MIN, -1, 0, 1, i64::MAX]);
    }

    #[test]
    fn what_is_pushed_for_the_past_comes_next_but_after_what_is_due() {
        let mut queue = Queue::default();
        [3, 5, 5, 9].into_iter().for_each(|time| queue.push(SimTime::from_ms(time), time));
        assert_eq!((queue.pop(), queue.pop()), (Some(3), Some(5)));
        queue.push(SimTime::from_ms(1), 1);
        assert_eq!(queue.next_time(), Some(SimTime::from_ms(5)));
        let popped: Vec<i64> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(popped, [5, 1, 9]);
    }
}
