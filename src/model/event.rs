//! The facts that can happen: one closed list.

use super::ids::{
    AccountId, ActId, CodeId, InstrumentId, IssueId, MarketId, MessageId, OutletId, RungId, ScriptId, StateId,
};
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

/// A fact.
///
/// `…Due` facts are appointments: they say that something is to be tried now. The others say that something happened.
#[derive(Debug, Clone, Copy, PartialEq)]
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
    /// A message was shared (or posted: node 0), and its new audience is in [`super::world::World::exposures`].
    Exposed {
        /// The message.
        message: MessageId,
        /// Node of its cascade.
        node: u32,
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
    /// An act is to be taken.
    ActDue(Act),
    /// An act was taken.
    ActTaken(ActId),
    /// Something happened outside the platform.
    OfflineHappened(ScriptId),
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
}
