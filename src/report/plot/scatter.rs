//! An outcome over each parameter: a point of the design a dot, and the mean in strips of the parameter.

use super::axis::Axis;
use super::figure::Figure;
use super::panel::{self, Frame, Key, Panel};
use super::theme;
use crate::experiment::parameters::{Parameter, Prior};
use crate::experiment::sensitivity::{OutcomeSensitivity, Sensitivity};
use crate::model::outcome::Unit;
use crate::report::human;

/// Most parameters that are drawn: those that matter most.
const MOST_PANELS: usize = 9;
/// Height of a panel.
const HEIGHT: f64 = 190.0;
/// Most dots of a panel.
const MOST_DOTS: usize = 1500;
/// Strips of a parameter over which the mean is taken.
const STRIPS: usize = 12;

/// Draws the figure of one outcome.
pub(super) fn figure(title: &str, found: &Sensitivity, outcome: &OutcomeSensitivity) -> Figure {
    let plain: Vec<usize> = found.plain_points().collect();
    let means: Vec<f64> = outcome.at_points(found.replicates).into_iter().map(|(mean, _)| mean).collect();
    let order = outcome.estimates.order();
    let shown = &order[..order.len().min(MOST_PANELS)];
    let keys = [
        Key::Swatch(theme::BAND_50, "a point of the design, all other parameters at random"),
        Key::Line(
            theme::LineStyle { ink: theme::MEDIAN, dashes: &[] },
            "mean in a strip of the parameter".into(),
        ),
    ];
    let heading = format!("{} over each parameter", outcome.spec.id);
    let of = if found.replicates == 1 {
        "one run".to_owned()
    } else {
        format!("the mean of {} runs", human::grouped(found.replicates))
    };
    let subtitle = format!("{title} · {of} at each of {} points", human::grouped(plain.len() as u64));
    let height = HEIGHT * panel::rows(shown.len()) as f64;
    let (mut figure, frame) = panel::headed(&heading, &subtitle, &keys, height);
    let step = plain.len().div_ceil(MOST_DOTS).max(1);
    for (&index, cell) in shown.iter().zip(panel::grid(frame, shown.len())) {
        let at = |&point: &usize| (found.points[point][index], means[point]);
        let all: Vec<(f64, f64)> = plain.iter().map(at).collect();
        let dots = all.iter().copied().step_by(step);
        draw(&mut figure, &found.parameters[index], outcome, cell, &all, dots);
    }
    figure
}

fn draw(
    figure: &mut Figure,
    parameter: &Parameter,
    outcome: &OutcomeSensitivity,
    cell: Frame,
    all: &[(f64, f64)],
    dots: impl Iterator<Item = (f64, f64)>,
) {
    let frame = cell.inset(58.0, 34.0, 10.0, 30.0);
    let (low, high) = parameter.prior.ends();
    let values = || all.iter().map(|&(_, y)| y);
    let (least, most) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let is_log = matches!(parameter.prior, Prior::LogUniform { .. }) && low > 0.0 && high / low >= 5.0;
    let n_ticks = (frame.width() / 60.0) as usize;
    let x = if is_log {
        Axis::log(Unit::Count, low, high)
    } else {
        Axis::linear(Unit::Count, low, high, n_ticks)
    };
    let (least, most) = if least < most { (least, most) } else { (least - 0.5, most + 0.5) };
    let y = Axis::linear(outcome.spec.unit, least, most, panel::n_ticks(frame));
    let panel = Panel { cell, frame, x, y };
    let name = match parameter.unit.as_str() {
        "" => parameter.short().to_owned(),
        unit => format!("{} ({unit})", parameter.short()),
    };
    panel.draw_axes(figure, &name, "");
    for (x, y) in dots {
        let (x, y) = panel.at(x, y);
        figure.rectangle((x - 1.5, y - 1.5), (x + 1.5, y + 1.5), theme::BAND_50.with_opacity(0.6));
    }
    panel.line(figure, &strips(parameter, all), theme::LineStyle { ink: theme::MEDIAN, dashes: &[] }, 2.2);
}

/// Means over strips of equal width on the parameter's scale; strips without points are left out.
fn strips(parameter: &Parameter, all: &[(f64, f64)]) -> Vec<(f64, [f64; 1])> {
    let prior = parameter.prior;
    let (low, high) = prior.ends();
    let (from, to) = (prior.to_scale(low), prior.to_scale(high));
    let mut sums = [(0.0, 0.0, 0.0); STRIPS];
    for &(x, y) in all {
        let place = (prior.to_scale(x) - from) / (to - from);
        let strip = &mut sums[((place * STRIPS as f64) as usize).min(STRIPS - 1)];
        *strip = (strip.0 + 1.0, strip.1 + x, strip.2 + y);
    }
    sums.iter().filter(|(n, ..)| *n > 0.0).map(|&(n, x, y)| (x / n, [y / n])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::parameters::Numbers;

    #[test]
    fn a_strip_is_the_mean_of_its_points() {
        let prior = Prior::Uniform { low: 0.0, high: 12.0 };
        let parameter = Parameter { path: "a".into(), prior, unit: String::new(), numbers: Numbers::Real };
        let points = [(0.1, 1.0), (0.9, 3.0), (11.5, 8.0), (12.0, 10.0)];
        assert_eq!(strips(&parameter, &points), [(0.5, [2.0]), (11.75, [9.0])]);
    }
}
