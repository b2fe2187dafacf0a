//! Events of a scenario that hardly ever happen, and their probability by splitting.
//!
//! An event is an outcome that reaches a number: a rung between two states, or so many shares of a message. On the way there a run is
//! watched by a number that grows with it: the highest rung so far with the tension on top, or the shares so far.

use super::splitting::{Branching, High, Lineage};
use crate::model::ids::ScriptId;
use crate::model::outcome::Layout;
use crate::model::setting::Setting;
use crate::simulation::branch::Nearness;
use crate::simulation::{Simulation, Worker};
use crate::text::{list, nearest};

/// An outcome that reaches a number.
#[derive(Debug, Clone, PartialEq)]
pub struct RareEvent {
    /// Id of the outcome.
    pub outcome: String,
    /// The number that it reaches.
    pub target: f64,
    /// What is watched on the way.
    pub nearness: Nearness,
    /// What it means, for people.
    pub description: String,
}

/// Why a text is no event of a scenario.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventError {
    /// It has no `>=`.
    #[error(
        "`{text}` is not an event\n\nhint: allowed: `OUTCOME >= NUMBER`, such as `dyad.SA-CA.peak_rung >= 9`"
    )]
    Form {
        /// What was given.
        text: String,
    },
    /// The outcome does not exist, or nothing grows on the way to it.
    #[error("`{outcome}` can't be made rare: {why}\n\nhint: {hint}")]
    Outcome {
        /// What was given.
        outcome: String,
        /// What is wrong with it.
        why: &'static str,
        /// What is allowed.
        hint: String,
    },
    /// The number is none, or can't be reached.
    #[error("`{value}` is not a number that `{outcome}` can reach\n\nhint: allowed: {allowed}")]
    Target {
        /// What was given.
        value: String,
        /// The outcome.
        outcome: String,
        /// What is allowed.
        allowed: String,
    },
}

impl RareEvent {
    /// Reads `OUTCOME >= NUMBER`; a rung may be given by its id instead of its number.
    pub fn parse(text: &str, simulation: &Simulation) -> Result<Self, EventError> {
        let (outcome, value) =
            text.split_once(">=").ok_or_else(|| EventError::Form { text: text.to_owned() })?;
        let (outcome, value) = (outcome.trim(), value.trim());
        let (setting, layout) = (simulation.setting(), simulation.layout());
        let known = layout.outcomes.iter().find(|spec| spec.id == outcome);
        let nearness = known.and_then(|_| nearness_of(outcome, setting));
        let (Some(spec), Some(nearness)) = (known, nearness) else {
            return Err(refused(outcome, layout, setting));
        };
        let target = target(value, outcome, nearness, setting)?;
        let description = format!("{} at least {value}", spec.description);
        Ok(Self { outcome: outcome.to_owned(), target, nearness, description })
    }
}

/// What is watched on the way to an outcome; `None` if there is nothing.
fn nearness_of(outcome: &str, setting: &Setting) -> Option<Nearness> {
    let (path, name) = outcome.rsplit_once('.')?;
    match (path.split_once('.')?, name) {
        (("dyad", pair), "peak_rung") => {
            let dyads =
                setting.states.iter().flat_map(|from| setting.states.iter().map(move |to| (from, to)));
            let dyad = dyads.into_iter().position(|(from, to)| pair == format!("{}-{}", from.id, to.id))?;
            Some(Nearness::Rung { dyad })
        }
        (("message", message), "shares") => {
            let script = setting.script.messages.iter().position(|script| script.id == message)?;
            Some(Nearness::Shares(ScriptId::new(script)))
        }
        _ => None,
    }
}

fn refused(outcome: &str, layout: &Layout, setting: &Setting) -> EventError {
    let ids = || layout.outcomes.iter().map(|spec| spec.id.as_str());
    let possible = || ids().filter(|id| nearness_of(id, setting).is_some());
    let is_known = ids().any(|id| id == outcome);
    let hint = match nearest(outcome, possible()).filter(|_| !is_known) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("allowed: {}", list(possible())),
    };
    let why = if is_known {
        "only rungs of a dyad and shares of a message grow on the way there"
    } else {
        "it is not the id of an outcome"
    };
    EventError::Outcome { outcome: outcome.to_owned(), why, hint }
}

fn target(value: &str, outcome: &str, nearness: Nearness, setting: &Setting) -> Result<f64, EventError> {
    let refused =
        |allowed| EventError::Target { value: value.to_owned(), outcome: outcome.to_owned(), allowed };
    let number: Option<f64> = value.replace('_', "").parse().ok().filter(|number: &f64| number.is_finite());
    match nearness {
        Nearness::Rung { .. } => {
            let by_id = setting.ladder.iter().position(|rung| rung.id == value).map(|rung| rung as f64);
            let highest = setting.ladder.len().saturating_sub(1);
            let is_rung = |number: &f64| number.fract() == 0.0 && (1.0..=highest as f64).contains(number);
            number.or(by_id).filter(is_rung).ok_or_else(|| {
                let ids = setting.ladder.iter().skip(1).map(|rung| rung.id.as_str());
                refused(format!("a rung from 1 to {highest}, or one of {}", list(ids)))
            })
        }
        Nearness::Shares(_) => number
            .filter(|number| *number > 0.0)
            .ok_or_else(|| refused("a number above 0, such as `50_000`".into())),
    }
}

/// The runs of a simulation, watched on the way to one event.
#[derive(Debug, Clone, Copy)]
pub struct Watched<'a> {
    simulation: &'a Simulation,
    nearness: Nearness,
}

impl<'a> Watched<'a> {
    /// The runs of `simulation` on the way to `event`.
    pub fn new(simulation: &'a Simulation, event: &RareEvent) -> Self {
        Self { simulation, nearness: event.nearness }
    }
}

impl<'a> Branching for Watched<'a> {
    type Worker = Worker<'a>;

    fn worker(&self) -> Worker<'a> {
        self.simulation.worker()
    }

    fn highs(&self, lineage: &Lineage, worker: &mut Worker<'a>) -> Vec<High> {
        let highs = self.simulation.highs(lineage.run, &lineage.branches, self.nearness, worker);
        highs.into_iter().map(|(step, score)| High { step, score }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::replicates::{Silent, replicates};
    use crate::experiment::splitting::{Plan, estimate};
    use crate::scenario::{Request, bundled, load};
    use std::sync::atomic::AtomicBool;

    fn simulation() -> Simulation {
        let mut request = Request::new(bundled::scenario("canada-saudi-2018").unwrap());
        request.set.push("network.accounts=20000".to_owned());
        Simulation::new(&load(&request).unwrap(), 1).unwrap()
    }

    /// A run without branches comes to the event exactly if the ordinary run of that index has the outcome.
    #[test]
    fn an_ordinary_run_reaches_the_target_exactly_if_its_outcome_does() {
        let simulation = simulation();
        let outcomes = replicates(&simulation, 0..60, 2, &Silent, &AtomicBool::new(false)).unwrap();
        let mut reached = Vec::new();
        for text in
            ["dyad.SA-CA.peak_rung >= 5", "message.arabic-tweet.shares >= 1", "dyad.CA-SA.peak_rung >= 1"]
        {
            let event = RareEvent::parse(text, &simulation).unwrap();
            let index =
                simulation.layout().outcomes.iter().position(|spec| spec.id == event.outcome).unwrap();
            let watched = Watched::new(&simulation, &event);
            let mut worker = watched.worker();
            for outcome in &outcomes {
                let lineage = Lineage { run: outcome.run, branches: Vec::new() };
                let highs = watched.highs(&lineage, &mut worker);
                assert!(
                    highs.windows(2).all(|pair| pair[0].score < pair[1].score && pair[0].step < pair[1].step)
                );
                let happened = outcome.scalars[index] >= event.target;
                assert_eq!(
                    highs.last().is_some_and(|high| high.score >= event.target),
                    happened,
                    "{text} {lineage:?}"
                );
                reached.push(happened);
            }
        }
        assert!(reached.iter().any(|&one| one) && reached.iter().any(|&one| !one));
    }

    /// Up to the event after which it branches a run is the one that it branches off; afterwards it is another.
    #[test]
    fn a_branch_shares_its_past_and_not_its_future() {
        let simulation = simulation();
        let event = RareEvent::parse("dyad.SA-CA.peak_rung >= 9", &simulation).unwrap();
        let watched = Watched::new(&simulation, &event);
        let mut worker = watched.worker();
        let mut differ = 0;
        for run in 0..30 {
            let whole = watched.highs(&Lineage { run, branches: Vec::new() }, &mut worker);
            let step = whole[whole.len() / 2].step;
            let branch = watched.highs(&Lineage { run, branches: vec![(step, 1)] }, &mut worker);
            let until =
                |highs: &[High]| highs.iter().copied().filter(|high| high.step <= step).collect::<Vec<_>>();
            assert_eq!(until(&whole), until(&branch), "run {run}");
            differ += u32::from(whole != branch);
        }
        assert!(differ > 10, "{differ}");
    }

    /// A probability that brute force can see too: both agree within 3.9 standard errors of their difference.
    #[test]
    fn splitting_agrees_with_plain_runs_of_a_scenario() {
        let simulation = simulation();
        let text = "dyad.CA-SA.peak_rung >= 7";
        let event = RareEvent::parse(text, &simulation).unwrap();
        let plan = Plan { target: event.target, particles: 100, kill: 10, repeats: 30, threads: 2, seed: 1 };
        let found =
            estimate(&Watched::new(&simulation, &event), &plan, &|| (), &AtomicBool::new(false)).unwrap();
        let n = 6000;
        let from = 1_000_000;
        let outcomes = replicates(&simulation, from..from + n, 2, &Silent, &AtomicBool::new(false)).unwrap();
        let index = simulation.layout().outcomes.iter().position(|spec| spec.id == event.outcome).unwrap();
        let p = outcomes.iter().filter(|outcome| outcome.scalars[index] >= event.target).count() as f64
            / n as f64;
        let error = (p * (1.0 - p) / n as f64 + found.standard_error * found.standard_error).sqrt();
        assert!((0.001..0.2).contains(&p), "{p}");
        assert!((found.p - p).abs() < 3.9 * error, "{} against {p} ± {error}", found.p);
    }

    #[test]
    fn what_is_no_event_is_refused_with_what_is_allowed() {
        let simulation = simulation();
        let refused = |text: &str| RareEvent::parse(text, &simulation).unwrap_err().to_string();
        assert!(refused("dyad.SA-CA.peak_rung > 9").contains("OUTCOME >= NUMBER"));
        assert!(refused("dyad.SA-CA.peak_rnug >= 9").contains("did you mean `dyad.SA-CA.peak_rung`"));
        assert!(refused("market.TSX.drawdown >= 9").contains("only rungs"));
        assert!(refused("dyad.SA-CA.peak_rung >= 99").contains("a rung from 1 to"));
        assert!(refused("message.arabic-tweet.shares >= -1").contains("above 0"));
        let by_id = &simulation.setting().ladder[4].id;
        let event = RareEvent::parse(&format!("dyad.SA-CA.peak_rung >= {by_id}"), &simulation).unwrap();
        assert_eq!(event.target, 4.0);
    }
}
