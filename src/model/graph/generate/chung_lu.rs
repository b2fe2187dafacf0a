//! The model of Chung & Lu (2002) in the form of Norros & Reittu (2006), "On a conditionally Poissonian graph process",
//! Advances in Applied Probability 38, 59–75, for directed graphs.
//!
//! Account u has an expected audience a(u), account v an expected number f(v) of accounts followed, Σ a = Σ f = S. The number of
//! edges from u to v is Poisson with mean q = a(u) f(v) / S, independently of all others; parallel ones are then taken as one,
//! so v follows u with probability 1 − exp(−q). The followers of u are drawn as a Poisson number of independent draws in
//! proportion to f, which is the same law, in O(nodes + edges).
//!
//! Between hubs and very active accounts q is not small, so the mean degree is a little below the one asked for.

use super::alias::AliasTable;
use super::weights::{Tails, Weights};
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::model::graph::Graph;
use crate::model::graph::build::Lists;
use rand_distr::{Distribution, Poisson};

const EDGES: Purpose = Purpose::new("graph chung-lu edges");

/// Accounts whose followers come from one stream.
const PER_STREAM: u32 = 256;

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
pub fn of_weights(weights: &Weights, mean_degree: f64, key: RunKey) -> Graph {
    let n_nodes = weights.audience.len() as u32;
    let followers = AliasTable::new(&weights.following);
    let expected = (f64::from(n_nodes) * mean_degree).clamp(0.0, f64::from(u32::MAX)) as usize;
    let mut lists = Lists::with_capacity(n_nodes, expected);
    let mut stream = key.stream(EDGES, Subject::default());
    for (idx, &audience) in weights.audience.iter().enumerate() {
        if (idx as u32).is_multiple_of(PER_STREAM) {
            stream = key.stream(EDGES, Subject::new(idx as u32 / PER_STREAM, 0));
        }
        let n_drawn = poisson(audience * mean_degree, &mut stream);
        lists.push(|list| {
            if let Some(table) = &followers {
                list.extend((0..n_drawn).map(|_| table.sample(&mut stream)));
            }
        });
    }
    lists.finish()
}

/// A Poisson number of mean `mean`; 0 if that is no mean of a Poisson number.
fn poisson(mean: f64, stream: &mut Stream) -> u32 {
    Poisson::new(mean).map_or(0, |law| law.sample(stream) as u32)
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
