//! Several scenarios against what is on record.

use super::making::{Making, manifest_of_input};
use super::prepare::{Prepared, prepare};
use super::{BASELINE, StudyError, Terms, stopped};
use crate::experiment::backtest::{Backtest, Case};
use crate::experiment::replicates::replicates;
use crate::report::backtest as report;
use crate::report::bundle::{self, BundleFile};
use crate::report::json;
use crate::report::manifest::{Input, Manifest};
use crate::scenario::{Request, Source, load, template};
use crate::text::ParameterNote;

/// All scenarios, each ready to be run; mistakes in them show before the first run.
pub fn prepare_all(requests: &[Request], seed: u64) -> Result<Vec<Prepared>, StudyError> {
    let prepared: Vec<Prepared> =
        requests.iter().map(|request| prepare(request, seed)).collect::<Result<_, _>>()?;
    for (idx, one) in prepared.iter().enumerate() {
        if prepared[..idx].iter().any(|other| other.id() == one.id()) {
            return Err(StudyError::asked(format!(
                "two scenarios have the id `{}`\n\nhint: name each scenario once",
                one.id()
            )));
        }
    }
    Ok(prepared)
}

/// The parameters of a scenario that sets none of its own, on the world `world`; what `set` sets of the dispositions holds for it, too.
pub fn shared(world: &[Source], set: &[String]) -> Result<Vec<ParameterNote>, StudyError> {
    let mut request = Request::new(Source::new("template", template::TEXT));
    request.world = world.to_vec();
    let is_disposition = |text: &&String| text.starts_with("dispositions.");
    request.set = set.iter().filter(is_disposition).cloned().collect();
    Ok(load(&request).map_err(StudyError::asked)?.parameters)
}

/// Makes `runs` runs of each scenario and scores them; `shared` are the parameters that all have in common.
pub fn simulate(
    prepared: &[Prepared],
    shared: &[ParameterNote],
    (seed, runs): (u64, u64),
    terms: Terms<'_>,
) -> Result<Backtest, StudyError> {
    let of_scenario = |prepared: &Prepared| {
        let outcomes = replicates(&prepared.simulation, 0..runs, terms.threads, terms.progress, terms.stop);
        let outcomes = outcomes.map_err(stopped)?;
        Ok(Case::of(&prepared.scenario, &prepared.simulation, &prepared.named, outcomes))
    };
    let cases: Vec<Case> = prepared.iter().map(of_scenario).collect::<Result<_, StudyError>>()?;
    Ok(Backtest::of(seed, &cases, shared))
}

/// The files of a back-test.
pub fn files(backtest: &Backtest, manifest: &Manifest) -> [BundleFile; 3] {
    [
        BundleFile::new(bundle::BACKTEST_MARKDOWN, report::markdown(backtest)),
        BundleFile::new(bundle::BACKTEST_JSON, json::to_bytes(&report::json(backtest))),
        BundleFile::new(bundle::MANIFEST, manifest.to_bytes()),
    ]
}

/// How the runs of all scenarios were made; the fingerprints are those of their texts one after another.
pub fn manifest(
    prepared: &[Prepared],
    set: &[String],
    numbers: (u64, u64, usize),
    making: &Making,
) -> Manifest {
    let joined = |text: fn(&Prepared) -> &str| prepared.iter().map(text).collect::<Vec<_>>().join("\n");
    let scenario = joined(|prepared| &prepared.scenario.scenario_text);
    let world = joined(|prepared| &prepared.scenario.world_text);
    let ids: Vec<&str> = prepared.iter().map(Prepared::id).collect();
    let input = Input::of(&ids.join(", "), &scenario, &world);
    manifest_of_input(input, BASELINE, set.to_vec(), numbers, making)
}
