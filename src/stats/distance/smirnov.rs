//! The test of Kolmogorov and Smirnov for two samples.

use super::{Distance, steps};

/// Product of the sample sizes up to which the distribution is counted out.
const EXACT_CELLS: usize = 10_000_000;

/// The largest distance between two distribution functions, 0 to 1, and its two-sided p-value.
///
/// Up to ten million pairs of values the p-value is exact given how values are tied (Schröer and Trenkler 1995, "Exact and randomization
/// distributions of Kolmogorov–Smirnov tests of two or three samples", Computational Statistics & Data Analysis 20, 185–202): among all ways
/// to share out the values, those that reach the distance. Beyond, it is the limit of Smirnov (1939).
pub fn kolmogorov_smirnov(one: &[f64], other: &[f64]) -> Distance {
    let (n, m) = (one.len(), other.len());
    if n == 0 || m == 0 {
        return Distance::NONE;
    }
    let ends: Vec<bool> = steps(one, other).map(|step| step.ends_tie).collect();
    let apart = |i: usize, j: usize| (i as u64 * m as u64).abs_diff(j as u64 * n as u64);
    let at_ends = steps(one, other).filter(|step| step.ends_tie);
    let farthest = at_ends.map(|step| apart(step.of_one, step.of_other)).max().unwrap_or(0);
    let statistic = farthest as f64 / (n as f64 * m as f64);
    let p = if n.saturating_mul(m) <= EXACT_CELLS {
        share_of_paths(n, m, |i, j| ends[i + j - 1] && apart(i, j) >= farthest)
    } else {
        limit(statistic * ((n as f64) * (m as f64) / (n + m) as f64).sqrt())
    };
    Distance { statistic, p }
}

/// The share of the monotone paths from (0, 0) to (n, m) that touch a point that is `far`.
///
/// Backwards from a point, a uniform path comes from the left with probability i/(i + j): shares of the smaller rectangles suffice.
fn share_of_paths(n: usize, m: usize, far: impl Fn(usize, usize) -> bool) -> f64 {
    let mut row = vec![0.0; m + 1];
    for i in 0..=n {
        for j in 0..=m {
            if i + j == 0 {
                continue;
            }
            let from_one = if i > 0 { row[j] * i as f64 } else { 0.0 };
            let from_other = if j > 0 { row[j - 1] * j as f64 } else { 0.0 };
            row[j] = if far(i, j) { 1.0 } else { (from_one + from_other) / (i + j) as f64 };
        }
    }
    row[m]
}

/// P(K ≥ x) of Kolmogorov's distribution: 2 Σ (−1)^(k−1) exp(−2k²x²), and for small x, where that converges slowly, one less
/// √(2π)/x Σ exp(−(2k−1)²π²/(8x²)).
fn limit(x: f64) -> f64 {
    let square = |value: f64| value * value;
    if x < 1.0 {
        let term = |k: i32| libm::exp(-square(f64::from(2 * k - 1) * std::f64::consts::PI / x) / 8.0);
        return if x <= 0.0 {
            1.0
        } else {
            1.0 - std::f64::consts::TAU.sqrt() / x * (1..=4).map(term).sum::<f64>()
        };
    }
    let term = |k: i32| libm::exp(-2.0 * square(f64::from(k) * x));
    2.0 * (1..=8).map(|k| if k % 2 == 1 { term(k) } else { -term(k) }).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{ONE, OTHER};
    use super::*;

    /// `ks_2samp` of SciPy 1.17.1, method "exact".
    #[test]
    fn the_exact_test_is_that_of_scipy() {
        let found = kolmogorov_smirnov(&ONE, &OTHER);
        assert!((found.statistic - 0.386_666_666_666_666_7).abs() < 1e-15, "{found:?}");
        assert!((found.p - 0.137_549_775_382_661_58).abs() < 1e-13, "{found:?}");
        assert_eq!(kolmogorov_smirnov(&OTHER, &ONE), found);
    }

    /// Smirnov (1948), Annals of Mathematical Statistics 19, 279–281, has 5 % at 1.36 and 1 % at 1.63; `kstwobign.sf` of SciPy 1.17.1 the digits.
    #[test]
    fn the_limit_is_that_of_smirnov() {
        let table = [
            (0.5, 0.963_945_243_664_875_1),
            (0.828, 0.499_329_621_193_798_3),
            (1.0, 0.269_999_671_677_354_56),
            (1.358, 0.050_026_797_334_446_98),
            (1.6276, 0.010_001_537_333_060_776),
            (2.5, 7.453_306_344_157_342e-6),
        ];
        for (x, p) in table {
            assert!((limit(x) - p).abs() < 1e-14, "{x}: {}", limit(x));
        }
        assert_eq!(limit(0.0), 1.0);
        assert!(kolmogorov_smirnov(&[], &ONE).p.is_nan());
    }

    /// All ways to share out tied values, one by one.
    #[test]
    fn tied_values_are_counted_out_exactly() {
        let pooled = [0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 3.0, 3.0, 3.0, 5.0];
        let split = |code: u32| {
            let side = |wanted: u32| {
                let taken = pooled.iter().enumerate().filter(move |(place, _)| code >> place & 1 == wanted);
                taken.map(|(_, &value)| value).collect::<Vec<f64>>()
            };
            (side(1), side(0))
        };
        let ways: Vec<u32> = (0..1_u32 << 10).filter(|code| code.count_ones() == 4).collect();
        for &seen in ways.iter().step_by(17) {
            let (one, other) = split(seen);
            let found = kolmogorov_smirnov(&one, &other);
            let as_far = ways.iter().filter(|&&code| {
                let (one, other) = split(code);
                kolmogorov_smirnov(&one, &other).statistic >= found.statistic - 1e-12
            });
            let exact = as_far.count() as f64 / ways.len() as f64;
            assert!((found.p - exact).abs() < 1e-12, "{one:?} {other:?}: {found:?} {exact}");
        }
    }

    #[test]
    fn large_samples_take_the_limit_which_is_near_the_count() {
        let ramp =
            |n: u32, shift: f64| (0..n).map(|k| f64::from(k) / f64::from(n) + shift).collect::<Vec<f64>>();
        let near = kolmogorov_smirnov(&ramp(3000, 0.0), &ramp(3000, 0.03));
        let beyond = kolmogorov_smirnov(&ramp(3200, 0.0), &ramp(3200, 0.03));
        let scaled = limit(near.statistic * 1500.0_f64.sqrt());
        assert!((near.statistic - 0.03).abs() < 1e-3 && (near.p - scaled).abs() < 0.005, "{near:?} {scaled}");
        assert!((beyond.p - limit(beyond.statistic * 1600.0_f64.sqrt())).abs() < 1e-15);
    }
}
