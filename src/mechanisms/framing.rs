//! Framing: a reader may quote a message against its author instead of reposting it.
//!
//! Each reader of a cell passes a message on as received with weight 1, or in the hostile frame with weight `quote`;
//! who takes which depends on how the reader's stance fits the frame, which the sharing rule multiplies in. A message
//! in the hostile frame stays there. A picture leaves more room for a second reading: its weight is `image` times larger.
//!
//! This is a transition matrix over frames in the sense of Adamic et al. (2016), with two frames.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::cascade::Frame;
use crate::model::event::Event;
use crate::model::vocabulary::Medium;
use crate::model::world::World;
use crate::text::params;
use crate::units::NonNegative;

params! {
    /// Parameters of framing.
    pub struct Params {
        /// Weight of quoting against the author, relative to reposting, for a reader of neutral stance.
        quote: NonNegative,
        /// Factor on that weight for a picture.
        image: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Framing {
    params: Params,
}

impl Framing {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }
}

impl Mechanism for Framing {
    fn react(&mut self, event: &Event, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        let Event::MessagePosted(id) = *event else { return };
        let factor = match world.message(id).medium {
            Medium::Text => 1.0,
            Medium::Image | Medium::Video => self.params.image.get(),
        };
        let weight = self.params.quote.get() * factor;
        for odds in &mut world.spread_mut(id).odds {
            odds[Frame::AsIntended.idx()][Frame::Hostile.idx()] = weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture;
    use crate::model::world::Message;
    use crate::units::SimTime;

    #[test]
    fn a_picture_is_quoted_more_often_and_nothing_turns_friendly_again() {
        let setting = fixture::setting();
        let mut rule =
            Framing::new(&Params { quote: NonNegative::clamped(0.1), image: NonNegative::clamped(3.0) });
        let mut bench = Bench::new(&setting, 0);
        let text = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let image =
            bench.post(Message { medium: Medium::Image, ..fixture::appeal(SimTime::START) }, &mut rule);
        assert!(bench.world.spread(text).odds.iter().all(|odds| *odds == [[1.0, 0.1], [0.0, 1.0]]));
        assert!(bench.world.spread(image).odds.iter().all(|odds| (odds[0][1] - 0.3).abs() < 1e-12));
    }
}
