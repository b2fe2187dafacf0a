//! Response: an ordered choice on the escalation ladder, of which the first category is to do nothing.
//!
//! A state decides on a message some time after hearing it: the sum of a log-normal time for each level of its ministry, together around its
//! own median, or, with its own probability, a log-normal time around `bypass` where the leader decides past them. An office spends the share
//! `search` of its time on looking up what is known; every office after the first is spared as much of that as the state's common archive
//! keeps. With the act as understood,
//!
//! η = `base` + `tension`·T + `salience`·ln(1 + S/`salience_unit`) + `slight`·|w|/10 + `audience`·\[over its head, or struck\] − `dependence`·D
//! \+ propensity − `private`·\[private\] − `satisfied`·\[paid back\] + `commitment`·\[has threatened\],
//!
//! and the state reaches rung r or a higher one with probability expit(η − κᵣ) (ordered logit; the thresholds κ are data).
//! D is the state's dependence on the author. Words of another government in a language of the state's own public debate speak to
//! that public over the state's head, and so does armed force against it: silence then has a cost at home (audience cost). A state that has
//! itself used an act of at least the rung of the one it suffers has paid back, and can rest. Whoever has threatened in public would lose
//! face by doing nothing (Fearon 1994: audience costs rise with escalation). w is what it takes the other to intend, if that
//! is not the weight of the act as understood (see the rules of perception and of voices). Cooperative acts call for no answer here.
//!
//! Armed force is answered in kind: after the other has used it, t ago, the thresholds of all rungs of force are lowered by
//! `in_kind`·2^(−t/`memory`), as far as the highest rung below them. Without it they are out of reach.
//!
//! A rung of words is one act. A severe rung is a *package*: a number of instruments drawn without replacement from
//! those that the state has not yet used against the other, up to the rung chosen, one of them on it, exempt ones left out;
//! weights are (1 − `thrift`·cost)·exp(−`interest`·cost·D): what costs the state itself is spared, the more the more it depends on the other. The first is used at once, the others follow over the next days; what must be prepared
//! is ready after a log-normal time (submodule `package`).
//!
//! A state that chooses no hostile answer may offer the other a way out: submodule `way_out`.
//!
//! Hostile acts of the other side within `review` after it began to think about one are part of the same affair, and so is a message that
//! continues a public one: they are not thought about one by one, so they call for no decision and leave no tension of their own.

mod package;
#[cfg(test)]
mod tests;
mod way_out;

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Stream, Subject, key_from, key_of};
use crate::model::custom::Decision;
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{CodeId, MessageId, RungId, StateId};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::{Delivery, Sphere, VoiceKind};
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, SimTime, TimeSpan};

const LATENCY: Purpose = Purpose::new("response latency");
const BYPASS: Purpose = Purpose::new("response bypass");
const CHOICE: Purpose = Purpose::new("response choice");
const WORDS: Purpose = Purpose::new("response words");

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
        /// Less for a state that has paid back in the same coin.
        satisfied: NonNegative,
        /// More for a state that has itself threatened the other in public within `memory`.
        commitment: NonNegative,
        /// How much rarer an instrument is that costs its user as much as it harms the other.
        thrift: Probability,
        /// How much a state shuns instruments that cost itself, the more it depends on the other.
        interest: NonNegative,
        /// How far the thresholds of rungs of force sink once the other has used force.
        in_kind: NonNegative,
        /// Time in which that halves.
        memory: TimeSpan,
        /// Standard deviation of the logarithm of the time from hearing to deciding.
        latency_spread: NonNegative,
        /// Share of its time that an office spends on looking up what is known.
        search: Probability,
        /// Median time of a leader who decides past the ministry.
        bypass: TimeSpan,
        /// Time in which further acts of the other side belong to the same affair.
        review: TimeSpan,
        /// Mean time between the instruments of a package.
        spacing: TimeSpan,
        /// ζ of a state that does not answer: log-odds of offering a way out where next to nothing has happened.
        way_out: f64,
        /// More where the two have come to the top of the ladder.
        danger: NonNegative,
        /// More where it fully believes that the other has offered one.
        reciprocity: NonNegative,
        /// Less for a state that has been hit harder than it has hit.
        face: NonNegative,
        /// How much a state shuns words that concede much, unless it has paid back.
        concession: NonNegative,
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
        let is_hostile = world.setting.codes[message.code.idx()].weight.get() < 0.0;
        if let (Origin::Act(_), Some(author), true) = (origin, message.author, is_hostile) {
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
        let latency = self.latency(state, key, world);
        agenda.schedule(now + latency, Event::DecisionDue { state, message: id });
    }

    /// Time from hearing the message with `key` to deciding on it.
    fn latency(&self, state: StateId, key: u32, world: &World<'_>) -> TimeSpan {
        let staff = &world.setting.states[state.idx()];
        let spread = self.params.latency_spread.get();
        let subject = Subject::new(staff.key, key);
        if staff.bypass > 0.0 && world.key.uniform(BYPASS, subject) < staff.bypass {
            return world.key.stream(LATENCY, subject).log_normal(self.params.bypass, spread);
        }
        let mut stream = world.key.stream(LATENCY, subject);
        let levels = staff.levels.max(1);
        let of_each = TimeSpan::from_ms(staff.decision.as_ms() / i64::from(levels));
        // The first office looks everything up; the later ones find what it has left in the common archive.
        let spared = self.params.search.get() * staff.knowledge_base;
        let of_later = TimeSpan::from_ms((of_each.as_ms() as f64 * (1.0 - spared)) as i64);
        (0..levels).fold(TimeSpan::ZERO, |sum, level| {
            sum + stream.log_normal(if level == 0 { of_each } else { of_later }, spread)
        })
    }

    /// The index η of an answer of `state` to `id`; `None` where none is called for.
    fn index(&self, state: StateId, id: MessageId, now: SimTime, world: &World<'_>) -> Option<f64> {
        let setting = world.setting;
        let message = world.message(id);
        let author = message.author?;
        let understood = world.hearing(state, id)?.understood.unwrap_or(message.code);
        let weight = world.intent(state, id);
        if weight >= 0.0 {
            return None;
        }
        let suffered = setting.codes[understood.idx()].rung;
        let is_struck = matches!(message.origin, Origin::Act(_))
            && setting.ladder[suffered.idx()].sphere == Sphere::Force;
        let staff = &setting.states[state.idx()];
        let dyad = setting.dyad_idx(state, author);
        let params = &self.params;
        let unit = params.salience_unit.get().max(f64::MIN_POSITIVE);
        Some(
            params.base
                + params.tension.get() * world.relations[dyad].tension.value(now)
                + params.salience.get() * libm::log1p(world.salience_in(id, staff.country, now) / unit)
                - params.slight.get() * weight / 10.0
                + if is_struck || is_over_the_head(id, state, world) { params.audience.get() } else { 0.0 }
                - params.dependence.get() * setting.dyads[dyad].dependence
                + staff.propensity
                - if message.delivery == Delivery::Private { params.private.get() } else { 0.0 }
                - if has_paid_back(state, author, suffered, world) { params.satisfied.get() } else { 0.0 }
                + if self.has_committed(state, author, now, world) { params.commitment.get() } else { 0.0 },
        )
    }

    /// Whether `state` has threatened `other` in public of late, by an act or through one of its accounts.
    fn has_committed(&self, state: StateId, other: StateId, now: SimTime, world: &World<'_>) -> bool {
        let setting = world.setting;
        let threat = setting.ladder.iter().rposition(|rung| rung.sphere == Sphere::Words).unwrap_or(0);
        let is_threat = |code: CodeId| threat > 0 && setting.codes[code.idx()].rung.idx() == threat;
        let is_recent = |time: SimTime| now.since(time) < self.params.memory;
        let by_act = world.acts.iter().any(|act| {
            (act.actor, act.target) == (state, other) && is_threat(act.code) && is_recent(act.time)
        });
        by_act
            || world.messages.iter().any(|message| {
                (message.author, message.target, message.delivery)
                    == (Some(state), Some(other), Delivery::Public)
                    && matches!(message.origin, Origin::Script(_))
                    && is_threat(message.code)
                    && is_recent(message.posted)
            })
    }

    /// How far the thresholds of rungs of force have sunk for `state` towards `other`.
    fn eased(&self, state: StateId, other: StateId, now: SimTime, world: &World<'_>) -> f64 {
        let setting = world.setting;
        let is_blow = |act: &&Act| {
            (act.actor, act.target) == (other, state)
                && setting.ladder[setting.codes[act.code.idx()].rung.idx()].sphere == Sphere::Force
        };
        let memory = (self.params.memory.as_ms() as f64).max(1.0);
        let fresh = |act: &Act| libm::exp2(-now.since(act.time).as_ms() as f64 / memory);
        let freshest = world.acts.iter().filter(is_blow).map(fresh).fold(0.0, f64::max);
        let first = setting.ladder.iter().position(|rung| rung.sphere == Sphere::Force);
        let gap = first.and_then(|first| {
            let below = setting.ladder[..first].last()?.threshold;
            below.is_finite().then(|| setting.ladder[first].threshold - below)
        });
        (self.params.in_kind.get() * freshest).min(gap.unwrap_or(0.0))
    }

    fn decide(&self, state: StateId, id: MessageId, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        let message = world.message(id);
        let Some(target) = message.author.filter(|&author| author != state) else { return };
        let setting = world.setting;
        let subject = Subject::new(setting.states[state.idx()].key, message.key);
        let index = self.index(state, id, now, world);
        let rung = index.map(|index| {
            let eased = self.eased(state, target, now, world);
            let rung = chosen_rung(index, eased, world.key.uniform(CHOICE, subject), world);
            world.decided(&Decision { time: now, state, message: id, author: target, rung })
        });
        let decision = Act {
            time: now,
            actor: state,
            target,
            code: CodeId(0),
            instrument: None,
            rung: rung.unwrap_or(RungId::NONE),
            issue: message.issue,
            cause: Cause::Message(id),
            key: key_from(setting.states[state.idx()].key, message.key),
        };
        let way_out = match decision.rung {
            RungId::NONE => self.way_out(state, target, id, now, world),
            _ => None,
        };
        if let (Some(rung), Some(hearing)) = (rung, world.hearing_mut(state, id)) {
            hearing.answer = Some(rung);
        }
        if rung.is_some() || way_out.is_some() {
            world.note(|world| TimelineEntry {
                time: now,
                kind: EntryKind::Decided,
                id: format!("decided:{}:{}", setting.states[state.idx()].id, world.name_of(id)),
                actor: setting.states[state.idx()].id.clone(),
                cause: Some(world.name_of(id)),
                text: decision_text(state, id, decision.rung, way_out, world),
            });
        }
        if let Some(code) = way_out {
            let key = key_from(decision.key, key_of("way out"));
            agenda.schedule(now, Event::ActDue(Box::new(Act { code, key, ..decision })));
        }
        self.carry_out(decision, subject, world, agenda);
    }

    /// Does what was decided: nothing, words, or a package.
    fn carry_out(&self, decision: Act, subject: Subject, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let (setting, rung, now) = (world.setting, decision.rung, agenda.now());
        if rung == RungId::NONE {
            return;
        }
        match setting.ladder[rung.idx()].package {
            None => {
                if let Some(code) = words_of(rung, &mut world.key.stream(WORDS, subject), world) {
                    agenda.schedule(now, Event::ActDue(Box::new(Act { code, ..decision })));
                }
            }
            Some(size) => self.use_package(decision, size, subject, world, agenda),
        }
    }
}

/// What a state took a message for and what it will do, in words.
fn decision_text(
    state: StateId,
    id: MessageId,
    rung: RungId,
    way_out: Option<CodeId>,
    world: &World<'_>,
) -> String {
    let setting = world.setting;
    let understood =
        world.hearing(state, id).and_then(|hearing| hearing.understood).unwrap_or(world.message(id).code);
    let code = &setting.codes[understood.idx()];
    let choice = match way_out {
        Some(code) => format!("a way out: {}", setting.codes[code.idx()].name),
        None if rung == RungId::NONE => "does not answer".to_owned(),
        None => setting.ladder[rung.idx()].name.clone(),
    };
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

/// Whether `state` has itself used a measure against `other` that stands at least as high as `suffered`.
fn has_paid_back(state: StateId, other: StateId, suffered: RungId, world: &World<'_>) -> bool {
    let setting = world.setting;
    world.acts.iter().filter(|act| (act.actor, act.target) == (state, other)).any(|act| {
        let rung = setting.codes[act.code.idx()].rung.max(act.rung);
        rung >= suffered && setting.ladder[rung.idx()].package.is_some()
    })
}

/// The highest rung whose threshold lies below η + ε, ε = logit(`number`) being logistic.
///
/// Thresholds of rungs of force are lower by `eased`.
fn chosen_rung(index: f64, eased: f64, number: f64, world: &World<'_>) -> RungId {
    let latent = index + libm::log(number) - libm::log1p(-number);
    let passed =
        world.setting.ladder.iter().rposition(|rung| {
            latent >= rung.threshold - if rung.sphere == Sphere::Force { eased } else { 0.0 }
        });
    RungId(passed.unwrap_or(0) as u8)
}

/// One of the codes that stand on a rung of words, each as likely as the other.
fn words_of(rung: RungId, stream: &mut Stream, world: &World<'_>) -> Option<CodeId> {
    let codes: Vec<usize> =
        (0..world.setting.codes.len()).filter(|&idx| world.setting.codes[idx].rung == rung).collect();
    codes.get(stream.below(codes.len() as u32) as usize).map(|&idx| CodeId::new(idx))
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
