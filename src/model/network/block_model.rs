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

use super::circles::{self, Circles, Members, Wanted};
use super::{Network, PublicSlice, STANCE_BINS};
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::model::graph::Graph;
use crate::model::graph::generate::weights::Pareto;
use crate::model::ids::AccountId;
use rand_distr::Distribution;
use rand_distr::weighted::WeightedAliasIndex;

pub use crate::model::graph::generate::weights::Tails;

const AUDIENCE: Purpose = Purpose::new("network audience");
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
    let n_anonymous = slices.last().map_or(0, |slice| slice.bin_starts[STANCE_BINS]);
    let mut edges = Vec::with_capacity(expected_edges(plan) as usize + n_anonymous as usize);
    for g in 0..slices.len() {
        for h in g..slices.len() {
            connect(plan, &slices, &weights, (g, h), key, &mut edges);
        }
    }
    for (idx, named) in plan.named.iter().enumerate() {
        follow_named(named, n_anonymous + idx as u32, &slices, &weights, key, &mut edges);
    }
    Graph::from_edges(n_anonymous + plan.named.len() as u32, &edges)
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

/// Weighted choice of an account as the one followed (audience) or as the follower (activity).
#[derive(Debug)]
pub(super) struct Ends {
    begin: u32,
    /// Weights of all accounts before each, and of all together.
    audience_before: Vec<f64>,
    activity_before: Vec<f64>,
    audience: Option<WeightedAliasIndex<f64>>,
    activity: Option<WeightedAliasIndex<f64>>,
    /// As `audience`, for those who choose outside their circle.
    outside: Option<WeightedAliasIndex<f64>>,
}

impl Ends {
    fn draw(begin: u32, n_accounts: u32, tails: &Tails, key: RunKey) -> Self {
        let mut audience_weights = Vec::with_capacity(n_accounts as usize);
        let mut activity_weights = Vec::with_capacity(n_accounts as usize);
        let independent = libm::sqrt(1.0 - tails.correlation * tails.correlation);
        let audiences = Pareto::new(tails.audience_exponent, tails.cutoff);
        let activities = Pareto::new(tails.following_exponent, tails.cutoff);
        for account in begin..begin + n_accounts {
            let mut stream = key.stream(AUDIENCE, Subject::new(account, 0));
            let score = stream.normal();
            let other = tails.correlation * score + independent * stream.normal();
            audience_weights.push(audiences.at(score));
            activity_weights.push(activities.at(other));
        }
        let (audience_before, activity_before) =
            (running_sum(&audience_weights), running_sum(&activity_weights));
        // The tables exist unless a public is empty: weights are positive and finite.
        let audience = WeightedAliasIndex::new(audience_weights).ok();
        let activity = WeightedAliasIndex::new(activity_weights).ok();
        Self { begin, audience_before, activity_before, audience, activity, outside: None }
    }

    pub(super) fn begin(&self) -> u32 {
        self.begin
    }

    pub(super) fn n_accounts(&self) -> u32 {
        self.activity_before.len() as u32 - 1
    }

    pub(super) fn audience_of(&self, position: u32) -> f64 {
        self.audience_among(Members { begin: position, end: position + 1 })
    }

    pub(super) fn activity_of(&self, position: u32) -> f64 {
        self.activity_before[position as usize + 1] - self.activity_before[position as usize]
    }

    pub(super) fn audience_among(&self, members: Members) -> f64 {
        self.audience_before[members.end as usize] - self.audience_before[members.begin as usize]
    }

    pub(super) fn total_audience(&self) -> f64 {
        self.audience_before[self.audience_before.len() - 1]
    }

    pub(super) fn total_activity(&self) -> f64 {
        self.activity_before[self.activity_before.len() - 1]
    }

    /// An account to be followed.
    fn followed(&self, stream: &mut Stream) -> Option<u32> {
        self.audience.as_ref().map(|table| self.begin + table.sample(stream) as u32)
    }

    /// An account to be followed by one who looks beyond its circle.
    pub(super) fn followed_outside(&self, stream: &mut Stream) -> Option<u32> {
        let table = self.outside.as_ref().or(self.audience.as_ref());
        table.map(|table| self.begin + table.sample(stream) as u32)
    }

    /// A follower.
    pub(super) fn follower(&self, stream: &mut Stream) -> Option<u32> {
        self.activity.as_ref().map(|table| self.begin + table.sample(stream) as u32)
    }

    /// An account to be followed of some members, of whom there must be one.
    pub(super) fn followed_among(&self, members: Members, stream: &mut Stream) -> u32 {
        self.begin + place(&self.audience_before, members, stream)
    }

    /// A follower among some members, of whom there must be one.
    pub(super) fn active_among(&self, members: Members, stream: &mut Stream) -> u32 {
        self.begin + place(&self.activity_before, members, stream)
    }
}

/// The sum of the numbers before each, and of all.
fn running_sum(numbers: &[f64]) -> Vec<f64> {
    let mut sums = Vec::with_capacity(numbers.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for number in numbers {
        sum += number;
        sums.push(sum);
    }
    sums
}

/// A position among `members`, in proportion to the weights of which `before` holds the running sum.
fn place(before: &[f64], Members { begin, end }: Members, stream: &mut Stream) -> u32 {
    let sums = &before[begin as usize..=end as usize];
    let point = sums[0] + stream.uniform() * (sums[sums.len() - 1] - sums[0]);
    (begin + sums[1..].partition_point(|&until| until <= point) as u32).min(end - 1)
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
            ends[g].outside = WeightedAliasIndex::new(weights).ok();
        }
    }
}

/// Draws the relations between publics `g` and `h` in both directions (those within `g` if they are one).
///
/// Mutual relations are between accounts that both follow many: a hub does not follow back all who follow it.
fn connect(
    plan: &Plan,
    slices: &[PublicSlice],
    ends: &[Ends],
    (g, h): (usize, usize),
    key: RunKey,
    edges: &mut Vec<(u32, u32)>,
) {
    let wanted = wanted(plan, g, h);
    let pair = (g * slices.len() + h) as u32;
    let (first, second) = (&ends[g], &ends[h]);
    let circles = plan.common_circles(g, h);
    let followed = |ends: &Ends, stream: &mut Stream| match circles {
        Some(_) => ends.followed_outside(stream),
        None => ends.followed(stream),
    };
    let anywhere = wanted.times(circles.map_or(1.0, |_| 1.0 - plan.circles.share));
    draw(anywhere.there, Subject::new(pair, 0), key, |stream| {
        edges.extend(followed(first, stream).zip(second.follower(stream)));
    });
    draw(anywhere.back, Subject::new(pair, 1), key, |stream| {
        edges.extend(followed(second, stream).zip(first.follower(stream)));
    });
    draw(anywhere.mutual, Subject::new(pair, 2), key, |stream| {
        if let Some((one, other)) = first.follower(stream).zip(second.follower(stream)) {
            edges.extend([(one, other), (other, one)]);
        }
    });
    if let Some(n_circles) = circles {
        let close = wanted.times(plan.circles.share);
        circles::connect((first, second), n_circles, close, Subject::new(pair, 0), key, |edge| {
            edges.push(edge);
        });
    }
}

/// Calls `add` `expected` times on average: the whole number below, and once more with the probability of the rest.
fn draw(expected: f64, subject: Subject, key: RunKey, mut add: impl FnMut(&mut Stream)) {
    let whole = libm::floor(expected.max(0.0));
    let more = key.uniform(EDGES, subject.part(u32::MAX)) < expected - whole;
    let n = whole as u64 + u64::from(more);
    for chunk in 0..n.div_ceil(EDGES_PER_STREAM) {
        let mut stream = key.stream(EDGES, subject.part(chunk as u32));
        for _ in 0..EDGES_PER_STREAM.min(n - chunk * EDGES_PER_STREAM) {
            add(&mut stream);
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
fn follow_named(
    named: &NamedPlan,
    account: u32,
    slices: &[PublicSlice],
    weights: &[Ends],
    key: RunKey,
    edges: &mut Vec<(u32, u32)>,
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
        edges.extend(times.iter().take(n).map(|&(_, follower)| (account, follower)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::network::ListMemory;

    const TAILS: Tails =
        Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 3000.0 };

    fn two_publics(reciprocity: f64) -> Plan {
        Plan {
            publics: vec![
                PublicPlan { n_accounts: 8000, weight: 100.0, community: 0 },
                PublicPlan { n_accounts: 2000, weight: 10.0, community: 0 },
            ],
            mean_followed: vec![25.0, 15.0, 5.0, 40.0],
            named: vec![NamedPlan { key: 1, followers: vec![40_000.0, 5_000.0] }],
            mutual: Vec::new(),
            tails: TAILS,
            reciprocity,
            circles: Circles::NONE,
        }
    }

    fn generated(reciprocity: f64) -> Network {
        generate(&two_publics(reciprocity), RunKey::new(0, 0))
    }

    /// Relations drawn twice are stored once: hubs of a small dense public (here 40 of 2,000) lose up to a fifth of
    /// the public's relations so.
    #[test]
    fn numbers_of_relations_between_publics_are_those_asked_for() {
        let network = generated(0.35);
        let mut found = [[0_usize; 2]; 2];
        for account in 0..10_000 {
            let mut begin = 0;
            for segment in network.list(AccountId(account), &mut ListMemory::default()).segments() {
                found[usize::from(account >= 8000)][segment.public.idx()] += (segment.end - begin) as usize;
                begin = segment.end;
            }
        }
        let asked = [[200_000.0, 30_000.0], [40_000.0, 80_000.0]];
        for (found, asked) in found.iter().flatten().zip(asked.iter().flatten()) {
            let ratio = *found as f64 / asked;
            assert!((0.77..=1.0).contains(&ratio), "{found} of {asked}");
        }
    }

    #[test]
    fn a_named_account_has_its_real_followers_at_the_rate_of_each_public() {
        let network = generated(0.35);
        let named = AccountId(10_000);
        let ends: Vec<u32> = network
            .list(named, &mut ListMemory::default())
            .segments()
            .iter()
            .map(|segment| segment.end)
            .collect();
        assert_eq!(ends, [400, 900]);
        assert_eq!(network.public_of(named), None);
    }

    #[test]
    fn the_share_of_mutual_relations_is_that_asked_for() {
        for asked in [0.0, 0.35, 0.6] {
            let network = generated(asked);
            let (mut mutual, mut all) = (0_u32, 0_u32);
            for account in 0..8000 {
                for &follower in network.followers(AccountId(account)).iter().filter(|&&id| id < 8000) {
                    all += 1;
                    let back =
                        network.follows(AccountId(account), AccountId(follower), &mut ListMemory::default());
                    mutual += u32::from(back);
                }
            }
            let share = f64::from(mutual) / f64::from(all);
            // Chance alone makes some pairs mutual between hubs and very active accounts.
            assert!((asked - 0.02..asked + 0.12).contains(&share), "{share} for {asked}");
        }
    }

    /// The tail exponent by Hill's estimator over the largest 2 % of audiences; the sampling error is about
    /// (exponent − 1)/sqrt(160) = 0.1, and the cutoff and finite size steepen the tail a little.
    #[test]
    fn audiences_have_a_heavy_tail_of_the_exponent_asked_for() {
        let network = generated(0.0);
        let mut audiences: Vec<f64> =
            (0..8000).map(|id| network.followers(AccountId(id)).len() as f64).collect();
        audiences.sort_unstable_by(|left, right| right.total_cmp(left));
        let top = 160;
        let hill = audiences[..top].iter().map(|size| (size / audiences[top]).ln()).sum::<f64>() / top as f64;
        let exponent = 1.0 + 1.0 / hill;
        assert!((1.9..2.7).contains(&exponent), "{exponent}");
    }

    #[test]
    fn the_same_plan_and_key_give_the_same_network_and_another_key_another() {
        assert_eq!(generated(0.35), generated(0.35));
        assert_ne!(generate(&two_publics(0.35), RunKey::new(1, 0)), generated(0.35));
    }

    #[test]
    fn empty_publics_are_allowed() {
        let mut plan = two_publics(0.3);
        plan.publics[1].n_accounts = 0;
        let network = generate(&plan, RunKey::new(0, 0));
        assert_eq!(network.n_accounts(), 8001);
    }
}
