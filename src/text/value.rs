//! The tree that a TOML text describes; every node knows its place.

use super::{Place, Problem, Problems, SourceId, Sources};
use std::collections::BTreeMap;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// Deepest nesting of tables and arrays that is read.
pub const MAX_DEPTH: usize = 64;

/// A node of the tree. Two nodes are equal if they say the same, wherever they stand.
#[derive(Debug, Clone)]
pub struct Value {
    /// Where it stands.
    pub place: Place,
    /// What it says.
    pub kind: Kind,
}

/// What a node says.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A number with a decimal point or exponent.
    Float(f64),
    /// True or false.
    Boolean(bool),
    /// A date, a time of day, or both, with or without offset.
    Datetime(Datetime),
    /// Values in order.
    Array(Vec<Value>),
    /// Values by key.
    Table(Table),
}

/// Values by key, in the order of the keys.
pub type Table = BTreeMap<String, Entry>;

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where its key stands.
    pub key: Place,
    /// The value.
    pub value: Value,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Integer(a), Self::Integer(b)) => a == b,
            // As written: 0.0 and -0.0 differ, not-a-number equals itself.
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()),
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Datetime(a), Self::Datetime(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Table(a), Self::Table(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((k, x), (l, y))| k == l && x.value == y.value)
            }
            _ => false,
        }
    }
}

impl Value {
    /// A node that stands in no text.
    pub const fn unplaced(kind: Kind) -> Self {
        Self { place: Place::NOWHERE, kind }
    }

    /// A table without entries that stands in no text.
    pub const fn empty_table() -> Self {
        Self::unplaced(Kind::Table(BTreeMap::new()))
    }

    /// Text that stands in no text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::unplaced(Kind::String(text.into()))
    }

    /// The entries, if it is a table.
    pub const fn as_table(&self) -> Option<&Table> {
        match &self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The entries, if it is a table.
    pub const fn as_table_mut(&mut self) -> Option<&mut Table> {
        match &mut self.kind {
            Kind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The text, if it is text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a key, if it is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_table()?.get(key).map(|entry| &entry.value)
    }

    /// The name by which a path refers to the element `index` of an array: its `id`, if it has one, or the index.
    pub(super) fn element_name(&self, index: usize) -> String {
        self.get("id").and_then(Self::as_str).map_or_else(|| index.to_string(), str::to_owned)
    }
}

/// The tree of the text `source`. If something is wrong, all syntax errors are returned with as much of the tree as
/// could be read.
pub fn parse(sources: &Sources, source: SourceId) -> (Value, Problems) {
    let (table, errors) = DeTable::parse_recoverable(sources.text(source));
    let mut tree = Grower { source, problems: syntax_problems(sources.text(source), source, &errors) };
    let span = table.span();
    let root = Value {
        place: Place::new(source, span.start, span.start),
        kind: Kind::Table(tree.table(table.get_ref(), 1)),
    };
    (root, tree.problems)
}

/// The value that the stretch `place` of its source describes, as on the right of a `=`.
pub fn parse_value(sources: &Sources, place: Place) -> Result<Value, Problems> {
    let text = sources.text(place.source).get(place.start as usize..place.end as usize).unwrap_or_default();
    let (value, errors) = DeValue::parse_recoverable(text);
    let mut tree = Grower { source: place.source, problems: syntax_problems(text, place.source, &errors) };
    let mut read = Value { place, kind: tree.kind(value.get_ref(), place, 1) };
    shift(&mut read, place.start);
    read.place = place;
    tree.problems.into_result().map(|()| read)
}

/// Moves the places of a tree by `offset` bytes.
fn shift(value: &mut Value, offset: u32) {
    value.place.start = value.place.start.saturating_add(offset);
    value.place.end = value.place.end.saturating_add(offset);
    match &mut value.kind {
        Kind::Array(items) => items.iter_mut().for_each(|item| shift(item, offset)),
        Kind::Table(table) => {
            for entry in table.values_mut() {
                entry.key.start = entry.key.start.saturating_add(offset);
                entry.key.end = entry.key.end.saturating_add(offset);
                shift(&mut entry.value, offset);
            }
        }
        _ => {}
    }
}

fn syntax_problems(text: &str, source: SourceId, errors: &[toml::de::Error]) -> Problems {
    let mut problems = Problems::new();
    problems.extend(errors.iter().map(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = match (error.message(), text.get(span.clone())) {
            ("duplicate key", Some(key)) => format!("`{key}` is defined twice"),
            (message, _) => message.to_owned(),
        };
        Problem::new(Place::new(source, span.start, span.end), "", message)
    }));
    problems
}

/// Turns the parser's tree into ours.
struct Grower {
    source: SourceId,
    problems: Problems,
}

impl Grower {
    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Table {
        let mut grown = Table::new();
        for (key, value) in table {
            let place = self.place(&key.span());
            let value_place = self.place(&value.span());
            let kind = self.kind(value.get_ref(), value_place, depth);
            let value = Value { place: value_place, kind };
            grown.insert(key.get_ref().to_string(), Entry { key: place, value });
        }
        grown
    }

    fn kind(&mut self, value: &DeValue<'_>, place: Place, depth: usize) -> Kind {
        if depth > MAX_DEPTH && matches!(value, DeValue::Array(_) | DeValue::Table(_)) {
            let problem =
                Problem::new(place, "", "nested too deeply").allowed(format!("at most {MAX_DEPTH} levels"));
            self.problems.push(problem);
            return Kind::Boolean(false);
        }
        match value {
            DeValue::String(text) => Kind::String(text.to_string()),
            DeValue::Boolean(truth) => Kind::Boolean(*truth),
            DeValue::Datetime(datetime) => Kind::Datetime(*datetime),
            DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
                Ok(integer) => Kind::Integer(integer),
                Err(_) => self.out_of_range(place, &integer.to_string(), "a whole number of at most 64 bits"),
            },
            DeValue::Float(float) => match float.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() || float.as_str().contains(['n', 'N']) => {
                    Kind::Float(number)
                }
                _ => self.out_of_range(place, float.as_str(), "a number up to 1.7e308"),
            },
            DeValue::Array(items) => Kind::Array(
                items
                    .iter()
                    .map(|item| {
                        let place = self.place(&item.span());
                        Value { place, kind: self.kind(item.get_ref(), place, depth + 1) }
                    })
                    .collect(),
            ),
            DeValue::Table(table) => Kind::Table(self.table(table, depth + 1)),
        }
    }

    fn out_of_range(&mut self, place: Place, number: &str, allowed: &str) -> Kind {
        self.problems.push(Problem::new(place, "", format!("`{number}` is out of range")).allowed(allowed));
        Kind::Integer(0)
    }

    fn place(&self, span: &std::ops::Range<usize>) -> Place {
        Place::new(self.source, span.start, span.end)
    }
}
