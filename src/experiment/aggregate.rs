//! What is reported of many runs, folded while they come, in memory that does not grow with their number.
//!
//! Means and deviations are folded in the order of the runs; quantiles, bands and distributions come from sketches, which do not depend on
//! any order. So the aggregate of runs is the same for any number of threads, and that of shards put together that of the whole.
//! An outcome that takes at most [`MOST_VALUES`] different values, and a series that takes at most [`MOST_BAND_VALUES`] in a bin, has exact
//! quantiles whatever the number of runs; with more, they lie in buckets of bounded width (see [`crate::stats::sketch`]).

use super::summary::{
    Band, LEVEL, OutcomeSummary, Placed, Quantiles, SeriesBands, Statistics, Summary, method,
};
use crate::model::outcome::{
    Layout, Outcome, OutcomeKind, OutcomeSpec, RecordedValue, SeriesGroup, SeriesSpec, StopReason,
};
use crate::stats::interval::{of_mean, wilson};
use crate::stats::quantile::Method;
use crate::stats::sketch::{Key, Sketch};
use crate::stats::summary::Moments;
use std::sync::{Mutex, PoisonError};

/// Different values of an outcome that are told apart.
pub const MOST_VALUES: u32 = 8192;
/// Different values of a series in one bin that are told apart.
pub const MOST_BAND_VALUES: u32 = 1024;

/// The scalars of many runs.
#[derive(Debug, Clone)]
pub struct Scalars {
    runs: u64,
    incomplete: u64,
    outcomes: Vec<Scalar>,
    first: Vec<Outcome>,
}

/// One outcome of many runs.
#[derive(Debug, Clone)]
pub struct Scalar {
    kind: OutcomeKind,
    moments: Moments,
    yes: u64,
    values: Sketch<u64>,
    /// Values that are still to be sorted into the sketch.
    waiting: Vec<u64>,
}

/// Values that wait before they are sorted into a sketch together.
const WAITING: usize = 512;

impl Scalar {
    fn new(kind: OutcomeKind) -> Self {
        let (moments, values) = (Moments::default(), Sketch::new(MOST_VALUES));
        Self { kind, moments, yes: 0, values, waiting: Vec::new() }
    }

    /// Takes in the value of the next run; NaN where the outcome does not exist in it.
    fn push(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.moments.push(value);
        match self.kind {
            OutcomeKind::YesNo => self.yes += u64::from(value != 0.0),
            OutcomeKind::Continuous | OutcomeKind::Discrete => {
                self.waiting.push(<u64 as Key>::of(value));
                if self.waiting.len() >= WAITING {
                    self.settle();
                }
            }
        }
    }

    fn settle(&mut self) {
        self.values.extend(&mut self.waiting);
        self.waiting.clear();
    }

    /// How it is summarised.
    pub const fn kind(&self) -> OutcomeKind {
        self.kind
    }

    /// Runs in which the outcome exists.
    pub const fn n(&self) -> u64 {
        self.moments.n()
    }

    /// Runs with a yes.
    pub const fn yes(&self) -> u64 {
        self.yes
    }

    /// Mean and variance.
    pub const fn moments(&self) -> &Moments {
        &self.moments
    }

    /// Its statistics.
    pub fn statistics(&self) -> Statistics {
        let n = self.n();
        match self.kind {
            OutcomeKind::YesNo => Statistics::Proportion {
                p: if n == 0 { f64::NAN } else { self.yes as f64 / n as f64 },
                interval: wilson(self.yes, n, LEVEL),
            },
            OutcomeKind::Continuous | OutcomeKind::Discrete => Statistics::Distribution {
                mean: self.moments.mean() + 0.0,
                sd: self.moments.sd(),
                mean_interval: of_mean(&self.moments, LEVEL),
                quantiles: quantiles(&self.settled(), method(self.kind)),
            },
        }
    }

    /// The distribution of its values; empty for a yes or no.
    pub fn settled(&self) -> Sketch<u64> {
        let mut settled = self.clone();
        settled.settle();
        settled.values
    }
}

/// The five quantiles of a sketch.
fn quantiles<K: Key>(values: &Sketch<K>, method: Method) -> Quantiles {
    Quantiles::of(values.n() as usize, method, |rank| values.value(rank as u64))
}

impl Scalars {
    /// No runs yet of a scenario with these outcomes.
    pub fn new(layout: &Layout) -> Self {
        let outcomes = layout.outcomes.iter().map(|spec| Scalar::new(spec.kind)).collect();
        Self { runs: 0, incomplete: 0, outcomes, first: Vec::new() }
    }

    /// Takes in the next run.
    pub fn push(&mut self, stop: StopReason, scalars: impl IntoIterator<Item = f64>) {
        self.runs += 1;
        self.incomplete += u64::from(stop == StopReason::EventBudget);
        for (outcome, value) in self.outcomes.iter_mut().zip(scalars) {
            outcome.push(value);
        }
    }

    /// Takes in the next run; values as a table holds them.
    pub fn push_outcome(&mut self, outcome: &Outcome) {
        self.push(outcome.stop, outcome.scalars.iter().copied().map(as_written));
        if self.first.len() < FIRST {
            let (scalars, acts) = (outcome.scalars.clone(), outcome.acts.clone());
            self.first.push(Outcome { scalars, acts, series: Vec::new(), ..*outcome });
        }
    }

    /// The first runs, at most [`FIRST`], without series: enough to choose some that are worth a look.
    pub fn first(&self) -> &[Outcome] {
        &self.first
    }

    /// Takes in a run of which there is no result.
    pub fn push_failed(&mut self) {
        self.runs += 1;
    }

    /// Number of runs.
    pub const fn runs(&self) -> u64 {
        self.runs
    }

    /// Runs that were stopped because they used up their events.
    pub const fn incomplete(&self) -> u64 {
        self.incomplete
    }

    /// The outcomes, in the order of the layout.
    pub fn outcomes(&self) -> &[Scalar] {
        &self.outcomes
    }

    /// The statistics of every outcome of `layout`, which must be the one that this was made for.
    pub fn summaries(&self, layout: &Layout) -> Vec<OutcomeSummary> {
        let summary = |(spec, scalar): (&OutcomeSpec, &Scalar)| OutcomeSummary {
            id: spec.id.clone(),
            unit: spec.unit,
            n: scalar.n() as usize,
            statistics: scalar.statistics(),
        };
        layout.outcomes.iter().zip(&self.outcomes).map(summary).collect()
    }

    /// Finds the place of each recorded value among the runs; values of unknown outcomes are left out.
    pub fn place(&self, layout: &Layout, recorded: &[RecordedValue]) -> Vec<Placed> {
        let placed = |value: &RecordedValue| {
            let index = layout.outcomes.iter().position(|spec| spec.id == value.outcome)?;
            let percentile = match layout.outcomes[index].kind {
                OutcomeKind::YesNo => None,
                OutcomeKind::Continuous | OutcomeKind::Discrete => {
                    percentile(&self.outcomes[index].settled(), value.value)
                }
            };
            Some(Placed { recorded: value.clone(), percentile })
        };
        recorded.iter().filter_map(placed).collect()
    }
}

/// Share of the values below `value` plus half of those equal to it.
fn percentile(values: &Sketch<u64>, value: f64) -> Option<f64> {
    if values.n() == 0 || value.is_nan() {
        return None;
    }
    let (below, equal) = values.below_and_equal(value);
    Some((2.0 * below + equal) / (2 * values.n()) as f64)
}

/// The change of a series from one bin to another, relative to 1 + its value: of a price, its return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Index of the series.
    pub series: usize,
    /// First bin; `None` for a value of 0.
    pub from: Option<usize>,
    /// Last bin.
    pub to: usize,
}

/// The series of many runs, into which many threads may fold at once.
#[derive(Debug)]
pub struct Series {
    n_bins: usize,
    /// For each series one sketch a bin.
    bands: Vec<Mutex<Vec<Sketch<u32>>>>,
    changes: Vec<(Change, Mutex<Sketch<u32>>)>,
}

impl Series {
    /// No runs yet of a scenario with these series; the distributions of `changes` are wanted, too.
    pub fn new(layout: &Layout, changes: &[Change]) -> Self {
        let n_bins = layout.bins.len();
        let empty = || Sketch::new(MOST_BAND_VALUES);
        Self {
            n_bins,
            bands: layout.series.iter().map(|_| Mutex::new((0..n_bins).map(|_| empty()).collect())).collect(),
            changes: changes.iter().map(|&change| (change, Mutex::new(empty()))).collect(),
        }
    }

    /// Takes in the series of runs: series × bins each, bins fastest. The order of the runs does not matter.
    pub fn push(&self, runs: &[&[f32]]) {
        let mut keys = Vec::new();
        let key = |value: f32| <u32 as Key>::of(f64::from(value));
        for (index, bins) in self.bands.iter().enumerate() {
            let mut bins = lock(bins);
            for (bin, sketch) in bins.iter_mut().enumerate() {
                keys.clear();
                let values = runs.iter().filter_map(|run| run.get(index * self.n_bins + bin));
                keys.extend(values.filter(|value| !value.is_nan()).map(|&value| key(value)));
                sketch.extend(&mut keys);
            }
        }
        for (change, sketch) in &self.changes {
            keys.clear();
            let values = runs.iter().filter_map(|run| self.change(*change, run));
            keys.extend(values.map(<u32 as Key>::of));
            lock(sketch).extend(&mut keys);
        }
    }

    fn change(&self, change: Change, run: &[f32]) -> Option<f64> {
        let price =
            |bin: usize| run.get(change.series * self.n_bins + bin).map(|&value| 1.0 + f64::from(value));
        let before = change.from.map_or(Some(1.0), price)?;
        Some(price(change.to)? / before - 1.0).filter(|value| value.is_finite())
    }

    /// Quantiles of a change that was asked for.
    pub fn change_quantiles(&self, change: Change) -> Option<Quantiles> {
        let (_, sketch) = self.changes.iter().find(|known| known.0 == change)?;
        Some(quantiles(&lock(sketch), Method::Linear))
    }

    /// The bands of every series of `layout`, which must be the one that this was made for, over `runs` runs.
    pub fn bands(&self, layout: &Layout, runs: u64) -> Vec<SeriesBands> {
        let of_series = |(spec, bins): (&SeriesSpec, &Mutex<Vec<Sketch<u32>>>)| {
            let is_ladder = spec.group == SeriesGroup::Rung;
            let method = if is_ladder { Method::Inverse } else { Method::Linear };
            let bins = lock(bins);
            let band = |bin: &Sketch<u32>| Band { n: bin.n() as usize, quantiles: quantiles(bin, method) };
            let at_or_above = |bin: &Sketch<u32>| at_or_above(bin, layout.rungs.len(), runs);
            SeriesBands {
                bins: bins.iter().map(band).collect(),
                at_or_above: if is_ladder { bins.iter().map(at_or_above).collect() } else { Vec::new() },
            }
        };
        layout.series.iter().zip(&self.bands).map(of_series).collect()
    }

    /// As bytes, for runs that are put together with others later.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for bins in &self.bands {
            lock(bins).iter().for_each(|sketch| sketch.write(&mut bytes));
        }
        for (_, sketch) in &self.changes {
            lock(sketch).write(&mut bytes);
        }
        bytes
    }

    /// Takes in what [`Self::to_bytes`] gave for other runs of the same scenario; `None`, and nothing is taken in, if the bytes are damaged.
    #[must_use]
    pub fn merge_bytes(&self, mut bytes: &[u8]) -> Option<()> {
        let mut read = || Sketch::<u32>::read(MOST_BAND_VALUES, &mut bytes);
        let n = self.bands.len() * self.n_bins + self.changes.len();
        let found = (0..n).map(|_| read()).collect::<Option<Vec<_>>>()?;
        if !bytes.is_empty() {
            return None;
        }
        let mut found = found.into_iter();
        for bins in &self.bands {
            lock(bins).iter_mut().zip(&mut found).for_each(|(sketch, other)| sketch.merge(&other));
        }
        for ((_, sketch), other) in self.changes.iter().zip(found) {
            lock(sketch).merge(&other);
        }
        Some(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Share of `runs` at or above each of `n_rungs` rungs, from the rungs of those runs that have one.
fn at_or_above(rungs: &Sketch<u32>, n_rungs: usize, runs: u64) -> Vec<f64> {
    let share = |rung: usize| {
        let (below, _) = rungs.below_and_equal(rung as f64);
        (rungs.n() as f64 - below) / runs.max(1) as f64
    };
    (0..n_rungs).map(share).collect()
}

/// All that is reported of the runs of one scenario.
#[derive(Debug)]
pub struct Aggregate {
    /// Their scalars.
    pub scalars: Scalars,
    /// Their series.
    pub series: Series,
}

/// Runs that are kept to choose from.
pub const FIRST: usize = 1000;

impl Aggregate {
    /// No runs yet; the distributions of `changes` are wanted, too.
    pub fn new(layout: &Layout, changes: &[Change]) -> Self {
        Self { scalars: Scalars::new(layout), series: Series::new(layout, changes) }
    }

    /// Takes in the next runs, series and all.
    pub fn push(&mut self, outcomes: &[Outcome]) {
        self.series.push(&outcomes.iter().map(|outcome| outcome.series.as_slice()).collect::<Vec<_>>());
        for outcome in outcomes {
            self.scalars.push_outcome(outcome);
        }
    }

    /// The summary of the runs.
    pub fn summary(&self, layout: &Layout, scenario: &str, seed: u64) -> Summary {
        Summary {
            scenario: scenario.to_owned(),
            runs: self.scalars.runs() as usize,
            seed,
            outcomes: self.scalars.summaries(layout),
            bands: self.series.bands(layout, self.scalars.runs()),
        }
    }
}

impl Summary {
    /// Summarises runs that are all at hand.
    pub fn of(layout: &Layout, scenario: &str, seed: u64, outcomes: &[Outcome]) -> Self {
        let mut aggregate = Aggregate::new(layout, &[]);
        aggregate.push(outcomes);
        aggregate.summary(layout, scenario, seed)
    }
}

/// A value as a table holds it: what is no finite number is missing, and zero has no sign. So what is read back from a table is what was
/// folded.
fn as_written(value: f64) -> f64 {
    if value.is_finite() { value + 0.0 } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::{RecordedRole, Unit};
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
        let mut aggregate = Aggregate::new(&layout(), &[]);
        aggregate.push(&ensemble());
        let placed = aggregate.scalars.place(&layout(), &values);
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

    /// Parts in any order give the bytes of the whole, and damaged ones are refused.
    #[test]
    fn series_of_parts_put_together_are_those_of_the_whole() {
        let (layout, runs) = (layout(), ensemble());
        let change = Change { series: 0, from: Some(0), to: 1 };
        let of = |runs: &[Outcome]| {
            let series = Series::new(&layout, &[change]);
            series.push(&runs.iter().map(|outcome| outcome.series.as_slice()).collect::<Vec<_>>());
            series
        };
        let parts = [of(&runs[2..]).to_bytes(), of(&runs[..2]).to_bytes()];
        let merged = Series::new(&layout, &[change]);
        for part in &parts {
            merged.merge_bytes(part).unwrap();
        }
        assert_eq!(merged.to_bytes(), of(&runs).to_bytes());
        assert_eq!(merged.bands(&layout, 4)[0].bins[1], of(&runs).bands(&layout, 4)[0].bins[1]);
        for cut in 0..parts[0].len() {
            assert_eq!(merged.merge_bytes(&parts[0][..cut]), None, "{cut}");
        }
        assert_eq!(merged.to_bytes(), of(&runs).to_bytes());
    }

    #[test]
    fn what_a_table_can_not_hold_is_missing() {
        let mut aggregate = Aggregate::new(&layout(), &[]);
        aggregate.push(&[outcome(0, [1.0, f64::INFINITY, -0.0], [0.0, 0.0])]);
        let outcomes = aggregate.scalars.outcomes();
        assert_eq!((outcomes[1].n(), outcomes[2].n()), (0, 1));
        assert!(outcomes[2].settled().value(0).is_sign_positive());
    }
}
