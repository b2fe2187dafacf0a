//! Runs of one scenario: how many, which share of them, how exact.

use super::making::{Making, manifest_of};
use super::prepare::Prepared;
use super::{StudyError, Terms, Within, stopped};
use crate::experiment::aggregate::{Aggregate, Scalars};
use crate::experiment::precision::{Standing, Target, looks};
use crate::experiment::replicates::{ReplicatesError, stream};
use crate::experiment::sweep::share;
use crate::io::WriteError;
use crate::model::outcome::{Layout, Outcome};
use crate::report::ReportError;
use crate::report::bundle::{self, BundleFile, TableFormat};
use crate::report::human::{self, grouped};
use crate::report::manifest::{Manifest, Shard, Work, WorkKind};
use crate::simulation::EVENT_BUDGET;
use crate::simulation::named::amount;
use crate::text::nearest;
use std::ops::Range;

/// Runs, if nothing is said.
pub const RUNS: u64 = 2000;
/// Runs at the most with a precision, if nothing is said.
pub const MOST_RUNS: u64 = 100_000;

/// Which runs are made, and what is kept of them.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Seed of the network and of all runs.
    pub seed: u64,
    /// Runs asked for, or at the most.
    pub runs: u64,
    /// The share of them that is made.
    pub shard: Option<Shard>,
    /// Number of threads.
    pub threads: usize,
    /// File format of the tables.
    pub tables: TableFormat,
}

impl Plan {
    /// The runs that are made.
    pub fn range(&self) -> Range<u64> {
        self.shard.map_or(0..self.runs, |shard| share(self.runs, shard.index - 1, shard.count))
    }
}

/// Simulates the runs of `plan`, or as many as `targets` take, and gives them without their series to `sink`, some at a time, in their order.
/// `expect` is told how many runs there will be at least, whenever that changes.
pub fn simulate(
    plan: &Plan,
    prepared: &Prepared,
    targets: &[Target],
    terms: Terms<'_>,
    expect: &dyn Fn(u64),
    mut sink: impl FnMut(Vec<Outcome>) -> Result<(), RunError>,
) -> Result<Aggregate, RunError> {
    let simulation = &prepared.simulation;
    let Aggregate { mut scalars, series } = bundle::aggregate(simulation);
    let mut from = plan.range().start;
    for until in legs(plan, targets) {
        if !targets.is_empty() {
            expect(until);
        }
        let settings = (terms.threads, terms.progress, terms.stop);
        stream(simulation, from..until, settings, &series, |outcomes| {
            for outcome in &outcomes {
                scalars.push_outcome(outcome);
            }
            sink(outcomes)
        })?;
        from = until;
        if !targets.is_empty() && targets.iter().all(|target| target.standing(&scalars).is_met) {
            break;
        }
        refuse_impossible(plan, targets, simulation.layout(), &scalars)?;
    }
    Ok(Aggregate { scalars, series })
}

/// What the intervals are that were asked to be narrow.
#[derive(Debug, Default)]
pub struct Reached {
    /// For people and the manifest.
    pub lines: Vec<String>,
    /// What was not reached.
    pub missed: Option<String>,
}

impl Reached {
    /// How the outcomes of `targets` stand after the runs of `plan`.
    pub fn of(plan: &Plan, targets: &[Target], prepared: &Prepared, aggregate: &Aggregate) -> Self {
        let mut reached = Self::default();
        let layout = prepared.simulation.layout();
        let runs = grouped(aggregate.scalars.runs());
        for target in targets {
            let Standing { interval, is_met, .. } = target.standing(&aggregate.scalars);
            let unit = layout.outcomes[target.outcome].unit;
            let (half, range) =
                (human::value(unit, interval.half_width()), human::range(unit, interval.low, interval.high));
            let asked = human::value(unit, target.half_width);
            if is_met {
                reached.lines.push(format!(
                    "precision: {} within ±{asked} after {runs} runs ({range} however often one looks)",
                    target.id
                ));
            } else {
                let told = format!("`{}` is known to ±{half}, not to ±{asked}, after {runs} runs", target.id);
                reached.lines.push(told.clone());
                reached.missed.get_or_insert(format!(
                    "{told}\n\nhint: the bundle is written; `--max-runs` above {} allows more",
                    plan.runs
                ));
            }
        }
        reached
    }
}

/// The outcomes whose intervals are to be narrow, each asked for as `OUTCOME=HALF_WIDTH`.
pub fn targets(asked: &[String], prepared: &Prepared) -> Result<Vec<Target>, StudyError> {
    let layout = prepared.simulation.layout();
    let target = |text: &String| {
        let form = "allowed: OUTCOME=HALF_WIDTH, such as `message.arabic-tweet.answered=1 %`";
        let (id, width) = text
            .rsplit_once('=')
            .ok_or_else(|| StudyError::asked(format!("`{text}` has no `=`\n\nhint: {form}")))?;
        let id = id.trim();
        let ids = || layout.outcomes.iter().map(|spec| spec.id.as_str());
        let Some(outcome) = ids().position(|known| known == id) else {
            let meant = nearest(id, ids()).map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
            return Err(StudyError::asked(format!(
                "`{id}` is not an outcome of `{}`\n\nhint: {meant}`twiplomacy describe SCENARIO --outcomes` lists all",
                prepared.id()
            )));
        };
        let half_width = amount(width, layout.outcomes[outcome].unit).map_err(|allowed| {
            StudyError::asked(format!(
                "the precision of `{id}` can't be `{}`\n\nhint: allowed: {allowed}",
                width.trim()
            ))
        })?;
        if !(half_width > 0.0 && half_width.is_finite()) {
            return Err(StudyError::asked(format!(
                "the precision of `{id}` can't be `{}`: no number of runs gives an interval without width\n\nhint: {form}",
                width.trim()
            )));
        }
        Ok(Target { outcome, id: id.to_owned(), half_width })
    };
    asked.iter().map(target).collect()
}

/// Fails if a run used up its events: the bundle is written, but what it says of such runs is not all that would have happened.
pub fn all_complete(aggregate: &Aggregate) -> Result<(), StudyError> {
    let n_incomplete = aggregate.scalars.incomplete();
    if n_incomplete == 0 {
        return Ok(());
    }
    Err(StudyError::running(format!(
        "{n_incomplete} of {} runs were stopped after {EVENT_BUDGET} events and are incomplete\n\nhint: column `stop` of the table of \
         runs names them; most likely a message infects everybody, as with too large an `infectiousness`",
        aggregate.scalars.runs()
    )))
}

/// Numbers of runs after which is looked whether they are enough.
fn legs(plan: &Plan, targets: &[Target]) -> Vec<u64> {
    if targets.is_empty() { vec![plan.range().end] } else { looks(plan.runs).collect() }
}

/// Refuses to go on where even the most runs allowed would not be enough by far.
fn refuse_impossible(
    plan: &Plan,
    targets: &[Target],
    layout: &Layout,
    scalars: &Scalars,
) -> Result<(), RunError> {
    for target in targets {
        let unit = layout.outcomes[target.outcome].unit;
        if let Some(reachable) = target.out_of_reach(scalars, plan.runs) {
            let reachable = if reachable.is_finite() {
                format!("±{}", human::value(unit, reachable))
            } else {
                "nothing".to_owned()
            };
            return Err(RunError::Impossible {
                id: target.id.clone(),
                asked: human::value(unit, target.half_width),
                reachable,
                runs: scalars.runs(),
                most: plan.runs,
            });
        }
    }
    Ok(())
}

/// Why runs ended before their tables were written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// They were stopped.
    #[error(transparent)]
    Replicates(#[from] ReplicatesError),
    /// A table can't be made.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// A table can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The precision asked for is out of reach.
    #[error(
        "`{id}` can't be known to ±{asked} by {most} runs: judging by the first {runs}, they reach about {reachable}\n\nhint: ask for less, or allow more by `--max-runs`"
    )]
    Impossible {
        /// The outcome.
        id: String,
        /// Half-width asked for.
        asked: String,
        /// Half-width that can be expected.
        reachable: String,
        /// Runs made.
        runs: u64,
        /// Runs allowed.
        most: u64,
    },
}

impl From<RunError> for StudyError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Replicates(error) => stopped(error),
            impossible @ RunError::Impossible { .. } => Self::asked(impossible),
            other => Self::running(Within::new("no bundle was written", other)),
        }
    }
}

/// How the runs of `plan` were made.
pub fn manifest(
    plan: &Plan,
    prepared: &Prepared,
    aggregate: &Aggregate,
    reached: &Reached,
    making: &Making,
) -> Manifest {
    let runs = if plan.shard.is_some() { plan.runs } else { aggregate.scalars.runs() };
    let mut manifest = manifest_of(prepared, prepared.arm(), (plan.seed, runs, plan.threads), making);
    manifest.precision.clone_from(&reached.lines);
    manifest.work = plan.shard.map(|shard| Work {
        kind: WorkKind::Run,
        plan_sha256: None,
        tables: plan.tables,
        shard: Some(shard),
        is_complete: true,
        left_out: Vec::new(),
    });
    manifest
}

/// The files of a share of runs beside its tables: what it is put together by with the others.
pub fn share_files(prepared: &Prepared, aggregate: &Aggregate, manifest: &Manifest) -> [BundleFile; 4] {
    [
        BundleFile::new(bundle::SCENARIO, prepared.scenario.scenario_text.as_str()),
        BundleFile::new(bundle::WORLD, prepared.scenario.world_text.as_str()),
        BundleFile::new(bundle::SERIES, aggregate.series.to_bytes()),
        BundleFile::new(bundle::MANIFEST, manifest.to_bytes()),
    ]
}
