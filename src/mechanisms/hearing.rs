//! Hearing: by which channel, and when, the state addressed comes to know of a message.
//!
//! - *Monitoring*: staff who read a language of the message see it with the probability that the state's data give for that
//!   language (the largest where it has several), after a log-normal delay. What is posted by an account with which one of the state's
//!   accounts follows each other stands before them anyway, and is seen with the probability `followed` at least.
//! - *Press*: coverage in a language that is monitored is seen with that language's probability, after a shorter delay.
//! - *Direct*: what is handed over privately is known at once.
//! - *Outcry* of its own public arrives by the rule of salience.
//! - *Crowd*: once `crowd` people have seen the message or coverage of it, they have put together what is known of it, and the staff find
//!   that with the probability that the state's data give, as quickly as press coverage.
//!
//! Whatever is monitored or handed over is under way for `transit` before it can be had at the other end: nothing on the platform, hours by
//! telegraph, weeks by courier. Where a state reviews the platform instead of the press for a share of its reading, it sees so much less of the
//! coverage.
//!
//! The delays of monitoring and press are divided by the staff that watches, relative to the usual, and shortened by the share of early
//! warning.
//!
//! - *Quotes and pins* are seen by the same staff as messages in the languages of what they take up; whoever hears of one hears of the
//!   message.
//!
//! A state hears a message in a frame: its staff and its public's outcry as it is told at home, in a frame drawn in proportion to the
//! impressions in its country until then (as intended while there are none); the press and diplomats tell it as it was meant.
//!
//! A state hears a message once, by the first channel. Monitoring finds nothing where the message was deleted before anybody shared it.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from};
use crate::model::cascade::Frame;
use crate::model::event::{Channel, Event};
use crate::model::ids::{LanguageSet, MessageId, StateId, VoiceId};
use crate::model::setting::State;
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::Delivery;
use crate::model::world::{Hearing, Origin, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, TimeSpan};

const SEES: Purpose = Purpose::new("hearing sees");
const DELAY: Purpose = Purpose::new("hearing delay");
const FRAME: Purpose = Purpose::new("hearing frame");
const LOOKS_UP: Purpose = Purpose::new("hearing looks up");

params! {
    /// Parameters of hearing.
    pub struct Params {
        /// Median time from a message to a note of the monitoring staff.
        monitoring: TimeSpan,
        /// Median time from press coverage to a note of the staff.
        press: TimeSpan,
        /// Standard deviation of the logarithm of both.
        spread: NonNegative,
        /// Probability that the staff see what an account posts with which one of theirs follows each other.
        followed: Probability,
        /// Time that a message is under way before anybody at the other end can have it.
        transit: TimeSpan,
        /// People who must have seen a message for a crowd to put together what is known of it.
        crowd: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Hearings {
    params: Params,
    /// People who have seen each message or coverage of it, as far as they were new to that; kept if any state asks crowds.
    crowds: Option<Vec<f64>>,
}

impl Hearings {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone(), crowds: None }
    }

    /// Makes an appointment if the staff of `state` see `seen` (the message itself or coverage of it).
    fn notice(
        &self,
        state: StateId,
        seen: MessageId,
        channel: Channel,
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let hearing = Event::HearingDue { state, message: world.topic(seen), channel };
        let message = world.message(seen);
        let sight = Sight { state, seen, by: message.voice, key: message.key, channel };
        self.see(sight, hearing, world, agenda);
    }

    /// Makes the appointment `due` if the staff see something.
    fn see(&self, sight: Sight, due: Event, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let median = match sight.channel {
            Channel::Press => self.params.press,
            Channel::Monitoring | Channel::Outcry | Channel::Crowd | Channel::Direct => {
                self.params.monitoring
            }
        };
        let staff = &world.setting.states[sight.state.idx()];
        let median = quickened(median, staff);
        let subject = Subject::new(staff.key, sight.key);
        let languages = world.message(sight.seen).languages;
        let read = if sight.channel == Channel::Press { 1.0 - staff.platform_review } else { 1.0 };
        let followed =
            if is_followed(sight.state, sight.by, world) { self.params.followed.get() } else { 0.0 };
        let seen = (read * monitored(&staff.monitors, languages)).max(followed);
        if world.key.uniform(SEES, subject) < seen {
            let delay = world.key.stream(DELAY, subject).log_normal(median, self.params.spread.get());
            agenda.schedule(agenda.now() + delay + self.params.transit, due);
        }
    }

    /// Counts who has newly seen `id`; the state addressed looks up what they know once they are a crowd.
    fn gather(&mut self, id: MessageId, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let Some(crowds) = &mut self.crowds else { return };
        let topic = world.topic(id);
        if crowds.len() <= topic.idx() {
            crowds.resize(topic.idx() + 1, 0.0);
        }
        let new = world
            .exposures
            .iter()
            .map(|exposure| exposure.newly_seen * world.setting.publics[exposure.public.idx()].n_real);
        let (before, crowd) = (crowds[topic.idx()], self.params.crowd.get());
        crowds[topic.idx()] += new.sum::<f64>();
        if before >= crowd || crowds[topic.idx()] < crowd {
            return;
        }
        let message = world.message(topic);
        let Some(state) = message.target else { return };
        let staff = &world.setting.states[state.idx()];
        let subject = Subject::new(staff.key, message.key);
        if world.key.uniform(LOOKS_UP, subject) < staff.crowd_review {
            let median = quickened(self.params.press, staff);
            let mut stream = world.key.stream(LOOKS_UP, subject.part(1));
            let due = agenda.now() + stream.log_normal(median, self.params.spread.get());
            agenda.schedule(due, Event::HearingDue { state, message: topic, channel: Channel::Crowd });
        }
    }
}

/// The median time that `staff` take for what takes the usual staff `median`.
fn quickened(median: TimeSpan, staff: &State) -> TimeSpan {
    let quickness = (1.0 - staff.early_warning) / staff.staff.max(f64::MIN_POSITIVE);
    TimeSpan::from_ms((median.as_ms() as f64 * quickness) as i64)
}

/// What the staff of a state may see.
#[derive(Debug, Clone, Copy)]
struct Sight {
    state: StateId,
    /// Message in whose languages it is.
    seen: MessageId,
    /// Account that posted it.
    by: VoiceId,
    /// Key of draws about it.
    key: u32,
    channel: Channel,
}

/// Probability that staff who see the share `monitors` of each language see a message in `languages`.
fn monitored(monitors: &[f64], languages: LanguageSet) -> f64 {
    languages.iter().filter_map(|language| monitors.get(language.0 as usize)).copied().fold(0.0, f64::max)
}

/// Whether an account of `state` and that of `voice` follow each other.
fn is_followed(state: StateId, voice: VoiceId, world: &World<'_>) -> bool {
    let (network, voices) = (&world.setting.network, &world.setting.voices);
    let account = voices[voice.idx()].account;
    !network.mutual_follows().is_empty()
        && voices
            .iter()
            .any(|own| own.state == Some(state) && network.follow_each_other(own.account, account))
}

/// The frame in which `state` hears `message`.
fn frame_heard(state: StateId, message: MessageId, channel: Channel, world: &World<'_>) -> Frame {
    match channel {
        Channel::Direct | Channel::Press => return Frame::AsIntended,
        Channel::Monitoring | Channel::Outcry | Channel::Crowd => {}
    }
    let hearer = &world.setting.states[state.idx()];
    let told = world.framed_in(message, hearer.country);
    let number = world.key.uniform(FRAME, Subject::new(hearer.key, world.message(message).key));
    let mut left = number * told.iter().sum::<f64>();
    let drawn = Frame::ALL.into_iter().find(|frame| {
        left -= told[frame.idx()];
        left < 0.0
    });
    drawn.unwrap_or(Frame::AsIntended)
}

impl Mechanism for Hearings {
    fn begin(&mut self, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.crowds = world.setting.states.iter().any(|state| state.crowd_review > 0.0).then(Vec::new);
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) => {
                let message = world.message(id);
                let Some(target) = message.target else { return };
                match (message.origin, message.delivery) {
                    (Origin::Coverage { .. }, _) => self.notice(target, id, Channel::Press, world, agenda),
                    (_, Delivery::Private) => {
                        let direct =
                            Event::HearingDue { state: target, message: id, channel: Channel::Direct };
                        agenda.schedule(agenda.now() + self.params.transit, direct);
                    }
                    _ => self.notice(target, id, Channel::Monitoring, world, agenda),
                }
            }
            Event::Amplified { message, voice, .. } => {
                let Some(state) = world.message(message).target else { return };
                let due = Event::EndorsementDue { state, message, voice };
                let key = key_from(world.message(message).key, world.setting.voices[voice.idx()].key);
                let sight = Sight { state, seen: message, by: voice, key, channel: Channel::Monitoring };
                self.see(sight, due, world, agenda);
            }
            Event::Exposed { message, .. } => self.gather(message, world, agenda),
            Event::EndorsementDue { state, message, voice } => {
                hear_endorsement(state, message, voice, world, agenda);
            }
            Event::HearingDue { message, channel: Channel::Monitoring, .. } if world.is_lost(message) => {}
            Event::HearingDue { state, message, channel } if world.hearing(state, message).is_none() => {
                let time = agenda.now();
                let frame = frame_heard(state, message, channel, world);
                world.hearings.push(Hearing {
                    state,
                    message,
                    channel,
                    frame,
                    time,
                    understood: None,
                    motive: None,
                    intent: None,
                    answer: None,
                });
                world.facts.push_back(Event::MessageHeard { state, message });
                world.note(|world| TimelineEntry {
                    time,
                    kind: EntryKind::Heard,
                    id: heard_name(world, state, message),
                    actor: world.setting.states[state.idx()].id.clone(),
                    cause: Some(world.name_of(message)),
                    text: format!("hears of {} by {}", world.name_of(message), channel.name()),
                });
            }
            _ => {}
        }
    }
}

/// Lets a state know who took a message up, and so of the message.
fn hear_endorsement(
    state: StateId,
    message: MessageId,
    voice: VoiceId,
    world: &mut World<'_>,
    agenda: &mut Agenda<Event>,
) {
    let endorsements = world.visibility.endorsements.iter_mut();
    for endorsement in endorsements.filter(|it| it.message == message && it.voice == voice) {
        endorsement.heard = Some(state);
    }
    let time = agenda.now();
    world.note(|world| {
        let (id, handle) = (&world.setting.states[state.idx()].id, &world.setting.voices[voice.idx()].handle);
        TimelineEntry {
            time,
            kind: EntryKind::Heard,
            id: format!("heard:{id}:{}:{handle}", world.name_of(message)),
            actor: id.clone(),
            cause: Some(world.name_of(message)),
            text: format!("hears that @{handle} has taken up {}", world.name_of(message)),
        }
    });
    agenda.schedule(time, Event::HearingDue { state, message, channel: Channel::Monitoring });
}

fn heard_name(world: &World<'_>, state: StateId, message: MessageId) -> String {
    format!("heard:{}:{}", world.setting.states[state.idx()].id, world.name_of(message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, B, LANGUAGE, OUTLET};
    use crate::model::ids::OutletId;
    use crate::model::world::Message;
    use crate::units::SimTime;

    fn rule() -> Hearings {
        with_transit(TimeSpan::ZERO)
    }

    fn with_transit(transit: TimeSpan) -> Hearings {
        let params = Params {
            monitoring: TimeSpan::from_hours(3),
            press: TimeSpan::from_hours(1),
            spread: NonNegative::clamped(0.0),
            followed: Probability::clamped(0.9),
            transit,
            crowd: NonNegative::clamped(1000.0),
        };
        Hearings::new(&params)
    }

    #[test]
    fn what_is_posted_or_handed_over_is_under_way_first() {
        let setting = fixture::setting();
        for (delivery, hours) in [(Delivery::Public, 3 + 48), (Delivery::Private, 48)] {
            let mut bench = Bench::new(&setting, 0);
            let message = Message { delivery, ..fixture::appeal(SimTime::START) };
            bench.post(message, &mut with_transit(TimeSpan::from_hours(48)));
            let times: Vec<SimTime> = bench.agenda.drain().into_iter().map(|(time, _)| time).collect();
            assert_eq!(times, [SimTime::START + TimeSpan::from_hours(hours)]);
        }
    }

    /// 6,000 people of the first and 12,000 of the third public: a crowd of 1,000 is there with a sixth of the first, not with a tenth.
    #[test]
    fn a_state_that_asks_crowds_finds_what_they_know_once_they_are_many() {
        use crate::model::fixture::CITIZENS_A;
        use crate::model::world::Exposure;
        let seen = |crowd_review, shares: &[f64], run| {
            let mut setting = fixture::setting();
            setting.states[B.idx()].crowd_review = crowd_review;
            let (mut bench, mut rule) = (Bench::new(&setting, run), rule());
            rule.begin(&mut bench.world, &mut bench.agenda);
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            bench.agenda.drain();
            for &newly_seen in shares {
                let public = CITIZENS_A;
                bench.world.exposures = vec![Exposure { public, newly_seen, per_member: newly_seen }];
                bench.tell(&Event::Exposed { message: id, node: 0 }, &mut rule);
            }
            bench.agenda.drain()
        };
        let due = Event::HearingDue { state: B, message: MessageId::new(0), channel: Channel::Crowd };
        assert_eq!(seen(1.0, &[0.1, 0.1, 0.1], 0), [(SimTime::START + TimeSpan::from_hours(1), due)]);
        assert_eq!(seen(1.0, &[0.1], 0), []);
        assert_eq!(seen(0.0, &[0.5], 0), []);
        let found = crate::mechanisms::share_of_runs(4000, |&run| !seen(0.3, &[0.5], run).is_empty());
        assert!((found - 0.3).abs() < 3.9 * (0.3 * 0.7 / 4000.0_f64).sqrt(), "{found}; α = 1e-4");
    }

    /// The press tells B of half of what is covered if half of its review has moved to the platform; α = 1e-4.
    #[test]
    fn who_reviews_the_platform_reads_less_of_the_press() {
        let mut setting = fixture::setting();
        setting.states[B.idx()].platform_review = 0.5;
        let found = crate::mechanisms::share_of_runs(4000, |&run| {
            let mut bench = Bench::new(&setting, run);
            let about = bench.post(fixture::appeal(SimTime::START), &mut rule());
            bench.agenda.drain();
            let origin = Origin::Coverage { about, outlet: OutletId(0) };
            let coverage =
                Message { origin, voice: OUTLET, key: 7, author: None, ..fixture::appeal(SimTime::START) };
            bench.post(coverage, &mut rule());
            bench.agenda.n_pending() == 1
        });
        assert!((found - 0.5).abs() < 3.9 * 0.5 / 4000.0_f64.sqrt(), "{found}");
    }

    /// B monitors nothing in the language of A. The announcements of A and of B follow each other, the minister of A and they do not; so B sees nine in
    /// ten of what the ministry posts, and nothing of the minister's; α = 1e-4.
    #[test]
    fn staff_see_what_those_post_with_whom_they_follow_each_other() {
        let mut setting = fixture::setting();
        let [ministry_a, ministry_b] = [VoiceId(1), VoiceId(2)].map(|id| setting.voices[id.idx()].account);
        let follows = [[ministry_a, ministry_b]];
        setting.network = fixture::network_with_mutual_follows(&follows).into();
        let seen = |voice| {
            crate::mechanisms::share_of_runs(4000, |&run| {
                let mut bench = Bench::new(&setting, run);
                let languages = [LANGUAGE[0]].into_iter().collect();
                bench.post(Message { voice, languages, ..fixture::appeal(SimTime::START) }, &mut rule());
                bench.agenda.n_pending() == 1
            })
        };
        let found = seen(VoiceId(1));
        assert!((found - 0.9).abs() < 3.9 * (0.9 * 0.1 / 4000.0_f64).sqrt(), "{found}");
        assert_eq!(seen(fixture::MINISTER), 0.0);
    }

    #[test]
    fn staff_see_what_they_can_read_after_the_delay_of_the_channel() {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, 0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule());
        let origin = Origin::Coverage { about: id, outlet: OutletId(0) };
        let coverage =
            Message { origin, voice: OUTLET, key: 7, author: None, ..fixture::appeal(SimTime::START) };
        bench.post(coverage.clone(), &mut rule());
        let foreign = Message { languages: [LANGUAGE[0]].into_iter().collect(), ..coverage };
        bench.post(foreign, &mut rule());
        let due = |hours, channel| {
            (
                SimTime::START + TimeSpan::from_hours(hours),
                Event::HearingDue { state: B, message: id, channel },
            )
        };
        assert_eq!(bench.agenda.drain(), [due(1, Channel::Press), due(3, Channel::Monitoring)]);
    }

    /// Frames lie in the proportions 5 : 2 : 1 in B; α = 1e-4 for each share of 4,000 runs.
    #[test]
    fn staff_and_public_hear_a_message_as_it_is_told_at_home() {
        let setting = fixture::setting();
        let told = [5.0, 2.0, 1.0];
        let heard = |channel, run, told: [f64; 3]| {
            let mut bench = Bench::new(&setting, run);
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule());
            bench.world.framed = vec![[0.0; 3], told];
            bench.tell(&Event::HearingDue { state: B, message: id, channel }, &mut rule());
            bench.world.hearing(B, id).unwrap().frame
        };
        for channel in [Channel::Monitoring, Channel::Outcry] {
            let frames: Vec<Frame> = (0..4000).map(|run| heard(channel, run, told)).collect();
            for (frame, told) in Frame::ALL.into_iter().zip(told) {
                let (found, expected) =
                    (frames.iter().filter(|&&heard| heard == frame).count() as f64 / 4000.0, told / 8.0);
                let bound = 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt();
                assert!((found - expected).abs() < bound, "{channel:?} {frame:?}: {found} for {expected}");
            }
            assert_eq!(heard(channel, 0, [0.0; 3]), Frame::AsIntended);
        }
        for channel in [Channel::Press, Channel::Direct] {
            assert!((0..20).all(|run| heard(channel, run, [0.0, 0.0, 1.0]) == Frame::AsIntended));
        }
    }

    #[test]
    fn a_state_hears_a_message_once_by_the_first_channel() {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, 0);
        let private = Message { delivery: Delivery::Private, ..fixture::appeal(SimTime::START) };
        let id = bench.post(private, &mut rule());
        for channel in [Channel::Direct, Channel::Press] {
            bench.tell(&Event::HearingDue { state: B, message: id, channel }, &mut rule());
        }
        assert_eq!(bench.world.hearings.len(), 1);
        assert_eq!(bench.world.hearing(B, id).map(|hearing| hearing.channel), Some(Channel::Direct));
        assert_eq!(Vec::from(bench.world.facts), [Event::MessageHeard { state: B, message: id }]);
    }
}
