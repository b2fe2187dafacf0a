//! Arguments that several commands share.

use clap::ValueEnum;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use twiplomacy::report::manifest::Shard;

pub(crate) use twiplomacy::study::making::cores;

/// Shares of one piece of work at most.
const MOST_SHARDS: u64 = 100_000;
/// Runs at most.
const RUNS: RangeInclusive<u64> = 1..=10_000_000;
/// Threads at most: more would only take memory.
const THREADS: RangeInclusive<u64> = 1..=1024;

/// Which scenario, and what is changed in it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct ScenarioArgs {
    /// Scenario: the id of a bundled one, or a file
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: String,

    /// Intervention of the scenario to apply, or `baseline`
    #[arg(long, value_name = "NAME")]
    pub(crate) arm: Option<String>,

    /// Parameter to set, such as `network.accounts=50000` (repeatable; applied last and in this order)
    #[arg(long, value_name = "PATH=VALUE")]
    pub(crate) set: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    pub(crate) world: Option<PathBuf>,

    /// Simulate every account of the publics instead of a sample: the same as `--set network.scale=full`
    #[arg(long)]
    pub(crate) full_size: bool,
}

/// At what size scenarios are simulated, for commands that have arguments of their own otherwise.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct SizeArgs {
    /// Simulate every account of the publics instead of a sample: the same as `--set network.scale=full`
    #[arg(long)]
    pub(crate) full_size: bool,
}

/// Form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs
    Json,
}

/// In which form a result is printed.
#[derive(Debug, clap::Args)]
pub(crate) struct FormatArgs {
    /// Form of what is printed
    #[arg(long, value_name = "FORM", default_value = "table", conflicts_with = "json")]
    format: Format,

    /// Short for `--format json`
    #[arg(long)]
    json: bool,
}

impl FormatArgs {
    /// The form asked for.
    pub(crate) fn chosen(&self) -> Format {
        if self.json { Format::Json } else { self.format }
    }
}

/// A number of runs.
pub(crate) fn runs(text: &str) -> Result<u64, String> {
    within(text, &RUNS)
}

/// A number of threads.
pub(crate) fn threads(text: &str) -> Result<usize, String> {
    within(text, &THREADS).map(|threads| threads as usize)
}

/// A whole number within a range, for options that have one.
pub(crate) fn count(text: &str, range: &RangeInclusive<u64>) -> Result<u64, String> {
    within(text, range)
}

/// A share `I/N` of the work.
pub(crate) fn shard(text: &str) -> Result<Shard, String> {
    let number = |text: &str| text.parse::<u64>().ok();
    let read = text.split_once('/').and_then(|(index, count)| Some((number(index)?, number(count)?)));
    match read {
        Some((index, count)) if (1..=count).contains(&index) && count <= MOST_SHARDS => {
            Ok(Shard { index, count })
        }
        _ => Err(format!("allowed: `I/N` with I from 1 to N, and N at most {MOST_SHARDS}, such as `2/7`")),
    }
}

/// The threads of a command: as many as asked for, else one a processor. Pictures are drawn on as many.
pub(crate) fn working(asked: Option<usize>) -> usize {
    let threads = asked.unwrap_or_else(cores);
    // Drawing uses the pool that rayon makes at its first use. It is there once: a second call, which has the same number, changes nothing.
    let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    threads
}

/// A whole number within a range; `_` may stand between digits, as in scenario files.
fn within(text: &str, range: &RangeInclusive<u64>) -> Result<u64, String> {
    let number = text.replace('_', "").parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("allowed: a whole number from {} to {}", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_out_of_range_are_told_what_is_allowed() {
        assert_eq!(runs("10_000"), Ok(10_000));
        assert_eq!(runs("10000000"), Ok(10_000_000));
        for text in ["0", "-1", "1.5", "", "_", "10000001", "99999999999999999999"] {
            assert_eq!(runs(text), Err("allowed: a whole number from 1 to 10000000".to_owned()), "{text}");
        }
        assert_eq!(shard("2/7"), Ok(Shard { index: 2, count: 7 }));
        for text in ["0/7", "8/7", "2", "2/", "/7", "-1/7", "1/0", "1/100001"] {
            assert!(shard(text).is_err_and(|told| told.contains("such as `2/7`")), "{text}");
        }
        assert_eq!(threads("0"), Err("allowed: a whole number from 1 to 1024".to_owned()));
    }
}
