//! Pictures of an ensemble, each as SVG and as PNG from the same drawing.
//!
//! A plot is first a `Figure`: a list of marks in logical pixels. Only `figure.rs` knows plotters.
//! Data that is not there (no series of a group, no run in which an outcome exists) gives no plot, not an error.

mod alluvial;
mod axis;
mod cascade;
mod causal;
mod difference;
mod distribution;
mod drawdown;
mod fan;
mod figure;
mod ladder;
mod letters;
mod network;
mod panel;
mod posterior;
mod price;
mod reach;
mod scatter;
mod session;
mod society;
mod sweep;
mod tension;
mod theme;
mod tornado;
mod window;

use crate::experiment::aggregate::{Aggregate, Change};
use crate::experiment::comparison::Comparison;
use crate::experiment::sensitivity::Sensitivity;
use crate::experiment::summary::{Band, OutcomeSummary, Placed, Quantiles, SeriesBands, Statistics, Summary};
use crate::experiment::sweep::Sweep;
use crate::model::outcome::{Layout, OutcomeSpec, SeriesGroup, SeriesSpec, Session};
use crate::model::setting::{Market, Setting};
use crate::report::calibration::Calibrated;
use crate::report::map::Map;
use crate::report::{ReportError, human};
use crate::simulation::film::Film;
use crate::stats::quantile::{self, Method};
use crate::stats::sketch::Sketch;
use crate::units::{SimTime, UtcTime};
use figure::Figure;
use panel::Key;
use rayon::prelude::*;
use window::Window;

/// What plots are made from.
#[derive(Debug, Clone, Copy)]
pub struct PlotInput<'a> {
    /// Title of the scenario, shown on every plot.
    pub title: &'a str,
    /// The scenario's start on the world's clock.
    pub start: UtcTime,
    /// When the message of reference is posted; markets and states are shown around it.
    pub reference: SimTime,
    /// What the numbers mean.
    pub layout: &'a Layout,
    /// Statistics over the runs.
    pub summary: &'a Summary,
    /// The runs, for distributions; made with the changes that [`changes`] asks for.
    pub aggregate: &'a Aggregate,
    /// What history says, placed among the runs.
    pub recorded: &'a [Placed],
    /// Trading sessions to shade.
    pub sessions: &'a [MarketSessions],
}

/// When a market trades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketSessions {
    /// Id of the market as in `market.ID.price`.
    pub market: String,
    /// Its sessions, ascending.
    pub sessions: Vec<Session>,
    /// Index of the session that `first_session_return` is about; `None` if there is none.
    pub first: Option<usize>,
}

impl MarketSessions {
    /// The trading days of every market of `setting`, from first opening to last close: a break for lunch ends no session.
    pub fn of(setting: &Setting) -> Vec<Self> {
        let market = |market: &Market| {
            let sessions = market.days.iter().filter_map(|day| {
                Some(Session { open: day.sessions.first()?.open, close: day.sessions.last()?.close })
            });
            let sessions: Vec<Session> = sessions.collect();
            let reference = setting.start.plus(setting.reference);
            let first = sessions.iter().position(|session| session.open >= reference);
            Self { market: market.id.clone(), sessions, first }
        };
        setting.markets.iter().map(market).collect()
    }
}

/// One finished plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// File name without extension.
    pub stem: String,
    /// The SVG file.
    pub svg: Vec<u8>,
    /// The PNG file.
    pub png: Vec<u8>,
}

/// Draws one kind of plot, if there is data for it.
type Kind = fn(&PlotInput<'_>) -> Option<Figure>;

/// Draws every plot for which there is data.
pub fn plots(input: &PlotInput<'_>) -> Result<Vec<Plot>, ReportError> {
    theme::register_fonts();
    let kinds: [(&str, Kind); 13] = [
        ("reach", reach::figure),
        ("shares", reach::shares_figure),
        ("cascade", cascade::figure),
        ("ladder", ladder::figure),
        ("rungs", alluvial::figure),
        ("tension", tension::figure),
        ("recognitions", society::recognition_figure),
        ("arrivals", society::arrivals_figure),
        ("prices", price::figure),
        ("volatility", price::volatility_figure),
        ("first_session", session::distribution_figure),
        ("sessions", session::figure),
        ("drawdown", drawdown::figure),
    ];
    kinds.par_iter().filter_map(|(stem, kind)| kind(input).map(|figure| draw(stem, &figure))).collect()
}

/// What pictures of one run are made from.
#[derive(Debug, Clone, Copy)]
pub struct FilmInput<'a> {
    /// Title of the scenario, shown on every plot.
    pub title: &'a str,
    /// What is fixed for all runs.
    pub setting: &'a Setting,
    /// The map of the network.
    pub map: &'a Map,
    /// The run whose causes are drawn.
    pub film: &'a Film,
    /// The run whose largest cascade is drawn.
    pub spread: &'a Film,
    /// Number of runs from which they were taken.
    pub runs: usize,
}

impl FilmInput<'_> {
    /// A state for people: the name of its country.
    fn name_of_state(&self, id: &str) -> String {
        let state = self.setting.states.iter().find(|state| state.id == id);
        state.map_or_else(|| id.to_owned(), |state| self.setting.countries[state.country.idx()].name.clone())
    }
}

/// The one of `films` in which a message of the scenario spreads most.
pub fn most_spread(films: &[Film]) -> Option<&Film> {
    network::with_largest(films)
}

/// Draws the pictures of single runs.
pub fn film_plots(input: &FilmInput<'_>) -> Result<Vec<Plot>, ReportError> {
    theme::register_fonts();
    let figures = [("causes", causal::figure(input)), ("map", network::figure(input))];
    figures.iter().filter_map(|(stem, figure)| Some(draw(stem, figure.as_ref()?))).collect()
}

/// Draws the differences of the outcomes of `shown` (all if it is empty) between arms, if there are any.
pub fn difference_plot(
    title: &str,
    comparison: &Comparison,
    shown: &[String],
) -> Result<Option<Plot>, ReportError> {
    theme::register_fonts();
    difference::figure(title, comparison, shown).map(|figure| draw("differences", &figure)).transpose()
}

/// Outcomes of a sensitivity analysis that have a picture of their own at the most.
const MOST_SCATTERS: usize = 6;

/// Draws what matters for the outcomes of a sensitivity analysis, and the first of them over each parameter.
pub fn sensitivity_plots(title: &str, found: &Sensitivity) -> Result<Vec<Plot>, ReportError> {
    theme::register_fonts();
    let tornado = tornado::figure(title, found).map(|figure| draw("tornado", &figure));
    let scatters = found.outcomes.par_iter().take(MOST_SCATTERS).map(|outcome| {
        let stem = format!("scatter-{}", outcome.spec.id.replace('.', "-"));
        draw(&stem, &scatter::figure(title, found, outcome))
    });
    tornado.into_par_iter().chain(scatters).collect()
}

/// Draws what a calibration learnt of its parameters, if it has samples.
pub fn posterior_plot(title: &str, found: &Calibrated<'_>) -> Result<Option<Plot>, ReportError> {
    theme::register_fonts();
    posterior::figure(title, found).map(|figure| draw("posterior", &figure)).transpose()
}

/// Draws the outcome `spec` over the points of a sweep, if it exists at any; `values` has its statistics at each.
pub fn sweep_plot(
    title: &str,
    sweep: &Sweep,
    spec: &OutcomeSpec,
    values: Vec<Statistics>,
) -> Result<Option<Plot>, ReportError> {
    theme::register_fonts();
    let stem = spec.id.replace('.', "-");
    let input = sweep::Input { title, sweep, spec, values };
    sweep::figure(&input).map(|figure| draw(&stem, &figure)).transpose()
}

fn draw(stem: &str, figure: &Figure) -> Result<Plot, ReportError> {
    let failed = |reason| ReportError::Plot { plot: stem.to_owned(), reason };
    Ok(Plot { stem: stem.to_owned(), svg: figure.svg().map_err(failed)?, png: figure.png().map_err(failed)? })
}

/// A series with its bands.
#[derive(Clone, Copy)]
struct Series<'a> {
    index: usize,
    spec: &'a SeriesSpec,
    bands: &'a SeriesBands,
}

impl Series<'_> {
    /// The highest median in a stretch of time, if there is any there.
    fn highest_median(&self, (from, until): Window, input: &PlotInput<'_>) -> Option<f64> {
        let bins = input.layout.bins.iter().zip(&self.bands.bins);
        let shown = bins.filter(|(end, _)| (from..=until).contains(&(end.as_ms() as f64)));
        shown.map(|(_, band)| band.quantiles.q50).filter(|value| value.is_finite()).reduce(f64::max)
    }

    /// Quantiles at the end of the horizon; NaN if no run has a value there.
    fn last(&self) -> Quantiles {
        quantiles_of(self.bands.bins.last())
    }

    /// Quantiles at the last end of a bin until `time` in milliseconds.
    fn at(&self, input: &PlotInput<'_>, time: f64) -> Quantiles {
        let n_bins = input.layout.bins.partition_point(|end| end.as_ms() as f64 <= time);
        quantiles_of(self.bands.bins[..n_bins.min(self.bands.bins.len())].last())
    }
}

/// NaN where there is no band.
fn quantiles_of(band: Option<&Band>) -> Quantiles {
    const NONE: f64 = f64::NAN;
    let none = Quantiles { q05: NONE, q25: NONE, q50: NONE, q75: NONE, q95: NONE };
    band.map_or(none, |band| band.quantiles)
}

/// A numeric outcome with its values over runs, of which there is at least one.
struct Values<'a> {
    spec: &'a OutcomeSpec,
    quantiles: Quantiles,
    distribution: Sketch<u64>,
}

impl Values<'_> {
    /// The greatest value.
    fn greatest(&self) -> f64 {
        self.distribution.value(u64::MAX)
    }

    /// The quantile at `p`, between values.
    fn quantile(&self, p: f64) -> f64 {
        let n = self.distribution.n() as usize;
        quantile::sorted_by(n, p, Method::Linear, |rank| self.distribution.value(rank as u64))
    }
}

/// The changes of series whose distributions the plots of a scenario show.
pub fn changes(layout: &Layout, start: UtcTime, sessions: &[MarketSessions]) -> Vec<Change> {
    session::changes(layout, start, sessions)
}

impl<'a> PlotInput<'a> {
    /// The series of `group` that begin in at least one run.
    fn series(&self, group: SeriesGroup) -> Vec<Series<'a>> {
        let all = self.layout.series.iter().zip(&self.summary.bands).enumerate();
        all.filter(|(_, (spec, bands))| spec.group == group && bands.bins.iter().any(|band| band.n > 0))
            .map(|(index, (spec, bands))| Series { index, spec, bands })
            .collect()
    }

    /// The numeric outcomes whose ids begin and end so, as far as they exist in at least one run.
    fn outcomes_named(&self, kind: &str, name: &str) -> Vec<Values<'a>> {
        let specs = self.layout.outcomes.iter().zip(&self.summary.outcomes).enumerate();
        let matching = specs.filter(|(_, (spec, _))| {
            let rest = spec.id.strip_prefix(kind).and_then(|rest| rest.strip_prefix('.'));
            rest.is_some_and(|rest| rest.rsplit_once('.').is_some_and(|(_, last)| last == name))
        });
        matching.filter_map(|(index, (spec, summary))| self.values(index, spec, summary)).collect()
    }

    fn values(&self, index: usize, spec: &'a OutcomeSpec, summary: &OutcomeSummary) -> Option<Values<'a>> {
        let Statistics::Distribution { quantiles, .. } = summary.statistics else { return None };
        let values = self.aggregate.scalars.outcomes().get(index)?.settled();
        (values.n() > 0).then_some(Values { spec, quantiles, distribution: values })
    }

    /// Quantiles of a numeric outcome.
    fn quantiles(&self, id: &str) -> Option<Quantiles> {
        match self.summary.outcome(id)?.statistics {
            Statistics::Distribution { quantiles, .. } => Some(quantiles),
            Statistics::Proportion { .. } => None,
        }
    }

    /// What history says about an outcome.
    fn recorded(&self, id: &str) -> Option<&'a Placed> {
        self.recorded.iter().find(|placed| placed.recorded.outcome == id && placed.recorded.value.is_finite())
    }

    /// What people call the subject of an outcome: the label of the series beside it, or else a part of its id.
    fn label(&self, id: &'a str) -> &'a str {
        let path = |id: &'a str| id.rsplit_once('.').map(|(path, _)| path);
        let beside =
            self.layout.series.iter().find(|spec| path(&spec.id).is_some() && path(&spec.id) == path(id));
        beside.map_or_else(|| subject(id), |spec| &spec.label)
    }

    /// The sessions of the market that a series or outcome is about.
    fn sessions_of(&self, id: &str) -> Option<&'a MarketSessions> {
        self.sessions.iter().find(|sessions| sessions.market == subject(id))
    }

    /// Time of each bin's end in milliseconds since the start.
    fn times(&self) -> Vec<f64> {
        self.layout.bins.iter().map(|end| end.as_ms() as f64).collect()
    }

    /// Beginning and end of the simulated time, in milliseconds.
    fn span(&self) -> (f64, f64) {
        (0.0, self.layout.bins.last().map_or(0.0, |end| end.as_ms() as f64))
    }

    /// The message of reference, for the legend.
    fn reference_key(&self) -> Key {
        let posted = self.start.plus(self.reference).timestamp();
        Key::Moment(format!("message of reference, {}", posted.strftime("%-d %B %Y %H:%M UTC")))
    }

    /// The line below every title: scenario, number of runs, and `note`.
    fn subtitle(&self, note: &str) -> String {
        let runs = human::grouped(self.summary.runs as u64);
        let separator = if note.is_empty() { "" } else { " · " };
        format!("{} · {runs} runs{separator}{note}", self.title)
    }
}

/// What an id is about: everything between its first and last dots, such as `SSE` in `market.SSE.price`.
fn subject(id: &str) -> &str {
    let after_kind = id.split_once('.').map_or(id, |(_, rest)| rest);
    after_kind.rsplit_once('.').map_or(after_kind, |(subject, _)| subject)
}

#[cfg(test)]
mod tests;
