//! Ratios of other outcomes, as the scenario asks for them.

use super::layout::Columns;
use crate::model::outcome::{Layout, OutcomeKind, Unit};
use crate::model::setting::{Ratio, Setting};

pub(super) fn describe(setting: &Setting, columns: &mut Columns) {
    for Ratio { id, of, to } in &setting.asked.ratios {
        let sum = |ids: &[String]| ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" + ");
        let text = format!("{} over {}", sum(of), sum(to));
        columns.outcome(format!("ratio.{id}"), Unit::Count, OutcomeKind::Continuous, text);
    }
}

/// Positions of what is added up above and below the line.
#[derive(Debug)]
pub(super) struct Places {
    of: Vec<usize>,
    to: Vec<usize>,
}

/// Where the parts of each ratio stand in `layout`; the first id that stands nowhere in it otherwise.
pub(super) fn places<'a>(setting: &'a Setting, layout: &Layout) -> Result<Vec<Places>, &'a str> {
    let place =
        |id: &'a String| layout.outcomes.iter().position(|outcome| outcome.id == *id).ok_or(id.as_str());
    let places = |ids: &'a [String]| ids.iter().map(place).collect::<Result<Vec<_>, _>>();
    let ratios = setting.asked.ratios.iter();
    ratios.map(|ratio| Ok(Places { of: places(&ratio.of)?, to: places(&ratio.to)? })).collect()
}

/// Adds the ratios of what has been measured so far.
pub(super) fn scalars(ratios: &[Places], scalars: &mut Vec<f64>) {
    for Places { of, to } in ratios {
        let sum = |places: &[usize]| places.iter().map(|&place| scalars[place]).sum::<f64>();
        let ratio = sum(of) / sum(to);
        scalars.push(if ratio.is_finite() { ratio } else { f64::NAN });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture;
    use crate::model::outcome::OutcomeSpec;

    fn layout(ids: &[&str]) -> Layout {
        let outcome = |id: &&str| OutcomeSpec {
            id: (*id).to_owned(),
            unit: Unit::Shares,
            kind: OutcomeKind::Continuous,
            description: String::new(),
        };
        Layout { outcomes: ids.iter().map(outcome).collect(), ..Layout::default() }
    }

    fn asking(of: &[&str], to: &[&str]) -> Setting {
        let owned = |ids: &[&str]| ids.iter().map(ToString::to_string).collect();
        let mut setting = fixture::setting();
        setting.asked.ratios.push(Ratio { id: "r".to_owned(), of: owned(of), to: owned(to) });
        setting
    }

    #[test]
    fn sums_are_divided_and_nothing_is_divided_by_nothing() {
        let setting = asking(&["a", "c"], &["b"]);
        let places = places(&setting, &layout(&["a", "b", "c"])).unwrap();
        let ratio = |values: [f64; 3]| {
            let mut values = values.to_vec();
            scalars(&places, &mut values);
            values[3]
        };
        assert_eq!(ratio([4.0, 2.0, 6.0]), 5.0);
        assert_eq!(ratio([0.0, 2.0, 0.0]), 0.0);
        assert!(ratio([4.0, 0.0, 6.0]).is_nan() && ratio([0.0, 0.0, 0.0]).is_nan());
        assert!(ratio([4.0, 2.0, f64::NAN]).is_nan());
    }

    #[test]
    fn a_part_that_is_not_measured_is_named() {
        assert_eq!(places(&asking(&["a"], &["z"]), &layout(&["a"])).unwrap_err(), "z");
    }
}
