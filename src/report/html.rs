//! `report.html`: an ensemble on one page that needs no network, with runs to be watched.
//!
//! Text and tables are written here, in English and French; charts and the replay are drawn in the browser from JSON in the page. Nothing is
//! loaded from elsewhere: scripts and styles are in the page and named by their hashes in its content security policy.

pub mod assets;
pub mod film;
mod frame;
pub mod pick;
pub mod stage;
mod tables;
mod words;

use crate::experiment::summary::{Placed, Summary};
use crate::model::outcome::Layout;
use crate::report::map::Map;
use crate::report::plot::{MarketSessions, Plot};
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::simulation::film::Film;
use frame::Frame;
use serde_json::{Value, json};

/// What a page is made from.
#[derive(Debug, Clone, Copy)]
pub struct PageInput<'a> {
    /// The scenario as simulated.
    pub scenario: &'a Scenario,
    /// What all runs share.
    pub simulation: &'a Simulation,
    /// Statistics over the runs.
    pub summary: &'a Summary,
    /// What history says, placed among the runs.
    pub recorded: &'a [Placed],
    /// Outcomes that come first.
    pub highlighted: &'a [String],
    /// Trading sessions.
    pub sessions: &'a [MarketSessions],
    /// Plots that are shown as pictures.
    pub plots: &'a [Plot],
    /// Runs that can be watched.
    pub films: &'a [Film],
}

impl<'a> PageInput<'a> {
    fn layout(&self) -> &'a Layout {
        self.simulation.layout()
    }

    fn title(&self) -> &'a str {
        &self.scenario.file.scenario.title
    }
}

/// The bytes of the page.
pub fn page(input: &PageInput<'_>) -> Vec<u8> {
    let body = [
        words::opening(input),
        r#"<section id="replay"></section>"#.to_owned(),
        tables::card(input),
        r#"<section id="charts"></section>"#.to_owned(),
        pictures(input),
        tables::outcomes(input),
        words::closing(input),
    ];
    Frame { title: input.title(), script: assets::report_script(), data: &data(input), body: &body.concat() }
        .bytes()
}

/// The plots as pictures, each below its name.
fn pictures(input: &PageInput<'_>) -> String {
    let mut text = format!("<section><h2>{}</h2>", words::both("Plots", "Graphiques"));
    for plot in input.plots.iter().filter(|plot| !words::IN_CHARTS.contains(&plot.stem.as_str())) {
        let svg = String::from_utf8_lossy(&plot.svg);
        // The declaration of an XML file has no place inside a page.
        let svg = svg.find("<svg").map_or("", |start| &svg[start..]);
        // Nor does the name space, which is an address.
        let svg = svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1);
        let svg =
            svg.replacen("<svg", &format!("<svg role=\"img\" aria-labelledby=\"name-{}\"", plot.stem), 1);
        let name = words::plot_name(&plot.stem);
        text.push_str(&format!(
            "<figure class=\"plot\" id=\"plot-{}\">{svg}<figcaption id=\"name-{}\">{name}</figcaption></figure>",
            plot.stem, plot.stem
        ));
    }
    text + "</section>"
}

/// What the scripts of the page draw from.
fn data(input: &PageInput<'_>) -> Value {
    let films: Vec<Value> = input.films.iter().map(|film| film::json(film, input.simulation)).collect();
    let mut data =
        stage::json(input.scenario, input.simulation, &Map::of(input.simulation.setting()), input.sessions);
    data["highlighted"] = json!(input.highlighted);
    data["runs"] = json!(input.summary.runs);
    data["bands"] = stage::bands(input.layout(), input.summary);
    data["recorded"] = stage::recorded(input.recorded);
    data["films"] = films.into();
    data
}

#[cfg(test)]
mod tests;
