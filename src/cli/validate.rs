//! `validate`: all problems of all files at once.

use super::args::ScenarioArgs;
use super::failure::Failed;
use super::prepare::{Prepared, prepare, request, warn};
use super::progress::Verbosity;
use super::terminal;
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use twiplomacy::experiment::points::Space;
use twiplomacy::io;
use twiplomacy::report::human::grouped;
use twiplomacy::scenario::kind::Kind;
use twiplomacy::scenario::{Request, Source, bundled, template};
use twiplomacy::study::sweep::{Planned, planned_in, standing};

/// Seed of the network that is built to see whether it can be.
const SEED: u64 = 1;

/// Check scenarios, plans of sweeps and worlds, and show all problems at once
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  twiplomacy validate scenarios/*.toml\n  twiplomacy validate scenarios/**\n\n\
    A file that holds a part of a world is checked with the others of its folder; a folder stands for the files in it that end \
    in `.toml`."
)]
pub(crate) struct Args {
    /// Files of scenarios, plans or worlds, folders of such files, or ids of bundled scenarios
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,

    /// World to use instead of the bundled one: a file, or a folder of files
    #[arg(long, value_name = "PATH")]
    world: Option<PathBuf>,
}

/// What is checked as one.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Scenario(String),
    Plan(String),
    /// A file, or a folder of files.
    World(PathBuf),
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scenario(name) | Self::Plan(name) => formatter.write_str(name),
            Self::World(path) => path.display().fmt(formatter),
        }
    }
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let (mut n_all, mut n_wrong) = (0, 0);
    let mut seen = BTreeSet::new();
    for file in args.files.iter().flat_map(|file| files_in(file)) {
        let subject = file.and_then(|file| subject(&file));
        if let Ok(subject) = &subject
            && !seen.insert(subject.to_string())
        {
            continue;
        }
        n_all += 1;
        let told = subject
            .and_then(|subject| Ok(format!("ok {subject}: {}\n", check(&subject, args.world.as_deref())?)));
        match told {
            Ok(told) => terminal::print(told)?,
            Err(failed @ Failed::Running(_)) => return Err(failed),
            Err(failed) => {
                failed.print();
                terminal::remark("");
                n_wrong += 1;
            }
        }
    }
    if n_wrong == 0 {
        return Ok(());
    }
    if n_all > 1 {
        terminal::remark(&format!("{n_wrong} of {n_all} files can't be used"));
    }
    Err(Failed::Told)
}

/// The files that `name` stands for: itself, or those of the folder.
fn files_in(name: &str) -> Vec<Result<String, Failed>> {
    if bundled::scenario(name).is_some() || !Path::new(name).is_dir() {
        return vec![Ok(name.to_owned())];
    }
    match io::toml_files(Path::new(name)) {
        Ok(files) => files.into_iter().map(|file| Ok(file.display().to_string())).collect(),
        Err(error) => vec![Err(Failed::usage(error))],
    }
}

/// What the file `name` is to be checked as: a part of a world with its whole folder, if there is nothing else in it.
fn subject(name: &str) -> Result<Subject, Failed> {
    let source = io::scenario(name).map_err(Failed::usage)?;
    Ok(match Kind::of(&source.text) {
        Kind::Scenario => Subject::Scenario(name.to_owned()),
        Kind::Plan => Subject::Plan(name.to_owned()),
        Kind::World => {
            let beside = Path::new(name).parent().filter(|folder| *folder != Path::new(""));
            let folder = beside.unwrap_or(Path::new("."));
            let parts = io::world(folder).map_err(Failed::usage)?;
            let is_world = parts.iter().all(|part| Kind::of(&part.text) == Kind::World);
            Subject::World(if is_world { folder } else { Path::new(name) }.to_owned())
        }
    })
}

/// Reads and builds `subject`; says how much there is in it.
fn check(subject: &Subject, world: Option<&Path>) -> Result<String, Failed> {
    match subject {
        Subject::Scenario(name) => {
            let scenario = ScenarioArgs {
                scenario: name.clone(),
                world: world.map(Path::to_owned),
                ..ScenarioArgs::default()
            };
            let prepared = prepare(&request(&scenario)?, SEED)?;
            warn(&prepared, Verbosity::Normal);
            Ok(counts(&prepared))
        }
        Subject::Plan(name) => {
            let plan = io::scenario(name).map_err(Failed::usage)?;
            let Planned { base, sweep } = planned_in(&plan, (&[], None, None))?;
            let settings = sweep.settings();
            let space = Space::new(&base, sweep.seed, &settings);
            let prepared = standing(&base, &space)?;
            warn(&prepared, Verbosity::Normal);
            let (points, runs) = (grouped(sweep.points.len() as u64), grouped(sweep.runs));
            Ok(format!("a plan of {points} points of `{}`, {runs} runs each", prepared.id()))
        }
        Subject::World(path) => {
            let mut request = Request::new(Source::new("the template of `twiplomacy new`", template::TEXT));
            request.world = io::world(path).map_err(Failed::usage)?;
            let n_files = request.world.len() as u64;
            prepare(&request, SEED)?;
            Ok(format!("a world of {n_files} files, tried with the template of `twiplomacy new`"))
        }
    }
}

/// How much there is in a scenario.
fn counts(prepared: &Prepared) -> String {
    let (setting, file) = (prepared.simulation.setting(), &prepared.scenario.file);
    let counts = [
        (setting.script.messages.len(), "message", "messages"),
        (setting.script.acts.len(), "forced act", "forced acts"),
        (setting.publics.len(), "public", "publics"),
        (setting.states.len(), "state", "states"),
        (setting.markets.len(), "market", "markets"),
        (file.interventions.len(), "intervention", "interventions"),
        (file.recorded.len(), "recorded value", "recorded values"),
    ];
    let counts = counts.map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }));
    counts.join(", ")
}
