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
        for &follower in setting.network.followers(node.account) {
            has_seen[follower as usize] = true;
        }
    }
    let (mut expected, mut counted) = (0.0, 0.0);
    for (idx, (public, slice)) in setting.publics.iter().zip(setting.network.publics()).enumerate() {
        expected += public.n_real * world.spread(id).seen_share(PublicId::new(idx));
        let members = slice.bin_starts[0] as usize..slice.bin_starts[3] as usize;
        let share = has_seen[members].iter().filter(|&&seen| seen).count() as f64 / f64::from(slice.n_accounts());
        counted += public.n_real * share;
    }
    (expected, counted)
}

/// Largest and mean relative excess of the expectation over the count, over all messages of `runs` runs that somebody shared, and the
/// number of these messages.
fn excess(id: &str, set: &[&str], runs: u64) -> (f64, f64, usize) {
    let scenario = load(id, None, set);
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let mut stage = Stage::new(&scenario, &simulation);
    let mut errors = Vec::new();
    for run in 0..runs {
        let world = stage.play(run);
        for message in (0..world.messages.len()).map(MessageId::new) {
            let (expected, counted) = reach(world, message);
            let is_alone = world.spread(message).cascade.nodes().len() == 1;
            if is_alone {
                // One audience overlaps with nobody's: the two agree but for rounding.
                assert!((expected - counted).abs() <= 1e-9 * counted.max(1.0), "{expected} {counted}");
            } else {
                errors.push((expected - counted) / counted);
            }
        }
    }
    let largest = errors.iter().map(|error| error.abs()).fold(0.0, f64::max);
    (largest, errors.iter().sum::<f64>() / errors.len() as f64, errors.len())
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn reach_by_expectation_is_the_count_within_its_stated_error() {
    for (id, runs) in [(CANADA_SAUDI, 300), (TARIFF, 60)] {
        let (largest, mean, n) = excess(id, &[], runs);
        println!("{id}: {n} messages, mean excess {mean}, largest error {largest}");
        assert!(n > 300, "{id}: only {n} messages were shared");
        assert!(largest <= 0.1 && mean.abs() <= 0.02, "{id}: {n} messages, mean {mean}, largest {largest}");
    }
}
