//! What a run leaves, and that any of its runs can be repeated.

use super::{Desk, SMALL, json};
use serde_json::Value;
use std::process::Stdio;

fn run<'a>(scenario: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["run", scenario][..], &SMALL, more].concat()
}

#[test]
fn a_bundle_holds_what_the_contract_names() {
    let desk = Desk::new();
    let table =
        desk.get(&run("canada-saudi-2018", &["--runs", "8", "--out", "b", "--tables", "both", "--all"]));
    assert!(table.contains("arabic-tweet") && table.contains("reach target"), "{table}");
    let tables = ["acts.csv", "acts.parquet", "runs.csv", "runs.parquet", "series.csv", "series.parquet"];
    let others = ["manifest.json", "plots", "report.html", "scenario.toml", "summary.json", "world.toml"];
    let mut expected = [&tables[..], &others].concat();
    expected.sort_unstable();
    assert_eq!(desk.names("b"), expected);
    assert!(desk.read("b/runs.parquet").starts_with(b"PAR1"));
    let plots = desk.names("b/plots");
    for plot in ["reach", "cascade", "ladder", "tension", "prices", "drawdown"] {
        for extension in ["svg", "png"] {
            assert!(plots.contains(&format!("{plot}.{extension}")), "{plots:?}");
        }
    }

    let summary = json(&desk.text("b/summary.json"));
    assert_eq!((&summary["scenario"], &summary["runs"]), (&"canada-saudi-2018".into(), &8.into()));
    let answered = &summary["outcomes"]["message.arabic-tweet.answered"];
    assert!(answered["p"].is_number() && answered["p_ci"].is_array());
    assert_eq!(answered["recorded"]["role"], "fitted");
    let manifest = json(&desk.text("b/manifest.json"));
    assert_eq!(
        (&manifest["seed"], &manifest["runs"], &manifest["arm"]),
        (&1.into(), &8.into(), &"baseline".into())
    );
    assert_eq!(manifest["overrides"], json(r#"["network.accounts = 20000"]"#));
}

#[test]
fn tables_are_parquet_unless_asked_for_otherwise() {
    let desk = Desk::new();
    desk.get(&run("canada-saudi-2018", &["--runs", "1", "--out", "p"]));
    desk.get(&run("canada-saudi-2018", &["--runs", "1", "--out", "c", "--tables", "csv"]));
    let has = |bundle: &str, name: &str| desk.path(bundle).join(name).exists();
    assert!(has("p", "runs.parquet") && !has("p", "runs.csv"));
    assert!(has("c", "runs.csv") && !has("c", "runs.parquet"));
}

#[test]
fn json_is_the_summary_and_quiet_says_nothing_else() {
    let desk = Desk::new();
    let answer = desk.ask(&run("canada-saudi-2018", &["--runs", "3", "--out", "b", "--json", "--quiet"]));
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
    assert_eq!(answer.out, desk.text("b/summary.json"));
}

#[test]
fn bundles_without_a_folder_of_their_own_are_numbered() {
    let desk = Desk::new();
    for expected in ["canada-saudi-2018", "canada-saudi-2018-2", "canada-saudi-2018-3"] {
        let answer = desk.ask(&run("canada-saudi-2018", &["--runs", "1"]));
        assert!(answer.err.contains(&format!("bundle: out/{expected}\n")), "{}", answer.err);
    }
    assert_eq!(desk.names("out"), ["canada-saudi-2018", "canada-saudi-2018-2", "canada-saudi-2018-3"]);
}

#[test]
fn threads_change_no_byte_but_in_the_manifest() {
    let desk = Desk::new();
    for scenario in ["canada-saudi-2018", "tariff-thread-2019"] {
        for threads in ["1", "2"] {
            let out = format!("{scenario}-{threads}");
            let more = ["--runs", "40", "--threads", threads, "--out", &out, "--tables", "both", "--quiet"];
            desk.get(&run(scenario, &more));
        }
        let file = |threads: &str, name: &str| desk.read(&format!("{scenario}-{threads}/{name}"));
        let names = desk.names(&format!("{scenario}-1"));
        let plots =
            desk.names(&format!("{scenario}-1/plots")).into_iter().map(|name| format!("plots/{name}"));
        let mut n_compared = 0;
        for name in names.into_iter().filter(|name| name != "manifest.json" && name != "plots").chain(plots) {
            assert!(file("1", &name) == file("2", &name), "{scenario}: `{name}` differs");
            n_compared += 1;
        }
        assert!(n_compared > 20, "{n_compared}");
        assert_eq!(desk.names(&format!("{scenario}-1/plots")), desk.names(&format!("{scenario}-2/plots")));
    }
}

/// A value as the tables write it.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

/// Rows of a table as texts.
fn rows(desk: &Desk, name: &str) -> Vec<Vec<(String, String)>> {
    let bytes = desk.read(name);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let head = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        head.iter().zip(&record).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

fn cells(row: &Value) -> Vec<(String, String)> {
    row.as_object().unwrap().iter().map(|(name, value)| (name.clone(), cell(value))).collect()
}

#[test]
fn a_replayed_run_is_the_row_and_the_acts_of_the_tables() {
    let desk = Desk::new();
    let changed =
        ["--set", "events.messages.arabic-tweet.moral_words=5", "--arm", "deleted-after-1h", "--seed", "3"];
    let more = [&["--runs", "20", "--out", "b", "--tables", "csv"][..], &changed].concat();
    desk.get(&run("canada-saudi-2018", &more));
    let (runs, acts) = (rows(&desk, "b/runs.csv"), rows(&desk, "b/acts.csv"));
    assert!(acts.len() > 20, "{}", acts.len());
    for index in [0, 7, 19] {
        let run = index.to_string();
        let replayed = json(&desk.get(&["replay", "b", "--run", &run, "--json"]));
        assert_eq!((&replayed["scenario"], &replayed["seed"]), (&"canada-saudi-2018".into(), &3.into()));
        assert_eq!(cells(&replayed["run"]), runs[index]);
        let own: Vec<_> = acts.iter().filter(|row| row[0].1 == run).cloned().collect();
        let replayed_acts: Vec<_> = replayed["acts"].as_array().unwrap().iter().map(cells).collect();
        assert_eq!(replayed_acts, own);
        let timeline = replayed["timeline"].as_array().unwrap();
        assert!(timeline.iter().any(|entry| entry["kind"] == "posted"));
        let text = desk.get(&["replay", "b", "--run", &run]);
        assert!(text.starts_with(&format!("canada-saudi-2018  run {index}, seed 3\n")), "{text}");
        assert!(timeline.iter().all(|entry| text.contains(entry["text"].as_str().unwrap())), "{text}");
    }
}

#[test]
fn only_runs_of_an_unchanged_bundle_are_replayed() {
    let desk = Desk::new();
    desk.get(&run("canada-saudi-2018", &["--runs", "2", "--out", "b"]));
    let beyond = desk.ask(&["replay", "b", "--run", "2"]);
    assert_eq!(beyond.code, 2);
    assert!(beyond.err.contains("the bundle has no run 2\n\nhint: its 2 runs are 0 to 1"), "{}", beyond.err);
    desk.write("b/world.toml", desk.text("b/world.toml") + "\n");
    let changed = desk.ask(&["replay", "b", "--run", "0"]);
    assert_eq!(changed.code, 2);
    assert!(changed.err.contains("`b/world.toml` was changed after the runs"), "{}", changed.err);
    let none = desk.ask(&["replay", ".", "--run", "0"]);
    assert!(none.code == 2 && none.err.contains("it has no `manifest.json`"), "{}", none.err);
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let desk = Desk::new();
    let program = assert_cmd::cargo::cargo_bin!("twiplomacy");
    for arguments in
        [&["schema"][..], &["completions", "bash"], &["describe", "canada-saudi-2018", "--outcomes"]]
    {
        let mut command = std::process::Command::new(program);
        command.args(arguments).current_dir(desk.path(".")).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_interrupted_leaves_nothing() {
    let many = ["--vary", "dispositions.response", "--trajectories", "100", "--replicates", "1000"];
    let long = ["--vary", "dispositions.response", "--particles", "10000", "--proposals", "1000000"];
    for arguments in [
        run("canada-saudi-2018", &["--runs", "1000000"]),
        [&["sensitivity", "canada-saudi-2018"][..], &SMALL, &many].concat(),
        [&["calibrate", "canada-saudi-2018"][..], &SMALL, &long].concat(),
    ] {
        let desk = Desk::new();
        let program = assert_cmd::cargo::cargo_bin!("twiplomacy");
        let mut command = std::process::Command::new(program);
        command.args(&arguments).current_dir(desk.path("."));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The runs begin soon after the hidden folder is there.
        while !desk.path("out").exists() {
            assert_eq!(child.try_wait().unwrap(), None);
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        assert!(
            std::process::Command::new("kill")
                .args(["-INT", &child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            message, "error: stopped before all runs had ended; nothing was written\n",
            "{arguments:?}"
        );
        assert_eq!((output.stdout.as_slice(), desk.names(".")), (&b""[..], Vec::new()), "{arguments:?}");
    }
}
