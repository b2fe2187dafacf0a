//! Stopping between two runs when the user asks for it.

use super::failure::Failed;
use anyhow::Context;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use twiplomacy::experiment::replicates::Progress;
use twiplomacy::study::Terms;

/// Set by Ctrl-C.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on Ctrl-C sets the flag instead of ending the program.
    pub(crate) fn catch() -> Result<Self, Failed> {
        let flag = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&flag);
        ctrlc::set_handler(move || set.store(true, Ordering::Relaxed))
            .context("Ctrl-C can't be caught")
            .map_err(Failed::Running)?;
        Ok(Self(flag))
    }

    /// The flag, to be looked at between runs.
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }
    /// Work on so many threads that is told to `progress` and stopped by Ctrl-C.
    pub(crate) fn terms<'a>(&'a self, threads: usize, progress: &'a dyn Progress) -> Terms<'a> {
        Terms { threads, progress, stop: &self.0 }
    }
}
