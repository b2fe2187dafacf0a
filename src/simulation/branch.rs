//! Runs that branch off other runs, and how near each came to something.
//!
//! A run is branched after an event by giving all later draws another key. What was drawn before, what is scheduled, and what lasts
//! (a coin that is looked at again, the world factor of a day that has begun) stays.

use super::{EVENT_BUDGET, Simulation, State, Worker};
use crate::engine::streams::RunKey;
use crate::engine::{self, Agenda, Budget, Model};
use crate::model::event::Event;
use crate::model::ids::ScriptId;
use crate::model::world::World;
use crate::units::SimTime;

/// How near a run is to an event: a number that the event makes reach a target, and that grows on the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// Highest rung of a dyad so far, plus tension/(1 + tension) on the way to the next one.
    Rung {
        /// Position of the dyad in the setting's list.
        dyad: usize,
    },
    /// Real shares so far of a message of the script.
    Shares(ScriptId),
}

impl Nearness {
    /// The number at `now`.
    fn of(self, world: &World<'_>, now: SimTime) -> f64 {
        match self {
            Self::Rung { dyad } => {
                let relation = &world.relations[dyad];
                let tension = relation.tension.value(now).max(0.0);
                f64::from(relation.peak.0) + tension / (1.0 + tension)
            }
            Self::Shares(script) => world.posted(script).map_or(0.0, |id| world.spread(id).cascade.shares()),
        }
    }
}

/// A number that was higher than ever before in the run, and after how many events.
pub type High = (u64, f64);

impl Simulation {
    /// Simulates run `run` of this seed, which takes branch b after event number e for each (e, b) of `branches`, and tells the highs of
    /// `nearness`; event number 0 is the beginning.
    pub fn highs(
        &self,
        run: u64,
        branches: &[(u64, u64)],
        nearness: Nearness,
        worker: &mut Worker<'_>,
    ) -> Vec<High> {
        let Worker { state, agenda } = worker;
        let origin = RunKey::new(self.seed, run);
        state.world.timeline = None;
        agenda.reset();
        state.world.reset(origin);
        state.world.run = run;
        state.observers.reset();
        state.mechanisms.begin(&mut state.world, agenda);
        let mut watched = Watched { state, origin, branches, nearness, events: 0, highs: Vec::new() };
        watched.look(agenda);
        let budget = Budget { horizon: self.setting.horizon, events: EVENT_BUDGET };
        engine::run(&mut watched, agenda, budget);
        watched.highs
    }
}

/// A run that is watched from one event to the next.
struct Watched<'r, 's> {
    state: &'r mut State<'s>,
    origin: RunKey,
    /// Those still to be taken.
    branches: &'r [(u64, u64)],
    nearness: Nearness,
    events: u64,
    highs: Vec<High>,
}

impl Watched<'_, '_> {
    /// Looks at the nearness, and takes the branches that are due.
    fn look(&mut self, agenda: &Agenda<Event>) {
        let number = self.nearness.of(&self.state.world, agenda.now());
        if self.highs.last().is_none_or(|&(_, highest)| number > highest) {
            self.highs.push((self.events, number));
        }
        while let Some((&(event, branch), later)) = self.branches.split_first() {
            if event > self.events {
                break;
            }
            self.state.world.branch(agenda.now(), self.origin.branch(branch));
            self.branches = later;
        }
    }
}

impl Model for Watched<'_, '_> {
    type Event = Event;

    fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
        self.state.handle(event, agenda);
        self.events += 1;
        self.look(agenda);
    }

    /// Nothing is observed: highs are all that is asked for.
    fn advance(&mut self, _from: SimTime, _to: SimTime) {}
}
