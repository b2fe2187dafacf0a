//! Tension: what a state remembers of another's acts.
//!
//! Tension of i towards j starts at the value that the dyad's past left, jumps by `gain`·|w|/10 at an act by which i takes j to intend
//! w < 0, falls by `relief`·w/10 at one with w > 0, and decays towards its floor with `half_life`: Richardson's (1960)
//! reaction and fatigue, with the reaction at acts (those on which it decides: a package of blows is one affair). The share `lasting` of each jump raises the floor and never decays.
//! Once i hears the denial of a message, what is left of the jump at it is taken back.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::decaying::Decaying;
use crate::model::event::Event;
use crate::model::ids::{MessageId, RungId, StateId};
use crate::model::world::{Relation, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, SimTime, TimeSpan};

params! {
    /// Parameters of tension.
    pub struct Params {
        /// Tension left by one act of weight −10.
        gain: NonNegative,
        /// Tension taken away by one act of weight +10, as far as there is some above the floor.
        relief: NonNegative,
        /// Time in which tension above the floor halves.
        half_life: TimeSpan,
        /// Share of a jump that stays.
        lasting: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Tension {
    params: Params,
    taken: Vec<Slight>,
}

/// A jump of tension, which a denial can take back.
#[derive(Debug, Clone, Copy)]
struct Slight {
    state: StateId,
    message: MessageId,
    dyad: usize,
    time: SimTime,
    jump: f64,
}

impl Tension {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone(), taken: Vec::new() }
    }

    /// Takes back what is left of the slights by messages of which `state` now knows that they were denied.
    fn forgive(&mut self, state: StateId, now: SimTime, world: &mut World<'_>) {
        let (lasting, half_life) = (self.params.lasting.get(), self.params.half_life);
        self.taken.retain(|slight| {
            let is_denied = slight.state == state && world.retraction(state, slight.message).is_some();
            if is_denied {
                let mut left = Decaying::at_rest(0.0, half_life);
                left.jump(slight.time, slight.jump, lasting);
                let tension = &mut world.relations[slight.dyad].tension;
                let decaying = left.value(now) - slight.jump * lasting;
                tension.jump(now, -slight.jump * lasting, 1.0);
                tension.jump(now, -decaying, 0.0);
            }
            !is_denied
        });
    }
}

impl Mechanism for Tension {
    fn begin(&mut self, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        let half_life = self.params.half_life;
        self.taken.clear();
        world.relations.clear();
        world.relations.extend(world.setting.dyads.iter().map(|dyad| Relation {
            tension: Decaying::at_rest(dyad.tension, half_life),
            peak: RungId::NONE,
            last_review: None,
        }));
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        match *event {
            Event::DecisionDue { state, message } => {
                let Some(author) = world.message(message).author else { return };
                if world.hearing(state, message).and_then(|hearing| hearing.understood).is_none() {
                    return;
                }
                let weight = world.intent(state, message) / 10.0;
                let dyad = world.setting.dyad_idx(state, author);
                let floor = world.setting.dyads[dyad].tension;
                let tension = &mut world.relations[dyad].tension;
                if weight < 0.0 {
                    let jump = -weight * self.params.gain.get();
                    tension.jump(now, jump, self.params.lasting.get());
                    self.taken.push(Slight { state, message, dyad, time: now, jump });
                } else {
                    let above_floor = (tension.value(now) - floor).max(0.0);
                    tension.jump(now, -(weight * self.params.relief.get()).min(above_floor), 0.0);
                }
            }
            Event::MessageHeard { state, message }
                if world.visibility.denials.iter().any(|denied| denied.denial == message) =>
            {
                self.forgive(state, now, world);
            }
            Event::OfflineHappened(script) => {
                for &(from, towards, jump) in &world.setting.script.offline[script.idx()].tension {
                    let dyad = world.setting.dyad_idx(from, towards);
                    world.relations[dyad].tension.jump(now, jump, self.params.lasting.get());
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
    use crate::model::fixture::{self, A, B, DEMAND, PRAISE};
    use crate::model::ids::CodeId;
    use crate::model::visibility::Denied;

    /// Tension of B towards A after B has understood A's message as `codes`, one after the other.
    fn tension_after(codes: &[CodeId]) -> f64 {
        let setting = fixture::setting();
        let mut rule = Tension::new(&Params {
            gain: NonNegative::clamped(0.4),
            relief: NonNegative::clamped(10.0),
            half_life: TimeSpan::from_days(14),
            lasting: Probability::clamped(0.0),
        });
        let mut bench = Bench::new(&setting, 0);
        rule.begin(&mut bench.world, &mut bench.agenda);
        for &code in codes {
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            bench.decide(id, Some(code), &mut rule);
        }
        bench.world.relations[setting.dyad_idx(B, A)].tension.value(SimTime::START)
    }

    #[test]
    fn an_act_adds_its_weight_to_the_tension_that_the_past_left() {
        assert!((tension_after(&[]) - 0.1).abs() < 1e-12);
        assert!((tension_after(&[DEMAND]) - 0.3).abs() < 1e-12);
        assert!((tension_after(&[DEMAND, DEMAND]) - 0.5).abs() < 1e-12);
    }

    /// A quarter of the jump of 0.2 is for good, of the rest half is left after a half-life: all of it goes.
    #[test]
    fn a_denial_takes_back_what_is_left_of_the_slight_and_nothing_else() {
        let setting = fixture::setting();
        let mut rule = Tension::new(&Params {
            gain: NonNegative::clamped(0.4),
            relief: NonNegative::clamped(0.0),
            half_life: TimeSpan::from_days(14),
            lasting: Probability::clamped(0.25),
        });
        let mut bench = Bench::new(&setting, 0);
        rule.begin(&mut bench.world, &mut bench.agenda);
        let (kept, denied, denial) = (
            bench.post(fixture::appeal(SimTime::START), &mut rule),
            bench.post(fixture::appeal(SimTime::START), &mut rule),
            bench.post(fixture::appeal(SimTime::START), &mut rule),
        );
        bench.decide(kept, Some(DEMAND), &mut rule);
        bench.decide(denied, Some(DEMAND), &mut rule);
        bench.world.visibility.denials.push(Denied { message: denied, denial, factor: 0.5 });
        let tension = |bench: &Bench<'_>, days| {
            let later = SimTime::START + TimeSpan::from_days(days);
            bench.world.relations[setting.dyad_idx(B, A)].tension.value(later)
        };
        assert!((tension(&bench, 14) - (0.1 + 2.0 * 0.2 * 0.625)).abs() < 1e-12);
        bench.decide(denial, Some(PRAISE), &mut rule);
        let heard = Event::MessageHeard { state: B, message: denial };
        bench.agenda.schedule(SimTime::START + TimeSpan::from_days(14), heard.clone());
        bench.agenda.pop();
        bench.tell(&heard, &mut rule);
        assert!((tension(&bench, 14) - (0.1 + 0.2 * 0.625)).abs() < 1e-12, "{}", tension(&bench, 14));
        assert!((tension(&bench, 28) - (0.1 + 0.2 * 0.4375)).abs() < 1e-12, "{}", tension(&bench, 28));
    }

    /// Tensions of A towards B and of B towards A after `days`, if each day each side acts by the weight 10·`reaction`·(tension of the other side).
    fn arms_race(reaction: [f64; 2], days: i64) -> [f64; 2] {
        let setting = fixture::setting();
        let mut rule = Tension::new(&Params {
            gain: NonNegative::clamped(1.0),
            relief: NonNegative::clamped(0.0),
            half_life: TimeSpan::from_days(2),
            lasting: Probability::clamped(0.0),
        });
        let mut bench = Bench::new(&setting, 0);
        rule.begin(&mut bench.world, &mut bench.agenda);
        let sides = [(A, B), (B, A)];
        let messages = sides.map(|(state, author)| {
            let message =
                crate::model::world::Message { author: Some(author), ..fixture::appeal(SimTime::START) };
            let id = bench.post(message, &mut rule);
            bench.decide(id, Some(DEMAND), &mut rule);
            bench.world.hearings.last_mut().unwrap().state = state;
            id
        });
        rule.begin(&mut bench.world, &mut bench.agenda);
        let tension = |bench: &Bench<'_>, (state, other): (StateId, StateId), time| {
            bench.world.relations[setting.dyad_idx(state, other)].tension.value(time)
        };
        for day in 1..=days {
            let now = SimTime::START + TimeSpan::from_days(day);
            bench.agenda.schedule(now, Event::OfflineHappened(crate::model::ids::ScriptId(0)));
            bench.agenda.pop();
            let before = sides.map(|side| tension(&bench, side, now));
            for (idx, (state, _)) in sides.into_iter().enumerate() {
                let intent = -10.0 * reaction[idx] * before[1 - idx];
                bench.world.hearing_mut(state, messages[idx]).unwrap().intent = Some(intent);
                bench.tell(&Event::DecisionDue { state, message: messages[idx] }, &mut rule);
            }
        }
        let now = SimTime::START + TimeSpan::from_days(days);
        sides.map(|side| tension(&bench, side, now))
    }

    /// Richardson (1960) in steps of a day: with x and y right after the acts of a day, x' = f + λ(x − f) + k·y⁻ with y⁻ = f + λ(y − f), where
    /// λ = 2^(−1/2) is what a day leaves, f = 0.1 the grievance and k, l the reactions. With u = x − f, v = y − f:
    /// u = λu + k(f + λv), v = λv + l(f + λu), so u = k·f·((1 − λ) + l·λ)/((1 − λ)² − k·l·λ²). It is stable iff λ²·k·l < (1 − λ)².
    #[test]
    fn tension_settles_at_richardsons_equilibrium_and_runs_away_where_there_is_none() {
        let (left, grievance) = (0.5_f64.sqrt(), 0.1);
        let rest = 1.0 - left;
        let equilibrium = |own: f64, other: f64| {
            grievance + own * grievance * (rest + other * left) / (rest * rest - own * other * left * left)
        };
        for [k, l] in [[0.2, 0.3], [0.1, 0.0], [0.4, 0.35]] {
            assert!(left * left * k * l < rest * rest, "stable by construction");
            let [x, y] = arms_race([k, l], 2000);
            assert!((x - equilibrium(k, l)).abs() < 1e-9, "{x} {}", equilibrium(k, l));
            assert!((y - equilibrium(l, k)).abs() < 1e-9, "{y} {}", equilibrium(l, k));
        }
        // At k = l the mode u = v grows by λ(1 + k) a day: above 1/λ − 1 = 0.414 it runs away, below it does not.
        assert!(arms_race([0.43, 0.43], 2000)[0] > 1e6);
        assert!(arms_race([0.40, 0.40], 2000)[0] < 5.0);
    }

    #[test]
    fn good_will_never_takes_away_what_the_past_left() {
        assert!((tension_after(&[DEMAND, PRAISE]) - 0.1).abs() < 1e-12);
        assert!((tension_after(&[PRAISE, PRAISE]) - 0.1).abs() < 1e-12);
    }
}
