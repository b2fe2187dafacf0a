//! The tables of a sweep: rows of runs with the parameters of their points, and statistics of every point.

use super::read::Groups;
use super::{Cells, Column, Table, column, outcome_cells};
use crate::experiment::aggregate::{Scalar, Scalars};
use crate::experiment::summary::Statistics;
use crate::experiment::sweep::{Dimension, Part, Row, RowResult, Sweep, quantity};
use crate::model::outcome::{Layout, StopReason};
use crate::report::ReportError;
use crate::text::{Kind, Value, inline};
use rayon::prelude::*;
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

/// Folds the rows of parts, in their order, into one summary a point.
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
    /// No rows yet of a sweep with so many runs at each point, of which those of the point `first` come first.
    fn new(layout: &'a Layout, runs: u64, first: usize) -> Self {
        Self {
            layout,
            runs,
            scalars: Scalars::new(layout),
            failed: 0,
            error: None,
            next: first as u64 * runs,
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
}

/// The summaries of all points of a sweep with `runs` runs at each. `take` lets a fold take in the rows of the part of that index; this is
/// done for several points at a time.
///
/// # Errors
/// The first of those of `take`, in the order of the parts.
pub fn summaries<E: Send>(
    (layout, runs): (&Layout, u64),
    parts: &[Part],
    take: impl Fn(&mut PointFold<'_>, usize, &Part) -> Result<(), E> + Sync,
) -> Result<Vec<PointSummary>, E> {
    let numbered: Vec<(usize, &Part)> = parts.iter().enumerate().collect();
    let of_whole_points: Vec<_> = numbered.chunk_by(|(_, part), _| part.runs.end < runs).collect();
    let folded = of_whole_points.into_par_iter().map(|parts| {
        let first = parts.first().map_or(0, |(_, part)| part.points.start);
        let mut fold = PointFold::new(layout, runs, first);
        parts.iter().try_for_each(|(index, part)| take(&mut fold, *index, part))?;
        Ok(fold.points)
    });
    let folded: Vec<Result<Vec<PointSummary>, E>> = folded.collect();
    let folded: Vec<Vec<PointSummary>> = folded.into_iter().collect::<Result<_, E>>()?;
    Ok(folded.into_iter().flatten().collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::OutcomeKind;
    use crate::report::sample;
    use crate::scenario::plan_file::DesignKind;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Rows of `part` in which the first outcome is the point plus the number of the run; every tenth run of point 2 has failed.
    fn rows_of(part: &Part, layout: &Layout) -> Vec<Row> {
        let result = |point: usize, run: u64| {
            if point == 2 && run.is_multiple_of(10) {
                return RowResult::Failed(format!("run {run} broke"));
            }
            let scalars = vec![point as f64 + run as f64; layout.outcomes.len()];
            RowResult::Ran { stop: StopReason::Horizon, events: 1, scalars }
        };
        let row = |point, run| Row { point, run, result: result(point, run) };
        part.points.clone().flat_map(|point| part.runs.clone().map(move |run| row(point, run))).collect()
    }

    #[test]
    fn every_point_is_summed_up_from_its_own_parts_in_the_order_of_points() {
        let layout = sample::ensemble(1).layout;
        let numbers = layout.outcomes.iter().position(|spec| spec.kind == OutcomeKind::Continuous).unwrap();
        for runs in [1_u64, 40, 1000, 2500] {
            let sweep = Sweep {
                dimensions: Vec::new(),
                design: DesignKind::Grid,
                runs,
                seed: 1,
                points: vec![Vec::new(); 7],
            };
            let parts = sweep.parts();
            let taken = AtomicUsize::new(0);
            let found = summaries((&layout, runs), &parts, |fold, index, part| {
                taken.fetch_add(1, Ordering::Relaxed);
                assert_eq!(part, &parts[index]);
                fold.push(&rows(&sweep, &layout, &rows_of(part, &layout)))
            });
            let found = found.unwrap();
            assert_eq!((taken.into_inner(), found.len()), (parts.len(), 7), "{runs} runs");
            for (point, summary) in found.iter().enumerate() {
                let failed = if point == 2 { runs.div_ceil(10) } else { 0 };
                assert_eq!((summary.failed, summary.error.is_some()), (failed, failed > 0));
                let (n, statistics) = &summary.outcomes[numbers];
                assert_eq!(*n, runs - failed);
                if point != 2 {
                    let expected = point as f64 + (runs - 1) as f64 / 2.0;
                    assert!((mean(statistics) - expected).abs() < 1e-9, "{point}: {}", mean(statistics));
                }
            }
        }
    }

    #[test]
    fn of_parts_that_are_damaged_the_first_is_told() {
        let layout = sample::ensemble(1).layout;
        let parts: Vec<Part> = (0..40).map(|point| Part { points: point..point + 1, runs: 0..10 }).collect();
        let refused =
            summaries((&layout, 10), &parts, |_, index, _| if index < 5 { Ok(()) } else { Err(index) });
        assert_eq!(refused.map(|points| points.len()), Err(5));
    }
}
