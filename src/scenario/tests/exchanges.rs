//! What is refused of markets: noise without a variance, futures without an index, rules that can't hold; and what is only a warning.

use super::{QUARREL, load, request, small_world};

/// The small world with lines added to its market.
fn with_lines(lines: &str) -> Result<String, String> {
    let world =
        small_world().replacen("daily_sd = \"0.7 %\"\n", &format!("daily_sd = \"0.7 %\"\n{lines}\n"), 1);
    let loaded = load(&request(QUARREL, &world)).map_err(|failure| failure.to_string())?;
    Ok(loaded.warnings.render(crate::text::Look::Plain))
}

#[test]
fn noise_whose_variance_grows_without_end_is_refused() {
    let noise = |memory: f64| {
        format!(
            "noise = {{ value = {{ shock = 0.05, leverage = 0.1, memory = {memory:?}, degrees = 6.0, skew = 0.0 }}, basis = \"assumed\", source = \"made\" }}"
        )
    };
    assert_eq!(with_lines(&noise(0.89)), Ok(String::new()));
    let refused = with_lines(&noise(0.95)).unwrap_err();
    assert!(
        refused.contains("its persistence is 1.0500") && refused.contains("markets.TSX.noise"),
        "{refused}"
    );
    assert!(with_lines(&noise(0.99)).unwrap_err().contains("1.0900"));
}

#[test]
fn a_future_needs_an_index_and_nothing_else_has_one() {
    for (lines, told) in [
        ("kind = \"future\"", "a future needs the index that it is of"),
        ("underlying = \"TSX\"", "only a future has an index"),
        ("kind = \"future\"\nunderlying = \"TSX\"", "`TSX` is a future itself"),
        ("kind = \"future\"\nunderlying = \"TSY\"", "did you mean `TSX`?"),
    ] {
        let refused = with_lines(lines).unwrap_err();
        assert!(refused.contains(told), "{refused}");
    }
}

#[test]
fn rules_that_stop_prices_are_falls_in_order() {
    let breakers = |pauses: &str, stop: &str| {
        format!(
            "breakers = {{ pauses = [{pauses}], pause = \"15 min\", last = \"35 min\", stop = \"{stop}\" }}"
        )
    };
    assert_eq!(with_lines(&breakers("\"7 %\", \"13 %\"", "20 %")), Ok(String::new()));
    for wrong in
        [breakers("\"13 %\", \"7 %\"", "20 %"), breakers("\"7 %\"", "5 %"), breakers("\"-7 %\"", "20 %")]
    {
        let refused = with_lines(&wrong).unwrap_err();
        assert!(refused.contains("the falls are not in order"), "{refused}");
    }
    let refused = with_lines("price_limit = { limit = \"0 %\", dispersion = \"2 %\" }").unwrap_err();
    assert!(refused.contains("the limit is not a move of a stock"), "{refused}");
}

#[test]
fn dates_whose_holidays_are_not_known_are_a_warning() {
    assert_eq!(with_lines("known = [\"2019-01-01..2019-12-31\"]"), Ok(String::new()));
    let warned = with_lines("known = [\"2018-01-01..2018-12-31\"]").unwrap();
    assert!(warned.contains("holidays are not known for all of 2019-03-04 to 2019-04-03: `TSX`"), "{warned}");
    let refused = with_lines("known = [\"2019-12-31..2019-01-01\"]").unwrap_err();
    assert!(refused.contains("is not a span of dates"), "{refused}");
}

#[test]
fn what_the_world_did_before_are_returns_of_dates_before_the_start() {
    let with = |lines: &str| {
        let text =
            QUARREL.replacen("[scenario]\n", &format!("[scenario]\nworld_before = {{ {lines} }}\n"), 1);
        load(&request(&text, &small_world())).map(|_| ()).map_err(|failure| failure.to_string())
    };
    assert_eq!(with("2019-03-01 = \"0.7 %\", 2019-02-28 = \"-0.3 %\""), Ok(()));
    for (lines, told) in [
        ("2019-03-04 = \"1 %\"", "2019-03-04 is not before the start"),
        ("friday = \"1 %\"", "`friday` is not a date"),
        ("2019-03-01 = \"-100 %\"", "a market can't lose more than all"),
    ] {
        let refused = with(lines).unwrap_err();
        assert!(refused.contains(told), "{refused}");
    }
}
