//! Approximate Bayesian computation: parameters under which a simulation gives what was observed, when its likelihood can't be written down.
//!
//! The sequential sampler of Toni, Welch, Strelkowa, Ipsen and Stumpf (2009), Journal of the Royal Society Interface 6, 187–202, in the form of
//! Prangle (2017), "Adapting the ABC distance function", Bayesian Analysis 12, 289–309, algorithm 5: in each generation proposals are
//! simulated until ⌈N/α⌉ lie within the distances and tolerances of all generations before; statistics are then weighed anew by the
//! inverse of their spread among all that was simulated, and the N nearest are kept, which sets the tolerance. Proposals are particles moved by
//! a normal step of twice their weighted covariance (Beaumont, Cornuet, Marin and Robert 2009, Biometrika 96, 983–990; Filippi, Barnes,
//! Cornebise and Stumpf 2013), and weights make good for that.
//!
//! A proposal is named by generation and number, and counted in order of its number: results do not depend on threads or batches.

mod kernel;

use super::parameters::Prior;
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::stats::quantile::{self, Method};
use kernel::Kernel;
use std::ops::RangeInclusive;

/// Proposals simulated at a time: as many as are still to be accepted, within these limits. Some of the last may be for nothing.
const BATCH: RangeInclusive<usize> = 32..=512;
/// Steps that are tried until one stays where the prior is not 0.
const MOST_STEPS: u32 = 10_000;

/// A set of parameters to be simulated.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Generation, from 1.
    pub generation: u32,
    /// Number within it, from 0.
    pub number: u32,
    /// Values of the parameters.
    pub values: Vec<f64>,
}

/// What is calibrated.
pub trait Simulator {
    /// Why it can't go on.
    type Error;

    /// The statistics of each proposal, in their order; NaN for one that does not exist. Different proposals have different random numbers.
    ///
    /// # Errors
    ///
    /// Where it can't go on.
    fn simulate(&self, proposals: &[Proposal]) -> Result<Vec<Vec<f64>>, Self::Error>;
}

/// How the sampler goes on, and when it ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Particles kept in each generation, N.
    pub particles: usize,
    /// Share of the accepted proposals that is kept, α, 0 to 1.
    pub keep: f64,
    /// Generations at the most.
    pub generations: u32,
    /// The sampler ends after a generation in which fewer than this share of the proposals was accepted.
    pub least_acceptance: f64,
    /// Proposals at the most; a generation that would need more is given up.
    pub proposals: u64,
    /// Seed of all choices.
    pub seed: u64,
}

/// A sample of the posterior.
#[derive(Debug, Clone, PartialEq)]
pub struct Particle {
    /// Values of the parameters.
    pub values: Vec<f64>,
    /// Weight; all together weigh 1.
    pub weight: f64,
    /// Distance of its statistics from those observed.
    pub distance: f64,
    /// The statistics.
    pub statistics: Vec<f64>,
}

/// What came of one generation.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// Proposals simulated for it.
    pub proposals: u64,
    /// Proposals accepted.
    pub accepted: u64,
    /// The largest distance kept.
    pub tolerance: f64,
    /// Spread of each statistic, by which its deviation is divided; NaN for one that never varied, which counts for nothing.
    pub scales: Vec<f64>,
    /// Number of equally weighted particles that would be worth as much.
    pub effective: f64,
}

/// Why the sampler ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All generations were made.
    Generations,
    /// Hardly any proposal was accepted any more.
    Acceptance,
    /// No more proposals were allowed.
    Proposals,
    /// The particles give exactly what was observed.
    Exact,
}

impl End {
    /// Name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Generations => "generations",
            Self::Acceptance => "acceptance",
            Self::Proposals => "proposals",
            Self::Exact => "exact",
        }
    }
}

/// Samples of the posterior, and how they were found.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// The samples.
    pub particles: Vec<Particle>,
    /// The generations in their order.
    pub generations: Vec<Generation>,
    /// Why there are no more.
    pub end: End,
}

/// A distance that was used, and how far it let proposals be.
#[derive(Debug, Clone, PartialEq)]
struct Measure {
    scales: Vec<f64>,
    tolerance: f64,
}

impl Measure {
    fn distance(&self, statistics: &[f64], observed: &[f64]) -> f64 {
        distance(statistics, observed, &self.scales)
    }
}

/// Euclidean distance of statistics in units of their spread; infinite if one is missing.
fn distance(statistics: &[f64], observed: &[f64], scales: &[f64]) -> f64 {
    let mut sum = 0.0;
    for ((value, observed), scale) in statistics.iter().zip(observed).zip(scales) {
        if value.is_nan() {
            return f64::INFINITY;
        }
        if !scale.is_nan() {
            let deviation = (value - observed) / scale;
            sum += deviation * deviation;
        }
    }
    sum.sqrt()
}

/// One proposal with its statistics.
#[derive(Debug, Clone)]
struct Simulated {
    values: Vec<f64>,
    statistics: Vec<f64>,
}

/// Samples parameters with `priors` under which `simulator` gives about what was `observed`.
///
/// # Errors
///
/// Where the simulator can't go on, or the first generation would need more proposals than are allowed.
pub fn sample<S: Simulator>(
    simulator: &S,
    priors: &[Prior],
    observed: &[f64],
    plan: &Plan,
) -> Result<Posterior, S::Error> {
    let mut found = Posterior { particles: Vec::new(), generations: Vec::new(), end: End::Generations };
    let mut measures: Vec<Measure> = Vec::new();
    let mut used = 0;
    for generation in 1..=plan.generations {
        let kernel = Kernel::of(&found.particles, priors);
        let search =
            Search { simulator, priors, observed, plan, kernel: &kernel, particles: &found.particles };
        let Some((simulated, accepted)) = search.generation(generation, &measures, &mut used)? else {
            found.end = End::Proposals;
            break;
        };
        let scales = scales(&simulated, observed.len());
        let mut near: Vec<(f64, usize)> = accepted
            .iter()
            .map(|&index| (distance(&simulated[index].statistics, observed, &scales), index))
            .collect();
        near.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        near.truncate(plan.particles);
        let tolerance = near.last().map_or(f64::NAN, |(distance, _)| *distance);
        let particle = |&(distance, index): &(f64, usize)| {
            let Simulated { values, statistics } = simulated[index].clone();
            Particle { weight: search.weight(&values), values, distance, statistics }
        };
        let mut particles: Vec<Particle> = near.iter().map(particle).collect();
        let effective = normalise(&mut particles);
        found.particles = particles;
        let is_exact = tolerance == 0.0;
        let proposals = simulated.len() as u64;
        let rate = accepted.len() as f64 / proposals as f64;
        let n_accepted = accepted.len() as u64;
        found.generations.push(Generation {
            proposals,
            accepted: n_accepted,
            tolerance,
            scales: scales.clone(),
            effective,
        });
        let tolerance = next_tolerance(&simulated, &accepted, observed, &scales, tolerance);
        measures.push(Measure { scales, tolerance });
        if is_exact {
            found.end = End::Exact;
            break;
        }
        if rate < plan.least_acceptance {
            found.end = End::Acceptance;
            break;
        }
    }
    Ok(found)
}

/// How far the next generation lets proposals be: as far as the farthest particle; where nothing accepted lies beyond it, since distances of
/// counts and of yes and no are tied, only as far as the next one below, or the tolerance would never shrink.
fn next_tolerance(
    simulated: &[Simulated],
    accepted: &[usize],
    observed: &[f64],
    scales: &[f64],
    tolerance: f64,
) -> f64 {
    let distances = || accepted.iter().map(|&index| distance(&simulated[index].statistics, observed, scales));
    if distances().any(|distance| distance > tolerance) {
        return tolerance;
    }
    let below = distances().filter(|&distance| distance < tolerance).fold(f64::NEG_INFINITY, f64::max);
    if below.is_finite() { below } else { tolerance }
}

/// What a generation is found with.
struct Search<'a, S> {
    simulator: &'a S,
    priors: &'a [Prior],
    observed: &'a [f64],
    plan: &'a Plan,
    kernel: &'a Kernel,
    particles: &'a [Particle],
}

/// All proposals of a generation, and the indices of those accepted.
type Accepted = (Vec<Simulated>, Vec<usize>);

impl<S: Simulator> Search<'_, S> {
    /// All proposals up to the last one needed, and the indices of those accepted; `None` if there would be too many.
    fn generation(
        &self,
        generation: u32,
        measures: &[Measure],
        used: &mut u64,
    ) -> Result<Option<Accepted>, S::Error> {
        let wanted = (self.plan.particles as f64 / self.plan.keep).ceil() as usize;
        let (mut simulated, mut accepted) = (Vec::<Simulated>::new(), Vec::new());
        while accepted.len() < wanted {
            let first = simulated.len();
            let left = self.plan.proposals.saturating_sub(*used + first as u64);
            if left == 0 {
                *used += first as u64;
                return Ok(None);
            }
            let missing = (wanted - accepted.len()).clamp(*BATCH.start(), *BATCH.end());
            let n = (missing as u64).min(left) as usize;
            let proposals: Vec<Proposal> =
                (first..first + n).map(|number| self.propose(generation, number as u32)).collect();
            let statistics = self.simulator.simulate(&proposals)?;
            for (proposal, statistics) in proposals.into_iter().zip(statistics) {
                let is_near =
                    |measure: &Measure| measure.distance(&statistics, self.observed) <= measure.tolerance;
                if measures.iter().all(is_near) {
                    accepted.push(simulated.len());
                }
                simulated.push(Simulated { values: proposal.values, statistics });
                if accepted.len() == wanted {
                    break;
                }
            }
        }
        *used += simulated.len() as u64;
        Ok(Some((simulated, accepted)))
    }

    fn propose(&self, generation: u32, number: u32) -> Proposal {
        // Runs have numbers below this one.
        let key = RunKey::new(self.plan.seed, u64::MAX);
        let mut stream = key.stream(Purpose::new("abc.proposal"), Subject::new(generation, number));
        let values = if self.particles.is_empty() {
            self.priors.iter().map(|prior| prior.quantile(stream.uniform())).collect()
        } else {
            self.moved(&mut stream)
        };
        Proposal { generation, number, values }
    }

    /// A particle chosen by weight and moved, until the prior allows where it is.
    fn moved(&self, stream: &mut Stream) -> Vec<f64> {
        for _ in 0..MOST_STEPS {
            let chosen = chosen(self.particles, stream.uniform());
            let places = self.kernel.step(chosen, self.priors, stream);
            if self.priors.iter().zip(&places).all(|(prior, &place)| prior.density(place) > 0.0) {
                return self
                    .priors
                    .iter()
                    .zip(places)
                    .map(|(prior, place)| prior.from_scale(place))
                    .collect();
            }
        }
        chosen(self.particles, stream.uniform()).values.clone()
    }

    /// Prior density over that of being proposed, up to a constant.
    fn weight(&self, values: &[f64]) -> f64 {
        if self.particles.is_empty() {
            return 1.0;
        }
        let places: Vec<f64> =
            self.priors.iter().zip(values).map(|(prior, &value)| prior.to_scale(value)).collect();
        let density: f64 =
            self.priors.iter().zip(&places).map(|(prior, &place)| prior.density(place)).product();
        density / self.kernel.density(&places)
    }
}

fn chosen(particles: &[Particle], uniform: f64) -> &Particle {
    let mut left = uniform;
    for particle in particles {
        left -= particle.weight;
        if left < 0.0 {
            return particle;
        }
    }
    &particles[particles.len() - 1]
}

/// Makes weights sum to 1 and tells the effective number.
fn normalise(particles: &mut [Particle]) -> f64 {
    let total: f64 = particles.iter().map(|particle| particle.weight).sum();
    for particle in particles.iter_mut() {
        particle.weight /= total;
    }
    1.0 / particles.iter().map(|particle| particle.weight * particle.weight).sum::<f64>()
}

/// The median absolute deviation of each statistic; where more than half of the values are equal, their standard deviation; NaN where all
/// are. The first is robust, and Prangle's choice.
fn scales(simulated: &[Simulated], n: usize) -> Vec<f64> {
    let scale = |index: usize| {
        let mut values: Vec<f64> = simulated.iter().map(|simulated| simulated.statistics[index]).collect();
        quantile::sort(&mut values);
        let median = quantile::sorted(&values, 0.5, Method::Linear);
        let mut deviations: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
        quantile::sort(&mut deviations);
        let spread = quantile::sorted(&deviations, 0.5, Method::Linear);
        let sd = crate::stats::summary::Moments::of(values).sd();
        [spread, sd].into_iter().find(|scale| *scale > 0.0).unwrap_or(f64::NAN)
    };
    (0..n).map(scale).collect()
}

impl Posterior {
    /// Values of one parameter with their weights, ascending.
    pub fn marginal(&self, parameter: usize) -> Vec<(f64, f64)> {
        ascending(self.particles.iter().map(|particle| (particle.values[parameter], particle.weight)))
    }

    /// Values of one statistic with their weights, ascending; missing ones are left out.
    pub fn predictive(&self, statistic: usize) -> Vec<(f64, f64)> {
        ascending(self.particles.iter().map(|particle| (particle.statistics[statistic], particle.weight)))
    }

    /// The particle about which most weight lies, by a normal density of the width of Scott (1992).
    pub fn mode(&self, priors: &[Prior]) -> Option<&Particle> {
        let kernel = Kernel::smoothing(&self.particles, priors);
        let density = |particle: &Particle| {
            let places: Vec<f64> =
                priors.iter().zip(&particle.values).map(|(prior, &value)| prior.to_scale(value)).collect();
            kernel.density(&places)
        };
        let best = |best: Option<(f64, usize)>, (index, particle): (usize, &Particle)| {
            let density = density(particle);
            if best.is_none_or(|(most, _)| density > most) { Some((density, index)) } else { best }
        };
        self.particles.iter().enumerate().fold(None, best).map(|(_, index)| &self.particles[index])
    }
}

fn ascending(values: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut values: Vec<(f64, f64)> = values.filter(|(value, _)| !value.is_nan()).collect();
    values.sort_by(|one, other| one.0.total_cmp(&other.0));
    values
}

#[cfg(test)]
mod tests;
