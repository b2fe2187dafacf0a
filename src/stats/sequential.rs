//! Intervals that hold at all sample sizes at once, so that one may look again and again and stop when they are narrow.
//!
//! The interval of a fixed sample size does not: who looks at it after every run and stops at leisure is wrong far more often than it says.
//!
//! - A **yes or no** has the confidence sequence of Robbins' method of mixtures with a beta mixture: the set of p at which the martingale
//!   B(a + s, b + n − s) / (B(a, b) pˢ (1 − p)ⁿ⁻ˢ) stays below 1/α (Robbins (1970), "Statistical methods related to the law of the
//!   iterated logarithm", Annals of Mathematical Statistics 41, 1397–1409; Howard, Ramdas, McAuliffe and Sekhon (2021), "Time-uniform,
//!   nonparametric, nonasymptotic confidence sequences", Annals of Statistics 49, 1055–1080). By Ville's inequality it misses p at any time
//!   with probability at most α, whatever p and however small the sample.
//! - A **number** has the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), "Time-uniform central
//!   limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2613–2640, theorem 2.2: half-width
//!   σ̂ √(2(nρ² + 1)/(n²ρ²) · ln(√(nρ² + 1)/α)). Shares and returns have no bound, so that no sequence with a guarantee at every sample size
//!   exists for them; this one has its guarantee in the limit, as Student's interval has for such numbers.

use super::interval::Interval;
use super::summary::Moments;

/// Sample size at which the sequence of a number is as narrow as it can be; it is hardly wider at a tenth or ten times of it.
const TUNED_FOR: f64 = 2000.0;

/// The interval of the probability of a yes after `yes` of `n`, for looks at any time, at `level` (such as 0.95).
pub fn proportion(yes: u64, n: u64, level: f64) -> Interval {
    if n == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (yes, no) = (yes as f64, (n - yes) as f64);
    let threshold = -libm::log(1.0 - level);
    // Jeffreys' mixture, ln B(½, ½) = ln π.
    let mixture = ln_beta(yes + 0.5, no + 0.5) - libm::log(std::f64::consts::PI);
    let times = |count: f64, p: f64| if count == 0.0 { 0.0 } else { count * libm::log(p) };
    let is_outside = |p: f64| mixture - times(yes, p) - times(no, 1.0 - p) >= threshold;
    let estimate = yes / (yes + no);
    // The martingale falls up to the estimate and rises behind it.
    let edge = |mut outside: f64| {
        if !is_outside(outside) {
            return outside;
        }
        let mut inside = estimate;
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            if is_outside(middle) {
                outside = middle;
            } else {
                inside = middle;
            }
        }
        outside
    };
    Interval { low: edge(0.0), high: edge(1.0) }
}

/// The interval of the mean of a number, for looks at any time, at `level`; none for fewer than two values.
pub fn mean(moments: &Moments, level: f64) -> Interval {
    if moments.n() < 2 {
        return Interval::NONE;
    }
    Interval::around(moments.mean(), half_width(moments.sd(), moments.n() as f64, level))
}

/// Half the width of [`mean()`] for `n` values of deviation `sd`.
pub fn half_width(sd: f64, n: f64, level: f64) -> f64 {
    let alpha = 1.0 - level;
    // The best ρ for one n, equation (24) there.
    let spread = -2.0 * libm::log(alpha);
    let rho_squared = (spread + libm::log(spread + 1.0)) / TUNED_FOR;
    let scaled = n * rho_squared + 1.0;
    sd * (2.0 * scaled / (n * n * rho_squared) * libm::log(scaled.sqrt() / alpha)).sqrt()
}

fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::interval::wilson;

    /// With one yes of one, the martingale is B(1½, ½) / (π p) = 1/(2p): it stays below 20 for p > 1/40.
    #[test]
    fn the_interval_of_one_yes_is_found_by_hand() {
        let interval = proportion(1, 1, 0.95);
        assert!((interval.low - 0.025).abs() < 1e-12, "{interval:?}");
        assert_eq!(interval.high, 1.0);
        assert_eq!(proportion(0, 0, 0.95), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn both_ends_lie_where_the_martingale_reaches_its_bound() {
        let (yes, n) = (30_u64, 100_u64);
        let interval = proportion(yes, n, 0.95);
        for p in [interval.low, interval.high] {
            let ln = libm::lgamma(30.5) + libm::lgamma(70.5)
                - libm::lgamma(101.0)
                - libm::log(std::f64::consts::PI)
                - 30.0 * libm::log(p)
                - 70.0 * libm::log(1.0 - p);
            assert!((libm::exp(ln) - 20.0).abs() < 1e-6, "{p}: {}", libm::exp(ln));
        }
        // Wider than an interval for one look, as it must be, but not by much.
        let once = wilson(yes, n, 0.95);
        let ratio = interval.half_width() / once.half_width();
        assert!((1.2..1.8).contains(&ratio), "{ratio}");
    }

    /// Figures computed from the formula with α = 0.05 and ρ² = (5.99146 + ln 6.99146)/2000 = 0.0039681: at n = 2000, nρ² + 1 = 8.93616,
    /// √(2 · 8.93616/(4·10⁶ · 0.0039681) · ln(2.98934/0.05)) = 0.067869.
    #[test]
    fn the_width_for_a_number_is_that_of_the_formula() {
        assert!(
            (half_width(1.0, 2000.0, 0.95) - 0.067_869).abs() < 1e-6,
            "{}",
            half_width(1.0, 2000.0, 0.95)
        );
        let student = 1.96 / 2000.0_f64.sqrt();
        assert!((1.4..1.7).contains(&(half_width(1.0, 2000.0, 0.95) / student)));
        // Hardly wider than what a sequence tuned for that size would be: 1.5 to 2 times that of one look from 200 to 20,000.
        for n in [200.0_f64, 20_000.0] {
            let ratio = half_width(1.0, n, 0.95) * n.sqrt() / 1.96;
            assert!((1.4..2.0).contains(&ratio), "{n}: {ratio}");
        }
    }
}
