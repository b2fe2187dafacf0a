//! Differences between two arms measured on the same runs.

use crate::stats::interval::{Interval, of_mean, two_sided_normal, wilson};
use crate::stats::odds::OddsRatio;
use crate::stats::summary::Moments;

/// The mean of paired differences, and what the pairing was worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairedMean {
    /// Number of pairs.
    pub n: u64,
    /// Mean of the first values.
    pub first: f64,
    /// Mean of the second values.
    pub second: f64,
    /// Mean of second − first.
    pub difference: f64,
    /// Student's interval of the mean difference.
    pub interval: Interval,
    /// Var(first) + Var(second) over Var(second − first): how many times as many independent runs would be needed for the same
    /// width. Infinite where every pair differs by the same amount; NaN where nothing varies at all.
    pub variance_reduction: f64,
}

/// Statistics of `(first, second)` pairs at `level`.
pub fn mean(pairs: impl Iterator<Item = (f64, f64)> + Clone, level: f64) -> PairedMean {
    let first = Moments::of(pairs.clone().map(|(first, _)| first));
    let second = Moments::of(pairs.clone().map(|(_, second)| second));
    let differences = Moments::of(pairs.map(|(first, second)| second - first));
    PairedMean {
        n: differences.n(),
        first: first.mean(),
        second: second.mean(),
        difference: differences.mean(),
        interval: of_mean(&differences, level),
        variance_reduction: (first.variance() + second.variance()) / differences.variance(),
    }
}

/// Pairs of yes and no, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PairCounts {
    /// Yes in both arms.
    pub both: u64,
    /// Yes in the first arm only.
    pub first_only: u64,
    /// Yes in the second arm only.
    pub second_only: u64,
    /// Yes in neither.
    pub neither: u64,
}

impl PairCounts {
    /// Counts `(first, second)` pairs.
    pub fn of(pairs: impl Iterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            let count = match pair {
                (true, true) => &mut counts.both,
                (true, false) => &mut counts.first_only,
                (false, true) => &mut counts.second_only,
                (false, false) => &mut counts.neither,
            };
            *count += 1;
        }
        counts
    }

    /// Number of pairs.
    pub const fn n(self) -> u64 {
        self.both + self.first_only + self.second_only + self.neither
    }

    /// Share of yes in the first arm; NaN without pairs.
    pub fn first(self) -> f64 {
        (self.both + self.first_only) as f64 / self.n() as f64
    }

    /// Share of yes in the second arm; NaN without pairs.
    pub fn second(self) -> f64 {
        (self.both + self.second_only) as f64 / self.n() as f64
    }

    /// Share of yes in the second arm less that in the first; NaN without pairs.
    pub fn difference(self) -> f64 {
        (self.second_only as f64 - self.first_only as f64) / self.n() as f64
    }

    /// Interval of [`Self::difference`] at `level`: method 10 of Newcombe (1998), "Improved confidence intervals for the difference
    /// between binomial proportions based on paired data", Statistics in Medicine 17, 2635–2650.
    ///
    /// The distances of both shares from the ends of their Wilson intervals are combined by the correlation of the pairs, which is
    /// corrected towards zero. It has a width even where no pair disagrees, as it must: a rare disagreement may not have been seen.
    pub fn difference_interval(self, level: f64) -> Interval {
        if self.n() == 0 {
            return Interval::NONE;
        }
        let (first, second, phi) = (self.first(), self.second(), self.correlation());
        let of_first = wilson(self.both + self.first_only, self.n(), level);
        let of_second = wilson(self.both + self.second_only, self.n(), level);
        let combined =
            |one: f64, other: f64| (one * one - 2.0 * phi * one * other + other * other).max(0.0).sqrt();
        Interval {
            low: self.difference() - combined(second - of_second.low, of_first.high - first),
            high: self.difference() + combined(of_second.high - second, first - of_first.low),
        }
    }

    /// Newcombe's φ: the correlation of the pairs, its numerator drawn towards zero by n/2 where it is positive.
    fn correlation(self) -> f64 {
        let [a, b, c, d] =
            [self.both, self.first_only, self.second_only, self.neither].map(|count| count as f64);
        let margins = (a + b) * (c + d) * (a + c) * (b + d);
        if margins == 0.0 {
            return 0.0;
        }
        let product = a * d - b * c;
        let corrected = if product > 0.0 { (product - self.n() as f64 / 2.0).max(0.0) } else { product };
        corrected / margins.sqrt()
    }

    /// How many times as many independent runs would be needed for the same width of the interval of the difference; as in
    /// [`PairedMean::variance_reduction`].
    pub fn variance_reduction(self) -> f64 {
        let spread = |share: f64| share * (1.0 - share);
        let discordant = (self.first_only + self.second_only) as f64 / self.n() as f64;
        (spread(self.first()) + spread(self.second())) / (discordant - self.difference() * self.difference())
    }

    /// Odds of a yes in the second arm over those in the first, with an interval that knows of the pairs.
    ///
    /// The variance of the log ratio is 1/(n·p₁q₁) + 1/(n·p₂q₂) − 2·(p₁₂ − p₁p₂)/(n·p₁q₁·p₂q₂) by the delta method (Agresti 2013,
    /// Categorical Data Analysis, 3rd ed., section 16.1.3, on the multinomial of the four counts). If either arm has only yes or only
    /// no, 0.5 is added to each of the four counts.
    pub fn odds_ratio(self, level: f64) -> OddsRatio {
        let counts = [self.both, self.first_only, self.second_only, self.neither].map(|count| count as f64);
        let is_certain = |share: f64| share == 0.0 || share == 1.0;
        let add = if is_certain(self.first()) || is_certain(self.second()) { 0.5 } else { 0.0 };
        let [a, b, c, d] = counts.map(|count| count + add);
        let n = a + b + c + d;
        let (first, second) = ((a + b) / n, (a + c) / n);
        let (spread_first, spread_second) = (first * (1.0 - first), second * (1.0 - second));
        let covariance = a / n - first * second;
        let variance = (1.0 / spread_first + 1.0 / spread_second
            - 2.0 * covariance / (spread_first * spread_second))
            / n;
        let ratio = (a + c) * (c + d) / ((b + d) * (a + b));
        let factor = libm::exp(two_sided_normal(level) * variance.max(0.0).sqrt());
        OddsRatio { ratio, interval: Interval { low: ratio / factor, high: ratio * factor } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::odds;

    /// Agresti (2002), Categorical Data Analysis, 2nd ed., section 10.1.1, approval of the prime minister in two surveys of the same
    /// 1600 people: 794 approved twice, 150 only at first, 86 only later, 570 never.
    const APPROVAL: PairCounts = PairCounts { both: 794, first_only: 150, second_only: 86, neither: 570 };

    /// The book has −0.04 with the interval −0.059 to −0.021 (Wald), from which the score interval differs by less than its last digit at
    /// this size.
    #[test]
    fn the_difference_in_approval_is_that_of_agresti() {
        let interval = APPROVAL.difference_interval(0.95);
        assert_eq!(APPROVAL.difference(), -0.04);
        assert!((interval.low + 0.059).abs() < 6e-4 && (interval.high + 0.021).abs() < 6e-4, "{interval:?}");
    }

    /// From the counts: p₁ = 0.59, p₂ = 0.55, and 236 of 1600 disagree; the same table as numbers says the same.
    #[test]
    fn pairing_is_worth_what_independent_samples_would_need_more() {
        let independent = 0.59 * 0.41 + 0.55 * 0.45;
        let paired = 236.0 / 1600.0 - 0.04 * 0.04;
        assert!((APPROVAL.variance_reduction() - independent / paired).abs() < 1e-12);
        let expanded = |count: u64, pair: (f64, f64)| (0..count).map(move |_| pair);
        let pairs = expanded(794, (1.0, 1.0))
            .chain(expanded(150, (1.0, 0.0)))
            .chain(expanded(86, (0.0, 1.0)))
            .chain(expanded(570, (0.0, 0.0)));
        let as_numbers = mean(pairs, 0.95);
        assert!((as_numbers.variance_reduction - APPROVAL.variance_reduction()).abs() < 1e-9);
        assert!((as_numbers.difference - APPROVAL.difference()).abs() < 1e-12);
    }

    /// For an independent table the formula must be that of Woolf for two separate samples of the same shares.
    #[test]
    fn without_correlation_the_odds_ratio_is_woolfs() {
        let table = PairCounts { both: 60, first_only: 140, second_only: 240, neither: 560 };
        let ours = table.odds_ratio(0.95);
        let woolf = odds::ratio(odds::Counts { yes: 300, no: 700 }, odds::Counts { yes: 200, no: 800 }, 0.95);
        assert!((ours.ratio - woolf.ratio).abs() < 1e-12);
        assert!((ours.interval.low - woolf.interval.low).abs() < 1e-9, "{ours:?} {woolf:?}");
    }

    /// Every outcome of 12 pairs is enumerated: the probability that the interval holds the truth, at the level of 95 %.
    #[test]
    fn intervals_cover_the_truth_exactly_enumerated() {
        let n = 12_u64;
        let factorial = |k: u64| (1..=k).map(|i| i as f64).product::<f64>();
        for [p11, p10, p01] in [[0.3, 0.1, 0.2], [0.05, 0.02, 0.3], [0.5, 0.05, 0.05], [0.02, 0.1, 0.1]] {
            let p00 = 1.0 - p11 - p10 - p01;
            let mut covered = 0.0;
            for both in 0..=n {
                for first_only in 0..=n - both {
                    for second_only in 0..=n - both - first_only {
                        let neither = n - both - first_only - second_only;
                        let counts = PairCounts { both, first_only, second_only, neither };
                        let ways = factorial(n)
                            / [both, first_only, second_only, neither].map(factorial).iter().product::<f64>();
                        let weight = [(p11, both), (p10, first_only), (p01, second_only), (p00, neither)]
                            .map(|(p, k): (f64, u64)| libm::pow(p, k as f64))
                            .iter()
                            .product::<f64>();
                        if counts.difference_interval(0.95).contains(p01 - p10) {
                            covered += ways * weight;
                        }
                    }
                }
            }
            assert!((0.925..=1.0).contains(&covered), "{covered} at {p11} {p10} {p01}");
        }
    }

    #[test]
    fn equal_arms_differ_by_exactly_nothing_and_unseen_disagreement_keeps_a_width() {
        let values = [3.0, 1.0, 4.0, 1.5];
        let same = mean(values.iter().map(|&value| (value, value)), 0.95);
        assert_eq!((same.difference, same.interval), (0.0, Interval { low: 0.0, high: 0.0 }));
        assert_eq!(same.variance_reduction, f64::INFINITY);
        let agree = PairCounts { both: 5, neither: 15, ..PairCounts::default() };
        assert_eq!(agree.difference(), 0.0);
        assert!(agree.difference_interval(0.95).half_width() > 0.0);
        let never = PairCounts { neither: 20, ..PairCounts::default() }.odds_ratio(0.95);
        assert!(never.ratio == 1.0 && never.interval.high.is_finite(), "{never:?}");
        assert!(PairCounts::default().difference_interval(0.95).low.is_nan());
    }
}
