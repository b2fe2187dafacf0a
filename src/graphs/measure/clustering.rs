//! Clustering: how many pairs of neighbours of an account are neighbours themselves, whoever follows whom.

use super::{Estimate, LEVEL};
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::model::graph::Graph;
use crate::model::graph::build::Lists;
use crate::stats::interval::{Interval, wilson};

const SAMPLE: Purpose = Purpose::new("graph clustering sample");

/// Steps up to which all triangles are counted: about two seconds.
const MOST_STEPS: u64 = 400_000_000;
/// Pairs of neighbours in a sample: intervals are then at most ±0.0025 wide.
const N_SAMPLED: u64 = 160_000;

/// Clustering coefficients; NaN where no account has two neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustering {
    /// Mean over accounts with two neighbours or more (Watts & Strogatz 1998).
    pub local: Estimate,
    /// Share of all pairs of neighbours of an account (transitivity).
    pub global: Estimate,
    /// Pairs in the sample; `None` if all triangles were counted.
    pub n_sampled: Option<u64>,
}

impl Clustering {
    /// The coefficients of `graph`, whose opposite is `reversed`.
    pub fn of(graph: &Graph, reversed: &Graph, key: RunKey) -> Self {
        let neighbours = undirected(graph, reversed);
        let upward = upward(&neighbours);
        let n_steps: u64 = upward.targets().iter().map(|&node| upward.followers(node).len() as u64).sum();
        if n_steps <= MOST_STEPS {
            counted(&neighbours, &upward)
        } else {
            sampled(&neighbours, N_SAMPLED, key)
        }
    }
}

/// For each node all that it follows or that follow it.
fn undirected(graph: &Graph, reversed: &Graph) -> Graph {
    let mut lists = Lists::with_capacity(graph.n_nodes(), 2 * graph.n_edges());
    for node in 0..graph.n_nodes() {
        lists.push(|list| {
            list.extend_from_slice(graph.followers(node));
            list.extend_from_slice(reversed.followers(node));
        });
    }
    lists.finish()
}

/// Of each list those with more neighbours than the owner (or as many and a larger index): no list is then longer than the
/// root of twice the number of edges.
fn upward(neighbours: &Graph) -> Graph {
    let rank = |node: u32| (neighbours.followers(node).len(), node);
    let mut lists = Lists::with_capacity(neighbours.n_nodes(), neighbours.n_edges() / 2);
    for node in 0..neighbours.n_nodes() {
        lists.push(|list| {
            list.extend(neighbours.followers(node).iter().filter(|&&other| rank(other) > rank(node)));
        });
    }
    lists.finish()
}

/// Pairs of `n` things.
fn n_pairs(n: usize) -> f64 {
    n as f64 * (n as f64 - 1.0) / 2.0
}

fn counted(neighbours: &Graph, upward: &Graph) -> Clustering {
    let n_nodes = neighbours.n_nodes() as usize;
    let mut n_triangles = vec![0_u64; n_nodes];
    // The last node for which a node was marked as a neighbour.
    let mut marked = vec![u32::MAX; n_nodes];
    for first in 0..neighbours.n_nodes() {
        for &node in upward.followers(first) {
            marked[node as usize] = first;
        }
        for &second in upward.followers(first) {
            for &third in upward.followers(second) {
                if marked[third as usize] == first {
                    for node in [first, second, third] {
                        n_triangles[node as usize] += 1;
                    }
                }
            }
        }
    }
    let (mut local, mut n_local, mut closed, mut pairs) = (0.0, 0.0, 0.0, 0.0);
    for (node, &triangles) in (0..neighbours.n_nodes()).zip(&n_triangles) {
        let own = n_pairs(neighbours.followers(node).len());
        if own > 0.0 {
            local += triangles as f64 / own;
            n_local += 1.0;
            closed += triangles as f64;
            pairs += own;
        }
    }
    let exact = |value: f64| Estimate { value, interval: Interval { low: value, high: value } };
    Clustering { local: exact(local / n_local), global: exact(closed / pairs), n_sampled: None }
}

/// A random pair of neighbours of a random account is closed with the mean local coefficient as its probability, one of an
/// account chosen in proportion to its pairs with the global one.
fn sampled(neighbours: &Graph, n_sampled: u64, key: RunKey) -> Clustering {
    let with_pairs: Vec<u32> =
        (0..neighbours.n_nodes()).filter(|&node| neighbours.followers(node).len() > 1).collect();
    let mut up_to = 0.0;
    let n_pairs_up_to: Vec<f64> = with_pairs
        .iter()
        .map(|&node| {
            up_to += n_pairs(neighbours.followers(node).len());
            up_to
        })
        .collect();
    let share = |part: u32, choose: &dyn Fn(&mut Stream) -> u32| {
        let mut stream = key.stream(SAMPLE, Subject::new(part, 0));
        let n_closed = (0..n_sampled)
            .filter(|_| {
                let list = neighbours.followers(choose(&mut stream));
                let first = stream.below(list.len() as u32);
                let second = stream.below(list.len() as u32 - 1);
                let second = second + u32::from(second >= first);
                neighbours.followers(list[first as usize]).binary_search(&list[second as usize]).is_ok()
            })
            .count() as u64;
        Estimate { value: n_closed as f64 / n_sampled as f64, interval: wilson(n_closed, n_sampled, LEVEL) }
    };
    if with_pairs.is_empty() {
        let none = Estimate { value: f64::NAN, interval: Interval::NONE };
        return Clustering { local: none, global: none, n_sampled: None };
    }
    let by_node = |stream: &mut Stream| with_pairs[stream.below(with_pairs.len() as u32) as usize];
    let by_pair = |stream: &mut Stream| {
        let place = stream.uniform() * up_to;
        let idx = n_pairs_up_to.partition_point(|&end| end <= place).min(with_pairs.len() - 1);
        with_pairs[idx]
    };
    Clustering { local: share(0, &by_node), global: share(1, &by_pair), n_sampled: Some(n_sampled) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::friends_of_friends::FriendsOfFriends;
    use crate::model::graph::generate::small_world::SmallWorld;

    fn exact(graph: &Graph) -> (f64, f64) {
        let found = Clustering::of(graph, &graph.reversed(), RunKey::new(0, 0));
        assert_eq!(found.n_sampled, None);
        (found.local.value, found.global.value)
    }

    /// Watts & Strogatz: 3(k − 2) / (4(k − 1)).
    #[test]
    fn the_ring_has_the_clustering_of_the_theory() {
        for k in [4, 6, 10] {
            let ring = SmallWorld { n_nodes: 200, following: k, rewiring: 0.0 }.generate(RunKey::new(0, 0));
            let expected = 3.0 * f64::from(k - 2) / (4.0 * f64::from(k - 1));
            let (local, global) = exact(&ring);
            assert!(
                (local - expected).abs() < 1e-12 && (global - expected).abs() < 1e-12,
                "{k}: {local} {global}"
            );
        }
    }

    /// A triangle with a tail: the local coefficients are 1, 1 and 1/3, and 3 of 5 pairs are closed; the end has one neighbour.
    #[test]
    fn accounts_with_one_neighbour_have_no_coefficient() {
        let graph = Graph::from_edges(4, &[(0, 1), (1, 0), (1, 2), (0, 2), (3, 2)]);
        let (local, global) = exact(&graph);
        assert!((local - 7.0 / 9.0).abs() < 1e-12 && (global - 0.6).abs() < 1e-12, "{local} {global}");
        let (local, global) = exact(&Graph::from_edges(3, &[(0, 1)]));
        assert!(local.is_nan() && global.is_nan());
    }

    /// α = 1e-4: a share of 40,000 pairs lies within 3.9 standard deviations of the exact coefficient.
    #[test]
    fn a_sample_agrees_with_the_count() {
        let model = FriendsOfFriends { n_nodes: 3000, following: 6, friend_of_friend: 0.9 };
        let graph = model.generate(RunKey::new(0, 0));
        let (local, global) = exact(&graph);
        let neighbours = undirected(&graph, &graph.reversed());
        let found = sampled(&neighbours, 40_000, RunKey::new(0, 0));
        for (estimate, exact) in [(found.local, local), (found.global, global)] {
            let bound = 3.9 * (exact * (1.0 - exact) / 4e4).sqrt();
            assert!((estimate.value - exact).abs() < bound, "{estimate:?} for {exact}");
        }
        assert!(local > 0.2 && global < local, "friends of friends close triangles: {local} {global}");
        let none = sampled(&Graph::from_edges(3, &[]), 10, RunKey::new(0, 0));
        assert!(none.local.value.is_nan());
    }
}
