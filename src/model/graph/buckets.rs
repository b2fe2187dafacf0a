//! A graph from edges that come by ascending follower.
//!
//! What stands for an edge goes at once into the bucket of its owner and its neighbours, in pieces of memory that are begun as they are
//! needed. So nothing has to be counted before, and what is kept of an edge need not be more than its follower.

use super::Graph;
use super::build::{BUCKET, Dealer, Lists, MOST_BUCKETS, range_bits};
use std::ops::Range;

/// Items of a piece of a bucket.
const PIECE: usize = 1 << 9;

/// A graph that is built edge by edge, in the order of followers.
#[derive(Debug)]
pub struct ByFollower {
    buckets: Buckets<(u32, u32)>,
}

impl ByFollower {
    /// A graph of nodes `0..n_nodes` without edges, and room for `n_edges`. It may get more, at most 2^32 − 1.
    pub fn new(n_nodes: u32, n_edges: usize) -> Self {
        Self { buckets: Buckets::new(n_nodes, n_edges) }
    }

    /// Adds an edge, whose ends must lie below the number of nodes, and `follower` not below that of any edge before. Repeated ones and
    /// self-loops are dropped in the end.
    #[inline]
    pub fn add(&mut self, owner: u32, follower: u32) {
        self.buckets.add(owner >> self.buckets.owner_bits, (owner, follower));
    }

    /// The graph of all edges added, in O(nodes + edges) time.
    pub fn finish(self) -> Graph {
        self.buckets.graph(|_, piece, edges| edges.extend_from_slice(piece))
    }
}

/// Buckets of about `bucket` items, were all owners alike.
fn n_buckets(n_edges: usize, bucket: usize) -> usize {
    (n_edges / bucket).clamp(1, MOST_BUCKETS)
}

/// The b for which a bucket of a graph of `n_nodes` nodes and `n_edges` edges is for `2^b` owners.
pub(super) fn owner_bits(n_nodes: u32, n_edges: usize) -> u32 {
    range_bits(n_nodes, n_buckets(n_edges, BUCKET))
}

/// Items that stand for edges, by neighbouring owners.
#[derive(Debug)]
pub struct Buckets<T> {
    n_nodes: u32,
    /// A bucket is for `2^owner_bits` owners.
    owner_bits: u32,
    /// Pieces of buckets.
    items: Vec<T>,
    /// Where they lie.
    places: Vec<Bucket>,
}

/// Items of neighbouring owners.
#[derive(Debug, Default)]
struct Bucket {
    /// Where the next item goes; at a multiple of `PIECE` a new piece is begun.
    next: usize,
    /// Where the pieces begin.
    pieces: Vec<usize>,
}

impl<T: Copy + Default> Buckets<T> {
    /// Empty buckets for a graph of nodes `0..n_nodes`, and room for `n_edges`.
    pub fn new(n_nodes: u32, n_edges: usize) -> Self {
        Self::of_size(n_nodes, n_edges, BUCKET)
    }

    pub(super) fn of_size(n_nodes: u32, n_edges: usize, bucket: usize) -> Self {
        let owner_bits = range_bits(n_nodes, n_buckets(n_edges, bucket));
        let n_buckets = (n_nodes as usize).div_ceil(1 << owner_bits);
        let places = std::iter::repeat_with(Bucket::default).take(n_buckets).collect();
        let items = Vec::with_capacity((n_edges / PIECE + n_buckets + 1) * PIECE);
        Self { n_nodes, owner_bits, items, places }
    }

    /// A bucket is for `2^owner_bits` owners.
    pub(super) fn owner_bits(&self) -> u32 {
        self.owner_bits
    }

    /// Number of items in all buckets.
    pub(super) fn n_items(&self) -> usize {
        self.places.iter().map(Bucket::len).sum()
    }

    /// The items of bucket `idx` in the order in which they were added, piece by piece.
    pub(super) fn pieces(&self, idx: usize) -> impl Iterator<Item = &[T]> + Clone {
        let bucket = &self.places[idx];
        let n = bucket.len();
        (0..)
            .step_by(PIECE)
            .zip(&bucket.pieces)
            .map(move |(n_before, &begin): (usize, _)| &self.items[begin..begin + (n - n_before).min(PIECE)])
    }

    /// Owners for whom each bucket is.
    pub fn owners(&self) -> impl Iterator<Item = Range<u32>> + use<T> {
        let (n_nodes, owner_bits) = (self.n_nodes, self.owner_bits);
        (0..self.places.len() as u32).map(move |idx| {
            let first = idx << owner_bits;
            first..first + (n_nodes - first).min(1 << owner_bits)
        })
    }

    /// Adds an item to bucket `idx`.
    #[inline]
    pub fn add(&mut self, idx: u32, item: T) {
        let bucket = &mut self.places[idx as usize];
        if bucket.next.is_multiple_of(PIECE) {
            bucket.begin_piece(&mut self.items);
        }
        self.items[bucket.next] = item;
        bucket.next += 1;
    }

    /// The graph of the edges that `edges_of` appends for each bucket and each piece of its items, in the order in which they were
    /// added: of owners for whom the bucket is, no follower before a smaller one. Repeated edges and self-loops are dropped.
    ///
    /// O(nodes + edges) time.
    pub fn graph(self, mut edges_of: impl FnMut(usize, &[T], &mut Vec<(u32, u32)>)) -> Graph {
        let mut lists = Lists::with_capacity(self.n_nodes, self.n_items());
        let mut edges = Vec::with_capacity(self.places.iter().map(Bucket::len).max().unwrap_or(0));
        let mut dealer = Dealer::default();
        for (idx, owners) in self.owners().enumerate() {
            edges.clear();
            self.pieces(idx).for_each(|piece| edges_of(idx, piece, &mut edges));
            dealer.deal(&owners, &edges, &mut lists);
        }
        lists.finish()
    }
}

impl Bucket {
    #[cold]
    fn begin_piece<T: Copy + Default>(&mut self, items: &mut Vec<T>) {
        self.next = items.len();
        self.pieces.push(self.next);
        items.resize(self.next + PIECE, T::default());
    }

    /// Number of items.
    fn len(&self) -> usize {
        self.pieces.last().map_or(0, |last| (self.pieces.len() - 1) * PIECE + self.next - last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Up to 3,000 edges of 70 owners, so that buckets have several pieces.
        #[test]
        fn a_graph_may_be_built_in_the_order_of_followers(
            given in prop::collection::vec((0_u32..70, 0_u32..70), 0..3000),
            bucket in 1_usize..5000,
        ) {
            let mut by_follower = given.clone();
            by_follower.sort_by_key(|edge| edge.1);
            let mut graph = ByFollower { buckets: Buckets::of_size(70, given.len(), bucket) };
            by_follower.iter().for_each(|&(owner, follower)| graph.add(owner, follower));
            prop_assert_eq!(graph.finish(), Graph::from_edges(70, &given));
        }
    }

    #[test]
    fn a_graph_may_have_more_edges_than_there_was_room_for_or_none() {
        let mut graph = ByFollower::new(2000, 0);
        (0..4_000_000).for_each(|edge| graph.add(edge % 1999, edge / 2000));
        // All follow the first 1,999 but themselves, one of them twice.
        assert_eq!(graph.finish().n_edges(), 1999 * 1999);
        assert_eq!(ByFollower::new(0, 0).finish(), Graph::from_edges(0, &[]));
    }
}
