//! `compare`: paired differences between arms, what they leave, and what is refused.

use super::{Desk, SMALL, json};
use serde_json::Value;

fn compare<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["compare", "canada-saudi-2018"][..], &SMALL, more].concat()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// A standing test: an arm in which nothing is changed, by name or by a value set to what it already is, differs by exactly zero
/// in every run.
#[test]
fn where_nothing_is_changed_nothing_differs_in_any_run() {
    let desk = Desk::new();
    let answer = json(&desk.get(&compare(&[
        "--runs",
        "60",
        "--out",
        "c",
        "--json",
        "--tables",
        "csv",
        "--arm",
        "baseline",
        "--arm",
        "same: dispositions.sharing.homophily=1.5",
    ])));
    for arm in ["baseline", "same"] {
        let outcomes = answer["arms"][arm]["outcomes"].as_object().unwrap();
        assert!(outcomes.len() > 50);
        for (id, outcome) in outcomes.iter().filter(|(_, outcome)| outcome["n"] != 0) {
            assert_eq!(number(&outcome["difference"]), 0.0, "{arm} {id}");
            if arm == "baseline" && outcome["n"] != 0 {
                assert_eq!(outcome["difference_ci"], json("[0.0, 0.0]"), "{id}");
            }
        }
    }
    let table = desk.text("c/pairs.csv");
    let rows = |arm: &str| -> Vec<String> {
        let with_name = table.lines().filter_map(|line| line.strip_prefix(&format!("{arm},")));
        with_name.map(str::to_owned).collect()
    };
    assert_eq!(rows("baseline").len(), 60);
    assert_eq!(rows("same"), rows("baseline"));
}

#[test]
fn pairing_saves_runs_and_the_interventions_of_the_scenario_are_compared_unless_others_are_named() {
    let desk = Desk::new();
    let answer = json(&desk.get(&compare(&["--runs", "200", "--out", "c", "--json"])));
    let arms = answer["arms"].as_object().unwrap();
    for arm in ["english-french-only", "private-channel", "deleted-after-1h", "never-sent"] {
        let outcomes = &arms[arm]["outcomes"];
        let answered = &outcomes["message.arabic-tweet.answered"];
        assert!(number(&answered["difference_ci"][1]) < -0.3, "{arm}: {answered}");
        assert!(number(&answered["odds_ratio"]) < 0.2, "{arm}: {answered}");
        // The market hardly hears of it: nearly all of its noise is common to both arms.
        let market = &outcomes["market.TSX.first_session_return"];
        assert!(number(&market["variance_reduction"]) > 50.0, "{arm}: {market}");
        // Independent runs would have a far wider interval, by a factor that is told.
        let rung = &outcomes["dyad.SA-CA.peak_rung"];
        assert!(
            number(&market["narrower"]) > 7.0 && number(&rung["narrower"]) > 1.0,
            "{arm}: {market} {rung}"
        );
        assert!(number(&answered["p"]) < 1e-6, "{arm}: {answered}");
        assert!(outcomes["dyad.SA-CA.peak_rung"]["rungs"][0]["odds_ratio"].is_number());
    }
    assert_eq!(json(&desk.text("c/comparison.json")), answer);
    let files = ["comparison.json", "manifest.json", "pairs.parquet", "plots", "scenario.toml", "world.toml"];
    assert_eq!(desk.names("c"), files);
    assert_eq!(desk.names("c/plots"), ["differences.png", "differences.svg"]);
    let again = desk.get(&compare(&["--runs", "200", "--threads", "1", "--out", "d", "--json", "--quiet"]));
    assert_eq!(json(&again), answer);
    assert_eq!(desk.read("c/pairs.parquet"), desk.read("d/pairs.parquet"));
}

#[test]
fn an_arm_may_be_typed_in_and_add_to_an_intervention() {
    let desk = Desk::new();
    let answer = json(&desk.get(&compare(&[
        "--runs",
        "20",
        "--json",
        "--arm",
        "louder: events.messages.arabic-tweet.moral_words=9",
        "--arm",
        "louder: events.messages.arabic-tweet.format=image",
        "--arm",
        "private-channel: dispositions.sharing.homophily=1",
    ])));
    let changes =
        |arm: &str| answer["arms"][arm]["changes"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        changes("louder"),
        ["events.messages.arabic-tweet.moral_words", "events.messages.arabic-tweet.format"]
    );
    assert_eq!(
        changes("private-channel"),
        ["events.messages.arabic-tweet.delivery", "dispositions.sharing.homophily"]
    );
}

#[test]
fn what_can_not_be_compared_is_refused_with_a_hint() {
    let desk = Desk::new();
    for (arms, expected) in [
        (&["--arm", "privat-channel"][..], "did you mean `private-channel`"),
        (&["--arm", "Louder: a.b=1"], "is not an arm"),
        (&["--arm", "baseline: dispositions.sharing.homophily=1"], "can't be changed"),
        (&["--arm", "louder: dispositions.sharing.homofily=1"], "homophily"),
        (&["--arm", "louder: dispositions.sharing.homophily"], "has no `=`"),
        (&["--runs", "0"], "a whole number from 1"),
    ] {
        let answer = desk.ask(&compare(arms));
        assert_eq!(answer.code, 2, "{arms:?}: {}", answer.err);
        assert!(answer.err.contains(expected), "{arms:?}: {}", answer.err);
        assert!(!desk.path("out").exists(), "{arms:?} left something");
    }
    desk.get(&["new", "mine.toml"]);
    let text = desk.text("mine.toml");
    let without: String = text.split("\n[interventions").next().unwrap_or_default().to_owned();
    desk.write("bare.toml", without);
    let answer = desk.ask(&["compare", "bare.toml"]);
    assert!(answer.code == 2 && answer.err.contains("no interventions to compare"), "{}", answer.err);
}
