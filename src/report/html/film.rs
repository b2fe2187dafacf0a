//! One run as JSON for the replay.

use crate::model::outcome::{Layout, OutcomeKind, SeriesGroup, Unit};
use crate::model::timeline::TimelineEntry;
use crate::report::html::stage::rounded;
use crate::report::human;
use crate::simulation::Simulation;
use crate::simulation::film::{Film, FilmedMessage};
use crate::units::SimTime;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Shares of one message that are drawn, at the most; of more, every second, third and so on, with those from whom they were shared.
const MOST_NODES: usize = 2_500;

/// The run for the scripts of a page: times in seconds since the start.
///
/// `{run, outcomes: {ID: text}, entries: [{t, kind, id, actor, text, cause}], messages: [{id, kind, handle, home, target, text,
/// languages, deleted, reach, shares, drawn, of, t, parent, public, frame}], acts: [{t, actor, target, rung, weight, text}],
/// bins, series: {ID: values by bin}}`; the lists of a message hold one number a share, the times each the difference to the one before,
/// a public of −1 is a named account.
pub fn json(film: &Film, simulation: &Simulation) -> Value {
    let layout = simulation.layout();
    json!({
        "run": film.outcome.run,
        "outcomes": outcomes(film, layout),
        "entries": entries(&film.entries),
        "messages": film.messages.iter().map(|message| of_message(message, simulation)).collect::<Vec<_>>(),
        "acts": acts(film, layout),
        "bins": layout.bins.iter().map(|&end| seconds(end)).collect::<Vec<_>>(),
        "series": series(film, layout),
    })
}

/// The outcomes for people, by id.
fn outcomes(film: &Film, layout: &Layout) -> Value {
    let mut found = Map::new();
    for (spec, &value) in layout.outcomes.iter().zip(&film.outcome.scalars) {
        let text = match spec.kind {
            _ if value.is_nan() => human::NOTHING.to_owned(),
            OutcomeKind::YesNo => if value == 0.0 { "no" } else { "yes" }.to_owned(),
            _ if spec.unit == Unit::Rung => {
                let name = layout.rungs.get(value as usize).map_or("", |(_, name)| name);
                format!("{value:.0} ({name})")
            }
            _ => human::value(spec.unit, value),
        };
        found.insert(spec.id.clone(), text.into());
    }
    found.into()
}

fn entries(entries: &[TimelineEntry]) -> Vec<Value> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut found = Vec::with_capacity(entries.len());
    for (position, entry) in entries.iter().enumerate() {
        found.push(json!({
            "t": seconds(entry.time),
            "kind": entry.kind.name(),
            "id": entry.id,
            "actor": entry.actor,
            "text": entry.text,
            "cause": entry.cause.as_deref().and_then(|cause| known.get(cause)),
        }));
        known.entry(&entry.id).or_insert(position);
    }
    found
}

fn of_message(message: &FilmedMessage, simulation: &Simulation) -> Value {
    let setting = simulation.setting();
    let kept = kept(message);
    let place: BTreeMap<usize, usize> = kept.iter().enumerate().map(|(new, &old)| (old, new)).collect();
    let (mut times, mut parents, mut publics, mut frames) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut before = 0;
    for &node in &kept {
        let share = message.nodes[node];
        let time = seconds(share.time);
        times.push(time - before);
        before = time;
        parents.push(place.get(&(share.parent as usize)).copied().unwrap_or(0));
        publics.push(share.public.map_or(-1, |public| public.idx() as i64));
        frames.push(share.frame.idx());
    }
    json!({
        "id": message.id,
        "kind": message.kind.name(),
        "handle": message.handle,
        "home": message.home.map(|country| &setting.countries[country.idx()].code),
        "target": message.target.map(|state| &setting.states[state.idx()].id),
        "text": message.text,
        "languages": message.languages,
        "deleted": message.deleted.map(seconds),
        "reach": human::value(Unit::People, message.reach),
        "shares": human::value(Unit::Shares, message.shares),
        "drawn": kept.len(),
        "of": message.nodes.len(),
        "t": times,
        "parent": parents,
        "public": publics,
        "frame": frames,
    })
}

/// Positions of the nodes that are drawn, ascending: every k-th, and all from whom these were shared.
fn kept(message: &FilmedMessage) -> Vec<usize> {
    let n = message.nodes.len();
    let step = n.div_ceil(MOST_NODES).max(1);
    let mut is_kept: Vec<bool> = (0..n).map(|node| node % step == 0).collect();
    for node in (0..n).rev() {
        if is_kept[node] {
            is_kept[message.nodes[node].parent as usize] = true;
        }
    }
    (0..n).filter(|&node| is_kept[node]).collect()
}

fn acts(film: &Film, layout: &Layout) -> Vec<Value> {
    // What is done on the platform is told by the entries; ladders show what states do.
    let acts = film.outcome.acts.iter().filter(|act| act.is_diplomatic()).map(|act| {
        let plain = || layout.codes.get(usize::from(act.code)).map_or("", |(_, name)| name);
        let tool = act.instrument.and_then(|tool| layout.instruments.get(usize::from(tool)));
        json!({
            "t": seconds(act.time),
            "actor": layout.states[usize::from(act.actor)],
            "target": layout.states[usize::from(act.target)],
            "rung": act.rung,
            "weight": act.weight.get(),
            "text": tool.map_or_else(plain, |(_, name)| name),
            "cause": act.cause,
        })
    });
    acts.collect()
}

/// What the panels of the replay show, by id.
fn series(film: &Film, layout: &Layout) -> Value {
    let n_bins = layout.bins.len();
    let mut found = Map::new();
    for (index, spec) in layout.series.iter().enumerate() {
        let is_shown = match spec.group {
            SeriesGroup::Price | SeriesGroup::Tension | SeriesGroup::Volatility | SeriesGroup::Shares => true,
            SeriesGroup::Reach | SeriesGroup::Rung | SeriesGroup::Recognised | SeriesGroup::Arrivals => false,
        };
        if let Some(values) =
            film.outcome.series.get(index * n_bins..(index + 1) * n_bins).filter(|_| is_shown)
        {
            let values: Vec<Value> = values.iter().map(|&value| rounded(f64::from(value))).collect();
            found.insert(spec.id.clone(), values.into());
        }
    }
    found.into()
}

/// Whole seconds since the start.
fn seconds(time: SimTime) -> i64 {
    time.as_ms().div_euclid(1000)
}
