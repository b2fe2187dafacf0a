//! Following back, until the share of edges that are mutual is the one asked for.
//!
//! Of E edges M go both ways. If k of the others are answered, M + 2k of E + k go both ways, so a share r needs
//! k = (r E − M) / (2 − r). An account answers each of its one-way followers with the same probability, in proportion to the
//! ratio of those it follows to those who follow it (one more than it follows, so that nobody is excluded). It then follows
//! back about as many as it follows anyway: the distribution of followings keeps its shape, and hubs do not follow everybody.

use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::graph::Graph;

const ANSWERS: Purpose = Purpose::new("graph follow-backs");

/// Steps of bisection: more than a probability has bits.
const STEPS: u32 = 80;

/// The graph with so many follows answered that about `target` (0 to 1) of its edges are mutual; `graph` itself if as many
/// are already.
#[must_use]
pub fn reciprocate(graph: &Graph, target: f64, key: RunKey) -> Graph {
    let turned = graph.reversed();
    let accounts: Vec<Account> = (0..graph.n_nodes()).map(|node| Account::of(node, graph, &turned)).collect();
    let n_one_way: u64 = accounts.iter().map(|account| u64::from(account.n_one_way)).sum();
    let n_edges = graph.n_edges() as f64;
    let n_mutual = n_edges - n_one_way as f64;
    let n_answers = (target * n_edges - n_mutual) / (2.0 - target);
    if n_answers.is_nan() || n_answers <= 0.0 {
        return graph.clone();
    }
    let zeal = zeal(&accounts, n_answers);
    let mut answers = Vec::with_capacity(n_answers as usize);
    for (node, account) in (0..graph.n_nodes()).zip(&accounts) {
        if account.n_one_way == 0 {
            continue;
        }
        let mut stream = key.stream(ANSWERS, Subject::new(node, 0));
        let p = account.probability(zeal);
        let one_way = one_way(graph.followers(node), turned.followers(node));
        answers.extend(one_way.filter(|_| stream.uniform() < p).map(|follower| (follower, node)));
    }
    graph.with_edges(&answers)
}

/// What decides whom an account follows back.
#[derive(Debug)]
struct Account {
    n_one_way: u32,
    /// Accounts followed to followers.
    ratio: f64,
}

impl Account {
    fn of(node: u32, graph: &Graph, turned: &Graph) -> Self {
        let (followers, followed) = (graph.followers(node), turned.followers(node));
        let n_one_way = one_way(followers, followed).count() as u32;
        Self { n_one_way, ratio: (followed.len() + 1) as f64 / followers.len().max(1) as f64 }
    }

    fn probability(&self, zeal: f64) -> f64 {
        (zeal * self.ratio).min(1.0)
    }
}

/// The factor of all probabilities at which `n_answers` are expected.
fn zeal(accounts: &[Account], n_answers: f64) -> f64 {
    let expected = |zeal: f64| {
        accounts.iter().map(|account| f64::from(account.n_one_way) * account.probability(zeal)).sum::<f64>()
    };
    let least = accounts.iter().map(|account| account.ratio).fold(f64::INFINITY, f64::min);
    // At the upper end everybody answers everybody.
    let (mut low, mut high) = (0.0, 1.0 / least);
    for _ in 0..STEPS {
        let middle = f64::midpoint(low, high);
        if expected(middle) < n_answers { low = middle } else { high = middle }
    }
    high
}

/// Those of `followers` who are not in `followed`; both are ascending.
fn one_way<'a>(followers: &'a [u32], followed: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    let mut rest = followed;
    followers.iter().copied().filter(move |follower| {
        while let [first, others @ ..] = rest
            && first < follower
        {
            rest = others;
        }
        rest.first() != Some(follower)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::graph::generate::chung_lu::ChungLu;
    use crate::model::graph::generate::tests::{edges, mutual_share};
    use crate::model::graph::generate::weights::Tails;

    fn follower_graph() -> Graph {
        let tails =
            Tails { audience_exponent: 2.2, following_exponent: 2.6, correlation: 0.5, cutoff: 1000.0 };
        ChungLu { n_nodes: 20_000, mean_degree: 10.0, tails }.generate(RunKey::new(0, 0))
    }

    /// The number of answers is a sum of independent coins of mean k, so its standard deviation is below sqrt(k), and the
    /// share moves by less than 2/E an answer: 3.9 · 2 · sqrt(k) / E at α = 1e-4.
    #[test]
    fn the_share_asked_for_is_met() {
        let graph = follower_graph();
        for target in [0.1, 0.35, 0.8, 1.0] {
            let answered = reciprocate(&graph, target, RunKey::new(0, 0));
            let n_answers = (answered.n_edges() - graph.n_edges()) as f64;
            let bound = 3.9 * 2.0 * n_answers.sqrt() / answered.n_edges() as f64;
            let found = mutual_share(&answered);
            assert!((found - target).abs() <= bound, "{found} for {target} ± {bound}");
            let kept: Vec<_> = edges(&graph);
            assert!(kept.iter().all(|&(u, v)| answered.followers(u).binary_search(&v).is_ok()));
        }
    }

    #[test]
    fn nothing_is_done_if_enough_are_mutual_already() {
        let graph = follower_graph();
        assert_eq!(reciprocate(&graph, 0.0, RunKey::new(0, 0)), graph);
        let nobody = Graph::from_edges(5, &[]);
        assert_eq!(reciprocate(&nobody, 0.5, RunKey::new(0, 0)), nobody);
    }

    #[test]
    fn a_hub_does_not_follow_everybody_back() {
        let graph = follower_graph();
        let hub = (0..20_000).max_by_key(|&node| graph.followers(node).len()).unwrap();
        let answered = reciprocate(&graph, 0.35, RunKey::new(0, 0));
        let followed = |graph: &Graph| graph.reversed().followers(hub).len();
        assert!(
            followed(&answered) <= 3 * followed(&graph) + 10,
            "{} {}",
            followed(&graph),
            followed(&answered)
        );
        assert!(followed(&answered) * 5 < answered.followers(hub).len());
    }
}
