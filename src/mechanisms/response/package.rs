//! Packages: a severe rung is several instruments over the next days.

use super::Response;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Stream, Subject, key_from};
use crate::model::event::{Act, Event};
use crate::model::ids::InstrumentId;
use crate::model::world::World;
use crate::units::TimeSpan;

const PACKAGE: Purpose = Purpose::new("response package");
const SPACING: Purpose = Purpose::new("response spacing");
const READY: Purpose = Purpose::new("response preparation");

impl Response {
    /// Uses the instruments of a package, one after the other.
    pub(super) fn use_package(
        &self,
        decision: Act,
        size: (u32, u32),
        subject: Subject,
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let chosen = self.draw_package(&decision, size, &mut world.key.stream(PACKAGE, subject), world);
        let mut time = agenda.now();
        for (place, instrument) in chosen.into_iter().enumerate() {
            let tool = &world.setting.instruments[instrument.idx()];
            if place > 0 {
                let mut stream = world.key.stream(SPACING, Subject::new(decision.key, tool.key));
                time = time
                    + TimeSpan::from_ms((self.params.spacing.as_ms() as f64 * stream.exponential()) as i64);
            }
            let act = Act {
                time,
                code: tool.code,
                instrument: Some(instrument),
                rung: tool.rung,
                key: key_from(decision.key, tool.key),
                ..decision
            };
            if tool.preparation == TimeSpan::ZERO {
                agenda.schedule(time, Event::ActDue(Box::new(act)));
                continue;
            }
            let mut stream = world.key.stream(READY, Subject::new(decision.key, tool.key));
            let ready = time + stream.log_normal(tool.preparation, self.params.latency_spread.get());
            agenda.schedule(ready, Event::PreparedDue(Box::new(Act { time: ready, ..act })));
        }
    }

    /// Instruments of a package: one on the rung itself first, then others up to it, drawn without replacement.
    fn draw_package(
        &self,
        decision: &Act,
        (least, most): (u32, u32),
        stream: &mut Stream,
        world: &World<'_>,
    ) -> Vec<InstrumentId> {
        let setting = world.setting;
        let dyad = setting.dyad(decision.actor, decision.target);
        let is_used = |id: &InstrumentId| {
            let used = |act: &Act| {
                (act.actor, act.target) == (decision.actor, decision.target) && act.instrument == Some(*id)
            };
            world.acts.iter().any(used)
        };
        let first_severe =
            setting.ladder.iter().position(|rung| rung.package.is_some()).unwrap_or(usize::MAX);
        let mut available: Vec<InstrumentId> = setting.states[decision.actor.idx()]
            .instruments
            .iter()
            .copied()
            .filter(|id| {
                let rung = setting.instruments[id.idx()].rung;
                rung <= decision.rung
                    && rung.idx() >= first_severe
                    && !dyad.exempt.contains(id)
                    && !is_used(id)
            })
            .collect();
        let size = least + stream.below(most.saturating_sub(least).saturating_add(1));
        let mut chosen = Vec::new();
        for place in 0..size.min(available.len() as u32) {
            let on_rung = |id: &InstrumentId| setting.instruments[id.idx()].rung == decision.rung;
            let must_be_on_rung = place == 0 && available.iter().any(on_rung);
            let weight = |id: &InstrumentId| {
                let cost = setting.instruments[id.idx()].cost;
                let spared = libm::exp(-self.params.interest.get() * cost * dyad.dependence);
                if must_be_on_rung && !on_rung(id) {
                    0.0
                } else {
                    (1.0 - self.params.thrift.get() * cost) * spared
                }
            };
            let total: f64 = available.iter().map(weight).sum();
            let mut mark = stream.uniform() * total;
            let position = available.iter().position(|id| {
                mark -= weight(id);
                mark < 0.0
            });
            let Some(position) = position else { break };
            chosen.push(available.remove(position));
        }
        chosen
    }
}
