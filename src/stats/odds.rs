//! Odds ratios of two-by-two tables.

use crate::stats::interval::{Interval, two_sided_normal};

/// An odds ratio with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OddsRatio {
    /// Odds in the first row over odds in the second.
    pub ratio: f64,
    /// Interval of the ratio.
    pub interval: Interval,
}

/// Yes and no counted in one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// How often it happened.
    pub yes: u64,
    /// How often it did not.
    pub no: u64,
}

/// Odds ratio of two independent groups with the log interval of Woolf (1955), Annals of Human Genetics 19,
/// 251–253.
///
/// If a cell is empty, 0.5 is added to all four (Haldane 1956, Annals of Human Genetics 20, 309–311).
pub fn ratio(first: Counts, second: Counts, level: f64) -> OddsRatio {
    let cells = [first.yes, first.no, second.yes, second.no];
    let add = if cells.contains(&0) { 0.5 } else { 0.0 };
    let [a, b, c, d] = cells.map(|count| count as f64 + add);
    let variance = 1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d;
    around(a * d / (b * c), variance, level)
}

/// Odds ratio of pairs (the same run under two arms) from the pairs that disagree, as in `McNemar` (1947),
/// Psychometrika 12, 153–157: `first_only` over `second_only`, with the log interval.
///
/// If either is zero, 0.5 is added to both.
pub fn paired_ratio(first_only: u64, second_only: u64, level: f64) -> OddsRatio {
    let add = if first_only == 0 || second_only == 0 { 0.5 } else { 0.0 };
    let (first, second) = (first_only as f64 + add, second_only as f64 + add);
    around(first / second, 1.0 / first + 1.0 / second, level)
}

/// The ratio with the interval that is symmetric in its logarithm.
fn around(ratio: f64, log_variance: f64, level: f64) -> OddsRatio {
    let factor = libm::exp(two_sided_normal(level) * log_variance.sqrt());
    OddsRatio { ratio, interval: Interval { low: ratio / factor, high: ratio * factor } }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Agresti (2002), Categorical Data Analysis, 2nd ed., section 3.1.1: Physicians' Health Study, heart
    /// attacks under placebo (189 of 11,034) and aspirin (104 of 11,037): 1.832, interval 1.44 to 2.33.
    #[test]
    fn the_aspirin_odds_ratio_is_that_of_agresti() {
        let placebo = Counts { yes: 189, no: 10_845 };
        let aspirin = Counts { yes: 104, no: 10_933 };
        let odds = ratio(placebo, aspirin, 0.95);
        assert!((odds.ratio - 1.832).abs() < 5e-4, "{odds:?}");
        assert!((odds.interval.low - 1.44).abs() < 5e-3, "{odds:?}");
        assert!((odds.interval.high - 2.33).abs() < 5e-3, "{odds:?}");
    }

    /// Agresti (2002), section 10.1.1: approval of the prime minister, 150 changed one way and 86 the other:
    /// the conditional odds ratio is 86/150 = 0.57.
    #[test]
    fn the_paired_ratio_uses_only_pairs_that_disagree() {
        let odds = paired_ratio(86, 150, 0.95);
        assert!((odds.ratio - 0.573).abs() < 5e-4);
        assert!(odds.interval.high < 1.0);
    }

    #[test]
    fn an_empty_cell_gives_a_finite_ratio() {
        let never = Counts { yes: 0, no: 10 };
        let odds = ratio(Counts { yes: 3, no: 7 }, never, 0.95);
        assert!((odds.ratio - 3.5 * 10.5 / (7.5 * 0.5)).abs() < 1e-12);
        assert!(odds.interval.low > 0.0 && odds.interval.high.is_finite());
        assert_eq!(paired_ratio(0, 0, 0.95).ratio, 1.0);
    }
}
