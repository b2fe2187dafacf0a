//! Runs in parallel, in the order of their index.

use super::aggregate::Series;
use super::ordered::ordered;
use crate::model::outcome::Outcome;
use crate::simulation::{Simulation, Worker};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs that one thread takes at a time: enough to make its memory worth preparing, few enough to share the work out evenly.
const CHUNK: u64 = 16;

/// Runs whose series are folded together: the more, the less work a run; each waits with its series until then.
const BATCH: u64 = 256;
/// Batches at the least for each thread, so that none is idle at the end for long.
const BATCHES: u64 = 4;

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

/// Simulates the runs of `range` on `threads` threads, folds their series into `series`, and gives the runs without them to `sink` on the
/// calling thread, some at a time, in their order. However many runs there are, only a few are in memory.
///
/// `stop` is looked at between runs. After an error `series` holds some of the runs.
///
/// # Errors
///
/// Where threads can't be started, `stop` was set, or `sink` failed.
pub fn stream<E: From<ReplicatesError>>(
    simulation: &Simulation,
    range: Range<u64>,
    (threads, progress, stop): (usize, &dyn Progress, &AtomicBool),
    series: &Series,
    mut sink: impl FnMut(Vec<Outcome>) -> Result<(), E>,
) -> Result<(), E> {
    let n = range.end.saturating_sub(range.start);
    let size = (n / (BATCHES * threads.max(1) as u64)).clamp(1, BATCH);
    let work = |worker: &mut Worker<'_>, batch: usize| {
        let first = range.start + batch as u64 * size;
        let mut outcomes = Vec::with_capacity(size as usize);
        for run in first..range.end.min(first + size) {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            outcomes.push(simulation.run(run, worker));
            progress.run_ended();
        }
        series.push(&outcomes.iter().map(|outcome: &Outcome| outcome.series.as_slice()).collect::<Vec<_>>());
        for outcome in &mut outcomes {
            outcome.series = Vec::new();
        }
        Some(outcomes)
    };
    ordered(
        (n.div_ceil(size) as usize, threads),
        stop,
        || simulation.worker(),
        work,
        |_, outcomes| sink(outcomes),
    )
}
