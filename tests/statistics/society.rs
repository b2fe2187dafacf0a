//! Recognition in November 2020 and crossings in 2017: who moves when, and what moves them.

use crate::ensemble::{Ensemble, load};
use std::sync::LazyLock;

const RECOGNITION: &str = "recognition-2020";
const WELCOME: &str = "welcome-tweet-2017";
const RUNS: u64 = 400;
const SMALL: &str = "network.accounts=20000";

fn ensemble(id: &str, arm: Option<&str>) -> Ensemble {
    Ensemble::of(&load(id, arm, &[SMALL]), 0..RUNS)
}

static CALLED: LazyLock<Ensemble> = LazyLock::new(|| ensemble(RECOGNITION, None));
static WELCOMED: LazyLock<Ensemble> = LazyLock::new(|| ensemble(WELCOME, None));

fn hours(ensemble: &Ensemble, state: &str) -> f64 {
    ensemble.median(&format!("recognition.congratulations.{state}.hours"))
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn friends_congratulate_within_hours_those_in_between_within_days_and_rivals_after_the_electors() {
    for friend in ["GB", "CA", "FR", "JP"] {
        assert!(hours(&CALLED, friend) < 24.0, "{friend}: {} h", hours(&CALLED, friend));
    }
    let order = ["GB", "IL", "TR", "CN", "RU"].map(|state| hours(&CALLED, state));
    assert!(order.is_sorted_by(|earlier, later| earlier < later), "{order:?}");
    // The electors vote 37.25 days after the call.
    assert!(hours(&CALLED, "RU") > 14.0 * 24.0 && hours(&CALLED, "RU") < 40.0 * 24.0);
}

/// An earlier vote only raises hazards, and patience is the same number: nobody moves later in any run.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn an_earlier_vote_of_the_electors_never_delays_anybody() {
    let earlier = ensemble(RECOGNITION, Some("electors-earlier"));
    let mut sooner = 0;
    for state in ["RU", "BR", "CN", "MX"] {
        let id = format!("recognition.congratulations.{state}.hours");
        for (was, is) in CALLED.column(&id).into_iter().zip(earlier.column(&id)) {
            assert!(is.is_nan() || was.is_nan() || is <= was + 1e-3, "{state}: {is} after {was}");
            sooner += u32::from(is < was - 1.0);
        }
    }
    assert!(sooner > 400, "{sooner}");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn nobody_congratulates_before_the_call() {
    let never = ensemble(RECOGNITION, Some("never-called"));
    assert_eq!(never.count("recognition.congratulations.moved", |moved| moved > 0.0), 0);
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn crossings_rise_after_the_push_and_fall_once_they_are_corrected() {
    let month = |month: &str| WELCOMED.median(&format!("mobilisation.crossings.{month}"));
    let (april, june, july, september) =
        (month("2017-04"), month("2017-06"), month("2017-07"), month("2017-09"));
    assert!(
        june > 1.2 * april && july > 2.0 * june && september < 0.8 * july,
        "{april} {june} {july} {september}"
    );
    // The prime minister's own words, carried by the press, correct as much as the emissaries: without either people go on coming.
    let silent = "events.messages.no-advantage.delivery=\"unsent\"";
    let without = Ensemble::of(&load(WELCOME, Some("no-emissaries"), &[SMALL, silent]), 0..RUNS);
    let september_without = without.median("mobilisation.crossings.2017-09");
    assert!(september_without > 1.5 * september, "{september_without} {september}");
}

/// Without the message only the background comes: 16 a day over 278 days, Poisson; α = 1e-4 for the mean of 400 runs.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_the_welcome_only_those_come_who_came_anyway() {
    let never = ensemble(WELCOME, Some("never-sent"));
    let totals = never.column("mobilisation.crossings.total");
    let mean = totals.iter().sum::<f64>() / RUNS as f64;
    let expected = 16.0 * 278.0;
    assert!((mean - expected).abs() < 3.9 * (expected / RUNS as f64).sqrt(), "{mean} {expected}");
}
