//! A sensitivity analysis: JSON, the table of the terminal, and its points and indices as tables.

use super::human;
use super::tables::{Cells, Column, Table};
use super::text::{Role, Style, length, pad_right, shorten};
use crate::experiment::parameters::{Parameter, Prior};
use crate::experiment::sensitivity::{Estimates, Method, OutcomeSensitivity, Sensitivity};
use crate::model::outcome::Unit;
use crate::stats::interval::Interval;
use crate::stats::sensitivity::Coupling;
use serde_json::{Map, Value, json};

/// Parameters that the table shows for each outcome at the most, unless all are asked for.
const MOST_ROWS: usize = 15;
const GAP: usize = 2;
const LONGEST_NAME: usize = 46;

/// What an analysis is called in every report.
#[derive(Debug, Clone, Copy)]
pub struct Heading<'a> {
    /// Id of the scenario.
    pub scenario: &'a str,
    /// Seed.
    pub seed: u64,
}

/// One number that was estimated of one parameter.
struct Measure {
    name: &'static str,
    value: f64,
    interval: Interval,
}

fn measures(estimates: &Estimates, parameter: usize) -> Vec<Measure> {
    let one = |name, value, interval| Measure { name, value: value + 0.0, interval };
    match estimates {
        Estimates::Morris(effects) => {
            let effect = &effects[parameter];
            vec![
                one("mu_star", effect.mu_star, effect.mu_star_interval),
                one("mu", effect.mu, effect.mu_interval),
                one("sigma", effect.sigma, Interval::NONE),
                one("noise_floor", effect.noise_floor.unwrap_or(f64::NAN), Interval::NONE),
            ]
        }
        Estimates::Sobol(indices) => {
            let index = &indices.inputs[parameter];
            vec![
                one("first", index.first, index.first_interval),
                one("total", index.total, index.total_interval),
            ]
        }
    }
}

const fn random_numbers(coupling: Coupling) -> &'static str {
    match coupling {
        Coupling::Common => "common",
        Coupling::Independent => "independent",
    }
}

/// The parameter as a JSON object: `{path, distribution, low, high, unit}`, and `mean`, `sd` of a normal one before it is cut off.
pub(super) fn parameter_json(parameter: &Parameter) -> Value {
    let (low, high) = parameter.prior.ends();
    let mut value = json!({
        "path": parameter.path,
        "distribution": distribution(parameter.prior),
        "low": low,
        "high": high,
        "unit": parameter.unit,
    });
    if let Prior::Normal { mean, sd, .. } = parameter.prior {
        value["mean"] = mean.into();
        value["sd"] = sd.into();
    }
    value
}

const fn distribution(prior: Prior) -> &'static str {
    match prior {
        Prior::Uniform { .. } => "uniform",
        Prior::LogUniform { .. } => "log_uniform",
        Prior::Normal { .. } => "normal",
    }
}

/// The analysis as a JSON value.
///
/// `{scenario, method, seed, replicates, random_numbers, points, runs, parameters: [{path, distribution, low, high, unit}], outcomes: {ID: {unit,
/// …, parameters: {PATH: {…}}}}, incomplete: {ID: runs}}`. With Sobol' indices an outcome has `mean`, `variance_parameters`, `variance_noise`
/// and `noise_share` (`null` with one replicate), a parameter `first`, `first_ci`, `total`, `total_ci`; with Morris' effects a parameter has
/// `mu_star`, `mu_star_ci`, `mu`, `mu_ci`, `sigma`, `noise_floor`.
pub fn json(heading: Heading<'_>, found: &Sensitivity) -> Value {
    let outcomes: Map<String, Value> = found
        .outcomes
        .iter()
        .map(|outcome| (outcome.spec.id.clone(), outcome_json(found, outcome)))
        .collect();
    let incomplete: Map<String, Value> =
        found.incomplete.iter().map(|(id, runs)| (id.clone(), (*runs).into())).collect();
    json!({
        "scenario": heading.scenario,
        "method": found.method.name(),
        "seed": heading.seed,
        "replicates": found.replicates,
        "random_numbers": random_numbers(found.coupling),
        "points": found.points.len(),
        "runs": found.points.len() as u64 * found.replicates,
        "parameters": found.parameters.iter().map(parameter_json).collect::<Vec<_>>(),
        "outcomes": outcomes,
        "incomplete": incomplete,
    })
}

fn outcome_json(found: &Sensitivity, outcome: &OutcomeSensitivity) -> Value {
    let of_parameter = |(index, parameter): (usize, &Parameter)| {
        let mut value = Map::new();
        for measure in measures(&outcome.estimates, index) {
            value.insert(measure.name.to_owned(), measure.value.into());
            if !["sigma", "noise_floor"].contains(&measure.name) {
                value.insert(
                    format!("{}_ci", measure.name),
                    vec![measure.interval.low, measure.interval.high].into(),
                );
            }
        }
        (parameter.path.clone(), Value::Object(value))
    };
    let parameters: Map<String, Value> = found.parameters.iter().enumerate().map(of_parameter).collect();
    let mut value = json!({ "unit": outcome.spec.unit.name() });
    if let Estimates::Sobol(indices) = &outcome.estimates {
        value["mean"] = indices.mean.into();
        value["variance_parameters"] = indices.variance.into();
        value["variance_noise"] = indices.noise.into();
        value["noise_share"] = indices.noise_share().into();
    }
    value["parameters"] = parameters.into();
    value
}

/// `points`: one row a point, a column a parameter, and mean and standard deviation of the runs of each outcome.
pub fn points(found: &Sensitivity) -> Table<'_> {
    let index = (0..found.points.len() as i64).collect();
    let mut columns = vec![column("point", "", "index of the point", Cells::Int64(index))];
    for (place, parameter) in found.parameters.iter().enumerate() {
        let values = found.points.iter().map(|point| point[place]).collect();
        let unit = parameter.unit.as_str();
        columns.push(Column {
            unit: unit.into(),
            ..column(&parameter.path, "", "parameter", Cells::Double(values))
        });
    }
    for outcome in &found.outcomes {
        let at_points = outcome.at_points(found.replicates);
        let (unit, id) = (outcome.spec.unit.name(), &outcome.spec.id);
        let mean = at_points.iter().map(|(mean, _)| *mean).collect();
        columns.push(column(
            format!("{id}.mean"),
            unit,
            "mean over the runs of the point",
            Cells::Double(mean),
        ));
        if found.replicates > 1 {
            let sd = at_points.iter().map(|(_, sd)| *sd).collect();
            let description = "standard deviation over the runs of the point";
            columns.push(column(format!("{id}.sd"), unit, description, Cells::Double(sd)));
        }
    }
    Table { name: "points", columns }
}

/// `indices`: one row an outcome, parameter and measure.
pub fn indices(found: &Sensitivity) -> Table<'_> {
    let (mut outcomes, mut parameters, mut names) = (Vec::new(), Vec::new(), Vec::new());
    let (mut values, mut lows, mut highs) = (Vec::new(), Vec::new(), Vec::new());
    for outcome in &found.outcomes {
        for (index, parameter) in found.parameters.iter().enumerate() {
            for measure in measures(&outcome.estimates, index) {
                outcomes.push(outcome.spec.id.as_str().into());
                parameters.push(parameter.path.as_str().into());
                names.push(measure.name.into());
                values.push(measure.value);
                lows.push(measure.interval.low);
                highs.push(measure.interval.high);
            }
        }
    }
    let about = "shares of the variance of the mean (first, total), or effects of the full range of the parameter in the unit of the outcome";
    let columns = vec![
        column("outcome", "", "id of the outcome", Cells::Text(outcomes)),
        column("parameter", "", "path of the parameter", Cells::Text(parameters)),
        column("measure", "", "first, total; or mu_star, mu, sigma, noise_floor", Cells::Text(names)),
        column("value", "", about, Cells::Double(values)),
        column("low", "", "lower end of the 95 % interval", Cells::Double(lows)),
        column("high", "", "upper end of the 95 % interval", Cells::Double(highs)),
    ];
    Table { name: "indices", columns }
}

fn column<'a>(
    name: impl Into<std::borrow::Cow<'a, str>>,
    unit: &'static str,
    description: impl Into<std::borrow::Cow<'a, str>>,
    cells: Cells<'a>,
) -> Column<'a> {
    Column { name: name.into(), unit: unit.into(), description: description.into(), cells }
}

/// How many parameters the table shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Those that matter most.
    Most,
    /// All.
    All,
}

/// The table for people: a section an outcome, a line a parameter, the one that matters most first.
pub fn table(heading: Heading<'_>, found: &Sensitivity, shown: Shown, width: usize, style: Style) -> String {
    let mut lines = vec![style.paint(Role::Heading, &title(heading, found))];
    for outcome in &found.outcomes {
        lines.push(String::new());
        lines.push(style.paint(Role::Heading, &of_outcome(found, outcome)));
        section(&mut lines, found, outcome, shown, width, style);
    }
    lines.iter().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn title(heading: Heading<'_>, found: &Sensitivity) -> String {
    let points = found.points.len() as u64;
    let what = match found.method {
        Method::Morris { trajectories, levels } => {
            format!(
                "elementary effects of Morris, {} trajectories over {levels} levels",
                human::grouped(u64::from(trajectories))
            )
        }
        Method::Sobol { rows } => format!("Sobol' indices, {} rows", human::grouped(u64::from(rows))),
    };
    format!(
        "{}  {what}: {} points of {} {} each, {} random numbers, seed {}",
        heading.scenario,
        human::grouped(points),
        human::grouped(found.replicates),
        if found.replicates == 1 { "run" } else { "runs" },
        random_numbers(found.coupling),
        heading.seed
    )
}

fn of_outcome(found: &Sensitivity, outcome: &OutcomeSensitivity) -> String {
    let id = &outcome.spec.id;
    let Estimates::Sobol(indices) = &outcome.estimates else { return id.clone() };
    let mean = human::value(outcome.spec.unit, indices.mean);
    match indices.noise_share() {
        Some(noise) if noise.is_finite() => format!(
            "{id}: mean {mean}; {} of the variance of a run is due to the parameters, {} to chance",
            human::value(Unit::Share, 1.0 - noise),
            human::value(Unit::Share, noise)
        ),
        Some(_) => format!("{id}: mean {mean}; it never varies"),
        None if found.coupling == Coupling::Common => {
            format!(
                "{id}: mean {mean}; one run at each point: indices of this one realisation, chance can't be set apart"
            )
        }
        None => {
            format!("{id}: mean {mean}; one run at each point: indices hold chance, which can't be set apart")
        }
    }
}

fn section(
    lines: &mut Vec<String>,
    found: &Sensitivity,
    outcome: &OutcomeSensitivity,
    shown: Shown,
    width: usize,
    style: Style,
) {
    let header: &[&str] = match (&outcome.estimates, found.replicates) {
        (Estimates::Sobol(_), _) => &["range", "first", "95 % interval", "total", "95 % interval"],
        (Estimates::Morris(_), 1) => &["range", "μ*", "95 % interval", "μ", "σ"],
        (Estimates::Morris(_), _) => &["range", "μ*", "95 % interval", "μ", "σ", "noise"],
    };
    let mut order = outcome.estimates.order();
    let n_all = order.len();
    if shown == Shown::Most {
        let importance = outcome.estimates.importance();
        order.retain(|&index| importance[index] != 0.0);
    }
    let n_nothing = n_all - order.len();
    let n_shown = if shown == Shown::All { order.len() } else { order.len().min(MOST_ROWS) };
    let rows: Vec<(&str, Vec<String>)> = order[..n_shown]
        .iter()
        .map(|&index| {
            let parameter = &found.parameters[index];
            let mut cells = vec![range(parameter)];
            cells.extend(cells_of(outcome, index, header.len() - 1));
            (parameter.path.as_str(), cells)
        })
        .collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            rows.iter().map(|(_, cells)| length(&cells[column])).fold(length(header[column]), usize::max)
        })
        .collect();
    let numbers = widths.iter().sum::<usize>() + GAP * widths.len();
    let widest = rows.iter().map(|(name, _)| length(name)).max().unwrap_or(0).min(LONGEST_NAME);
    let name_width = widest.min(width.saturating_sub(numbers).max(16));
    let line = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
        let start = pad_right(&shorten(name, name_width), name_width);
        cells
            .zip(&widths)
            .fold(start, |line, (cell, width)| line + &format!("{cell:>width$}", width = GAP + width))
    };
    if !rows.is_empty() {
        lines.push(style.paint(Role::Quiet, &line("parameter", &mut header.iter().copied())));
    }
    lines.extend(rows.iter().map(|(name, cells)| line(name, &mut cells.iter().map(String::as_str))));
    if n_shown < order.len() {
        let more = format!("and {} more that matter less (`--all` shows them)", order.len() - n_shown);
        lines.push(style.paint(Role::Quiet, &more));
    }
    if n_nothing > 0 {
        let nothing = format!("{n_nothing} of {n_all} parameters show no effect at all");
        lines.push(style.paint(Role::Quiet, &nothing));
    }
}

fn cells_of(outcome: &OutcomeSensitivity, index: usize, n: usize) -> Vec<String> {
    let unit = outcome.spec.unit;
    match &outcome.estimates {
        Estimates::Sobol(indices) => {
            let index = &indices.inputs[index];
            let interval = |interval: Interval| format!("{} … {}", share(interval.low), share(interval.high));
            vec![
                share(index.first),
                interval(index.first_interval),
                share(index.total),
                interval(index.total_interval),
            ]
        }
        Estimates::Morris(effects) => {
            let effect = &effects[index];
            let one = |value: f64| human::value(unit, value + 0.0);
            let interval = effect.mu_star_interval;
            let mut cells = vec![
                one(effect.mu_star),
                human::range(unit, interval.low + 0.0, interval.high + 0.0),
                one(effect.mu),
                one(effect.sigma),
                one(effect.noise_floor.unwrap_or(f64::NAN)),
            ];
            cells.truncate(n);
            cells
        }
    }
}

/// An index with two decimals.
fn share(value: f64) -> String {
    if value.is_finite() {
        format!("{:.2}", value + 0.0).replace('-', "−").replace("−0.00", "0.00")
    } else {
        "–".to_owned()
    }
}

/// The range of a parameter in few characters.
pub(super) fn range(parameter: &Parameter) -> String {
    let (low, high) = parameter.prior.ends();
    let short = |value: f64| {
        let digits = (3 - value.abs().max(1e-300).log10().floor() as i32).clamp(0, 8) as usize;
        let text = format!("{value:.digits$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        text.replace('-', "−")
    };
    format!("{} … {} {}", short(low), short(high), parameter.unit).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::parameters::Numbers;

    #[test]
    fn ranges_are_short_and_shares_have_no_minus_zero() {
        let parameter = |low, high, unit: &str| Parameter {
            path: "a.b".into(),
            prior: Prior::Uniform { low, high },
            unit: unit.into(),
            numbers: Numbers::Real,
        };
        assert_eq!(range(&parameter(-5.0, -2.5, "")), "−5 … −2.5");
        assert_eq!(range(&parameter(24.0, 96.0, "h")), "24 … 96 h");
        assert_eq!(range(&parameter(0.000_16, 0.000_64, "")), "0.00016 … 0.00064");
        assert_eq!(
            (share(-0.001), share(-0.02), share(f64::NAN)),
            ("0.00".into(), "−0.02".into(), "–".into())
        );
    }
}
