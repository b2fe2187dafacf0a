//! Arms against the scenario as it stands.

use pyo3::prelude::*;
use std::path::PathBuf;
use twiplomacy::io::Destination;
use twiplomacy::report::bundle::TableFormat;
use twiplomacy::report::comparison::{self as report, Rungs};
use twiplomacy::report::json;
use twiplomacy::report::text::Style;
use twiplomacy::study::compare::{Arms, Compared};
use twiplomacy::study::misplaced;

use crate::arrow::Table;
use crate::errors::raised;
use crate::plot::{Picture, picture};
use crate::run::{existing, table_format};
use crate::scenario::Loaded;
use crate::watch::Watch;

/// Arms with their runs.
#[pyclass(frozen, module = "twiplomacy._native")]
pub(crate) struct Differences {
    arms: Arms,
    compared: Compared,
}

/// Makes the runs of all arms.
#[pyfunction]
#[pyo3(signature = (scenario, arms, runs, seed, threads, progress))]
pub(crate) fn compare(
    py: Python<'_>,
    scenario: &Bound<'_, Loaded>,
    arms: Vec<String>,
    runs: u64,
    seed: u64,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Differences> {
    let watch = Watch::new(threads, progress);
    let loaded = scenario.get();
    let baseline = loaded.prepared(seed)?;
    let arms = py.detach(|| Arms::of(loaded.request(), baseline, &arms, seed)).map_err(raised)?;
    watch.counter().expect(arms.runs_due(runs));
    let compared = watch.over(py, |terms| arms.simulate(runs, terms))?;
    Ok(Differences { arms, compared })
}

#[pymethods]
impl Differences {
    #[getter]
    fn scenario(&self) -> &str {
        self.arms.baseline.id()
    }

    #[getter]
    fn arms(&self) -> Vec<String> {
        self.compared.comparison.arms.iter().map(|arm| arm.name.clone()).collect()
    }

    #[getter]
    fn n_runs(&self) -> usize {
        self.compared.comparison.runs
    }

    #[getter]
    fn hardly_alike(&self) -> Vec<String> {
        self.arms.hardly_alike().map(str::to_owned).collect()
    }

    /// `comparison.json`.
    fn json(&self) -> String {
        report::json(&self.compared.comparison).to_string()
    }

    /// One row an arm and outcome.
    fn differences(&self) -> PyResult<Table> {
        let json = report::json(&self.compared.comparison);
        let mut rows = Vec::new();
        for (arm, entry) in json["arms"].as_object().into_iter().flatten() {
            for (outcome, numbers) in entry["outcomes"].as_object().into_iter().flatten() {
                let mut row = serde_json::Map::new();
                row.insert("arm".into(), arm.as_str().into());
                row.insert("outcome".into(), outcome.as_str().into());
                row.extend(numbers.as_object().cloned().into_iter().flatten());
                rows.push(row.into());
            }
        }
        Table::of_json(&rows)
    }

    /// The runs of all arms side by side.
    fn pairs(&self) -> PyResult<Table> {
        Table::single(&self.compared.pairs())
    }

    /// The table that the program prints.
    fn text(&self) -> String {
        let shown = &self.arms.baseline.named.highlighted;
        report::table(&self.compared.comparison, shown, Rungs::Mean, 120, Style::Plain)
    }

    /// The plot of the differences.
    fn plot<'py>(&self, py: Python<'py>) -> PyResult<Option<Picture<'py>>> {
        let plot = self.arms.plot(&self.compared).map_err(raised)?;
        Ok(plot.map(|plot| picture(py, &plot)))
    }

    /// Writes the folder that the program writes.
    fn write(
        &self,
        py: Python<'_>,
        out: Option<PathBuf>,
        overwrite: bool,
        tables: &str,
    ) -> PyResult<PathBuf> {
        let format: TableFormat = table_format(tables)?;
        py.detach(|| {
            let id = format!("{}-compare", self.arms.baseline.id());
            let destination =
                Destination::choose(out.as_deref(), &id, existing(overwrite)).map_err(misplaced)?;
            destination.write(&self.arms.files(&self.compared, format)?).map_err(misplaced)
        })
        .map_err(raised)
    }

    /// Bytes of `comparison.json` as the program writes it.
    fn json_bytes(&self) -> Vec<u8> {
        json::to_bytes(&report::json(&self.compared.comparison))
    }
}
