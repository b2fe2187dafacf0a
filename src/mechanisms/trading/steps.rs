//! When a market is looked at: the opening and the ends of eight equal parts of the trading time of a day.

use crate::model::calendar::TradingDay;
use crate::model::setting::{Market, Setting};
use crate::units::{SimTime, TimeSpan};

/// Steps of a day with news: the opening and eight more.
pub(super) const STEPS: u32 = 8;

/// The steps of all days of a market.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    days: Vec<[SimTime; STEPS as usize + 1]>,
    /// Sessions of each day, and how long they are together.
    sessions: Vec<(Vec<(SimTime, SimTime)>, TimeSpan)>,
}

impl Steps {
    pub(super) fn of(market: &Market, setting: &Setting) -> Self {
        let sessions = |day: &TradingDay| {
            let at = |time: crate::units::UtcTime| time.sim_time(setting.start);
            let sessions: Vec<_> =
                day.sessions.iter().map(|session| (at(session.open), at(session.close))).collect();
            let total = sessions.iter().map(|(open, close)| close.since(*open).as_ms()).sum();
            (sessions, TimeSpan::from_ms(total))
        };
        let sessions: Vec<_> = market.days.iter().map(sessions).collect();
        Self { days: sessions.iter().map(|(sessions, total)| steps(sessions, *total)).collect(), sessions }
    }

    /// When a step is due.
    pub(super) fn time(&self, day: u32, step: u32) -> Option<SimTime> {
        self.days.get(day as usize).map(|steps| steps[step as usize])
    }

    /// Opening and close of a day that exists.
    pub(super) fn ends(&self, day: u32) -> (SimTime, SimTime) {
        let steps = &self.days[day as usize];
        (steps[0], steps[STEPS as usize])
    }

    /// The first day that opens at `time` or later.
    pub(super) fn next_opening(&self, time: SimTime) -> Option<u32> {
        let day = self.days.partition_point(|steps| steps[0] < time);
        (day < self.days.len()).then_some(day as u32)
    }

    /// The day that is under way at `time`, breaks for lunch included.
    fn day_at(&self, time: SimTime) -> Option<usize> {
        let day = self.days.partition_point(|steps| steps[0] <= time).checked_sub(1)?;
        (time < self.days[day][STEPS as usize]).then_some(day)
    }

    /// Whether one session goes on from `time` for so long.
    pub(super) fn is_open_for(&self, time: SimTime, span: TimeSpan) -> bool {
        self.day_at(time).is_some_and(|day| {
            self.sessions[day].0.iter().any(|(open, close)| *open <= time && time + span <= *close)
        })
    }

    /// What share of the trading time of the day of `time` a span is.
    pub(super) fn share_of_day(&self, time: SimTime, span: TimeSpan) -> f64 {
        let before = SimTime::from_ms(time.as_ms() - 1);
        self.day_at(before)
            .map_or(0.0, |day| span.as_ms() as f64 / self.sessions[day].1.as_ms().max(1) as f64)
    }
}

/// Instants of the opening and of eight equal parts of the trading time of a day.
fn steps(sessions: &[(SimTime, SimTime)], total: TimeSpan) -> [SimTime; STEPS as usize + 1] {
    std::array::from_fn(|step| {
        let mut traded = total.as_ms() * step as i64 / i64::from(STEPS);
        for (idx, (open, close)) in sessions.iter().enumerate() {
            let length = close.since(*open).as_ms();
            if traded <= length || idx + 1 == sessions.len() {
                return *open + TimeSpan::from_ms(traded.min(length));
            }
            traded -= length;
        }
        SimTime::NEVER
    })
}
