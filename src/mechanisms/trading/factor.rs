//! The world factor: what moves all markets, day by day.
//!
//! It is the return of one market, the S&P 500 in the bundled world. Its standard deviation σ(d) follows the law of that market's noise, and it rests when that
//! market rests: over a holiday of New York the S&P 500 moves no more than over a night (1985 to 2019, n = 305: 1.25 times the variance of a
//! day, 95 % interval 1.01 to 1.51; since 2000 1.08, 0.84 to 1.33), as French & Roll found (1986, Journal of Financial Economics 17, 5–26). Elsewhere
//! the world goes on: after two or three working days on which Tokyo was closed and New York was not, its return had 2.3 times the variance of
//! a day (1.4 to 3.5, n = 35, 2000 to 2019), and what New York did in the meantime explains most of that (correlation 0.77).
//!
//! What it did before the start of a scenario is on record and no noise where the scenario states it.

use super::DAY_MS;
use super::garch::{Garch, Innovation};
use super::noise;
use crate::engine::streams::{Purpose, Subject};
use crate::model::setting::{Setting, WorldFactor};
use crate::model::world::World;
use crate::units::{SimTime, UtcTime};

const FACTOR: Purpose = Purpose::new("trading world factor");
/// When the two parts of the factor of a weekday are known (time of day, UTC): in the morning of Europe, after Hong Kong has closed, and between the European
/// and the American close.
const KNOWN_MS: [i64; 2] = [8 * 3_600_000 + 1_800_000, 15 * 3_600_000];

/// The factor in a run. Its unit is its standard deviation in the long run.
#[derive(Debug)]
pub(super) struct Factor {
    data: WorldFactor,
    garch: Garch,
    overnight: f64,
    start: UtcTime,
    /// Since 1970.
    first_day: i64,
    /// From the day of the start.
    days: Vec<Day>,
}

#[derive(Debug, Clone, Copy)]
struct Day {
    parts: [f64; 2],
    variance: f64,
    is_rest: bool,
}

/// What it did while a market's day lasted, from the last close on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Window {
    /// Until the opening, and until the close.
    pub(super) sums: (f64, f64),
    /// Variance of the last day of which something became known, or of the day of the close.
    pub(super) variance: f64,
}

impl Factor {
    /// # Panics
    ///
    /// If its law has no finite variance, which the checks of a scenario refuse.
    pub(super) fn new(setting: &Setting, overnight: f64) -> Self {
        Self {
            data: setting.factor.clone(),
            garch: Garch::new(setting.factor.law).expect("laws without a finite variance are refused before"),
            overnight,
            start: setting.start,
            first_day: setting.start.unix_ms().div_euclid(DAY_MS),
            days: Vec::new(),
        }
    }

    /// Forgets the last run.
    pub(super) fn begin(&mut self) {
        self.days.clear();
    }

    fn at_start(&self) -> f64 {
        let relative = self.data.daily_sd / self.data.long_run_sd;
        relative * relative
    }

    fn sim_time(&self, unix_day: i64, of_day_ms: i64) -> SimTime {
        UtcTime::from_unix_ms(unix_day * DAY_MS + of_day_ms).sim_time(self.start)
    }

    fn day(&mut self, unix_day: i64, world: &World<'_>) -> Day {
        let Ok(idx) = usize::try_from(unix_day - self.first_day) else {
            return self.make(unix_day, self.at_start(), world);
        };
        while self.days.len() <= idx {
            let variance = self.days.last().map_or(self.at_start(), |last| self.after(last));
            let day = self.make(self.first_day + self.days.len() as i64, variance, world);
            self.days.push(day);
        }
        self.days[idx]
    }

    /// The variance of the day after `day`; a day of rest leaves it as it was.
    fn after(&self, day: &Day) -> f64 {
        let [morning, afternoon] = day.parts;
        if day.is_rest { day.variance } else { self.garch.next(1.0, day.variance, morning + afternoon) }
    }

    fn make(&self, unix_day: i64, variance: f64, world: &World<'_>) -> Day {
        // 1970-01-01 was a Thursday.
        let is_weekend = (unix_day + 3).rem_euclid(7) >= 5;
        if is_weekend || self.data.rests.contains(&unix_day) {
            return Day { parts: [0.0; 2], variance, is_rest: true };
        }
        let run = world.key_since(self.sim_time(unix_day, 0));
        let mut stream = run.stream(FACTOR, Subject::new(unix_day as u32, 0));
        let Innovation { value, scale } = self.garch.draw(&mut stream);
        let sd = libm::sqrt(variance);
        let recorded = self.data.past.iter().find(|(day, _)| *day == unix_day);
        let total = recorded.map_or(Innovation { value: sd * value, scale: sd * scale }, |(_, r)| {
            Innovation { value: r / self.data.long_run_sd, scale: sd }
        });
        Day { parts: noise::split(total, self.overnight, &mut stream).into(), variance, is_rest: false }
    }

    /// What became known of it after `from` and until `opening`, and until `close`.
    pub(super) fn window(
        &mut self,
        from: SimTime,
        (opening, close): (SimTime, SimTime),
        world: &World<'_>,
    ) -> Window {
        let day_of = |time: SimTime| self.start.plus(time).unix_ms().div_euclid(DAY_MS);
        let (first, last) = (day_of(from), day_of(close));
        let mut window = Window { sums: (0.0, 0.0), variance: self.day(last, world).variance };
        for unix_day in first..=last {
            let day = self.day(unix_day, world);
            for (value, known_ms) in day.parts.into_iter().zip(KNOWN_MS) {
                let known = self.sim_time(unix_day, known_ms);
                if known > from && known <= close {
                    window.variance = day.variance;
                    window.sums.1 += value;
                    window.sums.0 += if known <= opening { value } else { 0.0 };
                }
            }
        }
        window
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture;

    /// Of the days 17959 (Monday 4 March 2019, the start) and on, seen from the close of `from` to that of `to` at 20:00.
    fn seen(change: impl FnOnce(&mut WorldFactor), from: i64, to: i64, run: u64) -> Window {
        let mut setting = fixture::setting();
        change(&mut setting.factor);
        let bench = Bench::new(&setting, run);
        let mut factor = Factor::new(&setting, 0.25);
        let at = |day: i64, hours: i64| factor.sim_time(day, hours * 3_600_000);
        let (before, ends) = (at(from, 20), (at(to, 9), at(to, 20)));
        factor.window(before, ends, &bench.world)
    }
    const MONDAY: i64 = 17_959;

    #[test]
    fn the_world_rests_at_the_week_end_and_when_its_market_does() {
        let nothing = |_: &mut WorldFactor| {};
        assert_eq!(seen(nothing, MONDAY + 4, MONDAY + 6, 0).sums, (0.0, 0.0), "Saturday and Sunday");
        assert_ne!(seen(nothing, MONDAY + 4, MONDAY + 7, 0).sums.1, 0.0);
        let holiday = |factor: &mut WorldFactor| factor.rests.push(MONDAY + 1);
        assert_eq!(seen(holiday, MONDAY, MONDAY + 1, 0).sums, (0.0, 0.0));
        let [with, without] = [seen(holiday, MONDAY, MONDAY + 2, 0), seen(nothing, MONDAY, MONDAY + 2, 0)];
        let tuesday = seen(nothing, MONDAY, MONDAY + 1, 0);
        assert!(with.sums.1 != without.sums.1 && tuesday.sums.1 != 0.0);
    }

    /// What is on record is what happened, in every run; how a day was shared out between morning and afternoon is not.
    #[test]
    fn what_the_world_did_before_the_start_is_as_recorded() {
        let recorded = |factor: &mut WorldFactor| {
            factor.past = vec![(MONDAY - 4, 0.02), (MONDAY - 3, -0.005)];
        };
        let windows = [0, 1].map(|run| seen(recorded, MONDAY - 5, MONDAY - 1, run));
        for window in windows {
            // Standard deviation in the long run: 1 %.
            assert!((window.sums.1 - 1.5).abs() < 1e-12, "{window:?}");
        }
        let mornings = [0, 1].map(|run| seen(recorded, MONDAY - 5, MONDAY - 4, run).sums.0);
        assert!(mornings[0] != mornings[1] && mornings.iter().all(|sum| (sum - 0.5).abs() < 2.0));
    }

    /// σ²(d+1) = 0.02 + (0.04 + 0.08·1\[r < 0\])·r² + 0.9·σ²(d), and a day is drawn with its own σ, so that it scales with that of the start.
    #[test]
    fn its_variance_follows_its_law_from_that_of_the_start() {
        let wild = |factor: &mut WorldFactor| factor.daily_sd = 2.0 * factor.long_run_sd;
        for run in 0..20 {
            let [calm, first, second] = [
                seen(|_| {}, MONDAY - 1, MONDAY, run),
                seen(wild, MONDAY - 1, MONDAY, run),
                seen(wild, MONDAY, MONDAY + 1, run),
            ];
            assert!((first.variance - 4.0).abs() < 1e-12 && (first.sums.1 - 2.0 * calm.sums.1).abs() < 1e-12);
            let weight = if first.sums.1 < 0.0 { 0.12 } else { 0.04 };
            let expected = 0.02 + weight * first.sums.1 * first.sums.1 + 0.9 * 4.0;
            assert!((second.variance - expected).abs() < 1e-6, "{run}: {second:?} {expected}");
        }
    }
}
