//! What is wrong with a text, and showing it.

use super::source::boundary;
use super::{Place, Sources};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};
use std::fmt::{self, Write as _};

/// Problems shown before the rest is only counted.
const SHOWN: usize = 50;
/// Characters shown of a line that is very long.
const LINE_WIDTH: usize = 200;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// Path of the key, such as `office.counters`; empty for the whole text.
    pub path: String,
    /// What is wrong: lower case, no full stop, literals in backticks.
    pub message: String,
    /// What would be right.
    pub allowed: Option<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem at a place.
    pub fn new(place: Place, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place, path: path.into(), message: message.into(), allowed: None, hint: None }
    }

    /// With what would be right.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// With what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With the hint that a word was meant, if there is one near enough.
    #[must_use]
    pub fn did_you_mean(mut self, word: Option<&str>) -> Self {
        if let Some(word) = word {
            self.hint = Some(format!("did you mean `{word}`?"));
        }
        self
    }
}

/// Whether shown text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Letters only.
    Plain,
    /// With terminal colours.
    Colour,
}

/// Problems collected while reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    list: Vec<Problem>,
}

impl Problems {
    /// None yet.
    pub const fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    /// Adds all of `others`.
    pub fn append(&mut self, others: Self) {
        self.list.extend(others.list);
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The problems in the order in which they were found.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Problem> {
        self.list.iter()
    }

    /// `Ok` if nothing is wrong.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }

    /// Shows the problems by source and position, each with line, column and caret; `level` is `error` or `warning`.
    pub fn render(&self, sources: &Sources, look: Look, severity: Severity) -> String {
        let mut sorted = self.list.clone();
        sorted.sort();
        sorted.dedup();
        let mut text = String::new();
        for problem in sorted.iter().take(SHOWN) {
            text.push_str(&render(problem, sources, look, severity));
            text.push_str("\n\n");
        }
        match sorted.len().saturating_sub(SHOWN) {
            0 => text.truncate(text.trim_end().len()),
            more => {
                let _ = write!(text, "and {more} more");
            }
        }
        text
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { list: vec![problem] }
    }
}

impl Extend<Problem> for Problems {
    fn extend<I: IntoIterator<Item = Problem>>(&mut self, problems: I) {
        self.list.extend(problems);
    }
}

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Nothing can be done before it is mended.
    Error,
    /// Worth a look.
    Warning,
}

/// Shows one problem.
fn render(problem: &Problem, sources: &Sources, look: Look, severity: Severity) -> String {
    let level = match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(normalize_untrusted_str(&problem.message)));
    let excerpt = Excerpt::of(problem.place, sources);
    if problem.place != Place::NOWHERE {
        let mark = AnnotationKind::Primary.span(excerpt.start..excerpt.end);
        let mark =
            if problem.path.is_empty() { mark } else { mark.label(normalize_untrusted_str(&problem.path)) };
        group = group.element(
            Snippet::source(excerpt.line)
                .line_start(excerpt.number)
                .path(normalize_untrusted_str(sources.name(problem.place.source)))
                .annotation(mark),
        );
    }
    let notes = [("allowed", &problem.allowed), ("hint", &problem.hint)];
    for (name, note) in notes {
        if let Some(note) = note {
            group = group.element(Level::HELP.with_name(name).message(normalize_untrusted_str(note)));
        }
    }
    let renderer = match look {
        Look::Plain => Renderer::plain(),
        Look::Colour => Renderer::styled(),
    };
    renderer.render(&[group])
}

/// The first line of a place, and where in it the place is.
struct Excerpt<'a> {
    line: &'a str,
    number: usize,
    start: usize,
    end: usize,
}

impl<'a> Excerpt<'a> {
    fn of(place: Place, sources: &'a Sources) -> Self {
        let text = sources.text(place.source);
        let start = boundary(text, place.start as usize);
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
        let cut = boundary(text, line_end.min(start + LINE_WIDTH));
        let line = text[line_start..cut].trim_end_matches('\r');
        let end = boundary(text, place.end as usize).saturating_sub(line_start).min(line.len());
        let start = (start - line_start).min(line.len());
        Self { line, number: sources.line_column(place).0, start, end: end.max(start) }
    }
}

/// Problems with the texts that they are in.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The texts.
    pub sources: Sources,
    /// What is wrong; never empty.
    pub problems: Problems,
}

impl Failure {
    /// A failure for `problems`.
    pub const fn new(sources: Sources, problems: Problems) -> Self {
        Self { sources, problems }
    }

    /// All problems for people.
    pub fn render(&self, look: Look) -> String {
        self.problems.render(&self.sources, look, Severity::Error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Look::Plain))
    }
}

impl std::error::Error for Failure {}
