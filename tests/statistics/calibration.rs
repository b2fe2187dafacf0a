//! Calibration of the real simulation: parameters that data were made with are found again.

use std::sync::atomic::AtomicBool;
use twiplomacy::engine::streams::{Purpose, RunKey, Subject};
use twiplomacy::experiment::abc::{Plan, Proposal};
use twiplomacy::experiment::calibration::{Calibration, Scenario, Target};
use twiplomacy::experiment::parameters::parameters;
use twiplomacy::experiment::replicates::Silent;
use twiplomacy::model::outcome::Unit;
use twiplomacy::scenario::{Base, Request, Source, bundled};
use twiplomacy::simulation::Simulation;
use twiplomacy::stats::binomial;
use twiplomacy::stats::quantile::weighted;

/// Eight times a parameter is drawn from its prior, one run is made with it, and the parameter is calibrated to what the first market did in
/// that run. The 90 % interval covers the truth about as often as it says: with 90 %, fewer than three of eight are seen with probability
/// 2e-5; all eight are to be expected in 43 % of cases. That something is learnt is the second claim: the return falls by a quarter of a
/// per cent for each per cent of the parameter, with a deviation of 1.5 %, so that the interval is about 60 % of that of the prior.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn a_parameter_of_the_scenario_is_recovered_from_simulated_data() {
    let id = "tariff-thread-2019";
    let mut request = Request::new(Source::new(id, bundled::scenario(id).unwrap().text));
    request.set.push("network.accounts=30000".to_owned());
    let base = Base::read(&request).unwrap();
    let simulation = Simulation::new(&base.with(&[]).unwrap(), 1).unwrap();
    let scenarios = [Scenario { id, base, layout: simulation.layout(), recorded: &[] }];
    let varied = ["dispositions.news_pricing.direct=5 %:40 %".to_owned()];
    let parameters = parameters(&varied, &scenarios[0].base).unwrap();
    let target = |value| Target {
        scenario: 0,
        outcome: "market.SSE.first_session_return".to_owned(),
        unit: Unit::Fraction,
        value,
        source: String::new(),
    };
    let stop = AtomicBool::new(false);
    let (n, mut covered, mut width) = (8_u32, 0, 0.0);
    for set in 0..n {
        let uniform = RunKey::new(5, 0).uniform(Purpose::new("test.truth"), Subject::new(set, 0));
        let truth = parameters[0].at(uniform);
        let unknown = [target(0.0)];
        let all = (&scenarios[..], &parameters[..], &unknown[..]);
        let world = Calibration::new(all, (1, 1), 1, (&Silent, &stop)).unwrap();
        // Generation 0 makes no proposals: its runs are those of the data.
        let data = world.statistics(&Proposal { generation: 0, number: set, values: vec![truth] });
        let targets = [target(data[0])];
        let all = (&scenarios[..], &parameters[..], &targets[..]);
        let calibration = Calibration::new(all, (1, 1), 2, (&Silent, &stop)).unwrap();
        let (particles, seed) = (24, u64::from(set));
        let plan =
            Plan { particles, keep: 0.5, generations: 2, least_acceptance: 0.01, proposals: 500, seed };
        let marginal = calibration.posterior(&plan).unwrap().marginal(0);
        let (low, high) = (weighted(&marginal, 0.05), weighted(&marginal, 0.95));
        covered += u64::from((low..=high).contains(&truth));
        // In shares of the 90 % interval of the prior.
        width += (high - low) / (0.9 * 35.0) / f64::from(n);
    }
    let too_few = binomial::at_most(covered, u64::from(n), 0.9);
    assert!(too_few > 5e-5, "{covered} of {n} intervals hold the truth (p = {too_few})");
    assert!(width < 0.85, "intervals are {width} of those of the prior");
}
