//! Tests of whether the two values of a pair differ: by their mean, by their ranks, as yes and no.

use crate::stats::binomial;
use crate::stats::distribution::{normal_cdf, student_cdf};
use crate::stats::summary::Moments;

/// Pairs up to which the distribution of the signed rank sum is counted out; beyond, it is normal to better than 1e-3.
const EXACT_PAIRS: usize = 60;

/// What a test says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Two-sided p-value: the probability of a statistic at least as far out if the pairs do not differ. NaN where nothing can be tested.
    pub p: f64,
}

impl Test {
    /// There is too little to test anything.
    pub const NONE: Self = Self { statistic: f64::NAN, p: f64::NAN };
}

/// Student's test of whether the mean of `differences` is zero; the statistic is t with n − 1 degrees of freedom.
///
/// Differences that are all zero have p = 1; differences that are all equal to another number have an infinite t.
pub fn t(differences: &[f64]) -> Test {
    let moments = Moments::of(differences.iter().copied());
    if moments.n() < 2 {
        return Test::NONE;
    }
    if moments.mean() == 0.0 {
        return Test { statistic: 0.0, p: 1.0 };
    }
    let statistic = moments.mean() / moments.standard_error();
    if statistic.is_infinite() {
        return Test { statistic, p: 0.0 };
    }
    Test { statistic, p: (2.0 * student_cdf(-statistic.abs(), moments.n() - 1)).min(1.0) }
}

/// What becomes of pairs without a difference in the test of signed ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zeros {
    /// They are left out (Wilcoxon 1945).
    Drop,
    /// They take the lowest ranks, and these are left out (Pratt 1959, Journal of the American Statistical Association 54, 655–667).
    Rank,
}

/// Wilcoxon's (1945, Biometrics Bulletin 1, 80–83) test of signed ranks of `differences`; the statistic is the sum of the ranks of the
/// positive ones, equal sizes sharing the mean of their ranks.
///
/// Up to 60 pairs the distribution over all signs is counted out for the very ranks at hand, ties included; beyond, it is taken as normal with
/// that variance, which also counts ties, and a correction of a half for continuity. Differences that are all zero have p = 1.
pub fn signed_ranks(differences: &[f64], zeros: Zeros) -> Test {
    let mut sizes: Vec<f64> = differences.iter().copied().filter(|size| !size.is_nan()).collect();
    if zeros == Zeros::Drop {
        sizes.retain(|&size| size != 0.0);
    }
    sizes.sort_by(|one, other| one.abs().total_cmp(&other.abs()));
    // Twice the ranks, which are whole numbers.
    let mut doubled: Vec<(usize, bool)> = Vec::with_capacity(sizes.len());
    for tied in sizes.chunk_by(|one, other| one.abs() == other.abs()) {
        let first = doubled.len();
        doubled.extend(tied.iter().map(|&size| (2 * first + tied.len() + 1, size > 0.0)));
        if tied[0] == 0.0 {
            for rank in &mut doubled {
                rank.0 = 0;
            }
        }
    }
    let ranks: Vec<usize> = doubled.iter().map(|&(rank, _)| rank).filter(|&rank| rank > 0).collect();
    if differences.is_empty() {
        return Test::NONE;
    }
    let positive: usize = doubled.iter().filter(|(_, positive)| *positive).map(|(rank, _)| rank).sum();
    let p = if ranks.len() <= EXACT_PAIRS { counted(&ranks, positive) } else { normal(&ranks, positive) };
    Test { statistic: positive as f64 / 2.0, p }
}

/// The two-sided p-value of `positive` among the sums of all 2^n choices of `ranks`.
fn counted(ranks: &[usize], positive: usize) -> f64 {
    let total: usize = ranks.iter().sum();
    let mut shares = vec![0.0; total + 1];
    shares[0] = 1.0;
    let mut highest = 0;
    for &rank in ranks {
        highest += rank;
        for sum in (0..=highest).rev() {
            let with = if sum >= rank { shares[sum - rank] } else { 0.0 };
            shares[sum] = f64::midpoint(shares[sum], with);
        }
    }
    let low: f64 = shares[..=positive].iter().sum();
    let high: f64 = shares[positive..].iter().sum();
    (2.0 * low.min(high)).min(1.0)
}

fn normal(ranks: &[usize], positive: usize) -> f64 {
    let half_total = ranks.iter().sum::<usize>() as f64 / 2.0;
    let variance = ranks.iter().map(|&rank| (rank * rank) as f64).sum::<f64>() / 4.0;
    // A half of a rank is one of these.
    let distance = ((positive as f64 - half_total).abs() - 1.0).max(0.0);
    (2.0 * normal_cdf(-distance / variance.sqrt())).min(1.0)
}

/// The exact test of McNemar (1947), Psychometrika 12, 153–157, on the pairs that disagree: whether one side is as frequent as the other. The
/// statistic is the smaller count.
///
/// Given how many disagree, the count of one side is binomial with probability a half. p = 1 if no pair disagrees.
pub fn mcnemar(first_only: u64, second_only: u64) -> Test {
    let (fewer, n) = (first_only.min(second_only), first_only + second_only);
    Test { statistic: fewer as f64, p: (2.0 * binomial::at_most(fewer, n, 0.5)).min(1.0) }
}

/// [`mcnemar`] with half the weight on the table that was seen (mid-p): nearer to its level, which it may exceed a little (Fagerland,
/// Lydersen and Laake 2013, BMC Medical Research Methodology 13, 91).
pub fn mcnemar_mid_p(first_only: u64, second_only: u64) -> Test {
    let exact = mcnemar(first_only, second_only);
    let n = first_only + second_only;
    let seen = binomial::probability(first_only.min(second_only), n, 0.5);
    let doubled = 2.0 * binomial::at_most(first_only.min(second_only), n, 0.5);
    Test { p: (doubled - seen).min(1.0), ..exact }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Darwin (1876), The Effects of Cross and Self Fertilisation, table XCVII: heights of 15 pairs of maize, crossed less self-fertilised,
    /// in eighths of an inch.
    const MAIZE: [f64; 15] =
        [49.0, -67.0, 8.0, 16.0, 6.0, 23.0, 28.0, 41.0, 14.0, 29.0, 56.0, 24.0, 75.0, 60.0, -48.0];
    /// With ties and zeros.
    const TIED: [f64; 18] =
        [1.0, -1.0, 2.0, 2.0, 0.0, 3.0, -2.0, 4.0, 4.0, 0.0, 5.0, -1.0, 6.0, 2.0, 1.0, -3.0, 2.0, 7.0];

    /// Fisher (1935), The Design of Experiments, section 17: t = 2.148, which is just significant at 5 %; `scipy.stats.ttest_1samp` of SciPy
    /// 1.17.1 has 2.147 987 461 321 120 5 and p = 0.049 702 944 021 800 87.
    #[test]
    fn the_t_of_darwins_maize_is_fishers() {
        let test = t(&MAIZE);
        assert!((test.statistic - 2.147_987_461_331_120_5).abs() < 1e-12, "{test:?}");
        assert!((test.p - 0.049_702_944_021_800_87).abs() < 1e-12, "{test:?}");
    }

    /// `scipy.stats.wilcoxon` of SciPy 1.17.1: smaller sum 24, p = 0.041 259 765 625 counted out and 0.043 772 323 763 041 174 as normal with
    /// the correction.
    #[test]
    fn signed_ranks_of_darwins_maize_are_those_of_scipy() {
        let test = signed_ranks(&MAIZE, Zeros::Drop);
        assert_eq!(test.statistic, 120.0 - 24.0);
        assert!((test.p - 0.041_259_765_625).abs() < 1e-15, "{test:?}");
        let ranks: Vec<usize> = (1..=15).map(|rank| 2 * rank).collect();
        assert!((normal(&ranks, 48) - 0.043_772_323_763_041_174).abs() < 1e-12);
    }

    /// The same function with `zero_method` "wilcox" and "pratt" for data with ties and zeros, normal with the correction: p =
    /// 0.019 312 745 679 815 2 (smaller sum 22.5) and 0.020 354 568 747 433 7 (30.5).
    #[test]
    fn ties_and_zeros_count_as_in_scipy() {
        let doubled = |zeros| {
            let test = signed_ranks(&TIED, zeros);
            (2.0 * test.statistic) as usize
        };
        // Ranks of sizes 1 (four), 2 (five), 3 (two), 4 (two), 5, 6, 7, doubled.
        let groups = [(4, 5), (5, 14), (2, 21), (2, 25), (1, 28), (1, 30), (1, 32)];
        let ranks = |shift: usize| -> Vec<usize> {
            groups.iter().flat_map(|&(n, rank)| vec![rank + shift; n]).collect()
        };
        assert_eq!(doubled(Zeros::Drop), 272 - 45);
        assert!((normal(&ranks(0), 272 - 45) - 0.019_312_745_679_815_2).abs() < 1e-12);
        let total: usize = ranks(4).iter().sum();
        assert_eq!(doubled(Zeros::Rank), total - 61);
        assert!((normal(&ranks(4), total - 61) - 0.020_354_568_747_433_7).abs() < 1e-12);
    }

    /// All 2^12 signs of sizes with ties, counted one by one.
    #[test]
    fn tied_ranks_are_counted_out_exactly() {
        let ranks = [3, 3, 7, 7, 7, 12, 14, 17, 17, 20, 23, 23];
        for positive in [0, 20, 55, 76, 77, 100, 153] {
            let (mut low, mut high) = (0, 0);
            for signs in 0..1_u32 << 12 {
                let sum: usize =
                    (0..12).filter(|place| signs >> place & 1 == 1).map(|place| ranks[place]).sum();
                low += u32::from(sum <= positive);
                high += u32::from(sum >= positive);
            }
            let exact = (f64::from(low.min(high)) / 2048.0).min(1.0);
            assert!((counted(&ranks, positive) - exact).abs() < 1e-12, "{positive}");
        }
    }

    /// Fagerland, Lydersen and Laake (2013), table 1 (Bentur et al. 2009, airway hyper-responsiveness before and after stem cell
    /// transplantation: 1 against 7): exact 0.070, mid-p 0.039. `scipy.stats.binomtest(150, 236)` of SciPy 1.17.1: 3.715 936 139 571 4e-5.
    #[test]
    fn mcnemars_tests_are_those_of_fagerland_and_of_scipy() {
        assert!((mcnemar(1, 7).p - 0.070_312_5).abs() < 1e-14);
        assert!((mcnemar_mid_p(7, 1).p - 0.039_062_5).abs() < 1e-15);
        assert!((mcnemar(150, 86).p / 3.715_936_139_571_386_6e-5 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn pairs_without_difference_are_no_evidence() {
        assert_eq!(t(&[0.0; 4]).p, 1.0);
        assert_eq!(signed_ranks(&[0.0; 4], Zeros::Drop).p, 1.0);
        assert_eq!(signed_ranks(&[0.0; 4], Zeros::Rank).p, 1.0);
        assert_eq!((mcnemar(0, 0).p, mcnemar(5, 5).p), (1.0, 1.0));
        assert!((mcnemar_mid_p(5, 5).p - 1.0).abs() < 1e-13);
        assert!(t(&[1.0]).p.is_nan() && signed_ranks(&[], Zeros::Drop).p.is_nan());
        assert_eq!(t(&[2.0, 2.0]).p, 0.0);
        let many: Vec<f64> = (1..=200).map(f64::from).collect();
        assert!(signed_ranks(&many, Zeros::Drop).p < 1e-30);
    }
}
