//! Voices: what a state takes another to intend where its voices contradict each other.
//!
//! A state remembers of each voice of another state the last word that it has thought about, and of the state itself the last deed; a milder
//! threat does not take back a harsher one, a reassurance does. While
//! they all point the same way, each is taken at its own weight; what has no weight says nothing. Once some reassure (w > 0) and others threaten
//! (w < 0), they are fused.
//! Voice k has the precision exp(ℓₖ),
//!
//! ℓ = `rank`·rank + `reach`·ln(1 + N/`reach_unit`) + `record`·record + `deed`·\[a deed\] + `private`·\[said in private\] − ln 2·age/`half_life`,
//!
//! N being the people who have seen the message. With H, R the sums of the precisions of the hostile and the reassuring voices, and h, r
//! their means (h that of the message under review if it is hostile, r likewise, so that one voice among none that contradict it keeps its
//! weight), p = H/(H + R), the inferred intent is
//!
//! I = p·h + (1 − p)·r − `suspicion`·(1 − hotline)·T·d, at least h, with d = √(p(1 − p))·(r − h),
//!
//! the mean of the mixture, leaned towards the hostile voices by tension T and disagreement d (its standard deviation). Its variance is
//! d² + `noise`²/(H + R). A hostile message is answered, and remembered, by I in place of its own weight; a reassurance relieves by I as far
//! as that is positive: what is not believed relieves nothing.
//!
//! The record of a voice rises by `learning` with each deed of its state that points the way of its last word, and falls with each one
//! that does not.
//!
//! Precision weighting is the optimal fusion of independent signals; that rank and numbers of followers decide whose voice is believed is
//! the claim of S. Paquin (2021, l. 481-499). No estimate of the weights was found.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::event::Event;
use crate::model::ids::{MessageId, StateId};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::Delivery;
use crate::model::world::{Intent, Origin, Signal, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, SimTime, TimeSpan};

params! {
    /// Parameters of voices.
    pub struct Params {
        /// Log-precision of a voice of the highest rank, against one of none.
        rank: f64,
        /// More for each e-fold of the people who have seen the message.
        reach: NonNegative,
        /// People from which it counts.
        reach_unit: NonNegative,
        /// More for a voice that its state's deeds always bore out.
        record: NonNegative,
        /// Change of the record of a voice at each deed of its state.
        learning: Probability,
        /// More for a deed than for words.
        deed: f64,
        /// More for what is said to the state alone.
        private: f64,
        /// Time in which the precision of what was said halves.
        half_life: TimeSpan,
        /// How far disagreement is read as hostility, for each unit of tension.
        suspicion: NonNegative,
        /// Standard deviation of what one voice of no rank that nobody saw says of its state's intent, as a weight.
        noise: NonNegative,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Voices {
    params: Params,
}

/// One side of a contradiction.
#[derive(Debug, Clone, Copy, Default)]
struct Camp {
    precision: f64,
    sum: f64,
}

impl Camp {
    fn mean(self) -> f64 {
        if self.precision > 0.0 { self.sum / self.precision } else { 0.0 }
    }
}

impl Voices {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    fn precision(&self, signal: &Signal, state: StateId, now: SimTime, world: &World<'_>) -> f64 {
        let params = &self.params;
        let message = world.message(signal.message);
        let unit = params.reach_unit.get().max(f64::MIN_POSITIVE);
        let half_lives = if params.half_life > TimeSpan::ZERO {
            now.since(signal.time).as_ms() as f64 / params.half_life.as_ms() as f64
        } else {
            0.0
        };
        let log = params.rank * world.rank(signal.message, Some(state))
            + params.reach.get() * libm::log1p(world.reach(signal.message) / unit)
            + params.record.get() * signal.record
            + if matches!(message.origin, Origin::Act(_)) { params.deed } else { 0.0 }
            + if message.delivery == Delivery::Private { params.private } else { 0.0 };
        // Within what can be written, whatever the parameters.
        libm::exp(log.clamp(-300.0, 300.0)) * libm::exp2(-half_lives)
    }

    /// What `state` takes the state of its relation `dyad` to intend, thinking about a message that says `own`.
    fn fuse(&self, state: StateId, dyad: usize, own: f64, now: SimTime, world: &World<'_>) -> Intent {
        let (mut hostile, mut reassuring) = (Camp::default(), Camp::default());
        for signal in world.signals.iter().filter(|signal| signal.dyad == dyad) {
            let precision = self.precision(signal, state, now, world);
            let camp = if signal.weight < 0.0 { &mut hostile } else { &mut reassuring };
            camp.precision += precision;
            camp.sum += precision * signal.weight;
        }
        let total = hostile.precision + reassuring.precision;
        let noise = self.params.noise.get();
        let variance = if total > 0.0 { noise * noise / total } else { 0.0 };
        if hostile.precision <= 0.0 || reassuring.precision <= 0.0 {
            return Intent { weight: own, spread: variance.sqrt() };
        }
        let (low, high) = if own < 0.0 { (own, reassuring.mean()) } else { (hostile.mean(), own) };
        let share = hostile.precision / total;
        let disagreement = (share * (1.0 - share)).sqrt() * (high - low);
        let hotline = world.setting.hotline(dyad, now);
        let tension = world.relations[dyad].tension.value(now);
        let lean = self.params.suspicion.get() * (1.0 - hotline) * tension * disagreement;
        let weight = (share * low + (1.0 - share) * high - lean).max(low);
        Intent { weight, spread: (disagreement * disagreement + variance).sqrt() }
    }

    fn weigh(&self, state: StateId, id: MessageId, world: &mut World<'_>, now: SimTime) {
        let message = world.message(id);
        let (voice, origin) = (message.voice, message.origin);
        let Some(author) = message.author.filter(|&author| author != state) else { return };
        if matches!(origin, Origin::Coverage { .. })
            || world.hearing(state, id).and_then(|hearing| hearing.understood).is_none()
        {
            return;
        }
        let dyad = world.setting.dyad_idx(state, author);
        let weight = world.intent(state, id);
        if weight == 0.0 {
            return;
        }
        let before = world.signals.iter().position(|signal| (signal.dyad, signal.voice) == (dyad, voice));
        let first = world.setting.voices[voice.idx()].record;
        let before = before.map(|idx| world.signals.remove(idx));
        let record = before.map_or(first, |before| before.record);
        // A milder threat does not take back a harsher one.
        let harsher = before.map_or(weight, |before| before.weight.min(weight));
        let says = if weight < 0.0 { harsher } else { weight };
        world.signals.push(Signal { dyad, voice, message: id, time: now, weight: says, record });
        let intent = self.fuse(state, dyad, weight, now, world);
        world.intents[dyad] = Some(intent);
        world.readings.push((dyad, id, intent));
        let inferred = if weight < 0.0 { intent.weight } else { intent.weight.clamp(0.0, weight) };
        if inferred.to_bits() == weight.to_bits() {
            return;
        }
        if let Some(hearing) = world.hearing_mut(state, id) {
            hearing.intent = Some(inferred);
        }
        world.note(|world| TimelineEntry {
            time: now,
            kind: EntryKind::Decided,
            id: format!("weighed:{}:{}", world.setting.states[state.idx()].id, world.name_of(id)),
            actor: world.setting.states[state.idx()].id.clone(),
            cause: Some(world.name_of(id)),
            text: format!(
                "weighs {} against what other voices of {} say: intent {:+.1} ± {:.1}",
                world.name_of(id),
                world.setting.states[author.idx()].id,
                intent.weight,
                intent.spread
            ),
        });
    }

    /// Voices whose last word a deed bears out gain, the others lose.
    fn learn(&self, act: crate::model::event::Act, world: &mut World<'_>) {
        let weight = world.setting.codes[act.code.idx()].weight.get();
        let dyad = world.setting.dyad_idx(act.target, act.actor);
        if weight == 0.0 {
            return;
        }
        let step = self.params.learning.get();
        for signal in world.signals.iter_mut().filter(|signal| signal.dyad == dyad) {
            let is_borne_out = (signal.weight < 0.0) == (weight < 0.0);
            signal.record = (signal.record + if is_borne_out { step } else { -step }).clamp(-1.0, 1.0);
        }
    }
}

impl Mechanism for Voices {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::DecisionDue { state, message } => self.weigh(state, message, world, agenda.now()),
            Event::ActTaken(id) => {
                let act = world.acts[id.idx()];
                self.learn(act, world);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, A, B, DEMAND, MINISTER, PRAISE};
    use crate::model::ids::{CodeId, VoiceId};
    use crate::model::setting::Setting;
    use crate::model::vocabulary::VoiceKind;
    use crate::model::world::{Message, Spread};

    /// The announcements of A, which here speak for a ministry.
    const MINISTRY: VoiceId = VoiceId(1);

    fn params() -> Params {
        Params {
            rank: 2.0,
            reach: NonNegative::clamped(0.5),
            reach_unit: NonNegative::clamped(1000.0),
            record: NonNegative::clamped(1.0),
            learning: Probability::clamped(0.25),
            deed: 1.0,
            private: 0.5,
            half_life: TimeSpan::from_hours(48),
            suspicion: NonNegative::clamped(0.0),
            noise: NonNegative::clamped(2.0),
        }
    }

    fn says(voice: VoiceId, code: CodeId, hour: i64) -> Message {
        let posted = SimTime::START + TimeSpan::from_hours(hour);
        Message { voice, code, heard_as: None, key: voice.0.into(), ..fixture::appeal(posted) }
    }

    /// What B takes A to intend after it has thought about `messages`, each at once.
    fn inferred(setting: &Setting, params: &Params, messages: &[Message]) -> (Intent, f64) {
        let mut rule = Voices::new(params);
        let mut bench = Bench::new(setting, 0);
        let mut last = 0.0;
        for message in messages {
            bench.agenda.schedule(message.posted, Event::OfflineHappened(crate::model::ids::ScriptId(0)));
            bench.agenda.pop();
            let code = message.code;
            let id = bench.post(message.clone(), &mut rule);
            bench.decide(id, Some(code), &mut rule);
            last = bench.world.intent(B, id);
        }
        (bench.world.intents[setting.dyad_idx(B, A)].unwrap(), last)
    }

    fn mean(messages: &[Message]) -> f64 {
        inferred(&fixture::setting(), &params(), messages).0.weight
    }

    /// Nobody has seen either. Ranks 0.8 and 0.6: precisions e^1.6 and e^1.2, so p = 1/(1 + e^-0.4).
    #[test]
    fn contradictory_voices_are_fused_by_precision_and_their_disagreement_raises_the_variance() {
        let (threat, praise) = (says(MINISTER, DEMAND, 0), says(MINISTRY, PRAISE, 0));
        let share = 1.0 / (1.0 + f64::exp(-0.4));
        let expected = share * -5.0 + (1.0 - share) * 3.4;
        let (intent, of_praise) = inferred(&fixture::setting(), &params(), &[threat.clone(), praise.clone()]);
        assert!((intent.weight - expected).abs() < 1e-12, "{} {expected}", intent.weight);
        assert_eq!(of_praise, 0.0, "a reassurance that is not believed relieves nothing");
        let disagreement = share * (1.0 - share) * 8.4 * 8.4;
        let variance = disagreement + 4.0 / (f64::exp(1.6) + f64::exp(1.2));
        assert!((intent.spread * intent.spread - variance).abs() < 1e-9);
        // Told in the other order at the same instant, the threat is answered by the same intent.
        let (_, of_threat) = inferred(&fixture::setting(), &params(), &[praise, threat]);
        assert!((of_threat - expected).abs() < 1e-12);
    }

    #[test]
    fn voices_that_agree_are_each_taken_at_their_own_weight() {
        let (_, last) = inferred(
            &fixture::setting(),
            &params(),
            &[says(MINISTER, CodeId(3), 0), says(MINISTRY, DEMAND, 0), says(MINISTER, CodeId(2), 5)],
        );
        assert_eq!(last, -2.0);
    }

    #[test]
    fn a_milder_threat_does_not_take_back_a_harsher_one_but_a_reassurance_does() {
        let (threat, mild) = (says(MINISTER, DEMAND, 0), says(MINISTER, CodeId(2), 0));
        let (kind, praise) = (says(MINISTER, PRAISE, 0), says(MINISTRY, PRAISE, 0));
        let plain = mean(&[threat.clone(), praise.clone()]);
        assert_eq!(mean(&[threat.clone(), mild, praise.clone()]), plain);
        assert_eq!(mean(&[threat, kind, praise]), 3.4);
    }

    #[test]
    fn intent_moves_with_rank_reach_record_and_order() {
        let threat_first = [says(MINISTER, DEMAND, 0), says(MINISTRY, PRAISE, 24)];
        let threat_last = [says(MINISTRY, PRAISE, 0), says(MINISTER, DEMAND, 24)];
        let base = mean(&threat_first);
        assert!(mean(&threat_last) < base, "the later word weighs more");
        // Ranks 0.8 and 0.6; what is a day old, half of the half-life, has a precision of 2^-0.5.
        let fused = |threat: f64, praise: f64| (threat * -5.0 + praise * 3.4) / (threat + praise);
        let (old, [threat, praise]) = (f64::sqrt(0.5), [1.6, 1.2].map(f64::exp));
        assert!((base - fused(threat * old, praise)).abs() < 1e-12, "{base}");
        assert!((mean(&threat_last) - fused(threat, praise * old)).abs() < 1e-12);
        let mut ranked = fixture::setting();
        ranked.voices[MINISTER.idx()].kind = VoiceKind::Leader;
        assert!(inferred(&ranked, &params(), &threat_first).0.weight < base, "rank");
        let mut trusted = fixture::setting();
        trusted.voices[MINISTRY.idx()].record = 1.0;
        assert!(inferred(&trusted, &params(), &threat_first).0.weight > base, "record");
        let deaf = Params { reach: NonNegative::clamped(0.0), ..params() };
        let heard = |params: &Params| {
            let setting = fixture::setting();
            let (mut rule, mut bench) = (Voices::new(params), Bench::new(&setting, 0));
            for message in &threat_first {
                let id = bench.post(message.clone(), &mut rule);
                if message.code == PRAISE {
                    let spread: &mut Spread = bench.world.spread_mut(id);
                    spread.expose(fixture::CITIZENS_B, 300.0, 600, 20.0);
                }
                bench.decide(id, Some(message.code), &mut rule);
            }
            bench.world.intents[setting.dyad_idx(B, A)].unwrap().weight
        };
        assert!(heard(&params()) > heard(&deaf), "reach");
    }

    #[test]
    fn suspicion_leans_to_the_hostile_voice_and_a_hotline_rights_it() {
        let voices = [says(MINISTER, DEMAND, 0), says(MINISTRY, PRAISE, 0)];
        let wary = |suspicion| Params { suspicion: NonNegative::clamped(suspicion), ..params() };
        let mut setting = fixture::setting();
        let trusting = inferred(&setting, &wary(0.0), &voices).0.weight;
        let suspicious = inferred(&setting, &wary(2.0), &voices).0.weight;
        assert!(suspicious < trusting && suspicious >= -5.0);
        assert_eq!(inferred(&setting, &wary(1e6), &voices).0.weight, -5.0);
        let dyad = setting.dyad_idx(B, A);
        setting.dyads[dyad].hotline = 1.0;
        assert_eq!(inferred(&setting, &wary(2.0), &voices).0.weight, trusting);
    }

    #[test]
    fn deeds_teach_whose_words_to_believe() {
        let setting = fixture::setting();
        let (mut rule, mut bench) = (Voices::new(&params()), Bench::new(&setting, 0));
        for message in [says(MINISTER, DEMAND, 0), says(MINISTRY, PRAISE, 0)] {
            let code = message.code;
            let id = bench.post(message, &mut rule);
            bench.decide(id, Some(code), &mut rule);
        }
        let deed = crate::model::event::Act {
            time: SimTime::START,
            actor: A,
            target: B,
            code: fixture::SANCTION,
            instrument: None,
            rung: crate::model::ids::RungId::NONE,
            issue: crate::model::ids::IssueId(0),
            cause: crate::model::event::Cause::Message(MessageId(0)),
            key: 1,
        };
        for _ in 0..2 {
            let id = bench.world.take(deed).unwrap();
            bench.tell(&Event::ActTaken(id), &mut rule);
        }
        let records: Vec<f64> = bench.world.signals.iter().map(|signal| signal.record).collect();
        assert_eq!(records, [0.5, -0.5]);
    }
}
