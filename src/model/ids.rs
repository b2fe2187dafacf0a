//! Indices of the model's things, each its own type.

/// Declares an index type.
macro_rules! index {
    ($(#[$meta:meta])* $name:ident($inner:ty)) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl $name {
            /// The thing at position `idx` of its list.
            pub const fn new(idx: usize) -> Self {
                Self(idx as $inner)
            }

            /// Position in its list.
            pub const fn idx(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index! {
    /// A simulated account: anonymous ones first, by public and stance, then the named ones.
    AccountId(u32)
}
index! {
    /// A public.
    PublicId(u16)
}
index! {
    /// A cell: a public's accounts of one stance bin.
    CellId(u16)
}
index! {
    /// A country.
    CountryId(u16)
}
index! {
    /// A language.
    LanguageId(u8)
}
index! {
    /// A named account.
    VoiceId(u16)
}
index! {
    /// A press outlet.
    OutletId(u16)
}
index! {
    /// A state.
    StateId(u16)
}
index! {
    /// A directed pair of states.
    DyadId(u16)
}
index! {
    /// A code of the act table.
    CodeId(u16)
}
index! {
    /// An instrument.
    InstrumentId(u16)
}
index! {
    /// An issue.
    IssueId(u16)
}
index! {
    /// A market.
    MarketId(u16)
}
index! {
    /// A message of one run, in the order of posting.
    MessageId(u16)
}
index! {
    /// A message, forced act or event outside the platform, as the scenario lists it.
    ScriptId(u16)
}
index! {
    /// A diplomatic act of one run, in the order of acting.
    ActId(u16)
}

/// A rung of the ladder: 0 is no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RungId(pub u8);

impl RungId {
    /// No response at all.
    pub const NONE: Self = Self(0);

    /// Position on the ladder.
    pub const fn idx(self) -> usize {
        self.0 as usize
    }
}

/// A set of languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LanguageSet(u64);

impl LanguageSet {
    /// Number of languages that a set can tell apart.
    pub const CAPACITY: usize = 64;

    /// The set with `language` added.
    #[must_use]
    pub const fn with(self, language: LanguageId) -> Self {
        Self(self.0 | 1 << (language.0 % 64))
    }

    /// Whether the two sets have a language in common.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The languages of the set, ascending.
    pub fn iter(self) -> impl Iterator<Item = LanguageId> {
        (0..64).filter(move |bit| self.0 >> bit & 1 == 1).map(LanguageId)
    }
}

impl FromIterator<LanguageId> for LanguageSet {
    fn from_iter<I: IntoIterator<Item = LanguageId>>(languages: I) -> Self {
        languages.into_iter().fold(Self::default(), Self::with)
    }
}
