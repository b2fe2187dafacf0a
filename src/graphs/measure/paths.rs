//! Steps that a message needs from one account to another.

use super::{Estimate, LEVEL};
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::stats::distribution::student_quantile;
use crate::stats::interval::Interval;

const SOURCES: Purpose = Purpose::new("graph path sources");

/// Edges walked in all, about: that decides how many sources are taken from a large graph.
const MOST_EDGES: u64 = 1_000_000_000;
/// Sources from a graph at least and at most.
const N_SOURCES: (u64, u64) = (30, 2000);

/// Lengths of shortest paths along which messages travel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paths {
    /// Mean length over the pairs of accounts of which the first can reach the second.
    pub mean: Estimate,
    /// Longest that was seen.
    pub longest: u32,
    /// Share of pairs of which the first can reach the second.
    pub reachable: f64,
    /// Accounts from which all paths were measured.
    pub n_sources: u32,
    /// Whether those were all accounts.
    pub is_exact: bool,
}

impl Paths {
    /// Paths of a graph, from a sample of accounts if it is large.
    pub fn of(graph: &Graph, key: RunKey) -> Self {
        let n = graph.n_nodes();
        let n_affordable = (MOST_EDGES / (graph.n_edges() as u64 + 1)).clamp(N_SOURCES.0, N_SOURCES.1);
        let is_exact = u64::from(n) <= n_affordable;
        let mut stream = key.stream(SOURCES, Subject::default());
        let sources: Vec<u32> =
            if is_exact { (0..n).collect() } else { (0..n_affordable).map(|_| stream.below(n)).collect() };
        let mut search = Search { last_seen: vec![u32::MAX; n as usize], ..Search::default() };
        let found: Vec<Reached> =
            sources.iter().zip(0..).map(|(&source, round)| search.from(graph, source, round)).collect();
        let n_sources = sources.len() as u32;
        let reached: u64 = found.iter().map(|from| u64::from(from.n)).sum();
        let steps: u64 = found.iter().map(|from| from.steps).sum();
        let mean = steps as f64 / reached as f64;
        let interval = if is_exact { Interval { low: mean, high: mean } } else { interval(&found, mean) };
        Self {
            mean: Estimate { value: mean, interval },
            longest: found.iter().map(|from| from.longest).max().unwrap_or(0),
            reachable: reached as f64 / (f64::from(n_sources) * (f64::from(n) - 1.0)),
            n_sources,
            is_exact,
        }
    }
}

/// Interval of a ratio of sums over sources: sources are drawn independently, the pairs of one source are not independent.
fn interval(found: &[Reached], mean: f64) -> Interval {
    let n = found.len() as f64;
    let reached = found.iter().map(|from| f64::from(from.n)).sum::<f64>() / n;
    let squares: f64 = found.iter().map(|from| (from.steps as f64 - mean * f64::from(from.n)).powi(2)).sum();
    let error = (squares / (n * (n - 1.0))).sqrt() / reached;
    Interval::around(mean, student_quantile(f64::midpoint(1.0, LEVEL), found.len() as u64 - 1) * error)
}

/// What one account reaches.
#[derive(Debug, Clone, Copy)]
struct Reached {
    n: u32,
    steps: u64,
    longest: u32,
}

/// A breadth-first search whose memory is used again.
#[derive(Debug, Default)]
struct Search {
    /// Round in which a node was seen last.
    last_seen: Vec<u32>,
    level: Vec<u32>,
    next: Vec<u32>,
}

impl Search {
    fn from(&mut self, graph: &Graph, source: u32, round: u32) -> Reached {
        let mut reached = Reached { n: 0, steps: 0, longest: 0 };
        self.last_seen[source as usize] = round;
        self.level.clear();
        self.level.push(source);
        for distance in 1.. {
            self.next.clear();
            for &node in &self.level {
                for &follower in graph.followers(node) {
                    if self.last_seen[follower as usize] != round {
                        self.last_seen[follower as usize] = round;
                        self.next.push(follower);
                    }
                }
            }
            if self.next.is_empty() {
                break;
            }
            reached.n += self.next.len() as u32;
            reached.steps += u64::from(distance) * self.next.len() as u64;
            reached.longest = distance;
            std::mem::swap(&mut self.level, &mut self.next);
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::erdos_renyi::ErdosRenyi;

    /// On a directed ring of n the distances from an account are 1 … n − 1.
    #[test]
    fn a_directed_ring_has_a_mean_path_of_half_its_length() {
        let n = 101;
        let ring = Graph::from_edges(n, &(0..n).map(|node| (node, (node + 1) % n)).collect::<Vec<_>>());
        let found = Paths::of(&ring, RunKey::new(0, 0));
        assert!((found.mean.value - 50.5).abs() < 1e-12 && found.is_exact, "{found:?}");
        assert_eq!((found.longest, found.reachable), (100, 1.0));
    }

    #[test]
    fn what_can_not_be_reached_has_no_length() {
        let found = Paths::of(&Graph::from_edges(4, &[(0, 1), (1, 2)]), RunKey::new(0, 0));
        assert_eq!((found.mean.value, found.longest, found.reachable), (4.0 / 3.0, 2, 0.25));
        assert!(Paths::of(&Graph::from_edges(3, &[]), RunKey::new(0, 0)).mean.value.is_nan());
        assert!(Paths::of(&Graph::from_edges(0, &[]), RunKey::new(0, 0)).mean.value.is_nan());
    }

    /// The sample's interval, widened from 95 % to the 99.99 % of α = 1e-4, holds the mean of all sources.
    #[test]
    fn a_sample_agrees_with_all_sources() {
        let graph = ErdosRenyi { n_nodes: 2500, mean_degree: 4.0 }.generate(RunKey::new(0, 0));
        let found = Paths::of(&graph, RunKey::new(0, 0));
        assert!(!found.is_exact && found.n_sources == 2000);
        let mut search = Search { last_seen: vec![u32::MAX; 2500], ..Search::default() };
        let all: Vec<Reached> = (0..2500).map(|source| search.from(&graph, source, source)).collect();
        let steps: u64 = all.iter().map(|from| from.steps).sum();
        let exact = steps as f64 / all.iter().map(|from| f64::from(from.n)).sum::<f64>();
        let bound = found.mean.interval.half_width() * 3.9 / 1.96;
        assert!((found.mean.value - exact).abs() < bound, "{found:?} {exact}");
    }
}
