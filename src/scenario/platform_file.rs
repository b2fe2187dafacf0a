//! Acts on messages and accounts, as the author of a scenario writes them below `[events]`.

use crate::model::cascade::Frame;
use crate::text::{Spanned, choices, section};
use crate::units::{NonNegative, Probability, TimeSpan, UtcTime};

section! {
    /// A swarm of bots that share at once what they are told to, and read nothing.
    pub struct Bots {
        /// Message that they share; this or `issue`.
        pub message: Option<Spanned<String>>,
        /// Issue of which they share every public message of the scenario; this or `message`.
        pub issue: Option<Spanned<String>>,
        /// Public in which they pose and whose members follow them.
        pub public: Spanned<String>,
        /// Number of bots, 1 to 100,000.
        pub size: Spanned<u64>,
        /// Real followers of each bot in that public; this or `infiltration`.
        pub followers: Option<Spanned<NonNegative>>,
        /// Probability that a member of that public follows a given bot (γ); this or `followers`. The mechanism's own if both are absent.
        pub infiltration: Option<Spanned<Probability>>,
        /// Posts that each bot makes of a message (θ), 1 to 1,000; the mechanism's own if absent.
        pub flooding: Option<Spanned<u64>>,
        /// How long after a message is posted the swarm begins.
        pub start: TimeSpan = TimeSpan::ZERO,
        /// When the platform removes the bots: from then on nothing of theirs is seen.
        pub removed: Option<Spanned<UtcTime>>,
        /// Where this comes from.
        pub source: String,
    }
}

choices! {
    /// How a message is presented by who quotes it.
    pub enum QuoteFrame {
        /// As its author meant it.
        AsIntended = "as-intended",
        /// Against its author.
        Hostile = "hostile",
    }
}

impl QuoteFrame {
    /// The frame in the model.
    pub const fn frame(self) -> Frame {
        match self {
            Self::AsIntended => Frame::AsIntended,
            Self::Hostile => Frame::Hostile,
        }
    }
}

section! {
    /// A named account quotes a message before its own audience.
    pub struct Quote {
        /// Account that quotes.
        pub account: Spanned<String>,
        /// Message that is quoted.
        pub message: Spanned<String>,
        /// When; this or `delay`.
        pub time: Option<Spanned<UtcTime>>,
        /// How long after the message was posted; this or `time`.
        pub delay: Option<Spanned<TimeSpan>>,
        /// How it presents the message.
        pub frame: QuoteFrame = QuoteFrame::AsIntended,
        /// What it says.
        pub text: String,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A named account pins a message, its own or one that it quotes for that: whoever visits the account sees it.
    pub struct Pin {
        /// Account that pins.
        pub account: Spanned<String>,
        /// Message that is pinned.
        pub message: Spanned<String>,
        /// When; this or `delay`.
        pub time: Option<Spanned<UtcTime>>,
        /// How long after the message was posted; this or `time`.
        pub delay: Option<Spanned<TimeSpan>>,
        /// How long it stays pinned; more than nothing.
        pub duration: Spanned<TimeSpan>,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A label that the platform or a fact-checker puts on a message.
    pub struct Label {
        /// Message that is labelled.
        pub message: Spanned<String>,
        /// When; this or `delay`.
        pub time: Option<Spanned<UtcTime>>,
        /// How long after the message was posted; this or `time`.
        pub delay: Option<Spanned<TimeSpan>>,
        /// Factor on the probability of sharing what bears the label; the mechanism's own if absent.
        pub factor: Option<Probability>,
        /// What it says.
        pub text: String,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A part of an audience mutes an account: it follows on, but sees nothing of it.
    pub struct Mute {
        /// Account that is muted.
        pub account: Spanned<String>,
        /// Countries or publics whose members mute it; all of the simulated ones if absent.
        pub publics: Option<Vec<Spanned<String>>>,
        /// Share of their members that does.
        pub share: Probability,
        /// From when.
        pub time: Spanned<UtcTime>,
        /// Until when; to the end if absent.
        pub until: Option<Spanned<UtcTime>>,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// The platform suspends an account: what it posted and plain reposts of that vanish, quotes and copies stay; it can't post.
    pub struct Suspension {
        /// Account that is suspended.
        pub account: Spanned<String>,
        /// From when.
        pub time: Spanned<UtcTime>,
        /// Until when; to the end if absent.
        pub lifted: Option<Spanned<UtcTime>>,
        /// Where this comes from.
        pub source: String,
    }
}
