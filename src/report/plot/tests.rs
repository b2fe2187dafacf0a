use super::*;
use crate::report::sample::{self, Sample};
use crate::units::TimeSpan;

pub(super) struct Made {
    pub(super) sample: Sample,
    pub(super) summary: Summary,
    aggregate: Aggregate,
    placed: Vec<Placed>,
}

impl Made {
    pub(super) fn of(sample: Sample) -> Self {
        let summary = sample.summary();
        let aggregate = sample.aggregate();
        let placed = sample.placed();
        Self { sample, summary, aggregate, placed }
    }

    pub(super) fn input(&self) -> PlotInput<'_> {
        PlotInput {
            title: "Canada and Saudi Arabia, August 2018",
            start: self.sample.start,
            reference: SimTime::START + TimeSpan::from_hours(6),
            layout: &self.sample.layout,
            summary: &self.summary,
            aggregate: &self.aggregate,
            recorded: &self.placed,
            sessions: &self.sample.sessions,
        }
    }
}

const FIGURES: [Kind; 11] = [
    reach::figure,
    reach::shares_figure,
    cascade::figure,
    ladder::figure,
    alluvial::figure,
    tension::figure,
    price::figure,
    price::volatility_figure,
    session::distribution_figure,
    session::figure,
    drawdown::figure,
];

#[test]
fn every_kind_of_plot_is_drawn_and_says_what_it_shows() {
    let made = Made::of(sample::ensemble(60));
    let plots = plots(&made.input()).unwrap();
    let stems: Vec<&str> = plots.iter().map(|plot| plot.stem.as_str()).collect();
    let all = [
        "reach",
        "shares",
        "cascade",
        "ladder",
        "rungs",
        "tension",
        "prices",
        "volatility",
        "first_session",
        "sessions",
        "drawdown",
    ];
    assert_eq!(stems, all);
    for plot in &plots {
        let svg = std::str::from_utf8(&plot.svg).unwrap();
        assert!(svg.contains("Canada and Saudi Arabia, August 2018 · 60 runs"), "{}", plot.stem);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{}", plot.stem);
        assert!(plot.png.starts_with(b"\x89PNG\r\n\x1a\n"));
    }
}

#[test]
fn no_text_leaves_its_figure_or_lies_on_another() {
    theme::register_fonts();
    let made = Made::of(sample::ensemble(300));
    for kind in FIGURES {
        let figure = kind(&made.input()).unwrap();
        let boxes = figure.text_boxes();
        for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
            assert!(*left >= 0.0 && *right <= figure.width(), "`{text}` leaves its figure");
            assert!(*top >= 0.0 && *bottom <= figure.height(), "`{text}` leaves its figure");
            for (other, [l, t, r, b]) in &boxes[index + 1..] {
                let apart = right <= l || r <= left || bottom <= t || b <= top;
                assert!(apart, "`{text}` and `{other}` overlap");
            }
        }
    }
}

/// Not even below the longest title of the bundled scenarios.
#[test]
fn no_name_is_cut() {
    use crate::scenario::{Request, Source, bundled, load};
    theme::register_fonts();
    let made = Made::of(sample::ensemble(300));
    let titles = bundled::scenarios().map(|one| load(&Request::new(Source::new(one.id, one.text))).unwrap());
    let title = titles.map(|one| one.file.scenario.title.clone()).max_by_key(String::len).unwrap();
    let input = PlotInput { title: &title, ..made.input() };
    for kind in FIGURES {
        for (text, _) in kind(&input).unwrap().text_boxes() {
            assert!(!text.ends_with('…'), "`{text}`");
        }
    }
}

#[test]
fn the_ladder_names_every_rung_and_says_which_are_out_of_reach() {
    theme::register_fonts();
    let made = Made::of(sample::ensemble(300));
    let texts: Vec<String> =
        ladder::figure(&made.input()).unwrap().text_boxes().into_iter().map(|(text, _)| text).collect();
    for (_, name) in &made.sample.layout.rungs[..5] {
        assert!(texts.contains(name), "{name} is not in {texts:?}");
    }
    assert!(texts.contains(&"no act".to_owned()), "{texts:?}");
    assert!(texts.contains(&"Reached in no run: “use of force”.".to_owned()), "{texts:?}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let made = Made::of(sample::ensemble(20));
    assert_eq!(plots(&made.input()).unwrap(), plots(&made.input()).unwrap());
}

#[test]
fn nothing_to_show_gives_no_plot() {
    let mut sample = sample::ensemble(10);
    sample.outcomes.clear();
    assert_eq!(plots(&Made::of(sample).input()).unwrap(), []);
    let mut sample = sample::ensemble(10);
    sample.layout.series.clear();
    sample.layout.outcomes.clear();
    sample.outcomes.iter_mut().for_each(|outcome| outcome.acts.clear());
    assert_eq!(plots(&Made::of(sample).input()).unwrap(), []);
}

#[test]
fn values_that_do_not_exist_and_constant_ones_are_drawn_without_complaint() {
    let mut sample = sample::ensemble(10);
    for outcome in &mut sample.outcomes {
        outcome.scalars.fill(0.0);
        outcome.series.iter_mut().step_by(3).for_each(|value| *value = f32::NAN);
        outcome.series.iter_mut().skip(1).step_by(3).for_each(|value| *value = 0.0);
    }
    for recorded in &mut sample.recorded {
        recorded.value = f64::NAN;
    }
    for plot in plots(&Made::of(sample).input()).unwrap() {
        let svg = std::str::from_utf8(&plot.svg).unwrap();
        assert!(!svg.contains("NaN"), "{}", plot.stem);
    }
    let mut one = sample::ensemble(1);
    one.sessions.clear();
    assert!(!plots(&Made::of(one).input()).unwrap().is_empty());
}

#[test]
fn an_id_names_what_it_is_about() {
    assert_eq!(subject("market.SSE.price"), "SSE");
    assert_eq!(subject("message.arabic-tweet.reach.SA"), "arabic-tweet.reach");
    assert_eq!(subject("loss"), "loss");
}

/// Pictures of single runs of both first scenarios: no text leaves its figure, and none lies on another.
#[test]
fn pictures_of_a_run_have_no_text_on_another() {
    use crate::scenario::{Request, Source, bundled, load};
    use crate::simulation::Simulation;
    theme::register_fonts();
    for bundled in bundled::scenarios() {
        let mut request = Request::new(Source::new(bundled.id, bundled.text));
        request.set.push("network.accounts=30000".to_owned());
        let scenario = load(&request).unwrap();
        let simulation = Simulation::new(&scenario, 1).unwrap();
        let map = Map::of(simulation.setting());
        for run in 0..6 {
            let film = simulation.film(run);
            let title = &scenario.file.scenario.title;
            let input = FilmInput {
                title,
                setting: simulation.setting(),
                map: &map,
                film: &film,
                spread: &film,
                runs: 6,
            };
            for figure in [causal::figure(&input), network::figure(&input)].into_iter().flatten() {
                let boxes = figure.text_boxes();
                for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
                    let is_inside =
                        *left >= 0.0 && *right <= figure.width() && *top >= 0.0 && *bottom <= figure.height();
                    assert!(is_inside, "{}: `{text}` leaves its figure", bundled.id);
                    let speaker = text.strip_prefix('@').and_then(|text| text.split_once(": "));
                    let is_account = |(handle, _): (&str, &str)| {
                        !handle.starts_with('@')
                            && simulation.setting().states.iter().all(|state| state.id != handle)
                    };
                    assert!(speaker.is_none_or(is_account), "{}: `{text}` is no account", bundled.id);
                    for (other, [l, t, r, b]) in &boxes[index + 1..] {
                        let apart = right <= l || r <= left || bottom <= t || b <= top;
                        assert!(apart, "{} run {run}: `{text}` and `{other}` overlap", bundled.id);
                    }
                }
            }
        }
    }
}
