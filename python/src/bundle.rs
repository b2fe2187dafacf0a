//! Folders that were written before: put together, or repeated.

use pyo3::prelude::*;
use std::path::PathBuf;
use twiplomacy::experiment::points::Space;
use twiplomacy::io::{Destination, Holding, WorkFolder};
use twiplomacy::report::manifest::WorkKind;
use twiplomacy::report::sweep::is_part;
use twiplomacy::study::merge::{kind, merge_runs, merge_sweep, parts, plan_of, prepared_runs};
use twiplomacy::study::replay::{Replayed, stored};
use twiplomacy::study::sweep::standing;
use twiplomacy::study::{self, StudyError};

use crate::arrow::Table;
use crate::errors::raised;
use crate::run::{existing, told};
use crate::sweep::{self, Points};

/// Puts shares together; gives the folder and, of a sweep, its points.
#[pyfunction]
#[pyo3(signature = (folders, out, overwrite))]
pub(crate) fn merge(
    py: Python<'_>,
    folders: Vec<PathBuf>,
    out: Option<PathBuf>,
    overwrite: bool,
) -> PyResult<(PathBuf, Option<Points>)> {
    let parts = parts(&folders).map_err(raised)?;
    if kind(&parts) == WorkKind::Run {
        let folder = py.detach(|| -> Result<PathBuf, StudyError> {
            let prepared = prepared_runs(&parts)?;
            let destination = Destination::choose(out.as_deref(), prepared.id(), existing(overwrite));
            let destination = destination.map_err(study::misplaced)?;
            Ok(merge_runs(&parts, &prepared, destination)?.1)
        });
        return Ok((folder.map_err(raised)?, None));
    }
    let planned = plan_of(&parts[0]).map_err(raised)?;
    let settings = planned.sweep.settings();
    let space = Space::new(&planned.base, planned.sweep.seed, &settings);
    let prepared = standing(&planned.base, &space).map_err(raised)?;
    let id = format!("{}-sweep", prepared.id());
    let holding = if overwrite { Holding::Replace } else { Holding::Refuse };
    let work = WorkFolder::open(out.as_deref(), &id, holding, is_part);
    let work = work.map_err(study::sweep::misplaced).map_err(raised)?;
    let swept = py.detach(|| merge_sweep(&parts, &planned, &prepared, &work)).map_err(raised)?;
    let folder = work.folder().to_owned();
    let points = sweep::told(py, &swept, folder.clone(), Vec::new())?;
    Ok((folder, Some(points)))
}

/// One run of a bundle again: JSON, story, timeline, acts.
#[pyfunction]
pub(crate) fn replay(py: Python<'_>, bundle: PathBuf, run: u64) -> PyResult<(String, String, Table, Table)> {
    let prepared = py.detach(|| stored(&bundle, run)).map_err(raised)?.0;
    told(&py.detach(|| Replayed::of(&prepared, run)))
}
