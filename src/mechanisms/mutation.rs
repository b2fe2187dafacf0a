//! Mutation: some who pass a message on change its text, and what is shared from them carries the change on.
//!
//! Each share is a new variant with probability `rate` = μ, and else has the text from which it was shared (Adamic et al. 2016 on
//! Facebook, where about one copy in nine was changed). No variant is fitter than another; text changes nothing but the count.
//!
//! # What comes out
//!
//! Where every share so far is as likely as any other to be the next one's source, variants grow as a Yule process: a variant of k nodes
//! gets the next share with (1 − μ)k/n, and the number of variants of k nodes falls as k^−ρ with ρ = 1 + 1/(1 − μ) (Simon 1955), whose
//! exact law is (ρ − 1)·B(k, ρ). In a cascade whose shares are made from each node for a limited time only, ρ follows the ages
//! instead: with growth rates α of the cascade, from m·φ̂(α) = 1, and α′ of one variant, from (1 − μ)·m·φ̂(α′) = 1 (m the branching
//! number, φ̂ the Laplace transform of the delay), ρ = 1 + α/α′, which is the former for a constant rate of sharing. A cascade that
//! dies out (m < 1) has no power law, as its size has none.

use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::cascade::Node;
use crate::model::event::Event;
use crate::model::world::World;
use crate::text::params;
use crate::units::Probability;

const CHANGE: Purpose = Purpose::new("mutation change");

params! {
    /// Parameters of mutation.
    pub struct Params {
        /// Probability that a share changes the text.
        rate: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Mutation {
    params: Params,
}

impl Mutation {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }
}

impl Mechanism for Mutation {
    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::Exposed
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        let Event::Exposed { message, node } = *event else { return };
        if node == 0 {
            return;
        }
        let nodes = world.spread(message).cascade.nodes();
        let Node { account, parent, variant, .. } = nodes[node as usize];
        // What is shown again, pinned, has mutated already if ever.
        if variant != nodes[parent as usize].variant {
            return;
        }
        let number = world.key.uniform(CHANGE, Subject::new(account.0, world.message(message).key));
        if number < self.params.rate.get() {
            world.spread_mut(message).cascade.mutate(node);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::cascade::{Frame, Variants};
    use crate::model::fixture;
    use crate::model::ids::AccountId;
    use crate::units::SimTime;

    /// A cascade of `n` shares, each made from a node drawn from all so far, under the mutation `rate`.
    fn variants(n: u32, rate: f64, run: u64) -> Variants {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, run);
        let mut rule = Mutation::new(&Params { rate: Probability::clamped(rate) });
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let mut stream = bench.world.key.stream(Purpose::new("any source"), Subject::default());
        for share in 0..n {
            let parent = stream.below(share + 1);
            let cascade = &mut bench.world.spread_mut(id).cascade;
            let node = cascade.add(AccountId(2000 + share), parent, SimTime::START, Frame::AsIntended, 1.0);
            bench.tell(&Event::Exposed { message: id, node }, &mut rule);
        }
        bench.world.spread(id).cascade.variants()
    }

    #[test]
    fn nothing_mutates_at_rate_zero_and_everything_but_the_original_at_one() {
        assert_eq!(variants(50, 0.0, 0).sizes, [51]);
        assert_eq!(variants(50, 1.0, 0).sizes, [1; 51]);
        let all = variants(50, 1.0, 0).largest.unwrap();
        assert!((all - 0.02).abs() < 1e-12, "{all}");
    }

    /// What mutates at a small rate mutates at a larger one, so variants only split.
    #[test]
    fn a_larger_rate_makes_more_variants_run_by_run() {
        for run in 0..50 {
            let counts = [0.05, 0.11, 0.4].map(|rate| variants(300, rate, run).sizes.len());
            assert!(counts.is_sorted(), "{counts:?}");
        }
    }

    /// Yule–Simon with ρ = 1 + 1/(1 − μ): the share of variants with k nodes is pₖ = (ρ − 1)·B(k, ρ), and that with at least k is
    /// Pₖ = Γ(k)Γ(ρ)/Γ(k + ρ − 1), so that Pₖ₊₁/Pₖ = k/(k + ρ − 1).
    ///
    /// With V variants the count of those with at least k nodes varies by no more than a binomial one, since a new share moves one variant
    /// one step: |found − Pₖ| ≤ 3.9·sqrt(Pₖ(1 − Pₖ)/V) at α = 1e-4, and the largest variants, in which the finite size shows, are kept out
    /// by k ≤ 30. The likelihood equation Σ 1/(ρ̂ − 1) = Σ (ψ(k + ρ̂) − ψ(ρ̂)) gives ρ̂ with the standard error (ρ − 1)·c/sqrt(V), c < 1.5 here.
    #[test]
    fn variants_follow_a_yule_process() {
        for rate in [0.11, 0.3] {
            let exponent = 1.0 + 1.0 / (1.0 - rate);
            let sizes = variants(200_000, rate, 0).sizes;
            let n_variants = sizes.len() as f64;
            let mut expected = 1.0;
            for k in 1..=30_u32 {
                let found = sizes.iter().filter(|&&size| size >= k).count() as f64 / n_variants;
                let bound = 3.9 * (expected * (1.0 - expected) / n_variants).sqrt() + 1e-12;
                assert!(
                    (found - expected).abs() <= bound,
                    "P({k}) = {found}, not {expected} ± {bound} (μ = {rate})"
                );
                expected *= f64::from(k) / (f64::from(k) + exponent - 1.0);
            }
            let found = yule_exponent(&sizes);
            let bound = 3.9 * 1.5 * (exponent - 1.0) / n_variants.sqrt();
            assert!(
                (found - exponent).abs() <= bound,
                "exponent {found}, not {exponent} ± {bound} (μ = {rate})"
            );
        }
    }

    /// Maximum likelihood of ρ for the law (ρ − 1)·B(k, ρ), by bisection: the score 1/(ρ − 1) − mean of over j < k, Σ 1/(ρ + j) falls in ρ.
    fn yule_exponent(sizes: &[u32]) -> f64 {
        let longest = sizes.iter().copied().max().unwrap_or(0);
        let mut at_least = vec![0_u32; longest as usize + 1];
        for &size in sizes {
            at_least[size as usize] += 1;
        }
        for k in (0..longest as usize).rev() {
            at_least[k] += at_least[k + 1];
        }
        let score = |exponent: f64| {
            let steps = (0..longest).map(|j| f64::from(at_least[j as usize + 1]) / (exponent + f64::from(j)));
            1.0 / (exponent - 1.0) - steps.sum::<f64>() / sizes.len() as f64
        };
        let (mut low, mut high) = (1.01, 10.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if score(middle) > 0.0 { low = middle } else { high = middle }
        }
        low
    }
}
