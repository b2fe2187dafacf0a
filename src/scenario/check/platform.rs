//! Acts on messages and accounts: bots, quotes, pins, labels, mutes, suspensions; denials.

use super::cast::{ids_are_plain, public_ids};
use super::events::within_horizon;
use super::parts::Parts;
use super::places::audience_ids;
use super::{ACCOUNT, COUNTRY, Checker, ISSUE, MESSAGE, Register, Segments, join, unknown};
use crate::scenario::file::Message;
use crate::scenario::platform_file::Bots;
use crate::text::{Problem, Spanned};
use crate::units::{TimeSpan, UtcTime};

/// Bots in a swarm at the most: each is simulated.
const MOST_BOTS: u64 = 100_000;
/// Posts of a bot at the most.
const MOST_POSTS: u64 = 1000;
/// Tables whose ids are parts of outcome ids or of entries of a timeline.
const REGISTERS: [Register; 6] = [
    Register("swarm", &["events", "bots"]),
    Register("quote", &["events", "quotes"]),
    Register("pin", &["events", "pins"]),
    Register("label", &["events", "labels"]),
    Register("mute", &["events", "mutes"]),
    Register("suspension", &["events", "suspensions"]),
];

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    for register in REGISTERS {
        ids_are_plain(checker, register);
    }
    for (id, bots) in &parts.bots {
        one_swarm(checker, parts, bots, &["events", "bots", id]);
    }
    for (id, quote) in &parts.quotes {
        let at: Segments<'_> = &["events", "quotes", id];
        checker.refer(ACCOUNT, &quote.account, &join(at, "account"));
        of_message(checker, parts, &quote.message, (&quote.time, &quote.delay), at);
        speaks_of_others(checker, parts, (&quote.account, &quote.message), at);
    }
    for (id, pin) in &parts.pins {
        let at: Segments<'_> = &["events", "pins", id];
        checker.refer(ACCOUNT, &pin.account, &join(at, "account"));
        of_message(checker, parts, &pin.message, (&pin.time, &pin.delay), at);
        if *pin.duration <= TimeSpan::ZERO {
            let problem = checker.at(&join(at, "duration"), "a pin lasts longer than nothing");
            checker.report(problem.hint("write how long it stays, such as `7 d`"));
        }
    }
    for (id, label) in &parts.labels {
        let at: Segments<'_> = &["events", "labels", id];
        of_message(checker, parts, &label.message, (&label.time, &label.delay), at);
    }
    for (id, mute) in &parts.mutes {
        let at: Segments<'_> = &["events", "mutes", id];
        checker.refer(ACCOUNT, &mute.account, &join(at, "account"));
        let known = audience_ids(parts, checker);
        for public in mute.publics.iter().flatten().filter(|public| !known.contains(public)) {
            let problem =
                Problem { place: public.place(), ..checker.at(&join(at, "publics"), String::new()) };
            let ids: Vec<&str> = known.iter().map(String::as_str).collect();
            checker.report(unknown(problem, "country or public", public, &ids));
        }
        period(checker, parts, *mute.time, (&mute.until, "until"), at);
    }
    for (id, suspension) in &parts.suspensions {
        let at: Segments<'_> = &["events", "suspensions", id];
        checker.refer(ACCOUNT, &suspension.account, &join(at, "account"));
        period(checker, parts, *suspension.time, (&suspension.lifted, "lifted"), at);
    }
    for (id, message) in &parts.messages {
        denies_its_own(checker, parts, message, &["events", "messages", id]);
    }
}

fn one_swarm(checker: &mut Checker<'_>, parts: &Parts, bots: &Bots, at: Segments<'_>) {
    match (&bots.message, &bots.issue) {
        (Some(message), None) => checker.refer(MESSAGE, message, &join(at, "message")),
        (None, Some(issue)) => checker.refer(ISSUE, issue, &join(at, "issue")),
        (both, _) => {
            let problem = if both.is_some() {
                checker.at(&join(at, "issue"), "bots share a `message` or all of an `issue`, not both")
            } else {
                checker.at(at, "bots share a `message` or all of an `issue`, and these share neither")
            };
            checker.report(problem.hint("write one of them"));
        }
    }
    simulated_public(checker, parts, &bots.public, &join(at, "public"));
    within(checker, &bots.size, 1..=MOST_BOTS, &join(at, "size"));
    if let Some(flooding) = &bots.flooding {
        within(checker, flooding, 1..=MOST_POSTS, &join(at, "flooding"));
    }
    if bots.followers.is_some() && bots.infiltration.is_some() {
        let text = "`followers` and `infiltration` both say how many follow a bot";
        let problem = checker.at(&join(at, "infiltration"), text);
        checker
            .report(problem.hint("remove one of them: infiltration is followers over members of the public"));
    }
    if let Some(removed) = &bots.removed {
        within_horizon(checker, parts, **removed, &join(at, "removed"));
    }
}

/// The public in which bots pose is one of those simulated.
fn simulated_public(checker: &mut Checker<'_>, parts: &Parts, public: &str, at: Segments<'_>) {
    let known = public_ids(checker, parts);
    if !known.iter().any(|name| name == public) {
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let problem = unknown(checker.at(at, String::new()), "public", public, &names);
        let is_country = checker.knows(COUNTRY, public);
        let hint = "bots pose in one public of a country, such as its citizens";
        checker.report(if is_country { problem.hint(hint) } else { problem });
        return;
    }
    let Some(network) = &parts.network else { return };
    let stated = parts.publics.get(public).and_then(|public| public.country.as_deref());
    let is_chosen = |choice: &Spanned<String>| {
        let is_of_country = public.strip_prefix(choice.as_str()).is_some_and(|rest| rest.starts_with('-'));
        **choice == *public || stated.map_or(is_of_country, |country| *country == **choice)
    };
    if !network.publics.iter().any(is_chosen) {
        let problem = checker.at(at, format!("public `{public}` is not simulated"));
        checker.report(problem.hint("add it or its country to `network.publics`"));
    }
}

fn within(
    checker: &mut Checker<'_>,
    value: &Spanned<u64>,
    range: std::ops::RangeInclusive<u64>,
    at: Segments<'_>,
) {
    if !range.contains(value) {
        let key = at.last().copied().unwrap_or_default();
        let problem = checker.at(at, format!("`{key}` can't be `{}`", **value));
        checker.report(problem.allowed(format!("{} to {}", range.start(), range.end())));
    }
}

/// What is done to a message: which, and when.
fn of_message(
    checker: &mut Checker<'_>,
    parts: &Parts,
    message: &Spanned<String>,
    (time, delay): (&Option<Spanned<UtcTime>>, &Option<Spanned<TimeSpan>>),
    at: Segments<'_>,
) {
    checker.refer(MESSAGE, message, &join(at, "message"));
    match (time, delay) {
        (Some(time), None) => {
            within_horizon(checker, parts, **time, &join(at, "time"));
            let posted = parts.messages.get(&***message).and_then(|message| message.time.as_ref());
            if let Some(posted) = posted.filter(|posted| ***posted > **time) {
                let text = format!("{} is before `{}` is posted, {}", **time, &**message, **posted);
                let problem = checker.at(&join(at, "time"), text);
                checker.report(problem.hint("`delay` counts from the posting, such as `delay = \"30 min\"`"));
            }
        }
        (None, Some(_)) => {}
        (Some(_), Some(_)) => {
            let problem = checker.at(&join(at, "delay"), "this has `time` or `delay`, not both");
            checker.report(problem.hint("remove one of them"));
        }
        (None, None) => {
            let problem = checker.at(at, "this has `time` or `delay`, and it has neither");
            checker.report(problem.hint("write how long after the message, such as `delay = \"30 min\"`"));
        }
    }
}

/// To quote oneself is to post again.
fn speaks_of_others(
    checker: &mut Checker<'_>,
    parts: &Parts,
    (account, message): (&Spanned<String>, &Spanned<String>),
    at: Segments<'_>,
) {
    if parts.messages.get(&***message).is_some_and(|quoted| *quoted.author == **account) {
        let text = format!("`{}` is the author of `{}`", &**account, &**message);
        let problem = checker.at(&join(at, "account"), text);
        checker.report(problem.hint("another account quotes it; its author can pin it"));
    }
}

/// A period within the horizon that ends after it begins.
fn period(
    checker: &mut Checker<'_>,
    parts: &Parts,
    from: UtcTime,
    (until, key): (&Option<Spanned<UtcTime>>, &str),
    at: Segments<'_>,
) {
    within_horizon(checker, parts, from, &join(at, "time"));
    let Some(until) = until else { return };
    if **until <= from {
        let problem = checker.at(&join(at, key), format!("{} is not after {from}", **until));
        checker.report(problem.hint("it ends after it begins"));
    }
}

/// Who denies a message speaks for the account or the state in whose name it was said.
fn denies_its_own(checker: &mut Checker<'_>, parts: &Parts, denial: &Message, at: Segments<'_>) {
    let Some(denied) = &denial.denies else { return };
    checker.refer(MESSAGE, denied, &join(at, "denies"));
    let Some(message) = parts.messages.get(&***denied) else { return };
    let state = |account: &str| parts.accounts.get(account).and_then(|account| account.state.as_ref());
    let (by, of) = (&denial.author, &message.author);
    let is_same_state = matches!((state(by), state(of)), (Some(by), Some(of)) if **by == **of);
    if **by != **of && !is_same_state {
        let text = format!("`{}` by `{}` can't be denied by `{}`", &**denied, &***of, &***by);
        let problem = checker.at(&join(at, "denies"), text);
        checker.report(problem.allowed("a message by the same account or another one of its state"));
    }
    let target = |message: &Message| message.target.as_ref().map(|state| state.to_string());
    if target(message) != target(denial) {
        let name = |message| target(message).map_or("nobody".to_owned(), |state| format!("`{state}`"));
        let text =
            format!("`{}` is directed at {}, its denial at {}", &**denied, name(message), name(denial));
        checker.report(checker.at(&join(at, "target"), text).hint("a denial is directed at the same state"));
    }
    if let (Some(said), Some(denies)) = (&message.time, &denial.time)
        && **said > **denies
    {
        let text = format!("`{}` is posted later than its denial", &**denied);
        checker.report(checker.at(&join(at, "denies"), text).allowed("an earlier message"));
    }
}
