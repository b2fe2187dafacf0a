use super::*;
use crate::engine::{self, Budget, Model};
use crate::mechanisms::Bench;
use crate::model::calendar::{Calendar, TradingWeek};
use crate::model::fixture;
use crate::model::setting::{Breakers, PriceLimit, ScriptOffline};
use crate::model::vocabulary::Traded;

fn params() -> Params {
    let p = Probability::clamped;
    Params {
        garch_shock: p(0.04),
        garch_leverage: p(0.08),
        garch_memory: p(0.9),
        degrees: Degrees::clamped(6.0),
        skew: Signed::clamped(0.0),
        overnight: p(0.25),
        terminal: TimeSpan::from_secs(600),
        press: TimeSpan::from_hours(4),
        hearsay: TimeSpan::from_hours(24),
        impact: p(0.5),
        overshoot: NonNegative::clamped(0.8),
        correction: TimeSpan::from_secs(3600),
    }
}

/// Everybody knows at once.
fn at_once() -> Params {
    Params { terminal: TimeSpan::from_ms(1), hearsay: TimeSpan::from_ms(1), ..params() }
}

struct Exchange<'a> {
    world: World<'a>,
    rule: Trading,
    /// (time, market, with news, without) of every step.
    seen: Vec<(SimTime, usize, f64, f64)>,
}

impl Model for Exchange<'_> {
    type Event = Event;
    fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
        self.rule.react(&event, &mut self.world, agenda);
        if let Event::MarketStep { market, .. } = event {
            let state = self.world.market(market);
            self.seen.push((agenda.now(), market.idx(), state.path.level, state.without.level));
        }
        self.world.facts.clear();
    }
    fn advance(&mut self, _from: SimTime, _to: SimTime) {}
}

/// Thirty days of trading with `news` known from the start.
fn exchange<'a>(setting: &'a Setting, news: Option<News>, params: &Params, run: u64) -> Exchange<'a> {
    let Bench { world, mut agenda } = Bench::new(setting, run);
    let mut exchange = Exchange { world, rule: Trading::new(params, setting), seen: Vec::new() };
    exchange.rule.begin(&mut exchange.world, &mut agenda);
    // Something that a denial can be.
    exchange.world.post(fixture::appeal(SimTime::START)).expect("one message fits");
    exchange.world.facts.clear();
    exchange.world.news.extend(news);
    for (idx, event) in setting.script.offline.iter().enumerate() {
        agenda.schedule(event.time, Event::OfflineHappened(ScriptId::new(idx)));
    }
    engine::run(&mut exchange, &mut agenda, Budget { horizon: setting.horizon, events: 1_000_000 });
    exchange
}

fn traded(setting: &Setting, news: Option<News>, params: &Params, run: u64) -> MarketState {
    exchange(setting, news, params, run).world.markets.remove(0)
}

fn shock(size: f64, time: SimTime) -> News {
    News { time, topic: None, rank: 1.0, shocks: vec![size], denied: None }
}

/// The small world without the memory of variance, so that two paths differ by news alone.
fn forgetful() -> Setting {
    let mut setting = fixture::setting();
    setting.markets[0].noise.shock = 0.0;
    setting.markets[0].noise.leverage = 0.0;
    setting
}

#[test]
fn without_news_both_paths_are_one() {
    let setting = fixture::setting();
    let market = traded(&setting, None, &params(), 0);
    assert_eq!(market.path, market.without);
    assert_eq!(market.days.len(), 22);
    assert!(market.days.iter().all(|day| day.close == day.close_without && day.close != 0.0));
}

/// The abnormal return of a known shock is the shock itself once all know: the event study has a closed form.
#[test]
fn news_changes_nothing_without_it_and_ends_as_the_whole_shock() {
    let setting = forgetful();
    let calm = traded(&setting, None, &params(), 3);
    let moved = traded(&setting, Some(shock(-0.05, SimTime::START)), &params(), 3);
    // Looking more often finds higher highs, so only what does not depend on looks is compared.
    let state = |market: &MarketState| (market.without.level, market.without.variance);
    assert!((state(&moved).0 - state(&calm).0).abs() < 1e-12 && state(&moved).1 == state(&calm).1);
    assert!((moved.path.level - moved.without.level + 0.05).abs() < 1e-9, "{moved:?}");
    let setting = fixture::setting();
    let quiet = traded(&setting, None, &params(), 3);
    let with_memory = traded(&setting, Some(shock(-0.05, SimTime::START)), &params(), 3);
    assert!((with_memory.without.level - quiet.without.level).abs() < 1e-12);
    assert!(with_memory.path.variance != with_memory.without.variance);
}

/// Step by step: at time t after the news the abnormal level is shock·K(t)^δ plus what is left of each earlier change's overshoot.
#[test]
fn abnormal_levels_follow_the_closed_form_of_awareness_impact_and_overshoot() {
    let setting = forgetful();
    let params = params();
    let run = exchange(&setting, Some(shock(-0.05, SimTime::START)), &params, 5);
    let known = |time: SimTime| {
        let hours = time.since(SimTime::START).as_hours();
        let (institutions, hearsay) = (1.0 - (-hours * 6.0).exp(), 1.0 - (-hours / 24.0).exp());
        (0.5 * institutions + 0.5 * hearsay).sqrt()
    };
    let (mut priced, mut too_much, mut before) = (0.0, 0.0, SimTime::START);
    for &(time, _, with, without) in run.seen.iter().take(20) {
        let target = -0.05 * known(time);
        too_much *= 0.5_f64.powf(time.since(before).as_hours());
        too_much += (target - priced) * 0.8 * 0.5;
        (priced, before) = (target, time);
        assert!(
            (with - without - priced - too_much).abs() < 1e-9,
            "{time:?}: {} {}",
            with - without,
            priced + too_much
        );
    }
}

#[test]
fn news_out_of_hours_gathers_in_the_gap_and_overshoots() {
    let setting = fixture::setting();
    let day = traded(&setting, Some(shock(-0.05, SimTime::START)), &at_once(), 0).days[0];
    let quiet = traded(&setting, None, &at_once(), 0).days[0];
    // Fast traders make up half of the turnover: the gap is 1 + 0.8·0.5 times the news, of which eight half-lives leave little.
    assert!((day.gap - quiet.gap + 0.05 * 1.4).abs() < 1e-9, "{day:?}");
    assert!((day.close - day.close_without + 0.05 * (1.0 + 0.4 / 256.0)).abs() < 1e-9, "{day:?}");
}

/// News that breaks while a market trades which had nothing to look at is priced step by step, so that what is too much goes before the close.
#[test]
fn news_within_the_day_is_looked_at_before_the_close() {
    let setting = forgetful();
    let Bench { world, mut agenda } = Bench::new(&setting, 0);
    let mut exchange = Exchange { world, rule: Trading::new(&at_once(), &setting), seen: Vec::new() };
    exchange.rule.begin(&mut exchange.world, &mut agenda);
    let noon = SimTime::START + TimeSpan::from_hours(12);
    engine::run(&mut exchange, &mut agenda, Budget { horizon: noon, events: 1_000_000 });
    assert_eq!(exchange.seen.len(), 1, "the opening");
    exchange.world.news.push(shock(-0.05, noon));
    let message = exchange.world.post(fixture::appeal(noon)).expect("one message fits");
    exchange.rule.react(&Event::MessagePosted(message), &mut exchange.world, &mut agenda);
    engine::run(&mut exchange, &mut agenda, Budget { horizon: setting.horizon, events: 1_000_000 });
    let day = exchange.world.markets[0].days[0];
    // Steps at 13 to 17 h: four half-lives from the first of them to the close.
    assert!((day.close - day.close_without + 0.05 * (1.0 + 0.4 / 16.0)).abs() < 1e-9, "{day:?}");
    assert_eq!(exchange.world.markets[0].days.iter().filter(|other| other.day == day.day).count(), 1);
}

#[test]
fn a_closed_market_does_not_move_on_the_day_before_the_news() {
    let setting = fixture::setting();
    let evening = SimTime::START + TimeSpan::from_hours(20);
    let market = traded(&setting, Some(shock(-0.05, evening)), &params(), 1);
    assert_eq!(market.days[0].close, market.days[0].close_without);
    assert!(market.days[1].close < market.days[1].close_without);
}

/// The close of a day must not depend on how often one looks: with news (of size zero) there are eight steps, without one.
#[test]
fn the_close_does_not_depend_on_the_steps() {
    let setting = fixture::setting();
    for run in 0..20 {
        let once = traded(&setting, None, &params(), run);
        let often = traded(&setting, Some(shock(0.0, SimTime::START)), &params(), run);
        for (left, right) in once.days.iter().zip(&often.days) {
            assert!((left.close - right.close).abs() < 1e-12 && (left.gap - right.gap).abs() < 1e-12);
        }
    }
}

/// The first day's return has variance σ²: with n = 4,000 and kurtosis below 10 the sample variance lies within
/// 3.9·sqrt(9/n) of it (α = 1e-4). Monday's factor holds the morning of Monday and the afternoon of Friday: one day in all.
#[test]
fn daily_returns_have_the_standard_deviation_asked_for() {
    let setting = fixture::setting();
    let n = 4000;
    let squares: f64 = (0..n).map(|run| traded(&setting, None, &params(), run).days[0].close.powi(2)).sum();
    let ratio = squares / n as f64 / (0.01 * 0.01);
    assert!((ratio - 1.0).abs() < 3.9 * (9.0 / n as f64).sqrt(), "{ratio}");
}

/// The shock is denied three hours into the day; institutions make up all turnover and know after ten minutes in the mean, so an hour later
/// less than 0.3 % of it is left: 1 − √(1 − e⁻⁶) = 0.12 %.
#[test]
fn a_denial_takes_the_price_back_as_fast_as_the_news_moved_it() {
    let mut setting = forgetful();
    setting.markets[0].institutions = 1.0;
    setting.markets[0].fast = 0.0;
    let denied = SimTime::START + TimeSpan::from_hours(12);
    let mut news = shock(-0.05, SimTime::START);
    let retraction =
        |share| crate::model::world::Retraction { time: denied, topic: MessageId(0), rank: 1.0, share };
    news.denied = Some(retraction(1.0));
    let run = exchange(&setting, Some(news), &params(), 0);
    let abnormal = |from: i64, to: i64| -> Vec<f64> {
        let within = |time: SimTime| {
            let minutes = time.since(denied).as_ms() / 60_000;
            (from..=to).contains(&minutes)
        };
        let seen = run.seen.iter().filter(|(time, ..)| within(*time));
        seen.map(|(_, _, with, without)| with - without).collect()
    };
    assert!(abnormal(-120, -1).iter().all(|level| (level + 0.05).abs() < 1e-4), "{:?}", abnormal(-120, -1));
    assert!(abnormal(55, 180).iter().all(|level| level.abs() < 0.05 * 0.003), "{:?}", abnormal(55, 180));
}

/// A future of the market that trades from the evening before until an hour after its close.
fn with_future() -> Setting {
    let mut setting = forgetful();
    let calendar =
        Calendar::new("UTC", &["previous 18:00-17:30"], TradingWeek::MondayFriday, &[] as &[&str]).unwrap();
    let day = |days: i64| setting.start.plus(SimTime::START + TimeSpan::from_days(days));
    let mut future = setting.markets[0].clone();
    future.days = calendar.trading_days(day(-21), day(40));
    future.kind = Traded::Future;
    future.underlying = Some(MarketId(0));
    future.id = "F".to_owned();
    future.key = 77;
    setting.markets.push(future);
    setting
}

#[test]
fn a_future_moves_first_follows_the_index_while_it_trades_and_ends_where_the_index_opens() {
    let setting = with_future();
    let news = News { shocks: vec![-0.05, -0.05], ..shock(0.0, SimTime::START + TimeSpan::from_hours(19)) };
    for run in 0..10 {
        let run = exchange(&setting, Some(news.clone()), &at_once(), run);
        let index = &run.world.markets[0].days;
        // The index closed at 17:00 on the first day, before the news; its future of the second day has traded since 18:00.
        assert_eq!(index[0].close, index[0].close_without);
        let fell = run.seen.iter().find(|(time, market, with, without)| {
            *market == 1 && *time > news.time && with - without < -0.04
        });
        let opening = run.seen.iter().filter(|(_, market, ..)| *market == 0).nth(9).unwrap();
        assert!(fell.is_some_and(|fell| fell.0 < opening.0), "{fell:?} {opening:?}");
        let last_before =
            run.seen.iter().rfind(|(time, market, ..)| *market == 1 && *time <= opening.0).unwrap();
        assert!(
            (last_before.2 - last_before.3 - (opening.2 - opening.3)).abs() < 1e-9,
            "the same news in both"
        );
        // While the index trades, its future is where the index was last seen.
        let hour = |time: SimTime| time.since(SimTime::START).as_hours() % 24.0;
        let mut of_index = (0.0, 0.0);
        for &(time, market, with, without) in &run.seen {
            match market {
                0 => of_index = (with, without),
                _ if 9.0 < hour(time) && hour(time) < 17.0 => {
                    assert_eq!((with, without), of_index, "{time:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_fall_through_the_thresholds_pauses_trading_and_ends_it_at_the_last() {
    let mut setting = forgetful();
    setting.markets[0].fast = 0.0;
    setting.markets[0].breakers = Some(Breakers {
        pauses: vec![libm::log1p(-0.07), libm::log1p(-0.13)],
        pause: TimeSpan::from_secs(900),
        last: TimeSpan::from_secs(35 * 60),
        stop: Some(libm::log1p(-0.20)),
    });
    let crash = |size| exchange(&setting, Some(shock(size, SimTime::START)), &at_once(), 0);
    let calm = crash(-0.03).world.markets.remove(0);
    assert_eq!(calm.halts, 0);
    let paused = crash(-0.12);
    assert_eq!(paused.world.markets[0].halts, 1);
    let [first, second] = [paused.seen[0], paused.seen[1]];
    assert!((first.2 - libm::log1p(-0.07)).abs() < 1e-12, "trading stops at the threshold");
    assert_eq!(second.0.since(first.0), TimeSpan::from_secs(900));
    assert!(second.2 < -0.09, "and goes on where news and noise are");
    let stopped = crash(-0.40).world.markets.remove(0);
    assert!((stopped.days[0].close - libm::log1p(-0.20)).abs() < 1e-12, "{stopped:?}");
    assert!(stopped.days[1].close < -0.1, "what could not be traded waits for the next day");
}

#[test]
fn daily_limits_hold_an_index_back_until_the_next_day() {
    let mut setting = forgetful();
    setting.markets[0].fast = 0.0;
    setting.markets[0].price_limit = Some(PriceLimit { limit: 0.1, dispersion: 0.03 });
    let market = traded(&setting, Some(shock(-0.15, SimTime::START)), &at_once(), 0);
    let first = libm::expm1(market.days[0].close);
    assert!((-0.1..-0.09).contains(&first), "{first}");
    assert!(market.days[1].close < market.days[1].close_without - 0.03, "{market:?}");
    assert!((market.path.level - market.without.level + 0.15).abs() < 0.01);
}

#[test]
fn what_has_another_cause_moves_both_paths() {
    let mut setting = forgetful();
    setting.script.offline.push(ScriptOffline {
        id: "crisis".to_owned(),
        time: SimTime::START,
        tension: Vec::new(),
        caution: Vec::new(),
        lines: Vec::new(),
        moves: vec![(MarketId(0), -0.02)],
        text: String::new(),
    });
    let crisis = traded(&setting, None, &at_once(), 2);
    let calm = traded(&forgetful(), None, &at_once(), 2);
    assert_eq!(crisis.path, crisis.without);
    assert!((crisis.path.level - calm.path.level + 0.02).abs() < 1e-9);
}
