//! The list of what is measured, and the bins of time of the series.

use super::{dyads, markets, messages};
use crate::model::outcome::{Layout, OutcomeKind, OutcomeSpec, SeriesGroup, SeriesSpec, Unit};
use crate::model::setting::Setting;
use crate::units::{SimTime, TimeSpan};

/// Describes what is measured in every run of `setting`.
pub fn layout(setting: &Setting) -> Layout {
    let mut columns = Columns::default();
    messages::describe(setting, &mut columns);
    dyads::describe(setting, &mut columns);
    markets::describe(setting, &mut columns);
    Layout {
        outcomes: columns.outcomes,
        series: columns.series,
        bins: bins(setting.reference, setting.horizon),
        states: setting.states.iter().map(|state| state.id.clone()).collect(),
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

/// Ends of bins: twenty before the message of reference, then hours on the first day, three hours until the fourth, half days until the
/// fourteenth and days until the horizon, so that both the first hours and the aftermath can be seen.
fn bins(reference: SimTime, horizon: SimTime) -> Vec<SimTime> {
    let before = (0..20).map(|idx| SimTime::from_ms(reference.as_ms() * idx / 20));
    let after = (0_i64..)
        .scan(0_i64, |hours, _| {
            let now = *hours;
            *hours += match now {
                0..24 => 1,
                24..96 => 3,
                96..336 => 12,
                _ => 24,
            };
            Some(reference + TimeSpan::from_hours(now))
        })
        .take_while(|&end| end < horizon);
    let mut ends: Vec<SimTime> = before.chain(after).chain([horizon]).collect();
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_ascend_from_the_start_to_the_horizon_and_are_finest_after_the_reference() {
        let reference = SimTime::START + TimeSpan::from_days(10);
        let horizon = SimTime::START + TimeSpan::from_days(40);
        let ends = bins(reference, horizon);
        assert!(ends.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!((ends[0], ends[ends.len() - 1]), (SimTime::START, horizon));
        assert!(ends.contains(&(reference + TimeSpan::from_hours(1))));
        assert!((60..140).contains(&ends.len()), "{}", ends.len());
    }

    #[test]
    fn a_reference_at_the_start_gives_no_empty_bins() {
        let ends = bins(SimTime::START, SimTime::START + TimeSpan::from_hours(5));
        assert_eq!(ends.len(), 6);
    }
}
