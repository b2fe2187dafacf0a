//! Recognition: states, or platforms, recognise one after the other.
//!
//! From the message on that makes it possible, member i that has not moved does so with hazard
//!
//! hᵢ(t) = `base`·exp(`standing`·sᵢ + `peers`·qᵢ(t))·(`confirmed` once confirmed, 1 before),
//!
//! sᵢ being its standing towards what is recognised (−1 to 1) and qᵢ the share of its friends that have moved, each friend j counting by
//! alignment: qᵢ = Σ_{j moved} aᵢⱼ⁺ / Σⱼ aᵢⱼ⁺. Platforms are friends of platforms, all alike, and states of states: neither follows the other.
//! Hazards are constant between moves, so each member moves when its integrated hazard reaches a number drawn from the exponential
//! distribution: exactly, without steps of time (time change; Doob–Gillespie).
//!
//! The move of a state is an act towards the state that gains; that of a platform is a label. Where a recognition offends another state, each
//! move is answered by mirror images: the one thanks with probability `thanks` (CAMEO 051), the other complains officially with probability
//! `protest` (114), each to the state that moved or in which the platform has its seat, after a log-normal time around its latency.
//!
//! That recognition runs along alignment and past examples is the finding of studies of diplomatic recognition (Coggins 2011, general
//! knowledge); the sizes come from one episode.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from, key_of};
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{CodeId, MessageId, RungId, StateId};
use crate::model::setting::Setting;
use crate::model::society::{Move, Recognition as Entry};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::Delivery;
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{NonNegative, PerDay, Probability, SimTime, TimeSpan};

const PATIENCE: Purpose = Purpose::new("recognition patience");
const ANSWER: Purpose = Purpose::new("recognition answer");
const DELAY: Purpose = Purpose::new("recognition delay");

/// CAMEO: praise or endorse; complain officially.
const THANKS: &str = "051";
const PROTEST: &str = "114";

const DAY_MS: f64 = 86_400_000.0;

params! {
    /// Parameters of recognition.
    pub struct Params {
        /// Hazard of a member that does not care, none of whose friends has moved.
        base: PerDay,
        /// Log-hazard for each unit of standing.
        standing: NonNegative,
        /// More when all friends have moved.
        peers: NonNegative,
        /// Factor on the hazard once the last doubt is gone.
        confirmed: NonNegative,
        /// Probability that the state that gains thanks in public.
        thanks: Probability,
        /// Probability that the state offended complains.
        protest: Probability,
        /// Standard deviation of the logarithm of the time to thanks and protest.
        delay_spread: NonNegative,
    }
}

/// How far a recognition has gone.
#[derive(Debug, Clone, Default)]
struct Progress {
    has_begun: bool,
    is_confirmed: bool,
    /// Appointments of earlier rounds are void.
    round: u32,
    at: SimTime,
    /// Hazard that each member has still to pass; `None` once it has moved.
    left: Vec<Option<f64>>,
}

/// The rule.
#[derive(Debug)]
pub struct Recognition {
    params: Params,
    thanks: Option<CodeId>,
    protest: Option<CodeId>,
    progress: Vec<Progress>,
}

impl Recognition {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let code = |name: &str| setting.codes.iter().position(|code| code.code == name).map(CodeId::new);
        let progress = Vec::new();
        Self { params: params.clone(), thanks: code(THANKS), protest: code(PROTEST), progress }
    }

    /// Hazard of member `idx` a day, as things stand.
    fn hazard(&self, idx: usize, entry: &Entry, progress: &Progress, setting: &Setting) -> f64 {
        let params = &self.params;
        let log = params.standing.get() * entry.members[idx].standing
            + params.peers.get() * moved_friends(idx, entry, progress, setting);
        let confirmed = if progress.is_confirmed { params.confirmed.get() } else { 1.0 };
        params.base.get() * libm::exp(log.clamp(-300.0, 300.0)) * confirmed
    }

    /// Lets time pass until `now`.
    fn pass(&mut self, recognition: usize, now: SimTime, setting: &Setting) {
        let entry = &setting.script.recognitions[recognition];
        let progress = &self.progress[recognition];
        let days = now.since(progress.at).as_ms() as f64 / DAY_MS;
        let passed: Vec<f64> =
            (0..entry.members.len()).map(|idx| self.hazard(idx, entry, progress, setting) * days).collect();
        let progress = &mut self.progress[recognition];
        for (left, passed) in progress.left.iter_mut().zip(passed) {
            *left = left.map(|left| (left - passed).max(0.0));
        }
        progress.at = now;
    }

    /// Who moves next as things stand, and after how many days.
    fn next(&self, recognition: usize, setting: &Setting) -> Option<(usize, f64)> {
        let entry = &setting.script.recognitions[recognition];
        let progress = &self.progress[recognition];
        let waiting = progress.left.iter().enumerate().filter_map(|(idx, left)| Some((idx, (*left)?)));
        let days = waiting
            .map(|(idx, left)| (idx, left / self.hazard(idx, entry, progress, setting)))
            .collect::<Vec<_>>();
        days.into_iter().filter(|(_, days)| days.is_finite()).min_by(|left, right| left.1.total_cmp(&right.1))
    }

    fn appoint(&mut self, recognition: usize, world: &World<'_>, agenda: &mut Agenda<Event>) {
        self.progress[recognition].round += 1;
        let round = self.progress[recognition].round;
        let Some((_, days)) = self.next(recognition, world.setting) else { return };
        let left = world.setting.horizon.since(agenda.now()).as_ms() as f64;
        if days * DAY_MS <= left {
            let due = agenda.now() + TimeSpan::from_ms((days * DAY_MS) as i64);
            agenda.schedule(due, Event::RecognitionDue { recognition: recognition as u16, round });
        }
    }

    fn begin_one(&mut self, recognition: usize, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let entry = &world.setting.script.recognitions[recognition];
        let patience = |key: u32| {
            let mut stream = world.key.stream(PATIENCE, Subject::new(entry.key, key));
            Some(stream.exponential())
        };
        let progress = &mut self.progress[recognition];
        if progress.has_begun {
            return;
        }
        progress.has_begun = true;
        progress.at = agenda.now();
        progress.left = entry.members.iter().map(|member| patience(member.key)).collect();
        self.appoint(recognition, world, agenda);
    }

    fn move_next(&mut self, recognition: usize, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let now = agenda.now();
        let Some((member, _)) = self.next(recognition, world.setting) else { return };
        self.pass(recognition, now, world.setting);
        self.progress[recognition].left[member] = None;
        let entry = &world.setting.script.recognitions[recognition];
        let who = &entry.members[member];
        world.moves.push(Move { recognition: recognition as u16, member: member as u16, time: now });
        let act = Act {
            time: now,
            actor: who.state,
            target: entry.of,
            code: entry.code,
            instrument: None,
            rung: RungId::NONE,
            issue: entry.issue,
            cause: Cause::Recognition(recognition as u16),
            key: key_from(entry.key, who.key),
        };
        if who.is_platform {
            let (recognition, member) = (recognition as u16, member as u16);
            world.facts.push_back(Event::PlatformRecognised { recognition, member });
            world.note(|_| TimelineEntry {
                time: now,
                kind: EntryKind::Moderated,
                id: format!("recognised:{}:{}", entry.id, who.id),
                actor: who.id.clone(),
                cause: Some(entry.id.clone()),
                text: "recognises it in what it shows its users".to_owned(),
            });
        } else {
            world.facts.push_back(Event::ActDue(Box::new(act)));
        }
        if let Some(against) = entry.against {
            self.answer(entry.of, &act, self.thanks, self.params.thanks, world, agenda);
            self.answer(against, &act, self.protest, self.params.protest, world, agenda);
        }
        self.appoint(recognition, world, agenda);
    }

    /// Lets `state` answer the move with `code` towards who moved, if it does.
    fn answer(
        &self,
        state: StateId,
        moved: &Act,
        code: Option<CodeId>,
        probability: Probability,
        world: &World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let Some(code) = code.filter(|_| state != moved.actor) else { return };
        let staff = &world.setting.states[state.idx()];
        let subject = Subject::new(staff.key, moved.key);
        if world.key.uniform(ANSWER, subject) >= probability.get() {
            return;
        }
        let delay =
            world.key.stream(DELAY, subject).log_normal(staff.decision, self.params.delay_spread.get());
        let key = key_from(moved.key, key_from(staff.key, key_of("answer")));
        let time = agenda.now() + delay;
        agenda.schedule(
            time,
            Event::ActDue(Box::new(Act { time, actor: state, target: moved.actor, code, key, ..*moved })),
        );
    }

    /// Recognitions that `is_meant` picks.
    fn meant(world: &World<'_>, is_meant: impl Fn(&Entry) -> bool) -> Vec<usize> {
        let entries = world.setting.script.recognitions.iter().enumerate();
        entries.filter(|(_, entry)| is_meant(entry)).map(|(idx, _)| idx).collect()
    }

    fn posted(&mut self, id: MessageId, world: &World<'_>, agenda: &mut Agenda<Event>) {
        let message = world.message(id);
        let (Origin::Script(script), Delivery::Public) = (message.origin, message.delivery) else { return };
        for recognition in Self::meant(world, |entry| entry.after == script) {
            self.begin_one(recognition, world, agenda);
        }
    }
}

/// Share of the friends of member `idx` that have moved, each by alignment; 0 for who has none.
fn moved_friends(idx: usize, entry: &Entry, progress: &Progress, setting: &Setting) -> f64 {
    let who = &entry.members[idx];
    let (mut moved, mut all) = (0.0, 0.0);
    for (other_idx, other) in entry.members.iter().enumerate() {
        if other_idx == idx || other.is_platform != who.is_platform {
            continue;
        }
        let alignment =
            if who.is_platform { 1.0 } else { setting.dyad(who.state, other.state).alignment.max(0.0) };
        all += alignment;
        if progress.left[other_idx].is_none() {
            moved += alignment;
        }
    }
    if all > 0.0 { moved / all } else { 0.0 }
}

impl Mechanism for Recognition {
    fn begin(&mut self, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.progress.clear();
        self.progress.resize(world.setting.script.recognitions.len(), Progress::default());
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) if !self.progress.is_empty() => self.posted(id, world, agenda),
            Event::OfflineHappened(script) => {
                for recognition in Self::meant(world, |entry| entry.confirmed_by == Some(script)) {
                    if self.progress[recognition].has_begun {
                        self.pass(recognition, agenda.now(), world.setting);
                    }
                    self.progress[recognition].is_confirmed = true;
                    if self.progress[recognition].has_begun {
                        self.appoint(recognition, world, agenda);
                    }
                }
            }
            Event::RecognitionDue { recognition, round }
                if self.progress[usize::from(recognition)].round == round =>
            {
                self.move_next(usize::from(recognition), world, agenda);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, A, B, C, PRAISE};
    use crate::model::ids::{IssueId, ScriptId};
    use crate::model::setting::ScriptOffline;
    use crate::model::society::Member;

    const RUNS: u64 = 2000;

    fn member(id: &str, state: StateId, standing: f64) -> Member {
        Member { id: id.to_owned(), key: key_of(id), state, is_platform: false, standing }
    }

    fn platform(id: &str, standing: f64) -> Member {
        Member { is_platform: true, ..member(id, A, standing) }
    }

    /// A, B and C, of which A and C are allies and B is nobody's friend, and two platforms at home in A; something of B is recognised.
    fn setting() -> Setting {
        let mut setting = fixture::setting();
        setting.script.offline.push(ScriptOffline {
            id: "vote".to_owned(),
            time: SimTime::START + TimeSpan::from_days(2),
            tension: Vec::new(),
            caution: Vec::new(),
            lines: Vec::new(),
            moves: Vec::new(),
            text: String::new(),
        });
        setting.script.recognitions.push(Entry {
            id: "it".to_owned(),
            key: 7,
            of: B,
            against: None,
            code: PRAISE,
            issue: IssueId(0),
            after: ScriptId(0),
            confirmed_by: Some(ScriptId(0)),
            members: vec![
                member("A", A, 0.5),
                member("C", C, -0.5),
                platform("big", 0.2),
                platform("small", -1.0),
            ],
        });
        setting
    }

    fn params() -> Params {
        Params {
            base: PerDay::new(0.3).unwrap(),
            standing: NonNegative::clamped(2.0),
            peers: NonNegative::clamped(1.5),
            confirmed: NonNegative::clamped(4.0),
            thanks: Probability::clamped(1.0),
            protest: Probability::clamped(1.0),
            delay_spread: NonNegative::clamped(0.0),
        }
    }

    /// Moves of a run: member and day.
    fn moves(setting: &Setting, params: &Params, run: u64) -> Vec<(usize, f64)> {
        let mut rule = Recognition::new(params, setting);
        let mut bench = Bench::new(setting, run);
        rule.begin(&mut bench.world, &mut bench.agenda);
        bench.post(fixture::appeal(SimTime::START), &mut rule);
        bench.agenda.schedule(setting.script.offline[0].time, Event::OfflineHappened(ScriptId(0)));
        while let Some((_, event)) = bench.agenda.pop() {
            bench.tell(&event, &mut rule);
        }
        let days = |time: SimTime| time.since(SimTime::START).as_days();
        bench.world.moves.iter().map(|moved| (usize::from(moved.member), days(moved.time))).collect()
    }

    /// Largest distance of the distribution of `values` from the unit exponential one, censored beyond `until`.
    fn distance_from_exponential(mut values: Vec<f64>, n: usize, until: f64) -> f64 {
        values.sort_unstable_by(f64::total_cmp);
        let n = n as f64;
        let within = values.iter().enumerate().filter(|(_, value)| **value <= until);
        within
            .map(|(rank, value)| {
                let expected = 1.0 - (-value).exp();
                ((rank as f64 + 1.0) / n - expected).abs().max((expected - rank as f64 / n).abs())
            })
            .fold(0.0, f64::max)
    }

    /// The integrated hazard at which a member moves is exponential with mean 1, whoever moved before and whether confirmed or not. The
    /// integral is computed here from the moves alone. Members still waiting at the horizon of 30 days have an integral of at least
    /// 0.3·e^(−2)·(2 + 28·4) > 4.6, so below 4.6 nothing is censored. Kolmogorov–Smirnov: √n·D < 2.23 at α = 1e-4.
    #[test]
    fn integrated_hazards_at_the_moves_are_exponential() {
        let setting = setting();
        let params = params();
        let standing = [0.5, -0.5, 0.2, -1.0];
        let friend = [1, 0, 3, 2];
        let mut integrals = vec![Vec::new(); 4];
        for run in 0..RUNS {
            let moves = moves(&setting, &params, run);
            let moved_on = |member: usize| {
                moves.iter().find(|(who, _)| *who == member).map_or(f64::INFINITY, |(_, day)| *day)
            };
            for member in 0..4 {
                let until = moved_on(member);
                if until.is_infinite() {
                    continue;
                }
                let base = 0.3 * f64::exp(2.0 * standing[member]);
                let mut cuts = [0.0, 2.0_f64.min(until), moved_on(friend[member]).min(until), until];
                cuts.sort_unstable_by(f64::total_cmp);
                let hazard = |day: f64| {
                    let peers = if moved_on(friend[member]) <= day { 1.5_f64.exp() } else { 1.0 };
                    base * peers * if day >= 2.0 { 4.0 } else { 1.0 }
                };
                let parts = cuts.windows(2).map(|cut| hazard(cut[0]) * (cut[1] - cut[0]));
                integrals[member].push(parts.sum());
            }
        }
        for (member, integrals) in integrals.into_iter().enumerate() {
            let distance = distance_from_exponential(integrals, RUNS as usize, 4.6);
            let statistic = distance * (RUNS as f64).sqrt();
            assert!(statistic < 2.23, "member {member}: {statistic}");
        }
    }

    #[test]
    fn platforms_move_without_states_and_nobody_moves_without_the_message() {
        let mut alone = setting();
        for member in &mut alone.script.recognitions[0].members {
            if !member.is_platform {
                member.standing = -400.0;
            }
        }
        let who: Vec<usize> =
            (0..40).flat_map(|run| moves(&alone, &params(), run)).map(|(who, _)| who).collect();
        assert!(who.len() > 60 && who.iter().all(|&member| member >= 2), "{who:?}");
        let mut other = setting();
        other.script.recognitions[0].after = ScriptId(9);
        assert!((0..40).all(|run| moves(&other, &params(), run).is_empty()));
    }

    #[test]
    fn moves_are_answered_by_mirror_images() {
        let mut setting = setting();
        setting.codes[fixture::MEDIATE.idx()].code = PROTEST.to_owned();
        let entry = &mut setting.script.recognitions[0];
        entry.against = Some(C);
        entry.members.retain(|member| member.is_platform);
        let mut rule = Recognition::new(&params(), &setting);
        let mut bench = Bench::new(&setting, 0);
        rule.begin(&mut bench.world, &mut bench.agenda);
        bench.post(fixture::appeal(SimTime::START), &mut rule);
        let mut answers = Vec::new();
        while let Some((_, event)) = bench.agenda.pop() {
            match event {
                Event::ActDue(act) => answers.push((act.actor, act.target, act.code)),
                _ => bench.tell(&event, &mut rule),
            }
        }
        answers.sort_unstable();
        assert_eq!(
            answers,
            [(B, A, PRAISE), (B, A, PRAISE), (C, A, fixture::MEDIATE), (C, A, fixture::MEDIATE)]
        );
    }
}
