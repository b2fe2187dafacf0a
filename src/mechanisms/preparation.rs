//! Preparation: a measure that takes days to prepare is thought over once more before it is used.
//!
//! Between the decision and the use the other state may have offered a way out. Let w₀ be the weight by which the act was chosen that it
//! answers, and w₁ what the other is taken to intend when the measure is ready (see the rule of voices). The measure is given up with
//! probability
//!
//! 1 − exp(−(`relent` + `exit`·\[way out\])·max(0, w₁ − w₀)/10),
//!
//! a way out being a conciliatory word or act of the other that was posted after what is answered, and heard. It lets a government stop without
//! having lost, for it can say that the other gave in, but only as far as it is believed. What needs no preparation is used as decided.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::MessageId;
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::world::World;
use crate::text::params;
use crate::units::NonNegative;

const SECOND_THOUGHT: Purpose = Purpose::new("preparation second thought");

params! {
    /// Parameters of preparation.
    pub struct Params {
        /// Rate of giving up for each ten points by which the other's intent is milder than what is answered.
        relent: NonNegative,
        /// More, at the same rate, where the other has offered a way out meanwhile.
        exit: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Preparation {
    params: Params,
}

impl Preparation {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    /// Probability that the actor still wants `act`, prepared in answer to `cause`.
    fn still_wanted(&self, act: &Act, cause: MessageId, world: &World<'_>) -> f64 {
        let dyad = world.setting.dyad_idx(act.actor, act.target);
        let answered = world.intent(act.actor, cause);
        let milder = world.intents[dyad].map_or(0.0, |intent| (intent.weight - answered).max(0.0));
        let exit = if has_way_out(act, cause, world) { self.params.exit.get() } else { 0.0 };
        libm::exp(-(self.params.relent.get() + exit) * milder / 10.0)
    }
}

/// Whether the actor has heard a conciliatory word or act of the target that came after what it answers.
fn has_way_out(act: &Act, cause: MessageId, world: &World<'_>) -> bool {
    let since = world.message(cause).posted;
    world.hearings.iter().filter(|hearing| hearing.state == act.actor).any(|hearing| {
        let message = world.message(hearing.message);
        message.author == Some(act.target)
            && message.posted > since
            && world.setting.codes[message.code.idx()].weight.get() > 0.0
    })
}

impl Mechanism for Preparation {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Event::PreparedDue(act) = event else { return };
        let act = **act;
        let number = world.key.uniform(SECOND_THOUGHT, Subject::new(act.key, 0));
        let wanted = match act.cause {
            Cause::Message(cause) => self.still_wanted(&act, cause, world),
            Cause::Script(_) | Cause::Act(_) | Cause::Recognition(_) => 1.0,
        };
        let now = agenda.now();
        if number < wanted {
            world.facts.push_back(Event::ActDue(Box::new(Act { time: now, ..act })));
            return;
        }
        world.note(|world| TimelineEntry {
            time: now,
            kind: EntryKind::Decided,
            id: format!("given-up:{}:{}", world.setting.states[act.actor.idx()].id, act.key),
            actor: world.setting.states[act.actor.idx()].id.clone(),
            cause: world.cause_name(act.cause),
            text: format!("gives up what it had prepared: {}", world.act_text(&act)),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::{Bench, share_of_runs};
    use crate::model::fixture::{self, A, B, DEMAND, PRAISE, TRADE};
    use crate::model::ids::{CodeId, InstrumentId, IssueId};
    use crate::model::world::{Intent, Message};
    use crate::units::{SimTime, TimeSpan};

    fn rule(relent: f64, exit: f64) -> Preparation {
        let (relent, exit) = (NonNegative::clamped(relent), NonNegative::clamped(exit));
        Preparation::new(&Params { relent, exit })
    }

    /// Whether B uses what it prepared in answer to a demand by A, if A is now taken to intend `intent` and has said what `later` means.
    fn is_used(mut rule: Preparation, intent: f64, later: Option<CodeId>, run: u64) -> bool {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, run);
        let cause = bench.post(fixture::appeal(SimTime::START), &mut rule);
        bench.decide(cause, Some(DEMAND), &mut rule);
        if let Some(code) = later {
            let hour = SimTime::START + TimeSpan::from_hours(1);
            let id = bench.post(Message { code, ..fixture::appeal(hour) }, &mut rule);
            bench.decide(id, Some(code), &mut rule);
        }
        bench.world.intents[setting.dyad_idx(B, A)] = Some(Intent { weight: intent, spread: 1.0 });
        let act = Act {
            time: SimTime::START,
            actor: B,
            target: A,
            code: fixture::SANCTION,
            instrument: Some(InstrumentId(1)),
            rung: TRADE,
            issue: IssueId(0),
            cause: Cause::Message(cause),
            key: 9,
        };
        bench.tell(&Event::PreparedDue(Box::new(act)), &mut rule);
        bench.world.facts.pop_back() == Some(Event::ActDue(Box::new(act)))
    }

    /// A demand weighs −5: milder by 3 points at −2; α = 1e-4 for each of two shares.
    #[test]
    fn a_measure_is_given_up_with_the_probability_of_the_milder_intent_and_the_way_out() {
        for (later, rate) in [(None, 0.6_f64), (Some(PRAISE), 0.75)] {
            let found = share_of_runs(4000, |&run| is_used(rule(2.0, 0.5), -2.0, later, run));
            let expected = (-rate).exp();
            let bound = 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt();
            assert!((found - expected).abs() < bound, "{found} {expected} after {later:?}");
        }
    }

    #[test]
    fn what_the_other_still_intends_is_answered_as_decided_whatever_it_says() {
        assert!((0..50).all(|run| is_used(rule(2.0, 9.0), -7.0, Some(PRAISE), run)));
    }
}
