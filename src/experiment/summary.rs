//! An ensemble in numbers: statistics of each outcome, bands of each series.
//!
//! Everything is folded in the order of the runs, so a summary does not depend on which thread finished first.

use crate::model::outcome::{
    Layout, Outcome, OutcomeKind, OutcomeSpec, RecordedValue, SeriesGroup, SeriesSpec, Unit,
};
use crate::stats::interval::{Interval, of_mean, wilson};
use crate::stats::quantile::{self, Method};
use crate::stats::summary::Moments;

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
    /// For [`SeriesGroup::Rung`]: per bin and rung of the ladder, the share of runs at or above that rung (a run
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
    /// Summarises the runs of one scenario.
    pub fn of(layout: &Layout, scenario: &str, seed: u64, outcomes: &[Outcome]) -> Self {
        let mut scratch = Vec::with_capacity(outcomes.len());
        let of_outcome = |(index, spec): (usize, &OutcomeSpec)| {
            let values = outcomes.iter().filter_map(|outcome| outcome.scalars.get(index).copied());
            summarise(spec, values.filter(|value| !value.is_nan()).collect())
        };
        Self {
            scenario: scenario.to_owned(),
            runs: outcomes.len(),
            seed,
            outcomes: layout.outcomes.iter().enumerate().map(of_outcome).collect(),
            bands: (layout.series.iter().enumerate())
                .map(|(index, spec)| bands(layout, spec, index, outcomes, &mut scratch))
                .collect(),
        }
    }

    /// The summary of the outcome named `id`.
    pub fn outcome(&self, id: &str) -> Option<&OutcomeSummary> {
        self.outcomes.iter().find(|outcome| outcome.id == id)
    }
}

/// Finds the place of each recorded value among the runs; values of unknown outcomes are left out.
pub fn place(layout: &Layout, outcomes: &[Outcome], recorded: &[RecordedValue]) -> Vec<Placed> {
    let placed = |value: &RecordedValue| {
        let index = layout.outcomes.iter().position(|spec| spec.id == value.outcome)?;
        let mut values: Vec<f64> =
            outcomes.iter().filter_map(|outcome| outcome.scalars.get(index).copied()).collect();
        quantile::sort(&mut values);
        let percentile = match layout.outcomes[index].kind {
            OutcomeKind::YesNo => None,
            OutcomeKind::Continuous | OutcomeKind::Discrete => quantile::place(&values, value.value),
        };
        Some(Placed { recorded: value.clone(), percentile })
    };
    recorded.iter().filter_map(placed).collect()
}

/// Statistics of one outcome from its values (none of them NaN), in run order.
fn summarise(spec: &OutcomeSpec, mut values: Vec<f64>) -> OutcomeSummary {
    let n = values.len();
    let statistics = match spec.kind {
        OutcomeKind::YesNo => {
            let yes = values.iter().filter(|&&value| value != 0.0).count();
            let p = if n == 0 { f64::NAN } else { yes as f64 / n as f64 };
            Statistics::Proportion { p, interval: wilson(yes as u64, n as u64, LEVEL) }
        }
        OutcomeKind::Continuous | OutcomeKind::Discrete => {
            let moments = Moments::of(values.iter().copied());
            quantile::sort(&mut values);
            Statistics::Distribution {
                mean: moments.mean() + 0.0,
                sd: moments.sd(),
                mean_interval: of_mean(&moments, LEVEL),
                quantiles: Quantiles::of(n, method(spec.kind), |index| values[index]),
            }
        }
    };
    OutcomeSummary { id: spec.id.clone(), unit: spec.unit, n, statistics }
}

/// Quantiles of ranks and counts are values that occur.
pub(super) const fn method(kind: OutcomeKind) -> Method {
    match kind {
        OutcomeKind::Discrete => Method::Inverse,
        OutcomeKind::Continuous | OutcomeKind::YesNo => Method::Linear,
    }
}

/// Bands of the series at `index`.
fn bands(
    layout: &Layout,
    spec: &SeriesSpec,
    index: usize,
    outcomes: &[Outcome],
    values: &mut Vec<f32>,
) -> SeriesBands {
    let n_bins = layout.bins.len();
    let is_ladder = spec.group == SeriesGroup::Rung;
    let method = if is_ladder { Method::Inverse } else { Method::Linear };
    let mut found = SeriesBands { bins: Vec::with_capacity(n_bins), at_or_above: Vec::new() };
    for bin in 0..n_bins {
        values.clear();
        let cell = index * n_bins + bin;
        let in_bin = outcomes.iter().filter_map(|outcome| outcome.series.get(cell).copied());
        values.extend(in_bin.filter(|value| !value.is_nan()));
        values.sort_unstable_by(f32::total_cmp);
        let quantiles = Quantiles::of(values.len(), method, |rank| f64::from(values[rank]));
        found.bins.push(Band { n: values.len(), quantiles });
        if is_ladder {
            found.at_or_above.push(at_or_above(values, layout.rungs.len(), outcomes.len()));
        }
    }
    found
}

/// Share of `runs` at or above each of `n_rungs` rungs, from the ascending rungs of those runs that have one.
fn at_or_above(rungs: &[f32], n_rungs: usize, runs: usize) -> Vec<f64> {
    let share = |rung: usize| {
        let below = rungs.partition_point(|&reached| reached < rung as f32);
        (rungs.len() - below) as f64 / runs.max(1) as f64
    };
    (0..n_rungs).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::{RecordedRole, StopReason};
    use crate::units::SimTime;

    fn spec(id: &str, unit: Unit, kind: OutcomeKind) -> OutcomeSpec {
        OutcomeSpec { id: id.into(), unit, kind, description: format!("the {id}") }
    }

    fn layout() -> Layout {
        Layout {
            outcomes: vec![
                spec("a.answered", Unit::YesNo, OutcomeKind::YesNo),
                spec("a.shares", Unit::Shares, OutcomeKind::Continuous),
                spec("a.rung", Unit::Rung, OutcomeKind::Discrete),
            ],
            series: vec![SeriesSpec {
                id: "d.rung".into(),
                label: "A and B".into(),
                unit: Unit::Rung,
                group: SeriesGroup::Rung,
            }],
            bins: vec![SimTime::from_ms(1), SimTime::from_ms(2)],
            rungs: vec![("r0".into(), "talk".into()), ("r1".into(), "expel".into())],
            ..Layout::default()
        }
    }

    fn outcome(run: u64, scalars: [f64; 3], series: [f32; 2]) -> Outcome {
        Outcome {
            run,
            stop: StopReason::Finished,
            events: 1,
            scalars: scalars.into(),
            acts: Vec::new(),
            series: series.into(),
        }
    }

    fn ensemble() -> Vec<Outcome> {
        vec![
            outcome(0, [1.0, 10.0, 0.0], [f32::NAN, 0.0]),
            outcome(1, [0.0, 20.0, 1.0], [f32::NAN, 1.0]),
            outcome(2, [1.0, f64::NAN, 1.0], [f32::NAN, 1.0]),
            outcome(3, [1.0, 30.0, 0.0], [f32::NAN, f32::NAN]),
        ]
    }

    #[test]
    fn an_outcome_that_does_not_exist_in_a_run_is_left_out_of_n() {
        let summary = Summary::of(&layout(), "s", 7, &ensemble());
        let shares = summary.outcome("a.shares").unwrap();
        assert_eq!((summary.runs, shares.n), (4, 3));
        let Statistics::Distribution { mean, sd, mean_interval, quantiles } = shares.statistics else {
            panic!()
        };
        assert_eq!((mean, sd, quantiles.q50, quantiles.q25), (20.0, 10.0, 20.0, 15.0));
        // t(0.975; 2) = 4.3027 (Fisher and Yates 1938, table III), times 10/√3.
        assert!((mean_interval.half_width() - 24.841).abs() < 1e-3);
    }

    #[test]
    fn a_yes_or_no_is_a_proportion_and_a_rung_has_quantiles_that_are_rungs() {
        let summary = Summary::of(&layout(), "s", 7, &ensemble());
        let Statistics::Proportion { p, interval } = summary.outcomes[0].statistics else { panic!() };
        assert_eq!(p, 0.75);
        assert_eq!(interval, wilson(3, 4, 0.95));
        let Statistics::Distribution { quantiles, .. } = summary.outcomes[2].statistics else { panic!() };
        assert_eq!((quantiles.q50, quantiles.q75), (0.0, 1.0));
    }

    #[test]
    fn the_ladder_counts_runs_whose_series_has_not_begun_as_below_every_rung() {
        let summary = Summary::of(&layout(), "s", 7, &ensemble());
        let ladder = &summary.bands[0];
        assert_eq!(ladder.at_or_above, [vec![0.0, 0.0], vec![0.75, 0.5]]);
        assert_eq!((ladder.bins[0].n, ladder.bins[1].n), (0, 3));
        assert!(ladder.bins[0].quantiles.q50.is_nan());
        assert_eq!(ladder.bins[1].quantiles.q50, 1.0);
    }

    #[test]
    fn a_recorded_value_is_placed_among_the_runs_where_that_means_something() {
        let recorded = |outcome: &str, value| RecordedValue {
            outcome: outcome.into(),
            value,
            source: "a paper".into(),
            role: RecordedRole::HeldOut,
        };
        let values = [recorded("a.shares", 25.0), recorded("a.answered", 1.0), recorded("unknown", 1.0)];
        let placed = place(&layout(), &ensemble(), &values);
        assert_eq!(placed.len(), 2);
        assert_eq!(placed[0].percentile, Some(2.0 / 3.0));
        assert_eq!(placed[1].percentile, None);
    }

    #[test]
    fn no_run_at_all_gives_a_summary_without_numbers() {
        let summary = Summary::of(&layout(), "s", 7, &[]);
        let Statistics::Distribution { mean, .. } = summary.outcomes[1].statistics else { panic!() };
        assert!(mean.is_nan());
        assert_eq!(summary.bands[0].at_or_above[1], [0.0, 0.0]);
    }
}
