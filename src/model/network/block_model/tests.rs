use super::*;
use crate::model::network::ListMemory;

const TAILS: Tails =
    Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 3000.0 };

fn two_publics(reciprocity: f64) -> Plan {
    Plan {
        publics: vec![
            PublicPlan { n_accounts: 8000, weight: 100.0, community: 0 },
            PublicPlan { n_accounts: 2000, weight: 10.0, community: 0 },
        ],
        mean_followed: vec![25.0, 15.0, 5.0, 40.0],
        named: vec![NamedPlan { key: 1, followers: vec![40_000.0, 5_000.0] }],
        mutual: Vec::new(),
        tails: TAILS,
        reciprocity,
        circles: Circles::NONE,
    }
}

fn generated(reciprocity: f64) -> Network {
    generate(&two_publics(reciprocity), RunKey::new(0, 0))
}

/// Relations drawn twice are stored once: hubs of a small dense public (here 40 of 2,000) lose up to a fifth of
/// the public's relations so.
#[test]
fn numbers_of_relations_between_publics_are_those_asked_for() {
    let network = generated(0.35);
    let mut found = [[0_usize; 2]; 2];
    for account in 0..10_000 {
        let mut begin = 0;
        for segment in network.list(AccountId(account), &mut ListMemory::default()).segments() {
            found[usize::from(account >= 8000)][segment.public.idx()] += (segment.end - begin) as usize;
            begin = segment.end;
        }
    }
    let asked = [[200_000.0, 30_000.0], [40_000.0, 80_000.0]];
    for (found, asked) in found.iter().flatten().zip(asked.iter().flatten()) {
        let ratio = *found as f64 / asked;
        assert!((0.77..=1.0).contains(&ratio), "{found} of {asked}");
    }
}

#[test]
fn a_named_account_has_its_real_followers_at_the_rate_of_each_public() {
    let network = generated(0.35);
    let named = AccountId(10_000);
    let ends: Vec<u32> = network
        .list(named, &mut ListMemory::default())
        .segments()
        .iter()
        .map(|segment| segment.end)
        .collect();
    assert_eq!(ends, [400, 900]);
    assert_eq!(network.public_of(named), None);
}

#[test]
fn the_share_of_mutual_relations_is_that_asked_for() {
    for asked in [0.0, 0.35, 0.6] {
        let network = generated(asked);
        let (mut mutual, mut all) = (0_u32, 0_u32);
        for account in 0..8000 {
            for &follower in network.followers(AccountId(account)).iter().filter(|&&id| id < 8000) {
                all += 1;
                let back =
                    network.follows(AccountId(account), AccountId(follower), &mut ListMemory::default());
                mutual += u32::from(back);
            }
        }
        let share = f64::from(mutual) / f64::from(all);
        // Chance alone makes some pairs mutual between hubs and very active accounts.
        assert!((asked - 0.02..asked + 0.12).contains(&share), "{share} for {asked}");
    }
}

/// The tail exponent by Hill's estimator over the largest 2 % of audiences; the sampling error is about
/// (exponent − 1)/sqrt(160) = 0.1, and the cutoff and finite size steepen the tail a little.
#[test]
fn audiences_have_a_heavy_tail_of_the_exponent_asked_for() {
    let network = generated(0.0);
    let mut audiences: Vec<f64> = (0..8000).map(|id| network.followers(AccountId(id)).len() as f64).collect();
    audiences.sort_unstable_by(|left, right| right.total_cmp(left));
    let top = 160;
    let hill = audiences[..top].iter().map(|size| (size / audiences[top]).ln()).sum::<f64>() / top as f64;
    let exponent = 1.0 + 1.0 / hill;
    assert!((1.9..2.7).contains(&exponent), "{exponent}");
}

#[test]
fn the_same_plan_and_key_give_the_same_network_and_another_key_another() {
    assert_eq!(generated(0.35), generated(0.35));
    assert_ne!(generate(&two_publics(0.35), RunKey::new(1, 0)), generated(0.35));
}

#[test]
fn empty_publics_are_allowed() {
    let mut plan = two_publics(0.3);
    plan.publics[1].n_accounts = 0;
    let network = generate(&plan, RunKey::new(0, 0));
    assert_eq!(network.n_accounts(), 8001);
}
