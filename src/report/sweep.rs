//! A sweep for people and programs: a table, `sweep.json`, plots, and the files of its folder.

use crate::experiment::summary::{OutcomeSummary, Statistics};
use crate::experiment::sweep::{Part, Row, Sweep};
use crate::model::outcome::{Layout, OutcomeSpec};
use crate::report::bundle::{self, BundleFile, TableFormat, plot_files, push_table};
use crate::report::human::{self, Scale};
use crate::report::tables::sweep::{PointSummary, interval, mean, points, rows, word};
use crate::report::text::{Role, Style, length};
use crate::report::{ReportError, json, plot, tables};
use crate::text::{Kind, Value};
use rayon::prelude::*;
use serde_json::{Map, json};
use std::fmt::Write as _;

/// Name of the plan as it was run.
pub const PLAN: &str = "plan.toml";
/// Name of the folder with the rows.
pub const ROWS: &str = "runs";
/// Name of the file with everything that is known of every point.
const SUMMARY: &str = "sweep.json";
/// Points in the table for people at the most.
const MOST_LINES: usize = 60;
/// Plots where the scenario puts no outcome first.
const MOST_PLOTS: usize = 12;

/// Whether the folder of a sweep may have a file or folder of this name; others that lie beside them belong to the user.
pub fn is_part(name: &str) -> bool {
    let own = [PLAN, ROWS, SUMMARY, "points.parquet", "points.csv"];
    own.contains(&name) || [bundle::MANIFEST, bundle::SCENARIO, bundle::WORLD, "plots"].contains(&name)
}

/// Name of the file with the rows of a part.
pub fn part_name(index: usize) -> String {
    format!("{ROWS}/part-{index:05}.parquet")
}

/// The files with the rows of one part.
pub fn part_files(
    sweep: &Sweep,
    layout: &Layout,
    index: usize,
    part_rows: &[Row],
    format: TableFormat,
) -> Result<Vec<BundleFile>, ReportError> {
    let table = rows(sweep, layout, part_rows);
    let mut files = Vec::new();
    // CSV first: where there is the Parquet file, the part is complete.
    if format.has_csv() {
        files.push(BundleFile::new(format!("{ROWS}/part-{index:05}.csv"), tables::csv::encode(&table)?));
    }
    files.push(BundleFile::new(part_name(index), tables::parquet::encode(&table)?));
    Ok(files)
}

/// A sweep that was run.
#[derive(Debug)]
pub struct Swept<'a> {
    /// Id of the scenario.
    pub scenario: &'a str,
    /// Its title.
    pub title: &'a str,
    /// What was run.
    pub sweep: &'a Sweep,
    /// The outcomes.
    pub layout: &'a Layout,
    /// Ids of those that come first.
    pub highlighted: &'a [String],
    /// Every point in numbers.
    pub points: Vec<PointSummary>,
}

impl Swept<'_> {
    /// Runs without a result, and runs that used up their events.
    pub fn failed_and_incomplete(&self) -> (u64, u64) {
        let sum = |of: fn(&PointSummary) -> u64| self.points.iter().map(of).sum();
        (sum(|point| point.failed), sum(|point| point.incomplete))
    }

    /// The outcomes that come first, with their indices; all if the scenario names none.
    fn shown(&self) -> Vec<(usize, &OutcomeSpec)> {
        let all = self.layout.outcomes.iter().enumerate();
        if self.highlighted.is_empty() {
            return all.collect();
        }
        let find = |id: &String| all.clone().find(|(_, spec)| spec.id == *id);
        self.highlighted.iter().filter_map(find).collect()
    }

    /// What is known of every point, as JSON:
    /// `{scenario, design, runs, seed, parameters: [{path, unit}], points: [{point, values, failed, incomplete, error, outcomes: {ID: …}}]}`,
    /// outcomes as in `summary.json`.
    pub fn json(&self) -> serde_json::Value {
        let parameters = self
            .sweep
            .dimensions
            .iter()
            .map(|dimension| json!({"path": dimension.path, "unit": dimension.unit}));
        let point = |(index, summary): (usize, &PointSummary)| {
            let values = self.sweep.dimensions.iter().zip(&self.sweep.points[index]);
            let values: Map<_, _> =
                values.map(|(dimension, value)| (dimension.path.clone(), plain(value))).collect();
            let outcomes =
                self.layout.outcomes.iter().zip(&summary.outcomes).map(|(spec, &(n, statistics))| {
                    let outcome =
                        OutcomeSummary { id: spec.id.clone(), unit: spec.unit, n: n as usize, statistics };
                    (spec.id.clone(), json::statistics(&outcome).into())
                });
            json!({
                "point": index,
                "values": values,
                "failed": summary.failed,
                "incomplete": summary.incomplete,
                "error": summary.error,
                "outcomes": outcomes.collect::<Map<String, serde_json::Value>>(),
            })
        };
        json!({
            "scenario": self.scenario,
            "design": self.sweep.design.name(),
            "runs": self.sweep.runs,
            "seed": self.sweep.seed,
            "parameters": parameters.collect::<Vec<_>>(),
            "points": self.points.iter().enumerate().map(point).collect::<Vec<_>>(),
        })
    }

    /// The files that are made when all parts are there.
    pub fn files(&self, format: TableFormat) -> Result<Vec<BundleFile>, ReportError> {
        let mut files = vec![BundleFile::new(SUMMARY, json::to_bytes(&self.json()))];
        push_table(&mut files, &points(self.sweep, self.layout, &self.points), format.with_parquet())?;
        let drawn = |(index, spec): (usize, &OutcomeSpec)| {
            let values = self.points.iter().map(|point| point.outcomes[index].1).collect();
            plot::sweep_plot(self.title, self.sweep, spec, values).transpose()
        };
        let plots: Result<Vec<_>, _> =
            self.shown().into_par_iter().take(MOST_PLOTS).filter_map(drawn).collect();
        files.extend(plots?.into_iter().flat_map(plot_files));
        Ok(files)
    }

    /// The table for people: a line a point, a column an outcome with its mean and its 95 % interval (half of it for a number), as
    /// many as fit into `width`.
    pub fn table(&self, width: usize, style: Style) -> String {
        let runs = human::grouped(self.sweep.runs);
        let title = format!(
            "{}  {} points of {runs} runs each, seed {}",
            self.scenario,
            self.points.len(),
            self.sweep.seed
        );
        let shown_points = self.points.len().min(MOST_LINES);
        let mut columns: Vec<Vec<String>> = Vec::new();
        for (index, dimension) in self.sweep.dimensions.iter().enumerate() {
            let values =
                self.sweep.points[..shown_points].iter().map(|point| word(&point[index]).into_owned());
            columns.push(headed(&dimension.path, values));
        }
        let mut left_out = 0;
        for (index, spec) in self.shown() {
            let cells = self.points[..shown_points].iter().map(|point| cell(spec, &point.outcomes[index].1));
            let column = headed(&spec.id, cells);
            let taken: usize = columns.iter().chain([&column]).map(|column| widest(column) + 2).sum();
            if taken > width && columns.len() > self.sweep.dimensions.len() {
                left_out += 1;
            } else {
                columns.push(column);
            }
        }
        let mut text = style.paint(Role::Heading, &title) + "\n\n";
        let heads = columns.iter().map(|column| column.len() - shown_points).max().unwrap_or(0);
        for line in 0..heads + shown_points {
            let cells = columns.iter().map(|column| {
                // Names end just above the values.
                let skipped = heads + shown_points - column.len();
                let cell = line.checked_sub(skipped).map_or("", |line| column[line].as_str());
                format!("{}{cell}  ", " ".repeat(widest(column) - length(cell)))
            });
            let cells: String = cells.collect();
            let role = if line < heads { Role::Quiet } else { Role::Plain };
            text += &(style.paint(role, cells.trim_end()) + "\n");
        }
        if self.points.len() > shown_points {
            let _ = writeln!(text, "… and {} more points", self.points.len() - shown_points);
        }
        if left_out > 0 {
            let _ = writeln!(
                text,
                "{left_out} more outcomes that come first do not fit; all are in points.parquet"
            );
        }
        text
    }
}

/// A column with its name in pieces, one a line, above its values.
fn headed(name: &str, values: impl Iterator<Item = String>) -> Vec<String> {
    name.split('.').map(str::to_owned).chain(values).collect()
}

fn widest(column: &[String]) -> usize {
    column.iter().map(|cell| length(cell)).max().unwrap_or(0)
}

fn cell(spec: &OutcomeSpec, statistics: &Statistics) -> String {
    let middle = mean(statistics);
    let (low, high) = interval(statistics);
    if !middle.is_finite() {
        return human::NOTHING.to_owned();
    }
    let scale = Scale::of(spec.unit, middle);
    let half = (high - low) / 2.0;
    match statistics {
        // Its interval is not centred on it.
        Statistics::Proportion { .. } => {
            let [middle, low, high] = [middle, low, high].map(|value| scale.number(value));
            scale.around(&format!("{middle} ({low}…{high})"))
        }
        Statistics::Distribution { .. } if half.is_finite() => {
            scale.around(&format!("{} ±{}", scale.number(middle), scale.number(half)))
        }
        Statistics::Distribution { .. } => scale.text(middle),
    }
}

/// A value as JSON has it; quantities and times are text.
fn plain(value: &Value) -> serde_json::Value {
    match &value.kind {
        Kind::Integer(number) => (*number).into(),
        Kind::Float(number) => (*number).into(),
        Kind::Boolean(truth) => (*truth).into(),
        _ => word(value).into(),
    }
}

/// Rows of all parts.
pub fn n_rows(parts: &[Part]) -> u64 {
    parts.iter().map(Part::n_rows).sum()
}
