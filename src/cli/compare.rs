//! `compare`: arms against the scenario as it stands, on common random numbers.

use super::args::{Format, FormatArgs, ScenarioArgs, cores, runs, threads};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{BASELINE, Prepared, prepare, request};
use super::progress::{Bar, Verbosity};
use super::run::{Begun, Making, Tables, manifest_of, misplaced, stopped};
use super::terminal;
use anyhow::anyhow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use twiplomacy::experiment::comparison::{ArmRuns, Comparison};
use twiplomacy::experiment::replicates::{ReplicatesError, replicates};
use twiplomacy::io::{Destination, Existing};
use twiplomacy::model::outcome::Outcome;
use twiplomacy::report::bundle::{self, BundleFile};
use twiplomacy::report::comparison::{self as report, Rungs};
use twiplomacy::report::{json, plot};
use twiplomacy::scenario::Request;

/// Compare interventions with the scenario as it stands, run by run
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy compare canada-saudi-2018
  twiplomacy compare canada-saudi-2018 --arm english-french-only --arm private-channel --runs 5000
  twiplomacy compare canada-saudi-2018 --arm 'cautious: dispositions.response.base=-4'

Every arm has the same random numbers as the baseline, so what they have in common cancels in the differences. The folder \
that is written holds comparison.json, the runs of all arms side by side (pairs), a plot, and what was simulated.")]
pub(crate) struct Args {
    /// Scenario: the id of a bundled one, or a file
    #[arg(value_name = "SCENARIO")]
    scenario: String,

    /// Arm to compare: an intervention of the scenario, `baseline`, or `NAME: PATH=VALUE` (repeatable; the same NAME again adds to it;
    /// all interventions of the scenario if absent)
    #[arg(long = "arm", value_name = "NAME[: PATH=VALUE]")]
    arms: Vec<String>,

    /// Parameter to set in all arms and the baseline (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,

    /// Simulate every account of the publics instead of a sample: the same as `--set network.scale=full`
    #[arg(long)]
    full_size: bool,

    /// Number of runs of each arm
    #[arg(long, value_name = "N", default_value = "2000", value_parser = runs)]
    runs: u64,

    /// Seed of the network and of all runs
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    /// Folder to write; the first free one of `out/ID-compare`, `out/ID-compare-2` … if absent
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Replace the comparison in the folder if there is one
    #[arg(long)]
    overwrite: bool,

    /// File format of the table
    #[arg(long, value_name = "FORMAT", default_value = "parquet")]
    tables: Tables,

    #[command(flatten)]
    format: FormatArgs,

    #[command(flatten)]
    rows: RowsArgs,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

/// What the table shows.
#[derive(Debug, clap::Args)]
struct RowsArgs {
    /// Show all outcomes in the table, not only those that the scenario puts first
    #[arg(long, conflicts_with = "json")]
    all: bool,

    /// Show the odds of reaching each rung of the ladder, too
    #[arg(long, conflicts_with = "json")]
    rungs: bool,
}

/// An arm as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    name: String,
    changes: Vec<String>,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let base = ScenarioArgs {
        scenario: args.scenario.clone(),
        arm: None,
        set: args.set.clone(),
        world: args.world.clone(),
        full_size: args.full_size,
    };
    let base_request = request(&base)?;
    let baseline = prepare(&base_request, args.seed)?;
    baseline.warn(verbosity);
    let asked = asked(&args.arms, &baseline)?;
    let arms = asked.iter().map(|arm| prepared_arm(arm, &base_request, &baseline, args.seed));
    let arms = arms.collect::<Result<Vec<Prepared>, Failed>>()?;
    let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
    let id = format!("{}-compare", baseline.id());
    let destination = Destination::choose(args.out.as_deref(), &id, existing).map_err(misplaced)?;
    let interrupt = Interrupt::catch()?;

    let (base_runs, arm_runs, making) = simulate(args, &baseline, (&asked, &arms), verbosity, &interrupt)?;
    let comparison = Comparison::of(baseline.id(), args.seed, &base_runs, &arm_runs);
    let files = files(args, &baseline, (&base_runs, &arm_runs), &comparison, &making)?;
    if interrupt.flag().load(Ordering::Relaxed) {
        return Err(stopped(ReplicatesError::Stopped));
    }
    let folder = destination.write(&files).map_err(misplaced)?;
    match args.format.chosen() {
        Format::Json => terminal::print(json::to_bytes(&report::json(&comparison)))?,
        Format::Table => {
            let shown = if args.rows.all { &[][..] } else { &baseline.named.highlighted };
            let rungs = if args.rows.rungs { Rungs::Each } else { Rungs::Mean };
            let (width, style) = (terminal::width(), terminal::stdout_style());
            terminal::print(report::table(&comparison, shown, rungs, width, style))?;
        }
    }
    if verbosity == Verbosity::Normal {
        tell(&baseline, &asked, &arms);
        terminal::remark(&format!("\ncomparison: {}", folder.display()));
    }
    Ok(())
}

/// The arms that were typed, or all interventions.
fn asked(typed: &[String], baseline: &Prepared) -> Result<Vec<Asked>, Failed> {
    let interventions = &baseline.scenario.file.interventions;
    if typed.is_empty() {
        if interventions.is_empty() {
            return Err(Failed::usage(anyhow!(
                "`{}` has no interventions to compare\n\nhint: name an arm and what it sets, such as `--arm 'louder: events.messages.first.moral_words=5'`",
                baseline.id()
            )));
        }
        return Ok(interventions
            .keys()
            .map(|name| Asked { name: name.clone(), changes: Vec::new() })
            .collect());
    }
    let mut arms: Vec<Asked> = Vec::new();
    for text in typed {
        let (name, change) = parse(text)?;
        let position = arms.iter().position(|arm| arm.name == name).unwrap_or(arms.len());
        if position == arms.len() {
            arms.push(Asked { name: name.to_owned(), changes: Vec::new() });
        }
        arms[position].changes.extend(change.map(str::to_owned));
    }
    match arms.iter().find(|arm| arm.name == BASELINE && !arm.changes.is_empty()) {
        Some(_) => Err(Failed::usage(anyhow!(
            "the arm `{BASELINE}` can't be changed: it is the scenario as it stands\n\nhint: give the arm another name, or use `--set` to change all arms"
        ))),
        None => Ok(arms),
    }
}

/// `NAME` or `NAME: PATH=VALUE`.
fn parse(text: &str) -> Result<(&str, Option<&str>), Failed> {
    let (name, change) = match text.split_once(':') {
        Some((name, change)) => (name.trim(), Some(change.trim())),
        None => (text.trim(), None),
    };
    let is_id = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if is_id(name) {
        return Ok((name, change));
    }
    Err(Failed::usage(anyhow!(
        "`{text}` is not an arm\n\nhint: allowed: the name of an intervention, or `NAME: PATH=VALUE` with a name of lower-case letters, \
         digits and `-`, such as `louder: events.messages.first.moral_words=5`"
    )))
}

/// An arm ready to be run. A name that is no intervention stands for its own changes only.
fn prepared_arm(asked: &Asked, base: &Request, baseline: &Prepared, seed: u64) -> Result<Prepared, Failed> {
    let is_intervention = baseline.scenario.file.interventions.contains_key(&asked.name);
    let mut request = base.clone();
    if is_intervention || (asked.changes.is_empty() && asked.name != BASELINE) {
        // An unknown name without changes is refused by the loader, which knows what was meant.
        request.arm = Some(asked.name.clone());
    }
    request.set.extend(asked.changes.iter().cloned());
    prepare(&request, seed)
}

/// The runs of the baseline and of all arms.
fn simulate(
    args: &Args,
    baseline: &Prepared,
    (asked, arms): (&[Asked], &[Prepared]),
    verbosity: Verbosity,
    interrupt: &Interrupt,
) -> Result<(ArmRuns, Vec<ArmRuns>, Making), Failed> {
    let threads = args.threads.unwrap_or_else(cores);
    let begun = Begun::now();
    let n_simulated = 1 + asked.iter().filter(|arm| arm.name != BASELINE).count() as u64;
    let bar = Bar::new(args.runs * n_simulated, verbosity);
    let simulated = |arm: &Asked, prepared: &Prepared| -> Result<ArmRuns, ReplicatesError> {
        let outcomes = replicates(&prepared.simulation, 0..args.runs, threads, &bar, interrupt.flag())?;
        Ok(arm_runs(arm, baseline, prepared, outcomes))
    };
    let unchanged = Asked { name: BASELINE.to_owned(), changes: Vec::new() };
    let base_runs = simulated(&unchanged, baseline).map_err(stopped)?;
    let arm_runs = asked.iter().zip(arms).map(|(asked, prepared)| match asked.name.as_str() {
        BASELINE => Ok(base_runs.clone()),
        _ => simulated(asked, prepared),
    });
    let arm_runs = arm_runs.collect::<Result<Vec<_>, _>>().map_err(stopped)?;
    drop(bar);
    Ok((base_runs, arm_runs, begun.ended()))
}

fn arm_runs(arm: &Asked, baseline: &Prepared, prepared: &Prepared, mut outcomes: Vec<Outcome>) -> ArmRuns {
    for outcome in &mut outcomes {
        outcome.acts = Vec::new();
        outcome.series = Vec::new();
    }
    let title = baseline.scenario.file.interventions.get(&arm.name).map(|arm| arm.title.clone());
    // In order: what the intervention sets, what all arms have in common, what was typed for this arm.
    let all = &prepared.scenario.overrides;
    let common = baseline.scenario.overrides.len();
    let of_intervention = all.len().saturating_sub(common + arm.changes.len());
    let own = all.iter().take(of_intervention).chain(all.iter().skip(of_intervention + common));
    ArmRuns {
        name: arm.name.clone(),
        title: title.unwrap_or_default(),
        changes: own.cloned().collect(),
        layout: prepared.simulation.layout().clone(),
        outcomes,
    }
}

fn files(
    args: &Args,
    baseline: &Prepared,
    (base_runs, arm_runs): (&ArmRuns, &[ArmRuns]),
    comparison: &Comparison,
    making: &Making,
) -> Result<Vec<BundleFile>, Failed> {
    let mut files = vec![
        BundleFile::new(bundle::SCENARIO, baseline.scenario.scenario_text.as_str()),
        BundleFile::new(bundle::WORLD, baseline.scenario.world_text.as_str()),
        BundleFile::new(bundle::COMPARISON, json::to_bytes(&report::json(comparison))),
    ];
    let pairs = report::pairs(base_runs, arm_runs);
    bundle::push_table(&mut files, &pairs, args.tables.format()).map_err(Failed::running)?;
    let title = &baseline.scenario.file.scenario.title;
    let plot =
        plot::difference_plot(title, comparison, &baseline.named.highlighted).map_err(Failed::running)?;
    files.extend(plot.into_iter().flat_map(bundle::plot_files));
    let threads = args.threads.unwrap_or_else(cores);
    let names: Vec<&str> = comparison.arms.iter().map(|arm| arm.name.as_str()).collect();
    let manifest = manifest_of(baseline, &names.join(", "), (args.seed, args.runs, threads), making);
    files.push(BundleFile::new(bundle::MANIFEST, manifest.to_bytes()));
    Ok(files)
}

/// Says where pairing is weaker than it looks.
fn tell(baseline: &Prepared, asked: &[Asked], arms: &[Prepared]) {
    let network = &baseline.simulation.setting().network;
    for (asked, arm) in asked.iter().zip(arms) {
        if arm.simulation.setting().network != *network {
            terminal::remark(&format!(
                "\nwarning: `{}` has another follower network than the baseline, so its runs are paired in their keys but hardly alike",
                asked.name
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_is_a_name_or_a_name_with_a_change() {
        assert_eq!(parse("private-channel").unwrap(), ("private-channel", None));
        assert_eq!(parse("a1: x.y=12:30").unwrap(), ("a1", Some("x.y=12:30")));
        for wrong in ["", "Up", "x y", "x.y=1", ": x=1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
