//! Linear threshold: a node shares when the share of sharers among those it follows reaches its threshold (Granovetter 1978,
//! "Threshold models of collective behavior", American Journal of Sociology 83, 1420–1443).
//!
//! Everybody one follows weighs the same, 1/k for k of them. Thresholds are either drawn for each node, uniformly from (0, 1] (Kempe,
//! Kleinberg & Tardos 2003), or the same for all (Watts 2002, "A simple model of global cascades on random networks", PNAS 99,
//! 5766–5771). Drawn ones make the rule equal in law to picking one of those followed for each node, and letting the message pass
//! along picked edges only.

use super::counting;
use super::scratch::Scratch;
use super::{Rule, Spread};
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::units::Probability;

const THRESHOLD: Purpose = Purpose::new("lt threshold");

/// Thresholds of the nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Threshold {
    /// Each node's own, uniform in (0, 1], keyed by the node.
    Drawn,
    /// The same share for all; at 0 one sharer is enough.
    Same(Probability),
}

/// Linear threshold on one graph.
#[derive(Debug, Clone)]
pub struct Lt {
    threshold: Threshold,
    /// How many each node follows.
    followed: Vec<u32>,
}

impl Lt {
    /// The rule on `graph`.
    pub fn new(graph: &Graph, threshold: Threshold) -> Self {
        let mut followed = vec![0; graph.n_nodes() as usize];
        for &follower in graph.targets() {
            followed[follower as usize] += 1;
        }
        Self { threshold, followed }
    }

    /// Sharers that `node` must see: the least n for which n/k reaches the threshold, and at least one.
    fn needed(&self, node: u32, key: RunKey) -> u32 {
        let followed = self.followed[node as usize];
        match self.threshold {
            // A uniform threshold lies between (n − 1)/k and n/k for each n from 1 to k alike.
            Threshold::Drawn => 1 + key.stream(THRESHOLD, Subject::new(node, 0)).below(followed),
            // A share such as 0.1 of 30 may be rounded to just above the whole number it stands for.
            Threshold::Same(share) => ((share.get() * f64::from(followed) - 1e-6).ceil() as u32).max(1),
        }
    }
}

impl Rule for Lt {
    fn spread(&self, graph: &Graph, seeds: &[u32], key: RunKey, scratch: &mut Scratch) -> Spread {
        counting::spread(graph, seeds, scratch, |node| self.needed(node, key))
    }
}
