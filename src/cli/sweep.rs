//! `sweep`: many points of the space of parameters, each with many runs, in a folder that can be gone on with at any time.

use super::args::{Format, FormatArgs, ScenarioArgs, runs, shard, threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{request, warn};
use super::progress::{Bar, Verbosity};
use super::run::Tables;
use super::terminal;
use anyhow::anyhow;
use clap::ValueEnum;
use std::path::PathBuf;
use twiplomacy::experiment::points::Space;
use twiplomacy::experiment::sweep::Asked;
use twiplomacy::io::{self, Holding, WorkFolder};
use twiplomacy::report::human::grouped;
use twiplomacy::report::json;
use twiplomacy::report::manifest::Shard;
use twiplomacy::report::sweep::{Swept, is_part};
use twiplomacy::scenario::kind::Kind;
use twiplomacy::scenario::plan_file::DesignKind;
use twiplomacy::scenario::{Source, bundled};
use twiplomacy::study::sweep::{
    Planned, RUNS, Record, Undertaking, misplaced, planned_from, planned_in, standing,
};
use twiplomacy::text::list;

/// Vary parameters of a scenario and run it many times at every point
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy sweep canada-saudi-2018 --vary dispositions.response.base=-4:-2:5
  twiplomacy sweep canada-saudi-2018 --vary network.accounts=[20000,50000] --vary dispositions.sharing.homophily=1:2:3 --runs 500
  twiplomacy sweep canada-saudi-2018 --design sobol --points 64 --vary dispositions.response.base=-4:-2 --out results/base
  twiplomacy sweep plan.toml --out results/base --resume
  twiplomacy sweep crowd-knowledge

PATH is any parameter of scenario or world (`twiplomacy describe` lists them). All points have the same random numbers. The folder holds \
runs/part-*.parquet (a row a run: point, parameters, run, outcomes; `error` tells why a run has no result), points.parquet (statistics of \
every point), sweep.json, plots, plan.toml (the plan as it was run) and manifest.json. Every file appears as a whole; after a crash or \
Ctrl-C the same command with `--resume` goes on and gives the same bytes in all files but the manifest.

A plan file says the same: `format = 1`, a table [sweep] with scenario, design, points, runs, seed, arm, set, and a table [vary] with \
`\"PATH\" = [a, b]` or `\"PATH\" = { low = 1, high = 5, n = 3, scale = \"log\" }`. Some bundled scenarios of tier 3 have a plan of their own, \
which is swept where nothing is varied.")]
pub(crate) struct Args {
    /// Scenario: the id of a bundled one, or a file; or the file of a plan
    #[arg(value_name = "SCENARIO|PLAN")]
    input: String,

    /// Parameter to vary: `PATH=[a,b,c]`, `PATH=low:high:n` or `PATH=low:high:n:log` for a grid, `PATH=low:high` or `PATH=low:high:log` for
    /// the other designs (repeatable)
    #[arg(long, value_name = "PATH=VALUES")]
    vary: Vec<String>,

    /// How points are chosen [default: grid]
    #[arg(long, value_name = "DESIGN")]
    design: Option<DesignArg>,

    /// Number of points of a design that is not a grid
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    points: Option<u64>,

    /// Number of runs at each point [default: 200]
    #[arg(long, value_name = "N", value_parser = runs)]
    runs: Option<u64>,

    /// Seed of networks, runs and points [default: 1]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,

    /// Intervention of the scenario to apply at every point
    #[arg(long, value_name = "NAME")]
    arm: Option<String>,

    /// Parameter to set at every point (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,

    /// Simulate every account of the publics instead of a sample: the same as `--set network.scale=full`
    #[arg(long)]
    full_size: bool,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    #[command(flatten)]
    place: PlaceArgs,

    /// Share of the work to do, for `twiplomacy merge` to put together with the others
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Shard>,

    /// File format of the tables; rows are always kept as Parquet, `csv` and `both` add CSV
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    tables: Tables,

    #[command(flatten)]
    format: FormatArgs,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

/// Where results go.
#[derive(Debug, clap::Args)]
struct PlaceArgs {
    /// Folder to write; the first free one of `out/ID-sweep`, `out/ID-sweep-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the sweep in the folder if there is one
    #[arg(long, conflicts_with = "resume")]
    overwrite: bool,

    /// Go on with the sweep in the folder; begin it if there is none
    #[arg(long)]
    resume: bool,
}

impl PlaceArgs {
    const fn holding(&self) -> Holding {
        match (self.overwrite, self.resume) {
            (true, _) => Holding::Replace,
            (_, true) => Holding::Resume,
            _ => Holding::Refuse,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DesignArg {
    /// Every combination of the values
    Grid,
    /// A Latin hypercube over the ranges
    LatinHypercube,
    /// Scrambled Sobol' points over the ranges
    Sobol,
}

impl DesignArg {
    const fn kind(self) -> DesignKind {
        match self {
            Self::Grid => DesignKind::Grid,
            Self::LatinHypercube => DesignKind::LatinHypercube,
            Self::Sobol => DesignKind::Sobol,
        }
    }
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let Planned { base, sweep } = planned(args)?;
    let settings = sweep.settings();
    let space = Space::new(&base, sweep.seed, &settings);
    let prepared = standing(&base, &space)?;
    warn(&prepared, verbosity);
    let id = format!("{}-sweep", prepared.id());
    let work =
        WorkFolder::open(args.place.out.as_deref(), &id, args.place.holding(), is_part).map_err(misplaced)?;
    let threads = working(args.threads);
    let record = Record::of(&prepared, &sweep, args.tables.format(), args.shard, threads);
    let undertaking = Undertaking::begin(record, &space, &work)?;
    let interrupt = Interrupt::catch()?;
    let bar = Bar::new(undertaking.runs_due(), verbosity);
    let (left_out, swept) = undertaking.carry_out(interrupt.terms(threads, &bar))?;
    drop(bar);
    if verbosity == Verbosity::Normal && !left_out.outcomes.is_empty() {
        terminal::remark(&format!(
            "warning: {} outcomes exist at some points only and have no columns: {}",
            left_out.outcomes.len(),
            list(left_out.outcomes.iter().map(String::as_str))
        ));
    }
    if let Some(swept) = swept {
        return tell_result(&swept, &work, args.format.chosen(), verbosity);
    }
    told(&work, "share", verbosity);
    Ok(())
}

/// Reads plan or options.
fn planned(args: &Args) -> Result<Planned, Failed> {
    let input = io::scenario(&args.input).map_err(Failed::usage)?;
    if Kind::of(&input.text) == Kind::Plan {
        return from_plan(args, &input);
    }
    match bundled::plan(&args.input).filter(|_| bundled::scenario(&args.input) == Some(input)) {
        Some(plan) if args.vary.is_empty() => from_plan(args, &plan),
        _ => from_options(args),
    }
}

fn from_options(args: &Args) -> Result<Planned, Failed> {
    if args.vary.is_empty() {
        return Err(Failed::usage(anyhow!(
            "nothing is varied, and `{}` has no plan of its own\n\nhint: name a parameter and its values, such as `--vary dispositions.response.base=-4:-2:5`, or give the file of a plan",
            args.input
        )));
    }
    let scenario = ScenarioArgs {
        scenario: args.input.clone(),
        arm: args.arm.clone(),
        set: args.set.clone(),
        world: args.world.clone(),
        full_size: args.full_size,
    };
    let asked = Asked {
        design: args.design.map_or(DesignKind::Grid, DesignArg::kind),
        points: args.points,
        runs: args.runs.unwrap_or(RUNS),
        seed: args.seed.unwrap_or(1),
    };
    Ok(planned_from(&request(&scenario)?, &args.vary, asked)?)
}

fn from_plan(args: &Args, input: &Source) -> Result<Planned, Failed> {
    let said = [
        ("--vary", !args.vary.is_empty()),
        ("--design", args.design.is_some()),
        ("--points", args.points.is_some()),
        ("--arm", args.arm.is_some()),
        ("--world", args.world.is_some()),
        ("--full-size", args.full_size),
    ];
    if let Some((option, _)) = said.iter().find(|(_, is_said)| *is_said) {
        return Err(Failed::usage(anyhow!(
            "`{option}` and a plan contradict each other: `{}` says this already\n\nhint: change the plan, or name a scenario instead of it",
            input.name
        )));
    }
    Ok(planned_in(input, (&args.set, args.runs, args.seed))?)
}

/// Prints the result and says what is odd about it.
pub(super) fn tell_result(
    swept: &Swept<'_>,
    work: &WorkFolder,
    format: Format,
    verbosity: Verbosity,
) -> Result<(), Failed> {
    match format {
        Format::Json => terminal::print(json::to_bytes(&swept.json()))?,
        Format::Table => terminal::print(swept.table(terminal::width(), terminal::stdout_style()))?,
    }
    let (failed, incomplete) = swept.failed_and_incomplete();
    let all = swept.sweep.points.len() as u64 * swept.sweep.runs;
    if failed == all {
        let first = swept.points.iter().find_map(|point| point.error.as_deref()).unwrap_or_default();
        return Err(Failed::running(anyhow!("no run has a result: {first}")));
    }
    if verbosity == Verbosity::Normal {
        for (n, what) in [
            (failed, "have no result: column `error` of the rows tells why"),
            (incomplete, "used up their events and are incomplete: column `stop` of the rows names them"),
        ] {
            if n > 0 {
                terminal::remark(&format!("warning: {} of {} runs {what}", grouped(n), grouped(all)));
            }
        }
    }
    told(work, "sweep", verbosity);
    Ok(())
}

fn told(work: &WorkFolder, what: &str, verbosity: Verbosity) {
    if verbosity == Verbosity::Normal {
        terminal::remark(&format!("{what}: {}", work.folder().display()));
    }
}
