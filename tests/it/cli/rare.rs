//! `rare`: what it prints, and what is refused.

use super::{Desk, SMALL, json};

fn rare<'a>(event: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["rare", "canada-saudi-2018", "--event", event][..], &SMALL, more].concat()
}

#[test]
fn it_gives_a_probability_an_interval_and_the_cost_of_plain_runs() {
    let desk = Desk::new();
    let event = "dyad.CA-SA.peak_rung >= 7";
    let few = ["--particles", "50", "--repeats", "6"];
    let answer = json(&desk.get(&rare(event, &[&few[..], &["--json"]].concat())));
    let (p, low, high) = (
        answer["p"].as_f64().unwrap(),
        answer["p_ci"][0].as_f64().unwrap(),
        answer["p_ci"][1].as_f64().unwrap(),
    );
    assert!(low <= p && p <= high && p > 0.0 && p < 0.5, "{answer}");
    assert!(answer["runs"].as_u64().unwrap() > 300 && answer["plain_runs_needed"].is_number());
    assert_eq!(answer["estimates"].as_array().unwrap().len(), 6);
    let again = json(&desk.get(&rare(event, &[&few[..], &["--json", "--threads", "1"]].concat())));
    assert_eq!(again, answer);
    let table = desk.get(&rare(event, &few));
    for part in ["probability", "95 % interval", "runs simulated", "plain runs needed", "without splitting"] {
        assert!(table.contains(part), "{table}");
    }
}

#[test]
fn what_is_no_rare_event_is_refused() {
    let desk = Desk::new();
    for (event, more, expected) in [
        ("dyad.SA-CA.peak_rung = 9", &[][..], "`OUTCOME >= NUMBER`"),
        ("dyad.SA-CA.peak_rnug >= 9", &[], "did you mean `dyad.SA-CA.peak_rung`?"),
        ("dyad.SA-CA.peak_rung >= 3.5", &[], "a rung from 1"),
        ("market.TSX.drawdown >= 0.1", &[], "only rungs of a dyad and shares"),
        ("dyad.SA-CA.peak_rung >= 9", &["--particles", "1"], "a whole number from 10"),
        ("dyad.SA-CA.peak_rung >= 9", &["--repeats", "1"], "a whole number from 2"),
    ] {
        let answer = desk.ask(&rare(event, more));
        assert_eq!(answer.code, 2, "{event}: {}", answer.err);
        assert!(answer.err.contains(expected), "{event}: {}", answer.err);
    }
}
