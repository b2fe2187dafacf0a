//! Law of the noise of daily returns, and what follows from it in closed form.
//!
//! GJR-GARCH(1,1) with Hansen's skewed Student-t; the rule of trading draws from it. Of the variance that it expects, E\[σ²(d+1)\] = ω + (α + γκ + β)·σ²(d), so a deviation from the long run shrinks by the persistence P = α + γκ + β each day and
//! the sum over n days is n·σ∞² + (σ²(1) − σ∞²)·(1 − Pⁿ)/(1 − P).

/// Law of the noise of daily returns: GJR-GARCH(1,1) with Hansen's skewed Student-t.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NoiseLaw {
    /// α: weight of the last squared return.
    pub shock: f64,
    /// γ: what a fall adds to it.
    pub leverage: f64,
    /// β: weight of the last variance.
    pub memory: f64,
    /// ν: degrees of freedom.
    pub degrees: f64,
    /// λ: negative where falls are the larger moves.
    pub skew: f64,
}

/// Degrees of freedom below which a variance is not safely finite.
const LEAST_DEGREES: f64 = 2.1;

impl NoiseLaw {
    /// P: the share of a deviation of the variance that is left after a day, in the mean. However large; NaN where the noise has no finite
    /// variance.
    pub fn persistence(self) -> f64 {
        if self.degrees < LEAST_DEGREES || self.skew.abs() >= 1.0 {
            return f64::NAN;
        }
        self.shock + self.leverage * self.lower_half() + self.memory
    }

    /// a and b: what is taken off the skewed variable y, and what it is divided by, so that it has mean 0 and variance 1.
    pub fn centre_and_scale(self) -> (f64, f64) {
        let skew = self.skew;
        let a = 4.0 * skew * self.height() * (self.degrees - 2.0) / (self.degrees - 1.0);
        (a, libm::sqrt(1.0 + 3.0 * skew * skew - a * a))
    }

    /// c: height of the density of a Student-t of variance 1 at its centre.
    fn height(self) -> f64 {
        libm::exp(libm::lgamma(f64::midpoint(self.degrees, 1.0)) - libm::lgamma(self.degrees / 2.0))
            / libm::sqrt(std::f64::consts::PI * (self.degrees - 2.0))
    }

    /// κ = E\[z²; z < 0\], by Simpson's rule on z = −tan θ.
    pub fn lower_half(self) -> f64 {
        const STEPS: u32 = 2000;
        let NoiseLaw { degrees, skew, .. } = self;
        let (a, b) = self.centre_and_scale();
        let c = self.height();
        let integrand = |theta: f64| {
            let (sin, cos) = (libm::sin(theta), libm::cos(theta));
            if cos < 1e-9 {
                return 0.0;
            }
            let z = -sin / cos;
            let y = b * z + a;
            let side = y / if y < 0.0 { 1.0 - skew } else { 1.0 + skew };
            let density = b * c * libm::pow(1.0 + side * side / (degrees - 2.0), -(degrees + 1.0) / 2.0);
            density * z * z / (cos * cos)
        };
        let width = std::f64::consts::FRAC_PI_2 / f64::from(STEPS);
        let weight = |step: u32| match step {
            0 | STEPS => 1.0,
            step if step % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let sum: f64 = (0..=STEPS).map(|step| weight(step) * integrand(width * f64::from(step))).sum();
        sum * width / 3.0
    }

    /// What it expects of the variance, with the constants computed once; `long_run` is the variance in the long run.
    pub fn forecast(self, long_run: f64) -> Forecast {
        Forecast { law: self, kappa: self.lower_half(), persistence: self.persistence(), long_run }
    }
}

/// Expected variances of the days to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    law: NoiseLaw,
    kappa: f64,
    persistence: f64,
    long_run: f64,
}

impl Forecast {
    /// Variance expected over the next `days` whole days' worth of trading, in the middle of a day of `variance` of which the share `rest` is
    /// still to come and which has returned `r` so far.
    ///
    /// What is left of the day counts as far as it is left, the day after the last one as far as it is gone. The variance of the next
    /// day follows from r² and what is still to come of it, as if that could not turn a fall into a rise: exact at the close (`rest` 0) and
    /// before the opening (`rest` 1, `r` 0).
    pub fn over(&self, days: u32, variance: f64, rest: f64, r: f64) -> f64 {
        let NoiseLaw { shock, leverage, memory, .. } = self.law;
        let left = rest * variance;
        let fallen = if r < 0.0 { leverage } else { 0.0 };
        let next = (1.0 - self.persistence) * self.long_run
            + memory * variance
            + (shock + fallen) * r * r
            + (shock + leverage * self.kappa) * left;
        let whole = days.saturating_sub(1);
        let decay = libm::pow(self.persistence, f64::from(whole));
        let sum = f64::from(whole) * self.long_run
            + (next - self.long_run) * (1.0 - decay) / (1.0 - self.persistence);
        left + sum + (1.0 - rest) * (self.long_run + (next - self.long_run) * decay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(degrees: f64, skew: f64) -> NoiseLaw {
        NoiseLaw { shock: 0.05, leverage: 0.1, memory: 0.85, degrees, skew }
    }

    /// A symmetric law has half of its variance on either side; the values for a skewed one are from quadrature with scipy on the density as
    /// Hansen writes it.
    #[test]
    fn half_of_the_variance_lies_below_zero_if_and_only_if_the_law_is_symmetric() {
        for degrees in [5.0, 6.7, 30.0] {
            assert!((law(degrees, 0.0).lower_half() - 0.5).abs() < 1e-6, "{degrees}");
        }
        for (degrees, skew, kappa) in
            [(6.7, -0.22, 0.575_096), (5.0, -0.06, 0.525_075), (9.2, -0.23, 0.569_064)]
        {
            assert!((law(degrees, skew).lower_half() - kappa).abs() < 1e-5, "{degrees} {skew}");
            assert!((law(degrees, -skew).lower_half() + law(degrees, skew).lower_half() - 1.0).abs() < 1e-6);
        }
    }

    /// The sum of a recursion day by day, against the closed form; and the forecast does not jump at the close.
    #[test]
    fn variances_to_come_add_up_as_the_recursion_says() {
        let law = law(6.0, 0.0);
        let (long_run, today) = (1e-4, 2.5e-4);
        let forecast = law.forecast(long_run);
        let mut variance = today;
        let mut sum = 0.0;
        for _ in 0..21 {
            sum += variance;
            variance = 0.05 * long_run + 0.95 * variance;
        }
        assert!((forecast.over(21, today, 1.0, 0.0) / sum - 1.0).abs() < 1e-6);
        for r in [-0.03, 0.03] {
            let at_the_close = forecast.over(21, today, 0.0, r);
            let weight = if r < 0.0 { 0.15 } else { 0.05 };
            let tomorrow = 0.05 * long_run + weight * r * r + 0.85 * today;
            assert!((at_the_close / forecast.over(21, tomorrow, 1.0, 0.0) - 1.0).abs() < 1e-6);
        }
        assert!((forecast.over(21, long_run, 1.0, 0.0) / (21.0 * long_run) - 1.0).abs() < 1e-6);
    }
}
