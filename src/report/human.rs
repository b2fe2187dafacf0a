//! Numbers as people read them: three significant digits, one unit, a real minus sign.

use crate::model::outcome::Unit;

/// What is written where there is no number.
pub const NOTHING: &str = "–";

/// How numbers of one column or axis are written: their divisor and what stands around them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    divisor: f64,
    prefix: &'static str,
    suffix: &'static str,
    kind: Kind,
}

/// Whether decimals may be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Whole numbers are written without decimals.
    Counted,
    /// Three significant digits always.
    Measured,
}

/// Divisors of large numbers and their signs.
const THOUSANDS: [(f64, &str); 4] = [(1e12, " tn"), (1e9, " bn"), (1e6, " M"), (1e3, " k")];

impl Scale {
    /// The scale on which a number of `magnitude` is easy to read.
    pub fn of(unit: Unit, magnitude: f64) -> Self {
        let plain = |suffix, kind| Self { divisor: 1.0, prefix: "", suffix, kind };
        match unit {
            Unit::Fraction | Unit::Share | Unit::YesNo => {
                Self { divisor: 0.01, ..plain(" %", Kind::Measured) }
            }
            Unit::Hours => plain(" h", Kind::Measured),
            Unit::Goldstein | Unit::Tension | Unit::Points => plain("", Kind::Measured),
            Unit::Rung => plain("", Kind::Counted),
            Unit::Shares | Unit::People | Unit::Impressions | Unit::Count | Unit::UsDollars => {
                let prefix = if unit == Unit::UsDollars { "$" } else { "" };
                // 999.5 would round up to a fourth digit.
                let large = THOUSANDS.into_iter().find(|(divisor, _)| magnitude.abs() >= 0.9995 * divisor);
                match large {
                    Some((divisor, suffix)) => Self { divisor, prefix, suffix, kind: Kind::Measured },
                    None => Self { prefix, ..plain("", Kind::Counted) },
                }
            }
        }
    }

    /// The number without its unit.
    pub fn number(&self, value: f64) -> String {
        if !value.is_finite() {
            return NOTHING.into();
        }
        let scaled = value / self.divisor;
        let decimals = match scaled.abs() {
            _ if self.kind == Kind::Counted && scaled.fract() == 0.0 => 0,
            size if size >= 99.95 => 0,
            size if size >= 9.995 => 1,
            _ => 2,
        };
        signed(&format!("{:.decimals$}", scaled.abs()), value)
    }

    /// The number with exactly `decimals` decimals and no unit, for the ticks of an axis.
    pub fn fixed(&self, value: f64, decimals: usize) -> String {
        signed(&format!("{:.decimals$}", (value / self.divisor).abs()), value)
    }

    /// The number with its unit.
    pub fn text(&self, value: f64) -> String {
        if value.is_finite() { self.around(&self.number(value)) } else { NOTHING.into() }
    }

    /// Puts the unit around a number already written.
    pub fn around(&self, number: &str) -> String {
        let (sign, digits) = number.strip_prefix('−').map_or(("", number), |digits| ("−", digits));
        format!("{sign}{}{digits}{}", self.prefix, self.suffix)
    }

    /// How many units of the quantity are one unit of the written number.
    pub const fn divisor(&self) -> f64 {
        self.divisor
    }
}

/// `digits` with a minus sign if `value` is negative and the digits show anything but zero.
fn signed(digits: &str, value: f64) -> String {
    let shows_zero = digits.bytes().all(|byte| byte == b'0' || byte == b'.');
    if value < 0.0 && !shows_zero { format!("−{digits}") } else { digits.to_owned() }
}

/// One number with its unit.
pub fn value(unit: Unit, value: f64) -> String {
    Scale::of(unit, value).text(value)
}

/// Two ends of an interval on a common scale, such as `1.20…1.35 k`.
pub fn range(unit: Unit, low: f64, high: f64) -> String {
    if !(low.is_finite() && high.is_finite()) {
        return NOTHING.into();
    }
    let scale = Scale::of(unit, low.abs().max(high.abs()));
    let (low, high) = (scale.number(low), scale.number(high));
    scale.around(&format!("{low}…{high}"))
}

/// A whole number with a thin mark between thousands: `12,345`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        let table = [
            (Unit::Fraction, -0.0402, "−4.02 %"),
            (Unit::Share, 0.5, "50.0 %"),
            (Unit::Shares, 12_345.0, "12.3 k"),
            (Unit::Shares, 999.6, "1.00 k"),
            (Unit::People, 3_210_000.0, "3.21 M"),
            (Unit::Count, 7.0, "7"),
            (Unit::Count, 2.346, "2.35"),
            (Unit::Hours, 36.0, "36.0 h"),
            (Unit::UsDollars, -1.2e9, "−$1.20 bn"),
            (Unit::Rung, 6.0, "6"),
            (Unit::Fraction, -0.000_001, "0.00 %"),
            (Unit::Hours, f64::NAN, "–"),
            (Unit::Hours, f64::INFINITY, "–"),
        ];
        for (unit, number, text) in table {
            assert_eq!(value(unit, number), text, "{unit:?} {number}");
        }
    }

    #[test]
    fn both_ends_of_a_range_share_a_scale() {
        assert_eq!(range(Unit::Shares, 800.0, 1200.0), "0.80…1.20 k");
        assert_eq!(range(Unit::Fraction, -0.041, -0.039), "−4.10…−3.90 %");
        assert_eq!(range(Unit::UsDollars, -3e9, 1e9), "−$3.00…1.00 bn");
        assert_eq!(range(Unit::Hours, f64::NAN, 1.0), "–");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(2000), "2,000");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
