//! The progress bar on standard error.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use twiplomacy::experiment::replicates::Progress;

/// Whether remarks and progress are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Remarks, and progress on a terminal.
    Normal,
    /// Results and errors only.
    Quiet,
}

/// A bar that counts runs; it shows on terminals only, and goes away when it is dropped.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar for `runs` runs.
    pub(crate) fn new(runs: u64, verbosity: Verbosity) -> Self {
        Self::of(runs, "runs", verbosity)
    }

    /// A bar for `n` of whatever is counted.
    pub(crate) fn of(n: u64, counted: &str, verbosity: Verbosity) -> Self {
        let target = match verbosity {
            Verbosity::Normal => ProgressDrawTarget::stderr(),
            Verbosity::Quiet => ProgressDrawTarget::hidden(),
        };
        let template = format!("{{bar:40}} {{human_pos}} of {{human_len}} {counted}, {{eta}} left");
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar());
        Self(ProgressBar::with_draw_target(Some(n), target).with_style(style))
    }
}

impl Bar {
    /// From now on so many are expected in all.
    pub(crate) fn expect(&self, n: u64) {
        self.0.set_length(n);
    }
}

impl Progress for Bar {
    fn run_ended(&self) {
        self.0.inc(1);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
