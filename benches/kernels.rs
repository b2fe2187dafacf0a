//! Plain diffusion side by side: hand-written loops, our kernel on one thread and on two, and what the memory of the machine allows.
//!
//! `cargo bench --bench kernels` prints the table in about two minutes; `-- small` leaves the large graph out. All rows of a graph are measured
//! in turn, round after round, in one process, so that whatever else the machine does hits all alike; numbers are medians over rounds.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::disallowed_types, reason = "a benchmark looks at the clock")]

#[path = "../tests/statistics/plain.rs"]
mod plain;

use plain::{Memory, heavy_tailed, stream, uniform};
use rand::Rng;
use std::hint::black_box;
use std::time::Instant;
use twiplomacy::diffusion::Scratch;
use twiplomacy::diffusion::ic::{CoupledIc, Ic};
use twiplomacy::diffusion::lt::{Lt, Threshold};
use twiplomacy::experiment::cascades::{Diffusion, cascades};
use twiplomacy::experiment::replicates::Silent;
use twiplomacy::model::graph::Graph;
use twiplomacy::stats::quantile::{Method, sort, sorted};
use twiplomacy::stats::summary::Moments;
use twiplomacy::units::Probability;

const P: f64 = 0.03;

fn main() {
    // Cargo hands `--bench` on.
    let small_only = std::env::args().any(|argument| argument == "small");
    println!("{}\n", machine());
    table("100,000 nodes, 2 M edges", &heavy_tailed(100_000, 2_030_000), [10, 60, 60, 240, 240, 240]);
    if !small_only {
        let graph = heavy_tailed(1_000_000, 20_300_000);
        table("1,000,000 nodes, 20 M edges", &graph, [1, 4, 4, 16, 16, 32]);
        growth(&graph.0);
        other_rules(&graph);
    }
    memory_limits();
}

/// Name and number of processors, where the system tells.
#[expect(clippy::disallowed_methods, reason = "the name of the machine stands in a file of the system")]
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(':').map(|(_, value)| value.trim().to_owned())
    };
    let name = field("model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let family = [field("cpu family"), field("model")].map(Option::unwrap_or_default);
    format!("{name} (family {}, model {}), {cores} cores", family[0], family[1])
}

/// One way to run cascades: from the index of the first, as many as asked; adds their sizes.
type Way<'a> = Box<dyn FnMut(u64, u64, &mut Moments) + 'a>;

struct Row<'a> {
    name: &'static str,
    runs: u64,
    way: Way<'a>,
    sizes: Moments,
    seconds: Vec<f64>,
}

impl Row<'_> {
    fn seconds(&self) -> f64 {
        median(self.seconds.clone())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    sort(&mut values);
    sorted(&values, 0.5, Method::Linear)
}

fn seconds(work: impl FnOnce()) -> f64 {
    let clock = Instant::now();
    work();
    clock.elapsed().as_secs_f64()
}

/// Measures all ways through one graph and prints them.
fn table(name: &str, (graph, hub): &(Graph, u32), runs: [u64; 6]) {
    const ROUNDS: u64 = 9;
    let (hub, seeds) = (*hub, [*hub]);
    let rule = Ic::new(Probability::clamped(P));
    let diffusion = Diffusion { graph, seeds: &seeds, rule: &rule };
    let by_hand =
        |walk: fn(&mut Memory, &Graph, u32, f64, &mut _) -> usize, coins: &'static str| -> Way<'_> {
            let mut memory = Memory::new(graph.n_nodes());
            Box::new(move |first, runs, sizes| {
                for run in first..first + runs {
                    sizes.push(walk(&mut memory, graph, hub, P, &mut stream(coins, run)) as f64);
                }
            })
        };
    let mut scratch = Scratch::new(graph);
    let ours = |first, runs, sizes: &mut Moments| {
        (first..first + runs).for_each(|run| sizes.push(diffusion.run(1, run, &mut scratch).sharers as f64));
    };
    let on = |threads: usize| -> Way<'_> {
        let (diffusion, stop) = (&diffusion, false.into());
        Box::new(move |first, runs, sizes| {
            let spreads = cascades(diffusion, 2 + first, runs, threads, &Silent, &stop);
            spreads.expect("threads start").iter().for_each(|spread| sizes.push(spread.sharers as f64));
        })
    };
    let ways: [(&'static str, Way<'_>); 6] = [
        ("a coin for every edge", by_hand(Memory::coins, "coins")),
        ("gaps, restarted per sharer", by_hand(Memory::restarted, "restarted")),
        ("gaps, carried over", by_hand(Memory::carried_over, "carried over")),
        ("ours", Box::new(ours)),
        ("ours, pool of 1 thread", on(1)),
        ("ours, pool of 2 threads", on(2)),
    ];
    let mut rows: Vec<Row<'_>> = ways
        .into_iter()
        .zip(runs)
        .map(|((name, way), runs)| Row { name, runs, way, sizes: Moments::default(), seconds: Vec::new() })
        .collect();
    for round in 0..=ROUNDS {
        for row in &mut rows {
            let (mut sizes, first) = (row.sizes, round * row.runs);
            let took = seconds(|| (row.way)(first, row.runs, &mut sizes));
            // The first round only wakes the machine up.
            if round > 0 {
                row.sizes = sizes;
                row.seconds.push(took / row.runs as f64);
            }
        }
    }
    println!(
        "{name} ({} edges), p = {P}, from a hub with {} followers; sharers {:.1} %",
        graph.n_edges(),
        graph.followers(hub).len(),
        100.0 * rows[3].sizes.mean() / f64::from(graph.n_nodes())
    );
    println!("{:28}{:>9}{:>11}{:>11}{:>22}", "", "ms/run", "÷ restart", "÷ carried", "mean sharers");
    for row in &rows {
        let against = |other: &Row<'_>| {
            median(row.seconds.iter().zip(&other.seconds).map(|(ours, theirs)| ours / theirs).collect())
        };
        let sizes = format!("{:.0} ± {:.0}", row.sizes.mean(), row.sizes.standard_error());
        let [restarted, carried] = [against(&rows[1]), against(&rows[2])];
        println!("{:28}{:9.3}{restarted:11.2}{carried:11.2}{sizes:>22}", row.name, 1e3 * row.seconds());
    }
    let efficiency =
        median(rows[4].seconds.iter().zip(&rows[5].seconds).map(|(one, two)| one / two).collect());
    let [coins, ours] = [&rows[0].sizes, &rows[3].sizes];
    let error = coins.standard_error().hypot(ours.standard_error());
    println!(
        "two threads: {efficiency:.2} times one; ours less the coins: {:+.1} standard errors\n",
        (ours.mean() - coins.mean()) / error
    );
}

/// Time per run against sharers on one graph: more and more seeds, each with a small cascade.
fn growth(graph: &Graph) {
    let rule = Ic::new(Probability::clamped(0.004));
    let mut scratch = Scratch::new(graph);
    let mut stream = stream("seeds", 0);
    println!(
        "growth: seeds drawn at random, p = 0.004\n{:>10}{:>12}{:>14}",
        "sharers", "ms/run", "ns/sharer"
    );
    let mut points = Vec::new();
    for n_seeds in [1_000_usize, 4_000, 16_000, 64_000, 256_000] {
        let mut seeds: Vec<u32> =
            (0..n_seeds).map(|_| (uniform(&mut stream) * f64::from(graph.n_nodes())) as u32).collect();
        seeds.sort_unstable();
        seeds.dedup();
        let diffusion = Diffusion { graph, seeds: &seeds, rule: &rule };
        let runs = 4_000_000 / n_seeds as u64;
        let mut sharers = 0;
        let mut rounds = Vec::new();
        for round in 0..5 {
            sharers = 0;
            let took = seconds(|| {
                for run in 0..runs {
                    sharers += diffusion.run(3, round * runs + run, &mut scratch).sharers;
                }
            });
            rounds.push(took / runs as f64);
        }
        let (size, time) = (sharers as f64 / runs as f64, median(rounds));
        println!("{size:10.0}{:12.4}{:14.1}", 1e3 * time, 1e9 * time / size);
        points.push((size.ln(), time.ln()));
    }
    println!("exponent {:.3}\n", slope(&points));
}

/// Slope of the line through points by least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / n;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let products: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    products / points.iter().map(|point| (point.0 - x).powi(2)).sum::<f64>()
}

/// Kernels that walk every edge.
fn other_rules((graph, hub): &(Graph, u32)) {
    let mut scratch = Scratch::new(graph);
    let lt = Lt::new(graph, Threshold::Drawn);
    let coupled = CoupledIc::new(Probability::clamped(P));
    println!("every edge walked{:>21}{:>12}{:>10}", "edges", "ms/run", "ns/edge");
    let mut measure = |name: &str, rule: &dyn twiplomacy::diffusion::Rule, seeds: &[u32]| {
        let diffusion = Diffusion { graph, seeds, rule };
        let mut edges = 0;
        let took = seconds(|| (0..5).for_each(|run| edges += diffusion.run(4, run, &mut scratch).exposures));
        println!("{name:22}{:16}{:12.2}{:10.2}", edges / 5, 1e3 * took / 5.0, 1e9 * took / edges as f64);
    };
    let first: Vec<u32> = (0..20_000).collect();
    measure("linear threshold", &lt, &first);
    measure("coupled cascade", &coupled, &[*hub]);
    println!();
}

/// What the memory of the machine allows: nanoseconds for one access of each kind, all others being free to overlap.
fn memory_limits() {
    const ACCESSES: usize = 1 << 22;
    println!("limits of the memory: sequential read {:.1} GB/s", sequential());
    println!("{:>24}{:>16}{:>16}", "", "gather, ns", "test-and-set, ns");
    let mut stream = stream("accesses", 0);
    for (name, bytes) in [("100 kB", 100_000), ("4 MB", 4_000_000), ("80 MB", 80_000_000_usize)] {
        let words = (bytes / 4) as u64;
        let indices: Vec<u32> =
            (0..ACCESSES).map(|_| (((stream.next_u64() >> 32) * words) >> 32) as u32).collect();
        let values: Vec<u32> = (0..words as u32).collect();
        let gather = best(|| {
            black_box(indices.iter().fold(0_u32, |sum, &idx| sum.wrapping_add(values[idx as usize])));
        });
        let mut marks = vec![0_u64; bytes / 8];
        let set = best(|| {
            let mut new = 0;
            for &idx in &indices {
                let word = &mut marks[(idx / 2) as usize];
                let bit = 1_u64 << (idx & 63);
                new += u64::from(*word & bit == 0);
                *word |= bit;
            }
            black_box(new);
        });
        let each = |time: f64| 1e9 * time / ACCESSES as f64;
        println!("{name:>24}{:16.2}{:16.2}", each(gather), each(set));
    }
}

/// Shortest of several times.
fn best(mut work: impl FnMut()) -> f64 {
    (0..5).map(|_| seconds(&mut work)).fold(f64::INFINITY, f64::min)
}

/// Gigabytes a second that are read one after another.
fn sequential() -> f64 {
    let values = vec![1_u64; 10_000_000];
    let time = best(|| {
        black_box(values.iter().fold(0_u64, |sum, &value| sum.wrapping_add(value)));
    });
    80e6 / time / 1e9
}
