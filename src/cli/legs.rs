//! Runs made leg by leg, each written as a whole, so that a run of many hours can be gone on with after a crash.

use super::failure::Failed;
use super::prepare::Prepared;
use anyhow::anyhow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use twiplomacy::experiment::aggregate::Aggregate;
use twiplomacy::experiment::points::blocks_of;
use twiplomacy::experiment::replicates::stream;
use twiplomacy::io::{Destination, Holding, WorkFolder};
use twiplomacy::report::ReportError;
use twiplomacy::report::bundle::{self, TableFormat};
use twiplomacy::report::manifest::{Manifest, Work, WorkKind};
use twiplomacy::report::tables::rows::RowTables;
use twiplomacy::study::Terms;
use twiplomacy::study::merge::{Source, fold};
use twiplomacy::study::sweep::{Ended, difference, unfinished};

/// Legs of a run at about.
const LEGS: u64 = 50;
/// Runs of a leg: fewer are not worth files of their own, more would be lost too often.
const RUNS_PER_LEG: (u64, u64) = (500, 20_000);

/// Legs that lie in a hidden folder beside the bundle that they become.
#[derive(Debug)]
pub(super) struct Legs<'a> {
    prepared: &'a Prepared,
    work: WorkFolder,
    /// The runs of each leg.
    ranges: Vec<Range<u64>>,
}

impl<'a> Legs<'a> {
    /// The legs of the runs that `manifest` tells of, on the way to `destination`; those that are done are kept.
    pub(super) fn open(
        prepared: &'a Prepared,
        destination: &Destination,
        (mut manifest, tables): (Manifest, TableFormat),
    ) -> Result<Self, Failed> {
        let folder = hidden(destination.folder());
        let work =
            WorkFolder::open(Some(&folder), "", Holding::Resume, |_| false).map_err(super::run::misplaced)?;
        manifest.work = Some(Work {
            kind: WorkKind::Run,
            plan_sha256: None,
            tables,
            shard: None,
            is_complete: false,
            left_out: Vec::new(),
        });
        if let Some(text) = work.text(bundle::MANIFEST).map_err(Failed::running)? {
            let old = Manifest::from_bytes(text.as_bytes()).map_err(Failed::running)?;
            if let Some(what) = difference(&old, &manifest) {
                return Err(Failed::usage(anyhow!(
                    "the runs begun in `{}` are others: they have {what}\n\nhint: resume with the options that they were begun with, choose another `--out`, or remove that folder",
                    folder.display()
                )));
            }
        } else {
            work.commit(bundle::MANIFEST, &manifest.to_bytes())
                .map_err(|error| unfinished(error.into(), &work))?;
        }
        let size = (manifest.runs / LEGS).clamp(RUNS_PER_LEG.0, RUNS_PER_LEG.1);
        let ranges = blocks_of(0, 0..manifest.runs, size).map(|block| block.runs).collect();
        Ok(Self { prepared, work, ranges })
    }

    /// Runs that are still to be made.
    pub(super) fn due(&self) -> u64 {
        let due = self.ranges.iter().enumerate().filter(|(leg, _)| !self.work.has(&name(*leg, RUNS)));
        due.map(|(_, runs)| runs.end - runs.start).sum()
    }

    /// Makes the legs that are not done.
    pub(super) fn simulate(&self, terms: Terms<'_>) -> Result<(), Failed> {
        for (leg, runs) in self.ranges.iter().enumerate() {
            if !self.work.has(&name(leg, RUNS)) {
                self.make(leg, runs.clone(), terms).map_err(|error| unfinished(error, &self.work))?;
            }
        }
        Ok(())
    }

    fn make(&self, leg: usize, runs: Range<u64>, terms: Terms<'_>) -> Result<(), Ended> {
        let simulation = &self.prepared.simulation;
        let series = bundle::aggregate(simulation).series;
        let open = |_: &str| Ok::<_, ReportError>(Vec::new());
        let (layout, start) = (simulation.layout(), simulation.setting().start);
        let mut tables = RowTables::new(layout, start, TableFormat::Parquet, open)?;
        stream(simulation, runs, (terms.threads, terms.progress, terms.stop), &series, |outcomes| {
            tables.push(outcomes).map_err(Ended::Report)
        })?;
        let files = tables.finish()?;
        // The runs last: where they are, the leg is complete.
        self.work.commit(&name(leg, bundle::SERIES), &series.to_bytes())?;
        for (file, bytes) in [RUNS, ACTS].into_iter().zip(&files).rev() {
            self.work.commit(&name(leg, file), bytes)?;
        }
        Ok(())
    }

    /// Puts the legs together into the tables of the bundle.
    pub(super) fn fold(&self, destination: &Destination, tables: TableFormat) -> Result<Aggregate, Failed> {
        let sources: Vec<Source> = (self.ranges.iter().enumerate())
            .map(|(leg, due)| Source { folder: self.work.folder().join(name(leg, "")), due: due.clone() })
            .collect();
        Ok(fold(&sources, self.prepared, destination, tables)
            .map_err(|error| unfinished(error, &self.work))?)
    }

    /// Removes the legs, of which the bundle is made.
    pub(super) fn remove(self) -> Result<(), Failed> {
        self.work.remove_all().map_err(Failed::running)
    }
}

/// Names of the tables of a leg.
const RUNS: &str = "runs.parquet";
const ACTS: &str = "acts.parquet";

/// Name of a file of a leg.
fn name(leg: usize, file: &str) -> String {
    format!("leg-{leg:05}/{file}")
}

/// The hidden folder beside the bundle.
fn hidden(bundle: &Path) -> PathBuf {
    let name = bundle.file_name().unwrap_or_default().to_string_lossy();
    bundle.with_file_name(format!(".{name}.legs"))
}
