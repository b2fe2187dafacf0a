//! Dotted paths to a node of a tree.

use super::print::key_text;
use super::{Kind, Value};
use std::fmt;

/// A path such as `office.parcels.small-one.time`; segments that hold other characters than letters, digits, `_`
/// and `-` are quoted: `recorded."parcel.7.weight".value`.
///
/// Elements of an array are named by their `id` if they are tables that have one, else by their index from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Path(Vec<String>);

impl Path {
    /// The path to the root.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// The path that `text` spells out, or what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut segments = Vec::new();
        let mut rest = text.trim();
        loop {
            let (segment, after) = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => rest[1..].split_once(quote).ok_or("a quote is not closed")?,
                _ => rest.split_at(rest.find('.').unwrap_or(rest.len())),
            };
            if segment.is_empty() {
                return Err(format!("`{text}` has an empty segment"));
            }
            segments.push(segment.to_owned());
            match after.strip_prefix('.') {
                Some(more) => rest = more,
                None if after.is_empty() => return Ok(Self(segments)),
                None => return Err(format!("`{after}` follows a closing quote")),
            }
        }
    }

    /// The segments.
    pub fn segments(&self) -> &[String] {
        &self.0
    }

    /// Enters a segment.
    pub(super) fn push(&mut self, segment: impl Into<String>) {
        self.0.push(segment.into());
    }

    /// Leaves the last segment.
    pub(super) fn pop(&mut self) {
        self.0.pop();
    }

    /// What messages call the node: its last segment that says something; `file` for the root.
    pub(super) fn name(&self) -> &str {
        match self.0.as_slice() {
            [.., parent, value] if value == "value" => parent,
            [.., last] => last,
            [] => "file",
        }
    }

    /// The node of `tree` at this path.
    pub fn find<'a>(&self, tree: &'a Value) -> Option<&'a Value> {
        self.0.iter().try_fold(tree, |node, segment| match &node.kind {
            Kind::Table(table) => table.get(segment).map(|entry| &entry.value),
            Kind::Array(items) => items.get(element_index(items, segment)?),
            _ => None,
        })
    }
}

impl<S: Into<String>> FromIterator<S> for Path {
    fn from_iter<I: IntoIterator<Item = S>>(segments: I) -> Self {
        Self(segments.into_iter().map(Into::into).collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            f.write_str(&key_text(segment))?;
        }
        Ok(())
    }
}

/// Index of the element of an array that a path calls `segment`.
pub(super) fn element_index(items: &[Value], segment: &str) -> Option<usize> {
    items.iter().enumerate().position(|(index, item)| item.element_name(index) == segment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prints_as_it_is_parsed() {
        for text in ["a", "a.b-c.d_1", "recorded.\"parcel.7.weight\".value"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
        let quoted = Path::parse("recorded.'parcel.7.weight'.value").unwrap();
        assert_eq!(quoted.segments(), ["recorded", "parcel.7.weight", "value"]);
    }

    #[test]
    fn a_path_with_a_hole_is_refused() {
        for text in ["", "a..b", "a.", ".a", "a.\"b", "a.\"b\"c", "\"\""] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
