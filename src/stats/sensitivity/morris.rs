//! Elementary effects of Morris: what one step of one input does, from many places. A cheap screening of many inputs.

use super::{Responses, mean, product, variance};
use crate::stats::bootstrap::Bootstrap;
use crate::stats::interval::Interval;
use crate::stats::low_discrepancy::Words;

/// The trajectories of Morris (1991), "Factorial sampling plans for preliminary computational experiments", Technometrics 33, 161–174:
/// `trajectories` walks over a grid of `levels` (even, at least 2) values of each input, of `inputs` steps, each of which moves another input by
/// Δ = levels/(2(levels − 1)); trajectories·(inputs + 1) points, a walk after the other.
///
/// Each input begins at any level with the same probability, and inputs move in a random order.
pub fn design(trajectories: u32, inputs: usize, levels: u32, words: &impl Words) -> Vec<Vec<f64>> {
    let half = (levels / 2).max(1);
    let last = f64::from((2 * half).max(2) - 1);
    let below = |word: u32, n: usize| ((u64::from(word) * n as u64) >> 32) as usize;
    let walk = |trajectory: u32| {
        let (mut from, mut to) = (Vec::with_capacity(inputs), Vec::with_capacity(inputs));
        for input in 0..inputs as u32 {
            let low = below(words.word([trajectory, input, 0]), half as usize) as f64;
            let high = low + f64::from(half);
            let rises = words.word([trajectory, input, 1]) & 1 == 0;
            from.push(if rises { low } else { high } / last);
            to.push(if rises { high } else { low } / last);
        }
        let mut order: Vec<usize> = (0..inputs).collect();
        for place in (1..inputs).rev() {
            order.swap(place, below(words.word([trajectory, place as u32, 2]), place + 1));
        }
        let mut points = vec![from.clone()];
        for input in order {
            from[input] = to[input];
            points.push(from.clone());
        }
        points
    };
    (0..trajectories).flat_map(walk).collect()
}

/// What steps of one input do, per full range of the input and in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// Mean effect μ.
    pub mu: f64,
    /// Its interval by the bootstrap.
    pub mu_interval: Interval,
    /// Mean size μ* (Campolongo, Cariboni and Saltelli 2007, Environmental Modelling & Software 22, 1509–1518): whether the input matters.
    pub mu_star: f64,
    /// Its interval by the bootstrap.
    pub mu_star_interval: Interval,
    /// Standard deviation σ of the effects over the places, without the part that is noise: whether the effect depends on the place, by
    /// interaction or curvature.
    pub sigma: f64,
    /// The μ* that an input without any effect would have, by noise alone: √(2/π) of the deviation of an effect
    /// from the noise in the means over the replicates. `None` with one
    /// replicate; 0 on common random numbers for an input that never matters.
    pub noise_floor: Option<f64>,
}

/// Estimates the effects of the inputs from the values at the points of a [`design`].
///
/// # Panics
///
/// If there are not as many responses as `points`.
pub fn effects(
    points: &[Vec<f64>],
    responses: &Responses<'_>,
    bootstrap: Bootstrap,
    words: &impl Words,
) -> Vec<Effect> {
    assert_eq!(points.len() * responses.replicates, responses.values.len(), "values and points");
    let inputs = points.first().map_or(0, Vec::len);
    let n = points.len() / (inputs + 1);
    let steps = steps(points, responses, inputs);
    let all = (vec![1.0; n], vec![1.0; responses.replicates]);
    let resampled: Vec<_> =
        (0..bootstrap.resamples).map(|resample| responses.resampled(n, resample, words)).collect();
    let effect = |steps: &Vec<Vec<f64>>| {
        let of = |(trajectories, replicates): &(Vec<f64>, Vec<f64>)| {
            let means = steps.iter().map(|step| mean(step.iter().copied(), replicates));
            (mean(means.clone(), trajectories), mean(means.map(f64::abs), trajectories))
        };
        let (mu, mu_star) = of(&all);
        let both: Vec<(f64, f64)> = resampled.iter().map(of).collect();
        Effect {
            mu,
            mu_interval: bootstrap.percentile_of(both.iter().map(|both| both.0).collect()),
            mu_star,
            mu_star_interval: bootstrap.percentile_of(both.iter().map(|both| both.1).collect()),
            sigma: spread(steps, responses.replicates),
            noise_floor: noise_floor(steps, responses.replicates),
        }
    };
    steps.iter().map(effect).collect()
}

/// For each input and trajectory, the effect in each replicate.
fn steps(points: &[Vec<f64>], responses: &Responses<'_>, inputs: usize) -> Vec<Vec<Vec<f64>>> {
    let mut steps = vec![Vec::new(); inputs];
    for (index, pair) in points.windows(2).enumerate() {
        if (index + 1) % (inputs + 1) == 0 {
            continue;
        }
        let moved = pair[0].iter().zip(&pair[1]).position(|(from, to)| from != to);
        let Some(input) = moved else { continue };
        let by = pair[1][input] - pair[0][input];
        let values = responses.at(index).iter().zip(responses.at(index + 1));
        steps[input].push(values.map(|(from, to)| (to - from) / by).collect());
    }
    steps
}

/// Standard deviation of the mean effects over trajectories, by products across replicates; with one replicate of the effects as they are.
fn spread(steps: &[Vec<f64>], replicates: usize) -> f64 {
    let n = steps.len() as f64;
    let weights = vec![1.0; replicates];
    let squares: f64 =
        steps.iter().map(|step| product(step.iter().copied(), step.iter().copied(), &weights)).sum();
    let means: Vec<f64> =
        (0..replicates).map(|replicate| steps.iter().map(|step| step[replicate]).sum::<f64>() / n).collect();
    let square = product(means.iter().copied(), means.iter().copied(), &weights);
    ((squares / n - square) * n / (n - 1.0)).max(0.0).sqrt()
}

fn noise_floor(steps: &[Vec<f64>], replicates: usize) -> Option<f64> {
    let weights = vec![1.0; replicates];
    let of_step = |step: &Vec<f64>| variance(step, &weights) / replicates as f64;
    let noise = steps.iter().map(of_step).sum::<f64>() / steps.len() as f64;
    (replicates > 1).then(|| (noise * std::f64::consts::FRAC_2_PI).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::fixture::words;
    use crate::stats::sensitivity::Coupling;

    const QUICK: Bootstrap = Bootstrap { resamples: 200, level: 0.95 };

    fn plain(values: &[f64]) -> Responses<'_> {
        Responses { values, replicates: 1, coupling: Coupling::Common }
    }

    #[test]
    fn each_walk_moves_each_input_once_by_delta() {
        for levels in [2, 4, 8] {
            let points = design(50, 5, levels, &words(1));
            assert_eq!(points.len(), 50 * 6);
            let delta = f64::from(levels) / (2.0 * f64::from(levels - 1));
            for walk in points.chunks(6) {
                let mut moved = Vec::new();
                for pair in walk.windows(2) {
                    let changed: Vec<usize> =
                        (0..5).filter(|&input| pair[0][input] != pair[1][input]).collect();
                    assert_eq!(changed.len(), 1);
                    assert!(((pair[1][changed[0]] - pair[0][changed[0]]).abs() - delta).abs() < 1e-12);
                    moved.push(changed[0]);
                }
                moved.sort_unstable();
                assert_eq!(moved, [0, 1, 2, 3, 4]);
                assert!(walk.iter().flatten().all(|value| (0.0..=1.0).contains(value)));
            }
        }
    }

    #[test]
    fn effects_of_a_line_are_its_slopes_exactly() {
        let points = design(10, 3, 4, &words(2));
        let values: Vec<f64> = points.iter().map(|x| 5.0 * x[0] - 2.0 * x[1] + 7.0).collect();
        let found = effects(&points, &plain(&values), QUICK, &words(3));
        for (effect, slope) in found.iter().zip([5.0, -2.0, 0.0]) {
            assert!((effect.mu - slope).abs() < 1e-12 && (effect.mu_star - f64::abs(slope)).abs() < 1e-12);
            assert!(effect.sigma < 1e-7 && effect.noise_floor.is_none());
            assert!((effect.mu_star_interval.high - f64::abs(slope)).abs() < 1e-12);
        }
    }

    fn curved(x: &[f64]) -> f64 {
        libm::sin(5.0 * x[0]) + 7.0 * x[1] * x[1] + 3.0 * x[0] * x[2]
    }

    /// Mean, mean size and deviation of the effects over the whole grid of four levels, one by one.
    fn exact(input: usize) -> (f64, f64, f64) {
        let level = |index: usize| index as f64 / 3.0;
        let mut all = Vec::new();
        for low in 0..2 {
            for others in 0..16 {
                let mut x = [0.0; 3];
                x[(input + 1) % 3] = level(others / 4);
                x[(input + 2) % 3] = level(others % 4);
                x[input] = level(low);
                let from = curved(&x);
                x[input] = level(low + 2);
                all.push((curved(&x) - from) * 1.5);
            }
        }
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let size = all.iter().map(|effect| effect.abs()).sum::<f64>() / n;
        let square = all.iter().map(|effect| (effect - mean).powi(2)).sum::<f64>() / n;
        (mean, size, square.sqrt())
    }

    /// Over 2000 walks; the largest deviation of an effect is 7.5, so 3.9 standard errors are at most 0.66 and for most far less; the
    /// bounds are 3.9·σ/√2000 of each input, and twice that for σ itself.
    #[test]
    fn effects_of_a_curved_function_are_those_over_the_whole_grid() {
        let points = design(2000, 3, 4, &words(4));
        let values: Vec<f64> = points.iter().map(|x| curved(x)).collect();
        let found = effects(&points, &plain(&values), Bootstrap { resamples: 0, level: 0.95 }, &words(5));
        for (input, effect) in found.iter().enumerate() {
            let (mu, mu_star, sigma) = exact(input);
            let bound = 3.9 * sigma / 2000.0_f64.sqrt() + 1e-9;
            assert!((effect.mu - mu).abs() < bound, "{input}: {effect:?} {mu}");
            assert!((effect.mu_star - mu_star).abs() < bound, "{input}: {effect:?} {mu_star}");
            assert!((effect.sigma - sigma).abs() < 2.0 * bound, "{input}: {effect:?} {sigma}");
        }
    }

    /// Independent noise: corrected, the spread of the effects of a line stays nothing, and the size of an effect that is none is the floor.
    #[test]
    fn noise_does_not_pass_for_interaction() {
        let points = design(400, 3, 4, &words(6));
        let noise = words(7);
        let shock = |name: [u32; 3]| f64::from(noise.word(name)) / 4_294_967_296.0 - 0.5;
        let replicates = 4;
        let value = |(index, x): (usize, &Vec<f64>), replicate: u32| {
            5.0 * x[0] + 6.0 * shock([index as u32, replicate, 0])
        };
        let all = points.iter().enumerate();
        let values: Vec<f64> =
            all.flat_map(|at| (0..replicates).map(move |replicate| value(at, replicate))).collect();
        let responses =
            Responses { values: &values, replicates: replicates as usize, coupling: Coupling::Independent };
        let found = effects(&points, &responses, QUICK, &words(8));
        // One value has variance 36/12 = 3; an effect of a mean of four 2·3/4·(1.5)² = 3.375, of deviation 1.84.
        let floor = (3.375 * std::f64::consts::FRAC_2_PI).sqrt();
        for (effect, slope) in found.iter().zip([5.0, 0.0, 0.0]) {
            assert!((effect.mu - slope).abs() < 3.9 * 1.84 / 20.0, "{effect:?}");
            assert!((effect.noise_floor.unwrap() - floor).abs() < 0.1, "{effect:?}");
            // Uncorrected it would be 1.84; corrected, its square has an error of about 1.84²·√(2/400).
            assert!(effect.sigma * effect.sigma < 3.9 * 3.375 * (2.0_f64 / 400.0).sqrt(), "{effect:?}");
        }
        assert!((found[1].mu_star - floor).abs() < 0.2, "{found:?}");
    }
}
