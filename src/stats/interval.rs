//! Confidence intervals.

use crate::stats::distribution::{normal_quantile, student_quantile};
use crate::stats::summary::Moments;

/// A closed interval of numbers; both ends are NaN where no interval exists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// No interval: there is too little to say anything.
    pub const NONE: Self = Self { low: f64::NAN, high: f64::NAN };

    /// The interval from `centre − half_width` to `centre + half_width`.
    pub fn around(centre: f64, half_width: f64) -> Self {
        Self { low: centre - half_width, high: centre + half_width }
    }

    /// Whether `value` lies in the interval.
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Half the distance between the ends.
    pub fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// Interval of a proportion: `successes` of `n`, at `level` (such as 0.95), by Wilson (1927), Journal of the
/// American Statistical Association 22, 209–212.
///
/// It stays inside 0 to 1 and has a width even where nothing or everything succeeded.
pub fn wilson(successes: u64, n: u64, level: f64) -> Interval {
    if n == 0 {
        return Interval::NONE;
    }
    let z = two_sided_normal(level);
    let n_real = n as f64;
    let p = successes as f64 / n_real;
    let z_squared = z * z;
    let scale = 1.0 + z_squared / n_real;
    let centre = (p + z_squared / (2.0 * n_real)) / scale;
    let half = z * (p * (1.0 - p) / n_real + z_squared / (4.0 * n_real * n_real)).sqrt() / scale;
    // At the ends the two terms are equal in exact arithmetic.
    Interval {
        low: if successes == 0 { 0.0 } else { centre - half },
        high: if successes >= n { 1.0 } else { centre + half },
    }
}

/// Student's interval of a mean at `level`; none for fewer than two values.
pub fn of_mean(moments: &Moments, level: f64) -> Interval {
    if moments.n() < 2 {
        return Interval::NONE;
    }
    let t = student_quantile(f64::midpoint(1.0, level), moments.n() - 1);
    Interval::around(moments.mean(), t * moments.standard_error())
}

/// The normal quantile that leaves `1 − level` in both tails together.
pub fn two_sided_normal(level: f64) -> f64 {
    normal_quantile(f64::midpoint(1.0, level))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17,
    /// 857–872, table I: method 3 (score, no continuity correction), 95 %.
    #[test]
    fn wilson_intervals_are_those_of_newcombe_1998() {
        let table = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (successes, n, low, high) in table {
            let interval = wilson(successes, n, 0.95);
            assert!((interval.low - low).abs() < 6e-5, "{successes}/{n}: {interval:?}");
            assert!((interval.high - high).abs() < 6e-5, "{successes}/{n}: {interval:?}");
        }
    }

    /// NIST/SEMATECH e-Handbook, section 1.3.5.2: ZARR13 (Zarr, 1990), n = 195, mean 9.261460, standard
    /// deviation 0.022789; the 95 % interval of the mean is 9.258242 to 9.264679.
    #[test]
    fn the_interval_of_a_mean_is_that_of_the_nist_heat_flow_example() {
        // One value at the mean and 97 at one deviation on either side have the moments that NIST prints.
        let (mean, sd) = (9.261_460, 0.022_789);
        let values = (0..195).map(|index| match index {
            0 => mean,
            odd if odd % 2 == 1 => mean + sd,
            _ => mean - sd,
        });
        let interval = of_mean(&Moments::of(values), 0.95);
        assert!((interval.low - 9.258_242).abs() < 2e-6, "{interval:?}");
        assert!((interval.high - 9.264_679).abs() < 2e-6, "{interval:?}");
    }

    #[test]
    fn where_nothing_is_known_there_is_no_interval() {
        assert!(wilson(0, 0, 0.95).low.is_nan());
        assert!(of_mean(&Moments::of([1.0]), 0.95).low.is_nan());
        assert_eq!(wilson(20, 20, 0.95).high, 1.0);
        assert!(wilson(20, 20, 0.95).contains(0.9));
    }
}
