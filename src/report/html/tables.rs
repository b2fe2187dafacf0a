//! Tables of a page: recorded against simulated, and all outcomes.

use super::PageInput;
use super::frame::escape;
use super::words::{self, both, french};
use crate::experiment::summary::{OutcomeSummary, Placed, Quantiles, Statistics};
use crate::report::human;

/// Width of the strip that shows a distribution, in the units of its picture.
const STRIP: f64 = 220.0;

/// Recorded values beside the runs; empty where nothing is recorded.
pub(super) fn card(input: &PageInput<'_>) -> String {
    let rows: String = input.recorded.iter().filter_map(|placed| row(input, placed)).collect();
    if rows.is_empty() {
        return String::new();
    }
    format!(
        "<section><h2>{}</h2><p>{}</p><div class=\"wide\"><table class=\"card\"><thead><tr>\
         <th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th><th scope=\"col\">{}</th>\
         <th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table></div></section>",
        both("Recorded against simulated", "Observé et simulé"),
        both(
            "The bar is the range of nine runs in ten, the thick part that of half of them, the diamond what history recorded. <em>Fitted</em> values helped to choose a coefficient, so agreement proves little; <em>held out</em> and <em>control</em> values did not.",
            "La barre couvre neuf simulations sur dix, sa partie épaisse la moitié d’entre elles ; le losange est la valeur observée. Les valeurs <em>ajustées</em> ont servi à choisir un coefficient : leur accord prouve peu. Les valeurs <em>mises de côté</em> et <em>témoins</em> n’ont pas servi.",
        ),
        both("outcome", "résultat"),
        both("recorded", "observé"),
        both("simulated", "simulé"),
        both("place among the runs", "place parmi les simulations"),
        both("use", "usage"),
    )
}

fn row(input: &PageInput<'_>, placed: &Placed) -> Option<String> {
    let outcome = input.summary.outcome(&placed.recorded.outcome)?;
    let (english, french_name) = words::outcome_name(&outcome.id, input.layout());
    let recorded = words::recorded_value(input.layout(), outcome, placed);
    let role = words::role(placed.recorded.role);
    let (simulated, place) = match outcome.statistics {
        Statistics::Proportion { p, interval } => {
            let text = format!(
                "{} ({})",
                human::value(outcome.unit, p),
                human::range(outcome.unit, interval.low, interval.high)
            );
            let share = if placed.recorded.value == 0.0 { 1.0 - p } else { p };
            let share = human::value(outcome.unit, share);
            let place = both(
                &format!("as recorded in {share} of runs"),
                &format!("comme observé dans {} des simulations", french(&share)),
            );
            (both(&text, &french(&text)), place)
        }
        Statistics::Distribution { quantiles, .. } => {
            let text = format!(
                "{} ({})",
                human::value(outcome.unit, quantiles.q50),
                human::range(outcome.unit, quantiles.q05, quantiles.q95)
            );
            let above = placed.percentile.map_or(String::new(), |share| {
                let share = format!("{:.0} %", 100.0 * share);
                both(&format!("above {share}"), &format!("au-dessus de {share}"))
            });
            (both(&text, &french(&text)), strip(&quantiles, placed.recorded.value) + &above)
        }
    };
    Some(format!(
        "<tr title=\"{}\"><th scope=\"row\">{}</th><td>{}</td><td>{simulated}</td><td>{place}</td><td>{}</td></tr>",
        escape(&placed.recorded.source),
        both(&english, &french_name),
        both(&recorded.0, &recorded.1),
        both(role.0, role.1),
    ))
}

/// A small picture of a distribution and the recorded value.
fn strip(quantiles: &Quantiles, recorded: f64) -> String {
    let ends = [quantiles.q05, quantiles.q95, recorded];
    if ends.iter().any(|end| !end.is_finite()) {
        return String::new();
    }
    let low = ends.iter().copied().fold(f64::INFINITY, f64::min);
    let high = ends.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = if high > low { high - low } else { 1.0 };
    let x = |value: f64| 8.0 + (STRIP - 16.0) * (value - low) / span;
    let part = |from: f64, to: f64, height: f64, class: &str| {
        let (from, to) = (x(from), x(to).max(x(from) + 1.0));
        format!(
            "<rect class=\"{class}\" x=\"{from:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height}\"/>",
            9.0 - height / 2.0,
            to - from
        )
    };
    let at = x(recorded);
    format!(
        "<svg class=\"strip\" viewBox=\"0 0 {STRIP} 18\" aria-hidden=\"true\">{}{}<rect class=\"median\" x=\"{:.1}\" y=\"3\" \
         width=\"2\" height=\"12\"/><path class=\"recorded\" d=\"M{:.1} 9L{at:.1} 3L{:.1} 9L{at:.1} 15Z\"/></svg>",
        part(quantiles.q05, quantiles.q95, 3.0, "range"),
        part(quantiles.q25, quantiles.q75, 8.0, "half"),
        x(quantiles.q50) - 1.0,
        at - 6.0,
        at + 6.0,
    )
}

/// All outcomes, behind a button.
pub(super) fn outcomes(input: &PageInput<'_>) -> String {
    let rows: String = input
        .summary
        .outcomes
        .iter()
        .zip(&input.layout().outcomes)
        .map(|(outcome, spec)| {
            format!(
                "<tr title=\"{}\"><th scope=\"row\"><code>{}</code></th>{}</tr>",
                escape(&spec.description),
                escape(&outcome.id),
                cells(outcome)
            )
        })
        .collect();
    let names = [
        ("n", "n"),
        ("mean or p", "moyenne ou p"),
        ("95 % interval", "intervalle à 95 %"),
        ("5 %", "5 %"),
        ("50 %", "50 %"),
        ("95 %", "95 %"),
    ];
    let head: String = names
        .iter()
        .map(|(english, french)| format!("<th scope=\"col\">{}</th>", both(english, french)))
        .collect();
    format!(
        "<section><h2>{}</h2><details><summary>{}</summary><div class=\"wide\"><table class=\"numbers\"><thead><tr><th scope=\"col\">{}</th>\
         {head}</tr></thead><tbody>{rows}</tbody></table></div></details></section>",
        both("All outcomes", "Tous les résultats"),
        both(
            &format!("{} outcomes", input.summary.outcomes.len()),
            &format!("{} résultats", input.summary.outcomes.len())
        ),
        both("outcome", "résultat"),
    )
}

fn cells(outcome: &OutcomeSummary) -> String {
    let one = |value| human::value(outcome.unit, value);
    let texts = match outcome.statistics {
        Statistics::Proportion { p, interval } => [
            one(p),
            human::range(outcome.unit, interval.low, interval.high),
            String::new(),
            String::new(),
            String::new(),
        ],
        Statistics::Distribution { mean, mean_interval, quantiles, .. } => [
            one(mean),
            human::range(outcome.unit, mean_interval.low, mean_interval.high),
            one(quantiles.q05),
            one(quantiles.q50),
            one(quantiles.q95),
        ],
    };
    let cells: String = texts.iter().map(|text| format!("<td>{}</td>", escape(text))).collect();
    format!("<td>{}</td>{cells}", human::grouped(outcome.n as u64))
}
