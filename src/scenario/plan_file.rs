//! The plan of a sweep as a file: which scenario, what is varied, how many runs. Format 1.
//!
//! ```toml
//! format = 1
//!
//! [sweep]
//! scenario = "canada-saudi-2018"
//! runs = 200
//!
//! [vary]
//! "network.accounts" = [20_000, 50_000]
//! "dispositions.response.base" = { low = -4.0, high = -2.0, n = 5 }
//! ```

use super::format::document;
use crate::text::{
    Failure, FromValue, Kind, Place, Problem, Problems, Reader, SourceId, Sources, Spanned, Value, choices,
    inline, parse_value, section,
};
use serde_json::json;
use std::collections::BTreeMap;

section! {
    /// A plan file.
    pub struct PlanFile {
        /// What is simulated, and how often.
        pub sweep: SweepTable,
        /// What is varied: parameter paths, each with a list of values or a range.
        pub vary: BTreeMap<String, Spanned<Vary>>,
    }
}

section! {
    /// What a sweep simulates.
    pub struct SweepTable {
        /// The id of a bundled scenario, or a file, looked for beside the plan.
        pub scenario: Spanned<String>,
        /// World to use instead of the bundled one: a file, or a folder of files, looked for beside the plan.
        pub world: Option<Spanned<String>>,
        /// Intervention that is applied at every point.
        pub arm: Option<String>,
        /// Parameters that are set at every point: paths and their values.
        pub set: BTreeMap<String, Value> = BTreeMap::new(),
        /// How the points are chosen.
        pub design: DesignKind = DesignKind::Grid,
        /// Number of points of a design that is not a grid.
        pub points: Option<Spanned<u64>>,
        /// Runs at each point.
        pub runs: Option<Spanned<u64>>,
        /// Seed of networks, runs and points.
        pub seed: Option<u64>,
    }
}

choices! {
    /// How points are chosen.
    pub enum DesignKind {
        /// Every combination of the values.
        Grid = "grid",
        /// A Latin hypercube: one point in each of as many strips of every parameter.
        LatinHypercube = "latin-hypercube",
        /// Sobol' points with Owen's scrambling; a power of two of them is best.
        Sobol = "sobol",
    }
}

choices! {
    /// How values are spread over a range.
    #[derive(Default)]
    pub enum Spacing {
        /// At equal distances.
        #[default]
        Linear = "linear",
        /// At equal ratios.
        Log = "log",
    }
}

/// How one parameter is varied.
#[derive(Debug, Clone, PartialEq)]
pub enum Vary {
    /// These values.
    List(Vec<Value>),
    /// Values of a range.
    Range(Range),
}

section! {
    /// A range of values.
    pub struct Range {
        /// Lower end: a number, or a quantity with its unit.
        pub low: Value,
        /// Upper end, in the same unit.
        pub high: Value,
        /// Number of values, ends included; for a grid.
        pub n: Option<Spanned<u64>>,
        /// How the values are spread.
        pub scale: Spacing = Spacing::Linear,
    }
}

impl FromValue for Vary {
    fn read(value: &Value, reader: &mut Reader) -> Option<Self> {
        match &value.kind {
            Kind::Array(items) if !items.is_empty() => Some(Self::List(items.clone())),
            Kind::Table(_) => Range::read(value, reader).map(Self::Range),
            _ => reader.refuse(
                value,
                "a list of values, or a table with `low`, `high`, and `n` or `scale`",
                None,
            ),
        }
    }

    fn schema() -> serde_json::Value {
        json!({ "anyOf": [{ "type": "array", "minItems": 1 }, Range::schema()] })
    }
}

/// A parameter that is varied.
#[derive(Debug, Clone, PartialEq)]
pub struct Varied {
    /// Path of the parameter, as written.
    pub path: String,
    /// Where that stands.
    pub place: Place,
    /// Its values.
    pub vary: Vary,
}

/// Reads the plan in the text `source`; the parameters come in the order of the file.
///
/// # Errors
/// All problems of the text.
pub fn read_plan(sources: &Sources, source: SourceId) -> Result<(SweepTable, Vec<Varied>), Failure> {
    let read = || -> Result<(SweepTable, Vec<Varied>), Problems> {
        let tree = document(sources, source)?;
        let mut reader = Reader::new();
        let file = PlanFile::read(&tree, &mut reader);
        let (problems, _) = reader.finish();
        problems.into_result()?;
        let Some(file) = file else { return Err(Problems::new()) };
        let keys = tree.get("vary").and_then(Value::as_table);
        let place =
            |path: &str| keys.and_then(|keys| keys.get(path)).map_or(Place::NOWHERE, |entry| entry.key);
        let mut varied: Vec<Varied> = (file.vary.into_iter())
            .map(|(path, vary)| Varied { place: place(&path), path, vary: vary.into_inner() })
            .collect();
        varied.sort_by_key(|varied| varied.place.start);
        if varied.is_empty() {
            let problem = Problem::new(Place::beginning(source), "vary", "`vary` names no parameter");
            return Err(problem.hint("such as `\"network.accounts\" = [20_000, 50_000]`").into());
        }
        Ok((file.sweep, varied))
    };
    read().map_err(|problems| Failure::new(sources.clone(), problems))
}

/// What an option `PATH=[a,b,c]`, `PATH=low:high`, `PATH=low:high:n` or `PATH=low:high:n:log` asks for; the option is the text `source`.
///
/// # Errors
/// Where the text has none of these forms.
pub fn read_option(sources: &Sources, source: SourceId) -> Result<Varied, Failure> {
    let text = sources.text(source);
    let whole = Place::new(source, 0, text.len());
    let form = "PATH=[a,b,c] or PATH=low:high:n, such as `network.accounts=[20000,50000]` or `dispositions.response.base=-4:-2:5`";
    let refuse = |place: Place, message: String| {
        Failure::new(sources.clone(), Problem::new(place, "", message).allowed(form).into())
    };
    let Some((path, values)) = text.split_once('=') else {
        return Err(refuse(whole, format!("`{text}` has no `=`")));
    };
    let start = path.len() + 1;
    let place = Place::new(source, 0, path.trim_end().len());
    let path = path.trim().to_owned();
    let inside = values.trim().strip_prefix('[').and_then(|inside| inside.strip_suffix(']'));
    let vary = if let Some(inside) = inside {
        let begin = start + values.find('[').unwrap_or_default() + 1;
        let items: Vec<Value> =
            pieces(inside, ',').into_iter().map(|piece| item(sources, source, begin, piece)).collect();
        if items.iter().any(|item| item.as_str() == Some("")) {
            return Err(refuse(
                Place::new(source, begin - 1, text.len()),
                format!("`{path}` has an empty value"),
            ));
        }
        Vary::List(items)
    } else {
        let parts = pieces(values, ':');
        let value = |index: usize| item(sources, source, start, parts[index]);
        let words: Vec<&str> = parts.iter().map(|&(_, part)| part.trim()).collect();
        let (n, scale) = match words.get(2..).unwrap_or_default() {
            [] => (None, Spacing::Linear),
            ["log"] => (None, Spacing::Log),
            [n] => (Some(*n), Spacing::Linear),
            [n, "log"] => (Some(*n), Spacing::Log),
            _ => {
                return Err(refuse(Place::new(source, start, text.len()), format!("`{values}` is no range")));
            }
        };
        if words.len() < 2 || words[..2].contains(&"") {
            return Err(refuse(
                Place::new(source, start, text.len()),
                format!("`{values}` is neither list nor range"),
            ));
        }
        let n = match n.map(|n| n.replace('_', "").parse::<u64>()) {
            None => None,
            Some(Ok(n)) => Some(Spanned::unplaced(n)),
            Some(Err(_)) => {
                let message = format!("`{}` is no number of values", n.unwrap_or_default());
                return Err(refuse(Place::new(source, start, text.len()), message));
            }
        };
        Vary::Range(Range { low: value(0), high: value(1), n, scale })
    };
    Ok(Varied { path, place, vary })
}

/// The pieces of a text between separators that stand outside quotes and brackets, with their offsets.
fn pieces(text: &str, separator: char) -> Vec<(usize, &str)> {
    let (mut depth, mut quote, mut begin) = (0_u32, None, 0);
    let mut found = Vec::new();
    for (offset, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) => quote = Some(open).filter(|&open| open != character),
            (None, '"' | '\'') => quote = Some(character),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') => depth = depth.saturating_sub(1),
            (None, _) if character == separator && depth == 0 => {
                found.push((begin, &text[begin..offset]));
                begin = offset + character.len_utf8();
            }
            _ => {}
        }
    }
    found.push((begin, &text[begin..]));
    found
}

/// The value that a piece spells out; what is no TOML value is text: `full` and `"full"` are the same, and so are `5 %` and `"5 %"`.
fn item(sources: &Sources, source: SourceId, begin: usize, (offset, piece): (usize, &str)) -> Value {
    let start = begin + offset + (piece.len() - piece.trim_start().len());
    let place = Place::new(source, start, start + piece.trim().len());
    parse_value(sources, place)
        .unwrap_or_else(|_| Value { place, kind: Kind::String(piece.trim().to_owned()) })
}

/// A path as it stands on the left of a `=` in a table of paths: quoted.
pub fn quoted_path(path: &str) -> String {
    inline(&Value::text(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(text: &str) -> Result<Varied, String> {
        let mut sources = Sources::new();
        let source = sources.add("--vary", text);
        read_option(&sources, source).map_err(|failure| failure.to_string())
    }

    fn texts(text: &str) -> Vec<String> {
        match option(text).unwrap().vary {
            Vary::List(items) => items.iter().map(inline).collect(),
            Vary::Range(range) => {
                let n = range.n.map_or(String::new(), |n| n.to_string());
                vec![inline(&range.low), inline(&range.high), n, range.scale.name().to_owned()]
            }
        }
    }

    #[test]
    fn options_are_lists_or_ranges_of_values_of_every_kind() {
        assert_eq!(texts("network.accounts=[20000, 50_000]"), ["20000", "50000"]);
        assert_eq!(texts("a.b = [full,ic, \"x, y\"]"), ["\"full\"", "\"ic\"", "\"x, y\""]);
        assert_eq!(texts("a.b=[5 %, 10 %]"), ["\"5 %\"", "\"10 %\""]);
        assert_eq!(texts("a.b=[true,false]"), ["true", "false"]);
        assert_eq!(texts("a.b=[[1,2],[3]]"), ["[1, 2]", "[3]"]);
        assert_eq!(texts("a.b=-4:-2:5"), ["-4", "-2", "5", "linear"]);
        assert_eq!(texts("a.b=0.1:10:3:log"), ["0.1", "10", "3", "log"]);
        assert_eq!(texts("a.b=15 min:2 h"), ["\"15 min\"", "\"2 h\"", "", "linear"]);
        assert_eq!(texts("a.b=1:2:log"), ["1", "2", "", "log"]);
    }

    #[test]
    fn what_is_neither_list_nor_range_is_refused_at_its_place() {
        for (text, expected) in [
            ("a.b", "has no `=`"),
            ("a.b=", "neither list nor range"),
            ("a.b=3", "neither list nor range"),
            ("a.b=1:2:x", "`x` is no number of values"),
            ("a.b=1:2:3:4:5", "is no range"),
            ("a.b=[]", "has an empty value"),
            ("a.b=[1,,2]", "has an empty value"),
        ] {
            let told = option(text).unwrap_err();
            assert!(told.contains(expected) && told.contains("--> --vary:1:"), "{text}: {told}");
        }
    }

    fn plan(text: &str) -> Result<(SweepTable, Vec<Varied>), String> {
        let mut sources = Sources::new();
        let source = sources.add("plan.toml", text);
        read_plan(&sources, source).map_err(|failure| failure.to_string())
    }

    const PLAN: &str = "format = 1\n\n[sweep]\nscenario = \"x\"\nruns = 5\n\n[vary]\n\"z.a\" = [1, 2]\n\"a.z\" = { low = 1, high = 2, n = 3 }\n";

    #[test]
    fn a_plan_keeps_the_order_of_its_parameters() {
        let (sweep, varied) = plan(PLAN).unwrap();
        assert_eq!((sweep.scenario.as_str(), sweep.design), ("x", DesignKind::Grid));
        let paths: Vec<&str> = varied.iter().map(|varied| varied.path.as_str()).collect();
        assert_eq!(paths, ["z.a", "a.z"]);
    }

    #[test]
    fn mistakes_in_a_plan_are_told_with_their_places() {
        for (old, new, expected) in [
            ("runs = 5", "rnus = 5", "did you mean `runs`?"),
            ("[vary]", "[vari]", "did you mean `vary`?"),
            ("n = 3", "m = 3", "did you mean `n`?"),
            ("[1, 2]", "7", "a list of values"),
            ("[1, 2]", "[]", "a list of values"),
            ("runs = 5", "design = \"sobal\"", "did you mean `sobol`?"),
            ("format = 1", "format = 2", "use a newer twiplomacy"),
        ] {
            let told = plan(&PLAN.replace(old, new)).unwrap_err();
            assert!(told.contains(expected) && told.contains("--> plan.toml:"), "{new}: {told}");
        }
        let empty = plan("format = 1\n[sweep]\nscenario = \"x\"\n[vary]\n").unwrap_err();
        assert!(empty.contains("names no parameter"), "{empty}");
    }
}
