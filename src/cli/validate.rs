//! `validate`: all problems of all files at once.

use super::args::ScenarioArgs;
use super::failure::Failed;
use super::prepare::{Prepared, prepare, request, warn};
use super::progress::Verbosity;
use super::terminal;
use std::path::PathBuf;

/// Seed of the network that is built to see whether it can be.
const SEED: u64 = 1;

/// Check scenario files and show all problems at once
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  twiplomacy validate scenarios/*.toml")]
pub(crate) struct Args {
    /// Scenario files, or ids of bundled scenarios
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let mut n_wrong = 0;
    for file in &args.files {
        let scenario =
            ScenarioArgs { scenario: file.clone(), world: args.world.clone(), ..ScenarioArgs::default() };
        match request(&scenario).and_then(|request| prepare(&request, SEED)) {
            Ok(prepared) => {
                warn(&prepared, Verbosity::Normal);
                terminal::print(format!("ok {file}: {}\n", counts(&prepared)))?;
            }
            Err(failed @ Failed::Running(_)) => return Err(failed),
            Err(failed) => {
                failed.print();
                terminal::remark("");
                n_wrong += 1;
            }
        }
    }
    if n_wrong == 0 {
        return Ok(());
    }
    if args.files.len() > 1 {
        terminal::remark(&format!("{n_wrong} of {} files can't be used", args.files.len()));
    }
    Err(Failed::Told)
}

/// How much there is in a scenario.
fn counts(prepared: &Prepared) -> String {
    let (setting, file) = (prepared.simulation.setting(), &prepared.scenario.file);
    let counts = [
        (setting.script.messages.len(), "message", "messages"),
        (setting.script.acts.len(), "forced act", "forced acts"),
        (setting.publics.len(), "public", "publics"),
        (setting.states.len(), "state", "states"),
        (setting.markets.len(), "market", "markets"),
        (file.interventions.len(), "intervention", "interventions"),
        (file.recorded.len(), "recorded value", "recorded values"),
    ];
    let counts = counts.map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }));
    counts.join(", ")
}
