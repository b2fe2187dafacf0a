//! Trading: prices move in trading hours, on noise and on the news that traders know.
//!
//! # Noise
//!
//! The log return of day d is σ(d)·ε(d). ε mixes the world factor (share `common` of the variance, the sum of what came since
//! the market's last close) and the market's own part, each of them Student-t with `degrees` of freedom and variance 1. Of the
//! factor of a weekday the share `overnight` is known in the morning of Europe, before New York opens, the rest in the afternoon. The variance follows GARCH(1,1) from the standard deviation measured before the event:
//! σ²(d+1) = (1 − α − β)·σ₀² + α·r(d)² + β·σ²(d). The share `overnight` of the own variance falls into the opening gap, the rest is a
//! Brownian bridge to the day's end, so the close does not depend on how often one looks.
//!
//! # News
//!
//! Of a shock, market m prices the part that its traders know: institutions (share I of turnover) know it after an
//! exponential time with mean `terminal`; private traders know it if they saw it on the platform, or by the press in a language they read
//! (mean time `press` after the first report), or by hearsay (mean time `hearsay`), whichever is first. Out of hours the change gathers in the
//! opening gap. Each change overshoots where institutions trade, who are first to sell and first to come back: `overshoot`·I times it comes
//! on top and goes with `correction` as its half-life.
//!
//! # Counterfactual
//!
//! Beside the price a second one runs on the same draws without any news of the run. Their difference is the abnormal
//! return. News raises the variance of later days on the first path only.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::decaying::Decaying;
use crate::model::event::Event;
use crate::model::ids::{MarketId, MessageId};
use crate::model::setting::{Market, Setting};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::world::{DayReturns, MarketState, News, Origin, Path, World};
use crate::text::params;
use crate::units::{Degrees, NonNegative, Probability, SimTime, TimeSpan, UtcTime};

const FACTOR: Purpose = Purpose::new("trading world factor");
const OWN: Purpose = Purpose::new("trading own noise");
const BRIDGE: Purpose = Purpose::new("trading bridge");

/// Steps of a day with news: the opening and eight more.
pub const STEPS: u32 = 8;
const DAY_MS: i64 = 86_400_000;
/// Move of the news part of a price, as a log return, from which a day is worth a line in the story of a run.
const WORTH_TELLING: f64 = 1e-4;
/// When the two parts of the world factor of a weekday are known (time of day, UTC): in the morning of Europe, and between the European
/// and the American close.
const FACTOR_KNOWN_MS: [i64; 2] = [7 * 3_600_000 + 1_800_000, 15 * 3_600_000];

params! {
    /// Parameters of trading.
    pub struct Params {
        /// α of GARCH(1,1).
        garch_shock: Probability,
        /// β of GARCH(1,1).
        garch_memory: Probability,
        /// Degrees of freedom of the Student-t noise.
        degrees: Degrees,
        /// Share of a market's own variance that falls between close and opening.
        overnight: Probability,
        /// Mean time until institutions know of the words of a speaker of the highest rank; longer in inverse proportion to rank.
        terminal: TimeSpan,
        /// Mean time from the first report in their language until private traders know.
        press: TimeSpan,
        /// Mean time until private traders know without press or platform.
        hearsay: TimeSpan,
        /// Part of each change that is too much at first.
        overshoot: NonNegative,
        /// Time in which the overshoot halves.
        correction: TimeSpan,
    }
}

/// Noise of one trading day in units of its standard deviation.
#[derive(Debug, Clone, Copy, Default)]
struct DayNoise {
    /// World factor known before the opening, and all of it.
    factor: (f64, f64),
    /// Own part at the opening, and over the rest of the day.
    own: (f64, f64),
    /// How far the bridge has come, and where it stands.
    bridge: (f64, f64),
}

/// The rule.
#[derive(Debug)]
pub struct Trading {
    params: Params,
    /// For each market and day: instants of its steps.
    steps: Vec<Vec<[SimTime; STEPS as usize + 1]>>,
    today: Vec<DayNoise>,
    /// Sum of the moves of each market's news part since its last close.
    moved: Vec<f64>,
    /// Noise part of the price at the last close, with and without news.
    noise: Vec<[f64; 2]>,
}

impl Trading {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let steps_of = |market: &Market| market.days.iter().map(|day| steps(day, setting)).collect();
        Self {
            params: params.clone(),
            steps: setting.markets.iter().map(steps_of).collect(),
            today: Vec::new(),
            moved: Vec::new(),
            noise: Vec::new(),
        }
    }

    fn appoint(&self, market: MarketId, day: u32, step: u32, agenda: &mut Agenda<Event>) {
        if let Some(steps) = self.steps[market.idx()].get(day as usize) {
            agenda.schedule(steps[step as usize], Event::MarketStep { market, day, step });
        }
    }

    /// Draws the noise of a day.
    fn draw(&self, id: MarketId, day: u32, world: &World<'_>) -> DayNoise {
        let market = &world.setting.markets[id.idx()];
        let steps = &self.steps[id.idx()];
        let [opening, close] = [steps[day as usize][0], steps[day as usize][STEPS as usize]];
        let last_close = steps[day as usize - 1][STEPS as usize];
        let start = world.setting.start;
        let mut factor = (0.0, 0.0);
        let day_of = |time: SimTime| start.plus(time).unix_ms().div_euclid(DAY_MS);
        for unix_day in day_of(last_close)..=day_of(close) {
            let parts = self.world_factor(unix_day, world);
            for (value, known_ms) in parts.into_iter().zip(FACTOR_KNOWN_MS) {
                let known = UtcTime::from_unix_ms(unix_day * DAY_MS + known_ms).sim_time(start);
                if known > last_close && known <= close {
                    factor.1 += value;
                    factor.0 += if known <= opening { value } else { 0.0 };
                }
            }
        }
        let date_key = (start.plus(opening).unix_ms().div_euclid(DAY_MS)) as u32;
        let mut stream = world.key.stream(OWN, Subject::new(market.key, date_key));
        let scale = student_scale(self.params.degrees.get() as u32, || stream.normal());
        let overnight = self.params.overnight.get();
        let own_opening = scale * libm::sqrt(overnight) * stream.normal();
        let own_rest = scale * libm::sqrt(1.0 - overnight) * stream.normal();
        DayNoise { factor, own: (own_opening, own_rest), bridge: (0.0, 0.0) }
    }

    /// The two parts of the world factor of a day since 1970, in standard deviations of the whole; none at the week-end.
    fn world_factor(&self, unix_day: i64, world: &World<'_>) -> [f64; 2] {
        // 1970-01-01 was a Thursday.
        if (unix_day + 3).rem_euclid(7) >= 5 {
            return [0.0; 2];
        }
        let midnight = UtcTime::from_unix_ms(unix_day * DAY_MS).sim_time(world.setting.start);
        let mut stream = world.key_since(midnight).stream(FACTOR, Subject::new(unix_day as u32, 0));
        let scale = student_scale(self.params.degrees.get() as u32, || stream.normal());
        let overnight = self.params.overnight.get();
        [overnight, 1.0 - overnight].map(|share| scale * libm::sqrt(share) * stream.normal())
    }

    fn step(&mut self, id: MarketId, day: u32, step: u32, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        if step == 0 {
            self.today[id.idx()] = self.draw(id, day, world);
        }
        let market = &world.setting.markets[id.idx()];
        let noise = self.noise_at(id, day, step, world);
        let known = known_news(id, now, &self.params, world);
        let state = &mut world.markets[id.idx()];
        let change = known - state.news;
        state.news = known;
        self.moved[id.idx()] += change.abs();
        state.overshoot.jump(now, change * self.params.overshoot.get() * market.institutions, 0.0);
        let in_sd = libm::sqrt(market.common) * noise.0 + libm::sqrt(1.0 - market.common) * noise.1;
        let [with, without] = self.noise[id.idx()];
        state.path.level =
            with + libm::sqrt(state.path.variance) * in_sd + state.news + state.overshoot.value(now);
        state.without.level = without + libm::sqrt(state.without.variance) * in_sd;
        if now >= world.setting.reference {
            follow(&mut state.path);
            follow(&mut state.without);
        }
        self.record(id, day, step, in_sd, world);
        world.facts.push_back(Event::PriceMoved(id));
        let next = if step > 0 || !world.news.is_empty() { step + 1 } else { STEPS };
        if next <= STEPS {
            self.appoint(id, day, next, agenda);
        } else {
            self.appoint(id, day + 1, 0, agenda);
        }
    }

    /// World part and own part of the noise from the last close until `step`.
    fn noise_at(&mut self, id: MarketId, day: u32, step: u32, world: &World<'_>) -> (f64, f64) {
        let progress = f64::from(step) / f64::from(STEPS);
        let noise = &mut self.today[id.idx()];
        let (before, reached) = noise.bridge;
        let end = noise.own.1;
        let own = if step == 0 {
            0.0
        } else if step == STEPS {
            end
        } else {
            let part = (progress - before) / (1.0 - before);
            // The size of the bridge's own wandering follows the square of the day's scale only in the mean; it leaves the close alone.
            let variance =
                (1.0 - self.params.overnight.get()) * (progress - before) * (1.0 - progress) / (1.0 - before);
            let subject = Subject::new(world.setting.markets[id.idx()].key, day << 8 | step);
            reached
                + (end - reached) * part
                + libm::sqrt(variance) * world.key.stream(BRIDGE, subject).normal()
        };
        noise.bridge = (progress, own);
        let (factor_before, factor_all) = noise.factor;
        (factor_before + (factor_all - factor_before) * progress, noise.own.0 + own)
    }

    /// Writes down the gap at the opening; at the close the day's returns, and carries prices and variances over.
    fn record(&mut self, id: MarketId, day: u32, step: u32, in_sd: f64, world: &mut World<'_>) {
        let market = &world.setting.markets[id.idx()];
        let state = &mut world.markets[id.idx()];
        let returned = |path: &Path| path.level - path.last_close;
        if step == 0 {
            let gap = returned(&state.path);
            state.days.push(DayReturns { day, gap, close: f64::NAN, close_without: f64::NAN });
        }
        if step < STEPS {
            return;
        }
        let (close, close_without) = (returned(&state.path), returned(&state.without));
        if let Some(today) = state.days.last_mut() {
            (today.close, today.close_without) = (close, close_without);
        }
        let (alpha, beta) = (self.params.garch_shock.get(), self.params.garch_memory.get());
        let long_run = (1.0 - alpha - beta).max(0.0) * market.daily_sd * market.daily_sd;
        let noise = &mut self.noise[id.idx()];
        noise[0] += libm::sqrt(state.path.variance) * in_sd;
        noise[1] += libm::sqrt(state.without.variance) * in_sd;
        for (path, day_return) in [(&mut state.path, close), (&mut state.without, close_without)] {
            path.variance = long_run + alpha * day_return * day_return + beta * path.variance;
            path.last_close = path.level;
        }
        if std::mem::take(&mut self.moved[id.idx()]) >= WORTH_TELLING {
            tell_close(id, self.steps[id.idx()][day as usize][STEPS as usize], (close, close_without), world);
        }
    }
}

/// Writes down the close of a day on which news moved the price.
fn tell_close(id: MarketId, time: SimTime, (close, close_without): (f64, f64), world: &mut World<'_>) {
    let topic = world.news.iter().rev().find(|news| news.shocks[id.idx()] != 0.0).and_then(|news| news.topic);
    world.note(|world| TimelineEntry {
        time,
        kind: EntryKind::Price,
        id: format!("close:{}:{}", world.setting.markets[id.idx()].id, world.markets[id.idx()].days.len()),
        actor: world.setting.markets[id.idx()].id.clone(),
        cause: topic.map(|topic| world.name_of(topic)),
        text: format!(
            "closes at {:+.2} %, {:+.2} % of it news",
            100.0 * libm::expm1(close),
            100.0 * (libm::expm1(close) - libm::expm1(close_without))
        ),
    });
}

/// Instants of the opening and of eight equal parts of the trading time of a day.
fn steps(day: &crate::model::calendar::TradingDay, setting: &Setting) -> [SimTime; STEPS as usize + 1] {
    let total: i64 =
        day.sessions.iter().map(|session| session.close.unix_ms() - session.open.unix_ms()).sum();
    std::array::from_fn(|step| {
        let mut traded = total * step as i64 / i64::from(STEPS);
        for (idx, session) in day.sessions.iter().enumerate() {
            let length = session.close.unix_ms() - session.open.unix_ms();
            if traded <= length || idx + 1 == day.sessions.len() {
                return session.open.sim_time(setting.start) + TimeSpan::from_ms(traded.min(length));
            }
            traded -= length;
        }
        SimTime::NEVER
    })
}

/// Factor that turns a standard normal number into a Student-t one of variance 1: sqrt((ν − 2)/χ²(ν)).
fn student_scale(degrees: u32, mut normal: impl FnMut() -> f64) -> f64 {
    let chi_squared: f64 = (0..degrees).map(|_| normal()).map(|value| value * value).sum();
    libm::sqrt(f64::from(degrees - 2) / chi_squared.max(f64::MIN_POSITIVE))
}

/// Follows the highest price since the reference, counted from the last close before it.
fn follow(path: &mut Path) {
    path.high = path.high.max(path.last_close).max(path.level);
    path.drawdown = path.drawdown.max(path.high - path.level);
}

/// Part of all news that the traders of a market know at `now`, as a log return.
fn known_news(id: MarketId, now: SimTime, params: &Params, world: &World<'_>) -> f64 {
    world.news.iter().map(|news| news.shocks[id.idx()] * known_share(id, news, now, params, world)).sum()
}

fn known_share(id: MarketId, news: &News, now: SimTime, params: &Params, world: &World<'_>) -> f64 {
    let market = &world.setting.markets[id.idx()];
    let after = |since: SimTime, mean_ms: f64| {
        let passed = now.since(since).as_ms().max(0) as f64;
        -libm::expm1(-passed / mean_ms.max(1.0))
    };
    let terminal = params.terminal.as_ms() as f64 / news.rank.max(0.05);
    let institutions = after(news.time, terminal);
    let hearsay = after(news.time, params.hearsay.as_ms() as f64);
    let (platform, press) = news.topic.map_or((0.0, 0.0), |topic| {
        let reported = first_report(topic, market, world);
        (seen_in(market, topic, world), reported.map_or(0.0, |time| after(time, params.press.as_ms() as f64)))
    });
    let private = 1.0 - (1.0 - hearsay) * (1.0 - platform) * (1.0 - press);
    market.institutions * institutions + (1.0 - market.institutions) * private
}

/// When the topic was first reported in a language that private traders of the market read.
fn first_report(topic: MessageId, market: &Market, world: &World<'_>) -> Option<SimTime> {
    let is_report = |origin: Origin| matches!(origin, Origin::Coverage { about, .. } if about == topic);
    let report = world
        .messages
        .iter()
        .find(|message| is_report(message.origin) && message.languages.meets(market.languages));
    report.map(|message| message.posted)
}

/// Share of the country's users that saw the message itself.
fn seen_in(market: &Market, topic: MessageId, world: &World<'_>) -> f64 {
    let publics = world.setting.publics_of(market.country);
    let seen: f64 = publics
        .map(|public| world.setting.publics[public.idx()].n_real * world.spread(topic).seen_share(public))
        .sum();
    seen / world.setting.countries[market.country.idx()].n_users
}

impl Mechanism for Trading {
    fn begin(&mut self, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let setting = world.setting;
        self.today.clear();
        self.today.resize(setting.markets.len(), DayNoise::default());
        self.moved.clear();
        self.moved.resize(setting.markets.len(), 0.0);
        self.noise.clear();
        self.noise.resize(setting.markets.len(), [0.0; 2]);
        for (idx, market) in setting.markets.iter().enumerate() {
            let variance = market.daily_sd * market.daily_sd;
            world.markets[idx] =
                MarketState::at_rest(variance, Decaying::at_rest(0.0, self.params.correction));
            // The day before the first one tells when the market last closed.
            let first =
                self.steps[idx].iter().position(|steps| steps[0] >= SimTime::START).unwrap_or(usize::MAX);
            if (1..self.steps[idx].len()).contains(&first) {
                self.appoint(MarketId::new(idx), first as u32, 0, agenda);
            }
        }
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        if let Event::MarketStep { market, day, step } = *event {
            self.step(market, day, step, world, agenda);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{self, Budget, Model};
    use crate::mechanisms::Bench;
    use crate::model::fixture;

    fn params() -> Params {
        let p = Probability::clamped;
        Params {
            garch_shock: p(0.08),
            garch_memory: p(0.9),
            degrees: Degrees::clamped(6.0),
            overnight: p(0.25),
            terminal: TimeSpan::from_secs(600),
            press: TimeSpan::from_hours(4),
            hearsay: TimeSpan::from_hours(24),
            overshoot: NonNegative::clamped(0.8),
            correction: TimeSpan::from_secs(3600),
        }
    }

    struct Exchange<'a> {
        world: World<'a>,
        rule: Trading,
    }

    impl Model for Exchange<'_> {
        type Event = Event;
        fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
            self.rule.react(&event, &mut self.world, agenda);
            self.world.facts.clear();
        }
        fn advance(&mut self, _from: SimTime, _to: SimTime) {}
    }

    /// Thirty days of trading with `news` known from the start.
    fn traded(setting: &Setting, news: Option<News>, params: &Params, run: u64) -> MarketState {
        let Bench { world, mut agenda } = Bench::new(setting, run);
        let mut exchange = Exchange { world, rule: Trading::new(params, setting) };
        exchange.rule.begin(&mut exchange.world, &mut agenda);
        exchange.world.news.extend(news);
        engine::run(&mut exchange, &mut agenda, Budget { horizon: setting.horizon, events: 1_000_000 });
        exchange.world.markets.remove(0)
    }

    fn shock(size: f64, time: SimTime) -> News {
        News { time, topic: None, rank: 1.0, shocks: vec![size] }
    }

    #[test]
    fn without_news_both_paths_are_one() {
        let setting = fixture::setting();
        let market = traded(&setting, None, &params(), 0);
        assert_eq!(market.path, market.without);
        assert_eq!(market.days.len(), 22);
        assert!(market.days.iter().all(|day| day.close == day.close_without && day.close != 0.0));
    }

    #[test]
    fn news_changes_nothing_without_it_and_ends_as_the_whole_shock() {
        let setting = fixture::setting();
        let quiet = traded(&setting, None, &params(), 3);
        let moved = traded(
            &setting,
            Some(shock(-0.05, SimTime::START)),
            &Params { garch_shock: Probability::clamped(0.0), ..params() },
            3,
        );
        let calm = traded(&setting, None, &Params { garch_shock: Probability::clamped(0.0), ..params() }, 3);
        assert_eq!(moved.without, calm.without);
        assert!((moved.path.level - moved.without.level + 0.05).abs() < 1e-9, "{moved:?}");
        let with_memory = traded(&setting, Some(shock(-0.05, SimTime::START)), &params(), 3);
        assert_eq!(with_memory.without, quiet.without);
        assert!(
            with_memory.days[1].close.abs() > 0.0
                && with_memory.path.variance != with_memory.without.variance
        );
    }

    #[test]
    fn news_out_of_hours_gathers_in_the_gap_and_overshoots() {
        let setting = fixture::setting();
        let params = Params { terminal: TimeSpan::from_ms(1), hearsay: TimeSpan::from_ms(1), ..params() };
        let day = traded(&setting, Some(shock(-0.05, SimTime::START)), &params, 0).days[0];
        let quiet = traded(&setting, None, &params, 0).days[0];
        // Institutions make up half of the turnover: the gap is 1 + 0.8·0.5 times the news, of which eight half-lives leave little.
        assert!((day.gap - quiet.gap + 0.05 * 1.4).abs() < 1e-9, "{day:?}");
        assert!((day.close - day.close_without + 0.05 * (1.0 + 0.4 / 256.0)).abs() < 1e-9, "{day:?}");
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
        let squares: f64 =
            (0..n).map(|run| traded(&setting, None, &params(), run).days[0].close.powi(2)).sum();
        let ratio = squares / n as f64 / (0.01 * 0.01);
        assert!((ratio - 1.0).abs() < 3.9 * (9.0 / n as f64).sqrt(), "{ratio}");
    }

    #[test]
    fn student_noise_has_variance_one_and_heavy_tails() {
        let n = 100_000;
        let mut stream = crate::engine::streams::RunKey::new(0, 0)
            .stream(Purpose::new("student test"), Subject::default());
        let draws: Vec<f64> = (0..n).map(|_| student_scale(6, || stream.normal())).collect();
        let mean_square = draws.iter().map(|scale| scale * scale).sum::<f64>() / f64::from(n);
        // E[scale²] = 1; E[scale⁴] = (ν − 2)/(ν − 4) = 2 for ν = 6, so the standard error is that of a variance below 2 with heavy tails.
        assert!((mean_square - 1.0).abs() < 0.05, "{mean_square}");
        assert!(draws.iter().copied().fold(0.0, f64::max) > 3.0);
    }
}
