//! Runs of plain diffusion in parallel, in the order of their index.

use super::replicates::{Progress, ReplicatesError};
use crate::diffusion::{Rule, Scratch, Spread};
use crate::engine::streams::RunKey;
use crate::model::graph::Graph;
use std::iter;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Runs that one thread takes at a time, at most.
const CHUNK: u64 = 16;
/// Into how many parts each thread's share of the runs is divided, so that none waits long for the others.
const PARTS: u64 = 16;

/// A rule on a graph from given seeds.
pub struct Diffusion<'a> {
    /// Who follows whom.
    pub graph: &'a Graph,
    /// Where the message starts: different nodes of the graph.
    pub seeds: &'a [u32],
    /// How it spreads.
    pub rule: &'a dyn Rule,
}

impl std::fmt::Debug for Diffusion<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Diffusion").field("seeds", &self.seeds).finish_non_exhaustive()
    }
}

impl Diffusion<'_> {
    /// Run number `run` under `seed`, a pure function of these two.
    pub fn run(&self, seed: u64, run: u64, scratch: &mut Scratch) -> Spread {
        self.rule.spread(self.graph, self.seeds, RunKey::new(seed, run), scratch)
    }
}

/// Runs 0 to `runs` − 1 under `seed` on `threads` threads, in the order of the runs, whatever the threads.
///
/// Each thread makes its memory once. `stop` is looked at between runs.
///
/// # Errors
///
/// Where threads can't be started, or `stop` was set.
pub fn cascades(
    diffusion: &Diffusion<'_>,
    seed: u64,
    runs: u64,
    threads: usize,
    progress: &dyn Progress,
    stop: &AtomicBool,
) -> Result<Vec<Spread>, ReplicatesError> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| ReplicatesError::Threads { threads, reason: error.to_string() })?;
    let chunk = (runs / (threads as u64 * PARTS)).clamp(1, CHUNK);
    let untaken = AtomicU64::new(0);
    let done = pool.broadcast(|_| {
        let mut scratch = Scratch::new(diffusion.graph);
        let chunks = iter::from_fn(|| {
            let first = untaken.fetch_add(chunk, Ordering::Relaxed);
            (first < runs).then(|| first..runs.min(first + chunk))
        });
        let mut done = Vec::new();
        for run in chunks.flatten().take_while(|_| !stop.load(Ordering::Relaxed)) {
            done.push((run, diffusion.run(seed, run, &mut scratch)));
            progress.run_ended();
        }
        done
    });
    if stop.load(Ordering::Relaxed) {
        return Err(ReplicatesError::Stopped);
    }
    let mut done: Vec<(u64, Spread)> = done.into_iter().flatten().collect();
    done.sort_unstable_by_key(|&(run, _)| run);
    Ok(done.into_iter().map(|(_, spread)| spread).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::ic::Ic;
    use crate::experiment::replicates::Silent;
    use crate::units::Probability;

    #[test]
    fn runs_are_the_same_on_any_number_of_threads_and_whatever_ran_before() {
        let edges: Vec<(u32, u32)> =
            (0..200).flat_map(|u| [(u, (u * 7 + 1) % 200), (u, (u * 3 + 2) % 200)]).collect();
        let graph = Graph::from_edges(200, &edges);
        let rule = Ic::new(Probability::clamped(0.6));
        let diffusion = Diffusion { graph: &graph, seeds: &[3], rule: &rule };
        let all = |threads| cascades(&diffusion, 5, 100, threads, &Silent, &false.into()).unwrap();
        let alone: Vec<Spread> =
            (0..100).map(|run| diffusion.run(5, run, &mut Scratch::new(&graph))).collect();
        assert_eq!(all(1), alone);
        assert_eq!(all(3), alone);
        assert!(alone.windows(2).any(|pair| pair[0] != pair[1]), "all runs are alike");
    }

    #[test]
    fn a_request_to_stop_is_an_error() {
        let graph = Graph::from_edges(2, &[(0, 1)]);
        let rule = Ic::new(Probability::clamped(0.5));
        let diffusion = Diffusion { graph: &graph, seeds: &[0], rule: &rule };
        let stopped = cascades(&diffusion, 1, 10, 1, &Silent, &true.into());
        assert!(matches!(stopped, Err(ReplicatesError::Stopped)));
    }
}
