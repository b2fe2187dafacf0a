//! The engine alone: the event queue in the hold model, and keyed streams.
//!
//! The hold model keeps the number of pending events: each step takes the earliest and schedules one later event. The standard
//! library's binary heap on the same keys is the measure.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::time::Duration;
use twiplomacy::engine::queue::Queue;
use twiplomacy::engine::streams::{Purpose, RunKey, Stream, Subject};
use twiplomacy::units::{SimTime, TimeSpan};

/// What an event of the model takes: about as much as the largest variant.
type Payload = [u64; 5];

fn delays() -> Stream {
    RunKey::new(1, 0).stream(Purpose::new("bench delays"), Subject::default())
}

fn delay(stream: &mut Stream) -> TimeSpan {
    TimeSpan::from_ms(i64::from(stream.below(10_000_000)))
}

fn hold(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hold");
    group.throughput(Throughput::Elements(1));
    for n_pending in [1_000, 100_000] {
        group.bench_function(BenchmarkId::new("queue", n_pending), |bencher| {
            let mut stream = delays();
            let mut queue: Queue<Payload> = Queue::default();
            for _ in 0..n_pending {
                queue.push(SimTime::START + delay(&mut stream), Payload::default());
            }
            bencher.iter(|| {
                let now = queue.next_time().unwrap_or(SimTime::START);
                black_box(queue.pop());
                queue.push(now + delay(&mut stream), Payload::default());
            });
        });
        group.bench_function(BenchmarkId::new("binary heap", n_pending), |bencher| {
            let mut stream = delays();
            let mut heap = BinaryHeap::new();
            let mut sequence = 0_u64;
            for _ in 0..n_pending {
                sequence += 1;
                heap.push(Reverse((SimTime::START + delay(&mut stream), sequence, Payload::default())));
            }
            bencher.iter(|| {
                let now = heap.pop().map_or(SimTime::START, |Reverse((time, ..))| time);
                sequence += 1;
                heap.push(Reverse((now + delay(&mut stream), sequence, Payload::default())));
                black_box(heap.len())
            });
        });
    }
    group.finish();
}

fn streams(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("streams");
    group.throughput(Throughput::Elements(1));
    let purpose = Purpose::new("bench");
    group.bench_function("key of a run", |bencher| {
        let mut run = 0;
        bencher.iter(|| {
            run += 1;
            black_box(RunKey::new(1, run))
        });
    });
    group.bench_function("set up and first uniform", |bencher| {
        let key = RunKey::new(1, 0);
        let mut subject = 0;
        bencher.iter(|| {
            subject += 1;
            black_box(key.uniform(purpose, Subject::new(subject, 7)))
        });
    });
    group.bench_function("next uniform", |bencher| {
        let mut stream = RunKey::new(1, 0).stream(purpose, Subject::default());
        bencher.iter(|| black_box(stream.uniform()));
    });
    group.bench_function("next normal", |bencher| {
        let mut stream = RunKey::new(1, 0).stream(purpose, Subject::default());
        bencher.iter(|| black_box(stream.normal()));
    });
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
}

criterion_group! { name = benches; config = short(); targets = hold, streams }
criterion_main!(benches);
