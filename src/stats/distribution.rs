//! Quantiles of the normal and of Student's distribution, on portable mathematics.

/// Degrees of freedom up to which Student's distribution is summed exactly.
const EXACT_FREEDOM: u64 = 300;

/// The distribution function of the standard normal distribution.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The standard normal quantile at `p`; infinite at 0 and 1, NaN outside.
///
/// Found by bisection of [`normal_cdf`] to the last bit of the argument.
pub fn normal_quantile(p: f64) -> f64 {
    match p {
        0.0 => return f64::NEG_INFINITY,
        1.0 => return f64::INFINITY,
        p if !(0.0..=1.0).contains(&p) => return f64::NAN,
        _ => {}
    }
    // Work in the lower tail, where `erfc` keeps its relative precision.
    let (tail, sign) = if p < 0.5 { (p, 1.0) } else { (1.0 - p, -1.0) };
    sign * solve(tail, -40.0, 0.0, normal_cdf)
}

/// The distribution function of Student's distribution with `freedom` (≥ 1) degrees of freedom.
///
/// The finite trigonometric sums of Abramowitz and Stegun (1964), 26.7.3 and 26.7.4; above 300 degrees
/// of freedom the normal distribution at a corrected argument, 26.7.8, which is then good to 1e-6.
pub fn student_cdf(t: f64, freedom: u64) -> f64 {
    let nu = freedom.max(1) as f64;
    if freedom > EXACT_FREEDOM {
        let shrink = 1.0 - 1.0 / (4.0 * nu);
        return normal_cdf(t * shrink / (1.0 + t * t / (2.0 * nu)).sqrt());
    }
    let cos_squared = nu / (nu + t * t);
    let sin = t / (nu + t * t).sqrt();
    let odd = freedom.max(1) % 2 == 1;
    let terms = if odd { (freedom.max(1) - 1) / 2 } else { freedom / 2 };
    // Sum of products: cos²·2/3, ·4/5 … for odd, cos²·1/2, ·3/4 … for even degrees of freedom.
    let (mut term, mut sum) = (1.0, 0.0);
    for index in 0..terms {
        sum += term;
        let step = 2 * index + if odd { 2 } else { 1 };
        term *= cos_squared * step as f64 / (step + 1) as f64;
    }
    let central = if odd {
        let angle = libm::atan(t / nu.sqrt());
        (angle + sin * cos_squared.sqrt() * sum) * std::f64::consts::FRAC_2_PI
    } else {
        sin * sum
    };
    f64::midpoint(1.0, central)
}

/// Student's quantile at `p` in (0, 1) with `freedom` degrees of freedom; NaN where it does not exist.
pub fn student_quantile(p: f64, freedom: u64) -> f64 {
    if freedom == 0 || !(p > 0.0 && p < 1.0) {
        return f64::NAN;
    }
    let (tail, sign) = if p < 0.5 { (p, 1.0) } else { (1.0 - p, -1.0) };
    let mut low = -2.0;
    while student_cdf(low, freedom) > tail && low > -1e12 {
        low *= 2.0;
    }
    sign * solve(tail, low, 0.0, |t| student_cdf(t, freedom))
}

/// The argument in `low..=high` at which the increasing `cdf` is `p`, by bisection to the last bit.
fn solve(p: f64, mut low: f64, mut high: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if cdf(middle) < p {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abramowitz and Stegun (1964), Handbook of Mathematical Functions, table 26.5 (normal deviates).
    #[test]
    fn normal_quantiles_are_those_of_abramowitz_and_stegun() {
        for (p, z) in [(0.975, 1.959_963_985), (0.95, 1.644_853_627), (0.005, -2.575_829_304), (0.5, 0.0)] {
            assert!((normal_quantile(p) - z).abs() < 5e-10, "{p}: {}", normal_quantile(p));
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert!(normal_quantile(1.5).is_nan());
    }

    /// Fisher and Yates (1938), Statistical Tables, table III (distribution of t), two-sided 5 % and 1 %.
    #[test]
    fn student_quantiles_are_those_of_fisher_and_yates() {
        let table = [
            (1, 12.706, 63.657),
            (2, 4.303, 9.925),
            (5, 2.571, 4.032),
            (10, 2.228, 3.169),
            (30, 2.042, 2.750),
        ];
        for (freedom, five, one) in table {
            assert!((student_quantile(0.975, freedom) - five).abs() < 6e-4, "{freedom}");
            assert!((student_quantile(0.995, freedom) - one).abs() < 6e-4, "{freedom}");
            assert_eq!(student_quantile(0.025, freedom), -student_quantile(0.975, freedom));
        }
    }

    #[test]
    fn the_sums_and_the_approximation_agree_with_an_independent_library() {
        use statrs::distribution::{ContinuousCDF, StudentsT};
        for freedom in [1, 2, 3, 17, 100, 299, 300, 301, 5000] {
            let other = StudentsT::new(0.0, 1.0, freedom as f64).unwrap();
            for t in [-3.0, -1.0, 0.0, 0.3, 2.2, 4.0] {
                let (ours, theirs) = (student_cdf(t, freedom), other.cdf(t));
                assert!((ours - theirs).abs() < 1e-6, "{freedom} {t}: {ours} {theirs}");
            }
        }
    }
}
