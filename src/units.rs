//! Quantities of the model as types: time, probability, share, weight, return, money.
//!
//! Simulated time is an integer number of milliseconds, so equal instants are equal and sums are exact.
//! Every type that a scenario file can hold is read by [`parse`] from text with its unit written out.

pub mod parse;

use serde::Serialize;
use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

/// Milliseconds in one hour.
const HOUR_MS: i64 = 3_600_000;
/// Milliseconds in one day.
const DAY_MS: i64 = 86_400_000;

/// An instant of simulated time, in milliseconds since the scenario's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct SimTime(i64);

impl SimTime {
    /// The scenario's start.
    pub const START: Self = Self(0);
    /// Later than every event that can be scheduled.
    pub const NEVER: Self = Self(i64::MAX);

    /// The instant `ms` milliseconds after the start.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the start.
    #[inline]
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Time passed since `earlier` (negative if `earlier` is later).
    pub const fn since(self, earlier: Self) -> TimeSpan {
        TimeSpan(self.0 - earlier.0)
    }
}

impl Add<TimeSpan> for SimTime {
    type Output = Self;
    fn add(self, span: TimeSpan) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl Sub<TimeSpan> for SimTime {
    type Output = Self;
    fn sub(self, span: TimeSpan) -> Self {
        Self(self.0.saturating_sub(span.0))
    }
}

/// A length of simulated time in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct TimeSpan(i64);

impl TimeSpan {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// A span of `ms` milliseconds.
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// A span of `seconds` seconds.
    pub const fn from_secs(seconds: i64) -> Self {
        Self(seconds * 1000)
    }

    /// A span of `hours` hours.
    pub const fn from_hours(hours: i64) -> Self {
        Self(hours * HOUR_MS)
    }

    /// A span of `days` days of 24 hours.
    pub const fn from_days(days: i64) -> Self {
        Self(days * DAY_MS)
    }

    /// The span nearest to `seconds`, saturating at about 292 million years.
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self((seconds * 1000.0) as i64)
    }

    /// Milliseconds.
    #[inline]
    pub const fn as_ms(self) -> i64 {
        self.0
    }

    /// Seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1000.0
    }

    /// Hours.
    pub fn as_hours(self) -> f64 {
        self.0 as f64 / HOUR_MS as f64
    }

    /// Days of 24 hours.
    pub fn as_days(self) -> f64 {
        self.0 as f64 / DAY_MS as f64
    }
}

impl Add for TimeSpan {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Mul<i64> for TimeSpan {
    type Output = Self;
    fn mul(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }
}

impl fmt::Display for TimeSpan {
    /// Writes the largest unit that divides the span, as a scenario file would.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit_ms, name) = [(DAY_MS, "d"), (HOUR_MS, "h"), (60_000, "min"), (1000, "s")]
            .into_iter()
            .find(|(ms, _)| self.0 % ms == 0)
            .unwrap_or((1, "ms"));
        write!(f, "{} {name}", self.0 / unit_ms)
    }
}

/// An instant on the world's clock, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UtcTime(i64);

impl UtcTime {
    /// The instant `ms` milliseconds after 1970-01-01T00:00:00Z.
    pub const fn from_unix_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn unix_ms(self) -> i64 {
        self.0
    }

    /// The same instant on the clock of a scenario that starts at `start`.
    pub const fn sim_time(self, start: Self) -> SimTime {
        SimTime(self.0 - start.0)
    }

    /// The instant of the world at `time` of a scenario that starts at `self`.
    #[must_use]
    pub const fn plus(self, time: SimTime) -> Self {
        Self(self.0.saturating_add(time.0))
    }

    /// As a `jiff` timestamp.
    pub fn timestamp(self) -> jiff::Timestamp {
        let bounded =
            self.0.clamp(jiff::Timestamp::MIN.as_millisecond(), jiff::Timestamp::MAX.as_millisecond());
        jiff::Timestamp::from_millisecond(bounded).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp().strftime("%Y-%m-%d %H:%M UTC"))
    }
}

/// Declares a newtype over `f64` whose constructor checks a closed range.
macro_rules! bounded {
    ($(#[$meta:meta])* $name:ident, $low:expr, $high:expr, $allowed:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// What values are allowed, for messages.
            pub const ALLOWED: &'static str = $allowed;

            /// The quantity, or `None` if `value` is out of range or not a number.
            pub fn new(value: f64) -> Option<Self> {
                ($low..=$high).contains(&value).then_some(Self(value))
            }

            /// The quantity nearest to `value` that is in range (a value that is not a number becomes the lowest).
            pub fn clamped(value: f64) -> Self {
                Self(if value >= $low { value.min($high) } else { $low })
            }

            /// The number.
            pub const fn get(self) -> f64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

bounded! {
    /// A probability, or a share of a whole: 0 to 1.
    Probability, 0.0, 1.0, "a number from 0 to 1"
}
bounded! {
    /// A Goldstein weight: the intensity of an act from −10 (force) to 10 (cooperation).
    Goldstein, -10.0, 10.0, "a number from -10 to 10"
}
bounded! {
    /// A number that is not negative.
    NonNegative, 0.0, f64::MAX, "a number that is not negative"
}
bounded! {
    /// A position on a signed scale: −1 to 1 (stance, slant, alignment).
    Signed, -1.0, 1.0, "a number from -1 to 1"
}
bounded! {
    /// Degrees of freedom of Student-t noise with a finite variance.
    Degrees, 2.1, 100.0, "a number from 2.1 to 100"
}
bounded! {
    /// A relative change as a fraction: −0.0045 is −0.45 %. From −1 (all is lost) to 100 (hundredfold).
    Fraction, -1.0, 100.0, "a percentage from -100 % to 10000 %"
}
bounded! {
    /// An amount of money in US dollars.
    Money, -1e18, 1e18, "an amount of dollars up to 1e18"
}
bounded! {
    /// A rate per day.
    PerDay, 0.0, 1e9, "a rate that is not negative"
}

/// The natural logarithm of a price ratio.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize)]
#[serde(transparent)]
pub struct LogReturn(f64);

impl LogReturn {
    /// No change.
    pub const ZERO: Self = Self(0.0);

    /// The log return `value`.
    pub const fn new(value: f64) -> Self {
        Self(value)
    }

    /// The log return of a simple return: ln(1 + r).
    pub fn from_simple(simple: Fraction) -> Self {
        Self(libm::log1p(simple.get()))
    }

    /// The number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The simple return: exp(r) − 1.
    pub fn simple(self) -> f64 {
        libm::expm1(self.0)
    }
}

impl Add for LogReturn {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for LogReturn {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl AddAssign for LogReturn {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_prints_as_a_scenario_file_would_write_it() {
        let spans = [
            (TimeSpan::from_days(14), "14 d"),
            (TimeSpan::from_hours(36), "36 h"),
            (TimeSpan::from_secs(900), "15 min"),
            (TimeSpan::from_ms(1500), "1500 ms"),
        ];
        for (span, text) in spans {
            assert_eq!(span.to_string(), text);
        }
    }

    #[test]
    fn ranges_are_closed_and_exclude_what_is_not_a_number() {
        assert_eq!(Probability::new(1.0).map(Probability::get), Some(1.0));
        assert_eq!(Probability::new(1.8), None);
        assert_eq!(Probability::new(f64::NAN), None);
        assert_eq!(Goldstein::clamped(-20.0).get(), -10.0);
        assert_eq!(Probability::clamped(f64::NAN).get(), 0.0);
    }

    #[test]
    fn time_arithmetic_saturates_instead_of_wrapping() {
        assert_eq!(SimTime::NEVER + TimeSpan::from_days(1), SimTime::NEVER);
        assert_eq!(TimeSpan::from_ms(i64::MAX) * 2, TimeSpan::from_ms(i64::MAX));
    }
}
