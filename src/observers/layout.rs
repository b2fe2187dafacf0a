//! The list of what is measured, and the bins of time of the series.

use super::{dyads, markets, messages, ratios, society, thirds};
use crate::model::deed::Party;
use crate::model::outcome::{Layout, OutcomeKind, OutcomeSpec, SeriesGroup, SeriesSpec, Unit};
use crate::model::setting::{Setting, When};
use crate::units::{SimTime, TimeSpan};

/// Bins of the regular grid.
const GRID: i64 = 40;
/// Bins at the most: series take memory in proportion to them, for each run.
const MOST_BINS: usize = 220;

/// Describes what is measured in every run of `setting`.
pub fn layout(setting: &Setting) -> Layout {
    let planned: Vec<SimTime> = setting
        .script
        .messages
        .iter()
        .filter_map(|message| match message.when {
            When::At(time) => Some(time),
            When::AfterAct { .. } | When::AfterMessage { .. } | When::AfterShock { .. } => None,
        })
        .collect();
    let mut columns = Columns::default();
    messages::describe(setting, &mut columns);
    dyads::describe(setting, &mut columns);
    thirds::describe(setting, &mut columns);
    society::describe(setting, &mut columns);
    markets::describe(setting, &mut columns);
    ratios::describe(setting, &mut columns);
    Layout {
        outcomes: columns.outcomes,
        series: columns.series,
        bins: bins(&planned, setting.reference, setting.horizon),
        states: setting.states.iter().map(|state| state.id.clone()).collect(),
        others: Party::others(setting),
        codes: setting.codes.iter().map(|code| (code.code.clone(), code.name.clone())).collect(),
        instruments: setting.instruments.iter().map(|tool| (tool.id.clone(), tool.name.clone())).collect(),
        rungs: setting.ladder.iter().map(|rung| (rung.id.clone(), rung.name.clone())).collect(),
    }
}

/// Descriptions of outcomes and series, in the order of their values.
#[derive(Debug, Default)]
pub(super) struct Columns {
    outcomes: Vec<OutcomeSpec>,
    series: Vec<SeriesSpec>,
}

impl Columns {
    pub(super) fn outcome(&mut self, id: String, unit: Unit, kind: OutcomeKind, description: String) {
        self.outcomes.push(OutcomeSpec { id, unit, kind, description });
    }

    pub(super) fn series(&mut self, id: String, label: String, unit: Unit, group: SeriesGroup) {
        self.series.push(SeriesSpec { id, label, unit, group });
    }
}

/// Ends of bins: a regular grid of forty, hours on the first day after every message whose time is planned, and after the message of
/// reference also three hours until the fourth day and half days until the fourteenth; so both the first hours and the aftermath can be
/// seen. Hours after other messages are left out where there are more than [`MOST_BINS`].
fn bins(planned: &[SimTime], reference: SimTime, horizon: SimTime) -> Vec<SimTime> {
    let grid = (0..GRID).map(|idx| SimTime::from_ms(horizon.as_ms() / GRID * idx));
    let hours = |range: std::ops::RangeInclusive<i64>, step: usize| {
        range.step_by(step).map(|hours| reference + TimeSpan::from_hours(hours)).collect::<Vec<_>>()
    };
    let after_reference = [hours(0..=24, 1), hours(27..=96, 3), hours(108..=336, 12)].concat();
    let mut ends: Vec<SimTime> = grid.chain(after_reference).chain([horizon]).collect();
    for &time in planned {
        let first_day: Vec<SimTime> = (0..=24).map(|hours| time + TimeSpan::from_hours(hours)).collect();
        if ends.len() + first_day.len() <= MOST_BINS {
            ends.extend(first_day);
        }
    }
    ends.retain(|&end| end <= horizon);
    ends.sort_unstable();
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_ascend_from_the_start_to_the_horizon_and_are_finest_after_messages() {
        let at = |days: i64| SimTime::START + TimeSpan::from_days(days);
        let ends = bins(&[at(3), at(10)], at(10), at(40));
        assert!(ends.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((ends[0], ends[ends.len() - 1]), (SimTime::START, at(40)));
        for message in [at(3), at(10)] {
            assert!((0..=24).all(|hours| ends.contains(&(message + TimeSpan::from_hours(hours)))));
        }
        assert!((60..=MOST_BINS).contains(&ends.len()), "{}", ends.len());
    }

    #[test]
    fn many_messages_do_not_make_more_bins_than_there_may_be() {
        let times: Vec<SimTime> = (0..100).map(|idx| SimTime::from_ms(idx * 12_345_678)).collect();
        let horizon = SimTime::START + TimeSpan::from_days(60);
        assert!(bins(&times, times[5], horizon).len() <= MOST_BINS);
    }

    #[test]
    fn a_short_scenario_has_bins_within_its_horizon() {
        let horizon = SimTime::START + TimeSpan::from_hours(5);
        let ends = bins(&[SimTime::START], SimTime::START, horizon);
        assert!(ends.iter().all(|&end| end <= horizon) && ends.len() >= 6);
    }
}
