//! Trees as TOML text: one tree, one text.

use super::{Kind, Table, Value};
use std::fmt::Write as _;

/// Longest table, as text, that is written on one line.
const INLINE_WIDTH: usize = 100;

/// The tree as a TOML document, keys in alphabetical order. Reading it again gives an equal tree.
///
/// What is not a table has no document and is written as by [`inline`].
pub fn print(tree: &Value) -> String {
    let mut text = String::new();
    match tree.as_table() {
        Some(table) => write_table(&mut text, "", table),
        None => text = inline(tree),
    }
    text
}

/// The value on one line, as on the right of a `=`.
pub fn inline(value: &Value) -> String {
    match &value.kind {
        Kind::String(text) => quoted(text),
        Kind::Integer(number) => number.to_string(),
        Kind::Float(number) if number.is_nan() => "nan".to_owned(),
        Kind::Float(number) => format!("{number:?}"),
        Kind::Boolean(truth) => truth.to_string(),
        Kind::Datetime(datetime) => datetime.to_string(),
        Kind::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        Kind::Table(table) if table.is_empty() => "{}".to_owned(),
        Kind::Table(table) => {
            let entries =
                table.iter().map(|(key, entry)| format!("{} = {}", key_text(key), inline(&entry.value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// The key, quoted if need be.
pub(super) fn key_text(key: &str) -> String {
    let is_bare =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// The text as a TOML basic string.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(control));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// How a value is written in a table.
enum Form {
    /// `key = value`.
    Line(String),
    /// `[key]` and its entries.
    Header,
    /// `[[key]]` for each element.
    Headers,
}

fn form(value: &Value) -> Form {
    match &value.kind {
        Kind::Table(table) => {
            let is_flat =
                table.values().all(|entry| !matches!(entry.value.kind, Kind::Table(_) | Kind::Array(_)));
            let line = if is_flat && !table.is_empty() { inline(value) } else { String::new() };
            if line.is_empty() || line.chars().count() > INLINE_WIDTH {
                Form::Header
            } else {
                Form::Line(line)
            }
        }
        Kind::Array(items) if !items.is_empty() && items.iter().all(|item| item.as_table().is_some()) => {
            Form::Headers
        }
        _ => Form::Line(inline(value)),
    }
}

/// Writes the entries of the table at `path`: lines first, then what needs a header of its own.
fn write_table(text: &mut String, path: &str, table: &Table) {
    let below = |key: &str| if path.is_empty() { key_text(key) } else { format!("{path}.{}", key_text(key)) };
    for (key, entry) in table {
        if let Form::Line(line) = form(&entry.value) {
            let _ = writeln!(text, "{} = {line}", key_text(key));
        }
    }
    for (key, entry) in table {
        let path = below(key);
        match (form(&entry.value), &entry.value.kind) {
            (Form::Header, Kind::Table(table)) => {
                let has_lines = table.values().any(|entry| matches!(form(&entry.value), Form::Line(_)));
                if has_lines || table.is_empty() {
                    let _ = writeln!(text, "\n[{path}]");
                }
                write_table(text, &path, table);
            }
            (Form::Headers, Kind::Array(items)) => {
                for table in items.iter().filter_map(Value::as_table) {
                    let _ = writeln!(text, "\n[[{path}]]");
                    write_table(text, &path, table);
                }
            }
            _ => {}
        }
    }
}
