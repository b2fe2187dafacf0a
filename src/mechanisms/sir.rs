//! Susceptible, infected, recovered: who shares passes the message on only until recovering.
//!
//! A sharer, the author among them, shows the message for an exponential time of mean `recovery`. A follower whose coin falls for the share
//! (with `probability`, the coin of the independent cascade) shares if its reaction is over before that. Chances of the followers of one
//! sharer are thus not independent, as in every SIR process (Kenah & Robins 2007). As the mean time grows without bound it becomes the independent
//! cascade, share by share. Who shares does so as received; attention is not limited.

use super::contact::{Contact, just_shown};
use super::{Frequent, Mechanism};
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject};
use crate::model::event::Event;
use crate::model::world::World;
use crate::text::params;
use crate::units::{Probability, TimeSpan};

const RECOVERY: Purpose = Purpose::new("sir recovery");

params! {
    /// Parameters of SIR.
    pub struct Params {
        /// Probability that a follower shares what it sees in time.
        probability: Probability,
        /// Mean time for which a sharer shows the message.
        recovery: TimeSpan,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Sir {
    params: Params,
    contact: Contact,
}

impl Sir {
    /// Sets up the rule.
    pub fn new(params: &Params, contact: Contact) -> Self {
        Self { params: params.clone(), contact }
    }
}

impl Mechanism for Sir {
    fn heeds(&self, fact: Frequent) -> bool {
        fact == Frequent::ShareDue
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let Some(shown) = just_shown(event, &self.contact, world, agenda) else { return };
        self.contact.expose(shown, world);
        let world = &*world;
        let subject = Subject::new(shown.by.account.0, world.message(shown.message).key);
        let factor = world.key.stream(RECOVERY, subject).exponential();
        let shown_ms = factor * self.params.recovery.as_ms() as f64;
        self.contact.toss(shown, &self.params.probability, world, |follower, public| {
            let is_shown_for = |delay: TimeSpan| delay.as_ms() as f64 <= shown_ms;
            Contact::appoint_if(shown, (follower, public), world, agenda, is_shown_for);
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

    /// Delays of direct shares in hours.
    fn direct_delays(probability: f64, recovery: TimeSpan, run: u64, setting: &Setting) -> Vec<f64> {
        let params = Params { probability: Probability::clamped(probability), recovery };
        let mut rule = Sir::new(&params, Contact::new(Probability::clamped(0.0)));
        let mut bench = Bench::new(setting, run);
        let id = bench.play(fixture::appeal(SimTime::START), &mut rule);
        let nodes = bench.world.spread(id).cascade.nodes();
        let direct = nodes.iter().skip(1).filter(|node| node.parent == 0);
        direct.map(|node| node.time.since(SimTime::START).as_hours()).collect()
    }

    /// Direct shares at recovery ∞ give the reactions; a run with mean recovery 1/γ keeps those up to one exponential time, which is exactly
    /// what the rule says, so the kept ones are the earliest: a prefix in time. The share of runs in which a reaction at time t is kept is
    /// exp(−γt) on average; α = 1e-4 for the sum over all, each run contributing at most its number of shares.
    #[test]
    fn recovery_cuts_off_late_reactions() {
        let setting = fixture::setting();
        let (mean_hours, runs) = (2_i64, 1500);
        let (mut kept, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for run in 0..runs {
            let all = direct_delays(0.01, TimeSpan::from_ms(i64::MAX), run, &setting);
            let some = direct_delays(0.01, TimeSpan::from_hours(mean_hours), run, &setting);
            assert!(all.is_sorted() && all.starts_with(&some), "run {run}: {some:?} of {all:?}");
            let chance = |delay: &f64| (-delay / mean_hours as f64).exp();
            // Var Σ 1{X ≥ tᵢ} = Σᵢⱼ S(max) − S(tᵢ)S(tⱼ): one X for all shares of the author.
            kept += some.len() as f64;
            expected += all.iter().map(chance).sum::<f64>();
            for left in &all {
                for right in &all {
                    variance += chance(&left.max(*right)) - chance(left) * chance(right);
                }
            }
        }
        let bound = 3.9 * f64::sqrt(variance);
        assert!((kept - expected).abs() <= bound, "{kept} kept, not {expected} ± {bound}");
        assert!(expected > 1000.0 && expected < 0.8 * runs as f64 * 6.0, "{expected} tell little");
    }

    #[test]
    fn nothing_is_shared_without_time() {
        let setting = fixture::setting();
        assert!((0..20).all(|run| direct_delays(0.05, TimeSpan::ZERO, run, &setting).is_empty()));
    }
}
