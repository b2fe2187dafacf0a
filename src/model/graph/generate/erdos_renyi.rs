//! The random graph of Gilbert and of Erdős & Rényi: each account follows each other with the same probability.
//!
//! Coins are not thrown one by one: the gap to the next edge is geometric, so the cost is O(nodes + edges) (Batagelj & Brandes
//! 2005, "Efficient generation of large random networks", Physical Review E 71, 036113).

use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::model::graph::build::Lists;
use rand::RngExt;

const GAPS: Purpose = Purpose::new("graph erdos-renyi gaps");

/// Parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ErdosRenyi {
    /// Number of nodes.
    pub n_nodes: u32,
    /// Expected edges a node, at most one less than the number of nodes.
    pub mean_degree: f64,
}

impl ErdosRenyi {
    /// Draws a graph.
    pub fn generate(&self, key: RunKey) -> Graph {
        // Places of a list: all nodes but its owner.
        let n_places = f64::from(self.n_nodes.saturating_sub(1));
        let p = (self.mean_degree / n_places).clamp(0.0, 1.0);
        let rate = -libm::log1p(-p);
        let expected = (f64::from(self.n_nodes) * n_places * p).min(f64::from(u32::MAX)) as usize;
        let mut lists = Lists::with_capacity(self.n_nodes, expected);
        let mut stream = key.fast_stream(GAPS, Subject::default());
        // Places between here and the next edge. For p = 0 the gap is infinite, for p = 1 always 0.
        let mut gap = || libm::floor(-libm::log(1.0 - stream.random::<f64>()) / rate);
        let mut next = gap();
        for owner in 0..self.n_nodes {
            lists.push(|list| {
                while next < n_places {
                    let place = next as u32;
                    list.push(place + u32::from(place >= owner));
                    next += 1.0 + gap();
                }
            });
            next -= n_places;
        }
        lists.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::tests::edges;

    /// The number of edges is binomial, and so is that of each account: 3.9 standard deviations at α = 1e-4 for the former,
    /// 5.5 for the largest of 2 · 2,000 of the latter.
    #[test]
    fn the_numbers_of_edges_are_binomial() {
        let (n, mean) = (2000_u32, 30.0);
        let graph = ErdosRenyi { n_nodes: n, mean_degree: mean }.generate(RunKey::new(0, 0));
        let p = mean / f64::from(n - 1);
        let pairs = f64::from(n) * f64::from(n - 1);
        let bound = 3.9 * (pairs * p * (1.0 - p)).sqrt();
        assert!((graph.n_edges() as f64 - pairs * p).abs() < bound, "{} edges", graph.n_edges());
        for graph in [&graph, &graph.reversed()] {
            for u in 0..n {
                let degree = graph.followers(u).len() as f64;
                assert!((degree - mean).abs() < 5.5 * mean.sqrt(), "{u}: {degree}");
            }
        }
    }

    /// Over 6,000 graphs of three nodes each of the six edges occurs with probability 0.4, and each pair of edges with 0.16:
    /// within 4.6 standard deviations at α = 1e-4 over 21 counts.
    #[test]
    fn every_edge_is_an_independent_coin() {
        let model = ErdosRenyi { n_nodes: 3, mean_degree: 0.8 };
        let n = 6000_u32;
        let mut counts = [[0.0; 6]; 6];
        for seed in 0..n {
            let found: Vec<usize> = edges(&model.generate(RunKey::new(u64::from(seed), 0)))
                .into_iter()
                .map(|(u, v)| (u * 2 + v - u32::from(v > u)) as usize)
                .collect();
            for &first in &found {
                for &second in &found {
                    counts[first][second] += 1.0;
                }
            }
        }
        for (first, row) in counts.iter().enumerate() {
            for (second, &count) in row.iter().enumerate() {
                let p: f64 = if first == second { 0.4 } else { 0.16 };
                let bound = 4.6 * (f64::from(n) * p * (1.0 - p)).sqrt();
                assert!((count - f64::from(n) * p).abs() < bound, "{first} {second}: {count}");
            }
        }
    }

    #[test]
    fn nobody_or_everybody_is_followed_at_the_ends() {
        let at =
            |n_nodes, mean_degree| ErdosRenyi { n_nodes, mean_degree }.generate(RunKey::new(0, 0)).n_edges();
        assert_eq!((at(50, 0.0), at(50, 49.0), at(50, 1e9)), (0, 50 * 49, 50 * 49));
        assert_eq!((at(0, 3.0), at(1, 3.0), at(2, 1.0)), (0, 0, 2));
    }
}
