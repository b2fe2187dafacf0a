//! Parameters of a scenario that are not taken as known: where their values may lie, and how probable each is.
//!
//! Each has a [`Prior`] by which a number from 0 to 1 becomes a value; sensitivity spreads its points by it, calibration starts from it.

use crate::scenario::{Base, Failure};
use crate::stats::distribution::{normal_cdf, normal_quantile};
use crate::text::{Kind, ParameterNote, Value, nearest};

/// What may be written for a parameter.
pub const FORM: &str = "`PATH=LOW:HIGH`, `PATH=LOW:HIGH:log`, `PATH=normal(MEAN,SD,LOW,HIGH)`, or a `PATH` alone for half to twice its value";
/// Times that an end that is too far for a parameter is moved halfway towards its value.
const HALVINGS: u32 = 6;

/// Where a value lies between two ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prior {
    /// Anywhere with the same probability.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Anywhere with the same probability on a logarithmic scale; both ends have the same sign.
    LogUniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// A normal distribution cut off at both ends.
    Normal {
        /// Mean before cutting.
        mean: f64,
        /// Standard deviation before cutting.
        sd: f64,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}

impl Prior {
    /// Both ends.
    pub const fn ends(self) -> (f64, f64) {
        match self {
            Self::Uniform { low, high } | Self::LogUniform { low, high } | Self::Normal { low, high, .. } => {
                (low, high)
            }
        }
    }

    /// The value below which it lies with probability `u` (0 to 1).
    pub fn quantile(self, u: f64) -> f64 {
        let (low, high) = self.ends();
        let value = match self {
            Self::Uniform { .. } => low + u * (high - low),
            Self::LogUniform { .. } => low * libm::exp(u * libm::log(high / low)),
            Self::Normal { mean, sd, .. } => {
                let (below, above) = (normal_cdf((low - mean) / sd), normal_cdf((high - mean) / sd));
                mean + sd * normal_quantile(below + u * (above - below))
            }
        };
        value.clamp(low, high)
    }

    /// The value on the scale on which small steps are taken: its logarithm for [`Self::LogUniform`].
    pub fn to_scale(self, value: f64) -> f64 {
        match self {
            Self::LogUniform { low, .. } => libm::log(value / low),
            Self::Uniform { .. } | Self::Normal { .. } => value,
        }
    }

    /// The value at a place of that scale; it may be outside the ends.
    pub fn from_scale(self, place: f64) -> f64 {
        match self {
            Self::LogUniform { low, .. } => low * libm::exp(place),
            Self::Uniform { .. } | Self::Normal { .. } => place,
        }
    }

    /// Density at a place of that scale up to a constant; 0 outside the ends.
    pub fn density(self, place: f64) -> f64 {
        let (low, high) = self.ends();
        let value = self.from_scale(place);
        match self {
            _ if value.is_nan() || value < low || value > high => 0.0,
            Self::Uniform { .. } | Self::LogUniform { .. } => 1.0,
            Self::Normal { mean, sd, .. } => {
                let z = (value - mean) / sd;
                libm::exp(-z * z / 2.0)
            }
        }
    }
}

/// A parameter with its prior.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its path in scenario or world.
    pub path: String,
    /// Where it lies, as numbers in `unit`.
    pub prior: Prior,
    /// Unit that its values are written with; empty if they are plain numbers.
    pub unit: String,
    /// Whether only whole numbers are possible.
    pub numbers: Numbers,
}

/// Which numbers are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// All.
    Real,
    /// Whole ones.
    Whole,
}

/// Why a text names no parameter.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// It has none of the forms.
    #[error("`{text}` does not say how a parameter varies: {why}\n\nhint: allowed: {FORM}")]
    Form {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// The ends are the wrong way round, or no range.
    #[error("`{text}` is no range: {why}\n\nhint: {hint}")]
    Range {
        /// What was given.
        text: String,
        /// What is wrong.
        why: String,
        /// What would be right.
        hint: String,
    },
    /// There is nothing to vary at the path.
    #[error("`{path}` can't be varied: {why}{hint}")]
    Nothing {
        /// The path.
        path: String,
        /// What is wrong.
        why: &'static str,
        /// What to do; begins with a blank line and `hint:` if it is not empty.
        hint: String,
    },
    /// The same path is given twice, or within a table that is.
    #[error("`{0}` is varied twice\n\nhint: name each parameter once")]
    Twice(String),
    /// The scenario does not take one of the ends.
    #[error("`{path}` can't be {value}")]
    End {
        /// The path.
        path: String,
        /// The value that was tried.
        value: String,
        /// What the scenario says to it.
        #[source]
        failure: Failure,
    },
}

impl Parameter {
    /// The value at `u` (0 to 1) of the prior.
    pub fn at(&self, u: f64) -> f64 {
        match self.numbers {
            Numbers::Real => self.prior.quantile(u),
            Numbers::Whole => self.whole(u),
        }
    }

    /// For a uniform prior each whole number has the same share of `u`.
    fn whole(&self, u: f64) -> f64 {
        let (low, high) = self.prior.ends();
        match self.prior {
            Prior::Uniform { .. } => (low + (u * (high - low + 1.0)).floor()).min(high),
            Prior::LogUniform { .. } | Prior::Normal { .. } => {
                self.prior.quantile(u).round().clamp(low, high)
            }
        }
    }

    /// A value as scenario files write it.
    pub fn text(&self, value: f64) -> String {
        let value = if self.numbers == Numbers::Whole { value.round() } else { value } + 0.0;
        match (self.unit.as_str(), self.numbers) {
            ("", Numbers::Real) if value.fract() == 0.0 => format!("{value:.1}"),
            ("", _) => format!("{value}"),
            (unit, _) => format!("{value} {unit}"),
        }
    }

    /// The change `PATH=VALUE` that gives the parameter a value.
    pub fn change(&self, value: f64) -> String {
        format!("{}={}", self.path, self.text(value))
    }

    /// The last two segments of the path: short, and clear beside others.
    pub fn short(&self) -> &str {
        let mut dots = self.path.rmatch_indices('.');
        match (dots.next(), dots.next()) {
            (Some(_), Some((second, _))) => &self.path[second + 1..],
            _ => &self.path,
        }
    }
}

/// Reads parameters from texts such as `dispositions.response.base=-5:-2`; each end is tried on the scenario.
///
/// A path of a table stands for all numbers below it whose basis is given.
///
/// # Errors
///
/// Where a text has none of the forms of [`FORM`], its path is unknown or its range is none that the scenario takes.
pub fn parameters(texts: &[String], base: &Base) -> Result<Vec<Parameter>, ParameterError> {
    let mut found: Vec<Parameter> = Vec::new();
    for text in texts {
        let more = match text.split_once('=') {
            Some((path, range)) => vec![given(text, path.trim(), range.trim(), base)?],
            None => around(text.trim(), base)?,
        };
        for parameter in more {
            if found.iter().any(|known| known.path == parameter.path) {
                return Err(ParameterError::Twice(parameter.path));
            }
            found.push(parameter);
        }
    }
    Ok(found)
}

/// All numbers among the dispositions that were assumed or fitted, from half to twice their value: what is known least.
///
/// Left out are those of the network, which would be drawn anew at each point, and of rules of sharing that the scenario does not use.
///
/// # Errors
///
/// Where the scenario as it stands can't be read.
pub fn uncertain(base: &Base) -> Result<Vec<Parameter>, ParameterError> {
    let left_out =
        ["network", "independent_cascade", "linear_threshold", "complex_contagion", "sir", "hawkes"];
    let is_left_out = |path: &str| left_out.iter().any(|table| path.split('.').nth(1) == Some(*table));
    let notes = notes(base)?.into_iter().filter(|note| {
        note.path.starts_with("dispositions.") && note.basis.name() != "measured" && !is_left_out(&note.path)
    });
    Ok(notes.filter_map(|note| half_to_twice(&note.path, base)).collect())
}

fn notes(base: &Base) -> Result<Vec<ParameterNote>, ParameterError> {
    let whole = |failure| ParameterError::End {
        path: "dispositions".to_owned(),
        value: "as it stands".to_owned(),
        failure,
    };
    base.with(&[]).map(|scenario| scenario.parameters).map_err(whole)
}

/// `PATH=RANGE`.
fn given(text: &str, path: &str, range: &str, base: &Base) -> Result<Parameter, ParameterError> {
    let form = |why: &str| ParameterError::Form { text: text.to_owned(), why: why.to_owned() };
    let wrong =
        |why: String, hint: &str| ParameterError::Range { text: text.to_owned(), why, hint: hint.to_owned() };
    let inside = range.strip_prefix("normal(").and_then(|inside| inside.strip_suffix(')'));
    let words: Vec<&str> = match inside {
        Some(inside) => inside.split(',').map(str::trim).collect(),
        None => range.split(':').map(str::trim).collect(),
    };
    let (numbers, is_log) = match (inside, words.as_slice()) {
        (Some(_), [_, _, _, _]) | (None, [_, _]) => (&words[..], false),
        (Some(_), _) => return Err(form("`normal` has a mean, a standard deviation and two ends")),
        (None, [_, _, "log"]) => (&words[..2], true),
        (None, [_, _, last]) => return Err(form(&format!("`{last}` is not `log`"))),
        (None, _) => return Err(form("it has no two ends")),
    };
    let mut read = Vec::new();
    for word in numbers {
        read.push(
            quantity(word)
                .ok_or_else(|| form(&format!("`{word}` is not a number with or without a unit")))?,
        );
    }
    let unit = read[0].1;
    if let Some((_, other)) = read.iter().find(|(_, other)| *other != unit) {
        let of = |unit: &str| if unit.is_empty() { "no unit".to_owned() } else { format!("`{unit}`") };
        return Err(wrong(
            format!("one number has {} and another {}", of(unit), of(other)),
            "write all with the same unit",
        ));
    }
    let ends = &read[read.len() - 2..];
    let (low, high) = (ends[0].0, ends[1].0);
    if low >= high {
        let why = if low > high { "its lower end is above the upper one" } else { "both ends are the same" };
        return Err(wrong(why.to_owned(), "write the smaller number first, as in `-5:-2`"));
    }
    let prior = match (inside, is_log) {
        (Some(_), _) if read[1].0 <= 0.0 => {
            return Err(wrong(
                "its standard deviation is not above 0".to_owned(),
                "such as `normal(-3,0.5,-5,-1)`",
            ));
        }
        (Some(_), _) => Prior::Normal { mean: read[0].0, sd: read[1].0, low, high },
        (None, true) if low <= 0.0 && high >= 0.0 => {
            return Err(wrong(
                "a logarithmic scale does not pass through 0".to_owned(),
                "leave `:log` out, or keep both ends on one side of 0",
            ));
        }
        (None, true) => Prior::LogUniform { low, high },
        (None, false) => Prior::Uniform { low, high },
    };
    let parameter = Parameter { path: path.to_owned(), prior, unit: unit.to_owned(), numbers: Numbers::Real };
    // A path that is misspelt is told by the scenario, which knows what was meant.
    let tried = |parameter: &Parameter, value: f64| {
        base.with(&[parameter.change(value)]).map(drop).map_err(|failure| ParameterError::End {
            path: path.to_owned(),
            value: parameter.text(value),
            failure,
        })
    };
    let between = low + 0.437 * (high - low);
    let whole = Parameter { numbers: Numbers::Whole, ..parameter.clone() };
    let is_whole = low.fract() == 0.0 && high.fract() == 0.0 && tried(&parameter, between).is_err();
    let parameter = if is_whole && tried(&whole, between).is_ok() { whole } else { parameter };
    tried(&parameter, low)?;
    tried(&parameter, high)?;
    Ok(parameter)
}

/// A path alone: of a number, or of a table with numbers below it.
fn around(path: &str, base: &Base) -> Result<Vec<Parameter>, ParameterError> {
    let below = format!("{path}.");
    let notes = notes(base)?;
    let paths: Vec<&str> =
        notes.iter().map(|note| note.path.as_str()).filter(|known| known.starts_with(&below)).collect();
    if base.value(path).is_none() {
        let words = notes.iter().map(|note| note.path.as_str());
        let tables = notes.iter().filter_map(|note| note.path.rsplit_once('.')).map(|(table, _)| table);
        let hint = nearest(path, words.chain(tables)).map_or_else(
            || "\n\nhint: `twiplomacy describe SCENARIO` lists the parameters".to_owned(),
            |meant| format!("\n\nhint: did you mean `{meant}`?"),
        );
        return Err(ParameterError::Nothing {
            path: path.to_owned(),
            why: "there is nothing of this name",
            hint,
        });
    }
    let found: Vec<Parameter> = match paths.as_slice() {
        [] => half_to_twice(path, base).into_iter().collect(),
        paths => paths.iter().filter_map(|path| half_to_twice(path, base)).collect(),
    };
    if found.is_empty() {
        let why = "it is no number that has a half and a double";
        let hint = "\n\nhint: give its range, such as `PATH=LOW:HIGH`".to_owned();
        return Err(ParameterError::Nothing { path: path.to_owned(), why, hint });
    }
    Ok(found)
}

/// From half to twice the value that a parameter has, or as far as the scenario takes; `None` for what is no number other than 0.
fn half_to_twice(path: &str, base: &Base) -> Option<Parameter> {
    let (value, unit, numbers) = match &base.value(path)?.kind {
        Kind::Integer(number) => (*number as f64, "", Numbers::Real),
        Kind::Float(number) => (*number, "", Numbers::Real),
        Kind::String(text) => quantity(text).map(|(number, unit)| (number, unit, Numbers::Real))?,
        _ => return None,
    };
    if value == 0.0 || !value.is_finite() {
        return None;
    }
    let of = |low: f64, high: f64| Parameter {
        path: path.to_owned(),
        prior: Prior::LogUniform { low: low.min(high), high: low.max(high) },
        unit: unit.to_owned(),
        numbers,
    };
    let takes = |end: f64| base.with(&[of(value, end).change(end)]).is_ok();
    let reach = |far: f64| {
        let ends = (0..HALVINGS).map(|halvings| value + (far - value) / f64::from(1_u32 << halvings));
        ends.into_iter().find(|&end| takes(end))
    };
    let (low, high) = (reach(value / 2.0)?, reach(value * 2.0).unwrap_or(value));
    (low != high).then(|| of(low, high))
}

/// A number and the unit behind it.
fn quantity(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let is_of_number = |(place, character): (usize, char)| {
        let after_exponent = place > 0 && text[..place].ends_with(['e', 'E']);
        character.is_ascii_digit()
            || ['.', '_'].contains(&character)
            || (['+', '-'].contains(&character) && (place == 0 || after_exponent))
            || (['e', 'E'].contains(&character)
                && text[place + 1..].starts_with(|next: char| next.is_ascii_digit() || next == '-'))
    };
    let end = text.char_indices().find(|&at| !is_of_number(at)).map_or(text.len(), |(place, _)| place);
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim()))
}

/// The value at a path as text, for people.
pub fn stands(base: &Base, path: &str) -> String {
    base.value(path).map_or_else(String::new, |value: &Value| match &value.kind {
        Kind::String(text) => text.clone(),
        _ => crate::text::inline(value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Request, Source, bundled};

    fn base() -> Base {
        let text = bundled::scenario("canada-saudi-2018").unwrap().text;
        let mut request = Request::new(Source::new("canada-saudi-2018", text));
        request.set.push("network.accounts=20000".to_owned());
        Base::read(&request).unwrap()
    }

    fn read(texts: &[&str]) -> Result<Vec<Parameter>, String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        parameters(&texts, &base()).map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            error.to_string() + &cause.unwrap_or_default()
        })
    }

    #[test]
    fn ranges_have_units_scales_and_priors() {
        let found = read(&[
            "dispositions.response.base=-5:-2",
            "dispositions.response.review = 24 h:96 h:log",
            "dispositions.news_pricing.direct=normal(19 %, 3 %, 5 %, 40 %)",
            "network.accounts=20_000:30000",
        ])
        .unwrap();
        assert_eq!(found[0].prior, Prior::Uniform { low: -5.0, high: -2.0 });
        assert_eq!(found[0].change(-3.0), "dispositions.response.base=-3.0");
        assert_eq!(
            (found[1].prior, found[1].unit.as_str()),
            (Prior::LogUniform { low: 24.0, high: 96.0 }, "h")
        );
        assert_eq!(found[1].change(found[1].at(0.5)), "dispositions.response.review=48 h");
        assert_eq!(found[2].prior, Prior::Normal { mean: 19.0, sd: 3.0, low: 5.0, high: 40.0 });
        assert_eq!(found[3].numbers, Numbers::Whole);
        assert_eq!((found[3].at(0.0), found[3].at(0.999_999)), (20_000.0, 30_000.0));
        assert_eq!(found[3].short(), "network.accounts");
        assert_eq!(found[0].short(), "response.base");
    }

    #[test]
    fn a_path_alone_is_half_to_twice_its_value_as_far_as_that_goes() {
        let found =
            read(&["dispositions.framing.quote", "dispositions.network.circles", "dispositions.salience"])
                .unwrap();
        assert_eq!(found[0].prior.ends(), (0.05, 0.2));
        // A share is at most 1, and a path of a table stands for its numbers.
        let (low, high) = found[1].prior.ends();
        assert!(low == 0.35 && high > 0.7 && high <= 1.0, "{low} {high}");
        assert!(
            found.len() > 4
                && found[2..].iter().all(|found| found.path.starts_with("dispositions.salience."))
        );
        let all = uncertain(&base()).unwrap();
        assert!(all.len() > 60, "{}", all.len());
        assert!(
            all.iter()
                .all(|found| !found.path.contains("network") && found.prior.ends().0 < found.prior.ends().1)
        );
    }

    #[test]
    fn what_can_not_be_varied_is_told_with_a_hint() {
        for (text, told) in [
            (
                "dispositions.response.base=-2:-5",
                "its lower end is above the upper one\n\nhint: write the smaller",
            ),
            ("dispositions.response.base=1:1", "both ends are the same"),
            ("dispositions.response.base=-2", "it has no two ends\n\nhint: allowed: `PATH=LOW:HIGH`"),
            ("dispositions.response.base=a:b", "`a` is not a number"),
            ("dispositions.response.base=1:2:ln", "`ln` is not `log`"),
            ("dispositions.response.base=-1:2:log", "does not pass through 0"),
            ("dispositions.response.base=normal(0,1)", "two ends"),
            ("dispositions.response.base=normal(0,0,-1,1)", "not above 0"),
            ("dispositions.response.review=24:96 h", "one number has no unit and another `h`"),
            ("dispositions.response.bass=1:2", "did you mean `base`?"),
            ("dispositions.response.review=1:2", "duration"),
            ("dispositions.network.circles=0.5:2", "can't be 2"),
            ("dispositions.respons", "did you mean `dispositions.response`?"),
            ("dispositions.diffusion.rule", "no number that has a half"),
        ] {
            let error = read(&[text]).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
        let twice = read(&["dispositions.response", "dispositions.response.base=-4:-3"]).unwrap_err();
        assert!(twice.contains("`dispositions.response.base` is varied twice"), "{twice}");
    }

    #[test]
    fn priors_turn_shares_into_values_and_back() {
        let normal = Prior::Normal { mean: 1.0, sd: 0.5, low: 0.0, high: 2.5 };
        for u in [0.001, 0.3, 0.5, 0.999] {
            let z = (normal.quantile(u) - 1.0) / 0.5;
            let share = (normal_cdf(z) - normal_cdf(-2.0)) / (normal_cdf(3.0) - normal_cdf(-2.0));
            assert!((share - u).abs() < 1e-12, "{u}");
        }
        let log = Prior::LogUniform { low: 0.5, high: 8.0 };
        assert!(
            (log.quantile(0.5) - 2.0).abs() < 1e-12
                && (log.from_scale(log.to_scale(3.0)) - 3.0).abs() < 1e-12
        );
        let negative = Prior::LogUniform { low: -8.0, high: -0.5 };
        assert!(
            (negative.quantile(0.5) + 2.0).abs() < 1e-12 && negative.density(negative.to_scale(-3.0)) == 1.0
        );
        assert_eq!(
            (log.density(log.to_scale(9.0)), normal.density(-0.1), normal.density(1.0)),
            (0.0, 0.0, 1.0)
        );
    }
}
