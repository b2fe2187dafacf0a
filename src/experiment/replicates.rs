//! Runs in parallel, in the order of their index.

use crate::model::outcome::Outcome;
use crate::simulation::Simulation;
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs that one thread takes at a time: enough to make its memory worth preparing, few enough to share the work out evenly.
const CHUNK: u64 = 16;

/// Told of every run that has ended, from any thread.
pub trait Progress: Sync {
    /// One more run has ended.
    fn run_ended(&self);
}

/// Nobody is told.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn run_ended(&self) {}
}

/// Why there are no outcomes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplicatesError {
    /// The threads could not be started.
    #[error("{threads} threads can't be started: {reason}")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// Somebody asked to stop.
    #[error("stopped before all runs had ended")]
    Stopped,
}

/// Simulates the runs of `range` on `threads` threads; the outcomes come in the order of the runs and do not depend on the threads.
///
/// `stop` is looked at between runs.
///
/// # Errors
///
/// Where threads can't be started, or `stop` was set.
pub fn replicates(
    simulation: &Simulation,
    range: Range<u64>,
    threads: usize,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Vec<Outcome>, ReplicatesError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| ReplicatesError::Threads { threads, reason: error.to_string() })?;
    let n_chunks = (range.end.saturating_sub(range.start)).div_ceil(CHUNK);
    let chunk = |idx: u64| range.start + idx * CHUNK..range.end.min(range.start + (idx + 1) * CHUNK);
    let outcomes: Vec<Vec<Outcome>> = pool.install(|| {
        (0..n_chunks)
            .into_par_iter()
            .map_init(
                || simulation.worker(),
                |worker, idx| {
                    let run = |run| {
                        let outcome = simulation.run(run, worker);
                        progress.run_ended();
                        outcome
                    };
                    chunk(idx).take_while(|_| !stop.load(Ordering::Relaxed)).map(run).collect()
                },
            )
            .collect()
    });
    if stop.load(Ordering::Relaxed) {
        return Err(ReplicatesError::Stopped);
    }
    Ok(outcomes.into_iter().flatten().collect())
}
