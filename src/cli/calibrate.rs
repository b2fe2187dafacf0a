//! `calibrate`: parameters under which scenarios show what is on record.

use super::args::{Format, FormatArgs, ScenarioArgs, SizeArgs, count, threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{Prepared, prepare, request, warn};
use super::progress::{Bar, Verbosity};
use super::run::{Begun, Making, Tables, manifest_of, misplaced, stopped};
use super::terminal;
use anyhow::anyhow;
use clap::ValueEnum;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use twiplomacy::experiment::abc::{Plan, Posterior};
use twiplomacy::experiment::calibration::{self, Calibration, Scenario, Target, is_shared};
use twiplomacy::experiment::parameters::{self, Parameter, parameters};
use twiplomacy::experiment::replicates::ReplicatesError;
use twiplomacy::io::{self, Destination, Existing};
use twiplomacy::report::bundle::{self, BundleFile};
use twiplomacy::report::calibration::{self as report, Calibrated, Point};
use twiplomacy::report::{json, plot};
use twiplomacy::scenario::{Base, Request};

/// Find values of uncertain parameters under which scenarios show what is on record (ABC-SMC), and write a world with them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy calibrate canada-saudi-2018 --vary dispositions.response.base=-6:-1 --vary dispositions.perception.native=0:8
  twiplomacy calibrate tariff-thread-2019 --vary dispositions.sharing.infectiousness=0.0001:0.001:log \\
      --target message.thread-1.shares
  twiplomacy calibrate canada-saudi-2018 tariff-thread-2019 --parameters uncertain.txt --out fitted
  twiplomacy run canada-saudi-2018 --world fitted/world.toml

Targets are the recorded values that the scenarios mark as fitted, unless others are named; values marked as held out or as controls are \
never used. One set of values holds for all scenarios. The folder holds world.toml (any command takes it with `--world`), \
calibration.json, the samples (posterior), and a plot. Ctrl-C stops between two runs and writes nothing.")]
pub(crate) struct Args {
    /// Scenarios: ids of bundled ones, or files
    #[arg(value_name = "SCENARIO", required = true)]
    scenarios: Vec<String>,

    /// Disposition to calibrate, with its prior: `PATH=LOW:HIGH` (uniform), `PATH=LOW:HIGH:log` (uniform on a logarithmic scale),
    /// `PATH=normal(MEAN,SD,LOW,HIGH)`, or a `PATH` (of one or a table of them) alone for half to twice its value (repeatable)
    #[arg(long, value_name = "PATH[=PRIOR]")]
    vary: Vec<String>,

    /// File with more of them, one a line (`#` begins a comment)
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,

    /// Outcome to be met, with its value unless that is on record (repeatable)
    #[arg(long = "target", value_name = "[SCENARIO:]OUTCOME[=VALUE]")]
    targets: Vec<String>,

    /// Parameter to set at all proposals, such as `network.accounts=20000` (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// World to start from instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,

    #[command(flatten)]
    size: SizeArgs,

    #[command(flatten)]
    sampler: SamplerArgs,

    /// Seed of the networks, all runs and the sampler
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    /// Folder to write; the first free one of `out/ID-calibration`, `out/ID-calibration-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the calibration in the folder if there is one
    #[arg(long)]
    overwrite: bool,

    /// File format of the samples
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    tables: Tables,

    #[command(flatten)]
    format: FormatArgs,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

/// How long and how finely is searched.
#[derive(Debug, clap::Args)]
struct SamplerArgs {
    /// Samples of the posterior
    #[arg(long, value_name = "N", default_value = "300", value_parser = |text: &str| count(text, &(10..=100_000)))]
    particles: u64,

    /// Generations at the most; each has a smaller tolerance
    #[arg(long, value_name = "G", default_value = "6", value_parser = |text: &str| count(text, &(1..=100)))]
    generations: u64,

    /// Proposals simulated at the most
    #[arg(long, value_name = "P", default_value = "20000", value_parser = |text: &str| count(text, &(10..=1_000_000_000)))]
    proposals: u64,

    /// Runs behind each proposal; with more than one, targets are compared with their mean, as if expectations were on record
    #[arg(long, value_name = "R", default_value = "1", value_parser = |text: &str| count(text, &(1..=100_000)))]
    replicates: u64,

    /// Which value of each parameter the world is given
    #[arg(long, value_name = "WHICH", default_value = "median")]
    point: PointName,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PointName {
    /// The median of each parameter by itself
    Median,
    /// The sample about which most weight lies
    Mode,
}

/// Share of the accepted proposals that a generation keeps (Prangle 2017 has a half).
const KEEP: f64 = 0.5;
/// Accepted proposals below which going on is not worth it.
const LEAST_ACCEPTANCE: f64 = 0.01;

impl SamplerArgs {
    fn plan(&self, seed: u64) -> Result<Plan, Failed> {
        let least = (self.particles as f64 / KEEP).ceil() as u64;
        if self.proposals < least {
            return Err(Failed::usage(anyhow!(
                "{} proposals are too few for {} particles: the first generation needs {least}\n\nhint: allow more `--proposals`, or ask for fewer `--particles`",
                self.proposals,
                self.particles
            )));
        }
        Ok(Plan {
            particles: self.particles as usize,
            keep: KEEP,
            generations: self.generations as u32,
            least_acceptance: LEAST_ACCEPTANCE,
            proposals: self.proposals,
            seed,
        })
    }

    const fn point(&self) -> Point {
        match self.point {
            PointName::Median => Point::Median,
            PointName::Mode => Point::Mode,
        }
    }
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let plan = args.sampler.plan(args.seed)?;
    let requests =
        args.scenarios.iter().map(|scenario| asked(args, scenario)).collect::<Result<Vec<_>, _>>()?;
    let prepared =
        requests.iter().map(|request| prepare(request, args.seed)).collect::<Result<Vec<_>, _>>()?;
    prepared.iter().for_each(|prepared| warn(prepared, verbosity));
    let scenarios = scenarios(&requests, &prepared)?;
    let parameters = varied(args, &scenarios)?;
    let targets = calibration::targets(&args.targets, &scenarios).map_err(Failed::usage)?;
    let ids: Vec<&str> = scenarios.iter().map(|scenario| scenario.id).collect();
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination =
        Destination::choose(args.out.as_deref(), &format!("{}-calibration", ids.join("-")), existing);
    let destination = destination.map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;

    let begun = Begun::now();
    let bar = Bar::of(plan.proposals, "proposals at the most", verbosity);
    let all = (&scenarios[..], &parameters[..], &targets[..]);
    let of_runs = (args.sampler.replicates, args.seed);
    let threads = working(args.threads);
    let calibration =
        Calibration::new(all, of_runs, threads, (&bar, interrupt.flag())).map_err(Failed::running)?;
    let posterior = calibration.posterior(&plan);
    drop(calibration);
    drop(bar);
    let (posterior, making) = (posterior.map_err(stopped)?, begun.ended());
    usable(&posterior, &targets)?;
    let before: Vec<String> =
        parameters.iter().map(|parameter| parameters::stands(&scenarios[0].base, &parameter.path)).collect();
    let found = Calibrated {
        scenarios: &ids,
        seed: args.seed,
        replicates: args.sampler.replicates,
        parameters: &parameters,
        before: &before,
        targets: &targets,
        posterior: &posterior,
        point: args.sampler.point(),
    };
    let files = files(args, (&requests, &prepared), &found, &making)?;
    if interrupt.flag().load(Ordering::Relaxed) {
        return Err(stopped(ReplicatesError::Stopped));
    }
    let folder = destination.write(&files).map_err(misplaced)?;
    match args.format.chosen() {
        Format::Json => terminal::print(json::to_bytes(&report::json(&found)))?,
        Format::Table => terminal::print(report::table(&found, terminal::width(), terminal::stdout_style()))?,
    }
    if verbosity == Verbosity::Normal {
        terminal::remark(&format!("\ncalibration: {}", folder.display()));
        terminal::remark(&format!("world: {}", folder.join(bundle::WORLD).display()));
    }
    Ok(())
}

fn asked(args: &Args, scenario: &str) -> Result<Request, Failed> {
    let (scenario, set, world) = (scenario.to_owned(), args.set.clone(), args.world.clone());
    request(&ScenarioArgs { scenario, arm: None, set, world, full_size: args.size.full_size })
}

fn scenarios<'a>(requests: &[Request], prepared: &'a [Prepared]) -> Result<Vec<Scenario<'a>>, Failed> {
    let mut found: Vec<Scenario<'a>> = Vec::new();
    for (request, prepared) in requests.iter().zip(prepared) {
        let id = prepared.id();
        if found.iter().any(|known| known.id == id) {
            return Err(Failed::usage(anyhow!("the scenario `{id}` is given twice\n\nhint: name each once")));
        }
        let base = Base::read(request).map_err(Failed::usage)?;
        let (layout, recorded) = (prepared.simulation.layout(), &prepared.named.recorded);
        found.push(Scenario { id, base, layout, recorded });
    }
    Ok(found)
}

/// The parameters typed and listed; each scenario must take both ends of each.
fn varied(args: &Args, scenarios: &[Scenario<'_>]) -> Result<Vec<Parameter>, Failed> {
    let mut texts = args.vary.clone();
    if let Some(file) = &args.parameters {
        texts.extend(io::list(file).map_err(Failed::usage)?);
    }
    if texts.is_empty() {
        return Err(Failed::usage(anyhow!(
            "no parameter to calibrate is named\n\nhint: such as `--vary dispositions.response.base=-6:-1`; allowed: {}",
            parameters::FORM
        )));
    }
    let mut found = Vec::new();
    for scenario in scenarios.iter().rev() {
        found = parameters(&texts, &scenario.base).map_err(Failed::usage)?;
    }
    match found.iter().find(|parameter| !is_shared(parameter)) {
        None => Ok(found),
        Some(own) => Err(Failed::usage(anyhow!(
            "`{}` is no disposition: only what all scenarios share is calibrated, and a scenario states facts\n\nhint: allowed: paths below `dispositions`",
            own.path
        ))),
    }
}

/// Fails if there are no samples, or none of them has all targets.
fn usable(posterior: &Posterior, targets: &[Target]) -> Result<(), Failed> {
    let is_found = posterior.particles.iter().any(|particle| particle.distance.is_finite());
    if is_found {
        return Ok(());
    }
    let never = (0..targets.len()).find(|&index| posterior.predictive(index).is_empty());
    let what =
        never.map_or_else(String::new, |index| format!("`{}` existed in no run; ", targets[index].outcome));
    Err(Failed::running(anyhow!(
        "{what}no proposal came anywhere near the targets\n\nhint: widen the priors, or choose other targets"
    )))
}

fn files(
    args: &Args,
    (requests, prepared): (&[Request], &[Prepared]),
    found: &Calibrated<'_>,
    making: &Making,
) -> Result<Vec<BundleFile>, Failed> {
    let of = |(index, value): (usize, f64)| calibration::Calibrated {
        value: found.parameters[index].text(value),
        source: found.source(index),
    };
    let values: Vec<calibration::Calibrated> = found.values().into_iter().enumerate().map(of).collect();
    let world =
        calibration::world_with(&requests[0].world, found.parameters, &values).map_err(Failed::running)?;
    let mut files = vec![
        BundleFile::new(bundle::WORLD, world),
        BundleFile::new(bundle::CALIBRATION, json::to_bytes(&report::json(found))),
    ];
    bundle::push_table(&mut files, &report::posterior(found), args.tables.format())
        .map_err(Failed::running)?;
    let title = found.scenarios.join(", ");
    let plot = plot::posterior_plot(&title, found).map_err(Failed::running)?;
    files.extend(plot.into_iter().flat_map(bundle::plot_files));
    let runs = found.posterior.generations.iter().map(|generation| generation.proposals).sum::<u64>()
        * found.replicates
        * found.scenarios.len() as u64;
    let threads = working(args.threads);
    let manifest = manifest_of(&prepared[0], &title, (args.seed, runs, threads), making);
    files.push(BundleFile::new(bundle::MANIFEST, manifest.to_bytes()));
    Ok(files)
}
