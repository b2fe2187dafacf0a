//! Searches in the follower network, which walk its graph.

use super::Network;
use crate::model::graph::visit;
use crate::model::ids::AccountId;

/// Accounts that a message of `origin` reaches if everybody shares, `origin` included, ascending.
pub fn reachable(network: &Network, origin: AccountId) -> Vec<AccountId> {
    visit::reachable(network.graph(), origin.0).into_iter().map(AccountId).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::network::tests::single_public;

    #[test]
    fn accounts_are_those_of_the_graph() {
        let network = single_public(6, &[(0, 1), (1, 2), (2, 0), (3, 4), (6, 3)]);
        assert_eq!(reachable(&network, AccountId(6)), [3, 4, 6].map(AccountId));
    }
}
