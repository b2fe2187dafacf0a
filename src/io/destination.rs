//! Where a bundle goes: a folder that appears under its name as a whole.

#![expect(clippy::disallowed_methods, reason = "this is part of the file that opens files")]

use super::WriteError;
use crate::report::bundle;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// What to do with a folder that exists and is not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is an error.
    Refuse,
    /// The new bundle takes its place; files that are no part of a bundle are kept.
    Replace,
}

/// Why a bundle can't go where it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DestinationError {
    /// The folder holds something.
    #[error(
        "the folder `{path}` is not empty\n\nhint: choose another with `--out`, or add `--overwrite` to replace the bundle in it"
    )]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// It is no folder.
    #[error("`{path}` is a file, not a folder")]
    File {
        /// The file.
        path: PathBuf,
    },
    /// Replacing it would take away the folder that the program works in.
    #[error(
        "`{path}` is the current folder or holds it\n\nhint: name a folder of its own, such as `--out results`"
    )]
    Current {
        /// The folder.
        path: PathBuf,
    },
    /// The path has no last part that could be a name.
    #[error("`{path}` does not name a folder")]
    Nameless {
        /// The path.
        path: PathBuf,
    },
    /// The system refused.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// The place of one bundle, found before the runs so that a mistake shows at once.
///
/// Files are written into a hidden folder beside it, which takes the bundle's name when all of them are on the disk and is
/// removed when the destination is dropped before.
#[derive(Debug)]
pub struct Destination {
    folder: PathBuf,
    naming: Naming,
    existing: Existing,
    partial: PathBuf,
    /// Folders that were made for it, innermost last.
    made: Vec<PathBuf>,
}

/// A file of a bundle that is being made.
#[derive(Debug)]
pub struct PartialFile {
    path: PathBuf,
    file: BufWriter<File>,
}

impl PartialFile {
    /// Brings all of it to the disk.
    pub fn finish(self) -> Result<(), WriteError> {
        let Self { path, file } = self;
        let synced =
            file.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all());
        synced.map_err(refused(&path))
    }
}

impl Write for PartialFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Who chose the name of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Naming {
    /// The user: it is this or none.
    Given,
    /// The program, after the scenario of this id: if it is taken, the next number is.
    Numbered(String),
}

impl Destination {
    /// The folder `out`, or else the first of `out/ID`, `out/ID-2`, `out/ID-3` … that is free; with
    /// [`Existing::Replace`] it is `out/ID` in any case.
    pub fn choose(out: Option<&Path>, id: &str, existing: Existing) -> Result<Self, DestinationError> {
        let Place { folder, naming } = place(out, id, existing)?;
        let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
            return Err(DestinationError::Nameless { path: folder });
        };
        let partial = parent.join(format!(".{}.partial-{}", name.to_string_lossy(), std::process::id()));
        let made = missing(parent);
        let destination = Self { folder, naming, existing, partial, made };
        // Shows before the runs whether anything can be written here.
        fs::create_dir_all(&destination.partial).map_err(refused(&destination.partial))?;
        Ok(destination)
    }

    /// The folder that the bundle will have.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new file of the bundle, to be filled while the bundle is made. It counts as written when it was finished.
    pub fn file(&self, name: &str) -> Result<PartialFile, WriteError> {
        let path = self.partial.join(name);
        let file = File::create(&path).map_err(refused(&path))?;
        Ok(PartialFile { path, file: BufWriter::new(file) })
    }

    /// Writes all files and gives the bundle its name, which is returned.
    pub fn write(mut self, files: &[bundle::BundleFile]) -> Result<PathBuf, DestinationError> {
        for file in files {
            write_synced(&self.partial, file)?;
        }
        sync_folder(&self.partial);
        match self.existing {
            Existing::Replace if self.folder.exists() => self.replace(files)?,
            _ => self.name()?,
        }
        if let Some(parent) = self.folder.parent() {
            sync_folder(parent);
        }
        self.made.clear();
        Ok(std::mem::take(&mut self.folder))
    }

    /// Gives the finished folder its name, which must be free or an empty folder.
    fn name(&mut self) -> Result<(), DestinationError> {
        loop {
            // Takes away an empty folder only.
            let _ = fs::remove_dir(&self.folder);
            match fs::rename(&self.partial, &self.folder) {
                Ok(()) => return Ok(()),
                Err(error) if !self.folder.exists() => return Err(refused(&self.folder)(error).into()),
                Err(_) => match &self.naming {
                    // Another program was faster.
                    Naming::Numbered(id) => self.folder = first_free(id),
                    Naming::Given => {
                        return Err(DestinationError::Occupied { path: self.folder.clone() });
                    }
                },
            }
        }
    }

    /// Puts the finished folder in the place of the old one, and moves what is no part of a bundle over to it.
    fn replace(&self, files: &[bundle::BundleFile]) -> Result<(), DestinationError> {
        let old = self.partial.with_extension(format!("old-{}", std::process::id()));
        fs::rename(&self.folder, &old).map_err(refused(&self.folder))?;
        if let Err(error) = fs::rename(&self.partial, &self.folder) {
            fs::rename(&old, &self.folder).map_err(refused(&self.folder))?;
            return Err(refused(&self.folder)(error).into());
        }
        let is_ours = |name: &str| {
            bundle::is_part(name) || files.iter().any(|file| file.path.split('/').next() == Some(name))
        };
        for entry in fs::read_dir(&old).map_err(refused(&old))? {
            let entry = entry.map_err(refused(&old))?;
            if !entry.file_name().to_str().is_some_and(is_ours) {
                let kept = self.folder.join(entry.file_name());
                fs::rename(entry.path(), &kept).map_err(refused(&kept))?;
            }
        }
        fs::remove_dir_all(&old).map_err(refused(&old))?;
        Ok(())
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        // After a success there is nothing left of it; after a failure this is all that can be done.
        let _ = fs::remove_dir_all(&self.partial);
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A folder where something may go.
pub(super) struct Place {
    pub(super) folder: PathBuf,
    naming: Naming,
}

/// The folder `out`, or else the first of `out/ID`, `out/ID-2` … that is free; `out/ID` in any case where what exists is replaced.
pub(super) fn place(out: Option<&Path>, id: &str, existing: Existing) -> Result<Place, DestinationError> {
    let (folder, naming) = match (out, existing) {
        (Some(out), _) => (out.to_owned(), Naming::Given),
        (None, Existing::Replace) => (numbered(id, 1), Naming::Given),
        (None, Existing::Refuse) => (first_free(id), Naming::Numbered(id.to_owned())),
    };
    let folder = resolved(&folder, existing)?;
    Ok(Place { folder, naming })
}

/// The folder without links and `..`, if a bundle may go there.
fn resolved(folder: &Path, existing: Existing) -> Result<PathBuf, DestinationError> {
    if folder.as_os_str().is_empty() {
        return Err(DestinationError::Nameless { path: folder.to_owned() });
    }
    if !folder.exists() {
        return Ok(folder.to_owned());
    }
    if !folder.is_dir() {
        return Err(DestinationError::File { path: folder.to_owned() });
    }
    let real = folder.canonicalize().map_err(refused(folder))?;
    let is_current = std::env::current_dir().and_then(|current| current.canonicalize());
    if is_current.is_ok_and(|current| current.starts_with(&real)) {
        return Err(DestinationError::Current { path: folder.to_owned() });
    }
    if existing == Existing::Refuse && !is_empty(folder)? {
        return Err(DestinationError::Occupied { path: folder.to_owned() });
    }
    // A link keeps pointing to where the bundle is.
    let is_link = fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_symlink());
    Ok(if is_link { real } else { folder.to_owned() })
}

fn is_empty(folder: &Path) -> Result<bool, WriteError> {
    Ok(fs::read_dir(folder).map_err(refused(folder))?.next().is_none())
}

fn numbered(id: &str, number: u64) -> PathBuf {
    let name = if number == 1 { id.to_owned() } else { format!("{id}-{number}") };
    Path::new("out").join(name)
}

fn first_free(id: &str) -> PathBuf {
    let is_free = |folder: &PathBuf| !folder.exists() || is_empty(folder).unwrap_or(false);
    (1..u64::MAX).map(|number| numbered(id, number)).find(is_free).unwrap_or_else(|| numbered(id, 1))
}

/// Folders on the way to `folder`, itself included, that do not exist, outermost first.
fn missing(folder: &Path) -> Vec<PathBuf> {
    let mut missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists())
        .map(Path::to_owned)
        .collect();
    missing.reverse();
    missing
}

fn write_synced(root: &Path, file: &bundle::BundleFile) -> Result<(), WriteError> {
    let path = root.join(&file.path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(refused(folder))?;
    }
    let written = File::create(&path).and_then(|mut open| {
        open.write_all(&file.bytes)?;
        open.sync_all()
    });
    written.map_err(refused(&path))
}

/// Asks the system to keep the entries of a folder; not every system lets a folder be opened.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(open) = File::open(folder) {
        let _ = open.sync_all();
    }
}

pub(super) fn refused(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Refused { path, source }
}
