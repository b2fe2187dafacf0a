//! Tension of each dyad over time.

use super::fan::{self, Fan, Look};
use super::figure::Figure;
use super::{PlotInput, Series, window};
use crate::model::outcome::{SeriesGroup, Unit};
use crate::report::human;

/// Dyads shown at most; the tensest are kept.
const N_DYADS: usize = 9;

/// One fan a dyad; `None` if no tension was observed.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    let peak = |series: &Series<'_>| series.highest_median(input.span(), input).unwrap_or(0.0);
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
        moment: Some((input.reference, input.reference_key())),
    };
    // A peak that the title tells of must be seen.
    let around = window::around_reference(input);
    let is_seen = series
        .iter()
        .all(|series| series.highest_median(around, input) == series.highest_median(input.span(), input));
    let window = if is_seen { around } else { input.span() };
    let fans: Vec<Fan<'_>> = series.into_iter().map(|series| Fan::plain(series, window)).collect();
    Some(fan::figure(input, &fans, &look))
}
