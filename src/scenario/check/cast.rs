//! Who takes part: the scenario's frame, its publics, accounts and issues.

use super::parts::Parts;
use super::places::{at_most_one, audience_ids, refer_item, rounded};
use super::{
    ACCOUNT, COUNTRY, Checker, MARKET, MESSAGE, OUTLET, ROLE, Register, STATE, Segments, join, unknown,
};
use crate::text::{Problem, Spanned};
use crate::units::{Probability, TimeSpan};
use std::collections::{BTreeMap, BTreeSet};

/// Fewest simulated accounts: below, publics have too few members to differ.
const FEWEST_ACCOUNTS: u64 = 1_000;
/// Most simulated accounts: above, their follower lists don't fit into a machine's memory.
const MOST_ACCOUNTS: u64 = 50_000_000;
/// Longest simulated time.
const LONGEST: TimeSpan = TimeSpan::from_days(7_305);
/// How far followers may exceed the users of their public: both are estimates.
const SLACK: f64 = 1.0;

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    header(checker, parts);
    network(checker, parts);
    accounts(checker, parts);
    issues(checker, parts);
}

fn header(checker: &mut Checker<'_>, parts: &Parts) {
    let Some(header) = &parts.header else { return };
    let is_id = |id: &str| {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !id.is_empty() && id.len() <= 64 && id.bytes().all(is_plain) && !id.starts_with('-')
    };
    if !is_id(&header.id) {
        let problem = checker.at(&["scenario", "id"], format!("`id` can't be `{}`", &*header.id));
        checker.report(problem.allowed("lower-case letters, digits and hyphens, such as `canada-2018`"));
    }
    if !(1..=3).contains(&header.tier) {
        let problem = checker.at(&["scenario", "tier"], format!("`tier` can't be `{}`", header.tier));
        checker.report(problem.allowed("1 (measured), 2 (qualitative) or 3 (structural)"));
    }
    if *header.horizon <= TimeSpan::ZERO || *header.horizon > LONGEST {
        let problem =
            checker.at(&["scenario", "horizon"], format!("`horizon` can't be `{}`", *header.horizon));
        checker.report(problem.allowed("more than no time and at most 20 years (`7305 days`)"));
    }
    if let Some(reference) = &header.reference {
        checker.refer(MESSAGE, reference, &["scenario", "reference"]);
        if parts.messages.get(&***reference).is_some_and(|message| message.time.is_none()) {
            let text = format!("`{}` has no time of its own", &**reference);
            let problem = checker.at(&["scenario", "reference"], text);
            checker.report(problem.allowed("a message with `time`: sessions and prices are counted from it"));
        }
    }
    for market in header.markets.iter().flatten() {
        refer_item(checker, MARKET, market, market.place(), &["scenario", "markets"]);
    }
    for state in header.states.iter().flatten() {
        refer_item(checker, STATE, state, state.place(), &["scenario", "states"]);
    }
}

/// A state that the scenario names exists, and is among those that it simulates.
pub(super) fn simulated_state(checker: &mut Checker<'_>, parts: &Parts, id: &str, at: Segments<'_>) {
    checker.refer(STATE, id, at);
    let chosen = parts.header.as_ref().and_then(|header| header.states.as_ref());
    if let Some(chosen) = chosen
        && checker.knows(STATE, id)
        && !chosen.iter().any(|state| **state == id)
    {
        let problem = checker.at(at, format!("`{id}` is not among the states that are simulated"));
        let allowed = crate::text::list(chosen.iter().map(|state| state.as_str()));
        checker.report(problem.allowed(allowed).hint(format!("add `{id}` to `scenario.states`")));
    }
}

fn network(checker: &mut Checker<'_>, parts: &Parts) {
    let Some(network) = &parts.network else { return };
    if !(FEWEST_ACCOUNTS..=MOST_ACCOUNTS).contains(&*network.accounts) {
        let problem =
            checker.at(&["network", "accounts"], format!("`accounts` can't be `{}`", *network.accounts));
        checker.report(problem.allowed("from 1000 to 50000000 simulated accounts"));
    }
    if network.publics.is_empty() {
        checker.report(checker.at(&["network", "publics"], "no public is simulated"));
    }
    let known = audience_ids(parts, checker);
    for public in network.publics.iter().filter(|public| !known.contains(public)) {
        let problem = Problem { place: public.place(), ..checker.at(&["network", "publics"], String::new()) };
        let ids: Vec<&str> = known.iter().map(String::as_str).collect();
        checker.report(unknown(problem, "country or public", public, &ids));
    }
    for outlet in network.outlets.iter().flatten() {
        refer_item(checker, OUTLET, outlet, outlet.place(), &["network", "outlets"]);
    }
}

fn accounts(checker: &mut Checker<'_>, parts: &Parts) {
    ids_are_plain(checker, ACCOUNT);
    for (id, account) in &parts.accounts {
        let at: Segments<'_> = &["accounts", id];
        if let Some(state) = &account.state {
            simulated_state(checker, parts, state, &join(at, "state"));
        }
        audience(checker, parts, *account.followers, &account.audience, (at, "audience"));
        for other in &account.mutual {
            mutual(checker, parts, id, other);
        }
    }
}

/// Whom the account `id` and it follow each other: another account of the scenario, or a state that is simulated.
fn mutual(checker: &mut Checker<'_>, parts: &Parts, id: &str, other: &Spanned<String>) {
    let at: Segments<'_> = &["accounts", id, "mutual"];
    let problem = |checker: &Checker<'_>, text| Problem { place: other.place(), ..checker.at(at, text) };
    let chosen = parts.header.as_ref().and_then(|header| header.states.as_ref());
    let is_simulated = |state: &str| chosen.is_none_or(|chosen| chosen.iter().any(|one| **one == state));
    if **other == id {
        let text = format!("`{id}` can't follow itself");
        let problem = problem(checker, text).allowed("other accounts of the scenario, and states");
        checker.report(problem);
    } else if !(checker.knows(ACCOUNT, other) || checker.knows(STATE, other) && is_simulated(other)) {
        let problem = problem(checker, String::new());
        let states = checker.ids(STATE).into_iter().filter(|state| is_simulated(state));
        let ids: Vec<&str> = checker.ids(ACCOUNT).into_iter().chain(states).collect();
        checker.report(unknown(problem, "account or state", other, &ids));
    }
}

fn issues(checker: &mut Checker<'_>, parts: &Parts) {
    for (id, issue) in &parts.issues {
        let at: Segments<'_> = &["issues", id];
        for (key, pole) in [("positive", &issue.positive), ("negative", &issue.negative)] {
            if let Some(state) = pole {
                simulated_state(checker, parts, state, &join(at, key));
            }
        }
        if let (Some(positive), Some(negative)) = (&issue.positive, &issue.negative)
            && **positive == **negative
        {
            let message = format!("both poles of the issue `{id}` are `{}`", &**negative);
            checker.report(checker.at(&join(at, "negative"), message).allowed("two different states"));
        }
        checker.refer_keys(COUNTRY, &issue.hits, &join(at, "hits"));
    }
}

/// Ids that are parts of outcome ids hold no dots.
pub(super) fn ids_are_plain(checker: &mut Checker<'_>, register: Register) {
    let is_plain = |id: &&str| {
        !id.is_empty() && id.chars().all(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_')
    };
    for id in checker.ids(register).into_iter().filter(|id| !is_plain(id)).collect::<Vec<_>>() {
        let message = format!("`{id}` can't be the id of {} {}", article(register.0), register.0);
        let problem = checker.at_key(&join(register.1, id), message);
        checker.report(problem.allowed("letters, digits, hyphens and underscores"));
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Ids of publics: country and role, and those that are named.
pub(super) fn public_ids(checker: &Checker<'_>, parts: &Parts) -> Vec<String> {
    let roles = checker.ids(ROLE);
    let mixed = checker
        .ids(COUNTRY)
        .into_iter()
        .flat_map(|country| roles.iter().map(move |role| format!("{country}-{role}")));
    let mut ids: BTreeSet<String> = mixed.collect();
    ids.extend(parts.publics.keys().cloned());
    ids.into_iter().collect()
}

/// Checks an audience: its names, its sum, and that nobody is followed by more users than there are.
pub(super) fn audience(
    checker: &mut Checker<'_>,
    parts: &Parts,
    followers: u64,
    shares: &BTreeMap<String, Probability>,
    (owner, key): (Segments<'_>, &str),
) {
    let at = join(owner, key);
    let known = audience_ids(parts, checker);
    at_most_one(checker, shares, &at);
    for (id, share) in shares {
        if !known.contains(id) {
            let ids: Vec<&str> = known.iter().map(String::as_str).collect();
            checker.report(unknown(
                checker.at_key(&join(&at, id), String::new()),
                "country or public",
                id,
                &ids,
            ));
            continue;
        }
        let meant = followers as f64 * share.get();
        if let Some(users) = users(parts, id).filter(|users| meant > users + SLACK) {
            let message = format!(
                "{} of {followers} followers are in `{id}`, which has {} users",
                rounded(meant).round(),
                users.round()
            );
            checker.report(checker.at(&join(&at, id), message).hint("lower `followers` or the share"));
        }
    }
}

/// Users of a country or public, if they are known.
fn users(parts: &Parts, id: &str) -> Option<f64> {
    if let Some(country) = parts.countries.get(id) {
        return Some(*country.users as f64);
    }
    if let Some(users) = parts.publics.get(id).and_then(|public| public.users) {
        return Some(users as f64);
    }
    id.match_indices('-').find_map(|(dash, _)| {
        let country = parts.countries.get(&id[..dash])?;
        let role = parts.roles.get(&id[dash + 1..])?;
        Some(*country.users as f64 * role.share.get().get())
    })
}

/// Warns of languages that nobody reads.
pub(super) fn languages<'l>(
    checker: &mut Checker<'_>,
    parts: &Parts,
    used: impl Iterator<Item = &'l str>,
    at: Segments<'_>,
) {
    let known: BTreeSet<&str> =
        parts.countries.values().flat_map(|country| country.languages.keys().map(String::as_str)).collect();
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    for language in used.filter(|language| !is_code(language) || !known.contains(language)) {
        let message = format!("no country reads the language `{language}`");
        let known: Vec<&str> = known.iter().copied().collect();
        let problem = checker.at(at, message).allowed(crate::text::list(known.iter().copied()));
        checker.warn(problem.did_you_mean(crate::text::nearest(language, known)));
    }
}
