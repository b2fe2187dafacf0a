//! Easing: how relations are restored, years after they were cut.
//!
//! From the first measure of one state against another on, relations are restored with hazard
//!
//! h(t) = `base`·exp(−`tension`·T(t) + `interest`·D + `mediation`·\[a third state has mediated since\]),
//!
//! T being the tension of the one that took the measures towards the other and D its dependence on it, looked at every `review`: within
//! a review the hazard counts as constant, and relations are restored when its integral reaches a number drawn from the exponential
//! distribution. The state eases its sanctions (CAMEO 085), and both sign an agreement (057), whose weight relieves what is left of the
//! tension by the rule of tension.
//!
//! Canada and Saudi Arabia restored relations after four years and nine and a half months; two further ruptures of the same government are of
//! the same order (Qatar 2017 to 2021, general knowledge).

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from, key_of};
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{ActId, CodeId, RungId};
use crate::model::setting::Setting;
use crate::model::world::World;
use crate::text::params;
use crate::units::{NonNegative, PerDay, SimTime, TimeSpan};

const PATIENCE: Purpose = Purpose::new("easing patience");

/// CAMEO: ease sanctions; sign an agreement; mediate.
const EASE: &str = "085";
const SIGN: &str = "057";
const MEDIATE: &str = "045";

params! {
    /// Parameters of easing.
    pub struct Params {
        /// Hazard of a restoration without tension, interest or mediation.
        base: PerDay,
        /// Less in the logarithm for each unit of tension.
        tension: NonNegative,
        /// More in the logarithm for a state whose whole economy hangs on the other.
        interest: NonNegative,
        /// More in the logarithm once a third state has mediated.
        mediation: NonNegative,
        /// Time between two looks at it.
        review: TimeSpan,
    }
}

/// A rupture that has not been mended.
#[derive(Debug, Clone, Copy)]
struct Rupture {
    first: ActId,
    /// Hazard that is still to be passed at the next review.
    left: f64,
}

/// The rule.
#[derive(Debug)]
pub struct Easing {
    params: Params,
    ease: Option<CodeId>,
    sign: Option<CodeId>,
    mediate: Option<CodeId>,
    ruptures: Vec<Rupture>,
}

impl Easing {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let code = |name: &str| setting.codes.iter().position(|code| code.code == name).map(CodeId::new);
        Self {
            params: params.clone(),
            ease: code(EASE),
            sign: code(SIGN),
            mediate: code(MEDIATE),
            ruptures: Vec::new(),
        }
    }

    fn hazard(&self, first: &Act, now: SimTime, world: &World<'_>) -> f64 {
        let (actor, target) = (first.actor, first.target);
        let dyad = world.setting.dyad_idx(actor, target);
        let has_mediated = |act: &Act| {
            Some(act.code) == self.mediate
                && [actor, target].contains(&act.target)
                && ![actor, target].contains(&act.actor)
                && act.time >= first.time
        };
        let params = &self.params;
        let log = -params.tension.get() * world.relations[dyad].tension.value(now)
            + params.interest.get() * world.setting.dyads[dyad].dependence
            + if world.acts.iter().any(has_mediated) { params.mediation.get() } else { 0.0 };
        params.base.get() * libm::exp(log.clamp(-300.0, 300.0))
    }

    fn break_off(&mut self, id: ActId, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let act = world.acts[id.idx()];
        let same = |rupture: &Rupture| {
            let first = world.acts[rupture.first.idx()];
            (first.actor, first.target) == (act.actor, act.target)
        };
        if act.instrument.is_none() || self.ruptures.iter().any(same) {
            return;
        }
        let mut stream = world.key.stream(PATIENCE, Subject::new(act.key, 0));
        self.ruptures.push(Rupture { first: id, left: stream.exponential() });
        self.look(id, world, agenda);
    }

    /// Looks ahead to the next review: appoints the restoration if it comes before.
    fn look(&mut self, first: ActId, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        let hazard = self.hazard(&world.acts[first.idx()], now, world);
        let Some(rupture) = self.ruptures.iter_mut().find(|rupture| rupture.first == first) else { return };
        let review = self.params.review.max(TimeSpan::from_hours(1));
        let days = rupture.left / hazard;
        if days <= review.as_days() {
            let due = now + TimeSpan::from_ms((days * TimeSpan::from_days(1).as_ms() as f64) as i64);
            agenda.schedule(due, Event::RestorationDue { first, is_ripe: true });
        } else {
            rupture.left -= hazard * review.as_days();
            agenda.schedule(now + review, Event::RestorationDue { first, is_ripe: false });
        }
    }

    fn restore(&mut self, first: ActId, world: &mut World<'_>, now: SimTime) {
        self.ruptures.retain(|rupture| rupture.first != first);
        let act = world.acts[first.idx()];
        let dyad = world.setting.dyad_idx(act.actor, act.target);
        world.restored.push((dyad, now));
        let key = key_from(act.key, key_of("restoration"));
        let towards = [
            (self.ease, act.actor, act.target),
            (self.sign, act.actor, act.target),
            (self.sign, act.target, act.actor),
        ];
        for (place, (code, actor, target)) in towards.into_iter().enumerate() {
            let Some(code) = code else { continue };
            let key = key_from(key, place as u32);
            let easing = Act {
                time: now,
                actor,
                target,
                code,
                instrument: None,
                rung: RungId::NONE,
                cause: Cause::Act(first),
                key,
                ..act
            };
            world.facts.push_back(Event::ActDue(Box::new(easing)));
        }
    }
}

impl Mechanism for Easing {
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.ruptures.clear();
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::ActTaken(id) => self.break_off(id, world, agenda),
            Event::RestorationDue { first, is_ripe: false } => self.look(first, world, agenda),
            Event::RestorationDue { first, is_ripe: true } => self.restore(first, world, agenda.now()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, A, B, C, SANCTION, TRADE};
    use crate::model::ids::{InstrumentId, IssueId, MessageId, StateId};

    const RUNS: u64 = 2000;

    fn params() -> Params {
        Params {
            base: PerDay::new(0.02).unwrap(),
            tension: NonNegative::clamped(2.0),
            interest: NonNegative::clamped(4.0),
            mediation: NonNegative::clamped(1.0),
            review: TimeSpan::from_days(30),
        }
    }

    fn act(actor: StateId, target: StateId, code: CodeId, key: u32) -> Act {
        Act {
            time: SimTime::START,
            actor,
            target,
            code,
            instrument: (code == SANCTION).then_some(InstrumentId(1)),
            rung: TRADE,
            issue: IssueId(0),
            cause: Cause::Message(MessageId(0)),
            key,
        }
    }

    /// Days until B restores relations with A, after what a `third` state did.
    fn restored(third: Option<Act>, run: u64) -> f64 {
        let setting = fixture::setting();
        let (mut bench, mut rule) = (Bench::new(&setting, run), Easing::new(&params(), &setting));
        let blows = [act(B, A, SANCTION, 1), act(B, A, SANCTION, 2)];
        for act in third.into_iter().chain(blows) {
            let id = bench.world.take(act).unwrap();
            bench.tell(&Event::ActTaken(id), &mut rule);
        }
        while let Some((_, event)) = bench.agenda.pop() {
            bench.tell(&event, &mut rule);
        }
        assert_eq!(bench.world.restored.len(), 1, "once for the pair");
        bench.world.restored[0].1.since(SimTime::START).as_days()
    }

    /// Tension stays at 0.1 and dependence at 0.05: h = 0.02·e^(−0.2 + 0.2) = 0.02 a day, and e times that with mediation; integrals of the
    /// hazard at the restorations are exponential: √n·D < 2.23 (Kolmogorov–Smirnov, α = 1e-4).
    #[test]
    fn integrated_hazards_at_restorations_are_exponential() {
        let mediation = act(C, A, fixture::MEDIATE, 3);
        for (third, hazard) in [(None, 0.02), (Some(mediation), 0.02 * 1.0_f64.exp())] {
            let mut integrals: Vec<f64> = (0..RUNS).map(|run| hazard * restored(third, run)).collect();
            integrals.sort_unstable_by(f64::total_cmp);
            let distance = integrals.iter().enumerate().map(|(rank, integral)| {
                let expected = 1.0 - (-integral).exp();
                let (below, above) = (rank as f64 / RUNS as f64, (rank as f64 + 1.0) / RUNS as f64);
                (above - expected).abs().max((expected - below).abs())
            });
            let statistic = distance.fold(0.0, f64::max) * (RUNS as f64).sqrt();
            assert!(statistic < 2.23, "{statistic}");
        }
    }

    #[test]
    fn words_break_nothing_off_that_would_have_to_be_restored() {
        let setting = fixture::setting();
        let (mut bench, mut rule) = (Bench::new(&setting, 0), Easing::new(&params(), &setting));
        let id = bench.world.take(act(B, A, fixture::DEMAND, 1)).unwrap();
        bench.tell(&Event::ActTaken(id), &mut rule);
        assert_eq!(bench.agenda.n_pending(), 0);
    }
}
