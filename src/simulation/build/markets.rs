//! Markets with their calendars, and indices of expected volatility.

use super::politics::shares;
use super::{BuildError, Names, find, position};
use crate::engine::streams::key_of;
use crate::model::calendar::{Calendar, TradingWeek};
use crate::model::ids::{CountryId, MarketId};
use crate::model::setting::{Breakers, Market, PriceLimit, VolatilityIndex, WorldFactor};
use crate::scenario::Scenario;
use crate::scenario::world_file::{self, Week};
use crate::units::{Fraction, LogReturn, SimTime, TimeSpan, UtcTime};
use jiff::civil::Date;

const UNIX_EPOCH: Date = jiff::civil::date(1970, 1, 1);
/// Days of trading that are known before the start and after the horizon, so that every first day has a day before it, whatever the holidays.
const MARGIN: TimeSpan = TimeSpan::from_days(21);

pub(super) fn markets(
    scenario: &Scenario,
    names: &Names,
    start: UtcTime,
    horizon: SimTime,
) -> Result<Vec<Market>, BuildError> {
    let span = (start.plus(SimTime::START - MARGIN), start.plus(horizon + MARGIN));
    names.markets.iter().map(|id| market(id, scenario, names, span)).collect()
}

fn market(
    id: &str,
    scenario: &Scenario,
    names: &Names,
    (from, to): (UtcTime, UtcTime),
) -> Result<Market, BuildError> {
    let unresolved = |name: &str| BuildError::Unresolved { what: "markets", name: name.to_owned() };
    let market = scenario.world.markets.get(id).ok_or_else(|| unresolved(id))?;
    // A future earns what its index earns, and is exposed as it is.
    let exposed = match &market.underlying {
        Some(index) => scenario.world.markets.get(&**index).ok_or_else(|| unresolved(index))?,
        None => market,
    };
    let underlying = market.underlying.as_ref().map(|index| find("markets", &names.markets, index));
    let shared = &scenario.world.dispositions.trading;
    let week = match market.week {
        Week::MondayFriday => TradingWeek::MondayFriday,
        Week::SundayThursday => TradingWeek::SundayThursday,
    };
    let calendar = Calendar::new(&market.time_zone, &market.sessions, week, &market.holidays)
        .map_err(|error| BuildError::Calendar { market: id.to_owned(), error })?;
    Ok(Market {
        id: id.to_owned(),
        key: key_of(id),
        name: market.name.clone(),
        kind: market.kind,
        underlying: underlying.transpose()?.map(MarketId::new),
        country: CountryId::new(find("countries", &names.countries, &market.country)?),
        days: calendar.trading_days(from, to),
        capitalisation: market.capitalisation.get(),
        daily_sd: log_return(market.daily_sd),
        long_run_sd: log_return(market.long_run_sd.unwrap_or(market.daily_sd)),
        noise: exposed.noise.as_ref().map_or_else(|| shared.law(), |noise| noise.value.law()),
        beta: exposed.beta,
        common: exposed.common.get(),
        revenue: shares(
            names,
            exposed.revenue.iter().map(|(country, share)| (country.clone(), share.get())),
        )?,
        tradable: exposed.tradable.get(),
        institutions: exposed.institutions.get(),
        fast: exposed.fast.get(),
        supply: exposed.supply.get(),
        haven: exposed.haven.get(),
        breakers: market.breakers.as_ref().map(breakers),
        price_limit: market
            .price_limit
            .as_ref()
            .map(|rule| PriceLimit { limit: rule.limit.get(), dispersion: rule.dispersion.get() }),
        languages: names.language_set(exposed.languages.iter().map(|language| &**language)),
    })
}

/// The world factor: the market that moves with nothing else, where there is one.
pub(super) fn factor(scenario: &Scenario) -> WorldFactor {
    let is_factor = |market: &&world_file::Market| market.common.get() >= 1.0 && market.underlying.is_none();
    let market = scenario.world.markets.values().find(is_factor);
    let day = |date: &str| Some(UNIX_EPOCH.until(date.parse::<Date>().ok()?).ok()?.get_days().into());
    let past = scenario.file.scenario.world_before.iter();
    let sd = |of: fn(&world_file::Market) -> Fraction| market.map_or(1.0, |market| log_return(of(market)));
    WorldFactor {
        law: scenario.world.dispositions.trading.law(),
        daily_sd: sd(|market| market.daily_sd),
        long_run_sd: sd(|market| market.long_run_sd.unwrap_or(market.daily_sd)),
        rests: market
            .map_or_else(Vec::new, |market| market.holidays.iter().filter_map(|date| day(date)).collect()),
        past: past.filter_map(|(date, change)| Some((day(date)?, log_return(*change)))).collect(),
    }
}

fn log_return(simple: Fraction) -> f64 {
    LogReturn::from_simple(simple).get()
}

fn breakers(rule: &world_file::Breakers) -> Breakers {
    let fall = |fall: &Fraction| libm::log1p(-fall.get().abs());
    Breakers {
        pauses: rule.pauses.iter().map(fall).collect(),
        pause: rule.pause,
        last: rule.last,
        stop: rule.stop.as_ref().map(fall),
    }
}

/// Indices whose market is simulated.
pub(super) fn volatility_indices(scenario: &Scenario, names: &Names) -> Vec<VolatilityIndex> {
    let simulated = scenario.world.volatility_indices.iter().filter_map(|(id, index)| {
        let market = position(&names.markets, &index.market)?;
        Some(VolatilityIndex { id: id.clone(), market: MarketId::new(market), level: index.level.get() })
    });
    simulated.collect()
}

/// Log returns of markets that are simulated, by the ids in a table.
pub(super) fn moves(
    names: &Names,
    table: &std::collections::BTreeMap<String, Fraction>,
) -> Vec<(MarketId, f64)> {
    let simulated = table
        .iter()
        .filter_map(|(id, change)| Some((MarketId::new(position(&names.markets, id)?), log_return(*change))));
    simulated.collect()
}
