//! PageRank (Brin & Page 1998) of accounts: whom those follow who are followed by those whom many follow.
//!
//! A reader goes from an account to one that it follows, at random, or with probability 0.15, and if it follows nobody, to any.
//! The rank is the share of time spent at an account.

use crate::model::graph::Graph;
use std::cmp::Reverse;

/// Probability of going on to an account that is followed.
const DAMPING: f64 = 0.85;
/// Change of all ranks together at which they are taken as settled: that of 85 steps at the worst.
const SETTLED: f64 = 1e-6;
const MOST_STEPS: u32 = 100;

/// An account with its rank.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// The node.
    pub node: u32,
    /// Its rank; all together have 1.
    pub rank: f64,
    /// Its followers.
    pub audience: u32,
}

/// Ranks of all nodes, of which each follows so many; none if there is no node.
pub fn ranks(graph: &Graph, following: &[u32]) -> Vec<f64> {
    let n = following.len() as f64;
    let mut ranks = vec![1.0 / n; following.len()];
    let mut passed_on = vec![0.0; following.len()];
    for _ in 0..MOST_STEPS {
        let mut from_anywhere = 0.0;
        for ((passed_on, &rank), &following) in passed_on.iter_mut().zip(&ranks).zip(following) {
            if following == 0 {
                from_anywhere += rank;
            } else {
                *passed_on = rank / f64::from(following);
            }
        }
        let base = (1.0 - DAMPING + DAMPING * from_anywhere) / n;
        let mut change = 0.0;
        for (node, rank) in (0..graph.n_nodes()).zip(&mut ranks) {
            let votes: f64 = graph.followers(node).iter().map(|&follower| passed_on[follower as usize]).sum();
            let new = base + DAMPING * votes;
            change += (new - *rank).abs();
            *rank = new;
        }
        if change < SETTLED {
            break;
        }
    }
    ranks
}

/// The `n` accounts of the highest rank; of equal ones the first.
pub fn top(graph: &Graph, following: &[u32], n: usize) -> Vec<Ranked> {
    if n == 0 {
        return Vec::new();
    }
    let ranks = ranks(graph, following);
    let mut order: Vec<u32> = (0..graph.n_nodes()).collect();
    let higher = |left: &u32, right: &u32| {
        let rank = |node: &u32| Reverse(ranks[*node as usize].to_bits());
        // Ranks are positive, so their bits are in their order.
        rank(left).cmp(&rank(right)).then(left.cmp(right))
    };
    if n < order.len() {
        order.select_nth_unstable_by(n, higher);
        order.truncate(n);
    }
    order.sort_unstable_by(higher);
    let ranked =
        |node: u32| Ranked { node, rank: ranks[node as usize], audience: graph.followers(node).len() as u32 };
    order.into_iter().map(ranked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody of a star of n follows the centre, which follows nobody: with c the rank of the centre and l of a leaf,
    /// l = (0.15 + 0.85 c)/n and c + (n − 1) l = 1.
    #[test]
    fn ranks_of_a_star_are_those_of_its_equations() {
        let n = 11.0;
        let graph = Graph::from_edges(11, &(1..11).map(|leaf| (0, leaf)).collect::<Vec<_>>());
        let following: Vec<u32> = (0..11).map(|node| u32::from(node > 0)).collect();
        let found = ranks(&graph, &following);
        let centre = (1.0 - (n - 1.0) * 0.15 / n) / (1.0 + (n - 1.0) * 0.85 / n);
        assert!((found[0] - centre).abs() < 1e-6, "{} {centre}", found[0]);
        assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let top = top(&graph, &following, 3);
        assert_eq!(
            top.iter().map(|ranked| (ranked.node, ranked.audience)).collect::<Vec<_>>(),
            [(0, 10), (1, 0), (2, 0)]
        );
    }

    #[test]
    fn on_a_ring_all_have_the_same_rank() {
        let graph = Graph::from_edges(6, &(0..6).map(|node| (node, (node + 1) % 6)).collect::<Vec<_>>());
        assert!(ranks(&graph, &[1; 6]).iter().all(|rank| (rank - 1.0 / 6.0).abs() < 1e-12));
        assert_eq!(top(&graph, &[1; 6], 99).len(), 6);
        assert!(top(&Graph::from_edges(0, &[]), &[], 5).is_empty());
    }
}
