//! Running until intervals are narrow enough, by a rule that holds however often one looks (see [`crate::stats::sequential`]).
//!
//! Looks come at numbers of runs that are fixed beforehand, [`looks`], so how many runs it takes depends on the runs alone, and what is
//! reported is what as many runs asked for at once would give.

use super::aggregate::{Scalar, Scalars};
use super::summary::LEVEL;
use crate::model::outcome::OutcomeKind;
use crate::stats::interval::Interval;
use crate::stats::sequential;

/// Runs before the first look: enough for the deviation of a skewed number to be of use.
pub const LEAST: u64 = 400;
/// How far off the estimate of the runs that are needed may be before a target counts as out of reach: it comes from few runs.
const SLACK: f64 = 2.0;

/// An outcome whose interval is to be narrow.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Index of the outcome in the layout.
    pub outcome: usize,
    /// Id of the outcome.
    pub id: String,
    /// Half of the width that is asked for, positive, in the unit of the outcome.
    pub half_width: f64,
}

/// How a target stands after some runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// The interval for looks at any time.
    pub interval: Interval,
    /// Runs in which the outcome exists.
    pub n: u64,
    /// Whether the interval is narrow enough.
    pub is_met: bool,
}

/// Numbers of runs after which is looked, ascending: steps of a twentieth, and `most` at the end.
pub fn looks(most: u64) -> impl Iterator<Item = u64> {
    let next = |&runs: &u64| (runs < u64::MAX / 2).then(|| runs + (runs / 20).max(20));
    std::iter::successors(Some(LEAST), next).take_while(move |&runs| runs < most).chain([most])
}

impl Target {
    /// What the runs so far say.
    pub fn standing(&self, scalars: &Scalars) -> Standing {
        let scalar = &scalars.outcomes()[self.outcome];
        let interval = interval(scalar);
        Standing { interval, n: scalar.n(), is_met: interval.half_width() <= self.half_width }
    }

    /// The half-width that `most` runs are likely to reach, if the target is so far below it that it is out of reach.
    ///
    /// The estimate takes the deviation, and the share of runs in which the outcome exists, from the runs so far.
    pub fn out_of_reach(&self, scalars: &Scalars, most: u64) -> Option<f64> {
        let scalar = &scalars.outcomes()[self.outcome];
        let factor = most as f64 / scalars.runs().max(1) as f64;
        let reachable = expected(scalar, factor);
        let with_slack = expected(scalar, factor * SLACK);
        (with_slack > self.half_width).then_some(reachable)
    }
}

/// Half-width that `factor` times as many runs would give if they were like those so far.
fn expected(scalar: &Scalar, factor: f64) -> f64 {
    let n = scalar.n() as f64 * factor;
    match scalar.kind() {
        OutcomeKind::YesNo => {
            let yes = scalar.yes() as f64 * factor;
            sequential::proportion(yes.round() as u64, n.round() as u64, LEVEL).half_width()
        }
        OutcomeKind::Continuous | OutcomeKind::Discrete if scalar.n() < 2 => f64::INFINITY,
        OutcomeKind::Continuous | OutcomeKind::Discrete => {
            sequential::half_width(scalar.moments().sd(), n, LEVEL)
        }
    }
}

fn interval(scalar: &Scalar) -> Interval {
    match scalar.kind() {
        OutcomeKind::YesNo => sequential::proportion(scalar.yes(), scalar.n(), LEVEL),
        OutcomeKind::Continuous | OutcomeKind::Discrete => sequential::mean(scalar.moments(), LEVEL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::{Layout, OutcomeSpec, StopReason, Unit};

    #[test]
    fn looks_ascend_from_the_least_to_the_most_and_end_there() {
        let all: Vec<u64> = looks(1000).collect();
        assert_eq!((all[0], all[1], all[all.len() - 1]), (LEAST, 420, 1000));
        assert!(all.windows(2).all(|pair| pair[0] < pair[1]), "{all:?}");
        assert_eq!(looks(LEAST).collect::<Vec<_>>(), [LEAST]);
        assert_eq!(looks(10).collect::<Vec<_>>(), [10]);
        assert!(looks(10_000_000).count() < 250);
    }

    fn scalars(kind: OutcomeKind, values: impl Iterator<Item = f64>) -> Scalars {
        let spec = OutcomeSpec { id: "x".into(), unit: Unit::Count, kind, description: String::new() };
        let mut scalars = Scalars::new(&Layout { outcomes: vec![spec], ..Layout::default() });
        values.for_each(|value| scalars.push(StopReason::Finished, [value]));
        scalars
    }

    #[test]
    fn a_target_is_met_or_out_of_reach_by_what_the_runs_say() {
        let target = |half_width| Target { outcome: 0, id: "x".into(), half_width };
        let coin = scalars(OutcomeKind::YesNo, (0..400).map(|run| f64::from(run % 2)));
        let width = target(0.1).standing(&coin).interval.half_width();
        assert!(target(0.1).standing(&coin).is_met && (0.05..0.1).contains(&width), "{width}");
        assert!(!target(0.01).standing(&coin).is_met);
        assert_eq!(target(0.01).out_of_reach(&coin, 1_000_000), None);
        // ±0.01 takes some 30,000 runs of a fair coin.
        let reachable = target(0.01).out_of_reach(&coin, 5_000).unwrap();
        assert!((0.02..0.03).contains(&reachable), "{reachable}");
        let never = scalars(OutcomeKind::Continuous, std::iter::repeat_n(f64::NAN, 400));
        assert_eq!(target(1.0).out_of_reach(&never, 1_000_000), Some(f64::INFINITY));
        assert!(!target(1.0).standing(&never).is_met);
        let constant = scalars(OutcomeKind::Continuous, std::iter::repeat_n(3.0, 400));
        assert!(target(1e-9).standing(&constant).is_met);
    }
}
