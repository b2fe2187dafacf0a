//! Scenarios as Python holds them.

use pyo3::prelude::*;
use std::path::{Path, PathBuf};
use twiplomacy::io;
use twiplomacy::model::outcome::OutcomeKind;
use twiplomacy::report::sampling;
use twiplomacy::scenario::describe::describe;
use twiplomacy::scenario::{self, Base, Request, Scenario, Source};
use twiplomacy::study::BASELINE;
use twiplomacy::study::prepare::{Prepared, prepare};
use twiplomacy::text::{Look, inline};

use crate::arrow::Table;
use crate::errors::{asked, raised};

/// Name and text of a file.
type Named = (String, String);

/// A bundled scenario: id, title, tier, start, days.
type Listed = (String, String, u64, String, f64);

/// The bundled scenarios.
#[pyfunction]
pub(crate) fn bundled() -> PyResult<Vec<Listed>> {
    let of = |bundled: scenario::bundled::Bundled| {
        let request = Request::new(Source::new(bundled.id, bundled.text));
        let scenario = scenario::load(&request).map_err(asked)?;
        let header = &scenario.file.scenario;
        Ok((
            bundled.id.to_owned(),
            header.title.clone(),
            header.tier,
            header.start.timestamp().to_string(),
            header.horizon.as_days(),
        ))
    };
    scenario::bundled::scenarios().map(of).collect()
}

/// Processors that can be used.
#[pyfunction]
pub(crate) fn cores() -> usize {
    twiplomacy::study::making::cores()
}

/// A commented scenario to begin with.
#[pyfunction]
pub(crate) fn template(id: &str) -> String {
    scenario::template::with_id(id)
}

/// A scenario whose files hold together, with what it was read from.
#[pyclass(frozen, module = "twiplomacy._native")]
pub(crate) struct Loaded {
    request: Request,
    scenario: Scenario,
}

impl Loaded {
    pub(crate) const fn request(&self) -> &Request {
        &self.request
    }

    /// Builds what its runs share.
    pub(crate) fn prepared(&self, seed: u64) -> PyResult<Prepared> {
        prepare(&self.request, seed).map_err(raised)
    }

    fn of(request: Request) -> PyResult<Self> {
        let scenario = scenario::load(&request).map_err(asked)?;
        Ok(Self { request, scenario })
    }
}

#[pymethods]
impl Loaded {
    /// The scenario `name`, a file or a bundled one, on the bundled world or that in `world`.
    #[staticmethod]
    #[pyo3(signature = (name, world=None))]
    fn open(name: &str, world: Option<PathBuf>) -> PyResult<Self> {
        let mut request = Request::new(io::scenario(name).map_err(asked)?);
        if let Some(world) = world {
            request.world = io::world(&world).map_err(asked)?;
        }
        Self::of(request)
    }

    /// The scenario with the text `text`.
    #[staticmethod]
    #[pyo3(signature = (name, text, world, set, arm=None))]
    fn from_texts(
        name: &str,
        text: &str,
        world: Option<Vec<Named>>,
        set: Vec<String>,
        arm: Option<String>,
    ) -> PyResult<Self> {
        let mut request = Request::new(Source::new(name, text));
        if let Some(world) = world {
            request.world = world.into_iter().map(|(name, text)| Source::new(name, text)).collect();
        }
        request.set = set;
        request.arm = arm.filter(|arm| arm != BASELINE);
        Self::of(request)
    }

    /// The texts and changes that it was made of, in the order of the arguments of `from_texts`.
    fn texts(&self) -> (String, String, Vec<Named>, Vec<String>, Option<String>) {
        let Request { scenario, world, set, arm } = &self.request;
        let world = world.iter().map(|part| (part.name.clone(), part.text.clone())).collect();
        (scenario.name.clone(), scenario.text.clone(), world, set.clone(), arm.clone())
    }

    /// The same with further changes `PATH=VALUE` and, if one is named, an intervention.
    #[pyo3(signature = (set, arm=None))]
    fn changed(&self, set: Vec<String>, arm: Option<String>) -> PyResult<Self> {
        let mut request = self.request.clone();
        request.set.extend(set);
        if let Some(arm) = arm {
            request.arm = Some(arm).filter(|arm| arm != BASELINE);
        }
        Self::of(request)
    }

    /// What stands at a path, as the file writes it.
    fn value(&self, path: &str) -> PyResult<Option<String>> {
        Ok(Base::read(&self.request).map_err(asked)?.value(path).map(inline))
    }

    #[getter]
    fn id(&self) -> &str {
        &self.scenario.file.scenario.id
    }

    #[getter]
    fn title(&self) -> &str {
        &self.scenario.file.scenario.title
    }

    #[getter]
    fn arm(&self) -> Option<&str> {
        self.scenario.arm.as_deref()
    }

    /// The scenario file as simulated.
    #[getter]
    fn text(&self) -> &str {
        &self.scenario.scenario_text
    }

    /// The world as simulated.
    #[getter]
    fn world_text(&self) -> &str {
        &self.scenario.world_text
    }

    #[getter]
    fn overrides(&self) -> Vec<Named> {
        self.scenario.overrides.clone()
    }

    #[getter]
    fn warnings(&self) -> String {
        self.scenario.warnings.render(Look::Plain)
    }

    /// Ids and titles of the interventions.
    #[getter]
    fn interventions(&self) -> Vec<Named> {
        let interventions = self.scenario.file.interventions.iter();
        interventions.map(|(name, arm)| (name.clone(), arm.title.clone())).collect()
    }

    /// What will be simulated, in Markdown.
    fn describe(&self, seed: u64) -> PyResult<String> {
        let prepared = self.prepared(seed)?;
        let network = sampling::describe(prepared.simulation.setting());
        Ok(format!("{}\n{network}", describe(&prepared.scenario)))
    }

    /// Every parameter that says what it rests on.
    fn parameters(&self) -> PyResult<Table> {
        let rows = self.scenario.parameters.iter().map(|note| {
            serde_json::json!({
                "path": note.path,
                "value": note.value,
                "range": note.range,
                "basis": note.basis.name(),
                "source": note.source,
                "meaning": note.doc.split_whitespace().collect::<Vec<_>>().join(" "),
            })
        });
        Table::of_json(&rows.collect::<Vec<_>>())
    }

    /// What is measured in every run.
    fn outcomes(&self, seed: u64) -> PyResult<Table> {
        let prepared = self.prepared(seed)?;
        let rows = prepared.simulation.layout().outcomes.iter().map(|spec| {
            let kind = match spec.kind {
                OutcomeKind::Continuous => "continuous",
                OutcomeKind::Discrete => "discrete",
                OutcomeKind::YesNo => "yes_no",
            };
            serde_json::json!({
                "outcome": spec.id, "unit": spec.unit.name(), "kind": kind, "description": spec.description
            })
        });
        Table::of_json(&rows.collect::<Vec<_>>())
    }

    /// Checks what can only be checked by building: the network and the outcomes named.
    fn check(&self, seed: u64) -> PyResult<()> {
        self.prepared(seed).map(drop)
    }

    /// Writes scenario and world as simulated; neither file may exist.
    fn save(&self, scenario: PathBuf, world: Option<PathBuf>) -> PyResult<()> {
        let write = |path: &Path, text: &str| io::write_new(path, text).map_err(asked);
        write(&scenario, &self.scenario.scenario_text)?;
        world.map_or(Ok(()), |world| write(&world, &self.scenario.world_text))
    }
}
