//! The directed scale-free graph of Bollobás, Borgs, Chayes & Riordan (2003), "Directed scale-free graphs", SODA 2003,
//! 132–139.
//!
//! The graph grows by one edge at a time. With probability α a new account follows an existing one, chosen by its audience
//! plus δin; with β an existing account, chosen by how many it follows plus δout, follows another, chosen by its audience
//! plus δin; with γ an existing account, chosen by how many it follows plus δout, follows a new one. Counting parallel
//! edges and loops, the exponents of the densities are known:
//!
//! audience 1 + (1 + δin (α + γ)) / (α + β), following 1 + (1 + δout (α + γ)) / (β + γ),
//!
//! and the mean degree is 1 / (α + γ). With few newcomers many of the edges between old accounts are parallel.

use crate::engine::streams::{FastStream, Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use rand::RngExt;
use std::hint;

const GROWTH: Purpose = Purpose::new("graph scale-free growth");

/// Steps that are settled at a time: they fit into the nearest cache.
const BLOCK: usize = 1 << 10;

/// Parameters of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScaleFree {
    /// Number of nodes.
    pub n_nodes: u32,
    /// Probability that a new account follows an existing one.
    pub alpha: f64,
    /// Probability that an existing account follows an existing one; below 1.
    pub beta: f64,
    /// Probability that an existing account follows a new one; the three sum to 1.
    pub gamma: f64,
    /// Weight of an account without audience.
    pub delta_in: f64,
    /// Weight of an account that follows nobody.
    pub delta_out: f64,
}

impl ScaleFree {
    /// Exponent of the density of audiences in a large graph.
    pub fn audience_exponent(&self) -> f64 {
        1.0 + (1.0 + self.delta_in * (self.alpha + self.gamma)) / (self.alpha + self.beta)
    }

    /// Exponent of the density of numbers of accounts followed in a large graph.
    pub fn following_exponent(&self) -> f64 {
        1.0 + (1.0 + self.delta_out * (self.alpha + self.gamma)) / (self.beta + self.gamma)
    }

    /// Edges that are expected, parallel ones and loops included.
    pub fn expected_edges(&self) -> f64 {
        f64::from(self.n_nodes) / (self.alpha + self.gamma)
    }

    /// Draws a graph.
    pub fn generate(&self, key: RunKey) -> Graph {
        let Edges { followed, followers } = self.edges(key);
        Graph::from_ends(self.n_nodes, followed, followers)
    }

    /// Draws the edges in the order of growth, parallel ones and loops included. The first account follows itself.
    ///
    /// What a step chooses is settled for many steps before it is looked up: where an end is copied from depends on the number of edges
    /// and nodes alone. So processors fetch many ends at a time, which lie anywhere in memory.
    pub fn edges(&self, key: RunKey) -> Edges {
        if self.n_nodes == 0 {
            return Edges::default();
        }
        let mut stream = key.fast_stream(GROWTH, Subject::default());
        let mut edges = Edges::with_capacity(self.expected_edges().clamp(1.0, f64::from(u32::MAX)) as usize);
        edges.followed.push(0);
        edges.followers.push(0);
        let mut n = 1;
        let [mut followed, mut followers] = [(); 2].map(|()| Vec::with_capacity(BLOCK));
        while n < self.n_nodes && edges.len() < u32::MAX as usize {
            followed.clear();
            followers.clear();
            let n_steps = BLOCK.min(u32::MAX as usize - edges.len());
            for n_edges in (edges.len() as u32..).take(n_steps) {
                if n == self.n_nodes {
                    break;
                }
                let choice = self.step((n_edges, n), &mut stream);
                followed.push(choice.followed);
                followers.push(choice.follower);
                n += choice.newcomers;
            }
            look_up(&mut edges.followed, &followed);
            look_up(&mut edges.followers, &followers);
        }
        edges
    }

    /// The next edge among `n_edges`, of which there must be some, and `n` nodes.
    ///
    /// Every step draws three numbers, whether or not it needs all of them, and chooses without a branch: which kind of step it is
    /// can't be foreseen.
    #[inline]
    fn step(&self, (n_edges, n): (u32, u32), stream: &mut FastStream) -> Choice {
        let kind: f64 = stream.random();
        let by_audience = by_degree((n_edges, n), self.delta_in, stream.random());
        let by_following = by_degree((n_edges, n), self.delta_out, stream.random());
        let (is_alpha, is_newcomer) = (kind < self.alpha, kind < self.alpha + self.gamma);
        let (is_followed, is_follower) = (is_newcomer && !is_alpha, is_alpha);
        let followed = hint::select_unpredictable(is_followed, n, by_audience.node);
        let follower = hint::select_unpredictable(is_follower, n, by_following.node);
        Choice {
            followed: End { node: followed, ..by_audience },
            follower: End { node: follower, ..by_following },
            newcomers: u32::from(is_newcomer),
        }
    }
}

/// What a step chooses.
#[derive(Debug, Clone, Copy)]
struct Choice {
    followed: End,
    follower: End,
    newcomers: u32,
}

/// An end of an edge: that of another, or a node.
#[derive(Debug, Clone, Copy)]
struct End {
    /// The edge whose end is taken unless there is a node.
    place: u32,
    node: u32,
}

/// In the place of a node: that of another edge is taken.
const COPIED: u32 = u32::MAX;

/// One of `n` nodes in proportion to its degree plus `delta`: an end of one of `n_edges` edges, of which there must be some, or any
/// node. `number` is uniform in [0, 1); what it leaves beyond the ends is uniform over the nodes.
#[inline]
fn by_degree((n_edges, n): (u32, u32), delta: f64, number: f64) -> End {
    let (n_edges, n) = (f64::from(n_edges), f64::from(n));
    let point = number * (n_edges + delta * n);
    // Without a delta no point lies beyond the ends but by rounding.
    let node = ((point - n_edges) / delta).min(n - 1.0) as u32;
    let place = point.min(n_edges - 1.0) as u32;
    End { place, node: hint::select_unpredictable(point < n_edges, COPIED, node) }
}

/// Adds the ends that were chosen to those of the edges before.
fn look_up(ends: &mut Vec<u32>, chosen: &[End]) {
    let begin = ends.len();
    ends.resize(begin + chosen.len(), 0);
    for (idx, end) in (begin..).zip(chosen) {
        let copied = ends[end.place as usize];
        ends[idx] = hint::select_unpredictable(end.node == COPIED, copied, end.node);
    }
}

/// Edges in the order of growth: one from `followed[i]` to `followers[i]` for each i.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edges {
    /// Whom each leads from.
    pub followed: Vec<u32>,
    /// Whom each leads to.
    pub followers: Vec<u32>,
}

impl Edges {
    fn with_capacity(n_edges: usize) -> Self {
        Self { followed: Vec::with_capacity(n_edges), followers: Vec::with_capacity(n_edges) }
    }

    /// Number of edges.
    pub fn len(&self) -> usize {
        self.followed.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.followed.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: ScaleFree =
        ScaleFree { n_nodes: 200_000, alpha: 0.2, beta: 0.6, gamma: 0.2, delta_in: 0.5, delta_out: 1.5 };

    /// A step brings a node with probability 0.4, so the number of edges is negative binomial: mean n/0.4, variance
    /// n · 0.6/0.4², 3.9 standard deviations at α = 1e-4.
    #[test]
    fn the_number_of_edges_is_that_of_the_steps() {
        let found = MODEL.edges(RunKey::new(0, 0)).len() as f64;
        let bound = 3.9 * (200_000.0 * 0.6_f64).sqrt() / 0.4;
        assert!((found - MODEL.expected_edges()).abs() < bound, "{found}");
    }

    /// In the limit the share p(i) of accounts with audience i follows from balancing what enters and leaves each degree
    /// (section 3 of the paper): p(i) (1 + c (i + δ)) = c (i − 1 + δ) p(i − 1) + b(i), with c = (α+β)/(1+δin(α+γ)) and b(i) the
    /// share of newcomers with audience i, α/(α+γ) for 0 and the rest for 1. Shares of 200,000 accounts lie within 4.6 binomial
    /// standard deviations for each of 24 counts at α = 1e-4, and 1 % for the approach to the limit. The exponent of p(i) for
    /// large i is 1 + 1/c.
    #[test]
    fn small_degrees_have_the_shares_of_the_theory_and_large_ones_its_exponents() {
        let edges = MODEL.edges(RunKey::new(0, 0));
        let newcomers = MODEL.alpha + MODEL.gamma;
        let cases = [
            (0, MODEL.delta_in, (MODEL.alpha + MODEL.beta), MODEL.alpha, MODEL.audience_exponent()),
            (1, MODEL.delta_out, (MODEL.beta + MODEL.gamma), MODEL.gamma, MODEL.following_exponent()),
        ];
        for (end, delta, arrivals, bare, exponent) in cases {
            let mut degrees = vec![0_usize; 200_000];
            for &node in [&edges.followed, &edges.followers][end] {
                degrees[node as usize] += 1;
            }
            let c = arrivals / (1.0 + delta * newcomers);
            assert!((exponent - 1.0 - 1.0 / c).abs() < 1e-12);
            let mut share = 0.0;
            for degree in 0..12_usize {
                let born = [bare / newcomers, 1.0 - bare / newcomers].get(degree).copied().unwrap_or(0.0);
                let entering = if degree == 0 { 0.0 } else { c * (degree as f64 - 1.0 + delta) * share };
                share = (born + entering) / (1.0 + c * (degree as f64 + delta));
                let found = degrees.iter().filter(|&&other| other == degree).count() as f64 / 2e5;
                let bound = 4.6 * (share * (1.0 - share) / 2e5_f64).sqrt() + 0.01 * share;
                assert!((found - share).abs() < bound, "degree {degree}: {found}, {share} ± {bound}");
            }
            // Of the recursion itself, far out: log2(x_i / x_2i) tends to the exponent.
            let mut shares = vec![share];
            for degree in 12..20_000 {
                share *= c * (f64::from(degree) - 1.0 + delta) / (1.0 + c * (f64::from(degree) + delta));
                shares.push(share);
            }
            let slope = (shares[9_000 - 11] / shares[18_000 - 11]).log2();
            assert!((slope - exponent).abs() < 0.01, "{slope} {exponent}");
        }
    }

    /// Which graph belongs to a key is part of what papers cite: the way to it may change and what comes out may not.
    #[test]
    fn the_graph_of_a_key_is_what_it_has_always_been() {
        let model =
            ScaleFree { n_nodes: 30_000, alpha: 0.1, beta: 0.8, gamma: 0.1, delta_in: 2.0, delta_out: 3.0 };
        assert_eq!(model.generate(RunKey::new(7, 3)).fingerprint(), 0x5a7b_9e08_442d_f8a4);
    }

    #[test]
    fn growth_ends_with_the_number_of_nodes_asked_for() {
        for n_nodes in [0, 1, 2, 500] {
            let graph = ScaleFree { n_nodes, ..MODEL }.generate(RunKey::new(0, 0));
            assert_eq!(graph.n_nodes(), n_nodes);
        }
        let lonely =
            ScaleFree { beta: 0.0, alpha: 1.0, gamma: 0.0, delta_in: 0.0, delta_out: 0.0, n_nodes: 100 };
        let star = lonely.generate(RunKey::new(0, 0));
        assert_eq!(
            star.followers(0).len(),
            99,
            "without other audiences all newcomers follow the first account"
        );
    }
}
