//! The model of Chung & Lu (2002) in the form of Norros & Reittu (2006), "On a conditionally Poissonian graph process",
//! Advances in Applied Probability 38, 59–75, for directed graphs.
//!
//! Account u has an expected audience a(u), account v an expected number f(v) of accounts followed, Σ a = Σ f = S. The number of
//! edges from u to v is Poisson with mean q = a(u) f(v) / S, independently of all others; parallel ones are then taken as one,
//! so v follows u with probability 1 − exp(−q). Whom v follows is drawn as a Poisson number of independent draws in
//! proportion to a, which is the same law, in O(nodes + edges).
//!
//! Between hubs and very active accounts q is not small, so the mean degree is a little below the one asked for.

use super::alias::AliasTable;
use super::weights::{Tails, Weights};
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::model::graph::buckets::Buckets;
use std::ops::Range;

const NUMBERS: Purpose = Purpose::new("graph chung-lu numbers");
const BUCKETS: Purpose = Purpose::new("graph chung-lu buckets");
const ACCOUNTS: Purpose = Purpose::new("graph chung-lu accounts");

/// Accounts whose follows come from one stream.
const PER_STREAM: u32 = 1024;

/// Parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChungLu {
    /// Number of nodes.
    pub n_nodes: u32,
    /// Expected edges a node, parallel ones included.
    pub mean_degree: f64,
    /// Distributions of audience and following.
    pub tails: Tails,
}

impl ChungLu {
    /// Draws a graph.
    pub fn generate(&self, key: RunKey) -> Graph {
        of_weights(&Weights::draw(self.n_nodes, &self.tails, key), self.mean_degree, key)
    }
}

/// Draws a graph with the given weights, both of mean 1, and `mean_degree` expected edges a node.
///
/// Whom an edge leads to is drawn in two steps: a bucket of neighbouring accounts, by all of their weights, and later the account
/// among those of its bucket. So every draw is from a small table.
pub fn of_weights(weights: &Weights, mean_degree: f64, key: RunKey) -> Graph {
    let n_nodes = weights.audience.len() as u32;
    let expected = (f64::from(n_nodes) * mean_degree).clamp(0.0, f64::from(u32::MAX)) as usize;
    let mut followers: Buckets<u32> = Buckets::new(n_nodes, expected);
    let owners: Vec<Range<u32>> = followers.owners().collect();
    let among = |owners: &Range<u32>| &weights.audience[owners.start as usize..owners.end as usize];
    let sums: Vec<f64> = owners.iter().map(|owners| among(owners).iter().sum()).collect();
    let Some(buckets) = AliasTable::new(&sums) else { return Graph::from_edges(n_nodes, &[]) };
    // A bucket whose weights sum to nothing has no table, but no followers either.
    let accounts: Vec<Option<AliasTable>> =
        owners.iter().map(|owners| AliasTable::new(among(owners))).collect();
    for (chunk, following) in (0..).zip(weights.following.chunks(PER_STREAM as usize)) {
        let mut numbers = key.stream(NUMBERS, Subject::new(chunk, 0));
        let mut choices = key.fast_stream(BUCKETS, Subject::new(chunk, 0));
        for (follower, following) in (chunk * PER_STREAM..).zip(following) {
            for _ in 0..numbers.poisson(following * mean_degree) {
                followers.add(buckets.sample(&mut choices), follower);
            }
        }
    }
    let mut choices = key.fast_stream(ACCOUNTS, Subject::default());
    followers.graph(|idx, followers, edges| {
        if let Some(table) = &accounts[idx] {
            let first = owners[idx].start;
            edges.extend(followers.iter().map(|&follower| (first + table.sample(&mut choices), follower)));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::tests::{correlation_of, edges};

    const TAILS: Tails =
        Tails { audience_exponent: 2.2, following_exponent: 2.6, correlation: 0.5, cutoff: 500.0 };

    /// Probabilities of all pairs are known, so the number of edges has a known mean and, as a sum of independent coins, a
    /// known variance: 3.9 standard deviations at α = 1e-4. So does the number of followers of each account: at most 5.5
    /// deviations for all of 1,500 at once.
    #[test]
    fn edges_occur_with_the_probability_of_norros_and_reittu() {
        let (n, mean_degree) = (1500_usize, 20.0);
        let key = RunKey::new(0, 0);
        let weights = Weights::draw(n as u32, &TAILS, key);
        let graph = of_weights(&weights, mean_degree, key);
        let (mut total, mut variance) = (0.0, 0.0);
        for u in 0..n {
            let (mut own, mut own_variance) = (0.0, 0.0);
            for v in (0..n).filter(|&v| v != u) {
                let q = weights.audience[u] * weights.following[v] * mean_degree / n as f64;
                let p = 1.0 - libm::exp(-q);
                own += p;
                own_variance += p * (1.0 - p);
            }
            let found = graph.followers(u as u32).len() as f64;
            let bound = 5.5 * own_variance.sqrt() + 3.0;
            assert!((found - own).abs() < bound, "{u}: {found}, expected {own} ± {bound}");
            total += own;
            variance += own_variance;
        }
        let (found, bound) = (graph.n_edges() as f64, 3.9 * variance.sqrt());
        assert!((found - total).abs() < bound, "{found}, expected {total} ± {bound}");
        assert!(total < 0.97 * n as f64 * mean_degree, "parallel edges must matter here: {total}");
    }

    #[test]
    fn the_same_key_gives_the_same_graph_and_another_another() {
        let model = ChungLu { n_nodes: 700, mean_degree: 8.0, tails: TAILS };
        assert_eq!(model.generate(RunKey::new(3, 1)), model.generate(RunKey::new(3, 1)));
        assert_ne!(model.generate(RunKey::new(3, 1)), model.generate(RunKey::new(3, 2)));
    }

    /// Audience and following of an account go together as asked: the sign, and none without.
    #[test]
    fn audience_and_following_are_correlated_as_asked() {
        let at = |correlation| {
            let tails = Tails { audience_exponent: 3.5, following_exponent: 3.5, correlation, cutoff: 50.0 };
            let graph = ChungLu { n_nodes: 20_000, mean_degree: 10.0, tails }.generate(RunKey::new(0, 0));
            let turned = graph.reversed();
            let pairs =
                (0..20_000).map(|u| (graph.followers(u).len() as f64, turned.followers(u).len() as f64));
            correlation_of(&pairs.collect::<Vec<_>>())
        };
        // Independent: within 3.9/sqrt(20,000) = 0.028.
        assert!(at(0.0).abs() < 0.028, "{}", at(0.0));
        assert!(at(0.6) > 0.25 && at(-0.6) < -0.1, "{} {}", at(0.6), at(-0.6));
    }

    #[test]
    fn degenerate_sizes_are_allowed() {
        for (n_nodes, mean_degree) in [(0, 5.0), (1, 5.0), (5, 0.0), (2, 1000.0)] {
            let graph = ChungLu { n_nodes, mean_degree, tails: TAILS }.generate(RunKey::new(0, 0));
            assert_eq!(graph.n_nodes(), n_nodes);
            assert!(edges(&graph).len() <= 2);
        }
    }
}
