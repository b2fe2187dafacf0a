//! Each bundled scenario as it stands: whole runs, and diffusion alone.
//!
//! Elements are runs, on one thread. `diffusion alone` spreads the messages of the script only, since no outlet reports and nobody
//! answers; most of the work of a coupled run is the diffusion of coverage and of the announcements of acts.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use twiplomacy::scenario::{self, Request, bundled};
use twiplomacy::simulation::Simulation;

/// Changes under which a scenario is measured, by name.
const VARIANTS: [(&str, Option<&str>); 4] = [
    ("coupled", None),
    ("without markets", Some(r#"dispositions.off = ["news_pricing", "trading", "volatility"]"#)),
    (
        "diffusion and press",
        Some(
            r#"dispositions.off = ["salience", "hearing", "perception", "voices", "tension", "response", "preparation", "third_parties", "easing", "caution", "listening", "recognition", "mobilisation", "news_pricing", "trading", "volatility"]"#,
        ),
    ),
    (
        "diffusion alone",
        Some(
            r#"dispositions.off = ["press", "salience", "hearing", "perception", "voices", "tension", "response", "preparation", "third_parties", "easing", "caution", "listening", "recognition", "mobilisation", "news_pricing", "trading", "volatility"]"#,
        ),
    ),
];

fn runs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("runs");
    group.throughput(Throughput::Elements(1));
    for source in bundled::scenarios() {
        for (name, change) in VARIANTS {
            let mut request = Request::new(scenario::Source::new(source.id, source.text));
            request.set.extend(change.map(str::to_owned));
            let scenario = scenario::load(&request).unwrap_or_else(|failure| panic!("{failure}"));
            let simulation = Simulation::new(&scenario, 1).unwrap_or_else(|error| panic!("{error}"));
            let mut worker = simulation.worker();
            let mut run = 0;
            group.bench_function(BenchmarkId::new(name, source.id), |bencher| {
                bencher.iter(|| {
                    run += 1;
                    black_box(simulation.run(run, &mut worker))
                });
            });
        }
    }
    group.finish();
}

fn set_up(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("set-up");
    for source in bundled::scenarios() {
        let request = Request::new(scenario::Source::new(source.id, source.text));
        group.bench_function(BenchmarkId::new("load", source.id), |bencher| {
            bencher.iter(|| black_box(scenario::load(&request).is_ok()));
        });
        let scenario = scenario::load(&request).unwrap_or_else(|failure| panic!("{failure}"));
        group.bench_function(BenchmarkId::new("build", source.id), |bencher| {
            bencher.iter(|| black_box(Simulation::new(&scenario, 1).is_ok()));
        });
    }
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(3))
}

criterion_group! { name = benches; config = short(); targets = runs, set_up }
criterion_main!(benches);
