//! `report`: the page of a bundle, made again.

use super::args::{threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::prepare;
use super::progress::{Bar, Verbosity};
use super::replay::warn_of_another_program;
use super::run::stopped;
use super::terminal;
use clap::value_parser;
use std::path::PathBuf;
use twiplomacy::experiment::aggregate::Aggregate;
use twiplomacy::experiment::replicates::{Progress, ReplicatesError, stream};
use twiplomacy::io::{self, Existing};
use twiplomacy::report::bundle::{self, Ensemble};
use twiplomacy::scenario::Request;

/// Make one self-contained HTML page of a bundle: what came out, and runs to be watched
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy report out/canada-saudi-2018
  twiplomacy report out/canada-saudi-2018 --films 30 --out lesson.html

`run` writes the same page into its bundle as report.html. The runs are simulated again, exactly, so nothing but the bundle is \
needed. The page loads nothing from anywhere: it can be sent by mail, opened offline and printed.")]
pub(crate) struct Args {
    /// Folder that `run` wrote
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,

    /// Runs that can be watched on the page
    #[arg(long, value_name = "N", default_value_t = bundle::FILMS as u64, value_parser = value_parser!(u64).range(0..=200))]
    films: u64,

    /// File to write; `report.html` in the bundle if absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Replace the file if there is one; the page of a bundle is always replaced
    #[arg(long)]
    overwrite: bool,

    /// Threads; all cores if absent (the page does not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let stored = io::bundle(&args.bundle).map_err(Failed::usage)?;
    if verbosity == Verbosity::Normal {
        warn_of_another_program(&stored.manifest);
    }
    let request =
        Request { scenario: stored.scenario, world: vec![stored.world], set: Vec::new(), arm: None };
    let prepared = prepare(&request, stored.manifest.seed)?.with_record(&stored.manifest);
    let interrupt = Interrupt::catch()?;
    let bar = Bar::new(stored.manifest.runs, verbosity);
    let threads = working(args.threads);
    let Aggregate { mut scalars, series } = bundle::aggregate(&prepared.simulation);
    let settings = (threads, &bar as &dyn Progress, interrupt.flag());
    stream(&prepared.simulation, 0..stored.manifest.runs, settings, &series, |outcomes| {
        for outcome in &outcomes {
            scalars.push_outcome(outcome);
        }
        Ok::<(), ReplicatesError>(())
    })
    .map_err(stopped)?;
    drop(bar);
    let aggregate = Aggregate { scalars, series };
    let ensemble = Ensemble::of(&prepared.scenario, &prepared.simulation, &prepared.named, &aggregate);
    let page = ensemble.page(args.films as usize).map_err(Failed::running)?;
    let (path, existing) = match &args.out {
        Some(path) => (path.clone(), if args.overwrite { Existing::Replace } else { Existing::Refuse }),
        None => (args.bundle.join(bundle::PAGE), Existing::Replace),
    };
    io::write_file(&path, &page, existing).map_err(|error| match error {
        io::WriteError::Exists { .. } => Failed::usage(error),
        _ => Failed::running(error),
    })?;
    if verbosity == Verbosity::Normal {
        terminal::remark(&format!("page: {} ({:.1} MB)", path.display(), page.len() as f64 / 1e6));
    }
    Ok(())
}
