//! Scenarios: from texts to a checked description of what is simulated.
//!
//! ```text
//! scenario text ─parse─┬─ scenario tables ───────────────┐
//!                      └─ world tables ─laid over─┐      ├─ arm, then options ─read→ files ─check→ Scenario
//! world texts ──parse, join─────────────── world ─┴──────┘
//! ```
//!
//! [`load`] never stops at the first mistake: a [`Failure`] tells all that can be told, each with line, column, what is
//! allowed and a hint.

pub mod bundled;
mod check;
pub mod claims;
pub mod describe;

pub mod file;
mod format;
pub mod kind;
mod layers;
pub mod library;
mod measured;
pub mod plan_file;
pub mod platform_file;
pub mod schema;
pub mod society_file;
pub mod template;
#[cfg(test)]
mod tests;

pub mod world_file;

use crate::text::{
    FromValue, Look, ParameterNote, Place, Problem, Problems, Reader, Severity, SourceId, Sources, Value,
};
use file::ScenarioFile;
use layers::{Layers, whole};
use world_file::WorldFile;

pub use crate::text::Failure;

/// A text with the name that messages show for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// File name, or the id of something bundled.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Source {
    /// A text with its name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }
}

/// What is to be loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The scenario file.
    pub scenario: Source,
    /// The parts of the world.
    pub world: Vec<Source>,
    /// Changes `PATH=VALUE`, applied last and in this order.
    pub set: Vec<String>,
    /// The intervention that is applied, if any.
    pub arm: Option<String>,
}

impl Request {
    /// The scenario as it stands, on the bundled world.
    pub fn new(scenario: Source) -> Self {
        Self { scenario, world: bundled::world(), set: Vec::new(), arm: None }
    }
}

/// A scenario whose files hold together.
///
/// Invariant: every reference resolves and every range holds that [`load`] checks.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The scenario file, with arm and changes applied.
    pub file: ScenarioFile,
    /// The world, with what the scenario lays over it, arm and changes applied.
    pub world: WorldFile,
    /// Every parameter that says what it rests on, in the order of the files' sections.
    pub parameters: Vec<ParameterNote>,
    /// The scenario as simulated. Loading it with [`Self::world_text`] gives this scenario again.
    pub scenario_text: String,
    /// The world as simulated.
    pub world_text: String,
    /// Paths that arm and changes set, and their values, in order.
    pub overrides: Vec<(String, String)>,
    /// The intervention that was applied.
    pub arm: Option<String>,
    /// What is odd but not wrong.
    pub warnings: Warnings,
}

impl Scenario {
    /// A failure for problems that show only when the scenario is built, at their places in its texts.
    pub fn refuse(&self, problems: Problems) -> Failure {
        Failure::new(self.warnings.sources.clone(), problems)
    }
}

/// What is odd about a scenario but not wrong.
#[derive(Debug, Clone, Default)]
pub struct Warnings {
    sources: Sources,
    problems: Problems,
}

impl Warnings {
    /// Whether nothing is odd.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// All warnings for people.
    pub fn render(&self, look: Look) -> String {
        self.problems.render(&self.sources, look, Severity::Warning)
    }
}

/// Loads a scenario.
///
/// Without an arm, all interventions of the file are tried too, so that a mistake in one does not wait for its use.
///
/// # Errors
/// All problems of the texts, or of the first stage that has any: syntax and format; paths to set; content.
pub fn load(request: &Request) -> Result<Scenario, Failure> {
    let mut sources = Sources::new();
    load_from(request, &mut sources).map_err(|problems| Failure::new(sources, problems))
}

fn load_from(request: &Request, sources: &mut Sources) -> Result<Scenario, Problems> {
    let stands = Layers::read(request, sources)?;
    let (layers, overrides) = changed(&stands, request, sources)?;
    let built = build(&layers)?;
    if request.arm.is_none() {
        try_arms(&stands)?;
    }
    Ok(finished(built, &layers, overrides, request.arm.clone(), sources.clone()))
}

/// What arm and changes of `request` make of a scenario, and what they set.
fn changed(
    stands: &Layers,
    request: &Request,
    sources: &mut Sources,
) -> Result<(Layers, Vec<(String, String)>), Problems> {
    let mut layers = stands.clone();
    let mut problems = Problems::new();
    let mut overrides = Vec::new();
    let mut keep = |applied: Result<Vec<(String, String)>, Problems>| match applied {
        Ok(applied) => overrides.extend(applied),
        Err(found) => problems.append(found),
    };
    if let Some(arm) = &request.arm {
        let source = sources.add("--arm", arm.as_str());
        keep(layers.apply_arm(arm, whole(sources, source)));
    }
    for text in &request.set {
        let source = sources.add("--set", text.as_str());
        keep(layers.apply_option(sources, source));
    }
    if !problems.is_empty() {
        // Told together with what else is wrong.
        problems.append(build(&layers).err().unwrap_or_default());
        return Err(problems);
    }
    Ok((layers, overrides))
}

fn finished(
    built: Built,
    layers: &Layers,
    overrides: Vec<(String, String)>,
    arm: Option<String>,
    sources: Sources,
) -> Scenario {
    Scenario {
        file: built.file,
        world: built.world,
        parameters: built.parameters,
        scenario_text: layers.scenario_text(),
        world_text: layers.world_text(),
        overrides,
        arm,
        warnings: Warnings { sources, problems: built.warnings },
    }
}

/// A scenario read once, on which values are laid again and again.
#[derive(Debug, Clone)]
pub struct Base {
    layers: Layers,
    sources: Sources,
    overrides: Vec<(String, String)>,
    arm: Option<String>,
}

impl Base {
    /// Reads what `request` asks for, its arm and changes applied.
    ///
    /// # Errors
    /// As [`load`].
    pub fn read(request: &Request) -> Result<Self, Failure> {
        let scenario = load(request)?;
        let mut sources = Sources::new();
        let read =
            Layers::read(request, &mut sources).and_then(|stands| changed(&stands, request, &mut sources));
        match read {
            Ok((layers, overrides)) => Ok(Self { layers, sources, overrides, arm: scenario.arm }),
            Err(problems) => Err(Failure::new(sources, problems)),
        }
    }

    /// The scenario with `changes`, each `PATH=VALUE` as [`Request::set`] has them, laid over it in their order.
    ///
    /// # Errors
    /// All problems of the changes, or of the scenario that they make.
    pub fn with(&self, changes: &[String]) -> Result<Scenario, Failure> {
        let mut sources = self.sources.clone();
        let request =
            Request { scenario: Source::new("", ""), world: Vec::new(), set: changes.to_vec(), arm: None };
        let built = changed(&self.layers, &request, &mut sources)
            .and_then(|(layers, set)| build(&layers).map(|built| (built, layers, set)));
        match built {
            Ok((built, layers, set)) => {
                let overrides = self.overrides.iter().cloned().chain(set).collect();
                Ok(finished(built, &layers, overrides, self.arm.clone(), sources))
            }
            Err(problems) => Err(Failure::new(sources, problems)),
        }
    }

    /// The scenario with `value`, which stands in a text added by [`Self::source`], laid over it at `path`, which stands at `place`.
    ///
    /// # Errors
    /// All problems of the path and the value, or of the scenario that they make.
    pub fn with_value(&self, path: &str, place: Place, value: Value) -> Result<Scenario, Failure> {
        let mut layers = self.layers.clone();
        let built = layers
            .set(path, place, value)
            .map_err(Problems::from)
            .and_then(|change| Ok((build(&layers)?, change)));
        match built {
            Ok((built, change)) => {
                let overrides = self.overrides.iter().cloned().chain([change]).collect();
                Ok(finished(built, &layers, overrides, self.arm.clone(), self.sources.clone()))
            }
            Err(problems) => Err(self.refuse(problems)),
        }
    }

    /// Adds a text in which values stand that are laid over the scenario, so that problems can be shown in it.
    pub fn source(&mut self, name: &str, text: &str) -> SourceId {
        self.sources.add(name, text)
    }

    /// The texts.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// A failure for problems at places in the texts.
    pub fn refuse(&self, problems: impl Into<Problems>) -> Failure {
        Failure::new(self.sources.clone(), problems.into())
    }

    /// What stands at a path of scenario or world, such as `network.accounts`; for a parameter with its origin beside it, the value alone.
    pub fn value(&self, path: &str) -> Option<&Value> {
        self.layers.value(path)
    }
}

/// What the layers say, read and checked.
struct Built {
    file: ScenarioFile,
    world: WorldFile,
    parameters: Vec<ParameterNote>,
    warnings: Problems,
}

fn build(layers: &Layers) -> Result<Built, Problems> {
    let mut problems = layers.unknown().clone();
    let mut parameters = Vec::new();
    let file = read(layers.scenario(), &mut problems, &mut parameters);
    let world = read(layers.world(), &mut problems, &mut parameters);
    let findings = check::check(layers.scenario(), layers.world());
    problems.append(findings.problems);
    match (file, world) {
        (Some(file), Some(world)) if problems.is_empty() => {
            Ok(Built { file, world, parameters, warnings: findings.warnings })
        }
        _ => Err(problems),
    }
}

fn read<T: FromValue>(tree: &Value, problems: &mut Problems, notes: &mut Vec<ParameterNote>) -> Option<T> {
    let mut reader = Reader::new();
    let read = T::read(tree, &mut reader);
    let (found, noted) = reader.finish();
    problems.append(found);
    notes.extend(noted);
    read
}

/// Builds every arm of a scenario that is right as it stands.
fn try_arms(stands: &Layers) -> Result<(), Problems> {
    let mut problems = Problems::new();
    for arm in stands.arms() {
        let mut layers = stands.clone();
        let tried = layers.apply_arm(&arm, Place::NOWHERE).and_then(|_| build(&layers).map(|_| ()));
        let found = tried.err().unwrap_or_default();
        problems.extend(found.iter().map(|problem| {
            let message = format!("in the arm `{arm}`: {}", problem.message);
            Problem { message, ..problem.clone() }
        }));
    }
    problems.into_result()
}
