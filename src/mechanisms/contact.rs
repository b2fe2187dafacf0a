//! Contact: what every rule of sharing has in common, whoever shares by it.
//!
//! A share comes before all followers of the one who shared: the exposure is counted by public, and announced. Who of them shares in turn
//! is the rule's own; two ways of asking them are here:
//!
//! - [`Contact::toss`]: every (message, sharer, follower) owns one uniform number u, and the follower shares if u < q, a probability that the rule
//!   gives. The numbers are found by layers ([`crate::engine::coins`]), so the cost follows those who share, and a larger q never removes
//!   a sharer. All rules that toss coins toss the same ones.
//! - [`Contact::meet`]: every follower is looked at. Costs the length of the list.
//!
//! Who shares does so after a reaction: active time T with the SEISMIC kernel (Zhao et al. 2015; constants of the authors' package), constant
//! until s₀ = 300 s, then a power law, P(T > t) = (t/s₀)^−θ / (1 + θ) with θ = 0.2314843, which integrates to 1. Active time runs with the
//! clock of the receiver's public. A person is as quick whoever shows the message.
//!
//! When the original is deleted, it and its plain reposts disappear; what was shared in another frame, and the share `copies` of reposts
//! that are screenshots or new posts of the same text, go on being shared.

use crate::engine::Agenda;
use crate::engine::coins::{Coins, LAYERS};
use crate::engine::streams::{Purpose, Subject};
use crate::model::cascade::{Frame, Node};
use crate::model::event::Event;
use crate::model::ids::{AccountId, MessageId, PublicId};
use crate::model::network::{FollowerList, ListMemory, Segment};
use crate::model::world::{Exposure, World};
use crate::units::{Probability, TimeSpan};

const COINS: Purpose = Purpose::new("sharing coins");
const DELAY: Purpose = Purpose::new("sharing delay");
const COPY: Purpose = Purpose::new("sharing copy");

/// Start of the power law of reaction times, in milliseconds (SEISMIC package, measured).
const KERNEL_START_MS: f64 = 300_000.0;
/// Exponent of the power law (SEISMIC package, measured).
const KERNEL_EXPONENT: f64 = 0.231_484_3;
/// Longest reaction, in active time: no horizon is as long.
const LONGEST_REACTION_MS: f64 = 1e12;
/// Follower lists up to this length are walked as one segment: looking for their parts would cost more.
const SHORT_LIST: u32 = 256;

/// A share that is put before its audience.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// The message.
    pub message: MessageId,
    /// Node of its cascade.
    pub node: u32,
    /// Who shared, and in which frame.
    pub by: Node,
}

impl Shown {
    /// What node `node` of `message` shows.
    pub fn of(message: MessageId, node: u32, world: &World<'_>) -> Self {
        Self { message, node, by: world.spread(message).cascade.nodes()[node as usize] }
    }
}

/// How likely a follower shares what is shown, for rules that toss a coin.
pub trait Chance {
    /// What the probability of nobody in `public` exceeds.
    fn bound(&self, shown: Shown, public: PublicId, world: &World<'_>) -> f64;

    /// Probability that `follower`, of `public`, shares.
    fn of(&self, shown: Shown, follower: AccountId, public: PublicId, world: &World<'_>) -> f64;
}

/// The same probability for everybody.
impl Chance for Probability {
    fn bound(&self, _: Shown, _: PublicId, _: &World<'_>) -> f64 {
        self.get()
    }

    fn of(&self, _: Shown, _: AccountId, _: PublicId, _: &World<'_>) -> f64 {
        self.get()
    }
}

/// A stretch of a follower list that is walked as one.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// Its number among those of the list: 0 for the whole list, then the segments.
    part: u32,
    begin: u32,
    end: u32,
    /// What nobody's probability in it exceeds.
    bound: f64,
}

/// Shows messages to followers; keeps memory and what is the same for all of them.
#[derive(Debug)]
pub struct Contact {
    /// Probability that a share is a copy or screenshot, which outlives the deletion of the original.
    copies: Probability,
    coins: Coins,
    hits: Vec<(u32, f64)>,
    list: ListMemory,
}

impl Contact {
    /// Contact in which the share `copies` of reposts outlives a deletion.
    pub fn new(copies: Probability) -> Self {
        Self { copies, coins: Coins::default(), hits: Vec::new(), list: ListMemory::default() }
    }

    /// Puts what is shown before the followers: counts the exposure, and announces it.
    pub fn expose(&mut self, shown: Shown, world: &mut World<'_>) {
        let setting = world.setting;
        let list = setting.network.list(shown.by.account, &mut self.list);
        world.exposures.clear();
        let mut begin = 0;
        for &Segment { public, end } in list.segments() {
            let slice = &setting.network.publics()[public.idx()];
            let (n_followers, n_members) = (end - begin, slice.n_accounts());
            let newly_seen =
                world.spread_mut(shown.message).expose(public, n_followers, n_members, slice.weight);
            let per_member = f64::from(n_followers) / f64::from(n_members.max(1));
            world.exposures.push(Exposure { public, newly_seen, per_member });
            begin = end;
        }
        world.facts.push_back(Event::Exposed { message: shown.message, node: shown.node });
    }

    /// Lets each follower toss a coin; calls `wins` with each who wins it, in some order. The same follower may win more than once.
    pub fn toss(
        &mut self,
        shown: Shown,
        chance: &impl Chance,
        world: &World<'_>,
        mut wins: impl FnMut(AccountId, PublicId),
    ) {
        let mut memory = std::mem::take(&mut self.list);
        let mut list = world.setting.network.list(shown.by.account, &mut memory);
        let mut whole = Stretch { part: 0, begin: 0, end: list.len(), bound: 0.0 };
        let mut begin = 0;
        for idx in 0..list.segments().len() {
            let Segment { public, end } = list.segments()[idx];
            let bound = chance.bound(shown, public, world);
            whole.bound = whole.bound.max(bound);
            if list.len() > SHORT_LIST {
                let stretch = Stretch { part: idx as u32 + 1, begin, end, bound };
                self.walk(shown, &mut list, stretch, chance, world, &mut wins);
            }
            begin = end;
        }
        if list.len() <= SHORT_LIST {
            self.walk(shown, &mut list, whole, chance, world, &mut wins);
        }
        self.list = memory;
    }

    /// Finds those followers of a stretch whose number lies below their probability.
    fn walk(
        &mut self,
        shown: Shown,
        list: &mut FollowerList<'_>,
        Stretch { part, begin, end, bound }: Stretch,
        chance: &impl Chance,
        world: &World<'_>,
        wins: &mut impl FnMut(AccountId, PublicId),
    ) {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        let subject = Subject::new(shown.by.account.0, world.message(shown.message).key);
        let stream_of = |layer| world.key.stream(COINS, subject.part(part * LAYERS + layer));
        self.coins.walk((end - begin) as usize, bound, stream_of, &mut hits);
        for &(offset, number) in &hits {
            let position = begin + offset;
            let public = list.public_at(position);
            // Most hits lie above what anybody of the public reaches; they need no look at the person.
            if number >= chance.bound(shown, public, world) {
                continue;
            }
            let follower = list.follower_at(position);
            if number < chance.of(shown, follower, public, world) {
                wins(follower, public);
            }
        }
        self.hits = hits;
    }

    /// Calls `meets` with each follower.
    pub fn meet(&mut self, shown: Shown, world: &World<'_>, mut meets: impl FnMut(AccountId, PublicId)) {
        let mut list = world.setting.network.list(shown.by.account, &mut self.list);
        let mut begin = 0;
        for idx in 0..list.segments().len() {
            let Segment { public, end } = list.segments()[idx];
            for position in begin..end {
                meets(list.follower_at(position), public);
            }
            begin = end;
        }
    }

    /// Number of followers to whom it is shown.
    pub fn n_followers(&mut self, shown: Shown, world: &World<'_>) -> u32 {
        world.setting.network.list(shown.by.account, &mut self.list).len()
    }

    /// Calls `picks` with the follower at the place `number` (uniform in [0, 1)) of the list, if there is any.
    pub fn pick(
        &mut self,
        shown: Shown,
        number: f64,
        world: &World<'_>,
        picks: impl FnOnce(AccountId, PublicId),
    ) {
        let mut list = world.setting.network.list(shown.by.account, &mut self.list);
        let length = list.len();
        if length > 0 {
            let position = ((number * f64::from(length)) as u32).min(length - 1);
            picks(list.follower_at(position), list.public_at(position));
        }
    }

    /// Lets `account` share once its reaction is over, on condition that its source still shows the message after that `delay`.
    pub fn appoint_if(
        shown: Shown,
        (account, public): (AccountId, PublicId),
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
        is_shown_for: impl FnOnce(TimeSpan) -> bool,
    ) {
        let number = world.key.uniform(DELAY, Subject::new(account.0, world.message(shown.message).key));
        let delay = delay(reaction_quantile_ms(number), public, world, agenda);
        if is_shown_for(delay) {
            let due = Event::ShareDue { message: shown.message, account, parent: shown.node };
            agenda.schedule(agenda.now() + delay, due);
        }
    }

    /// Lets `account` share once its reaction is over.
    pub fn appoint(shown: Shown, who: (AccountId, PublicId), world: &World<'_>, agenda: &mut Agenda<Event>) {
        Self::appoint_if(shown, who, world, agenda, |_| true);
    }

    /// The public of `account` if it can still share what is shown.
    pub fn can_share(&self, shown: Shown, account: AccountId, world: &World<'_>) -> Option<PublicId> {
        if world.message(shown.message).deleted.is_some() && !self.outlives_deletion(shown, world) {
            return None;
        }
        world.setting.network.public_of(account)
    }

    /// Whether what was shared can still be seen once the original is deleted: quotes, claims about it and copies can.
    fn outlives_deletion(&self, shown: Shown, world: &World<'_>) -> bool {
        let Node { account, frame, time, .. } = shown.by;
        let coin =
            || world.key_since(time).uniform(COPY, Subject::new(account.0, world.message(shown.message).key));
        shown.node > 0 && (frame != Frame::AsIntended || coin() < self.copies.get())
    }

    /// Adds the share of `account`, unless it has shared the message before.
    pub fn add(
        shown: Shown,
        (account, public): (AccountId, PublicId),
        frame: Frame,
        world: &mut World<'_>,
        agenda: &Agenda<Event>,
    ) -> Option<Shown> {
        let id = shown.message;
        if !world.shared.insert(u64::from(id.0) << 32 | u64::from(account.0)) {
            return None;
        }
        let weight = world.setting.network.publics()[public.idx()].weight;
        let node = world.spread_mut(id).cascade.add(account, shown.node, agenda.now(), frame, weight);
        Some(Shown::of(id, node, world))
    }

    /// Lets `account` share what is due by a plain rule, which passes everything on as received.
    pub fn share_as_received(
        &self,
        shown: Shown,
        account: AccountId,
        world: &mut World<'_>,
        agenda: &Agenda<Event>,
    ) -> Option<Shown> {
        let public = self.can_share(shown, account, world)?;
        Self::add(shown, (account, public), shown.by.frame, world, agenda)
    }
}

/// What has just been shown by an event to which a plain rule reacts: the original, or the share that was due.
pub fn just_shown(
    event: &Event,
    contact: &Contact,
    world: &mut World<'_>,
    agenda: &Agenda<Event>,
) -> Option<Shown> {
    use crate::model::vocabulary::Delivery;
    match *event {
        Event::MessagePosted(id) if world.message(id).delivery == Delivery::Public => {
            Some(Shown::of(id, 0, world))
        }
        Event::ShareDue { message, account, parent } => {
            contact.share_as_received(Shown::of(message, parent, world), account, world, agenda)
        }
        _ => None,
    }
}

/// Time on the clock that `active_ms` of active time take a member of `public` from now.
pub fn delay(active_ms: f64, public: PublicId, world: &World<'_>, agenda: &Agenda<Event>) -> TimeSpan {
    let unix_ms = world.setting.start.plus(agenda.now()).unix_ms();
    world.setting.publics[public.idx()].clock.elapsed(unix_ms, active_ms.min(LONGEST_REACTION_MS))
}

/// Quantile of the reaction time in active milliseconds.
pub fn reaction_quantile_ms(probability: f64) -> f64 {
    let at_start = KERNEL_EXPONENT / (1.0 + KERNEL_EXPONENT);
    if probability < at_start {
        KERNEL_START_MS * probability / at_start
    } else {
        KERNEL_START_MS * libm::pow((1.0 - probability) * (1.0 + KERNEL_EXPONENT), -1.0 / KERNEL_EXPONENT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exact values of P(T > t) = (t/s₀)^−θ/(1 + θ).
    #[test]
    fn reaction_times_follow_the_seismic_kernel() {
        for (minutes, beyond) in [(5.0, 0.812_028), (60.0, 0.456_833), (1440.0, 0.218_907)] {
            let quantile = reaction_quantile_ms(1.0 - beyond) / 60_000.0;
            assert!((quantile / minutes - 1.0).abs() < 1e-3, "{quantile} min, not {minutes}");
        }
        assert!(reaction_quantile_ms(0.0).abs() < 1e-9);
        assert!((reaction_quantile_ms(0.187_972) / KERNEL_START_MS - 1.0).abs() < 1e-4);
    }
}
