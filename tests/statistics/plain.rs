//! Loops written by hand over bare arrays, and graphs to run them on: the yardsticks of plain diffusion.
//!
//! Three ways to an independent cascade that a careful programmer would write first, with no thought for the machine: a coin for every
//! edge; geometric gaps, begun anew for each sharer; and gaps carried over from sharer to sharer. And one to a linear threshold: counters
//! and thresholds of all nodes, set anew for each run. They use the arrays of the graph and the same random numbers as the
//! library, and nothing else of it.

use rand::Rng;
use rand_distr::Distribution;
use rand_distr::weighted::WeightedAliasIndex;
use twiplomacy::engine::streams::{FastStream, Purpose, RunKey, Subject};
use twiplomacy::model::graph::Graph;

/// The stream `name` of run `run`.
pub(crate) fn stream(name: &str, run: u64) -> FastStream {
    RunKey::new(20, run).fast_stream(Purpose::new(name), Subject::default())
}

/// A uniform number in [0, 1).
pub(crate) fn uniform(stream: &mut FastStream) -> f64 {
    (stream.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// Weights with which nodes are followed and follow, in proportion.
pub(crate) struct Weights {
    pub(crate) followed: Vec<f64>,
    pub(crate) following: Vec<f64>,
}

impl Weights {
    /// Heavy tails on both sides, as people have them: P(w > x) = x^−1.35 and x^−1.7, cut at 3·sqrt(n) and sqrt(n); nine
    /// in ten have the same rank in both.
    pub(crate) fn heavy_tailed(n_nodes: u32, stream: &mut FastStream) -> Self {
        let largest = f64::from(n_nodes).sqrt();
        let tail = |rank: f64, exponent: f64| (1.0 - rank).powf(-1.0 / exponent);
        let mut weights = Self { followed: Vec::new(), following: Vec::new() };
        for _ in 0..n_nodes {
            let rank = uniform(stream);
            let other = if uniform(stream) < 0.9 { rank } else { uniform(stream) };
            weights.followed.push(tail(rank, 1.35).min(3.0 * largest));
            weights.following.push(tail(other, 1.7).min(largest));
        }
        weights
    }

    /// A directed Chung–Lu graph: `n_edges` times a pair drawn by weight; self-loops and repeated edges, a few in a hundred, drop out.
    pub(crate) fn graph(self, n_edges: usize, stream: &mut FastStream) -> Graph {
        let n_nodes = self.followed.len() as u32;
        let alias = |weights| WeightedAliasIndex::new(weights).expect("weights are positive");
        let (followed, following) = (alias(self.followed), alias(self.following));
        let edges: Vec<(u32, u32)> =
            (0..n_edges).map(|_| (followed.sample(stream) as u32, following.sample(stream) as u32)).collect();
        Graph::from_edges(n_nodes, &edges)
    }
}

/// The graph of the benchmark and its node with most followers.
pub(crate) fn heavy_tailed(n_nodes: u32, n_edges: usize) -> (Graph, u32) {
    let mut stream = stream("heavy-tailed graph", u64::from(n_nodes));
    let graph = Weights::heavy_tailed(n_nodes, &mut stream).graph(n_edges, &mut stream);
    let hub = (0..n_nodes).max_by_key(|&node| graph.followers(node).len()).expect("there are nodes");
    (graph, hub)
}

/// What the loops remember from run to run: who has shared, by stamp, and in which order.
pub(crate) struct Memory {
    stamps: Vec<u32>,
    stamp: u32,
    queue: Vec<u32>,
}

impl Memory {
    pub(crate) fn new(n_nodes: u32) -> Self {
        let n_nodes = n_nodes as usize;
        Self { stamps: vec![0; n_nodes], stamp: 0, queue: Vec::with_capacity(n_nodes) }
    }

    fn begin(&mut self, seed: u32) {
        self.stamp += 1;
        self.queue.clear();
        self.queue.push(seed);
        self.stamps[seed as usize] = self.stamp;
    }

    fn share(&mut self, node: u32) {
        if self.stamps[node as usize] != self.stamp {
            self.stamps[node as usize] = self.stamp;
            self.queue.push(node);
        }
    }

    /// A coin for every edge to somebody who has not shared.
    pub(crate) fn coins(&mut self, graph: &Graph, seed: u32, p: f64, stream: &mut FastStream) -> usize {
        let (starts, targets) = (graph.starts(), graph.targets());
        self.begin(seed);
        let mut told = 0;
        while told < self.queue.len() {
            let sharer = self.queue[told] as usize;
            told += 1;
            for edge in starts[sharer]..starts[sharer + 1] {
                let follower = targets[edge as usize];
                if self.stamps[follower as usize] != self.stamp && uniform(stream) < p {
                    self.share(follower);
                }
            }
        }
        self.queue.len()
    }

    /// Geometric gaps, begun anew for each sharer.
    pub(crate) fn restarted(&mut self, graph: &Graph, seed: u32, p: f64, stream: &mut FastStream) -> usize {
        let (starts, targets) = (graph.starts(), graph.targets());
        let scale = 1.0 / (1.0 - p).ln();
        let mut gap = || ((1.0 - uniform(stream)).ln() * scale) as usize;
        self.begin(seed);
        let mut told = 0;
        while told < self.queue.len() {
            let sharer = self.queue[told] as usize;
            told += 1;
            let mut edge = starts[sharer] as usize + gap();
            let end = starts[sharer + 1] as usize;
            while edge < end {
                self.share(targets[edge]);
                edge += 1 + gap();
            }
        }
        self.queue.len()
    }

    /// Geometric gaps that go on in the list of the next sharer: one gap for each edge that carries.
    pub(crate) fn carried_over(
        &mut self,
        graph: &Graph,
        seed: u32,
        p: f64,
        stream: &mut FastStream,
    ) -> usize {
        let (starts, targets) = (graph.starts(), graph.targets());
        let scale = 1.0 / (1.0 - p).ln();
        let mut gap = || ((1.0 - uniform(stream)).ln() * scale) as usize;
        self.begin(seed);
        let mut told = 0;
        let mut left = gap();
        while told < self.queue.len() {
            let sharer = self.queue[told] as usize;
            told += 1;
            let mut edge = starts[sharer] as usize + left;
            let end = starts[sharer + 1] as usize;
            while edge < end {
                self.share(targets[edge]);
                edge += 1 + gap();
            }
            left = edge - end;
        }
        self.queue.len()
    }
}

/// What the loop that counts remembers.
pub(crate) struct Counts {
    followed: Vec<u32>,
    seen: Vec<u32>,
    thresholds: Vec<f64>,
    /// Those who share; their followers have been told up to some place.
    pub(crate) sharers: Vec<u32>,
}

impl Counts {
    pub(crate) fn new(graph: &Graph) -> Self {
        let n_nodes = graph.n_nodes() as usize;
        let mut followed = vec![0; n_nodes];
        graph.targets().iter().for_each(|&follower| followed[follower as usize] += 1);
        Self { followed, seen: vec![0; n_nodes], thresholds: vec![0.0; n_nodes], sharers: Vec::new() }
    }

    /// Linear thresholds drawn for each node; returns the number of edges walked.
    pub(crate) fn thresholds(&mut self, graph: &Graph, seeds: &[u32], stream: &mut FastStream) -> usize {
        self.seen.fill(0);
        self.thresholds.fill_with(|| uniform(stream));
        self.sharers.clear();
        for &seed in seeds {
            // Nobody is asked to share who does already.
            self.thresholds[seed as usize] = f64::INFINITY;
            self.sharers.push(seed);
        }
        let (mut told, mut edges) = (0, 0);
        while let Some(&sharer) = self.sharers.get(told) {
            told += 1;
            for &follower in graph.followers(sharer) {
                let node = follower as usize;
                self.seen[node] += 1;
                if f64::from(self.seen[node]) > self.thresholds[node] * f64::from(self.followed[node]) {
                    self.thresholds[node] = f64::INFINITY;
                    self.sharers.push(follower);
                }
            }
            edges += graph.followers(sharer).len();
        }
        edges
    }
}
