//! Panels: rectangles with axes, arranged in a grid below a heading.

use super::axis::{Axis, Tick};
use super::figure::{Anchor, Figure, Ink, Place, TextStyle};
use super::theme::{self, LineStyle};
use super::window;

/// A rectangle in logical pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Frame {
    pub(super) const fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Smaller by so much at each side.
    pub(super) const fn inset(self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self {
            left: self.left + left,
            top: self.top + top,
            right: self.right - right,
            bottom: self.bottom - bottom,
        }
    }
}

/// An entry of the legend.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    Swatch(Ink, &'static str),
    Line(LineStyle, String),
    /// A vertical line at a moment.
    Moment(String),
    Recorded,
}

/// Height of one line of the legend.
const LEGEND_LINE: f64 = 20.0;
/// Height of a further line of a subtitle.
const SUBTITLE_LINE: f64 = 17.0;
/// Height of one line of small print below the panels.
const SMALL_PRINT_LINE: f64 = 15.0;
/// Width of the sample of a colour or line in the legend.
const SWATCH: f64 = 22.0;
/// Least distance of labels beside a panel.
pub(super) const LABEL_LINE: f64 = theme::SMALL_SIZE * 1.25;

/// Draws title, subtitle and legend; returns the figure with the room below for panels of `height` in total.
pub(super) fn headed(title: &str, subtitle: &str, keys: &[Key], height: f64) -> (Figure, Frame) {
    let width = theme::WIDTH - 2.0 * theme::MARGIN;
    let title_style = TextStyle::new(theme::TITLE_SIZE, theme::BLACK).bold();
    let titles = wrapped(title, title_style, width);
    let style = TextStyle::new(theme::TEXT_SIZE, theme::GREY);
    let subtitles = wrapped(subtitle, style, width);
    let legend = legend_rows(keys, width);
    let top = theme::MARGIN
        + 22.0 * titles.len() as f64
        + 20.0
        + SUBTITLE_LINE * subtitles.len().saturating_sub(1) as f64
        + LEGEND_LINE * legend.len() as f64
        + 4.0;
    let mut figure = Figure::new(theme::WIDTH, top + height + theme::MARGIN * 0.75);
    let mut y = theme::MARGIN + 8.0;
    for line in titles {
        figure.text(line, (theme::MARGIN, y), Anchor::Start, title_style);
        y += 22.0;
    }
    for (idx, line) in subtitles.into_iter().enumerate() {
        y += if idx > 0 { SUBTITLE_LINE } else { 0.0 };
        figure.text(line, (theme::MARGIN, y), Anchor::Start, style);
    }
    for row in legend {
        y += LEGEND_LINE;
        for (key, x) in row {
            draw_key(&mut figure, key, (theme::MARGIN + x, y + 2.0));
        }
    }
    let frame = Frame { left: theme::MARGIN, top, right: theme::WIDTH - theme::MARGIN, bottom: top + height };
    (figure, frame)
}

/// The same as [`headed`] with `small_print` below the panels.
pub(super) fn headed_and_footed(
    title: &str,
    subtitle: &str,
    keys: &[Key],
    height: f64,
    small_print: &str,
) -> (Figure, Frame) {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let lines = wrapped(small_print, style, theme::WIDTH - 2.0 * theme::MARGIN);
    let taken = SMALL_PRINT_LINE * lines.len() as f64;
    let (mut figure, frame) = headed(title, subtitle, keys, height + taken);
    let frame = frame.inset(0.0, 0.0, 0.0, taken);
    for (index, line) in lines.into_iter().enumerate() {
        let y = frame.bottom + SMALL_PRINT_LINE * (index as f64 + 0.5);
        figure.text(line, (frame.left, y), Anchor::Start, style);
    }
    (figure, frame)
}

impl Key {
    fn label(&self) -> &str {
        match self {
            Self::Swatch(_, label) => label,
            Self::Line(_, label) | Self::Moment(label) => label,
            Self::Recorded => "recorded (filled: held out, ring: fitted, cross: control)",
        }
    }
}

/// The keys in rows no wider than `width`, each with its distance from the left.
fn legend_rows(keys: &[Key], width: f64) -> Vec<Vec<(&Key, f64)>> {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    let mut rows: Vec<Vec<(&Key, f64)>> = Vec::new();
    let mut x = f64::INFINITY;
    for key in keys {
        let taken = SWATCH + 6.0 + style.width(key.label());
        if x + taken > width {
            rows.push(Vec::new());
            x = 0.0;
        }
        if let Some(row) = rows.last_mut() {
            row.push((key, x));
        }
        x += taken + 20.0;
    }
    rows
}

fn draw_key(figure: &mut Figure, key: &Key, (x, y): Place) {
    match key {
        Key::Swatch(ink, _) => figure.rectangle((x, y - 5.0), (x + SWATCH, y + 5.0), *ink),
        Key::Line(style, _) => figure.dashed(vec![(x, y), (x + SWATCH, y)], style.ink, 2.2, style.dashes),
        Key::Moment(_) => moment(figure, x + SWATCH / 2.0, (y - 7.0, y + 7.0)),
        Key::Recorded => recorded_mark(figure, (x + SWATCH / 2.0, y), RecordedMark::Filled),
    }
    let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    figure.text(key.label(), (x + SWATCH + 6.0, y), Anchor::Start, style);
}

/// How a recorded value is drawn, by how it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordedMark {
    Filled,
    Ring,
    Cross,
}

/// Draws a recorded value: a diamond, a hollow diamond or a cross, with a white rim.
pub(super) fn recorded_mark(figure: &mut Figure, (x, y): Place, mark: RecordedMark) {
    let diamond = |size: f64| vec![(x - size, y), (x, y - size), (x + size, y), (x, y + size)];
    figure.area(diamond(7.0), theme::WHITE);
    match mark {
        RecordedMark::Filled => figure.area(diamond(5.2), theme::RECORDED),
        RecordedMark::Ring => {
            figure.area(diamond(5.6), theme::RECORDED);
            figure.area(diamond(2.8), theme::WHITE);
        }
        RecordedMark::Cross => {
            figure.path(vec![(x - 4.0, y - 4.0), (x + 4.0, y + 4.0)], theme::RECORDED, 2.2);
            figure.path(vec![(x - 4.0, y + 4.0), (x + 4.0, y - 4.0)], theme::RECORDED, 2.2);
        }
    }
}

/// Draws a thin dashed line at a moment over the heights given.
pub(super) fn moment(figure: &mut Figure, x: f64, (top, bottom): (f64, f64)) {
    figure.dashed(vec![(x, top), (x, bottom)], theme::GREY, 1.0, &[4.0, 3.0]);
}

/// Columns in which `n` panels look best.
pub(super) const fn columns(n: usize) -> usize {
    match n {
        0 | 1 => 1,
        2..=4 => 2,
        5..=9 => 3,
        _ => 4,
    }
}

/// Rows that `n` panels take.
pub(super) const fn rows(n: usize) -> usize {
    n.div_ceil(columns(n))
}

/// Divides a frame among `n` panels, row by row.
pub(super) fn grid(frame: Frame, n: usize) -> Vec<Frame> {
    let (n_columns, n_rows) = (columns(n), rows(n));
    let gap = 18.0;
    let width = (frame.width() - gap * (n_columns - 1) as f64) / n_columns as f64;
    let height = (frame.bottom - frame.top) / n_rows.max(1) as f64;
    let cell = |index: usize| {
        let left = frame.left + (index % n_columns) as f64 * (width + gap);
        let top = frame.top + (index / n_columns) as f64 * height;
        Frame { left, top, right: left + width, bottom: top + height }
    };
    (0..n).map(cell).collect()
}

/// Ticks that suit the height of a panel.
pub(super) fn n_ticks(frame: Frame) -> usize {
    ((frame.bottom - frame.top) / 30.0).clamp(2.0, 6.0) as usize
}

/// Dates that suit the width of a panel.
pub(super) fn n_dates(frame: Frame) -> usize {
    (frame.width() / 44.0).clamp(1.0, 8.0) as usize
}

/// A rectangle with two axes.
pub(super) struct Panel {
    /// All that belongs to the panel, with title and names of ticks.
    pub(super) cell: Frame,
    /// What the axes enclose.
    pub(super) frame: Frame,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

impl Panel {
    /// Where a pair of values lies.
    pub(super) fn at(&self, x: f64, y: f64) -> Place {
        (self.x_at(x), self.y_at(y))
    }

    pub(super) fn x_at(&self, x: f64) -> f64 {
        self.frame.left + self.frame.width() * self.x.place(x)
    }

    pub(super) fn y_at(&self, y: f64) -> f64 {
        self.frame.bottom - (self.frame.bottom - self.frame.top) * self.y.place(y)
    }

    /// Draws grid, names of ticks and the title above; before the data.
    pub(super) fn draw_axes(&self, figure: &mut Figure, title: &str, caption: &str) {
        let frame = self.frame;
        let style = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
        for tick in &self.y.ticks {
            let y = self.y_at(tick.value);
            let is_zero = tick.value == 0.0;
            figure.path(
                vec![(frame.left, y), (frame.right, y)],
                if is_zero { theme::AXIS } else { theme::GRID },
                1.0,
            );
            figure.text(tick.label.as_str(), (frame.left - 6.0, y), Anchor::End, style);
        }
        figure.path(vec![(frame.left, frame.bottom), (frame.right, frame.bottom)], theme::AXIS, 1.0);
        self.draw_x_ticks(figure, style);
        let heading = TextStyle::new(theme::TEXT_SIZE, theme::BLACK).bold();
        // Above the names of ticks, where there is more room for it.
        let (title, heading) = fitted(title, heading, self.cell.width());
        let title_right = self.cell.left + heading.width(&title);
        figure.text(title, (self.cell.left, frame.top - 16.0), Anchor::Start, heading);
        if !caption.is_empty() && title_right + 12.0 + style.width(caption) <= frame.right {
            figure.text(caption, (frame.right, frame.top - 16.0), Anchor::End, style);
        }
    }

    /// Draws the names below; where they would touch, only every second, every third and so on.
    pub(super) fn draw_x_ticks(&self, figure: &mut Figure, style: TextStyle) {
        let ends = |tick: &Tick| {
            let (x, half) = (self.x_at(tick.value), style.width(&tick.label) / 2.0);
            (x - half, x + half)
        };
        let named: Vec<&Tick> = self.x.ticks.iter().filter(|tick| !tick.label.is_empty()).collect();
        let is_free = |step: usize| {
            let shown: Vec<(f64, f64)> = named.iter().step_by(step).map(|tick| ends(tick)).collect();
            shown.windows(2).all(|pair| pair[1].0 >= pair[0].1 + 8.0)
        };
        let step = (1..named.len()).find(|&step| is_free(step)).unwrap_or(named.len().max(1));
        for tick in &self.x.ticks {
            let x = self.x_at(tick.value);
            figure.path(vec![(x, self.frame.bottom), (x, self.frame.bottom + 4.0)], theme::AXIS, 1.0);
        }
        for tick in named.into_iter().step_by(step) {
            if ends(tick).1 <= figure.width() - 2.0 {
                let at = (self.x_at(tick.value), self.frame.bottom + 13.0);
                figure.text(tick.label.as_str(), at, Anchor::Middle, style);
            }
        }
    }

    /// Marks a moment over the whole height if it lies on the axis.
    pub(super) fn moment(&self, figure: &mut Figure, time: f64) {
        if self.x.shows(time) {
            moment(figure, self.x_at(time), (self.frame.top, self.frame.bottom));
        }
    }

    /// Draws a line through the finite ones of `points` on the axis, in as many pieces as there are gaps.
    pub(super) fn line(&self, figure: &mut Figure, points: &[(f64, [f64; 1])], style: LineStyle, width: f64) {
        let points = window::cut(points, self.x.range());
        for piece in points.split(|(_, [value])| !value.is_finite()) {
            let places = piece.iter().map(|&(x, [y])| self.at(x, y)).collect();
            figure.dashed(places, style.ink, width, style.dashes);
        }
    }

    /// Fills between two curves over the same x on the axis, leaving gaps where either has no value.
    pub(super) fn band(&self, figure: &mut Figure, points: &[(f64, [f64; 2])], ink: Ink) {
        let points = window::cut(points, self.x.range());
        for piece in points.split(|(_, [low, high])| !(low.is_finite() && high.is_finite())) {
            let lower = piece.iter().map(|&(x, [low, _])| self.at(x, low));
            let upper = piece.iter().rev().map(|&(x, [_, high])| self.at(x, high));
            figure.area(lower.chain(upper).collect(), ink);
        }
    }

    /// Writes labels to the right of the panel at given heights, moved apart where they would touch.
    pub(super) fn label_right(&self, figure: &mut Figure, mut labels: Vec<(f64, String, Ink)>) {
        labels.sort_by(|one, other| one.0.total_cmp(&other.0));
        let heights = self.apart(labels.iter().map(|label| label.0).collect());
        let left = self.frame.right + 6.0;
        for ((_, text, ink), y) in labels.into_iter().zip(heights) {
            let style = TextStyle::new(theme::SMALL_SIZE, ink);
            let (text, style) = fitted(&text, style, self.cell.right - left);
            figure.text(text, (left, y), Anchor::Start, style);
        }
    }

    /// Ascending heights of lines of small text, moved apart inside the panel where they would touch.
    pub(super) fn apart(&self, mut heights: Vec<f64>) -> Vec<f64> {
        spread(&mut heights, LABEL_LINE, self.frame.top, self.frame.bottom);
        heights
    }
}

/// Moves ascending heights at least `gap` apart, inside `low..=high` as far as there is room.
pub(super) fn spread(heights: &mut [f64], gap: f64, low: f64, high: f64) {
    let mut least = low;
    for height in heights.iter_mut() {
        *height = height.max(least);
        least = *height + gap;
    }
    let mut most = high;
    for height in heights.iter_mut().rev() {
        *height = height.min(most);
        most = *height - gap;
    }
}

/// `text` in a smaller type if it is too wide for `room`, and cut only if even that is not enough.
pub(super) fn fitted(text: &str, style: TextStyle, room: f64) -> (String, TextStyle) {
    let sizes = [1.0, 0.92, 0.84, 0.76, 0.7].map(|share| TextStyle { size: share * style.size, ..style });
    let fitting = sizes.into_iter().find(|style| style.width(text) <= room);
    let style = fitting.unwrap_or(sizes[sizes.len() - 1]);
    (shortened(text, style, room), style)
}

/// `text` cut to `room`, with a sign that something is missing.
fn shortened(text: &str, style: TextStyle, room: f64) -> String {
    if style.width(text) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while kept.pop().is_some() {
        let cut: String = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if style.width(&cut) <= room {
            return cut;
        }
    }
    String::new()
}

/// `text` broken between words into lines no wider than `room`.
pub(super) fn wrapped(text: &str, style: TextStyle, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if style.width(&format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_touch_are_moved_apart_inside_the_panel() {
        let mut heights = [10.0, 11.0, 12.0, 99.0];
        spread(&mut heights, 10.0, 0.0, 100.0);
        assert_eq!(heights, [10.0, 20.0, 30.0, 99.0]);
        let mut low = [98.0, 99.0];
        spread(&mut low, 10.0, 0.0, 100.0);
        assert_eq!(low, [90.0, 100.0]);
    }

    #[test]
    fn text_is_cut_or_wrapped_to_its_room() {
        theme::register_fonts();
        let style = TextStyle::new(12.0, theme::BLACK);
        let cut = shortened("Saudi Arabia and Canada", style, 80.0);
        assert!(cut.ends_with('…') && style.width(&cut) <= 80.0, "{cut}");
        let lines = wrapped("one two three four five six seven", style, 80.0);
        assert!(lines.len() > 1 && lines.iter().all(|line| style.width(line) <= 80.0), "{lines:?}");
    }

    #[test]
    fn a_grid_has_a_cell_for_each_panel_and_none_overlaps() {
        let frame = Frame { left: 0.0, top: 0.0, right: 900.0, bottom: 400.0 };
        for n in 1..=13 {
            let cells = grid(frame, n);
            assert_eq!(cells.len(), n);
            assert!(cells.iter().all(|cell| cell.right <= 900.01 && cell.bottom <= 400.01));
        }
    }
}
