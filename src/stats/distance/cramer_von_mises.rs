//! The test of Cramér and von Mises for two samples.

use super::{Distance, Step, steps};

/// Cramér–von Mises distance of two samples, the statistic T of Anderson (1962), Annals of Mathematical Statistics 33, 1148–1159, with tied
/// values sharing their ranks, and its p-value from the limiting distribution at a T brought to the limit's mean and variance (his section 4).
///
/// The p-value is good to about 0.005 from samples of ten; where that does not do, ask [`super::permutation_p`].
pub fn cramer_von_mises(one: &[f64], other: &[f64]) -> Distance {
    if one.is_empty() || other.is_empty() {
        return Distance::NONE;
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let both = n + m;
    let product = n * m;
    let u = n * rank_surplus(one, other) + m * rank_surplus(other, one);
    let statistic = u / (product * both) - (4.0 * product - 1.0) / (6.0 * both);
    let mean = (1.0 + 1.0 / both) / 6.0;
    let variance = (both + 1.0) * (4.0 * product * both - 3.0 * (n * n + m * m) - 2.0 * product)
        / (45.0 * both * both * 4.0 * product);
    let adjusted = 1.0 / 6.0 + (statistic - mean) / (45.0 * variance).sqrt();
    Distance { statistic, p: 1.0 - limit(adjusted) }
}

/// The sum over a sample of the squares of (rank among both − rank within itself), tied values sharing ranks among both.
fn rank_surplus(sample: &[f64], other: &[f64]) -> f64 {
    let mut tied: Vec<Step> = Vec::new();
    let (mut before, mut within, mut sum) = (0, 0, 0.0);
    for step in steps(sample, other) {
        tied.push(step);
        if !step.ends_tie {
            continue;
        }
        let rank = before as f64 + (tied.len() + 1) as f64 / 2.0;
        for position in within..step.of_one {
            let surplus = rank - (position + 1) as f64;
            sum += surplus * surplus;
        }
        before += tied.len();
        within = step.of_one;
        tied.clear();
    }
    sum
}

/// The limiting distribution function: Anderson and Darling (1952), Annals of Mathematical Statistics 23, 193–212, equation 4.35.
///
/// Σ Γ(k + ½)/(Γ(½) k!) √(4k + 1) `exp(−q) K_¼(q)` / (π √x) with q = (4k + 1)²/(16x).
fn limit(x: f64) -> f64 {
    // Below, the function is less than 1e-18.
    if x < 0.003 {
        return 0.0;
    }
    let mut ways = 1.0;
    let mut sum = 0.0;
    for k in 0..200_u32 {
        let y = f64::from(4 * k + 1);
        let term = ways * y.sqrt() * scaled_bessel(y * y / (16.0 * x)) / (std::f64::consts::PI * x.sqrt());
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
        ways *= (f64::from(k) + 0.5) / f64::from(k + 1);
    }
    sum.min(1.0)
}

/// `exp(−q)·K_¼(q)` = ∫ exp(−q(1 + cosh t)) cosh(t/4) dt over t ≥ 0, by the trapezoidal rule, which converges exponentially here.
fn scaled_bessel(q: f64) -> f64 {
    const STEP: f64 = 1.0 / 32.0;
    let value = |t: f64| libm::exp(-q * (1.0 + libm::cosh(t))) * libm::cosh(t / 4.0);
    let mut sum = value(0.0) / 2.0;
    for step in 1..2000_u32 {
        let term = value(f64::from(step) * STEP);
        sum += term;
        if term <= 1e-18 * sum {
            break;
        }
    }
    sum * STEP
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ONE, OTHER};
    use super::*;

    /// `cramervonmises_2samp` of SciPy 1.17.1, method "asymptotic".
    #[test]
    fn the_test_is_that_of_scipy() {
        let found = cramer_von_mises(&ONE, &OTHER);
        assert!((found.statistic - 0.454_774_774_774_775_46).abs() < 1e-12, "{found:?}");
        assert!((found.p - 0.051_568_803_723_396_12).abs() < 1e-10, "{found:?}");
        let mirrored = cramer_von_mises(&OTHER, &ONE);
        assert!((mirrored.statistic - found.statistic).abs() < 1e-12);
    }

    /// Anderson and Darling (1952), table 1: 0.95 at 0.46136 and 0.99 at 0.74346. `_cdf_cvm_inf` of SciPy 1.17.1 has the digits.
    #[test]
    fn the_limit_is_that_of_anderson_and_darling() {
        let table = [
            (0.1, 0.415_126_561_593_202_9),
            (0.25, 0.811_630_240_822_562_7),
            (0.46136, 0.949_999_616_867_347_1),
            (0.74346, 0.990_000_038_084_542_8),
            (1.5, 0.999_827_303_780_210_7),
        ];
        for (x, p) in table {
            assert!((limit(x) - p).abs() < 1e-13, "{x}: {}", limit(x));
        }
        assert_eq!(limit(0.001), 0.0);
    }

    /// Tied values as separate ranks in every order, on average over the orders, have the same surplus but for the spread of the ranks; a
    /// sample beside itself has none at all beyond that of sharing: the statistic is that of Anderson's formula by hand.
    #[test]
    fn ties_share_their_ranks() {
        // Ranks among both: 1.5, 1.5 and 3.5, 3.5: surpluses 0.5 and 1.5 in either sample.
        let found = cramer_von_mises(&[1.0, 2.0], &[1.0, 2.0]);
        let u = 2.0 * 2.0 * (0.25 + 2.25);
        assert!((found.statistic - (u / 16.0 - 15.0 / 24.0)).abs() < 1e-14, "{found:?}");
        assert!(cramer_von_mises(&[], &ONE).p.is_nan());
    }
}
