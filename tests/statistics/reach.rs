//! Unique reach by expectation against the exact count of those who saw a message.
//!
//! The model holds 1 − Π(1 − dᵢ/N) for the share of a public that has seen a message, over the audiences dᵢ of all who shared it, as
//! if they were drawn independently. Real audiences overlap more than that, since active accounts follow many; so the
//! expectation lies above the count, the more the more people share.

use crate::ensemble::{CANADA_SAUDI, SEED, TARIFF, load};
use crate::stage::Stage;
use twiplomacy::model::ids::{MessageId, PublicId};
use twiplomacy::model::world::World;
use twiplomacy::simulation::Simulation;

/// Real people who saw a message: by expectation, and counted on the network.
fn reach(world: &World<'_>, id: MessageId) -> (f64, f64) {
    let setting = world.setting;
    let mut has_seen = vec![false; setting.network.n_accounts() as usize];
    for node in world.spread(id).cascade.nodes() {
        for &follower in &*setting.network.followers(node.account) {
            has_seen[follower as usize] = true;
        }
    }
    let (mut expected, mut counted) = (0.0, 0.0);
    for (idx, (public, slice)) in setting.publics.iter().zip(setting.network.publics()).enumerate() {
        expected += public.n_real * world.spread(id).seen_share(PublicId::new(idx));
        let members = slice.bin_starts[0] as usize..slice.bin_starts[3] as usize;
        let share =
            has_seen[members].iter().filter(|&&seen| seen).count() as f64 / f64::from(slice.n_accounts());
        counted += public.n_real * share;
    }
    (expected, counted)
}

/// Relative excesses of the expectation over the count, of all messages that somebody shared in `runs` runs, ascending.
fn excesses(id: &str, runs: u64) -> Vec<f64> {
    let scenario = load(id, None, &[]);
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let mut stage = Stage::new(&scenario, &simulation);
    let mut excesses = Vec::new();
    for run in 0..runs {
        let world = stage.play(run);
        for message in (0..world.messages.len()).map(MessageId::new) {
            let (expected, counted) = reach(world, message);
            if world.spread(message).cascade.nodes().len() > 1 {
                excesses.push(expected / counted - 1.0);
            } else {
                // A single audience overlaps with no other: the two agree but for rounding.
                assert!((expected - counted).abs() <= 1e-9 * counted.max(1.0), "{expected} {counted}");
            }
        }
    }
    excesses.sort_unstable_by(f64::total_cmp);
    excesses
}

/// Bounds at 100,000 accounts: 2 % in the mean over messages, 1 % below to 6 % above for nine in ten, and 20 % at the most: followers in
/// circles share readers, which the expectation does not know.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn reach_by_expectation_is_the_count_within_its_stated_error() {
    for (id, runs) in [(CANADA_SAUDI, 300), (TARIFF, 60)] {
        let excesses = excesses(id, runs);
        let n = excesses.len();
        let [least, low, high, most] = [0, n / 20, n - 1 - n / 20, n - 1].map(|idx| excesses[idx]);
        let mean = excesses.iter().sum::<f64>() / n as f64;
        let told = format!(
            "{id}: {n} messages, mean {mean}, from {least} to {most}, nine in ten from {low} to {high}"
        );
        assert!(n > 1000, "{told}");
        assert!(
            mean.abs() <= 0.02 && low >= -0.01 && high <= 0.06 && least >= -0.15 && most <= 0.2,
            "{told}"
        );
    }
}
