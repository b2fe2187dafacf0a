//! A quantity that jumps and decays: tension, salience, a price's transient part.

use crate::units::{SimTime, TimeSpan};

/// A level above a floor that halves in every half-life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decaying {
    floor: f64,
    excess: f64,
    at: SimTime,
    half_life_ms: f64,
}

impl Decaying {
    /// A quantity at rest on `floor`. A half-life of zero lets every jump vanish at once.
    pub fn at_rest(floor: f64, half_life: TimeSpan) -> Self {
        Self { floor, excess: 0.0, at: SimTime::START, half_life_ms: half_life.as_ms() as f64 }
    }

    /// Its value at `time` (its value at the last change, for an earlier time).
    pub fn value(&self, time: SimTime) -> f64 {
        self.floor + self.excess * self.remaining(time)
    }

    /// Its value right after the last change.
    pub fn last_value(&self) -> f64 {
        self.floor + self.excess
    }

    /// Adds `jump` at `time`; of it the share `lasting` (0 to 1) never decays.
    pub fn jump(&mut self, time: SimTime, jump: f64, lasting: f64) {
        self.excess = self.excess * self.remaining(time) + jump * (1.0 - lasting);
        self.floor += jump * lasting;
        self.at = time.max(self.at);
    }

    fn remaining(&self, time: SimTime) -> f64 {
        let passed = time.since(self.at).as_ms().max(0) as f64;
        if passed == 0.0 {
            1.0
        } else if self.half_life_ms > 0.0 {
            libm::exp2(-passed / self.half_life_ms)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_halves_in_a_half_life_and_its_lasting_part_stays() {
        let mut tension = Decaying::at_rest(0.2, TimeSpan::from_days(2));
        tension.jump(SimTime::START, 0.8, 0.25);
        assert!((tension.value(SimTime::START) - 1.0).abs() < 1e-12);
        assert!((tension.value(SimTime::START + TimeSpan::from_days(2)) - 0.7).abs() < 1e-12);
        assert!((tension.value(SimTime::START + TimeSpan::from_days(200)) - 0.4).abs() < 1e-9);
    }

    #[test]
    fn jumps_add_up_whatever_lies_between_them() {
        let mut once = Decaying::at_rest(0.0, TimeSpan::from_hours(5));
        let mut twice = once;
        once.jump(SimTime::START, 1.0, 0.0);
        twice.jump(SimTime::START, 1.0, 0.0);
        twice.jump(SimTime::START + TimeSpan::from_hours(3), 0.0, 0.0);
        let later = SimTime::START + TimeSpan::from_hours(9);
        assert!((once.value(later) - twice.value(later)).abs() < 1e-12);
    }
}
