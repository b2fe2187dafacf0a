//! `compare`: arms against the scenario as it stands, on common random numbers.

use super::args::{Format, FormatArgs, ScenarioArgs, runs, threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{prepare, request, warn};
use super::progress::{Bar, Verbosity};
use super::run::{Tables, misplaced, stopped};
use super::terminal;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use twiplomacy::experiment::replicates::ReplicatesError;
use twiplomacy::io::{Destination, Existing};
use twiplomacy::report::comparison::{self as report, Rungs};
use twiplomacy::report::json;
use twiplomacy::study::compare::Arms;

/// Compare interventions with the scenario as it stands, run by run
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy compare canada-saudi-2018
  twiplomacy compare canada-saudi-2018 --arm english-french-only --arm private-channel --runs 5000
  twiplomacy compare canada-saudi-2018 --arm 'cautious: dispositions.response.base=-4'

Every arm has the same random numbers as the baseline, so what they have in common cancels in the differences. The folder \
that is written holds comparison.json, the runs of all arms side by side (pairs), a plot, and what was simulated.")]
pub(crate) struct Args {
    /// Scenario: the id of a bundled one, or a file
    #[arg(value_name = "SCENARIO")]
    scenario: String,

    /// Arm to compare: an intervention of the scenario, `baseline`, or `NAME: PATH=VALUE` (repeatable; the same NAME again adds to it;
    /// all interventions of the scenario if absent)
    #[arg(long = "arm", value_name = "NAME[: PATH=VALUE]")]
    arms: Vec<String>,

    /// Parameter to set in all arms and the baseline (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,

    /// Simulate every account of the publics instead of a sample: the same as `--set network.scale=full`
    #[arg(long)]
    full_size: bool,

    /// Number of runs of each arm
    #[arg(long, value_name = "N", default_value = "2000", value_parser = runs)]
    runs: u64,

    /// Seed of the network and of all runs
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    /// Folder to write; the first free one of `out/ID-compare`, `out/ID-compare-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the comparison in the folder if there is one
    #[arg(long)]
    overwrite: bool,

    /// File format of the table
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    tables: Tables,

    #[command(flatten)]
    format: FormatArgs,

    #[command(flatten)]
    rows: RowsArgs,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

/// What the table shows.
#[derive(Debug, clap::Args)]
struct RowsArgs {
    /// Show all outcomes in the table, not only those that the scenario puts first
    #[arg(long, conflicts_with = "json")]
    all: bool,

    /// Show the odds of reaching each rung of the ladder, too
    #[arg(long, conflicts_with = "json")]
    rungs: bool,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let base = ScenarioArgs {
        scenario: args.scenario.clone(),
        arm: None,
        set: args.set.clone(),
        world: args.world.clone(),
        full_size: args.full_size,
    };
    let base_request = request(&base)?;
    let baseline = prepare(&base_request, args.seed)?;
    warn(&baseline, verbosity);
    let arms = Arms::of(&base_request, baseline, &args.arms, args.seed)?;
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let id = format!("{}-compare", arms.baseline.id());
    let destination = Destination::choose(args.out.as_deref(), &id, existing).map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;

    let bar = Bar::new(arms.runs_due(args.runs), verbosity);
    let threads = working(args.threads);
    let compared = arms.simulate(args.runs, interrupt.terms(threads, &bar))?;
    drop(bar);
    let files = arms.files(&compared, args.tables.format())?;
    if interrupt.flag().load(Ordering::Relaxed) {
        return Err(stopped(ReplicatesError::Stopped));
    }
    let folder = destination.write(&files).map_err(misplaced)?;
    let comparison = &compared.comparison;
    match args.format.chosen() {
        Format::Json => terminal::print(json::to_bytes(&report::json(comparison)))?,
        Format::Table => {
            let shown = if args.rows.all { &[][..] } else { &arms.baseline.named.highlighted };
            let rungs = if args.rows.rungs { Rungs::Each } else { Rungs::Mean };
            let (width, style) = (terminal::width(), terminal::stdout_style());
            terminal::print(report::table(comparison, shown, rungs, width, style))?;
        }
    }
    if verbosity == Verbosity::Normal {
        for arm in arms.hardly_alike() {
            terminal::remark(&format!(
                "\nwarning: `{arm}` has another follower network than the baseline, so its runs are paired in their keys but hardly alike"
            ));
        }
        terminal::remark(&format!("\ncomparison: {}", folder.display()));
    }
    Ok(())
}
