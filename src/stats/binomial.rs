//! The binomial distribution, exactly enough for tests and intervals with any number of trials.

/// Terms below this share of the sum are left out.
const NEGLIGIBLE: f64 = 1e-18;

/// The probability of exactly `k` successes in `n` trials of probability `p` (0 to 1).
pub fn probability(k: u64, n: u64, p: f64) -> f64 {
    if k > n {
        return 0.0;
    }
    if p <= 0.0 || p >= 1.0 {
        let certain = if p <= 0.0 { 0 } else { n };
        return f64::from(u8::from(k == certain));
    }
    let factorial = |count: u64| libm::lgamma(count as f64 + 1.0);
    let ways = factorial(n) - factorial(k) - factorial(n - k);
    libm::exp(ways + k as f64 * libm::log(p) + (n - k) as f64 * libm::log1p(-p))
}

/// The probability of at most `k` successes in `n` trials of probability `p`: the terms of the nearer tail, summed outwards by their ratios.
pub fn at_most(k: u64, n: u64, p: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    if p <= 0.0 || p >= 1.0 {
        return f64::from(u8::from(p <= 0.0));
    }
    if (k as f64) < n as f64 * p {
        let odds = (1.0 - p) / p;
        let down = |term: f64, k: u64| term * k as f64 / (n - k + 1) as f64 * odds;
        tail(probability(k, n, p), (1..=k).rev(), down).min(1.0)
    } else {
        let odds = p / (1.0 - p);
        let up = |term: f64, k: u64| term * (n - k) as f64 / (k + 1) as f64 * odds;
        (1.0 - tail(probability(k + 1, n, p), k + 1..n, up)).max(0.0)
    }
}

/// `first` and the terms after it, each from the one before, until they no longer count.
fn tail(first: f64, steps: impl Iterator<Item = u64>, next: impl Fn(f64, u64) -> f64) -> f64 {
    let (mut term, mut sum) = (first, first);
    for k in steps {
        term = next(term, k);
        sum += term;
        if term <= NEGLIGIBLE * sum {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// National Bureau of Standards (1950), Tables of the Binomial Probability Distribution: n = 10, p = 0.30.
    #[test]
    fn probabilities_are_those_of_the_tables() {
        let table = [(0, 0.028_247_5), (3, 0.266_827_9), (5, 0.102_919_3), (10, 0.000_005_9)];
        for (k, exact) in table {
            assert!((probability(k, 10, 0.3) - exact).abs() < 6e-8, "{k}");
        }
    }

    #[test]
    fn the_distribution_agrees_with_an_independent_library() {
        use statrs::distribution::{Binomial, DiscreteCDF};
        for (n, p) in [(1, 0.5), (12, 0.05), (30, 0.9), (1000, 0.37), (100_000, 0.05)] {
            let other = Binomial::new(p, n).unwrap();
            for share in [0.0, 0.04, 0.05, 0.3, 0.37, 0.4, 0.9, 0.95, 1.0] {
                let k = (n as f64 * share) as u64;
                assert!((at_most(k, n, p) - other.cdf(k)).abs() < 1e-9, "{k} of {n}, {p}");
            }
        }
    }

    #[test]
    fn certain_trials_and_small_tails_are_exact() {
        assert_eq!((at_most(0, 5, 0.0), at_most(4, 5, 1.0), at_most(5, 5, 1.0)), (1.0, 0.0, 1.0));
        assert_eq!((probability(0, 5, 0.0), probability(5, 5, 1.0), probability(9, 5, 0.5)), (1.0, 1.0, 0.0));
        assert!((at_most(1, 60, 0.5) / (61.0 / libm::exp2(60.0)) - 1.0).abs() < 1e-12);
    }
}
