//! The plain rules inside scenarios: against a naive twin, against each other, and coupled to everything else.

use crate::ensemble::{CANADA_SAUDI, SEED, TARIFF, column_idx, load, simulate};
use crate::sharing_twin::{SHARING_ONLY, greatest_distance};
use crate::stage::{Stage, posted};
use crate::twin::Twin;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use twiplomacy::engine::streams::{Purpose, RunKey, Stream, Subject};
use twiplomacy::model::cascade::Node;
use twiplomacy::model::ids::{AccountId, MessageId};
use twiplomacy::model::setting::Setting;
use twiplomacy::simulation::Simulation;

/// Every rule, with parameters that make it spread on a network of a few thousand accounts.
const RULES: [&[&str]; 6] = [
    &["dispositions.diffusion.rule=full"],
    &["dispositions.diffusion.rule=ic", "dispositions.independent_cascade.probability=0.002"],
    &["dispositions.diffusion.rule=lt", "dispositions.linear_threshold.influence=0.3"],
    &["dispositions.diffusion.rule=complex", "dispositions.complex_contagion.spontaneous=0.002"],
    &["dispositions.diffusion.rule=sir", "dispositions.sir.probability=0.003"],
    &["dispositions.diffusion.rule=hawkes"],
];

/// All cascades of some runs of a scenario, message by message.
fn cascades(id: &str, set: &[&str], runs: u64) -> Vec<Vec<Vec<Node>>> {
    let scenario = load(id, None, set);
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let mut stage = Stage::new(&scenario, &simulation);
    let of_run = |run| {
        let world = stage.play(run);
        let messages = (0..world.messages.len()).map(MessageId::new);
        messages.map(|message| world.spread(message).cascade.nodes().to_vec()).collect()
    };
    (0..runs).map(of_run).collect()
}

/// Accounts that share the message of `twin`, posted at the reference, until the horizon, each with probability `p` at every contact.
fn naive_cascade(twin: &Twin<'_>, setting: &Setting, p: f64, stream: &mut Stream) -> BTreeSet<AccountId> {
    let mut sharers = BTreeSet::new();
    let mut quickness: BTreeMap<AccountId, f64> = BTreeMap::new();
    let mut shares = BinaryHeap::from([Reverse((setting.reference, twin.author()))]);
    while let Some(Reverse((time, account))) = shares.pop() {
        if time > setting.horizon || !sharers.insert(account) {
            continue;
        }
        for &follower in &*setting.network.followers(account) {
            let follower = AccountId(follower);
            if stream.uniform() < p {
                let number = *quickness.entry(follower).or_insert_with(|| stream.uniform());
                shares.push(Reverse((twin.reaction(twin.public_of(follower), time, number), follower)));
            }
        }
    }
    sharers.remove(&twin.author());
    sharers
}

/// Two-sample Kolmogorov–Smirnov at α = 1e-4, as for the full rule.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn an_independent_cascade_has_the_sizes_of_a_naive_one() {
    let probability = 0.004;
    let set = [
        SHARING_ONLY,
        "network.accounts=5000",
        "dispositions.diffusion.rule=ic",
        &format!("dispositions.independent_cascade.probability={probability}"),
        "events.messages.thread-2.delivery=unsent",
        "events.messages.five-hundred-billion.delivery=unsent",
        "events.messages.pullback.delivery=unsent",
    ];
    let runs = 3000;
    let scenario = load(TARIFF, None, &set);
    let simulation = Simulation::new(&scenario, SEED).unwrap();
    let twin = Twin::new(simulation.setting(), &scenario.world.dispositions, "thread-1");
    let mut stage = Stage::new(&scenario, &simulation);
    let (mut fast, mut naive, mut deepest) = (Vec::new(), Vec::new(), 0);
    for run in 0..runs {
        let world = stage.play(run);
        let cascade = &world.spread(posted(world, "thread-1").unwrap()).cascade;
        fast.push(cascade.nodes().len() - 1);
        deepest = deepest.max(cascade.shape().depth);
        let mut stream = RunKey::new(SEED + 1, run).stream(Purpose::new("naive cascade"), Subject::default());
        naive.push(naive_cascade(&twin, simulation.setting(), probability, &mut stream).len());
    }
    let distance = greatest_distance(&mut fast, &mut naive);
    let bound = (-(1e-4_f64 / 2.0).ln() / 2.0).sqrt() * (2.0 / runs as f64).sqrt();
    let medians = (fast[fast.len() / 2], naive[naive.len() / 2]);
    assert!(deepest >= 3, "cascades of {deepest} generations tell little");
    assert!(distance <= bound, "distance {distance} above {bound}; medians {medians:?}");
}

/// Exact: who never recovers, or is never persuaded, tosses the coins of the independent cascade.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn without_recovery_and_without_persuasion_the_cascade_is_independent() {
    let network = "network.accounts=20000";
    let ic =
        [network, "dispositions.diffusion.rule=ic", "dispositions.independent_cascade.probability=0.003"];
    let never_recovers = [
        network,
        "dispositions.diffusion.rule=sir",
        "dispositions.sir.probability=0.003",
        "dispositions.sir.recovery=\"1000000 d\"",
    ];
    let never_persuaded = [
        network,
        "dispositions.diffusion.rule=complex",
        "dispositions.complex_contagion.threshold=1000000000",
        "dispositions.complex_contagion.spontaneous=0.003",
    ];
    for id in [CANADA_SAUDI, TARIFF] {
        let expected = cascades(id, &ic, 20);
        let shares: usize = expected.iter().flatten().map(|nodes| nodes.len() - 1).sum();
        assert!(shares > 1000, "{id}: {shares} shares tell little");
        assert!(cascades(id, &never_recovers, 20) == expected, "{id}: sir");
        assert!(cascades(id, &never_persuaded, 20) == expected, "{id}: complex contagion");
    }
}

/// Run by run, share by share: a larger probability keeps every sharer of every message with a time of its own, none of them later.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn a_larger_probability_of_the_independent_cascade_loses_no_sharer() {
    let levels = [0.0003, 0.0006, 0.002].map(|probability| {
        let set = [
            SHARING_ONLY,
            "network.accounts=20000",
            "dispositions.diffusion.rule=ic",
            &format!("dispositions.independent_cascade.probability={probability}"),
        ];
        cascades(TARIFF, &set, 50)
    });
    for (few, many) in levels.iter().zip(&levels[1..]) {
        for (few, many) in few.iter().flatten().zip(many.iter().flatten()) {
            let times: BTreeMap<_, _> = many.iter().map(|node| (node.account, node.time)).collect();
            assert!(few.iter().all(|node| times.get(&node.account).is_some_and(|&time| time <= node.time)));
        }
    }
}

/// Whatever the rule, shares make impressions, newsrooms cover, the state addressed hears and answers, and prices move.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn whatever_the_rule_the_press_governments_and_markets_go_on() {
    let mut shares = Vec::new();
    for rule in RULES {
        let scenario = load(CANADA_SAUDI, None, &[&["network.accounts=20000"], rule].concat());
        let simulation = Simulation::new(&scenario, SEED).unwrap();
        let outcomes = simulate(&simulation, 0..30);
        let mean = |id: &str| {
            let idx = column_idx(simulation.layout(), id);
            outcomes.iter().map(|outcome| outcome.scalars[idx]).sum::<f64>() / outcomes.len() as f64
        };
        for of_message in ["shares", "impressions", "coverage", "heard", "answered"] {
            let found = mean(&format!("message.arabic-tweet.{of_message}"));
            assert!(found > 0.0, "{rule:?}: {of_message} {found}");
        }
        assert!(mean("market.TSX.first_session_return") != 0.0, "{rule:?}");
        shares.push(mean("message.arabic-tweet.shares"));
    }
    shares.sort_by(f64::total_cmp);
    assert!(shares.windows(2).all(|pair| pair[0] < pair[1]), "two rules give the same shares: {shares:?}");
}
