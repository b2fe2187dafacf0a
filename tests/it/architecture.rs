//! The shape of the source tree as a test: which file may import which, and who may open, print or draw.
//!
//! The check reads every file under `src/` as tokens, so imports are found wherever a path stands and however it is
//! written (`use crate::{a, b::{c, d}}`, `super::super::c`, a path inside an expression), and not in comments or
//! strings. Each rule has a test with a made-up file that breaks it: a check that can't fail proves nothing.

mod lexer;
mod paths;

use lexer::{Kind, Token, lex};
use paths::{Path, paths};
use std::collections::BTreeSet;
use std::fmt;

/// Modules of the library by layer; a file may import from its own layer and from those before it.
const LAYERS: [&[&str]; 11] = [
    &["units", "stats", "text"],
    &["engine"],
    &["model"],
    &["graphs"],
    &["mechanisms", "observers", "diffusion"],
    &["scenario"],
    &["simulation"],
    &["experiment"],
    &["report"],
    &["io"],
    &["study"],
];

/// Modules of the program.
const PROGRAM: [&str; 3] = ["main", "cli", "serve"];

/// Facts of which mechanisms are told only if they heed them.
const FREQUENT: [&str; 5] = ["ShareDue", "Exposed", "CoverageDue", "MarketStep", "PriceMoved"];

/// Words of the domain, or their beginnings, that neither code nor comments of the engine may contain.
const DOMAIN: [&str; 19] = [
    "tweet",
    "retweet",
    "hashtag",
    "diplom",
    "embass",
    "minist",
    "government",
    "ambassador",
    "sanction",
    "tariff",
    "escalat",
    "rung",
    "follower",
    "journalist",
    "market",
    "price",
    "cascade",
    "tension",
    "country",
];

/// Words of the domain that are also plain English: forbidden in identifiers only. A `state` by itself is no such
/// word, since generators and runs have one; several states are governments.
const DOMAIN_IN_NAMES: [&str; 12] = [
    "message",
    "messages",
    "account",
    "accounts",
    "share",
    "shares",
    "sharer",
    "sharers",
    "states",
    "publics",
    "ladder",
    "countries",
];

/// Modules in `src/mechanisms/` that are no mechanisms but what several of them have in common; they know none of them.
const COMMON: [&str; 1] = ["contact"];

const PRINTING: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// What a file does that it must not do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    /// It belongs to no layer.
    NoLayer,
    /// It imports from a later layer.
    Upward { from: String, to: String },
    /// A mechanism names another.
    Sibling(String),
    /// A mechanism reacts to a frequent fact of which it is not told.
    Deaf(String),
    /// The library imports from the program.
    Program(String),
    /// The engine knows a word of the domain.
    DomainWord(String),
    /// A crate is used outside its only home.
    Homeless { krate: String, home: &'static str },
    /// The library opens files outside `io.rs`.
    OpensFiles(String),
    /// The library prints.
    Prints(String),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLayer => write!(f, "the file belongs to no layer; add its module to `LAYERS`"),
            Self::Upward { from, to } => write!(f, "`{from}` imports from `{to}`, a later layer"),
            Self::Sibling(name) => write!(f, "a mechanism names another, `{name}`"),
            Self::Deaf(fact) => {
                write!(f, "`react` names `Event::{fact}`, but `heeds` has no `Frequent::{fact}`")
            }
            Self::Program(path) => write!(f, "the library imports `{path}` from the program"),
            Self::DomainWord(word) => write!(f, "the engine knows a word of the domain, `{word}`"),
            Self::Homeless { krate, home } => write!(f, "`{krate}` is used outside `{home}`"),
            Self::OpensFiles(path) => write!(f, "the library opens files outside `io.rs`: `{path}`"),
            Self::Prints(name) => write!(f, "the library prints: `{name}!`"),
        }
    }
}

/// A rule broken at a line of a file.
#[derive(Debug)]
struct Violation {
    file: String,
    line: usize,
    rule: Rule,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.rule)
    }
}

/// A file of the tree: its path below the package, such as `src/engine/queue.rs`, and its text.
struct SourceFile {
    path: String,
    text: String,
}

impl SourceFile {
    /// The path of its module below the crate: `engine`, `queue`. Empty for `lib.rs`.
    fn module(&self) -> Vec<&str> {
        let inner = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        if inner == "lib" { Vec::new() } else { inner.split('/').collect() }
    }

    /// The module below the crate that it belongs to; `lib` for the crate's root.
    fn top(&self) -> &str {
        self.module().first().copied().unwrap_or("lib")
    }
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

/// Everything wrong with one file of a tree that has the given mechanisms.
fn violations(file: &SourceFile, mechanisms: &BTreeSet<String>) -> Vec<Violation> {
    let tokens = lex(&file.text);
    let mut rules = Vec::new();
    if !PROGRAM.contains(&file.top()) {
        if file.top() != "lib" && layer(file.top()).is_none() {
            rules.push((1, Rule::NoLayer));
        }
        rules.extend(
            paths(&file.module(), &tokens).iter().flat_map(|path| broken_by_path(file, path, mechanisms)),
        );
        rules.extend(printing(&tokens));
    }
    if file.top() == "engine" {
        rules.extend(domain_words(&tokens));
    }
    if file.top() == "mechanisms" {
        rules.extend(deaf(&tokens));
    }
    rules.into_iter().map(|(line, rule)| Violation { file: file.path.clone(), line, rule }).collect()
}

/// The rules that a path in a file of the library breaks.
fn broken_by_path(file: &SourceFile, path: &Path, mechanisms: &BTreeSet<String>) -> Vec<(usize, Rule)> {
    let segments: Vec<_> = path.segments.iter().map(String::as_str).collect();
    let mut rules = Vec::new();
    match segments.as_slice() {
        ["crate", top, ..] if PROGRAM.contains(top) => rules.push(Rule::Program(segments.join("::"))),
        ["crate", top, rest @ ..] => {
            if layer(file.top()).zip(layer(top)).is_some_and(|(own, other)| other > own) {
                rules.push(Rule::Upward { from: file.top().to_owned(), to: (*top).to_owned() });
            }
            if let ("mechanisms", [name, ..], [_, own, ..]) = (*top, rest, file.module().as_slice())
                && file.top() == "mechanisms"
                && name != own
                && !COMMON.contains(name)
                && mechanisms.contains(*name)
            {
                rules.push(Rule::Sibling((*name).to_owned()));
            }
        }
        // Runs are made in parallel by `experiment`, pictures drawn by `report`; the layers between know one thread only.
        ["rayon", ..] if !matches!(file.top(), "experiment" | "report") => {
            rules.push(Rule::Homeless { krate: "rayon".to_owned(), home: "experiment` and `report" });
        }
        ["plotters", ..] if file.top() != "report" => {
            rules.push(Rule::Homeless { krate: "plotters".to_owned(), home: "report" });
        }
        _ => {}
    }
    let opens = matches!(segments.as_slice(), ["std", "fs", ..])
        || segments.iter().any(|segment| ["File", "OpenOptions"].contains(segment));
    // Unit tests read back what their module wrote; they are no part of the library.
    let is_test = path.module.iter().any(|name| name == "tests");
    if opens && file.top() != "io" && !is_test {
        rules.push(Rule::OpensFiles(segments.join("::")));
    }
    rules.into_iter().map(|rule| (path.line, rule)).collect()
}

/// Frequent facts that a mechanism reacts to without heeding them, so that it is never told.
fn deaf(tokens: &[Token<'_>]) -> Vec<(usize, Rule)> {
    let named = |of: &str, tokens: &[Token<'_>]| -> Vec<(usize, String)> {
        let names =
            tokens.windows(3).filter_map(|triple| match [triple[0].kind, triple[1].kind, triple[2].kind] {
                [Kind::Word(first), Kind::PathSeparator, Kind::Word(name)] if first == of => {
                    Some((triple[0].line, name.to_owned()))
                }
                _ => None,
            });
        names.collect()
    };
    let heeded: Vec<String> = named("Frequent", tokens).into_iter().map(|(_, name)| name).collect();
    let is_react =
        |pair: &[Token<'_>]| pair[0].kind == Kind::Word("fn") && pair[1].kind == Kind::Word("react");
    let Some(begin) = tokens.windows(2).position(is_react) else { return Vec::new() };
    let behind = &tokens[begin + 2..];
    let end = behind.iter().position(|token| token.kind == Kind::Word("fn")).unwrap_or(behind.len());
    let reacts = named("Event", &behind[..end]).into_iter();
    let is_missed = |name: &String| FREQUENT.contains(&name.as_str()) && !heeded.contains(name);
    reacts.filter(|(_, name)| is_missed(name)).map(|(line, name)| (line, Rule::Deaf(name))).collect()
}

fn printing(tokens: &[Token<'_>]) -> Vec<(usize, Rule)> {
    let calls = tokens.windows(2).filter_map(|pair| match (pair[0].kind, pair[1].kind) {
        (Kind::Word(name), Kind::Symbol('!')) if PRINTING.contains(&name) => {
            Some((pair[0].line, Rule::Prints(name.to_owned())))
        }
        _ => None,
    });
    calls.collect()
}

fn domain_words(tokens: &[Token<'_>]) -> Vec<(usize, Rule)> {
    let mut found = Vec::new();
    for token in tokens {
        let (text, is_name) = match token.kind {
            Kind::Word(name) => (name, true),
            Kind::Prose(text) => (text, false),
            Kind::Symbol(_) | Kind::PathSeparator => continue,
        };
        let domain = words(text).into_iter().filter(|word| {
            DOMAIN.iter().any(|start| word.starts_with(start))
                || is_name && DOMAIN_IN_NAMES.contains(&word.as_str())
        });
        found.extend(domain.map(|word| (token.line, Rule::DomainWord(word))));
    }
    found
}

/// The words of a text or an identifier in lower case; `FollowerId` and `follower_id` have two.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in text.chars() {
        let begins = !character.is_alphabetic() || was_lower && character.is_uppercase();
        if begins && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphabetic()) {
            word.extend(character.to_lowercase());
        }
        was_lower = character.is_lowercase();
    }
    words
}

/// Names of the mechanisms of a tree: the files and folders in `src/mechanisms/`.
fn mechanisms(files: &[SourceFile]) -> BTreeSet<String> {
    let names = files.iter().filter_map(|file| match file.module().as_slice() {
        ["mechanisms", name, ..] => Some((*name).to_owned()),
        _ => None,
    });
    names.collect()
}

/// Every Rust file under `src/`, in order of path.
#[expect(clippy::disallowed_methods, reason = "the test reads the source tree")]
fn source_tree() -> Vec<SourceFile> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let below = path.strip_prefix(root).unwrap();
                let parts: Vec<_> = below.iter().map(|part| part.to_str().unwrap()).collect();
                files.push(SourceFile { path: parts.join("/"), text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

#[test]
fn every_source_file_keeps_to_its_layer() {
    let files = source_tree();
    assert!(files.iter().any(|file| file.path == "src/lib.rs"), "the source tree was not found");
    let names = mechanisms(&files);
    let found: Vec<_> =
        files.iter().flat_map(|file| violations(file, &names)).map(|v| v.to_string()).collect();
    assert!(found.is_empty(), "{} broken rules:\n{}", found.len(), found.join("\n"));
}

/// What the check says of a made-up file in a tree with the mechanisms `sharing` and `response`.
fn findings(path: &str, text: &str) -> Vec<String> {
    let file = SourceFile { path: path.to_owned(), text: text.to_owned() };
    let names = ["sharing", "response"].map(str::to_owned).into();
    violations(&file, &names).iter().map(ToString::to_string).collect()
}

#[test]
fn an_upward_import_is_caught_however_it_is_written() {
    let upward = |line: usize| {
        vec![format!("src/engine/queue.rs:{line}: `engine` imports from `model`, a later layer")]
    };
    for text in [
        "\nuse crate::model::event::Event;",
        "\nuse crate::{model, units};",
        "\nuse crate::{units::{SimTime, UtcTime}, model as m};",
        "\nfn f(time: crate::model::Time) {}",
        "\nuse super::super::model;",
        "\nuse super::super::{units, model::Event};",
        "\nmod inner { use super::super::super::model; }",
        "\nmod inner { fn f() {} } use super::super::model;",
        "\nmacro_rules! m { () => { $crate::model::f() } }",
    ] {
        assert_eq!(findings("src/engine/queue.rs", text), upward(2), "{text}");
    }
    assert_eq!(findings("src/engine/queue.rs", "use crate::\n    {units,\n     model};"), upward(3));
}

#[test]
fn what_only_looks_like_an_upward_import_is_let_pass() {
    for text in [
        "use crate::units::SimTime;",
        "use crate::{units as model, stats};",
        "pub(crate) fn model() {}",
        "// crate::model is a later layer",
        "/* use /* nested */ crate::model; */",
        "const TEXT: &str = \"crate::model \\\" crate::model\";",
        "const TEXT: &str = r#\"a \" crate::model\"#;",
        "const QUOTE: char = '\"'; const LIFE: &'static str = \"crate::model\"; const BYTE: u8 = b'\\'';",
        "mod model { pub fn f() {} } fn g() { model::f() }",
        "#[cfg(test)] mod tests { use super::*; use super::super::queue; }",
    ] {
        assert_eq!(findings("src/engine/queue.rs", text), Vec::<String>::new(), "{text}");
    }
    assert!(findings("src/lib.rs", "pub mod io; use crate::io::save;").is_empty());
    assert!(findings("src/report.rs", "use crate::{experiment, simulation, units};").is_empty());
    assert!(
        findings("src/main.rs", "mod cli; use crate::cli::run; use std::fs; fn main() { println!() }")
            .is_empty()
    );
}

#[test]
fn a_mechanism_that_names_another_is_caught() {
    let path = "src/mechanisms/sharing.rs";
    for text in [
        "use crate::mechanisms::response::Params;",
        "use super::response;",
        "use super::{Mechanism, response::Params};",
        "mod tests { use super::super::response::Params; }",
    ] {
        let expected = [format!("{path}:1: a mechanism names another, `response`")];
        assert_eq!(findings(path, text), expected, "{text}");
    }
    let below = "src/mechanisms/sharing/kernel.rs";
    assert_eq!(findings(below, "use super::super::response;").len(), 1);
    for text in [
        "use crate::mechanisms::Mechanism;",
        "use super::sharing::Params;",
        "mod tests { use super::response; }",
    ] {
        assert!(findings(path, text).is_empty(), "{text}");
    }
    assert!(
        findings("src/mechanisms.rs", "pub mod response; use response::Params; use self::sharing::x;")
            .is_empty()
    );
}

#[test]
fn a_mechanism_that_reacts_to_what_it_does_not_heed_is_caught() {
    let path = "src/mechanisms/sharing.rs";
    let react = "fn react(event: &Event) { let Event::Exposed { .. } = *event else { return }; }";
    let expected =
        [format!("{path}:1: `react` names `Event::Exposed`, but `heeds` has no `Frequent::Exposed`")];
    assert_eq!(findings(path, react), expected);
    assert_eq!(findings(path, &format!("fn heeds() {{ Frequent::ShareDue }} {react}")), expected);
    for text in [
        format!("fn heeds() {{ Frequent::Exposed }} {react}"),
        "fn react() { Event::MessagePosted }".to_owned(),
        "fn react() {} fn show() { Event::Exposed }".to_owned(),
    ] {
        assert_eq!(findings(path, &text), [""; 0], "{text}");
    }
    let source = source_tree().into_iter().find(|file| file.path == "src/mechanisms.rs").unwrap();
    let all = source.text.split("impl Frequent").nth(1).and_then(|text| text.split("];").next()).unwrap();
    assert_eq!(all.matches("Self::").count(), FREQUENT.len());
    assert!(FREQUENT.iter().all(|fact| all.contains(&format!("Self::{fact}"))), "{all}");
}

#[test]
fn a_word_of_the_domain_in_the_engine_is_caught() {
    for (text, word) in [
        ("struct TweetPosted;", "tweet"),
        ("fn market_opens() {}", "market"),
        ("let n_followers = 3;", "followers"),
        ("/// Orders events, such as a diplomatic note.", "diplomatic"),
        ("enum Event { MessageSent }", "message"),
        ("let share = 1;", "share"),
        ("states: Vec<u8>", "states"),
    ] {
        let expected = [format!("src/engine/queue.rs:1: the engine knows a word of the domain, `{word}`")];
        assert_eq!(findings("src/engine/queue.rs", text), expected, "{text}");
        assert_eq!(findings("src/engine.rs", text).len(), 1, "{text}");
        assert!(findings("src/model/event.rs", text).is_empty(), "{text}");
    }
    for text in
        ["/// Takes account of shared state and the message of an error.", "let state = shared.state;"]
    {
        assert!(findings("src/engine/streams.rs", text).is_empty(), "{text}");
    }
}

#[test]
fn a_crate_outside_its_home_is_caught() {
    let rayon = ["src/simulation.rs:1: `rayon` is used outside `experiment` and `report`"];
    assert_eq!(findings("src/simulation.rs", "use rayon::prelude::*;"), rayon);
    assert_eq!(findings("src/simulation.rs", "fn f() { rayon::join(a, b); }"), rayon);
    for home in ["src/experiment/runs.rs", "src/report/plot.rs"] {
        assert!(findings(home, "use rayon::prelude::*;").is_empty());
    }
    let plotters = ["src/io.rs:1: `plotters` is used outside `report`"];
    assert_eq!(findings("src/io.rs", "use plotters::prelude::*;"), plotters);
    assert!(findings("src/report/plot/theme.rs", "use plotters::style::Color;").is_empty());
}

#[test]
fn opening_files_outside_io_is_caught() {
    for (text, path) in [
        ("use std::fs;", "std::fs"),
        ("use std::{collections::BTreeMap, fs::{self}};", "std::fs::self"),
        ("fn f() { std::fs::write(a, b); }", "std::fs::write"),
        ("fn f() { File::create(a); }", "File::create"),
    ] {
        let expected = [format!("src/report.rs:1: the library opens files outside `io.rs`: `{path}`")];
        assert_eq!(findings("src/report.rs", text), expected, "{text}");
        assert!(findings("src/io.rs", text).is_empty(), "{text}");
        assert!(findings("src/cli/run.rs", text).is_empty(), "{text}");
    }
    assert!(findings("src/scenario.rs", "use crate::scenario::file::ScenarioFile;").is_empty());
    let mixed = "mod tests { use std::fs::File; }\nuse std::fs::File;";
    assert_eq!(
        findings("src/report.rs", mixed),
        ["src/report.rs:2: the library opens files outside `io.rs`: `std::fs::File`"]
    );
}

#[test]
fn printing_in_the_library_is_caught() {
    for name in PRINTING {
        let text = format!("fn f() {{\n    {name}!(\"x\");\n}}");
        assert_eq!(findings("src/lib.rs", &text), [format!("src/lib.rs:2: the library prints: `{name}!`")]);
        assert!(findings("src/cli/terminal.rs", &text).is_empty());
    }
    assert!(findings("src/report.rs", "fn f() { self.print(a != b) }").is_empty());
}

#[test]
fn the_library_must_not_import_the_program() {
    let expected = ["src/experiment.rs:1: the library imports `crate::cli::progress` from the program"];
    assert_eq!(findings("src/experiment.rs", "use crate::cli::progress;"), expected);
    assert_eq!(findings("src/lib.rs", "use crate::{serve, units};").len(), 1);
}

#[test]
fn a_file_of_no_layer_is_caught() {
    let expected = ["src/helpers.rs:1: the file belongs to no layer; add its module to `LAYERS`"];
    assert_eq!(findings("src/helpers.rs", "fn f() {}"), expected);
}
