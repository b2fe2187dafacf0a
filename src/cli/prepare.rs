//! From what was asked for to a scenario that can be run: the same way for every command, so that all say the same of it.

use super::args::ScenarioArgs;
use super::failure::Failed;
use super::progress::Verbosity;
use super::terminal;
use anyhow::Context;
use twiplomacy::io;
use twiplomacy::report::manifest::Manifest;
use twiplomacy::scenario::{self, Request, Scenario};
use twiplomacy::simulation::Simulation;
use twiplomacy::simulation::named::Named;

/// Name of the arm in which nothing is changed.
pub(crate) const BASELINE: &str = "baseline";

/// A scenario that can be run.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) scenario: Scenario,
    pub(crate) simulation: Simulation,
    pub(crate) named: Named,
}

/// Reads the files that a command asks for.
pub(crate) fn request(args: &ScenarioArgs) -> Result<Request, Failed> {
    let mut request = Request::new(io::scenario(&args.scenario).map_err(Failed::usage)?);
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

/// Loads and builds a scenario; the network is that of `seed`.
pub(crate) fn prepare(request: &Request, seed: u64) -> Result<Prepared, Failed> {
    let scenario = scenario::load(request).map_err(Failed::usage)?;
    let simulation = Simulation::new(&scenario, seed)
        .with_context(|| format!("`{}` can't be simulated", request.scenario.name))
        .map_err(Failed::Usage)?;
    let named = Named::of(&scenario, simulation.layout()).map_err(Failed::usage)?;
    Ok(Prepared { scenario, simulation, named })
}

impl Prepared {
    /// The same, knowing what was set when `manifest` was written: the texts of a bundle have it in them, and no longer say so.
    pub(crate) fn with_record(mut self, manifest: &Manifest) -> Self {
        let split =
            |text: &String| text.split_once(" = ").map(|(path, value)| (path.to_owned(), value.to_owned()));
        self.scenario.overrides = manifest.overrides.iter().filter_map(split).collect();
        self.scenario.arm = Some(manifest.arm.clone()).filter(|arm| arm != BASELINE);
        self
    }

    /// Says what is odd about the scenario.
    pub(crate) fn warn(&self, verbosity: Verbosity) {
        if verbosity == Verbosity::Quiet {
            return;
        }
        let warnings = &self.scenario.warnings;
        if !warnings.is_empty() {
            terminal::remark(&format!("{}\n", warnings.render(terminal::stderr_look())));
        }
        for id in &self.named.absent {
            terminal::remark(&format!("warning: `{id}` is left out: it is not simulated in this scenario"));
        }
    }

    /// Id of the scenario.
    pub(crate) fn id(&self) -> &str {
        &self.scenario.file.scenario.id
    }
}
