//! Speed side by side: hand-written loops, our kernel on one thread and on two, other rules, networks that are drawn, whole runs beside
//! their diffusion, and what the memory of the machine allows.
//!
//! `cargo bench --bench kernels` prints the tables in about three minutes; `-- small` leaves the large graph and the networks out, `-- runs`
//! prints whole runs only. All rows of a table are measured in turn, round after round, in one process, so that whatever else the machine
//! does hits all alike; times are those on the processor, but for columns `wall`; numbers are medians over rounds, ratios are medians of the ratios of a round, and `least` is the
//! shortest round: what the machine can do undisturbed.

#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

#[path = "clock/mod.rs"]
mod clock;
#[path = "kernels/limits.rs"]
mod limits;
#[path = "kernels/others.rs"]
mod others;
#[path = "../tests/statistics/plain.rs"]
mod plain;
#[path = "kernels/whole.rs"]
mod whole;

use clock::{Took, took};
use plain::{Memory, heavy_tailed, stream, uniform};
use twiplomacy::diffusion::Scratch;
use twiplomacy::diffusion::ic::Ic;
use twiplomacy::experiment::cascades::{Diffusion, cascades};
use twiplomacy::experiment::replicates::Silent;
use twiplomacy::model::graph::Graph;
use twiplomacy::stats::quantile::{Method, sort, sorted};
use twiplomacy::stats::summary::Moments;
use twiplomacy::units::Probability;

const P: f64 = 0.03;

fn main() {
    // Cargo hands `--bench` on.
    let asks = |word: &str| std::env::args().any(|argument| argument == word);
    println!("{}\n", machine());
    if asks("runs") {
        return whole::print();
    }
    let small_only = asks("small");
    let graph = heavy_tailed(100_000, 2_030_000);
    table("100,000 nodes, 2 M edges", &graph, [10, 60, 60, 240, 240, 240]);
    others::rules("the small graph", &graph);
    if !small_only {
        let graph = heavy_tailed(1_000_000, 20_300_000);
        table("1,000,000 nodes, 20 M edges", &graph, [1, 4, 4, 16, 16, 32]);
        growth(&graph.0);
        others::rules("the large graph", &graph);
        others::networks();
    }
    whole::print();
    limits::print();
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
    /// Time a run in each round; of rows with threads of their own by the wall.
    seconds: Vec<f64>,
    wall: Vec<f64>,
    /// Time that all threads had on processors, where the system tells.
    of_process: f64,
}

impl Row<'_> {
    fn seconds(&self) -> f64 {
        median(self.seconds.clone())
    }

    fn least(&self) -> f64 {
        self.seconds.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    sort(&mut values);
    sorted(&values, 0.5, Method::Linear)
}

fn seconds(work: impl FnOnce()) -> f64 {
    took(work).busy
}

/// Seconds that all threads of this process have had on processors, those that have ended too; to a hundredth.
#[expect(clippy::disallowed_methods, reason = "the time of a process stands in a file of the system")]
fn of_process() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name, in brackets, may hold blanks; times of user and system are the 12th and 13th field behind it.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
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
        .map(|((name, way), runs)| Row {
            name,
            runs,
            way,
            sizes: Moments::default(),
            seconds: Vec::new(),
            wall: Vec::new(),
            of_process: 0.0,
        })
        .collect();
    for round in 0..=ROUNDS {
        for row in &mut rows {
            let (mut sizes, first) = (row.sizes, round * row.runs);
            let before = of_process();
            let Took { wall, busy } = took(|| (row.way)(first, row.runs, &mut sizes));
            // The first round only wakes the machine up.
            if round > 0 {
                row.sizes = sizes;
                let has_threads = row.name.contains("pool");
                row.seconds.push(if has_threads { wall } else { busy } / row.runs as f64);
                row.wall.push(wall / row.runs as f64);
                row.of_process += before.zip(of_process()).map_or(f64::NAN, |(before, after)| after - before);
            }
        }
    }
    println!(
        "{name} ({} edges), p = {P}, from a hub with {} followers; sharers {:.1} %",
        graph.n_edges(),
        graph.followers(hub).len(),
        100.0 * rows[3].sizes.mean() / f64::from(graph.n_nodes())
    );
    println!(
        "{:28}{:>9}{:>9}{:>9}{:>11}{:>11}{:>22}",
        "", "ms/run", "least", "wall", "÷ restart", "÷ carried", "mean sharers"
    );
    for row in &rows {
        let against = |other: &Row<'_>| {
            median(row.seconds.iter().zip(&other.seconds).map(|(ours, theirs)| ours / theirs).collect())
        };
        let sizes = format!("{:.0} ± {:.0}", row.sizes.mean(), row.sizes.standard_error());
        let [restarted, carried] = [against(&rows[1]), against(&rows[2])];
        let [time, least, wall] =
            [row.seconds(), row.least(), median(row.wall.clone())].map(|seconds| 1e3 * seconds);
        println!("{:28}{time:9.3}{least:9.3}{wall:9.3}{restarted:11.2}{carried:11.2}{sizes:>22}", row.name);
    }
    let efficiency =
        median(rows[4].seconds.iter().zip(&rows[5].seconds).map(|(one, two)| one / two).collect());
    let [coins, ours] = [&rows[0].sizes, &rows[3].sizes];
    let error = coins.standard_error().hypot(ours.standard_error());
    println!(
        "two threads: {efficiency:.2} times one by the wall, {:.2} in their shortest rounds, {:.2} by time on the processors (were both free); \
         ours less the coins: {:+.1} standard errors\n",
        rows[4].least() / rows[5].least(),
        2.0 * (rows[4].of_process / rows[4].runs as f64) / (rows[5].of_process / rows[5].runs as f64),
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
