//! Fans: median and bands of a series over time, in small multiples.

use super::axis::Axis;
use super::figure::Figure;
use super::panel::{self, Frame, Key, Panel, RecordedMark};
use super::theme::{self, LineStyle};
use super::{PlotInput, Series};
use crate::experiment::summary::{Placed, Quantiles, SeriesBands};
use crate::model::outcome::{RecordedRole, Session};
use crate::units::SimTime;

/// One panel of a figure of fans.
pub(super) struct Fan<'a> {
    pub(super) series: Series<'a>,
    pub(super) title: String,
    /// Sessions to shade; may be empty.
    pub(super) sessions: &'a [Session],
    /// A recorded value and when it was reached.
    pub(super) recorded: Option<(SimTime, &'a Placed)>,
}

impl<'a> Fan<'a> {
    /// A fan under its series' label, with nothing else.
    pub(super) fn plain(series: Series<'a>) -> Self {
        Self { series, title: series.spec.label.clone(), sessions: &[], recorded: None }
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
    pub(super) keys: Vec<Key>,
}

/// Space for names of ticks: left, above, right, below.
const INSET: (f64, f64, f64, f64) = (58.0, 28.0, 6.0, 30.0);

/// Draws the fans in a grid.
pub(super) fn figure(input: &PlotInput<'_>, fans: &[Fan<'_>], look: &Look<'_>) -> Figure {
    let n_rows = panel::rows(fans.len()) as f64;
    let height = if fans.len() == 1 { 360.0 } else { n_rows * if fans.len() > 4 { 190.0 } else { 260.0 } };
    let (mut figure, frame) = panel::headed(&look.title, &input.subtitle(look.note), &look.keys, height);
    for (fan, cell) in fans.iter().zip(panel::grid(frame, fans.len())) {
        draw(&mut figure, input, fan, cell, look);
    }
    figure
}

fn draw(figure: &mut Figure, input: &PlotInput<'_>, fan: &Fan<'_>, cell: Frame, look: &Look<'_>) {
    let frame = cell.inset(INSET.0, INSET.1, INSET.2, INSET.3);
    let recorded = fan.recorded.map(|(_, placed)| placed.recorded.value);
    let (low, high) = range(fan.series.bands, look.includes.into_iter().chain(recorded));
    let panel = Panel {
        frame,
        x: Axis::time(input.start, input.span(), (frame.width() / 70.0) as usize),
        y: Axis::linear(fan.series.spec.unit, low, high, panel::n_ticks(frame)),
    };
    shade(figure, &panel, input, fan.sessions);
    panel.draw_axes(figure, &fan.title, look.caption);
    let times = input.times();
    bands(figure, &panel, &times, fan.series.bands);
    if look.includes == Some(0.0) && low < 0.0 {
        figure.path(vec![panel.at(f64::MIN, 0.0), panel.at(f64::MAX, 0.0)], theme::AXIS, 1.0);
    }
    if let Some((time, placed)) = fan.recorded {
        panel::recorded_mark(figure, panel.at(time.as_ms() as f64, placed.recorded.value), mark(placed));
    }
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
fn bands(figure: &mut Figure, panel: &Panel, times: &[f64], bands: &SeriesBands) {
    let between = |low: fn(&Quantiles) -> f64, high: fn(&Quantiles) -> f64| curves(times, bands, low, high);
    panel.band(figure, &between(|q| q.q05, |q| q.q95), theme::BAND_90);
    panel.band(figure, &between(|q| q.q25, |q| q.q75), theme::BAND_50);
    panel.line(figure, &median(times, bands), LineStyle { ink: theme::MEDIAN, dashes: &[] }, 2.2);
}

/// Two quantiles over time.
pub(super) fn curves(
    times: &[f64],
    bands: &SeriesBands,
    low: fn(&Quantiles) -> f64,
    high: fn(&Quantiles) -> f64,
) -> Vec<(f64, f64, f64)> {
    let bins = times.iter().zip(&bands.bins);
    bins.map(|(&time, band)| (time, low(&band.quantiles), high(&band.quantiles))).collect()
}

/// The median over time.
pub(super) fn median(times: &[f64], bands: &SeriesBands) -> Vec<(f64, f64)> {
    times.iter().zip(&bands.bins).map(|(&time, band)| (time, band.quantiles.q50)).collect()
}

/// Shades the sessions as far as they lie on the axis.
pub(super) fn shade(figure: &mut Figure, panel: &Panel, input: &PlotInput<'_>, sessions: &[Session]) {
    let (first, last) = input.span();
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

/// The range that the 90 % bands and `others` span.
pub(super) fn range(bands: &SeriesBands, others: impl Iterator<Item = f64>) -> (f64, f64) {
    let ends = bands.bins.iter().flat_map(|band| [band.quantiles.q05, band.quantiles.q95]);
    let finite = ends.chain(others).filter(|value| value.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}
