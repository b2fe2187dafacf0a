//! One run: a pure function of scenario, seed and run index.
//!
//! [`Simulation::new`] builds what all runs share (network, script, markets). [`Simulation::run`] simulates one run with the
//! memory of a [`Worker`], which never changes the result.

pub mod branch;
pub mod build;
pub mod film;
pub mod named;
pub mod networks;
pub mod scale;

use crate::engine::streams::RunKey;
use crate::engine::{self, Agenda, Budget, Model, Stop};
use crate::mechanisms::{Dispositions, Mechanisms};
use crate::model::custom::Custom;
use crate::model::event::Event;
use crate::model::outcome::{Layout, Outcome, StopReason};
use crate::model::setting::Setting;
use crate::model::timeline::TimelineEntry;
use crate::model::world::World;
use crate::observers::Observers;
use crate::scenario::Scenario;
use crate::units::SimTime;
pub use build::BuildError;
use networks::Networks;
use std::sync::Arc;

/// Events after which a run is stopped as incomplete: hundreds of times what a bundled scenario needs.
pub const EVENT_BUDGET: u64 = 20_000_000;

/// A scenario ready to be run with one seed.
#[derive(Debug)]
pub struct Simulation {
    seed: u64,
    setting: Setting,
    dispositions: Dispositions,
    layout: Layout,
    custom: Option<Arc<dyn Custom>>,
}

impl Simulation {
    /// Builds everything that the runs of `scenario` with `seed` share.
    ///
    /// # Errors
    ///
    /// Where the scenario asks for more than can be built, such as too few accounts for the audiences named.
    pub fn new(scenario: &Scenario, seed: u64) -> Result<Self, BuildError> {
        Self::sharing(scenario, seed, &Networks::new())
    }

    /// The same with a network from `networks` if it is there.
    ///
    /// # Errors
    ///
    /// As [`Self::new`].
    pub fn sharing(scenario: &Scenario, seed: u64, networks: &Networks) -> Result<Self, BuildError> {
        let setting = build::setting(scenario, seed, networks)?;
        build::check_rule(scenario.world.dispositions.diffusion.rule, setting.network.n_edges() as u64)?;
        let layout = crate::observers::layout(&setting);
        if let Some(id) = crate::observers::unmeasured(&setting, &layout) {
            return Err(BuildError::Unresolved { what: "outcomes", name: id.to_owned() });
        }
        Ok(Self { seed, setting, dispositions: scenario.world.dispositions.clone(), layout, custom: None })
    }

    /// The same with a rule of the user's own, which is asked about decisions and acts in every run.
    #[must_use]
    pub fn with_custom(self, custom: Arc<dyn Custom>) -> Self {
        Self { custom: Some(custom), ..self }
    }

    /// What is fixed for all runs.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The meaning of each column of an outcome.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Seed of the network and of all runs.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Memory for runs, to be reused by one thread after another.
    pub fn worker(&self) -> Worker<'_> {
        let mut world = World::new(&self.setting);
        world.custom = self.custom.as_deref();
        Worker {
            state: State {
                world,
                mechanisms: Mechanisms::new(&self.dispositions, &self.setting),
                observers: Observers::new(&self.setting, &self.layout),
            },
            agenda: Agenda::default(),
        }
    }

    /// Simulates run number `run`.
    pub fn run(&self, run: u64, worker: &mut Worker<'_>) -> Outcome {
        worker.state.world.timeline = None;
        self.simulate(run, worker)
    }

    /// Simulates run number `run` and writes down what happened in it.
    pub fn replay(&self, run: u64) -> (Outcome, Vec<TimelineEntry>) {
        let mut worker = self.worker();
        worker.state.world.timeline = Some(Vec::new());
        let outcome = self.simulate(run, &mut worker);
        (outcome, worker.state.world.timeline.take().unwrap_or_default())
    }

    fn simulate(&self, run: u64, worker: &mut Worker<'_>) -> Outcome {
        let Worker { state, agenda } = worker;
        agenda.reset();
        state.world.reset(RunKey::new(self.seed, run));
        state.world.run = run;
        state.observers.reset();
        state.mechanisms.begin(&mut state.world, agenda);
        let budget = Budget { horizon: self.setting.horizon, events: EVENT_BUDGET };
        let (stop, events) = engine::run(state, agenda, budget);
        let stop = match stop {
            Stop::Finished => StopReason::Finished,
            Stop::Horizon => StopReason::Horizon,
            Stop::EventBudget => StopReason::EventBudget,
        };
        state.observers.finish(&state.world, run, stop, events)
    }
}

/// Memory for runs.
#[derive(Debug)]
pub struct Worker<'a> {
    state: State<'a>,
    agenda: Agenda<Event>,
}

#[derive(Debug)]
struct State<'a> {
    world: World<'a>,
    mechanisms: Mechanisms,
    observers: Observers<'a>,
}

impl Model for State<'_> {
    type Event = Event;

    fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
        self.mechanisms.react(event, &mut self.world, agenda);
    }

    fn advance(&mut self, from: SimTime, to: SimTime) {
        self.observers.advance(&self.world, from, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::custom::Decision;
    use crate::model::event::Act;
    use crate::model::ids::{AccountId, MessageId, RungId};
    use crate::model::outcome::ActRow;
    use crate::scenario::{Request, Source, bundled, load};
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Mutex;

    /// All scenarios are made small.
    const SMALL: &str = "network.accounts=30000";

    fn small(id: &str) -> Simulation {
        small_with(id, SMALL)
    }

    fn small_with(id: &str, set: &str) -> Simulation {
        let bundled = bundled::scenario(id).unwrap();
        let mut request = Request::new(Source::new(id, bundled.text));
        request.set.extend([SMALL, set].map(str::to_owned));
        Simulation::new(&load(&request).unwrap(), 1).unwrap()
    }

    /// Says of every decision and every act what its function says, and counts how often it was asked.
    #[derive(Debug, Default)]
    struct Rule {
        silent: bool,
        idle: bool,
        asked: Mutex<BTreeMap<u64, u32>>,
    }

    impl Custom for Rule {
        fn decision(&self, proposed: &Decision, world: &World<'_>) -> RungId {
            *self.asked.lock().unwrap().entry(world.run).or_default() += 1;
            assert!((0.0..1.0).contains(&proposed.draw(world)));
            if self.silent { RungId::NONE } else { proposed.rung }
        }

        fn act(&self, proposed: &Act, _: &World<'_>) -> Option<Act> {
            (!self.idle).then_some(*proposed)
        }
    }

    #[test]
    fn a_custom_rule_that_objects_to_nothing_changes_nothing_and_one_that_does_is_obeyed() {
        let plain = small("canada-saudi-2018");
        let outcomes = |simulation: &Simulation| -> Vec<Outcome> {
            let mut worker = simulation.worker();
            (0..30).map(|run| simulation.run(run, &mut worker)).collect()
        };
        let rows = |outcomes: &[Outcome]| -> Vec<(Vec<u64>, Vec<ActRow>)> {
            let bits = |outcome: &Outcome| outcome.scalars.iter().map(|value| value.to_bits()).collect();
            outcomes.iter().map(|outcome| (bits(outcome), outcome.acts.clone())).collect()
        };
        let with = |rule: Rule| {
            let rule = Arc::new(rule);
            let simulation = small("canada-saudi-2018").with_custom(Arc::clone(&rule) as _);
            (outcomes(&simulation), rule)
        };
        let unchanged = outcomes(&plain);
        let (same, rule) = with(Rule::default());
        assert_eq!(rows(&same), rows(&unchanged));
        let asked = rule.asked.lock().unwrap();
        assert_eq!(asked.keys().copied().collect::<Vec<_>>(), (0..30).collect::<Vec<_>>());
        let (silent, _) = with(Rule { silent: true, ..Rule::default() });
        let answers = |outcomes: &[Outcome]| {
            outcomes.iter().flat_map(|outcome| &outcome.acts).filter(|act| act.rung > 0).count()
        };
        assert!(answers(&unchanged) > 0 && answers(&silent) == 0, "{}", answers(&silent));
        let (idle, _) = with(Rule { idle: true, ..Rule::default() });
        let is_diplomatic =
            |act: &&ActRow| plain.layout().codes[usize::from(act.code)].0.parse::<u32>().is_ok();
        assert_eq!(idle.iter().flat_map(|outcome| &outcome.acts).filter(is_diplomatic).count(), 0);
    }

    /// Between them these have an index of volatility, people who set out, a crowd that gathers, and a ministry that waits to be misread.
    #[test]
    fn to_tell_every_mechanism_of_every_fact_changes_nothing() {
        let waits = r#"events.messages.answer.after={ message = "programme", misread = 0.0 }"#;
        let cases = [
            ("tariff-thread-2019", SMALL),
            ("welcome-tweet-2017", SMALL),
            ("crowd-knowledge", "states.FR.crowd_review=1"),
            ("broadcast-or-dialogue", waits),
        ];
        for (id, set) in cases {
            let simulation = small_with(id, set);
            let mut worker = simulation.worker();
            let mut told = simulation.worker();
            told.state.mechanisms =
                Mechanisms::new(&simulation.dispositions, &simulation.setting).heeding_all();
            for run in 0..8 {
                let [heeding, all] = [&mut worker, &mut told].map(|worker| simulation.run(run, worker));
                let bits = |outcome: &Outcome| -> Vec<u64> {
                    let series = outcome.series.iter().map(|value| u64::from(value.to_bits()));
                    outcome.scalars.iter().map(|value| value.to_bits()).chain(series).collect()
                };
                assert_eq!((heeding.events, &heeding.acts), (all.events, &all.acts), "{id}, run {run}");
                assert_eq!(bits(&heeding), bits(&all), "{id}, run {run}");
            }
        }
    }

    #[test]
    fn rules_that_look_at_every_link_are_refused_on_networks_of_full_size() {
        use crate::mechanisms::Rule;
        for &rule in Rule::ALL {
            assert!(build::check_rule(rule, 2_000_000).is_ok());
            let refused = build::check_rule(rule, 12_000_000_000).map_err(|error| error.to_string());
            match rule {
                Rule::Full | Rule::IndependentCascade | Rule::Sir => assert_eq!(refused, Ok(())),
                Rule::LinearThreshold | Rule::ComplexContagion | Rule::Hawkes => {
                    let text = refused.unwrap_err();
                    assert!(text.contains(rule.name()) && text.contains("hint: choose `full`"), "{text}");
                }
            }
        }
    }

    #[test]
    fn in_every_cascade_sharers_follow_whom_they_share_from_and_share_once() {
        let simulation = small("tariff-thread-2019");
        let network = &simulation.setting().network;
        let mut worker = simulation.worker();
        let mut shares = 0;
        for run in 0..10 {
            simulation.run(run, &mut worker);
            let world = &worker.state.world;
            for id in (0..world.messages.len()).map(MessageId::new) {
                let nodes = world.spread(id).cascade.nodes();
                let mut sharers = BTreeSet::new();
                for (idx, node) in nodes.iter().enumerate().skip(1) {
                    let parent = nodes[node.parent as usize];
                    assert!(
                        (node.parent as usize) < idx
                            && parent.time <= node.time
                            && node.depth == parent.depth + 1
                    );
                    assert!(network.followers(parent.account).binary_search(&node.account.0).is_ok());
                    assert!(sharers.insert(node.account), "{:?} shared twice", node.account);
                    assert_eq!(f64::from(node.weight), f64::from(network.weight_of(node.account) as f32));
                }
                shares += sharers.len();
            }
        }
        assert!(shares > 1000, "{shares}");
    }

    #[test]
    fn what_publics_saw_is_a_share_and_impressions_are_the_audiences_of_those_who_shared() {
        let simulation = small("canada-saudi-2018");
        let network = &simulation.setting().network;
        let mut worker = simulation.worker();
        for run in 0..10 {
            simulation.run(run, &mut worker);
            let world = &worker.state.world;
            for id in (0..world.messages.len()).map(MessageId::new) {
                let spread = world.spread(id);
                let audience = |account: AccountId| -> f64 {
                    network
                        .followers(account)
                        .iter()
                        .map(|&follower| network.weight_of(AccountId(follower)))
                        .sum()
                };
                let expected: f64 = spread.cascade.nodes().iter().map(|node| audience(node.account)).sum();
                let counted: f64 = spread.impressions.iter().sum();
                assert!((counted - expected).abs() <= 1e-6 * expected, "{counted} {expected}");
                let seen = (0..network.publics().len())
                    .map(|public| spread.seen_share(crate::model::ids::PublicId::new(public)));
                assert!(seen.clone().all(|share| (0.0..=1.0).contains(&share)));
            }
        }
    }

    #[test]
    fn the_commonest_outcome_over_all_messages_heard_is_no_response() {
        for id in ["canada-saudi-2018", "tariff-thread-2019"] {
            let simulation = small(id);
            let mut chosen = vec![0_u32; simulation.setting().ladder.len()];
            let mut worker = simulation.worker();
            for run in 0..200 {
                simulation.run(run, &mut worker);
                let world = &worker.state.world;
                for hearing in &world.hearings {
                    // What calls for no decision of its own is not counted: it is no decision to stay silent.
                    if let Some(rung) = hearing.answer {
                        chosen[rung.idx()] += 1;
                    }
                }
            }
            let answers = &chosen[1..];
            assert!(chosen[0] > answers.iter().sum(), "{id}: {chosen:?}");
            assert!(answers.iter().filter(|&&count| count > 0).count() >= 6, "{id}: {chosen:?}");
        }
    }
}
