//! Plain diffusion where it is a branching process: sizes, generations and extinction have laws in closed form.
//!
//! On a tree nobody can be reached twice, so a cascade *is* a Galton–Watson process; cut at some depth it has exact laws all the
//! same. A count of mean m exceeds m by more than L/3 + sqrt(L²/9 + 2Lm), or falls short by as much, with a probability of
//! at most 2·exp(−L) (Bernstein); α = 1e-4 is shared by all counts of a comparison.

use statrs::function::gamma::ln_gamma;
use twiplomacy::diffusion::hawkes::{Branching, Hawkes, Memory};
use twiplomacy::diffusion::ic::{CoupledIc, Ic};
use twiplomacy::diffusion::sir::Sir;
use twiplomacy::diffusion::{Rule, Scratch};
use twiplomacy::engine::streams::RunKey;
use twiplomacy::model::graph::Graph;
use twiplomacy::units::{Probability, TimeSpan};

/// Followers of everybody on the tree, and its generations behind the root.
const FOLLOWERS: u32 = 3;
const DEPTH: u32 = 11;

fn p(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

/// Asserts that counts out of `runs` have the given probabilities.
fn agree(name: &str, counts: &[u64], law: &[f64], runs: u64) {
    assert_eq!(counts.len(), law.len());
    let l = (2.0 * law.len() as f64 / 1e-4).ln();
    for (idx, (&count, probability)) in counts.iter().zip(law).enumerate() {
        let mean = probability * runs as f64;
        let bound = l / 3.0 + (l * l / 9.0 + 2.0 * l * mean).sqrt();
        assert!(
            (count as f64 - mean).abs() <= bound,
            "{name}: number {idx} came {count} times, expected {mean} ± {bound}"
        );
    }
}

/// Where each generation of the tree begins among its nodes, and one past the end of the last.
fn generations() -> Vec<u32> {
    let mut begins = vec![0, 1];
    for depth in 1..=DEPTH {
        begins.push(begins[depth as usize] + FOLLOWERS.pow(depth));
    }
    begins
}

/// The tree, its root 0; a node i has the followers 3i + 1 to 3i + 3.
fn tree() -> Graph {
    let n_nodes = generations()[DEPTH as usize + 1];
    let edges: Vec<(u32, u32)> = (1..n_nodes).map(|node| ((node - 1) / FOLLOWERS, node)).collect();
    Graph::from_edges(n_nodes, &edges)
}

/// Probabilities of 0 to 3 carrying edges among three, each with probability `p`.
fn binomial(p: f64) -> Vec<f64> {
    let choose = [1.0, 3.0, 3.0, 1.0];
    (0..=3).map(|k| choose[k as usize] * p.powi(k) * (1.0 - p).powi(3 - k)).collect()
}

/// The same where a sharer is heard for T steps, P(T > t) = (1 − r)^t: a mixture, since the edges of a sharer have T in common.
fn mixed(p: f64, recovery: f64) -> Vec<f64> {
    let mut law = vec![0.0; 4];
    for steps in 1..2000 {
        let weight = recovery * (1.0 - recovery).powi(steps - 1);
        let carries = 1.0 - (1.0 - p).powi(steps);
        law.iter_mut().zip(binomial(carries)).for_each(|(sum, term)| *sum += weight * term);
    }
    law
}

/// P(T = n) for n = 1 to `most` of the total progeny of one: P(X₁ + … + Xₙ = n − 1)/n for numbers of children X (Otter 1949; Dwass 1969, "The total
/// progeny in a branching process", Journal of Applied Probability 6, 682–686).
fn total_progeny(children: &[f64], most: usize) -> Vec<f64> {
    let mut sum = vec![0.0; most];
    sum[0] = 1.0;
    (1..=most)
        .map(|n| {
            let mut next = vec![0.0; most];
            for (before, weight) in sum.iter().enumerate() {
                for (k, probability) in children.iter().enumerate().take(most - before) {
                    next[before + k] += weight * probability;
                }
            }
            sum = next;
            sum[n - 1] / n as f64
        })
        .collect()
}

/// Rules on the tree with the laws of the number of followers whom a sharer convinces: below, at and above the threshold.
fn on_the_tree() -> Vec<(String, Box<dyn Rule>, Vec<f64>)> {
    let mut rules: Vec<(String, Box<dyn Rule>, Vec<f64>)> = Vec::new();
    for value in [0.1, 0.25, 1.0 / 3.0, 0.5] {
        rules.push((format!("gaps, p = {value}"), Box::new(Ic::new(p(value))), binomial(value)));
        rules.push((format!("coins, p = {value}"), Box::new(CoupledIc::new(p(value))), binomial(value)));
    }
    for (value, recovery) in [(0.1, 0.5), (0.2, 0.3), (0.3, 1.0)] {
        let rule = Sir::new(p(value), p(recovery)).unwrap();
        rules.push((format!("sir, p = {value}, r = {recovery}"), Box::new(rule), mixed(value, recovery)));
    }
    rules
}

/// Exact on the tree as it is cut: whoever has at most twelve sharers has not been stopped by its end, and whoever would have more has more.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn sizes_have_the_law_of_otter_and_dwass() {
    const MOST: usize = DEPTH as usize + 1;
    let (graph, runs) = (tree(), 40_000);
    let mut scratch = Scratch::new(&graph);
    for (name, rule, children) in on_the_tree() {
        let mut law = total_progeny(&children, MOST);
        law.push(1.0 - law.iter().sum::<f64>());
        let mut counts = vec![0; MOST + 1];
        for run in 0..runs {
            let spread = rule.spread(&graph, &[0], RunKey::new(31, run), &mut scratch);
            counts[(spread.sharers as usize - 1).min(MOST)] += 1;
        }
        agree(&name, &counts, &law, runs);
    }
}

/// Galton–Watson: no sharer is left in generation g with the probability G(G(…G(0))), g times, which tends to the least root of q = G(q);
/// for two of three coins that is √5 − 2.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn cascades_die_out_as_the_generating_function_says() {
    let (graph, begins, runs) = (tree(), generations(), 20_000);
    let mut scratch = Scratch::new(&graph);
    for (name, rule, children) in on_the_tree() {
        let generating = |q: f64| children.iter().rev().fold(0.0, |sum, weight| sum * q + weight);
        let extinct: Vec<f64> = (0..DEPTH)
            .scan(0.0, |q, _| {
                *q = generating(*q);
                Some(*q)
            })
            .collect();
        let limit = (0..10_000).fold(0.0, |q, _| generating(q));
        if children == binomial(0.5) {
            assert!((limit - (5_f64.sqrt() - 2.0)).abs() < 1e-12, "{limit}");
            assert!(limit - extinct[DEPTH as usize - 1] < 1e-3, "the last generation is not near the end");
        }
        let mut counts = vec![0; DEPTH as usize];
        for run in 0..runs {
            rule.spread(&graph, &[0], RunKey::new(32, run), &mut scratch);
            let last = *scratch.sharers().iter().max().unwrap();
            let reached = begins.partition_point(|&begin| begin <= last) - 1;
            // Generation `reached` has a sharer, the next none.
            counts.iter_mut().skip(reached).for_each(|count| *count += 1);
        }
        agree(&name, &counts, &extinct, runs);
    }
}

/// Borel and Tanner: P(T = n) = (k/n)·exp(−μn)·(μn)^(n−k)/(n−k)! for the shares that come of k originals.
fn borel_tanner(mu: f64, k: u32, n: u32) -> f64 {
    let (originals, shares) = (f64::from(k), f64::from(n));
    let log = -mu * shares + (shares - originals) * (mu * shares).ln() - ln_gamma(shares - originals + 1.0);
    originals / shares * log.exp()
}

/// The law of sizes is Borel's whatever the memory kernel; so is their mean k/(1 − μ), of variance kμ/(1 − μ)³ a run. Two of the tails
/// are known to four digits: P(T ≥ 100) is 1.425e-3 at 0.8 and 1.742e-2 at 0.9.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn hawkes_processes_have_the_sizes_of_borel_and_tanner_whatever_the_kernel() {
    const SINGLE: u32 = 25;
    let edges: Vec<(u32, u32)> =
        (0..50).flat_map(|u| (1..=1 + u % 7).map(move |k| (u, (u + k * k) % 50))).collect();
    let graph = Graph::from_edges(50, &edges);
    assert!((0..50).all(|node| !graph.followers(node).is_empty()), "somebody has no follower");
    let runs = 50_000;
    let kernels =
        [Memory::Seismic, Memory::Exponential(TimeSpan::from_hours(2)), Memory::Exponential(TimeSpan::ZERO)];
    for (mu, tail) in [(0.3, None), (0.8, Some(1.425e-3)), (0.9, Some(1.742e-2))] {
        for seeds in [&[7][..], &[0, 11, 12]] {
            let k = seeds.len() as u32;
            let mut law: Vec<f64> = (k..k + SINGLE).map(|n| borel_tanner(mu, k, n)).collect();
            law.push(1.0 - (k..100).map(|n| borel_tanner(mu, k, n)).sum::<f64>());
            if let (1, Some(tail)) = (k, tail) {
                assert!((law[SINGLE as usize] / tail - 1.0).abs() < 5e-4, "{mu}: {}", law[SINGLE as usize]);
            }
            for memory in kernels {
                let rule = Hawkes::new(Branching::new(mu).unwrap(), memory);
                let mut scratch = Scratch::new(&graph);
                let (mut counts, mut shares) = (vec![0; law.len()], 0);
                for run in 0..runs {
                    let n = rule.spread(&graph, seeds, RunKey::new(33, run), &mut scratch).sharers;
                    shares += n;
                    if let Some(count) = counts[..SINGLE as usize].get_mut((n - u64::from(k)) as usize) {
                        *count += 1;
                    }
                    counts[SINGLE as usize] += u64::from(n >= 100);
                }
                let name = format!("{memory:?}, μ = {mu}, {k} originals");
                agree(&name, &counts, &law, runs);
                let [mean, count] = [shares as f64 / runs as f64, runs as f64];
                let expected = f64::from(k) / (1.0 - mu);
                let bound = 3.9 * (f64::from(k) * mu / (1.0 - mu).powi(3) / count).sqrt();
                assert!(
                    (mean - expected).abs() < bound,
                    "{name}: mean {mean}, expected {expected} ± {bound}"
                );
            }
        }
    }
}
