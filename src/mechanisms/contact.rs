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
//! Who shares does so after a reaction, in active time, which runs with the clock of the receiver's public. By the plain rules it has the
//! SEISMIC kernel (Zhao et al. 2015; constants of the authors' package): constant until s₀ = 300 s, then a power law, P(T > t) =
//! (t/s₀)^−θ / (1 + θ) with θ = 0.2314843, which integrates to 1. The full rule has a law of its own. A person is as quick whoever shows
//! the message.
//!
//! When the original is deleted, or its author's account suspended, it and its plain reposts disappear; quotes, what was shared in
//! another frame, and the share `copies` of reposts that are screenshots or new posts of the same text, go on being shared, and so does
//! what is reposted from them. Nothing can be shared from an account that is suspended or removed itself, nor by who has muted it. A
//! label or denial multiplies the probability of sharing by a factor A ≤ 1 from its time on: who would share then does so with
//! probability A, by a coin of its own.
//!
//! Of an audience only those see a message who take the trouble of getting to what its author posts (see the rule of attention).
//!
//! What is shown again for as long as it is pinned, or by who floods, is shared with the same probability each time, by coins of its
//! own; to the share v of an audience that comes to look, with v times that probability.

use crate::engine::Agenda;
use crate::engine::coins::{Coins, LAYERS};
use crate::engine::streams::{Purpose, Stream, Subject, key_from};
use crate::model::cascade::{Frame, Node};
use crate::model::event::{Event, Showing};
use crate::model::ids::{AccountId, MessageId, PublicId};
use crate::model::network::{FollowerList, ListMemory, Segment};
use crate::model::platform::{Audience, Crowd};
use crate::model::world::{Exposure, World};
use crate::units::{Probability, TimeSpan};

const COINS: Purpose = Purpose::new("sharing coins");
const AGAIN: Purpose = Purpose::new("sharing coins again");
const CROWD: Purpose = Purpose::new("sharing coins crowd");
const VISITS: Purpose = Purpose::new("sharing visits");
const BELIEVES: Purpose = Purpose::new("sharing believes");
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
    /// Before whom, and how often before.
    pub showing: Showing,
}

impl Shown {
    /// What node `node` of `message` shows.
    pub fn of(message: MessageId, node: u32, world: &World<'_>) -> Self {
        Self::again(Showing::first(message, node), world)
    }

    /// What is shown by `showing`.
    pub fn again(showing: Showing, world: &World<'_>) -> Self {
        let Showing { message, node, share, .. } = showing;
        let access = world.setting.voices[world.message(message).voice.idx()].access;
        let showing = Showing { share: share * access, ..showing };
        Self { message, node, by: world.spread(message).cascade.nodes()[node as usize], showing }
    }

    /// Coins of those before whom it is shown.
    fn coins(self, part: u32, layer: u32, world: &World<'_>) -> Stream {
        let key = world.message(self.message).key;
        let (purpose, key) = match (self.showing.audience, self.showing.round) {
            (Audience::Followers, 0) => (COINS, key),
            (Audience::Followers, round) => (AGAIN, key_from(key, round)),
            (Audience::Crowd(_), round) => (CROWD, key_from(key, round)),
        };
        world.key.stream(purpose, Subject::new(self.by.account.0, key).part(part * LAYERS + layer))
    }
}

/// How likely a follower shares what is shown, for rules that toss a coin.
pub trait Chance {
    /// What the probability of nobody in `public` exceeds.
    fn bound(&self, shown: Shown, public: PublicId, world: &World<'_>) -> f64;

    /// Probability that `follower`, of `public`, shares.
    fn of(&self, shown: Shown, follower: AccountId, public: PublicId, world: &World<'_>) -> f64;

    /// Whether `number` lies below that probability times the share of the audience that sees what is shown. A rule that knows without
    /// working the probability out may say so sooner.
    fn is_above(
        &self,
        number: f64,
        shown: Shown,
        follower: AccountId,
        public: PublicId,
        world: &World<'_>,
    ) -> bool {
        number < self.of(shown, follower, public, world) * shown.showing.share
    }
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

    /// Puts what is shown before its audience: counts the exposure, and announces it.
    pub fn expose(&mut self, shown: Shown, world: &mut World<'_>) {
        world.exposures.clear();
        match shown.showing.audience {
            Audience::Crowd(crowd) => count(shown, crowd.public, crowd.size, world),
            Audience::Followers => {
                let setting = world.setting;
                let list = setting.network.list(shown.by.account, &mut self.list);
                let mut begin = 0;
                for &Segment { public, end } in list.segments() {
                    count(shown, public, end - begin, world);
                    begin = end;
                }
            }
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
        if let Audience::Crowd(crowd) = shown.showing.audience {
            return self.toss_in_crowd(shown, crowd, chance, world, &mut wins);
        }
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
        let share = shown.showing.share;
        let stream_of = |layer| shown.coins(part, layer, world);
        self.coins.walk((end - begin) as usize, bound * share, stream_of, &mut hits);
        let of_one = (part > 0).then(|| list.public_at(begin));
        for &(offset, number) in &hits {
            let position = begin + offset;
            let public = of_one.unwrap_or_else(|| list.public_at(position));
            // Most hits lie above what anybody of the public reaches; they need no look at the person.
            let bound = if part > 0 { bound } else { chance.bound(shown, public, world) };
            if number >= bound * share {
                continue;
            }
            let follower = list.follower_at(position);
            if chance.is_above(number, shown, follower, public, world)
                && !has_muted(follower, public, shown, world)
            {
                wins(follower, public);
            }
        }
        self.hits = hits;
    }

    /// The same for members of a public that no list holds.
    fn toss_in_crowd(
        &mut self,
        shown: Shown,
        crowd: Crowd,
        chance: &impl Chance,
        world: &World<'_>,
        wins: &mut impl FnMut(AccountId, PublicId),
    ) {
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        let (public, share) = (crowd.public, shown.showing.share);
        let bound = chance.bound(shown, public, world) * share;
        let stream_of = |layer| shown.coins(u32::from(public.0), layer, world);
        self.coins.walk(crowd.size as usize, bound, stream_of, &mut hits);
        for &(position, number) in hits.iter().filter(|(_, number)| *number < bound) {
            let reader = crowd.member(position);
            if chance.is_above(number, shown, reader, public, world)
                && !has_muted(reader, public, shown, world)
            {
                wins(reader, public);
            }
        }
        self.hits = hits;
    }

    /// Calls `meets` with each who is met for the first time; to be met again by the same account counts for nothing.
    pub fn meet(&mut self, shown: Shown, world: &World<'_>, mut meets: impl FnMut(AccountId, PublicId)) {
        if !shown.showing.is_new {
            return;
        }
        let mut meets = |reader: AccountId, public: PublicId| {
            if !has_muted(reader, public, shown, world) && visits(reader, shown, world) {
                meets(reader, public);
            }
        };
        if let Audience::Crowd(crowd) = shown.showing.audience {
            (0..crowd.size).for_each(|position| meets(crowd.member(position), crowd.public));
            return;
        }
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

    /// Number of those before whom it is shown.
    pub fn n_followers(&mut self, shown: Shown, world: &World<'_>) -> u32 {
        match shown.showing.audience {
            Audience::Crowd(crowd) => crowd.size,
            Audience::Followers => world.setting.network.list(shown.by.account, &mut self.list).len(),
        }
    }

    /// Calls `picks` with the one at the place `number` (uniform in [0, 1)) of the audience, if there is any who sees it.
    pub fn pick(
        &mut self,
        shown: Shown,
        number: f64,
        world: &World<'_>,
        picks: impl FnOnce(AccountId, PublicId),
    ) {
        let length = self.n_followers(shown, world);
        if length == 0 {
            return;
        }
        let position = ((number * f64::from(length)) as u32).min(length - 1);
        let (reader, public) = match shown.showing.audience {
            Audience::Crowd(crowd) => (crowd.member(position), crowd.public),
            Audience::Followers => {
                let mut list = world.setting.network.list(shown.by.account, &mut self.list);
                (list.follower_at(position), list.public_at(position))
            }
        };
        if !has_muted(reader, public, shown, world) && visits(reader, shown, world) {
            picks(reader, public);
        }
    }

    /// Lets `account` share once its reaction is over, on condition that its source still shows the message after that `delay`.
    pub fn appoint_if(
        shown: Shown,
        who: (AccountId, PublicId),
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
        is_shown_for: impl FnOnce(TimeSpan) -> bool,
    ) {
        let delay = Self::delay(shown, who, world, agenda, reaction_quantile_ms);
        if is_shown_for(delay) {
            Self::schedule(shown, who.0, delay, agenda);
        }
    }

    /// Lets `account` share once its reaction is over.
    pub fn appoint(shown: Shown, who: (AccountId, PublicId), world: &World<'_>, agenda: &mut Agenda<Event>) {
        Self::appoint_if(shown, who, world, agenda, |_| true);
    }

    /// Lets `account` share after a reaction of which `quantile_ms` is the quantile, in active milliseconds.
    pub fn appoint_after(
        shown: Shown,
        who: (AccountId, PublicId),
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
        quantile_ms: impl FnOnce(f64) -> f64,
    ) {
        let delay = Self::delay(shown, who, world, agenda, quantile_ms);
        Self::schedule(shown, who.0, delay, agenda);
    }

    /// Time on the clock that a reaction takes.
    fn delay(
        shown: Shown,
        (account, public): (AccountId, PublicId),
        world: &World<'_>,
        agenda: &Agenda<Event>,
        quantile_ms: impl FnOnce(f64) -> f64,
    ) -> TimeSpan {
        let number = world.key.uniform(DELAY, Subject::new(account.0, world.message(shown.message).key));
        delay(quantile_ms(number), public, world, agenda)
    }

    fn schedule(shown: Shown, account: AccountId, delay: TimeSpan, agenda: &mut Agenda<Event>) {
        let due = Event::ShareDue { message: shown.message, account, parent: shown.node };
        agenda.schedule(agenda.now() + delay, due);
    }

    /// The public of `account` if it can still share what is shown, and does so in spite of labels and denials.
    pub fn can_share(&self, shown: Shown, account: AccountId, world: &World<'_>) -> Option<PublicId> {
        let factor = self.factor(shown, world);
        if factor < 1.0 {
            let subject = Subject::new(account.0, world.message(shown.message).key);
            if world.key.uniform(BELIEVES, subject.part(shown.by.account.0)) >= factor {
                return None;
            }
        }
        let public = world.setting.network.public_of(account)?;
        (!has_muted(account, public, shown, world)).then_some(public)
    }

    /// Factor on the probability of sharing what is shown now: 0 where it can't be seen any more.
    fn factor(&self, shown: Shown, world: &World<'_>) -> f64 {
        let (id, visibility) = (shown.message, &world.visibility);
        let factor = visibility.factor(id);
        if factor == 1.0 && visibility.is_open() && world.message(id).deleted.is_none() {
            return 1.0;
        }
        let (owner, body) = self.origin(shown, world);
        let is_gone = body == Body::Original && world.is_withdrawn(id);
        if is_gone || visibility.is_silenced(shown.by.account) || visibility.is_silenced(owner) {
            return 0.0;
        }
        if body == Body::Copy { visibility.factor_of_copies(id) } else { factor }
    }

    /// Who first posted the text that is shown, and as what: copies and quotes are posts of their own, reposts are not.
    fn origin(&self, shown: Shown, world: &World<'_>) -> (AccountId, Body) {
        let nodes = world.spread(shown.message).cascade.nodes();
        let key = world.message(shown.message).key;
        let mut at = shown.node;
        while at > 0 {
            let Node { account, parent, frame, time, .. } = nodes[at as usize];
            if world.key_since(time).uniform(COPY, Subject::new(account.0, key)) < self.copies.get() {
                return (account, Body::Copy);
            }
            // Reposting a quote keeps its frame; a named account does not repost, it quotes.
            if frame != nodes[parent as usize].frame || world.setting.voice_of(account).is_some() {
                return (account, Body::Quote);
            }
            at = parent;
        }
        (nodes[0].account, Body::Original)
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
        if !world.shared.insert(shared_key(id, account)) {
            return None;
        }
        let weight = world.setting.network.publics()[public.idx()].weight;
        let node = world.spread_mut(id).cascade.add(account, shown.node, agenda.now(), frame, weight);
        Some(Shown::of(id, node, world))
    }

    /// Whether `account` has shared `message`.
    pub fn has_shared(message: MessageId, account: AccountId, world: &World<'_>) -> bool {
        world.shared.contains(shared_key(message, account))
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

/// As what a text was posted that readers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// The author's own post, also where it was reposted.
    Original,
    /// A post of somebody who quotes it, in which it shows.
    Quote,
    /// A screenshot, or a new post of the same text.
    Copy,
}

/// Key of the share of `message` by `account`.
fn shared_key(message: MessageId, account: AccountId) -> u64 {
    u64::from(message.0) << 32 | u64::from(account.0)
}

/// Counts `n_readers` of `public` that have what is shown before them.
fn count(shown: Shown, public: PublicId, n_readers: u32, world: &mut World<'_>) {
    let slice = &world.setting.network.publics()[public.idx()];
    let seeing = shown.showing.share * (1.0 - world.visibility.muted_share(shown.by.account, public));
    let (n_readers, n_members) = (f64::from(n_readers) * seeing, slice.n_accounts());
    let spread = world.spread_mut(shown.message);
    let newly_seen = if shown.showing.is_new {
        spread.expose(public, n_readers, n_members, slice.weight)
    } else {
        spread.expose_again(public, n_readers, slice.weight);
        0.0
    };
    let per_member = n_readers / f64::from(n_members.max(1));
    world.exposures.push(Exposure { public, newly_seen, per_member });
}

/// Whether a reader has muted who shows it.
fn has_muted(reader: AccountId, public: PublicId, shown: Shown, world: &World<'_>) -> bool {
    world.visibility.has_muted(reader, public, shown.by.account)
}

/// Whether a reader is of the share of the audience that sees it.
fn visits(reader: AccountId, shown: Shown, world: &World<'_>) -> bool {
    let Showing { share, round, .. } = shown.showing;
    let key = key_from(world.message(shown.message).key, round);
    share >= 1.0 || world.key.uniform(VISITS, Subject::new(reader.0, key)) < share
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
        Event::ShowingDue(ref showing) => Some(Shown::again(**showing, world)),
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
