//! What one run yields: scalars, diplomatic acts and series, each described once for all runs.

use crate::units::{Goldstein, SimTime, UtcTime};

/// Unit of an outcome or a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Shares of a message (reposts and quotes), weighted back to real accounts.
    Shares,
    /// People, weighted back to the real platform.
    People,
    /// Times a message was put before a reader, weighted back.
    Impressions,
    /// A number of things that has no unit (depth, acts, average distance).
    Count,
    /// Hours.
    Hours,
    /// A relative change as a fraction; shown as a percentage.
    Fraction,
    /// A share of a whole, 0 to 1; shown as a percentage.
    Share,
    /// Ordinal position on the escalation ladder.
    Rung,
    /// Goldstein weight.
    Goldstein,
    /// Tension of a dyad on the model's scale (0 is calm, 1 is the tension left by one act of weight −10).
    Tension,
    /// US dollars.
    UsDollars,
    /// Points of an index.
    Points,
    /// True (1) or false (0).
    YesNo,
}

impl Unit {
    /// The unit's name in files: stable, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shares => "shares",
            Self::People => "people",
            Self::Impressions => "impressions",
            Self::Count => "1",
            Self::Hours => "h",
            Self::Fraction => "fraction",
            Self::Share => "share",
            Self::Rung => "rung",
            Self::Goldstein => "goldstein",
            Self::Tension => "tension",
            Self::UsDollars => "usd",
            Self::Points => "points",
            Self::YesNo => "yes_no",
        }
    }
}

/// How an outcome is summarised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeKind {
    /// A real number: mean, interval of the mean, quantiles.
    Continuous,
    /// An integer with few values (a rung, a depth): the same, quantiles are values.
    Discrete,
    /// Yes or no: proportion with Wilson interval.
    YesNo,
}

/// Description of one scalar outcome; the same for every run of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeSpec {
    /// Stable lower-case path, such as `message.arabic-tweet.shares`.
    pub id: String,
    /// Unit of the number.
    pub unit: Unit,
    /// How it is summarised.
    pub kind: OutcomeKind,
    /// One sentence for people.
    pub description: String,
}

/// One act of one run: diplomatic, or on the platform.
#[derive(Debug, Clone, PartialEq)]
pub struct ActRow {
    /// `act:N` for the acts of states, `deed:N` for what was done on the platform, each counted from 0.
    pub id: String,
    /// When it was taken.
    pub time: SimTime,
    /// Who acted, as [`Layout::party`] numbers it.
    pub actor: u16,
    /// Who was acted upon.
    pub target: u16,
    /// CAMEO code, such as `163`, or the name of an act that has none, as an index into [`Layout::codes`].
    pub code: u16,
    /// Instrument used, as an index into [`Layout::instruments`]; `None` for plain words.
    pub instrument: Option<u16>,
    /// Goldstein weight of the code.
    pub weight: Goldstein,
    /// Position on the ladder (0 is the lowest rung of the data).
    pub rung: u8,
    /// Id of the message, or of the act or deed of this run, that it follows from; `record` for what the scenario gives.
    pub cause: String,
}

impl ActRow {
    /// Whether a state took it as an act of diplomacy, and not something done on the platform.
    pub fn is_diplomatic(&self) -> bool {
        self.id.starts_with("act:")
    }
}

/// What a series shows; plots are chosen by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesGroup {
    /// Cumulative shares of a message.
    Shares,
    /// Cumulative unique reach of a message in a country.
    Reach,
    /// Tension of a dyad.
    Tension,
    /// Highest rung reached so far between two states, in either direction.
    Rung,
    /// Share of a group of members that has recognised.
    Recognised,
    /// People who arrived on the last day that was over.
    Arrivals,
    /// Price of a market relative to its last price before the reference message (fraction).
    Price,
    /// Level of a volatility index.
    Volatility,
}

/// Description of one series; the same for every run of a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesSpec {
    /// Stable path, such as `message.arabic-tweet.reach.SA` or `market.SSE.price`.
    pub id: String,
    /// Label for people.
    pub label: String,
    /// Unit of the values.
    pub unit: Unit,
    /// What it shows.
    pub group: SeriesGroup,
}

/// What every run of a scenario has in common: the meaning of each column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// Scalars, in the order of [`Outcome::scalars`].
    pub outcomes: Vec<OutcomeSpec>,
    /// Series, in the order of [`Outcome::series`].
    pub series: Vec<SeriesSpec>,
    /// End of each time bin of the series, ascending.
    pub bins: Vec<SimTime>,
    /// Ids of states.
    pub states: Vec<String>,
    /// Names of who else acts or is acted upon: accounts, swarms, platforms, readers.
    pub others: Vec<String>,
    /// CAMEO codes, or names of acts that have none, and what they stand for.
    pub codes: Vec<(String, String)>,
    /// Ids and names of instruments.
    pub instruments: Vec<(String, String)>,
    /// Ids and names of the rungs, lowest first.
    pub rungs: Vec<(String, String)>,
}

impl Layout {
    /// Name of a party: states come first, then the others.
    pub fn party(&self, index: u16) -> Option<&String> {
        let index = usize::from(index);
        self.states.get(index).or_else(|| self.others.get(index.checked_sub(self.states.len())?))
    }

    /// The number of the party of that name.
    pub fn party_named(&self, name: &str) -> Option<u16> {
        let index = self.states.iter().chain(&self.others).position(|party| party == name)?;
        u16::try_from(index).ok()
    }
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// No event was left.
    Finished,
    /// The horizon was reached with events still to come.
    Horizon,
    /// The budget of events was used up: the run is incomplete.
    EventBudget,
}

impl StopReason {
    /// Name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Horizon => "horizon",
            Self::EventBudget => "event_budget",
        }
    }
}

/// What one run yields.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Index of the run; with scenario and seed it identifies everything here.
    pub run: u64,
    /// Why the run ended.
    pub stop: StopReason,
    /// Events handled.
    pub events: u64,
    /// One value for each [`OutcomeSpec`]; NaN where the outcome does not exist in this run (no act, so no time of the first act).
    pub scalars: Vec<f64>,
    /// Acts of states and what was done on the platform, in order of time.
    pub acts: Vec<ActRow>,
    /// Series × bins, bins fastest; NaN before a series begins.
    pub series: Vec<f32>,
}

/// A recorded value of the world's history to set beside a simulated outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedValue {
    /// Id of the outcome.
    pub outcome: String,
    /// Value in the outcome's unit.
    pub value: f64,
    /// Where it comes from.
    pub source: String,
    /// How it was used.
    pub role: RecordedRole,
}

/// How a recorded value was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordedRole {
    /// It helped to choose a coefficient: agreement proves little.
    Fitted,
    /// It was not looked at when coefficients were chosen.
    HeldOut,
    /// Nothing was expected to happen, and that is the test.
    Control,
}

impl RecordedRole {
    /// Name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fitted => "fitted",
            Self::HeldOut => "held_out",
            Self::Control => "control",
        }
    }
}

/// An interval of the world's clock to shade on a plot: a trading session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// First instant.
    pub open: UtcTime,
    /// Last instant.
    pub close: UtcTime,
}
