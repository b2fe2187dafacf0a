//! The first line of every file: which format it is written in.

use super::file::FORMAT;
use crate::text::{Kind, Place, Problem, Problems, SourceId, Sources, Value, parse};

/// The line that a file of the newest format begins with.
pub(super) fn first_line() -> String {
    format!("format = {FORMAT}\n")
}

/// The tree of a file, without its `format`, which is checked before anything else.
pub(super) fn document(sources: &Sources, source: SourceId) -> Result<Value, Problems> {
    let beginning = Place::beginning(source);
    let begin = format!("begin the file with `format = {FORMAT}`");
    if sources.text(source).trim().is_empty() {
        let problem = Problem::new(beginning, "", format!("`{}` is empty", sources.name(source)))
            .hint("`twiplomacy new FILE` writes a scenario to start from");
        return Err(problem.into());
    }
    let (mut tree, syntax) = parse(sources, source);
    let first = tree.as_table().and_then(|table| table.values().map(|entry| entry.key.start).min());
    let format = tree.as_table_mut().and_then(|table| table.remove("format"));
    if let Some(entry) = &format {
        match entry.value.kind {
            Kind::Integer(number) if u64::try_from(number).is_ok_and(|number| number > FORMAT) => {
                let message = format!(
                    "format = {number} is newer than this program reads ({FORMAT}): use a newer twiplomacy"
                );
                return Err(Problem::new(entry.value.place, "format", message).into());
            }
            Kind::Integer(1..) => {}
            _ => {
                let message = format!("`format` can't be `{}`", crate::text::inline(&entry.value));
                let problem = Problem::new(entry.value.place, "format", message);
                return Err(problem.allowed(format!("a whole number from 1 to {FORMAT}")).into());
            }
        }
    }
    syntax.into_result()?;
    match format {
        None => Err(Problem::new(beginning, "", "`format` is missing").hint(begin).into()),
        Some(entry) if first.is_some_and(|first| first < entry.key.start) => {
            Err(Problem::new(entry.key, "format", "`format` is not the first key").hint(begin).into())
        }
        Some(_) => Ok(tree),
    }
}
