//! What happens: messages, forced acts, events outside the platform.

use super::cast::{ids_are_plain, languages, simulated_state};
use super::parts::Parts;
use super::places::{refer_rung, states_of};
use super::{ACCOUNT, ACT, COUNTRY, Checker, DYAD, ISSUE, MARKET, MESSAGE, OFFLINE, Segments, join, unknown};
use crate::model::vocabulary::Delivery;
use crate::scenario::file::{Message, Trigger};
use crate::units::UtcTime;

/// Moral-emotional words in a message at the most.
const MOST_MORAL_WORDS: u64 = 20;

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    ids_are_plain(checker, MESSAGE);
    for (id, message) in &parts.messages {
        one_message(checker, parts, message, &["events", "messages", id]);
    }
    acts(checker, parts);
    offline(checker, parts);
}

fn one_message(checker: &mut Checker<'_>, parts: &Parts, message: &Message, at: Segments<'_>) {
    checker.refer(ACCOUNT, &message.author, &join(at, "author"));
    checker.refer(ACT, &message.act, &join(at, "act"));
    match &message.target {
        Some(target) => simulated_state(checker, parts, target, &join(at, "target")),
        None if message.delivery == Delivery::Private => {
            let problem = checker.at(&join(at, "delivery"), "a private message is for somebody");
            checker.report(problem.hint("add the state it is directed at, such as `target = \"SA\"`"));
        }
        None => {}
    }
    checker.refer(ISSUE, &message.issue, &join(at, "issue"));
    if let Some(code) = &message.heard_as {
        checker.refer(ACT, code, &join(at, "heard_as"));
    }
    match (&message.time, &message.after) {
        (Some(time), None) => within_horizon(checker, parts, **time, &join(at, "time")),
        (None, Some(trigger)) => one_trigger(checker, parts, trigger, &join(at, "after")),
        (Some(_), Some(_)) => {
            let problem = checker.at(&join(at, "after"), "a message has `time` or `after`, not both");
            checker.report(problem.hint("remove one of them"));
        }
        (None, None) => {
            let problem = checker.at(at, "a message has `time` or `after`, and this one has neither");
            checker.report(problem.hint("write when it is posted, such as `time = 2018-08-05T21:00:00Z`"));
        }
    }
    if message.moral_words > MOST_MORAL_WORDS {
        let text = format!("`moral_words` can't be `{}`", message.moral_words);
        let problem = checker.at(&join(at, "moral_words"), text);
        checker.report(problem.allowed(format!("0 to {MOST_MORAL_WORDS}: a message is short")));
    }
    speaks_to_another(checker, parts, message, at);
    continues_its_own(checker, parts, message, at);
    if message.language.is_empty() {
        let problem = checker.at(&join(at, "language"), "a message is in at least one language");
        checker.report(problem.hint("write its code, such as `[\"en\"]`"));
    }
    languages(checker, parts, message.language.iter().map(String::as_str), &join(at, "language"));
}

/// A state does not address itself.
fn speaks_to_another(checker: &mut Checker<'_>, parts: &Parts, message: &Message, at: Segments<'_>) {
    let author = parts.accounts.get(&**message.author);
    let Some(state) = author.and_then(|author| author.state.as_ref()) else { return };
    if message.target.as_ref().is_some_and(|target| **target == **state) {
        let text = format!("`{}` speaks for `{}` and addresses it too", &**message.author, &**state);
        let hint = "the target is another state than the author's";
        checker.report(checker.at(&join(at, "target"), text).hint(hint));
    }
}

/// A message continues a thread of the same author.
fn continues_its_own(checker: &mut Checker<'_>, parts: &Parts, message: &Message, at: Segments<'_>) {
    let Some(first) = &message.continues else { return };
    checker.refer(MESSAGE, first, &join(at, "continues"));
    let Some(other) = parts.messages.get(&***first) else { return };
    if *other.author != *message.author {
        let text =
            format!("`{}` by `{}` can't be continued by `{}`", &**first, &**other.author, &**message.author);
        checker.report(checker.at(&join(at, "continues"), text).allowed("a message of the same author"));
    }
    if let (Some(begun), Some(time)) = (&other.time, &message.time)
        && **begun > **time
    {
        let text = format!("`{}` is posted later than what continues it", &**first);
        checker.report(checker.at(&join(at, "continues"), text).allowed("an earlier message"));
    }
}

fn one_trigger(checker: &mut Checker<'_>, parts: &Parts, trigger: &Trigger, at: Segments<'_>) {
    let act = [("actor", &trigger.actor), ("target", &trigger.target), ("rung", &trigger.rung)];
    let n_given = act.iter().filter(|(_, part)| part.is_some()).count();
    let hint =
        "write `actor`, `target` and `rung` for an act, `message` for a message, or `event` for an event";
    if let Some(event) = &trigger.event {
        checker.refer(OFFLINE, event, &join(at, "event"));
        if n_given > 0 || trigger.message.is_some() {
            let text = "the condition names an event and something else";
            checker.report(checker.at(&join(at, "event"), text).hint(hint));
        }
    } else if !matches!((n_given, &trigger.message), (3, None) | (0, Some(_))) {
        let text = match (n_given, &trigger.message) {
            (0, None) => "the condition names neither an act nor a message".to_owned(),
            (_, Some(_)) => "the condition names an act and a message".to_owned(),
            _ => {
                let missing = act.iter().filter(|(_, part)| part.is_none()).map(|(name, _)| *name);
                format!("the condition names an act without {}", missing_list(missing))
            }
        };
        checker.report(checker.at(at, text).hint(hint));
    }
    for (key, part) in &act[..2] {
        if let Some(state) = part {
            simulated_state(checker, parts, state, &join(at, key));
        }
    }
    if let (Some(actor), Some(target)) = (&trigger.actor, &trigger.target)
        && **actor == **target
    {
        checker.report(checker.at(&join(at, "target"), format!("`{}` does not act upon itself", &**target)));
    }
    if let Some(rung) = &trigger.rung {
        refer_rung(checker, parts, rung, &join(at, "rung"));
        let lowest = parts.ladder.as_ref().and_then(|ladder| ladder.rungs.first());
        if lowest.is_some_and(|lowest| *lowest.id == **rung) {
            let problem = checker.at(&join(at, "rung"), format!("`{}` is no act", &**rung));
            checker.report(problem.allowed("a rung above the lowest"));
        }
    }
    if let Some(message) = &trigger.message {
        checker.refer(MESSAGE, message, &join(at, "message"));
    }
    if let Some(country) = &trigger.country {
        checker.refer(COUNTRY, country, &join(at, "country"));
    }
    if trigger.reached.is_some() && (trigger.message.is_none() || trigger.misread.is_some()) {
        let problem = checker.at(&join(at, "reached"), "`reached` goes with a `message` alone");
        checker.report(problem.hint("name the message that must have been seen, and leave out `misread`"));
    }
    if trigger.message.is_none() && trigger.misread.is_some() {
        let problem = checker.at(&join(at, "misread"), "`misread` says nothing without a `message`");
        checker.report(problem.hint("name the message whose telling is watched"));
    }
    let watched = trigger.message.as_ref().and_then(|id| parts.messages.get(&***id));
    if trigger.misread.is_some()
        && trigger.country.is_none()
        && watched.is_some_and(|message| message.target.is_none())
    {
        let problem = checker.at(
            &join(at, "misread"),
            "the message watched addresses no state, so `misread` is of no country",
        );
        checker.report(problem.hint("add the country in which it counts, such as `country = \"SA\"`"));
    }
}

fn missing_list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

/// An event lies within the simulated time.
pub(super) fn within_horizon(checker: &mut Checker<'_>, parts: &Parts, time: UtcTime, at: Segments<'_>) {
    let Some(header) = &parts.header else { return };
    let end = UtcTime::from_unix_ms(header.start.unix_ms().saturating_add(header.horizon.as_ms()));
    let (side, hint) = if time < header.start {
        ("before the start", "start the scenario earlier or move the event")
    } else if time > end {
        ("after the end", "lengthen `scenario.horizon` or move the event")
    } else {
        return;
    };
    let problem = checker.at(at, format!("{time} is {side}"));
    checker.report(problem.allowed(format!("{} to {end}", header.start)).hint(hint));
}

fn acts(checker: &mut Checker<'_>, parts: &Parts) {
    for (id, act) in &parts.acts {
        let at: Segments<'_> = &["events", "acts", id];
        simulated_state(checker, parts, &act.actor, &join(at, "actor"));
        simulated_state(checker, parts, &act.target, &join(at, "target"));
        if *act.actor == *act.target {
            checker.report(
                checker.at(&join(at, "target"), format!("`{}` does not act upon itself", &**act.target)),
            );
        }
        checker.refer(ACT, &act.act, &join(at, "act"));
        checker.refer(ISSUE, &act.issue, &join(at, "issue"));
        within_horizon(checker, parts, *act.time, &join(at, "time"));
        if let Some(message) = &act.follows {
            checker.refer(MESSAGE, message, &join(at, "follows"));
        }
    }
}

fn offline(checker: &mut Checker<'_>, parts: &Parts) {
    for (id, event) in &parts.offline {
        let at: Segments<'_> = &["events", "offline", id];
        within_horizon(checker, parts, *event.time, &join(at, "time"));
        for state in event.caution.keys() {
            simulated_state(checker, parts, state, &[at, &["caution", state]].concat());
        }
        let tension = event.tension.keys().map(|dyad| ("tension", dyad));
        for (table, dyad) in tension.chain(event.lines.keys().map(|dyad| ("lines", dyad))) {
            if states_of(checker, dyad).is_none_or(|(from, to)| from == to) {
                let problem = checker.at_key(&[at, &[table, dyad]].concat(), String::new());
                let dyads = checker.ids(DYAD);
                checker.report(unknown(problem, "dyad", dyad, &dyads));
            }
        }
        checker.refer_keys(MARKET, &event.moves, &join(at, "moves"));
    }
}
