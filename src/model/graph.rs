//! A plain directed graph: for each node, the sorted list of those that see what it posts.
//!
//! Compressed sparse rows, as small as they can be read at speed: four bytes a node and four bytes an edge. The follower network
//! puts publics and cells on top of it; rules that know no publics run on it as it is.

pub mod buckets;
pub mod build;
pub mod generate;
pub mod unordered;
pub mod visit;

/// A directed graph. An edge `(u, v)` means that v sees what u posts: v *follows* u.
///
/// Invariant: each list is strictly ascending, lies in `0..n_nodes` and never holds its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// Where the list of each node begins, and one past the end of the last.
    starts: Vec<u32>,
    followers: Vec<u32>,
}

impl Graph {
    /// Number of nodes.
    pub fn n_nodes(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.followers.len()
    }

    /// Followers of `node`, ascending.
    pub fn followers(&self, node: u32) -> &[u32] {
        &self.followers[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// Where the list of each node begins in [`Self::targets`], and one past the end of the last: `n_nodes + 1` numbers.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// All lists of followers, one after another in the order of their owners.
    pub fn targets(&self) -> &[u32] {
        &self.followers
    }

    /// FNV-1a of 64 bits over all numbers of the graph.
    #[cfg(test)]
    pub(crate) fn fingerprint(&self) -> u64 {
        self.starts.iter().chain(&self.followers).fold(0xcbf2_9ce4_8422_2325, |hash, &number| {
            (hash ^ u64::from(number)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}
