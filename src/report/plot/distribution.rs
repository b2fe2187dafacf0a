//! Distributions of one outcome for several subjects: a row each, with histogram, quantiles and recorded value.

use super::axis::Axis;
use super::figure::{Anchor, Figure, Place, TextStyle};
use super::panel::{self, Frame, Key, Panel};
use super::{PlotInput, Values, fan, theme};
use crate::experiment::summary::Quantiles;
use crate::report::human;
use crate::stats::sketch::Sketch;

/// Height of one row.
const ROW: f64 = 50.0;
/// Width of the names of rows at most.
const MOST_NAME: f64 = 190.0;
/// Space between a name and its row.
const NAME_GAP: f64 = 12.0;
/// Height of the histogram within a row.
const HISTOGRAM: f64 = 28.0;
/// Bars of a histogram.
const N_BARS: usize = 80;
/// Share of runs that may lie outside the axis at each end.
const TRIMMED: f64 = 0.01;

/// Draws the rows below a heading.
pub(super) fn figure(input: &PlotInput<'_>, rows: &[Values<'_>], title: &str, note: &str) -> Figure {
    let mut keys = vec![
        Key::Swatch(theme::BAND_90, "runs"),
        Key::Line(theme::LineStyle { ink: theme::GREY, dashes: &[] }, "5–95 %".into()),
        Key::Swatch(theme::BAND_50, "25–75 %"),
        Key::Swatch(theme::MEDIAN, "median"),
    ];
    if rows.iter().any(|row| input.recorded(&row.spec.id).is_some()) {
        keys.push(Key::Recorded);
    }
    let height = ROW * rows.len() as f64 + 46.0;
    let (mut figure, frame) = panel::headed(title, &input.subtitle(note), &keys, height);
    let name = TextStyle::new(theme::TEXT_SIZE, theme::BLACK).bold();
    let widest = rows.iter().map(|row| name.width(input.label(&row.spec.id))).fold(0.0, f64::max);
    let inside = frame.inset(widest.clamp(60.0, MOST_NAME) + NAME_GAP, 12.0, 106.0, 34.0);
    let axis = axis(input, rows, inside);
    let all = Panel { cell: inside, frame: inside, x: axis.clone(), y: Axis::bare(0.0, 1.0) };
    draw_grid(&mut figure, &all);
    for (index, row) in rows.iter().enumerate() {
        let top = inside.top + ROW * index as f64;
        let frame = Frame { top: top + 6.0, bottom: top + 6.0 + HISTOGRAM, ..inside };
        let panel = Panel { cell: frame, frame, x: axis.clone(), y: Axis::bare(0.0, 1.0) };
        draw_row(&mut figure, input, row, &panel);
    }
    figure
}

fn axis(input: &PlotInput<'_>, rows: &[Values<'_>], frame: Frame) -> Axis {
    let mut ends = (f64::INFINITY, f64::NEG_INFINITY);
    let mut include = |value: f64| ends = (ends.0.min(value), ends.1.max(value));
    for row in rows {
        include(row.quantile(TRIMMED));
        include(row.quantile(1.0 - TRIMMED));
        if let Some(placed) = input.recorded(&row.spec.id) {
            include(placed.recorded.value);
        }
    }
    let unit = rows.first().map_or(crate::model::outcome::Unit::Count, |row| row.spec.unit);
    Axis::linear(unit, ends.0.min(0.0), ends.1.max(0.0), (frame.width() / 90.0) as usize)
}

fn draw_grid(figure: &mut Figure, panel: &Panel) {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    for tick in &panel.x.ticks {
        let x = panel.x_at(tick.value);
        let ink = if tick.value == 0.0 { theme::AXIS } else { theme::GRID };
        figure.path(vec![(x, panel.frame.top), (x, panel.frame.bottom)], ink, 1.0);
        figure.text(tick.label.as_str(), (x, panel.frame.bottom + 13.0), Anchor::Middle, style);
    }
}

fn draw_row(figure: &mut Figure, input: &PlotInput<'_>, row: &Values<'_>, panel: &Panel) {
    let frame = panel.frame;
    figure.area(histogram(&row.distribution, panel), theme::BAND_90);
    let strip = frame.bottom + 7.0;
    draw_strip(figure, &row.quantiles, |value| (panel.x_at(value), strip));
    if let Some(placed) = input.recorded(&row.spec.id) {
        let x = panel.x_at(placed.recorded.value);
        figure.path(vec![(x, frame.top), (x, strip)], theme::RECORDED, 1.4);
        panel::recorded_mark(figure, (x, strip), fan::mark(placed));
    }
    let name = TextStyle::new(theme::TEXT_SIZE, theme::BLACK).bold();
    let (label, name) = panel::fitted(input.label(&row.spec.id), name, frame.left - NAME_GAP - theme::MARGIN);
    figure.text(label, (frame.left - NAME_GAP, frame.bottom - 4.0), Anchor::End, name);
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let median = human::value(row.spec.unit, row.quantiles.q50);
    figure.text(format!("median {median}"), (frame.right + 8.0, frame.bottom - 4.0), Anchor::Start, style);
}

/// Draws 5–95 % as a thin line, 25–75 % as a bar and the median as a tick, along whichever line `at` follows.
pub(super) fn draw_strip(figure: &mut Figure, quantiles: &Quantiles, at: impl Fn(f64) -> Place) {
    figure.path(vec![at(quantiles.q05), at(quantiles.q95)], theme::GREY, 1.4);
    let bar = [at(quantiles.q25), at(quantiles.q75)];
    let median = at(quantiles.q50);
    let is_level = bar[0].1 == bar[1].1;
    let thick = |from: Place, to: Place, half: f64| {
        if is_level {
            ((from.0, from.1 - half), (to.0, to.1 + half))
        } else {
            ((from.0 - half, to.1), (to.0 + half, from.1))
        }
    };
    let (from, to) = thick(bar[0], bar[1], 3.5);
    figure.rectangle(from, to, theme::BAND_50);
    let (dx, dy) = if is_level { (1.2, 5.0) } else { (5.0, 1.2) };
    figure.rectangle((median.0 - dx, median.1 - dy), (median.0 + dx, median.1 + dy), theme::MEDIAN);
}

/// The outline of a histogram as high as the panel.
fn histogram(values: &Sketch<u64>, panel: &Panel) -> Vec<Place> {
    let mut counts = [0_u64; N_BARS];
    for (value, times) in values.weighted().filter(|(value, _)| panel.x.shows(*value)) {
        counts[((panel.x.place(value) * N_BARS as f64) as usize).min(N_BARS - 1)] += times;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let (Some(first), Some(last)) = (counts.iter().position(|&n| n > 0), counts.iter().rposition(|&n| n > 0))
    else {
        return Vec::new();
    };
    let x = |bar: usize| panel.frame.left + panel.frame.width() * bar as f64 / N_BARS as f64;
    let mut outline = vec![(x(first), panel.frame.bottom)];
    for (bar, &count) in counts.iter().enumerate().take(last + 1).skip(first) {
        let top = panel.y_at(count as f64 / most as f64);
        outline.extend([(x(bar), top), (x(bar + 1), top)]);
    }
    outline.push((x(last + 1), panel.frame.bottom));
    outline
}

/// How many recorded values lie between the 5 % and 95 % quantiles of their runs, and how many there are.
pub(super) fn covered(input: &PlotInput<'_>, rows: &[Values<'_>]) -> (usize, usize) {
    let mut covered = (0, 0);
    for row in rows {
        if let Some(placed) = input.recorded(&row.spec.id) {
            let value = placed.recorded.value;
            covered.0 += usize::from((row.quantiles.q05..=row.quantiles.q95).contains(&value));
            covered.1 += 1;
        }
    }
    covered
}
