//! What is done on the platform, to messages and accounts, by whoever it is.
//!
//! CAMEO has no code for these acts, and no state need be behind them. They stand in the table of acts beside those of states.

use super::ids::VoiceId;
use super::ids::{CodeId, MessageId, StateId};
use super::setting::Setting;
use crate::units::SimTime;

/// Who did something on the platform, or to whom it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// A state, through an account in office.
    State(StateId),
    /// A named account that speaks for no state by its office.
    Voice(VoiceId),
    /// A swarm of bots, by its position in the list of the script.
    Swarm(u16),
    /// A platform that recognises: position of the recognition, and of its member.
    Member(u16, u16),
    /// Readers.
    Audience,
    /// The platform on which all this happens.
    Platform,
    /// Nobody knows.
    Unknown,
}

impl Party {
    /// Name in tables: the id of a state, `@handle`, `bots:ID`, the id of a platform that recognises, `audience`, `platform`, `unknown`.
    pub fn name(self, setting: &Setting) -> String {
        match self {
            Self::State(state) => setting.states[state.idx()].id.clone(),
            Self::Voice(voice) => format!("@{}", setting.voices[voice.idx()].handle),
            Self::Swarm(swarm) => format!("bots:{}", setting.script.platform.swarms[usize::from(swarm)].id),
            Self::Member(recognition, member) => {
                setting.script.recognitions[usize::from(recognition)].members[usize::from(member)].id.clone()
            }
            Self::Audience => "audience".to_owned(),
            Self::Platform => "platform".to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    /// Names of all parties but states, each once.
    pub fn others(setting: &Setting) -> Vec<String> {
        let voices = (0..setting.voices.len()).map(|idx| Self::Voice(VoiceId::new(idx)));
        let swarms = (0..setting.script.platform.swarms.len()).map(|idx| Self::Swarm(idx as u16));
        let members = setting.script.recognitions.iter().enumerate().flat_map(|(idx, recognition)| {
            let platforms = recognition.members.iter().enumerate().filter(|(_, member)| member.is_platform);
            platforms.map(move |(member, _)| Self::Member(idx as u16, member as u16))
        });
        let rest = [Self::Audience, Self::Platform, Self::Unknown];
        let mut names: Vec<String> = Vec::new();
        for party in voices.chain(swarms).chain(members).chain(rest) {
            let name = party.name(setting);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

/// What a deed follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The scenario gives it.
    Given,
    /// What is done is done to this message, or by it.
    Message(MessageId),
    /// It ends an earlier deed, by its position in the list of the run.
    Deed(usize),
    /// It recognises; the position is that of the recognition in the list of the script.
    Recognition(u16),
}

/// Something done on the platform.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deed {
    /// When.
    pub time: SimTime,
    /// Who.
    pub actor: Party,
    /// To whom.
    pub target: Party,
    /// What, as the table of acts names it.
    pub code: CodeId,
    /// Why.
    pub reason: Reason,
}
