//! What one thread works with: memory that is made once and used for every run.

use super::counting::Counts;
use super::hawkes::{Share, Shares};
use super::line::{Carrying, Lists};
use crate::model::graph::Graph;

/// A set of nodes, a bit each: an eighth of a megabyte for a million, which stays in the processor's cache.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    words: Vec<u64>,
}

impl Marks {
    /// An empty set of nodes below `n_nodes`.
    fn new(n_nodes: usize) -> Self {
        Self { words: vec![0; n_nodes.div_ceil(64)] }
    }

    /// Adds `node`; says whether it is new.
    #[inline]
    pub(super) fn insert(&mut self, node: u32) -> bool {
        let word = &mut self.words[(node >> 6) as usize];
        let bit = 1 << (node & 63);
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Removes `nodes`, which are all that are in the set, in time that follows their number.
    fn remove(&mut self, nodes: &[u32]) {
        if nodes.len() > self.words.len() / 4 {
            self.words.fill(0);
        } else {
            for &node in nodes {
                self.words[(node >> 6) as usize] = 0;
            }
        }
    }
}

/// Those who have shared, in the order in which they did; also the queue of those whose followers are still to be told.
#[derive(Debug, Clone, Default)]
pub(super) struct Sharers {
    /// One more than there are nodes: a node is written behind the last before it is known to be new.
    nodes: Vec<u32>,
    len: usize,
    marks: Marks,
}

impl Sharers {
    /// Nobody among the nodes below `n_nodes`.
    fn new(n_nodes: usize) -> Self {
        Self { nodes: vec![0; n_nodes + 1], len: 0, marks: Marks::new(n_nodes) }
    }

    /// Number of sharers.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The sharer of rank `idx`.
    #[inline]
    pub(super) fn get(&self, idx: usize) -> Option<u32> {
        (idx < self.len).then(|| self.nodes[idx])
    }

    /// All sharers.
    pub(super) fn as_slice(&self) -> &[u32] {
        &self.nodes[..self.len]
    }

    /// Adds `node` if it is new; says whether it is. Without a branch: whether a node is new can't be predicted.
    #[inline]
    pub(super) fn add(&mut self, node: u32) -> bool {
        let is_new = self.marks.insert(node);
        self.nodes[self.len] = node;
        self.len += usize::from(is_new);
        is_new
    }

    /// Adds those of `nodes` that are new.
    pub(super) fn extend(&mut self, nodes: &[u32]) {
        for &node in nodes {
            self.add(node);
        }
    }

    /// Forgets a former run and begins with `seeds`.
    fn begin(&mut self, seeds: &[u32]) {
        self.marks.remove(&self.nodes[..self.len]);
        self.len = 0;
        for &seed in seeds {
            self.add(seed);
        }
    }
}

/// Memory of one thread, used for one run after another. After a run it holds who shared.
#[derive(Debug)]
pub struct Scratch {
    pub(super) sharers: Sharers,
    /// For each sharer the rank of the one it has the message from; kept by kernels that walk every edge.
    pub(super) parents: Vec<u32>,
    pub(super) carrying: Carrying,
    pub(super) lists: Lists,
    pub(super) counts: Counts,
    pub(super) shares: Shares,
}

impl Scratch {
    /// Memory for runs on `graph`: 4 bytes a node and a bit, and 4 more under counting rules.
    pub fn new(graph: &Graph) -> Self {
        let n_nodes = graph.n_nodes() as usize;
        Self {
            sharers: Sharers::new(n_nodes),
            parents: Vec::new(),
            carrying: Carrying::default(),
            lists: Lists::default(),
            counts: Counts::default(),
            shares: Shares::default(),
        }
    }

    /// Those who shared in the last run, seeds first, in the order in which they were reached.
    pub fn sharers(&self) -> &[u32] {
        self.sharers.as_slice()
    }

    /// For each of [`Self::sharers`] the position among them of the one it has the message from; a seed is its own.
    ///
    /// Empty after a run of a rule that does not keep the tree.
    pub fn parents(&self) -> &[u32] {
        &self.parents
    }

    /// Shares of the last run in order of time, originals first. Empty after a run of a rule without time.
    pub fn shares(&self) -> &[Share] {
        &self.shares.past
    }

    /// Forgets a former run and begins with `seeds`.
    pub(super) fn begin(&mut self, seeds: &[u32]) {
        self.sharers.begin(seeds);
        self.parents.clear();
        self.shares.past.clear();
    }
}
