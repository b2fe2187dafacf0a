//! One mistake each: exit status 2, the place, what to do, and no panic.

use super::{Desk, SMALL};
use twiplomacy::scenario::template;

/// What both commands say of `x.toml`, which is the same.
fn refusal(desk: &Desk) -> String {
    let (checked, run) = (desk.ask(&["validate", "x.toml"]), desk.ask(&["run", "x.toml", "--runs", "1"]));
    assert_eq!((checked.code, run.code), (2, 2), "{}", checked.err);
    assert_eq!((checked.out.as_str(), run.out.as_str()), ("", ""));
    assert_eq!(checked.err.trim(), run.err.trim());
    assert_eq!(desk.names("."), ["x.toml"]);
    checked.err
}

/// Asserts what is said of the template with `old` replaced by `new`: the place, which is that of `at`, and all of `told`.
fn refused(old: &str, new: &str, at: &str, told: &[&str]) {
    assert!(template::TEXT.contains(old), "{old}");
    let text = template::TEXT.replacen(old, new, 1);
    let desk = Desk::new();
    desk.write("x.toml", &text);
    let message = refusal(&desk);
    let before = &text[..text.find(new).unwrap() + new.find(at).unwrap()];
    let (line, column) =
        (before.matches('\n').count() + 1, before.len() - before.rfind('\n').map_or(0, |end| end + 1) + 1);
    let place = format!("x.toml:{line}:{column}\n");
    assert!(message.contains(&place), "{place}{message}");
    for part in told {
        assert!(message.contains(part), "`{part}` is not in\n{message}");
    }
}

#[test]
fn a_misspelt_key() {
    refused(
        "horizon = \"30 days\"",
        "horizn = \"30 days\"",
        "horizn",
        &["error: unknown key `horizn` in `scenario`", "hint: did you mean `horizon`?"],
    );
}

#[test]
fn a_probability_above_one() {
    refused("CA = 0.6", "CA = 1.8", "1.8", &["error: `CA` can't be `1.8`", "allowed: a number from 0 to 1"]);
}

#[test]
fn a_missing_unit() {
    refused(
        "horizon = \"30 days\"",
        "horizon = 30",
        "30",
        &["error: `horizon` can't be `30`", "hint: write the unit, such as `30 days`"],
    );
}

#[test]
fn an_unknown_country() {
    refused(
        "publics = [\"CA\", \"SA\"]",
        "publics = [\"CAN\", \"SA\"]",
        "\"CAN\"",
        &["error: unknown country or public `CAN`", "hint: did you mean `CA`?"],
    );
}

#[test]
fn an_event_before_the_start() {
    refused(
        "time = 2019-03-04T15:00:00Z",
        "time = 2019-03-04T09:00:00Z",
        "2019-03-04T09",
        &["2019-03-04 09:00 UTC is before the start", "hint: start the scenario earlier or move the event"],
    );
}

#[test]
fn a_wrong_author() {
    refused(
        "author = \"ministry\"",
        "author = \"minstry\"",
        "\"minstry\"",
        &["error: unknown account `minstry`", "hint: did you mean `ministry`?"],
    );
}

#[test]
fn a_cyclic_reference() {
    refused(
        "time = 2019-03-04T15:00:00Z",
        "after = { message = \"first\", delay = \"2 h\" }",
        "{ message",
        &["messages wait for one another: `first` → `first`", "hint: a message comes `after`"],
    );
}

#[test]
fn a_newer_format() {
    refused(
        "format = 1",
        "format = 9",
        "9",
        &["format = 9 is newer than this program reads (1)", "use a newer"],
    );
}

#[test]
fn a_misspelt_outcome() {
    refused(
        "\"message.first.shares\"",
        "\"message.first.shars\"",
        "\"message.first.shars\"",
        &["`message.first.shars` is not the id of an outcome", "did you mean `message.first.shares`?"],
    );
}

#[test]
fn an_empty_file() {
    let desk = Desk::new();
    desk.write("x.toml", "");
    let message = refusal(&desk);
    assert!(message.contains("error: `x.toml` is empty") && message.contains("x.toml:1:1"), "{message}");
    assert!(message.contains("hint: `twiplomacy new FILE` writes a scenario to start from"), "{message}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test makes a large file")]
fn a_file_of_a_hundred_megabytes() {
    let desk = Desk::new();
    std::fs::File::create(desk.path("x.toml")).unwrap().set_len(100 << 20).unwrap();
    let message = refusal(&desk);
    let expected = "error: `x.toml` has 104857600 bytes, more than a scenario can have (16777216)";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn text_that_is_not_utf_8() {
    let desk = Desk::new();
    desk.write("x.toml", b"format = 1\n# \xff\n");
    let message = refusal(&desk);
    assert!(message.contains("byte `0xFF` is not UTF-8 text") && message.contains("x.toml:2:3"), "{message}");
    assert!(message.contains("hint: save the file as UTF-8"), "{message}");
}

#[test]
fn a_scenario_that_is_not_there() {
    let desk = Desk::new();
    for command in ["run", "validate", "describe"] {
        let answer = desk.ask(&[command, "canada-saudi"]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains("did you mean `canada-saudi-2018`? `twiplomacy list`"), "{}", answer.err);
    }
}

#[test]
fn an_option_that_can_not_be() {
    let desk = Desk::new();
    let seven = "allowed: a whole number from 1 to 10000000";
    for (option, told) in [
        ("--runs=0", seven),
        ("--runs=10000001", seven),
        ("--runs=many", seven),
        ("--threads=0", "allowed: a whole number from 1 to 1024"),
        ("--seed=-1", "invalid value '-1' for '--seed <S>'"),
        ("--tables=xls", "possible values: parquet, csv, both"),
        ("--arm=english-french-olny", "did you mean `english-french-only`?"),
        ("--set=network.acounts=1000", "did you mean `accounts`?"),
        ("--set=network.accounts", "has no `=`"),
        ("--set=network.accounts=999", "`accounts` can't be `999`"),
        ("--set=network.accounts=1000", "simulated followers\n\nhint: ask for at least "),
        ("--world=nowhere", "`nowhere` can't be read"),
    ] {
        let answer = desk.ask(&["run", "canada-saudi-2018", option]);
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{option}");
        assert!(answer.err.contains(told), "{option}: {}", answer.err);
    }
    assert_eq!(desk.names("."), Vec::<String>::new());
}

#[test]
fn a_folder_with_content_is_left_alone_without_overwrite() {
    let desk = Desk::new();
    let arguments = [&["run", "canada-saudi-2018", "--runs", "2", "--out", "results"][..], &SMALL].concat();
    desk.get(&arguments);
    desk.write("results/notes.txt", "mine");
    let before = desk.read("results/manifest.json");
    let answer = desk.ask(&arguments);
    assert_eq!(answer.code, 2);
    assert!(answer.err.contains("the folder `results` is not empty"), "{}", answer.err);
    assert!(answer.err.contains("hint: choose another with `--out`, or add `--overwrite`"), "{}", answer.err);
    assert_eq!(desk.read("results/manifest.json"), before);

    desk.get(&[&arguments[..], &["--overwrite", "--seed", "2"]].concat());
    assert_ne!(desk.read("results/manifest.json"), before);
    assert_eq!(desk.text("results/notes.txt"), "mine");
    assert_eq!(desk.names("."), ["results"]);
}

#[test]
fn a_bundle_that_can_not_be_written_is_a_failure_while_running() {
    let desk = Desk::new();
    desk.write("file", "");
    let answer = desk
        .ask(&[&["run", "canada-saudi-2018", "--runs", "1", "--out", "file/results"][..], &SMALL].concat());
    assert_eq!(answer.code, 1);
    assert!(answer.err.starts_with("error: no bundle was written: "), "{}", answer.err);
}
