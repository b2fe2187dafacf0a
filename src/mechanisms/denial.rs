//! Denial: what was said is taken back, or was never said by the one in whose name it was posted.
//!
//! A message may be *hijacked*: written by somebody else under its author's name. It spreads, is heard, answered and priced as the
//! author's own, for nobody can tell. A message that *denies* another one, hijacked or not, changes that from its posting on:
//!
//! - the probability of sharing what is denied, in every form, are multiplied by `sharing`;
//! - a state that has heard the denial takes the denied message for what the denial says, drops what it planned in answer, and takes back the
//!   tension that it had left (see the rules of perception, posting and tension);
//! - traders who know of the denial no longer price the denied news (see the rules of news and trading).
//!
//! Who does not hear of the denial goes on as before: a denial spreads and is heard like any message.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::event::Event;
use crate::model::ids::MessageId;
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::visibility::Denied;
use crate::model::vocabulary::Delivery;
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::Probability;

params! {
    /// Parameters of denial.
    pub struct Params {
        /// Factor on the probability of sharing what has been denied.
        sharing: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Denial {
    params: Params,
}

impl Denial {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    fn deny(&self, denial: MessageId, world: &mut World<'_>, agenda: &Agenda<Event>) {
        let Origin::Script(script) = world.message(denial).origin else { return };
        let Some(denied) = world.setting.script.messages[script.idx()].denies else { return };
        let Some(message) = world.posted(denied) else { return };
        // Readers know nothing of a denial that only the state addressed is told.
        let is_public = world.message(denial).delivery == Delivery::Public;
        let factor = if is_public { self.params.sharing.get() } else { 1.0 };
        world.visibility.denials.push(Denied { message, denial, factor });
        world.facts.push_back(Event::MessageDenied { message, denial });
        let time = agenda.now();
        world.note(|world| TimelineEntry {
            time,
            kind: EntryKind::Denied,
            id: format!("denied:{}", world.name_of(message)),
            actor: world.handle_of(denial),
            cause: Some(world.name_of(denial)),
            text: format!("denies {}", world.name_of(message)),
        });
    }
}

impl Mechanism for Denial {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) => self.deny(id, world, agenda),
            Event::MessageHeard { state, message: denial } => {
                let code = world.message(denial).code;
                let of_denial = world.visibility.denials.iter().filter(|denied| denied.denial == denial);
                let denied: Vec<MessageId> = of_denial.map(|denied| denied.message).collect();
                for message in denied {
                    // What a state has not thought about yet it will understand when it does.
                    let hearing = world.hearing_mut(state, message);
                    if let Some(hearing) = hearing.filter(|hearing| hearing.understood.is_some()) {
                        (hearing.understood, hearing.intent) = (Some(code), None);
                    }
                }
            }
            _ => {}
        }
    }
}
