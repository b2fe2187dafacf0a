//! Volatility index: what the market expects of itself.
//!
//! The log level moves by −`leverage` times the log return of the index's market, falls back to its start with `half_life`, and
//! stands higher by `doubt` times the log return that the most open issue could still bring to the market, times how open it is: it falls
//! back when a matter is settled.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::decaying::Decaying;
use crate::model::event::Event;
use crate::model::world::{Open, World};
use crate::text::params;
use crate::units::{NonNegative, TimeSpan};

params! {
    /// Parameters of volatility indices.
    pub struct Params {
        /// Rise of the log level for a log return of −1 of its market.
        leverage: NonNegative,
        /// Time in which a deviation halves.
        half_life: TimeSpan,
        /// Rise of the log level for a log return of 1 that is at stake and wholly open.
        doubt: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Volatility {
    params: Params,
    /// Deviation of each index, and the price of its market when last seen.
    deviations: Vec<(Decaying, f64)>,
}

impl Volatility {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone(), deviations: Vec::new() }
    }
}

impl Mechanism for Volatility {
    fn begin(&mut self, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        let at_rest = (Decaying::at_rest(0.0, self.params.half_life), 0.0);
        self.deviations.clear();
        self.deviations.resize(world.setting.volatility_indices.len(), at_rest);
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Event::PriceMoved(market) = *event else { return };
        let now = agenda.now();
        for (idx, _) in
            world.setting.volatility_indices.iter().enumerate().filter(|(_, index)| index.market == market)
        {
            let level = world.market(market).path.level;
            let (deviation, last_level) = &mut self.deviations[idx];
            deviation.jump(now, -self.params.leverage.get() * (level - *last_level), 0.0);
            *last_level = level;
            let at_stake =
                |open: &Open| open.stakes.get(market.idx()).map_or(0.0, |stake| stake * open.doubt);
            let open = world.open.iter().map(at_stake).fold(0.0, f64::max);
            world.volatility[idx] = deviation.value(now) + self.params.doubt.get() * open;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture;
    use crate::model::ids::MarketId;

    #[test]
    fn the_index_rises_when_its_market_falls_and_while_news_is_open() {
        let setting = fixture::setting();
        let mut rule = Volatility::new(&Params {
            leverage: NonNegative::clamped(8.0),
            half_life: TimeSpan::from_days(10),
            doubt: NonNegative::clamped(20.0),
        });
        let mut bench = Bench::new(&setting, 0);
        rule.begin(&mut bench.world, &mut bench.agenda);
        bench.world.markets[0].path.level = -0.01;
        bench.tell(Event::PriceMoved(MarketId(0)), &mut rule);
        assert!((bench.world.volatility[0] - 0.08).abs() < 1e-12);
        bench.world.open[0] = Open { doubt: 0.5, stakes: vec![0.02] };
        bench.tell(Event::PriceMoved(MarketId(0)), &mut rule);
        assert!((bench.world.volatility[0] - 0.08 - 0.2).abs() < 1e-12);
        bench.world.open[0].doubt = 0.0;
        bench.tell(Event::PriceMoved(MarketId(0)), &mut rule);
        assert!((bench.world.volatility[0] - 0.08).abs() < 1e-12, "a settled matter no longer counts");
    }
}
