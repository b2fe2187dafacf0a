//! Perception: the act that a state understands is drawn, not copied.
//!
//! A message that its author means as one act (an appeal, CAMEO 0253, weight −0.3) can be heard as a harsher one (a demand,
//! 1053, −5.0). The log-odds of the harsher reading are
//!
//! `base` + `native`·[in a language of the receiver's domestic debate] + `domestic`·ln(1 + S/`salience_unit`) + `rank`·rank
//! \+ `image`·[a picture] + `tension`·T − `private`·[handed over privately],
//!
//! S being the salience of the message at home and T the tension towards its author's state, both when the state decides.
//! So the same words are an appeal abroad and interference at home.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::event::Event;
use crate::model::ids::{MessageId, StateId};
use crate::model::vocabulary::{Delivery, Medium};
use crate::model::world::World;
use crate::text::params;
use crate::units::{NonNegative, Probability, SimTime};

const READING: Purpose = Purpose::new("perception reading");

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
            + params.rank * setting.voices[message.voice.idx()].kind.rank()
            + if message.medium == Medium::Text { 0.0 } else { params.image }
            + params.tension.get() * tension
            - if message.delivery == Delivery::Private { params.private.get() } else { 0.0 }
    }
}

impl Mechanism for Perception {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Event::DecisionDue { state, message } = *event else { return };
        let (code, heard_as, key) = {
            let message = world.message(message);
            (message.code, message.heard_as, message.key)
        };
        let understood = heard_as.map_or(code, |harsher| {
            let odds = libm::exp(self.log_odds(state, message, agenda.now(), world));
            let number = world.key.uniform(READING, Subject::new(world.setting.states[state.idx()].key, key));
            if number < odds / (1.0 + odds) { harsher } else { code }
        });
        if let Some(hearing) = world.hearing_mut(state, message) {
            hearing.understood = Some(understood);
        }
    }
}
