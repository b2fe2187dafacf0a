//! Arms against the scenario as it stands, on common random numbers.

use super::making::{Begun, Making, manifest_of};
use super::prepare::{Prepared, prepare};
use super::{BASELINE, StudyError, Terms, stopped};
use crate::experiment::comparison::{ArmRuns, Comparison};
use crate::experiment::replicates::{ReplicatesError, replicates};
use crate::model::outcome::Outcome;
use crate::report::bundle::{self, BundleFile, TableFormat};
use crate::report::comparison as report;
use crate::report::tables::Table;
use crate::report::{json, plot};
use crate::scenario::Request;

/// An arm as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Its name: an intervention of the scenario, `baseline`, or one of its own.
    pub name: String,
    /// What is set beyond that, each `PATH=VALUE`.
    pub changes: Vec<String>,
}

/// Arms that can be run.
#[derive(Debug)]
pub struct Arms {
    /// The scenario as it stands.
    pub baseline: Prepared,
    /// What was asked for, each with what can be run.
    pub arms: Vec<(Asked, Prepared)>,
    seed: u64,
}

/// The runs of all arms.
#[derive(Debug)]
pub struct Compared {
    base: ArmRuns,
    arms: Vec<ArmRuns>,
    /// Their differences.
    pub comparison: Comparison,
    making: Making,
    threads: usize,
}

impl Arms {
    /// The arms `typed` of the scenario of `request`, which is `baseline`.
    pub fn of(
        request: &Request,
        baseline: Prepared,
        typed: &[String],
        seed: u64,
    ) -> Result<Self, StudyError> {
        let asked = asked(typed, &baseline)?;
        let prepared = asked.iter().map(|arm| prepared_arm(arm, request, &baseline, seed));
        let prepared = prepared.collect::<Result<Vec<Prepared>, StudyError>>()?;
        Ok(Self { baseline, arms: asked.into_iter().zip(prepared).collect(), seed })
    }

    /// Runs that are made if each arm has `runs`.
    pub fn runs_due(&self, runs: u64) -> u64 {
        runs * (1 + self.arms.iter().filter(|(arm, _)| arm.name != BASELINE).count() as u64)
    }

    /// The names of the arms with another follower network than the baseline, so that pairing does little for them.
    pub fn hardly_alike(&self) -> impl Iterator<Item = &str> {
        let network = &self.baseline.simulation.setting().network;
        let others = self.arms.iter().filter(move |(_, arm)| arm.simulation.setting().network != *network);
        others.map(|(asked, _)| asked.name.as_str())
    }

    /// Makes `runs` runs of the baseline and of each arm.
    pub fn simulate(&self, runs: u64, terms: Terms<'_>) -> Result<Compared, StudyError> {
        let begun = Begun::now();
        let simulated = |arm: &Asked, prepared: &Prepared| -> Result<ArmRuns, ReplicatesError> {
            let outcomes =
                replicates(&prepared.simulation, 0..runs, terms.threads, terms.progress, terms.stop)?;
            Ok(arm_runs(arm, &self.baseline, prepared, outcomes))
        };
        let unchanged = Asked { name: BASELINE.to_owned(), changes: Vec::new() };
        let base = simulated(&unchanged, &self.baseline).map_err(stopped)?;
        let arms = self.arms.iter().map(|(asked, prepared)| match asked.name.as_str() {
            BASELINE => Ok(base.clone()),
            _ => simulated(asked, prepared),
        });
        let arms = arms.collect::<Result<Vec<_>, _>>().map_err(stopped)?;
        let making = begun.ended();
        let comparison = Comparison::of(self.baseline.id(), self.seed, &base, &arms);
        terms.unless_stopped()?;
        Ok(Compared { base, arms, comparison, making, threads: terms.threads })
    }

    /// The files of a comparison.
    pub fn files(&self, compared: &Compared, tables: TableFormat) -> Result<Vec<BundleFile>, StudyError> {
        let Self { baseline, seed, .. } = self;
        let Compared { comparison, making, threads, .. } = compared;
        let mut files = vec![
            BundleFile::new(bundle::SCENARIO, baseline.scenario.scenario_text.as_str()),
            BundleFile::new(bundle::WORLD, baseline.scenario.world_text.as_str()),
            BundleFile::new(bundle::COMPARISON, json::to_bytes(&report::json(comparison))),
        ];
        bundle::push_table(&mut files, &compared.pairs(), tables).map_err(StudyError::running)?;
        files.extend(self.plot(compared)?.into_iter().flat_map(bundle::plot_files));
        let names: Vec<&str> = comparison.arms.iter().map(|arm| arm.name.as_str()).collect();
        let runs = compared.base.outcomes.len() as u64;
        let manifest = manifest_of(baseline, &names.join(", "), (*seed, runs, *threads), making);
        files.push(BundleFile::new(bundle::MANIFEST, manifest.to_bytes()));
        Ok(files)
    }

    /// The plot of the differences of what the scenario puts first, if there are any.
    pub fn plot(&self, compared: &Compared) -> Result<Option<plot::Plot>, StudyError> {
        let title = &self.baseline.scenario.file.scenario.title;
        plot::difference_plot(title, &compared.comparison, &self.baseline.named.highlighted)
            .map_err(StudyError::running)
    }
}

impl Compared {
    /// The runs of all arms side by side.
    pub fn pairs(&self) -> Table<'_> {
        report::pairs(&self.base, &self.arms)
    }
}

/// The arms that were asked for, each as `NAME` or `NAME: PATH=VALUE`, or all interventions if there are none.
fn asked(typed: &[String], baseline: &Prepared) -> Result<Vec<Asked>, StudyError> {
    let interventions = &baseline.scenario.file.interventions;
    if typed.is_empty() {
        if interventions.is_empty() {
            return Err(StudyError::asked(format!(
                "`{}` has no interventions to compare\n\nhint: name an arm and what it sets, such as `--arm 'louder: events.messages.first.moral_words=5'`",
                baseline.id()
            )));
        }
        return Ok(interventions
            .keys()
            .map(|name| Asked { name: name.clone(), changes: Vec::new() })
            .collect());
    }
    let mut arms: Vec<Asked> = Vec::new();
    for text in typed {
        let (name, change) = parse(text)?;
        let position = arms.iter().position(|arm| arm.name == name).unwrap_or(arms.len());
        if position == arms.len() {
            arms.push(Asked { name: name.to_owned(), changes: Vec::new() });
        }
        arms[position].changes.extend(change.map(str::to_owned));
    }
    match arms.iter().find(|arm| arm.name == BASELINE && !arm.changes.is_empty()) {
        Some(_) => Err(StudyError::asked(format!(
            "the arm `{BASELINE}` can't be changed: it is the scenario as it stands\n\nhint: give the arm another name, or use `--set` to change all arms"
        ))),
        None => Ok(arms),
    }
}

/// `NAME` or `NAME: PATH=VALUE`.
fn parse(text: &str) -> Result<(&str, Option<&str>), StudyError> {
    let (name, change) = match text.split_once(':') {
        Some((name, change)) => (name.trim(), Some(change.trim())),
        None => (text.trim(), None),
    };
    let is_id = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    if is_id(name) {
        return Ok((name, change));
    }
    Err(StudyError::asked(format!(
        "`{text}` is not an arm\n\nhint: allowed: the name of an intervention, or `NAME: PATH=VALUE` with a name of lower-case letters, \
         digits and `-`, such as `louder: events.messages.first.moral_words=5`"
    )))
}

/// An arm ready to be run. A name that is no intervention stands for its own changes only.
fn prepared_arm(
    asked: &Asked,
    base: &Request,
    baseline: &Prepared,
    seed: u64,
) -> Result<Prepared, StudyError> {
    let is_intervention = baseline.scenario.file.interventions.contains_key(&asked.name);
    let mut request = base.clone();
    if is_intervention || (asked.changes.is_empty() && asked.name != BASELINE) {
        // An unknown name without changes is refused by the loader, which knows what was meant.
        request.arm = Some(asked.name.clone());
    }
    request.set.extend(asked.changes.iter().cloned());
    prepare(&request, seed)
}

fn arm_runs(arm: &Asked, baseline: &Prepared, prepared: &Prepared, mut outcomes: Vec<Outcome>) -> ArmRuns {
    for outcome in &mut outcomes {
        outcome.acts = Vec::new();
        outcome.series = Vec::new();
    }
    let title = baseline.scenario.file.interventions.get(&arm.name).map(|arm| arm.title.clone());
    // In order: what the intervention sets, what all arms have in common, what was typed for this arm.
    let all = &prepared.scenario.overrides;
    let common = baseline.scenario.overrides.len();
    let of_intervention = all.len().saturating_sub(common + arm.changes.len());
    let own = all.iter().take(of_intervention).chain(all.iter().skip(of_intervention + common));
    ArmRuns {
        name: arm.name.clone(),
        title: title.unwrap_or_default(),
        changes: own.cloned().collect(),
        layout: prepared.simulation.layout().clone(),
        outcomes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arm_is_a_name_or_a_name_with_a_change() {
        assert_eq!(parse("private-channel").unwrap(), ("private-channel", None));
        assert_eq!(parse("a1: x.y=12:30").unwrap(), ("a1", Some("x.y=12:30")));
        for wrong in ["", "Up", "x y", "x.y=1", ": x=1"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
