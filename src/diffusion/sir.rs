//! Susceptible, infectious, recovered, in steps (Kermack & `McKendrick` 1927; on networks Pastor-Satorras et al. 2015, "Epidemic
//! processes in complex networks", Reviews of Modern Physics 87, 925–979).
//!
//! In each step a sharer makes each follower who has not shared share with probability p, then stops with probability r. So it
//! is heard for T steps, P(T > t) = (1 − r)^t, and an edge carries within them with probability 1 − (1 − p)^T: followers of one sharer
//! have T in common, which makes sizes vary more than those of an independent cascade of the same mean. Who is reached in
//! the end does not depend on the order of steps, so sharers are dealt with one by one; at r = 1 it is the independent cascade.
//!
//! Carrying edges are found by jumps: an edge has the hazard −T·ln(1 − p), and the hazard between two that carry is exponential.

use super::scratch::Scratch;
use super::{Coins, Rule, Spread};
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;
use crate::units::Probability;
use rand::Rng;

const COINS: Purpose = Purpose::new("sir coins");

/// The rule.
#[derive(Debug, Clone, Copy)]
pub struct Sir {
    /// Hazard of an edge in one step: −ln(1 − p).
    hazard: f64,
    /// ln(1 − r).
    lasting: f64,
}

impl Sir {
    /// The rule in which each edge carries with probability `p` a step, and a sharer stops with probability `recovery` a step.
    ///
    /// `None` if nobody ever stops.
    pub fn new(p: Probability, recovery: Probability) -> Option<Self> {
        let [hazard, lasting] = [-libm::log1p(-p.get()), libm::log1p(-recovery.get())];
        (recovery.get() > 0.0).then_some(Self { hazard, lasting })
    }

    /// Steps for which somebody is heard: 1 and more.
    fn steps(&self, coins: &mut Coins) -> f64 {
        1.0 + (exponential(coins) / -self.lasting).floor()
    }
}

impl Rule for Sir {
    fn spread(&self, graph: &Graph, seeds: &[u32], key: RunKey, scratch: &mut Scratch) -> Spread {
        scratch.begin(seeds);
        let sharers = &mut scratch.sharers;
        let mut coins = key.fast_stream(COINS, Subject::default());
        let mut left = exponential(&mut coins);
        let mut exposures = 0;
        let mut told = 0;
        while let Some(sharer) = sharers.get(told) {
            told += 1;
            let hazard = self.hazard * self.steps(&mut coins);
            let mut followers = graph.followers(sharer);
            exposures += followers.len() as u64;
            while !followers.is_empty() {
                // How many edges stay silent; infinite if none can carry, and not a number if besides nothing is left.
                let silent = left / hazard;
                if silent.is_nan() || silent >= followers.len() as f64 {
                    left = (left - hazard * followers.len() as f64).max(0.0);
                    break;
                }
                sharers.add(followers[silent as usize]);
                followers = &followers[silent as usize + 1..];
                left = exponential(&mut coins);
            }
        }
        Spread { sharers: sharers.len() as u64, exposures }
    }
}

/// An exponential number of mean 1, above 0.
fn exponential(coins: &mut Coins) -> f64 {
    let unit = ((coins.next_u64() >> 11) + 1) as f64 * (1.0 / 9_007_199_254_740_992.0);
    -libm::log(unit)
}
