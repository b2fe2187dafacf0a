//! Sizes of cascades: the share of runs in which a message was shared at least so often, on logarithmic axes.

use super::axis::Axis;
use super::figure::{Anchor, Figure, Place, TextStyle};
use super::panel::{self, Key, Panel};
use super::{PlotInput, Values, fan, theme};
use crate::model::outcome::Unit;
use crate::report::human;
use crate::stats::ecdf;

/// Points of a curve at most.
const N_POINTS: usize = 300;

/// Why small cascades lie on steps.
const SMALL_PRINT: &str = "Each simulated account stands for several real ones of its public. A share counts as that many, \
    so sizes are sums of such weights: the curves have steps.";

/// One curve a message; `None` if no message was shared.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    let mut messages = input.outcomes_named("message", "shares");
    messages.retain(|message| message.greatest() >= 1.0);
    messages.sort_by(|one, other| other.quantiles.q50.total_cmp(&one.quantiles.q50));
    messages.truncate(theme::N_LINES);
    let largest = messages.first()?;
    let title = format!(
        "{}: half of the runs give at least {} shares, one in twenty at least {}",
        input.label(&largest.spec.id),
        human::value(Unit::Shares, largest.quantiles.q50.round()),
        human::value(Unit::Shares, largest.quantiles.q95.round()),
    );
    let mut keys: Vec<Key> = (messages.iter().enumerate())
        .map(|(index, message)| Key::Line(theme::line(index), input.label(&message.spec.id).to_owned()))
        .collect();
    if messages.iter().any(|message| input.recorded(&message.spec.id).is_some()) {
        keys.push(Key::Recorded);
    }
    let (mut figure, frame) =
        panel::headed_and_footed(&title, &input.subtitle(""), &keys, 430.0, SMALL_PRINT);
    let panel = Panel {
        cell: frame,
        frame: frame.inset(58.0, 28.0, 16.0, 46.0),
        x: size_axis(input, &messages),
        y: share_axis(input),
    };
    panel.draw_axes(&mut figure, "Share of runs with at least so many shares", "both axes are logarithmic");
    let middle = f64::midpoint(panel.frame.left, panel.frame.right);
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    figure.text("shares of the message", (middle, panel.frame.bottom + 30.0), Anchor::Middle, style);
    for (index, message) in messages.iter().enumerate() {
        let style = theme::line(index);
        figure.dashed(curve(&panel, message), style.ink, 2.2, style.dashes);
    }
    for message in &messages {
        if let Some(placed) = input.recorded(&message.spec.id) {
            let share = share_at_least(message, placed.recorded.value);
            panel::recorded_mark(&mut figure, panel.at(placed.recorded.value, share), fan::mark(placed));
        }
    }
    Some(figure)
}

/// The curve as steps: the share holds until the next larger size.
fn curve(panel: &Panel, message: &Values<'_>) -> Vec<Place> {
    let points = ecdf::thin_log(&ecdf::ccdf(message.distribution.weighted()), N_POINTS);
    let mut places: Vec<Place> = Vec::new();
    for point in points.iter().filter(|point| panel.x.shows(point.value)) {
        let (x, y) = panel.at(point.value, point.share);
        if let Some(&(_, above)) = places.last() {
            places.push((x, above));
        }
        places.push((x, y));
    }
    places
}

fn share_at_least(message: &Values<'_>, value: f64) -> f64 {
    let n = message.distribution.n() as f64;
    (n - message.distribution.below_and_equal(value).0) / n
}

fn size_axis(input: &PlotInput<'_>, messages: &[Values<'_>]) -> Axis {
    let recorded = messages
        .iter()
        .filter_map(|message| input.recorded(&message.spec.id))
        .map(|placed| placed.recorded.value);
    let sizes = |message: &Values<'_>| {
        message.distribution.weighted().map(|(size, _)| size).find(|&size| size >= 1.0)
    };
    let smallest = messages.iter().filter_map(sizes);
    let largest = messages.iter().map(Values::greatest);
    let low = smallest.chain(recorded.clone().filter(|&value| value >= 1.0)).fold(f64::INFINITY, f64::min);
    let high = largest.chain(recorded).fold(1.0, f64::max);
    Axis::log(Unit::Shares, low / 1.1, high * 1.2)
}

fn share_axis(input: &PlotInput<'_>) -> Axis {
    let runs = input.summary.runs.max(10) as f64;
    Axis::log(Unit::Share, 0.8 / runs, 1.15)
}
