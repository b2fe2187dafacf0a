//! From what was asked for to a scenario that can be run: the same way for every command, so that all say the same of it.

use super::args::ScenarioArgs;
use super::failure::Failed;
use super::progress::Verbosity;
use super::terminal;
use anyhow::anyhow;
use twiplomacy::io;
use twiplomacy::scenario::Request;
use twiplomacy::scenario::kind::Kind;
use twiplomacy::study;

pub(crate) use twiplomacy::study::BASELINE;
pub(crate) use twiplomacy::study::prepare::Prepared;

/// Reads the files that a command asks for.
pub(crate) fn request(args: &ScenarioArgs) -> Result<Request, Failed> {
    let scenario = io::scenario(&args.scenario).map_err(Failed::usage)?;
    let other = match Kind::of(&scenario.text) {
        Kind::Scenario => None,
        Kind::Plan => Some(("the plan of a sweep", "twiplomacy sweep PLAN")),
        Kind::World => Some(("a part of a world", "--world PATH")),
    };
    if let Some((is, instead)) = other {
        let name = &args.scenario;
        return Err(Failed::usage(anyhow!(
            "`{name}` is {is}, not a scenario\n\nhint: it is used by `{instead}`"
        )));
    }
    let mut request = Request::new(scenario);
    if let Some(world) = &args.world {
        request.world = io::world(world).map_err(Failed::usage)?;
    }
    request.set.clone_from(&args.set);
    if args.full_size {
        request.set.push("network.scale=full".to_owned());
    }
    request.arm = args.arm.clone().filter(|arm| arm != BASELINE);
    Ok(request)
}

/// Loads and builds what `request` asks for.
pub(crate) fn prepare(request: &Request, seed: u64) -> Result<Prepared, Failed> {
    Ok(study::prepare::prepare(request, seed)?)
}

/// Says what is odd about a scenario.
pub(crate) fn warn(prepared: &Prepared, verbosity: Verbosity) {
    if verbosity == Verbosity::Quiet {
        return;
    }
    let warnings = &prepared.scenario.warnings;
    if !warnings.is_empty() {
        terminal::remark(&format!("{}\n", warnings.render(terminal::stderr_look())));
    }
    for id in &prepared.named.absent {
        terminal::remark(&format!("warning: `{id}` is left out: it is not simulated in this scenario"));
    }
}
