//! A calibration: JSON, the table of the terminal, and its samples as a table.

use super::human;
use super::sensitivity::{parameter_json, range};
use super::tables::{Cells, Column, Table};
use super::text::{Role, Style, length, pad_right, shorten};
use crate::experiment::abc::{Generation, Posterior};
use crate::experiment::calibration::Target;
use crate::experiment::parameters::{Numbers, Parameter, Prior};
use crate::model::outcome::Unit;
use crate::stats::quantile::weighted;
use serde_json::{Map, Value, json};

const GAP: usize = 2;
const LONGEST_NAME: usize = 46;
/// Targets that are named in a sentence at the most; more are counted.
const MOST_NAMED: usize = 4;

/// Which value of a parameter the world is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// The median of each parameter by itself.
    Median,
    /// All values of the sample about which most weight lies.
    Mode,
}

impl Point {
    /// Name in files and options.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Median => "median",
            Self::Mode => "mode",
        }
    }
}

/// A finished calibration, as reports see it.
#[derive(Debug, Clone, Copy)]
pub struct Calibrated<'a> {
    /// Ids of the scenarios.
    pub scenarios: &'a [&'a str],
    /// Seed.
    pub seed: u64,
    /// Runs behind each proposal.
    pub replicates: u64,
    /// The parameters.
    pub parameters: &'a [Parameter],
    /// For each parameter its value in the world before.
    pub before: &'a [String],
    /// The targets.
    pub targets: &'a [Target],
    /// The samples.
    pub posterior: &'a Posterior,
    /// Which values the world is given.
    pub point: Point,
}

impl Calibrated<'_> {
    /// The quantile at `p` of a parameter, never written more finely than it is known.
    pub fn quantile(&self, parameter: usize, p: f64) -> f64 {
        weighted(&self.posterior.marginal(parameter), p)
    }

    /// The value of each parameter that the world is given: four digits of it, in its range.
    pub fn values(&self) -> Vec<f64> {
        let priors: Vec<Prior> = self.parameters.iter().map(|parameter| parameter.prior).collect();
        let mode = self.posterior.mode(&priors).filter(|_| self.point == Point::Mode);
        let value = |(index, parameter): (usize, &Parameter)| {
            let value = mode.map_or_else(|| self.quantile(index, 0.5), |mode| mode.values[index]);
            let (low, high) = parameter.prior.ends();
            let rounded =
                if parameter.numbers == Numbers::Whole { value.round() } else { four_digits(value) };
            rounded.clamp(low, high)
        };
        self.parameters.iter().enumerate().map(value).collect()
    }

    /// What the new value of a parameter rests on, in a sentence.
    pub fn source(&self, parameter: usize) -> String {
        let text = |p| self.parameters[parameter].text(four_digits(self.quantile(parameter, p)));
        let mut targets: Vec<String> = self
            .targets
            .iter()
            .map(|target| format!("{} of {}", target.outcome, self.scenarios[target.scenario]))
            .collect();
        if targets.len() > MOST_NAMED {
            targets = vec![format!("{} recorded values of {}", targets.len(), self.scenarios.join(" and "))];
        }
        format!(
            "{} of {} samples of the posterior (ABC-SMC, seed {}), 90 % interval {} to {}; fitted to {}",
            self.point.name(),
            self.posterior.particles.len(),
            self.seed,
            text(0.05),
            text(0.95),
            targets.join(", ")
        )
    }
}

/// The number with four significant digits.
fn four_digits(value: f64) -> f64 {
    format!("{value:.3e}").parse().unwrap_or(value)
}

/// The calibration as a JSON value.
///
/// `{scenarios, seed, replicates, point, end, particles, parameters: [{path, distribution, low, high, unit, before, value, mean, sd, q05, q50, q95}], targets:
/// [{scenario, outcome, unit, value, source, q05, q50, q95}], generations: [{proposals, accepted, tolerance, effective}]}`; `value` is what the
/// world is given, and the quantiles of a target those of the samples.
pub fn json(found: &Calibrated<'_>) -> Value {
    let values = found.values();
    let parameter = |(index, parameter): (usize, &Parameter)| {
        let marginal = found.posterior.marginal(index);
        let mean: f64 = marginal.iter().map(|(value, weight)| value * weight).sum();
        let variance: f64 = marginal.iter().map(|(value, weight)| weight * (value - mean).powi(2)).sum();
        let prior = parameter_json(parameter);
        let mut all = Map::new();
        for key in ["path", "distribution", "low", "high", "unit"] {
            all.insert(key.to_owned(), prior[key].clone());
        }
        all.insert("before".to_owned(), found.before[index].as_str().into());
        all.insert("value".to_owned(), values[index].into());
        all.insert("mean".to_owned(), mean.into());
        all.insert("sd".to_owned(), variance.sqrt().into());
        quantiles(&mut all, &marginal);
        Value::Object(all)
    };
    let target = |(index, target): (usize, &Target)| {
        let mut all = Map::new();
        all.insert("scenario".to_owned(), found.scenarios[target.scenario].into());
        all.insert("outcome".to_owned(), target.outcome.as_str().into());
        all.insert("unit".to_owned(), target.unit.name().into());
        all.insert("value".to_owned(), target.value.into());
        all.insert("source".to_owned(), target.source.as_str().into());
        quantiles(&mut all, &found.posterior.predictive(index));
        Value::Object(all)
    };
    let generation = |generation: &Generation| {
        json!({
            "proposals": generation.proposals,
            "accepted": generation.accepted,
            "tolerance": generation.tolerance,
            "effective": generation.effective,
        })
    };
    json!({
        "scenarios": found.scenarios,
        "seed": found.seed,
        "replicates": found.replicates,
        "point": found.point.name(),
        "end": found.posterior.end.name(),
        "particles": found.posterior.particles.len(),
        "parameters": found.parameters.iter().enumerate().map(parameter).collect::<Vec<_>>(),
        "targets": found.targets.iter().enumerate().map(target).collect::<Vec<_>>(),
        "generations": found.posterior.generations.iter().map(generation).collect::<Vec<_>>(),
    })
}

fn quantiles(all: &mut Map<String, Value>, pairs: &[(f64, f64)]) {
    for (name, p) in [("q05", 0.05), ("q50", 0.5), ("q95", 0.95)] {
        all.insert(name.to_owned(), weighted(pairs, p).into());
    }
}

/// `posterior`: one row a sample with its weight and distance, a column a parameter, and one a target.
pub fn posterior<'a>(found: &Calibrated<'a>) -> Table<'a> {
    let particles = &found.posterior.particles;
    let double = |of: &dyn Fn(usize) -> f64| Cells::Double((0..particles.len()).map(of).collect());
    let column = |name: String, unit: &'static str, description: String, cells| Column {
        name: name.into(),
        unit: unit.into(),
        description: description.into(),
        cells,
    };
    let mut columns = vec![
        column(
            "weight".into(),
            "",
            "weight; all together weigh 1".into(),
            double(&|row| particles[row].weight),
        ),
        column(
            "distance".into(),
            "",
            "distance of the simulated targets from those on record, in units of their spread".into(),
            double(&|row| particles[row].distance),
        ),
    ];
    for (index, parameter) in found.parameters.iter().enumerate() {
        let values = double(&|row| particles[row].values[index]);
        let plain = column(parameter.path.clone(), "", "parameter".to_owned(), values);
        columns.push(Column { unit: parameter.unit.as_str().into(), ..plain });
    }
    for (index, target) in found.targets.iter().enumerate() {
        let id = format!("{}:{}", found.scenarios[target.scenario], target.outcome);
        let description = format!("simulated value; on record: {}", target.value);
        columns.push(column(
            id,
            target.unit.name(),
            description,
            double(&|row| particles[row].statistics[index]),
        ));
    }
    Table { name: "posterior", columns }
}

/// The table for people: the parameters before and after, and what the samples show of each target.
pub fn table(found: &Calibrated<'_>, width: usize, style: Style) -> String {
    let posterior = found.posterior;
    let simulated: u64 = posterior.generations.iter().map(|generation| generation.proposals).sum();
    let last = posterior.generations.last();
    let title = format!(
        "{}  {} samples of the posterior after {} generations, {} proposals simulated, seed {}",
        found.scenarios.join(", "),
        human::grouped(posterior.particles.len() as u64),
        posterior.generations.len(),
        human::grouped(simulated),
        found.seed
    );
    let values = found.values();
    let parameters: Vec<(String, Vec<String>)> = (found.parameters.iter().enumerate())
        .map(|(index, parameter)| {
            let text = |p| parameter.text(four_digits(found.quantile(index, p))).replace('-', "−");
            let cells = vec![
                range(parameter),
                found.before[index].replace('-', "−"),
                parameter.text(values[index]).replace('-', "−"),
                format!("{} … {}", text(0.05), text(0.95)),
            ];
            (parameter.path.clone(), cells)
        })
        .collect();
    let targets: Vec<(String, Vec<String>)> = (found.targets.iter().enumerate())
        .map(|(index, target)| {
            let pairs = posterior.predictive(index);
            let (low, middle, high) = (weighted(&pairs, 0.05), weighted(&pairs, 0.5), weighted(&pairs, 0.95));
            let cells = match target.unit {
                Unit::YesNo => {
                    let share: f64 = pairs.iter().map(|(value, weight)| value * weight).sum();
                    let truth = if target.value == 0.0 { "no" } else { "yes" };
                    vec![
                        truth.to_owned(),
                        format!("yes in {}", human::value(Unit::Share, share)),
                        String::new(),
                    ]
                }
                unit => vec![
                    human::value(unit, target.value),
                    human::value(unit, middle),
                    human::range(unit, low, high),
                ],
            };
            (target.outcome.clone(), cells)
        })
        .collect();
    let mut lines = vec![style.paint(Role::Heading, &title), String::new()];
    let value = format!("posterior {}", found.point.name());
    section(
        &mut lines,
        ("parameter", &["prior", "before", &value, "90 % interval"]),
        &parameters,
        width,
        style,
    );
    lines.push(String::new());
    section(&mut lines, ("target", &["recorded", "samples", "90 % of them"]), &targets, width, style);
    if let Some(last) = last {
        let text = format!(
            "\ntolerance {:.3} (in units of spread), {:.1} % of the last proposals accepted, {:.0} samples of equal weight would be worth as much",
            last.tolerance,
            100.0 * last.accepted as f64 / last.proposals as f64,
            last.effective
        );
        lines.push(style.paint(Role::Quiet, &text));
    }
    lines.iter().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn section(
    lines: &mut Vec<String>,
    (first, header): (&str, &[&str]),
    rows: &[(String, Vec<String>)],
    width: usize,
    style: Style,
) {
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            rows.iter().map(|(_, cells)| length(&cells[column])).fold(length(header[column]), usize::max)
        })
        .collect();
    let numbers = widths.iter().sum::<usize>() + GAP * widths.len();
    let widest = rows.iter().map(|(name, _)| length(name)).max().unwrap_or(0).min(LONGEST_NAME);
    let name_width = widest.min(width.saturating_sub(numbers).max(16)).max(length(first));
    let line = |name: &str, cells: &mut dyn Iterator<Item = &str>| {
        let start = pad_right(&shorten(name, name_width), name_width);
        cells
            .zip(&widths)
            .fold(start, |line, (cell, width)| line + &format!("{cell:>width$}", width = GAP + width))
    };
    lines.push(style.paint(Role::Quiet, &line(first, &mut header.iter().copied())));
    lines.extend(rows.iter().map(|(name, cells)| line(name, &mut cells.iter().map(String::as_str))));
}
