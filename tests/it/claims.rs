//! The mechanism matrix: every entry exists, is exercised by the scenarios that it names, and the page in the repository is that of the program.

use serde_json::Value as Schema;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use twiplomacy::experiment::points::Space;
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::scenario::claims::{CLAIMS, page};
use twiplomacy::scenario::file::ScenarioFile;
use twiplomacy::scenario::plan_file::{Vary, read_plan};
use twiplomacy::scenario::{Base, Request, bundled, load, schema};
use twiplomacy::text::{Path as TreePath, Sources, Value, inline, parse};

const RUNS: u64 = 8;
const SMALL: &str = "network.accounts=16000";

fn segments(path: &str) -> Vec<String> {
    TreePath::parse(path).unwrap().segments().to_vec()
}

/// Whether a schema has the path, in which `*` stands for any name.
fn has(schema: &Schema, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    let below = if first == "*" { &schema["additionalProperties"] } else { &schema["properties"][first] };
    below.is_object() && has(below, rest)
}

#[test]
fn every_claim_has_a_rule_a_parameter_and_a_scenario() {
    let (root, schema) = (Path::new(env!("CARGO_MANIFEST_DIR")), schema::scenario());
    for (idx, claim) in CLAIMS.iter().enumerate() {
        assert_eq!(claim.id, format!("M{:02}", idx + 1));
        assert!(claim.text.len() > 15 && !claim.shown.is_empty(), "{}", claim.id);
        let file = root.join(format!("src/mechanisms/{}.rs", claim.rule.name()));
        assert!(file.exists(), "{}: {}", claim.id, file.display());
        assert!(has(&schema, &segments(claim.parameter)), "{}: no `{}`", claim.id, claim.parameter);
    }
    assert_eq!(CLAIMS.len(), 48);
    assert!(!has(&schema, &segments("accounts.*.folows")));
}

/// Where a scenario says what is claimed of it.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    /// In itself.
    Itself,
    /// In an arm, or at the last value of its plan: what that sets.
    Changed(Vec<String>),
}

/// Where `scenario` states or varies `path`.
fn place(scenario: &str, path: &str) -> Option<Place> {
    let source = bundled::scenario(scenario)?;
    let mut sources = Sources::new();
    let text = sources.add(source.name.as_str(), source.text.as_str());
    let (tree, _) = parse(&sources, text);
    let file: ScenarioFile = load(&Request::new(source)).unwrap_or_else(|failure| panic!("{failure}")).file;
    let set = |set: &BTreeMap<String, Value>| {
        Place::Changed(set.iter().map(|(path, value)| format!("{path}={}", inline(value))).collect())
    };
    if TreePath::parse(path).unwrap().find(&tree).is_some() {
        return Some(Place::Itself);
    }
    if let Some(arm) = file.interventions.values().find(|arm| arm.set.contains_key(path)) {
        return Some(set(&arm.set));
    }
    let plan = bundled::plan(scenario)?;
    let text = sources.add(plan.name, plan.text);
    let (_, varied) = read_plan(&sources, text).unwrap();
    let found = varied.into_iter().find(|varied| varied.path == path)?;
    let last = match found.vary {
        Vary::List(items) => items.last()?.clone(),
        Vary::Range(range) => range.high,
    };
    Some(set(&[(path.to_owned(), last)].into()))
}

/// Each scenario runs differently without the rule for which it is named, and where an arm or the plan has what is claimed, differently
/// with that too.
#[test]
fn scenarios_exercise_what_is_claimed_of_them() {
    let mut of_scenario: BTreeMap<&str, Vec<(&str, &str, &str)>> = BTreeMap::new();
    for claim in CLAIMS {
        for (scenario, path) in claim.shown {
            of_scenario.entry(scenario).or_default().push((claim.id, claim.rule.name(), path));
        }
    }
    let mut idle = Vec::new();
    for (scenario, entries) in of_scenario {
        let source = bundled::scenario(scenario).unwrap_or_else(|| panic!("no scenario `{scenario}`"));
        let request = Request { set: vec![SMALL.to_owned()], ..Request::new(source) };
        let base = Base::read(&request).unwrap_or_else(|failure| panic!("{failure}"));
        let space = Space::new(&base, 1, &[]);
        let mut memory: BTreeMap<Vec<String>, Vec<u64>> = BTreeMap::new();
        let mut run = |changes: &[String]| {
            let simulate = || {
                let simulation =
                    space.build_with(changes).unwrap_or_else(|error| panic!("{scenario}: {error}"));
                let runs = replicates(&simulation, 0..RUNS, 1, &Silent, &AtomicBool::new(false)).unwrap();
                // To the bit; what does not exist in a run is the same as in another.
                let bits = |value: f64| if value.is_nan() { u64::MAX } else { value.to_bits() };
                runs.into_iter().flat_map(|run| run.scalars).map(bits).collect()
            };
            memory.entry(changes.to_vec()).or_insert_with(simulate).clone()
        };
        for (id, rule, path) in entries {
            let place = place(scenario, path).unwrap_or_else(|| panic!("{id}: `{scenario}` has no `{path}`"));
            let changes = match place {
                Place::Itself => Vec::new(),
                Place::Changed(changes) => changes,
            };
            let with = run(&changes);
            let without = run(&[changes.clone(), vec![format!("dispositions.off=[\"{rule}\"]")]].concat());
            if with == without {
                idle.push(format!("{id}: `{scenario}` runs the same without the rule `{rule}`"));
            }
            if !changes.is_empty() && with == run(&[]) {
                idle.push(format!("{id}: `{scenario}` runs the same with {changes:?}"));
            }
        }
    }
    assert!(idle.is_empty(), "{}", idle.join("\n"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test reads and renews the page")]
fn the_page_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/mechanisms.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == page(),
        "docs/mechanisms.md is old: `twiplomacy list --mechanisms > docs/mechanisms.md`"
    );
}
