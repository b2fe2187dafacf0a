//! Generated networks that are compared with real follower graphs.

use twiplomacy::engine::streams::{Purpose, RunKey, Subject};
use twiplomacy::mechanisms::NetworkParams;
use twiplomacy::model::graph::Graph;
use twiplomacy::model::network::block_model::{Plan, PublicPlan, Tails, graph};
use twiplomacy::model::network::circles::Circles;

/// A network of one public with the shape of the bundled world.
pub(crate) fn generated(n_accounts: u32, mean_followed: f64, shape: &NetworkParams, seed: u64) -> Graph {
    let plan = Plan {
        publics: vec![PublicPlan { n_accounts, weight: 1.0, community: 0 }],
        mean_followed: vec![mean_followed],
        named: Vec::new(),
        mutual: Vec::new(),
        tails: Tails {
            audience_exponent: shape.audience_exponent.get(),
            following_exponent: shape.following_exponent.get(),
            correlation: shape.correlation.get(),
            cutoff: shape.cutoff.get(),
        },
        reciprocity: shape.reciprocity.get(),
        circles: Circles { share: shape.circles.get(), size: shape.circle_size.get() },
    };
    graph(&plan, RunKey::new(seed, 0))
}

/// Mean local clustering of accounts by number of neighbours: between each of `limits` and the next.
///
/// Of an account with many neighbours 2,000 pairs are looked at, of a class 3,000 accounts at most.
pub(crate) fn clustering_by_neighbours(graph: &Graph, limits: &[usize]) -> Vec<f64> {
    let reversed = graph.reversed();
    let neighbours: Vec<Vec<u32>> = (0..graph.n_nodes())
        .map(|node| {
            let mut list = [graph.followers(node), reversed.followers(node)].concat();
            list.sort_unstable();
            list.dedup();
            list
        })
        .collect();
    let mut stream = RunKey::new(1, 0).stream(Purpose::new("realism pairs"), Subject::default());
    let class = |limits: &[usize]| {
        let members = neighbours.iter().filter(|list| (limits[0]..limits[1]).contains(&list.len()));
        let of_one = |list: &Vec<u32>| {
            let n = list.len() as u32;
            let mut closed = 0_u32;
            let n_pairs = (n * (n - 1) / 2).min(2000);
            for _ in 0..n_pairs {
                let (one, other) = (stream.below(n), stream.below(n - 1));
                let other = if other >= one { other + 1 } else { other };
                let of_one = &neighbours[list[one as usize] as usize];
                closed += u32::from(of_one.binary_search(&list[other as usize]).is_ok());
            }
            f64::from(closed) / f64::from(n_pairs)
        };
        let values: Vec<f64> = members.take(3000).map(of_one).collect();
        values.iter().sum::<f64>() / values.len() as f64
    };
    limits.windows(2).map(class).collect()
}
