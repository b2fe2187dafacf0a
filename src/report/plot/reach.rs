//! People reached and shares over time.
//!
//! Reach has one panel a message and one line a country; shares have one fan a message.

use super::axis::Axis;
use super::fan::{self, Beside, Fan, Look};
use super::figure::{Figure, TextStyle};
use super::panel::{self, Frame, Key, Panel};
use super::theme::{self, LineStyle};
use super::window::{self, Window};
use super::{PlotInput, Series};
use crate::model::outcome::{SeriesGroup, Unit};
use crate::report::human;

/// Messages shown at most; the most seen ones are kept.
const N_MESSAGES: usize = 6;

/// The countries of one message.
struct Message<'a> {
    title: String,
    countries: Vec<(String, Series<'a>)>,
}

impl Message<'_> {
    fn most(&self) -> f64 {
        self.countries.iter().map(|(_, series)| series.last().q50).fold(0.0, f64::max)
    }
}

/// Reach over time, one panel a message; `None` if no reach was observed.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    let mut messages = messages(input);
    messages.sort_by(|one, other| other.most().total_cmp(&one.most()));
    messages.truncate(N_MESSAGES);
    let first = messages.first()?;
    let title =
        match first.countries.iter().max_by(|one, other| one.1.last().q50.total_cmp(&other.1.last().q50)) {
            Some((country, series)) if first.most() > 0.0 => {
                let people = human::value(Unit::People, series.last().q50);
                format!("The widest reach is {people} people in the median run ({}, {country})", first.title)
            }
            _ => "No message reaches anyone in the median run".to_owned(),
        };
    let keys = [
        Key::Swatch(theme::GREY.with_opacity(0.22), "5–95 % of runs"),
        Key::Line(median_key(), "median".into()),
    ];
    let height = panel::rows(messages.len()) as f64 * if messages.len() > 2 { 250.0 } else { 340.0 };
    let (mut figure, frame) = panel::headed(
        &title,
        &input.subtitle("people who saw it, dates are UTC, scales differ"),
        &keys,
        height,
    );
    for (message, cell) in messages.iter().zip(panel::grid(frame, messages.len())) {
        draw(&mut figure, input, message, cell);
    }
    Some(figure)
}

/// Shares over time, one fan a message; `None` if no shares were observed.
pub(super) fn shares_figure(input: &PlotInput<'_>) -> Option<Figure> {
    let mut series = input.series(SeriesGroup::Shares);
    series.sort_by(|one, other| other.last().q50.total_cmp(&one.last().q50));
    series.truncate(N_MESSAGES);
    let first = series.first()?;
    let look = Look {
        title: format!(
            "{} is shared {} times in the median run, {} in one run of twenty",
            first.spec.label,
            human::value(Unit::Shares, first.last().q50),
            human::value(Unit::Shares, first.last().q95),
        ),
        note: "dates are UTC, scales differ",
        caption: "shares so far",
        includes: Some(0.0),
        moment: None,
    };
    let fans: Vec<Fan<'_>> = series.into_iter().map(|series| shared(input, series)).collect();
    Some(fan::figure(input, &fans, &look))
}

/// Shares of one message; where history knows how many there were, also their number at the end.
fn shared<'a>(input: &PlotInput<'a>, series: Series<'a>) -> Fan<'a> {
    let recorded = input.recorded(&series.spec.id);
    let beside = recorded.map(|_| Beside { name: "in all", quantiles: series.last(), recorded });
    Fan { beside, ..Fan::plain(series, window::of_growth(input, [series.bands].into_iter())) }
}

const fn median_key() -> LineStyle {
    LineStyle { ink: theme::GREY, dashes: &[] }
}

/// The reach series grouped by message: all that share an id up to the last dot.
fn messages<'a>(input: &PlotInput<'a>) -> Vec<Message<'a>> {
    let mut messages: Vec<(&str, Vec<Series<'a>>)> = Vec::new();
    for series in input.series(SeriesGroup::Reach) {
        let (message, _) = series.spec.id.rsplit_once('.').unwrap_or((&series.spec.id, ""));
        match messages.iter_mut().find(|(found, _)| *found == message) {
            Some((_, countries)) => countries.push(series),
            None => messages.push((message, vec![series])),
        }
    }
    messages.into_iter().map(|(id, countries)| named(id, countries)).collect()
}

/// Names message and countries by their labels if these read `Message, Country`, otherwise by their ids.
fn named<'a>(id: &str, countries: Vec<Series<'a>>) -> Message<'a> {
    let split = |label: &'a str| label.rsplit_once(", ").or_else(|| label.rsplit_once(": "));
    let heads: Option<Vec<(&str, &str)>> = countries.iter().map(|series| split(&series.spec.label)).collect();
    match heads {
        Some(heads) if heads.iter().all(|(head, _)| *head == heads[0].0) => Message {
            title: heads[0].0.to_owned(),
            countries: heads.iter().map(|(_, country)| (*country).to_owned()).zip(countries).collect(),
        },
        _ => {
            let country =
                |series: &Series<'_>| series.spec.id.rsplit('.').next().unwrap_or_default().to_owned();
            let title = super::subject(id).to_owned();
            Message {
                title,
                countries: countries.into_iter().map(|series| (country(&series), series)).collect(),
            }
        }
    }
}

fn draw(figure: &mut Figure, input: &PlotInput<'_>, message: &Message<'_>, cell: Frame) {
    let mut countries: Vec<&(String, Series<'_>)> = message.countries.iter().collect();
    countries.sort_by(|one, other| other.1.last().q50.total_cmp(&one.1.last().q50));
    countries.truncate(theme::N_LINES);
    let small = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let widest = countries.iter().map(|(country, _)| small.width(country)).fold(0.0, f64::max);
    let frame = cell.inset(58.0, 28.0, 14.0 + widest.min(110.0), 30.0);
    let window = window::of_growth(input, countries.iter().map(|(_, series)| series.bands));
    let times = input.times();
    let x = Axis::time(input.start, window, (frame.width() / 70.0) as usize);
    let panel = Panel { cell, frame, x, y: people_axis(&countries, &times, window) };
    let caption = if panel.y.is_logarithmic() { "people, log scale" } else { "people" };
    panel.draw_axes(figure, &message.title, caption);
    for (index, (_, series)) in countries.iter().enumerate() {
        let points = fan::curves(&times, series.bands, |q| q.q05, |q| q.q95);
        panel.band(figure, &points, theme::line(index).ink.with_opacity(0.16));
    }
    let mut labels = Vec::new();
    for (index, (country, series)) in countries.iter().enumerate() {
        let median = fan::median(&times, series.bands);
        panel.line(figure, &median, theme::line(index), 2.2);
        if let Some(&(_, [end])) = window::cut(&median, window).last().filter(|(_, [end])| end.is_finite()) {
            labels.push((panel.y_at(end), country.clone(), theme::line(index).ink));
        }
    }
    panel.label_right(figure, labels);
}

/// Logarithmic where countries differ so much that the smaller ones would lie on the axis.
fn people_axis(countries: &[&(String, Series<'_>)], times: &[f64], window: Window) -> Axis {
    let ends = countries.iter().map(|(_, series)| series.last().q50).filter(|value| *value > 0.0);
    let (least, most) =
        ends.fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let tops =
        countries.iter().map(|(_, series)| fan::range(times, series.bands, window, [0.0].into_iter()).1);
    let top = tops.fold(1.0, f64::max);
    if most > 20.0 * least {
        Axis::log(Unit::People, (least / 100.0).max(1.0), top * 1.2)
    } else {
        Axis::linear(Unit::People, 0.0, top, 5)
    }
}
