//! Cascades on a computed network against those on a stored one with the same strata, classes and audience degrees.

use super::tests::{TAILS, accounts};
use super::*;
use crate::model::network::block_model::{NamedPlan, PublicPlan};
use crate::model::network::circles::Circles;
use crate::model::network::{Links, ListMemory, Network};
use crate::stats::summary::Moments;
use std::collections::BTreeSet;

const TWIN: Purpose = Purpose::new("agreement twin");
const COINS: Purpose = Purpose::new("agreement coins");
/// Networks, and cascades on each.
const NETWORKS: u64 = 40;
const CASCADES: u64 = 150;
/// Probability that a follower shares: ten of those of the author, and 0.3 for each further share.
const P: f64 = 0.004;

fn plan() -> Plan {
    Plan {
        publics: [8000, 900].map(|n_accounts| PublicPlan { n_accounts, weight: 1.0, community: 0 }).to_vec(),
        mean_followed: vec![25.0, 15.0, 5.0, 40.0],
        named: vec![NamedPlan { key: 1, followers: vec![2000.0, 500.0] }],
        mutual: Vec::new(),
        tails: TAILS,
        reciprocity: 0.35,
        circles: Circles::NONE,
    }
}

/// `n` different numbers below `below`, chosen by `stream`: those not wanted are drawn where they are fewer.
fn chosen(n: u32, below: u32, stream: &mut crate::engine::streams::Stream) -> Vec<u32> {
    let (wanted, drawn) = (n, n.min(below - n));
    let mut set = BTreeSet::new();
    while (set.len() as u32) < drawn {
        set.insert(stream.below(below));
    }
    if drawn == wanted {
        set.into_iter().collect()
    } else {
        (0..below).filter(|number| !set.contains(number)).collect()
    }
}

/// The network in which every account has as many followers in each stratum, chosen by other random numbers, and all are stored.
fn stored_twin(network: &Network, key: RunKey) -> Network {
    let Links::Procedural(procedural) = &network.links else { panic!("it is procedural") };
    let mut edges = Vec::new();
    for account in accounts(network) {
        let mut counts = vec![0_u32; procedural.strata.len()];
        for &follower in &*network.followers(account) {
            counts[procedural.strata.partition_point(|stratum| stratum.begin + stratum.n <= follower)] += 1;
        }
        let mut stream = key.stream(TWIN, Subject::new(account.0, 0));
        for (stratum, &count) in procedural.strata.iter().zip(&counts).filter(|(_, count)| **count > 0) {
            let (n, own) = without(account, stratum.begin, stratum.n);
            let offsets = chosen(count, n, &mut stream);
            edges.extend(
                offsets.iter().map(|&offset| (account.0, stratum.begin + offset + u32::from(offset >= own))),
            );
        }
    }
    Network::from_edges(network.publics().to_vec(), network.n_accounts(), &edges)
}

/// Size and depth of the cascade from the named account.
fn cascade(network: &Network, run: u64) -> (usize, u32) {
    let author = network.n_accounts() - 1;
    let mut coins = RunKey::new(9, run).stream(COINS, Subject::default());
    let (mut shared, mut depth) = (BTreeSet::from([author]), 0);
    let mut generation = vec![AccountId(author)];
    let mut memory = ListMemory::default();
    while !generation.is_empty() {
        depth += 1;
        let mut next = Vec::new();
        for &account in &generation {
            let mut list = network.list(account, &mut memory);
            for position in (0..list.len()).filter(|_| coins.uniform() < P).collect::<Vec<_>>() {
                let follower = list.follower_at(position);
                if shared.insert(follower.0) {
                    next.push(follower);
                }
            }
        }
        generation = next;
    }
    (shared.len() - 1, depth - 1)
}

/// What is compared, as means over the cascades of one network.
fn measured(network: &Network, runs: std::ops::Range<u64>) -> [f64; 6] {
    let n = (runs.end - runs.start) as f64;
    let mut sums = [0.0; 6];
    for run in runs {
        let (size, depth) = cascade(network, run);
        let yes = |is: bool| f64::from(u8::from(is));
        let size = size as f64;
        let values = [
            size,
            (1.0 + size).ln(),
            yes(size >= 10.0),
            yes(size >= 25.0),
            yes(size >= 60.0),
            f64::from(depth),
        ];
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
    }
    sums.map(|sum| sum / n)
}

/// Mean size and its logarithm, shares of cascades of ten, 25 and 60, and depth: the mean difference over pairs of networks lies within 4.4
/// of its standard errors (α = 1e-4 of Student's distribution with 39 degrees of freedom). A bias of a tenth of the mean size is twice that.
#[test]
fn cascades_are_those_of_a_stored_network_of_the_same_degrees() {
    let mut differences = [Moments::default(); 6];
    let mut levels = [Moments::default(); 6];
    for seed in 0..NETWORKS {
        let computed = Network::procedural(&plan(), RunKey::new(seed, 0));
        let stored = stored_twin(&computed, RunKey::new(seed, 1));
        let first = seed * 2 * CASCADES;
        let left = measured(&computed, first..first + CASCADES);
        let right = measured(&stored, first + CASCADES..first + 2 * CASCADES);
        for idx in 0..6 {
            differences[idx].push(left[idx] - right[idx]);
            levels[idx].push(right[idx]);
        }
    }
    for (difference, level) in differences.iter().zip(&levels) {
        let bound = 4.4 * difference.standard_error();
        assert!(
            difference.mean().abs() <= bound,
            "{} ± {bound} of {}; {differences:?}",
            difference.mean(),
            level.mean()
        );
    }
    assert!(
        levels[0].mean() > 10.0 && 4.4 * differences[0].standard_error() < 0.1 * levels[0].mean(),
        "{levels:?} {differences:?}"
    );
}
