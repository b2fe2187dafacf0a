//! Independent cascade (Goldenberg, Libai & Muller 2001; Kempe, Kleinberg & Tardos 2003): each who shares has one chance with each
//! follower, all with the same `probability`, whoever they are, whatever the message says and how often it was seen before.
//!
//! The coin belongs to (message, sharer, follower) and is the one that the full rule tosses, so a larger probability never removes a
//! sharer. Who shares does so as received, after the usual reaction; attention is not limited.

use super::contact::{Contact, just_shown};
use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::model::event::Event;
use crate::model::world::World;
use crate::text::params;
use crate::units::Probability;

params! {
    /// Parameters of the independent cascade.
    pub struct Params {
        /// Probability that a follower shares what one account followed has shared.
        probability: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct IndependentCascade {
    params: Params,
    contact: Contact,
}

impl IndependentCascade {
    /// Sets up the rule.
    pub fn new(params: &Params, contact: Contact) -> Self {
        Self { params: params.clone(), contact }
    }
}

impl Mechanism for IndependentCascade {
    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::ShareDue
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Some(shown) = just_shown(event, &self.contact, world, agenda) else { return };
        self.contact.expose(shown, world);
        let world = &*world;
        self.contact.toss(shown, &self.params.probability, world, |follower, public| {
            Contact::appoint(shown, (follower, public), world, agenda);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture;
    use crate::units::SimTime;
    use std::collections::BTreeSet;

    fn rule(probability: f64) -> IndependentCascade {
        let params = Params { probability: Probability::clamped(probability) };
        IndependentCascade::new(&params, Contact::new(Probability::clamped(0.0)))
    }

    fn sharers(probability: f64, run: u64, setting: &crate::model::setting::Setting) -> BTreeSet<u32> {
        let mut bench = Bench::new(setting, run);
        let id = bench.play(fixture::appeal(SimTime::START), &mut rule(probability));
        bench.world.spread(id).cascade.nodes().iter().skip(1).map(|node| node.account.0).collect()
    }

    #[test]
    fn nobody_shares_at_zero_and_all_who_can_be_reached_at_one() {
        let setting = fixture::setting();
        assert!(sharers(0.0, 0, &setting).is_empty());
        let author = setting.voices[fixture::MINISTER.idx()].account;
        let mut reachable: BTreeSet<u32> = crate::model::network::visit::reachable(&setting.network, author)
            .into_iter()
            .map(|account| account.0)
            .collect();
        reachable.remove(&author.0);
        assert_eq!(sharers(1.0, 0, &setting), reachable);
    }

    #[test]
    fn a_larger_probability_never_removes_a_sharer() {
        let setting = fixture::setting();
        for run in 0..40 {
            let levels = [0.02, 0.05, 0.2, 0.6].map(|probability| sharers(probability, run, &setting));
            assert!(levels.windows(2).all(|pair| pair[0].is_subset(&pair[1])));
            assert!(levels[3].len() > levels[0].len());
        }
    }

    /// Everybody has the same 10 followers-to-be drawn at random among 20,000, so the cascade is a Galton–Watson tree but for the few who
    /// are met twice. Offspring are binomial (10, p); Otter–Dwass gives P(T = n) = P(Bin(10n, p) = n − 1)/n of the total progeny T with the
    /// author. The greatest distance of the empirical distribution of R runs from it is below sqrt(−ln(α/2)/2R) with probability 1 − α
    /// (Dvoretzky, Kiefer & Wolfowitz with Massart's constant); α = 1e-4. Two of T accounts are the same or meet the same one with
    /// probability about 10·T²/2·20,000·p, which shifts less than 0.002 at R₀ = 10p = 0.7.
    #[test]
    fn sizes_are_those_of_a_galton_watson_tree() {
        let setting = fixture::random_network(20_000, 10);
        let (probability, runs) = (0.07, 4000);
        let sizes: Vec<u64> =
            (0..runs).map(|run| sharers(probability, run, &setting).len() as u64 + 1).collect();
        let bound = (-(1e-4_f64 / 2.0).ln() / (2.0 * runs as f64)).sqrt() + 0.002;
        let (mut expected, mut worst) = (0.0, 0.0_f64);
        for size in 1..=60_u64 {
            expected += binomial(10 * size, size - 1, probability) / size as f64;
            worst = worst.max((share_up_to(&sizes, size) - expected).abs());
        }
        assert!(worst <= bound, "distance {worst} above {bound}");
    }

    fn share_up_to(sizes: &[u64], size: u64) -> f64 {
        sizes.iter().filter(|&&found| found <= size).count() as f64 / sizes.len() as f64
    }

    /// P(Bin(n, p) = k).
    fn binomial(n: u64, k: u64, p: f64) -> f64 {
        let ln_factorial = |n: u64| (1..=n).map(|factor| (factor as f64).ln()).sum::<f64>();
        let ln_choices = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
        (ln_choices + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln()).exp()
    }

    /// A twin that tosses a coin of its own for every pair, in breadth-first order.
    fn naive_size(probability: f64, run: u64, setting: &crate::model::setting::Setting) -> u64 {
        use crate::engine::streams::{Purpose, RunKey, Subject};
        let mut stream = RunKey::new(9, run).stream(Purpose::new("naive"), Subject::default());
        let author = setting.voices[fixture::MINISTER.idx()].account;
        let (mut sharers, mut newest) = (BTreeSet::from([author.0]), vec![author]);
        while let Some(sharer) = newest.pop() {
            for &follower in &*setting.network.followers(sharer) {
                if stream.uniform() < probability && sharers.insert(follower) {
                    newest.push(crate::model::ids::AccountId(follower));
                }
            }
        }
        sharers.len() as u64 - 1
    }

    /// Two-sample Kolmogorov–Smirnov as in the statistical tests: sqrt(−ln(α/2)/2)·sqrt(2/n), α = 1e-4.
    #[test]
    fn sizes_are_those_of_a_coin_for_every_pair() {
        let setting = fixture::setting();
        let runs = 2000_u64;
        for probability in [0.003, 0.06] {
            let fast: Vec<u64> =
                (0..runs).map(|run| sharers(probability, run, &setting).len() as u64).collect();
            let naive: Vec<u64> = (0..runs).map(|run| naive_size(probability, run, &setting)).collect();
            let distance = fast
                .iter()
                .chain(&naive)
                .map(|&size| (share_up_to(&fast, size) - share_up_to(&naive, size)).abs())
                .fold(0.0, f64::max);
            let bound = (-(1e-4_f64 / 2.0).ln() / 2.0).sqrt() * (2.0 / runs as f64).sqrt();
            assert!(distance <= bound, "distance {distance} above {bound} at {probability}");
        }
    }
}
