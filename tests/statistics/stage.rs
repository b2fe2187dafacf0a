//! Runs of which the whole world is kept, put together from the public parts of the library.
//!
//! [`Stage::play`] does what `Simulation::run` does but for the observers, and leaves the world as it is at the end.

use twiplomacy::engine::streams::RunKey;
use twiplomacy::engine::{self, Agenda, Budget, Model};
use twiplomacy::mechanisms::Mechanisms;
use twiplomacy::model::event::Event;
use twiplomacy::model::ids::MessageId;
use twiplomacy::model::world::World;
use twiplomacy::scenario::Scenario;
use twiplomacy::simulation::{EVENT_BUDGET, Simulation};
use twiplomacy::units::SimTime;

pub(crate) struct Stage<'a> {
    seed: u64,
    actors: Actors<'a>,
    agenda: Agenda<Event>,
}

struct Actors<'a> {
    world: World<'a>,
    mechanisms: Mechanisms,
}

struct Watched<'s, 'a, F> {
    actors: &'s mut Actors<'a>,
    look: F,
}

impl<'a, F: FnMut(SimTime, &World<'a>)> Model for Watched<'_, 'a, F> {
    type Event = Event;
    fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
        self.actors.mechanisms.react(event, &mut self.actors.world, agenda);
        (self.look)(agenda.now(), &self.actors.world);
    }
    fn advance(&mut self, _from: SimTime, _to: SimTime) {}
}

impl<'a> Stage<'a> {
    pub(crate) fn new(scenario: &Scenario, simulation: &'a Simulation) -> Self {
        let setting = simulation.setting();
        let mechanisms = Mechanisms::new(&scenario.world.dispositions, setting);
        let actors = Actors { world: World::new(setting), mechanisms };
        Self { seed: simulation.seed(), actors, agenda: Agenda::default() }
    }

    /// Plays run number `run`; the world as it is at the end.
    pub(crate) fn play(&mut self, run: u64) -> &World<'a> {
        self.watch(run, |_, _| {})
    }

    /// Plays run number `run` and looks at the world after each event.
    pub(crate) fn watch(&mut self, run: u64, look: impl FnMut(SimTime, &World<'a>)) -> &World<'a> {
        let horizon = self.actors.world.setting.horizon;
        self.play_until(run, horizon, look)
    }

    /// The same until `end`.
    pub(crate) fn play_until(
        &mut self,
        run: u64,
        end: SimTime,
        look: impl FnMut(SimTime, &World<'a>),
    ) -> &World<'a> {
        let Actors { world, mechanisms } = &mut self.actors;
        self.agenda.reset();
        world.reset(RunKey::new(self.seed, run));
        mechanisms.begin(world, &mut self.agenda);
        let budget = Budget { horizon: end, events: EVENT_BUDGET };
        engine::run(&mut Watched { actors: &mut self.actors, look }, &mut self.agenda, budget);
        &self.actors.world
    }
}

/// The message of the script called `id`, if it was posted in this run.
pub(crate) fn posted(world: &World<'_>, id: &str) -> Option<MessageId> {
    (0..world.messages.len()).map(MessageId::new).find(|&message| world.name_of(message) == id)
}
