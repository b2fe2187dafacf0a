//! Rules that stop prices: circuit breakers of an index, and daily limits of its stocks.
//!
//! A breaker looks at the fall since the last close. At the first thresholds, once each a day, trading pauses for some minutes, unless the
//! day is nearly over; at the last one it ends for the day. What could not be traded waits: after the pause, or at the next opening, the
//! price is where news and noise have it by then.
//!
//! Where single stocks may not move more than L a day, an index shows the mean of their clipped returns. With the stocks' returns spread
//! normally around that of the index, x, with standard deviation s:
//!
//! E[clip(X, −L, L)] = L·(Φ̄(b) − Φ(a)) + x·(Φ(b) − Φ(a)) + s·(φ(a) − φ(b)), a = (−L − x)/s, b = (L − x)/s.

use crate::model::setting::{Breakers, PriceLimit};
use crate::stats::distribution::normal_cdf;
use crate::units::TimeSpan;

/// What a breaker says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Verdict {
    /// Trading goes on.
    Trade,
    /// Trading pauses at this log return since the last close.
    Pause(f64),
    /// Trading is over for the day, at this log return.
    Stop(f64),
}

/// What a breaker has done today.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Today {
    /// Thresholds at which trading has paused.
    pub(super) n_pauses: usize,
    /// Log return at which trading has ended for the day.
    pub(super) stopped: Option<f64>,
}

impl Today {
    /// What happens at a log return `fallen` since the last close, so long before today's close.
    pub(super) fn check(&mut self, breakers: &Breakers, fallen: f64, to_close: TimeSpan) -> Verdict {
        if let Some(level) = self.stopped {
            return Verdict::Stop(level);
        }
        if let Some(stop) = breakers.stop.filter(|stop| fallen <= *stop) {
            self.stopped = Some(stop);
            return Verdict::Stop(stop);
        }
        match breakers.pauses.get(self.n_pauses) {
            Some(&threshold) if fallen <= threshold && to_close > breakers.last => {
                self.n_pauses += 1;
                Verdict::Pause(threshold)
            }
            _ => Verdict::Trade,
        }
    }
}

/// Log return of an index whose stocks would have the log return `fallen` if no limit bound them.
pub(super) fn limited(limit: PriceLimit, fallen: f64) -> f64 {
    let (l, s, x) = (limit.limit, limit.dispersion, libm::expm1(fallen));
    let density = |z: f64| libm::exp(-z * z / 2.0) / libm::sqrt(std::f64::consts::TAU);
    let (a, b) = ((-l - x) / s, (l - x) / s);
    let (below, above) = (normal_cdf(a), 1.0 - normal_cdf(b));
    let clipped = l * (above - below) + x * (1.0 - above - below) + s * (density(a) - density(b));
    libm::log1p(clipped.clamp(-l, l))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breakers() -> Breakers {
        Breakers {
            pauses: vec![libm::log1p(-0.07), libm::log1p(-0.13)],
            pause: TimeSpan::from_secs(900),
            last: TimeSpan::from_secs(35 * 60),
            stop: Some(libm::log1p(-0.20)),
        }
    }

    const HOUR: TimeSpan = TimeSpan::from_hours(1);

    #[test]
    fn each_threshold_pauses_once_a_day_and_the_last_one_ends_it() {
        let mut today = Today::default();
        let rules = breakers();
        assert_eq!(today.check(&rules, -0.05, HOUR), Verdict::Trade);
        assert_eq!(today.check(&rules, -0.10, HOUR), Verdict::Pause(libm::log1p(-0.07)));
        assert_eq!(today.check(&rules, -0.10, HOUR), Verdict::Trade);
        assert_eq!(today.check(&rules, -0.15, HOUR), Verdict::Pause(libm::log1p(-0.13)));
        assert_eq!(today.check(&rules, -0.30, HOUR), Verdict::Stop(libm::log1p(-0.20)));
        assert_eq!(
            today.check(&rules, 0.10, HOUR),
            Verdict::Stop(libm::log1p(-0.20)),
            "for the rest of the day"
        );
    }

    #[test]
    fn near_the_close_trading_does_not_pause_but_may_still_end() {
        let mut today = Today::default();
        assert_eq!(today.check(&breakers(), -0.10, TimeSpan::from_secs(30 * 60)), Verdict::Trade);
        assert!(matches!(today.check(&breakers(), -0.25, TimeSpan::from_secs(60)), Verdict::Stop(_)));
    }

    #[test]
    fn limits_hardly_touch_small_moves_hold_large_ones_and_treat_both_sides_alike() {
        let limit = PriceLimit { limit: 0.1, dispersion: 0.025 };
        assert!((limited(limit, -0.02) + 0.02).abs() < 5e-5);
        let shown = libm::expm1(limited(limit, libm::log1p(-0.10)));
        // At the limit itself half of the stocks are clipped: −L + s·φ(0) = −0.1 + 0.025·0.39894.
        assert!((shown + 0.1 - 0.025 * 0.398_942_280_401).abs() < 1e-6, "{shown}");
        assert!((libm::expm1(limited(limit, libm::log1p(-0.5))) + 0.1).abs() < 1e-9);
        let up = libm::expm1(limited(limit, libm::log1p(0.09)));
        let down = libm::expm1(limited(limit, libm::log1p(-0.09)));
        assert!((up + down).abs() < 1e-6);
    }
}
