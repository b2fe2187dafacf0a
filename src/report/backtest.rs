//! A back-test as JSON, as Markdown and as the tables of the terminal.

use super::human;
use super::text::{Role, Style, length, pad_right, shorten};
use crate::experiment::backtest::{Backtest, Card, HISTORIES, Score, Scored, Tally};
use crate::model::outcome::{OutcomeKind, RecordedRole, Unit};
use crate::stats::interval::Interval;
use crate::text::{Basis, ParameterNote};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

/// The back-test as a JSON value, keys in a fixed order.
///
/// `{coverage_90, coverage_expected, n_scored, n_scenarios, brier, brier_expected, n_yes_no, runs, seed, outcomes: […], absent, dispositions,
/// own_dispositions}`. An outcome is `{scenario, outcome, recorded, unit, kind, q05, q50, q95, percentile, crps, p, brier, role, n, width_in_sd,
/// verdict, source}`; a yes or no is recorded as 1 or 0, percentiles are shares of the runs from 0 to 1, and what does not apply is `null`.
pub fn json(backtest: &Backtest) -> Value {
    let outcomes: Vec<Value> =
        backtest.scored().map(|(scenario, scored)| outcome(scenario, scored)).collect();
    let absent: Map<String, Value> = backtest
        .cards
        .iter()
        .filter(|card| !card.absent.is_empty())
        .map(|card| (card.scenario.clone(), card.absent.clone().into()))
        .collect();
    let own = backtest.own.iter().map(|(scenario, note)| {
        let mut value = parameter(note);
        value["scenario"] = scenario.as_str().into();
        value
    });
    json!({
        "coverage_90": backtest.coverage.mean,
        "coverage_expected": pair(backtest.coverage.expected),
        "n_scored": backtest.coverage.n,
        "n_scenarios": backtest.n_scenarios,
        "brier": backtest.brier.mean,
        "brier_expected": pair(backtest.brier.expected),
        "n_yes_no": backtest.brier.n,
        "runs": backtest.runs,
        "seed": backtest.seed,
        "outcomes": outcomes,
        "absent": absent,
        "dispositions": backtest.shared.iter().map(parameter).collect::<Vec<_>>(),
        "own_dispositions": own.collect::<Vec<_>>(),
    })
}

fn pair(interval: Interval) -> Value {
    vec![interval.low, interval.high].into()
}

fn parameter(note: &ParameterNote) -> Value {
    json!({ "path": note.path, "value": note.value, "basis": note.basis.name(), "source": note.source })
}

fn outcome(scenario: &str, scored: &Scored) -> Value {
    let mut value = json!({
        "scenario": scenario,
        "outcome": scored.recorded.outcome,
        "recorded": scored.recorded.value,
        "unit": scored.unit.name(),
        "kind": kind(scored.kind),
        "q05": null, "q50": null, "q95": null, "percentile": null, "crps": null, "p": null, "brier": null,
        "role": scored.recorded.role.name(),
        "n": scored.n,
        "width_in_sd": null,
        "verdict": if scored.passes() { "pass" } else { "miss" },
        "source": scored.recorded.source,
    });
    let mut set = |key: &str, number: f64| value[key] = number.into();
    match scored.score {
        Score::Number { quantiles, percentile, crps, width_in_sd, .. } => {
            set("q05", quantiles.q05);
            set("q50", quantiles.q50);
            set("q95", quantiles.q95);
            set("percentile", percentile);
            set("crps", crps);
            set("width_in_sd", width_in_sd.unwrap_or(f64::NAN));
        }
        Score::YesNo { p, brier } => {
            set("p", p);
            set("brier", brier);
        }
        Score::Never => {}
    }
    value
}

const fn kind(kind: OutcomeKind) -> &'static str {
    match kind {
        OutcomeKind::Continuous => "continuous",
        OutcomeKind::Discrete => "discrete",
        OutcomeKind::YesNo => "yes_no",
    }
}

const HEADER: [&str; 8] = ["outcome", "recorded", "5 %", "50 %", "95 %", "place", "score", "verdict"];

/// The cells of one row: outcome, record, quantiles, place among the runs, score, verdict.
fn cells(scored: &Scored) -> [String; 8] {
    let one = |value| human::value(scored.unit, value);
    let recorded = match scored.kind {
        OutcomeKind::YesNo => if scored.recorded.value == 0.0 { "no" } else { "yes" }.to_owned(),
        OutcomeKind::Continuous | OutcomeKind::Discrete => one(scored.recorded.value),
    };
    let (numbers, place, score) = match scored.score {
        Score::Number { quantiles, percentile, crps, .. } => (
            [one(quantiles.q05), one(quantiles.q50), one(quantiles.q95)],
            format!("{:.0} %", 100.0 * percentile),
            format!("CRPS {}", crps_text(scored.unit, crps)),
        ),
        Score::YesNo { p, brier } => (
            ["", "", ""].map(str::to_owned),
            format!("p = {}", human::value(Unit::Share, p)),
            format!("Brier {brier:.3}"),
        ),
        Score::Never => ([human::NOTHING; 3].map(str::to_owned), "in no run".to_owned(), String::new()),
    };
    let [q05, q50, q95] = numbers;
    [scored.recorded.outcome.clone(), recorded, q05, q50, q95, place, score, verdict(scored)]
}

/// A score in the unit of its outcome; a distance of rungs is no rung.
fn crps_text(unit: Unit, crps: f64) -> String {
    human::value(if unit == Unit::Rung { Unit::Goldstein } else { unit }, crps)
}

fn verdict(scored: &Scored) -> String {
    let role = match scored.recorded.role {
        RecordedRole::Fitted => "fitted",
        RecordedRole::HeldOut => "held out",
        RecordedRole::Control => "control",
    };
    let verdict = if scored.passes() { "pass" } else { "MISS" };
    format!("{verdict}, {role}")
}

/// The whole back-test as Markdown.
pub fn markdown(backtest: &Backtest) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "{}", overall(backtest).join("\n\n"));
    for card in &backtest.cards {
        let _ = writeln!(page, "\n### {} (`{}`)\n", card.title, card.scenario);
        page += &markdown_card(card);
    }
    page += "\n### Misses\n\n";
    let misses = misses(backtest);
    if misses.is_empty() {
        page += "None.\n";
    }
    for miss in misses {
        let _ = writeln!(page, "- {miss}");
    }
    page += "\n### Dispositions\n\n";
    let _ = writeln!(page, "{}\n", dispositions_text(backtest));
    page += "| disposition | value | basis | source |\n| --- | --- | --- | --- |\n";
    for note in &backtest.shared {
        let name = note.path.trim_start_matches("dispositions.");
        page += &row(&[
            format!("`{name}`"),
            plain(&note.value),
            note.basis.name().to_owned(),
            note.source.clone(),
        ]);
    }
    page
}

fn markdown_card(card: &Card) -> String {
    if card.scored.is_empty() {
        return "Nothing that is simulated is on record.\n".to_owned();
    }
    let head = HEADER.map(str::to_owned);
    let mut text = row(&head) + &row(&head.map(|_| "---".to_owned()));
    for scored in &card.scored {
        let mut cells = cells(scored);
        cells[0] = format!("`{}`", cells[0]);
        text += &row(&cells);
    }
    if !card.absent.is_empty() {
        let _ = writeln!(text, "\nOn record, not simulated: {}.", card.absent.join(", "));
    }
    text
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> =
        cells.iter().map(|cell| cell.replace('|', "\\|").replace(['\n', '\r'], " ")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// A value as the file writes it, without quotation marks.
fn plain(value: &str) -> String {
    value.trim_matches('"').to_owned()
}

/// The back-test for the terminal: a table a scenario, the overall figures, the misses.
pub fn table(backtest: &Backtest, width: usize, style: Style) -> String {
    let mut lines = Vec::new();
    let runs = human::grouped(backtest.runs as u64);
    for card in &backtest.cards {
        let title = format!("{}  {runs} runs, seed {}", card.scenario, backtest.seed);
        lines.push(style.paint(Role::Heading, &title));
        card_lines(card, width, style, &mut lines);
        lines.push(String::new());
    }
    lines.extend(overall(backtest));
    let misses = misses(backtest);
    if !misses.is_empty() {
        lines.push("Misses:".to_owned());
        lines.extend(misses.iter().map(|miss| style.paint(Role::Recorded, &format!("  {miss}"))));
    }
    lines.push(format!("{} `--format markdown` lists them.", dispositions_text(backtest)));
    lines.iter().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

const GAP: usize = 2;
const SHORTEST_NAME: usize = 20;

fn card_lines(card: &Card, width: usize, style: Style, lines: &mut Vec<String>) {
    if card.scored.is_empty() {
        lines.push("nothing that is simulated is on record".to_owned());
    } else {
        let rows: Vec<[String; 8]> = card.scored.iter().map(cells).collect();
        let head = HEADER.map(str::to_owned);
        let widths: [usize; 8] = std::array::from_fn(|column| {
            rows.iter().chain([&head]).map(|row| length(&row[column])).max().unwrap_or(0)
        });
        let numbers: usize = widths[1..].iter().map(|width| GAP + width).sum();
        let name = widths[0].min(width.saturating_sub(numbers).max(SHORTEST_NAME));
        let line = |cells: &[String; 8]| {
            let (text, last) = (&cells[1..7], &cells[7]);
            let first = pad_right(&shorten(&cells[0], name), name);
            let aligned = text
                .iter()
                .zip(&widths[1..7])
                .fold(first, |line, (cell, width)| line + &format!("{:>width$}", cell, width = GAP + width));
            format!("{aligned}{:GAP$}{last}", "")
        };
        lines.push(style.paint(Role::Quiet, &line(&head)));
        for (scored, cells) in card.scored.iter().zip(&rows) {
            let text = line(cells);
            lines.push(if scored.passes() { text } else { style.paint(Role::Recorded, &text) });
        }
    }
    if !card.absent.is_empty() {
        lines
            .push(style.paint(Role::Quiet, &format!("on record, not simulated: {}", card.absent.join(", "))));
    }
}

/// What the held-out outcomes, the fitted ones and the controls say together, a sentence or two each.
fn overall(backtest: &Backtest) -> Vec<String> {
    let mut said = Vec::new();
    let Tally { n, mean, expected } = backtest.coverage;
    said.push(if n == 0 {
        "No held-out number is on record, so there is no coverage.".to_owned()
    } else {
        let covered = (mean * n as f64).round();
        format!(
            "Coverage: {covered} of {n} held-out numbers of {} lie in the central 90 % ({}). A calibrated model would show {} in 95 of \
             100 histories ({} made of the model itself, whole scenarios at a time): {}.",
            scenarios(backtest.n_scenarios),
            human::value(Unit::Share, mean),
            human::range(Unit::Share, expected.low, expected.high),
            human::grouped(u64::from(HISTORIES)),
            inside(mean, expected),
        )
    });
    let Tally { n, mean, expected } = backtest.brier;
    if n > 0 {
        let Interval { low, high } = expected;
        said.push(format!(
            "Yes or no: mean Brier score {mean:.3} over {n} held-out outcomes; a calibrated model would show {low:.3} to {high:.3}: {}.",
            inside(mean, expected),
        ));
    }
    let share = |role| {
        let (passed, all) = backtest.passed(role);
        (all > 0).then(|| format!("{passed} of {all}"))
    };
    if let Some(share) = share(RecordedRole::Control) {
        said.push(format!("Controls, where nothing was expected to happen: {share} pass."));
    }
    if let Some(share) = share(RecordedRole::Fitted) {
        said.push(format!(
            "Fitted outcomes, which helped to choose coefficients and prove little: {share} lie where they should."
        ));
    }
    said
}

fn scenarios(n: usize) -> String {
    if n == 1 { "1 scenario".to_owned() } else { format!("{n} scenarios") }
}

fn inside(mean: f64, expected: Interval) -> &'static str {
    if expected.contains(mean) { "within that range" } else { "OUTSIDE that range" }
}

/// Each record that does not lie where it should, in words; held-out ones first, then controls, then fitted ones.
fn misses(backtest: &Backtest) -> Vec<String> {
    let roles = [RecordedRole::HeldOut, RecordedRole::Control, RecordedRole::Fitted];
    let of_role =
        |role| backtest.scored().filter(move |(_, scored)| scored.recorded.role == role && !scored.passes());
    roles.into_iter().flat_map(of_role).map(|(scenario, scored)| miss(scenario, scored)).collect()
}

fn miss(scenario: &str, scored: &Scored) -> String {
    let [name, recorded, ..] = cells(scored);
    let why = match scored.score {
        Score::Number { quantiles, percentile, .. } => {
            let side = if percentile < 0.5 { "below" } else { "above" };
            let range = human::range(scored.unit, quantiles.q05, quantiles.q95);
            format!("{recorded} was recorded, {side} the simulated {range}")
        }
        Score::YesNo { p, .. } => {
            let given = if scored.recorded.value == 0.0 { 1.0 - p } else { p };
            format!("{recorded} was recorded, to which the model gives {}", human::value(Unit::Share, given))
        }
        Score::Never => format!("{recorded} was recorded, and no run has such an outcome"),
    };
    let role = scored.recorded.role.name().replace('_', " ");
    format!("{scenario}, {name} ({role}): {why}")
}

fn dispositions_text(backtest: &Backtest) -> String {
    let counts = Basis::ALL.iter().filter_map(|basis| {
        let n = backtest.shared.iter().filter(|note| note.basis == *basis).count();
        (n > 0).then(|| format!("{n} {}", basis.name()))
    });
    let counts: Vec<String> = counts.collect();
    let shared = format!(
        "{} dispositions are the same for all scenarios: {}.",
        backtest.shared.len(),
        counts.join(", ")
    );
    if backtest.own.is_empty() {
        return format!("{shared} No scenario sets one for itself.");
    }
    let own = backtest
        .own
        .iter()
        .map(|(scenario, note)| format!("{scenario}: {} = {}", note.path, plain(&note.value)));
    format!("{shared} Set otherwise: {}.", own.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::backtest::Case;
    use crate::report::sample;

    fn backtest() -> Backtest {
        let sample = sample::ensemble(60);
        let mut recorded = sample.recorded.clone();
        let mut never = recorded[0].clone();
        never.outcome = "message.arabic-tweet.answered".into();
        never.value = 1.0;
        recorded.push(never);
        let note = |path: &str, value: &str| ParameterNote {
            path: path.into(),
            value: value.into(),
            basis: Basis::Assumed,
            source: "a | b".into(),
            doc: String::new(),
            range: String::new(),
        };
        let shared = vec![note("dispositions.sharing.copies", "0.05")];
        let case = Case {
            scenario: "canada-saudi-2018".into(),
            title: "Canada and Saudi Arabia".into(),
            layout: sample.layout.clone(),
            outcomes: sample.outcomes.clone(),
            recorded,
            absent: vec!["market.XXX.drawdown".into()],
            daily_sd: vec![("SSE".into(), 0.01)],
            parameters: shared.clone(),
        };
        Backtest::of(1, &[case], &shared)
    }

    #[test]
    fn keys_are_those_of_the_contract() {
        let value = json(&backtest());
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&value)[..4], ["coverage_90", "coverage_expected", "n_scored", "n_scenarios"]);
        let outcomes = value["outcomes"].as_array().unwrap();
        assert_eq!(outcomes.len(), 7);
        for outcome in outcomes {
            assert_eq!(
                keys(outcome)[..13],
                [
                    "scenario",
                    "outcome",
                    "recorded",
                    "unit",
                    "kind",
                    "q05",
                    "q50",
                    "q95",
                    "percentile",
                    "crps",
                    "p",
                    "brier",
                    "role"
                ]
            );
            let is_yes_no = outcome["kind"] == "yes_no";
            assert_eq!(
                (outcome["p"].is_number(), outcome["q50"].is_number()),
                (is_yes_no, !is_yes_no),
                "{outcome}"
            );
            assert!(["pass", "miss"].contains(&outcome["verdict"].as_str().unwrap()));
        }
        assert_eq!(value["dispositions"][0]["basis"], "assumed");
        assert_eq!(value["absent"]["canada-saudi-2018"][0], "market.XXX.drawdown");
    }

    #[test]
    fn misses_and_controls_are_named_in_both_texts() {
        let found = backtest();
        let n_misses = found.scored().filter(|(_, scored)| !scored.passes()).count();
        assert!(n_misses > 0);
        for text in [markdown(&found), table(&found, 110, Style::Plain)] {
            assert_eq!(text.matches(" was recorded, ").count(), n_misses, "{text}");
            assert!(
                text.contains("Coverage: ") && text.contains("Controls") && text.contains("1 scenario "),
                "{text}"
            );
            assert!(text.contains("market.XXX.drawdown") && !text.contains("NaN"), "{text}");
        }
    }

    #[test]
    fn every_row_of_a_markdown_table_has_as_many_cells_as_its_head() {
        let text = markdown(&backtest());
        let cells = |line: &str| line.replace("\\|", "").matches('|').count();
        for table in text.split("\n\n").filter(|part| part.starts_with('|')) {
            let head = cells(table.lines().next().unwrap());
            assert!(table.lines().all(|line| !line.starts_with('|') || cells(line) == head), "{table}");
        }
        assert!(text.contains("| `sharing.copies` | 0.05 | assumed | a \\| b |"), "{text}");
    }
}
