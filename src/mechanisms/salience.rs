//! Salience: how much a country's public attends to a message.
//!
//! Every time a message or coverage of it comes before new readers, the salience of the message in their country rises by
//! their share of the country's users, times 1.2 for each moral-emotional word and `image` for a picture. It halves in
//! every `half_life`. Where it crosses `outcry`, less the share of early warning, in the country of the state
//! addressed, that state hears of the message. A state that has given up the share r of its press review for what trends on the platform
//! notices what reaches (1 − r)·`outcry` + r·`trend`.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::model::decaying::Decaying;
use crate::model::event::{Channel, Event};
use crate::model::setting::{Public, Setting};
use crate::model::vocabulary::Medium;
use crate::model::world::{Message, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, TimeSpan};

params! {
    /// Parameters of salience.
    pub struct Params {
        /// Time in which attention halves.
        half_life: TimeSpan,
        /// Factor for each moral-emotional word.
        moral_word: NonNegative,
        /// Factor for a picture.
        image: NonNegative,
        /// Salience at which an outcry reaches the government.
        outcry: Probability,
        /// Salience at which a message is among those that the platform shows as trending.
        trend: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Salience {
    params: Params,
    /// Share of its country's users that each public makes up.
    share_of_country: Vec<f64>,
    /// By how much each message stirs: the factor of its words and of what it carries.
    arousal: Vec<f64>,
}

impl Salience {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let share = |public: &Public| public.n_real / setting.countries[public.country.idx()].n_users;
        let share_of_country = setting.publics.iter().map(share).collect();
        Self { params: params.clone(), share_of_country, arousal: Vec::new() }
    }

    fn arousal(&self, message: &Message) -> f64 {
        let medium = match message.medium {
            Medium::Text => 1.0,
            Medium::Image | Medium::Video => self.params.image.get(),
        };
        medium * libm::pow(self.params.moral_word.get(), f64::from(message.moral_words))
    }
}

impl Mechanism for Salience {
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.arousal.clear();
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let n_countries = world.setting.countries.len();
        match *event {
            Event::MessagePosted(_) => {
                let calm = Decaying::at_rest(0.0, self.params.half_life);
                world.salience.resize(world.messages.len() * n_countries, calm);
                for message in &world.messages[self.arousal.len()..] {
                    self.arousal.push(self.arousal(message));
                }
            }
            Event::Exposed { message, .. } => {
                let topic = world.topic(message);
                let arousal = self.arousal[topic.idx()];
                let target = world.message(topic).target;
                let first = topic.idx() * n_countries;
                for exposure in &world.exposures {
                    let country = world.setting.publics[exposure.public.idx()].country;
                    let share = exposure.newly_seen * self.share_of_country[exposure.public.idx()];
                    world.salience[first + country.idx()].jump(agenda.now(), share * arousal, 0.0);
                }
                let Some(target) = target else { return };
                let home = world.setting.states[target.idx()].country;
                let at_home = world.salience[first + home.idx()].value(agenda.now());
                let staff = &world.setting.states[target.idx()];
                let review = staff.platform_review;
                let noticed = (1.0 - review) * self.params.outcry.get() + review * self.params.trend.get();
                if at_home >= noticed * (1.0 - staff.early_warning) && world.hearing(target, topic).is_none()
                {
                    let hearing =
                        Event::HearingDue { state: target, message: topic, channel: Channel::Outcry };
                    agenda.schedule(agenda.now(), hearing);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, CITIZENS_B};
    use crate::model::ids::CountryId;
    use crate::model::world::{Exposure, Message};
    use crate::units::SimTime;

    fn rule(setting: &Setting) -> Salience {
        let params = Params {
            half_life: TimeSpan::from_hours(36),
            moral_word: NonNegative::clamped(1.2),
            image: NonNegative::clamped(1.5),
            outcry: Probability::clamped(0.3),
            trend: Probability::clamped(0.1),
        };
        Salience::new(&params, setting)
    }

    #[test]
    fn salience_is_the_share_of_the_country_that_is_new_to_it_times_arousal() {
        let setting = fixture::setting();
        let mut rule = rule(&setting);
        let mut bench = Bench::new(&setting, 0);
        let message = Message { moral_words: 2, medium: Medium::Image, ..fixture::appeal(SimTime::START) };
        let id = bench.post(message, &mut rule);
        bench.world.exposures.push(Exposure { public: CITIZENS_B, newly_seen: 0.1, per_member: 0.1 });
        bench.tell(&Event::Exposed { message: id, node: 0 }, &mut rule);
        let at_once = bench.world.salience_in(id, CountryId(1), SimTime::START);
        assert!((at_once - 0.1 * 1.5 * 1.44).abs() < 1e-12, "{at_once}");
        let later = bench.world.salience_in(id, CountryId(1), SimTime::START + TimeSpan::from_hours(36));
        assert!((later - at_once / 2.0).abs() < 1e-12);
        assert_eq!(bench.world.salience_in(id, CountryId(0), SimTime::START), 0.0);
        assert_eq!(bench.agenda.n_pending(), 0, "no outcry below the threshold");
    }

    /// 0.15 is between the salience of a trend, 0.1, and that of an outcry, 0.3; half a review of the platform notices 0.2.
    #[test]
    fn who_reviews_the_platform_notices_what_trends() {
        for (review, seen, is_noticed) in
            [(0.0, 0.15, false), (0.5, 0.15, false), (0.5, 0.25, true), (1.0, 0.15, true)]
        {
            let mut setting = fixture::setting();
            setting.states[fixture::B.idx()].platform_review = review;
            let mut rule = rule(&setting);
            let mut bench = Bench::new(&setting, 0);
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            bench.world.exposures.push(Exposure { public: CITIZENS_B, newly_seen: seen, per_member: seen });
            bench.tell(&Event::Exposed { message: id, node: 0 }, &mut rule);
            assert_eq!(bench.agenda.n_pending() == 1, is_noticed, "{review} {seen}");
        }
    }

    #[test]
    fn an_outcry_reaches_the_government() {
        let setting = fixture::setting();
        let mut rule = rule(&setting);
        let mut bench = Bench::new(&setting, 0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        bench.world.exposures.push(Exposure { public: CITIZENS_B, newly_seen: 0.4, per_member: 0.4 });
        bench.tell(&Event::Exposed { message: id, node: 0 }, &mut rule);
        let hearing = Event::HearingDue { state: fixture::B, message: id, channel: Channel::Outcry };
        assert_eq!(bench.agenda.drain(), [(SimTime::START, hearing)]);
    }
}
