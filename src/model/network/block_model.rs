//! Degree-corrected stochastic block model over publics.
//!
//! Karrer & Newman (2011): the number of relations between two blocks is given, their ends are drawn by weights of the
//! accounts. Here blocks are publics; an account has an *audience weight* (how many follow it, heavy-tailed) and an
//! *activity weight* (how many it follows), which are correlated. Numbers between blocks are kept at their expectation
//! (the microcanonical form), so the network has O(E) cost and no noise in its totals.
//!
//! # Publics sampled at different rates
//!
//! A simulated account of a public stands for `weight` real ones. Each simulated follower follows as many accounts of
//! every public as a real one does; the audience of a simulated account is that of all the real ones it stands for,
//! divided by the weight of the follower. With uniform weights this is the real audience; in general it keeps the
//! expected number of real shares that a real share brings about, which is what decides the size of a cascade.
//!
//! # Reciprocity
//!
//! A share of the relations within a public and between publics is mutual (real follower graphs: 0.31–0.38 of edges;
//! the share of the sparser direction is meant where the two directions differ).
//!
//! Within a community a share of follows stays in small circles, which close triangles: see [`super::circles`].

use super::circles::{self, Circles, Wanted};
use super::ends::Ends;
use super::{Network, PublicSlice, STANCE_BINS};
use crate::engine::streams::{Ahead, Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::model::graph::unordered::{Key, Unordered};
use crate::model::ids::AccountId;

pub use crate::model::graph::generate::weights::Tails;

const EDGES: Purpose = Purpose::new("network edges");
const NAMED: Purpose = Purpose::new("network named followers");

/// Edges drawn from one stream: far fewer than a stream has words.
const EDGES_PER_STREAM: u64 = 250_000;

/// A public to be generated.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicPlan {
    /// Simulated accounts.
    pub n_accounts: u32,
    /// Real accounts for which each stands.
    pub weight: f64,
    /// Publics of one number, such as those of a country, form a community.
    pub community: u32,
}

/// A named account to be generated.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedPlan {
    /// Key of its random choices.
    pub key: u32,
    /// Real followers in each public.
    pub followers: Vec<f64>,
}

/// Everything the generator needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Publics in the order of their ids.
    pub publics: Vec<PublicPlan>,
    /// Mean number of accounts of public g that an account of public h follows, at `g * publics + h`.
    pub mean_followed: Vec<f64>,
    /// Named accounts.
    pub named: Vec<NamedPlan>,
    /// Pairs of named accounts, by their places in `named`, that follow each other.
    pub mutual: Vec<[u32; 2]>,
    /// Shape of the weights.
    pub tails: Tails,
    /// Share of relations that are mutual, 0 to 1.
    pub reciprocity: f64,
    /// Circles of each community.
    pub circles: Circles,
}

impl Plan {
    /// Links that the network is going to have, but for those drawn twice.
    pub fn expected_links(&self) -> u64 {
        expected_edges(self) as u64
    }

    /// Circles that publics `g` and `h` have in common, if they are of one community.
    fn common_circles(&self, g: usize, h: usize) -> Option<u32> {
        let community = self.publics[g].community;
        let members = self.publics.iter().filter(|public| public.community == community);
        let n_accounts = members.map(|public| u64::from(public.n_accounts)).sum();
        let shared = self.circles.share > 0.0 && self.publics[h].community == community;
        shared.then(|| self.circles.number(n_accounts))
    }
}

/// Generates and stores the network of `plan`. Two networks with the same plan and key are equal.
pub fn generate(plan: &Plan, key: RunKey) -> Network {
    let publics = slices_of(&plan.publics);
    let mutual = mutual_follows(plan, &publics);
    Network { mutual, ..Network::stored(publics, graph(plan, key)) }
}

/// Who follows whom in the network of `plan`, without its publics.
pub fn graph(plan: &Plan, key: RunKey) -> Graph {
    let slices = slices_of(&plan.publics);
    let mut weights: Vec<Ends> = slices
        .iter()
        .map(|slice| Ends::draw(slice.bin_starts[0], slice.n_accounts(), &plan.tails, key))
        .collect();
    look_outside(plan, &mut weights);
    let n_edges = expected_edges(plan).min(f64::from(u32::MAX)) as usize + plan.named.len();
    if Unordered::<u32>::is_enough_for(n_accounts(plan), n_edges) {
        drawn::<u32>(plan, (&slices, &weights), n_edges, key)
    } else {
        drawn::<u64>(plan, (&slices, &weights), n_edges, key)
    }
}

/// The graph, of edges that are kept as numbers of one kind.
fn drawn<K: Key>(
    plan: &Plan,
    (slices, weights): (&[PublicSlice], &[Ends]),
    n_edges: usize,
    key: RunKey,
) -> Graph {
    let n_accounts = n_accounts(plan);
    let mut edges = Unordered::<K>::new(n_accounts, n_edges);
    for g in 0..slices.len() {
        for h in g..slices.len() {
            connect(plan, weights, (g, h), key, &mut edges);
        }
    }
    for (named, account) in plan.named.iter().zip(n_accounts - plan.named.len() as u32..) {
        follow_named(named, account, slices, weights, key, &mut edges);
    }
    edges.finish()
}

/// Accounts of all publics, and named ones.
fn n_accounts(plan: &Plan) -> u32 {
    plan.publics.iter().map(|public| public.n_accounts).sum::<u32>() + plan.named.len() as u32
}

/// Whom of the named accounts which of them follows: `(account, follower)`, ascending, each once, nobody itself.
pub(super) fn mutual_follows(plan: &Plan, publics: &[PublicSlice]) -> Vec<(AccountId, AccountId)> {
    let first = publics.last().map_or(0, |slice| slice.bin_starts[STANCE_BINS]);
    let both = |&[one, other]: &[u32; 2]| [(one, other), (other, one)];
    let pairs = plan.mutual.iter().flat_map(both).filter(|(one, other)| one != other);
    let mut follows: Vec<_> =
        pairs.map(|(one, other)| (AccountId(first + one), AccountId(first + other))).collect();
    follows.sort_unstable();
    follows.dedup();
    follows
}

pub(super) fn slices_of(publics: &[PublicPlan]) -> Vec<PublicSlice> {
    let mut next = 0;
    publics
        .iter()
        .map(|public| {
            let begin = next;
            next += public.n_accounts;
            let bin_start =
                |bin: usize| begin + (u64::from(public.n_accounts) * bin as u64 / STANCE_BINS as u64) as u32;
            PublicSlice { bin_starts: std::array::from_fn(bin_start), weight: public.weight }
        })
        .collect()
}

/// Simulated edges from accounts of `g` to followers in `h`: each follower follows as many as a real one.
pub(super) fn n_edges(plan: &Plan, g: usize, h: usize) -> f64 {
    if plan.publics[g].n_accounts == 0 {
        return 0.0;
    }
    f64::from(plan.publics[h].n_accounts) * plan.mean_followed[g * plan.publics.len() + h]
}

pub(super) fn expected_edges(plan: &Plan) -> f64 {
    let n = plan.publics.len();
    let anonymous: f64 = (0..n * n).map(|pair| n_edges(plan, pair / n, pair % n)).sum();
    let named: f64 = plan
        .named
        .iter()
        .flat_map(|named| named.followers.iter().zip(&plan.publics))
        .map(|(followers, public)| followers / public.weight)
        .sum();
    anonymous + named
}

/// Relations of the accounts of `g` with followers in `h` and the other way round (within `g` if they are one).
fn wanted(plan: &Plan, g: usize, h: usize) -> Wanted {
    let (there, back) = (n_edges(plan, g, h), n_edges(plan, h, g));
    if g == h {
        let mutual = plan.reciprocity * there / 2.0;
        return Wanted { mutual, there: there - 2.0 * mutual, back: 0.0 };
    }
    let mutual = plan.reciprocity * there.min(back);
    Wanted { mutual, there: there - mutual, back: back - mutual }
}

/// Finds out by which weights accounts are followed from outside their circles.
fn look_outside(plan: &Plan, ends: &mut [Ends]) {
    for g in 0..ends.len() {
        let follows: Vec<(u32, f64)> = (0..ends.len())
            .filter(|&h| plan.common_circles(g, h).is_some())
            .map(|h| (ends[h].n_accounts(), wanted(plan, g, h).there))
            .collect();
        if let Some(n_circles) = plan.common_circles(g, g) {
            let weights = circles::outside_weights(&ends[g], n_circles, plan.circles.share, &follows);
            ends[g].look_outside(weights);
        }
    }
}

/// Draws the relations between publics `g` and `h` in both directions (those within `g` if they are one).
///
/// Mutual relations are between accounts that both follow many: a hub does not follow back all who follow it.
fn connect<K: Key>(
    plan: &Plan,
    ends: &[Ends],
    (g, h): (usize, usize),
    key: RunKey,
    edges: &mut Unordered<K>,
) {
    let wanted = wanted(plan, g, h);
    let pair = (g * ends.len() + h) as u32;
    let (first, second) = (&ends[g], &ends[h]);
    let Some(followers) = first.followers().zip(second.followers()) else { return };
    let circles = plan.common_circles(g, h);
    let anywhere = wanted.times(circles.map_or(1.0, |_| 1.0 - plan.circles.share));
    let followed = |ends| circles.map_or(Ends::followed(ends), |_| Ends::followed_outside(ends));
    if let Some((first, second)) = followed(first).zip(followed(second)) {
        draw(anywhere.there, Subject::new(pair, 0), key, |words| {
            edges.add(first.sample(words), followers.1.sample(words));
        });
        draw(anywhere.back, Subject::new(pair, 1), key, |words| {
            edges.add(second.sample(words), followers.0.sample(words));
        });
    }
    draw(anywhere.mutual, Subject::new(pair, 2), key, |words| {
        let (one, other) = (followers.0.sample(words), followers.1.sample(words));
        edges.add(one, other);
        edges.add(other, one);
    });
    if let Some(n_circles) = circles {
        let close = wanted.times(plan.circles.share);
        circles::connect(
            (first, second),
            n_circles,
            close,
            Subject::new(pair, 0),
            key,
            |(owner, follower)| {
                edges.add(owner, follower);
            },
        );
    }
}

/// Calls `add` `expected` times on average: the whole number below, and once more with the probability of the rest.
fn draw(expected: f64, subject: Subject, key: RunKey, mut add: impl FnMut(&mut Ahead)) {
    let whole = libm::floor(expected.max(0.0));
    let more = key.uniform(EDGES, subject.part(u32::MAX)) < expected - whole;
    let n = whole as u64 + u64::from(more);
    for chunk in 0..n.div_ceil(EDGES_PER_STREAM) {
        let mut words = key.stream(EDGES, subject.part(chunk as u32)).ahead();
        for _ in 0..EDGES_PER_STREAM.min(n - chunk * EDGES_PER_STREAM) {
            add(&mut words);
        }
    }
}

/// Simulated followers of a named account in public `idx`: the expected number, rounded up with the probability of the rest.
pub(super) fn n_named_followers(named: &NamedPlan, idx: usize, slice: &PublicSlice, key: RunKey) -> u32 {
    let real = named.followers.get(idx).copied().unwrap_or(0.0);
    let expected = (real / slice.weight).min(f64::from(slice.n_accounts()));
    let whole = libm::floor(expected);
    let more = key.uniform(NAMED, Subject::new(named.key, idx as u32).part(1)) < expected - whole;
    whole as u32 + u32::from(more)
}

/// Followers of a named account: in each public the expected number, chosen without replacement by activity weight
/// (Efraimidis & Spirakis 2006: the least exponential times come first).
fn follow_named<K: Key>(
    named: &NamedPlan,
    account: u32,
    slices: &[PublicSlice],
    weights: &[Ends],
    key: RunKey,
    edges: &mut Unordered<K>,
) {
    for (idx, slice) in slices.iter().enumerate() {
        let n = n_named_followers(named, idx, slice, key) as usize;
        if n == 0 {
            continue;
        }
        let begin = slice.bin_starts[0];
        let mut stream = key.stream(NAMED, Subject::new(named.key, idx as u32));
        let mut times: Vec<(f64, u32)> = (0..slice.n_accounts())
            .map(|position| (stream.exponential() / weights[idx].activity_of(position), begin + position))
            .collect();
        if n < times.len() {
            times.select_nth_unstable_by(n, |left, right| {
                left.0.total_cmp(&right.0).then(left.1.cmp(&right.1))
            });
        }
        times.iter().take(n).for_each(|&(_, follower)| edges.add(account, follower));
    }
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
