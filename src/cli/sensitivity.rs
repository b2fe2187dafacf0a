//! `sensitivity`: which parameters move the outcomes of a scenario.

use super::args::{Format, FormatArgs, ScenarioArgs, count, threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{BASELINE, Prepared, prepare, request, warn};
use super::progress::{Bar, Verbosity};
use super::run::{Begun, Making, Tables, manifest_of, misplaced, stopped};
use super::terminal;
use anyhow::anyhow;
use clap::ValueEnum;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use twiplomacy::experiment::parameters::{self, Parameter, ParameterError};
use twiplomacy::experiment::replicates::ReplicatesError;
use twiplomacy::experiment::sensitivity::{self, Method, Plan, Sensitivity, SensitivityError};
use twiplomacy::io::{self, Destination, Existing};
use twiplomacy::model::outcome::OutcomeSpec;
use twiplomacy::report::bundle::{self, BundleFile};
use twiplomacy::report::sensitivity::{self as report, Heading, Shown};
use twiplomacy::report::{json, plot};
use twiplomacy::scenario::Base;
use twiplomacy::stats::sensitivity::Coupling;
use twiplomacy::text::nearest;

/// Find the parameters that move the outcomes: Morris' screening, or Sobol' indices
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy sensitivity canada-saudi-2018
  twiplomacy sensitivity canada-saudi-2018 --vary dispositions.response --outcome dyad.SA-CA.peak_rung
  twiplomacy sensitivity tariff-thread-2019 --method sobol --vary 'dispositions.news_pricing.direct=10 %:30 %' \\
      --vary dispositions.sharing.infectiousness=0.0001:0.001:log --rows 256

Without `--vary` or `--parameters`, all dispositions that are assumed or fitted vary from half to twice their value, but for those of the \
network and of rules of sharing not in use. Morris' effects say cheaply which of many parameters matter; Sobol' indices say which share \
of the variance each is due to, alone and with its interactions. With two replicates or more, what is due to chance is set apart; \
with one on common random numbers, the indices are those of this one realisation. The folder holds sensitivity.json, the \
tables `points` and `indices`, plots, and what was simulated. Ctrl-C stops between two runs and writes nothing.")]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Parameter to vary: `PATH=LOW:HIGH`, `PATH=LOW:HIGH:log`, `PATH=normal(MEAN,SD,LOW,HIGH)`, or a `PATH` (of one or a table of
    /// them) alone for half to twice its value (repeatable)
    #[arg(long, value_name = "PATH[=RANGE]")]
    vary: Vec<String>,

    /// File with more of them, one a line (`#` begins a comment)
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,

    /// Outcome to analyse (repeatable; those that the scenario puts first if absent)
    #[arg(long = "outcome", value_name = "ID")]
    outcomes: Vec<String>,

    #[command(flatten)]
    design: DesignArgs,

    /// Seed of the network, all runs and the points
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    /// Folder to write; the first free one of `out/ID-sensitivity`, `out/ID-sensitivity-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the analysis in the folder if there is one
    #[arg(long)]
    overwrite: bool,

    /// File format of the tables
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    tables: Tables,

    #[command(flatten)]
    format: FormatArgs,

    /// Show all parameters in the table, not only those that matter most
    #[arg(long, conflicts_with = "json")]
    all: bool,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

/// Which points, and how many runs at each.
#[derive(Debug, clap::Args)]
struct DesignArgs {
    /// How parameters are judged
    #[arg(long, value_name = "METHOD", default_value = "morris")]
    method: MethodName,

    /// Trajectories of Morris' screening [default: 20]
    #[arg(long, value_name = "R", value_parser = |text: &str| count(text, &(2..=100_000)))]
    trajectories: Option<u64>,

    /// Values of each parameter in Morris' screening, an even number [default: 4]
    #[arg(long, value_name = "P", value_parser = |text: &str| count(text, &(2..=1000)))]
    levels: Option<u64>,

    /// Rows of points for Sobol' indices, a power of two [default: 128]
    #[arg(long, value_name = "N", value_parser = |text: &str| count(text, &(2..=1_048_576)))]
    rows: Option<u64>,

    /// Runs at each point
    #[arg(long, value_name = "R", default_value = "16", value_parser = |text: &str| count(text, &(1..=1_000_000)))]
    replicates: u64,

    /// Whether run k has the same random numbers at all points
    #[arg(long, value_name = "WHICH", default_value = "common")]
    random: Random,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MethodName {
    /// Elementary effects: R·(parameters + 1) points
    Morris,
    /// Indices of the first order and total ones: N·(parameters + 2) points
    Sobol,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Random {
    /// The same: what a parameter does stands out
    Common,
    /// Other ones at every point
    Independent,
}

impl DesignArgs {
    fn method(&self) -> Result<Method, Failed> {
        let belongs = |option: &str, method: &str| {
            Failed::usage(anyhow!(
                "`--{option}` belongs to `--method {method}`\n\nhint: leave it out, or choose that method"
            ))
        };
        match self.method {
            MethodName::Morris if self.rows.is_some() => Err(belongs("rows", "sobol")),
            MethodName::Sobol if self.trajectories.is_some() => Err(belongs("trajectories", "morris")),
            MethodName::Sobol if self.levels.is_some() => Err(belongs("levels", "morris")),
            MethodName::Morris => {
                let levels = self.levels.unwrap_or(4);
                if levels % 2 == 1 {
                    let hint = format!("such as {} or {}", levels - 1, levels + 1);
                    return Err(Failed::usage(anyhow!("`--levels {levels}` is not even\n\nhint: {hint}")));
                }
                let trajectories = self.trajectories.unwrap_or(20) as u32;
                Ok(Method::Morris { trajectories, levels: levels as u32 })
            }
            MethodName::Sobol => {
                let rows = self.rows.unwrap_or(128);
                if !rows.is_power_of_two() {
                    let above = rows.next_power_of_two();
                    let hint = format!("points fill the space evenly only then: {} or {above}", above / 2);
                    return Err(Failed::usage(anyhow!("`--rows {rows}` is no power of two\n\nhint: {hint}")));
                }
                Ok(Method::Sobol { rows: rows as u32 })
            }
        }
    }
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let method = args.design.method()?;
    let asked = request(&args.scenario)?;
    let prepared = prepare(&asked, args.seed)?;
    warn(&prepared, verbosity);
    let base = Base::read(&asked).map_err(Failed::usage)?;
    let varied = varied(args, &base)?;
    let outcomes = outcomes(&args.outcomes, &prepared)?;
    let plan = Plan {
        method,
        replicates: args.design.replicates,
        coupling: if args.design.random == Random::Common { Coupling::Common } else { Coupling::Independent },
        seed: args.seed,
        threads: working(args.threads),
    };
    sensitivity::check(&plan, varied.len()).map_err(Failed::usage)?;
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let id = format!("{}-sensitivity", prepared.id());
    let destination = Destination::choose(args.out.as_deref(), &id, existing).map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;

    let begun = Begun::now();
    let bar = Bar::new(method.n_points(varied.len()) * plan.replicates, verbosity);
    let layout = prepared.simulation.layout();
    let found = sensitivity::analyse(&base, varied, &plan, (layout, &outcomes), &bar, interrupt.flag());
    drop(bar);
    let (found, making) = (found.map_err(failed)?, begun.ended());
    let heading = Heading { scenario: prepared.id(), seed: args.seed };
    let files = files(args, &prepared, heading, &found, &plan, &making)?;
    if interrupt.flag().load(Ordering::Relaxed) {
        return Err(stopped(ReplicatesError::Stopped));
    }
    let folder = destination.write(&files).map_err(misplaced)?;
    match args.format.chosen() {
        Format::Json => terminal::print(json::to_bytes(&report::json(heading, &found)))?,
        Format::Table => {
            let shown = if args.all { Shown::All } else { Shown::Most };
            terminal::print(report::table(
                heading,
                &found,
                shown,
                terminal::width(),
                terminal::stdout_style(),
            ))?;
        }
    }
    if verbosity == Verbosity::Normal {
        tell(&found);
        terminal::remark(&format!("\nsensitivity: {}", folder.display()));
    }
    none_left(args, &found)
}

/// The parameters typed and listed, or all that are uncertain.
fn varied(args: &Args, base: &Base) -> Result<Vec<Parameter>, Failed> {
    let mut texts = args.vary.clone();
    if let Some(file) = &args.parameters {
        let listed = io::list(file).map_err(Failed::usage)?;
        if listed.is_empty() {
            return Err(Failed::usage(anyhow!(
                "`{}` names no parameter\n\nhint: one a line: {}",
                file.display(),
                parameters::FORM
            )));
        }
        texts.extend(listed);
    }
    let found: Result<Vec<Parameter>, ParameterError> = match texts.as_slice() {
        [] => parameters::uncertain(base),
        texts => parameters::parameters(texts, base),
    };
    found.map_err(Failed::usage)
}

/// Ids of the outcomes to analyse.
pub(super) fn outcomes(typed: &[String], prepared: &Prepared) -> Result<Vec<String>, Failed> {
    if typed.is_empty() {
        return Ok(prepared.named.highlighted.clone());
    }
    let all = &prepared.simulation.layout().outcomes;
    match typed.iter().find(|id| all.iter().all(|spec| spec.id != **id)) {
        None => Ok(typed.to_vec()),
        Some(unknown) => Err(unknown_outcome(unknown, prepared.id(), all)),
    }
}

pub(super) fn unknown_outcome(id: &str, scenario: &str, all: &[OutcomeSpec]) -> Failed {
    let hint = match nearest(id, all.iter().map(|spec| spec.id.as_str())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`twiplomacy describe {scenario} --outcomes` lists them"),
    };
    Failed::usage(anyhow!("`{id}` is not the id of an outcome of `{scenario}`\n\nhint: {hint}"))
}

/// What was typed is wrong where the parameters make no scenario; all else went wrong on the way.
fn failed(error: SensitivityError) -> Failed {
    match error {
        SensitivityError::Replicates(error) => stopped(error),
        SensitivityError::Run { .. } => Failed::running(error),
        _ => Failed::usage(error),
    }
}

fn files(
    args: &Args,
    prepared: &Prepared,
    heading: Heading<'_>,
    found: &Sensitivity,
    plan: &Plan,
    making: &Making,
) -> Result<Vec<BundleFile>, Failed> {
    let mut files = vec![
        BundleFile::new(bundle::SCENARIO, prepared.scenario.scenario_text.as_str()),
        BundleFile::new(bundle::WORLD, prepared.scenario.world_text.as_str()),
        BundleFile::new(bundle::SENSITIVITY, json::to_bytes(&report::json(heading, found))),
    ];
    for table in [report::points(found), report::indices(found)] {
        bundle::push_table(&mut files, &table, args.tables.format()).map_err(Failed::running)?;
    }
    let title = &prepared.scenario.file.scenario.title;
    for plot in plot::sensitivity_plots(title, found).map_err(Failed::running)? {
        files.extend(bundle::plot_files(plot));
    }
    let arm = prepared.scenario.arm.as_deref().unwrap_or(BASELINE);
    let runs = found.points.len() as u64 * plan.replicates;
    let manifest = manifest_of(prepared, arm, (plan.seed, runs, plan.threads), making);
    files.push(BundleFile::new(bundle::MANIFEST, manifest.to_bytes()));
    Ok(files)
}

/// Says what could not be analysed.
fn tell(found: &Sensitivity) {
    let runs = found.points.len() as u64 * found.replicates;
    for (id, exist) in &found.incomplete {
        terminal::remark(&format!(
            "\nwarning: `{id}` is left out: it exists in {exist} of {runs} runs only, and what is missing can't be analysed"
        ));
    }
}

/// Fails if an outcome that was asked for could not be analysed.
fn none_left(args: &Args, found: &Sensitivity) -> Result<(), Failed> {
    match found.incomplete.iter().find(|(id, _)| args.outcomes.contains(id)) {
        None => Ok(()),
        Some((id, _)) => Err(Failed::running(anyhow!(
            "`{id}` does not exist in every run, so it can't be analysed\n\nhint: choose an outcome that always exists, such as whether it happened"
        ))),
    }
}
