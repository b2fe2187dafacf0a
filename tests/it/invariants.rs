//! What holds in every run of every bundled scenario, whatever the parameters.

use crate::bundled::{SEED, ids, small_simulation};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::model::ids::{InstrumentId, StateId};
use twiplomacy::model::outcome::{ActRow, Layout, Outcome, SeriesGroup, StopReason};
use twiplomacy::model::setting::Setting;
use twiplomacy::scenario::{self, Request};
use twiplomacy::simulation::Simulation;

const RUNS: u64 = 100;

/// Calls `check` with each of a hundred runs of each scenario and a name for it.
fn in_every_run(check: impl Fn(&Simulation, &Outcome, &str)) {
    for id in ids() {
        let simulation = small_simulation(id);
        let outcomes = replicates(&simulation, 0..RUNS, 2, &Silent, &AtomicBool::new(false)).unwrap();
        assert_eq!(outcomes.len() as u64, RUNS);
        for outcome in &outcomes {
            check(&simulation, outcome, &format!("{id}, run {}", outcome.run));
        }
    }
}

fn value(layout: &Layout, outcome: &Outcome, id: &str) -> f64 {
    let idx =
        layout.outcomes.iter().position(|spec| spec.id == id).unwrap_or_else(|| panic!("no outcome `{id}`"));
    outcome.scalars[idx]
}

/// Directed pairs of states that are measured, with their names.
fn measured_dyads(layout: &Layout) -> Vec<(String, u16, u16)> {
    let names: BTreeSet<&str> =
        layout.outcomes.iter().filter_map(|spec| spec.id.strip_prefix("dyad.")?.split('.').next()).collect();
    let state = |id: &str| layout.states.iter().position(|state| state == id).unwrap() as u16;
    let pair = |name: &str| {
        let (from, to) = name.split_once('-').unwrap();
        (name.to_owned(), state(from), state(to))
    };
    names.into_iter().map(pair).collect()
}

#[test]
fn every_run_ends_by_itself_or_at_the_horizon_with_a_value_for_every_column() {
    in_every_run(|simulation, outcome, run| {
        let layout = simulation.layout();
        assert!(
            matches!(outcome.stop, StopReason::Finished | StopReason::Horizon),
            "{run}: {:?}",
            outcome.stop
        );
        assert_eq!(outcome.scalars.len(), layout.outcomes.len(), "{run}");
        assert_eq!(outcome.series.len(), layout.series.len() * layout.bins.len(), "{run}");
        assert!(outcome.events > 0, "{run}");
    });
}

#[test]
fn acts_come_in_order_of_time_within_the_horizon_and_have_a_cause_that_exists() {
    in_every_run(|simulation, outcome, run| {
        let setting = simulation.setting();
        assert!(outcome.acts.windows(2).all(|pair| pair[0].time <= pair[1].time), "{run}: acts out of order");
        for (idx, act) in outcome.acts.iter().enumerate() {
            let is_other = act.actor != act.target || !act.is_diplomatic();
            assert!(act.time <= setting.horizon && is_other, "{run}: act {idx} {act:?}");
            let is_earlier_act = || outcome.acts[..idx].iter().any(|earlier| earlier.id == act.cause);
            let is_posted_message = || {
                setting.script.messages.iter().any(|message| message.id == act.cause)
                    && value(simulation.layout(), outcome, &format!("message.{}.posted", act.cause)) == 1.0
            };
            let is_recognition =
                || setting.script.recognitions.iter().any(|recognition| recognition.id == act.cause);
            assert!(
                act.cause == "record" || is_earlier_act() || is_posted_message() || is_recognition(),
                "{run}: act {idx} is caused by `{}`",
                act.cause
            );
        }
    });
}

#[test]
fn peak_rungs_are_on_the_ladder_and_those_of_the_acts() {
    in_every_run(|simulation, outcome, run| {
        let layout = simulation.layout();
        for (dyad, from, to) in measured_dyads(layout) {
            let acts = outcome.acts.iter().filter(|act| (act.actor, act.target) == (from, to));
            let highest = acts.map(|act| act.rung).max().unwrap_or(0);
            let peak = value(layout, outcome, &format!("dyad.{dyad}.peak_rung"));
            assert!(usize::from(highest) < layout.rungs.len(), "{run}: rung {highest}");
            assert_eq!(peak, f64::from(highest), "{run}: {dyad}");
            for (idx, (rung, _)) in layout.rungs.iter().enumerate().skip(1) {
                let reached =
                    value(layout, outcome, &format!("dyad.{dyad}.reached_{}", rung.replace('-', "_")));
                assert_eq!(reached, f64::from(u8::from(idx <= usize::from(highest))), "{run}: {dyad} {rung}");
            }
        }
    });
}

/// Acts with an instrument.
fn blows(outcome: &Outcome) -> impl Iterator<Item = (&ActRow, u16)> {
    outcome.acts.iter().filter_map(|act| Some((act, act.instrument?)))
}

#[test]
fn a_package_holds_no_instrument_twice() {
    in_every_run(|_, outcome, run| {
        let mut used = BTreeSet::new();
        for (act, instrument) in blows(outcome) {
            let is_new = used.insert((act.actor, act.target, &act.cause, instrument));
            assert!(is_new, "{run}: {act:?} repeats an instrument of its package");
        }
    });
}

#[test]
fn a_state_uses_an_instrument_against_another_only_once() {
    in_every_run(|_, outcome, run| {
        let mut used = BTreeSet::new();
        for (act, instrument) in blows(outcome) {
            assert!(used.insert((act.actor, act.target, instrument)), "{run}: {act:?} repeats an instrument");
        }
    });
}

#[test]
fn states_use_only_instruments_that_they_have_and_that_are_not_exempt() {
    let is_allowed = |setting: &Setting, act: &ActRow, instrument: u16| {
        let (actor, target, instrument) = (StateId(act.actor), StateId(act.target), InstrumentId(instrument));
        setting.states[actor.idx()].instruments.contains(&instrument)
            && !setting.dyad(actor, target).exempt.contains(&instrument)
    };
    let has_exempt = |id| small_simulation(id).setting().dyads.iter().any(|dyad| !dyad.exempt.is_empty());
    assert!(ids().any(has_exempt), "nothing is exempt in any scenario: nothing is tested");
    in_every_run(|simulation, outcome, run| {
        for (act, instrument) in blows(outcome) {
            let setting = simulation.setting();
            let tool = &setting.instruments[usize::from(instrument)];
            assert!(is_allowed(setting, act, instrument), "{run}: {act:?} uses `{}`", tool.id);
            assert_eq!((act.code, act.rung), (tool.code.0, tool.rung.0), "{run}: {act:?}");
        }
    });
}

#[test]
fn shares_and_reach_are_possible_numbers() {
    in_every_run(|simulation, outcome, run| {
        let layout = simulation.layout();
        let people: f64 = simulation.setting().publics.iter().map(|public| public.n_real).sum();
        for message in &simulation.setting().script.messages {
            let of_message = |name: &str| value(layout, outcome, &format!("message.{}.{name}", message.id));
            let (shares, reach, impressions) =
                (of_message("shares"), of_message("reach"), of_message("impressions"));
            assert!(shares >= 0.0 && shares.is_finite(), "{run}, {}: {shares} shares", message.id);
            assert!((0.0..=people).contains(&reach), "{run}, {}: {reach} of {people} people", message.id);
            assert!(impressions >= reach * (1.0 - 1e-9), "{run}, {}: {impressions} < {reach}", message.id);
            let direct = of_message("direct_reach");
            assert!(
                (0.0..=reach * (1.0 + 1e-9)).contains(&direct),
                "{run}, {}: {direct} of {reach}",
                message.id
            );
            if message.target.is_none() {
                continue;
            }
            let share_of_target = of_message("reach_target");
            // A country without simulated publics has nobody to be reached.
            assert!(
                share_of_target.is_nan() || (0.0..=1.0).contains(&share_of_target),
                "{run}, {}",
                message.id
            );
            assert!(of_message("answered") <= of_message("heard"), "{run}, {}: answered unheard", message.id);
        }
    });
}

#[test]
fn a_message_that_was_not_posted_has_no_shares_and_no_answer() {
    let unposted = std::cell::Cell::new(0);
    in_every_run(|simulation, outcome, run| {
        for message in &simulation.setting().script.messages {
            let of_message =
                |name: &str| value(simulation.layout(), outcome, &format!("message.{}.{name}", message.id));
            if of_message("posted") == 0.0 {
                unposted.set(unposted.get() + 1);
                let (of_all, of_addressed) = (
                    ["shares", "impressions", "reach", "direct_reach", "coverage"],
                    ["reach_target", "heard", "answered"],
                );
                let is_addressed = message.target.is_some();
                for name in of_all.iter().chain(of_addressed.iter().filter(|_| is_addressed)) {
                    assert_eq!(of_message(name), 0.0, "{run}: {} of the unposted {}", name, message.id);
                }
                assert!(!is_addressed || of_message("answer_hours").is_nan(), "{run}");
                assert!(of_message("half_hours").is_nan(), "{run}");
            }
        }
    });
    assert!(unposted.get() > 0, "every message is posted in every run: nothing was tested");
}

#[test]
fn cumulative_series_never_fall_and_prices_are_finite() {
    in_every_run(|simulation, outcome, run| {
        let layout = simulation.layout();
        for (spec, row) in layout.series.iter().zip(outcome.series.chunks(layout.bins.len())) {
            match spec.group {
                SeriesGroup::Shares | SeriesGroup::Reach | SeriesGroup::Rung | SeriesGroup::Recognised => {
                    assert!(
                        row.windows(2).all(|pair| pair[0] <= pair[1]),
                        "{run}: {} falls in {row:?}",
                        spec.id
                    );
                }
                SeriesGroup::Price => {
                    assert!(
                        row.iter().all(|price| price.is_finite() && *price > -1.0),
                        "{run}: {} {row:?}",
                        spec.id
                    );
                }
                SeriesGroup::Volatility => {
                    assert!(
                        row.iter().all(|level| level.is_finite() && *level > 0.0),
                        "{run}: {} {row:?}",
                        spec.id
                    );
                }
                SeriesGroup::Tension | SeriesGroup::Arrivals => {
                    assert!(row.iter().all(|value| *value >= 0.0), "{run}: {} {row:?}", spec.id);
                }
            }
        }
    });
}

#[test]
fn the_last_bin_of_a_series_holds_what_the_outcome_says() {
    in_every_run(|simulation, outcome, run| {
        let layout = simulation.layout();
        for (spec, row) in layout.series.iter().zip(outcome.series.chunks(layout.bins.len())) {
            let is_scalar = |id: &str| layout.outcomes.iter().any(|outcome| outcome.id == id);
            if spec.group == SeriesGroup::Shares && is_scalar(&spec.id) {
                let last = f64::from(row[row.len() - 1]);
                let total = value(layout, outcome, &spec.id);
                assert!(
                    (last - total).abs() <= 1e-6 * total.max(1.0),
                    "{run}: {} is {last} and {total}",
                    spec.id
                );
            }
        }
    });
}

#[test]
fn nothing_is_measured_of_a_state_that_a_message_does_not_address() {
    let simulation = small_simulation("covert-operation");
    let ids: Vec<&str> = simulation.layout().outcomes.iter().map(|outcome| outcome.id.as_str()).collect();
    assert!(ids.contains(&"message.divisive-1.direct_reach") && ids.contains(&"ratio.amplification"));
    for name in ["reach_target", "heard", "heard_harsher", "inferred_intent", "answered", "answer_rung"] {
        assert!(!ids.contains(&format!("message.divisive-1.{name}").as_str()), "{name}");
    }
    assert!(ids.iter().all(|id| !id.starts_with("dyad.")), "sides that are no states have no relations");
}

/// Draws are keyed, so a run has the same shares until a message is deleted as it has where it stays: what the scenario asks to be counted 47
/// minutes after the posting is what the arm that deletes then has counted, message by message.
#[test]
fn what_was_shared_by_a_time_is_what_a_deletion_at_that_time_comes_too_late_for() {
    let with_arm = |arm: Option<&str>| {
        let bundled = scenario::bundled::scenario("deleted-tweet-2012").unwrap();
        let request = Request {
            set: vec!["network.accounts=16000".into()],
            arm: arm.map(str::to_owned),
            ..Request::new(bundled)
        };
        Simulation::new(&scenario::load(&request).unwrap(), SEED).unwrap()
    };
    let (stays, deleted) = (with_arm(None), with_arm(Some("deleted-after-47min")));
    let (mut first, mut second) = (stays.worker(), deleted.worker());
    let mut compared = 0;
    for run in 0..RUNS {
        let (kept, cut) = (stays.run(run, &mut first), deleted.run(run, &mut second));
        let of_kept = |name: &str| value(stays.layout(), &kept, &format!("message.dinner.{name}"));
        let of_cut = |name: &str| value(deleted.layout(), &cut, &format!("message.dinner.{name}"));
        if of_cut("shares") > 0.0 {
            let (made, counted) = (
                of_kept("share_after.47min") * of_kept("shares"),
                of_cut("share_at_deletion") * of_cut("shares"),
            );
            assert!((made - counted).abs() <= 1e-6 * made.max(1.0), "run {run}: {made} and {counted}");
            assert!(of_cut("shares") <= of_kept("shares") * (1.0 + 1e-9), "run {run}");
            compared += 1;
        }
        assert_eq!(of_kept("direct_reach"), of_cut("direct_reach"), "run {run}");
    }
    assert!(compared > RUNS / 2, "{compared} runs with shares");
}
