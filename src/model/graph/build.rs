//! From edges or lists in any order to a graph.
//!
//! Edges are first divided into buckets of neighbouring owners, each small enough for the cache of a core; within a bucket
//! they are put into the order of their followers, digit by digit unless they come in it, and dealt out to their owners. Every
//! step either goes through memory in order or stays in the cache, which is what makes it fast: two counting sorts over all
//! edges touch memory at random twice an edge. Where edges come by ascending follower, [`super::buckets`] needs less memory.

use super::Graph;
use std::iter::{repeat_n, zip};
use std::ops::Range;

/// Edges of a bucket: with what is made of them they fill 400 to 700 kB.
pub(super) const BUCKET: usize = 1 << 15;
/// Buckets at most, for which there are entries in the translation buffer of a core.
pub(in crate::model::graph) const MOST_BUCKETS: usize = 1 << 10;
/// Ranges of owners at most, of which buckets are put together.
const MOST_RANGES: usize = 1 << 13;
/// Bits of a digit at most: the counts of its values fit into the nearest cache.
pub(super) const DIGIT_BITS: u32 = 11;

impl Graph {
    /// Builds the graph of nodes `0..n_nodes`. Edges may come in any order; repeated ones and self-loops are dropped.
    ///
    /// O(nodes + edges) time. At most 2^32 − 1 edges; ends must lie below `n_nodes`.
    pub fn from_edges(n_nodes: u32, edges: &[(u32, u32)]) -> Self {
        let buckets = Buckets::of(n_nodes, edges.iter().map(|edge| edge.0), BUCKET);
        let divided = buckets.divide(edges.iter().copied());
        buckets.deal(divided, Vec::with_capacity(edges.len()))
    }

    /// The same from the two ends of each edge, `owners[i]` and `followers[i]` for each i, of whose memory the graph is made.
    pub fn from_ends(n_nodes: u32, owners: Vec<u32>, mut followers: Vec<u32>) -> Self {
        let buckets = Buckets::of(n_nodes, owners.iter().copied(), BUCKET);
        let divided = buckets.divide(zip(owners, followers.iter().copied()));
        followers.clear();
        buckets.deal(divided, followers)
    }

    /// The graph in which `more` edges stand beside those of this one; repeated ones and self-loops are dropped.
    #[must_use]
    pub fn with_edges(&self, more: &[(u32, u32)]) -> Self {
        let more = Self::from_edges(self.n_nodes(), more);
        let mut lists = Lists::with_capacity(self.n_nodes(), self.n_edges() + more.n_edges());
        for node in 0..self.n_nodes() {
            let added = more.followers(node);
            if added.is_empty() {
                lists.push_sorted(self.followers(node));
            } else {
                lists.push(|list| {
                    list.extend_from_slice(self.followers(node));
                    list.extend_from_slice(added);
                });
            }
        }
        lists.finish()
    }

    /// The graph with all edges the other way round: for each node, the sorted list of those it follows.
    ///
    /// O(nodes + edges) time.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut starts = vec![0_u32; self.n_nodes() as usize + 1];
        for &follower in &self.followers {
            starts[follower as usize + 1] += 1;
        }
        for idx in 1..starts.len() {
            starts[idx] += starts[idx - 1];
        }
        let mut next = starts.clone();
        let mut followers = vec![0; self.followers.len()];
        for node in 0..self.n_nodes() {
            for &follower in self.followers(node) {
                let slot = &mut next[follower as usize];
                followers[*slot as usize] = node;
                *slot += 1;
            }
        }
        Self { starts, followers }
    }
}

/// Ranges of owners, divided among buckets so that each has about as many edges.
#[derive(Debug)]
struct Buckets {
    n_nodes: u32,
    /// A range is of `2^range_bits` owners.
    range_bits: u32,
    /// The bucket of each range.
    of_range: Vec<u16>,
    /// The first range of each bucket, and one past the last of all.
    ranges: Vec<u32>,
    /// Where the edges of each bucket begin, and how many there are.
    begins: Vec<usize>,
}

/// Edges by bucket, and whether those of each owner name their followers in ascending order.
#[derive(Debug)]
struct Divided {
    edges: Vec<(u32, u32)>,
    is_ascending: bool,
}

impl Buckets {
    /// Buckets of about `size` edges, unless a single range of owners has more.
    fn of(n_nodes: u32, owners: impl ExactSizeIterator<Item = u32>, size: usize) -> Self {
        let n_edges = owners.len();
        let n_buckets = (n_edges / size).clamp(1, MOST_BUCKETS);
        let n_ranges = if n_buckets == 1 { 1 } else { MOST_RANGES };
        let range_bits = range_bits(n_nodes, n_ranges);
        let n_ranges = (n_nodes as usize).div_ceil(1 << range_bits);
        let mut counts = vec![0_usize; n_ranges];
        for owner in owners {
            counts[(owner >> range_bits) as usize] += 1;
        }
        let size = n_edges.div_ceil(n_buckets);
        let mut buckets =
            Self { n_nodes, range_bits, of_range: Vec::new(), ranges: vec![0], begins: vec![0] };
        let (mut begin, mut end) = (0, 0);
        for (range, count) in counts.into_iter().enumerate() {
            // A bucket is closed before it grows beyond its size by more than half, and as soon as it has it.
            if end > begin && (end - begin >= size || end - begin + count > size + size / 2) {
                buckets.close(range, end);
                begin = end;
            }
            end += count;
        }
        buckets.close(n_ranges, end);
        buckets
    }

    /// Ends a bucket before range `range`, where `end` edges are in it and those before it.
    fn close(&mut self, range: usize, end: usize) {
        let bucket = self.begins.len() as u16 - 1;
        self.of_range.extend(repeat_n(bucket, range - self.of_range.len()));
        self.ranges.push(range as u32);
        self.begins.push(end);
    }

    /// Owners of whom bucket `idx` is.
    fn owners(&self, idx: usize) -> Range<u32> {
        let until = |range: u32| (u64::from(range) << self.range_bits).min(u64::from(self.n_nodes)) as u32;
        until(self.ranges[idx])..until(self.ranges[idx + 1])
    }

    /// Puts edges into their buckets, in the order in which they come.
    fn divide(&self, edges: impl Iterator<Item = (u32, u32)>) -> Divided {
        let mut next = self.begins.clone();
        let mut divided = vec![(0, 0); self.begins[self.begins.len() - 1]];
        let (mut is_ascending, mut last) = (true, 0);
        for edge in edges {
            is_ascending &= last <= edge.1;
            last = edge.1;
            let slot = &mut next[self.of_range[(edge.0 >> self.range_bits) as usize] as usize];
            divided[*slot] = edge;
            *slot += 1;
        }
        Divided { edges: divided, is_ascending }
    }

    /// The graph of divided edges, in the given memory.
    fn deal(&self, mut divided: Divided, memory: Vec<u32>) -> Graph {
        let mut lists = Lists::within(self.n_nodes, memory);
        let mut dealer = Dealer::default();
        for (idx, ends) in self.begins.windows(2).enumerate() {
            let edges = &mut divided.edges[ends[0]..ends[1]];
            if !divided.is_ascending {
                dealer.sort(edges, self.n_nodes);
            }
            dealer.deal(&self.owners(idx), edges, &mut lists);
        }
        lists.finish()
    }
}

/// The b for which ranges of 2^b nodes are at most `n_ranges`.
pub(super) fn range_bits(n_nodes: u32, n_ranges: usize) -> u32 {
    (n_nodes as usize).div_ceil(n_ranges).max(1).next_power_of_two().trailing_zeros()
}

/// Deals out the edges of one bucket after another to their owners.
#[derive(Debug, Default)]
pub(super) struct Dealer {
    ends: Vec<u32>,
    /// The edges in the order of a digit of their followers.
    turn: Vec<(u32, u32)>,
}

impl Dealer {
    /// Adds the lists of `owners`, whose edges are given with followers in ascending order.
    pub(super) fn deal(&mut self, owners: &Range<u32>, edges: &[(u32, u32)], lists: &mut Lists) {
        self.ends.clear();
        self.ends.resize(owners.len() + 1, 0);
        for &(owner, _) in edges {
            self.ends[(owner - owners.start) as usize + 1] += 1;
        }
        for idx in 1..self.ends.len() {
            self.ends[idx] += self.ends[idx - 1];
        }
        lists.extend_dealt(edges.len(), &mut self.ends[..owners.len()], |ends, dealt| {
            for &(owner, follower) in edges {
                let slot = &mut ends[(owner - owners.start) as usize];
                dealt[*slot as usize] = follower;
                *slot += 1;
            }
        });
    }

    /// Sorts edges by follower, all of which lie below `bound`, digit by digit from the lowest on, each time keeping the order of equals.
    fn sort(&mut self, edges: &mut [(u32, u32)], bound: u32) {
        let n_bits = u32::BITS - bound.saturating_sub(1).leading_zeros();
        // An even number of digits, so that the edges come back to where they were.
        let n_digits = n_bits.div_ceil(DIGIT_BITS).next_multiple_of(2);
        let digit_bits = n_bits.div_ceil(n_digits.max(1));
        self.turn.resize(self.turn.len().max(edges.len()), (0, 0));
        let turn = &mut self.turn[..edges.len()];
        for digit in (0..n_digits).step_by(2) {
            sort_by_digit(edges, turn, digit * digit_bits, digit_bits);
            sort_by_digit(turn, edges, (digit + 1) * digit_bits, digit_bits);
        }
    }
}

/// Copies edges in the order of the digit of the follower that begins at bit `low`.
fn sort_by_digit(edges: &[(u32, u32)], sorted: &mut [(u32, u32)], low: u32, n_bits: u32) {
    let mut next = [0_u32; 1 << DIGIT_BITS];
    let mask = (1_usize << n_bits.min(DIGIT_BITS)) - 1;
    let digit = |follower: u32| (follower >> low) as usize & mask;
    for &(_, follower) in edges {
        next[digit(follower)] += 1;
    }
    let mut begin = 0;
    for slot in &mut next[..=mask] {
        begin += std::mem::replace(slot, begin);
    }
    for &edge in edges {
        let slot = &mut next[digit(edge.1)];
        sorted[*slot as usize] = edge;
        *slot += 1;
    }
}

/// A graph that is built list by list, in the order of the nodes.
#[derive(Debug, Clone)]
pub struct Lists {
    starts: Vec<u32>,
    followers: Vec<u32>,
}

impl Lists {
    /// No list yet, and room for the graph.
    pub fn with_capacity(n_nodes: u32, n_edges: usize) -> Self {
        Self::within(n_nodes, Vec::with_capacity(n_edges))
    }

    /// No list yet, and room for them in `memory`, which is empty.
    fn within(n_nodes: u32, memory: Vec<u32>) -> Self {
        let mut starts = Vec::with_capacity(n_nodes as usize + 1);
        starts.push(0);
        Self { starts, followers: memory }
    }

    /// Adds the list of the next node: whatever `add` appends, in any order. Repeated followers and the node itself are
    /// dropped.
    pub fn push(&mut self, add: impl FnOnce(&mut Vec<u32>)) {
        let begin = self.followers.len();
        add(&mut self.followers);
        self.followers[begin..].sort_unstable();
        self.keep(begin, &[(self.followers.len() - begin) as u32]);
    }

    /// Adds the list of the next node, which is ascending. Repeated followers and the node itself are dropped.
    fn push_sorted(&mut self, list: &[u32]) {
        let begin = self.followers.len();
        self.followers.extend_from_slice(list);
        self.keep(begin, &[list.len() as u32]);
    }

    /// Adds the lists of the next nodes, `n` followers in all, which `deal` deals out, ascending for each node. At first `ends` says, for
    /// each node, where among these followers its list begins; `deal` leaves there where the next would go, which is where it ends.
    pub(super) fn extend_dealt(
        &mut self,
        n: usize,
        ends: &mut [u32],
        deal: impl FnOnce(&mut [u32], &mut [u32]),
    ) {
        let begin = self.followers.len();
        self.followers.resize(begin + n, 0);
        deal(ends, &mut self.followers[begin..]);
        self.keep(begin, ends);
    }

    /// Makes what stands from `begin` on the lists of the next nodes, each of which is ascending and ends, counted from `begin`, where
    /// `ends` says. Repeated followers and the nodes themselves are dropped.
    fn keep(&mut self, begin: usize, ends: &[u32]) {
        let (mut kept, mut next) = (begin, begin);
        for &end in ends {
            let node = self.starts.len() as u32 - 1;
            // No node can have this number, since the number of nodes fits in 32 bits.
            let mut last = u32::MAX;
            for idx in next..begin + end as usize {
                let follower = self.followers[idx];
                // Written in any case, counted only if it is new: no branch that is guessed wrong.
                self.followers[kept] = follower;
                kept += usize::from(follower != node && follower != last);
                last = follower;
            }
            next = begin + end as usize;
            self.starts.push(kept as u32);
        }
        self.followers.truncate(kept);
    }

    /// The graph of the nodes whose lists were added.
    pub fn finish(mut self) -> Graph {
        self.followers.shrink_to_fit();
        Graph { starts: self.starts, followers: self.followers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn edges(graph: &Graph) -> Vec<(u32, u32)> {
        (0..graph.n_nodes()).flat_map(|u| graph.followers(u).iter().map(move |&v| (u, v))).collect()
    }

    fn pairs() -> impl Strategy<Value = Vec<(u32, u32)>> {
        prop::collection::vec((0_u32..70, 0_u32..70), 0..600)
    }

    proptest! {
        #[test]
        fn lists_hold_each_edge_once_however_many_buckets_there_are(given in pairs(), bucket in 1_usize..700) {
            let buckets = Buckets::of(70, given.iter().map(|edge| edge.0), bucket);
            let divided = buckets.divide(given.iter().copied());
            let graph = buckets.deal(divided, Vec::new());
            let (owners, followers) = given.iter().copied().unzip();
            prop_assert_eq!(&graph, &Graph::from_ends(70, owners, followers));
            let expected: BTreeSet<(u32, u32)> = given.into_iter().filter(|(u, v)| u != v).collect();
            prop_assert_eq!(graph.n_nodes(), 70);
            prop_assert_eq!(edges(&graph), expected.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn added_edges_are_those_of_a_graph_built_at_once(first in pairs(), second in pairs()) {
            let all: Vec<_> = first.iter().chain(&second).copied().collect();
            prop_assert_eq!(Graph::from_edges(70, &first).with_edges(&second), Graph::from_edges(70, &all));
        }

        #[test]
        fn the_other_way_round_is_a_graph_of_its_own(given in pairs()) {
            let turned: Vec<_> = given.iter().map(|&(u, v)| (v, u)).collect();
            let graph = Graph::from_edges(70, &given);
            prop_assert_eq!(graph.reversed(), Graph::from_edges(70, &turned));
            prop_assert_eq!(graph.reversed().reversed(), graph);
        }

        #[test]
        fn a_graph_may_be_built_list_by_list(given in pairs()) {
            let mut lists = Lists::with_capacity(70, 0);
            for node in 0..70 {
                lists.push(|list| list.extend(given.iter().filter(|edge| edge.0 == node).map(|edge| edge.1)));
            }
            prop_assert_eq!(lists.finish(), Graph::from_edges(70, &given));
        }
    }

    #[test]
    fn a_graph_may_have_no_node_and_no_edge() {
        assert_eq!(Graph::from_edges(0, &[]).n_nodes(), 0);
        assert_eq!(Graph::from_edges(3, &[]).reversed().n_edges(), 0);
    }
}
