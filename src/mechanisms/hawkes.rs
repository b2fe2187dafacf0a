//! Hawkes process with the rate of SEISMIC (Zhao, Erdogdu, He, Rajaraman & Leskovec 2015): shares come at the rate
//!
//! λ(t) = p · Σ_{tᵢ < t} nᵢ · φ(t − tᵢ),
//!
//! with nᵢ the followers of who shared at tᵢ and φ the kernel of reaction times, which integrates to 1. So each share brings a Poisson
//! number of further ones, p·nᵢ on average, whenever they come: the law of the size does not depend on φ. The infectiousness p is given
//! by the `branching` number R = p·n*, where n* is the mean audience of a follower (each follow relation counted once), hence of
//! who shares; at R < 1 a share brings 1/(1 − R) in all, itself included.
//!
//! Each further share is made by one of the followers of its source, drawn with replacement, after a time by φ that runs with the clock of
//! its public. Who has shared before does not share again; where audiences overlap, the process runs dry as the others do. It is shared as
//! received; attention is not limited.

use super::contact::{Contact, delay, just_shown, reaction_quantile_ms};
use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::event::Event;
use crate::model::ids::AccountId;
use crate::model::network::{ListMemory, Network};
use crate::model::world::World;
use crate::text::params;
use crate::units::NonNegative;

const OFFSPRING: Purpose = Purpose::new("hawkes offspring");

params! {
    /// Parameters of the Hawkes process.
    pub struct Params {
        /// Branching number: further shares that a share brings on average.
        branching: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Hawkes {
    /// Further shares for each follower of who shares.
    infectiousness: f64,
    contact: Contact,
    /// Quantile of the kernel, in milliseconds of active time.
    kernel: fn(f64) -> f64,
}

impl Hawkes {
    /// Sets up the rule on `network`.
    pub fn new(params: &Params, contact: Contact, network: &Network) -> Self {
        let audience = mean_audience(network);
        let infectiousness = if audience > 0.0 { params.branching.get() / audience } else { 0.0 };
        Self { infectiousness, contact, kernel: reaction_quantile_ms }
    }
}

/// Mean number of followers of a follower, each follow relation counted once.
fn mean_audience(network: &Network) -> f64 {
    let mut memory = ListMemory::default();
    let accounts = (0..network.n_accounts()).map(AccountId);
    let audiences: Vec<u32> = accounts.map(|account| network.list(account, &mut memory).len()).collect();
    let of_followers = |account: u32| -> u64 {
        let followers = network.followers(AccountId(account));
        followers.iter().map(|&follower| u64::from(audiences[follower as usize])).sum()
    };
    let total: f64 = (0..network.n_accounts()).map(|account| of_followers(account) as f64).sum();
    total / (network.n_edges() as f64).max(1.0)
}

impl Mechanism for Hawkes {
    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::ShareDue
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Some(shown) = just_shown(event, &self.contact, world, agenda) else { return };
        self.contact.expose(shown, world);
        let world = &*world;
        let n_followers = f64::from(self.contact.n_followers(shown, world));
        let mean = self.infectiousness * n_followers;
        let subject = Subject::new(shown.by.account.0, world.message(shown.message).key);
        let subject = subject.part(shown.showing.round);
        let mut stream = world.key.stream(OFFSPRING, subject);
        // Arrivals of a unit Poisson process below the mean, each with a follower and a quantile: a larger mean only adds some.
        let mut arrival = stream.exponential();
        while arrival < mean {
            let (place, quantile) = (stream.uniform(), stream.uniform());
            self.contact.pick(shown, place, world, |follower, public| {
                let delay = delay((self.kernel)(quantile), public, world, agenda);
                let due = Event::ShareDue { message: shown.message, account: follower, parent: shown.node };
                agenda.schedule(agenda.now() + delay, due);
            });
            arrival += stream.exponential();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture;
    use crate::model::setting::Setting;
    use crate::units::Probability;
    use crate::units::SimTime;
    use std::collections::BTreeSet;

    fn rule(branching: f64, setting: &Setting) -> Hawkes {
        let params = Params { branching: NonNegative::clamped(branching) };
        Hawkes::new(&params, Contact::new(Probability::clamped(0.0)), &setting.network)
    }

    fn sharers(mut rule: Hawkes, run: u64, setting: &Setting) -> BTreeSet<u32> {
        let mut bench = Bench::new(setting, run);
        let id = bench.play(fixture::appeal(SimTime::START), &mut rule);
        bench.world.spread(id).cascade.nodes().iter().skip(1).map(|node| node.account.0).collect()
    }

    #[test]
    fn the_mean_audience_is_that_at_the_end_of_a_follow_relation() {
        assert!((mean_audience(&fixture::random_network(500, 7).network) - 7.0).abs() < 1e-12);
        // 0 has two followers, one of whom has one: the ends of three relations have 1, 0 and 0 followers.
        let network = crate::model::network::tests::single_public(6, &[(0, 1), (0, 2), (1, 3)]);
        assert!((mean_audience(&network) - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(mean_audience(&crate::model::network::tests::single_public(6, &[])), 0.0);
    }

    /// Borel: P(T = n) = e^{−Rn}(Rn)^{n−1}/n! for the total progeny of a Poisson process with branching number R. Everybody has 10
    /// followers among 20,000, so almost nobody is drawn twice: pairs of T are the same with probability T²/40,000, below 0.004 on average at R = 0.8
    /// (E T² = 150). The bound of Dvoretzky, Kiefer & Wolfowitz as for the independent cascade, α = 1e-4.
    #[test]
    fn sizes_follow_the_borel_law() {
        let setting = fixture::random_network(20_000, 10);
        let (branching, runs) = (0.8_f64, 4000);
        let sizes: Vec<usize> =
            (0..runs).map(|run| sharers(rule(branching, &setting), run, &setting).len() + 1).collect();
        let bound = (-(1e-4_f64 / 2.0).ln() / (2.0 * f64::from(runs as u32))).sqrt() + 0.004;
        let (mut expected, mut worst, mut ln_factorial) = (0.0, 0.0_f64, 0.0);
        for size in 1..=100_u32 {
            let n = f64::from(size);
            ln_factorial += n.ln();
            expected += ((n - 1.0) * (branching * n).ln() - branching * n - ln_factorial).exp();
            let found =
                sizes.iter().filter(|&&found| found <= size as usize).count() as f64 / sizes.len() as f64;
            worst = worst.max((found - expected).abs());
        }
        assert!(worst <= bound, "distance {worst} above {bound}");
        let mean = sizes.iter().sum::<usize>() as f64 / sizes.len() as f64;
        // Mean 1/(1 − R) = 5, variance R/(1 − R)³ = 100.
        assert!((mean - 5.0).abs() <= 3.9 * (100.0 / f64::from(runs as u32)).sqrt() + 0.05, "mean {mean}");
    }

    /// Who shares is drawn by sharer, not by time, so that the kernel only moves the shares in time.
    #[test]
    fn sizes_do_not_depend_on_the_kernel() {
        let setting = fixture::setting();
        let kernels: [fn(f64) -> f64; 3] =
            [reaction_quantile_ms, |_| 60_000.0, |quantile| 1e7 * (1.0 - quantile)];
        let mut total = 0;
        for run in 0..60 {
            let [seismic, constant, reversed] =
                kernels.map(|kernel| sharers(Hawkes { kernel, ..rule(0.9, &setting) }, run, &setting));
            assert_eq!(seismic, constant, "run {run}");
            assert_eq!(seismic, reversed, "run {run}");
            total += seismic.len();
        }
        assert!(total > 500, "{total} shares tell little");
    }

    #[test]
    fn a_larger_branching_number_never_removes_a_sharer() {
        let setting = fixture::setting();
        for run in 0..30 {
            let levels =
                [0.0, 0.3, 0.6, 1.2].map(|branching| sharers(rule(branching, &setting), run, &setting));
            assert!(levels[0].is_empty());
            assert!(levels.windows(2).all(|pair| pair[0].is_subset(&pair[1])), "run {run}");
        }
    }
}
