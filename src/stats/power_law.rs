//! Power laws of whole numbers.
//!
//! The discrete power law from m on has P(x) = x^−α / ζ(α, m) for x ≥ m. The exponent is estimated by maximum likelihood; the
//! beginning m is the one for which what was observed above it lies nearest to the law, by the statistic of Kolmogorov and Smirnov (Clauset,
//! Shalizi & Newman 2009, "Power-law distributions in empirical data", SIAM Review 51, 661–703).

use crate::stats::interval::{Interval, two_sided_normal};

/// Least numbers in a tail from which an exponent is estimated.
pub const SMALLEST_TAIL: u64 = 50;

/// Beginnings of a tail that are tried, spread evenly over the orders of magnitude.
const CANDIDATES: usize = 64;
/// Range of exponents.
const EXPONENTS: (f64, f64) = (1.01, 12.0);
/// Steps of the search for the exponent: each leaves 0.618 of the range.
const STEPS: u32 = 60;

/// A power law fitted to the tail of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PowerLaw {
    /// Exponent of the density.
    pub exponent: f64,
    /// Its interval, given where the tail begins.
    pub interval: Interval,
    /// Where the tail begins.
    pub x_min: u64,
    /// Numbers in the tail.
    pub n_tail: u64,
    /// Largest distance between the law and the tail, as shares.
    pub distance: f64,
}

/// Fits a power law at `level` (such as 0.95) to a sample given as ascending values with how often each occurs. Zeros are no
/// part of any tail. `None` if no tail has [`SMALLEST_TAIL`] numbers of at least two values.
pub fn fit(histogram: &[(u64, u64)], level: f64) -> Option<PowerLaw> {
    let positive = &histogram[histogram.partition_point(|&(value, _)| value == 0)..];
    let mut n_tail = 0;
    let mut n_usable = 0;
    for (idx, &(_, count)) in positive.iter().enumerate().rev() {
        n_tail += count;
        if n_tail >= SMALLEST_TAIL && idx + 1 < positive.len() {
            n_usable = idx + 1;
            break;
        }
    }
    let mut best: Option<PowerLaw> = None;
    let mut last_tried = 0.0;
    let apart = positive
        .get(n_usable.saturating_sub(1))
        .map_or(0.0, |&(value, _)| libm::log(value as f64 / positive[0].0 as f64) / CANDIDATES as f64);
    for idx in 0..n_usable {
        let place = libm::log(positive[idx].0 as f64);
        if idx > 0 && place - last_tried < apart {
            continue;
        }
        last_tried = place;
        let law = fit_tail(&positive[idx..], level);
        if best.is_none_or(|best| law.distance < best.distance) {
            best = Some(law);
        }
    }
    best
}

/// Fits a power law to a whole tail: at least one value, of which the first is its beginning.
fn fit_tail(tail: &[(u64, u64)], level: f64) -> PowerLaw {
    let x_min = tail[0].0;
    let n_tail: u64 = tail.iter().map(|&(_, count)| count).sum();
    let n = n_tail as f64;
    let mean_log = tail.iter().map(|&(value, count)| count as f64 * libm::log(value as f64)).sum::<f64>() / n;
    let cost = |exponent: f64| libm::log(zeta(exponent, x_min as f64)) + exponent * mean_log;
    let exponent = least(cost, EXPONENTS);
    let step = 1e-3;
    let curvature = (cost(exponent + step) - 2.0 * cost(exponent) + cost(exponent - step)) / (step * step);
    let half = two_sided_normal(level) / (n * curvature).sqrt();
    let whole = zeta(exponent, x_min as f64);
    let mut distance = 0.0_f64;
    let mut above = n_tail;
    for &(value, count) in tail {
        let from = zeta(exponent, value as f64) / whole;
        distance = distance.max((above as f64 / n - from).abs());
        above -= count;
        // Just above the value the sample has lost those that have it, but the law not yet those of larger values.
        let next = from - libm::pow(value as f64, -exponent) / whole;
        distance = distance.max((above as f64 / n - next).abs());
    }
    PowerLaw { exponent, interval: Interval::around(exponent, half), x_min, n_tail, distance }
}

/// Where a function with one valley is least, by golden sections.
fn least(f: impl Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    let section = 0.618_033_988_749_894_9;
    let mut left = high - section * (high - low);
    let mut right = low + section * (high - low);
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..STEPS {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - section * (high - low);
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + section * (high - low);
            at_right = f(right);
        }
    }
    f64::midpoint(low, high)
}

/// Hurwitz' zeta function: the sum of (q + k)^−s over k from 0; s > 1, q > 0. By the formula of Euler and Maclaurin from
/// q + k ≥ 12 on, which leaves an error below 1e-12.
pub fn zeta(s: f64, q: f64) -> f64 {
    let mut sum = 0.0;
    let mut q = q;
    while q < 12.0 {
        sum += libm::pow(q, -s);
        q += 1.0;
    }
    let power = libm::pow(q, -s);
    let square = q * q;
    // Bernoulli's numbers B2, B4, B6 and B8, each as a factor of the one before.
    let eighth = 1.0 - (s + 5.0) * (s + 6.0) / (40.0 * square);
    let sixth = 1.0 - (s + 3.0) * (s + 4.0) / (42.0 * square) * eighth;
    let corrections = s / (12.0 * q) * (1.0 - (s + 1.0) * (s + 2.0) / (60.0 * square) * sixth);
    sum + power * (q / (s - 1.0) + 0.5 + corrections)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// ζ(2) = π²/6, ζ(4) = π⁴/90, Apéry's constant ζ(3); ζ(2, 3) = ζ(2) − 1 − 1/4.
    #[test]
    fn zeta_has_its_known_values() {
        let pi = std::f64::consts::PI;
        let cases = [
            (2.0, 1.0, pi * pi / 6.0),
            (4.0, 1.0, pi.powi(4) / 90.0),
            (3.0, 1.0, 1.202_056_903_159_594_3),
            (2.0, 3.0, pi * pi / 6.0 - 1.25),
            (2.0, 50.0, pi * pi / 6.0 - (1..50).map(|k| 1.0 / f64::from(k * k)).sum::<f64>()),
        ];
        for (s, q, expected) in cases {
            assert!((zeta(s, q) - expected).abs() < 1e-12, "{s} {q}: {}", zeta(s, q));
        }
    }

    /// The values of the law at evenly spaced probabilities: a sample without noise.
    fn sample(exponent: f64, x_min: u64, n: u32) -> Vec<u64> {
        let whole = zeta(exponent, x_min as f64);
        let value = |probability: f64| {
            let (mut low, mut high) = (x_min, 1 << 50);
            while high - low > 1 {
                let middle = low.midpoint(high);
                if zeta(exponent, middle as f64) / whole > probability { low = middle } else { high = middle }
            }
            low
        };
        (0..n).map(|idx| value((f64::from(idx) + 0.5) / f64::from(n))).collect()
    }

    fn histogram(values: &[u64]) -> Vec<(u64, u64)> {
        let mut counts = BTreeMap::new();
        for &value in values {
            *counts.entry(value).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }

    /// Without noise the exponent is off by much less than its interval, whose width is that of the information of the law,
    /// the second derivative of ln ζ.
    #[test]
    fn the_exponent_of_a_sample_is_found_within_its_interval() {
        for (exponent, x_min) in [(2.0, 1), (2.5, 1), (3.2, 4), (2.2, 30)] {
            let law = fit_tail(&histogram(&sample(exponent, x_min, 5000)), 0.95);
            assert!(
                (law.exponent - exponent).abs() < 0.2 * law.interval.half_width(),
                "{exponent} {x_min}: {law:?}"
            );
            assert!(law.distance < 1e-3, "{law:?}");
        }
        let log_zeta = |s: f64| zeta(s, 1.0).ln();
        let information = (log_zeta(2.51) - 2.0 * log_zeta(2.5) + log_zeta(2.49)) / 1e-4;
        let law = fit_tail(&histogram(&sample(2.5, 1, 5000)), 0.95);
        let expected = 1.959_964 / (5000.0 * information).sqrt();
        assert!((law.interval.half_width() / expected - 1.0).abs() < 0.01, "{law:?} {expected}");
    }

    /// Below 20 there are twice as many numbers as the law has, all the same; the tail is found to begin near 20.
    #[test]
    fn the_beginning_of_the_tail_is_found() {
        let mut values = sample(2.4, 20, 4000);
        values.extend((0..8000).map(|idx| 1 + idx % 19));
        let law = fit(&histogram(&values), 0.95).unwrap();
        assert!((18..=40).contains(&law.x_min), "{law:?}");
        assert!((law.exponent - 2.4).abs() < 0.15, "{law:?}");
    }

    #[test]
    fn too_few_or_equal_numbers_have_no_law() {
        assert_eq!(fit(&[], 0.95), None);
        assert_eq!(fit(&[(0, 1000)], 0.95), None);
        assert_eq!(fit(&[(7, 1000)], 0.95), None);
        assert_eq!(fit(&[(0, 10), (1, 20), (2, 10)], 0.95), None);
        assert!(fit(&[(0, 10), (1, 40), (2, 10)], 0.95).is_some());
    }
}
