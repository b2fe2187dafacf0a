//! What is measured of markets: returns of the first session after the message of reference, with and without the news of the run.

use super::layout::Columns;
use crate::model::ids::MarketId;
use crate::model::outcome::{Layout, OutcomeKind, SeriesGroup, Unit};
use crate::model::setting::{Market, Setting};
use crate::model::vocabulary::Traded;
use crate::model::world::{Origin, Reaction, World};
use crate::units::{SimTime, TimeSpan};

/// Time after the message of reference at which losses are counted.
const LOSS_WINDOW: TimeSpan = TimeSpan::from_days(3);
/// A session that opened at most this long before the message counts as that of the same day.
const SAME_DAY: TimeSpan = TimeSpan::from_hours(24);

/// What has to be noted of a run while it goes on.
#[derive(Debug)]
pub(super) struct Marks<'a> {
    setting: &'a Setting,
    /// Close of the first session after the reference of each volatility index's market.
    first_close: Vec<SimTime>,
    /// Log price of each market at its last close before the reference.
    base: Vec<f64>,
    /// Abnormal log return of each market at the end of the loss window.
    abnormal_in_window: Vec<f64>,
    first_volatility: Vec<f64>,
    peak_volatility: Vec<f64>,
    /// Log level of each volatility index when it was looked at last, and the level.
    volatility: Vec<(f64, f64)>,
}

pub(super) fn describe(setting: &Setting, columns: &mut Columns) {
    use OutcomeKind::Continuous;
    for market in &setting.markets {
        let (id, name) = (&market.id, &market.name);
        let mut add = |key: &str, unit, text: String| {
            columns.outcome(format!("market.{id}.{key}"), unit, Continuous, text);
        };
        let first = format!("{name}: first session that opens after the message of reference");
        add("first_session_return", Unit::Fraction, format!("{first}, close to close"));
        add("opening_gap", Unit::Fraction, format!("{first}, last close to opening"));
        add(
            "first_session_abnormal_return",
            Unit::Fraction,
            format!("{first}, less the return of the same run without the news"),
        );
        add(
            "same_day_abnormal_return",
            Unit::Fraction,
            format!(
                "{name}: session that opened in the 24 hours before the message of reference, less the return of the same run without the news"
            ),
        );
        add(
            "drawdown",
            Unit::Fraction,
            format!("{name}: largest fall from a high between the message of reference and the horizon"),
        );
        if market.kind == Traded::Index {
            add(
                "loss_usd",
                Unit::UsDollars,
                format!("{name}: abnormal fall in capitalisation three days after the message of reference"),
            );
        }
        if market.breakers.is_some() {
            columns.outcome(
                format!("market.{id}.halted"),
                Unit::YesNo,
                OutcomeKind::YesNo,
                format!("{name}: a circuit breaker stopped trading after the message of reference"),
            );
        }
        columns.series(format!("market.{id}.price"), name.clone(), Unit::Fraction, SeriesGroup::Price);
    }
    for message in setting.script.messages.iter().filter(|_| !setting.markets.is_empty()) {
        columns.outcome(
            format!("message.{}.market_reaction", message.id),
            Unit::Count,
            Continuous,
            format!(
                "largest move of an open market that `{}` caused within half an hour, in standard deviations of the noise of half an hour",
                message.id
            ),
        );
    }
    for index in &setting.volatility_indices {
        let id = &index.id;
        let mut add = |key: &str, text: &str| {
            columns.outcome(
                format!("volatility.{id}.{key}"),
                Unit::Points,
                Continuous,
                format!("{id}: {text}"),
            );
        };
        add("first_session_level", "level at the close of the first session after the message of reference");
        add("peak", "highest level between the message of reference and the horizon");
        columns.series(format!("volatility.{id}.level"), id.clone(), Unit::Points, SeriesGroup::Volatility);
    }
    let text =
        "abnormal fall in capitalisation of all markets three days after the message of reference".to_owned();
    columns.outcome("world.loss_usd".to_owned(), Unit::UsDollars, Continuous, text);
}

/// Position of the first day that opens at or after `time`.
fn first_day(market: &Market, setting: &Setting, time: SimTime) -> Option<usize> {
    market.days.iter().position(|day| {
        day.sessions.first().is_some_and(|session| session.open.sim_time(setting.start) >= time)
    })
}

impl<'a> Marks<'a> {
    pub(super) fn new(setting: &'a Setting) -> Self {
        let first_close = setting.volatility_indices.iter().map(|index| {
            let market = &setting.markets[index.market.idx()];
            let day = first_day(market, setting, setting.reference).map(|idx| &market.days[idx]);
            let close =
                day.and_then(|day| day.sessions.last()).map(|session| session.close.sim_time(setting.start));
            close.unwrap_or(SimTime::NEVER)
        });
        Self {
            first_close: first_close.collect(),
            setting,
            base: Vec::new(),
            abnormal_in_window: Vec::new(),
            first_volatility: Vec::new(),
            peak_volatility: Vec::new(),
            volatility: Vec::new(),
        }
    }

    pub(super) fn reset(&mut self) {
        let (n_markets, n_indices) = (self.setting.markets.len(), self.setting.volatility_indices.len());
        let fill = |marks: &mut Vec<f64>, n: usize| {
            marks.clear();
            marks.resize(n, f64::NAN);
        };
        fill(&mut self.base, n_markets);
        fill(&mut self.abnormal_in_window, n_markets);
        fill(&mut self.first_volatility, n_indices);
        fill(&mut self.peak_volatility, n_indices);
        self.volatility.clear();
        self.volatility.resize(n_indices, (f64::NAN, f64::NAN));
    }

    pub(super) fn advance(&mut self, world: &World<'_>, from: SimTime, to: SimTime) {
        let holds_at = |time: SimTime| from <= time && time < to;
        let reference = self.setting.reference;
        // What happens at the instant of reference already belongs to what comes after it.
        if from < reference && reference <= to || from == SimTime::START && reference == SimTime::START {
            for (base, market) in self.base.iter_mut().zip(&world.markets) {
                *base = market.path.last_close;
            }
        }
        if holds_at(reference + LOSS_WINDOW) {
            for (abnormal, market) in self.abnormal_in_window.iter_mut().zip(&world.markets) {
                *abnormal = market.path.level - market.without.level;
            }
        }
        for (idx, index) in self.setting.volatility_indices.iter().enumerate() {
            let log_level = world.volatility[idx];
            // It changes far less often than anything happens.
            if self.volatility[idx].0 != log_level {
                self.volatility[idx] = (log_level, index.level * libm::exp(log_level));
            }
            let level = self.volatility[idx].1;
            if holds_at(self.first_close[idx]) {
                self.first_volatility[idx] = level;
            }
            if to > reference {
                self.peak_volatility[idx] = self.peak_volatility[idx].max(level);
            }
        }
    }

    pub(super) fn series(&self, world: &World<'_>, row: &mut Vec<f32>) {
        row.extend(world.markets.iter().map(|market| market.path.level as f32));
        let indices = self.setting.volatility_indices.iter().zip(&world.volatility);
        row.extend(indices.map(|(index, log_level)| (index.level * libm::exp(*log_level)) as f32));
    }

    /// Turns log prices into relative changes since the last close before the reference.
    pub(super) fn finish_prices(&self, series: &mut [f32], layout: &Layout) {
        let n_bins = layout.bins.len();
        let prices = (0..layout.series.len()).filter(|&idx| layout.series[idx].group == SeriesGroup::Price);
        for (idx, base) in prices.zip(&self.base) {
            for value in &mut series[idx * n_bins..(idx + 1) * n_bins] {
                *value = libm::expm1(f64::from(*value) - base) as f32;
            }
        }
    }

    pub(super) fn scalars(&self, world: &World<'_>, scalars: &mut Vec<f64>) {
        let mut loss = 0.0;
        for (idx, market) in self.setting.markets.iter().enumerate() {
            let returns = returns(MarketId::new(idx), world);
            scalars.extend([returns.first, returns.gap, returns.first_abnormal, returns.same_day_abnormal]);
            scalars.push(-libm::expm1(-world.markets[idx].path.drawdown));
            if market.kind == Traded::Index {
                let of_market = -market.capitalisation * libm::expm1(self.abnormal_in_window[idx]);
                loss += of_market;
                scalars.push(of_market);
            }
            if market.breakers.is_some() {
                scalars.push(f64::from(u8::from(world.markets[idx].halts > 0)));
            }
        }
        reactions(world, scalars);
        for idx in 0..self.setting.volatility_indices.len() {
            scalars.extend([self.first_volatility[idx], self.peak_volatility[idx]]);
        }
        scalars.push(loss);
    }
}

/// For each message of the script, its largest effect on an open market within half an hour, in standard deviations of the noise.
fn reactions(world: &World<'_>, scalars: &mut Vec<f64>) {
    if world.setting.markets.is_empty() {
        return;
    }
    for script in 0..world.setting.script.messages.len() {
        let of_script = |reaction: &&Reaction| matches!(world.message(reaction.message).origin, Origin::Script(id) if id.idx() == script);
        let sizes = world.reactions.iter().filter(of_script).map(|reaction| {
            if reaction.abnormal == 0.0 { 0.0 } else { reaction.abnormal.abs() / reaction.noise_sd }
        });
        scalars.push(sizes.fold(f64::NAN, f64::max));
    }
}

/// Simple returns of a market around the reference.
struct Returns {
    first: f64,
    gap: f64,
    first_abnormal: f64,
    same_day_abnormal: f64,
}

fn returns(id: MarketId, world: &World<'_>) -> Returns {
    let setting = world.setting;
    let market = &setting.markets[id.idx()];
    let of_day = |day: Option<usize>| {
        let day = day? as u32;
        world.market(id).days.iter().find(|returns| returns.day == day)
    };
    let first_after = first_day(market, setting, setting.reference);
    let opened_before = first_after.unwrap_or(market.days.len()).checked_sub(1).filter(|&day| {
        let open = market.days[day].sessions[0].open.sim_time(setting.start);
        setting.reference.since(open) <= SAME_DAY
    });
    let abnormal = |day: Option<usize>| {
        of_day(day).map_or(f64::NAN, |day| libm::expm1(day.close) - libm::expm1(day.close_without))
    };
    Returns {
        first: of_day(first_after).map_or(f64::NAN, |day| libm::expm1(day.close)),
        gap: of_day(first_after).map_or(f64::NAN, |day| libm::expm1(day.gap)),
        first_abnormal: abnormal(first_after),
        same_day_abnormal: abnormal(opened_before),
    }
}
