//! Returns of trading sessions: the first after the message as a distribution, the following ones as strips.

use super::axis::{Axis, Tick};
use super::figure::Figure;
use super::panel::{self, Frame, Key, Panel};
use super::{MarketSessions, PlotInput, Series, distribution, fan, subject, theme};
use crate::experiment::aggregate::Change;
use crate::experiment::summary::Quantiles;
use crate::model::outcome::{Layout, SeriesGroup, Session};
use crate::units::UtcTime;

/// Sessions shown at most.
const N_SESSIONS: usize = 8;

/// Distribution of the first session's return, a row a market; `None` if there is none.
pub(super) fn distribution_figure(input: &PlotInput<'_>) -> Option<Figure> {
    let rows = input.outcomes_named("market", "first_session_return");
    if rows.is_empty() {
        return None;
    }
    let title = match distribution::covered(input, &rows) {
        (_, 0) => "Return of the first session after the message".to_owned(),
        (inside, n) => format!("First session: {inside} of {n} recorded returns lie within 5–95 % of runs"),
    };
    Some(distribution::figure(input, &rows, &title, "return of the first session after the message"))
}

/// Quantiles of each session's return, a panel a market; `None` where sessions or prices are not known.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    let markets: Vec<Market<'_>> =
        input.series(SeriesGroup::Price).into_iter().filter_map(|series| market(input, series)).collect();
    let n = markets.len();
    if n == 0 {
        return None;
    }
    let mut keys = vec![
        Key::Line(theme::LineStyle { ink: theme::GREY, dashes: &[] }, "5–95 % of runs".into()),
        Key::Swatch(theme::BAND_50, "25–75 %"),
        Key::Swatch(theme::MEDIAN, "median"),
    ];
    if markets.iter().any(|market| market.recorded.is_some()) {
        keys.push(Key::Recorded);
    }
    let height = panel::rows(n) as f64 * if n > 4 { 190.0 } else { 260.0 };
    let note = "return from close to close by day of close (UTC), vertical scales differ";
    let title = "Returns by session after the message";
    let (mut figure, frame) = panel::headed(title, &input.subtitle(note), &keys, height);
    for (market, cell) in markets.iter().zip(panel::grid(frame, n)) {
        draw(&mut figure, market, cell);
    }
    Some(figure)
}

/// What one panel shows.
struct Market<'a> {
    series: Series<'a>,
    /// Day of the close and quantiles of the return.
    sessions: Vec<(String, Quantiles)>,
    recorded: Option<&'a crate::experiment::summary::Placed>,
}

fn market<'a>(input: &PlotInput<'a>, series: Series<'a>) -> Option<Market<'a>> {
    let known = input.sessions_of(&series.spec.id)?;
    let (id, _) = series.spec.id.rsplit_once('.')?;
    let first_return = format!("{id}.first_session_return");
    let mut sessions = Vec::new();
    for (session, change) in shown(input.layout, input.start, known, series.index) {
        let day = session.close.timestamp().strftime("%-d %b").to_string();
        let quantiles = match change.from {
            None => {
                input.quantiles(&first_return).or_else(|| input.aggregate.series.change_quantiles(change))
            }
            Some(_) => input.aggregate.series.change_quantiles(change),
        };
        sessions.extend(quantiles.map(|quantiles| (day, quantiles)));
    }
    (!sessions.is_empty()).then(|| Market { series, sessions, recorded: input.recorded(&first_return) })
}

/// The returns of sessions that the figure shows, as changes of the series of prices.
pub(super) fn changes(layout: &Layout, start: UtcTime, sessions: &[MarketSessions]) -> Vec<Change> {
    let prices = layout.series.iter().enumerate().filter(|(_, spec)| spec.group == SeriesGroup::Price);
    let of_series = |(index, spec): (usize, &crate::model::outcome::SeriesSpec)| {
        let known = sessions.iter().find(|known| known.market == subject(&spec.id));
        known.map_or_else(Vec::new, |known| shown(layout, start, known, index))
    };
    prices.flat_map(of_series).map(|(_, change)| change).collect()
}

/// The sessions of a market that are shown, each with the change of its series of prices from close to close.
fn shown<'a>(
    layout: &Layout,
    start: UtcTime,
    known: &'a MarketSessions,
    series: usize,
) -> Vec<(&'a Session, Change)> {
    let sessions = known.first.and_then(|first| known.sessions.get(first..)).unwrap_or_default();
    let mut shown = Vec::new();
    let mut from = None;
    for session in sessions.iter().take(N_SESSIONS) {
        let Some(to) = bin_at(layout, start, session) else { break };
        shown.push((session, Change { series, from, to }));
        from = Some(to);
    }
    shown
}

/// The first bin that ends at or after the close: prices stand still until the next session.
fn bin_at(layout: &Layout, start: UtcTime, session: &Session) -> Option<usize> {
    let close = session.close.sim_time(start);
    let bin = layout.bins.partition_point(|&end| end < close);
    (bin < layout.bins.len()).then_some(bin)
}

fn draw(figure: &mut Figure, market: &Market<'_>, cell: Frame) {
    let frame = cell.inset(58.0, 28.0, 6.0, 30.0);
    let ends = market.sessions.iter().flat_map(|(_, quantiles)| [quantiles.q05, quantiles.q95]);
    let recorded = market.recorded.map(|placed| placed.recorded.value);
    let finite = ends.chain(recorded).chain([0.0]).filter(|value| value.is_finite());
    let (low, high) = finite.fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let days = market.sessions.iter().enumerate();
    let ticks = days.map(|(index, (day, _))| Tick { value: index as f64, label: day.clone() }).collect();
    let panel = Panel {
        cell,
        frame,
        x: Axis::with_ticks(-0.6, market.sessions.len() as f64 - 0.4, ticks),
        y: Axis::linear(market.series.spec.unit, low, high, panel::n_ticks(frame)),
    };
    panel.draw_axes(figure, &market.series.spec.label, "");
    for (index, (_, quantiles)) in market.sessions.iter().enumerate() {
        if quantiles.q50.is_finite() {
            distribution::draw_strip(figure, quantiles, |value| panel.at(index as f64, value));
        }
    }
    if let Some(placed) = market.recorded {
        panel::recorded_mark(figure, panel.at(0.0, placed.recorded.value), fan::mark(placed));
    }
}
