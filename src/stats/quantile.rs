//! Quantiles of sorted slices.
//!
//! Definitions and their numbers follow Hyndman and Fan (1996), "Sample quantiles in statistical packages",
//! The American Statistician 50, 361–365.

/// How a quantile between two order statistics is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Definition 7: linear between order statistics. For real numbers.
    Linear,
    /// Definition 1: the smallest value at or below which at least the share `p` lies, hence always one of the
    /// values. For ranks and small counts.
    Inverse,
}

/// The quantile at `p` (0 to 1) of an ascending slice without NaN; NaN if it is empty.
pub fn sorted(values: &[f64], p: f64, method: Method) -> f64 {
    sorted_by(values.len(), p, method, |index| values[index])
}

/// [`sorted`] for any ascending sequence of `n` values that `value` reads by index.
pub fn sorted_by(n: usize, p: f64, method: Method, value: impl Fn(usize) -> f64) -> f64 {
    if n == 0 {
        return f64::NAN;
    }
    let p = p.clamp(0.0, 1.0);
    match method {
        Method::Linear => {
            let place = p * (n - 1) as f64;
            let below = (place as usize).min(n - 1);
            let (low, high) = (value(below), value((below + 1).min(n - 1)));
            low + (high - low) * (place - below as f64)
        }
        Method::Inverse => {
            // A share such as 0.95 × 20 may round to just above the integer it stands for.
            let rank = (p * n as f64 - 1e-9).ceil().max(1.0) as usize;
            value(rank.min(n) - 1)
        }
    }
}

/// Sorts `values` ascending and removes NaN.
pub fn sort(values: &mut Vec<f64>) {
    values.retain(|value| !value.is_nan());
    values.sort_unstable_by(f64::total_cmp);
}

/// The place of `value` among sorted `values`: the share below it plus half the share equal to it, 0 to 1.
///
/// `None` if there is nothing to compare.
pub fn place(values: &[f64], value: f64) -> Option<f64> {
    if values.is_empty() || value.is_nan() {
        return None;
    }
    let below = values.partition_point(|&other| other < value);
    let up_to = values.partition_point(|&other| other <= value);
    Some((below + up_to) as f64 / (2 * values.len()) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NIST/SEMATECH e-Handbook of Statistical Methods, section 7.2.6.2 "Percentiles": twelve gauge readings.
    /// Its alternative `1 + p(N − 1)` is definition 7: at p = 0.90 that is place 10.9 of the ordered readings,
    /// 95.1937 + 0.9 · (95.1959 − 95.1937) = 95.19568.
    #[test]
    fn the_90th_percentile_of_the_nist_gauge_readings_is_reproduced() {
        let mut readings = vec![
            95.1772, 95.1567, 95.1937, 95.1959, 95.1442, 95.0610, 95.1591, 95.1195, 95.1065, 95.0925,
            95.1990, 95.1682,
        ];
        sort(&mut readings);
        assert!((sorted(&readings, 0.9, Method::Linear) - 95.19568).abs() < 1e-9);
    }

    #[test]
    fn the_inverse_definition_always_gives_one_of_the_values() {
        let rungs = [0.0, 1.0, 1.0, 5.0];
        assert_eq!(sorted(&rungs, 0.5, Method::Inverse), 1.0);
        assert_eq!(sorted(&rungs, 0.75, Method::Inverse), 1.0);
        assert_eq!(sorted(&rungs, 0.76, Method::Inverse), 5.0);
        assert_eq!(sorted(&rungs, 0.0, Method::Inverse), 0.0);
        let twenty: Vec<f64> = (1..=20).map(f64::from).collect();
        assert_eq!(sorted(&twenty, 0.95, Method::Inverse), 19.0);
        assert_eq!(sorted(&twenty, 0.05, Method::Inverse), 1.0);
    }

    #[test]
    fn degenerate_slices_are_answered() {
        assert!(sorted(&[], 0.5, Method::Linear).is_nan());
        assert_eq!(sorted(&[2.0], 0.95, Method::Linear), 2.0);
        let mut values = vec![f64::NAN, 3.0, f64::NAN, 1.0];
        sort(&mut values);
        assert_eq!(values, [1.0, 3.0]);
    }

    #[test]
    fn ties_share_their_place() {
        assert_eq!(place(&[1.0, 2.0, 2.0, 3.0], 2.0), Some(0.5));
        assert_eq!(place(&[1.0, 2.0, 3.0, 4.0], 0.0), Some(0.0));
        assert_eq!(place(&[1.0, 2.0, 3.0, 4.0], 9.0), Some(1.0));
        assert_eq!(place(&[], 1.0), None);
    }
}
