//! The directed configuration model: a random graph whose accounts have given audiences and followings.
//!
//! Every account has as many loose ends as it has followers, and as many as it follows; the two kinds are matched at random.
//! Loops and parallel edges are erased, so degrees are met but for a few (the erased model; Chen & Olvera-Cravioto 2013,
//! "Directed random graphs with given degree distributions", Stochastic Systems 3, 147–186).

use crate::engine::streams::{FastStream, Purpose, RunKey, Subject, below};
use crate::model::graph::Graph;
use crate::model::graph::buckets::ByFollower;
use crate::model::graph::build::MOST_BUCKETS;
use rand::Rng;
use std::iter::repeat_n;

const MATCHING: Purpose = Purpose::new("graph configuration matching");

/// In the place of an account: nobody.
const NOWHERE: u32 = u32::MAX;
/// Items of a bucket that is shuffled by itself: 128 kB.
const BUCKET: usize = 1 << 15;

/// Audience and following of each account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// Audience and following of each account. If the sums differ, what is too much on one side is left over at random.
    pub degrees: Vec<(u32, u32)>,
}

impl Configuration {
    /// The degrees of a graph.
    pub fn of(graph: &Graph) -> Self {
        let mut degrees: Vec<(u32, u32)> =
            (0..graph.n_nodes()).map(|node| (graph.followers(node).len() as u32, 0)).collect();
        for &follower in graph.targets() {
            degrees[follower as usize].1 += 1;
        }
        Self { degrees }
    }

    /// Draws a graph.
    ///
    /// Whom a follow leads to is shuffled, follows stay in the order of their followers.
    pub fn generate(&self, key: RunKey) -> Graph {
        let sum =
            |side: fn(&(u32, u32)) -> u32| self.degrees.iter().map(|degree| side(degree) as usize).sum();
        let (n_places, n_follows): (usize, usize) = (sum(|degree| degree.0), sum(|degree| degree.1));
        let mut stream = key.fast_stream(MATCHING, Subject::default());
        let places = (0..).zip(&self.degrees).flat_map(|(node, degree)| repeat_n(node, degree.0 as usize));
        // If there are more follows than places, some lead nowhere.
        let nowhere = repeat_n(NOWHERE, n_follows.saturating_sub(n_places));
        let places = shuffled(places.chain(nowhere), n_places.max(n_follows), &mut stream);
        let mut graph = ByFollower::new(self.degrees.len() as u32, n_places.min(n_follows));
        let mut places = places.into_iter();
        for (follower, degree) in (0..).zip(&self.degrees) {
            for followed in places.by_ref().take(degree.1 as usize).filter(|&followed| followed != NOWHERE) {
                graph.add(followed, follower);
            }
        }
        graph.finish()
    }
}

/// The `n` items in random order, all orders being as likely: each is thrown into one of several buckets, and each bucket is
/// shuffled (Rao 1961, Sandelius 1962). So an item is exchanged with one nearby, which lies in the cache.
fn shuffled(items: impl Iterator<Item = u32>, n: usize, stream: &mut FastStream) -> Vec<u32> {
    let n_buckets = (n / BUCKET).next_power_of_two().min(MOST_BUCKETS);
    let mut buckets: Vec<Vec<u32>> = vec![Vec::with_capacity(n / n_buckets + n / n_buckets / 16); n_buckets];
    for item in items {
        buckets[(stream.next_u64() >> 32) as usize & (n_buckets - 1)].push(item);
    }
    let mut all = Vec::with_capacity(n);
    for mut bucket in buckets {
        // From the back, Fisher and Yates.
        for last in (1..bucket.len()).rev() {
            bucket.swap(last, below(stream.next_u64(), last as u32 + 1) as usize);
        }
        all.append(&mut bucket);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::scale_free::ScaleFree;
    use crate::model::graph::generate::tests::edges;
    use std::collections::BTreeMap;

    /// All degrees are one, so that no parallel edges occur: three nodes have the six matchings, of which those with loops
    /// lose them. 6,000 draws; each matching within 4.4 binomial standard deviations at α = 1e-4 over six.
    #[test]
    fn every_matching_is_as_likely() {
        let model = Configuration { degrees: vec![(1, 1); 3] };
        let mut counts: BTreeMap<Vec<(u32, u32)>, f64> = BTreeMap::new();
        for seed in 0..6000 {
            *counts.entry(edges(&model.generate(RunKey::new(seed, 0)))).or_default() += 1.0;
        }
        // The identity leaves nothing, three transpositions one pair each, and two are cycles.
        assert_eq!(counts.len(), 6);
        for (graph, count) in counts {
            assert!((count - 1000.0).abs() < 4.4 * (6000.0 * 5.0 / 36.0_f64).sqrt(), "{graph:?}: {count}");
        }
    }

    #[test]
    fn degrees_are_never_more_than_asked_and_nearly_all_are_met() {
        let scale_free =
            ScaleFree { n_nodes: 20_000, alpha: 0.25, beta: 0.5, gamma: 0.25, delta_in: 2.0, delta_out: 2.0 };
        let model = Configuration::of(&scale_free.generate(RunKey::new(0, 0)));
        let graph = model.generate(RunKey::new(0, 1));
        let found = Configuration::of(&graph);
        let asked: u64 = model.degrees.iter().map(|degree| u64::from(degree.0)).sum();
        for (found, asked) in found.degrees.iter().zip(&model.degrees) {
            assert!(found.0 <= asked.0 && found.1 <= asked.1, "{found:?} {asked:?}");
        }
        assert!(graph.n_edges() as f64 > 0.97 * asked as f64, "{} of {asked}", graph.n_edges());
    }

    #[test]
    fn what_does_not_match_is_left_over() {
        let many_places = Configuration { degrees: vec![(50, 0), (0, 3), (50, 2), (0, 1)] };
        let graph = many_places.generate(RunKey::new(0, 0));
        assert!(graph.n_edges() <= 6);
        let many_followers = Configuration { degrees: vec![(1, 9), (1, 9), (0, 9)] };
        assert!(many_followers.generate(RunKey::new(0, 0)).n_edges() <= 2);
        assert_eq!(Configuration { degrees: Vec::new() }.generate(RunKey::new(0, 0)).n_nodes(), 0);
    }
}
