//! One run written down in full, so that it can be shown: every share with its place in the cascade, beside timeline and outcome.

use super::Simulation;
use crate::model::cascade::Frame;
use crate::model::event::Channel;
use crate::model::ids::{CodeId, CountryId, MessageId, PublicId, RungId, StateId};
use crate::model::outcome::Outcome;
use crate::model::timeline::TimelineEntry;
use crate::model::vocabulary::Delivery;
use crate::model::world::{Origin, World};
use crate::units::SimTime;

/// One run in full.
#[derive(Debug, Clone, PartialEq)]
pub struct Film {
    /// What the run yields.
    pub outcome: Outcome,
    /// What happened in it, in the order of its happening.
    pub entries: Vec<TimelineEntry>,
    /// Its messages with their cascades, in the order of posting.
    pub messages: Vec<FilmedMessage>,
    /// What governments heard, in the order of hearing.
    pub hearings: Vec<FilmedHearing>,
}

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilmedKind {
    /// One of the scenario.
    Script,
    /// The announcement of an act.
    Act,
    /// Press coverage.
    Coverage,
}

impl FilmedKind {
    /// Name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Act => "act",
            Self::Coverage => "coverage",
        }
    }
}

/// One message of a run and its cascade.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmedMessage {
    /// Id as in the timeline.
    pub id: String,
    /// What kind of message it is.
    pub kind: FilmedKind,
    /// Account that posted it, without `@`.
    pub handle: String,
    /// Country from which it comes, if it is known.
    pub home: Option<CountryId>,
    /// State at which it is directed.
    pub target: Option<StateId>,
    /// What it says.
    pub text: String,
    /// Its languages, such as `en+fr`.
    pub languages: String,
    /// How it was delivered.
    pub delivery: Delivery,
    /// When it was deleted.
    pub deleted: Option<SimTime>,
    /// Different people who saw it by the end.
    pub reach: f64,
    /// Real shares by the end.
    pub shares: f64,
    /// The original and all shares; parents come before their children.
    pub nodes: Vec<FilmedShare>,
}

/// The original of a message, or one share of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilmedShare {
    /// When.
    pub time: SimTime,
    /// Position of the node from which it was shared; the original is its own parent.
    pub parent: u32,
    /// Public of who shared; `None` for a named account.
    pub public: Option<PublicId>,
    /// In which frame it was passed on.
    pub frame: Frame,
    /// Real shares for which it stands.
    pub weight: f32,
}

/// A government that heard a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilmedHearing {
    /// The government.
    pub state: StateId,
    /// The message.
    pub message: MessageId,
    /// How it heard.
    pub channel: Channel,
    /// When.
    pub time: SimTime,
    /// Act for which it took the message.
    pub understood: Option<CodeId>,
    /// Rung that it chose in answer.
    pub answer: Option<RungId>,
}

impl Simulation {
    /// Simulates run number `run` and writes all of it down.
    pub fn film(&self, run: u64) -> Film {
        let mut worker = self.worker();
        worker.state.world.timeline = Some(Vec::new());
        let outcome = self.simulate(run, &mut worker);
        let world = &mut worker.state.world;
        let entries = world.timeline.take().unwrap_or_default();
        let messages = (0..world.messages.len()).map(|idx| message(world, MessageId::new(idx))).collect();
        let hearings = world.hearings.iter().map(|hearing| FilmedHearing {
            state: hearing.state,
            message: hearing.message,
            channel: hearing.channel,
            time: hearing.time,
            understood: hearing.understood,
            answer: hearing.answer,
        });
        Film { outcome, entries, messages, hearings: hearings.collect() }
    }
}

fn message(world: &World<'_>, id: MessageId) -> FilmedMessage {
    let (setting, message, spread) = (world.setting, world.message(id), world.spread(id));
    let (kind, text) = match message.origin {
        Origin::Script(script) => (FilmedKind::Script, setting.script.messages[script.idx()].text.clone()),
        Origin::Act(act) => (FilmedKind::Act, world.act_text(&world.acts[act.idx()])),
        Origin::Coverage { about, .. } => (FilmedKind::Coverage, world.name_of(about)),
    };
    let outlet_home = match message.origin {
        Origin::Coverage { outlet, .. } => Some(setting.outlets[outlet.idx()].country),
        Origin::Script(_) | Origin::Act(_) => None,
    };
    let nodes = spread.cascade.nodes().iter().map(|node| FilmedShare {
        time: node.time,
        parent: node.parent,
        public: setting.network.public_of(node.account),
        frame: node.frame,
        weight: node.weight,
    });
    FilmedMessage {
        id: world.name_of(id),
        kind,
        handle: world.handle_of(id),
        home: outlet_home.or_else(|| message.author.map(|state| setting.states[state.idx()].country)),
        target: message.target,
        text,
        languages: world.languages_of(id),
        delivery: message.delivery,
        deleted: message.deleted,
        reach: world.reach(id),
        shares: spread.cascade.shares(),
        nodes: nodes.collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Request, Source, bundled, load};
    use crate::simulation::Simulation;

    #[test]
    fn a_film_shows_the_run_that_is_replayed_with_every_share() {
        let source = Source::new("canada-saudi-2018", bundled::scenario("canada-saudi-2018").unwrap().text);
        let mut request = Request::new(source);
        request.set.push("network.accounts=30000".to_owned());
        let simulation = Simulation::new(&load(&request).unwrap(), 1).unwrap();
        for run in 0..5 {
            let film = simulation.film(run);
            let (outcome, entries) = simulation.replay(run);
            // NaN differs from itself; its text does not.
            assert_eq!(format!("{:?}", film.outcome), format!("{outcome:?}"));
            assert_eq!(film.entries, entries);
            for message in &film.messages {
                let weights: f64 = message.nodes.iter().map(|node| f64::from(node.weight)).sum();
                assert!((weights - message.shares).abs() <= 1e-5 * message.shares, "{}", message.id);
                assert!(
                    message.nodes.iter().enumerate().skip(1).all(|(idx, node)| (node.parent as usize) < idx)
                );
            }
            for hearing in &film.hearings {
                let heard = &film.messages[hearing.message.idx()];
                assert!(heard.nodes[0].time <= hearing.time, "{}", heard.id);
            }
        }
    }

    /// An act on record says nothing on what the state chooses; one that people who play it have chosen does.
    #[test]
    fn a_forced_act_counts_as_a_rung_if_players_chose_it() {
        let rungs = |played: bool| -> Vec<u8> {
            let source =
                Source::new("canada-saudi-2018", bundled::scenario("canada-saudi-2018").unwrap().text);
            let mut request = Request::new(source);
            request.set.push("network.accounts=20000".to_owned());
            request.set.push(format!(
                "events.acts={{ x = {{ actor = \"SA\", target = \"CA\", time = 2018-08-06T10:00:00Z, act = \"163\", \
                 issue = \"saudi-activists\", played = {played}, text = \"t\", source = \"s\" }} }}"
            ));
            let simulation = Simulation::new(&load(&request).unwrap(), 1).unwrap();
            let acts = simulation.film(0).outcome.acts;
            acts.iter().filter(|act| act.cause == "record").map(|act| act.rung).collect()
        };
        assert_eq!(rungs(false), [0]);
        assert_eq!(rungs(true), [7]);
    }
}
