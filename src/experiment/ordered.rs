//! Work on many threads whose results come in the order of its pieces, with little held in memory.

use super::replicates::ReplicatesError;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

/// Pieces that may be under way or wait for their turn, for each thread: enough that a slow piece stops nobody for long.
const AHEAD: usize = 4;

/// Does `work` on the pieces `0..n` on `threads` threads and gives every result to `sink` on the calling thread, in order.
///
/// Each thread makes a memory of its own by `init` and hands it from piece to piece. `work` may return `None` only after `stop` was set.
/// Results wait for their turn, at most a few for each thread; after the first error of `sink` no piece is begun.
///
/// # Errors
///
/// Where threads can't be started, `stop` was set before all pieces were done, or `sink` failed.
pub(super) fn ordered<T: Send, M, E: From<ReplicatesError>>(
    (n, threads): (usize, usize),
    stop: &AtomicBool,
    init: impl Fn() -> M + Sync,
    work: impl Fn(&mut M, usize) -> Option<T> + Sync,
    mut sink: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| ReplicatesError::Threads { threads, reason: error.to_string() })?;
    let turns = Turns::new(AHEAD * threads);
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut failed = None;
    pool.in_place_scope(|scope| {
        for _ in 0..threads.min(n) {
            let sender = sender.clone();
            let (turns, next, init, work) = (&turns, &next, &init, &work);
            scope.spawn(move |_| {
                let given_up = GiveUp(turns);
                let mut memory = init();
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= n {
                        // The others have pieces to end.
                        std::mem::forget(given_up);
                        return;
                    }
                    if stop.load(Ordering::Relaxed) || !turns.wait_for(piece) {
                        return;
                    }
                    let Some(done) = work(&mut memory, piece) else { return };
                    if sender.send((piece, done)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        for (piece, done) in receiver {
            waiting.insert(piece, done);
            while failed.is_none()
                && let Some(done) = waiting.remove(&turn)
            {
                failed = sink(turn, done).err();
                turn += 1;
                turns.advance(turn);
            }
            if failed.is_some() {
                turns.end();
            }
        }
        if failed.is_none() && turn < n {
            failed = Some(ReplicatesError::Stopped.into());
        }
    });
    failed.map_or(Ok(()), Err)
}

/// Whose turn it is.
struct Turns {
    ahead: usize,
    /// The next piece that is given out; `None` after the end.
    turn: Mutex<Option<usize>>,
    changed: Condvar,
}

impl Turns {
    const fn new(ahead: usize) -> Self {
        Self { ahead, turn: Mutex::new(Some(0)), changed: Condvar::new() }
    }

    /// Waits until `piece` is not too far ahead; false if there is an end to it.
    fn wait_for(&self, piece: usize) -> bool {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let far = |turn: &mut Option<usize>| turn.is_some_and(|turn| piece >= turn + self.ahead);
        self.changed.wait_while(turn, far).unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn advance(&self, to: usize) {
        let mut turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if turn.is_some() {
            *turn = Some(to);
        }
        self.changed.notify_all();
    }

    fn end(&self) {
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.changed.notify_all();
    }
}

/// Ends the turns when a thread leaves before the last piece or is unwound, so that nobody waits for its piece.
struct GiveUp<'a>(&'a Turns);

impl Drop for GiveUp<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(n: usize, threads: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let work = |memory: &mut usize, piece: usize| {
            *memory += 1;
            // Later pieces are quicker, so they overtake.
            std::thread::sleep(std::time::Duration::from_micros(((n - piece) % 7) as u64 * 50));
            Some(piece * piece)
        };
        let stop = AtomicBool::new(false);
        let sink = |piece: usize, square: usize| {
            assert_eq!(piece * piece, square);
            found.push(piece);
            Ok::<(), ReplicatesError>(())
        };
        ordered((n, threads), &stop, || 0, work, sink).unwrap();
        found
    }

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for threads in [1, 2, 5] {
            assert_eq!(collected(200, threads), (0..200).collect::<Vec<_>>());
        }
        assert!(collected(0, 3).is_empty());
    }

    #[test]
    fn no_more_results_wait_than_there_may_be() {
        let (threads, begun) = (3, AtomicUsize::new(0));
        let sink = |piece: usize, (): ()| {
            let ahead = begun.load(Ordering::SeqCst) - piece;
            assert!(ahead <= AHEAD * threads + 1, "{ahead}");
            Ok::<(), ReplicatesError>(())
        };
        let work = |(): &mut (), _| {
            begun.fetch_add(1, Ordering::SeqCst);
            Some(())
        };
        ordered((500, threads), &AtomicBool::new(false), || (), work, sink).unwrap();
    }

    #[test]
    fn an_error_of_the_sink_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let work = |(): &mut (), _| {
            begun.fetch_add(1, Ordering::SeqCst);
            Some(())
        };
        let sink = |piece, ()| if piece == 10 { Err(ReplicatesError::Stopped) } else { Ok(()) };
        assert!(ordered((100_000, 2), &AtomicBool::new(false), || (), work, sink).is_err());
        assert!(begun.load(Ordering::SeqCst) < 100, "{}", begun.load(Ordering::SeqCst));
    }

    /// The first piece is given up while others wait for their turn: they must not wait for ever.
    #[test]
    fn a_piece_that_is_given_up_keeps_nobody_waiting() {
        let stop = AtomicBool::new(false);
        let work = |(): &mut (), piece: usize| {
            if piece > 0 {
                return Some(());
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            stop.store(true, Ordering::Relaxed);
            None
        };
        let result = ordered((1000, 2), &stop, || (), work, |_, ()| Ok::<(), ReplicatesError>(()));
        assert!(matches!(result, Err(ReplicatesError::Stopped)));
    }

    #[test]
    fn who_asks_to_stop_is_told_that_not_all_was_done() {
        let stop = AtomicBool::new(false);
        let sink = |piece, ()| {
            stop.fetch_or(piece == 5, Ordering::Relaxed);
            Ok::<(), ReplicatesError>(())
        };
        let result = ordered((1000, 2), &stop, || (), |(): &mut (), _| Some(()), sink);
        assert!(matches!(result, Err(ReplicatesError::Stopped)));
    }
}
