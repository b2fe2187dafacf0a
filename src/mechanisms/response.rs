//! Response: an ordered choice on the escalation ladder, of which the first category is to do nothing.
//!
//! A state decides on a message some time after hearing it (log-normal around its own median). With the act as understood,
//!
//! η = `base` + `tension`·T + `salience`·ln(1 + S/`salience_unit`) + `slight`·|w|/10 + `audience`·\[over its head\] − `dependence`·D
//! \+ propensity − `private`·\[private\],
//!
//! and the state reaches rung r or a higher one with probability expit(η − κᵣ) (ordered logit; the thresholds κ are data).
//! D is the state's dependence on the author. Words of another government in a language of the state's own public debate speak to
//! that public over the state's head: silence then has a cost at home (audience cost). Cooperative acts call for no answer here.
//!
//! A rung of words is one act. A severe rung is a *package*: a number of instruments drawn without replacement from
//! those that the state has not yet used against the other, up to the rung chosen, one of them on it, exempt ones left out;
//! weights fall with the cost to the state itself. The first is used at once, the others follow over the next days.
//!
//! Acts of the other side within `review` after it began to think about one are part of the same affair, and so is a message that
//! continues a public one: they are not thought about one by one, so they call for no decision and leave no tension of their own.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Stream, Subject, key_from};
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{CodeId, InstrumentId, MessageId, RungId, StateId};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::{Delivery, VoiceKind};
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, SimTime, TimeSpan};

const LATENCY: Purpose = Purpose::new("response latency");
const CHOICE: Purpose = Purpose::new("response choice");
const WORDS: Purpose = Purpose::new("response words");
const PACKAGE: Purpose = Purpose::new("response package");
const SPACING: Purpose = Purpose::new("response spacing");

params! {
    /// Parameters of response.
    pub struct Params {
        /// η of a state of mean propensity that hears a neutral act nobody saw, without tension.
        base: f64,
        /// More for each unit of tension.
        tension: NonNegative,
        /// More for each e-fold of salience at home.
        salience: NonNegative,
        /// Salience from which it counts.
        salience_unit: Probability,
        /// More for an act understood with weight −10.
        slight: NonNegative,
        /// More for another government's words in a language of the state's own public debate.
        audience: NonNegative,
        /// Less for a state whose whole economy hangs on the other.
        dependence: NonNegative,
        /// Less for a message that only the state itself sees: nobody watches.
        private: NonNegative,
        /// Standard deviation of the logarithm of the time from hearing to deciding.
        latency_spread: NonNegative,
        /// Time in which further acts of the other side belong to the same affair.
        review: TimeSpan,
        /// Mean time between the instruments of a package.
        spacing: TimeSpan,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Response {
    params: Params,
}

impl Response {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    /// Makes an appointment to decide, unless the message belongs to an affair under review.
    fn appoint(&self, state: StateId, id: MessageId, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        let message = world.message(id);
        let (key, origin) = (message.key, message.origin);
        if let (Origin::Act(_), Some(author)) = (origin, message.author) {
            let dyad = world.setting.dyad_idx(state, author);
            let relation = &mut world.relations[dyad];
            if relation.last_review.is_some_and(|last| now.since(last) < self.params.review) {
                return;
            }
            relation.last_review = Some(now);
        }
        if let Origin::Script(script) = origin
            && world.setting.script.messages[script.idx()]
                .continues
                .is_some_and(|head| world.posted_publicly(head).is_some())
        {
            return;
        }
        let staff = &world.setting.states[state.idx()];
        let mut stream = world.key.stream(LATENCY, Subject::new(staff.key, key));
        let latency = stream.log_normal(staff.decision, self.params.latency_spread.get());
        agenda.schedule(now + latency, Event::DecisionDue { state, message: id });
    }

    /// The index η of an answer of `state` to `id`; `None` where none is called for.
    fn index(&self, state: StateId, id: MessageId, now: SimTime, world: &World<'_>) -> Option<f64> {
        let setting = world.setting;
        let message = world.message(id);
        let author = message.author?;
        let understood = world.hearing(state, id)?.understood.unwrap_or(message.code);
        let weight = setting.codes[understood.idx()].weight.get();
        if weight >= 0.0 {
            return None;
        }
        let staff = &setting.states[state.idx()];
        let dyad = setting.dyad_idx(state, author);
        let params = &self.params;
        let unit = params.salience_unit.get().max(f64::MIN_POSITIVE);
        Some(
            params.base
                + params.tension.get() * world.relations[dyad].tension.value(now)
                + params.salience.get() * libm::log1p(world.salience_in(id, staff.country, now) / unit)
                - params.slight.get() * weight / 10.0
                + if is_over_the_head(id, state, world) { params.audience.get() } else { 0.0 }
                - params.dependence.get() * setting.dyads[dyad].dependence
                + staff.propensity
                - if message.delivery == Delivery::Private { params.private.get() } else { 0.0 },
        )
    }

    fn decide(&self, state: StateId, id: MessageId, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        let Some(index) = self.index(state, id, now, world) else { return };
        let message = world.message(id);
        let Some(target) = message.author else { return };
        let setting = world.setting;
        let subject = Subject::new(setting.states[state.idx()].key, message.key);
        let rung = chosen_rung(index, world.key.uniform(CHOICE, subject), world);
        let decision = Act {
            time: now,
            actor: state,
            target,
            code: CodeId(0),
            instrument: None,
            rung,
            issue: message.issue,
            cause: Cause::Message(id),
            key: key_from(setting.states[state.idx()].key, message.key),
        };
        if let Some(hearing) = world.hearing_mut(state, id) {
            hearing.answer = Some(rung);
        }
        world.note(|world| TimelineEntry {
            time: now,
            kind: EntryKind::Decided,
            id: format!("decided:{}:{}", setting.states[state.idx()].id, world.name_of(id)),
            actor: setting.states[state.idx()].id.clone(),
            cause: Some(world.name_of(id)),
            text: decision_text(state, id, rung, world),
        });
        if rung == RungId::NONE {
            return;
        }
        match setting.ladder[rung.idx()].package {
            None => {
                if let Some(code) = words_of(rung, &mut world.key.stream(WORDS, subject), world) {
                    agenda.schedule(now, Event::ActDue(Act { code, ..decision }));
                }
            }
            Some(size) => self.use_package(decision, size, subject, world, agenda),
        }
    }

    fn use_package(
        &self,
        decision: Act,
        size: (u32, u32),
        subject: Subject,
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let chosen = draw_package(&decision, size, &mut world.key.stream(PACKAGE, subject), world);
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
            agenda.schedule(time, Event::ActDue(act));
        }
    }
}

/// What a state took a message for and what it will do, in words.
fn decision_text(state: StateId, id: MessageId, rung: RungId, world: &World<'_>) -> String {
    let setting = world.setting;
    let understood =
        world.hearing(state, id).and_then(|hearing| hearing.understood).unwrap_or(world.message(id).code);
    let code = &setting.codes[understood.idx()];
    let choice = if rung == RungId::NONE { "does not answer" } else { &setting.ladder[rung.idx()].name };
    format!("takes {} for `{}` (CAMEO {}) and chooses: {choice}", world.name_of(id), code.name, code.code)
}

/// Whether a message is what another government says to the public of `state`.
fn is_over_the_head(id: MessageId, state: StateId, world: &World<'_>) -> bool {
    let message = world.message(id);
    let is_official = matches!(
        world.setting.voices[message.voice.idx()].kind,
        VoiceKind::Leader | VoiceKind::Minister | VoiceKind::Ministry | VoiceKind::Embassy
    );
    let national = world.setting.countries[world.setting.states[state.idx()].country.idx()].national;
    // The announcement of a deed speaks for itself in any language.
    is_official
        && matches!(message.origin, Origin::Script(_))
        && message.delivery == Delivery::Public
        && message.languages.meets(national)
}

/// The highest rung whose threshold lies below η + ε, ε = logit(`number`) being logistic.
fn chosen_rung(index: f64, number: f64, world: &World<'_>) -> RungId {
    let latent = index + libm::log(number) - libm::log1p(-number);
    let passed = world.setting.ladder.iter().rposition(|rung| latent >= rung.threshold);
    RungId(passed.unwrap_or(0) as u8)
}

/// One of the codes that stand on a rung of words, each as likely as the other.
fn words_of(rung: RungId, stream: &mut Stream, world: &World<'_>) -> Option<CodeId> {
    let codes: Vec<usize> =
        (0..world.setting.codes.len()).filter(|&idx| world.setting.codes[idx].rung == rung).collect();
    codes.get(stream.below(codes.len() as u32) as usize).map(|&idx| CodeId::new(idx))
}

/// Instruments of a package: one on the rung itself first, then others up to it, drawn without replacement.
fn draw_package(
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
    let first_severe = setting.ladder.iter().position(|rung| rung.package.is_some()).unwrap_or(usize::MAX);
    let mut available: Vec<InstrumentId> = setting.states[decision.actor.idx()]
        .instruments
        .iter()
        .copied()
        .filter(|id| {
            let rung = setting.instruments[id.idx()].rung;
            rung <= decision.rung && rung.idx() >= first_severe && !dyad.exempt.contains(id) && !is_used(id)
        })
        .collect();
    let size = least + stream.below(most.saturating_sub(least).saturating_add(1));
    let mut chosen = Vec::new();
    for place in 0..size.min(available.len() as u32) {
        let on_rung = |id: &InstrumentId| setting.instruments[id.idx()].rung == decision.rung;
        let must_be_on_rung = place == 0 && available.iter().any(on_rung);
        let weight = |id: &InstrumentId| {
            if must_be_on_rung && !on_rung(id) { 0.0 } else { 1.0 - 0.9 * setting.instruments[id.idx()].cost }
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

impl Mechanism for Response {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessageHeard { state, message } => self.appoint(state, message, world, agenda),
            Event::DecisionDue { state, message } => self.decide(state, message, world, agenda),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::{Bench, share_of_runs};
    use crate::model::fixture::{self, A, B, DEMAND, RECALL, TRADE, WORDS};
    use crate::model::ids::ScriptId;
    use crate::model::setting::Setting;
    use crate::model::world::Message;

    fn rule(base: f64) -> Response {
        Response::new(&Params {
            base,
            tension: NonNegative::clamped(1.0),
            salience: NonNegative::clamped(0.2),
            salience_unit: Probability::clamped(0.01),
            slight: NonNegative::clamped(2.0),
            audience: NonNegative::clamped(1.5),
            dependence: NonNegative::clamped(10.0),
            private: NonNegative::clamped(1.0),
            latency_spread: NonNegative::clamped(0.5),
            review: TimeSpan::from_hours(48),
            spacing: TimeSpan::from_hours(10),
        })
    }

    /// Acts that B decides on when it has understood `message` as a demand.
    fn acts(setting: &Setting, message: Message, base: f64, run: u64) -> Vec<(SimTime, Act)> {
        let mut rule = rule(base);
        let mut bench = Bench::new(setting, run);
        let id = bench.post(message, &mut rule);
        bench.decide(id, Some(DEMAND), &mut rule);
        let planned = bench.agenda.drain().into_iter().filter_map(|(time, event)| match event {
            Event::ActDue(act) => Some((time, act)),
            _ => None,
        });
        planned.collect()
    }

    /// η = −1.5 + 1·0.1 + 2·0.5 + 1.5 − 10·0.05 = 0.6 against thresholds 0, 1 and 2; α = 1e-4 for each of three shares.
    #[test]
    fn rungs_have_the_probabilities_of_the_ordered_logit() {
        let setting = fixture::setting();
        let highest = |run| {
            acts(&setting, fixture::appeal(SimTime::START), -1.5, run).iter().map(|(_, act)| act.rung).max()
        };
        for (rung, threshold) in [(WORDS, 0.0), (RECALL, 1.0), (TRADE, 2.0)] {
            let found = share_of_runs(4000, |&run| highest(run) >= Some(rung));
            let expected = 1.0 / (1.0 + f64::exp(threshold - 0.6));
            let bound = 3.9 * (expected * (1.0 - expected) / 4000.0).sqrt();
            assert!((found - expected).abs() < bound, "{found} {expected} at {rung:?}");
        }
    }

    #[test]
    fn a_package_begins_on_its_rung_and_never_repeats_or_uses_what_is_exempt() {
        let mut setting = fixture::setting();
        let dyad = setting.dyad_idx(B, A);
        let exempt = InstrumentId(1);
        setting.dyads[dyad].exempt.push(exempt);
        for run in 0..200 {
            let package = acts(&setting, fixture::appeal(SimTime::START), 50.0, run);
            let tools: Vec<InstrumentId> = package.iter().filter_map(|(_, act)| act.instrument).collect();
            assert_eq!(package[0].1.rung, TRADE);
            assert_eq!(package[0].0, SimTime::START);
            assert!(package.windows(2).all(|pair| pair[0].0 <= pair[1].0));
            assert!(!tools.contains(&exempt));
            assert!((1..tools.len()).all(|idx| !tools[..idx].contains(&tools[idx])), "{tools:?}");
        }
    }

    #[test]
    fn language_and_audience_raise_the_answer_and_privacy_lowers_it_run_by_run() {
        let setting = fixture::setting();
        let public = fixture::appeal(SimTime::START);
        let foreign = Message { languages: [fixture::LANGUAGE[0]].into_iter().collect(), ..public.clone() };
        let private = Message { delivery: Delivery::Private, ..public.clone() };
        let answers = |message: &Message, run| !acts(&setting, message.clone(), -1.5, run).is_empty();
        let mut fewer = 0;
        for run in 0..500 {
            for quieter in [&foreign, &private] {
                assert!(answers(&public, run) || !answers(quieter, run));
                fewer += u32::from(answers(&public, run) && !answers(quieter, run));
            }
        }
        assert!(fewer > 50, "{fewer}");
    }

    #[test]
    fn cooperation_calls_for_no_answer() {
        let setting = fixture::setting();
        let mut bench = Bench::new(&setting, 0);
        let mut rule = rule(50.0);
        let praise = Message { code: fixture::PRAISE, heard_as: None, ..fixture::appeal(SimTime::START) };
        let id = bench.post(praise, &mut rule);
        bench.decide(id, None, &mut rule);
        assert_eq!(bench.agenda.n_pending(), 0);
    }

    #[test]
    fn acts_of_one_affair_and_the_rest_of_a_thread_call_for_one_decision() {
        let mut setting = fixture::setting();
        let mut second = setting.script.messages[0].clone();
        second.continues = Some(ScriptId(0));
        setting.script.messages.push(second);
        let mut bench = Bench::new(&setting, 0);
        let mut rule = rule(0.0);
        let origins = [
            Origin::Script(ScriptId(0)),
            Origin::Script(ScriptId(1)),
            Origin::Act(crate::model::ids::ActId(0)),
            Origin::Act(crate::model::ids::ActId(1)),
        ];
        let mut decisions = Vec::new();
        for origin in origins {
            let id = bench.post(Message { origin, ..fixture::appeal(SimTime::START) }, &mut rule);
            bench.tell(Event::MessageHeard { state: B, message: id }, &mut rule);
            decisions.push(bench.agenda.drain().len());
        }
        assert_eq!(decisions, [1, 0, 1, 0]);
    }
}
