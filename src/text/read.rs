//! From trees to types.

use super::print::key_text;
use super::{Basis, Kind, Path, Place, Problem, Problems, Table, Value, inline, list, nearest};
use crate::units::parse::{ParseError, Quantity};
use crate::units::{
    Degrees, Fraction, Goldstein, Money, NonNegative, PerDay, Probability, Signed, TimeSpan, UtcTime,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Characters of a value that a message shows.
const VALUE_WIDTH: usize = 60;

/// A type that can be read from a tree.
pub trait FromValue: Sized {
    /// The value, or `None` after telling `reader` what is wrong.
    fn read(value: &Value, reader: &mut Reader) -> Option<Self>;

    /// JSON Schema of what is accepted.
    fn schema() -> serde_json::Value;

    /// The value of a key that is absent; `None` if the key is required.
    fn missing() -> Option<Self> {
        None
    }

    /// The value as a schema shows a default, if it is simple enough.
    fn to_json(&self) -> Option<serde_json::Value> {
        None
    }
}

/// A parameter that was read, with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterNote {
    /// Path in its file, as an override would name it.
    pub path: String,
    /// The value as the file writes it.
    pub value: String,
    /// What it may be, for people.
    pub range: String,
    /// What it rests on.
    pub basis: Basis,
    /// Where it comes from.
    pub source: String,
    /// What it is.
    pub doc: String,
}

/// Collects problems and notes while a tree is read.
#[derive(Debug, Default)]
pub struct Reader {
    problems: Problems,
    notes: Vec<ParameterNote>,
    path: Path,
    doc: &'static str,
}

impl Reader {
    /// A reader at the root of a tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was wrong and what was noted.
    pub fn finish(self) -> (Problems, Vec<ParameterNote>) {
        (self.problems, self.notes)
    }

    /// Path of the node that is being read.
    pub const fn path(&self) -> &Path {
        &self.path
    }

    /// Description of the field that is being read.
    pub const fn doc(&self) -> &'static str {
        self.doc
    }

    /// Notes a parameter.
    pub fn note(&mut self, note: ParameterNote) {
        self.notes.push(note);
    }

    /// Tells what is wrong.
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Refuses a value: it is not what is allowed here.
    pub fn refuse<T>(
        &mut self,
        value: &Value,
        allowed: impl Into<String>,
        hint: Option<String>,
    ) -> Option<T> {
        let message = format!("`{}` can't be `{}`", self.path.name(), shortened(&inline(value)));
        let mut problem = Problem::new(value.place, self.path.to_string(), message).allowed(allowed);
        problem.hint = hint;
        self.report(problem);
        None
    }

    /// Refuses a value that is none of `words`.
    pub fn refuse_choice<T>(&mut self, value: &Value, words: &[&str]) -> Option<T> {
        let meant = value.as_str().and_then(|word| nearest(word, words.iter().copied()));
        self.refuse(value, list(words.iter().copied()), meant.map(|word| format!("did you mean `{word}`?")))
    }

    /// Reads something below the segment `segment` of the path.
    pub fn within<T>(&mut self, segment: impl Into<String>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let result = read(self);
        self.path.pop();
        result
    }

    /// The entries of a table that may have `keys` and no others.
    pub fn table<'a>(&mut self, value: &'a Value, keys: &[&'static str]) -> Option<Entries<'a>> {
        let Some(table) = value.as_table() else {
            return self.refuse(value, format!("a table with {}", list(keys.iter().copied())), None);
        };
        let mut misspelt = Vec::new();
        for (key, entry) in table.iter().filter(|(key, _)| !keys.contains(&key.as_str())) {
            misspelt.extend(nearest(key, keys.iter().copied()));
            let problem = self.unknown_key(key, entry.key, keys);
            self.report(problem);
        }
        Some(Entries { table, place: value.place, misspelt })
    }

    /// The problem of a key that is none of `keys`.
    fn unknown_key(&self, key: &str, place: Place, keys: &[&str]) -> Problem {
        let mut path = self.path.clone();
        path.push(key);
        let message = match self.path.segments() {
            [] => format!("unknown key `{}`", key_text(key)),
            _ => format!("unknown key `{}` in `{}`", key_text(key), self.path),
        };
        Problem::new(place, path.to_string(), message)
            .allowed(list(keys.iter().copied()))
            .did_you_mean(nearest(key, keys.iter().copied()))
    }

    /// Reads the value of a key of a table; `missing` is what stands for it if it is absent.
    pub fn field<T: FromValue>(
        &mut self,
        entries: &Entries<'_>,
        (key, doc): (&str, &'static str),
        missing: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        if let Some(entry) = entries.table.get(key) {
            let outer = std::mem::replace(&mut self.doc, doc.trim());
            let read = self.within(key, |reader| T::read(&entry.value, reader));
            self.doc = outer;
            return read;
        }
        let missing = missing();
        // One mistake is told once: a misspelt key is not missing too.
        if missing.is_none() && !entries.misspelt.contains(&key) {
            let message = match self.path.segments() {
                [] => format!("`{key}` is missing"),
                _ => format!("`{key}` is missing in `{}`", self.path),
            };
            let problem = Problem::new(entries.place, self.path.to_string(), message);
            self.report(match first_sentence(doc) {
                "" => problem,
                sentence => problem.hint(format!("`{key}`: {}", lower_first(sentence))),
            });
        }
        missing
    }
}

/// The entries of a table that is being read.
#[derive(Debug)]
pub struct Entries<'a> {
    table: &'a Table,
    place: Place,
    /// Keys that are absent because they are written wrongly.
    misspelt: Vec<&'static str>,
}

/// The text, cut if it is long.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(VALUE_WIDTH) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// The first sentence without its full stop.
fn first_sentence(doc: &str) -> &str {
    let doc = doc.trim();
    doc.split_once(". ").map_or(doc, |(first, _)| first).trim_end_matches('.')
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}

/// One key of a table in a schema.
#[derive(Debug)]
pub struct Field {
    key: &'static str,
    doc: &'static str,
    schema: serde_json::Value,
    presence: Presence,
}

/// Whether a key must be there, and what it is if not.
#[derive(Debug)]
enum Presence {
    Required,
    Optional { default: Option<serde_json::Value> },
}

impl Field {
    /// A key that must be there.
    pub const fn new(key: &'static str, doc: &'static str, schema: serde_json::Value) -> Self {
        Self { key, doc, schema, presence: Presence::Required }
    }

    /// The key may be absent if there is a value for this case.
    #[must_use]
    pub fn or<T: FromValue>(mut self, missing: Option<&T>) -> Self {
        if let Some(missing) = missing {
            self.presence = Presence::Optional { default: missing.to_json() };
        }
        self
    }
}

/// Schema of a table with the given keys and no others.
pub fn object_schema(doc: &str, fields: impl IntoIterator<Item = Field>) -> serde_json::Value {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for field in fields {
        let mut schema = field.schema;
        if let Some(object) = schema.as_object_mut() {
            if !field.doc.trim().is_empty() {
                object.insert("description".to_owned(), json!(field.doc.trim()));
            }
            if let Presence::Optional { default: Some(default) } = &field.presence {
                object.insert("default".to_owned(), default.clone());
            }
        }
        if matches!(field.presence, Presence::Required) {
            required.push(field.key);
        }
        properties.insert(field.key.to_owned(), schema);
    }
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let Some(object) = schema.as_object_mut() {
        if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        if !doc.trim().is_empty() {
            object.insert("description".to_owned(), json!(doc.trim()));
        }
    }
    schema
}

impl FromValue for String {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => reader.refuse(value, "text in quotes", None),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "string" })
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        Some(json!(self))
    }
}

impl FromValue for bool {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        match value.kind {
            Kind::Boolean(truth) => Some(truth),
            _ => reader.refuse(value, "`true` or `false`", None),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "boolean" })
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        Some(json!(self))
    }
}

impl FromValue for u64 {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        match value.kind {
            Kind::Integer(number) if number >= 0 => Some(number as Self),
            _ => reader.refuse(value, "a whole number that is not negative", None),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "integer", "minimum": 0 })
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        Some(json!(self))
    }
}

/// The number, if the value is one and finite.
fn number(value: &Value) -> Option<f64> {
    match value.kind {
        Kind::Integer(number) => Some(number as f64),
        Kind::Float(number) if number.is_finite() => Some(number),
        _ => None,
    }
}

impl FromValue for f64 {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        number(value).or_else(|| reader.refuse(value, "a number", None))
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "number" })
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        Some(json!(self))
    }
}

/// Reads dimensionless quantities that check their own range.
macro_rules! from_number {
    ($($name:ident: $low:expr, $high:expr;)*) => {
        $(impl FromValue for $name {
            fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
                number(value).and_then(Self::new).or_else(|| reader.refuse(value, Self::ALLOWED, None))
            }

            fn schema() -> serde_json::Value {
                let mut schema = json!({ "type": "number", "minimum": $low });
                let high: Option<f64> = $high;
                if let Some(high) = high {
                    schema["maximum"] = json!(high);
                }
                schema
            }

            fn to_json(&self) -> Option<serde_json::Value> {
                Some(json!(self.get()))
            }
        })*
    };
}

from_number! {
    Probability: 0.0, Some(1.0);
    Goldstein: -10.0, Some(10.0);
    NonNegative: 0.0, None;
    Signed: -1.0, Some(1.0);
    Degrees: 2.1, Some(100.0);
}

/// Reads quantities that are written as text with a unit.
macro_rules! from_text {
    ($($name:ident)*) => {
        $(impl FromValue for $name {
            fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
                quantity(value).map_or_else(|error| reader.refuse(value, error.allowed, error.hint), Some)
            }

            fn schema() -> serde_json::Value {
                json!({ "type": "string", "pattern": Self::PATTERN, "examples": [Self::EXAMPLE] })
            }

            fn to_json(&self) -> Option<serde_json::Value> {
                Some(json!(Quantity::text(*self)))
            }
        })*
    };
}

from_text! { TimeSpan Fraction PerDay Money UtcTime }

/// The quantity that a value writes out with its unit.
fn quantity<Q: Quantity>(value: &Value) -> Result<Q, ParseError> {
    match &value.kind {
        Kind::String(text) => Q::parse(text),
        Kind::Datetime(datetime) => Q::parse(&datetime.to_string()),
        Kind::Integer(_) | Kind::Float(_) => Q::parse(&inline(value)),
        _ => Err(Q::refused("", None)),
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        T::read(value, reader).map(Some)
    }

    fn schema() -> serde_json::Value {
        T::schema()
    }

    fn missing() -> Option<Self> {
        Some(None)
    }
}

impl<T: FromValue> FromValue for Vec<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Kind::Array(items) = &value.kind else {
            return reader.refuse(value, "a list in square brackets", None);
        };
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(index, item)| reader.within(item.element_name(index), |reader| T::read(item, reader)))
            .collect();
        read.into_iter().collect()
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "array", "items": T::schema() })
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        self.iter().map(T::to_json).collect()
    }
}

impl<T: FromValue> FromValue for BTreeMap<String, T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let Some(table) = value.as_table() else {
            return reader.refuse(value, "a table", None);
        };
        let read: Vec<_> = table
            .iter()
            .map(|(key, entry)| {
                let read = reader.within(key.as_str(), |reader| T::read(&entry.value, reader));
                read.map(|read| (key.clone(), read))
            })
            .collect();
        read.into_iter().collect()
    }

    fn schema() -> serde_json::Value {
        json!({ "type": "object", "additionalProperties": T::schema() })
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        let entries = self.iter().map(|(key, value)| Some((key.clone(), value.to_json()?)));
        entries.collect::<Option<serde_json::Map<_, _>>>().map(serde_json::Value::Object)
    }
}

impl FromValue for Value {
    fn read(value: &Value, _: &mut Reader) -> Option<Self> {
        Some(value.clone())
    }

    fn schema() -> serde_json::Value {
        json!({})
    }
}
