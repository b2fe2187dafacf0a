//! What a calibration learnt of each parameter: its prior, the samples of the posterior, and the value before.

use super::axis::Axis;
use super::figure::Figure;
use super::panel::{self, Frame, Key, Panel};
use super::theme;
use crate::experiment::parameters::{Parameter, Prior};
use crate::model::outcome::Unit;
use crate::report::calibration::Calibrated;
use crate::report::human;

/// Bars of a panel.
const BARS: usize = 24;
/// Height of a panel.
const HEIGHT: f64 = 180.0;
/// Most parameters that are drawn.
const MOST_PANELS: usize = 16;

/// Draws the figure; `None` without samples.
pub(super) fn figure(title: &str, found: &Calibrated<'_>) -> Option<Figure> {
    if found.posterior.particles.is_empty() {
        return None;
    }
    let n = found.parameters.len().min(MOST_PANELS);
    let keys = [
        Key::Swatch(theme::BAND_50, "samples of the posterior, by weight"),
        Key::Line(theme::LineStyle { ink: theme::GREY, dashes: &[] }, "prior".into()),
        Key::Line(
            theme::LineStyle { ink: theme::MEDIAN, dashes: &[] },
            format!("posterior {}", found.point.name()),
        ),
        Key::Line(theme::LineStyle { ink: theme::RECORDED, dashes: &[5.0, 3.0] }, "value before".into()),
    ];
    let samples = human::grouped(found.posterior.particles.len() as u64);
    let subtitle = format!("{title} · {samples} samples, {} targets", found.targets.len());
    let (mut figure, frame) = panel::headed(
        "What the targets say about each parameter",
        &subtitle,
        &keys,
        HEIGHT * panel::rows(n) as f64,
    );
    let values = found.values();
    for (index, cell) in panel::grid(frame, n).into_iter().enumerate() {
        draw(&mut figure, found, (index, values[index]), cell);
    }
    Some(figure)
}

fn draw(figure: &mut Figure, found: &Calibrated<'_>, (index, value): (usize, f64), cell: Frame) {
    let parameter = &found.parameters[index];
    let prior = parameter.prior;
    let bars = shares(parameter, &found.posterior.marginal(index));
    let priors = prior_shares(prior);
    let highest = bars.iter().chain(&priors).copied().fold(0.0, f64::max);
    let frame = cell.inset(10.0, 34.0, 10.0, 30.0);
    let (low, high) = prior.ends();
    let is_log = matches!(prior, Prior::LogUniform { .. }) && low > 0.0;
    let n_ticks = (frame.width() / 60.0) as usize;
    let x = if is_log {
        Axis::log(Unit::Count, low, high)
    } else {
        Axis::linear(Unit::Count, low, high, n_ticks)
    };
    let panel = Panel { cell, frame, x, y: Axis::bare(0.0, highest * 1.05) };
    let name = match parameter.unit.as_str() {
        "" => parameter.short().to_owned(),
        unit => format!("{} ({unit})", parameter.short()),
    };
    panel.draw_axes(figure, &name, "");
    let at = |bar: usize| edge(prior, bar);
    for (bar, &share) in bars.iter().enumerate() {
        let (left, right) = (panel.x_at(at(bar)), panel.x_at(at(bar + 1)));
        figure.rectangle((left + 0.5, panel.y_at(share)), (right - 0.5, frame.bottom), theme::BAND_50);
    }
    let steps = priors
        .iter()
        .enumerate()
        .flat_map(|(bar, &share)| [panel.at(at(bar), share), panel.at(at(bar + 1), share)]);
    figure.path(steps.collect(), theme::GREY, 1.4);
    let line = |figure: &mut Figure, value: f64, style: theme::LineStyle| {
        if (low..=high).contains(&value) {
            let x = panel.x_at(value);
            figure.dashed(vec![(x, frame.top), (x, frame.bottom)], style.ink, 1.8, style.dashes);
        }
    };
    let before = found.before[index].split_whitespace().next().and_then(|number| number.parse().ok());
    line(figure, before.unwrap_or(f64::NAN), theme::LineStyle { ink: theme::RECORDED, dashes: &[5.0, 3.0] });
    line(figure, value, theme::LineStyle { ink: theme::MEDIAN, dashes: &[] });
}

/// Where bar number `bar` begins: equal widths on the scale of the prior.
fn edge(prior: Prior, bar: usize) -> f64 {
    let (low, high) = prior.ends();
    let (from, to) = (prior.to_scale(low), prior.to_scale(high));
    prior.from_scale(from + (to - from) * bar as f64 / BARS as f64)
}

/// Weight of the samples in each bar.
fn shares(parameter: &Parameter, marginal: &[(f64, f64)]) -> [f64; BARS] {
    let prior = parameter.prior;
    let (low, high) = prior.ends();
    let (from, to) = (prior.to_scale(low), prior.to_scale(high));
    let mut shares = [0.0; BARS];
    for &(value, weight) in marginal {
        let place = (prior.to_scale(value) - from) / (to - from);
        shares[((place * BARS as f64) as usize).min(BARS - 1)] += weight;
    }
    shares
}

/// Probability of each bar before anything was seen.
fn prior_shares(prior: Prior) -> [f64; BARS] {
    let (low, high) = prior.ends();
    let (from, to) = (prior.to_scale(low), prior.to_scale(high));
    let middle = |bar: usize| from + (to - from) * (bar as f64 + 0.5) / BARS as f64;
    let densities: [f64; BARS] = std::array::from_fn(|bar| prior.density(middle(bar)));
    let total: f64 = densities.iter().sum();
    densities.map(|density| density / total)
}
