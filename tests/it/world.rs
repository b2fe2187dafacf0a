//! The shared world and the bundled scenarios as data: every file is read, numbers add up, names exist, and the
//! calendars open and close when the exchanges did.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use twiplomacy::model::calendar::{Calendar, TradingWeek};
use twiplomacy::scenario::file::{Measured, ScenarioFile};
use twiplomacy::scenario::world_file::{
    ActCode, Country, Dyad, Instrument, Ladder, Market, Outlet, PublicChange, Role, State, VolatilityIndex,
    Week,
};
use twiplomacy::text::Path as TreePath;
use twiplomacy::text::{Failure, FromValue, Problems, Reader, Sources, Spanned, Value, merge, parse, set};
use twiplomacy::units::{Probability, UtcTime};

/// Tables of the world that a scenario may lay its own over.
const OVERLAID: [&str; 9] = [
    "countries",
    "publics",
    "states",
    "dyads",
    "markets",
    "outlets",
    "instruments",
    "volatility_indices",
    "dispositions",
];

/// Everything under `scenarios/`, by file name, with the texts that places in the trees refer to.
struct Files {
    sources: Sources,
    world: BTreeMap<String, Value>,
    scenarios: BTreeMap<String, Value>,
}

impl Files {
    fn open() -> Self {
        let mut files =
            Self { sources: Sources::default(), world: BTreeMap::new(), scenarios: BTreeMap::new() };
        files.world = files.trees_in("scenarios/world");
        files.scenarios = files.trees_in("scenarios");
        files
    }

    #[expect(clippy::disallowed_methods, reason = "the test reads the shipped files")]
    fn trees_in(&mut self, folder: &str) -> BTreeMap<String, Value> {
        let entries = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).read_dir().unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut trees = BTreeMap::new();
        for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("format = 1\n"), "{name} does not begin with its format");
            let source = self.sources.add(name.as_str(), text);
            let (mut tree, problems) = parse(&self.sources, source);
            self.check(problems);
            tree.as_table_mut().unwrap().remove("format");
            trees.insert(name, tree);
        }
        trees
    }

    /// Panics with all problems, drawn for people.
    fn check(&self, problems: Problems) {
        assert!(problems.is_empty(), "{}", Failure::new(self.sources.clone(), problems));
    }

    fn read<T: FromValue>(&self, value: &Value) -> T {
        let mut reader = Reader::new();
        let read = T::read(value, &mut reader);
        self.check(reader.finish().0);
        read.unwrap()
    }

    /// A scenario without the tables that it lays over the world's.
    fn scenario(&self, name: &str) -> ScenarioFile {
        let mut tree = self.scenarios[name].clone();
        tree.as_table_mut().unwrap().retain(|key, _| !OVERLAID.contains(&key.as_str()));
        self.read(&tree)
    }
}

/// The world, its dispositions aside.
struct World {
    countries: BTreeMap<String, Country>,
    roles: BTreeMap<String, Role>,
    publics: BTreeMap<String, PublicChange>,
    outlets: BTreeMap<String, Outlet>,
    states: BTreeMap<String, State>,
    dyads: BTreeMap<String, Dyad>,
    ladder: Ladder,
    acts: BTreeMap<String, ActCode>,
    instruments: BTreeMap<String, Instrument>,
    markets: BTreeMap<String, Market>,
    volatility_indices: BTreeMap<String, VolatilityIndex>,
}

impl World {
    fn read() -> Self {
        Self::with(&Files::open(), None)
    }

    /// The world with the tables of a scenario laid over its own.
    fn with(files: &Files, scenario: Option<&str>) -> Self {
        let mut tree = Value::empty_table();
        for file in files.world.values() {
            merge(&mut tree, file.clone());
        }
        if let Some(mut over) = scenario.map(|name| files.scenarios[name].clone()) {
            over.as_table_mut().unwrap().retain(|key, _| OVERLAID.contains(&key.as_str()));
            merge(&mut tree, over);
        }
        let table = |key| tree.get(key).unwrap();
        Self {
            countries: files.read(table("countries")),
            roles: files.read(table("roles")),
            publics: files.read(table("publics")),
            outlets: files.read(table("outlets")),
            states: files.read(table("states")),
            dyads: files.read(table("dyads")),
            ladder: files.read(table("ladder")),
            acts: files.read(table("acts")),
            instruments: files.read(table("instruments")),
            markets: files.read(table("markets")),
            volatility_indices: files.read(table("volatility_indices")),
        }
    }

    fn rungs(&self) -> BTreeSet<&str> {
        self.ladder.rungs.iter().map(|rung| rung.id.as_str()).collect()
    }

    fn languages(&self) -> BTreeSet<&str> {
        self.countries.values().flat_map(|country| country.languages.keys().map(String::as_str)).collect()
    }

    /// Users of a country or of a public beside those of country and role.
    fn users(&self, name: &str) -> u64 {
        let country = self.countries.get(name).map(|country| *country.users);
        country
            .or_else(|| self.publics.get(name)?.users)
            .unwrap_or_else(|| panic!("no country or public `{name}`"))
    }
}

fn sum<'a>(shares: impl IntoIterator<Item = &'a Probability>) -> f64 {
    shares.into_iter().map(|share| share.get()).sum()
}

fn utc(text: &str) -> UtcTime {
    UtcTime::from_unix_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
}

#[test]
fn users_are_the_platform_and_shares_add_up() {
    let world = World::read();
    assert_eq!(world.countries.values().map(|country| *country.users).sum::<u64>(), 326_000_000);
    let roles: f64 = world.roles.values().map(|role| (*role.share).get()).sum();
    assert!((roles - 1.0).abs() < 1e-9, "{roles}");
    for (name, market) in &world.markets {
        assert!(sum(market.revenue.values()) <= 1.0, "{name}");
    }
    for (name, role) in &world.roles {
        let is_named =
            world.publics.values().any(|public| public.role.as_ref().is_some_and(|own| **own == *name));
        assert!((*role.share).get() > 0.0 || is_named, "nobody has the role `{name}`");
    }
}

#[test]
fn nobody_has_more_followers_in_a_country_than_it_has_users() {
    let world = World::read();
    let outlets = world.outlets.iter().map(|(name, outlet)| (name, *outlet.followers, &*outlet.audience));
    let voices =
        world.states.iter().map(|(name, state)| (name, state.voice_followers, &*state.voice_audience));
    for (name, followers, audience) in outlets.chain(voices) {
        assert!(sum(audience.values()) <= 1.0 + 1e-9, "{name}");
        for (place, share) in audience {
            assert!(followers as f64 * share.get() <= 0.75 * world.users(place) as f64, "{name} in {place}");
        }
    }
}

#[test]
fn names_that_the_world_refers_to_exist() {
    let world = World::read();
    let (rungs, languages) = (world.rungs(), world.languages());
    for (name, state) in &world.states {
        let spoken = state.monitors.keys().chain(state.voice_languages.iter().map(|language| &**language));
        assert!(spoken.into_iter().all(|language| languages.contains(language.as_str())), "{name}");
        assert!(world.countries.contains_key(&*state.country), "{name}");
        assert!(state.instruments.iter().all(|id| world.instruments.contains_key(&**id)), "{name}");
        assert!(state.propensity.value.abs() <= 1.5, "{name}");
    }
    for (name, dyad) in &world.dyads {
        let (actor, target) = name.split_once('-').unwrap();
        assert!(
            world.states.contains_key(actor) && world.dyads.contains_key(&format!("{target}-{actor}")),
            "{name}"
        );
        let owned = &world.states[actor].instruments;
        assert!(dyad.exempt.iter().all(|id| owned.iter().any(|own| **own == **id)), "{name}");
    }
    for (code, act) in &world.acts {
        assert!(act.rung.as_ref().is_none_or(|rung| rungs.contains(rung.as_str())), "{code}");
        if let Some(harsher) = &act.heard_as {
            assert!(world.acts[&**harsher].weight <= act.weight, "{code} is not milder than {}", **harsher);
        }
    }
    for (name, instrument) in &world.instruments {
        assert!(
            world.acts.contains_key(&*instrument.act) && rungs.contains(instrument.rung.as_str()),
            "{name}"
        );
        assert!(
            world.states.values().any(|state| state.instruments.iter().any(|id| **id == *name)),
            "{name}"
        );
    }
    assert!(world.volatility_indices.values().all(|index| world.markets.contains_key(&*index.market)));
}

#[test]
fn the_ladder_ascends_and_packages_can_be_filled() {
    let world = World::read();
    let (first, higher) = world.ladder.rungs.split_first().unwrap();
    assert!(first.threshold.is_none());
    let thresholds: Vec<_> = higher.iter().map(|rung| rung.threshold.as_ref().unwrap().value).collect();
    assert!(thresholds.is_sorted_by(|lower, higher| lower < higher), "{thresholds:?}");
    for rung in higher.iter().filter(|rung| rung.package.is_some()) {
        let on_rung = world.instruments.values().filter(|instrument| *instrument.rung == *rung.id);
        assert!(on_rung.count() >= 1, "no instrument stands on `{}`", *rung.id);
    }
}

#[test]
fn markets_open_when_the_exchanges_did() {
    let world = World::read();
    let calendars: BTreeMap<_, _> =
        world.markets.iter().map(|(name, market)| (name.as_str(), calendar(market))).collect();
    let first_opening = |name: &str, after: &str| {
        let from = utc(after);
        let days =
            calendars[name].trading_days(from, UtcTime::from_unix_ms(from.unix_ms() + 14 * 86_400_000));
        days.iter().map(|day| day.sessions[0].open).find(|open| *open > from).unwrap()
    };
    for (name, opening) in [
        ("SSE", "2019-05-06T01:30:00Z"),
        ("SZSE", "2019-05-06T01:30:00Z"),
        ("HSI", "2019-05-06T01:30:00Z"),
        ("TWII", "2019-05-06T01:00:00Z"),
        ("N225", "2019-05-07T00:00:00Z"),
        ("KOSPI", "2019-05-07T00:00:00Z"),
        ("TASI", "2019-05-06T07:00:00Z"),
        ("TA125", "2019-05-06T07:00:00Z"),
        ("DAX", "2019-05-06T07:00:00Z"),
        ("CAC", "2019-05-06T07:00:00Z"),
        ("SX5E", "2019-05-06T07:00:00Z"),
        ("SPX", "2019-05-06T13:30:00Z"),
        ("TSX", "2019-05-06T13:30:00Z"),
    ] {
        assert_eq!(first_opening(name, "2019-05-05T16:08:00Z"), utc(opening), "{name}");
    }
    assert_eq!(first_opening("TSX", "2018-08-05T10:00:00Z"), utc("2018-08-07T13:30:00Z"));
    assert_eq!(first_opening("TASI", "2018-08-05T10:00:00Z"), utc("2018-08-06T07:00:00Z"));
    assert!(calendars["TASI"].is_open(utc("2018-08-05T10:00:00Z")));
    assert!(calendars.values().all(|calendar| !calendar.is_open(utc("2019-05-05T16:08:00Z"))));
}

fn calendar(market: &Market) -> Calendar {
    let week = match market.week {
        Week::MondayFriday => TradingWeek::MondayFriday,
        Week::SundayThursday => TradingWeek::SundayThursday,
    };
    Calendar::new(&market.time_zone, &market.sessions, week, &market.holidays).unwrap()
}

#[test]
fn scenarios_are_read_and_every_fact_has_a_source_of_the_list() {
    let files = Files::open();
    for (name, tree) in &files.scenarios {
        let scenario = files.scenario(name);
        assert_eq!(*scenario.scenario.id, *name);
        let mut sources = Vec::new();
        collect_sources(tree, &mut sources);
        // The shortest scenario has four facts.
        assert!(sources.len() >= 4, "{name} has only {} sources", sources.len());
        for source in sources {
            let is_known = scenario.scenario.sources.keys().any(|key| source.contains(key.as_str()));
            assert!(is_known || source.contains("general knowledge"), "{name}: `{source}`");
        }
    }
}

/// All `source` fields of a tree.
fn collect_sources<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    for (key, entry) in value.as_table().into_iter().flatten() {
        match entry.value.as_str() {
            Some(source) if key == "source" => found.push(source),
            _ => collect_sources(&entry.value, found),
        }
    }
}

#[test]
fn names_that_scenarios_refer_to_exist() {
    let files = Files::open();
    for name in files.scenarios.keys() {
        let (world, file) = (World::with(&files, Some(name)), files.scenario(name));
        let (header, messages) = (&file.scenario, &file.events.messages);
        assert!(messages.contains_key(header.reference.as_ref().unwrap().as_str()), "{name}");
        assert!(header.markets.iter().flatten().all(|id| world.markets.contains_key(&**id)), "{name}");
        let states = header.states.as_ref().unwrap();
        assert!(states.iter().all(|id| world.states.contains_key(&**id)), "{name}");
        assert!(file.network.publics.iter().all(|id| world.users(id) > 0), "{name}");
        for (id, message) in messages {
            assert!(
                file.accounts.contains_key(&*message.author) && file.issues.contains_key(&*message.issue),
                "{id}"
            );
            assert!(world.acts.contains_key(&*message.act), "{id}");
            let is_simulated = |target: &Spanned<String>| states.iter().any(|state| **state == **target);
            assert!(message.target.as_ref().is_none_or(is_simulated), "{id}");
            assert_ne!(message.time.is_some(), message.after.is_some(), "{id}");
        }
        for (id, act) in &file.events.acts {
            assert!(world.acts.contains_key(&*act.act) && world.states.contains_key(&*act.actor), "{id}");
            assert!(act.follows.as_ref().is_none_or(|message| messages.contains_key(&**message)), "{id}");
        }
        for (id, account) in &file.accounts {
            assert!(sum(account.audience.values()) <= 1.0, "{id}");
            for (place, share) in &*account.audience {
                assert!(
                    *account.followers as f64 * share.get() <= 0.5 * world.users(place) as f64,
                    "{id} in {place}"
                );
            }
        }
    }
}

#[test]
fn interventions_change_what_they_name_and_leave_a_scenario_that_is_read() {
    let files = Files::open();
    for (name, tree) in &files.scenarios {
        let file = files.scenario(name);
        assert!(file.interventions.len() >= 2, "{name}");
        let mut whole = Value::empty_table();
        for part in files.world.values().chain([tree]) {
            merge(&mut whole, part.clone());
        }
        for (arm, intervention) in &file.interventions {
            let mut changed = whole.clone();
            for (path, value) in &*intervention.set {
                let parsed = TreePath::parse(path).unwrap();
                set(&mut changed, &parsed, value.place, value.clone()).unwrap();
                assert_ne!(
                    parsed.find(&changed),
                    parsed.find(&whole),
                    "{name}: `{arm}` leaves `{path}` as it is"
                );
            }
            let is_own = |key: &str| tree.get(key).is_some() && !OVERLAID.contains(&key);
            changed.as_table_mut().unwrap().retain(|key, _| is_own(key));
            files.read::<ScenarioFile>(&changed);
        }
    }
}

#[test]
fn recorded_peaks_are_positions_on_the_ladder() {
    let (files, world) = (Files::open(), World::read());
    let position = |rung: &str| world.ladder.rungs.iter().position(|own| *own.id == rung).unwrap() as f64;
    for (scenario, outcome, rung) in [
        ("canada-saudi-2018", "dyad.SA-CA.peak_rung", "trade"),
        ("canada-saudi-2018", "dyad.CA-SA.peak_rung", "statement"),
        ("tariff-thread-2019", "dyad.CN-US.peak_rung", "trade"),
    ] {
        assert_eq!(
            *files.scenario(scenario).recorded[outcome].value,
            Measured::Number(position(rung)),
            "{outcome}"
        );
    }
}

/// How a scenario or an arm may change the behaviour of all: dispositions, and how states of the shared world hear and decide.
const BEHAVIOUR_OF_STATES: [&str; 6] =
    ["monitors", "decision", "levels", "bypass", "propensity", "early_warning"];

/// Behavioural parameters that bundled scenarios set otherwise than the world: in the scenario as it stands, and in all of its arms. What is not
/// here sets none. Agreement with the record counts for less where the first number is not 0, so changing this table is a decision: it is
/// named in the scenario's limits. Structural scenarios set what their question is about.
const OVERRIDES: [(&str, usize, usize); 11] = [
    ("crowd-knowledge", 0, 2),
    ("data-early-warning", 0, 2),
    ("knowledge-base", 2, 1),
    ("listening-languages", 1, 0),
    ("medium-latency", 2, 4),
    ("microtargeting-2018", 0, 1),
    ("platform-recognition-2013", 0, 1),
    ("press-review", 1, 1),
    ("proto-diplomacy-2017", 0, 1),
    ("recognition-2020", 0, 1),
    ("wartime-frames-2014", 0, 1),
];

#[test]
fn behaviour_that_scenarios_set_for_themselves_is_counted_and_gives_its_reason() {
    let files = Files::open();
    let world = World::read();
    let mut found = Vec::new();
    for (name, tree) in &files.scenarios {
        let own = tree.get("dispositions").map_or(Vec::new(), |table| leaves(table, "dispositions"));
        let states = tree.get("states").and_then(Value::as_table).into_iter().flatten();
        let of_states = states.filter(|(id, _)| world.states.contains_key(*id)).flat_map(|(id, entry)| {
            let keys = entry.value.as_table().into_iter().flatten();
            // What has no basis of its own has the reason of its state's table.
            let of_table = &entry.value;
            keys.filter(|(key, _)| BEHAVIOUR_OF_STATES.contains(&key.as_str())).map(move |(key, entry)| {
                let reason = if entry.value.get("basis").is_some() { &entry.value } else { of_table };
                (format!("states.{id}.{key}"), reason)
            })
        });
        let stands: Vec<_> = own.into_iter().chain(of_states).collect();
        let scenario = files.scenario(name);
        let set = scenario.interventions.values().flat_map(|arm| arm.set.iter());
        let arms: Vec<_> = set
            .filter(|(path, _)| {
                let mut segments = path.split('.');
                match (segments.next(), segments.next(), segments.next()) {
                    (Some("dispositions"), ..) => true,
                    (Some("states"), _, Some(key)) => BEHAVIOUR_OF_STATES.contains(&key),
                    _ => false,
                }
            })
            .collect();
        for (path, value) in &stands {
            assert!(is_reasoned(value), "{name}: `{path}` is set without a reason");
        }
        for (path, value) in &arms {
            let is_disposition = path.starts_with("dispositions.");
            assert!(!is_disposition || is_reasoned(value), "{name}: an arm sets `{path}` without a reason");
        }
        found.push((name.as_str(), stands.len(), arms.len()));
    }
    let expected = |name: &str| OVERRIDES.iter().find(|(of, ..)| *of == name).copied();
    for row in &found {
        assert_eq!(*row, expected(row.0).unwrap_or((row.0, 0, 0)), "the table says otherwise");
    }
    let known: BTreeSet<&str> = found.iter().map(|(name, ..)| *name).collect();
    assert!(OVERRIDES.iter().all(|(name, ..)| known.contains(name)));
}

/// Paths and values below a table; what has a basis, and all that is no table, is a leaf.
fn leaves<'a>(value: &'a Value, path: &str) -> Vec<(String, &'a Value)> {
    match value.as_table() {
        Some(table) if table.get("basis").is_none() => {
            table.iter().flat_map(|(key, entry)| leaves(&entry.value, &format!("{path}.{key}"))).collect()
        }
        _ => vec![(path.to_owned(), value)],
    }
}

/// Whether a value says what it rests on.
fn is_reasoned(value: &Value) -> bool {
    let source = value.get("source").and_then(Value::as_str);
    source.is_some_and(|source| source.split_whitespace().count() >= 4)
}
