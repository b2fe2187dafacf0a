//! `cascade`: plain diffusion on any edge list.

use super::args::{Format, FormatArgs, runs, threads, working};
use super::edges;
use super::failure::Failed;
use super::interrupt::Interrupt;
use super::progress::{Bar, Verbosity};
use super::terminal;
use anyhow::anyhow;
use clap::ValueEnum;
use std::num::NonZeroU32;
use std::path::PathBuf;
use twiplomacy::diffusion::complex::Complex;
use twiplomacy::diffusion::hawkes::{Branching, Hawkes, Memory};
use twiplomacy::diffusion::ic::Ic;
use twiplomacy::diffusion::lt::{Lt, Threshold};
use twiplomacy::diffusion::sir::Sir;
use twiplomacy::diffusion::{Rule, Spread};
use twiplomacy::experiment::cascades::{Diffusion, cascades};
use twiplomacy::graphs::labels::Labels;
use twiplomacy::graphs::load::Loaded;
use twiplomacy::model::graph::Graph;
use twiplomacy::report::human::grouped;
use twiplomacy::report::spread::{Setup, Timing, json_bytes, speed, table};
use twiplomacy::units::Probability;

/// Spread a message on any graph by a plain rule, many times
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  twiplomacy cascade --edges follows.txt --model ic --p 0.03 --runs 10000
  twiplomacy cascade --edges follows.txt.gz --model sir --p 0.01 --recovery 0.2 --seed-node 17 --json
  twiplomacy cascade --edges follows.txt --model complex --threshold 2 --seed-node 17 --seed-node 23

An edge `u v` means that v sees what u posts. Models and their parameters:
  ic       independent cascade: each follower of a sharer shares with probability --p
  sir      the same in each step, until the sharer stops with probability --recovery a step
  lt       linear threshold: whoever sees that --threshold (0 to 1) of those it follows share, shares;
           without --threshold each node draws its own, uniformly
  complex  complex contagion: whoever follows --threshold sharers (1, 2, …) shares
  hawkes   each share excites --branching others on average (0 to 0.999); counts shares

Sizes include the seeds. The same graph, seed and runs give the same sizes for any number of threads.")]
pub(crate) struct Args {
    /// Graph: edge list or GraphML, plain or gzip, or Parquet
    #[arg(long, value_name = "FILE")]
    edges: PathBuf,

    /// Rule by which the message spreads
    #[arg(long, value_name = "MODEL", default_value = "ic")]
    model: Model,

    /// Probability that an edge carries the message (ic, sir)
    #[arg(long, value_name = "P", value_parser = probability, allow_negative_numbers = true)]
    p: Option<Probability>,

    /// Probability a step that a sharer stops (sir)
    #[arg(long, value_name = "R", value_parser = probability, allow_negative_numbers = true)]
    recovery: Option<Probability>,

    /// Share of those followed who must share (lt), or their number (complex)
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    threshold: Option<f64>,

    /// Mean number of shares that a share excites (hawkes)
    #[arg(long, value_name = "N", value_parser = branching, allow_negative_numbers = true)]
    branching: Option<Branching>,

    /// Node where the message starts, as it is called in the file (repeatable); that with most followers if absent
    #[arg(long, value_name = "U", allow_negative_numbers = true)]
    seed_node: Vec<String>,

    /// Number of runs
    #[arg(long, value_name = "R", default_value = "1000", value_parser = runs)]
    runs: u64,

    /// Seed of all runs
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// Threads; all cores if absent (results do not depend on them)
    #[arg(long, value_name = "T", value_parser = threads)]
    threads: Option<usize>,

    #[command(flatten)]
    format: FormatArgs,

    /// No progress and no remarks
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Model {
    /// Independent cascade
    Ic,
    /// Linear threshold
    Lt,
    /// Complex contagion
    Complex,
    /// Susceptible, infectious, recovered
    Sir,
    /// Self-exciting process
    Hawkes,
}

impl Model {
    const fn name(self) -> &'static str {
        match self {
            Self::Ic => "ic",
            Self::Lt => "lt",
            Self::Complex => "complex",
            Self::Sir => "sir",
            Self::Hawkes => "hawkes",
        }
    }

    /// Its parameters.
    const fn takes(self) -> &'static [&'static str] {
        match self {
            Self::Ic => &["p"],
            Self::Lt | Self::Complex => &["threshold"],
            Self::Sir => &["p", "recovery"],
            Self::Hawkes => &["branching"],
        }
    }
}

/// A rule whose parameters are known to be good.
#[derive(Debug, Clone, Copy)]
enum Chosen {
    Ic(Probability),
    Lt(Threshold),
    Complex(NonZeroU32),
    Sir(Sir),
    Hawkes(Branching),
}

impl Chosen {
    /// What was typed, checked before the graph is read.
    fn of(args: &Args) -> Result<Self, Failed> {
        let model = args.model;
        for (name, _) in given(args) {
            if !model.takes().contains(&name) {
                let takes = model.takes().join("` and `--");
                return Err(wrong(&format!(
                    "`--{name}` does not belong to the model `{}`\n\nhint: `{0}` takes `--{takes}`",
                    model.name()
                )));
            }
        }
        Ok(match model {
            Model::Ic => Self::Ic(args.p.ok_or_else(|| missing(model, "p", "0.03"))?),
            Model::Lt => Self::Lt(share_of_sharers(args.threshold)?),
            Model::Complex => Self::Complex(number_of_sharers(
                args.threshold.ok_or_else(|| missing(model, "threshold", "2"))?,
            )?),
            Model::Sir => {
                let p = args.p.ok_or_else(|| missing(model, "p", "0.03"))?;
                let recovery = args.recovery.ok_or_else(|| missing(model, "recovery", "0.5"))?;
                let endless = || {
                    wrong(
                        "`--recovery` can't be 0: nobody would ever stop\n\nhint: allowed is a number above 0, up to 1; \
                         use `--model ic --p 1` for all who can be reached",
                    )
                };
                Self::Sir(Sir::new(p, recovery).ok_or_else(endless)?)
            }
            Model::Hawkes => Self::Hawkes(args.branching.ok_or_else(|| missing(model, "branching", "0.8"))?),
        })
    }

    /// The rule on `graph`.
    fn rule(self, graph: &Graph) -> Box<dyn Rule> {
        match self {
            Self::Ic(p) => Box::new(Ic::new(p)),
            Self::Lt(threshold) => Box::new(Lt::new(graph, threshold)),
            Self::Complex(threshold) => Box::new(Complex::new(threshold)),
            Self::Sir(sir) => Box::new(sir),
            Self::Hawkes(branching) => Box::new(Hawkes::new(branching, Memory::Seismic)),
        }
    }
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let chosen = Chosen::of(args)?;
    let verbosity = if args.quiet { Verbosity::Quiet } else { Verbosity::Normal };
    let interrupt = Interrupt::catch()?;
    let mut timing = Timing { threads: working(args.threads), load_seconds: 0.0, run_seconds: 0.0 };

    let (loaded, rule) = timed(&mut timing.load_seconds, || {
        let loaded = edges::read(&args.edges, verbosity)?;
        let rule = chosen.rule(&loaded.graph);
        Ok::<_, Failed>((loaded, rule))
    })?;
    let seeds = seeds(args, &loaded)?;
    let diffusion = Diffusion { graph: &loaded.graph, seeds: &seeds, rule: &*rule };
    let bar = Bar::new(args.runs, verbosity);
    let spreads = timed(&mut timing.run_seconds, || {
        cascades(&diffusion, args.seed, args.runs, timing.threads, &bar, interrupt.flag())
            .map_err(Failed::running)
    });
    drop(bar);
    let spreads = spreads?;

    let setup = setup(args, &loaded, &seeds);
    match args.format.chosen() {
        Format::Json => terminal::print(json_bytes(&setup, &timing, &spreads))?,
        Format::Table => terminal::print(table(&setup, &spreads))?,
    }
    if verbosity == Verbosity::Normal {
        tell(&setup, &timing, &spreads);
    }
    Ok(())
}

/// Does something and adds the seconds that it took.
#[expect(clippy::disallowed_types, reason = "the command tells how long loading and runs took")]
fn timed<T>(seconds: &mut f64, work: impl FnOnce() -> T) -> T {
    let clock = std::time::Instant::now();
    let result = work();
    *seconds += clock.elapsed().as_secs_f64();
    result
}

/// Nodes where the message starts, each once.
fn seeds(args: &Args, loaded: &Loaded) -> Result<Vec<u32>, Failed> {
    if args.seed_node.is_empty() {
        let graph = &loaded.graph;
        // The first of equals.
        let hub = (0..graph.n_nodes()).rev().max_by_key(|&node| graph.followers(node).len());
        return Ok(hub.into_iter().collect());
    }
    let mut seeds = Vec::new();
    for label in &args.seed_node {
        let node = loaded.labels.find(label).ok_or_else(|| unknown(label, args, &loaded.labels))?;
        if !seeds.contains(&node) {
            seeds.push(node);
        }
    }
    Ok(seeds)
}

fn unknown(label: &str, args: &Args, labels: &Labels) -> Failed {
    let last = (labels.len() - 1) as u32;
    let (first, last) = (labels.label(0), labels.label(last));
    let n_nodes = grouped(labels.len() as u64);
    let hint = match labels {
        Labels::Index(_) => format!("its {n_nodes} nodes are {first} to {last}"),
        Labels::Numbers(_) => format!("its {n_nodes} nodes have numbers from {first} to {last}, with gaps"),
        Labels::Texts(_) => format!("its {n_nodes} nodes have names such as `{first}` and `{last}`"),
    };
    wrong(&format!("`{}` has no node `{label}`\n\nhint: {hint}", args.edges.display()))
}

fn setup(args: &Args, loaded: &Loaded, seeds: &[u32]) -> Setup {
    let graph = &loaded.graph;
    let seed = |&node: &u32| (loaded.labels.label(node).to_string(), graph.followers(node).len() as u32);
    Setup {
        model: args.model.name(),
        parameters: given(args),
        nodes: graph.n_nodes(),
        edges: graph.n_edges() as u64,
        n_self_loops: loaded.n_self_loops,
        n_duplicates: loaded.n_duplicates,
        seed_nodes: seeds.iter().map(seed).collect(),
        seed: args.seed,
    }
}

fn tell(setup: &Setup, timing: &Timing, spreads: &[Spread]) {
    if setup.n_self_loops + setup.n_duplicates > 0 {
        terminal::remark(&format!(
            "left out: {} edges from a node to itself, {} named before",
            grouped(setup.n_self_loops),
            grouped(setup.n_duplicates)
        ));
    }
    terminal::remark(&speed(timing, spreads));
}

/// Parameters of models that were typed.
fn given(args: &Args) -> Vec<(&'static str, f64)> {
    let all = [
        ("p", args.p.map(Probability::get)),
        ("recovery", args.recovery.map(Probability::get)),
        ("threshold", args.threshold),
        ("branching", args.branching.map(Branching::get)),
    ];
    all.into_iter().filter_map(|(name, value)| value.map(|value| (name, value))).collect()
}

fn wrong(text: &str) -> Failed {
    Failed::usage(anyhow!("{text}"))
}

fn missing(model: Model, name: &str, example: &str) -> Failed {
    wrong(&format!("the model `{}` needs `--{name}`\n\nhint: such as `--{name} {example}`", model.name()))
}

fn share_of_sharers(threshold: Option<f64>) -> Result<Threshold, Failed> {
    let Some(threshold) = threshold else { return Ok(Threshold::Drawn) };
    Probability::new(threshold).map(Threshold::Same).ok_or_else(|| {
        wrong(&format!(
            "`--threshold` can't be {threshold} under `lt`: allowed is a share of those followed, {}\n\nhint: a number of \
             sharers is the threshold of `--model complex`",
            Probability::ALLOWED
        ))
    })
}

fn number_of_sharers(threshold: f64) -> Result<NonZeroU32, Failed> {
    let whole = (threshold.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&threshold))
        .then_some(threshold as u32);
    whole.and_then(NonZeroU32::new).ok_or_else(|| {
        wrong(&format!(
            "`--threshold` can't be {threshold} under `complex`: allowed is a number of sharers, 1, 2, …\n\nhint: a share \
             of those followed is the threshold of `--model lt`"
        ))
    })
}

fn probability(text: &str) -> Result<Probability, String> {
    let number = text.parse().ok().and_then(Probability::new);
    number.ok_or_else(|| format!("allowed: {}", Probability::ALLOWED))
}

fn branching(text: &str) -> Result<Branching, String> {
    let number = text.parse().ok().and_then(Branching::new);
    number.ok_or_else(|| format!("allowed: {}; at 1 and above cascades have no end", Branching::ALLOWED))
}
