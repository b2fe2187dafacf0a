//! Every bundled scenario gives the numbers that it gave.
//!
//! The numbers are those of 40 runs on a small network, in `tests/golden/ID.json`. Where a change is meant to move them, write them
//! anew with
//!
//! ```text
//! UPDATE_GOLDEN=1 cargo test --test it golden
//! ```
//!
//! and look at the difference before it is committed; the changelog says why they moved.

use crate::bundled::{SEED, ids, small_simulation};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::experiment::summary::{Statistics, Summary};
use twiplomacy::model::outcome::Outcome;

const RUNS: u64 = 40;
/// Relative difference that is put down to the order of floating-point sums.
const TOLERANCE: f64 = 1e-10;

/// Events of each run, and of each outcome the runs in which it exists and its mean (or the share of yes).
fn numbers(id: &str) -> Value {
    let simulation = small_simulation(id);
    let outcomes = replicates(&simulation, 0..RUNS, 2, &Silent, &AtomicBool::new(false)).unwrap();
    let summary = Summary::of(simulation.layout(), id, SEED, &outcomes);
    let mean = |statistics: &Statistics| match statistics {
        Statistics::Proportion { p, .. } => *p,
        Statistics::Distribution { mean, .. } => *mean,
    };
    let means: Map<String, Value> = (summary.outcomes.iter())
        .map(|outcome| (outcome.id.clone(), json!({ "n": outcome.n, "mean": mean(&outcome.statistics) })))
        .collect();
    let per_run = |count: fn(&Outcome) -> u64| outcomes.iter().map(count).collect::<Vec<_>>();
    json!({
        "runs": RUNS,
        "seed": SEED,
        "accounts": simulation.setting().network.n_accounts(),
        "follow_relations": simulation.setting().network.n_edges(),
        "events": per_run(|outcome| outcome.events),
        "acts": per_run(|outcome| outcome.acts.len() as u64),
        "outcomes": means,
    })
}

/// What of `found` is not as in `golden`, a line each.
fn moved(golden: &Value, found: &Value) -> Vec<String> {
    let mut moved = Vec::new();
    for key in ["runs", "seed", "accounts", "follow_relations", "events", "acts"] {
        if golden[key] != found[key] {
            moved.push(format!("{key}: {} was {}", found[key], golden[key]));
        }
    }
    let empty = Map::new();
    let outcomes = |value: &'_ Value| value["outcomes"].as_object().unwrap_or(&empty).clone();
    let (was, is) = (outcomes(golden), outcomes(found));
    for (id, now) in &is {
        match was.get(id) {
            None => moved.push(format!("{id}: new")),
            Some(before) if !is_close(before, now) => moved.push(format!("{id}: {now} was {before}")),
            Some(_) => {}
        }
    }
    moved.extend(was.keys().filter(|id| !is.contains_key(*id)).map(|id| format!("{id}: gone")));
    moved
}

/// Whether two entries are of as many runs and have the same mean; the mean of no runs is `null`.
fn is_close(before: &Value, now: &Value) -> bool {
    let mean = |entry: &Value| entry["mean"].as_f64();
    before["n"] == now["n"]
        && match (mean(before), mean(now)) {
            (Some(before), Some(now)) => (before - now).abs() <= TOLERANCE * before.abs().max(now.abs()),
            (before, now) => before == now,
        }
}

fn path(id: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden", &format!("{id}.json")].iter().collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test reads and writes its golden files")]
fn golden_numbers_of_every_bundled_scenario_hold() {
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1");
    let mut report = Vec::new();
    for id in ids() {
        let found = numbers(id);
        if is_update {
            std::fs::write(path(id), serde_json::to_string_pretty(&found).unwrap() + "\n").unwrap();
            continue;
        }
        let text = std::fs::read_to_string(path(id)).unwrap_or_else(|_| "{}".to_owned());
        let moved = moved(&serde_json::from_str(&text).unwrap(), &found);
        report.extend(moved.into_iter().map(|line| format!("{id}: {line}")));
    }
    assert!(
        report.is_empty(),
        "{} numbers moved:\n{}\n\nhint: if they were meant to, run `UPDATE_GOLDEN=1 cargo test --test it golden`",
        report.len(),
        report.join("\n")
    );
}

#[test]
fn a_number_that_moves_by_more_than_rounding_is_seen() {
    let with = |mean: f64, n: u64| json!({ "outcomes": { "a": { "n": n, "mean": mean } } });
    assert!(moved(&with(3.0, 40), &with(3.0 + 1e-11, 40)).is_empty());
    assert_eq!(moved(&with(3.0, 40), &with(3.0 + 1e-9, 40)).len(), 1);
    assert_eq!(moved(&with(3.0, 40), &with(3.0, 39)).len(), 1);
    assert_eq!(moved(&with(f64::NAN, 0), &with(f64::NAN, 0)).len(), 0);
    assert_eq!(moved(&with(f64::NAN, 0), &with(0.0, 0)).len(), 1);
    assert_eq!(moved(&with(1.0, 1), &json!({ "outcomes": { "b": { "n": 1, "mean": 1.0 } } })).len(), 2);
    assert_eq!(moved(&json!({ "events": [4, 5] }), &json!({ "events": [4, 6] })).len(), 1);
}
