//! Rules of a user's own, which have a say in what governments decide and in what they do.
//!
//! A way to try out an idea before it becomes a mechanism: whoever builds a simulation hands over a [`Custom`], and the rules of the model
//! ask it at two places. A decision on a message is asked about when its rung is chosen, an act of whatever origin when it is about to
//! be taken. Without a custom rule nothing is asked, and nothing is drawn.

use super::event::Act;
use super::ids::{MessageId, RungId, StateId};
use super::world::World;
use crate::engine::streams::{Purpose, Subject};
use crate::units::SimTime;
use std::fmt;

const DECISION: Purpose = Purpose::new("custom decision");
const ACT: Purpose = Purpose::new("custom act");

/// A decision that a state is about to take on a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decision {
    /// When.
    pub time: SimTime,
    /// Who decides.
    pub state: StateId,
    /// On what.
    pub message: MessageId,
    /// State that the message speaks for.
    pub author: StateId,
    /// Rung that the model chooses.
    pub rung: RungId,
}

impl Decision {
    /// A number from 0 to 1 that belongs to this decision, whatever else is drawn.
    pub fn draw(&self, world: &World<'_>) -> f64 {
        let state = world.setting.states[self.state.idx()].key;
        world.key.uniform(DECISION, Subject::new(state, world.message(self.message).key))
    }
}

/// A number from 0 to 1 that belongs to `act`, whatever else is drawn.
pub fn draw_of_act(act: &Act, world: &World<'_>) -> f64 {
    let actor = world.setting.states[act.actor.idx()].key;
    world.key.uniform(ACT, Subject::new(actor, act.key))
}

/// A rule of a user's own.
///
/// It must answer by what it is asked and what it can see alone, for the same runs to have the same outcomes on any number of threads.
pub trait Custom: Send + Sync + fmt::Debug {
    /// The rung that is chosen instead of the one of `proposed`; rung 0 is no answer.
    fn decision(&self, proposed: &Decision, _world: &World<'_>) -> RungId {
        proposed.rung
    }

    /// The act that is taken instead of `proposed`, between the same two states; `None` for no act.
    fn act(&self, proposed: &Act, _world: &World<'_>) -> Option<Act> {
        Some(*proposed)
    }
}

impl World<'_> {
    /// The rung that is chosen: that of `decision`, unless a custom rule says otherwise.
    pub fn decided(&self, decision: &Decision) -> RungId {
        self.custom.map_or(decision.rung, |rule| rule.decision(decision, self))
    }

    /// The act that is taken: `act`, unless a custom rule says otherwise.
    pub fn admitted(&self, act: Act) -> Option<Act> {
        self.custom.map_or(Some(act), |rule| rule.act(&act, self))
    }
}
