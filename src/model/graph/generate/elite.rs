//! An elite layer: leaders who follow one another, and journalists who follow leaders more than others do.
//!
//! Leaders are the accounts with the largest audiences. Of the pairs of leaders a given share follow one another; a given
//! share of all other accounts, chosen at random, are journalists, each of whom follows each leader with a given probability.

use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::model::graph::Graph;
use std::cmp::Reverse;

const MUTUAL: Purpose = Purpose::new("graph elite mutual follows");
const JOURNALISTS: Purpose = Purpose::new("graph elite journalists");
const READERS: Purpose = Purpose::new("graph elite readers");

/// Parameters of the layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elite {
    /// Accounts with the largest audiences that are leaders.
    pub leaders: u32,
    /// Share of pairs of leaders that follow one another.
    pub mutual: f64,
    /// Share of the other accounts that are journalists.
    pub journalists: f64,
    /// Probability that a journalist follows a leader.
    pub journalists_follow: f64,
}

impl Elite {
    /// Leaders of a graph by descending audience; of equal ones the first.
    pub fn leaders(&self, graph: &Graph) -> Vec<u32> {
        let mut nodes: Vec<u32> = (0..graph.n_nodes()).collect();
        nodes.sort_by_key(|&node| Reverse(graph.followers(node).len()));
        nodes.truncate(self.leaders as usize);
        nodes
    }

    /// Journalists of a graph with these leaders, ascending.
    pub fn journalists(&self, graph: &Graph, leaders: &[u32], key: RunKey) -> Vec<u32> {
        let mut stream = key.stream(JOURNALISTS, Subject::default());
        let mut chosen: Vec<u32> = Vec::new();
        successes(u64::from(graph.n_nodes()), self.journalists, &mut stream, |node| chosen.push(node as u32));
        let mut leaders = leaders.to_vec();
        leaders.sort_unstable();
        chosen.retain(|node| leaders.binary_search(node).is_err());
        chosen
    }

    /// The graph with the layer upon it.
    #[must_use]
    pub fn upon(&self, graph: &Graph, key: RunKey) -> Graph {
        let leaders = self.leaders(graph);
        let journalists = self.journalists(graph, &leaders, key);
        let mut edges = Vec::new();
        for (idx, &leader) in leaders.iter().enumerate() {
            let mut stream = key.stream(MUTUAL, Subject::new(leader, 0));
            successes(idx as u64, self.mutual, &mut stream, |other| {
                let other = leaders[other as usize];
                edges.extend([(leader, other), (other, leader)]);
            });
            let mut stream = key.stream(READERS, Subject::new(leader, 0));
            successes(journalists.len() as u64, self.journalists_follow, &mut stream, |reader| {
                edges.push((leader, journalists[reader as usize]));
            });
        }
        graph.with_edges(&edges)
    }
}

/// Calls `hit` for each of `0..n` that succeeds with probability `p`, by geometric gaps.
fn successes(n: u64, p: f64, stream: &mut Stream, mut hit: impl FnMut(u64)) {
    let rate = -libm::log1p(-p.clamp(0.0, 1.0));
    let mut gap = || libm::floor(stream.exponential() / rate);
    let mut next = gap();
    while next < n as f64 {
        hit(next as u64);
        next += 1.0 + gap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::erdos_renyi::ErdosRenyi;
    use crate::model::graph::generate::tests::edges;

    const ELITE: Elite = Elite { leaders: 60, mutual: 0.4, journalists: 0.05, journalists_follow: 0.3 };

    fn base() -> Graph {
        ErdosRenyi { n_nodes: 10_000, mean_degree: 5.0 }.generate(RunKey::new(0, 0))
    }

    /// Binomial numbers within 3.9 standard deviations at α = 1e-4: 1,770 pairs of leaders, 9,940 accounts that may be
    /// journalists, and 60 leaders times their number of follows. Chance follows of the base add 5/10,000 of pairs.
    #[test]
    fn leaders_and_journalists_follow_leaders_as_asked() {
        let (graph, key) = (base(), RunKey::new(0, 0));
        let found = ELITE.upon(&graph, key);
        let leaders = ELITE.leaders(&graph);
        let journalists = ELITE.journalists(&graph, &leaders, key);
        assert_eq!(leaders.len(), 60);
        let within = |count: usize, n: f64, p: f64, what: &str| {
            let bound = 3.9 * (n * p * (1.0 - p)).sqrt() + 0.002 * n;
            assert!((count as f64 - n * p).abs() < bound, "{what}: {count} of {n} at {p}");
        };
        within(journalists.len(), 9940.0, 0.05, "journalists");
        let follows = |follower: u32, leader: u32| found.followers(leader).binary_search(&follower).is_ok();
        let pairs = |first: usize| leaders[first + 1..].iter().map(move |&other| (first, other));
        let mutual = (0..60)
            .flat_map(pairs)
            .filter(|&(first, other)| follows(leaders[first], other) && follows(other, leaders[first]))
            .count();
        within(mutual, 1770.0, 0.4, "mutual pairs");
        let readings = leaders
            .iter()
            .flat_map(|&leader| journalists.iter().map(move |&reader| (reader, leader)))
            .filter(|&(reader, leader)| follows(reader, leader))
            .count();
        within(readings, 60.0 * journalists.len() as f64, 0.3, "journalists' follows");
    }

    #[test]
    fn others_are_left_as_they_were() {
        let (graph, key) = (base(), RunKey::new(0, 0));
        let leaders = ELITE.leaders(&graph);
        let of_others = |graph: &Graph| -> Vec<_> {
            edges(graph).into_iter().filter(|edge| !leaders.contains(&edge.0)).collect()
        };
        assert_eq!(of_others(&graph), of_others(&ELITE.upon(&graph, key)));
        let nobody = Elite { leaders: 0, ..ELITE };
        assert_eq!(nobody.upon(&graph, key), graph);
        let all = Elite { leaders: u32::MAX, mutual: 1.0, ..ELITE };
        let few = Graph::from_edges(7, &[(1, 2)]);
        assert_eq!(all.upon(&few, key).n_edges(), 42);
    }
}
