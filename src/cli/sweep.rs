//! `sweep`: many points of the space of parameters, each with many runs, in a folder that can be gone on with at any time.

use super::args::{Format, FormatArgs, ScenarioArgs, cores, runs, shard, threads};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{BASELINE, Prepared, request};
use super::progress::{Bar, Verbosity};
use super::run::{Begun, Tables, manifest_of};
use super::terminal;
use anyhow::{Context, anyhow};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use twiplomacy::experiment::points::{PointError, Space};
use twiplomacy::experiment::replicates::{Progress, ReplicatesError};
use twiplomacy::experiment::sweep::{Asked, LeftOut, Part, Sweep, share, simulate_parts};
use twiplomacy::io::{self, DestinationError, Holding, ReadError, WorkFolder, WriteError};
use twiplomacy::report::bundle::{self, TableFormat};
use twiplomacy::report::human::grouped;
use twiplomacy::report::manifest::{Manifest, Shard, Work, WorkKind, sha256};
use twiplomacy::report::sweep::{PLAN, Swept, is_part, n_rows, part_files, part_name};
use twiplomacy::report::tables::read::Groups;
use twiplomacy::report::tables::sweep::PointFold;
use twiplomacy::report::{ReportError, json};
use twiplomacy::scenario::plan_file::{DesignKind, SweepTable, Varied, is_plan, read_option, read_plan};
use twiplomacy::scenario::{Base, Request, Source};
use twiplomacy::simulation::named::Named;
use twiplomacy::text::{Sources, inline, list};

/// Runs at each point, if nothing is said.
const RUNS: u64 = 200;

/// Vary parameters of a scenario and run it many times at every point
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy sweep canada-saudi-2018 --vary dispositions.response.base=-4:-2:5
  twiplomacy sweep canada-saudi-2018 --vary network.accounts=[20000,50000] --vary dispositions.sharing.homophily=1:2:3 --runs 500
  twiplomacy sweep canada-saudi-2018 --design sobol --points 64 --vary dispositions.response.base=-4:-2 --out results/base
  twiplomacy sweep plan.toml --out results/base --resume

PATH is any parameter of scenario or world (`twiplomacy describe` lists them). All points have the same random numbers. The folder holds \
runs/part-*.parquet (a row a run: point, parameters, run, outcomes; `error` tells why a run has no result), points.parquet (statistics of \
every point), sweep.json, plots, plan.toml (the plan as it was run) and manifest.json. Every file appears as a whole; after a crash or \
Ctrl-C the same command with `--resume` goes on and gives the same bytes in all files but the manifest.

A plan file says the same: `format = 1`, a table [sweep] with scenario, design, points, runs, seed, arm, set, and a table [vary] with \
`\"PATH\" = [a, b]` or `\"PATH\" = { low = 1, high = 5, n = 3, scale = \"log\" }`.")]
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

/// Why a sweep did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(super) enum Ended {
    #[error(transparent)]
    Replicates(#[from] ReplicatesError),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("`{0}` is damaged")]
    Damaged(String, #[source] ReportError),
    #[error("`{0}` is damaged\n\nhint: remove it, and add `--resume` to make it again")]
    Part(String, #[source] ReportError),
}

/// A sweep that can be run.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) base: Base,
    pub(super) sweep: Sweep,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let Planned { base, sweep } = planned(args)?;
    let settings = sweep.settings();
    let space = Space::new(&base, sweep.seed, &settings);
    let prepared = prepared(&base, &space)?;
    prepared.warn(verbosity);
    let id = format!("{}-sweep", prepared.id());
    let work =
        WorkFolder::open(args.place.out.as_deref(), &id, args.place.holding(), is_part).map_err(misplaced)?;
    let record =
        Record::of(&prepared, &sweep, args.tables.format(), args.shard, args.threads.unwrap_or_else(cores));
    record.begin(&work)?;

    let parts = sweep.parts();
    let own = args
        .shard
        .map_or(0..parts.len() as u64, |shard| share(parts.len() as u64, shard.index - 1, shard.count));
    let due: Vec<usize> =
        own.map(|index| index as usize).filter(|&index| !work.has(&part_name(index))).collect();
    let interrupt = Interrupt::catch()?;
    let begun = Begun::now();
    let left_out = simulate(&record, &space, &parts, &due, &work, (verbosity, &interrupt))?;
    if verbosity == Verbosity::Normal && !left_out.outcomes.is_empty() {
        terminal::remark(&format!(
            "warning: {} outcomes exist at some points only and have no columns: {}",
            left_out.outcomes.len(),
            list(left_out.outcomes.iter().map(String::as_str))
        ));
    }
    if args.shard.is_some() {
        record.end(&work, begun, left_out)?;
        told(&work, "share", verbosity);
        return Ok(());
    }
    let points =
        finish(&work, &prepared, &sweep, args.tables.format()).map_err(|error| unfinished(error, &work))?;
    record.end(&work, begun, left_out)?;
    tell_result(&points, &work, args.format.chosen(), verbosity)
}

/// Reads plan or options.
fn planned(args: &Args) -> Result<Planned, Failed> {
    let input = io::scenario(&args.input).map_err(Failed::usage)?;
    if is_plan(&input.text) { from_plan(args, &input) } else { from_options(args) }
}

fn from_options(args: &Args) -> Result<Planned, Failed> {
    if args.vary.is_empty() {
        return Err(Failed::usage(anyhow!(
            "nothing is varied\n\nhint: name a parameter and its values, such as `--vary dispositions.response.base=-4:-2:5`, or give the file of a plan"
        )));
    }
    let scenario = ScenarioArgs {
        scenario: args.input.clone(),
        arm: args.arm.clone(),
        set: args.set.clone(),
        world: args.world.clone(),
        full_size: args.full_size,
    };
    let mut base = Base::read(&request(&scenario)?).map_err(Failed::usage)?;
    let varied = args.vary.iter().map(|option| {
        let source = base.source("--vary", option);
        read_option(base.sources(), source)
    });
    let varied = varied.collect::<Result<Vec<Varied>, _>>().map_err(Failed::usage)?;
    let asked = Asked {
        design: args.design.map_or(DesignKind::Grid, DesignArg::kind),
        points: args.points,
        runs: args.runs.unwrap_or(RUNS),
        seed: args.seed.unwrap_or(1),
    };
    let sweep = Sweep::new(&base, &varied, asked).map_err(Failed::usage)?;
    Ok(Planned { base, sweep })
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
    let mut sources = Sources::new();
    let source = sources.add(input.name.as_str(), input.text.as_str());
    let (table, _) = read_plan(&sources, source).map_err(Failed::usage)?;
    planned_by(&table, input, (&args.set, args.runs, args.seed))
}

/// The sweep of a plan; options add to what it sets and take the place of its runs and seed.
pub(super) fn planned_by(
    table: &SweepTable,
    plan: &Source,
    (set, runs, seed): (&[String], Option<u64>, Option<u64>),
) -> Result<Planned, Failed> {
    let beside = |name: &str| match Path::new(&plan.name).parent() {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    };
    let scenario = match io::scenario(&beside(&table.scenario).display().to_string()) {
        Err(ReadError::NoScenario { .. }) => io::scenario(&table.scenario),
        found => found,
    };
    let mut request =
        Request::new(scenario.with_context(|| format!("the plan `{}`", plan.name)).map_err(Failed::Usage)?);
    if let Some(world) = &table.world {
        request.world = io::world(&beside(world)).map_err(Failed::usage)?;
    }
    request.arm = table.arm.clone().filter(|arm| arm != BASELINE);
    request.set = table.set.iter().map(|(path, value)| format!("{path}={}", inline(value))).collect();
    request.set.extend(set.iter().cloned());
    let mut base = Base::read(&request).map_err(Failed::usage)?;
    let source = base.source(&plan.name, &plan.text);
    let (_, varied) = read_plan(base.sources(), source).map_err(Failed::usage)?;
    let asked = Asked {
        design: table.design,
        points: table.points.as_deref().copied(),
        runs: runs.or(table.runs.as_deref().copied()).unwrap_or(RUNS),
        seed: seed.or(table.seed).unwrap_or(1),
    };
    if asked.runs == 0 {
        return Err(Failed::usage(anyhow!("the plan `{}` asks for no runs\n\nhint: at least 1", plan.name)));
    }
    let sweep = Sweep::new(&base, &varied, asked).map_err(Failed::usage)?;
    Ok(Planned { base, sweep })
}

/// The scenario as it stands, which says what the columns of the tables are.
pub(super) fn prepared(base: &Base, space: &Space<'_>) -> Result<Prepared, Failed> {
    let scenario = base.with(&[]).map_err(Failed::usage)?;
    let simulation = match space.build_with(&[]) {
        Ok(simulation) => simulation,
        Err(PointError::Scenario(failure)) => return Err(Failed::usage(failure)),
        Err(error) => {
            return Err(Failed::Usage(
                anyhow::Error::new(error).context("the scenario can't be simulated as it stands"),
            ));
        }
    };
    let named = Named::of(&scenario, simulation.layout()).map_err(Failed::usage)?;
    Ok(Prepared { scenario, simulation, named })
}

/// Whether work is all done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Begun,
    Done,
}

/// What a folder says of the work in it.
pub(super) struct Record<'a> {
    prepared: &'a Prepared,
    sweep: &'a Sweep,
    plan: String,
    tables: TableFormat,
    shard: Option<Shard>,
    threads: usize,
}

impl<'a> Record<'a> {
    pub(super) fn of(
        prepared: &'a Prepared,
        sweep: &'a Sweep,
        tables: TableFormat,
        shard: Option<Shard>,
        threads: usize,
    ) -> Self {
        let plan = sweep.to_toml(bundle::SCENARIO, bundle::WORLD);
        Self { prepared, sweep, plan, tables, shard, threads }
    }

    /// Files that say what is done, in the order in which they are written.
    fn texts(&self) -> [(&'static str, &str); 3] {
        let scenario = &self.prepared.scenario;
        [
            (bundle::WORLD, &scenario.world_text),
            (bundle::SCENARIO, &scenario.scenario_text),
            (PLAN, &self.plan),
        ]
    }

    /// Checks that the folder holds nothing else, and says in it what is done.
    pub(super) fn begin(&self, work: &WorkFolder) -> Result<(), Failed> {
        let manifest = self.manifest(Begun::now(), LeftOut::default(), State::Begun);
        let is_begun = work.has(bundle::MANIFEST);
        if is_begun {
            let text = work.text(bundle::MANIFEST).map_err(Failed::running)?.unwrap_or_default();
            let old = Manifest::from_bytes(text.as_bytes()).map_err(|error| {
                Failed::usage(anyhow::Error::new(error).context(format!(
                    "`{}/{}` is no manifest",
                    work.folder().display(),
                    bundle::MANIFEST
                )))
            })?;
            if let Some(what) = difference(&old, &manifest) {
                return Err(another(work, what));
            }
        }
        for (name, text) in self.texts() {
            match work.text(name).map_err(Failed::running)? {
                Some(old) if old == text => {}
                Some(_) if is_begun => return Err(another(work, &format!("another `{name}`"))),
                _ => work.commit(name, text.as_bytes()).map_err(|error| lost(error, work))?,
            }
        }
        work.commit(bundle::MANIFEST, &manifest.to_bytes()).map_err(|error| lost(error, work))
    }

    /// Says in the folder that all is done.
    pub(super) fn end(&self, work: &WorkFolder, begun: Begun, left_out: LeftOut) -> Result<(), Failed> {
        let manifest = self.manifest(begun, left_out, State::Done);
        work.commit(bundle::MANIFEST, &manifest.to_bytes()).map_err(|error| lost(error, work))
    }

    fn manifest(&self, begun: Begun, left_out: LeftOut, state: State) -> Manifest {
        let arm = self.prepared.scenario.arm.as_deref().unwrap_or(BASELINE);
        let runs = self.sweep.points.len() as u64 * self.sweep.runs;
        let mut manifest =
            manifest_of(self.prepared, arm, (self.sweep.seed, runs, self.threads), &begun.ended());
        manifest.work = Some(Work {
            kind: WorkKind::Sweep,
            plan_sha256: Some(sha256(&self.plan)),
            tables: self.tables,
            shard: self.shard,
            is_complete: state == State::Done,
            left_out: left_out.outcomes,
        });
        manifest
    }
}

/// A folder that holds another sweep.
fn another(work: &WorkFolder, what: &str) -> Failed {
    Failed::usage(anyhow!(
        "the sweep in `{}` is another one: it has {what}\n\nhint: resume with the options that it was begun with, choose another `--out`, or add `--overwrite` instead of `--resume`",
        work.folder().display()
    ))
}

/// What makes two pieces of work different ones; `None` if they are the same.
pub(super) fn difference(old: &Manifest, new: &Manifest) -> Option<&'static str> {
    let of = |manifest: &Manifest| manifest.work.clone();
    let (Some(old_work), Some(new_work)) = (of(old), of(new)) else { return Some("another kind of content") };
    let checks = [
        ("another kind of content", old_work.kind == new_work.kind),
        ("another version of the program", old.program == new.program),
        (
            "another scenario",
            old.scenario.id == new.scenario.id
                && old.scenario.scenario_sha256 == new.scenario.scenario_sha256,
        ),
        ("another world", old.scenario.world_sha256 == new.scenario.world_sha256),
        ("another seed", old.seed == new.seed),
        ("another plan", old_work.plan_sha256 == new_work.plan_sha256),
        ("another number of runs", old.runs == new.runs),
        ("another share", old_work.shard == new_work.shard),
        ("another format of tables", old_work.tables == new_work.tables),
    ];
    checks.into_iter().find(|(_, is_same)| !is_same).map(|(what, _)| what)
}

/// Simulates the parts that are due and writes each when it is complete.
fn simulate(
    record: &Record<'_>,
    space: &Space<'_>,
    parts: &[Part],
    due: &[usize],
    work: &WorkFolder,
    (verbosity, interrupt): (Verbosity, &Interrupt),
) -> Result<LeftOut, Failed> {
    let layout = record.prepared.simulation.layout();
    let due_parts: Vec<Part> = due.iter().map(|&index| parts[index].clone()).collect();
    let bar = Bar::new(n_rows(&due_parts), verbosity);
    let mut indices = due.iter();
    let settings = (record.threads, &bar as &dyn Progress, interrupt.flag());
    simulate_parts(space, &due_parts, layout, settings, |_, rows| {
        let index = *indices.next().expect("there is an index for every part");
        for file in part_files(record.sweep, layout, index, &rows, record.tables)? {
            work.commit(&file.path, &file.bytes)?;
        }
        Ok(())
    })
    .map_err(|error| unfinished(error, work))
}

/// Makes the files that need all rows, from the rows as they were written.
pub(super) fn finish<'a>(
    work: &WorkFolder,
    prepared: &'a Prepared,
    sweep: &'a Sweep,
    tables: TableFormat,
) -> Result<Swept<'a>, Ended> {
    let layout = prepared.simulation.layout();
    let mut fold = PointFold::new(layout, sweep.runs);
    for (index, part) in sweep.parts().iter().enumerate() {
        let file = work.read(&part_name(index))?;
        let name = part_name(index);
        let groups = Groups::new("runs", file).map_err(|error| Ended::Part(name.clone(), error))?;
        fold.push_part(part, groups).map_err(|error| Ended::Part(name, error))?;
    }
    let swept = Swept {
        scenario: prepared.id(),
        title: &prepared.scenario.file.scenario.title,
        sweep,
        layout,
        highlighted: &prepared.named.highlighted,
        points: fold.finish(),
    };
    for file in swept.files(tables)? {
        work.commit(&file.path, &file.bytes)?;
    }
    Ok(swept)
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

fn misplaced(error: DestinationError) -> Failed {
    match error {
        DestinationError::Occupied { path } => Failed::usage(anyhow!(
            "the folder `{}` is not empty\n\nhint: add `--resume` to go on with the sweep in it, `--overwrite` to replace it, or choose another with `--out`",
            path.display()
        )),
        DestinationError::Write(error) => {
            Failed::Running(anyhow::Error::new(error).context("nothing was run"))
        }
        other => Failed::usage(other),
    }
}

fn lost(error: WriteError, work: &WorkFolder) -> Failed {
    unfinished(error.into(), work)
}

/// A sweep that ended before its end: what was written stays.
pub(super) fn unfinished(error: Ended, work: &WorkFolder) -> Failed {
    let hint = format!(
        "what is complete stays in `{}`; the same command with `--resume` goes on",
        work.folder().display()
    );
    match error {
        Ended::Replicates(ReplicatesError::Stopped) => {
            Failed::running(anyhow!("stopped before all runs had ended\n\nhint: {hint}"))
        }
        other => {
            Failed::Running(anyhow::Error::new(other).context(format!("not all was done\n\nhint: {hint}")))
        }
    }
}
