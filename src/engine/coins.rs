//! Coins for the positions of a long list: each has a uniform number, and those with a number below a bound are found without drawing
//! the others.
//!
//! The numbers are not drawn one by one: layer j < J holds those in [2^−(j+1), 2^−j), layer J the rest below 2^−J. Each layer is a stream
//! of its own, walked by geometric jumps, and only layers that reach below the bound are walked. So the cost follows those who are found,
//! and a larger bound finds all that a smaller one does, with the same numbers.

use super::streams::Stream;

/// Layers of a list have numbers below this; a list of 2^32 positions has 33.
pub const LAYERS: u32 = 64;
/// Layers that are begun at a time: whether one holds anything can't be foreseen, and to begin several before the first is looked at lets a
/// processor work on all of them at once.
const BATCH: u32 = 4;

/// Walks lists; knows nothing but the layers.
#[derive(Debug)]
pub struct Coins {
    layers: Vec<Layer>,
}

impl Default for Coins {
    fn default() -> Self {
        Self { layers: (0..LAYERS).map(Layer::new).collect() }
    }
}

impl Coins {
    /// Adds to `hits` the positions of a list of `length` whose number may lie below `bound`, with the number, smallest layer first.
    ///
    /// `stream_of` gives the stream of each layer. A position that occurs twice owns the smaller number; the larger one changes nothing
    /// for who compares each with a bound of its own.
    pub fn walk(
        &self,
        length: usize,
        bound: f64,
        stream_of: impl Fn(u32) -> Stream,
        hits: &mut Vec<(u32, f64)>,
    ) {
        if length == 0 || bound <= 0.0 {
            return;
        }
        let last = length.next_power_of_two().trailing_zeros() + 1;
        let below = |layer: &u32| self.layers[*layer as usize].low < bound;
        let n_layers = 1 + (0..last).rev().take_while(below).count() as u32;
        for begin in (0..n_layers).step_by(BATCH as usize) {
            let batch = begin..n_layers.min(begin + BATCH);
            let mut firsts = [(0.0, 0.0); BATCH as usize];
            for (first, idx) in firsts.iter_mut().zip(batch.clone()) {
                *first = stream_of(last - idx).two_uniforms();
            }
            for (first, idx) in firsts.into_iter().zip(batch) {
                self.layer(last - idx, last).walk(length, first, || stream_of(last - idx).behind(1), hits);
            }
        }
    }

    /// Layer `index` of a list whose smallest numbers are in layer `last`.
    fn layer(&self, index: u32, last: u32) -> Layer {
        if index < last { self.layers[index as usize] } else { self.layers[last as usize - 1].tail() }
    }
}

/// Numbers in [low, low + width) of a list, each of its positions having one with probability `hit`.
#[derive(Debug, Clone, Copy)]
struct Layer {
    low: f64,
    width: f64,
    hit: f64,
    /// 1/ln(1 − hit).
    inverse_log: f64,
    /// 1/ln(1 − low): the same for the layer of all smaller numbers.
    inverse_log_below: f64,
}

impl Layer {
    /// The layer of the numbers in [2^−(index+1), 2^−index).
    fn new(index: u32) -> Self {
        let low = libm::exp2(-f64::from(index) - 1.0);
        let hit = 1.0 / (1.0 / low - 1.0);
        let (inverse_log, inverse_log_below) = (1.0 / libm::log1p(-hit), 1.0 / libm::log1p(-low));
        Self { low, width: low, hit, inverse_log, inverse_log_below }
    }

    /// The layer of all numbers below those of this one.
    fn tail(self) -> Self {
        Self { low: 0.0, width: self.low, hit: self.low, inverse_log: self.inverse_log_below, ..self }
    }

    /// Jumps over a list with geometric gaps. Each gap and what is found behind it take two uniform numbers, `first` the first time, then those
    /// of the stream.
    fn walk(
        self,
        length: usize,
        first: (f64, f64),
        stream: impl FnOnce() -> Stream,
        hits: &mut Vec<(u32, f64)>,
    ) {
        let Some(mut position) = self.next(0.0, first, length, hits) else { return };
        let mut stream = stream();
        while let Some(found) = self.next(position + 1.0, stream.two_uniforms(), length, hits) {
            position = found;
        }
    }

    /// Adds the next hit from `begin` on, if the list holds one; returns its position.
    #[inline]
    fn next(
        self,
        begin: f64,
        (gap, within): (f64, f64),
        length: usize,
        hits: &mut Vec<(u32, f64)>,
    ) -> Option<f64> {
        let number = 1.0 - gap;
        // (1 − hit)^rest ≥ 1 − hit·rest, so below that the gap is longer than the rest: mostly no logarithm is needed.
        if number <= 1.0 - self.hit * (length as f64 - begin) {
            return None;
        }
        // At hit = 1 the inverse logarithm is −0, every gap is 0, and every position is hit.
        // No gap is negative nor, for a number above 2^-54, as long as 2^64: the conversion is the floor.
        let position = begin + (libm::log(number) * self.inverse_log) as u64 as f64;
        if position >= length as f64 {
            return None;
        }
        hits.push((position as u32, self.low + self.width * within));
        Some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::{Purpose, RunKey, Subject};
    use std::collections::BTreeMap;

    /// Numbers that the walk finds below `bound` in lists of `length`, by position.
    fn numbers_below(coins: &Coins, length: usize, bound: f64, run: u64) -> BTreeMap<u32, f64> {
        let mut hits = Vec::new();
        let stream =
            |layer| RunKey::new(1, run).stream(Purpose::new("coins"), Subject::new(0, 0).part(layer));
        coins.walk(length, bound, stream, &mut hits);
        let mut numbers = BTreeMap::new();
        for (position, number) in hits {
            let least = numbers.entry(position).or_insert(number);
            *least = number.min(*least);
        }
        numbers.retain(|_, number| *number < bound);
        numbers
    }

    /// The number of pairs below p among n·R is binomial; α = 1e-4 gives 3.9 standard deviations.
    #[test]
    fn the_walk_finds_each_position_with_exactly_the_probability_asked_for() {
        let coins = Coins::default();
        for (length, probability) in
            [(1, 0.3), (7, 0.001), (100, 0.02), (1000, 0.5), (5000, 0.0004), (3, 1.0)]
        {
            let runs = 4000;
            let found: usize =
                (0..runs).map(|run| numbers_below(&coins, length, probability, run).len()).sum();
            let pairs = (length as u64 * runs) as f64;
            let bound = 3.9 * (pairs * probability * (1.0 - probability)).sqrt() + 1e-9;
            let expected = pairs * probability;
            assert!(
                (found as f64 - expected).abs() <= bound,
                "{found} for {expected} ± {bound} (n = {length})"
            );
        }
    }

    #[test]
    fn a_larger_bound_keeps_every_position_and_every_number() {
        let coins = Coins::default();
        for run in 0..300 {
            let few = numbers_below(&coins, 300, 0.01, run);
            let many = numbers_below(&coins, 300, 0.2, run);
            assert!(few.iter().all(|(position, number)| many.get(position) == Some(number)));
        }
    }

    #[test]
    fn nothing_is_found_at_bound_zero_and_everything_at_one() {
        let coins = Coins::default();
        assert!(numbers_below(&coins, 1000, 0.0, 0).is_empty());
        assert_eq!(numbers_below(&coins, 1000, 1.0, 0).len(), 1000);
    }
}
