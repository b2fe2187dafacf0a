//! States, ladder, instruments, issues and the script.

use super::{BuildError, Names, at_most, find, position};
use crate::engine::streams::key_of;
use crate::model::ids::{CodeId, CountryId, InstrumentId, IssueId, RungId, ScriptId, StateId, VoiceId};
use crate::model::setting::{
    Asked, Code, Dyad, Instrument, Issue, Ratio, Rung, Script, ScriptAct, ScriptMessage, ScriptOffline,
    Shock, State, When,
};
use crate::scenario::Scenario;
use crate::scenario::file::{ForcedAct, Message, Trigger};
use crate::scenario::world_file;
use crate::units::{NonNegative, Probability, SimTime, UtcTime};
use std::collections::BTreeMap;

pub(super) fn states(scenario: &Scenario, names: &Names) -> Result<Vec<State>, BuildError> {
    at_most("states", names.states.len(), 1000)?;
    let build = |(idx, id): (usize, &String)| {
        let unresolved = || BuildError::Unresolved { what: "states", name: id.clone() };
        let state = scenario.world.states.get(id).ok_or_else(unresolved)?;
        let kept = kept_up(scenario, &state.monitors, state.monitored_languages);
        let share = |language: &String| {
            let monitored = state.monitors.get(language).filter(|_| kept.contains(&language.as_str()));
            monitored.copied().map_or(0.0, Probability::get)
        };
        let instrument = |name: &crate::text::Spanned<String>| {
            find("instruments", &names.instruments, name).map(InstrumentId::new)
        };
        Ok(State {
            id: id.clone(),
            key: key_of(id),
            country: CountryId::new(find("countries", &names.countries, &state.country)?),
            monitors: names.languages.iter().map(share).collect(),
            parent: state
                .parent
                .as_ref()
                .and_then(|parent| position(&names.states, parent))
                .map(StateId::new),
            staff: state.staff.get().get(),
            early_warning: state.early_warning.get(),
            platform_review: state.platform_review.get(),
            crowd_review: state.crowd_review.get(),
            knowledge_base: state.knowledge_base.get(),
            discretion: state.discretion.get(),
            decision: state.decision.value,
            levels: *state.levels as u32,
            bypass: state.bypass.get(),
            propensity: state.propensity.value,
            voice: VoiceId::new(names.n_scenario_accounts + idx),
            voice_languages: names.language_set(state.voice_languages.iter().map(|language| &**language)),
            instruments: state.instruments.iter().map(instrument).collect::<Result<_, _>>()?,
        })
    };
    names.states.iter().enumerate().map(build).collect()
}

/// The `n` languages of `monitors` with most readers on the platform, all if `n` is absent; of equals, the first by code.
fn kept_up<'a>(
    scenario: &Scenario,
    monitors: &'a BTreeMap<String, Probability>,
    n: Option<u64>,
) -> Vec<&'a str> {
    let readers = |language: &str| -> f64 {
        let countries = scenario.world.countries.values();
        let of = |country: &world_file::Country| {
            *country.users as f64 * country.languages.get(language).map_or(0.0, |share| share.get())
        };
        countries.map(of).sum()
    };
    let mut languages: Vec<&str> = monitors.keys().map(String::as_str).collect();
    languages.sort_by(|first, second| readers(second).total_cmp(&readers(first)));
    languages.truncate(n.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX)));
    languages
}

pub(super) fn dyads(scenario: &Scenario, names: &Names) -> Result<Vec<Dyad>, BuildError> {
    let mut dyads = Vec::with_capacity(names.states.len().pow(2));
    for from in &names.states {
        for to in &names.states {
            let Some(dyad) = scenario.world.dyads.get(&format!("{from}-{to}")) else {
                let alignment = if from == to { 1.0 } else { 0.0 };
                dyads.push(Dyad { alignment, ..Dyad::default() });
                continue;
            };
            let exempt = dyad
                .exempt
                .iter()
                .map(|name| find("instruments", &names.instruments, name).map(InstrumentId::new));
            dyads.push(Dyad {
                alignment: dyad.alignment.get(),
                dependence: dyad.dependence.get(),
                tension: dyad.tension.get(),
                hotline: dyad.hotline.get(),
                exempt: exempt.collect::<Result<_, _>>()?,
            });
        }
    }
    Ok(dyads)
}

pub(super) fn ladder(scenario: &Scenario) -> Vec<Rung> {
    let rung = |rung: &world_file::Rung| Rung {
        id: rung.id.to_string(),
        name: rung.name.clone(),
        sphere: rung.sphere,
        threshold: rung.threshold.as_ref().map_or(f64::NEG_INFINITY, |threshold| threshold.value),
        package: rung.package.as_ref().and_then(|package| match package[..] {
            [least, most] => Some((least as u32, most as u32)),
            _ => None,
        }),
    };
    scenario.world.ladder.rungs.iter().map(rung).collect()
}

fn rung(names: &Names, name: &str) -> Result<RungId, BuildError> {
    Ok(RungId(find("rungs", &names.rungs, name)? as u8))
}

pub(super) fn code(names: &Names, name: &str) -> Result<CodeId, BuildError> {
    Ok(CodeId::new(find("acts", &names.codes, name)?))
}

pub(super) fn state(names: &Names, name: &str) -> Result<StateId, BuildError> {
    Ok(StateId::new(find("states", &names.states, name)?))
}

pub(super) fn issue(names: &Names, name: &str) -> Result<IssueId, BuildError> {
    Ok(IssueId::new(find("issues", &names.issues, name)?))
}

pub(super) fn message(names: &Names, name: &str) -> Result<ScriptId, BuildError> {
    Ok(ScriptId::new(find("messages", &names.messages, name)?))
}

pub(super) fn shares(
    names: &Names,
    by_country: impl Iterator<Item = (String, f64)>,
) -> Result<Vec<(CountryId, f64)>, BuildError> {
    by_country
        .map(|(name, share)| Ok((CountryId::new(find("countries", &names.countries, &name)?), share)))
        .collect()
}

pub(super) fn codes(scenario: &Scenario, names: &Names) -> Result<Vec<Code>, BuildError> {
    at_most("rungs", names.rungs.len(), usize::from(u8::MAX))?;
    let build = |(id, act): (&String, &world_file::ActCode)| {
        Ok(Code {
            code: id.clone(),
            name: act.name.clone(),
            weight: act.weight,
            rung: act.rung.as_ref().map_or(Ok(RungId::NONE), |name| rung(names, name))?,
            heard_as: act.heard_as.as_ref().map(|name| code(names, name)).transpose()?,
        })
    };
    scenario.world.acts.iter().map(build).collect()
}

pub(super) fn instruments(scenario: &Scenario, names: &Names) -> Result<Vec<Instrument>, BuildError> {
    let build = |(id, instrument): (&String, &world_file::Instrument)| {
        Ok(Instrument {
            id: id.clone(),
            key: key_of(id),
            name: instrument.name.clone(),
            code: code(names, &instrument.act)?,
            rung: rung(names, &instrument.rung)?,
            cost: instrument.cost.get(),
            bite: instrument.bite.get(),
            preparation: instrument.preparation,
        })
    };
    scenario.world.instruments.iter().map(build).collect()
}

pub(super) fn issues(scenario: &Scenario, names: &Names) -> Result<Vec<Issue>, BuildError> {
    let build = |(id, entry): (&String, &crate::scenario::file::Issue)| {
        Ok(Issue {
            id: id.clone(),
            positive: entry.positive.as_ref().map(|name| state(names, name)).transpose()?,
            negative: entry.negative.as_ref().map(|name| state(names, name)).transpose()?,
            hits: shares(
                names,
                entry.hits.iter().map(|(country, severity)| (country.clone(), severity.get())),
            )?,
            stakes: entry.stakes,
            disruption: entry.disruption.get(),
            expected: entry.expected.get(),
        })
    };
    scenario.file.issues.iter().map(build).collect()
}

pub(super) fn script(scenario: &Scenario, names: &Names, start: UtcTime) -> Result<Script, BuildError> {
    let events = &scenario.file.events;
    at_most("messages", events.messages.len(), usize::from(u16::MAX))?;
    let rung_of =
        |act: &ForcedAct| match scenario.world.acts.get(&*act.act).and_then(|entry| entry.rung.as_ref()) {
            Some(name) if act.played => rung(names, name),
            _ => Ok(RungId::NONE),
        };
    let acts = events.acts.iter().map(|(id, act)| {
        Ok(ScriptAct {
            id: id.clone(),
            key: key_of(id),
            actor: state(names, &act.actor)?,
            target: state(names, &act.target)?,
            time: act.time.sim_time(start),
            code: code(names, &act.act)?,
            issue: issue(names, &act.issue)?,
            stage: act.stage,
            follows: act.follows.as_ref().map(|name| message(names, name)).transpose()?,
            rung: rung_of(act)?,
        })
    });
    let offline = events.offline.iter().map(|(id, event)| {
        let pair = |dyad: &String| {
            let unresolved = || BuildError::Unresolved { what: "dyads", name: dyad.clone() };
            let (from, to) = dyad.split_once('-').ok_or_else(unresolved)?;
            Ok((state(names, from)?, state(names, to)?))
        };
        let jump = |(dyad, jump): (&String, &crate::units::NonNegative)| {
            let (from, to) = pair(dyad)?;
            Ok((from, to, jump.get()))
        };
        let line = |(dyad, quality): (&String, &Probability)| {
            let (from, to) = pair(dyad)?;
            Ok((from.idx() * names.states.len() + to.idx(), quality.get()))
        };
        let caution = event.caution.iter().map(|(name, by)| Ok((self::state(names, name)?, by.get())));
        let tension = event.tension.iter().map(jump).collect::<Result<_, BuildError>>()?;
        Ok(ScriptOffline {
            id: id.clone(),
            time: event.time.sim_time(start),
            tension,
            caution: caution.collect::<Result<_, BuildError>>()?,
            lines: event.lines.iter().map(line).collect::<Result<_, BuildError>>()?,
            moves: super::markets::moves(names, &event.moves),
            text: event.text.clone(),
        })
    });
    let messages =
        events.messages.iter().map(|(id, entry)| script_message(id, entry, names, scenario, start));
    Ok(Script {
        messages: messages.collect::<Result<_, BuildError>>()?,
        acts: acts.collect::<Result<_, BuildError>>()?,
        offline: offline.collect::<Result<_, BuildError>>()?,
        platform: super::platform::script(scenario, names, start)?,
        recognitions: super::society::recognitions(scenario, names)?,
        mobilisations: super::society::mobilisations(scenario, names, start)?,
    })
}

fn script_message(
    id: &str,
    entry: &Message,
    names: &Names,
    scenario: &Scenario,
    start: UtcTime,
) -> Result<ScriptMessage, BuildError> {
    let heard_as =
        entry.heard_as.as_ref().or_else(|| scenario.world.acts.get(&*entry.act)?.heard_as.as_ref());
    let when = match (&entry.time, &entry.after) {
        (Some(time), _) => When::At(time.sim_time(start)),
        (None, Some(trigger)) => when(trigger, scenario, names)?,
        (None, None) => return Err(BuildError::Unresolved { what: "times", name: id.to_owned() }),
    };
    Ok(ScriptMessage {
        id: id.to_owned(),
        key: key_of(id),
        voice: VoiceId::new(find("accounts", &names.voices[..names.n_scenario_accounts], &entry.author)?),
        when,
        code: code(names, &entry.act)?,
        heard_as: heard_as.map(|name| code(names, name)).transpose()?,
        target: entry.target.as_ref().map(|name| state(names, name)).transpose()?,
        issue: issue(names, &entry.issue)?,
        languages: names.language_set(entry.language.iter()),
        motive: entry.motive,
        medium: entry.format,
        delivery: entry.delivery,
        moral_words: entry.moral_words.min(50) as u32,
        continues: entry.continues.as_ref().map(|name| message(names, name)).transpose()?,
        deleted_after: entry.deleted_after,
        hijacked: entry.hijacked,
        denies: entry.denies.as_ref().map(|name| message(names, name)).transpose()?,
        stage: entry.stage,
        text: entry.text.clone(),
    })
}

fn when(trigger: &Trigger, scenario: &Scenario, names: &Names) -> Result<When, BuildError> {
    let (delay, probability) = (trigger.delay, trigger.probability.get());
    if let Some(event) = &trigger.event {
        let shock = Shock::Event(super::society::offline(scenario, event)?);
        return Ok(When::AfterShock { shock, delay, probability });
    }
    if let (Some(name), Some(share)) = (&trigger.message, &trigger.misread) {
        let target =
            scenario.file.events.messages.get(name.as_str()).and_then(|message| message.target.as_ref());
        let home = target
            .and_then(|target| scenario.world.states.get(target.as_str()))
            .map(|state| state.country.to_string());
        let country =
            trigger.country.as_ref().map(|country| country.to_string()).or(home).unwrap_or_default();
        let country = CountryId::new(find("countries", &names.countries, &country)?);
        let shock = Shock::Misread { message: message(names, name)?, country, share: share.get() };
        return Ok(When::AfterShock { shock, delay, probability });
    }
    if let Some(name) = &trigger.message {
        let reached = trigger.reached.map_or(0.0, NonNegative::get);
        return Ok(When::AfterMessage { message: message(names, name)?, delay, probability, reached });
    }
    let part = |name: &Option<crate::text::Spanned<String>>| {
        name.as_ref().map_or(String::new(), |name| name.to_string())
    };
    Ok(When::AfterAct {
        actor: state(names, &part(&trigger.actor))?,
        target: state(names, &part(&trigger.target))?,
        rung: rung(names, &part(&trigger.rung))?,
        delay,
        probability,
    })
}

/// What the scenario asks to be measured.
pub(super) fn asked(scenario: &Scenario, names: &Names) -> Result<Asked, BuildError> {
    let outcomes = &scenario.file.outcomes;
    let mut moments = Vec::new();
    for (id, spans) in &*outcomes.share_after {
        let message = message(names, id)?;
        moments.extend(spans.iter().map(|span| (message, **span)));
    }
    let owned = |ids: &[crate::text::Spanned<String>]| ids.iter().map(|id| id.to_string()).collect();
    let ratios = outcomes.ratios.iter();
    let ratios =
        ratios.map(|(id, ratio)| Ratio { id: id.clone(), of: owned(&ratio.of), to: owned(&ratio.to) });
    Ok(Asked { moments, ratios: ratios.collect() })
}

/// When the message of reference is planned: its time, or that of the first message with a time of its own.
pub(super) fn reference(scenario: &Scenario, names: &Names, script: &Script) -> Result<SimTime, BuildError> {
    let planned = |message: &ScriptMessage| match message.when {
        When::At(time) => Some(time),
        When::AfterAct { .. } | When::AfterMessage { .. } | When::AfterShock { .. } => None,
    };
    let first = script.messages.iter().filter_map(planned).min().unwrap_or(SimTime::START);
    let Some(name) = &scenario.file.scenario.reference else { return Ok(first) };
    let chosen = &script.messages[message(names, name)?.idx()];
    Ok(planned(chosen).unwrap_or(first))
}
