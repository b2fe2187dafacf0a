//! `backtest`: cards of several scenarios, the overall figures, files, and what is refused.

use super::{Desk, SMALL, json};

fn backtest<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["backtest"][..], &SMALL, more].concat()
}

#[test]
fn all_bundled_scenarios_are_scored_and_every_record_has_its_place() {
    let desk = Desk::new();
    let answer = json(&desk.get(&backtest(&["--runs", "60", "--json", "--quiet"])));
    let outcomes = answer["outcomes"].as_array().unwrap();
    let of_role = |role: &str| outcomes.iter().filter(|outcome| outcome["role"] == role).count();
    assert!(of_role("held_out") >= 15 && of_role("control") >= 4 && of_role("fitted") >= 10);
    for outcome in outcomes {
        let is_yes_no = outcome["kind"] == "yes_no";
        assert_eq!(outcome["brier"].is_number(), is_yes_no, "{outcome}");
        assert!(is_yes_no || outcome["crps"].is_number() || outcome["n"] == 0, "{outcome}");
    }
    let held_out = |kinds: &[&str]| {
        let is_one = |outcome: &&serde_json::Value| {
            outcome["role"] == "held_out" && kinds.contains(&outcome["kind"].as_str().unwrap())
        };
        outcomes.iter().filter(is_one).count()
    };
    assert_eq!(answer["n_scored"], held_out(&["continuous", "discrete"]));
    assert_eq!(answer["n_yes_no"], held_out(&["yes_no"]));
    assert!(answer["n_scenarios"].as_u64().unwrap() >= 2);
    let expected: Vec<f64> =
        answer["coverage_expected"].as_array().unwrap().iter().map(|end| end.as_f64().unwrap()).collect();
    assert!(0.3 < expected[0] && expected[0] < expected[1] && expected[1] <= 1.0, "{expected:?}");
    assert!(answer["dispositions"].as_array().unwrap().len() > 100);
    assert_eq!(answer["own_dispositions"].as_array().unwrap().len(), 0);
}

#[test]
fn files_are_the_same_for_any_threads_and_are_not_overwritten_unasked() {
    let desk = Desk::new();
    let one = ["--runs", "30", "--quiet", "canada-saudi-2018", "--threads"];
    let table = desk.get(&backtest(&[&one[..], &["1", "--out", "a"]].concat()));
    let markdown = desk.get(&backtest(&[&one[..], &["2", "--out", "b", "--format", "markdown"]].concat()));
    assert_eq!(desk.names("a"), ["backtest.json", "backtest.md", "manifest.json"]);
    for file in ["backtest.json", "backtest.md"] {
        assert_eq!(desk.text(&format!("a/{file}")), desk.text(&format!("b/{file}")));
    }
    assert_eq!(desk.text("b/backtest.md"), markdown);
    for text in [&table, &markdown] {
        assert!(text.contains("Controls, where nothing was expected to happen: "), "{text}");
        assert!(text.contains("market.TSX.first_session_return"), "{text}");
    }
    let refused = desk.ask(&backtest(&["--runs", "2", "canada-saudi-2018", "--out", "a"]));
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("is not empty"), "{}", refused.err);
    desk.get(&backtest(&["--runs", "2", "canada-saudi-2018", "--out", "a", "--overwrite"]));
}

#[test]
fn a_disposition_that_one_scenario_sets_is_told_and_wrong_scenarios_are_refused() {
    let desk = Desk::new();
    desk.get(&["new", "mine.toml"]);
    let own =
        "\n[dispositions.news_pricing]\nword = { value = 0.2, basis = \"assumed\", source = \"a guess\" }\n";
    let text = desk.text("mine.toml") + own;
    desk.write("mine.toml", text);
    let table = desk.get(&["backtest", "mine.toml", "--runs", "3", "--quiet"]);
    assert!(table.contains("Set otherwise: mine: dispositions.news_pricing.word = 0.2"), "{table}");
    assert!(table.contains("nothing that is simulated is on record"), "{table}");
    for (arguments, said) in [
        (&["backtest", "tarif-thread-2019"][..], "did you mean `tariff-thread-2019`?"),
        (&["backtest", "mine.toml", "mine.toml"], "two scenarios have the id `mine`"),
        (&["backtest", "--set", "dispositions.trading.betta=1"], "betta"),
    ] {
        let answer = desk.ask(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}");
        assert!(answer.err.contains(said), "{arguments:?}: {}", answer.err);
    }
}
