//! Sweeps: read from a plan or from options, made part by part in a folder that can be gone on with at any time.

use super::making::{Begun, manifest_of};
use super::prepare::Prepared;
use super::{BASELINE, StudyError, Terms, Within};
use crate::experiment::points::{PointError, Space};
use crate::experiment::replicates::ReplicatesError;
use crate::experiment::sweep::{Asked, LeftOut, Part, Sweep, dealt, simulate_parts};
use crate::io::{self, DestinationError, ReadError, WorkFolder, WriteError};
use crate::report::ReportError;
use crate::report::bundle::{self, TableFormat};
use crate::report::manifest::{Manifest, Shard, Work, WorkKind, sha256};
use crate::report::sweep::{PLAN, Swept, n_rows, part_files, part_name};
use crate::report::tables::read::Groups;
use crate::report::tables::sweep::summaries;
use crate::scenario::plan_file::{Varied, read_option, read_plan};
use crate::scenario::{Base, Request, Source};
use crate::simulation::named::Named;
use crate::text::{Sources, inline};
use std::path::{Path, PathBuf};

/// Runs at each point, if nothing is said.
pub const RUNS: u64 = 200;

/// Why a sweep did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// It was stopped.
    #[error(transparent)]
    Replicates(#[from] ReplicatesError),
    /// A table or a plot can't be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A file can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A table of a part is damaged.
    #[error("`{0}` is damaged")]
    Damaged(String, #[source] ReportError),
    /// A table of a sweep is damaged.
    #[error("`{0}` is damaged\n\nhint: remove it, and add `--resume` to make it again")]
    Part(String, #[source] ReportError),
}

/// A sweep that can be run.
#[derive(Debug)]
pub struct Planned {
    /// The scenario as it stands.
    pub base: Base,
    /// What is varied over it, and how often it is run.
    pub sweep: Sweep,
}

/// The sweep that varies what `vary` says, each `PATH=VALUES`, over the scenario of `request`.
pub fn planned_from(request: &Request, vary: &[String], asked: Asked) -> Result<Planned, StudyError> {
    let mut base = Base::read(request).map_err(StudyError::asked)?;
    let varied = vary.iter().map(|option| {
        let source = base.source("--vary", option);
        read_option(base.sources(), source)
    });
    let varied = varied.collect::<Result<Vec<Varied>, _>>().map_err(StudyError::asked)?;
    let sweep = Sweep::new(&base, &varied, asked).map_err(StudyError::asked)?;
    Ok(Planned { base, sweep })
}

/// The sweep of a plan; options add to what it sets and take the place of its runs and seed.
pub fn planned_in(
    plan: &Source,
    (set, runs, seed): (&[String], Option<u64>, Option<u64>),
) -> Result<Planned, StudyError> {
    let mut sources = Sources::new();
    let source = sources.add(plan.name.as_str(), plan.text.as_str());
    let (table, _) = read_plan(&sources, source).map_err(StudyError::asked)?;
    let beside = |name: &str| match Path::new(&plan.name).parent() {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    };
    let scenario = match io::scenario(&beside(&table.scenario).display().to_string()) {
        Err(ReadError::NoScenario { .. }) => io::scenario(&table.scenario),
        found => found,
    };
    let mut request = Request::new(
        scenario
            .map_err(|error| StudyError::asked(Within::new(format!("the plan `{}`", plan.name), error)))?,
    );
    if let Some(world) = &table.world {
        request.world = io::world(&beside(world)).map_err(StudyError::asked)?;
    }
    request.arm = table.arm.clone().filter(|arm| arm != BASELINE);
    request.set = table.set.iter().map(|(path, value)| format!("{path}={}", inline(value))).collect();
    request.set.extend(set.iter().cloned());
    let mut base = Base::read(&request).map_err(StudyError::asked)?;
    let source = base.source(&plan.name, &plan.text);
    let (_, varied) = read_plan(base.sources(), source).map_err(StudyError::asked)?;
    let asked = Asked {
        design: table.design,
        points: table.points.as_deref().copied(),
        runs: runs.or(table.runs.as_deref().copied()).unwrap_or(RUNS),
        seed: seed.or(table.seed).unwrap_or(1),
    };
    if asked.runs == 0 {
        return Err(StudyError::asked(format!(
            "the plan `{}` asks for no runs\n\nhint: at least 1",
            plan.name
        )));
    }
    let sweep = Sweep::new(&base, &varied, asked).map_err(StudyError::asked)?;
    Ok(Planned { base, sweep })
}

/// The scenario as it stands, which says what the columns of the tables are.
pub fn standing(base: &Base, space: &Space<'_>) -> Result<Prepared, StudyError> {
    let scenario = base.with(&[]).map_err(StudyError::asked)?;
    let simulation = match space.build_with(&[]) {
        Ok(simulation) => simulation,
        Err(PointError::Scenario(failure)) => return Err(StudyError::asked(failure)),
        Err(error) => {
            let context = "the scenario can't be simulated as it stands";
            return Err(StudyError::asked(Within::new(context, error)));
        }
    };
    let named = Named::of(&scenario, simulation.layout()).map_err(StudyError::asked)?;
    Ok(Prepared { scenario, simulation, named })
}

/// Whether work is all done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Begun,
    Done,
}

/// What a folder says of the work in it.
#[derive(Debug)]
pub struct Record<'a> {
    prepared: &'a Prepared,
    sweep: &'a Sweep,
    plan: String,
    tables: TableFormat,
    shard: Option<Shard>,
    threads: usize,
}

impl<'a> Record<'a> {
    /// The record of `sweep`, or of a share of it.
    pub fn of(
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
    pub fn begin(&self, work: &WorkFolder) -> Result<(), StudyError> {
        let manifest = self.manifest(Begun::now(), LeftOut::default(), State::Begun);
        let is_begun = work.has(bundle::MANIFEST);
        if is_begun {
            let text = work.text(bundle::MANIFEST).map_err(StudyError::running)?.unwrap_or_default();
            let old = Manifest::from_bytes(text.as_bytes()).map_err(|error| {
                let context = format!("`{}/{}` is no manifest", work.folder().display(), bundle::MANIFEST);
                StudyError::asked(Within::new(context, error))
            })?;
            if let Some(what) = difference(&old, &manifest) {
                return Err(another(work, what));
            }
        }
        for (name, text) in self.texts() {
            match work.text(name).map_err(StudyError::running)? {
                Some(old) if old == text => {}
                Some(_) if is_begun => return Err(another(work, &format!("another `{name}`"))),
                _ => work.commit(name, text.as_bytes()).map_err(|error| lost(error, work))?,
            }
        }
        work.commit(bundle::MANIFEST, &manifest.to_bytes()).map_err(|error| lost(error, work))
    }

    /// Says in the folder that all is done.
    pub fn end(&self, work: &WorkFolder, begun: Begun, left_out: LeftOut) -> Result<(), StudyError> {
        let manifest = self.manifest(begun, left_out, State::Done);
        work.commit(bundle::MANIFEST, &manifest.to_bytes()).map_err(|error| lost(error, work))
    }

    fn manifest(&self, begun: Begun, left_out: LeftOut, state: State) -> Manifest {
        let runs = self.sweep.points.len() as u64 * self.sweep.runs;
        let mut manifest = manifest_of(
            self.prepared,
            self.prepared.arm(),
            (self.sweep.seed, runs, self.threads),
            &begun.ended(),
        );
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
fn another(work: &WorkFolder, what: &str) -> StudyError {
    StudyError::asked(format!(
        "the sweep in `{}` is another one: it has {what}\n\nhint: resume with the options that it was begun with, choose another `--out`, or add `--overwrite` instead of `--resume`",
        work.folder().display()
    ))
}

/// What makes two pieces of work different ones; `None` if they are the same.
pub fn difference(old: &Manifest, new: &Manifest) -> Option<&'static str> {
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

/// A sweep, or a share of it, that is made in a folder.
#[derive(Debug)]
pub struct Undertaking<'a> {
    record: Record<'a>,
    space: &'a Space<'a>,
    work: &'a WorkFolder,
    begun: Begun,
    parts: Vec<Part>,
    /// Indices of the parts that are still to be made.
    due: Vec<usize>,
}

impl<'a> Undertaking<'a> {
    /// Begins the work in `work`, or goes on with it; what it holds of another sweep is refused.
    pub fn begin(record: Record<'a>, space: &'a Space<'a>, work: &'a WorkFolder) -> Result<Self, StudyError> {
        record.begin(work)?;
        let parts = record.sweep.parts();
        let n = parts.len() as u64;
        let (index, count) = record.shard.map_or((0, 1), |shard| (shard.index - 1, shard.count));
        let due = dealt(n, index, count)
            .map(|index| index as usize)
            .filter(|&index| !work.has(&part_name(index)))
            .collect();
        Ok(Self { record, space, work, begun: Begun::now(), parts, due })
    }

    /// Runs that are still to be made.
    pub fn runs_due(&self) -> u64 {
        n_rows(&self.due_parts())
    }

    fn due_parts(&self) -> Vec<Part> {
        self.due.iter().map(|&index| self.parts[index].clone()).collect()
    }

    /// Makes the parts that are due, each written when it is complete; then, unless this is a share, the files that need all of them.
    pub fn carry_out(self, terms: Terms<'_>) -> Result<(LeftOut, Option<Swept<'a>>), StudyError> {
        let (record, work) = (&self.record, self.work);
        let left_out = self.simulate(terms).map_err(|error| unfinished(error, work))?;
        let mut swept = None;
        if record.shard.is_none() {
            let finished = finish(work, record.prepared, record.sweep, record.tables);
            swept = Some(finished.map_err(|error| unfinished(error, work))?);
        }
        self.record.end(work, self.begun, left_out.clone())?;
        Ok((left_out, swept))
    }

    fn simulate(&self, terms: Terms<'_>) -> Result<LeftOut, Ended> {
        let Record { sweep, tables, prepared, .. } = self.record;
        let layout = prepared.simulation.layout();
        let mut indices = self.due.iter();
        let settings = (terms.threads, terms.progress, terms.stop);
        simulate_parts(self.space, &self.due_parts(), layout, settings, |_, rows| {
            let Some(&index) = indices.next() else { return Ok(()) };
            for file in part_files(sweep, layout, index, &rows, tables)? {
                self.work.commit(&file.path, &file.bytes)?;
            }
            Ok(())
        })
    }
}

/// Makes the files that need all rows, from the rows as they were written.
pub fn finish<'a>(
    work: &WorkFolder,
    prepared: &'a Prepared,
    sweep: &'a Sweep,
    tables: TableFormat,
) -> Result<Swept<'a>, Ended> {
    let layout = prepared.simulation.layout();
    let points = summaries((layout, sweep.runs), &sweep.parts(), |fold, index, part| {
        let name = part_name(index);
        let file = work.read(&name)?;
        let groups = Groups::new("runs", file).map_err(|error| Ended::Part(name.clone(), error))?;
        fold.push_part(part, groups).map_err(|error| Ended::Part(name, error))
    })?;
    let swept = Swept {
        scenario: prepared.id(),
        title: &prepared.scenario.file.scenario.title,
        sweep,
        layout,
        highlighted: &prepared.named.highlighted,
        points,
    };
    for file in swept.files(tables)? {
        work.commit(&file.path, &file.bytes)?;
    }
    Ok(swept)
}

/// A place that can't hold a sweep.
pub fn misplaced(error: DestinationError) -> StudyError {
    match error {
        DestinationError::Occupied { path } => StudyError::asked(format!(
            "the folder `{}` is not empty\n\nhint: add `--resume` to go on with the sweep in it, `--overwrite` to replace it, or choose another with `--out`",
            path.display()
        )),
        DestinationError::Write(error) => StudyError::running(Within::new("nothing was run", error)),
        other => StudyError::asked(other),
    }
}

fn lost(error: WriteError, work: &WorkFolder) -> StudyError {
    unfinished(error.into(), work)
}

/// A sweep that ended before its end: what was written stays.
pub fn unfinished(error: Ended, work: &WorkFolder) -> StudyError {
    let hint = format!(
        "what is complete stays in `{}`; the same command with `--resume` goes on",
        work.folder().display()
    );
    match error {
        Ended::Replicates(ReplicatesError::Stopped) => {
            StudyError::running(format!("stopped before all runs had ended\n\nhint: {hint}"))
        }
        other => StudyError::running(Within::new(format!("not all was done\n\nhint: {hint}"), other)),
    }
}
