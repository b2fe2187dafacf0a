//! Quantiles of sorted slices.
//!
//! Definitions and their numbers follow Hyndman and Fan (1996), "Sample quantiles in statistical packages",
//! The American Statistician 50, 361–365.

use crate::stats::binomial;
use crate::stats::interval::Interval;

/// How a quantile between two order statistics is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Definition 7: linear between order statistics. For real numbers.
    Linear,
    /// Definition 1: the smallest value at or below which at least the share `p` lies, hence always one of the
    /// values. For ranks and small counts.
    Inverse,
}

/// The quantile at `p` (0 to 1) of an ascending slice without NaN; NaN if it is empty.
pub fn sorted(values: &[f64], p: f64, method: Method) -> f64 {
    sorted_by(values.len(), p, method, |index| values[index])
}

/// [`sorted`] for any ascending sequence of `n` values that `value` reads by index.
pub fn sorted_by(n: usize, p: f64, method: Method, value: impl Fn(usize) -> f64) -> f64 {
    if n == 0 {
        return f64::NAN;
    }
    let p = p.clamp(0.0, 1.0);
    match method {
        Method::Linear => {
            let place = p * (n - 1) as f64;
            let below = (place as usize).min(n - 1);
            let (low, high) = (value(below), value((below + 1).min(n - 1)));
            low + (high - low) * (place - below as f64)
        }
        Method::Inverse => {
            // A share such as 0.95 × 20 may round to just above the integer it stands for.
            let rank = (p * n as f64 - 1e-9).ceil().max(1.0) as usize;
            value(rank.min(n) - 1)
        }
    }
}

/// Interval at `level` of the quantile at `p` of the distribution that `values` (ascending, without NaN) are drawn from: two order
/// statistics, whatever the distribution.
///
/// The number of values below the quantile is binomial, so the true quantile lies below the k-th value with a known probability; either end
/// is the innermost value that leaves at most (1 − level)/2 outside (Thompson 1936, Annals of Mathematical Statistics 7, 122–128; Conover 1999,
/// Practical Nonparametric Statistics, section 3.2). Where not even the outermost value does, the end is infinite: so few values say nothing
/// of so far a quantile. For discrete values the interval covers at least as often.
pub fn interval(values: &[f64], p: f64, level: f64) -> Interval {
    let n = values.len() as u64;
    let tail = (1.0 - level) / 2.0;
    // At most k values lie below the quantile with a probability that grows with k.
    let smallest = |is_enough: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = low + (high - low) / 2;
            if is_enough(binomial::at_most(middle, n, p)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    };
    let below = smallest(&|probability| probability > tail);
    let above = smallest(&|probability| probability >= 1.0 - tail);
    Interval {
        low: below
            .checked_sub(1)
            .and_then(|index| values.get(index as usize))
            .copied()
            .unwrap_or(f64::NEG_INFINITY),
        high: values.get(above as usize).copied().unwrap_or(f64::INFINITY),
    }
}

/// A quantile with the interval that it is known to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Share of the distribution below it, 0 to 1.
    pub p: f64,
    /// The quantile of the sample.
    pub value: f64,
    /// Its [`interval`].
    pub interval: Interval,
}

/// The quantiles at `shares` of an ascending slice without NaN, each with its interval at `level`: the lines of a band, and how well each
/// line is known.
pub fn band(values: &[f64], shares: &[f64], method: Method, level: f64) -> Vec<Estimate> {
    let estimate =
        |&p: &f64| Estimate { p, value: sorted(values, p, method), interval: interval(values, p, level) };
    shares.iter().map(estimate).collect()
}

/// The smallest of ascending `(value, weight)` pairs at or below which at least the share `p` of all weight lies; NaN without pairs.
pub fn weighted(pairs: &[(f64, f64)], p: f64) -> f64 {
    let total: f64 = pairs.iter().map(|(_, weight)| weight).sum();
    let mut below = 0.0;
    for &(value, weight) in pairs {
        below += weight;
        // Sums of weights such as tenths may fall just short of what they stand for.
        if below >= p * total - 1e-9 * total {
            return value;
        }
    }
    pairs.last().map_or(f64::NAN, |pair| pair.0)
}

/// Sorts `values` ascending and removes NaN.
pub fn sort(values: &mut Vec<f64>) {
    values.retain(|value| !value.is_nan());
    values.sort_unstable_by(f64::total_cmp);
}

/// The place of `value` among sorted `values`: the share below it plus half the share equal to it, 0 to 1.
///
/// `None` if there is nothing to compare.
pub fn place(values: &[f64], value: f64) -> Option<f64> {
    if values.is_empty() || value.is_nan() {
        return None;
    }
    let below = values.partition_point(|&other| other < value);
    let up_to = values.partition_point(|&other| other <= value);
    Some((below + up_to) as f64 / (2 * values.len()) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook of Statistical Methods, section 7.2.6.2 "Percentiles": twelve gauge readings.
    /// Its alternative `1 + p(N − 1)` is definition 7: at p = 0.90 that is place 10.9 of the ordered readings,
    /// 95.1937 + 0.9 · (95.1959 − 95.1937) = 95.19568.
    #[test]
    fn the_90th_percentile_of_the_nist_gauge_readings_is_reproduced() {
        let mut readings = vec![
            95.1772, 95.1567, 95.1937, 95.1959, 95.1442, 95.0610, 95.1591, 95.1195, 95.1065, 95.0925,
            95.1990, 95.1682,
        ];
        sort(&mut readings);
        assert!((sorted(&readings, 0.9, Method::Linear) - 95.19568).abs() < 1e-9);
    }

    #[test]
    fn the_inverse_definition_always_gives_one_of_the_values() {
        let rungs = [0.0, 1.0, 1.0, 5.0];
        assert_eq!(sorted(&rungs, 0.5, Method::Inverse), 1.0);
        assert_eq!(sorted(&rungs, 0.75, Method::Inverse), 1.0);
        assert_eq!(sorted(&rungs, 0.76, Method::Inverse), 5.0);
        assert_eq!(sorted(&rungs, 0.0, Method::Inverse), 0.0);
        let twenty: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(sorted(&twenty, 0.95, Method::Inverse), 19.0);
        assert_eq!(sorted(&twenty, 0.05, Method::Inverse), 1.0);
    }

    /// `quantile_test(…).confidence_interval(0.95)` of SciPy 1.17.1 for 1 to 30, and 1 to 10 (where the median lies between the second and the
    /// ninth value with probability 0.9785, as every table of the sign test has it).
    #[test]
    fn intervals_of_quantiles_are_those_of_scipy() {
        let values: Vec<f64> = (1..=30).map(f64::from).collect();
        let theirs = [(0.05, f64::NEG_INFINITY, 5.0), (0.5, 10.0, 21.0), (0.9, 23.0, f64::INFINITY)];
        for (p, low, high) in theirs {
            assert_eq!(interval(&values, p, 0.95), Interval { low, high }, "{p}");
        }
        assert_eq!(interval(&values[..10], 0.5, 0.95), Interval { low: 2.0, high: 9.0 });
        let none = interval(&[], 0.5, 0.95);
        assert_eq!((none.low, none.high), (f64::NEG_INFINITY, f64::INFINITY));
    }

    /// For every n, p and level the probability that the ends enclose the true quantile, summed from the binomial distribution itself, is at
    /// least the level, and would not be on either side with the next value inwards.
    #[test]
    fn intervals_of_quantiles_cover_as_promised_and_are_no_wider() {
        for n in 1..=60_u64 {
            let ranks: Vec<f64> = (1..=n).map(|rank| rank as f64).collect();
            for (p, level) in [(0.5, 0.9), (0.05, 0.9), (0.25, 0.95), (0.95, 0.99)] {
                let Interval { low, high } = interval(&ranks, p, level);
                // Below the quantile lie k values: the interval holds it if low ≤ k < high, as numbers of ranks.
                let share = |keep: &dyn Fn(f64) -> bool| -> f64 {
                    (0..=n).filter(|&k| keep(k as f64)).map(|k| binomial::probability(k, n, p)).sum()
                };
                let tail = (1.0 - level) / 2.0 + 1e-12;
                assert!(share(&|k| k < low) <= tail && share(&|k| k >= high) <= tail, "{n} {p} {level}");
                assert!(low.is_infinite() || share(&|k| k < low + 1.0) > tail - 2e-12, "{n} {p} {level}");
                assert!(high.is_infinite() || share(&|k| k >= high - 1.0) > tail - 2e-12, "{n} {p} {level}");
            }
        }
    }

    /// Equal weights are the inverse definition; a weight of three is three values.
    #[test]
    fn weights_count_as_repeated_values() {
        let values: Vec<f64> = (1..=20).map(f64::from).collect();
        let pairs: Vec<(f64, f64)> = values.iter().map(|&value| (value, 0.05)).collect();
        for p in [0.0, 0.05, 0.5, 0.93, 0.95, 1.0] {
            assert_eq!(weighted(&pairs, p), sorted(&values, p, Method::Inverse), "{p}");
        }
        assert_eq!(
            weighted(&[(1.0, 1.0), (2.0, 3.0)], 0.26),
            sorted(&[1.0, 2.0, 2.0, 2.0], 0.26, Method::Inverse)
        );
        assert!(weighted(&[], 0.5).is_nan());
    }

    #[test]
    fn a_band_has_a_line_for_each_share() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        let lines = band(&values, &[0.05, 0.5], Method::Linear, 0.9);
        assert_eq!((lines[0].value, lines[1].value), (5.0, 50.0));
        assert!(lines.iter().all(|line| line.interval.contains(line.value)));
    }

    #[test]
    fn degenerate_slices_are_answered() {
        assert!(sorted(&[], 0.5, Method::Linear).is_nan());
        assert_eq!(sorted(&[2.0], 0.95, Method::Linear), 2.0);
        let mut values = vec![f64::NAN, 3.0, f64::NAN, 1.0];
        sort(&mut values);
        assert_eq!(values, [1.0, 3.0]);
    }

    #[test]
    fn ties_share_their_place() {
        assert_eq!(place(&[1.0, 2.0, 2.0, 3.0], 2.0), Some(0.5));
        assert_eq!(place(&[1.0, 2.0, 3.0, 4.0], 0.0), Some(0.0));
        assert_eq!(place(&[1.0, 2.0, 3.0, 4.0], 9.0), Some(1.0));
        assert_eq!(place(&[], 1.0), None);
    }
}
