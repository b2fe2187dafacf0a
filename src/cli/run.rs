//! `run`: many runs of one scenario, a table and a bundle.

use super::args::{Format, FormatArgs, ScenarioArgs, runs, shard, threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::legs::Legs;
use super::prepare::{Prepared, prepare, request, warn};
use super::progress::{Bar, Verbosity};
use super::terminal;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use twiplomacy::experiment::aggregate::Aggregate;
use twiplomacy::experiment::precision::Target;
use twiplomacy::experiment::replicates::ReplicatesError;
use twiplomacy::experiment::summary::{OutcomeSummary, Summary};
use twiplomacy::io::{Destination, DestinationError, Existing, PartialFile};
use twiplomacy::report::bundle::{self, BundleFile, Ensemble, TableFormat};
use twiplomacy::report::human::grouped;
use twiplomacy::report::manifest::{Manifest, Shard};
use twiplomacy::report::tables::rows::RowTables;
use twiplomacy::report::text::outcome_table;
use twiplomacy::simulation::named::Named;
use twiplomacy::study;
use twiplomacy::study::run::{
    MOST_RUNS, Plan, RUNS, Reached, RunError, all_complete, manifest, share_files, targets,
};

pub(super) use twiplomacy::study::making::{Begun, Making, manifest_of};

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

/// How what was found is shown.
#[derive(Debug, Clone, Copy)]
struct Shown {
    format: Format,
    rows: Rows,
    verbosity: Verbosity,
}

impl Args {
    fn plan(&self) -> Plan {
        let runs = if self.precision.precision.is_empty() {
            self.runs.unwrap_or(RUNS)
        } else {
            self.precision.max_runs.unwrap_or(MOST_RUNS)
        };
        Plan {
            seed: self.seed,
            runs,
            shard: self.shard,
            threads: working(self.threads),
            tables: self.tables.format(),
        }
    }

    fn shown(&self) -> Shown {
        Shown {
            format: self.format.chosen(),
            rows: if self.all { Rows::All } else { Rows::Highlighted },
            verbosity: if self.quiet { Verbosity::Quiet } else { Verbosity::Normal },
        }
    }
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let (plan, show) = (args.plan(), args.shown());
    let prepared = prepare(&request(&args.scenario)?, plan.seed)?;
    let targets = targets(&args.precision.precision, &prepared)?;
    warn(&prepared, show.verbosity);
    let existing = if args.place.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination =
        Destination::choose(args.place.out.as_deref(), prepared.id(), existing).map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;

    if args.place.resume {
        return in_legs(&plan, show, &prepared, destination, &interrupt);
    }
    let begun = Begun::now();
    let aggregate = simulate((&plan, show), &prepared, &targets, &destination, &interrupt)?;
    let making = begun.ended();
    let reached = Reached::of(&plan, &targets, &prepared, &aggregate);
    let manifest = manifest(&plan, &prepared, &aggregate, &reached, &making);
    if plan.shard.is_some() {
        let folder = destination.write(&share_files(&prepared, &aggregate, &manifest)).map_err(misplaced)?;
        tell_share(&plan, show, &folder);
        return Ok(());
    }
    leave((&plan, show), &prepared, &aggregate, (&manifest, &making), destination, &interrupt)?;
    if show.verbosity == Verbosity::Normal {
        reached.lines.iter().for_each(|line| terminal::remark(line));
    }
    all_complete(&aggregate)?;
    reached.missed.map_or(Ok(()), |missed| Err(Failed::running(anyhow::anyhow!(missed))))
}

/// Simulates the runs; their rows go into the tables of the bundle as they come.
fn simulate(
    (plan, show): (&Plan, Shown),
    prepared: &Prepared,
    targets: &[Target],
    destination: &Destination,
    interrupt: &Interrupt,
) -> Result<Aggregate, Failed> {
    let simulation = &prepared.simulation;
    let (layout, start) = (simulation.layout(), simulation.setting().start);
    let range = plan.range();
    let bar = Bar::new(range.end - range.start, show.verbosity);
    // A share is kept as Parquet, whatever the whole will be.
    let format = if plan.shard.is_some() { TableFormat::Parquet } else { plan.tables };
    let run = || -> Result<Aggregate, RunError> {
        let open = |name: &str| destination.file(name).map_err(RunError::Write);
        let mut tables = RowTables::new(layout, start, format, open)?;
        let terms = interrupt.terms(plan.threads, &bar);
        let expect = |runs| bar.expect(runs);
        let push = |outcomes| tables.push(outcomes).map_err(RunError::Report);
        let aggregate = study::run::simulate(plan, prepared, targets, terms, &expect, push)?;
        tables.finish()?.into_iter().try_for_each(PartialFile::finish)?;
        Ok(aggregate)
    };
    Ok(run().map_err(study::StudyError::from)?)
}

/// Writes the bundle and prints the result.
fn leave(
    (plan, show): (&Plan, Shown),
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
    print_outcomes(&ensemble, prepared, show.format, show.rows)?;
    if show.verbosity == Verbosity::Normal {
        tell(plan, prepared, aggregate, making, &folder);
    }
    Ok(())
}

/// Makes the runs leg by leg, then the bundle of them.
fn in_legs(
    plan: &Plan,
    show: Shown,
    prepared: &Prepared,
    destination: Destination,
    interrupt: &Interrupt,
) -> Result<(), Failed> {
    let begun = Begun::now();
    let manifest =
        |making: &Making| manifest_of(prepared, prepared.arm(), (plan.seed, plan.runs, plan.threads), making);
    let legs = Legs::open(prepared, &destination, (manifest(&Begun::now().ended()), plan.tables))?;
    let bar = Bar::new(legs.due(), show.verbosity);
    legs.simulate(interrupt.terms(plan.threads, &bar))?;
    drop(bar);
    let aggregate = legs.fold(&destination, plan.tables)?;
    let making = begun.ended();
    leave((plan, show), prepared, &aggregate, (&manifest(&making), &making), destination, interrupt)?;
    legs.remove()?;
    Ok(all_complete(&aggregate)?)
}

/// Runs that ended before their end.
pub(super) fn stopped(error: ReplicatesError) -> Failed {
    study::stopped(error).into()
}

/// A folder that can't hold what was found.
pub(super) fn misplaced(error: DestinationError) -> Failed {
    study::misplaced(error).into()
}

/// Says which share was made and where it is.
fn tell_share(plan: &Plan, show: Shown, folder: &Path) {
    let range = plan.range();
    if show.verbosity == Verbosity::Normal {
        terminal::remark(&format!(
            "runs {} to {} of {}: {}",
            range.start,
            range.end.saturating_sub(1),
            plan.runs,
            folder.display()
        ));
    }
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

/// The part of the summary that the table shows.
fn shown(summary: &Summary, named: &Named, rows: Rows) -> Summary {
    let is_shown = |outcome: &&OutcomeSummary| {
        rows == Rows::All || named.highlighted.is_empty() || named.highlighted.contains(&outcome.id)
    };
    let outcomes = summary.outcomes.iter().filter(is_shown).cloned().collect();
    Summary { outcomes, bands: Vec::new(), scenario: summary.scenario.clone(), ..*summary }
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
