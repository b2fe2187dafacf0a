//! The follower network: who sees what whom posts.
//!
//! Followers are stored per account as one sorted list (compressed sparse rows). Accounts of a public have contiguous
//! ids, those of a stance bin too, so a sorted list is grouped by public and cell, and the index of its *segments*
//! (one a public) makes aggregate exposure a matter of a few additions.

pub mod block_model;
pub mod visit;

use super::graph::Graph;
use super::ids::{AccountId, CellId, PublicId};

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
pub struct ListMemory {}

/// The followers of one account, in segments; who stands at a position is found only when asked for.
#[derive(Debug)]
pub struct FollowerList<'a> {
    segments: &'a [Segment],
    followers: &'a [u32],
}

impl FollowerList<'_> {
    /// Number of followers.
    pub fn len(&self) -> u32 {
        self.segments.last().map_or(0, |segment| segment.end)
    }

    /// Whether nobody follows the account.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Its segments, in order.
    pub fn segments(&self) -> &[Segment] {
        self.segments
    }

    /// The public in which `position` lies, which must be below the length.
    pub fn public_at(&self, position: u32) -> PublicId {
        self.segments[self.segments.partition_point(|segment| segment.end <= position)].public
    }

    /// Who stands at `position`, which must be below the length.
    pub fn follower_at(&mut self, position: u32) -> AccountId {
        AccountId(self.followers[position as usize])
    }
}

/// A follower network over publics and named accounts.
///
/// Invariants: ids of a public are contiguous and publics are in order; each follower list is strictly ascending,
/// never holds its owner, and its segments cover it in order without empty ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    publics: Vec<PublicSlice>,
    graph: Graph,
    segment_starts: Vec<u32>,
    segments: Vec<Segment>,
}

impl Network {
    /// Builds the network from its publics and edges `(u, v)`: v sees what u posts. Edges may come in any order;
    /// repeated edges and self-loops are dropped. Accounts from the last public's end to `n_accounts` are named ones.
    pub fn from_edges(publics: Vec<PublicSlice>, n_accounts: u32, edges: &[(u32, u32)]) -> Self {
        let graph = Graph::from_edges(n_accounts, edges);
        let mut network = Self { publics, graph, segment_starts: Vec::new(), segments: Vec::new() };
        network.index_segments();
        network
    }

    /// Number of accounts, named ones included.
    pub fn n_accounts(&self) -> u32 {
        self.graph.n_nodes()
    }

    /// Number of follow relations.
    pub fn n_edges(&self) -> usize {
        self.graph.n_edges()
    }

    /// The publics in order.
    pub fn publics(&self) -> &[PublicSlice] {
        &self.publics
    }

    /// Followers of `account`, ascending.
    pub fn followers(&self, account: AccountId) -> &[u32] {
        self.graph.followers(account.0)
    }

    /// Who follows whom, without publics.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Segments of the follower list of `account`, in order.
    pub fn segments(&self, account: AccountId) -> &[Segment] {
        let range =
            self.segment_starts[account.idx()] as usize..self.segment_starts[account.idx() + 1] as usize;
        &self.segments[range]
    }

    /// The followers of `account` as a list that is looked up by position.
    pub fn list<'a>(&'a self, account: AccountId, _memory: &'a mut ListMemory) -> FollowerList<'a> {
        FollowerList { segments: self.segments(account), followers: self.followers(account) }
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

    fn index_segments(&mut self) {
        let n_accounts = self.n_accounts();
        self.segment_starts = Vec::with_capacity(n_accounts as usize + 1);
        self.segment_starts.push(0);
        for account in 0..n_accounts {
            let list = self.graph.followers(account);
            let mut begin = 0;
            let mut public = 0;
            while begin < list.len() {
                // Named accounts follow nobody in the model, so every follower lies in a public.
                while self.publics[public].bin_starts[STANCE_BINS] <= list[begin] {
                    public += 1;
                }
                let limit = self.publics[public].bin_starts[STANCE_BINS];
                let end = begin + list[begin..].partition_point(|&follower| follower < limit);
                self.segments.push(Segment { public: PublicId::new(public), end: end as u32 });
                begin = end;
            }
            self.segment_starts.push(self.segments.len() as u32);
        }
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
                for segment in network.segments(AccountId(account)) {
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
