//! Third parties: when one state hits another for the first time, others take a side, mediate or stay silent.
//!
//! For a third state with alignments a towards the actor and b towards the target, the weights of a multinomial logit are 1 for
//! silence, exp(`echo` + `alignment`·(a − b)) for standing with the actor, exp(`echo` + `alignment`·(b − a) − `caution`) for
//! standing with the target, and exp(`mediate` + `alignment`·min(a, b)) for an offer to mediate. It speaks after a
//! log-normal delay: CAMEO 051 (endorse) to the side it takes, 045 (mediate) to the actor.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from};
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{ActId, CodeId, RungId, StateId};
use crate::model::setting::Setting;
use crate::model::world::World;
use crate::text::params;
use crate::units::{NonNegative, TimeSpan};

const CHOICE: Purpose = Purpose::new("third parties choice");
const DELAY: Purpose = Purpose::new("third parties delay");

/// CAMEO: praise or endorse.
const ENDORSE: &str = "051";
/// CAMEO: mediate.
const MEDIATE: &str = "045";

params! {
    /// Parameters of third parties.
    pub struct Params {
        /// Log-weight of standing with the actor, for an indifferent state, against silence.
        echo: f64,
        /// More for each unit of alignment.
        alignment: NonNegative,
        /// Less for standing with the target: it may be next.
        caution: NonNegative,
        /// Log-weight of an offer to mediate.
        mediate: f64,
        /// Median time until it speaks.
        delay: TimeSpan,
        /// Standard deviation of its logarithm.
        delay_spread: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct ThirdParties {
    params: Params,
    endorse: Option<CodeId>,
    mediate: Option<CodeId>,
}

impl ThirdParties {
    /// Sets up the rule. A world without the two codes has no third parties that speak.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let code = |name: &str| setting.codes.iter().position(|code| code.code == name).map(CodeId::new);
        Self { params: params.clone(), endorse: code(ENDORSE), mediate: code(MEDIATE) }
    }

    fn choose(&self, third: StateId, act: &Act, number: f64, setting: &Setting) -> Option<(CodeId, StateId)> {
        let with_actor = setting.dyad(third, act.actor).alignment;
        let with_target = setting.dyad(third, act.target).alignment;
        let params = &self.params;
        let alignment = params.alignment.get();
        let options = [
            (self.endorse, act.actor, params.echo + alignment * (with_actor - with_target)),
            (
                self.endorse,
                act.target,
                params.echo + alignment * (with_target - with_actor) - params.caution.get(),
            ),
            (self.mediate, act.actor, params.mediate + alignment * with_actor.min(with_target)),
        ];
        // Relative to the largest weight, so that none is beyond what can be written.
        let largest = options.iter().map(|(_, _, log_weight)| *log_weight).fold(0.0, f64::max);
        let weight = |log_weight: f64| libm::exp(log_weight - largest);
        let total: f64 =
            weight(0.0) + options.iter().map(|(_, _, log_weight)| weight(*log_weight)).sum::<f64>();
        let mut mark = number * total;
        for (code, towards, log_weight) in options {
            mark -= weight(log_weight);
            if mark < 0.0 {
                return code.map(|code| (code, towards));
            }
        }
        None
    }

    fn take_sides(&self, id: ActId, act: &Act, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let setting = world.setting;
        let thirds =
            (0..setting.states.len()).map(StateId::new).filter(|&id| id != act.actor && id != act.target);
        for third in thirds {
            let key = setting.states[third.idx()].key;
            let subject = Subject::new(key, act.key);
            let Some((code, target)) = self.choose(third, act, world.key.uniform(CHOICE, subject), setting)
            else {
                continue;
            };
            let mut stream = world.key.stream(DELAY, subject);
            let delay = stream.log_normal(self.params.delay, self.params.delay_spread.get());
            let reaction = Act {
                time: agenda.now() + delay,
                actor: third,
                target,
                code,
                instrument: None,
                rung: RungId::NONE,
                issue: act.issue,
                cause: Cause::Act(id),
                key: key_from(key, act.key),
            };
            agenda.schedule(reaction.time, Event::ActDue(Box::new(reaction)));
        }
    }
}

impl Mechanism for ThirdParties {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Event::ActTaken(id) = *event else { return };
        let act = world.acts[id.idx()];
        let same_pair = |other: &Act| {
            (other.actor, other.target) == (act.actor, act.target) && other.instrument.is_some()
        };
        let is_first_blow = act.instrument.is_some() && !world.acts[..id.idx()].iter().any(same_pair);
        if is_first_blow {
            self.take_sides(id, &act, world, agenda);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::{Bench, share_of_runs};
    use crate::model::fixture::{self, A, B, C, MEDIATE, PRAISE, SANCTION, TRADE};
    use crate::model::ids::{InstrumentId, IssueId, MessageId};
    use crate::units::SimTime;

    /// What C does after `actor` has hit `target`: code and towards whom.
    fn reactions(actor: StateId, target: StateId, blows: usize, run: u64) -> Vec<(CodeId, StateId)> {
        let setting = fixture::setting();
        let mut rule = ThirdParties::new(
            &Params {
                echo: -1.0,
                alignment: NonNegative::clamped(2.0),
                caution: NonNegative::clamped(1.0),
                mediate: -2.0,
                delay: TimeSpan::from_hours(20),
                delay_spread: NonNegative::clamped(0.5),
            },
            &setting,
        );
        let mut bench = Bench::new(&setting, run);
        for _ in 0..blows {
            let act = Act {
                time: SimTime::START,
                actor,
                target,
                code: SANCTION,
                instrument: Some(InstrumentId(1)),
                rung: TRADE,
                issue: IssueId(0),
                cause: Cause::Message(MessageId(0)),
                key: 5,
            };
            let id = bench.world.take(act).unwrap();
            bench.tell(&Event::ActTaken(id), &mut rule);
        }
        let planned = bench.agenda.drain().into_iter().filter_map(|(_, event)| match event {
            Event::ActDue(act) if act.actor == C => Some((act.code, act.target)),
            _ => None,
        });
        planned.collect()
    }

    /// C is aligned with A (0.9) and not with B: weights exp(−1 + 1.8), exp(−1 − 1.8 − 1), exp(−2 + 0) beside 1; α = 1e-4.
    #[test]
    fn sides_are_taken_with_the_probabilities_of_the_logit() {
        let weights = [0.8_f64.exp(), (-3.8_f64).exp(), (-2.0_f64).exp()];
        let total = 1.0 + weights.iter().sum::<f64>();
        let runs = 4000;
        for (weight, choice) in weights.iter().zip([(PRAISE, A), (PRAISE, B), (MEDIATE, A)]) {
            let found = share_of_runs(runs, |&run| reactions(A, B, 1, run) == [choice]);
            let expected = weight / total;
            let bound = 3.9 * (expected * (1.0 - expected) / runs as f64).sqrt();
            assert!((found - expected).abs() < bound, "{found} {expected} for {choice:?}");
        }
    }

    #[test]
    fn only_the_first_blow_makes_others_speak() {
        for run in 0..50 {
            assert_eq!(reactions(A, B, 1, run), reactions(A, B, 3, run));
        }
    }
}
