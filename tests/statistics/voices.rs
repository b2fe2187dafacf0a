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
    runs(RUNS, arm, set)
}

fn runs(n: u64, arm: Option<&str>, set: &[&str]) -> Ensemble {
    Ensemble::of(&load(SOLEIMANI, arm, &[set, &[SMALL]].concat()), 0..n)
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

/// A minister who assures more loudly is believed more: with the followers of a leader, and with the rank of one. Rank is tried without
/// suspicion as well, since a state as suspicious as Iran takes the worst for certain in most runs.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn intent_moves_with_the_rank_and_the_reach_of_voices() {
    let trusting = "dispositions.voices.suspicion=0";
    let bases = [(&[][..], &*AS_IT_WAS), (&[trusting][..], &arm(None, &[trusting]))];
    for (set, base) in bases {
        for louder in ["accounts.EsperDoD.voice=\"leader\"", "accounts.EsperDoD.followers=20000000"] {
            let found = difference(base, &arm(None, &[set, &[louder]].concat()), LAST_ASSURANCE);
            assert!(found.interval.low > 0.0, "{set:?} {louder}: {found:?}");
        }
    }
}

/// The same words in another order: the last assurance and the last threat change places. What Iran makes of the assurance is worse where the other
/// threats are a day fresher.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn intent_moves_with_the_order_of_voices() {
    let threat_last = [
        "events.messages.esper-law-of-war.time=2020-01-05T20:25:00Z",
        "events.messages.notification-to-congress.time=2020-01-06T20:00:00Z",
    ];
    let found = difference(&AS_IT_WAS, &arm(None, &threat_last), LAST_ASSURANCE);
    assert!(found.interval.high < 0.0, "{found:?}");
}

/// Shares of the loudest of these messages on record, more than 99.8 % of the author's messages had.
const RECORDED_SHARES: f64 = 146_706.0;

/// Virality is no impact: the messages are made as loud as the loudest of them was, and the shares of New York do not care; those of the Gulf
/// and oil do. Oil traded on when the killing became known, the exchanges of the Gulf opened two days later.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn american_shares_hardly_react_to_what_is_shared_most_and_the_gulf_and_oil_do() {
    let since_the_killing = "scenario.reference=\"trump-flag\"";
    let loud = runs(200, None, &[since_the_killing, "accounts.realDonaldTrump.engagement=5"]);
    let shares = loud.median("message.two-trillion.shares");
    assert!(shares >= RECORDED_SHARES, "{shares}");
    for ensemble in [&loud, &runs(200, None, &[since_the_killing])] {
        let reaction = |market: &str, session: &str| {
            let mut sizes: Vec<f64> =
                ensemble.column(&format!("market.{market}.{session}")).iter().map(|r| r.abs()).collect();
            sizes.sort_unstable_by(f64::total_cmp);
            sizes[sizes.len() / 2]
        };
        let first = "first_session_abnormal_return";
        let new_york = reaction("SPX", first);
        assert!(new_york < 0.01, "{new_york}");
        let gulf = ["TASI", "KWSE", "DFM", "ADX"].map(|market| (market, reaction(market, first)));
        let oil = ["BRENT", "WTI"].map(|market| (market, reaction(market, "same_day_abnormal_return")));
        for (market, size) in gulf.into_iter().chain(oil) {
            assert!(size > 0.01 && size > 3.0 * new_york, "{market}: {size}, New York {new_york}");
        }
    }
}
