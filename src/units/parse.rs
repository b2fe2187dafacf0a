//! Quantities as text with their unit written out: `15 min`, `-0.45 %`, `0.8 /day`, `5000 bn USD`, `2018-08-05T21:00:00Z`.

use super::{Fraction, Money, PerDay, TimeSpan, UtcTime};
use thiserror::Error;

/// A text that is not the quantity wanted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{found}` is not {allowed}")]
pub struct ParseError {
    /// What was found.
    pub found: String,
    /// What is allowed, for messages.
    pub allowed: &'static str,
    /// What to write instead, if that can be guessed.
    pub hint: Option<String>,
}

/// A quantity with a unit that scenario files write as text.
pub trait Quantity: Copy {
    /// What is allowed, for messages.
    const ALLOWED: &'static str;
    /// A regular expression (ECMA 262) that every text of the quantity matches.
    const PATTERN: &'static str;
    /// One text.
    const EXAMPLE: &'static str;

    /// The quantity that `text` spells out.
    fn parse(text: &str) -> Result<Self, ParseError>;

    /// The quantity as text, from which [`Quantity::parse`] makes the same quantity again.
    fn text(self) -> String;

    /// The error for `text`.
    fn refused(text: &str, hint: Option<String>) -> ParseError {
        ParseError { found: text.trim().to_owned(), allowed: Self::ALLOWED, hint }
    }
}

/// Longest span that is read, in milliseconds: 10 000 years, which is exact in a double.
const LONGEST_MS: i64 = 3_650_000 * super::DAY_MS;

/// Units of time: milliseconds and names.
const TIME_UNITS: [(i64, &[&str]); 6] = [
    (1, &["ms", "millisecond", "milliseconds"]),
    (1000, &["s", "sec", "second", "seconds"]),
    (60_000, &["min", "minute", "minutes"]),
    (super::HOUR_MS, &["h", "hour", "hours"]),
    (super::DAY_MS, &["d", "day", "days"]),
    (7 * super::DAY_MS, &["w", "week", "weeks"]),
];

impl Quantity for TimeSpan {
    const ALLOWED: &'static str = "a duration that is not negative, such as `15 min`, `36 h` or `90 days`";
    const PATTERN: &'static str = r"^\s*\+?[0-9][0-9_]*(\.[0-9]+)?\s*(ms|milliseconds?|s|sec|seconds?|min|minutes?|h|hours?|d|days?|w|weeks?)\s*$";
    const EXAMPLE: &'static str = "36 h";

    fn parse(text: &str) -> Result<Self, ParseError> {
        let (number, unit) = split(text);
        let refused = |hint| Err(Self::refused(text, hint));
        if number.parse::<f64>().is_err() {
            return refused(None);
        }
        if unit.is_empty() {
            return refused(Some(format!("write the unit, such as `{number} days`")));
        }
        let Some((unit_ms, _)) = TIME_UNITS.iter().find(|(_, names)| names.contains(&unit)) else {
            return refused(unit_hint(&number, unit));
        };
        let ms = match number.parse::<i64>() {
            Ok(count) => count.checked_mul(*unit_ms),
            Err(_) => number.parse::<f64>().ok().map(|count| (count * *unit_ms as f64).round() as i64),
        };
        match ms {
            Some(ms @ 0..=LONGEST_MS) if !number.starts_with('-') || ms > 0 => Ok(Self::from_ms(ms)),
            Some(0) => Ok(Self::ZERO),
            _ => refused(None),
        }
    }

    fn text(self) -> String {
        self.to_string()
    }
}

/// What to write for a unit of time that is not known.
fn unit_hint(number: &str, unit: &str) -> Option<String> {
    match unit.to_lowercase().as_str() {
        "m" | "mins" => Some(format!("write `{number} min`")),
        "hr" | "hrs" => Some(format!("write `{number} h`")),
        "month" | "months" | "mo" => {
            Some("months differ in length: write days, such as `30 days`".to_owned())
        }
        "y" | "yr" | "year" | "years" => {
            Some("years differ in length: write days, such as `365 days`".to_owned())
        }
        lower => TIME_UNITS
            .iter()
            .any(|(_, names)| names.contains(&lower))
            .then(|| format!("write `{number} {lower}`")),
    }
}

impl Quantity for Fraction {
    const ALLOWED: &'static str = Self::ALLOWED;
    const PATTERN: &'static str = r"^\s*[-+−]?[0-9][0-9_]*(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*%\s*$";
    const EXAMPLE: &'static str = "-0.45 %";

    fn parse(text: &str) -> Result<Self, ParseError> {
        let (number, unit) = split(text);
        match (scaled(&number, -2), unit) {
            (Some(value), "%") => Self::new(value).ok_or_else(|| Self::refused(text, None)),
            (Some(_), "") => Err(Self::refused(text, Some(format!("write the unit, such as `{number} %`")))),
            _ => Err(Self::refused(text, None)),
        }
    }

    fn text(self) -> String {
        format!("{} %", shifted(self.get(), 2))
    }
}

impl Quantity for PerDay {
    const ALLOWED: &'static str = "a rate that is not negative, such as `0.8 /day`";
    const PATTERN: &'static str =
        r"^\s*\+?[0-9][0-9_]*(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*(/ ?d|/ ?day|per day)\s*$";
    const EXAMPLE: &'static str = "0.8 /day";

    fn parse(text: &str) -> Result<Self, ParseError> {
        let (number, unit) = split(text);
        match (scaled(&number, 0), unit) {
            (Some(value), "/day" | "/d" | "/ day" | "/ d" | "per day") => {
                Self::new(value).ok_or_else(|| Self::refused(text, None))
            }
            (Some(_), "") => {
                Err(Self::refused(text, Some(format!("write the unit, such as `{number} /day`"))))
            }
            _ => Err(Self::refused(text, None)),
        }
    }

    fn text(self) -> String {
        format!("{} /day", shifted(self.get(), 0))
    }
}

/// Powers of ten of money, largest first.
const MONEY_UNITS: [(i32, &str); 5] = [(12, "tn USD"), (9, "bn USD"), (6, "M USD"), (3, "k USD"), (0, "USD")];

impl Quantity for Money {
    const ALLOWED: &'static str =
        "an amount such as `5000 bn USD`, `1.36 tn USD`, `250 M USD`, `15 k USD` or `80 USD`";
    const PATTERN: &'static str =
        r"^\s*[-+−]?[0-9][0-9_]*(\.[0-9]+)?([eE][-+]?[0-9]+)?\s*((k|M|bn|tn)\s+)?USD\s*$";
    const EXAMPLE: &'static str = "1.36 tn USD";

    fn parse(text: &str) -> Result<Self, ParseError> {
        let (number, unit) = split(text);
        let unit = unit.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((power, _)) = MONEY_UNITS.iter().find(|(_, name)| *name == unit) {
            return scaled(&number, *power).and_then(Self::new).ok_or_else(|| Self::refused(text, None));
        }
        let meant = match unit.to_lowercase().trim_end_matches(" usd") {
            "" | "$" => Some("USD"),
            "k" | "thousand" => Some("k USD"),
            "m" | "mn" | "million" => Some("M USD"),
            "b" | "bn" | "billion" => Some("bn USD"),
            "t" | "tn" | "trillion" => Some("tn USD"),
            _ => None,
        };
        let meant = meant.filter(|_| number.parse::<f64>().is_ok());
        Err(Self::refused(text, meant.map(|unit| format!("write `{number} {unit}`"))))
    }

    fn text(self) -> String {
        let size = self.get().abs();
        let (power, unit) = MONEY_UNITS
            .into_iter()
            .find(|(power, _)| size >= libm::pow(10.0, f64::from(*power)))
            .unwrap_or((0, "USD"));
        format!("{} {unit}", shifted(self.get(), -power))
    }
}

impl Quantity for UtcTime {
    const ALLOWED: &'static str = "a date and time with an offset, such as `2018-08-05T21:00:00Z`";
    const PATTERN: &'static str = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[-+−][0-9]{2}:[0-9]{2})$";
    const EXAMPLE: &'static str = "2018-08-05T21:00:00Z";

    fn parse(text: &str) -> Result<Self, ParseError> {
        let plain = text.trim().replace('−', "-");
        if let Ok(timestamp) = plain.parse::<jiff::Timestamp>() {
            return Ok(Self::from_unix_ms(timestamp.as_millisecond()));
        }
        let hint = if plain.contains(':') && plain.parse::<jiff::civil::DateTime>().is_ok() {
            Some(format!("add `Z` for UTC, `{plain}Z`, or an offset, `{plain}+03:00`"))
        } else if plain.parse::<jiff::civil::Date>().is_ok() {
            Some(format!("add the time of day, such as `{plain}T00:00:00Z`"))
        } else {
            None
        };
        Err(Self::refused(text, hint))
    }

    fn text(self) -> String {
        self.timestamp().to_string()
    }
}

/// The number at the start of `text`, with a plain minus and no `_`, and the unit after it.
fn split(text: &str) -> (String, &str) {
    let text = text.trim();
    let is_digit = |character: char| character.is_ascii_digit() || character == '_';
    let mut end = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let follows = characters.peek().map(|(_, next)| *next);
        let is_number = match character {
            '-' | '+' | '−' => start == 0 || text[..start].ends_with(['e', 'E']),
            '.' => follows.is_some_and(is_digit),
            'e' | 'E' => start > 0 && follows.is_some_and(|next| is_digit(next) || "+-−".contains(next)),
            digit => is_digit(digit),
        };
        if !is_number {
            break;
        }
        end = start + character.len_utf8();
    }
    (text[..end].replace('−', "-").replace('_', ""), text[end..].trim_start())
}

/// The double nearest to `number` × 10^`power`, rounded once.
fn scaled(number: &str, power: i32) -> Option<f64> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let power = exponent.parse::<i32>().ok()?.checked_add(power)?;
    let value = format!("{mantissa}e{power}").parse::<f64>().ok()?;
    value.is_finite().then_some(value)
}

/// The shortest decimal of `value`, with its point moved by `power` places: [`scaled`] by −`power` gives `value` again.
fn shifted(value: f64, power: i32) -> String {
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent = exponent.parse::<i32>().unwrap_or(0) + power;
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits.replace('.', "")),
        None => ("", mantissa.replace('.', "")),
    };
    let point = exponent + 1;
    if digits == "0" {
        return format!("{sign}0");
    }
    if !(-6..=21).contains(&point) {
        return format!("{mantissa}e{exponent}");
    }
    let count = digits.len() as i32;
    if point <= 0 {
        format!("{sign}0.{}{digits}", "0".repeat(-point as usize))
    } else if point >= count {
        format!("{sign}{digits}{}", "0".repeat((point - count) as usize))
    } else {
        format!("{sign}{}.{}", &digits[..point as usize], &digits[point as usize..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hint<Q: Quantity + std::fmt::Debug>(text: &str) -> String {
        Q::parse(text).unwrap_err().hint.unwrap_or_default()
    }

    #[test]
    fn durations_are_read_in_every_unit() {
        let spans = [
            ("15 min", 900_000),
            ("36 h", 129_600_000),
            ("90 days", 7_776_000_000),
            ("2 weeks", 1_209_600_000),
            ("1.5h", 5_400_000),
            (" 250 ms ", 250),
            ("1 second", 1000),
            ("1_000 s", 1_000_000),
            ("0 d", 0),
        ];
        for (text, ms) in spans {
            assert_eq!(TimeSpan::parse(text), Ok(TimeSpan::from_ms(ms)), "{text}");
        }
    }

    #[test]
    fn a_duration_without_unit_or_with_a_vague_one_is_refused_with_a_hint() {
        assert_eq!(hint::<TimeSpan>("90"), "write the unit, such as `90 days`");
        assert_eq!(hint::<TimeSpan>("15 m"), "write `15 min`");
        assert_eq!(hint::<TimeSpan>("15 MIN"), "write `15 min`");
        assert!(hint::<TimeSpan>("3 months").contains("days"));
        for text in
            ["", "min", "-5 min", "five min", "1e30 days", "9999999999999999 weeks", "5 min 3 s", "nan h"]
        {
            assert!(TimeSpan::parse(text).is_err(), "{text}");
        }
        let error = TimeSpan::parse("soon").unwrap_err();
        assert_eq!((error.found.as_str(), error.allowed), ("soon", TimeSpan::ALLOWED));
    }

    #[test]
    fn percentages_are_rounded_once() {
        assert_eq!(Fraction::parse("-0.45 %").unwrap().get(), -0.0045);
        assert_eq!(Fraction::parse("−0.45%").unwrap().get(), -0.0045);
        assert_eq!(Fraction::parse("0.7 %").unwrap().get(), 0.007);
        assert_eq!(hint::<Fraction>("5"), "write the unit, such as `5 %`");
        assert!(Fraction::parse("-101 %").is_err());
        assert!(Fraction::parse("5 percent").is_err());
    }

    #[test]
    fn rates_and_money_are_read() {
        assert_eq!(PerDay::parse("0.8 /day").unwrap().get(), 0.8);
        assert_eq!(PerDay::parse("3 per day").unwrap().get(), 3.0);
        assert_eq!(hint::<PerDay>("0.8"), "write the unit, such as `0.8 /day`");
        assert!(PerDay::parse("-1 /day").is_err());
        let amounts = [
            ("5000 bn USD", 5e12),
            ("1.36 tn USD", 1.36e12),
            ("250 M USD", 2.5e8),
            ("15 k USD", 15_000.0),
            ("80 USD", 80.0),
            ("-2 bn  USD", -2e9),
        ];
        for (text, dollars) in amounts {
            assert_eq!(Money::parse(text).unwrap().get(), dollars, "{text}");
        }
        assert_eq!(hint::<Money>("5 billion"), "write `5 bn USD`");
        assert_eq!(hint::<Money>("5"), "write `5 USD`");
        assert!(Money::parse("5 EUR").is_err());
    }

    #[test]
    fn an_instant_needs_an_offset() {
        let midnight = UtcTime::from_unix_ms(1_533_427_200_000);
        for text in [
            "2018-08-05T00:00:00Z",
            "2018-08-05T03:00:00+03:00",
            "2018-08-05 00:00Z",
            "2018-08-04T19:00:00−05:00",
        ] {
            assert_eq!(UtcTime::parse(text), Ok(midnight), "{text}");
        }
        assert!(hint::<UtcTime>("2018-08-05T00:00:00").contains("add `Z`"));
        assert!(hint::<UtcTime>("2018-08-05").contains("2018-08-05T00:00:00Z"));
        assert!(UtcTime::parse("2018-02-30T00:00:00Z").is_err());
        assert!(UtcTime::parse("yesterday").is_err());
    }

    /// Asserts that the text of a quantity is read as the same quantity.
    fn returns<Q: Quantity + PartialEq + std::fmt::Debug>(quantity: Q) {
        assert_eq!(Q::parse(&quantity.text()), Ok(quantity), "{}", quantity.text());
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same(
            ms in 0..=LONGEST_MS,
            fraction in -1.0..=100.0f64,
            rate in 0.0..=1e9f64,
            dollars in -1e18..=1e18f64,
            small in -1e-30..=1e-30f64,
            unix in -62_135_596_800_000..=253_402_300_799_000i64,
        ) {
            returns(TimeSpan::from_ms(ms));
            returns(Fraction::new(fraction).unwrap());
            returns(Fraction::new(small).unwrap());
            returns(PerDay::new(rate).unwrap());
            returns(Money::new(dollars).unwrap());
            returns(Money::new(small).unwrap());
            returns(UtcTime::from_unix_ms(unix));
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text in "\\PC*", number in "[-+−]?[0-9_.eE]{0,24} ?(min|%|/day|bn USD|Z)?") {
            for text in [text.as_str(), number.as_str()] {
                let _ = TimeSpan::parse(text);
                let _ = Fraction::parse(text);
                let _ = PerDay::parse(text);
                let _ = Money::parse(text);
                let _ = UtcTime::parse(text);
            }
        }
    }
}
