//! What keyed draws promise, exactly: a part that is switched off or changed leaves everything else as it was, bit for bit, since
//! no draw of one part shifts a draw of another.

use crate::ensemble::{CANADA_SAUDI, SEED, TARIFF, column_idx, load, simulate};
use crate::stage::{Stage, posted};
use std::collections::BTreeMap;
use twiplomacy::model::ids::AccountId;
use twiplomacy::model::outcome::{ActRow, Layout, Outcome};
use twiplomacy::model::setting::{ScriptMessage, Setting, When};
use twiplomacy::simulation::Simulation;
use twiplomacy::units::SimTime;

const RUNS: u64 = 200;
/// A network small enough to be built often.
const SMALL: &str = "network.accounts=20000";
/// Attention that no number of messages exhausts.
const UNLIMITED: &str = "dispositions.attention.capacity=1e300";
const SCENARIOS: [&str; 2] = [CANADA_SAUDI, TARIFF];

/// What a message of the script does on the platform; while attention is unlimited it depends on the message and the network alone.
const OF_SPREADING: [&str; 8] =
    ["posted", "shares", "impressions", "reach", "depth", "breadth", "structural_virality", "half_hours"];

/// Runs of a scenario under one change.
struct Played {
    simulation: Simulation,
    outcomes: Vec<Outcome>,
}

fn play(id: &str, arm: Option<&str>, set: &[&str]) -> Played {
    let simulation = Simulation::new(&load(id, arm, &[&[SMALL], set].concat()), SEED).unwrap();
    let outcomes = simulate(&simulation, 0..RUNS);
    Played { simulation, outcomes }
}

impl Played {
    fn layout(&self) -> &Layout {
        self.simulation.layout()
    }

    fn setting(&self) -> &Setting {
        self.simulation.setting()
    }

    fn value(&self, run: usize, id: &str) -> f64 {
        self.outcomes[run].scalars[column_idx(self.layout(), id)]
    }
}

fn without(id: &str, mechanism: &str) -> Played {
    play(id, None, &[&format!("dispositions.off=[\"{mechanism}\"]")])
}

/// As [`play`] with unlimited attention: messages leave each other alone.
fn uncrowded(id: &str, arm: Option<&str>) -> Played {
    play(id, arm, &[UNLIMITED])
}

fn uncrowded_without(id: &str, mechanism: &str) -> Played {
    play(id, None, &[UNLIMITED, &format!("dispositions.off=[\"{mechanism}\"]")])
}

/// Asserts that the outcomes and series whose ids `is_untouched` are the same bits in every run.
fn same_numbers(base: &Played, other: &Played, is_untouched: impl Fn(&str) -> bool) {
    let n_bins = base.layout().bins.len();
    let mut compared = 0;
    for (left, right) in base.outcomes.iter().zip(&other.outcomes) {
        for (idx, spec) in
            base.layout().outcomes.iter().enumerate().filter(|(_, spec)| is_untouched(&spec.id))
        {
            let (before, after) = (left.scalars[idx], right.scalars[idx]);
            assert_eq!(
                before.to_bits(),
                after.to_bits(),
                "run {}: {} was {before}, is {after}",
                left.run,
                spec.id
            );
            compared += 1;
        }
        for (idx, spec) in base.layout().series.iter().enumerate().filter(|(_, spec)| is_untouched(&spec.id))
        {
            let row = |outcome: &Outcome| -> Vec<u32> {
                outcome.series[idx * n_bins..(idx + 1) * n_bins].iter().map(|value| value.to_bits()).collect()
            };
            assert_eq!(row(left), row(right), "run {}: {}", left.run, spec.id);
            compared += 1;
        }
    }
    assert!(compared > 0, "nothing was compared");
}

fn same_acts(base: &Played, other: &Played) {
    for (left, right) in base.outcomes.iter().zip(&other.outcomes) {
        assert_eq!(left.acts, right.acts, "run {}", left.run);
    }
}

/// Whether an outcome or series is about markets.
fn is_of_markets(id: &str) -> bool {
    ["market.", "volatility.", "world."].iter().any(|section| id.starts_with(section))
        || id.ends_with(".market_reaction")
}

/// Whether an outcome or series tells how a message that has a time of its own spreads on the platform.
fn is_of_spreading(id: &str, setting: &Setting) -> bool {
    let timed = setting.script.messages.iter().filter(|message| matches!(message.when, When::At(_)));
    timed.map(|message| format!("message.{}.", message.id)).any(|section| {
        id.strip_prefix(&section)
            .is_some_and(|name| OF_SPREADING.contains(&name) || name.starts_with("reach."))
    })
}

/// The price of every market without the news of the run, as told by the first session: return less abnormal return.
fn same_noise(base: &Played, other: &Played) {
    for run in 0..base.outcomes.len() {
        for market in &base.setting().markets {
            let without_news = |played: &Played| {
                let first =
                    |name: &str| played.value(run, &format!("market.{}.first_session_{name}", market.id));
                first("return") - first("abnormal_return")
            };
            let (before, after) = (without_news(base), without_news(other));
            assert!((before - after).abs() <= 1e-12, "run {run}, {}: {before} and {after}", market.id);
        }
    }
}

/// Nothing reads an index of volatility.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_volatility_all_but_the_indices_is_as_it_was() {
    for id in SCENARIOS {
        let (base, off) = (play(id, None, &[]), without(id, "volatility"));
        same_numbers(&base, &off, |outcome| !outcome.starts_with("volatility."));
        same_acts(&base, &off);
    }
}

/// Nothing but volatility and what is measured of markets reads a price.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_trading_all_but_the_markets_is_as_it_was() {
    for id in SCENARIOS {
        let (base, off) = (play(id, None, &[]), without(id, "trading"));
        same_numbers(&base, &off, |outcome| !is_of_markets(outcome));
        same_acts(&base, &off);
    }
}

/// News move prices, and prices without them stay as they were.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_news_pricing_all_but_the_markets_is_as_it_was_and_so_is_their_noise() {
    for id in SCENARIOS {
        let (base, off) = (play(id, None, &[]), without(id, "news_pricing"));
        same_numbers(&base, &off, |outcome| !is_of_markets(outcome));
        same_acts(&base, &off);
        same_noise(&base, &off);
        for market in &off.setting().markets {
            let idx = format!("market.{}.first_session_abnormal_return", market.id);
            assert!((0..off.outcomes.len()).all(|run| off.value(run, &idx) == 0.0), "{id}: {}", market.id);
        }
    }
}

/// Third parties endorse and mediate, which calls for no answer, moves only tension towards themselves, and is no news: everything
/// measured but their own acts is between others (that relations are restored sooner once somebody has mediated is left out here). Their announcements do take numbers, so acts by others may be named differently as a cause.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_third_parties_everything_between_the_two_sides_is_as_it_was() {
    for id in SCENARIOS {
        let without_easing =
            |off: &str| play(id, None, &[UNLIMITED, &format!("dispositions.off=[\"easing\"{off}]")]);
        let (base, off) = (without_easing(""), without_easing(", \"third_parties\""));
        // What third states themselves do is the only thing that is gone.
        same_numbers(&base, &off, |outcome| !outcome.starts_with("state."));
        let sides: Vec<u16> = base
            .setting()
            .issues
            .iter()
            .flat_map(|issue| [issue.positive, issue.negative].into_iter().flatten())
            .map(|state| state.0)
            .collect();
        let by_sides = |outcome: &Outcome| -> Vec<_> {
            let acts = outcome.acts.iter().filter(|act| sides.contains(&act.actor) || !act.is_diplomatic());
            acts.map(|act| (act.time, act.actor, act.target, act.code, act.instrument, act.rung)).collect()
        };
        let mut n_third = 0;
        for (left, right) in base.outcomes.iter().zip(&off.outcomes) {
            assert_eq!(by_sides(left), by_sides(right), "{id}, run {}", left.run);
            assert_eq!(
                right.acts.len(),
                by_sides(right).len(),
                "{id}, run {}: a third party acts",
                right.run
            );
            n_third += left.acts.len() - by_sides(left).len();
        }
        assert!(n_third > 0, "{id}: no third party acts in any run");
    }
}

/// Number of acts of states in a run.
fn diplomatic(outcome: &Outcome) -> usize {
    outcome.acts.iter().filter(|act| act.is_diplomatic()).count()
}

/// Press coverage is spread by other accounts as messages of its own: the original spreads as it did. What governments hear, and so what
/// they do, and what private traders know may change.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_the_press_messages_spread_as_they_did_and_prices_have_the_same_noise() {
    for id in SCENARIOS {
        let (base, off) = (uncrowded(id, None), uncrowded_without(id, "press"));
        same_numbers(&base, &off, |outcome| is_of_spreading(outcome, base.setting()));
        same_noise(&base, &off);
        for message in &off.setting().script.messages {
            let coverage = format!("message.{}.coverage", message.id);
            assert!((0..off.outcomes.len()).all(|run| off.value(run, &coverage) == 0.0), "{id}: {coverage}");
        }
    }
}

/// Without answers, messages that have a time of their own spread, are covered and are heard as they were. How they are understood is
/// drawn when a government decides, which it no longer does.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_responses_messages_spread_are_covered_and_are_heard_as_they_were() {
    for id in SCENARIOS {
        let (base, off) = (uncrowded(id, None), uncrowded_without(id, "response"));
        let timed = |name: &str| {
            let messages = base.setting().script.messages.iter();
            messages
                .filter(|message| matches!(message.when, When::At(_)))
                .map(|message| format!("message.{}.{name}", message.id))
                .collect::<Vec<_>>()
        };
        let also = ["coverage", "heard", "reach_target"].map(timed).concat();
        same_numbers(&base, &off, |outcome| {
            is_of_spreading(outcome, base.setting()) || also.iter().any(|id| id == outcome)
        });
        same_noise(&base, &off);
        let n_forced = off.setting().script.acts.len();
        assert!(off.outcomes.iter().all(|run| diplomatic(run) == n_forced), "{id}: somebody acts");
    }
}

/// Texts change nothing but their count; a rate of zero changes no text.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_mutation_all_but_the_variants_is_as_it_was() {
    let is_of_variants =
        |outcome: &str| outcome.ends_with(".variants") || outcome.ends_with(".largest_variant");
    for id in SCENARIOS {
        let (base, off) = (play(id, None, &[]), without(id, "mutation"));
        same_numbers(&base, &off, |outcome| !is_of_variants(outcome));
        same_acts(&base, &off);
        let never = play(id, None, &["dispositions.mutation.rate=0"]);
        same_numbers(&off, &never, |_| true);
        let variants = |played: &Played| -> f64 {
            let columns = played.layout().outcomes.iter().enumerate();
            let columns = columns.filter(|(_, spec)| spec.id.ends_with(".variants")).map(|(idx, _)| idx);
            let values = columns.flat_map(|idx| played.outcomes.iter().map(move |run| run.scalars[idx]));
            values.filter(|value| value.is_finite()).fold(0.0, f64::max)
        };
        assert!(variants(&base) > 1.0 && variants(&off) == 1.0, "{id}: {} variants", variants(&base));
    }
}

/// Attention that nothing exhausts is none at all, to the last bit.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn unlimited_attention_is_no_attention() {
    for id in SCENARIOS {
        let (unlimited, off) = (uncrowded(id, None), without(id, "attention"));
        same_numbers(&unlimited, &off, |_| true);
        same_acts(&unlimited, &off);
    }
}

/// First instant at which two scripts differ in what they let happen.
fn parting(base: &Setting, other: &Setting) -> SimTime {
    let time = |message: &ScriptMessage| match message.when {
        When::At(time) => time,
        When::AfterAct { .. } | When::AfterMessage { .. } | When::AfterShock { .. } => {
            panic!("`{}` has no time of its own", message.id)
        }
    };
    let of_message = |(left, right): (&ScriptMessage, &ScriptMessage)| {
        if left == right {
            return SimTime::NEVER;
        }
        let posted = time(left).min(time(right));
        let but_for_deletion = ScriptMessage { deleted_after: left.deleted_after, ..right.clone() };
        if *left == but_for_deletion {
            let deleted = [left, right].into_iter().filter_map(|message| message.deleted_after);
            deleted.map(|after| posted + after).min().unwrap_or(posted)
        } else {
            posted
        }
    };
    let messages = base.script.messages.iter().zip(&other.script.messages);
    messages.map(of_message).min().unwrap_or(SimTime::NEVER)
}

#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn an_intervention_changes_nothing_before_it_and_nothing_of_messages_that_it_leaves_alone() {
    for id in SCENARIOS {
        let base = uncrowded(id, None);
        let arms: Vec<String> = load(id, None, &[SMALL]).file.interventions.keys().cloned().collect();
        assert!(arms.len() >= 4, "{id}: {arms:?}");
        for arm in arms {
            let other = uncrowded(id, Some(&arm));
            let parting = parting(base.setting(), other.setting());
            assert!(parting < base.setting().horizon, "{id}, {arm}: the arm changes no message");
            for (left, right) in base.outcomes.iter().zip(&other.outcomes) {
                let before = |outcome: &Outcome| -> Vec<ActRow> {
                    outcome.acts.iter().filter(|act| act.time < parting).cloned().collect()
                };
                assert_eq!(before(left), before(right), "{id}, {arm}, run {}", left.run);
            }
            if base.setting().reference == other.setting().reference {
                same_series_before(parting, &base, &other);
            }
            let changed: Vec<&str> = (base.setting().script.messages.iter())
                .zip(&other.setting().script.messages)
                .filter(|(left, right)| left != right)
                .map(|(left, _)| left.id.as_str())
                .collect();
            let is_left_alone = |outcome: &str| {
                let touched = |message: &&str| outcome.starts_with(&format!("message.{message}."));
                is_of_spreading(outcome, base.setting()) && !changed.iter().any(touched)
            };
            if base.layout().outcomes.iter().any(|spec| is_left_alone(&spec.id))
                && base.layout().bins == other.layout().bins
            {
                same_numbers_by_id(&base, &other, is_left_alone);
            }
        }
    }
}

/// Series of both, in the bins that end before `parting`, by id.
fn same_series_before(parting: SimTime, base: &Played, other: &Played) {
    let bins = &base.layout().bins;
    assert_eq!(*bins, other.layout().bins);
    let n_before = bins.partition_point(|&end| end < parting);
    assert!(n_before > 0, "no bin ends before {parting:?}");
    for (idx, spec) in base.layout().series.iter().enumerate() {
        let place = other.layout().series.iter().position(|other| other.id == spec.id).unwrap();
        for (left, right) in base.outcomes.iter().zip(&other.outcomes) {
            let before = |outcome: &Outcome, idx: usize| -> Vec<u32> {
                outcome.series[idx * bins.len()..][..n_before].iter().map(|value| value.to_bits()).collect()
            };
            assert_eq!(before(left, idx), before(right, place), "{} in run {}", spec.id, left.run);
        }
    }
}

/// As [`same_numbers`] for outcomes, where the two layouts may differ.
fn same_numbers_by_id(base: &Played, other: &Played, is_untouched: impl Fn(&str) -> bool) {
    for spec in base.layout().outcomes.iter().filter(|spec| is_untouched(&spec.id)) {
        for run in 0..base.outcomes.len() {
            let (before, after) = (base.value(run, &spec.id), other.value(run, &spec.id));
            assert_eq!(before.to_bits(), after.to_bits(), "run {run}: {} was {before}, is {after}", spec.id);
        }
    }
}

/// The abnormal return is measured against what would really have happened: the same run in which the thread was never posted.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn the_return_without_the_news_is_that_of_the_run_in_which_the_thread_is_never_posted() {
    let (base, never) = (play(TARIFF, None, &[]), play(TARIFF, Some("never-sent"), &[]));
    for run in 0..base.outcomes.len() {
        for market in &base.setting().markets {
            let first = |played: &Played, name: &str| {
                played.value(run, &format!("market.{}.first_session_{name}", market.id))
            };
            let without_news = first(&base, "return") - first(&base, "abnormal_return");
            let never_sent = first(&never, "return");
            assert!(
                (without_news - never_sent).abs() <= 1e-12,
                "run {run}, {}: {without_news}, {never_sent}",
                market.id
            );
            assert_eq!(first(&never, "abnormal_return"), 0.0, "run {run}, {}", market.id);
        }
    }
}

/// With unlimited attention (each coin then counts alone) and one frame only (where the first to show a message decides how it is framed, a new sharer can turn those behind it), whoever
/// shares at some infectiousness shares at a higher one, and not later.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn more_infectious_messages_lose_no_sharer() {
    for id in SCENARIOS {
        let levels = ["0.0003", "0.0006", "0.0007", "0.0014"].map(|level| {
            let set = [
                SMALL,
                "dispositions.off=[\"framing\", \"attention\"]",
                &format!("dispositions.sharing.infectiousness={level}"),
            ];
            sharers(id, &set, 100)
        });
        for pair in levels.windows(2) {
            for ((message, run), few) in &pair[0] {
                let many = &pair[1][&(message.clone(), *run)];
                for (account, time) in few {
                    let later = many.get(account);
                    assert!(
                        later.is_some_and(|later| later <= time),
                        "{message}, run {run}: {account:?} at {time:?}, then {later:?}"
                    );
                }
            }
        }
        let total = |level: &BTreeMap<_, BTreeMap<AccountId, SimTime>>| {
            level.values().map(BTreeMap::len).sum::<usize>()
        };
        assert!(
            total(&levels[0]) > 100 && total(&levels[3]) > 2 * total(&levels[0]),
            "{id}: nothing to compare"
        );
    }
}

/// Who shared each timed message in each run, and when.
fn sharers(id: &str, set: &[&str], runs: u64) -> BTreeMap<(String, u64), BTreeMap<AccountId, SimTime>> {
    let scenario = load(id, None, set);
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let mut stage = Stage::new(&scenario, &simulation);
    let messages = &simulation.setting().script.messages;
    let timed: Vec<&ScriptMessage> =
        messages.iter().filter(|message| matches!(message.when, When::At(_))).collect();
    let mut sharers = BTreeMap::new();
    for run in 0..runs {
        let world = stage.play(run);
        for message in &timed {
            let nodes = world.spread(posted(world, &message.id).unwrap()).cascade.nodes();
            let shares = nodes.iter().skip(1).map(|node| (node.account, node.time)).collect();
            sharers.insert((message.id.clone(), run), shares);
        }
    }
    sharers
}

/// The stage plays what the simulation simulates, so what is seen on it holds of outcomes.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn a_run_on_stage_is_the_run_of_the_simulation() {
    let scenario = load(CANADA_SAUDI, None, &[SMALL]);
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let idx = column_idx(simulation.layout(), "message.freeland-aug-2.shares");
    let mut stage = Stage::new(&scenario, &simulation);
    for run in 0..50 {
        let outcome = simulation.run(run, &mut simulation.worker());
        let world = stage.play(run);
        let shares = world.spread(posted(world, "freeland-aug-2").unwrap()).cascade.shares();
        assert_eq!((outcome.scalars[idx], diplomatic(&outcome)), (shares, world.acts.len()), "run {run}");
    }
}
