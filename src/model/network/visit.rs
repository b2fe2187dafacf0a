//! petgraph's visit traits on our network, so that its algorithms run on our lists without a copy.

use super::Network;
use crate::model::ids::AccountId;
use petgraph::visit::{
    Bfs, GraphBase, GraphProp, IntoNeighbors, IntoNodeIdentifiers, NodeCount, NodeIndexable, VisitMap,
    Visitable,
};

impl GraphBase for Network {
    type NodeId = u32;
    /// Account and place in its list.
    type EdgeId = (u32, u32);
}

impl GraphProp for Network {
    type EdgeType = petgraph::Directed;
}

impl NodeCount for Network {
    fn node_count(&self) -> usize {
        self.n_accounts() as usize
    }
}

impl NodeIndexable for Network {
    fn node_bound(&self) -> usize {
        self.n_accounts() as usize
    }
    fn to_index(&self, account: u32) -> usize {
        account as usize
    }
    fn from_index(&self, idx: usize) -> u32 {
        idx as u32
    }
}

impl<'a> IntoNeighbors for &'a Network {
    type Neighbors = std::iter::Copied<std::slice::Iter<'a, u32>>;
    fn neighbors(self, account: u32) -> Self::Neighbors {
        self.followers(AccountId(account)).iter().copied()
    }
}

impl IntoNodeIdentifiers for &Network {
    type NodeIdentifiers = std::ops::Range<u32>;
    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.n_accounts()
    }
}

/// Accounts already visited by a search.
#[derive(Debug, Clone)]
pub struct Visited(Vec<bool>);

impl VisitMap<u32> for Visited {
    fn visit(&mut self, account: u32) -> bool {
        !std::mem::replace(&mut self.0[account as usize], true)
    }
    fn is_visited(&self, account: &u32) -> bool {
        self.0[*account as usize]
    }
    fn unvisit(&mut self, account: u32) -> bool {
        std::mem::replace(&mut self.0[account as usize], false)
    }
}

impl Visitable for Network {
    type Map = Visited;
    fn visit_map(&self) -> Visited {
        Visited(vec![false; self.n_accounts() as usize])
    }
    fn reset_map(&self, map: &mut Visited) {
        *map = self.visit_map();
    }
}

/// Accounts that a message of `origin` reaches if everybody shares, `origin` included, ascending.
pub fn reachable(network: &Network, origin: AccountId) -> Vec<AccountId> {
    let mut search = Bfs::new(network, origin.0);
    let mut reached: Vec<AccountId> = std::iter::from_fn(|| search.next(network)).map(AccountId).collect();
    reached.sort_unstable();
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::network::tests::single_public;

    #[test]
    fn petgraph_walks_our_lists() {
        let network = single_public(6, &[(0, 1), (1, 2), (2, 0), (3, 4), (6, 3)]);
        let ids = |found: Vec<AccountId>| found.into_iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(ids(reachable(&network, AccountId(1))), [0, 1, 2]);
        assert_eq!(ids(reachable(&network, AccountId(6))), [3, 4, 6]);
        let mut search = petgraph::visit::DfsPostOrder::new(&network, 6);
        assert_eq!(std::iter::from_fn(|| search.next(&network)).collect::<Vec<_>>(), [4, 3, 6]);
    }
}
