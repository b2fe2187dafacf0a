//! One run as a story: text with causes shown by indentation, or JSON.

use super::text::{Role, Style, length};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::units::{SimTime, TimeSpan, UtcTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Indentation stops growing here, so that a long chain of causes stays on the page.
const DEEPEST: usize = 8;

/// The entries as text, one a line in the order given: time, time elapsed, kind, and what happened, indented
/// below its cause.
pub fn text(entries: &[TimelineEntry], start: UtcTime) -> String {
    let depths = depths(entries);
    let kind_width = entries.iter().map(|entry| entry.kind.name().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (entry, depth) in entries.iter().zip(depths) {
        let moment = start.plus(entry.time).timestamp().strftime("%Y-%m-%d %H:%M:%S");
        let indent = match depth.min(DEEPEST) {
            0 => String::new(),
            deep => format!("{}└ ", "  ".repeat(deep - 1)),
        };
        let actor = if entry.actor.is_empty() { String::new() } else { format!("{}: ", entry.actor) };
        let cause = entry.cause.as_ref().map(|cause| format!("  ← {cause}")).unwrap_or_default();
        let line = format!(
            "{moment}  {:>10}  {:kind_width$}  {indent}{actor}{}{cause}\n",
            elapsed(entry.time),
            entry.kind.name(),
            entry.text,
        );
        text.push_str(&line);
    }
    text
}

/// The entries for a terminal of `width` columns: a heading for each day, causes shown by indentation, long texts broken between words.
pub fn screen(entries: &[TimelineEntry], start: UtcTime, width: usize, style: Style) -> String {
    let depths = depths(entries);
    let kind_width = entries.iter().map(|entry| entry.kind.name().len()).max().unwrap_or(0);
    // Where there is little room, causes are not indented.
    let (step, deepest) = if width < 72 { (0, 0) } else { (2, DEEPEST) };
    let mut text = String::new();
    let mut today = String::new();
    for (entry, depth) in entries.iter().zip(depths) {
        let moment = start.plus(entry.time).timestamp();
        let day = moment.strftime("%A %-d %B %Y").to_string();
        if day != today {
            let gap = if today.is_empty() { "" } else { "\n" };
            text.push_str(&format!("{gap}{}\n", style.paint(Role::Heading, &day)));
            today = day;
        }
        let depth = depth.min(deepest);
        let branch = if depth == 0 { String::new() } else { " ".repeat(step * (depth - 1)) + "└ " };
        let time = style.paint(Role::Quiet, &moment.strftime("%H:%M").to_string());
        let kind = style.paint(role(entry.kind), &format!("{:kind_width$}", entry.kind.name()));
        let margin = 5 + 2 + kind_width + 2 + length(&branch);
        let actor = if entry.actor.is_empty() { String::new() } else { format!("{}: ", entry.actor) };
        let cause = entry.cause.as_ref().map(|cause| format!(" ← {cause}")).unwrap_or_default();
        let lines = wrapped(&format!("{actor}{}", entry.text), &cause, width.saturating_sub(margin).max(20));
        let said = lines.iter().map(|(said, cause)| format!("{said}{}", style.paint(Role::Quiet, cause)));
        let said: Vec<String> = said.collect();
        text.push_str(&format!(
            "{time}  {kind}  {branch}{}\n",
            said.join(&format!("\n{}", " ".repeat(margin)))
        ));
    }
    text
}

/// What an entry is, for colours.
const fn role(kind: EntryKind) -> Role {
    match kind {
        EntryKind::Act => Role::Deed,
        EntryKind::Posted
        | EntryKind::Deleted
        | EntryKind::Amplified
        | EntryKind::Conduct
        | EntryKind::Denied => Role::Word,
        EntryKind::Heard | EntryKind::Decided => Role::Recorded,
        EntryKind::Price => Role::Bar,
        _ => Role::Quiet,
    }
}

/// `text` and then `cause` in lines of at most `room` characters, broken between words; of each line what belongs to which.
fn wrapped(text: &str, cause: &str, room: usize) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = vec![(String::new(), String::new())];
    let words = text.split_whitespace().map(|word| (word, false));
    for (word, is_cause) in words.chain(cause.split_whitespace().map(|word| (word, true))) {
        let taken = lines.last().map_or(0, |(said, cause)| length(said) + length(cause));
        if taken > 0 && taken + 1 + length(word) > room {
            lines.push((String::new(), String::new()));
        }
        if let Some((said, cause)) = lines.last_mut() {
            let is_first = said.is_empty() && cause.is_empty();
            let part = if is_cause { cause } else { said };
            if !is_first {
                part.push(' ');
            }
            part.push_str(word);
        }
    }
    lines
}

/// The entries as a JSON array of `{time, elapsed_ms, kind, id, actor, text, cause}`.
pub fn json(entries: &[TimelineEntry], start: UtcTime) -> Value {
    let entry = |entry: &TimelineEntry| {
        json!({
            "time": start.plus(entry.time).timestamp().to_string(),
            "elapsed_ms": entry.time.as_ms(),
            "kind": entry.kind.name(),
            "id": entry.id,
            "actor": (!entry.actor.is_empty()).then_some(&entry.actor),
            "text": entry.text,
            "cause": entry.cause,
        })
    };
    entries.iter().map(entry).collect()
}

/// How many causes lie behind each entry; a cause that comes later or is unknown counts as none.
fn depths(entries: &[TimelineEntry]) -> Vec<usize> {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut depths = Vec::with_capacity(entries.len());
    for entry in entries {
        let of_cause = entry.cause.as_deref().and_then(|cause| known.get(cause));
        let depth = of_cause.map_or(0, |depth| depth + 1);
        known.entry(&entry.id).or_insert(depth);
        depths.push(depth);
    }
    depths
}

/// Time since the start as `+3d 04:05` (days, hours, minutes).
fn elapsed(time: SimTime) -> String {
    let span = time.since(SimTime::START);
    let minutes = span.as_ms().abs() / TimeSpan::from_secs(60).as_ms();
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let sign = if span < TimeSpan::ZERO { '−' } else { '+' };
    match days {
        0 => format!("{sign}{hours:02}:{minutes:02}"),
        days => format!("{sign}{days}d {hours:02}:{minutes:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timeline::EntryKind;

    fn entry(hours: i64, kind: EntryKind, id: &str, cause: Option<&str>, text: &str) -> TimelineEntry {
        TimelineEntry {
            time: SimTime::START + TimeSpan::from_hours(hours),
            kind,
            id: id.into(),
            actor: "SA".into(),
            cause: cause.map(str::to_owned),
            text: text.into(),
        }
    }

    fn story() -> Vec<TimelineEntry> {
        vec![
            entry(0, EntryKind::Posted, "tweet", None, "criticism"),
            entry(2, EntryKind::Heard, "heard:1", Some("tweet"), "takes note"),
            entry(50, EntryKind::Act, "act:0", Some("heard:1"), "expels ambassador"),
            entry(51, EntryKind::Act, "act:1", Some("nowhere"), "comments"),
        ]
    }

    #[test]
    fn what_follows_from_something_is_indented_below_it() {
        let start = UtcTime::from_unix_ms(1_533_254_400_000); // 2018-08-03T00:00:00Z
        assert_eq!(
            text(&story(), start),
            "2018-08-03 00:00:00      +00:00  posted  SA: criticism\n\
             2018-08-03 02:00:00      +02:00  heard   └ SA: takes note  ← tweet\n\
             2018-08-05 02:00:00   +2d 02:00  act       └ SA: expels ambassador  ← heard:1\n\
             2018-08-05 03:00:00   +2d 03:00  act     SA: comments  ← nowhere\n"
        );
    }

    #[test]
    fn a_terminal_has_days_and_no_line_is_too_long_for_it() {
        let start = UtcTime::from_unix_ms(1_533_254_400_000);
        assert_eq!(
            screen(&story(), start, 100, Style::Monochrome),
            "Friday 3 August 2018\n00:00  posted  SA: criticism\n02:00  heard   └ SA: takes note ← tweet\n\
             \nSunday 5 August 2018\n02:00  act       └ SA: expels ambassador ← heard:1\n03:00  act     SA: comments ← nowhere\n"
        );
        let mut long = story();
        long[2].text = "expels the ambassador, recalls its own, and freezes all new trade and investment with the country".into();
        for width in [40, 60, 80, 120] {
            let text = screen(&long, start, width, Style::Monochrome);
            assert!(text.lines().all(|line| length(line) <= width), "{width}: {text}");
            let words = |text: &str| text.split_whitespace().filter(|word| *word != "└").count();
            assert_eq!(words(&text), words(&screen(&long, start, 500, Style::Monochrome)));
            let coloured = screen(&long, start, width, Style::Colour);
            assert!(coloured.contains("\x1b[31mact") && !text.contains('\x1b'));
        }
    }

    #[test]
    fn json_holds_the_same_entries_with_their_causes() {
        let value = json(&story(), UtcTime::from_unix_ms(0));
        assert_eq!(value[2]["time"], "1970-01-03T02:00:00Z");
        assert_eq!(value[2]["cause"], "heard:1");
        assert_eq!(value[0]["cause"], Value::Null);
        assert_eq!(value.as_array().map(Vec::len), Some(4));
    }

    #[test]
    fn an_entry_that_names_itself_as_its_cause_is_printed_once() {
        let entries = [entry(0, EntryKind::Act, "act:0", Some("act:0"), "loops")];
        assert_eq!(text(&entries, UtcTime::from_unix_ms(0)).lines().count(), 1);
    }
}
