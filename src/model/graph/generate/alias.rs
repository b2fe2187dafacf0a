//! Weighted choice in constant time: Walker's alias method, with the table of Vose (1991), "A linear algorithm for
//! generating random numbers with a given distribution", IEEE Transactions on Software Engineering 17, 972–975.

use crate::engine::streams::FastStream;
use rand::Rng;

/// A table from which indices are drawn in proportion to their weights.
///
/// Eight bytes an index, so that a draw touches one line of memory. Probabilities are kept to 2^-32 of a mean weight.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasTable {
    slots: Vec<Slot>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Slot {
    /// The slot's own index is kept if 32 random bits lie below this.
    keep: u32,
    other: u32,
}

impl AliasTable {
    /// The table of `weights`, which must be finite and not negative; `None` if they sum to nothing.
    pub fn new(weights: &[f64]) -> Option<Self> {
        let total: f64 = weights.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return None;
        }
        let scale = weights.len() as f64 / total;
        let mut share: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
        let mut slots: Vec<Slot> =
            (0..weights.len() as u32).map(|idx| Slot { keep: u32::MAX, other: idx }).collect();
        let (mut small, mut large): (Vec<u32>, Vec<u32>) =
            (0..weights.len() as u32).partition(|&idx| share[idx as usize] < 1.0);
        while let (Some(&rich), Some(poor)) = (large.last(), small.pop()) {
            slots[poor as usize] =
                Slot { keep: (share[poor as usize] * 4_294_967_296.0) as u32, other: rich };
            // What the poor one leaves of its slot is the rich one's.
            share[rich as usize] -= 1.0 - share[poor as usize];
            if share[rich as usize] < 1.0 {
                large.pop();
                small.push(rich);
            }
        }
        // Whatever is left over has a share of one but for rounding.
        Some(Self { slots })
    }

    /// An index.
    #[inline]
    pub fn sample(&self, stream: &mut FastStream) -> u32 {
        // The integer part of a uniform number times n chooses the slot, the fraction between its two indices.
        let product = u128::from(stream.next_u64()) * self.slots.len() as u128;
        let idx = (product >> 64) as usize;
        let fraction = (product as u64 >> 32) as u32;
        let slot = self.slots[idx];
        // Chosen by a mask: which of the two it is can't be foreseen, so a branch would be guessed wrong half of the time.
        let keeps = u32::from(fraction < slot.keep).wrapping_neg();
        idx as u32 & keeps | slot.other & !keeps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::{Purpose, RunKey, Subject};

    fn stream() -> FastStream {
        RunKey::new(0, 0).fast_stream(Purpose::new("alias test"), Subject::default())
    }

    /// n = 400,000 draws; each count is binomial, so it lies within 4.9 standard deviations at α = 1e-4 over a hundred
    /// indices.
    #[test]
    fn indices_are_drawn_in_proportion_to_their_weights() {
        let weights: Vec<f64> = (0..100_i32).map(|idx| f64::from(idx * idx % 37)).collect();
        let total: f64 = weights.iter().sum();
        let table = AliasTable::new(&weights).unwrap();
        let mut stream = stream();
        let mut counts = vec![0.0; 100];
        let n = 400_000.0;
        for _ in 0..400_000 {
            counts[table.sample(&mut stream) as usize] += 1.0;
        }
        for (count, weight) in counts.iter().zip(&weights) {
            let p = weight / total;
            let bound = 4.9 * (n * p * (1.0 - p)).sqrt();
            assert!((count - n * p).abs() <= bound, "{count} of {} ± {bound}", n * p);
        }
    }

    #[test]
    fn weights_that_sum_to_nothing_make_no_table_and_one_weight_is_always_drawn() {
        for weights in [&[][..], &[0.0, 0.0], &[f64::INFINITY], &[f64::NAN]] {
            assert_eq!(AliasTable::new(weights), None, "{weights:?}");
        }
        let mut stream = stream();
        let single = AliasTable::new(&[0.0, 3.0, 0.0]).unwrap();
        assert!((0..1000).all(|_| single.sample(&mut stream) == 1));
    }
}
