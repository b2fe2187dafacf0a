//! `--full-size`: every account of the publics, on every command that takes a scenario.

use super::{Desk, json};

const SAUDI: &str = "canada-saudi-2018";

#[test]
fn a_run_of_full_size_has_every_account_and_can_be_replayed() {
    let desk = Desk::new();
    // The press has the largest audiences, and takes most of the time.
    let common = ["run", SAUDI, "--runs", "2", "--set", r#"dispositions.off=["press"]"#];
    let answer = desk.ask(&[&common[..], &["--full-size", "--out", "b"]].concat());
    assert_eq!(answer.code, 0, "{}", answer.err);
    // 10 M in Saudi Arabia, 8 M in Canada, 67 M in the United States and so on, as the world file has it.
    let accounts =
        answer.err.split("runs of ").nth(1).and_then(|rest| rest.split(" accounts").next()).unwrap();
    let accounts: u64 = accounts.replace(|character: char| !character.is_ascii_digit(), "").parse().unwrap();
    assert!((100_000_000..200_000_000).contains(&accounts), "{}", answer.err);
    let overrides = json(&desk.text("b/manifest.json"))["overrides"].to_string();
    assert!(overrides.contains(r#"network.scale = \"full\""#), "{overrides}");
    assert!(desk.text("b/scenario.toml").contains("scale = \"full\""));
    let summary = json(&desk.text("b/summary.json"));
    assert!(summary["outcomes"]["message.freeland-aug-2.shares"]["mean"].as_f64().unwrap() > 1.0);
    assert!(desk.get(&["replay", "b", "--run", "1"]).contains("arabic-tweet"));
    let again =
        [&common[..], &["--set", "network.scale=full", "--out", "c", "--threads", "1", "--quiet"]].concat();
    desk.get(&again);
    assert_eq!(desk.read("c/summary.json"), desk.read("b/summary.json"));
}

#[test]
fn other_commands_take_the_full_size_too() {
    let desk = Desk::new();
    let few = ["--full-size", "--set", r#"network.publics=["SA","BH"]"#];
    let page = desk.get(&[&["describe", SAUDI], &few[..]].concat());
    for part in ["as an account of its own (full size)", "`network.scale` = `\"full\"`"] {
        assert!(page.contains(part), "{page}");
    }
    let arm = ["compare", SAUDI, "--arm", "english-french-only", "--runs", "2", "--out", "d", "--json"];
    assert!(desk.get(&[&arm[..], &few].concat()).contains("english-french-only"));
    let event = "dyad.SA-CA.peak_rung >= 3";
    let rare = ["rare", SAUDI, "--event", event, "--particles", "10", "--repeats", "2", "--json"];
    assert!(json(&desk.get(&[&rare[..], &few].concat()))["p"].is_number());
}

#[test]
fn the_network_of_full_size_is_surveyed_and_not_written() {
    let desk = Desk::new();
    let found = json(&desk.get(&["network", SAUDI, "--full-size", "--json"]));
    assert!(found["nodes"].as_u64().unwrap() > 100_000_000, "{found}");
    let mean = &found["mean_audience"];
    let expected = found["edges_expected"].as_f64().unwrap() / found["nodes"].as_f64().unwrap();
    assert!((mean["value"].as_f64().unwrap() / expected - 1.0).abs() < 0.2, "{found}");
    assert!(found["reciprocity"]["value"].as_f64().unwrap() < 1e-3, "{found}");
    assert_eq!(found["largest_audiences"].as_array().unwrap().len(), 5);
    let table = desk.get(&["network", SAUDI, "--full-size", "--top", "1"]);
    assert!(table.contains("largest audiences") && table.contains("Links are not stored"), "{table}");
    let refused = desk.ask(&["network", SAUDI, "--full-size", "--export", "x.txt"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(
        refused.err.contains("is not stored and can't be written") && refused.err.contains("hint:"),
        "{}",
        refused.err
    );
    assert!(!desk.path("x.txt").exists());
}

/// The mutual follows that a scenario lists are there at full size and on a sample, where they are links of the graph like others.
#[test]
fn named_accounts_follow_each_other_at_any_size() {
    let desk = Desk::new();
    let mutual = [
        "--set",
        r#"accounts.CanEmbSA.mutual=["SA"]"#,
        "--set",
        r#"accounts.CanadaFP.mutual=["SA", "CanEmbSA"]"#,
    ];
    let network = |size: &[&str], mutual: &[&str]| {
        json(&desk.get(&[&["network", SAUDI, "--json"], size, mutual].concat()))
    };
    let full = network(&["--full-size"], &mutual);
    assert_eq!(full["named_mutual_pairs"], 3);
    let table = desk.get(&[&["network", SAUDI, "--full-size"], &mutual[..]].concat());
    assert!(table.contains("mutual follows            3 pairs of named accounts"), "{table}");
    let small = ["--set", "network.accounts=16000"];
    let edges = |mutual| network(&small, mutual)["edges"].as_u64().unwrap();
    assert_eq!(edges(&mutual), edges(&[]) + 6);
}

#[test]
fn rules_that_look_at_every_link_and_too_many_accounts_are_refused() {
    let desk = Desk::new();
    for rule in ["lt", "complex", "hawkes"] {
        let set = format!("dispositions.diffusion.rule={rule}");
        let refused = desk.ask(&["run", SAUDI, "--full-size", "--runs", "1", "--set", &set]);
        assert_eq!(refused.code, 2, "{}", refused.err);
        assert!(
            refused.err.contains("looks at every follower link")
                && refused.err.contains("hint: choose `full`"),
            "{}",
            refused.err
        );
    }
    let crowded =
        desk.ask(&["run", SAUDI, "--full-size", "--runs", "1", "--set", "countries.US.users=5000000000"]);
    assert_eq!(crowded.code, 2, "{}", crowded.err);
    assert!(crowded.err.contains("more than the 4294967295 that can be told apart"), "{}", crowded.err);
    let unknown = desk.ask(&["run", SAUDI, "--set", "network.scale=whole"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("full") && unknown.err.contains("sampled"), "{}", unknown.err);
}
