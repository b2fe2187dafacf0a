//! Generation of follower networks and random graphs, and building a graph from its edges; elements are edges.
//!
//! Building stands beside its plain form, two stable counting sorts over all edges: the ratio of the two is what dividing the
//! edges into buckets that fit the cache brings.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use twiplomacy::engine::streams::RunKey;
use twiplomacy::engine::streams::{Purpose, Subject};
use twiplomacy::model::graph::Graph;
use twiplomacy::model::graph::generate::chung_lu::ChungLu;
use twiplomacy::model::graph::generate::configuration::Configuration;
use twiplomacy::model::graph::generate::erdos_renyi::ErdosRenyi;
use twiplomacy::model::graph::generate::friends_of_friends::FriendsOfFriends;
use twiplomacy::model::graph::generate::scale_free::ScaleFree;
use twiplomacy::model::graph::generate::small_world::SmallWorld;
use twiplomacy::model::network::block_model::{NamedPlan, Plan, PublicPlan, Tails, generate};
use twiplomacy::model::network::circles::Circles;

/// Three publics of very different size, one of which is followed by all, and one well-known account.
fn plan(n_accounts: u32, circles: Circles) -> Plan {
    let public = |share: f64, weight: f64| PublicPlan {
        n_accounts: (f64::from(n_accounts) * share) as u32,
        weight,
        community: 0,
    };
    Plan {
        publics: vec![public(0.7, 100.0), public(0.25, 10.0), public(0.05, 2.0)],
        mean_followed: vec![20.0, 10.0, 10.0, 10.0, 30.0, 20.0, 10.0, 20.0, 60.0],
        named: vec![NamedPlan {
            key: 1,
            followers: vec![f64::from(n_accounts) * 20.0, f64::from(n_accounts), 100.0],
        }],
        mutual: Vec::new(),
        tails: Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 1000.0 },
        reciprocity: 0.35,
        circles,
    }
}

fn generation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("generation");
    let circles = Circles { share: 0.5, size: 60.0 };
    let cases = [10_000, 100_000].map(|n| [(n, "no circles", Circles::NONE), (n, "circles", circles)]);
    for (n_accounts, name, circles) in cases.into_iter().flatten() {
        let plan = plan(n_accounts, circles);
        let n_edges = generate(&plan, RunKey::new(1, 0)).n_edges();
        group.throughput(Throughput::Elements(n_edges as u64));
        group.bench_function(
            BenchmarkId::new(name, format!("{n_accounts} accounts, {n_edges} relations")),
            |bencher| {
                bencher.iter(|| black_box(generate(&plan, RunKey::new(1, 0))));
            },
        );
    }
    group.finish();
}

/// How a model is drawn.
type Draw<'a> = Box<dyn Fn(RunKey) -> Graph + 'a>;

/// Each model with 100,000 nodes and about 20 edges a node.
fn models(criterion: &mut Criterion) {
    let n_nodes = 100_000;
    let tails = Tails { audience_exponent: 2.2, following_exponent: 2.6, correlation: 0.5, cutoff: 10_000.0 };
    let scale_free =
        ScaleFree { n_nodes, alpha: 0.025, beta: 0.95, gamma: 0.025, delta_in: 5.0, delta_out: 5.0 };
    let configuration = Configuration::of(&scale_free.generate(RunKey::new(1, 0)));
    let models: [(&str, Draw<'_>); 6] = [
        ("chung-lu", Box::new(|key| ChungLu { n_nodes, mean_degree: 20.0, tails }.generate(key))),
        ("scale-free", Box::new(|key| scale_free.generate(key))),
        ("configuration", Box::new(|key| configuration.generate(key))),
        ("erdos-renyi", Box::new(|key| ErdosRenyi { n_nodes, mean_degree: 20.0 }.generate(key))),
        ("small-world", Box::new(|key| SmallWorld { n_nodes, following: 20, rewiring: 0.1 }.generate(key))),
        (
            "friends-of-friends",
            Box::new(|key| FriendsOfFriends { n_nodes, following: 20, friend_of_friend: 0.5 }.generate(key)),
        ),
    ];
    let mut group = criterion.benchmark_group("models");
    for (name, draw) in models {
        let n_edges = draw(RunKey::new(1, 0)).n_edges();
        group.throughput(Throughput::Elements(n_edges as u64));
        group.bench_function(name, |bencher| bencher.iter(|| black_box(draw(RunKey::new(1, 0)))));
    }
    group.finish();
}

/// Edges in random order between random nodes.
fn building(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("building");
    for (n_nodes, n_edges) in [(100_000_u32, 2_000_000), (1_000_000, 20_000_000)] {
        let mut stream = RunKey::new(1, 0).stream(Purpose::new("bench edges"), Subject::default());
        let edges: Vec<(u32, u32)> =
            (0..n_edges).map(|_| (stream.below(n_nodes), stream.below(n_nodes))).collect();
        assert_eq!(Graph::from_edges(n_nodes, &edges).targets(), two_counting_sorts(n_nodes, &edges).1);
        group.throughput(Throughput::Elements(n_edges));
        group.bench_function(BenchmarkId::new("by buckets", n_edges), |bencher| {
            bencher.iter(|| black_box(Graph::from_edges(n_nodes, &edges)));
        });
        group.bench_function(BenchmarkId::new("by two counting sorts", n_edges), |bencher| {
            bencher.iter(|| black_box(two_counting_sorts(n_nodes, &edges)));
        });
    }
    group.finish();
}

/// Starts and lists by stable counting sorts, first by follower and then by the account followed.
fn two_counting_sorts(n_nodes: u32, edges: &[(u32, u32)]) -> (Vec<u32>, Vec<u32>) {
    let by_follower = counting_sort(n_nodes, edges, |edge| edge.1);
    let by_account = counting_sort(n_nodes, &by_follower, |edge| edge.0);
    let mut starts = Vec::with_capacity(n_nodes as usize + 1);
    let mut followers: Vec<u32> = Vec::with_capacity(by_account.len());
    starts.push(0);
    let mut next = 0;
    for account in 0..n_nodes {
        let begin = followers.len();
        while let Some(&(owner, follower)) = by_account.get(next).filter(|edge| edge.0 == account) {
            if follower != owner && followers[begin..].last() != Some(&follower) {
                followers.push(follower);
            }
            next += 1;
        }
        starts.push(followers.len() as u32);
    }
    (starts, followers)
}

fn counting_sort(n_keys: u32, edges: &[(u32, u32)], key: impl Fn(&(u32, u32)) -> u32) -> Vec<(u32, u32)> {
    let mut next = vec![0_u32; n_keys as usize + 1];
    for edge in edges {
        next[key(edge) as usize + 1] += 1;
    }
    for idx in 1..next.len() {
        next[idx] += next[idx - 1];
    }
    let mut sorted = vec![(0, 0); edges.len()];
    for edge in edges {
        let slot = &mut next[key(edge) as usize];
        sorted[*slot as usize] = *edge;
        *slot += 1;
    }
    sorted
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
}

criterion_group! { name = benches; config = short(); targets = generation, models, building }
criterion_main!(benches);
