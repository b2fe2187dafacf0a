//! Networks that several simulations share: drawing one takes longer than hundreds of runs on it.

use crate::engine::streams::RunKey;
use crate::model::network::Network;
use crate::model::network::block_model::{self, Plan};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Networks that are kept; the one asked for longest ago gives way.
const KEPT: usize = 4;

/// The networks drawn last, by plan and seed. A network is a function of both, so whether it is found here changes no result.
#[derive(Debug, Default)]
pub struct Networks {
    /// The one asked for last stands at the end.
    known: Mutex<Vec<Arc<Known>>>,
}

#[derive(Debug)]
struct Known {
    plan: Plan,
    key: RunKey,
    network: OnceLock<Arc<Network>>,
}

impl Networks {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The network of `plan` and `key`, drawn if it is not known. Who asks for one that is being drawn waits for it.
    pub(super) fn network(&self, plan: Plan, key: RunKey) -> Arc<Network> {
        let entry = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            let entry = match known.iter().position(|known| known.key == key && known.plan == plan) {
                Some(position) => known.remove(position),
                None => Arc::new(Known { plan, key, network: OnceLock::new() }),
            };
            known.push(Arc::clone(&entry));
            if known.len() > KEPT {
                known.remove(0);
            }
            entry
        };
        Arc::clone(entry.network.get_or_init(|| Arc::new(block_model::generate(&entry.plan, entry.key))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Request, Source, bundled, load};
    use crate::simulation::Simulation;

    fn simulation(set: &[&str], seed: u64, networks: &Networks) -> Simulation {
        let text = bundled::scenario("canada-saudi-2018").unwrap().text;
        let mut request = Request::new(Source::new("canada-saudi-2018", text));
        request.set = [&["network.accounts=20000"], set].concat().into_iter().map(str::to_owned).collect();
        Simulation::sharing(&load(&request).unwrap(), seed, networks).unwrap()
    }

    #[test]
    fn simulations_of_one_plan_and_seed_share_a_network_and_others_do_not() {
        let networks = Networks::new();
        let first = simulation(&[], 1, &networks);
        let network = |simulation: &Simulation| Arc::clone(&simulation.setting().network);
        let same = simulation(&["dispositions.response.base=-4"], 1, &networks);
        assert!(Arc::ptr_eq(&network(&first), &network(&same)));
        for other in [simulation(&["network.accounts=21000"], 1, &networks), simulation(&[], 2, &networks)] {
            assert!(!Arc::ptr_eq(&network(&first), &network(&other)));
        }
        let alone = Simulation::new(&load(&request()).unwrap(), 1).unwrap();
        assert_eq!(*network(&first), *network(&alone));
    }

    fn request() -> Request {
        let text = bundled::scenario("canada-saudi-2018").unwrap().text;
        let mut request = Request::new(Source::new("canada-saudi-2018", text));
        request.set.push("network.accounts=20000".to_owned());
        request
    }
}
