//! One run as a web of causes: a lane for messages, the press and each government, and a line from each cause to what followed.

use super::axis::Axis;
use super::figure::{Anchor, Figure, Ink, Place, TextStyle};
use super::panel::{self, Frame, Key, Panel};
use super::window::Window;
use super::{FilmInput, theme};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::report::human::grouped;
use crate::units::TimeSpan;
use std::collections::BTreeMap;

/// Height of a lane.
const LANE: f64 = 36.0;
/// Lanes of governments at the most.
const MOST_STATES: usize = 9;
/// Messages and acts that are told below, at the most.
const MOST_TOLD: usize = 18;
/// Height of a line below.
const LINE: f64 = 17.0;
/// From the left edge to the words below.
const TEXT_LEFT: f64 = 110.0;
/// Least distance of numbered marks in one lane.
const APART: f64 = 17.0;
/// Room for the names of lanes.
const NAMES: f64 = 132.0;
/// Pieces of the curve from cause to effect.
const PIECES: usize = 14;

/// The web of one run around the message of reference; `None` if nothing happens there.
pub(super) fn figure(input: &FilmInput<'_>) -> Option<Figure> {
    let window = window(input);
    let shown = |entry: &&TimelineEntry| {
        let is_kind = !matches!(entry.kind, EntryKind::Price | EntryKind::End | EntryKind::Spread);
        is_kind && (window.0..=window.1).contains(&(entry.time.as_ms() as f64))
    };
    let entries: Vec<&TimelineEntry> = input.film.entries.iter().filter(shown).collect();
    let lanes = lanes(input, &entries);
    if entries.is_empty() {
        return None;
    }
    let told: Vec<usize> =
        (0..entries.len()).filter(|&index| is_told(entries[index])).take(MOST_TOLD).collect();
    let words: Vec<Vec<String>> = told.iter().map(|&index| in_words(input, entries[index])).collect();
    let n_lines: usize = words.iter().map(Vec::len).sum();
    let height = LANE * lanes.len() as f64 + 34.0 + LINE * n_lines as f64 + 24.0;
    let keys = [
        Key::Swatch(mark_ink(EntryKind::Posted), "message or deletion"),
        Key::Swatch(mark_ink(EntryKind::Coverage), "press report"),
        Key::Swatch(mark_ink(EntryKind::Heard), "government hears"),
        Key::Swatch(mark_ink(EntryKind::Decided), "government decides"),
        Key::Swatch(mark_ink(EntryKind::Act), "act"),
        Key::Moment("message of reference".to_owned()),
    ];
    let acts = entries.iter().filter(|entry| entry.kind == EntryKind::Act).count();
    let run = grouped(input.film.outcome.run);
    let title = match acts {
        0 => format!("Run {run}: no government acts"),
        1 => format!("Run {run}: one act, and what led to it"),
        _ => format!("Run {run}: {acts} acts, and what led to them"),
    };
    let subtitle = format!("{} · one run of {} · dates are UTC", input.title, grouped(input.runs as u64));
    let (mut figure, frame) =
        panel::headed_and_footed(&title, &subtitle, &keys, height, &codes(input, &entries));
    let bottom = frame.top + LANE * lanes.len() as f64;
    let inside = Frame { bottom, ..frame }.inset(NAMES, 0.0, 14.0, 0.0);
    let x = Axis::time(input.setting.start, window, panel::n_dates(inside));
    let panel = Panel { cell: frame, frame: inside, x, y: Axis::bare(0.0, lanes.len() as f64) };
    draw_lanes(&mut figure, &panel, &lanes);
    panel.moment(&mut figure, input.setting.reference.as_ms() as f64);
    let places = places(&panel, &entries, &lanes, &told);
    links(&mut figure, &entries, &places);
    marks(&mut figure, &entries, &places, &told);
    tell(
        &mut figure,
        input,
        &entries,
        (&told, &words),
        frame.inset(0.0, bottom - frame.top + 40.0, 0.0, 0.0),
    );
    Some(figure)
}

/// From shortly before the message of reference until the last act, but for two weeks at the most.
fn window(input: &FilmInput<'_>) -> Window {
    let day = TimeSpan::from_days(1).as_ms() as f64;
    let reference = input.setting.reference.as_ms() as f64;
    let acts = input.film.entries.iter().filter(|entry| entry.kind == EntryKind::Act);
    let last = acts.map(|entry| entry.time.as_ms() as f64).fold(reference + 2.0 * day, f64::max);
    let until = (last + 0.5 * day).min(reference + 14.0 * day).min(input.setting.horizon.as_ms() as f64);
    ((reference - 3.0 * day).max(0.0), until)
}

/// A row of the picture: its name, and whose entries lie in it.
#[derive(Debug, Clone, PartialEq)]
struct Lane {
    name: String,
    whose: Whose,
}

#[derive(Debug, Clone, PartialEq)]
enum Whose {
    Messages,
    Press,
    State(String),
}

/// Lanes from the top down: governments that act come before those that only hear.
fn lanes(input: &FilmInput<'_>, entries: &[&TimelineEntry]) -> Vec<Lane> {
    let mut weights: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for entry in entries {
        let is_act = entry.kind == EntryKind::Act;
        if is_act || matches!(entry.kind, EntryKind::Heard | EntryKind::Decided) {
            let weight = weights.entry(entry.actor.as_str()).or_default();
            weight.0 += usize::from(is_act);
            weight.1 += 1;
        }
    }
    let mut states: Vec<(&str, (usize, usize))> = weights.into_iter().collect();
    states.sort_by_key(|&(state, weight)| (std::cmp::Reverse(weight), state.to_owned()));
    let mut lanes = vec![Lane { name: "messages".to_owned(), whose: Whose::Messages }];
    if entries.iter().any(|entry| entry.kind == EntryKind::Coverage) {
        lanes.push(Lane { name: "press".to_owned(), whose: Whose::Press });
    }
    lanes.extend(
        states.into_iter().take(MOST_STATES).map(|(state, _)| Lane {
            name: input.name_of_state(state),
            whose: Whose::State(state.to_owned()),
        }),
    );
    lanes
}

fn lane_of(entry: &TimelineEntry, lanes: &[Lane]) -> Option<usize> {
    let whose = match entry.kind {
        EntryKind::Heard | EntryKind::Decided | EntryKind::Act => Whose::State(entry.actor.clone()),
        EntryKind::Coverage => Whose::Press,
        _ => Whose::Messages,
    };
    lanes.iter().position(|lane| lane.whose == whose)
}

/// What is told in words below.
const fn is_told(entry: &TimelineEntry) -> bool {
    !matches!(
        entry.kind,
        EntryKind::Coverage | EntryKind::Heard | EntryKind::Decided | EntryKind::Spread | EntryKind::Price
    )
}

fn draw_lanes(figure: &mut Figure, panel: &Panel, lanes: &[Lane]) {
    let style = TextStyle::new(theme::TEXT_SIZE, theme::BLACK);
    let frame = panel.frame;
    for (index, lane) in lanes.iter().enumerate() {
        let y = frame.top + LANE * (index as f64 + 0.5);
        figure.path(vec![(frame.left, y), (frame.right, y)], theme::GRID, 1.0);
        let (text, style) = panel::fitted(&lane.name, style, NAMES - 14.0);
        figure.text(text, (frame.left - 10.0, y), Anchor::End, style);
    }
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    figure.path(vec![(frame.left, frame.bottom), (frame.right, frame.bottom)], theme::AXIS, 1.0);
    for tick in &panel.x.ticks {
        let x = panel.x_at(tick.value);
        figure.path(vec![(x, frame.top), (x, frame.bottom)], theme::GRID, 1.0);
    }
    panel.draw_x_ticks(figure, style);
}

/// Where each entry is drawn; numbered ones of a lane are moved apart.
fn places(panel: &Panel, entries: &[&TimelineEntry], lanes: &[Lane], told: &[usize]) -> Vec<Option<Place>> {
    let mut places: Vec<Option<Place>> = entries
        .iter()
        .map(|entry| {
            let lane = lane_of(entry, lanes)?;
            Some((panel.x_at(entry.time.as_ms() as f64), panel.frame.top + LANE * (lane as f64 + 0.5)))
        })
        .collect();
    for lane in 0..lanes.len() {
        let own: Vec<usize> =
            told.iter().copied().filter(|&index| lane_of(entries[index], lanes) == Some(lane)).collect();
        let mut xs: Vec<f64> = own.iter().filter_map(|&index| places[index].map(|(x, _)| x)).collect();
        panel::spread(&mut xs, APART, panel.frame.left + 8.0, panel.frame.right - 4.0);
        for (&index, x) in own.iter().zip(xs) {
            places[index] = places[index].map(|(_, y)| (x, y));
        }
    }
    places
}

/// Draws a curve from each cause to what followed from it.
fn links(figure: &mut Figure, entries: &[&TimelineEntry], places: &[Option<Place>]) {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let cause = entry.cause.as_deref().and_then(|cause| known.get(cause));
        if let (Some(&cause), Some(to)) = (cause, places[index])
            && let Some(from) = places[cause]
        {
            let opacity = if entry.kind == EntryKind::Coverage { 0.18 } else { 0.5 };
            let at = |piece: usize| {
                let share = piece as f64 / PIECES as f64;
                let eased = share * share * (3.0 - 2.0 * share);
                (from.0 + share * (to.0 - from.0), from.1 + eased * (to.1 - from.1))
            };
            figure.path((0..=PIECES).map(at).collect(), mark_ink(entry.kind).with_opacity(opacity), 1.1);
        }
        known.entry(entry.id.as_str()).or_insert(index);
    }
}

const fn mark_ink(kind: EntryKind) -> Ink {
    match kind {
        EntryKind::Coverage => Ink::rgb(0x8A, 0x8A, 0x8A),
        EntryKind::Heard => Ink::rgb(0xE6, 0x9F, 0x00),
        EntryKind::Decided => Ink::rgb(0x00, 0x9E, 0x73),
        EntryKind::Act => Ink::rgb(0x8C, 0x2A, 0x4A),
        _ => Ink::rgb(0x00, 0x72, 0xB2),
    }
}

fn marks(figure: &mut Figure, entries: &[&TimelineEntry], places: &[Option<Place>], told: &[usize]) {
    let disc = |(x, y): Place, size: f64| -> Vec<Place> {
        let corner = |step: u32| {
            let angle = std::f64::consts::TAU * f64::from(step) / 16.0;
            (x + size * libm::cos(angle), y + size * libm::sin(angle))
        };
        (0..16).map(corner).collect()
    };
    for (entry, place) in entries.iter().zip(places) {
        if let Some((x, y)) = *place {
            match entry.kind {
                EntryKind::Coverage => {
                    figure.rectangle((x - 0.7, y - 6.0), (x + 0.7, y + 6.0), mark_ink(entry.kind));
                }
                EntryKind::Heard => figure.area(disc((x, y), 3.4), mark_ink(entry.kind)),
                EntryKind::Decided => {
                    figure.area(
                        vec![(x - 4.0, y + 3.5), (x, y - 4.5), (x + 4.0, y + 3.5)],
                        mark_ink(entry.kind),
                    );
                }
                _ => {}
            }
        }
    }
    let style = TextStyle::new(theme::SMALL_SIZE - 1.5, theme::WHITE).bold();
    for (number, &index) in told.iter().enumerate() {
        if let Some(place) = places[index] {
            figure.area(disc(place, 8.0), mark_ink(entries[index].kind));
            figure.text((number + 1).to_string(), place, Anchor::Middle, style);
        }
    }
}

/// An entry in lines that fit beside its number and time.
fn in_words(input: &FilmInput<'_>, entry: &TimelineEntry) -> Vec<String> {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::BLACK);
    let name = input.name_of_state(&entry.actor);
    let actor = match entry.kind {
        _ if name.is_empty() => name,
        // What acts is a state; on the platform also an account with its `@`, or somebody without a name.
        EntryKind::Act | EntryKind::Conduct => name + ": ",
        _ if name != entry.actor => name + ": ",
        _ => format!("@{name}: "),
    };
    let room = theme::WIDTH - 2.0 * theme::MARGIN - TEXT_LEFT;
    panel::wrapped(&format!("{actor}{}", entry.text), style, room)
}

/// What the codes in the words mean: states, and those of acts.
fn codes(input: &FilmInput<'_>, entries: &[&TimelineEntry]) -> String {
    let acts: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::Act)
        .map(|entry| entry.text.as_str())
        .collect();
    let is_named = |id: &str| acts.iter().any(|text| text.contains(&format!("→ {id} ")));
    let states = input.setting.states.iter().filter(|state| is_named(&state.id));
    let mut parts: Vec<String> =
        states.map(|state| format!("{}: {}", state.id, input.name_of_state(&state.id))).collect();
    if !acts.is_empty() {
        parts.push("CAMEO: code of the act (Conflict and Mediation Event Observations)".to_owned());
        parts.push("weight: Goldstein weight, −10 most hostile, 10 most cooperative".to_owned());
    }
    parts.join(" · ")
}

/// Writes the messages and acts in words, each with its number.
fn tell(
    figure: &mut Figure,
    input: &FilmInput<'_>,
    entries: &[&TimelineEntry],
    (told, words): (&[usize], &[Vec<String>]),
    frame: Frame,
) {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::BLACK);
    let quiet = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let mut y = frame.top;
    for (number, (&index, lines)) in told.iter().zip(words).enumerate() {
        let when =
            input.setting.start.plus(entries[index].time).timestamp().strftime("%-d %b %H:%M").to_string();
        figure.text((number + 1).to_string(), (frame.left + 16.0, y), Anchor::End, style.bold());
        figure.text(when, (frame.left + 26.0, y), Anchor::Start, quiet);
        for line in lines {
            figure.text(line.as_str(), (frame.left + TEXT_LEFT, y), Anchor::Start, style);
            y += LINE;
        }
    }
    let all = entries.iter().filter(|entry| is_told(entry)).count();
    if all > told.len() {
        figure.text(
            format!("and {} more", all - told.len()),
            (frame.left + TEXT_LEFT, y),
            Anchor::Start,
            quiet,
        );
    }
}
