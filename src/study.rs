//! What the commands do, without a terminal: from what was asked for, through the runs, to files on the disk.
//!
//! The program and the Python package are two faces of this layer, so that the same question has the same answer, the same files and
//! the same errors in both. It reads the clock for manifests and nothing else of the outside world but through [`crate::io`]; who calls it
//! decides how progress is shown, how work is stopped, and what is printed.

pub mod backtest;
pub mod compare;
pub mod making;
pub mod merge;
pub mod prepare;
pub mod replay;
pub mod run;
pub mod sweep;

use crate::experiment::replicates::{Progress, ReplicatesError};
use crate::io::DestinationError;
use crate::text::Failure;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Name of the arm in which nothing is changed.
pub const BASELINE: &str = "baseline";

/// Commit that the library was built from, if known.
pub const COMMIT: Option<&str> = option_env!("TWIPLOMACY_COMMIT");

/// What went wrong; hints stand at the end of a text, after `\n\nhint: `.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a study has no result.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// What was asked for, or a scenario, is wrong.
    #[error(transparent)]
    Asked(Cause),
    /// Something went wrong on the way.
    #[error(transparent)]
    Running(Cause),
}

impl StudyError {
    /// What was asked for, or a scenario, is wrong.
    pub fn asked(cause: impl Into<Cause>) -> Self {
        Self::Asked(cause.into())
    }

    /// Something went wrong on the way.
    pub fn running(cause: impl Into<Cause>) -> Self {
        Self::Running(cause.into())
    }

    /// What went wrong.
    pub fn cause(&self) -> &(dyn Error + 'static) {
        match self {
            Self::Asked(cause) | Self::Running(cause) => &**cause,
        }
    }

    /// Problems of texts with their places, if that is what went wrong.
    pub fn failure(&self) -> Option<&Failure> {
        chain(self.cause()).find_map(|cause| cause.downcast_ref())
    }

    /// The chain of causes in one line, and the hints of all of them; problems of texts are told by [`Self::failure`] instead.
    pub fn told(&self) -> (String, Vec<String>) {
        told(chain(self.cause()))
    }
}

/// An error, what caused it, and so on.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| Error::source(*error))
}

/// What a chain of causes says in one line, and the hints of all of them.
pub fn told<'a>(chain: impl Iterator<Item = &'a (dyn Error + 'static)>) -> (String, Vec<String>) {
    let mut causes: Vec<String> = Vec::new();
    let mut hints = Vec::new();
    for cause in chain {
        let text = cause.to_string();
        let mut parts = text.split("\n\nhint: ");
        let message = parts.next().unwrap_or_default().to_owned();
        hints.extend(parts.map(str::to_owned));
        // A transparent error says the same as its cause.
        if causes.last() != Some(&message) {
            causes.push(message);
        }
    }
    (causes.join(": "), hints)
}

/// An error with what was tried when it came up.
#[derive(Debug)]
struct Within {
    context: String,
    source: Cause,
}

impl Within {
    fn new(context: impl Into<String>, source: impl Into<Cause>) -> Self {
        Self { context: context.into(), source: source.into() }
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)
    }
}

impl Error for Within {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// How runs are made; none of it changes what comes of them.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// Number of threads.
    pub threads: usize,
    /// Who is told of every run.
    pub progress: &'a dyn Progress,
    /// Set by who wants to stop.
    pub stop: &'a AtomicBool,
}

impl fmt::Debug for Terms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms")
            .field("threads", &self.threads)
            .field("stop", &self.stop)
            .finish_non_exhaustive()
    }
}

impl Terms<'_> {
    /// Fails if somebody asked to stop.
    fn unless_stopped(&self) -> Result<(), StudyError> {
        if self.stop.load(Ordering::Relaxed) { Err(stopped(ReplicatesError::Stopped)) } else { Ok(()) }
    }
}

/// Runs that ended before their end, of which nothing was written.
pub fn stopped(error: ReplicatesError) -> StudyError {
    match error {
        ReplicatesError::Stopped => StudyError::running(format!("{error}; nothing was written")),
        other => StudyError::running(other),
    }
}

/// A place that was badly chosen is the user's mistake; one that can't be written to is not.
pub fn misplaced(error: DestinationError) -> StudyError {
    match error {
        DestinationError::Write(_) => StudyError::running(Within::new("no bundle was written", error)),
        _ => StudyError::asked(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_stand_in_one_line_and_hints_apart() {
        let inner: Cause = "no room\n\nhint: make some".into();
        let error = StudyError::running(Within::new("`x` can't be written", inner));
        assert_eq!(error.told(), ("`x` can't be written: no room".to_owned(), vec!["make some".to_owned()]));
        assert!(error.failure().is_none());
    }
}
