//! From a checked scenario to the setting of its runs.

mod markets;
mod people;
mod platform;
mod politics;
mod society;

use super::networks::Networks;
use super::scale;
use crate::engine::streams::RunKey;
use crate::mechanisms::{NetworkParams, Rule};
use crate::model::ids::{LanguageId, LanguageSet, VoiceId};
use crate::model::network::Network;
use crate::model::network::block_model::{NamedPlan, Plan, PublicPlan, Tails};
use crate::model::network::circles::Circles;
use crate::model::setting::{Public, Setting};
use crate::scenario::Scenario;
use crate::scenario::file::Scale;
use crate::units::{SimTime, TimeSpan, UtcTime};
use std::sync::Arc;

/// Follower links at the most: while the network is built they take about 30 bytes each.
const MOST_LINKS: u64 = 500_000_000;
/// Accounts at the most: their ids have 32 bits.
const MOST_ACCOUNTS: u64 = u32::MAX as u64;
/// Follower links at the most where the rule of sharing looks at each of them.
const MOST_COUNTED_LINKS: u64 = 200_000_000;
/// Run index that stands for what all runs share.
const SHARED: u64 = u64::MAX;

/// Why a scenario can't be built.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The accounts asked for are too few for the audiences of those who post.
    #[error(
        "`network.accounts` is too small: `{handle}` would have fewer than {} simulated followers\n\nhint: ask for at least {needed} accounts",
        scale::LEAST_AUDIENCE
    )]
    TooFewAccounts {
        /// Account whose audience does not fit.
        handle: String,
        /// Accounts that are enough.
        needed: u64,
    },
    /// The network would not fit into memory.
    #[error(
        "`network.accounts` is too large: {links} follower links, more than the {MOST_LINKS} that are stored\n\nhint: ask for fewer accounts, which are weighted back to real people, or for all of them by `network.scale = \"full\"`, which stores none"
    )]
    TooManyLinks {
        /// Links that the network would have.
        links: u64,
    },
    /// The publics have more accounts than there are ids.
    #[error(
        "at full size the publics have {accounts} accounts, bots included, more than the {MOST_ACCOUNTS} that can be told apart\n\nhint: leave out publics, or simulate a sample by `network.scale = \"sampled\"`"
    )]
    TooManyAccounts {
        /// Real accounts of the publics.
        accounts: u64,
    },
    /// The rule of sharing looks at every follower link, of which there are too many.
    #[error(
        "the rule `{rule}` looks at every follower link, and {links} are more than the {MOST_COUNTED_LINKS} that it can look at\n\nhint: choose `full`, `ic` or `sir` as `dispositions.diffusion.rule`, or simulate fewer accounts"
    )]
    TooManyLinksForRule {
        /// The rule.
        rule: &'static str,
        /// Links of the network.
        links: u64,
    },
    /// There are more things of a kind than can be told apart.
    #[error("there are {found} {what}, more than the {most} that can be told apart")]
    TooMany {
        /// Kind of thing.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A name that a check should have caught does not resolve.
    #[error("`{name}` is not one of the {what} of the scenario")]
    Unresolved {
        /// Kind of thing.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A market's calendar can't be built.
    #[error("market `{market}`: {error}")]
    Calendar {
        /// The market.
        market: String,
        /// Why.
        error: crate::model::calendar::CalendarError,
    },
}

/// Refuses a `rule` that looks at every follower link on a network of too many `links`, such as one of the platform's full size.
pub(super) fn check_rule(rule: Rule, links: u64) -> Result<(), BuildError> {
    if rule.looks_at_every_link() && links > MOST_COUNTED_LINKS {
        return Err(BuildError::TooManyLinksForRule { rule: rule.name(), links });
    }
    Ok(())
}

/// Builds the setting of `scenario`; the network is that of `seed`, from `networks` if it is there.
pub fn setting(scenario: &Scenario, seed: u64, networks: &Networks) -> Result<Setting, BuildError> {
    let names = Names::of(scenario)?;
    let header = &scenario.file.scenario;
    let start = header.start;
    let world = &scenario.world;
    let shape = &world.dispositions.network;
    let publics = people::publics(scenario, &names, start, shape)?;
    let voices = people::voices(scenario, &names)?;
    let states = politics::states(scenario, &names)?;
    let dyads = politics::dyads(scenario, &names)?;
    let plan = people::plan(scenario, &names, &publics, &voices, shape)?;
    let network = network(plan, scenario.file.network.scale, RunKey::new(seed, SHARED), networks)?;
    let horizon = SimTime::START + *header.horizon;
    let mut setting = Setting {
        start,
        horizon,
        reference: SimTime::START,
        countries: people::countries(scenario, &names)?,
        voices: people::with_accounts(voices, &network),
        ranks: scenario.world.dispositions.ranks.clone(),
        outlets: people::outlets(scenario, &names)?,
        network,
        languages: names.languages.clone(),
        publics,
        states,
        dyads,
        ladder: politics::ladder(scenario),
        codes: politics::codes(scenario, &names)?,
        instruments: politics::instruments(scenario, &names)?,
        issues: politics::issues(scenario, &names)?,
        markets: markets::markets(scenario, &names, start, horizon)?,
        factor: markets::factor(scenario),
        volatility_indices: markets::volatility_indices(scenario, &names),
        script: politics::script(scenario, &names, start)?,
        asked: politics::asked(scenario, &names)?,
    };
    platform::place_bots(&mut setting)?;
    setting.reference = politics::reference(scenario, &names, &setting.script)?;
    Ok(setting)
}

/// The network of `plan`: that of a sample is stored, and drawn unless `networks` has it; that of full size is computed.
fn network(plan: Plan, scale: Scale, key: RunKey, networks: &Networks) -> Result<Arc<Network>, BuildError> {
    match scale {
        Scale::Sampled => {
            let links = plan.expected_links();
            if links > MOST_LINKS {
                return Err(BuildError::TooManyLinks { links });
            }
            Ok(networks.network(plan, key))
        }
        Scale::Full => {
            let publics: u64 = plan.publics.iter().map(|public| u64::from(public.n_accounts)).sum();
            let accounts = publics + plan.named.len() as u64;
            if accounts > MOST_ACCOUNTS {
                return Err(BuildError::TooManyAccounts { accounts });
            }
            Ok(Network::procedural(&plan, key).into())
        }
    }
}

/// Names of everything, in the order of their ids.
#[derive(Debug)]
struct Names {
    languages: Vec<String>,
    countries: Vec<String>,
    publics: Vec<String>,
    /// Accounts of the scenario, then voices of states, then outlets.
    voices: Vec<String>,
    n_scenario_accounts: usize,
    outlets: Vec<String>,
    states: Vec<String>,
    rungs: Vec<String>,
    codes: Vec<String>,
    instruments: Vec<String>,
    issues: Vec<String>,
    markets: Vec<String>,
    messages: Vec<String>,
}

impl Names {
    fn of(scenario: &Scenario) -> Result<Self, BuildError> {
        let (file, world) = (&scenario.file, &scenario.world);
        let chosen = |choice: &Option<Vec<crate::text::Spanned<String>>>, all: Vec<String>| match choice {
            Some(names) => names.iter().map(|name| name.to_string()).collect(),
            None => all,
        };
        let states = chosen(&file.scenario.states, world.states.keys().cloned().collect());
        let markets = chosen(&file.scenario.markets, world.markets.keys().cloned().collect());
        let outlets = chosen(&file.network.outlets, people::readable_outlets(scenario));
        let accounts = file.accounts.keys().cloned();
        let voices = accounts.chain(states.iter().cloned()).chain(outlets.iter().cloned()).collect();
        let mut languages: Vec<String> = world
            .countries
            .values()
            .flat_map(|country| country.languages.keys().cloned())
            .chain(
                world
                    .publics
                    .values()
                    .filter_map(|change| change.languages.as_ref())
                    .flat_map(|read| read.keys().cloned()),
            )
            .chain(file.events.messages.values().flat_map(|message| message.language.iter().cloned()))
            .collect();
        languages.sort_unstable();
        languages.dedup();
        at_most("languages", languages.len(), LanguageSet::CAPACITY)?;
        Ok(Self {
            languages,
            countries: world.countries.keys().cloned().collect(),
            publics: people::public_names(scenario),
            voices,
            n_scenario_accounts: file.accounts.len(),
            outlets,
            states,
            rungs: world.ladder.rungs.iter().map(|rung| rung.id.to_string()).collect(),
            codes: world.acts.keys().cloned().collect(),
            instruments: world.instruments.keys().cloned().collect(),
            issues: file.issues.keys().cloned().collect(),
            markets,
            messages: file.events.messages.keys().cloned().collect(),
        })
    }

    fn language_set<'a>(&self, codes: impl IntoIterator<Item = &'a String>) -> LanguageSet {
        codes.into_iter().filter_map(|code| position(&self.languages, code)).map(LanguageId::new).collect()
    }
}

fn position(names: &[String], name: &str) -> Option<usize> {
    names.iter().position(|known| known == name)
}

fn find(what: &'static str, names: &[String], name: &str) -> Result<usize, BuildError> {
    position(names, name).ok_or_else(|| BuildError::Unresolved { what, name: name.to_owned() })
}

fn at_most(what: &'static str, found: usize, most: usize) -> Result<(), BuildError> {
    if found <= most { Ok(()) } else { Err(BuildError::TooMany { what, found, most }) }
}

/// Offset of a time zone from UTC at `instant`. The scenario's start decides for its whole length: a change of the clock within it
/// shifts the day of a public by an hour.
fn offset_at(time_zone: &str, instant: UtcTime) -> TimeSpan {
    let zone = jiff::tz::TimeZone::get(time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    TimeSpan::from_secs(i64::from(zone.to_offset(instant.timestamp()).seconds()))
}

fn tails(shape: &NetworkParams) -> Tails {
    Tails {
        audience_exponent: shape.audience_exponent.get().max(1.5),
        following_exponent: shape.following_exponent.get().max(1.5),
        correlation: shape.correlation.get(),
        cutoff: shape.cutoff.get().max(1.0),
    }
}

fn network_plan(
    publics: &[Public],
    rates: &[f64],
    mean_followed: Vec<f64>,
    (named, mutual): (Vec<NamedPlan>, Vec<[u32; 2]>),
    shape: &NetworkParams,
) -> Plan {
    let sampled = |(public, rate): (&Public, &f64)| {
        let n_accounts = ((public.n_real * rate).round() as u32).max(1);
        let community = u32::from(public.country.0);
        PublicPlan { n_accounts, weight: public.n_real / f64::from(n_accounts), community }
    };
    Plan {
        publics: publics.iter().zip(rates).map(sampled).collect(),
        mean_followed,
        named,
        mutual,
        tails: tails(shape),
        reciprocity: shape.reciprocity.get(),
        circles: Circles { share: shape.circles.get(), size: shape.circle_size.get() },
    }
}

/// First account behind those of the publics: where the named ones begin.
fn first_named(network: &Network) -> u32 {
    network.publics().iter().map(crate::model::network::PublicSlice::n_accounts).sum()
}

fn voice_ids(from: usize, n: usize) -> impl Iterator<Item = VoiceId> {
    (from..from + n).map(VoiceId::new)
}
