//! Prices of each market over time, with trading sessions shaded and the recorded first session marked.

use super::fan::{self, Beside, Fan, Look};
use super::figure::Figure;
use super::{PlotInput, Series, window};
use crate::experiment::summary::Placed;
use crate::model::outcome::SeriesGroup;
use crate::report::human;
use crate::units::SimTime;

/// One fan a market; `None` if no price was observed.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    let series = input.series(SeriesGroup::Price);
    let median = |series: &&Series<'_>| series.last().q50;
    let ends = series.iter().filter(|series| median(series).is_finite());
    let lowest = ends.clone().min_by(|one, other| median(one).total_cmp(&median(other)));
    let highest = ends.max_by(|one, other| median(one).total_cmp(&median(other)));
    let named = |series: &Series<'_>| {
        format!("{} ({})", human::value(series.spec.unit, series.last().q50), series.spec.label)
    };
    let title = match (lowest, highest) {
        (Some(lowest), Some(highest)) if series.len() > 1 => {
            format!("Prices end between {} and {} in the median run", named(lowest), named(highest))
        }
        (Some(only), _) => format!("The price ends at {} in the median run", named(only)),
        _ => "Prices over time".to_owned(),
    };
    let fans: Vec<Fan<'_>> = series.iter().map(|series| priced(input, *series)).collect();
    let look = Look {
        title,
        note: "change since the last price before the message, dates are UTC, vertical scales differ",
        caption: "",
        includes: Some(0.0),
        moment: Some((input.reference, input.reference_key())),
    };
    (!fans.is_empty()).then(|| fan::figure(input, &fans, &look))
}

/// Levels of the volatility indices; `None` if none was observed.
pub(super) fn volatility_figure(input: &PlotInput<'_>) -> Option<Figure> {
    let fans: Vec<Fan<'_>> =
        input.series(SeriesGroup::Volatility).into_iter().map(|series| level(input, series)).collect();
    let first = fans.first()?;
    let (unit, name) = (first.series.spec.unit, &first.series.spec.label);
    let title = match (&first.beside, first.series.highest_median(input.span(), input)) {
        (Some(peak), _) => {
            format!("{name} peaks at {} points in the median run", human::value(unit, peak.quantiles.q50))
        }
        (None, Some(highest)) => {
            format!("{name}: the median rises to {} points", human::value(unit, highest))
        }
        (None, None) => format!("{name} over time"),
    };
    let look = Look {
        title,
        note: "beside it the highest level of each run, dates are UTC",
        caption: "points",
        includes: None,
        moment: Some((input.reference, input.reference_key())),
    };
    Some(fan::figure(input, &fans, &look))
}

/// The level of an index with its highest level of each run beside it.
fn level<'a>(input: &PlotInput<'a>, series: Series<'a>) -> Fan<'a> {
    let peak = series.spec.id.rsplit_once('.').map(|(index, _)| format!("{index}.peak")).unwrap_or_default();
    let quantiles = input.quantiles(&peak);
    let beside =
        quantiles.map(|quantiles| Beside { name: "peak", quantiles, recorded: input.recorded(&peak) });
    Fan { beside, ..Fan::plain(series, window::around_reference(input)) }
}

fn priced<'a>(input: &PlotInput<'a>, series: Series<'a>) -> Fan<'a> {
    let sessions = input.sessions_of(&series.spec.id);
    Fan {
        recorded: recorded(input, series),
        sessions: sessions.map_or(&[], |found| &found.sessions),
        ..Fan::plain(series, window::around_reference(input))
    }
}

/// The recorded return of the first session, at its close.
fn recorded<'a>(input: &PlotInput<'a>, series: Series<'a>) -> Option<(SimTime, &'a Placed)> {
    let (market, _) = series.spec.id.rsplit_once('.')?;
    let placed = input.recorded(&format!("{market}.first_session_return"))?;
    let sessions = input.sessions_of(&series.spec.id)?;
    let session = sessions.sessions.get(sessions.first?)?;
    Some((session.close.sim_time(input.start), placed))
}
