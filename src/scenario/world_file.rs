//! The shared world as its files state it: who lives where and reads what, how states and markets are disposed.
//!
//! Facts carry a `source`; dispositions carry value, basis and source each (see [`crate::mechanisms`]).

use crate::mechanisms::Dispositions;
use crate::model::setting::NoiseLaw;
use crate::model::vocabulary::{Sphere, Traded};
use crate::text::{Sourced, Spanned, choices, section};
use crate::units::{Degrees, Fraction, Goldstein, Money, NonNegative, Probability, Signed, TimeSpan};
use std::collections::BTreeMap;

section! {
    /// The world: all files of the folder together.
    pub struct WorldFile {
        /// Countries, by ISO 3166 code.
        pub countries: BTreeMap<String, Country>,
        /// Roles that every country's users are divided into; the public of country and role is named `SA-citizen`.
        pub roles: BTreeMap<String, Role>,
        /// Publics beside those of country and role, and changes to these.
        pub publics: BTreeMap<String, PublicChange> = BTreeMap::new(),
        /// Press outlets.
        pub outlets: BTreeMap<String, Outlet>,
        /// Governments.
        pub states: BTreeMap<String, State>,
        /// Directed relations of two states, named `SA-CA` (what binds SA towards CA).
        pub dyads: BTreeMap<String, Dyad>,
        /// The escalation ladder.
        pub ladder: Ladder,
        /// CAMEO codes.
        pub acts: BTreeMap<String, ActCode>,
        /// Instruments that states have.
        pub instruments: BTreeMap<String, Instrument>,
        /// Markets.
        pub markets: BTreeMap<String, Market>,
        /// Indices of expected volatility.
        pub volatility_indices: BTreeMap<String, VolatilityIndex> = BTreeMap::new(),
        /// Behavioural parameters, one table a mechanism.
        pub dispositions: Dispositions,
    }
}

section! {
    /// A country's users of the platform.
    pub struct Country {
        /// Name for people.
        pub name: String,
        /// Accounts active in a month.
        pub users: Spanned<u64>,
        /// IANA time zone of most users.
        pub time_zone: Spanned<String>,
        /// Share of users who read each language with ease.
        pub languages: BTreeMap<String, Probability>,
        /// Languages of the domestic debate.
        pub national: Vec<Spanned<String>>,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A role among the users of every country.
    pub struct Role {
        /// What it means.
        pub text: String,
        /// Share of a country's users; roles sum to 1, a role with share 0 exists only where `publics` names it.
        pub share: Spanned<Probability>,
        /// Mean number of accounts followed.
        pub following: NonNegative,
        /// Weight as somebody to follow, relative to a citizen.
        pub prominence: NonNegative,
        /// Tendency to follow officials, leaders and the press, relative to a citizen.
        pub follows_officials: NonNegative,
        /// Tendency to share, relative to a citizen.
        pub activity: NonNegative,
        /// Oversampling: simulated accounts per real account relative to a citizen.
        pub sampling: NonNegative,
        /// Basis and source of these numbers.
        pub source: String,
    }
}

section! {
    /// A public beside those of country and role, or what differs for one of them.
    pub struct PublicChange {
        /// Role, for a new public.
        pub role: Option<Spanned<String>>,
        /// Country of residence, for a new public.
        pub country: Option<Spanned<String>>,
        /// Country whose side it takes by default; its residence if absent.
        pub allegiance: Option<Spanned<String>>,
        /// Number of users; needed for a new public, and then taken from nobody else.
        pub users: Option<u64>,
        /// Languages read, if not the country's.
        pub languages: Option<BTreeMap<String, Probability>>,
        /// Mean stance on the axis of an issue, by issue id, if not that of the alignments.
        pub stance: BTreeMap<String, Signed> = BTreeMap::new(),
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A press outlet with an account on the platform.
    pub struct Outlet {
        /// Name for people.
        pub name: String,
        /// Country of its newsroom.
        pub country: Spanned<String>,
        /// Languages it publishes in.
        pub languages: Vec<Spanned<String>>,
        /// Followers on the platform.
        pub followers: Spanned<u64>,
        /// Shares of the followers by country or single public. Sum at most 1.
        pub audience: Spanned<BTreeMap<String, Probability>>,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A government.
    pub struct State {
        /// Name for people.
        pub name: String,
        /// Its country.
        pub country: Spanned<String>,
        /// Share of messages in each language that its monitoring sees in time.
        pub monitors: BTreeMap<String, Probability>,
        /// Number of these languages that it keeps up, those with most readers first; all if absent.
        pub monitored_languages: Option<u64>,
        /// State of which it is a part, for a sub-state.
        pub parent: Option<Spanned<String>>,
        /// Staff that watches the platform, relative to the usual: delays of hearing are divided by it.
        pub staff: Spanned<NonNegative> = Spanned::unplaced(NonNegative::clamped(1.0)),
        /// Share that early warning takes off delays of hearing, thresholds of outcry and lags of communication.
        pub early_warning: Probability = Probability::clamped(0.0),
        /// Share of its reading of the press that it has given up for what trends on the platform.
        pub platform_review: Probability = Probability::clamped(0.0),
        /// Probability that its staff look up what crowds have put together on a message: live reports, pages that anybody may write on.
        pub crowd_review: Probability = Probability::clamped(0.0),
        /// Share of what its offices look up that an earlier office has left for them in a common archive.
        pub knowledge_base: Probability = Probability::clamped(0.0),
        /// Share of its words to other states that it hands over privately instead of posting them.
        pub discretion: Probability = Probability::clamped(0.0),
        /// Median time from hearing to deciding.
        pub decision: Sourced<TimeSpan>,
        /// Levels of the ministry through which a decision goes, 1 to 20; the median time is shared out among them.
        pub levels: Spanned<u64> = Spanned::unplaced(1),
        /// Probability that the leader decides past them, in minutes.
        pub bypass: Probability = Probability::clamped(0.0),
        /// Propensity to answer and to answer hard, in log-odds relative to the mean of all states.
        pub propensity: Sourced<f64>,
        /// Followers of the account through which it announces its acts.
        pub voice_followers: u64,
        /// Shares of these followers by country or single public.
        pub voice_audience: Spanned<BTreeMap<String, Probability>>,
        /// Languages in which it announces its acts.
        pub voice_languages: Vec<Spanned<String>>,
        /// Instruments it has.
        pub instruments: Vec<Spanned<String>>,
        /// Where the facts come from.
        pub source: String,
    }
}

section! {
    /// What binds one state towards another.
    pub struct Dyad {
        /// Alignment: −1 enemies, 0 indifferent, 1 allies who act as one.
        pub alignment: Signed,
        /// Share of its economy that it would put at risk by a break.
        pub dependence: Probability,
        /// Tension at the start: 1 is what one act of weight −10 leaves behind.
        pub tension: NonNegative,
        /// How well a direct line between the two governments works: 0 there is none, 1 every doubt about words is asked about.
        pub hotline: Probability = Probability::clamped(0.0),
        /// Instruments it will not use against the other, because they would hurt itself most.
        pub exempt: Vec<Spanned<String>> = Vec::new(),
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// The escalation ladder: ordered rungs.
    pub struct Ladder {
        /// Lowest first; the first is no response at all.
        pub rungs: Spanned<Vec<Rung>>,
    }
}

section! {
    /// A rung of the ladder.
    pub struct Rung {
        /// Lower-case id.
        pub id: Spanned<String>,
        /// Name for people.
        pub name: String,
        /// PLOVER category that places it in the order.
        pub plover: String,
        /// Field in which it lies.
        pub sphere: Sphere = Sphere::Words,
        /// Threshold in log-odds: the rung or a higher one is chosen with probability expit(η − threshold). Ascending; absent for the first.
        pub threshold: Option<Sourced<f64>>,
        /// Number of instruments that a decision for this rung uses, at the least and at the most; absent for words.
        pub package: Option<Spanned<Vec<u64>>>,
    }
}

section! {
    /// A CAMEO code.
    pub struct ActCode {
        /// Name for people.
        pub name: String,
        /// Goldstein weight of the CAMEO scale.
        pub weight: Goldstein,
        /// Rung on which it stands; absent if cooperative or neutral.
        pub rung: Option<Spanned<String>>,
        /// Harsher code that it can be heard as.
        pub heard_as: Option<Spanned<String>>,
    }
}

section! {
    /// An instrument of a state.
    pub struct Instrument {
        /// Name for people.
        pub name: String,
        /// CAMEO code of its use.
        pub act: Spanned<String>,
        /// Rung on which its use stands.
        pub rung: Spanned<String>,
        /// Cost to the user, from 0 (none) to 1 (as much as to the target).
        pub cost: Probability,
        /// Which part of the relation it hits.
        pub sector: String,
        /// How far its use makes an issue's economic measures real for markets (0 not, 1 in full).
        pub bite: Probability = Probability::clamped(0.0),
        /// Median time from the decision to the use, in which the decision may be thought over; zero for what needs none.
        pub preparation: TimeSpan = TimeSpan::ZERO,
        /// Where this comes from.
        pub source: String,
    }
}

choices! {
    /// Days on which a market trades.
    pub enum Week {
        /// Monday to Friday.
        MondayFriday = "Mon-Fri",
        /// Sunday to Thursday.
        SundayThursday = "Sun-Thu",
    }
}

section! {
    /// Law of the noise of daily returns: GJR-GARCH(1,1) with Hansen's skewed Student-t.
    pub struct Noise {
        /// α: weight of the last squared return.
        pub shock: Probability,
        /// γ: what a fall adds to it.
        pub leverage: Probability,
        /// β: weight of the last variance.
        pub memory: Probability,
        /// Degrees of freedom.
        pub degrees: Degrees,
        /// λ: negative where falls are the larger moves.
        pub skew: Signed,
    }
}

impl Noise {
    /// The law in the terms of the model.
    pub fn law(&self) -> NoiseLaw {
        NoiseLaw {
            shock: self.shock.get(),
            leverage: self.leverage.get(),
            memory: self.memory.get(),
            degrees: self.degrees.get(),
            skew: self.skew.get(),
        }
    }
}

section! {
    /// When trading in an index pauses or ends.
    pub struct Breakers {
        /// Falls since the last close at which trading pauses, once a day each, the smallest first.
        pub pauses: Vec<Fraction>,
        /// How long it pauses.
        pub pause: TimeSpan,
        /// No pause begins with less than this left of the day.
        pub last: TimeSpan,
        /// Fall at which trading ends for the day; none if absent.
        pub stop: Option<Fraction>,
    }
}

section! {
    /// Daily limit of the moves of an index's stocks.
    pub struct PriceLimit {
        /// Largest move of a stock in a day, either way.
        pub limit: Fraction,
        /// Standard deviation of the stocks' daily returns around the index.
        pub dispersion: Fraction,
    }
}

section! {
    /// A stock index, a currency, a commodity, a bond or a future, and where it trades.
    pub struct Market {
        /// Name for people.
        pub name: String,
        /// What is traded.
        pub kind: Traded = Traded::Index,
        /// Index whose opening it shows beforehand, for a future; its noise and exposure are that index's.
        pub underlying: Option<Spanned<String>>,
        /// Country of most of its companies, or of the currency; that of the exchange for what belongs to no country.
        pub country: Spanned<String>,
        /// IANA time zone of the exchange.
        pub time_zone: Spanned<String>,
        /// Trading hours in local time, in order, such as `"09:30-11:30"`.
        pub sessions: Spanned<Vec<String>>,
        /// Days of trading.
        pub week: Week,
        /// Local dates without trading.
        pub holidays: Spanned<Vec<String>>,
        /// Spans of dates, such as `"2018-01-01..2019-09-30"`, within which all holidays are listed; elsewhere a warning says that they are
        /// not known.
        pub known: Spanned<Vec<String>> = Spanned::unplaced(Vec::new()),
        /// Capitalisation of the market; none for what is not a stock index.
        pub capitalisation: Money = Money::clamped(0.0),
        /// Standard deviation of a daily return at the start.
        pub daily_sd: Fraction,
        /// Standard deviation of a daily return in the long run; `daily_sd` if absent.
        pub long_run_sd: Option<Fraction>,
        /// Law of its noise; that of `dispositions.trading` if absent.
        pub noise: Option<Sourced<Noise>>,
        /// Sensitivity to the world factor (log return per log return of the factor); negative for what rises when the world falls.
        pub beta: f64,
        /// Share of daily variance that the world factor explains; 1 for the market whose returns are the factor, which rests when that does.
        pub common: Probability,
        /// Share of the index's revenue earned in each country.
        pub revenue: BTreeMap<String, Probability>,
        /// Share of the index's weight in sectors that trade goods.
        pub tradable: Probability,
        /// Share of turnover by institutions with news terminals.
        pub institutions: Probability,
        /// Share of turnover by traders who act on headlines within seconds, and overdo it.
        pub fast: Probability = Probability::clamped(0.0),
        /// Sensitivity to a disruption of the supply of oil: 1 for oil.
        pub supply: NonNegative = NonNegative::clamped(0.0),
        /// Sensitivity to flight from the risk of war: 1 for gold.
        pub haven: NonNegative = NonNegative::clamped(0.0),
        /// Circuit breakers.
        pub breakers: Option<Breakers>,
        /// Daily limit of its stocks.
        pub price_limit: Option<PriceLimit>,
        /// Languages that its private traders read.
        pub languages: Vec<Spanned<String>>,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// An index of the volatility that a market expects.
    pub struct VolatilityIndex {
        /// Name for people.
        pub name: String,
        /// Market whose volatility it shows.
        pub market: Spanned<String>,
        /// Level at the start, in points.
        pub level: NonNegative,
        /// Where this comes from.
        pub source: String,
    }
}
