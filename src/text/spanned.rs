//! Values that know where they stand or where they come from.

use super::{FromValue, ParameterNote, Place, Reader, Value, choices, inline};
use std::ops::Deref;

/// A value with its place, for checks that come after reading. Equality ignores the place.
#[derive(Debug, Clone, Copy)]
pub struct Spanned<T> {
    value: T,
    place: Place,
}

impl<T> Spanned<T> {
    /// A value that stands in no text, such as a default.
    pub const fn unplaced(value: T) -> Self {
        Self { value, place: Place::NOWHERE }
    }

    /// Where it stands.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The value.
    pub const fn get(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }
}

impl<T> Deref for Spanned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Spanned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Default> Default for Spanned<T> {
    fn default() -> Self {
        Self::unplaced(T::default())
    }
}

impl<T: FromValue> FromValue for Spanned<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        T::read(value, reader).map(|read| Self { value: read, place: value.place })
    }

    fn schema() -> serde_json::Value {
        T::schema()
    }

    fn missing() -> Option<Self> {
        T::missing().map(Self::unplaced)
    }

    fn to_json(&self) -> Option<serde_json::Value> {
        self.value.to_json()
    }
}

choices! {
    /// What a number rests on.
    pub enum Basis {
        /// Somebody measured it; the source says who.
        Measured = "measured",
        /// It was chosen so that the model agrees with something measured.
        Fitted = "fitted",
        /// No source was found.
        Assumed = "assumed",
        /// It was set for this run, by an option or an arm.
        Override = "override",
    }
}

/// A value with what it rests on, written `{ value = …, basis = "…", source = "…" }`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// What it rests on.
    pub basis: Basis,
    /// Where it comes from, or why it was assumed.
    pub source: String,
}

/// What a schema allows, in words: bounds of a number, a choice of words, or how a quantity is written.
fn range(schema: &serde_json::Value) -> String {
    let bound = |key: &str| schema[key].as_f64().map(|bound| bound.to_string());
    match (bound("minimum"), bound("maximum")) {
        (Some(low), Some(high)) => return format!("{low} to {high}"),
        (Some(low), None) => return format!("{low} or more"),
        (None, Some(high)) => return format!("{high} or less"),
        (None, None) => {}
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let words = choices.iter().filter_map(|choice| choice["const"].as_str());
        return words.collect::<Vec<_>>().join(", ");
    }
    if let Some(keys) = schema["properties"].as_object() {
        let of_key = |(key, schema): (&String, &serde_json::Value)| format!("{key} {}", range(schema));
        return keys.iter().map(of_key).collect::<Vec<_>>().join("; ");
    }
    match (schema["type"].as_str(), schema["examples"][0].as_str()) {
        (Some("number"), _) => "any number".to_owned(),
        (_, Some(example)) => format!("as `{example}`"),
        _ => String::new(),
    }
}

impl<T: FromValue> FromValue for Sourced<T> {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        const KEYS: [&str; 3] = ["value", "basis", "source"];
        let doc = reader.doc();
        if value.as_table().is_none() {
            let hint =
                format!("write `{{ value = {}, basis = \"assumed\", source = \"…\" }}`", inline(value));
            return reader.refuse(value, "a table of `value`, `basis` and `source`", Some(hint));
        }
        let entries = reader.table(value, &KEYS)?;
        let read = reader.field(&entries, ("value", doc), T::missing);
        let basis = reader.field(&entries, ("basis", "what the value rests on"), Basis::missing);
        let source = reader.field(&entries, ("source", "where the value comes from"), String::missing);
        let read = Self { value: read?, basis: basis?, source: source? };
        reader.note(ParameterNote {
            path: reader.path().to_string(),
            value: value.get("value").map(inline).unwrap_or_default(),
            range: range(&T::schema()),
            basis: read.basis,
            source: read.source.clone(),
            doc: doc.to_owned(),
        });
        Some(read)
    }

    fn schema() -> serde_json::Value {
        super::object_schema(
            "",
            [
                super::Field::new("value", "", T::schema()),
                super::Field::new("basis", "What the value rests on.", Basis::schema()),
                super::Field::new("source", "Where it comes from, or why it was assumed.", String::schema()),
            ],
        )
    }
}

impl<T> Deref for Sourced<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
