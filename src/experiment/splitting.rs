//! Adaptive multilevel splitting: the probability of what hardly ever happens.
//!
//! A *score* tells at every moment how near a run has come; the event is that it reaches a *target*. Of n runs those that came least
//! near are given up, again and again, and each is replaced by a branch off one that came nearer: the same run until the moment at which
//! it passed the level, and new random numbers from there. If Kⱼ of n runs are given up at the j-th level and the share r of the
//! last n has reached the target, the probability is r · Π (1 − Kⱼ/n).
//!
//! This is the algorithm of Cérou & Guyader (2007), Stochastic Analysis and Applications 25, 417–443, for processes in discrete steps as
//! in Bréhier et al. (2016), Annals of Applied Probability 26, 3559–3601, where the estimate is unbiased for every n, every score and every
//! number given up. **Ties** are handled as they ask, and as Walter (2015, arXiv 1507.00919) shows to be necessary: all runs at or below
//! the level are given up, however many, and branches start where the score is strictly above it. If all are tied, nothing is left to
//! branch off and the estimate of the repeat is 0, which is part of its being unbiased.
//!
//! One estimate says nothing of its own error, so it is repeated with other random numbers; the interval is Student's over the repeats,
//! none of its ends below 0.
//!
//! What splitting can't do is to make a single draw likelier: where the last step to the event is itself rare, whatever came before, it takes
//! about as many runs at a time as one over the probability of that step.

use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::stats::interval::{Interval, of_mean, wilson};
use crate::stats::summary::Moments;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

const CHOICE: Purpose = Purpose::new("splitting choice");
/// Level of the interval.
const LEVEL: f64 = 0.95;
/// Levels after which a repeat is given up: with a tenth of the runs replaced at each they reach probabilities below 1e-400.
const MOST_LEVELS: u32 = 10_000;

/// How a run came about: an ordinary run and the branches taken since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lineage {
    /// Index of the ordinary run with which it begins.
    pub run: u64,
    /// After which step it takes which branch, in order.
    pub branches: Vec<(u64, u64)>,
}

/// A step after which the score was higher than ever before in the run; step 0 is the beginning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct High {
    /// The step.
    pub step: u64,
    /// The score.
    pub score: f64,
}

/// Something whose runs can branch.
pub trait Branching: Sync {
    /// Memory that one thread uses for run after run.
    type Worker;

    /// Prepares the memory.
    fn worker(&self) -> Self::Worker;

    /// Simulates a run and tells its highs, in order; the first is at step 0.
    ///
    /// A pure function of the lineage. Runs whose lineages agree up to a step are equal up to it.
    fn highs(&self, lineage: &Lineage, worker: &mut Self::Worker) -> Vec<High>;
}

/// What is asked of the algorithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Score that makes the event.
    pub target: f64,
    /// Runs kept at a time, at least 2.
    pub particles: usize,
    /// Runs given up at a level if none are tied, from 1 to `particles` − 1.
    pub kill: usize,
    /// Independent repeats, at least 2.
    pub repeats: u64,
    /// Threads.
    pub threads: usize,
    /// Seed of the choices of the algorithm.
    pub seed: u64,
}

/// One repeat of the algorithm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeat {
    /// Estimate of the probability.
    pub p: f64,
    /// Levels passed.
    pub levels: u32,
    /// Runs simulated.
    pub runs: u64,
    /// Of the ordinary runs with which it began, those that reached the target.
    pub plain: u64,
    /// Whether at some level all runs were tied, so that none was left.
    pub is_extinct: bool,
}

/// The probability with its error and its cost.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// Mean over the repeats.
    pub p: f64,
    /// Student's interval over the repeats at 95 %, cut at 0 and 1; where all repeats agree on 0 or 1, so that they show no error, Wilson's
    /// of the ordinary runs among them.
    pub interval: Interval,
    /// Standard error over the repeats.
    pub standard_error: f64,
    /// The repeats.
    pub repeats: Vec<Repeat>,
}

impl Estimate {
    fn of(repeats: Vec<Repeat>, particles: usize) -> Self {
        let moments = Moments::of(repeats.iter().map(|repeat| repeat.p));
        let student = of_mean(&moments, LEVEL);
        let mut found = Self {
            p: moments.mean(),
            interval: Interval { low: student.low.max(0.0), high: student.high.min(1.0) },
            standard_error: moments.standard_error(),
            repeats,
        };
        if found.standard_error == 0.0 {
            let (runs, reached) = found.plain(particles);
            found.interval = wilson(reached, runs, LEVEL);
        }
        found
    }

    /// Runs simulated in all.
    pub fn runs(&self) -> u64 {
        self.repeats.iter().map(|repeat| repeat.runs).sum()
    }

    /// Ordinary runs that would have the same standard error, p(1 − p)/s²; `None` where the error is not known to be positive.
    pub fn plain_runs(&self) -> Option<f64> {
        (self.standard_error > 0.0)
            .then(|| self.p * (1.0 - self.p) / (self.standard_error * self.standard_error))
    }

    /// Ordinary runs among those simulated, and how many of them reached the target: an estimate without splitting.
    pub fn plain(&self, particles: usize) -> (u64, u64) {
        let reached = self.repeats.iter().map(|repeat| repeat.plain).sum();
        (self.repeats.len() as u64 * particles as u64, reached)
    }
}

/// Why there is no estimate.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SplittingError {
    /// The threads could not be started.
    #[error("{threads} threads can't be started: {reason}")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// Somebody asked to stop.
    #[error("stopped before all repeats had ended")]
    Stopped,
    /// The score creeps towards the target in too many small steps.
    #[error("the event was not reached after {MOST_LEVELS} levels\n\nhint: give up more runs at each level")]
    Levels,
}

/// Estimates the probability that the score of a run of `model` reaches the target. `ended` is told of every repeat.
///
/// # Errors
///
/// Where threads can't be started, `stop` was set, or a repeat takes too many levels.
pub fn estimate<M: Branching>(
    model: &M,
    plan: &Plan,
    ended: &(dyn Fn() + Sync),
    stop: &AtomicBool,
) -> Result<Estimate, SplittingError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads)
        .build()
        .map_err(|error| SplittingError::Threads { threads: plan.threads, reason: error.to_string() })?;
    let repeats: Vec<Result<Repeat, SplittingError>> = pool.install(|| {
        let repeats = (0..plan.repeats).into_par_iter().map_init(
            || model.worker(),
            |worker, repeat| {
                let found = one_repeat(model, plan, repeat, worker, stop);
                ended();
                found
            },
        );
        repeats.collect()
    });
    let repeats = repeats.into_iter().collect::<Result<Vec<Repeat>, _>>()?;
    Ok(Estimate::of(repeats, plan.particles))
}

/// One run kept.
#[derive(Debug)]
struct Particle {
    lineage: Lineage,
    highs: Vec<High>,
}

impl Particle {
    fn score(&self) -> f64 {
        self.highs.last().map_or(f64::NEG_INFINITY, |high| high.score)
    }

    /// The lineage of a run that is this one until its score first passes `level`, and then takes `branch`.
    fn branch_above(&self, level: f64, branch: u64) -> Lineage {
        let step = self.highs.iter().find(|high| high.score > level).map_or(0, |high| high.step);
        let mut branches: Vec<(u64, u64)> =
            self.lineage.branches.iter().copied().filter(|&(taken, _)| taken <= step).collect();
        branches.push((step, branch));
        Lineage { run: self.lineage.run, branches }
    }
}

fn one_repeat<M: Branching>(
    model: &M,
    plan: &Plan,
    repeat: u64,
    worker: &mut M::Worker,
    stop: &AtomicBool,
) -> Result<Repeat, SplittingError> {
    let n = plan.particles;
    let mut simulate = |lineage: Lineage| {
        if stop.load(Ordering::Relaxed) {
            return Err(SplittingError::Stopped);
        }
        let highs = model.highs(&lineage, worker);
        Ok(Particle { lineage, highs })
    };
    let first = repeat * n as u64;
    let initial = (first..first + n as u64).map(|run| simulate(Lineage { run, branches: Vec::new() }));
    let mut particles = initial.collect::<Result<Vec<Particle>, _>>()?;
    let reached = |particles: &[Particle]| particles.iter().filter(|one| one.score() >= plan.target).count();
    let plain = reached(&particles) as u64;
    let mut choices = RunKey::new(plan.seed, repeat).stream(CHOICE, Subject::default());
    let mut found = Repeat { p: 1.0, levels: 0, runs: n as u64, plain, is_extinct: false };
    loop {
        let mut scores: Vec<f64> = particles.iter().map(Particle::score).collect();
        let level = *scores.select_nth_unstable_by(plan.kill - 1, f64::total_cmp).1;
        if level >= plan.target {
            break;
        }
        let (above, given_up): (Vec<usize>, Vec<usize>) =
            (0..n).partition(|&idx| particles[idx].score() > level);
        if above.is_empty() {
            found.p = 0.0;
            found.is_extinct = true;
            return Ok(found);
        }
        if found.levels == MOST_LEVELS {
            return Err(SplittingError::Levels);
        }
        for idx in given_up.iter().copied() {
            let source = &particles[above[choices.below(above.len() as u32) as usize]];
            particles[idx] = simulate(source.branch_above(level, found.runs))?;
            found.runs += 1;
        }
        found.p *= above.len() as f64 / n as f64;
        found.levels += 1;
    }
    found.p *= reached(&particles) as f64 / n as f64;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A walk on the whole numbers from 1, up with probability `up`, until 0 or the top; every step of `grain` counts as progress.
    struct Walk {
        up: f64,
        top: i64,
        grain: i64,
    }

    const STEP: Purpose = Purpose::new("walk");

    impl Walk {
        /// Gambler's ruin: with ratio r = (1 − up)/up the top is reached with probability (r − 1)/(r^top − 1).
        fn probability(&self) -> f64 {
            let ratio = (1.0 - self.up) / self.up;
            (ratio - 1.0) / (ratio.powi(self.top as i32) - 1.0)
        }

        fn score(&self, place: i64) -> f64 {
            (if place == self.top { place } else { place / self.grain * self.grain }) as f64
        }
    }

    impl Branching for Walk {
        type Worker = ();

        fn worker(&self) {}

        fn highs(&self, lineage: &Lineage, (): &mut ()) -> Vec<High> {
            let origin = RunKey::new(3, lineage.run);
            let (mut key, mut place, mut step) = (origin, 1, 0);
            let mut branches = lineage.branches.iter();
            let mut next = branches.next();
            let mut highs = vec![High { step: 0, score: self.score(1) }];
            while place > 0 && place < self.top {
                while let Some(&(_, branch)) = next.filter(|(taken, _)| *taken == step) {
                    key = origin.branch(branch);
                    next = branches.next();
                }
                step += 1;
                place += if key.uniform(STEP, Subject::new(step as u32, 0)) < self.up { 1 } else { -1 };
                if self.score(place) > highs[highs.len() - 1].score {
                    highs.push(High { step, score: self.score(place) });
                }
            }
            highs
        }
    }

    fn plan(walk: &Walk, particles: usize, repeats: u64, seed: u64) -> Plan {
        Plan { target: walk.top as f64, particles, kill: (particles / 10).max(1), repeats, threads: 2, seed }
    }

    fn estimated(walk: &Walk, plan: &Plan) -> Estimate {
        estimate(walk, plan, &|| (), &AtomicBool::new(false)).unwrap()
    }

    /// up = 0.3, top = 22: the ratio is 7/3 and the probability (4/3)/((7/3)^22 − 1) = 1.06e-8. The mean of 200 unbiased repeats lies within
    /// 4.5 standard errors (Student with 199 degrees of freedom and a skew estimate; α = 1e-4 with room for the skew).
    #[test]
    fn a_probability_of_1e_8_is_found() {
        let walk = Walk { up: 0.3, top: 22, grain: 1 };
        let p = walk.probability();
        assert!((0.9e-8..1.2e-8).contains(&p), "{p}");
        let found = estimated(&walk, &plan(&walk, 200, 200, 1));
        assert!(
            (found.p - p).abs() < 4.5 * found.standard_error,
            "{} ± {} for {p}",
            found.p,
            found.standard_error
        );
        assert!(found.standard_error < 0.15 * p, "{found:?}");
        // Plain runs would be many thousand times as many.
        assert!(found.plain_runs().unwrap() > 1e4 * found.runs() as f64);
    }

    /// Against brute force at 1e-3: both within their errors of the truth and of each other.
    #[test]
    fn splitting_agrees_with_brute_force_at_1e_3() {
        let walk = Walk { up: 0.4, top: 15, grain: 1 };
        let p = walk.probability();
        assert!((1e-3..2e-3).contains(&p), "{p}");
        let found = estimated(&walk, &plan(&walk, 100, 200, 2));
        let n = 400_000_u64;
        let hits = (0..n).filter(|&run| {
            let lineage = Lineage { run: run + (1 << 40), branches: Vec::new() };
            walk.highs(&lineage, &mut ()).last().is_some_and(|high| high.score >= walk.top as f64)
        });
        let brute = hits.count() as f64 / n as f64;
        let brute_error = (p * (1.0 - p) / n as f64).sqrt();
        assert!((brute - p).abs() < 3.9 * brute_error, "{brute} for {p}");
        let both = (brute_error * brute_error + found.standard_error * found.standard_error).sqrt();
        assert!((found.p - brute).abs() < 3.9 * both, "{} against {brute} ± {both}", found.p);
    }

    /// With a coarse score nearly all runs are tied at every level. Killing exactly `kill` of the tied runs instead of all of them would
    /// overestimate by orders of magnitude (Walter 2015).
    #[test]
    fn ties_are_handled() {
        let walk = Walk { up: 0.4, top: 15, grain: 5 };
        let p = walk.probability();
        let found = estimated(&walk, &plan(&walk, 200, 300, 3));
        assert!(
            (found.p - p).abs() < 4.5 * found.standard_error,
            "{} ± {} for {p}",
            found.p,
            found.standard_error
        );
        assert!(found.standard_error < 0.2 * p, "{found:?}");
    }

    /// Of 200 intervals from 20 repeats each, at least 176 hold the truth: if 95 % do, fewer are seen with probability 1e-4 (binomial:
    /// mean 190, sd 3.1, 3.9 sd below is 178; two more for the skew of the estimates).
    #[test]
    fn intervals_cover_the_truth() {
        let walk = Walk { up: 0.35, top: 10, grain: 1 };
        let p = walk.probability();
        let held = (0..200_u64).filter(|seed| {
            // Other runs for every estimate: repeats of one seed begin with the runs of the same index.
            let shifted = Shifted { walk: &walk, by: seed << 32 };
            let plan = plan(&walk, 100, 20, 100 + seed);
            estimate(&shifted, &plan, &|| (), &AtomicBool::new(false)).unwrap().interval.contains(p)
        });
        let held = held.count();
        assert!((176..=200).contains(&held), "{held} of 200");
    }

    struct Shifted<'a> {
        walk: &'a Walk,
        by: u64,
    }

    impl Branching for Shifted<'_> {
        type Worker = ();

        fn worker(&self) {}

        fn highs(&self, lineage: &Lineage, worker: &mut ()) -> Vec<High> {
            let lineage = Lineage { run: lineage.run + self.by, branches: lineage.branches.clone() };
            self.walk.highs(&lineage, worker)
        }
    }

    #[test]
    fn what_can_not_happen_has_the_estimate_zero_and_what_must_happen_one() {
        let never = Walk { up: 0.0, top: 5, grain: 1 };
        let found = estimated(&never, &plan(&never, 20, 5, 1));
        assert_eq!((found.p, found.repeats[0].is_extinct), (0.0, true));
        assert!(found.interval.low == 0.0 && (0.02..0.05).contains(&found.interval.high), "{found:?}");
        let always = Walk { up: 1.0, top: 5, grain: 1 };
        let found = estimated(&always, &plan(&always, 20, 5, 1));
        assert_eq!((found.p, found.repeats[0].levels, found.runs()), (1.0, 0, 100));
        assert_eq!(found.plain(20), (100, 100));
    }

    #[test]
    fn the_estimate_does_not_depend_on_threads_and_stops_when_asked() {
        let walk = Walk { up: 0.3, top: 8, grain: 1 };
        let one = estimated(&walk, &Plan { threads: 1, ..plan(&walk, 50, 10, 7) });
        assert_eq!(one, estimated(&walk, &plan(&walk, 50, 10, 7)));
        let stopped = estimate(&walk, &plan(&walk, 50, 10, 7), &|| (), &AtomicBool::new(true));
        assert_eq!(stopped, Err(SplittingError::Stopped));
    }
}
