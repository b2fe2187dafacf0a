//! Mobilisation: people act offline on what they believe of a message.
//!
//! Day by day, with B believers among N people of whom G have gone, and p the product of the factors of the pushes so far:
//!
//! - *hearsay*: believers tell others, `retell`·p·B·(1 − (B + G)/N) of them, damped by 1 − `heed`·c where corrections have reached the share c
//!   of the publics concerned;
//! - *the message*: of the people to whom it was new that day, the share `credulity` believes who met it in the frame that moves people, and
//!   `misread` of those who met it in another;
//! - *doubt*: believers give up at the rate `doubt`, and, when a correction comes before new people, the share `heed` of those reached;
//! - *departure*: believers leave at the rate `leave`·p, and arrive that day.
//!
//! Numbers of new believers, of doubters and of those who leave are Poisson with these means, at most as many as there are; on top of them
//! come those who would come anyway (`background` a day, from the scenario). The mean of B follows dB/dt = (retell·p·(1 − (B + G)/N) − doubt −
//! leave·p)·B + news: exponential growth with a doubling time of ln 2/(retell·p − doubt − leave·p) while few believe, as in an epidemic.
//!
//! A step a day keeps runs over months quick: a season costs a few hundred events.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Stream, Subject};
use crate::model::event::Event;
use crate::model::ids::{MessageId, PublicId};
use crate::model::society::{Mobilisation as Entry, Mobilised};
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{PerDay, Probability, SimTime, TimeSpan};

const NUMBERS: Purpose = Purpose::new("mobilisation numbers");
const DAY: TimeSpan = TimeSpan::from_days(1);

params! {
    /// Parameters of mobilisation.
    pub struct Params {
        /// Share of those who meet the message in the frame that moves people who believe it so that they would leave.
        credulity: Probability,
        /// Share of those who meet it in another frame who take it for that.
        misread: Probability,
        /// People whom each believer convinces a day, while few believe, without a push.
        retell: PerDay,
        /// Rate at which believers give up by themselves.
        doubt: PerDay,
        /// Rate at which believers leave, without a push.
        leave: PerDay,
        /// Share of those whom a correction reaches that heeds it.
        heed: Probability,
    }
}

/// What has come before the publics of a mobilisation since the last step.
#[derive(Debug, Clone, Default)]
struct News {
    /// Accounts of theirs that have met the message in the frame that moves people, and in others.
    met: [f64; 2],
    /// Share of them that corrections have reached, and how much of that is new.
    corrected: f64,
    newly_corrected: f64,
    /// Product of the factors of the pushes so far.
    push: f64,
}

/// The rule.
#[derive(Debug)]
pub struct Mobilisation {
    params: Params,
    news: Vec<News>,
}

impl Mobilisation {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone(), news: Vec::new() }
    }

    /// Takes note of who has newly met the message or a correction of it.
    fn meet(&mut self, id: MessageId, node: u32, world: &World<'_>) {
        let Origin::Script(script) = world.message(world.topic(id)).origin else { return };
        let frame = world.spread(id).cascade.nodes()[node as usize].frame;
        for (idx, entry) in world.setting.script.mobilisations.iter().enumerate() {
            let is_correction = entry.corrections.contains(&script);
            if entry.message != script && !is_correction {
                continue;
            }
            let members: f64 = entry.publics.iter().map(|public| n_real(*public, world)).sum();
            let of_entry = world.exposures.iter().filter(|exposure| entry.publics.contains(&exposure.public));
            let new: f64 =
                of_entry.map(|exposure| exposure.newly_seen * n_real(exposure.public, world)).sum();
            let news = &mut self.news[idx];
            if is_correction {
                let share = (1.0 - news.corrected) * new / members.max(1.0);
                news.corrected += share;
                news.newly_corrected += share;
            } else {
                news.met[usize::from(frame != entry.frame)] += new;
            }
        }
    }

    /// One day of a mobilisation.
    fn step(&mut self, idx: usize, day: u32, world: &mut World<'_>) {
        let entry = &world.setting.script.mobilisations[idx];
        let params = &self.params;
        let news = &mut self.news[idx];
        let mut stream = world.key.stream(NUMBERS, Subject::new(entry.key, day));
        let mobilised = &mut world.mobilised[idx];
        let kin = entry.people
            / entry
                .publics
                .iter()
                .map(|public| world.setting.publics[public.idx()].n_real)
                .sum::<f64>()
                .max(1.0);
        let room = (1.0 - (mobilised.believers + mobilised.gone) / entry.people.max(1.0)).max(0.0);
        let heeded = params.heed.get() * news.corrected;
        let told = params.retell.get() * news.push * mobilised.believers * room * (1.0 - heeded);
        let met = news.met[0] * params.credulity.get() + news.met[1] * params.misread.get();
        let new = poisson(&mut stream, told + met * kin * room * (1.0 - heeded));
        let rate =
            params.doubt.get() - libm::log1p(-(params.heed.get() * news.newly_corrected).min(0.999_999));
        let lost = mobilised.believers * -libm::expm1(-rate);
        let lost = poisson(&mut stream, lost).min(mobilised.believers);
        let leaving = mobilised.believers * -libm::expm1(-params.leave.get() * news.push);
        let left = poisson(&mut stream, leaving).min(mobilised.believers - lost);
        let others = poisson(&mut stream, entry.background);
        mobilised.believers += new - lost - left;
        mobilised.gone += left;
        mobilised.arrivals.push(left + others);
        news.met = [0.0; 2];
        news.newly_corrected = 0.0;
    }
}

fn n_real(public: PublicId, world: &World<'_>) -> f64 {
    world.setting.publics[public.idx()].n_real
}

/// A Poisson number: by multiplying uniform numbers below a mean of 30, above by the nearest whole number to a normal one of the same
/// moments, whose distribution differs by less than one part in a hundred there.
fn poisson(stream: &mut Stream, mean: f64) -> f64 {
    if mean.is_nan() || mean <= 0.0 {
        return 0.0;
    }
    if mean >= 30.0 {
        return libm::round(mean + mean.sqrt() * stream.normal()).max(0.0);
    }
    let limit = libm::exp(-mean);
    let (mut product, mut number) = (stream.uniform_positive(), 0.0);
    while product > limit {
        product *= stream.uniform_positive();
        number += 1.0;
    }
    number
}

impl Mechanism for Mobilisation {
    fn begin(&mut self, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let entries = &world.setting.script.mobilisations;
        self.news.clear();
        self.news.resize(entries.len(), News { push: 1.0, ..News::default() });
        world.mobilised.clear();
        world.mobilised.resize(entries.len(), Mobilised::default());
        for idx in 0..entries.len() {
            agenda
                .schedule(SimTime::START + DAY, Event::MobilisationDue { mobilisation: idx as u16, day: 0 });
        }
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::Exposed { message, node } if !self.news.is_empty() => self.meet(message, node, world),
            Event::OfflineHappened(script) => {
                let entries: &[Entry] = &world.setting.script.mobilisations;
                for (news, entry) in self.news.iter_mut().zip(entries) {
                    let of_event = entry.pushes.iter().filter(|push| push.event == script);
                    news.push *= of_event.map(|push| push.factor).product::<f64>();
                }
            }
            Event::MobilisationDue { mobilisation, day } => {
                self.step(usize::from(mobilisation), day, world);
                agenda.schedule(agenda.now() + DAY, Event::MobilisationDue { mobilisation, day: day + 1 });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::streams::RunKey;
    use crate::mechanisms::Bench;
    use crate::model::cascade::Frame;
    use crate::model::fixture::{self, CITIZENS_B};
    use crate::model::ids::ScriptId;
    use crate::model::setting::{ScriptOffline, Setting};
    use crate::model::society::Push;
    use crate::model::world::{Exposure, Message};

    fn setting() -> Setting {
        let mut setting = fixture::setting();
        let mut correction = setting.script.messages[0].clone();
        correction.id = "correction".to_owned();
        setting.script.messages.push(correction);
        setting.script.offline.push(ScriptOffline {
            id: "push".to_owned(),
            time: SimTime::START,
            tension: Vec::new(),
            caution: Vec::new(),
            lines: Vec::new(),
            moves: Vec::new(),
            text: String::new(),
        });
        setting.script.mobilisations.push(Entry {
            id: "border".to_owned(),
            key: 3,
            message: ScriptId(0),
            frame: Frame::AsIntended,
            publics: vec![CITIZENS_B],
            people: 24_000.0,
            background: 2.0,
            pushes: vec![Push { event: ScriptId(0), factor: 1.5 }],
            corrections: vec![ScriptId(1)],
            months: Vec::new(),
        });
        setting
    }

    fn params() -> Params {
        Params {
            credulity: Probability::clamped(0.5),
            misread: Probability::clamped(0.1),
            retell: PerDay::new(0.2).unwrap(),
            doubt: PerDay::new(0.05).unwrap(),
            leave: PerDay::new(0.1).unwrap(),
            heed: Probability::clamped(0.8),
        }
    }

    fn begun(setting: &Setting, run: u64) -> (Bench<'_>, Mobilisation) {
        let mut bench = Bench::new(setting, run);
        let mut rule = Mobilisation::new(&params());
        rule.begin(&mut bench.world, &mut bench.agenda);
        (bench, rule)
    }

    /// Lets the share `share` of B's citizens meet a message of the script.
    fn meet(bench: &mut Bench<'_>, rule: &mut Mobilisation, script: u16, share: f64) {
        let origin = Origin::Script(ScriptId(script));
        let id = bench.post(Message { origin, ..fixture::appeal(SimTime::START) }, rule);
        bench.world.exposures.push(Exposure { public: CITIZENS_B, newly_seen: share, per_member: share });
        bench.tell(&Event::Exposed { message: id, node: 0 }, rule);
        bench.world.exposures.clear();
    }

    /// 1200 of 12,000 accounts meet it, each for two people, half believe: 1200. The next day each convinces 0.2·(1 − 0.05) more; 1 − e^−0.05 of
    /// them doubt and 1 − e^−0.1 leave, beside 2 who come anyway. α = 1e-4 for each mean of 400 runs, variances at most twice the means.
    #[test]
    fn believers_and_arrivals_have_the_means_of_the_rule() {
        let setting = setting();
        let runs = 400;
        let mut sums = [0.0; 3];
        for run in 0..runs {
            let (mut bench, mut rule) = begun(&setting, run);
            meet(&mut bench, &mut rule, 0, 0.1);
            bench.tell(&Event::MobilisationDue { mobilisation: 0, day: 0 }, &mut rule);
            sums[0] += bench.world.mobilised[0].believers;
            bench.tell(&Event::MobilisationDue { mobilisation: 0, day: 1 }, &mut rule);
            sums[1] += bench.world.mobilised[0].believers;
            sums[2] += bench.world.mobilised[0].arrivals[1];
        }
        let leaving = 1200.0 * -f64::exp_m1(-0.1);
        let next = 1200.0 * (1.0 + 0.2 * 0.95 + f64::exp_m1(-0.05)) - leaving;
        for (sum, mean) in sums.into_iter().zip([1200.0, next, leaving + 2.0]) {
            let found = sum / runs as f64;
            let bound = 3.9 * (2.0 * mean / runs as f64).sqrt();
            assert!((found - mean).abs() < bound, "{found} {mean}");
        }
    }

    #[test]
    fn a_push_makes_people_leave_and_a_correction_takes_believers_away() {
        let setting = setting();
        let day_after = |is_pushed: bool, corrected: f64| {
            let (mut bench, mut rule) = begun(&setting, 0);
            meet(&mut bench, &mut rule, 0, 0.5);
            bench.tell(&Event::MobilisationDue { mobilisation: 0, day: 0 }, &mut rule);
            if is_pushed {
                bench.tell(&Event::OfflineHappened(ScriptId(0)), &mut rule);
            }
            if corrected > 0.0 {
                meet(&mut bench, &mut rule, 1, corrected);
            }
            bench.tell(&Event::MobilisationDue { mobilisation: 0, day: 1 }, &mut rule);
            let mobilised = &bench.world.mobilised[0];
            (mobilised.believers, mobilised.arrivals[1])
        };
        let (believers, arrivals) = day_after(false, 0.0);
        assert!(day_after(true, 0.0).1 > 1.3 * arrivals);
        let (corrected, _) = day_after(false, 0.5);
        assert!(corrected < 0.7 * believers, "{corrected} of {believers}");
    }

    #[test]
    fn nobody_moves_whom_nothing_has_reached() {
        let mut setting = setting();
        setting.script.mobilisations[0].background = 0.0;
        let (mut bench, mut rule) = begun(&setting, 0);
        for day in 0..30 {
            bench.tell(&Event::MobilisationDue { mobilisation: 0, day }, &mut rule);
        }
        assert_eq!(bench.world.mobilised[0].arrivals, vec![0.0; 30]);
    }

    /// Means and variances of 4,000 numbers, both equal to the mean; α = 1e-4 (the variance of a sample variance is at most 3·mean²/n + mean/n).
    #[test]
    fn poisson_numbers_have_their_mean_and_variance() {
        for mean in [0.3_f64, 4.0, 29.0, 31.0, 400.0] {
            let mut stream = RunKey::new(1, 0).stream(NUMBERS, Subject::new(mean as u32, 0));
            let numbers: Vec<f64> = (0..4000).map(|_| poisson(&mut stream, mean)).collect();
            let average = numbers.iter().sum::<f64>() / 4000.0;
            let variance = numbers.iter().map(|number| (number - average).powi(2)).sum::<f64>() / 4000.0;
            assert!((average - mean).abs() < 3.9 * (mean / 4000.0).sqrt(), "{average} {mean}");
            let bound = 3.9 * ((3.0 * mean * mean + mean) / 4000.0).sqrt();
            assert!((variance - mean).abs() < bound, "{variance} {mean}");
        }
        let mut stream = RunKey::new(1, 0).stream(NUMBERS, Subject::new(0, 1));
        assert_eq!((poisson(&mut stream, 0.0), poisson(&mut stream, f64::NAN)), (0.0, 0.0));
    }
}
