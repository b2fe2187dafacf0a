//! The tables that have rows for every run, `runs` and `acts`, written while the runs come.
//!
//! Row groups are cut at multiples of [`RUNS_PER_GROUP`] runs, so the bytes depend on the runs alone.

use super::{Table, acts, csv, parquet, runs};
use crate::model::outcome::{Layout, Outcome};
use crate::report::ReportError;
use crate::report::bundle::TableFormat;
use crate::units::UtcTime;
use std::io;

/// Runs whose rows are held before they are written together.
pub const RUNS_PER_GROUP: u64 = 8192;

/// Writes both tables in the formats asked for; runs must come in their order.
#[derive(Debug)]
pub struct RowTables<'a, W: io::Write + Send> {
    layout: &'a Layout,
    start: UtcTime,
    waiting: Vec<Outcome>,
    parquet: Option<[parquet::Writer<W>; 2]>,
    csv: Option<[csv::Writer<W>; 2]>,
}

impl<'a, W: io::Write + Send> RowTables<'a, W> {
    /// Begins the files, which `open` makes by name.
    ///
    /// # Errors
    /// Where a file can't be opened or begun.
    pub fn new<E: From<ReportError>>(
        layout: &'a Layout,
        start: UtcTime,
        format: TableFormat,
        mut open: impl FnMut(&str) -> Result<W, E>,
    ) -> Result<Self, E> {
        let empty = [runs(layout, &[]), acts(layout, &[], start)];
        let (mut parquet, mut csv) = (None, None);
        if format.has_parquet() {
            let mut begin = |table: &Table<'_>| -> Result<_, E> {
                Ok(parquet::Writer::new(table, open(&format!("{}.parquet", table.name))?)?)
            };
            parquet = Some([begin(&empty[0])?, begin(&empty[1])?]);
        }
        if format.has_csv() {
            let mut begin = |table: &Table<'_>| -> Result<_, E> {
                Ok(csv::Writer::new(table, open(&format!("{}.csv", table.name))?)?)
            };
            csv = Some([begin(&empty[0])?, begin(&empty[1])?]);
        }
        Ok(Self { layout, start, waiting: Vec::new(), parquet, csv })
    }

    /// Takes in the next runs; of their series nothing is needed.
    pub fn push(&mut self, outcomes: Vec<Outcome>) -> Result<(), ReportError> {
        for outcome in outcomes {
            if self.waiting.first().is_some_and(|first| group(first.run) != group(outcome.run)) {
                self.write()?;
            }
            self.waiting.push(outcome);
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), ReportError> {
        let tables = [runs(self.layout, &self.waiting), acts(self.layout, &self.waiting, self.start)];
        for (writer, table) in self.parquet.iter_mut().flatten().zip(&tables) {
            writer.write(table)?;
        }
        for (writer, table) in self.csv.iter_mut().flatten().zip(&tables) {
            writer.write(table)?;
        }
        self.waiting.clear();
        Ok(())
    }

    /// Ends the files and gives back what they were written into.
    pub fn finish(mut self) -> Result<Vec<W>, ReportError> {
        self.write()?;
        let parquet = self.parquet.into_iter().flatten().map(parquet::Writer::finish);
        let csv = self.csv.into_iter().flatten().map(csv::Writer::finish);
        parquet.chain(csv).collect()
    }
}

const fn group(run: u64) -> u64 {
    run / RUNS_PER_GROUP
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn written(pieces: &[&[Outcome]], layout: &Layout, start: UtcTime) -> Vec<Vec<u8>> {
        let open = |_: &str| Ok::<_, ReportError>(Vec::new());
        let mut tables = RowTables::new(layout, start, TableFormat::Both, open).unwrap();
        for piece in pieces {
            tables.push(piece.to_vec()).unwrap();
        }
        tables.finish().unwrap()
    }

    #[test]
    fn however_the_runs_come_the_files_are_those_of_the_whole_tables() {
        let sample = sample::ensemble(30);
        let (layout, runs_of) = (&sample.layout, &sample.outcomes);
        let tables = [runs(layout, runs_of), acts(layout, runs_of, sample.start)];
        let whole: Vec<Vec<u8>> = tables
            .iter()
            .map(|table| parquet::encode(table).unwrap())
            .chain(tables.iter().map(|table| csv::encode(table).unwrap()))
            .collect();
        for cut in [0, 1, 17, 30] {
            let (one, two) = runs_of.split_at(cut);
            assert_eq!(written(&[one, two], layout, sample.start), whole, "{cut}");
        }
        assert_eq!(written(&[], layout, sample.start).len(), 4);
    }

    #[test]
    fn groups_are_cut_at_multiples_of_runs_wherever_a_range_begins() {
        let mut sample = sample::ensemble(20);
        let first = RUNS_PER_GROUP - 7;
        sample.outcomes.iter_mut().zip(first..).for_each(|(outcome, run)| outcome.run = run);
        let open = |_: &str| Ok::<_, ReportError>(Vec::new());
        let mut tables = RowTables::new(&sample.layout, sample.start, TableFormat::Parquet, open).unwrap();
        tables.push(sample.outcomes.clone()).unwrap();
        assert_eq!(tables.waiting.len(), 13);
    }
}
