//! One look for all plots: readable in grey, by colour-blind readers and on paper.

use super::figure::Ink;
use plotters::style::{FontStyle, register_font};
use std::sync::Once;

/// Font of all text; the fallbacks are for SVG viewers, whose metrics are near those of `DejaVu Sans`.
pub(super) const FONT: &str = "DejaVu Sans, Verdana, sans-serif";

/// Width of every figure in logical pixels.
pub(super) const WIDTH: f64 = 960.0;
/// Space around a figure.
pub(super) const MARGIN: f64 = 24.0;

pub(super) const TITLE_SIZE: f64 = 17.0;
pub(super) const TEXT_SIZE: f64 = 12.5;
pub(super) const SMALL_SIZE: f64 = 11.0;

pub(super) const BLACK: Ink = Ink::rgb(0x1A, 0x1A, 0x1A);
pub(super) const GREY: Ink = Ink::rgb(0x5F, 0x5F, 0x5F);
pub(super) const GRID: Ink = Ink::rgb(0xE4, 0xE4, 0xE4);
pub(super) const AXIS: Ink = Ink::rgb(0x8A, 0x8A, 0x8A);
pub(super) const WHITE: Ink = Ink::rgb(0xFF, 0xFF, 0xFF);
/// Trading hours.
pub(super) const SESSION: Ink = Ink::rgb(0xEC, 0xE8, 0xDC);
/// Trading hours where the shading is only a few pixels high.
pub(super) const SESSION_EDGE: Ink = Ink::rgb(0xB9, 0xB0, 0x98);

/// The range of 90 % of runs, of 50 %, and the median: three clearly different greys when printed.
pub(super) const BAND_90: Ink = Ink::rgb(0xC6, 0xDC, 0xEE);
pub(super) const BAND_50: Ink = Ink::rgb(0x84, 0xB2, 0xDA);
pub(super) const MEDIAN: Ink = Ink::rgb(0x0B, 0x45, 0x78);
/// What history says.
pub(super) const RECORDED: Ink = Ink::rgb(0xC4, 0x4E, 0x00);

/// A way to draw one of several lines: colour and dashes both differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LineStyle {
    pub(super) ink: Ink,
    /// Lengths of dash and gap in logical pixels; empty for a solid line.
    pub(super) dashes: &'static [f64],
}

/// Lines in order of use: colours of Okabe and Ito (2008), "Color universal design", darkest first.
const LINES: [LineStyle; 7] = [
    LineStyle { ink: Ink::rgb(0x00, 0x72, 0xB2), dashes: &[] },
    LineStyle { ink: Ink::rgb(0xD5, 0x5E, 0x00), dashes: &[9.0, 3.0] },
    LineStyle { ink: Ink::rgb(0x00, 0x9E, 0x73), dashes: &[3.0, 2.5] },
    LineStyle { ink: Ink::rgb(0xCC, 0x79, 0xA7), dashes: &[9.0, 3.0, 2.0, 3.0] },
    LineStyle { ink: Ink::rgb(0xE6, 0x9F, 0x00), dashes: &[14.0, 4.0] },
    LineStyle { ink: Ink::rgb(0x56, 0xB4, 0xE9), dashes: &[5.0, 2.0, 1.5, 2.0] },
    LineStyle { ink: Ink::rgb(0x1A, 0x1A, 0x1A), dashes: &[1.5, 2.5] },
];

/// The style of line number `index`; styles repeat after seven.
pub(super) const fn line(index: usize) -> LineStyle {
    LINES[index % LINES.len()]
}

/// Number of lines that can be told apart.
pub(super) const N_LINES: usize = LINES.len();

/// Ends of the ladder's ramp and what lies between: lightness falls steadily.
const RAMP: [(f64, f64, f64); 5] = [
    (250.0, 224.0, 150.0),
    (248.0, 180.0, 92.0),
    (214.0, 99.0, 60.0),
    (140.0, 42.0, 74.0),
    (58.0, 15.0, 62.0),
];

/// The colour at `share` (0 lowest rung, 1 highest).
pub(super) fn ramp(share: f64) -> Ink {
    let place = share.clamp(0.0, 1.0) * (RAMP.len() - 1) as f64;
    let below = (place as usize).min(RAMP.len() - 2);
    let mix = |low: f64, high: f64| (low + (high - low) * (place - below as f64)).round() as u8;
    let (low, high) = (RAMP[below], RAMP[below + 1]);
    Ink::rgb(mix(low.0, high.0), mix(low.1, high.1), mix(low.2, high.2))
}

/// The font, as a file.
pub(super) static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans-subset.ttf");
/// The same in bold.
pub(super) static BOLD: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans-Bold-subset.ttf");

/// Makes the embedded fonts known to plotters.
pub(super) fn register_fonts() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // A font that can't be read shows as an error of the first text drawn.
        let _ = register_font(FONT, FontStyle::Normal, REGULAR);
        let _ = register_font(FONT, FontStyle::Bold, BOLD);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lightness as on a grey print (ITU-R BT.601 luma).
    fn luma(ink: Ink) -> f64 {
        0.299 * f64::from(ink.red) + 0.587 * f64::from(ink.green) + 0.114 * f64::from(ink.blue)
    }

    #[test]
    fn bands_and_rungs_differ_when_printed_in_grey() {
        assert!(luma(BAND_90) - luma(BAND_50) > 25.0);
        assert!(luma(BAND_50) - luma(MEDIAN) > 60.0);
        for step in 0..20 {
            let (low, high) = (ramp(f64::from(step) / 20.0), ramp(f64::from(step + 1) / 20.0));
            assert!(luma(low) - luma(high) > 5.0, "step {step}");
        }
    }
}
