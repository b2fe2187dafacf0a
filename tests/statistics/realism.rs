//! Networks and cascades against real ones, with the dispositions of the bundled world.
//!
//! Real numbers and their origin are in [`measured`]; `docs/realism.md` tells where the model misses. Two kinds of bounds: where the
//! model is meant to meet a number, the tolerance is stated with the reason; where it misses, the test holds the size of the miss, so
//! that a change which makes it larger is seen.

#[expect(dead_code, reason = "`examples/realism`, which draws the plots of the page, uses the rest")]
mod experiments;
#[expect(dead_code, reason = "`examples/realism`, which draws the plots of the page, uses the rest")]
mod measured;
mod networks;

use experiments::{Tree, cascades, delays, engagement, leader_curve, mean, ordinary, popular, share_up_to};
use measured::{DELAYS, FOLLOWER_GRAPHS, LEADER, NEIGHBOURS, TREES};
use std::sync::LazyLock;
use twiplomacy::engine::streams::RunKey;
use twiplomacy::graphs::measure::Measures;

/// 3,600 messages of ordinary accounts.
static ORDINARY: LazyLock<Vec<Tree>> = LazyLock::new(|| cascades(&ordinary(), 30, &[]));
/// Messages of popular accounts; of each two the second is shared 1.73 times as readily.
static POPULAR: LazyLock<Vec<Tree>> = LazyLock::new(|| cascades(&popular(), 100, &[]));

/// Trees of one size class of [`TREES`].
fn of_class(idx: usize) -> impl Iterator<Item = (usize, &'static Tree)> {
    let (least, most) = (TREES[idx].0, TREES.get(idx + 1).map_or(usize::MAX, |row| row.0));
    POPULAR.iter().enumerate().filter(move |(_, tree)| (least..most).contains(&tree.size))
}

/// At the sizes and mean degrees of the real graphs. Exponents of fitted tails of a few hundred accounts have standard errors near 0.1,
/// and two seeds are compared at once: 0.3 is three of them. The real audiences have a heavier tail than the world's exponent 2.2.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn generated_networks_have_the_degrees_and_reciprocity_of_real_ones() {
    let shape = experiments::dispositions(&[]).network;
    for real in FOLLOWER_GRAPHS {
        let followed = f64::from(real.n_edges) / f64::from(real.n_nodes);
        for seed in [1, 2] {
            let graph = networks::generated(real.n_nodes, followed, &shape, seed);
            let measures = Measures::of(&graph, 0, RunKey::new(1, 0));
            let exponents =
                [&measures.audience, &measures.following].map(|d| d.tail.as_ref().unwrap().exponent);
            let told = format!(
                "{}: {exponents:.2?}, {:.3}, {:.3?}",
                real.name, measures.correlation, measures.reciprocity
            );
            assert!((exponents[1] - real.following_exponent).abs() < 0.3, "{told}");
            assert!((exponents[0] - real.audience_exponent).abs() < 0.6, "{told}");
            assert!((measures.correlation - real.correlation).abs() < 0.15, "{told}");
            assert!((measures.reciprocity.edges - real.reciprocity[0]).abs() < 0.07, "{told}");
            assert!((measures.reciprocity.pairs - real.reciprocity[1]).abs() < 0.06, "{told}");
        }
    }
}

/// In a network with the mean following of the scenarios: between the two real graphs, give or take a third.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn neighbours_of_an_account_know_each_other_as_often_as_in_real_networks() {
    let shape = experiments::dispositions(&[]).network;
    let graph = networks::generated(20_000, 38.0, &shape, 1);
    let found = networks::clustering_by_neighbours(&graph, &NEIGHBOURS);
    for (idx, found) in found.into_iter().enumerate() {
        let real = FOLLOWER_GRAPHS.map(|graph| graph.clustering[idx]);
        let (low, high) = (real[0].min(real[1]) / 1.5, real[0].max(real[1]) * 1.5);
        assert!(
            (low..=high).contains(&found),
            "{} neighbours: {found}, not {low} to {high}",
            NEIGHBOURS[idx]
        );
    }
}

/// Engagement is the account's, everything else the world's. The real shares have standard errors of 0.009 (one alone), 0.004 (ten or
/// more) and 0.15 (mean).
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn ordinary_messages_have_the_sizes_of_an_unfiltered_sample() {
    let n = ORDINARY.len() as f64;
    let share = |size: usize| ORDINARY.iter().filter(|tree| tree.size >= size).count() as f64 / n;
    let mean_size = mean(ORDINARY.iter().map(|tree| tree.size as f64));
    let told = format!("alone {}, ten or more {}, mean {mean_size}", 1.0 - share(2), share(10));
    assert!((1.0 - share(2) - 0.493).abs() < 0.07, "{told}");
    assert!((share(10) - 0.0477).abs() < 0.02, "{told}");
    assert!((mean_size / measured::MEAN_SIZE - 1.0).abs() < 0.3, "{told}");
    let largest = ORDINARY.iter().map(|tree| tree.size).max().unwrap();
    // The largest is too small; the bound holds the size of the miss.
    assert!((measured::LARGEST / 6..measured::LARGEST * 2).contains(&largest), "{largest}");
}

#[test]
fn engagement_is_that_of_the_sample() {
    // Shares a follower in the sample, over 0.0005: accounts with 46, 577, 5,412, 15,274 and 246,119 followers on average.
    for (followers, measured) in
        [(46.0, 27.5), (577.0, 2.9), (5412.0, 1.03), (15_274.0, 1.05), (246_119.0, 0.057)]
    {
        let ratio = engagement(followers) / (0.7 * measured);
        assert!((0.7..1.4).contains(&ratio), "{followers}: {ratio}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn popular_cascades_come_when_real_ones_do() {
    let delays = delays(POPULAR.iter().filter(|tree| tree.size >= 100));
    let median = delays[delays.len() / 2];
    let shares = DELAYS.map(|(minutes, ..)| share_up_to(&delays, minutes));
    let told = format!("median {median}, {shares:.3?}");
    assert!((measured::POPULAR_MEDIAN / 1.6..measured::POPULAR_MEDIAN * 1.6).contains(&median), "{told}");
    for ((minutes, real, _), found) in DELAYS.into_iter().zip(shares) {
        assert!((found - real).abs() < 0.09, "{minutes} min: {found}, not {real}; {told}");
    }
}

/// Means of a size class. Real trees are reconstructed, so that their depth is only known within some tenths.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn popular_cascades_have_the_shape_of_real_ones_of_their_size() {
    for (idx, &(least, _, virality, depth, direct)) in TREES.iter().enumerate().take(4) {
        let class: Vec<&Tree> = of_class(idx).map(|(_, tree)| tree).collect();
        let found = [
            mean(class.iter().map(|tree| tree.structural_virality)),
            mean(class.iter().map(|tree| f64::from(tree.depth))),
            mean(class.iter().map(|tree| tree.direct as f64 / (tree.size - 1) as f64)),
        ];
        let told = format!(
            "{least} and more: {} trees, {found:.3?}, not [{virality}, {depth}, {direct}]",
            class.len()
        );
        assert!(class.len() >= 20, "{told}");
        assert!((found[0] - virality).abs() < 0.4 && (found[1] - depth).abs() < 1.5, "{told}");
        assert!((found[2] - direct).abs() < 0.15, "{told}");
    }
}

/// Juul & Ugander 2021: what is shared more readily makes larger cascades, and larger ones are deeper; of one size they look alike. Of one
/// size class true and false trees of Twitter15 differ by −0.12 to 0.16 in structural virality, with standard errors near 0.05; more
/// than 0.2 would be another finding. In the model a little is left (a reader of a repost is more ready too).
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn readiness_to_share_shows_in_size_and_hardly_in_the_structure_of_one_size() {
    let part = |rest: usize, of: &dyn Fn(&Tree) -> f64| mean(POPULAR.iter().skip(rest).step_by(2).map(of));
    let size = |rest| part(rest, &|tree| tree.size as f64);
    let depth = |rest| part(rest, &|tree| f64::from(tree.depth));
    assert!(
        size(1) > 1.5 * size(0) && depth(1) > depth(0) + 0.3,
        "{} {} {} {}",
        size(1),
        size(0),
        depth(1),
        depth(0)
    );
    for (idx, row) in TREES.iter().enumerate().take(3) {
        let of_group = |rest: usize| {
            let group = of_class(idx).filter(|(place, _)| place % 2 == rest);
            let values: Vec<f64> = group.map(|(_, tree)| tree.structural_virality).collect();
            assert!(values.len() >= 30, "only {} trees", values.len());
            mean(values)
        };
        let difference = of_group(1) - of_group(0);
        assert!(difference.abs() < 0.2, "{} and more: {difference}", row.0);
    }
}

/// The measured shares are lower bounds, so the simulated ones may lie above; by 0.1 at most, as both rest on the same half-life.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn a_leaders_message_is_deleted_too_late() {
    let popular = delays(POPULAR.iter().filter(|tree| tree.size >= 100));
    let minutes: Vec<f64> = LEADER.iter().map(|row| row.0).chain([measured::LEADER_HALF_LIFE]).collect();
    let curves = leader_curve(&minutes, 60, &[]);
    let found: Vec<f64> = (0..minutes.len()).map(|idx| mean(curves.iter().map(|curve| curve[idx]))).collect();
    for (&(minutes, bound), &found) in LEADER.iter().zip(&found) {
        assert!((bound - 0.01..bound + 0.1).contains(&found), "{minutes} min: {found}, bound {bound}");
        // A popular message of ordinary accounts is quicker.
        assert!(share_up_to(&popular, minutes) > found, "{minutes} min: {found}");
    }
    let half = found[LEADER.len()];
    assert!((half - 0.5).abs() < 0.06, "{half} after the half-life");
}
