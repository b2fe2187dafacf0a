//! Caution: who keeps quiet for a while, and why.
//!
//! A scandal, a leak or a hack makes a ministry careful, and a parent state can silence a sub-state. The caution c of a state is the share of its
//! planned public messages that it withholds; it jumps by what the event says, or by `hijack` when the state has had to deny a message
//! posted in its name, and halves in every `half_life`; it never exceeds 1 in effect. Whether a message is withheld is drawn for each message.
//!
//! A *sub-state* (a state with a parent) that addresses a foreign state in public speaks in what the parent holds to be its own affair. Each such
//! message is suppressed with probability `suppress`: after a log-normal time around its latency the parent imposes administrative sanctions
//! (CAMEO 172), whereupon the caution of the sub-state jumps by `silence`, of which the share `lasting` stays: it comes back quieter.
//!
//! Diplocat, the Catalan body for public diplomacy, was dissolved in October 2017, came back in December 2018 and was quieter (S. Paquin
//! 2021, l. 793-900); no estimate of the sizes was found.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from};
use crate::model::decaying::Decaying;
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{CodeId, MessageId, RungId, StateId};
use crate::model::setting::Setting;
use crate::model::vocabulary::Delivery;
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, TimeSpan};

const SUPPRESSED: Purpose = Purpose::new("caution suppressed");
const DELAY: Purpose = Purpose::new("caution delay");

/// CAMEO: impose administrative sanctions.
const SANCTION: &str = "172";

params! {
    /// Parameters of caution.
    pub struct Params {
        /// Time in which caution halves.
        half_life: TimeSpan,
        /// Jump of a state's caution when it denies a message posted in its name.
        hijack: Probability,
        /// Probability that a parent acts against a public message of a sub-state to a foreign state.
        suppress: Probability,
        /// Jump of the caution of a sub-state that is suppressed.
        silence: Probability,
        /// Share of that which stays.
        lasting: Probability,
        /// Standard deviation of the logarithm of the time until the parent acts.
        delay_spread: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Caution {
    params: Params,
    sanction: Option<CodeId>,
}

impl Caution {
    /// Sets up the rule. A world without the code of administrative sanctions has no parents that act.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let sanction = setting.codes.iter().position(|code| code.code == SANCTION).map(CodeId::new);
        Self { params: params.clone(), sanction }
    }

    /// Lets the parent of the author of `id` act against it, if it does.
    fn suppress(&self, id: MessageId, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let message = world.message(id);
        let (Some(code), Some(author), Delivery::Public) = (self.sanction, message.author, message.delivery)
        else {
            return;
        };
        let Some(parent) = world.setting.states[author.idx()].parent else { return };
        if Some(parent) == message.target || !matches!(message.origin, Origin::Script(_)) {
            return;
        }
        let staff = &world.setting.states[parent.idx()];
        let subject = Subject::new(staff.key, message.key);
        if world.key.uniform(SUPPRESSED, subject) >= self.params.suppress.get() {
            return;
        }
        let delay =
            world.key.stream(DELAY, subject).log_normal(staff.decision, self.params.delay_spread.get());
        let act = Act {
            time: agenda.now() + delay,
            actor: parent,
            target: author,
            code,
            instrument: None,
            rung: RungId::NONE,
            issue: message.issue,
            cause: Cause::Message(id),
            key: key_from(staff.key, message.key),
        };
        agenda.schedule(act.time, Event::ActDue(Box::new(act)));
    }

    fn is_suppression(&self, act: &Act, world: &World<'_>) -> bool {
        let is_child = world.setting.states[act.target.idx()].parent == Some(act.actor);
        is_child && Some(act.code) == self.sanction
    }
}

impl Mechanism for Caution {
    fn begin(&mut self, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        world.caution.clear();
        let none = Decaying::at_rest(0.0, self.params.half_life);
        world.caution.resize(world.setting.states.len(), none);
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        let jump = |world: &mut World<'_>, state: StateId, by: f64, lasting: f64| {
            world.caution[state.idx()].jump(now, by, lasting);
        };
        match *event {
            Event::OfflineHappened(script) => {
                for &(state, by) in &world.setting.script.offline[script.idx()].caution {
                    jump(world, state, by, 0.0);
                }
            }
            Event::MessageDenied { message, .. } => {
                let Origin::Script(script) = world.message(message).origin else { return };
                let is_hijacked = world.setting.script.messages[script.idx()].hijacked;
                if let Some(author) = world.message(message).author.filter(|_| is_hijacked) {
                    jump(world, author, self.params.hijack.get(), 0.0);
                }
            }
            Event::MessagePosted(id) => self.suppress(id, world, agenda),
            Event::ActTaken(id) => {
                let act = world.acts[id.idx()];
                if self.is_suppression(&act, world) {
                    jump(world, act.target, self.params.silence.get(), self.params.lasting.get());
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::{Bench, share_of_runs};
    use crate::model::fixture::{self, A, B, C};
    use crate::model::ids::ScriptId;
    use crate::model::setting::ScriptOffline;
    use crate::units::SimTime;

    fn params() -> Params {
        Params {
            half_life: TimeSpan::from_days(10),
            hijack: Probability::clamped(0.4),
            suppress: Probability::clamped(0.3),
            silence: Probability::clamped(0.8),
            lasting: Probability::clamped(0.25),
            delay_spread: NonNegative::clamped(0.0),
        }
    }

    /// A is a part of C: a message of A to B is C's affair.
    fn setting() -> Setting {
        let mut setting = fixture::setting();
        setting.states[A.idx()].parent = Some(C);
        setting.codes[3].code = SANCTION.to_owned();
        setting
    }

    fn acts(setting: &Setting, run: u64) -> Vec<Act> {
        let mut rule = Caution::new(&params(), setting);
        let mut bench = Bench::new(setting, run);
        rule.begin(&mut bench.world, &mut bench.agenda);
        bench.post(fixture::appeal(SimTime::START), &mut rule);
        let due = bench.agenda.drain().into_iter();
        due.filter_map(|(_, event)| if let Event::ActDue(act) = event { Some(*act) } else { None }).collect()
    }

    #[test]
    fn a_parent_acts_against_the_voice_of_a_part_with_the_probability_of_the_rule() {
        let setting = setting();
        let found = share_of_runs(4000, |&run| {
            let acts = acts(&setting, run);
            assert!(acts.iter().all(|act| (act.actor, act.target) == (C, A)));
            assert!(acts.iter().all(|act| act.time == SimTime::START + TimeSpan::from_hours(6)));
            !acts.is_empty()
        });
        assert!((found - 0.3).abs() < 3.9 * (0.3 * 0.7 / 4000.0_f64).sqrt(), "{found}");
        assert!((0..50).all(|run| acts(&fixture::setting(), run).is_empty()), "who has no parent is free");
        let mut to_parent = setting;
        to_parent.states[A.idx()].parent = Some(B);
        assert!((0..50).all(|run| acts(&to_parent, run).is_empty()), "who addresses its parent is at home");
    }

    #[test]
    fn caution_jumps_and_fades_and_a_suppressed_part_comes_back_quieter() {
        let mut setting = setting();
        setting.script.offline.push(ScriptOffline {
            id: "leak".to_owned(),
            time: SimTime::START,
            tension: Vec::new(),
            caution: vec![(B, 0.5)],
            lines: Vec::new(),
            moves: Vec::new(),
            text: String::new(),
        });
        let mut rule = Caution::new(&params(), &setting);
        let mut bench = Bench::new(&setting, 0);
        rule.begin(&mut bench.world, &mut bench.agenda);
        bench.tell(&Event::OfflineHappened(ScriptId(0)), &mut rule);
        let act = (0..).find_map(|run| acts(&setting, run).pop()).unwrap();
        let id = bench.world.take(act).unwrap();
        bench.tell(&Event::ActTaken(id), &mut rule);
        let caution = |state: StateId, days| {
            bench.world.caution[state.idx()].value(SimTime::START + TimeSpan::from_days(days))
        };
        assert_eq!((caution(B, 0), caution(B, 10), caution(C, 0)), (0.5, 0.25, 0.0));
        assert!((caution(A, 0) - 0.8).abs() < 1e-12 && (caution(A, 1000) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn who_had_to_deny_a_hijacked_message_is_careful() {
        let mut setting = setting();
        setting.script.messages[0].hijacked = true;
        let mut rule = Caution::new(&params(), &setting);
        let mut bench = Bench::new(&setting, 0);
        rule.begin(&mut bench.world, &mut bench.agenda);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        bench.tell(&Event::MessageDenied { message: id, denial: id }, &mut rule);
        assert_eq!(bench.world.caution[A.idx()].value(SimTime::START), 0.4);
    }
}
