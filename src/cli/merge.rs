//! `merge`: shares of a run or a sweep, put together.

use super::args::FormatArgs;
use super::failure::Failed;
use super::prepare::{Prepared, prepare};
use super::progress::Verbosity;
use super::run::{Begun, Rows, RunError, manifest_of, misplaced, print_outcomes};
use super::sweep::{
    Ended, Planned, Record, difference, finish, planned_by, prepared, tell_result, unfinished,
};
use super::terminal;
use anyhow::anyhow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use twiplomacy::experiment::aggregate::Aggregate;
use twiplomacy::experiment::points::Space;
use twiplomacy::experiment::sweep::{LeftOut, share};
use twiplomacy::io::{self, Destination, Existing, Holding, PartialFile, StoredBundle, WorkFolder};
use twiplomacy::report::ReportError;
use twiplomacy::report::bundle::{self, BundleFile, Ensemble, TableFormat};
use twiplomacy::report::manifest::{Manifest, Shard, Work, WorkKind, sha256};
use twiplomacy::report::sweep::{PLAN, is_part, part_name};
use twiplomacy::report::tables::read::Groups;
use twiplomacy::report::tables::rows::RowTables;
use twiplomacy::report::tables::stored::StoredRuns;
use twiplomacy::scenario::plan_file::read_plan;
use twiplomacy::scenario::{self, Request};
use twiplomacy::text::Sources;

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

/// A share as it lies on the disk.
#[derive(Debug)]
struct Part {
    folder: PathBuf,
    stored: StoredBundle,
    work: Work,
    shard: Shard,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let parts = args.parts.iter().map(|folder| part(folder)).collect::<Result<Vec<Part>, Failed>>()?;
    let parts = in_order(parts)?;
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    match parts[0].work.kind {
        WorkKind::Run => merge_runs(args, &parts, verbosity),
        WorkKind::Sweep => merge_sweep(args, &parts, verbosity),
    }
}

fn part(folder: &Path) -> Result<Part, Failed> {
    let stored = io::bundle(folder).map_err(Failed::usage)?;
    let Some(work @ Work { shard: Some(shard), .. }) = stored.manifest.work.clone() else {
        return Err(Failed::usage(anyhow!(
            "`{}` is not a share of a run or a sweep, but the whole\n\nhint: shares are made by `--shard I/N`",
            folder.display()
        )));
    };
    if !work.is_complete {
        return Err(Failed::usage(anyhow!(
            "`{}` is not complete\n\nhint: the command that made it goes on with `--resume`",
            folder.display()
        )));
    }
    Ok(Part { folder: folder.to_owned(), stored, work, shard })
}

/// The parts in the order of their shares, if they belong together and none is missing.
fn in_order(mut parts: Vec<Part>) -> Result<Vec<Part>, Failed> {
    let same_share = |manifest: &Manifest| {
        let mut manifest = manifest.clone();
        if let Some(work) = &mut manifest.work {
            work.shard = None;
        }
        manifest
    };
    let first = same_share(&parts[0].stored.manifest);
    let count = parts[0].shard.count;
    for part in &parts[1..] {
        let other = same_share(&part.stored.manifest);
        let what = if part.shard.count == count {
            difference(&first, &other)
        } else {
            Some("another number of shares")
        };
        if let Some(what) = what {
            return Err(Failed::usage(anyhow!(
                "`{}` and `{}` do not belong together: the second has {what} ({})\n\nhint: all shares are made by the same command, but for `--shard` and `--out`",
                parts[0].folder.display(),
                part.folder.display(),
                seeds_and_shards(&parts[0], part)
            )));
        }
    }
    parts.sort_by_key(|part| part.shard.index);
    for pair in parts.windows(2) {
        if pair[0].shard == pair[1].shard {
            return Err(Failed::usage(anyhow!(
                "`{}` and `{}` are the same share, {}/{count}",
                pair[0].folder.display(),
                pair[1].folder.display(),
                pair[0].shard.index
            )));
        }
    }
    let missing: Vec<String> = (1..=count)
        .filter(|index| parts.binary_search_by_key(index, |part| part.shard.index).is_err())
        .map(|index| format!("{index}/{count}"))
        .collect();
    if missing.is_empty() {
        return Ok(parts);
    }
    let shown = missing.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
    let more = if missing.len() > 10 { format!(" and {} more", missing.len() - 10) } else { String::new() };
    Err(Failed::usage(anyhow!(
        "shares are missing: {shown}{more}\n\nhint: make them by `--shard`, and name their folders too"
    )))
}

fn seeds_and_shards(one: &Part, two: &Part) -> String {
    let of = |part: &Part| {
        format!("seed {}, share {}/{}", part.stored.manifest.seed, part.shard.index, part.shard.count)
    };
    format!("{} and {}", of(one), of(two))
}

/// The scenario of the shares.
fn request_of(part: &Part) -> Request {
    let StoredBundle { scenario, world, .. } = &part.stored;
    Request { scenario: scenario.clone(), world: vec![world.clone()], set: Vec::new(), arm: None }
}

fn merge_runs(args: &Args, parts: &[Part], verbosity: Verbosity) -> Result<(), Failed> {
    let (begun, manifest) = (Begun::now(), &parts[0].stored.manifest);
    let prepared = prepare(&request_of(&parts[0]), manifest.seed)?.with_record(manifest);
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let destination = Destination::choose(args.out.as_deref(), prepared.id(), existing).map_err(misplaced)?;
    let due = |part: &Part| share(manifest.runs, part.shard.index - 1, part.shard.count);
    let sources: Vec<Source> =
        parts.iter().map(|part| Source { folder: part.folder.clone(), due: due(part) }).collect();
    let tables = parts[0].work.tables;
    let aggregate = fold(&sources, &prepared, &destination, tables).map_err(|error| match error {
        Ended::Report(error) => Failed::running(error),
        Ended::Read(error) => Failed::usage(error),
        Ended::Write(error) => RunError::Write(error).failed(),
        other => Failed::running(other),
    })?;
    let ensemble = Ensemble::of(&prepared.scenario, &prepared.simulation, &prepared.named, &aggregate);
    let mut files = ensemble.files(tables).map_err(Failed::running)?;
    let merged = manifest_of(&prepared, &manifest.arm, (manifest.seed, manifest.runs, 1), &begun.ended());
    files.push(BundleFile::new(bundle::MANIFEST, merged.to_bytes()));
    let folder = destination.write(&files).map_err(misplaced)?;
    print_outcomes(&ensemble, &prepared, args.format.chosen(), Rows::Highlighted)?;
    if verbosity == Verbosity::Normal {
        terminal::remark(&format!("bundle: {}", folder.display()));
    }
    Ok(())
}

/// Runs that lie in a folder as `runs.parquet`, `acts.parquet` and what is known of their series.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) folder: PathBuf,
    /// The runs that must be there.
    pub(super) due: Range<u64>,
}

/// Reads the runs of all sources, in their order, into the tables of the whole.
pub(super) fn fold(
    sources: &[Source],
    prepared: &Prepared,
    destination: &Destination,
    format: TableFormat,
) -> Result<Aggregate, Ended> {
    let simulation = &prepared.simulation;
    let (layout, start) = (simulation.layout(), simulation.setting().start);
    let mut aggregate = bundle::aggregate(simulation);
    let open = |name: &str| destination.file(name).map_err(Ended::Write);
    let mut tables = RowTables::new(layout, start, format, open)?;
    for source in sources {
        let folder = WorkFolder::at(&source.folder);
        let damaged =
            |name: &str, error| Ended::Damaged(source.folder.join(name).display().to_string(), error);
        let (runs, acts) = ("runs.parquet", "acts.parquet");
        let run_groups = Groups::new("runs", folder.read(runs)?).map_err(|error| damaged(runs, error))?;
        let act_groups = Groups::new("acts", folder.read(acts)?).map_err(|error| damaged(acts, error))?;
        let mut stored = StoredRuns::new(layout, source.due.clone(), run_groups, act_groups);
        while let Some(outcomes) = stored.next_group().map_err(|error| damaged(runs, error))? {
            for outcome in &outcomes {
                aggregate.scalars.push_outcome(outcome);
            }
            tables.push(outcomes)?;
        }
        let series = folder.bytes(bundle::SERIES)?;
        aggregate.series.merge_bytes(&series).ok_or_else(|| {
            let reason = "it is not what this program writes".to_owned();
            damaged(bundle::SERIES, ReportError::Unread { table: "series", reason })
        })?;
    }
    tables.finish()?.into_iter().try_for_each(PartialFile::finish)?;
    Ok(aggregate)
}

fn merge_sweep(args: &Args, parts: &[Part], verbosity: Verbosity) -> Result<(), Failed> {
    let begun = Begun::now();
    let Planned { base, sweep } = plan_of(&parts[0])?;
    let settings = sweep.settings();
    let space = Space::new(&base, sweep.seed, &settings);
    let prepared = prepared(&base, &space)?;
    let id = format!("{}-sweep", prepared.id());
    let holding = if args.overwrite { Holding::Replace } else { Holding::Refuse };
    let work = WorkFolder::open(args.out.as_deref(), &id, holding, is_part).map_err(misplaced)?;
    let record = Record::of(&prepared, &sweep, parts[0].work.tables, None, 1);
    record.begin(&work)?;
    let n_parts = sweep.parts().len() as u64;
    for part in parts {
        let own = share(n_parts, part.shard.index - 1, part.shard.count);
        for name in own.map(|index| part_name(index as usize)) {
            let csv = name.replace(".parquet", ".csv");
            let names = [Some(name), parts[0].work.tables.has_csv().then_some(csv)];
            for name in names.into_iter().flatten() {
                work.adopt(&name, &part.folder).map_err(|error| unfinished(error.into(), &work))?;
            }
        }
    }
    let points =
        finish(&work, &prepared, &sweep, parts[0].work.tables).map_err(|error| unfinished(error, &work))?;
    let mut outcomes: Vec<String> =
        parts.iter().flat_map(|part| part.work.left_out.iter().cloned()).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    record.end(&work, begun, LeftOut { outcomes })?;
    tell_result(&points, &work, args.format.chosen(), verbosity)
}

/// The sweep that the shares are of.
fn plan_of(part: &Part) -> Result<Planned, Failed> {
    let path = part.folder.join(PLAN);
    let text = WorkFolder::at(&part.folder).text(PLAN).map_err(Failed::usage)?.unwrap_or_default();
    if part.work.plan_sha256.as_deref() != Some(sha256(&text).as_str()) {
        return Err(Failed::usage(anyhow!("`{}` was changed after the runs", path.display())));
    }
    let plan = scenario::Source::new(path.display().to_string(), text);
    let mut sources = Sources::new();
    let source = sources.add(plan.name.as_str(), plan.text.as_str());
    let (table, _) = read_plan(&sources, source).map_err(Failed::usage)?;
    planned_by(&table, &plan, (&[], None, None))
}
