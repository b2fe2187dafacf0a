//! Many runs of a bundled scenario, simulated once for all tests that look at them.

use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::model::outcome::{Layout, Outcome};
use twiplomacy::scenario::{self, Request, Scenario, bundled};
use twiplomacy::simulation::Simulation;
use twiplomacy::stats::quantile::{self, Method};

pub(crate) const CANADA_SAUDI: &str = "canada-saudi-2018";
pub(crate) const TARIFF: &str = "tariff-thread-2019";
/// Seed of every ensemble.
pub(crate) const SEED: u64 = 1;
/// Runs of the ensembles that recorded patterns are compared with.
pub(crate) const RUNS: u64 = 10_000;

/// The embassy's message in Arabic, as it was.
pub(crate) static ARABIC: LazyLock<Ensemble> =
    LazyLock::new(|| Ensemble::of(&load(CANADA_SAUDI, None, &[]), 0..RUNS));
/// The same runs with the message in English and French.
pub(crate) static ENGLISH_FRENCH: LazyLock<Ensemble> =
    LazyLock::new(|| Ensemble::of(&load(CANADA_SAUDI, Some("english-french-only"), &[]), 0..RUNS));
/// The tariff thread as it was.
pub(crate) static THREAD: LazyLock<Ensemble> =
    LazyLock::new(|| Ensemble::of(&load(TARIFF, None, &[]), 0..RUNS));

/// A bundled scenario, with an arm and changes.
pub(crate) fn load(id: &str, arm: Option<&str>, set: &[&str]) -> Scenario {
    let request = Request {
        arm: arm.map(str::to_owned),
        set: set.iter().map(|&change| change.to_owned()).collect(),
        ..Request::new(bundled::scenario(id).unwrap())
    };
    scenario::load(&request).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Simulates runs on all cores.
pub(crate) fn simulate(simulation: &Simulation, runs: std::ops::Range<u64>) -> Vec<Outcome> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    replicates(simulation, runs, threads, &Silent, &AtomicBool::new(false)).unwrap()
}

/// The runs of one scenario, without their series.
pub(crate) struct Ensemble {
    pub(crate) layout: Layout,
    pub(crate) outcomes: Vec<Outcome>,
}

impl Ensemble {
    pub(crate) fn of(scenario: &Scenario, runs: std::ops::Range<u64>) -> Self {
        let simulation = Simulation::new(scenario, SEED).unwrap();
        let mut outcomes = Vec::with_capacity((runs.end - runs.start) as usize);
        // Series take most of the memory: they go as soon as a part is done.
        for start in runs.clone().step_by(1000) {
            let part = simulate(&simulation, start..runs.end.min(start + 1000));
            outcomes.extend(part.into_iter().map(|run| Outcome { series: Vec::new(), ..run }));
        }
        Self { layout: simulation.layout().clone(), outcomes }
    }

    /// Values of an outcome in the order of the runs; NaN where it does not exist.
    pub(crate) fn column(&self, id: &str) -> Vec<f64> {
        let idx = column_idx(&self.layout, id);
        self.outcomes.iter().map(|run| run.scalars[idx]).collect()
    }

    /// Ascending values of an outcome in those runs in which it exists.
    pub(crate) fn sorted(&self, id: &str) -> Vec<f64> {
        let mut values = self.column(id);
        quantile::sort(&mut values);
        values
    }

    pub(crate) fn quantile(&self, id: &str, p: f64) -> f64 {
        quantile::sorted(&self.sorted(id), p, Method::Linear)
    }

    pub(crate) fn median(&self, id: &str) -> f64 {
        self.quantile(id, 0.5)
    }

    /// Runs in which `holds` is true of an outcome.
    pub(crate) fn count(&self, id: &str, holds: impl Fn(f64) -> bool) -> u64 {
        self.column(id).into_iter().filter(|&value| holds(value)).count() as u64
    }

    /// Share of all runs in which `holds` is true of an outcome.
    pub(crate) fn share(&self, id: &str, holds: impl Fn(f64) -> bool) -> f64 {
        self.count(id, holds) as f64 / self.outcomes.len() as f64
    }
}

/// Position of an outcome among the scalars.
pub(crate) fn column_idx(layout: &Layout, id: &str) -> usize {
    let position = layout.outcomes.iter().position(|spec| spec.id == id);
    position.unwrap_or_else(|| panic!("no outcome `{id}`"))
}
