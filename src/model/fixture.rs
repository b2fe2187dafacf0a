//! A small world for the tests of mechanisms: two states that quarrel, a third that watches, one outlet, one market.

use super::calendar::{Calendar, TradingWeek};
use super::clock::Clock;
use super::ids::{
    AccountId, CodeId, CountryId, InstrumentId, IssueId, LanguageId, LanguageSet, PublicId, RungId, ScriptId,
    StateId, VoiceId,
};
use super::network::{Network, PublicSlice};
use super::setting::{
    Asked, Code, Country, Dyad, Instrument, Issue, Market, NoiseLaw, Outlet, Public, PublicKind, Rung,
    Script, ScriptMessage, Setting, State, Voice, VolatilityIndex, When, WorldFactor,
};
use super::vocabulary::{Delivery, Medium, Ranks, Sphere, Stakes, Traded, VoiceKind};
use super::world::{Message, Origin};
use crate::engine::streams::key_of;
use crate::units::{Goldstein, Probability, SimTime, TimeSpan, UtcTime};

/// Language of country A, and of country B.
pub(crate) const LANGUAGE: [LanguageId; 2] = [LanguageId(0), LanguageId(1)];
/// The states.
pub(crate) const A: StateId = StateId(0);
pub(crate) const B: StateId = StateId(1);
pub(crate) const C: StateId = StateId(2);
/// Codes: an appeal, a demand that it can be heard as, sanctions (code 2 is criticism), praise, an offer to mediate, a threat.
pub(crate) const APPEAL: CodeId = CodeId(0);
pub(crate) const DEMAND: CodeId = CodeId(1);
pub(crate) const SANCTION: CodeId = CodeId(3);
pub(crate) const PRAISE: CodeId = CodeId(4);
pub(crate) const MEDIATE: CodeId = CodeId(5);
pub(crate) const THREATEN: CodeId = CodeId(6);
/// Rungs: none, words, recall, trade.
pub(crate) const WORDS: RungId = RungId(1);
pub(crate) const RECALL: RungId = RungId(2);
pub(crate) const TRADE: RungId = RungId(3);
/// Citizens of A, journalists of A, citizens of B.
pub(crate) const CITIZENS_A: PublicId = PublicId(0);
pub(crate) const JOURNALISTS_A: PublicId = PublicId(1);
pub(crate) const CITIZENS_B: PublicId = PublicId(2);
/// The minister of A, the announcements of A, B and C, and the outlet.
pub(crate) const MINISTER: VoiceId = VoiceId(0);
pub(crate) const OUTLET: VoiceId = VoiceId(4);

fn public(id: &str, country: u16, kind: PublicKind, n_real: f64, stance: f64) -> Public {
    let mut reads = vec![0.0; 2];
    reads[usize::from(country)] = 1.0;
    Public {
        id: id.to_owned(),
        country: CountryId(country),
        kind,
        role: id.rsplit('-').next().unwrap_or_default().to_owned(),
        following: 35.0,
        n_real,
        clock: Clock::new(TimeSpan::ZERO, 0.0, 20.0),
        reads,
        activity: 1.0,
        stance: vec![[stance - 0.3, stance, stance + 0.3]],
    }
}

fn network() -> Network {
    let slice = |begin: u32, n: u32, weight| PublicSlice {
        bin_starts: [begin, begin + n / 3, begin + 2 * n / 3, begin + n],
        weight,
    };
    let publics = vec![slice(0, 600, 10.0), slice(600, 30, 1.0), slice(630, 600, 20.0)];
    let named = 1230;
    // The minister has half of everybody, announcements and outlet a third; every tenth account has its ten successors.
    let mut edges: Vec<(u32, u32)> = (0..named).filter(|id| id % 2 == 0).map(|id| (named, id)).collect();
    for voice in 1..5 {
        edges.extend((0..named).filter(|id| id % 3 == 0).map(|id| (named + voice, id)));
    }
    edges.extend((0..named).step_by(10).flat_map(|id| (1..=10).map(move |step| (id, (id + step) % named))));
    Network::from_edges(publics, named + 5, &edges)
}

/// The network in which named accounts follow each other.
pub(crate) fn network_with_mutual_follows(pairs: &[[AccountId; 2]]) -> Network {
    network().with_mutual_follows(pairs)
}

/// The setting with a network of `n` accounts of the first public, each of which, and the minister, has `d` followers drawn at random.
pub(crate) fn random_network(n: u32, d: usize) -> Setting {
    use crate::engine::streams::{Purpose, RunKey, Subject};
    let slice = |begin, end| PublicSlice { bin_starts: [begin, end, end, end], weight: 1.0 };
    let mut edges = Vec::new();
    for account in 0..=n {
        let mut stream = RunKey::new(3, 0).stream(Purpose::new("random network"), Subject::new(account, 0));
        let mut followers = std::collections::BTreeSet::new();
        while followers.len() < d {
            followers.insert(stream.below(n));
            followers.remove(&account);
        }
        edges.extend(followers.into_iter().map(|follower| (account, follower)));
    }
    let mut setting = setting();
    setting.network = Network::from_edges(vec![slice(0, n), slice(n, n), slice(n, n)], n + 5, &edges).into();
    for (voice, account) in setting.voices.iter_mut().zip(n..) {
        voice.account = AccountId(account);
    }
    setting
}

fn state(id: &str, country: u16, voice: u16, language: usize) -> State {
    let mut monitors = vec![0.0; 2];
    monitors[language] = 1.0;
    State {
        id: id.to_owned(),
        key: key_of(id),
        country: CountryId(country),
        monitors,
        parent: None,
        staff: 1.0,
        early_warning: 0.0,
        platform_review: 0.0,
        crowd_review: 0.0,
        knowledge_base: 0.0,
        discretion: 0.0,
        decision: TimeSpan::from_hours(6),
        levels: 1,
        bypass: 0.0,
        propensity: 0.0,
        voice: VoiceId(voice),
        voice_languages: [LANGUAGE[language]].into_iter().collect(),
        instruments: (0..3).map(InstrumentId).collect(),
    }
}

fn code(code: &str, weight: f64, rung: RungId, heard_as: Option<CodeId>) -> Code {
    Code { code: code.to_owned(), name: code.to_owned(), weight: Goldstein::clamped(weight), rung, heard_as }
}

fn instrument(id: &str, rung: RungId, cost: f64, bite: f64) -> Instrument {
    Instrument {
        id: id.to_owned(),
        key: key_of(id),
        name: id.to_owned(),
        code: SANCTION,
        rung,
        cost,
        bite,
        preparation: TimeSpan::ZERO,
    }
}

fn rung(id: &str, threshold: f64, package: Option<(u32, u32)>) -> Rung {
    let sphere = if package.is_some() { Sphere::Economy } else { Sphere::Words };
    Rung { id: id.to_owned(), name: id.to_owned(), sphere, threshold, package }
}

/// Noise of the market and of the world factor.
pub(crate) const NOISE: NoiseLaw =
    NoiseLaw { shock: 0.04, leverage: 0.08, memory: 0.9, degrees: 6.0, skew: 0.0 };

pub(crate) fn market(start: UtcTime) -> Market {
    let calendar = Calendar::new("UTC", &["09:00-17:00"], TradingWeek::MondayFriday, &[] as &[&str]).unwrap();
    let days = calendar.trading_days(
        start.plus(SimTime::START - TimeSpan::from_days(21)),
        start.plus(SimTime::START + TimeSpan::from_days(40)),
    );
    Market {
        id: "MB".to_owned(),
        key: key_of("MB"),
        name: "Market of B".to_owned(),
        kind: Traded::Index,
        underlying: None,
        country: CountryId(1),
        days,
        capitalisation: 1e12,
        daily_sd: 0.01,
        long_run_sd: 0.01,
        noise: NOISE,
        beta: 1.0,
        common: 0.5,
        revenue: vec![(CountryId(1), 0.8)],
        tradable: 0.5,
        institutions: 0.5,
        fast: 0.5,
        supply: 0.0,
        haven: 0.0,
        breakers: None,
        price_limit: None,
        languages: [LANGUAGE[1]].into_iter().collect(),
    }
}

fn script_message() -> ScriptMessage {
    ScriptMessage {
        id: "appeal".to_owned(),
        key: key_of("appeal"),
        voice: MINISTER,
        when: When::At(SimTime::START + TimeSpan::from_hours(1)),
        code: APPEAL,
        heard_as: Some(DEMAND),
        target: Some(B),
        issue: IssueId(0),
        languages: [LANGUAGE[1]].into_iter().collect(),
        motive: None,
        medium: Medium::Text,
        delivery: Delivery::Public,
        moral_words: 0,
        continues: None,
        deleted_after: None,
        hijacked: false,
        denies: None,
        stage: None,
        text: "please".to_owned(),
    }
}

/// Ranks as those of the bundled world.
fn ranks() -> Ranks {
    let [leader, minister, ministry, embassy, para_state, press, private] =
        [1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.0].map(Probability::clamped);
    Ranks { leader, minister, ministry, embassy, para_state, press, private }
}

/// The setting: starts on Monday 4 March 2019 and lasts thirty days; at 01:00 A's minister appeals to B in B's language.
pub(crate) fn setting() -> Setting {
    let start = UtcTime::from_unix_ms(1_551_657_600_000);
    let voice = |handle: &str, kind, state, offset: u32| Voice {
        handle: handle.to_owned(),
        key: key_of(handle),
        kind,
        state,
        record: 0.0,
        account: AccountId(1230 + offset),
        engagement: 1.0,
        slips: 0.0,
        access: 1.0,
    };
    let mut dyads = vec![Dyad { alignment: 1.0, ..Dyad::default() }; 9];
    for (from, to, alignment) in
        [(0, 1, -0.2), (1, 0, -0.2), (0, 2, 0.9), (2, 0, 0.9), (1, 2, 0.0), (2, 1, 0.0)]
    {
        dyads[from * 3 + to] = Dyad { alignment, dependence: 0.05, tension: 0.1, ..Dyad::default() };
    }
    let markets = vec![market(start)];
    Setting {
        start,
        horizon: SimTime::START + TimeSpan::from_days(30),
        reference: SimTime::START + TimeSpan::from_hours(1),
        network: network().into(),
        languages: vec!["aa".to_owned(), "bb".to_owned()],
        countries: (0..2)
            .map(|idx| Country {
                code: ["A", "B"][idx].to_owned(),
                name: ["Alpha", "Beta"][idx].to_owned(),
                national: [LANGUAGE[idx]].into_iter().collect(),
                n_users: [6030.0, 12_000.0][idx],
            })
            .collect(),
        publics: vec![
            public("A-citizen", 0, PublicKind::Others, 6000.0, 0.5),
            public("A-journalist", 0, PublicKind::Journalists, 30.0, 0.5),
            public("B-citizen", 1, PublicKind::Others, 12_000.0, -0.5),
        ],
        voices: vec![
            voice("minister", VoiceKind::Minister, Some(A), 0),
            voice("A", VoiceKind::Ministry, Some(A), 1),
            voice("B", VoiceKind::Ministry, Some(B), 2),
            voice("C", VoiceKind::Ministry, Some(C), 3),
            voice("gazette", VoiceKind::Press, None, 4),
        ],
        ranks: ranks(),
        outlets: vec![Outlet {
            id: "gazette".to_owned(),
            key: key_of("gazette"),
            country: CountryId(0),
            languages: [LANGUAGE[0]].into_iter().collect(),
            voice: OUTLET,
        }],
        states: vec![state("A", 0, 1, 0), state("B", 1, 2, 1), state("C", 0, 3, 0)],
        dyads,
        ladder: vec![
            rung("none", f64::NEG_INFINITY, None),
            rung("words", 0.0, None),
            rung("recall", 1.0, Some((1, 1))),
            rung("trade", 2.0, Some((2, 3))),
        ],
        codes: vec![
            code("0253", -0.3, RungId::NONE, Some(DEMAND)),
            code("1053", -5.0, RungId::NONE, None),
            code("111", -2.0, WORDS, None),
            code("163", -8.0, TRADE, None),
            code("051", 3.4, RungId::NONE, None),
            code("045", 5.0, RungId::NONE, None),
            code("1312", -5.8, RungId::NONE, None),
        ],
        instruments: vec![
            instrument("expel", RECALL, 0.1, 0.0),
            instrument("freeze", TRADE, 0.3, 0.4),
            instrument("tariff", TRADE, 0.5, 1.0),
        ],
        issues: vec![Issue {
            id: "quarrel".to_owned(),
            positive: Some(A),
            negative: Some(B),
            stakes: Stakes::Trade,
            disruption: 0.0,
            hits: vec![(CountryId(1), 1.0)],
            expected: 0.1,
        }],
        asked: Asked::default(),
        volatility_indices: vec![VolatilityIndex {
            id: "VB".to_owned(),
            market: super::ids::MarketId(0),
            level: 20.0,
        }],
        markets,
        factor: WorldFactor {
            law: NOISE,
            daily_sd: 0.01,
            long_run_sd: 0.01,
            rests: Vec::new(),
            past: Vec::new(),
        },
        script: Script { messages: vec![script_message()], ..Script::default() },
    }
}

/// The message of the script as a message of a run, posted at `time`.
pub(crate) fn appeal(time: SimTime) -> Message {
    Message {
        key: key_of("appeal"),
        origin: Origin::Script(ScriptId(0)),
        voice: MINISTER,
        author: Some(A),
        code: APPEAL,
        heard_as: Some(DEMAND),
        target: Some(B),
        issue: IssueId(0),
        languages: LanguageSet::default().with(LANGUAGE[1]),
        medium: Medium::Text,
        delivery: Delivery::Public,
        moral_words: 0,
        posted: time,
        deleted: None,
    }
}
