//! Acts on messages and accounts that a scenario gives: swarms of bots, quotes, pins, labels, mutes, suspensions.

use super::cascade::Frame;
use super::ids::{AccountId, IssueId, PublicId, ScriptId, VoiceId};
use super::network::PublicSlice;
use crate::units::{SimTime, TimeSpan};

/// All of them, each kind in the order of its ids.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PlatformScript {
    /// Swarms of bots.
    pub swarms: Vec<Swarm>,
    /// Quotes and pins.
    pub amplifications: Vec<Amplification>,
    /// Labels.
    pub labels: Vec<Label>,
    /// Mutes.
    pub mutes: Vec<Mute>,
    /// Suspensions.
    pub suspensions: Vec<Suspension>,
}

/// When something is done to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// At a known instant, if the message has been posted by then.
    At(SimTime),
    /// This long after the message was posted.
    After(TimeSpan),
}

/// What a swarm shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SwarmTarget {
    /// One message of the script.
    Message(ScriptId),
    /// Every message of the script on an issue.
    Issue(IssueId),
}

/// Bots that pose in a public and share at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Swarm {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// First of its accounts, which lie behind all accounts of the network.
    pub first: AccountId,
    /// Number of bots.
    pub size: u32,
    /// What it shares.
    pub target: SwarmTarget,
    /// Public whose members follow the bots.
    pub public: PublicId,
    /// Real followers of each bot.
    pub followers: f64,
    /// Posts that each bot makes of a message; the file's default where absent.
    pub flooding: Option<u32>,
    /// How long after a message is posted the swarm begins.
    pub start: TimeSpan,
    /// When its accounts are removed.
    pub removed: Option<SimTime>,
}

impl Swarm {
    /// Its accounts.
    pub fn accounts(&self) -> std::ops::Range<u32> {
        self.first.0..self.first.0 + self.size
    }
}

/// A named account puts a message before its own audience: once, or again and again for as long as it is pinned.
#[derive(Debug, Clone, PartialEq)]
pub struct Amplification {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// The account.
    pub voice: VoiceId,
    /// What it amplifies.
    pub message: ScriptId,
    /// When.
    pub moment: Moment,
    /// In which frame.
    pub frame: Frame,
    /// How long it stays pinned; `None` for a quote.
    pub pinned: Option<TimeSpan>,
    /// What it says.
    pub text: String,
}

/// A label by the platform or a fact-checker.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Id.
    pub id: String,
    /// What is labelled.
    pub message: ScriptId,
    /// When.
    pub moment: Moment,
    /// Factor on the probability of sharing what bears the label; the default of the mechanism where absent.
    pub factor: Option<f64>,
    /// What it says.
    pub text: String,
}

/// A part of an audience mutes an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Mute {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// The account.
    pub voice: VoiceId,
    /// Share of each public that mutes it.
    pub shares: Vec<f64>,
    /// From when.
    pub from: SimTime,
    /// Until when.
    pub until: Option<SimTime>,
}

/// The platform suspends an account.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspension {
    /// Id.
    pub id: String,
    /// The account.
    pub voice: VoiceId,
    /// From when.
    pub from: SimTime,
    /// Until when.
    pub lifted: Option<SimTime>,
}

/// A change of what can be seen, as an appointment; numbers are positions in the list of their kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A label is set.
    Label(u16),
    /// A part of an audience mutes an account.
    Mute(u16),
    /// It hears it again.
    Unmute(u16),
    /// An account is suspended.
    Suspend(u16),
    /// A suspension is lifted.
    Lift(u16),
    /// A swarm is removed.
    RemoveSwarm(u16),
}

/// Members of one public picked by rule, without a stored list: the accounts `first + (start + stride·i) mod n`.
///
/// Invariant: `stride` and `n` have no common divisor, so that no two positions below `size` ≤ `n` hold the same account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crowd {
    /// The public.
    pub public: PublicId,
    /// How many they are.
    pub size: u32,
    first: u32,
    n: u32,
    start: u32,
    stride: u32,
}

impl Crowd {
    /// All members of a public.
    pub fn whole(public: PublicId, slice: &PublicSlice) -> Self {
        let n = slice.n_accounts();
        Self { public, size: n, first: slice.bin_starts[0], n, start: 0, stride: 1 }
    }

    /// `size` members of a public, at most all, which two random words choose.
    pub fn drawn(public: PublicId, slice: &PublicSlice, size: u32, words: [u32; 2]) -> Self {
        let whole = Self::whole(public, slice);
        let n = whole.n.max(1);
        let below = |word: u32| ((u64::from(word) * u64::from(n)) >> 32) as u32;
        let mut stride = below(words[1]).max(1);
        while divisor(stride, n) != 1 {
            stride = stride % n + 1;
        }
        Self { size: size.min(whole.n), start: below(words[0]), stride, ..whole }
    }

    /// The member at `position`, which must be below the size.
    pub fn member(&self, position: u32) -> AccountId {
        let place =
            (u64::from(self.start) + u64::from(self.stride) * u64::from(position)) % u64::from(self.n.max(1));
        AccountId(self.first + place as u32)
    }
}

/// Greatest common divisor.
fn divisor(left: u32, right: u32) -> u32 {
    if right == 0 { left } else { divisor(right, left % right) }
}

/// Before whom something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The followers of who shares it.
    Followers,
    /// Members of a public that no list holds.
    Crowd(Crowd),
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_crowd_has_different_members_of_its_public(n in 1_u32..400, size in 0_u32..500, words in prop::array::uniform2(0_u32..)) {
            let slice = PublicSlice { bin_starts: [50, 50, 50, 50 + n], weight: 1.0 };
            let crowd = Crowd::drawn(PublicId(0), &slice, size, words);
            let members: BTreeSet<u32> = (0..crowd.size).map(|position| crowd.member(position).0).collect();
            prop_assert_eq!(members.len() as u32, size.min(n));
            prop_assert!(members.iter().all(|member| (50..50 + n).contains(member)));
        }
    }
}
