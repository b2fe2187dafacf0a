//! Recognitions and arrivals over time.

use super::fan::{self, Fan, Look};
use super::figure::Figure;
use super::{PlotInput, Series};
use crate::model::outcome::{SeriesGroup, Unit};
use crate::report::human;

/// Panels at most.
const N_PANELS: usize = 9;
/// Milliseconds of an hour.
const HOUR_MS: f64 = 3_600_000.0;

/// Share of each group of members that has recognised; `None` if there is no recognition.
pub(super) fn recognition_figure(input: &PlotInput<'_>) -> Option<Figure> {
    let mut series = input.series(SeriesGroup::Recognised);
    series.truncate(N_PANELS);
    let first = series.first()?;
    let title = half_time(input, first).map_or_else(
        || "Who recognises, and when".to_owned(),
        |hours| {
            format!(
                "In the median run half has recognised after {} ({})",
                human::value(Unit::Hours, hours),
                first.spec.label
            )
        },
    );
    let look = Look {
        title,
        note: "share of each group, dates are UTC",
        caption: "recognised",
        includes: Some(1.0),
        moment: Some((input.reference, input.reference_key())),
    };
    let fans: Vec<Fan<'_>> = series.into_iter().map(|series| Fan::plain(series, input.span())).collect();
    Some(fan::figure(input, &fans, &look))
}

/// Hours from the reference until the median of a share passes a half.
fn half_time(input: &PlotInput<'_>, series: &Series<'_>) -> Option<f64> {
    let times = input.times();
    let passed = times.iter().zip(&series.bands.bins).find(|(_, band)| band.quantiles.q50 >= 0.5)?;
    Some((passed.0 - input.reference.as_ms() as f64) / HOUR_MS)
}

/// People who arrive each day; `None` if nobody moves.
pub(super) fn arrivals_figure(input: &PlotInput<'_>) -> Option<Figure> {
    let mut series = input.series(SeriesGroup::Arrivals);
    series.truncate(N_PANELS);
    let first = series.first()?;
    let peak = first.highest_median(input.span(), input).unwrap_or(0.0);
    let look = Look {
        title: format!(
            "Median arrivals peak at {} a day ({})",
            human::value(Unit::People, peak),
            first.spec.label
        ),
        note: "people on the last day that was over, dates are UTC",
        caption: "people a day",
        includes: Some(0.0),
        moment: Some((input.reference, input.reference_key())),
    };
    let fans: Vec<Fan<'_>> = series.into_iter().map(|series| Fan::plain(series, input.span())).collect();
    Some(fan::figure(input, &fans, &look))
}
