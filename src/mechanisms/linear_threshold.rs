//! Linear threshold (Granovetter 1978; Kempe, Kleinberg & Tardos 2003): an account shares once enough of those whom it follows have.
//!
//! Each account v that follows dᵥ others weighs each of them `influence`/dᵥ and draws a threshold θᵥ, uniform in (0, 1], for each
//! message. It shares when the weights of those among them who have shared sum to θᵥ at least. Who reaches the threshold shares
//! as received, after the usual reaction; attention is not limited. With influence 1 the weights of all sum to 1.
//!
//! How many each account follows is counted once, over the stored network, the named accounts of the scenario included.

use super::contact::{Contact, just_shown};
use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::engine::tally::Tally;
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::network::Network;
use crate::model::world::World;
use crate::text::params;
use crate::units::Probability;

const THRESHOLD: Purpose = Purpose::new("linear threshold");

params! {
    /// Parameters of the linear threshold.
    pub struct Params {
        /// Sum of the weights of all whom an account follows.
        influence: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct LinearThreshold {
    params: Params,
    contact: Contact,
    /// Number of accounts that each account follows.
    n_followed: Vec<u32>,
    /// Of those, how many have shared a message.
    n_sharing: Tally,
}

impl LinearThreshold {
    /// Sets up the rule on `network`.
    pub fn new(params: &Params, contact: Contact, network: &Network) -> Self {
        let mut n_followed = vec![0; network.n_accounts() as usize];
        for account in 0..network.n_accounts() {
            for &follower in &*network.followers(AccountId(account)) {
                n_followed[follower as usize] += 1;
            }
        }
        Self { params: params.clone(), contact, n_followed, n_sharing: Tally::default() }
    }
}

impl Mechanism for LinearThreshold {
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.n_sharing.clear();
    }

    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::ShareDue
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Some(shown) = just_shown(event, &self.contact, world, agenda) else { return };
        self.contact.expose(shown, world);
        let world = &*world;
        let (key, posted) = (world.message(shown.message).key, world.message(shown.message).posted);
        let message = u64::from(shown.message.0) << 32;
        let influence = self.params.influence.get();
        self.contact.meet(shown, world, |follower, public| {
            let n_sharing = self.n_sharing.add(message | u64::from(follower.0));
            let weight = |n: u32| influence * f64::from(n) / f64::from(self.n_followed[follower.idx()]);
            let threshold =
                world.key_since(posted).stream(THRESHOLD, Subject::new(follower.0, key)).uniform_positive();
            // Once is enough: those who were appointed share.
            if weight(n_sharing - 1) < threshold && threshold <= weight(n_sharing) {
                Contact::appoint(shown, (follower, public), world, agenda);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture;
    use crate::model::setting::Setting;
    use crate::units::SimTime;
    use std::collections::BTreeSet;

    fn sharers(influence: f64, run: u64, setting: &Setting) -> BTreeSet<u32> {
        let params = Params { influence: Probability::clamped(influence) };
        let contact = Contact::new(Probability::clamped(0.0));
        let mut rule = LinearThreshold::new(&params, contact, &setting.network);
        let mut bench = Bench::new(setting, run);
        let id = bench.play(fixture::appeal(SimTime::START), &mut rule);
        bench.world.spread(id).cascade.nodes().iter().skip(1).map(|node| node.account.0).collect()
    }

    /// The definition, written as a fixed point: thresholds are read from the stream that the rule names.
    fn fixed_point(influence: f64, run: u64, setting: &Setting) -> BTreeSet<u32> {
        let world_key = crate::engine::streams::RunKey::new(1, run);
        let network = &setting.network;
        let author = setting.voices[fixture::MINISTER.idx()].account;
        let follows =
            |v: u32| (0..network.n_accounts()).filter(move |&u| network.followers(AccountId(u)).contains(&v));
        let mut sharing = BTreeSet::from([author.0]);
        loop {
            let joins = |v: &u32| {
                let threshold = world_key
                    .stream(THRESHOLD, Subject::new(*v, fixture::appeal(SimTime::START).key))
                    .uniform_positive();
                let (n, d) =
                    follows(*v).fold((0, 0), |(n, d), u| (n + u32::from(sharing.contains(&u)), d + 1));
                d > 0 && influence * f64::from(n) / f64::from(d) >= threshold
            };
            let joining: Vec<u32> = (0..author.0).filter(|v| !sharing.contains(v)).filter(joins).collect();
            if joining.is_empty() {
                sharing.remove(&author.0);
                return sharing;
            }
            sharing.extend(joining);
        }
    }

    #[test]
    fn those_share_whose_threshold_is_met_by_those_they_follow() {
        let setting = fixture::random_network(150, 6);
        let mut n_sharers = 0;
        for run in 0..30 {
            let found = sharers(1.0, run, &setting);
            assert_eq!(found, fixed_point(1.0, run, &setting), "run {run}");
            n_sharers += found.len();
        }
        assert!(n_sharers > 60, "{n_sharers} sharers tell little");
    }

    #[test]
    fn more_influence_never_removes_a_sharer_and_none_has_none() {
        let setting = fixture::setting();
        for run in 0..20 {
            let levels = [0.0, 0.3, 0.6, 1.0].map(|influence| sharers(influence, run, &setting));
            assert!(levels[0].is_empty());
            assert!(levels.windows(2).all(|pair| pair[0].is_subset(&pair[1])), "run {run}");
        }
    }
}
