//! Conduct on the platform: acts that CAMEO has no code for.
//!
//! What is done to messages and accounts is noted as a deed with a code of its own, whoever does it:
//!
//! | code | who | to whom |
//! | --- | --- | --- |
//! | `quote`, `quote-against`, `pin` | an account | who wrote the message, or whom it addresses if the account wrote it |
//! | `delete` | its author | whom the message addresses |
//! | `language` | an account in office | the state whose public debate it enters in a language that is not one of its own country |
//! | `hijack` | nobody knows | the account in whose name a message was written |
//! | `bot-swarm`, `bots-removed` | a swarm; the platform | who wrote the message; the swarm |
//! | `label`, `recognise` | the platform; a platform that recognises | who wrote the message; the state recognised |
//! | `mute`, `unmute` | a part of the audience | the account |
//! | `suspend`, `lift` | the platform | the account |
//!
//! An account in office (a leader, minister, ministry or embassy) is its state; others act in their own name. Deeds stand in the table of acts
//! beside the diplomatic ones, with what they follow from; they are on no rung and are not announced, and what others make of them is left to
//! the rules of hearing and perception. To follow an account or to stop it (`follow`, `unfollow`) is an act of states that scripts and
//! recognitions take as any other.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::cascade::Frame;
use crate::model::deed::{Deed, Party, Reason};
use crate::model::event::Event;
use crate::model::ids::{CodeId, LanguageSet, MessageId, VoiceId};
use crate::model::platform::Measure;
use crate::model::setting::{Setting, language_names};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::{Delivery, VoiceKind};
use crate::model::world::{Origin, World};
use crate::units::SimTime;

/// The rule. It has no parameters: weights stand in the table of acts. A code that the table lacks is not noted.
#[derive(Debug)]
pub struct Conduct {
    /// Codes that are no CAMEO codes, by name.
    codes: Vec<(String, CodeId)>,
    /// Deeds of this run that may end, and which measure ends them.
    open: Vec<(Measure, usize)>,
}

impl Conduct {
    /// Sets up the rule.
    pub fn new(setting: &Setting) -> Self {
        let codes = setting.codes.iter().enumerate().filter(|(_, code)| !code.is_cameo());
        let codes = codes.map(|(idx, code)| (code.code.clone(), CodeId::new(idx))).collect();
        Self { codes, open: Vec::new() }
    }

    /// Notes a deed; tells its position in the list.
    fn note(
        &self,
        code: &str,
        (actor, target): (Party, Party),
        reason: Reason,
        now: SimTime,
        world: &mut World<'_>,
    ) -> Option<usize> {
        let (_, code) = self.codes.iter().find(|(name, _)| name == code)?;
        world.deeds.push(Deed { time: now, actor, target, code: *code, reason });
        Some(world.deeds.len() - 1)
    }

    /// Notes what was done, and tells it, where no other rule has told it.
    fn tell(&self, code: &str, parties: (Party, Party), id: MessageId, text: String, world: &mut World<'_>) {
        let time = world.message(id).posted;
        let Some(deed) = self.note(code, parties, Reason::Message(id), time, world) else { return };
        world.note(|world| TimelineEntry {
            time,
            kind: EntryKind::Conduct,
            id: format!("deed:{deed}"),
            actor: parties.0.name(world.setting),
            cause: Some(world.name_of(id)),
            text,
        });
    }

    /// What the way in which a message was posted does by itself.
    fn posted(&self, id: MessageId, world: &mut World<'_>) {
        let setting = world.setting;
        let message = world.message(id);
        let (Origin::Script(script), Delivery::Public) = (message.origin, message.delivery) else { return };
        let voice = message.voice;
        if setting.script.messages[script.idx()].hijacked {
            let victim = party(voice, setting);
            let text = format!("writes in the name of @{}", setting.voices[voice.idx()].handle);
            return self.tell("hijack", (Party::Unknown, victim), id, text, world);
        }
        let actor = party(voice, setting);
        let chosen = foreign(message.languages, voice, id, world);
        if let (Party::State(_), Some(chosen)) = (actor, chosen) {
            let target = addressed(id, world);
            let text = format!("speaks to the public of {} in {chosen}", target.name(setting));
            self.tell("language", (actor, target), id, text, world);
        }
    }

    /// What platform and audience do.
    fn measure(&mut self, measure: Measure, now: SimTime, world: &mut World<'_>) {
        let script = &world.setting.script.platform;
        let party = |voice: VoiceId| party(voice, world.setting);
        let (code, parties, reason) = match measure {
            Measure::Label(idx) => {
                let Some(id) = world.posted_publicly(script.labels[usize::from(idx)].message) else { return };
                ("label", (Party::Platform, party(world.message(id).voice)), Reason::Message(id))
            }
            Measure::Mute(idx) => {
                let muted = party(script.mutes[usize::from(idx)].voice);
                ("mute", (Party::Audience, muted), Reason::Given)
            }
            Measure::Unmute(idx) => {
                let muted = party(script.mutes[usize::from(idx)].voice);
                ("unmute", (Party::Audience, muted), self.ends(Measure::Mute(idx)))
            }
            Measure::Suspend(idx) => {
                let suspended = party(script.suspensions[usize::from(idx)].voice);
                ("suspend", (Party::Platform, suspended), Reason::Given)
            }
            Measure::Lift(idx) => {
                let suspended = party(script.suspensions[usize::from(idx)].voice);
                ("lift", (Party::Platform, suspended), self.ends(Measure::Suspend(idx)))
            }
            Measure::RemoveSwarm(idx) => {
                ("bots-removed", (Party::Platform, Party::Swarm(idx)), Reason::Given)
            }
        };
        if let Some(deed) = self.note(code, parties, reason, now, world) {
            self.open.push((measure, deed));
        }
    }

    /// The deed that began `measure`.
    fn ends(&self, measure: Measure) -> Reason {
        let begun = self.open.iter().rev().find(|(open, _)| *open == measure);
        begun.map_or(Reason::Given, |(_, deed)| Reason::Deed(*deed))
    }
}

/// Who acts through an account: its state by its office; people close to a state are not the state.
fn party(voice: VoiceId, setting: &Setting) -> Party {
    let account = &setting.voices[voice.idx()];
    let is_office = matches!(
        account.kind,
        VoiceKind::Leader | VoiceKind::Minister | VoiceKind::Ministry | VoiceKind::Embassy
    );
    account.state.filter(|_| is_office).map_or(Party::Voice(voice), Party::State)
}

/// Whom `actor` means by what it does to a message: its author, or if that is `actor` itself, whom it addresses.
fn meant(actor: Party, id: MessageId, world: &World<'_>) -> Party {
    let message = world.message(id);
    let author = message.author.map_or_else(|| party(message.voice, world.setting), Party::State);
    if author == actor { addressed(id, world) } else { author }
}

/// Whom a message addresses: a state, or whoever reads it.
fn addressed(id: MessageId, world: &World<'_>) -> Party {
    world.message(id).target.map_or(Party::Audience, Party::State)
}

/// The languages of the public debate of the state addressed in which `voice` speaks though they are none of its own country's.
fn foreign(languages: LanguageSet, voice: VoiceId, id: MessageId, world: &World<'_>) -> Option<String> {
    let setting = world.setting;
    let national = |state: crate::model::ids::StateId| {
        setting.countries[setting.states[state.idx()].country.idx()].national
    };
    let own = national(setting.voices[voice.idx()].state?);
    let theirs = national(world.message(id).target?);
    let chosen: LanguageSet = languages
        .iter()
        .filter(|language| {
            let one: LanguageSet = std::iter::once(*language).collect();
            one.meets(theirs) && !one.meets(own)
        })
        .collect();
    let names = language_names(setting, chosen);
    (!names.is_empty()).then_some(names)
}

impl Mechanism for Conduct {
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.open.clear();
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        match *event {
            Event::Amplified { message, voice, frame } => {
                let is_pin = world.setting.script.platform.amplifications.iter().any(|act| {
                    act.pinned.is_some() && act.voice == voice && world.posted(act.message) == Some(message)
                });
                let code = match frame {
                    _ if is_pin => "pin",
                    Frame::AsIntended => "quote",
                    Frame::Hostile | Frame::Distorted => "quote-against",
                };
                let actor = party(voice, world.setting);
                let parties = (actor, meant(actor, message, world));
                self.note(code, parties, Reason::Message(message), now, world);
            }
            Event::MessageDeleted(id) => {
                let actor = party(world.message(id).voice, world.setting);
                let parties = (actor, addressed(id, world));
                self.note("delete", parties, Reason::Message(id), now, world);
            }
            Event::MessagePosted(id) => self.posted(id, world),
            Event::SwarmSetOut { swarm, message } => {
                let parties = (Party::Swarm(swarm), meant(Party::Swarm(swarm), message, world));
                self.note("bot-swarm", parties, Reason::Message(message), now, world);
            }
            Event::PlatformRecognised { recognition, member } => {
                let of = world.setting.script.recognitions[usize::from(recognition)].of;
                let parties = (Party::Member(recognition, member), Party::State(of));
                self.note("recognise", parties, Reason::Recognition(recognition), now, world);
            }
            Event::MeasureDue(measure) => self.measure(measure, now, world),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, MINISTER, OUTLET};
    use crate::model::ids::ScriptId;
    use crate::model::platform::{Label, Moment, Mute, Suspension};

    const NAMES: [&str; 7] = ["quote", "quote-against", "pin", "delete", "language", "hijack", "label"];

    /// The fixture with codes of the platform in place of its own; `also` are the last two.
    fn setting(also: [&str; 2]) -> Setting {
        let mut setting = fixture::setting();
        let mut more: Vec<_> = also.into_iter().map(|name| (setting.codes[0].clone(), name)).collect();
        for (idx, code) in NAMES.into_iter().enumerate() {
            setting.codes[idx].code = code.to_owned();
        }
        for (code, name) in &mut more {
            code.code = (*name).to_owned();
        }
        setting.codes.extend(more.into_iter().map(|(code, _)| code));
        setting
    }

    /// Who did what to whom, by name.
    fn deeds(world: &World<'_>) -> Vec<(String, String, String)> {
        let name = |party: Party| party.name(world.setting);
        let told = world.deeds.iter().map(|deed| {
            let code = world.setting.codes[deed.code.idx()].code.clone();
            (name(deed.actor), code, name(deed.target))
        });
        told.collect()
    }

    fn is(found: &[(String, String, String)], expected: &[(&str, &str, &str)]) {
        let found: Vec<_> = found.iter().map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn quotes_and_deletions_are_noted_under_the_name_of_the_state_or_of_the_account() {
        let setting = setting(["mute", "unmute"]);
        let (mut bench, mut rule) = (Bench::new(&setting, 0), Conduct::new(&setting));
        let message = crate::model::world::Message {
            languages: [fixture::LANGUAGE[0]].into_iter().collect(),
            ..fixture::appeal(SimTime::START)
        };
        let id = bench.post(message, &mut rule);
        let of_b = VoiceId(2);
        for (voice, frame) in [
            (MINISTER, Frame::AsIntended),
            (of_b, Frame::AsIntended),
            (of_b, Frame::Hostile),
            (OUTLET, Frame::Hostile),
        ] {
            bench.tell(&Event::Amplified { message: id, voice, frame }, &mut rule);
        }
        bench.tell(&Event::MessageDeleted(id), &mut rule);
        let expected = [
            ("A", "quote", "B"),
            ("B", "quote", "A"),
            ("B", "quote-against", "A"),
            ("@gazette", "quote-against", "A"),
            ("A", "delete", "B"),
        ];
        is(&deeds(&bench.world), &expected);
        assert!(bench.world.facts.is_empty(), "none is announced");
        assert!(bench.world.deeds.iter().all(|deed| deed.reason == Reason::Message(id)));
    }

    /// The appeal is in the language of B, which is not spoken in A; under a false name it is nobody's choice.
    #[test]
    fn to_speak_in_the_language_of_anothers_debate_is_a_deed_and_so_is_to_write_under_a_false_name() {
        let mut setting = setting(["mute", "unmute"]);
        for (hijacked, expected) in [(false, ("A", "language", "B")), (true, ("unknown", "hijack", "A"))] {
            setting.script.messages[0].hijacked = hijacked;
            let (mut bench, mut rule) = (Bench::new(&setting, 0), Conduct::new(&setting));
            bench.world.timeline = Some(Vec::new());
            bench.post(fixture::appeal(SimTime::START), &mut rule);
            is(&deeds(&bench.world), &[expected]);
            let told = bench.world.timeline.unwrap();
            assert_eq!((told[0].id.as_str(), told[0].kind), ("deed:0", EntryKind::Conduct));
        }
    }

    #[test]
    fn platform_and_audience_act_in_their_own_name_and_an_end_names_its_beginning() {
        let mut setting = setting(["suspend", "lift"]);
        let hour = |hours| SimTime::START + crate::units::TimeSpan::from_hours(hours);
        let (id, text) = ("check".to_owned(), "disputed".to_owned());
        let platform = &mut setting.script.platform;
        platform.labels.push(Label {
            id,
            message: ScriptId(0),
            moment: Moment::At(hour(1)),
            factor: None,
            text,
        });
        let id = "rules".to_owned();
        platform.suspensions.push(Suspension { id, voice: MINISTER, from: hour(2), lifted: Some(hour(3)) });
        let id = "tired".to_owned();
        let shares = vec![0.5; 3];
        platform.mutes.push(Mute { id, key: 1, voice: OUTLET, shares, from: hour(1), until: None });
        let (mut bench, mut rule) = (Bench::new(&setting, 0), Conduct::new(&setting));
        rule.begin(&mut bench.world, &mut bench.agenda);
        // There is nothing to label before the message is posted, and no code for a mute in this table.
        bench.tell(&Event::MeasureDue(Measure::Label(0)), &mut rule);
        bench.tell(&Event::MeasureDue(Measure::Mute(0)), &mut rule);
        assert!(bench.world.deeds.is_empty());
        let message = bench.post(fixture::appeal(SimTime::START), &mut rule);
        for measure in [Measure::Label(0), Measure::Suspend(0), Measure::Lift(0)] {
            bench.tell(&Event::MeasureDue(measure), &mut rule);
        }
        let expected = [
            ("A", "language", "B"),
            ("platform", "label", "A"),
            ("platform", "suspend", "A"),
            ("platform", "lift", "A"),
        ];
        is(&deeds(&bench.world), &expected);
        let reasons: Vec<Reason> = bench.world.deeds.iter().map(|deed| deed.reason).collect();
        assert_eq!(reasons[1..], [Reason::Message(message), Reason::Given, Reason::Deed(2)]);
    }
}
