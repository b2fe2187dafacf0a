//! How many edges lie between two that carry a message: geometric numbers by table.
//!
//! If every edge carries with probability p, the number G of edges that do not before the next that does has
//! P(G = g) = p(1 − p)^g. A table of Walker's aliases (Walker 1977, "An efficient method for generating discrete random
//! variables with general distributions", ACM Transactions on Mathematical Software 3, 253–256) gives G from 32 random bits with
//! one look-up and no branch that a processor could mispredict: 8 bits choose a column, 24 choose between its two ends.
//!
//! The last of the 256 ends means "255 or more". What is left is geometric again, and the digits of a geometric number to
//! base 256 are independent of each other: digit d of place 256^i has a weight of (1 − p)^(d·256^i). So any gap, however rare, comes
//! from the same kind of table, no logarithm is taken in a run, and p may be as small as a number can be.
//!
//! Probabilities of columns are rounded to 2^-24, hence those of gaps to 2^-24 in all, a relative error of the mean gap far below
//! what 10^12 draws could show.

use super::Coins;
use rand::Rng;

/// Ends of a table: a byte.
const ENDS: usize = 256;
/// The end that stands for "this or more".
const MORE: u32 = ENDS as u32 - 1;
/// Places of a gap to base 256: as many as a graph of 2^32 edges needs.
const PLACES: usize = 4;
/// A gap longer than any graph; half a million of them can be added up in 64 bits.
const NEVER: u64 = 1 << 44;

/// A table of aliases over 0 to 255.
#[derive(Debug, Clone)]
struct Table {
    /// For each column the bound of its own end among 2^24, and in the lowest byte its other end.
    columns: Box<[u32; ENDS]>,
}

impl Table {
    /// The table in which end i has a probability in proportion to `weights[i]`.
    fn new(weights: &[f64; ENDS]) -> Self {
        let sum: f64 = weights.iter().sum();
        let mut left = weights.map(|weight| weight / sum * ENDS as f64);
        let mut columns = Box::new([0; ENDS]);
        let (mut low, mut high): (Vec<usize>, Vec<usize>) = (0..ENDS).partition(|&end| left[end] < 1.0);
        while let (Some(&poor), Some(&rich)) = (low.last(), high.last()) {
            low.pop();
            columns[poor] =
                ((left[poor] * f64::from(1 << 24)).round() as u32).min((1 << 24) - 1) << 8 | rich as u32;
            left[rich] -= 1.0 - left[poor];
            if left[rich] < 1.0 {
                high.pop();
                low.push(rich);
            }
        }
        // What remains is full up to rounding: whichever way the comparison falls, the end is the column's own.
        for full in low.into_iter().chain(high) {
            columns[full] = full as u32;
        }
        Self { columns }
    }

    /// The end that 32 random bits choose.
    #[inline]
    fn end(&self, bits: u32) -> u32 {
        let own = bits >> 24;
        let column = self.columns[own as usize];
        if bits << 8 >> 8 < column >> 8 { own } else { column & 0xff }
    }
}

/// Geometric gaps for one probability.
#[derive(Debug, Clone)]
pub(super) struct Gaps {
    /// Gaps below 255, and those that are longer.
    short: Table,
    /// Digits of what is longer, the lowest first.
    digits: [Table; PLACES],
    /// Probability that what is longer is longer than any graph.
    endless: f64,
}

impl Gaps {
    /// Gaps between edges that carry with the probability `p`.
    pub(super) fn new(p: f64) -> Self {
        let silence = libm::log1p(-p);
        // (1 − p)^n, and 1 for n = 0 even where the logarithm is infinite.
        let none = |n: f64| if n == 0.0 { 1.0 } else { libm::exp(silence * n) };
        let mut short = std::array::from_fn(|gap| p * none(gap as f64));
        short[MORE as usize] = none(f64::from(MORE));
        let digit = |place: usize| {
            let step = libm::pow(256.0, place as f64);
            Table::new(&std::array::from_fn(|digit| none(digit as f64 * step)))
        };
        Self {
            short: Table::new(&short),
            digits: std::array::from_fn(digit),
            endless: none(libm::pow(256.0, PLACES as f64)),
        }
    }

    /// The gap that 32 random bits choose; more are drawn if they do not suffice.
    #[inline]
    fn gap(&self, bits: u32, coins: &mut Coins) -> u64 {
        let gap = self.short.end(bits);
        if gap == MORE { self.long(coins) } else { u64::from(gap) }
    }

    /// A gap of at least 255.
    #[cold]
    #[inline(never)]
    fn long(&self, coins: &mut Coins) -> u64 {
        let unit = (coins.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0);
        if unit < self.endless {
            return NEVER;
        }
        let bits = [coins.next_u64(), coins.next_u64()];
        let digit =
            |place: usize| u64::from(self.digits[place].end((bits[place / 2] >> (place % 2 * 32)) as u32));
        u64::from(MORE) + (0..PLACES).map(|place| digit(place) << (8 * place)).sum::<u64>()
    }

    /// Where the first carrying edge lies.
    pub(super) fn first(&self, coins: &mut Coins) -> u64 {
        let bits = coins.next_u64();
        self.gap((bits >> 32) as u32, coins)
    }

    /// Writes the places of carrying edges, from `first` on, into `places`, which has an even length; returns the next.
    pub(super) fn fill(&self, places: &mut [u64], first: u64, coins: &mut Coins) -> u64 {
        let mut next = first;
        for pair in places.as_chunks_mut::<2>().0 {
            let bits = coins.next_u64();
            pair[0] = next;
            next += 1 + self.gap((bits >> 32) as u32, coins);
            pair[1] = next;
            next += 1 + self.gap(bits as u32, coins);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::{Purpose, RunKey, Subject};

    fn coins(run: u64) -> Coins {
        RunKey::new(0, run).fast_stream(Purpose::new("gaps test"), Subject::default())
    }

    /// The exact probability of each end of a table, from its columns.
    fn probabilities(table: &Table) -> [f64; ENDS] {
        let mut found = [0.0; ENDS];
        for (own, &column) in table.columns.iter().enumerate() {
            let kept = f64::from(column >> 8) / f64::from(1 << 24);
            found[own] += kept / ENDS as f64;
            found[(column & 0xff) as usize] += (1.0 - kept) / ENDS as f64;
        }
        found
    }

    #[test]
    fn a_table_gives_each_end_its_probability_up_to_the_rounding_of_its_columns() {
        for p in [1e-9, 1e-4, 0.003, 0.03, 0.5, 0.99] {
            let gaps = Gaps::new(p);
            for (gap, found) in probabilities(&gaps.short).into_iter().enumerate() {
                let silent = (1.0_f64 - p).powi(gap as i32);
                let expected = if gap as u32 == MORE { silent } else { p * silent };
                // Each of 256 columns is rounded by at most 2^-25 of itself.
                assert!((found - expected).abs() < 2.0_f64.powi(-25), "p = {p}, {gap}: {found}, {expected}");
            }
            let step = 1.0 - libm::pow(1.0 - p, 256.0);
            for (digit, found) in probabilities(&gaps.digits[1]).into_iter().enumerate() {
                let all = 1.0 - libm::pow(1.0 - p, 65536.0);
                let expected = step / all * libm::pow(1.0 - p, 256.0 * digit as f64);
                assert!((found - expected).abs() < 1e-7, "p = {p}, digit {digit}: {found}, {expected}");
            }
        }
    }

    /// α = 1e-4 for each: the mean of n gaps lies within 3.9·sqrt(1 − p)/(p·sqrt(n)) of (1 − p)/p, and the share of gaps above
    /// twice the mean within 3.9·sqrt(s(1 − s)/n) of its probability s.
    #[test]
    fn gaps_have_the_mean_and_the_tail_of_geometric_numbers() {
        let n = 400_000;
        for (run, p) in [1e-7, 2e-5, 1e-3, 0.03, 0.4, 0.9].into_iter().enumerate() {
            let gaps = Gaps::new(p);
            let mut coins = coins(run as u64);
            let mut places = vec![0; n];
            let first = gaps.first(&mut coins);
            let next = gaps.fill(&mut places, first, &mut coins);
            places.push(next);
            let drawn: Vec<f64> = places.windows(2).map(|pair| (pair[1] - pair[0] - 1) as f64).collect();
            let (mean, count) = ((1.0 - p) / p, n as f64);
            let found = drawn.iter().sum::<f64>() / count;
            assert!(
                (found - mean).abs() < 3.9 * (1.0 - p).sqrt() / p / count.sqrt(),
                "p = {p}: {found}, {mean}"
            );
            let bound = (2.0 * mean).floor() + 1.0;
            let tail = libm::pow(1.0 - p, bound);
            let found = drawn.iter().filter(|&&gap| gap >= bound).count() as f64 / count;
            assert!(
                (found - tail).abs() < 3.9 * (tail * (1.0 - tail) / count).sqrt(),
                "p = {p}: {found}, {tail}"
            );
        }
    }

    #[test]
    fn at_one_every_edge_carries_and_at_nought_none_of_any_graph() {
        let mut places = [0; 600];
        let (sure, mut coins) = (Gaps::new(1.0), coins(9));
        let first = sure.first(&mut coins);
        assert_eq!((first, sure.fill(&mut places, first, &mut coins)), (0, 600));
        assert!(places.into_iter().eq(0..600));
        for p in [0.0, 1e-300] {
            let never = Gaps::new(p);
            let first = never.first(&mut coins);
            assert!(first > u64::from(u32::MAX), "p = {p}: {first}");
            assert!(never.fill(&mut [0; 1024], first, &mut coins) > first);
        }
    }
}
