//! Which runs of an ensemble are worth watching.

use crate::model::outcome::{Layout, Outcome, Unit};

/// Runs of `outcomes` that stand for all of them: `n` at equal distances in the order of the outcome that matters most, ascending.
///
/// That outcome is the first rung among those that the scenario puts first, or else the first number that differs between runs. Ties are
/// ordered by the run, so equal ensembles give equal picks.
pub fn runs(layout: &Layout, highlighted: &[String], outcomes: &[Outcome], n: usize) -> Vec<u64> {
    let order = order(layout, highlighted, outcomes);
    let value = |outcome: &Outcome| {
        let value = order.and_then(|index| outcome.scalars.get(index).copied()).unwrap_or(0.0);
        if value.is_nan() { f64::NEG_INFINITY } else { value }
    };
    let mut sorted: Vec<&Outcome> = outcomes.iter().collect();
    sorted.sort_by(|one, other| value(one).total_cmp(&value(other)).then(one.run.cmp(&other.run)));
    let n = n.min(sorted.len());
    // The middle of each of n equal parts.
    (0..n).map(|part| sorted[(2 * part + 1) * sorted.len() / (2 * n)].run).collect()
}

fn order(layout: &Layout, highlighted: &[String], outcomes: &[Outcome]) -> Option<usize> {
    let position = |id: &String| layout.outcomes.iter().position(|spec| spec.id == *id);
    let first: Vec<usize> = highlighted.iter().filter_map(position).collect();
    let differs = |index: &&usize| {
        let mut values =
            outcomes.iter().map(|outcome| outcome.scalars.get(**index).copied().unwrap_or(f64::NAN));
        let one = values.next().unwrap_or(f64::NAN);
        values.any(|value| value.to_bits() != one.to_bits())
    };
    let is_rung = |index: &&usize| layout.outcomes[**index].unit == Unit::Rung;
    let mut varying = first.iter().filter(differs);
    let by_rung = varying.clone().find(is_rung);
    by_rung.or_else(|| varying.next()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn picked_runs_stand_for_the_ensemble_in_ascending_order() {
        let sample = sample::ensemble(40);
        let highlighted = ["dyad.SA-CA.peak_rung".to_owned()];
        let picked = runs(&sample.layout, &highlighted, &sample.outcomes, 8);
        let index = sample.index("dyad.SA-CA.peak_rung");
        let rungs: Vec<f64> =
            picked.iter().map(|&run| sample.outcomes[run as usize].scalars[index]).collect();
        assert_eq!(picked.len(), 8);
        assert!(rungs.windows(2).all(|pair| pair[0] <= pair[1]), "{rungs:?}");
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let values: Vec<f64> = values.collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        let all = mean(&mut sample.outcomes.iter().map(|outcome| outcome.scalars[index]));
        assert!((mean(&mut rungs.into_iter()) - all).abs() < 1.0);
    }

    #[test]
    fn few_runs_or_none_are_all_shown() {
        let sample = sample::ensemble(3);
        let mut picked = runs(&sample.layout, &[], &sample.outcomes, 8);
        picked.sort_unstable();
        assert_eq!(picked, [0, 1, 2]);
        assert!(runs(&sample.layout, &[], &[], 8).is_empty());
    }
}
