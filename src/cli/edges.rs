//! Reading the graph that `--edges` names.

use super::failure::Failed;
use super::progress::Verbosity;
use super::terminal;
use std::path::Path;
use twiplomacy::graphs::load::Loaded;
use twiplomacy::io;

/// Reads a graph, and remarks on what of the file is not used.
pub(crate) fn read(path: &Path, verbosity: Verbosity) -> Result<Loaded, Failed> {
    let loaded = io::read_graph(path).map_err(Failed::usage)?;
    if let (Some(line), Verbosity::Normal) = (loaded.further_columns, verbosity) {
        terminal::remark(&format!(
            "warning: columns of `{}` after the second are not read (first in line {line})",
            path.display()
        ));
    }
    Ok(loaded)
}
