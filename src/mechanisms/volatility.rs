//! Volatility index: what the market expects of itself in the thirty days to come.
//!
//! The index stands, as VIX-like indices do, for the square root of the variance that its market is expected to have over thirty days
//! (21 of trading). That is the variance of the model itself:
//!
//! L(t) = L(0)·√(V(t)/V(0))·exp(F(t)), V = Σ E\[σ²\] + `settle`·Σᵢ Eᵢ²·cᵢ(1 − cᵢ).
//!
//! The first sum is the closed form of the market's GJR-GARCH noise (see [`crate::model::noise`]), from the variance of the day and the return
//! so far: a fall raises it more than a rise. The second is what open matters can still do: issue i moves the market by Eᵢ if its
//! measures come, which traders believe with credence cᵢ, so it is a coin of that variance, tossed within the thirty days with probability
//! `settle`; it falls back when a matter is settled. Levels of the model's variance and of an index differ by what people pay for insurance:
//! the ratio at the start stays, and F, fear, rises by `fear` for a log return of −1 and halves with `half_life`.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::model::decaying::Decaying;
use crate::model::event::Event;
use crate::model::ids::MarketId;
use crate::model::noise::Forecast;
use crate::model::setting::{Market, Setting};
use crate::model::world::{Open, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, TimeSpan};

/// Trading days in thirty days.
const DAYS: u32 = 21;

params! {
    /// Parameters of volatility indices.
    pub struct Params {
        /// Rise of the log level for a log return of −1 of its market, beside that of the expected variance.
        fear: NonNegative,
        /// Time in which that halves.
        half_life: TimeSpan,
        /// Probability that an open matter is settled within the thirty days.
        settle: Probability,
    }
}

/// An index in a run.
#[derive(Debug, Clone, Copy)]
struct Index {
    market: MarketId,
    forecast: Forecast,
    /// V(0).
    at_start: f64,
    fear: Decaying,
    /// Price of the market when last seen.
    seen: f64,
}

/// The rule.
#[derive(Debug)]
pub struct Volatility {
    params: Params,
    indices: Vec<Index>,
}

impl Volatility {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let index = |market: MarketId| {
            let Market { noise, long_run_sd, daily_sd, .. } = setting.markets[market.idx()];
            let forecast = noise.forecast(long_run_sd * long_run_sd);
            let at_start = forecast.over(DAYS, daily_sd * daily_sd, 1.0, 0.0);
            let fear = Decaying::at_rest(0.0, params.half_life);
            Index { market, forecast, at_start, fear, seen: 0.0 }
        };
        let indices = setting.volatility_indices.iter().map(|entry| index(entry.market)).collect();
        Self { params: params.clone(), indices }
    }

    /// Variance of what open matters can still do to `market`.
    fn open(&self, market: MarketId, world: &World<'_>) -> f64 {
        let coin = |open: &Open| {
            let stake = open.stakes.get(market.idx()).copied().unwrap_or(0.0);
            // Doubt is 4c(1 − c).
            stake * stake * open.doubt / 4.0
        };
        self.params.settle.get() * world.open.iter().map(coin).sum::<f64>()
    }
}

impl Mechanism for Volatility {
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        for index in &mut self.indices {
            (index.fear, index.seen) = (Decaying::at_rest(0.0, self.params.half_life), 0.0);
        }
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::PriceMoved
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Event::PriceMoved(market) = *event else { return };
        for idx in 0..self.indices.len() {
            if self.indices[idx].market != market {
                continue;
            }
            let open = self.open(market, world);
            let state = world.market(market);
            let (level, returned) = (state.path.level, state.path.level - state.path.last_close);
            let index = &mut self.indices[idx];
            index.fear.jump(agenda.now(), -self.params.fear.get() * (level - index.seen), 0.0);
            index.seen = level;
            let variance = index.forecast.over(DAYS, state.path.variance, state.rest, returned) + open;
            let ratio = if index.at_start > 0.0 { variance / index.at_start } else { 1.0 };
            world.volatility[idx] = libm::log(ratio) / 2.0 + index.fear.value(agenda.now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture;

    fn rule(fear: f64, setting: &Setting) -> Volatility {
        let params = Params {
            fear: NonNegative::clamped(fear),
            half_life: TimeSpan::from_days(10),
            settle: Probability::clamped(0.5),
        };
        Volatility::new(&params, setting)
    }

    /// Level of the index over that at the start once its market has the given state.
    fn relative(fear: f64, change: impl FnOnce(&mut World<'_>)) -> f64 {
        let setting = fixture::setting();
        let (mut bench, mut rule) = (Bench::new(&setting, 0), rule(fear, &setting));
        rule.begin(&mut bench.world, &mut bench.agenda);
        let sd = setting.markets[0].daily_sd;
        let rest = Decaying::at_rest(0.0, TimeSpan::ZERO);
        bench.world.markets[0] = crate::model::world::MarketState::at_rest(sd * sd, rest);
        change(&mut bench.world);
        bench.tell(&Event::PriceMoved(MarketId(0)), &mut rule);
        bench.world.volatility[0].exp()
    }

    /// The market has σ = σ∞ = 1 % and P = 0.04 + 0.08/2 + 0.9 = 0.98. After a day of −3 % the next has the variance
    /// 0.02·1e-4 + 0.12·9e-4 + 0.9·1e-4 = 2e-4 and the 21 days 21e-4 + 1e-4·(1 − 0.98²¹)/0.02; after +3 % it is 1.28e-4.
    #[test]
    fn the_index_is_the_square_root_of_the_variance_to_come() {
        assert!((relative(0.0, |_| {}) - 1.0).abs() < 1e-9);
        for (r, next) in [(-0.03, 2e-4), (0.03, 1.28e-4)] {
            let found = relative(0.0, |world| {
                (world.markets[0].path.level, world.markets[0].rest) = (r, 0.0);
            });
            let expected = 21e-4 + (next - 1e-4) * (1.0 - 0.98_f64.powi(21)) / 0.02;
            assert!((found - (expected / 21e-4).sqrt()).abs() < 1e-6, "{r}: {found}");
        }
    }

    /// A matter that can move the market by 4 % and is as open as can be is a coin of variance 4e-4, tossed every second time.
    #[test]
    fn open_matters_count_by_the_variance_of_a_coin_until_they_are_settled() {
        let with = |doubt: f64| relative(0.0, |world| world.open[0] = Open { doubt, stakes: vec![0.04] });
        assert!((with(1.0) - (1.0 + 2e-4 / 21e-4_f64).sqrt()).abs() < 1e-9);
        assert!((with(0.0) - 1.0).abs() < 1e-9, "a settled matter no longer counts");
    }

    #[test]
    fn fear_comes_on_top_of_it() {
        let fallen = |fear: f64| relative(fear, |world| world.markets[0].path.level = -0.01);
        assert!((fallen(8.0) / fallen(0.0) - 0.08_f64.exp()).abs() < 1e-9);
    }
}
