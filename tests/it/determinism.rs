//! A run is a function of scenario, seed and run index, whoever simulates it, after whatever else.

use crate::bundled::{SEED, ids, small, small_simulation};
use std::sync::atomic::AtomicBool;
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::model::outcome::{ActRow, Outcome, StopReason};
use twiplomacy::simulation::Simulation;

/// Enough for several chunks on three threads.
const RUNS: u64 = 70;

/// An outcome in which equal bits are equal: NaN included, and 0 is not −0.
type Bits<'a> = (u64, StopReason, u64, Vec<u64>, &'a [ActRow], Vec<u32>);

fn bits(outcome: &Outcome) -> Bits<'_> {
    let scalars = outcome.scalars.iter().map(|value| value.to_bits()).collect();
    let series = outcome.series.iter().map(|value| value.to_bits()).collect();
    (outcome.run, outcome.stop, outcome.events, scalars, &outcome.acts, series)
}

fn simulate(simulation: &Simulation, runs: std::ops::Range<u64>, threads: usize) -> Vec<Outcome> {
    replicates(simulation, runs, threads, &Silent, &AtomicBool::new(false)).unwrap()
}

fn assert_same(left: &[Outcome], right: &[Outcome], what: &str) {
    assert_eq!(left.len(), right.len(), "{what}");
    for (left, right) in left.iter().zip(right) {
        assert!(bits(left) == bits(right), "{what}: run {} differs from run {}", left.run, right.run);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    for id in ids() {
        let simulation = small_simulation(id);
        let alone = simulate(&simulation, 0..RUNS, 1);
        assert!(alone.iter().map(|outcome| outcome.run).eq(0..RUNS), "{id}: runs are out of order");
        for threads in [2, 3] {
            assert_same(
                &alone,
                &simulate(&simulation, 0..RUNS, threads),
                &format!("{id} on {threads} threads"),
            );
        }
    }
}

#[test]
fn runs_may_be_split_anywhere() {
    for id in ids() {
        let simulation = small_simulation(id);
        let whole = simulate(&simulation, 0..RUNS, 2);
        for cut in [1, 16, 33, RUNS - 1] {
            let parts = [simulate(&simulation, 0..cut, 2), simulate(&simulation, cut..RUNS, 1)].concat();
            assert_same(&whole, &parts, &format!("{id} split at {cut}"));
        }
    }
}

#[test]
fn the_memory_of_a_worker_changes_nothing() {
    for id in ids() {
        let simulation = small_simulation(id);
        let mut used = simulation.worker();
        let upwards: Vec<Outcome> = (0..10).map(|run| simulation.run(run, &mut used)).collect();
        let mut downwards: Vec<Outcome> = (0..10).rev().map(|run| simulation.run(run, &mut used)).collect();
        downwards.reverse();
        assert_same(&upwards, &downwards, &format!("{id} in another order"));
        let fresh: Vec<Outcome> = (0..10).map(|run| simulation.run(run, &mut simulation.worker())).collect();
        assert_same(&upwards, &fresh, &format!("{id} with fresh memory"));
    }
}

#[test]
fn a_replay_gives_the_run_again_and_tells_of_each_of_its_acts() {
    for id in ids() {
        let simulation = small_simulation(id);
        let mut worker = simulation.worker();
        for run in [0, 7, 1_000_000] {
            let outcome = simulation.run(run, &mut worker);
            let (again, timeline) = simulation.replay(run);
            assert_same(&[outcome], std::slice::from_ref(&again), &format!("{id} replayed"));
            assert!(timeline.windows(2).all(|pair| pair[0].time <= pair[1].time), "{id}, run {run}");
            for act in &again.acts {
                let is_told = timeline.iter().any(|entry| {
                    // What is done on the platform may stand there under the name of the rule that told it.
                    entry.id == act.id || !act.is_diplomatic() && entry.time == act.time
                });
                assert!(is_told, "{id}, run {run}, {}", act.id);
            }
        }
    }
}

#[test]
fn a_simulation_built_again_is_the_same() {
    for id in ids() {
        let first = simulate(&small_simulation(id), 0..5, 1);
        assert_same(&first, &simulate(&small_simulation(id), 0..5, 1), &format!("{id} built again"));
    }
}

#[test]
fn another_seed_and_another_run_are_others() {
    for id in ids() {
        // Several, since a scenario with few acts and no market can come out the same twice.
        let first = simulate(&small_simulation(id), 0..8, 1);
        let other = simulate(&Simulation::new(&small(id), SEED + 1).unwrap(), 0..8, 1);
        let scalars =
            |outcomes: &[Outcome]| outcomes.iter().map(|outcome| bits(outcome).3).collect::<Vec<_>>();
        let (first, other) = (scalars(&first), scalars(&other));
        assert!(first != other, "{id}: seeds {SEED} and {} agree", SEED + 1);
        assert!(first.iter().any(|run| *run != first[0]), "{id}: all runs agree");
    }
}
