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

/// Twelve times a parameter is drawn from its prior, one run is made with it, and the parameter is calibrated to what that run shows of three
/// messages. The 90 % interval covers the truth about as often as it says: with 90 % fewer than seven of twelve are seen with probability 5e-4,
/// and fewer than six with 5e-5, which is the bound; all twelve are to be expected in 28 % of cases. That the posterior learns something is the
/// second claim: on average its interval is less than two thirds of that of the prior.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn a_parameter_of_the_scenario_is_recovered_from_simulated_data() {
    let id = "canada-saudi-2018";
    let mut request = Request::new(Source::new(id, bundled::scenario(id).unwrap().text));
    request.set.push("network.accounts=20000".to_owned());
    let base = Base::read(&request).unwrap();
    let simulation = Simulation::new(&base.with(&[]).unwrap(), 1).unwrap();
    let scenarios = [Scenario { id, base, layout: simulation.layout(), recorded: &[] }];
    let varied = ["dispositions.sharing.infectiousness=0.0002:0.02:log".to_owned()];
    let parameters = parameters(&varied, &scenarios[0].base).unwrap();
    let outcomes =
        ["message.may-23.shares", "message.freeland-aug-2.shares", "message.canadafp-aug-3.shares"];
    let target = |outcome: &str, value| Target {
        scenario: 0,
        outcome: outcome.to_owned(),
        unit: Unit::Shares,
        value,
        source: String::new(),
    };
    let stop = AtomicBool::new(false);
    let (n, mut covered, mut width) = (12_u32, 0, 0.0);
    for set in 0..n {
        let uniform = RunKey::new(5, 0).uniform(Purpose::new("test.truth"), Subject::new(set, 0));
        let truth = parameters[0].at(uniform);
        let unknown: Vec<Target> = outcomes.iter().map(|outcome| target(outcome, 0.0)).collect();
        let all = (&scenarios[..], &parameters[..], &unknown[..]);
        let world = Calibration::new(all, (1, 1), 1, (&Silent, &stop)).unwrap();
        // Generation 0 makes no proposals: its runs are those of the data.
        let data = world.statistics(&Proposal { generation: 0, number: set, values: vec![truth] });
        let targets: Vec<Target> =
            outcomes.iter().zip(&data).map(|(outcome, &value)| target(outcome, value)).collect();
        let all = (&scenarios[..], &parameters[..], &targets[..]);
        let calibration = Calibration::new(all, (1, 1), 2, (&Silent, &stop)).unwrap();
        let plan = Plan {
            particles: 60,
            keep: 0.5,
            generations: 3,
            least_acceptance: 0.01,
            proposals: 3000,
            seed: u64::from(set),
        };
        let marginal = calibration.posterior(&plan).unwrap().marginal(0);
        let (low, high) = (weighted(&marginal, 0.05), weighted(&marginal, 0.95));
        covered += u64::from((low..=high).contains(&truth));
        // In shares of the 90 % interval of the prior, 0.9·ln 100.
        width += (high / low).ln() / (0.9 * 100.0_f64.ln()) / f64::from(n);
    }
    let too_few = binomial::at_most(covered, u64::from(n), 0.9);
    assert!(too_few > 5e-5, "{covered} of {n} intervals hold the truth (p = {too_few})");
    assert!(width < 2.0 / 3.0, "intervals are {width} of those of the prior");
}
