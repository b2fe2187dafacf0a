//! The facts that can happen: one closed list.

use super::cascade::Frame;
use super::ids::{
    AccountId, ActId, CodeId, InstrumentId, IssueId, MarketId, MessageId, OutletId, RungId, ScriptId,
    StateId, VoiceId,
};
use super::platform::{Audience, Measure};
use crate::units::SimTime;

/// How a state came to hear a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// Its own monitoring of messages that name it.
    Monitoring,
    /// The press.
    Press,
    /// An outcry of its public.
    Outcry,
    /// What crowds have put together.
    Crowd,
    /// It was told directly.
    Direct,
}

impl Channel {
    /// Name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monitoring => "monitoring",
            Self::Press => "press",
            Self::Outcry => "outcry",
            Self::Crowd => "crowd",
            Self::Direct => "direct",
        }
    }
}

/// Why an act was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It is on record and forced.
    Script(ScriptId),
    /// It answers a message.
    Message(MessageId),
    /// It takes a side after an act of others.
    Act(ActId),
    /// It recognises, or answers one who did; the position is that of the recognition in the list of the script.
    Recognition(u16),
}

/// An act of a state, planned or taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Act {
    /// When it is to be taken, or was.
    pub time: SimTime,
    /// State that acts.
    pub actor: StateId,
    /// State acted upon.
    pub target: StateId,
    /// What is done.
    pub code: CodeId,
    /// With which instrument.
    pub instrument: Option<InstrumentId>,
    /// On which rung.
    pub rung: RungId,
    /// What it is about.
    pub issue: IssueId,
    /// Why.
    pub cause: Cause,
    /// Key of draws about it.
    pub key: u32,
}

/// Something shared that is to come before readers: for the first time, or again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Showing {
    /// The message.
    pub message: MessageId,
    /// Node of its cascade.
    pub node: u32,
    /// Before whom.
    pub audience: Audience,
    /// How often it was shown before; each time has coins of its own.
    pub round: u32,
    /// Whether it may be new to its readers; else all of them have seen it.
    pub is_new: bool,
    /// Share of the audience that sees it.
    pub share: f64,
}

impl Showing {
    /// The first appearance of `node` before all followers of who shared it.
    pub const fn first(message: MessageId, node: u32) -> Self {
        Self { message, node, audience: Audience::Followers, round: 0, is_new: true, share: 1.0 }
    }
}

/// A step of a pinned message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinStep {
    /// Position in the list of the script.
    pub pin: u16,
    /// Node of the cascade that is pinned.
    pub node: u32,
    /// Number of the step since it was pinned.
    pub step: u32,
    /// When it is unpinned.
    pub until: SimTime,
}

/// A fact.
///
/// `…Due` facts are appointments: they say that something is to be tried now. The others say that something happened.
///
/// Nearly all facts that wait are shares, by the hundred thousand where a cascade is large: what is seldom and larger than a share is kept apart.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A message of the script is to be posted.
    MessageDue(ScriptId),
    /// A message was posted, or handed over privately.
    MessagePosted(MessageId),
    /// A message was deleted by its author.
    MessageDeleted(MessageId),
    /// An account that saw a message is to share it.
    ShareDue {
        /// The message.
        message: MessageId,
        /// Who shares.
        account: AccountId,
        /// Node of the cascade from which it was seen.
        parent: u32,
    },
    /// What was shared is to come before readers.
    ShowingDue(Box<Showing>),
    /// A message was shared (or posted: node 0), or shown again, and its new audience is in [`super::world::World::exposures`].
    Exposed {
        /// The message.
        message: MessageId,
        /// Node of its cascade.
        node: u32,
    },
    /// A bot is to share a message.
    BotDue {
        /// Position of its swarm in the list of the script.
        swarm: u16,
        /// The message.
        message: MessageId,
        /// Which bot of the swarm.
        bot: u32,
        /// How often it has shared it already.
        round: u32,
    },
    /// A swarm of bots set out to share a message; the position is that in the list of the script.
    SwarmSetOut {
        /// The swarm.
        swarm: u16,
        /// The message.
        message: MessageId,
    },
    /// A member of a recognition that is a platform recognised.
    PlatformRecognised {
        /// Position of the recognition in the list of the script.
        recognition: u16,
        /// Position of the member in its list.
        member: u16,
    },
    /// A named account is to quote or pin; the position is that in the list of the script.
    AmplificationDue(u16),
    /// A pinned message is to be seen again by those who visit the account.
    PinDue(Box<PinStep>),
    /// A named account quoted or pinned a message.
    Amplified {
        /// The message.
        message: MessageId,
        /// The account.
        voice: VoiceId,
        /// In which frame.
        frame: Frame,
    },
    /// A state is to hear that an account quoted or pinned a message.
    EndorsementDue {
        /// The state.
        state: StateId,
        /// The message.
        message: MessageId,
        /// The account.
        voice: VoiceId,
    },
    /// The platform, or a part of an audience, is to change what can be seen.
    MeasureDue(Measure),
    /// A message was denied by another one.
    MessageDenied {
        /// The message denied.
        message: MessageId,
        /// The denial.
        denial: MessageId,
    },
    /// A newsroom is to decide on coverage.
    CoverageDue {
        /// The message.
        message: MessageId,
        /// The newsroom.
        outlet: OutletId,
    },
    /// A state is to hear a message by a channel, unless it has heard it before.
    HearingDue {
        /// The state.
        state: StateId,
        /// The message.
        message: MessageId,
        /// How.
        channel: Channel,
    },
    /// A state heard a message.
    MessageHeard {
        /// The state.
        state: StateId,
        /// The message.
        message: MessageId,
    },
    /// A state is to decide on a message it heard.
    DecisionDue {
        /// The state.
        state: StateId,
        /// The message.
        message: MessageId,
    },
    /// A measure that was prepared is ready, and is to be thought over once more.
    PreparedDue(Box<Act>),
    /// An act is to be taken.
    ActDue(Box<Act>),
    /// An act was taken.
    ActTaken(ActId),
    /// Something happened outside the platform.
    OfflineHappened(ScriptId),
    /// A rupture is to be looked at again, or mended.
    RestorationDue {
        /// The first measure of the rupture.
        first: ActId,
        /// Whether relations are restored now.
        is_ripe: bool,
    },
    /// A member is to recognise, unless others have moved since the appointment was made.
    RecognitionDue {
        /// Position of the recognition in the list of the script.
        recognition: u16,
        /// Number of the appointment: earlier ones are void.
        round: u32,
    },
    /// A day of a mobilisation is over.
    MobilisationDue {
        /// Position in the list of the script.
        mobilisation: u16,
        /// The day, counted from the start.
        day: u32,
    },
    /// A market is to open, tick or close: step 0 opens the day, the last one closes it.
    MarketStep {
        /// The market.
        market: MarketId,
        /// Position of the day in its list.
        day: u32,
        /// Step of the day.
        step: u32,
    },
    /// A market has a new price.
    PriceMoved(MarketId),
    /// The reaction of an open market to a message is to be measured.
    ReactionDue {
        /// The market.
        market: MarketId,
        /// The message.
        message: MessageId,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_that_waits_is_as_small_as_a_share() {
        assert_eq!(size_of::<Event>(), 16);
    }
}
