//! The kernel of rules that count: whoever has seen the message from enough sharers shares it.
//!
//! Whether somebody shares depends on all who did before, so every edge of every sharer is walked. A node has one number
//! of 32 bits, how many more sharers it must see; it is asked for when the first of them is seen. Whoever shares goes on counting
//! down from a number that no list of followers exhausts: whether the next follower shares already is a branch that can't be
//! predicted, and is not taken at all.

use super::Spread;
use super::scratch::Scratch;
use crate::model::graph::Graph;

/// Not yet seen by anybody.
const UNTOUCHED: u32 = 0;
/// Shares already: more than the sharers that are still to be seen, since nobody follows all of 2^32 − 1 nodes.
const SHARES: u32 = u32::MAX;

/// How many more sharers each node must see.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    missing: Vec<u32>,
    /// Followers told in the last run, repeatedly counted: as many entries may have to be forgotten.
    told: u64,
}

impl Counts {
    /// Forgets a former run, in which `sharers` told their followers, in time that follows what it touched.
    fn clear(&mut self, graph: &Graph, sharers: &[u32]) {
        let n_nodes = graph.n_nodes() as usize;
        if self.missing.len() != n_nodes || self.told > n_nodes as u64 / 8 {
            self.missing.clear();
            self.missing.resize(n_nodes, UNTOUCHED);
        } else {
            for &sharer in sharers {
                self.missing[sharer as usize] = UNTOUCHED;
                for &follower in graph.followers(sharer) {
                    self.missing[follower as usize] = UNTOUCHED;
                }
            }
        }
        self.told = 0;
    }
}

/// Spreads from `seeds`: a node shares when it sees as many sharers as `needed` says of it, which is at least 1 and asked once a run.
pub(super) fn spread(
    graph: &Graph,
    seeds: &[u32],
    scratch: &mut Scratch,
    mut needed: impl FnMut(u32) -> u32,
) -> Spread {
    scratch.counts.clear(graph, scratch.sharers.as_slice());
    scratch.begin(seeds);
    let Scratch { sharers, counts, .. } = scratch;
    for &seed in seeds {
        counts.missing[seed as usize] = SHARES;
    }
    let mut told = 0;
    while let Some(sharer) = sharers.get(told) {
        told += 1;
        let followers = graph.followers(sharer);
        counts.told += 1 + followers.len() as u64;
        for &follower in followers {
            let missing = &mut counts.missing[follower as usize];
            if *missing == UNTOUCHED {
                *missing = needed(follower);
            }
            *missing -= 1;
            if *missing == 0 {
                *missing = SHARES;
                sharers.add(follower);
            }
        }
    }
    Spread { sharers: sharers.len() as u64, exposures: counts.told - sharers.len() as u64 }
}
