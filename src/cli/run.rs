//! `run`: many runs of one scenario, a table and a bundle.

use super::args::{Format, FormatArgs, ScenarioArgs, cores, runs, threads};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{BASELINE, Prepared, prepare, request};
use super::progress::{Bar, Verbosity};
use super::{COMMIT, terminal};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;
use twiplomacy::experiment::replicates::{ReplicatesError, replicates};
use twiplomacy::experiment::summary::{OutcomeSummary, Summary};
use twiplomacy::io::{Destination, DestinationError, Existing};
use twiplomacy::model::outcome::{Outcome, StopReason};
use twiplomacy::report::bundle::{self, BundleFile, Ensemble, TableFormat};
use twiplomacy::report::human::grouped;
use twiplomacy::report::manifest::{Input, Machine, Manifest, Program};
use twiplomacy::report::text::outcome_table;
use twiplomacy::simulation::EVENT_BUDGET;
use twiplomacy::simulation::named::Named;

/// Simulate a scenario many times; print its outcomes and write a bundle
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy run canada-saudi-2018
  twiplomacy run canada-saudi-2018 --arm english-french-only --runs 10000
  twiplomacy run mine.toml --set network.accounts=50000 --tables csv --out results/small

The bundle is a folder: manifest.json, scenario.toml and world.toml (exactly what was simulated), summary.json, \
tables (runs, acts, series) and plots. The same scenario, world, seed and runs give the same bytes in all files but the \
manifest, whatever the threads. Ctrl-C stops between two runs, writes nothing and ends with status 1.")]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Number of runs
    #[arg(long, value_name = "N", default_value = "2000", value_parser = runs)]
    runs: u64,

    /// Seed of the network and of all runs
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    /// Folder of the bundle; the first free one of `out/ID`, `out/ID-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the bundle in the folder if there is one
    #[arg(long)]
    overwrite: bool,

    /// File format of the tables
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    tables: Tables,

    #[command(flatten)]
    format: FormatArgs,

    /// Show all outcomes in the table, not only those that the scenario puts first
    #[arg(long, conflicts_with = "json")]
    all: bool,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Tables {
    /// Parquet files
    Parquet,
    /// CSV files
    Csv,
    /// Each table as both
    Both,
}

impl Tables {
    pub(super) const fn format(self) -> TableFormat {
        match self {
            Self::Parquet => TableFormat::Parquet,
            Self::Csv => TableFormat::Csv,
            Self::Both => TableFormat::Both,
        }
    }
}

/// Outcomes in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Those that the scenario puts first, if it names any.
    Highlighted,
    /// All.
    All,
}

/// What was typed, as it is used.
#[derive(Debug)]
struct Plan {
    seed: u64,
    runs: u64,
    threads: usize,
    tables: TableFormat,
    format: Format,
    rows: Rows,
    verbosity: Verbosity,
}

impl Plan {
    fn of(args: &Args) -> Self {
        Self {
            seed: args.seed,
            runs: args.runs,
            threads: args.threads.unwrap_or_else(cores),
            tables: args.tables.format(),
            format: args.format.chosen(),
            rows: if args.all { Rows::All } else { Rows::Highlighted },
            verbosity: if args.quiet { Verbosity::Quiet } else { Verbosity::Normal },
        }
    }
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let plan = Plan::of(args);
    let prepared = prepare(&request(&args.scenario)?, plan.seed)?;
    prepared.warn(plan.verbosity);
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination = Destination::choose(args.out.as_deref(), prepared.id(), existing).map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;

    let (outcomes, making) = simulate(&plan, &prepared, &interrupt)?;
    let ensemble = Ensemble::of(&prepared.scenario, &prepared.simulation, &prepared.named, &outcomes);
    let mut files = ensemble.files(plan.tables).map_err(Failed::running)?;
    files.push(BundleFile::new(bundle::MANIFEST, manifest(&plan, &prepared, &making).to_bytes()));
    if interrupt.flag().load(Ordering::Relaxed) {
        return Err(stopped(ReplicatesError::Stopped));
    }
    let folder = destination.write(&files).map_err(misplaced)?;

    match plan.format {
        Format::Json => terminal::print(ensemble.summary_bytes())?,
        Format::Table => terminal::print(outcome_table(
            &shown(&ensemble.summary, &prepared.named, plan.rows),
            &ensemble.recorded,
            &prepared.named.highlighted,
            terminal::width(),
            terminal::stdout_style(),
        ))?,
    }
    if plan.verbosity == Verbosity::Normal {
        tell(&plan, &prepared, making.wall, &folder);
    }
    all_complete(&outcomes)
}

/// Fails if a run used up its events: the bundle is written, but what it says of such runs is not all that would have happened.
fn all_complete(outcomes: &[Outcome]) -> Result<(), Failed> {
    let n_incomplete = outcomes.iter().filter(|outcome| outcome.stop == StopReason::EventBudget).count();
    if n_incomplete == 0 {
        return Ok(());
    }
    Err(Failed::running(anyhow::anyhow!(
        "{n_incomplete} of {} runs were stopped after {EVENT_BUDGET} events and are incomplete\n\nhint: column `stop` of the table of \
         runs names them; most likely a message infects everybody, as with too large an `infectiousness`",
        outcomes.len()
    )))
}

/// The part of the summary that the table shows.
fn shown(summary: &Summary, named: &Named, rows: Rows) -> Summary {
    let is_shown = |outcome: &&OutcomeSummary| {
        rows == Rows::All || named.highlighted.is_empty() || named.highlighted.contains(&outcome.id)
    };
    let outcomes = summary.outcomes.iter().filter(is_shown).cloned().collect();
    Summary { outcomes, bands: Vec::new(), scenario: summary.scenario.clone(), ..*summary }
}

/// When and how fast the runs were made.
#[derive(Debug)]
pub(super) struct Making {
    started_at: String,
    pub(super) wall: Duration,
}

/// Runs that have begun.
#[derive(Debug)]
#[expect(clippy::disallowed_types, reason = "the manifest tells how long the runs took")]
pub(super) struct Begun {
    started_at: String,
    clock: std::time::Instant,
}

impl Begun {
    #[expect(clippy::disallowed_types, reason = "the manifest tells how long the runs took")]
    pub(super) fn now() -> Self {
        let started_at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        Self { started_at, clock: std::time::Instant::now() }
    }

    pub(super) fn ended(self) -> Making {
        Making { wall: self.clock.elapsed(), started_at: self.started_at }
    }
}

fn simulate(
    plan: &Plan,
    prepared: &Prepared,
    interrupt: &Interrupt,
) -> Result<(Vec<Outcome>, Making), Failed> {
    let begun = Begun::now();
    let bar = Bar::new(plan.runs, plan.verbosity);
    let outcomes = replicates(&prepared.simulation, 0..plan.runs, plan.threads, &bar, interrupt.flag());
    drop(bar);
    Ok((outcomes.map_err(stopped)?, begun.ended()))
}

pub(super) fn stopped(error: ReplicatesError) -> Failed {
    match error {
        ReplicatesError::Stopped => Failed::running(anyhow::anyhow!("{error}; nothing was written")),
        other => Failed::running(other),
    }
}

/// A place that was badly chosen is the user's mistake; one that can't be written to is not.
pub(super) fn misplaced(error: DestinationError) -> Failed {
    match error {
        DestinationError::Write(_) => {
            Failed::Running(anyhow::Error::new(error).context("no bundle was written"))
        }
        _ => Failed::usage(error),
    }
}

fn manifest(plan: &Plan, prepared: &Prepared, making: &Making) -> Manifest {
    let arm = prepared.scenario.arm.as_deref().unwrap_or(BASELINE);
    manifest_of(prepared, arm, (plan.seed, plan.runs, plan.threads), making)
}

/// How runs of `prepared` were made: under which arms, with which seed, how many, on how many threads.
pub(super) fn manifest_of(
    prepared: &Prepared,
    arm: &str,
    (seed, runs, threads): (u64, u64, usize),
    making: &Making,
) -> Manifest {
    let scenario = &prepared.scenario;
    let input = Input::of(prepared.id(), &scenario.scenario_text, &scenario.world_text);
    let overrides = scenario.overrides.iter().map(|(path, value)| format!("{path} = {value}")).collect();
    manifest_of_input(input, arm, overrides, (seed, runs, threads), making)
}

/// How runs of `input` were made.
pub(super) fn manifest_of_input(
    input: Input,
    arm: &str,
    overrides: Vec<String>,
    (seed, runs, threads): (u64, u64, usize),
    making: &Making,
) -> Manifest {
    Manifest {
        program: Program {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: COMMIT.map(str::to_owned),
        },
        scenario: input,
        arm: arm.to_owned(),
        overrides,
        seed,
        runs,
        threads,
        wall_seconds: making.wall.as_secs_f64(),
        started_at: making.started_at.clone(),
        machine: Machine {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cores: cores(),
        },
    }
}

/// Says what was simulated and where the bundle is.
fn tell(plan: &Plan, prepared: &Prepared, wall: Duration, folder: &Path) {
    let network = &prepared.simulation.setting().network;
    terminal::remark(&format!(
        "\n{} runs of {} accounts and {} follower links, seed {}, in {:.1} s on {} {}",
        grouped(plan.runs),
        grouped(u64::from(network.n_accounts())),
        grouped(network.n_edges() as u64),
        plan.seed,
        wall.as_secs_f64(),
        plan.threads,
        if plan.threads == 1 { "thread" } else { "threads" },
    ));
    terminal::remark(&format!("bundle: {}", folder.display()));
}
