//! One run again, told as a story.

use super::StudyError;
use super::prepare::{Prepared, prepare};
use crate::io::{self, StoredBundle};
use crate::model::outcome::{Outcome, OutcomeKind};
use crate::model::timeline::TimelineEntry;
use crate::report::manifest::Manifest;
use crate::report::text::Style;
use crate::report::{human, tables, timeline};
use crate::scenario::Request;
use serde_json::json;
use std::path::Path;

/// A run with all that happened in it.
#[derive(Debug)]
pub struct Replayed<'a> {
    prepared: &'a Prepared,
    outcome: Outcome,
    entries: Vec<TimelineEntry>,
}

/// The scenario of the bundle in `folder`, if it has a run `run`, and how the bundle was made.
pub fn stored(folder: &Path, run: u64) -> Result<(Prepared, Manifest), StudyError> {
    let StoredBundle { scenario, world, manifest } = io::bundle(folder).map_err(StudyError::asked)?;
    if run >= manifest.runs {
        return Err(StudyError::asked(format!(
            "the bundle has no run {run}\n\nhint: its {} runs are 0 to {}",
            manifest.runs,
            manifest.runs.saturating_sub(1)
        )));
    }
    let request = Request { scenario, world: vec![world], set: Vec::new(), arm: None };
    Ok((prepare(&request, manifest.seed)?, manifest))
}

impl<'a> Replayed<'a> {
    /// Simulates run `run` again and writes down what happens in it.
    pub fn of(prepared: &'a Prepared, run: u64) -> Self {
        let (outcome, entries) = prepared.simulation.replay(run);
        Self { prepared, outcome, entries }
    }

    /// The run for people: what happened, then the outcomes that the scenario shows first.
    pub fn story(&self, width: usize, style: Style) -> String {
        let Self { prepared, outcome, entries } = self;
        let (layout, setting) = (prepared.simulation.layout(), prepared.simulation.setting());
        let head = format!("{}  run {}, seed {}\n\n", prepared.id(), outcome.run, prepared.simulation.seed());
        let highlighted = &prepared.named.highlighted;
        let longest = highlighted.iter().map(String::len).max().unwrap_or_default();
        let lines = highlighted.iter().filter_map(|id| {
            let index = layout.outcomes.iter().position(|spec| spec.id == *id)?;
            let value = outcome.scalars.get(index).copied()?;
            let text = match layout.outcomes[index].kind {
                OutcomeKind::YesNo if value.is_nan() => human::NOTHING.to_owned(),
                OutcomeKind::YesNo => if value == 0.0 { "no" } else { "yes" }.to_owned(),
                _ => human::value(layout.outcomes[index].unit, value),
            };
            Some(format!("{id:longest$}  {text}\n"))
        });
        let told = match style {
            Style::Plain => timeline::text(entries, setting.start),
            style => timeline::screen(entries, setting.start, width, style),
        };
        head + &told + "\n" + &lines.collect::<String>()
    }

    /// Its acts.
    pub fn acts(&self) -> tables::Table<'_> {
        let simulation = &self.prepared.simulation;
        tables::acts(simulation.layout(), std::slice::from_ref(&self.outcome), simulation.setting().start)
    }

    /// The run for programs: `scenario`, `seed`, `run` (its row of the table `runs`), `acts` (its rows of the table `acts`) and `timeline`.
    pub fn json(&self) -> serde_json::Value {
        let simulation = &self.prepared.simulation;
        let (layout, start) = (simulation.layout(), simulation.setting().start);
        let outcomes = std::slice::from_ref(&self.outcome);
        json!({
            "scenario": self.prepared.id(),
            "seed": simulation.seed(),
            "run": tables::json::rows(&tables::runs(layout, outcomes)).pop(),
            "acts": tables::json::rows(&self.acts()),
            "timeline": timeline::json(&self.entries, start),
        })
    }
}
