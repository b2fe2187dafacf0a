//! From edges or lists in any order to a graph.
//!
//! Edges are first divided into buckets of neighbouring owners, each small enough for the cache of a core; within a bucket
//! they are dealt out to their owners, and each list is sorted by itself. Every step either reads memory in order or stays
//! in the cache, which is what makes it fast: two counting sorts over all edges touch memory at random twice an edge.

use super::Graph;

/// Edges of a bucket on average: with the lists made of them they fill about 400 kB.
const BUCKET: usize = 1 << 15;
/// Buckets at most, for which there are entries in the translation buffer of a core.
const MOST_BUCKETS: usize = 1 << 10;

impl Graph {
    /// Builds the graph of nodes `0..n_nodes`. Edges may come in any order; repeated ones and self-loops are dropped.
    ///
    /// O(nodes + edges) time but for the sorting of each list. At most 2^32 − 1 edges; ends must lie below `n_nodes`.
    pub fn from_edges(n_nodes: u32, edges: &[(u32, u32)]) -> Self {
        from_edges(n_nodes, edges, BUCKET)
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

fn from_edges(n_nodes: u32, edges: &[(u32, u32)], bucket: usize) -> Graph {
    let n_buckets = (edges.len() / bucket).clamp(1, MOST_BUCKETS);
    // Owners of a bucket, a power of two.
    let owner_bits = (n_nodes as usize).div_ceil(n_buckets).max(1).next_power_of_two().trailing_zeros();
    let n_buckets = (n_nodes as usize).div_ceil(1 << owner_bits);
    let mut lists = Lists::with_capacity(n_nodes, edges.len());
    let mut dealt = Dealt::default();
    if n_buckets <= 1 {
        dealt.deal(0, n_nodes, edges, &mut lists);
        return lists.finish();
    }
    let mut ends = vec![0_usize; n_buckets];
    for &(owner, _) in edges {
        ends[(owner >> owner_bits) as usize] += 1;
    }
    let mut next = Vec::with_capacity(n_buckets);
    let mut end = 0;
    for size in &mut ends {
        next.push(end);
        end += *size;
        *size = end;
    }
    let mut divided = vec![(0, 0); edges.len()];
    for &edge in edges {
        let slot = &mut next[(edge.0 >> owner_bits) as usize];
        divided[*slot] = edge;
        *slot += 1;
    }
    let mut begin = 0;
    for (idx, end) in ends.into_iter().enumerate() {
        let first = (idx as u32) << owner_bits;
        let n_owners = (n_nodes - first).min(1 << owner_bits);
        dealt.deal(first, n_owners, &divided[begin..end], &mut lists);
        begin = end;
    }
    lists.finish()
}

/// Memory in which the edges of a bucket are dealt out to their owners.
#[derive(Debug, Default)]
struct Dealt {
    ends: Vec<u32>,
    followers: Vec<u32>,
}

impl Dealt {
    /// Adds the lists of the owners `first..first + n_owners`, whose edges are `edges`.
    fn deal(&mut self, first: u32, n_owners: u32, edges: &[(u32, u32)], lists: &mut Lists) {
        self.ends.clear();
        self.ends.resize(n_owners as usize + 1, 0);
        for &(owner, _) in edges {
            self.ends[(owner - first) as usize + 1] += 1;
        }
        for idx in 1..self.ends.len() {
            self.ends[idx] += self.ends[idx - 1];
        }
        self.followers.resize(edges.len(), 0);
        // While dealing, the entry of an owner is where its next follower goes; in the end that is where its list ends.
        for &(owner, follower) in edges {
            let slot = &mut self.ends[(owner - first) as usize];
            self.followers[*slot as usize] = follower;
            *slot += 1;
        }
        let mut begin = 0;
        for &end in &self.ends[..n_owners as usize] {
            let list = &mut self.followers[begin as usize..end as usize];
            list.sort_unstable();
            lists.push_sorted(list);
            begin = end;
        }
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
        let mut starts = Vec::with_capacity(n_nodes as usize + 1);
        starts.push(0);
        Self { starts, followers: Vec::with_capacity(n_edges) }
    }

    /// Adds the list of the next node: whatever `add` appends, in any order. Repeated followers and the node itself are
    /// dropped.
    pub fn push(&mut self, add: impl FnOnce(&mut Vec<u32>)) {
        let begin = self.followers.len();
        add(&mut self.followers);
        let node = self.starts.len() as u32 - 1;
        self.followers[begin..].sort_unstable();
        let mut kept = begin;
        for idx in begin..self.followers.len() {
            let follower = self.followers[idx];
            // Written in any case, counted only if it is new: no branch that is guessed wrong.
            let is_new = follower != node && (kept == begin || self.followers[kept - 1] != follower);
            self.followers[kept] = follower;
            kept += usize::from(is_new);
        }
        self.followers.truncate(kept);
        self.starts.push(kept as u32);
    }

    /// Adds the list of the next node, which is ascending. Repeated followers and the node itself are dropped.
    fn push_sorted(&mut self, list: &[u32]) {
        let node = self.starts.len() as u32 - 1;
        // No node can have this number, since the number of nodes fits in 32 bits.
        let mut last = u32::MAX;
        self.followers.extend(list.iter().copied().filter(|&follower| {
            let is_new = follower != node && follower != last;
            last = follower;
            is_new
        }));
        self.starts.push(self.followers.len() as u32);
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
            let graph = super::from_edges(70, &given, bucket);
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
