//! `rare`: the probability of an event that plain runs hardly ever show.

use super::args::{Format, FormatArgs, ScenarioArgs, threads, working};
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::prepare::{Prepared, prepare, request, warn};
use super::progress::{Bar, Verbosity};
use super::terminal;
use std::fmt::Write as _;
use twiplomacy::experiment::rare::{RareEvent, Watched};
use twiplomacy::experiment::replicates::Progress;
use twiplomacy::experiment::splitting::{Estimate, Plan, estimate};
use twiplomacy::report::human::grouped;
use twiplomacy::report::json::to_bytes;
use twiplomacy::stats::interval::wilson;

/// Estimate the probability of a rare event by adaptive multilevel splitting
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy rare canada-saudi-2018 --event 'dyad.CA-SA.peak_rung >= 8'
  twiplomacy rare canada-saudi-2018 --event 'message.arabic-tweet.shares >= 50_000' --repeats 40

Runs that came least near to the event are given up and replaced by branches off those that came nearer, again and again. \
An event is a rung between two states that is reached, or a number of shares of a message. The probability has a 95 % interval over \
independent repeats; the table says what plain runs would cost for an interval as narrow.")]
pub(crate) struct Args {
    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Event: `OUTCOME >= NUMBER`, such as `dyad.SA-CA.peak_rung >= 9`
    #[arg(long, value_name = "EVENT")]
    event: String,

    /// Runs kept at a time in each repeat
    #[arg(long, value_name = "N", default_value = "200", value_parser = particles)]
    particles: usize,

    /// Independent repeats, from which the interval comes
    #[arg(long, value_name = "M", default_value = "20", value_parser = repeats)]
    repeats: u64,

    /// Seed of the network, of all runs and of the choices of the algorithm
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    #[command(flatten)]
    format: FormatArgs,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

fn particles(text: &str) -> Result<usize, String> {
    let number = text.replace('_', "").parse().ok().filter(|number| (10..=1_000_000).contains(number));
    number.ok_or_else(|| "allowed: a whole number from 10 to 1000000".to_owned())
}

fn repeats(text: &str) -> Result<u64, String> {
    let number = text.replace('_', "").parse().ok().filter(|number| (2..=100_000).contains(number));
    number.ok_or_else(|| "allowed: a whole number from 2 to 100000".to_owned())
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let prepared = prepare(&request(&args.scenario)?, args.seed)?;
    warn(&prepared, verbosity);
    let event = RareEvent::parse(&args.event, &prepared.simulation).map_err(Failed::usage)?;
    let plan = Plan {
        target: event.target,
        particles: args.particles,
        kill: args.particles / 10,
        repeats: args.repeats,
        threads: working(args.threads),
        seed: args.seed,
    };
    let interrupt = Interrupt::catch()?;
    let bar = Bar::of(args.repeats, "repeats", verbosity);
    let watched = Watched::new(&prepared.simulation, &event);
    let found = estimate(&watched, &plan, &|| bar.run_ended(), interrupt.flag()).map_err(Failed::running)?;
    drop(bar);
    match args.format.chosen() {
        Format::Json => terminal::print(to_bytes(&json(args, &prepared, &event, &found))),
        Format::Table => terminal::print(table(args, &prepared, &event, &found)),
    }
}

/// Repeats in which all runs were tied at some level.
fn n_extinct(found: &Estimate) -> usize {
    found.repeats.iter().filter(|repeat| repeat.is_extinct).count()
}

fn json(args: &Args, prepared: &Prepared, event: &RareEvent, found: &Estimate) -> serde_json::Value {
    let (plain_runs, plain_reached) = found.plain(args.particles);
    let plain = wilson(plain_reached, plain_runs, 0.95);
    serde_json::json!({
        "scenario": prepared.id(),
        "event": args.event,
        "outcome": event.outcome,
        "target": event.target,
        "seed": args.seed,
        "p": found.p,
        "p_ci": [found.interval.low, found.interval.high],
        "standard_error": found.standard_error,
        "repeats": args.repeats,
        "repeats_extinct": n_extinct(found),
        "particles": args.particles,
        "levels": found.repeats.iter().map(|repeat| repeat.levels).max(),
        "runs": found.runs(),
        "plain_runs_needed": found.plain_runs(),
        "plain": { "runs": plain_runs, "reached": plain_reached, "p_ci": [plain.low, plain.high] },
        "estimates": found.repeats.iter().map(|repeat| repeat.p).collect::<Vec<_>>(),
    })
}

fn table(args: &Args, prepared: &Prepared, event: &RareEvent, found: &Estimate) -> String {
    let (plain_runs, plain_reached) = found.plain(args.particles);
    let plain = wilson(plain_reached, plain_runs, 0.95);
    let levels =
        found.repeats.iter().map(|repeat| f64::from(repeat.levels)).sum::<f64>() / args.repeats as f64;
    let mut text = format!(
        "{}  {} repeats of {} runs at a time, seed {}\n\n{}: {}\n\n",
        prepared.id(),
        grouped(args.repeats),
        grouped(args.particles as u64),
        args.seed,
        args.event,
        event.description
    );
    let mut line = |name: &str, value: String| {
        // Writing to a text can't fail.
        let _ = writeln!(text, "{name:<24}{value}");
    };
    line("probability", chance(found.p));
    line("95 % interval", format!("{} … {}", chance(found.interval.low), chance(found.interval.high)));
    line("levels", format!("{levels:.1} on average"));
    line("runs simulated", grouped(found.runs()));
    let needed = match found.plain_runs() {
        Some(needed) if found.p > 0.0 => {
            format!(
                "{:.2e} for an interval as narrow: {:.3} times as many",
                needed,
                needed / found.runs() as f64
            )
        }
        _ => "not known: the estimate has no error that could be matched".to_owned(),
    };
    line("plain runs needed", needed);
    let interval = format!("{} … {}", chance(plain.low), chance(plain.high));
    line(
        "without splitting",
        format!("{plain_reached} of the first {} runs: {interval}", grouped(plain_runs)),
    );
    let extinct = n_extinct(found);
    if extinct > 0 {
        let about = "repeats came to an end with all runs tied; they count as 0, which keeps the mean right";
        line("note", format!("{extinct} of {} {about}", args.repeats));
    }
    if found.p == 0.0 {
        line(
            "",
            "no repeat reached the event: it may be impossible, or its last step too rare; ask for more `--particles`".to_owned(),
        );
    }
    text
}

/// A probability with three digits, as a power of ten where it is small.
fn chance(p: f64) -> String {
    if p == 0.0 || p >= 0.001 { format!("{p:.3}") } else { format!("{p:.2e}") }
}
