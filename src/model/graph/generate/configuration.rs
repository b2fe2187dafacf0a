//! The directed configuration model: a random graph whose accounts have given audiences and followings.
//!
//! Every account has as many loose ends as it has followers, and as many as it follows; the two kinds are matched at random.
//! Loops and parallel edges are erased, so degrees are met but for a few (the erased model; Chen & Olvera-Cravioto 2013,
//! "Directed random graphs with given degree distributions", Stochastic Systems 3, 147–186).

use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::model::graph::build::Lists;

const MATCHING: Purpose = Purpose::new("graph configuration matching");

/// Audience and following of each account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Audience and following of each account. If the sums differ, what is too much on one side is left over at random.
    pub degrees: Vec<(u32, u32)>,
}

impl Configuration {
    /// The degrees of a graph.
    pub fn of(graph: &Graph) -> Self {
        let mut degrees: Vec<(u32, u32)> =
            (0..graph.n_nodes()).map(|node| (graph.followers(node).len() as u32, 0)).collect();
        for &follower in graph.targets() {
            degrees[follower as usize].1 += 1;
        }
        Self { degrees }
    }

    /// Draws a graph.
    pub fn generate(&self, key: RunKey) -> Graph {
        let mut followers = Vec::new();
        for (node, degree) in self.degrees.iter().enumerate() {
            followers.extend(std::iter::repeat_n(node as u32, degree.1 as usize));
        }
        let mut stream = key.stream(MATCHING, Subject::default());
        let n_audience: usize = self.degrees.iter().map(|degree| degree.0 as usize).sum();
        let mut lists = Lists::with_capacity(self.degrees.len() as u32, n_audience.min(followers.len()));
        // A shuffle from the front, which needs no more of the ends than are matched.
        let mut n_matched = 0;
        let mut left = n_audience;
        for degree in &self.degrees {
            lists.push(|list| {
                for _ in 0..degree.0 {
                    let rest = followers.len() - n_matched;
                    // If there are more places than followers, a place stays empty with the share of those too many.
                    let is_empty = left > rest && u64::from(stream.below(left as u32)) >= rest as u64;
                    left -= 1;
                    if is_empty {
                        continue;
                    }
                    let chosen = n_matched + stream.below(rest as u32) as usize;
                    followers.swap(n_matched, chosen);
                    list.push(followers[n_matched]);
                    n_matched += 1;
                }
            });
        }
        lists.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::scale_free::ScaleFree;
    use crate::model::graph::generate::tests::edges;
    use std::collections::BTreeMap;

    /// All degrees are one, so that no parallel edges occur: three nodes have the six matchings, of which those with loops
    /// lose them. 6,000 draws; each matching within 4.4 binomial standard deviations at α = 1e-4 over six.
    #[test]
    fn every_matching_is_as_likely() {
        let model = Configuration { degrees: vec![(1, 1); 3] };
        let mut counts: BTreeMap<Vec<(u32, u32)>, f64> = BTreeMap::new();
        for seed in 0..6000 {
            *counts.entry(edges(&model.generate(RunKey::new(seed, 0)))).or_default() += 1.0;
        }
        // The identity leaves nothing, three transpositions one pair each, and two are cycles.
        assert_eq!(counts.len(), 6);
        for (graph, count) in counts {
            assert!((count - 1000.0).abs() < 4.4 * (6000.0 * 5.0 / 36.0_f64).sqrt(), "{graph:?}: {count}");
        }
    }

    #[test]
    fn degrees_are_never_more_than_asked_and_nearly_all_are_met() {
        let scale_free =
            ScaleFree { n_nodes: 20_000, alpha: 0.25, beta: 0.5, gamma: 0.25, delta_in: 2.0, delta_out: 2.0 };
        let model = Configuration::of(&scale_free.generate(RunKey::new(0, 0)));
        let graph = model.generate(RunKey::new(0, 1));
        let found = Configuration::of(&graph);
        let asked: u64 = model.degrees.iter().map(|degree| u64::from(degree.0)).sum();
        for (found, asked) in found.degrees.iter().zip(&model.degrees) {
            assert!(found.0 <= asked.0 && found.1 <= asked.1, "{found:?} {asked:?}");
        }
        assert!(graph.n_edges() as f64 > 0.97 * asked as f64, "{} of {asked}", graph.n_edges());
    }

    #[test]
    fn what_does_not_match_is_left_over() {
        let many_places = Configuration { degrees: vec![(50, 0), (0, 3), (50, 2), (0, 1)] };
        let graph = many_places.generate(RunKey::new(0, 0));
        assert!(graph.n_edges() <= 6);
        let many_followers = Configuration { degrees: vec![(1, 9), (1, 9), (0, 9)] };
        assert!(many_followers.generate(RunKey::new(0, 0)).n_edges() <= 2);
        assert_eq!(Configuration { degrees: Vec::new() }.generate(RunKey::new(0, 0)).n_nodes(), 0);
    }
}
