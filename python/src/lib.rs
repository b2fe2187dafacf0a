//! The native half of the Python package: what takes time, and nothing that Python says better.
//!
//! Everything is a thin layer over [`twiplomacy::study`], which the program is a layer over, too: the same question has the same answer, the
//! same files and the same errors in both. The classes here are private to the package; what users see is written in Python, in the folder
//! `twiplomacy` beside this one.

mod arrow;
mod backtest;
mod bundle;
mod compare;
mod custom;
mod errors;
mod plot;
mod run;
mod scenario;
mod sweep;
mod watch;

use pyo3::prelude::*;

/// What the package `twiplomacy` is made of.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("VERSION", env!("CARGO_PKG_VERSION"))?;
    module.add("COMMIT", twiplomacy::study::COMMIT)?;
    module.add("UsageError", py.get_type::<errors::UsageError>())?;
    module.add("ScenarioError", py.get_type::<errors::ScenarioError>())?;
    module.add("RunError", py.get_type::<errors::RunError>())?;
    module.add_class::<arrow::Table>()?;
    module.add_class::<backtest::Scored>()?;
    module.add_class::<compare::Differences>()?;
    module.add_class::<custom::Act>()?;
    module.add_class::<custom::Decision>()?;
    module.add_class::<run::Runs>()?;
    module.add_class::<scenario::Loaded>()?;
    module.add_class::<sweep::Points>()?;
    module.add_function(wrap_pyfunction!(scenario::bundled, module)?)?;
    module.add_function(wrap_pyfunction!(scenario::cores, module)?)?;
    module.add_function(wrap_pyfunction!(scenario::template, module)?)?;
    module.add_function(wrap_pyfunction!(run::run, module)?)?;
    module.add_function(wrap_pyfunction!(run::run_share, module)?)?;
    module.add_function(wrap_pyfunction!(compare::compare, module)?)?;
    module.add_function(wrap_pyfunction!(sweep::sweep, module)?)?;
    module.add_function(wrap_pyfunction!(sweep::sweep_size, module)?)?;
    module.add_function(wrap_pyfunction!(bundle::merge, module)?)?;
    module.add_function(wrap_pyfunction!(bundle::replay, module)?)?;
    module.add_function(wrap_pyfunction!(backtest::backtest, module)?)?;
    Ok(())
}
