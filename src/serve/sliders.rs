//! Parameters that a teacher can move: few, each with a range in which the model still makes sense.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use twiplomacy::scenario::Scenario;

/// How a slider changes its parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Change {
    /// Times a factor.
    Times(f64, f64),
    /// Plus a number.
    Plus(f64, f64),
}

/// A parameter that can be moved.
struct Slider {
    path: &'static str,
    change: Change,
    english: &'static str,
    french: &'static str,
}

const SLIDERS: [Slider; 6] = [
    Slider {
        path: "dispositions.sharing.infectiousness",
        change: Change::Times(0.25, 4.0),
        english: "How readily people share",
        french: "Facilité à partager",
    },
    Slider {
        path: "dispositions.press.base",
        change: Change::Plus(-2.0, 2.0),
        english: "How readily the press reports",
        french: "Facilité de la presse à en parler",
    },
    Slider {
        path: "dispositions.perception.base",
        change: Change::Plus(-2.0, 2.0),
        english: "How readily governments hear the harsher meaning",
        french: "Tendance des gouvernements à entendre le sens le plus dur",
    },
    Slider {
        path: "dispositions.response.base",
        change: Change::Plus(-2.0, 2.0),
        english: "How readily governments answer",
        french: "Facilité des gouvernements à répondre",
    },
    Slider {
        path: "dispositions.response.tension",
        change: Change::Times(0.25, 4.0),
        english: "Weight of old tensions",
        french: "Poids des tensions passées",
    },
    Slider {
        path: "dispositions.news_pricing.word",
        change: Change::Times(0.25, 1.4),
        english: "How far traders believe words",
        french: "Crédit que les marchés donnent aux mots",
    },
];

/// The sliders that `scenario` has, with what they stand at: `[{path, en, fr, times, low, high, value}]`.
pub(super) fn json(scenario: &Scenario, moved: &BTreeMap<String, f64>) -> Value {
    let present = SLIDERS.iter().filter(|slider| standard(scenario, slider.path).is_some());
    let slider = |slider: &Slider| {
        let (times, low, high, rest) = match slider.change {
            Change::Times(low, high) => (true, low, high, 1.0),
            Change::Plus(low, high) => (false, low, high, 0.0),
        };
        json!({
            "path": slider.path, "en": slider.english, "fr": slider.french, "times": times, "low": low, "high": high,
            "value": moved.get(slider.path).copied().unwrap_or(rest),
        })
    };
    present.map(slider).collect()
}

/// What `moved` sets, as `PATH=VALUE`; sliders that do not exist and positions out of range are refused.
pub(super) fn settings(scenario: &Scenario, moved: &BTreeMap<String, f64>) -> Result<Vec<String>, String> {
    let setting = |(path, &position): (&String, &f64)| {
        let known = SLIDERS.iter().find(|slider| slider.path == path.as_str());
        let slider = known.ok_or_else(|| format!("no slider `{path}`"))?;
        let value = standard(scenario, slider.path).ok_or_else(|| format!("the scenario has no `{path}`"))?;
        let (low, high, moved, rest) = match slider.change {
            Change::Times(low, high) => (low, high, value * position, 1.0),
            Change::Plus(low, high) => (low, high, value + position, 0.0),
        };
        if !(low..=high).contains(&position) {
            return Err(format!("`{path}` can't stand at {position}: allowed is {low} to {high}"));
        }
        Ok((position != rest).then(|| format!("{path}={moved}")))
    };
    moved.iter().map(setting).filter_map(Result::transpose).collect()
}

/// The number that a parameter has in the scenario as it stands.
fn standard(scenario: &Scenario, path: &str) -> Option<f64> {
    scenario.parameters.iter().find(|note| note.path == path)?.value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use twiplomacy::scenario::{Request, bundled, load};

    #[test]
    fn every_slider_moves_a_parameter_of_every_bundled_scenario_over_its_whole_range() {
        for bundled in bundled::scenarios() {
            let source = bundled::scenario(bundled.id).unwrap();
            let scenario = load(&Request::new(source.clone())).unwrap();
            assert_eq!(json(&scenario, &BTreeMap::new()).as_array().map(Vec::len), Some(SLIDERS.len()));
            for slider in &SLIDERS {
                let (Change::Times(low, high) | Change::Plus(low, high)) = slider.change;
                for position in [low, high] {
                    let moved = BTreeMap::from([(slider.path.to_owned(), position)]);
                    let mut request = Request::new(source.clone());
                    request.set = settings(&scenario, &moved).unwrap();
                    assert_eq!(request.set.len(), 1);
                    load(&request).unwrap();
                }
            }
        }
    }

    #[test]
    fn nothing_else_can_be_set() {
        let scenario = load(&Request::new(bundled::scenario("canada-saudi-2018").unwrap())).unwrap();
        let refused = |path: &str, position| {
            settings(&scenario, &BTreeMap::from([(path.to_owned(), position)])).is_err()
        };
        assert!(refused("network.accounts", 2.0));
        assert!(refused("dispositions.response.base", 1e9));
        assert!(refused("dispositions.response.base", f64::NAN));
        let at_rest = BTreeMap::from([("dispositions.response.base".to_owned(), 0.0)]);
        assert_eq!(settings(&scenario, &at_rest), Ok(Vec::new()));
    }
}
