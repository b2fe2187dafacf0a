//! Countries, publics, named accounts and who follows whom.

use super::{BuildError, Names, at_most, find, first_named, network_plan, offset_at, position, voice_ids};
use crate::engine::streams::key_of;
use crate::mechanisms::{Name, NetworkParams};
use crate::model::clock::Clock;
use crate::model::ids::{AccountId, CountryId, StateId};
use crate::model::network::block_model::{NamedPlan, Plan};
use crate::model::network::{Network, STANCE_BINS};
use crate::model::setting::{Country, OFFICIAL, Outlet, Public, PublicKind, Voice};
use crate::model::vocabulary::VoiceKind;
use crate::scenario::Scenario;
use crate::scenario::file::Scale;
use crate::scenario::world_file::{PublicChange, Role};
use crate::simulation::scale::{self, Sampled};
use crate::text::Spanned;
use crate::units::{Probability, UtcTime};
use std::collections::BTreeMap;

/// Role whose members make up newsrooms.
const JOURNALIST: &str = "journalist";

/// A public by name, before it is built.
struct Draft<'a> {
    name: String,
    country: &'a str,
    role_name: &'a str,
    role: &'a Role,
    change: Option<&'a PublicChange>,
}

impl Draft<'_> {
    /// Real accounts: those stated, or the role's share of the country's users.
    fn n_real(&self, scenario: &Scenario) -> f64 {
        let stated = self.change.and_then(|change| change.users).map(|users| users as f64);
        let of_country =
            || *scenario.world.countries[self.country].users as f64 * self.role.share.get().get();
        stated.unwrap_or_else(of_country).max(1.0)
    }
}

/// All publics of the world, in the order of their names.
fn all_drafts(scenario: &Scenario) -> Vec<Draft<'_>> {
    let world = &scenario.world;
    let mut drafts: BTreeMap<String, Draft<'_>> = BTreeMap::new();
    for country in world.countries.keys() {
        for (role_name, role) in world.roles.iter().filter(|(_, role)| role.share.get().get() > 0.0) {
            let name = format!("{country}-{role_name}");
            let change = world.publics.get(&name);
            drafts.insert(name.clone(), Draft { name, country, role_name, role, change });
        }
    }
    for (name, change) in &world.publics {
        let (Some(role_name), Some(country)) = (&change.role, &change.country) else { continue };
        if let Some(role) = world.roles.get(role_name.as_str()) {
            let change = Some(change);
            drafts.insert(name.clone(), Draft { name: name.clone(), country, role_name, role, change });
        }
    }
    drafts.into_values().collect()
}

/// Publics that the scenario simulates: those of its countries and those that it names, in the order of their names.
fn drafts(scenario: &Scenario) -> Vec<Draft<'_>> {
    let is_chosen = |draft: &Draft<'_>| {
        let choices = &scenario.file.network.publics;
        choices.iter().any(|choice| **choice == draft.country || **choice == draft.name)
    };
    all_drafts(scenario).into_iter().filter(is_chosen).collect()
}

pub(super) fn public_names(scenario: &Scenario) -> Vec<String> {
    drafts(scenario).into_iter().map(|draft| draft.name).collect()
}

/// Real accounts of a simulated public.
pub(super) fn members(scenario: &Scenario, public: &str) -> f64 {
    let draft = drafts(scenario).into_iter().find(|draft| draft.name == public);
    draft.map_or(0.0, |draft| draft.n_real(scenario))
}

/// Country of a simulated public.
pub(super) fn country_of(scenario: &Scenario, public: &str) -> Option<String> {
    drafts(scenario).into_iter().find(|draft| draft.name == public).map(|draft| draft.country.to_owned())
}

/// Outlets that publish in a language that a simulated country reads.
pub(super) fn readable_outlets(scenario: &Scenario) -> Vec<String> {
    let countries: Vec<&str> = drafts(scenario).iter().map(|draft| draft.country).collect();
    let read = |language: &str| {
        countries
            .iter()
            .filter_map(|country| scenario.world.countries.get(*country))
            .any(|country| country.languages.contains_key(language))
    };
    let readable = scenario
        .world
        .outlets
        .iter()
        .filter(|(_, outlet)| outlet.languages.iter().any(|language| read(language)));
    readable.map(|(name, _)| name.clone()).collect()
}

pub(super) fn countries(scenario: &Scenario, names: &Names) -> Result<Vec<Country>, BuildError> {
    at_most("countries", names.countries.len(), usize::from(u16::MAX))?;
    let all = all_drafts(scenario);
    let users = |code: &str| {
        all.iter().filter(|draft| draft.country == code).map(|draft| draft.n_real(scenario)).sum()
    };
    let country = |(code, country): (&String, &crate::scenario::world_file::Country)| Country {
        code: code.clone(),
        name: country.name.clone(),
        national: names.language_set(country.national.iter().map(|language| &**language)),
        n_users: users(code),
    };
    Ok(scenario.world.countries.iter().map(country).collect())
}

pub(super) fn publics(
    scenario: &Scenario,
    names: &Names,
    start: UtcTime,
    shape: &NetworkParams,
) -> Result<Vec<Public>, BuildError> {
    at_most("publics", names.publics.len(), usize::from(u16::MAX))?;
    let world = &scenario.world;
    drafts(scenario)
        .into_iter()
        .map(|draft| {
            let country = &world.countries[draft.country];
            let languages =
                draft.change.and_then(|change| change.languages.as_ref()).unwrap_or(&country.languages);
            let share = |language: &String| languages.get(language).copied().map_or(0.0, Probability::get);
            let offset = offset_at(&country.time_zone, start);
            Ok(Public {
                country: CountryId::new(find("countries", &names.countries, draft.country)?),
                kind: if draft.role_name == JOURNALIST {
                    PublicKind::Journalists
                } else {
                    PublicKind::Others
                },
                role: draft.role_name.to_owned(),
                following: draft.role.following.get(),
                n_real: draft.n_real(scenario),
                clock: Clock::new(offset, shape.day_amplitude.get().min(0.99), shape.peak_hour.get()),
                reads: names.languages.iter().map(share).collect(),
                activity: draft.role.activity.get(),
                stance: stances(scenario, names, &draft, shape),
                id: draft.name,
            })
        })
        .collect()
}

/// Middle of the stance of each bin on each issue: half the difference of alignments with the two sides, ± the spread of bins.
fn stances(
    scenario: &Scenario,
    names: &Names,
    draft: &Draft<'_>,
    shape: &NetworkParams,
) -> Vec<[f64; STANCE_BINS]> {
    let country = draft
        .change
        .and_then(|change| change.allegiance.as_ref())
        .map_or(draft.country, |allegiance| &**allegiance);
    let own_state =
        names.states.iter().find(|state| scenario.world.states[*state].country.as_str() == country);
    let alignment = |with: &str| match own_state {
        Some(own) if own == with => 1.0,
        Some(own) => {
            scenario.world.dyads.get(&format!("{own}-{with}")).map_or(0.0, |dyad| dyad.alignment.get())
        }
        None => 0.0,
    };
    let of_issue = |(id, issue): (&String, &crate::scenario::file::Issue)| {
        let stated = draft.change.and_then(|change| change.stance.get(id)).map(|stance| stance.get());
        let with = |side: &Option<Spanned<String>>| side.as_ref().map_or(0.0, |side| alignment(side));
        let mean = stated.unwrap_or_else(|| (with(&issue.positive) - with(&issue.negative)) / 2.0);
        std::array::from_fn(|bin| {
            let place = bin as f64 - (STANCE_BINS - 1) as f64 / 2.0;
            (mean + place * shape.stance_spread.get()).clamp(-1.0, 1.0)
        })
    };
    scenario.file.issues.iter().map(of_issue).collect()
}

/// Named accounts without their place in the network.
pub(super) fn voices(scenario: &Scenario, names: &Names) -> Result<Vec<Voice>, BuildError> {
    at_most("named accounts", names.voices.len(), usize::from(u16::MAX))?;
    let voice = |handle: &String, kind, state| Voice {
        handle: handle.clone(),
        key: key_of(handle),
        kind,
        state,
        record: 0.0,
        account: AccountId(0),
        engagement: 1.0,
        slips: 0.0,
        access: 1.0,
    };
    let dispositions = &scenario.world.dispositions;
    let mut voices = Vec::with_capacity(names.voices.len());
    for (handle, account) in &scenario.file.accounts {
        let state = account.state.as_ref().and_then(|state| position(&names.states, state)).map(StateId::new);
        let (record, engagement) = (account.record.get(), account.engagement.get());
        let is_off = dispositions.off.contains(&Name::Attention);
        let access = if is_off { 1.0 } else { dispositions.attention.access(account.access_cost) };
        let slips = account.slips.get();
        voices.push(Voice { record, engagement, slips, access, ..voice(handle, account.voice, state) });
    }
    voices.extend(
        names
            .states
            .iter()
            .enumerate()
            .map(|(idx, id)| voice(id, VoiceKind::Ministry, Some(StateId::new(idx)))),
    );
    voices.extend(names.outlets.iter().map(|id| voice(id, VoiceKind::Press, None)));
    Ok(voices)
}

pub(super) fn with_accounts(voices: Vec<Voice>, network: &Network) -> Vec<Voice> {
    let first = first_named(network);
    let place = |(idx, voice): (usize, Voice)| Voice { account: AccountId(first + idx as u32), ..voice };
    voices.into_iter().enumerate().map(place).collect()
}

pub(super) fn outlets(scenario: &Scenario, names: &Names) -> Result<Vec<Outlet>, BuildError> {
    let first = names.n_scenario_accounts + names.states.len();
    let ids = names.outlets.iter().zip(voice_ids(first, names.outlets.len()));
    ids.map(|(id, voice)| {
        let outlet = scenario
            .world
            .outlets
            .get(id)
            .ok_or_else(|| BuildError::Unresolved { what: "outlets", name: id.clone() })?;
        Ok(Outlet {
            id: id.clone(),
            key: key_of(id),
            country: CountryId::new(find("countries", &names.countries, &outlet.country)?),
            languages: names.language_set(outlet.languages.iter().map(|language| &**language)),
            voice,
        })
    })
    .collect()
}

/// The plan of the network: sampling rates, who follows whom on average, audiences of named accounts.
pub(super) fn plan(
    scenario: &Scenario,
    names: &Names,
    publics: &[Public],
    voices: &[Voice],
    shape: &NetworkParams,
) -> Result<Plan, BuildError> {
    let drafts = drafts(scenario);
    let all = all_drafts(scenario);
    let audience =
        |handle: &String, followers: u64, shares: &Spanned<BTreeMap<String, Probability>>| NamedPlan {
            key: key_of(handle),
            followers: spread_followers(followers as f64, shares, scenario, &all, &drafts),
        };
    let world = &scenario.world;
    let mut named: Vec<NamedPlan> = Vec::with_capacity(voices.len());
    for (handle, account) in &scenario.file.accounts {
        let mut plan = audience(handle, *account.followers, &account.audience);
        follow_back(&mut plan, account.follows as f64 * shape.reciprocity.get(), scenario, &drafts);
        named.push(plan);
    }
    for id in &names.states {
        let state = &world.states[id];
        named.push(audience(id, state.voice_followers, &state.voice_audience));
    }
    for id in &names.outlets {
        let outlet = &world.outlets[id];
        named.push(audience(id, *outlet.followers, &outlet.audience));
    }
    let mutual = mutual(scenario, names)?;
    let posts =
        |handle: &String| scenario.file.events.messages.values().any(|message| *message.author == *handle);
    let posting: Vec<usize> =
        (0..names.n_scenario_accounts).filter(|&idx| posts(&names.voices[idx])).collect();
    let audiences: Vec<Vec<f64>> = posting.iter().map(|&idx| named[idx].followers.clone()).collect();
    let sampled: Vec<Sampled> = publics
        .iter()
        .zip(&drafts)
        .map(|(public, draft)| Sampled { n_real: public.n_real, factor: draft.role.sampling.get().max(1e-3) })
        .collect();
    let rates = match scenario.file.network.scale {
        Scale::Full => vec![1.0; sampled.len()],
        Scale::Sampled => {
            let n_accounts = *scenario.file.network.accounts as f64;
            scale::rates(&sampled, &audiences, n_accounts).map_err(|few| BuildError::TooFewAccounts {
                handle: names.voices[posting[few.posting]].clone(),
                needed: few.needed,
            })?
        }
    };
    Ok(network_plan(
        publics,
        &rates,
        mean_followed(scenario, names, publics, (&all, &drafts), shape),
        (named, mutual),
        shape,
    ))
}

/// Pairs of named accounts, by their places among all of them, that follow each other.
fn mutual(scenario: &Scenario, names: &Names) -> Result<Vec<[u32; 2]>, BuildError> {
    let n_scenario = names.n_scenario_accounts;
    let place = |name: &String| {
        let account = position(&names.voices[..n_scenario], name);
        let place = account.map_or_else(|| Ok(n_scenario + find("states", &names.states, name)?), Ok)?;
        Ok(place as u32)
    };
    let pairs = scenario.file.accounts.iter().flat_map(|(handle, account)| {
        account.mutual.iter().map(move |other| Ok([place(handle)?, place(other)?]))
    });
    pairs.collect()
}

/// Mean number of accounts of public g that a member of h follows, at `g * publics + h`.
///
/// A member of h follows `following` accounts in all, chosen in proportion to the size of g times the prominence of its role, times 1
/// in the own country and `abroad` times the share of h that reads a national language of g's country elsewhere.
fn mean_followed(
    scenario: &Scenario,
    names: &Names,
    publics: &[Public],
    (all, drafts): (&[Draft<'_>], &[Draft<'_>]),
    shape: &NetworkParams,
) -> Vec<f64> {
    let n = publics.len();
    let mut mean = vec![0.0; n * n];
    // Publics of a simulated country that are not simulated themselves still take up a part of what its members follow.
    let in_reach = |draft: &&Draft<'_>| drafts.iter().any(|simulated| simulated.country == draft.country);
    for h in 0..n {
        let weight = |draft: &Draft<'_>| {
            let closeness = if draft.country == drafts[h].country {
                1.0
            } else {
                let national = &scenario.world.countries[draft.country].national;
                let reads = |language: &Spanned<String>| {
                    position(&names.languages, language).map_or(0.0, |idx| publics[h].reads[idx])
                };
                shape.abroad.get()
                    * (1.0 - national.iter().map(|language| 1.0 - reads(language)).product::<f64>())
            };
            draft.n_real(scenario) * draft.role.prominence.get() * closeness
        };
        let total: f64 = all.iter().filter(in_reach).map(weight).sum();
        if total > 0.0 {
            for (g, draft) in drafts.iter().enumerate() {
                mean[g * n + h] = drafts[h].role.following.get() * weight(draft) / total;
            }
        }
    }
    mean
}

/// Real followers in each public of an account with the given shares of them by country or public.
///
/// Within a country, members follow in proportion to the tendency w of their role, as far as there are members: the share
/// 1 − exp(−λw) of each public, λ such that the sum over all publics of the country is right, those not simulated included.
fn spread_followers(
    followers: f64,
    shares: &BTreeMap<String, Probability>,
    scenario: &Scenario,
    all: &[Draft<'_>],
    simulated: &[Draft<'_>],
) -> Vec<f64> {
    let mut spread = vec![0.0; simulated.len()];
    let mut add = |draft: &Draft<'_>, part: f64| {
        if let Some(idx) = simulated.iter().position(|simulated| simulated.name == draft.name) {
            spread[idx] += part;
        }
    };
    for (place, share) in shares {
        let wanted = followers * share.get();
        if let Some(draft) = all.iter().find(|draft| draft.name == *place) {
            add(draft, wanted.min(draft.n_real(scenario)));
            continue;
        }
        let members: Vec<&Draft<'_>> = all.iter().filter(|draft| draft.country == place).collect();
        let part = |draft: &Draft<'_>, rate: f64| {
            -libm::expm1(-rate * draft.role.follows_officials.get()) * draft.n_real(scenario)
        };
        let rate = rate_for(wanted, |rate| members.iter().map(|draft| part(draft, rate)).sum());
        for draft in &members {
            add(draft, part(draft, rate));
        }
    }
    spread
}

/// Adds `n` officials who follow an account back: of each simulated public of officials its part of them.
fn follow_back(plan: &mut NamedPlan, n: f64, scenario: &Scenario, simulated: &[Draft<'_>]) {
    let is_official = |draft: &&Draft<'_>| draft.role_name == OFFICIAL;
    let total: f64 = simulated.iter().filter(is_official).map(|draft| draft.n_real(scenario)).sum();
    for (followers, draft) in plan.followers.iter_mut().zip(simulated) {
        if n > 0.0 && is_official(&draft) {
            let members = draft.n_real(scenario);
            *followers = (*followers + n * members / total).min(members);
        }
    }
}

/// The least rate at which `total`, which grows with it, reaches `wanted`, to twelve digits; a million if none does.
fn rate_for(wanted: f64, total: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..200 {
        let middle = if low == 0.0 { high * 1e-3 } else { libm::sqrt(low * high) };
        if total(middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
        if low > 0.0 && high / low < 1.0 + 1e-12 {
            break;
        }
    }
    high
}
