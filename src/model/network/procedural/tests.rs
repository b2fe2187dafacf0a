//! Lists computed: what they hold, how they are divided, and how uniform they are.

use super::strata::{CLASSES, following};
use super::*;
use crate::model::graph::generate::weights::Tails;
use crate::model::network::block_model::{NamedPlan, PublicPlan};
use crate::model::network::circles::Circles;
use crate::model::network::{ListMemory, Network};
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::BTreeMap;

pub(super) const TAILS: Tails =
    Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 300.0 };

/// A large public, a middling one, one of eleven accounts of which 4 follow everybody's mean account, and an empty one.
fn plan(n_large: u32) -> Plan {
    let sizes = [n_large, 2000, 11, 0];
    let followed = [[25.0, 15.0, 4.0, 1.0], [5.0, 40.0, 2.0, 1.0], [0.2, 0.1, 3.0, 1.0], [1.0; 4]];
    Plan {
        publics: sizes.map(|n_accounts| PublicPlan { n_accounts, weight: 1.0, community: 0 }).to_vec(),
        mean_followed: followed.as_flattened().to_vec(),
        named: vec![
            NamedPlan { key: 1, followers: vec![400.0, 900.0, 11.0, 0.0] },
            NamedPlan { key: 2, followers: vec![0.25, 0.0, 3.5, 7.0] },
        ],
        mutual: Vec::new(),
        tails: TAILS,
        reciprocity: 0.35,
        circles: Circles::NONE,
    }
}

fn network(n_large: u32, seed: u64) -> Network {
    Network::procedural(&plan(n_large), RunKey::new(seed, 0))
}

pub(super) fn accounts(network: &Network) -> impl Iterator<Item = AccountId> {
    (0..network.n_accounts()).map(AccountId)
}

fn counts(network: &Network, account: AccountId) -> [u32; 4] {
    let mut counts = [0; 4];
    let mut begin = 0;
    for segment in network.list(account, &mut ListMemory::default()).segments() {
        counts[segment.public.idx()] = segment.end - begin;
        begin = segment.end;
    }
    counts
}

#[test]
fn lists_hold_nobody_twice_nor_their_owner_and_segments_cover_them() {
    for n_large in [0, 1, 50, 3000] {
        let network = network(n_large, 1);
        let mut memory = ListMemory::default();
        for account in accounts(&network) {
            let followers = network.followers(account);
            assert!(followers.windows(2).all(|pair| pair[0] < pair[1]), "{account:?} of {n_large}");
            let mut list = network.list(account, &mut memory);
            assert_eq!(list.len() as usize, followers.len());
            let segments = list.segments().to_vec();
            assert!(
                segments.windows(2).all(|pair| pair[0].public < pair[1].public && pair[0].end < pair[1].end)
            );
            for position in 0..list.len() {
                let (follower, public) = (list.follower_at(position), list.public_at(position));
                assert_eq!(network.public_of(follower), Some(public));
                assert_ne!(follower, account);
            }
        }
    }
}

#[test]
fn a_list_is_the_same_from_either_end_and_whatever_was_looked_at_before() {
    let network = network(3000, 1);
    let mut memory = ListMemory::default();
    for account in accounts(&network).step_by(7) {
        let mut list = network.list(account, &mut memory);
        let forwards: Vec<AccountId> = (0..list.len()).map(|position| list.follower_at(position)).collect();
        let mut backwards: Vec<AccountId> =
            (0..list.len()).rev().map(|position| list.follower_at(position)).collect();
        backwards.reverse();
        assert_eq!(forwards, backwards);
        let mut sorted: Vec<u32> = forwards.iter().map(|follower| follower.0).collect();
        sorted.sort_unstable();
        assert_eq!(sorted, *network.followers(account));
    }
}

#[test]
fn who_is_a_member_of_a_list_is_who_is_enumerated() {
    let network = network(600, 1);
    let mut memory = ListMemory::default();
    let everybody: Vec<AccountId> = accounts(&network).collect();
    for &account in everybody.iter().step_by(5).chain(everybody.iter().rev().take(14)) {
        let members: Vec<u32> = everybody
            .iter()
            .filter(|&&follower| network.follows(follower, account, &mut memory))
            .map(|follower| follower.0)
            .collect();
        assert_eq!(members, *network.followers(account), "{account:?}");
    }
}

#[test]
fn the_same_plan_and_key_give_the_same_network_and_another_key_another() {
    assert_eq!(network(500, 1), network(500, 1));
    let lists = |seed| {
        let network = network(500, seed);
        accounts(&network).map(|account| network.followers(account).into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(lists(1), lists(1));
    assert_ne!(lists(1), lists(2));
}

#[test]
fn named_accounts_have_their_real_followers_and_at_most_everybody() {
    let network = network(8000, 1);
    assert_eq!(counts(&network, AccountId(10_011)), [400, 900, 11, 0]);
    let [large, middling, small, empty] = counts(&network, AccountId(10_012));
    assert!(large <= 1 && middling == 0 && (3..=4).contains(&small) && empty == 0);
    let n = 67_000_000;
    let mut plan = plan(n);
    plan.named[0].followers = vec![f64::from(n), 60.0, 0.0, 0.0];
    plan.named[1].followers = vec![f64::from(n) * 0.9, 0.0, 0.0, 0.0];
    let network = Network::procedural(&plan, RunKey::new(1, 0));
    assert_eq!(counts(&network, AccountId(n + 2011)), [n, 60, 0, 0]);
    assert_eq!(counts(&network, AccountId(n + 2012))[0], n / 10 * 9);
}

/// Mean audience in each public: the sum over n accounts of Poisson numbers whose means have a heavy tail, so the bound takes the
/// standard error from the sample, at α = 1e-4 of a two-sided test. Audiences in the small public are capped by its size.
#[test]
fn audiences_have_the_means_of_the_plan() {
    let (plan, network) = (plan(20_000), network(20_000, 1));
    for (g, begin, n) in [(0, 0, 20_000), (1, 20_000, 2000)] {
        let counts: Vec<[u32; 4]> = (begin..begin + n).map(|id| counts(&network, AccountId(id))).collect();
        for h in 0..2 {
            let expected = block_model::n_edges(&plan, g, h) / f64::from(n);
            let values: Vec<f64> = counts.iter().map(|count| f64::from(count[h])).collect();
            let mean = values.iter().sum::<f64>() / f64::from(n);
            let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(n);
            let bound = 3.9 * (variance / f64::from(n)).sqrt();
            assert!((mean - expected).abs() < bound, "{g} to {h}: {mean} for {expected} ± {bound}");
        }
    }
}

/// Pearson's statistic of equal expectations against its quantile at 1 − 1e-4.
fn assert_uniform(counts: &[u32]) {
    let expected = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    assert!(expected > 10.0, "too few: {counts:?}");
    let statistic: f64 = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
    let bound = ChiSquared::new(counts.len() as f64 - 1.0).unwrap().inverse_cdf(1.0 - 1e-4);
    assert!(statistic < bound, "{statistic} above {bound}: {counts:?}");
}

/// Strata of the public of eleven have one or two accounts.
#[test]
fn members_of_a_stratum_are_included_alike_down_to_two() {
    let mut met = [0_u32; 11];
    for seed in 0..240 {
        let network = network(300, seed);
        let mut memory = ListMemory::default();
        for account in (0..300).step_by(2).map(AccountId) {
            let mut list = network.list(account, &mut memory);
            for position in (0..list.len())
                .filter(|&position| list.public_at(position) == PublicId(2))
                .collect::<Vec<_>>()
            {
                met[(list.follower_at(position).0 - 2300) as usize] += 1;
            }
        }
    }
    let plan = plan(300);
    let network = Procedural::new(&plan, &block_model::slices_of(&plan.publics), RunKey::new(0, 0));
    let strata = &network.strata[network.strata_range(PublicId(2))];
    let pairs: Vec<_> = strata.iter().filter(|stratum| stratum.n > 1).collect();
    assert!(pairs.iter().any(|stratum| stratum.n == 2), "{strata:?}");
    for stratum in pairs {
        let begin = (stratum.begin - 2300) as usize;
        assert_uniform(&met[begin..begin + stratum.n as usize]);
    }
}

/// Where an account has two followers in the stratum of eight, they are any two with the same probability.
#[test]
fn pairs_of_followers_in_a_stratum_are_equally_likely() {
    let mut pairs: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for seed in 0..400 {
        let network = network(48, seed);
        for account in (8..48).map(AccountId) {
            let followers = network.followers(account);
            if let [left, right] = followers[..followers.partition_point(|&follower| follower < 8)] {
                *pairs.entry((left, right)).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(pairs.len(), 28);
    assert_uniform(&pairs.into_values().collect::<Vec<_>>());
}

/// With the share 0.6 of circles, 0.6 + 0.4/3 of the followers from the own community are of the own stance, and a third of the others. The
/// numbers are Poisson, so the standard error of a share is at most that of a binomial one: 3.9 of them at α = 1e-4.
#[test]
fn followers_from_the_own_community_are_mostly_of_the_own_stance() {
    for n_large in [6000, 600_000] {
        let mut plan = plan(n_large);
        plan.circles.share = 0.6;
        plan.publics[1].community = 1;
        // The larger network has mean audiences that are drawn by strata.
        plan.mean_followed[0] = if n_large > 6000 { 400.0 } else { 25.0 };
        let network = Network::procedural(&plan, RunKey::new(3, 0));
        let (mut like, mut n) = ([0.0_f64; 2], [0.0_f64; 2]);
        for account in (0..600).map(|idx| AccountId(idx * (n_large / 600))) {
            let own = network.cell_of(account, PublicId(0)).idx() % STANCE_BINS;
            for &follower in &*network.followers(account) {
                let public = network.public_of(AccountId(follower)).unwrap();
                if public.idx() < 2 {
                    let bin = network.cell_of(AccountId(follower), public).idx() % STANCE_BINS;
                    n[public.idx()] += 1.0;
                    like[public.idx()] += f64::from(u8::from(bin == own));
                }
            }
        }
        for (community, expected) in [(0, 0.6 + 0.4 / 3.0), (1, 1.0 / 3.0)] {
            let (share, n) = (like[community] / n[community], n[community]);
            let bound = 3.9 * (expected * (1.0 - expected) / n).sqrt();
            assert!(
                (share - expected).abs() < bound + 0.002,
                "{share} for {expected} ± {bound} of {n_large}"
            );
        }
    }
}

#[test]
fn strata_cover_each_public_by_halves_and_their_parts_add_up() {
    let plan = plan(3_000_000);
    let slices = block_model::slices_of(&plan.publics);
    let network = Procedural::new(&plan, &slices, RunKey::new(0, 0));
    let strata = &network.strata[network.strata_range(PublicId(0))];
    assert_eq!(strata.len(), STANCE_BINS * CLASSES as usize);
    assert_eq!(strata[..3].iter().map(|stratum| stratum.n).collect::<Vec<_>>(), [500_000, 250_000, 125_000]);
    assert!(
        strata.windows(2).all(|pair| pair[0].begin + pair[0].n == pair[1].begin && pair[0].end < pair[1].end)
    );
    assert!((strata.last().unwrap().end - 1.0).abs() < 1e-9);
    let following = following(strata);
    assert!(following[11] > 60.0 * following[0], "{following:?}");
    assert_eq!(network.strata_range(PublicId(3)).len(), 0);
    let small: Vec<u32> =
        network.strata[network.strata_range(PublicId(2))].iter().map(|stratum| stratum.n).collect();
    assert_eq!(small.iter().sum::<u32>(), 11);
    assert!(small.iter().all(|&n| n > 0), "{small:?}");
}

/// The six accounts of the platform's leaders among 326 million: their audiences to the last account, followers at sampled positions all
/// different and members, and of accounts drawn at random as many followers as the audience is of all. That number is binomial: 3.9
/// standard deviations at α = 1e-4, and one more for the draw of the stratum sizes.
#[test]
fn leaders_have_their_real_followers_at_true_size() {
    let n = 326_000_000;
    let audiences = [125_000_000.0, 87_000_000.0, 13_000_000.0, 6_000_000.0, 5_000_000.0, 3_000_000.0];
    let mut plan = plan(n);
    let leader =
        |(key, &followers): (u32, &f64)| NamedPlan { key, followers: vec![followers, 0.0, 0.0, 0.0] };
    plan.named = (1..).zip(&audiences).map(leader).collect();
    let network = Network::procedural(&plan, RunKey::new(1, 0));
    let mut memory = ListMemory::default();
    let first = network.n_accounts() - 6;
    for (leader, audience) in (first..).map(AccountId).zip(audiences) {
        let n_followers = audience as u32;
        let mut followers: Vec<AccountId> = {
            let mut list = network.list(leader, &mut memory);
            assert_eq!(list.len(), n_followers);
            let positions = (0..3000).map(|idx| (u64::from(n_followers) * idx / 3000) as u32);
            let ends = [n_followers - 1, 0, 1, 2];
            positions.skip(3).chain(ends).map(|position| list.follower_at(position)).collect()
        };
        let n_looked_at = followers.len();
        assert!(followers.iter().all(|&follower| network.follows(follower, leader, &mut memory)));
        followers.sort_unstable();
        followers.dedup();
        assert_eq!(followers.len(), n_looked_at, "{leader:?} has somebody twice");
        let mut stream = RunKey::new(2, 0).stream(Purpose::new("passers-by"), Subject::new(leader.0, 0));
        let met =
            (0..4000).filter(|_| network.follows(AccountId(stream.below(n)), leader, &mut memory)).count();
        let share = audience / f64::from(n);
        let bound = 3.9 * (4000.0 * share * (1.0 - share)).sqrt() + 1.0;
        assert!((met as f64 - 4000.0 * share).abs() < bound, "{met} of {leader:?}, not {}", 4000.0 * share);
    }
}
