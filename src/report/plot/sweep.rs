//! One outcome over the points of a sweep: a curve over one parameter, a heat map over two, or a panel a parameter.

use super::axis::{Axis, Tick};
use super::figure::{Anchor, Figure, TextStyle};
use super::panel::{self, Frame, Key, Panel};
use super::theme::{self, LineStyle};
use crate::experiment::summary::Statistics;
use crate::experiment::sweep::{Dimension, Sweep, quantity};
use crate::model::outcome::{OutcomeSpec, Unit};
use crate::report::human::{self, Scale};
use crate::report::tables::sweep::{interval, mean, word};
use crate::scenario::plan_file::DesignKind;
use crate::text::Value;

/// Values of a parameter that are still drawn as words; more are numbers only.
const MOST_WORDS: usize = 40;
/// A range of positive numbers is drawn logarithmically if its ends are so far apart.
const FAR: f64 = 50.0;
/// Steps of the colour scale.
const N_COLOURS: usize = 60;

/// One outcome at every point.
pub(super) struct Input<'a> {
    /// Title of the scenario.
    pub(super) title: &'a str,
    pub(super) sweep: &'a Sweep,
    pub(super) spec: &'a OutcomeSpec,
    /// What its runs say at every point.
    pub(super) values: Vec<Statistics>,
}

/// Draws the figure; `None` if the outcome exists at no point.
pub(super) fn figure(input: &Input<'_>) -> Option<Figure> {
    if !input.values.iter().any(|statistics| mean(statistics).is_finite()) {
        return None;
    }
    Some(match (&input.sweep.dimensions[..], input.sweep.design) {
        ([_], _) => curve(input),
        ([_, _], DesignKind::Grid) => heat_map(input),
        _ => profiles(input),
    })
}

/// Where the values of a parameter lie on an axis.
struct Scaled {
    axis: Axis,
    /// Its place at every point of the sweep.
    places: Vec<f64>,
    /// Different places with the words for them, ascending; empty where values are numbers along an axis.
    words: Vec<(f64, String)>,
}

impl Scaled {
    fn of(sweep: &Sweep, index: usize, n_ticks: usize) -> Self {
        let values: Vec<&Value> = sweep.points.iter().map(|point| &point[index]).collect();
        let numbers: Option<Vec<f64>> =
            values.iter().map(|value| quantity(value).map(|(number, _)| number)).collect();
        match numbers {
            Some(places) => {
                let low = places.iter().copied().fold(f64::INFINITY, f64::min);
                let high = places.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let unit = if high.abs().max(low.abs()) >= 1000.0 { Unit::Count } else { Unit::Points };
                let is_log = low > 0.0 && high >= FAR * low;
                let axis =
                    if is_log { Axis::log(unit, low, high) } else { Axis::linear(unit, low, high, n_ticks) };
                Self { axis, places, words: Vec::new() }
            }
            None => Self::words(&values),
        }
    }

    /// Every different value in a place of its own, in the order of the sweep.
    fn in_steps(sweep: &Sweep, index: usize) -> Self {
        Self::words(&sweep.points.iter().map(|point| &point[index]).collect::<Vec<_>>())
    }

    fn words(values: &[&Value]) -> Self {
        let mut known: Vec<&Value> = Vec::new();
        let mut place = |value| {
            let index = known.iter().position(|&other| other == value).unwrap_or_else(|| {
                known.push(value);
                known.len() - 1
            });
            index as f64
        };
        let places: Vec<f64> = values.iter().map(|&value| place(value)).collect();
        let words: Vec<(f64, String)> =
            known.iter().enumerate().map(|(index, value)| (index as f64, label(value))).collect();
        let shown = words.iter().take(MOST_WORDS);
        let ticks = shown.map(|(value, label)| Tick { value: *value, label: label.clone() }).collect();
        Self { axis: Axis::with_ticks(-0.5, words.len() as f64 - 0.5, ticks), places, words }
    }

    /// The points in the order of their places.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.places.len()).collect();
        order.sort_by(|&one, &two| self.places[one].total_cmp(&self.places[two]));
        order
    }
}

/// A value as people read it; long numbers are cut to four digits.
fn label(value: &Value) -> String {
    match quantity(value) {
        Some((number, unit)) => {
            let short: f64 = format!("{number:.3e}").parse().unwrap_or(number);
            let text = short.to_string().replace('-', "−");
            if unit.is_empty() { text } else { format!("{text} {unit}") }
        }
        None => word(value).into_owned(),
    }
}

/// What an axis of a parameter is called.
fn name(dimension: &Dimension) -> String {
    match dimension.unit.as_str() {
        "" => dimension.path.clone(),
        unit => format!("{} ({unit})", dimension.path),
    }
}

fn subtitle(input: &Input<'_>, note: &str) -> String {
    let sweep = input.sweep;
    let (points, runs) = (human::grouped(sweep.points.len() as u64), human::grouped(sweep.runs));
    format!("{} · {points} points of {runs} runs each, common random numbers{note}", input.title)
}

/// The lowest and the highest of some numbers, both finite if any is.
fn ends(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers
        .filter(|number| number.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), number| (low.min(number), high.max(number)))
}

/// Quantiles 5 % and 95 %; none of a yes or no.
fn spread(statistics: &Statistics) -> Option<(f64, f64)> {
    match statistics {
        Statistics::Proportion { .. } => None,
        Statistics::Distribution { quantiles, .. } => Some((quantiles.q05, quantiles.q95)),
    }
}

const MEAN: LineStyle = LineStyle { ink: theme::MEDIAN, dashes: &[] };

fn curve(input: &Input<'_>) -> Figure {
    let dimension = &input.sweep.dimensions[0];
    let mut keys =
        vec![Key::Line(MEAN, mean_name(input).into()), Key::Swatch(theme::BAND_50, "its 95 % interval")];
    let spreads: Vec<Option<(f64, f64)>> = input.values.iter().map(spread).collect();
    if spreads.iter().any(Option::is_some) {
        keys.push(Key::Swatch(theme::BAND_90, "5–95 % of runs"));
    }
    let title = format!("{} by {}", input.spec.id, dimension.path);
    let (mut figure, frame) = panel::headed(&title, &subtitle(input, ""), &keys, 420.0);
    let inside = frame.inset(62.0, 30.0, 18.0, 52.0);
    let x = Scaled::of(input.sweep, 0, 8);
    let all = input.values.iter().zip(&spreads).flat_map(|(statistics, spread)| {
        let (low, high) = interval(statistics);
        let (q05, q95) = spread.unwrap_or((f64::NAN, f64::NAN));
        [mean(statistics), low, high, q05, q95]
    });
    let (low, high) = ends(all);
    let panel = Panel {
        cell: frame,
        frame: inside,
        x: x.axis.clone(),
        y: Axis::linear(input.spec.unit, low, high, 7),
    };
    let order = x.order();
    let is_words = !x.words.is_empty();
    if !is_words {
        let band = |of: &dyn Fn(usize) -> (f64, f64)| -> Vec<(f64, [f64; 2])> {
            order.iter().map(|&point| (x.places[point], [of(point).0, of(point).1])).collect()
        };
        panel.band(
            &mut figure,
            &band(&|point| spreads[point].unwrap_or((f64::NAN, f64::NAN))),
            theme::BAND_90,
        );
        panel.band(&mut figure, &band(&|point| interval(&input.values[point])), theme::BAND_50);
    }
    panel.draw_axes(&mut figure, &input.spec.id, "");
    if !is_words {
        let line: Vec<(f64, [f64; 1])> =
            order.iter().map(|&point| (x.places[point], [mean(&input.values[point])])).collect();
        panel.line(&mut figure, &line, MEAN, 2.2);
    }
    for &point in &order {
        draw_point(
            &mut figure,
            &panel,
            (x.places[point], &input.values[point]),
            if is_words { Whisker::Drawn } else { Whisker::None },
        );
    }
    axis_name(&mut figure, inside, &name(dimension));
    figure
}

/// Whether a point carries its interval.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whisker {
    Drawn,
    None,
}

fn draw_point(figure: &mut Figure, panel: &Panel, (x, statistics): (f64, &Statistics), whisker: Whisker) {
    let middle = mean(statistics);
    if !middle.is_finite() {
        return;
    }
    let (low, high) = interval(statistics);
    if whisker == Whisker::Drawn && low.is_finite() && high.is_finite() {
        if let Some((q05, q95)) = spread(statistics).filter(|(q05, q95)| q05.is_finite() && q95.is_finite()) {
            figure.path(vec![panel.at(x, q05), panel.at(x, q95)], theme::BAND_90, 6.0);
        }
        figure.path(vec![panel.at(x, low), panel.at(x, high)], theme::MEDIAN, 1.6);
    }
    let (x, y) = panel.at(x, middle);
    figure.area(vec![(x - 3.6, y), (x, y - 3.6), (x + 3.6, y), (x, y + 3.6)], theme::MEDIAN);
}

fn axis_name(figure: &mut Figure, inside: Frame, name: &str) {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let (name, style) = panel::fitted(name, style, inside.width());
    let middle = f64::midpoint(inside.left, inside.right);
    figure.text(name, (middle, inside.bottom + 32.0), Anchor::Middle, style);
}

fn mean_name(input: &Input<'_>) -> &'static str {
    if input.spec.unit == Unit::YesNo { "share of runs with a yes" } else { "mean over runs" }
}

fn heat_map(input: &Input<'_>) -> Figure {
    let [across, up] = [&input.sweep.dimensions[0], &input.sweep.dimensions[1]];
    let (x, y) = (Scaled::in_steps(input.sweep, 0), Scaled::in_steps(input.sweep, 1));
    let title = format!("{} by {} and {}", input.spec.id, across.path, up.path);
    let note = format!(" · {}", mean_name(input));
    let height = (60.0 + 34.0 * y.words.len() as f64).clamp(220.0, 560.0);
    let (mut figure, frame) = panel::headed(&title, &subtitle(input, &note), &[], height + 84.0);
    let small = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let widest = y.words.iter().map(|(_, word)| small.width(word)).fold(30.0, f64::max).min(180.0);
    let inside = frame.inset(widest + 12.0, 44.0, 110.0, 52.0);
    let panel = Panel {
        cell: frame,
        frame: inside,
        x: x.axis.clone(),
        y: Axis::bare(-0.5, y.words.len() as f64 - 0.5),
    };
    let range = ends(input.values.iter().map(mean));
    let share = |value: f64| if range.1 > range.0 { (value - range.0) / (range.1 - range.0) } else { 0.5 };
    for (point, statistics) in input.values.iter().enumerate() {
        let (left, bottom) = panel.at(x.places[point] - 0.5, y.places[point] - 0.5);
        let (right, top) = panel.at(x.places[point] + 0.5, y.places[point] + 0.5);
        let value = mean(statistics);
        let ink = if value.is_finite() { theme::ramp(share(value)) } else { theme::GRID };
        figure.rectangle((left, top), (right, bottom), ink);
        let text = human::value(input.spec.unit, value);
        let ink = if value.is_finite() && share(value) > 0.5 { theme::WHITE } else { theme::BLACK };
        let style = TextStyle::new(theme::SMALL_SIZE, ink);
        if style.width(&text) + 4.0 <= right - left && bottom - top >= theme::SMALL_SIZE * 1.2 {
            figure.text(
                text,
                (f64::midpoint(left, right), f64::midpoint(top, bottom)),
                Anchor::Middle,
                style,
            );
        }
    }
    for (value, word) in &y.words {
        let (word, style) = panel::fitted(word, small, widest);
        figure.text(word, (inside.left - 8.0, panel.y_at(*value)), Anchor::End, style);
    }
    // Only the names of the ticks below: lines would cross the cells.
    panel.draw_axes(&mut figure, "", "");
    let (label, style) = panel::fitted(&name(up), small, inside.width());
    figure.text(label, (frame.left, inside.top - 18.0), Anchor::Start, style);
    axis_name(&mut figure, inside, &name(across));
    colour_scale(
        &mut figure,
        input.spec.unit,
        range,
        Frame { left: inside.right + 18.0, right: inside.right + 34.0, ..inside },
    );
    figure
}

/// The colours with the values that they stand for.
fn colour_scale(figure: &mut Figure, unit: Unit, (low, high): (f64, f64), frame: Frame) {
    let step = (frame.bottom - frame.top) / N_COLOURS as f64;
    for index in 0..N_COLOURS {
        let bottom = frame.bottom - step * index as f64;
        let ink = theme::ramp((index as f64 + 0.5) / N_COLOURS as f64);
        figure.rectangle((frame.left, bottom - step), (frame.right, bottom), ink);
    }
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let scale = Scale::of(unit, low.abs().max(high.abs()));
    for (value, y) in [
        (low, frame.bottom - 5.0),
        (f64::midpoint(low, high), f64::midpoint(frame.top, frame.bottom)),
        (high, frame.top + 5.0),
    ] {
        figure.text(scale.text(value), (frame.right + 6.0, y), Anchor::Start, style);
    }
}

/// A panel a parameter, with every point in each.
fn profiles(input: &Input<'_>) -> Figure {
    let n = input.sweep.dimensions.len();
    let keys = [Key::Line(MEAN, format!("{} of a point", mean_name(input)))];
    let title = format!("{} by each of {n} parameters", input.spec.id);
    let height = panel::rows(n) as f64 * if n > 4 { 230.0 } else { 290.0 };
    let note = ", whatever the values of the other parameters";
    let (mut figure, frame) = panel::headed(&title, &subtitle(input, note), &keys, height);
    let (low, high) = ends(input.values.iter().map(mean));
    for (index, cell) in panel::grid(frame, n).into_iter().enumerate() {
        let inside = cell.inset(58.0, 30.0, 10.0, 34.0);
        let x = Scaled::of(input.sweep, index, (inside.width() / 80.0).max(2.0) as usize);
        let y = Axis::linear(input.spec.unit, low, high, panel::n_ticks(inside));
        let panel = Panel { cell, frame: inside, x: x.axis, y };
        panel.draw_axes(&mut figure, &name(&input.sweep.dimensions[index]), "");
        for (&place, statistics) in x.places.iter().zip(&input.values) {
            draw_point(&mut figure, &panel, (place, statistics), Whisker::None);
        }
    }
    figure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::sweep::Spread;
    use crate::model::outcome::OutcomeKind;
    use crate::stats::interval::Interval;
    use crate::text::Kind;

    fn sweep(lists: &[Vec<Value>], design: DesignKind) -> Sweep {
        let mut points: Vec<Vec<Value>> = vec![Vec::new()];
        for list in lists {
            points = points
                .iter()
                .flat_map(|point| {
                    list.iter().map(|value| point.iter().cloned().chain([value.clone()]).collect())
                })
                .collect();
        }
        let dimension = |(index, list): (usize, &Vec<Value>)| Dimension {
            path: format!("dispositions.rule_{index}.some_rather_long_name"),
            unit: String::new(),
            description: String::new(),
            spread: Spread::List(list.clone()),
        };
        Sweep {
            dimensions: lists.iter().enumerate().map(dimension).collect(),
            design,
            runs: 200,
            seed: 1,
            points,
        }
    }

    fn numbers(values: &[f64]) -> Vec<Value> {
        values.iter().map(|&value| Value::unplaced(Kind::Float(value))).collect()
    }

    fn drawn(sweep: &Sweep, missing: Option<usize>) -> Vec<(String, [f64; 4])> {
        theme::register_fonts();
        let spec = OutcomeSpec {
            id: "message.arabic-tweet.answered".into(),
            unit: Unit::YesNo,
            kind: OutcomeKind::YesNo,
            description: String::new(),
        };
        let value = |index: usize| {
            let p = if missing == Some(index) { f64::NAN } else { 0.1 + 0.02 * index as f64 };
            Statistics::Proportion { p, interval: Interval { low: p - 0.05, high: p + 0.05 } }
        };
        let input = Input {
            title: "Canada and Saudi Arabia, August 2018",
            sweep,
            spec: &spec,
            values: (0..sweep.points.len()).map(value).collect(),
        };
        let figure = figure(&input).unwrap();
        let svg = String::from_utf8(figure.svg().unwrap()).unwrap();
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
        let boxes = figure.text_boxes();
        for (text, [left, top, right, bottom]) in &boxes {
            assert!(
                *left >= 0.0 && *right <= figure.width() && *top >= 0.0 && *bottom <= figure.height(),
                "`{text}` leaves its figure"
            );
        }
        boxes
    }

    fn has(boxes: &[(String, [f64; 4])], text: &str) -> bool {
        boxes.iter().any(|(shown, _)| shown.contains(text))
    }

    #[test]
    fn one_parameter_is_a_curve_with_its_name_and_numbers() {
        let boxes = drawn(&sweep(&[numbers(&[-4.0, -3.5, -3.0, -2.0])], DesignKind::Grid), None);
        for text in ["rule_0.some_rather_long_name", "4 points of 200 runs", "its 95 % interval", "−3"] {
            assert!(has(&boxes, text), "{text}: {boxes:?}");
        }
        let words = vec![Value::text("full"), Value::text("ic")];
        let boxes = drawn(&sweep(&[words], DesignKind::Grid), Some(0));
        assert!(has(&boxes, "full") && has(&boxes, "ic"), "{boxes:?}");
    }

    #[test]
    fn two_parameters_are_a_heat_map_with_a_value_in_every_cell() {
        let boxes =
            drawn(&sweep(&[numbers(&[1.0, 2.0, 3.0]), numbers(&[0.1, 0.2])], DesignKind::Grid), Some(0));
        for text in ["12.0 %", "20.0 %", human::NOTHING, "0.1", "3"] {
            assert!(has(&boxes, text), "{text}: {boxes:?}");
        }
    }

    #[test]
    fn more_parameters_and_sampled_points_have_a_panel_each() {
        for design in [DesignKind::Grid, DesignKind::Sobol] {
            let boxes = drawn(
                &sweep(&[numbers(&[1.0, 2.0]), numbers(&[0.1, 100.0]), numbers(&[5.0, 6.0])], design),
                None,
            );
            for index in 0..3 {
                assert!(has(&boxes, &format!("rule_{index}.")), "{boxes:?}");
            }
        }
    }
}
