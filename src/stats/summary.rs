//! Mean and standard deviation in one pass.

/// Running mean and variance of a sequence, by the recurrence of Welford (1962), Technometrics 4, 419–420.
///
/// Values are folded in the order given: the same sequence gives the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    n: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// The moments of `values`, in their order.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut moments = Self::default();
        for value in values {
            moments.push(value);
        }
        moments
    }

    /// Takes in one more value.
    pub fn push(&mut self, value: f64) {
        self.n += 1;
        let before = value - self.mean;
        self.mean += before / self.n as f64;
        self.squares += before * (value - self.mean);
    }

    /// Number of values.
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// Mean; NaN if there is no value.
    pub const fn mean(&self) -> f64 {
        if self.n == 0 { f64::NAN } else { self.mean }
    }

    /// Unbiased variance; NaN for fewer than two values.
    pub fn variance(&self) -> f64 {
        if self.n < 2 { f64::NAN } else { self.squares / (self.n - 1) as f64 }
    }

    /// Standard deviation, the root of [`Self::variance`].
    pub fn sd(&self) -> f64 {
        self.variance().sqrt()
    }

    /// Standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        self.sd() / (self.n as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Student (1908), "The probable error of a mean", Biometrika 6, 1–25: additional hours of sleep gained with
    /// hyoscyamine, drug 2; the paper gives the mean +2.33 and, dividing by n, the standard deviation 1.90.
    #[test]
    fn students_sleep_data_of_1908_has_his_mean_and_deviation() {
        let hours = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let moments = Moments::of(hours);
        assert!((moments.mean() - 2.33).abs() < 1e-12);
        let by_n = (moments.variance() * 9.0 / 10.0).sqrt();
        assert!((by_n - 1.90).abs() < 0.005, "{by_n}");
    }

    #[test]
    fn a_large_offset_costs_no_precision() {
        let moments = Moments::of([1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]);
        assert_eq!(moments.variance(), 30.0);
    }

    #[test]
    fn too_few_values_have_no_deviation() {
        assert!(Moments::of([]).mean().is_nan());
        assert_eq!(Moments::of([3.0]).mean(), 3.0);
        assert!(Moments::of([3.0]).sd().is_nan());
    }
}
