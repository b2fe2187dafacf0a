//! Which parameters of a scenario move its outcomes: Morris' screening and Sobol' indices of the simulation, its noise set apart.
//!
//! Points come from [`crate::stats::sensitivity`]; every point is simulated the same number of times, and what is estimated there from the
//! values says how much is parameters and how much is chance.

use super::design::Keyed;
use super::parameters::Parameter;
use super::points::{Block, BlockResult, PointError, Space, blocks_of};
use super::replicates::{Progress, ReplicatesError};
use crate::model::outcome::{Layout, OutcomeSpec};
use crate::scenario::Base;
use crate::stats::bootstrap::Bootstrap;
use crate::stats::sensitivity::morris::{self, Effect};
use crate::stats::sensitivity::sobol::{self, Indices, MOST_INPUTS};
use crate::stats::sensitivity::{Coupling, Responses};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Level of all intervals.
pub const LEVEL: f64 = 0.95;
/// Resamples behind an interval.
const RESAMPLES: u32 = 1000;
/// Runs of one piece of work.
const RUNS_PER_BLOCK: u64 = 100;
/// Runs of a whole analysis at the most.
pub const MOST_RUNS: u64 = 50_000_000;

/// How points are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Trajectories of Morris.
    Morris {
        /// How many.
        trajectories: u32,
        /// Values of each parameter.
        levels: u32,
    },
    /// The points of Saltelli for Sobol' indices.
    Sobol {
        /// Rows of points, a power of two.
        rows: u32,
    },
}

impl Method {
    /// Name in files and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Morris { .. } => "morris",
            Self::Sobol { .. } => "sobol",
        }
    }

    /// Points for so many parameters.
    pub const fn n_points(self, parameters: usize) -> u64 {
        match self {
            Self::Morris { trajectories, .. } => trajectories as u64 * (parameters as u64 + 1),
            Self::Sobol { rows } => rows as u64 * (parameters as u64 + 2),
        }
    }

    /// The points in the unit cube; those of a seed are always the same.
    fn points(self, parameters: usize, seed: u64) -> Result<Vec<Vec<f64>>, SensitivityError> {
        match self {
            Self::Morris { trajectories, levels } => {
                Ok(morris::design(trajectories, parameters, levels, &Keyed::new(seed, "sensitivity.morris")))
            }
            Self::Sobol { rows } => sobol::design(rows, parameters, &Keyed::new(seed, "sensitivity.sobol"))
                .ok_or(SensitivityError::Parameters(parameters)),
        }
    }

    /// Whether the points of a row with this index in it are uniform in the cube, and no variation of others.
    const fn is_plain(self, index: usize, parameters: usize) -> bool {
        match self {
            Self::Morris { .. } => true,
            Self::Sobol { .. } => index % (parameters + 2) < 2,
        }
    }
}

/// How an analysis is made.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How points are chosen.
    pub method: Method,
    /// Runs at each point.
    pub replicates: u64,
    /// Whether run k of all points has the same random numbers.
    pub coupling: Coupling,
    /// Seed of network, runs, points and resamples.
    pub seed: u64,
    /// Threads; results do not depend on them.
    pub threads: usize,
}

/// Why there is no analysis.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SensitivityError {
    /// Too many parameters for the design.
    #[error(
        "{0} parameters are too many for Sobol' indices\n\nhint: allowed: 1 to {MOST_INPUTS}; screen them with `--method morris` first, and vary those that matter"
    )]
    Parameters(usize),
    /// Too many runs.
    #[error(
        "{points} points of {replicates} runs are more than the {MOST_RUNS} runs that an analysis can have\n\nhint: ask for fewer rows, trajectories, parameters or replicates"
    )]
    Runs {
        /// Points of the design.
        points: u64,
        /// Runs at each.
        replicates: u64,
    },
    /// A point can't be run.
    #[error("the scenario can't be simulated with {}\n\nhint: narrow the ranges", .changes.join(", "))]
    Point {
        /// The values of the point.
        changes: Vec<String>,
        /// Why not.
        #[source]
        error: Arc<PointError>,
    },
    /// A run broke down.
    #[error("run {run} with {}: {why}", .changes.join(", "))]
    Run {
        /// The values of the point.
        changes: Vec<String>,
        /// Index of the run.
        run: u64,
        /// What broke.
        why: String,
    },
    /// The runs could not be made.
    #[error(transparent)]
    Replicates(#[from] ReplicatesError),
}

/// A finished analysis.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// How it was made.
    pub method: Method,
    /// Runs at each point.
    pub replicates: u64,
    /// Whether points share their random numbers.
    pub coupling: Coupling,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// For each point the value of each parameter.
    pub points: Vec<Vec<f64>>,
    /// The outcomes analysed.
    pub outcomes: Vec<OutcomeSensitivity>,
    /// Outcomes that do not exist in every run, and in how many they do: what is missing can't be analysed.
    pub incomplete: Vec<(String, u64)>,
}

/// What moves one outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeSensitivity {
    /// The outcome.
    pub spec: OutcomeSpec,
    /// Values, runs of a point together.
    pub values: Vec<f64>,
    /// What was estimated from them.
    pub estimates: Estimates,
}

/// Estimates of one outcome for each parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Estimates {
    /// Elementary effects.
    Morris(Vec<Effect>),
    /// Shares of variance.
    Sobol(Indices),
}

impl Estimates {
    /// How much each parameter matters: μ* or the total index; for order only.
    pub fn importance(&self) -> Vec<f64> {
        match self {
            Self::Morris(effects) => effects.iter().map(|effect| effect.mu_star).collect(),
            Self::Sobol(indices) => indices.inputs.iter().map(|index| index.total).collect(),
        }
    }

    /// Indices of the parameters, the one that matters most first.
    pub fn order(&self) -> Vec<usize> {
        let importance = self.importance();
        let mut order: Vec<usize> = (0..importance.len()).collect();
        let key =
            |index: usize| if importance[index].is_nan() { f64::NEG_INFINITY } else { importance[index] };
        order.sort_by(|&one, &other| key(other).total_cmp(&key(one)));
        order
    }
}

impl OutcomeSensitivity {
    /// Mean and standard deviation of the runs of each point.
    pub fn at_points(&self, replicates: u64) -> Vec<(f64, f64)> {
        let of = |runs: &[f64]| {
            let moments = crate::stats::summary::Moments::of(runs.iter().copied());
            (moments.mean(), moments.sd())
        };
        self.values.chunks(replicates as usize).map(of).collect()
    }
}

impl Sensitivity {
    /// Indices of the points that fill the cube by themselves, for pictures.
    pub fn plain_points(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.points.len()).filter(|&index| self.method.is_plain(index, self.parameters.len()))
    }
}

/// The analysis of the outcomes `ids` (all if empty) over `parameters` of the scenario of `base`, whose outcomes have `layout`.
///
/// # Errors
///
/// Where the design is impossible, a point can't be run, or `stop` was set.
pub fn analyse(
    base: &Base,
    parameters: Vec<Parameter>,
    plan: &Plan,
    (layout, ids): (&Layout, &[String]),
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Sensitivity, SensitivityError> {
    check(plan, parameters.len())?;
    let cube = plan.method.points(parameters.len(), plan.seed)?;
    let value =
        |point: &Vec<f64>| parameters.iter().zip(point).map(|(parameter, &u)| parameter.at(u)).collect();
    let points: Vec<Vec<f64>> = cube.iter().map(value).collect();
    let changes = |point: &Vec<f64>| {
        parameters.iter().zip(point).map(|(parameter, &value)| parameter.change(value)).collect()
    };
    let changes: Vec<Vec<String>> = points.iter().map(changes).collect();
    let wanted: Vec<&OutcomeSpec> =
        layout.outcomes.iter().filter(|spec| ids.is_empty() || ids.contains(&spec.id)).collect();
    let columns = simulate(base, &changes, plan, &wanted, (progress, stop))?;
    let mut complete: Vec<(&OutcomeSpec, Vec<f64>)> = Vec::new();
    let mut incomplete = Vec::new();
    for (spec, values) in wanted.into_iter().zip(columns) {
        let exist = values.iter().filter(|value| !value.is_nan()).count();
        if exist < values.len() {
            incomplete.push((spec.id.clone(), exist as u64));
        } else {
            complete.push((spec, values));
        }
    }
    complete.sort_by_key(|(spec, _)| ids.iter().position(|id| *id == spec.id));
    let estimated = |(spec, values): (&OutcomeSpec, Vec<f64>)| {
        let estimates = estimates(&cube, &values, plan);
        OutcomeSensitivity { spec: spec.clone(), values, estimates }
    };
    let threads = |error: rayon::ThreadPoolBuildError| ReplicatesError::Threads {
        threads: plan.threads,
        reason: error.to_string(),
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(plan.threads).build().map_err(threads)?;
    let outcomes = pool.install(|| complete.into_par_iter().map(estimated).collect());
    let Plan { method, replicates, coupling, .. } = *plan;
    Ok(Sensitivity { method, replicates, coupling, parameters, points, outcomes, incomplete })
}

/// Whether the design is possible.
///
/// # Errors
///
/// Where there are too many parameters or runs.
pub fn check(plan: &Plan, parameters: usize) -> Result<(), SensitivityError> {
    if matches!(plan.method, Method::Sobol { .. }) && !(1..=MOST_INPUTS).contains(&parameters) {
        return Err(SensitivityError::Parameters(parameters));
    }
    let points = plan.method.n_points(parameters);
    if points.saturating_mul(plan.replicates) > MOST_RUNS {
        return Err(SensitivityError::Runs { points, replicates: plan.replicates });
    }
    Ok(())
}

fn estimates(cube: &[Vec<f64>], values: &[f64], plan: &Plan) -> Estimates {
    let responses = Responses { values, replicates: plan.replicates as usize, coupling: plan.coupling };
    let bootstrap = Bootstrap { resamples: RESAMPLES, level: LEVEL };
    let words = Keyed::new(plan.seed, "sensitivity.bootstrap");
    match plan.method {
        Method::Morris { .. } => Estimates::Morris(morris::effects(cube, &responses, bootstrap, &words)),
        Method::Sobol { .. } => {
            Estimates::Sobol(sobol::indices(&responses, cube[0].len(), bootstrap, &words))
        }
    }
}

/// The runs of a point: the same for all points, or its own.
fn runs_of(point: usize, plan: &Plan) -> Range<u64> {
    let first = match plan.coupling {
        Coupling::Common => 0,
        Coupling::Independent => point as u64 * plan.replicates,
    };
    first..first + plan.replicates
}

/// For each outcome wanted its values at all points, runs of a point together; NaN where it does not exist.
fn simulate(
    base: &Base,
    changes: &[Vec<String>],
    plan: &Plan,
    wanted: &[&OutcomeSpec],
    (progress, stop): (&dyn Progress, &AtomicBool),
) -> Result<Vec<Vec<f64>>, SensitivityError> {
    let blocks: Vec<Block> =
        (0..changes.len()).flat_map(|point| blocks_of(point, runs_of(point, plan), RUNS_PER_BLOCK)).collect();
    let space = Space::new(base, plan.seed, changes);
    let mut columns = vec![Vec::with_capacity(changes.len() * plan.replicates as usize); wanted.len()];
    space.simulate(&blocks, plan.threads, progress, stop, |block, result| {
        let changes = || changes[block.point].clone();
        let (layout, runs) = match result {
            BlockResult::Failed(error) => return Err(SensitivityError::Point { changes: changes(), error }),
            BlockResult::Runs { layout, runs } => (layout, runs),
        };
        let places: Vec<Option<usize>> =
            wanted.iter().map(|spec| layout.outcomes.iter().position(|known| known.id == spec.id)).collect();
        for run in runs {
            let outcome = run.map_err(|(run, why)| SensitivityError::Run { changes: changes(), run, why })?;
            for (column, place) in columns.iter_mut().zip(&places) {
                column.push(place.map_or(f64::NAN, |place| outcome.scalars[place]));
            }
        }
        Ok(())
    })?;
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::super::parameters::parameters;
    use super::super::replicates::Silent;
    use super::*;
    use crate::scenario::{Request, Source, bundled};
    use crate::simulation::Simulation;

    fn analysed(method: Method, coupling: Coupling, threads: usize) -> Sensitivity {
        let text = bundled::scenario("canada-saudi-2018").unwrap().text;
        let mut request = Request::new(Source::new("canada-saudi-2018", text));
        request.set.push("network.accounts=20000".to_owned());
        let base = Base::read(&request).unwrap();
        let texts = ["dispositions.response.base=-6:-2", "dispositions.trading.garch_memory=0.8:0.85"];
        let texts = texts.map(str::to_owned);
        let parameters = parameters(&texts, &base).unwrap();
        let layout = Simulation::new(&base.with(&[]).unwrap(), 1).unwrap().layout().clone();
        let ids = ["dyad.SA-CA.peak_rung".to_owned(), "dyad.SA-CA.first_act_hours".to_owned()];
        let plan = Plan { method, replicates: 3, coupling, seed: 1, threads };
        let stop = AtomicBool::new(false);
        analyse(&base, parameters, &plan, (&layout, &ids), &Silent, &stop).unwrap()
    }

    #[test]
    fn what_a_parameter_does_is_found_and_what_it_can_not_do_is_exactly_nothing() {
        let found = analysed(Method::Sobol { rows: 16 }, Coupling::Common, 2);
        assert_eq!(found, analysed(Method::Sobol { rows: 16 }, Coupling::Common, 1));
        assert_eq!((found.points.len(), found.outcomes.len()), (16 * 4, 1));
        let Estimates::Sobol(indices) = &found.outcomes[0].estimates else { panic!("{found:?}") };
        assert!(indices.inputs[0].total > 0.3, "{indices:?}");
        // Markets do not change what governments do: on common numbers the difference is 0 in every run.
        assert_eq!((indices.inputs[1].first, indices.inputs[1].total), (0.0, 0.0), "{indices:?}");
        assert_eq!(found.outcomes[0].estimates.order(), [0, 1]);
        assert_eq!(found.incomplete.len(), 1);
        let independent = analysed(Method::Sobol { rows: 16 }, Coupling::Independent, 2);
        assert_ne!(found.outcomes[0].values, independent.outcomes[0].values);
    }

    #[test]
    fn effects_of_a_step_are_found() {
        let found = analysed(Method::Morris { trajectories: 6, levels: 4 }, Coupling::Common, 2);
        assert_eq!(found.points.len(), 6 * 3);
        let Estimates::Morris(effects) = &found.outcomes[0].estimates else { panic!("{found:?}") };
        assert!(effects[0].mu > 0.0 && effects[0].mu_star >= effects[0].mu, "{effects:?}");
        assert_eq!((effects[1].mu_star, effects[1].noise_floor), (0.0, Some(0.0)));
    }

    #[test]
    fn impossible_designs_are_refused() {
        let plan =
            |method, replicates| Plan { method, replicates, coupling: Coupling::Common, seed: 1, threads: 1 };
        let many = check(&plan(Method::Sobol { rows: 8 }, 1), 65).unwrap_err().to_string();
        assert!(many.contains("65 parameters") && many.contains("hint: allowed: 1 to 64"), "{many}");
        assert!(check(&plan(Method::Morris { trajectories: 10, levels: 4 }, 1), 65).is_ok());
        let runs = check(&plan(Method::Sobol { rows: 1 << 20 }, 1000), 3).unwrap_err().to_string();
        assert!(runs.contains("hint: ask for fewer"), "{runs}");
    }
}
