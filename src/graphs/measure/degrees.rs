//! Audience and following: their sizes, tails and correlations.

use super::LEVEL;
use crate::model::graph::Graph;
use crate::stats::power_law::{PowerLaw, fit};

/// The distribution of the degrees of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Degrees {
    /// Largest degree.
    pub max: u32,
    /// Median degree.
    pub median: u32,
    /// Nodes of degree zero.
    pub n_zero: u32,
    /// Power law of the tail, if there is a tail.
    pub tail: Option<PowerLaw>,
}

/// Number of followers of each node.
pub(super) fn of(graph: &Graph) -> Vec<u32> {
    graph.starts().windows(2).map(|pair| pair[1] - pair[0]).collect()
}

impl Degrees {
    /// The distribution of `degrees`.
    pub fn of(degrees: &[u32]) -> Self {
        let mut sorted = degrees.to_vec();
        sorted.sort_unstable();
        let histogram: Vec<(u64, u64)> = sorted
            .chunk_by(|left, right| left == right)
            .map(|equal| (u64::from(equal[0]), equal.len() as u64))
            .collect();
        Self {
            max: sorted.last().copied().unwrap_or(0),
            median: sorted.get(sorted.len().saturating_sub(1) / 2).copied().unwrap_or(0),
            n_zero: sorted.partition_point(|&degree| degree == 0) as u32,
            tail: fit(&histogram, LEVEL),
        }
    }
}

/// Pearson's correlation of two degrees of the same nodes; NaN if one is the same for all.
pub fn correlation(first: &[u32], second: &[u32]) -> f64 {
    let mut sums = Sums::default();
    for (&x, &y) in first.iter().zip(second) {
        sums.add(x, y);
    }
    sums.correlation()
}

/// Pearson's correlation, over edges, of a degree of the account followed with one of its follower (Newman 2003, "Mixing
/// patterns in networks", Physical Review E 67, 026126); NaN where a degree is the same for all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assortativity {
    /// Audience of the followed and following of the follower.
    pub audience_following: f64,
    /// Audience of both.
    pub audience_audience: f64,
    /// Following of both.
    pub following_following: f64,
    /// Following of the followed and audience of the follower.
    pub following_audience: f64,
}

impl Assortativity {
    /// Correlations over the edges of `graph`, whose nodes have these degrees.
    pub fn of(graph: &Graph, audience: &[u32], following: &[u32]) -> Self {
        let mut sums = [Sums::default(); 4];
        for node in 0..graph.n_nodes() {
            let own = [audience[node as usize], following[node as usize]];
            for &follower in graph.followers(node) {
                let other = [audience[follower as usize], following[follower as usize]];
                sums[0].add(own[0], other[1]);
                sums[1].add(own[0], other[0]);
                sums[2].add(own[1], other[1]);
                sums[3].add(own[1], other[0]);
            }
        }
        let [audience_following, audience_audience, following_following, following_audience] =
            sums.map(|sums| sums.correlation());
        Self { audience_following, audience_audience, following_following, following_audience }
    }
}

/// Exact sums of pairs of whole numbers.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: u64,
    x: u64,
    y: u64,
    xx: u128,
    yy: u128,
    xy: u128,
}

impl Sums {
    fn add(&mut self, x: u32, y: u32) {
        let (x, y) = (u64::from(x), u64::from(y));
        self.n += 1;
        self.x += x;
        self.y += y;
        self.xx += u128::from(x * x);
        self.yy += u128::from(y * y);
        self.xy += u128::from(x * y);
    }

    fn correlation(&self) -> f64 {
        let n = self.n as f64;
        let (x, y) = (self.x as f64 / n, self.y as f64 / n);
        let covariance = self.xy as f64 / n - x * y;
        let variances = (self.xx as f64 / n - x * x) * (self.yy as f64 / n - y * y);
        // Of equal numbers rounding may leave a little.
        if variances > 1e-9 { covariance / variances.sqrt() } else { f64::NAN }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_of_a_small_graph_are_counted() {
        let graph = Graph::from_edges(5, &[(0, 1), (0, 2), (0, 3), (1, 0), (2, 0)]);
        let audience = of(&graph);
        assert_eq!(audience, [3, 1, 1, 0, 0]);
        let found = Degrees::of(&audience);
        assert_eq!((found.max, found.median, found.n_zero, found.tail), (3, 1, 2, None));
        let following = of(&graph.reversed());
        assert_eq!(following, [2, 1, 1, 1, 0]);
        // Σx = 5, Σy = 5, Σxy = 8, Σx² = 11, Σy² = 7: (8/5 − 1) / sqrt((11/5 − 1)(7/5 − 1)) = 0.6 / sqrt(0.48).
        assert!((correlation(&audience, &following) - 0.6 / 0.48_f64.sqrt()).abs() < 1e-12);
    }

    /// A star whose centre is followed by all and follows one of them back: over the edges (0,1), (0,2), (0,3), (1,0) audience
    /// of the followed is 3, 3, 3, 1 and that of the follower 1, 0, 0, 3: the covariance is 3/4·1 + 3/4 − (10/4)(1) = −1, the
    /// variances are 3/4 and 3/2.
    #[test]
    fn assortativity_is_the_correlation_over_edges() {
        let graph = Graph::from_edges(4, &[(0, 1), (0, 2), (0, 3), (1, 0)]);
        let (audience, following) = (of(&graph), of(&graph.reversed()));
        let found = Assortativity::of(&graph, &audience, &following);
        assert!((found.audience_audience + 1.0 / (0.75 * 1.5_f64).sqrt()).abs() < 1e-12, "{found:?}");
        assert!(found.audience_following.is_nan(), "all followers follow one");
    }

    #[test]
    fn nothing_correlates_with_what_is_always_the_same() {
        assert!(correlation(&[3, 3, 3], &[1, 2, 3]).is_nan());
        assert!(correlation(&[], &[]).is_nan());
    }
}
