//! An ensemble in numbers: statistics of each outcome, bands of each series. How they are made stands in [`super::aggregate`].

use crate::model::outcome::{OutcomeKind, RecordedValue, Unit};
use crate::stats::interval::Interval;
use crate::stats::quantile::{self, Method};

/// Level of every interval in a summary.
pub const LEVEL: f64 = 0.95;

/// Statistics over the runs of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Id of the scenario.
    pub scenario: String,
    /// Number of runs.
    pub runs: usize,
    /// Seed shared by all runs.
    pub seed: u64,
    /// One entry for each outcome of the layout, in its order.
    pub outcomes: Vec<OutcomeSummary>,
    /// One entry for each series of the layout, in its order.
    pub bands: Vec<SeriesBands>,
}

/// One outcome over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeSummary {
    /// Id of the outcome.
    pub id: String,
    /// Unit of its numbers.
    pub unit: Unit,
    /// Runs in which the outcome exists.
    pub n: usize,
    /// Its statistics; NaN where `n` is too small for them.
    pub statistics: Statistics,
}

/// What is said about an outcome.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistics {
    /// Of a yes or no.
    Proportion {
        /// Share of runs with a yes.
        p: f64,
        /// Wilson interval.
        interval: Interval,
    },
    /// Of a number.
    Distribution {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        sd: f64,
        /// Student's interval of the mean.
        mean_interval: Interval,
        /// Quantiles over runs.
        quantiles: Quantiles,
    },
}

/// The five quantiles that are reported everywhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantiles {
    /// 5 %.
    pub q05: f64,
    /// 25 %.
    pub q25: f64,
    /// The median.
    pub q50: f64,
    /// 75 %.
    pub q75: f64,
    /// 95 %.
    pub q95: f64,
}

impl Quantiles {
    /// The quantiles of `n` ascending values read by index.
    pub(super) fn of(n: usize, method: Method, value: impl Fn(usize) -> f64) -> Self {
        // Adding zero turns −0 into 0, which is what people expect to read.
        let at = |p| quantile::sorted_by(n, p, method, &value) + 0.0;
        Self { q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95) }
    }

    /// All five with their names in files, ascending.
    pub const fn named(&self) -> [(&'static str, f64); 5] {
        [("q05", self.q05), ("q25", self.q25), ("q50", self.q50), ("q75", self.q75), ("q95", self.q95)]
    }
}

/// One series over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesBands {
    /// Quantiles at the end of each time bin.
    pub bins: Vec<Band>,
    /// For rungs of the ladder: per bin and rung of the ladder, the share of runs at or above that rung (a run
    /// whose series has not begun is at none). Empty for other groups.
    pub at_or_above: Vec<Vec<f64>>,
}

/// Quantiles of one series in one bin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Runs whose series has a value in this bin.
    pub n: usize,
    /// Quantiles over those runs.
    pub quantiles: Quantiles,
}

/// A recorded value and its place among the runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The value.
    pub recorded: RecordedValue,
    /// Share of runs below it plus half of those equal to it, 0 to 1; `None` for yes/no and for outcomes that
    /// exist in no run.
    pub percentile: Option<f64>,
}

impl Summary {
    /// The summary of the outcome named `id`.
    pub fn outcome(&self, id: &str) -> Option<&OutcomeSummary> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }
}

/// Quantiles of ranks and counts are values that occur.
pub(super) const fn method(kind: OutcomeKind) -> Method {
    match kind {
        OutcomeKind::Discrete => Method::Inverse,
        OutcomeKind::Continuous | OutcomeKind::YesNo => Method::Linear,
    }
}
