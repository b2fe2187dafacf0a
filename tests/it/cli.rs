//! The program as people and scripts use it: what it prints where, what it leaves, and how it ends.

mod backtest;
mod bundles;
mod calibrate;
mod cascade;
mod compare;
mod full_size;
mod graphs;
mod mistakes;
mod network;
mod rare;
mod report;
mod sensitivity;
mod sweep;

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use twiplomacy::scenario::bundled;

/// Keeps the networks of bundled scenarios small.
const SMALL: [&str; 2] = ["--set", "network.accounts=20000"];

/// A folder to work in.
struct Desk(TempDir);

/// What the program printed, and how it ended.
struct Answer {
    code: i32,
    out: String,
    err: String,
}

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    #[expect(clippy::disallowed_methods, reason = "tests make the files that the program reads")]
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "tests read what the program wrote")]
    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).unwrap()
    }

    /// Names of everything in a folder, hidden files included, in order.
    fn names(&self, folder: &str) -> Vec<String> {
        let entries = self.path(folder).read_dir().unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("twiplomacy");
        command.current_dir(self.0.path()).args(arguments);
        command
    }

    /// What the program answers, which must not be a panic.
    fn ask(&self, arguments: &[&str]) -> Answer {
        let output = self.command(arguments).output().unwrap();
        let answer = Answer {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!answer.err.contains("panicked"), "{arguments:?}: {}", answer.err);
        answer
    }

    /// What the program prints when it succeeds.
    fn get(&self, arguments: &[&str]) -> String {
        let answer = self.ask(arguments);
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.err);
        answer.out
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_command_has_help_with_an_example() {
    let desk = Desk::new();
    let program = desk.get(&["--help"]);
    assert!(program.contains("Examples:"), "{program}");
    let commands: Vec<&str> = program
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        // Lines that go on with a description are indented more.
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    let expected = [
        "list",
        "describe",
        "new",
        "validate",
        "run",
        "compare",
        "sensitivity",
        "calibrate",
        "sweep",
        "merge",
        "rare",
        "backtest",
        "replay",
        "report",
        "serve",
        "cascade",
        "network",
        "schema",
        "completions",
        "man",
    ];
    assert_eq!(commands, expected);
    for command in commands {
        let help = desk.get(&[command, "--help"]);
        assert!(help.contains("Example"), "{help}");
        assert!(help.contains(&format!("twiplomacy {command}")), "{help}");
    }
}

#[test]
fn what_is_no_command_is_wrong_usage() {
    let desk = Desk::new();
    for arguments in [
        &[][..],
        &["simulate"],
        &["run"],
        &["run", "x", "--sed", "1"],
        &["list", "--json", "--format", "table"],
    ] {
        let answer = desk.ask(arguments);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn the_list_names_what_is_bundled() {
    let desk = Desk::new();
    let table = desk.get(&["list"]);
    let rows = json(&desk.get(&["list", "--format", "json"]));
    let rows = rows.as_array().unwrap();
    assert!(rows.len() >= 2);
    for row in rows {
        let keys: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "title", "tier", "start", "horizon_days"]);
        assert!(
            table.contains(row["id"].as_str().unwrap()) && table.contains(row["title"].as_str().unwrap())
        );
    }
    let canada = rows.iter().find(|row| row["id"] == "canada-saudi-2018").unwrap();
    assert_eq!((&canada["tier"], &canada["horizon_days"]), (&Value::from(1), &Value::from(90)));
    assert_eq!(canada["start"], "2018-05-22T00:00:00Z");
}

#[test]
fn a_description_ends_with_the_network_that_is_built() {
    let desk = Desk::new();
    let arguments = [&["describe", "canada-saudi-2018", "--arm", "never-sent"][..], &SMALL].concat();
    let text = desk.get(&arguments);
    assert!(text.starts_with("# Canada and Saudi Arabia, August 2018"), "{text}");
    assert!(text.contains("Described with the intervention `never-sent`."));
    assert!(text.contains("## Network as built") && text.contains("| SA-citizen | 9,685,000 |"), "{text}");
}

#[test]
fn outcomes_are_listed_with_units_and_meanings() {
    let desk = Desk::new();
    let arguments = [&["describe", "canada-saudi-2018", "--outcomes"][..], &SMALL].concat();
    let table = desk.get(&arguments);
    let list = json(&desk.get(&[&arguments[..], &["--json"]].concat()));
    let list = list.as_array().unwrap();
    assert_eq!(table.lines().count(), list.len());
    let answered = list.iter().find(|entry| entry["id"] == "message.arabic-tweet.answered").unwrap();
    assert_eq!((&answered["unit"], &answered["kind"]), (&"yes_no".into(), &"yes_no".into()));
    for (line, entry) in table.lines().zip(list) {
        for key in ["id", "unit", "description"] {
            assert!(line.contains(entry[key].as_str().unwrap()), "{line}");
        }
    }
}

#[test]
fn schemas_are_json_schemas() {
    let desk = Desk::new();
    for (arguments, section) in [
        (&["schema"][..], "scenario"),
        (&["schema", "--world"], "countries"),
        (&["schema", "--plan"], "vary"),
    ] {
        let schema = json(&desk.get(arguments));
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert!(schema["properties"][section].is_object());
    }
}

#[test]
fn a_new_scenario_is_valid_and_runs_as_it_is() {
    let desk = Desk::new();
    let made = desk.ask(&["new", "My Crisis.toml"]);
    assert_eq!((made.code, made.out.as_str()), (0, ""));
    assert!(made.err.contains("twiplomacy validate"), "{}", made.err);
    let checked = desk.get(&["validate", "My Crisis.toml"]);
    assert!(checked.starts_with("ok My Crisis.toml: 1 message, "), "{checked}");
    let run = desk.ask(&["run", "My Crisis.toml", "--runs", "3"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.starts_with("my-crisis  3 runs, seed 1\n"), "{}", run.out);
    assert!(run.err.contains("3 runs of ") && run.err.contains("bundle: out"), "{}", run.err);
    assert!(desk.path("out/my-crisis/summary.json").is_file());
}

#[test]
fn a_new_scenario_never_replaces_a_file() {
    let desk = Desk::new();
    desk.write("mine.toml", "precious");
    let answer = desk.ask(&["new", "mine.toml"]);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("`mine.toml` exists\n\nhint: "), "{}", answer.err);
    assert_eq!(desk.text("mine.toml"), "precious");
    assert_eq!(desk.ask(&["new", "nowhere/mine.toml"]).code, 1);
}

#[test]
fn shells_and_pagers_get_what_they_need() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(desk.get(&["completions", shell]).contains("replay"), "{shell}");
    }
    assert!(desk.get(&["man"]).contains(".TH twiplomacy 1"));
    assert!(desk.get(&["man", "run"]).contains("\\-\\-overwrite"));
    assert_eq!(desk.ask(&["man", "simulate"]).code, 2);
}

#[test]
fn validating_tells_of_good_and_bad_files_alike() {
    let desk = Desk::new();
    desk.write("bad.toml", "format = 1\n");
    let answer =
        desk.ask(&["validate", "canada-saudi-2018", "bad.toml", "absent.toml", "tariff-thread-2019"]);
    assert_eq!(answer.code, 2);
    assert_eq!(answer.out.matches("ok ").count(), 2, "{}", answer.out);
    assert!(answer.err.contains("--> bad.toml:1:1"), "{}", answer.err);
    assert!(answer.err.contains("`absent.toml` is neither a file nor a bundled scenario"), "{}", answer.err);
    assert!(answer.err.contains("2 of 4 files can't be used"), "{}", answer.err);
}

#[test]
fn a_world_may_lie_in_a_folder() {
    let desk = Desk::new();
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/world");
    let world = world.to_str().unwrap();
    assert!(desk.get(&["validate", "canada-saudi-2018", "--world", world]).starts_with("ok "));
    let answer = desk.ask(&["validate", "canada-saudi-2018", "--world", "."]);
    assert!(answer.code == 2 && answer.err.contains("has no files that end in `.toml`"), "{}", answer.err);
}

#[test]
fn validating_takes_plans_worlds_and_folders_for_what_they_are() {
    let desk = Desk::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let inside = |name: &str| folder.join(name).display().to_string();
    let (plans, world, roles) = (inside("plans"), inside("world"), inside("world/roles.toml"));
    let told = desk.get(&["validate", &plans, &world, &roles, &inside("map-label-2013.toml")]);
    assert_eq!(told.matches(": a plan of ").count(), bundled::plans().len(), "{told}");
    assert_eq!(told.matches(": a world of ").count(), 1, "{told}");
    assert_eq!(told.lines().count(), bundled::plans().len() + 2, "{told}");

    desk.write(
        "plan.toml",
        "format = 1\n[sweep]\nscenario = \"press-review\"\n[vary]\n\"states.FR.platform_reviw\" = [0, 1]\n",
    );
    desk.write(
        "roles.toml",
        bundled::world()[0].text.replacen("format = 1", "format = 1\n[roles.citizen]\nshar = 1\n", 1),
    );
    let answer = desk.ask(&["validate", "."]);
    assert_eq!((answer.code, answer.out.as_str()), (2, ""));
    assert!(
        answer.err.contains("plan.toml:5:1") && answer.err.contains("did you mean `platform_review`?"),
        "{}",
        answer.err
    );
    assert!(
        answer.err.contains("unknown key `shar`") && answer.err.contains("2 of 2 files"),
        "{}",
        answer.err
    );
    for (file, is) in [("plan.toml", "the plan of a sweep"), ("roles.toml", "a part of a world")] {
        let answer = desk.ask(&["run", file]);
        assert!(
            answer.code == 2 && answer.err.contains(&format!("`{file}` is {is}, not a scenario")),
            "{}",
            answer.err
        );
    }
}
