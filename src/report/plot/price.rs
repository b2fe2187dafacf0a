//! Prices of each market over time, with trading sessions shaded and the recorded first session marked.

use super::fan::{self, Fan, Look};
use super::figure::Figure;
use super::panel::{self, Key};
use super::{PlotInput, Series, theme};
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
    let mut keys = panel::fan_keys();
    if !input.sessions.is_empty() {
        keys.push(Key::Swatch(theme::SESSION, "trading session"));
    }
    if fans.iter().any(|fan| fan.recorded.is_some()) {
        keys.push(Key::Recorded);
    }
    let look = Look {
        title,
        note: "change since the last price before the message, dates are UTC, vertical scales differ",
        caption: "",
        includes: Some(0.0),
        keys,
    };
    (!fans.is_empty()).then(|| fan::figure(input, &fans, &look))
}

/// Levels of the volatility indices; `None` if none was observed.
pub(super) fn volatility_figure(input: &PlotInput<'_>) -> Option<Figure> {
    let series = input.series(SeriesGroup::Volatility);
    let first = series.first()?;
    let peak = first.bands.bins.iter().map(|band| band.quantiles.q50).filter(|value| value.is_finite());
    let look = Look {
        title: format!(
            "{}: the median peaks at {} points",
            first.spec.label,
            human::value(first.spec.unit, peak.fold(0.0, f64::max))
        ),
        note: "dates are UTC",
        caption: "points",
        includes: None,
        keys: panel::fan_keys(),
    };
    let fans: Vec<Fan<'_>> = series.into_iter().map(Fan::plain).collect();
    Some(fan::figure(input, &fans, &look))
}

fn priced<'a>(input: &PlotInput<'a>, series: Series<'a>) -> Fan<'a> {
    let sessions = input.sessions_of(&series.spec.id);
    Fan {
        recorded: recorded(input, series),
        sessions: sessions.map_or(&[], |found| &found.sessions),
        ..Fan::plain(series)
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
