//! January 2020: what contradictory voices do to the inferred intent, and what follows from it.

use crate::ensemble::{Ensemble, load};
use std::sync::LazyLock;
use twiplomacy::stats::paired;

const SOLEIMANI: &str = "soleimani-2020";
const RUNS: u64 = 1000;
/// The network is small: what governments infer hardly depends on it.
const SMALL: &str = "network.accounts=20000";
/// What Iran takes the United States to intend once it has thought about the last assurance of a minister, after all threats.
const LAST_ASSURANCE: &str = "message.esper-law-of-war.inferred_intent";
const FURTHER_FORCE: [&str; 2] = ["dyad.IR-US.reached_mobilise", "dyad.US-IR.reached_mobilise"];

fn arm(arm: Option<&str>, set: &[&str]) -> Ensemble {
    let set: Vec<&str> = set.iter().copied().chain([SMALL]).collect();
    Ensemble::of(&load(SOLEIMANI, arm, &set), 0..RUNS)
}

static AS_IT_WAS: LazyLock<Ensemble> = LazyLock::new(|| arm(None, &[]));
static UNIFIED: LazyLock<Ensemble> = LazyLock::new(|| arm(Some("unified-voice"), &[]));

/// Difference of the means of an outcome, first to second, with its interval at α = 1e-4.
fn difference(first: &Ensemble, second: &Ensemble, id: &str) -> paired::PairedMean {
    let (first, second) = (first.column(id), second.column(id));
    let pairs = first.into_iter().zip(second).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    paired::mean(pairs.collect::<Vec<_>>().into_iter(), 0.9999)
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn with_one_voice_fewer_runs_see_a_further_military_rung() {
    let of = |ensemble: &Ensemble| -> Vec<f64> {
        let [iran, america] = FURTHER_FORCE.map(|id| ensemble.column(id));
        iran.into_iter().zip(america).map(|(iran, america)| iran.max(america)).collect()
    };
    let pairs: Vec<(f64, f64)> = of(&AS_IT_WAS).into_iter().zip(of(&UNIFIED)).collect();
    let found = paired::mean(pairs.into_iter(), 0.9999);
    assert!(found.interval.high < 0.0, "{} to {}: {:?}", found.first, found.second, found.interval);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn one_voice_is_taken_for_milder() {
    let intent = difference(&AS_IT_WAS, &UNIFIED, LAST_ASSURANCE);
    assert!(intent.interval.low > 1.0, "{intent:?}");
}

/// A minister who assures more loudly is believed more: with the rank of a leader, and with the followers of one. A state as suspicious as Iran
/// takes the worst for certain whatever is said, so both arms are without suspicion.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn intent_moves_with_the_rank_and_the_reach_of_voices() {
    let trusting = "dispositions.voices.suspicion=0";
    let base = arm(None, &[trusting]);
    for louder in ["accounts.EsperDoD.voice=\"leader\"", "accounts.EsperDoD.followers=20000000"] {
        let found = difference(&base, &arm(None, &[trusting, louder]), LAST_ASSURANCE);
        assert!(found.interval.low > 0.0, "{louder}: {found:?}");
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn american_shares_hardly_react_although_the_threats_are_among_the_most_shared() {
    let mut sizes: Vec<f64> =
        AS_IT_WAS.column("market.SPX.first_session_abnormal_return").iter().map(|r| r.abs()).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let median = sizes[sizes.len() / 2];
    assert!(median < 0.01, "{median}");
}
