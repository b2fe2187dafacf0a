//! What can be seen of what was shared, and how readily it is passed on: accounts silenced or muted, labels, denials, and whom a
//! message can be heard from beside its author.
//!
//! Mechanisms that act on messages and accounts write here; those by which messages spread and are heard read. Nothing here stands in
//! a follower list: whoever is muted or removed stays in it and is passed over, so that lists and draws are the same in every arm.

use super::cascade::Frame;
use super::ids::{AccountId, CodeId, MessageId, PublicId, StateId, VoiceId};
use super::world::{Message, World};
use crate::engine::streams::{Purpose, RunKey, Subject};
use std::ops::Range;

const MUTES: Purpose = Purpose::new("visibility mutes");

/// A named account that spoke up with or against a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endorsement {
    /// The message.
    pub message: MessageId,
    /// The account.
    pub voice: VoiceId,
    /// In which frame.
    pub frame: Frame,
    /// State that heard of it, once it has.
    pub heard: Option<StateId>,
}

/// A denial of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Denied {
    /// The message denied.
    pub message: MessageId,
    /// The message that denies it.
    pub denial: MessageId,
    /// Factor on the probability of sharing what is denied.
    pub factor: f64,
}

/// A mute in force.
#[derive(Debug, Clone, PartialEq)]
struct Muted {
    measure: u16,
    /// Key of the run when it began: who has muted stays the same.
    run: RunKey,
    key: u32,
    account: AccountId,
    shares: Vec<f64>,
}

/// What has been done to messages and accounts, and holds now.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Visibility {
    silenced: Vec<Range<u32>>,
    muted: Vec<Muted>,
    labels: Vec<(MessageId, f64)>,
    /// Denials made.
    pub denials: Vec<Denied>,
    /// Quotes and pins made.
    pub endorsements: Vec<Endorsement>,
}

impl Visibility {
    /// Back to nothing done.
    pub fn clear(&mut self) {
        self.silenced.clear();
        self.muted.clear();
        self.labels.clear();
        self.denials.clear();
        self.endorsements.clear();
    }

    /// Hides what accounts have posted and will post; twice is undone by twice.
    pub fn silence(&mut self, accounts: Range<u32>) {
        self.silenced.push(accounts);
    }

    /// Undoes one [`Self::silence`] of the same accounts.
    pub fn lift(&mut self, accounts: &Range<u32>) {
        if let Some(position) = self.silenced.iter().position(|silenced| silenced == accounts) {
            self.silenced.swap_remove(position);
        }
    }

    /// Whether nothing that `account` posted can be seen now.
    pub fn is_silenced(&self, account: AccountId) -> bool {
        self.silenced.iter().any(|accounts| accounts.contains(&account.0))
    }

    /// Whether everything posted can be seen by somebody: nobody is silenced.
    pub fn is_open(&self) -> bool {
        self.silenced.is_empty()
    }

    /// Lets the share `shares[public]` of each public mute `account`. Who does is drawn with the key of the run and that of
    /// the mute, whose number is `measure`.
    pub fn mute(&mut self, measure: u16, (run, key): (RunKey, u32), account: AccountId, shares: &[f64]) {
        self.muted.push(Muted { measure, run, key, account, shares: shares.to_vec() });
    }

    /// Ends the mute `measure`.
    pub fn unmute(&mut self, measure: u16) {
        self.muted.retain(|muted| muted.measure != measure);
    }

    /// Expected share of a public that does not see `account` because it has muted it.
    pub fn muted_share(&self, account: AccountId, public: PublicId) -> f64 {
        let of_account = self.muted.iter().filter(|muted| muted.account == account);
        1.0 - of_account.map(|muted| 1.0 - muted.shares[public.idx()]).product::<f64>()
    }

    /// Whether `reader`, of `public`, has muted `account`. A larger share mutes whoever a smaller one does.
    pub fn has_muted(&self, reader: AccountId, public: PublicId, account: AccountId) -> bool {
        let mut of_account = self.muted.iter().filter(|muted| muted.account == account);
        of_account.any(|muted| {
            muted.run.uniform(MUTES, Subject::new(reader.0, muted.key)) < muted.shares[public.idx()]
        })
    }

    /// Puts a label on a message that multiplies the probability of sharing it by `factor`.
    pub fn label(&mut self, message: MessageId, factor: f64) {
        self.labels.push((message, factor));
    }

    /// Factor on the probability of sharing `message` from the original, a repost or a quote, at most 1.
    pub fn factor(&self, message: MessageId) -> f64 {
        let labels = self.labels.iter().filter(|(labelled, _)| *labelled == message);
        labels.map(|(_, factor)| *factor).product::<f64>() * self.factor_of_copies(message)
    }

    /// The same from a copy: it bears no label, but what is denied is denied in every form.
    pub fn factor_of_copies(&self, message: MessageId) -> f64 {
        let denials = self.denials.iter().filter(|denied| denied.message == message);
        denials.map(|denied| denied.factor).product()
    }
}

/// What follows from it for messages of a run.
impl World<'_> {
    /// Whether the original of a message cannot be seen: it was deleted, or the account of its author is suspended.
    pub fn is_withdrawn(&self, message: MessageId) -> bool {
        let Message { deleted, voice, .. } = self.message(message);
        deleted.is_some() || self.visibility.is_silenced(self.setting.voices[voice.idx()].account)
    }

    /// Whether a message was withdrawn before anybody shared it, so that no copy is left.
    pub fn is_lost(&self, message: MessageId) -> bool {
        self.is_withdrawn(message) && self.spread(message).cascade.nodes().len() == 1
    }

    /// People of the simulated publics who have seen the message itself so far.
    pub fn reach(&self, message: MessageId) -> f64 {
        let publics = self.setting.publics.iter().enumerate();
        publics.map(|(idx, public)| public.n_real * self.spread(message).seen_share(PublicId::new(idx))).sum()
    }

    /// What `state` takes a message for since it has heard its denial; `None` where it has heard of none.
    pub fn retraction(&self, state: StateId, message: MessageId) -> Option<CodeId> {
        let mut denials = self.visibility.denials.iter().filter(|denied| denied.message == message);
        let heard = denials.find(|denied| self.hearing(state, denied.denial).is_some())?;
        Some(self.message(heard.denial).code)
    }

    /// Rank of who speaks: that of the author, or of a louder account that took the message up as it was meant and was heard by `state`
    /// (by anybody, if `None`).
    pub fn rank(&self, message: MessageId, state: Option<StateId>) -> f64 {
        let rank = |voice: VoiceId| self.setting.rank(voice);
        let taken_up = self.visibility.endorsements.iter().filter(|endorsement| {
            let is_heard = state.is_none() || endorsement.heard == state;
            endorsement.message == message && endorsement.frame == Frame::AsIntended && is_heard
        });
        taken_up.map(|endorsement| rank(endorsement.voice)).fold(rank(self.message(message).voice), f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HUB: AccountId = AccountId(7);

    /// Two mutes of 0.3 and 0.5, each drawn for itself, leave 0.35 of 4000 readers; α = 1e-4.
    #[test]
    fn the_share_muted_is_that_of_the_readers_who_have_muted() {
        let mut visibility = Visibility::default();
        let key = RunKey::new(1, 0);
        visibility.mute(0, (key, 1), HUB, &[0.3]);
        visibility.mute(1, (key, 2), HUB, &[0.5]);
        let muted =
            (0..4000).filter(|&reader| visibility.has_muted(AccountId(reader), PublicId(0), HUB)).count();
        let expected = visibility.muted_share(HUB, PublicId(0));
        assert!((expected - 0.65).abs() < 1e-12);
        let bound = 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt();
        assert!((muted as f64 / 4000.0 - expected).abs() < bound, "{muted}");
        assert_eq!(visibility.muted_share(AccountId(8), PublicId(0)), 0.0);
        visibility.unmute(1);
        assert!((visibility.muted_share(HUB, PublicId(0)) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn a_larger_mute_holds_whoever_a_smaller_one_does() {
        let key = RunKey::new(1, 0);
        let muting = |share: f64, reader: u32| {
            let mut visibility = Visibility::default();
            visibility.mute(0, (key, 1), HUB, &[share]);
            visibility.has_muted(AccountId(reader), PublicId(0), HUB)
        };
        assert!((0..500).all(|reader| !muting(0.2, reader) || muting(0.6, reader)));
        assert!((0..500).all(|reader| muting(1.0, reader) && !muting(0.0, reader)));
    }

    #[test]
    fn an_account_silenced_twice_is_heard_again_when_both_are_lifted() {
        let mut visibility = Visibility::default();
        visibility.silence(7..8);
        visibility.silence(7..8);
        visibility.lift(&(7..8));
        assert!(visibility.is_silenced(HUB));
        visibility.lift(&(7..8));
        assert!(!visibility.is_silenced(HUB));
    }

    #[test]
    fn labels_do_not_show_on_copies_but_denials_do() {
        let mut visibility = Visibility::default();
        let (message, denial) = (MessageId(0), MessageId(1));
        visibility.label(message, 0.5);
        visibility.denials.push(Denied { message, denial, factor: 0.2 });
        assert_eq!((visibility.factor(message), visibility.factor_of_copies(message)), (0.1, 0.2));
        assert_eq!(visibility.factor(denial), 1.0);
    }
}
