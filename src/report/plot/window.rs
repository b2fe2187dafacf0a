//! The stretch of time that a panel shows: where something happens, not the whole horizon.

use super::PlotInput;
use crate::experiment::summary::{Quantiles, SeriesBands};
use crate::units::TimeSpan;

/// Beginning and end in milliseconds since the start.
pub(super) type Window = (f64, f64);

/// Shown before the message of reference.
const BEFORE: TimeSpan = TimeSpan::from_days(3);
/// Shown after the message of reference.
const AFTER: TimeSpan = TimeSpan::from_days(12);
/// A window that is at least this much of the horizon is not worth cutting out.
const NEARLY_ALL: f64 = 0.8;
/// Growth is shown for so long at most.
const LONGEST: TimeSpan = TimeSpan::from_days(4);
/// Growth is shown for so long at least.
const SHORTEST: TimeSpan = TimeSpan::from_days(1);
/// Share of the last value at which growth counts as ended.
const GROWN: f64 = 0.98;

/// From shortly before the message of reference until its aftermath.
pub(super) fn around_reference(input: &PlotInput<'_>) -> Window {
    let (reference, (_, end)) = (input.reference.as_ms() as f64, input.span());
    unless_nearly_all(input, (reference - BEFORE.as_ms() as f64, (reference + AFTER.as_ms() as f64).min(end)))
}

/// From shortly before the message of reference to the horizon.
pub(super) fn since_reference(input: &PlotInput<'_>) -> Window {
    unless_nearly_all(input, (input.reference.as_ms() as f64 - BEFORE.as_ms() as f64, input.span().1))
}

fn unless_nearly_all(input: &PlotInput<'_>, (from, until): Window) -> Window {
    let (start, end) = input.span();
    let from = from.max(start);
    if until - from >= NEARLY_ALL * (end - start) { (start, end) } else { (from, until) }
}

/// From the last bin in which nearly no run has anything to the end of growth; the whole horizon where nothing grows.
///
/// Growth has begun when the 95 % quantile of any of `bands` is positive, and has ended when medians and 95 % quantiles
/// are near their last values.
pub(super) fn of_growth<'a>(
    input: &PlotInput<'_>,
    bands: impl Iterator<Item = &'a SeriesBands> + Clone,
) -> Window {
    let times = input.times();
    let begun = bands.clone().filter_map(|bands| first_bin(bands, |q| q.q95, |value, _| value > 0.0)).min();
    let is_grown = |value: f64, last: f64| value >= GROWN * last;
    let grown = bands.flat_map(|bands| {
        [first_bin(bands, |q| q.q50, is_grown), first_bin(bands, |q| q.q95, is_grown)].into_iter().flatten()
    });
    let (Some(begun), Some(grown)) = (begun, grown.max()) else { return input.span() };
    let from = begun.checked_sub(1).map_or(0.0, |bin| times[bin]);
    let length = (1.1 * (times[grown] - from)).clamp(SHORTEST.as_ms() as f64, LONGEST.as_ms() as f64);
    // A little of the quiet before, so that the beginning can be seen.
    let (start, end) = input.span();
    ((from - 0.04 * length).max(start), (from + length).min(end))
}

/// The first bin in which a quantile and its last value are such; values that do not exist never are.
fn first_bin(
    bands: &SeriesBands,
    quantile: fn(&Quantiles) -> f64,
    is_such: impl Fn(f64, f64) -> bool,
) -> Option<usize> {
    let last = quantile(&bands.bins.last()?.quantiles);
    bands.bins.iter().position(|band| is_such(quantile(&band.quantiles), last))
}

/// The part of a curve that lies in a window, cut exactly at its ends; the curve's places have ascending times.
pub(super) fn cut<const N: usize>(points: &[(f64, [f64; N])], (from, until): Window) -> Vec<(f64, [f64; N])> {
    let between = |one: &(f64, [f64; N]), other: &(f64, [f64; N]), time: f64| {
        let share = (time - one.0) / (other.0 - one.0);
        (time, std::array::from_fn(|index| one.1[index] + share * (other.1[index] - one.1[index])))
    };
    let mut kept = Vec::with_capacity(points.len());
    for (index, point) in points.iter().enumerate() {
        if let Some(before) = index.checked_sub(1).map(|index| &points[index]) {
            for end in [from, until] {
                if before.0 < end && end < point.0 {
                    kept.push(between(before, point, end));
                }
            }
        }
        if (from..=until).contains(&point.0) {
            kept.push(*point);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::tests::Made;
    use crate::report::sample;

    #[test]
    fn a_curve_is_cut_exactly_at_both_ends_of_its_window() {
        let curve = [(0.0, [0.0]), (10.0, [100.0]), (20.0, [100.0]), (30.0, [f64::NAN])];
        assert_eq!(cut(&curve, (5.0, 15.0)), [(5.0, [50.0]), (10.0, [100.0]), (15.0, [100.0])]);
        assert_eq!(cut(&curve, (12.0, 18.0)), [(12.0, [100.0]), (18.0, [100.0])]);
        assert_eq!(cut(&curve, (0.0, 10.0)), [(0.0, [0.0]), (10.0, [100.0])]);
        assert!(cut(&curve, (15.0, 25.0))[2].1[0].is_nan());
        assert!(cut(&curve[..0], (0.0, 1.0)).is_empty());
    }

    #[test]
    fn growth_is_shown_from_just_before_it_begins_until_it_has_ended() {
        let mut made = Made::of(sample::ensemble(20));
        let n_bins = made.sample.layout.bins.len();
        let late = 60; // bins before the message, of 2.8 hours each
        for outcome in &mut made.sample.outcomes {
            let shares: Vec<f32> = outcome.series[..n_bins - late].to_vec();
            outcome.series[..late].fill(0.0);
            outcome.series[late..n_bins].copy_from_slice(&shares);
        }
        made.summary = made.sample.summary();
        let input = made.input();
        let (from, until) = of_growth(&input, [&made.summary.bands[0]].into_iter());
        let times = input.times();
        assert!(from < times[late] && from > times[late - 3], "{from}");
        let day = TimeSpan::from_days(1).as_ms() as f64;
        assert!((2.0 * day..=4.5 * day).contains(&(until - from)), "{}", until - from);
    }

    #[test]
    fn a_message_that_reaches_nobody_is_shown_over_the_whole_horizon() {
        let mut made = Made::of(sample::ensemble(5));
        made.sample.outcomes.iter_mut().for_each(|outcome| outcome.series.fill(0.0));
        made.summary = made.sample.summary();
        let input = made.input();
        assert_eq!(of_growth(&input, made.summary.bands.iter().take(1)), input.span());
    }

    #[test]
    fn the_aftermath_is_cut_out_of_a_long_horizon_only() {
        let made = Made::of(sample::ensemble(2));
        let mut input = made.input();
        assert_eq!(around_reference(&input), input.span());
        let mut layout = made.sample.layout.clone();
        for end in &mut layout.bins {
            *end = crate::units::SimTime::from_ms(6 * end.as_ms());
        }
        input.layout = &layout;
        input.reference = crate::units::SimTime::START + TimeSpan::from_days(40);
        let day = TimeSpan::from_days(1).as_ms() as f64;
        assert_eq!(around_reference(&input), (37.0 * day, 52.0 * day));
        assert_eq!(since_reference(&input), (37.0 * day, 84.0 * day));
    }
}
