//! Sweeps in folders.

use pyo3::prelude::*;
use std::fs::File;
use std::path::PathBuf;
use twiplomacy::experiment::points::Space;
use twiplomacy::experiment::sweep::Asked;
use twiplomacy::io::{Holding, WorkFolder};
use twiplomacy::model::outcome::Layout;
use twiplomacy::report::json::to_bytes;
use twiplomacy::report::sweep::{Swept, is_part, part_name};
use twiplomacy::report::tables::read::Groups;
use twiplomacy::report::tables::sweep::points;
use twiplomacy::report::text::Style;
use twiplomacy::scenario::plan_file::DesignKind;
use twiplomacy::study::sweep::{Planned, RUNS, Record, Undertaking, misplaced, planned_from, standing};

use crate::arrow::Table;
use crate::errors::{asked, failed, mistake, raised};
use crate::run::{shard_of, table_format};
use crate::scenario::Loaded;
use crate::watch::Watch;

/// What was found at the points of a sweep, and the folder with its rows.
#[pyclass(frozen, module = "twiplomacy._native")]
pub(crate) struct Points {
    folder: PathBuf,
    n_parts: usize,
    layout: Layout,
    json: String,
    text: String,
    table: Py<Table>,
    left_out: Vec<String>,
}

/// A sweep as it is asked for.
#[derive(FromPyObject)]
pub(crate) struct Question {
    vary: Vec<String>,
    design: String,
    points: Option<u64>,
    runs: Option<u64>,
    seed: u64,
}

impl Question {
    fn planned(&self, loaded: &Loaded) -> PyResult<Planned> {
        if self.vary.is_empty() {
            return Err(mistake(
                "nothing is varied",
                "name a parameter and its values, such as `vary={\"dispositions.response.base\": [-4, -3, -2]}`",
            ));
        }
        let asked = Asked {
            design: design(&self.design)?,
            points: self.points,
            runs: self.runs.unwrap_or(RUNS),
            seed: self.seed,
        };
        planned_from(loaded.request(), &self.vary, asked).map_err(raised)
    }
}

fn design(word: &str) -> PyResult<DesignKind> {
    let known = DesignKind::ALL.iter().copied();
    known.clone().find(|kind| kind.name() == word).ok_or_else(|| {
        let names: Vec<&str> = known.map(DesignKind::name).collect();
        mistake(format!("`{word}` is not a design"), format!("allowed: {}", twiplomacy::text::list(names)))
    })
}

/// Number of points and of parts in which rows are written.
#[pyfunction]
pub(crate) fn sweep_size(scenario: &Bound<'_, Loaded>, question: Question) -> PyResult<(usize, usize)> {
    let planned = question.planned(scenario.get())?;
    Ok((planned.sweep.points.len(), planned.sweep.parts().len()))
}

/// Makes a sweep, or a share of it, in a folder; of a share only the folder is told.
#[pyfunction]
#[pyo3(signature = (scenario, question, out, holding, shard, tables, threads, progress))]
#[expect(clippy::too_many_arguments, reason = "the package names them one by one, as its users do")]
pub(crate) fn sweep(
    py: Python<'_>,
    scenario: &Bound<'_, Loaded>,
    question: Question,
    out: Option<PathBuf>,
    holding: &str,
    shard: Option<(u64, u64)>,
    tables: &str,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(PathBuf, Option<Points>)> {
    let watch = Watch::new(threads, progress);
    let holding = match holding {
        "replace" => Holding::Replace,
        "resume" => Holding::Resume,
        _ => Holding::Refuse,
    };
    let (shard, tables) = (shard.map(shard_of).transpose()?, table_format(tables)?);
    let planned = question.planned(scenario.get())?;
    let settings = planned.sweep.settings();
    let space = Space::new(&planned.base, planned.sweep.seed, &settings);
    let prepared = standing(&planned.base, &space).map_err(raised)?;
    let id = format!("{}-sweep", prepared.id());
    let work = WorkFolder::open(out.as_deref(), &id, holding, is_part).map_err(misplaced).map_err(raised)?;
    let record = Record::of(&prepared, &planned.sweep, tables, shard, watch.threads());
    let undertaking = Undertaking::begin(record, &space, &work).map_err(raised)?;
    watch.counter().expect(undertaking.runs_due());
    let (left_out, swept) = watch.over(py, |terms| undertaking.carry_out(terms))?;
    let folder = work.folder().to_owned();
    let points = swept.map(|swept| told(py, &swept, folder.clone(), left_out.outcomes)).transpose()?;
    Ok((folder, points))
}

/// A sweep whose files are written.
pub(crate) fn told(
    py: Python<'_>,
    swept: &Swept<'_>,
    folder: PathBuf,
    left_out: Vec<String>,
) -> PyResult<Points> {
    let table = Table::single(&points(swept.sweep, swept.layout, &swept.points))?;
    Ok(Points {
        folder,
        n_parts: swept.sweep.parts().len(),
        layout: swept.layout.clone(),
        json: String::from_utf8_lossy(&to_bytes(&swept.json())).into_owned(),
        text: swept.table(120, Style::Plain),
        table: Py::new(py, table)?,
        left_out,
    })
}

#[pymethods]
impl Points {
    #[getter]
    fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    #[getter]
    fn left_out(&self) -> Vec<String> {
        self.left_out.clone()
    }

    /// `sweep.json`.
    fn json(&self) -> String {
        self.json.clone()
    }

    /// The table that the program prints.
    fn text(&self) -> String {
        self.text.clone()
    }

    /// One row a point and outcome.
    fn points(&self, py: Python<'_>) -> Py<Table> {
        self.table.clone_ref(py)
    }

    /// One row a run of a point, read from the parts.
    fn rows(&self) -> PyResult<Table> {
        let mut pieces = Vec::new();
        let folder = WorkFolder::at(&self.folder);
        for index in 0..self.n_parts {
            let file: File = folder.read(&part_name(index)).map_err(asked)?;
            for piece in Groups::new("runs", file).map_err(failed)? {
                pieces.push(piece.map_err(failed)?);
            }
        }
        let spec = |name: &str| {
            let spec = self.layout.outcomes.iter().find(|spec| spec.id == name)?;
            Some((spec.unit.name().to_owned(), spec.description.clone()))
        };
        Table::of(&pieces, spec)
    }
}
