//! `serve`: the classroom.

use super::args::SizeArgs;
use super::failure::Failed;
use clap::value_parser;
use std::path::PathBuf;

/// Serve the classroom: watch runs in a browser, move parameters, let students play governments from their phones
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy serve
  twiplomacy serve tariff-thread-2019 --lan
  twiplomacy serve mine.toml --port 9000

The page opens under the link that is printed. Without --lan only this machine can reach the server; with it, phones on the local \
network join by the link or QR code on the teacher's page and the join code. Nothing is sent anywhere else. Ctrl-C ends it.

The server is not part of the plain program: build it with `cargo run --release --features serve -- serve`.")]
pub(crate) struct Args {
    /// Scenario to begin with: the id of a bundled one, or a file
    #[arg(value_name = "SCENARIO", default_value = "canada-saudi-2018")]
    scenario: String,

    /// Let others on the local network join, with a code
    #[arg(long)]
    lan: bool,

    /// Port; a free one if 0
    #[arg(long, value_name = "PORT", default_value_t = 8018)]
    port: u16,

    /// Seed of the network and of all runs
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Runs that build up a distribution
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = value_parser!(u64).range(1..=20_000))]
    runs: u64,

    /// Parameter to set in every scenario (repeatable)
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,

    #[command(flatten)]
    size: SizeArgs,
}

#[cfg(not(feature = "serve"))]
pub(crate) fn execute(_args: &Args) -> Result<(), Failed> {
    Err(Failed::usage(anyhow::anyhow!(
        "this program was built without the classroom server\n\nhint: cargo run --release --features serve -- serve"
    )))
}

#[cfg(feature = "serve")]
pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    use super::args::{ScenarioArgs, cores};
    use super::interrupt::Interrupt;
    use super::{prepare, terminal};
    use crate::serve::{self, Choose, Options, Reach};
    use std::sync::atomic::Ordering;

    let wanted = ScenarioArgs {
        scenario: args.scenario.clone(),
        arm: None,
        set: args.set.clone(),
        world: args.world.clone(),
        full_size: args.size.full_size,
    };
    let request = prepare::request(&wanted)?;
    // What is wrong with it is better told here than on the page.
    let scenario = twiplomacy::scenario::load(&request).map_err(Failed::usage)?;
    let first = Choose::of(&request.scenario.name, args.runs);
    let options = Options {
        loaded: (request, scenario),
        first,
        seed: args.seed,
        threads: cores(),
        port: args.port,
        reach: if args.lan { Reach::Lan } else { Reach::Loopback },
    };
    let interrupt = Interrupt::catch()?;
    let tell = |addresses: &serve::Addresses| {
        let page = format!("{}\n", addresses.teacher);
        // The link is the result; that nobody reads it is no reason to stop.
        let _ = terminal::print(page);
        terminal::remark(&format!(
            "open the link above; students join at {} with the code {}; Ctrl-C ends the class",
            addresses.students, addresses.code
        ));
    };
    serve::run(options, tell, || interrupt.flag().load(Ordering::Relaxed)).map_err(Failed::Running)
}
