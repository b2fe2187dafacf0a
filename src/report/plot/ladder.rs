//! The ladder: how likely it is that two states have reached each rung by a given time.

use super::axis::{Axis, Tick};
use super::figure::Figure;
use super::panel::{self, Frame, Panel};
use super::{PlotInput, Series, theme};
use crate::model::outcome::SeriesGroup;

/// Dyads shown at most; those that climb most are kept.
const N_DYADS: usize = 6;
/// Bands thinner than this at the end have no label.
const LABELLED: f64 = 0.005;
/// Room for the names of rungs.
const ROOM: f64 = 158.0;

/// One stack a dyad; `None` if no ladder was observed.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    // The mean rung at the end, up to a constant.
    let climbed = |series: &Series<'_>| {
        series.bands.at_or_above.last().map_or(0.0, |shares| shares.iter().sum::<f64>())
    };
    let mut series = input.series(SeriesGroup::Rung);
    series.retain(|series| climbed(series) > 0.0);
    series.sort_by(|one, other| climbed(other).total_cmp(&climbed(one)));
    series.truncate(N_DYADS);
    let first = series.first()?;
    let n = series.len();
    let height = if n == 1 { 380.0 } else { panel::rows(n) as f64 * 260.0 };
    let note = "share of runs by the highest rung reached so far, dates are UTC";
    let (mut figure, frame) = panel::headed(&finding(input, first), &input.subtitle(note), &[], height);
    for (series, cell) in series.iter().zip(panel::grid(frame, n)) {
        draw(&mut figure, input, series, cell);
    }
    Some(figure)
}

/// The highest rung that at least half of the runs reach, or the most likely lowest one.
fn finding(input: &PlotInput<'_>, series: &Series<'_>) -> String {
    let shares = series.bands.at_or_above.last().map_or(&[][..], Vec::as_slice);
    let rung = shares.iter().rposition(|&share| share >= 0.5).unwrap_or(0);
    let name = input.layout.rungs.get(rung).map_or("the lowest rung", |(_, name)| name);
    let share = shares.get(rung).copied().unwrap_or(0.0);
    format!("{}: {:.0} % of runs reach “{name}” or a higher rung", series.spec.label, 100.0 * share)
}

fn draw(figure: &mut Figure, input: &PlotInput<'_>, series: &Series<'_>, cell: Frame) {
    let frame = cell.inset(46.0, 28.0, ROOM, 30.0);
    let quarters = [0.0, 0.25, 0.5, 0.75, 1.0];
    let ticks = quarters.map(|value| Tick { value, label: format!("{:.0} %", 100.0 * value) });
    let panel = Panel {
        frame,
        x: Axis::time(input.start, input.span(), (frame.width() / 70.0) as usize),
        y: Axis::with_ticks(0.0, 1.0, ticks.into()),
    };
    panel.draw_axes(figure, &series.spec.label, "");
    let times = input.times();
    let shares = &series.bands.at_or_above;
    let n_rungs = input.layout.rungs.len();
    let share = |bin: usize, rung: usize| shares[bin].get(rung).copied().unwrap_or(0.0);
    let last = shares.len().saturating_sub(1);
    let mut labels = Vec::new();
    for rung in 0..n_rungs {
        let between: Vec<(f64, f64, f64)> = (times.iter().enumerate())
            .filter(|(bin, _)| *bin <= last)
            .map(|(bin, &time)| (time, share(bin, rung + 1), share(bin, rung)))
            .collect();
        if between.iter().any(|(_, low, high)| high > low) {
            let ink = theme::ramp(rung as f64 / (n_rungs.max(2) - 1) as f64);
            panel.band(figure, &between, ink);
            // A pale line keeps neighbours apart in print.
            let edge: Vec<(f64, f64)> = between.iter().map(|&(time, _, high)| (time, high)).collect();
            panel.line(figure, &edge, super::theme::LineStyle { ink: theme::WHITE, dashes: &[] }, 0.8);
        }
        let (low, high) = (share(last, rung + 1), share(last, rung));
        if high - low >= LABELLED {
            // The share comes first: a long name is cut at its end.
            let text = format!("{:.0} % {}", 100.0 * (high - low), input.layout.rungs[rung].1);
            labels.push((panel.y_at(f64::midpoint(low, high)), text, theme::BLACK));
        }
    }
    let none = 1.0 - share(last, 0);
    if none >= LABELLED {
        labels.push((panel.y_at(1.0 - none / 2.0), format!("{:.0} % no act", 100.0 * none), theme::GREY));
    }
    panel.label_right(figure, labels, ROOM - 8.0);
}
