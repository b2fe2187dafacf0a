//! A cascade on the map of the network: who shared from whom, and where they live.

use super::figure::{Anchor, Figure, Ink, Place, TextStyle};
use super::panel::{self, Frame, Key};
use super::{FilmInput, theme};
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::cascade::Frame as Told;
use crate::model::outcome::Unit;
use crate::report::human::{self, grouped};
use crate::report::map::{self, Map, Point, Polygon};
use crate::simulation::film::{Film, FilmedKind, FilmedMessage};

/// Shares that are drawn, at the most.
const MOST_NODES: usize = 600;
/// Draws of places inside a region.
const PLACE: Purpose = Purpose::new("place on the map");
/// Grounds of countries, in turn.
const GROUNDS: [Ink; 6] = [
    Ink::rgb(0xEE, 0xF3, 0xF7),
    Ink::rgb(0xF7, 0xF1, 0xE6),
    Ink::rgb(0xED, 0xF5, 0xEE),
    Ink::rgb(0xF6, 0xEC, 0xF1),
    Ink::rgb(0xF3, 0xF3, 0xEA),
    Ink::rgb(0xE8, 0xF2, 0xF4),
];

/// The largest cascade of a message of the scenario in one run; `None` if there is no such message.
pub(super) fn figure(input: &FilmInput<'_>) -> Option<Figure> {
    let message = largest(input.spread)?;
    let (frame, mut figure) = heading(input, message);
    let scale = frame.width() / map::WIDTH;
    let place = |(x, y): Point| (frame.left + scale * x, frame.top + scale * y);
    ground(&mut figure, input.map, place);
    let places = places(input, message);
    let step = message.nodes.len().div_ceil(MOST_NODES).max(1);
    let drawn: Vec<usize> = (0..message.nodes.len()).step_by(step).collect();
    for &node in drawn.iter().skip(1) {
        let ends = [places[message.nodes[node].parent as usize], places[node]].map(place);
        figure.path(ends.into(), ink(message.nodes[node].frame).with_opacity(0.28), 0.6);
    }
    for &node in drawn.iter().skip(1) {
        mark(&mut figure, place(places[node]), message.nodes[node].frame, 2.4);
    }
    names(&mut figure, input, place);
    let origin = place(places[0]);
    figure.area(diamond(origin, 8.0), theme::WHITE);
    figure.area(diamond(origin, 6.0), theme::BLACK);
    Some(figure)
}

/// The message of the scenario that most shared.
fn largest(film: &Film) -> Option<&FilmedMessage> {
    let messages = film.messages.iter().filter(|message| message.kind == FilmedKind::Script);
    messages.max_by_key(|message| message.nodes.len())
}

/// The film with the largest cascade of a message of the scenario; the first of those that have one as large.
pub(super) fn with_largest(films: &[Film]) -> Option<&Film> {
    let size = |film: &Film| largest(film).map_or(0, |message| message.nodes.len());
    films.iter().rev().max_by_key(|film| size(film))
}

fn heading(input: &FilmInput<'_>, message: &FilmedMessage) -> (Frame, Figure) {
    let title = format!(
        "@{} in run {}: {} shares, {} people see it",
        message.handle,
        grouped(input.spread.outcome.run),
        human::value(Unit::Shares, message.shares),
        human::value(Unit::People, message.reach),
    );
    let subtitle = format!(
        "{} · one run of {} · message {} ({})",
        input.title,
        grouped(input.runs as u64),
        message.id,
        message.languages
    );
    let keys = [
        Key::Swatch(ink(Told::AsIntended), "passed on as meant"),
        Key::Swatch(ink(Told::Hostile), "quoted against its author"),
        Key::Swatch(ink(Told::Distorted), "told as something harsher"),
        Key::Swatch(theme::BLACK, "the original"),
    ];
    let step = message.nodes.len().div_ceil(MOST_NODES).max(1);
    let part = if step > 1 {
        format!(" Of {} simulated sharers, every {step}th is drawn.", grouped(message.nodes.len() as u64 - 1))
    } else {
        String::new()
    };
    let print = format!(
        "Regions are publics, grouped by country; their areas grow with the number of people, but less than in proportion. Countries whose people \
         follow one another are near.{part}"
    );
    let width = theme::WIDTH - 2.0 * theme::MARGIN;
    let height = width * map::HEIGHT / map::WIDTH;
    let (figure, frame) = panel::headed_and_footed(&title, &subtitle, &keys, height, &print);
    (frame, figure)
}

fn ground(figure: &mut Figure, map: &Map, place: impl Fn(Point) -> Place) {
    let placed = |border: &Polygon| -> Vec<Place> { border.iter().map(|&corner| place(corner)).collect() };
    let closed = |border: &Polygon| -> Vec<Place> {
        let mut corners = placed(border);
        corners.extend(corners.first().copied());
        corners
    };
    for (index, country) in map.countries.iter().enumerate() {
        figure.area(placed(&country.region.border), GROUNDS[index % GROUNDS.len()]);
    }
    for region in &map.publics {
        figure.path(closed(&region.border), theme::GRID, 0.8);
    }
    for country in &map.countries {
        figure.path(closed(&country.region.border), theme::AXIS, 1.4);
    }
}

fn names(figure: &mut Figure, input: &FilmInput<'_>, place: impl Fn(Point) -> Place) {
    let style = TextStyle::new(theme::TEXT_SIZE, theme::BLACK).bold();
    for country in &input.map.countries {
        let name = &input.setting.countries[country.country.idx()].name;
        let across = country.region.border.iter().map(|&corner| place(corner).0);
        let (low, high) =
            across.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let (text, style) = panel::fitted(name, style, 0.86 * (high - low));
        let (x, y) = place(country.region.middle);
        let half = style.width(&text) / 2.0 + 4.0;
        figure.rectangle((x - half, y - 8.0), (x + half, y + 8.0), theme::WHITE.with_opacity(0.75));
        figure.text(text, (x, y), Anchor::Middle, style);
    }
}

/// Where everybody who shared stands: somewhere in the region of the public, named accounts in the middle of their country.
fn places(input: &FilmInput<'_>, message: &FilmedMessage) -> Vec<Point> {
    let home = message.home.and_then(|country| input.map.middle_of(country));
    let home = home.unwrap_or((map::WIDTH / 2.0, 20.0));
    let key = RunKey::new(0, 0);
    let nodes = message.nodes.iter().enumerate().map(|(node, share)| match share.public {
        Some(public) => {
            let draw = |which| key.uniform(PLACE, Subject::new(node as u32, which));
            input.map.publics[public.idx()].place((draw(0), draw(1)))
        }
        None => (home.0, home.1 + 26.0),
    });
    nodes.collect()
}

const fn ink(told: Told) -> Ink {
    match told {
        Told::AsIntended => Ink::rgb(0x00, 0x72, 0xB2),
        Told::Hostile => Ink::rgb(0xD5, 0x5E, 0x00),
        Told::Distorted => Ink::rgb(0x6A, 0x1B, 0x5E),
    }
}

/// A share: a disc as intended, a diamond if hostile, a square if distorted.
fn mark(figure: &mut Figure, (x, y): Place, told: Told, size: f64) {
    match told {
        Told::AsIntended => {
            let corner = |step: u32| {
                let angle = std::f64::consts::TAU * f64::from(step) / 10.0;
                (x + size * libm::cos(angle), y + size * libm::sin(angle))
            };
            figure.area((0..10).map(corner).collect(), ink(told));
        }
        Told::Hostile => figure.area(diamond((x, y), 1.35 * size), ink(told)),
        Told::Distorted => figure.rectangle((x - size, y - size), (x + size, y + size), ink(told)),
    }
}

fn diamond((x, y): Place, size: f64) -> Vec<Place> {
    vec![(x - size, y), (x, y - size), (x + size, y), (x, y + size)]
}
