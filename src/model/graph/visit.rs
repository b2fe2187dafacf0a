//! petgraph's visit traits on our graph, so that its algorithms run on our lists without a copy.
//!
//! Its `tarjan_scc` calls itself once a node on the way and overflows the stack on long ways; `kosaraju_scc` does not.

use super::Graph;
use petgraph::Direction;
use petgraph::visit::{
    Bfs, GraphBase, GraphProp, GraphRef, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers,
    NodeCount, NodeIndexable, VisitMap, Visitable,
};

impl GraphBase for Graph {
    type NodeId = u32;
    /// Node and place in its list.
    type EdgeId = (u32, u32);
}

impl GraphProp for Graph {
    type EdgeType = petgraph::Directed;
}

impl NodeCount for Graph {
    fn node_count(&self) -> usize {
        self.n_nodes() as usize
    }
}

impl NodeIndexable for Graph {
    fn node_bound(&self) -> usize {
        self.n_nodes() as usize
    }
    fn to_index(&self, node: u32) -> usize {
        node as usize
    }
    fn from_index(&self, idx: usize) -> u32 {
        idx as u32
    }
}

impl<'a> IntoNeighbors for &'a Graph {
    type Neighbors = std::iter::Copied<std::slice::Iter<'a, u32>>;
    fn neighbors(self, node: u32) -> Self::Neighbors {
        self.followers(node).iter().copied()
    }
}

impl IntoNodeIdentifiers for &Graph {
    type NodeIdentifiers = std::ops::Range<u32>;
    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.n_nodes()
    }
}

/// Nodes already visited by a search.
#[derive(Debug, Clone)]
pub struct Visited(Vec<bool>);

impl VisitMap<u32> for Visited {
    fn visit(&mut self, node: u32) -> bool {
        !std::mem::replace(&mut self.0[node as usize], true)
    }
    fn is_visited(&self, node: &u32) -> bool {
        self.0[*node as usize]
    }
    fn unvisit(&mut self, node: u32) -> bool {
        std::mem::replace(&mut self.0[node as usize], false)
    }
}

impl Visitable for Graph {
    type Map = Visited;
    fn visit_map(&self) -> Visited {
        Visited(vec![false; self.n_nodes() as usize])
    }
    fn reset_map(&self, map: &mut Visited) {
        *map = self.visit_map();
    }
}

/// A graph with the lists of both directions, for algorithms that also walk against the edges.
#[derive(Debug, Clone, Copy)]
pub struct BothWays<'a> {
    /// The graph.
    pub graph: &'a Graph,
    /// The same with all edges the other way round.
    pub reversed: &'a Graph,
}

impl GraphBase for BothWays<'_> {
    type NodeId = u32;
    type EdgeId = (u32, u32);
}

impl GraphRef for BothWays<'_> {}

impl<'a> IntoNeighbors for BothWays<'a> {
    type Neighbors = std::iter::Copied<std::slice::Iter<'a, u32>>;
    fn neighbors(self, node: u32) -> Self::Neighbors {
        self.graph.followers(node).iter().copied()
    }
}

impl IntoNeighborsDirected for BothWays<'_> {
    type NeighborsDirected = Self::Neighbors;
    fn neighbors_directed(self, node: u32, direction: Direction) -> Self::Neighbors {
        match direction {
            Direction::Outgoing => self.neighbors(node),
            Direction::Incoming => self.reversed.followers(node).iter().copied(),
        }
    }
}

impl IntoNodeIdentifiers for BothWays<'_> {
    type NodeIdentifiers = std::ops::Range<u32>;
    fn node_identifiers(self) -> Self::NodeIdentifiers {
        0..self.graph.n_nodes()
    }
}

impl Visitable for BothWays<'_> {
    type Map = Visited;
    fn visit_map(&self) -> Visited {
        self.graph.visit_map()
    }
    fn reset_map(&self, map: &mut Visited) {
        self.graph.reset_map(map);
    }
}

/// Nodes that a message of `origin` reaches if everybody shares, `origin` included, ascending.
pub fn reachable(graph: &Graph, origin: u32) -> Vec<u32> {
    let mut search = Bfs::new(graph, origin);
    let mut reached: Vec<u32> = std::iter::from_fn(|| search.next(graph)).collect();
    reached.sort_unstable();
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use petgraph::algo::kosaraju_scc;
    use petgraph::visit::DfsPostOrder;

    #[test]
    fn petgraph_walks_our_lists() {
        let graph = Graph::from_edges(7, &[(0, 1), (1, 2), (2, 0), (3, 4), (6, 3)]);
        assert_eq!(reachable(&graph, 1), [0, 1, 2]);
        assert_eq!(reachable(&graph, 6), [3, 4, 6]);
        let mut search = DfsPostOrder::new(&graph, 6);
        assert_eq!(std::iter::from_fn(|| search.next(&graph)).collect::<Vec<_>>(), [4, 3, 6]);
        let reversed = graph.reversed();
        assert_eq!(kosaraju_scc(BothWays { graph: &graph, reversed: &reversed }).len(), 5);
    }

    /// A ring is one long way: recursion would need a frame a node.
    #[test]
    fn long_ways_need_no_stack() {
        let n = 300_000;
        let ring: Vec<(u32, u32)> = (0..n).map(|node| (node, (node + 1) % n)).collect();
        let graph = Graph::from_edges(n, &ring);
        let reversed = graph.reversed();
        assert_eq!(kosaraju_scc(BothWays { graph: &graph, reversed: &reversed }).len(), 1);
    }
}
