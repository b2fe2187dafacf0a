//! Graphs in and out.

#![expect(clippy::disallowed_methods, reason = "a part of the file that opens files")]

use crate::graphs::load::{LoadError, Loaded, load};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

/// Bytes of a compressed file that are read at once.
const BUFFER: usize = 1 << 16;

/// Reads a graph; its format and compression are seen from its content.
pub fn read_graph(path: &Path) -> Result<Loaded, LoadError> {
    let name = path.display().to_string();
    let refused = |source| LoadError::Refused { name: name.clone(), source };
    let file = File::open(path).map_err(refused)?;
    let metadata = file.metadata().map_err(refused)?;
    if metadata.is_dir() {
        return Err(refused(io::ErrorKind::IsADirectory.into()));
    }
    let n_bytes = metadata.is_file().then_some(metadata.len());
    load(&name, BufReader::with_capacity(BUFFER, file), n_bytes)
}
