//! What the `network` command prints of a network whose links are not stored.

use super::human::{NOTHING, grouped};
use super::network::{degrees, ends, estimate, exponent, interval, number};
use super::text::{Role, Style};
use crate::graphs::survey::Survey;
use crate::model::ids::AccountId;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Width of the column of names.
const NAME: usize = 26;

/// The table; `n_top` named accounts of the largest audience are listed by `handle_of`.
pub fn table(
    name: &str,
    survey: &Survey,
    n_top: usize,
    handle_of: impl Fn(AccountId) -> String,
    style: Style,
) -> String {
    let mut text = format!("{}\n", style.paint(Role::Heading, name));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "  {name:NAME$}{value}");
    };
    line("nodes", grouped(u64::from(survey.n_accounts)));
    line("edges expected", grouped(survey.n_links));
    line("audience", sizes(survey.audience.median, survey.audience.max, &estimate(survey.mean_audience)));
    line("audience exponent", exponent(&survey.audience));
    line(
        "following expected",
        sizes(survey.following.median, survey.following.max, &estimate(survey.mean_following)),
    );
    line("following exponent", exponent(&survey.following));
    line("correlation of the two", number(survey.correlation));
    line("reciprocity", rare(survey.reciprocity) + " of edges");
    if survey.n_mutual > 0 {
        line("mutual follows", format!("{} pairs of named accounts", grouped(survey.n_mutual as u64)));
    }
    line("closure", rare(survey.closure) + " of pairs of followers");
    let largest = survey.named.iter().take(n_top);
    let largest: Vec<String> = largest
        .map(|&(account, audience)| format!("{} {}", handle_of(account), grouped(u64::from(audience))))
        .collect();
    if !largest.is_empty() {
        line("largest audiences", largest.join(", "));
    }
    let n = grouped(u64::from(survey.n_sampled));
    let note = format!(
        "sampled: {n} anonymous accounts; 95 % intervals in brackets. Links are not stored: no components, paths or PageRank"
    );
    let _ = writeln!(text, "  {}", style.paint(Role::Quiet, &note));
    text
}

fn sizes(median: u32, max: u32, mean: &str) -> String {
    format!(
        "median {}, mean {mean}, largest in the sample {}",
        grouped(u64::from(median)),
        grouped(u64::from(max))
    )
}

/// A share that may be very small.
fn rare(share: crate::graphs::measure::Estimate) -> String {
    if share.value.is_nan() {
        return NOTHING.to_owned();
    }
    let percent = |value: f64| 100.0 * value;
    let shown = crate::stats::interval::Interval {
        low: percent(share.interval.low),
        high: percent(share.interval.high),
    };
    format!("{:.3} {} %", percent(share.value), interval(shown, 3))
}

/// The object: numbers that do not exist are `null`.
pub fn json(name: &str, survey: &Survey, n_top: usize, handle_of: impl Fn(AccountId) -> String) -> Value {
    let mean = |of: crate::graphs::measure::Estimate| json!({ "value": of.value, "ci": ends(of.interval) });
    let largest: Vec<Value> = survey
        .named
        .iter()
        .take(n_top)
        .map(|&(account, audience)| json!({ "id": handle_of(account), "audience": audience }))
        .collect();
    json!({
        "source": name,
        "nodes": survey.n_accounts,
        "edges_expected": survey.n_links,
        "sampled_accounts": survey.n_sampled,
        "audience": degrees(&survey.audience),
        "mean_audience": mean(survey.mean_audience),
        "following_expected": degrees(&survey.following),
        "mean_following": mean(survey.mean_following),
        "correlation": survey.correlation,
        "reciprocity": mean(survey.reciprocity),
        "named_mutual_pairs": survey.n_mutual,
        "closure": mean(survey.closure),
        "largest_audiences": largest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::RunKey;
    use crate::model::graph::generate::weights::Tails;
    use crate::model::network::Network;
    use crate::model::network::block_model::{NamedPlan, Plan, PublicPlan};
    use crate::model::network::circles::Circles;

    fn survey(n_accounts: u32) -> Survey {
        let plan = Plan {
            publics: vec![PublicPlan { n_accounts, weight: 1.0, community: 0 }],
            mean_followed: vec![1e6],
            named: [1, 2].map(|key| NamedPlan { key, followers: vec![31.0 - f64::from(key)] }).to_vec(),
            mutual: vec![[0, 1]],
            tails: Tails {
                audience_exponent: 2.2,
                following_exponent: 2.55,
                correlation: 0.6,
                cutoff: 100.0,
            },
            reciprocity: 0.35,
            circles: Circles::NONE,
        };
        Survey::of(&Network::procedural(&plan, RunKey::new(0, 0)), RunKey::new(0, 0)).unwrap()
    }

    #[test]
    fn a_small_complete_network_is_told_in_whole() {
        let text = table("x", &survey(60), 5, |account| format!("@{}", account.0), Style::Plain);
        for line in [
            "x\n",
            "  nodes                     62\n",
            "  audience                  median 59, mean 59.000, largest in the sample 59\n",
            "  reciprocity               100.000 [99.981, 100.000] % of edges\n",
            "  mutual follows            1 pairs of named accounts\n",
            "  largest audiences         @60 30, @61 29\n",
        ] {
            assert!(text.contains(line), "`{line}` is not in\n{text}");
        }
        let object = json("x", &survey(60), 5, |account| format!("@{}", account.0));
        assert_eq!((&object["nodes"], &object["mean_audience"]["value"]), (&json!(62), &json!(59.0)));
        assert_eq!(
            object["largest_audiences"],
            json!([{ "id": "@60", "audience": 30 }, { "id": "@61", "audience": 29 }])
        );
    }

    #[test]
    fn what_does_not_exist_is_a_dash_or_null() {
        let text = table("x", &survey(0), 0, |_| String::new(), Style::Plain);
        assert!(
            text.contains("reciprocity               – of edges") && !text.contains("largest audiences"),
            "{text}"
        );
        assert_eq!(json("x", &survey(0), 0, |_| String::new())["reciprocity"]["value"], Value::Null);
    }
}
