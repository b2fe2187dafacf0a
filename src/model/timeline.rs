//! One run told as a story: what happened, when, and because of what.

use crate::units::SimTime;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A message was posted.
    Posted,
    /// A message was deleted by its author.
    Deleted,
    /// Bots began to share a message.
    Bots,
    /// A named account quoted or pinned a message, or unpinned it.
    Amplified,
    /// A label was set, an account muted, suspended or removed, or such a measure ended.
    Moderated,
    /// Something else was done on the platform: a language chosen, a name misused.
    Conduct,
    /// A message was denied.
    Denied,
    /// A message passed a number of shares or of people reached.
    Spread,
    /// A government took note of a message.
    Heard,
    /// A government made up its mind about a message.
    Decided,
    /// The press reported a message or an act.
    Coverage,
    /// A diplomatic act.
    Act,
    /// A market opened, closed or moved.
    Price,
    /// An event of the scenario that no mechanism caused.
    Given,
    /// The run ended.
    End,
}

impl EntryKind {
    /// Name in files and for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Deleted => "deleted",
            Self::Bots => "bots",
            Self::Amplified => "amplified",
            Self::Moderated => "moderated",
            Self::Conduct => "conduct",
            Self::Denied => "denied",
            Self::Spread => "spread",
            Self::Heard => "heard",
            Self::Decided => "decided",
            Self::Coverage => "coverage",
            Self::Act => "act",
            Self::Price => "price",
            Self::Given => "given",
            Self::End => "end",
        }
    }
}

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineEntry {
    /// When.
    pub time: SimTime,
    /// What kind of thing.
    pub kind: EntryKind,
    /// Id that later entries name as their cause, such as `arabic-tweet` or `act:3`; unique within a run.
    pub id: String,
    /// Who did it, as an id of the scenario; empty if nobody did.
    pub actor: String,
    /// Id of the entry that it follows from; `None` for what the scenario gives.
    pub cause: Option<String>,
    /// What happened, for people.
    pub text: String,
}
