//! What is measured between states: acts on the ladder and tension.

use super::layout::Columns;
use crate::model::event::{Act, Cause};
use crate::model::ids::StateId;
use crate::model::outcome::{OutcomeKind, SeriesGroup, Unit};
use crate::model::setting::{Issue, Setting};
use crate::model::world::World;
use crate::units::SimTime;

/// Directed pairs that are measured: both directions between the two sides of each issue, and between author and target of each
/// message, in the order of first mention.
pub(super) fn pairs(setting: &Setting) -> Vec<(StateId, StateId)> {
    let issues =
        setting.issues.iter().filter_map(Issue::sides).map(|[positive, negative]| (negative, positive));
    let messages = setting.script.messages.iter().filter_map(|message| {
        let author = setting.voices[message.voice.idx()].state?;
        Some((message.target?, author))
    });
    let mut pairs = Vec::new();
    for (from, to) in issues.chain(messages) {
        for pair in [(from, to), (to, from)] {
            if from != to && !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    pairs
}

fn name((from, to): (StateId, StateId), setting: &Setting) -> String {
    format!("{}-{}", setting.states[from.idx()].id, setting.states[to.idx()].id)
}

pub(super) fn describe(setting: &Setting, columns: &mut Columns) {
    use OutcomeKind::{Continuous, Discrete, YesNo};
    for pair in pairs(setting) {
        let dyad = name(pair, setting);
        let (from, to) = (&setting.states[pair.0.idx()].id, &setting.states[pair.1.idx()].id);
        let towards = format!("of {from} towards {to}");
        let mut add = |name: &str, unit, kind, text: String| {
            columns.outcome(format!("dyad.{dyad}.{name}"), unit, kind, text);
        };
        add("acted", Unit::YesNo, YesNo, format!("any act {towards} beside those on record"));
        add("acts", Unit::Count, Discrete, format!("number of acts {towards} beside those on record"));
        add(
            "peak_rung",
            Unit::Rung,
            Discrete,
            format!("highest rung of the acts {towards} beside those on record"),
        );
        add("goldstein_min", Unit::Goldstein, Discrete, format!("lowest weight of an act {towards}"));
        add(
            "goldstein_sum",
            Unit::Goldstein,
            Continuous,
            format!("sum of the weights of the acts {towards}"),
        );
        add(
            "first_act_hours",
            Unit::Hours,
            Continuous,
            format!("time from the message of reference to the first act {towards} after it"),
        );
        add(
            "last_tension",
            Unit::Tension,
            Continuous,
            format!("tension {towards} right after it last changed"),
        );
        add(
            "inferred_intent",
            Unit::Goldstein,
            Continuous,
            format!(
                "what {from} took {to} to intend, its voices weighed: mean over the messages it thought about"
            ),
        );
        add(
            "intent_spread",
            Unit::Goldstein,
            Continuous,
            format!(
                "standard deviation of what {from} took {to} to intend, mean over the messages it thought about"
            ),
        );
        add(
            "way_out",
            Unit::YesNo,
            YesNo,
            format!("{from} offered {to} a way out: a conciliatory act beside those on record"),
        );
        add("restored", Unit::YesNo, YesNo, format!("{from} restored relations with {to} that it had cut"));
        for (idx, rung) in setting.ladder.iter().enumerate().skip(1) {
            add(
                &format!("reached_{}", rung.id.replace('-', "_")),
                Unit::YesNo,
                YesNo,
                format!("acts {towards} reached rung {idx}, `{}`", rung.id),
            );
        }
        let country = |state: StateId| &setting.countries[setting.states[state.idx()].country.idx()].name;
        let label = format!("{} → {}", country(pair.0), country(pair.1));
        columns.series(format!("dyad.{dyad}.tension"), label.clone(), Unit::Tension, SeriesGroup::Tension);
        columns.series(format!("dyad.{dyad}.rung"), label, Unit::Rung, SeriesGroup::Rung);
    }
}

fn acts<'w>((from, to): (StateId, StateId), world: &'w World<'_>) -> impl Iterator<Item = &'w Act> {
    world.acts.iter().filter(move |act| act.actor == from && act.target == to)
}

pub(super) fn series(world: &World<'_>, pairs: &[(StateId, StateId)], end: SimTime, row: &mut Vec<f32>) {
    for &(from, to) in pairs {
        let relation = &world.relations[world.setting.dyad_idx(from, to)];
        row.push(relation.tension.value(end) as f32);
        row.push(f32::from(relation.peak.0));
    }
}

pub(super) fn scalars(world: &World<'_>, pairs: &[(StateId, StateId)], scalars: &mut Vec<f64>) {
    for &pair in pairs {
        let relation = &world.relations[world.setting.dyad_idx(pair.0, pair.1)];
        let weight = |act: &Act| world.setting.codes[act.code.idx()].weight.get();
        let chosen = acts(pair, world).filter(|act| !matches!(act.cause, Cause::Script(_))).count();
        let first = acts(pair, world).find(|act| act.time >= world.setting.reference);
        let lowest = acts(pair, world).map(weight).reduce(f64::min);
        scalars.extend([f64::from(u8::from(chosen > 0)), chosen as f64, f64::from(relation.peak.0)]);
        scalars.push(lowest.unwrap_or(f64::NAN));
        scalars.push(acts(pair, world).map(weight).sum());
        scalars.push(first.map_or(f64::NAN, |act| act.time.since(world.setting.reference).as_hours()));
        scalars.push(relation.tension.last_value());
        let dyad = world.setting.dyad_idx(pair.0, pair.1);
        let readings = || world.readings.iter().filter(|(read, ..)| *read == dyad).map(|(.., intent)| intent);
        // NaN where there was none.
        let n = readings().count() as f64;
        scalars.push(readings().map(|intent| intent.weight).sum::<f64>() / n);
        scalars.push(readings().map(|intent| intent.spread).sum::<f64>() / n);
        let is_way_out = |act: &Act| weight(act) > 0.0 && matches!(act.cause, Cause::Message(_));
        scalars.push(f64::from(u8::from(acts(pair, world).any(is_way_out))));
        scalars.push(f64::from(u8::from(world.restored.iter().any(|(restored, _)| *restored == dyad))));
        let reached =
            (1..world.setting.ladder.len()).map(|rung| f64::from(u8::from(relation.peak.idx() >= rung)));
        scalars.extend(reached);
    }
}
