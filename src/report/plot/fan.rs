//! Fans: median and bands of a series over time, in small multiples.

use super::axis::Axis;
use super::figure::{Anchor, Figure, TextStyle};
use super::panel::{self, Frame, Key, Panel, RecordedMark};
use super::theme::{self, LineStyle};
use super::window::{self, Window};
use super::{PlotInput, Series, distribution};
use crate::experiment::summary::{Placed, Quantiles};
use crate::model::outcome::{RecordedRole, SeriesGroup, Session};
use crate::units::SimTime;

/// One panel of a figure of fans.
pub(super) struct Fan<'a> {
    pub(super) series: Series<'a>,
    /// What is shown of the horizon.
    pub(super) window: Window,
    /// Sessions to shade; may be empty.
    pub(super) sessions: &'a [Session],
    /// A recorded value and when it was reached.
    pub(super) recorded: Option<(SimTime, &'a Placed)>,
    /// One number of the whole run beside the panel.
    pub(super) beside: Option<Beside<'a>>,
}

/// The distribution over runs of one number that belongs to no moment, on the panel's vertical axis.
#[derive(Clone, Copy)]
pub(super) struct Beside<'a> {
    pub(super) name: &'static str,
    pub(super) quantiles: Quantiles,
    pub(super) recorded: Option<&'a Placed>,
}

impl<'a> Fan<'a> {
    /// A fan with nothing else.
    pub(super) const fn plain(series: Series<'a>, window: Window) -> Self {
        Self { series, window, sessions: &[], recorded: None, beside: None }
    }

    /// The values that are drawn besides the bands.
    fn others(&self) -> impl Iterator<Item = f64> {
        let of_placed = |placed: &Placed| placed.recorded.value;
        let beside = self.beside.into_iter().flat_map(move |beside| {
            let recorded = beside.recorded.map_or(f64::NAN, of_placed);
            [beside.quantiles.q05, beside.quantiles.q95, recorded]
        });
        beside.chain(self.recorded.map(|(_, placed)| of_placed(placed)))
    }

    fn is_compared(&self) -> bool {
        self.recorded.is_some() || self.beside.is_some_and(|beside| beside.recorded.is_some())
    }
}

/// What is common to all panels.
pub(super) struct Look<'a> {
    pub(super) title: String,
    pub(super) note: &'a str,
    /// What the vertical axis shows.
    pub(super) caption: &'a str,
    /// A value that the vertical axis includes whatever the data, if any.
    pub(super) includes: Option<f64>,
    /// A moment that is marked in every panel, with what the legend says of it.
    pub(super) moment: Option<(SimTime, Key)>,
}

/// Space for names of ticks: left, above, right, below.
const INSET: (f64, f64, f64, f64) = (58.0, 28.0, 6.0, 30.0);
/// Space for a strip beside the panel.
const BESIDE: f64 = 52.0;

/// Draws the fans in a grid.
pub(super) fn figure(input: &PlotInput<'_>, fans: &[Fan<'_>], look: &Look<'_>) -> Figure {
    let n_rows = panel::rows(fans.len()) as f64;
    let height = if fans.len() == 1 { 360.0 } else { n_rows * if fans.len() > 4 { 190.0 } else { 260.0 } };
    let keys = keys(fans, look);
    let (mut figure, frame) = panel::headed(&look.title, &input.subtitle(look.note), &keys, height);
    for (fan, cell) in fans.iter().zip(panel::grid(frame, fans.len())) {
        draw(&mut figure, input, fan, cell, look);
    }
    figure
}

fn keys(fans: &[Fan<'_>], look: &Look<'_>) -> Vec<Key> {
    let median = LineStyle { ink: theme::MEDIAN, dashes: &[] };
    let mut keys = vec![
        Key::Swatch(theme::BAND_90, "5–95 % of runs"),
        Key::Swatch(theme::BAND_50, "25–75 %"),
        Key::Line(median, "median".into()),
    ];
    if fans.iter().any(|fan| !fan.sessions.is_empty()) {
        keys.push(Key::Swatch(theme::SESSION, "trading session"));
    }
    keys.extend(look.moment.iter().map(|(_, key)| key.clone()));
    if fans.iter().any(Fan::is_compared) {
        keys.push(Key::Recorded);
    }
    keys
}

fn draw(figure: &mut Figure, input: &PlotInput<'_>, fan: &Fan<'_>, cell: Frame, look: &Look<'_>) {
    let right = INSET.2 + fan.beside.map_or(0.0, |_| BESIDE);
    let frame = cell.inset(INSET.0, INSET.1, right, INSET.3);
    let times = input.times();
    let (low, high) = range(&times, fan.series, fan.window, look.includes.into_iter().chain(fan.others()));
    let panel = Panel {
        cell,
        frame,
        x: Axis::time(input.start, fan.window, panel::n_dates(frame)),
        y: Axis::linear(fan.series.spec.unit, low, high, panel::n_ticks(frame)),
    };
    shade(figure, &panel, input, fan.sessions);
    panel.draw_axes(figure, &fan.series.spec.label, look.caption);
    bands(figure, &panel, &times, fan.series);
    if look.includes == Some(0.0) && low < 0.0 {
        figure.path(vec![panel.at(f64::MIN, 0.0), panel.at(f64::MAX, 0.0)], theme::AXIS, 1.0);
    }
    if let Some((time, _)) = look.moment {
        panel.moment(figure, time.as_ms() as f64);
    }
    if let Some((time, placed)) = fan.recorded.filter(|(time, _)| panel.x.shows(time.as_ms() as f64)) {
        panel::recorded_mark(figure, panel.at(time.as_ms() as f64, placed.recorded.value), mark(placed));
    }
    if let Some(beside) = &fan.beside {
        draw_beside(figure, &panel, beside);
    }
}

fn draw_beside(figure: &mut Figure, panel: &Panel, beside: &Beside<'_>) {
    let x = panel.frame.right + BESIDE / 2.0;
    if beside.quantiles.q50.is_finite() {
        distribution::draw_strip(figure, &beside.quantiles, |value| (x, panel.y_at(value)));
    }
    if let Some(placed) = beside.recorded {
        panel::recorded_mark(figure, (x, panel.y_at(placed.recorded.value)), mark(placed));
    }
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    figure.text(beside.name, (x, panel.frame.top - 16.0), Anchor::Middle, style);
}

/// The symbol of a recorded value.
pub(super) const fn mark(placed: &Placed) -> RecordedMark {
    match placed.recorded.role {
        RecordedRole::HeldOut => RecordedMark::Filled,
        RecordedRole::Fitted => RecordedMark::Ring,
        RecordedRole::Control => RecordedMark::Cross,
    }
}

/// Draws both bands and the median of one series in the colours of all fans.
fn bands(figure: &mut Figure, panel: &Panel, times: &[f64], series: Series<'_>) {
    panel.band(figure, &curves(times, series, |q| [q.q05, q.q95]), theme::BAND_90);
    panel.band(figure, &curves(times, series, |q| [q.q25, q.q75]), theme::BAND_50);
    let median = curves(times, series, |q| [q.q50]);
    panel.line(figure, &median, LineStyle { ink: theme::MEDIAN, dashes: &[] }, 2.2);
}

/// Quantiles over time; counts begin with a jump.
pub(super) fn curves<const N: usize>(
    times: &[f64],
    series: Series<'_>,
    quantiles: fn(&Quantiles) -> [f64; N],
) -> Vec<(f64, [f64; N])> {
    let bins = times.iter().zip(&series.bands.bins);
    let points = bins.map(|(&time, band)| (time, quantiles(&band.quantiles))).collect();
    match series.spec.group {
        SeriesGroup::Shares | SeriesGroup::Reach => window::jumping(points),
        SeriesGroup::Tension
        | SeriesGroup::Rung
        | SeriesGroup::Recognised
        | SeriesGroup::Arrivals
        | SeriesGroup::Price
        | SeriesGroup::Volatility => points,
    }
}

/// Shades the sessions as far as they lie on the axis.
pub(super) fn shade(figure: &mut Figure, panel: &Panel, input: &PlotInput<'_>, sessions: &[Session]) {
    let (first, last) = panel.x.range();
    for session in sessions {
        let open = session.open.sim_time(input.start).as_ms() as f64;
        let close = session.close.sim_time(input.start).as_ms() as f64;
        if close > first && open < last {
            let (left, right) = (panel.x_at(open), panel.x_at(close));
            figure.rectangle((left, panel.frame.top), (right, panel.frame.bottom), theme::SESSION);
            // Below the axis, where no band hides it.
            figure.rectangle(
                (left, panel.frame.bottom + 1.0),
                (right, panel.frame.bottom + 4.5),
                theme::SESSION_EDGE,
            );
        }
    }
}

/// The range that the 90 % bands in a window and `others` span.
pub(super) fn range(
    times: &[f64],
    series: Series<'_>,
    window: Window,
    others: impl Iterator<Item = f64>,
) -> (f64, f64) {
    let shown = window::cut(&curves(times, series, |q| [q.q05, q.q95]), window);
    let ends = shown.into_iter().flat_map(|(_, ends)| ends);
    let finite = ends.chain(others).filter(|value| value.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}
