//! Noise of daily returns: GJR-GARCH(1,1) with Hansen's skewed Student-t.
//!
//! σ²(d+1) = ω + (α + γ·1\[r(d) < 0\])·r(d)² + β·σ²(d), ω = σ∞²·(1 − P), with P = α + γκ + β and κ = E\[z²; z < 0\]
//! (Glosten, Jagannathan & Runkle 1993, Journal of Finance 48, 1779–1801): a fall makes the next days wilder than a rise of the same size.
//! σ∞ is the standard deviation in the long run; P, the persistence, must be below 1 or the variance would have no mean.
//!
//! z has mean 0 and variance 1: (y − a)/b with y = (1 ± λ)·|t| on either side, t Student-t of variance 1 with ν degrees of freedom, the
//! right side with probability (1 + λ)/2, a = 4λc(ν − 2)/(ν − 1), b² = 1 + 3λ² − a² (Hansen 1994, International Economic Review 35,
//! 705–730).

use crate::engine::streams::Stream;
use crate::model::setting::NoiseLaw;
use rand_distr::{ChiSquared, Distribution};

/// A draw of z.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Innovation {
    /// z.
    pub value: f64,
    /// How wild the day is: a scale whose square has mean 1, common to all its parts.
    pub scale: f64,
}

/// The law of one market's noise, ready to be drawn from.
#[derive(Debug, Clone)]
pub struct Garch {
    law: NoiseLaw,
    chi_squared: ChiSquared<f64>,
    a: f64,
    b: f64,
    persistence: f64,
}

impl Garch {
    /// The noise of `law`; `None` where it has no finite variance.
    pub fn new(law: NoiseLaw) -> Option<Self> {
        let persistence = law.persistence();
        let (a, b) = law.centre_and_scale();
        let chi_squared = ChiSquared::new(law.degrees).ok()?;
        (persistence < 1.0).then_some(Self { law, chi_squared, a, b, persistence })
    }

    /// Draws z.
    pub fn draw(&self, stream: &mut Stream) -> Innovation {
        let chi_squared: f64 = self.chi_squared.sample(stream);
        let scale = libm::sqrt((self.law.degrees - 2.0) / chi_squared.max(f64::MIN_POSITIVE));
        let size = scale * stream.normal().abs();
        let skew = self.law.skew;
        let is_right = stream.uniform() < f64::midpoint(1.0, skew);
        let y = if is_right { (1.0 + skew) * size } else { -(1.0 - skew) * size };
        Innovation { value: (y - self.a) / self.b, scale }
    }

    /// The variance of the next day after a day of `variance` with return `r`; `long_run` is the variance in the long run.
    pub fn next(&self, long_run: f64, variance: f64, r: f64) -> f64 {
        let NoiseLaw { shock, leverage, memory, .. } = self.law;
        let weight = shock + if r < 0.0 { leverage } else { 0.0 };
        (1.0 - self.persistence) * long_run + weight * r * r + memory * variance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::{Purpose, RunKey, Subject};

    fn law(degrees: f64, skew: f64) -> NoiseLaw {
        NoiseLaw { shock: 0.05, leverage: 0.1, memory: 0.85, degrees, skew }
    }

    fn stream() -> Stream {
        RunKey::new(0, 0).stream(Purpose::new("garch test"), Subject::default())
    }

    /// Means of z and of z² over n = 200,000: E z² = 1 with Var z² = kurtosis − 1 below 12 for ν = 6.7; 3.9·√(12/n) = 0.03 (α = 1e-4).
    #[test]
    fn draws_have_mean_zero_variance_one_and_the_share_below_zero_that_the_law_says() {
        let garch = Garch::new(law(6.7, -0.22)).unwrap();
        let mut stream = stream();
        let n = 200_000;
        let (mut sum, mut squares, mut below) = (0.0, 0.0, 0.0);
        for _ in 0..n {
            let z = garch.draw(&mut stream).value;
            sum += z;
            squares += z * z;
            below += if z < 0.0 { z * z } else { 0.0 };
        }
        let n = f64::from(n);
        assert!((sum / n).abs() < 3.9 / n.sqrt(), "{}", sum / n);
        assert!((squares / n - 1.0).abs() < 0.03, "{}", squares / n);
        assert!((below / n - 0.575).abs() < 0.03, "{}", below / n);
    }

    #[test]
    fn a_law_without_a_finite_variance_is_refused() {
        let explosive = NoiseLaw { memory: 0.95, ..law(6.0, 0.0) };
        assert!((explosive.persistence() - 1.05).abs() < 1e-6);
        assert!(Garch::new(explosive).is_none());
        assert!(Garch::new(law(2.0, 0.0)).is_none() && law(2.0, 0.0).persistence().is_nan());
        assert!(Garch::new(law(6.0, 0.0)).is_some());
    }

    #[test]
    fn a_fall_makes_the_next_day_wilder_than_a_rise_and_a_day_as_expected_leaves_the_mean() {
        let garch = Garch::new(law(6.0, 0.0)).unwrap();
        let next = |r| garch.next(1e-4, 1e-4, r);
        assert!((next(-0.02) - next(0.02) - 0.1 * 4e-4).abs() < 1e-12);
        // Mean over a fall and a rise of one standard deviation.
        assert!((f64::midpoint(next(-0.01), next(0.01)) - 1e-4).abs() < 1e-10);
    }
}
