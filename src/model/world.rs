//! The state of one run. No behaviour beyond keeping its invariants.

use super::cascade::{Cascade, Frame};
use super::custom::Custom;
use super::decaying::Decaying;
use super::deed::{Deed, Reason};
use super::event::{Act, Cause, Channel, Event};
use super::ids::{
    ActId, CodeId, CountryId, IssueId, LanguageSet, MarketId, MessageId, OutletId, PublicId, RungId,
    ScriptId, StateId, VoiceId,
};
use super::setting::{Dyad, Setting, Shock, When};
use super::society::{Mobilised, Move};
use super::timeline::TimelineEntry;
use super::visibility::Visibility;
use super::vocabulary::{Delivery, Medium, Motive};
use crate::engine::seen::Seen;
use crate::engine::streams::RunKey;
use crate::units::{SimTime, TimeSpan};

/// Where a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The script.
    Script(ScriptId),
    /// The announcement of an act.
    Act(ActId),
    /// Press coverage of another message.
    Coverage {
        /// The message covered.
        about: MessageId,
        /// Who covers it.
        outlet: OutletId,
    },
}

/// A message of this run.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Key of draws about it.
    pub key: u32,
    /// Where it comes from.
    pub origin: Origin,
    /// Account that posted it.
    pub voice: VoiceId,
    /// State for which it speaks.
    pub author: Option<StateId>,
    /// Act it performs as meant.
    pub code: CodeId,
    /// Harsher act it can be heard as.
    pub heard_as: Option<CodeId>,
    /// State it is directed at.
    pub target: Option<StateId>,
    /// What it is about.
    pub issue: IssueId,
    /// Languages it is written in.
    pub languages: LanguageSet,
    /// What it carries.
    pub medium: Medium,
    /// How it was delivered.
    pub delivery: Delivery,
    /// Moral-emotional words in it.
    pub moral_words: u32,
    /// When it was posted.
    pub posted: SimTime,
    /// When it was deleted.
    pub deleted: Option<SimTime>,
}

/// How a message spread so far.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Spread {
    /// The tree of shares.
    pub cascade: Cascade,
    /// Real impressions by public.
    pub impressions: Vec<f64>,
    /// Share of each public that has not seen it yet (expectation over who follows whom).
    unseen: Vec<f64>,
    /// Weight of passing the message on: `[cell][frame received][frame passed on]`; empty until a mechanism says whether it is passed on other
    /// than as received, or shares it.
    pub odds: Vec<FrameWeights>,
    /// Largest probability of passing it on: `[public][frame received]`; written by the mechanism that shares.
    pub bounds: Vec<[f64; Frame::COUNT]>,
    /// People who saw it from its author.
    pub reached_directly: Option<f64>,
    /// People who had seen it when it was deleted.
    pub reached_at_deletion: Option<f64>,
}

/// Weights of passing a message on: `[frame received][frame passed on]`.
pub type FrameWeights = [[f64; Frame::COUNT]; Frame::COUNT];

/// Weights when everybody passes a message on as received.
pub const AS_RECEIVED: FrameWeights = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];

impl Spread {
    /// Prepares an empty record for `n_publics`, keeping the memory.
    fn reset(&mut self, n_publics: usize) {
        self.impressions.clear();
        self.impressions.resize(n_publics, 0.0);
        self.unseen.clear();
        self.unseen.resize(n_publics, 1.0);
        self.odds.clear();
        self.bounds.clear();
        self.bounds.resize(n_publics, [0.0; Frame::COUNT]);
        self.reached_directly = None;
        self.reached_at_deletion = None;
    }

    /// Expected share of a public that has seen the message.
    ///
    /// 1 − Π(1 − dᵢ/N) over the audiences dᵢ of all who shared it, as if they were drawn independently.
    pub fn seen_share(&self, public: PublicId) -> f64 {
        1.0 - self.unseen[public.idx()]
    }

    /// Puts the message before `n_readers` simulated members of `public`; returns the share of it that is new.
    pub fn expose(&mut self, public: PublicId, n_readers: f64, n_public: u32, weight: f64) -> f64 {
        self.expose_again(public, n_readers, weight);
        let unseen = &mut self.unseen[public.idx()];
        let newly_seen = *unseen * n_readers / f64::from(n_public.max(1));
        *unseen -= newly_seen;
        newly_seen
    }

    /// Puts the message before members of `public` who have all seen it.
    pub fn expose_again(&mut self, public: PublicId, n_readers: f64, weight: f64) {
        self.impressions[public.idx()] += n_readers * weight;
    }
}

/// New audience of a share in one public.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposure {
    /// The public.
    pub public: PublicId,
    /// Share of it that had not seen the message before.
    pub newly_seen: f64,
    /// Impressions for each of its members: the share of it that follows the one who shared.
    pub per_member: f64,
}

/// What comes before the members of a public, and how much of it they can attend to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feed {
    /// Recent impressions of simulated messages for each member.
    pub load: Decaying,
    /// Recent impressions at which a message gets half of the attention that it gets without others: capacity and ordinary load.
    pub room: f64,
}

/// What a state knows of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hearing {
    /// The state.
    pub state: StateId,
    /// The message.
    pub message: MessageId,
    /// How it heard.
    pub channel: Channel,
    /// How the message was presented to it.
    pub frame: Frame,
    /// When.
    pub time: SimTime,
    /// What act it took the message for, once it has thought about it.
    pub understood: Option<CodeId>,
    /// For whom it took the words to be meant, where that was in question.
    pub motive: Option<Motive>,
    /// What it took the author's state to intend by it, as a weight, where that is not the weight of the act understood.
    pub intent: Option<f64>,
    /// Rung it chose, once it has decided.
    pub answer: Option<RungId>,
}

/// The last word of a voice, or the last deed of a state, as the state addressed understood it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal {
    /// Position of the relation of the state addressed towards the author's.
    pub dyad: usize,
    /// Who spoke.
    pub voice: VoiceId,
    /// The message.
    pub message: MessageId,
    /// When it was understood.
    pub time: SimTime,
    /// What it says of its state's intentions, as a weight.
    pub weight: f64,
    /// How far deeds have borne out the voice, −1 to 1.
    pub record: f64,
}

/// What a state takes another to intend, all voices weighed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Intent {
    /// Best guess, as a weight.
    pub weight: f64,
    /// Standard deviation.
    pub spread: f64,
}

/// How a state stands towards another in this run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relation {
    /// Tension: 1 is what one act of weight −10 leaves behind.
    pub tension: Decaying,
    /// Highest rung used so far.
    pub peak: RungId,
    /// When an answer to an act of the other was last decided or prepared.
    pub last_review: Option<SimTime>,
}

/// A piece of news for markets.
#[derive(Debug, Clone, PartialEq)]
pub struct News {
    /// When it broke.
    pub time: SimTime,
    /// Message that carries it.
    pub topic: Option<MessageId>,
    /// Rank of the speaker.
    pub rank: f64,
    /// Log return of each market if all its traders knew.
    pub shocks: Vec<f64>,
    /// What it took back, once it was denied.
    pub denied: Option<Retraction>,
}

/// A denial of news: traders who know of it no longer price what it denies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retraction {
    /// When.
    pub time: SimTime,
    /// Message that denies.
    pub topic: MessageId,
    /// Rank of its speaker.
    pub rank: f64,
    /// Share of the shocks that it takes back: all, unless others have made the news true since.
    pub share: f64,
}

/// What is still open about an issue.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Open {
    /// How undecided it is, 0 to 1.
    pub doubt: f64,
    /// Size of the log return of each market if its measures came for certain; empty before any news.
    pub stakes: Vec<f64>,
}

/// A price with and without the news of the run, on the same noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path {
    /// Log price relative to the start.
    pub level: f64,
    /// Log price at the last close.
    pub last_close: f64,
    /// Variance of the next daily return.
    pub variance: f64,
    /// Highest log price since the reference; minus infinity before it.
    pub high: f64,
    /// Largest fall from a high since the reference, as a log return (positive).
    pub drawdown: f64,
}

/// Returns of one trading day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayReturns {
    /// Position of the day in the market's list.
    pub day: u32,
    /// Log return from the last close to the opening.
    pub gap: f64,
    /// Log return from the last close to the close.
    pub close: f64,
    /// The same without the news.
    pub close_without: f64,
}

/// State of a market.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketState {
    /// As it is.
    pub path: Path,
    /// As it would be without the news.
    pub without: Path,
    /// Part of the price that is news and stays.
    pub news: f64,
    /// Part of the price that is overshoot and goes.
    pub overshoot: Decaying,
    /// Days that have closed since the last one before the reference.
    pub days: Vec<DayReturns>,
    /// Times since the reference that a breaker has stopped trading.
    pub halts: u32,
    /// Share of the variance of the day that is still to come; 1 between close and opening.
    pub rest: f64,
}

/// What a message did to an open market within half an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reaction {
    /// The message.
    pub message: MessageId,
    /// The market.
    pub market: MarketId,
    /// Log return that the message alone caused.
    pub abnormal: f64,
    /// Standard deviation of the noise of as long a time.
    pub noise_sd: f64,
}

impl Path {
    /// A price at rest whose next daily return has `variance`.
    const fn at_rest(variance: f64) -> Self {
        Self { level: 0.0, last_close: 0.0, variance, high: f64::NEG_INFINITY, drawdown: 0.0 }
    }
}

impl MarketState {
    /// A market at rest whose next daily return has `variance`.
    pub const fn at_rest(variance: f64, overshoot: Decaying) -> Self {
        let path = Path::at_rest(variance);
        Self { path, without: path, news: 0.0, overshoot, days: Vec::new(), halts: 0, rest: 1.0 }
    }
}

/// State of the whole run.
#[derive(Debug)]
pub struct World<'a> {
    /// What is fixed.
    pub setting: &'a Setting,
    /// A rule of the user's own, if there is one.
    pub custom: Option<&'a dyn Custom>,
    /// Index of the run, by which custom rules can tell runs apart; nothing of the model looks at it.
    pub run: u64,
    /// Key of everything random that is drawn now.
    pub key: RunKey,
    /// Keys that were in force before, each with the last instant at which it was: only runs that branched off others have any.
    earlier_keys: Vec<(SimTime, RunKey)>,
    /// Publics of each country.
    of_country: Vec<Vec<PublicId>>,
    /// Messages in the order of posting.
    pub messages: Vec<Message>,
    /// Those of the script, by their places in it.
    posted: Vec<Option<MessageId>>,
    /// How each of them spread; kept longer than `messages` to reuse memory.
    spreads: Vec<Spread>,
    /// (message, account) pairs that have shared.
    pub shared: Seen,
    /// New audience of the share that was just made.
    pub exposures: Vec<Exposure>,
    /// What has been done to messages and accounts.
    pub visibility: Visibility,
    /// Feeds of the publics; empty where attention is not limited.
    pub feeds: Vec<Feed>,
    /// Real impressions of each topic in each frame: `message * countries + country`; empty where nothing is reframed.
    pub framed: Vec<[f64; Frame::COUNT]>,
    /// What states heard, in the order of hearing.
    pub hearings: Vec<Hearing>,
    /// Last words of voices and last deeds of states, in the order of understanding.
    pub signals: Vec<Signal>,
    /// What states take each other to intend, in the order of the setting's dyads; `None` before anything was understood.
    pub intents: Vec<Option<Intent>>,
    /// The same each time that a state thought about a message of the other, with the position of the dyad and the message.
    pub readings: Vec<(usize, MessageId, Intent)>,
    /// Attention of each country's public to each message: `message * countries + country`.
    pub salience: Vec<Decaying>,
    /// Relations, in the order of the setting's dyads.
    pub relations: Vec<Relation>,
    /// Acts in the order of acting.
    pub acts: Vec<Act>,
    /// What was done on the platform, in the order of doing.
    pub deeds: Vec<Deed>,
    /// Share of its planned messages that each state withholds, in the order of the states; empty where nothing is withheld.
    pub caution: Vec<Decaying>,
    /// Relations that were restored, by the position of the dyad of the one that had cut them, and when.
    pub restored: Vec<(usize, SimTime)>,
    /// Who has recognised, in the order of moving.
    pub moves: Vec<Move>,
    /// People on the move, in the order of the script's mobilisations.
    pub mobilised: Vec<Mobilised>,
    /// Credence of traders in each issue's measures.
    pub credence: Vec<f64>,
    /// News for markets.
    pub news: Vec<News>,
    /// What is open about each issue.
    pub open: Vec<Open>,
    /// Markets.
    pub markets: Vec<MarketState>,
    /// What messages did to open markets.
    pub reactions: Vec<Reaction>,
    /// Log level of each volatility index relative to its start.
    pub volatility: Vec<f64>,
    /// What happened, if it is written down.
    pub timeline: Option<Vec<TimelineEntry>>,
    /// Facts that follow at once from the one being handled, in order.
    pub facts: std::collections::VecDeque<Event>,
}

impl<'a> World<'a> {
    /// An empty world; [`Self::reset`] makes it ready for a run.
    pub fn new(setting: &'a Setting) -> Self {
        Self {
            setting,
            custom: None,
            run: 0,
            key: RunKey::new(0, 0),
            earlier_keys: Vec::new(),
            of_country: (0..setting.countries.len())
                .map(|country| setting.publics_of(CountryId::new(country)).collect())
                .collect(),
            messages: Vec::new(),
            posted: Vec::new(),
            spreads: Vec::new(),
            shared: Seen::default(),
            exposures: Vec::new(),
            visibility: Visibility::default(),
            feeds: Vec::new(),
            framed: Vec::new(),
            hearings: Vec::new(),
            signals: Vec::new(),
            intents: Vec::new(),
            readings: Vec::new(),
            salience: Vec::new(),
            relations: Vec::new(),
            acts: Vec::new(),
            deeds: Vec::new(),
            caution: Vec::new(),
            restored: Vec::new(),
            moves: Vec::new(),
            mobilised: Vec::new(),
            credence: Vec::new(),
            news: Vec::new(),
            open: Vec::new(),
            markets: Vec::new(),
            reactions: Vec::new(),
            volatility: Vec::new(),
            timeline: None,
            facts: std::collections::VecDeque::new(),
        }
    }

    /// Goes back to the start for the run with `key`, keeping the memory.
    pub fn reset(&mut self, key: RunKey) {
        self.key = key;
        self.earlier_keys.clear();
        self.messages.clear();
        self.posted.clear();
        self.posted.resize(self.setting.script.messages.len(), None);
        self.shared.clear();
        self.exposures.clear();
        self.visibility.clear();
        self.feeds.clear();
        self.framed.clear();
        self.hearings.clear();
        self.signals.clear();
        self.readings.clear();
        self.intents.clear();
        self.intents.resize(self.setting.dyads.len(), None);
        self.salience.clear();
        let still = |dyad: &Dyad| Relation {
            tension: Decaying::at_rest(dyad.tension, TimeSpan::ZERO),
            peak: RungId::NONE,
            last_review: None,
        };
        self.relations.clear();
        self.relations.extend(self.setting.dyads.iter().map(still));
        self.acts.clear();
        self.deeds.clear();
        self.caution.clear();
        self.restored.clear();
        self.moves.clear();
        self.mobilised.clear();
        self.credence.clear();
        self.credence.extend(self.setting.issues.iter().map(|issue| issue.expected));
        self.news.clear();
        self.open.clear();
        self.open.resize(self.setting.issues.len(), Open::default());
        let closed = MarketState::at_rest(0.0, Decaying::at_rest(0.0, TimeSpan::ZERO));
        self.reactions.clear();
        self.markets.clear();
        self.markets.resize(self.setting.markets.len(), closed);
        self.volatility.clear();
        self.volatility.resize(self.setting.volatility_indices.len(), 0.0);
        if let Some(timeline) = &mut self.timeline {
            timeline.clear();
        }
        self.facts.clear();
    }

    /// From `now` on everything is drawn with `key`: the run branches off the one that it was so far.
    pub fn branch(&mut self, now: SimTime, key: RunKey) {
        self.earlier_keys.push((now, self.key));
        self.key = key;
    }

    /// The key of what began at `time` and is asked for again and again: it stays the same after the run has branched.
    pub fn key_since(&self, time: SimTime) -> RunKey {
        let earlier = self.earlier_keys.iter().find(|(last, _)| time <= *last);
        earlier.map_or(self.key, |(_, key)| *key)
    }

    /// Posts `message`; the fact is announced.
    ///
    /// A run has room for 65,535 messages; further ones are refused (`None`).
    pub fn post(&mut self, message: Message) -> Option<MessageId> {
        let id = u16::try_from(self.messages.len()).ok().map(MessageId)?;
        if self.spreads.len() == self.messages.len() {
            self.spreads.push(Spread::default());
        }
        let n_publics = self.setting.publics.len();
        let spread = &mut self.spreads[id.idx()];
        spread.reset(n_publics);
        spread.cascade.start(self.setting.voices[message.voice.idx()].account, message.posted);
        if let Origin::Script(script) = message.origin
            && let Some(posted) = self.posted.get_mut(script.idx())
        {
            posted.get_or_insert(id);
        }
        self.messages.push(message);
        self.facts.push_back(Event::MessagePosted(id));
        Some(id)
    }

    /// Takes `act`; the fact is announced. A run has room for 65,535 acts; further ones are refused.
    pub fn take(&mut self, act: Act) -> Option<ActId> {
        let id = u16::try_from(self.acts.len()).ok().map(ActId)?;
        let relation = &mut self.relations[self.setting.dyad_idx(act.actor, act.target)];
        relation.peak = relation.peak.max(act.rung);
        self.acts.push(act);
        self.facts.push_back(Event::ActTaken(id));
        Some(id)
    }

    /// The message `id`.
    pub fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.idx()]
    }

    /// How message `id` spread so far.
    pub fn spread(&self, id: MessageId) -> &Spread {
        &self.spreads[id.idx()]
    }

    /// How message `id` spread so far, to be changed.
    pub fn spread_mut(&mut self, id: MessageId) -> &mut Spread {
        &mut self.spreads[id.idx()]
    }

    /// The message that `id` is about: the one it covers, or itself.
    pub fn topic(&self, id: MessageId) -> MessageId {
        match self.message(id).origin {
            Origin::Coverage { about, .. } => about,
            Origin::Script(_) | Origin::Act(_) => id,
        }
    }

    /// What `state` knows of `message`.
    pub fn hearing(&self, state: StateId, message: MessageId) -> Option<&Hearing> {
        self.hearings.iter().find(|hearing| hearing.state == state && hearing.message == message)
    }

    /// The same, to be changed.
    pub fn hearing_mut(&mut self, state: StateId, message: MessageId) -> Option<&mut Hearing> {
        self.hearings.iter_mut().find(|hearing| hearing.state == state && hearing.message == message)
    }

    /// What `state` takes the author's state to intend by `message`, as a weight: once it has thought about it, what it inferred or
    /// the weight of the act understood; before, that of the act as meant.
    pub fn intent(&self, state: StateId, message: MessageId) -> f64 {
        let hearing = self.hearing(state, message);
        let understood = hearing.and_then(|hearing| hearing.understood).unwrap_or(self.message(message).code);
        let inferred = hearing.and_then(|hearing| hearing.intent);
        inferred.unwrap_or_else(|| self.setting.codes[understood.idx()].weight.get())
    }

    /// The message of script entry `script`, if it was posted.
    pub fn posted(&self, script: ScriptId) -> Option<MessageId> {
        self.posted.get(script.idx()).copied().flatten()
    }

    /// Publics that live in `country`.
    pub fn publics_of(&self, country: CountryId) -> &[PublicId] {
        &self.of_country[country.idx()]
    }

    /// The message of script entry `script`, if it was posted for all to see.
    pub fn posted_publicly(&self, script: ScriptId) -> Option<MessageId> {
        self.posted(script).filter(|&id| self.message(id).delivery == Delivery::Public)
    }

    /// Salience of `message` in `country` at `time`.
    pub fn salience_in(&self, message: MessageId, country: CountryId, time: SimTime) -> f64 {
        let idx = message.idx() * self.setting.countries.len() + country.idx();
        self.salience.get(idx).map_or(0.0, |salience| salience.value(time))
    }

    /// Attention that a message gets from a reader of `public` at `time`, relative to a day without simulated messages: 0 to 1.
    pub fn attention(&self, public: PublicId, time: SimTime) -> f64 {
        let Some(feed) = self.feeds.get(public.idx()) else { return 1.0 };
        let load = feed.load.value(time);
        if load > 0.0 { feed.room / (feed.room + load) } else { 1.0 }
    }

    /// Real impressions of `topic` in `country` in each frame so far.
    pub fn framed_in(&self, topic: MessageId, country: CountryId) -> [f64; Frame::COUNT] {
        let idx = topic.idx() * self.setting.countries.len() + country.idx();
        self.framed.get(idx).copied().unwrap_or_default()
    }

    /// The market `id`.
    pub fn market(&self, id: MarketId) -> &MarketState {
        &self.markets[id.idx()]
    }

    /// Writes an entry of the timeline, if one is kept.
    pub fn note(&mut self, entry: impl FnOnce(&Self) -> TimelineEntry) {
        if self.timeline.is_some() {
            let entry = entry(self);
            if let Some(timeline) = &mut self.timeline {
                timeline.push(entry);
            }
        }
    }
}

/// Names of things for timelines and tables.
impl World<'_> {
    /// Id of a message: that of the script, `act:N` for an announcement, `outlet/topic` for coverage.
    pub fn name_of(&self, id: MessageId) -> String {
        match self.message(id).origin {
            Origin::Script(script) => self.setting.script.messages[script.idx()].id.clone(),
            Origin::Act(act) => format!("act:{}", act.idx()),
            Origin::Coverage { about, outlet } => {
                format!("{}/{}", self.setting.outlets[outlet.idx()].id, self.name_of(about))
            }
        }
    }

    /// Handle of the account that posted a message.
    pub fn handle_of(&self, id: MessageId) -> String {
        self.setting.voices[self.message(id).voice.idx()].handle.clone()
    }

    /// Languages of a message.
    pub fn languages_of(&self, id: MessageId) -> String {
        super::setting::language_names(self.setting, self.message(id).languages)
    }

    /// Id of what caused an act; `None` for the record's own acts.
    pub fn cause_name(&self, cause: Cause) -> Option<String> {
        match cause {
            Cause::Script(script) => {
                let follows = self.setting.script.acts[script.idx()].follows?;
                Some(self.setting.script.messages[follows.idx()].id.clone())
            }
            Cause::Message(message) => Some(self.name_of(message)),
            Cause::Act(act) => Some(format!("act:{}", act.idx())),
            Cause::Recognition(idx) => Some(self.setting.script.recognitions[usize::from(idx)].id.clone()),
        }
    }

    /// Id of what a deed follows from; `None` for what the scenario gives.
    pub fn reason_name(&self, reason: Reason) -> Option<String> {
        match reason {
            Reason::Given => None,
            Reason::Message(message) => Some(self.name_of(message)),
            Reason::Deed(deed) => Some(format!("deed:{deed}")),
            Reason::Recognition(idx) => Some(self.setting.script.recognitions[usize::from(idx)].id.clone()),
        }
    }

    /// Id of what set off a message of the script; `None` for one with a time of its own.
    pub fn cause_of_trigger(&self, when: &When) -> Option<String> {
        match when {
            When::At(_) => None,
            When::AfterShock { shock, .. } => Some(match *shock {
                Shock::Event(event) => self.setting.script.offline[event.idx()].id.clone(),
                Shock::Misread { message, .. } => self.setting.script.messages[message.idx()].id.clone(),
            }),
            When::AfterMessage { message, .. } => {
                Some(self.setting.script.messages[message.idx()].id.clone())
            }
            When::AfterAct { actor, target, rung, .. } => {
                let fits = |act: &Act| (act.actor, act.target) == (*actor, *target) && act.rung >= *rung;
                self.acts.iter().position(fits).map(|idx| format!("act:{idx}"))
            }
        }
    }

    /// An act in words.
    pub fn act_text(&self, act: &Act) -> String {
        let setting = self.setting;
        let code = &setting.codes[act.code.idx()];
        let what =
            act.instrument.map_or(&code.name, |instrument| &setting.instruments[instrument.idx()].name);
        let target = &setting.states[act.target.idx()].id;
        format!("{what} → {target} (CAMEO {}, weight {:+.1})", code.code, code.weight.get())
    }
}
