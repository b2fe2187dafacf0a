//! `describe`: what will be simulated, and what is measured.

use super::args::ScenarioArgs;
use super::failure::Failed;
use super::prepare::{prepare, request, warn};
use super::progress::Verbosity;
use super::terminal;
use serde_json::{Value, json};
use twiplomacy::model::outcome::{Layout, OutcomeKind, OutcomeSpec};
use twiplomacy::report::json::to_bytes;
use twiplomacy::report::sampling;
use twiplomacy::scenario::describe::describe;

/// Seed of the network that is described.
const SEED: u64 = 1;

/// Describe what a scenario simulates, with the basis of every parameter
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy describe canada-saudi-2018
  twiplomacy describe canada-saudi-2018 --arm english-french-only
  twiplomacy describe canada-saudi-2018 --outcomes")]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// List the outcomes instead: id, unit, meaning
    #[arg(long)]
    outcomes: bool,

    /// List the outcomes as JSON
    #[arg(long, requires = "outcomes")]
    json: bool,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let prepared = prepare(&request(&args.scenario)?, SEED)?;
    warn(&prepared, Verbosity::Normal);
    let layout = prepared.simulation.layout();
    match (args.outcomes, args.json) {
        (true, true) => terminal::print(to_bytes(&layout.outcomes.iter().map(entry).collect())),
        (true, false) => terminal::print(table(layout)),
        (false, _) => {
            let network = sampling::describe(prepared.simulation.setting());
            terminal::print(format!("{}\n{network}", describe(&prepared.scenario)))
        }
    }
}

fn table(layout: &Layout) -> String {
    let width = |of: fn(&OutcomeSpec) -> usize| layout.outcomes.iter().map(of).max().unwrap_or_default();
    let (id, unit) = (width(|spec| spec.id.len()), width(|spec| spec.unit.name().len()));
    let row =
        |spec: &OutcomeSpec| format!("{:id$}  {:unit$}  {}\n", spec.id, spec.unit.name(), spec.description);
    layout.outcomes.iter().map(row).collect()
}

fn entry(spec: &OutcomeSpec) -> Value {
    let kind = match spec.kind {
        OutcomeKind::Continuous => "continuous",
        OutcomeKind::Discrete => "discrete",
        OutcomeKind::YesNo => "yes_no",
    };
    json!({ "id": spec.id, "unit": spec.unit.name(), "kind": kind, "description": spec.description })
}
