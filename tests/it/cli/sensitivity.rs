//! `sensitivity`: what it finds, what it leaves, and what is refused.

use super::{Desk, SMALL, json};

fn sensitivity<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["sensitivity", "canada-saudi-2018"][..], &SMALL, more].concat()
}

const VARIED: [&str; 6] = [
    "--vary",
    "dispositions.sharing.infectiousness=0.0001:0.001:log",
    "--vary",
    "dispositions.response.base=-5:-2",
    "--vary",
    "dispositions.trading.garch_memory=0.8:0.85",
];

const SOBOL: [&str; 6] = ["--method", "sobol", "--rows", "8", "--replicates", "4"];

#[test]
fn indices_are_found_and_files_are_the_same_for_any_number_of_threads() {
    let desk = Desk::new();
    let ids = ["--outcome", "message.arabic-tweet.shares", "--outcome", "dyad.SA-CA.peak_rung"];
    let asked = [&VARIED[..], &SOBOL, &ids].concat();
    let answer =
        json(&desk.get(&sensitivity(&[&asked[..], &["--out", "a", "--json", "--threads", "2"]].concat())));
    assert_eq!((answer["points"].as_u64(), answer["runs"].as_u64()), (Some(8 * 5), Some(8 * 5 * 4)));
    let rung = &answer["outcomes"]["dyad.SA-CA.peak_rung"];
    let of = |path: &str, name: &str| rung["parameters"][path][name].as_f64().unwrap_or(f64::NAN);
    assert!(of("dispositions.response.base", "total") > 0.3, "{rung}");
    assert_eq!(of("dispositions.trading.garch_memory", "total"), 0.0, "{rung}");
    assert!(rung["noise_share"].as_f64().unwrap() > 0.0);
    let files = [
        "indices.parquet",
        "manifest.json",
        "plots",
        "points.parquet",
        "scenario.toml",
        "sensitivity.json",
        "world.toml",
    ];
    assert_eq!(desk.names("a"), files);
    assert_eq!(desk.names("a/plots").len(), 6);
    desk.get(&sensitivity(&[&asked[..], &["--out", "b", "--quiet", "--threads", "1"]].concat()));
    for file in
        ["sensitivity.json", "points.parquet", "indices.parquet", "plots/tornado.svg", "plots/tornado.png"]
    {
        assert_eq!(desk.read(&format!("a/{file}")), desk.read(&format!("b/{file}")), "{file}");
    }
}

#[test]
fn one_replicate_says_that_chance_can_not_be_set_apart() {
    let desk = Desk::new();
    let asked =
        [&VARIED[..], &["--method", "sobol", "--rows", "4", "--replicates", "1", "--out", "a"]].concat();
    let table = desk.get(&sensitivity(&asked));
    assert!(table.contains("indices of this one realisation, chance can't be set apart"), "{table}");
    let answer = json(&desk.text("a/sensitivity.json"));
    assert!(answer["outcomes"]["message.arabic-tweet.shares"]["noise_share"].is_null(), "{answer}");
}

#[test]
fn parameters_come_from_a_file_and_from_tables_too() {
    let desk = Desk::new();
    desk.write(
        "p.txt",
        "# what is assumed\ndispositions.press  # all of it\n\ndispositions.response.base=-5:-2\n",
    );
    let small = ["--trajectories", "2", "--replicates", "2", "--out", "a", "--json", "--tables", "csv"];
    let answer = json(&desk.get(&sensitivity(&[&["--parameters", "p.txt"][..], &small].concat())));
    let paths: Vec<&str> =
        answer["parameters"].as_array().unwrap().iter().map(|p| p["path"].as_str().unwrap()).collect();
    assert!(
        paths.contains(&"dispositions.press.delay") && paths.contains(&"dispositions.response.base"),
        "{paths:?}"
    );
    let effect =
        &answer["outcomes"]["message.arabic-tweet.answered"]["parameters"]["dispositions.response.base"];
    assert!(effect["mu_star"].is_number() && effect["noise_floor"].is_number(), "{effect}");
    let points = desk.text("a/points.csv");
    assert_eq!(points.lines().count(), 1 + 2 * (paths.len() + 1));
    assert!(points.starts_with("point,dispositions.press."), "{points}");
}

#[test]
fn what_can_not_be_analysed_is_refused_with_a_hint() {
    let desk = Desk::new();
    let cases: [(&[&str], &str); 12] = [
        (&["--vary", "dispositions.response.bass=-5:-2"], "did you mean `base`?"),
        (&["--vary", "dispositions.response.base=-2:-5"], "its lower end is above the upper one"),
        (&["--vary", "dispositions.network.circles=0.5:2"], "= allowed: a number from 0 to 1"),
        (&["--vary", "dispositions.respons"], "did you mean `dispositions.response`?"),
        (&["--vary", "dispositions.response", "--vary", "dispositions.response.base"], "is varied twice"),
        (&["--outcome", "dyad.SA-CA.peak_rug"], "did you mean `dyad.SA-CA.peak_rung`?"),
        (
            &["--method", "sobol", "--rows", "100"],
            "is no power of two\n\nhint: points fill the space evenly only then: 64 or 128",
        ),
        (&["--method", "sobol", "--levels", "4"], "`--levels` belongs to `--method morris`"),
        (&["--rows", "64"], "`--rows` belongs to `--method sobol`"),
        (&["--levels", "5"], "`--levels 5` is not even\n\nhint: such as 4 or 6"),
        (&["--method", "sobol"], "are too many for Sobol' indices\n\nhint: allowed: 1 to 64; screen them"),
        (&["--trajectories", "100000", "--replicates", "1000000"], "hint: ask for fewer"),
    ];
    for (arguments, told) in cases {
        let answer = desk.ask(&sensitivity(arguments));
        assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{arguments:?}: {}", answer.err);
        assert!(answer.err.contains(told), "{arguments:?}: {}", answer.err);
    }
    let never = desk.ask(&sensitivity(
        &[
            &VARIED[..],
            &[
                "--outcome",
                "dyad.CA-SA.first_act_hours",
                "--method",
                "sobol",
                "--rows",
                "2",
                "--replicates",
                "1",
                "--out",
                "x",
            ],
        ]
        .concat(),
    ));
    assert!(never.code == 1 && never.err.contains("does not exist in every run"), "{}", never.err);
    assert!(desk.names(".").iter().all(|name| name == "x"), "{:?}", desk.names("."));
}
