//! A scenario ready to be run, with what the pages need of it.

use serde_json::Value;
use std::sync::Arc;
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::report::bundle::{self, Ensemble};
use twiplomacy::report::html::{film, stage};
use twiplomacy::report::map::Map;
use twiplomacy::report::plot::MarketSessions;
use twiplomacy::scenario::{self, Request, Scenario};
use twiplomacy::simulation::Simulation;
use twiplomacy::simulation::film::Film;
use twiplomacy::simulation::named::Named;

/// A scenario with what was changed in it.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) scenario: Scenario,
    pub(super) simulation: Simulation,
    pub(super) named: Named,
}

impl Ready {
    /// Loads and builds; what is wrong comes as text for people.
    pub(super) fn of(request: &Request, seed: u64) -> Result<Arc<Self>, String> {
        Self::build(scenario::load(request).map_err(|failure| failure.to_string())?, seed)
    }

    /// Builds what is loaded already.
    pub(super) fn build(scenario: Scenario, seed: u64) -> Result<Arc<Self>, String> {
        let simulation = Simulation::new(&scenario, seed).map_err(|error| error.to_string())?;
        let named = Named::of(&scenario, simulation.layout()).map_err(|failure| failure.to_string())?;
        Ok(Arc::new(Self { scenario, simulation, named }))
    }

    /// What replays of any run need.
    pub(super) fn stage(&self) -> Value {
        let setting = self.simulation.setting();
        let sessions = MarketSessions::of(setting);
        let mut value = stage::json(&self.scenario, &self.simulation, &Map::of(setting), &sessions);
        value["highlighted"] = self.named.highlighted.clone().into();
        value
    }

    /// One run in full.
    pub(super) fn film(&self, run: u64) -> Film {
        self.simulation.film(run)
    }

    /// One run for the scripts.
    pub(super) fn film_json(&self, film: &Film) -> Value {
        film::json(film, &self.simulation)
    }

    /// The page of `runs` runs on `threads` threads.
    pub(super) fn report(&self, runs: u64, threads: usize) -> Result<Vec<u8>, String> {
        let outcomes = replicates(&self.simulation, 0..runs, threads, &Silent, &false.into());
        let outcomes = outcomes.map_err(|error| error.to_string())?;
        let mut aggregate = bundle::aggregate(&self.simulation);
        aggregate.push(&outcomes);
        let ensemble = Ensemble::of(&self.scenario, &self.simulation, &self.named, &aggregate);
        ensemble.page(bundle::FILMS).map_err(|error| error.to_string())
    }
}
