//! Scenarios, plans of sweeps and the world that are part of the program.

use super::Source;

/// A scenario or plan that is part of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bundled {
    /// Id of the scenario.
    pub id: &'static str,
    /// The file.
    pub text: &'static str,
}

/// The text of each named file in a folder of the crate.
macro_rules! embed {
    ($folder:literal: $($name:literal)*) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $name, ".toml")))),*]
    };
}

/// Scenarios by file name, in order of tier, then id.
const SCENARIOS: &[(&str, &str)] = embed!(
    "scenarios":
    // Measured.
    "account-hijack-2020" "canada-saudi-2018" "covert-operation" "deleted-tweet-2012" "fake-news-2016" "microtargeting-2018"
    "recognition-2020" "soleimani-2020" "tariff-thread-2019" "welcome-tweet-2017"
    // In words.
    "g7-insult-2019" "leaked-cables-2010" "map-label-2013" "mutual-follow-2015" "paris-ottawa-quebec-2020"
    "platform-recognition-2013" "proto-diplomacy-2017" "provincial-dissent-2015" "trade-facts-2018" "wartime-frames-2014"
    // Structural.
    "broadcast-or-dialogue" "buying-centrality" "crowd-knowledge" "data-early-warning" "knowledge-base"
    "listening-languages" "medium-latency" "press-review" "public-diplomacy-share" "state-account-hijack"
    "virtual-embassies" "virtual-summits"
);

/// Plans of sweeps by the id of their scenario.
const PLANS: &[(&str, &str)] = embed!(
    "scenarios/plans":
    "broadcast-or-dialogue" "buying-centrality" "crowd-knowledge" "data-early-warning" "knowledge-base"
    "listening-languages" "medium-latency" "press-review" "public-diplomacy-share" "virtual-embassies"
    "virtual-summits"
);

/// Parts of the world by file name.
const WORLD: &[(&str, &str)] = embed!(
    "scenarios/world":
    "countries" "roles" "publics" "outlets" "states" "dyads" "ladder" "instruments" "markets" "dispositions"
);

/// All bundled scenarios, in order of tier, then id.
pub fn scenarios() -> impl ExactSizeIterator<Item = Bundled> {
    SCENARIOS.iter().map(|(id, text)| Bundled { id, text })
}

/// The bundled scenario `id`.
pub fn scenario(id: &str) -> Option<Source> {
    scenarios().find(|bundled| bundled.id == id).map(|bundled| Source::new(id, bundled.text))
}

/// Plans of sweeps that are part of the program, by the id of their scenario.
pub fn plans() -> impl ExactSizeIterator<Item = Bundled> {
    PLANS.iter().map(|(id, text)| Bundled { id, text })
}

/// The plan of a sweep of the bundled scenario `id`, if it has one.
pub fn plan(id: &str) -> Option<Source> {
    let plan = plans().find(|bundled| bundled.id == id)?;
    Some(Source::new(format!("plan of {id}"), plan.text))
}

/// The parts of the bundled world.
pub fn world() -> Vec<Source> {
    WORLD.iter().map(|(name, text)| Source::new(format!("world/{name}.toml"), *text)).collect()
}
