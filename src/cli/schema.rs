//! `schema`: what editors need to complete and check scenario files.

use super::failure::Failed;
use super::terminal;
use twiplomacy::report::json::to_bytes;
use twiplomacy::scenario::schema;

/// Print the JSON Schema of scenario files, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  twiplomacy schema > scenario.schema.json")]
pub(crate) struct Args {
    /// The schema of world files instead
    #[arg(long)]
    world: bool,

    /// The schema of plans of sweeps instead
    #[arg(long, conflicts_with = "world")]
    plan: bool,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let schema = match (args.world, args.plan) {
        (true, _) => schema::world(),
        (_, true) => schema::plan(),
        _ => schema::scenario(),
    };
    terminal::print(to_bytes(&schema))
}
