//! Tiny bars of single characters.

use crate::experiment::summary::{OutcomeSummary, Placed, Quantiles, Statistics};

/// Characters of a bar.
pub(super) const WIDTH: usize = 14;
/// Blocks from an eighth to the whole of a character.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// The bar of an outcome; spaces where there is nothing to show.
pub(super) fn of(outcome: &OutcomeSummary, placed: Option<&Placed>) -> String {
    match outcome.statistics {
        Statistics::Proportion { p, .. } => share(p),
        Statistics::Distribution { quantiles, .. } => {
            range(&quantiles, placed.map(|placed| placed.recorded.value))
        }
    }
}

/// A share as a filled part of the bar.
fn share(p: f64) -> String {
    if !p.is_finite() {
        return " ".repeat(WIDTH);
    }
    let eighths = (p.clamp(0.0, 1.0) * WIDTH as f64 * 8.0).round() as usize;
    let mut bar = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(EIGHTHS[eighths % 8 - 1]);
    }
    let rest = WIDTH - eighths.div_ceil(8);
    bar + &"·".repeat(rest)
}

/// Thin from 5 to 95 %, thick from 25 to 75 %, the median and the recorded value.
fn range(quantiles: &Quantiles, recorded: Option<f64>) -> String {
    let recorded = recorded.filter(|value| value.is_finite());
    let (low, high) = [Some(quantiles.q05), Some(quantiles.q95), recorded]
        .into_iter()
        .flatten()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if !(low.is_finite() && high > low) {
        return " ".repeat(WIDTH);
    }
    let place = |value: f64| ((value - low) / (high - low) * (WIDTH - 1) as f64).round() as usize;
    let mut bar = [' '; WIDTH];
    bar[place(quantiles.q05)..=place(quantiles.q95)].fill('─');
    bar[place(quantiles.q25)..=place(quantiles.q75)].fill('━');
    bar[place(quantiles.q50)] = '┃';
    if let Some(value) = recorded {
        bar[place(value)] = '◆';
    }
    bar.iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_show_shares_and_ranges() {
        assert_eq!(share(0.0), "··············");
        assert_eq!(share(0.5), "███████·······");
        assert_eq!(share(1.0), "██████████████");
        assert_eq!(share(0.04), "▌·············");
        let quantiles = Quantiles { q05: 0.0, q25: 2.0, q50: 5.0, q75: 6.0, q95: 10.0 };
        assert_eq!(range(&quantiles, None), "───━━━━┃━─────");
        assert_eq!(range(&quantiles, Some(13.0)), "──━━━┃━────  ◆");
        let nothing = Quantiles { q05: 1.0, q25: 1.0, q50: 1.0, q75: 1.0, q95: 1.0 };
        assert_eq!(range(&nothing, None), " ".repeat(WIDTH));
        let none = Quantiles { q05: f64::NAN, ..nothing };
        assert_eq!(range(&none, None), " ".repeat(WIDTH));
    }
}
