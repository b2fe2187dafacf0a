//! Whether scenario and world hold together: references, sums, orders, times.
//!
//! The checks look at whatever could be read, so that they find their problems also in files that have others: an entry
//! that is wrong in itself is left out here, but still counts as known where others refer to it.

mod cast;
mod cycles;
mod events;
mod exchanges;
mod outcomes;
mod parts;
mod places;
mod platform;
mod society;

use crate::text::{Path, Place, Problem, Problems, Value, list, nearest};
use parts::Parts;
use std::collections::BTreeMap;

/// What the checks found.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// What is wrong.
    pub(super) problems: Problems,
    /// What is odd.
    pub(super) warnings: Problems,
}

/// Checks the trees of a scenario and its world.
pub(super) fn check(scenario: &Value, world: &Value) -> Findings {
    let mut checker = Checker { scenario, world, findings: Findings::default() };
    let parts = Parts::read(scenario, world);
    places::check(&mut checker, &parts);
    cast::check(&mut checker, &parts);
    exchanges::check(&mut checker, &parts);
    events::check(&mut checker, &parts);
    platform::check(&mut checker, &parts);
    society::check(&mut checker, &parts);
    cycles::check(&mut checker, &parts);
    outcomes::check(&mut checker, &parts);
    checker.findings
}

/// Knows the trees and collects findings.
struct Checker<'a> {
    scenario: &'a Value,
    world: &'a Value,
    findings: Findings,
}

/// Something in the trees, by the segments of its path.
type Segments<'a> = &'a [&'a str];

/// A kind of thing that has ids: its name in messages and the path of its table.
#[derive(Debug, Clone, Copy)]
struct Register(&'static str, Segments<'static>);

const COUNTRY: Register = Register("country", &["countries"]);
const ROLE: Register = Register("role", &["roles"]);
const STATE: Register = Register("state", &["states"]);
const ACT: Register = Register("act code", &["acts"]);
const INSTRUMENT: Register = Register("instrument", &["instruments"]);
const OUTLET: Register = Register("outlet", &["outlets"]);
const MARKET: Register = Register("market", &["markets"]);
const VOLATILITY: Register = Register("volatility index", &["volatility_indices"]);
const DYAD: Register = Register("dyad", &["dyads"]);
const ACCOUNT: Register = Register("account", &["accounts"]);
const ISSUE: Register = Register("issue", &["issues"]);
const MESSAGE: Register = Register("message", &["events", "messages"]);
const OFFLINE: Register = Register("event outside the platform", &["events", "offline"]);
const RECOGNITION: Register = Register("recognition", &["events", "recognitions"]);
const MOBILISATION: Register = Register("mobilisation", &["events", "mobilisations"]);
const RATIO: Register = Register("ratio", &["outcomes", "ratios"]);

impl<'a> Checker<'a> {
    /// The node at a path of either tree.
    fn node(&self, segments: Segments<'_>) -> Option<&'a Value> {
        let path: Path = segments.iter().copied().collect();
        path.find(self.scenario).or_else(|| path.find(self.world))
    }

    /// Where the value at a path stands, or the nearest thing above it.
    fn place(&self, segments: Segments<'_>) -> Place {
        (0..=segments.len())
            .rev()
            .filter_map(|depth| self.node(&segments[..depth]))
            .map(|node| node.place)
            .find(|place| *place != Place::NOWHERE)
            .unwrap_or(Place::NOWHERE)
    }

    /// Where the key at a path stands.
    fn key_place(&self, segments: Segments<'_>) -> Place {
        let entry = segments
            .split_last()
            .and_then(|(key, parents)| self.node(parents)?.as_table()?.get(*key))
            .map(|entry| entry.key);
        entry.unwrap_or_else(|| self.place(segments))
    }

    /// A problem with the value at a path.
    fn at(&self, segments: Segments<'_>, message: impl Into<String>) -> Problem {
        Problem::new(self.place(segments), path_text(segments), message)
    }

    /// A problem with the key at a path.
    fn at_key(&self, segments: Segments<'_>, message: impl Into<String>) -> Problem {
        Problem::new(self.key_place(segments), path_text(segments), message)
    }

    /// Notes what is wrong.
    fn report(&mut self, problem: Problem) {
        self.findings.problems.push(problem);
    }

    /// Notes what is odd.
    fn warn(&mut self, problem: Problem) {
        self.findings.warnings.push(problem);
    }

    /// Ids in a register, also of entries that are wrong in themselves.
    fn ids(&self, register: Register) -> Vec<&'a str> {
        let table = self.node(register.1).and_then(Value::as_table);
        table.map(|table| table.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    /// Whether a register has `id`.
    fn knows(&self, register: Register, id: &str) -> bool {
        self.node(register.1).is_some_and(|table| table.get(id).is_some())
    }

    /// Checks that `id`, which is the value at a path, is in a register.
    fn refer(&mut self, register: Register, id: &str, segments: Segments<'_>) {
        if !self.knows(register, id) {
            let problem = self.at(segments, String::new());
            let ids = self.ids(register);
            self.report(unknown(problem, register.0, id, &ids));
        }
    }

    /// Checks that all keys of the table at a path are in a register.
    fn refer_keys<T>(&mut self, register: Register, table: &BTreeMap<String, T>, segments: Segments<'_>) {
        for key in table.keys().filter(|key| !self.knows(register, key)).collect::<Vec<_>>() {
            let problem = self.at_key(&join(segments, key), String::new());
            let ids = self.ids(register);
            self.report(unknown(problem, register.0, key, &ids));
        }
    }
}

/// The problem of an id that is none of `ids`.
fn unknown(problem: Problem, what: &str, id: &str, ids: &[&str]) -> Problem {
    let message = format!("unknown {what} `{id}`");
    Problem { message, ..problem }
        .allowed(list(ids.iter().copied()))
        .did_you_mean(nearest(id, ids.iter().copied()))
}

/// A path and one more segment.
fn join<'a>(segments: Segments<'a>, last: &'a str) -> Vec<&'a str> {
    segments.iter().copied().chain([last]).collect()
}

fn path_text(segments: Segments<'_>) -> String {
    segments.iter().copied().collect::<Path>().to_string()
}
