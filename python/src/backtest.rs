//! Scenarios against what is on record.

use pyo3::prelude::*;
use std::path::PathBuf;
use twiplomacy::experiment::backtest::Backtest;
use twiplomacy::io::Destination;
use twiplomacy::report::backtest as report;
use twiplomacy::report::manifest::Manifest;
use twiplomacy::scenario::Request;
use twiplomacy::study::backtest::{files, manifest, prepare_all, shared, simulate};
use twiplomacy::study::making::Begun;
use twiplomacy::study::misplaced;

use crate::arrow::Table;
use crate::errors::raised;
use crate::run::existing;
use crate::scenario::Loaded;
use crate::watch::Watch;

/// A back-test.
#[pyclass(frozen, module = "twiplomacy._native")]
pub(crate) struct Scored {
    backtest: Backtest,
    manifest: Manifest,
}

/// Makes runs of all scenarios and scores them.
#[pyfunction]
#[pyo3(signature = (scenarios, runs, seed, threads, progress))]
pub(crate) fn backtest(
    py: Python<'_>,
    scenarios: Vec<Bound<'_, Loaded>>,
    runs: u64,
    seed: u64,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Scored> {
    let watch = Watch::new(threads, progress);
    let requests: Vec<Request> = scenarios.iter().map(|one| one.get().request().clone()).collect();
    let world = requests.first().map_or_else(Vec::new, |request| request.world.clone());
    // What all scenarios set is what they have in common.
    let common = requests.first().map_or_else(Vec::new, |first| {
        let is_common = |text: &&String| requests.iter().all(|request| request.set.contains(*text));
        first.set.iter().filter(is_common).cloned().collect::<Vec<_>>()
    });
    watch.counter().expect(runs * requests.len() as u64);
    let (backtest, manifest) = watch.over(py, |terms| {
        let prepared = prepare_all(&requests, seed)?;
        let shared = shared(&world, &common)?;
        let begun = Begun::now();
        let backtest = simulate(&prepared, &shared, (seed, runs), terms)?;
        let manifest = manifest(&prepared, &common, (seed, runs, terms.threads), &begun.ended());
        Ok((backtest, manifest))
    })?;
    Ok(Scored { backtest, manifest })
}

#[pymethods]
impl Scored {
    /// `backtest.json`.
    fn json(&self) -> String {
        report::json(&self.backtest).to_string()
    }

    /// `backtest.md`.
    fn markdown(&self) -> String {
        report::markdown(&self.backtest)
    }

    /// One row a recorded outcome.
    fn outcomes(&self) -> PyResult<Table> {
        let json = report::json(&self.backtest);
        Table::of_json(json["outcomes"].as_array().map_or(&[], Vec::as_slice))
    }

    /// Writes the folder that the program writes.
    fn write(&self, out: PathBuf, overwrite: bool) -> PyResult<PathBuf> {
        let destination = Destination::choose(Some(&out), "backtest", existing(overwrite)).map_err(misplaced);
        let destination = destination.map_err(raised)?;
        destination.write(&files(&self.backtest, &self.manifest)).map_err(misplaced).map_err(raised)
    }
}
