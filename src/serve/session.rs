//! What goes on in the classroom: the scenario chosen, the runs that are made, who has joined, the round that is played.

use super::access::{Limits, Secret};
use super::live::Live;
use super::ready::Ready;
use super::round::{Cast, Chosen, Round, Seat, decided};
use super::sliders;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use twiplomacy::scenario::{Request, Scenario, Source, bundled};

/// Students that can join, at the most.
const MOST_STUDENTS: usize = 400;
/// Characters of the name of a student.
const MOST_NAME: usize = 24;
/// Runs that are made for a choice, at the most.
pub(super) const MOST_RUNS: u64 = 20_000;

/// Somebody who has joined.
#[derive(Debug, Clone)]
pub(super) struct Student {
    pub(super) name: String,
    pub(super) seat: Option<Seat>,
    /// What they voted for in this turn.
    pub(super) vote: Option<usize>,
}

/// What the teacher asks to be simulated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choose {
    /// Id of the scenario.
    pub(super) scenario: String,
    /// Intervention to set beside it.
    #[serde(default)]
    pub(super) arm: Option<String>,
    /// Where the sliders stand.
    #[serde(default)]
    pub(super) sliders: BTreeMap<String, f64>,
    /// Runs to make.
    #[serde(default = "standard_runs")]
    pub(super) runs: u64,
}

impl Choose {
    /// `runs` runs of a scenario as it stands.
    pub(crate) fn of(scenario: &str, runs: u64) -> Self {
        Self { scenario: scenario.to_owned(), arm: None, sliders: BTreeMap::new(), runs }
    }
}

const fn standard_runs() -> u64 {
    500
}

/// Whether runs are being made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Running,
    /// Waits; so many runs may still be made one by one.
    Paused(u64),
}

/// A choice that has been built.
#[derive(Debug, Clone)]
pub(super) struct Built {
    pub(super) base: Request,
    pub(super) baseline: Arc<Ready>,
    pub(super) other: Option<Arc<Ready>>,
    pub(super) other_name: String,
    pub(super) stage: Arc<Value>,
    pub(super) cast: Option<Cast>,
}

/// All that changes.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) choose: Choose,
    pub(super) built: Option<Built>,
    pub(super) error: Option<String>,
    /// Grows whenever runs begin anew; a thread that makes runs for an older one stops.
    pub(super) generation: u64,
    /// Grows whenever there is another scenario, or another arm beside it, to be watched.
    pub(super) edition: u64,
    pub(super) pace: Pace,
    pub(super) live: Live,
    /// Whether the recorded values are shown.
    pub(super) revealed: bool,
    pub(super) students: BTreeMap<Secret, Student>,
    pub(super) round: Option<Round>,
    /// A round is being computed.
    pub(super) busy: bool,
    pub(super) limits: Limits,
}

/// What all requests share.
#[derive(Debug)]
pub(super) struct App {
    session: Mutex<Session>,
    /// Told when the teacher's view changes, and when that of the class does.
    pub(super) teacher_changes: watch::Sender<u64>,
    pub(super) class_changes: watch::Sender<u64>,
    pub(super) scenarios: Vec<Source>,
    pub(super) world: Vec<Source>,
    pub(super) set: Vec<String>,
    /// What the program has loaded before it served, so that the first picture is there sooner.
    loaded: Mutex<Option<(Request, Scenario)>>,
    pub(super) seed: u64,
    pub(super) threads: usize,
    pub(super) teacher: Secret,
    /// Students may join with it; `None` on loopback without `--lan`, where anybody at the machine may.
    pub(super) code: Secret,
    /// Hosts under which the server is asked.
    pub(super) hosts: Vec<String>,
    /// Where students join.
    pub(super) address: String,
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) scenarios: Vec<Source>,
    pub(super) world: Vec<Source>,
    pub(super) set: Vec<String>,
    pub(super) seed: u64,
    pub(super) threads: usize,
    pub(super) hosts: Vec<String>,
    pub(super) address: String,
    pub(super) first: Choose,
    pub(super) loaded: (Request, Scenario),
}

impl App {
    pub(super) fn new(setup: Setup) -> Result<Arc<Self>, getrandom::Error> {
        let session = Session {
            choose: setup.first,
            built: None,
            error: None,
            generation: 0,
            edition: 0,
            pace: Pace::Running,
            live: Live::default(),
            revealed: false,
            students: BTreeMap::new(),
            round: None,
            busy: false,
            limits: Limits::new(),
        };
        Ok(Arc::new(Self {
            session: Mutex::new(session),
            teacher_changes: watch::Sender::new(0),
            class_changes: watch::Sender::new(0),
            scenarios: setup.scenarios,
            world: setup.world,
            set: setup.set,
            loaded: Mutex::new(Some(setup.loaded)),
            seed: setup.seed,
            threads: setup.threads,
            teacher: Secret::new()?,
            code: Secret::code()?,
            hosts: setup.hosts,
            address: setup.address,
        }))
    }

    /// The session. It stays whole if a thread that held it panicked: each change is small and complete.
    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn tell_teacher(&self) {
        self.teacher_changes.send_modify(|version| *version += 1);
    }

    pub(super) fn tell_all(&self) {
        self.tell_teacher();
        self.class_changes.send_modify(|version| *version += 1);
    }

    /// The scenario of that id, as it stands.
    pub(super) fn source(&self, id: &str) -> Option<Source> {
        self.scenarios.iter().find(|source| source.name == id).cloned().or_else(|| bundled::scenario(id))
    }

    /// Builds what the teacher chose, and begins to make its runs; takes a second or less.
    pub(super) fn choose(self: &Arc<Self>, choose: &Choose) -> Result<(), String> {
        if !(1..=MOST_RUNS).contains(&choose.runs) {
            return Err(format!("{} runs: allowed is 1 to {MOST_RUNS}", choose.runs));
        }
        let source =
            self.source(&choose.scenario).ok_or_else(|| format!("no scenario `{}`", choose.scenario))?;
        let mut base = Request::new(source);
        base.world.clone_from(&self.world);
        base.set.clone_from(&self.set);
        // Without this, the first picture is there sooner.
        if !choose.sliders.is_empty() {
            let standing = twiplomacy::scenario::load(&base).map_err(|failure| failure.to_string())?;
            base.set.extend(sliders::settings(&standing, &choose.sliders)?);
        }
        let generation = {
            let mut session = self.session();
            session.generation += 1;
            session.edition += 1;
            session.choose = choose.clone();
            session.error = None;
            session.built = None;
            session.round = None;
            session.revealed = false;
            session.live = Live::default();
            session.generation
        };
        self.tell_all();
        let built = self.build(base, choose);
        let mut session = self.session();
        if session.generation != generation {
            return Ok(());
        }
        match built {
            Ok(built) => session.built = Some(built),
            Err(error) => {
                session.error = Some(error.clone());
                drop(session);
                self.tell_all();
                return Err(error);
            }
        }
        session.pace = Pace::Running;
        drop(session);
        self.tell_all();
        self.begin_runs(generation);
        Ok(())
    }

    fn build(&self, base: Request, choose: &Choose) -> Result<Built, String> {
        let loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).take();
        let baseline = match loaded.filter(|(request, _)| *request == base) {
            Some((_, scenario)) => Ready::build(scenario, self.seed)?,
            None => Ready::of(&base, self.seed)?,
        };
        let other = match &choose.arm {
            Some(arm) => Some(Ready::of(&Request { arm: Some(arm.clone()), ..base.clone() }, self.seed)?),
            None => None,
        };
        let stage = Arc::new(baseline.stage());
        let cast = Cast::of(&baseline, &baseline.film(0));
        let other_name = choose.arm.clone().unwrap_or_default();
        Ok(Built { base, baseline, other, other_name, stage, cast })
    }

    /// Makes the runs of both arms in a thread of its own, which ends with the choice for which it was begun.
    pub(super) fn begin_runs(self: &Arc<Self>, generation: u64) {
        let app = Arc::clone(self);
        std::thread::spawn(move || {
            let (baseline, other, runs) = {
                let mut session = app.session();
                let Some(built) = session.built.clone().filter(|_| session.generation == generation) else {
                    return;
                };
                let mut arms = vec![built.baseline.as_ref()];
                arms.extend(built.other.as_deref());
                session.live = Live::of(&arms);
                let runs = session.choose.runs;
                (built.baseline, built.other, runs)
            };
            let mut workers = vec![(&baseline.simulation, baseline.simulation.worker())];
            if let Some(other) = &other {
                workers.push((&other.simulation, other.simulation.worker()));
            }
            let mut run = 0;
            while run < runs {
                if !app.may_run(generation) {
                    if app.session().generation != generation {
                        return;
                    }
                    std::thread::sleep(std::time::Duration::from_millis(40));
                    continue;
                }
                let scalars: Vec<Vec<f64>> = workers
                    .iter_mut()
                    .map(|(simulation, worker)| simulation.run(run, worker).scalars)
                    .collect();
                let mut session = app.session();
                if session.generation != generation {
                    return;
                }
                // A rewind begins again with the first run.
                if session.live.runs == run {
                    session.live.add(&scalars);
                    run += 1;
                } else {
                    run = session.live.runs;
                }
                drop(session);
                app.tell_teacher();
            }
        });
    }

    /// Takes leave for one more run.
    fn may_run(&self, generation: u64) -> bool {
        let mut session = self.session();
        if session.generation != generation {
            return false;
        }
        match session.pace {
            Pace::Running => true,
            Pace::Paused(0) => false,
            Pace::Paused(steps) => {
                session.pace = Pace::Paused(steps - 1);
                true
            }
        }
    }

    /// Lets somebody join; the seat with fewest students is theirs until they choose another.
    pub(super) fn join(&self, name: &str) -> Result<Secret, String> {
        let name: String = name.chars().filter(|character| !character.is_control()).take(MOST_NAME).collect();
        let secret = Secret::new().map_err(|error| error.to_string())?;
        let mut session = self.session();
        if session.students.len() >= MOST_STUDENTS {
            return Err(format!("the class is full: {MOST_STUDENTS} students"));
        }
        let seats =
            session.built.as_ref().and_then(|built| built.cast.as_ref()).map(|cast| cast.seats.clone());
        let taken =
            |seat: Seat| session.students.values().filter(|student| student.seat == Some(seat)).count();
        let seat = seats.and_then(|seats| {
            let fewest = seats.iter().map(|&seat| taken(seat)).min()?;
            seats.iter().copied().find(|&seat| taken(seat) == fewest)
        });
        let name = name.trim().to_owned();
        session.students.insert(secret.clone(), Student { name, seat, vote: None });
        drop(session);
        self.tell_teacher();
        Ok(secret)
    }

    /// Seats a student elsewhere, before a round.
    pub(super) fn sit(&self, student: &Secret, seat: &str) -> Result<(), String> {
        let mut session = self.session();
        if session.round.as_ref().is_some_and(|round| round.open.is_some()) {
            return Err("a round is being played".to_owned());
        }
        let built = session.built.as_ref().ok_or("nothing is chosen yet")?;
        let setting = built.baseline.simulation.setting();
        let cast = built.cast.as_ref().ok_or("nobody is played in this scenario")?;
        let found = cast.seats.iter().copied().find(|&known| Cast::id_of(known, setting) == seat);
        let found = found.ok_or("there is no such seat")?;
        let student = session.students.get_mut(student).ok_or("not joined")?;
        student.seat = Some(found);
        drop(session);
        self.tell_all();
        Ok(())
    }

    /// Counts a vote in the turn that is open.
    pub(super) fn vote(&self, student: &Secret, turn: usize, choice: &str) -> Result<(), String> {
        let mut session = self.session();
        let session = &mut *session;
        let round = session.round.as_ref().ok_or("no round is being played")?;
        let open = round.open.as_ref().filter(|_| round.turn == turn).ok_or("this turn is over")?;
        let student = session.students.get_mut(student).ok_or("not joined")?;
        let choices = student.seat.and_then(|seat| open.choices.get(&seat)).ok_or("it is not your turn")?;
        let found = choices.iter().position(|known| known.id == choice).ok_or("there is no such choice")?;
        student.vote = Some(found);
        self.tell_teacher();
        Ok(())
    }

    /// Begins a round on run `run`: who has joined by now plays.
    pub(super) fn begin_round(&self, run: u64) -> Result<(), String> {
        let (built, played) = {
            let mut session = self.session();
            let built = session.built.clone().ok_or("nothing is chosen yet")?;
            let mut played: Vec<Seat> =
                session.students.values().filter_map(|student| student.seat).collect();
            played.sort_unstable();
            played.dedup();
            if played.is_empty() {
                return Err("nobody has joined".to_owned());
            }
            session.students.values_mut().for_each(|student| student.vote = None);
            session.busy = true;
            (built, played)
        };
        self.tell_all();
        let begun = self.prepare_round(&built, played, run);
        let mut session = self.session();
        session.busy = false;
        let result = begun.map(|round| session.round = Some(round));
        drop(session);
        self.tell_all();
        result
    }

    fn prepare_round(&self, built: &Built, played: Vec<Seat>, run: u64) -> Result<Round, String> {
        let cast = built
            .cast
            .clone()
            .ok_or("nobody is played in this scenario: no government wrote its message of reference")?;
        let film_without = Arc::new(built.baseline.film(run));
        let ready = Ready::of(&cast.request(&built.base, &built.baseline, &played, &[]), self.seed)?;
        let film = Arc::new(ready.film(run));
        let mut round = Round {
            run,
            cast,
            played,
            turn: 0,
            open: None,
            chosen: Vec::new(),
            ready,
            film,
            without: Arc::clone(&built.baseline),
            film_without,
            revealed: false,
        };
        round.open_from(0);
        Ok(round)
    }

    /// Ends the turn: what most voted for is done, and the run goes on from there.
    pub(super) fn end_turn(&self) -> Result<(), String> {
        let (mut round, base) = {
            let mut session = self.session();
            let round =
                session.round.clone().filter(|round| round.open.is_some()).ok_or("no turn is open")?;
            if session.busy {
                return Err("the turn is being ended already".to_owned());
            }
            let base = session.built.as_ref().ok_or("nothing is chosen yet")?.base.clone();
            session.busy = true;
            (round, base)
        };
        self.tell_all();
        let votes: Vec<(Seat, usize)> = {
            let session = self.session();
            session.students.values().filter_map(|student| student.seat.zip(student.vote)).collect()
        };
        let ended = self.decide(&mut round, &base, &votes);
        let mut session = self.session();
        session.busy = false;
        if ended.is_ok() {
            session.round = Some(round);
            session.students.values_mut().for_each(|student| student.vote = None);
        }
        drop(session);
        self.tell_all();
        ended
    }

    fn decide(&self, round: &mut Round, base: &Request, votes: &[(Seat, usize)]) -> Result<(), String> {
        let Some(open) = round.open.take() else { return Ok(()) };
        for (&seat, choices) in open.choices.iter().filter(|(seat, _)| round.played.contains(seat)) {
            let own = votes.iter().filter(|(voter, _)| *voter == seat).map(|(_, vote)| *vote);
            if let Some((choice, counts)) = decided(choices, own) {
                let choice = choices[choice].clone();
                round.chosen.push(Chosen { turn: round.turn, seat, choice, votes: counts });
            }
        }
        let request = round.cast.request(base, &round.without, &round.played, &round.chosen);
        round.ready = Ready::of(&request, self.seed)?;
        round.film = Arc::new(round.ready.film(round.run));
        round.open_from(round.turn + 1);
        Ok(())
    }

    /// Shows everybody everything, and compares many runs with and without what was chosen.
    pub(super) fn end_round(self: &Arc<Self>) -> Result<(), String> {
        let generation = {
            let mut session = self.session();
            let session = &mut *session;
            let round = session.round.as_mut().ok_or("no round is being played")?;
            round.open = None;
            round.revealed = true;
            let played = Arc::clone(&round.ready);
            let built = session.built.as_mut().ok_or("nothing is chosen yet")?;
            built.other = Some(played);
            "class".clone_into(&mut built.other_name);
            session.generation += 1;
            session.edition += 1;
            session.pace = Pace::Running;
            session.generation
        };
        self.tell_all();
        self.begin_runs(generation);
        Ok(())
    }

    /// What can be kept of the session: enough to do all of it again.
    pub(super) fn saved(&self) -> Saved {
        let session = self.session();
        let setting = session.built.as_ref().map(|built| built.baseline.simulation.setting());
        let round = session.round.as_ref();
        let chosen = round.map_or(&[][..], |round| &round.chosen);
        let seat = |seat: Seat| setting.map_or(String::new(), |setting| Cast::id_of(seat, setting));
        Saved {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: self.seed,
            choose: session.choose.clone(),
            run: round.map(|round| round.run),
            played: round.map_or(Vec::new(), |round| round.played.iter().map(|&one| seat(one)).collect()),
            chosen: chosen
                .iter()
                .map(|one| SavedChoice {
                    turn: one.turn,
                    seat: seat(one.seat),
                    choice: one.choice.id.clone(),
                })
                .collect(),
        }
    }

    /// Does again what was saved.
    pub(super) fn restore(self: &Arc<Self>, saved: &Saved) -> Result<(), String> {
        if saved.seed != self.seed {
            return Err(format!(
                "the session has seed {}; begin the program with `--seed {}`",
                saved.seed, saved.seed
            ));
        }
        self.choose(&saved.choose)?;
        let Some(run) = saved.run else { return Ok(()) };
        let built = self.session().built.clone().ok_or("nothing is chosen yet")?;
        let setting = built.baseline.simulation.setting();
        let cast = built.cast.as_ref().ok_or("nobody is played in this scenario")?;
        let seat = |id: &String| {
            let found = cast.seats.iter().copied().find(|&seat| Cast::id_of(seat, setting) == *id);
            found.ok_or_else(|| format!("there is no seat `{id}`"))
        };
        let played = saved.played.iter().map(seat).collect::<Result<Vec<Seat>, String>>()?;
        let mut round = self.prepare_round(&built, played, run)?;
        while let Some(open) = &round.open {
            let of_turn = saved.chosen.iter().filter(|one| one.turn == round.turn);
            let mut votes = Vec::new();
            for one in of_turn {
                let seat = seat(&one.seat)?;
                let choices = open
                    .choices
                    .get(&seat)
                    .ok_or_else(|| format!("`{}` has no turn {}", one.seat, one.turn))?;
                let choice = choices.iter().position(|known| known.id == one.choice);
                votes.push((seat, choice.ok_or_else(|| format!("there is no choice `{}`", one.choice))?));
            }
            self.decide(&mut round, &built.base, &votes)?;
        }
        self.session().round = Some(round);
        self.end_round()
    }
}

/// A session as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    /// Version of the program.
    version: String,
    seed: u64,
    choose: Choose,
    run: Option<u64>,
    played: Vec<String>,
    chosen: Vec<SavedChoice>,
}

/// What was chosen in a turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedChoice {
    turn: usize,
    seat: String,
    choice: String,
}

impl Round {
    /// Opens turn `turn`, or the next one in which anybody who plays has a choice.
    fn open_from(&mut self, turn: usize) {
        self.turn = turn;
        self.open = None;
        while let Some(open) = self.cast.turn(self.turn, &self.without) {
            if open.choices.keys().any(|seat| self.played.contains(seat)) {
                self.open = Some(open);
                return;
            }
            self.turn += 1;
        }
    }
}

/// What the two kinds of people may see.
impl App {
    /// The teacher's view.
    pub(super) fn teacher_view(&self) -> Value {
        let (live, built, rest) = {
            let session = self.session();
            (session.live.clone(), session.built.clone(), self.rest_of_view(&session))
        };
        let mut view = rest;
        if let Some(built) = built {
            let layout = built.baseline.simulation.layout();
            view["live"] = json!({"runs": live.runs, "outcomes": live.json(&layout.rungs)});
            view["arms"] = built
                .baseline
                .scenario
                .file
                .interventions
                .iter()
                .map(|(id, arm)| json!([id, arm.title]))
                .collect();
        }
        view
    }

    fn rest_of_view(&self, session: &Session) -> Value {
        let sliders = session
            .built
            .as_ref()
            .map(|built| sliders::json(&built.baseline.scenario, &session.choose.sliders));
        let recorded = session.built.as_ref().filter(|_| session.revealed).map(|built| {
            let values = built.baseline.named.recorded.iter();
            values.map(|value| (value.outcome.clone(), json!(value.value))).collect::<serde_json::Map<_, _>>()
        });
        let paused = matches!(session.pace, Pace::Paused(_));
        json!({
            "scenarios": self.titles(),
            "choose": session.choose,
            "sliders": sliders,
            "ready": session.built.is_some(),
            "edition": session.edition,
            "other": session.built.as_ref().filter(|built| built.other.is_some()).map(|built| built.other_name.clone()),
            "error": session.error,
            "paused": paused,
            "revealed": session.revealed,
            "recorded": recorded,
            "address": self.address,
            "code": self.code.reveal(),
            "busy": session.busy,
            "seats": session.built.as_ref().and_then(|built| Some(built.cast.as_ref()?.json(&built.baseline))),
            "students": session.built.as_ref().map(|built| students(session, built)),
            "round": session.round.as_ref().map(|round| round_view(session, round)),
        })
    }

    fn titles(&self) -> Value {
        let own = self.scenarios.iter().map(|source| source.name.clone());
        let ids = own.chain(bundled::scenarios().map(|bundled| bundled.id.to_owned()));
        let mut ids: Vec<String> = ids.collect();
        ids.sort_unstable();
        ids.dedup();
        json!(ids)
    }

    /// The view of one student: nothing but what their government has heard, until the round is over. `None` for a stranger.
    pub(super) fn student_view(&self, secret: &Secret) -> Option<Value> {
        let session = self.session();
        let student = session.students.get(secret)?;
        let built = session.built.as_ref();
        let seats = built.and_then(|built| Some(built.cast.as_ref()?.json(&built.baseline)));
        let setting = built.map(|built| built.baseline.simulation.setting());
        let seat = student.seat.zip(setting).map(|(seat, setting)| Cast::id_of(seat, setting));
        let mut view = json!({
            "name": student.name,
            "title": built.map(|built| built.baseline.scenario.file.scenario.title.clone()),
            "seats": seats,
            "seat": seat,
            "phase": "waiting",
            "busy": session.busy,
        });
        let Some((round, seat)) = session.round.as_ref().zip(student.seat) else { return Some(view) };
        let time = round.open.as_ref().map(|open| open.time);
        view["phase"] = json!(if round.revealed {
            "whole"
        } else if time.is_some() {
            "turn"
        } else {
            "over"
        });
        if let Some(open) = &round.open {
            view["turn"] = json!(round.turn);
            view["time"] = json!(seconds(round, open.time));
            view["heard"] = round.cast.heard(seat, &round.film, &round.ready, open.time);
            view["draft"] = if seat == Seat::Editor { round.cast.draft(&round.without) } else { Value::Null };
            let choices = open.choices.get(&seat);
            view["choices"] = choices
                .map_or(Value::Null, |choices| choices.iter().map(super::round::Choice::json).collect());
            view["vote"] =
                json!(choices.zip(student.vote).and_then(|(choices, vote)| Some(&choices.get(vote)?.id)));
        }
        let own = round.chosen.iter().filter(|one| round.revealed || one.seat == seat);
        view["chosen"] = own.map(|one| chosen_json(round, one)).collect();
        Some(view)
    }
}

fn seconds(round: &Round, time: twiplomacy::units::SimTime) -> i64 {
    round.without.simulation.setting().start.plus(time).unix_ms() / 1000
}

fn chosen_json(round: &Round, one: &Chosen) -> Value {
    let setting = round.without.simulation.setting();
    json!({"turn": one.turn, "seat": Cast::id_of(one.seat, setting), "choice": one.choice.json(), "votes": one.votes})
}

/// Names by seat, and whether they have voted; votes themselves stay secret until the turn is over.
fn students(session: &Session, built: &Built) -> Value {
    let setting = built.baseline.simulation.setting();
    let student = |student: &Student| {
        json!({
            "name": student.name,
            "seat": student.seat.map(|seat| Cast::id_of(seat, setting)),
            "voted": student.vote.is_some(),
        })
    };
    session.students.values().map(student).collect()
}

fn round_view(session: &Session, round: &Round) -> Value {
    let setting = round.without.simulation.setting();
    let open = round.open.as_ref().map(|open| {
        let seats: Vec<Value> = open
            .choices
            .iter()
            .filter(|(seat, _)| round.played.contains(seat))
            .map(|(&seat, choices)| {
                let voters = session.students.values().filter(|student| student.seat == Some(seat));
                let (all, voted) = voters.fold((0, 0), |(all, voted), student| (all + 1, voted + usize::from(student.vote.is_some())));
                let choices: Vec<Value> = choices.iter().map(super::round::Choice::json).collect();
                json!({"seat": Cast::id_of(seat, setting), "choices": choices, "students": all, "voted": voted})
            })
            .collect();
        json!({"turn": round.turn, "time": seconds(round, open.time), "seats": seats})
    });
    json!({
        "run": round.run,
        "open": open,
        "revealed": round.revealed,
        "chosen": round.chosen.iter().map(|one| chosen_json(round, one)).collect::<Vec<_>>(),
    })
}
