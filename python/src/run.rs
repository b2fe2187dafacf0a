//! Many runs of one scenario.

use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use twiplomacy::experiment::aggregate::Aggregate;
use twiplomacy::io::{Destination, Existing, PartialFile};
use twiplomacy::model::outcome::Outcome;
use twiplomacy::report::bundle::{BundleFile, Ensemble, MANIFEST, TableFormat};
use twiplomacy::report::manifest::{Manifest, Shard};
use twiplomacy::report::plot::Plot;
use twiplomacy::report::tables::rows::RowTables;
use twiplomacy::report::text::{Style, outcome_table};
use twiplomacy::report::{json, tables};
use twiplomacy::study::making::Begun;
use twiplomacy::study::prepare::Prepared;
use twiplomacy::study::replay::Replayed;
use twiplomacy::study::run::{
    MOST_RUNS, Plan, RUNS, Reached, RunError, manifest, share_files, simulate, targets,
};
use twiplomacy::study::{StudyError, misplaced};

use crate::arrow::Table;
use crate::custom::Hooks;
use crate::errors::{failed, mistake, raised};
use crate::plot::{Picture, picture};
use crate::scenario::Loaded;
use crate::watch::Watch;

/// Columns of the table for people.
const WIDTH: usize = 120;

/// A format of tables by its word.
pub(crate) fn table_format(word: &str) -> PyResult<TableFormat> {
    match word {
        "parquet" => Ok(TableFormat::Parquet),
        "csv" => Ok(TableFormat::Csv),
        "both" => Ok(TableFormat::Both),
        other => {
            Err(mistake(format!("`{other}` is not a format of tables"), "allowed: `parquet`, `csv`, `both`"))
        }
    }
}

/// What to do with a folder that exists.
pub(crate) const fn existing(overwrite: bool) -> Existing {
    if overwrite { Existing::Replace } else { Existing::Refuse }
}

/// The runs of one scenario, with all that reports need.
#[pyclass(frozen, module = "twiplomacy._native")]
pub(crate) struct Runs {
    prepared: Prepared,
    hooks: Option<Arc<Hooks>>,
    outcomes: Vec<Outcome>,
    aggregate: Aggregate,
    manifest: Manifest,
    missed: Option<String>,
    plots: OnceLock<Vec<Plot>>,
}

/// Makes runs and keeps them in memory.
#[pyfunction]
#[pyo3(signature = (scenario, runs, precision, max_runs, seed, threads, progress, on_decision, on_act))]
#[expect(clippy::too_many_arguments, reason = "the package names them one by one, as its users do")]
pub(crate) fn run(
    py: Python<'_>,
    scenario: &Bound<'_, Loaded>,
    runs: Option<u64>,
    precision: Vec<String>,
    max_runs: Option<u64>,
    seed: u64,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
    on_decision: Option<Py<PyAny>>,
    on_act: Option<Py<PyAny>>,
) -> PyResult<Runs> {
    let hooks = Hooks::new(on_decision, on_act);
    let watch = Watch::new(threads, progress).with_hooks(hooks.clone());
    let runs = if precision.is_empty() { runs.unwrap_or(RUNS) } else { max_runs.unwrap_or(MOST_RUNS) };
    let plan = Plan { seed, runs, shard: None, threads: watch.threads(), tables: TableFormat::Parquet };
    let loaded = scenario.get();
    let mut prepared = loaded.prepared(seed)?;
    if let Some(hooks) = &hooks {
        prepared.simulation = prepared.simulation.with_custom(Arc::clone(hooks) as _);
    }
    let targets = targets(&precision, &prepared).map_err(raised)?;
    watch.counter().expect(runs);
    let mut outcomes = Vec::new();
    let (aggregate, making) = watch.over(py, |terms| {
        let begun = Begun::now();
        let expect = |runs| watch.counter().expect(runs);
        let keep = |some: Vec<Outcome>| -> Result<(), RunError> {
            outcomes.extend(some);
            Ok(())
        };
        let aggregate = simulate(&plan, &prepared, &targets, terms, &expect, keep)?;
        Ok((aggregate, begun.ended()))
    })?;
    let reached = Reached::of(&plan, &targets, &prepared, &aggregate);
    let manifest = manifest(&plan, &prepared, &aggregate, &reached, &making);
    let missed =
        reached.missed.map(|missed| missed.split("\n\nhint: ").next().unwrap_or_default().to_owned());
    Ok(Runs { prepared, hooks, outcomes, aggregate, manifest, missed, plots: OnceLock::new() })
}

/// Makes a share of runs and writes it, for `merge` to put together with the others; gives the folder.
#[pyfunction]
#[pyo3(signature = (scenario, runs, seed, threads, progress, shard, out, overwrite, tables))]
#[expect(clippy::too_many_arguments, reason = "the package names them one by one, as its users do")]
pub(crate) fn run_share(
    py: Python<'_>,
    scenario: &Bound<'_, Loaded>,
    runs: Option<u64>,
    seed: u64,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
    shard: (u64, u64),
    out: PathBuf,
    overwrite: bool,
    tables: &str,
) -> PyResult<PathBuf> {
    let watch = Watch::new(threads, progress);
    let shard = Some(shard_of(shard)?);
    let tables = table_format(tables)?;
    let plan = Plan { seed, runs: runs.unwrap_or(RUNS), shard, threads: watch.threads(), tables };
    let prepared = scenario.get().prepared(seed)?;
    let destination = Destination::choose(Some(&out), prepared.id(), existing(overwrite));
    let destination = destination.map_err(misplaced).map_err(raised)?;
    let range = plan.range();
    watch.counter().expect(range.end - range.start);
    watch.over(py, |terms| {
        let begun = Begun::now();
        let simulation = &prepared.simulation;
        let (layout, start) = (simulation.layout(), simulation.setting().start);
        let open = |name: &str| destination.file(name).map_err(RunError::Write);
        let mut rows = RowTables::new(layout, start, TableFormat::Parquet, open)?;
        let push = |outcomes| rows.push(outcomes).map_err(RunError::Report);
        let aggregate = simulate(&plan, &prepared, &[], terms, &|_| {}, push)?;
        let files = rows.finish().map_err(RunError::Report)?;
        files.into_iter().try_for_each(PartialFile::finish).map_err(RunError::Write)?;
        let manifest = manifest(&plan, &prepared, &aggregate, &Reached::default(), &begun.ended());
        destination.write(&share_files(&prepared, &aggregate, &manifest)).map_err(misplaced)
    })
}

/// A share, counted from 1.
pub(crate) fn shard_of((index, count): (u64, u64)) -> PyResult<Shard> {
    if (1..=count).contains(&index) && count <= 100_000 {
        return Ok(Shard { index, count });
    }
    Err(mistake(
        format!("there is no share {index} of {count}"),
        "allowed: (i, n) with i from 1 to n, and n at most 100000",
    ))
}

impl Runs {
    fn ensemble(&self) -> Ensemble<'_> {
        let Prepared { scenario, simulation, named } = &self.prepared;
        Ensemble::of(scenario, simulation, named, &self.aggregate)
    }

    /// An error of a rule of the user that came up since the runs.
    fn checked<T>(&self, value: T) -> PyResult<T> {
        self.hooks.as_ref().and_then(|hooks| hooks.take_error()).map_or(Ok(value), Err)
    }

    fn drawn(&self, py: Python<'_>) -> PyResult<&[Plot]> {
        if self.plots.get().is_none() {
            let plots = py.detach(|| self.ensemble().pictures()).map_err(failed)?;
            let _ = self.plots.set(self.checked(plots)?);
        }
        Ok(self.plots.get().map_or(&[], Vec::as_slice))
    }
}

#[pymethods]
impl Runs {
    #[getter]
    fn scenario(&self) -> &str {
        self.prepared.id()
    }

    #[getter]
    fn n_runs(&self) -> usize {
        self.outcomes.len()
    }

    #[getter]
    fn seed(&self) -> u64 {
        self.manifest.seed
    }

    #[getter]
    fn wall_seconds(&self) -> f64 {
        self.manifest.wall_seconds
    }

    /// Runs that were stopped because they used up their events.
    #[getter]
    fn n_incomplete(&self) -> u64 {
        self.aggregate.scalars.incomplete()
    }

    /// What the intervals are that were asked to be narrow.
    #[getter]
    fn precision(&self) -> Vec<String> {
        self.manifest.precision.clone()
    }

    /// The precision that was not reached.
    #[getter]
    fn missed(&self) -> Option<String> {
        self.missed.clone()
    }

    #[getter]
    fn highlighted(&self) -> Vec<String> {
        self.prepared.named.highlighted.clone()
    }

    #[getter]
    fn warnings(&self) -> String {
        self.prepared.scenario.warnings.render(twiplomacy::text::Look::Plain)
    }

    /// Accounts and follower links of the network.
    #[getter]
    fn network(&self) -> (u32, u64) {
        let network = &self.prepared.simulation.setting().network;
        (network.n_accounts(), network.n_edges() as u64)
    }

    /// One row a run, one column an outcome.
    fn runs(&self) -> PyResult<Table> {
        Table::single(&tables::runs(self.prepared.simulation.layout(), &self.outcomes))
    }

    /// One row a diplomatic act.
    fn acts(&self) -> PyResult<Table> {
        let simulation = &self.prepared.simulation;
        Table::single(&tables::acts(simulation.layout(), &self.outcomes, simulation.setting().start))
    }

    /// One row a series and time bin, with quantiles over runs.
    fn series(&self) -> PyResult<Table> {
        let simulation = &self.prepared.simulation;
        let summary = self.ensemble().summary;
        Table::single(&tables::series(simulation.layout(), &summary, simulation.setting().start))
    }

    /// `summary.json`.
    fn summary_json(&self) -> String {
        String::from_utf8_lossy(&self.ensemble().summary_bytes()).into_owned()
    }

    /// One row an outcome, with its statistics.
    fn summary(&self) -> PyResult<Table> {
        let ensemble = self.ensemble();
        let layout = self.prepared.simulation.layout();
        let summary = json::summary(&ensemble.summary, layout, &ensemble.recorded);
        let rows = summary["outcomes"].as_object().into_iter().flatten().map(|(id, entry)| {
            let mut row = serde_json::Map::new();
            row.insert("outcome".into(), id.as_str().into());
            for key in ["unit", "n", "mean", "sd", "p", "mean_ci", "p_ci", "q05", "q25", "q50", "q75", "q95"]
            {
                let missing = if key.ends_with("_ci") {
                    serde_json::json!([null, null])
                } else {
                    serde_json::Value::Null
                };
                row.insert(key.into(), entry.get(key).cloned().unwrap_or(missing));
            }
            for key in ["value", "role", "percentile"] {
                let recorded = entry.get("recorded").and_then(|recorded| recorded.get(key)).cloned();
                let name = if key == "value" { "recorded" } else { key };
                row.insert(name.into(), recorded.unwrap_or_default());
            }
            row.into()
        });
        Table::of_json(&rows.collect::<Vec<_>>())
    }

    /// The table that the program prints.
    fn text(&self) -> String {
        let ensemble = self.ensemble();
        let highlighted = &self.prepared.named.highlighted;
        let mut shown = ensemble.summary.clone();
        shown.outcomes.retain(|outcome| highlighted.is_empty() || highlighted.contains(&outcome.id));
        outcome_table(&shown, &ensemble.recorded, highlighted, WIDTH, Style::Plain)
    }

    /// Names of the plots for which there is data.
    fn plot_names(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        Ok(self.drawn(py)?.iter().map(|plot| plot.stem.clone()).collect())
    }

    /// A plot by its name.
    fn plot<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Picture<'py>>> {
        Ok(self.drawn(py)?.iter().find(|plot| plot.stem == name).map(|plot| picture(py, plot)))
    }

    /// The self-contained page.
    fn page(&self, py: Python<'_>, films: usize) -> PyResult<Vec<u8>> {
        let page = py.detach(|| self.ensemble().page(films)).map_err(failed)?;
        self.checked(page)
    }

    /// One run again, with all that happened in it.
    fn replay(&self, py: Python<'_>, run: u64) -> PyResult<(String, String, Table, Table)> {
        let n = self.outcomes.len() as u64;
        if run >= n {
            return Err(mistake(
                format!("there is no run {run}"),
                format!("the {n} runs are 0 to {}", n.saturating_sub(1)),
            ));
        }
        let replayed = py.detach(|| Replayed::of(&self.prepared, run));
        told(&self.checked(replayed)?)
    }

    /// Writes the bundle: the same files as those of the program.
    #[pyo3(signature = (out, overwrite, tables))]
    fn write(
        &self,
        py: Python<'_>,
        out: Option<PathBuf>,
        overwrite: bool,
        tables: &str,
    ) -> PyResult<PathBuf> {
        let format = table_format(tables)?;
        let folder = py.detach(|| -> Result<PathBuf, StudyError> {
            let destination = Destination::choose(out.as_deref(), self.prepared.id(), existing(overwrite));
            let destination = destination.map_err(misplaced)?;
            let written = || -> Result<(), RunError> {
                let simulation = &self.prepared.simulation;
                let (layout, start) = (simulation.layout(), simulation.setting().start);
                let open = |name: &str| destination.file(name).map_err(RunError::Write);
                let mut rows = RowTables::new(layout, start, format, open)?;
                for outcomes in self.outcomes.chunks(4096) {
                    rows.push(outcomes.to_vec())?;
                }
                rows.finish()?.into_iter().try_for_each(PartialFile::finish)?;
                Ok(())
            };
            written()?;
            let mut files = self.ensemble().files(format).map_err(StudyError::running)?;
            files.push(BundleFile::new(MANIFEST, self.manifest.to_bytes()));
            destination.write(&files).map_err(misplaced)
        });
        self.checked(folder.map_err(raised)?)
    }
}

/// A replayed run as JSON, as a story, and as tables of its timeline and its acts.
pub(crate) fn told(replayed: &Replayed<'_>) -> PyResult<(String, String, Table, Table)> {
    let value = replayed.json();
    let timeline = Table::of_json(value["timeline"].as_array().map_or(&[], Vec::as_slice))?;
    let acts = Table::single(&replayed.acts())?;
    Ok((value.to_string(), replayed.story(WIDTH, Style::Plain), timeline, acts))
}
