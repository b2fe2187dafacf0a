//! Whole runs of the bundled scenarios beside what they consist of.
//!
//! What a run takes is set against the diffusion of its own messages: they are posted again when they were posted, and spread by the
//! mechanisms of diffusion with the same draws. (To switch governments and press off would compare other messages: most of those that spread in a
//! run are coverage and announcements of acts.) Labels and what else is done to messages, except deletions, stay away from the second,
//! which is checked: the last column is the share of runs in which it has as many shares as the first.

#![expect(clippy::unwrap_used, reason = "a benchmark that can't go on should stop")]

use super::clock::{self, Took};
use super::{median, seconds};
use std::hint::black_box;
use std::ops::Range;
use twiplomacy::engine::streams::RunKey;
use twiplomacy::engine::{self, Agenda, Budget, Model};
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::mechanisms::{Mechanisms, Name};
use twiplomacy::model::event::Event;
use twiplomacy::model::ids::{MessageId, ScriptId};
use twiplomacy::model::setting::Setting;
use twiplomacy::model::world::{Message, World};
use twiplomacy::scenario::{self, Request, Scenario, Source, bundled};
use twiplomacy::simulation::{EVENT_BUDGET, Simulation};
use twiplomacy::units::SimTime;

const ROUNDS: u64 = 5;
/// Runs of a round.
const RUNS: u64 = 100;
/// What spreads messages, and what it needs.
const DIFFUSION: [Name; 4] = [Name::Framing, Name::Sharing, Name::Attention, Name::Mutation];

/// Prints the table.
pub(crate) fn print() {
    println!(
        "{:26}{:>10}{:>16}{:>18}{:>18}{:>16}",
        "whole runs, one thread",
        "µs/run",
        "messages a run",
        "÷ own diffusion",
        "runs/s, 2 cores",
        "same shares"
    );
    for source in bundled::scenarios() {
        let request = Request::new(Source::new(source.id, source.text));
        let row = Row::of(&scenario::load(&request).unwrap());
        println!(
            "{:26}{:10.0}{:16.1}{:18.2}{:18.0}{:14.1} %",
            source.id,
            1e6 * row.whole,
            row.messages,
            row.ratio,
            row.on_two,
            100.0 * row.agreeing
        );
    }
    println!();
}

/// Medians over rounds.
struct Row {
    /// Seconds a run.
    whole: f64,
    /// Messages a run.
    messages: f64,
    /// Time of whole runs by that of the diffusion of their messages alone.
    ratio: f64,
    /// Runs a second on two threads, by the wall.
    on_two: f64,
    /// Share of runs in which both have as many shares.
    agreeing: f64,
}

impl Row {
    fn of(scenario: &Scenario) -> Self {
        let simulation = Simulation::new(scenario, 1).unwrap();
        let setting = simulation.setting();
        let mut dispositions = scenario.world.dispositions.clone();
        let mut coupled = Following::new(setting, Mechanisms::new(&dispositions, setting));
        dispositions.off = Name::ALL.iter().copied().filter(|name| !DIFFUSION.contains(name)).collect();
        let mut alone = Following::new(setting, Mechanisms::new(&dispositions, setting));
        let mut worker = simulation.worker();
        let (mut whole, mut ratios, mut on_two) = (Vec::new(), Vec::new(), Vec::new());
        let (mut messages, mut agreeing) = (0, 0);
        for round in 0..=ROUNDS {
            let runs = round * RUNS..(round + 1) * RUNS;
            let posted = coupled.record(runs.clone());
            let together =
                seconds(|| runs.clone().for_each(|run| drop(black_box(simulation.run(run, &mut worker)))));
            let apart = seconds(|| {
                for (run, (posted, shares)) in runs.clone().zip(&posted) {
                    alone.simulate(run, posted);
                    agreeing += usize::from(alone.n_shares() == *shares);
                }
            });
            messages += posted.iter().map(|(posted, _)| posted.len()).sum::<usize>();
            let Took { wall, .. } = clock::took(|| {
                let runs = runs.start..runs.start + 4 * RUNS;
                black_box(replicates(&simulation, runs, 2, &Silent, &false.into()).is_ok());
            });
            // The first round fills the memory.
            if round > 0 {
                whole.push(together / RUNS as f64);
                ratios.push(together / apart);
                on_two.push(4.0 * RUNS as f64 / wall);
            }
        }
        let all = ((ROUNDS + 1) * RUNS) as f64;
        Self {
            whole: median(whole),
            messages: messages as f64 / all,
            ratio: median(ratios),
            on_two: median(on_two),
            agreeing: agreeing as f64 / all,
        }
    }
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

    /// Simulates `runs` as they are; for each the messages posted in it, and the shares.
    fn record(&mut self, runs: Range<u64>) -> Vec<(Vec<Message>, usize)> {
        let of_run = |run| {
            self.simulate(run, &[]);
            (self.world.messages.clone(), self.n_shares())
        };
        runs.map(of_run).collect()
    }

    /// Nodes of all cascades of the last run.
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
