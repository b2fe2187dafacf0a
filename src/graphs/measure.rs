//! What a graph is like, in numbers: one file a measure.
//!
//! Everything that is linear in nodes and edges is exact. Clustering and path lengths are sampled where the graph is too large
//! to look at all triangles and pairs, and then have an interval.

pub mod clustering;
pub mod components;
pub mod degrees;
pub mod pagerank;
pub mod paths;
pub mod reciprocity;

use crate::engine::streams::RunKey;
use crate::model::graph::Graph;
use clustering::Clustering;
use components::Components;
use degrees::{Assortativity, Degrees};
use pagerank::Ranked;
use paths::Paths;
use reciprocity::Reciprocity;

/// Level of all intervals.
pub const LEVEL: f64 = 0.95;

/// A number that may have been estimated from a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its interval at [`LEVEL`]; of no width if it is exact.
    pub interval: crate::stats::interval::Interval,
}

/// All measures of a graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Number of nodes.
    pub n_nodes: u32,
    /// Number of edges.
    pub n_edges: u64,
    /// Numbers of followers.
    pub audience: Degrees,
    /// Numbers of accounts followed.
    pub following: Degrees,
    /// Correlation of audience and following over accounts.
    pub correlation: f64,
    /// Correlations of degrees over edges.
    pub assortativity: Assortativity,
    /// How many follows are mutual.
    pub reciprocity: Reciprocity,
    /// How many neighbours of an account are neighbours of one another.
    pub clustering: Clustering,
    /// Parts that hang together whichever way edges go.
    pub weak: Components,
    /// Parts in which a message of anyone can reach everyone.
    pub strong: Components,
    /// Accounts of the highest rank, the first first.
    pub top: Vec<Ranked>,
    /// Steps that a message needs.
    pub paths: Paths,
}

impl Measures {
    /// Measures `graph`; `n_top` accounts of the highest rank are named, and samples are those of `key`.
    pub fn of(graph: &Graph, n_top: usize, key: RunKey) -> Self {
        let reversed = graph.reversed();
        let audience = degrees::of(graph);
        let following = degrees::of(&reversed);
        Self {
            n_nodes: graph.n_nodes(),
            n_edges: graph.n_edges() as u64,
            correlation: degrees::correlation(&audience, &following),
            assortativity: Assortativity::of(graph, &audience, &following),
            audience: Degrees::of(&audience),
            following: Degrees::of(&following),
            reciprocity: Reciprocity::of(graph, &reversed),
            clustering: Clustering::of(graph, &reversed, key),
            weak: components::weak(graph),
            strong: components::strong(graph, &reversed),
            top: pagerank::top(graph, &following, n_top),
            paths: Paths::of(graph, key),
        }
    }

    /// Mean number of followers, which is that of accounts followed.
    pub fn mean_degree(&self) -> f64 {
        if self.n_nodes == 0 { f64::NAN } else { self.n_edges as f64 / f64::from(self.n_nodes) }
    }
}
