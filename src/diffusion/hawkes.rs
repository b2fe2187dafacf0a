//! Hawkes process: every share excites further ones, at a rate that fades with its age.
//!
//! The rate of shares at time t is λ(t) = Σ nᵢ φ(t − tᵢ) over the shares i so far, with a memory kernel φ of integral 1 (Hawkes 1971,
//! Biometrika 58, 83–90; Zhao et al. 2015, "SEISMIC", KDD, where nᵢ is the infectiousness times the followers of sharer i). Seen as
//! clusters (Hawkes & Oakes 1974), share i has Poisson(nᵢ) children, each a follower of its sharer chosen uniformly, after
//! delays drawn from φ. Here nᵢ is the *branching number* n for everybody who has followers and 0 for the rest: where nobody
//! lacks followers the number of shares follows Borel's law with mean 1/(1 − n), whatever the graph and whatever the kernel.
//! People may share again.
//!
//! Numbers of children, who they are and how long they take are keyed by the line of descent, each by itself: another kernel changes
//! times and their order, and nothing else.

use super::scratch::Scratch;
use super::{Rule, Spread};
use crate::engine::queue::Queue;
use crate::engine::streams::{Purpose, RunKey, Subject, key_from};
use crate::model::graph::Graph;
use crate::units::{SimTime, TimeSpan};
use rand_distr::{Distribution, Poisson};

const CHILDREN: Purpose = Purpose::new("hawkes children");
const CHILD: Purpose = Purpose::new("hawkes child");
const DELAY: Purpose = Purpose::new("hawkes delay");

/// Until when the SEISMIC kernel is constant, in milliseconds (SEISMIC package, measured on 166,000 cascades).
const CONSTANT_MS: f64 = 300_000.0;
/// Exponent of the SEISMIC kernel behind (SEISMIC package, measured).
const EXPONENT: f64 = 0.231_484_3;

/// Memory kernel φ: the density of the delay between a share and those it excites.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Memory {
    /// Constant for five minutes, then a power law: P(T > t) = (t/300 s)^−θ/(1 + θ) with θ = 0.2314843.
    Seismic,
    /// Exponential with a mean.
    Exponential(TimeSpan),
}

impl Memory {
    /// The delay that the share `slower` of all delays, in (0, 1], exceed.
    fn delay(self, slower: f64) -> TimeSpan {
        let ms = match self {
            Self::Seismic if slower * (1.0 + EXPONENT) < 1.0 => {
                CONSTANT_MS * libm::pow(slower * (1.0 + EXPONENT), -1.0 / EXPONENT)
            }
            Self::Seismic => CONSTANT_MS * (1.0 - slower) * (1.0 + EXPONENT) / EXPONENT,
            Self::Exponential(mean) => -libm::log(slower) * mean.as_ms() as f64,
        };
        TimeSpan::from_ms(ms as i64)
    }
}

/// Mean number of shares that a share excites: 0 to 0.999, since at 1 cascades have no mean and above it no end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branching(f64);

impl Branching {
    /// What values are allowed, for messages.
    pub const ALLOWED: &'static str = "a number from 0 to 0.999";

    /// The number, or `None` if it is out of range.
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=0.999).contains(&value).then_some(Self(value))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// A share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// When, from the original on.
    pub time: SimTime,
    /// Who shared.
    pub node: u32,
    /// Line of descent, hashed.
    line: [u32; 2],
}

/// Shares of one run, and those to come.
#[derive(Debug, Default)]
pub(super) struct Shares {
    coming: Queue<Share>,
    pub(super) past: Vec<Share>,
}

/// The rule.
#[derive(Debug, Clone, Copy)]
pub struct Hawkes {
    /// None at a branching number of 0.
    children: Option<Poisson<f64>>,
    memory: Memory,
}

impl Hawkes {
    /// The rule with a branching number and a memory kernel.
    pub fn new(branching: Branching, memory: Memory) -> Self {
        Self { children: Poisson::new(branching.get()).ok(), memory }
    }
}

impl Rule for Hawkes {
    /// Counts shares, not those who share; each seed posts an original at time 0.
    fn spread(&self, graph: &Graph, seeds: &[u32], key: RunKey, scratch: &mut Scratch) -> Spread {
        scratch.begin(seeds);
        let Scratch { sharers, shares: Shares { coming, past }, .. } = scratch;
        for (idx, &node) in (0..).zip(seeds) {
            coming.push(SimTime::START, Share { time: SimTime::START, node, line: [0, idx] });
        }
        let mut exposures = 0;
        while let Some(share) = coming.pop() {
            past.push(share);
            sharers.add(share.node);
            let followers = graph.followers(share.node);
            exposures += followers.len() as u64;
            let [a, b] = share.line;
            let children = match self.children {
                Some(children) if !followers.is_empty() => {
                    children.sample(&mut key.stream(CHILDREN, Subject::new(a, b))) as u32
                }
                _ => 0,
            };
            for child in 1..=children {
                let line = [key_from(a, child), key_from(b, child)];
                let subject = Subject::new(line[0], line[1]);
                let node = followers[key.stream(CHILD, subject).below(followers.len() as u32) as usize];
                let time = share.time + self.memory.delay(key.stream(DELAY, subject).uniform_positive());
                coming.push(time, Share { time, node, line });
            }
        }
        Spread { sharers: past.len() as u64, exposures }
    }
}
