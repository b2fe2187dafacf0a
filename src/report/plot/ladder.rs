//! The ladder: how likely it is that two states have reached each rung by a given time.

use super::axis::{Axis, Tick};
use super::fan;
use super::figure::{Anchor, Figure, Ink, TextStyle};
use super::panel::{self, Frame, Key, LABEL_LINE, Panel};
use super::{PlotInput, Series, theme, window};
use crate::experiment::summary::Placed;
use crate::model::outcome::SeriesGroup;

/// Dyads shown at most; those that climb most are kept.
const N_DYADS: usize = 6;
/// Room for the names of rungs at most.
const MOST_ROOM: f64 = 330.0;
/// What is left of a share by rounding, less than one run in any ensemble.
const SMALLEST: f64 = 1e-9;
/// From the panel to the colour, the right end of the share and the name of a label.
const COLUMNS: [f64; 3] = [10.0, 62.0, 72.0];
/// Space for titles and names of ticks: left, above, below.
const INSET: (f64, f64, f64) = (46.0, 28.0, 34.0);

/// One stack a dyad; `None` if no ladder was observed.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    // The mean rung at the end, up to a constant.
    let climbed = |series: &Series<'_>| shares_at_end(series).iter().sum::<f64>();
    let mut series = input.series(SeriesGroup::Rung);
    series.retain(|series| climbed(series) > 0.0);
    series.sort_by(|one, other| climbed(other).total_cmp(&climbed(one)));
    series.truncate(N_DYADS);
    let title = finding(input, series.first()?);
    let labels: Vec<Vec<Label<'_>>> = series.iter().map(|series| labels(input, series)).collect();
    let mut keys = vec![input.reference_key()];
    if labels.iter().flatten().any(|label| label.recorded.is_some()) {
        keys.push(Key::Recorded);
    }
    // A line for each label, and never so low that a panel looks flat.
    let n_lines = labels.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let row = INSET.1 + INSET.2 + (LABEL_LINE * (n_lines + 1.0)).max(140.0);
    let height = row * series.len() as f64;
    let note = "share of runs by the highest rung reached so far, dates are UTC";
    let (mut figure, frame) =
        panel::headed_and_footed(&title, &input.subtitle(note), &keys, height, &unreached(input, &series));
    let style = TextStyle::new(theme::SMALL_SIZE, theme::BLACK);
    let widest = labels.iter().flatten().map(|label| style.width(label.name)).fold(0.0, f64::max);
    let room = COLUMNS[2] + 22.0 + widest.min(MOST_ROOM);
    for (index, (series, labels)) in series.iter().zip(&labels).enumerate() {
        let top = frame.top + row * index as f64;
        let cell = Frame { top, bottom: top + row, ..frame };
        let panel = stack(&mut figure, input, series, (cell, room));
        write(&mut figure, &panel, input, labels);
    }
    Some(figure)
}

/// The share of runs at or above each rung at the end.
fn shares_at_end<'a>(series: &Series<'a>) -> &'a [f64] {
    series.bands.at_or_above.last().map_or(&[], Vec::as_slice)
}

/// The highest rung that at least half of the runs reach, or that most stay on the lowest.
fn finding(input: &PlotInput<'_>, series: &Series<'_>) -> String {
    let shares = shares_at_end(series);
    let rung = shares.iter().rposition(|&share| share >= 0.5).unwrap_or(0);
    let name = input.layout.rungs.get(rung).map_or("the lowest rung", |(_, name)| name);
    let percent = |rung: usize| 100.0 * shares.get(rung).copied().unwrap_or(0.0);
    let dyad = &series.spec.label;
    match rung {
        0 => format!("{dyad}: {:.0} % of runs stay at “{name}”", percent(0) - percent(1)),
        _ => format!("{dyad}: {:.0} % of runs reach “{name}” or a higher rung", percent(rung)),
    }
}

/// Says which rungs are in no picture since no run reaches them; empty if there is none.
fn unreached(input: &PlotInput<'_>, series: &[Series<'_>]) -> String {
    let is_reached = |rung: usize| {
        series.iter().any(|series| shares_at_end(series).get(rung).is_some_and(|&share| share > 0.0))
    };
    let rungs = input.layout.rungs.iter().enumerate();
    let names: Vec<String> =
        rungs.filter(|(rung, _)| !is_reached(*rung)).map(|(_, (_, name))| format!("“{name}”")).collect();
    if names.is_empty() { String::new() } else { format!("Reached in no run: {}.", names.join(", ")) }
}

/// What is written beside a stack about one rung.
struct Label<'a> {
    /// Where its middle lies, as a share of runs.
    middle: f64,
    /// Share of runs whose highest rung it is.
    share: f64,
    /// `None` for the runs without any act.
    rung: Option<usize>,
    name: &'a str,
    /// What history says if it stopped on this rung.
    recorded: Option<&'a Placed>,
}

/// A label for each rung that is the highest in some run or in history, from the top of the stack down.
fn labels<'a>(input: &PlotInput<'a>, series: &Series<'a>) -> Vec<Label<'a>> {
    let shares = shares_at_end(series);
    let at = |rung: usize| shares.get(rung).copied().unwrap_or(0.0);
    let peak = series.spec.id.rsplit_once('.').map(|(dyad, _)| format!("{dyad}.peak_rung"));
    let recorded = peak.and_then(|peak| input.recorded(&peak));
    let rungs = input.layout.rungs.iter().enumerate();
    let all = rungs.map(|(rung, (_, name))| Label {
        middle: f64::midpoint(at(rung), at(rung + 1)),
        share: at(rung) - at(rung + 1),
        rung: Some(rung),
        name,
        recorded: recorded.filter(|placed| placed.recorded.value == rung as f64),
    });
    // Runs whose series has not begun are on no rung, not even the lowest.
    let none = 1.0 - at(0);
    let without = Label { middle: 1.0 - none / 2.0, share: none, rung: None, name: "no act", recorded: None };
    let is_shown = |label: &Label<'_>| label.share > SMALLEST || label.recorded.is_some();
    std::iter::once(without).chain(all).filter(is_shown).collect()
}

/// Draws the shares of one dyad over time.
fn stack(
    figure: &mut Figure,
    input: &PlotInput<'_>,
    series: &Series<'_>,
    (cell, room): (Frame, f64),
) -> Panel {
    let frame = cell.inset(INSET.0, INSET.1, room, INSET.2);
    let quarters = [0.0, 0.25, 0.5, 0.75, 1.0];
    let ticks = quarters.map(|value| Tick { value, label: format!("{:.0} %", 100.0 * value) });
    let x = Axis::time(input.start, window::since_reference(input), panel::n_dates(frame));
    let panel = Panel { cell, frame, x, y: Axis::with_ticks(0.0, 1.0, ticks.into()) };
    panel.draw_axes(figure, &series.spec.label, "");
    let times = input.times();
    let at = |shares: &[f64], rung: usize| shares.get(rung).copied().unwrap_or(0.0);
    for rung in 0..input.layout.rungs.len() {
        let bins = times.iter().zip(&series.bands.at_or_above);
        let between: Vec<(f64, [f64; 2])> =
            bins.map(|(&time, shares)| (time, [at(shares, rung + 1), at(shares, rung)])).collect();
        if between.iter().any(|(_, [low, high])| high > low) {
            panel.band(figure, &between, ink(input, rung));
            // A pale line keeps neighbours apart in print.
            let edge_of = |[low, high]: [f64; 2]| if high > low { [high] } else { [f64::NAN] };
            let edge: Vec<(f64, [f64; 1])> =
                between.iter().map(|&(time, ends)| (time, edge_of(ends))).collect();
            panel.line(figure, &edge, theme::LineStyle { ink: theme::WHITE, dashes: &[] }, 0.8);
        }
    }
    panel.moment(figure, input.reference.as_ms() as f64);
    panel
}

fn ink(input: &PlotInput<'_>, rung: usize) -> Ink {
    theme::ramp(rung as f64 / (input.layout.rungs.len().max(2) - 1) as f64)
}

/// Writes colour, share and name of each label, from the top down.
fn write(figure: &mut Figure, panel: &Panel, input: &PlotInput<'_>, labels: &[Label<'_>]) {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::BLACK);
    let heights = panel.apart(labels.iter().map(|label| panel.y_at(label.middle)).collect());
    let [swatch, share, name] = COLUMNS.map(|column| panel.frame.right + column);
    for (label, y) in labels.iter().zip(heights) {
        if let Some(rung) = label.rung {
            figure.rectangle((swatch, y - 4.5), (swatch + 12.0, y + 4.5), ink(input, rung));
        }
        figure.text(percent(label.share), (share, y), Anchor::End, style);
        let (text, style) = panel::fitted(label.name, style, panel.cell.right - name - 22.0);
        let width = style.width(&text);
        figure.text(text, (name, y), Anchor::Start, style);
        if let Some(placed) = label.recorded {
            panel::recorded_mark(figure, (name + width + 12.0, y), fan::mark(placed));
        }
    }
}

/// A share in whole per cent; small ones are told from nothing.
fn percent(share: f64) -> String {
    if share > SMALLEST && share < 0.005 { "< 1 %".to_owned() } else { format!("{:.0} %", 100.0 * share) }
}
