//! Rules against what is known exactly: enumeration of all outcomes on small graphs, naive walks, and the ends of parameters.

use super::complex::Complex;
use super::gaps::Gaps;
use super::hawkes::{Branching, Hawkes, Memory};
use super::ic::{CoupledIc, Ic};
use super::lt::{Lt, Threshold};
use super::sir::Sir;
use super::{Rule, Scratch};
use crate::engine::streams::{Purpose, RunKey, Subject, key_from};
use crate::model::graph::Graph;
use crate::units::{Probability, SimTime, TimeSpan};
use proptest::prelude::*;
use rand_distr::{Distribution, Poisson};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

/// Graphs of five nodes with cycles, several ways to a node, and nodes nobody follows.
const SMALL: [&[(u32, u32)]; 3] = [
    &[(0, 1), (1, 2), (2, 0), (0, 3), (3, 2), (2, 4), (3, 4), (4, 1)],
    &[(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)],
    &[(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 0), (0, 3)],
];
const N: usize = 5;

/// Probability of each set of sharers, a bit a node.
type Law = [f64; 1 << N];

fn p(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

/// All whom the message reaches from `seeds` along edges that carry.
fn closure(seeds: usize, mut carries: impl FnMut(u32, u32) -> bool, edges: &[(u32, u32)]) -> usize {
    let mut reached = seeds;
    loop {
        let before = reached;
        for &(u, v) in edges {
            if reached >> u & 1 == 1 && reached >> v & 1 == 0 && carries(u, v) {
                reached |= 1 << v;
            }
        }
        if reached == before {
            return reached;
        }
    }
}

/// Runs `rule` from node 0 and compares how often each set of sharers comes out.
///
/// α = 1e-4: by Bernstein's inequality a count of mean m exceeds m by L/3 + sqrt(L²/9 + 2Lm), or falls short by as much, with a
/// probability of at most 2·exp(−L); L = ln(2·32/1e-4) for 32 sets.
fn agrees(name: &str, edges: &[(u32, u32)], rule: &dyn Rule, law: &Law) {
    let runs = 60_000_u32;
    assert!((law.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{name}");
    let graph = Graph::from_edges(N as u32, edges);
    let mut scratch = Scratch::new(&graph);
    let mut counts = [0_u32; 1 << N];
    for run in 0..runs {
        let spread = rule.spread(&graph, &[0], RunKey::new(11, u64::from(run)), &mut scratch);
        let set: usize = scratch.sharers().iter().map(|node| 1 << node).sum();
        assert_eq!(spread.sharers, u64::from((set as u32).count_ones()));
        let exposures: usize = scratch.sharers().iter().map(|&node| graph.followers(node).len()).sum();
        assert_eq!(spread.exposures, exposures as u64);
        counts[set] += 1;
    }
    let l = (2.0 * 32.0 / 1e-4_f64).ln();
    for (set, (&count, probability)) in counts.iter().zip(law).enumerate() {
        let mean = probability * f64::from(runs);
        let bound = if mean < 1e-9 { 0.5 } else { l / 3.0 + (l * l / 9.0 + 2.0 * l * mean).sqrt() };
        assert!(
            (f64::from(count) - mean).abs() <= bound,
            "{name}: set {set:05b} {count} times, expected {mean} ± {bound}"
        );
    }
}

/// Independent cascade by all 2^edges sets of edges that carry.
fn ic_law(edges: &[(u32, u32)], p: f64) -> Law {
    let mut law = [0.0; 1 << N];
    for live in 0..1_u32 << edges.len() {
        let n_live = live.count_ones() as i32;
        let is_live =
            |u, v| edges.iter().position(|&edge| edge == (u, v)).is_some_and(|idx| live >> idx & 1 == 1);
        law[closure(1, is_live, edges)] += p.powi(n_live) * (1.0 - p).powi(edges.len() as i32 - n_live);
    }
    law
}

#[test]
fn independent_cascades_have_their_exact_law() {
    for edges in SMALL {
        for probability in [0.03, 0.3, 0.75] {
            let law = ic_law(edges, probability);
            agrees("gaps", edges, &Ic::new(p(probability)), &law);
            agrees("coins", edges, &CoupledIc::new(p(probability)), &law);
        }
    }
}

/// Everybody's sharers needed, one after another through all combinations; `each` gets them with their common probability.
fn all_choices(edges: &[(u32, u32)], mut each: impl FnMut(&[u32; N], f64)) {
    let followed: [u32; N] =
        std::array::from_fn(|node| edges.iter().filter(|edge| edge.1 == node as u32).count() as u32);
    let n: u32 = followed.iter().map(|k| k.max(&1)).product();
    for mut code in 0..n {
        let choice = followed.map(|k| {
            let digit = code % k.max(1);
            code /= k.max(1);
            digit
        });
        each(&choice, 1.0 / f64::from(n));
    }
}

/// Linear threshold by all combinations of thresholds: node v of k followed needs 1 to k sharers, all equally likely.
fn lt_law(edges: &[(u32, u32)]) -> Law {
    let mut law = [0.0; 1 << N];
    all_choices(edges, |choice, weight| {
        let mut reached = 1;
        loop {
            let sees =
                |v: u32| edges.iter().filter(|&&(u, w)| w == v && reached >> u & 1 == 1).count() as u32;
            let next =
                (0..N as u32).filter(|&v| sees(v) > choice[v as usize]).fold(reached, |set, v| set | 1 << v);
            if next == reached {
                break;
            }
            reached = next;
        }
        law[reached] += weight;
    });
    law
}

#[test]
fn linear_thresholds_have_their_exact_law_and_that_of_picked_edges() {
    for edges in SMALL {
        let law = lt_law(edges);
        // Kempe, Kleinberg & Tardos (2003), theorem 2.5: each node picks one of those it follows.
        let mut picked = [0.0; 1 << N];
        all_choices(edges, |choice, weight| {
            let is_picked = |u, v: u32| {
                edges.iter().filter(|edge| edge.1 == v).position(|edge| edge.0 == u)
                    == Some(choice[v as usize] as usize)
            };
            picked[closure(1, is_picked, edges)] += weight;
        });
        assert!(law.iter().zip(picked).all(|(a, b)| (a - b).abs() < 1e-12), "{law:?} {picked:?}");
        let graph = Graph::from_edges(N as u32, edges);
        agrees("lt", edges, &Lt::new(&graph, Threshold::Drawn), &law);
    }
}

/// SIR as a Markov chain of steps: in each, all who are infectious infect those who follow them, then stop or go on.
struct Steps<'a> {
    edges: &'a [(u32, u32)],
    p: f64,
    recovery: f64,
    known: BTreeMap<(usize, usize), Law>,
}

impl Steps<'_> {
    /// The law of the final set where `infectious` are so and `over` have been.
    fn law(&mut self, infectious: usize, over: usize) -> Law {
        if infectious == 0 {
            let mut law = [0.0; 1 << N];
            law[over] = 1.0;
            return law;
        }
        if let Some(law) = self.known.get(&(infectious, over)) {
            return *law;
        }
        let susceptible = ((1 << N) - 1) & !(infectious | over);
        let caught = |v: usize| {
            let sources =
                self.edges.iter().filter(|&&(u, w)| w as usize == v && infectious >> u & 1 == 1).count();
            1.0 - (1.0 - self.p).powi(sources as i32)
        };
        let (mut law, mut stays) = ([0.0; 1 << N], 0.0);
        let subsets = |set: usize| (0..1_usize << N).filter(move |subset| subset & !set == 0);
        for new in subsets(susceptible) {
            let infects: f64 = (0..N)
                .filter(|v| susceptible >> v & 1 == 1)
                .map(|v| if new >> v & 1 == 1 { caught(v) } else { 1.0 - caught(v) })
                .product();
            for stopped in subsets(infectious) {
                let (n, all) = (stopped.count_ones() as i32, infectious.count_ones() as i32);
                let weight = infects * self.recovery.powi(n) * (1.0 - self.recovery).powi(all - n);
                if new == 0 && stopped == 0 {
                    stays = weight;
                } else if weight > 0.0 {
                    let then = self.law_then(infectious & !stopped | new, over | stopped);
                    law.iter_mut().zip(then).for_each(|(sum, term)| *sum += weight * term);
                }
            }
        }
        let law = law.map(|sum| sum / (1.0 - stays));
        self.known.insert((infectious, over), law);
        law
    }

    fn law_then(&self, infectious: usize, over: usize) -> Law {
        let mut next =
            Steps { edges: self.edges, p: self.p, recovery: self.recovery, known: self.known.clone() };
        next.law(infectious, over)
    }
}

#[test]
fn sir_has_the_exact_law_of_its_steps() {
    for edges in SMALL {
        for (probability, recovery) in [(0.1, 0.3), (0.4, 0.8), (0.3, 1.0)] {
            let law = Steps { edges, p: probability, recovery, known: BTreeMap::new() }.law(1, 0);
            agrees("sir", edges, &Sir::new(p(probability), p(recovery)).unwrap(), &law);
            if recovery == 1.0 {
                let ic = ic_law(edges, probability);
                assert!(law.iter().zip(ic).all(|(a, b)| (a - b).abs() < 1e-12), "{law:?} {ic:?}");
            }
        }
    }
}

/// Random graphs with lists of very different lengths.
fn graphs(n: u32, edges: usize) -> impl Strategy<Value = Graph> {
    prop::collection::vec((0..n, 0..n, 0..n), 0..edges).prop_map(move |edges| {
        let skewed: Vec<(u32, u32)> = edges.into_iter().map(|(a, b, v)| (a * b / n, v)).collect();
        Graph::from_edges(n, &skewed)
    })
}

fn reachable(graph: &Graph, seeds: &[u32]) -> BTreeSet<u32> {
    let mut reached: BTreeSet<u32> = seeds.iter().copied().collect();
    let mut untold = seeds.to_vec();
    while let Some(node) = untold.pop() {
        untold.extend(graph.followers(node).iter().copied().filter(|&follower| reached.insert(follower)));
    }
    reached
}

/// The independent cascade of run `key`, place by place.
fn place_by_place(graph: &Graph, seeds: &[u32], p: f64, key: RunKey) -> Vec<u32> {
    let gaps = Gaps::new(p);
    let mut coins = key.fast_stream(Purpose::new("ic gaps"), Subject::default());
    let mut places = vec![0; (graph.n_edges() + 2) & !1];
    let first = gaps.first(&mut coins);
    gaps.fill(&mut places, first, &mut coins);
    let places: BTreeSet<u64> = places.into_iter().collect();
    let mut sharers = seeds.to_vec();
    let mut seen: BTreeSet<u32> = seeds.iter().copied().collect();
    let (mut told, mut place) = (0, 0);
    while let Some(&sharer) = sharers.get(told) {
        for &follower in graph.followers(sharer) {
            if places.contains(&place) && seen.insert(follower) {
                sharers.push(follower);
            }
            place += 1;
        }
        told += 1;
    }
    sharers
}

/// Shares of a Hawkes process of run `key`, line of descent by line of descent: time and node of each.
fn line_by_line(
    graph: &Graph,
    seeds: &[u32],
    (branching, mean): (f64, TimeSpan),
    key: RunKey,
) -> Vec<(SimTime, u32)> {
    let children = Poisson::new(branching).unwrap();
    let mut untold: Vec<(SimTime, u32, [u32; 2])> =
        (0..).zip(seeds).map(|(idx, &node)| (SimTime::START, node, [0, idx])).collect();
    let mut shares = Vec::new();
    while let Some((time, node, [a, b])) = untold.pop() {
        shares.push((time, node));
        let followers = graph.followers(node);
        if followers.is_empty() {
            continue;
        }
        let stream = |purpose: &str, [a, b]: [u32; 2]| key.stream(Purpose::new(purpose), Subject::new(a, b));
        for child in 1..=children.sample(&mut stream("hawkes children", [a, b])) as u32 {
            let line = [key_from(a, child), key_from(b, child)];
            let follower = followers[stream("hawkes child", line).below(followers.len() as u32) as usize];
            let delay = stream("hawkes delay", line).exponential() * mean.as_ms() as f64;
            untold.push((time + TimeSpan::from_ms(delay as i64), follower, line));
        }
    }
    shares.sort_unstable();
    shares
}

/// Sharers that a node must see.
type Needed<'a> = &'a dyn Fn(usize) -> u32;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_kernel_finds_whom_a_walk_place_by_place_finds(
        graph in graphs(3000, 20_000), probability in 0.0..=1.0_f64, run in 0_u64..1000,
    ) {
        let mut scratch = Scratch::new(&graph);
        // One run before, so that what it leaves behind would show.
        Ic::new(p(0.9)).spread(&graph, &[4], RunKey::new(1, run), &mut scratch);
        for probability in [probability, 1.0] {
            Ic::new(p(probability)).spread(&graph, &[0, 7], RunKey::new(2, run), &mut scratch);
            prop_assert_eq!(scratch.sharers(), place_by_place(&graph, &[0, 7], probability, RunKey::new(2, run)));
        }
    }

    #[test]
    fn at_one_all_who_can_be_reached_share_and_at_nought_the_seeds(graph in graphs(300, 1500), run in 0_u64..100) {
        let mut scratch = Scratch::new(&graph);
        let all = reachable(&graph, &[0, 5]);
        let key = RunKey::new(3, run);
        let one = NonZeroU32::MIN;
        let sure: [&dyn Rule; 5] = [
            &Ic::new(p(1.0)), &CoupledIc::new(p(1.0)), &Sir::new(p(1.0), p(0.5)).unwrap(),
            &Complex::new(one), &Lt::new(&graph, Threshold::Same(p(0.0))),
        ];
        for rule in sure {
            rule.spread(&graph, &[0, 5], key, &mut scratch);
            prop_assert_eq!(scratch.sharers().iter().copied().collect::<BTreeSet<_>>(), all.clone());
        }
        let never: [&dyn Rule; 5] = [
            &Ic::new(p(0.0)), &CoupledIc::new(p(0.0)), &Sir::new(p(0.0), p(1e-300)).unwrap(),
            &Complex::new(NonZeroU32::MAX), &Hawkes::new(Branching::new(0.0).unwrap(), Memory::Seismic),
        ];
        for rule in never {
            let spread = rule.spread(&graph, &[0, 5], key, &mut scratch);
            prop_assert_eq!((spread.sharers, scratch.sharers()), (2, &[0, 5][..]));
        }
    }

    #[test]
    fn a_larger_p_loses_no_sharer_of_the_coupled_rule(
        graph in graphs(300, 2000), mut ps in prop::collection::vec(0.0..=1.0_f64, 3), run in 0_u64..1000,
    ) {
        ps.sort_by(f64::total_cmp);
        let mut scratch = Scratch::new(&graph);
        let sets: Vec<BTreeSet<u32>> = ps.iter().map(|&probability| {
            CoupledIc::new(p(probability)).spread(&graph, &[0], RunKey::new(4, run), &mut scratch);
            scratch.sharers().iter().copied().collect()
        }).collect();
        prop_assert!(sets[0].is_subset(&sets[1]) && sets[1].is_subset(&sets[2]));
    }

    /// The edges whose coins fall make a graph, and who can be reached in it shares.
    #[test]
    fn the_coupled_rule_reaches_whom_edges_with_coins_of_their_own_reach(
        graph in graphs(300, 2000), probability in 0.0..=1.0_f64, run in 0_u64..1000,
    ) {
        let key = RunKey::new(8, run);
        let bound = (probability * 4_294_967_296.0).round();
        let carries = |edge: u32| {
            f64::from(key.words(Purpose::new("ic edge"), Subject::new(edge / 4, 0))[edge as usize % 4]) < bound
        };
        let owners = (0..300).flat_map(|node| graph.followers(node).iter().map(move |&follower| (node, follower)));
        let live: Vec<(u32, u32)> =
            (0..).zip(owners).filter(|&(edge, _)| carries(edge)).map(|(_, ends)| ends).collect();
        let mut scratch = Scratch::new(&graph);
        CoupledIc::new(p(probability)).spread(&graph, &[0, 9], key, &mut scratch);
        let found: BTreeSet<u32> = scratch.sharers().iter().copied().collect();
        prop_assert_eq!(found, reachable(&Graph::from_edges(300, &live), &[0, 9]));
    }

    #[test]
    fn a_hawkes_process_has_the_shares_of_a_walk_line_by_line(graph in graphs(100, 1000), run in 0_u64..1000) {
        let (branching, mean, key) = (0.9, TimeSpan::from_hours(3), RunKey::new(9, run));
        let mut scratch = Scratch::new(&graph);
        let rule = Hawkes::new(Branching::new(branching).unwrap(), Memory::Exponential(mean));
        rule.spread(&graph, &[0, 9], RunKey::new(1, run), &mut scratch);
        rule.spread(&graph, &[0, 9], key, &mut scratch);
        let mut found: Vec<(SimTime, u32)> = scratch.shares().iter().map(|share| (share.time, share.node)).collect();
        found.sort_unstable();
        prop_assert_eq!(found, line_by_line(&graph, &[0, 9], (branching, mean), key));
    }

    #[test]
    fn every_parent_of_the_coupled_rule_shared_before_and_is_followed(graph in graphs(300, 2000), run in 0_u64..1000) {
        let mut scratch = Scratch::new(&graph);
        CoupledIc::new(p(0.5)).spread(&graph, &[0, 3], RunKey::new(4, run), &mut scratch);
        let (sharers, parents) = (scratch.sharers(), scratch.parents());
        prop_assert_eq!((sharers.len(), &parents[..2]), (parents.len(), &[0, 1][..]));
        for (idx, (&sharer, &parent)) in sharers.iter().zip(parents).enumerate().skip(2) {
            prop_assert!((parent as usize) < idx);
            prop_assert!(graph.followers(sharers[parent as usize]).contains(&sharer));
        }
    }

    #[test]
    fn counting_rules_end_where_nobody_else_sees_enough(
        graph in graphs(200, 3000), threshold in 1_u32..4, share in 0.0..=1.0_f64, n_seeds in 1_u32..60,
    ) {
        let seeds: Vec<u32> = (0..n_seeds).collect();
        let mut scratch = Scratch::new(&graph);
        let mut followed = vec![0; 200];
        graph.targets().iter().for_each(|&follower| followed[follower as usize] += 1);
        let needs = |node: usize| (share * f64::from(followed[node]) - 1e-6).ceil().max(1.0) as u32;
        let drawn = |node: usize| {
            let mut stream = RunKey::new(5, 0).stream(Purpose::new("lt threshold"), Subject::new(node as u32, 0));
            1 + stream.below(followed[node])
        };
        let rules: [(&dyn Rule, Needed); 3] = [
            (&Complex::new(NonZeroU32::new(threshold).unwrap()), &|_| threshold),
            (&Lt::new(&graph, Threshold::Same(p(share))), &needs),
            (&Lt::new(&graph, Threshold::Drawn), &drawn),
        ];
        for (rule, needed) in rules {
            rule.spread(&graph, &seeds, RunKey::new(5, 0), &mut scratch);
            // Round after round over everybody, until nothing changes.
            let mut shares: Vec<bool> = (0..200).map(|node| node < n_seeds).collect();
            loop {
                let mut sees = vec![0; 200];
                for sharer in (0..200).filter(|&node| shares[node as usize]) {
                    graph.followers(sharer).iter().for_each(|&follower| sees[follower as usize] += 1);
                }
                let next: Vec<bool> = (0..200).map(|node| shares[node] || sees[node] >= needed(node)).collect();
                if next == shares { break }
                shares = next;
            }
            let mut found = scratch.sharers().to_vec();
            found.sort_unstable();
            let expected: Vec<u32> = (0..200).filter(|&node| shares[node as usize]).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn more_seeds_lose_no_sharer_of_drawn_thresholds(graph in graphs(200, 2000), run in 0_u64..1000, n_seeds in 1_u32..20) {
        let rule = Lt::new(&graph, Threshold::Drawn);
        let mut scratch = Scratch::new(&graph);
        let mut set = |seeds: Vec<u32>| -> BTreeSet<u32> {
            rule.spread(&graph, &seeds, RunKey::new(6, run), &mut scratch);
            scratch.sharers().iter().copied().collect()
        };
        let (fewer, more) = (set((0..n_seeds).collect()), set((0..=n_seeds).collect()));
        prop_assert!(fewer.is_subset(&more));
    }

    #[test]
    fn timing_changes_no_size_of_a_hawkes_process(graph in graphs(100, 1000), run in 0_u64..1000) {
        let mut scratch = Scratch::new(&graph);
        let mut shares = |memory| {
            let spread = Hawkes::new(Branching::new(0.9).unwrap(), memory)
                .spread(&graph, &[0], RunKey::new(7, run), &mut scratch);
            assert!(scratch.shares().windows(2).all(|pair| pair[0].time <= pair[1].time));
            let mut nodes: Vec<u32> = scratch.shares().iter().map(|share| share.node).collect();
            nodes.sort_unstable();
            (spread, nodes)
        };
        prop_assert_eq!(shares(Memory::Seismic), shares(Memory::Exponential(TimeSpan::from_hours(1))));
    }
}
