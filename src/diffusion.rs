//! Plain diffusion: how far one message spreads on a graph of followers by one of the textbook rules, at the speed of memory.
//!
//! No publics, frames or moods: nodes, who follows whom, and a rule. It answers how large cascades become, and is the yardstick
//! for the full model, since for these rules much is known exactly. One file a rule; none knows of another:
//!
//! | rule | a node shares | kernel |
//! | --- | --- | --- |
//! | [`ic`] | with probability p, once for each sharer it follows | jumps over edges that do not carry |
//! | [`sir`] | with probability p a step, as long as the sharer goes on | jumps |
//! | [`lt`] | when the share of sharers among those it follows reaches a threshold | counts, edge by edge |
//! | [`complex`] | when it follows a number of sharers | counts |
//! | [`hawkes`] | when excited by an earlier share, at a rate that fades | events in time |
//!
//! A run is a pure function of rule, graph, seeds and [`RunKey`]. It draws from one stream of its own, or from keys of its
//! nodes and edges; what was run before in the same [`Scratch`] has no influence, and once the scratch memory has grown to its size
//! nothing is allocated.

pub mod complex;
mod counting;
mod gaps;
pub mod hawkes;
pub mod ic;
mod line;
pub mod lt;
mod scratch;
pub mod sir;

pub use scratch::Scratch;

use crate::engine::streams::{FastStream as Coins, RunKey};
use crate::model::graph::Graph;

/// How far a message spread in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Those who shared, the seeds included.
    pub sharers: u64,
    /// Edges from sharers: times the message came before somebody.
    pub exposures: u64,
}

/// A rule by which a message spreads.
pub trait Rule: Sync {
    /// One run: the message starts at `seeds`, different nodes of `graph`. Who shared is left in `scratch`, which was made for this graph.
    fn spread(&self, graph: &Graph, seeds: &[u32], key: RunKey, scratch: &mut Scratch) -> Spread;
}

#[cfg(test)]
mod tests;
