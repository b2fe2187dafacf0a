//! What is fixed for all runs of a scenario: the network, who is who, the ladder, the markets, the script.

use super::calendar::TradingDay;
use super::clock::Clock;
use super::ids::{
    AccountId, CodeId, CountryId, InstrumentId, IssueId, LanguageId, LanguageSet, MarketId, OutletId,
    PublicId, RungId, ScriptId, StateId, VoiceId,
};
use super::network::{Network, STANCE_BINS};
pub use super::noise::NoiseLaw;
use super::platform::PlatformScript;
use super::society::{Mobilisation, Recognition};
use super::vocabulary::{Delivery, Medium, Motive, Ranks, Sphere, Stage, Stakes, Traded, VoiceKind};
use crate::units::{Goldstein, SimTime, TimeSpan, UtcTime};
use std::sync::Arc;

/// Everything that does not change from run to run.
#[derive(Debug, Clone)]
pub struct Setting {
    /// First instant.
    pub start: UtcTime,
    /// Last instant.
    pub horizon: SimTime,
    /// When the message of reference is planned; first sessions are counted from it.
    pub reference: SimTime,
    /// Follower network, which settings that differ in other things may share.
    pub network: Arc<Network>,
    /// Languages by code.
    pub languages: Vec<String>,
    /// Countries.
    pub countries: Vec<Country>,
    /// Publics, in the order of the network's.
    pub publics: Vec<Public>,
    /// Named accounts, in the order of their ids behind the anonymous ones.
    pub voices: Vec<Voice>,
    /// Rank of who speaks.
    pub ranks: Ranks,
    /// Press outlets.
    pub outlets: Vec<Outlet>,
    /// Governments.
    pub states: Vec<State>,
    /// Directed relations, `states`² of them.
    pub dyads: Vec<Dyad>,
    /// Rungs, lowest first.
    pub ladder: Vec<Rung>,
    /// Acts that exist.
    pub codes: Vec<Code>,
    /// Instruments that exist.
    pub instruments: Vec<Instrument>,
    /// What messages can be about.
    pub issues: Vec<Issue>,
    /// Markets.
    pub markets: Vec<Market>,
    /// What moves all markets.
    pub factor: WorldFactor,
    /// Indices of expected volatility.
    pub volatility_indices: Vec<VolatilityIndex>,
    /// What happens from outside.
    pub script: Script,
    /// What is measured because the scenario asks for it.
    pub asked: Asked,
}

impl Setting {
    /// Rank of who speaks through a named account.
    pub fn rank(&self, voice: VoiceId) -> f64 {
        self.ranks.of(self.voices[voice.idx()].kind)
    }

    /// Position of the relation of `from` towards `to` in [`Self::dyads`] and in every list that goes with it.
    pub fn dyad_idx(&self, from: StateId, to: StateId) -> usize {
        from.idx() * self.states.len() + to.idx()
    }

    /// How well the direct line of the relation at `dyad` works at `time`: as the last event on it has left it.
    pub fn hotline(&self, dyad: usize, time: SimTime) -> f64 {
        let events = self.script.offline.iter().filter(|event| event.time <= time);
        let lines = events.flat_map(|event| event.lines.iter().map(move |line| (event.time, line)));
        let last = lines.filter(|(_, (line, _))| *line == dyad).max_by_key(|(time, _)| *time);
        last.map_or(self.dyads[dyad].hotline, |(_, (_, quality))| *quality)
    }

    /// The relation of `from` towards `to`.
    pub fn dyad(&self, from: StateId, to: StateId) -> &Dyad {
        &self.dyads[self.dyad_idx(from, to)]
    }

    /// Share of a public that reads at least one of `languages`, if reading one says nothing on reading another.
    pub fn fluency(&self, public: PublicId, languages: LanguageSet) -> f64 {
        let reads = &self.publics[public.idx()].reads;
        1.0 - languages
            .iter()
            .filter_map(|language| reads.get(language.0 as usize))
            .map(|read| 1.0 - read)
            .product::<f64>()
    }

    /// The named account that is `account`, if it is one.
    pub fn voice_of(&self, account: AccountId) -> Option<VoiceId> {
        let first = self.voices.first()?.account.0;
        let place = account.0.checked_sub(first)? as usize;
        (place < self.voices.len()).then(|| VoiceId::new(place))
    }

    /// Publics that live in `country`.
    pub fn publics_of(&self, country: CountryId) -> impl Iterator<Item = PublicId> {
        (0..self.publics.len()).map(PublicId::new).filter(move |id| self.publics[id.idx()].country == country)
    }
}

/// A country.
#[derive(Debug, Clone, PartialEq)]
pub struct Country {
    /// ISO code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Languages of its domestic debate.
    pub national: LanguageSet,
    /// Users of the platform who live there, simulated or not.
    pub n_users: f64,
}

/// What a public contributes beside its members' reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicKind {
    /// Members of newsrooms: what they see, outlets may cover.
    Journalists,
    /// Everybody else.
    Others,
}

/// Role of those who work for a government or watch for it.
pub const OFFICIAL: &str = "official";

/// A public.
#[derive(Debug, Clone, PartialEq)]
pub struct Public {
    /// Id, such as `SA-citizen`.
    pub id: String,
    /// Country of residence.
    pub country: CountryId,
    /// What kind of public it is.
    pub kind: PublicKind,
    /// Role of its members, such as `citizen`.
    pub role: String,
    /// Mean number of accounts that its members follow.
    pub following: f64,
    /// Real accounts.
    pub n_real: f64,
    /// When its members are active.
    pub clock: Clock,
    /// Share that reads each language with ease.
    pub reads: Vec<f64>,
    /// Tendency to share, relative to a citizen.
    pub activity: f64,
    /// Middle of the stance of each bin on the axis of each issue, −1 to 1.
    pub stance: Vec<[f64; STANCE_BINS]>,
}

/// A named account.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// Handle without `@`.
    pub handle: String,
    /// Key of draws about it.
    pub key: u32,
    /// Who speaks.
    pub kind: VoiceKind,
    /// State it speaks for.
    pub state: Option<StateId>,
    /// How far the deeds of its state bore out its words before: −1 never, 0 unknown, 1 always.
    pub record: f64,
    /// Its account.
    pub account: AccountId,
    /// Odds with which followers share its messages, relative to the reference.
    pub engagement: f64,
    /// Probability that a message of its says the harsher act as which it can be heard.
    pub slips: f64,
    /// Share of an audience that takes the trouble of getting to what it posts.
    pub access: f64,
}

/// A press outlet.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlet {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// Country of its newsroom.
    pub country: CountryId,
    /// Languages it publishes in.
    pub languages: LanguageSet,
    /// Its account.
    pub voice: VoiceId,
}

/// A government.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Id, such as `SA`.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// Its country.
    pub country: CountryId,
    /// Share of messages in each language that its monitoring sees.
    pub monitors: Vec<f64>,
    /// State of which it is a part.
    pub parent: Option<StateId>,
    /// Staff that watches the platform, relative to the usual.
    pub staff: f64,
    /// Share of delays and thresholds that early warning takes off, 0 to 1.
    pub early_warning: f64,
    /// Share of its reading of the press that it has given up for what trends on the platform.
    pub platform_review: f64,
    /// Probability that its staff look up what crowds have put together on a message.
    pub crowd_review: f64,
    /// Share of what its offices look up that an earlier office has left for them.
    pub knowledge_base: f64,
    /// Share of its words that it hands over privately instead of posting them.
    pub discretion: f64,
    /// Median time from hearing to deciding.
    pub decision: TimeSpan,
    /// Levels through which a decision goes.
    pub levels: u32,
    /// Probability that the leader decides past them.
    pub bypass: f64,
    /// Log-odds of answering, relative to the mean of all states.
    pub propensity: f64,
    /// Account through which it announces its acts.
    pub voice: VoiceId,
    /// Languages of its announcements.
    pub voice_languages: LanguageSet,
    /// Instruments it has.
    pub instruments: Vec<InstrumentId>,
}

/// A directed relation.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dyad {
    /// −1 enemies … 1 allies.
    pub alignment: f64,
    /// Share of its economy that it would put at risk by a break.
    pub dependence: f64,
    /// Tension at the start.
    pub tension: f64,
    /// How well a direct line between the two governments works, 0 (none) to 1.
    pub hotline: f64,
    /// Instruments it will not use against the other.
    pub exempt: Vec<InstrumentId>,
}

/// A rung of the ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Field in which it lies.
    pub sphere: Sphere,
    /// Threshold in log-odds; minus infinity for the first rung.
    pub threshold: f64,
    /// Smallest and largest number of instruments; `None` for words.
    pub package: Option<(u32, u32)>,
}

/// A code of the act table.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// CAMEO code.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Goldstein weight.
    pub weight: Goldstein,
    /// Rung on which it stands; [`RungId::NONE`] if cooperative or neutral.
    pub rung: RungId,
    /// Harsher code that it can be heard as.
    pub heard_as: Option<CodeId>,
}

impl Code {
    /// Whether it is a CAMEO code, which is a number.
    pub fn is_cameo(&self) -> bool {
        is_cameo(&self.code)
    }
}

/// Whether the name of an act is a CAMEO code: those are numbers.
pub fn is_cameo(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_digit())
}

/// An instrument.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// Name for people.
    pub name: String,
    /// Code of its use.
    pub code: CodeId,
    /// Rung on which its use stands.
    pub rung: RungId,
    /// Cost to the user, 0 to 1.
    pub cost: f64,
    /// How far its use makes economic measures real, 0 to 1.
    pub bite: f64,
    /// Median time from the decision to the use; zero for what needs none.
    pub preparation: TimeSpan,
}

/// What messages can be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Id.
    pub id: String,
    /// State whose side a stance of +1 takes, if it is one.
    pub positive: Option<StateId>,
    /// State whose side a stance of −1 takes, if it is one.
    pub negative: Option<StateId>,
    /// What would be at stake.
    pub stakes: Stakes,
    /// How hard the measures would hit each country.
    pub hits: Vec<(CountryId, f64)>,
    /// Share of the world's oil that the measures would hold up.
    pub disruption: f64,
    /// Credence of traders before the first message.
    pub expected: f64,
}

impl Issue {
    /// On which side of the issue a message by `author` stands: 1, −1, or 0 for a third party.
    pub fn side_of(&self, author: Option<StateId>) -> f64 {
        match author {
            Some(_) if author == self.positive => 1.0,
            Some(_) if author == self.negative => -1.0,
            _ => 0.0,
        }
    }

    /// The two states that are its sides, where both are states: +1, then −1.
    pub fn sides(&self) -> Option<[StateId; 2]> {
        Some([self.positive?, self.negative?])
    }
}

/// When trading in an index pauses or ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakers {
    /// Log returns since the last close at which trading pauses, once a day each, the smallest fall first.
    pub pauses: Vec<f64>,
    /// How long.
    pub pause: TimeSpan,
    /// No pause begins with less than this left of the day.
    pub last: TimeSpan,
    /// Log return at which trading ends for the day.
    pub stop: Option<f64>,
}

/// Daily limit of the moves of an index's stocks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PriceLimit {
    /// Largest relative move of a stock in a day, either way.
    pub limit: f64,
    /// Standard deviation of the stocks' daily returns around the index.
    pub dispersion: f64,
}

/// What moves all markets: the return of one of them.
#[derive(Debug, Clone, PartialEq)]
pub struct WorldFactor {
    /// Law of its noise.
    pub law: NoiseLaw,
    /// Standard deviation of a daily log return at the start.
    pub daily_sd: f64,
    /// Standard deviation of a daily log return in the long run.
    pub long_run_sd: f64,
    /// Days since 1970 on which it rests, beside week-ends.
    pub rests: Vec<i64>,
    /// Log returns that are known because they were before the start, by day since 1970.
    pub past: Vec<(i64, f64)>,
}

/// A market: a stock index, a currency, a commodity, a bond or a future.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// Id, such as `SSE`.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// Name for people.
    pub name: String,
    /// What is traded.
    pub kind: Traded,
    /// Index whose opening it shows beforehand, for a future.
    pub underlying: Option<MarketId>,
    /// Country of most of its companies.
    pub country: CountryId,
    /// Trading days from some days before the start to some days after the horizon.
    pub days: Vec<TradingDay>,
    /// Capitalisation in US dollars.
    pub capitalisation: f64,
    /// Standard deviation of a daily log return at the start.
    pub daily_sd: f64,
    /// Standard deviation of a daily log return in the long run.
    pub long_run_sd: f64,
    /// Law of its noise.
    pub noise: NoiseLaw,
    /// Sensitivity to the world factor; negative for what rises when the world falls.
    pub beta: f64,
    /// Share of daily variance that the world factor explains.
    pub common: f64,
    /// Share of revenue earned in each country.
    pub revenue: Vec<(CountryId, f64)>,
    /// Share of the weight in sectors that trade goods.
    pub tradable: f64,
    /// Share of turnover by institutions.
    pub institutions: f64,
    /// Share of turnover by traders who act on headlines within seconds.
    pub fast: f64,
    /// Sensitivity to a disruption of the supply of oil.
    pub supply: f64,
    /// Sensitivity to flight from the risk of war.
    pub haven: f64,
    /// Circuit breakers, if any.
    pub breakers: Option<Breakers>,
    /// Daily limit of its stocks, if any.
    pub price_limit: Option<PriceLimit>,
    /// Languages that private traders read.
    pub languages: LanguageSet,
}

/// An index of expected volatility.
#[derive(Debug, Clone, PartialEq)]
pub struct VolatilityIndex {
    /// Id.
    pub id: String,
    /// Market whose volatility it shows.
    pub market: MarketId,
    /// Level at the start, in points.
    pub level: f64,
}

/// What is measured beside what always is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    /// How much of a message's shares were made this long after it was posted.
    pub moments: Vec<(ScriptId, TimeSpan)>,
    /// Ratios of other outcomes.
    pub ratios: Vec<Ratio>,
}

/// A sum of outcomes divided by another, within each run.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratio {
    /// Id.
    pub id: String,
    /// Ids of the outcomes that are added up above the line.
    pub of: Vec<String>,
    /// Ids of those below it.
    pub to: Vec<String>,
}

/// What happens from outside the model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Script {
    /// Messages.
    pub messages: Vec<ScriptMessage>,
    /// Forced acts.
    pub acts: Vec<ScriptAct>,
    /// Events outside the platform.
    pub offline: Vec<ScriptOffline>,
    /// Acts on messages and accounts.
    pub platform: PlatformScript,
    /// Recognitions that spread.
    pub recognitions: Vec<Recognition>,
    /// People who move.
    pub mobilisations: Vec<Mobilisation>,
}

/// When something of the script happens.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// At a known instant.
    At(SimTime),
    /// After the first act of `actor` against `target` on `rung` or above.
    AfterAct {
        /// State that must have acted.
        actor: StateId,
        /// State acted upon.
        target: StateId,
        /// Rung that the act must have reached.
        rung: RungId,
        /// How long after.
        delay: TimeSpan,
        /// Probability that it then happens.
        probability: f64,
    },
    /// After a shock of opinion, and the lag of who listens.
    AfterShock {
        /// The shock.
        shock: Shock,
        /// How long after the lag.
        delay: TimeSpan,
        /// Probability that it then happens.
        probability: f64,
    },
    /// After a message was posted.
    AfterMessage {
        /// The message.
        message: ScriptId,
        /// How long after.
        delay: TimeSpan,
        /// Probability that it then happens.
        probability: f64,
        /// People whom the message must have reached by then.
        reached: f64,
    },
}

/// A turn of opinion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shock {
    /// An event outside the platform.
    Event(ScriptId),
    /// A message is told against its author, or as a distorted claim.
    Misread {
        /// The message.
        message: ScriptId,
        /// Where.
        country: CountryId,
        /// In which share of the impressions.
        share: f64,
    },
}

/// A message of the script.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptMessage {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// Account that posts it.
    pub voice: VoiceId,
    /// When.
    pub when: When,
    /// Act it performs as meant.
    pub code: CodeId,
    /// Harsher act it can be heard as.
    pub heard_as: Option<CodeId>,
    /// State it is directed at, if any.
    pub target: Option<StateId>,
    /// What it is about.
    pub issue: IssueId,
    /// Languages it is written in.
    pub languages: LanguageSet,
    /// For whom it is meant, if that is in question.
    pub motive: Option<Motive>,
    /// What it carries.
    pub medium: Medium,
    /// How it is delivered.
    pub delivery: Delivery,
    /// Moral-emotional words in it.
    pub moral_words: u32,
    /// Message of the same thread that it continues.
    pub continues: Option<ScriptId>,
    /// Deleted this long after posting.
    pub deleted_after: Option<TimeSpan>,
    /// Whether somebody else wrote it in the name of its author.
    pub hijacked: bool,
    /// Message that it denies.
    pub denies: Option<ScriptId>,
    /// How far it makes the issue's measures real; as its act has it if absent.
    pub stage: Option<Stage>,
    /// What it says.
    pub text: String,
}

/// A forced act.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptAct {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// State that acts.
    pub actor: StateId,
    /// State acted upon.
    pub target: StateId,
    /// When.
    pub time: SimTime,
    /// What.
    pub code: CodeId,
    /// Issue it belongs to.
    pub issue: IssueId,
    /// How far it makes the issue's measures real.
    pub stage: Option<Stage>,
    /// Message without which it does not happen.
    pub follows: Option<ScriptId>,
    /// Rung on which it counts: none, unless people who play the state chose it.
    pub rung: RungId,
}

/// An event outside the platform.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptOffline {
    /// Id.
    pub id: String,
    /// When.
    pub time: SimTime,
    /// Jumps of tension: from, towards, by how much.
    pub tension: Vec<(StateId, StateId, f64)>,
    /// Jumps of caution.
    pub caution: Vec<(StateId, f64)>,
    /// Direct lines that work so well from then on: position of the relation, and how well.
    pub lines: Vec<(usize, f64)>,
    /// Log returns of markets that have this cause, whatever is said on the platform.
    pub moves: Vec<(MarketId, f64)>,
    /// What happened.
    pub text: String,
}

/// Position of an outlet in a list, with its data.
pub fn outlets(setting: &Setting) -> impl Iterator<Item = (OutletId, &Outlet)> {
    setting.outlets.iter().enumerate().map(|(idx, outlet)| (OutletId::new(idx), outlet))
}

/// Language codes of a set, for people.
pub fn language_names(setting: &Setting, languages: LanguageSet) -> String {
    let names: Vec<&str> = languages
        .iter()
        .filter_map(|LanguageId(idx)| setting.languages.get(idx as usize))
        .map(String::as_str)
        .collect();
    names.join("+")
}
