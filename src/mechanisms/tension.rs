//! Tension: what a state remembers of another's acts.
//!
//! Tension of i towards j starts at the value that the dyad's past left, jumps by `gain`·|w|/10 at an act understood with
//! weight w < 0, falls by `relief`·w/10 at one with w > 0, and decays towards its floor with `half_life`: Richardson's (1960)
//! reaction and fatigue, with the reaction at acts. The share `lasting` of each jump raises the floor and never decays.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::decaying::Decaying;
use crate::model::event::Event;
use crate::model::ids::RungId;
use crate::model::world::{Relation, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, TimeSpan};

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
}

impl Tension {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }
}

impl Mechanism for Tension {
    fn begin(&mut self, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        let half_life = self.params.half_life;
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
                let Some(understood) = world.hearing(state, message).and_then(|hearing| hearing.understood)
                else {
                    return;
                };
                let weight = world.setting.codes[understood.idx()].weight.get() / 10.0;
                let dyad = world.setting.dyad_idx(state, author);
                let floor = world.setting.dyads[dyad].tension;
                let tension = &mut world.relations[dyad].tension;
                if weight < 0.0 {
                    tension.jump(now, -weight * self.params.gain.get(), self.params.lasting.get());
                } else {
                    let above_floor = (tension.value(now) - floor).max(0.0);
                    tension.jump(now, -(weight * self.params.relief.get()).min(above_floor), 0.0);
                }
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
