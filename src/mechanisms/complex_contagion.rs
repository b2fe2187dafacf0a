//! Complex contagion (Centola & Macy 2007): an account shares once several different accounts that it follows have.
//!
//! Each who shares, the author among them, counts once with each follower; a follower shares when `threshold` of them have been met, or
//! else at any contact of its own accord with the probability `spontaneous`, by the coin of the independent cascade. Without such pioneers
//! a message of one author would never meet anybody twice. At a threshold of 1 (or 0) everybody shares at the first contact, and at one
//! that nobody reaches the rule is the independent cascade. Who shares does so as received, after the usual reaction; attention is not
//! limited.

use super::contact::{Contact, just_shown};
use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::tally::Tally;
use crate::model::event::Event;
use crate::model::world::World;
use crate::text::params;
use crate::units::{NonNegative, Probability};

params! {
    /// Parameters of complex contagion.
    pub struct Params {
        /// Accounts followed that must have shared before one shares.
        threshold: NonNegative,
        /// Probability of sharing at any one contact all the same.
        spontaneous: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct ComplexContagion {
    params: Params,
    contact: Contact,
    /// How many of those whom an account follows have shared a message.
    n_sharing: Tally,
}

impl ComplexContagion {
    /// Sets up the rule.
    pub fn new(params: &Params, contact: Contact) -> Self {
        Self { params: params.clone(), contact, n_sharing: Tally::default() }
    }
}

impl Mechanism for ComplexContagion {
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
        self.contact.toss(shown, &self.params.spontaneous, world, |follower, public| {
            Contact::appoint(shown, (follower, public), world, agenda);
        });
        let message = u64::from(shown.message.0) << 32;
        let threshold = self.params.threshold.get();
        self.contact.meet(shown, world, |follower, public| {
            let n_sharing = f64::from(self.n_sharing.add(message | u64::from(follower.0)));
            // Once is enough: those who were appointed share.
            if n_sharing >= threshold && (n_sharing == 1.0 || n_sharing - 1.0 < threshold) {
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
    use crate::model::ids::AccountId;
    use crate::model::setting::Setting;
    use crate::units::SimTime;
    use std::collections::BTreeSet;

    fn sharers(threshold: f64, spontaneous: f64, run: u64, setting: &Setting) -> BTreeSet<u32> {
        let params = Params {
            threshold: NonNegative::clamped(threshold),
            spontaneous: Probability::clamped(spontaneous),
        };
        let mut rule = ComplexContagion::new(&params, Contact::new(Probability::clamped(0.0)));
        let mut bench = Bench::new(setting, run);
        let id = bench.play(fixture::appeal(SimTime::START), &mut rule);
        bench.world.spread(id).cascade.nodes().iter().skip(1).map(|node| node.account.0).collect()
    }

    #[test]
    fn the_first_contact_is_enough_at_one_and_nobody_is_met_twice_by_one_author() {
        let setting = fixture::setting();
        let author = setting.voices[fixture::MINISTER.idx()].account;
        let reachable = crate::model::network::visit::reachable(&setting.network, author).len() - 1;
        assert_eq!(sharers(1.0, 0.0, 0, &setting).len(), reachable);
        assert_eq!(sharers(0.0, 0.0, 0, &setting).len(), reachable);
        assert!(sharers(2.0, 0.0, 0, &setting).is_empty());
    }

    /// All who share beyond the pioneers follow as many sharers as the threshold asks for, and nobody else does.
    #[test]
    fn those_share_who_follow_enough_sharers() {
        let setting = fixture::random_network(400, 8);
        let author = setting.voices[fixture::MINISTER.idx()].account;
        let mut n_persuaded = 0;
        for run in 0..20 {
            let pioneers_at_most = sharers(1e9, 0.15, run, &setting);
            let found = sharers(2.0, 0.15, run, &setting);
            assert!(pioneers_at_most.is_subset(&found), "run {run}");
            for account in 0..author.0 {
                let sharing = found.iter().chain([&author.0]);
                let followed =
                    sharing.filter(|&&by| setting.network.followers(AccountId(by)).contains(&account));
                let n_followed = followed.count();
                assert!(
                    n_followed < 2 || found.contains(&account),
                    "run {run}: {account} follows {n_followed}"
                );
            }
            n_persuaded += found.len() - pioneers_at_most.len();
        }
        assert!(n_persuaded > 100, "{n_persuaded} persuaded tell little");
    }

    #[test]
    fn a_larger_probability_or_a_lower_threshold_never_removes_a_sharer() {
        let setting = fixture::random_network(400, 8);
        for run in 0..20 {
            let by_chance = [0.0, 0.05, 0.1, 0.2].map(|chance| sharers(2.0, chance, run, &setting));
            let by_threshold = [4.0, 3.0, 2.0, 1.0].map(|threshold| sharers(threshold, 0.1, run, &setting));
            for levels in [by_chance, by_threshold] {
                assert!(levels.windows(2).all(|pair| pair[0].is_subset(&pair[1])), "run {run}");
            }
        }
    }
}
