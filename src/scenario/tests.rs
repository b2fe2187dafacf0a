//! A small scenario on a small world, one line of it changed, and what is then said.

mod exchanges;
mod fuzz;
mod mistakes;
mod society;

use super::*;
use crate::mechanisms::Dispositions;
use crate::text::{FromValue, Kind, merge, print};

const QUARREL: &str = include_str!("tests/quarrel.toml");
const WORLD: &str = include_str!("tests/world.toml");

/// The small world, with dispositions that only have to be valid.
fn small_world() -> String {
    let dispositions = print(&tree(&format!("dispositions = {}", example(&Dispositions::schema()))));
    format!("{WORLD}{dispositions}")
}

/// Something that a schema accepts, as a TOML value.
fn example(schema: &serde_json::Value) -> String {
    let first = |key: &str| schema[key][0].clone();
    if let Some(choices) = schema["oneOf"].as_array() {
        return choices[0]["const"].to_string();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let entries = required.iter().map(|key| {
                let key = key.as_str().unwrap();
                let value = example(&schema["properties"][key]);
                // With every part at one half, the variance of prices would grow without end.
                let value = if key == "garch_memory" { value.replace("0.5", "0.2") } else { value };
                format!("{key} = {value}")
            });
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        Some("array") => "[]".to_owned(),
        Some("boolean") => "true".to_owned(),
        Some("integer") => "1".to_owned(),
        Some("number") => schema["minimum"].as_f64().unwrap_or(0.0).max(0.5).to_string(),
        _ if first("examples").is_string() => first("examples").to_string(),
        _ => "\"example\"".to_owned(),
    }
}

fn tree(text: &str) -> Value {
    let mut sources = Sources::new();
    let source = sources.add("tree", text);
    crate::text::parse(&sources, source).0
}

fn request(scenario: &str, world: &str) -> Request {
    Request {
        scenario: Source::new("quarrel.toml", scenario),
        world: vec![Source::new("world.toml", world)],
        set: Vec::new(),
        arm: None,
    }
}

fn quarrel() -> Request {
    request(QUARREL, &small_world())
}

/// The small scenario with options.
fn with_options(options: &[&str]) -> Result<Scenario, Failure> {
    load(&Request { set: options.iter().map(ToString::to_string).collect(), ..quarrel() })
}

#[test]
fn a_valid_scenario_loads_without_warnings() {
    let scenario = load(&quarrel()).unwrap();
    assert_eq!(scenario.file.events.messages.len(), 3);
    assert_eq!(
        scenario.world.dyads["SA-CA"].tension.get(),
        0.3,
        "the scenario's table is laid over the world's"
    );
    assert_eq!(scenario.world.dyads["SA-CA"].alignment.get(), -0.1, "what it does not state stays");
    assert!(scenario.warnings.is_empty(), "{}", scenario.warnings.render(Look::Plain));
    assert_eq!(scenario.overrides, []);
    let paths: Vec<&str> = scenario.parameters.iter().map(|note| note.path.as_str()).collect();
    assert!(
        paths.contains(&"states.SA.propensity") && paths.contains(&"ladder.rungs.break.threshold"),
        "{paths:?}"
    );
    assert!(paths.iter().any(|path| path.starts_with("dispositions.")), "{paths:?}");
}

#[test]
fn the_texts_of_a_scenario_load_as_the_same_scenario() {
    let with_arm =
        Request { arm: Some("quiet".into()), set: vec!["states.SA.propensity=0.9".into()], ..quarrel() };
    for first in [load(&quarrel()).unwrap(), load(&with_arm).unwrap()] {
        let second = load(&request(&first.scenario_text, &first.world_text)).unwrap();
        assert_eq!(first.file, second.file);
        assert_eq!(first.world, second.world);
        assert_eq!(first.parameters, second.parameters);
        assert_eq!((&first.scenario_text, &first.world_text), (&second.scenario_text, &second.world_text));
    }
}

#[test]
fn options_are_applied_after_the_arm_and_change_the_basis() {
    let request = Request {
        arm: Some("quiet".into()),
        set: vec!["dyads.SA-CA.tension = 0.7".into(), "states.SA.decision=2 h".into()],
        ..quarrel()
    };
    let scenario = load(&request).unwrap();
    assert_eq!(scenario.world.dyads["SA-CA"].tension.get(), 0.7);
    assert_eq!(scenario.file.events.messages["first"].delivery, crate::model::vocabulary::Delivery::Private);
    let decision = scenario.parameters.iter().find(|note| note.path == "states.SA.decision").unwrap();
    assert_eq!((decision.value.as_str(), decision.basis.name()), ("\"2 h\"", "override"));
    let paths: Vec<&str> = scenario.overrides.iter().map(|(path, _)| path.as_str()).collect();
    let expected = [
        "dyads.SA-CA.tension",
        "events.messages.first.delivery",
        "dyads.SA-CA.tension",
        "states.SA.decision",
    ];
    assert_eq!(paths, expected);
    assert_eq!(scenario.overrides[2].1, "0.7");
}

#[test]
fn every_parameter_can_be_set_by_the_path_that_is_noted() {
    let scenario = load(&quarrel()).unwrap();
    for note in &scenario.parameters {
        let set = with_options(&[&format!("{}={}", note.path, note.value)]).unwrap();
        let changed = set.parameters.iter().find(|other| other.path == note.path).unwrap();
        assert_eq!((&changed.value, changed.basis.name()), (&note.value, "override"));
    }
}

#[test]
fn a_quoted_path_reaches_ids_with_dots() {
    let scenario = with_options(&["recorded.\"market.TSX.first_session_return\".value=-1 %"]).unwrap();
    let recorded = &scenario.file.recorded["market.TSX.first_session_return"].value;
    assert_eq!(**recorded, file::Measured::Fraction(crate::units::Fraction::new(-0.01).unwrap()));
}

#[test]
fn a_description_tells_purpose_events_and_the_basis_of_every_parameter() {
    let text = describe::describe(&with_options(&["states.SA.propensity=0.9"]).unwrap());
    let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
    let expected = [
        "## Purpose",
        "## Entities and scales",
        "## Process overview and scheduling",
        "## Design concepts",
        "## Initialisation",
        "## Input data",
        "## Submodels",
    ];
    assert_eq!(headings, expected);
    for line in [
        "# A quarrel",
        "- `states.SA.propensity` = `0.9`",
        "| 2019-03-04 15:00 UTC | message `first` | @ministry to SA: First. (111) | made |",
        "| 2 h after `first`, with probability 0.8 | message `second` | @ministry to SA: Second. (111) | made |",
        "| 1 d after SA reaches `talk` towards CA | message `third` | @reader to SA: Third. (1312) | made |",
        "| `market.TSX.first_session_return` | -0.45 % | held out | made |",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n\n{text}");
    }
    assert!(text.contains("| `SA.propensity` | 0.9 | any number | override |"), "{text}");
    let shown = text.matches(" | assumed | ").count();
    assert!(text.contains(&format!("{shown} assumed")), "{text}");
}

/// Every parameter of what governments and markets do, as their rules declare it, is a row of the description of every bundled scenario, and no
/// cell of that row is empty: name, value, range, basis, meaning, source.
#[test]
fn a_description_lists_every_parameter_of_governments_and_markets_with_range_basis_and_source() {
    use crate::mechanisms as rules;
    use crate::model::vocabulary::Ranks;
    let declared: [(&str, &[&str]); 18] = [
        ("ranks", Ranks::KEYS),
        ("press", rules::press::Params::KEYS),
        ("salience", rules::salience::Params::KEYS),
        ("hearing", rules::hearing::Params::KEYS),
        ("perception", rules::perception::Params::KEYS),
        ("voices", rules::voices::Params::KEYS),
        ("tension", rules::tension::Params::KEYS),
        ("response", rules::response::Params::KEYS),
        ("preparation", rules::preparation::Params::KEYS),
        ("third_parties", rules::third_parties::Params::KEYS),
        ("easing", rules::easing::Params::KEYS),
        ("caution", rules::caution::Params::KEYS),
        ("listening", rules::listening::Params::KEYS),
        ("recognition", rules::recognition::Params::KEYS),
        ("mobilisation", rules::mobilisation::Params::KEYS),
        ("news_pricing", rules::news_pricing::Params::KEYS),
        ("trading", rules::trading::Params::KEYS),
        ("volatility", rules::volatility::Params::KEYS),
    ];
    for bundled in bundled::scenarios() {
        let text = describe::describe(&load(&Request::new(Source::new(bundled.id, bundled.text))).unwrap());
        for (rule, keys) in declared {
            let section =
                text.split("\n### ").find(|section| section.starts_with(&format!("`dispositions.{rule}`")));
            let section =
                section.unwrap_or_else(|| panic!("{}: no section `dispositions.{rule}`", bundled.id));
            for key in keys {
                let row = section.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
                let row = row.unwrap_or_else(|| panic!("{}: no row `{rule}.{key}`", bundled.id));
                let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
                assert!(
                    cells.len() >= 6 && cells.iter().all(|cell| !cell.is_empty()),
                    "{}: {row}",
                    bundled.id
                );
            }
        }
        // States, markets and the ladder: whatever their tables list has a basis as well.
        for heading in ["States\n", "Markets\n", "Ladder\n"] {
            let section = text.split("\n### ").find(|section| section.starts_with(heading)).unwrap();
            let rows = section.lines().filter(|line| line.starts_with("| `"));
            for row in rows {
                let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
                assert!(
                    cells.len() >= 6 && cells.iter().all(|cell| !cell.is_empty()),
                    "{}: {row}",
                    bundled.id
                );
            }
        }
    }
}

#[test]
fn the_template_is_valid_and_short() {
    let request = Request {
        world: vec![Source::new("world.toml", small_world())],
        ..Request::new(Source::new("template", template::TEXT))
    };
    load(&request).unwrap_or_else(|failure| panic!("{failure}"));
    let lines =
        template::TEXT.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).count();
    assert!(lines <= 40, "{lines} lines");
    assert!(template::with_id("mine").contains("\nid = \"mine\" #"));
}

#[test]
fn every_bundled_scenario_and_the_template_load_on_the_bundled_world() {
    for bundled in bundled::scenarios() {
        let scenario = load(&Request::new(Source::new(bundled.id, bundled.text)));
        let scenario = scenario.unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(*scenario.file.scenario.id, bundled.id);
        assert!(scenario.warnings.is_empty(), "{}", scenario.warnings.render(Look::Plain));
    }
    load(&Request::new(Source::new("template", template::TEXT)))
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn what_is_bundled_is_what_the_folder_holds_in_order_of_tier_and_id() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let stems = |folder: &std::path::Path| {
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let toml = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
        let mut stems: Vec<String> =
            toml.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect();
        stems.sort();
        stems
    };
    let mut ids: Vec<&str> = bundled::scenarios().map(|bundled| bundled.id).collect();
    let tier = |id: &&str| load(&Request::new(bundled::scenario(id).unwrap())).unwrap().file.scenario.tier;
    assert!(ids.is_sorted_by_key(|id| (tier(id), *id)), "{ids:?}");
    ids.sort_unstable();
    assert_eq!(ids, stems(&folder));
    assert_eq!(bundled::plans().map(|plan| plan.id).collect::<Vec<_>>(), stems(&folder.join("plans")));
    let mut parts: Vec<String> = bundled::world().into_iter().map(|part| part.name).collect();
    parts.sort();
    let files: Vec<String> =
        stems(&folder.join("world")).into_iter().map(|stem| format!("world/{stem}.toml")).collect();
    assert_eq!(parts, files);
}

/// Keys of a tree that a schema does not know, by path.
fn strangers(tree: &Value, schema: &serde_json::Value, path: &str, found: &mut Vec<String>) {
    match &tree.kind {
        Kind::Table(table) => {
            for (key, entry) in table {
                let below = [&schema["properties"][key], &schema["additionalProperties"]];
                let path = format!("{path}.{key}");
                match below.into_iter().find(|schema| schema.is_object()) {
                    Some(schema) => strangers(&entry.value, schema, &path, found),
                    // A schema without properties, such as that of `set`, accepts anything.
                    None if schema["type"].is_null() => {}
                    None => found.push(path),
                }
            }
        }
        Kind::Array(items) => items.iter().for_each(|item| strangers(item, &schema["items"], path, found)),
        _ => {}
    }
}

#[test]
fn all_keys_in_use_are_in_the_schemas() {
    let mut found = Vec::new();
    for text in bundled::scenarios().map(|bundled| bundled.text).chain([QUARREL, template::TEXT]) {
        strangers(&tree(text), &schema::scenario(), "scenario", &mut found);
    }
    let mut world = tree(&small_world());
    for part in bundled::world() {
        merge(&mut world, tree(&part.text));
    }
    strangers(&world, &schema::world(), "world", &mut found);
    assert_eq!(found, [] as [&str; 0]);
    strangers(&tree("[scenario]\nhorizn = 1"), &schema::scenario(), "scenario", &mut found);
    assert_eq!(found, ["scenario.scenario.horizn"]);
}

#[test]
fn a_scenario_may_state_any_single_key_of_the_world() {
    let schema = schema::scenario();
    assert!(schema["properties"]["states"]["additionalProperties"]["required"].is_null());
    let decision = &schema["properties"]["states"]["additionalProperties"]["properties"]["decision"];
    assert_eq!(decision["required"], serde_json::json!(["value", "basis", "source"]));
    assert_eq!(schema["required"], serde_json::json!(["format", "scenario", "network", "issues", "events"]));
    assert!(schema::world()["required"].as_array().unwrap().contains(&"dispositions".into()));
}

/// What a teacher and a modeller need of every bundled scenario.
#[test]
fn every_bundled_scenario_teaches_says_its_limits_and_has_arms_to_compare() {
    for bundled in bundled::scenarios() {
        let scenario = load(&Request::new(Source::new(bundled.id, bundled.text))).unwrap();
        let (file, id) = (&scenario.file, bundled.id);
        let teaching = file.teaching.as_ref().unwrap_or_else(|| panic!("{id}: no [teaching]"));
        let texts = [&teaching.question, &teaching.look_for, &teaching.discussion, &teaching.not_for];
        assert!(texts.iter().all(|text| text.len() > 40), "{id}: [teaching] says too little");
        assert!(file.scenario.limits.len() > 80, "{id}: no limits");
        assert!((2..=6).contains(&file.interventions.len()), "{id}: {} arms", file.interventions.len());
        assert!(!file.outcomes.highlight.is_empty(), "{id}: nothing is shown first");
        assert!(!file.scenario.sources.is_empty(), "{id}: no sources");
        match file.scenario.tier {
            1 | 2 => {
                assert!(!file.recorded.is_empty(), "{id}: tier {}, nothing recorded", file.scenario.tier);
            }
            _ => assert!(file.recorded.is_empty(), "{id}: tier 3, yet something is recorded"),
        }
    }
}
