//! Recognitions and mobilisations, as the author of a scenario writes them below `[events]`.

use crate::model::cascade::Frame;
use crate::text::{Spanned, choices, section};
use crate::units::{NonNegative, PerDay, Signed};
use std::collections::BTreeMap;

section! {
    /// Something that states or platforms recognise one after the other: a winner, a country, the name of a place.
    pub struct Recognition {
        /// State that gains by it.
        pub of: Spanned<String>,
        /// State that it offends, if any: it protests where the other gives thanks.
        pub against: Option<Spanned<String>>,
        /// What recognition is: a code of the act table, such as `054` or `follow`.
        pub act: Spanned<String>,
        /// Issue it belongs to.
        pub issue: Spanned<String>,
        /// Public message that makes it possible.
        pub message: Spanned<String>,
        /// Event outside the platform that takes the last doubt away.
        pub confirmed_by: Option<Spanned<String>>,
        /// Whether states may recognise, or platforms only.
        pub by: Recognisers = Recognisers::States,
        /// How states stand towards what is recognised, −1 against it to 1 for it; the dyad's alignment with `of` where absent.
        pub standing: Spanned<BTreeMap<String, Signed>> = Spanned::unplaced(BTreeMap::new()),
        /// Platforms that may recognise too, by name.
        pub platforms: BTreeMap<String, PlatformActor> = BTreeMap::new(),
        /// Where this comes from.
        pub source: String,
    }
}

choices! {
    /// Who may recognise.
    pub enum Recognisers {
        /// All simulated states but those concerned, and the platforms named.
        States = "states",
        /// The platforms named.
        Platforms = "platforms",
    }
}

section! {
    /// A platform as an actor.
    pub struct PlatformActor {
        /// How it stands towards what is recognised, −1 against it to 1 for it.
        pub standing: Signed,
        /// State in which it has its seat: thanks and protests go there.
        pub home: Spanned<String>,
        /// Where this comes from.
        pub source: String,
    }
}

choices! {
    /// How a message is understood by those whom it moves.
    pub enum MovingFrame {
        /// As its author meant it.
        AsIntended = "as-intended",
        /// As it is quoted against its author.
        Hostile = "hostile",
        /// As a claim that it does not make.
        Distorted = "distorted",
    }
}

impl MovingFrame {
    /// The frame in the model.
    pub const fn frame(self) -> Frame {
        match self {
            Self::AsIntended => Frame::AsIntended,
            Self::Hostile => Frame::Hostile,
            Self::Distorted => Frame::Distorted,
        }
    }
}

section! {
    /// People who act offline on what they believe of a message: cross a border, protest, subscribe.
    pub struct Mobilisation {
        /// Message in which they believe.
        pub message: Spanned<String>,
        /// How those whom it moves understand it.
        pub frame: MovingFrame = MovingFrame::Distorted,
        /// Publics whose members may move; simulated ones.
        pub publics: Spanned<Vec<Spanned<String>>>,
        /// People for each account of these publics: who is on the platform tells others.
        pub kin: NonNegative = NonNegative::clamped(1.0),
        /// People who would come each day in any case.
        pub background: PerDay,
        /// Factors on the readiness to listen and to leave, from an event outside the platform on, by its id.
        pub pushes: Spanned<BTreeMap<String, NonNegative>> = Spanned::unplaced(BTreeMap::new()),
        /// Messages that say it is not so.
        pub corrections: Vec<Spanned<String>> = Vec::new(),
        /// Where this comes from.
        pub source: String,
    }
}
