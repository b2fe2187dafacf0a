//! Noise of a trading day: what comes from the world and what is the market's own, how they add up, at the opening and through the day.
//!
//! A day's total z is drawn first; of it the share s is known at the opening: o = s·z + √(s(1 − s))·w·n with n standard normal and w the
//! scale of the day. So opening and rest are uncorrelated, have the variances s and 1 − s, and the close does not depend on the split.
//! Through the day the rest comes as a Brownian bridge.

use super::garch::{Garch, Innovation};
use crate::engine::streams::{Purpose, RunKey, Stream, Subject};
use crate::model::setting::Market;

const OWN: Purpose = Purpose::new("trading own noise");

/// Noise of one trading day in units of its standard deviation.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct DayNoise {
    /// World factor known before the opening, and all of it.
    pub(super) factor: (f64, f64),
    /// Own part at the opening, and over the rest of the day.
    pub(super) own: (f64, f64),
    /// How they add up.
    pub(super) weights: Weights,
    /// How far the bridge through the day has come, and where it stands.
    pub(super) bridge: Bridge,
}

/// What a unit of the world factor, and of a market's own part, is in standard deviations of the market's day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Weights {
    factor: f64,
    own: f64,
}

impl Weights {
    /// Weights on a day on which the factor has the variance `of_factor`, in that of its long run, and the market `variance`.
    pub(super) fn of(market: &Market, of_factor: f64, variance: f64) -> Self {
        let relative = variance / (market.long_run_sd * market.long_run_sd);
        // What moves with nothing but the factor is the factor, whatever made its variance.
        let relative = if market.common >= 1.0 { of_factor } else { relative };
        if !(relative > 0.0 && relative.is_finite()) {
            return Self::default();
        }
        Self {
            factor: libm::copysign(libm::sqrt(market.common / relative), market.beta),
            own: libm::sqrt((1.0 - market.common * of_factor / relative).max(0.0)),
        }
    }

    pub(super) fn in_sd(self, factor: f64, own: f64) -> f64 {
        self.factor * factor + self.own * own
    }
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
pub(super) fn split(
    Innovation { value, scale }: Innovation,
    overnight: f64,
    stream: &mut Stream,
) -> (f64, f64) {
    let opening = overnight * value + libm::sqrt(overnight * (1.0 - overnight)) * scale * stream.normal();
    (opening, value - opening)
}

/// The market's own part on a date since 1970: at the opening, and over the rest of the day.
pub(super) fn own(garch: &Garch, overnight: f64, run: RunKey, market_key: u32, date: u32) -> (f64, f64) {
    let mut stream = run.stream(OWN, Subject::new(market_key, date));
    split(garch.draw(&mut stream), overnight, &mut stream)
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

    /// b is constant: √(c·φ²)/σ is what the factor's part has of the market's standard deviation, and the market's own part fills up to 1, if
    /// there is anything left to fill.
    #[test]
    fn the_factor_weighs_as_much_as_it_is_wild_and_the_own_part_fills_up() {
        let start = crate::units::UtcTime::from_unix_ms(0);
        let market = Market { common: 0.25, beta: -1.0, ..crate::model::fixture::market(start) };
        let long_run = market.long_run_sd * market.long_run_sd;
        let weights = |of_factor: f64, relative: f64| {
            let Weights { factor, own } = Weights::of(&market, of_factor, relative * long_run);
            (factor, own)
        };
        let close = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-12 && (b - d).abs() < 1e-12;
        assert!(close(weights(1.0, 1.0), (-0.5, 0.75_f64.sqrt())));
        assert!(close(weights(2.0, 1.0), (-0.5, 0.5_f64.sqrt())));
        assert!(close(weights(1.0, 4.0), (-0.25, (15.0_f64 / 16.0).sqrt())));
        assert!(close(weights(9.0, 1.0), (-0.5, 0.0)), "wilder than the market: it is moved by nothing else");
        let same = Market { common: 1.0, beta: 1.0, ..market.clone() };
        assert_eq!(Weights::of(&same, 4.0, 9.0 * long_run), Weights { factor: 0.5, own: 0.0 });
        let dead = Market { daily_sd: 0.0, long_run_sd: 0.0, ..market.clone() };
        assert_eq!(Weights::of(&dead, 1.0, 0.0), Weights::default());
    }
}
