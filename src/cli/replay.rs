//! `replay`: one run of a bundle again, told as a story.

use super::args::{Format, FormatArgs};
use super::failure::Failed;
use super::prepare::{Prepared, prepare};
use super::terminal;
use anyhow::anyhow;
use serde_json::json;
use std::path::PathBuf;
use twiplomacy::io;
use twiplomacy::model::outcome::{Outcome, OutcomeKind};
use twiplomacy::model::timeline::TimelineEntry;
use twiplomacy::report::json::to_bytes;
use twiplomacy::report::manifest::Manifest;
use twiplomacy::report::text::Style;
use twiplomacy::report::{human, tables, timeline};
use twiplomacy::scenario::Request;
use twiplomacy::study::COMMIT;

/// Repeat one run of a bundle exactly and print what happened in it, and because of what
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy replay out/canada-saudi-2018 --run 7
  twiplomacy replay out/canada-saudi-2018 --run 7 --json

The JSON has the keys `scenario`, `seed`, `run` (the run's row of the table `runs`), `acts` (its rows of the table `acts`)
and `timeline`.")]
pub(crate) struct Args {
    /// Folder that `run` wrote
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,

    /// Index of the run, from 0
    #[arg(long, value_name = "K")]
    run: u64,

    #[command(flatten)]
    format: FormatArgs,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let bundle = io::bundle(&args.bundle).map_err(Failed::usage)?;
    let Manifest { runs, seed, .. } = bundle.manifest;
    if args.run >= runs {
        let message = format!(
            "the bundle has no run {}\n\nhint: its {runs} runs are 0 to {}",
            args.run,
            runs.saturating_sub(1)
        );
        return Err(Failed::usage(anyhow!(message)));
    }
    warn_of_another_program(&bundle.manifest);
    let request =
        Request { scenario: bundle.scenario, world: vec![bundle.world], set: Vec::new(), arm: None };
    let prepared = prepare(&request, seed)?;
    let (outcome, entries) = prepared.simulation.replay(args.run);
    match args.format.chosen() {
        Format::Table => terminal::print(story(&prepared, &outcome, &entries)),
        Format::Json => terminal::print(to_bytes(&json(&prepared, &outcome, &entries))),
    }
}

/// Another version may simulate differently.
pub(super) fn warn_of_another_program(manifest: &Manifest) {
    let made_by = &manifest.program;
    if (made_by.version.as_str(), made_by.commit.as_deref()) != (env!("CARGO_PKG_VERSION"), COMMIT) {
        let commit = |commit: Option<&str>| commit.map_or(String::new(), |commit| format!(" ({commit})"));
        terminal::remark(&format!(
            "warning: the bundle was made by version {}{}, this is {}{}: the run may differ",
            made_by.version,
            commit(made_by.commit.as_deref()),
            env!("CARGO_PKG_VERSION"),
            commit(COMMIT),
        ));
    }
}

/// The run for people: what happened, then the outcomes that the scenario shows first.
fn story(prepared: &Prepared, outcome: &Outcome, entries: &[TimelineEntry]) -> String {
    let (layout, setting) = (prepared.simulation.layout(), prepared.simulation.setting());
    let head = format!("{}  run {}, seed {}\n\n", prepared.id(), outcome.run, prepared.simulation.seed());
    let highlighted = &prepared.named.highlighted;
    let width = highlighted.iter().map(String::len).max().unwrap_or_default();
    let lines = highlighted.iter().filter_map(|id| {
        let index = layout.outcomes.iter().position(|spec| spec.id == *id)?;
        let value = outcome.scalars.get(index).copied()?;
        let text = match layout.outcomes[index].kind {
            OutcomeKind::YesNo if value.is_nan() => human::NOTHING.to_owned(),
            OutcomeKind::YesNo => if value == 0.0 { "no" } else { "yes" }.to_owned(),
            _ => human::value(layout.outcomes[index].unit, value),
        };
        Some(format!("{id:width$}  {text}\n"))
    });
    let told = match terminal::stdout_style() {
        Style::Plain => timeline::text(entries, setting.start),
        style => timeline::screen(entries, setting.start, terminal::width(), style),
    };
    head + &told + "\n" + &lines.collect::<String>()
}

/// The run for programs.
fn json(prepared: &Prepared, outcome: &Outcome, entries: &[TimelineEntry]) -> serde_json::Value {
    let (layout, start) = (prepared.simulation.layout(), prepared.simulation.setting().start);
    let outcomes = std::slice::from_ref(outcome);
    json!({
        "scenario": prepared.id(),
        "seed": prepared.simulation.seed(),
        "run": tables::json::rows(&tables::runs(layout, outcomes)).pop(),
        "acts": tables::json::rows(&tables::acts(layout, outcomes, start)),
        "timeline": timeline::json(entries, start),
    })
}
