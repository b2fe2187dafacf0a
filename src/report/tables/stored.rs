//! Runs that were written as tables, read back one after another.

use super::read::Groups;
use super::sweep::{number, stop};
use super::{Cells, Table};
use crate::model::outcome::{ActRow, Layout, Outcome};
use crate::report::ReportError;
use crate::units::{Goldstein, SimTime};
use std::ops::Range;

/// Runs with their acts, without series.
#[derive(Debug)]
pub struct StoredRuns<'a> {
    layout: &'a Layout,
    runs: Groups,
    acts: Groups,
    /// Runs that are due.
    due: Range<u64>,
    /// Acts that were read and belong to runs that come later, with their next row.
    waiting: Option<(Table<'static>, usize)>,
}

impl<'a> StoredRuns<'a> {
    /// The runs `due` in the tables `runs` and `acts` of a scenario with `layout`.
    pub fn new(layout: &'a Layout, due: Range<u64>, runs: Groups, acts: Groups) -> Self {
        Self { layout, runs, acts, due, waiting: None }
    }

    /// The runs of the next row group; `None` after the last.
    ///
    /// # Errors
    /// Where a table can't be read, or its rows are not those that are due.
    pub fn next_group(&mut self) -> Result<Option<Vec<Outcome>>, ReportError> {
        let Some(table) = self.runs.next().transpose()? else {
            let n_missing = self.due.end - self.due.start;
            let acts = self.next_act()?.is_some();
            return match (n_missing, acts) {
                (0, false) => Ok(None),
                (0, true) => Err(damaged("acts", "it has acts of runs that are not there")),
                _ => Err(damaged("runs", &format!("{n_missing} of its rows are missing"))),
            };
        };
        let lacks = || damaged("runs", "it lacks a column that the scenario has");
        let (Some(Cells::Int64(runs)), Some(Cells::Text(stops)), Some(Cells::Int64(events))) =
            (table.cells("run"), table.cells("stop"), table.cells("events"))
        else {
            return Err(lacks());
        };
        let outcomes = self.layout.outcomes.iter().map(|spec| table.cells(&spec.id));
        let outcomes = outcomes.collect::<Option<Vec<&Cells<'_>>>>().ok_or_else(lacks)?;
        let mut found = Vec::with_capacity(runs.len());
        for (row, &run) in runs.iter().enumerate() {
            let due = self.due.next().filter(|&due| due == run as u64);
            let (Some(run), Some(stop)) = (due, stop(&stops[row])) else {
                return Err(damaged("runs", "its rows are not those that are due"));
            };
            found.push(Outcome {
                run,
                stop,
                events: events[row] as u64,
                scalars: outcomes.iter().map(|cells| number(cells, row)).collect(),
                acts: self.acts_of(run)?,
                series: Vec::new(),
            });
        }
        Ok(Some(found))
    }

    /// The table and row of the next act.
    fn next_act(&mut self) -> Result<Option<(&Table<'static>, usize)>, ReportError> {
        while self.waiting.as_ref().is_none_or(|(table, row)| *row >= table.n_rows()) {
            match self.acts.next().transpose()? {
                Some(table) => self.waiting = Some((table, 0)),
                None => return Ok(None),
            }
        }
        Ok(self.waiting.as_ref().map(|(table, row)| (table, *row)))
    }

    fn acts_of(&mut self, run: u64) -> Result<Vec<ActRow>, ReportError> {
        let layout = self.layout;
        let mut acts = Vec::new();
        while let Some((table, row)) = self.next_act()? {
            match table.cells("run") {
                Some(Cells::Int64(runs)) if runs[row] as u64 == run => {
                    acts.push(
                        act(layout, table, row)
                            .ok_or_else(|| damaged("acts", "an act is not one of the scenario"))?,
                    );
                }
                Some(Cells::Int64(_)) => break,
                _ => return Err(damaged("acts", "it has no column `run`")),
            }
            if let Some((_, row)) = &mut self.waiting {
                *row += 1;
            }
        }
        Ok(acts)
    }
}

fn damaged(table: &'static str, reason: &str) -> ReportError {
    ReportError::Unread { table, reason: reason.to_owned() }
}

/// The act in a row; `None` if it names something that the layout does not know.
fn act(layout: &Layout, table: &Table<'_>, row: usize) -> Option<ActRow> {
    let text = |name: &str| match table.cells(name)? {
        Cells::Text(values) => Some(values[row].as_ref()),
        _ => None,
    };
    let position = |mut ids: Box<dyn Iterator<Item = &str> + '_>, name: &str| {
        ids.position(|id| id == name).and_then(|index| u16::try_from(index).ok())
    };
    let code = match text("code")? {
        "" => position(Box::new(layout.codes.iter().map(|(_, act)| act.as_str())), text("act")?)?,
        code => position(Box::new(layout.codes.iter().map(|(code, _)| code.as_str())), code)?,
    };
    let instrument = match table.cells("instrument")? {
        Cells::MaybeText(values) => match values[row].as_deref() {
            Some(name) => {
                Some(position(Box::new(layout.instruments.iter().map(|(id, _)| id.as_str())), name)?)
            }
            None => None,
        },
        _ => return None,
    };
    let (Cells::Int64(times), Cells::Double(weights), Cells::Int32(rungs)) =
        (table.cells("time_ms")?, table.cells("weight")?, table.cells("rung")?)
    else {
        return None;
    };
    Some(ActRow {
        time: SimTime::from_ms(times[row]),
        id: text("id")?.to_owned(),
        actor: layout.party_named(text("actor")?)?,
        target: layout.party_named(text("target")?)?,
        code,
        instrument,
        weight: Goldstein::new(weights[row])?,
        rung: u8::try_from(rungs[row]).ok()?,
        cause: text("cause")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample, tables};
    use std::fs::File;
    use std::io::Write as _;

    fn groups(table: &Table<'_>) -> Groups {
        let mut file: File = tempfile::tempfile().unwrap();
        file.write_all(&tables::parquet::encode(table).unwrap()).unwrap();
        Groups::new(table.name, file).unwrap()
    }

    #[test]
    fn runs_come_back_with_their_acts() {
        let sample = sample::ensemble(30);
        let (layout, outcomes) = (&sample.layout, &sample.outcomes);
        let runs = groups(&tables::runs(layout, outcomes));
        let acts = groups(&tables::acts(layout, outcomes, sample.start));
        let mut stored = StoredRuns::new(layout, 0..30, runs, acts);
        let found = stored.next_group().unwrap().unwrap();
        assert!(stored.next_group().unwrap().is_none());
        for (found, run) in found.iter().zip(outcomes) {
            assert_eq!((found.run, found.stop, found.events), (run.run, run.stop, run.events));
            assert_eq!(found.acts, run.acts, "run {}", run.run);
            // Written values are compared: a table has no sign of zero and no NaN.
            let bits =
                |outcome: &Outcome| outcome.scalars.iter().map(|v| (v + 0.0).to_bits()).collect::<Vec<_>>();
            assert!(
                found.scalars.iter().zip(&run.scalars).all(|(a, b)| a.is_nan() && b.is_nan() || a == b),
                "{:?}",
                bits(found)
            );
        }
    }

    #[test]
    fn runs_that_are_not_due_or_missing_are_refused() {
        let sample = sample::ensemble(10);
        let (layout, outcomes) = (&sample.layout, &sample.outcomes);
        for due in [0..11, 1..11, 0..9] {
            let runs = groups(&tables::runs(layout, outcomes));
            let acts = groups(&tables::acts(layout, outcomes, sample.start));
            let mut stored = StoredRuns::new(layout, due.clone(), runs, acts);
            let result = stored.next_group().and_then(|_| stored.next_group());
            assert!(matches!(result, Err(ReportError::Unread { table: "runs", .. })), "{due:?}");
        }
        let runs = groups(&tables::runs(layout, &outcomes[..5]));
        let acts = groups(&tables::acts(layout, outcomes, sample.start));
        let mut stored = StoredRuns::new(layout, 0..5, runs, acts);
        let result = stored.next_group().and_then(|_| stored.next_group());
        assert!(matches!(result, Err(ReportError::Unread { table: "acts", .. })));
    }
}
