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
//! side of the issue on which the author stands, x(v) the stance of the person: that of the bin ± `jitter`; side(g) is 1 as
//! intended, −1 hostile, 0 distorted. The probability is q = Σo/(1 + Σo). Affinity is thus linear in log-odds in stance × slant.
//!
//! The odds are multiplied by the appeal of the message, exp(σz) with z standard normal and drawn once a message: what makes one message
//! of the same account go further than another is not in the model (reposts of one leader's messages: 90 % quantile over median 1.8,
//! 99 % quantile over median 3 to 4.5). Those of readers who have it from the author itself are also multiplied by the author's
//! engagement, an attribute of the account.
//!
//! # When
//!
//! Who shares does so after the active time T = τ · (α · a(v))^−γ · (−ln(1 − u))^(1/κ), u uniform: a Weibull distribution of shape κ
//! for people alike, slower for those who are seldom active. The followers of a very large account are mostly such people, which is
//! why its messages spread more slowly than popular messages of ordinary accounts (half-life about 156 against 70 minutes), which the
//! kernel of SEISMIC, the same for everybody, does not give. Active time runs with the clock of the reader's public.
//!
//! Attention A ≤ 1 of the public when the share is due multiplies the odds: who would share still does with probability
//! (A·o/(1 + A·o))/q = A(1 + o)/(1 + A·o), by a coin of its own, which always falls for the share at A = 1.
//!
//! What is permanent in a person (activity, stance within the bin) is keyed by the account alone and is the same for every seed.
//!
//! Whom a share reaches, whose coin decides, when it reacts and what outlives a deletion is common to all rules: see [`super::contact`].

use super::contact::{Chance, Contact, Shown};
use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::model::cascade::Frame;
use crate::model::event::Event;
use crate::model::ids::{AccountId, CellId, MessageId, PublicId};
use crate::model::network::STANCE_BINS;
use crate::model::vocabulary::Delivery;
use crate::model::world::{AS_RECEIVED, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, TimeSpan};

const ATTENDS: Purpose = Purpose::new("sharing attends");
const PASSING: Purpose = Purpose::new("sharing frame");
const PERSON: Purpose = Purpose::new("sharing person");
const APPEAL: Purpose = Purpose::new("sharing appeal");

/// Most that one person's activity exceeds the mean: 3u² at u = 1.
const MOST_ACTIVE: f64 = 3.0;
/// Shape of reaction times below which they would be beyond what can be written.
const LEAST_SHAPE: f64 = 0.05;
params! {
    /// Parameters of sharing.
    pub struct Params {
        /// Odds that a citizen of neutral stance and mean activity shares what one account followed has posted.
        infectiousness: Probability,
        /// Standard deviation of the logarithm of a message's appeal, whose median is 1.
        appeal: NonNegative,
        /// Homophily: log-odds between a reader who fully agrees and one who is neutral.
        homophily: NonNegative,
        /// Half-width of individual stance around the middle of its bin.
        jitter: Probability,
        /// Factor for each moral-emotional word.
        moral_word: NonNegative,
        /// Probability that a share is a copy or screenshot, which outlives the deletion of the original.
        copies: Probability,
        /// Scale of reaction times, in active time, of a citizen of mean activity.
        reaction: TimeSpan,
        /// Shape of the Weibull distribution of reaction times of people alike.
        reaction_shape: NonNegative,
        /// How much quicker the active are: reaction times go with activity to the power of minus this.
        haste: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Sharing {
    readers: Readers,
    contact: Contact,
}

/// Who reads, and how each likes what is shown.
#[derive(Debug)]
struct Readers {
    params: Params,
    /// Most that the stance of a person within its bin multiplies the odds by.
    most_tilt: f64,
    /// Key of what is permanent in a person.
    person: RunKey,
}

/// What is permanent in a person.
#[derive(Debug, Clone, Copy)]
struct Person {
    /// Relative to the mean.
    activity: f64,
    /// Place of its stance within the bin, from −1 to 1.
    deviation: f64,
}

impl Readers {
    /// Multiplies what does not depend on the person into the weights of each cell.
    ///
    /// An author's side s and a stance x give exp(h·s·x) to those who pass the message on as intended, its inverse to those who quote
    /// it against the author, and nothing to those who distort it.
    fn prepare(&self, id: MessageId, world: &mut World<'_>) {
        let setting = world.setting;
        let message = world.message(id);
        let side = setting.issues[message.issue.idx()].side_of(message.author);
        let issue = message.issue.idx();
        let words = libm::pow(self.params.moral_word.get(), f64::from(message.moral_words));
        let languages = message.languages;
        let appeal = libm::exp(
            self.params.appeal.get() * world.key.stream(APPEAL, Subject::new(message.key, 0)).normal(),
        );
        let base = self.params.infectiousness.get() * words * appeal;
        let homophily = self.params.homophily.get();
        let most = MOST_ACTIVE * self.most_tilt;
        let spread = world.spread_mut(id);
        spread.odds.resize(setting.publics.len() * STANCE_BINS, AS_RECEIVED);
        for (idx, public) in setting.publics.iter().enumerate() {
            let reading = base * public.activity * setting.fluency(PublicId::new(idx), languages);
            let mut largest = [0.0_f64; Frame::COUNT];
            for (odds, stance) in spread.odds[idx * STANCE_BINS..].iter_mut().zip(public.stance[issue]) {
                let with_author = if side == 0.0 { 1.0 } else { libm::exp(homophily * side * stance) };
                let (for_friends, for_foes) = (reading * with_author, reading / with_author);
                for ([as_intended, hostile, distorted], largest) in odds.iter_mut().zip(&mut largest) {
                    *as_intended *= for_friends;
                    *hostile *= for_foes;
                    *distorted *= reading;
                    *largest = largest.max(*as_intended + *hostile + *distorted);
                }
            }
            spread.bounds[idx] = largest.map(|odds| probability(odds * most));
        }
    }

    /// What is permanent in a person.
    #[inline]
    fn person(&self, reader: AccountId) -> Person {
        let (readiness, place) = self.person.stream(PERSON, Subject::new(reader.0, 0)).two_uniforms();
        Person { activity: MOST_ACTIVE * readiness * readiness, deviation: 2.0 * place - 1.0 }
    }

    /// Active time after which `reader` of `public` reacts: the share `number` of all reactions of people alike is quicker.
    fn reaction_ms(&self, number: f64, reader: AccountId, public: PublicId, world: &World<'_>) -> f64 {
        let activity = world.setting.publics[public.idx()].activity * self.person(reader).activity;
        let shape = self.params.reaction_shape.get().max(LEAST_SHAPE);
        // Both powers at once: a product of powers takes longer than the sum of the logarithms.
        let log_slowness = -self.params.haste.get() * libm::log(activity);
        let log_time = libm::log(-libm::log1p(-number)) / shape;
        self.params.reaction.as_ms() as f64 * libm::exp(log_slowness + log_time)
    }

    /// How much readier they who see what is shown are to share it than those who see it from somebody else.
    fn engagement(shown: Shown, world: &World<'_>) -> f64 {
        if shown.node > 0 {
            return 1.0;
        }
        world.setting.voices[world.message(shown.message).voice.idx()].engagement
    }

    /// Odds with which `follower` passes what is shown on in each frame.
    fn odds(
        &self,
        shown: Shown,
        follower: AccountId,
        cell: CellId,
        world: &World<'_>,
    ) -> [f64; Frame::COUNT] {
        self.odds_of(self.person(follower), shown, cell, world)
    }

    /// The same of a person.
    fn odds_of(&self, person: Person, shown: Shown, cell: CellId, world: &World<'_>) -> [f64; Frame::COUNT] {
        let message = world.message(shown.message);
        let side = world.setting.issues[message.issue.idx()].side_of(message.author);
        let deviation = self.params.jitter.get() * person.deviation;
        let tilt = libm::exp(self.params.homophily.get() * side * deviation);
        let readiness = person.activity * Self::engagement(shown, world);
        let [as_intended, hostile, distorted] =
            world.spread(shown.message).odds[cell.idx()][shown.by.frame.idx()];
        [as_intended * readiness * tilt, hostile * readiness / tilt, distorted * readiness]
    }
}

impl Chance for Readers {
    fn bound(&self, shown: Shown, public: PublicId, world: &World<'_>) -> f64 {
        let bound = world.spread(shown.message).bounds[public.idx()][shown.by.frame.idx()];
        let engagement = Self::engagement(shown, world);
        if engagement == 1.0 { bound } else { probability(engagement * bound / (1.0 - bound)) }
    }

    fn of(&self, shown: Shown, follower: AccountId, public: PublicId, world: &World<'_>) -> f64 {
        let cell = world.setting.network.cell_of(follower, public);
        probability(self.odds(shown, follower, cell, world).iter().sum())
    }

    /// Two readers in three are too little active to share whatever their stance; for them the odds need not be worked out.
    fn is_above(
        &self,
        number: f64,
        shown: Shown,
        follower: AccountId,
        public: PublicId,
        world: &World<'_>,
    ) -> bool {
        let cell = world.setting.network.cell_of(follower, public);
        let odds = &world.spread(shown.message).odds[cell.idx()][shown.by.frame.idx()];
        let person = self.person(follower);
        let readiness = person.activity * Self::engagement(shown, world);
        // A probability is at most the odds; the margin is far above what rounding can do.
        let most = readiness * self.most_tilt * odds.iter().sum::<f64>() * (1.0 + 1e-9);
        let share = shown.showing.share;
        number < most * share
            && number < probability(self.odds_of(person, shown, cell, world).iter().sum()) * share
    }
}

impl Sharing {
    /// Sets up the rule.
    pub fn new(params: &Params, contact: Contact) -> Self {
        let most_tilt = libm::exp(params.homophily.get() * params.jitter.get());
        let readers = Readers { params: params.clone(), most_tilt, person: RunKey::new(0, u64::MAX) };
        Self { readers, contact }
    }

    /// Puts what is shown before the followers, and makes appointments with those who share.
    fn show(&mut self, shown: Shown, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        self.contact.expose(shown, world);
        let (world, readers) = (&*world, &self.readers);
        self.contact.toss(shown, readers, world, |follower, public| {
            let quantile = |number| readers.reaction_ms(number, follower, public, world);
            Contact::appoint_after(shown, (follower, public), world, agenda, quantile);
        });
    }

    /// Lets `account` share what is shown, if it still can and attends to it.
    fn share(&mut self, shown: Shown, account: AccountId, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        // Nobody shares twice. To ask here lets what is known of the account come from memory while the source does.
        if Contact::has_shared(shown.message, account, world) {
            return;
        }
        let Some(public) = self.contact.can_share(shown, account, world) else { return };
        let subject = Subject::new(account.0, world.message(shown.message).key);
        let cell = world.setting.network.cell_of(account, public);
        let odds = self.readers.odds(shown, account, cell, world);
        let attends = attending(world.attention(public, agenda.now()), odds.iter().sum());
        if attends < 1.0 && world.key.uniform(ATTENDS, subject.part(shown.by.account.0)) >= attends {
            return;
        }
        let frame = frame_at(world.key.uniform(PASSING, subject), odds);
        if let Some(shared) = Contact::add(shown, (account, public), frame, world, agenda) {
            self.show(shared, world, agenda);
        }
    }
}

/// Probability that one who shares at `odds` still does at the attention `attention`, which multiplies them.
fn attending(attention: f64, odds: f64) -> f64 {
    if odds < f64::MAX { attention * (1.0 + odds) / (1.0 + attention * odds) } else { 1.0 }
}

/// The frame that belongs to `number`, uniform in [0, 1), if each has its odds.
fn frame_at(number: f64, [as_intended, hostile, distorted]: [f64; Frame::COUNT]) -> Frame {
    let point = number * (as_intended + hostile + distorted);
    if point < as_intended {
        Frame::AsIntended
    } else if point < as_intended + hostile || distorted == 0.0 {
        Frame::Hostile
    } else {
        Frame::Distorted
    }
}

/// odds/(1 + odds), also where the odds are beyond what can be written.
fn probability(odds: f64) -> f64 {
    if odds < f64::MAX { odds / (1.0 + odds) } else { 1.0 }
}

impl Mechanism for Sharing {
    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::ShareDue
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) if world.message(id).delivery == Delivery::Public => {
                self.readers.prepare(id, world);
                self.show(Shown::of(id, 0, world), world, agenda);
            }
            Event::ShowingDue(ref showing) => self.show(Shown::again(**showing, world), world, agenda),
            Event::ShareDue { message, account, parent } => {
                self.share(Shown::of(message, parent, world), account, world, agenda);
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

    fn params() -> Params {
        let p = Probability::clamped;
        Params {
            infectiousness: p(0.001),
            homophily: NonNegative::clamped(1.5),
            jitter: p(0.1),
            moral_word: NonNegative::clamped(1.2),
            appeal: NonNegative::clamped(0.0),
            copies: p(0.05),
            reaction: TimeSpan::from_hours(4),
            reaction_shape: NonNegative::clamped(0.5),
            haste: NonNegative::clamped(1.0),
        }
    }

    fn sharing(infectiousness: f64, copies: f64) -> Sharing {
        let p = Probability::clamped;
        let params = Params { infectiousness: p(infectiousness), copies: p(copies), ..params() };
        Sharing::new(&params, Contact::new(params.copies))
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
    fn of_an_audience_only_those_see_a_message_who_get_to_it() {
        let mut setting = fixture::setting();
        setting.voices[fixture::MINISTER.idx()].access = 0.25;
        let mut bench = Bench::new(&setting, 0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut sharing(0.0, 0.0));
        let exposure = bench.world.exposures.iter().find(|exposure| exposure.public == CITIZENS_A).unwrap();
        assert_eq!(
            (exposure.newly_seen, bench.world.spread(id).impressions[CITIZENS_A.idx()]),
            (0.125, 750.0)
        );
    }

    #[test]
    fn only_those_who_read_the_language_share_and_each_once() {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, 0);
        let mut rule = sharing(0.9, 0.0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let mut sharers = Vec::new();
        while let Some((_, event)) = bench.agenda.drain().into_iter().next() {
            let Event::ShareDue { account, .. } = event else { panic!("{event:?}") };
            assert_eq!(setting.network.public_of(account), Some(CITIZENS_B));
            sharers.push(account);
            bench.tell(&event, &mut rule);
            bench.tell(&event, &mut rule);
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
            bench.tell(&Event::ShareDue { message: id, account: AccountId(650), parent }, &mut rule);
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
        let quoted = [[1.0, 0.5, 0.25], AS_RECEIVED[1], AS_RECEIVED[2]];
        bench.world.spread_mut(id).odds = vec![quoted; setting.publics.len() * STANCE_BINS];
        bench.tell(&Event::MessagePosted(id), &mut rule);
        let odds =
            |public: PublicId, bin: usize| bench.world.spread(id).odds[public.idx() * STANCE_BINS + bin][0];
        let homophily = params().homophily.get();
        for (public, middle) in [(CITIZENS_A, 0.5), (CITIZENS_B, -0.5)] {
            for (bin, stance) in [middle - 0.3, middle, middle + 0.3].into_iter().enumerate() {
                let [as_intended, hostile, distorted] = odds(public, bin);
                assert!((as_intended - 0.001 * (homophily * stance).exp()).abs() < 1e-15);
                assert!((hostile - 0.5 * 0.001 * (-homophily * stance).exp()).abs() < 1e-15);
                assert!((distorted - 0.25 * 0.001).abs() < 1e-15);
            }
        }
    }

    /// With shape 1/2 the median is τ (ln 2)² of a reader of activity 1; who is three times as active reacts in a third of the time.
    #[test]
    fn reactions_are_weibull_and_the_active_are_quicker() {
        let setting = fixture::setting();
        let bench = Bench::new(&setting, 0);
        let rule = sharing(0.001, 0.0);
        let median = 4.0 * 3_600_000.0 * std::f64::consts::LN_2.powi(2);
        for reader in [600, 601, 650].map(AccountId) {
            let public = setting.network.public_of(reader).unwrap();
            let activity = setting.publics[public.idx()].activity * rule.readers.person(reader).activity;
            let found = rule.readers.reaction_ms(0.5, reader, public, &bench.world);
            assert!((found * activity / median - 1.0).abs() < 1e-12, "{found}");
        }
        assert_eq!(rule.readers.reaction_ms(0.0, AccountId(600), CITIZENS_B, &bench.world), 0.0);
    }

    /// Appeal has the median 1, and the logarithm of the odds the standard deviation asked for: with n messages the share of those
    /// above the median is 1/2 ± 3.9/(2 sqrt n), and the sample variance σ² (1 ± 3.9 sqrt(2/n)), α = 1e-4 each.
    #[test]
    fn the_appeal_of_messages_is_log_normal_with_median_one() {
        let setting = fixture::setting();
        let params = Params { appeal: NonNegative::clamped(0.46), ..params() };
        let mut rule = Sharing::new(&params, Contact::new(params.copies));
        let n = 4000;
        let log_appeal: Vec<f64> = (0..n)
            .map(|run| {
                let mut bench = Bench::new(&setting, run);
                let languages = fixture::LANGUAGE.into_iter().collect();
                let message = Message { languages, author: None, ..fixture::appeal(SimTime::START) };
                let id = bench.world.post(message).unwrap();
                bench.tell(&Event::MessagePosted(id), &mut rule);
                (bench.world.spread(id).odds[0][0][0] / 0.001).ln()
            })
            .collect();
        let above = log_appeal.iter().filter(|log| **log > 0.0).count() as f64 / n as f64;
        assert!((above - 0.5).abs() < 3.9 / (2.0 * (n as f64).sqrt()), "{above}");
        let variance = log_appeal.iter().map(|log| log * log).sum::<f64>() / n as f64;
        assert!((variance / (0.46 * 0.46) - 1.0).abs() < 3.9 * (2.0 / n as f64).sqrt(), "{variance}");
    }

    /// Odds of who has the message from its author, and their bound, go with its engagement; those of a sharer's followers do not.
    #[test]
    fn engagement_is_that_of_who_reads_the_author() {
        let mut setting = fixture::setting();
        let mut rule = sharing(0.001, 0.0);
        let mut odds_and_bound = |setting: &crate::model::setting::Setting| {
            let mut bench = Bench::new(setting, 0);
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            let parent = AccountId(640);
            let node =
                bench.world.spread_mut(id).cascade.add(parent, 0, SimTime::START, Frame::AsIntended, 20.0);
            [0, node].map(|node| {
                let shown = Shown::of(id, node, &bench.world);
                let reader = AccountId(650);
                let cell = setting.network.cell_of(reader, CITIZENS_B);
                let odds = rule.readers.odds(shown, reader, cell, &bench.world)[0];
                let bound = rule.readers.bound(shown, CITIZENS_B, &bench.world);
                (odds, bound / (1.0 - bound))
            })
        };
        let plain = odds_and_bound(&setting);
        setting.voices.iter_mut().for_each(|voice| voice.engagement = 7.0);
        let engaged = odds_and_bound(&setting);
        assert!(
            (engaged[0].0 / plain[0].0 - 7.0).abs() < 1e-9 && (engaged[0].1 / plain[0].1 - 7.0).abs() < 1e-9
        );
        assert_eq!(engaged[1], plain[1]);
    }

    /// Thinning by attention is the same as multiplying the odds: q(o)·attending(A, o) = q(A·o).
    #[test]
    fn attention_multiplies_the_odds_and_is_certain_at_one() {
        for odds in [1e-9, 3e-4, 0.5, 40.0, 1e200] {
            assert_eq!(attending(1.0, odds), 1.0);
            assert_eq!(attending(0.0, odds), 0.0);
            for attention in [0.01, 0.5, 0.99] {
                let thinned = probability(odds) * attending(attention, odds);
                assert!((thinned / probability(attention * odds) - 1.0).abs() < 1e-12, "{odds} {attention}");
            }
        }
    }

    /// Shares of equal numbers in [0, 1), exact to one of them.
    #[test]
    fn frames_are_drawn_in_proportion_to_their_odds() {
        let odds = [0.5, 0.3, 0.2];
        let frames: Vec<Frame> = (0..1000).map(|step| frame_at(f64::from(step) / 1000.0, odds)).collect();
        for (frame, odds) in Frame::ALL.into_iter().zip(odds) {
            let found = frames.iter().filter(|&&drawn| drawn == frame).count() as f64 / 1000.0;
            assert!((found - odds).abs() <= 0.001, "{frame:?}: {found}");
        }
        assert_eq!(frame_at(0.999, [0.4, 0.0, 0.0]), Frame::AsIntended);
        assert_eq!(frame_at(0.999, [0.0, 0.4, 0.0]), Frame::Hostile);
    }
}
