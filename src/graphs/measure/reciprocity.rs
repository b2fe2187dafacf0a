//! How many follows are mutual: two shares that are often confused.

use crate::model::graph::Graph;

/// Shares of what is mutual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reciprocity {
    /// Share of edges whose opposite exists too; NaN without edges.
    pub edges: f64,
    /// Share of connected pairs that are connected both ways: `edges` / (2 − `edges`).
    pub pairs: f64,
}

impl Reciprocity {
    /// Shares in `graph`, whose opposite is `reversed`.
    pub fn of(graph: &Graph, reversed: &Graph) -> Self {
        let mut n_mutual = 0_u64;
        for node in 0..graph.n_nodes() {
            n_mutual += n_common(graph.followers(node), reversed.followers(node));
        }
        let n_edges = graph.n_edges() as f64;
        let n_mutual = n_mutual as f64;
        Self { edges: n_mutual / n_edges, pairs: n_mutual / (2.0 * n_edges - n_mutual) }
    }
}

/// Numbers that are in both of two ascending lists.
fn n_common(first: &[u32], second: &[u32]) -> u64 {
    let (short, long) = if first.len() <= second.len() { (first, second) } else { (second, first) };
    // Hubs have long lists of one kind only: looking up beats walking.
    if long.len() / 16 > short.len() {
        return short.iter().filter(|number| long.binary_search(number).is_ok()).count() as u64;
    }
    let mut rest = long;
    let mut n = 0;
    for number in short {
        while let [next, others @ ..] = rest
            && next < number
        {
            rest = others;
        }
        n += u64::from(rest.first() == Some(number));
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn one_mutual_pair_of_three_makes_half_of_the_edges() {
        let graph = Graph::from_edges(4, &[(0, 1), (1, 0), (2, 0), (3, 2)]);
        let found = Reciprocity::of(&graph, &graph.reversed());
        assert_eq!((found.edges, found.pairs), (0.5, 1.0 / 3.0));
        let none = Graph::from_edges(2, &[]);
        assert!(Reciprocity::of(&none, &none).edges.is_nan());
    }

    proptest! {
        #[test]
        fn common_numbers_are_counted_however_long_the_lists_are(
            first in prop::collection::btree_set(0_u32..300, 0..8),
            second in prop::collection::btree_set(0_u32..300, 0..250),
        ) {
            let lists: [Vec<u32>; 2] = [&first, &second].map(|set| set.iter().copied().collect());
            let common: BTreeSet<_> = first.intersection(&second).collect();
            prop_assert_eq!(n_common(&lists[0], &lists[1]), common.len() as u64);
            prop_assert_eq!(n_common(&lists[1], &lists[0]), common.len() as u64);
        }
    }
}
