//! Many points of the space of parameters, each with many runs, on common random numbers.
//!
//! Run k draws from the same keys at every point, so two points differ only where the change between them reaches. What is worth
//! sharing among points is shared: the texts are read once, and points with the same network have it in common.
//!
//! A point whose scenario can't be built, and a run that breaks down, are results like others: nothing stops for them.

use super::ordered::ordered;
use super::replicates::{Progress, ReplicatesError};
use crate::model::outcome::{Layout, Outcome};
use crate::scenario::{Base, Failure};
use crate::simulation::networks::Networks;
use crate::simulation::{BuildError, Simulation};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Runs of one piece of work, if all runs of a point are asked for: enough to make the memory of a thread worth preparing.
const RUNS_PER_BLOCK: u64 = 200;

/// Points of the space of parameters of one scenario.
#[derive(Debug)]
pub struct Space<'a> {
    base: &'a Base,
    /// Seed of networks and runs.
    seed: u64,
    /// For each point the values `PATH=VALUE` that are laid over the scenario, in their order.
    points: &'a [Vec<String>],
    networks: Networks,
    /// What is built of each point that somebody works on.
    built: Vec<Mutex<Option<Arc<OnceLock<BuiltPoint>>>>>,
}

type BuiltPoint = Result<Arc<Point>, Arc<PointError>>;

/// A point that can be run.
#[derive(Debug)]
pub struct Point {
    /// What its runs are.
    pub simulation: Simulation,
}

/// Some runs of one point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Index of the point.
    pub point: usize,
    /// The runs.
    pub runs: Range<u64>,
}

/// What a block gave.
#[derive(Debug)]
pub enum BlockResult {
    /// Its runs, in their order.
    Runs {
        /// Meaning of their scalars.
        layout: Arc<Layout>,
        /// The runs; acts and series are left out.
        runs: Vec<RunResult>,
    },
    /// The scenario of the point can't be built.
    Failed(Arc<PointError>),
}

/// One run, or why there is none: index of the run, and what broke.
pub type RunResult = Result<Outcome, (u64, String)>;

/// Why a point can't be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PointError {
    /// Its values make no scenario.
    #[error(transparent)]
    Scenario(Failure),
    /// The scenario can't be built.
    #[error(transparent)]
    Build(BuildError),
}

impl PointError {
    /// In one line, for a table.
    pub fn brief(&self) -> String {
        match self {
            Self::Scenario(failure) => {
                let problem = failure.problems.iter().next();
                problem.map_or_else(String::new, |problem| {
                    let allowed = problem.allowed.as_ref().map(|allowed| format!("; allowed: {allowed}"));
                    problem.message.clone() + &allowed.unwrap_or_default()
                })
            }
            Self::Build(error) => error.to_string().replace("\n\nhint: ", "; "),
        }
    }
}

impl<'a> Space<'a> {
    /// The points of a scenario, each given by the values `PATH=VALUE` that are laid over it.
    pub fn new(base: &'a Base, seed: u64, points: &'a [Vec<String>]) -> Self {
        let built = points.iter().map(|_| Mutex::new(None)).collect();
        Self { base, seed, points, networks: Networks::new(), built }
    }

    /// Builds a point.
    pub fn build(&self, point: usize) -> Result<Simulation, PointError> {
        self.build_with(&self.points[point])
    }

    /// Builds the scenario with other values laid over it; with none, as it stands.
    pub fn build_with(&self, changes: &[String]) -> Result<Simulation, PointError> {
        let scenario = self.base.with(changes).map_err(PointError::Scenario)?;
        Simulation::sharing(&scenario, self.seed, &self.networks).map_err(PointError::Build)
    }

    /// Builds a point unless somebody is working on it already.
    fn shared(&self, point: usize) -> BuiltPoint {
        let cell = {
            let mut slot = self.built[point].lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(slot.get_or_insert_default())
        };
        let build = || self.build(point).map(|simulation| Arc::new(Point { simulation })).map_err(Arc::new);
        cell.get_or_init(build).clone()
    }

    /// Forgets what was built of a point of which all blocks were begun.
    fn forget(&self, point: usize) {
        *self.built[point].lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Simulates `blocks` on `threads` threads and gives each result to `sink` on the calling thread, in order. Results do not depend on
    /// the threads. Blocks of one point should follow one another: it is then built once.
    ///
    /// # Errors
    ///
    /// Where threads can't be started, `stop` was set before all was done, or `sink` failed.
    pub fn simulate<E: From<ReplicatesError>>(
        &self,
        blocks: &[Block],
        threads: usize,
        progress: &dyn Progress,
        stop: &AtomicBool,
        mut sink: impl FnMut(&Block, BlockResult) -> Result<(), E>,
    ) -> Result<(), E> {
        let work = |(): &mut (), piece: usize| {
            let block = &blocks[piece];
            let built = self.shared(block.point);
            if blocks.get(piece + 1).is_none_or(|next| next.point != block.point) {
                self.forget(block.point);
            }
            match built {
                Ok(point) => run_block(&point.simulation, block.runs.clone(), progress, stop),
                Err(error) => {
                    block.runs.clone().for_each(|_| progress.run_ended());
                    Some(BlockResult::Failed(error))
                }
            }
        };
        ordered((blocks.len(), threads), stop, || (), work, |piece, result| sink(&blocks[piece], result))
    }

    /// The runs `runs` of every point: for each point its outcomes and their meaning, or why it can't be run.
    ///
    /// # Errors
    ///
    /// Where threads can't be started or `stop` was set.
    pub fn simulate_all(
        &self,
        runs: Range<u64>,
        threads: usize,
        progress: &dyn Progress,
        stop: &AtomicBool,
    ) -> Result<Vec<PointRuns>, ReplicatesError> {
        let blocks: Vec<Block> =
            (0..self.points.len()).flat_map(|point| blocks_of(point, runs.clone(), RUNS_PER_BLOCK)).collect();
        let mut found: Vec<PointRuns> = Vec::with_capacity(self.points.len());
        self.simulate(&blocks, threads, progress, stop, |block, result| {
            match (found.get_mut(block.point), result) {
                (Some(Ok(before)), BlockResult::Runs { runs, .. }) => before.runs.extend(runs),
                (None, BlockResult::Runs { layout, runs }) => found.push(Ok(PointOutcomes { layout, runs })),
                (None, BlockResult::Failed(error)) => found.push(Err(error)),
                (Some(_), _) => {}
            }
            Ok::<(), ReplicatesError>(())
        })?;
        Ok(found)
    }
}

/// The outcomes of a point, or why there are none.
pub type PointRuns = Result<PointOutcomes, Arc<PointError>>;

/// The runs of a point.
#[derive(Debug)]
pub struct PointOutcomes {
    /// Meaning of the scalars.
    pub layout: Arc<Layout>,
    /// The runs in their order; acts and series are left out.
    pub runs: Vec<RunResult>,
}

/// Cuts the runs of a point at the multiples of `size`, so that blocks do not depend on where a range begins.
pub fn blocks_of(point: usize, runs: Range<u64>, size: u64) -> impl Iterator<Item = Block> {
    let first = runs.start / size;
    let last = runs.end.div_ceil(size);
    (first..last.max(first)).filter_map(move |idx| {
        let part = runs.start.max(idx * size)..runs.end.min((idx + 1) * size);
        (!part.is_empty()).then_some(Block { point, runs: part })
    })
}

/// `None` if `stop` was set.
fn run_block(
    simulation: &Simulation,
    runs: Range<u64>,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Option<BlockResult> {
    let mut worker = simulation.worker();
    let mut found = Vec::with_capacity((runs.end - runs.start) as usize);
    for run in runs {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let result = unless_it_breaks(|| {
            let outcome = simulation.run(run, &mut worker);
            Outcome { acts: Vec::new(), series: Vec::new(), ..outcome }
        });
        if result.is_err() {
            worker = simulation.worker();
        }
        found.push(result.map_err(|error| (run, error)));
        progress.run_ended();
    }
    Some(BlockResult::Runs { layout: Arc::new(simulation.layout().clone()), runs: found })
}

/// What `run` gives, or what it said when it broke down.
fn unless_it_breaks<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // What `run` may have left half done is thrown away by the caller.
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        format!("the run broke down: {}", text.unwrap_or_else(|| "it did not say why".to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::super::replicates::{Silent, replicates};
    use super::*;
    use crate::scenario::{Request, Source, bundled, load};

    fn request(set: &[&str]) -> Request {
        let text = bundled::scenario("canada-saudi-2018").unwrap().text;
        let mut request = Request::new(Source::new("canada-saudi-2018", text));
        request.set = set.iter().map(|text| (*text).to_owned()).collect();
        request
    }

    fn points(points: &[&[&str]]) -> Vec<Vec<String>> {
        points.iter().map(|point| point.iter().map(|text| (*text).to_owned()).collect()).collect()
    }

    fn scalars(outcome: &Outcome) -> Vec<u64> {
        outcome.scalars.iter().map(|value| value.to_bits()).collect()
    }

    /// Points are the scenario with the same values set, and a point that can't be built stops no other.
    #[test]
    fn a_point_is_the_scenario_with_its_values_and_one_that_can_not_be_built_is_told() {
        let base = Base::read(&request(&["network.accounts=20000"])).unwrap();
        let asked = points(&[
            &["dispositions.response.base=-4"],
            &["network.accounts=10"],
            &["dispositions.response.bass=-4"],
            &["network.accounts=21000", "dispositions.response.base=-2"],
            &[],
        ]);
        let space = Space::new(&base, 1, &asked);
        let stop = AtomicBool::new(false);
        let found = space.simulate_all(3..20, 2, &Silent, &stop).unwrap();
        assert_eq!(found.len(), 5);
        for (idx, set) in [
            (0, &["network.accounts=20000", "dispositions.response.base=-4"][..]),
            (3, &["network.accounts=21000", "dispositions.response.base=-2"]),
            (4, &["network.accounts=20000"]),
        ] {
            let alone = Simulation::new(&load(&request(set)).unwrap(), 1).unwrap();
            let expected = replicates(&alone, 3..20, 1, &Silent, &stop).unwrap();
            let runs = &found[idx].as_ref().unwrap().runs;
            assert_eq!(runs.len(), 17);
            for (run, expected) in runs.iter().zip(&expected) {
                let run = run.as_ref().unwrap();
                assert_eq!((run.run, scalars(run)), (expected.run, scalars(expected)), "point {idx}");
            }
        }
        let few = found[1].as_ref().unwrap_err().brief();
        assert!(few.starts_with("`accounts` can't be `10`; allowed: ") && !few.contains('\n'), "{few}");
        let misspelt = found[2].as_ref().unwrap_err();
        assert!(misspelt.brief().contains("bass"), "{}", misspelt.brief());
        assert!(misspelt.to_string().contains("did you mean `base`?"), "{misspelt}");
    }

    #[test]
    fn blocks_are_cut_at_multiples_wherever_a_range_begins() {
        let cut = |runs: Range<u64>| blocks_of(0, runs, 100).map(|block| block.runs).collect::<Vec<_>>();
        assert_eq!(cut(0..250), [0..100, 100..200, 200..250]);
        assert_eq!(cut(150..250), [150..200, 200..250]);
        assert_eq!(cut(0..0), Vec::<Range<u64>>::new());
    }

    #[test]
    fn a_run_that_breaks_down_is_told_and_not_passed_on() {
        assert_eq!(unless_it_breaks(|| 3), Ok(3));
        // The hook of the panic prints to standard error, which a test captures.
        let told = unless_it_breaks(|| -> u32 { panic!("number {} is wrong", 7) });
        assert_eq!(told, Err("the run broke down: number 7 is wrong".to_owned()));
    }
}
