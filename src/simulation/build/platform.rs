//! Acts on messages and accounts.

use super::{BuildError, Names, at_most, find};
use crate::engine::streams::key_of;
use crate::model::cascade::Frame;
use crate::model::ids::{AccountId, IssueId, PublicId, ScriptId, VoiceId};
use crate::model::platform::{
    Amplification, Label, Moment, Mute, PlatformScript, Suspension, Swarm, SwarmTarget,
};
use crate::model::setting::Setting;
use crate::scenario::Scenario;
use crate::scenario::platform_file::{self, Bots};
use crate::text::Spanned;
use crate::units::{TimeSpan, UtcTime};

/// Accounts, bots included, that a number of an account can tell apart.
const MOST_BOTS: usize = 100_000_000;

/// The acts of `scenario`. Where accounts lie in the network is not known yet: [`place_bots`] follows.
pub(super) fn script(
    scenario: &Scenario,
    names: &Names,
    start: UtcTime,
) -> Result<PlatformScript, BuildError> {
    let events = &scenario.file.events;
    for (what, found) in [
        ("swarms", events.bots.len()),
        ("quotes and pins", events.quotes.len() + events.pins.len()),
        ("labels", events.labels.len()),
        ("mutes", events.mutes.len()),
        ("suspensions", events.suspensions.len()),
    ] {
        at_most(what, found, usize::from(u16::MAX))?;
    }
    let bots = events.bots.values().map(|bots| *bots.size as usize).sum();
    at_most("bots", bots, MOST_BOTS)?;
    let swarms = events.bots.iter().map(|(id, bots)| swarm(id, bots, scenario, names, start));
    let quotes = events.quotes.iter().map(|(id, quote)| {
        let place = Place { message: &quote.message, time: &quote.time, delay: &quote.delay };
        amplification((id, "quote"), &quote.account, &place, names, start).map(|act| Amplification {
            frame: quote.frame.frame(),
            text: quote.text.clone(),
            ..act
        })
    });
    let pins = events.pins.iter().map(|(id, pin)| {
        let place = Place { message: &pin.message, time: &pin.time, delay: &pin.delay };
        amplification((id, "pin"), &pin.account, &place, names, start)
            .map(|act| Amplification { pinned: Some(*pin.duration), ..act })
    });
    let labels = events.labels.iter().map(|(id, label)| {
        let place = Place { message: &label.message, time: &label.time, delay: &label.delay };
        Ok(Label {
            id: id.clone(),
            message: message(names, &label.message)?,
            moment: place.moment(start)?,
            factor: label.factor.map(crate::units::Probability::get),
            text: label.text.clone(),
        })
    });
    let mutes = events.mutes.iter().map(|(id, entry)| mute(id, entry, scenario, names, start));
    let suspensions = events.suspensions.iter().map(|(id, suspension)| {
        Ok(Suspension {
            id: id.clone(),
            voice: voice(names, &suspension.account)?,
            from: suspension.time.sim_time(start),
            lifted: suspension.lifted.as_ref().map(|time| time.sim_time(start)),
        })
    });
    Ok(PlatformScript {
        swarms: swarms.collect::<Result<_, BuildError>>()?,
        amplifications: quotes.chain(pins).collect::<Result<_, BuildError>>()?,
        labels: labels.collect::<Result<_, BuildError>>()?,
        mutes: mutes.collect::<Result<_, BuildError>>()?,
        suspensions: suspensions.collect::<Result<_, BuildError>>()?,
    })
}

/// Gives bots the ids behind all accounts of the network.
pub(super) fn place_bots(setting: &mut Setting) -> Result<(), BuildError> {
    let mut next = setting.network.n_accounts();
    for swarm in &mut setting.script.platform.swarms {
        let accounts = u64::from(next) + u64::from(swarm.size);
        swarm.first = AccountId(next);
        next = u32::try_from(accounts).map_err(|_| BuildError::TooManyAccounts { accounts })?;
    }
    Ok(())
}

/// To which message something is done, and when.
struct Place<'a> {
    message: &'a str,
    time: &'a Option<Spanned<UtcTime>>,
    delay: &'a Option<Spanned<TimeSpan>>,
}

impl Place<'_> {
    fn moment(&self, start: UtcTime) -> Result<Moment, BuildError> {
        match (self.time, self.delay) {
            (Some(time), _) => Ok(Moment::At(time.sim_time(start))),
            (None, Some(delay)) => Ok(Moment::After(**delay)),
            (None, None) => Err(BuildError::Unresolved { what: "times", name: self.message.to_owned() }),
        }
    }
}

fn message(names: &Names, name: &str) -> Result<ScriptId, BuildError> {
    Ok(ScriptId::new(find("messages", &names.messages, name)?))
}

fn voice(names: &Names, name: &str) -> Result<VoiceId, BuildError> {
    Ok(VoiceId::new(find("accounts", &names.voices[..names.n_scenario_accounts], name)?))
}

/// A quote or pin as it is meant by the account that it takes up.
fn amplification(
    (id, kind): (&str, &str),
    account: &str,
    place: &Place<'_>,
    names: &Names,
    start: UtcTime,
) -> Result<Amplification, BuildError> {
    Ok(Amplification {
        id: id.to_owned(),
        key: key_of(&format!("{kind}:{id}")),
        voice: voice(names, account)?,
        message: message(names, place.message)?,
        moment: place.moment(start)?,
        frame: Frame::AsIntended,
        pinned: None,
        text: String::new(),
    })
}

fn swarm(
    id: &str,
    bots: &Bots,
    scenario: &Scenario,
    names: &Names,
    start: UtcTime,
) -> Result<Swarm, BuildError> {
    let public = find("publics", &names.publics, &bots.public)?;
    let target = match (&bots.message, &bots.issue) {
        (Some(name), _) => SwarmTarget::Message(message(names, name)?),
        (None, Some(name)) => SwarmTarget::Issue(IssueId::new(find("issues", &names.issues, name)?)),
        (None, None) => return Err(BuildError::Unresolved { what: "messages", name: id.to_owned() }),
    };
    let infiltration = bots.infiltration.as_ref().map_or_else(
        || scenario.world.dispositions.bots.infiltration.get(),
        |infiltration| infiltration.get().get(),
    );
    let members = super::people::members(scenario, &bots.public);
    let followers = bots.followers.as_ref().map_or(infiltration * members, |followers| followers.get().get());
    Ok(Swarm {
        id: id.to_owned(),
        key: key_of(id),
        first: AccountId(0),
        size: *bots.size as u32,
        target,
        public: PublicId::new(public),
        followers: followers.min(members),
        flooding: bots.flooding.as_ref().map(|posts| **posts as u32),
        start: bots.start,
        removed: bots.removed.as_ref().map(|time| time.sim_time(start)),
    })
}

fn mute(
    id: &str,
    entry: &platform_file::Mute,
    scenario: &Scenario,
    names: &Names,
    start: UtcTime,
) -> Result<Mute, BuildError> {
    let is_meant = |name: &String| {
        entry.publics.as_ref().is_none_or(|choices| {
            let country = super::people::country_of(scenario, name);
            choices.iter().any(|choice| **choice == *name || country.as_deref() == Some(choice.as_str()))
        })
    };
    let share = |name: &String| if is_meant(name) { entry.share.get() } else { 0.0 };
    Ok(Mute {
        id: id.to_owned(),
        key: key_of(&format!("mute:{id}")),
        voice: voice(names, &entry.account)?,
        shares: names.publics.iter().map(share).collect(),
        from: entry.time.sim_time(start),
        until: entry.until.as_ref().map(|time| time.sim_time(start)),
    })
}
