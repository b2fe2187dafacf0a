//! Observers: what is measured of a run. They see the world and never change it.
//!
//! [`layout()`] says once what is measured in a scenario; [`Observers`] follows one run, writing the series at the end of each bin
//! of time, and [`Observers::finish`] gives its outcome.

mod dyads;
mod layout;
mod markets;
mod messages;
mod ratios;
mod society;
mod thirds;

pub use layout::layout;

use crate::model::deed::Deed;
use crate::model::event::Act;
use crate::model::ids::{CountryId, StateId};
use crate::model::outcome::{ActRow, Layout, Outcome, StopReason};
use crate::model::setting::Setting;
use crate::model::world::World;
use crate::units::SimTime;
use markets::Marks;

/// Follows one run after another.
#[derive(Debug)]
pub struct Observers<'a> {
    layout: &'a Layout,
    /// Directed pairs of states that are measured.
    pairs: Vec<(StateId, StateId)>,
    /// For each message of the script the countries in which its reach is followed.
    audiences: Vec<Vec<CountryId>>,
    marks: Marks<'a>,
    ratios: Vec<ratios::Places>,
    next_bin: usize,
    /// Series × bins.
    series: Vec<f32>,
    row: Vec<f32>,
}

/// The first outcome of a ratio of `setting` that `layout` does not measure.
pub fn unmeasured<'a>(setting: &'a Setting, layout: &Layout) -> Option<&'a str> {
    ratios::places(setting, layout).err()
}

impl<'a> Observers<'a> {
    /// Observers for `layout`, which must be that of `setting` and measure all that it asks for ([`unmeasured`]).
    pub fn new(setting: &'a Setting, layout: &'a Layout) -> Self {
        Self {
            layout,
            pairs: dyads::pairs(setting),
            audiences: setting
                .script
                .messages
                .iter()
                .map(|message| messages::countries_of(message, setting))
                .collect(),
            marks: Marks::new(setting),
            ratios: ratios::places(setting, layout).unwrap_or_default(),
            next_bin: 0,
            series: Vec::new(),
            row: Vec::new(),
        }
    }

    /// Prepares for the next run.
    pub fn reset(&mut self) {
        self.next_bin = 0;
        self.series.clear();
        self.series.resize(self.layout.series.len() * self.layout.bins.len(), f32::NAN);
        self.marks.reset();
    }

    /// Notes what holds from `from` until just before `to`.
    pub fn advance(&mut self, world: &World<'_>, from: SimTime, to: SimTime) {
        self.marks.advance(world, from, to);
        while let Some(&end) = self.layout.bins.get(self.next_bin).filter(|&&end| end < to) {
            self.write_bin(world, end);
        }
    }

    fn write_bin(&mut self, world: &World<'_>, end: SimTime) {
        let mut row = std::mem::take(&mut self.row);
        row.clear();
        messages::series(world, &self.audiences, &mut row);
        dyads::series(world, &self.pairs, end, &mut row);
        society::series(world, &mut row);
        self.marks.series(world, &mut row);
        for (series, value) in row.iter().enumerate() {
            self.series[series * self.layout.bins.len() + self.next_bin] = *value;
        }
        self.row = row;
        self.next_bin += 1;
    }

    /// The acts of states and what was done on the platform, in order of time.
    fn acts(&self, world: &World<'_>) -> Vec<ActRow> {
        let acts = world.acts.iter().enumerate().map(|(idx, act)| row_of(world, idx, act));
        let deeds = world.deeds.iter().enumerate().filter_map(|(idx, deed)| self.deed_row(world, idx, deed));
        let mut rows: Vec<ActRow> = acts.chain(deeds).collect();
        rows.sort_by_key(|row| row.time);
        rows
    }

    fn deed_row(&self, world: &World<'_>, idx: usize, deed: &Deed) -> Option<ActRow> {
        Some(ActRow {
            id: format!("deed:{idx}"),
            time: deed.time,
            actor: self.layout.party_named(&deed.actor.name(world.setting))?,
            target: self.layout.party_named(&deed.target.name(world.setting))?,
            code: deed.code.0,
            instrument: None,
            weight: world.setting.codes[deed.code.idx()].weight,
            rung: 0,
            cause: world.reason_name(deed.reason).unwrap_or_else(|| "record".to_owned()),
        })
    }

    /// The outcome of the run that has just ended.
    pub fn finish(&mut self, world: &World<'_>, run: u64, stop: StopReason, events: u64) -> Outcome {
        while self.next_bin < self.layout.bins.len() {
            self.write_bin(world, world.setting.horizon);
        }
        self.marks.finish_prices(&mut self.series, self.layout);
        let mut scalars = Vec::with_capacity(self.layout.outcomes.len());
        messages::scalars(world, &mut scalars);
        dyads::scalars(world, &self.pairs, &mut scalars);
        thirds::scalars(world, &mut scalars);
        society::scalars(world, &mut scalars);
        self.marks.scalars(world, &mut scalars);
        ratios::scalars(&self.ratios, &mut scalars);
        let acts = self.acts(world);
        Outcome { run, stop, events, scalars, acts, series: std::mem::take(&mut self.series) }
    }
}

fn row_of(world: &World<'_>, idx: usize, act: &Act) -> ActRow {
    ActRow {
        id: format!("act:{idx}"),
        time: act.time,
        actor: act.actor.0,
        target: act.target.0,
        code: act.code.0,
        instrument: act.instrument.map(|instrument| instrument.0),
        weight: world.setting.codes[act.code.idx()].weight,
        rung: act.rung.0,
        cause: world.cause_name(act.cause).unwrap_or_else(|| "record".to_owned()),
    }
}
