//! The small world of Watts & Strogatz (1998), "Collective dynamics of 'small-world' networks", Nature 393, 440–442, for
//! directed graphs: accounts on a ring follow their neighbours, and each follow is rewired to a random account with a given
//! probability.
//!
//! Every account follows exactly `following` others. Without rewiring, and if `following` = k is even, clustering is
//! 3(k − 2) / (4(k − 1)).

use crate::engine::streams::{FastStream, Purpose, RunKey, Subject, below};
use crate::model::graph::Graph;
use crate::model::graph::buckets::ByFollower;
use rand::{Rng, RngExt};

const REWIRING: Purpose = Purpose::new("graph small-world rewiring");

/// Accounts whose follows come from one stream.
const PER_STREAM: u32 = 1024;

/// Parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SmallWorld {
    /// Number of nodes.
    pub n_nodes: u32,
    /// Accounts that each follows; at most half of the others are.
    pub following: u32,
    /// Probability that a follow is rewired, 0 to 1.
    pub rewiring: f64,
}

impl SmallWorld {
    /// Draws a graph.
    pub fn generate(&self, key: RunKey) -> Graph {
        let following = self.following.min(self.n_nodes.saturating_sub(1) / 2);
        let mut graph = ByFollower::new(self.n_nodes, self.n_nodes as usize * following as usize);
        let mut stream = key.fast_stream(REWIRING, Subject::default());
        let mut followed = Vec::with_capacity(following as usize);
        for follower in 0..self.n_nodes {
            if follower.is_multiple_of(PER_STREAM) {
                stream = key.fast_stream(REWIRING, Subject::new(follower / PER_STREAM, 0));
            }
            followed.clear();
            followed.extend((0..following).map(|place| self.neighbour(follower, place)));
            for idx in 0..followed.len() {
                if stream.random::<f64>() < self.rewiring {
                    followed[idx] = self.other(follower, &followed, &mut stream);
                }
            }
            followed.iter().for_each(|&followed| graph.add(followed, follower));
        }
        graph.finish()
    }

    /// Neighbours on the ring by distance, on either side in turn.
    fn neighbour(&self, node: u32, place: u32) -> u32 {
        let (node, n, distance) = (u64::from(node), u64::from(self.n_nodes), u64::from(place / 2 + 1));
        ((if place.is_multiple_of(2) { node + distance } else { node + n - distance }) % n) as u32
    }

    /// An account that `follower` does not follow. It follows at most half of all, so two tries are enough on average.
    fn other(&self, follower: u32, followed: &[u32], stream: &mut FastStream) -> u32 {
        loop {
            let other = below(stream.next_u64(), self.n_nodes);
            if other != follower && !followed.contains(&other) {
                return other;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: SmallWorld = SmallWorld { n_nodes: 2000, following: 10, rewiring: 0.3 };

    #[test]
    fn everybody_follows_as_many_as_asked() {
        for rewiring in [0.0, 0.3, 1.0] {
            let graph = SmallWorld { rewiring, ..MODEL }.generate(RunKey::new(0, 0));
            assert_eq!(graph.n_edges(), 20_000);
            let turned = graph.reversed();
            assert!((0..2000).all(|node| turned.followers(node).len() == 10));
        }
    }

    #[test]
    fn without_rewiring_it_is_the_ring() {
        let ring = SmallWorld { n_nodes: 9, following: 4, rewiring: 0.0 }.generate(RunKey::new(0, 0));
        assert_eq!(ring.followers(0), [1, 2, 7, 8]);
        assert_eq!(ring.followers(4), [2, 3, 5, 6]);
        let odd = SmallWorld { n_nodes: 9, following: 1, rewiring: 0.0 }.generate(RunKey::new(0, 0));
        assert_eq!(odd.followers(0), [8], "each follows the next");
    }

    /// Each of 20,000 edges of the ring is kept with probability 0.7; 3.9 standard deviations at α = 1e-4. A rewired one
    /// falls back on the ring with a probability of about 10/2,000 · 0.3, which the bound allows for.
    #[test]
    fn the_share_asked_for_is_rewired() {
        let ring = SmallWorld { rewiring: 0.0, ..MODEL }.generate(RunKey::new(0, 0));
        let graph = MODEL.generate(RunKey::new(0, 0));
        let kept_of = |u| graph.followers(u).iter().filter(|&v| ring.followers(u).contains(v)).count();
        let kept = (0..2000).map(kept_of).sum::<usize>() as f64;
        let bound = 3.9 * (20_000.0 * 0.7 * 0.3_f64).sqrt() + 20_000.0 * 0.3 * 10.0 / 2000.0;
        assert!((kept - 14_000.0).abs() < bound, "{kept}");
    }

    #[test]
    fn small_and_impossible_sizes_are_cut_down() {
        for (n_nodes, following) in [(0, 4), (1, 4), (2, 4), (5, 100)] {
            let graph = SmallWorld { n_nodes, following, rewiring: 1.0 }.generate(RunKey::new(0, 0));
            assert_eq!(graph.n_edges() as u32, n_nodes * (n_nodes.saturating_sub(1) / 2), "{n_nodes}");
        }
    }
}
