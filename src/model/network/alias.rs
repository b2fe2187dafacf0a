//! Weighted choice in constant time, number for number as `WeightedAliasIndex<f64>` of `rand_distr` makes it.
//!
//! Networks of scenarios are defined by those choices, so their table and the words they take from a stream stay the same; tests compare
//! the two. What differs is how a choice is looked up: eight bytes of one line of memory decide it but for one choice in 2^32,
//! where `WeightedAliasIndex` reads twelve of two lines.

use crate::engine::streams::Ahead;
use std::hint;

/// A table from which indices are drawn in proportion to their weights.
#[derive(Debug)]
pub(super) struct AliasTable {
    slots: Vec<Slot>,
    /// The index of a slot is kept if a uniform number in [0, `total`) lies below these odds.
    odds: Vec<f64>,
    total: f64,
    /// A word is refused if its product with the number of slots ends in less, so that all slots are equally likely (Lemire 2019, "Fast
    /// random integer generation in an interval").
    refused: u32,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The upper half of the random bits at which the exact odds are asked; below, the slot's own index is kept.
    keep: u32,
    other: u32,
}

impl AliasTable {
    /// The table of `weights`; `None` unless they are finite, not negative and sum to more than nothing.
    pub(super) fn new(weights: Vec<f64>) -> Option<Self> {
        let n = u32::try_from(weights.len()).ok().filter(|&n| n > 0)?;
        let largest = f64::MAX / f64::from(n);
        let total = pairwise_sum(&weights).min(f64::MAX);
        if total == 0.0 || !weights.iter().all(|weight| (0.0..=largest).contains(weight)) {
            return None;
        }
        let mut odds = weights;
        for odds in &mut odds {
            *odds = (*odds * f64::from(n)).min(f64::MAX);
        }
        let others = share_out(&mut odds, total);
        let slots = odds.iter().zip(others).map(|(&odds, other)| Slot { keep: keep(odds, total), other });
        Some(Self { slots: slots.collect(), total, refused: n.wrapping_neg() % n, odds })
    }

    /// An index, from three words unless one is refused.
    #[inline]
    pub(super) fn sample(&self, words: &mut Ahead) -> u32 {
        let [mut word, mut low, mut high] = words.take();
        let mut product = u64::from(word) * self.slots.len() as u64;
        while (product as u32) < self.refused {
            (word, low, high) = (low, high, words.word());
            product = u64::from(word) * self.slots.len() as u64;
        }
        let idx = (product >> 32) as u32;
        let slot = self.slots[idx as usize];
        if high == slot.keep {
            return self.decide(idx, u64::from(high) << 32 | u64::from(low));
        }
        hint::select_unpredictable(high < slot.keep, idx, slot.other)
    }

    #[cold]
    fn decide(&self, idx: u32, bits: u64) -> u32 {
        let is_kept = number(bits, self.total) < self.odds[idx as usize];
        if is_kept { idx } else { self.slots[idx as usize].other }
    }
}

/// Fills up every slot to `total` with what others have beyond it, and says for each whose that is. Odds are left at what is a slot's own.
fn share_out(odds: &mut [f64], total: f64) -> Vec<u32> {
    let mut others = vec![0; odds.len()];
    let (mut small, mut large): (Vec<u32>, Vec<u32>) =
        (0..odds.len() as u32).partition(|&idx| odds[idx as usize] < total);
    while let (Some(&poor), Some(&rich)) = (small.last(), large.last()) {
        others[poor as usize] = rich;
        let left = odds[rich as usize] - total + odds[poor as usize];
        odds[rich as usize] = left;
        small.pop();
        if left < total {
            large.pop();
            small.push(rich);
        }
    }
    // Whatever is left over has odds of one but for rounding.
    small.into_iter().chain(large).for_each(|idx| odds[idx as usize] = total);
    others
}

/// The number in [0, `total`) that belongs to 64 random bits.
#[inline]
fn number(bits: u64, total: f64) -> f64 {
    (bits >> 12) as f64 * f64::EPSILON * total
}

/// The upper half of random bits below which their number is below `odds`, and above which it is not. Numbers grow with their bits.
fn keep(odds: f64, total: f64) -> u32 {
    let least = |high: u32| number(u64::from(high) << 32, total);
    // Right but for rounding, which the loops put right.
    let mut high = (odds / total * 4_294_967_296.0) as u32;
    while high > 0 && least(high) >= odds {
        high -= 1;
    }
    while high < u32::MAX && least(high + 1) < odds {
        high += 1;
    }
    high
}

/// The sum, with as many roundings on the way as the number has digits.
fn pairwise_sum(numbers: &[f64]) -> f64 {
    if numbers.len() <= 32 {
        return numbers.iter().sum();
    }
    let (left, right) = numbers.split_at(numbers.len() / 2);
    pairwise_sum(left) + pairwise_sum(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
    use proptest::prelude::*;
    use rand_distr::Distribution;
    use rand_distr::weighted::WeightedAliasIndex;

    fn stream(part: u32) -> Stream {
        RunKey::new(0, 0).stream(Purpose::new("alias test"), Subject::new(part, 0))
    }

    /// Draws `n` indices from the tables of both, which must leave both streams at the same word.
    fn compare(weights: Vec<f64>, n: u32, mut stream: Stream) {
        let mut words = stream.clone().ahead();
        let theirs = WeightedAliasIndex::new(weights.clone());
        let ours = AliasTable::new(weights);
        assert_eq!(ours.is_some(), theirs.is_ok());
        if let (Some(ours), Ok(theirs)) = (ours, theirs) {
            for _ in 0..n {
                assert_eq!(ours.sample(&mut words) as usize, theirs.sample(&mut stream));
            }
            assert_eq!(words.word(), stream.word());
        }
    }

    proptest! {
        #[test]
        fn choices_are_those_of_the_crate(
            weights in prop::collection::vec(prop_oneof![0.0..1.0, 0.0..1e9, Just(0.0), Just(1.0)], 0..300),
            part in any::<u32>(),
        ) {
            compare(weights, 500, stream(part));
        }

        /// On both sides of the bits at which it is decided, whatever the odds.
        #[test]
        fn the_upper_half_of_the_bits_decides_as_the_whole_does(
            total in 1e-3..1e12,
            share in prop_oneof![0.0..=1.0, (0_u32..=1024).prop_map(|part| f64::from(part) / 1024.0)],
            offset in -2_i64..3,
            low in prop_oneof![Just(0), Just(u32::MAX), any::<u32>()],
        ) {
            let odds = share * total;
            let keep = keep(odds, total);
            let high = (i64::from(keep) + offset).clamp(0, i64::from(u32::MAX)) as u32;
            let is_below = number(u64::from(high) << 32 | u64::from(low), total) < odds;
            prop_assert!(high == keep || is_below == (high < keep));
        }
    }

    /// One word in 112,000, so that a million draws meet some.
    #[test]
    fn choices_are_those_of_the_crate_where_words_are_refused() {
        let weights: Vec<f64> = (0..100_003_u32).map(|idx| 1.0 / f64::from(idx % 977 + 1)).collect();
        let refused = AliasTable::new(weights.clone()).unwrap().refused;
        assert!(refused > 38_000, "{refused} of 2^32 words are refused");
        compare(weights, 1_000_000, stream(0));
    }

    /// A tie is a draw in 2^32, so it is made by hand: a number just below the odds and one at them.
    #[test]
    fn a_tie_is_decided_by_the_exact_odds() {
        let weights = vec![1.0, 3.0];
        let table = AliasTable::new(weights).unwrap();
        assert_eq!((table.odds[0], table.total), (2.0, 4.0));
        assert_eq!(table.slots[0].keep, 0x7fff_ffff);
        assert_eq!([table.decide(0, (1 << 63) - 1), table.decide(0, 1 << 63)], [0, 1]);
    }

    #[test]
    fn weights_that_make_no_table_are_those_of_the_crate() {
        for weights in
            [&[][..], &[0.0, 0.0], &[f64::INFINITY], &[f64::NAN, 1.0], &[-1.0, 2.0], &[f64::MAX, 1.0]]
        {
            assert!(AliasTable::new(weights.to_vec()).is_none(), "{weights:?}");
            assert!(WeightedAliasIndex::new(weights.to_vec()).is_err(), "{weights:?}");
        }
    }
}
