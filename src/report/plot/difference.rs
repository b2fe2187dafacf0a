//! Arms less the scenario as it stands: a panel an outcome, a row an arm, the mean difference with its interval.

use super::axis::Axis;
use super::figure::{Anchor, Figure, TextStyle};
use super::panel::{self, Frame, Key, Panel};
use super::{distribution, theme};
use crate::experiment::comparison::{Comparison, OutcomeDifference};
use crate::model::outcome::Unit;
use crate::report::human;

/// Height of the row of one arm.
const ROW: f64 = 34.0;
/// Height of title and axis of a panel.
const AROUND: f64 = 62.0;
/// Most outcomes that are drawn: more could not be read.
const MOST_PANELS: usize = 12;
/// Width of the names of arms at most.
const MOST_NAME: f64 = 150.0;

/// Draws the figure; `None` if no outcome of `shown` exists in both an arm and the baseline.
pub(super) fn figure(title: &str, comparison: &Comparison, shown: &[String]) -> Option<Figure> {
    let ids = drawn(comparison, shown);
    let n_arms = comparison.arms.len();
    if ids.is_empty() {
        return None;
    }
    let keys = [
        Key::Line(
            theme::LineStyle { ink: theme::MEDIAN, dashes: &[] },
            "mean difference, 95 % interval".into(),
        ),
        Key::Line(
            theme::LineStyle { ink: theme::GREY, dashes: &[] },
            "5–95 % of the paired differences".into(),
        ),
        Key::Swatch(theme::BAND_50, "25–75 %"),
    ];
    let height = (ROW * n_arms as f64 + AROUND) * ids.len().div_ceil(2) as f64;
    let runs = human::grouped(comparison.runs as u64);
    let subtitle = format!("{title} · {runs} runs of each arm, paired by common random numbers");
    let (mut figure, frame) =
        panel::headed("What each arm changes against the scenario as it stands", &subtitle, &keys, height);
    for (index, id) in ids.iter().enumerate() {
        draw_outcome(&mut figure, comparison, id, cell(frame, index, ids.len(), n_arms));
    }
    Some(figure)
}

/// Ids of the outcomes that are drawn: those with a number in at least one arm.
fn drawn<'a>(comparison: &'a Comparison, shown: &'a [String]) -> Vec<&'a str> {
    let exists =
        |id: &&str| comparison.arms.iter().any(|arm| find(arm.outcomes.iter(), id).is_some_and(|o| o.n > 0));
    let all = comparison.arms.first().map_or(&[][..], |arm| &arm.outcomes);
    let ids: Vec<&str> = if shown.is_empty() {
        all.iter().map(|outcome| outcome.id.as_str()).collect()
    } else {
        shown.iter().map(String::as_str).collect()
    };
    ids.into_iter().filter(exists).take(MOST_PANELS).collect()
}

fn find<'a>(
    mut outcomes: impl Iterator<Item = &'a OutcomeDifference>,
    id: &str,
) -> Option<&'a OutcomeDifference> {
    outcomes.find(|outcome| outcome.id == id)
}

/// Panels in two columns, as high as they have rows.
fn cell(frame: Frame, index: usize, n: usize, n_arms: usize) -> Frame {
    let columns = n.min(2);
    let gap = 22.0;
    let width = (frame.width() - gap * (columns - 1) as f64) / columns as f64;
    let height = ROW * n_arms as f64 + AROUND;
    let left = frame.left + (index % columns) as f64 * (width + gap);
    let top = frame.top + (index / columns) as f64 * height;
    Frame { left, top, right: left + width, bottom: top + height }
}

fn draw_outcome(figure: &mut Figure, comparison: &Comparison, id: &str, cell: Frame) {
    let rows: Vec<(&str, Option<&OutcomeDifference>)> =
        comparison.arms.iter().map(|arm| (arm.name.as_str(), find(arm.outcomes.iter(), id))).collect();
    let name = TextStyle::new(theme::SMALL_SIZE, theme::BLACK);
    let widest = rows.iter().map(|(arm, _)| name.width(arm)).fold(0.0, f64::max).min(MOST_NAME);
    let frame = cell.inset(widest + 10.0, 30.0, 14.0, AROUND - 30.0);
    let unit = rows.iter().find_map(|(_, row)| row.map(|row| row.unit)).unwrap_or(Unit::Count);
    let panel = Panel { cell, frame, x: axis(unit, &rows, frame), y: Axis::bare(0.0, 1.0) };
    for tick in &panel.x.ticks {
        let ink = if tick.value == 0.0 { theme::AXIS } else { theme::GRID };
        let x = panel.x_at(tick.value);
        figure.path(vec![(x, frame.top), (x, frame.bottom)], ink, 1.0);
    }
    panel.draw_axes(figure, id, "");
    for (index, (arm, row)) in rows.into_iter().enumerate() {
        let y = frame.top + ROW * (index as f64 + 0.5);
        let (arm, style) = panel::fitted(arm, name, widest);
        figure.text(arm, (frame.left - 8.0, y), Anchor::End, style);
        if let Some(row) = row.filter(|row| row.n > 0) {
            draw_row(figure, row, &panel, y);
        }
    }
}

/// The strip of the paired differences, and above it the mean with its interval.
fn draw_row(figure: &mut Figure, row: &OutcomeDifference, panel: &Panel, y: f64) {
    if let Some(quantiles) = &row.quantiles {
        distribution::draw_strip(figure, quantiles, |value| (panel.x_at(value), y + 6.0));
    }
    let y = y - 5.0;
    let interval = row.interval;
    if interval.low.is_finite() && interval.high.is_finite() {
        let (low, high) = (panel.x_at(interval.low), panel.x_at(interval.high));
        figure.path(vec![(low, y), (high, y)], theme::MEDIAN, 2.4);
        for end in [low, high] {
            figure.path(vec![(end, y - 4.0), (end, y + 4.0)], theme::MEDIAN, 1.4);
        }
    }
    let x = panel.x_at(row.difference);
    figure.area(vec![(x - 4.0, y), (x, y - 4.0), (x + 4.0, y), (x, y + 4.0)], theme::MEDIAN);
}

/// An axis with zero on it that holds every interval and the middle half of every strip.
fn axis(unit: Unit, rows: &[(&str, Option<&OutcomeDifference>)], frame: Frame) -> Axis {
    let mut ends = (0.0_f64, 0.0_f64);
    let mut include = |value: f64| {
        if value.is_finite() {
            ends = (ends.0.min(value), ends.1.max(value));
        }
    };
    for row in rows.iter().filter_map(|(_, row)| *row) {
        [row.difference, row.interval.low, row.interval.high].into_iter().for_each(&mut include);
        if let Some(quantiles) = row.quantiles {
            [quantiles.q05, quantiles.q95].into_iter().for_each(&mut include);
        }
    }
    Axis::linear(unit, ends.0, ends.1, (frame.width() / 75.0) as usize)
}
