//! A follower network of which nothing is stored: lists are computed when they are looked at, the same each time.
//!
//! # Who follows whom
//!
//! The accounts of a cell stand in the order of their expected following, heavy-tailed as in [the block model](super::block_model), and
//! are divided into *strata*: the lower half, the next quarter, the next eighth … up to the most active. In each stratum the followers of u
//! are the first d elements of a pseudo-random permutation of its accounts that belongs to u ([`crate::engine::permutation`]), so they differ
//! from each other, the i-th of them is found without the others, and by the inverse permutation so is whether v is one of them. Whom v
//! follows can't be listed. Within a stratum numbers of accounts followed are Poisson but for d ≤ n; their heavy tail, and its correlation with
//! the audience, is that of the strata.
//!
//! The number d of followers of u in a stratum is Poisson; its mean is the expected audience of u in the public (as in the block model,
//! those due to mutual relations included: see [`super::degrees`]) times the stratum's part in all that the public's members follow. Where the
//! audience is small, the number in all publics together is drawn, then the public of each, and the stratum of each only in a public that
//! somebody asks for: the cost of a list follows its length and not the number of strata.
//!
//! Of the followers from the community of u (its country), the share that [circles](super::circles) hold is of the stance of u: circles
//! are made of people who think alike. The others come from all cells of their public.
//!
//! Named accounts have the real number of followers in each public, in each stratum the share 1 − exp(−λF) of its members, F being their
//! following: the mean of the choice without replacement by activity that the block model makes.
//!
//! # What it lacks
//!
//! No relation is mutual but by chance, named accounts follow nobody, and there are no circles: no more triangles than the strata bring about.

use super::block_model::{self, NamedPlan, Plan};
use super::degrees::Degrees;
use super::{PublicSlice, STANCE_BINS, Segment};
use crate::engine::permutation::Permutation;
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::ids::{AccountId, PublicId};

const PLACE: Purpose = Purpose::new("procedural place");
const AUDIENCE: Purpose = Purpose::new("procedural audience");
const STRATA: Purpose = Purpose::new("procedural strata");
const FOLLOWERS: Purpose = Purpose::new("procedural followers");

/// Strata of a cell at the most: the last is one account in two thousand.
const CLASSES: u32 = 12;
/// From this expected number in a public on, it is drawn by itself, which then takes less time than a draw for each follower.
const SOME: f64 = 1.0;
/// From this expected number in a public on, the number in each of its strata is drawn by itself.
const MANY: f64 = 200.0;

/// Accounts of one cell with like following.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stratum {
    begin: u32,
    n: u32,
    /// Part that this and the strata before it have in all that their public follows.
    end: f64,
}

/// A public whose members follow those of another.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Readers {
    public: PublicId,
    /// Expected followers in it of a mean account.
    mean: f64,
    /// The same in it and all that come after it.
    onwards: f64,
}

/// Followers of a named account.
#[derive(Debug, Clone, PartialEq)]
struct NamedAudience {
    segments: Vec<Segment>,
    /// Strata with followers, each with the position behind the last.
    parts: Vec<(u32, u32)>,
}

/// What lists are computed from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Procedural {
    key: RunKey,
    degrees: Degrees,
    strata: Vec<Stratum>,
    /// First stratum of each public, and one past the last.
    starts: Vec<u32>,
    /// For each public the part that the cells before each have in all that it follows.
    cells: Vec<[f64; STANCE_BINS + 1]>,
    /// Community of each public.
    communities: Vec<u32>,
    /// Share of the followers from the own community that are of the own stance for certain.
    alike: f64,
    /// For each public those that follow it, most followers first.
    readers: Vec<Vec<Readers>>,
    named: Vec<NamedAudience>,
    /// Accounts that a member of each stratum is expected to follow.
    followed: Vec<f64>,
    /// First named account.
    first_named: u32,
    expected_links: f64,
}

/// What is remembered of the list looked at last.
#[derive(Debug, Clone, Default)]
pub(super) struct Remembered {
    owner: Option<(RunKey, AccountId)>,
    /// Public and stance of the owner.
    public: usize,
    bin: usize,
    /// Expected audience of the owner relative to the mean.
    weight: f64,
    segments: Vec<Segment>,
    /// Public of each follower beyond those publics that have a number of their own.
    single: Vec<PublicId>,
    /// The segment whose strata are known, if any.
    split: Option<usize>,
    /// Followers in each stratum of that segment and the ones before it.
    ends: Vec<u32>,
}

impl Procedural {
    pub(super) fn new(plan: &Plan, publics: &[PublicSlice], key: RunKey) -> Self {
        let degrees = Degrees::new(&plan.tails, plan.reciprocity);
        let (mut strata, mut starts, mut cells) = (Vec::new(), vec![0], Vec::new());
        for slice in publics {
            let own = strata_of(slice, &degrees);
            cells.push(cells_of(slice, &own));
            strata.extend(own);
            starts.push(strata.len() as u32);
        }
        let mut network = Self {
            key,
            degrees,
            strata,
            starts,
            cells,
            communities: plan.publics.iter().map(|public| public.community).collect(),
            alike: plan.circles.share.clamp(0.0, 1.0),
            readers: (0..publics.len()).map(|g| readers(plan, g)).collect(),
            named: Vec::with_capacity(plan.named.len()),
            followed: Vec::new(),
            first_named: publics.last().map_or(0, |slice| slice.bin_starts[STANCE_BINS]),
            expected_links: block_model::expected_edges(plan),
        };
        for named in &plan.named {
            let audience = network.named_audience(named, publics);
            network.named.push(audience);
        }
        network.followed = network.followed(plan);
        network
    }

    /// Accounts that a member of each stratum is expected to follow, named ones included.
    fn followed(&self, plan: &Plan) -> Vec<f64> {
        let n_publics = plan.publics.len();
        let mut followed = Vec::with_capacity(self.strata.len());
        for h in 0..n_publics {
            let total: f64 = (0..n_publics).map(|g| block_model::n_edges(plan, g, h)).sum();
            let mut begin = 0.0;
            for stratum in &self.strata[self.strata_range(PublicId::new(h))] {
                followed.push(total * (stratum.end - begin) / f64::from(stratum.n));
                begin = stratum.end;
            }
        }
        for named in &self.named {
            let mut begin = 0;
            for &(stratum, end) in &named.parts {
                let stratum = stratum as usize;
                followed[stratum] += f64::from(end - begin) / f64::from(self.strata[stratum].n);
                begin = end;
            }
        }
        followed
    }

    /// Accounts that `account` is expected to follow.
    pub(super) fn expected_following(&self, account: AccountId) -> f64 {
        let stratum = self.strata.partition_point(|stratum| stratum.begin + stratum.n <= account.0);
        self.followed.get(stratum).copied().unwrap_or(0.0)
    }

    pub(super) fn n_accounts(&self) -> u32 {
        self.first_named + self.named.len() as u32
    }

    /// Expected number of relations.
    pub(super) fn expected_links(&self) -> usize {
        self.expected_links.round() as usize
    }

    /// Segments of the list of `owner`, which is the one looked at last.
    pub(super) fn segments<'a>(&'a self, owner: AccountId, memory: &'a Remembered) -> &'a [Segment] {
        self.named_of(owner).map_or(&memory.segments, |named| &named.segments)
    }

    /// Looks at the list of `owner`, unless it is the one looked at last.
    pub(super) fn remember(&self, owner: AccountId, publics: &[PublicSlice], memory: &mut Remembered) {
        if memory.owner == Some((self.key, owner)) || self.named_of(owner).is_some() {
            return;
        }
        memory.owner = Some((self.key, owner));
        memory.segments.clear();
        memory.single.clear();
        memory.split = None;
        let g = publics.partition_point(|slice| slice.bin_starts[STANCE_BINS] <= owner.0);
        (memory.public, memory.bin) = (g, bin_of(owner, &publics[g]));
        memory.weight = self.degrees.audience(self.place(owner, &publics[g]));
        let readers = &self.readers[g];
        let n_large = readers.partition_point(|reader| reader.mean * memory.weight >= SOME);
        let mut stream = self.key.stream(AUDIENCE, Subject::new(owner.0, 0));
        for reader in &readers[..n_large] {
            let mean = reader.mean * memory.weight;
            let drawn =
                if mean < MANY { stream.poisson(mean) } else { self.split(owner, *reader, 0, memory) };
            // Ends are counts until all of them are known.
            let room = room(owner, &publics[reader.public.idx()]);
            memory.segments.push(Segment { public: reader.public, end: drawn.min(room) as u32 });
        }
        let onwards = readers.get(n_large).map_or(0.0, |reader| reader.onwards);
        for _ in 0..stream.poisson(onwards * memory.weight) {
            let point = stream.uniform_positive() * onwards;
            let idx = readers[n_large..].partition_point(|reader| reader.onwards >= point);
            memory.single.push(readers[n_large + idx.max(1) - 1].public);
        }
        Self::join(owner, publics, memory);
    }

    /// Adds the single followers to the segments, and makes ends of counts.
    fn join(owner: AccountId, publics: &[PublicSlice], memory: &mut Remembered) {
        memory.single.sort_unstable();
        for public in memory.single.chunk_by(|left, right| left == right) {
            let room = room(owner, &publics[public[0].idx()]);
            memory.segments.push(Segment { public: public[0], end: (public.len() as u64).min(room) as u32 });
        }
        memory.segments.retain(|segment| segment.end > 0);
        memory.segments.sort_unstable_by_key(|segment| segment.public);
        let mut end = 0;
        for segment in &mut memory.segments {
            end += segment.end;
            segment.end = end;
        }
        memory.split = None;
    }

    /// Who stands at `position` of the list of `owner`, which is the one looked at last.
    pub(super) fn follower_at(&self, owner: AccountId, position: u32, memory: &mut Remembered) -> AccountId {
        if let Some(named) = self.named_of(owner) {
            let idx = named.parts.partition_point(|&(_, end)| end <= position);
            let begin = if idx == 0 { 0 } else { named.parts[idx - 1].1 };
            return self.member(owner, named.parts[idx].0, position - begin);
        }
        let idx = memory.segments.partition_point(|segment| segment.end <= position);
        let begin = if idx == 0 { 0 } else { memory.segments[idx - 1].end };
        let public = memory.segments[idx].public;
        self.split_segment(owner, idx, memory);
        let stratum = memory.ends.partition_point(|&end| end <= position - begin);
        let before = if stratum == 0 { 0 } else { memory.ends[stratum - 1] };
        self.member(owner, self.starts[public.idx()] + stratum as u32, position - begin - before)
    }

    /// Whether `follower`, a member of `public`, follows `owner`, whose list is the one looked at last.
    pub(super) fn is_followed_by(
        &self,
        owner: AccountId,
        follower: AccountId,
        public: PublicId,
        memory: &mut Remembered,
    ) -> bool {
        let strata = self.strata_range(public);
        let in_public =
            self.strata[strata.clone()].partition_point(|stratum| stratum.begin + stratum.n <= follower.0);
        let stratum = strata.start + in_public;
        let count = if let Some(named) = self.named_of(owner) {
            let idx = named.parts.partition_point(|&(part, _)| (part as usize) < stratum);
            let begin = if idx == 0 { 0 } else { named.parts[idx - 1].1 };
            named.parts.get(idx).filter(|part| part.0 as usize == stratum).map_or(0, |part| part.1 - begin)
        } else if let Ok(idx) = memory.segments.binary_search_by_key(&public, |segment| segment.public) {
            self.split_segment(owner, idx, memory);
            memory.ends[in_public] - if in_public == 0 { 0 } else { memory.ends[in_public - 1] }
        } else {
            0
        };
        count > 0 && follower != owner && {
            let Stratum { begin, n, .. } = self.strata[stratum];
            let (n, own) = without(owner, begin, n);
            let offset = follower.0 - begin;
            self.permutation(owner, stratum as u32, n).place_of(offset - u32::from(offset > own)) < count
        }
    }

    /// The account at `place` among the followers of `owner` in a stratum.
    fn member(&self, owner: AccountId, stratum: u32, place: u32) -> AccountId {
        let Stratum { begin, n, .. } = self.strata[stratum as usize];
        let (n, own) = without(owner, begin, n);
        let offset = self.permutation(owner, stratum, n).at(place);
        AccountId(begin + offset + u32::from(offset >= own))
    }

    fn permutation(&self, owner: AccountId, stratum: u32, n: u32) -> Permutation {
        let [low, high, ..] = self.key.words(FOLLOWERS, Subject::new(owner.0, stratum));
        Permutation::new(n, u64::from(high) << 32 | u64::from(low))
    }

    /// Finds how the followers in segment `idx` are divided among its strata, unless that is known.
    fn split_segment(&self, owner: AccountId, idx: usize, memory: &mut Remembered) {
        if memory.split == Some(idx) {
            return;
        }
        let Segment { public, end } = memory.segments[idx];
        let n = end - if idx == 0 { 0 } else { memory.segments[idx - 1].end };
        let reader = self.readers[memory.public].iter().find(|reader| reader.public == public);
        let mean = reader.map_or(0.0, |reader| reader.mean);
        self.split(owner, Readers { public, mean, onwards: mean }, n, memory);
        memory.split = Some(idx);
    }

    /// Divides the followers of `owner` in a public among its strata: `n` of them, or where they are many as many as each stratum has.
    /// Returns how many there are.
    fn split(&self, owner: AccountId, reader: Readers, n: u32, memory: &mut Remembered) -> u64 {
        let mut stream = self.key.stream(STRATA, Subject::new(owner.0, u32::from(reader.public.0)));
        let strata = &self.strata[self.strata_range(reader.public)];
        let room = |idx: usize| without(owner, strata[idx].begin, strata[idx].n).0;
        let mean = reader.mean * memory.weight;
        let [low, high] = [memory.bin, memory.bin + 1].map(|bin| self.cells[reader.public.idx()][bin]);
        let is_near = self.communities[reader.public.idx()] == self.communities[memory.public] && low < high;
        let alike = if is_near { self.alike } else { 0.0 };
        let ends = &mut memory.ends;
        ends.clear();
        ends.resize(strata.len(), 0);
        if mean < MANY {
            for _ in 0..n {
                let number = stream.uniform();
                let point = if number < alike {
                    low + number / alike * (high - low)
                } else {
                    (number - alike) / (1.0 - alike)
                };
                let mut idx = strata.partition_point(|stratum| stratum.end <= point).min(strata.len() - 1);
                // Where all of a stratum follow already, the next one gives way; there is room for all of them.
                while ends[idx] == room(idx) {
                    idx = (idx + 1) % strata.len();
                }
                ends[idx] += 1;
            }
        } else {
            let mut begin = 0.0;
            for (idx, stratum) in strata.iter().enumerate() {
                let part = stratum.end - begin;
                let of_own = if low <= begin && stratum.end <= high { part / (high - low) } else { 0.0 };
                let drawn = stream.poisson(mean * ((1.0 - alike) * part + alike * of_own));
                ends[idx] = drawn.min(u64::from(room(idx))) as u32;
                begin = stratum.end;
            }
        }
        let mut sum = 0;
        for end in ends.iter_mut() {
            sum += *end;
            *end = sum;
        }
        u64::from(sum)
    }

    /// Place of an account of `public` in the order of following, between 0 and 1.
    fn place(&self, account: AccountId, public: &PublicSlice) -> f64 {
        let bin = bin_of(account, public);
        let (begin, end) = (public.bin_starts[bin], public.bin_starts[bin + 1]);
        let within = self.key.uniform(PLACE, Subject::new(account.0, 0));
        (f64::from(account.0 - begin) + within) / f64::from(end - begin)
    }

    fn strata_range(&self, public: PublicId) -> std::ops::Range<usize> {
        self.starts[public.idx()] as usize..self.starts[public.idx() + 1] as usize
    }

    fn named_of(&self, account: AccountId) -> Option<&NamedAudience> {
        account.0.checked_sub(self.first_named).map(|idx| &self.named[idx as usize])
    }

    /// Divides the real followers of a named account among the strata.
    fn named_audience(&self, named: &NamedPlan, publics: &[PublicSlice]) -> NamedAudience {
        let mut audience = NamedAudience { segments: Vec::new(), parts: Vec::new() };
        let mut end = 0;
        for (idx, slice) in publics.iter().enumerate() {
            let wanted = block_model::n_named_followers(named, idx, slice, self.key);
            let strata = &self.strata[self.strata_range(PublicId::new(idx))];
            let following = following(strata);
            let rate = rate_for(f64::from(wanted), strata, &following);
            let (begin, mut reached) = (end, 0.0);
            for (stratum, following) in strata.iter().zip(&following).enumerate() {
                reached += f64::from(following.0.n) * -libm::expm1(-rate * following.1);
                let until = begin + ((reached + 0.5) as u32).min(wanted);
                if until > end {
                    audience.parts.push((self.starts[idx] + stratum as u32, until));
                    end = until;
                }
            }
            if end > begin {
                audience.segments.push(Segment { public: PublicId::new(idx), end });
            }
        }
        audience
    }
}

/// `n` accounts from `begin` on but for `owner`, if it is among them: their number, and the place that is left out (beyond the last if none is).
fn without(owner: AccountId, begin: u32, n: u32) -> (u32, u32) {
    match owner.0.checked_sub(begin) {
        Some(own) if own < n => (n - 1, own),
        _ => (n, n),
    }
}

/// Accounts of a public that can follow `owner`.
fn room(owner: AccountId, public: &PublicSlice) -> u64 {
    u64::from(without(owner, public.bin_starts[0], public.n_accounts()).0)
}

/// Strata of a public in the order of their accounts; none is empty.
fn strata_of(slice: &PublicSlice, degrees: &Degrees) -> Vec<Stratum> {
    let mut strata = Vec::with_capacity(STANCE_BINS * CLASSES as usize);
    let mut end = 0.0;
    for bin in 0..STANCE_BINS {
        let (first, n_cell) = (slice.bin_starts[bin], slice.bin_starts[bin + 1] - slice.bin_starts[bin]);
        let share_of_cell = f64::from(n_cell) / f64::from(slice.n_accounts().max(1));
        let place = |rank: u32| f64::from(rank) / f64::from(n_cell);
        let mut begin = 0;
        for class in 1..=CLASSES {
            let behind = if class == CLASSES { n_cell } else { n_cell - (n_cell >> class) };
            if behind > begin {
                let part = degrees.following_below(place(behind)) - degrees.following_below(place(begin));
                end += part * share_of_cell;
                strata.push(Stratum { begin: first + begin, n: behind - begin, end });
                begin = behind;
            }
        }
    }
    strata
}

/// Following of a member of each stratum relative to the mean of the public.
fn following(strata: &[Stratum]) -> Vec<f64> {
    let n: f64 = strata.iter().map(|stratum| f64::from(stratum.n)).sum();
    let begins = std::iter::once(0.0).chain(strata.iter().map(|stratum| stratum.end));
    strata
        .iter()
        .zip(begins)
        .map(|(stratum, begin)| (stratum.end - begin) * n / f64::from(stratum.n))
        .collect()
}

/// Publics that follow public `g`, most followers first.
fn readers(plan: &Plan, g: usize) -> Vec<Readers> {
    let n_followed = f64::from(plan.publics[g].n_accounts.max(1));
    let mean = |h: usize| block_model::n_edges(plan, g, h) / n_followed;
    let mut readers: Vec<Readers> = (0..plan.publics.len())
        .map(|h| Readers { public: PublicId::new(h), mean: mean(h), onwards: 0.0 })
        .filter(|reader| reader.mean > 0.0 && plan.publics[reader.public.idx()].n_accounts > 0)
        .collect();
    readers.sort_by(|left, right| right.mean.total_cmp(&left.mean).then(left.public.cmp(&right.public)));
    let mut onwards = 0.0;
    for reader in readers.iter_mut().rev() {
        onwards += reader.mean;
        reader.onwards = onwards;
    }
    readers
}

/// The rate λ at which Σ n (1 − exp(−λF)) over the strata is `wanted`, to a thousandth of an account, by Newton's method from 0: the sum is
/// concave, so each step stays below the rate and none goes back.
fn rate_for(wanted: f64, strata: &[Stratum], following: &[f64]) -> f64 {
    let mut rate: f64 = 0.0;
    for _ in 0..200 {
        let (mut missing, mut slope): (f64, f64) = (wanted, 0.0);
        for (stratum, following) in strata.iter().zip(following) {
            let share = -libm::expm1(-rate * following);
            missing -= f64::from(stratum.n) * share;
            slope += f64::from(stratum.n) * following * (1.0 - share);
        }
        if missing < 1e-3 || slope <= 0.0 {
            break;
        }
        rate += missing / slope;
    }
    rate
}

/// Stance bin of an account of a public.
fn bin_of(account: AccountId, public: &PublicSlice) -> usize {
    public.bin_starts[1..STANCE_BINS].partition_point(|&start| start <= account.0)
}

/// The part that the cells before each have in all that a public with these strata follows.
fn cells_of(public: &PublicSlice, strata: &[Stratum]) -> [f64; STANCE_BINS + 1] {
    std::array::from_fn(|bin| {
        let n_before = strata.partition_point(|stratum| stratum.begin < public.bin_starts[bin]);
        n_before.checked_sub(1).map_or(0.0, |last| strata[last].end)
    })
}

#[cfg(test)]
mod agreement;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::weights::Tails;
    use crate::model::network::block_model::PublicPlan;
    use crate::model::network::circles::Circles;
    use crate::model::network::{ListMemory, Network};
    use statrs::distribution::{ChiSquared, ContinuousCDF};
    use std::collections::BTreeMap;

    pub(super) const TAILS: Tails =
        Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 300.0 };

    /// A large public, a middling one, one of eleven accounts of which 4 follow everybody's mean account, and an empty one.
    fn plan(n_large: u32) -> Plan {
        let sizes = [n_large, 2000, 11, 0];
        let followed = [[25.0, 15.0, 4.0, 1.0], [5.0, 40.0, 2.0, 1.0], [0.2, 0.1, 3.0, 1.0], [1.0; 4]];
        Plan {
            publics: sizes.map(|n_accounts| PublicPlan { n_accounts, weight: 1.0, community: 0 }).to_vec(),
            mean_followed: followed.as_flattened().to_vec(),
            named: vec![
                NamedPlan { key: 1, followers: vec![400.0, 900.0, 11.0, 0.0] },
                NamedPlan { key: 2, followers: vec![0.25, 0.0, 3.5, 7.0] },
            ],
            tails: TAILS,
            reciprocity: 0.35,
            circles: Circles::NONE,
        }
    }

    fn network(n_large: u32, seed: u64) -> Network {
        Network::procedural(&plan(n_large), RunKey::new(seed, 0))
    }

    pub(super) fn accounts(network: &Network) -> impl Iterator<Item = AccountId> {
        (0..network.n_accounts()).map(AccountId)
    }

    fn counts(network: &Network, account: AccountId) -> [u32; 4] {
        let mut counts = [0; 4];
        let mut begin = 0;
        for segment in network.list(account, &mut ListMemory::default()).segments() {
            counts[segment.public.idx()] = segment.end - begin;
            begin = segment.end;
        }
        counts
    }

    #[test]
    fn lists_hold_nobody_twice_nor_their_owner_and_segments_cover_them() {
        for n_large in [0, 1, 50, 3000] {
            let network = network(n_large, 1);
            let mut memory = ListMemory::default();
            for account in accounts(&network) {
                let followers = network.followers(account);
                assert!(followers.windows(2).all(|pair| pair[0] < pair[1]), "{account:?} of {n_large}");
                let mut list = network.list(account, &mut memory);
                assert_eq!(list.len() as usize, followers.len());
                let segments = list.segments().to_vec();
                assert!(
                    segments
                        .windows(2)
                        .all(|pair| pair[0].public < pair[1].public && pair[0].end < pair[1].end)
                );
                for position in 0..list.len() {
                    let (follower, public) = (list.follower_at(position), list.public_at(position));
                    assert_eq!(network.public_of(follower), Some(public));
                    assert_ne!(follower, account);
                }
            }
        }
    }

    #[test]
    fn a_list_is_the_same_from_either_end_and_whatever_was_looked_at_before() {
        let network = network(3000, 1);
        let mut memory = ListMemory::default();
        for account in accounts(&network).step_by(7) {
            let mut list = network.list(account, &mut memory);
            let forwards: Vec<AccountId> =
                (0..list.len()).map(|position| list.follower_at(position)).collect();
            let mut backwards: Vec<AccountId> =
                (0..list.len()).rev().map(|position| list.follower_at(position)).collect();
            backwards.reverse();
            assert_eq!(forwards, backwards);
            let mut sorted: Vec<u32> = forwards.iter().map(|follower| follower.0).collect();
            sorted.sort_unstable();
            assert_eq!(sorted, *network.followers(account));
        }
    }

    #[test]
    fn who_is_a_member_of_a_list_is_who_is_enumerated() {
        let network = network(600, 1);
        let mut memory = ListMemory::default();
        let everybody: Vec<AccountId> = accounts(&network).collect();
        for &account in everybody.iter().step_by(5).chain(everybody.iter().rev().take(14)) {
            let members: Vec<u32> = everybody
                .iter()
                .filter(|&&follower| network.follows(follower, account, &mut memory))
                .map(|follower| follower.0)
                .collect();
            assert_eq!(members, *network.followers(account), "{account:?}");
        }
    }

    #[test]
    fn the_same_plan_and_key_give_the_same_network_and_another_key_another() {
        assert_eq!(network(500, 1), network(500, 1));
        let lists = |seed| {
            let network = network(500, seed);
            accounts(&network).map(|account| network.followers(account).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!(lists(1), lists(1));
        assert_ne!(lists(1), lists(2));
    }

    #[test]
    fn named_accounts_have_their_real_followers_and_at_most_everybody() {
        let network = network(8000, 1);
        assert_eq!(counts(&network, AccountId(10_011)), [400, 900, 11, 0]);
        let [large, middling, small, empty] = counts(&network, AccountId(10_012));
        assert!(large <= 1 && middling == 0 && (3..=4).contains(&small) && empty == 0);
        let n = 67_000_000;
        let mut plan = plan(n);
        plan.named[0].followers = vec![f64::from(n), 60.0, 0.0, 0.0];
        plan.named[1].followers = vec![f64::from(n) * 0.9, 0.0, 0.0, 0.0];
        let network = Network::procedural(&plan, RunKey::new(1, 0));
        assert_eq!(counts(&network, AccountId(n + 2011)), [n, 60, 0, 0]);
        assert_eq!(counts(&network, AccountId(n + 2012))[0], n / 10 * 9);
    }

    /// Mean audience in each public: the sum over n accounts of Poisson numbers whose means have a heavy tail, so the bound takes the
    /// standard error from the sample, at α = 1e-4 of a two-sided test. Audiences in the small public are capped by its size.
    #[test]
    fn audiences_have_the_means_of_the_plan() {
        let (plan, network) = (plan(20_000), network(20_000, 1));
        for (g, begin, n) in [(0, 0, 20_000), (1, 20_000, 2000)] {
            let counts: Vec<[u32; 4]> =
                (begin..begin + n).map(|id| counts(&network, AccountId(id))).collect();
            for h in 0..2 {
                let expected = block_model::n_edges(&plan, g, h) / f64::from(n);
                let values: Vec<f64> = counts.iter().map(|count| f64::from(count[h])).collect();
                let mean = values.iter().sum::<f64>() / f64::from(n);
                let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(n);
                let bound = 3.9 * (variance / f64::from(n)).sqrt();
                assert!((mean - expected).abs() < bound, "{g} to {h}: {mean} for {expected} ± {bound}");
            }
        }
    }

    /// Pearson's statistic of equal expectations against its quantile at 1 − 1e-4.
    fn assert_uniform(counts: &[u32]) {
        let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
        assert!(expected > 10.0, "too few: {counts:?}");
        let statistic: f64 =
            counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
        let bound = ChiSquared::new(counts.len() as f64 - 1.0).unwrap().inverse_cdf(1.0 - 1e-4);
        assert!(statistic < bound, "{statistic} above {bound}: {counts:?}");
    }

    /// Strata of the public of eleven have one or two accounts.
    #[test]
    fn members_of_a_stratum_are_included_alike_down_to_two() {
        let mut met = [0_u32; 11];
        for seed in 0..240 {
            let network = network(300, seed);
            let mut memory = ListMemory::default();
            for account in (0..300).step_by(2).map(AccountId) {
                let mut list = network.list(account, &mut memory);
                for position in (0..list.len())
                    .filter(|&position| list.public_at(position) == PublicId(2))
                    .collect::<Vec<_>>()
                {
                    met[(list.follower_at(position).0 - 2300) as usize] += 1;
                }
            }
        }
        let plan = plan(300);
        let network = Procedural::new(&plan, &block_model::slices_of(&plan.publics), RunKey::new(0, 0));
        let strata = &network.strata[network.strata_range(PublicId(2))];
        let pairs: Vec<_> = strata.iter().filter(|stratum| stratum.n > 1).collect();
        assert!(pairs.iter().any(|stratum| stratum.n == 2), "{strata:?}");
        for stratum in pairs {
            let begin = (stratum.begin - 2300) as usize;
            assert_uniform(&met[begin..begin + stratum.n as usize]);
        }
    }

    /// Where an account has two followers in the stratum of eight, they are any two with the same probability.
    #[test]
    fn pairs_of_followers_in_a_stratum_are_equally_likely() {
        let mut pairs: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for seed in 0..400 {
            let network = network(48, seed);
            for account in (8..48).map(AccountId) {
                let followers = network.followers(account);
                if let [left, right] = followers[..followers.partition_point(|&follower| follower < 8)] {
                    *pairs.entry((left, right)).or_insert(0) += 1;
                }
            }
        }
        assert_eq!(pairs.len(), 28);
        assert_uniform(&pairs.into_values().collect::<Vec<_>>());
    }

    /// With the share 0.6 of circles, 0.6 + 0.4/3 of the followers from the own community are of the own stance, and a third of the others. The
    /// numbers are Poisson, so the standard error of a share is at most that of a binomial one: 3.9 of them at α = 1e-4.
    #[test]
    fn followers_from_the_own_community_are_mostly_of_the_own_stance() {
        for n_large in [6000, 600_000] {
            let mut plan = plan(n_large);
            plan.circles.share = 0.6;
            plan.publics[1].community = 1;
            // The larger network has mean audiences that are drawn by strata.
            plan.mean_followed[0] = if n_large > 6000 { 400.0 } else { 25.0 };
            let network = Network::procedural(&plan, RunKey::new(3, 0));
            let (mut like, mut n) = ([0.0_f64; 2], [0.0_f64; 2]);
            for account in (0..600).map(|idx| AccountId(idx * (n_large / 600))) {
                let own = network.cell_of(account, PublicId(0)).idx() % STANCE_BINS;
                for &follower in &*network.followers(account) {
                    let public = network.public_of(AccountId(follower)).unwrap();
                    if public.idx() < 2 {
                        let bin = network.cell_of(AccountId(follower), public).idx() % STANCE_BINS;
                        n[public.idx()] += 1.0;
                        like[public.idx()] += f64::from(u8::from(bin == own));
                    }
                }
            }
            for (community, expected) in [(0, 0.6 + 0.4 / 3.0), (1, 1.0 / 3.0)] {
                let (share, n) = (like[community] / n[community], n[community]);
                let bound = 3.9 * (expected * (1.0 - expected) / n).sqrt();
                assert!(
                    (share - expected).abs() < bound + 0.002,
                    "{share} for {expected} ± {bound} of {n_large}"
                );
            }
        }
    }

    #[test]
    fn strata_cover_each_public_by_halves_and_their_parts_add_up() {
        let plan = plan(3_000_000);
        let slices = block_model::slices_of(&plan.publics);
        let network = Procedural::new(&plan, &slices, RunKey::new(0, 0));
        let strata = &network.strata[network.strata_range(PublicId(0))];
        assert_eq!(strata.len(), STANCE_BINS * CLASSES as usize);
        assert_eq!(
            strata[..3].iter().map(|stratum| stratum.n).collect::<Vec<_>>(),
            [500_000, 250_000, 125_000]
        );
        assert!(
            strata
                .windows(2)
                .all(|pair| pair[0].begin + pair[0].n == pair[1].begin && pair[0].end < pair[1].end)
        );
        assert!((strata.last().unwrap().end - 1.0).abs() < 1e-9);
        let following = following(strata);
        assert!(following[11] > 60.0 * following[0], "{following:?}");
        assert_eq!(network.strata_range(PublicId(3)).len(), 0);
        let small: Vec<u32> =
            network.strata[network.strata_range(PublicId(2))].iter().map(|stratum| stratum.n).collect();
        assert_eq!(small.iter().sum::<u32>(), 11);
        assert!(small.iter().all(|&n| n > 0), "{small:?}");
    }
}
