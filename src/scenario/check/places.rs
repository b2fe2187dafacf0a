//! The world: countries, roles, publics, outlets, states, ladder, acts, instruments.

use super::cast::{audience, ids_are_plain, languages, public_ids};
use super::parts::Parts;
use super::{ACT, COUNTRY, Checker, INSTRUMENT, ISSUE, ROLE, Register, STATE, Segments, join, unknown};
use crate::model::calendar::{Calendar, CalendarError, TradingWeek};
use crate::scenario::world_file::{PublicChange, Rung, State};
use crate::text::{Place, Problem, Value};
use crate::units::Probability;
use std::collections::BTreeMap;

/// How far a sum of shares may exceed 1, or role shares differ from it: shares are rounded to three digits.
const ROUNDING: f64 = 1e-3;
/// Levels of a ministry at the most.
const MOST_LEVELS: u64 = 20;
/// Instruments that one decision uses, at the most.
const MOST_INSTRUMENTS: u64 = 100;

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    countries(checker, parts);
    roles(checker, parts);
    publics(checker, parts);
    framing(checker, parts);
    outlets(checker, parts);
    states(checker, parts);
    dyads(checker, parts);
    ladder(checker, parts);
    acts(checker, parts);
}

fn countries(checker: &mut Checker<'_>, parts: &Parts) {
    for (id, country) in &parts.countries {
        let at: Segments<'_> = &["countries", id];
        time_zone(checker, &country.time_zone, &join(at, "time_zone"));
        for language in
            country.national.iter().filter(|language| !country.languages.contains_key(&***language))
        {
            let known: Vec<&str> = country.languages.keys().map(String::as_str).collect();
            let problem = Problem::new(language.place(), format!("countries.{id}.national"), "");
            checker.report(unknown(problem, "language of the country", language, &known));
        }
    }
}

pub(super) fn time_zone(checker: &mut Checker<'_>, name: &str, at: Segments<'_>) {
    if let Err(error) = Calendar::new(name, &["09:00-17:00"], TradingWeek::MondayFriday, &[] as &[&str]) {
        report_calendar(checker, &error, at);
    }
}

fn roles(checker: &mut Checker<'_>, parts: &Parts) {
    let is_complete = parts.roles.len() == checker.ids(ROLE).len();
    let sum: f64 = parts.roles.values().map(|role| role.share.get().get()).sum();
    if is_complete && (sum - 1.0).abs() > ROUNDING {
        let message = format!("the shares of the roles sum to {}, not to 1", rounded(sum));
        checker.report(checker.at_key(&["roles"], message));
    }
}

fn publics(checker: &mut Checker<'_>, parts: &Parts) {
    for (id, public) in &parts.publics {
        let at: Segments<'_> = &["publics", id];
        if let Some(role) = &public.role {
            checker.refer(ROLE, role, &join(at, "role"));
        }
        if let Some(country) = &public.country {
            checker.refer(COUNTRY, country, &join(at, "country"));
        }
        if let Some(country) = &public.allegiance {
            checker.refer(COUNTRY, country, &join(at, "allegiance"));
        }
        if !is_of_country_and_role(checker, id) {
            complete(checker, public, at);
        }
        // Stances on issues of other scenarios are no mistake of this one, unless it states them itself.
        for issue in public.stance.keys().filter(|issue| !checker.knows(ISSUE, issue)).collect::<Vec<_>>() {
            let problem = checker.at_key(&["publics", id, "stance", issue], String::new());
            if problem.place.source == checker.scenario.place.source {
                let issues = checker.ids(ISSUE);
                checker.report(unknown(problem, "issue", issue, &issues));
            }
        }
    }
}

/// Whether `id` is the public of a country and a role.
fn is_of_country_and_role(checker: &Checker<'_>, id: &str) -> bool {
    id.match_indices('-')
        .any(|(dash, _)| checker.knows(COUNTRY, &id[..dash]) && checker.knows(ROLE, &id[dash + 1..]))
}

/// A new public says who it is.
fn complete(checker: &mut Checker<'_>, public: &PublicChange, at: Segments<'_>) {
    let needed = [
        ("role", public.role.is_some()),
        ("country", public.country.is_some()),
        ("users", public.users.is_some()),
    ];
    for (key, _) in needed.into_iter().filter(|(_, is_there)| !is_there) {
        let message = format!("the new public `{}` has no `{key}`", at[1]);
        let hint =
            "a public that is not of a country and a role of the world needs `role`, `country` and `users`";
        checker.report(checker.at_key(at, message).hint(hint));
    }
}

fn outlets(checker: &mut Checker<'_>, parts: &Parts) {
    for (id, outlet) in &parts.outlets {
        let at: Segments<'_> = &["outlets", id];
        checker.refer(COUNTRY, &outlet.country, &join(at, "country"));
        audience(checker, parts, *outlet.followers, &outlet.audience, (at, "audience"));
        languages(
            checker,
            parts,
            outlet.languages.iter().map(|language| &***language),
            &join(at, "languages"),
        );
    }
}

fn states(checker: &mut Checker<'_>, parts: &Parts) {
    ids_are_plain(checker, STATE);
    for (id, state) in &parts.states {
        let at: Segments<'_> = &["states", id];
        checker.refer(COUNTRY, &state.country, &join(at, "country"));
        audience(checker, parts, state.voice_followers, &state.voice_audience, (at, "voice_audience"));
        languages(checker, parts, state.monitors.keys().map(String::as_str), &join(at, "monitors"));
        languages(checker, parts, state.voice_languages.iter().map(|l| &***l), &join(at, "voice_languages"));
        institution(checker, id, state, at);
        for instrument in &state.instruments {
            refer_item(checker, INSTRUMENT, instrument, instrument.place(), &join(at, "instruments"));
        }
    }
}

/// Levels, staff and parent of a state.
fn institution(checker: &mut Checker<'_>, id: &str, state: &State, at: Segments<'_>) {
    if !(1..=MOST_LEVELS).contains(&*state.levels) {
        let problem = checker.at(&join(at, "levels"), format!("`levels` can't be `{}`", *state.levels));
        checker.report(problem.allowed(format!("1 to {MOST_LEVELS}")));
    }
    if state.staff.get().get() <= 0.0 {
        let problem = checker.at(&join(at, "staff"), "a state without staff would never hear");
        checker.report(problem.hint("leave `monitors` empty for a state that watches nothing"));
    }
    if let Some(parent) = &state.parent {
        checker.refer(STATE, parent, &join(at, "parent"));
        if **parent == id {
            checker.report(checker.at(&join(at, "parent"), format!("`{id}` is not a part of itself")));
        }
    }
}

/// Checks that an element of the list at a path is in a register.
pub(super) fn refer_item(
    checker: &mut Checker<'_>,
    register: Register,
    id: &str,
    place: Place,
    at: Segments<'_>,
) {
    if !checker.knows(register, id) {
        let problem = Problem { place, ..checker.at(at, String::new()) };
        let ids = checker.ids(register);
        checker.report(unknown(problem, register.0, id, &ids));
    }
}

fn dyads(checker: &mut Checker<'_>, parts: &Parts) {
    for id in parts.dyads.keys() {
        let pair = states_of(checker, id);
        if pair.is_none_or(|(from, to)| from == to) {
            let states = checker.ids(STATE);
            let problem = checker.at_key(&["dyads", id], format!("`{id}` is not a dyad of two states"));
            let hint = "write the ids of two different states with a hyphen, such as `SA-CA`";
            checker.report(problem.allowed(format!("pairs of {}", crate::text::list(states))).hint(hint));
        }
    }
    for (id, dyad) in &parts.dyads {
        for instrument in &dyad.exempt {
            refer_item(checker, INSTRUMENT, instrument, instrument.place(), &["dyads", id, "exempt"]);
        }
    }
}

/// The two states of a dyad's id.
pub(super) fn states_of<'a>(checker: &Checker<'_>, id: &'a str) -> Option<(&'a str, &'a str)> {
    id.match_indices('-')
        .map(|(dash, _)| (&id[..dash], &id[dash + 1..]))
        .find(|(from, to)| checker.knows(STATE, from) && checker.knows(STATE, to))
}

fn ladder(checker: &mut Checker<'_>, parts: &Parts) {
    let Some(ladder) = &parts.ladder else { return };
    if ladder.rungs.is_empty() {
        checker.report(checker.at(&["ladder", "rungs"], "the ladder has no rungs"));
    }
    let mut highest: Option<(&Rung, f64)> = None;
    for (index, rung) in ladder.rungs.iter().enumerate() {
        let at: Segments<'_> = &["ladder", "rungs", &rung.id];
        if ladder.rungs[..index].iter().any(|other| *other.id == *rung.id) {
            let problem = Problem {
                place: rung.id.place(),
                ..checker.at(at, format!("two rungs are called `{}`", &*rung.id))
            };
            checker.report(problem);
        }
        match (&rung.threshold, index) {
            (Some(_), 0) => {
                let message = format!("the first rung `{}` has a threshold", &*rung.id);
                let hint = "the first rung is no response at all: every decision reaches it";
                checker.report(checker.at(&join(at, "threshold"), message).hint(hint));
            }
            (None, 1..) => {
                checker.report(checker.at(at, format!("the rung `{}` has no threshold", &*rung.id)));
            }
            (Some(threshold), _) => {
                if let Some((below, value)) = highest.filter(|(_, value)| *value >= threshold.value) {
                    let message = format!(
                        "the threshold {} of `{}` is not above that of `{}`, {value}",
                        threshold.value, &*rung.id, &*below.id
                    );
                    let hint = "thresholds ascend with the rungs";
                    checker.report(checker.at(&join(at, "threshold"), message).hint(hint));
                }
                highest = Some((rung, threshold.value));
            }
            (None, 0) => {}
        }
        if let Some(package) = &rung.package
            && !matches!(package.as_slice(), [least, most] if least <= most && *most <= MOST_INSTRUMENTS)
        {
            let problem =
                checker.at(&join(at, "package"), format!("`package` can't be `{:?}`", package.get()));
            checker
                .report(problem.allowed("two whole numbers up to 100, the smaller first, such as `[1, 3]`"));
        }
    }
}

/// Checks that `id`, which is the value at a path, is a rung.
pub(super) fn refer_rung(checker: &mut Checker<'_>, parts: &Parts, id: &str, at: Segments<'_>) {
    let Some(ladder) = &parts.ladder else { return };
    let rungs: Vec<&str> = ladder.rungs.iter().map(|rung| rung.id.as_str()).collect();
    if !rungs.contains(&id) {
        checker.report(unknown(checker.at(at, String::new()), "rung", id, &rungs));
    }
}

fn acts(checker: &mut Checker<'_>, parts: &Parts) {
    for (id, code) in &parts.codes {
        let at: Segments<'_> = &["acts", id];
        if let Some(rung) = &code.rung {
            refer_rung(checker, parts, rung, &join(at, "rung"));
        }
        if let Some(harsher) = &code.heard_as {
            checker.refer(ACT, harsher, &join(at, "heard_as"));
            if parts.codes.get(&**harsher).is_some_and(|other| other.weight > code.weight) {
                let message = format!("`{id}` can be heard as `{}`, which is milder", &**harsher);
                checker.report(checker.at(&join(at, "heard_as"), message).allowed("a code of lower weight"));
            }
        }
    }
    for (id, instrument) in &parts.instruments {
        let at: Segments<'_> = &["instruments", id];
        checker.refer(ACT, &instrument.act, &join(at, "act"));
        refer_rung(checker, parts, &instrument.rung, &join(at, "rung"));
    }
}

/// Reports a fault of a calendar, whose text carries its own hint.
pub(super) fn report_calendar(checker: &mut Checker<'_>, error: &CalendarError, at: Segments<'_>) {
    let text = error.to_string();
    let (message, hint) = text.split_once("\n\nhint: ").unwrap_or((&text, ""));
    let problem = checker.at(at, message);
    checker.report(if hint.is_empty() { problem } else { problem.hint(hint) });
}

/// Checks that shares of one whole sum to at most 1.
pub(super) fn at_most_one(
    checker: &mut Checker<'_>,
    shares: &BTreeMap<String, Probability>,
    at: Segments<'_>,
) {
    let sum: f64 = shares.values().map(|share| share.get()).sum();
    if sum > 1.0 + ROUNDING {
        checker
            .report(checker.at_key(at, format!("the shares sum to {}", rounded(sum))).allowed("at most 1"));
    }
}

/// The number with four digits after the point at the most.
pub(super) fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

/// Weights of framing belong to roles or publics that exist.
fn framing(checker: &mut Checker<'_>, parts: &Parts) {
    let at: Segments<'_> = &["dispositions", "framing", "publics"];
    let table = checker.node(at).and_then(Value::as_table);
    let keys: Vec<&str> = table.into_iter().flat_map(|table| table.keys().map(String::as_str)).collect();
    let known: Vec<String> =
        checker.ids(ROLE).into_iter().map(str::to_owned).chain(public_ids(checker, parts)).collect();
    for key in keys.into_iter().filter(|key| !known.iter().any(|known| known == key)) {
        let ids: Vec<&str> = known.iter().map(String::as_str).collect();
        let problem = checker.at_key(&join(at, key), String::new());
        checker.report(unknown(problem, "role or public", key, &ids));
    }
}

/// Ids that an audience may name: countries and publics.
pub(super) fn audience_ids(parts: &Parts, checker: &Checker<'_>) -> Vec<String> {
    checker.ids(COUNTRY).into_iter().map(str::to_owned).chain(public_ids(checker, parts)).collect()
}
