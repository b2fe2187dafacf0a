//! Sharing: who of those who see a message passes it on, and when.
//!
//! # Rule
//!
//! A follower v of somebody who shared message m in frame f shares in turn, in frame g, with odds
//!
//! o(f → g) = ρ · α · a(v) · L · 1.2^k · w(f → g) · exp(h · s · x(v) · side(g)),
//!
//! with ρ the infectiousness, α the activity of the public, a(v) = 3u² the activity of the person (u uniform, so its mean
//! is 1 and nobody is more than three times as active), L the share of the public that reads a language of the message,
//! k the moral-emotional words (Brady et al. 2017: 1.2 each), w the weight of the change of frame, h the homophily, s the
//! side of the issue on which the author stands, x(v) the stance of the person: that of the bin ± `jitter`. The
//! probability is q = Σo/(1 + Σo). Affinity is thus linear in log-odds in stance × slant.
//!
//! The reaction takes active time T with the SEISMIC kernel (Zhao et al. 2015; constants of the authors' package): constant
//! until s₀ = 300 s, then a power law, P(T > t) = (t/s₀)^−θ / (1 + θ) with θ = 0.2314843, which integrates to 1. Active time
//! runs with the clock of the receiver's public.
//!
//! When the original is deleted, it and its plain reposts disappear; quotes against the author, and the share `copies` of reposts that
//! are screenshots or new posts of the same text, go on being shared.
//!
//! What is permanent in a person (activity, stance within the bin) is keyed by the account alone and is the same for every seed.
//!
//! # How it is drawn
//!
//! Every (message, sharer, follower) owns one uniform number u, and shares if u < q. The numbers are not drawn one by
//! one: layer j < J holds those in [2^−(j+1), 2^−j), layer J the rest below 2^−J. Each layer of a segment of the follower
//! list is a stream of its own, walked by geometric jumps, and only layers that reach below the bound on q are walked.
//! So the cost follows those who share, and a larger q never removes a sharer.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::model::cascade::{Frame, Node};
use crate::model::event::Event;
use crate::model::ids::{AccountId, CellId, MessageId, PublicId};
use crate::model::network::{FollowerList, ListMemory, STANCE_BINS, Segment};
use crate::model::vocabulary::Delivery;
use crate::model::world::{Exposure, World};
use crate::text::params;
use crate::units::{NonNegative, Probability};

const COINS: Purpose = Purpose::new("sharing coins");
const DELAY: Purpose = Purpose::new("sharing delay");
const PASSING: Purpose = Purpose::new("sharing frame");
const COPY: Purpose = Purpose::new("sharing copy");
const PERSON: Purpose = Purpose::new("sharing person");

/// Start of the power law of reaction times, in milliseconds (SEISMIC package, measured).
const KERNEL_START_MS: f64 = 300_000.0;
/// Exponent of the power law (SEISMIC package, measured).
const KERNEL_EXPONENT: f64 = 0.231_484_3;
/// Reactions that take longer than this much active time are not scheduled: no horizon is as long.
const LONGEST_REACTION_MS: f64 = 1e12;
/// Most that one person's activity exceeds the mean: 3u² at u = 1.
const MOST_ACTIVE: f64 = 3.0;
/// Follower lists up to this length are walked as one segment: looking for their parts would cost more.
const SHORT_LIST: u32 = 256;
/// Layers of a segment have parts of their own within a subject; a list of 2^32 followers has 33.
const LAYERS: u32 = 64;

params! {
    /// Parameters of sharing.
    pub struct Params {
        /// Odds that a citizen of neutral stance and mean activity shares what one account followed has posted.
        infectiousness: Probability,
        /// Homophily: log-odds between a reader who fully agrees and one who is neutral.
        homophily: NonNegative,
        /// Half-width of individual stance around the middle of its bin.
        jitter: Probability,
        /// Factor for each moral-emotional word.
        moral_word: NonNegative,
        /// Probability that a share is a copy or screenshot, which outlives the deletion of the original.
        copies: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Sharing {
    params: Params,
    /// Key of what is permanent in a person.
    person: RunKey,
    layers: Vec<Layer>,
    hits: Vec<(u32, f64)>,
    list: ListMemory,
}

/// A stretch of a follower list that is walked as one.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// Its number among those of the list: 0 for the whole list, then the segments.
    part: u32,
    begin: u32,
    end: u32,
    /// What nobody's probability in it exceeds.
    bound: f64,
}

impl Sharing {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        let layers = (0..LAYERS).map(Layer::new).collect();
        Self {
            params: params.clone(),
            person: RunKey::new(0, u64::MAX),
            layers,
            hits: Vec::new(),
            list: ListMemory::default(),
        }
    }

    /// Multiplies what does not depend on the person into the weights of each cell.
    ///
    /// An author's side s and a stance x give exp(h·s·x) to those who pass the message on as intended and its inverse to those who quote
    /// it against the author.
    fn prepare(&self, id: MessageId, world: &mut World<'_>) {
        let setting = world.setting;
        let message = world.message(id);
        let side = setting.issues[message.issue.idx()].side_of(message.author);
        let issue = message.issue.idx();
        let words = libm::pow(self.params.moral_word.get(), f64::from(message.moral_words));
        let languages = message.languages;
        let base = self.params.infectiousness.get() * words;
        let homophily = self.params.homophily.get();
        let most = MOST_ACTIVE * libm::exp(homophily * self.params.jitter.get());
        let spread = world.spread_mut(id);
        for (idx, public) in setting.publics.iter().enumerate() {
            let reading = base * public.activity * setting.fluency(PublicId::new(idx), languages);
            for (odds, stance) in spread.odds[idx * STANCE_BINS..].iter_mut().zip(public.stance[issue]) {
                let with_author = if side == 0.0 { 1.0 } else { libm::exp(homophily * side * stance) };
                for [as_intended, hostile] in &mut *odds {
                    *as_intended *= reading * with_author;
                    *hostile *= reading / with_author;
                }
                for (bound, [as_intended, hostile]) in spread.bounds[idx].iter_mut().zip(odds) {
                    *bound = bound.max(probability((*as_intended + *hostile) * most));
                }
            }
        }
    }

    /// Odds with which `follower` passes the message on in each frame.
    fn odds(
        &self,
        id: MessageId,
        follower: AccountId,
        cell: CellId,
        frame: Frame,
        world: &World<'_>,
    ) -> [f64; Frame::COUNT] {
        let mut person = self.person.stream(PERSON, Subject::new(follower.0, 0));
        let readiness = person.uniform();
        let activity = MOST_ACTIVE * readiness * readiness;
        let message = world.message(id);
        let side = world.setting.issues[message.issue.idx()].side_of(message.author);
        let deviation = self.params.jitter.get() * (2.0 * person.uniform() - 1.0);
        let tilt = libm::exp(self.params.homophily.get() * side * deviation);
        let [as_intended, hostile] = world.spread(id).odds[cell.idx()][frame.idx()];
        [as_intended * activity * tilt, hostile * activity / tilt]
    }

    /// Puts what `node` shared before its followers: counts the exposure, and makes appointments with those who share.
    fn spread(&mut self, id: MessageId, node: u32, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let setting = world.setting;
        let Node { account, frame, .. } = world.spread(id).cascade.nodes()[node as usize];
        let mut memory = std::mem::take(&mut self.list);
        let mut list = setting.network.list(account, &mut memory);
        world.exposures.clear();
        let mut whole = Stretch { part: 0, begin: 0, end: list.len(), bound: 0.0 };
        let mut begin = 0;
        for idx in 0..list.segments().len() {
            let Segment { public, end } = list.segments()[idx];
            let slice = &setting.network.publics()[public.idx()];
            let newly_seen =
                world.spread_mut(id).expose(public, end - begin, slice.n_accounts(), slice.weight);
            world.exposures.push(Exposure { public, newly_seen });
            let bound = world.spread(id).bounds[public.idx()][frame.idx()];
            whole.bound = whole.bound.max(bound);
            if list.len() > SHORT_LIST {
                let stretch = Stretch { part: idx as u32 + 1, begin, end, bound };
                self.walk(id, node, &mut list, stretch, world, agenda);
            }
            begin = end;
        }
        if list.len() <= SHORT_LIST {
            self.walk(id, node, &mut list, whole, world, agenda);
        }
        self.list = memory;
        world.facts.push_back(Event::Exposed { message: id, node });
    }

    /// Finds those followers of a stretch whose number lies below their probability, and makes appointments with them.
    fn walk(
        &mut self,
        id: MessageId,
        node: u32,
        list: &mut FollowerList<'_>,
        Stretch { part, begin, end, bound }: Stretch,
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let Node { account, frame, .. } = world.spread(id).cascade.nodes()[node as usize];
        let mut hits = std::mem::take(&mut self.hits);
        hits.clear();
        let subject = Subject::new(account.0, world.message(id).key);
        self.walk_layers(
            (end - begin) as usize,
            bound,
            |layer| world.key.stream(COINS, subject.part(part * LAYERS + layer)),
            &mut hits,
        );
        let spread = world.spread(id);
        for &(offset, number) in &hits {
            let position = begin + offset;
            let public = list.public_at(position);
            // Most hits lie above what anybody of the public reaches; they need no look at the person.
            if number >= spread.bounds[public.idx()][frame.idx()] {
                continue;
            }
            let follower = list.follower_at(position);
            let cell = world.setting.network.cell_of(follower, public);
            let odds: f64 = self.odds(id, follower, cell, frame, world).iter().sum();
            if number < probability(odds) {
                let number = world.key.uniform(DELAY, Subject::new(follower.0, world.message(id).key));
                let reaction = reaction_quantile_ms(number);
                if reaction < LONGEST_REACTION_MS {
                    let unix_ms = world.setting.start.plus(agenda.now()).unix_ms();
                    let delay = world.setting.publics[public.idx()].clock.elapsed(unix_ms, reaction);
                    let due = Event::ShareDue { message: id, account: follower, parent: node };
                    agenda.schedule(agenda.now() + delay, due);
                }
            }
        }
        self.hits = hits;
    }

    /// Positions of a list of `length` whose number may lie below `bound`, with the number, smallest layer first.
    ///
    /// A position that occurs twice owns the smaller number; the larger one changes nothing, since whoever does not share
    /// at the smaller does not at the larger.
    fn walk_layers(
        &self,
        length: usize,
        bound: f64,
        stream_of: impl Fn(u32) -> Stream,
        hits: &mut Vec<(u32, f64)>,
    ) {
        if length == 0 || bound <= 0.0 {
            return;
        }
        let last = length.next_power_of_two().trailing_zeros() + 1;
        self.layers[last as usize - 1].tail().walk(length, stream_of(last), hits);
        for layer in (0..last).rev() {
            if self.layers[layer as usize].low >= bound {
                break;
            }
            self.layers[layer as usize].walk(length, stream_of(layer), hits);
        }
    }

    /// Whether what `source` shared can still be seen once the original is deleted: quotes against the author and copies can.
    fn outlives_deletion(&self, id: MessageId, node: u32, source: Node, world: &World<'_>) -> bool {
        let coin = || {
            world.key_since(source.time).uniform(COPY, Subject::new(source.account.0, world.message(id).key))
        };
        node > 0 && (source.frame == Frame::Hostile || coin() < self.params.copies.get())
    }

    fn share(
        &mut self,
        id: MessageId,
        account: AccountId,
        parent: u32,
        world: &mut World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let message_key = world.message(id).key;
        let subject = Subject::new(account.0, message_key);
        let source = world.spread(id).cascade.nodes()[parent as usize];
        if world.message(id).deleted.is_some() && !self.outlives_deletion(id, parent, source, world) {
            return;
        }
        let Some(public) = world.setting.network.public_of(account) else { return };
        if !world.shared.insert(u64::from(id.0) << 32 | u64::from(account.0)) {
            return;
        }
        let cell = world.setting.network.cell_of(account, public);
        let [as_intended, hostile] = self.odds(id, account, cell, source.frame, world);
        let is_hostile = world.key.uniform(PASSING, subject) * (as_intended + hostile) >= as_intended;
        let frame = if is_hostile { Frame::Hostile } else { Frame::AsIntended };
        let weight = world.setting.network.publics()[public.idx()].weight;
        let node = world.spread_mut(id).cascade.add(account, parent, agenda.now(), frame, weight);
        self.spread(id, node, world, agenda);
    }
}

/// Quantile of the reaction time in active milliseconds.
fn reaction_quantile_ms(probability: f64) -> f64 {
    let at_start = KERNEL_EXPONENT / (1.0 + KERNEL_EXPONENT);
    if probability < at_start {
        KERNEL_START_MS * probability / at_start
    } else {
        KERNEL_START_MS * libm::pow((1.0 - probability) * (1.0 + KERNEL_EXPONENT), -1.0 / KERNEL_EXPONENT)
    }
}

/// Numbers in [low, low + width) of a list, each of its positions having one with probability `hit`.
#[derive(Debug, Clone, Copy)]
struct Layer {
    low: f64,
    width: f64,
    hit: f64,
    /// 1/ln(1 − hit).
    inverse_log: f64,
    /// 1/ln(1 − low): the same for the layer of all smaller numbers.
    inverse_log_below: f64,
}

impl Layer {
    /// The layer of the numbers in [2^−(index+1), 2^−index).
    fn new(index: u32) -> Self {
        let low = libm::exp2(-f64::from(index) - 1.0);
        let hit = 1.0 / (1.0 / low - 1.0);
        let (inverse_log, inverse_log_below) = (1.0 / libm::log1p(-hit), 1.0 / libm::log1p(-low));
        Self { low, width: low, hit, inverse_log, inverse_log_below }
    }

    /// The layer of all numbers below those of this one.
    fn tail(self) -> Self {
        Self { low: 0.0, width: self.low, hit: self.low, inverse_log: self.inverse_log_below, ..self }
    }

    /// Jumps over a list with geometric gaps.
    fn walk(self, length: usize, mut stream: Stream, hits: &mut Vec<(u32, f64)>) {
        let mut position = 0.0;
        loop {
            let number = stream.uniform_positive();
            // (1 − hit)^rest ≥ 1 − hit·rest, so below that the gap is longer than the rest: mostly no logarithm is needed.
            if number <= 1.0 - self.hit * (length as f64 - position) {
                return;
            }
            // At hit = 1 the inverse logarithm is −0, every gap is 0, and every position is hit.
            position += (libm::log(number) * self.inverse_log).floor();
            if position >= length as f64 {
                return;
            }
            hits.push((position as u32, self.low + self.width * stream.uniform()));
            position += 1.0;
        }
    }
}

/// odds/(1 + odds), also where the odds are beyond what can be written.
fn probability(odds: f64) -> f64 {
    if odds < f64::MAX { odds / (1.0 + odds) } else { 1.0 }
}

impl Mechanism for Sharing {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) if world.message(id).delivery == Delivery::Public => {
                self.prepare(id, world);
                self.spread(id, 0, world, agenda);
            }
            Event::ShareDue { message, account, parent } => {
                self.share(message, account, parent, world, agenda);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, CITIZENS_A, CITIZENS_B, JOURNALISTS_A};
    use crate::model::world::Message;
    use crate::units::SimTime;
    use std::collections::BTreeMap;

    fn rule() -> Sharing {
        let p = Probability::clamped;
        let params = Params {
            infectiousness: p(0.001),
            homophily: NonNegative::clamped(1.5),
            jitter: p(0.1),
            moral_word: NonNegative::clamped(1.2),
            copies: p(0.05),
        };
        Sharing::new(&params)
    }

    /// Numbers that the walk finds below `bound` in lists of `length`, by position.
    fn numbers_below(rule: &Sharing, length: usize, bound: f64, run: u64) -> BTreeMap<u32, f64> {
        let mut hits = Vec::new();
        let stream = |layer| RunKey::new(1, run).stream(COINS, Subject::new(0, 0).part(layer));
        rule.walk_layers(length, bound, stream, &mut hits);
        let mut numbers = BTreeMap::new();
        for (position, number) in hits {
            let least = numbers.entry(position).or_insert(number);
            *least = number.min(*least);
        }
        numbers.retain(|_, number| *number < bound);
        numbers
    }

    /// The number of pairs below p among n·R is binomial; α = 1e-4 gives 3.9 standard deviations.
    #[test]
    fn the_walk_finds_each_follower_with_exactly_the_probability_asked_for() {
        let rule = rule();
        for (length, probability) in
            [(1, 0.3), (7, 0.001), (100, 0.02), (1000, 0.5), (5000, 0.0004), (3, 1.0)]
        {
            let runs = 4000;
            let found: usize =
                (0..runs).map(|run| numbers_below(&rule, length, probability, run).len()).sum();
            let pairs = (length as u64 * runs) as f64;
            let bound = 3.9 * (pairs * probability * (1.0 - probability)).sqrt() + 1e-9;
            let expected = pairs * probability;
            assert!(
                (found as f64 - expected).abs() <= bound,
                "{found} for {expected} ± {bound} (n = {length})"
            );
        }
    }

    #[test]
    fn a_larger_probability_keeps_every_sharer_and_every_number() {
        let rule = rule();
        for run in 0..300 {
            let few = numbers_below(&rule, 300, 0.01, run);
            let many = numbers_below(&rule, 300, 0.2, run);
            assert!(few.iter().all(|(position, number)| many.get(position) == Some(number)));
        }
    }

    #[test]
    fn nobody_is_found_at_probability_zero_and_everybody_at_one() {
        let rule = rule();
        assert!(numbers_below(&rule, 1000, 0.0, 0).is_empty());
        assert_eq!(numbers_below(&rule, 1000, 1.0, 0).len(), 1000);
    }

    /// Exact values of P(T > t) = (t/s₀)^−θ/(1 + θ).
    #[test]
    fn reaction_times_follow_the_seismic_kernel() {
        for (minutes, beyond) in [(5.0, 0.812_028), (60.0, 0.456_833), (1440.0, 0.218_907)] {
            let quantile = reaction_quantile_ms(1.0 - beyond) / 60_000.0;
            assert!((quantile / minutes - 1.0).abs() < 1e-3, "{quantile} min, not {minutes}");
        }
        assert!(reaction_quantile_ms(0.0).abs() < 1e-9);
        assert!((reaction_quantile_ms(0.187_972) / KERNEL_START_MS - 1.0).abs() < 1e-4);
    }

    fn sharing(infectiousness: f64, copies: f64) -> Sharing {
        let p = Probability::clamped;
        let params = Params { infectiousness: p(infectiousness), copies: p(copies), ..rule().params };
        Sharing::new(&params)
    }

    #[test]
    fn a_message_comes_before_the_followers_of_its_author_at_their_weight() {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, 0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut sharing(0.0, 0.0));
        let exposed = |public: PublicId| {
            let exposure = bench.world.exposures.iter().find(|exposure| exposure.public == public).unwrap();
            (exposure.newly_seen, bench.world.spread(id).impressions[public.idx()])
        };
        // The minister's followers are every second account; those of A stand for 10, journalists for 1, those of B for 20.
        assert_eq!(exposed(CITIZENS_A), (0.5, 3000.0));
        assert_eq!(exposed(JOURNALISTS_A), (0.5, 15.0));
        assert_eq!(exposed(CITIZENS_B), (0.5, 6000.0));
        assert_eq!(bench.agenda.n_pending(), 0, "nobody shares at infectiousness 0");
    }

    #[test]
    fn only_those_who_read_the_language_share_and_each_once() {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, 0);
        let mut rule = sharing(0.9, 0.0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let mut sharers = Vec::new();
        while let Some((_, event)) = bench.agenda.drain().first().copied() {
            let Event::ShareDue { account, .. } = event else { panic!("{event:?}") };
            assert_eq!(setting.network.public_of(account), Some(CITIZENS_B));
            sharers.push(account);
            bench.tell(event, &mut rule);
            bench.tell(event, &mut rule);
        }
        assert!(!sharers.is_empty());
        assert_eq!(bench.world.spread(id).cascade.nodes().len(), sharers.len() + 1);
    }

    #[test]
    fn deletion_stops_reposts_of_the_original_but_not_copies_and_quotes() {
        let setting = fixture::setting();
        for (copies, frame, shared) in
            [(0.0, Frame::AsIntended, 1), (1.0, Frame::AsIntended, 2), (0.0, Frame::Hostile, 2)]
        {
            let mut bench = Bench::new(&setting, 0);
            let mut rule = sharing(0.9, copies);
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            let parent =
                bench.world.spread_mut(id).cascade.add(AccountId(640), 0, SimTime::START, frame, 20.0);
            bench.world.messages[id.idx()].deleted = Some(SimTime::START);
            bench.tell(Event::ShareDue { message: id, account: AccountId(650), parent }, &mut rule);
            assert_eq!(
                bench.world.spread(id).cascade.nodes().len() - 1,
                shared,
                "copies {copies}, {frame:?}"
            );
        }
    }

    /// A's message takes A's side: supporters of A have exp(h·x) times the odds of the neutral, opponents quote instead.
    #[test]
    fn affinity_is_linear_in_log_odds_and_opponents_quote() {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, 0);
        let mut rule = sharing(0.001, 0.0);
        let languages = fixture::LANGUAGE.into_iter().collect();
        let id = bench.world.post(Message { languages, ..fixture::appeal(SimTime::START) }).unwrap();
        for odds in &mut bench.world.spread_mut(id).odds {
            odds[0][1] = 0.5;
        }
        bench.tell(Event::MessagePosted(id), &mut rule);
        let odds =
            |public: PublicId, bin: usize| bench.world.spread(id).odds[public.idx() * STANCE_BINS + bin][0];
        let homophily = rule.params.homophily.get();
        for (public, middle) in [(CITIZENS_A, 0.5), (CITIZENS_B, -0.5)] {
            for (bin, stance) in [middle - 0.3, middle, middle + 0.3].into_iter().enumerate() {
                let [as_intended, hostile] = odds(public, bin);
                assert!((as_intended - 0.001 * (homophily * stance).exp()).abs() < 1e-15);
                assert!((hostile - 0.5 * 0.001 * (-homophily * stance).exp()).abs() < 1e-15);
            }
        }
    }
}
