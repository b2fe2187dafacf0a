//! Networks as they have always been: which network belongs to a plan and a key decides the results of every scenario, so the way
//! to it may change and what comes out may not.
//!
//! The hashes were computed by the plainest form of the model, which drew word by word with `WeightedAliasIndex` of `rand_distr` and
//! built the graph from a list of all edges. A change that means to alter networks renews them.

use super::*;

/// Publics of these sizes and communities, all of which follow one another, and two named accounts.
fn plan(publics: &[(u32, u32)], reciprocity: f64, circles: Circles) -> Plan {
    let n = publics.len();
    Plan {
        publics: publics
            .iter()
            .map(|&(n_accounts, community)| PublicPlan { n_accounts, weight: 10.0, community })
            .collect(),
        mean_followed: (0..n * n).map(|pair| 3.5 + (pair * 7 % 11) as f64 * 1.7).collect(),
        named: (0..2).map(|key| NamedPlan { key, followers: vec![f64::from(key + 1) * 3333.3; n] }).collect(),
        mutual: vec![[0, 1]],
        tails: Tails { audience_exponent: 2.2, following_exponent: 2.55, correlation: 0.6, cutoff: 1000.0 },
        reciprocity,
        circles,
    }
}

#[test]
fn networks_are_what_they_have_always_been() {
    let circles = Circles { share: 0.6, size: 60.0 };
    let cases = [
        ("no circles", plan(&[(7000, 0), (2500, 0), (500, 0)], 0.35, Circles::NONE), 0x7cc4_6791_c30f_ae6e),
        ("nothing mutual", plan(&[(3000, 0), (1001, 1)], 0.0, Circles::NONE), 0x32a8_f907_b2b0_2f6a),
        ("circles", plan(&[(7000, 0), (2500, 0), (500, 0)], 0.35, circles), 0xd6d2_4f8e_c573_4055),
        (
            "two communities",
            plan(&[(4000, 0), (1500, 1), (700, 0), (90, 1)], 0.35, circles),
            0x1d5b_8d3a_373f_04ee,
        ),
        ("nearly all mutual", plan(&[(4000, 0), (1500, 1), (700, 0)], 0.95, circles), 0xfdaf_a3c2_39e0_e074),
        ("an empty public", plan(&[(3000, 0), (0, 0), (700, 0)], 0.35, circles), 0xdf8f_a002_5564_82ba),
        ("an empty community", plan(&[(0, 0), (1500, 1)], 0.35, circles), 0xd02a_e08b_b7eb_941b),
        (
            "circles of everybody",
            plan(&[(300, 0), (30, 0)], 0.5, Circles { share: 1.0, size: 1e9 }),
            0x69ad_58c7_2a20_628d,
        ),
        (
            "more than a stream",
            plan(&[(60_000, 0), (3, 0)], 0.2, Circles { share: 0.3, size: 25.0 }),
            0x3999_c3c0_a183_4c33,
        ),
        ("nobody", plan(&[], 0.35, circles), 0xd94d_1218_6c0f_2fb7),
    ];
    let found = cases.each_ref().map(|(name, plan, _)| (*name, graph(plan, RunKey::new(7, 3)).fingerprint()));
    let expected = cases.map(|(name, _, hash)| (name, hash));
    assert_eq!(found, expected, "{found:#x?}");
}
