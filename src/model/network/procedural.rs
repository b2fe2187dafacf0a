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
//! those due to mutual relations included: see [`super::degrees`]) times the stratum's part in all that the public's members follow. What is
//! drawn is the number in each public (where it is small, that in all such publics together, and then the public of each). Which stratum a
//! follower belongs to is decided by a draw of its position, when somebody asks who stands there, and its place in the permutation of the
//! stratum is the position itself: places of one stratum differ because positions do. Only where a stratum has no more accounts than the
//! owner has followers in the public are those in each stratum counted: so the cost of looking at a list follows what is looked at.
//!
//! Of the followers from the community of u (its country), the share that [circles](super::circles) hold is of the stance of u: circles
//! are made of people who think alike. The others come from all cells of their public.
//!
//! Named accounts have the real number of followers in each public, in each stratum the share 1 − exp(−λF) of its members, F being their
//! following: the mean of the choice without replacement by activity that the block model makes.
//!
//! # What it lacks
//!
//! No relation is mutual but by chance, and there are no circles: no more triangles than the strata bring about. Named accounts follow each other
//! where the plan says so, which [the network](super::Network) stores; they follow nobody else.

mod named;
mod strata;

use super::block_model::{self, Plan};
use super::degrees::Degrees;
use super::{PublicSlice, STANCE_BINS, Segment};
use crate::engine::permutation::Permutation;
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::ids::{AccountId, PublicId};
use named::NamedAudience;
use strata::{Stratum, cells_of, room, strata_of, without};

const PLACE: Purpose = Purpose::new("procedural place");
const AUDIENCE: Purpose = Purpose::new("procedural audience");
const STRATA: Purpose = Purpose::new("procedural strata");
const STRATUM: Purpose = Purpose::new("procedural stratum");
const FOLLOWERS: Purpose = Purpose::new("procedural followers");

/// From this expected number in a public on, it is drawn by itself, which then takes less time than a draw for each follower.
const SOME: f64 = 2.0;
/// From this expected number on in a public whose strata are not much larger, the number in each of them is drawn by itself.
const MANY: f64 = 200.0;

/// A public whose members follow those of another.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Readers {
    public: PublicId,
    /// Expected followers in it of a mean account.
    mean: f64,
    /// The same in it and all that come after it.
    onwards: f64,
}

/// What lists are computed from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Procedural {
    key: RunKey,
    degrees: Degrees,
    strata: Vec<Stratum>,
    /// First stratum of each public, and one past the last.
    starts: Vec<u32>,
    /// Accounts of the smallest stratum of each public.
    least: Vec<u32>,
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
    /// Where in the list of a named account somebody was found last.
    near: usize,
    /// The stratum in which somebody was looked for last, with the order of its accounts for the owner of the list.
    order: Option<(RunKey, AccountId, u32, Permutation)>,
}

/// How the followers from a public are divided among its strata.
#[derive(Debug, Clone, Copy)]
struct Mixture {
    /// Probability that a follower is of the stance of the owner for certain.
    alike: f64,
    /// Parts that the cells before that stance, and up to it, have in all that the public follows.
    low: f64,
    high: f64,
}

impl Mixture {
    /// The point of all that the public follows, from 0 to 1, that belongs to a uniform `number`.
    fn point(self, number: f64) -> f64 {
        let Self { alike, low, high } = self;
        if number < alike { low + number / alike * (high - low) } else { (number - alike) / (1.0 - alike) }
    }
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
        let smallest = |range: &[u32]| {
            let own = &strata[range[0] as usize..range[1] as usize];
            own.iter().map(|stratum: &Stratum| stratum.n).min().unwrap_or(0)
        };
        let mut network = Self {
            key,
            degrees,
            least: starts.windows(2).map(smallest).collect(),
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
            let audience = NamedAudience::new(named, publics, &network);
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
            for (stratum, count) in named.counts() {
                followed[stratum] += f64::from(count) / f64::from(self.strata[stratum].n);
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
            let drawn = if self.is_drawn_by_strata(reader.public, mean) {
                self.split_many(owner, *reader, memory)
            } else {
                stream.poisson(mean)
            };
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
            let (stratum, place) = named.place_of(position, &mut memory.near);
            return self.member(owner, stratum, place, memory);
        }
        let idx = memory.segments.partition_point(|segment| segment.end <= position);
        let (public, begin) = (memory.segments[idx].public, begin_of(idx, &memory.segments));
        let first = self.starts[public.idx()];
        if self.has_strata_by_position(idx, memory) {
            let place = position - begin;
            let stratum = self.stratum_at(owner, public, place, memory);
            return self.member(owner, first + stratum as u32, place, memory);
        }
        self.split_segment(owner, idx, memory);
        let stratum = memory.ends.partition_point(|&end| end <= position - begin);
        let before = if stratum == 0 { 0 } else { memory.ends[stratum - 1] };
        self.member(owner, first + stratum as u32, position - begin - before, memory)
    }

    /// Whether `follower`, a member of `public`, follows `owner`, whose list is the one looked at last.
    pub(super) fn is_followed_by(
        &self,
        owner: AccountId,
        follower: AccountId,
        public: PublicId,
        memory: &mut Remembered,
    ) -> bool {
        if follower == owner {
            return false;
        }
        let strata = self.strata_range(public);
        let in_public =
            self.strata[strata.clone()].partition_point(|stratum| stratum.begin + stratum.n <= follower.0);
        let stratum = strata.start + in_public;
        let Stratum { begin, n, .. } = self.strata[stratum];
        let (n, own) = without(owner, begin, n);
        let offset = follower.0 - begin;
        let place = |memory: &mut Remembered| {
            self.order(owner, stratum as u32, n, memory).place_of(offset - u32::from(offset > own))
        };
        if let Some(named) = self.named_of(owner) {
            let count = named.count_in(stratum);
            return count > 0 && place(memory) < count;
        }
        let Ok(idx) = memory.segments.binary_search_by_key(&public, |segment| segment.public) else {
            return false;
        };
        if self.has_strata_by_position(idx, memory) {
            let place = place(memory);
            return place < memory.segments[idx].end - begin_of(idx, &memory.segments)
                && self.stratum_at(owner, public, place, memory) == in_public;
        }
        self.split_segment(owner, idx, memory);
        let count = memory.ends[in_public] - if in_public == 0 { 0 } else { memory.ends[in_public - 1] };
        count > 0 && place(memory) < count
    }

    /// The account at `place` among the followers of `owner` in a stratum.
    fn member(&self, owner: AccountId, stratum: u32, place: u32, memory: &mut Remembered) -> AccountId {
        let Stratum { begin, n, .. } = self.strata[stratum as usize];
        let (n, own) = without(owner, begin, n);
        let offset = self.order(owner, stratum, n, memory).at(place);
        AccountId(begin + offset + u32::from(offset >= own))
    }

    /// The order of the `n` accounts of a stratum of which the followers of `owner` are the first.
    fn order(&self, owner: AccountId, stratum: u32, n: u32, memory: &mut Remembered) -> Permutation {
        if let Some((key, of, at, order)) = memory.order
            && (key, of, at) == (self.key, owner, stratum)
        {
            return order;
        }
        let [low, high, ..] = self.key.words(FOLLOWERS, Subject::new(owner.0, stratum));
        let order = Permutation::new(n, u64::from(high) << 32 | u64::from(low));
        memory.order = Some((self.key, owner, stratum, order));
        order
    }

    /// Whether the number of followers in each stratum of `public` is drawn by itself where `mean` are expected in all: the cost is that of
    /// all strata, but where the strata are small their members may be fewer than would follow.
    fn is_drawn_by_strata(&self, public: PublicId, mean: f64) -> bool {
        mean >= MANY && 2.0 * mean >= f64::from(self.least[public.idx()])
    }

    /// Whether in segment `idx` each position has a stratum of its own draw, and stands at the place of the same number there: none of the
    /// strata is too small for that, whoever is left out of it.
    fn has_strata_by_position(&self, idx: usize, memory: &Remembered) -> bool {
        let Segment { public, end } = memory.segments[idx];
        end - begin_of(idx, &memory.segments) < self.least[public.idx()]
    }

    /// The stratum, among those of `public`, of the follower at `place` of the segment in it.
    fn stratum_at(&self, owner: AccountId, public: PublicId, place: u32, memory: &Remembered) -> usize {
        let subject = Subject::new(owner.0, place).part(u32::from(public.0));
        let point = self.mixture(public, memory).point(self.key.uniform(STRATUM, subject));
        let strata = &self.strata[self.strata_range(public)];
        strata.partition_point(|stratum| stratum.end <= point).min(strata.len() - 1)
    }

    /// Finds how the followers in segment `idx` are divided among its strata, unless that is known.
    fn split_segment(&self, owner: AccountId, idx: usize, memory: &mut Remembered) {
        if memory.split == Some(idx) {
            return;
        }
        let Segment { public, end } = memory.segments[idx];
        let n = end - begin_of(idx, &memory.segments);
        let reader = self.readers[memory.public].iter().find(|reader| reader.public == public);
        let mean = reader.map_or(0.0, |reader| reader.mean);
        if self.is_drawn_by_strata(public, mean * memory.weight) {
            self.split_many(owner, Readers { public, mean, onwards: mean }, memory);
        } else {
            self.split_few(owner, public, n, memory);
        }
        memory.split = Some(idx);
    }

    /// How the followers of the owner of the list from `public` are divided among its strata.
    fn mixture(&self, public: PublicId, memory: &Remembered) -> Mixture {
        let [low, high] = [memory.bin, memory.bin + 1].map(|bin| self.cells[public.idx()][bin]);
        let is_near = self.communities[public.idx()] == self.communities[memory.public] && low < high;
        Mixture { alike: if is_near { self.alike } else { 0.0 }, low, high }
    }

    /// Divides `n` followers of `owner` in `public` among its strata, one by one.
    fn split_few(&self, owner: AccountId, public: PublicId, n: u32, memory: &mut Remembered) {
        let mut stream = self.key.stream(STRATA, Subject::new(owner.0, u32::from(public.0)));
        let strata = &self.strata[self.strata_range(public)];
        let room = |idx: usize| without(owner, strata[idx].begin, strata[idx].n).0;
        let mixture = self.mixture(public, memory);
        let ends = &mut memory.ends;
        ends.clear();
        ends.resize(strata.len(), 0);
        for _ in 0..n {
            let point = mixture.point(stream.uniform());
            let mut idx = strata.partition_point(|stratum| stratum.end <= point).min(strata.len() - 1);
            // Where all of a stratum follow already, the next one gives way; there is room for all of them.
            while ends[idx] == room(idx) {
                idx = (idx + 1) % strata.len();
            }
            ends[idx] += 1;
        }
        accumulate(ends);
    }

    /// Draws how many followers `owner` has in each stratum of a public. Returns how many there are.
    fn split_many(&self, owner: AccountId, reader: Readers, memory: &mut Remembered) -> u64 {
        let mut stream = self.key.stream(STRATA, Subject::new(owner.0, u32::from(reader.public.0)));
        let strata = &self.strata[self.strata_range(reader.public)];
        let mean = reader.mean * memory.weight;
        let Mixture { alike, low, high } = self.mixture(reader.public, memory);
        let ends = &mut memory.ends;
        ends.clear();
        let mut begin = 0.0;
        for stratum in strata {
            let part = stratum.end - begin;
            let of_own = if low <= begin && stratum.end <= high { part / (high - low) } else { 0.0 };
            let drawn = stream.poisson(mean * ((1.0 - alike) * part + alike * of_own));
            let room = without(owner, stratum.begin, stratum.n).0;
            ends.push(drawn.min(u64::from(room)) as u32);
            begin = stratum.end;
        }
        accumulate(ends);
        u64::from(ends.last().copied().unwrap_or(0))
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
}

/// Position at which segment `idx` begins.
fn begin_of(idx: usize, segments: &[Segment]) -> u32 {
    if idx == 0 { 0 } else { segments[idx - 1].end }
}

/// Makes ends of counts.
fn accumulate(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
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

/// Stance bin of an account of a public.
fn bin_of(account: AccountId, public: &PublicSlice) -> usize {
    public.bin_starts[1..STANCE_BINS].partition_point(|&start| start <= account.0)
}

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod tests;
