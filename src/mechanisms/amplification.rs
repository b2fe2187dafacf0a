//! Amplification: a named account puts a message before its own audience, once or for as long as it is pinned.
//!
//! # Rule
//!
//! A *quote* is a share of the original by the account, in a frame of its own, before all its followers at once. A *pin* is the
//! author's own message, or a quote made for it, at the head of the account. Every follower comes to look with hazard 1/`visits`; so
//! in each step of Δ = 6 h the share v = 1 − exp(−Δ/`visits`) of the followers see it once more, and `strangers` times their number
//! of the members of each public, to whom it may be new. All may share it, by coins of their own each time. It ends with the pin, or
//! when the message or the account can't be seen any more.
//!
//! Both are acts that carry no code of their own: states that monitor a language of the message may hear of them, whereby they hear of
//! the message, and from then on the message counts as said by the highest of its author and those who took it up as it was meant.
//!
//! No figure for visits to profiles was found.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::cascade::Frame;
use crate::model::event::{Event, PinStep, Showing};
use crate::model::ids::MessageId;
use crate::model::network::{ListMemory, Segment};
use crate::model::platform::{Amplification as Act, Audience, Crowd, Moment};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::visibility::Endorsement;
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{NonNegative, SimTime, TimeSpan};

/// Time between two looks at who has visited an account.
const STEP: TimeSpan = TimeSpan::from_hours(6);

params! {
    /// Parameters of amplification.
    pub struct Params {
        /// Mean time between two visits of a follower to the account.
        visits: TimeSpan,
        /// Visitors who do not follow the account, for each one who does.
        strangers: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Amplification {
    params: Params,
    list: ListMemory,
}

impl Amplification {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone(), list: ListMemory::default() }
    }

    /// Puts the message before the audience of who amplifies it.
    fn amplify(idx: u16, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let act = &world.setting.script.platform.amplifications[usize::from(idx)];
        let account = world.setting.voices[act.voice.idx()].account;
        let Some(id) = world.posted_publicly(act.message) else { return };
        if world.is_withdrawn(id) || world.visibility.is_silenced(account) {
            return;
        }
        let now = agenda.now();
        let is_own = world.message(id).voice == act.voice;
        let node = if is_own {
            0
        } else {
            let node = world.spread_mut(id).cascade.add(account, 0, now, act.frame, 1.0);
            agenda.schedule(now, Event::ShowingDue(Box::new(Showing::first(id, node))));
            node
        };
        let (voice, frame) = (act.voice, act.frame);
        world.visibility.endorsements.push(Endorsement { message: id, voice, frame, heard: None });
        world.facts.push_back(Event::Amplified { message: id, voice, frame });
        world.note(|world| entry(act, id, now, world));
        if let Some(pinned) = act.pinned {
            let (step, until) = (1, now + pinned);
            agenda.schedule(now + STEP, Event::PinDue(Box::new(PinStep { pin: idx, node, step, until })));
        }
    }

    /// Shows a pinned message to those who visited the account since the last step.
    fn show_pinned(
        &mut self,
        (pin, node, step): (u16, u32, u32),
        until: SimTime,
        world: &mut World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let setting = world.setting;
        let act = &setting.script.platform.amplifications[usize::from(pin)];
        let account = setting.voices[act.voice.idx()].account;
        let Some(message) = world.posted_publicly(act.message) else { return };
        let now = agenda.now();
        if world.is_withdrawn(message) || world.visibility.is_silenced(account) {
            return;
        }
        if now > until {
            world.note(|world| TimelineEntry {
                time: until,
                kind: EntryKind::Amplified,
                id: format!("unpinned:{}", act.id),
                actor: setting.voices[act.voice.idx()].handle.clone(),
                cause: Some(name_of(act)),
                text: format!("unpins {}", world.name_of(message)),
            });
            return;
        }
        let share = -libm::expm1(-(STEP.as_ms() as f64) / (self.params.visits.as_ms() as f64).max(1.0));
        let again =
            Showing { message, node, audience: Audience::Followers, round: step, is_new: false, share };
        agenda.schedule(now, Event::ShowingDue(Box::new(again)));
        let list = setting.network.list(account, &mut self.list);
        let mut begin = 0;
        for &Segment { public, end } in list.segments() {
            let crowd = Crowd::whole(public, &setting.network.publics()[public.idx()]);
            let strangers = share * self.params.strangers.get() * f64::from(end - begin);
            let share = (strangers / f64::from(crowd.size)).min(1.0);
            let audience = Audience::Crowd(crowd);
            if share > 0.0 {
                agenda.schedule(
                    now,
                    Event::ShowingDue(Box::new(Showing { audience, is_new: true, share, ..again })),
                );
            }
            begin = end;
        }
        agenda.schedule(now + STEP, Event::PinDue(Box::new(PinStep { pin, node, step: step + 1, until })));
    }
}

/// Id of a quote or pin in a timeline.
fn name_of(act: &Act) -> String {
    format!("{}:{}", if act.pinned.is_some() { "pinned" } else { "quoted" }, act.id)
}

fn entry(act: &Act, id: MessageId, time: SimTime, world: &World<'_>) -> TimelineEntry {
    let message = world.name_of(id);
    let frame = if act.frame == Frame::AsIntended { "" } else { " against its author" };
    let text = match act.pinned {
        Some(pinned) => format!("pins {message} for {pinned}"),
        None => format!("quotes {message}{frame}: {}", act.text),
    };
    TimelineEntry {
        time,
        kind: EntryKind::Amplified,
        id: name_of(act),
        actor: world.setting.voices[act.voice.idx()].handle.clone(),
        cause: Some(message),
        text,
    }
}

impl Mechanism for Amplification {
    fn begin(&mut self, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        for (idx, act) in world.setting.script.platform.amplifications.iter().enumerate() {
            if let Moment::At(time) = act.moment {
                agenda.schedule(time, Event::AmplificationDue(idx as u16));
            }
        }
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) => {
                let Origin::Script(script) = world.message(id).origin else { return };
                for (idx, act) in world.setting.script.platform.amplifications.iter().enumerate() {
                    if let (true, Moment::After(delay)) = (act.message == script, act.moment) {
                        agenda.schedule(agenda.now() + delay, Event::AmplificationDue(idx as u16));
                    }
                }
            }
            Event::AmplificationDue(idx) => Self::amplify(idx, world, agenda),
            Event::PinDue(ref due) => {
                let PinStep { pin, node, step, until } = **due;
                self.show_pinned((pin, node, step), until, world, agenda);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, MINISTER, OUTLET};
    use crate::model::ids::{ScriptId, VoiceId};
    use crate::model::setting::Setting;

    fn rule() -> Amplification {
        let (visits, strangers) = (TimeSpan::from_days(10), NonNegative::clamped(0.1));
        Amplification::new(&Params { visits, strangers })
    }

    fn with(voice: VoiceId, moment: Moment, frame: Frame, pinned: Option<TimeSpan>) -> Setting {
        let mut setting = fixture::setting();
        let (id, text) = ("it".to_owned(), "look".to_owned());
        let act = Act { id, key: 5, voice, message: ScriptId(0), moment, frame, pinned, text };
        setting.script.platform.amplifications.push(act);
        setting
    }

    /// What is shown, with the time in hours.
    fn showings(bench: &mut Bench<'_>, rule: &mut Amplification) -> Vec<(i64, Showing)> {
        let mut found = Vec::new();
        while let Some((time, event)) = bench.agenda.pop() {
            match event {
                Event::ShowingDue(showing) => found.push((time.as_ms() / 3_600_000, *showing)),
                _ => bench.tell(&event, rule),
            }
        }
        found
    }

    #[test]
    fn a_quote_comes_before_the_audience_of_who_quotes_in_the_frame_chosen() {
        for frame in Frame::ALL {
            let setting = with(OUTLET, Moment::After(TimeSpan::from_hours(2)), frame, None);
            let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            let shown = showings(&mut bench, &mut rule);
            assert_eq!(shown, [(2, Showing::first(id, 1))]);
            let node = bench.world.spread(id).cascade.nodes()[1];
            assert_eq!((node.account, node.frame), (setting.voices[OUTLET.idx()].account, frame));
            assert_eq!(
                bench.world.facts.pop_back(),
                Some(Event::Amplified { message: id, voice: OUTLET, frame })
            );
        }
    }

    /// Visits every ten days: 6 h are 1/40 of that.
    #[test]
    fn a_pin_is_seen_again_by_those_who_visit_until_it_is_unpinned() {
        let (from, pinned) = (TimeSpan::from_hours(1), TimeSpan::from_hours(20));
        let setting = with(MINISTER, Moment::After(from), Frame::AsIntended, Some(pinned));
        let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
        bench.post(fixture::appeal(SimTime::START), &mut rule);
        let shown = showings(&mut bench, &mut rule);
        let (again, new): (Vec<_>, Vec<_>) = shown.iter().partition(|(_, showing)| !showing.is_new);
        assert_eq!(again.iter().map(|(hour, _)| *hour).collect::<Vec<_>>(), [7, 13, 19]);
        assert_eq!(again.iter().map(|(_, showing)| showing.round).collect::<Vec<_>>(), [1, 2, 3]);
        let share = 1.0 - (-1.0_f64 / 40.0).exp();
        for (_, showing) in &again {
            assert_eq!(
                (showing.node, showing.audience),
                (0, Audience::Followers),
                "the author's own message"
            );
            assert!((showing.share - share).abs() < 1e-12);
        }
        // Half of the 1230 members of three publics follow the minister: strangers are a tenth of visitors, so a twentieth of all.
        assert_eq!(new.len(), 9);
        assert!(new.iter().all(|(_, showing)| (showing.share - share * 0.05).abs() < 1e-12));
    }

    #[test]
    fn nothing_is_amplified_that_was_not_posted_for_all_or_is_gone() {
        let at = Moment::At(SimTime::START + TimeSpan::from_hours(3));
        let setting = with(OUTLET, at, Frame::AsIntended, None);
        let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
        rule.begin(&mut bench.world, &mut bench.agenda);
        assert!(showings(&mut bench, &mut rule).is_empty());
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        bench.world.messages[id.idx()].deleted = Some(SimTime::START);
        bench.tell(&Event::AmplificationDue(0), &mut rule);
        bench.world.messages[id.idx()].deleted = None;
        let account = setting.voices[OUTLET.idx()].account.0;
        bench.world.visibility.silence(account..account + 1);
        bench.tell(&Event::AmplificationDue(0), &mut rule);
        assert_eq!((bench.agenda.n_pending(), bench.world.spread(id).cascade.nodes().len()), (0, 1));
    }

    #[test]
    fn a_pin_ends_when_the_account_is_suspended() {
        let pinned = Some(TimeSpan::from_days(5));
        let setting = with(OUTLET, Moment::After(TimeSpan::ZERO), Frame::AsIntended, pinned);
        let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let (_, due) = bench.agenda.pop().unwrap();
        bench.tell(&due, &mut rule);
        let account = setting.voices[OUTLET.idx()].account.0;
        bench.world.visibility.silence(account..account + 1);
        assert_eq!(showings(&mut bench, &mut rule), [(0, Showing::first(id, 1))]);
    }
}
