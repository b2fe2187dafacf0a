//! The plots of `docs/realism.md`.

use crate::experiments::{Tree, delays, mean, share_up_to};
use crate::measured::{DELAYS, FOLLOWER_GRAPHS, LEADER, NEIGHBOURS, SIZES, TREES};
use plotters::coord::Shift;
use plotters::element::DashedPathElement;
use plotters::prelude::*;
use plotters::style::{FontStyle, register_font};
use std::path::Path;

const SIZE: (u32, u32) = (760, 440);
const REAL: RGBColor = RGBColor(0xC4, 0x4E, 0x00);
const REAL_2: RGBColor = RGBColor(0x5F, 0x5F, 0x5F);
const SIMULATED: RGBColor = RGBColor(0x0B, 0x45, 0x78);
const SIMULATED_2: RGBColor = RGBColor(0x56, 0xB4, 0xE9);

type Points = Vec<(f64, f64)>;

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Line,
    Dashes,
    Dots,
}

/// A plot on logarithmic or linear axes.
#[derive(Debug)]
struct Plot {
    title: &'static str,
    names: [&'static str; 2],
    /// Least and greatest value, and whether the axis is logarithmic.
    axes: [(f64, f64, bool); 2],
    key: SeriesLabelPosition,
    series: Vec<(String, RGBColor, Mark, Points)>,
}

/// Draws all of them into a folder.
pub(crate) fn draw(
    folder: &str,
    clustering: &[Vec<f64>; 2],
    ordinary: &[Tree],
    popular: &[Tree],
    leader: (&[f64], &[Vec<f64>]),
) {
    let _ = register_font(
        "sans-serif",
        FontStyle::Normal,
        include_bytes!("../../assets/fonts/DejaVuSans-subset.ttf"),
    );
    for (name, plot) in [
        ("realism-clustering", clustering_plot(clustering)),
        ("realism-sizes", size_plot(ordinary)),
        ("realism-delays", delay_plot(popular, leader)),
        ("realism-structure", structure_plot(popular)),
    ] {
        plot.write(&Path::new(folder).join(name));
    }
}

fn clustering_plot([with, without]: &[Vec<f64>; 2]) -> Plot {
    let middle = |idx: usize| ((NEIGHBOURS[idx] * NEIGHBOURS[idx + 1]) as f64).sqrt();
    let line = |values: &[f64]| values.iter().enumerate().map(|(idx, value)| (middle(idx), *value)).collect();
    let mut series: Vec<_> = FOLLOWER_GRAPHS
        .iter()
        .zip([REAL, REAL_2])
        .map(|(real, colour)| (format!("real: {}", real.name), colour, Mark::Dots, line(&real.clustering)))
        .collect();
    series.push(("simulated: 20,000 accounts".to_owned(), SIMULATED, Mark::Line, line(with)));
    series.push(("simulated without circles".to_owned(), SIMULATED_2, Mark::Dashes, line(without)));
    Plot {
        title: "Clustering by number of neighbours",
        names: ["neighbours of an account", "share of pairs of neighbours that are linked"],
        axes: [(16.0, 256.0, true), (0.0, 0.5, false)],
        key: SeriesLabelPosition::UpperRight,
        series,
    }
}

fn size_plot(trees: &[Tree]) -> Plot {
    let n = trees.len() as f64;
    let share = |size: usize| trees.iter().filter(|tree| tree.size >= size).count() as f64 / n;
    let simulated =
        (1..=400_usize).map(|size| (size as f64, share(size))).filter(|point| point.1 > 0.0).collect();
    let real = SIZES.iter().map(|&(size, share)| (size as f64, share)).collect();
    Plot {
        title: "Sizes of ordinary cascades",
        names: ["size, the original counted", "share of cascades of this size or more"],
        axes: [(1.0, 400.0, true), (2e-4, 1.0, true)],
        key: SeriesLabelPosition::UpperRight,
        series: vec![
            ("real: 3,333 messages on a topic".to_owned(), REAL, Mark::Dots, real),
            (
                format!("simulated: {} messages", twiplomacy::report::human::grouped(trees.len() as u64)),
                SIMULATED,
                Mark::Line,
                simulated,
            ),
        ],
    }
}

fn delay_plot(popular: &[Tree], (minutes, leader): (&[f64], &[Vec<f64>])) -> Plot {
    let popular = delays(popular.iter().filter(|tree| tree.size >= 100));
    let steps = (0..=80).map(|step| 10_f64.powf(f64::from(step) / 20.0));
    let of_popular = steps.clone().map(|time| (time, share_up_to(&popular, time))).collect();
    let mut of_leader: Points = minutes
        .iter()
        .enumerate()
        .map(|(idx, time)| (*time, mean(leader.iter().map(|curve| curve[idx]))))
        .collect();
    of_leader.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    // The kernel of SEISMIC in clock time, within seven days.
    let seismic = |time: f64| {
        let theta = 0.231_484_3;
        if time < 5.0 {
            time / 5.0 * theta / (1.0 + theta)
        } else {
            1.0 - (time / 5.0).powf(-theta) / (1.0 + theta)
        }
    };
    let of_kernel = steps.map(|time| (time, seismic(time) / seismic(7.0 * 1440.0))).collect();
    Plot {
        title: "Share of reposts made by a time",
        names: ["minutes after the message", "share of all reposts within seven days"],
        axes: [(1.0, 1e4, true), (0.0, 1.0, false)],
        key: SeriesLabelPosition::LowerRight,
        series: vec![
            (
                "real: popular cascades".to_owned(),
                REAL,
                Mark::Dots,
                DELAYS.iter().map(|row| (row.0, row.1)).collect(),
            ),
            ("simulated: popular cascades".to_owned(), REAL, Mark::Line, of_popular),
            ("real: a leader, lower bounds".to_owned(), SIMULATED, Mark::Dots, LEADER.to_vec()),
            ("simulated: a leader".to_owned(), SIMULATED, Mark::Line, of_leader),
            ("kernel of SEISMIC".to_owned(), REAL_2, Mark::Dashes, of_kernel),
        ],
    }
}

fn structure_plot(trees: &[Tree]) -> Plot {
    let middle = |idx: usize| (TREES[idx].0 as f64) * 2_f64.sqrt();
    let of_part = |rest: usize| -> Points {
        (0..TREES.len())
            .filter_map(|idx| {
                let (least, most) = (TREES[idx].0, TREES.get(idx + 1).map_or(4000, |row| row.0));
                let part: Vec<f64> = trees
                    .iter()
                    .skip(rest)
                    .step_by(2)
                    .filter(|tree| (least..most).contains(&tree.size))
                    .map(|tree| tree.structural_virality)
                    .collect();
                (part.len() >= 20).then(|| (middle(idx), mean(part)))
            })
            .collect()
    };
    let real = TREES.iter().enumerate().map(|(idx, row)| (middle(idx), row.2)).collect();
    Plot {
        title: "Structural virality by size",
        names: ["size of the cascade", "mean distance of two of its nodes"],
        axes: [(100.0, 4000.0, true), (2.0, 3.5, false)],
        key: SeriesLabelPosition::UpperLeft,
        series: vec![
            ("real: popular cascades".to_owned(), REAL, Mark::Dots, real),
            ("simulated".to_owned(), SIMULATED, Mark::Line, of_part(0)),
            ("simulated, shared 1.73 times as readily".to_owned(), SIMULATED_2, Mark::Dashes, of_part(1)),
        ],
    }
}

impl Plot {
    #[expect(clippy::disallowed_methods, reason = "the plots of the page are files")]
    fn write(&self, stem: &Path) {
        let mut svg = String::new();
        self.draw(&SVGBackend::with_string(&mut svg, SIZE).into_drawing_area());
        std::fs::write(stem.with_extension("svg"), svg).expect("the folder of plots can be written to");
        let mut pixels = vec![0; 3 * SIZE.0 as usize * SIZE.1 as usize];
        self.draw(&BitMapBackend::with_buffer(&mut pixels, SIZE).into_drawing_area());
        let file =
            std::fs::File::create(stem.with_extension("png")).expect("the folder of plots can be written to");
        let mut encoder = png::Encoder::new(file, SIZE.0, SIZE.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&pixels))
            .expect("a picture can be written");
    }

    /// The place of a value on axis `axis`.
    fn place(&self, axis: usize, value: f64) -> f64 {
        if self.axes[axis].2 { value.log10() } else { value }
    }

    fn label(&self, axis: usize, place: f64) -> String {
        if !self.axes[axis].2 {
            return format!("{}", (place * 1e4).round() / 1e4);
        }
        // Two digits are enough for a logarithmic axis.
        let unit = 10_f64.powf(place.floor() - 1.0);
        let value = (10_f64.powf(place) / unit).round() * unit;
        if value >= 10.0 { format!("{value:.0}") } else { format!("{}", (value * 1e6).round() / 1e6) }
    }

    fn draw<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>) {
        self.try_draw(area).unwrap_or_else(|error| panic!("a plot can't be drawn: {error:?}"));
    }

    fn try_draw<B: DrawingBackend>(
        &self,
        area: &DrawingArea<B, Shift>,
    ) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
        area.fill(&WHITE)?;
        let range = |axis: usize| self.place(axis, self.axes[axis].0)..self.place(axis, self.axes[axis].1);
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, ("sans-serif", 18))
            .margin(14)
            .x_label_area_size(44)
            .y_label_area_size(60)
            .build_cartesian_2d(range(0), range(1))?;
        chart
            .configure_mesh()
            .disable_mesh()
            .x_desc(self.names[0])
            .y_desc(self.names[1])
            .x_label_formatter(&|place| self.label(0, *place))
            .y_label_formatter(&|place| self.label(1, *place))
            .label_style(("sans-serif", 13))
            .draw()?;
        for (name, colour, mark, points) in &self.series {
            let colour = *colour;
            let places = points.iter().map(|&(x, y)| (self.place(0, x), self.place(1, y)));
            let drawn = match mark {
                Mark::Line => chart
                    .draw_series([PathElement::new(places.collect::<Vec<_>>(), colour.stroke_width(2))])?,
                Mark::Dashes => chart.draw_series([DashedPathElement::new(
                    places.collect::<Vec<_>>(),
                    7,
                    4,
                    colour.stroke_width(2),
                )])?,
                Mark::Dots => {
                    chart.draw_series(places.map(|place| Circle::new(place, 4, colour.filled())))?
                }
            };
            let mark = *mark;
            drawn.label(name).legend(move |(x, y)| {
                let points = [(x, y), (x + 18, y)];
                match mark {
                    Mark::Line => PathElement::new(points, colour.stroke_width(2)).into_dyn(),
                    Mark::Dashes => DashedPathElement::new(points, 7, 4, colour.stroke_width(2)).into_dyn(),
                    Mark::Dots => Circle::new((x + 9, y), 4, colour.filled()).into_dyn(),
                }
            });
        }
        chart
            .configure_series_labels()
            .position(self.key.clone())
            .background_style(WHITE.mix(0.85))
            .label_font(("sans-serif", 13))
            .draw()?;
        area.present()
    }
}
