//! `sweep` and `merge`: what they leave, that they survive, and what is refused.

use super::{Answer, Desk, SMALL, json};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

const BASE: &str = "dispositions.response.base";

fn sweep<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["sweep", "canada-saudi-2018"][..], &SMALL, &["--quiet"], more].concat()
}

/// Bytes of every file of a folder but the manifest, by path below it.
#[expect(clippy::disallowed_methods, reason = "tests read what the program wrote")]
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in next.read_dir().unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "manifest.json" {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn assert_same(desk: &Desk, one: &str, two: &str) {
    let (one_files, two_files) = (files(&desk.path(one)), files(&desk.path(two)));
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one_files), names(&two_files), "{one} and {two}");
    for (name, bytes) in &one_files {
        assert!(two_files[name] == *bytes, "`{name}` of `{one}` differs from that of `{two}`");
    }
}

#[test]
fn a_sweep_leaves_rows_points_plots_and_its_plan() {
    let desk = Desk::new();
    let more = [
        "--vary",
        "dispositions.response.base=-4:-2:3",
        "--vary",
        "dispositions.diffusion.rule=[full,ic]",
        "--runs",
        "30",
    ];
    let table = desk.get(&sweep(&[&more[..], &["--out", "s", "--tables", "both"]].concat()));
    assert!(table.starts_with("canada-saudi-2018  6 points of 30 runs each, seed 1\n"), "{table}");
    let expected = [
        "manifest.json",
        "plan.toml",
        "plots",
        "points.csv",
        "points.parquet",
        "runs",
        "scenario.toml",
        "sweep.json",
        "world.toml",
    ];
    assert_eq!(desk.names("s"), expected);
    assert_eq!(desk.names("s/runs"), ["part-00000.csv", "part-00000.parquet"]);
    assert!(desk.names("s/plots").contains(&"message-arabic-tweet-answered.svg".to_owned()));

    let rows = desk.text("s/runs/part-00000.csv");
    let head: Vec<&str> = rows.lines().next().unwrap().split(',').collect();
    assert_eq!(head[..7], ["point", BASE, "dispositions.diffusion.rule", "run", "stop", "events", "error"]);
    assert_eq!(rows.lines().count(), 1 + 6 * 30);
    // The points have common random numbers: the same point in another sweep, and as a run of its own, has the same numbers.
    desk.get(
        &[
            &["run", "canada-saudi-2018"][..],
            &SMALL,
            &["--set", "dispositions.response.base=-3", "--runs", "30", "--out", "r", "--json", "--quiet"],
        ]
        .concat(),
    );
    let whole = json(&desk.text("r/summary.json"));
    let summary = json(&desk.text("s/sweep.json"));
    let point = &summary["points"][2];
    assert_eq!(point["values"], json(&format!(r#"{{"{BASE}": -3, "dispositions.diffusion.rule": "full"}}"#)));
    let n_compared = whole["outcomes"].as_object().unwrap().iter().filter(|(id, outcome)| {
        let keys = ["n", "mean", "sd", "mean_ci", "q05", "q50", "q95", "p", "p_ci"];
        keys.iter().all(|key| outcome[key] == point["outcomes"][id.as_str()][key])
    });
    assert_eq!(n_compared.count(), whole["outcomes"].as_object().unwrap().len());

    // The plan in the folder makes the same sweep again.
    desk.get(&["sweep", "s/plan.toml", "--out", "again", "--tables", "both", "--quiet", "--threads", "1"]);
    assert_same(&desk, "s", "again");
}

#[test]
fn sampled_points_and_plans_work_and_json_is_the_summary() {
    let desk = Desk::new();
    desk.write(
        "plan.toml",
        "format = 1\n\n[sweep]\nscenario = \"canada-saudi-2018\"\ndesign = \"latin-hypercube\"\npoints = 5\nruns = 4\nset = { \"network.accounts\" = 20_000 }\n\n\
         [vary]\n\"dispositions.response.base\" = { low = -4.0, high = -2.0 }\n\"scenario.horizon\" = [\"87 days\", \"90 days\"]\n",
    );
    let printed = desk.get(&["sweep", "plan.toml", "--seed", "5", "--out", "s", "--json", "--quiet"]);
    assert_eq!(printed, desk.text("s/sweep.json"));
    let answer = json(&printed);
    assert_eq!((&answer["design"], &answer["seed"]), (&"latin-hypercube".into(), &5.into()));
    assert_eq!(
        answer["parameters"],
        json(
            r#"[{"path": "dispositions.response.base", "unit": ""}, {"path": "scenario.horizon", "unit": "days"}]"#
        )
    );
    let bases: Vec<f64> = answer["points"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| point["values"][BASE].as_f64().unwrap())
        .collect();
    assert!(bases.len() == 5 && bases.iter().all(|base| (-4.0..=-2.0).contains(base)), "{bases:?}");
}

#[test]
fn a_point_that_can_not_be_built_is_rows_with_its_error_and_stops_no_other() {
    let desk = Desk::new();
    // Fewer accounts than the audiences need: known only when the network is planned.
    let answer = desk.ask(&[
        "sweep",
        "canada-saudi-2018",
        "--vary",
        "network.accounts=[20000,1000]",
        "--runs",
        "3",
        "--out",
        "s",
        "--tables",
        "both",
    ]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    assert!(answer.err.contains("warning: 3 of 6 runs have no result: column `error`"), "{}", answer.err);
    let summary = json(&desk.text("s/sweep.json"));
    assert_eq!((&summary["points"][0]["failed"], &summary["points"][0]["error"]), (&0.into(), &Value::Null));
    assert_eq!(summary["points"][1]["failed"], 3);
    assert!(summary["points"][1]["error"].as_str().unwrap().contains("is too small"), "{summary}");
    let rows = desk.text("s/runs/part-00000.csv");
    assert_eq!(rows.lines().filter(|line| line.contains(",failed,0,")).count(), 3, "{rows}");
    let all = desk.ask(&[
        "sweep",
        "canada-saudi-2018",
        "--vary",
        "network.accounts=[1000,1001]",
        "--set",
        "network.accounts=20000",
        "--runs",
        "3",
        "--out",
        "t",
    ]);
    assert!(all.code == 1 && all.err.contains("error: no run has a result: "), "{}", all.err);
}

/// Kills a command after a while; tells whether it was still running.
fn killed(desk: &Desk, arguments: &[&str], after: Duration) -> bool {
    let program = assert_cmd::cargo::cargo_bin!("twiplomacy");
    let mut child = std::process::Command::new(program)
        .current_dir(desk.0.path())
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let was_running = child.try_wait().unwrap().is_none();
    // This is SIGKILL.
    let _ = child.kill();
    child.wait().unwrap();
    was_running
}

#[test]
fn a_sweep_that_is_killed_again_and_again_ends_with_the_bytes_of_one_that_was_not() {
    let desk = Desk::new();
    let more = ["--vary", "dispositions.response.base=-4:-2:8", "--runs", "250", "--tables", "both"];
    desk.get(&sweep(&[&more[..], &["--out", "whole"]].concat()));
    let resumed = sweep(&[&more[..], &["--out", "killed", "--resume"]].concat());
    let mut n_killed = 0;
    // From the first files to the last: every attempt gets a little farther.
    for after in [100, 160, 256, 410, 655, 1048, 1677, 2684] {
        n_killed += usize::from(killed(&desk, &resumed, Duration::from_millis(after)));
    }
    assert!(n_killed >= 2, "the sweep was killed {n_killed} times only: it is too short for this test");
    desk.get(&resumed);
    assert_same(&desk, "whole", "killed");
    let manifest = json(&desk.text("killed/manifest.json"));
    assert_eq!(manifest["work"]["is_complete"], true);
    assert!(desk.names("killed").iter().all(|name| !name.starts_with('.')));
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_with_the_bytes_of_one_that_was_not() {
    let desk = Desk::new();
    let run = |more: &[&'static str]| {
        [&["run", "canada-saudi-2018", "--runs", "1700", "--quiet", "--tables", "both"][..], &SMALL, more]
            .concat()
    };
    desk.get(&run(&["--out", "whole"]));
    let resumed = run(&["--out", "killed", "--resume"]);
    let mut n_killed = 0;
    for after in [300, 700, 1500, 2500] {
        n_killed += usize::from(killed(&desk, &resumed, Duration::from_millis(after)));
    }
    assert!(n_killed >= 1, "the run was never killed: it is too short for this test");
    if desk.path(".killed.legs/manifest.json").exists() {
        let other = desk.ask(&[&resumed[..], &["--seed", "2", "--overwrite"]].concat());
        refused(&other, 2, "are others: they have another seed");
    }
    // It may have been killed when all was written.
    desk.get(&[&resumed[..], &["--overwrite"]].concat());
    assert_same(&desk, "whole", "killed");
    assert!(!desk.path(".killed.legs").exists());
}

#[test]
fn shares_put_together_are_the_whole_sweep() {
    let desk = Desk::new();
    let more = ["--vary", "dispositions.response.base=-4:-2:9", "--runs", "130", "--tables", "both"];
    desk.get(&sweep(&[&more[..], &["--out", "whole"]].concat()));
    for index in 1..=7 {
        let (shard, out) = (format!("{index}/7"), format!("part-{index}"));
        desk.get(&sweep(&[&more[..], &["--shard", &shard, "--out", &out]].concat()));
    }
    let parts = ["part-3", "part-1", "part-2", "part-7", "part-5", "part-6", "part-4"];
    desk.get(&[&["merge"][..], &parts, &["--out", "merged", "--quiet"]].concat());
    assert_same(&desk, "whole", "merged");
}

#[test]
fn shares_put_together_are_the_whole_run() {
    let desk = Desk::new();
    let run = |more: &[&str]| {
        desk.get(
            &[
                &["run", "canada-saudi-2018"][..],
                &SMALL,
                &["--quiet", "--runs", "90", "--tables", "both"],
                more,
            ]
            .concat(),
        )
    };
    run(&["--out", "whole"]);
    for index in 1..=4 {
        run(&["--shard", &format!("{index}/4"), "--out", &format!("part-{index}"), "--threads", "1"]);
    }
    assert_eq!(
        desk.names("part-2"),
        ["acts.parquet", "manifest.json", "runs.parquet", "scenario.toml", "series.sketch", "world.toml"]
    );
    let table = desk.get(&["merge", "part-4", "part-2", "part-1", "part-3", "--out", "merged", "--quiet"]);
    assert!(table.starts_with("canada-saudi-2018  90 runs, seed 1\n"), "{table}");
    assert_same(&desk, "whole", "merged");
    // What is merged can be replayed as any bundle.
    assert!(desk.get(&["replay", "merged", "--run", "89"]).contains("run 89"));
}

fn refused(answer: &Answer, code: i32, expected: &str) {
    assert_eq!((answer.code, answer.out.as_str()), (code, ""), "{}", answer.err);
    assert!(answer.err.contains(expected), "`{expected}` is not in: {}", answer.err);
    assert!(!answer.err.contains("error: error:"), "said twice: {}", answer.err);
}

#[test]
fn shares_that_do_not_belong_together_are_refused() {
    let desk = Desk::new();
    let run = |seed: &str, shard: &str, out: &str| {
        let arguments = [
            "run",
            "canada-saudi-2018",
            "--quiet",
            "--runs",
            "4",
            "--seed",
            seed,
            "--shard",
            shard,
            "--out",
            out,
        ];
        desk.get(&[&arguments[..], &SMALL].concat())
    };
    run("1", "1/2", "a");
    run("1", "2/2", "b");
    run("2", "2/2", "c");
    run("1", "2/3", "d");
    desk.get(
        &[&["run", "canada-saudi-2018", "--runs", "1", "--out", "whole", "--quiet"][..], &SMALL].concat(),
    );
    let merge = |parts: &[&str]| desk.ask(&[&["merge"][..], parts, &["--out", "m"]].concat());
    refused(&merge(&["a", "c"]), 2, "another seed (seed 1, share 1/2 and seed 2, share 2/2)");
    refused(&merge(&["a", "d"]), 2, "another number of shares");
    refused(&merge(&["a", "a"]), 2, "are the same share, 1/2");
    refused(&merge(&["a"]), 2, "shares are missing: 2/2");
    refused(&merge(&["whole"]), 2, "is not a share");
    refused(&merge(&["nowhere"]), 2, "is not a bundle");
    desk.write("b/scenario.toml", "format = 1\n");
    refused(&merge(&["a", "b"]), 2, "was changed after the runs");
    run("1", "2/2", "e");
    let bytes = desk.read("e/runs.parquet");
    desk.write("e/runs.parquet", &bytes[..bytes.len() / 2]);
    refused(&merge(&["a", "e"]), 1, "e/runs.parquet` is damaged");
    assert!(!desk.path("m").exists());
}

#[test]
fn a_scenario_with_a_plan_of_its_own_is_swept_by_it() {
    let desk = Desk::new();
    let arguments = ["sweep", "knowledge-base", "--quiet", "--set", "network.accounts=16000", "--runs", "2"];
    let table = desk.get(&[&arguments[..], &["--out", "s"]].concat());
    assert!(table.starts_with("knowledge-base  20 points of 2 runs each, seed 1\n"), "{table}");
    assert!(desk.path("s/plots").read_dir().unwrap().count() > 0);
    let told = "`--points` and a plan contradict each other: `plan of knowledge-base` says this already";
    refused(&desk.ask(&["sweep", "knowledge-base", "--points", "3"]), 2, told);
    let vary = ["--vary", "states.DE.levels=[1,2]", "--out", "t"];
    let own = desk.get(&[&arguments[..], &vary].concat());
    assert!(own.starts_with("knowledge-base  2 points of 2 runs each, seed 1\n"), "{own}");
}

#[test]
fn contradictory_options_and_wrong_plans_are_refused_before_anything_is_run() {
    let desk = Desk::new();
    desk.write("plan.toml", "format = 1\n[sweep]\nscenario = \"canada-saudi-2018\"\nruns = 2\n[vary]\n\"dispositions.response.bass\" = [1, 2]\n");
    desk.write("typo.toml", "format = 1\n[sweep]\nscenario = \"canada-saudi-2018\"\nrnus = 2\n[vary]\n\"network.accounts\" = [20000, 30000]\n");
    let vary = ["--vary", "dispositions.response.base=[-4,-3]"];
    for (arguments, expected) in [
        (&["sweep", "canada-saudi-2018"][..], "nothing is varied"),
        (&["sweep", "plan.toml"], "did you mean `base`?"),
        (&["sweep", "plan.toml"], "--> plan.toml:6:1"),
        (&["sweep", "typo.toml"], "did you mean `runs`?"),
        (&["sweep", "typo.toml", "--points", "3"], "`--points` and a plan contradict each other"),
        (&["sweep", "canada-saudi-2018", "--vary", "network.acounts=[1,2]"], "did you mean `accounts`?"),
        (&["sweep", "canada-saudi-2018", "--vary", "network.acounts=[1,2]"], "--> --vary:1:1"),
        (
            &["sweep", "canada-saudi-2018", "--vary", "network.accounts=[20000,x]"],
            "`accounts` can't be `\"x\"`",
        ),
        (&["sweep", "canada-saudi-2018", vary[0], vary[1], "--points", "8"], "as many points as the values"),
        (&["sweep", "canada-saudi-2018", vary[0], vary[1], "--design", "sobol"], "hint: add `--points 64`"),
        (&["sweep", "canada-saudi-2018", vary[0], vary[1], "--resume", "--overwrite"], "cannot be used with"),
        (&["sweep", "canada-saudi-2018", vary[0], vary[1], "--shard", "8/7"], "such as `2/7`"),
        (
            &["run", "canada-saudi-2018", "--runs", "5", "--precision", "world.loss_usd=1"],
            "cannot be used with",
        ),
        (&["run", "canada-saudi-2018", "--max-runs", "5"], "--precision"),
        (
            &["run", "canada-saudi-2018", "--shard", "1/2", "--precision", "world.loss_usd=1"],
            "cannot be used with",
        ),
    ] {
        refused(&desk.ask(arguments), 2, expected);
    }
    assert!(!desk.path("out").exists());
}

#[test]
fn a_folder_with_another_sweep_is_not_gone_on_with() {
    let desk = Desk::new();
    let more = |seed: &'static str| {
        ["--vary", "dispositions.response.base=[-4,-3]", "--runs", "2", "--seed", seed, "--out", "s"]
    };
    desk.get(&sweep(&more("1")));
    let before = files(&desk.path("s"));
    refused(&desk.ask(&sweep(&more("1"))), 2, "hint: add `--resume` to go on with the sweep in it");
    refused(&desk.ask(&sweep(&[&more("2")[..], &["--resume"]].concat())), 2, "it has another seed");
    let other = ["--vary", "dispositions.response.base=[-4,-2]", "--runs", "2", "--out", "s", "--resume"];
    refused(&desk.ask(&sweep(&other)), 2, "it has another plan");
    assert!(files(&desk.path("s")) == before, "a refused sweep changed something");
    desk.get(&sweep(&[&more("1")[..], &["--resume"]].concat()));
    assert!(files(&desk.path("s")) == before, "resuming a complete sweep changed something");
    desk.get(&sweep(&[&more("2")[..], &["--overwrite"]].concat()));
    assert!(files(&desk.path("s")) != before);
    // A run is no sweep.
    desk.get(&[&["run", "canada-saudi-2018", "--runs", "1", "--out", "r", "--quiet"][..], &SMALL].concat());
    refused(
        &desk.ask(&sweep(&["--vary", "dispositions.response.base=[-4]", "--out", "r", "--resume"])),
        2,
        "another kind of content",
    );
}

#[test]
fn a_damaged_part_is_named_and_made_again_when_it_was_removed() {
    let desk = Desk::new();
    let more = ["--vary", "dispositions.response.base=[-4,-3]", "--runs", "200", "--out", "s"];
    desk.get(&sweep(&more));
    let before = files(&desk.path("s"));
    let part = "s/runs/part-00001.parquet";
    let bytes = desk.read(part);
    desk.write(part, &bytes[..bytes.len() - 20]);
    let resumed = sweep(&[&more[..], &["--resume"]].concat());
    refused(&desk.ask(&resumed), 1, "`runs/part-00001.parquet` is damaged");
    // A part in the place of another is seen, too.
    desk.write(part, desk.read("s/runs/part-00000.parquet"));
    refused(&desk.ask(&resumed), 1, "its rows are not those that are due");
    std::fs::remove_file(desk.path(part)).unwrap();
    desk.get(&resumed);
    assert!(files(&desk.path("s")) == before);
}

/// A full disk is a file system of a few hundred kilobytes. Only root may mount one; elsewhere the test says that it was left out.
#[test]
#[expect(clippy::print_stderr, reason = "a test that was left out says so")]
fn a_full_disk_loses_nothing_that_was_written() {
    let desk = Desk::new();
    let disk = desk.path("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |program: &str, arguments: &[&str]| {
        let status =
            std::process::Command::new(program).args(arguments).arg(&disk).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if !mount("mount", &["-t", "tmpfs", "-o", "size=400k", "tmpfs"]) {
        eprintln!("left out: a small file system can't be mounted here");
        return;
    }
    let more = ["--vary", "dispositions.response.base=-4:-2:6", "--runs", "200", "--out", "disk/s"];
    let full = desk.ask(&sweep(&more));
    let parts = desk.names("disk/s/runs");
    let enlarged = mount("mount", &["-o", "remount,size=200m"]);
    let resumed = desk.ask(&sweep(&[&more[..], &["--resume"]].concat()));
    let same = {
        desk.get(&sweep(&[
            "--vary",
            "dispositions.response.base=-4:-2:6",
            "--runs",
            "200",
            "--out",
            "whole",
        ]));
        files(&desk.path("whole")) == files(&desk.path("disk/s"))
    };
    let run = {
        mount("mount", &["-o", "remount,size=200m"]);
        let arguments = ["run", "canada-saudi-2018", "--runs", "3000", "--quiet", "--out", "disk/r"];
        let small = mount("umount", &[]) && mount("mount", &["-t", "tmpfs", "-o", "size=100k", "tmpfs"]);
        (small, desk.ask(&[&arguments[..], &SMALL].concat()), desk.names("disk"))
    };
    mount("umount", &[]);
    refused(&full, 1, "No space left on device");
    assert!(
        full.err
            .contains("hint: what is complete stays in `disk/s`; the same command with `--resume` goes on"),
        "{}",
        full.err
    );
    assert!(parts.iter().all(|name| name.ends_with(".parquet")) && parts.len() < 6, "{parts:?}");
    assert!(enlarged && resumed.code == 0, "{}", resumed.err);
    assert!(same, "the resumed sweep differs");
    let (small, answer, left) = run;
    assert!(small);
    refused(&answer, 1, "No space left on device");
    assert!(answer.err.contains("no bundle was written"), "{}", answer.err);
    assert_eq!(left, Vec::<String>::new());
}

/// `/proc` can be written to by nobody, root included; where there is none, a file stands in the way.
#[test]
fn a_folder_that_can_not_be_written_to_is_told_before_the_runs() {
    let desk = Desk::new();
    desk.write("file", "");
    let folder = if Path::new("/proc/self").exists() { "/proc/nowhere/s" } else { "file/s" };
    for command in ["sweep", "run"] {
        let vary = ["--vary", "dispositions.response.base=[-4]"];
        let more = if command == "sweep" { &vary[..] } else { &[] };
        // So many runs that they would take hours.
        let answer = desk.ask(
            &[&[command, "canada-saudi-2018", "--runs", "9000000", "--out", folder][..], &SMALL, more]
                .concat(),
        );
        refused(&answer, 1, "can't be written");
    }
}

#[test]
fn a_precision_is_reached_with_the_runs_that_it_takes_or_refused() {
    let desk = Desk::new();
    let run = |more: &[&str]| desk.ask(&[&["run", "canada-saudi-2018"][..], &SMALL, more].concat());
    let answer = run(&[
        "--precision",
        "message.arabic-tweet.answered=5 %",
        "--precision",
        "dyad.SA-CA.peak_rung=0.5",
        "--out",
        "p",
    ]);
    assert_eq!(answer.code, 0, "{}", answer.err);
    let manifest = json(&desk.text("p/manifest.json"));
    let runs = manifest["runs"].as_u64().unwrap();
    assert!((400..5000).contains(&runs), "{runs}");
    assert!(
        answer.err.contains("precision: message.arabic-tweet.answered within ±5.00 % after "),
        "{}",
        answer.err
    );
    // It is what as many runs asked for at once give.
    assert_eq!(run(&["--runs", &runs.to_string(), "--out", "n", "--threads", "1"]).code, 0);
    assert_same(&desk, "p", "n");

    let p = |precision: &str, more: &[&str]| run(&[&["--precision", precision, "--out", "x"], more].concat());
    refused(&p("message.arabic-tweet.answered=0.01 %", &["--max-runs", "5000"]), 2, "they reach about ±");
    refused(&p("message.arabic-tweet.answered=0", &[]), 2, "an interval without width");
    refused(&p("message.arabic-tweet.answered=much", &[]), 2, "allowed: a percentage");
    refused(&p("message.arabic-tweet.anwsered=1 %", &[]), 2, "did you mean `message.arabic-tweet.answered`?");
    refused(&p("message.arabic-tweet.answered", &[]), 2, "has no `=`");
    assert!(!desk.path("x").exists());
    // Near what can be reached, the bundle is written and the failure told.
    let near = p("message.arabic-tweet.answered=4.8 %", &["--max-runs", "700"]);
    assert!(
        near.code == 1 && near.err.contains("is known to ±") && near.err.contains("`--max-runs` above 700"),
        "{}",
        near.err
    );
    assert_eq!(json(&desk.text("x/summary.json"))["runs"], 700);
}
