//! Shares of a run or a sweep, put together after it was checked that they belong together.

use super::making::{Begun, manifest_of};
use super::prepare::{Prepared, prepare};
use super::run::RunError;
use super::sweep::{Ended, Planned, Record, difference, finish, planned_in, unfinished};
use super::{StudyError, misplaced};
use crate::experiment::aggregate::Aggregate;
use crate::experiment::sweep::{LeftOut, dealt, share};
use crate::io::{self, Destination, PartialFile, StoredBundle, WorkFolder};
use crate::report::ReportError;
use crate::report::bundle::{self, BundleFile, Ensemble, TableFormat};
use crate::report::manifest::{Manifest, Shard, Work, WorkKind, sha256};
use crate::report::sweep::{PLAN, Swept, part_name};
use crate::report::tables::read::Groups;
use crate::report::tables::rows::RowTables;
use crate::report::tables::stored::StoredRuns;
use crate::scenario::{self, Request};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A share as it lies on the disk.
#[derive(Debug)]
pub struct Part {
    /// Its folder.
    pub folder: PathBuf,
    /// What was simulated, and how.
    pub stored: StoredBundle,
    /// What it is a share of.
    pub work: Work,
    /// Which share it is.
    pub shard: Shard,
}

/// The shares in `folders` in their order, if they belong together and none is missing.
pub fn parts(folders: &[PathBuf]) -> Result<Vec<Part>, StudyError> {
    if folders.is_empty() {
        return Err(StudyError::asked("there are no shares to put together".to_owned()));
    }
    in_order(folders.iter().map(|folder| part(folder)).collect::<Result<_, _>>()?)
}

/// What shares are of.
pub fn kind(parts: &[Part]) -> WorkKind {
    parts.first().map_or(WorkKind::Run, |part| part.work.kind)
}

fn part(folder: &Path) -> Result<Part, StudyError> {
    let stored = io::bundle(folder).map_err(StudyError::asked)?;
    let Some(work @ Work { shard: Some(shard), .. }) = stored.manifest.work.clone() else {
        return Err(StudyError::asked(format!(
            "`{}` is not a share of a run or a sweep, but the whole\n\nhint: shares are made by `--shard I/N`",
            folder.display()
        )));
    };
    if !work.is_complete {
        return Err(StudyError::asked(format!(
            "`{}` is not complete\n\nhint: the command that made it goes on with `--resume`",
            folder.display()
        )));
    }
    Ok(Part { folder: folder.to_owned(), stored, work, shard })
}

/// The parts in the order of their shares, if they belong together and none is missing.
fn in_order(mut parts: Vec<Part>) -> Result<Vec<Part>, StudyError> {
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
            return Err(StudyError::asked(format!(
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
            return Err(StudyError::asked(format!(
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
    Err(StudyError::asked(format!(
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

/// The scenario that shares of a run are of.
pub fn prepared_runs(parts: &[Part]) -> Result<Prepared, StudyError> {
    let manifest = &parts[0].stored.manifest;
    Ok(prepare(&request_of(&parts[0]), manifest.seed)?.with_record(manifest))
}

/// Writes the bundle of all runs; gives their aggregate and the folder.
pub fn merge_runs(
    parts: &[Part],
    prepared: &Prepared,
    destination: Destination,
) -> Result<(Aggregate, PathBuf), StudyError> {
    let (begun, manifest) = (Begun::now(), &parts[0].stored.manifest);
    let due = |part: &Part| share(manifest.runs, part.shard.index - 1, part.shard.count);
    let sources: Vec<Source> =
        parts.iter().map(|part| Source { folder: part.folder.clone(), due: due(part) }).collect();
    let tables = parts[0].work.tables;
    let aggregate = fold(&sources, prepared, &destination, tables).map_err(|error| match error {
        Ended::Report(error) => StudyError::running(error),
        Ended::Read(error) => StudyError::asked(error),
        Ended::Write(error) => RunError::Write(error).into(),
        other => StudyError::running(other),
    })?;
    let ensemble = Ensemble::of(&prepared.scenario, &prepared.simulation, &prepared.named, &aggregate);
    let mut files = ensemble.files(tables).map_err(StudyError::running)?;
    let merged = manifest_of(prepared, &manifest.arm, (manifest.seed, manifest.runs, 1), &begun.ended());
    files.push(BundleFile::new(bundle::MANIFEST, merged.to_bytes()));
    let folder = destination.write(&files).map_err(misplaced)?;
    Ok((aggregate, folder))
}

/// Runs that lie in a folder as `runs.parquet`, `acts.parquet` and what is known of their series.
#[derive(Debug)]
pub struct Source {
    /// The folder.
    pub folder: PathBuf,
    /// The runs that must be there.
    pub due: Range<u64>,
}

/// Reads the runs of all sources, in their order, into the tables of the whole.
pub fn fold(
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

/// Writes the sweep of all parts into `work`.
pub fn merge_sweep<'a>(
    parts: &[Part],
    planned: &'a Planned,
    prepared: &'a Prepared,
    work: &WorkFolder,
) -> Result<Swept<'a>, StudyError> {
    let begun = Begun::now();
    let (sweep, tables) = (&planned.sweep, parts[0].work.tables);
    let record = Record::of(prepared, sweep, tables, None, 1);
    record.begin(work)?;
    let n_parts = sweep.parts().len() as u64;
    for part in parts {
        let own = dealt(n_parts, part.shard.index - 1, part.shard.count);
        for name in own.map(|index| part_name(index as usize)) {
            let csv = name.replace(".parquet", ".csv");
            let names = [Some(name), tables.has_csv().then_some(csv)];
            for name in names.into_iter().flatten() {
                work.adopt(&name, &part.folder).map_err(|error| unfinished(error.into(), work))?;
            }
        }
    }
    let swept = finish(work, prepared, sweep, tables).map_err(|error| unfinished(error, work))?;
    let mut outcomes: Vec<String> =
        parts.iter().flat_map(|part| part.work.left_out.iter().cloned()).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    record.end(work, begun, LeftOut { outcomes })?;
    Ok(swept)
}

/// The sweep that the shares are of.
pub fn plan_of(part: &Part) -> Result<Planned, StudyError> {
    let path = part.folder.join(PLAN);
    let text = WorkFolder::at(&part.folder).text(PLAN).map_err(StudyError::asked)?.unwrap_or_default();
    if part.work.plan_sha256.as_deref() != Some(sha256(&text).as_str()) {
        return Err(StudyError::asked(format!("`{}` was changed after the runs", path.display())));
    }
    planned_in(&scenario::Source::new(path.display().to_string(), text), (&[], None, None))
}
