//! The day of a public: when its members are awake and active.

use crate::units::TimeSpan;

const HOURS: usize = 24;
const HOUR_MS: f64 = 3_600_000.0;
const DAY_MS: i64 = 86_400_000;

/// Activity over the local day, with mean 1, constant within each hour.
///
/// Delays are drawn in *active time*, of which a public lives 24 hours in a day, little of it at night;
/// [`elapsed`](Self::elapsed) turns it into time on the world's clock.
#[derive(Debug, Clone, PartialEq)]
pub struct Clock {
    offset_ms: i64,
    /// Active milliseconds from local midnight to the beginning of each hour; the last entry is a whole day.
    active_until: [f64; HOURS + 1],
}

impl Clock {
    /// The clock of a public whose local time is ahead of UTC by `offset`, with activity
    /// 1 + `amplitude`·cos(2π(h − `peak_hour`)/24) at local hour h; amplitude from 0 (no day and night) to below 1.
    pub fn new(offset: TimeSpan, amplitude: f64, peak_hour: f64) -> Self {
        let angle = |hour: f64| std::f64::consts::TAU * (hour - peak_hour) / HOURS as f64;
        let scale = amplitude * HOURS as f64 / std::f64::consts::TAU;
        let mut active_until = [0.0; HOURS + 1];
        for (hour, active) in active_until.iter_mut().enumerate() {
            let hour = hour as f64;
            *active = HOUR_MS * (hour + scale * (libm::sin(angle(hour)) - libm::sin(angle(0.0))));
        }
        Self { offset_ms: offset.as_ms(), active_until }
    }

    /// Time on the world's clock from `from_unix_ms` until `active` milliseconds of active time have passed.
    pub fn elapsed(&self, from_unix_ms: i64, active_ms: f64) -> TimeSpan {
        let local = (from_unix_ms + self.offset_ms).rem_euclid(DAY_MS);
        let whole_days = libm::floor(active_ms / DAY_MS as f64);
        let target = self.active_at(local as f64) + (active_ms - whole_days * DAY_MS as f64);
        let (target, extra_day) =
            if target >= DAY_MS as f64 { (target - DAY_MS as f64, 1.0) } else { (target, 0.0) };
        let end = self.local_time_of(target) + (whole_days + extra_day) * DAY_MS as f64;
        TimeSpan::from_ms((end - local as f64).max(0.0) as i64)
    }

    /// Active milliseconds from local midnight to `local_ms`.
    fn active_at(&self, local_ms: f64) -> f64 {
        let hour = ((local_ms / HOUR_MS) as usize).min(HOURS - 1);
        let (begin, end) = (self.active_until[hour], self.active_until[hour + 1]);
        begin + (end - begin) * (local_ms / HOUR_MS - hour as f64)
    }

    /// Local time of day at which `active_ms` of active time have passed since midnight.
    fn local_time_of(&self, active_ms: f64) -> f64 {
        let hour = self.active_until[1..HOURS].partition_point(|&end| end <= active_ms);
        let (begin, end) = (self.active_until[hour], self.active_until[hour + 1]);
        HOUR_MS * (hour as f64 + ((active_ms - begin) / (end - begin)).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: i64 = 3_600_000;

    #[test]
    fn without_day_and_night_active_time_is_time() {
        let clock = Clock::new(TimeSpan::from_hours(3), 0.0, 20.0);
        for active in [0, 1000, 5 * HOUR, 40 * HOUR] {
            let elapsed = clock.elapsed(7 * HOUR, active as f64).as_ms();
            assert!((elapsed - active).abs() <= 1, "{elapsed} for {active}");
        }
    }

    #[test]
    fn an_hour_of_active_time_lasts_longer_at_night() {
        let clock = Clock::new(TimeSpan::ZERO, 0.75, 20.5);
        let at_peak = clock.elapsed(20 * HOUR, HOUR as f64).as_hours();
        let at_night = clock.elapsed(8 * HOUR, HOUR as f64).as_hours();
        assert!(at_peak < 0.6 && at_night > 2.0, "{at_peak} {at_night}");
    }

    proptest! {
        #[test]
        fn a_whole_day_of_active_time_takes_a_whole_day(from in 0_i64..10 * DAY_MS, days in 0_i64..5, offset in -12_i64..12) {
            let clock = Clock::new(TimeSpan::from_hours(offset), 0.8, 20.0);
            let elapsed = clock.elapsed(from, (days * DAY_MS) as f64).as_ms();
            prop_assert!((elapsed - days * DAY_MS).abs() <= 2, "{} for {} days", elapsed, days);
        }

        #[test]
        fn more_active_time_never_ends_earlier(from in 0_i64..DAY_MS, less in 0.0..2e8_f64, more in 0.0..2e8_f64) {
            let clock = Clock::new(TimeSpan::ZERO, 0.8, 20.0);
            prop_assert!(clock.elapsed(from, less) <= clock.elapsed(from, less + more));
        }
    }
}
