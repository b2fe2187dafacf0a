//! Rust source as words, symbols and comments: as much of the language's lexical structure as finding paths needs.

/// A piece of source text and the line on which it begins, counted from 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token<'a> {
    pub(crate) line: usize,
    pub(crate) kind: Kind<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    /// An identifier, a keyword or a number.
    Word(&'a str),
    /// `::`.
    PathSeparator,
    /// Any other character.
    Symbol(char),
    /// A comment.
    Prose(&'a str),
}

/// The tokens of a source text, without white space, literals of strings and characters, and lifetimes.
pub(crate) fn lex(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(first) = rest.chars().next() {
        let (length, kind) = piece(rest, first);
        tokens.extend(kind.map(|kind| Token { line, kind }));
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// Length in bytes of the piece with which `rest` begins, and what it is if it is kept.
fn piece(rest: &str, first: char) -> (usize, Option<Kind<'_>>) {
    if let Some(length) = comment_length(rest) {
        return (length, Some(Kind::Prose(&rest[..length])));
    }
    if let Some(length) = string_length(rest).or_else(|| quote_length(rest)) {
        return (length, None);
    }
    if rest.starts_with("::") {
        return (2, Some(Kind::PathSeparator));
    }
    if first.is_alphanumeric() || first == '_' {
        let length = word_length(rest);
        return (length, Some(Kind::Word(&rest[..length])));
    }
    (first.len_utf8(), (!first.is_whitespace()).then_some(Kind::Symbol(first)))
}

fn word_length(rest: &str) -> usize {
    rest.find(|character: char| !character.is_alphanumeric() && character != '_').unwrap_or(rest.len())
}

/// Length of a comment; block comments nest.
fn comment_length(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with("/*") {
        return None;
    }
    let (mut depth, mut length) = (0, 0);
    while length < rest.len() {
        let step = match &rest.as_bytes()[length..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        length += step;
        if depth == 0 {
            break;
        }
    }
    Some(length)
}

/// Length of a string literal of any kind: plain, byte, C, raw.
fn string_length(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let is_raw = prefix.ends_with('r');
    let opening = &rest[prefix.len()..];
    let n_hashes = if is_raw { opening.len() - opening.trim_start_matches('#').len() } else { 0 };
    let body = opening[n_hashes..].strip_prefix('"')?;
    let before = rest.len() - body.len();
    if is_raw {
        let closing = format!("\"{}", "#".repeat(n_hashes));
        return Some(body.find(&closing).map_or(rest.len(), |end| before + end + closing.len()));
    }
    Some(end_of_escaped(body, '"').map_or(rest.len(), |end| before + end))
}

/// Length of a character literal or of a lifetime.
fn quote_length(rest: &str) -> Option<usize> {
    let body = rest.strip_prefix('\'')?;
    let first = body.chars().next()?;
    let is_literal = first == '\\' || body[first.len_utf8()..].starts_with('\'');
    Some(1 + if is_literal { end_of_escaped(body, '\'').unwrap_or(body.len()) } else { word_length(body) })
}

/// Length of the text up to and with `closing`, where a backslash takes the next character along.
fn end_of_escaped(body: &str, closing: char) -> Option<usize> {
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == closing {
            return Some(at + character.len_utf8());
        }
        if character == '\\' {
            characters.next();
        }
    }
    None
}
