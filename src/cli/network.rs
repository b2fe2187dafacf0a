//! `network`: what a follower graph is like, and writing it in other formats.

use super::args::{Format, FormatArgs, ScenarioArgs};
use super::edges;
use super::failure::Failed;
use super::prepare::{Prepared, prepare, request};
use super::progress::Verbosity;
use super::terminal;
use anyhow::anyhow;
use clap::ArgGroup;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use twiplomacy::engine::streams::RunKey;
use twiplomacy::graphs::labels::Labels;
use twiplomacy::graphs::measure::Measures;
use twiplomacy::graphs::recipe::Recipe;
use twiplomacy::graphs::survey::Survey;
use twiplomacy::io::{self, Existing, WriteError, WriteGraphError};
use twiplomacy::model::graph::Graph;
use twiplomacy::model::ids::AccountId;
use twiplomacy::report;
use twiplomacy::report::json::to_bytes;
use twiplomacy::report::network::{FileNotes, Origin, json, table};

/// Measure a follower graph, or write it in another format
///
/// The graph is that of a scenario, of a file or a random one. In a file, a line `u v` means that v sees what u posts.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
#[command(group = ArgGroup::new("graph").required(true).args(["scenario", "edges", "generate"]))]
pub(crate) struct Args {
    /// Scenario: the id of a bundled one, or a file
    #[arg(value_name = "SCENARIO")]
    scenario: Option<String>,

    /// Graph to read: edge list or GraphML, plain or gzip, or Parquet
    #[arg(long, value_name = "FILE")]
    edges: Option<PathBuf>,

    /// Random graph to draw: a model and its parameters (see below)
    #[arg(long, value_name = "SPEC")]
    generate: Option<String>,

    /// What is added to the random graph: `reciprocity` or `elite` with parameters (repeatable; in this order)
    #[arg(long, value_name = "SPEC", requires = "generate", conflicts_with_all = ["edges", "scenario"])]
    then: Vec<String>,

    /// Parameter of the scenario to set (repeatable)
    #[arg(long, value_name = "PATH=VALUE", conflicts_with_all = ["edges", "generate"])]
    set: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH", conflicts_with_all = ["edges", "generate"])]
    world: Option<PathBuf>,

    /// Take every account of the scenario's publics; links are computed and looked at by sampling
    #[arg(long, conflicts_with_all = ["edges", "generate"])]
    full_size: bool,

    /// Seed of the graph, if it is random, and of samples
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    /// File to write the graph to, in the format that its name ends in: `.txt`, `.graphml` or `.dot`, also with `.gz`
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,

    /// Replace the file if it exists
    #[arg(long, requires = "export")]
    overwrite: bool,

    /// Only write the graph, without measuring it
    #[arg(long, requires = "export", conflicts_with_all = ["format", "json"])]
    only_export: bool,

    /// Accounts of the highest PageRank to name, or of the largest audience at full size
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,

    #[command(flatten)]
    format: FormatArgs,
}

const HELP: &str = "\
Models (all directed), with parameters that must be given:
  chung-lu: nodes, mean_degree            heavy-tailed audiences and followings
  block-model: nodes, mean_degree         the same in blocks
  scale-free: nodes, alpha, gamma         growth by preferential attachment
  friends-of-friends: nodes               growth by following friends of friends
  small-world: nodes, following           neighbours on a ring, some rewired
  erdos-renyi: nodes, mean_degree         everybody alike
  configuration: like = \"FILE\"            audiences and followings of another graph
Steps: reciprocity: share · elite: leaders, mutual, journalists, journalists_follow

Examples:
  twiplomacy network canada-saudi-2018
  twiplomacy network canada-saudi-2018 --full-size
  twiplomacy network --edges follows.txt.gz --json
  twiplomacy network --edges follows.parquet --export follows.graphml
  twiplomacy network --generate 'chung-lu: nodes = 100000, mean_degree = 20' --then 'reciprocity: share = 0.35'";

/// What is to be measured.
enum Given {
    /// A graph in memory.
    Stored(Stored),
    /// A scenario whose links are computed.
    Computed(Box<Prepared>),
}

/// A graph with where it comes from.
struct Stored {
    name: String,
    graph: Graph,
    labels: Labels,
    file: Option<FileNotes>,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let given = match given(args)? {
        Given::Stored(given) => given,
        Given::Computed(prepared) => return survey(args, &prepared),
    };
    if let Some(path) = &args.export {
        let existing = if args.overwrite { Existing::Replace } else { Existing::Refuse };
        io::write_graph(path, &given.graph, &given.labels, existing).map_err(|error| match error {
            WriteGraphError::Write(WriteError::Exists { path }) => Failed::usage(anyhow!(
                "`{}` exists\n\nhint: choose another name, or replace it with `--overwrite`",
                path.display()
            )),
            WriteGraphError::UnknownFormat { .. } => Failed::usage(error),
            _ => Failed::running(error),
        })?;
        terminal::remark(&format!("wrote {}", path.display()));
        if args.only_export {
            return Ok(());
        }
    }
    let measures = Measures::of(&given.graph, args.top, RunKey::new(args.seed, 0));
    let origin = Origin { name: &given.name, file: given.file };
    match args.format.chosen() {
        Format::Table => terminal::print(table(&origin, &measures, &given.labels, terminal::stdout_style())),
        Format::Json => terminal::print(to_bytes(&json(&origin, &measures, &given.labels))),
    }
}

/// Measures a network of full size by a sample of its lists.
fn survey(args: &Args, prepared: &Prepared) -> Result<(), Failed> {
    if args.export.is_some() {
        return Err(Failed::usage(anyhow::anyhow!(
            "a network of full size is not stored and can't be written\n\nhint: write that of a sample of the accounts, without \
             `--full-size` and `network.scale = \"full\"`"
        )));
    }
    let setting = prepared.simulation.setting();
    let Some(survey) = Survey::of(&setting.network, RunKey::new(args.seed, 0)) else {
        return Ok(());
    };
    let handle_of = |account: AccountId| {
        let voice = setting.voice_of(account).map(|voice| setting.voices[voice.idx()].handle.clone());
        voice.unwrap_or_else(|| account.0.to_string())
    };
    match args.format.chosen() {
        Format::Table => {
            let style = terminal::stdout_style();
            terminal::print(report::survey::table(prepared.id(), &survey, args.top, handle_of, style))
        }
        Format::Json => {
            terminal::print(to_bytes(&report::survey::json(prepared.id(), &survey, args.top, handle_of)))
        }
    }
}

fn given(args: &Args) -> Result<Given, Failed> {
    if let Some(path) = &args.edges {
        return loaded(path).map(Given::Stored);
    }
    if let Some(model) = &args.generate {
        let recipe = Recipe::read(model, &args.then).map_err(Failed::usage)?;
        let like = recipe.like().map(|path| loaded(Path::new(path))).transpose()?;
        let graph = recipe.generate(args.seed, like.as_ref().map(|given| &given.graph));
        let labels = Labels::Index(graph.n_nodes());
        let name = std::iter::once(model).chain(&args.then).cloned().collect::<Vec<_>>().join(" + ");
        return Ok(Given::Stored(Stored { name, graph, labels, file: None }));
    }
    let scenario = ScenarioArgs {
        scenario: args.scenario.clone().unwrap_or_default(),
        arm: None,
        set: args.set.clone(),
        world: args.world.clone(),
        full_size: args.full_size,
    };
    let prepared = prepare(&request(&scenario)?, args.seed)?;
    let name = prepared.id().to_owned();
    let Some(graph) = prepared.simulation.setting().network.whole_graph().map(Cow::into_owned) else {
        return Ok(Given::Computed(Box::new(prepared)));
    };
    let labels = Labels::Index(graph.n_nodes());
    Ok(Given::Stored(Stored { name, graph, labels, file: None }))
}

fn loaded(path: &Path) -> Result<Stored, Failed> {
    let loaded = edges::read(path, Verbosity::Normal)?;
    let file = Some(FileNotes::from(&loaded));
    Ok(Stored { name: path.display().to_string(), graph: loaded.graph, labels: loaded.labels, file })
}
