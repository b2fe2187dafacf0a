//! The sampler on models whose posterior is known.

use super::*;
use crate::stats::binomial;
use std::convert::Infallible;

/// A stream for the noise of a proposal, or of the data of a test.
fn noise(seed: u64, generation: u32, number: u32) -> Stream {
    RunKey::new(seed, 0).stream(Purpose::new("test.model"), Subject::new(generation, number))
}

/// One normal value of unknown mean and deviation 1, beside a value that says nothing and varies a hundred times as much.
struct Normal {
    seed: u64,
}

impl Normal {
    fn draw(&self, mean: f64, generation: u32, number: u32) -> Vec<f64> {
        let mut stream = noise(self.seed, generation, number);
        vec![mean + stream.normal(), 100.0 * stream.normal()]
    }
}

impl Simulator for Normal {
    type Error = Infallible;

    fn simulate(&self, proposals: &[Proposal]) -> Result<Vec<Vec<f64>>, Infallible> {
        Ok(proposals.iter().map(|p| self.draw(p.values[0], p.generation, p.number)).collect())
    }
}

const PRIOR: [Prior; 1] = [Prior::Uniform { low: -5.0, high: 5.0 }];

const fn plan(seed: u64) -> Plan {
    Plan { particles: 200, keep: 0.5, generations: 7, least_acceptance: 0.001, proposals: 1_000_000, seed }
}

fn quantile_of(values: &[(f64, f64)], p: f64) -> f64 {
    quantile::weighted(values, p)
}

/// Means drawn from the prior, data from the model: the 90 % interval covers the mean as often as it says. Of 150 data sets the number covered is
/// binomial; below or above the bounds with probability under 5e-5 each, α = 1e-4. (What is left of the tolerance widens the posterior by
/// less than a twentieth.)
#[test]
fn intervals_of_the_posterior_cover_what_the_data_were_made_with() {
    let n = 150;
    let covered = (0..n).filter(|&set| {
        let simulator = Normal { seed: 10_000 + set };
        let mean = PRIOR[0].quantile(noise(77, 0, set as u32).uniform());
        let observed = simulator.draw(mean, 0, 0);
        let found = sample(&simulator, &PRIOR, &observed, &plan(set)).unwrap();
        let marginal = found.marginal(0);
        (quantile_of(&marginal, 0.05)..=quantile_of(&marginal, 0.95)).contains(&mean)
    });
    let covered = covered.count() as u64;
    let below = binomial::at_most(covered, n, 0.9);
    let above = 1.0 - binomial::at_most(covered - 1, n, 0.9);
    assert!(below > 5e-5 && above > 5e-5, "{covered} of {n}");
}

/// With a flat prior the posterior of the mean is normal about the value, with deviation 1; of 800 particles its mean has an error of 0.04, and its
/// deviation 0.03, of which 3.9, with what is left of the tolerance, are below 0.2.
#[test]
fn the_posterior_of_a_mean_is_the_known_one_and_noise_is_weighed_down() {
    let simulator = Normal { seed: 5 };
    let plan = Plan { particles: 800, ..plan(3) };
    let found = sample(&simulator, &PRIOR, &[0.5, 0.0], &plan).unwrap();
    let mean: f64 = found.particles.iter().map(|p| p.weight * p.values[0]).sum();
    let variance: f64 = found.particles.iter().map(|p| p.weight * (p.values[0] - mean).powi(2)).sum();
    assert!((mean - 0.5).abs() < 0.2 && (variance.sqrt() - 1.0).abs() < 0.2, "{mean} {variance}");
    let last = found.generations.last().unwrap();
    assert!(last.scales[1] / last.scales[0] > 30.0, "{:?}", last.scales);
    assert!(found.generations.windows(2).all(|pair| pair[1].proposals > 0 && pair[1].effective > 100.0));
    let mode = found.mode(&PRIOR).unwrap().values[0];
    assert!((mode - 0.5).abs() < 0.8, "{mode}");
}

/// Six of ten coins are heads: with a flat prior on the log scale between 0.05 and 0.9 the posterior is known by summing; the statistic is
/// discrete, so the tolerance ends at exactly 0 and nothing is approximate. Errors of shares of 600 particles are below 0.02; 3.9 of them.
#[test]
fn a_discrete_statistic_is_matched_exactly() {
    struct Coins;
    impl Simulator for Coins {
        type Error = Infallible;
        fn simulate(&self, proposals: &[Proposal]) -> Result<Vec<Vec<f64>>, Infallible> {
            let heads = |proposal: &Proposal| {
                let mut stream = noise(9, proposal.generation, proposal.number);
                (0..10).filter(|_| stream.uniform() < proposal.values[0]).count() as f64
            };
            Ok(proposals.iter().map(|proposal| vec![heads(proposal)]).collect())
        }
    }
    let prior = [Prior::LogUniform { low: 0.05, high: 0.9 }];
    let plan = Plan { particles: 600, generations: 20, ..plan(1) };
    let found = sample(&Coins, &prior, &[6.0], &plan).unwrap();
    assert_eq!(found.end, End::Exact);
    let likelihood = |p: f64| libm::pow(p, 6.0) * libm::pow(1.0 - p, 4.0);
    let grid: Vec<(f64, f64)> = (0..4000)
        .map(|step| prior[0].quantile((f64::from(step) + 0.5) / 4000.0))
        .map(|p| (p, likelihood(p)))
        .collect();
    let total: f64 = grid.iter().map(|(_, weight)| weight).sum();
    for border in [0.4, 0.55, 0.7] {
        let exact: f64 = grid.iter().filter(|(p, _)| *p < border).map(|(_, weight)| weight / total).sum();
        let ours: f64 = found.particles.iter().filter(|p| p.values[0] < border).map(|p| p.weight).sum();
        assert!((ours - exact).abs() < 0.08, "{border}: {ours} {exact}");
    }
}

/// Results depend on nothing but names: the same particles for any size of the batches, and others for another seed.
#[test]
fn the_same_seed_gives_the_same_particles_and_limits_end_the_search() {
    let simulator = Normal { seed: 5 };
    let small = Plan { particles: 50, generations: 3, ..plan(3) };
    let found = sample(&simulator, &PRIOR, &[0.5, 0.0], &small).unwrap();
    assert_eq!(found, sample(&simulator, &PRIOR, &[0.5, 0.0], &small).unwrap());
    assert_ne!(found, sample(&simulator, &PRIOR, &[0.5, 0.0], &Plan { seed: 4, ..small }).unwrap());
    assert_eq!((found.end, found.generations.len()), (End::Generations, 3));
    let few = sample(&simulator, &PRIOR, &[0.5, 0.0], &Plan { proposals: 150, ..small }).unwrap();
    assert_eq!((few.end, few.generations.len()), (End::Proposals, 1));
    assert_eq!(few.particles.len(), 50);
    let choosy = Plan { generations: 30, least_acceptance: 0.3, ..small };
    let ended = sample(&simulator, &PRIOR, &[0.5, 0.0], &choosy).unwrap();
    assert!(ended.end == End::Acceptance && ended.generations.len() < 30, "{:?}", ended.generations);
    let none = sample(&simulator, &PRIOR, &[0.5, 0.0], &Plan { proposals: 20, ..small }).unwrap();
    assert!(none.particles.is_empty() && none.mode(&PRIOR).is_none());
}

/// A statistic that is missing puts a proposal out of reach, and one that never varies counts for nothing.
#[test]
fn missing_statistics_are_far_away_and_constant_ones_say_nothing() {
    struct Halved;
    impl Simulator for Halved {
        type Error = Infallible;
        fn simulate(&self, proposals: &[Proposal]) -> Result<Vec<Vec<f64>>, Infallible> {
            let of = |p: &Proposal| if p.values[0] < 0.0 { f64::NAN } else { p.values[0] };
            Ok(proposals.iter().map(|p| vec![of(p), 7.0]).collect())
        }
    }
    let found = sample(&Halved, &PRIOR, &[1.0, 3.0], &Plan { generations: 4, ..plan(2) }).unwrap();
    assert!(found.particles.iter().all(|p| p.values[0] >= 0.0 && p.distance.is_finite()));
    assert!(found.generations[0].scales[1].is_nan());
}
