//! `replay`: one run of a bundle again, told as a story.

use super::args::{Format, FormatArgs};
use super::failure::Failed;
use super::terminal;
use std::path::PathBuf;
use twiplomacy::report::json::to_bytes;
use twiplomacy::report::manifest::Manifest;
use twiplomacy::study::COMMIT;
use twiplomacy::study::replay::{Replayed, stored};

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
    let (prepared, manifest) = stored(&args.bundle, args.run)?;
    warn_of_another_program(&manifest);
    let replayed = Replayed::of(&prepared, args.run);
    match args.format.chosen() {
        Format::Table => terminal::print(replayed.story(terminal::width(), terminal::stdout_style())),
        Format::Json => terminal::print(to_bytes(&replayed.json())),
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
