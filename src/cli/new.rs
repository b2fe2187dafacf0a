//! `new`: a scenario to start from.

use super::failure::Failed;
use super::terminal;
use std::path::{Path, PathBuf};
use twiplomacy::io::{self, WriteError};
use twiplomacy::scenario::template;

/// Write a commented scenario that runs as it is
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  twiplomacy new mine.toml && twiplomacy run mine.toml")]
pub(crate) struct Args {
    /// File to write; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let text = id(&args.file).map_or_else(|| template::TEXT.to_owned(), |id| template::with_id(&id));
    io::write_new(&args.file, &text).map_err(|error| match error {
        WriteError::Exists { .. } => Failed::usage(error),
        _ => Failed::running(error),
    })?;
    let file = args.file.display();
    terminal::remark(&format!(
        "wrote {file}; check it with `twiplomacy validate {file}`, run it with `twiplomacy run {file}`"
    ));
    Ok(())
}

/// The id that a file of this name suggests: its stem in lower case, with hyphens for what an id can't have.
fn id(file: &Path) -> Option<String> {
    let stem = file.file_stem()?.to_str()?.to_lowercase();
    let is_allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let words: Vec<&str> = stem.split(|letter| !is_allowed(letter)).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_gives_its_scenario_an_id() {
        for (file, expected) in [
            ("a/My Scenario (2).toml", Some("my-scenario-2")),
            ("gulf-2017.toml", Some("gulf-2017")),
            ("--.toml", None),
            ("..", None),
        ] {
            assert_eq!(id(Path::new(file)).as_deref(), expected, "{file}");
        }
    }
}
