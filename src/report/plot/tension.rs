//! Tension of each dyad over time.

use super::PlotInput;
use super::fan::{self, Fan, Look};
use super::figure::Figure;
use super::panel;
use crate::model::outcome::{SeriesGroup, Unit};
use crate::report::human;

/// Dyads shown at most; the tensest are kept.
const N_DYADS: usize = 9;

/// One fan a dyad; `None` if no tension was observed.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    let peak = |series: &super::Series<'_>| {
        let medians = series.bands.bins.iter().map(|band| band.quantiles.q50);
        medians.filter(|value| value.is_finite()).fold(0.0, f64::max)
    };
    let mut series = input.series(SeriesGroup::Tension);
    series.sort_by(|one, other| peak(other).total_cmp(&peak(one)));
    series.truncate(N_DYADS);
    let tensest = series.first()?;
    let look = Look {
        title: format!(
            "Median tension peaks at {} ({})",
            human::value(Unit::Tension, peak(tensest)),
            tensest.spec.label
        ),
        note: "1 is the tension left by one act of weight −10, dates are UTC",
        caption: "tension",
        includes: Some(0.0),
        keys: panel::fan_keys(),
    };
    let fans: Vec<Fan<'_>> = series.into_iter().map(Fan::plain).collect();
    Some(fan::figure(input, &fans, &look))
}
