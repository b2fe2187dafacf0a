//! Recognitions and mobilisations.

use super::politics::{code, issue, message, state};
use super::{BuildError, Names, at_most, find, position};
use crate::engine::streams::key_of;
use crate::model::ids::{PublicId, ScriptId, StateId};
use crate::model::society::{Member, Mobilisation, Period, Push, Recognition};
use crate::scenario::Scenario;
use crate::scenario::society_file::{self, Recognisers};
use crate::units::{TimeSpan, UtcTime};

pub(super) fn recognitions(scenario: &Scenario, names: &Names) -> Result<Vec<Recognition>, BuildError> {
    let entries = &scenario.file.events.recognitions;
    at_most("recognitions", entries.len(), usize::from(u16::MAX))?;
    entries.iter().map(|(id, entry)| recognition(id, entry, scenario, names)).collect()
}

fn recognition(
    id: &str,
    entry: &society_file::Recognition,
    scenario: &Scenario,
    names: &Names,
) -> Result<Recognition, BuildError> {
    let of = state(names, &entry.of)?;
    let against = entry.against.as_ref().map(|name| state(names, name)).transpose()?;
    let is_member = |idx: &usize| {
        let state = StateId::new(*idx);
        entry.by == Recognisers::States && state != of && Some(state) != against
    };
    let standing = |name: &String| {
        let alignment =
            || scenario.world.dyads.get(&format!("{name}-{}", &*entry.of)).map(|dyad| dyad.alignment);
        entry.standing.get().get(name).copied().or_else(alignment).map_or(0.0, crate::units::Signed::get)
    };
    let states = (0..names.states.len()).filter(is_member).map(|idx| {
        let name = &names.states[idx];
        let (state, standing) = (StateId::new(idx), standing(name));
        Ok(Member { id: name.clone(), key: key_of(name), state, is_platform: false, standing })
    });
    let platforms = entry.platforms.iter().map(|(name, platform)| {
        Ok(Member {
            id: name.clone(),
            key: key_of(&format!("platform:{name}")),
            state: state(names, &platform.home)?,
            is_platform: true,
            standing: platform.standing.get(),
        })
    });
    let members = states.chain(platforms).collect::<Result<Vec<_>, BuildError>>()?;
    at_most("members of a recognition", members.len(), usize::from(u16::MAX))?;
    Ok(Recognition {
        id: id.to_owned(),
        key: key_of(&format!("recognition:{id}")),
        of,
        against,
        code: code(names, &entry.act)?,
        issue: issue(names, &entry.issue)?,
        after: message(names, &entry.message)?,
        confirmed_by: entry.confirmed_by.as_ref().map(|name| offline(scenario, name)).transpose()?,
        members,
    })
}

/// An event outside the platform, as the scenario lists it.
pub(super) fn offline(scenario: &Scenario, name: &str) -> Result<ScriptId, BuildError> {
    let known: Vec<String> = scenario.file.events.offline.keys().cloned().collect();
    find("events outside the platform", &known, name).map(ScriptId::new)
}

pub(super) fn mobilisations(
    scenario: &Scenario,
    names: &Names,
    start: UtcTime,
) -> Result<Vec<Mobilisation>, BuildError> {
    let entries = &scenario.file.events.mobilisations;
    at_most("mobilisations", entries.len(), usize::from(u16::MAX))?;
    let build = |(id, entry): (&String, &society_file::Mobilisation)| {
        let unsimulated =
            |name: &str| BuildError::Unresolved { what: "simulated publics", name: name.to_owned() };
        let public = |name: &crate::text::Spanned<String>| {
            position(&names.publics, name).map(PublicId::new).ok_or_else(|| unsimulated(name))
        };
        let accounts: f64 = entry.publics.iter().map(|name| super::people::members(scenario, name)).sum();
        let push = |(name, factor): (&String, &crate::units::NonNegative)| {
            Ok(Push { event: offline(scenario, name)?, factor: factor.get() })
        };
        let corrections = entry.corrections.iter().map(|name| message(names, name));
        Ok(Mobilisation {
            id: id.clone(),
            key: key_of(&format!("mobilisation:{id}")),
            message: message(names, &entry.message)?,
            frame: entry.frame.frame(),
            publics: entry.publics.iter().map(public).collect::<Result<_, _>>()?,
            people: accounts * entry.kin.get(),
            background: entry.background.get(),
            pushes: entry.pushes.iter().map(push).collect::<Result<_, BuildError>>()?,
            corrections: corrections.collect::<Result<_, _>>()?,
            months: months(start, *scenario.file.scenario.horizon),
        })
    };
    entries.iter().map(build).collect()
}

/// Calendar months (UTC) that lie within `horizon` from `start` on, in whole days; a month of which only a part lies within has only that.
fn months(start: UtcTime, horizon: TimeSpan) -> Vec<Period> {
    let first = jiff::tz::TimeZone::UTC.to_datetime(start.timestamp()).date();
    let days = (horizon.as_ms() / TimeSpan::from_days(1).as_ms()).max(0) as u32;
    let mut months: Vec<Period> = Vec::new();
    let mut date = first;
    for day in 0..days {
        let name = format!("{:04}-{:02}", date.year(), date.month());
        match months.last_mut().filter(|month| month.name == name) {
            Some(month) => month.end_day = day + 1,
            None => months.push(Period { name, first_day: day, end_day: day + 1 }),
        }
        let Ok(tomorrow) = date.tomorrow() else { break };
        date = tomorrow;
    }
    months
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar_as_far_as_they_are_simulated() {
        let start: UtcTime = UtcTime::from_unix_ms(1_485_561_600_000);
        let found = months(start, TimeSpan::from_days(40));
        let found: Vec<_> =
            found.iter().map(|month| (&*month.name, month.first_day, month.end_day)).collect();
        assert_eq!(found, [("2017-01", 0, 4), ("2017-02", 4, 32), ("2017-03", 32, 40)]);
    }
}
