//! One message that spreads: the keyed rule of the model against the naive twin of the tests, which tosses a coin for every follower.
//!
//! Both work on the network of the bundled scenario, with nothing but posting, framing and sharing switched on and one message
//! posted: that of an account with 60 million followers, and that of one with 130,000. The ratio of the two is what the walk by
//! geometric jumps saves; it grows with the length of follower lists.

#[path = "../tests/statistics/stage.rs"]
mod stage;
#[expect(dead_code, reason = "tests ask more of it")]
#[path = "../tests/statistics/twin.rs"]
mod twin;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use stage::{Stage, posted};
use std::hint::black_box;
use std::time::Duration;
use twin::Twin;
use twiplomacy::engine::streams::{Purpose, RunKey, Subject};
use twiplomacy::model::setting::When;
use twiplomacy::scenario::{self, Request, bundled};
use twiplomacy::simulation::Simulation;

const SHARING_ONLY: &str = r#"dispositions.off = ["press", "salience", "hearing", "perception", "tension", "response", "third_parties", "news_pricing", "trading", "volatility"]"#;
/// The scenario, the message that is posted, and those that are not.
const MESSAGES: [(&str, &str, [&str; 3]); 2] = [
    ("tariff-thread-2019", "thread-1", ["thread-2", "five-hundred-billion", "pullback"]),
    ("canada-saudi-2018", "freeland-aug-2", ["may-23", "canadafp-aug-3", "arabic-tweet"]),
];

fn one_message(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one message");
    for (id, message, unsent) in MESSAGES {
        let mut request = Request::new(bundled::scenario(id).expect("the scenario is bundled"));
        request.set.push(SHARING_ONLY.to_owned());
        request.set.extend(unsent.iter().map(|message| format!("events.messages.{message}.delivery=unsent")));
        let scenario = scenario::load(&request).unwrap_or_else(|failure| panic!("{failure}"));
        let simulation = Simulation::new(&scenario, 1).unwrap_or_else(|error| panic!("{error}"));
        let setting = simulation.setting();
        let mut stage = Stage::new(&scenario, &simulation);
        group.bench_function(BenchmarkId::new("keyed rule", message), |bencher| {
            let mut run = 0;
            bencher.iter(|| {
                run += 1;
                let world = stage.play(run);
                black_box(posted(world, message).map(|id| world.spread(id).cascade.shares()))
            });
        });
        let twin = Twin::new(setting, &scenario.world.dispositions, message);
        let script = setting.script.messages.iter().find(|script| script.id == message);
        let Some(When::At(time)) = script.map(|script| &script.when) else {
            panic!("`{message}` has no time")
        };
        group.bench_function(BenchmarkId::new("naive twin", message), |bencher| {
            let mut run = 0;
            bencher.iter(|| {
                run += 1;
                let mut coins = RunKey::new(1, run).stream(Purpose::new("naive twin"), Subject::default());
                black_box(twin.cascade(*time, &mut coins).len())
            });
        });
    }
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
}

criterion_group! { name = benches; config = short(); targets = one_message }
criterion_main!(benches);
