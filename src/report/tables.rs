//! The tables of a bundle as columns, from which every file format is made.
//!
//! Parquet and CSV are two renderings of one [`Table`], so they can't disagree.

pub mod csv;
pub mod json;
pub mod parquet;
pub mod read;
pub mod rows;
pub mod stored;
pub mod sweep;

use crate::experiment::summary::Summary;
use crate::model::outcome::{ActRow, Layout, Outcome, OutcomeKind};
use crate::model::setting::is_cameo;
use crate::units::{SimTime, UtcTime};
use std::borrow::Cow;

/// A table: columns of equal length.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<'a> {
    /// Name, which is the stem of its files.
    pub name: &'static str,
    /// Columns in order.
    pub columns: Vec<Column<'a>>,
}

impl Table<'_> {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.cells.len())
    }
}

/// A column with its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Column<'a> {
    /// Stable name.
    pub name: Cow<'a, str>,
    /// Unit of the numbers; empty for text and identifiers.
    pub unit: Cow<'a, str>,
    /// One sentence for people.
    pub description: Cow<'a, str>,
    /// The values.
    pub cells: Cells<'a>,
}

/// The values of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum Cells<'a> {
    /// 64-bit integers, always present.
    Int64(Vec<i64>),
    /// 32-bit integers, always present.
    Int32(Vec<i32>),
    /// Real numbers; what is not a finite number is missing.
    Double(Vec<f64>),
    /// Yes or no; `None` is missing.
    Boolean(Vec<Option<bool>>),
    /// Text, always present.
    Text(Vec<Cow<'a, str>>),
    /// Text; `None` is missing.
    MaybeText(Vec<Option<Cow<'a, str>>>),
}

impl Cells<'_> {
    /// Number of values, missing ones included.
    pub const fn len(&self) -> usize {
        match self {
            Self::Int64(values) => values.len(),
            Self::Int32(values) => values.len(),
            Self::Double(values) => values.len(),
            Self::Boolean(values) => values.len(),
            Self::Text(values) => values.len(),
            Self::MaybeText(values) => values.len(),
        }
    }

    /// Whether there are no values at all.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn column<'a>(
    name: &'a str,
    unit: impl Into<Cow<'a, str>>,
    description: impl Into<Cow<'a, str>>,
    cells: Cells<'a>,
) -> Column<'a> {
    Column { name: name.into(), unit: unit.into(), description: description.into(), cells }
}

/// `runs`: one row a run, one column an outcome.
pub fn runs<'a>(layout: &'a Layout, outcomes: &[Outcome]) -> Table<'a> {
    let stops = outcomes.iter().map(|outcome| outcome.stop.name().into()).collect();
    let mut columns = vec![
        column("run", "", "index of the run", int64(outcomes, |outcome| outcome.run as i64)),
        column("stop", "", "why the run ended: finished, horizon or event_budget", Cells::Text(stops)),
        column("events", "1", "events handled", int64(outcomes, |outcome| outcome.events as i64)),
    ];
    for (index, spec) in layout.outcomes.iter().enumerate() {
        let values =
            outcomes.iter().map(|outcome| outcome.scalars.get(index).copied().unwrap_or(f64::NAN) + 0.0);
        columns.push(column(
            &spec.id,
            spec.unit.name(),
            spec.description.as_str(),
            outcome_cells(spec.kind, values),
        ));
    }
    Table { name: "runs", columns }
}

/// The values of an outcome; NaN is missing.
fn outcome_cells(kind: OutcomeKind, values: impl Iterator<Item = f64>) -> Cells<'static> {
    match kind {
        OutcomeKind::YesNo => {
            Cells::Boolean(values.map(|value| (!value.is_nan()).then_some(value != 0.0)).collect())
        }
        OutcomeKind::Continuous | OutcomeKind::Discrete => Cells::Double(values.collect()),
    }
}

/// `acts`: one row an act of a state or on the platform, in the order of runs and of time within a run.
pub fn acts<'a>(layout: &'a Layout, outcomes: &'a [Outcome], start: UtcTime) -> Table<'a> {
    let rows: Vec<(&Outcome, &ActRow)> =
        outcomes.iter().flat_map(|outcome| outcome.acts.iter().map(move |act| (outcome, act))).collect();
    let int64 =
        |of: fn(&Outcome, &ActRow) -> i64| Cells::Int64(rows.iter().map(|(run, act)| of(run, act)).collect());
    let text =
        |of: &dyn Fn(&'a ActRow) -> Cow<'a, str>| Cells::Text(rows.iter().map(|(_, act)| of(act)).collect());
    let party = |index: u16| name(layout.party(index));
    let code = |act: &ActRow| layout.codes.get(usize::from(act.code));
    let cameo = |act: &ActRow| match code(act) {
        Some((id, _)) if !is_cameo(id) => Cow::Borrowed(""),
        found => name(found.map(|(id, _)| id)),
    };
    let instrument = |act: &ActRow| {
        act.instrument.map(|index| name(layout.instruments.get(usize::from(index)).map(|(id, _)| id)))
    };
    let columns = vec![
        column("run", "", "index of the run", int64(|run, _| run.run as i64)),
        column(
            "time_ms",
            "ms",
            "simulated time since the scenario's start",
            int64(|_, act| act.time.as_ms()),
        ),
        column(
            "time_utc",
            "",
            "the same instant on the world's clock (RFC 3339)",
            text(&|act| utc(start, act.time)),
        ),
        column(
            "id",
            "",
            "`act:N` for the acts of states, `deed:N` for what was done on the platform; other rows of the run name it as their cause",
            text(&|act| act.id.as_str().into()),
        ),
        column(
            "actor",
            "",
            "state that acted; on the platform also `@handle`, `bots:ID`, `audience`, `platform`, `unknown`, or the id of a platform that recognises",
            text(&|act| party(act.actor)),
        ),
        column("target", "", "who was acted upon, as `actor`", text(&|act| party(act.target))),
        column("code", "", "CAMEO code; empty for acts that have none", text(&|act| cameo(act))),
        column("act", "", "what the act is", text(&|act| name(code(act).map(|(_, act)| act)))),
        column(
            "instrument",
            "",
            "instrument of policy; missing for plain words",
            Cells::MaybeText(rows.iter().map(|(_, act)| instrument(act)).collect()),
        ),
        column(
            "weight",
            "goldstein",
            "Goldstein weight of the code; assumed where there is none, 0 for what platform and audience do",
            Cells::Double(rows.iter().map(|(_, act)| act.weight.get()).collect()),
        ),
        column(
            "rung",
            "rung",
            "position on the escalation ladder; 0 for cooperation, for acts on the platform and for acts on record, which are no choices of the model",
            Cells::Int32(rows.iter().map(|(_, act)| i32::from(act.rung)).collect()),
        ),
        column(
            "rung_name",
            "",
            "name of the rung",
            text(&|act| match act.rung {
                0 => "off the ladder".into(),
                rung => name(layout.rungs.get(usize::from(rung)).map(|(_, rung)| rung)),
            }),
        ),
        column(
            "cause",
            "",
            "message, or `id` of a row of this run, that it follows from; `record` for what the scenario gives",
            text(&|act| act.cause.as_str().into()),
        ),
    ];
    Table { name: "acts", columns }
}

/// `series`: one row a series and time bin, with the quantiles over runs.
pub fn series<'a>(layout: &'a Layout, summary: &Summary, start: UtcTime) -> Table<'a> {
    let rows = || {
        layout.series.iter().zip(&summary.bands).flat_map(|(spec, bands)| {
            layout.bins.iter().zip(&bands.bins).map(move |(&end, band)| (spec, end, band))
        })
    };
    let mut columns = vec![
        column(
            "series",
            "",
            "id of the series",
            Cells::Text(rows().map(|(spec, ..)| spec.id.as_str().into()).collect()),
        ),
        column(
            "unit",
            "",
            "unit of the quantiles of this row",
            Cells::Text(rows().map(|(spec, ..)| spec.unit.name().into()).collect()),
        ),
        column(
            "bin_end_ms",
            "ms",
            "end of the time bin since the scenario's start",
            Cells::Int64(rows().map(|(_, end, _)| end.as_ms()).collect()),
        ),
        column(
            "time_utc",
            "",
            "the same instant on the world's clock (RFC 3339)",
            Cells::Text(rows().map(|(_, end, _)| utc(start, end)).collect()),
        ),
        column(
            "n",
            "1",
            "runs whose series has begun",
            Cells::Int64(rows().map(|(.., band)| band.n as i64).collect()),
        ),
    ];
    let described = [
        ("q05", "5 % quantile over runs"),
        ("q25", "25 % quantile over runs"),
        ("q50", "median over runs"),
        ("q75", "75 % quantile over runs"),
        ("q95", "95 % quantile over runs"),
    ];
    for (index, (name, description)) in described.into_iter().enumerate() {
        let cells = rows().map(|(.., band)| band.quantiles.named()[index].1).collect();
        columns.push(column(name, "see unit", description, Cells::Double(cells)));
    }
    Table { name: "series", columns }
}

fn int64(outcomes: &[Outcome], of: fn(&Outcome) -> i64) -> Cells<'static> {
    Cells::Int64(outcomes.iter().map(of).collect())
}

/// A name of the layout; an index without one is shown as `?` rather than refused.
fn name(found: Option<&String>) -> Cow<'_, str> {
    found.map_or(Cow::Borrowed("?"), |text| text.as_str().into())
}

fn utc<'a>(start: UtcTime, time: SimTime) -> Cow<'a, str> {
    start.plus(time).timestamp().to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn every_column_of_a_table_has_the_same_length_and_a_description() {
        let sample = sample::ensemble(5);
        let summary = sample.summary();
        let tables = [
            runs(&sample.layout, &sample.outcomes),
            acts(&sample.layout, &sample.outcomes, sample.start),
            series(&sample.layout, &summary, sample.start),
        ];
        for table in &tables {
            for column in &table.columns {
                assert_eq!(column.cells.len(), table.n_rows(), "{} {}", table.name, column.name);
                assert!(!column.description.is_empty(), "{}", column.name);
            }
        }
        assert_eq!(tables[0].n_rows(), 5);
        assert_eq!(tables[2].n_rows(), sample.layout.series.len() * sample.layout.bins.len());
    }

    #[test]
    fn an_act_is_written_with_the_names_of_the_layout() {
        let sample = sample::ensemble(5);
        let table = acts(&sample.layout, &sample.outcomes, sample.start);
        let text = |name: &str| {
            let column = table.columns.iter().find(|column| column.name == name).unwrap();
            let Cells::Text(cells) = &column.cells else { panic!("{name} is not text") };
            cells[0].clone()
        };
        assert_eq!((text("actor"), text("target")), ("SA".into(), "CA".into()));
        assert_eq!(text("rung_name"), "expel diplomats");
        assert_eq!(text("time_utc"), "2018-08-05T06:00:00Z");
    }
}
