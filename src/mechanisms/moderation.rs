//! Moderation: what platform and readers do to keep a message or an account from being seen or shared.
//!
//! - A *label* on a message multiplies the probability of sharing it by `label` (or its own factor) from its time on. It shows on the original,
//!   its reposts and quotes of it; copies bear none.
//! - A *mute* hides an account from a part of an audience: the probability that one of them shares from it is 0, and they count neither
//!   as impressions nor as reach. Who mutes is drawn by reader, so a larger share mutes whoever a smaller one does.
//! - A *suspension* hides what an account posted and plain reposts of it, until it is lifted; quotes and copies by others stay. Meanwhile
//!   it can't post, and what was due from it by then is not made up for.
//! - A swarm of bots that is *removed* is suspended for good.
//!
//! None of these takes anybody out of a follower list, so all other draws of a run are what they are without the measure.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::event::Event;
use crate::model::ids::VoiceId;
use crate::model::platform::{Measure, Moment};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{Probability, SimTime};

params! {
    /// Parameters of moderation.
    pub struct Params {
        /// Factor on the probability of sharing what bears a label, where the scenario does not say.
        label: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Moderation {
    params: Params,
}

impl Moderation {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    fn label(&self, idx: u16, now: SimTime, world: &mut World<'_>) {
        let label = &world.setting.script.platform.labels[usize::from(idx)];
        let Some(id) = world.posted_publicly(label.message) else { return };
        world.visibility.label(id, label.factor.unwrap_or(self.params.label.get()));
        let message = world.name_of(id);
        let text = format!("{message} is labelled: {}", label.text);
        tell(world, now, format!("label:{}", label.id), Some(message), text);
    }

    fn take(&self, measure: Measure, world: &mut World<'_>, now: SimTime) {
        let setting = world.setting;
        let script = &setting.script.platform;
        let account = |voice: VoiceId| setting.voices[voice.idx()].account;
        let accounts = |voice: VoiceId| account(voice).0..account(voice).0 + 1;
        let handle = |voice: VoiceId| setting.voices[voice.idx()].handle.as_str();
        match measure {
            Measure::Label(idx) => self.label(idx, now, world),
            Measure::Mute(idx) => {
                let mute = &script.mutes[usize::from(idx)];
                let draws = (world.key, mute.key);
                world.visibility.mute(idx, draws, account(mute.voice), &mute.shares);
                let text = format!("a part of the audience mutes @{}", handle(mute.voice));
                tell(world, now, format!("mute:{}", mute.id), None, text);
            }
            Measure::Unmute(idx) => {
                let mute = &script.mutes[usize::from(idx)];
                world.visibility.unmute(idx);
                let text = format!("@{} is muted no more", handle(mute.voice));
                tell(world, now, format!("unmute:{}", mute.id), Some(format!("mute:{}", mute.id)), text);
            }
            Measure::Suspend(idx) => {
                let suspension = &script.suspensions[usize::from(idx)];
                world.visibility.silence(accounts(suspension.voice));
                let text = format!("@{} is suspended; copies and quotes stay", handle(suspension.voice));
                tell(world, now, format!("suspension:{}", suspension.id), None, text);
            }
            Measure::Lift(idx) => {
                let suspension = &script.suspensions[usize::from(idx)];
                world.visibility.lift(&accounts(suspension.voice));
                let text = format!("the suspension of @{} is lifted", handle(suspension.voice));
                let cause = format!("suspension:{}", suspension.id);
                tell(world, now, format!("lifted:{}", suspension.id), Some(cause), text);
            }
            Measure::RemoveSwarm(idx) => {
                let swarm = &script.swarms[usize::from(idx)];
                world.visibility.silence(swarm.accounts());
                let text = format!("the {} bots of `{}` are removed", swarm.size, swarm.id);
                tell(world, now, format!("removed:{}", swarm.id), None, text);
            }
        }
    }
}

fn tell(world: &mut World<'_>, time: SimTime, id: String, cause: Option<String>, text: String) {
    let actor = String::new();
    world.note(|_| TimelineEntry { time, kind: EntryKind::Moderated, id, actor, cause, text });
}

impl Mechanism for Moderation {
    fn begin(&mut self, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let script = &world.setting.script.platform;
        let mut appoint = |time: SimTime, measure| agenda.schedule(time, Event::MeasureDue(measure));
        for (idx, label) in (0..).zip(&script.labels) {
            if let Moment::At(time) = label.moment {
                appoint(time, Measure::Label(idx));
            }
        }
        for (idx, mute) in (0..).zip(&script.mutes) {
            appoint(mute.from, Measure::Mute(idx));
            mute.until.into_iter().for_each(|until| appoint(until, Measure::Unmute(idx)));
        }
        for (idx, suspension) in (0..).zip(&script.suspensions) {
            appoint(suspension.from, Measure::Suspend(idx));
            suspension.lifted.into_iter().for_each(|lifted| appoint(lifted, Measure::Lift(idx)));
        }
        for (idx, swarm) in (0..).zip(&script.swarms) {
            swarm.removed.into_iter().for_each(|removed| appoint(removed, Measure::RemoveSwarm(idx)));
        }
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) => {
                let Origin::Script(script) = world.message(id).origin else { return };
                for (idx, label) in (0..).zip(&world.setting.script.platform.labels) {
                    if let (true, Moment::After(delay)) = (label.message == script, label.moment) {
                        agenda.schedule(agenda.now() + delay, Event::MeasureDue(Measure::Label(idx)));
                    }
                }
            }
            Event::MeasureDue(measure) => self.take(measure, world, agenda.now()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, CITIZENS_A, CITIZENS_B, MINISTER};
    use crate::model::ids::ScriptId;
    use crate::model::platform::{Label, Mute, PlatformScript, Suspension};
    use crate::model::setting::Setting;
    use crate::units::TimeSpan;

    fn rule() -> Moderation {
        Moderation::new(&Params { label: Probability::clamped(0.753) })
    }

    fn hour(hours: i64) -> SimTime {
        SimTime::START + TimeSpan::from_hours(hours)
    }

    fn with(platform: PlatformScript) -> Setting {
        let mut setting = fixture::setting();
        setting.script.platform = platform;
        setting
    }

    /// Tells the rule its appointments up to `until`, in order.
    fn run(bench: &mut Bench<'_>, rule: &mut Moderation, until: SimTime) {
        for (time, event) in bench.agenda.drain() {
            if time <= until {
                bench.tell(&event, rule);
            } else {
                bench.agenda.schedule(time, event);
            }
        }
    }

    #[test]
    fn a_label_lowers_sharing_from_its_time_on() {
        for (own, factor) in [(None, 0.753), (Some(0.5), 0.5)] {
            let moment = Moment::After(TimeSpan::from_hours(3));
            let (id, text) = ("check".to_owned(), "disputed".to_owned());
            let labels = vec![Label { id, message: ScriptId(0), moment, factor: own, text }];
            let setting = with(PlatformScript { labels, ..PlatformScript::default() });
            let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            run(&mut bench, &mut rule, hour(2));
            assert_eq!(bench.world.visibility.factor(id), 1.0);
            run(&mut bench, &mut rule, hour(3));
            assert_eq!(bench.world.visibility.factor(id), factor);
            assert_eq!(bench.world.visibility.factor_of_copies(id), 1.0, "copies bear no label");
        }
    }

    #[test]
    fn a_mute_and_a_suspension_last_as_long_as_they_are_said_to() {
        let mutes = vec![Mute {
            id: "tired".to_owned(),
            key: 9,
            voice: MINISTER,
            shares: vec![0.0, 0.0, 0.25],
            from: hour(1),
            until: Some(hour(3)),
        }];
        let suspensions = vec![Suspension {
            id: "rules".to_owned(),
            voice: MINISTER,
            from: hour(2),
            lifted: Some(hour(4)),
        }];
        let setting = with(PlatformScript { mutes, suspensions, ..PlatformScript::default() });
        let account = setting.voices[MINISTER.idx()].account;
        let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
        rule.begin(&mut bench.world, &mut bench.agenda);
        for (time, muted, silenced) in
            [(0, 0.0, false), (1, 0.25, false), (2, 0.25, true), (3, 0.0, true), (4, 0.0, false)]
        {
            run(&mut bench, &mut rule, hour(time));
            let visibility = &bench.world.visibility;
            assert_eq!(
                (visibility.muted_share(account, CITIZENS_B), visibility.is_silenced(account)),
                (muted, silenced)
            );
            assert_eq!(visibility.muted_share(account, CITIZENS_A), 0.0);
        }
    }
}
