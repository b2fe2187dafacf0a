//! Paths in source text, written out from the root of the crate.

use super::lexer::{Kind, Token};

/// A path such as `crate::model::event`; one that begins elsewhere stands as it is written, such as `std::fs`.
#[derive(Debug)]
pub(crate) struct Path {
    /// Line of its last segment.
    pub(crate) line: usize,
    /// Module in which it stands, inline modules included.
    pub(crate) module: Vec<String>,
    pub(crate) segments: Vec<String>,
}

/// All paths in the tokens of a file whose module is `module`; groups in braces are written out.
pub(crate) fn paths(module: &[&str], tokens: &[Token<'_>]) -> Vec<Path> {
    let code: Vec<_> = tokens.iter().filter(|token| !matches!(token.kind, Kind::Prose(_))).copied().collect();
    let mut found = Vec::new();
    let mut here: Vec<&str> = module.to_vec();
    let (mut depth, mut inline_depths) = (0, Vec::new());
    let mut at = 0;
    while let Some(token) = code.get(at) {
        match token.kind {
            Kind::Word("mod") if is_inline_module(&code[at..]) => {
                inline_depths.push(depth);
                if let Kind::Word(name) = code[at + 1].kind {
                    here.push(name);
                }
                at += 2;
            }
            Kind::Word(_) => {
                let mut written = Vec::new();
                at = expand(&code, at, &[], &mut written);
                found.extend(written.into_iter().map(|(line, segments)| Path {
                    line,
                    module: here.iter().map(|&name| name.to_owned()).collect(),
                    segments: resolve(&here, segments),
                }));
            }
            Kind::Symbol('{') => {
                depth += 1;
                at += 1;
            }
            Kind::Symbol('}') => {
                depth -= 1;
                if inline_depths.last() == Some(&depth) {
                    inline_depths.pop();
                    here.pop();
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    found
}

/// Whether the tokens begin with `mod name {`.
fn is_inline_module(code: &[Token<'_>]) -> bool {
    matches!(code, [_, name, brace, ..] if matches!(name.kind, Kind::Word(_)) && brace.kind == Kind::Symbol('{'))
}

/// Writes out the path that continues `prefix` at token `at`; returns the token after it.
fn expand<'a>(
    code: &[Token<'a>],
    mut at: usize,
    prefix: &[&'a str],
    found: &mut Vec<(usize, Vec<&'a str>)>,
) -> usize {
    let kind_at = |idx: usize| code.get(idx).map(|token| token.kind);
    match kind_at(at) {
        Some(Kind::Word(name)) => {
            let path = [prefix, &[name]].concat();
            if kind_at(at + 1) == Some(Kind::PathSeparator) {
                return expand(code, at + 2, &path, found);
            }
            found.push((code[at].line, path));
            at + 1
        }
        Some(Kind::Symbol('{')) => {
            at += 1;
            while at < code.len() && kind_at(at) != Some(Kind::Symbol('}')) {
                let next = expand(code, at, prefix, found);
                at = if kind_at(next) == Some(Kind::Word("as")) { next + 2 } else { next.max(at + 1) };
            }
            at + 1
        }
        // A glob, a turbofish or the comma of a group: the path ends here.
        _ => {
            if let Some(token) =
                code.get(at.saturating_sub(1)).filter(|_| kind_at(at) != Some(Kind::Symbol(',')))
            {
                found.push((token.line, prefix.to_vec()));
            }
            at
        }
    }
}

/// A path written in module `here`, from the crate's root if it begins with `crate`, `self` or `super`.
fn resolve(here: &[&str], written: Vec<&str>) -> Vec<String> {
    let n_supers = written.iter().take_while(|segment| **segment == "super").count();
    let parent = &here[..here.len().saturating_sub(n_supers)];
    let absolute = match written.first() {
        Some(&"self") => [&["crate"], here, &written[1..]].concat(),
        Some(&"super") => [&["crate"], parent, &written[n_supers..]].concat(),
        _ => written,
    };
    absolute.into_iter().map(str::to_owned).collect()
}
