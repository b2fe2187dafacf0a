//! Listening: a ministry that watches opinion answers a shock of it some days later.
//!
//! A message of the script may wait for a shock of opinion: an event outside the platform, or that, among the impressions of another message in
//! a country, the share in which it is told against its author or as a distorted claim reaches a stated size (once there are at least `least`
//! impressions). The author then needs a lag between `shortest` and `longest`, uniform, to see it, to agree on another frame and to post;
//! early warning of its state shortens it by that share.
//!
//! Israel's foreign ministry changed its frames one to three days after each turn of opinion in the summer of 2014 (Manor & Crilley 2018;
//! S. Paquin 2021, l. 234-369).

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::cascade::Frame;
use crate::model::event::Event;
use crate::model::ids::{CountryId, MessageId, ScriptId};
use crate::model::setting::{Setting, Shock, When};
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{NonNegative, TimeSpan};

const LAG: Purpose = Purpose::new("listening lag");
const HAPPENS: Purpose = Purpose::new("listening trigger");

params! {
    /// Parameters of listening.
    pub struct Params {
        /// Shortest time from a shock of opinion to the message that answers it.
        shortest: TimeSpan,
        /// Longest time.
        longest: TimeSpan,
        /// Impressions in a country from which a share of them counts as opinion.
        least: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Listening {
    params: Params,
    /// Messages that wait for a shock.
    waiting: Vec<ScriptId>,
    /// Those whose shock has come in this run.
    answered: Vec<ScriptId>,
}

impl Listening {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let messages = setting.script.messages.iter().enumerate();
        let waits = messages.filter(|(_, message)| matches!(message.when, When::AfterShock { .. }));
        let waiting = waits.map(|(idx, _)| ScriptId::new(idx)).collect();
        Self { params: params.clone(), waiting, answered: Vec::new() }
    }

    /// Makes appointments for the messages whose shock `has_come`.
    fn answer(&mut self, world: &World<'_>, agenda: &mut Agenda<Event>, has_come: impl Fn(&Shock) -> bool) {
        let setting = world.setting;
        for script in self.waiting.iter().copied() {
            let message = &setting.script.messages[script.idx()];
            let When::AfterShock { shock, delay, probability } = &message.when else { continue };
            if self.answered.contains(&script) || !has_come(shock) {
                continue;
            }
            self.answered.push(script);
            let subject = Subject::new(message.key, 0);
            if world.key.uniform(HAPPENS, subject) >= *probability {
                continue;
            }
            let author = setting.voices[message.voice.idx()].state;
            let warned = author.map_or(0.0, |author| setting.states[author.idx()].early_warning);
            let (shortest, longest) = (self.params.shortest.as_ms(), self.params.longest.as_ms());
            let spread = (longest - shortest).max(0) as f64;
            let lag = (shortest as f64 + world.key.uniform(LAG, subject) * spread) * (1.0 - warned);
            let due = agenda.now() + *delay + TimeSpan::from_ms(lag as i64);
            agenda.schedule(due, Event::MessageDue(script));
        }
    }
}

/// Share of the impressions of `topic` in `country` that are not in its author's frame, if they are at least `least`.
fn misread(topic: MessageId, country: CountryId, least: f64, world: &World<'_>) -> Option<f64> {
    let told = world.framed_in(topic, country);
    let total: f64 = told.iter().sum();
    (total > 0.0 && total >= least).then(|| 1.0 - told[Frame::AsIntended.idx()] / total)
}

impl Mechanism for Listening {
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.answered.clear();
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        if self.waiting.is_empty() {
            return;
        }
        match *event {
            Event::OfflineHappened(script) => {
                self.answer(world, agenda, |shock| *shock == Shock::Event(script));
            }
            Event::Exposed { message, .. } => {
                let topic = world.topic(message);
                let Origin::Script(script) = world.message(topic).origin else { return };
                let least = self.params.least.get();
                self.answer(world, agenda, |shock| match *shock {
                    Shock::Misread { message, country, share } => {
                        message == script
                            && misread(topic, country, least, world).is_some_and(|it| it >= share)
                    }
                    Shock::Event(_) => false,
                });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, A};
    use crate::units::SimTime;

    /// The setting in which a second message waits for `shock`.
    fn setting(shock: Shock) -> Setting {
        let mut setting = fixture::setting();
        let mut answer = setting.script.messages[0].clone();
        answer.when = When::AfterShock { shock, delay: TimeSpan::ZERO, probability: 1.0 };
        setting.script.messages.push(answer);
        setting
    }

    fn rule(setting: &Setting) -> Listening {
        let params = Params {
            shortest: TimeSpan::from_days(1),
            longest: TimeSpan::from_days(3),
            least: NonNegative::clamped(100.0),
        };
        Listening::new(&params, setting)
    }

    /// Lags in days over 500 runs; the mean of a uniform number between 1 and 3 is 2, its standard deviation 1/√3; α = 1e-4.
    #[test]
    fn a_shock_is_answered_once_after_one_to_three_days_and_sooner_with_early_warning() {
        let mut setting = setting(Shock::Event(ScriptId(5)));
        let lags = |setting: &Setting| -> Vec<f64> {
            (0..500)
                .map(|run| {
                    let (mut bench, mut rule) = (Bench::new(setting, run), rule(setting));
                    for script in [4, 5, 5] {
                        bench.tell(&Event::OfflineHappened(ScriptId(script)), &mut rule);
                    }
                    let due = bench.agenda.drain();
                    assert!(matches!(due[..], [(_, Event::MessageDue(ScriptId(1)))]), "{due:?}");
                    due[0].0.since(SimTime::START).as_days()
                })
                .collect()
        };
        let plain = lags(&setting);
        assert!(plain.iter().all(|lag| (1.0..3.0).contains(lag)));
        let mean = plain.iter().sum::<f64>() / 500.0;
        assert!((mean - 2.0).abs() < 3.9 / (3.0 * 500.0_f64).sqrt(), "{mean}");
        setting.states[A.idx()].early_warning = 0.5;
        assert!(lags(&setting).iter().zip(plain).all(|(warned, plain)| (warned - plain / 2.0).abs() < 1e-6));
    }

    #[test]
    fn opinion_turns_when_enough_is_told_against_the_author() {
        let shock = Shock::Misread { message: ScriptId(0), country: CountryId(1), share: 0.4 };
        let setting = setting(shock);
        for (told, is_shock) in [
            ([90.0, 30.0, 10.0], false),
            ([60.0, 30.0, 10.0], true),
            ([6.0, 3.0, 1.0], false),
            ([0.0; 3], false),
        ] {
            let (mut bench, mut rule) = (Bench::new(&setting, 0), rule(&setting));
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            bench.world.framed = vec![[50.0, 50.0, 50.0], told];
            bench.tell(&Event::Exposed { message: id, node: 0 }, &mut rule);
            assert_eq!(bench.agenda.n_pending() == 1, is_shock, "{told:?}");
        }
    }
}
