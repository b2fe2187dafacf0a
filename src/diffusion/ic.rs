//! Independent cascade: who shares makes each follower share with probability p, once (Goldenberg, Libai & Muller 2001, "Talk of
//! the network", Marketing Letters 12, 211–223; Kempe, Kleinberg & Tardos 2003, "Maximizing the spread of influence
//! through a social network", KDD).
//!
//! # How it is drawn
//!
//! Put the follower lists of all sharers one after another in the order in which they share. Each place of that line carries the
//! message with probability p, so the carrying places are found by jumping over geometric gaps (`gaps`), and a gap
//! goes on over the end of a list: the cost follows edges that carry, not edges. Sharers are taken up to 512 at a time, in four
//! loops, each over small arrays: look up where their lists lie; put the carrying places in line with the lists; read whom
//! they lead to; mark those and queue the new ones. None of the loops has a branch that depends on what is drawn, and the memory
//! accesses within each do not wait for one another, which is what makes it fast on graphs that no cache can hold.
//!
//! # Coupled
//!
//! [`CoupledIc`] tosses the coin of every edge under the edge's own key instead. It walks all edges, but the same edge has the same coin
//! for every p, so a larger p never loses a sharer, run by run; and it keeps the tree.

use super::gaps::Gaps;
use super::line::LISTS;
use super::scratch::Scratch;
use super::{Rule, Spread};
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::units::Probability;

const GAPS: Purpose = Purpose::new("ic gaps");
const EDGE: Purpose = Purpose::new("ic edge");

/// Independent cascade by geometric gaps.
#[derive(Debug, Clone)]
pub struct Ic {
    gaps: Gaps,
}

impl Ic {
    /// The rule in which each edge carries with probability `p`.
    pub fn new(p: Probability) -> Self {
        Self { gaps: Gaps::new(p.get()) }
    }
}

impl Rule for Ic {
    fn spread(&self, graph: &Graph, seeds: &[u32], key: RunKey, scratch: &mut Scratch) -> Spread {
        scratch.begin(seeds);
        let Scratch { sharers, carrying, lists, .. } = scratch;
        let mut coins = key.fast_stream(GAPS, Subject::default());
        carrying.begin(&self.gaps, &mut coins);
        let mut told = 0;
        let mut exposures = 0;
        while told < sharers.len() {
            let owners = &sharers.as_slice()[told..sharers.len().min(told + LISTS)];
            told += owners.len();
            exposures = lists.gather(graph, owners, exposures);
            while carrying.next() < exposures {
                let first = lists.holding(carrying.next());
                let places = carrying.take(exposures, &self.gaps, &mut coins);
                for nodes in lists.reached(graph, first, places) {
                    sharers.extend(nodes);
                }
            }
        }
        Spread { sharers: sharers.len() as u64, exposures }
    }
}

/// Independent cascade in which every edge has its own coin.
#[derive(Debug, Clone, Copy)]
pub struct CoupledIc {
    /// An edge carries if its number of 32 bits is below.
    bound: u64,
}

impl CoupledIc {
    /// The rule in which each edge carries with probability `p`, up to 2^-33.
    pub fn new(p: Probability) -> Self {
        Self { bound: (p.get() * 4_294_967_296.0).round() as u64 }
    }
}

impl Rule for CoupledIc {
    fn spread(&self, graph: &Graph, seeds: &[u32], key: RunKey, scratch: &mut Scratch) -> Spread {
        scratch.begin(seeds);
        let Scratch { sharers, parents, .. } = scratch;
        parents.extend(0..sharers.len() as u32);
        let mut exposures = 0;
        let mut told = 0;
        while let Some(sharer) = sharers.get(told) {
            let first = graph.starts()[sharer as usize];
            let mut words = [0; 4];
            for (edge, &follower) in (first..).zip(graph.followers(sharer)) {
                if edge == first || edge % 4 == 0 {
                    words = key.words(EDGE, Subject::new(edge / 4, 0));
                }
                if u64::from(words[edge as usize % 4]) < self.bound && sharers.add(follower) {
                    parents.push(told as u32);
                }
            }
            exposures += graph.followers(sharer).len() as u64;
            told += 1;
        }
        Spread { sharers: sharers.len() as u64, exposures }
    }
}
