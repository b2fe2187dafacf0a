//! The follower network: who sees what whom posts.
//!
//! Accounts of a public have contiguous ids, those of a stance bin too, and every list of followers is grouped by public. The index of its
//! *segments* (one a public) makes aggregate exposure a matter of a few additions.
//!
//! There are two networks behind one face. A *stored* one holds a sorted list for each account (compressed sparse rows), whatever built it.
//! A [*procedural*](Network::procedural) one holds nothing but tables of publics and computes what it is asked for, so it can have as many
//! accounts as the platform.

mod alias;
pub mod block_model;
pub mod circles;
mod degrees;
mod ends;
mod procedural;
pub mod visit;

use super::graph::Graph;
use super::ids::{AccountId, CellId, PublicId};
use crate::engine::streams::RunKey;
use block_model::Plan;
use procedural::{Procedural, Remembered};
use std::borrow::Cow;

/// Stance bins of a public; bin × public is a cell. Three tell opponents, the indifferent and supporters apart.
pub const STANCE_BINS: usize = 3;

/// The accounts of one public.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicSlice {
    /// First account of each stance bin, and one past the last account.
    pub bin_starts: [u32; STANCE_BINS + 1],
    /// Real accounts for which one simulated account stands.
    pub weight: f64,
}

impl PublicSlice {
    /// Number of simulated accounts.
    pub fn n_accounts(&self) -> u32 {
        self.bin_starts[STANCE_BINS] - self.bin_starts[0]
    }
}

/// The part of a follower list that lies in one public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// The public.
    pub public: PublicId,
    /// Position in the follower list just behind the segment.
    pub end: u32,
}

/// Memory for looking at one follower list after another.
#[derive(Debug, Clone, Default)]
pub struct ListMemory(Remembered);

/// The followers of one account, in segments; who stands at a position is found only when asked for.
#[derive(Debug)]
pub struct FollowerList<'a>(Followers<'a>);

#[derive(Debug)]
enum Followers<'a> {
    Stored { segments: &'a [Segment], followers: &'a [u32] },
    Computed { network: &'a Procedural, owner: AccountId, memory: &'a mut Remembered },
}

impl FollowerList<'_> {
    /// Number of followers.
    pub fn len(&self) -> u32 {
        self.segments().last().map_or(0, |segment| segment.end)
    }

    /// Whether nobody follows the account.
    pub fn is_empty(&self) -> bool {
        self.segments().is_empty()
    }

    /// Its segments, in order.
    pub fn segments(&self) -> &[Segment] {
        match &self.0 {
            Followers::Stored { segments, .. } => segments,
            Followers::Computed { network, owner, memory } => network.segments(*owner, memory),
        }
    }

    /// The public in which `position` lies, which must be below the length.
    pub fn public_at(&self, position: u32) -> PublicId {
        let segments = self.segments();
        segments[segments.partition_point(|segment| segment.end <= position)].public
    }

    /// Who stands at `position`, which must be below the length.
    pub fn follower_at(&mut self, position: u32) -> AccountId {
        match &mut self.0 {
            Followers::Stored { followers, .. } => AccountId(followers[position as usize]),
            Followers::Computed { network, owner, memory } => network.follower_at(*owner, position, memory),
        }
    }
}

/// A follower network over publics and named accounts.
///
/// Invariants: ids of a public are contiguous and publics are in order; no follower list holds an account twice or its owner, and its
/// segments cover it in order without empty ones. Named accounts follow nobody but one another, and share nothing by themselves: those follows
/// are mutual, stored beside the lists whatever the network is, and in no list.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    publics: Vec<PublicSlice>,
    links: Links,
    /// Whom of the named accounts which of them follows: `(account, follower)`, ascending; with each its opposite.
    mutual: Vec<(AccountId, AccountId)>,
}

/// Who follows whom.
#[derive(Debug, Clone, PartialEq)]
enum Links {
    Stored(Stored),
    Procedural(Box<Procedural>),
}

/// Follower lists in memory, each ascending.
#[derive(Debug, Clone, PartialEq)]
struct Stored {
    graph: Graph,
    segment_starts: Vec<u32>,
    segments: Vec<Segment>,
}

impl Network {
    /// Stores the network of these publics and edges `(u, v)`: v sees what u posts. Edges may come in any order;
    /// repeated edges and self-loops are dropped. Accounts from the last public's end to `n_accounts` are named ones.
    pub fn from_edges(publics: Vec<PublicSlice>, n_accounts: u32, edges: &[(u32, u32)]) -> Self {
        Self::stored(publics, Graph::from_edges(n_accounts, edges))
    }

    fn stored(publics: Vec<PublicSlice>, graph: Graph) -> Self {
        let links = Links::Stored(Stored::new(graph, &publics));
        Self { publics, links, mutual: Vec::new() }
    }

    /// The network of `plan` of which nothing is stored. Two networks with the same plan and key are equal.
    ///
    /// Its audiences and followings are distributed as in that which [`block_model::generate`] stores, but no relation is mutual but by
    /// chance and between named accounts.
    pub fn procedural(plan: &Plan, key: RunKey) -> Self {
        let publics = block_model::slices_of(&plan.publics);
        let links = Links::Procedural(Box::new(Procedural::new(plan, &publics, key)));
        let mutual = block_model::mutual_follows(plan, &publics);
        Self { publics, links, mutual }
    }

    /// The same network in which these pairs of named accounts follow each other.
    #[cfg(test)]
    pub(crate) fn with_mutual_follows(self, pairs: &[[AccountId; 2]]) -> Self {
        let mut mutual: Vec<_> =
            pairs.iter().flat_map(|&[one, other]| [(one, other), (other, one)]).collect();
        mutual.sort_unstable();
        Self { mutual, ..self }
    }

    /// Number of accounts, named ones included.
    pub fn n_accounts(&self) -> u32 {
        match &self.links {
            Links::Stored(stored) => stored.graph.n_nodes(),
            Links::Procedural(procedural) => procedural.n_accounts(),
        }
    }

    /// Number of follow relations; the expected one where they are not stored.
    pub fn n_edges(&self) -> usize {
        let in_lists = match &self.links {
            Links::Stored(stored) => stored.graph.n_edges(),
            Links::Procedural(procedural) => procedural.expected_links(),
        };
        in_lists + self.mutual.len()
    }

    /// Follows between named accounts, all of them mutual: `(account, follower)`, ascending.
    pub fn mutual_follows(&self) -> &[(AccountId, AccountId)] {
        &self.mutual
    }

    /// The publics in order.
    pub fn publics(&self) -> &[PublicSlice] {
        &self.publics
    }

    /// Anonymous followers of `account`, ascending. Where they are not stored this computes all of them: [`list`](Self::list) does without.
    pub fn followers(&self, account: AccountId) -> Cow<'_, [u32]> {
        match &self.links {
            Links::Stored(stored) => Cow::Borrowed(stored.graph.followers(account.0)),
            Links::Procedural(_) => {
                let mut memory = ListMemory::default();
                let mut list = self.list(account, &mut memory);
                let mut all: Vec<u32> =
                    (0..list.len()).map(|position| list.follower_at(position).0).collect();
                all.sort_unstable();
                Cow::Owned(all)
            }
        }
    }

    /// Who is followed by whom among the anonymous, if that is stored.
    pub fn graph(&self) -> Option<&Graph> {
        match &self.links {
            Links::Stored(stored) => Some(&stored.graph),
            Links::Procedural(_) => None,
        }
    }

    /// Who follows whom, named accounts among one another too, if that is stored.
    pub fn whole_graph(&self) -> Option<Cow<'_, Graph>> {
        let graph = self.graph()?;
        if self.mutual.is_empty() {
            return Some(Cow::Borrowed(graph));
        }
        let in_lists = (0..graph.n_nodes())
            .flat_map(|account| graph.followers(account).iter().map(move |&follower| (account, follower)));
        let between_named = self.mutual.iter().map(|(account, follower)| (account.0, follower.0));
        let edges: Vec<(u32, u32)> = in_lists.chain(between_named).collect();
        Some(Cow::Owned(Graph::from_edges(graph.n_nodes(), &edges)))
    }

    /// The anonymous followers of `account` as a list that is looked up by position.
    pub fn list<'a>(&'a self, account: AccountId, memory: &'a mut ListMemory) -> FollowerList<'a> {
        match &self.links {
            Links::Stored(stored) => FollowerList(Followers::Stored {
                segments: stored.segments(account),
                followers: stored.graph.followers(account.0),
            }),
            Links::Procedural(network) => {
                let memory = &mut memory.0;
                network.remember(account, &self.publics, memory);
                FollowerList(Followers::Computed { network, owner: account, memory })
            }
        }
    }

    /// Whether `follower` follows `account`, without looking through the list.
    pub fn follows(&self, follower: AccountId, account: AccountId, memory: &mut ListMemory) -> bool {
        let Some(public) = self.public_of(follower) else {
            return self.follow_each_other(account, follower);
        };
        match &self.links {
            Links::Stored(stored) => stored.graph.followers(account.0).binary_search(&follower.0).is_ok(),
            Links::Procedural(network) => {
                network.remember(account, &self.publics, &mut memory.0);
                network.is_followed_by(account, follower, public, &mut memory.0)
            }
        }
    }

    /// Whether two named accounts follow each other.
    pub fn follow_each_other(&self, one: AccountId, other: AccountId) -> bool {
        self.mutual.binary_search(&(one, other)).is_ok()
    }

    /// How many accounts `account` is expected to follow; `None` where links are stored and can be counted.
    pub fn expected_following(&self, account: AccountId) -> Option<f64> {
        match &self.links {
            Links::Stored(_) => None,
            Links::Procedural(network) => Some(network.expected_following(account)),
        }
    }

    /// The public of `account`; `None` for a named account.
    pub fn public_of(&self, account: AccountId) -> Option<PublicId> {
        let idx = self.publics.partition_point(|public| public.bin_starts[STANCE_BINS] <= account.0);
        (idx < self.publics.len()).then_some(PublicId::new(idx))
    }

    /// The cell of an account of `public`.
    pub fn cell_of(&self, account: AccountId, public: PublicId) -> CellId {
        let starts = &self.publics[public.idx()].bin_starts;
        let bin = starts[1..STANCE_BINS].partition_point(|&start| start <= account.0);
        CellId::new(public.idx() * STANCE_BINS + bin)
    }

    /// Real accounts for which `account` stands: its public's weight, or 1 for a named account.
    pub fn weight_of(&self, account: AccountId) -> f64 {
        self.public_of(account).map_or(1.0, |public| self.publics[public.idx()].weight)
    }
}

impl Stored {
    /// Indexes the segments of the lists of `graph`.
    fn new(graph: Graph, publics: &[PublicSlice]) -> Self {
        let mut segment_starts = Vec::with_capacity(graph.n_nodes() as usize + 1);
        let mut segments = Vec::new();
        segment_starts.push(0);
        for account in 0..graph.n_nodes() {
            let list = graph.followers(account);
            let mut begin = 0;
            let mut public = 0;
            while begin < list.len() {
                // Named accounts follow nobody in the model, so every follower lies in a public.
                while publics[public].bin_starts[STANCE_BINS] <= list[begin] {
                    public += 1;
                }
                let limit = publics[public].bin_starts[STANCE_BINS];
                let end = begin + list[begin..].partition_point(|&follower| follower < limit);
                segments.push(Segment { public: PublicId::new(public), end: end as u32 });
                begin = end;
            }
            segment_starts.push(segments.len() as u32);
        }
        Self { graph, segment_starts, segments }
    }

    /// Segments of the follower list of `account`, in order.
    fn segments(&self, account: AccountId) -> &[Segment] {
        let range =
            self.segment_starts[account.idx()] as usize..self.segment_starts[account.idx() + 1] as usize;
        &self.segments[range]
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// One public of `n` accounts of weight 1 and one named account behind it.
    pub(crate) fn single_public(n: u32, edges: &[(u32, u32)]) -> Network {
        let slice = PublicSlice { bin_starts: [0, n / 3, 2 * n / 3, n], weight: 1.0 };
        Network::from_edges(vec![slice], n + 1, edges)
    }

    proptest! {
        #[test]
        fn lists_hold_each_edge_once_in_order_and_segments_cover_them(
            edges in prop::collection::vec((0_u32..31, 0_u32..30), 0..400),
        ) {
            let slices = vec![
                PublicSlice { bin_starts: [0, 3, 6, 10], weight: 5.0 },
                PublicSlice { bin_starts: [10, 10, 10, 10], weight: 1.0 },
                PublicSlice { bin_starts: [10, 20, 25, 30], weight: 2.0 },
            ];
            let network = Network::from_edges(slices, 31, &edges);
            let expected: std::collections::BTreeSet<(u32, u32)> = edges.into_iter().filter(|(u, v)| u != v).collect();
            let mut found = Vec::new();
            for account in 0..31 {
                let list = network.followers(AccountId(account));
                prop_assert!(list.windows(2).all(|pair| pair[0] < pair[1]));
                found.extend(list.iter().map(|&follower| (account, follower)));
                let mut begin = 0;
                for segment in network.list(AccountId(account), &mut ListMemory::default()).segments() {
                    prop_assert!(segment.end > begin);
                    for &follower in &list[begin as usize..segment.end as usize] {
                        prop_assert_eq!(network.public_of(AccountId(follower)), Some(segment.public));
                    }
                    begin = segment.end;
                }
                prop_assert_eq!(begin as usize, list.len());
            }
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }

    /// Stored or computed, named accounts that follow each other are in no list and change none; the whole graph has them.
    #[test]
    fn named_accounts_follow_each_other_beside_the_lists() {
        use block_model::{NamedPlan, PublicPlan, Tails, generate};
        let named = |key| NamedPlan { key, followers: vec![30.0] };
        let plan = Plan {
            publics: vec![PublicPlan { n_accounts: 100, weight: 1.0, community: 0 }],
            mean_followed: vec![4.0],
            named: (1..=4).map(named).collect(),
            mutual: vec![[0, 2], [3, 2], [2, 0], [1, 1]],
            tails: Tails { audience_exponent: 2.2, following_exponent: 2.5, correlation: 0.5, cutoff: 20.0 },
            reciprocity: 0.0,
            circles: circles::Circles::NONE,
        };
        let alone = Plan { mutual: Vec::new(), ..plan.clone() };
        let pairs =
            [(100, 102), (102, 100), (102, 103), (103, 102)].map(|(u, v)| (AccountId(u), AccountId(v)));
        let mut memory = ListMemory::default();
        for make in [generate, Network::procedural] {
            let (network, without) = (make(&plan, RunKey::new(1, 0)), make(&alone, RunKey::new(1, 0)));
            assert_eq!(network.mutual_follows(), pairs);
            assert_eq!(network.n_edges(), without.n_edges() + 4);
            for (u, v) in (0..104).flat_map(|u| (0..104).map(move |v| (AccountId(u), AccountId(v)))) {
                let expected = without.follows(v, u, &mut memory) || pairs.contains(&(u, v));
                assert_eq!(network.follows(v, u, &mut memory), expected, "{v:?} {u:?}");
            }
            assert!((0..104).all(|id| network.followers(AccountId(id)) == without.followers(AccountId(id))));
            let Some(whole) = network.whole_graph() else { continue };
            assert_eq!(whole.n_edges(), network.n_edges());
            assert_eq!(
                whole.followers(102).iter().filter(|&&id| id >= 100).collect::<Vec<_>>(),
                [&100, &103]
            );
            assert_eq!(without.whole_graph().as_deref(), without.graph());
        }
    }

    #[test]
    fn an_account_knows_its_public_cell_and_weight() {
        let slices = vec![
            PublicSlice { bin_starts: [0, 3, 6, 10], weight: 5.0 },
            PublicSlice { bin_starts: [10, 20, 25, 30], weight: 2.0 },
        ];
        let network = Network::from_edges(slices, 31, &[]);
        let second = PublicId(1);
        assert_eq!(network.public_of(AccountId(10)), Some(second));
        let cells: Vec<u16> =
            [10, 19, 20, 24, 25, 29].map(|id| network.cell_of(AccountId(id), second).0).to_vec();
        assert_eq!(cells, [3, 3, 4, 4, 5, 5]);
        assert_eq!(network.public_of(AccountId(30)), None);
        assert_eq!((network.weight_of(AccountId(0)), network.weight_of(AccountId(30))), (5.0, 1.0));
    }
}
