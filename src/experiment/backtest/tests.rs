use super::*;
use crate::model::outcome::StopReason;
use crate::text::Basis;

const N: usize = 400;

fn layout() -> Layout {
    let spec = |id: &str, unit, kind| OutcomeSpec { id: id.into(), unit, kind, description: String::new() };
    Layout {
        outcomes: vec![
            spec("market.A.first_session_return", Unit::Fraction, OutcomeKind::Continuous),
            spec("market.B.first_session_return", Unit::Fraction, OutcomeKind::Continuous),
            spec("dyad.SA-CA.peak_rung", Unit::Rung, OutcomeKind::Discrete),
            spec("message.m.answered", Unit::YesNo, OutcomeKind::YesNo),
            spec("dyad.SA-CA.first_act_hours", Unit::Hours, OutcomeKind::Continuous),
        ],
        ..Layout::default()
    }
}

/// Market A is spread evenly over ±1 %; B is A again; the rung is 0 in nine of ten runs and 5 in the others, in which alone an hour
/// exists; the answer comes in one run of four.
fn outcome(run: usize) -> Outcome {
    let market = 0.01 * (2.0 * (run as f64 + 0.5) / N as f64 - 1.0);
    let is_tenth = run % 10 == 3;
    let scalars = vec![
        market,
        market,
        if is_tenth { 5.0 } else { 0.0 },
        f64::from(u8::from(run % 4 == 1)),
        if is_tenth { run as f64 } else { f64::NAN },
    ];
    Outcome { run: run as u64, stop: StopReason::Finished, events: 1, scalars, acts: vec![], series: vec![] }
}

fn case(recorded: &[(&str, f64, RecordedRole)]) -> Case {
    let recorded = recorded.iter().map(|&(outcome, value, role)| RecordedValue {
        outcome: outcome.into(),
        value,
        source: "a paper".into(),
        role,
    });
    Case {
        scenario: "s".into(),
        title: "S".into(),
        layout: layout(),
        outcomes: (0..N).map(outcome).collect(),
        recorded: recorded.collect(),
        absent: vec![],
        daily_sd: vec![("A".into(), 0.005)],
        parameters: vec![],
    }
}

const A: &str = "market.A.first_session_return";
const B: &str = "market.B.first_session_return";
const RUNG: &str = "dyad.SA-CA.peak_rung";
const ANSWERED: &str = "message.m.answered";
const HOURS: &str = "dyad.SA-CA.first_act_hours";
use RecordedRole::{Control, Fitted, HeldOut};

#[test]
fn a_record_is_placed_scored_and_judged_by_its_kind() {
    let recorded = [(A, 0.008, HeldOut), (B, 0.0097, Control), (RUNG, 3.0, Fitted), (ANSWERED, 1.0, HeldOut)];
    let found = Backtest::of(1, &[case(&recorded)], &[]);
    let scored = &found.cards[0].scored;
    let Score::Number { quantiles, percentile, crps, is_covered, width_in_sd } = scored[0].score else {
        panic!()
    };
    assert!((percentile - 0.9).abs() < 1e-12 && is_covered);
    // Uniform on ±h: CRPS at x is h/3 − (h − |x|)²/(4h)·… ; here ((x + h)² + (h − x)²)/(4h) − h/3 with h = 1 %.
    let exact = ((0.018_f64.powi(2) + 0.002_f64.powi(2)) / 0.04 - 0.01 / 3.0).abs();
    assert!((crps - exact).abs() < 1e-5, "{crps} {exact}");
    // 90 % of 2 % are 1.8 %, which is 3.6 times 0.5 %.
    assert!((quantiles.q95 - 0.009).abs() < 1e-4 && (width_in_sd.unwrap() - 3.6).abs() < 0.01);
    assert!(!scored[1].passes(), "above the 95 % quantile");
    // Nine tenths lie below 3 and none on it: the transform is 0.9, whatever V.
    assert!(scored[2].passes());
    assert_eq!(scored[3].score, Score::YesNo { p: 0.25, brier: 0.5625 });
    assert_eq!((found.coverage.n, found.coverage.mean, found.brier.n, found.brier.mean), (1, 1.0, 1, 0.5625));
    assert_eq!((found.passed(HeldOut), found.passed(Control), found.n_scenarios), ((2, 2), (0, 1), 1));
}

/// Two markets that are one make coverage 0 or 1 (both in or both out), two that are independent 0, 1/2 or 1; of ten scenarios the
/// mean has the variance of ten, not of twenty, coins: the 2.5 % quantile of Binomial(10, 0.9)/10 is 0.7.
#[test]
fn the_expected_range_keeps_outcomes_of_one_scenario_together() {
    let together = [(A, 0.0, HeldOut), (B, 0.0, HeldOut)];
    let one = Backtest::of(1, &[case(&together)], &[]).coverage;
    assert_eq!((one.n, one.expected), (2, Interval { low: 0.0, high: 1.0 }));
    let ten: Vec<Case> = (0..10).map(|_| case(&together)).collect();
    let ten = Backtest::of(1, &ten, &[]).coverage;
    assert_eq!((ten.n, ten.expected), (20, Interval { low: 0.7, high: 1.0 }));
}

/// Over all runs as records, the randomised transform covers 90 % though the values have two atoms: binomial, n = 400, α = 1e-4.
#[test]
fn a_discrete_outcome_is_covered_as_often_as_it_should_be() {
    let case = case(&[(RUNG, 0.0, HeldOut)]);
    let columns = columns(&case, 1);
    let covered = (0..N).filter(|&run| columns[0].covers(columns[0].values[run], 1 + run as u64)).count();
    let bound = 3.9 * (N as f64 * 0.09).sqrt();
    assert!((covered as f64 - 360.0).abs() < bound, "{covered}");
}

#[test]
fn what_happened_and_exists_in_no_run_is_a_miss_and_what_a_run_lacks_is_not_on_its_record() {
    let mut case = case(&[(HOURS, 12.0, HeldOut)]);
    let scores = own_records(&case, &columns(&case, 1));
    assert_eq!(scores.iter().map(|scores| scores.n).sum::<u32>(), N as u32 / 10);
    for outcome in &mut case.outcomes {
        outcome.scalars[4] = f64::NAN;
    }
    let found = Backtest::of(1, &[case], &[]);
    assert_eq!((found.cards[0].scored[0].score, found.coverage.mean), (Score::Never, 0.0));
    assert!(found.coverage.expected.low.is_nan());
}

#[test]
fn what_a_scenario_sets_for_itself_is_told_apart_from_what_all_share() {
    let note = |path: &str, value: &str| ParameterNote {
        path: path.into(),
        value: value.into(),
        basis: Basis::Assumed,
        source: "none".into(),
        doc: String::new(),
        range: String::new(),
    };
    let shared = [note("dispositions.a.x", "1"), note("dispositions.a.y", "2"), note("states.CA.z", "3")];
    let mut case = case(&[]);
    case.parameters = vec![note("dispositions.a.x", "1"), note("dispositions.a.y", "9")];
    let found = Backtest::of(1, &[case], &shared);
    assert_eq!(found.shared.len(), 2);
    assert_eq!(found.own, [("s".to_owned(), note("dispositions.a.y", "9"))]);
    assert!(found.coverage.mean.is_nan() && found.coverage.n == 0);
}

#[test]
fn the_same_seed_gives_the_same_range() {
    let cases = [case(&[(A, 0.0, HeldOut), (RUNG, 0.0, HeldOut), (ANSWERED, 0.0, HeldOut)])];
    assert_eq!(Backtest::of(3, &cases, &[]), Backtest::of(3, &cases, &[]));
}
