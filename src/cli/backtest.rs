//! `backtest`: what happened against what is simulated, over several scenarios.

use super::args::{ScenarioArgs, SizeArgs, cores, runs, threads};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{BASELINE, Prepared, prepare, request};
use super::progress::{Bar, Verbosity};
use super::run::{Begun, Making, manifest_of_input, misplaced, stopped};
use super::terminal;
use clap::ValueEnum;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use twiplomacy::experiment::backtest::{Backtest, Case};
use twiplomacy::experiment::replicates::{ReplicatesError, replicates};
use twiplomacy::io::{self, Destination, Existing};
use twiplomacy::report::backtest as report;
use twiplomacy::report::bundle::{self, BundleFile};
use twiplomacy::report::json;
use twiplomacy::report::manifest::{Input, Manifest};
use twiplomacy::scenario::{Request, Source, bundled, load, template};
use twiplomacy::text::ParameterNote;

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
    let names = match args.scenarios.as_slice() {
        [] => bundled::scenarios().map(|bundled| bundled.id.to_owned()).collect(),
        chosen => chosen.to_vec(),
    };
    let prepared = prepare_all(args, &names)?;
    for one in &prepared {
        one.warn(verbosity);
    }
    let shared = shared(args)?;
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination =
        args.out.as_deref().map(|out| Destination::choose(Some(out), "backtest", existing)).transpose();
    let destination = destination.map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;
    let begun = Begun::now();
    let cases = simulate(args, &prepared, verbosity, &interrupt)?;
    let making = begun.ended();
    let backtest = Backtest::of(args.seed, &cases, &shared);
    let (as_json, as_markdown) = (json::to_bytes(&report::json(&backtest)), report::markdown(&backtest));
    if let Some(destination) = destination {
        let files = [
            BundleFile::new(bundle::BACKTEST_MARKDOWN, as_markdown.as_bytes()),
            BundleFile::new(bundle::BACKTEST_JSON, as_json.clone()),
            BundleFile::new(bundle::MANIFEST, manifest(args, &prepared, &making).to_bytes()),
        ];
        if interrupt.flag().load(Ordering::Relaxed) {
            return Err(stopped(ReplicatesError::Stopped));
        }
        let folder = destination.write(&files).map_err(misplaced)?;
        if verbosity == Verbosity::Normal {
            terminal::remark(&format!("back-test: {}", folder.display()));
        }
    }
    match if args.json { Form::Json } else { args.format } {
        Form::Json => terminal::print(as_json),
        Form::Markdown => terminal::print(as_markdown),
        Form::Table => terminal::print(report::table(&backtest, terminal::width(), terminal::stdout_style())),
    }
}

/// How the runs of all scenarios were made; the fingerprints are those of their texts one after another.
fn manifest(args: &Args, prepared: &[Prepared], making: &Making) -> Manifest {
    let joined = |text: fn(&Prepared) -> &str| prepared.iter().map(text).collect::<Vec<_>>().join("\n");
    let scenario = joined(|prepared| &prepared.scenario.scenario_text);
    let world = joined(|prepared| &prepared.scenario.world_text);
    let ids: Vec<&str> = prepared.iter().map(Prepared::id).collect();
    let threads = args.threads.unwrap_or_else(cores);
    let input = Input::of(&ids.join(", "), &scenario, &world);
    manifest_of_input(input, BASELINE, args.set.clone(), (args.seed, args.runs, threads), making)
}

/// All scenarios, each ready to be run; mistakes in them show before the first run.
fn prepare_all(args: &Args, names: &[String]) -> Result<Vec<Prepared>, Failed> {
    let of_name = |name: &String| {
        let scenario = ScenarioArgs {
            scenario: name.clone(),
            arm: None,
            set: args.set.clone(),
            world: args.world.clone(),
            full_size: args.size.full_size,
        };
        prepare(&request(&scenario)?, args.seed)
    };
    let prepared: Vec<Prepared> = names.iter().map(of_name).collect::<Result<_, Failed>>()?;
    for (idx, one) in prepared.iter().enumerate() {
        if prepared[..idx].iter().any(|other| other.id() == one.id()) {
            return Err(Failed::usage(anyhow::anyhow!(
                "two scenarios have the id `{}`\n\nhint: name each scenario once",
                one.id()
            )));
        }
    }
    Ok(prepared)
}

/// The parameters of a scenario that sets none of its own, on the same world; `--set` of a disposition holds for it, too.
fn shared(args: &Args) -> Result<Vec<ParameterNote>, Failed> {
    let mut request = Request::new(Source::new("template", template::TEXT));
    if let Some(world) = &args.world {
        request.world = io::world(world).map_err(Failed::usage)?;
    }
    let is_disposition = |text: &&String| text.starts_with("dispositions.");
    request.set = args.set.iter().filter(is_disposition).cloned().collect();
    Ok(load(&request).map_err(Failed::usage)?.parameters)
}

fn simulate(
    args: &Args,
    prepared: &[Prepared],
    verbosity: Verbosity,
    interrupt: &Interrupt,
) -> Result<Vec<Case>, Failed> {
    let threads = args.threads.unwrap_or_else(cores);
    let bar = Bar::new(args.runs * prepared.len() as u64, verbosity);
    let of_scenario = |prepared: &Prepared| {
        let outcomes = replicates(&prepared.simulation, 0..args.runs, threads, &bar, interrupt.flag());
        let outcomes = outcomes.map_err(stopped)?;
        Ok(Case::of(&prepared.scenario, &prepared.simulation, &prepared.named, outcomes))
    };
    prepared.iter().map(of_scenario).collect()
}
