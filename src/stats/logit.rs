//! The logistic function, on which every choice between two or more ends rests.

/// The probability whose log-odds are `log_odds`: 1/(1 + exp(−x)). 0 and 1 at the infinities, and never anything but a probability.
pub fn expit(log_odds: f64) -> f64 {
    if log_odds.is_nan() { 0.0 } else { 1.0 / (1.0 + libm::exp(-log_odds)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_probability_for_any_number() {
        assert_eq!(expit(0.0), 0.5);
        assert!((expit(2.0) + expit(-2.0) - 1.0).abs() < 1e-15);
        assert!((expit(1.0) - 0.731_058_578_630_004_9).abs() < 1e-15);
        assert_eq!((expit(1e6), expit(-1e6)), (1.0, 0.0));
        assert_eq!((expit(f64::INFINITY), expit(f64::NEG_INFINITY), expit(f64::NAN)), (1.0, 0.0, 0.0));
    }
}
