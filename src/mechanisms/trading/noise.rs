//! Noise of a trading day: what comes from the world and what is the market's own, at the opening and through the day.
//!
//! A day's total z is drawn first; of it the share s is known at the opening: o = s·z + √(s(1 − s))·w·n with n standard normal and w the
//! scale of the day. So opening and rest are uncorrelated, have the variances s and 1 − s, and the close does not depend on the split.
//! Through the day the rest comes as a Brownian bridge.

use super::garch::{Garch, Innovation};
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};

const FACTOR: Purpose = Purpose::new("trading world factor");
const OWN: Purpose = Purpose::new("trading own noise");

/// Noise of one trading day in units of its standard deviation.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct DayNoise {
    /// World factor known before the opening, and all of it.
    pub(super) factor: (f64, f64),
    /// Own part at the opening, and over the rest of the day.
    pub(super) own: (f64, f64),
    /// How far the bridge through the day has come, and where it stands.
    pub(super) bridge: Bridge,
}

/// A Brownian bridge that is looked at now and then.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Bridge {
    progress: f64,
    value: f64,
}

impl Bridge {
    /// Its value at `progress` (0 to 1, not before the last look), on the way to `end` with `variance` over the whole; `normal` is
    /// standard normal.
    pub(super) fn advance(
        &mut self,
        progress: f64,
        end: f64,
        variance: f64,
        normal: impl FnOnce() -> f64,
    ) -> f64 {
        let (before, reached) = (self.progress, self.value);
        let value = if progress >= 1.0 {
            end
        } else if progress <= before {
            reached
        } else {
            let part = (progress - before) / (1.0 - before);
            let spread = variance * (progress - before) * (1.0 - progress) / (1.0 - before);
            reached + (end - reached) * part + libm::sqrt(spread) * normal()
        };
        *self = Self { progress: progress.max(before).min(1.0), value };
        value
    }
}

/// Divides a day's total between the opening (share `overnight` of the variance) and the rest.
fn split(Innovation { value, scale }: Innovation, overnight: f64, stream: &mut Stream) -> (f64, f64) {
    let opening = overnight * value + libm::sqrt(overnight * (1.0 - overnight)) * scale * stream.normal();
    (opening, value - opening)
}

/// The market's own part on a date since 1970: at the opening, and over the rest of the day.
pub(super) fn own(garch: &Garch, overnight: f64, run: RunKey, market_key: u32, date: u32) -> (f64, f64) {
    let mut stream = run.stream(OWN, Subject::new(market_key, date));
    split(garch.draw(&mut stream), overnight, &mut stream)
}

/// The two parts of the world factor of a day since 1970, known in the morning of Europe and in its afternoon; none at the week-end.
pub(super) fn world_factor(garch: &Garch, overnight: f64, run: RunKey, unix_day: i64) -> [f64; 2] {
    // 1970-01-01 was a Thursday.
    if (unix_day + 3).rem_euclid(7) >= 5 {
        return [0.0; 2];
    }
    let mut stream = run.stream(FACTOR, Subject::new(unix_day as u32, 0));
    split(garch.draw(&mut stream), overnight, &mut stream).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::setting::NoiseLaw;

    fn garch() -> Garch {
        Garch::new(NoiseLaw { shock: 0.0, leverage: 0.0, memory: 0.0, degrees: 6.7, skew: -0.22 }).unwrap()
    }

    /// n = 40,000 days: a variance of v with kurtosis below 12 has the standard error v·√(11/n); correlations 1/√n (α = 1e-4).
    #[test]
    fn opening_and_rest_have_their_shares_of_the_variance_and_are_uncorrelated() {
        let n = 40_000_u32;
        let (mut opening, mut rest, mut product) = (0.0, 0.0, 0.0);
        for date in 0..n {
            let (o, r) = own(&garch(), 0.25, RunKey::new(0, 0), 1, date);
            opening += o * o;
            rest += r * r;
            product += o * r;
        }
        let n = f64::from(n);
        let bound = 3.9 * (11.0 / n).sqrt();
        assert!((opening / n / 0.25 - 1.0).abs() < bound, "{}", opening / n);
        assert!((rest / n / 0.75 - 1.0).abs() < bound, "{}", rest / n);
        assert!((product / n).abs() < 3.9 * (3.0 * 0.25 * 0.75 / n).sqrt() * 2.0, "{}", product / n);
    }

    #[test]
    fn a_bridge_ends_where_it_must_and_does_not_go_back() {
        let mut bridge = Bridge::default();
        assert_eq!(bridge.advance(0.5, 2.0, 1.0, || 0.0), 1.0);
        assert_eq!(bridge.advance(0.25, 2.0, 1.0, || 9.0), 1.0, "an earlier look sees what was last seen");
        assert!(
            (bridge.advance(0.75, 2.0, 1.0, || 1.0) - 1.5 - (0.25_f64 * 0.25 / 0.5).sqrt()).abs() < 1e-12
        );
        assert_eq!(bridge.advance(1.0, 2.0, 1.0, || 9.0), 2.0);
    }

    #[test]
    fn the_world_rests_at_the_week_end() {
        // Day 0 was a Thursday: days 2 and 3 are Saturday and Sunday.
        let rests = |day| world_factor(&garch(), 0.25, RunKey::new(0, 0), day) == [0.0; 2];
        assert_eq!((0..7).map(rests).collect::<Vec<_>>(), [false, false, true, true, false, false, false]);
    }
}
