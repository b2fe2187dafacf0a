//! What the `network` command prints: a table for people, an object for programs.

use super::human::{NOTHING, grouped};
use super::text::{Role, Style};
use crate::graphs::labels::{Label, Labels};
use crate::graphs::load::Loaded;
use crate::graphs::measure::components::Components;
use crate::graphs::measure::degrees::Degrees;
use crate::graphs::measure::{Estimate, Measures};
use crate::stats::interval::Interval;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Width of the column of names.
const NAME: usize = 26;

/// Where a graph comes from.
#[derive(Debug)]
pub struct Origin<'a> {
    /// The file, the scenario or the recipe.
    pub name: &'a str,
    /// What was found while reading, if it was read from a file.
    pub file: Option<FileNotes>,
}

/// What was left out while a file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileNotes {
    /// Form of the file.
    pub format: &'static str,
    /// Edges from a node to itself.
    pub n_self_loops: u64,
    /// Edges that had been named before.
    pub n_duplicates: u64,
}

impl From<&Loaded> for FileNotes {
    fn from(loaded: &Loaded) -> Self {
        Self {
            format: loaded.format.name(),
            n_self_loops: loaded.n_self_loops,
            n_duplicates: loaded.n_duplicates,
        }
    }
}

/// The table.
pub fn table(origin: &Origin<'_>, measures: &Measures, labels: &Labels, style: Style) -> String {
    let mut text = format!("{}\n", style.paint(Role::Heading, origin.name));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:NAME$}{value}");
    };
    line("nodes", grouped(u64::from(measures.n_nodes)));
    line("edges", grouped(measures.n_edges));
    if let Some(file) = origin.file {
        let left_out = format!(
            "{} self-loops, {} duplicates ({})",
            grouped(file.n_self_loops),
            grouped(file.n_duplicates),
            file.format
        );
        line("left out", left_out);
    }
    line("mean degree", number(measures.mean_degree()));
    for (name, degrees) in [("audience", &measures.audience), ("following", &measures.following)] {
        let sizes = format!(
            "median {}, max {}, {} with none",
            grouped(u64::from(degrees.median)),
            grouped(u64::from(degrees.max)),
            grouped(u64::from(degrees.n_zero))
        );
        line(name, sizes);
        line(&format!("{name} exponent"), exponent(degrees));
    }
    line("correlation of the two", number(measures.correlation));
    line(
        "reciprocity",
        format!(
            "{} of edges, {} of pairs",
            share(measures.reciprocity.edges),
            share(measures.reciprocity.pairs)
        ),
    );
    line("assortativity", assortativity(measures));
    let clustering = &measures.clustering;
    line(
        "clustering",
        format!("local {}, global {}", estimate(clustering.local), estimate(clustering.global)),
    );
    for (name, components) in [("weak components", &measures.weak), ("strong components", &measures.strong)] {
        let giant = share(components.giant_share);
        line(name, format!("{}, the largest with {giant} of nodes", grouped(u64::from(components.n))));
    }
    let paths = &measures.paths;
    line(
        "path length",
        format!(
            "mean {}, longest seen {}, {} of pairs connected",
            estimate(paths.mean),
            paths.longest,
            share(paths.reachable)
        ),
    );
    let top: Vec<String> = measures
        .top
        .iter()
        .map(|ranked| format!("{} ({:.2} %)", labels.label(ranked.node), 100.0 * ranked.rank))
        .collect();
    if !top.is_empty() {
        line("PageRank", top.join(", "));
    }
    let _ = writeln!(text, "  {}", style.paint(Role::Quiet, &samples(measures)));
    text
}

/// What intervals rest on.
fn samples(measures: &Measures) -> String {
    let pairs = measures.clustering.n_sampled.map(|n| format!("{} pairs of neighbours", grouped(n)));
    let sources = (!measures.paths.is_exact)
        .then(|| format!("paths from {} accounts", grouped(u64::from(measures.paths.n_sources))));
    let sampled: Vec<String> = pairs.into_iter().chain(sources).collect();
    let rest = if sampled.is_empty() { String::new() } else { format!("; sampled: {}", sampled.join(", ")) };
    format!("95 % intervals in brackets{rest}")
}

pub(super) fn exponent(degrees: &Degrees) -> String {
    degrees.tail.map_or_else(
        || NOTHING.to_owned(),
        |tail| {
            format!(
                "{:.2} {} of {} accounts from {} on",
                tail.exponent,
                interval(tail.interval, 2),
                grouped(tail.n_tail),
                grouped(tail.x_min)
            )
        },
    )
}

fn assortativity(measures: &Measures) -> String {
    let found = &measures.assortativity;
    format!(
        "audience–following {}, audience–audience {}, following–following {}, following–audience {}",
        number(found.audience_following),
        number(found.audience_audience),
        number(found.following_following),
        number(found.following_audience)
    )
}

pub(super) fn number(value: f64) -> String {
    if value.is_finite() { format!("{value:.3}").replace('-', "−") } else { NOTHING.to_owned() }
}

fn share(value: f64) -> String {
    if value.is_finite() { format!("{:.2} %", 100.0 * value) } else { NOTHING.to_owned() }
}

pub(super) fn estimate(estimate: Estimate) -> String {
    if estimate.interval.low < estimate.interval.high {
        format!("{} {}", number(estimate.value), interval(estimate.interval, 3))
    } else {
        number(estimate.value)
    }
}

pub(super) fn interval(interval: Interval, decimals: usize) -> String {
    format!("[{:.decimals$}, {:.decimals$}]", interval.low, interval.high)
}

/// The object: numbers that do not exist are `null`.
pub fn json(origin: &Origin<'_>, measures: &Measures, labels: &Labels) -> Value {
    let file = origin.file.map(|file| {
        json!({ "format": file.format, "self_loops": file.n_self_loops, "duplicates": file.n_duplicates })
    });
    let components = |of: &Components| json!({ "n": of.n, "giant": of.giant, "giant_share": of.giant_share });
    let top: Vec<Value> = measures
        .top
        .iter()
        .map(|ranked| {
            let id = match labels.label(ranked.node) {
                Label::Number(number) => json!(number),
                Label::Text(text) => json!(text),
            };
            json!({ "id": id, "rank": ranked.rank, "audience": ranked.audience })
        })
        .collect();
    json!({
        "source": origin.name,
        "file": file,
        "nodes": measures.n_nodes,
        "edges": measures.n_edges,
        "mean_degree": measures.mean_degree(),
        "audience": degrees(&measures.audience),
        "following": degrees(&measures.following),
        "correlation": measures.correlation,
        "reciprocity": { "edges": measures.reciprocity.edges, "pairs": measures.reciprocity.pairs },
        "assortativity": {
            "audience_following": measures.assortativity.audience_following,
            "audience_audience": measures.assortativity.audience_audience,
            "following_following": measures.assortativity.following_following,
            "following_audience": measures.assortativity.following_audience,
        },
        "clustering": {
            "local": measures.clustering.local.value,
            "local_ci": ends(measures.clustering.local.interval),
            "global": measures.clustering.global.value,
            "global_ci": ends(measures.clustering.global.interval),
            "sampled_pairs": measures.clustering.n_sampled,
        },
        "components": { "weak": components(&measures.weak), "strong": components(&measures.strong) },
        "path_length": {
            "mean": measures.paths.mean.value,
            "mean_ci": ends(measures.paths.mean.interval),
            "longest": measures.paths.longest,
            "reachable": measures.paths.reachable,
            "sources": measures.paths.n_sources,
            "exact": measures.paths.is_exact,
        },
        "pagerank": top,
    })
}

pub(super) fn degrees(degrees: &Degrees) -> Value {
    let tail = degrees.tail.map(|tail| {
        json!({
            "exponent": tail.exponent,
            "exponent_ci": ends(tail.interval),
            "x_min": tail.x_min,
            "n": tail.n_tail,
            "distance": tail.distance,
        })
    });
    json!({ "median": degrees.median, "max": degrees.max, "zero": degrees.n_zero, "tail": tail })
}

pub(super) fn ends(interval: Interval) -> Value {
    json!([interval.low, interval.high])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::RunKey;
    use crate::graphs::load::load;

    fn measured(text: &str) -> (Loaded, Measures) {
        let loaded = load("x.txt", text.as_bytes(), None).unwrap();
        let measures = Measures::of(&loaded.graph, 2, RunKey::new(0, 0));
        (loaded, measures)
    }

    #[test]
    fn a_small_graph_is_told_in_whole() {
        let (loaded, measures) = measured("10 20\n20 10\n10 30\n30 30\n20 30\n20 30\n");
        let origin = Origin { name: "x.txt", file: Some((&loaded).into()) };
        let text = table(&origin, &measures, &loaded.labels, Style::Plain);
        for line in [
            "x.txt\n",
            "  nodes                     3\n",
            "  edges                     4\n",
            "  left out                  1 self-loops, 1 duplicates (edge list)\n",
            "  mean degree               1.333\n",
            "  audience                  median 2, max 2, 1 with none\n",
            "  audience exponent         –\n",
            "  reciprocity               50.00 % of edges, 33.33 % of pairs\n",
            "  clustering                local 1.000, global 1.000\n",
            "  weak components           1, the largest with 100.00 % of nodes\n",
            "  strong components         2, the largest with 66.67 % of nodes\n",
            "  path length               mean 1.000, longest seen 1, 66.67 % of pairs connected\n",
        ] {
            assert!(text.contains(line), "`{line}` is not in\n{text}");
        }
        let object = json(&origin, &measures, &loaded.labels);
        assert_eq!(object["file"], json!({ "format": "edge list", "self_loops": 1, "duplicates": 1 }));
        assert_eq!((&object["nodes"], &object["edges"]), (&json!(3), &json!(4)));
        assert_eq!(object["components"]["strong"], json!({ "n": 2, "giant": 2, "giant_share": 2.0 / 3.0 }));
        assert_eq!(object["audience"]["tail"], Value::Null);
        assert_eq!(object["pagerank"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_does_not_exist_is_a_dash_or_null() {
        let (loaded, measures) = measured("7 7\n");
        let origin = Origin { name: "x", file: None };
        let text = table(&origin, &measures, &loaded.labels, Style::Plain);
        assert!(text.contains("reciprocity               – of edges"), "{text}");
        let object = json(&origin, &measures, &loaded.labels);
        assert_eq!((&object["correlation"], &object["path_length"]["mean"]), (&Value::Null, &Value::Null));
    }
}
