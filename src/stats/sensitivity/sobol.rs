//! Indices of Sobol': shares of the variance of the mean that are due to one input alone, and to one input with all its interactions.

use super::{Responses, mean, product, variance};
use crate::stats::bootstrap::Bootstrap;
use crate::stats::interval::Interval;
use crate::stats::low_discrepancy::{MOST_DIMENSIONS, Sobol, Words};

/// Most inputs: each takes two dimensions of the sequence.
pub const MOST_INPUTS: usize = MOST_DIMENSIONS / 2;

/// The points of Saltelli et al. (2010), "Variance based sensitivity analysis of model output", Computer Physics Communications 181, 259–270:
/// `n` rows (best a power of two) of two independent points A and B, and for each input A with that coordinate of B; `n`·(`inputs` + 2)
/// points, a row after the other. A and B are halves of one scrambled point of a Sobol' sequence.
///
/// `None` for no inputs or more than [`MOST_INPUTS`].
pub fn design(n: u32, inputs: usize, words: &impl Words) -> Option<Vec<Vec<f64>>> {
    let sequence = Sobol::new(2 * inputs)?;
    let row = |index: u32| {
        let both = sequence.scrambled_point(u64::from(index), words);
        let (a, b) = both.split_at(inputs);
        let mixed = (0..inputs).map(|input| {
            let mut point = a.to_vec();
            point[input] = b[input];
            point
        });
        [a.to_vec(), b.to_vec()].into_iter().chain(mixed).collect::<Vec<_>>()
    };
    Some((0..n).flat_map(row).collect())
}

/// What is estimated from the values at the points of a [`design`].
#[derive(Debug, Clone, PartialEq)]
pub struct Indices {
    /// Mean of the function.
    pub mean: f64,
    /// Variance of the mean over the noise, due to the inputs. With one replicate that of this one realisation. It may come out below zero
    /// where the inputs do hardly anything.
    pub variance: f64,
    /// Variance of one value at a point, on average over the points; `None` with one replicate.
    pub noise: Option<f64>,
    /// Each input.
    pub inputs: Vec<Index>,
}

/// Indices of one input; NaN where the inputs explain nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Index {
    /// Share of the variance that is due to this input alone.
    pub first: f64,
    /// Its interval by the bootstrap.
    pub first_interval: Interval,
    /// Share of the variance that is due to this input and its interactions with others.
    pub total: f64,
    /// Its interval by the bootstrap.
    pub total_interval: Interval,
}

impl Indices {
    /// Share of the variance of one value that is noise, 0 to 1; `None` with one replicate.
    pub fn noise_share(&self) -> Option<f64> {
        self.noise.map(|noise| noise / (noise + self.variance.max(0.0)))
    }
}

/// Estimates the indices of `inputs` inputs: those of the first order by Saltelli et al. (2010), table 2, (b), the total ones by Jansen (1999),
/// Computer Physics Communications 117, 35–43, as in (f) there. Intervals are by percentiles of resampled rows (and replicates where they
/// share their noise); as the rows fill the cube more evenly than independent ones they are, if anything, too wide.
///
/// # Panics
///
/// If there are not as many responses as a design of this many inputs has points.
pub fn indices(
    responses: &Responses<'_>,
    inputs: usize,
    bootstrap: Bootstrap,
    words: &impl Words,
) -> Indices {
    let per_row = (inputs + 2) * responses.replicates;
    assert!(
        per_row > 0 && responses.values.len().is_multiple_of(per_row),
        "a row has {per_row} values, and there are {}",
        responses.values.len()
    );
    let rows = responses.values.len() / per_row;
    // Products of large numbers would lose what differs.
    let centre = responses.values.iter().sum::<f64>() / responses.values.len() as f64;
    let centred: Vec<f64> = responses.values.iter().map(|value| value - centre).collect();
    let centred = Responses { values: &centred, ..*responses };
    let estimated = estimate(&centred, inputs, &vec![1.0; rows], &vec![1.0; responses.replicates]);
    let resampled: Vec<Estimates> = (0..bootstrap.resamples)
        .map(|resample| {
            let (of_rows, of_replicates) = responses.resampled(rows, resample, words);
            estimate(&centred, inputs, &of_rows, &of_replicates)
        })
        .collect();
    let interval =
        |of: &dyn Fn(&Estimates) -> f64| bootstrap.percentile_of(resampled.iter().map(of).collect());
    let index = |input: usize| Index {
        first: estimated.share(estimated.first[input]),
        first_interval: interval(&|estimates| estimates.share(estimates.first[input])),
        total: estimated.share(estimated.total[input]),
        total_interval: interval(&|estimates| estimates.share(estimates.total[input])),
    };
    Indices {
        mean: centre,
        variance: estimated.variance,
        noise: (responses.replicates > 1).then_some(estimated.noise),
        inputs: (0..inputs).map(index).collect(),
    }
}

/// Parts of the variance, each without bias.
#[derive(Debug)]
struct Estimates {
    variance: f64,
    noise: f64,
    first: Vec<f64>,
    total: Vec<f64>,
}

impl Estimates {
    /// A part as a share of the variance; NaN where there seems to be none.
    fn share(&self, part: f64) -> f64 {
        if self.variance > 0.0 { part / self.variance } else { f64::NAN }
    }
}

fn estimate(responses: &Responses<'_>, inputs: usize, rows: &[f64], replicates: &[f64]) -> Estimates {
    let point = |row: usize, kind: usize| responses.at(row * (inputs + 2) + kind);
    let both: Vec<(&[f64], f64)> = (0..rows.len())
        .filter(|&row| rows[row] > 0.0)
        .flat_map(|row| [(point(row, 0), rows[row]), (point(row, 1), rows[row])])
        .collect();
    let weights: Vec<f64> = both.iter().map(|(_, weight)| *weight).collect();
    let squares =
        both.iter().map(|(values, _)| product(values.iter().copied(), values.iter().copied(), replicates));
    let means: Vec<f64> = (0..replicates.len())
        .map(|replicate| mean(both.iter().map(|(values, _)| values[replicate]), &weights))
        .collect();
    let square = product(means.iter().copied(), means.iter().copied(), replicates);
    let n = weights.iter().sum::<f64>();
    let found = (mean(squares, &weights) - square) * n / (n - 1.0);
    let part = |of_row: &dyn Fn(usize) -> f64| {
        mean((0..rows.len()).map(|row| if rows[row] > 0.0 { of_row(row) } else { 0.0 }), rows)
    };
    let step = |row: usize, input: usize| {
        let (mixed, a) = (point(row, input + 2), point(row, 0));
        mixed.iter().zip(a).map(|(mixed, a)| mixed - a)
    };
    let first =
        |input: usize| part(&|row| product(point(row, 1).iter().copied(), step(row, input), replicates));
    let total = |input: usize| part(&|row| product(step(row, input), step(row, input), replicates) / 2.0);
    Estimates {
        variance: found,
        noise: mean(both.iter().map(|(values, _)| variance(values, replicates)), &weights),
        first: (0..inputs).map(first).collect(),
        total: (0..inputs).map(total).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::fixture::words;
    use crate::stats::sensitivity::Coupling;
    use std::f64::consts::{PI, TAU};

    /// The function of Ishigami and Homma (1990) with a = 7 and b = 0.1, inputs uniform on −π to π.
    fn ishigami(x: &[f64]) -> f64 {
        let [x1, x2, x3] = [0, 1, 2].map(|input| PI * (2.0 * x[input] - 1.0));
        libm::sin(x1) + 7.0 * libm::sin(x2).powi(2) + 0.1 * x3.powi(4) * libm::sin(x1)
    }

    /// V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2, V₁ = (1 + bπ⁴/5)²/2, V₂ = a²/8, V₁₃ = b²π⁸(1/18 − 1/50).
    const ISHIGAMI_FIRST: [f64; 3] = [0.313_905, 0.442_411, 0.0];
    const ISHIGAMI_TOTAL: [f64; 3] = [0.557_589, 0.442_411, 0.243_684];

    /// The g-function of Sobol' with coefficients 0, 1, 4.5, 9: Π (|4x − 2| + a)/(1 + a), of mean 1 and partial variances 1/(3(1 + a)²).
    const COEFFICIENTS: [f64; 4] = [0.0, 1.0, 4.5, 9.0];

    fn g_function(x: &[f64]) -> f64 {
        COEFFICIENTS.iter().zip(x).map(|(a, x)| ((4.0 * x - 2.0).abs() + a) / (1.0 + a)).product()
    }

    fn g_indices() -> (f64, Vec<f64>, Vec<f64>) {
        let parts = COEFFICIENTS.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
        let all: f64 = parts.iter().map(|part| 1.0 + part).product();
        let variance = all - 1.0;
        let total = parts.iter().map(|part| part * (all / (1.0 + part)) / variance).collect();
        (variance, parts.iter().map(|part| part / variance).collect(), total)
    }

    /// A standard normal number of words.
    fn normal(words: &impl Words, name: [u32; 2]) -> f64 {
        let uniform = |part| (f64::from(words.word([name[0], name[1], part])) + 0.5) / 4_294_967_296.0;
        (-2.0 * libm::log(uniform(0))).sqrt() * libm::cos(TAU * uniform(1))
    }

    /// The g-function plus noise whose deviation, 2·x₄, depends on one input: E[Var(Y | X)] = 4/3 beside Var(g) = 0.525.
    fn noisy(points: &[Vec<f64>], replicates: usize, coupling: Coupling, seed: u64) -> Vec<f64> {
        let noise = words(seed);
        let value = |(index, point): (usize, &Vec<f64>), replicate: usize| {
            let name = match coupling {
                Coupling::Common => u32::MAX,
                Coupling::Independent => index as u32,
            };
            g_function(point) + 2.0 * point[3] * normal(&noise, [name, replicate as u32])
        };
        let all = points.iter().enumerate();
        all.flat_map(|at| (0..replicates).map(move |replicate| value(at, replicate))).collect()
    }

    const QUICK: Bootstrap = Bootstrap { resamples: 200, level: 0.95 };

    #[test]
    fn the_design_changes_one_coordinate_at_a_time() {
        let points = design(8, 3, &words(1)).unwrap();
        assert_eq!(points.len(), 8 * 5);
        for row in points.chunks(5) {
            for input in 0..3 {
                let mixed = &row[2 + input];
                for coordinate in 0..3 {
                    let from = if coordinate == input { &row[1] } else { &row[0] };
                    assert_eq!(mixed[coordinate], from[coordinate]);
                }
            }
        }
        assert!(design(8, 0, &words(1)).is_none() && design(8, MOST_INPUTS + 1, &words(1)).is_none());
    }

    /// With 4096 rows of scrambled points the error is far below 0.01; the interval holds the truth or lies within that.
    #[test]
    fn indices_of_the_ishigami_function_are_the_known_ones() {
        let points = design(4096, 3, &words(1)).unwrap();
        let values: Vec<f64> = points.iter().map(|point| ishigami(point)).collect();
        let responses = Responses { values: &values, replicates: 1, coupling: Coupling::Common };
        let found = indices(&responses, 3, QUICK, &words(2));
        assert!((found.variance - 13.844_588).abs() < 0.1 && found.noise.is_none(), "{found:?}");
        assert!((found.mean - 3.5).abs() < 0.1);
        for (input, index) in found.inputs.iter().enumerate() {
            assert!((index.first - ISHIGAMI_FIRST[input]).abs() < 0.01, "{input}: {index:?}");
            assert!((index.total - ISHIGAMI_TOTAL[input]).abs() < 0.01, "{input}: {index:?}");
            assert!(index.first_interval.contains(index.first) && index.total_interval.contains(index.total));
        }
    }

    /// Plain averages of R replicates would have the variance Var(g) + 4/(3R), and total indices that all hold noise. Over 40 keys the means
    /// of the estimates are within 3.9 standard errors of the truth, for common and for independent noise, with two replicates and with
    /// eight; α = 1e-4 an assertion.
    #[test]
    fn noise_is_separated_without_bias_whether_it_is_shared_or_not() {
        let (variance, first, total) = g_indices();
        for (coupling, replicates) in [
            (Coupling::Common, 2),
            (Coupling::Common, 8),
            (Coupling::Independent, 2),
            (Coupling::Independent, 8),
        ] {
            let mut found: Vec<Vec<f64>> = Vec::new();
            for seed in 0..40 {
                let points = design(256, 4, &words(seed)).unwrap();
                let values = noisy(&points, replicates, coupling, 1000 + seed);
                let responses = Responses { values: &values, replicates, coupling };
                // Parts, not shares: a ratio of two estimates is biased by its own error.
                let parts = estimate(&responses, 4, &[1.0; 256], &vec![1.0; replicates]);
                let of_inputs = parts.first.iter().zip(&parts.total).flat_map(|(s, t)| [*s, *t]);
                found.push([parts.variance, parts.noise].into_iter().chain(of_inputs).collect());
            }
            let truth: Vec<f64> = [variance, 4.0 / 3.0]
                .into_iter()
                .chain(first.iter().zip(&total).flat_map(|(s, t)| [s * variance, t * variance]))
                .collect();
            for (index, truth) in truth.iter().enumerate() {
                let moments = crate::stats::summary::Moments::of(found.iter().map(|found| found[index]));
                let (mean, error) = (moments.mean(), moments.standard_error());
                assert!(
                    (mean - truth).abs() < 3.9 * error,
                    "{coupling:?}, {replicates} replicates, {index}: {mean} ± {error}, not {truth}"
                );
            }
        }
    }

    /// Many replicates on common numbers: indices themselves are near the truth, and their intervals hold it.
    #[test]
    fn indices_of_a_noisy_function_are_those_of_its_mean() {
        let (_, first, total) = g_indices();
        let points = design(512, 4, &words(7)).unwrap();
        let values = noisy(&points, 64, Coupling::Common, 8);
        let responses = Responses { values: &values, replicates: 64, coupling: Coupling::Common };
        let found = indices(&responses, 4, QUICK, &words(9));
        assert!((found.noise_share().unwrap() - 4.0 / 3.0 / (4.0 / 3.0 + 0.525)).abs() < 0.1, "{found:?}");
        for (input, index) in found.inputs.iter().enumerate() {
            assert!((index.first - first[input]).abs() < 0.06, "{input}: {index:?} {}", first[input]);
            assert!((index.total - total[input]).abs() < 0.06, "{input}: {index:?} {}", total[input]);
            let room =
                Interval { low: index.total_interval.low - 0.02, high: index.total_interval.high + 0.02 };
            assert!(room.contains(total[input]), "{input}: {index:?} {}", total[input]);
        }
    }

    /// With one replicate the function of that realisation is analysed, 2·x₄·ω is part of it, and no noise is told.
    #[test]
    fn one_replicate_on_common_numbers_is_one_function() {
        let points = design(1024, 4, &words(3)).unwrap();
        let values = noisy(&points, 1, Coupling::Common, 5);
        let shock = normal(&words(5), [u32::MAX, 0]);
        let same: Vec<f64> = points.iter().map(|point| g_function(point) + 2.0 * point[3] * shock).collect();
        assert_eq!(values, same);
        let responses = Responses { values: &values, replicates: 1, coupling: Coupling::Common };
        let found = indices(&responses, 4, QUICK, &words(1));
        // The line 2ωx₄ has variance ω²/3, and the g-function's own covariance with it is nothing by symmetry.
        let (variance, ..) = g_indices();
        assert!((found.variance - variance - shock * shock / 3.0).abs() < 0.05 * found.variance, "{found:?}");
        assert!(found.noise.is_none() && found.noise_share().is_none());
    }

    #[test]
    fn a_function_of_nothing_has_no_indices() {
        let responses = Responses { values: &[3.0; 40], replicates: 2, coupling: Coupling::Common };
        let found = indices(&responses, 3, QUICK, &words(1));
        assert_eq!((found.variance, found.noise), (0.0, Some(0.0)));
        assert!(found.inputs.iter().all(|index| index.first.is_nan() && index.total_interval.low.is_nan()));
    }
}
