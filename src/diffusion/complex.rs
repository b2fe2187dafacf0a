//! Complex contagion: whoever follows at least a given number of sharers shares (Centola & Macy 2007, "Complex contagions and the
//! weakness of long ties", American Journal of Sociology 113, 702–734).
//!
//! Nothing is drawn. A threshold of 1 reaches everybody who can be reached; at 2 or more a single seed convinces nobody, so
//! several are needed, or a crowd that follows one another.

use super::counting;
use super::scratch::Scratch;
use super::{Rule, Spread};
use crate::engine::streams::RunKey;
use crate::model::graph::Graph;
use std::num::NonZeroU32;

/// Complex contagion with one absolute threshold.
#[derive(Debug, Clone, Copy)]
pub struct Complex {
    threshold: NonZeroU32,
}

impl Complex {
    /// The rule in which a node shares once it follows `threshold` sharers.
    pub fn new(threshold: NonZeroU32) -> Self {
        Self { threshold }
    }
}

impl Rule for Complex {
    fn spread(&self, graph: &Graph, seeds: &[u32], _: RunKey, scratch: &mut Scratch) -> Spread {
        counting::spread(graph, seeds, scratch, |_| self.threshold.get())
    }
}
