//! Attention: messages that come before the same people crowd each other out.
//!
//! A member of public p attends to a message, when it is read at time t, with the factor
//!
//! A(p, t) = (`capacity` + B) / (`capacity` + B + L(t))
//!
//! on the odds of sharing it, where L is the recent load: impressions of all simulated messages for each member of the public, which
//! halve in every `half_life`, the message's own among them; and B is the ordinary load of messages that are not simulated: `posts` a
//! day by each of the accounts that a member follows, over the mean age 1/ln 2 half-lives of what counts as recent.
//!
//! This is capacity/(capacity + load), the share of a full feed that gets read, divided by its value on an ordinary day. So infectiousness
//! is that of a message on an ordinary day, a single conversation takes little from itself (who follows hundreds of accounts sees little
//! else change), and a flood is felt most by those who follow few. Competition for a finite memory is what makes popularity heavy-tailed
//! among messages of equal appeal (Weng et al. 2012); that the odds fall with the number of accounts followed is in Hodas & Lerman 2012.
//!
//! Not everything stands in a feed. To get to what an account posts may take time, c, for instance to install something first. Readers are
//! willing to spend an exponential time of mean `patience`, so that of an audience the share exp(−c/`patience`) comes to see it.
//!
//! As `capacity` grows without bound the factor is 1 to the last bit. What a larger infectiousness never does to a coin it may do through
//! crowding: more shares are more load, so "a larger q never removes a sharer" holds for each coin, and for whole cascades only while
//! attention is unlimited.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::model::decaying::Decaying;
use crate::model::event::Event;
use crate::model::setting::{Public, Setting};
use crate::model::world::{Feed, World};
use crate::text::params;
use crate::units::{NonNegative, PerDay, TimeSpan};

params! {
    /// Parameters of attention.
    pub struct Params {
        /// Recent messages, beyond the ordinary ones, among which a reader's attention is halved.
        capacity: NonNegative,
        /// Time in which half of what came before a reader is out of sight.
        half_life: TimeSpan,
        /// Messages a day of each account followed that are not simulated.
        posts: PerDay,
        /// Mean time that readers are willing to spend on getting to what an account posts.
        patience: TimeSpan,
    }
}

impl Params {
    /// Share of an audience that gets to what takes `cost` to get to.
    pub fn access(&self, cost: TimeSpan) -> f64 {
        let patience = (self.patience.as_ms() as f64).max(1.0);
        libm::exp(-(cost.as_ms().max(0) as f64) / patience)
    }
}

/// The rule.
#[derive(Debug)]
pub struct Attention {
    feeds: Vec<Feed>,
}

impl Attention {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let recent_days = params.half_life.as_days() / std::f64::consts::LN_2;
        let feed = |public: &Public| Feed {
            load: Decaying::at_rest(0.0, params.half_life),
            room: params.capacity.get() + params.posts.get() * public.following * recent_days,
        };
        Self { feeds: setting.publics.iter().map(feed).collect() }
    }
}

impl Mechanism for Attention {
    fn begin(&mut self, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        world.feeds.clone_from(&self.feeds);
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Event::Exposed { .. } = *event else { return };
        for exposure in &world.exposures {
            world.feeds[exposure.public.idx()].load.jump(agenda.now(), exposure.per_member, 0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, CITIZENS_A, CITIZENS_B};
    use crate::model::ids::MessageId;
    use crate::model::world::Exposure;
    use crate::units::SimTime;

    fn rule(capacity: f64, posts: f64, setting: &Setting) -> Attention {
        let params = Params {
            capacity: NonNegative::clamped(capacity),
            half_life: TimeSpan::from_hours(1),
            posts: PerDay::clamped(posts),
            patience: TimeSpan::from_secs(120),
        };
        Attention::new(&params, setting)
    }

    #[test]
    fn who_must_spend_the_mean_patience_to_get_there_comes_in_one_case_of_e() {
        let zero = TimeSpan::ZERO;
        let params = Params {
            capacity: NonNegative::clamped(1.0),
            half_life: zero,
            posts: PerDay::clamped(0.0),
            patience: TimeSpan::from_secs(120),
        };
        let shares = [0, 120, 240].map(|cost| params.access(TimeSpan::from_secs(cost)));
        assert_eq!(shares, [1.0, (-1.0_f64).exp(), (-2.0_f64).exp()]);
        assert_eq!(Params { patience: zero, ..params }.access(TimeSpan::from_secs(1)), 0.0, "nobody waits");
    }

    /// Two impressions at once on a capacity of 3: 3/(3 + 2), and 3/(3 + 1) a half-life later. With a day of 24 posts of each of 35
    /// accounts, 35/ln 2 are recent.
    #[test]
    fn attention_falls_with_recent_impressions_and_comes_back() {
        let setting = fixture::setting();
        for (posts, ordinary) in [(0.0, 0.0), (24.0, 35.0 / 2.0_f64.ln())] {
            let mut rule = rule(3.0, posts, &setting);
            let mut bench = Bench::new(&setting, 0);
            assert_eq!(
                bench.world.attention(CITIZENS_A, SimTime::START),
                1.0,
                "not limited before the rule begins"
            );
            rule.begin(&mut bench.world, &mut bench.agenda);
            assert_eq!(bench.world.attention(CITIZENS_A, SimTime::START), 1.0);
            bench.world.exposures.push(Exposure { public: CITIZENS_A, newly_seen: 0.5, per_member: 1.0 });
            for message in [MessageId(0), MessageId(1)] {
                bench.tell(&Event::Exposed { message, node: 0 }, &mut rule);
            }
            let attention =
                |hours| bench.world.attention(CITIZENS_A, SimTime::START + TimeSpan::from_hours(hours));
            let room = 3.0 + ordinary;
            assert!((attention(0) - room / (room + 2.0)).abs() < 1e-12);
            assert!((attention(1) - room / (room + 1.0)).abs() < 1e-12);
            assert_eq!(bench.world.attention(CITIZENS_B, SimTime::START), 1.0, "another public saw nothing");
        }
    }

    #[test]
    fn unlimited_capacity_changes_no_bit_and_none_at_all_leaves_no_attention() {
        let setting = fixture::setting();
        for (capacity, expected) in [(f64::MAX, 1.0), (1e300, 1.0), (0.0, 0.0)] {
            let mut rule = rule(capacity, 0.0, &setting);
            let mut bench = Bench::new(&setting, 0);
            rule.begin(&mut bench.world, &mut bench.agenda);
            bench.world.exposures.push(Exposure { public: CITIZENS_A, newly_seen: 0.5, per_member: 1e6 });
            bench.tell(&Event::Exposed { message: MessageId(0), node: 0 }, &mut rule);
            assert_eq!(bench.world.attention(CITIZENS_A, SimTime::START), expected);
        }
    }
}
