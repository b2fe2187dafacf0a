//! From a scenario as asked for to one that can be run: the same way for everybody, so that all say the same of it.

use super::{BASELINE, StudyError, Within};
use crate::report::manifest::Manifest;
use crate::scenario::{self, Request, Scenario};
use crate::simulation::Simulation;
use crate::simulation::named::Named;

/// A scenario that can be run.
#[derive(Debug)]
pub struct Prepared {
    /// What is simulated.
    pub scenario: Scenario,
    /// Its runs.
    pub simulation: Simulation,
    /// The outcomes that it names.
    pub named: Named,
}

/// Loads and builds what `request` asks for.
pub fn prepare(request: &Request, seed: u64) -> Result<Prepared, StudyError> {
    let scenario = scenario::load(request).map_err(StudyError::asked)?;
    let simulation = Simulation::new(&scenario, seed).map_err(|error| {
        StudyError::asked(Within::new(format!("`{}` can't be simulated", request.scenario.name), error))
    })?;
    let named = Named::of(&scenario, simulation.layout()).map_err(StudyError::asked)?;
    Ok(Prepared { scenario, simulation, named })
}

impl Prepared {
    /// The same, knowing what was set when `manifest` was written: the texts of a bundle have it in them, and no longer say so.
    #[must_use]
    pub fn with_record(mut self, manifest: &Manifest) -> Self {
        let split =
            |text: &String| text.split_once(" = ").map(|(path, value)| (path.to_owned(), value.to_owned()));
        self.scenario.overrides = manifest.overrides.iter().filter_map(split).collect();
        self.scenario.arm = Some(manifest.arm.clone()).filter(|arm| arm != BASELINE);
        self
    }

    /// Id of the scenario.
    pub fn id(&self) -> &str {
        &self.scenario.file.scenario.id
    }

    /// The arm that was applied.
    pub fn arm(&self) -> &str {
        self.scenario.arm.as_deref().unwrap_or(BASELINE)
    }
}
