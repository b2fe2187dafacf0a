//! Work away from the interpreter: its lock is released, Ctrl-C is heard, progress is told.

use pyo3::prelude::*;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;
use twiplomacy::experiment::replicates::Progress;
use twiplomacy::study::{StudyError, Terms};

use crate::custom::Hooks;
use crate::errors::raised;

/// How often signals are looked at and progress is told.
const GLANCE: Duration = Duration::from_millis(50);

/// Counts runs that have ended.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    done: AtomicU64,
    expected: AtomicU64,
}

impl Counter {
    /// From now on so many runs are expected in all.
    pub(crate) fn expect(&self, runs: u64) {
        self.expected.store(runs, Ordering::Relaxed);
    }

    fn state(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.expected.load(Ordering::Relaxed))
    }
}

impl Progress for Counter {
    fn run_ended(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// How a piece of work is done: on how many threads, who is told how far it has come, who has a say in it.
#[derive(Debug)]
pub(crate) struct Watch {
    threads: usize,
    progress: Option<Py<PyAny>>,
    counter: Counter,
    stop: Arc<AtomicBool>,
    hooks: Option<Arc<Hooks>>,
}

impl Watch {
    pub(crate) fn new(threads: Option<usize>, progress: Option<Py<PyAny>>) -> Self {
        Self {
            threads: threads.unwrap_or_else(twiplomacy::study::making::cores),
            progress,
            counter: Counter::default(),
            stop: Arc::default(),
            hooks: None,
        }
    }

    /// With rules of the user, whose errors stop the work.
    pub(crate) fn with_hooks(mut self, hooks: Option<Arc<Hooks>>) -> Self {
        if let Some(hooks) = &hooks {
            self.stop = Arc::clone(hooks.stop());
        }
        self.hooks = hooks;
        self
    }

    pub(crate) const fn threads(&self) -> usize {
        self.threads
    }

    pub(crate) const fn counter(&self) -> &Counter {
        &self.counter
    }

    pub(crate) fn terms(&self) -> Terms<'_> {
        Terms { threads: self.threads, progress: &self.counter, stop: &self.stop }
    }

    /// Does `work` on a thread of its own, while this one listens; an exception of a signal handler, of the progress or of a rule of the user
    /// stops the work between two runs and is passed on.
    pub(crate) fn over<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(Terms<'_>) -> Result<T, StudyError> + Send,
    ) -> PyResult<T> {
        let mut raised_here: Option<PyErr> = None;
        let result = py.detach(|| {
            thread::scope(|scope| {
                let (ended, waiting) = channel::<()>();
                let handle = scope.spawn(move || {
                    let result = work(self.terms());
                    drop(ended);
                    result
                });
                let mut told = 0;
                while let Err(RecvTimeoutError::Timeout) = waiting.recv_timeout(GLANCE) {
                    if raised_here.is_none() {
                        raised_here = Python::attach(|py| self.glance(py, &mut told)).err();
                        if raised_here.is_some() {
                            self.stop.store(true, Ordering::Relaxed);
                        }
                    }
                }
                handle.join().unwrap_or_else(|panic| resume_unwind(panic))
            })
        });
        if let Some(error) = raised_here {
            return Err(error);
        }
        if let Some(error) = self.hooks.as_ref().and_then(|hooks| hooks.take_error()) {
            return Err(error);
        }
        let value = result.map_err(raised)?;
        if let Some(progress) = &self.progress {
            progress.call1(py, self.counter.state())?;
        }
        Ok(value)
    }

    fn glance(&self, py: Python<'_>, told: &mut u64) -> PyResult<()> {
        py.check_signals()?;
        let (done, expected) = self.counter.state();
        match &self.progress {
            Some(progress) if done != *told => {
                *told = done;
                progress.call1(py, (done, expected)).map(drop)
            }
            _ => Ok(()),
        }
    }
}
