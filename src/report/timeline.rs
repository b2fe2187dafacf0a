//! One run as a story: text with causes shown by indentation, or JSON.

use crate::model::timeline::TimelineEntry;
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
