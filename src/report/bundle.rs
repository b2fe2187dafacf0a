//! The files of a bundle except its manifest: the same bytes for the same scenario, world, seed and runs.

use crate::experiment::aggregate::Aggregate;
use crate::experiment::summary::{Placed, Summary};
use crate::report::html::{self, PageInput, pick};
use crate::report::map::Map;
use crate::report::plot::{self, FilmInput, MarketSessions, Plot, PlotInput, film_plots, most_spread, plots};
use crate::report::tables::{self, Table};
use crate::report::{ReportError, json};
use crate::scenario::Scenario;
use crate::simulation::Simulation;
use crate::simulation::film::Film;
use crate::simulation::named::Named;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Name of the manifest, which is written last.
pub const MANIFEST: &str = "manifest.json";
/// Name of the scenario as simulated.
pub const SCENARIO: &str = "scenario.toml";
/// Name of the world as simulated.
pub const WORLD: &str = "world.toml";
/// Name of what the parts of a run know of the series.
pub const SERIES: &str = "series.sketch";
/// Name of a comparison of arms.
pub const COMPARISON: &str = "comparison.json";
/// Name of a sensitivity analysis.
pub const SENSITIVITY: &str = "sensitivity.json";
/// Name of a calibration.
pub const CALIBRATION: &str = "calibration.json";
/// Name of a back-test for people.
pub const BACKTEST_MARKDOWN: &str = "backtest.md";
/// Name of a back-test for programs.
pub const BACKTEST_JSON: &str = "backtest.json";
/// Name of the summary.
const SUMMARY: &str = "summary.json";
/// Name of the folder of the plots.
const PLOTS: &str = "plots";
/// Name of the page.
pub const PAGE: &str = "report.html";
/// Runs that the page of a bundle shows.
pub const FILMS: usize = 12;

/// Whether a bundle may have a file or folder of this name; others that lie beside them belong to the user.
pub fn is_part(name: &str) -> bool {
    let whole = [
        MANIFEST,
        SCENARIO,
        WORLD,
        SUMMARY,
        COMPARISON,
        SENSITIVITY,
        CALIBRATION,
        BACKTEST_MARKDOWN,
        BACKTEST_JSON,
        SERIES,
        PLOTS,
        PAGE,
    ];
    let is_table = |(stem, extension): (&str, &str)| {
        ["runs", "acts", "series", "pairs", "points", "indices", "posterior"].contains(&stem)
            && ["parquet", "csv"].contains(&extension)
    };
    whole.contains(&name) || name.rsplit_once('.').is_some_and(is_table)
}

/// All runs of one scenario, with what is needed to report on them.
#[derive(Debug)]
pub struct Ensemble<'a> {
    scenario: &'a Scenario,
    simulation: &'a Simulation,
    aggregate: &'a Aggregate,
    /// Their statistics.
    pub summary: Summary,
    /// What the record says, placed among them.
    pub recorded: Vec<Placed>,
    /// Outcomes that come first.
    highlighted: Vec<String>,
}

/// An aggregate without runs, with all that reports on `simulation` need.
pub fn aggregate(simulation: &Simulation) -> Aggregate {
    let (layout, setting) = (simulation.layout(), simulation.setting());
    Aggregate::new(layout, &plot::changes(layout, setting.start, &MarketSessions::of(setting)))
}

/// File formats of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    /// Parquet.
    Parquet,
    /// Comma-separated values.
    Csv,
    /// One file in each format.
    Both,
}

impl TableFormat {
    /// Whether there are Parquet files.
    pub const fn has_parquet(self) -> bool {
        matches!(self, Self::Parquet | Self::Both)
    }

    /// The same with Parquet files.
    #[must_use]
    pub const fn with_parquet(self) -> Self {
        match self {
            Self::Parquet => Self::Parquet,
            Self::Csv | Self::Both => Self::Both,
        }
    }

    /// Whether there are CSV files.
    pub const fn has_csv(self) -> bool {
        matches!(self, Self::Csv | Self::Both)
    }
}

/// A file below the bundle's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleFile {
    /// Path below the folder, with `/` between its parts.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

impl BundleFile {
    /// A file.
    pub fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}

impl<'a> Ensemble<'a> {
    /// Summarises the runs of a scenario, which [`aggregate`] took in.
    pub fn of(
        scenario: &'a Scenario,
        simulation: &'a Simulation,
        named: &Named,
        aggregate: &'a Aggregate,
    ) -> Self {
        let (layout, id) = (simulation.layout(), &scenario.file.scenario.id);
        Self {
            scenario,
            simulation,
            aggregate,
            summary: aggregate.summary(layout, id, simulation.seed()),
            recorded: aggregate.scalars.place(layout, &named.recorded),
            highlighted: named.highlighted.clone(),
        }
    }

    /// `summary.json`.
    pub fn summary_bytes(&self) -> Vec<u8> {
        json::summary_bytes(&self.summary, self.simulation.layout(), &self.recorded)
    }

    /// The files of the bundle but the manifest and the tables `runs` and `acts`, which [`tables::rows`] writes while the runs come.
    pub fn files(&self, format: TableFormat) -> Result<Vec<BundleFile>, ReportError> {
        let mut files = vec![
            BundleFile::new(SCENARIO, self.scenario.scenario_text.as_str()),
            BundleFile::new(WORLD, self.scenario.world_text.as_str()),
            BundleFile::new(SUMMARY, self.summary_bytes()),
        ];
        let (layout, start) = (self.simulation.layout(), self.simulation.setting().start);
        push_table(&mut files, &tables::series(layout, &self.summary, start), format)?;
        let sessions = MarketSessions::of(self.simulation.setting());
        let films = self.films(FILMS);
        let plots = self.plots(&sessions, &films)?;
        files.push(BundleFile::new(PAGE, html::page(&self.page_input(&sessions, &plots, &films))));
        files.extend(plots.into_iter().flat_map(plot_files));
        Ok(files)
    }

    /// The page, with `n_films` runs to be watched.
    pub fn page(&self, n_films: usize) -> Result<Vec<u8>, ReportError> {
        let sessions = MarketSessions::of(self.simulation.setting());
        let films = self.films(n_films);
        let plots = self.plots(&sessions, &films)?;
        Ok(html::page(&self.page_input(&sessions, &plots, &films)))
    }

    /// The plots of the bundle.
    pub fn pictures(&self) -> Result<Vec<Plot>, ReportError> {
        self.plots(&MarketSessions::of(self.simulation.setting()), &self.films(FILMS))
    }

    /// Plots of all runs, and those of the one in the middle of `films`.
    fn plots(&self, sessions: &[MarketSessions], films: &[Film]) -> Result<Vec<Plot>, ReportError> {
        let mut drawn = plots(&self.plot_input(sessions))?;
        if let (Some(film), Some(spread)) = (films.get(films.len() / 2), most_spread(films)) {
            let setting = self.simulation.setting();
            let (title, map) = (self.scenario.file.scenario.title.as_str(), Map::of(setting));
            let runs = self.summary.runs;
            drawn.extend(film_plots(&FilmInput { title, setting, map: &map, film, spread, runs })?);
        }
        Ok(drawn)
    }

    /// Runs that stand for all, chosen from the first ones, simulated once more and written down.
    fn films(&self, n: usize) -> Vec<Film> {
        let picked =
            pick::runs(self.simulation.layout(), &self.highlighted, self.aggregate.scalars.first(), n);
        picked.into_par_iter().map(|run| self.simulation.film(run)).collect()
    }

    fn page_input<'b>(
        &'b self,
        sessions: &'b [MarketSessions],
        plots: &'b [Plot],
        films: &'b [Film],
    ) -> PageInput<'b> {
        PageInput {
            scenario: self.scenario,
            simulation: self.simulation,
            summary: &self.summary,
            recorded: &self.recorded,
            highlighted: &self.highlighted,
            sessions,
            plots,
            films,
        }
    }

    fn plot_input<'b>(&'b self, sessions: &'b [MarketSessions]) -> PlotInput<'b> {
        PlotInput {
            title: &self.scenario.file.scenario.title,
            start: self.simulation.setting().start,
            reference: self.simulation.setting().reference,
            layout: self.simulation.layout(),
            summary: &self.summary,
            aggregate: self.aggregate,
            recorded: &self.recorded,
            sessions,
        }
    }
}

/// Both files of a plot.
pub fn plot_files(plot: Plot) -> [BundleFile; 2] {
    let file = |extension, bytes| BundleFile::new(format!("{PLOTS}/{}.{extension}", plot.stem), bytes);
    [file("svg", plot.svg), file("png", plot.png)]
}

/// Adds a table to `files` in each format asked for.
pub fn push_table(
    files: &mut Vec<BundleFile>,
    table: &Table<'_>,
    format: TableFormat,
) -> Result<(), ReportError> {
    if format.has_parquet() {
        files.push(BundleFile::new(format!("{}.parquet", table.name), tables::parquet::encode(table)?));
    }
    if format.has_csv() {
        files.push(BundleFile::new(format!("{}.csv", table.name), tables::csv::encode(table)?));
    }
    Ok(())
}
