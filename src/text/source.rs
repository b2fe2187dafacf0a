//! Texts that were read, and places in them.

use super::{Failure, Problem};

/// Which text of a [`Sources`] a place is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A stretch of bytes in one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The text.
    pub source: SourceId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Place {
    /// In no text: a default, or something made by the program.
    pub const NOWHERE: Self = Self { source: SourceId(u32::MAX), start: 0, end: 0 };

    /// The bytes `start..end` of `source`.
    pub(crate) fn new(source: SourceId, start: usize, end: usize) -> Self {
        let bound = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { source, start: bound(start), end: bound(end) }
    }

    /// The beginning of `source`.
    pub const fn beginning(source: SourceId) -> Self {
        Self { source, start: 0, end: 0 }
    }
}

/// All texts of one load with their names, so that places can be shown.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    texts: Vec<Source>,
}

/// A text, or some lines of one.
#[derive(Debug, Clone)]
struct Source {
    name: String,
    text: String,
    /// Lines of the file before the first one that is held.
    skipped: usize,
}

impl Sources {
    /// No texts.
    pub const fn new() -> Self {
        Self { texts: Vec::new() }
    }

    /// Adds a text; `name` is shown to people (a file name, an option).
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        self.add_excerpt(name, text, 1)
    }

    /// Adds some lines of a text too long to be held; `first_line` is the number of the first, from 1.
    pub fn add_excerpt(
        &mut self,
        name: impl Into<String>,
        lines: impl Into<String>,
        first_line: usize,
    ) -> SourceId {
        let skipped = first_line.saturating_sub(1);
        self.texts.push(Source { name: name.into(), text: lines.into(), skipped });
        SourceId(self.texts.len() as u32 - 1)
    }

    /// Name of a text; empty for [`Place::NOWHERE`].
    pub fn name(&self, source: SourceId) -> &str {
        self.texts.get(source.0 as usize).map_or("", |source| &source.name)
    }

    /// A text; empty for [`Place::NOWHERE`].
    pub fn text(&self, source: SourceId) -> &str {
        self.texts.get(source.0 as usize).map_or("", |source| &source.text)
    }

    /// Line and column of a place, both from 1, the column in characters.
    pub fn line_column(&self, place: Place) -> (usize, usize) {
        let text = self.text(place.source);
        let before = &text[..boundary(text, place.start as usize)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let skipped = self.texts.get(place.source.0 as usize).map_or(0, |source| source.skipped);
        (skipped + before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// `name:line:column` of a place.
    pub fn locate(&self, place: Place) -> String {
        let (line, column) = self.line_column(place);
        format!("{}:{line}:{column}", self.name(place.source))
    }
}

/// The greatest offset that is at most `offset` and does not split a character of `text`.
pub(super) fn boundary(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset)
}

/// The text that `bytes` encode, which must be UTF-8.
///
/// # Errors
/// A failure that points at the first byte that is not UTF-8.
pub fn decode(name: &str, bytes: &[u8]) -> Result<String, Failure> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let valid = error.valid_up_to();
        let mut sources = Sources::new();
        let source = sources.add(name, String::from_utf8_lossy(bytes));
        let byte = bytes.get(valid).copied().unwrap_or_default();
        let place = Place::new(source, valid, valid + char::REPLACEMENT_CHARACTER.len_utf8());
        let problem = Problem::new(place, "", format!("byte `0x{byte:02X}` is not UTF-8 text"))
            .allowed("UTF-8")
            .hint("save the file as UTF-8");
        Failure::new(sources, problem.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let mut sources = Sources::new();
        let source = sources.add("a.toml", "x = 1\nä = 2\n");
        let after_umlaut = Place::new(source, 8, 9);
        assert_eq!(sources.line_column(after_umlaut), (2, 2));
        assert_eq!(sources.locate(Place::beginning(source)), "a.toml:1:1");
        assert_eq!(sources.line_column(Place::NOWHERE), (1, 1));
    }

    #[test]
    fn an_excerpt_keeps_the_numbers_of_its_lines() {
        let mut sources = Sources::new();
        let source = sources.add_excerpt("a.txt", "1 2\n3 x", 40);
        assert_eq!(sources.locate(Place::new(source, 6, 7)), "a.txt:41:3");
    }

    #[test]
    fn text_that_is_not_utf_8_is_refused_at_its_first_bad_byte() {
        let failure = decode("bad.toml", b"a = 1\nb = \"\xff\"\n").unwrap_err();
        let shown = failure.to_string();
        assert!(shown.contains("byte `0xFF` is not UTF-8 text"), "{shown}");
        assert!(shown.contains("bad.toml:2:6"), "{shown}");
        assert_eq!(decode("good.toml", "ü".as_bytes()).unwrap(), "ü");
    }
}
