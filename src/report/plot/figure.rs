//! A drawing as a list of marks, and its rendering by plotters to SVG and PNG.
//!
//! Coordinates are logical pixels with fractions; both renderings round them to quarters. The PNG is drawn at
//! four times the size and averaged down to two, which smooths the lines that plotters draws without greys.

use super::letters::letters;
use super::theme::{FONT, WHITE};
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle};

/// Drawn units per logical pixel.
const FINENESS: u32 = 4;
/// Drawn units averaged into one pixel of the PNG, in each direction.
const AVERAGED: u32 = 2;
/// Height of a line of `DejaVu Sans` in ems; by it plotters scales a font in bitmaps.
const LINE_HEIGHT: f64 = 1.164;
/// The ratio that plotters assumes between size and em in SVG.
const SVG_SIZE_PER_EM: f64 = 1.24;

/// Distance in ems from the middle of a text to its baseline: half the height of an `x` in `DejaVu Sans`, as in SVG.
const BASELINE: f64 = 0.273;

/// A place in logical pixels, y downwards.
pub(super) type Place = (f64, f64);

/// A colour with its opacity (0 to 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ink {
    pub(super) red: u8,
    pub(super) green: u8,
    pub(super) blue: u8,
    pub(super) opacity: f64,
}

impl Ink {
    /// An opaque colour.
    pub(super) const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, opacity: 1.0 }
    }

    /// The same colour with another opacity.
    pub(super) const fn with_opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    const fn plotters(self) -> RGBAColor {
        RGBAColor(self.red, self.green, self.blue, self.opacity)
    }
}

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Normal,
    Bold,
}

/// Which part of a text its place is; vertically it is always the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TextStyle {
    /// Size of the em.
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) ink: Ink,
}

impl TextStyle {
    pub(super) const fn new(size: f64, ink: Ink) -> Self {
        Self { size, weight: Weight::Normal, ink }
    }

    pub(super) const fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    /// Width of `text` in logical pixels.
    pub(super) fn width(self, text: &str) -> f64 {
        let font = font(self.weight, self.size * LINE_HEIGHT * f64::from(FINENESS));
        let measured = font.layout_box(text).map(|((left, _), (right, _))| f64::from(right - left));
        measured.map_or(0.6 * self.size * text.chars().count() as f64, |width| width / f64::from(FINENESS))
    }
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq)]
enum Mark {
    Path { places: Vec<Place>, ink: Ink, width: f64 },
    Area { places: Vec<Place>, ink: Ink },
    Box { from: Place, to: Place, ink: Ink },
    Text { text: String, at: Place, anchor: Anchor, style: TextStyle },
}

/// A drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    width: f64,
    height: f64,
    marks: Vec<Mark>,
}

impl Figure {
    pub(super) const fn new(width: f64, height: f64) -> Self {
        Self { width, height, marks: Vec::new() }
    }

    pub(super) const fn width(&self) -> f64 {
        self.width
    }

    /// A line through `places`; nothing for fewer than two.
    pub(super) fn path(&mut self, places: Vec<Place>, ink: Ink, width: f64) {
        if places.len() > 1 {
            self.marks.push(Mark::Path { places, ink, width });
        }
    }

    /// A line of dashes: `pattern` holds lengths of dash and gap in turn; empty for a solid line.
    pub(super) fn dashed(&mut self, places: Vec<Place>, ink: Ink, width: f64, pattern: &[f64]) {
        if pattern.is_empty() {
            return self.path(places, ink, width);
        }
        for dash in dashes(&places, pattern) {
            self.path(dash, ink, width);
        }
    }

    /// A filled polygon.
    pub(super) fn area(&mut self, places: Vec<Place>, ink: Ink) {
        if places.len() > 2 {
            self.marks.push(Mark::Area { places, ink });
        }
    }

    /// A filled rectangle.
    pub(super) fn rectangle(&mut self, from: Place, to: Place, ink: Ink) {
        self.marks.push(Mark::Box { from, to, ink });
    }

    /// A line of text, `at` its vertical middle.
    pub(super) fn text(&mut self, text: impl Into<String>, at: Place, anchor: Anchor, style: TextStyle) {
        self.marks.push(Mark::Text { text: text.into(), at, anchor, style });
    }

    /// The bytes of an SVG file, with text as text.
    pub(super) fn svg(&self) -> Result<Vec<u8>, String> {
        let (width, height) = self.drawn_size();
        let mut svg = String::new();
        self.render(&SVGBackend::with_string(&mut svg, (width, height)).into_drawing_area(), Target::Vector)?;
        // The view box stays fine, so that rounding is invisible; the picture has its logical size.
        let fine = format!("width=\"{width}\" height=\"{height}\"");
        let logical = format!("width=\"{}\" height=\"{}\"", width / FINENESS, height / FINENESS);
        Ok(svg.replacen(&fine, &logical, 1).into_bytes())
    }

    /// The bytes of a PNG file, two pixels per logical pixel.
    pub(super) fn png(&self) -> Result<Vec<u8>, String> {
        let (width, height) = self.drawn_size();
        let mut pixels = vec![0xFF; (width * height * 3) as usize];
        let backend = BitMapBackend::with_buffer(&mut pixels, (width, height));
        self.render(&backend.into_drawing_area(), Target::Raster)?;
        encode(&averaged(&pixels, width as usize), width / AVERAGED, height / AVERAGED)
            .map_err(|error| error.to_string())
    }

    /// Size in drawn units: a multiple of what is averaged.
    fn drawn_size(&self) -> (u32, u32) {
        (self.width.ceil() as u32 * FINENESS, self.height.ceil() as u32 * FINENESS)
    }

    fn render<B: DrawingBackend>(&self, area: &DrawingArea<B, Shift>, target: Target) -> Result<(), String> {
        let drawn = || {
            if target == Target::Vector {
                area.fill(&WHITE.plotters())?;
            }
            for mark in &self.marks {
                render(mark, area, target)?;
            }
            area.present()
        };
        drawn().map_err(|error| error.to_string())
    }

    /// Every text with its box (left, top, right, bottom), for tests of the layout.
    #[cfg(test)]
    pub(super) fn text_boxes(&self) -> Vec<(String, [f64; 4])> {
        let of_mark = |mark: &Mark| {
            let Mark::Text { text, at, anchor, style } = mark else { return None };
            let width = style.width(text);
            let left = match anchor {
                Anchor::Start => at.0,
                Anchor::Middle => at.0 - width / 2.0,
                Anchor::End => at.0 - width,
            };
            let half = 0.4 * style.size;
            Some((text.clone(), [left, at.1 - half, left + width, at.1 + half]))
        };
        self.marks.iter().filter_map(of_mark).collect()
    }

    #[cfg(test)]
    pub(super) const fn height(&self) -> f64 {
        self.height
    }
}

/// Where marks go; plotters treats text and thick lines differently in the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Vector,
    Raster,
}

type Drawn<B> = Result<(), plotters::drawing::DrawingAreaErrorKind<<B as DrawingBackend>::ErrorType>>;

fn render<B: DrawingBackend>(mark: &Mark, area: &DrawingArea<B, Shift>, target: Target) -> Drawn<B> {
    match mark {
        Mark::Path { places, ink, width } => {
            let width = fine(*width).max(1);
            let style = ShapeStyle { color: ink.plotters(), filled: false, stroke_width: width as u32 };
            match target {
                Target::Vector => area.draw(&PathElement::new(fine_places(places), style)),
                Target::Raster => strokes(&fine_places(places), style, area),
            }
        }
        Mark::Area { places, ink } => area.draw(&Polygon::new(fine_places(places), ink.plotters())),
        Mark::Box { from, to, ink } => {
            area.draw(&Rectangle::new([fine_place(*from), fine_place(*to)], ink.plotters().filled()))
        }
        Mark::Text { text, at, anchor, style } => {
            let em = style.size * f64::from(FINENESS);
            let ink = style.ink.plotters();
            if target == Target::Raster {
                let width = style.width(text);
                let left = match anchor {
                    Anchor::Start => at.0,
                    Anchor::Middle => at.0 - width / 2.0,
                    Anchor::End => at.0 - width,
                };
                let (left, baseline) = fine_place((left, at.1 + BASELINE * style.size));
                let mut drawn = Ok(());
                let inked = letters(text, style.weight, em * LINE_HEIGHT, |x, y, coverage| {
                    if drawn.is_ok() {
                        drawn = area.draw_pixel((left + x, baseline + y), &ink.mix(f64::from(coverage)));
                    }
                });
                if inked.is_ok() {
                    return drawn;
                }
                // A font that can't be read: plotters says so below.
            }
            let horizontal = match anchor {
                Anchor::Start => HPos::Left,
                Anchor::Middle => HPos::Center,
                Anchor::End => HPos::Right,
            };
            let anchored = plotters::style::TextStyle::from(font(style.weight, em * SVG_SIZE_PER_EM))
                .color(&ink)
                .pos(Pos::new(horizontal, VPos::Center));
            area.draw(&Text::new(text.as_str(), fine_place(*at), anchored))
        }
    }
}

/// Draws a line in a bitmap piece by piece with round joints: plotters' own joints spike at sharp angles.
fn strokes<B: DrawingBackend>(
    places: &[(i32, i32)],
    style: ShapeStyle,
    area: &DrawingArea<B, Shift>,
) -> Drawn<B> {
    for pair in places.windows(2) {
        area.draw(&PathElement::new(pair, style))?;
    }
    if style.stroke_width > 3 && places.len() > 2 {
        for &joint in &places[1..places.len() - 1] {
            area.draw(&Circle::new(joint, style.stroke_width / 2, style.color.filled()))?;
        }
    }
    Ok(())
}

fn font(weight: Weight, size: f64) -> FontDesc<'static> {
    let style = match weight {
        Weight::Normal => FontStyle::Normal,
        Weight::Bold => FontStyle::Bold,
    };
    FontDesc::new(FontFamily::Name(FONT), size, style)
}

fn fine(length: f64) -> i32 {
    (length * f64::from(FINENESS)).round() as i32
}

fn fine_place(place: Place) -> (i32, i32) {
    (fine(place.0), fine(place.1))
}

fn fine_places(places: &[Place]) -> Vec<(i32, i32)> {
    let mut fine: Vec<(i32, i32)> = places.iter().copied().map(fine_place).collect();
    fine.dedup();
    fine
}

/// Cuts a line into its dashes.
fn dashes(places: &[Place], pattern: &[f64]) -> Vec<Vec<Place>> {
    let mut dashes: Vec<Vec<Place>> = places.first().map(|&first| vec![first]).into_iter().collect();
    let (mut step, mut left) = (0, pattern[0]);
    for pair in places.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let (across, down) = (to.0 - from.0, to.1 - from.1);
            let length = (across * across + down * down).sqrt();
            let is_dash = step % 2 == 0;
            let goes_on = length > left;
            let share = if goes_on { left / length } else { 1.0 };
            from = (from.0 + across * share, from.1 + down * share);
            if is_dash && let Some(dash) = dashes.last_mut() {
                dash.push(from);
            }
            if !goes_on {
                left -= length;
                break;
            }
            step += 1;
            left = pattern[step % pattern.len()].max(0.1);
            if step % 2 == 0 {
                dashes.push(vec![from]);
            }
        }
    }
    dashes
}

/// Averages squares of RGB pixels.
fn averaged(pixels: &[u8], width: usize) -> Vec<u8> {
    let side = AVERAGED as usize;
    let row_bytes = width * 3;
    let mut small = Vec::with_capacity(pixels.len() / (side * side));
    let mut sums = vec![0_u16; row_bytes / side];
    for rows in pixels.chunks_exact(row_bytes * side) {
        sums.fill(0);
        for row in rows.chunks_exact(row_bytes) {
            for (sum, block) in sums.chunks_exact_mut(3).zip(row.chunks_exact(3 * side)) {
                for pixel in block.chunks_exact(3) {
                    sum.iter_mut().zip(pixel).for_each(|(sum, &channel)| *sum += u16::from(channel));
                }
            }
        }
        let area = (side * side) as u16;
        small.extend(sums.iter().map(|sum| ((sum + area / 2) / area) as u8));
    }
    small
}

fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::theme;

    #[test]
    fn dashes_keep_their_pattern_around_corners() {
        let cut = dashes(&[(0.0, 0.0), (6.0, 0.0), (6.0, 6.0)], &[4.0, 3.0]);
        assert_eq!(cut, [vec![(0.0, 0.0), (4.0, 0.0)], vec![(6.0, 1.0), (6.0, 5.0)]]);
        let all: f64 =
            dashes(&[(0.0, 0.0), (100.0, 0.0)], &[9.0, 3.0]).iter().map(|dash| dash[1].0 - dash[0].0).sum();
        assert!((all - 76.0).abs() < 1e-9, "{all}");
    }

    #[test]
    fn averaging_mixes_a_square_of_pixels() {
        let (black, white) = ([0, 0, 0], [255, 255, 255]);
        let pixels = [black, white, white, white, black, black, white, white].concat();
        assert_eq!(averaged(&pixels, 4), [64, 64, 64, 255, 255, 255]);
    }

    #[test]
    fn a_figure_is_drawn_without_a_system_font_and_text_stays_text() {
        theme::register_fonts();
        let mut figure = Figure::new(100.0, 40.0);
        let style = TextStyle::new(12.0, theme::BLACK);
        figure.text("−4 % < é", (50.0, 20.0), Anchor::Middle, style);
        assert!((style.width("−4 % < é") - 52.0).abs() < 6.0, "{}", style.width("−4 % < é"));
        let svg = String::from_utf8(figure.svg().unwrap()).unwrap();
        assert!(svg.starts_with("<svg width=\"100\" height=\"40\" viewBox=\"0 0 400 160\""), "{svg}");
        assert!(
            svg.contains("−4 % &lt; é") && svg.contains("font-family=\"DejaVu Sans, Verdana, sans-serif\"")
        );
        let png = figure.png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (200, 80));
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert!(pixels.iter().any(|&channel| channel < 60), "no text was drawn");
    }
}
