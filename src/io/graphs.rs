//! Graphs in and out.

#![expect(clippy::disallowed_methods, reason = "a part of the file that opens files")]

use super::{Existing, WriteError};
use crate::graphs::labels::Labels;
use crate::graphs::load::{LoadError, Loaded, PARQUET_MAGIC, load, load_parquet};
use crate::graphs::write::{self, Target};
use crate::model::graph::Graph;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek};
use std::path::{Path, PathBuf};

/// Bytes of a compressed file that are read at once.
const BUFFER: usize = 1 << 16;

/// Reads a graph; its format and compression are seen from its content.
pub fn read_graph(path: &Path) -> Result<Loaded, LoadError> {
    let name = path.display().to_string();
    let refused = |source| LoadError::Refused { name: name.clone(), source };
    let mut file = File::open(path).map_err(refused)?;
    let metadata = file.metadata().map_err(refused)?;
    if metadata.is_dir() {
        return Err(refused(io::ErrorKind::IsADirectory.into()));
    }
    if !metadata.is_file() {
        return load(&name, BufReader::with_capacity(BUFFER, file), None);
    }
    let mut start = [0; PARQUET_MAGIC.len()];
    let is_parquet = file.read_exact(&mut start).is_ok() && start == *PARQUET_MAGIC;
    file.rewind().map_err(refused)?;
    if is_parquet {
        load_parquet(&name, file)
    } else {
        load(&name, BufReader::with_capacity(BUFFER, file), Some(metadata.len()))
    }
}

/// Writes a graph in the format that the name of the file asks for; the file appears under its name as a whole.
pub fn write_graph(
    path: &Path,
    graph: &Graph,
    labels: &Labels,
    existing: Existing,
) -> Result<(), WriteGraphError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let target = Target::of(&name).ok_or_else(|| WriteGraphError::UnknownFormat { path: path.to_owned() })?;
    let refused = |source| WriteError::Refused { path: path.to_owned(), source };
    if existing == Existing::Refuse && path.try_exists().map_err(refused)? {
        return Err(WriteError::Exists { path: path.to_owned() }.into());
    }
    let partial = path.with_file_name(format!(".{name}.partial-{}", std::process::id()));
    let written = written(&partial, target, graph, labels).and_then(|()| fs::rename(&partial, path));
    written.map_err(|source| {
        // What was begun is of no use; that it can't be removed either changes nothing.
        let _ = fs::remove_file(&partial);
        WriteGraphError::Write(refused(source))
    })
}

fn written(partial: &Path, target: Target, graph: &Graph, labels: &Labels) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, File::create(partial)?);
    target.write(graph, labels, &mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// Why a graph can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteGraphError {
    /// The name of the file does not say what to write.
    #[error("`{path}` does not say in which format\n\nhint: use a name that ends in {}", write::ENDINGS)]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// It can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
