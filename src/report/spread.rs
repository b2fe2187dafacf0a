//! What the command `cascade` prints: how far a message spreads on a plain graph.

use super::human::{self, grouped};
use super::json::to_bytes;
use crate::diffusion::Spread;
use crate::model::outcome::Unit;
use crate::stats::interval::of_mean;
use crate::stats::quantile::{self, Method};
use crate::stats::summary::Moments;
use serde_json::{Map, Value, json};

/// Level of the interval of a mean.
const LEVEL: f64 = 0.95;
/// Quantiles that are printed, and their keys.
const QUANTILES: [(&str, f64); 5] =
    [("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95)];

/// What was run, on what.
#[derive(Debug, Clone, PartialEq)]
pub struct Setup {
    /// Name of the rule.
    pub model: &'static str,
    /// Its parameters in words of the command line.
    pub parameters: Vec<(&'static str, f64)>,
    /// Nodes of the graph.
    pub nodes: u32,
    /// Edges of the graph.
    pub edges: u64,
    /// Edges of the file that were left out since they lead from a node to itself.
    pub n_self_loops: u64,
    /// Edges of the file that were left out since they had been named before.
    pub n_duplicates: u64,
    /// Where the message starts: names of nodes with their numbers of followers.
    pub seed_nodes: Vec<(String, u32)>,
    /// Seed of all runs.
    pub seed: u64,
}

/// How long it took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Threads that ran.
    pub threads: usize,
    /// Reading the graph and making it ready.
    pub load_seconds: f64,
    /// All runs together, by the clock on the wall.
    pub run_seconds: f64,
}

/// Sizes over all runs.
#[derive(Debug)]
struct Sizes {
    moments: Moments,
    sorted: Vec<f64>,
}

impl Sizes {
    fn of(sizes: impl Iterator<Item = u64> + Clone) -> Self {
        let mut sorted: Vec<f64> = sizes.clone().map(|size| size as f64).collect();
        quantile::sort(&mut sorted);
        Self { moments: Moments::of(sizes.map(|size| size as f64)), sorted }
    }

    fn quantile(&self, p: f64) -> f64 {
        quantile::sorted(&self.sorted, p, Method::Inverse)
    }
}

/// The result for programs. Times apart, equal runs give equal bytes.
///
/// `mean` and the quantiles are of the number of sharers, seeds included (of shares under `hawkes`); `seconds_per_run` is wall time of all
/// runs divided by runs, loading excluded; `edges_per_second` counts the edges from all sharers. What does not exist is `null`.
pub fn json_bytes(setup: &Setup, timing: &Timing, spreads: &[Spread]) -> Vec<u8> {
    let sizes = Sizes::of(spreads.iter().map(|spread| spread.sharers));
    let exposures: u64 = spreads.iter().map(|spread| spread.exposures).sum();
    let runs = spreads.len() as f64;
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("model", setup.model.into());
    let parameters = setup.parameters.iter().map(|&(name, value)| (name.to_owned(), json!(value)));
    put("parameters", parameters.collect::<Map<_, _>>().into());
    put("nodes", setup.nodes.into());
    put("edges", setup.edges.into());
    put("n_self_loops", setup.n_self_loops.into());
    put("n_duplicates", setup.n_duplicates.into());
    put("seed_nodes", setup.seed_nodes.iter().map(|(name, _)| name.as_str()).collect());
    put("seed", setup.seed.into());
    put("runs", spreads.len().into());
    put("threads", timing.threads.into());
    put("mean", json!(sizes.moments.mean()));
    put("standard_error", json!(sizes.moments.standard_error()));
    put("sd", json!(sizes.moments.sd()));
    for (key, p) in QUANTILES {
        put(key, json!(sizes.quantile(p)));
    }
    put("max", json!(sizes.quantile(1.0)));
    put("mean_exposures", json!(exposures as f64 / runs));
    put("seconds_per_run", json!(timing.run_seconds / runs));
    put("load_seconds", json!(timing.load_seconds));
    put("edges_per_second", json!(exposures as f64 / timing.run_seconds));
    to_bytes(&object.into())
}

/// The result for people, which does not depend on the time it took.
pub fn table(setup: &Setup, spreads: &[Spread]) -> String {
    let parameter = |&(name, value): &(&str, f64)| {
        let is_tiny = value != 0.0 && value.abs() < 1e-6;
        if is_tiny { format!("{name} {value:e}, ") } else { format!("{name} {value}, ") }
    };
    let parameters: Vec<String> = setup.parameters.iter().map(parameter).collect();
    let seeds: Vec<String> = setup
        .seed_nodes
        .iter()
        .map(|(name, followers)| format!("{name} ({} followers)", grouped(u64::from(*followers))))
        .collect();
    let sharers = Sizes::of(spreads.iter().map(|spread| spread.sharers));
    let exposures = Sizes::of(spreads.iter().map(|spread| spread.exposures));
    let what = if setup.model == "hawkes" { "shares" } else { "sharers" };
    let line = |cells: [String; 6]| {
        let [name, mean, interval, low, middle, high] = cells;
        format!("{name:<10}{mean:>10}  {interval:>16}{low:>10}{middle:>10}{high:>10}\n")
    };
    let row = |name: &str, sizes: &Sizes| {
        let number = |value| human::value(Unit::Count, value);
        let interval = of_mean(&sizes.moments, LEVEL);
        line([
            name.to_owned(),
            number(sizes.moments.mean()),
            human::range(Unit::Count, interval.low, interval.high),
            number(sizes.quantile(0.05)),
            number(sizes.quantile(0.5)),
            number(sizes.quantile(0.95)),
        ])
    };
    format!(
        "{}, {}from {}\n{} runs, seed {}, on {} nodes and {} edges\n\n{}{}{}",
        setup.model,
        parameters.concat(),
        seeds.join(", "),
        grouped(spreads.len() as u64),
        setup.seed,
        grouped(u64::from(setup.nodes)),
        grouped(setup.edges),
        line(["", "mean", "95 % interval", "5 %", "50 %", "95 %"].map(str::to_owned)),
        row(what, &sharers),
        row("exposures", &exposures),
    )
}

/// What the runs cost, in one line for people.
pub fn speed(timing: &Timing, spreads: &[Spread]) -> String {
    let exposures: u64 = spreads.iter().map(|spread| spread.exposures).sum();
    let per_run = timing.run_seconds / spreads.len() as f64;
    let per_second = exposures as f64 / timing.run_seconds;
    format!(
        "{} per run on {} {}, {} edges/s; graph read in {:.2} s",
        duration(per_run),
        timing.threads,
        if timing.threads == 1 { "thread" } else { "threads" },
        human::value(Unit::Count, per_second),
        timing.load_seconds,
    )
}

/// A short time with three digits.
fn duration(seconds: f64) -> String {
    let (factor, unit) = match seconds {
        s if s >= 0.9995 => (1.0, "s"),
        s if s >= 0.000_999_5 => (1e3, "ms"),
        _ => (1e6, "µs"),
    };
    format!("{} {unit}", human::value(Unit::Points, seconds * factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> Setup {
        Setup {
            model: "ic",
            parameters: vec![("p", 0.03)],
            nodes: 100_000,
            edges: 2_000_000,
            n_self_loops: 1,
            n_duplicates: 2,
            seed_nodes: vec![("17".into(), 5_367)],
            seed: 1,
        }
    }

    #[test]
    fn people_get_a_table_and_programs_the_keys_of_the_contract() {
        let spreads: Vec<Spread> =
            (1..=100).map(|run| Spread { sharers: 1000 + run, exposures: 2 * run }).collect();
        let text = table(&setup(), &spreads);
        let expected = "\
ic, p 0.03, from 17 (5,367 followers)
100 runs, seed 1, on 100,000 nodes and 2,000,000 edges

                mean     95 % interval       5 %      50 %      95 %
sharers       1.05 k     1.04…1.06 k    1.00 k    1.05 k    1.09 k
exposures        101         89.5…113        10       100       190
";
        let tiny = Setup { parameters: vec![("p", 1e-300), ("recovery", 1.0)], ..setup() };
        assert!(table(&tiny, &spreads).starts_with("ic, p 1e-300, recovery 1, from 17"));
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(squeeze(&text), squeeze(expected));
        let timing = Timing { threads: 2, load_seconds: 0.25, run_seconds: 0.05 };
        let value: Value = serde_json::from_slice(&json_bytes(&setup(), &timing, &spreads)).unwrap();
        assert_eq!((value["mean"].as_f64(), value["q50"].as_f64()), (Some(1050.5), Some(1050.0)));
        assert_eq!(value["seconds_per_run"].as_f64(), Some(0.0005));
        assert_eq!(value["edges_per_second"].as_f64(), Some(10_100.0 / 0.05));
        let error = value["standard_error"].as_f64().unwrap();
        assert!((error - (10_100.0_f64 / 12.0).sqrt() / 10.0).abs() < 1e-9, "{error}");
        assert_eq!(
            speed(&timing, &spreads),
            "500 µs per run on 2 threads, 202 k edges/s; graph read in 0.25 s"
        );
    }

    #[test]
    fn one_run_has_no_deviation() {
        let spreads = [Spread { sharers: 3, exposures: 4 }];
        let timing = Timing { threads: 1, load_seconds: 0.0, run_seconds: 1.0 };
        let value: Value = serde_json::from_slice(&json_bytes(&setup(), &timing, &spreads)).unwrap();
        assert_eq!((value["mean"].as_f64(), &value["standard_error"]), (Some(3.0), &Value::Null));
        assert!(table(&setup(), &spreads).contains('–'));
    }
}
