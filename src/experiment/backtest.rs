//! What happened against what is simulated: a card a scenario, and how often held-out records lie where they should.
//!
//! # Scores
//!
//! A recorded number is set beside the runs in which its outcome exists. It is *covered* if it lies in the central 90 % of them: a
//! real number between the 5 % and the 95 % quantile, both included; a discrete one if its randomised probability integral transform
//! F(x−) + V·(F(x) − F(x−)), V uniform and drawn by key, lies between 0.05 and 0.95 (Czado, Gneiting & Held 2009, "Predictive model
//! assessment for count data", Biometrics 65, 1254–1261). Its distance is the continuous ranked probability score. A yes or no has the
//! Brier score (p − y)². A number that exists in no run is not covered.
//!
//! # What a calibrated model would show
//!
//! Outcomes of one scenario depend on one another: two markets fall together. So a history is made of the model itself, a whole scenario
//! at a time: of each scenario one run is drawn and stands for its record, is scored against all runs by the same rules, and the
//! held-out scores of all scenarios give one coverage and one mean Brier score. The 2.5 % and 97.5 % quantiles of many such histories
//! are the range in which a calibrated model lies in 95 of 100 cases. An outcome that does not exist in the run that was drawn is on
//! that history's record as little as it would have been on the world's.
//!
//! Only held-out outcomes count. Fitted ones prove little, and controls are judged one by one.

#[cfg(test)]
mod tests;

use super::summary::{Quantiles, method};
use crate::engine::streams::{Purpose, RunKey, Subject, key_of};
use crate::model::outcome::{Layout, Outcome, OutcomeKind, OutcomeSpec, RecordedRole, RecordedValue, Unit};
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::simulation::named::Named;
use crate::stats::interval::Interval;
use crate::stats::quantile::{self, Method};
use crate::stats::score::{brier, crps, randomised_pit};
use crate::text::ParameterNote;

const PIT: Purpose = Purpose::new("backtest randomised transform");
const HISTORY: Purpose = Purpose::new("backtest history");

/// Histories made of the model itself.
pub const HISTORIES: u32 = 20_000;
/// The central 90 % of a transform, and of the runs.
const CENTRAL: Interval = Interval { low: 0.05, high: 0.95 };

/// The runs of one scenario and what is on record about it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Id of the scenario.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// Meaning of the columns.
    pub layout: Layout,
    /// The runs.
    pub outcomes: Vec<Outcome>,
    /// The record.
    pub recorded: Vec<RecordedValue>,
    /// Ids of recorded outcomes of things that are not simulated.
    pub absent: Vec<String>,
    /// Standard deviation of the daily returns of each market before the event, by the market's id.
    pub daily_sd: Vec<(String, f64)>,
    /// Every parameter that says what it rests on.
    pub parameters: Vec<ParameterNote>,
}

impl Case {
    /// The runs of `scenario`; what a back-test has no use for is dropped.
    pub fn of(
        scenario: &Scenario,
        simulation: &Simulation,
        named: &Named,
        mut outcomes: Vec<Outcome>,
    ) -> Self {
        for outcome in &mut outcomes {
            outcome.acts = Vec::new();
            outcome.series = Vec::new();
        }
        let header = &scenario.file.scenario;
        let markets = simulation.setting().markets.iter();
        Self {
            scenario: header.id.to_string(),
            title: header.title.clone(),
            layout: simulation.layout().clone(),
            outcomes,
            recorded: named.recorded.clone(),
            absent: named
                .absent
                .iter()
                .filter(|id| scenario.file.recorded.contains_key(*id))
                .cloned()
                .collect(),
            daily_sd: markets.map(|market| (market.id.clone(), market.daily_sd)).collect(),
            parameters: scenario.parameters.clone(),
        }
    }
}

/// The scores of all scenarios.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// Runs of each scenario.
    pub runs: usize,
    /// Seed of all runs and of the histories.
    pub seed: u64,
    /// One card a scenario.
    pub cards: Vec<Card>,
    /// How many held-out numbers are covered.
    pub coverage: Tally,
    /// Mean Brier score of held-out yes or no outcomes.
    pub brier: Tally,
    /// Scenarios with at least one held-out outcome.
    pub n_scenarios: usize,
    /// Dispositions that all scenarios share.
    pub shared: Vec<ParameterNote>,
    /// Dispositions that a scenario sets for itself: its id, and what it sets.
    pub own: Vec<(String, ParameterNote)>,
}

/// A mean of held-out scores and where that of a calibrated model would lie.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    /// Scores.
    pub n: usize,
    /// Their mean; NaN if there are none.
    pub mean: f64,
    /// Range in which it lies in 95 of 100 histories that the model makes itself.
    pub expected: Interval,
}

/// One scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    /// Id of the scenario.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// What is on record, in the order of the layout.
    pub scored: Vec<Scored>,
    /// Ids of what is on record and not simulated.
    pub absent: Vec<String>,
}

/// One recorded outcome beside the runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// What is on record.
    pub recorded: RecordedValue,
    /// Its unit.
    pub unit: Unit,
    /// Its kind.
    pub kind: OutcomeKind,
    /// Runs in which the outcome exists.
    pub n: usize,
    /// Where the record lies.
    pub score: Score,
}

/// Where a record lies among the runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Score {
    /// A number.
    Number {
        /// Quantiles over the runs.
        quantiles: Quantiles,
        /// Share of runs below it plus half of those equal to it.
        percentile: f64,
        /// Continuous ranked probability score, in the outcome's unit.
        crps: f64,
        /// Whether the central 90 % hold it.
        is_covered: bool,
        /// Width of the central 90 % in standard deviations of daily returns before the event, for returns of a market.
        width_in_sd: Option<f64>,
    },
    /// A yes or no.
    YesNo {
        /// Share of runs with a yes.
        p: f64,
        /// Brier score.
        brier: f64,
    },
    /// It happened and exists in no run.
    Never,
}

impl Scored {
    /// Whether the record lies where the model expects it: in the central 90 %, or, for a yes or no, where the model gives at least
    /// 5 % to what happened.
    pub fn passes(&self) -> bool {
        match self.score {
            Score::Number { is_covered, .. } => is_covered,
            Score::YesNo { p, .. } => {
                let given = if self.recorded.value == 0.0 { 1.0 - p } else { p };
                given >= CENTRAL.low
            }
            Score::Never => false,
        }
    }

    /// Whether the record was kept from those who chose the coefficients.
    pub fn is_held_out(&self) -> bool {
        self.recorded.role == RecordedRole::HeldOut
    }
}

impl Backtest {
    /// Scores `cases`, of which each has as many runs, made with `seed`. `shared` are the parameters of a scenario that changes none.
    pub fn of(seed: u64, cases: &[Case], shared: &[ParameterNote]) -> Self {
        let columns: Vec<Vec<Column<'_>>> = cases.iter().map(|case| columns(case, seed)).collect();
        let cards = cases.iter().zip(&columns).map(|(case, columns)| Card {
            scenario: case.scenario.clone(),
            title: case.title.clone(),
            scored: columns.iter().map(|column| column.scored(case)).collect(),
            absent: case.absent.clone(),
        });
        let cards: Vec<Card> = cards.collect();
        let histories: Vec<Vec<Scores>> =
            cases.iter().zip(&columns).map(|(case, of)| own_records(case, of)).collect();
        let held_out = || cards.iter().flat_map(|card| &card.scored).filter(|scored| scored.is_held_out());
        let observed = held_out().fold(Scores::default(), |sum, scored| sum.and(scored.score.counted()));
        let (coverage, brier) = expected(seed, &histories);
        let shared: Vec<ParameterNote> = dispositions(shared).cloned().collect();
        let own = cases.iter().flat_map(|case| {
            let differs = |note: &&ParameterNote| {
                shared.iter().all(|other| other.path != note.path || other.value != note.value)
            };
            dispositions(&case.parameters).filter(differs).map(|note| (case.scenario.clone(), note.clone()))
        });
        Self {
            runs: cases.first().map_or(0, |case| case.outcomes.len()),
            seed,
            coverage: Tally { n: observed.n as usize, mean: observed.coverage(), expected: coverage },
            brier: Tally { n: observed.n_yes_no as usize, mean: observed.mean_brier(), expected: brier },
            n_scenarios: cards.iter().filter(|card| card.scored.iter().any(Scored::is_held_out)).count(),
            own: own.collect(),
            shared,
            cards,
        }
    }

    /// All records with the id of their scenario.
    pub fn scored(&self) -> impl Iterator<Item = (&str, &Scored)> {
        self.cards.iter().flat_map(|card| card.scored.iter().map(|scored| (card.scenario.as_str(), scored)))
    }

    /// Records of `role` that lie where they should, and all of them.
    pub fn passed(&self, role: RecordedRole) -> (usize, usize) {
        let of_role = || self.scored().filter(|(_, scored)| scored.recorded.role == role);
        (of_role().filter(|(_, scored)| scored.passes()).count(), of_role().count())
    }
}

fn dispositions(notes: &[ParameterNote]) -> impl Iterator<Item = &ParameterNote> {
    notes.iter().filter(|note| note.path.starts_with("dispositions."))
}

/// A recorded outcome with its values over the runs.
struct Column<'a> {
    recorded: &'a RecordedValue,
    unit: Unit,
    kind: OutcomeKind,
    /// Of each run; NaN where the outcome does not exist.
    values: Vec<f64>,
    /// Those that exist, ascending.
    sorted: Vec<f64>,
    /// Share of them that is not zero.
    yes: f64,
    seed: u64,
    /// Key of scenario and outcome.
    subject: (u32, u32),
}

/// The recorded outcomes of a case, in the order of its layout.
fn columns(case: &Case, seed: u64) -> Vec<Column<'_>> {
    let column = |(idx, spec): (usize, &OutcomeSpec)| {
        let recorded = case.recorded.iter().find(|recorded| recorded.outcome == spec.id)?;
        let of_run = |outcome: &Outcome| outcome.scalars.get(idx).copied().unwrap_or(f64::NAN);
        let values: Vec<f64> = case.outcomes.iter().map(of_run).collect();
        let mut sorted = values.clone();
        quantile::sort(&mut sorted);
        let yes = sorted.iter().filter(|&&value| value != 0.0).count() as f64 / sorted.len() as f64;
        let subject = (key_of(&case.scenario), key_of(&spec.id));
        Some(Column { recorded, unit: spec.unit, kind: spec.kind, values, sorted, yes, seed, subject })
    };
    case.layout.outcomes.iter().enumerate().filter_map(column).collect()
}

impl Column<'_> {
    fn scored(&self, case: &Case) -> Scored {
        let score = self.score(self.recorded.value, 0);
        let score = match score {
            Score::Number { quantiles, percentile, crps, is_covered, .. } => {
                let width_in_sd = self.width_in_sd(case, &quantiles);
                Score::Number { quantiles, percentile, crps, is_covered, width_in_sd }
            }
            other => other,
        };
        let (unit, kind) = (self.unit, self.kind);
        Scored { recorded: self.recorded.clone(), unit, kind, n: self.sorted.len(), score }
    }

    /// The score of `value`; `history` is 0 for the world's record and 1 + k for that of run k.
    fn score(&self, value: f64, history: u64) -> Score {
        if self.sorted.is_empty() {
            return Score::Never;
        }
        if self.kind == OutcomeKind::YesNo {
            return Score::YesNo { p: self.yes, brier: brier(self.yes, value) };
        }
        Score::Number {
            quantiles: self.quantiles(),
            percentile: quantile::place(&self.sorted, value).unwrap_or(f64::NAN),
            crps: crps(&self.sorted, value),
            is_covered: self.covers(value, history),
            width_in_sd: None,
        }
    }

    fn quantiles(&self) -> Quantiles {
        Quantiles::of(self.sorted.len(), method(self.kind), |idx| self.sorted[idx])
    }

    fn covers(&self, value: f64, history: u64) -> bool {
        match self.kind {
            OutcomeKind::Continuous => {
                let at = |p| quantile::sorted(&self.sorted, p, Method::Linear);
                (at(CENTRAL.low)..=at(CENTRAL.high)).contains(&value)
            }
            OutcomeKind::Discrete | OutcomeKind::YesNo => {
                let (a, b) = self.subject;
                let v = RunKey::new(self.seed, history).uniform(PIT, Subject::new(a, b));
                CENTRAL.contains(randomised_pit(&self.sorted, value, v))
            }
        }
    }

    fn width_in_sd(&self, case: &Case, quantiles: &Quantiles) -> Option<f64> {
        let market = self.recorded.outcome.strip_prefix("market.")?.split('.').next()?;
        let (_, sd) = case.daily_sd.iter().find(|(id, _)| id == market)?;
        (self.unit == Unit::Fraction && *sd > 0.0).then(|| (quantiles.q95 - quantiles.q05) / sd)
    }
}

/// Sums of held-out scores.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Scores {
    n: u32,
    n_covered: u32,
    n_yes_no: u32,
    brier: f64,
}

impl Scores {
    fn and(self, other: Self) -> Self {
        Self {
            n: self.n + other.n,
            n_covered: self.n_covered + other.n_covered,
            n_yes_no: self.n_yes_no + other.n_yes_no,
            brier: self.brier + other.brier,
        }
    }

    fn coverage(self) -> f64 {
        f64::from(self.n_covered) / f64::from(self.n)
    }

    fn mean_brier(self) -> f64 {
        self.brier / f64::from(self.n_yes_no)
    }
}

impl Score {
    fn counted(&self) -> Scores {
        match *self {
            Self::Number { is_covered, .. } => {
                Scores { n: 1, n_covered: u32::from(is_covered), ..Scores::default() }
            }
            Self::YesNo { brier, .. } => Scores { n_yes_no: 1, brier, ..Scores::default() },
            Self::Never => Scores { n: 1, ..Scores::default() },
        }
    }
}

/// The held-out scores that each run of a case would have as its record.
fn own_records(case: &Case, columns: &[Column<'_>]) -> Vec<Scores> {
    let held_out: Vec<&Column<'_>> =
        columns.iter().filter(|column| column.recorded.role == RecordedRole::HeldOut).collect();
    let of_run = |run: usize| {
        held_out.iter().fold(Scores::default(), |sum, column| {
            let value = column.values[run];
            if value.is_nan() {
                return sum;
            }
            if column.kind == OutcomeKind::YesNo {
                return sum.and(column.score(value, 1 + run as u64).counted());
            }
            let n_covered = u32::from(column.covers(value, 1 + run as u64));
            sum.and(Scores { n: 1, n_covered, ..Scores::default() })
        })
    };
    (0..case.outcomes.len()).map(of_run).collect()
}

/// Ranges of coverage and mean Brier score over histories that the model makes itself; `cases` holds the scores of the runs of each.
fn expected(seed: u64, cases: &[Vec<Scores>]) -> (Interval, Interval) {
    let cases: Vec<&Vec<Scores>> = cases.iter().filter(|runs| !runs.is_empty()).collect();
    let history = |idx: u32| {
        let mut stream = RunKey::new(seed, 0).stream(HISTORY, Subject::new(idx, 0));
        cases.iter().fold(Scores::default(), |sum, runs| {
            let drawn = stream.below(u32::try_from(runs.len()).unwrap_or(u32::MAX)) as usize;
            sum.and(runs[drawn])
        })
    };
    let histories: Vec<Scores> = (0..HISTORIES).map(history).collect();
    let range = |of: fn(Scores) -> f64| {
        let mut values: Vec<f64> = histories.iter().copied().map(of).collect();
        quantile::sort(&mut values);
        let at = |p| quantile::sorted(&values, p, Method::Inverse);
        Interval { low: at(0.025), high: at(0.975) }
    };
    (range(Scores::coverage), range(Scores::mean_brier))
}
