//! How far apart two samples are as distributions. Samples are ascending slices without NaN; an empty one has no distance (NaN).

use crate::stats::low_discrepancy::Words;

mod cramer_von_mises;
mod smirnov;

pub use cramer_von_mises::cramer_von_mises;
pub use smirnov::kolmogorov_smirnov;

/// A distance with the probability of one at least as large between samples of the same distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distance {
    /// The statistic.
    pub statistic: f64,
    /// Its p-value.
    pub p: f64,
}

impl Distance {
    /// Nothing to compare.
    const NONE: Self = Self { statistic: f64::NAN, p: f64::NAN };
}

/// Wasserstein distance of order 1, ∫ |F − G| dx: how far, on average, the values of one sample have to be moved to become the other. In the
/// unit of the values.
pub fn wasserstein(one: &[f64], other: &[f64]) -> f64 {
    integral(one, other, f64::abs)
}

/// Energy distance (2 ∫ (F − G)² dx)^½ of Székely and Rizzo (2013), Journal of Statistical Planning and Inference 143, 1249–1272: the root of
/// 2 E|X − Y| − E|X − X′| − E|Y − Y′|.
pub fn energy(one: &[f64], other: &[f64]) -> f64 {
    (2.0 * integral(one, other, |gap| gap * gap)).sqrt()
}

/// The p-value of any distance by permutation: the share, among `permutations` random ways to share out the values and the way they lie,
/// of distances at least as large. Exact as a test whatever the distributions (Phipson and Smyth 2010, Statistical Applications in Genetics
/// and Molecular Biology 9, 39).
pub fn permutation_p(
    one: &[f64],
    other: &[f64],
    distance: impl Fn(&[f64], &[f64]) -> f64,
    permutations: u32,
    words: &impl Words,
) -> f64 {
    if one.is_empty() || other.is_empty() {
        return f64::NAN;
    }
    // Distances that differ by rounding only count as equal.
    let seen = distance(one, other) * (1.0 - 1e-12);
    let pooled: Vec<f64> = steps(one, other).map(|step| step.value).collect();
    let (mut first, mut second) = (Vec::with_capacity(one.len()), Vec::with_capacity(other.len()));
    let at_least = (0..permutations).filter(|&permutation| {
        first.clear();
        second.clear();
        // Each value in turn goes to either sample with the probability that is left: all ways are equally likely, and both stay sorted.
        for (place, &value) in pooled.iter().enumerate() {
            let left = (pooled.len() - place) as u64;
            let wanted = (one.len() - first.len()) as u64;
            let word = words.word([permutation, place as u32, 0]);
            let sample = if (u64::from(word) * left) >> 32 < wanted { &mut first } else { &mut second };
            sample.push(value);
        }
        distance(&first, &second) >= seen
    });
    (at_least.count() + 1) as f64 / (f64::from(permutations) + 1.0)
}

/// One value of the two samples together, and how many values of each lie at or before its place.
#[derive(Debug, Clone, Copy)]
struct Step {
    value: f64,
    of_one: usize,
    of_other: usize,
    /// Whether the next value differs: between equal values neither distribution has a step to compare.
    ends_tie: bool,
}

/// Both samples merged.
fn steps<'a>(one: &'a [f64], other: &'a [f64]) -> impl Iterator<Item = Step> + 'a {
    let (mut i, mut j) = (0, 0);
    std::iter::from_fn(move || {
        let is_first = match (one.get(i), other.get(j)) {
            (Some(x), Some(y)) => x <= y,
            (None, None) => return None,
            (x, _) => x.is_some(),
        };
        let value = if is_first { one[i] } else { other[j] };
        if is_first {
            i += 1;
        } else {
            j += 1;
        }
        let is_later = |next: Option<&f64>| next.is_none_or(|&next| next > value);
        let ends_tie = is_later(one.get(i)) && is_later(other.get(j));
        Some(Step { value, of_one: i, of_other: j, ends_tie })
    })
}

/// The integral of a function of the difference of the two distribution functions; NaN for an empty sample.
fn integral(one: &[f64], other: &[f64], of_gap: impl Fn(f64) -> f64) -> f64 {
    if one.is_empty() || other.is_empty() {
        return f64::NAN;
    }
    let (mut sum, mut before) = (0.0, None::<Step>);
    for step in steps(one, other) {
        if let Some(Step { value, of_one, of_other, .. }) = before {
            let gap = of_one as f64 / one.len() as f64 - of_other as f64 / other.len() as f64;
            sum += of_gap(gap) * (step.value - value);
        }
        before = Some(step);
    }
    sum
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::stats::fixture::words;

    /// 25 and 12 made-up values, sorted.
    pub(in crate::stats::distance) const ONE: [f64; 25] = [
        -2.47, -1.73, -1.28, -0.82, -0.74, -0.56, -0.4, -0.32, -0.06, 0.05, 0.06, 0.29, 0.37, 0.39, 0.51,
        0.59, 0.61, 0.64, 1.05, 1.06, 1.09, 1.31, 1.64, 1.77, 2.36,
    ];
    pub(in crate::stats::distance) const OTHER: [f64; 12] =
        [-0.7, -0.1, 0.3, 0.45, 0.8, 0.95, 1.15, 1.5, 1.9, 2.2, 2.6, 3.1];

    /// `wasserstein_distance` and `energy_distance` of SciPy 1.17.1.
    #[test]
    fn distances_are_those_of_scipy() {
        assert!((wasserstein(&ONE, &OTHER) - 0.962_766_666_666_666_8).abs() < 1e-14);
        assert!((energy(&ONE, &OTHER) - 0.658_036_979_710_613_8).abs() < 1e-14);
        assert_eq!(wasserstein(&OTHER, &ONE), wasserstein(&ONE, &OTHER));
    }

    /// By its definition from pairs.
    #[test]
    fn the_energy_distance_is_that_of_mean_distances_of_pairs() {
        let mean = |one: &[f64], other: &[f64]| {
            let sum: f64 = one.iter().flat_map(|x| other.iter().map(move |y| (x - y).abs())).sum();
            sum / (one.len() * other.len()) as f64
        };
        let squared = 2.0 * mean(&ONE, &OTHER) - mean(&ONE, &ONE) - mean(&OTHER, &OTHER);
        assert!((energy(&ONE, &OTHER) - squared.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_shift_is_its_own_distance_and_nothing_is_none() {
        let shifted = ONE.map(|value| value + 2.0);
        assert!((wasserstein(&ONE, &shifted) - 2.0).abs() < 1e-14);
        assert_eq!((wasserstein(&ONE, &ONE), energy(&ONE, &ONE)), (0.0, 0.0));
        assert_eq!(wasserstein(&[1.0], &[4.0]), 3.0);
        assert!(wasserstein(&[], &ONE).is_nan() && energy(&ONE, &[]).is_nan());
        assert!(permutation_p(&[], &ONE, wasserstein, 10, &words(1)).is_nan());
    }

    /// Of the 20 ways to share out 1 to 6 by threes, two have a mean distance of 3 (the one seen and its mirror image): p = 0.1. Over 4000
    /// permutations the standard error is 0.0047, of which 3.9 are 0.0185.
    #[test]
    fn permutations_find_the_exact_share_of_a_small_sample() {
        let p = permutation_p(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0], wasserstein, 4000, &words(5));
        assert!((p - 0.1).abs() < 0.0185, "{p}");
        assert_eq!(permutation_p(&[1.0; 3], &[1.0; 4], energy, 50, &words(5)), 1.0);
    }
}
