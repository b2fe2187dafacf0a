//! Searches in the follower network.

use super::Network;
use crate::model::graph::visit;
use crate::model::ids::AccountId;
use std::collections::BTreeSet;

/// Accounts that a message of `origin` reaches if everybody shares, `origin` included, ascending.
pub fn reachable(network: &Network, origin: AccountId) -> Vec<AccountId> {
    if let Some(graph) = network.graph() {
        return visit::reachable(graph, origin.0).into_iter().map(AccountId).collect();
    }
    let (mut reached, mut open) = (BTreeSet::from([origin.0]), vec![origin.0]);
    while let Some(account) = open.pop() {
        open.extend(
            network.followers(AccountId(account)).iter().filter(|&&follower| reached.insert(follower)),
        );
    }
    reached.into_iter().map(AccountId).collect()
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
