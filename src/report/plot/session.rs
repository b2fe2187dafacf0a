//! Returns of trading sessions: the first after the message as a distribution, the following ones as strips.

use super::axis::{Axis, Tick};
use super::figure::Figure;
use super::panel::{self, Frame, Key, Panel};
use super::{PlotInput, Series, distribution, fan, theme};
use crate::experiment::summary::Quantiles;
use crate::model::outcome::{SeriesGroup, Session};
use crate::stats::quantile::{self, Method};

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
    let mut before = None;
    let mut sessions = Vec::new();
    for session in known.sessions.get(known.first?..)?.iter().take(N_SESSIONS) {
        let Some(bin) = bin_at(input, session) else { break };
        let day = session.close.timestamp().strftime("%-d %b").to_string();
        let quantiles = match before {
            None => input.quantiles(&first_return).unwrap_or_else(|| returns(input, series.index, None, bin)),
            Some(_) => returns(input, series.index, before, bin),
        };
        sessions.push((day, quantiles));
        before = Some(bin);
    }
    (!sessions.is_empty()).then(|| Market { series, sessions, recorded: input.recorded(&first_return) })
}

/// The first bin that ends at or after the close: prices stand still until the next session.
fn bin_at(input: &PlotInput<'_>, session: &Session) -> Option<usize> {
    let close = session.close.sim_time(input.start);
    let bin = input.layout.bins.partition_point(|&end| end < close);
    (bin < input.layout.bins.len()).then_some(bin)
}

/// Quantiles over runs of the return from one bin (or the reference price) to another.
fn returns(input: &PlotInput<'_>, series: usize, from: Option<usize>, to: usize) -> Quantiles {
    let n_bins = input.layout.bins.len();
    let mut returns: Vec<f64> = (input.outcomes.iter())
        .filter_map(|outcome| {
            let price =
                |bin: usize| outcome.series.get(series * n_bins + bin).map(|&change| 1.0 + f64::from(change));
            let before = from.map_or(Some(1.0), price)?;
            Some(price(to)? / before - 1.0)
        })
        .filter(|value| value.is_finite())
        .collect();
    quantile::sort(&mut returns);
    let at = |p| quantile::sorted(&returns, p, Method::Linear);
    Quantiles { q05: at(0.05), q25: at(0.25), q50: at(0.5), q75: at(0.75), q95: at(0.95) }
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
