//! Recorded values, whose unit is that of their outcome.

use super::file::Measured;
use crate::text::{FromValue, Kind, Reader, Value};
use crate::units::parse::Quantity;
use crate::units::{Fraction, Money, TimeSpan};
use serde_json::json;

impl FromValue for Measured {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        let read = match &value.kind {
            Kind::Boolean(truth) => Some(Self::YesNo(*truth)),
            Kind::Integer(number) => Some(Self::Number(*number as f64)),
            Kind::Float(number) if number.is_finite() => Some(Self::Number(*number)),
            Kind::String(text) if text.trim_end().ends_with('%') => {
                Fraction::parse(text).ok().map(Self::Fraction)
            }
            Kind::String(text) if text.contains("USD") => Money::parse(text).ok().map(Self::Dollars),
            Kind::String(text) => TimeSpan::parse(text).ok().map(Self::Span),
            _ => None,
        };
        let allowed = "a number, a percentage (`-0.45 %`), a duration (`7.5 h`), an amount (`5 bn USD`), `true` or `false`";
        read.or_else(|| reader.refuse(value, allowed, None))
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [
            { "type": ["number", "boolean"] },
            { "type": "string", "pattern": Fraction::PATTERN },
            { "type": "string", "pattern": TimeSpan::PATTERN },
            { "type": "string", "pattern": Money::PATTERN },
        ] })
    }
}
