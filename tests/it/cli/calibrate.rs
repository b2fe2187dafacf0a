//! `calibrate`: what it finds, the world it leaves, and what is refused.

use super::{Desk, SMALL, json};

fn calibrate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["calibrate", "canada-saudi-2018"][..], &SMALL, more].concat()
}

const VARIED: [&str; 4] = [
    "--vary",
    "dispositions.sharing.infectiousness=0.0001:0.001:log",
    "--vary",
    "dispositions.response.base=normal(-3.6, 1, -6, -1)",
];

const QUICK: [&str; 4] = ["--particles", "20", "--generations", "2"];

#[test]
fn a_calibration_leaves_samples_and_a_world_that_other_commands_take() {
    let desk = Desk::new();
    let asked = [&VARIED[..], &QUICK].concat();
    let answer =
        json(&desk.get(&calibrate(&[&asked[..], &["--out", "a", "--json", "--tables", "csv"]].concat())));
    assert_eq!(answer["particles"], 20);
    let targets = answer["targets"].as_array().unwrap();
    assert!(
        targets.len() > 2
            && targets.iter().any(|target| target["outcome"] == "message.arabic-tweet.answered")
    );
    let first = &answer["parameters"][0];
    assert_eq!(first["distribution"], "log_uniform");
    assert!(first["before"].as_str().unwrap().starts_with("0.000"), "{first}");
    let value = first["value"].as_f64().unwrap();
    assert!((0.0001..=0.001).contains(&value), "{first}");
    assert_eq!(
        desk.names("a"),
        ["calibration.json", "manifest.json", "plots", "posterior.csv", "world.toml"]
    );
    assert_eq!(desk.text("a/posterior.csv").lines().count(), 21);
    let world = desk.text("a/world.toml");
    assert!(world.contains("basis = \"fitted\"") && world.contains("ABC-SMC, seed 1"), "{world}");
    let described = desk.get(&["describe", "canada-saudi-2018", "--world", "a/world.toml"]);
    assert!(described.contains("ABC-SMC, seed 1"), "{described}");
    let run = ["run", "canada-saudi-2018", "--world", "a/world.toml", "--runs", "3", "--out", "b", "--quiet"];
    desk.get(&[&run[..], &SMALL].concat());
    desk.get(&calibrate(
        &[&asked[..], &["--out", "c", "--quiet", "--tables", "csv", "--threads", "1"]].concat(),
    ));
    for file in
        ["calibration.json", "posterior.csv", "world.toml", "plots/posterior.svg", "plots/posterior.png"]
    {
        assert_eq!(desk.read(&format!("a/{file}")), desk.read(&format!("c/{file}")), "{file}");
    }
}

#[test]
fn several_scenarios_share_their_dispositions() {
    let desk = Desk::new();
    let asked = [
        &["calibrate", "canada-saudi-2018", "tariff-thread-2019", "--set", "network.accounts=30000"][..],
        &VARIED[..2],
        &["--target", "message.thread-1.shares", "--target", "message.arabic-tweet.answered=yes"],
        &["--particles", "10", "--generations", "1", "--out", "a", "--point", "mode"],
    ]
    .concat();
    let table = desk.get(&asked);
    assert!(table.contains("posterior mode") && table.contains("message.thread-1.shares"), "{table}");
    let answer = json(&desk.text("a/calibration.json"));
    assert_eq!(answer["scenarios"], json("[\"canada-saudi-2018\", \"tariff-thread-2019\"]"));
    assert_eq!(answer["targets"][0]["scenario"], "tariff-thread-2019");
}

#[test]
fn what_can_not_be_calibrated_is_refused_with_a_hint() {
    let desk = Desk::new();
    let with = |more: &[&'static str]| [&VARIED[..], more].concat();
    let cases: [(Vec<&str>, &str); 11] = [
        (vec![], "no parameter to calibrate is named\n\nhint: such as `--vary"),
        (
            with(&["--target", "dyad.SA-CA.reached_mobilise"]),
            "is marked held_out in `canada-saudi-2018` and never used to fit",
        ),
        (with(&["--target", "dyad.SA-CA.reached_mobilise=yes"]), "hint: marked fitted: "),
        (with(&["--target", "market.SPX.first_session_return"]), "is marked control in `canada-saudi-2018`"),
        (with(&["--target", "message.arabic-tweet.shars=5"]), "did you mean `message.arabic-tweet.shares`?"),
        (with(&["--target", "message.arabic-tweet.depth"]), "has no recorded value in `canada-saudi-2018`"),
        (with(&["--target", "message.arabic-tweet.depth=deep"]), "`deep` is not a value of"),
        (
            with(&["--proposals", "100"]),
            "100 proposals are too few for 300 particles: the first generation needs 600",
        ),
        (vec!["--vary", "dispositions.response.base=-1:-6"], "its lower end is above the upper one"),
        (vec!["--vary", "dispositions.response.bass=-6:-1"], "did you mean `base`?"),
        (vec!["--vary", "network.accounts=20000:30000"], "`network.accounts` is no disposition"),
    ];
    for (arguments, told) in cases {
        let answer = desk.ask(&calibrate(&arguments));
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}: {}", answer.err);
        assert!(answer.err.contains(told), "{arguments:?}: {}", answer.err);
    }
    let twice = desk.ask(&[&["calibrate", "canada-saudi-2018"][..], &calibrate(&VARIED)[1..]].concat());
    assert!(twice.code == 2 && twice.err.contains("`canada-saudi-2018` is given twice"), "{}", twice.err);
    assert!(desk.names(".").is_empty());
}
