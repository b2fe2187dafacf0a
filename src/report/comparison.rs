//! Arms against the scenario as it stands: JSON, the table of the terminal, and the runs side by side.

use super::human;
use super::tables::{self, Cells, Column, Table};
use super::text::{Role, Style, length, pad_right, shorten};
use crate::experiment::comparison::{ArmDifferences, ArmRuns, Comparison, OutcomeDifference, RungDifference};
use crate::experiment::summary::Quantiles;
use crate::model::outcome::{Outcome, Unit};
use crate::stats::interval::Interval;
use serde_json::{Map, Value, json};

/// The comparison as a JSON value, keys in a fixed order.
///
/// `{scenario, runs, seed, arms: {ARM: {title, changes, outcomes: {ID: {unit, n, baseline, arm, difference, difference_ci,
/// variance_reduction, narrower, p, …}}}}}`; `narrower` says how many times as wide the interval of independent runs would be, and `p` is that
/// of the paired test (signed ranks of a number, McNemar's exact one of a yes or no); a number has the quantiles
/// `q05` … `q95` of its paired differences, a yes/no `odds_ratio` and `odds_ratio_ci`, a rung has `rungs`: a list with the same numbers for
/// each rung or a higher one. Numbers that do not exist or are infinite are `null`.
pub fn json(comparison: &Comparison) -> Value {
    let arm = |arm: &ArmDifferences| {
        let changes: Map<String, Value> =
            arm.changes.iter().map(|(path, value)| (path.clone(), value.as_str().into())).collect();
        let outcomes: Map<String, Value> =
            arm.outcomes.iter().map(|outcome| (outcome.id.clone(), outcome_json(outcome))).collect();
        (arm.name.clone(), json!({ "title": arm.title, "changes": changes, "outcomes": outcomes }))
    };
    let arms: Map<String, Value> = comparison.arms.iter().map(arm).collect();
    json!({ "scenario": comparison.scenario, "runs": comparison.runs, "seed": comparison.seed, "arms": arms })
}

fn outcome_json(outcome: &OutcomeDifference) -> Value {
    let mut value = json!({
        "unit": outcome.unit.name(),
        "n": outcome.n,
        "baseline": outcome.baseline,
        "arm": outcome.arm,
        "difference": outcome.difference,
        "difference_ci": pair(outcome.interval),
        "variance_reduction": outcome.variance_reduction,
        "narrower": outcome.narrower(),
        "p": outcome.p,
    });
    for (name, quantile) in outcome.quantiles.iter().flat_map(Quantiles::named) {
        value[name] = quantile.into();
    }
    if let Some(odds) = outcome.odds {
        value["odds_ratio"] = odds.ratio.into();
        value["odds_ratio_ci"] = pair(odds.interval);
    }
    if outcome.unit == Unit::Rung {
        value["rungs"] = outcome.rungs.iter().map(rung_json).collect();
    }
    value
}

fn rung_json(rung: &RungDifference) -> Value {
    json!({
        "rung": rung.rung,
        "name": rung.name,
        "baseline": rung.baseline,
        "arm": rung.arm,
        "difference": rung.difference,
        "difference_ci": pair(rung.interval),
        "odds_ratio": rung.odds.ratio,
        "odds_ratio_ci": pair(rung.odds.interval),
    })
}

fn pair(interval: Interval) -> Value {
    vec![interval.low, interval.high].into()
}

/// `pairs`: one row a run and arm, one column an outcome of the baseline; rows of one run belong together.
pub fn pairs<'a>(baseline: &'a ArmRuns, arms: &'a [ArmRuns]) -> Table<'a> {
    let others = arms.iter().filter(|arm| arm.name != baseline.name);
    let all: Vec<&ArmRuns> = std::iter::once(baseline).chain(others).collect();
    let rows: Vec<Outcome> = all.iter().flat_map(|arm| aligned(arm, baseline)).collect();
    let names = all.iter().flat_map(|arm| arm.outcomes.iter().map(|_| arm.name.as_str().into())).collect();
    let Table { mut columns, .. } = tables::runs(&baseline.layout, &rows);
    let description = "arm of the run; equal `run` in two arms means equal random numbers";
    let arm = Column {
        name: "arm".into(),
        unit: "".into(),
        description: description.into(),
        cells: Cells::Text(names),
    };
    columns.insert(0, arm);
    Table { name: "pairs", columns }
}

/// The runs of an arm with their scalars in the order of the baseline; NaN for what the arm does not have.
fn aligned(arm: &ArmRuns, baseline: &ArmRuns) -> Vec<Outcome> {
    let position = |id: &str| arm.layout.outcomes.iter().position(|spec| spec.id == id);
    let places: Vec<Option<usize>> = baseline.layout.outcomes.iter().map(|spec| position(&spec.id)).collect();
    let scalars = |outcome: &Outcome| {
        let value = |place: &Option<usize>| place.and_then(|idx| outcome.scalars.get(idx).copied());
        places.iter().map(|place| value(place).unwrap_or(f64::NAN)).collect()
    };
    let row = |outcome: &Outcome| Outcome {
        scalars: scalars(outcome),
        acts: Vec::new(),
        series: Vec::new(),
        ..outcome.clone()
    };
    arm.outcomes.iter().map(row).collect()
}

const HEADER: [&str; 6] = ["baseline", "arm", "difference", "95 % interval", "narrower", "fewer runs"];
const GAP: usize = 2;
const LONGEST_NAME: usize = 46;

/// One line of the table.
struct Row {
    name: String,
    cells: [String; 6],
}

/// What the table says of a rung of the ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rungs {
    /// Its mean.
    Mean,
    /// Its mean, and the odds of reaching each rung or a higher one.
    Each,
}

/// The table for people: a section an arm with the outcomes of `shown` in that order (all if it is empty).
///
/// *Narrower* says how many times as wide the interval of as many independent runs would be, and *fewer runs* (its square, the variance
/// reduction) how many times as many of them one as narrow would take.
pub fn table(comparison: &Comparison, shown: &[String], rungs: Rungs, width: usize, style: Style) -> String {
    let runs = human::grouped(comparison.runs as u64);
    let title = format!("{}  {runs} runs of each arm, seed {}", comparison.scenario, comparison.seed);
    let mut lines = vec![style.paint(Role::Heading, &title)];
    for arm in &comparison.arms {
        let rows = rows_of(arm, shown, rungs);
        let widths: [usize; 6] = std::array::from_fn(|column| {
            rows.iter().map(|row| length(&row.cells[column])).fold(length(HEADER[column]), usize::max)
        });
        let numbers = widths.iter().sum::<usize>() + GAP * widths.len();
        let widest = rows.iter().map(|row| length(&row.name)).max().unwrap_or(0).min(LONGEST_NAME);
        let name = widest.min(width.saturating_sub(numbers).max(16));
        let line = |name_text: &str, cells: [&str; 6]| {
            let cells = cells.iter().zip(widths);
            cells.fold(pad_right(&shorten(name_text, name), name), |line, (cell, width)| {
                line + &format!("{:>width$}", cell, width = GAP + width)
            })
        };
        lines.push(String::new());
        lines.push(style.paint(Role::Heading, &heading(arm)));
        lines.push(style.paint(Role::Quiet, &line("outcome", HEADER)));
        lines.extend(rows.iter().map(|row| line(&row.name, row.cells.each_ref().map(String::as_str))));
    }
    lines.iter().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn heading(arm: &ArmDifferences) -> String {
    let changes: Vec<String> = arm.changes.iter().map(|(path, value)| format!("{path} = {value}")).collect();
    let about = if arm.title.is_empty() { changes.join(", ") } else { arm.title.clone() };
    let about = if about.is_empty() { "nothing is changed".to_owned() } else { about };
    format!("{}: {about}", arm.name)
}

fn rows_of(arm: &ArmDifferences, shown: &[String], rungs: Rungs) -> Vec<Row> {
    let all = || arm.outcomes.iter();
    let chosen: Vec<&OutcomeDifference> = if shown.is_empty() {
        all().collect()
    } else {
        shown.iter().filter_map(|id| all().find(|outcome| outcome.id == *id)).collect()
    };
    chosen.into_iter().flat_map(|outcome| rows_of_outcome(outcome, rungs)).collect()
}

fn rows_of_outcome(outcome: &OutcomeDifference, rungs: Rungs) -> Vec<Row> {
    let one = |value| human::value(outcome.unit, value);
    let mut rows = vec![Row {
        name: outcome.id.clone(),
        cells: [
            one(outcome.baseline),
            one(outcome.arm),
            one(outcome.difference),
            human::range(outcome.unit, outcome.interval.low, outcome.interval.high),
            times(outcome.narrower()),
            times(outcome.variance_reduction),
        ],
    }];
    if let Some(odds) = outcome.odds.filter(|_| outcome.n > 0) {
        rows.push(odds_row(
            "  odds ratio".to_owned(),
            String::new(),
            String::new(),
            odds.ratio,
            odds.interval,
        ));
    }
    for rung in outcome.rungs.iter().filter(|_| rungs == Rungs::Each) {
        let (baseline, arm) = (human::value(Unit::Share, rung.baseline), human::value(Unit::Share, rung.arm));
        rows.push(odds_row(
            format!("  odds of {} or more", rung.name),
            baseline,
            arm,
            rung.odds.ratio,
            rung.odds.interval,
        ));
    }
    rows
}

fn odds_row(name: String, baseline: String, arm: String, ratio: f64, interval: Interval) -> Row {
    let range = format!("{}…{}", factor(interval.low), factor(interval.high));
    Row { name, cells: [baseline, arm, format!("× {}", factor(ratio)), range, String::new(), String::new()] }
}

/// A ratio with three significant digits, whatever its size.
fn factor(ratio: f64) -> String {
    match ratio {
        ratio if !ratio.is_finite() => human::NOTHING.to_owned(),
        ratio if ratio >= 0.0095 => human::value(Unit::Count, ratio),
        ratio => format!("{ratio:.1e}"),
    }
}

fn times(reduction: f64) -> String {
    if reduction.is_finite() { format!("{} ×", factor(reduction)) } else { human::NOTHING.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    /// The invented ensemble, and an arm in which every share count is halved and nobody answers.
    fn sample() -> (ArmRuns, Vec<ArmRuns>) {
        let sample = sample::ensemble(40);
        let runs = |name: &str, changes: &[(&str, &str)], outcomes: Vec<Outcome>| ArmRuns {
            name: name.into(),
            title: String::new(),
            changes: changes.iter().map(|(path, value)| ((*path).into(), (*value).into())).collect(),
            layout: sample.layout.clone(),
            outcomes,
        };
        let mut changed = sample.outcomes.clone();
        for outcome in &mut changed {
            outcome.scalars[sample.index("message.arabic-tweet.shares")] /= 2.0;
            outcome.scalars[sample.index("message.arabic-tweet.answered")] = 0.0;
            outcome.scalars[sample.index("dyad.SA-CA.peak_rung")] = 0.0;
        }
        let baseline = runs("baseline", &[], sample.outcomes.clone());
        let arm = runs("halved", &[("events.messages.arabic-tweet.moral_words", "0")], changed);
        (baseline, vec![arm])
    }

    #[test]
    fn keys_are_those_of_the_contract() {
        let (baseline, arms) = sample();
        let value = json(&Comparison::of("s", 3, &baseline, &arms));
        assert_eq!(
            (&value["scenario"], &value["runs"], &value["seed"]),
            (&"s".into(), &40.into(), &3.into())
        );
        let outcomes = &value["arms"]["halved"]["outcomes"];
        let shares = &outcomes["message.arabic-tweet.shares"];
        assert!(shares["difference"].as_f64().is_some_and(|difference| difference < 0.0));
        assert!(shares["difference_ci"].is_array() && shares["variance_reduction"].is_number());
        let of = |name: &str| shares[name].as_f64().unwrap_or(f64::NAN);
        assert!((of("narrower") * of("narrower") - of("variance_reduction")).abs() < 1e-9, "{shares}");
        assert!(of("p") < 1e-6, "{shares}");
        assert!(outcomes["message.arabic-tweet.answered"]["odds_ratio_ci"][1].is_number());
        assert!(outcomes["dyad.SA-CA.peak_rung"]["rungs"].as_array().is_some_and(|rungs| !rungs.is_empty()));
        assert_eq!(value["arms"]["halved"]["changes"]["events.messages.arabic-tweet.moral_words"], "0");
    }

    #[test]
    fn the_table_stays_within_its_width_and_shows_odds() {
        let (baseline, arms) = sample();
        let shown = ["message.arabic-tweet.answered".to_owned(), "dyad.SA-CA.peak_rung".to_owned()];
        let table = table(&Comparison::of("s", 3, &baseline, &arms), &shown, Rungs::Each, 100, Style::Plain);
        assert!(table.lines().skip(3).all(|line| length(line) <= 100), "{table}");
        assert!(table.contains("odds ratio") && table.contains("or more"), "{table}");
        assert!(!table.contains("NaN") && !table.contains("inf"), "{table}");
        assert!(!table.contains("message.arabic-tweet.shares"), "{table}");
    }

    #[test]
    fn rows_of_all_arms_stand_in_one_table() {
        let (baseline, arms) = sample();
        let table = pairs(&baseline, &arms);
        assert_eq!(table.n_rows(), 80);
        assert!(table.columns.iter().all(|column| column.cells.len() == 80));
        let Cells::Text(names) = &table.columns[0].cells else { panic!() };
        assert_eq!((&*names[0], &*names[79]), ("baseline", "halved"));
    }
}
