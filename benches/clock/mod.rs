//! Time that work takes: by the wall, and on the processor, where the system tells (Linux).
//!
//! Other work on the machine lengthens the former without end, the latter only as far as it takes caches and memory away.

#![expect(clippy::disallowed_methods, reason = "times on the processor stand in files of the system")]
#![expect(clippy::disallowed_types, reason = "a benchmark looks at the clock")]

use std::time::Instant;

/// Seconds that some work took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    /// By the wall.
    pub(crate) wall: f64,
    /// On the processor, by this thread; by the wall where the system does not tell.
    pub(crate) busy: f64,
}

/// How long `work` takes on this thread.
pub(crate) fn took(work: impl FnOnce()) -> Took {
    let (clock, before) = (Instant::now(), on_processor());
    work();
    let after = on_processor();
    let wall = clock.elapsed().as_secs_f64();
    let busy = before.zip(after).map_or(wall, |(before, after)| 1e-9 * (after - before) as f64);
    Took { wall, busy }
}

/// Nanoseconds that this thread has had on a processor.
fn on_processor() -> Option<u64> {
    // Who gives the processor away is counted up to this instant, not to the last tick.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}
