//! What replay and charts of a scenario need whatever the run: who is who, the map, the ladder, the markets.

use crate::experiment::summary::{Band, Placed, Summary};
use crate::model::outcome::{Layout, Session};
use crate::report::map::{Map, Polygon, Region};
use crate::report::plot::MarketSessions;
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::units::UtcTime;
use serde_json::{Value, json};

/// The scenario for the scripts of a page.
pub fn json(scenario: &Scenario, simulation: &Simulation, map: &Map, sessions: &[MarketSessions]) -> Value {
    let (setting, layout) = (simulation.setting(), simulation.layout());
    let header = &scenario.file.scenario;
    let states: Vec<Value> = setting
        .states
        .iter()
        .map(|state| json!({"id": state.id, "country": setting.countries[state.country.idx()].code}))
        .collect();
    let publics: Vec<Value> = setting
        .publics
        .iter()
        .map(|public| {
            let country = &setting.countries[public.country.idx()].code;
            json!({"id": public.id, "role": public.role, "country": country, "people": public.n_real.round()})
        })
        .collect();
    json!({
        "id": header.id.as_str(),
        "title": header.title,
        "start": setting.start.unix_ms() / 1000,
        "horizon": setting.horizon.as_ms() / 1000,
        "reference": setting.reference.as_ms() / 1000,
        "seed": simulation.seed(),
        "states": states,
        "publics": publics,
        "countries": countries(simulation, map),
        "regions": map.publics.iter().map(region).collect::<Vec<_>>(),
        "rungs": layout.rungs.iter().map(|(id, name)| json!([id, name])).collect::<Vec<_>>(),
        "bins": layout.bins.iter().map(|end| end.as_ms() / 1000).collect::<Vec<_>>(),
        "series": series(layout),
        "sessions": sessions.iter().map(|market| of_market(market, simulation)).collect::<Vec<_>>(),
    })
}

fn countries(simulation: &Simulation, map: &Map) -> Vec<Value> {
    let countries = map.countries.iter().map(|found| {
        let country = &simulation.setting().countries[found.country.idx()];
        let mut value = region(&found.region);
        value["code"] = json!(country.code);
        value["name"] = json!(country.name);
        value
    });
    countries.collect()
}

/// Border and middle, in tenths of the map's unit.
fn region(region: &Region) -> Value {
    let point = |(x, y): (f64, f64)| [(10.0 * x).round() / 10.0, (10.0 * y).round() / 10.0];
    let border: &Polygon = &region.border;
    json!({"border": border.iter().map(|&corner| point(corner)).collect::<Vec<_>>(), "middle": point(region.middle)})
}

fn series(layout: &Layout) -> Vec<Value> {
    let series = layout.series.iter().map(|spec| {
        json!({"id": spec.id, "label": spec.label, "unit": spec.unit.name(), "group": format!("{:?}", spec.group).to_lowercase()})
    });
    series.collect()
}

/// The sessions of a market within the horizon, in seconds since the start.
fn of_market(market: &MarketSessions, simulation: &Simulation) -> Value {
    let start = simulation.setting().start;
    let seconds = |time: UtcTime| time.sim_time(start).as_ms() / 1000;
    let horizon = simulation.setting().horizon.as_ms() / 1000;
    let within = |session: &&Session| seconds(session.close) >= 0 && seconds(session.open) <= horizon;
    let sessions = market.sessions.iter().filter(within);
    let sessions: Vec<[i64; 2]> =
        sessions.map(|session| [seconds(session.open), seconds(session.close)]).collect();
    json!({"market": market.market, "sessions": sessions})
}

/// The bands of all series: `[{q05, q25, q50, q75, q95}]`, each by bin.
pub fn bands(layout: &Layout, summary: &Summary) -> Value {
    let quantile = |bins: &[Band], index: usize| -> Vec<Value> {
        bins.iter().map(|band| rounded(band.quantiles.named()[index].1)).collect()
    };
    let bands = layout.series.iter().zip(&summary.bands).map(|(_, bands)| {
        if bands.bins.iter().all(|band| band.n == 0) {
            return Value::Null;
        }
        json!({
            "q05": quantile(&bands.bins, 0),
            "q25": quantile(&bands.bins, 1),
            "q50": quantile(&bands.bins, 2),
            "q75": quantile(&bands.bins, 3),
            "q95": quantile(&bands.bins, 4),
        })
    });
    bands.collect()
}

/// What history says, by outcome.
pub fn recorded(recorded: &[Placed]) -> Value {
    let values = recorded.iter().map(|placed| {
        let entry = json!({
            "value": placed.recorded.value,
            "role": placed.recorded.role.name(),
            "percentile": placed.percentile.map(rounded),
        });
        (placed.recorded.outcome.clone(), entry)
    });
    Value::Object(values.collect())
}

/// Four significant digits: more than a chart shows. What is no number is `null`.
pub fn rounded(value: f64) -> Value {
    if !value.is_finite() {
        return Value::Null;
    }
    if value == 0.0 || value.fract() == 0.0 && value.abs() < 1e4 {
        return json!(value as i64);
    }
    let digits = 3 - libm::floor(libm::log10(value.abs())) as i32;
    let power = libm::exp10(f64::from(digits.clamp(-12, 12)));
    let short = (value * power).round() / power;
    if short.fract() == 0.0 && short.abs() < 1e15 { json!(short as i64) } else { json!(short) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits_and_nothing_is_null() {
        let texts =
            [0.0, 1.0, -0.012_345_6, 123_456.0, 0.5, 1e-9, f64::NAN].map(|value| rounded(value).to_string());
        assert_eq!(texts, ["0", "1", "-0.01235", "123500", "0.5", "1e-9", "null"]);
    }
}
