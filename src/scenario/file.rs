//! The scenario file as its author writes it. Format 1.
//!
//! A scenario states what is known: who posted what, when, in which language, who follows whom. Tables named as in the
//! world (`countries`, `publics`, `states`, `dyads`, `markets`, `volatility_indices`, `outlets`, `instruments`,
//! `dispositions`) are laid over the shared world file key by key, so a scenario writes only what differs.

use super::platform_file::{Bots, Label, Mute, Pin, Quote, Suspension};
use super::society_file::{Mobilisation, Recognition};
use crate::model::vocabulary::{Delivery, Medium, Motive, Stage, Stakes, VoiceKind};
use crate::text::{Spanned, choices, section};
use crate::units::{Fraction, NonNegative, Probability, Signed, TimeSpan, UtcTime};
use std::collections::BTreeMap;

/// Newest format of scenario and world files that this program reads.
pub const FORMAT: u64 = 1;

section! {
    /// A scenario file.
    pub struct ScenarioFile {
        /// What the scenario is, when it starts and how long it lasts.
        pub scenario: Header,
        /// Which publics are simulated, and at what scale.
        pub network: NetworkChoice,
        /// Named accounts of this scenario, by handle without `@`.
        pub accounts: BTreeMap<String, Account> = BTreeMap::new(),
        /// What the messages and acts are about.
        pub issues: BTreeMap<String, Issue>,
        /// What happens: messages, acts that are forced because they are known, events outside the platform.
        pub events: Events,
        /// Named arms to compare with the scenario as it stands.
        pub interventions: BTreeMap<String, Intervention> = BTreeMap::new(),
        /// Which outcomes the summary shows first.
        pub outcomes: Outcomes = Outcomes::default(),
        /// What the record says, by outcome id.
        pub recorded: BTreeMap<String, Recorded> = BTreeMap::new(),
        /// What a teacher may do with it.
        pub teaching: Option<Teaching>,
    }
}

section! {
    /// What a teacher may do with a scenario, each a sentence or a paragraph for people.
    pub struct Teaching {
        /// The question that a class is asked before the runs.
        pub question: String,
        /// What to look for in the runs and plots.
        pub look_for: String,
        /// What to talk about afterwards.
        pub discussion: String,
        /// What the scenario must not be used to conclude.
        pub not_for: String,
    }
}

section! {
    /// Identity and time frame of a scenario.
    pub struct Header {
        /// Lower-case id; also the name of its output folder.
        pub id: Spanned<String>,
        /// Title for people.
        pub title: String,
        /// A paragraph: what happened and what the scenario asks.
        pub summary: String,
        /// How good the record of the outcome is: 1 measured, 2 qualitative, 3 structural.
        pub tier: u64 = 2,
        /// First instant that is simulated.
        pub start: UtcTime,
        /// Length of simulated time.
        pub horizon: Spanned<TimeSpan>,
        /// Message from which first sessions and price series are counted; the first message if absent.
        pub reference: Option<Spanned<String>>,
        /// Markets that are simulated; all of the world if absent.
        pub markets: Option<Vec<Spanned<String>>>,
        /// Returns of the world factor (the S&P 500) on dates before the start, such as `{ 2019-05-03 = "0.96 %" }`: for markets that have not
        /// traded since, they are known and no noise. Dates that are absent are drawn.
        pub world_before: BTreeMap<String, Fraction> = BTreeMap::new(),
        /// States that are simulated; all of the world if absent.
        pub states: Option<Vec<Spanned<String>>>,
        /// Where the facts come from: short names that `source` fields may use, with the full references.
        pub sources: BTreeMap<String, String>,
        /// What the record does not tell, and what the scenario must not be used to conclude.
        pub limits: String = String::new(),
    }
}

section! {
    /// Which part of the platform is simulated.
    pub struct NetworkChoice {
        /// Simulated accounts, shared out among the publics at the stated sampling rates. Has no effect at full scale.
        pub accounts: Spanned<u64> = Spanned::unplaced(100_000),
        /// Whether a sample of the accounts is simulated or each of them.
        pub scale: Scale = Scale::Sampled,
        /// Countries (all their publics) and single publics that are simulated.
        pub publics: Vec<Spanned<String>>,
        /// Press outlets that are simulated; all that publish in a language of a simulated country if absent.
        pub outlets: Option<Vec<Spanned<String>>>,
    }
}

choices! {
    /// How much of the publics is simulated.
    pub enum Scale {
        /// A sample of the accounts, each of which stands for many; who follows whom is stored.
        Sampled = "sampled",
        /// Every account of the publics; who follows whom is computed when it is asked for.
        Full = "full",
    }
}

section! {
    /// A named account.
    pub struct Account {
        /// Name for people.
        pub name: String,
        /// State it speaks for, if any.
        pub state: Option<Spanned<String>>,
        /// Who speaks.
        pub voice: VoiceKind,
        /// Followers on the platform at the time.
        pub followers: Spanned<u64>,
        /// Shares of the followers by country or single public; the rest is outside the simulated publics. Sum at most 1.
        pub audience: Spanned<BTreeMap<String, Probability>>,
        /// How far the deeds of its state bore out its words before: −1 never, 0 unknown, 1 always.
        pub record: Signed = Signed::clamped(0.0),
        /// Odds with which its own followers share its messages, relative to an account followed for what it posts about (1 if absent):
        /// below 1 where most followers came for other topics.
        pub engagement: NonNegative = NonNegative::clamped(1.0),
        /// Probability that a message of its slips: that it says the harsher act as which it can be heard, as it happens to untrained users.
        pub slips: Probability = Probability::clamped(0.0),
        /// Officials and leaders of the simulated countries that it follows in order to be followed: the share `dispositions.network.reciprocity` of them follows it
        /// back, in addition to `followers`.
        pub follows: u64 = 0,
        /// Accounts of the scenario, and states (their ministries' accounts), with which it follows each other: the staff of either see what the other
        /// posts with the probability `dispositions.hearing.followed`, whatever language they monitor.
        pub mutual: Vec<Spanned<String>> = Vec::new(),
        /// Time that a reader spends on getting to what it posts: nothing in a feed, minutes where something has to be installed first.
        pub access_cost: TimeSpan = TimeSpan::ZERO,
        /// Where the numbers come from.
        pub source: String,
    }
}

section! {
    /// What messages are about.
    pub struct Issue {
        /// Title for people.
        pub title: String,
        /// State whose side a stance of +1 takes; absent if that side is no state.
        pub positive: Option<Spanned<String>>,
        /// State whose side a stance of −1 takes; absent if that side is no state.
        pub negative: Option<Spanned<String>>,
        /// What it puts at stake for markets.
        pub stakes: Stakes = Stakes::Trade,
        /// How hard the threatened measures would hit the revenue earned in a country if carried out in full. Trade: 0 not at all, 1 as
        /// hard as the reference case, a 25 % tariff on half of its exports to its largest customer. Security: 0 not at all, 1 as a war
        /// fought there.
        pub hits: Spanned<BTreeMap<String, NonNegative>> = Spanned::unplaced(BTreeMap::new()),
        /// Share of the oil that the world uses which the measures would hold up (security).
        pub disruption: Probability = Probability::clamped(0.0),
        /// Credence that traders already gave to the measures before the first message.
        pub expected: Probability = Probability::clamped(0.0),
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// Everything that happens from outside the model.
    pub struct Events {
        /// Messages on the platform.
        pub messages: BTreeMap<String, Message>,
        /// Acts known to have happened, forced in every run.
        pub acts: BTreeMap<String, ForcedAct> = BTreeMap::new(),
        /// Events outside the platform.
        pub offline: BTreeMap<String, OfflineEvent> = BTreeMap::new(),
        /// Swarms of bots.
        pub bots: BTreeMap<String, Bots> = BTreeMap::new(),
        /// Named accounts that quote a message.
        pub quotes: BTreeMap<String, Quote> = BTreeMap::new(),
        /// Named accounts that pin a message.
        pub pins: BTreeMap<String, Pin> = BTreeMap::new(),
        /// Labels on messages.
        pub labels: BTreeMap<String, Label> = BTreeMap::new(),
        /// Accounts that a part of an audience mutes.
        pub mutes: BTreeMap<String, Mute> = BTreeMap::new(),
        /// Accounts that the platform suspends.
        pub suspensions: BTreeMap<String, Suspension> = BTreeMap::new(),
        /// What states or platforms recognise one after the other.
        pub recognitions: BTreeMap<String, Recognition> = BTreeMap::new(),
        /// People who act offline on what they believe of a message.
        pub mobilisations: BTreeMap<String, Mobilisation> = BTreeMap::new(),
    }
}

section! {
    /// A message of the scenario.
    pub struct Message {
        /// Account that posts it.
        pub author: Spanned<String>,
        /// When it is posted; this or `after`.
        pub time: Option<Spanned<UtcTime>>,
        /// What must happen first; this or `time`.
        pub after: Option<Spanned<Trigger>>,
        /// The act it performs as its author means it: a CAMEO code of the world's act table.
        pub act: Spanned<String>,
        /// The harsher act it can be heard as; the act table's own if absent.
        pub heard_as: Option<Spanned<String>>,
        /// State it is directed at; absent if it is directed at none: then no state hears it as something said to it.
        pub target: Option<Spanned<String>>,
        /// Issue it is about.
        pub issue: Spanned<String>,
        /// Languages it is written in.
        pub language: Spanned<Vec<String>>,
        /// What it says, or a summary.
        pub text: String,
        /// For whom it is meant, where the state addressed may wonder: itself, or the public at home; absent where it is plain.
        pub motive: Option<Motive>,
        /// What it carries.
        pub format: Medium = Medium::Text,
        /// How it is delivered.
        pub delivery: Delivery = Delivery::Public,
        /// Moral-emotional words in it; each multiplies sharing by 1.2 (Brady et al. 2017).
        pub moral_words: u64 = 0,
        /// Message of the same thread that it continues.
        pub continues: Option<Spanned<String>>,
        /// Deleted this long after it was posted; copies stay.
        pub deleted_after: Option<TimeSpan>,
        /// Whether somebody else wrote it in the name of its author; it spreads and is heard as the author's until it is denied.
        pub hijacked: bool = false,
        /// Message that this one denies: who hears of it takes that message for what this one says.
        pub denies: Option<Spanned<String>>,
        /// How far it makes the issue's measures real, for markets; a threat is a word if absent, anything else says nothing on them.
        pub stage: Option<Stage>,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A condition on the run for something to happen.
    pub struct Trigger {
        /// State that must have acted of its own choice (with `target` and `rung`); forced acts do not count.
        pub actor: Option<Spanned<String>>,
        /// State acted upon.
        pub target: Option<Spanned<String>>,
        /// Rung that the act must have reached.
        pub rung: Option<Spanned<String>>,
        /// Or: message that must have been posted publicly.
        pub message: Option<Spanned<String>>,
        /// Or: event outside the platform that turns opinion, which the author answers after the lag of who listens.
        pub event: Option<Spanned<String>>,
        /// With `message`: this many people of the simulated publics must have seen it by then, or nothing follows.
        pub reached: Option<NonNegative>,
        /// With `message`: it must not only have been posted, but this share of its impressions in `country` must be against its author or
        /// distorted; the author answers after the lag of who listens.
        pub misread: Option<Probability>,
        /// Country in which that counts; the home of the state that `message` addresses if absent.
        pub country: Option<Spanned<String>>,
        /// How long after.
        pub delay: TimeSpan = TimeSpan::ZERO,
        /// Probability that it then happens.
        pub probability: Probability = Probability::clamped(1.0),
    }
}

section! {
    /// An act known to have happened, forced in every run.
    pub struct ForcedAct {
        /// State that acts.
        pub actor: Spanned<String>,
        /// State acted upon.
        pub target: Spanned<String>,
        /// When.
        pub time: Spanned<UtcTime>,
        /// What: a CAMEO code.
        pub act: Spanned<String>,
        /// Issue it belongs to.
        pub issue: Spanned<String>,
        /// How far it makes the issue's measures real, for markets; absent if it says nothing on them.
        pub stage: Option<Stage>,
        /// Message without which it would not have happened; it is left out where that message is not posted publicly by then.
        pub follows: Option<Spanned<String>>,
        /// Whether it is the choice of people who play the state in this run: then it counts as a rung reached, as acts do that the state
        /// chooses by itself.
        pub played: bool = false,
        /// What was done.
        pub text: String,
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// Something outside the platform that bears on it.
    pub struct OfflineEvent {
        /// When.
        pub time: Spanned<UtcTime>,
        /// What happened.
        pub text: String,
        /// Jumps of tension by dyad (`SA-CA`), in units of the tension scale.
        pub tension: Spanned<BTreeMap<String, NonNegative>> = Spanned::unplaced(BTreeMap::new()),
        /// Jumps of caution by state: the share of its planned messages that it withholds at first.
        pub caution: Spanned<BTreeMap<String, Probability>> = Spanned::unplaced(BTreeMap::new()),
        /// How well the direct lines of relations (`SA-CA`) work from then on, as `hotline` has it.
        pub lines: Spanned<BTreeMap<String, Probability>> = Spanned::unplaced(BTreeMap::new()),
        /// Relative changes of markets that have this cause, with the messages or without them: what else was going on, such as a
        /// currency crisis elsewhere.
        pub moves: Spanned<BTreeMap<String, Fraction>> = Spanned::unplaced(BTreeMap::new()),
        /// Where this comes from.
        pub source: String,
    }
}

section! {
    /// A named change of the scenario: an arm to compare.
    pub struct Intervention {
        /// Title for people.
        pub title: String,
        /// Parameter paths and their values in this arm.
        pub set: Spanned<BTreeMap<String, crate::text::Value>>,
    }
}

section! {
    /// Which outcomes come first.
    #[derive(Default)]
    pub struct Outcomes {
        /// Outcome ids for the table after a run, in this order.
        pub highlight: Vec<Spanned<String>> = Vec::new(),
        /// By message id, times after its posting at which it is measured how many of all its shares had been made, as
        /// `message.ID.share_after.TIME`: what a deletion at that time would have come too late for.
        pub share_after: Spanned<BTreeMap<String, Vec<Spanned<TimeSpan>>>> = Spanned::unplaced(BTreeMap::new()),
        /// Ratios of other outcomes, measured as `ratio.NAME`.
        pub ratios: BTreeMap<String, Ratio> = BTreeMap::new(),
    }
}

section! {
    /// A sum of outcomes divided by another sum, within each run; it does not exist in runs in which one of them does not, or the second is 0.
    pub struct Ratio {
        /// Ids of the outcomes that are added up above the line; at least one.
        pub of: Vec<Spanned<String>>,
        /// Ids of those below it; at least one.
        pub to: Vec<Spanned<String>>,
    }
}

choices! {
    /// How a recorded value was used.
    pub enum Role {
        /// It helped to choose a coefficient.
        Fitted = "fitted",
        /// It was not looked at when coefficients were chosen.
        HeldOut = "held_out",
        /// Nothing was expected to happen.
        Control = "control",
    }
}

section! {
    /// A recorded value.
    pub struct Recorded {
        /// The value in the unit of the outcome: a number, a percentage, a duration, or true or false.
        pub value: Spanned<Measured>,
        /// How it was used.
        pub role: Role,
        /// Where it comes from.
        pub source: String,
    }
}

/// A recorded value in whatever unit its outcome has.
#[derive(Debug, Clone, PartialEq)]
pub enum Measured {
    /// A bare number (rung, count, Goldstein weight).
    Number(f64),
    /// A percentage, as a fraction.
    Fraction(Fraction),
    /// A duration.
    Span(TimeSpan),
    /// Yes or no.
    YesNo(bool),
    /// US dollars.
    Dollars(crate::units::Money),
}
