//! Trading: prices move in trading hours, on noise and on the news that traders know.
//!
//! # Noise
//!
//! The log return of day d is b·Σf + √(σ²(d) − b²φ²)·ε(d): what the world factor f has done since the market's last close (submodule
//! `factor`), times a sensitivity b that does not change, and the market's own part ε. σ and φ, the standard deviations of the market and
//! of the factor, each follow the law of `garch` in the submodule of that name, from what was measured before the event back to the
//! long run; there b²φ² is the share `common` of σ². So a market goes along with New York the more, the wilder New York is (a factor with
//! autoregressive variance: Engle, Ng & Rothschild 1990, Journal of Econometrics 45, 213–237), has no noise of its own where that alone
//! would move it more than it moves, and is wilder afterwards. Of the
//! factor of a weekday the share `overnight` is known in the morning of Europe, before New York opens, the rest in the afternoon: what
//! happens in one session is there when the next one opens. The share `overnight` of the own variance falls into the opening gap, the rest is a
//! Brownian bridge to the day's end, so the close does not depend on how often one looks. While an exchange rests, the world goes on and
//! the market's own part does not.
//!
//! # News
//!
//! Of a shock, a market prices the part that its traders know (submodule `awareness`). Out of hours the change gathers in the opening
//! gap. Each change overshoots where fast traders are, who sell on the headline and come back first: `overshoot` times their share F of
//! turnover comes on top and goes with `correction` as its half-life.
//!
//! # Futures
//!
//! A future of an index trades when the exchange of the index is closed: it shows at any time where the index would open, from the noise
//! and the news known so far, and follows the index while that trades. So it moves first and its last price before the opening is the
//! opening.
//!
//! # Rules that stop prices
//!
//! Circuit breakers and daily limits of stocks: submodule `limits`.
//!
//! # Counterfactual
//!
//! Beside the price a second one runs on the same draws without any news of the run. Their difference is the abnormal
//! return. News raises the variance of later days on the first path only. What a scenario says of other causes (the moves of an event
//! outside the platform, such as a currency crisis that is already running) is in both.

mod awareness;
mod factor;
pub mod garch;
mod limits;
mod noise;
mod steps;
#[cfg(test)]
mod tests;

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::decaying::Decaying;
use crate::model::event::Event;
use crate::model::ids::{MarketId, MessageId, ScriptId};
use crate::model::setting::{NoiseLaw, Setting};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::Delivery;
use crate::model::world::{DayReturns, MarketState, News, Origin, Path, Reaction, World};
use crate::text::params;
use crate::units::{Degrees, NonNegative, Probability, Signed, SimTime, TimeSpan};
use factor::Factor;
use garch::Garch;
use limits::{Today, Verdict};
use noise::{DayNoise, Weights};
use steps::{STEPS, Steps};

const BRIDGE: Purpose = Purpose::new("trading bridge");

const DAY_MS: i64 = 86_400_000;
/// Move of the news part of a price, as a log return, from which a day is worth a line in the story of a run.
const WORTH_TELLING: f64 = 1e-4;
/// Time after a message at which the reaction of open markets is measured.
pub const REACTION: TimeSpan = TimeSpan::from_secs(1800);

params! {
    /// Parameters of trading.
    pub struct Params {
        /// α of GJR-GARCH(1,1), for markets that have no estimate of their own.
        garch_shock: Probability,
        /// γ of GJR-GARCH(1,1): what a fall adds to α, for markets that have no estimate of their own.
        garch_leverage: Probability,
        /// β of GJR-GARCH(1,1), for markets that have no estimate of their own.
        garch_memory: Probability,
        /// Degrees of freedom of the skewed Student-t noise, for markets that have no estimate of their own.
        degrees: Degrees,
        /// λ of the skewed Student-t noise, negative where falls are the larger moves, for markets that have no estimate of their own.
        skew: Signed,
        /// Share of a market's own variance that falls between close and opening.
        overnight: Probability,
        /// Mean time until institutions know of the words of a speaker of the highest rank; longer in inverse proportion to rank.
        terminal: TimeSpan,
        /// Mean time from the first report in their language until private traders know.
        press: TimeSpan,
        /// Mean time until private traders know without press or platform.
        hearsay: TimeSpan,
        /// δ: the price moves as this power of the share of turnover that knows.
        impact: Probability,
        /// Part of each change that is too much at first, where all turnover is by fast traders.
        overshoot: NonNegative,
        /// Time in which the overshoot halves.
        correction: TimeSpan,
    }
}

impl Params {
    /// The law of noise for the world factor and for markets that have no estimate of their own.
    pub fn law(&self) -> NoiseLaw {
        NoiseLaw {
            shock: self.garch_shock.get(),
            leverage: self.garch_leverage.get(),
            memory: self.garch_memory.get(),
            degrees: self.degrees.get(),
            skew: self.skew.get(),
        }
    }
}

/// The rule.
#[derive(Debug)]
pub struct Trading {
    params: Params,
    steps: Vec<Steps>,
    /// Law of each market's noise.
    laws: Vec<Garch>,
    factor: Factor,
    today: Vec<DayNoise>,
    /// Day that the noise of each market is of.
    drawn: Vec<Option<u32>>,
    /// What breakers have done today.
    breakers: Vec<Today>,
    /// Day on which a market looks at nothing before its close, and day on which news changed that.
    dozes: Vec<Option<u32>>,
    woken: Vec<Option<u32>>,
    /// Sum of the moves of each market's news part since its last close.
    moved: Vec<f64>,
    /// Noise part of the price at the last close, with and without news.
    noise: Vec<[f64; 2]>,
    /// What moves prices with and without the news of the run.
    background: Vec<News>,
}

impl Trading {
    /// Sets up the rule.
    ///
    /// # Panics
    ///
    /// If a law has no finite variance, which the checks of a scenario refuse.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let law = |law| Garch::new(law).expect("laws without a finite variance are refused before");
        Self {
            params: params.clone(),
            steps: setting.markets.iter().map(|market| Steps::of(market, setting)).collect(),
            laws: setting.markets.iter().map(|market| law(market.noise)).collect(),
            factor: Factor::new(setting, params.overnight.get()),
            today: Vec::new(),
            drawn: Vec::new(),
            breakers: Vec::new(),
            dozes: Vec::new(),
            woken: Vec::new(),
            moved: Vec::new(),
            noise: Vec::new(),
            background: Vec::new(),
        }
    }

    fn appoint(&self, market: MarketId, day: u32, step: u32, agenda: &mut Agenda<Event>) {
        if let Some(time) = self.steps[market.idx()].time(day, step) {
            agenda.schedule(time, Event::MarketStep { market, day, step });
        }
    }

    /// Draws the noise of a day, once.
    fn draw(&mut self, id: MarketId, day: u32, world: &World<'_>) {
        if self.drawn[id.idx()] == Some(day) {
            return;
        }
        let (opening, close) = self.steps[id.idx()].ends(day);
        let last_close = self.steps[id.idx()].ends(day - 1).1;
        let date = world.setting.start.plus(opening).unix_ms().div_euclid(DAY_MS) as u32;
        let market = &world.setting.markets[id.idx()];
        let (law, overnight) = (&self.laws[id.idx()], self.params.overnight.get());
        let window = self.factor.window(last_close, (opening, close), world);
        self.today[id.idx()] = DayNoise {
            factor: window.sums,
            own: noise::own(law, overnight, world.key, market.key, date),
            weights: Weights::of(market, window.variance, world.markets[id.idx()].without.variance),
            ..DayNoise::default()
        };
        self.drawn[id.idx()] = Some(day);
    }

    /// Noise in standard deviations of a day from the last close until now, which is `progress` into the trading of the day.
    fn noise_at(&mut self, id: MarketId, day: u32, progress: f64, world: &World<'_>) -> f64 {
        let noise = &mut self.today[id.idx()];
        let key = world.setting.markets[id.idx()].key;
        let variance = 1.0 - self.params.overnight.get();
        let subject = Subject::new(key, day << 16 | (progress * 65_535.0) as u32);
        let normal = || world.key.stream(BRIDGE, subject).normal();
        let own = noise.bridge.advance(progress, noise.own.1, variance, normal);
        let (before, all) = noise.factor;
        noise.weights.in_sd(before + (all - before) * progress, noise.own.0 + own)
    }

    /// Sets both prices of an index, currency or commodity to what they are now; returns the noise in standard deviations.
    fn reprice(&mut self, id: MarketId, day: u32, progress: f64, now: SimTime, world: &mut World<'_>) -> f64 {
        let in_sd = self.noise_at(id, day, progress, world);
        let market = &world.setting.markets[id.idx()];
        let known = awareness::priced(id, world.news.iter(), now, &self.params, world);
        let background = awareness::priced(id, self.background.iter(), now, &self.params, world);
        let state = &mut world.markets[id.idx()];
        state.rest = (1.0 - self.params.overnight.get()) * (1.0 - progress);
        let change = known - state.news;
        state.news = known;
        self.moved[id.idx()] += change.abs();
        state.overshoot.jump(now, change * self.params.overshoot.get() * market.fast, 0.0);
        let [with, without] = self.noise[id.idx()];
        let news = state.news + state.overshoot.value(now) + background;
        state.path.level = with + libm::sqrt(state.path.variance) * in_sd + news;
        state.without.level = without + libm::sqrt(state.without.variance) * in_sd + background;
        if let Some(limit) = market.price_limit {
            for path in [&mut state.path, &mut state.without] {
                path.level = path.last_close + limits::limited(limit, path.level - path.last_close);
            }
        }
        in_sd
    }

    /// Sets both prices of a future to where its index would open now, or to those of the index while it trades.
    fn reprice_future(&mut self, id: MarketId, index: MarketId, now: SimTime, world: &mut World<'_>) {
        let steps = &self.steps[index.idx()];
        let Some(next) = steps.next_opening(now).filter(|day| *day > 0) else { return };
        let (opening, last_close) = (steps.ends(next).0, steps.ends(next - 1).1);
        if now <= last_close && steps.ends(next - 1).0 >= SimTime::START {
            let underlying = &world.markets[index.idx()];
            let levels = (underlying.path.level, underlying.without.level);
            let state = &mut world.markets[id.idx()];
            (state.path.level, state.without.level) = levels;
            return;
        }
        let passed = now.since(last_close).as_ms() as f64;
        let progress = (passed / opening.since(last_close).as_ms().max(1) as f64).clamp(0.0, 1.0);
        self.draw(index, next, world);
        let market = &world.setting.markets[index.idx()];
        let noise = &self.today[index.idx()];
        let end = noise.weights.in_sd(noise.factor.0, noise.own.0);
        if self.drawn[id.idx()] != Some(next) {
            self.today[id.idx()] = DayNoise::default();
            self.drawn[id.idx()] = Some(next);
        }
        let subject =
            Subject::new(world.setting.markets[id.idx()].key, next << 16 | (progress * 65_535.0) as u32);
        let normal = || world.key.stream(BRIDGE, subject).normal();
        let in_sd = self.today[id.idx()].bridge.advance(progress, end, self.params.overnight.get(), normal);
        let known = awareness::priced(index, world.news.iter(), now, &self.params, world);
        let background = awareness::priced(index, self.background.iter(), now, &self.params, world);
        let underlying = &world.markets[index.idx()];
        let too_much = (known - underlying.news) * self.params.overshoot.get() * market.fast;
        let news = known + underlying.overshoot.value(now) + too_much + background;
        let [with, without] = self.noise[index.idx()];
        let levels = (
            with + libm::sqrt(underlying.path.variance) * in_sd + news,
            without + libm::sqrt(underlying.without.variance) * in_sd + background,
        );
        let state = &mut world.markets[id.idx()];
        (state.path.level, state.without.level) = levels;
    }

    fn step(&mut self, id: MarketId, day: u32, step: u32, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        let market = &world.setting.markets[id.idx()];
        let mut in_sd = 0.0;
        if let Some(index) = market.underlying {
            self.reprice_future(id, index, now, world);
        } else {
            self.draw(id, day, world);
            in_sd = self.reprice(id, day, f64::from(step) / f64::from(STEPS), now, world);
        }
        let pause = self.obey_breakers(id, day, now, world);
        if now >= world.setting.reference {
            let state = &mut world.markets[id.idx()];
            follow(&mut state.path);
            follow(&mut state.without);
        }
        self.record(id, day, step, in_sd, world);
        world.facts.push_back(Event::PriceMoved(id));
        if let Some(pause) = pause.filter(|_| step < STEPS) {
            agenda.schedule(now + pause, Event::MarketStep { market: id, day, step });
            return;
        }
        let is_watched = step > 0 || !world.news.is_empty() || market.underlying.is_some();
        match step + 1 {
            next if next > STEPS => self.appoint(id, day + 1, 0, agenda),
            _ if !is_watched => {
                self.dozes[id.idx()] = Some(day);
                self.appoint(id, day, STEPS, agenda);
            }
            // The close of a day that began without news is appointed already.
            next if next == STEPS && self.woken[id.idx()] == Some(day) => {}
            next => self.appoint(id, day, next, agenda),
        }
    }

    /// Lets markets that had nothing to look at before their close look at every step from now on.
    fn wake(&mut self, now: SimTime, world: &World<'_>, agenda: &mut Agenda<Event>) {
        if world.news.is_empty() {
            return;
        }
        for id in (0..self.steps.len()).map(MarketId::new) {
            let Some(day) = self.dozes[id.idx()].take() else { continue };
            self.woken[id.idx()] = Some(day);
            let is_ahead = |step: &u32| self.steps[id.idx()].time(day, *step).is_some_and(|time| time > now);
            if let Some(step) = (1..STEPS).find(is_ahead) {
                self.appoint(id, day, step, agenda);
            }
        }
    }

    /// Holds the price where a breaker has stopped it; tells how long trading pauses.
    fn obey_breakers(
        &mut self,
        id: MarketId,
        day: u32,
        now: SimTime,
        world: &mut World<'_>,
    ) -> Option<TimeSpan> {
        let breakers = world.setting.markets[id.idx()].breakers.as_ref()?;
        let to_close = self.steps[id.idx()].ends(day).1.since(now);
        let state = &mut world.markets[id.idx()];
        let fallen = state.path.level - state.path.last_close;
        let today = &mut self.breakers[id.idx()];
        let before = *today;
        let verdict = today.check(breakers, fallen, to_close);
        if *today != before && now >= world.setting.reference {
            state.halts += 1;
        }
        match verdict {
            Verdict::Trade => None,
            Verdict::Pause(at) => {
                state.path.level = state.path.last_close + at;
                Some(breakers.pause)
            }
            Verdict::Stop(at) => {
                state.path.level = state.path.last_close + at;
                None
            }
        }
    }

    /// Writes down the gap at the opening; at the close the day's returns, and carries prices and variances over.
    fn record(&mut self, id: MarketId, day: u32, step: u32, in_sd: f64, world: &mut World<'_>) {
        let market = &world.setting.markets[id.idx()];
        let state = &mut world.markets[id.idx()];
        let returned = |path: &Path| path.level - path.last_close;
        if step == 0 && state.days.last().is_none_or(|last| last.day != day) {
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
        self.breakers[id.idx()] = Today::default();
        self.dozes[id.idx()] = None;
        let noise = &mut self.noise[id.idx()];
        noise[0] += libm::sqrt(state.path.variance) * in_sd;
        noise[1] += libm::sqrt(state.without.variance) * in_sd;
        let long_run = market.long_run_sd * market.long_run_sd;
        for (path, day_return) in [(&mut state.path, close), (&mut state.without, close_without)] {
            path.variance = self.laws[id.idx()].next(long_run, path.variance, day_return);
            path.last_close = path.level;
        }
        state.rest = 1.0;
        if std::mem::take(&mut self.moved[id.idx()]) >= WORTH_TELLING {
            tell_close(id, self.steps[id.idx()].ends(day).1, (close, close_without), world);
        }
    }

    /// Begins to watch the reaction of open markets to a public message of the script.
    fn watch(&mut self, message: MessageId, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let posted = world.message(message);
        let is_watched = posted.delivery == Delivery::Public && matches!(posted.origin, Origin::Script(_));
        if !is_watched {
            return;
        }
        for market in (0..self.steps.len()).map(MarketId::new) {
            if world.setting.markets[market.idx()].underlying.is_none()
                && self.steps[market.idx()].is_open_for(agenda.now(), REACTION)
            {
                agenda.schedule(agenda.now() + REACTION, Event::ReactionDue { market, message });
            }
        }
    }

    /// Measures the reaction of a market to a message: what its news has moved so far, and the noise of as long a time.
    fn measure(&self, market: MarketId, message: MessageId, now: SimTime, world: &mut World<'_>) {
        let of_message = || world.news.iter().filter(|news| news.topic == Some(message));
        let data = &world.setting.markets[market.idx()];
        let priced = awareness::priced(market, of_message(), now, &self.params, world);
        let abnormal = priced * (1.0 + self.params.overshoot.get() * data.fast);
        let share = self.steps[market.idx()].share_of_day(now, REACTION);
        let variance =
            world.markets[market.idx()].without.variance * (1.0 - self.params.overnight.get()) * share;
        world.reactions.push(Reaction { message, market, abnormal, noise_sd: libm::sqrt(variance) });
    }

    /// Takes in what an event outside the platform does to prices.
    fn happened(&mut self, script: ScriptId, now: SimTime, world: &World<'_>) {
        let moves = &world.setting.script.offline[script.idx()].moves;
        if moves.is_empty() {
            return;
        }
        let mut shocks = vec![0.0; world.setting.markets.len()];
        for &(market, size) in moves {
            shocks[market.idx()] = size;
        }
        self.background.push(News { time: now, topic: None, rank: 1.0, shocks, denied: None });
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

/// Follows the highest price since the reference, counted from the last close before it.
fn follow(path: &mut Path) {
    path.high = path.high.max(path.last_close).max(path.level);
    path.drawdown = path.drawdown.max(path.high - path.level);
}

impl Mechanism for Trading {
    fn begin(&mut self, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let setting = world.setting;
        let n = setting.markets.len();
        self.background.clear();
        self.factor.begin();
        self.today = vec![DayNoise::default(); n];
        self.drawn = vec![None; n];
        self.breakers = vec![Today::default(); n];
        self.dozes = vec![None; n];
        self.woken = vec![None; n];
        self.moved = vec![0.0; n];
        self.noise = vec![[0.0; 2]; n];
        for (idx, market) in setting.markets.iter().enumerate() {
            let variance = market.daily_sd * market.daily_sd;
            world.markets[idx] =
                MarketState::at_rest(variance, Decaying::at_rest(0.0, self.params.correction));
            // The day before the first one tells when the market last closed.
            if let Some(first) = self.steps[idx].next_opening(SimTime::START).filter(|first| *first >= 1) {
                self.appoint(MarketId::new(idx), first, 0, agenda);
            }
        }
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::MarketStep
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MarketStep { market, day, step } => self.step(market, day, step, world, agenda),
            Event::MessagePosted(message) => {
                self.wake(agenda.now(), world, agenda);
                self.watch(message, world, agenda);
            }
            Event::ReactionDue { market, message } => self.measure(market, message, agenda.now(), world),
            Event::OfflineHappened(script) => self.happened(script, agenda.now(), world),
            _ => {}
        }
    }
}
