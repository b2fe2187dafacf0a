//! Bundled scenarios on a small network, for tests that also run without optimisation.

use twiplomacy::scenario::{self, Request, Scenario, bundled};
use twiplomacy::simulation::Simulation;

/// Seed of the small runs.
pub(crate) const SEED: u64 = 1;
/// Accounts of the small network: few, but enough for the audiences of those who post.
const ACCOUNTS: u64 = 16_000;

/// Ids of all bundled scenarios.
pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    bundled::scenarios().map(|scenario| scenario.id)
}

/// A bundled scenario on a small network.
pub(crate) fn small(id: &str) -> Scenario {
    let set = vec![format!("network.accounts={ACCOUNTS}")];
    let request = Request { set, ..Request::new(bundled::scenario(id).unwrap()) };
    scenario::load(&request).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Its runs.
pub(crate) fn small_simulation(id: &str) -> Simulation {
    Simulation::new(&small(id), SEED).unwrap()
}
