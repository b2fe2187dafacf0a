//! Distributions that build up run by run.

use super::ready::Ready;
use serde_json::{Value, json};
use twiplomacy::model::outcome::{OutcomeKind, OutcomeSpec, Unit};
use twiplomacy::report::html::stage::rounded;
use twiplomacy::report::human;

/// Bars of a histogram.
const BARS: usize = 24;
/// Share of the values that may lie beyond the ends of a histogram at each side.
const TRIMMED: f64 = 0.01;

/// Values of the outcomes that come first, for two arms on the same chances.
#[derive(Debug, Clone, Default)]
pub(super) struct Live {
    /// What is measured.
    pub(super) columns: Vec<Column>,
    /// Runs that have ended.
    pub(super) runs: u64,
}

/// One outcome in both arms.
#[derive(Debug, Clone)]
pub(super) struct Column {
    spec: OutcomeSpec,
    /// Its place among the scalars of each arm.
    places: [Option<usize>; 2],
    /// Its values so far, none of them NaN.
    values: [Vec<f64>; 2],
}

impl Live {
    /// Nothing yet of what `arms` put first.
    pub(super) fn of(arms: &[&Ready]) -> Self {
        let Some(first) = arms.first() else { return Self::default() };
        let place = |arm: Option<&&Ready>, id: &str| {
            arm.and_then(|arm| arm.simulation.layout().outcomes.iter().position(|spec| spec.id == id))
        };
        let column = |id: &String| {
            let places = [place(Some(first), id), place(arms.get(1), id)];
            let spec = first.simulation.layout().outcomes.get(places[0]?)?.clone();
            Some(Column { spec, places, values: [Vec::new(), Vec::new()] })
        };
        Self { columns: first.named.highlighted.iter().filter_map(column).collect(), runs: 0 }
    }

    /// Adds one run: its scalars in each arm.
    pub(super) fn add(&mut self, scalars: &[Vec<f64>]) {
        for column in &mut self.columns {
            for (arm, scalars) in scalars.iter().enumerate().take(2) {
                let value = column.places[arm].and_then(|place| scalars.get(place).copied());
                if let Some(value) = value.filter(|value| !value.is_nan()) {
                    column.values[arm].push(value);
                }
            }
        }
        self.runs += 1;
    }

    /// The distributions for the scripts: `[{id, unit, description, arms: [{n, text, bars}], low, high}]`.
    ///
    /// Bars are shares of the runs; for a rung one a rung, for a yes or no the share of yes alone.
    pub(super) fn json(&self, rungs: &[(String, String)]) -> Value {
        self.columns.iter().map(|column| column.json(rungs)).collect()
    }
}

impl Column {
    fn json(&self, rungs: &[(String, String)]) -> Value {
        let is_rung = self.spec.unit == Unit::Rung;
        let (low, high) = if is_rung { (0.0, rungs.len() as f64) } else { self.ends() };
        let n_bars = if is_rung { rungs.len() } else { BARS };
        let arms: Vec<Value> =
            self.values.iter().map(|values| self.arm(values, (low, high, n_bars))).collect();
        let names: Vec<&str> =
            if is_rung { rungs.iter().map(|(_, name)| name.as_str()).collect() } else { Vec::new() };
        json!({
            "id": self.spec.id,
            "unit": self.spec.unit.name(),
            "description": self.spec.description,
            "yes_no": self.spec.kind == OutcomeKind::YesNo,
            "low": rounded(low),
            "high": rounded(high),
            "names": names,
            "arms": arms,
        })
    }

    fn arm(&self, values: &[f64], (low, high, n_bars): (f64, f64, usize)) -> Value {
        let n = values.len();
        if self.spec.kind == OutcomeKind::YesNo {
            let yes = values.iter().filter(|value| **value != 0.0).count();
            let share = yes as f64 / n.max(1) as f64;
            return json!({"n": n, "text": human::value(self.spec.unit, share), "bars": [rounded(share)]});
        }
        let mut counts = vec![0_u32; n_bars];
        for value in values {
            let place = (value - low) / (high - low) * n_bars as f64;
            counts[(place.max(0.0) as usize).min(n_bars - 1)] += 1;
        }
        let bars: Vec<Value> =
            counts.iter().map(|&count| rounded(f64::from(count) / n.max(1) as f64)).collect();
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.get(n / 2).copied().unwrap_or(f64::NAN);
        json!({"n": n, "text": human::value(self.spec.unit, middle), "median": rounded(middle), "bars": bars})
    }

    /// Ends of the histogram of both arms.
    fn ends(&self) -> (f64, f64) {
        let mut all: Vec<f64> = self.values.iter().flatten().copied().collect();
        all.sort_by(f64::total_cmp);
        let cut = (TRIMMED * all.len() as f64) as usize;
        match (all.get(cut), all.get(all.len().saturating_sub(1 + cut))) {
            (Some(&low), Some(&high)) if high > low => (low, high),
            (Some(&low), _) => (low - 0.5, low + 0.5),
            _ => (0.0, 1.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(kind: OutcomeKind, unit: Unit) -> Live {
        let spec = OutcomeSpec { id: "a.b".into(), unit, kind, description: String::new() };
        let column = Column { spec, places: [Some(0), Some(1)], values: [Vec::new(), Vec::new()] };
        Live { columns: vec![column], runs: 0 }
    }

    #[test]
    fn runs_are_counted_in_both_arms_and_what_does_not_exist_is_not() {
        let mut live = live(OutcomeKind::Discrete, Unit::Rung);
        for run in 0..10 {
            let missing = if run == 0 { f64::NAN } else { 2.0 };
            live.add(&[vec![f64::from(run % 2)], vec![9.0, missing]]);
        }
        let rungs = ["none", "words", "deeds"].map(|name| (name.to_owned(), name.to_owned()));
        let value = live.json(&rungs);
        assert_eq!(
            (live.runs, &value[0]["arms"][0]["n"], &value[0]["arms"][1]["n"]),
            (10, &json!(10), &json!(9))
        );
        assert_eq!(value[0]["arms"][0]["bars"], json!([0.5, 0.5, 0]));
        assert_eq!(value[0]["arms"][1]["bars"], json!([0, 0, 1]));
    }

    #[test]
    fn a_yes_or_no_is_one_share_and_no_run_gives_no_complaint() {
        let mut live = live(OutcomeKind::YesNo, Unit::YesNo);
        assert_eq!(live.json(&[])[0]["arms"][0]["bars"], json!([0]));
        live.add(&[vec![1.0], vec![0.0, 0.0]]);
        assert_eq!(live.json(&[])[0]["arms"][0]["bars"], json!([1]));
        assert_eq!(live.json(&[])[0]["arms"][1]["bars"], json!([0]));
    }
}
