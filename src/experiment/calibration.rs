//! Calibration: values of uncertain parameters under which scenarios show what is on record, by [`super::abc`].
//!
//! One set of values holds for all scenarios. Each proposal has random numbers of its own: history is one draw, and on common numbers the
//! chance in it would pass for knowledge of the parameters.

use super::abc::{self, Plan, Posterior, Proposal, Simulator};
use super::parameters::{Parameter, Prior};
use super::replicates::{Progress, ReplicatesError};
use crate::model::outcome::{Layout, RecordedRole, RecordedValue, Unit};
use crate::scenario::{Base, Failure, Request, Source, load, template};
use crate::simulation::Simulation;
use crate::simulation::networks::Networks;
use crate::text::{Value, inline, list, nearest};
use rayon::prelude::*;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where the tables begin that calibration may change: what is shared by all scenarios.
const SHARED: &str = "dispositions.";

/// One of the scenarios.
#[derive(Debug)]
pub struct Scenario<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its files.
    pub base: Base,
    /// The meaning of its outcomes.
    pub layout: &'a Layout,
    /// What is on record.
    pub recorded: &'a [RecordedValue],
}

/// A value that the simulation shall show.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Index of the scenario.
    pub scenario: usize,
    /// Id of the outcome.
    pub outcome: String,
    /// Its unit.
    pub unit: Unit,
    /// The value.
    pub value: f64,
    /// Where it comes from.
    pub source: String,
}

/// Why a target is none.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetError {
    /// No such outcome.
    #[error("`{id}` is not the id of an outcome{of}\n\nhint: {hint}")]
    Outcome {
        /// What was given.
        id: String,
        /// Of what; empty for several scenarios.
        of: String,
        /// What is meant, perhaps.
        hint: String,
    },
    /// More than one scenario has it.
    #[error("`{id}` is an outcome of several scenarios\n\nhint: name one, such as `{first}:{id}`")]
    Several {
        /// The outcome.
        id: String,
        /// The first scenario that has it.
        first: String,
    },
    /// It is kept for the test.
    #[error(
        "`{id}` is marked {role} in `{scenario}` and never used to fit: what was fitted to it could not be tested on it\n\nhint: {hint}"
    )]
    Kept {
        /// The outcome.
        id: String,
        /// How it is marked.
        role: &'static str,
        /// The scenario.
        scenario: String,
        /// What may be used.
        hint: String,
    },
    /// Nothing is on record.
    #[error("`{id}` has no recorded value in `{scenario}`\n\nhint: give one, such as `{id}=VALUE`")]
    Unrecorded {
        /// The outcome.
        id: String,
        /// The scenario.
        scenario: String,
    },
    /// The value is none of the outcome.
    #[error("`{text}` is not a value of `{id}`\n\nhint: allowed: {allowed}")]
    Value {
        /// What was given.
        text: String,
        /// The outcome.
        id: String,
        /// What would be right.
        allowed: &'static str,
    },
    /// The same twice.
    #[error("`{0}` is a target twice\n\nhint: name each once")]
    Twice(String),
    /// There is none at all.
    #[error(
        "no recorded value is marked `fitted` in {0}\n\nhint: name targets, such as `--target OUTCOME=VALUE`"
    )]
    None(String),
}

/// The targets in `texts`, each `[SCENARIO:]OUTCOME[=VALUE]`; all recorded values marked `fitted` if there are none.
///
/// # Errors
///
/// Where an outcome is unknown, has no value, or is marked as held out or as a control.
pub fn targets(texts: &[String], scenarios: &[Scenario<'_>]) -> Result<Vec<Target>, TargetError> {
    if texts.is_empty() {
        let found: Vec<Target> =
            (0..scenarios.len()).flat_map(|index| fitted(index, &scenarios[index])).collect();
        let ids = || list(scenarios.iter().map(|scenario| scenario.id));
        return if found.is_empty() { Err(TargetError::None(ids())) } else { Ok(found) };
    }
    let mut found: Vec<Target> = Vec::new();
    for text in texts {
        let target = target(text, scenarios)?;
        if found.iter().any(|known| known.scenario == target.scenario && known.outcome == target.outcome) {
            return Err(TargetError::Twice(target.outcome));
        }
        found.push(target);
    }
    Ok(found)
}

fn fitted(index: usize, scenario: &Scenario<'_>) -> Vec<Target> {
    let of = |value: &RecordedValue| {
        let spec = scenario.layout.outcomes.iter().find(|spec| spec.id == value.outcome)?;
        Some(Target {
            scenario: index,
            outcome: value.outcome.clone(),
            unit: spec.unit,
            value: value.value,
            source: value.source.clone(),
        })
    };
    scenario.recorded.iter().filter(|value| value.role == RecordedRole::Fitted).filter_map(of).collect()
}

fn target(text: &str, scenarios: &[Scenario<'_>]) -> Result<Target, TargetError> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (text.trim(), None),
    };
    let named = scenarios
        .iter()
        .position(|scenario| name.strip_prefix(scenario.id).is_some_and(|rest| rest.starts_with(':')));
    let id = named.map_or(name, |index| &name[scenarios[index].id.len() + 1..]);
    let has = |scenario: &Scenario<'_>| scenario.layout.outcomes.iter().find(|spec| spec.id == id).cloned();
    let searched: Vec<usize> = named.map_or_else(|| (0..scenarios.len()).collect(), |index| vec![index]);
    let having: Vec<usize> =
        searched.iter().copied().filter(|&index| has(&scenarios[index]).is_some()).collect();
    let index = match having.as_slice() {
        [index] => *index,
        [] => return Err(unknown(id, &searched, scenarios)),
        [first, ..] => {
            return Err(TargetError::Several { id: id.to_owned(), first: scenarios[*first].id.to_owned() });
        }
    };
    let scenario = &scenarios[index];
    let Some(spec) = has(scenario) else { return Err(unknown(id, &searched, scenarios)) };
    let recorded = scenario.recorded.iter().find(|value| value.outcome == id);
    if let Some(kept) = recorded.filter(|value| value.role != RecordedRole::Fitted) {
        let may = fitted(index, scenario);
        let hint = match may.as_slice() {
            [] => "name another outcome with a value, such as `--target OUTCOME=VALUE`".to_owned(),
            may => format!("marked fitted: {}", list(may.iter().map(|target| target.outcome.as_str()))),
        };
        let (role, scenario) = (kept.role.name(), scenario.id.to_owned());
        return Err(TargetError::Kept { id: id.to_owned(), role, scenario, hint });
    }
    let (value, source) = match (value, recorded) {
        (Some(text), _) => (in_unit(text, id, spec.unit)?, "given".to_owned()),
        (None, Some(recorded)) => (recorded.value, recorded.source.clone()),
        (None, None) => {
            return Err(TargetError::Unrecorded { id: id.to_owned(), scenario: scenario.id.to_owned() });
        }
    };
    Ok(Target { scenario: index, outcome: id.to_owned(), unit: spec.unit, value, source })
}

fn unknown(id: &str, searched: &[usize], scenarios: &[Scenario<'_>]) -> TargetError {
    let ids = searched
        .iter()
        .flat_map(|&index| scenarios[index].layout.outcomes.iter())
        .map(|spec| spec.id.as_str());
    let hint = nearest(id, ids).map_or_else(
        || "`twiplomacy describe SCENARIO --outcomes` lists them".to_owned(),
        |meant| format!("did you mean `{meant}`?"),
    );
    let of = match searched {
        [index] => format!(" of `{}`", scenarios[*index].id),
        _ => String::new(),
    };
    TargetError::Outcome { id: id.to_owned(), of, hint }
}

/// A typed value in the unit of its outcome.
fn in_unit(text: &str, id: &str, unit: Unit) -> Result<f64, TargetError> {
    let (allowed, suffix, factor) = match unit {
        Unit::YesNo => {
            let truth = match text {
                "yes" | "true" | "1" => Some(1.0),
                "no" | "false" | "0" => Some(0.0),
                _ => None,
            };
            let refused =
                || TargetError::Value { text: text.to_owned(), id: id.to_owned(), allowed: "`yes` or `no`" };
            return truth.ok_or_else(refused);
        }
        Unit::Fraction | Unit::Share => ("a percentage such as `-0.45 %`, or a fraction", "%", 0.01),
        Unit::Hours => ("a number of hours, such as `7.5 h`", "h", 1.0),
        _ => ("a number", "", 1.0),
    };
    let refused = || TargetError::Value { text: text.to_owned(), id: id.to_owned(), allowed };
    let (number, factor) = match text.strip_suffix(suffix).filter(|_| !suffix.is_empty()) {
        Some(number) => (number.trim(), factor),
        None => (text, 1.0),
    };
    let number: f64 = number.replace('_', "").parse().map_err(|_| refused())?;
    if number.is_finite() { Ok(number * factor) } else { Err(refused()) }
}

/// Whether calibration may change a parameter: only what is shared by all scenarios.
pub fn is_shared(parameter: &Parameter) -> bool {
    parameter.path.starts_with(SHARED)
}

/// What is simulated for one proposal.
pub struct Calibration<'a> {
    /// The scenarios.
    pub scenarios: &'a [Scenario<'a>],
    /// The parameters.
    pub parameters: &'a [Parameter],
    /// What they shall show.
    pub targets: &'a [Target],
    /// Runs behind each proposal; targets are compared with their mean.
    pub replicates: u64,
    /// Seed of networks and runs.
    pub seed: u64,
    networks: Networks,
    pool: rayon::ThreadPool,
    progress: &'a dyn Progress,
    stop: &'a AtomicBool,
}

impl fmt::Debug for Calibration<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.scenarios.iter().map(|scenario| scenario.id).collect();
        f.debug_struct("Calibration")
            .field("scenarios", &ids)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl<'a> Calibration<'a> {
    /// Ready to simulate on `threads` threads; results do not depend on them.
    ///
    /// # Errors
    ///
    /// Where threads can't be started.
    pub fn new(
        (scenarios, parameters, targets): (&'a [Scenario<'a>], &'a [Parameter], &'a [Target]),
        (replicates, seed): (u64, u64),
        threads: usize,
        (progress, stop): (&'a dyn Progress, &'a AtomicBool),
    ) -> Result<Self, ReplicatesError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|error| ReplicatesError::Threads { threads, reason: error.to_string() })?;
        let networks = Networks::new();
        Ok(Self { scenarios, parameters, targets, replicates, seed, networks, pool, progress, stop })
    }

    /// Samples the posterior.
    ///
    /// # Errors
    ///
    /// Where it is stopped.
    pub fn posterior(&self, plan: &Plan) -> Result<Posterior, ReplicatesError> {
        let priors: Vec<Prior> = self.parameters.iter().map(|parameter| parameter.prior).collect();
        let observed: Vec<f64> = self.targets.iter().map(|target| target.value).collect();
        abc::sample(self, &priors, &observed, plan)
    }

    /// Each target in the runs of one proposal, on average over those in which it exists; NaN where a scenario can't be built.
    pub fn statistics(&self, proposal: &Proposal) -> Vec<f64> {
        let changes: Vec<String> = self
            .parameters
            .iter()
            .zip(&proposal.values)
            .map(|(parameter, &value)| parameter.change(value))
            .collect();
        let mut statistics = vec![f64::NAN; self.targets.len()];
        for (index, scenario) in self.scenarios.iter().enumerate() {
            let places: Vec<(usize, usize)> = (self.targets.iter().enumerate())
                .filter(|(_, target)| target.scenario == index)
                .filter_map(|(place, target)| {
                    let column =
                        scenario.layout.outcomes.iter().position(|spec| spec.id == target.outcome)?;
                    Some((place, column))
                })
                .collect();
            if places.is_empty() {
                continue;
            }
            let built = scenario.base.with(&changes).ok();
            let built = built.and_then(|built| Simulation::sharing(&built, self.seed, &self.networks).ok());
            let Some(simulation) = built else { continue };
            // Generation 0 is nobody's: those are the runs that `run` makes.
            let first = (u64::from(proposal.generation) << 48) + u64::from(proposal.number) * self.replicates;
            let mut worker = simulation.worker();
            let mut sums = vec![(0.0, 0.0); places.len()];
            for run in first..first + self.replicates {
                let outcome = simulation.run(run, &mut worker);
                for (sum, &(_, column)) in sums.iter_mut().zip(&places) {
                    let value = outcome.scalars[column];
                    if !value.is_nan() {
                        *sum = (sum.0 + value, sum.1 + 1.0);
                    }
                }
            }
            for (&(place, _), (sum, n)) in places.iter().zip(sums) {
                statistics[place] = sum / n;
            }
        }
        statistics
    }
}

impl Simulator for Calibration<'_> {
    type Error = ReplicatesError;

    fn simulate(&self, proposals: &[Proposal]) -> Result<Vec<Vec<f64>>, ReplicatesError> {
        let one = |proposal: &Proposal| {
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            let statistics = self.statistics(proposal);
            self.progress.run_ended();
            Some(statistics)
        };
        let all: Option<Vec<Vec<f64>>> = self.pool.install(|| proposals.par_iter().map(one).collect());
        all.ok_or(ReplicatesError::Stopped)
    }
}

/// One parameter as calibrated.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibrated {
    /// The value as scenario files write it.
    pub value: String,
    /// What the value rests on.
    pub source: String,
}

/// The text of `world` with parameters set to what was calibrated, each marked as fitted: a world file like any other.
///
/// # Errors
///
/// Where the world does not take a value.
pub fn world_with(
    world: &[Source],
    parameters: &[Parameter],
    values: &[Calibrated],
) -> Result<String, Failure> {
    let quoted = |text: &str| inline(&Value::text(text));
    let change = |(parameter, calibrated): (&Parameter, &Calibrated)| {
        let value = match parameter.unit.as_str() {
            "" => calibrated.value.clone(),
            _ => quoted(&calibrated.value),
        };
        let source = quoted(&calibrated.source);
        format!("{}={{ value = {value}, basis = \"fitted\", source = {source} }}", parameter.path)
    };
    let request = Request {
        scenario: Source::new("template", template::TEXT),
        world: world.to_vec(),
        set: parameters.iter().zip(values).map(change).collect(),
        arm: None,
    };
    load(&request).map(|scenario| scenario.world_text)
}

#[cfg(test)]
mod tests {
    use super::super::parameters::parameters;
    use super::super::replicates::Silent;
    use super::*;
    use crate::scenario::bundled;
    use crate::simulation::named::Named;

    struct Loaded {
        base: Base,
        simulation: Simulation,
        named: Named,
    }

    fn loaded(id: &str) -> Loaded {
        let mut request = Request::new(Source::new(id, bundled::scenario(id).unwrap().text));
        request.set.push("network.accounts=20000".to_owned());
        let base = Base::read(&request).unwrap();
        let scenario = base.with(&[]).unwrap();
        let simulation = Simulation::new(&scenario, 1).unwrap();
        let named = Named::of(&scenario, simulation.layout()).unwrap();
        Loaded { base, simulation, named }
    }

    fn scenario<'a>(id: &'a str, loaded: &'a Loaded) -> Scenario<'a> {
        let (layout, recorded) = (loaded.simulation.layout(), &loaded.named.recorded);
        Scenario { id, base: loaded.base.clone(), layout, recorded }
    }

    #[test]
    fn targets_are_fitted_values_and_never_what_is_kept_for_the_test() {
        let (canada, tariff) = (loaded("canada-saudi-2018"), loaded("tariff-thread-2019"));
        let both = [scenario("canada-saudi-2018", &canada), scenario("tariff-thread-2019", &tariff)];
        let read =
            |texts: &[&str]| targets(&texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>(), &both);
        let all = read(&[]).unwrap();
        assert!(all.len() > 3 && all.iter().any(|t| t.scenario == 0) && all.iter().any(|t| t.scenario == 1));
        let marked = |t: &Target| {
            let recorded = both[t.scenario].recorded.iter().find(|value| value.outcome == t.outcome);
            recorded.map(|value| value.role)
        };
        assert!(all.iter().all(|target| marked(target) == Some(RecordedRole::Fitted)));
        for kept in both[0].recorded.iter().filter(|value| value.role != RecordedRole::Fitted) {
            for text in [
                format!("canada-saudi-2018:{}", kept.outcome),
                format!("canada-saudi-2018:{}=1", kept.outcome),
            ] {
                let refused = read(&[&text]).unwrap_err();
                assert!(matches!(refused, TargetError::Kept { .. }), "{text}: {refused}");
                assert!(refused.to_string().contains("hint: marked fitted: "), "{refused}");
            }
        }
        let typed = read(&["message.thread-1.depth=3", "market.DAX.drawdown=-1.5 %"]).unwrap();
        assert_eq!((typed[0].scenario, typed[0].value, typed[1].value), (1, 3.0, -0.015));
        for (text, told) in [
            ("message.arabic-tweet.sharess=1", "did you mean `message.arabic-tweet.shares`?"),
            ("message.arabic-tweet.depth", "has no recorded value"),
            ("message.arabic-tweet.depth=deep", "allowed: a number"),
            ("world.loss_usd=1", "name one, such as `canada-saudi-2018:world.loss_usd`"),
        ] {
            let refused = read(&[text]).unwrap_err().to_string();
            assert!(refused.contains(told), "{text}: {refused}");
        }
        let twice = read(&["message.arabic-tweet.depth=1", "message.arabic-tweet.depth=2"]).unwrap_err();
        assert!(matches!(twice, TargetError::Twice(_)));
    }

    #[test]
    fn results_are_the_same_for_any_number_of_threads_and_become_a_world() {
        let canada = loaded("canada-saudi-2018");
        let scenarios = [scenario("canada-saudi-2018", &canada)];
        let texts = [
            "dispositions.sharing.infectiousness=0.0001:0.001:log".to_owned(),
            "dispositions.response.review=24 h:96 h".to_owned(),
        ];
        let parameters = parameters(&texts, &scenarios[0].base).unwrap();
        let targets = targets(&["message.arabic-tweet.shares=2000".to_owned()], &scenarios).unwrap();
        let plan = Plan {
            particles: 20,
            keep: 0.5,
            generations: 2,
            least_acceptance: 0.01,
            proposals: 1000,
            seed: 1,
        };
        let stop = AtomicBool::new(false);
        let sampled = |threads| {
            let all = (&scenarios[..], &parameters[..], &targets[..]);
            let calibration = Calibration::new(all, (1, 1), threads, (&Silent, &stop)).unwrap();
            calibration.posterior(&plan).unwrap()
        };
        let found = sampled(2);
        assert_eq!(found, sampled(1));
        assert_eq!(found.particles.len(), 20);
        let calibrated =
            |value: &str| Calibrated { value: value.to_owned(), source: "a test \"quoted\"".to_owned() };
        let text = world_with(&bundled::world(), &parameters, &[calibrated("0.0005"), calibrated("30.5 h")])
            .unwrap();
        let mut request =
            Request::new(Source::new("c", bundled::scenario("canada-saudi-2018").unwrap().text));
        request.world = vec![Source::new("world.toml", text)];
        let base = Base::read(&request).unwrap();
        let note = |path: &str| {
            base.with(&[]).unwrap().parameters.into_iter().find(|note| note.path == path).unwrap()
        };
        let shared = note("dispositions.sharing.infectiousness");
        assert_eq!((shared.value.as_str(), shared.basis.name()), ("0.0005", "fitted"));
        assert_eq!(note("dispositions.response.review").value, "\"30.5 h\"");
        assert_eq!(note("dispositions.response.review").source, "a test \"quoted\"");
    }
}
