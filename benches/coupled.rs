//! What governments, markets and measurement cost beside the diffusion of the same messages.
//!
//! Each run is made twice in turn: as it is, and with its messages alone, posted again when they were posted and spread by the mechanisms of
//! diffusion with the same draws. (To switch governments and press off would compare other messages: most of those that spread in a coupled
//! run are coverage and announcements of acts.) Labels and what else is done to messages, except deletions, stay away from the second, which is
//! checked: the share of runs in which it has as many shares as the first is printed. Times are those on the processor, the shortest of a
//! few rounds. `cargo bench --bench coupled -- canada-saudi-2018 500` takes the scenario and the number of runs.

#![expect(clippy::unwrap_used, reason = "a benchmark that can't go on should stop")]
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "clock/mod.rs"]
mod clock;

use clock::{Took, took};
use twiplomacy::engine::streams::RunKey;
use twiplomacy::engine::{self, Agenda, Budget, Model};
use twiplomacy::mechanisms::{Mechanisms, Name};
use twiplomacy::model::event::Event;
use twiplomacy::model::ids::{MessageId, ScriptId};
use twiplomacy::model::setting::Setting;
use twiplomacy::model::world::{Message, World};
use twiplomacy::scenario::{self, Request, Source, bundled};
use twiplomacy::simulation::{EVENT_BUDGET, Simulation};
use twiplomacy::units::SimTime;

/// What spreads messages, and what it needs.
const DIFFUSION: [Name; 4] = [Name::Framing, Name::Sharing, Name::Attention, Name::Mutation];
/// Rounds of which the shortest counts.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runs = arguments.get(1).and_then(|runs| runs.parse().ok()).unwrap_or(500);
    match arguments.first() {
        Some(id) => compare(id, runs),
        None => ["canada-saudi-2018", "soleimani-2020", "tariff-thread-2019"]
            .iter()
            .for_each(|id| compare(id, runs)),
    }
}

/// Prints what `runs` runs of the bundled scenario `id` take, and what diffusion of their messages alone takes.
fn compare(id: &str, runs: u64) {
    let request = Request::new(Source::new(id, bundled::scenario(id).unwrap().text));
    let scenario = scenario::load(&request).unwrap();
    let simulation = Simulation::new(&scenario, 1).unwrap();
    let setting = simulation.setting();
    let mut dispositions = scenario.world.dispositions.clone();
    let mut coupled = Following::new(setting, Mechanisms::new(&dispositions, setting));
    dispositions.off = Name::ALL.iter().copied().filter(|name| !DIFFUSION.contains(name)).collect();
    let mut alone = Following::new(setting, Mechanisms::new(&dispositions, setting));
    let posted: Vec<Vec<Message>> = (0..runs)
        .map(|run| {
            coupled.simulate(run, &[]);
            coupled.world.messages.clone()
        })
        .collect();
    let shares = |following: &mut Following<'_>, run: u64, messages: &[Message]| {
        following.simulate(run, messages);
        following.n_shares()
    };
    let agreeing = (0..runs)
        .filter(|&run| shares(&mut coupled, run, &[]) == shares(&mut alone, run, &posted[run as usize]));
    let agreeing = agreeing.count() as f64 / runs as f64;
    let mut worker = simulation.worker();
    let mut shortest = [Took { wall: f64::INFINITY, busy: f64::INFINITY }; 2];
    for _ in 0..ROUNDS {
        let all =
            took(|| (0..runs).for_each(|run| drop(std::hint::black_box(simulation.run(run, &mut worker)))));
        let only = took(|| (0..runs).for_each(|run| alone.simulate(run, &posted[run as usize])));
        for (least, took) in shortest.iter_mut().zip([all, only]) {
            *least = Took { wall: least.wall.min(took.wall), busy: least.busy.min(took.busy) };
        }
    }
    let [whole, spreading] = shortest;
    let in_ms = 1e3 / runs as f64;
    println!(
        "{id}: coupled {:.3} ms a run ({:.3} by the wall), diffusion of its messages alone {:.3} ms, ratio {:.2}; {:.1} messages a run, as many shares in {:.1} % of runs",
        in_ms * whole.busy,
        in_ms * whole.wall,
        in_ms * spreading.busy,
        whole.busy / spreading.busy,
        posted.iter().map(Vec::len).sum::<usize>() as f64 / runs as f64,
        100.0 * agreeing
    );
}

/// A world in which mechanisms react, and messages are posted by a list.
struct Following<'a> {
    world: World<'a>,
    mechanisms: Mechanisms,
    agenda: Agenda<Event>,
}

impl<'a> Following<'a> {
    fn new(setting: &'a Setting, mechanisms: Mechanisms) -> Self {
        Self { world: World::new(setting), mechanisms, agenda: Agenda::default() }
    }

    /// Simulates run number `run` of seed 1, posting `messages` beside what mechanisms do.
    fn simulate(&mut self, run: u64, messages: &[Message]) {
        self.agenda.reset();
        self.world.reset(RunKey::new(1, run));
        self.mechanisms.begin(&mut self.world, &mut self.agenda);
        // Nothing else makes appointments for messages of the script where their mechanism is off.
        for (idx, message) in messages.iter().enumerate() {
            self.agenda.schedule(message.posted, Event::MessageDue(ScriptId(idx as u16)));
            if let Some(deleted) = message.deleted {
                self.agenda.schedule(deleted, Event::MessageDeleted(MessageId::new(idx)));
            }
        }
        let budget = Budget { horizon: self.world.setting.horizon, events: EVENT_BUDGET };
        let mut posting = Posting { messages, world: &mut self.world, mechanisms: &mut self.mechanisms };
        engine::run(&mut posting, &mut self.agenda, budget);
    }

    fn n_shares(&self) -> usize {
        (0..self.world.messages.len())
            .map(|idx| self.world.spread(MessageId::new(idx)).cascade.nodes().len())
            .sum()
    }
}

struct Posting<'p, 'a> {
    messages: &'p [Message],
    world: &'p mut World<'a>,
    mechanisms: &'p mut Mechanisms,
}

impl Model for Posting<'_, '_> {
    type Event = Event;

    fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
        match event {
            Event::MessageDue(due) if !self.messages.is_empty() => {
                self.world.post(Message { deleted: None, ..self.messages[due.idx()].clone() });
                if let Some(fact) = self.world.facts.pop_front() {
                    self.mechanisms.react(fact, self.world, agenda);
                }
            }
            Event::MessageDeleted(id) if !self.messages.is_empty() => {
                self.world.messages[id.idx()].deleted = Some(agenda.now());
            }
            event => self.mechanisms.react(event, self.world, agenda),
        }
    }

    fn advance(&mut self, _from: SimTime, _to: SimTime) {}
}
