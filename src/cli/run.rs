//! `run`: many runs of one scenario, a table and a bundle.

use super::args::{Format, FormatArgs, ScenarioArgs, cores, runs, shard, threads};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::legs::Legs;
use super::prepare::{BASELINE, Prepared, prepare, request};
use super::progress::{Bar, Verbosity};
use super::{COMMIT, terminal};
use clap::ValueEnum;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;
use twiplomacy::experiment::aggregate::{Aggregate, Scalars};
use twiplomacy::experiment::precision::{Standing, Target, looks};
use twiplomacy::experiment::replicates::{Progress, ReplicatesError, stream};
use twiplomacy::experiment::summary::{OutcomeSummary, Summary};
use twiplomacy::experiment::sweep::share;
use twiplomacy::io::{Destination, DestinationError, Existing, PartialFile, WriteError};
use twiplomacy::model::outcome::Layout;
use twiplomacy::report::ReportError;
use twiplomacy::report::bundle::{self, BundleFile, Ensemble, TableFormat};
use twiplomacy::report::human::{self, grouped};
use twiplomacy::report::manifest::{Input, Machine, Manifest, Program, Shard, Work, WorkKind};
use twiplomacy::report::tables::rows::RowTables;
use twiplomacy::report::text::outcome_table;
use twiplomacy::simulation::EVENT_BUDGET;
use twiplomacy::simulation::named::{Named, amount};
use twiplomacy::text::nearest;

/// Runs, if nothing is said.
const RUNS: u64 = 2000;
/// Runs at the most with a precision, if nothing is said.
const MOST_RUNS: u64 = 100_000;

/// Simulate a scenario many times; print its outcomes and write a bundle
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy run canada-saudi-2018
  twiplomacy run canada-saudi-2018 --arm english-french-only --runs 10000
  twiplomacy run mine.toml --set network.accounts=50000 --tables csv --out results/small
  twiplomacy run canada-saudi-2018 --precision 'message.arabic-tweet.answered=1 %'
  twiplomacy run canada-saudi-2018 --runs 100000 --shard 2/7 --out parts/2

The bundle is a folder: manifest.json, scenario.toml and world.toml (exactly what was simulated), summary.json, \
tables (runs, acts, series) and plots. The same scenario, world, seed and runs give the same bytes in all files but the \
manifest, whatever the threads. Ctrl-C stops between two runs, writes nothing and ends with status 1.

With --precision the program runs until the 95 % interval of each outcome named is as narrow as asked for, by intervals that hold however \
often one looks; the bundle is that of `--runs N` with the N that it took. With --shard it does one share of the runs, for \
`twiplomacy merge` to put together with the others.")]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Number of runs [default: 2000]
    #[arg(long, value_name = "N", value_parser = runs, conflicts_with = "precision")]
    runs: Option<u64>,

    #[command(flatten)]
    precision: PrecisionArgs,

    /// Share of the runs to make, for `twiplomacy merge` to put together with the others
    #[arg(long, value_name = "I/N", value_parser = shard, conflicts_with_all = ["precision", "all", "json", "format"])]
    shard: Option<Shard>,

    /// Seed of the network and of all runs
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    #[command(flatten)]
    place: PlaceArgs,

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

/// Where the bundle goes.
#[derive(Debug, clap::Args)]
struct PlaceArgs {
    /// Folder of the bundle; the first free one of `out/ID`, `out/ID-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the bundle in the folder if there is one
    #[arg(long)]
    overwrite: bool,

    /// Keep what is done beside the folder of the bundle, leg by leg, and go on with it after a crash or Ctrl-C
    #[arg(long, conflicts_with_all = ["precision", "shard"])]
    resume: bool,
}

/// How exact the result has to be.
#[derive(Debug, clap::Args)]
struct PrecisionArgs {
    /// Run until half of the 95 % interval of the mean, or of the probability, of an outcome is at most so wide, such as
    /// `message.arabic-tweet.answered=1 %` (repeatable)
    #[arg(long, value_name = "OUTCOME=HALF_WIDTH")]
    precision: Vec<String>,

    /// Runs at the most with --precision [default: 100000]
    #[arg(long, value_name = "N", value_parser = runs, requires = "precision")]
    max_runs: Option<u64>,
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
pub(super) enum Rows {
    /// Those that the scenario puts first, if it names any.
    Highlighted,
    /// All.
    All,
}

/// What was typed, as it is used.
#[derive(Debug)]
struct Plan {
    seed: u64,
    /// Runs asked for, or at the most.
    runs: u64,
    /// The share of them that is made.
    range: Range<u64>,
    shard: Option<Shard>,
    threads: usize,
    tables: TableFormat,
    format: Format,
    rows: Rows,
    verbosity: Verbosity,
}

impl Plan {
    fn of(args: &Args) -> Self {
        let runs = if args.precision.precision.is_empty() {
            args.runs.unwrap_or(RUNS)
        } else {
            args.precision.max_runs.unwrap_or(MOST_RUNS)
        };
        let range = args.shard.map_or(0..runs, |shard| share(runs, shard.index - 1, shard.count));
        Self {
            seed: args.seed,
            runs,
            range,
            shard: args.shard,
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
    let targets = targets(&args.precision.precision, &prepared)?;
    prepared.warn(plan.verbosity);
    let existing = if args.place.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination =
        Destination::choose(args.place.out.as_deref(), prepared.id(), existing).map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;

    if args.place.resume {
        return in_legs(&plan, &prepared, destination, &interrupt);
    }
    let (aggregate, making) = simulate(&plan, &prepared, &targets, &destination, &interrupt)?;
    let reached = Reached::of(&plan, &targets, &prepared, &aggregate);
    let manifest = manifest(&plan, &prepared, &aggregate, &reached, &making);
    if plan.shard.is_some() {
        return leave_share(&plan, &prepared, &aggregate, &manifest, destination);
    }
    leave(&plan, &prepared, &aggregate, (&manifest, &making), destination, &interrupt)?;
    if plan.verbosity == Verbosity::Normal {
        reached.lines.iter().for_each(|line| terminal::remark(line));
    }
    all_complete(&aggregate)?;
    reached.missed.map_or(Ok(()), |missed| Err(Failed::running(anyhow::anyhow!(missed))))
}

/// Writes the bundle and prints the result.
fn leave(
    plan: &Plan,
    prepared: &Prepared,
    aggregate: &Aggregate,
    (manifest, making): (&Manifest, &Making),
    destination: Destination,
    interrupt: &Interrupt,
) -> Result<(), Failed> {
    let ensemble = Ensemble::of(&prepared.scenario, &prepared.simulation, &prepared.named, aggregate);
    let mut files = ensemble.files(plan.tables).map_err(Failed::running)?;
    files.push(BundleFile::new(bundle::MANIFEST, manifest.to_bytes()));
    if interrupt.flag().load(Ordering::Relaxed) {
        return Err(stopped(ReplicatesError::Stopped));
    }
    let folder = destination.write(&files).map_err(misplaced)?;
    print_outcomes(&ensemble, prepared, plan.format, plan.rows)?;
    if plan.verbosity == Verbosity::Normal {
        tell(plan, prepared, aggregate, making, &folder);
    }
    Ok(())
}

/// Makes the runs leg by leg, then the bundle of them.
fn in_legs(
    plan: &Plan,
    prepared: &Prepared,
    destination: Destination,
    interrupt: &Interrupt,
) -> Result<(), Failed> {
    let begun = Begun::now();
    let arm = prepared.scenario.arm.as_deref().unwrap_or(BASELINE);
    let manifest = |making: &Making| manifest_of(prepared, arm, (plan.seed, plan.runs, plan.threads), making);
    let legs = Legs::open(prepared, &destination, (manifest(&Begun::now().ended()), plan.tables))?;
    let bar = Bar::new(legs.due(), plan.verbosity);
    legs.simulate(plan.threads, &bar, interrupt)?;
    drop(bar);
    let aggregate = legs.fold(&destination, plan.tables)?;
    let making = begun.ended();
    leave(plan, prepared, &aggregate, (&manifest(&making), &making), destination, interrupt)?;
    legs.remove()?;
    all_complete(&aggregate)
}

/// Prints the result.
pub(super) fn print_outcomes(
    ensemble: &Ensemble<'_>,
    prepared: &Prepared,
    format: Format,
    rows: Rows,
) -> Result<(), Failed> {
    match format {
        Format::Json => terminal::print(ensemble.summary_bytes()),
        Format::Table => terminal::print(outcome_table(
            &shown(&ensemble.summary, &prepared.named, rows),
            &ensemble.recorded,
            &prepared.named.highlighted,
            terminal::width(),
            terminal::stdout_style(),
        )),
    }
}

/// Writes the share of the runs that was made, and what the others are to be put together with.
fn leave_share(
    plan: &Plan,
    prepared: &Prepared,
    aggregate: &Aggregate,
    manifest: &Manifest,
    destination: Destination,
) -> Result<(), Failed> {
    let files = [
        BundleFile::new(bundle::SCENARIO, prepared.scenario.scenario_text.as_str()),
        BundleFile::new(bundle::WORLD, prepared.scenario.world_text.as_str()),
        BundleFile::new(bundle::SERIES, aggregate.series.to_bytes()),
        BundleFile::new(bundle::MANIFEST, manifest.to_bytes()),
    ];
    let folder = destination.write(&files).map_err(misplaced)?;
    if plan.verbosity == Verbosity::Normal {
        let Range { start, end } = plan.range;
        terminal::remark(&format!(
            "runs {start} to {} of {}: {}",
            end.saturating_sub(1),
            plan.runs,
            folder.display()
        ));
    }
    Ok(())
}

/// What the intervals are that were asked to be narrow.
#[derive(Debug, Default)]
struct Reached {
    /// For people and the manifest.
    lines: Vec<String>,
    /// What was not reached.
    missed: Option<String>,
}

impl Reached {
    fn of(plan: &Plan, targets: &[Target], prepared: &Prepared, aggregate: &Aggregate) -> Self {
        let mut reached = Self::default();
        let layout = prepared.simulation.layout();
        let runs = grouped(aggregate.scalars.runs());
        for target in targets {
            let Standing { interval, is_met, .. } = target.standing(&aggregate.scalars);
            let unit = layout.outcomes[target.outcome].unit;
            let (half, range) =
                (human::value(unit, interval.half_width()), human::range(unit, interval.low, interval.high));
            let asked = human::value(unit, target.half_width);
            if is_met {
                reached.lines.push(format!(
                    "precision: {} within ±{asked} after {runs} runs ({range} however often one looks)",
                    target.id
                ));
            } else {
                let told = format!("`{}` is known to ±{half}, not to ±{asked}, after {runs} runs", target.id);
                reached.lines.push(told.clone());
                reached.missed.get_or_insert(format!(
                    "{told}\n\nhint: the bundle is written; `--max-runs` above {} allows more",
                    plan.runs
                ));
            }
        }
        reached
    }
}

/// The outcomes whose intervals are to be narrow.
fn targets(asked: &[String], prepared: &Prepared) -> Result<Vec<Target>, Failed> {
    let layout = prepared.simulation.layout();
    let target = |text: &String| {
        let form = "allowed: OUTCOME=HALF_WIDTH, such as `message.arabic-tweet.answered=1 %`";
        let (id, width) = text
            .rsplit_once('=')
            .ok_or_else(|| Failed::usage(anyhow::anyhow!("`{text}` has no `=`\n\nhint: {form}")))?;
        let id = id.trim();
        let ids = || layout.outcomes.iter().map(|spec| spec.id.as_str());
        let Some(spec) = layout.outcomes.iter().find(|spec| spec.id == id) else {
            let meant = nearest(id, ids()).map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
            return Err(Failed::usage(anyhow::anyhow!(
                "`{id}` is not an outcome of `{}`\n\nhint: {meant}`twiplomacy describe SCENARIO --outcomes` lists all",
                prepared.id()
            )));
        };
        let half_width = amount(width, spec.unit).map_err(|allowed| {
            Failed::usage(anyhow::anyhow!(
                "the precision of `{id}` can't be `{}`\n\nhint: allowed: {allowed}",
                width.trim()
            ))
        })?;
        if !(half_width > 0.0 && half_width.is_finite()) {
            return Err(Failed::usage(anyhow::anyhow!(
                "the precision of `{id}` can't be `{}`: no number of runs gives an interval without width\n\nhint: {form}",
                width.trim()
            )));
        }
        Ok(Target::new(layout, id, half_width).expect("the outcome was found"))
    };
    asked.iter().map(target).collect()
}

/// Fails if a run used up its events: the bundle is written, but what it says of such runs is not all that would have happened.
fn all_complete(aggregate: &Aggregate) -> Result<(), Failed> {
    let n_incomplete = aggregate.scalars.incomplete();
    if n_incomplete == 0 {
        return Ok(());
    }
    Err(Failed::running(anyhow::anyhow!(
        "{n_incomplete} of {} runs were stopped after {EVENT_BUDGET} events and are incomplete\n\nhint: column `stop` of the table of \
         runs names them; most likely a message infects everybody, as with too large an `infectiousness`",
        aggregate.scalars.runs()
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

/// Simulates the runs; their rows go into the tables of the bundle as they come.
fn simulate(
    plan: &Plan,
    prepared: &Prepared,
    targets: &[Target],
    destination: &Destination,
    interrupt: &Interrupt,
) -> Result<(Aggregate, Making), Failed> {
    let begun = Begun::now();
    let simulation = &prepared.simulation;
    let (layout, start) = (simulation.layout(), simulation.setting().start);
    let Aggregate { mut scalars, series } = bundle::aggregate(simulation);
    let bar = Bar::new(plan.range.end - plan.range.start, plan.verbosity);
    // A share is kept as Parquet, whatever the whole will be.
    let format = if plan.shard.is_some() { TableFormat::Parquet } else { plan.tables };
    let mut run = || -> Result<(), RunError> {
        let open = |name: &str| destination.file(name).map_err(RunError::Write);
        let mut tables = RowTables::new(layout, start, format, open)?;
        let mut from = plan.range.start;
        for until in legs(plan, targets) {
            if !targets.is_empty() {
                bar.expect(until);
            }
            let settings = (plan.threads, &bar as &dyn Progress, interrupt.flag());
            stream(simulation, from..until, settings, &series, |outcomes| {
                for outcome in &outcomes {
                    scalars.push_outcome(outcome);
                }
                tables.push(outcomes).map_err(RunError::Report)
            })?;
            from = until;
            if !targets.is_empty() && targets.iter().all(|target| target.standing(&scalars).is_met) {
                break;
            }
            refuse_impossible(plan, targets, layout, &scalars)?;
        }
        let files = tables.finish()?;
        Ok(files.into_iter().try_for_each(PartialFile::finish)?)
    };
    run().map_err(RunError::failed)?;
    drop(bar);
    Ok((Aggregate { scalars, series }, begun.ended()))
}

/// Numbers of runs after which is looked whether they are enough.
fn legs(plan: &Plan, targets: &[Target]) -> Vec<u64> {
    if targets.is_empty() { vec![plan.range.end] } else { looks(plan.runs).collect() }
}

/// Refuses to go on where even the most runs allowed would not be enough by far.
fn refuse_impossible(
    plan: &Plan,
    targets: &[Target],
    layout: &Layout,
    scalars: &Scalars,
) -> Result<(), RunError> {
    for target in targets {
        let unit = layout.outcomes[target.outcome].unit;
        if let Some(reachable) = target.out_of_reach(scalars, plan.runs) {
            let reachable = if reachable.is_finite() {
                format!("±{}", human::value(unit, reachable))
            } else {
                "nothing".to_owned()
            };
            return Err(RunError::Impossible {
                id: target.id.clone(),
                asked: human::value(unit, target.half_width),
                reachable,
                runs: scalars.runs(),
                most: plan.runs,
            });
        }
    }
    Ok(())
}

/// Why runs ended before their tables were written.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunError {
    #[error(transparent)]
    Replicates(#[from] ReplicatesError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(
        "`{id}` can't be known to ±{asked} by {most} runs: judging by the first {runs}, they reach about {reachable}\n\nhint: ask for less, or allow more by `--max-runs`"
    )]
    Impossible { id: String, asked: String, reachable: String, runs: u64, most: u64 },
}

impl RunError {
    pub(super) fn failed(self) -> Failed {
        match self {
            Self::Replicates(error) => stopped(error),
            impossible @ Self::Impossible { .. } => Failed::usage(impossible),
            other => Failed::Running(anyhow::Error::new(other).context("no bundle was written")),
        }
    }
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

fn manifest(
    plan: &Plan,
    prepared: &Prepared,
    aggregate: &Aggregate,
    reached: &Reached,
    making: &Making,
) -> Manifest {
    let arm = prepared.scenario.arm.as_deref().unwrap_or(BASELINE);
    let runs = if plan.shard.is_some() { plan.runs } else { aggregate.scalars.runs() };
    let mut manifest = manifest_of(prepared, arm, (plan.seed, runs, plan.threads), making);
    manifest.precision.clone_from(&reached.lines);
    manifest.work = plan.shard.map(|shard| Work {
        kind: WorkKind::Run,
        plan_sha256: None,
        tables: plan.tables,
        shard: Some(shard),
        is_complete: true,
        left_out: Vec::new(),
    });
    manifest
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
        precision: Vec::new(),
        work: None,
    }
}

/// Says what was simulated and where the bundle is.
fn tell(plan: &Plan, prepared: &Prepared, aggregate: &Aggregate, making: &Making, folder: &Path) {
    let network = &prepared.simulation.setting().network;
    let wall = making.wall;
    terminal::remark(&format!(
        "\n{} runs of {} accounts and {} follower links, seed {}, in {:.1} s on {} {}",
        grouped(aggregate.scalars.runs()),
        grouped(u64::from(network.n_accounts())),
        grouped(network.n_edges() as u64),
        plan.seed,
        wall.as_secs_f64(),
        plan.threads,
        if plan.threads == 1 { "thread" } else { "threads" },
    ));
    terminal::remark(&format!("bundle: {}", folder.display()));
}
