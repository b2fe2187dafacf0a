//! Points that fill the unit cube more evenly than random ones.
//!
//! [`Sobol`] sequences with the scrambling of Owen (1995), and [Latin hypercubes](latin_hypercube). Both are randomised by words that the
//! caller names, so every coordinate of every point is a pure function of the key, the dimension and the index: points can be made in any
//! order, on any machine, a part at a time.

mod directions;

use directions::DIRECTIONS;

/// Most dimensions of a Sobol' sequence.
pub const MOST_DIMENSIONS: usize = DIRECTIONS.len() + 1;
/// Most points of a Sobol' sequence.
pub const MOST_POINTS: u64 = 1 << BITS;

/// Binary digits of a coordinate that the sequence itself determines.
const BITS: u32 = 32;
/// 2^−32 and 2^−53.
const UNIT: f64 = 1.0 / 4_294_967_296.0;
const TAIL_UNIT: f64 = 1.0 / 9_007_199_254_740_992.0;

/// Random words by name: the same three numbers always give the same word, and different ones independent words.
pub trait Words {
    /// The word named by three numbers.
    fn word(&self, name: [u32; 3]) -> u32;
}

impl<F: Fn([u32; 3]) -> u32> Words for F {
    fn word(&self, name: [u32; 3]) -> u32 {
        self(name)
    }
}

/// The sequence of Sobol' (1967) with the direction numbers of Joe and Kuo (2008), in the order of Antonov and Saleev (1979): point k
/// differs from point k − 1 in one direction number of each dimension.
///
/// Its first 2^m points are a (t, m, s)-net in base 2: they stratify the cube in many ways at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sobol {
    /// For each dimension, the direction number of each binary digit of the index.
    directions: Vec<[u32; BITS as usize]>,
}

impl Sobol {
    /// The sequence in so many dimensions; `None` for none or more than [`MOST_DIMENSIONS`].
    pub fn new(dimensions: usize) -> Option<Self> {
        let is_known = (1..=MOST_DIMENSIONS).contains(&dimensions);
        is_known.then(|| Self { directions: (0..dimensions).map(direction_numbers).collect() })
    }

    /// Number of dimensions.
    pub fn dimensions(&self) -> usize {
        self.directions.len()
    }

    /// Coordinate `dimension` of point `index` as a 32-bit fraction; the sequence begins again after [`MOST_POINTS`].
    ///
    /// # Panics
    ///
    /// Where the sequence has no such dimension.
    pub fn fraction(&self, index: u64, dimension: usize) -> u32 {
        let index = index as u32;
        let mut gray = index ^ (index >> 1);
        let mut fraction = 0;
        while gray != 0 {
            fraction ^= self.directions[dimension][gray.trailing_zeros() as usize];
            gray &= gray - 1;
        }
        fraction
    }

    /// Point `index` as the authors publish it; the first is the origin.
    pub fn point(&self, index: u64) -> Vec<f64> {
        (0..self.dimensions()).map(|dimension| f64::from(self.fraction(index, dimension)) * UNIT).collect()
    }

    /// Point `index` of the scrambled sequence, every coordinate in [0, 1).
    ///
    /// Owen (1995), "Randomly permuted (t,m,s)-nets and (t,s)-sequences": each binary digit is flipped or not at random, by a coin that
    /// belongs to the dimension and to all digits before it. A scrambled net is still a net, each of its points is uniform in the cube,
    /// and the mean of a function over it is an unbiased estimate of the integral.
    pub fn scrambled_point(&self, index: u64, words: &impl Words) -> Vec<f64> {
        let coordinate =
            |dimension: usize| scrambled(self.fraction(index, dimension), dimension as u32, words);
        (0..self.dimensions()).map(coordinate).collect()
    }
}

/// Direction numbers of a dimension, by the recurrence of Bratley and Fox (1988), ACM Transactions on Mathematical Software 14, 88–100.
fn direction_numbers(dimension: usize) -> [u32; BITS as usize] {
    let mut numbers = [0_u32; BITS as usize];
    let (initial, coefficients) = match dimension.checked_sub(1).map(|row| DIRECTIONS[row]) {
        Some(row) => (row.initial, row.coefficients),
        None => (&[1_u32; BITS as usize][..], 0),
    };
    let degree = initial.len();
    for digit in 0..BITS as usize {
        numbers[digit] = if digit < degree {
            initial[digit] << (BITS as usize - 1 - digit)
        } else {
            let mut number = numbers[digit - degree] ^ (numbers[digit - degree] >> degree);
            for term in 1..degree {
                if coefficients >> (degree - 1 - term) & 1 == 1 {
                    number ^= numbers[digit - term];
                }
            }
            number
        };
    }
    numbers
}

/// The fraction with its digits scrambled, and 21 random digits after them.
fn scrambled(fraction: u32, dimension: u32, words: &impl Words) -> f64 {
    let mut flips = 0;
    for digit in 0..BITS {
        // The digits before this one; none before the first.
        let before = fraction.checked_shr(BITS - digit).unwrap_or(0);
        flips |= (words.word([dimension, digit, before]) & 1) << (BITS - 1 - digit);
    }
    let tail = words.word([dimension, BITS, fraction]) >> 11;
    f64::from(fraction ^ flips) * UNIT + f64::from(tail) * TAIL_UNIT
}

/// `n` points in which every coordinate has exactly one value in each of the intervals [k/n, (k + 1)/n): McKay, Beckman and Conover
/// (1979), "A comparison of three methods for selecting values of input variables in the analysis of output from a computer code",
/// Technometrics 21, 239–245.
///
/// The order of the intervals is shuffled for each dimension by itself, and the place within an interval is uniform.
pub fn latin_hypercube(n: u32, dimensions: usize, words: &impl Words) -> Vec<Vec<f64>> {
    let column = |dimension: usize| {
        let dimension = dimension as u32;
        let mut strata: Vec<u32> = (0..n).collect();
        for place in (1..n).rev() {
            // Biased by less than n/2^32, as in every bounded draw of this crate.
            let other = (u64::from(words.word([dimension, 0, place])) * (u64::from(place) + 1)) >> 32;
            strata.swap(place as usize, other as usize);
        }
        let within = |(index, stratum): (usize, u32)| {
            let place = f64::from(words.word([dimension, 1, index as u32])) * UNIT;
            // A sum just below the next interval may round up to it.
            let upper = (f64::from(stratum) + 1.0) / f64::from(n);
            ((f64::from(stratum) + place) / f64::from(n)).min(upper.next_down())
        };
        strata.into_iter().enumerate().map(within).collect::<Vec<f64>>()
    };
    let columns: Vec<Vec<f64>> = (0..dimensions).map(column).collect();
    (0..n as usize).map(|index| columns.iter().map(|column| column[index]).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::fixture::words;

    /// The first ten points in three dimensions that Joe and Kuo print with their program.
    #[test]
    fn the_first_points_are_those_of_joe_and_kuo() {
        let published = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        let sobol = Sobol::new(3).unwrap();
        for (index, point) in published.iter().enumerate() {
            assert_eq!(sobol.point(index as u64), point, "{index}");
        }
    }

    /// As 32-bit fractions: `scipy.stats.qmc.Sobol(128, scramble=False, bits=32)` of SciPy 1.17.1, which reads the same list.
    #[test]
    fn late_points_in_high_dimensions_are_those_of_scipy() {
        let sobol = Sobol::new(MOST_DIMENSIONS).unwrap();
        let theirs = [
            (1, 127, 2_147_483_648),
            (5, 2, 536_870_912),
            (1000, 63, 1_916_796_928),
            (1500, 40, 1_105_199_104),
            (777, 100, 3_619_684_352),
            (2047, 127, 94_371_840),
        ];
        for (index, dimension, fraction) in theirs {
            assert_eq!(sobol.fraction(index, dimension), fraction, "point {index}, dimension {dimension}");
        }
        assert!(Sobol::new(0).is_none() && Sobol::new(MOST_DIMENSIONS + 1).is_none());
    }

    /// How many of `points` lie in each of the 2^a × 2^b boxes of two coordinates.
    fn counts(points: &[(f64, f64)], a: u32, b: u32) -> Vec<usize> {
        let mut counts = vec![0; 1 << (a + b)];
        for (x, y) in points {
            let place = |value: f64, digits: u32| (value * f64::from(1_u32 << digits)) as usize;
            counts[(place(*x, a) << b) + place(*y, b)] += 1;
        }
        counts
    }

    /// Dimensions 1 and 2 are a (0, m, 2)-net: every box of area 2^−m holds one of 2^m points. All others are (0, m, 1)-nets.
    #[test]
    fn every_elementary_interval_has_exactly_its_share_plain_and_scrambled() {
        let sobol = Sobol::new(MOST_DIMENSIONS).unwrap();
        for m in [4_u32, 8] {
            for scrambling in [None, Some(words(1)), Some(words(2))] {
                let point = |index| match &scrambling {
                    None => sobol.point(index),
                    Some(words) => sobol.scrambled_point(index, words),
                };
                let points: Vec<Vec<f64>> = (0..1 << m).map(point).collect();
                let plane: Vec<(f64, f64)> = points.iter().map(|point| (point[0], point[1])).collect();
                for a in 0..=m {
                    assert!(counts(&plane, a, m - a).iter().all(|&n| n == 1), "2^{a} × 2^{}", m - a);
                }
                for dimension in 0..MOST_DIMENSIONS {
                    let line: Vec<(f64, f64)> = points.iter().map(|point| (point[dimension], 0.0)).collect();
                    assert!(counts(&line, m, 0).iter().all(|&n| n == 1), "dimension {dimension}");
                }
            }
        }
    }

    #[test]
    fn scrambling_depends_on_the_key_and_on_nothing_else() {
        let sobol = Sobol::new(5).unwrap();
        let points = |seed| {
            let words = words(seed);
            (0..64).map(|index| sobol.scrambled_point(index, &words)).collect::<Vec<_>>()
        };
        assert_eq!(points(1), points(1));
        let (one, two) = (points(1), points(2));
        assert!(one.iter().flatten().zip(two.iter().flatten()).all(|(one, two)| one != two));
        assert!(one.iter().flatten().all(|value| (0.0..1.0).contains(value)));
    }

    /// Over 4000 keys a coordinate of one point is uniform: its mean is within 3.9·sqrt(1/12n) of a half and its variance, of which the
    /// fourth central moment is 1/80, within 3.9·sqrt((1/80 − 1/144)/n) of 1/12; α = 1e-4.
    #[test]
    fn a_scrambled_point_is_uniform_over_keys() {
        let sobol = Sobol::new(2).unwrap();
        let n = 4000_u32;
        let deviation = |seed| sobol.scrambled_point(6, &words(u64::from(seed)))[1] - 0.5;
        let deviations: Vec<f64> = (0..n).map(deviation).collect();
        let mean = deviations.iter().sum::<f64>() / f64::from(n);
        let variance = deviations.iter().map(|d| d * d).sum::<f64>() / f64::from(n);
        assert!(mean.abs() < 3.9 * (1.0 / (12.0 * f64::from(n))).sqrt(), "{mean}");
        let bound = 3.9 * ((1.0 / 80.0 - 1.0 / 144.0) / f64::from(n)).sqrt();
        assert!((variance - 1.0 / 12.0).abs() < bound, "{variance}");
    }

    #[test]
    fn each_coordinate_of_a_latin_hypercube_has_one_value_in_each_interval() {
        for n in [1_u32, 2, 7, 100] {
            let points = latin_hypercube(n, 4, &words(3));
            assert_eq!(points, latin_hypercube(n, 4, &words(3)));
            for dimension in 0..4 {
                let mut strata: Vec<u32> =
                    points.iter().map(|point| (point[dimension] * f64::from(n)) as u32).collect();
                strata.sort_unstable();
                assert_eq!(strata, (0..n).collect::<Vec<u32>>(), "{n} points, dimension {dimension}");
            }
        }
        let (one, two) = (latin_hypercube(100, 2, &words(3)), latin_hypercube(100, 2, &words(4)));
        assert_ne!(one, two);
        assert!(latin_hypercube(0, 3, &words(1)).is_empty());
    }

    /// Shuffled by themselves, two coordinates are uncorrelated: over 400 hypercubes of 20 points the mean rank correlation, with
    /// standard deviation 1/sqrt(19·400), is within 3.9 of them; α = 1e-4.
    #[test]
    fn coordinates_of_a_latin_hypercube_are_shuffled_apart() {
        let mut sum = 0.0;
        for seed in 0..400 {
            for point in latin_hypercube(20, 2, &words(seed)) {
                let rank = |value: f64| (value * 20.0).floor() - 9.5;
                // The squares of 20 ranks about their mean sum to 665.
                sum += rank(point[0]) * rank(point[1]) / 665.0;
            }
        }
        assert!((sum / 400.0).abs() < 3.9 / (19.0 * 400.0_f64).sqrt(), "{}", sum / 400.0);
    }
}
