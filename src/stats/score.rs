//! Scores of an ensemble as a forecast of one observed value: how far off it was, and where in it the value came to lie.
//!
//! Ensembles are ascending slices without NaN; whatever can't be scored (no member, an observed NaN) is NaN.

/// Continuous ranked probability score, ∫ (F(x) − 1{x ≥ y})² dx, of the distribution of the ensemble's members, exactly; 0 is best, and
/// the unit is that of the values. For one member it is the absolute error.
///
/// Matheson and Winkler (1976), Management Science 22, 1087–1096; equal to E|X − y| − ½ E|X − X′| (Gneiting and Raftery 2007, Journal of
/// the American Statistical Association 102, 359–378, equation 21). Summed over the gaps between neighbours, where nothing cancels.
pub fn crps(sorted: &[f64], observed: f64) -> f64 {
    let (Some(&first), Some(&last)) = (sorted.first(), sorted.last()) else { return f64::NAN };
    if observed.is_nan() {
        return f64::NAN;
    }
    let n = sorted.len() as f64;
    let outside = (first - observed).max(0.0) + (observed - last).max(0.0);
    let within = |(index, pair): (usize, &[f64])| {
        let below = (index + 1) as f64 / n;
        let middle = observed.clamp(pair[0], pair[1]);
        below * below * (middle - pair[0]) + (1.0 - below) * (1.0 - below) * (pair[1] - middle)
    };
    outside + sorted.windows(2).enumerate().map(within).sum::<f64>()
}

/// [`crps`] as it would be, on average, of an ensemble without end: ½ E|X − X′| is estimated without bias, from pairs of different members
/// (Ferro 2014, "Fair scores for ensemble forecasts", Quarterly Journal of the Royal Meteorological Society 140, 1917–1923).
///
/// Scores of ensembles of different sizes can be compared by it. It may be negative; NaN for fewer than two members.
pub fn fair_crps(sorted: &[f64], observed: f64) -> f64 {
    if sorted.len() < 2 {
        return f64::NAN;
    }
    let n = sorted.len() as f64;
    let apart = |(index, pair): (usize, &[f64])| {
        let below = (index + 1) as f64;
        below * (n - below) * (pair[1] - pair[0])
    };
    let half_mean_distance = sorted.windows(2).enumerate().map(apart).sum::<f64>() / (n * n);
    crps(sorted, observed) - half_mean_distance / (n - 1.0)
}

/// The score of Brier (1950), Monthly Weather Review 78, 1–3, for an event that has a probability and happened (`observed` is 1) or not (0):
/// (p − o)², 0 to 1. His own sum over both classes is twice this.
pub fn brier(probability: f64, observed: f64) -> f64 {
    let error = probability - observed;
    error * error
}

/// [`brier`] of the share `yes` of `n` members as it would be, on average, of an ensemble without end: less p(1 − p)/(n − 1) (Ferro 2014).
/// NaN for fewer than two members.
pub fn fair_brier(yes: u64, n: u64, observed: f64) -> f64 {
    if n < 2 {
        return f64::NAN;
    }
    let p = yes as f64 / n as f64;
    brier(p, observed) - p * (1.0 - p) / (n - 1) as f64
}

/// Randomised probability integral transform of `observed` among the members of an ensemble; `uniform`, in [0, 1), decides within the
/// place that the value has to itself and among members equal to it.
///
/// (below + u·(equal + 1))/(n + 1): if the observed value is one more draw from the ensemble's distribution, discrete or not, this is uniform
/// on [0, 1) exactly, whatever n. It is the rank of Hamill (2001), Monthly Weather Review 129, 550–560, made continuous, and for large n
/// the transform F(y−) + u·(F(y) − F(y−)) of Czado, Gneiting and Held (2009), Biometrics 65, 1254–1261. NaN without members.
pub fn randomised_pit(sorted: &[f64], observed: f64, uniform: f64) -> f64 {
    if sorted.is_empty() || observed.is_nan() {
        return f64::NAN;
    }
    let below = sorted.partition_point(|&member| member < observed);
    let up_to = sorted.partition_point(|&member| member <= observed);
    (below as f64 + uniform * (up_to - below + 1) as f64) / (sorted.len() + 1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::distribution::{normal_cdf, normal_quantile};

    const MEMBERS: [f64; 7] = [-1.2, -0.4, 0.3, 0.9, 0.9, 1.7, 2.5];

    /// `crps_ensemble` of properscoring 0.1 and of scoringrules 0.10.0 (estimators `nrg` and `fair`) for the same members.
    #[test]
    fn scores_are_those_of_properscoring_and_scoringrules() {
        let theirs = [
            (0.9, 0.265_306_122_448_979_6, 0.157_142_857_142_857_2),
            (0.0, 0.479_591_836_734_694, 0.371_428_571_428_571_6),
            (4.0, 2.679_591_836_734_694, 2.571_428_571_428_571),
            (-3.0, 3.022_448_979_591_837, 2.914_285_714_285_714),
        ];
        for (observed, plain, fair) in theirs {
            assert!((crps(&MEMBERS, observed) - plain).abs() < 1e-14, "{observed}");
            assert!((fair_crps(&MEMBERS, observed) - fair).abs() < 1e-14, "{observed}");
        }
    }

    /// Gneiting and Raftery (2007), section 4.2: for N(0, 1), y·(2Φ(y) − 1) + 2φ(y) − 1/√π. The midpoints of 2^14 equal slices stand for the
    /// normal distribution; cutting off its tails costs about their share times their length, 1e-4.
    #[test]
    fn a_fine_ensemble_has_the_score_of_the_normal_distribution() {
        let n = 1 << 14;
        let members: Vec<f64> =
            (0..n).map(|slice| normal_quantile((f64::from(slice) + 0.5) / f64::from(n))).collect();
        for y in [-2.0_f64, 0.0, 0.3, 1.5] {
            let density = libm::exp(-y * y / 2.0) / std::f64::consts::TAU.sqrt();
            let exact = y * (2.0 * normal_cdf(y) - 1.0) + 2.0 * density - 1.0 / std::f64::consts::PI.sqrt();
            assert!((crps(&members, y) - exact).abs() < 1e-4, "{y}: {} {exact}", crps(&members, y));
        }
    }

    /// Members and value from {0, 1, 2} with probabilities 0.5, 0.3, 0.2, all 3^n ensembles enumerated: the fair score has the mean of an
    /// ensemble without end, 0.5·E|X − X′|, whatever n; the plain one does not.
    #[test]
    fn the_fair_score_does_not_depend_on_the_size_of_the_ensemble() {
        let weights = [0.5, 0.3, 0.2];
        let pairs = (0..9).map(|pair| (pair / 3, pair % 3));
        let distance: f64 = pairs.map(|(a, b)| weights[a] * weights[b] * (a as f64 - b as f64).abs()).sum();
        for n in [2_u32, 3, 5] {
            let (mut fair, mut plain) = (0.0, 0.0);
            for code in 0..3_usize.pow(n) {
                let digits: Vec<usize> = (0..n).map(|place| code / 3_usize.pow(place) % 3).collect();
                let mut members: Vec<f64> = digits.iter().map(|&digit| digit as f64).collect();
                members.sort_by(f64::total_cmp);
                let weight: f64 = digits.iter().map(|&digit| weights[digit]).product();
                for (value, share) in weights.iter().enumerate() {
                    fair += weight * share * fair_crps(&members, value as f64);
                    plain += weight * share * crps(&members, value as f64);
                }
            }
            assert!((fair - distance / 2.0).abs() < 1e-12, "{n}: {fair} {distance}");
            assert!((plain - distance / 2.0 * (1.0 + 1.0 / f64::from(n))).abs() < 1e-12, "{n}: {plain}");
        }
    }

    /// Brier (1950), table 1: ten forecasts of rain, which score 0.19 over both classes.
    #[test]
    fn briers_ten_forecasts_of_rain_score_as_he_says() {
        let forecasts = [0.7, 0.9, 0.8, 0.4, 0.2, 0.0, 0.0, 0.0, 0.0, 0.1];
        let rained = [0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let sum: f64 = forecasts.iter().zip(rained).map(|(&p, rained)| brier(p, rained)).sum();
        assert!((2.0 * sum / 10.0 - 0.19).abs() < 1e-12);
    }

    /// The score of yes and no is the ranked score of members 0 and 1, plain and fair.
    #[test]
    fn briers_score_is_the_ranked_score_of_yes_and_no() {
        for yes in 0..=6 {
            let members: Vec<f64> = (0..6).map(|member| f64::from(u8::from(member >= 6 - yes))).collect();
            for observed in [0.0, 1.0] {
                let plain = brier(yes as f64 / 6.0, observed);
                assert!((crps(&members, observed) - plain).abs() < 1e-14);
                let fair = fair_brier(yes, 6, observed);
                assert!((fair_crps(&members, observed) - fair).abs() < 1e-14);
            }
        }
    }

    /// Whichever of n + 1 equally likely values was the observed one, with any ties, every part of 0 to 1 is hit exactly as often.
    #[test]
    fn the_place_of_an_exchangeable_value_is_uniform_exactly() {
        for values in [vec![1.0, 2.0, 3.0, 4.0], vec![0.0, 0.0, 0.0, 5.0, 5.0, 7.0], vec![2.0; 8]] {
            let places = 64 * values.len();
            let mut hits = vec![0; places];
            for observed in 0..values.len() {
                let mut members = values.clone();
                let value = members.remove(observed);
                for step in 0..places {
                    let uniform = (step as f64 + 0.5) / places as f64;
                    hits[(randomised_pit(&members, value, uniform) * places as f64) as usize] += 1;
                }
            }
            assert!(hits.iter().all(|&count| count == values.len()), "{values:?}");
        }
    }

    #[test]
    fn what_can_not_be_scored_is_not_a_number() {
        assert!(crps(&[], 1.0).is_nan() && crps(&[1.0], f64::NAN).is_nan());
        assert_eq!(crps(&[1.0], 3.0), 2.0);
        assert!(fair_crps(&[1.0], 3.0).is_nan() && fair_brier(1, 1, 1.0).is_nan());
        assert!(randomised_pit(&[], 1.0, 0.5).is_nan());
        assert_eq!(randomised_pit(&[1.0], 9.0, 0.0), 0.5);
    }
}
