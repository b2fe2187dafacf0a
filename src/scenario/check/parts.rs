//! What can be read of files that may have problems elsewhere.

use crate::mechanisms::trading;
use crate::scenario::file::{
    Account, ForcedAct, Header, Issue, Message, NetworkChoice, OfflineEvent, Outcomes, Recorded,
};
use crate::scenario::platform_file::{Bots, Label, Mute, Pin, Quote, Suspension};
use crate::scenario::society_file::{Mobilisation, Recognition};
use crate::scenario::world_file::{
    ActCode, Country, Dyad, Instrument, Ladder, Market, Outlet, PublicChange, Role, State, VolatilityIndex,
};
use crate::text::{FromValue, Path, Reader, Value};
use std::collections::BTreeMap;

/// The sections, and of tables the entries, that could be read.
pub(super) struct Parts {
    pub(super) header: Option<Header>,
    pub(super) network: Option<NetworkChoice>,
    pub(super) accounts: BTreeMap<String, Account>,
    pub(super) issues: BTreeMap<String, Issue>,
    pub(super) messages: BTreeMap<String, Message>,
    pub(super) acts: BTreeMap<String, ForcedAct>,
    pub(super) offline: BTreeMap<String, OfflineEvent>,
    pub(super) bots: BTreeMap<String, Bots>,
    pub(super) quotes: BTreeMap<String, Quote>,
    pub(super) pins: BTreeMap<String, Pin>,
    pub(super) labels: BTreeMap<String, Label>,
    pub(super) mutes: BTreeMap<String, Mute>,
    pub(super) suspensions: BTreeMap<String, Suspension>,
    pub(super) recognitions: BTreeMap<String, Recognition>,
    pub(super) mobilisations: BTreeMap<String, Mobilisation>,
    pub(super) outcomes: Option<Outcomes>,
    pub(super) recorded: BTreeMap<String, Recorded>,
    pub(super) countries: BTreeMap<String, Country>,
    pub(super) roles: BTreeMap<String, Role>,
    pub(super) publics: BTreeMap<String, PublicChange>,
    pub(super) outlets: BTreeMap<String, Outlet>,
    pub(super) states: BTreeMap<String, State>,
    pub(super) dyads: BTreeMap<String, Dyad>,
    pub(super) ladder: Option<Ladder>,
    pub(super) codes: BTreeMap<String, ActCode>,
    pub(super) instruments: BTreeMap<String, Instrument>,
    pub(super) markets: BTreeMap<String, Market>,
    pub(super) volatility_indices: BTreeMap<String, VolatilityIndex>,
    pub(super) trading: Option<trading::Params>,
}

impl Parts {
    /// Reads what can be read. What is wrong is not told again.
    pub(super) fn read(scenario: &Value, world: &Value) -> Self {
        Self {
            header: section(scenario, "scenario"),
            network: section(scenario, "network"),
            accounts: entries(scenario, &["accounts"]),
            issues: entries(scenario, &["issues"]),
            messages: entries(scenario, &["events", "messages"]),
            acts: entries(scenario, &["events", "acts"]),
            offline: entries(scenario, &["events", "offline"]),
            bots: entries(scenario, &["events", "bots"]),
            quotes: entries(scenario, &["events", "quotes"]),
            pins: entries(scenario, &["events", "pins"]),
            labels: entries(scenario, &["events", "labels"]),
            mutes: entries(scenario, &["events", "mutes"]),
            suspensions: entries(scenario, &["events", "suspensions"]),
            recognitions: entries(scenario, &["events", "recognitions"]),
            mobilisations: entries(scenario, &["events", "mobilisations"]),
            outcomes: section(scenario, "outcomes"),
            recorded: entries(scenario, &["recorded"]),
            countries: entries(world, &["countries"]),
            roles: entries(world, &["roles"]),
            publics: entries(world, &["publics"]),
            outlets: entries(world, &["outlets"]),
            states: entries(world, &["states"]),
            dyads: entries(world, &["dyads"]),
            ladder: section(world, "ladder"),
            codes: entries(world, &["acts"]),
            instruments: entries(world, &["instruments"]),
            markets: entries(world, &["markets"]),
            volatility_indices: entries(world, &["volatility_indices"]),
            trading: world.get("dispositions").and_then(|table| section(table, "trading")),
        }
    }
}

fn section<T: FromValue>(tree: &Value, key: &str) -> Option<T> {
    T::read(tree.get(key)?, &mut Reader::new())
}

fn entries<T: FromValue>(tree: &Value, segments: &[&str]) -> BTreeMap<String, T> {
    let path: Path = segments.iter().copied().collect();
    let table = path.find(tree).and_then(Value::as_table);
    let entries = table.into_iter().flatten();
    entries
        .filter_map(|(key, entry)| Some((key.clone(), T::read(&entry.value, &mut Reader::new())?)))
        .collect()
}
