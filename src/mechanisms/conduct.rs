//! Conduct on the platform: acts of states that CAMEO has no code for.
//!
//! When an account in office (a leader, minister, ministry or embassy) quotes or pins a message, or takes one of its own back, that is noted as an act of the state with a code of
//! its own (`quote`, `quote-against`, `pin`, `delete`), towards the author's state if that is another one, else towards the state that the
//! message addresses. Such acts stand in the table of acts beside the diplomatic ones, with assumed weights; they are on no rung, are not
//! announced, and leave it to the rules of hearing and perception what others make of them. To follow an account is an act of the
//! same kind (`follow`, `unfollow`), which scripts and recognitions take as any other. What platforms and bots do has no state behind
//! it that could be named, and stands in the timeline only.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::key_from;
use crate::model::cascade::Frame;
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{CodeId, MessageId, RungId, StateId, VoiceId};
use crate::model::setting::Setting;
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::VoiceKind;
use crate::model::world::World;
use crate::units::SimTime;

/// The rule. It has no parameters: weights stand in the table of acts. A code that the table lacks is not noted.
#[derive(Debug)]
pub struct Conduct {
    quote: Option<CodeId>,
    quote_against: Option<CodeId>,
    pin: Option<CodeId>,
    delete: Option<CodeId>,
}

impl Conduct {
    /// Sets up the rule.
    pub fn new(setting: &Setting) -> Self {
        let code = |name: &str| setting.codes.iter().position(|code| code.code == name).map(CodeId::new);
        Self {
            quote: code("quote"),
            quote_against: code("quote-against"),
            pin: code("pin"),
            delete: code("delete"),
        }
    }

    /// What `voice` did to `message`: pinned it, or quoted it in `frame`.
    fn amplified(
        &self,
        message: MessageId,
        voice: VoiceId,
        frame: Frame,
        world: &World<'_>,
    ) -> Option<CodeId> {
        let is_pin = world.setting.script.platform.amplifications.iter().any(|act| {
            act.pinned.is_some() && act.voice == voice && world.posted(act.message) == Some(message)
        });
        match frame {
            _ if is_pin => self.pin,
            Frame::AsIntended => self.quote,
            Frame::Hostile | Frame::Distorted => self.quote_against,
        }
    }
}

/// The state for which an account speaks by its office; people close to a state are not the state.
fn office(voice: VoiceId, setting: &Setting) -> Option<StateId> {
    let voice = &setting.voices[voice.idx()];
    let is_office = matches!(
        voice.kind,
        VoiceKind::Leader | VoiceKind::Minister | VoiceKind::Ministry | VoiceKind::Embassy
    );
    voice.state.filter(|_| is_office)
}

/// Notes what `actor` did to a message.
fn note(actor: StateId, id: MessageId, code: CodeId, now: SimTime, world: &mut World<'_>) {
    let message = world.message(id);
    let concerned = message.author.filter(|&author| author != actor).or(message.target);
    let Some(target) = concerned.filter(|&target| target != actor) else { return };
    let act = Act {
        time: now,
        actor,
        target,
        code,
        instrument: None,
        rung: RungId::NONE,
        issue: message.issue,
        cause: Cause::Platform(id),
        key: key_from(message.key, u32::from(code.0)),
    };
    let Some(noted) = world.note_act(act) else { return };
    world.note(|world| TimelineEntry {
        time: now,
        kind: EntryKind::Act,
        id: format!("act:{}", noted.idx()),
        actor: world.setting.states[actor.idx()].id.clone(),
        cause: Some(world.name_of(id)),
        text: format!("{} → {}", world.setting.codes[code.idx()].name, world.setting.states[target.idx()].id),
    });
}

impl Mechanism for Conduct {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        match *event {
            Event::Amplified { message, voice, frame } => {
                let state = office(voice, world.setting);
                if let Some((actor, code)) = state.zip(self.amplified(message, voice, frame, world)) {
                    note(actor, message, code, now, world);
                }
            }
            Event::MessageDeleted(id) => {
                let state = office(world.message(id).voice, world.setting);
                if let Some((actor, code)) = state.zip(self.delete) {
                    note(actor, id, code, now, world);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, A, B, MINISTER, OUTLET};

    #[test]
    fn quotes_and_deletions_of_states_are_noted_and_those_of_others_are_not() {
        let mut setting = fixture::setting();
        for (idx, code) in ["quote", "quote-against", "pin", "delete"].into_iter().enumerate() {
            setting.codes[idx].code = code.to_owned();
        }
        let (mut bench, mut rule) = (Bench::new(&setting, 0), Conduct::new(&setting));
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let of_b = VoiceId(2);
        for (voice, frame) in [
            (MINISTER, Frame::AsIntended),
            (of_b, Frame::AsIntended),
            (of_b, Frame::Hostile),
            (OUTLET, Frame::Hostile),
        ] {
            bench.tell(Event::Amplified { message: id, voice, frame }, &mut rule);
        }
        bench.tell(Event::MessageDeleted(id), &mut rule);
        let noted: Vec<_> = bench.world.acts.iter().map(|act| (act.actor, act.target, act.code.0)).collect();
        assert_eq!(noted, [(A, B, 0), (B, A, 0), (B, A, 1), (A, B, 3)]);
        assert!(bench.world.facts.is_empty(), "none is announced");
    }
}
