//! Rows beside the independent cascade: rules that count, and networks that are drawn.

use super::plain::{Counts, heavy_tailed, stream};
use super::{P, median, seconds};
use std::hint::black_box;
use twiplomacy::diffusion::ic::CoupledIc;
use twiplomacy::diffusion::lt::{Lt, Threshold};
use twiplomacy::diffusion::sir::Sir;
use twiplomacy::diffusion::{Rule, Scratch};
use twiplomacy::engine::streams::RunKey;
use twiplomacy::experiment::cascades::Diffusion;
use twiplomacy::model::graph::Graph;
use twiplomacy::model::graph::generate::chung_lu::ChungLu;
use twiplomacy::model::graph::generate::erdos_renyi::ErdosRenyi;
use twiplomacy::model::graph::generate::scale_free::ScaleFree;
use twiplomacy::model::graph::generate::small_world::SmallWorld;
use twiplomacy::model::network::block_model::Tails;
use twiplomacy::units::Probability;

const ROUNDS: u64 = 5;

/// Kernels other than that of the independent cascade, and the plainest loop that counts.
pub(crate) fn rules(name: &str, (graph, hub): &(Graph, u32)) {
    let first: Vec<u32> = (0..graph.n_nodes() / 50).collect();
    let lt = Lt::new(graph, Threshold::Drawn);
    let coupled = CoupledIc::new(Probability::clamped(P));
    let sir = Sir::new(Probability::clamped(P / 2.0), Probability::clamped(0.5)).expect("sharers stop");
    let mut counts = Counts::new(graph);
    let mut scratch = Scratch::new(graph);
    let mut kernel = |rule: &dyn Rule, seeds: &[u32], run: u64| {
        Diffusion { graph, seeds, rule }.run(4, run, &mut scratch).exposures
    };
    let mut took = [const { Vec::new() }; 4];
    let mut edges = [0; 4];
    for run in 0..=ROUNDS {
        let mut row = 0;
        let mut measure = |work: &mut dyn FnMut() -> u64| {
            let time = seconds(|| edges[row] = work());
            // The first round only wakes the machine up.
            if run > 0 {
                took[row].push(time);
            }
            row += 1;
        };
        measure(&mut || counts.thresholds(graph, &first, &mut stream("counted by hand", run)) as u64);
        measure(&mut || kernel(&lt, &first, run));
        measure(&mut || kernel(&coupled, &[*hub], run));
        measure(&mut || kernel(&sir, &[*hub], run));
    }
    println!("other rules on {name}{:>14}{:>12}{:>10}", "edges", "ms/run", "ns/edge");
    let names = ["linear threshold, by hand", "linear threshold, ours", "coupled cascade, ours", "sir, ours"];
    for ((name, took), edges) in names.into_iter().zip(took).zip(edges) {
        let time = median(took);
        println!("{name:28}{edges:20}{:12.2}{:10.2}", 1e3 * time, 1e9 * time / edges as f64);
    }
    println!();
}

/// Millions of edges a second and core.
pub(crate) fn networks() {
    let n_nodes = 1_000_000;
    let tails = Tails { audience_exponent: 2.2, following_exponent: 2.6, correlation: 0.5, cutoff: 10_000.0 };
    let scale_free =
        ScaleFree { n_nodes, alpha: 0.025, beta: 0.95, gamma: 0.025, delta_in: 5.0, delta_out: 5.0 };
    let models: [(&str, &dyn Fn(RunKey) -> Graph); 5] = [
        ("chung-lu", &|key| ChungLu { n_nodes, mean_degree: 20.0, tails }.generate(key)),
        ("scale-free", &|key| scale_free.generate(key)),
        ("erdos-renyi", &|key| ErdosRenyi { n_nodes, mean_degree: 20.0 }.generate(key)),
        ("small-world", &|key| SmallWorld { n_nodes, following: 20, rewiring: 0.1 }.generate(key)),
        ("the graph of the first table, by hand", &|_| heavy_tailed(n_nodes, 20_000_000).0),
    ];
    println!("networks of 1,000,000 nodes, about 20 M edges{:>16}", "M edges/s");
    for (name, draw) in models {
        let mut n_edges = 0;
        let times =
            (0..3).map(|round| seconds(|| n_edges = black_box(draw(RunKey::new(1, round))).n_edges()));
        let time = times.fold(f64::INFINITY, f64::min);
        println!("{name:44}{:17.1}", n_edges as f64 / time / 1e6);
    }
    println!();
}
