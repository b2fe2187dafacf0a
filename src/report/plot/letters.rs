//! Letters as grey pixels.
//!
//! plotters sets every letter with its left edge where its advance begins, as if none had a side bearing: an `f` then touches
//! what follows. Here each stands where its font wants it.

use super::figure::Weight;
use super::theme;
use ab_glyph::{Font, FontRef, InvalidFont, ScaleFont};

/// Calls `draw` with the place and the coverage (0 to 1) of every pixel of `text`, which begins at x = 0 and has its baseline at y = 0.
///
/// `line_height` in pixels is what the font is scaled by; advances and kerning are those by which plotters measures.
pub(super) fn letters(
    text: &str,
    weight: Weight,
    line_height: f64,
    mut draw: impl FnMut(i32, i32, f32),
) -> Result<(), InvalidFont> {
    let font = FontRef::try_from_slice(match weight {
        Weight::Normal => theme::REGULAR,
        Weight::Bold => theme::BOLD,
    })?;
    let font = font.as_scaled(line_height as f32);
    let mut x = 0.0;
    let mut before = None;
    for letter in text.chars() {
        let id = font.glyph_id(letter);
        x += before.map_or(0.0, |before| font.kern(before, id));
        before = Some(id);
        let glyph = id.with_scale_and_position(font.scale(), ab_glyph::point(x, 0.0));
        if let Some(outline) = font.outline_glyph(glyph) {
            let corner = outline.px_bounds().min;
            outline.draw(|across, down, coverage| {
                draw(corner.x as i32 + across as i32, corner.y as i32 + down as i32, coverage);
            });
        }
        x += font.h_advance(id);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns that `text` covers, at 100 pixels a line.
    fn covered(text: &str) -> Vec<bool> {
        let mut columns = vec![false; 400];
        letters(text, Weight::Bold, 100.0, |x, _, coverage| columns[x as usize] |= coverage > 0.5).unwrap();
        columns
    }

    #[test]
    fn letters_stand_apart_by_their_bearings() {
        let columns = covered("fp");
        let last = columns.iter().rposition(|&covered| covered).unwrap();
        let gap = columns[..last].iter().rposition(|&covered| !covered).unwrap();
        assert!(gap > 20, "no column between the letters is free");
        // A stem has a bearing on its left.
        assert!(covered("p")[..4].iter().all(|&covered| !covered));
    }

    #[test]
    fn a_text_stands_on_its_baseline() {
        let (mut above, mut below) = (0, 0);
        letters("H", Weight::Normal, 100.0, |_, y, coverage| {
            if coverage > 0.5 {
                above = above.min(y);
                below = below.max(y);
            }
        })
        .unwrap();
        // Row −1 lies on the baseline, row 0 just below it, which rounding may touch.
        assert!((-1..=0).contains(&below), "{below}");
        // Capitals of this font are 0.729 em high, and a line 1.164 em.
        assert!((-64..=-62).contains(&above), "{above}");
    }
}
