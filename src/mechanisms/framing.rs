//! Framing: a reader may pass a message on in another frame than that in which it came.
//!
//! | received ↓ passed on → | as intended | hostile | distorted |
//! | --- | --- | --- | --- |
//! | as intended | 1 | `quote` · i | `distort` · i |
//! | hostile | `soften` | 1 | `exaggerate` |
//! | distorted | `correct` | `attack` | 1 |
//!
//! *Hostile* is a quote against the author, *distorted* a claim that the message says something harsher than it does, which friends and
//! foes of the author spread alike. The numbers are weights of a reader of neutral stance relative to passing on as received; a row divided
//! by its sum is a row of the transition matrix over frames (Adamic et al. 2016). How the reader's stance fits the slant of a frame is
//! multiplied in by the sharing rule. A picture leaves more room for another reading: its weights of the first row are i = `image` times
//! larger. A role, or a single public, may have weights of its own.
//!
//! The frame also decides which act is heard: impressions of each topic are counted by country and frame, and those who hear of a message
//! hear it as it is told around them.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::model::cascade::Frame;
use crate::model::event::Event;
use crate::model::network::STANCE_BINS;
use crate::model::setting::{Public, Setting};
use crate::model::vocabulary::Medium;
use crate::model::world::{FrameWeights, World};
use crate::text::{Sourced, section};
use crate::units::NonNegative;
use std::collections::BTreeMap;

section! {
    /// Parameters of framing.
    pub struct Params {
        /// Weight of quoting against the author, relative to passing on as received, for a reader of neutral stance.
        pub quote: Sourced<NonNegative>,
        /// Weight of distorting what was received as intended.
        pub distort: Sourced<NonNegative>,
        /// Weight of going back to the author's meaning from a quote against the author.
        pub soften: Sourced<NonNegative>,
        /// Weight of distorting what was received as a quote against the author.
        pub exaggerate: Sourced<NonNegative>,
        /// Weight of going back to the author's meaning from a distorted claim.
        pub correct: Sourced<NonNegative>,
        /// Weight of turning a distorted claim against the author.
        pub attack: Sourced<NonNegative>,
        /// Factor on `quote` and `distort` for a picture.
        pub image: Sourced<NonNegative>,
        /// What differs for a role, such as `journalist`, or for a single public, such as `CA-journalist`, which counts before its role.
        pub publics: BTreeMap<String, Change> = BTreeMap::new(),
    }
}

section! {
    /// Weights of a role or public that differ.
    pub struct Change {
        /// Weight of quoting against the author.
        pub quote: Option<Sourced<NonNegative>>,
        /// Weight of distorting what was received as intended.
        pub distort: Option<Sourced<NonNegative>>,
        /// Weight of going back to the author's meaning from a quote against the author.
        pub soften: Option<Sourced<NonNegative>>,
        /// Weight of distorting what was received as a quote against the author.
        pub exaggerate: Option<Sourced<NonNegative>>,
        /// Weight of going back to the author's meaning from a distorted claim.
        pub correct: Option<Sourced<NonNegative>>,
        /// Weight of turning a distorted claim against the author.
        pub attack: Option<Sourced<NonNegative>>,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Framing {
    /// Weights of each public for text, and for pictures.
    weights: Vec<[FrameWeights; 2]>,
}

impl Framing {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let image = params.image.get();
        let of_public = |public: &Public| [1.0, image].map(|factor| params.weights(public, factor));
        Self { weights: setting.publics.iter().map(of_public).collect() }
    }
}

impl Params {
    /// Weights of a public, `[received][passed on]`, with `factor` on new readings of what was received as intended.
    fn weights(&self, public: &Public, factor: f64) -> FrameWeights {
        let changes = [self.publics.get(&public.id), self.publics.get(&public.role)];
        let weight = |of_all: &Sourced<NonNegative>, own: fn(&Change) -> &Option<Sourced<NonNegative>>| {
            let changed = changes.iter().flatten().find_map(|change| own(change).as_ref());
            changed.unwrap_or(of_all).get()
        };
        [
            [
                1.0,
                weight(&self.quote, |change| &change.quote) * factor,
                weight(&self.distort, |change| &change.distort) * factor,
            ],
            [
                weight(&self.soften, |change| &change.soften),
                1.0,
                weight(&self.exaggerate, |change| &change.exaggerate),
            ],
            [
                weight(&self.correct, |change| &change.correct),
                weight(&self.attack, |change| &change.attack),
                1.0,
            ],
        ]
    }
}

impl Mechanism for Framing {
    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        let n_countries = world.setting.countries.len();
        match *event {
            Event::MessagePosted(id) => {
                world.framed.resize(world.messages.len() * n_countries, [0.0; Frame::COUNT]);
                let medium = match world.message(id).medium {
                    Medium::Text => 0,
                    Medium::Image | Medium::Video => 1,
                };
                let cells = self.weights.iter().flat_map(|weights| [weights[medium]; STANCE_BINS]);
                let odds = &mut world.spread_mut(id).odds;
                odds.clear();
                odds.extend(cells);
            }
            Event::Exposed { message, node } => {
                let first = world.topic(message).idx() * n_countries;
                let frame = world.spread(message).cascade.nodes()[node as usize].frame.idx();
                for exposure in &world.exposures {
                    let public = &world.setting.publics[exposure.public.idx()];
                    world.framed[first + public.country.idx()][frame] += exposure.per_member * public.n_real;
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
    use crate::model::ids::{AccountId, CountryId};
    use crate::model::world::{Exposure, Message, Origin};
    use crate::text::Basis;
    use crate::units::SimTime;

    fn assumed(value: f64) -> Sourced<NonNegative> {
        Sourced { value: NonNegative::clamped(value), basis: Basis::Assumed, source: String::new() }
    }

    fn params() -> Params {
        Params {
            quote: assumed(0.1),
            distort: assumed(0.02),
            soften: assumed(0.0),
            exaggerate: assumed(0.05),
            correct: assumed(0.03),
            attack: assumed(0.2),
            image: assumed(3.0),
            publics: BTreeMap::new(),
        }
    }

    const ROWS: FrameWeights = [[1.0, 0.1, 0.02], [0.0, 1.0, 0.05], [0.03, 0.2, 1.0]];

    fn same(left: &FrameWeights, right: &FrameWeights) -> bool {
        left.as_flattened().iter().zip(right.as_flattened()).all(|(left, right)| (left - right).abs() < 1e-12)
    }

    #[test]
    fn a_picture_is_read_otherwise_more_often() {
        let setting = fixture::setting();
        let mut rule = Framing::new(&params(), &setting);
        let mut bench = Bench::new(&setting, 0);
        let text = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let image =
            bench.post(Message { medium: Medium::Image, ..fixture::appeal(SimTime::START) }, &mut rule);
        let n_cells = setting.publics.len() * STANCE_BINS;
        assert_eq!([text, image].map(|id| bench.world.spread(id).odds.len()), [n_cells; 2]);
        assert!(bench.world.spread(text).odds.iter().all(|odds| same(odds, &ROWS)));
        let of_picture = [[1.0, 0.3, 0.06], ROWS[1], ROWS[2]];
        assert!(bench.world.spread(image).odds.iter().all(|odds| same(odds, &of_picture)));
    }

    #[test]
    fn a_role_has_weights_of_its_own_and_a_public_before_its_role() {
        let setting = fixture::setting();
        let none = || Change {
            quote: None,
            distort: None,
            soften: None,
            exaggerate: None,
            correct: None,
            attack: None,
        };
        let mut params = params();
        params.publics.insert("citizen".to_owned(), Change { quote: Some(assumed(0.5)), ..none() });
        let of_b = Change { quote: Some(assumed(0.7)), correct: Some(assumed(0.9)), ..none() };
        params.publics.insert("B-citizen".to_owned(), of_b);
        let mut rule = Framing::new(&params, &setting);
        let mut bench = Bench::new(&setting, 0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let expected =
            [[[1.0, 0.5, 0.02], ROWS[1], ROWS[2]], ROWS, [[1.0, 0.7, 0.02], ROWS[1], [0.9, 0.2, 1.0]]];
        for (cells, expected) in bench.world.spread(id).odds.chunks(STANCE_BINS).zip(expected) {
            assert!(cells.iter().all(|odds| same(odds, &expected)), "{cells:?}");
        }
    }

    #[test]
    fn impressions_of_a_topic_and_its_coverage_are_counted_by_country_and_frame() {
        let setting = fixture::setting();
        let mut rule = Framing::new(&params(), &setting);
        let mut bench = Bench::new(&setting, 0);
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let origin = Origin::Coverage { about: id, outlet: crate::model::ids::OutletId(0) };
        let coverage = bench.post(Message { origin, ..fixture::appeal(SimTime::START) }, &mut rule);
        bench.world.exposures.push(Exposure { public: CITIZENS_B, newly_seen: 0.1, per_member: 0.25 });
        for (message, frame) in [(id, Frame::Hostile), (id, Frame::Distorted), (coverage, Frame::Distorted)] {
            let cascade = &mut bench.world.spread_mut(message).cascade;
            let node = cascade.add(AccountId(640), 0, SimTime::START, frame, 20.0);
            bench.tell(&Event::Exposed { message, node }, &mut rule);
        }
        assert_eq!(bench.world.framed_in(id, CountryId(1)), [0.0, 3000.0, 6000.0]);
        assert_eq!(bench.world.framed_in(id, CountryId(0)), [0.0; 3]);
    }
}
