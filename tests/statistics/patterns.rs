//! The recorded patterns that the two bundled scenarios must show with the same dispositions.
//!
//! Each test is one line of the list of things to be shown; bounds are those of the list, at 10,000 runs.

use crate::ensemble::{ARABIC, CANADA_SAUDI, ENGLISH_FRENCH, Ensemble, SEED, TARIFF, THREAD, load};
use std::collections::BTreeSet;
use twiplomacy::experiment::summary::LEVEL;
use twiplomacy::scenario::file::{Measured, Role};
use twiplomacy::scenario::{Scenario, bundled};
use twiplomacy::simulation::Simulation;
use twiplomacy::stats::interval::wilson;
use twiplomacy::text::Basis;

const IS_YES: fn(f64) -> bool = |value| value == 1.0;

mod canada_saudi {
    use super::*;

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn the_same_appeal_is_answered_far_more_often_in_arabic_than_in_english_and_french() {
        let odds = |ensemble: &Ensemble| {
            let p = ensemble.share("message.arabic-tweet.answered", IS_YES);
            p / (1.0 - p)
        };
        let (arabic, english_french) = (odds(&ARABIC), odds(&ENGLISH_FRENCH));
        assert!(arabic >= 5.0 * english_french, "odds {arabic} in Arabic, {english_french} without");
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn the_answer_to_the_arabic_appeal_was_likely_but_not_certain() {
        let p = ARABIC.share("message.arabic-tweet.answered", IS_YES);
        assert!((0.3..=0.95).contains(&p), "{p}");
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn the_three_messages_before_it_together_stay_unanswered_in_at_least_half_of_the_runs() {
        let earlier = ["may-23", "freeland-aug-2", "canadafp-aug-3"]
            .map(|id| ARABIC.column(&format!("message.{id}.answered")));
        let unanswered =
            (0..ARABIC.outcomes.len()).filter(|&run| earlier.iter().all(|column| column[run] == 0.0));
        let share = unanswered.count() as f64 / ARABIC.outcomes.len() as f64;
        assert!(share >= 0.5, "{share}");
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn a_first_act_that_follows_the_arabic_appeal_comes_after_three_to_forty_eight_hours_in_the_median() {
        let state = |id: &str| ARABIC.layout.states.iter().position(|state| state == id).unwrap() as u16;
        let (saudi_arabia, canada) = (state("SA"), state("CA"));
        let posted = Simulation::new(&load(CANADA_SAUDI, None, &[SMALL]), SEED).unwrap().setting().reference;
        let delay = |run: &twiplomacy::model::outcome::Outcome| {
            let first = run.acts.iter().find(|act| (act.actor, act.target) == (saudi_arabia, canada))?;
            (first.cause == "arabic-tweet").then(|| first.time.since(posted).as_hours())
        };
        let mut delays: Vec<f64> = ARABIC.outcomes.iter().filter_map(delay).collect();
        assert!(delays.len() > 1000, "only {} runs begin with the Arabic appeal", delays.len());
        delays.sort_unstable_by(f64::total_cmp);
        let median = delays[delays.len() / 2];
        assert!((3.0..=48.0).contains(&median), "{median} h");
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn saudi_arabia_reaches_the_rungs_of_exchange_or_trade_in_at_least_a_fifth_of_the_runs() {
        let share = ARABIC.share("dyad.SA-CA.reached_exchange", IS_YES);
        assert!(share >= 0.2, "{share}");
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn military_rungs_are_on_the_ladder_and_hardly_ever_reached() {
        let n = ARABIC.outcomes.len() as u64;
        for rung in ["mobilise", "coerce", "force"] {
            assert!(ARABIC.layout.rungs.iter().any(|(id, _)| id == rung), "no rung `{rung}`");
            for dyad in ["SA-CA", "CA-SA"] {
                let runs = ARABIC.count(&format!("dyad.{dyad}.reached_{rung}"), IS_YES);
                let upper = wilson(runs, n, LEVEL).high;
                assert!(upper < 0.001, "{dyad} reaches `{rung}` in {runs} runs of {n}: up to {upper}");
            }
        }
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn canada_answers_with_nothing_above_a_statement_in_at_least_four_fifths_of_the_runs() {
        let statement = ARABIC.layout.rungs.iter().position(|(id, _)| id == "statement").unwrap() as f64;
        let share = ARABIC.share("dyad.CA-SA.peak_rung", |rung| rung <= statement);
        assert!(share >= 0.8, "{share}");
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn the_crisis_hardly_moves_toronto_and_riyadh() {
        for market in ["TSX", "TASI"] {
            let mut sizes: Vec<f64> = ARABIC
                .column(&format!("market.{market}.first_session_abnormal_return"))
                .iter()
                .map(|r| r.abs())
                .collect();
            sizes.sort_unstable_by(f64::total_cmp);
            let median = sizes[sizes.len() / 2];
            assert!(median < 0.005, "{market}: {median}");
        }
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn the_recorded_returns_of_toronto_and_riyadh_lie_in_the_ninety_per_cent_bands() {
        for market in ["TSX", "TASI"] {
            holds_recorded_return(&ARABIC, CANADA_SAUDI, market);
        }
    }
}

mod tariff_thread {
    use super::*;

    /// Standard deviations of the 60 daily log returns before 5 May 2019, computed from closes.
    const DAILY_SD: [(&str, f64); 4] = [("SSE", 0.0152), ("HSI", 0.0081), ("DAX", 0.0076), ("SPX", 0.0058)];

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn markets_fall_in_the_recorded_order_in_the_median() {
        let fall = |market: &str| -THREAD.median(&format!("market.{market}.first_session_return"));
        let [shenzhen, shanghai, hong_kong, new_york, toronto] =
            ["SZSE", "SSE", "HSI", "SPX", "TSX"].map(fall);
        let told = format!(
            "Shenzhen {shenzhen} Shanghai {shanghai} Hong Kong {hong_kong} New York {new_york} Toronto {toronto}"
        );
        assert!(shenzhen >= shanghai && shanghai > hong_kong && new_york >= toronto, "{told}");
        for market in ["DAX", "CAC", "SX5E"] {
            let european = fall(market);
            assert!(hong_kong > european && european > new_york, "{market} {european}, but {told}");
        }
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn new_york_opens_lower_than_it_closes_in_the_median() {
        let (gap, close) =
            (THREAD.median("market.SPX.opening_gap"), THREAD.median("market.SPX.first_session_return"));
        assert!(gap < close, "opening {gap}, close {close}");
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn a_market_that_had_closed_before_the_message_has_no_abnormal_return_that_day() {
        let returns = THREAD.column("market.TASI.same_day_abnormal_return");
        assert!(returns.iter().all(|&abnormal| abnormal == 0.0), "{:?}", returns.iter().find(|r| **r != 0.0));
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn recorded_returns_lie_in_the_ninety_per_cent_bands_and_two_of_them_were_held_out() {
        for (market, _) in DAILY_SD {
            holds_recorded_return(&THREAD, TARIFF, market);
        }
        let scenario = load(TARIFF, None, &[]);
        let role = |market| scenario.file.recorded[&format!("market.{market}.first_session_return")].role;
        let held_out = DAILY_SD.iter().filter(|(market, _)| role(market) == Role::HeldOut).count();
        assert_eq!(held_out, 2);
    }

    #[test]
    #[cfg_attr(debug_assertions, ignore = "needs optimisation")]
    fn the_bands_are_no_wider_than_four_and_a_half_daily_standard_deviations() {
        for (market, sd) in DAILY_SD {
            let id = format!("market.{market}.first_session_return");
            let width = THREAD.quantile(&id, 0.95) - THREAD.quantile(&id, 0.05);
            assert!(width <= 4.5 * sd, "{market}: {width} is {} daily standard deviations", width / sd);
        }
    }

    #[test]
    fn the_volatility_state_starts_from_the_recorded_standard_deviations() {
        let simulation = Simulation::new(&load(TARIFF, None, &[SMALL]), SEED).unwrap();
        for (id, sd) in DAILY_SD {
            let market = simulation.setting().markets.iter().find(|market| market.id == id).unwrap();
            assert!((market.daily_sd - sd).abs() < 2e-4, "{id}: {}", market.daily_sd);
        }
    }
}

/// No tuning: what is free, what it was fitted to, and that both scenarios share it.
mod fitting {
    use super::*;

    const SOLEIMANI: &str = "soleimani-2020";
    const RECOGNITION: &str = "recognition-2020";
    const WELCOME: &str = "welcome-tweet-2017";

    /// What sources of fitted parameters name, and the recorded outcomes of which it speaks.
    const FITTED_TO: [(&str, &str, &[&str]); 15] = [
        ("Riyadh, first session after the killing", SOLEIMANI, &["market.TASI.first_session_return"]),
        ("at the opening, -0.45 % at the close", TARIFF, &["market.SPX.opening_gap"]),
        ("the American side did not strike again", SOLEIMANI, &["dyad.US-IR.reached_force"]),
        ("the killing was answered by missiles", SOLEIMANI, &["dyad.IR-US.reached_force"]),
        (
            "Britain, France and Germany within hours, China after 18 days",
            RECOGNITION,
            &[
                "recognition.congratulations.GB.within_12h",
                "recognition.congratulations.FR.within_12h",
                "recognition.congratulations.DE.within_12h",
                "recognition.congratulations.CN.hours",
            ],
        ),
        (
            "Russia within a day or two of the electors' vote",
            RECOGNITION,
            &["recognition.congratulations.RU.hours"],
        ),
        (
            "crossings into Quebec of May to July 2017",
            WELCOME,
            &[
                "mobilisation.crossings.2017-05",
                "mobilisation.crossings.2017-06",
                "mobilisation.crossings.2017-07",
            ],
        ),
        ("first message of the thread", TARIFF, &["message.thread-1.shares"]),
        ("four further measures within 72 hours", CANADA_SAUDI, &["dyad.SA-CA.goldstein_sum"]),
        ("Shanghai, first session", TARIFF, &["market.SSE.first_session_return"]),
        ("New York, first session", TARIFF, &["market.SPX.first_session_return"]),
        (
            "appeals in English and French without an answer",
            CANADA_SAUDI,
            &[
                "message.may-23.answered",
                "message.freeland-aug-2.answered",
                "message.canadafp-aug-3.answered",
            ],
        ),
        (
            "23 May, 2 and 3 August without an answer",
            CANADA_SAUDI,
            &[
                "message.may-23.answered",
                "message.freeland-aug-2.answered",
                "message.canadafp-aug-3.answered",
            ],
        ),
        ("the Arabic appeal was", CANADA_SAUDI, &["message.arabic-tweet.answered"]),
        (
            "one answer went up to trade measures at once",
            CANADA_SAUDI,
            &["dyad.SA-CA.peak_rung", "dyad.CA-SA.peak_rung"],
        ),
    ];
    #[test]
    fn exactly_four_coefficients_are_free_for_all_markets_together() {
        for id in [CANADA_SAUDI, TARIFF] {
            let scenario = load(id, None, &[]);
            let about_markets = [
                "dispositions.news_pricing.",
                "dispositions.trading.",
                "dispositions.volatility.",
                "markets.",
                "volatility_indices.",
            ];
            let free: Vec<&str> = (scenario.parameters.iter())
                .filter(|note| note.basis == Basis::Fitted)
                .map(|note| note.path.as_str())
                .filter(|path| about_markets.iter().any(|section| path.starts_with(section)))
                .collect();
            let fitted =
                ["news_pricing.direct", "news_pricing.world", "news_pricing.security", "trading.overshoot"];
            assert_eq!(free, fitted.map(|name| format!("dispositions.{name}")), "{id}");
        }
    }

    #[test]
    fn every_recorded_value_that_chose_a_coefficient_is_marked_fitted() {
        let scenarios = [CANADA_SAUDI, TARIFF, SOLEIMANI, RECOGNITION, WELCOME].map(|id| load(id, None, &[]));
        let recorded = |id: &str, outcome: &str| -> Option<Role> {
            let scenario = scenarios.iter().find(|scenario| *scenario.file.scenario.id == id)?;
            scenario.file.recorded.get(outcome).map(|recorded| recorded.role)
        };
        for note in scenarios[0].parameters.iter().filter(|note| note.basis == Basis::Fitted) {
            let named: Vec<_> = FITTED_TO.iter().filter(|(words, ..)| note.source.contains(words)).collect();
            assert!(!named.is_empty(), "`{}` is fitted to something unknown: {}", note.path, note.source);
            for (_, scenario, outcomes) in named {
                for outcome in *outcomes {
                    assert_eq!(
                        recorded(scenario, outcome),
                        Some(Role::Fitted),
                        "`{outcome}`, used by `{}`",
                        note.path
                    );
                }
            }
        }
    }

    #[test]
    fn both_scenarios_use_the_same_dispositions() {
        let [canada_saudi, tariff] = [CANADA_SAUDI, TARIFF].map(|id| load(id, None, &[]));
        assert_eq!(canada_saudi.world.dispositions, tariff.world.dispositions);
        for id in [CANADA_SAUDI, TARIFF] {
            let text: toml::Table = bundled::scenario(id).unwrap().text.parse().unwrap();
            assert!(!text.contains_key("dispositions"), "{id} has dispositions of its own");
            let set = |arm: &toml::Value| arm["set"].as_table().unwrap().keys().cloned().collect::<Vec<_>>();
            let arms = text["interventions"].as_table().unwrap();
            let paths: BTreeSet<String> = arms.values().flat_map(set).collect();
            assert!(paths.iter().all(|path| path.starts_with("events.")), "{id}: {paths:?}");
        }
    }
}

/// A change that makes a network small where it does not matter.
const SMALL: &str = "network.accounts=20000";

/// Asserts that the recorded first-session return of a market lies between the 5 % and 95 % quantiles over runs.
fn holds_recorded_return(ensemble: &Ensemble, scenario: &str, market: &str) {
    let id = format!("market.{market}.first_session_return");
    let recorded = recorded_fraction(&load(scenario, None, &[]), &id);
    let (low, high) = (ensemble.quantile(&id, 0.05), ensemble.quantile(&id, 0.95));
    assert!((low..=high).contains(&recorded), "{market}: {recorded} is not in {low} to {high}");
}

fn recorded_fraction(scenario: &Scenario, outcome: &str) -> f64 {
    match *scenario.file.recorded[outcome].value {
        Measured::Fraction(fraction) => fraction.get(),
        ref other => panic!("`{outcome}` is recorded as {other:?}"),
    }
}
