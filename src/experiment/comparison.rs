//! Arms beside the scenario as it stands, run by run.
//!
//! Run k of every arm draws from the same keys, so two arms differ only where the change between them reaches; what they have in common
//! cancels in the differences. How much that is worth is told as the variance reduction.

use super::summary::{LEVEL, Quantiles};
use crate::model::outcome::{Layout, Outcome, OutcomeKind, OutcomeSpec, Unit};
use crate::stats::interval::Interval;
use crate::stats::odds::OddsRatio;
use crate::stats::paired::{self, PairCounts};
use crate::stats::paired_tests::{self, Zeros};
use crate::stats::quantile::{self, Method};

/// The scalars of all runs of one arm, in the order of the runs.
#[derive(Debug, Clone)]
pub struct ArmRuns {
    /// Name of the arm: a lower-case id.
    pub name: String,
    /// Title for people; empty if it has none.
    pub title: String,
    /// What the arm sets: paths and values, in order.
    pub changes: Vec<(String, String)>,
    /// Meaning of the scalars.
    pub layout: Layout,
    /// The runs; of their acts and series nothing is needed.
    pub outcomes: Vec<Outcome>,
}

/// Arms against a baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Id of the scenario.
    pub scenario: String,
    /// Seed of network and runs.
    pub seed: u64,
    /// Runs of each arm.
    pub runs: usize,
    /// The arms in the order asked for.
    pub arms: Vec<ArmDifferences>,
}

/// One arm against the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmDifferences {
    /// Name of the arm.
    pub name: String,
    /// Title for people; empty if it has none.
    pub title: String,
    /// What the arm sets.
    pub changes: Vec<(String, String)>,
    /// One entry for each outcome that both arms have, in the order of the baseline.
    pub outcomes: Vec<OutcomeDifference>,
}

/// One outcome in two arms, over the runs in which it exists in both.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeDifference {
    /// Id of the outcome.
    pub id: String,
    /// Its unit.
    pub unit: Unit,
    /// Runs in which it exists in both arms.
    pub n: u64,
    /// Mean, or share of yes, in the baseline over those runs.
    pub baseline: f64,
    /// The same in the arm.
    pub arm: f64,
    /// Mean of arm − baseline.
    pub difference: f64,
    /// Its interval.
    pub interval: Interval,
    /// How many times as many independent runs would be needed for an interval as narrow. Infinite where all pairs differ alike, NaN
    /// where nothing varies.
    pub variance_reduction: f64,
    /// Two-sided p-value of no difference: Wilcoxon's signed ranks for a number, McNemar's exact test for a yes or no. NaN without pairs.
    pub p: f64,
    /// For a number: quantiles of arm − baseline over the runs.
    pub quantiles: Option<Quantiles>,
    /// For a yes or no: odds in the arm over odds in the baseline.
    pub odds: Option<OddsRatio>,
    /// For a rung of the ladder: the same for reaching each rung or a higher one, from the lowest above none that any run reached.
    pub rungs: Vec<RungDifference>,
}

/// Reaching a rung or a higher one in two arms.
#[derive(Debug, Clone, PartialEq)]
pub struct RungDifference {
    /// Id of the rung.
    pub rung: String,
    /// Its name.
    pub name: String,
    /// Share of runs in the baseline.
    pub baseline: f64,
    /// Share of runs in the arm.
    pub arm: f64,
    /// Share in the arm less that in the baseline.
    pub difference: f64,
    /// Its interval.
    pub interval: Interval,
    /// Odds in the arm over odds in the baseline.
    pub odds: OddsRatio,
}

impl OutcomeDifference {
    /// How many times as wide the interval would be if the runs of both arms were independent: the root of the variance reduction.
    pub fn narrower(&self) -> f64 {
        self.variance_reduction.sqrt()
    }
}

impl Comparison {
    /// Compares `arms` with `baseline`, pairing runs by their index.
    ///
    /// An arm that is the baseline itself (no changes) differs by exactly zero, with an interval of no width: nothing is estimated.
    pub fn of(scenario: &str, seed: u64, baseline: &ArmRuns, arms: &[ArmRuns]) -> Self {
        let of_arm = |arm: &ArmRuns| ArmDifferences {
            name: arm.name.clone(),
            title: arm.title.clone(),
            changes: arm.changes.clone(),
            outcomes: differences(baseline, arm),
        };
        Self {
            scenario: scenario.to_owned(),
            seed,
            runs: baseline.outcomes.len(),
            arms: arms.iter().map(of_arm).collect(),
        }
    }
}

fn differences(baseline: &ArmRuns, arm: &ArmRuns) -> Vec<OutcomeDifference> {
    let of_outcome = |(index, spec): (usize, &OutcomeSpec)| {
        let other =
            arm.layout.outcomes.iter().position(|known| known.id == spec.id && known.kind == spec.kind)?;
        let pairs = pairs(&baseline.outcomes, index, &arm.outcomes, other);
        let mut found = match spec.kind {
            OutcomeKind::YesNo => of_yes_no(spec, &pairs),
            OutcomeKind::Continuous | OutcomeKind::Discrete => of_number(spec, &pairs),
        };
        if spec.unit == Unit::Rung {
            found.rungs = of_rungs(&baseline.layout, &pairs);
        }
        if arm.changes.is_empty() && found.n > 0 {
            found.interval = Interval { low: 0.0, high: 0.0 };
        }
        Some(found)
    };
    baseline.layout.outcomes.iter().enumerate().filter_map(of_outcome).collect()
}

/// Values of the runs in which the outcome exists in both arms.
fn pairs(baseline: &[Outcome], index: usize, arm: &[Outcome], other: usize) -> Vec<(f64, f64)> {
    let value = |outcome: &Outcome, index: usize| outcome.scalars.get(index).copied().unwrap_or(f64::NAN);
    let both = baseline.iter().zip(arm).map(|(one, two)| (value(one, index), value(two, other)));
    both.filter(|(one, two)| !one.is_nan() && !two.is_nan()).collect()
}

fn of_number(spec: &OutcomeSpec, pairs: &[(f64, f64)]) -> OutcomeDifference {
    let mean = paired::mean(pairs.iter().copied(), LEVEL);
    let apart: Vec<f64> = pairs.iter().map(|(one, two)| two - one).collect();
    let mut sorted = apart.clone();
    quantile::sort(&mut sorted);
    OutcomeDifference {
        id: spec.id.clone(),
        unit: spec.unit,
        n: mean.n,
        // Adding zero turns −0 into 0, which is what people expect to read.
        baseline: mean.first + 0.0,
        arm: mean.second + 0.0,
        difference: mean.difference + 0.0,
        interval: mean.interval,
        variance_reduction: mean.variance_reduction,
        p: paired_tests::signed_ranks(&apart, Zeros::Drop).p,
        quantiles: Some(Quantiles::of(sorted.len(), Method::Linear, |rank| sorted[rank])),
        odds: None,
        rungs: Vec::new(),
    }
}

fn of_yes_no(spec: &OutcomeSpec, pairs: &[(f64, f64)]) -> OutcomeDifference {
    let counts = PairCounts::of(pairs.iter().map(|&(one, two)| (one != 0.0, two != 0.0)));
    OutcomeDifference {
        id: spec.id.clone(),
        unit: spec.unit,
        n: counts.n(),
        baseline: counts.first(),
        arm: counts.second(),
        difference: counts.difference(),
        interval: counts.difference_interval(LEVEL),
        variance_reduction: counts.variance_reduction(),
        p: if counts.n() == 0 {
            f64::NAN
        } else {
            paired_tests::mcnemar(counts.first_only, counts.second_only).p
        },
        quantiles: None,
        odds: Some(counts.odds_ratio(LEVEL)),
        rungs: Vec::new(),
    }
}

fn of_rungs(layout: &Layout, pairs: &[(f64, f64)]) -> Vec<RungDifference> {
    let highest = pairs.iter().map(|&(one, two)| one.max(two)).fold(0.0, f64::max);
    let reached = layout.rungs.iter().enumerate().skip(1).take_while(|(rung, _)| *rung as f64 <= highest);
    let of_rung = |(rung, (id, name)): (usize, &(String, String))| {
        let least = rung as f64;
        let counts = PairCounts::of(pairs.iter().map(|&(one, two)| (one >= least, two >= least)));
        RungDifference {
            rung: id.clone(),
            name: name.clone(),
            baseline: counts.first(),
            arm: counts.second(),
            difference: counts.difference(),
            interval: counts.difference_interval(LEVEL),
            odds: counts.odds_ratio(LEVEL),
        }
    };
    reached.map(of_rung).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::StopReason;

    fn arm(name: &str, changes: &[&str], rows: &[[f64; 3]]) -> ArmRuns {
        let spec =
            |id: &str, unit, kind| OutcomeSpec { id: id.into(), unit, kind, description: String::new() };
        let outcome = |(run, scalars): (usize, &[f64; 3])| Outcome {
            run: run as u64,
            stop: StopReason::Finished,
            events: 1,
            scalars: scalars.to_vec(),
            acts: Vec::new(),
            series: Vec::new(),
        };
        ArmRuns {
            name: name.into(),
            title: String::new(),
            changes: changes.iter().map(|path| ((*path).to_owned(), "1".to_owned())).collect(),
            layout: Layout {
                outcomes: vec![
                    spec("m.answered", Unit::YesNo, OutcomeKind::YesNo),
                    spec("m.shares", Unit::Shares, OutcomeKind::Continuous),
                    spec("d.peak_rung", Unit::Rung, OutcomeKind::Discrete),
                ],
                rungs: ["none", "words", "acts", "force"].map(|id| (id.to_owned(), id.to_owned())).into(),
                ..Layout::default()
            },
            outcomes: rows.iter().enumerate().map(outcome).collect(),
        }
    }

    const BASE: [[f64; 3]; 4] = [[1.0, 10.0, 2.0], [1.0, 20.0, 1.0], [0.0, f64::NAN, 0.0], [1.0, 30.0, 2.0]];
    const LESS: [[f64; 3]; 4] = [[0.0, 9.0, 0.0], [1.0, 18.0, 1.0], [0.0, 5.0, 0.0], [0.0, 27.0, 1.0]];

    #[test]
    fn differences_are_paired_by_run_where_the_outcome_exists_in_both() {
        let comparison =
            Comparison::of("s", 1, &arm("baseline", &[], &BASE), &[arm("less", &["a.b"], &LESS)]);
        let [answered, shares, peak] = &comparison.arms[0].outcomes[..] else { panic!() };
        assert_eq!((answered.n, answered.baseline, answered.arm, answered.difference), (4, 0.75, 0.25, -0.5));
        assert!(answered.odds.is_some_and(|odds| odds.ratio < 1.0));
        assert_eq!((shares.n, shares.baseline, shares.arm, shares.difference), (3, 20.0, 18.0, -2.0));
        // Variances 100 and 81, of the differences −1, −2, −3: 1.
        assert!((shares.variance_reduction - 181.0).abs() < 1e-9);
        assert_eq!((peak.difference, peak.rungs.len()), (-0.75, 2));
        let shares_of_rungs: Vec<_> = peak.rungs.iter().map(|rung| (rung.baseline, rung.arm)).collect();
        assert_eq!(shares_of_rungs, [(0.75, 0.5), (0.5, 0.0)]);
    }

    #[test]
    fn an_arm_that_changes_nothing_differs_by_exactly_zero() {
        let comparison = Comparison::of("s", 1, &arm("baseline", &[], &BASE), &[arm("same", &[], &BASE)]);
        for outcome in &comparison.arms[0].outcomes {
            assert_eq!((outcome.difference, outcome.interval), (0.0, Interval { low: 0.0, high: 0.0 }));
        }
    }

    #[test]
    fn an_outcome_that_an_arm_lacks_is_left_out() {
        let mut other = arm("other", &["a.b"], &LESS);
        other.layout.outcomes.remove(0);
        other.outcomes.iter_mut().for_each(|outcome| {
            outcome.scalars.remove(0);
        });
        let comparison = Comparison::of("s", 1, &arm("baseline", &[], &BASE), &[other]);
        let ids: Vec<&str> = comparison.arms[0].outcomes.iter().map(|outcome| outcome.id.as_str()).collect();
        assert_eq!(ids, ["m.shares", "d.peak_rung"]);
        assert_eq!(comparison.arms[0].outcomes[0].difference, -2.0);
    }
}
