//! What happens from outside: messages of the script, forced acts, events outside the platform; and deletions.
//!
//! A message or act of the script happens at its time, or after its trigger with a delay and a probability. Every act of
//! a state is announced at once through the account of that state, in its languages, and spreads like any message.
//! A message that is not posted publicly leaves out what follows from it: the forced acts, and the messages that wait for it. A
//! suspended account posts nothing, a cautious state withholds a share of its public messages (see the rule of caution), a discreet one hands
//! a share of its words over privately that it would have posted: messages of its own accounts, and answers that use no instrument. An
//! untrained hand slips: its message then says the harsher act as which it could have been heard. A state that has heard the denial of a
//! message leaves out what it planned in answer.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from, key_of};
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{ActId, MessageId, ScriptId, StateId};
use crate::model::setting::{ScriptAct, ScriptMessage, When};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::{Delivery, Medium};
use crate::model::world::{Message, Origin, World};
use crate::units::{SimTime, TimeSpan};

const TRIGGER: Purpose = Purpose::new("posting trigger");
const WITHHELD: Purpose = Purpose::new("posting withheld");
const SLIPS: Purpose = Purpose::new("posting slips");
const DISCREET: Purpose = Purpose::new("posting discreet");

/// The rule. It has no parameters: the script says everything.
#[derive(Debug, Default)]
pub struct Posting {
    /// Script messages whose trigger has gone off, so that it goes off once.
    triggered: Vec<ScriptId>,
}

impl Posting {
    /// Makes appointments for the messages whose trigger `goes_off`.
    fn trigger(
        &mut self,
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
        goes_off: impl Fn(&When) -> Option<(TimeSpan, f64)>,
    ) {
        for (idx, message) in world.setting.script.messages.iter().enumerate() {
            let script = ScriptId::new(idx);
            let Some((delay, probability)) = goes_off(&message.when) else { continue };
            if self.triggered.contains(&script) {
                continue;
            }
            self.triggered.push(script);
            if world.key.uniform(TRIGGER, Subject::new(message.key, 0)) < probability {
                agenda.schedule(agenda.now() + delay, Event::MessageDue(script));
            }
        }
    }
}

impl Mechanism for Posting {
    fn begin(&mut self, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        self.triggered.clear();
        let script = &world.setting.script;
        for (idx, message) in script.messages.iter().enumerate() {
            if let When::At(time) = message.when {
                agenda.schedule(time, Event::MessageDue(ScriptId::new(idx)));
            }
        }
        for (idx, event) in script.offline.iter().enumerate() {
            agenda.schedule(event.time, Event::OfflineHappened(ScriptId::new(idx)));
        }
        for (idx, act) in script.acts.iter().enumerate() {
            agenda.schedule(act.time, Event::ActDue(Box::new(forced(idx, act))));
        }
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessageDue(script) => {
                let message = &world.setting.script.messages[script.idx()];
                let account = world.setting.voices[message.voice.idx()].account;
                let is_open = message.delivery != Delivery::Unsent && !world.visibility.is_silenced(account);
                if is_open && has_reached(&message.when, world) && !is_withheld(message, world, agenda.now())
                {
                    post(script, message, world, agenda);
                }
            }
            Event::ActDue(ref act) if !is_left_out(act, world) && !is_in_use(act, world) => {
                if let Some(act) = world.admitted(**act) {
                    world.take(act);
                }
            }
            Event::MessagePosted(id) => {
                let message = world.message(id);
                if let (Origin::Script(script), Delivery::Public) = (message.origin, message.delivery) {
                    self.trigger(world, agenda, |when| match when {
                        When::AfterMessage { message, delay, probability, .. } if *message == script => {
                            Some((*delay, *probability))
                        }
                        _ => None,
                    });
                }
            }
            Event::ActTaken(id) => {
                let act = world.acts[id.idx()];
                announce(id, &act, world);
                self.trigger(world, agenda, |when| match when {
                    When::AfterAct { actor, target, rung, delay, probability }
                        if (*actor, *target) == (act.actor, act.target) && act.rung >= *rung =>
                    {
                        Some((*delay, *probability))
                    }
                    _ => None,
                });
            }
            // The author's own followers see it first; node 0 shows it again where it is pinned.
            Event::Exposed { message, node: 0 } if world.spread(message).reached_directly.is_none() => {
                let reached = world.reach(message);
                world.spread_mut(message).reached_directly = Some(reached);
            }
            Event::MessageDeleted(id) => {
                let reached = world.reach(id);
                world.spread_mut(id).reached_at_deletion = Some(reached);
                world.messages[id.idx()].deleted = Some(agenda.now());
                let now = agenda.now();
                world.note(|world| TimelineEntry {
                    time: now,
                    kind: EntryKind::Deleted,
                    id: format!("deleted:{}", world.name_of(id)),
                    actor: world.handle_of(id),
                    cause: Some(world.name_of(id)),
                    text: "deletes the message; copies go on".to_owned(),
                });
            }
            Event::OfflineHappened(script) => {
                let event = &world.setting.script.offline[script.idx()];
                let now = agenda.now();
                world.note(|_| TimelineEntry {
                    time: now,
                    kind: EntryKind::Given,
                    id: event.id.clone(),
                    actor: String::new(),
                    cause: None,
                    text: event.text.clone(),
                });
            }
            _ => {}
        }
    }
}

/// Whether its state withholds a public message out of caution.
fn is_withheld(message: &ScriptMessage, world: &World<'_>, now: SimTime) -> bool {
    let state = world.setting.voices[message.voice.idx()].state;
    let caution =
        state.and_then(|state| world.caution.get(state.idx())).map_or(0.0, |caution| caution.value(now));
    caution > 0.0
        && message.delivery == Delivery::Public
        && world.key.uniform(WITHHELD, Subject::new(message.key, 0)) < caution
}

/// Whether the message for which something waits has reached as many people as it must have by now.
fn has_reached(when: &When, world: &World<'_>) -> bool {
    match when {
        When::AfterMessage { message, reached, .. } if *reached > 0.0 => {
            world.posted(*message).is_some_and(|id| world.reach(id) >= *reached)
        }
        _ => true,
    }
}

/// Whether the author says the harsher act instead of the one meant.
fn slips(entry: &ScriptMessage, world: &World<'_>) -> bool {
    let slips = world.setting.voices[entry.voice.idx()].slips;
    slips > 0.0 && world.key.uniform(SLIPS, Subject::new(entry.key, 0)) < slips
}

/// How `state` delivers words with the key `key` that it may post.
fn delivery(state: Option<StateId>, key: u32, world: &World<'_>) -> Delivery {
    let discretion = state.map_or(0.0, |state| world.setting.states[state.idx()].discretion);
    if discretion > 0.0 && world.key.uniform(DISCREET, Subject::new(key, 0)) < discretion {
        Delivery::Private
    } else {
        Delivery::Public
    }
}

/// A forced act of the script.
fn forced(idx: usize, act: &ScriptAct) -> Act {
    Act {
        time: act.time,
        actor: act.actor,
        target: act.target,
        code: act.code,
        instrument: None,
        // The record's own acts are not choices of the model, so they do not count as rungs reached.
        rung: act.rung,
        issue: act.issue,
        cause: Cause::Script(ScriptId::new(idx)),
        key: act.key,
    }
}

/// Whether the instrument of an act is already in use: two decisions may have planned it before either came to it.
fn is_in_use(act: &Act, world: &World<'_>) -> bool {
    let use_of = |act: &Act| (act.actor, act.target, act.instrument);
    act.instrument.is_some() && world.acts.iter().any(|taken| use_of(taken) == use_of(act))
}

/// Whether a forced act follows from a message that was not posted, or a planned one answers a message of whose denial the state has
/// heard.
fn is_left_out(act: &Act, world: &World<'_>) -> bool {
    match act.cause {
        Cause::Script(script) => {
            let follows = world.setting.script.acts[script.idx()].follows;
            follows.is_some_and(|message| world.posted_publicly(message).is_none())
        }
        Cause::Message(message) => world.retraction(act.actor, message).is_some(),
        Cause::Act(_) | Cause::Recognition(_) => false,
    }
}

fn post(script: ScriptId, entry: &ScriptMessage, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
    let now = agenda.now();
    let author = world.setting.voices[entry.voice.idx()].state;
    let message = Message {
        key: entry.key,
        origin: Origin::Script(script),
        voice: entry.voice,
        author,
        code: entry.heard_as.filter(|_| slips(entry, world)).unwrap_or(entry.code),
        heard_as: entry.heard_as,
        target: entry.target,
        issue: entry.issue,
        languages: entry.languages,
        medium: entry.medium,
        delivery: match entry.delivery {
            Delivery::Public => delivery(author, entry.key, world),
            chosen @ (Delivery::Private | Delivery::Unsent) => chosen,
        },
        moral_words: entry.moral_words,
        posted: now,
        deleted: None,
    };
    let Some(id) = world.post(message) else { return };
    if let Some(after) = entry.deleted_after {
        agenda.schedule(now + after, Event::MessageDeleted(id));
    }
    world.note(|world| TimelineEntry {
        time: now,
        kind: EntryKind::Posted,
        id: entry.id.clone(),
        actor: world.handle_of(id),
        cause: world.cause_of_trigger(&entry.when),
        text: {
            let by = if entry.hijacked { "in the name of the account, by somebody else: " } else { "" };
            format!("{by}{} ({})", entry.text, world.languages_of(id))
        },
    });
}

fn announce(id: ActId, act: &Act, world: &mut World<'_>) {
    let state = &world.setting.states[act.actor.idx()];
    let key = key_from(act.key, key_of("announcement"));
    let message = Message {
        key,
        origin: Origin::Act(id),
        voice: state.voice,
        author: Some(act.actor),
        code: act.code,
        heard_as: None,
        target: Some(act.target),
        issue: act.issue,
        languages: state.voice_languages,
        medium: Medium::Text,
        delivery: match (act.cause, act.instrument) {
            (Cause::Message(_) | Cause::Act(_), None) => delivery(Some(act.actor), key, world),
            _ => Delivery::Public,
        },
        moral_words: 0,
        posted: act.time,
        deleted: None,
    };
    let _: Option<MessageId> = world.post(message);
    world.note(|world| TimelineEntry {
        time: act.time,
        kind: EntryKind::Act,
        id: format!("act:{}", id.idx()),
        actor: state.id.clone(),
        cause: world.cause_name(act.cause),
        text: world.act_text(act),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, A, B, RECALL, SANCTION, TRADE};
    use crate::model::ids::RungId;
    use crate::model::ids::{InstrumentId, IssueId};
    use crate::model::setting::Setting;

    const HOUR: SimTime = SimTime::from_ms(3_600_000);

    fn begun(setting: &Setting) -> (Bench<'_>, Posting) {
        let mut bench = Bench::new(setting, 0);
        let mut rule = Posting::default();
        rule.begin(&mut bench.world, &mut bench.agenda);
        (bench, rule)
    }

    fn act(
        actor: crate::model::ids::StateId,
        target: crate::model::ids::StateId,
        rung: RungId,
        instrument: u16,
    ) -> Act {
        let (code, instrument, issue) = (SANCTION, Some(InstrumentId(instrument)), IssueId(0));
        Act {
            time: SimTime::START,
            actor,
            target,
            code,
            instrument,
            rung,
            issue,
            cause: Cause::Message(MessageId(0)),
            key: 4,
        }
    }

    #[test]
    fn an_instrument_that_two_decisions_planned_is_used_once() {
        let setting = fixture::setting();
        let (mut bench, mut rule) = begun(&setting);
        for planned in [act(A, B, TRADE, 1), act(A, B, TRADE, 1), act(B, A, TRADE, 1)] {
            bench.tell(&Event::ActDue(Box::new(planned)), &mut rule);
        }
        assert_eq!(bench.world.acts.len(), 2);
    }

    #[test]
    fn a_message_is_posted_at_its_time_unless_it_is_unsent() {
        for (delivery, posted) in [(Delivery::Public, 1), (Delivery::Private, 1), (Delivery::Unsent, 0)] {
            let mut setting = fixture::setting();
            setting.script.messages[0].delivery = delivery;
            let (mut bench, mut rule) = begun(&setting);
            let due = bench.agenda.drain();
            assert_eq!(due, [(HOUR, Event::MessageDue(ScriptId(0)))]);
            bench.tell(&due[0].1, &mut rule);
            assert_eq!(bench.world.messages.len(), posted);
        }
    }

    /// Half of what A would post in its own name is handed over; measures are announced all the same; α = 1e-4.
    #[test]
    fn a_discreet_state_hands_over_a_share_of_its_words_but_can_t_hide_measures() {
        let mut setting = fixture::setting();
        setting.states[A.idx()].discretion = 0.5;
        let deliveries = |run: u64| {
            let mut bench = Bench::new(&setting, run);
            let mut rule = Posting::default();
            let words = Act { instrument: None, ..act(A, B, RungId(1), 0) };
            for event in [
                Event::MessageDue(ScriptId(0)),
                Event::ActDue(Box::new(words)),
                Event::ActDue(Box::new(act(A, B, TRADE, 1))),
            ] {
                bench.tell(&event, &mut rule);
                while let Some(fact) = bench.world.facts.pop_front() {
                    bench.tell(&fact, &mut rule);
                }
            }
            bench.world.messages.iter().map(|message| message.delivery).collect::<Vec<_>>()
        };
        let runs: Vec<Vec<Delivery>> = (0..4000).map(deliveries).collect();
        for (place, expected) in [(0, 0.5), (1, 0.5), (2, 0.0)] {
            let private = runs.iter().filter(|run| run[place] == Delivery::Private).count() as f64 / 4000.0;
            assert!(
                (private - expected).abs() <= 3.9 * 0.5 / 4000.0_f64.sqrt() * expected * 2.0,
                "{private}"
            );
        }
    }

    /// A slip in three of ten messages; α = 1e-4.
    #[test]
    fn an_untrained_hand_says_the_harsher_act_with_its_probability() {
        let mut setting = fixture::setting();
        setting.voices[fixture::MINISTER.idx()].slips = 0.3;
        let said = |run| {
            let mut bench = Bench::new(&setting, run);
            bench.tell(&Event::MessageDue(ScriptId(0)), &mut Posting::default());
            bench.world.messages[0].code
        };
        let found = crate::mechanisms::share_of_runs(4000, |&run| said(run) == fixture::DEMAND);
        assert!((found - 0.3).abs() < 3.9 * (0.3 * 0.7 / 4000.0_f64).sqrt(), "{found}");
    }

    #[test]
    fn what_waits_for_readers_is_posted_if_there_are_enough() {
        for (reached, is_posted) in [(1.0, true), (1e9, false)] {
            let mut setting = fixture::setting();
            let mut next = setting.script.messages[0].clone();
            let (message, delay) = (ScriptId(0), TimeSpan::from_hours(1));
            next.when = When::AfterMessage { message, delay, probability: 1.0, reached };
            setting.script.messages.push(next);
            let mut bench = Bench::new(&setting, 0);
            let mut rule = Posting::default();
            bench.tell(&Event::MessageDue(ScriptId(0)), &mut rule);
            let id = bench.world.posted(ScriptId(0)).unwrap();
            bench.world.spread_mut(id).expose(fixture::CITIZENS_B, 100.0, 600, 20.0);
            bench.tell(&Event::MessageDue(ScriptId(1)), &mut rule);
            assert_eq!(bench.world.posted(ScriptId(1)).is_some(), is_posted, "{reached}");
        }
    }

    #[test]
    fn a_forced_act_is_left_out_with_the_message_it_follows() {
        for (delivery, acts) in [(Delivery::Public, 1), (Delivery::Private, 0), (Delivery::Unsent, 0)] {
            let mut setting = fixture::setting();
            setting.script.messages[0].delivery = delivery;
            setting.script.acts.push(ScriptAct {
                rung: RungId::NONE,
                id: "deed".to_owned(),
                key: 3,
                actor: A,
                target: B,
                time: HOUR,
                code: SANCTION,
                issue: IssueId(0),
                stage: None,
                follows: Some(ScriptId(0)),
            });
            let (mut bench, mut rule) = begun(&setting);
            for (_, event) in bench.agenda.drain() {
                bench.tell(&event, &mut rule);
            }
            assert_eq!(bench.world.acts.len(), acts, "{delivery:?}");
        }
    }

    #[test]
    fn an_act_is_announced_in_the_languages_of_its_state_and_sets_off_what_waits_for_it_once() {
        let mut setting = fixture::setting();
        let (actor, target, rung, delay) = (B, A, RECALL, TimeSpan::from_hours(5));
        setting.script.messages[0].when = When::AfterAct { actor, target, rung, delay, probability: 1.0 };
        let (mut bench, mut rule) = begun(&setting);
        for planned in
            [act(A, B, TRADE, 0), act(B, A, RungId(1), 0), act(B, A, TRADE, 1), act(B, A, TRADE, 2)]
        {
            bench.tell(&Event::ActDue(Box::new(planned)), &mut rule);
            while let Some(fact) = bench.world.facts.pop_front() {
                bench.tell(&fact, &mut rule);
            }
        }
        assert_eq!(bench.agenda.drain(), [(SimTime::START + delay, Event::MessageDue(ScriptId(0)))]);
        assert_eq!(bench.world.messages.len(), 4);
        assert_eq!(bench.world.messages[1].languages, setting.states[B.idx()].voice_languages);
        assert_eq!(bench.world.relations[setting.dyad_idx(B, A)].peak, TRADE);
    }
}
