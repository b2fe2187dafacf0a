//! Plans of sweeps that go with bundled scenarios: each is read, belongs to its scenario, and every point of it can be simulated.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use twiplomacy::experiment::replicates::{Silent, replicates};
use twiplomacy::scenario::bundled;
use twiplomacy::scenario::plan_file::{SweepTable, Varied, read_plan};
use twiplomacy::simulation::Simulation;
use twiplomacy::study::sweep::{Planned, planned_in};
use twiplomacy::text::Sources;

fn read(id: &str) -> (SweepTable, Vec<Varied>) {
    let plan = bundled::plan(id).unwrap();
    let mut sources = Sources::new();
    let source = sources.add(plan.name, plan.text);
    read_plan(&sources, source).unwrap_or_else(|failure| panic!("{failure}"))
}

fn planned(id: &str) -> Planned {
    let small = ["network.accounts=16000".to_owned()];
    let plan = bundled::plan(id).unwrap();
    planned_in(&plan, (&small, None, None)).unwrap_or_else(|error| panic!("{id}: {error}"))
}

#[test]
fn every_plan_is_that_of_its_scenario_and_gives_a_curve_or_a_map() {
    for bundled in bundled::plans() {
        let (sweep, varied) = read(bundled.id);
        assert_eq!(*sweep.scenario, bundled.id);
        assert!((1..=2).contains(&varied.len()), "{}: {} parameters", bundled.id, varied.len());
        let planned = planned(bundled.id);
        assert!((4..=60).contains(&planned.sweep.points.len()), "{}", bundled.id);
        let scenario = planned.base.with(&[]).unwrap();
        assert_eq!(scenario.file.scenario.tier, 3, "{}", bundled.id);
        assert!(!scenario.file.outcomes.highlight.is_empty(), "{}: nothing to plot", bundled.id);
    }
}

/// The ends of every range, and with them both ends of all others.
#[test]
fn the_outermost_points_of_every_plan_can_be_simulated() {
    for bundled in bundled::plans() {
        let Planned { base, sweep } = planned(bundled.id);
        let settings = sweep.settings();
        let ends: BTreeSet<usize> = [0, settings.len() - 1].into();
        for point in ends {
            let scenario = base.with(&settings[point]).unwrap_or_else(|failure| panic!("{failure}"));
            let simulation = Simulation::new(&scenario, sweep.seed).unwrap();
            let outcomes = replicates(&simulation, 0..1, 1, &Silent, &AtomicBool::new(false)).unwrap();
            assert!(outcomes[0].events > 0, "{}", bundled.id);
        }
    }
}
