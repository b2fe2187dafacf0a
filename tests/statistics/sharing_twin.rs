//! The sharing rule against a naive twin that tosses a coin for every follower.

use crate::ensemble::{CANADA_SAUDI, SEED, TARIFF, load};
use crate::stage::{Stage, posted};
use crate::twin::Twin;
use twiplomacy::engine::streams::{Purpose, RunKey, Subject};
use twiplomacy::model::cascade::Frame;
use twiplomacy::model::ids::AccountId;
use twiplomacy::scenario::Scenario;
use twiplomacy::simulation::Simulation;
use twiplomacy::units::SimTime;

/// Leaves nothing but messages, framing and sharing.
pub(crate) const SHARING_ONLY: &str = r#"dispositions.off = ["attention", "mutation", "press", "salience", "hearing", "perception", "tension", "response", "third_parties", "news_pricing", "trading", "volatility"]"#;

/// The same with limited attention.
pub(crate) const SHARING_AND_ATTENTION: &str = r#"dispositions.off = ["mutation", "press", "salience", "hearing", "perception", "tension", "response", "third_parties", "news_pricing", "trading", "volatility"]"#;

/// The twin knows nothing of the appeal of messages.
const EQUAL_APPEAL: &str = "dispositions.sharing.appeal=0";

/// Of the sharers of one public, all of whom decide alone: their number has these moments.
#[derive(Debug, Clone, Copy, Default)]
struct Bernoullis {
    mean: f64,
    variance: f64,
    fourth_cumulant: f64,
}

impl Bernoullis {
    fn add(&mut self, p: f64) {
        let variance = p * (1.0 - p);
        self.mean += p;
        self.variance += variance;
        self.fourth_cumulant += variance * (1.0 - 6.0 * variance);
    }
}

/// Expected direct shares of a message by public: each follower of the author decides alone, and counts if the share is due
/// before the horizon.
fn expected_direct_shares(twin: &Twin<'_>, simulation: &Simulation, posted: SimTime) -> Vec<Bernoullis> {
    let setting = simulation.setting();
    let mut expected = vec![Bernoullis::default(); setting.publics.len()];
    // Active time of each public from the message to the horizon.
    let time: Vec<f64> = (setting.publics.iter())
        .map(|public| {
            let from = setting.start.plus(posted).unix_ms();
            let (mut low, mut high) = (0.0, 1e12);
            for _ in 0..80 {
                let middle = f64::midpoint(low, high);
                let is_late = posted + public.clock.elapsed(from, middle) > setting.horizon;
                if is_late { high = middle } else { low = middle }
            }
            low
        })
        .collect();
    for &follower in &*setting.network.followers(twin.author()) {
        let follower = AccountId(follower);
        let public = twin.public_of(follower).idx();
        let odds: f64 = twin.odds(follower, Frame::AsIntended).iter().sum();
        expected[public].add(odds / (1.0 + odds) * twin.reacted(follower, time[public]));
    }
    expected
}

/// Direct shares of a message by public, run by run.
fn simulated_direct_shares(
    scenario: &Scenario,
    simulation: &Simulation,
    id: &str,
    runs: u64,
) -> Vec<Vec<f64>> {
    let network = &simulation.setting().network;
    let mut stage = Stage::new(scenario, simulation);
    let mut shares = vec![Vec::with_capacity(runs as usize); network.publics().len()];
    for run in 0..runs {
        let world = stage.play(run);
        let nodes = world.spread(posted(world, id).unwrap()).cascade.nodes();
        let mut counts = vec![0.0; network.publics().len()];
        for node in nodes.iter().skip(1).filter(|node| node.parent == 0) {
            counts[network.public_of(node.account).unwrap().idx()] += 1.0;
        }
        for (column, count) in shares.iter_mut().zip(counts) {
            column.push(count);
        }
    }
    shares
}

/// α = 1e-4 a comparison: 3.9 standard errors of a mean of R sums of independent yes-or-nos, sqrt(σ²/R), and of their
/// sample variance, sqrt(κ₄/R + 2σ⁴/(R − 1)) with κ₄ the fourth cumulant. Publics with fewer than 30 expected shares in all runs
/// together are compared as one, since neither error is normal there.
fn compare_first_generation(id: &str, message: &str, set: &[&str], runs: u64) {
    let scenario = load(id, None, &[&[SHARING_ONLY, EQUAL_APPEAL], set].concat());
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let setting = simulation.setting();
    let entry = setting.script.messages.iter().find(|entry| entry.id == message).unwrap();
    let twiplomacy::model::setting::When::At(time) = entry.when else { panic!("`{message}` has no time") };
    let twin = Twin::new(setting, &scenario.world.dispositions, message);
    let expected = expected_direct_shares(&twin, &simulation, time);
    let simulated = simulated_direct_shares(&scenario, &simulation, message, runs);
    let n_runs = runs as f64;
    let (mut rare, mut rare_counts) = (Bernoullis::default(), vec![0.0; runs as usize]);
    let mut compared = 0;
    let mut compare = |name: &str, expected: Bernoullis, counts: &[f64]| {
        let mean = counts.iter().sum::<f64>() / n_runs;
        let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / (n_runs - 1.0);
        let of_mean = 3.9 * (expected.variance / n_runs).sqrt() + 1e-9;
        let of_variance = 3.9
            * (expected.fourth_cumulant / n_runs + 2.0 * expected.variance.powi(2) / (n_runs - 1.0)).sqrt()
            + 1e-9;
        assert!(
            (mean - expected.mean).abs() <= of_mean,
            "{message}, {name}: {mean} direct shares a run, not {} ± {of_mean}",
            expected.mean
        );
        assert!(
            (variance - expected.variance).abs() <= of_variance,
            "{message}, {name}: variance {variance}, not {} ± {of_variance}",
            expected.variance
        );
        compared += 1;
    };
    for ((public, expected), counts) in setting.publics.iter().zip(&expected).zip(&simulated) {
        if expected.mean * n_runs >= 30.0 {
            compare(&public.id, *expected, counts);
        } else {
            rare.mean += expected.mean;
            rare.variance += expected.variance;
            rare.fourth_cumulant += expected.fourth_cumulant;
            rare_counts.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
    }
    compare("publics that hardly share", rare, &rare_counts);
    assert!(compared >= 4, "only {compared} publics share enough to be compared");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn direct_shares_of_the_thread_are_those_of_a_coin_for_every_follower() {
    let alone = [
        "network.accounts=50000",
        "events.messages.thread-2.delivery=unsent",
        "events.messages.five-hundred-billion.delivery=unsent",
        "events.messages.pullback.delivery=unsent",
    ];
    compare_first_generation(TARIFF, "thread-1", &alone, 2000);
}

/// A message with moral-emotional words, in two languages, whose author takes a side that many readers share or oppose.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn direct_shares_of_a_minister_are_those_of_a_coin_for_every_follower() {
    let alone = [
        "dispositions.sharing.infectiousness=0.002",
        "network.accounts=50000",
        "events.messages.may-23.delivery=unsent",
        "events.messages.canadafp-aug-3.delivery=unsent",
        "events.messages.arabic-tweet.delivery=unsent",
    ];
    compare_first_generation(CANADA_SAUDI, "freeland-aug-2", &alone, 4000);
}

/// Two-sample Kolmogorov–Smirnov: the greatest distance of the two distribution functions of n values each exceeds
/// sqrt(−ln(α/2)/2)·sqrt(2/n) with probability α at most; for discrete values more rarely. α = 1e-4.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn cascades_have_the_sizes_of_a_naive_cascade() {
    let changes = [
        SHARING_ONLY,
        EQUAL_APPEAL,
        "network.accounts=5000",
        "dispositions.sharing.infectiousness=0.002",
        "events.messages.thread-2.delivery=unsent",
        "events.messages.five-hundred-billion.delivery=unsent",
        "events.messages.pullback.delivery=unsent",
    ];
    let runs = 4000;
    let scenario = load(TARIFF, None, &changes);
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let setting = simulation.setting();
    let twin = Twin::new(setting, &scenario.world.dispositions, "thread-1");
    let mut stage = Stage::new(&scenario, &simulation);
    let mut fast = Vec::new();
    let mut deepest = 0;
    let mut naive = Vec::new();
    for run in 0..runs {
        let world = stage.play(run);
        let cascade = &world.spread(posted(world, "thread-1").unwrap()).cascade;
        fast.push(cascade.nodes().len() - 1);
        deepest = deepest.max(cascade.shape().depth);
        let mut stream = RunKey::new(SEED + 1, run).stream(Purpose::new("naive twin"), Subject::default());
        naive.push(twin.cascade(setting.reference, &mut stream).len());
    }
    let distance = greatest_distance(&mut fast, &mut naive);
    let bound = (-(1e-4_f64 / 2.0).ln() / 2.0).sqrt() * (2.0 / runs as f64).sqrt();
    let medians = (fast[fast.len() / 2], naive[naive.len() / 2]);
    assert!(deepest >= 4, "cascades of {deepest} generations tell little");
    assert!(distance <= bound, "distance {distance} above {bound}; medians {medians:?}");
}

/// Greatest distance of two empirical distribution functions; sorts both samples.
pub(crate) fn greatest_distance(left: &mut [usize], right: &mut [usize]) -> f64 {
    left.sort_unstable();
    right.sort_unstable();
    let share_up_to = |sample: &[usize], value: usize| {
        sample.partition_point(|&size| size <= value) as f64 / sample.len() as f64
    };
    let distance = |&value: &usize| (share_up_to(left, value) - share_up_to(right, value)).abs();
    left.iter().chain(right.iter()).map(distance).fold(0.0, f64::max)
}
