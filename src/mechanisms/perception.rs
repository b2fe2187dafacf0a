//! Perception: the act that a state understands is drawn, not copied.
//!
//! A message that its author means as one act (an appeal, CAMEO 0253, weight −0.3) can be heard as a harsher one (a demand,
//! 1053, −5.0). The log-odds of the harsher reading are
//!
//! `base` + `native`·[in a language of the receiver's domestic debate] + `domestic`·ln(1 + S/`salience_unit`) + `rank`·rank
//! \+ `image`·[a picture] + `tension`·T − `private`·[handed over privately] + `hostile`·[heard as a quote against its author]
//! \+ `distorted`·[heard as a distorted claim] − `hotline`·hotline,
//!
//! S being the salience of the message at home and T the tension towards its author's state, both when the state decides.
//! The rank is that of the author, or of a louder account that took the message up as it was meant, once the state has heard of that. A
//! state that has heard the denial of a message takes it for what the denial says.
//! So the same words are an appeal abroad and interference at home.
//!
//! Where it is in question for whom words are meant, that is drawn too: talk for the author's own public is taken for policy towards the
//! receiver with probability `as_policy`·(1 − hotline), and policy for such talk with probability `as_talk`·(1 − hotline). Whatever is taken for
//! talk counts for the share `talk` of its weight.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::cascade::Frame;
use crate::model::event::Event;
use crate::model::ids::{MessageId, StateId};
use crate::model::vocabulary::{Delivery, Medium, Motive};
use crate::model::world::{Origin, World};
use crate::stats::logit::expit;
use crate::text::params;
use crate::units::{NonNegative, Probability, SimTime};

const READING: Purpose = Purpose::new("perception reading");
const MOTIVE: Purpose = Purpose::new("perception motive");

params! {
    /// Parameters of perception.
    pub struct Params {
        /// Log-odds of the harsher reading for a foreign-language text of no rank that nobody saw, without tension.
        base: f64,
        /// More for a message in a language of the receiver's domestic debate.
        native: f64,
        /// More for each e-fold of salience at home.
        domestic: NonNegative,
        /// Salience from which it counts.
        salience_unit: Probability,
        /// More for a speaker of the highest rank.
        rank: f64,
        /// More for a picture.
        image: f64,
        /// More for each unit of tension.
        tension: NonNegative,
        /// Less for a message that only the state itself sees.
        private: NonNegative,
        /// More for a message heard as it is quoted against its author.
        hostile: NonNegative,
        /// More for a message heard by a distorted claim about it.
        distorted: NonNegative,
        /// Less where a direct line between the governments works.
        hotline: NonNegative,
        /// Probability that talk for the author's own public is taken for policy towards the receiver.
        as_policy: Probability,
        /// Probability that policy towards the receiver is taken for talk for the author's own public.
        as_talk: Probability,
        /// Share of its weight that talk for another public keeps.
        talk: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Perception {
    params: Params,
}

impl Perception {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    fn log_odds(&self, state: StateId, id: MessageId, now: SimTime, world: &World<'_>) -> f64 {
        let setting = world.setting;
        let message = world.message(id);
        let country = setting.states[state.idx()].country;
        let salience = world.salience_in(id, country, now);
        let tension = message
            .author
            .map_or(0.0, |author| world.relations[setting.dyad_idx(state, author)].tension.value(now));
        let params = &self.params;
        let native = message.languages.meets(setting.countries[country.idx()].national);
        params.base
            + if native { params.native } else { 0.0 }
            + params.domestic.get()
                * libm::log1p(salience / params.salience_unit.get().max(f64::MIN_POSITIVE))
            + params.rank * world.rank(id, Some(state))
            + if message.medium == Medium::Text { 0.0 } else { params.image }
            + params.tension.get() * tension
            - if message.delivery == Delivery::Private { params.private.get() } else { 0.0 }
            + match world.hearing(state, id).map_or(Frame::AsIntended, |hearing| hearing.frame) {
                Frame::AsIntended => 0.0,
                Frame::Hostile => params.hostile.get(),
                Frame::Distorted => params.distorted.get(),
            }
            - params.hotline.get() * line(state, message.author, now, world)
    }

    /// For whom `state` takes the words of `id` to be meant; `None` where that is plain.
    fn motive(&self, state: StateId, id: MessageId, now: SimTime, world: &World<'_>) -> Option<Motive> {
        let message = world.message(id);
        let Origin::Script(script) = message.origin else { return None };
        let motive = world.setting.script.messages[script.idx()].motive?;
        let (wrong, mistake) = match motive {
            Motive::Domestic => (Motive::Foreign, self.params.as_policy.get()),
            Motive::Foreign => (Motive::Domestic, self.params.as_talk.get()),
        };
        let hotline = line(state, message.author, now, world);
        let subject = Subject::new(world.setting.states[state.idx()].key, message.key);
        let number = world.key_since(message.posted).uniform(MOTIVE, subject);
        Some(if number < mistake * (1.0 - hotline) { wrong } else { motive })
    }
}

/// How well the direct line of `state` to `author` works now.
fn line(state: StateId, author: Option<StateId>, now: SimTime, world: &World<'_>) -> f64 {
    author.map_or(0.0, |author| world.setting.hotline(world.setting.dyad_idx(state, author), now))
}

impl Mechanism for Perception {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Event::DecisionDue { state, message } = *event else { return };
        let (code, heard_as, key, posted) = {
            let message = world.message(message);
            (message.code, message.heard_as, message.key, message.posted)
        };
        let code = world.retraction(state, message).unwrap_or(code);
        let heard_as = heard_as.filter(|_| world.retraction(state, message).is_none());
        let understood = heard_as.map_or(code, |harsher| {
            let probability = expit(self.log_odds(state, message, agenda.now(), world));
            let subject = Subject::new(world.setting.states[state.idx()].key, key);
            let number = world.key_since(posted).uniform(READING, subject);
            if number < probability { harsher } else { code }
        });
        let motive = self.motive(state, message, agenda.now(), world);
        let weight = world.setting.codes[understood.idx()].weight.get();
        let is_talk = motive == Some(Motive::Domestic);
        if let Some(hearing) = world.hearing_mut(state, message) {
            (hearing.understood, hearing.motive) = (Some(understood), motive);
            hearing.intent = is_talk.then(|| weight * self.params.talk.get());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::{Bench, share_of_runs};
    use crate::model::event::Channel;
    use crate::model::fixture::{self, APPEAL, B, DEMAND, LANGUAGE};
    use crate::model::ids::{CodeId, LanguageSet};
    use crate::model::setting::{ScriptOffline, Setting};
    use crate::model::world::{Hearing, Message};

    fn understood(message: Message, run: u64) -> CodeId {
        heard_in(Frame::AsIntended, message, run)
    }

    fn heard_in(frame: Frame, message: Message, run: u64) -> CodeId {
        hear(&fixture::setting(), frame, message, run).understood.unwrap()
    }

    fn params() -> Params {
        Params {
            base: -2.0,
            native: 3.0,
            domestic: NonNegative::clamped(0.3),
            salience_unit: Probability::clamped(0.01),
            rank: 0.5,
            image: 1.5,
            tension: NonNegative::clamped(2.0),
            private: NonNegative::clamped(2.0),
            hostile: NonNegative::clamped(1.0),
            distorted: NonNegative::clamped(2.5),
            hotline: NonNegative::clamped(1.5),
            as_policy: Probability::clamped(0.4),
            as_talk: Probability::clamped(0.2),
            talk: Probability::clamped(0.25),
        }
    }

    fn hear(setting: &Setting, frame: Frame, message: Message, run: u64) -> Hearing {
        let mut bench = Bench::new(setting, run);
        let mut rule = Perception::new(&params());
        let id = bench.post(message, &mut rule);
        let hearing = Hearing {
            state: B,
            message: id,
            channel: Channel::Monitoring,
            frame,
            time: SimTime::START,
            understood: None,
            motive: None,
            intent: None,
            answer: None,
        };
        bench.world.hearings.push(hearing);
        bench.tell(&Event::DecisionDue { state: B, message: id }, &mut rule);
        *bench.world.hearing(B, id).unwrap()
    }

    /// −2 + 3·\[native\] + 0.5·0.8 + 2·0.1 gives log-odds of 1.6 and −1.4; α = 1e-4.
    #[test]
    fn the_harsher_reading_has_the_probability_of_its_log_odds() {
        let foreign = LanguageSet::default().with(LANGUAGE[0]);
        for (languages, log_odds) in [(fixture::appeal(SimTime::START).languages, 1.6_f64), (foreign, -1.4)] {
            let message = Message { languages, ..fixture::appeal(SimTime::START) };
            let found = share_of_runs(4000, |&run| understood(message.clone(), run) == DEMAND);
            let expected = 1.0 / (1.0 + (-log_odds).exp());
            assert!(
                (found - expected).abs() < 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt(),
                "{found} {expected}"
            );
        }
    }

    #[test]
    fn a_reading_that_is_less_likely_is_never_drawn_where_the_likelier_is_not() {
        let foreign = Message {
            languages: LanguageSet::default().with(LANGUAGE[0]),
            ..fixture::appeal(SimTime::START)
        };
        for run in 0..500 {
            if understood(foreign.clone(), run) == DEMAND {
                assert_eq!(understood(fixture::appeal(SimTime::START), run), DEMAND);
            }
        }
    }

    /// Log-odds of −1.4 in a foreign language, and 1 or 2.5 more by the frame; α = 1e-4.
    #[test]
    fn what_is_heard_in_a_hostile_or_distorted_frame_is_taken_for_the_harsher_act_more_often() {
        let foreign = LanguageSet::default().with(LANGUAGE[0]);
        for (frame, log_odds) in [(Frame::Hostile, -0.4_f64), (Frame::Distorted, 1.1)] {
            let message = Message { languages: foreign, ..fixture::appeal(SimTime::START) };
            let found = share_of_runs(4000, |&run| heard_in(frame, message.clone(), run) == DEMAND);
            let expected = 1.0 / (1.0 + (-log_odds).exp());
            let bound = 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt();
            assert!((found - expected).abs() < bound, "{frame:?}: {found} {expected}");
        }
    }

    /// Log-odds of 1.6 at home, and 1.5 less with a line that always works; α = 1e-4.
    #[test]
    fn a_direct_line_makes_the_harsher_reading_rarer() {
        let mut setting = fixture::setting();
        let dyad = setting.dyad_idx(B, fixture::A);
        setting.dyads[dyad].hotline = 1.0;
        let appeal = fixture::appeal(SimTime::START);
        let found = share_of_runs(4000, |&run| {
            hear(&setting, Frame::AsIntended, appeal.clone(), run).understood == Some(DEMAND)
        });
        let expected = 1.0 / (1.0 + (-0.1_f64).exp());
        assert!((found - expected).abs() < 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt(), "{found}");
    }

    /// Log-odds of 1.6 at home and a line that always works until an event cuts it; α = 1e-4 for each share.
    #[test]
    fn a_line_that_is_cut_helps_no_more_from_then_on() {
        let mut setting = fixture::setting();
        let dyad = setting.dyad_idx(B, fixture::A);
        setting.dyads[dyad].hotline = 1.0;
        for (cut, log_odds) in [(SimTime::START, 1.6_f64), (SimTime::from_ms(1), 0.1)] {
            setting.script.offline = vec![ScriptOffline {
                id: "cut".to_owned(),
                time: cut,
                tension: Vec::new(),
                caution: Vec::new(),
                lines: vec![(dyad, 0.0)],
                moves: Vec::new(),
                text: String::new(),
            }];
            let found = share_of_runs(4000, |&run| {
                let message = fixture::appeal(SimTime::START);
                hear(&setting, Frame::AsIntended, message, run).understood == Some(DEMAND)
            });
            let expected = 1.0 / (1.0 + (-log_odds).exp());
            let bound = 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt();
            assert!((found - expected).abs() < bound, "{found} {expected}");
        }
    }

    /// Talk is taken for policy in 0.4 of the runs, policy for talk in 0.2, and half as often with half a line; α = 1e-4.
    #[test]
    fn motives_are_confused_with_their_probability_and_talk_weighs_less() {
        let mut setting = fixture::setting();
        let dyad = setting.dyad_idx(B, fixture::A);
        let plain = Message { heard_as: None, code: DEMAND, ..fixture::appeal(SimTime::START) };
        for (motive, hotline, mistaken) in [
            (Motive::Domestic, 0.0, 0.4),
            (Motive::Foreign, 0.0, 0.2),
            (Motive::Domestic, 0.5, 0.2),
            (Motive::Foreign, 1.0, 0.0),
        ] {
            setting.script.messages[0].motive = Some(motive);
            setting.dyads[dyad].hotline = hotline;
            let mut n_mistaken = 0;
            for run in 0..4000 {
                let hearing = hear(&setting, Frame::AsIntended, plain.clone(), run);
                let is_talk = hearing.motive == Some(Motive::Domestic);
                assert_eq!(hearing.intent, is_talk.then_some(-1.25));
                n_mistaken += u32::from(hearing.motive != Some(motive));
            }
            let found = f64::from(n_mistaken) / 4000.0;
            let bound = 3.9 * (mistaken * (1.0 - mistaken) / 4000.0_f64).sqrt();
            assert!((found - mistaken).abs() <= bound, "{motive:?} {hotline}: {found} {mistaken}");
        }
    }

    #[test]
    fn what_has_one_meaning_is_understood_as_meant() {
        let plain = Message { heard_as: None, ..fixture::appeal(SimTime::START) };
        assert!((0..50).all(|run| understood(plain.clone(), run) == APPEAL));
    }
}
