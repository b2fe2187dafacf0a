//! Simulated networks and cascades beside real ones: prints the tables of `docs/realism.md` and draws its plots.
//!
//! `cargo run --release --example realism -- docs` draws the plots into `docs`; without a folder it only prints. Further arguments are changes of
//! parameters, `PATH=VALUE`, to see what each is good for. It takes some minutes. The tests in `tests/statistics/realism.rs` run the same experiments.

#![expect(clippy::print_stdout, reason = "the tables are what the program is for")]
#![expect(clippy::unwrap_used, reason = "a program for one page may stop where it can't go on")]

#[path = "../../tests/statistics/realism/experiments.rs"]
mod experiments;
#[path = "../../tests/statistics/realism/measured.rs"]
mod measured;
#[path = "../../tests/statistics/realism/networks.rs"]
mod networks;
mod plots;
#[path = "../../tests/statistics/stage.rs"]
mod stage;

use experiments::{Tree, delays, mean, share_up_to};
use measured::{DELAYS, FOLLOWER_GRAPHS, LEADER, NEIGHBOURS, SIZES, TREES};
use twiplomacy::engine::streams::RunKey;
use twiplomacy::graphs::measure::Measures;
use twiplomacy::mechanisms::NetworkParams;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, changes) = match arguments.split_first() {
        Some((folder, changes)) => (Some(folder), changes),
        None => (None, &[][..]),
    };
    let set: Vec<&str> = changes.iter().map(String::as_str).collect();
    let shape = experiments::dispositions(&set).network;
    let clustering = compare_networks(&shape);
    let ordinary = experiments::cascades(&experiments::ordinary(), 60, &set);
    sizes(&ordinary);
    let popular = experiments::cascades(&experiments::popular(), 200, &set);
    structure(&popular);
    let minutes: Vec<f64> = (DELAYS.iter().map(|row| row.0))
        .chain(LEADER.iter().map(|row| row.0))
        .chain([measured::LEADER_HALF_LIFE])
        .collect();
    let leader = experiments::leader_curve(&minutes, 200, &set);
    let mut shares = experiments::leader_shares(400, &set);
    shares.sort_unstable_by(f64::total_cmp);
    let at = |p: f64| shares[(p * shares.len() as f64) as usize];
    println!(
        "leader: median shares {:.0}, 90 % quantile over median {:.2}, 99 % {:.2}",
        at(0.5),
        at(0.9) / at(0.5),
        at(0.99) / at(0.5)
    );
    when(&ordinary, &popular, &leader);
    if let Some(folder) = folder {
        plots::draw(folder, &clustering, &ordinary, &popular, (&minutes, &leader));
    }
}

/// Prints measures of networks; returns clustering by number of neighbours with and without circles.
fn compare_networks(shape: &NetworkParams) -> [Vec<f64>; 2] {
    println!(
        "network                    | audience exponent | following exponent | correlation | mutual edges | mutual pairs | local clustering"
    );
    for real in FOLLOWER_GRAPHS {
        println!(
            "{:26} | {:17.2} | {:18.2} | {:11.3} | {:12.3} | {:12.3} |",
            real.name,
            real.audience_exponent,
            real.following_exponent,
            real.correlation,
            real.reciprocity[0],
            real.reciprocity[1]
        );
        let followed = f64::from(real.n_edges) / f64::from(real.n_nodes);
        report("  simulated, same size", &networks::generated(real.n_nodes, followed, shape, 1));
    }
    let large = networks::generated(20_000, 38.0, shape, 1);
    report("simulated, 20,000 of 38", &large);
    let plain = NetworkParams { circles: twiplomacy::units::Probability::clamped(0.0), ..shape.clone() };
    let without = networks::generated(20_000, 38.0, &plain, 1);
    report("  without circles", &without);
    let curves = [&large, &without].map(|graph| networks::clustering_by_neighbours(graph, &NEIGHBOURS));
    println!("\nclustering of accounts with 16-31, 32-63, 64-127, 128-255 neighbours");
    for real in FOLLOWER_GRAPHS {
        println!("{:26} {:?}", real.name, real.clustering);
    }
    println!("{:26} {:.3?}\n{:26} {:.3?}\n", "simulated", curves[0], "without circles", curves[1]);
    curves
}

fn report(name: &str, graph: &twiplomacy::model::graph::Graph) {
    let measures = Measures::of(graph, 0, RunKey::new(1, 0));
    let exponent = |degrees: &twiplomacy::graphs::measure::degrees::Degrees| {
        degrees.tail.as_ref().map_or(f64::NAN, |tail| tail.exponent)
    };
    println!(
        "{name:26} | {:17.2} | {:18.2} | {:11.3} | {:12.3} | {:12.3} | {:.3} ({} edges)",
        exponent(&measures.audience),
        exponent(&measures.following),
        measures.correlation,
        measures.reciprocity.edges,
        measures.reciprocity.pairs,
        measures.clustering.local.value,
        measures.n_edges
    );
}

fn sizes(trees: &[Tree]) {
    let n = trees.len() as f64;
    println!(
        "sizes of {n} ordinary cascades: mean {:.2} (real {}), largest {} (real {})",
        mean(trees.iter().map(|tree| tree.size as f64)),
        measured::MEAN_SIZE,
        trees.iter().map(|tree| tree.size).max().unwrap_or(0),
        measured::LARGEST
    );
    for (size, real) in SIZES {
        let share = trees.iter().filter(|tree| tree.size >= size).count() as f64 / n;
        println!("  at least {size:3}: {share:.4} (real {real})");
    }
    println!("shares a message by followers:");
    for limits in [0, 100, 300, 1000, 3000, 10_000, 30_000, 1_000_000].windows(2) {
        let class: Vec<&Tree> =
            trees.iter().filter(|tree| (limits[0]..limits[1]).contains(&tree.author.followers)).collect();
        let shares = mean(class.iter().map(|tree| tree.size as f64 - 1.0));
        let direct = mean(class.iter().map(|tree| tree.direct as f64));
        let variance = mean(class.iter().map(|tree| (tree.size as f64 - 1.0 - shares).powi(2)));
        println!(
            "  {:7} to {:7}: {shares:.3}, direct {direct:.3}, variance over mean {:.2}",
            limits[0],
            limits[1],
            variance / shares
        );
    }
    println!();
}

fn structure(trees: &[Tree]) {
    let popular = || trees.iter().filter(|tree| tree.size >= 100);
    println!(
        "popular trees: structural virality {:.2} (real {}), depth {:.2} ({}), direct {:.3} ({})",
        mean(popular().map(|tree| tree.structural_virality)),
        measured::TREE_VIRALITY,
        mean(popular().map(|tree| f64::from(tree.depth))),
        measured::TREE_DEPTH,
        mean(popular().map(|tree| tree.direct as f64 / (tree.size - 1) as f64)),
        measured::TREE_DIRECT,
    );
    println!("by size: n, structural virality, depth, direct (real)");
    for (idx, &(least, n, virality, depth, direct)) in TREES.iter().enumerate() {
        let most = TREES.get(idx + 1).map_or(4000, |row| row.0);
        let class: Vec<&Tree> = trees.iter().filter(|tree| (least..most).contains(&tree.size)).collect();
        println!(
            "  {least:5}: {:5}, {:.2}, {:.2}, {:.3}   ({n}, {virality}, {depth}, {direct})",
            class.len(),
            mean(class.iter().map(|tree| tree.structural_virality)),
            mean(class.iter().map(|tree| f64::from(tree.depth))),
            mean(class.iter().map(|tree| tree.direct as f64 / (tree.size - 1) as f64)),
        );
        for (name, rest) in [("true", 0), ("false", 1)] {
            let part: Vec<&Tree> = trees
                .iter()
                .enumerate()
                .filter(|(idx, tree)| idx % 2 == rest && (least..most).contains(&tree.size))
                .map(|(_, tree)| tree)
                .collect();
            println!(
                "        {name:5}: {:5}, {:.3}, {:.3}",
                part.len(),
                mean(part.iter().map(|tree| tree.structural_virality)),
                mean(part.iter().map(|tree| f64::from(tree.depth)))
            );
        }
    }
    for (name, rest) in [("true", 0), ("false", 1)] {
        let part: Vec<&Tree> = trees
            .iter()
            .enumerate()
            .filter(|(idx, tree)| idx % 2 == rest && tree.size > 1)
            .map(|(_, tree)| tree)
            .collect();
        println!(
            "  all {name:5}: size {:.1}, virality {:.3}, depth {:.3}",
            mean(part.iter().map(|tree| tree.size as f64)),
            mean(part.iter().map(|tree| tree.structural_virality)),
            mean(part.iter().map(|tree| f64::from(tree.depth)))
        );
    }
    println!();
}

fn when(ordinary: &[Tree], popular: &[Tree], leader: &[Vec<f64>]) {
    let popular = delays(popular.iter().filter(|tree| tree.size >= 100));
    let ordinary = delays(ordinary);
    println!(
        "median delay: popular {:.1} min (real {}), ordinary {:.1} min (real 140)",
        popular[popular.len() / 2],
        measured::POPULAR_MEDIAN,
        ordinary[ordinary.len() / 2]
    );
    println!("minutes: popular (real), ordinary (real), leader");
    let at = |idx: usize| mean(leader.iter().map(|curve| curve[idx]));
    for (idx, (minutes, real, topic)) in DELAYS.into_iter().enumerate() {
        println!(
            "  {minutes:6}: {:.3} ({real})  {:.3} ({topic})  {:.3}",
            share_up_to(&popular, minutes),
            share_up_to(&ordinary, minutes),
            at(idx)
        );
    }
    println!("leader at deletion: simulated (lower bound)");
    for (idx, (minutes, bound)) in LEADER.into_iter().enumerate() {
        println!("  {minutes:6}: {:.3} ({bound})", at(DELAYS.len() + idx));
    }
    println!("  half-life {}: {:.3}", measured::LEADER_HALF_LIFE, at(DELAYS.len() + LEADER.len()));
}
