//! Permutations that are computed and not stored: which element stands at a place, and at which place an element stands, each in a
//! constant number of steps.
//!
//! The numbers 0 … n − 1 are laid out in a table of about √n rows and √n columns. In each round of a Feistel network on it the row is
//! shifted by a keyed hash of the column, or the column by one of the row, in turn; each round can be undone, so all of them together
//! permute the places of the table (Black & Rogaway 2002, "Ciphers with arbitrary finite domains"). A place beyond n − 1, of which there
//! are fewer than columns, is permuted again until it falls below n ("cycle walking", same source).
//!
//! Four rounds of random functions make two elements independent but for terms of the order of 1/√n (Luby & Rackoff 1988; Patarin 2010).
//! Here are `ROUNDS`, and `ROUNDS_OF_FEW` where n is below `FEW` and those terms are not small.

/// Below this many elements there are more rounds.
const FEW: u32 = 4096;
/// Rounds of a permutation of [`FEW`] elements or more; an even number, for rounds go in pairs.
const ROUNDS: u32 = 8;
/// Rounds of a permutation of fewer elements.
const ROUNDS_OF_FEW: u32 = 24;
/// 2^64 divided by the golden ratio: keeps the arguments of the rounds' hashes apart.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A permutation of the numbers from 0 to n − 1, given by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permutation {
    n: u32,
    rows: u64,
    columns: u64,
    rounds: u32,
    key: u64,
}

impl Permutation {
    /// The permutation of `n` elements that belongs to `key`.
    pub fn new(n: u32, key: u64) -> Self {
        let columns = libm::sqrt(f64::from(n)).ceil().max(1.0) as u64;
        let rows = u64::from(n.div_ceil(columns as u32).max(1));
        let rounds = if n < FEW { ROUNDS_OF_FEW } else { ROUNDS };
        Self { n, rows, columns, rounds, key }
    }

    /// The element at `place`, which must be below n.
    pub fn at(&self, place: u32) -> u32 {
        self.walk(place, |mut row, mut column| {
            for round in (0..self.rounds).step_by(2) {
                row = wrapped(row + self.shift(round, column, self.rows), self.rows);
                column = wrapped(column + self.shift(round + 1, row, self.columns), self.columns);
            }
            (row, column)
        })
    }

    /// The place of `element`, which must be below n: the inverse of [`at`](Self::at).
    pub fn place_of(&self, element: u32) -> u32 {
        self.walk(element, |mut row, mut column| {
            for round in (0..self.rounds).step_by(2).rev() {
                let back = self.columns - self.shift(round + 1, row, self.columns);
                column = wrapped(column + back, self.columns);
                row = wrapped(row + self.rows - self.shift(round, column, self.rows), self.rows);
            }
            (row, column)
        })
    }

    /// Applies `step` to the place of `number` in the table until the result is below n again.
    fn walk(&self, number: u32, step: impl Fn(u64, u64) -> (u64, u64)) -> u32 {
        debug_assert!(number < self.n, "{number} is not among {} elements", self.n);
        let (mut row, mut column) =
            (u64::from(number / self.columns as u32), u64::from(number % self.columns as u32));
        loop {
            (row, column) = step(row, column);
            let reached = row * self.columns + column;
            if reached < u64::from(self.n) {
                return reached as u32;
            }
        }
    }

    /// By how much `round` shifts what stands beside `other`: below `most`.
    #[inline]
    fn shift(&self, round: u32, other: u64, most: u64) -> u64 {
        // `other` is far below GOLDEN, so no two rounds hash the same number.
        let hash = mixed(self.key.wrapping_add(u64::from(round).wrapping_mul(GOLDEN)).wrapping_add(other));
        ((u128::from(hash) * u128::from(most)) >> 64) as u64
    }
}

/// `sum`, which is below twice `size`, modulo `size`.
#[inline]
const fn wrapped(sum: u64, size: u64) -> u64 {
    if sum < size { sum } else { sum - size }
}

/// The finaliser of `SplitMix64` (Steele, Lea & Flood 2014), with Stafford's constants (variant 13).
#[inline]
const fn mixed(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use statrs::distribution::{ChiSquared, ContinuousCDF};

    proptest! {
        #[test]
        fn every_element_stands_at_one_place_and_is_found_there(n in 1_u32..6000, key: u64) {
            let permutation = Permutation::new(n, key);
            let mut is_met = vec![false; n as usize];
            for place in 0..n {
                let element = permutation.at(place);
                prop_assert!(!std::mem::replace(&mut is_met[element as usize], true));
                prop_assert_eq!(permutation.place_of(element), place);
            }
        }

        #[test]
        fn the_inverse_is_the_inverse_up_to_the_largest_n(n in 1_u32.., part in 0.0..1.0_f64, key: u64) {
            let permutation = Permutation::new(n, key);
            let place = (f64::from(n) * part) as u32;
            prop_assert!(permutation.at(place) < n);
            prop_assert_eq!(permutation.place_of(permutation.at(place)), place);
        }
    }

    /// Pearson's statistic of `counts`, all of which have the same expectation, against its quantile at 1 − 1e-4.
    fn is_uniform(counts: &[u32]) -> Result<(), String> {
        let expected = counts.iter().map(|&count| f64::from(count)).sum::<f64>() / counts.len() as f64;
        assert!(expected >= 10.0, "too few draws for the statistic: {expected} a class");
        let statistic: f64 =
            counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
        let bound = ChiSquared::new(counts.len() as f64 - 1.0).unwrap().inverse_cdf(1.0 - 1e-4);
        if statistic <= bound { Ok(()) } else { Err(format!("{statistic} above {bound}, {counts:?}")) }
    }

    const SIZES: [u32; 12] = [2, 3, 4, 5, 6, 7, 9, 10, 12, 16, 25, 40];

    /// Keys are 0, 1, 2 …: neighbouring keys must do as well as random ones. Every ordered pair of elements is as likely at two
    /// given places as any other, at the beginning and at the end, whichever their distance in the table.
    #[test]
    fn each_pair_of_elements_is_equally_likely_at_two_places_down_to_two_elements() {
        for n in SIZES {
            for (first, second) in [(0, 1), (0, n - 1), (n / 2, n - 1), (0, n.isqrt())] {
                if first == second {
                    continue;
                }
                let mut counts = vec![0; (n * (n - 1)) as usize];
                for key in 0..u64::from(n * (n - 1)) * 60 {
                    let permutation = Permutation::new(n, key);
                    let (left, right) = (permutation.at(first), permutation.at(second));
                    counts[(left * (n - 1) + right - u32::from(right > left)) as usize] += 1;
                }
                is_uniform(&counts)
                    .unwrap_or_else(|error| panic!("n = {n}, places {first}, {second}: {error}"));
            }
        }
    }

    /// All orders of three, four and five elements, so that no triple or larger set is favoured either.
    #[test]
    fn each_order_of_few_elements_is_equally_likely() {
        for (n, orders) in [(3_u32, 6_u64), (4, 24), (5, 120)] {
            let mut counts = std::collections::BTreeMap::new();
            for key in 0..orders * 400 {
                let permutation = Permutation::new(n, key);
                let order: Vec<u32> = (0..n).map(|place| permutation.at(place)).collect();
                *counts.entry(order).or_insert(0) += 1;
            }
            assert_eq!(counts.len() as u64, orders);
            is_uniform(&counts.into_values().collect::<Vec<_>>())
                .unwrap_or_else(|error| panic!("n = {n}: {error}"));
        }
    }

    /// In large tables elements are counted by sixteenths of the range: who is among the first, and pairs of neighbouring places.
    /// 4,095 is the largest number with more rounds, 4,096 the smallest with fewer.
    #[test]
    fn inclusion_and_pairs_are_uniform_in_large_tables() {
        for n in [4095_u32, 4096, 5000, 65_536, 1_000_003, 67_000_000, u32::MAX] {
            let part = |element: u32| (u64::from(element) * 16 / u64::from(n)) as usize;
            let (mut included, mut pairs) = (vec![0; 16], vec![0; 256]);
            for key in 0..30_000 {
                let permutation = Permutation::new(n, key);
                let elements = [0, 1, 2].map(|place| permutation.at(place));
                elements.iter().for_each(|&element| included[part(element)] += 1);
                pairs[part(elements[0]) * 16 + part(elements[1])] += 1;
            }
            is_uniform(&included).unwrap_or_else(|error| panic!("n = {n}, inclusion: {error}"));
            is_uniform(&pairs).unwrap_or_else(|error| panic!("n = {n}, pairs: {error}"));
        }
    }

    /// The distance of the first two elements, modulo n, is uniform too: a fixed shift of one against the other would show here.
    #[test]
    fn the_distance_of_neighbours_is_uniform() {
        for n in [4096_u32, 1_000_003] {
            let mut counts = vec![0; 64];
            for key in 0..20_000 {
                let permutation = Permutation::new(n, key);
                let distance =
                    (i64::from(permutation.at(1)) - i64::from(permutation.at(0))).rem_euclid(i64::from(n));
                counts[(distance * 64 / i64::from(n)) as usize] += 1;
            }
            is_uniform(&counts).unwrap_or_else(|error| panic!("n = {n}: {error}"));
        }
    }
}
