//! `summary.json`: every outcome with its statistics, in the order of the layout.
//!
//! Numbers that do not exist (no run in which the outcome exists, one run and so no deviation) are `null`.

use crate::experiment::summary::{OutcomeSummary, Placed, Statistics, Summary};
use crate::model::outcome::Layout;
use crate::stats::interval::Interval;
use serde_json::{Map, Value, json};

/// The summary as a JSON value, keys in a fixed order.
///
/// `{scenario, runs, seed, outcomes: {ID: …}}`; a number has `{unit, n, mean, sd, mean_ci, q05 … q95}`, a yes/no
/// `{unit, n, p, p_ci}`; both have `description`, and `recorded: {value, role, source, percentile}` (percentile
/// as a share of runs, 0 to 1) where history is known.
pub fn summary(summary: &Summary, layout: &Layout, recorded: &[Placed]) -> Value {
    let mut outcomes = Map::new();
    for (outcome, spec) in summary.outcomes.iter().zip(&layout.outcomes) {
        let mut entry = statistics(outcome);
        entry.insert("description".into(), spec.description.as_str().into());
        if let Some(placed) = recorded.iter().find(|placed| placed.recorded.outcome == outcome.id) {
            entry.insert("recorded".into(), recorded_value(placed));
        }
        outcomes.insert(outcome.id.clone(), entry.into());
    }
    json!({
        "scenario": summary.scenario,
        "runs": summary.runs,
        "seed": summary.seed,
        "outcomes": outcomes,
    })
}

/// [`summary`] as the bytes of the file.
pub fn summary_bytes(summary: &Summary, layout: &Layout, recorded: &[Placed]) -> Vec<u8> {
    to_bytes(&self::summary(summary, layout, recorded))
}

/// A JSON value as an indented text file.
pub fn to_bytes(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// The keys that depend on what kind of outcome it is.
pub(super) fn statistics(outcome: &OutcomeSummary) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("unit".into(), outcome.unit.name().into());
    entry.insert("n".into(), outcome.n.into());
    match outcome.statistics {
        Statistics::Proportion { p, interval } => {
            entry.insert("p".into(), p.into());
            entry.insert("p_ci".into(), pair(interval));
        }
        Statistics::Distribution { mean, sd, mean_interval, quantiles } => {
            entry.insert("mean".into(), mean.into());
            entry.insert("sd".into(), sd.into());
            entry.insert("mean_ci".into(), pair(mean_interval));
            for (name, value) in quantiles.named() {
                entry.insert(name.into(), value.into());
            }
        }
    }
    entry
}

fn pair(interval: Interval) -> Value {
    vec![interval.low, interval.high].into()
}

fn recorded_value(placed: &Placed) -> Value {
    json!({
        "value": placed.recorded.value,
        "role": placed.recorded.role.name(),
        "source": placed.recorded.source,
        "percentile": placed.percentile,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn keys_are_those_of_the_contract_and_keep_the_order_of_the_layout() {
        let sample = sample::ensemble(40);
        let placed = sample.placed();
        let value = summary(&sample.summary(), &sample.layout, &placed);
        assert_eq!(value["runs"], 40);
        let outcomes = value["outcomes"].as_object().unwrap();
        let ids: Vec<&str> = outcomes.keys().map(String::as_str).collect();
        let expected: Vec<&str> = sample.layout.outcomes.iter().map(|spec| spec.id.as_str()).collect();
        assert_eq!(ids, expected);
        let keys =
            |id: &str| outcomes[id].as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(keys("message.arabic-tweet.answered"), ["unit", "n", "p", "p_ci", "description"]);
        assert_eq!(
            keys("market.SSE.first_session_return"),
            [
                "unit",
                "n",
                "mean",
                "sd",
                "mean_ci",
                "q05",
                "q25",
                "q50",
                "q75",
                "q95",
                "description",
                "recorded"
            ]
        );
        let recorded = &outcomes["market.SSE.first_session_return"]["recorded"];
        assert_eq!(recorded["role"], "held_out");
        assert!(recorded["percentile"].is_number());
    }

    #[test]
    fn a_number_that_does_not_exist_is_null() {
        let mut sample = sample::ensemble(3);
        for outcome in &mut sample.outcomes {
            outcome.scalars.fill(f64::NAN);
        }
        let value = summary(&sample.summary(), &sample.layout, &[]);
        let shares = &value["outcomes"]["message.arabic-tweet.shares"];
        assert_eq!(shares["n"], 0);
        assert!(shares["mean"].is_null() && shares["q50"].is_null());
        assert_eq!(shares["mean_ci"], json!([null, null]));
        assert!(String::from_utf8(to_bytes(&value)).unwrap().ends_with("}\n"));
    }
}
