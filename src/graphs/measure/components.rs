//! Parts that hang together.

use crate::model::graph::Graph;
use crate::model::graph::visit::BothWays;
use petgraph::algo::kosaraju_scc;
use petgraph::unionfind::UnionFind;

/// Components of a graph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Components {
    /// How many there are.
    pub n: u32,
    /// Nodes of the largest.
    pub giant: u32,
    /// Its share of all nodes; NaN if there are none.
    pub giant_share: f64,
}

impl Components {
    fn of_sizes(sizes: impl Iterator<Item = u32>, n_nodes: u32) -> Self {
        let (n, giant) = sizes.fold((0, 0), |(n, giant): (u32, u32), size| (n + 1, giant.max(size)));
        Self { n, giant, giant_share: f64::from(giant) / f64::from(n_nodes) }
    }
}

/// Components in which a message of anyone can reach everyone.
pub fn strong(graph: &Graph, reversed: &Graph) -> Components {
    let components = kosaraju_scc(BothWays { graph, reversed });
    Components::of_sizes(components.iter().map(|component| component.len() as u32), graph.n_nodes())
}

/// Components whichever way edges go.
pub fn weak(graph: &Graph) -> Components {
    let mut parts = UnionFind::new(graph.n_nodes() as usize);
    for node in 0..graph.n_nodes() {
        for &follower in graph.followers(node) {
            parts.union(node, follower);
        }
    }
    let mut sizes = vec![0_u32; graph.n_nodes() as usize];
    for node in 0..graph.n_nodes() {
        sizes[parts.find_mut(node) as usize] += 1;
    }
    Components::of_sizes(sizes.into_iter().filter(|&size| size > 0), graph.n_nodes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_small_graph_are_found() {
        let graph = Graph::from_edges(8, &[(0, 1), (1, 2), (2, 0), (2, 3), (4, 5)]);
        assert_eq!(weak(&graph), Components { n: 4, giant: 4, giant_share: 0.5 });
        assert_eq!(strong(&graph, &graph.reversed()), Components { n: 6, giant: 3, giant_share: 3.0 / 8.0 });
        let none = Graph::from_edges(0, &[]);
        assert_eq!((weak(&none).n, strong(&none, &none).n), (0, 0));
    }
}
