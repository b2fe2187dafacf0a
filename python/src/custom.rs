//! Rules of a user's own, written in Python: functions that are asked about decisions of governments and about acts.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use twiplomacy::model::custom::{Custom, Decision as Chosen};
use twiplomacy::model::event::Act as Planned;
use twiplomacy::model::ids::{CodeId, InstrumentId, RungId};
use twiplomacy::model::setting::Setting;
use twiplomacy::model::world::World;
use twiplomacy::text::nearest;
use twiplomacy::units::SimTime;

use crate::errors::mistake;

/// What a government is about to decide on a message.
#[pyclass(frozen, get_all, module = "twiplomacy")]
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// Index of the run.
    run: u64,
    /// Hours since the scenario's start.
    hours: f64,
    /// The same instant on the world's clock, as RFC 3339.
    time: String,
    /// Who decides.
    state: String,
    /// The state that the message speaks for.
    author: String,
    /// The message.
    message: String,
    /// Act it was understood as (CAMEO code).
    understood: String,
    /// What the author is taken to intend, as a Goldstein weight.
    intent: f64,
    /// Tension of the one who decides towards the author.
    tension: f64,
    /// Rung that the model chooses; `none` is no answer.
    rung: String,
    /// Its position on the ladder, from 0.
    level: usize,
    /// The ladder, lowest rung first.
    ladder: Vec<String>,
    /// A number from 0 to 1 that belongs to this decision in this run, for rules that need chance.
    draw: f64,
}

/// An act that is about to be taken.
#[pyclass(frozen, get_all, module = "twiplomacy")]
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// Index of the run.
    run: u64,
    /// Hours since the scenario's start.
    hours: f64,
    /// The same instant on the world's clock, as RFC 3339.
    time: String,
    /// Who acts.
    actor: String,
    /// On whom.
    target: String,
    /// CAMEO code.
    code: String,
    /// Instrument of policy; None for plain words.
    instrument: Option<String>,
    /// Rung of the ladder.
    rung: String,
    /// Its position on the ladder, from 0.
    level: usize,
    /// Goldstein weight of the code.
    weight: f64,
    /// What it answers; None for an act on record.
    cause: Option<String>,
    /// A number from 0 to 1 that belongs to this act in this run.
    draw: f64,
}

#[pymethods]
impl Decision {
    fn __repr__(&self) -> String {
        format!(
            "Decision(run={}, time='{}', state='{}', message='{}', understood='{}', rung='{}')",
            self.run, self.time, self.state, self.message, self.understood, self.rung
        )
    }
}

#[pymethods]
impl Act {
    /// The same act by another instrument, or by plain words of another code.
    #[pyo3(signature = (*, instrument=None, code=None))]
    fn replace(&self, instrument: Option<String>, code: Option<String>) -> PyResult<Self> {
        match (instrument, code) {
            (Some(_), Some(_)) => {
                Err(mistake("an instrument has a code of its own", "give `instrument` or `code`, not both"))
            }
            (Some(instrument), None) => Ok(Self { instrument: Some(instrument), ..self.clone() }),
            (None, Some(code)) => Ok(Self { code, instrument: None, ..self.clone() }),
            (None, None) => Ok(self.clone()),
        }
    }

    fn __repr__(&self) -> String {
        let by = self.instrument.as_deref().map_or_else(|| "None".to_owned(), |tool| format!("'{tool}'"));
        format!(
            "Act(run={}, time='{}', actor='{}', target='{}', code='{}', instrument={by}, rung='{}')",
            self.run, self.time, self.actor, self.target, self.code, self.rung
        )
    }
}

/// The functions of a user. The first error of one stops the work.
pub(crate) struct Hooks {
    on_decision: Option<Py<PyAny>>,
    on_act: Option<Py<PyAny>>,
    error: Mutex<Option<PyErr>>,
    stop: Arc<AtomicBool>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").finish_non_exhaustive()
    }
}

impl Hooks {
    /// `None` if there is no function.
    pub(crate) fn new(on_decision: Option<Py<PyAny>>, on_act: Option<Py<PyAny>>) -> Option<Arc<Self>> {
        let is_any = on_decision.is_some() || on_act.is_some();
        is_any.then(|| Arc::new(Self { on_decision, on_act, error: Mutex::new(None), stop: Arc::default() }))
    }

    pub(crate) const fn stop(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    pub(crate) fn take_error(&self) -> Option<PyErr> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What `ask` says; after an error, which is kept, and ever after it, `proposed`.
    fn unless_failed<T>(&self, proposed: T, ask: impl FnOnce(Python<'_>) -> PyResult<T>) -> T {
        if self.stop.load(Ordering::Relaxed) {
            return proposed;
        }
        match Python::attach(ask) {
            Ok(answer) => answer,
            Err(error) => {
                self.stop.store(true, Ordering::Relaxed);
                self.error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                proposed
            }
        }
    }
}

impl Custom for Hooks {
    fn decision(&self, proposed: &Chosen, world: &World<'_>) -> RungId {
        let Some(function) = &self.on_decision else { return proposed.rung };
        self.unless_failed(proposed.rung, |py| {
            let answer = function.bind(py).call1((decision(proposed, world),))?;
            rung(&answer, proposed.rung, world.setting)
        })
    }

    fn act(&self, proposed: &Planned, world: &World<'_>) -> Option<Planned> {
        let Some(function) = &self.on_act else { return Some(*proposed) };
        self.unless_failed(Some(*proposed), |py| {
            let asked = act(proposed, world);
            let answer = function.bind(py).call1((asked.clone(),))?;
            taken(&answer, &asked, proposed, world.setting)
        })
    }
}

fn decision(chosen: &Chosen, world: &World<'_>) -> Decision {
    let setting = world.setting;
    let understood = world.hearing(chosen.state, chosen.message).and_then(|hearing| hearing.understood);
    let understood = understood.unwrap_or(world.message(chosen.message).code);
    let dyad = setting.dyad_idx(chosen.state, chosen.author);
    Decision {
        run: world.run,
        hours: hours(chosen.time),
        time: clock(chosen.time, setting),
        state: setting.states[chosen.state.idx()].id.clone(),
        author: setting.states[chosen.author.idx()].id.clone(),
        message: world.name_of(chosen.message),
        understood: setting.codes[understood.idx()].code.clone(),
        intent: world.intent(chosen.state, chosen.message),
        tension: world.relations[dyad].tension.value(chosen.time),
        rung: setting.ladder[chosen.rung.idx()].id.clone(),
        level: chosen.rung.idx(),
        ladder: setting.ladder.iter().map(|rung| rung.id.clone()).collect(),
        draw: chosen.draw(world),
    }
}

fn act(planned: &Planned, world: &World<'_>) -> Act {
    let setting = world.setting;
    let code = &setting.codes[planned.code.idx()];
    Act {
        run: world.run,
        hours: hours(planned.time),
        time: clock(planned.time, setting),
        actor: setting.states[planned.actor.idx()].id.clone(),
        target: setting.states[planned.target.idx()].id.clone(),
        code: code.code.clone(),
        instrument: planned.instrument.map(|tool| setting.instruments[tool.idx()].id.clone()),
        rung: setting.ladder[planned.rung.idx()].id.clone(),
        level: planned.rung.idx(),
        weight: code.weight.get(),
        cause: world.cause_name(planned.cause),
        draw: twiplomacy::model::custom::draw_of_act(planned, world),
    }
}

fn hours(time: SimTime) -> f64 {
    time.as_ms() as f64 / 3_600_000.0
}

fn clock(time: SimTime, setting: &Setting) -> String {
    setting.start.plus(time).timestamp().to_string()
}

/// The rung that a function answers: None for what was proposed, an id, or a position.
fn rung(answer: &Bound<'_, PyAny>, proposed: RungId, setting: &Setting) -> PyResult<RungId> {
    if answer.is_none() || answer.cast::<Decision>().is_ok() {
        return Ok(proposed);
    }
    let ladder = || setting.ladder.iter().map(|rung| rung.id.as_str());
    let found = if let Ok(id) = answer.cast::<PyString>() {
        let id = id.to_string();
        match ladder().position(|known| known == id) {
            Some(position) => Some(position),
            None => return Err(unknown("rung", &id, ladder())),
        }
    } else if answer.is_instance_of::<PyBool>() {
        None
    } else {
        answer.extract::<usize>().ok().filter(|&position| position < setting.ladder.len())
    };
    found.map(|position| RungId(position as u8)).ok_or_else(|| {
        mistake(
            format!("`on_decision` can't answer {}", text(answer)),
            format!(
                "allowed: None for what was proposed, the id of a rung ({}), or its position",
                list(ladder())
            ),
        )
    })
}

/// The act that a function answers: None or True for what was proposed, False for none, or another act.
fn taken(
    answer: &Bound<'_, PyAny>,
    asked: &Act,
    proposed: &Planned,
    setting: &Setting,
) -> PyResult<Option<Planned>> {
    if answer.is_none() {
        return Ok(Some(*proposed));
    }
    if let Ok(truth) = answer.cast::<PyBool>() {
        return Ok(truth.is_true().then_some(*proposed));
    }
    let Ok(other) = answer.cast::<Act>() else {
        return Err(mistake(
            format!("`on_act` can't answer {}", text(answer)),
            "allowed: None or True for the act proposed, False for no act, or `act.replace(instrument=…)`",
        ));
    };
    let other = other.get();
    if let Some(instrument) = &other.instrument
        && other.instrument != asked.instrument
    {
        let tools = || setting.instruments.iter().map(|tool| tool.id.as_str());
        let position = tools().position(|known| known == instrument);
        let position = position.ok_or_else(|| unknown("instrument", instrument, tools()))?;
        let tool = &setting.instruments[position];
        let instrument = Some(InstrumentId::new(position));
        return Ok(Some(Planned { instrument, code: tool.code, rung: tool.rung, ..*proposed }));
    }
    if other.code != asked.code {
        let codes = || setting.codes.iter().map(|code| code.code.as_str());
        let position = codes().position(|known| known == other.code);
        let position = position.ok_or_else(|| unknown("code", &other.code, codes()))?;
        let rung = setting.codes[position].rung;
        return Ok(Some(Planned { instrument: None, code: CodeId::new(position), rung, ..*proposed }));
    }
    Ok(Some(*proposed))
}

fn unknown<'a>(what: &str, id: &str, known: impl Iterator<Item = &'a str> + Clone) -> PyErr {
    let meant = nearest(id, known.clone()).map_or(String::new(), |meant| format!("did you mean `{meant}`? "));
    mistake(format!("no {what} `{id}`"), format!("{meant}allowed: {}", list(known)))
}

fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    twiplomacy::text::list(words)
}

fn text(answer: &Bound<'_, PyAny>) -> String {
    answer.repr().map_or_else(|_| "this".to_owned(), |text| format!("`{text}`"))
}
