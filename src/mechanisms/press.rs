//! Press: newsrooms decide once on each public message, and what they publish is a message to their own audience.
//!
//! The log-odds of coverage are `base` + `rank`·(rank of the speaker) + `weight`·|Goldstein weight|/10 + `home` if the
//! newsroom's country is that of the author or the target + `reach`·ln(1 + J/1 %), J being the largest share of a public of
//! journalists in the newsroom's country that has seen the message. The decision comes after a log-normal delay; translation
//! takes longer. A message that was deleted before anybody shared it is lost to the press. Coverage is written in the outlet's languages, as its author meant it, and has no side of its own.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from};
use crate::model::event::Event;
use crate::model::ids::{MessageId, OutletId};
use crate::model::setting::{PublicKind, outlets};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::{Delivery, Medium};
use crate::model::world::{Message, Origin, World};
use crate::stats::logit::expit;
use crate::text::params;
use crate::units::{NonNegative, TimeSpan};

const DELAY: Purpose = Purpose::new("press delay");
const DECISION: Purpose = Purpose::new("press decision");

/// Share of journalists from which reach counts.
const REACH_UNIT: f64 = 0.01;

params! {
    /// Parameters of press coverage.
    pub struct Params {
        /// Log-odds of covering a message of a private person that nobody saw.
        base: f64,
        /// More for a speaker of the highest rank.
        rank: f64,
        /// More for an act of weight ±10.
        weight: f64,
        /// More if the newsroom's country is involved.
        home: f64,
        /// More for each e-fold of the share of journalists who saw it.
        reach: f64,
        /// Median time to publication.
        delay: TimeSpan,
        /// Standard deviation of its logarithm.
        delay_spread: NonNegative,
        /// Additional time where the message must be translated.
        translation: TimeSpan,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Press {
    params: Params,
}

impl Press {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    fn appoint(&self, id: MessageId, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let message = world.message(id);
        for (outlet_id, outlet) in outlets(world.setting) {
            let mut stream = world.key.stream(DELAY, Subject::new(message.key, outlet.key));
            let mut delay = stream.log_normal(self.params.delay, self.params.delay_spread.get());
            if !outlet.languages.meets(message.languages) {
                delay = delay + self.params.translation;
            }
            agenda.schedule(agenda.now() + delay, Event::CoverageDue { message: id, outlet: outlet_id });
        }
    }

    fn log_odds(&self, id: MessageId, outlet_id: OutletId, world: &World<'_>) -> f64 {
        let setting = world.setting;
        let message = world.message(id);
        let outlet = &setting.outlets[outlet_id.idx()];
        let newsroom_saw = world
            .publics_of(outlet.country)
            .iter()
            .filter(|public| setting.publics[public.idx()].kind == PublicKind::Journalists)
            .map(|&public| world.spread(id).seen_share(public))
            .fold(0.0, f64::max);
        let involved = message.author.into_iter().chain(message.target);
        let is_home = involved
            .map(|state| setting.states[state.idx()].country)
            .any(|country| country == outlet.country);
        let params = &self.params;
        params.base
            + params.rank * world.rank(id, None)
            + params.weight * setting.codes[message.code.idx()].weight.get().abs() / 10.0
            + if is_home { params.home } else { 0.0 }
            + params.reach * libm::log1p(newsroom_saw / REACH_UNIT)
    }

    fn decide(&self, id: MessageId, outlet_id: OutletId, world: &mut World<'_>, agenda: &Agenda<Event>) {
        let outlet = &world.setting.outlets[outlet_id.idx()];
        let about = world.message(id).clone();
        let number = world.key.uniform(DECISION, Subject::new(about.key, outlet.key));
        if world.is_lost(id) || number >= expit(self.log_odds(id, outlet_id, world)) {
            return;
        }
        let now = agenda.now();
        let coverage = Message {
            key: key_from(about.key, outlet.key),
            origin: Origin::Coverage { about: id, outlet: outlet_id },
            voice: outlet.voice,
            author: None,
            languages: outlet.languages,
            medium: Medium::Text,
            moral_words: 0,
            posted: now,
            deleted: None,
            ..about
        };
        let Some(coverage) = world.post(coverage) else { return };
        world.note(|world| TimelineEntry {
            time: now,
            kind: EntryKind::Coverage,
            id: world.name_of(coverage),
            actor: outlet.id.clone(),
            cause: Some(world.name_of(id)),
            text: format!("reports on {} ({})", world.name_of(id), world.languages_of(coverage)),
        });
    }
}

impl Mechanism for Press {
    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::CoverageDue
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) => {
                let message = world.message(id);
                let is_coverage = matches!(message.origin, Origin::Coverage { .. });
                if message.delivery == Delivery::Public && !is_coverage {
                    self.appoint(id, world, agenda);
                }
            }
            Event::CoverageDue { message, outlet } => self.decide(message, outlet, world, agenda),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::{Bench, share_of_runs};
    use crate::model::fixture;
    use crate::units::SimTime;

    fn rule(base: f64) -> Press {
        let params = Params {
            base,
            rank: 2.0,
            weight: 3.0,
            home: 1.0,
            reach: 0.5,
            delay: TimeSpan::from_hours(3),
            delay_spread: NonNegative::clamped(0.5),
            translation: TimeSpan::from_hours(2),
        };
        Press::new(&params)
    }

    fn covered(base: f64, run: u64) -> Option<Message> {
        let setting = fixture::setting();
        let mut rule = rule(base);
        let mut bench = Bench::new(&setting, run);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let due = bench.agenda.drain();
        assert_eq!(due.len(), 1, "every newsroom decides once");
        assert!(due[0].0 >= SimTime::START + TimeSpan::from_hours(2), "translation takes its time");
        bench.tell(&due[0].1, &mut rule);
        bench.world.messages.get(id.idx() + 1).cloned()
    }

    /// Log-odds −2 + 2·0.8 + 3·0.03 + 1 = 0.69 without reach; α = 1e-4.
    #[test]
    fn coverage_has_the_probability_of_its_log_odds() {
        let expected = 1.0 / (1.0 + (-0.69_f64).exp());
        let found = share_of_runs(3000, |&run| covered(-2.0, run).is_some());
        assert!(
            (found - expected).abs() < 3.9 * (expected * (1.0 - expected) / 3000.0).sqrt(),
            "{found} {expected}"
        );
    }

    #[test]
    fn coverage_is_in_the_language_of_the_outlet_and_takes_no_side() {
        let coverage = covered(50.0, 0).unwrap();
        assert!(coverage.languages.meets([fixture::LANGUAGE[0]].into_iter().collect()));
        assert!(!coverage.languages.meets([fixture::LANGUAGE[1]].into_iter().collect()));
        assert_eq!((coverage.author, coverage.target), (None, Some(fixture::B)));
    }

    #[test]
    fn coverage_is_not_covered_and_private_messages_make_no_news() {
        let setting = fixture::setting();
        let mut rule = rule(50.0);
        let mut bench = Bench::new(&setting, 0);
        let id =
            bench.post(Message { delivery: Delivery::Private, ..fixture::appeal(SimTime::START) }, &mut rule);
        let origin = Origin::Coverage { about: id, outlet: OutletId(0) };
        bench.post(Message { origin, ..fixture::appeal(SimTime::START) }, &mut rule);
        assert_eq!(bench.agenda.n_pending(), 0);
    }
}
