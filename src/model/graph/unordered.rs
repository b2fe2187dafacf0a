//! A graph from edges that are made one by one, in any order.
//!
//! An edge is one number from the moment it is made, and goes at once into the bucket of its owner and its neighbours: nothing is counted
//! before, no list of all edges is written, and where a number of 32 bits holds an edge, half as much memory is gone through as for
//! its two ends. Buckets are as small as those of [`super::build`], so everything after that stays in the cache of a core.

use super::Graph;
use super::buckets::{Buckets, owner_bits};
use super::build::{DIGIT_BITS, Lists};
use std::fmt::Debug;
use std::ops::Range;

/// A number that stands for an edge.
pub trait Key: Copy + Default + Debug {
    /// Bits of the number.
    const BITS: u32;

    /// The number of these bits, which it has.
    fn of(bits: u64) -> Self;

    /// Its bits.
    fn bits(self) -> u64;
}

impl Key for u32 {
    const BITS: u32 = Self::BITS;

    #[inline]
    fn of(bits: u64) -> Self {
        bits as Self
    }

    #[inline]
    fn bits(self) -> u64 {
        u64::from(self)
    }
}

impl Key for u64 {
    const BITS: u32 = Self::BITS;

    #[inline]
    fn of(bits: u64) -> Self {
        bits
    }

    #[inline]
    fn bits(self) -> u64 {
        self
    }
}

/// A graph that is built edge by edge, each of which is kept as one number.
#[derive(Debug)]
pub struct Unordered<K> {
    buckets: Buckets<K>,
    layout: Layout,
}

/// How a number stands for an edge: the follower in the lowest bits, above it the owner among those of its bucket.
#[derive(Debug, Clone, Copy)]
struct Layout {
    owner_bits: u32,
    follower_bits: u32,
}

impl Layout {
    fn of(n_nodes: u32, owner_bits: u32) -> Self {
        Self { owner_bits, follower_bits: u32::BITS - n_nodes.saturating_sub(1).leading_zeros() }
    }

    #[inline]
    fn key<K: Key>(self, owner: u32, follower: u32) -> K {
        let among = u64::from(owner) & ((1 << self.owner_bits) - 1);
        K::of(among << self.follower_bits | u64::from(follower))
    }

    #[inline]
    fn owner<K: Key>(self, key: K) -> usize {
        (key.bits() >> self.follower_bits) as usize
    }

    #[inline]
    fn follower<K: Key>(self, key: K) -> u32 {
        (key.bits() & ((1 << self.follower_bits) - 1)) as u32
    }
}

impl<K: Key> Unordered<K> {
    /// Whether numbers of this kind can stand for the edges of a graph of so many nodes and expected edges.
    pub fn is_enough_for(n_nodes: u32, n_edges: usize) -> bool {
        let layout = Layout::of(n_nodes, owner_bits(n_nodes, n_edges));
        layout.owner_bits + layout.follower_bits <= K::BITS
    }

    /// A graph of nodes `0..n_nodes` without edges, for which this kind of number [must be enough](Self::is_enough_for), and room for
    /// `n_edges`. It may get more, at most 2^32 − 1.
    pub fn new(n_nodes: u32, n_edges: usize) -> Self {
        Self::within(n_nodes, Buckets::new(n_nodes, n_edges))
    }

    fn within(n_nodes: u32, buckets: Buckets<K>) -> Self {
        let layout = Layout::of(n_nodes, buckets.owner_bits());
        Self { buckets, layout }
    }

    /// Adds an edge, whose ends must lie below the number of nodes. Repeated ones and self-loops are dropped in the end.
    #[inline]
    pub fn add(&mut self, owner: u32, follower: u32) {
        self.buckets.add(owner >> self.layout.owner_bits, self.layout.key(owner, follower));
    }

    /// The graph of all edges added, in O(nodes + edges) time.
    pub fn finish(self) -> Graph {
        let n_nodes = self.buckets.owners().last().map_or(0, |owners| owners.end);
        let mut lists = Lists::with_capacity(n_nodes, self.buckets.n_items());
        let mut dealer = Dealer::new(self.layout);
        for (idx, owners) in self.buckets.owners().enumerate() {
            dealer.deal(&owners, &self.buckets.pieces(idx), &mut lists);
        }
        lists.finish()
    }
}

/// Counts of the values of a digit, and then where the next edge of each goes.
type Places = [u32; 1 << DIGIT_BITS];

/// Deals out the edges of one bucket after another to their owners.
#[derive(Debug)]
struct Dealer<K> {
    layout: Layout,
    /// Bits of a digit of the follower.
    digit_bits: u32,
    /// For each of them, the lowest first.
    digits: Vec<Places>,
    /// Where the list of each owner ends.
    ends: Vec<u32>,
    sorted: Vec<K>,
    turn: Vec<K>,
}

impl<K: Key> Dealer<K> {
    fn new(layout: Layout) -> Self {
        let n_digits = layout.follower_bits.div_ceil(DIGIT_BITS).max(1);
        let digit_bits = layout.follower_bits.div_ceil(n_digits);
        let digits = vec![[0; 1 << DIGIT_BITS]; n_digits as usize];
        Self { layout, digit_bits, digits, ends: Vec::new(), sorted: Vec::new(), turn: Vec::new() }
    }

    /// Adds the lists of `owners`, whose edges come in pieces: puts the edges into the order of their followers, digit by digit from the
    /// lowest on, each time keeping the order of equals, and at last into that of their owners.
    fn deal<'a>(
        &mut self,
        owners: &Range<u32>,
        pieces: &(impl Iterator<Item = &'a [K]> + Clone),
        lists: &mut Lists,
    ) where
        K: 'a,
    {
        let n = self.count(owners, pieces.clone());
        self.sorted.resize(self.sorted.len().max(n), K::default());
        self.turn.resize(self.turn.len().max(n), K::default());
        let digit_bits = self.digit_bits;
        for (digit, places) in (0..).zip(&mut self.digits) {
            let low = digit * digit_bits;
            let value = |key: K| value_at(key, low, digit_bits);
            if digit == 0 {
                pieces.clone().for_each(|piece| scatter(piece, &mut self.turn, places, value));
            } else {
                scatter(&self.sorted[..n], &mut self.turn, places, value);
            }
            std::mem::swap(&mut self.sorted, &mut self.turn);
        }
        let layout = self.layout;
        lists.extend_dealt(n, &mut self.ends, |ends, dealt| {
            for &key in &self.sorted[..n] {
                let slot = &mut ends[layout.owner(key)];
                dealt[*slot as usize] = layout.follower(key);
                *slot += 1;
            }
        });
    }

    /// Finds out where the first edge of each value of each digit, and of each owner, goes. Gives the number of edges.
    fn count<'a>(&mut self, owners: &Range<u32>, pieces: impl Iterator<Item = &'a [K]>) -> usize
    where
        K: 'a,
    {
        self.digits.iter_mut().for_each(|places| places.fill(0));
        self.ends.clear();
        self.ends.resize(owners.len(), 0);
        let mut n = 0;
        for piece in pieces {
            n += piece.len();
            for &key in piece {
                self.ends[self.layout.owner(key)] += 1;
                for (digit, places) in (0..).zip(&mut self.digits) {
                    places[value_at(key, digit * self.digit_bits, self.digit_bits)] += 1;
                }
            }
        }
        self.digits.iter_mut().for_each(|places| begin_each(places));
        begin_each(&mut self.ends);
        n
    }
}

/// The digit of `n_bits` bits that begins at bit `low`.
#[inline]
fn value_at<K: Key>(key: K, low: u32, n_bits: u32) -> usize {
    (key.bits() >> low) as usize & ((1 << n_bits.min(DIGIT_BITS)) - 1)
}

/// Turns numbers into the sums of those before them.
fn begin_each(counts: &mut [u32]) {
    let mut begin = 0;
    for count in counts {
        begin += std::mem::replace(count, begin);
    }
}

/// Copies keys to the next places of their values.
fn scatter<K: Key>(keys: &[K], sorted: &mut [K], places: &mut Places, value: impl Fn(K) -> usize) {
    for &key in keys {
        let slot = &mut places[value(key)];
        sorted[*slot as usize] = key;
        *slot += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn built<K: Key>(n_nodes: u32, edges: &[(u32, u32)], bucket: usize) -> Graph {
        let buckets = Buckets::of_size(n_nodes, edges.len(), bucket);
        let mut graph = Unordered::<K>::within(n_nodes, buckets);
        edges.iter().for_each(|&(owner, follower)| graph.add(owner, follower));
        graph.finish()
    }

    proptest! {
        /// So many nodes that followers have one, two and three digits, and so many edges that buckets have several pieces.
        #[test]
        fn a_graph_may_be_built_in_any_order(
            n_nodes in prop_oneof![1_u32..70, Just(2049), Just(70_000), Just(5_000_000)],
            ends in prop::collection::vec((any::<u32>(), any::<u32>(), any::<bool>()), 0..3000),
            bucket in 1_usize..5000,
        ) {
            // Most lists are short in a large graph, so half of the edges are of few owners.
            let edges: Vec<(u32, u32)> = ends
                .into_iter()
                .map(|(owner, follower, is_of_few)| {
                    (owner % if is_of_few { n_nodes.min(20) } else { n_nodes }, follower % n_nodes)
                })
                .collect();
            let expected = Graph::from_edges(n_nodes, &edges);
            prop_assert_eq!(&built::<u64>(n_nodes, &edges, bucket), &expected);
            if n_nodes < 1 << 16 {
                prop_assert_eq!(&built::<u32>(n_nodes, &edges, bucket), &expected);
            }
        }
    }

    #[test]
    fn small_numbers_are_enough_for_graphs_with_many_edges_a_node() {
        assert!(Unordered::<u32>::is_enough_for(100_000, 5_000_000));
        assert!(Unordered::<u32>::is_enough_for(2_000_000, 100_000_000));
        assert!(!Unordered::<u32>::is_enough_for(5_000_000, 5_000_000));
        assert!(Unordered::<u64>::is_enough_for(u32::MAX, 0));
    }

    #[test]
    fn a_graph_may_have_more_edges_than_there_was_room_for_or_none() {
        let mut graph = Unordered::<u64>::new(2000, 0);
        (0..4_000_000).for_each(|edge| graph.add(edge % 1999, edge / 2000));
        assert_eq!(graph.finish().n_edges(), 1999 * 1999);
        assert_eq!(Unordered::<u32>::new(0, 0).finish(), Graph::from_edges(0, &[]));
    }
}
