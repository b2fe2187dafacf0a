//! Files in and out: scenarios and worlds, and bundles.
//!
//! The only file of the library that opens files. Everything is read with a limit, and a bundle appears under its name as
//! a whole or not at all.

#![expect(clippy::disallowed_methods, reason = "this is the file that opens files")]

mod destination;
mod graphs;
#[cfg(test)]
mod tests;
mod work;

use crate::report::bundle;
use crate::report::manifest::{Input, Manifest};
use crate::scenario::{Failure, Source, bundled};
use crate::text::{decode, nearest};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

pub use destination::{Destination, DestinationError, Existing, PartialFile};
pub use graphs::{WriteGraphError, read_graph, write_graph};
pub use work::{Holding, WorkFolder};

/// Bytes of the largest file that is read.
pub const LARGEST_FILE: u64 = 16 << 20;

/// Why something can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no such scenario.
    #[error(
        "`{name}` is neither a file nor a bundled scenario\n\nhint: {}`twiplomacy list` shows the bundled ones",
        meant.map_or(String::new(), |id| format!("did you mean `{id}`? "))
    )]
    NoScenario {
        /// What was asked for.
        name: String,
        /// Bundled scenario that was probably meant.
        meant: Option<&'static str>,
    },
    /// There is a folder where a file is wanted.
    #[error("`{path}` is a folder, not a scenario file")]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The file is too large to be what is wanted.
    #[error("`{path}` has {bytes} bytes, more than a scenario can have ({LARGEST_FILE})")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file, which does not tell its size, does not end in time.
    #[error("`{path}` has more bytes than a scenario can have ({LARGEST_FILE})")]
    Endless {
        /// The file.
        path: PathBuf,
    },
    /// The bytes are no text.
    #[error("the file is no text")]
    NoText(#[source] Failure),
    /// A folder that should hold the parts of a world holds none.
    #[error("the folder `{path}` has no files that end in `.toml`")]
    NoWorld {
        /// The folder.
        path: PathBuf,
    },
    /// A folder is no bundle.
    #[error(
        "`{path}` is not a bundle: it has no `{}`\n\nhint: `twiplomacy run SCENARIO` writes a bundle",
        bundle::MANIFEST
    )]
    NoBundle {
        /// The folder.
        path: PathBuf,
    },
    /// The manifest of a bundle does not say what it should.
    #[error("`{path}` is not the manifest of a bundle")]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// A file of a bundle is not the one that was simulated.
    #[error("`{path}` was changed after the runs\n\nhint: `twiplomacy run` simulates the changed scenario")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("`{path}` can't be read")]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Why something can't be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// There is a file of that name.
    #[error("`{path}` exists\n\nhint: choose another name, or remove it first")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("`{path}` can't be written")]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// A bundle as it lies on the disk, as far as it is needed to repeat its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredBundle {
    /// The scenario as simulated.
    pub scenario: Source,
    /// The world as simulated.
    pub world: Source,
    /// How the bundle was made.
    pub manifest: Manifest,
}

/// Reads a scenario: the bundled one of that id, or else the file at that path.
pub fn scenario(name: &str) -> Result<Source, ReadError> {
    if let Some(source) = bundled::scenario(name) {
        return Ok(source);
    }
    let path = Path::new(name);
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(ReadError::NoScenario { name: name.to_owned(), meant: meant(name) })
        }
        Ok(metadata) if metadata.is_dir() => Err(ReadError::Folder { path: path.to_owned() }),
        _ => text(path),
    }
}

/// The bundled scenario that `name` was probably meant to be.
fn meant(name: &str) -> Option<&'static str> {
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str())?;
    let ids = || bundled::scenarios().map(|bundled| bundled.id);
    ids().find(|id| id.starts_with(stem) || stem.starts_with(id)).or_else(|| nearest(stem, ids()))
}

/// Reads a world: one file, or all files of a folder that end in `.toml`, in order of name.
pub fn world(path: &Path) -> Result<Vec<Source>, ReadError> {
    if !path.is_dir() {
        return Ok(vec![text(path)?]);
    }
    let parts = toml_files(path)?;
    if parts.is_empty() {
        return Err(ReadError::NoWorld { path: path.to_owned() });
    }
    parts.iter().map(|part| text(part)).collect()
}

/// The files of a folder that end in `.toml`, in order of name.
pub fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let refused = |source| ReadError::Refused { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(refused)?;
    let mut files =
        entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>().map_err(refused)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    Ok(files)
}

/// Reads a list: one entry a line; empty lines and what follows a `#` are left out.
pub fn list(path: &Path) -> Result<Vec<String>, ReadError> {
    let entry = |line: &str| line.split('#').next().unwrap_or_default().trim().to_owned();
    Ok(text(path)?.text.lines().map(entry).filter(|entry| !entry.is_empty()).collect())
}

/// Reads a bundle and checks that its scenario and world are those that were simulated.
pub fn bundle(folder: &Path) -> Result<StoredBundle, ReadError> {
    let path = folder.join(bundle::MANIFEST);
    if !path.is_file() {
        return Err(ReadError::NoBundle { path: folder.to_owned() });
    }
    let manifest = Manifest::from_bytes(&bytes(&path)?)
        .map_err(|source| ReadError::Manifest { path: path.clone(), source })?;
    let (scenario, world) = (text(&folder.join(bundle::SCENARIO))?, text(&folder.join(bundle::WORLD))?);
    let found = Input::of(&manifest.scenario.id, &scenario.text, &world.text);
    if found.scenario_sha256 != manifest.scenario.scenario_sha256 {
        return Err(ReadError::Changed { path: folder.join(bundle::SCENARIO) });
    }
    if found.world_sha256 != manifest.scenario.world_sha256 {
        return Err(ReadError::Changed { path: folder.join(bundle::WORLD) });
    }
    Ok(StoredBundle { scenario, world, manifest })
}

/// Writes a file that must not exist yet.
pub fn write_new(path: &Path, text: &str) -> Result<(), WriteError> {
    let refused = |source| WriteError::Refused { path: path.to_owned(), source };
    match File::create_new(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map_err(refused),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(WriteError::Exists { path: path.to_owned() })
        }
        Err(error) => Err(refused(error)),
    }
}

/// Writes a file as a whole or not at all; one that exists is replaced only if that is asked for.
pub fn write_file(path: &Path, bytes: &[u8], existing: Existing) -> Result<(), WriteError> {
    let refused = |source| WriteError::Refused { path: path.to_owned(), source };
    if existing == Existing::Refuse && path.exists() {
        return Err(WriteError::Exists { path: path.to_owned() });
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let partial = path.with_file_name(format!(".{name}.{}.partial", std::process::id()));
    let written = File::create(&partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let named = written.and_then(|()| fs::rename(&partial, path));
    if named.is_err() {
        // What is left of it is of no use; that it can't be removed is not what went wrong.
        let _ = fs::remove_file(&partial);
    }
    named.map_err(refused)
}

/// The text of a file, named as its path.
fn text(path: &Path) -> Result<Source, ReadError> {
    let name = path.display().to_string();
    let text = decode(&name, &bytes(path)?).map_err(ReadError::NoText)?;
    Ok(Source { name, text })
}

/// The content of a file that is not too large; its size is looked at before it is read.
fn bytes(path: &Path) -> Result<Vec<u8>, ReadError> {
    let refused = |source| ReadError::Refused { path: path.to_owned(), source };
    let file = File::open(path).map_err(refused)?;
    let size = file.metadata().map_err(refused)?.len();
    if size > LARGEST_FILE {
        return Err(ReadError::TooLarge { path: path.to_owned(), bytes: size });
    }
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(refused)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(ReadError::Endless { path: path.to_owned() });
    }
    Ok(bytes)
}
