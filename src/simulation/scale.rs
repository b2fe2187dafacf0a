//! Sampling rates: how many simulated accounts each public gets.
//!
//! Rates follow the oversampling factors of the roles, rᵢ = min(1, λ·sᵢ), with λ such that the accounts asked for are used. Then the
//! rates of those publics in which a posting account has the densest audience are raised until it has [`LEAST_AUDIENCE`]
//! simulated followers, or all its real ones, and the others give way.

/// Simulated followers that every posting account must have, or else its real number.
pub const LEAST_AUDIENCE: f64 = 200.0;
/// Share of all accounts that the audiences of posting accounts may take up at the most; the rest stands for everybody else.
const MOST_KEPT: f64 = 0.9;
/// Rounds of raising and giving way; each audience is repaired in the first, later ones only settle interactions.
const ROUNDS: usize = 50;

/// A public to be sampled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampled {
    /// Real accounts.
    pub n_real: f64,
    /// Oversampling relative to a citizen.
    pub factor: f64,
}

/// Why there is no sampling of the size asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct TooFew {
    /// Position of the posting account whose audience does not fit.
    pub posting: usize,
    /// Accounts that would be enough for it and all others.
    pub needed: u64,
}

/// Sampling rates (simulated accounts per real one, at most 1) of `publics` for `accounts` simulated accounts in all.
///
/// `audiences` holds the real followers of each posting account in each public.
pub fn rates(publics: &[Sampled], audiences: &[Vec<f64>], accounts: f64) -> Result<Vec<f64>, TooFew> {
    let mut least = vec![0.0; publics.len()];
    let mut rates = with_total(publics, &least, accounts);
    let posting = audiences.iter().position(|audience| missing(audience, &rates) > 0.5).unwrap_or(0);
    for _ in 0..ROUNDS {
        let mut is_settled = true;
        for audience in audiences {
            is_settled &= raise(publics, audience, &rates, &mut least);
        }
        if is_settled {
            return Ok(rates);
        }
        let kept: f64 = publics.iter().zip(&least).map(|(public, rate)| public.n_real * rate).sum();
        if kept > accounts * MOST_KEPT {
            return Err(TooFew { posting, needed: (kept / MOST_KEPT * 1.1) as u64 + 1 });
        }
        rates = with_total(publics, &least, accounts);
    }
    Err(TooFew { posting, needed: (accounts * 2.0) as u64 })
}

/// Simulated followers that an account lacks. The number in each public is rounded, which may take away one.
fn missing(audience: &[f64], rates: &[f64]) -> f64 {
    let real: f64 = audience.iter().sum();
    let rounding = audience.iter().filter(|followers| **followers > 0.0).count() as f64;
    let simulated: f64 = audience.iter().zip(rates).map(|(followers, rate)| followers * rate).sum();
    real.min(LEAST_AUDIENCE + rounding) - simulated
}

/// Raises the least rates where this costs the fewest accounts until `audience` is large enough; says whether it was.
fn raise(publics: &[Sampled], audience: &[f64], rates: &[f64], least: &mut [f64]) -> bool {
    let mut lacking = missing(audience, rates);
    if lacking <= 0.5 {
        return true;
    }
    let density = |idx: &usize| audience[*idx] / publics[*idx].n_real.max(1.0);
    let mut order: Vec<usize> = (0..publics.len()).filter(|&idx| audience[idx] > 0.0).collect();
    order.sort_by(|left, right| density(right).total_cmp(&density(left)));
    for idx in order {
        let rate = rates[idx].max(least[idx]);
        let raised = (rate + lacking / audience[idx]).min(1.0);
        least[idx] = raised;
        lacking -= (raised - rate) * audience[idx];
        if lacking <= 0.5 {
            break;
        }
    }
    false
}

/// Rates clamp(λ·factor, least, 1) with λ such that they use `accounts`; 1 for all if there are enough accounts.
fn with_total(publics: &[Sampled], least: &[f64], accounts: f64) -> Vec<f64> {
    let at = |scale: f64| -> Vec<f64> {
        let rate = |(public, least): (&Sampled, &f64)| (scale * public.factor).clamp(*least, 1.0);
        publics.iter().zip(least).map(rate).collect()
    };
    let used =
        |rates: &[f64]| -> f64 { publics.iter().zip(rates).map(|(public, rate)| public.n_real * rate).sum() };
    let (mut low, mut high) =
        (0.0, 1.0 / publics.iter().map(|public| public.factor).fold(f64::INFINITY, f64::min).max(1e-9));
    if used(&at(high)) <= accounts {
        return at(high);
    }
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if used(&at(middle)) < accounts { low = middle } else { high = middle }
    }
    at(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLICS: [Sampled; 3] = [
        Sampled { n_real: 10_000_000.0, factor: 1.0 },
        Sampled { n_real: 200_000.0, factor: 20.0 },
        Sampled { n_real: 5_000.0, factor: 50.0 },
    ];

    #[test]
    fn rates_follow_the_factors_and_use_the_accounts() {
        let rates = rates(&PUBLICS, &[], 50_000.0).unwrap();
        let used: f64 = PUBLICS.iter().zip(&rates).map(|(public, rate)| public.n_real * rate).sum();
        assert!((used - 50_000.0).abs() < 1.0, "{used}");
        assert!((rates[1] / rates[0] - 20.0).abs() < 1e-6);
    }

    #[test]
    fn a_small_audience_is_simulated_finely_enough_and_the_total_stays() {
        let audience = vec![2_000.0, 400.0, 150.0];
        let rates = rates(&PUBLICS, std::slice::from_ref(&audience), 50_000.0).unwrap();
        let used: f64 = PUBLICS.iter().zip(&rates).map(|(public, rate)| public.n_real * rate).sum();
        assert!(missing(&audience, &rates) <= 0.5, "{rates:?}");
        assert!((used - 50_000.0).abs() < 1.0, "{used}");
    }

    #[test]
    fn an_audience_below_the_least_is_wanted_whole() {
        let audience = vec![0.0, 0.0, 60.0];
        let rates = rates(&PUBLICS, &[audience], 50_000.0).unwrap();
        assert!(rates[2] > 0.99, "{rates:?}");
    }

    #[test]
    fn too_few_accounts_are_refused_with_a_number_that_is_enough() {
        let audience = vec![150_000.0, 0.0, 0.0];
        let refused = rates(&PUBLICS, std::slice::from_ref(&audience), 5_000.0).unwrap_err();
        assert_eq!(refused.posting, 0);
        assert!(rates(&PUBLICS, &[audience], refused.needed as f64).is_ok(), "{refused:?}");
    }

    #[test]
    fn with_enough_accounts_everybody_is_simulated() {
        assert_eq!(rates(&PUBLICS, &[], 1e9).unwrap(), [1.0; 3]);
    }
}
