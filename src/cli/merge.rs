//! `merge`: shares of a run or a sweep, put together.

use super::args::FormatArgs;
use super::failure::Failed;
use super::progress::Verbosity;
use super::run::{Rows, misplaced, print_outcomes};
use super::sweep::tell_result;
use super::terminal;
use std::path::PathBuf;
use twiplomacy::experiment::points::Space;
use twiplomacy::io::{Destination, Existing, Holding, WorkFolder};
use twiplomacy::report::bundle::Ensemble;
use twiplomacy::report::manifest::WorkKind;
use twiplomacy::report::sweep::is_part;
use twiplomacy::study::merge::{self, Part, kind, merge_runs, merge_sweep, plan_of, prepared_runs};
use twiplomacy::study::sweep::{self, standing};

/// Put the shares of a run or a sweep together
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy run canada-saudi-2018 --runs 100000 --shard 1/2 --out parts/1
  twiplomacy run canada-saudi-2018 --runs 100000 --shard 2/2 --out parts/2
  twiplomacy merge parts/1 parts/2 --out results/whole

The shares must be of the same scenario, world, seed, runs, plan and program, and all of them must be there. What is written has the same \
bytes as the whole made at once, in all files but the manifest.")]
pub(crate) struct Args {
    /// Folders that `run --shard` or `sweep --shard` wrote
    #[arg(value_name = "PART", required = true)]
    parts: Vec<PathBuf>,

    /// Folder to write; the first free one of `out/ID`, `out/ID-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace what is in the folder
    #[arg(long)]
    overwrite: bool,

    #[command(flatten)]
    format: FormatArgs,

    /// No remarks
    #[arg(long, short)]
    quiet: bool,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let parts = merge::parts(&args.parts)?;
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    match kind(&parts) {
        WorkKind::Run => runs(args, &parts, verbosity),
        WorkKind::Sweep => sweep(args, &parts, verbosity),
    }
}

fn runs(args: &Args, parts: &[Part], verbosity: Verbosity) -> Result<(), Failed> {
    let prepared = prepared_runs(parts)?;
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination = Destination::choose(args.out.as_deref(), prepared.id(), existing).map_err(misplaced)?;
    let (aggregate, folder) = merge_runs(parts, &prepared, destination)?;
    let ensemble = Ensemble::of(&prepared.scenario, &prepared.simulation, &prepared.named, &aggregate);
    print_outcomes(&ensemble, &prepared, args.format.chosen(), Rows::Highlighted)?;
    if verbosity == Verbosity::Normal {
        terminal::remark(&format!("bundle: {}", folder.display()));
    }
    Ok(())
}

fn sweep(args: &Args, parts: &[Part], verbosity: Verbosity) -> Result<(), Failed> {
    let planned = plan_of(&parts[0])?;
    let settings = planned.sweep.settings();
    let prepared = standing(&planned.base, &Space::new(&planned.base, planned.sweep.seed, &settings))?;
    let id = format!("{}-sweep", prepared.id());
    let holding = if args.overwrite { Holding::Replace } else { Holding::Refuse };
    let work = WorkFolder::open(args.out.as_deref(), &id, holding, is_part).map_err(sweep::misplaced)?;
    let swept = merge_sweep(parts, &planned, &prepared, &work)?;
    tell_result(&swept, &work, args.format.chosen(), verbosity)
}
