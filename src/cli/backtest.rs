//! `backtest`: what happened against what is simulated, over several scenarios.

use super::args::{ScenarioArgs, SizeArgs, runs, threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{request, warn};
use super::progress::{Bar, Verbosity};
use super::run::{Begun, misplaced, stopped};
use super::terminal;
use clap::ValueEnum;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use twiplomacy::experiment::replicates::ReplicatesError;
use twiplomacy::io::{self, Destination, Existing};
use twiplomacy::report::backtest as report;
use twiplomacy::report::json;
use twiplomacy::scenario::{Request, bundled};
use twiplomacy::study::backtest::{files, manifest, prepare_all, shared, simulate};

/// Set what happened beside what is simulated, and count how often the model holds it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy backtest
  twiplomacy backtest tariff-thread-2019 --runs 5000 --json
  twiplomacy backtest canada-saudi-2018 mine.toml --out results/backtest

A card a scenario: the recorded value of each outcome, quantiles of the runs, its place among them, its score, and whether it was \
fitted, held out or a control. Over all scenarios: the share of held-out numbers in the central 90 % of the runs, with the range that a \
calibrated model would show, found from the model's own runs, whole scenarios at a time. docs/backtest.md tells how.")]
pub(crate) struct Args {
    /// Scenarios: ids of bundled ones, or files; all bundled ones if absent
    #[arg(value_name = "SCENARIO")]
    scenarios: Vec<String>,

    /// Parameter to set in all scenarios (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,

    #[command(flatten)]
    size: SizeArgs,

    /// Number of runs of each scenario
    #[arg(long, value_name = "N", default_value = "2000", value_parser = runs)]
    runs: u64,

    /// Seed of the networks, of all runs and of the range of the coverage
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    /// Folder for backtest.md, backtest.json and a manifest; nothing is written if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the back-test in the folder if there is one
    #[arg(long, requires = "out")]
    overwrite: bool,

    /// Form of what is printed
    #[arg(long, value_name = "FORM", default_value = "table", conflicts_with = "json")]
    format: Form,

    /// Short for `--format json`
    #[arg(long)]
    json: bool,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

/// Form of a back-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Table,
    /// For programs
    Json,
    /// For documents
    Markdown,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let prepared = prepare_all(&requests(args)?, args.seed)?;
    for one in &prepared {
        warn(one, verbosity);
    }
    let world = match &args.world {
        Some(world) => io::world(world).map_err(Failed::usage)?,
        None => bundled::world(),
    };
    let shared = shared(&world, &args.set)?;
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination =
        args.out.as_deref().map(|out| Destination::choose(Some(out), "backtest", existing)).transpose();
    let destination = destination.map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;
    let begun = Begun::now();
    let threads = working(args.threads);
    let bar = Bar::new(args.runs * prepared.len() as u64, verbosity);
    let backtest = simulate(&prepared, &shared, (args.seed, args.runs), interrupt.terms(threads, &bar))?;
    drop(bar);
    if let Some(destination) = destination {
        let manifest = manifest(&prepared, &args.set, (args.seed, args.runs, threads), &begun.ended());
        let files = files(&backtest, &manifest);
        if interrupt.flag().load(Ordering::Relaxed) {
            return Err(stopped(ReplicatesError::Stopped));
        }
        let folder = destination.write(&files).map_err(misplaced)?;
        if verbosity == Verbosity::Normal {
            terminal::remark(&format!("back-test: {}", folder.display()));
        }
    }
    match if args.json { Form::Json } else { args.format } {
        Form::Json => terminal::print(json::to_bytes(&report::json(&backtest))),
        Form::Markdown => terminal::print(report::markdown(&backtest)),
        Form::Table => terminal::print(report::table(&backtest, terminal::width(), terminal::stdout_style())),
    }
}

/// The scenarios as they were typed, or all bundled ones.
fn requests(args: &Args) -> Result<Vec<Request>, Failed> {
    let names = match args.scenarios.as_slice() {
        [] => bundled::scenarios().map(|bundled| bundled.id.to_owned()).collect(),
        chosen => chosen.to_vec(),
    };
    let of_name = |name: &String| {
        request(&ScenarioArgs {
            scenario: name.clone(),
            arm: None,
            set: args.set.clone(),
            world: args.world.clone(),
            full_size: args.size.full_size,
        })
    };
    names.iter().map(of_name).collect()
}
