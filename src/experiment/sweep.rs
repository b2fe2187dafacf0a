//! Sweeps: which points of the space of parameters are run, how often, and in which parts the results are written.

use super::design::{self, Design, DesignError};
use super::points::{Block, BlockResult, Space, blocks_of};
use super::replicates::{Progress, ReplicatesError};
use crate::model::outcome::{Layout, StopReason};
use crate::scenario::plan_file::{DesignKind, Range, Spacing, Varied, Vary, quoted_path};
use crate::scenario::{Base, Failure};
use crate::text::{Kind, Place, Problem, Value, inline};
use std::ops;
use std::sync::atomic::AtomicBool;

/// Points at the most.
pub const MOST_POINTS: u64 = 1_000_000;
/// Rows of a part at about: few enough to lose little when the program is killed, enough for a file of its own.
const ROWS_PER_PART: u64 = 250;
/// Runs of one point in one part at the most.
const RUNS_PER_PART: u64 = 1000;
/// Runs that one thread makes at a time.
const RUNS_PER_BLOCK: u64 = 100;
/// Values of a list that are tried one by one before anything is run.
const MOST_TRIED: usize = 20;

/// A parameter that is varied, with the values it can take.
#[derive(Debug, Clone, PartialEq)]
pub struct Dimension {
    /// Path of the parameter.
    pub path: String,
    /// Unit of its numbers as the files write it, such as `min` or `%`; empty for plain numbers and words.
    pub unit: String,
    /// What it is, in a sentence; empty if that is not known.
    pub description: String,
    /// How it is varied.
    pub spread: Spread,
}

/// How a parameter is varied.
#[derive(Debug, Clone, PartialEq)]
pub enum Spread {
    /// These values.
    List(Vec<Value>),
    /// Numbers between two ends.
    Between {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
        /// How they are spread.
        spacing: Spacing,
        /// Which numbers the parameter takes.
        numbers: Numbers,
    },
}

/// Which numbers a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Whole ones.
    Whole,
    /// All.
    Real,
}

/// A sweep as it is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// The parameters.
    pub dimensions: Vec<Dimension>,
    /// How points are chosen.
    pub design: DesignKind,
    /// Runs at each point.
    pub runs: u64,
    /// Seed of networks, runs and points.
    pub seed: u64,
    /// For each point the value of every parameter.
    pub points: Vec<Vec<Value>>,
}

/// Why there is no such sweep.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// What is varied, or how, is wrong. Not transparent: the places are told by the failure, which a caller finds as the source.
    #[error("what is varied, or how, is wrong")]
    Vary(#[from] Failure),
    /// There are no such points.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// There are too many points.
    #[error("{points} points are more than the {MOST_POINTS} that a sweep can have")]
    TooManyPoints {
        /// How many there would be.
        points: u128,
    },
    /// A design needs to know how many points.
    #[error(
        "the design `{design}` needs a number of points\n\nhint: add `--points 64`, or `points = 64` to the plan"
    )]
    NoPoints {
        /// The design.
        design: &'static str,
    },
    /// A grid has as many points as its values make.
    #[error(
        "a grid has as many points as the values of its parameters make: {points} more can't be asked for\n\nhint: leave `points` out, or choose the design `sobol` or `latin-hypercube`"
    )]
    PointsOfGrid {
        /// How many were asked for.
        points: u64,
    },
}

/// What is asked for beside the parameters.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// How points are chosen.
    pub design: DesignKind,
    /// Number of points, where the design leaves it open.
    pub points: Option<u64>,
    /// Runs at each point.
    pub runs: u64,
    /// Seed.
    pub seed: u64,
}

impl Sweep {
    /// The sweep that varies `varied` over the scenario of `base`, whose sources hold what it was asked for by.
    ///
    /// Every path is looked up, and ends of ranges and values of lists are tried one by one, so that what can be known to be wrong is
    /// told before anything is run.
    ///
    /// # Errors
    /// Where a path or a value is wrong by itself, or there are no such points.
    pub fn new(base: &Base, varied: &[Varied], asked: Asked) -> Result<Self, SweepError> {
        let dimensions = varied
            .iter()
            .map(|varied| dimension(base, varied, asked.design))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some((one, two)) = twice(varied) {
            let problem = Problem::new(
                varied[two].place,
                varied[two].path.as_str(),
                format!("`{}` is varied twice", varied[one].path),
            );
            return Err(base.refuse(problem).into());
        }
        let points = match (asked.design, asked.points) {
            (DesignKind::Grid, Some(points)) => return Err(SweepError::PointsOfGrid { points }),
            (DesignKind::Grid, None) => grid(&dimensions)?,
            (design, None) => return Err(SweepError::NoPoints { design: design.name() }),
            (design, Some(n)) => sampled(&dimensions, design, n, asked.seed)?,
        };
        Ok(Self { dimensions, design: asked.design, runs: asked.runs, seed: asked.seed, points })
    }

    /// For each point the values laid over the scenario, as `PATH=VALUE`.
    pub fn settings(&self) -> Vec<Vec<String>> {
        let setting =
            |(dimension, value): (&Dimension, &Value)| format!("{}={}", dimension.path, inline(value));
        self.points.iter().map(|point| self.dimensions.iter().zip(point).map(setting).collect()).collect()
    }

    /// The parts in which results are written: each holds some points, or some runs of one.
    pub fn parts(&self) -> Vec<Part> {
        let n_points = self.points.len();
        let mut parts = Vec::new();
        if self.runs > RUNS_PER_PART {
            for point in 0..n_points {
                let blocks = blocks_of(point, 0..self.runs, RUNS_PER_PART);
                parts.extend(blocks.map(|block| Part { points: point..point + 1, runs: block.runs }));
            }
        } else {
            let together = (ROWS_PER_PART / self.runs.max(1)).max(1) as usize;
            for first in (0..n_points).step_by(together) {
                parts.push(Part { points: first..(first + together).min(n_points), runs: 0..self.runs });
            }
        }
        parts
    }

    /// The plan as a file that, read again with the scenario beside it, gives this sweep.
    pub fn to_toml(&self, scenario: &str, world: &str) -> String {
        use std::fmt::Write as _;
        let mut text = format!("format = 1\n\n[sweep]\nscenario = \"{scenario}\"\nworld = \"{world}\"\n");
        let _ = writeln!(text, "design = \"{}\"", self.design.name());
        if self.design != DesignKind::Grid {
            let _ = writeln!(text, "points = {}", self.points.len());
        }
        let _ = writeln!(text, "runs = {}\nseed = {}\n\n[vary]", self.runs, self.seed);
        for dimension in &self.dimensions {
            let values = match &dimension.spread {
                Spread::List(values) => {
                    format!("[{}]", values.iter().map(inline).collect::<Vec<_>>().join(", "))
                }
                Spread::Between { low, high, spacing, numbers } => {
                    let end = |end: f64| inline(&written(end, *numbers, &dimension.unit));
                    format!(
                        "{{ low = {}, high = {}, scale = \"{}\" }}",
                        end(*low),
                        end(*high),
                        spacing.name()
                    )
                }
            };
            let _ = writeln!(text, "{} = {values}", quoted_path(&dimension.path));
        }
        text
    }
}

/// Some rows of a sweep: runs of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The points.
    pub points: ops::Range<usize>,
    /// The runs of each.
    pub runs: ops::Range<u64>,
}

impl Part {
    /// Number of rows.
    pub fn n_rows(&self) -> u64 {
        self.points.len() as u64 * (self.runs.end - self.runs.start)
    }

    /// The pieces of work that make its rows, in their order.
    pub fn blocks(&self) -> Vec<Block> {
        self.points.clone().flat_map(|point| blocks_of(point, self.runs.clone(), RUNS_PER_BLOCK)).collect()
    }
}

/// One run of a point, as a table holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Index of the point.
    pub point: usize,
    /// Index of the run.
    pub run: u64,
    /// What came of it.
    pub result: RowResult,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq)]
pub enum RowResult {
    /// It ran.
    Ran {
        /// Why it ended.
        stop: StopReason,
        /// Events handled.
        events: u64,
        /// Its outcomes, in the order of the layout of the sweep.
        scalars: Vec<f64>,
    },
    /// There is no result, and why.
    Failed(String),
}

/// What a sweep has found out about outcomes that its tables have no columns for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Ids of outcomes that exist at some point, but not in the scenario as it stands.
    pub outcomes: Vec<String>,
}

/// Simulates `parts` on `threads` threads and gives the rows of each to `sink` on the calling thread, in order, when all of them are there.
/// Outcomes are those of `layout`; what a point lacks of them is missing.
///
/// # Errors
///
/// Where threads can't be started, `stop` was set before all was done, or `sink` failed.
pub fn simulate_parts<E: From<ReplicatesError>>(
    space: &Space<'_>,
    parts: &[Part],
    layout: &Layout,
    (threads, progress, stop): (usize, &dyn Progress, &AtomicBool),
    mut sink: impl FnMut(&Part, Vec<Row>) -> Result<(), E>,
) -> Result<LeftOut, E> {
    let blocks: Vec<Block> = parts.iter().flat_map(Part::blocks).collect();
    let mut left_out = LeftOut::default();
    let mut parts = parts.iter();
    let mut rows = Vec::new();
    let mut part = parts.next();
    space.simulate::<E>(&blocks, threads, progress, stop, |block, result| {
        push_rows(&mut rows, block, result, layout, &mut left_out);
        if let Some(full) = part.filter(|part| rows.len() as u64 == part.n_rows()) {
            sink(full, std::mem::take(&mut rows))?;
            part = parts.next();
        }
        Ok(())
    })?;
    left_out.outcomes.sort_unstable();
    Ok(left_out)
}

fn push_rows(
    rows: &mut Vec<Row>,
    block: &Block,
    result: BlockResult,
    layout: &Layout,
    left_out: &mut LeftOut,
) {
    let point = block.point;
    match result {
        BlockResult::Failed(error) => {
            let error = error.brief();
            let failed = |run| Row { point, run, result: RowResult::Failed(error.clone()) };
            rows.extend(block.runs.clone().map(failed));
        }
        BlockResult::Runs { layout: own, runs } => {
            let columns = columns(layout, &own, left_out);
            rows.extend(runs.into_iter().map(|run| match run {
                Err((run, error)) => Row { point, run, result: RowResult::Failed(error) },
                Ok(outcome) => {
                    let scalars = match &columns {
                        None => outcome.scalars,
                        Some(columns) => columns
                            .iter()
                            .map(|column| column.map_or(f64::NAN, |index| outcome.scalars[index]))
                            .collect(),
                    };
                    let (stop, events) = (outcome.stop, outcome.events);
                    Row { point, run: outcome.run, result: RowResult::Ran { stop, events, scalars } }
                }
            }));
        }
    }
}

/// For each outcome of `layout` its index among those of a point; `None` where both have the same.
fn columns(layout: &Layout, own: &Layout, left_out: &mut LeftOut) -> Option<Vec<Option<usize>>> {
    if own.outcomes == layout.outcomes {
        return None;
    }
    for spec in &own.outcomes {
        if layout.outcomes.iter().all(|known| known.id != spec.id) && !left_out.outcomes.contains(&spec.id) {
            left_out.outcomes.push(spec.id.clone());
        }
    }
    let of = |id: &str| own.outcomes.iter().position(|spec| spec.id == id);
    Some(layout.outcomes.iter().map(|spec| of(&spec.id)).collect())
}

/// The `index`-th (from 0) of `count` shares of `n` things that cost the same, in one piece: shares are as equal as they can be.
pub fn share(n: u64, index: u64, count: u64) -> ops::Range<u64> {
    let at = |index: u64| (u128::from(n) * u128::from(index) / u128::from(count.max(1))) as u64;
    at(index)..at(index + 1)
}

/// The `index`-th (from 0) of `count` shares of `n` things, dealt out in turn. Neighbours in a sweep cost about the same and its ends do not, so
/// that in one piece the dearest share could take twice the time of the cheapest, and all would wait for it.
pub fn dealt(n: u64, index: u64, count: u64) -> impl Iterator<Item = u64> {
    (index..n).step_by(usize::try_from(count.max(1)).unwrap_or(usize::MAX))
}

fn twice(varied: &[Varied]) -> Option<(usize, usize)> {
    let same =
        |two: usize| varied[..two].iter().position(|one| one.path == varied[two].path).map(|one| (one, two));
    (1..varied.len()).find_map(same)
}

/// Looks up what is varied, and tries its values.
fn dimension(base: &Base, varied: &Varied, design: DesignKind) -> Result<Dimension, SweepError> {
    let Varied { path, place, vary } = varied;
    let try_value = |value: &Value| base.with_value(path, *place, value.clone());
    let known = match vary {
        Vary::List(values) => {
            let tried: Vec<&Value> = if values.len() > MOST_TRIED {
                vec![&values[0], &values[values.len() - 1]]
            } else {
                values.iter().collect()
            };
            let mut scenarios = tried.into_iter().map(try_value);
            let first = scenarios.next().transpose()?;
            scenarios.try_for_each(|tried| tried.map(drop))?;
            let unit = common_unit(values);
            (first, unit, Spread::List(values.clone()))
        }
        Vary::Range(range) => {
            let ends = Ends::of(base, varied, range, design)?;
            let low = try_value(&range.low)?;
            try_value(&range.high)?;
            let spread = match design {
                DesignKind::Grid => Spread::List(ends.values(base, varied, range)),
                DesignKind::LatinHypercube | DesignKind::Sobol => Spread::Between {
                    low: ends.low,
                    high: ends.high,
                    spacing: range.scale,
                    numbers: ends.numbers(base, varied),
                },
            };
            (Some(low), ends.unit, spread)
        }
    };
    let (scenario, unit, spread) = known;
    let note = scenario.as_ref().and_then(|scenario| {
        scenario.parameters.iter().find(|note| note.path == *path || note.path.replace('"', "") == *path)
    });
    let description =
        note.map_or_else(String::new, |note| note.doc.split_whitespace().collect::<Vec<_>>().join(" "));
    Ok(Dimension { path: path.clone(), unit, description, spread })
}

/// The ends of a range as numbers.
struct Ends {
    low: f64,
    high: f64,
    unit: String,
    /// Whether both are written as whole numbers.
    are_whole: bool,
}

impl Ends {
    fn of(base: &Base, varied: &Varied, range: &Range, design: DesignKind) -> Result<Self, SweepError> {
        let refuse = |place: Place, message: String, allowed: &str| {
            SweepError::from(base.refuse(Problem::new(place, varied.path.as_str(), message).allowed(allowed)))
        };
        let number = |value: &Value| {
            quantity(value).ok_or_else(|| {
                let message = format!("`{}` is no end of a range", inline(value));
                refuse(
                    value.place,
                    message,
                    "a number, or a number with its unit; other values are varied as a list",
                )
            })
        };
        let ((low, low_unit), (high, high_unit)) = (number(&range.low)?, number(&range.high)?);
        if low_unit != high_unit {
            let message = format!("the ends of the range are in `{low_unit}` and in `{high_unit}`");
            return Err(refuse(range.high.place, message, "both ends in the same unit"));
        }
        if low >= high {
            let message =
                format!("the range from `{}` to `{}` is empty", inline(&range.low), inline(&range.high));
            return Err(refuse(range.high.place, message, "a lower end below the upper one"));
        }
        if range.scale == Spacing::Log && low <= 0.0 {
            return Err(refuse(
                range.low.place,
                "a logarithmic range can't begin at or below 0".into(),
                "a positive lower end",
            ));
        }
        match (design, &range.n) {
            (DesignKind::Grid, None) => {
                let message = "a grid needs the number of values of a range".to_owned();
                return Err(refuse(varied.place, message, "`low:high:n`, or `n` in the plan"));
            }
            (DesignKind::Grid, Some(n)) if !(2..=MOST_POINTS).contains(&**n) => {
                let place = if n.place() == Place::NOWHERE { range.high.place } else { n.place() };
                return Err(refuse(place, format!("a range can't have {} values", **n), "at least 2 values"));
            }
            (DesignKind::LatinHypercube | DesignKind::Sobol, Some(_)) => {
                let message = format!(
                    "the number of values of a range is for a grid, the design is `{}`",
                    design.name()
                );
                return Err(refuse(
                    varied.place,
                    message,
                    "`low:high`, and the number of points once for all parameters",
                ));
            }
            _ => {}
        }
        let is_whole = |value: &Value| matches!(value.kind, Kind::Integer(_));
        Ok(Self { low, high, unit: low_unit, are_whole: is_whole(&range.low) && is_whole(&range.high) })
    }

    /// Whole numbers if the ends are, and the parameter takes no others.
    fn numbers(&self, base: &Base, varied: &Varied) -> Numbers {
        let between = Value::unplaced(Kind::Float(self.low.midpoint(self.high).floor() + 0.5));
        let takes_real = || base.with_value(&varied.path, varied.place, between).is_ok();
        if self.are_whole && !takes_real() { Numbers::Whole } else { Numbers::Real }
    }

    /// The values of a grid.
    fn values(&self, base: &Base, varied: &Varied, range: &Range) -> Vec<Value> {
        let n = range.n.as_ref().map_or(2, |n| **n);
        let at = |index: u64| between(self.low, self.high, range.scale, index as f64 / (n - 1) as f64);
        let numbers: Vec<f64> = (0..n).map(at).collect();
        let kind = if self.are_whole && numbers.iter().all(|number| number.fract() == 0.0) {
            Numbers::Whole
        } else {
            self.numbers(base, varied)
        };
        let mut values: Vec<Value> =
            numbers.iter().map(|&number| written(number, kind, &self.unit)).collect();
        // Whole numbers may fall together.
        values.dedup();
        values
    }
}

/// The number at `share` (0 to 1) of a range, rounded to twelve digits, which is what people would write.
fn between(low: f64, high: f64, spacing: Spacing, share: f64) -> f64 {
    let exact = match spacing {
        Spacing::Linear => low + (high - low) * share,
        Spacing::Log => low * libm::pow(high / low, share),
    };
    let rounded: f64 = format!("{exact:.11e}").parse().unwrap_or(exact);
    rounded.clamp(low, high)
}

/// A number as a value of a file.
fn written(number: f64, numbers: Numbers, unit: &str) -> Value {
    let kind = match numbers {
        _ if !unit.is_empty() => Kind::String(format!("{number} {unit}")),
        Numbers::Whole => Kind::Integer(number.round() as i64),
        Numbers::Real => Kind::Float(number),
    };
    Value::unplaced(kind)
}

/// A value as number and unit; none for words, lists and times.
pub fn quantity(value: &Value) -> Option<(f64, String)> {
    match &value.kind {
        Kind::Integer(number) => Some((*number as f64, String::new())),
        Kind::Float(number) => Some((*number, String::new())),
        Kind::String(text) => {
            let text = text.trim();
            let end = text.find(|c: char| !(c.is_ascii_digit() || "+-._".contains(c))).unwrap_or(text.len());
            let number =
                text[..end].replace('_', "").parse::<f64>().ok().filter(|number| number.is_finite())?;
            let unit = text[end..].trim();
            (!unit.is_empty()).then(|| (number, unit.to_owned()))
        }
        _ => None,
    }
}

/// The unit that all values have, if they are all numbers in the same one.
fn common_unit(values: &[Value]) -> String {
    let units: Option<Vec<String>> =
        values.iter().map(|value| quantity(value).map(|(_, unit)| unit)).collect();
    match units {
        Some(units) if units.windows(2).all(|pair| pair[0] == pair[1]) => {
            units.into_iter().next().unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Every combination of the values, the last parameter fastest.
fn grid(dimensions: &[Dimension]) -> Result<Vec<Vec<Value>>, SweepError> {
    let lists: Vec<&[Value]> = dimensions
        .iter()
        .map(|dimension| match &dimension.spread {
            Spread::List(values) => values.as_slice(),
            Spread::Between { .. } => &[],
        })
        .collect();
    let n: u128 = lists.iter().map(|list| list.len() as u128).product();
    if n > u128::from(MOST_POINTS) {
        return Err(SweepError::TooManyPoints { points: n });
    }
    let mut points: Vec<Vec<Value>> = vec![Vec::new()];
    for list in lists {
        let longer = points.iter().flat_map(|point| {
            list.iter().map(move |value| point.iter().cloned().chain([value.clone()]).collect())
        });
        points = longer.collect();
    }
    Ok(points)
}

/// Points of a design; of a list each value is taken by an equal share.
fn sampled(
    dimensions: &[Dimension],
    kind: DesignKind,
    n: u64,
    seed: u64,
) -> Result<Vec<Vec<Value>>, SweepError> {
    if n > MOST_POINTS {
        return Err(SweepError::TooManyPoints { points: u128::from(n) });
    }
    let design = if kind == DesignKind::Sobol { Design::Sobol } else { Design::LatinHypercube };
    let cube = design::points(design, n, dimensions.len(), seed)?;
    let value = |(dimension, &share): (&Dimension, &f64)| match &dimension.spread {
        Spread::List(values) => {
            values[((share * values.len() as f64) as usize).min(values.len() - 1)].clone()
        }
        &Spread::Between { low, high, spacing, numbers: Numbers::Real } => {
            written(between(low, high, spacing, share), Numbers::Real, &dimension.unit)
        }
        &Spread::Between { low, high, spacing, numbers: Numbers::Whole } => {
            // Both ends are as likely as the numbers between them.
            let number = between(low - 0.5, high + 0.5, spacing, share).round().clamp(low, high);
            written(number, Numbers::Whole, &dimension.unit)
        }
    };
    Ok(cube.iter().map(|point| dimensions.iter().zip(point).map(value).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::plan_file::read_option;
    use crate::scenario::{Request, Source, bundled};

    fn base() -> Base {
        let text = bundled::scenario("canada-saudi-2018").unwrap().text;
        let mut request = Request::new(Source::new("canada-saudi-2018", text));
        request.set.push("network.accounts=20000".to_owned());
        Base::read(&request).unwrap()
    }

    const GRID: Asked = Asked { design: DesignKind::Grid, points: None, runs: 10, seed: 1 };

    fn sweep(options: &[&str], asked: Asked) -> Result<Sweep, String> {
        let mut base = base();
        let varied: Vec<Varied> = options
            .iter()
            .map(|option| {
                let source = base.source("--vary", option);
                read_option(base.sources(), source).unwrap()
            })
            .collect();
        Sweep::new(&base, &varied, asked).map_err(|error| match error {
            SweepError::Vary(failure) => failure.to_string(),
            other => other.to_string(),
        })
    }

    fn settings(options: &[&str], asked: Asked) -> Vec<String> {
        sweep(options, asked).unwrap().settings().into_iter().map(|point| point.join(" ")).collect()
    }

    #[test]
    fn a_grid_has_every_combination_the_last_parameter_fastest() {
        let found = settings(&["network.accounts=[20000,30000]", "dispositions.response.base=-4:-2:3"], GRID);
        let base = |value: &str| format!("dispositions.response.base={value}");
        let expected: Vec<String> = ["20000", "30000"]
            .iter()
            .flat_map(|n| ["-4", "-3", "-2"].map(|value| format!("network.accounts={n} {}", base(value))))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn whole_numbers_stay_whole_and_units_stay() {
        assert_eq!(
            settings(&["network.accounts=20000:40001:3"], GRID),
            ["network.accounts=20000", "network.accounts=30001", "network.accounts=40001"]
        );
        assert_eq!(
            settings(&["scenario.horizon=86 days:90 days:3"], GRID),
            ["scenario.horizon=\"86 days\"", "scenario.horizon=\"88 days\"", "scenario.horizon=\"90 days\""]
        );
        assert_eq!(
            settings(&["dispositions.response.base=-4:-3:3"], GRID)[1],
            "dispositions.response.base=-3.5"
        );
        let log = settings(&["network.accounts=20000:80000:3:log"], GRID);
        assert_eq!(log[1], "network.accounts=40000");
    }

    #[test]
    fn words_and_truths_are_values_like_others() {
        let found = settings(
            &["dispositions.diffusion.rule=[full,ic]", "events.messages.arabic-tweet.hijacked=[true,false]"],
            GRID,
        );
        assert_eq!(
            found[0],
            "dispositions.diffusion.rule=\"full\" events.messages.arabic-tweet.hijacked=true"
        );
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn sampled_designs_fill_their_ranges_and_share_points_with_the_same_seed() {
        for design in [DesignKind::Sobol, DesignKind::LatinHypercube] {
            let asked = Asked { design, points: Some(64), runs: 10, seed: 3 };
            let options = [
                "network.accounts=20000:20003",
                "dispositions.response.base=-4:-2",
                "dispositions.diffusion.rule=[full,ic]",
            ];
            let found = sweep(&options, asked).unwrap();
            assert_eq!(found.points.len(), 64);
            let counts = |index: usize, value: &str| {
                found.points.iter().filter(|point| inline(&point[index]) == value).count()
            };
            for accounts in ["20000", "20001", "20002", "20003"] {
                assert_eq!(counts(0, accounts), 16, "{design:?} {accounts}");
            }
            assert_eq!(counts(2, "\"full\""), 32, "{design:?}");
            assert!(found.points.iter().all(|point| (-4.0..=-2.0).contains(&quantity(&point[1]).unwrap().0)));
            assert_eq!(found, sweep(&options, asked).unwrap());
            assert_ne!(found.points, sweep(&options, Asked { seed: 4, ..asked }).unwrap().points);
        }
    }

    #[test]
    fn what_is_wrong_by_itself_is_told_before_anything_is_run() {
        let sobol = Asked { design: DesignKind::Sobol, points: Some(8), ..GRID };
        for (option, asked, expected) in [
            ("network.acounts=[1,2]", GRID, "did you mean `accounts`?"),
            ("netwrk.accounts=[1,2]", GRID, "did you mean `network`?"),
            ("network.accounts=[20000,many]", GRID, "`accounts` can't be `\"many\"`"),
            ("dispositions.response.base=-2:-4:3", GRID, "is empty"),
            ("dispositions.response.base=-4:-2:3:log", GRID, "can't begin at or below 0"),
            ("scenario.horizon=80 days:90 h:3", GRID, "are in `days` and in `h`"),
            ("network.accounts=20000:30000", GRID, "needs the number of values"),
            ("network.accounts=20000:30000:1", GRID, "at least 2 values"),
            ("dispositions.diffusion.rule=full:ic:2", GRID, "is no end of a range"),
            ("network.accounts=20000:30000:3", sobol, "is for a grid"),
        ] {
            let told = sweep(&[option], asked).unwrap_err();
            assert!(told.contains(expected) && told.contains("--> --vary:1:"), "{option}: {told}");
        }
        let twice = ["network.accounts=[20000,30000]", "network.accounts=[20000,30000]"];
        assert!(sweep(&twice, GRID).unwrap_err().contains("is varied twice"));
        let no_points =
            sweep(&["network.accounts=20000:30000"], Asked { points: None, ..sobol }).unwrap_err();
        assert!(no_points.contains("hint: add `--points 64`"), "{no_points}");
        let points =
            sweep(&["network.accounts=[20000,30000]"], Asked { points: Some(3), ..GRID }).unwrap_err();
        assert!(points.contains("as many points as"), "{points}");
    }

    #[test]
    fn parts_hold_every_row_once_in_order() {
        let list: Vec<String> = (0..7).map(|n| (20_000 + n).to_string()).collect();
        let option = format!("network.accounts=[{}]", list.join(","));
        for runs in [1, 40, 200, 1000, 2500] {
            let sweep = sweep(&[&option], Asked { runs, ..GRID }).unwrap();
            let parts = sweep.parts();
            assert!(parts.iter().all(|part| (1..=1000).contains(&part.n_rows())), "{runs}");
            let rows: Vec<(usize, u64)> = parts
                .iter()
                .flat_map(Part::blocks)
                .flat_map(|block| block.runs.map(move |run| (block.point, run)))
                .collect();
            let expected: Vec<_> = (0..7).flat_map(|point| (0..runs).map(move |run| (point, run))).collect();
            assert_eq!(rows, expected, "{runs}");
        }
    }

    #[test]
    fn shares_are_equal_and_leave_nothing_out() {
        for (n, count) in [(10, 3), (2, 7), (50, 7), (0, 2)] {
            let shares: Vec<_> = (0..count).map(|index| share(n, index, count)).collect();
            assert!(shares.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert_eq!((shares[0].start, shares[shares.len() - 1].end), (0, n));
            let sizes = shares.iter().map(|share| share.end - share.start);
            assert!(sizes.clone().max().unwrap() - sizes.min().unwrap() <= 1);
        }
    }

    #[test]
    fn things_dealt_out_are_all_there_once_and_neighbours_apart() {
        for (n, count) in [(10, 3), (2, 7), (50, 7), (0, 2)] {
            let hands: Vec<Vec<u64>> = (0..count).map(|index| dealt(n, index, count).collect()).collect();
            let (least, most) = (n / count, n.div_ceil(count));
            assert!(hands.iter().all(|hand| (least..=most).contains(&(hand.len() as u64))), "{hands:?}");
            assert!(
                hands.iter().all(|hand| hand.windows(2).all(|two| two[1] - two[0] == count)),
                "{hands:?}"
            );
            let mut all = hands.concat();
            all.sort_unstable();
            assert_eq!(all, (0..n).collect::<Vec<_>>());
        }
    }
}
