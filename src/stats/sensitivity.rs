//! Which inputs of a noisy function move its output: designs of points in the unit cube, and what is estimated from the values there.
//!
//! The function is Y = f(x, ω): inputs x, and noise ω that differs from replicate to replicate. What is asked is how the mean over the
//! noise, g(x) = E[Y | x], depends on x, and how much of the variance of one Y is noise; Var(Y) = Var(g(X)) + E[Var(Y | X)] (Marrel, Iooss,
//! Da Veiga and Ribatet 2012, "Global sensitivity analysis of stochastic computer models with joint metamodels", Statistics and Computing 22,
//! 833–847). The mean of R replicates is not g: its variance holds 1/R of the noise. All squares and products of means are therefore taken
//! across different replicates only, the sum over r ≠ s of `y[r]·z[s] / (R(R − 1))`, which estimates the product of the means of y and z without bias whether
//! replicates of equal number share their noise ([`Coupling`]) or not, since different replicates never do.
//!
//! With one replicate nothing can be separated. On common random numbers f(·, ω) is then one function without noise, and its indices are what
//! is estimated (they vary with ω: Hart, Alexanderian and Gremaud 2017, SIAM Journal on Scientific Computing 39, A1514–A1530).

pub mod morris;
pub mod sobol;

use crate::stats::bootstrap;
use crate::stats::low_discrepancy::Words;

/// What replicates of equal number at two points have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coupling {
    /// Their noise: common random numbers.
    Common,
    /// Nothing.
    Independent,
}

/// Values of a function at the points of a design, as many replicates at each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Responses<'a> {
    /// Values, replicates fastest: replicate r at point p is at `p * replicates + r`. None is NaN.
    pub values: &'a [f64],
    /// Replicates at each point, at least 1.
    pub replicates: usize,
    /// What replicates of equal number have in common.
    pub coupling: Coupling,
}

/// How often each thing of a design counts in a resample.
type Weights = Vec<f64>;

impl Responses<'_> {
    /// Replicates at a point.
    fn at(&self, point: usize) -> &[f64] {
        &self.values[point * self.replicates..(point + 1) * self.replicates]
    }

    /// Weights of one resample of `rows` parts of the design, and of the replicates.
    ///
    /// Where replicates share their noise, rows and replicates are both drawn, independently (Owen 2007, "The pigeonhole bootstrap", Annals of
    /// Applied Statistics 1, 386–411); else the noise of a row is drawn with it.
    fn resampled(&self, rows: usize, resample: u32, words: &impl Words) -> (Weights, Weights) {
        let of_rows = weights(rows, |indices| bootstrap::draw(indices, rows, resample, words));
        let second = |[a, b, c]: [u32; 3]| words.word([a, b, c + 1]);
        let of_replicates = match self.coupling {
            Coupling::Common if self.replicates > 1 => weights(self.replicates, |indices| {
                bootstrap::draw(indices, self.replicates, resample, &second);
            }),
            _ => vec![1.0; self.replicates],
        };
        (of_rows, of_replicates)
    }
}

fn weights(n: usize, draw: impl Fn(&mut Vec<usize>)) -> Weights {
    let mut indices = Vec::new();
    draw(&mut indices);
    let mut weights = vec![0.0; n];
    for index in indices {
        weights[index] += 1.0;
    }
    weights
}

/// Estimates the product of two means, by weighted replicates of different number; plainly by the product if there is one replicate. NaN if
/// only one replicate has weight.
fn product(one: impl Iterator<Item = f64> + Clone, other: impl Iterator<Item = f64>, weights: &[f64]) -> f64 {
    if let [weight] = weights {
        return one.zip(other).map(|(a, b)| a * b * weight / weight).sum();
    }
    let (mut sum, mut squares) = (0.0, 0.0);
    let (mut of_one, mut of_other, mut of_both) = (0.0, 0.0, 0.0);
    for ((a, b), &weight) in one.zip(other).zip(weights) {
        sum += weight;
        squares += weight * weight;
        of_one += weight * a;
        of_other += weight * b;
        of_both += weight * weight * a * b;
    }
    let pairs = sum * sum - squares;
    if pairs > 0.0 { (of_one * of_other - of_both) / pairs } else { f64::NAN }
}

/// Estimates the variance of replicates of which pairs of different number count by their weights; NaN if there is only one.
fn variance(values: &[f64], weights: &[f64]) -> f64 {
    let (mut sum, mut squares, mut of_values, mut of_squares) = (0.0, 0.0, 0.0, 0.0);
    for (value, weight) in values.iter().zip(weights) {
        sum += weight;
        squares += weight * weight;
        of_values += weight * value;
        of_squares += weight * value * value;
    }
    let pairs = sum * sum - squares;
    if pairs > 0.0 { ((sum * of_squares - of_values * of_values) / pairs).max(0.0) } else { f64::NAN }
}

/// Mean of values that count by their weights.
fn mean(values: impl Iterator<Item = f64>, weights: &[f64]) -> f64 {
    let total: f64 = weights.iter().sum();
    values.zip(weights).map(|(value, weight)| value * weight).sum::<f64>() / total
}
