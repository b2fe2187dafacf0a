//! An invented ensemble that looks like a real one, for the tests of the reports.

use crate::experiment::aggregate::Aggregate;
use crate::experiment::summary::{Placed, Summary};
use crate::model::outcome::{
    ActRow, Layout, Outcome, OutcomeKind, OutcomeSpec, RecordedRole, RecordedValue, SeriesGroup, SeriesSpec,
    Session, StopReason, Unit,
};
use crate::report::plot::{MarketSessions, changes};
use crate::stats::distribution::normal_quantile;
use crate::units::{Goldstein, SimTime, TimeSpan, UtcTime};

/// 2018-08-05T00:00:00Z, a Sunday.
const START: UtcTime = UtcTime::from_unix_ms(1_533_427_200_000);
const N_BINS: usize = 120;
const BIN: TimeSpan = TimeSpan::from_ms(14 * 86_400_000 / N_BINS as i64);
const MESSAGES: [(&str, &str); 2] = [("english-tweet", "English tweet"), ("arabic-tweet", "Arabic tweet")];
const COUNTRIES: [(&str, &str, f64); 3] =
    [("SA", "Saudi Arabia", 9e5), ("CA", "Canada", 2e5), ("EG", "Egypt", 4e4)];
/// Some markets have names that are long for a narrow panel.
const LONG_NAMES: [(&str, &str); 3] =
    [("SSE", "Shenzhen Component"), ("TASI", "Tadawul All Share"), ("TSX", "S&P/TSX Composite of Toronto")];
const MARKETS: [&str; 13] =
    ["TASI", "TSX", "SSE", "SPX", "DAX", "FTSE", "N225", "HSI", "KOSPI", "NIFTY", "BRENT", "ASX", "CAC"];

/// A layout, its runs and what history says.
pub(crate) struct Sample {
    pub(crate) layout: Layout,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) recorded: Vec<RecordedValue>,
    pub(crate) start: UtcTime,
    pub(crate) sessions: Vec<MarketSessions>,
}

impl Sample {
    pub(crate) fn summary(&self) -> Summary {
        Summary::of(&self.layout, "canada-saudi-2018", 1, &self.outcomes)
    }

    pub(crate) fn aggregate(&self) -> Aggregate {
        let mut aggregate = Aggregate::new(&self.layout, &changes(&self.layout, self.start, &self.sessions));
        aggregate.push(&self.outcomes);
        aggregate
    }

    pub(crate) fn placed(&self) -> Vec<Placed> {
        self.aggregate().scalars.place(&self.layout, &self.recorded)
    }

    pub(crate) fn index(&self, id: &str) -> usize {
        self.layout.outcomes.iter().position(|spec| spec.id == id).unwrap()
    }
}

/// `n` runs.
pub(crate) fn ensemble(n: u64) -> Sample {
    let layout = layout();
    let outcomes = (0..n).map(|run| one_run(run, &layout)).collect();
    let recorded = [
        ("market.SSE.first_session_return", -0.0558, RecordedRole::HeldOut, "index closes"),
        ("market.TASI.first_session_return", -0.002, RecordedRole::Control, "index closes"),
        ("market.SPX.drawdown", -0.03, RecordedRole::Fitted, "index closes"),
        ("message.arabic-tweet.shares", 14_000.0, RecordedRole::HeldOut, "press reports"),
        ("volatility.VIX.peak", 25.0, RecordedRole::HeldOut, "index closes"),
        ("dyad.SA-CA.peak_rung", 4.0, RecordedRole::Fitted, "press reports"),
    ];
    let recorded = recorded.map(|(outcome, value, role, source)| RecordedValue {
        outcome: outcome.into(),
        value,
        source: source.into(),
        role,
    });
    Sample { layout, outcomes, recorded: recorded.into(), start: START, sessions: sessions() }
}

fn sessions() -> Vec<MarketSessions> {
    let hour = |hours: i64| UtcTime::from_unix_ms(START.unix_ms() + hours * 3_600_000);
    let of_market = |(index, market): (usize, &&str)| {
        let opens = 1 + index as i64;
        let days = (0..14).filter(|day| (1..=5).contains(&(day % 7)));
        let sessions =
            days.map(|day| Session { open: hour(24 * day + opens), close: hour(24 * day + opens + 7) });
        MarketSessions { market: (*market).into(), sessions: sessions.collect(), first: Some(0) }
    };
    MARKETS.iter().enumerate().map(of_market).collect()
}

fn layout() -> Layout {
    let mut layout = Layout::default();
    let mut outcome = |id: String, unit, kind, description: &str| {
        layout.outcomes.push(OutcomeSpec { id, unit, kind, description: description.into() });
    };
    for (id, _) in MESSAGES {
        outcome(
            format!("message.{id}.shares"),
            Unit::Shares,
            OutcomeKind::Continuous,
            "shares of the message",
        );
        outcome(format!("message.{id}.reach"), Unit::People, OutcomeKind::Continuous, "people who saw it");
        outcome(
            format!("message.{id}.answered"),
            Unit::YesNo,
            OutcomeKind::YesNo,
            "whether a state answered",
        );
    }
    outcome("dyad.SA-CA.peak_rung".into(), Unit::Rung, OutcomeKind::Discrete, "highest rung reached");
    outcome(
        "dyad.SA-CA.first_act_hours".into(),
        Unit::Hours,
        OutcomeKind::Continuous,
        "time of the first act",
    );
    for market in MARKETS {
        outcome(
            format!("market.{market}.first_session_return"),
            Unit::Fraction,
            OutcomeKind::Continuous,
            "return of the first session",
        );
        outcome(format!("market.{market}.drawdown"), Unit::Fraction, OutcomeKind::Continuous, "deepest fall");
    }
    outcome("volatility.VIX.peak".into(), Unit::Points, OutcomeKind::Continuous, "highest level");
    outcome("world.loss_usd".into(), Unit::UsDollars, OutcomeKind::Continuous, "value lost");

    let mut series = |id: String, label: String, unit, group| {
        layout.series.push(SeriesSpec { id, label, unit, group });
    };
    for (id, name) in MESSAGES {
        series(format!("message.{id}.shares"), name.into(), Unit::Shares, SeriesGroup::Shares);
        for (country, country_name, _) in COUNTRIES {
            series(
                format!("message.{id}.reach.{country}"),
                format!("{name}, {country_name}"),
                Unit::People,
                SeriesGroup::Reach,
            );
        }
    }
    series("dyad.SA-CA.tension".into(), "Saudi Arabia to Canada".into(), Unit::Tension, SeriesGroup::Tension);
    series("dyad.CA-SA.tension".into(), "Canada to Saudi Arabia".into(), Unit::Tension, SeriesGroup::Tension);
    series("dyad.SA-CA.rung".into(), "Saudi Arabia and Canada".into(), Unit::Rung, SeriesGroup::Rung);
    series("dyad.SA-DE.rung".into(), "Saudi Arabia and Germany".into(), Unit::Rung, SeriesGroup::Rung);
    for market in MARKETS {
        let name = LONG_NAMES.iter().find(|(id, _)| *id == market).map_or(market, |(_, name)| name);
        series(format!("market.{market}.price"), name.into(), Unit::Fraction, SeriesGroup::Price);
    }
    series("volatility.VIX.level".into(), "VIX".into(), Unit::Points, SeriesGroup::Volatility);

    layout.bins = (1..=N_BINS as i64).map(|bin| SimTime::START + BIN * bin).collect();
    layout.states = ["SA", "CA"].map(str::to_owned).into();
    let pairs =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(id, name)| ((*id).into(), (*name).into())).collect();
    layout.codes = pairs(&[("161", "reduce relations"), ("163", "impose embargo"), ("111", "criticise")]);
    layout.instruments = pairs(&[("expel-ambassador", "expel ambassador"), ("trade-freeze", "freeze trade")]);
    layout.rungs = pairs(&[
        ("comment", "public comment"),
        ("reject", "comments, appeals or rejects mildly, in public or not"),
        ("expel", "expel diplomats"),
        ("sanction", "sanctions"),
        ("threat", "threat of force"),
        ("force", "use of force"),
    ]);
    layout
}

/// A sequence of numbers that looks random and is the same everywhere.
struct Noise(u64);

impl Noise {
    /// A number in (0, 1).
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((mixed >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        normal_quantile(self.uniform())
    }
}

fn one_run(run: u64, layout: &Layout) -> Outcome {
    let mut noise = Noise(run.wrapping_mul(0xD134_2543_DE82_EF95).wrapping_add(12_345));
    let virality = libm::exp(1.2 * noise.normal());
    let anger = (0.5 + 0.2 * noise.normal()).clamp(0.0, 1.0);
    let answered = noise.uniform() < 0.7;
    let mut acts = Vec::new();
    let mut rung_at = vec![f32::NAN; N_BINS];
    if answered {
        let mut time = SimTime::START + TimeSpan::from_hours(6);
        let mut highest = 0;
        for index in 0..6 {
            let rung = if index == 0 { 2 } else { (noise.uniform() * 5.0 * anger) as u8 };
            highest = highest.max(rung);
            acts.push(ActRow {
                id: format!("act:{index}"),
                time,
                actor: u16::from(index % 2 == 1),
                target: u16::from(index % 2 == 0),
                code: u16::from(rung.min(2)),
                instrument: (rung > 2).then_some(1),
                weight: Goldstein::clamped(-1.0 - 2.0 * f64::from(rung)),
                rung,
                cause: if index == 0 { "arabic-tweet".into() } else { format!("act:{}", index - 1) },
            });
            let bin = (time.as_ms() / BIN.as_ms()) as usize;
            if let Some(later) = rung_at.get_mut(bin..) {
                later.fill(f32::from(highest));
            }
            time = time + TimeSpan::from_ms((-libm::log(noise.uniform()) * 1.2e8) as i64);
        }
    }
    let mut prices: Vec<Vec<f32>> = Vec::new();
    for market in 0..MARKETS.len() {
        let mut level = 0.0;
        let path = (0..N_BINS).map(|bin| {
            let hit = if bin == 9 { -0.02 * anger * (1.0 + market as f64 % 3.0) } else { 0.0 };
            level += hit + 0.002 * noise.normal();
            level as f32
        });
        prices.push(path.collect());
    }

    let mut scalars = Vec::new();
    for index in 0..MESSAGES.len() {
        let size = virality * if index == 0 { 300.0 } else { 6000.0 };
        scalars.extend([size.floor(), size * 55.0, f64::from(u8::from(answered && index == 1))]);
    }
    scalars.push(f64::from(rung_at[N_BINS - 1].max(0.0)));
    scalars.push(acts.first().map_or(f64::NAN, |_| 6.0 + 4.0 * noise.uniform()));
    for path in &prices {
        scalars.push(f64::from(path[12]));
        scalars.push(f64::from(path.iter().copied().fold(0.0, f32::min)));
    }
    scalars.push(22.0 + 4.0 * anger + noise.normal());
    scalars.push(2e9 * anger * anger);

    let mut series: Vec<f32> = Vec::new();
    let growth = |bin: usize, speed: f64| 1.0 - libm::exp(-(bin as f64) / speed);
    for index in 0..MESSAGES.len() {
        let size = virality * if index == 0 { 300.0 } else { 6000.0 };
        series.extend((0..N_BINS).map(|bin| (size * growth(bin, 12.0)) as f32));
        for (_, _, people) in COUNTRIES {
            let most = people * virality.min(4.0) * if index == 0 { 0.1 } else { 0.3 };
            series.extend((0..N_BINS).map(|bin| (most * growth(bin, 14.0)) as f32));
        }
    }
    let tension = |bin: usize| {
        0.1 + anger * libm::exp(-(bin as f64 - 3.0).abs() / 40.0) * if bin > 3 { 1.0 } else { 0.2 }
    };
    series.extend((0..N_BINS).map(|bin| tension(bin) as f32));
    series.extend((0..N_BINS).map(|bin| (0.4 * tension(bin)) as f32));
    series.extend(&rung_at);
    series.extend(rung_at.iter().map(|rung| if *rung > 2.0 { *rung - 3.0 } else { f32::NAN }));
    series.extend(prices.iter().flatten());
    series.extend((0..N_BINS).map(|bin| (13.0 + 6.0 * tension(bin) + noise.normal() * 0.5) as f32));
    debug_assert_eq!(series.len(), layout.series.len() * N_BINS);
    debug_assert_eq!(scalars.len(), layout.outcomes.len());
    Outcome { run, stop: StopReason::Finished, events: 1000 + run, scalars, acts, series }
}
