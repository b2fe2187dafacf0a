//! Strata: the accounts of a cell in the order of their expected following, by halves.

use super::Degrees;
use crate::model::ids::AccountId;
use crate::model::network::{PublicSlice, STANCE_BINS};

/// Strata of a cell at the most: the last is one account in two thousand.
pub(super) const CLASSES: u32 = 12;

/// Accounts of one cell with like following.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stratum {
    pub(super) begin: u32,
    pub(super) n: u32,
    /// Part that this and the strata before it have in all that their public follows.
    pub(super) end: f64,
}

/// Strata of a public in the order of their accounts; none is empty.
pub(super) fn strata_of(slice: &PublicSlice, degrees: &Degrees) -> Vec<Stratum> {
    let mut strata = Vec::with_capacity(STANCE_BINS * CLASSES as usize);
    let mut end = 0.0;
    for bin in 0..STANCE_BINS {
        let (first, n_cell) = (slice.bin_starts[bin], slice.bin_starts[bin + 1] - slice.bin_starts[bin]);
        let share_of_cell = f64::from(n_cell) / f64::from(slice.n_accounts().max(1));
        let place = |rank: u32| f64::from(rank) / f64::from(n_cell);
        let mut begin = 0;
        for class in 1..=CLASSES {
            let behind = if class == CLASSES { n_cell } else { n_cell - (n_cell >> class) };
            if behind > begin {
                let part = degrees.following_below(place(behind)) - degrees.following_below(place(begin));
                end += part * share_of_cell;
                strata.push(Stratum { begin: first + begin, n: behind - begin, end });
                begin = behind;
            }
        }
    }
    strata
}

/// Following of a member of each stratum relative to the mean of the public.
pub(super) fn following(strata: &[Stratum]) -> Vec<f64> {
    let n: f64 = strata.iter().map(|stratum| f64::from(stratum.n)).sum();
    let begins = std::iter::once(0.0).chain(strata.iter().map(|stratum| stratum.end));
    strata
        .iter()
        .zip(begins)
        .map(|(stratum, begin)| (stratum.end - begin) * n / f64::from(stratum.n))
        .collect()
}

/// The rate λ at which Σ n (1 − exp(−λF)) over the strata is `wanted`, to a thousandth of an account, by Newton's method from 0: the sum is
/// concave, so each step stays below the rate and none goes back.
pub(super) fn rate_for(wanted: f64, strata: &[Stratum], following: &[f64]) -> f64 {
    let mut rate: f64 = 0.0;
    for _ in 0..200 {
        let (mut missing, mut slope): (f64, f64) = (wanted, 0.0);
        for (stratum, following) in strata.iter().zip(following) {
            let share = -libm::expm1(-rate * following);
            missing -= f64::from(stratum.n) * share;
            slope += f64::from(stratum.n) * following * (1.0 - share);
        }
        if missing < 1e-3 || slope <= 0.0 {
            break;
        }
        rate += missing / slope;
    }
    rate
}

/// The part that the cells before each have in all that a public with these strata follows.
pub(super) fn cells_of(public: &PublicSlice, strata: &[Stratum]) -> [f64; STANCE_BINS + 1] {
    std::array::from_fn(|bin| {
        let n_before = strata.partition_point(|stratum| stratum.begin < public.bin_starts[bin]);
        n_before.checked_sub(1).map_or(0.0, |last| strata[last].end)
    })
}

/// `n` accounts from `begin` on but for `owner`, if it is among them: their number, and the place that is left out (beyond the last if none is).
pub(super) fn without(owner: AccountId, begin: u32, n: u32) -> (u32, u32) {
    match owner.0.checked_sub(begin) {
        Some(own) if own < n => (n - 1, own),
        _ => (n, n),
    }
}

/// Accounts of a public that can follow `owner`.
pub(super) fn room(owner: AccountId, public: &PublicSlice) -> u64 {
    u64::from(without(owner, public.bin_starts[0], public.n_accounts()).0)
}
