//! Axes: where a value lies, and which values are named.

use crate::model::outcome::Unit;
use crate::report::human::Scale;
use crate::units::{SimTime, UtcTime};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A named place on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    /// Empty for a place that is marked but not named.
    pub(super) label: String,
}

/// How values are spread along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spread {
    Even,
    Logarithmic,
}

/// One axis of a panel.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    spread: Spread,
    pub(super) ticks: Vec<Tick>,
}

impl Axis {
    /// An even axis over `low..=high`, widened a little, with about `n_ticks` round values.
    pub(super) fn linear(unit: Unit, low: f64, high: f64, n_ticks: usize) -> Self {
        let (low, high) = widened(low, high);
        let scale = Scale::of(unit, low.abs().max(high.abs()));
        let step = round_step((high - low) / scale.divisor() / n_ticks.max(1) as f64);
        let decimals = decimals_of(step);
        let step = step * scale.divisor();
        let first = (low / step).ceil() as i64;
        let last = (high / step).floor() as i64;
        let tick = |index: i64| {
            let value = index as f64 * step;
            let label = match index {
                0 => Scale::of(unit, 0.0).around("0"),
                _ => scale.around(&scale.fixed(value, decimals)),
            };
            Tick { value, label }
        };
        Self { low, high, spread: Spread::Even, ticks: (first..=last).map(tick).collect() }
    }

    /// A logarithmic axis over `low..=high` (both positive) with decades named.
    pub(super) fn log(unit: Unit, low: f64, high: f64) -> Self {
        let low = low.max(1e-12);
        let high = high.max(low * 2.0);
        let (first, last) = (decade(low), decade(high) + 1);
        // Little more than a decade needs names in between.
        let named: &[f64] = if high / low < 40.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let mut ticks = Vec::new();
        for power in first..=last {
            for &digit in named {
                let value = digit * power_of_ten(power);
                if (low..=high).contains(&value) {
                    ticks.push(Tick { value, label: log_label(unit, value) });
                }
            }
        }
        Self { low, high, spread: Spread::Logarithmic, ticks }
    }

    /// Simulated time in milliseconds from `low` to `high`, named by UTC dates or times at most `n_labels` times.
    pub(super) fn time(start: UtcTime, (low, high): (f64, f64), n_labels: usize) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, spread: Spread::Even, ticks: time_ticks(start, low, high, n_labels.max(1)) }
    }

    /// An axis without names.
    pub(super) const fn bare(low: f64, high: f64) -> Self {
        Self { low, high, spread: Spread::Even, ticks: Vec::new() }
    }

    /// An even axis over exactly `low..=high` with the ticks given.
    pub(super) const fn with_ticks(low: f64, high: f64, ticks: Vec<Tick>) -> Self {
        Self { low, high, spread: Spread::Even, ticks }
    }

    /// Where a value lies: 0 at the low end, 1 at the high end; what is outside lies at the end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = match self.spread {
            Spread::Even => (value - self.low) / (self.high - self.low),
            Spread::Logarithmic => libm::log(value.max(1e-300) / self.low) / libm::log(self.high / self.low),
        };
        share.clamp(0.0, 1.0)
    }

    /// Whether equal ratios are equally far apart.
    pub(super) const fn is_logarithmic(&self) -> bool {
        matches!(self.spread, Spread::Logarithmic)
    }

    /// Both ends.
    pub(super) const fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Whether a value lies on the axis.
    pub(super) fn shows(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The range with a little room at both ends, never empty.
fn widened(low: f64, high: f64) -> (f64, f64) {
    if !(low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    // Zero is a natural end: nothing is drawn beyond it.
    let at = |end: f64, room: f64| if end == 0.0 { end } else { end + room };
    let room = 0.04 * (high - low);
    if room > 0.0 {
        (at(low, -room), at(high, room))
    } else {
        (low - 0.5 * low.abs().max(1e-3), high + 0.5 * low.abs().max(1e-3))
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not much below `rough`.
fn round_step(rough: f64) -> f64 {
    let power = power_of_ten(decade(rough));
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * power >= 0.85 * rough);
    digit.unwrap_or(10.0) * power
}

/// Decimals that a multiple of `step` needs.
fn decimals_of(step: f64) -> usize {
    (0..9).find(|&decimals| (step * power_of_ten(decimals)).fract() < 1e-6).unwrap_or(0) as usize
}

/// The power of ten at or below `value`.
fn decade(value: f64) -> i32 {
    libm::floor(libm::log10(value.max(1e-300)) + 1e-9) as i32
}

fn power_of_ten(power: i32) -> f64 {
    libm::exp10(f64::from(power))
}

fn log_label(unit: Unit, value: f64) -> String {
    let scale = Scale::of(unit, value);
    let decimals = decimals_of(value / scale.divisor());
    scale.around(&scale.fixed(value, decimals))
}

const HOUR: f64 = 3_600_000.0;
const DAY: f64 = 24.0 * HOUR;

/// Ticks at round hours, days or months of the world's clock.
fn time_ticks(start: UtcTime, low: f64, high: f64, n_labels: usize) -> Vec<Tick> {
    let room = (high - low) / n_labels as f64;
    let even = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 168.0, 336.0]
        .into_iter()
        .find(|hours| hours * HOUR >= room);
    let Some(hours) = even else { return month_ticks(start, low, high, room) };
    let step = hours * HOUR;
    // Steps of days count from the first midnight shown, shorter ones from midnight of the epoch.
    let offset = start.unix_ms() as f64;
    let first = ((offset + low) / step.min(DAY)).ceil() * step.min(DAY);
    let first = if hours < 24.0 { ((offset + low) / step).ceil() * step } else { first };
    let count = ((offset + high - first) / step).floor();
    let tick = |index: i64| {
        let value = first + index as f64 * step - offset;
        let moment = start.plus(SimTime::from_ms(value as i64)).timestamp();
        let is_midnight = (offset + value) % DAY == 0.0;
        let label = if is_midnight { moment.strftime("%-d %b") } else { moment.strftime("%H:%M") };
        Tick { value, label: label.to_string() }
    };
    let mut ticks: Vec<Tick> = if count < 0.0 { Vec::new() } else { (0..=count as i64).map(tick).collect() };
    // Times of day alone do not say which day it is.
    if ticks.iter().all(|tick| tick.label.contains(':'))
        && let Some(first) = ticks.first_mut()
    {
        let moment = start.plus(SimTime::from_ms(first.value as i64)).timestamp();
        first.label = moment.strftime("%-d %b %H:%M").to_string();
    }
    ticks
}

/// Ticks at the beginnings of months, as many months apart as `room` (milliseconds) asks for.
fn month_ticks(start: UtcTime, low: f64, high: f64, room: f64) -> Vec<Tick> {
    let months =
        [1, 2, 3, 6, 12, 24, 60, 120].into_iter().find(|&months| f64::from(months) * 30.0 * DAY >= room);
    let months = months.unwrap_or(240);
    let offset = start.unix_ms() as f64;
    let date_at =
        |value: f64| TimeZone::UTC.to_datetime(start.plus(SimTime::from_ms(value as i64)).timestamp()).date();
    let (first, until) = (date_at(low), date_at(high));
    let mut ticks = Vec::new();
    let mut month = i32::from(first.year()) * 12 + i32::from(first.month()) - 1;
    month -= month.rem_euclid(months);
    while ticks.len() < 100 {
        let date = Date::new((month / 12) as i16, (month % 12 + 1) as i8, 1);
        let Ok(date) = date else { break };
        if date > until {
            break;
        }
        if let Ok(midnight) = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)) {
            let value = midnight.as_millisecond() as f64 - offset;
            if value >= low {
                ticks.push(Tick { value, label: date.strftime("%b %Y").to_string() });
            }
        }
        month += months;
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn even_axes_are_named_by_round_numbers_with_their_unit() {
        assert_eq!(labels(&Axis::linear(Unit::Fraction, -0.058, 0.012, 4)), ["−6 %", "−4 %", "−2 %", "0 %"]);
        assert_eq!(labels(&Axis::linear(Unit::People, 0.0, 1.3e6, 3)), ["0", "0.5 M", "1.0 M"]);
        assert_eq!(labels(&Axis::linear(Unit::Tension, 0.0, 0.3, 3)), ["0", "0.1", "0.2", "0.3"]);
    }

    #[test]
    fn a_single_value_or_none_still_has_an_axis() {
        for (low, high) in [(0.0, 0.0), (5.0, 5.0), (f64::NAN, 1.0), (f64::INFINITY, f64::NEG_INFINITY)] {
            let axis = Axis::linear(Unit::Count, low, high, 4);
            assert!(axis.place(low).is_nan() || (0.0..=1.0).contains(&axis.place(low)));
            assert!(axis.ticks.len() < 20, "{low} {high}: {}", axis.ticks.len());
        }
    }

    #[test]
    fn logarithmic_axes_name_decades_or_more_where_there_are_few() {
        assert_eq!(labels(&Axis::log(Unit::Shares, 1.0, 1e5)), ["1", "10", "100", "1 k", "10 k", "100 k"]);
        assert_eq!(labels(&Axis::log(Unit::Shares, 90.0, 600.0)), ["100", "200", "500"]);
        assert_eq!(Axis::log(Unit::Shares, 1.0, 100.0).place(10.0), 0.5);
        assert_eq!(labels(&Axis::log(Unit::Share, 0.0005, 1.0)), ["0.1 %", "1 %", "10 %", "100 %"]);
    }

    #[test]
    fn time_is_named_in_hours_days_or_months_as_there_is_room() {
        let start = UtcTime::from_unix_ms(1_533_470_400_000); // 2018-08-05T12:00:00Z
        let labels = |days: f64, n| {
            let axis = Axis::time(start, (0.0, days * DAY), n);
            axis.ticks.iter().map(|tick| tick.label.clone()).collect::<Vec<_>>()
        };
        assert_eq!(labels(1.0, 5), ["12:00", "18:00", "6 Aug", "06:00", "12:00"]);
        assert_eq!(labels(0.25, 3), ["5 Aug 12:00", "14:00", "16:00", "18:00"]);
        assert_eq!(labels(4.0, 5), ["6 Aug", "7 Aug", "8 Aug", "9 Aug"]);
        assert_eq!(labels(14.0, 4), ["6 Aug", "10 Aug", "14 Aug", "18 Aug"]);
        assert_eq!(labels(200.0, 4), ["Sep 2018", "Nov 2018", "Jan 2019"]);
    }
}
