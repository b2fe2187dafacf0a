//! Intervals for repeated looks hold at all looks at once, and intervals for one look do not.

use twiplomacy::engine::streams::{Purpose, RunKey, Subject};
use twiplomacy::experiment::precision::looks;
use twiplomacy::stats::distribution::normal_quantile;
use twiplomacy::stats::interval::{Interval, of_mean, wilson};
use twiplomacy::stats::sequential::{mean, proportion};
use twiplomacy::stats::summary::Moments;

/// Sequences of runs that are looked at.
const SEQUENCES: u64 = 1000;
/// Runs of each.
const RUNS: u64 = 8000;
const LEVEL: f64 = 0.95;
/// Of 1,000 sequences each of which misses with probability at most 0.05, more than 78 miss with probability 5.9e-5 (the upper tail of the
/// binomial distribution, 1 − F(78)); so α < 1e-4 for each assertion.
const MOST_MISSES: u64 = 78;

/// Sequences in which the interval misses the truth at any of the looks that the program makes.
fn misses(draw: impl Fn(f64) -> f64, truth: f64, interval: impl Fn(&Moments) -> Interval) -> u64 {
    let missed = |sequence: u64| {
        let mut stream = RunKey::new(sequence, 0).stream(Purpose::new("precision"), Subject::new(0, 0));
        let mut moments = Moments::default();
        looks(RUNS).any(|until| {
            while moments.n() < until {
                let uniform = (f64::from(stream.word()) + 0.5) / 4_294_967_296.0;
                moments.push(draw(uniform));
            }
            !interval(&moments).contains(truth)
        })
    };
    (0..SEQUENCES).map(|sequence| u64::from(missed(sequence))).sum()
}

fn yes(moments: &Moments) -> u64 {
    (moments.mean() * moments.n() as f64).round() as u64
}

#[test]
fn the_interval_of_a_yes_holds_at_all_looks_however_rare_the_yes() {
    for p in [0.5, 0.03] {
        let draw = |uniform: f64| f64::from(u8::from(uniform < p));
        let sequence = misses(draw, p, |moments| proportion(yes(moments), moments.n(), LEVEL));
        assert!(
            sequence <= MOST_MISSES,
            "p = {p}: {sequence} of {SEQUENCES} sequences miss, bound {MOST_MISSES}"
        );
        // An interval for one look misses far more often: the test would see it.
        let once = misses(draw, p, |moments| wilson(yes(moments), moments.n(), LEVEL));
        assert!(once > 2 * MOST_MISSES, "p = {p}: {once} of {SEQUENCES}");
    }
}

#[test]
fn the_interval_of_a_number_holds_at_all_looks_for_skewed_numbers_too() {
    // Standard normal, and log-normal with σ = 1, whose mean is √e and whose skewness is 6.2.
    let normal = |uniform: f64| normal_quantile(uniform);
    let skewed = |uniform: f64| normal_quantile(uniform).exp();
    for (name, draw, truth) in
        [("normal", &normal as &dyn Fn(f64) -> f64, 0.0), ("skewed", &skewed, 0.5_f64.exp())]
    {
        let sequence = misses(draw, truth, |moments| mean(moments, LEVEL));
        assert!(
            sequence <= MOST_MISSES,
            "{name}: {sequence} of {SEQUENCES} sequences miss, bound {MOST_MISSES}"
        );
        let once = misses(draw, truth, |moments| of_mean(moments, LEVEL));
        assert!(once > 2 * MOST_MISSES, "{name}: {once} of {SEQUENCES}");
    }
}
