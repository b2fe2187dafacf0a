//! The command line. One file a command: what can be typed, and what is done then.
//!
//! Results go to standard output or into files; progress, remarks and errors to standard error.

mod args;
mod backtest;
mod calibrate;
mod cascade;
mod compare;
mod describe;
mod edges;
mod failure;
mod interrupt;
mod legs;
mod list;
mod merge;
mod network;
mod new;
mod prepare;
mod progress;
mod rare;
mod replay;
mod report;
mod run;
mod schema;
mod sensitivity;
mod serve;
mod shell;
mod sweep;
mod terminal;
mod validate;

use clap::Parser;
use failure::Failed;
use std::process::ExitCode;

/// Version, and commit if known.
const VERSION: &str = env!("TWIPLOMACY_VERSION");

/// From a tweet to a rung on the escalation ladder to a price, thousands of times.
///
/// Simulates how a message spreads over a follower network, how governments hear it and answer, and how markets price it.
/// Results go to standard output or into files, everything else to standard error.
/// Exit status: 0 done, 1 failed or stopped while running, 2 wrong usage or scenario.
#[derive(Debug, Parser)]
#[command(name = "twiplomacy", version = VERSION, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  twiplomacy run canada-saudi-2018              simulate a bundled scenario
  twiplomacy new mine.toml                      begin a scenario of your own
  twiplomacy replay out/canada-saudi-2018 --run 7";

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::Args),
    Describe(describe::Args),
    New(new::Args),
    Validate(validate::Args),
    Run(run::Args),
    Compare(compare::Args),
    Sensitivity(sensitivity::Args),
    Calibrate(calibrate::Args),
    Sweep(sweep::Args),
    Merge(merge::Args),
    Rare(rare::Args),
    Backtest(backtest::Args),
    Replay(replay::Args),
    Report(report::Args),
    Serve(serve::Args),
    Cascade(cascade::Args),
    Network(network::Args),
    Schema(schema::Args),
    Completions(shell::CompletionsArgs),
    Man(shell::ManArgs),
}

/// Does what was typed.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too. If they can't be printed, nobody is listening.
            let _ = error.print();
            return ExitCode::from(error.exit_code() as u8);
        }
    };
    match execute(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            failed.print();
            failed.exit_code()
        }
    }
}

fn execute(command: Command) -> Result<(), Failed> {
    match command {
        Command::List(args) => list::execute(&args),
        Command::Describe(args) => describe::execute(&args),
        Command::New(args) => new::execute(&args),
        Command::Validate(args) => validate::execute(&args),
        Command::Run(args) => run::execute(&args),
        Command::Compare(args) => compare::execute(&args),
        Command::Sensitivity(args) => sensitivity::execute(&args),
        Command::Calibrate(args) => calibrate::execute(&args),
        Command::Sweep(args) => sweep::execute(&args),
        Command::Merge(args) => merge::execute(&args),
        Command::Rare(args) => rare::execute(&args),
        Command::Backtest(args) => backtest::execute(&args),
        Command::Replay(args) => replay::execute(&args),
        Command::Report(args) => report::execute(&args),
        Command::Serve(args) => serve::execute(&args),
        Command::Cascade(args) => cascade::execute(&args),
        Command::Network(args) => network::execute(&args),
        Command::Schema(args) => schema::execute(&args),
        Command::Completions(args) => shell::completions(&args),
        Command::Man(args) => shell::man(&args),
    }
}
