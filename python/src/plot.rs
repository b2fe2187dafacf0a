//! Plots as pairs of bytes.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use twiplomacy::report::plot::Plot;

/// Name, SVG and PNG of a plot.
pub(crate) type Picture<'py> = (String, Bound<'py, PyBytes>, Bound<'py, PyBytes>);

/// A plot for Python.
pub(crate) fn picture<'py>(py: Python<'py>, plot: &Plot) -> Picture<'py> {
    (plot.stem.clone(), PyBytes::new(py, &plot.svg), PyBytes::new(py, &plot.png))
}
