//! Generation of the follower network; elements are follow relations.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use twiplomacy::engine::streams::RunKey;
use twiplomacy::model::network::block_model::{NamedPlan, Plan, PublicPlan, Tails, generate};

/// Three publics of very different size, one of which is followed by all, and one well-known account.
fn plan(n_accounts: u32) -> Plan {
    let public =
        |share: f64, weight: f64| PublicPlan { n_accounts: (f64::from(n_accounts) * share) as u32, weight };
    Plan {
        publics: vec![public(0.7, 100.0), public(0.25, 10.0), public(0.05, 2.0)],
        mean_followed: vec![20.0, 10.0, 10.0, 10.0, 30.0, 20.0, 10.0, 20.0, 60.0],
        named: vec![NamedPlan {
            key: 1,
            followers: vec![f64::from(n_accounts) * 20.0, f64::from(n_accounts), 100.0],
        }],
        tails: Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 1000.0 },
        reciprocity: 0.35,
    }
}

fn generation(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("generation");
    for n_accounts in [10_000, 100_000] {
        let plan = plan(n_accounts);
        let n_edges = generate(&plan, RunKey::new(1, 0)).n_edges();
        group.throughput(Throughput::Elements(n_edges as u64));
        group.bench_function(
            BenchmarkId::from_parameter(format!("{n_accounts} accounts, {n_edges} relations")),
            |bencher| {
                bencher.iter(|| black_box(generate(&plan, RunKey::new(1, 0))));
            },
        );
    }
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
}

criterion_group! { name = benches; config = short(); targets = generation }
criterion_main!(benches);
