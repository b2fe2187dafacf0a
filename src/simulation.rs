//! One run: a pure function of scenario, seed and run index.
//!
//! [`Simulation::new`] builds what all runs share (network, script, markets). [`Simulation::run`] simulates one run with the
//! memory of a [`Worker`], which never changes the result.

pub mod build;
pub mod named;
pub mod scale;

use crate::engine::streams::RunKey;
use crate::engine::{self, Agenda, Budget, Model, Stop};
use crate::mechanisms::{Dispositions, Mechanisms};
use crate::model::event::Event;
use crate::model::outcome::{Layout, Outcome, StopReason};
use crate::model::setting::Setting;
use crate::model::timeline::TimelineEntry;
use crate::model::world::World;
use crate::observers::Observers;
use crate::scenario::Scenario;
use crate::units::SimTime;
pub use build::BuildError;

/// Events after which a run is stopped as incomplete: hundreds of times what a bundled scenario needs.
pub const EVENT_BUDGET: u64 = 20_000_000;

/// A scenario ready to be run with one seed.
#[derive(Debug)]
pub struct Simulation {
    seed: u64,
    setting: Setting,
    dispositions: Dispositions,
    layout: Layout,
}

impl Simulation {
    /// Builds everything that the runs of `scenario` with `seed` share.
    ///
    /// # Errors
    ///
    /// Where the scenario asks for more than can be built, such as too few accounts for the audiences named.
    pub fn new(scenario: &Scenario, seed: u64) -> Result<Self, BuildError> {
        let setting = build::setting(scenario, seed)?;
        let layout = crate::observers::layout(&setting);
        Ok(Self { seed, setting, dispositions: scenario.world.dispositions.clone(), layout })
    }

    /// What is fixed for all runs.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The meaning of each column of an outcome.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Seed of the network and of all runs.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Memory for runs, to be reused by one thread after another.
    pub fn worker(&self) -> Worker<'_> {
        Worker {
            state: State {
                world: World::new(&self.setting),
                mechanisms: Mechanisms::new(&self.dispositions, &self.setting),
                observers: Observers::new(&self.setting, &self.layout),
            },
            agenda: Agenda::default(),
        }
    }

    /// Simulates run number `run`.
    pub fn run(&self, run: u64, worker: &mut Worker<'_>) -> Outcome {
        worker.state.world.timeline = None;
        self.simulate(run, worker)
    }

    /// Simulates run number `run` and writes down what happened in it.
    pub fn replay(&self, run: u64) -> (Outcome, Vec<TimelineEntry>) {
        let mut worker = self.worker();
        worker.state.world.timeline = Some(Vec::new());
        let outcome = self.simulate(run, &mut worker);
        (outcome, worker.state.world.timeline.take().unwrap_or_default())
    }

    fn simulate(&self, run: u64, worker: &mut Worker<'_>) -> Outcome {
        let Worker { state, agenda } = worker;
        agenda.reset();
        state.world.reset(RunKey::new(self.seed, run));
        state.observers.reset();
        state.mechanisms.begin(&mut state.world, agenda);
        let budget = Budget { horizon: self.setting.horizon, events: EVENT_BUDGET };
        let (stop, events) = engine::run(state, agenda, budget);
        let stop = match stop {
            Stop::Finished => StopReason::Finished,
            Stop::Horizon => StopReason::Horizon,
            Stop::EventBudget => StopReason::EventBudget,
        };
        state.observers.finish(&state.world, run, stop, events)
    }
}

/// Memory for runs.
#[derive(Debug)]
pub struct Worker<'a> {
    state: State<'a>,
    agenda: Agenda<Event>,
}

#[derive(Debug)]
struct State<'a> {
    world: World<'a>,
    mechanisms: Mechanisms,
    observers: Observers<'a>,
}

impl Model for State<'_> {
    type Event = Event;

    fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
        self.mechanisms.react(event, &mut self.world, agenda);
    }

    fn advance(&mut self, from: SimTime, to: SimTime) {
        self.observers.advance(&self.world, from, to);
    }
}
