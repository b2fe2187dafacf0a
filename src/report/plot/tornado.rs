//! What matters, in order: a panel an outcome, a bar a parameter.

use super::axis::Axis;
use super::figure::{Anchor, Figure, TextStyle};
use super::panel::{self, Frame, Key, Panel};
use super::theme;
use crate::experiment::sensitivity::{Estimates, OutcomeSensitivity, Sensitivity};
use crate::model::outcome::Unit;
use crate::report::human;
use crate::stats::interval::Interval;

/// Height of the row of one parameter.
const ROW: f64 = 21.0;
/// Height of title and axis of a panel.
const AROUND: f64 = 66.0;
/// Most parameters in a panel.
const MOST_ROWS: usize = 12;
/// Most outcomes that are drawn.
const MOST_PANELS: usize = 12;
/// Width of the names of parameters at most.
const MOST_NAME: f64 = 170.0;

/// Draws the figure; `None` if no outcome was analysed.
pub(super) fn figure(title: &str, found: &Sensitivity) -> Option<Figure> {
    let outcomes = &found.outcomes[..found.outcomes.len().min(MOST_PANELS)];
    let first = outcomes.first()?;
    let n_rows = found.parameters.len().min(MOST_ROWS);
    let (heading, keys) = match &first.estimates {
        Estimates::Sobol(_) => (
            "Which parameters the variance of the mean outcome is due to",
            vec![
                Key::Swatch(theme::BAND_90, "with all interactions (total index)"),
                Key::Swatch(theme::BAND_50, "alone (first-order index)"),
                interval_key("95 % interval of the total index"),
            ],
        ),
        Estimates::Morris(_) => {
            let mut keys = vec![
                Key::Swatch(theme::BAND_50, "mean size μ* of the effect of the full range"),
                interval_key("95 % interval"),
            ];
            if found.replicates > 1 {
                keys.push(Key::Line(
                    theme::LineStyle { ink: theme::RECORDED, dashes: &[] },
                    "what chance alone would show".into(),
                ));
            }
            ("How much each parameter moves the outcome", keys)
        }
    };
    let columns = outcomes.len().min(2);
    let height = (ROW * n_rows as f64 + AROUND) * outcomes.len().div_ceil(columns) as f64;
    let runs = human::grouped(found.points.len() as u64 * found.replicates);
    let subtitle = format!("{title} · {} points, {runs} runs", human::grouped(found.points.len() as u64));
    let (mut figure, frame) = panel::headed(heading, &subtitle, &keys, height);
    for (index, outcome) in outcomes.iter().enumerate() {
        draw_outcome(&mut figure, found, outcome, cell(frame, index, columns, n_rows));
    }
    Some(figure)
}

fn interval_key(label: &str) -> Key {
    Key::Line(theme::LineStyle { ink: theme::MEDIAN, dashes: &[] }, label.into())
}

fn cell(frame: Frame, index: usize, columns: usize, n_rows: usize) -> Frame {
    let gap = 22.0;
    let width = (frame.width() - gap * (columns - 1) as f64) / columns as f64;
    let height = ROW * n_rows as f64 + AROUND;
    let left = frame.left + (index % columns) as f64 * (width + gap);
    let top = frame.top + (index / columns) as f64 * height;
    Frame { left, top, right: left + width, bottom: top + height }
}

/// What is drawn of one parameter.
struct Bar {
    /// Length of the wide bar.
    all: f64,
    /// Length of the bar on it, if there are two.
    part: Option<f64>,
    interval: Interval,
    floor: Option<f64>,
}

fn bar(estimates: &Estimates, index: usize) -> Bar {
    match estimates {
        Estimates::Sobol(indices) => {
            let index = &indices.inputs[index];
            Bar { all: index.total, part: Some(index.first), interval: index.total_interval, floor: None }
        }
        Estimates::Morris(effects) => {
            let effect = &effects[index];
            Bar {
                all: effect.mu_star,
                part: None,
                interval: effect.mu_star_interval,
                floor: effect.noise_floor,
            }
        }
    }
}

fn draw_outcome(figure: &mut Figure, found: &Sensitivity, outcome: &OutcomeSensitivity, cell: Frame) {
    let order = outcome.estimates.order();
    let bars: Vec<(&str, Bar)> = order
        .iter()
        .take(MOST_ROWS)
        .map(|&index| (found.parameters[index].short(), bar(&outcome.estimates, index)))
        .collect();
    let name = TextStyle::new(theme::SMALL_SIZE, theme::BLACK);
    let widest = bars.iter().map(|(text, _)| name.width(text)).fold(0.0, f64::max).min(MOST_NAME);
    let frame = cell.inset(widest + 10.0, 30.0, 14.0, AROUND - 30.0);
    let farthest = bars
        .iter()
        .flat_map(|(_, bar)| [bar.all, bar.interval.high, bar.floor.unwrap_or(0.0)])
        .filter(|value| value.is_finite())
        .fold(0.0, f64::max);
    let unit = match &outcome.estimates {
        Estimates::Sobol(_) => Unit::Share,
        Estimates::Morris(_) => outcome.spec.unit,
    };
    let farthest = if farthest > 0.0 { farthest } else { 1.0 };
    let x = Axis::linear(unit, 0.0, farthest, (frame.width() / 75.0) as usize);
    let panel = Panel { cell, frame, x, y: Axis::bare(0.0, 1.0) };
    for tick in &panel.x.ticks {
        let x = panel.x_at(tick.value);
        figure.path(vec![(x, frame.top), (x, frame.bottom)], theme::GRID, 1.0);
    }
    panel.draw_axes(figure, &outcome.spec.id, "");
    for (index, (text, bar)) in bars.into_iter().enumerate() {
        let y = frame.top + ROW * (index as f64 + 0.5);
        let (text, style) = panel::fitted(text, name, widest);
        figure.text(text, (frame.left - 8.0, y), Anchor::End, style);
        draw_bar(figure, &bar, &panel, y);
    }
}

fn draw_bar(figure: &mut Figure, bar: &Bar, panel: &Panel, y: f64) {
    if !bar.all.is_finite() {
        return;
    }
    let (left, right) = (panel.x_at(0.0), panel.x_at(bar.all.max(0.0)));
    let wide = if bar.part.is_some() { theme::BAND_90 } else { theme::BAND_50 };
    figure.rectangle((left, y - 7.0), (right, y + 7.0), wide);
    if let Some(part) = bar.part.filter(|part| part.is_finite()) {
        figure.rectangle((left, y - 4.0), (panel.x_at(part.max(0.0)), y + 4.0), theme::BAND_50);
    }
    if bar.interval.low.is_finite() && bar.interval.high.is_finite() {
        let (low, high) = (panel.x_at(bar.interval.low), panel.x_at(bar.interval.high));
        figure.path(vec![(low, y), (high, y)], theme::MEDIAN, 1.8);
        for end in [low, high] {
            figure.path(vec![(end, y - 4.0), (end, y + 4.0)], theme::MEDIAN, 1.4);
        }
    }
    if let Some(floor) = bar.floor.filter(|floor| floor.is_finite()) {
        let x = panel.x_at(floor);
        figure.path(vec![(x, y - 8.0), (x, y + 8.0)], theme::RECORDED, 1.6);
    }
}
