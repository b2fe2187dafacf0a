//! The tables of a sweep: rows of runs with the parameters of their points, and statistics of every point.

use super::read::Groups;
use super::{Cells, Column, Table, column, outcome_cells};
use crate::experiment::aggregate::{Scalar, Scalars};
use crate::experiment::summary::Statistics;
use crate::experiment::sweep::{Dimension, Part, Row, RowResult, Sweep, quantity};
use crate::model::outcome::{Layout, StopReason};
use crate::report::ReportError;
use crate::text::{Kind, Value, inline};
use std::borrow::Cow;

/// Columns before the outcomes, beside those of the parameters.
const OWN: [&str; 5] = ["point", "run", "stop", "events", "error"];

/// What `stop` says of a run of which there is no result.
const FAILED: &str = "failed";

/// Rows of runs, in their order; outcomes are those of `layout`.
pub fn rows<'a>(sweep: &'a Sweep, layout: &'a Layout, rows: &'a [Row]) -> Table<'a> {
    let ran = |row: &Row| match &row.result {
        RowResult::Ran { stop, events, .. } => (stop.name(), *events as i64),
        RowResult::Failed(_) => (FAILED, 0),
    };
    let error = |row: &'a Row| match &row.result {
        RowResult::Ran { .. } => None,
        RowResult::Failed(error) => Some(Cow::Borrowed(error.as_str())),
    };
    let points = Cells::Int64(rows.iter().map(|row| row.point as i64).collect());
    let mut columns = vec![column(OWN[0], "", "index of the point", points)];
    columns.extend(parameters(sweep, rows.iter().map(|row| row.point)));
    columns.extend([
        column(
            OWN[1],
            "",
            "index of the run; the same index has the same random numbers at every point",
            Cells::Int64(rows.iter().map(|row| row.run as i64).collect()),
        ),
        column(
            OWN[2],
            "",
            "why the run ended: finished, horizon or event_budget; failed if there is no result",
            Cells::Text(rows.iter().map(|row| ran(row).0.into()).collect()),
        ),
        column(OWN[3], "1", "events handled", Cells::Int64(rows.iter().map(|row| ran(row).1).collect())),
        column(
            OWN[4],
            "",
            "why there is no result; missing if there is one",
            Cells::MaybeText(rows.iter().map(error).collect()),
        ),
    ]);
    for (index, spec) in layout.outcomes.iter().enumerate() {
        let values = rows.iter().map(|row| match &row.result {
            RowResult::Ran { scalars, .. } => scalars.get(index).copied().unwrap_or(f64::NAN) + 0.0,
            RowResult::Failed(_) => f64::NAN,
        });
        columns.push(column(
            &spec.id,
            spec.unit.name(),
            spec.description.as_str(),
            outcome_cells(spec.kind, values),
        ));
    }
    Table { name: "runs", columns }
}

/// A column for each parameter with its value at each of `points`.
fn parameters(
    sweep: &Sweep,
    points: impl Iterator<Item = usize> + Clone,
) -> impl Iterator<Item = Column<'_>> {
    sweep.dimensions.iter().enumerate().map(move |(index, dimension)| {
        let values = points.clone().map(|point| &sweep.points[point][index]);
        let description = match dimension.description.as_str() {
            "" => Cow::Owned(format!("parameter {}", dimension.path)),
            known => Cow::Borrowed(known),
        };
        let unit =
            if dimension.unit.is_empty() && is_number(sweep, index) { "1" } else { dimension.unit.as_str() };
        Column {
            name: dimension.path.as_str().into(),
            unit: unit.into(),
            description,
            cells: parameter_cells(sweep, index, dimension, values),
        }
    })
}

fn is_number(sweep: &Sweep, index: usize) -> bool {
    sweep.points.iter().all(|point| matches!(point[index].kind, Kind::Integer(_) | Kind::Float(_)))
}

/// Numbers as numbers, in the unit of the parameter; words as they are.
fn parameter_cells<'a>(
    sweep: &Sweep,
    index: usize,
    dimension: &Dimension,
    values: impl Iterator<Item = &'a Value>,
) -> Cells<'a> {
    let all = |is_such: fn(&Value) -> bool| sweep.points.iter().all(|point| is_such(&point[index]));
    if all(|value| matches!(value.kind, Kind::Integer(_))) {
        let whole = values.map(|value| if let Kind::Integer(number) = value.kind { number } else { 0 });
        return Cells::Int64(whole.collect());
    }
    if is_number(sweep, index) || !dimension.unit.is_empty() {
        return Cells::Double(
            values.map(|value| quantity(value).map_or(f64::NAN, |(number, _)| number)).collect(),
        );
    }
    if all(|value| matches!(value.kind, Kind::Boolean(_))) {
        return Cells::Boolean(values.map(|value| Some(value.kind == Kind::Boolean(true))).collect());
    }
    Cells::Text(values.map(word).collect())
}

/// A value as a word of a table.
pub fn word(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(inline(value)), Cow::Borrowed)
}

/// The runs of one point in numbers.
#[derive(Debug, Clone)]
pub struct PointSummary {
    /// Runs of which there is no result.
    pub failed: u64,
    /// Runs that used up their events.
    pub incomplete: u64,
    /// Why the first of those without a result has none.
    pub error: Option<String>,
    /// For each outcome the runs in which it exists, and its statistics.
    pub outcomes: Vec<(u64, Statistics)>,
}

impl PointSummary {
    fn of(scalars: &Scalars, failed: u64, error: Option<String>) -> Self {
        let statistics = |scalar: &Scalar| (scalar.n(), scalar.statistics());
        Self {
            failed,
            incomplete: scalars.incomplete(),
            error,
            outcomes: scalars.outcomes().iter().map(statistics).collect(),
        }
    }
}

/// Folds the rows of all parts, in their order, into one summary a point.
#[derive(Debug)]
pub struct PointFold<'a> {
    layout: &'a Layout,
    runs: u64,
    scalars: Scalars,
    failed: u64,
    error: Option<String>,
    /// Row that comes next.
    next: u64,
    points: Vec<PointSummary>,
}

impl<'a> PointFold<'a> {
    /// No rows yet of a sweep with so many runs at each point.
    pub fn new(layout: &'a Layout, runs: u64) -> Self {
        Self {
            layout,
            runs,
            scalars: Scalars::new(layout),
            failed: 0,
            error: None,
            next: 0,
            points: Vec::new(),
        }
    }

    /// Takes in rows that were read back.
    ///
    /// # Errors
    /// Where they are not the rows that come next.
    pub fn push(&mut self, table: &Table<'_>) -> Result<(), ReportError> {
        let damaged = |reason: &str| ReportError::Unread { table: "runs", reason: reason.to_owned() };
        let lacks = || damaged("it lacks a column that a sweep has");
        let (
            Some(Cells::Int64(points)),
            Some(Cells::Int64(runs)),
            Some(Cells::Text(stops)),
            Some(Cells::MaybeText(errors)),
        ) = (table.cells(OWN[0]), table.cells(OWN[1]), table.cells(OWN[2]), table.cells(OWN[4]))
        else {
            return Err(lacks());
        };
        let outcomes = self.layout.outcomes.iter().map(|spec| table.cells(&spec.id));
        let outcomes = outcomes.collect::<Option<Vec<&Cells<'_>>>>().ok_or_else(lacks)?;
        for row in 0..table.n_rows() {
            if (points[row] as u64, runs[row] as u64) != (self.next / self.runs, self.next % self.runs) {
                return Err(damaged("its rows are not those that are due"));
            }
            match (&errors[row], stop(&stops[row])) {
                (None, Some(stop)) => {
                    self.scalars.push(stop, outcomes.iter().map(|cells| number(cells, row)));
                }
                (error, _) => {
                    self.failed += 1;
                    self.error = self.error.take().or_else(|| error.as_deref().map(str::to_owned));
                }
            }
            self.next += 1;
            if self.next.is_multiple_of(self.runs) {
                let scalars = std::mem::replace(&mut self.scalars, Scalars::new(self.layout));
                self.points.push(PointSummary::of(
                    &scalars,
                    std::mem::take(&mut self.failed),
                    self.error.take(),
                ));
            }
        }
        Ok(())
    }

    /// Takes in the rows of a part that are read back.
    ///
    /// # Errors
    /// Where they are not all of its rows, or can't be read.
    pub fn push_part(&mut self, part: &Part, groups: Groups) -> Result<(), ReportError> {
        let before = self.next;
        for table in groups {
            self.push(&table?)?;
        }
        if self.next - before == part.n_rows() {
            return Ok(());
        }
        let reason = format!("it has {} of {} rows", self.next - before, part.n_rows());
        Err(ReportError::Unread { table: "runs", reason })
    }

    /// The summaries of all points.
    pub fn finish(self) -> Vec<PointSummary> {
        self.points
    }
}

pub(super) fn stop(name: &str) -> Option<StopReason> {
    [StopReason::Finished, StopReason::Horizon, StopReason::EventBudget]
        .into_iter()
        .find(|stop| stop.name() == name)
}

pub(super) fn number(cells: &Cells<'_>, row: usize) -> f64 {
    match cells {
        Cells::Double(values) => values[row],
        Cells::Boolean(values) => values[row].map_or(f64::NAN, |yes| f64::from(u8::from(yes))),
        Cells::Int64(values) => values[row] as f64,
        Cells::Int32(values) => f64::from(values[row]),
        Cells::Text(_) | Cells::MaybeText(_) => f64::NAN,
    }
}

/// `points`: one row a point and outcome with the statistics over its runs.
pub fn points<'a>(sweep: &'a Sweep, layout: &'a Layout, summaries: &'a [PointSummary]) -> Table<'a> {
    let each = || {
        summaries.iter().enumerate().flat_map(|(point, summary)| {
            layout
                .outcomes
                .iter()
                .zip(&summary.outcomes)
                .map(move |(spec, outcome)| (point, summary, spec, outcome))
        })
    };
    let int64 = |of: fn(&PointSummary, u64) -> u64| {
        Cells::Int64(each().map(|(_, summary, _, outcome)| of(summary, outcome.0) as i64).collect())
    };
    let double =
        |of: fn(&Statistics) -> f64| Cells::Double(each().map(|(.., outcome)| of(&outcome.1)).collect());
    let mut columns = vec![column(
        "point",
        "",
        "index of the point",
        Cells::Int64(each().map(|(point, ..)| point as i64).collect()),
    )];
    columns.extend(parameters(sweep, each().map(|(point, ..)| point)));
    columns.extend([
        column(
            "outcome",
            "",
            "id of the outcome",
            Cells::Text(each().map(|(_, _, spec, _)| spec.id.as_str().into()).collect()),
        ),
        column(
            "unit",
            "",
            "unit of the numbers of this row",
            Cells::Text(each().map(|(_, _, spec, _)| spec.unit.name().into()).collect()),
        ),
        column("n", "1", "runs in which the outcome exists", int64(|_, n| n)),
        column("failed", "1", "runs of the point without a result", int64(|summary, _| summary.failed)),
        column(
            "incomplete",
            "1",
            "runs of the point that used up their events",
            int64(|summary, _| summary.incomplete),
        ),
        column(
            "error",
            "",
            "why the first run without a result has none; missing if all have one",
            Cells::MaybeText(
                each().map(|(_, summary, ..)| summary.error.as_deref().map(Cow::Borrowed)).collect(),
            ),
        ),
        column("mean", "see unit", "mean over runs; of a yes or no the share of yes", double(mean)),
        column("sd", "see unit", "standard deviation over runs; missing for a yes or no", double(sd)),
        column(
            "mean_low",
            "see unit",
            "lower end of the 95 % interval of the mean (Student; Wilson for a yes or no)",
            double(|s| interval(s).0),
        ),
        column("mean_high", "see unit", "upper end of it", double(|s| interval(s).1)),
    ]);
    let described = [
        ("q05", "5 % quantile over runs"),
        ("q25", "25 % quantile over runs"),
        ("q50", "median over runs"),
        ("q75", "75 % quantile over runs"),
        ("q95", "95 % quantile over runs"),
    ];
    for (index, (name, description)) in described.into_iter().enumerate() {
        let of = |statistics: &Statistics| match statistics {
            Statistics::Proportion { .. } => f64::NAN,
            Statistics::Distribution { quantiles, .. } => quantiles.named()[index].1,
        };
        columns.push(column(
            name,
            "see unit",
            description,
            Cells::Double(each().map(|(.., outcome)| of(&outcome.1)).collect()),
        ));
    }
    Table { name: "points", columns }
}

/// The mean, or the share of yes.
pub fn mean(statistics: &Statistics) -> f64 {
    match statistics {
        Statistics::Proportion { p, .. } => *p,
        Statistics::Distribution { mean, .. } => *mean,
    }
}

fn sd(statistics: &Statistics) -> f64 {
    match statistics {
        Statistics::Proportion { .. } => f64::NAN,
        Statistics::Distribution { sd, .. } => *sd,
    }
}

/// The ends of its interval.
pub fn interval(statistics: &Statistics) -> (f64, f64) {
    let (Statistics::Proportion { interval, .. } | Statistics::Distribution { mean_interval: interval, .. }) =
        statistics;
    (interval.low, interval.high)
}
