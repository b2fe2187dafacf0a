//! A folder that is filled piece by piece and can be gone on with at any time.

#![expect(clippy::disallowed_methods, reason = "this is part of the file that opens files")]

use super::destination::{Place, place, refused, sync_folder};
use super::{DestinationError, Existing, ReadError, WriteError};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Beginning of the names of files that are being written; after a kill they are of no use.
const BEGUN: &str = ".begun-";
/// File by which is seen whether anything can be written.
const PROBE: &str = ".begun-probe";

/// What to do with a folder that holds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// It is an error.
    Refuse,
    /// What belongs to earlier work is removed; other files are kept.
    Replace,
    /// Work goes on where it was left.
    Resume,
}

/// A folder in which every file appears as a whole, and stays.
///
/// A file is written under another name, brought to the disk and renamed, and the folder is brought to the disk: whatever happens, a file is
/// there in full or not at all.
#[derive(Debug)]
pub struct WorkFolder {
    folder: PathBuf,
}

impl WorkFolder {
    /// The folder `out`, or else `out/ID`, or the first of `out/ID`, `out/ID-2` … that is free if it is not to be replaced or resumed.
    /// `is_part` tells which names in it belong to the work.
    ///
    /// # Errors
    /// Where the folder holds something and this is refused, or can't be written to.
    pub fn open(
        out: Option<&Path>,
        id: &str,
        holding: Holding,
        is_part: impl Fn(&str) -> bool,
    ) -> Result<Self, DestinationError> {
        let existing = if holding == Holding::Refuse { Existing::Refuse } else { Existing::Replace };
        let Place { folder, .. } = place(out, id, existing)?;
        fs::create_dir_all(&folder).map_err(refused(&folder))?;
        let work = Self { folder };
        if holding == Holding::Replace {
            work.remove(is_part)?;
        }
        work.remove_begun(&work.folder)?;
        // Shows before the runs whether anything can be written here.
        work.commit(PROBE, b"")?;
        let probe = work.folder.join(PROBE);
        fs::remove_file(&probe).map_err(refused(&probe))?;
        Ok(work)
    }

    /// The folder at a path, to be read.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Its path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.folder.join(name).is_file()
    }

    /// The text of a file; `None` if there is no such file.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn text(&self, name: &str) -> Result<Option<String>, ReadError> {
        let path = self.folder.join(name);
        if !self.has(name) {
            return Ok(None);
        }
        super::text(&path).map(|source| Some(source.text))
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// Where it can't be read.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, ReadError> {
        let path = self.folder.join(name);
        fs::read(&path).map_err(|source| ReadError::Refused { path, source })
    }

    /// Writes a copy of a file of the folder `from` under the same name.
    ///
    /// # Errors
    /// Where it can't be read or written.
    pub fn adopt(&self, name: &str, from: &Path) -> Result<(), WriteError> {
        let path = from.join(name);
        let bytes = fs::read(&path).map_err(refused(&path))?;
        self.commit(name, &bytes)
    }

    /// Opens a file to be read.
    ///
    /// # Errors
    /// Where it can't be opened.
    pub fn read(&self, name: &str) -> Result<File, ReadError> {
        let path = self.folder.join(name);
        File::open(&path).map_err(|source| ReadError::Refused { path, source })
    }

    /// Writes a file as a whole; if there is one of this name, it takes its place.
    ///
    /// # Errors
    /// Where it can't be written; then it is not there, or still the old one.
    pub fn commit(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        let path = self.folder.join(name);
        let folder = path.parent().unwrap_or(&self.folder);
        let begun = folder.join(format!(
            "{BEGUN}{}-{}",
            std::process::id(),
            path.file_name().unwrap_or_default().display()
        ));
        if !folder.is_dir() {
            fs::create_dir_all(folder).map_err(refused(folder))?;
            sync_folder(&self.folder);
        }
        let written = File::create(&begun).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        let renamed = written.and_then(|()| fs::rename(&begun, &path));
        renamed.map_err(|source| {
            // What was begun is of no use; that it can't be removed either changes nothing.
            let _ = fs::remove_file(&begun);
            WriteError::Refused { path: path.clone(), source }
        })?;
        sync_folder(folder);
        Ok(())
    }

    /// Removes the folder and all that is in it.
    ///
    /// # Errors
    /// Where something can't be removed.
    pub fn remove_all(self) -> Result<(), WriteError> {
        fs::remove_dir_all(&self.folder).map_err(refused(&self.folder))
    }

    /// Removes what belongs to the work.
    fn remove(&self, is_part: impl Fn(&str) -> bool) -> Result<(), WriteError> {
        for entry in entries(&self.folder)? {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if is_part(&name) {
                let removed =
                    if entry.is_dir() { fs::remove_dir_all(&entry) } else { fs::remove_file(&entry) };
                removed.map_err(refused(&entry))?;
            }
        }
        Ok(())
    }

    /// Removes files that were begun when the program was killed.
    fn remove_begun(&self, folder: &Path) -> Result<(), WriteError> {
        for entry in entries(folder)? {
            if entry.is_dir() && folder == self.folder {
                self.remove_begun(&entry)?;
            } else if entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with(BEGUN)) {
                fs::remove_file(&entry).map_err(refused(&entry))?;
            }
        }
        Ok(())
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, WriteError> {
    let paths = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>());
    paths.map_err(refused(folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn open(folder: &TempDir, holding: Holding) -> Result<WorkFolder, DestinationError> {
        WorkFolder::open(Some(&folder.path().join("w")), "x", holding, |name| {
            name == "parts" || name == "plan.toml"
        })
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = entries(folder)
            .unwrap()
            .iter()
            .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_in_full_or_not_at_all_and_work_goes_on_with_it() {
        let folder = TempDir::new().unwrap();
        let work = open(&folder, Holding::Refuse).unwrap();
        work.commit("parts/one", b"1").unwrap();
        work.commit("plan.toml", b"old").unwrap();
        work.commit("plan.toml", b"plan").unwrap();
        // As a kill leaves it.
        for begun in ["parts/.begun-1-two", ".begun-1-plan.toml"] {
            fs::write(work.folder().join(begun), b"hal").unwrap();
        }
        fs::write(work.folder().join("notes.txt"), b"mine").unwrap();
        assert!(matches!(open(&folder, Holding::Refuse), Err(DestinationError::Occupied { .. })));
        let again = open(&folder, Holding::Resume).unwrap();
        assert_eq!(names(again.folder()), ["notes.txt", "parts", "plan.toml"]);
        assert_eq!(names(&again.folder().join("parts")), ["one"]);
        assert_eq!(again.text("plan.toml").unwrap().as_deref(), Some("plan"));
        assert_eq!(again.text("absent").unwrap(), None);
        assert!(again.has("parts/one") && !again.has("parts"));
        let replaced = open(&folder, Holding::Replace).unwrap();
        assert_eq!(names(replaced.folder()), ["notes.txt"]);
    }

    #[test]
    fn what_can_not_be_written_leaves_the_old_file() {
        let folder = TempDir::new().unwrap();
        let work = open(&folder, Holding::Refuse).unwrap();
        work.commit("a", b"old").unwrap();
        // A folder can't be replaced by a file.
        fs::create_dir(work.folder().join("b")).unwrap();
        fs::write(work.folder().join("b/c"), b"").unwrap();
        assert!(matches!(work.commit("b", b"new"), Err(WriteError::Refused { .. })));
        assert_eq!(names(work.folder()), ["a", "b"]);
        // A file where a folder is needed.
        assert!(work.commit("a/x", b"new").is_err());
        assert_eq!(work.text("a").unwrap().as_deref(), Some("old"));
    }
}
